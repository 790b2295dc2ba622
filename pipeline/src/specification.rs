//! From findings to a contract: for each theme that people raised, a draft requirement, an indicator,
//! where it would be measured, and the clauses of the standards. The drafts are data, a file for each
//! codebook that has one; targets are left to people. Figures from visit logs, where the user has
//! some, stand beside what people say and are never mixed with it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use heard_models::Codebook;
use serde::{Deserialize, Serialize};

use crate::deidentify::Deidentifier;

const BUILTIN: [&str; 1] = [include_str!("specification/home-care.toml")];
/// A file of figures is a short table.
const MOST_FIGURES: usize = 500;

/// What a theme may become in a contract.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The theme.
    pub id: String,
    /// The theme in easy words.
    #[serde(default)]
    pub plain: String,
    /// What a provider or commissioner would have to do.
    pub requirement: String,
    /// By which figure it would be seen.
    pub indicator: String,
    /// visit log, survey or staff return.
    pub measured_in: String,
    /// It matters however few raise it.
    #[serde(default)]
    pub serious: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drafts {
    codebook: String,
    #[allow(dead_code, reason = "for people who read the file")]
    version: String,
    theme: Vec<Draft>,
}

/// The drafts for a codebook; none where it has no file.
pub fn drafts(codebook: &str) -> Vec<Draft> {
    BUILTIN
        .iter()
        .filter_map(|text| toml::from_str::<Drafts>(text).ok())
        .find(|drafts| drafts.codebook == codebook)
        .map(|drafts| drafts.theme)
        .unwrap_or_default()
}

/// Standards whose clauses a contract names, with what they are called in it.
const STANDARDS: [(&str, &str); 4] = [
    ("nice", "NICE"),
    ("cqc", "CQC"),
    ("ecc", "UNISON Ethical Care Charter, stage"),
    ("care_act", "Care Act 2014, section 1(2)"),
];

/// The clauses for each theme of a codebook, best-fit ones marked so.
pub fn clauses(book: &Codebook) -> BTreeMap<String, String> {
    let best_fit = |id: &str| book.standards.iter().any(|s| s.id == id && s.best_fit);
    book.themes
        .iter()
        .map(|theme| {
            let parts: Vec<String> = STANDARDS
                .iter()
                .filter_map(|(id, name)| {
                    let cells = theme.crosswalk.get(*id)?;
                    let named = cells.iter().map(|cell| match (*id, cell.as_str()) {
                        ("nice", qs) if qs.starts_with("QS") => {
                            format!("QS123 statement {}", &qs[2..])
                        }
                        (_, cell) => cell.to_owned(),
                    });
                    let named: Vec<String> = named.collect();
                    let mark = if best_fit(id) { " (best fit)" } else { "" };
                    Some(format!("{name} {}{mark}", named.join(", ")))
                })
                .collect();
            (theme.id.clone(), parts.join("; "))
        })
        .collect()
}

/// A figure from a visit log, a survey or a staff return, as the user gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitFigure {
    /// Id or label of the theme that it stands beside.
    pub theme: String,
    /// What was counted.
    pub what: String,
    /// The figure as it should be printed.
    pub figure: String,
    /// When.
    pub period: String,
}

impl VisitFigure {
    /// "94% of visits begun within 30 minutes (April to June 2026)".
    pub fn said(&self) -> String {
        let period =
            if self.period.is_empty() { String::new() } else { format!(" ({})", self.period) };
        format!("{}: {}{period}", self.what, self.figure)
    }
}

/// Why a file of figures cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: csv::Error,
    },
    /// A column is missing.
    #[error("{} has no column `{column}`. A file of visit-log figures has the columns theme, what, figure and (where you like) period", path.display())]
    Column {
        /// Which file.
        path: PathBuf,
        /// Which column.
        column: &'static str,
    },
    /// It is a log, not figures from one.
    #[error("{} has more than {MOST_FIGURES} rows: give the figures that you made from the visit log, not the log itself", .0.display())]
    TooLong(PathBuf),
}

/// Reads a CSV of figures (columns theme, what, figure, period). Personal details are taken out.
pub fn read_figures(path: &Path) -> Result<Vec<VisitFigure>, Error> {
    let read = |source| Error::Read { path: path.to_owned(), source };
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(read)?;
    let head = rows.headers().map_err(read)?.clone();
    let place = |name: &str| {
        let clean = |cell: &str| cell.trim().trim_start_matches('\u{feff}').to_lowercase();
        head.iter().position(|cell| clean(cell) == name)
    };
    let need = |column: &'static str| {
        place(column).ok_or_else(|| Error::Column { path: path.to_owned(), column })
    };
    let (theme, what, figure) = (need("theme")?, need("what")?, need("figure")?);
    let period = place("period");
    let deidentifier = Deidentifier::new(crate::deidentify::Options::default());
    let mut figures = Vec::new();
    for row in rows.records() {
        let row = row.map_err(read)?;
        let cell = |at: usize| {
            let text = row.get(at).unwrap_or_default().trim();
            deidentifier.label(text).as_str().to_owned()
        };
        let found = VisitFigure {
            theme: row.get(theme).unwrap_or_default().trim().to_owned(),
            what: cell(what),
            figure: row.get(figure).unwrap_or_default().trim().chars().take(60).collect(),
            period: period.map(cell).unwrap_or_default(),
        };
        if !found.theme.is_empty() && !found.figure.is_empty() {
            figures.push(found);
        }
        if figures.len() > MOST_FIGURES {
            return Err(Error::TooLong(path.to_owned()));
        }
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_of_the_home_care_codebook_has_a_draft_and_a_clause() {
        let book = Codebook::builtin("home-care").unwrap();
        let drafts = drafts("home-care");
        let ids: Vec<&str> = book.themes.iter().map(|t| t.id.as_str()).collect();
        assert_eq!(drafts.iter().map(|d| d.id.as_str()).collect::<Vec<_>>(), ids);
        let places = ["visit log", "survey", "staff return"];
        for draft in &drafts {
            assert!(places.contains(&draft.measured_in.as_str()), "{}", draft.id);
            assert!(!draft.plain.is_empty());
            assert!(draft.requirement.ends_with('.') && draft.indicator.ends_with('.'));
        }
        let clauses = clauses(&book);
        assert!(clauses["missed_visits"].contains("QS123 statement 2"));
        assert!(clauses["missed_visits"].contains("(best fit)"));
        assert!(super::drafts("own").is_empty());
    }

    #[test]
    fn figures_are_read_by_their_heads_and_lose_personal_details() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv");
        std::fs::write(
            &path,
            "\u{feff}Theme,Figure,What,Period\npunctuality,94%,Visits within 30 minutes,2026\n,1,x,\nvalue,3,Rung by 07700 900123,\n",
        )
        .unwrap();
        let figures = read_figures(&path).unwrap();
        assert_eq!(figures.len(), 2);
        assert_eq!(figures[0].said(), "Visits within 30 minutes: 94% (2026)");
        assert!(!figures[1].what.contains("900123"));
        std::fs::write(&path, "theme,what\na,b\n").unwrap();
        assert!(read_figures(&path).unwrap_err().to_string().contains("`figure`"));
    }
}
