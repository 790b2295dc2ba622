//! `heard codebook`: the theme frameworks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use heard_models::codebook::Codebook;

use super::{Outcome, print};
use crate::deidentify::{Deidentifier, Options};
use crate::refi::{self, id_of, unique};

/// List, show, check and begin theme frameworks.
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
        /// The whole file, as a pattern for one of your own.
        #[arg(long, conflicts_with = "json")]
        toml: bool,
    },
    /// Begin a codebook file of your own.
    New {
        /// The TOML file to write; never over one that is there.
        file: PathBuf,
        /// A coded spreadsheet whose themes it begins with; may be repeated.
        #[arg(long, value_name = "FILE")]
        coded: Vec<PathBuf>,
    },
    /// Begin a codebook file with the codes of other software (REFI-QDA, `.qdc`).
    Import {
        /// The file that the other program exported.
        file: PathBuf,
        /// The TOML file to write; never over one that is there.
        to: PathBuf,
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
        Command::Show { codebook, toml: true, .. } => {
            let text = match Codebook::builtin_toml(&codebook) {
                Some(text) => text.to_owned(),
                None => std::fs::read_to_string(&codebook)
                    .with_context(|| format!("{codebook} cannot be read"))?,
            };
            print(&text)
        }
        Command::New { file, coded } => begin(&file, &coded),
        Command::Import { file, to } => import(&file, &to),
        Command::Show { codebook, json, .. } => {
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

/// Writes a codebook file with the codes of other software.
fn import(file: &Path, to: &Path) -> anyhow::Result<Outcome> {
    let name = to.file_stem().map(|name| name.to_string_lossy().into_owned());
    let (text, themes) = refi::import(file, &id_of(name.as_deref().unwrap_or_default()))?;
    Codebook::parse(&text, &to.to_string_lossy())?;
    write_new(to, &text)?;
    print(&format!(
        "{}: {}. Give each example phrases (invented, no one's words) and cues: models learn from both. Then: heard codebook check {}",
        to.display(),
        crate::plain::plural(themes as u64, "theme", "themes"),
        to.display()
    ))
}

fn write_new(file: &Path, text: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        !file.exists(),
        "{} is there already. Give the file another name",
        file.display()
    );
    let mut out = std::fs::File::create_new(file)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(std::io::Write::write_all(&mut out, text.as_bytes())?)
}

/// Writes a codebook file with a theme for each name that people coded with.
fn begin(file: &Path, coded: &[PathBuf]) -> anyhow::Result<Outcome> {
    let deidentifier = Deidentifier::new(Options::default());
    let mut themes: BTreeMap<String, usize> = BTreeMap::new();
    for path in coded {
        for (theme, count) in crate::coded::themes(path, &deidentifier)? {
            *themes.entry(theme).or_default() += count;
        }
    }
    anyhow::ensure!(
        coded.is_empty() || !themes.is_empty(),
        "no themes were found: they are read from a column `themes`, or from columns `theme 1`, `theme 2`, ..."
    );
    if coded.is_empty() {
        themes.insert("First theme".to_owned(), 0);
    }
    let name = file.file_stem().map(|name| name.to_string_lossy().into_owned());
    let text = skeleton(&id_of(name.as_deref().unwrap_or_default()), themes.keys());
    Codebook::parse(&text, &file.to_string_lossy())?;
    write_new(file, &text)?;
    print(&format!(
        "{}: {} themes. Say in a sentence what each is about, and give it example phrases (invented, no one's words): models learn from both. Then: heard codebook check {}",
        file.display(),
        themes.len(),
        file.display()
    ))
}

/// A codebook in TOML with these labels, each a theme.
fn skeleton<'a>(id: &str, labels: impl Iterator<Item = &'a String>) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut out = format!(
        "id = {}\nversion = \"1\"\ntitle = {}\nlanguage = \"en\"\ndescription = \"What this codebook is for.\"\n\n[[group]]\nid = \"all\"\nlabel = \"All themes\"\n",
        quoted(id),
        quoted(id)
    );
    let mut ids = BTreeSet::new();
    for label in labels {
        let id = unique(&id_of(label), &mut ids);
        let (id, label) = (quoted(&id), quoted(label));
        let _ = write!(
            out,
            "\n[[theme]]\nid = {id}\nlabel = {label}\ngroup = \"all\"\ndefinition = \"Say in a sentence what it is about.\"\nexamples_positive = []\nexamples_negative = []\n# Words that speak of it, praise or complaint; rush* is every word that begins so.\ncues = []\n"
        );
    }
    out
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
