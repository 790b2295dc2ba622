//! `heard evaluate`: how far a run agrees with people's codes.

use std::path::PathBuf;

use super::{Outcome, print};
use crate::config;
use crate::evaluate::{self, Options};
use crate::folder::RESTRICTED;

/// Compare a run with a spreadsheet that people coded.
///
/// Says for each theme how often Heard and people agree, how sure that is, and which responses to
/// read. The spreadsheet is CSV, Excel, `OpenDocument`, JSON Lines or Parquet, with themes in one
/// column (separated by semicolons, each with an optional `:positive`, `:negative`, `:mixed` or
/// `:neutral`), in columns `theme 1`, `theme 2`, ..., or in a column for each theme. Rows find their
/// responses by id, by their words, or by their place in the run's own input. With a column `coder`
/// several people's codes are compared with each other too.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard evaluate heard-out --coded coded.xlsx
  heard evaluate heard-out --coded anna.csv --coded bilal.csv --json")]
pub(super) struct Args {
    /// The folder that `heard run` wrote.
    dir: PathBuf,
    /// Spreadsheets that people coded; may be repeated.
    #[arg(long, required = true, value_name = "FILE")]
    coded: Vec<PathBuf>,
    /// The codebook, where the run has several [default: the first].
    #[arg(long, value_name = "ID")]
    codebook: Option<String>,
    /// Count themes that the codebook does not have, and leave them out.
    #[arg(long)]
    ignore_unknown: bool,
    /// The provider list that the run was given, so that texts with [PROVIDER A] are recognised.
    #[arg(long, value_name = "FILE")]
    providers: Option<PathBuf>,
    /// Folder for tables, disagreements and the chart [default: DIR/restricted/evaluation].
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// For programs: every figure as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args) -> anyhow::Result<Outcome> {
    let providers = args.providers.as_deref().map(config::read_providers).transpose()?;
    let options = Options {
        codebook: args.codebook,
        ignore_unknown: args.ignore_unknown,
        providers: providers.unwrap_or_default(),
    };
    let found = evaluate::evaluate(&args.dir, &args.coded, &options)?;
    let folder = args.out.unwrap_or_else(|| args.dir.join(RESTRICTED).join("evaluation"));
    evaluate::write(&found, &folder)?;
    if args.json {
        return print(&serde_json::to_string_pretty(&found)?);
    }
    print(&evaluate::text(&found, &args.dir, &args.coded, &folder))
}
