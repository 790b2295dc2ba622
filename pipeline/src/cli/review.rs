//! `heard review`: the page on which people read, correct and approve codes.

use std::path::{Path, PathBuf};

use heard_models::Codebook;

use super::{Outcome, print, say};
use crate::plain::plural;
use crate::refi;
use crate::review::log::Desk;
use crate::review::server::{self, Options};
use crate::review::sheet::{self, Mode};
use crate::review::stored::{About, Run};
use crate::review::{self, Decisions, masked, project};
use crate::store;

/// Read, correct and approve the codes of a run, on a page in your own browser.
///
/// The page is served to this computer alone. Every decision is kept in
/// DIR/restricted/decisions.sqlite, with who and when, and can be taken back; `heard report DIR` lets
/// people's codes stand for the model's. Stop with Ctrl+C; nothing is lost.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard review heard-out
  heard review heard-out --coder AB    as AB; several people can code the same run
  heard review heard-out --export coding.xlsx
  heard review heard-out --import coding.xlsx --coder AB --dry-run
  heard review heard-out --import coding.xlsx --coder AB
  heard review heard-out --export project.qdpx   for QualCoder, NVivo, MAXQDA or ATLAS.ti
  heard review heard-out --export codebook.qdc   the themes alone")]
pub(super) struct Args {
    /// The folder that `heard run` wrote.
    dir: PathBuf,
    /// Initials of who decides, for the log; two people each have their own codes.
    #[arg(long, value_name = "INITIALS", default_value = "me", value_parser = initials)]
    coder: String,
    /// Port of the page [default: any that is free].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Write a workbook to code in (.xlsx), a project for qualitative software (.qdpx) or its
    /// codebook (.qdc), and open no page.
    #[arg(long, value_name = "FILE", conflicts_with = "import")]
    export: Option<PathBuf>,
    /// Take the codes of such a workbook, all of them or none, and open no page.
    #[arg(long, value_name = "FILE")]
    import: Option<PathBuf>,
    /// With --import: say what would change, and change nothing.
    #[arg(long, requires = "import")]
    dry_run: bool,
    /// Replace a file that --export or --audit names; let --import leave many answers without a theme.
    #[arg(long)]
    force: bool,
    /// Write the log of decisions as CSV, and open no page.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["import", "export"])]
    audit: Option<PathBuf>,
    /// Print the link only, and open no browser.
    #[arg(long)]
    no_browser: bool,
}

/// Initials stand in every table, so they are short and plain.
pub(crate) fn initials(text: &str) -> Result<String, String> {
    let text = text.trim();
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if text.is_empty() || text.chars().count() > 12 || !text.chars().all(plain) {
        return Err("initials are 1 to 12 letters or digits".to_owned());
    }
    if text == "agreed" || text == "model" {
        return Err("that word has a meaning of its own here; take other initials".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) fn run(args: Args) -> anyhow::Result<Outcome> {
    if args.export.is_some() || args.import.is_some() || args.audit.is_some() {
        return exchange(&args);
    }
    let options = Options { dir: args.dir, coder: args.coder, port: args.port };
    server::serve(&options, |link| {
        say(&format!(
            "The review page is open at\n  {link}\nfor this computer only; the link works once. Stop with Ctrl+C; every decision is kept.\n"
        ));
        if !args.no_browser {
            open_browser(link);
        }
    })?;
    Ok(Outcome::Done)
}

/// Work that somebody did in a workbook is not overwritten by the way.
fn refuse_to_replace(args: &Args) -> Result<(), review::Error> {
    let there = args.export.as_deref().or(args.audit.as_deref()).filter(|path| path.exists());
    there.filter(|_| !args.force).map_or(Ok(()), |path| {
        Err(review::Error::Refused(format!(
            "{} is there already. Give the file another name, or use --force to replace it",
            path.display()
        )))
    })
}

/// The ending of a file's name, in small letters.
fn ending(path: &Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// A file with the ending of another kind would open in no program.
fn refuse_other_kinds(args: &Args) -> Result<(), review::Error> {
    let known = |path: &Path| ["xlsx", "qdpx", "qdc"].contains(&ending(path).as_str());
    args.export.as_deref().filter(|path| !known(path)).map_or(Ok(()), |path| {
        Err(review::Error::Refused(format!(
            "{}: the ending of the name says what is written. Use .xlsx for a workbook, .qdpx for a project or .qdc for a codebook",
            path.display()
        )))
    })
}

/// Files in and out, without the page.
fn exchange(args: &Args) -> anyhow::Result<Outcome> {
    refuse_other_kinds(args)?;
    refuse_to_replace(args)?;
    let about = About::read(&args.dir)?;
    masked::recover(&about.restricted)?;
    let mut decisions = Decisions::open(&about.restricted).map_err(review::Error::from)?;
    if let Some(path) = &args.audit {
        review::audit::write(&decisions, path)?;
        return print(&format!("The log of decisions is in {}.", path.display()));
    }
    let run = Run::read(&args.dir, &decisions)?;
    let sample = review::sample(&run, &decisions)?;
    if let Some(path) = args.export.as_deref().filter(|path| ending(path) == "qdc") {
        let book = run.about.vocabulary.codebooks().first();
        let book = book.ok_or_else(|| review::Error::Refused("there is no codebook".to_owned()))?;
        let text = refi::codebook(book, known(&run)?.as_ref());
        store::write_file(path, text.as_bytes())?;
        return print(&format!("The codebook is in {}.", path.display()));
    }
    if let Some(path) = args.export.as_deref().filter(|path| ending(path) == "qdpx") {
        let blank = project::blank(&decisions, &args.coder, &sample)?;
        let written = project::export(&run, &decisions, known(&run)?.as_ref(), &blank, path)?;
        // Whoever holds the project has everyone's codes before them.
        let shown = run.rows.iter().map(|row| row.key).filter(|key| !blank.contains(key));
        decisions.saw(&args.coder, &shown.collect::<Vec<_>>()).map_err(review::Error::from)?;
        let without = if written.blank == 0 {
            String::new()
        } else {
            format!(
                " {} of the random samples went without codes, since the coder \"{}\" is still to code them without seeing anyone's; --coder says who asks.",
                plural(written.blank as u64, "answer", "answers"),
                args.coder
            )
        };
        return print(&format!(
            "{} with {} in {}: de-identified words, for people who may read them.{without}",
            plural(written.sources as u64, "answer", "answers"),
            plural(written.codings as u64, "coding", "codings"),
            path.display()
        ));
    }
    if let Some(path) = &args.export {
        let rows = sheet::export(&run, &decisions, &args.coder, &sample, path)?;
        // Whoever holds the workbook has the model's codes before them.
        let shown = run.rows.iter().map(|row| row.key).filter(|key| !sample.contains(key));
        let shown: Vec<_> = shown.collect();
        decisions.saw(&args.coder, &shown).map_err(review::Error::from)?;
        // Somebody has coded, and asks for the workbook under another name.
        let coders = decisions.coders();
        let whose = if coders.is_empty() || coders.contains(&args.coder) {
            String::new()
        } else {
            format!(
                " It holds the model's codes: the coder “{}” has none yet, others ({}) have. --coder says who asks.",
                args.coder,
                coders.join(", ")
            )
        };
        return print(&format!(
            "{} in {}. Put “yes” under “checked” where you agree; bring it back with --import.{whose}",
            plural(rows as u64, "answer", "answers"),
            path.display()
        ));
    }
    let Some(path) = &args.import else { return Ok(Outcome::Done) };
    let desk =
        Desk { who: args.coder.clone(), model: run.about.model(), codebook: run.about.codebook() };
    let mode = match (args.dry_run, args.force) {
        (true, _) => Mode::Try,
        (false, false) => Mode::Careful,
        (false, true) => Mode::Sure,
    };
    let found = sheet::import(&run, &mut decisions, &desk, path, mode)?;
    let end = if args.dry_run {
        "Nothing was changed: this is what an import without --dry-run would do.".to_owned()
    } else {
        format!("`heard report {}` uses them.", args.dir.display())
    };
    print(&format!(
        "{} read. Codes of {} changed: {} added, {} removed, {} felt otherwise; {} approved as they were; {} left without a theme. {end}",
        plural(found.rows as u64, "row", "rows"),
        plural(found.changed as u64, "answer", "answers"),
        plural(found.added as u64, "theme", "themes"),
        found.removed,
        found.felt,
        found.approved,
        plural(found.emptied as u64, "answer", "answers"),
    ))
}

/// The codebook of a run with its definitions, where they are known.
fn known(run: &Run) -> Result<Option<Codebook>, review::Error> {
    let known = review::recode::codebook(&run.about, run.about.vocabulary.changes())?;
    Ok(known.map(|(book, _)| book))
}

/// Shows a page in the browser that the user has; where that fails the link is on the screen.
pub(super) fn open_browser(link: &str) {
    let mut command = if cfg!(target_os = "macos") {
        std::process::Command::new("open")
    } else if cfg!(windows) {
        // Explorer itself takes some addresses for folders.
        let mut command = std::process::Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else {
        std::process::Command::new("xdg-open")
    };
    let quiet = std::process::Stdio::null;
    let _ = command.arg(link).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn();
}
