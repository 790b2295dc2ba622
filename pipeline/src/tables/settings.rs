//! What the user sets reported figures beside: standards for quantities, and who receives care.
//!
//! Both are data that stand in `heard.toml` (or a small file beside it) and in the manifest, so that
//! a report can be made again from a run's folder alone.

use serde::{Deserialize, Serialize};

use super::evidence::Dimension;
use super::tally::TallyOptions;
use crate::vocabulary::Vocabulary;

/// A standard for a quantity that people report: visits at most 30 minutes late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureStandard {
    /// Machine id of the measure: `minutes_late`.
    pub measure: String,
    /// Kept where the number is not more than this.
    #[serde(default)]
    pub at_most: Option<f64>,
    /// Kept where the number is not less than this.
    #[serde(default)]
    pub at_least: Option<f64>,
    /// For rates: a day, week, month or year. None is for numbers of every rate.
    #[serde(default)]
    pub per: Option<String>,
}

impl MeasureStandard {
    /// Whether it is about this quantity.
    pub fn is_for(&self, measure: &str, per: Option<&str>) -> bool {
        self.measure == measure && (self.per.is_none() || self.per.as_deref() == per)
    }

    /// Whether a number keeps to it.
    pub fn kept(&self, value: f64) -> bool {
        self.at_most.is_none_or(|most| value <= most)
            && self.at_least.is_none_or(|least| value >= least)
    }
}

/// What a tally has to know beforehand.
pub fn options(
    vocabulary: &Vocabulary,
    standards: &[MeasureStandard],
    population: &[PopulationRow],
) -> TallyOptions {
    let mut weighted: Vec<Dimension> = Vec::new();
    for row in population {
        let column = vocabulary.breakdowns().iter().position(|name| *name == row.column);
        let dimension = match (row.column.as_str(), column) {
            ("respondent_type", _) => Dimension::RespondentType,
            ("wave", _) => Dimension::Wave,
            (_, Some(at)) => Dimension::Column(at as u16),
            _ => continue,
        };
        if !weighted.contains(&dimension) {
            weighted.push(dimension);
        }
    }
    TallyOptions { standards: standards.to_vec(), weighted, ..TallyOptions::default() }
}

/// How many people of one kind receive care.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopulationRow {
    /// The breakdown: `by_area`, `respondent_type`.
    pub column: String,
    /// The value, as responses have it after de-identification.
    pub value: String,
    /// How many people.
    pub people: u64,
}
