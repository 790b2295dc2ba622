//! The one reader of spreadsheets that people have coded: for training, evaluation and import.
//!
//! Any table that intake reads will do: CSV and TSV, XLSX, XLS and ODS, JSON Lines, Parquet. Themes
//! stand in one column, in several numbered ones, or each in a column of its own (see [`columns`]);
//! what a cell may say is in [`cells`]. A row is a response or a part of one; rows of one response
//! and one coder belong together. Several people may have coded a response: evaluation keeps all of
//! them, training takes what most of them said ([`coders`]). Texts are de-identified on the way in.

mod cells;
mod coders;
mod columns;
mod line;
mod rows;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use heard_models::codebook::Codebook;
use heard_models::examples::LabelledResponse;
use heard_models::words::Sentiment;

pub use cells::Scale;
pub use coders::{agreed, most};

use crate::deidentify::Deidentifier;
use crate::intake;
use crate::vocabulary::CodebookNames;

/// What is wrong with a coded spreadsheet.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read at all.
    #[error(transparent)]
    Intake(#[from] intake::Error),
    /// A needed column is not there.
    #[error("{}: no column holds the {missing}{hint}. A coded spreadsheet has a column `text`, or `response_id` where it belongs to a run, and a column `themes` or one for each theme of the codebook {codebook}", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        missing: &'static str,
        /// "; did you mean ...".
        hint: String,
        /// The codebook whose themes were looked for.
        codebook: String,
    },
    /// Two columns may hold the text, and nothing says which does.
    #[error("{}: columns `{one}` and `{other}` may both hold the text; call the one that was coded `text`", path.display())]
    TwoTexts {
        /// The file.
        path: PathBuf,
        /// A header.
        one: String,
        /// Another.
        other: String,
    },
    /// A cell holds something that is not known.
    #[error(transparent)]
    Value(Box<WrongCell>),
}

/// A cell that cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("{}, {place}, column `{column}`: `{value}` is not {what}{hint}. {advice}", path.display())]
pub struct WrongCell {
    /// The file.
    pub path: PathBuf,
    /// "row 5", or "sheet 2, row 5".
    pub place: String,
    /// The header of the column.
    pub column: String,
    /// What the cell should hold.
    pub what: &'static str,
    /// What it holds: a code, never text of a response.
    pub value: String,
    /// "; did you mean ...".
    pub hint: String,
    /// What to do.
    pub advice: String,
}

/// The codes that a spreadsheet may use: ids and labels of one codebook.
#[derive(Clone, Debug)]
pub struct Codes {
    /// Id of the codebook.
    pub codebook: String,
    /// (id, label) of each code, in the codebook's order: themes, then thin codes.
    pub codes: Vec<(String, String)>,
    /// Spelling, freed of case and punctuation, to number.
    known: BTreeMap<String, usize>,
}

impl Codes {
    fn new(codebook: &str, codes: Vec<(String, String)>) -> Self {
        let mut known = BTreeMap::new();
        let ids = codes.iter().map(|c| &c.0).enumerate();
        for (code, name) in ids.chain(codes.iter().map(|c| &c.1).enumerate()) {
            known.entry(cells::plain(name)).or_insert(code);
        }
        known.remove("");
        Self { codebook: codebook.to_owned(), codes, known }
    }

    /// The code with this id or label, whatever its case, spaces and punctuation.
    pub fn find(&self, written: &str) -> Option<usize> {
        self.known.get(&cells::plain(written)).copied()
    }
}

impl From<&Codebook> for Codes {
    fn from(book: &Codebook) -> Self {
        let themes = book.themes.iter().map(|t| (t.id.clone(), t.label.clone()));
        let thin = book.thin.iter().map(|t| (t.id.clone(), t.label.clone()));
        Self::new(&book.id, themes.chain(thin).collect())
    }
}

impl From<&CodebookNames> for Codes {
    fn from(book: &CodebookNames) -> Self {
        let codes = book.themes.iter().map(|t| (t.id.clone(), t.label.clone()));
        Self::new(&book.id, codes.collect())
    }
}

/// How a spreadsheet is to be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The text may be missing where an id tells the response.
    pub by_id: bool,
    /// Themes that the codebook does not have are counted and left out, instead of an error.
    pub ignore_unknown: bool,
}

/// What one coder said of one response.
#[derive(Clone)]
pub struct Reading {
    /// The response with its codes; its text is empty where the sheet has none.
    pub response: LabelledResponse,
    /// The id column's value.
    pub id: Option<String>,
    /// Who coded, as a number in [`Coded::coders`].
    pub coder: usize,
    /// The sheet of a workbook, from 1.
    pub sheet: Option<u32>,
    /// Its first row.
    pub row: u32,
    /// Feeling over the response, where a column gives it.
    pub sentiment: Option<Sentiment>,
}

/// Shows where it stands only: ids may name people.
impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reading(row {}, {:?})", self.row, self.response)
    }
}

/// A coded spreadsheet.
#[derive(Clone, Debug)]
pub struct Coded {
    /// The file.
    pub path: PathBuf,
    /// Its hash.
    pub sha256: String,
    /// Rows of data.
    pub rows: usize,
    /// Rows whose text is blank although there is a column for it.
    pub blank: usize,
    /// Rows without any code after the last coded one: perhaps not coded yet.
    pub uncoded_end: usize,
    /// What was said of each response, in the order of the file.
    pub readings: Vec<Reading>,
    /// Who coded: the column's value, or a mark of the sheet where there is none. May name people,
    /// so it is for telling them apart only.
    pub coders: Vec<String>,
    /// Codes that the codebook does not have, and how often; empty unless they are to be ignored.
    pub unknown: BTreeMap<String, usize>,
    /// How the sentiment column is written.
    pub scale: Scale,
}

/// Reads a coded spreadsheet for training: each response once, as most of its coders saw it. Texts
/// are de-identified on the way in: models carry no one's words.
pub fn read(
    path: &Path,
    codebook: &Codebook,
    deidentifier: &Deidentifier,
) -> Result<Vec<LabelledResponse>, Error> {
    let coded = read_all(path, &Codes::from(codebook), deidentifier, Options::default())?;
    let named: Vec<bool> = coded.coders.iter().map(|name| is_named(name)).collect();
    Ok(coders::one_each(coded.readings, &named))
}

/// The theme names that a coded spreadsheet uses, and how often each: what a new codebook starts
/// from.
pub fn themes(path: &Path, deidentifier: &Deidentifier) -> Result<BTreeMap<String, usize>, Error> {
    let options = Options { ignore_unknown: true, ..Options::default() };
    Ok(read_all(path, &Codes::new("new", Vec::new()), deidentifier, options)?.unknown)
}

/// Reads a coded spreadsheet with everything that each coder said.
pub fn read_all(
    path: &Path,
    codes: &Codes,
    deidentifier: &Deidentifier,
    options: Options,
) -> Result<Coded, Error> {
    let file = intake::sheets(path, &intake::Options::default())?;
    rows::read(path, file, codes, deidentifier, options)
}

/// True for a coder whom a column names.
fn is_named(coder: &str) -> bool {
    !coder.is_empty() && !coder.starts_with('\0')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
