//! `heard agree`: how far the people who coded a run agree.

use std::path::PathBuf;

use super::{Outcome, print};
use crate::review::recode::Recode;
use crate::review::stored::About;
use crate::review::{self, Decisions, Log, agree};

/// Say how far the people who coded a run agree with each other.
///
/// Answers that two or more coded (`heard review DIR --coder AB`) are compared: Krippendorff's alpha
/// for each theme and over sets of themes, Cohen's kappa of two coders, each with a 95% interval, and
/// which themes were given in each other's place.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder that `heard run` wrote.
    dir: PathBuf,
    /// Codes alone that were given without seeing the model's or another person's.
    #[arg(long)]
    blind: bool,
    /// For programs: every figure as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let about = About::read(&args.dir)?;
    if !Log::exists(&about.restricted) {
        let said = format!(
            "nobody has reviewed {} yet. Start with `heard review {0}`",
            args.dir.display()
        );
        return Err(review::Error::Refused(said).into());
    }
    let decisions = Decisions::open(&about.restricted).map_err(review::Error::from)?;
    let recode = Recode::of(&about.original, &decisions)?;
    let found = agree::agree(&decisions, recode.vocabulary(), args.blind);
    if args.json {
        return print(&serde_json::to_string_pretty(&found)?);
    }
    print(&agree::text(&found))
}
