//! Comments in a table in memory, coded: an Arrow batch in, a batch with a row for each of its rows
//! out. What notebooks and clusters call.
//!
//! It is the way through the house without files: a row is de-identified, coded and given back with
//! everything that the tables of a run would hold of it (see [`crate::nested`]). It keeps nothing
//! between batches, so that any number of workers can share it, and a row's codes do not depend on
//! its neighbours. What needs all rows at once (repeated texts, tables, charts, the report) is made
//! from the coded rows by [`crate::run::collect`].

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray as _, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, SchemaRef};
use arrow::error::ArrowError;
use sha2::{Digest as _, Sha256};
use xxhash_rust::xxh3::xxh3_64;

use crate::coding::{self, Coder, Wanted};
use crate::config;
use crate::deidentify::{self, Deidentifier, Identities, Mode};
use crate::encode;
use crate::intake::{self, dates, speaker};
use crate::nested;
use crate::response::{Channel, Identified, Polarity, Question, RawBatch, RawResponse};
use crate::stream;
use crate::vocabulary::{Vocabulary, breakdowns};

/// What is wrong with an id that two rows have.
const TWICE: &str = "comes a second time";
/// Rows that are coded together, at most.
const TOGETHER: usize = 4096;

/// Why a table cannot be coded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no coder.
    #[error(transparent)]
    Coding(#[from] coding::Error),
    /// A column that was named is not in the table.
    #[error("there is no column `{wanted}` in the table{hint}. It has: {has}")]
    NoColumn {
        /// What was asked for.
        wanted: String,
        /// "; did you mean ...".
        hint: String,
        /// What there is.
        has: String,
    },
    /// A column holds something that cannot be what it is said to be.
    #[error("the column `{column}` holds {is}, and must hold {must}")]
    Type {
        /// Which.
        column: String,
        /// Its type.
        is: String,
        /// What it should be.
        must: &'static str,
    },
    /// Ids are missing or come twice.
    #[error(
        "row {row} of the column `{column}` {problem}. Each row needs an id of its own; without one, rows are numbered"
    )]
    Id {
        /// Which column.
        column: String,
        /// From 1, in its table or batch.
        row: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// Respondents' ids would be pseudonyms that anybody could make.
    #[error(
        "a column of respondents needs a secret: any words that only you know, the same for every batch. Ids are replaced by keyed pseudonyms"
    )]
    NoSecret,
    /// A table could not be read or made.
    #[error("the table cannot be coded: {0}")]
    Arrow(#[from] ArrowError),
}

/// What the columns of a table are.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The comments.
    pub text: String,
    /// Ids of the rows, kept as they are: they must name nobody.
    pub id: Option<String>,
    /// Ids of the people, replaced by keyed pseudonyms.
    pub respondent: Option<String>,
    /// What was asked.
    pub question: Option<String>,
    /// The day.
    pub date: Option<String>,
    /// The wave of the survey.
    pub wave: Option<String>,
    /// A score.
    pub rating: Option<String>,
    /// Who speaks.
    pub who: Option<String>,
    /// Whether the words may be quoted.
    pub may_quote: Option<String>,
    /// What results are broken down by.
    pub by: Vec<String>,
}

/// How tables are to be coded.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Ids or files, at least one.
    pub codebooks: Vec<String>,
    /// `fast`, `accurate`, or files that `heard train` made.
    pub models: Vec<String>,
    /// How thoroughly personal data is looked for.
    pub redact: Mode,
    /// Care providers to replace by letters.
    pub providers: Vec<String>,
    /// Worker threads of [`Table::code`].
    pub threads: usize,
}

/// Codes tables of comments.
pub struct TableCoder {
    coder: Coder,
    deidentifier: Deidentifier,
    threads: usize,
}

/// Tables with the same columns, and who codes them.
pub struct Table {
    by: Arc<TableCoder>,
    vocabulary: Vocabulary,
    asked: Arc<Question>,
    columns: Columns,
    secret: [u8; 32],
}

impl TableCoder {
    /// Opens codebooks and models.
    pub fn open(settings: Settings) -> Result<Self, Error> {
        let Settings { codebooks, models, redact, providers, threads } = settings;
        let coder = Coder::open(Wanted {
            codebooks: &codebooks,
            models: &models,
            review: config::REVIEW,
            ..Wanted::default()
        })?;
        let deidentifier = Deidentifier::new(deidentify::Options { providers, mode: redact });
        Ok(Self { coder, deidentifier, threads })
    }

    /// Tables with these columns. `asked` is what was asked where it is the same for all; `secret` is
    /// the key of people's pseudonyms.
    pub fn table(
        self: &Arc<Self>,
        columns: Columns,
        asked: Option<&str>,
        secret: Option<&str>,
    ) -> Result<Table, Error> {
        if columns.respondent.is_some() && secret.is_none() {
            return Err(Error::NoSecret);
        }
        let labels = columns.by.iter();
        let by = breakdowns(labels.map(|n| self.deidentifier.label(n).as_str().to_owned()));
        Ok(Table {
            by: Arc::clone(self),
            vocabulary: Vocabulary::new(self.coder.names(), by),
            asked: question(asked.unwrap_or_default()),
            columns,
            secret: Sha256::digest(secret.unwrap_or_default().as_bytes()).into(),
        })
    }
}

/// A text without personal data.
pub fn redacted(deidentifier: &Deidentifier, text: &str) -> String {
    let document = deidentifier.document(&[&intake::repaired(text).0]);
    document.first().map(|text| text.as_str().to_owned()).unwrap_or_default()
}

impl Table {
    /// What comes out; see [`nested::schema`].
    pub fn schema(&self) -> SchemaRef {
        nested::schema(self.vocabulary.breakdowns())
    }

    /// Codes a table, on all threads, in its own order. Its rows are numbered from `first`.
    pub fn code(
        &self,
        batches: impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send,
        first: u32,
        mut each: impl FnMut(RecordBatch) -> Result<(), ArrowError>,
    ) -> Result<(), Error> {
        let mut row = first;
        let parts = batches.flat_map(|batch| {
            let parts: Vec<Result<RecordBatch, Error>> = match batch {
                Err(error) => vec![Err(error.into())],
                Ok(batch) => (0..batch.num_rows())
                    .step_by(TOGETHER)
                    .map(|at| Ok(batch.slice(at, TOGETHER.min(batch.num_rows() - at))))
                    .collect(),
            };
            parts
        });
        // Ids must differ over the whole table, not only in the rows that are coded together.
        let (mut seen, given) = (HashSet::new(), self.columns.id.clone());
        let mut done = 0;
        let mut each = |coded: RecordBatch| -> Result<(), Error> {
            if let Some(column) = &given {
                let found =
                    nested::ids(&coded)?.position(|id| !seen.insert(xxh3_64(id.as_bytes())));
                if let Some(row) = found {
                    let (column, row) = (column.clone(), done + row + 1);
                    return Err(Error::Id { column, row, problem: TWICE });
                }
            }
            done += coded.num_rows();
            Ok(each(coded)?)
        };
        let numbered = parts.map(|part| {
            let part = part?;
            let first = row;
            row += part.num_rows() as u32;
            Ok::<_, Error>((part, first))
        });
        stream::ordered(
            self.by.threads,
            numbered,
            |(part, first)| self.code_batch(&part, first),
            |coded| each(coded?),
        )
    }

    /// Codes one batch, of which the first row has this number, on the caller's thread.
    pub fn code_batch(&self, batch: &RecordBatch, first: u32) -> Result<RecordBatch, Error> {
        let ids = self.columns.id.as_deref().map(|name| ids(batch, name)).transpose()?;
        let rows = batch.num_rows() as u64;
        let responses = self.read(batch, first)?;
        let raw = RawBatch { responses, rows, ..RawBatch::default() };
        let numbered = Identities::new(false, vec![self.secret]).number(raw);
        let mut responses = deidentify::deidentify(&self.by.deidentifier, numbered).responses;
        if let Some(ids) = ids {
            for (response, id) in responses.iter_mut().zip(ids.iter().flatten()) {
                id.clone_into(&mut response.id);
            }
        }
        let coded = self.by.coder.code(responses)?;
        let tables = encode::encode(&coded, &self.vocabulary)?;
        Ok(nested::nest(&coded, &tables, self.vocabulary.breakdowns())?)
    }

    fn read(&self, batch: &RecordBatch, first: u32) -> Result<Vec<RawResponse>, Error> {
        let of = &self.columns;
        let words = |name: &Option<String>| name.as_deref().map(|n| strings(batch, n)).transpose();
        let text = strings(batch, &of.text)?;
        let (respondent, asked) = (words(&of.respondent)?, words(&of.question)?);
        let (wave, who) = (words(&of.wave)?, words(&of.who)?);
        let rating = typed(batch, of.rating.as_deref(), &DataType::Float64, "numbers")?;
        let may_quote = typed(batch, of.may_quote.as_deref(), &DataType::Boolean, "true or false")?;
        let days = days(batch, of.date.as_deref())?;
        let by = of.by.iter().map(|name| strings(batch, name)).collect::<Result<Vec<_>, _>>()?;
        let cell = |column: &Option<StringArray>, row: usize| {
            let column = column.as_ref()?;
            let words = column.is_valid(row).then(|| intake::repaired(column.value(row)).0)?;
            (!words.is_empty()).then(|| words.into_owned())
        };
        let mut last: Option<Arc<Question>> = None;
        let rows = (0..batch.num_rows()).map(|row| RawResponse {
            source: 1,
            row: first + row as u32,
            channel: Channel::Survey,
            question: match cell(&asked, row) {
                None => Arc::clone(&self.asked),
                Some(words) => {
                    let same = last.as_ref().filter(|last| last.text.reveal() == words).cloned();
                    let question = same.unwrap_or_else(|| question(&words));
                    last = Some(Arc::clone(&question));
                    question
                }
            },
            respondent: cell(&respondent, row).map(Identified::new),
            respondent_type: cell(&who, row).and_then(|words| speaker::read(&words)),
            stance: None,
            submitted_on: days.as_ref().and_then(|days| days[row]),
            wave: cell(&wave, row).map(Identified::new),
            rating: rating.as_ref().and_then(|column| {
                let column = column.as_primitive::<Float64Type>();
                column.is_valid(row).then(|| column.value(row))
            }),
            by: (by.iter())
                .map(|column| {
                    let words =
                        column.is_valid(row).then(|| intake::repaired(column.value(row)).0)?;
                    (!words.is_empty()).then(|| Identified::new(words.into_owned()))
                })
                .collect(),
            // No answer is no consent.
            may_quote: may_quote.as_ref().is_none_or(|column| {
                let column = column.as_boolean();
                column.is_valid(row) && column.value(row)
            }),
            names: Arc::new([]),
            text: Identified::new(if text.is_valid(row) {
                intake::repaired(text.value(row)).0.into_owned()
            } else {
                String::new()
            }),
        });
        Ok(rows.collect())
    }
}

fn question(words: &str) -> Arc<Question> {
    let polarity = if words.is_empty() { Polarity::Neutral } else { intake::polarity(words) };
    Arc::new(Question { number: None, text: Identified::new(words), polarity })
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, Error> {
    batch.column_by_name(name).ok_or_else(|| {
        let schema = batch.schema();
        let has: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let hint = config::did_you_mean(name, has.iter().copied());
        Error::NoColumn {
            wanted: name.to_owned(),
            hint: hint.map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default(),
            has: has.join(", "),
        }
    })
}

fn strings(batch: &RecordBatch, name: &str) -> Result<StringArray, Error> {
    let column = column(batch, name)?;
    if column.data_type().is_nested() || matches!(column.data_type(), DataType::Binary) {
        return Err(wrong(name, column, "text"));
    }
    Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone())
}

fn wrong(name: &str, column: &ArrayRef, must: &'static str) -> Error {
    Error::Type { column: name.to_owned(), is: column.data_type().to_string(), must }
}

fn typed(
    batch: &RecordBatch,
    name: Option<&str>,
    of: &DataType,
    must: &'static str,
) -> Result<Option<ArrayRef>, Error> {
    let Some(name) = name else { return Ok(None) };
    let column = column(batch, name)?;
    // A number or a truth that is written as text is one all the same.
    Ok(Some(cast(column, of).map_err(|_| wrong(name, column, must))?))
}

/// Days since 1970-01-01, from dates, times, or text as people write it.
fn days(batch: &RecordBatch, name: Option<&str>) -> Result<Option<Vec<Option<i32>>>, Error> {
    let Some(name) = name else { return Ok(None) };
    let from = column(batch, name)?;
    if from.data_type().is_temporal() {
        // Of a time in a zone, the day in UTC: zones need tables that are not in the program.
        let days = match from.data_type() {
            DataType::Timestamp(unit, Some(_)) => cast(from, &DataType::Timestamp(*unit, None))?,
            _ => Arc::clone(from),
        };
        let days = cast(&days, &DataType::Date32)?;
        return Ok(Some(days.as_primitive::<Date32Type>().iter().collect()));
    }
    // What a batch proves about the order of day and month another may not: it is always the same.
    let day = |text: Option<&str>| dates::parse(text?, dates::Order::DayFirst);
    Ok(Some(strings(batch, name)?.iter().map(day).collect()))
}

/// The ids of a batch: every row's own.
fn ids(batch: &RecordBatch, name: &str) -> Result<StringArray, Error> {
    let ids = strings(batch, name)?;
    let mut seen = HashSet::with_capacity(ids.len());
    for (row, id) in ids.iter().enumerate() {
        let problem = match id {
            None | Some("") => "is blank",
            Some(id) if !seen.insert(id) => TWICE,
            Some(_) => continue,
        };
        return Err(Error::Id { column: name.to_owned(), row: row + 1, problem });
    }
    drop(seen);
    Ok(ids)
}
