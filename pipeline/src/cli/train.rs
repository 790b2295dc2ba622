//! `heard train`: a model from a spreadsheet that people have coded.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::PathBuf;

use anyhow::Context as _;
use heard_models::{TrainOptions, card, train};

use super::{Outcome, print, say};
use crate::deidentify::{Deidentifier, Options};
use crate::{coded, coding, segment, store};

/// Make a model from comments that people have coded.
///
/// The file is CSV, Excel, `OpenDocument`, JSON Lines or Parquet with a column `text` and a column
/// `themes` (codes of the codebook, separated by semicolons, each with an optional `:positive`,
/// `:negative`, `:mixed` or `:neutral`), or with a column for each theme. With a column `coder`
/// several people's codes become what most of them said. Names are taken out of the texts first, and the model keeps no one's words.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard train --coded coded.csv --codebook own.toml --out own.model
  heard run new.csv --codebook own.toml --model own.model")]
pub(super) struct Args {
    /// Coded spreadsheets; may be repeated.
    #[arg(long, required = true, value_name = "FILE")]
    coded: Vec<PathBuf>,
    /// The codebook that they were coded with: an id or a TOML file.
    #[arg(long, default_value = "home-care", value_name = "ID|FILE")]
    codebook: String,
    /// Where the model goes.
    #[arg(long, default_value = "heard.model", value_name = "FILE")]
    out: PathBuf,
    /// Where to write the model card, a page that says how good the model is (Markdown).
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,
    /// Markdown to put into the card: where the data comes from, its licence, what was tried.
    #[arg(long, value_name = "FILE")]
    notes: Option<PathBuf>,
    /// Id that the model bears in every table [default: the codebook's id and `-fast`].
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Version that the model bears in every table.
    #[arg(long, default_value = "1.0.0", value_name = "VERSION")]
    version: String,
}

pub(super) fn run(args: Args) -> anyhow::Result<Outcome> {
    let codebook = coding::open_codebook(&args.codebook)?;
    let deidentifier = Deidentifier::new(Options::default());
    let mut responses = Vec::new();
    for path in &args.coded {
        responses.extend(coded::read(path, &codebook, &deidentifier)?);
    }
    let options = TrainOptions {
        id: args.id.unwrap_or_else(|| format!("{}-fast", codebook.id)),
        version: args.version,
        split: segment::segments,
        ..TrainOptions::default()
    };
    let watched = std::io::stderr().is_terminal();
    let (model, report) = train(&responses, &codebook, &options, &mut |progress| {
        if watched {
            say(&format!("\rTraining: step {} of {} ", progress.done, progress.steps));
        }
    })?;
    if watched {
        say("\r\x1b[K");
    }
    store::write_file(&args.out, &model.to_bytes()?)?;
    let notes = match &args.notes {
        None => String::new(),
        Some(path) => std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?,
    };
    let page = card(&report, &notes);
    if let Some(path) = &args.card {
        store::write_file(path, page.as_bytes())?;
    }
    let mut out = page;
    let _ = writeln!(out, "\nWrote {}.", args.out.display());
    print(&out)
}
