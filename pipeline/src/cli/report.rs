//! `heard report`: tables, charts and the report again, from the tables of an earlier run.

use std::path::PathBuf;

use super::{Outcome, print};
use crate::again;

/// Make tables, charts and the report again, from the codes in a run's folder.
///
/// Reads restricted/*.parquet, lets people's codes stand for the model's, and replaces publish/.
/// The original files are not needed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder that `heard run` wrote.
    dir: PathBuf,
    /// Name of who publishes the report.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// No summary.
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(args: Args) -> anyhow::Result<Outcome> {
    let report = again::report(&args.dir, args.organisation)?;
    if !args.quiet {
        print(&format!("Report: {}\n", report.display().to_string().replace('\\', "/")))?;
    }
    Ok(Outcome::Done)
}
