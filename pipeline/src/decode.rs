//! Our own Parquet back into coded responses, so that tables and reports can be made again without
//! the original files, from corrected codes.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    Array, AsArray, BooleanArray, Float32Array, Float64Array, ListArray, RecordBatch, StringArray,
    UInt16Array, UInt32Array,
};
use arrow::datatypes::{Date32Type, Float32Type, Float64Type, Int8Type, UInt16Type, UInt32Type};
use heard_models::words::{Direction, Domain, Polarity, RespondentType, Sentiment, Stance, Status};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::coding::{AskedQuestion, CodedResponse, Coding, Flag, Measure, Outcome, Response};
use crate::deidentify::{Redacted, Redaction, RedactionKind};
use crate::encode::Encoded;
use crate::measures;
use crate::response::Channel;
use crate::schema::{self, Table};
use crate::store::{self, Metadata};
use crate::vocabulary::Vocabulary;

/// Why a stored run could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be opened or decoded.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A record batch could not be decoded.
    #[error("cannot read {}: {source}. Run `heard run` again with --force", path.display())]
    Arrow {
        /// The table.
        path: PathBuf,
        /// Why.
        source: arrow::error::ArrowError,
    },
    /// The tables do not say which codebook they were coded with.
    #[error("{} was not written by this version of Heard. Run `heard run` again with --force", .0.display())]
    NoVocabulary(PathBuf),
    /// A later version of Heard wrote the tables.
    #[error("{} was written by a later version of Heard (tables of version {version}; this one knows {known}). Use that version", path.display(), known = schema::VERSION)]
    Later {
        /// The table.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// A column is missing or holds a value that this version does not know.
    #[error("{} holds something that this version of Heard does not know in column `{column}`. Run `heard run` again with --force", path.display())]
    Unknown {
        /// The table.
        path: PathBuf,
        /// The column.
        column: String,
    },
}

/// Opens one of our tables for reading, batch by batch; gives the column names and the facts in its
/// metadata too.
pub struct TableReader {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
    columns: Vec<String>,
    facts: Metadata,
}

impl TableReader {
    /// Opens `restricted/<table>` of a run.
    pub fn open(restricted: &Path, table: Table) -> Result<Self, Error> {
        let path = restricted.join(table.file_name());
        let file = File::open(&path).map_err(store::io("read", &path))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)
            .map_err(store::parquet_error("read", &path))?
            .with_batch_size(8192);
        let columns = builder.schema().fields().iter().map(|f| f.name().clone()).collect();
        let stored = builder.metadata().file_metadata().key_value_metadata();
        let facts = Metadata::read(stored.map(Vec::as_slice).unwrap_or_default());
        let reader = builder.build().map_err(store::parquet_error("read", &path))?;
        Ok(Self { path, reader, columns, facts })
    }

    /// Names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// A fact from the file's metadata, by its name without `heard.`.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.get(name)
    }

    /// Every fact that Heard wrote into the file.
    pub fn facts(&self) -> Metadata {
        self.facts.clone()
    }

    /// The next batch.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, Error> {
        match self.reader.next() {
            None => Ok(None),
            Some(Ok(batch)) => Ok(Some(Batch { path: self.path.clone(), batch })),
            Some(Err(source)) => Err(Error::Arrow { path: self.path.clone(), source }),
        }
    }
}

/// The names that the stored tables of a run use, and the facts that they state.
pub fn vocabulary(restricted: &Path) -> Result<(Vocabulary, Metadata), Error> {
    let table = TableReader::open(restricted, Table::Responses)?;
    let version = table.fact("schema_version").and_then(|text| text.parse::<u32>().ok());
    if let Some(version) = version.filter(|v| Some(*v) > schema::VERSION.parse().ok()) {
        let path = restricted.join(Table::Responses.file_name());
        return Err(Error::Later { path, version });
    }
    let breakdowns = table.columns().iter().filter(|c| c.starts_with("by_")).cloned().collect();
    let codebooks = table
        .fact("vocabulary")
        .and_then(|text| serde_json::from_str(text).ok())
        .filter(|books: &Vec<_>| !books.is_empty())
        .ok_or_else(|| Error::NoVocabulary(restricted.join(Table::Responses.file_name())))?;
    Ok((Vocabulary::new(codebooks, breakdowns), table.facts()))
}

/// A batch of one of our tables, with typed access by column name.
pub struct Batch {
    path: PathBuf,
    batch: RecordBatch,
}

impl Batch {
    fn in_memory(batch: RecordBatch) -> Self {
        Self { path: PathBuf::from("the coded table"), batch }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// The rows for which `keep` is true.
    pub fn only(&self, keep: &[bool]) -> Result<RecordBatch, arrow::error::ArrowError> {
        arrow::compute::filter_record_batch(&self.batch, &BooleanArray::from(keep.to_vec()))
    }

    fn unknown(&self, column: &str) -> Error {
        Error::Unknown { path: self.path.clone(), column: column.to_owned() }
    }

    fn column(&self, name: &str) -> Result<&Arc<dyn Array>, Error> {
        self.batch.column_by_name(name).ok_or_else(|| self.unknown(name))
    }

    /// A utf8 column.
    pub fn strings(&self, name: &str) -> Result<&StringArray, Error> {
        self.column(name)?.as_string_opt::<i32>().ok_or_else(|| self.unknown(name))
    }

    fn u32s(&self, name: &str) -> Result<&UInt32Array, Error> {
        self.column(name)?.as_primitive_opt::<UInt32Type>().ok_or_else(|| self.unknown(name))
    }

    fn u16s(&self, name: &str) -> Result<&UInt16Array, Error> {
        self.column(name)?.as_primitive_opt::<UInt16Type>().ok_or_else(|| self.unknown(name))
    }

    fn f32s(&self, name: &str) -> Result<&Float32Array, Error> {
        self.column(name)?.as_primitive_opt::<Float32Type>().ok_or_else(|| self.unknown(name))
    }

    fn f64s(&self, name: &str) -> Result<&Float64Array, Error> {
        self.column(name)?.as_primitive_opt::<Float64Type>().ok_or_else(|| self.unknown(name))
    }

    fn bools(&self, name: &str) -> Result<&BooleanArray, Error> {
        self.column(name)?.as_boolean_opt().ok_or_else(|| self.unknown(name))
    }

    fn lists(&self, name: &str) -> Result<&ListArray, Error> {
        self.column(name)?.as_list_opt::<i32>().ok_or_else(|| self.unknown(name))
    }

    fn word<T>(
        &self,
        name: &str,
        row: usize,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Error> {
        parse(self.strings(name)?.value(row)).ok_or_else(|| self.unknown(name))
    }

    /// Spans of a list<struct<start,end>> column, as byte ranges of `text`.
    fn spans(
        &self,
        name: &str,
        row: usize,
        bytes: &ByteOffsets,
    ) -> Result<Vec<std::ops::Range<usize>>, Error> {
        let item = self.lists(name)?.value(row);
        let item = item.as_struct_opt().ok_or_else(|| self.unknown(name))?;
        let numbers = |i: usize| {
            item.column(i).as_primitive_opt::<UInt32Type>().ok_or_else(|| self.unknown(name))
        };
        let (start, end) = (numbers(0)?, numbers(1)?);
        Ok((0..item.len()).map(|i| bytes.at(start.value(i))..bytes.at(end.value(i))).collect())
    }
}

/// Converts scalar-value offsets of one text back into byte offsets.
struct ByteOffsets {
    /// Byte offset of each scalar value and of the end; empty for ASCII.
    starts: Vec<usize>,
    len: usize,
}

impl ByteOffsets {
    fn new(text: &str) -> Self {
        let starts = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(i, _)| i).chain([text.len()]).collect()
        };
        Self { starts, len: text.len() }
    }

    fn at(&self, scalar: u32) -> usize {
        if self.starts.is_empty() {
            return (scalar as usize).min(self.len);
        }
        self.starts.get(scalar as usize).copied().unwrap_or(self.len)
    }
}

/// Reads a whole stored run back, in its own order, handing over batches of coded responses.
///
/// Rows of the other tables stand in the order of `responses.parquet`, so each is read once, in step.
pub fn read(
    restricted: &Path,
    vocabulary: &Vocabulary,
    mut each: impl FnMut(Vec<CodedResponse>),
) -> Result<(), Error> {
    let mut responses = TableReader::open(restricted, Table::Responses)?;
    let mut beside = Beside {
        segments: Cursor::open(restricted, Table::Segments)?,
        codings: Cursor::open(restricted, Table::Codings)?,
        measures: Cursor::open(restricted, Table::Measures)?,
        outcomes: Cursor::open(restricted, Table::Outcomes)?,
    };
    while let Some(batch) = responses.next_batch()? {
        each(rows(&batch, &mut beside, vocabulary)?);
    }
    Ok(())
}

/// Tables in memory back into coded responses.
pub fn decode(tables: Encoded, vocabulary: &Vocabulary) -> Result<Vec<CodedResponse>, Error> {
    let mut beside = Beside {
        segments: Cursor::of(tables.segments),
        codings: Cursor::of(tables.codings),
        measures: Cursor::of(tables.measures),
        outcomes: Cursor::of(tables.outcomes),
    };
    rows(&Batch::in_memory(tables.responses), &mut beside, vocabulary)
}

/// The tables beside the responses, each as far as it was read.
struct Beside {
    segments: Cursor,
    codings: Cursor,
    measures: Cursor,
    outcomes: Cursor,
}

/// The responses of a batch with what the other tables hold of them.
fn rows(
    batch: &Batch,
    beside: &mut Beside,
    vocabulary: &Vocabulary,
) -> Result<Vec<CodedResponse>, Error> {
    let mut rows = Vec::with_capacity(batch.rows());
    for i in 0..batch.rows() {
        let mut row = response(batch, i, vocabulary)?;
        let bytes = ByteOffsets::new(row.response.text.as_str());
        let id = row.response.id.clone();
        beside.segments.while_id(&id, |b, at| {
            let (start, end) = (b.u32s("start")?.value(at), b.u32s("end")?.value(at));
            row.segments.push(bytes.at(start)..bytes.at(end));
            Ok(())
        })?;
        beside.codings.while_id(&id, |b, at| {
            let (book, theme) = (b.strings("codebook")?, b.strings("theme")?);
            let (codebook, theme) = vocabulary
                .find(book.value(at), theme.value(at))
                .ok_or_else(|| b.unknown("theme"))?;
            row.codings.push(Coding {
                segment: b.u16s("segment")?.value(at),
                codebook,
                theme,
                sentiment: b.word("sentiment", at, Sentiment::parse)?,
                sentiment_score: b.f32s("sentiment_score")?.value(at),
                confidence: b.f32s("confidence")?.value(at),
                coder: b.strings("coder")?.value(at).into(),
                evidence: b.spans("evidence", at, &bytes)?,
                review: b.bools("review")?.value(at),
            });
            Ok(())
        })?;
        beside.measures.while_id(&id, |b, at| {
            let (start, end) = (b.u32s("start")?.value(at), b.u32s("end")?.value(at));
            let upper = b.f64s("upper")?;
            let per = b.strings("per")?;
            row.measures.push(Measure {
                segment: b.u16s("segment")?.value(at),
                measure: b.word("measure", at, measures::known)?,
                value: b.f64s("value")?.value(at),
                upper: upper.is_valid(at).then(|| upper.value(at)),
                unit: b.word("unit", at, measures::known_unit)?,
                per: if per.is_valid(at) {
                    Some(b.word("per", at, measures::known_period)?)
                } else {
                    None
                },
                span: bytes.at(start)..bytes.at(end),
            });
            Ok(())
        })?;
        beside.outcomes.while_id(&id, |b, at| {
            row.outcomes.push(Outcome {
                segment: b.u16s("segment")?.value(at),
                domain: b.word("domain", at, Domain::parse)?,
                direction: b.word("direction", at, Direction::parse)?,
                confidence: b.f32s("confidence")?.value(at),
                coder: b.strings("coder")?.value(at).into(),
                evidence: b.spans("evidence", at, &bytes)?,
            });
            Ok(())
        })?;
        rows.push(row);
    }
    Ok(rows)
}

fn response(b: &Batch, i: usize, vocabulary: &Vocabulary) -> Result<CodedResponse, Error> {
    let text = |name: &str| -> Result<Option<String>, Error> {
        let column = b.strings(name)?;
        Ok(column.is_valid(i).then(|| column.value(i).to_owned()))
    };
    let shared = |name: &str| -> Result<Option<Arc<str>>, Error> { Ok(text(name)?.map(Arc::from)) };
    let source = text("source")?.unwrap_or_default();
    let source =
        source.strip_prefix('s').and_then(|n| n.parse().ok()).ok_or_else(|| b.unknown("source"))?;
    let redactions = b.lists("redactions")?.value(i);
    let redactions = redactions.as_struct_opt().ok_or_else(|| b.unknown("redactions"))?;
    let mut found = Vec::with_capacity(redactions.len());
    for at in 0..redactions.len() {
        let number = |column: usize| {
            let numbers = redactions.column(column).as_primitive_opt::<UInt32Type>();
            numbers.map(|n| n.value(at)).ok_or_else(|| b.unknown("redactions"))
        };
        let kind = redactions.column(0).as_string_opt::<i32>().map(|k| k.value(at));
        let kind =
            kind.and_then(RedactionKind::from_name).ok_or_else(|| b.unknown("redactions"))?;
        found.push(Redaction { kind, start: number(1)?, end: number(2)? });
    }
    let flags = b.lists("flags")?.value(i);
    let flags = flags.as_string_opt::<i32>().ok_or_else(|| b.unknown("flags"))?;
    let flags = flags
        .iter()
        .flatten()
        .map(|flag| Flag::parse(flag).ok_or_else(|| b.unknown("flags")))
        .collect::<Result<_, _>>()?;
    let mut by = Vec::new();
    for name in vocabulary.breakdowns() {
        by.push(shared(name)?);
    }
    let day = b.column("submitted_on")?;
    let day = day.as_primitive_opt::<Date32Type>().ok_or_else(|| b.unknown("submitted_on"))?;
    let level = b.column("sentiment_level")?;
    let level = level.as_primitive_opt::<Int8Type>().ok_or_else(|| b.unknown("sentiment_level"))?;
    let rating = b.f64s("rating")?;
    let respondent = b.word("respondent_type", i, RespondentType::parse)?;
    let confidence = b.f32s("respondent_type_confidence")?.value(i);
    let id = text("response_id")?.unwrap_or_default();
    let stance = match text("stance")? {
        None => None,
        Some(stance) => Some(Stance::parse(&stance).ok_or_else(|| b.unknown("stance"))?),
    };
    Ok(CodedResponse {
        response: Response {
            id,
            source,
            row: b.u32s("row")?.value(i),
            channel: b.word("channel", i, Channel::parse)?,
            question: Arc::new(AskedQuestion {
                number: None,
                text: stored_text(b, "question", text("question")?, Vec::new())?,
                polarity: b.word("polarity", i, Polarity::parse)?,
            }),
            respondent_id: text("respondent_id")?,
            respondent_type: Some((respondent, confidence)),
            stance: None,
            submitted_on: day.is_valid(i).then(|| day.value(i)),
            wave: shared("wave")?,
            rating: rating.is_valid(i).then(|| rating.value(i)),
            by,
            may_quote: b.bools("may_quote")?.value(i),
            text: stored_text(b, "text", text("text")?, found)?,
        },
        respondent_type: (respondent, confidence),
        language: b.word("language", i, crate::language::known)?,
        words: b.u32s("words")?.value(i),
        duplicate_of: text("duplicate_of")?,
        // Runs of schema version 2 do not have it.
        campaign: text("campaign").ok().flatten(),
        status: b.word("status", i, Status::parse)?,
        sentiment: b.word("sentiment", i, Sentiment::parse)?,
        sentiment_score: b.f32s("sentiment_score")?.value(i),
        sentiment_level: level.value(i),
        stance,
        flags,
        segments: Vec::new(),
        codings: Vec::new(),
        outcomes: Vec::new(),
        measures: Vec::new(),
    })
}

fn stored_text(
    b: &Batch,
    column: &str,
    text: Option<String>,
    redactions: Vec<Redaction>,
) -> Result<Redacted, Error> {
    Redacted::from_store(text.unwrap_or_default(), redactions).map_err(|_| b.unknown(column))
}

/// Walks a table whose rows stand in the order of the responses.
struct Cursor {
    /// None for a table in memory.
    reader: Option<TableReader>,
    batch: Option<Batch>,
    at: usize,
}

impl Cursor {
    fn open(restricted: &Path, table: Table) -> Result<Self, Error> {
        let mut reader = TableReader::open(restricted, table)?;
        let batch = reader.next_batch()?;
        Ok(Self { reader: Some(reader), batch, at: 0 })
    }

    fn of(batch: RecordBatch) -> Self {
        Self { reader: None, batch: Some(Batch::in_memory(batch)), at: 0 }
    }

    /// Hands over every next row of this response.
    fn while_id(
        &mut self,
        id: &str,
        mut row: impl FnMut(&Batch, usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        loop {
            let Some(batch) = &self.batch else { return Ok(()) };
            if self.at == batch.rows() {
                let next = self.reader.as_mut().map(TableReader::next_batch).transpose()?;
                (self.batch, self.at) = (next.flatten(), 0);
                continue;
            }
            if batch.strings("response_id")?.value(self.at) != id {
                return Ok(());
            }
            row(batch, self.at)?;
            self.at += 1;
        }
    }
}
