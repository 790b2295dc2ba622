//! The names that a run's indices stand for: its codebooks, their themes, its breakdown columns.
//!
//! Codings carry small indices; this is where they become ids and labels again.

use std::collections::HashMap;

use heard_models::recoding::{Change, resolve};
use serde::{Deserialize, Serialize};

use crate::coding::CodedResponse;

/// A theme of a codebook as tables and charts name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeName {
    /// Machine id, stable.
    pub id: String,
    /// What people read.
    pub label: String,
    /// Id of its group; `thin` for thin codes.
    pub group: String,
    /// True for codes that give no reason (`general_positive`, `general_negative`).
    pub thin: bool,
}

/// A codebook as tables name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodebookNames {
    /// Machine id.
    pub id: String,
    /// What people read.
    pub title: String,
    /// Version.
    pub version: String,
    /// (id, label) of each group, in order.
    pub groups: Vec<(String, String)>,
    /// Themes, then thin codes, in the order of the indices in codings.
    pub themes: Vec<ThemeName>,
    /// The standards that its themes are set beside, in its order.
    #[serde(default)]
    pub standards: Vec<StandardName>,
}

/// A standard of the crosswalk, with the clauses that any theme is mapped to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardName {
    /// Machine id: `nice`, `cqc`, ...
    pub id: String,
    /// What people read.
    pub title: String,
    /// True where the match is a judgement of best fit.
    pub best_fit: bool,
    /// The clauses, in the order in which the themes name them.
    pub clauses: Vec<ClauseName>,
}

/// A clause of a standard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseName {
    /// Its own number or name: `QS4`.
    pub id: String,
    /// What people read: `QS4 visit length`.
    pub label: String,
    /// Indices of the themes that are mapped to it.
    pub themes: Vec<u16>,
}

/// A name of a column or value as it stands in ids and names of files: `area_type`.
pub fn slug(label: &str) -> String {
    label
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .take(8)
        .collect::<Vec<_>>()
        .join("_")
}

/// `by_<name>` for each breakdown column by its label, each once.
pub fn breakdowns(labels: impl Iterator<Item = String>) -> Vec<String> {
    let mut used: HashMap<String, usize> = HashMap::new();
    let names = labels.map(|label| {
        let slug = slug(&label);
        let times = used.entry(slug.clone()).or_default();
        *times += 1;
        if *times == 1 { format!("by_{slug}") } else { format!("by_{slug}_{times}") }
    });
    names.collect()
}

/// The names of one run.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    codebooks: Vec<CodebookNames>,
    breakdowns: Vec<String>,
    /// How the first codebook was changed since codes were given.
    changes: Vec<Change>,
}

impl Vocabulary {
    /// For these codebooks and these breakdown columns (already `by_<name>`).
    pub fn new(codebooks: Vec<CodebookNames>, breakdowns: Vec<String>) -> Self {
        Self { codebooks, breakdowns, changes: Vec::new() }
    }

    /// The same, where people changed the first codebook: ids of before find their place.
    #[must_use]
    pub fn with_changes(self, changes: Vec<Change>) -> Self {
        Self { changes, ..self }
    }

    /// How the first codebook was changed since codes were given.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Column names of the breakdowns, `by_<name>`, de-identified.
    pub fn breakdowns(&self) -> &[String] {
        &self.breakdowns
    }

    /// The run's codebooks, the first being the one that responses' themes are named from.
    pub fn codebooks(&self) -> &[CodebookNames] {
        &self.codebooks
    }

    /// Id of a codebook.
    pub fn codebook(&self, codebook: u8) -> &str {
        &self.codebooks[usize::from(codebook)].id
    }

    /// A theme or thin code.
    pub fn theme(&self, codebook: u8, theme: u16) -> &ThemeName {
        &self.codebooks[usize::from(codebook)].themes[usize::from(theme)]
    }

    /// Index of a codebook and theme by their ids.
    pub fn find(&self, codebook: &str, theme: &str) -> Option<(u8, u16)> {
        let book = self.codebooks.iter().position(|b| b.id == codebook)?;
        let theme = if book == 0 { resolve(theme, &self.changes, None)? } else { theme };
        let theme = self.codebooks[book].themes.iter().position(|t| t.id == theme)?;
        Some((book as u8, theme as u16))
    }

    /// Ids of the themes of a response in the first codebook, without thin codes, in codebook order.
    pub fn response_themes<'a>(&'a self, row: &'a CodedResponse) -> Vec<&'a str> {
        let mut themes: Vec<u16> =
            row.codings.iter().filter(|c| c.codebook == 0).map(|c| c.theme).collect();
        themes.sort_unstable();
        themes.dedup();
        themes
            .into_iter()
            .map(|t| self.theme(0, t))
            .filter(|t| !t.thin)
            .map(|t| t.id.as_str())
            .collect()
    }
}
