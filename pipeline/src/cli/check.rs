//! `heard check`: what was found in the files, and how it would be read.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{Outcome, print, say};
use crate::deidentify::{Deidentifier, Options};
use crate::intake::{self, Intake, Understanding};
use crate::store;

/// Show what is in files, and how it would be read, before anything is run.
///
/// For each file: its kind, header rows, columns and their types, the questions with what they ask
/// for, how many answers and people, and every problem with its row. Writes an editable heard.toml
/// that `heard run` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard check survey.xlsx
  heard check letters/ replies.csv --write heard.toml
  heard check export.csv --json")]
pub(super) struct Args {
    /// Files and folders.
    #[arg(required = true, value_name = "INPUT")]
    input: Vec<PathBuf>,
    /// Where to write the settings; an existing file is not replaced.
    #[arg(long, value_name = "FILE", default_value = "heard.toml")]
    write: PathBuf,
    /// Write no settings file.
    #[arg(long)]
    no_write: bool,
    /// Column with open text, where the program's own choice is wrong; may be repeated.
    #[arg(long, value_name = "COLUMN")]
    text: Vec<String>,
    /// Column with the respondent's id.
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// Column with the question, in files with one answer a row.
    #[arg(long, value_name = "COLUMN")]
    question: Option<String>,
    /// For programs: the same as JSON; writes no settings file.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args) -> anyhow::Result<Outcome> {
    let options = intake::Options {
        text: args.text,
        id: args.id,
        question: args.question,
        ..intake::Options::default()
    };
    let mut intake = Intake::open(&args.input, &options)?;
    intake.count()?;
    // Everything that came from a file is shown without personal data.
    let deidentifier = Deidentifier::new(Options::default());
    let mut found = intake.understanding().to_vec();
    for one in &mut found {
        one.sheet.take_if(|sheet| deidentifier.may_be_somebody(sheet.reveal()));
    }
    let found = found.as_slice();
    let label = |text: &str| deidentifier.label(text).as_str().to_owned();
    if args.json {
        return print(&serde_json::to_string_pretty(&intake::to_json(found, &label))?);
    }
    print(&intake::describe(found, &label))?;
    let any_text = found.iter().any(Understanding::has_open_text);
    let to_type = intake::to_type(found, &label)?;
    if args.no_write || !any_text && to_type.is_none() {
        return Ok(Outcome::Done);
    }
    let beside = args.write.with_file_name(intake::TO_TYPE);
    let mut text = inputs(&args.input, &args.write, &label);
    if to_type.is_some() {
        let _ = writeln!(
            text,
            "# Scans that were typed into it are read.\nto_type = \"{}\"\n",
            intake::TO_TYPE
        );
    }
    write(&args.write, &(text + &intake::to_toml(found, &label)))?;
    if let Some(book) = to_type {
        write_to_type(&beside, &book)?;
    }
    Ok(Outcome::Done)
}

/// Writes the workbook for scans; one that is there may hold what people typed.
fn write_to_type(path: &Path, book: &[u8]) -> anyhow::Result<()> {
    if path.exists() {
        say(&format!("heard: {} is there already and was left as it is\n", path.display()));
        return Ok(());
    }
    store::write_file(path, book)?;
    say(&format!(
        "Wrote {}: type the scanned letters into it; `heard run` takes it back.\n",
        path.display()
    ));
    Ok(())
}

/// The `input` line of the settings, which are read from where they lie (`settings`). A name that holds
/// personal data is not written down.
fn inputs(given: &[PathBuf], settings: &Path, label: &dyn Fn(&str) -> String) -> String {
    let elsewhere = settings.parent().is_some_and(|folder| !folder.as_os_str().is_empty());
    let from_there = |path: &PathBuf| match std::path::absolute(path) {
        Ok(whole) if elsewhere => whole,
        _ => path.clone(),
    };
    let paths: Vec<String> =
        given.iter().map(|p| from_there(p).to_string_lossy().replace('\\', "/")).collect();
    if paths.iter().any(|p| label(p) != *p) {
        return "# The name of an input holds personal data and is not written here: name the inputs on\n\
                # the command line as well, `heard run heard.toml FILE...`.\n\n"
            .to_owned();
    }
    let quoted: Vec<String> =
        paths.into_iter().map(|p| toml::Value::String(p).to_string()).collect();
    format!("input = [{}]\n\n", quoted.join(", "))
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if path.exists() {
        say(&format!(
            "heard: {} is there already and was left as it is. Use --write to name another file\n",
            path.display()
        ));
        return Ok(());
    }
    store::write_file(path, text.as_bytes())?;
    say(&format!(
        "Wrote {0}. Edit it where the above is wrong, then: heard run {0}\n",
        path.display()
    ));
    Ok(())
}
