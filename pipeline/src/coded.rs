//! The one reader of spreadsheets that people have coded: for training, evaluation and import.
//!
//! A row is a coded segment or a whole response. `text` is needed; themes stand in one column
//! (`themes`, separated by semicolons, each with an optional `:sentiment`) or in a column for each
//! theme with a mark in it. Everything else is used where it is there. A code that the codebook
//! does not know is an error that names the row.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use heard_models::codebook::Codebook;
use heard_models::examples::{LabelledResponse, LabelledSegment};
use heard_models::words::{Direction, Domain, Polarity, RespondentType, Sentiment, Stance, Status};

use crate::config::did_you_mean;
use crate::deidentify::Deidentifier;

/// What is wrong with a coded spreadsheet.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read at all.
    #[error("cannot read {}: {source}. Save it as CSV in UTF-8 and try again", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: csv::Error,
    },
    /// A needed column is not there.
    #[error("{} has no column `{column}`. A coded spreadsheet needs `text` and `themes` (or a column for each theme)", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: &'static str,
    },
    /// A cell holds something that is not known.
    #[error("{}, row {row}: `{value}` is not a {what}{hint}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The row, the header being row 1.
        row: usize,
        /// What the cell should hold.
        what: &'static str,
        /// What it holds: a code, never text of a response.
        value: String,
        /// "; did you mean ...".
        hint: String,
    },
}

/// Reads a coded spreadsheet. Texts are de-identified on the way in: models carry no one's words.
pub fn read(
    path: &Path,
    codebook: &Codebook,
    deidentifier: &Deidentifier,
) -> Result<Vec<LabelledResponse>, Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(failed)?;
    let headers = reader.headers().map_err(failed)?.clone();
    let columns = Columns::find(path, &headers, codebook)?;
    let mut responses: Vec<LabelledResponse> = Vec::new();
    let mut last_id = None;
    for (i, record) in reader.records().enumerate() {
        let record = record.map_err(failed)?;
        let row = Row { path, number: i + 2, columns: &columns, record: &record, codebook };
        let id = row.text_of("response_id").map(str::to_owned);
        let text = deidentifier.document(&[row.cell(columns.text)]).remove(0);
        let mut segment = row.segment()?;
        if id.is_some()
            && id == last_id
            && let Some(response) = responses.last_mut()
        {
            response.text.push(' ');
            let start = response.text.len();
            response.text.push_str(text.as_str());
            segment.span = start..response.text.len();
            response.segments.push(segment);
            continue;
        }
        segment.span = 0..text.as_str().len();
        responses.push(row.response(text.as_str(), segment, i)?);
        last_id = id;
    }
    Ok(responses)
}

/// Where each thing stands in the sheet.
struct Columns {
    text: usize,
    themes: Option<usize>,
    /// (column, number of the code) where each theme has a column of its own.
    marks: Vec<(usize, usize)>,
    named: BTreeMap<String, usize>,
}

impl Columns {
    fn find(path: &Path, headers: &csv::StringRecord, codebook: &Codebook) -> Result<Self, Error> {
        let named: BTreeMap<String, usize> = headers
            .iter()
            .enumerate()
            .map(|(i, h)| (h.trim_start_matches('\u{feff}').trim().to_lowercase(), i))
            .collect();
        let any = |names: &[&str]| names.iter().find_map(|n| named.get(*n).copied());
        let missing = |column| Error::Column { path: path.to_owned(), column };
        let text =
            any(&["text", "comment", "response", "answer"]).ok_or_else(|| missing("text"))?;
        let themes = any(&["themes", "theme", "codes", "code"]);
        let marks: Vec<(usize, usize)> = codebook
            .codes()
            .enumerate()
            .filter_map(|(code, id)| Some((*named.get(id)?, code)))
            .collect();
        if themes.is_none() && marks.is_empty() {
            return Err(missing("themes"));
        }
        Ok(Self { text, themes, marks, named })
    }
}

struct Row<'a> {
    path: &'a Path,
    number: usize,
    columns: &'a Columns,
    record: &'a csv::StringRecord,
    codebook: &'a Codebook,
}

impl Row<'_> {
    fn cell(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default().trim()
    }

    /// The cell of a named column, unless it is blank or not there.
    fn text_of(&self, name: &str) -> Option<&str> {
        let cell = self.cell(*self.columns.named.get(name)?);
        (!cell.is_empty()).then_some(cell)
    }

    fn unknown(&self, what: &'static str, value: &str, known: &[&str]) -> Error {
        let hint = did_you_mean(value, known.iter().copied())
            .map(|k| format!("; did you mean `{k}`?"))
            .unwrap_or_default();
        // A stray cell may hold words of a response: no more than a code's length is repeated.
        let value = value.chars().take(40).collect();
        Error::Value { path: self.path.to_owned(), row: self.number, what, value, hint }
    }

    fn word<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        known: &[&str],
    ) -> Result<Option<T>, Error> {
        let Some(cell) = self.text_of(name) else { return Ok(None) };
        parse(&cell.to_lowercase()).map(Some).ok_or_else(|| self.unknown(name, cell, known))
    }

    fn response(
        &self,
        text: &str,
        segment: LabelledSegment,
        index: usize,
    ) -> Result<LabelledResponse, Error> {
        let yes =
            |cell: &str| matches!(cell.to_lowercase().as_str(), "yes" | "y" | "1" | "true" | "x");
        let spellings = |all: &[&'static str]| all.to_vec();
        let polarities: Vec<_> = Polarity::ALL.iter().map(|p| p.as_str()).collect();
        let types: Vec<_> = RespondentType::ALL.iter().map(|p| p.as_str()).collect();
        let question = self.text_of("question").unwrap_or_default().to_owned();
        let polarity = self
            .word("polarity", Polarity::parse, &spellings(&polarities))?
            .unwrap_or_else(|| crate::intake::polarity(&question));
        Ok(LabelledResponse {
            situation: self
                .text_of("situation")
                .or_else(|| self.text_of("response_id"))
                .map_or_else(|| format!("row {index}"), str::to_owned),
            text: text.to_owned(),
            question,
            polarity,
            segments: vec![segment],
            status: self.word("status", Status::parse, &[])?,
            safeguarding: self.text_of("safeguarding").map(yes),
            respondent: self.word("respondent_type", RespondentType::parse, &types)?,
            stance: self.word("stance", Stance::parse, &[])?,
            level: None,
        })
    }

    fn segment(&self) -> Result<LabelledSegment, Error> {
        let codes: Vec<&str> = self.codebook.codes().collect();
        let overall = self.word("sentiment", Sentiment::parse, &[])?;
        let mut found: Vec<(usize, Option<Sentiment>)> = Vec::new();
        for part in self.parts(self.columns.themes) {
            let (id, sentiment) = match part.split_once(':') {
                None => (part, overall),
                Some((id, sentiment)) => {
                    let sentiment = Sentiment::parse(sentiment.trim()).ok_or_else(|| {
                        self.unknown(
                            "sentiment",
                            sentiment.trim(),
                            &["positive", "negative", "mixed", "neutral"],
                        )
                    })?;
                    (id.trim(), Some(sentiment))
                }
            };
            let code =
                self.code(id).ok_or_else(|| self.unknown("theme of the codebook", id, &codes))?;
            found.push((code, sentiment));
        }
        for (column, code) in &self.columns.marks {
            if !matches!(self.cell(*column).to_lowercase().as_str(), "" | "0" | "no" | "false") {
                found.push((*code, overall));
            }
        }
        let flags = self.columns.named.get("flags").map(|c| self.parts(Some(*c)));
        let outcomes = match self.columns.named.get("outcomes") {
            None => None,
            Some(column) => Some(
                self.parts(Some(*column))
                    .into_iter()
                    .map(|part| {
                        part.split_once(':')
                            .and_then(|(d, way)| {
                                Some((Domain::parse(d.trim())?, Direction::parse(way.trim())?))
                            })
                            .ok_or_else(|| self.unknown("outcome", part, &[]))
                    })
                    .collect::<Result<_, _>>()?,
            ),
        };
        Ok(LabelledSegment {
            span: 0..0,
            codes: found,
            suggestion: flags.as_ref().map(|f| f.contains(&"suggestion")),
            off_topic: flags.as_ref().map(|f| f.contains(&"off_topic_service")),
            outcomes,
        })
    }

    /// A code by its id or its label.
    fn code(&self, written: &str) -> Option<usize> {
        let id = self
            .codebook
            .themes
            .iter()
            .find(|t| t.label.eq_ignore_ascii_case(written))
            .map_or(written, |t| t.id.as_str());
        self.codebook.codes().position(|c| c.eq_ignore_ascii_case(id))
    }

    fn parts(&self, column: Option<usize>) -> Vec<&str> {
        column
            .map(|c| self.cell(c).split(';').map(str::trim).filter(|p| !p.is_empty()).collect())
            .unwrap_or_default()
    }
}
