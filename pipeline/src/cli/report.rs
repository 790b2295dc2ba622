//! `heard report`: tables, charts and the report again, from the tables of an earlier run.

use std::path::PathBuf;

use super::{Outcome, print};
use crate::again::{self, Changes};
use crate::{config, specification};

/// Make tables, charts and the report again, from the codes in a run's folder.
///
/// Reads restricted/*.parquet, lets people's codes stand for the model's, and replaces publish/ and
/// governance/. The original files are not needed. A Word file that someone changed is never
/// overwritten: the new one is then called report-2.docx.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder that `heard run` wrote.
    dir: PathBuf,
    /// Settings file whose [organisation] is used from now on.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Name of who publishes the report.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// report, or council for "We asked, you said, we did".
    #[arg(long, value_name = "STYLE")]
    style: Option<String>,
    /// One more report for each value of this column, which the run was broken down by; may be
    /// repeated.
    #[arg(long, value_name = "COLUMN")]
    each: Vec<String>,
    /// CSV of figures from visit logs (theme, what, figure, period) to show beside what people say.
    #[arg(long, value_name = "FILE")]
    visit_log: Option<PathBuf>,
    /// No summary.
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(args: Args) -> anyhow::Result<Outcome> {
    let organisation = match &args.config {
        None => None,
        Some(path) => {
            let base = path.parent().map(PathBuf::from).unwrap_or_default();
            Some((config::read(path)?.organisation, base))
        }
    };
    let visit_log = args.visit_log.as_deref().map(specification::read_figures).transpose()?;
    let changes = Changes {
        organisation,
        name: args.organisation,
        style: args.style,
        each: args.each,
        visit_log,
    };
    let made = again::report(&args.dir, changes)?;
    if !args.quiet {
        let mut text = String::new();
        for name in &made.moved {
            text.push_str(&crate::plain::kept(name));
            text.push('\n');
        }
        text.push_str(&format!("Report: {}\n", made.report.display()).replace('\\', "/"));
        print(&text)?;
    }
    Ok(Outcome::Done)
}
