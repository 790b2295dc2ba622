//! `heard run`: the main job.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use super::{Outcome, print};
use crate::config::{self, Earlier, Machine, RawConfig};
use crate::folder;
use crate::organisation::Organisation;
use crate::partitions;
use crate::plain::plural;
use crate::review;
use crate::run::{self, Progress};

/// Read files and write the evidence.
///
/// Reads survey exports, spreadsheets, testimonies and letters, takes personal data out, codes what
/// people say, and writes tables, charts and a report. `heard run survey.xlsx` alone does the right
/// thing; `heard check survey.xlsx` shows beforehand how a file is understood.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard run survey.xlsx
  heard run letters/ replies.csv --invited 1200 --out evidence
  heard run export.csv --text \"Any other comments?\" --by Area --by Provider
  heard run heard.toml                 with the settings that `heard check` wrote")]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch that may be typed")]
pub(super) struct Args {
    /// Files and folders, or a settings file (heard.toml, or another .toml).
    #[arg(required = true, value_name = "INPUT")]
    input: Vec<PathBuf>,
    /// Folder for the evidence [default: heard-out].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Settings file, as `heard check` writes it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Column with open text, where the program's own choice is wrong; may be repeated.
    #[arg(long, value_name = "COLUMN")]
    text: Vec<String>,
    /// Column with the respondent's id.
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// Column with the question, in files with one answer a row.
    #[arg(long, value_name = "COLUMN")]
    question: Option<String>,
    /// Theme framework: an id (see `heard codebook list`) or a TOML file; may be repeated, the
    /// first one leads the charts and the report [default: home-care].
    #[arg(long, value_name = "ID|FILE")]
    codebook: Vec<String>,
    /// `accurate` (reads sentences, hundreds of answers a second), `fast` (words alone, tens of
    /// thousands a second), `auto` (accurate up to 50,000 rows), or a model file made by `heard
    /// train`; may be repeated, each file codes the codebook that it was trained for [default: auto].
    #[arg(long, value_name = "NAME|FILE")]
    model: Vec<String>,
    /// What computes the sentences of accurate models: `rust`, or `libtorch` in a build that has it
    /// (cargo feature `libtorch`) [default: rust].
    #[arg(long, value_name = "NAME")]
    backend: Option<String>,
    /// Where libtorch computes: cpu or cuda [default: cpu].
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// Column to break the results down by; may be repeated.
    #[arg(long, value_name = "COLUMN")]
    by: Vec<String>,
    /// One more report for each value of this column (a provider, an area); may be repeated.
    #[arg(long, value_name = "COLUMN")]
    each: Vec<String>,
    /// The tables of rows also as folders by month, wave, `respondent_type` or a column, for data lakes:
    /// restricted/partitioned/responses/month=2026-03/...
    #[arg(long, value_name = "COLUMN")]
    partition_by: Option<String>,
    /// Lay the report out as report, or as council: "We asked, you said, we did" [default: report].
    #[arg(long, value_name = "STYLE")]
    style: Option<String>,
    /// CSV of figures from visit logs (theme, what, figure, period) to show beside what people say.
    #[arg(long, value_name = "FILE")]
    visit_log: Option<PathBuf>,
    /// How many people were invited to answer: gives the response rate.
    #[arg(long, value_name = "N")]
    invited: Option<u64>,
    /// CSV file with who receives care (column, value, people): who replied beside it, and weighted
    /// figures.
    #[arg(long, value_name = "FILE")]
    population: Option<PathBuf>,
    /// Charts to draw: best (the five that fit the data best) or all [default: best].
    #[arg(long, value_name = "WHICH")]
    charts: Option<String>,
    /// How small counts are hidden in what may be published: standard, nhs or none
    /// [default: standard].
    #[arg(long, value_name = "PROFILE")]
    suppress: Option<String>,
    /// Text file with a care provider a line: they become [PROVIDER A], [PROVIDER B], ...
    #[arg(long, value_name = "FILE")]
    providers: Option<PathBuf>,
    /// How thoroughly personal data is looked for: standard, strict (the name finder reads every
    /// sentence: slower) or structured (numbers and addresses only, names stay) [default: standard].
    #[arg(long, value_name = "MODE")]
    redact: Option<String>,
    /// Use the id column's own values as response ids.
    #[arg(long)]
    keep_ids: bool,
    /// Replace the outputs of an earlier run in the folder, never people's decisions.
    #[arg(long)]
    force: bool,
    /// Go on from where a run that was stopped had come, with the same files and settings. A run that
    /// is complete is left as it is.
    #[arg(long, conflicts_with = "force")]
    resume: bool,
    /// Worker threads [default: as many as there are cores].
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// No progress and no summary.
    #[arg(long)]
    quiet: bool,
    /// For the page: what goes on, a line each, then the summary, on standard output.
    #[arg(long, hide = true)]
    progress: bool,
}

pub(super) fn run(args: Args) -> anyhow::Result<Outcome> {
    let (quiet, lines) = (args.quiet, args.progress);
    let config = config(args)?;
    let bar = Bar::new(quiet || lines);
    let made = run::run(&config, if lines { &Lines } else { &bar });
    let made = made.map_err(|error| if lines { error.into() } else { told(error, &config.out) })?;
    let Some(summary) = made else {
        bar.finish();
        if !quiet {
            print(&format!(
                "{} holds this run already, complete: nothing was left to do.",
                config.out.display()
            ))?;
        }
        return Ok(Outcome::Done);
    };
    // What people decided about an earlier run in this folder counts in this one.
    let carried = review::carry_over(&config.out)?;
    bar.finish();
    if lines {
        print("summary")?;
    }
    if !quiet {
        print(&summary.text())?;
        if let Some((found, lost)) = carried {
            print(&format!(
                "People's decisions of earlier were kept, and the report uses them: {} are about answers of this run, {lost} found no answer (see the history on the review page).",
                plural(found as u64, "decided answer", "decided answers"),
            ))?;
        }
    }
    Ok(if summary.needs_attention() { Outcome::NeedsAttention } else { Outcome::Done })
}

/// The error, and that what was done is kept, where it is.
fn told(error: run::Error, out: &Path) -> anyhow::Error {
    let refused = matches!(
        error,
        run::Error::Folder(_) | run::Error::Partitions(partitions::Error::Another(_))
    );
    if refused || !partitions::any(&folder::work_of(out)) {
        return error.into();
    }
    anyhow::anyhow!(
        "{error}. What was done so far is kept: with --resume the run goes on from there"
    )
}

fn config(args: Args) -> anyhow::Result<config::Config> {
    // A heard.toml among the inputs, whatever it is called, is the settings file.
    let is_settings = |p: &PathBuf| p.extension().is_some_and(|n| n.eq_ignore_ascii_case("toml"));
    let (mut settings, inputs): (Vec<PathBuf>, Vec<PathBuf>) =
        args.input.into_iter().partition(|p| is_settings(p) && p.is_file());
    settings.extend(args.config);
    anyhow::ensure!(settings.len() < 2, "two settings files were given; name one");
    let (written, base) = match settings.first() {
        None => (RawConfig::default(), PathBuf::new()),
        Some(path) => (config::read(path)?, path.parent().map(Path::to_owned).unwrap_or_default()),
    };
    let base = if inputs.is_empty() { base } else { PathBuf::new() };
    let typed = RawConfig {
        input: inputs.iter().map(|p| p.to_string_lossy().into_owned()).collect(),
        out: args.out,
        text: args.text,
        id: args.id,
        question: args.question,
        codebook: args.codebook,
        model: args.model,
        backend: args.backend,
        device: args.device,
        by: args.by,
        invited: args.invited,
        population: args.population,
        charts: args.charts,
        suppress: args.suppress,
        keep_ids: args.keep_ids.then_some(true),
        providers: args.providers,
        redact: args.redact,
        each: args.each,
        partition_by: args.partition_by,
        // Typed where the user stands, not where the settings file is.
        visit_log: args.visit_log.map(std::path::absolute).transpose()?,
        organisation: Organisation { style: args.style, ..Organisation::default() },
        ..RawConfig::default()
    };
    let (threads, quiet) = (args.threads, args.quiet);
    let earlier = match (args.force, args.resume) {
        (_, true) => Earlier::GoOn,
        (true, _) => Earlier::Replace,
        _ => Earlier::Keep,
    };
    let machine = Machine { threads, quiet, earlier };
    Ok(written.overridden_by(typed).check(&base, &machine)?)
}

/// Progress on standard error, where a person sits before it.
struct Bar(ProgressBar);

impl Bar {
    fn new(quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::no_length();
        let style = "{spinner} {msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        Self(bar)
    }

    fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn stage(&self, name: &'static str) {
        self.0.set_message(name);
    }

    fn expect(&self, rows: u64) {
        let style = "{spinner} {msg} [{bar:30}] {pos} of {len} rows, {eta} left";
        if rows > 0
            && let Ok(style) = ProgressStyle::with_template(style)
        {
            self.0.set_length(rows);
            self.0.set_style(style.progress_chars("=> "));
        }
    }

    fn advance(&self, by: u64) {
        self.0.inc(by);
    }
}

/// Progress for a program that reads it.
struct Lines;

impl Lines {
    fn tell(word: &str, what: &dyn std::fmt::Display) {
        // Whoever reads it may be gone; the run is done all the same.
        let _ = print(&format!("{word} {what}"));
    }
}

impl Progress for Lines {
    fn stage(&self, name: &'static str) {
        Self::tell("stage", &name);
    }

    fn expect(&self, rows: u64) {
        Self::tell("expect", &rows);
    }

    fn advance(&self, by: u64) {
        Self::tell("advance", &by);
    }
}
