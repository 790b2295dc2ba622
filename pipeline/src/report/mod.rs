//! Evidence to documents that people read: charts, a web page, a Word file, a page for the people
//! whose words these are, papers for information governance, notebooks.
//!
//! Everything is said once. [`View`] holds the report's sections as sentences and rows of strings,
//! made from [`Evidence`] alone, so that a figure that disclosure control hides cannot come back;
//! [`html`] and [`docx`] only set it. The order of a run, and where files are written, is for others.

mod asked;
mod charts;
mod comparisons;
pub mod contract;
pub mod differences;
mod docx;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod fixture;
mod further;
pub mod governance;
mod html;
mod measured;
pub mod notebook;
mod package;
pub mod part;
mod plain;
mod sections;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod view;
pub mod words;

use std::collections::BTreeMap;

use heard_models::recoding::{self, Change};
use serde::Serialize;

pub use charts::{draw, draw_some};
pub use docx::docx;
pub use html::html;
pub use plain::plain;
pub use view::{BigNumber, Block, Section, Table, View};

use crate::manifest::{Manifest, Versioned};
use crate::organisation::{Logo, Organisation, Style};
use crate::specification::{Draft, VisitFigure};
use crate::tables::Chosen;
use crate::tables::evidence::{Evidence, Finding};

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
    /// Its places that stand for figures, and its width and height in the same units.
    #[serde(skip)]
    pub regions: (Vec<crate::charts::Region>, (f64, f64)),
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

/// How often a theme is right where the program gives it, 0..1, with its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Share of what was given that people gave too.
    pub right: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A theme that may be right less often than this makes no key finding.
pub const LEAST_PRECISION: f64 = 0.7;

/// Answers of a random sample that people read before it says how right the model is here.
pub const LEAST_SAMPLE: usize = crate::review::study::LEAST;

/// What the report says beside the evidence: who publishes it, and how it was made.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Who publishes the report, in which colours and words.
    pub organisation: Organisation,
    /// Their logo.
    pub logo: Option<Logo>,
    /// Version of Heard.
    pub heard: String,
    /// The codebooks.
    pub codebooks: Vec<Versioned>,
    /// The models.
    pub models: Vec<Versioned>,
    /// Kinds of files that were read, each once: csv, docx, ...
    pub kinds: Vec<String>,
    /// Disclosure profile, hash of the settings, version of the tables, for the manifest.
    pub manifest: Vec<(String, String)>,
    /// One line on what a group or a theme means, by its id.
    pub definitions: BTreeMap<String, String>,
    /// Agreement with people's codes; empty where nobody measured it.
    pub agreement: Vec<Agreement>,
    /// Agreement was measured on a sample of these answers that people coded.
    pub own_sample: bool,
    /// How often each theme is right, by its id.
    pub precisions: BTreeMap<String, Measured>,
    /// The same as people found it in a random sample of these answers, of themes that it has enough of.
    pub found: BTreeMap<String, Measured>,
    /// The same of all themes together; None without a sample.
    pub over_all: Option<Measured>,
    /// What people decided, and what that says of the model; None where nobody did.
    pub review: Option<crate::publish::Review>,
    /// How people changed the codebook since the codes were given, each change in a sentence.
    pub codebook_changes: Vec<String>,
    /// What each theme may become in a contract.
    pub drafts: Vec<Draft>,
    /// Clauses of the standards, by theme.
    pub clauses: BTreeMap<String, String>,
    /// Figures that stand beside what people say.
    pub figures: Vec<VisitFigure>,
}

impl Facts {
    /// From the manifest of a run. It takes nothing that counts people: those figures come from
    /// [`Evidence`] only, after disclosure control.
    pub fn new(manifest: &Manifest) -> Self {
        let mut kinds: Vec<String> = manifest.sources.iter().map(|s| s.kind.clone()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let start = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
        Self {
            organisation: manifest.organisation.clone(),
            heard: manifest.heard.clone(),
            codebooks: manifest.codebooks.clone(),
            models: manifest.models.clone(),
            kinds,
            manifest: vec![
                ("Disclosure profile".to_owned(), manifest.suppress.clone()),
                ("Settings (start of their sha256)".to_owned(), start(&manifest.config)),
                ("Version of the tables".to_owned(), manifest.schema.clone()),
            ],
            figures: manifest.visit_log.clone(),
            ..Self::default()
        }
    }

    /// How the report is laid out.
    pub fn style(&self) -> Style {
        self.organisation.style()
    }

    /// What people told about.
    pub fn subject(&self) -> &str {
        self.organisation
            .subject
            .as_deref()
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .unwrap_or("their care")
    }

    /// Takes what people found in a random sample of these answers, where they read enough of it:
    /// by theme where it has enough of one, and of all themes together.
    pub fn trust_the_sample(&mut self) {
        let Some(accuracy) = self.sample() else { return };
        let measured = |figure: &crate::review::study::Figure| {
            let right = figure.value?;
            let (low, high) = figure.interval.map_or((0.0, 1.0), |i| (i.low, i.high));
            Some(Measured { right, low, high })
        };
        let themes = accuracy.themes.iter();
        let found: BTreeMap<String, Measured> = themes
            .filter_map(|theme| Some((theme.id.clone(), measured(&theme.precision)?)))
            .collect();
        (self.over_all, self.found) = (measured(&accuracy.precision), found);
    }

    /// Follows changes of the codebook: what a theme covers, and how right it is. Of themes that were
    /// put together the less sure one's figure stands; nobody measured both as one.
    pub fn follow(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Merge { from, into } => {
                    if let Some(more) = self.definitions.get(from).cloned() {
                        let own = self.definitions.entry(into.clone()).or_default();
                        *own = recoding::both(own, &more);
                    }
                    match (self.precisions.get(from).copied(), self.precisions.get_mut(into)) {
                        (Some(other), Some(own)) if other.low < own.low => *own = other,
                        (Some(_), _) => {}
                        (None, _) => drop(self.precisions.remove(into)),
                    }
                }
                Change::Split { id, definition, .. } | Change::Add { id, definition, .. } => {
                    self.definitions.insert(id.clone(), definition.clone());
                }
                Change::Rename { .. } | Change::Hide { .. } => {}
            }
        }
    }

    /// What people found in a random sample of these answers; None where they read too few of it to
    /// tell.
    pub fn sample(&self) -> Option<&crate::review::Accuracy> {
        let accuracy = self.review.as_ref()?.accuracy.as_ref()?;
        let enough = LEAST_SAMPLE.min(accuracy.target);
        (accuracy.read > 0 && accuracy.read >= enough).then_some(accuracy)
    }

    /// Whether a theme is right often enough for a sentence that will be quoted. In a draft it is not
    /// where the lower end of its interval is under [`LEAST_PRECISION`], nor where nobody measured it;
    /// once people have read a sample it is not where they found it right less often. What they found
    /// counts before what the model was measured at elsewhere. Where they read every answer, the codes
    /// are theirs.
    pub fn is_sure(&self, theme: &str, draft: bool) -> bool {
        if self.sample().is_some_and(|accuracy| accuracy.read >= accuracy.distinct) {
            return true;
        }
        let surely = |measured: &Measured| measured.low >= LEAST_PRECISION;
        let likely = |measured: &Measured| measured.right >= LEAST_PRECISION;
        let found = self.found.get(theme);
        if draft {
            let elsewhere = self.precisions.get(theme).is_some_and(surely);
            return found.map_or(elsewhere && self.over_all.as_ref().is_none_or(likely), surely);
        }
        found.or(self.over_all.as_ref()).is_none_or(likely)
    }

    /// Themes that matter however few raise them.
    pub fn serious(&self) -> Vec<String> {
        self.drafts.iter().filter(|draft| draft.serious).map(|draft| draft.id.clone()).collect()
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
    /// People's own words.
    pub chosen: &'a Chosen,
    /// The charts, as [`draw`] gives them.
    pub drawn: &'a [Drawn],
}
