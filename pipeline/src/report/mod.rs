//! Evidence to documents that people read: charts, a web page, a Word file, a notebook.
//!
//! Everything is said once. [`View`] holds the report's sections as sentences and rows of strings,
//! made from [`Evidence`] alone, so that a figure that disclosure control hides cannot come back;
//! [`html`] and [`docx`] only set it. The order of a run, and where files are written, is for others.

mod bins;
mod charts;
mod comparisons;
mod docx;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod fixture;
mod further;
mod html;
mod measured;
pub mod notebook;
mod package;
mod sections;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod view;
pub mod words;

use std::collections::BTreeMap;

use serde::Serialize;

pub use charts::draw;
pub use docx::docx;
pub use html::html;
pub use view::{BigNumber, Block, Section, Table, View};

use crate::manifest::{Manifest, Versioned};
use crate::tables::evidence::{Evidence, Finding, Quote};

/// What every page says until people have read a sample.
pub const DRAFT: &str = "Draft: coded by computer";

/// Why a chart or document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A chart could not be drawn.
    #[error("the chart {stem} could not be drawn")]
    Chart {
        /// Its file name without ending.
        stem: String,
        /// Why.
        source: crate::charts::Error,
    },
    /// The web page could not be set.
    #[error("report.html could not be made")]
    Html(#[from] minijinja::Error),
    /// The Word file could not be packed.
    #[error("report.docx could not be made")]
    Docx(#[from] zip::result::ZipError),
    /// The Word file could not be written.
    #[error("report.docx could not be written")]
    Write(#[from] std::io::Error),
}

/// A chart, ready to be written and set into documents.
#[derive(Clone, Debug, Serialize)]
pub struct Drawn {
    /// File name without ending: `themes`.
    pub file_stem: String,
    /// The headline: what was found.
    pub title: String,
    /// The chart in words.
    pub alt: String,
    /// The SVG document.
    pub svg: String,
    /// The PNG file.
    #[serde(skip)]
    pub png: Vec<u8>,
    /// Whether it is one of those that the report shows.
    #[serde(skip)]
    pub in_report: bool,
}

/// How well codings agree with people's, as measured elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// What was measured: "Themes (micro F1)".
    pub measure: String,
    /// The figure as it should be printed: ".52".
    pub figure: String,
    /// On what: "600 comments kept back from training, coded by people".
    pub on: String,
}

/// What the report says beside the evidence: who publishes it, and how it was made.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Who publishes the report.
    pub organisation: Option<String>,
    /// Title of the report.
    pub title: Option<String>,
    /// Version of Heard.
    pub heard: String,
    /// The codebooks.
    pub codebooks: Vec<Versioned>,
    /// The models.
    pub models: Vec<Versioned>,
    /// Kinds of files that were read, each once: csv, docx, ...
    pub kinds: Vec<String>,
    /// One line on what a group or a theme means, by its id.
    pub definitions: BTreeMap<String, String>,
    /// Agreement with people's codes; empty where nobody measured it.
    pub agreement: Vec<Agreement>,
}

impl Facts {
    /// From the manifest of a run. It takes nothing that counts people: those figures come from
    /// [`Evidence`] only, after disclosure control.
    pub fn new(manifest: &Manifest, organisation: Option<String>, title: Option<String>) -> Self {
        let mut kinds: Vec<String> = manifest.sources.iter().map(|s| s.kind.clone()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        Self {
            organisation,
            title,
            heard: manifest.heard.clone(),
            codebooks: manifest.codebooks.clone(),
            models: manifest.models.clone(),
            kinds,
            ..Self::default()
        }
    }
}

/// Everything that a report is made from.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// What was found.
    pub evidence: &'a Evidence,
    /// Who publishes, and how it was made.
    pub facts: &'a Facts,
    /// Key findings, the most important first.
    pub findings: &'a [Finding],
    /// Quotes, in the order in which they should stand.
    pub quotes: &'a [Quote],
    /// The charts, as [`draw`] gives them.
    pub drawn: &'a [Drawn],
}
