//! `heard forget`: one respondent out of everything.

use std::path::PathBuf;

use super::{Outcome, print};
use crate::plain::plural;
use crate::review::forget::forget;

/// Remove one respondent from a run: answers, codes, decisions, and from what is published.
///
/// ID is that of an answer (1-17), of a respondent (column `respondent_id` of
/// `restricted/responses.parquet`), or the one in the file. Everything that the same person said is
/// removed, tables and report are made again, and what went is told. The files that the run was made
/// from are not touched: take the person out of them, too.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder that `heard run` wrote.
    dir: PathBuf,
    /// Who.
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let found = forget(&args.dir, &args.id)?;
    let mut out = format!(
        "Removed {} ({}), {} of the key table and {} of the log; tables, charts and report were made again without them.\n",
        plural(found.answers.len() as u64, "answer", "answers"),
        found.answers.join(", "),
        plural(found.keys as u64, "row", "rows"),
        plural(found.decisions as u64, "decision", "decisions"),
    );
    if found.shared > 0 {
        out.push_str("Decisions about words that others wrote too stay: they are kept for the words, not for a person.\n");
    }
    out.push_str(
        "The files that the run was made from still hold them, and so may copies of this folder.\n",
    );
    print(&out)
}
