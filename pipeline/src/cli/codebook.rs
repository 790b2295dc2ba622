//! `heard codebook`: the theme frameworks.

use std::fmt::Write as _;
use std::path::PathBuf;

use heard_models::codebook::Codebook;

use super::{Outcome, print};

/// List, show and check the theme frameworks.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The built-in codebooks.
    List,
    /// The themes of a codebook, with their definitions.
    Show {
        /// Id of a built-in codebook, or a TOML file.
        codebook: String,
        /// For programs: the themes with id, label and group.
        #[arg(long)]
        json: bool,
    },
    /// Check a codebook file of your own.
    Check {
        /// The TOML file.
        file: PathBuf,
    },
}

pub(super) fn run(args: Args) -> anyhow::Result<Outcome> {
    match args.command {
        Command::List => {
            let mut out = String::new();
            for id in Codebook::builtin_ids() {
                let book = Codebook::builtin(id)?;
                let _ = writeln!(
                    out,
                    "{:<12} {} {} ({} themes in {} groups)",
                    book.id,
                    book.title,
                    book.version,
                    book.themes.len(),
                    book.groups.len()
                );
            }
            print(&out)
        }
        Command::Show { codebook, json } => {
            let book = crate::coding::open_codebook(&codebook)?;
            print(&if json { as_json(&book)? } else { as_text(&book) })
        }
        Command::Check { file } => {
            let book = crate::coding::open_codebook(&file.to_string_lossy())?;
            print(&format!(
                "{}: in order: {} themes in {} groups, version {}",
                file.display(),
                book.themes.len(),
                book.groups.len(),
                book.version
            ))
        }
    }
}

fn as_json(book: &Codebook) -> anyhow::Result<String> {
    #[derive(serde::Serialize)]
    struct Theme<'a> {
        id: &'a str,
        label: &'a str,
        group: &'a str,
    }
    let themes: Vec<Theme<'_>> = book
        .themes
        .iter()
        .map(|t| Theme { id: &t.id, label: &t.label, group: &t.group })
        .chain(book.thin.iter().map(|t| Theme { id: &t.id, label: &t.label, group: "thin" }))
        .collect();
    Ok(serde_json::to_string_pretty(&themes)?)
}

fn as_text(book: &Codebook) -> String {
    let mut out = format!("{} ({} {})\n", book.title, book.id, book.version);
    for group in &book.groups {
        let _ = writeln!(out, "\n{}", group.label.to_uppercase());
        for theme in book.themes.iter().filter(|t| t.group == group.id) {
            let _ = writeln!(out, "  {} ({})\n    {}", theme.label, theme.id, theme.definition);
        }
    }
    out.push_str("\nTHIN CODES\n");
    for thin in &book.thin {
        let _ = writeln!(out, "  {} ({})\n    {}", thin.label, thin.id, thin.definition);
    }
    out
}
