//! `run.json`: what went in, what came out of each stage, which versions made it.
//!
//! It holds no name of a file or a person and no word of a response: sources are `s1`, `s2`, ...
//! with their hash and size. The only place in a run where a clock is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::ChartChoice;
use crate::documents::Documents;
use crate::organisation::Organisation;
use crate::specification::VisitFigure;
use crate::tables::{MeasureStandard, PopulationRow};

/// The id of the model that finds names, among the models.
pub const NAME_FINDER: &str = "names";

/// The manifest of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of Heard.
    pub heard: String,
    /// Version of the table schemas.
    pub schema: String,
    /// When the run started, UTC, to the second.
    pub started: String,
    /// Seconds that it took.
    pub seconds: f64,
    /// Hash of the settings that can change a result.
    pub config: String,
    /// Hash of everything that the run was to do: settings, the files that they name, the inputs, the
    /// codebooks, the models and the version. Two runs with the same one write the same.
    #[serde(default)]
    pub task: String,
    /// Disclosure control used under `publish/`.
    pub suppress: String,
    /// How thoroughly personal data was looked for.
    #[serde(default)]
    pub redact: String,
    /// Who publishes the report, as the user said.
    #[serde(default)]
    pub organisation: Organisation,
    /// How many people were invited, where the user said.
    pub invited: Option<u64>,
    /// What reported quantities are held against, as the user said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standards: Vec<MeasureStandard>,
    /// Who receives care, as the user said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub population: Vec<PopulationRow>,
    /// Which charts are drawn.
    #[serde(default)]
    pub charts: ChartChoice,
    /// The codebooks.
    pub codebooks: Vec<Versioned>,
    /// The models: those that coded, and [`NAME_FINDER`].
    pub models: Vec<Versioned>,
    /// Which of the built-in models coded, and why.
    #[serde(default)]
    pub model_choice: String,
    /// What computed the encoder, where one read.
    #[serde(default)]
    pub backend: Option<String>,
    /// The sources, in input order.
    pub sources: Vec<Source>,
    /// What each count means is in its name; see [`Counts`].
    pub counts: Counts,
    /// Number of redactions of each kind.
    pub redactions: BTreeMap<String, u64>,
    /// What was likely missed.
    #[serde(default)]
    pub residual: Residual,
    /// Number of rows, pages and files set aside, for each reason.
    pub unprocessed: BTreeMap<String, u64>,
    /// Things that a person should do.
    pub attention: Vec<String>,
    /// Breakdowns that have a report for each value.
    #[serde(default)]
    pub each: Vec<String>,
    /// What the folders for data lakes are laid apart by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition_by: Option<String>,
    /// Figures that stand beside what people say, as the user gave them.
    #[serde(default)]
    pub visit_log: Vec<VisitFigure>,
    /// Hashes of the Word files as they were written, so that edited ones are known.
    #[serde(default)]
    pub documents: Documents,
}

/// What de-identification likely missed: by the share that its mode finds on planted texts that were
/// kept back, and what was found in this run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Residual {
    /// Share of names that the mode finds.
    pub recall_names: f64,
    /// Share of other identifiers that it finds.
    pub recall_others: f64,
    /// Names likely left; none where the mode does not look for names.
    pub names_left: Option<f64>,
    /// Other identifiers likely left.
    pub others_left: f64,
}

/// Something with a version and a hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versioned {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// sha256 of its file.
    pub sha256: String,
}

/// One input file or sheet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Source {
    /// `s1`, `s2`, ...
    pub id: String,
    /// csv, xlsx, docx, ...
    pub kind: String,
    /// Size in bytes.
    pub bytes: u64,
    /// sha256 of the file.
    pub sha256: String,
    /// Rows read: with answers, and set aside.
    pub rows: u64,
}

/// Counts in and out of each stage. `rows_read = rows_with_answers + rows_unprocessed`, and
/// `answers = informative + no_content + refers_elsewhere + unassigned`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Files and sheets.
    pub sources: u64,
    /// Rows and documents read.
    pub rows_read: u64,
    /// Of these, rows that gave at least one answer, a blank one included.
    pub rows_with_answers: u64,
    /// Of these, rows set aside in `unprocessed`.
    pub rows_unprocessed: u64,
    /// Answers: rows of `responses.parquet`.
    pub answers: u64,
    /// Answers by status.
    pub informative: u64,
    /// Blank, "n/a", "nothing".
    pub no_content: u64,
    /// "See above".
    pub refers_elsewhere: u64,
    /// Real points that fit no theme.
    pub unassigned: u64,
    /// Answers in a language that the models do not read.
    pub other_language: u64,
    /// Answers with the same words as an earlier one.
    pub duplicates: u64,
    /// Answers that follow the template of an earlier one: campaign letters, but for the first.
    #[serde(default)]
    pub campaign: u64,
    /// Rows of `segments.parquet`.
    pub segments: u64,
    /// Rows of `codings.parquet`.
    pub codings: u64,
    /// Of these, codings of which the model is unsure: for a person to read.
    pub codings_to_review: u64,
    /// Rows of `measures.parquet`.
    pub measures: u64,
    /// Rows of `outcomes.parquet`.
    pub outcomes: u64,
    /// Answers flagged for a person to read today.
    pub safeguarding: u64,
    /// Answers flagged as possibly still personal.
    pub pii_residual: u64,
}

impl Counts {
    /// The first sum that does not balance, in words; None when all do.
    pub fn imbalance(&self) -> Option<String> {
        let rows = self.rows_with_answers + self.rows_unprocessed;
        if self.rows_read != rows {
            return Some(format!("{} rows read, but {rows} accounted for", self.rows_read));
        }
        let answers = self.informative + self.no_content + self.refers_elsewhere + self.unassigned;
        (self.answers != answers)
            .then(|| format!("{} answers, but {answers} with a status", self.answers))
    }
}

/// The present moment as `2026-11-21T09:30:00Z`.
pub fn now() -> String {
    chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_that_do_not_balance_are_told() {
        let mut counts = Counts { rows_read: 3, rows_with_answers: 2, ..Counts::default() };
        assert!(counts.imbalance().is_some());
        counts.rows_unprocessed = 1;
        assert_eq!(counts.imbalance(), None);
        counts.answers = 1;
        assert!(counts.imbalance().is_some());
    }
}
