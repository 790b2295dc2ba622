//! How far a model agrees with people: a finished run beside spreadsheets that people coded.
//!
//! [`evaluate`] reads both, finds the response of each coded row ([`matching`]), compares them
//! response by response ([`compare`]) and, where several people coded, with each other ([`people`]).
//! What is shown is made by [`screen`], what is kept by [`files`]. Statistics come from
//! `agreement`, spreadsheets through `coded`, the run through `decode`.

mod compare;
mod files;
mod matching;
mod people;
mod screen;
mod stored;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use compare::{Confusion, Figure, Label};
pub use files::write;
pub use matching::{Matches, Place};
pub use people::People;
pub use screen::text;

use crate::agreement::Calibration;
use crate::coded::{self, Codes};
use crate::config::did_you_mean;
use crate::decode;
use crate::deidentify::{self, Deidentifier};
use crate::folder::{self, RESTRICTED};
use crate::store;
use stored::Run;

/// Why nothing could be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder is not a run.
    #[error(transparent)]
    Folder(#[from] folder::Error),
    /// Its tables cannot be read.
    #[error(transparent)]
    Decode(#[from] decode::Error),
    /// A coded spreadsheet cannot be read.
    #[error(transparent)]
    Coded(#[from] coded::Error),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A table could not be written as CSV.
    #[error("cannot write the disagreements as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// The chart could not be drawn.
    #[error(transparent)]
    Chart(#[from] crate::charts::Error),
    /// The run was not coded with this codebook.
    #[error("the run was not coded with the codebook {wanted}; it was coded with {known}{hint}")]
    NoCodebook {
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: String,
        /// "; did you mean ...".
        hint: String,
    },
    /// No coded row belongs to a response of the run.
    #[error("none of the {rows} coded rows belongs to a response of {}: neither ids, nor words, nor rows agree. Name the run that was made from these responses, or give the file a column `response_id` with the ids of its restricted/responses.parquet", dir.display())]
    NoMatch {
        /// The run.
        dir: PathBuf,
        /// Rows that were coded.
        rows: usize,
    },
}

/// What the user can say about an evaluation.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Id of the codebook; the run's first where None.
    pub codebook: Option<String>,
    /// Themes that the codebook does not have are counted and left out.
    pub ignore_unknown: bool,
    /// Names of care providers, as the run was given them, so that texts are recognised.
    pub providers: Vec<String>,
}

/// One difference between people and the model.
#[derive(Clone, Serialize)]
pub struct Disagreement {
    /// The response.
    pub response_id: String,
    /// The theme.
    pub theme: String,
    /// What people said of it.
    pub people: String,
    /// What the model said of it.
    pub model: String,
    /// The model's confidence, where it gave the theme.
    pub confidence: Option<f32>,
    /// The de-identified response. Not part of what programs are told: it stays in the table.
    #[serde(skip)]
    pub text: String,
}

/// Everything that an evaluation found. Holds no word of a response but in the disagreements.
#[derive(Clone, Serialize)]
pub struct Evaluation {
    /// Id of the codebook.
    pub codebook: String,
    /// Who coded the run.
    pub model: String,
    /// Responses of the run.
    pub responses: usize,
    /// Responses that were compared.
    pub compared: usize,
    /// How coded rows found their responses.
    pub matches: Matches,
    /// Rows of the spreadsheets.
    pub rows: usize,
    /// Rows without words.
    pub blank: usize,
    /// Rows without any code at the end of a file.
    pub uncoded_end: usize,
    /// Themes that the codebook does not have, and how often.
    pub unknown: BTreeMap<String, usize>,
    /// Feelings are numbers in the spreadsheet, which cannot tell neutral from mixed.
    pub neutral_with_mixed: bool,
    /// Each theme, then each thin code, with what people and the model gave.
    pub labels: Vec<Label>,
    /// Every figure with its interval.
    pub figures: Vec<Figure>,
    /// Labels of people against the model's.
    pub confusions: Vec<Confusion>,
    /// Whether confidences mean what they say; None where the model gave no theme.
    pub calibration: Option<Calibration>,
    /// Agreement between people; None where nobody's responses were coded twice.
    pub people: Option<People>,
    /// What people and the model see differently, worst responses first.
    #[serde(skip)]
    pub disagreements: Vec<Disagreement>,
}

impl Evaluation {
    /// A figure by its measure and label.
    pub fn figure(&self, measure: &str, label: &str) -> Option<&Figure> {
        self.figures.iter().find(|f| f.measure == measure && f.label == label)
    }
}

/// Compares a finished run with coded spreadsheets.
pub fn evaluate(dir: &Path, files: &[PathBuf], options: &Options) -> Result<Evaluation, Error> {
    let manifest = folder::read_manifest(dir)?;
    let (vocabulary, _) = decode::vocabulary(&dir.join(RESTRICTED))?;
    let books = vocabulary.codebooks();
    let index = match &options.codebook {
        None => 0,
        Some(wanted) => books.iter().position(|b| b.id == *wanted).ok_or_else(|| {
            let ids: Vec<&str> = books.iter().map(|b| b.id.as_str()).collect();
            let hint = did_you_mean(wanted, ids.iter().copied());
            Error::NoCodebook {
                wanted: wanted.clone(),
                known: ids.join(", "),
                hint: hint.map(|h| format!("; did you mean `{h}`?")).unwrap_or_default(),
            }
        })?,
    };
    let book = &books[index];
    let run = Run::read(&dir.join(RESTRICTED), &vocabulary, index as u8)?;
    let codes = Codes::from(book);
    let deidentifier = Deidentifier::new(deidentify::Options {
        providers: options.providers.clone(),
        mode: deidentify::Mode::parse(&manifest.redact).unwrap_or_default(),
    });
    let how = coded::Options { by_id: true, ignore_unknown: options.ignore_unknown };
    let sheets = files
        .iter()
        .map(|path| coded::read_all(path, &codes, &deidentifier, how))
        .collect::<Result<Vec<_>, _>>()?;
    let hashes: Vec<&str> = manifest.sources.iter().map(|s| s.sha256.as_str()).collect();
    let (cases, matches) = matching::find(&run, &sheets, &hashes);
    let rows = sheets.iter().map(|s| s.rows).sum();
    if cases.is_empty() {
        return Err(Error::NoMatch { dir: dir.to_owned(), rows });
    }
    let neutral_with_mixed =
        sheets.iter().any(|s| matches!(s.scale, coded::Scale::Nhs | coded::Scale::Signed));
    let study = compare::Study::new(&cases, book, neutral_with_mixed);
    let mut unknown = BTreeMap::new();
    for (theme, times) in sheets.iter().flat_map(|s| &s.unknown) {
        *unknown.entry(theme.clone()).or_default() += times;
    }
    Ok(Evaluation {
        codebook: book.id.clone(),
        model: run.coder.clone(),
        responses: run.rows.len(),
        compared: cases.len(),
        matches,
        rows,
        blank: sheets.iter().map(|s| s.blank).sum(),
        uncoded_end: sheets.iter().map(|s| s.uncoded_end).sum(),
        unknown,
        neutral_with_mixed,
        labels: study.labels(),
        figures: study.figures(),
        confusions: study.confusions(),
        calibration: study.calibration(),
        people: people::people(&cases, book),
        disagreements: study.disagreements(),
    })
}
