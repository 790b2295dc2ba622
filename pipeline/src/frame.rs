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
use crate::deidentify::{self, Deidentifier, Identities, Mode, Values};
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
        /// From 1, in its table or through its batches.
        row: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// Of a part alone nobody can tell whose names the other parts hold.
    #[error(
        "row {row} of the column `{column}` holds something personal, such as a name. Rows that come in batches are told apart by such values only with a secret: any words that only you know, the same for every batch"
    )]
    Apart {
        /// Which column.
        column: String,
        /// From 1, through its batches.
        row: usize,
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
    deidentifier: Deidentifier,
    /// Different values of the breakdown columns stay different, whatever names they hold.
    keeps_apart: bool,
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
    /// the key of people's pseudonyms, and of the marks of breakdown values that hold a name.
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
        let key = Sha256::digest(secret.unwrap_or_default().as_bytes()).into();
        let values = columns.by.iter().map(|name| values(name, Vec::new()));
        let values: Vec<Values> = values.collect();
        let deidentifier = self.deidentifier.clone();
        Ok(Table {
            by: Arc::clone(self),
            vocabulary: Vocabulary::new(self.coder.names(), by),
            asked: question(asked.unwrap_or_default()),
            keeps_apart: columns.by.is_empty() || secret.is_some(),
            deidentifier: deidentifier.with_values(&values, secret.map(|_| key)),
            columns,
            secret: key,
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

    /// Codes a table that is whole, on all threads, in its own order. Without a secret its breakdown
    /// columns are read first, so that values that hold a name can be numbered.
    pub fn code_whole(
        mut self,
        batches: impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send,
        each: impl FnMut(RecordBatch) -> Result<(), ArrowError>,
    ) -> Result<(), Error> {
        if self.keeps_apart {
            return self.code(batches, 1, each);
        }
        let batches: Vec<RecordBatch> = batches.collect::<Result<_, _>>()?;
        let known = self.columns.by.iter().map(|name| {
            let (mut seen, mut known) = (HashSet::new(), Vec::new());
            for batch in &batches {
                for value in strings(batch, name)?.iter().flatten() {
                    if !seen.contains(value) {
                        seen.insert(value.to_owned());
                        known.push(intake::repaired(value).0.into_owned());
                    }
                }
            }
            Ok::<_, Error>(values(name, known))
        });
        let known = known.collect::<Result<Vec<_>, _>>()?;
        self.deidentifier = self.deidentifier.with_values(&known, None);
        self.keeps_apart = true;
        self.code(batches.into_iter().map(Ok), 1, each)
    }

    /// Codes a table that may be a part of a larger one, on all threads, in its own order. Its rows are
    /// numbered from `first`.
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
        let mut done = first as usize;
        let mut each = |coded: RecordBatch| -> Result<(), Error> {
            if let Some(column) = &given {
                let found =
                    nested::ids(&coded)?.position(|id| !seen.insert(xxh3_64(id.as_bytes())));
                if let Some(row) = found {
                    let (column, row) = (column.clone(), done + row);
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
        let ids = self.columns.id.as_deref().map(|name| ids(batch, name, first)).transpose()?;
        let rows = batch.num_rows() as u64;
        let responses = self.read(batch, first)?;
        let unsure = responses.iter().filter(|_| !self.keeps_apart);
        let given: Vec<_> = unsure.map(|response| response.by.clone()).collect();
        let raw = RawBatch { responses, rows, ..RawBatch::default() };
        let numbered = Identities::new(false, vec![self.secret]).number(raw);
        let mut responses = deidentify::deidentify(&self.deidentifier, numbered).responses;
        for ((row, given), response) in (first as usize..).zip(given).zip(&responses) {
            let changed = |(given, label): (&Option<Identified>, &Option<Arc<str>>)| {
                given.as_ref().map(Identified::reveal) != label.as_deref()
            };
            if let Some(at) = given.iter().zip(&response.by).position(changed) {
                return Err(Error::Apart { column: self.columns.by[at].clone(), row });
            }
        }
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

/// A breakdown column and what stands in it, as far as it is known.
fn values(header: &str, values: Vec<String>) -> Values {
    Values { places: intake::is_of_places(header), values }
}

/// The ids of a batch of which the first row has this number: every row's own.
fn ids(batch: &RecordBatch, name: &str, first: u32) -> Result<StringArray, Error> {
    let ids = strings(batch, name)?;
    let mut seen = HashSet::with_capacity(ids.len());
    for (row, id) in (first as usize..).zip(ids.iter()) {
        let problem = match id {
            None | Some("") => "is blank",
            Some(id) if !seen.insert(id) => TWICE,
            Some(_) => continue,
        };
        return Err(Error::Id { column: name.to_owned(), row, problem });
    }
    drop(seen);
    Ok(ids)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may stop")]
mod tests {
    use super::*;

    fn table(secret: Option<&str>) -> Table {
        let settings = Settings {
            codebooks: vec!["home-care".to_owned()],
            models: vec!["fast".to_owned()],
            redact: Mode::Standard,
            providers: Vec::new(),
            threads: 2,
        };
        let by = vec!["manager".to_owned(), "area".to_owned()];
        let columns = Columns { text: "comment".to_owned(), by, ..Columns::default() };
        Arc::new(TableCoder::open(settings).unwrap()).table(columns, None, secret).unwrap()
    }

    fn batch(rows: &[(&str, &str)]) -> RecordBatch {
        let column = |of: fn(&(&str, &str)) -> String| -> ArrayRef {
            Arc::new(rows.iter().map(|row| Some(of(row))).collect::<StringArray>())
        };
        RecordBatch::try_from_iter([
            ("comment", column(|_| "They are late.".to_owned())),
            ("manager", column(|row| row.0.to_owned())),
            ("area", column(|row| row.1.to_owned())),
        ])
        .unwrap()
    }

    fn column(batches: &[RecordBatch], name: &str) -> Vec<String> {
        let columns = batches.iter().map(|batch| strings(batch, name).unwrap());
        columns.flat_map(|c| c.iter().flatten().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    fn parts() -> [RecordBatch; 2] {
        let first = [("Denise Hartley", "Marlpool"), ("Kwame Mensah", "North")];
        [batch(&first), batch(&[("Kwame Mensah", "Marlpool"), ("Denise Hartley", "North")])]
    }

    fn coded(table: Table) -> Vec<RecordBatch> {
        let mut coded = Vec::new();
        let keep = |batch| {
            coded.push(batch);
            Ok(())
        };
        table.code_whole(parts().into_iter().map(Ok), keep).unwrap();
        coded
    }

    #[test]
    fn in_a_whole_table_people_in_a_breakdown_are_told_apart_whatever_its_batches() {
        let coded = coded(table(None));
        let people = ["[PERSON 1]", "[PERSON 2]", "[PERSON 2]", "[PERSON 1]"];
        assert_eq!(column(&coded, "by_manager"), people);
        assert_eq!(column(&coded, "by_area"), ["Marlpool", "North", "Marlpool", "North"]);
    }

    #[test]
    fn in_batches_people_in_a_breakdown_are_told_apart_by_a_secret_and_refused_without_one() {
        let [first, second] = parts();
        let error = table(None).code_batch(&first, 41).unwrap_err().to_string();
        assert!(error.starts_with("row 41 of the column `manager` holds something personal"));
        assert!(!error.contains("Denise"));
        // Two workers, who know nothing of each other.
        let [here, there] = [(first, 1), (second, 3)].map(|(batch, at)| {
            column(&[table(Some("ours")).code_batch(&batch, at).unwrap()], "by_manager")
        });
        assert_eq!([&here[0], &here[1]], [&there[1], &there[0]]);
        assert_ne!(here[0], here[1]);
        let whole = coded(table(Some("ours")));
        assert_eq!(column(&whole, "by_manager"), [here, there].concat());
        // Where nothing personal stands, nothing is asked for.
        assert!(table(None).code_batch(&batch(&[("North team", "North")]), 1).is_ok());
    }
}
