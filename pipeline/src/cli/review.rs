//! `heard review`: the page on which people read, correct and approve codes.

use std::path::PathBuf;

use super::{Outcome, say};
use crate::review::server::{self, Options};

/// Read, correct and approve the codes of a run, on a page in your own browser.
///
/// The page is served to this computer alone. Every decision is kept in
/// DIR/restricted/decisions.sqlite, with who and when, and can be taken back; `heard report DIR` lets
/// people's codes stand for the model's. Stop with Ctrl+C; nothing is lost.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard review heard-out
  heard review heard-out --coder AB    as AB; several people can code the same run")]
pub(super) struct Args {
    /// The folder that `heard run` wrote.
    dir: PathBuf,
    /// Initials of who decides, for the log; two people each have their own codes.
    #[arg(long, value_name = "INITIALS", default_value = "me", value_parser = initials)]
    coder: String,
    /// Port of the page [default: any that is free].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Print the link only, and open no browser.
    #[arg(long)]
    no_browser: bool,
}

/// Initials stand in every table, so they are short and plain.
pub(super) fn initials(text: &str) -> Result<String, String> {
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

/// Shows a page in the browser that the user has; where that fails the link is on the screen.
pub(super) fn open_browser(link: &str) {
    let mut command = if cfg!(target_os = "macos") {
        std::process::Command::new("open")
    } else if cfg!(windows) {
        std::process::Command::new("explorer")
    } else {
        std::process::Command::new("xdg-open")
    };
    let quiet = std::process::Stdio::null;
    let _ = command.arg(link).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn();
}
