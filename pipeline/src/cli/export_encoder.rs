//! `heard export-encoder`: the encoder's weights for other programs.

use std::path::PathBuf;

use anyhow::Context as _;
use heard_models::sentences::Sentences;

use super::{Outcome, print};
use crate::{coding, store};

/// Write the encoder of accurate models for other programs.
///
/// The 8-bit weights become f32 safetensors under the names of Hugging Face's transformers, with
/// their configuration, vocabulary and pooling: a folder that rust-bert, sentence-transformers and
/// transformers load from the disk. Heard itself never needs it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard export-encoder encoder
  heard export-encoder encoder --model own.model

In Python, then: sentence_transformers.SentenceTransformer(\"encoder\")")]
pub(super) struct Args {
    /// The folder to write; made if it is not there.
    #[arg(value_name = "DIR")]
    out: PathBuf,
    /// An accurate model made by `heard train`, whose encoder is written [default: the one that
    /// ships with Heard].
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

pub(super) fn run(args: Args) -> anyhow::Result<Outcome> {
    let Args { out, model } = args;
    let weights = match &model {
        None => Sentences::builtin_weights()?,
        Some(path) => {
            let model = coding::open_model(path)?;
            let sentences = model.sentences().with_context(|| {
                let shown = path.display();
                format!("{shown} is a fast model: it has no encoder. `heard train --accurate` makes one that has")
            })?;
            sentences.weights()?
        }
    };
    for (name, bytes) in weights.to_transformers()? {
        let path = out.join(name);
        store::create_folder(path.parent().unwrap_or(&out))?;
        store::write_file(&path, &bytes)?;
    }
    print(&format!(
        "Wrote the encoder to {} (f32 safetensors, {} numbers a vector).\n",
        out.display().to_string().replace('\\', "/"),
        weights.config().width
    ))
}
