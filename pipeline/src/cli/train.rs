//! `heard train`: a model from a spreadsheet that people have coded.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::PathBuf;

use anyhow::Context as _;
use heard_models::accurate::Lesson;
use heard_models::sentences::Sentences;
use heard_models::training::Progress;
use heard_models::{Model, TrainOptions, TrainingReport, card, train};

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
    /// An accurate model: the built-in encoder reads the sentences, and what it reads is joined to
    /// the words. Surer where examples are few; coding is slower (hundreds of answers a second).
    #[arg(long)]
    accurate: bool,
    /// Id that the model bears in every table [default: the codebook's id and `-fast` or
    /// `-accurate`].
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
        id: args.id.unwrap_or_else(|| {
            format!("{}-{}", codebook.id, if args.accurate { "accurate" } else { "fast" })
        }),
        version: args.version,
        split: segment::segments,
        ..TrainOptions::default()
    };
    let watched = std::io::stderr().is_terminal();
    let mut shown = |progress: Progress| {
        if watched {
            say(&format!("\rTraining: step {} of {} ", progress.done, progress.steps));
        }
    };
    let (model, report) = if args.accurate {
        let lesson = Lesson { responses: &responses, codebook: &codebook, options: &options };
        train_on_encoder(&lesson, &mut shown)?
    } else {
        train(&responses, &codebook, &options, &mut shown)?
    };
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

/// Heads on the built-in encoder, as it is.
#[cfg(not(feature = "libtorch"))]
fn train_on_encoder(
    lesson: &Lesson<'_>,
    shown: &mut dyn FnMut(Progress),
) -> anyhow::Result<(Model, TrainingReport)> {
    let sentences = Sentences::builtin()?;
    Ok(heard_models::accurate::train_accurate(lesson, &sentences, shown)?)
}

/// A copy of the built-in encoder learns, too: once without a fifth of the responses, to measure and
/// to join it with the words, and once from all of them.
#[cfg(feature = "libtorch")]
fn train_on_encoder(
    lesson: &Lesson<'_>,
    shown: &mut dyn FnMut(Progress),
) -> anyhow::Result<(Model, TrainingReport)> {
    use heard_models::accurate::{examples, finish, tuned};

    let (start, lessons) = (Sentences::builtin_weights()?, [*lesson]);
    let reader = Sentences::builtin()?;
    let bar = indicatif::ProgressBar::new(0).with_style(indicatif::ProgressStyle::with_template(
        "Fine-tuning {bar:30} {pos} of {len} steps, about {eta} left",
    )?);
    let recipe = heard_libtorch::Recipe::default();
    let tune = |back: bool| {
        let (examples, heads) = examples(&reader, &lessons, back);
        bar.reset();
        let learnt = heard_libtorch::fine_tune(&start, &examples, heads, &recipe, &mut |step| {
            bar.set_length(step.steps as u64);
            bar.set_position(step.step as u64);
        })?;
        let (sentences, mut rows) = tuned(&learnt, &lessons)?;
        anyhow::Ok((sentences, rows.remove(0)))
    };
    let (known, known_rows) = tune(true)?;
    let (all, all_rows) = tune(false)?;
    bar.finish_and_clear();
    Ok(finish(lesson, (&known, known_rows), (&all, all_rows), shown)?)
}
