//! The command line: what may be typed, what it means, and how it ends.
//!
//! Exit codes: 0 done; 1 done, but a threshold was passed (rows set aside, personal data that may
//! remain); 2 could not run. Evidence goes to the output folder, the summary to standard output,
//! progress and errors to standard error.

mod about;
mod agree;
mod check;
mod codebook;
mod evaluate;
mod export_encoder;
mod forget;
mod report;
mod review;
mod run;
mod train;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
pub(crate) use review::initials;

/// Turns what people say about their care into evidence, on your own computer.
///
/// Survey exports, testimonies and consultation letters go in; a de-identified, theme-coded,
/// sentiment-scored dataset, charts and a report come out. No text leaves this computer.
#[derive(Debug, Parser)]
#[command(name = "heard", bin_name = "heard", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Print the licences of what ships in this program: fonts, name lists, data.
    #[arg(long)]
    licences: bool,
    /// Without a command: print the link of the page only, and open no browser.
    #[arg(long)]
    no_browser: bool,
    /// Without a command: the port of the page [default: any that is free].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
}

const EXAMPLES: &str = "\
Examples:
  heard                                a page in your browser, to do all of it with a mouse
  heard check survey.xlsx              what is in this file, and how it would be read
  heard run survey.xlsx                everything, into the folder heard-out
  heard run letters/ replies.csv --invited 1200 --out evidence
  heard review heard-out               read, correct and approve the codes
  heard report heard-out               tables, charts and report again";

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Run(Box<run::Args>),
    Review(review::Args),
    Report(report::Args),
    Agree(agree::Args),
    Forget(forget::Args),
    Evaluate(evaluate::Args),
    Train(train::Args),
    Codebook(codebook::Args),
    ExportEncoder(export_encoder::Args),
    /// What makes a terminal complete commands and options with the tab key.
    #[command(after_help = about::COMPLETIONS)]
    Completions {
        /// The shell that it is for.
        shell: clap_complete::Shell,
    },
    /// Writes the manual pages, one for each command, for packagers.
    #[command(hide = true)]
    Man {
        /// The folder for them.
        folder: std::path::PathBuf,
    },
    /// Reads one office or PDF file for a parent process.
    #[command(hide = true)]
    ParseFile {
        /// What the parent asks for.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}

/// How a command ended, other than by an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done.
    Done,
    /// Done, but a threshold was passed.
    NeedsAttention,
}

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    ExitCode::from(call(std::env::args_os()))
}

/// Runs the program on these words, its own name first; gives the exit code.
pub fn call(words: impl IntoIterator<Item = OsString>) -> u8 {
    silence_panics();
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(error) if error.kind() == clap::error::ErrorKind::DisplayVersion => {
            return end(about::version().and_then(|text| print(&text)));
        }
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { 2 } else { 0 };
        }
    };
    let result = match cli.command {
        _ if cli.licences => print(crate::licences::TEXT),
        None => page(cli.port, cli.no_browser),
        Some(Command::ParseFile { args }) => return crate::intake::child::serve(&args),
        Some(Command::Check(args)) => check::run(args),
        Some(Command::Run(args)) => run::run(*args),
        Some(Command::Review(args)) => review::run(args),
        Some(Command::Report(args)) => report::run(args),
        Some(Command::Agree(args)) => agree::run(&args),
        Some(Command::Forget(args)) => forget::run(&args),
        Some(Command::Evaluate(args)) => evaluate::run(args),
        Some(Command::Train(args)) => train::run(args),
        Some(Command::Codebook(args)) => codebook::run(args),
        Some(Command::ExportEncoder(args)) => export_encoder::run(args),
        Some(Command::Completions { shell }) => about::completions(shell, &Cli::command()),
        Some(Command::Man { folder }) => about::manual(&folder, &Cli::command()),
    };
    end(result)
}

/// The whole job with a mouse.
fn page(port: u16, no_browser: bool) -> anyhow::Result<Outcome> {
    crate::job::serve(port, |link| {
        say(&format!(
            "Heard is open in your browser, at\n  {link}\nfor this computer only; the link works once. Stop it on the page or with Ctrl+C. `heard --help` tells of the commands.\n"
        ));
        if !no_browser {
            review::open_browser(link);
        }
    })?;
    Ok(Outcome::Done)
}

fn end(result: anyhow::Result<Outcome>) -> u8 {
    match result {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::NeedsAttention) => 1,
        Err(error) if is_broken_pipe(&error) => 0,
        Err(error) => {
            // Each message says its cause itself.
            say(&format!("heard: {error}\n"));
            2
        }
    }
}

/// Writes to standard output.
pub(crate) fn print(text: &str) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}

/// Writes to standard error; that it cannot be written is nothing to stop for.
pub(crate) fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

/// A panic's message may quote the text that it met, so only its place is told.
pub fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(|l| format!("{}:{}", l.file().rsplit(['/', '\\']).next().unwrap_or("?"), l.line()))
            .unwrap_or_default();
        say(&format!(
            "heard: stopped by a fault of its own at {place}. Nothing half-written was left under the output name; please report the place\n"
        ));
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
