//! Coded responses to Arrow record batches: the only place where bytes become scalar-value offsets
//! and enums become the spellings of the tables.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float32Builder, Float64Builder, Int8Builder,
    ListBuilder, RecordBatch, StringBuilder, StructBuilder, UInt16Builder, UInt32Builder,
};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;

use crate::coding::CodedResponse;
use crate::response::Unprocessed;
use crate::schema::{self, Table};
use crate::vocabulary::Vocabulary;

/// The record batches of one batch of coded responses, in the order of the tables that they fill.
pub struct Encoded {
    /// Rows of `responses.parquet`.
    pub responses: RecordBatch,
    /// Rows of `segments.parquet`.
    pub segments: RecordBatch,
    /// Rows of `codings.parquet`.
    pub codings: RecordBatch,
    /// Rows of `measures.parquet`.
    pub measures: RecordBatch,
    /// Rows of `outcomes.parquet`.
    pub outcomes: RecordBatch,
}

impl Encoded {
    /// The tables that hold what was said and what was made of it, in the order of [`Encoded::all`].
    pub const TABLES: [Table; 5] =
        [Table::Responses, Table::Segments, Table::Codings, Table::Measures, Table::Outcomes];

    /// The batches, in the order of [`Encoded::TABLES`].
    pub fn all(&self) -> [&RecordBatch; 5] {
        [&self.responses, &self.segments, &self.codings, &self.measures, &self.outcomes]
    }
}

/// Converts byte offsets of one text into offsets that count Unicode scalar values.
pub struct ScalarOffsets<'a> {
    text: &'a str,
    ascii: bool,
}

impl<'a> ScalarOffsets<'a> {
    /// For this text.
    pub fn new(text: &'a str) -> Self {
        Self { text, ascii: text.is_ascii() }
    }

    /// The scalar-value offset of a byte offset that lies on a character boundary.
    pub fn at(&self, byte: usize) -> u32 {
        if self.ascii {
            return byte as u32;
        }
        self.text.get(..byte).map_or_else(|| self.text.chars().count(), |s| s.chars().count())
            as u32
    }
}

/// Encodes one batch.
pub fn encode(rows: &[CodedResponse], vocabulary: &Vocabulary) -> Result<Encoded, ArrowError> {
    Ok(Encoded {
        responses: responses(rows, vocabulary)?,
        segments: segments(rows)?,
        codings: codings(rows, vocabulary)?,
        measures: measures(rows)?,
        outcomes: outcomes(rows)?,
    })
}

fn responses(rows: &[CodedResponse], vocabulary: &Vocabulary) -> Result<RecordBatch, ArrowError> {
    let text = |f: &dyn Fn(&CodedResponse) -> Option<&str>| -> ArrayRef {
        let mut out = StringBuilder::new();
        for row in rows {
            out.append_option(f(row));
        }
        Arc::new(out.finish())
    };
    let source = {
        let mut out = StringBuilder::new();
        for row in rows {
            out.append_value(source_id(row.response.source));
        }
        Arc::new(out.finish()) as ArrayRef
    };
    let mut row_number = UInt32Builder::new();
    let mut type_confidence = Float32Builder::new();
    let mut submitted = Date32Builder::new();
    let mut rating = Float64Builder::new();
    let mut may_quote = BooleanBuilder::new();
    let mut words = UInt32Builder::new();
    let mut score = Float32Builder::new();
    let mut level = Int8Builder::new();
    let mut themes =
        ListBuilder::new(StringBuilder::new()).with_field(schema::item(DataType::Utf8));
    let mut flags = ListBuilder::new(StringBuilder::new()).with_field(schema::item(DataType::Utf8));
    let mut redactions =
        ListBuilder::new(StructBuilder::from_fields(schema::redaction_fields(), rows.len()))
            .with_field(schema::item(DataType::Struct(schema::redaction_fields())));
    for row in rows {
        let response = &row.response;
        row_number.append_value(response.row);
        type_confidence.append_value(row.respondent_type.1);
        submitted.append_option(response.submitted_on);
        rating.append_option(response.rating);
        may_quote.append_value(response.may_quote);
        words.append_value(row.words);
        score.append_value(row.sentiment_score);
        level.append_value(row.sentiment_level);
        for theme in vocabulary.response_themes(row) {
            themes.values().append_value(theme);
        }
        themes.append(true);
        for flag in &row.flags {
            flags.values().append_value(flag.as_str());
        }
        flags.append(true);
        for redaction in response.text.redactions() {
            let out = redactions.values();
            string_field(out, 0).append_value(redaction.kind.as_str());
            u32_field(out, 1).append_value(redaction.start);
            u32_field(out, 2).append_value(redaction.end);
            out.append(true);
        }
        redactions.append(true);
    }
    let mut columns: Vec<ArrayRef> = vec![
        text(&|r| Some(&r.response.id)),
        source,
        Arc::new(row_number.finish()),
        text(&|r| Some(r.response.channel.as_str())),
        text(&|r| Some(r.response.question.text.as_str())),
        text(&|r| Some(r.response.question.polarity.as_str())),
        text(&|r| r.response.respondent_id.as_deref()),
        text(&|r| Some(r.respondent_type.0.as_str())),
        Arc::new(type_confidence.finish()),
        Arc::new(submitted.finish()),
        text(&|r| r.response.wave.as_deref()),
        Arc::new(rating.finish()),
    ];
    for i in 0..vocabulary.breakdowns().len() {
        columns.push(text(&|r| r.response.by.get(i).and_then(Option::as_deref)));
    }
    columns.extend([
        Arc::new(may_quote.finish()) as ArrayRef,
        text(&|r| Some(r.response.text.as_str())),
        text(&|r| Some(r.language)),
        Arc::new(words.finish()),
        text(&|r| r.duplicate_of.as_deref()),
        text(&|r| r.campaign.as_deref()),
        text(&|r| Some(r.status.as_str())),
        text(&|r| Some(r.sentiment.as_str())),
        Arc::new(score.finish()),
        Arc::new(level.finish()),
        text(&|r| r.stance.map(heard_models::words::Stance::as_str)),
        Arc::new(themes.finish()),
        Arc::new(flags.finish()),
        Arc::new(redactions.finish()),
    ]);
    RecordBatch::try_new(Table::Responses.schema(vocabulary.breakdowns()), columns)
}

fn segments(rows: &[CodedResponse]) -> Result<RecordBatch, ArrowError> {
    let mut out = Columns::new(Table::Segments.schema(&[]));
    let (mut id, mut number) = (StringBuilder::new(), UInt16Builder::new());
    let (mut start, mut end) = (UInt32Builder::new(), UInt32Builder::new());
    let mut text = StringBuilder::new();
    for row in rows {
        let whole = row.response.text.as_str();
        let offsets = ScalarOffsets::new(whole);
        for (i, segment) in row.segments.iter().enumerate() {
            id.append_value(&row.response.id);
            number.append_value(i as u16);
            start.append_value(offsets.at(segment.start));
            end.append_value(offsets.at(segment.end));
            text.append_value(whole.get(segment.clone()).unwrap_or_default());
        }
    }
    out.push(id.finish()).push(number.finish()).push(start.finish()).push(end.finish());
    out.push(text.finish());
    out.batch()
}

fn codings(rows: &[CodedResponse], vocabulary: &Vocabulary) -> Result<RecordBatch, ArrowError> {
    let mut out = Columns::new(Table::Codings.schema(&[]));
    let (mut id, mut segment) = (StringBuilder::new(), UInt16Builder::new());
    let (mut codebook, mut theme) = (StringBuilder::new(), StringBuilder::new());
    let (mut group, mut sentiment) = (StringBuilder::new(), StringBuilder::new());
    let (mut score, mut confidence) = (Float32Builder::new(), Float32Builder::new());
    let (mut coder, mut evidence) = (StringBuilder::new(), spans_builder());
    let mut review = BooleanBuilder::new();
    for row in rows {
        let offsets = ScalarOffsets::new(row.response.text.as_str());
        for coding in &row.codings {
            review.append_value(coding.review);
            let name = vocabulary.theme(coding.codebook, coding.theme);
            id.append_value(&row.response.id);
            segment.append_value(coding.segment);
            codebook.append_value(vocabulary.codebook(coding.codebook));
            theme.append_value(&name.id);
            group.append_value(&name.group);
            sentiment.append_value(coding.sentiment.as_str());
            score.append_value(coding.sentiment_score);
            confidence.append_value(coding.confidence);
            coder.append_value(&coding.coder);
            append_spans(&mut evidence, &coding.evidence, &offsets);
        }
    }
    out.push(id.finish()).push(segment.finish()).push(codebook.finish()).push(theme.finish());
    out.push(group.finish()).push(sentiment.finish()).push(score.finish());
    out.push(confidence.finish()).push(coder.finish()).push(evidence.finish());
    out.push(review.finish());
    out.batch()
}

fn measures(rows: &[CodedResponse]) -> Result<RecordBatch, ArrowError> {
    let mut out = Columns::new(Table::Measures.schema(&[]));
    let (mut id, mut segment) = (StringBuilder::new(), UInt16Builder::new());
    let (mut name, mut value) = (StringBuilder::new(), Float64Builder::new());
    let (mut upper, mut unit) = (Float64Builder::new(), StringBuilder::new());
    let (mut per, mut start) = (StringBuilder::new(), UInt32Builder::new());
    let mut end = UInt32Builder::new();
    for row in rows {
        let offsets = ScalarOffsets::new(row.response.text.as_str());
        for measure in &row.measures {
            id.append_value(&row.response.id);
            segment.append_value(measure.segment);
            name.append_value(measure.measure);
            value.append_value(measure.value);
            upper.append_option(measure.upper);
            unit.append_value(measure.unit);
            per.append_option(measure.per);
            start.append_value(offsets.at(measure.span.start));
            end.append_value(offsets.at(measure.span.end));
        }
    }
    out.push(id.finish()).push(segment.finish()).push(name.finish()).push(value.finish());
    out.push(upper.finish()).push(unit.finish()).push(per.finish());
    out.push(start.finish()).push(end.finish());
    out.batch()
}

fn outcomes(rows: &[CodedResponse]) -> Result<RecordBatch, ArrowError> {
    let mut out = Columns::new(Table::Outcomes.schema(&[]));
    let (mut id, mut segment) = (StringBuilder::new(), UInt16Builder::new());
    let (mut domain, mut direction) = (StringBuilder::new(), StringBuilder::new());
    let (mut confidence, mut coder) = (Float32Builder::new(), StringBuilder::new());
    let mut evidence = spans_builder();
    for row in rows {
        let offsets = ScalarOffsets::new(row.response.text.as_str());
        for outcome in &row.outcomes {
            id.append_value(&row.response.id);
            segment.append_value(outcome.segment);
            domain.append_value(outcome.domain.as_str());
            direction.append_value(outcome.direction.as_str());
            confidence.append_value(outcome.confidence);
            coder.append_value(&outcome.coder);
            append_spans(&mut evidence, &outcome.evidence, &offsets);
        }
    }
    out.push(id.finish()).push(segment.finish()).push(domain.finish()).push(direction.finish());
    out.push(confidence.finish()).push(coder.finish()).push(evidence.finish());
    out.batch()
}

/// Rows of `unprocessed.parquet`.
pub fn unprocessed(rows: &[Unprocessed]) -> Result<RecordBatch, ArrowError> {
    let mut out = Columns::new(Table::Unprocessed.schema(&[]));
    let (mut source, mut row) = (StringBuilder::new(), UInt32Builder::new());
    let (mut page, mut stage) = (UInt32Builder::new(), StringBuilder::new());
    let (mut reason, mut detail) = (StringBuilder::new(), StringBuilder::new());
    for item in rows {
        source.append_value(source_id(item.source));
        row.append_value(item.row);
        page.append_option(item.page);
        stage.append_value(item.stage);
        reason.append_value(item.reason);
        detail.append_value(&item.detail);
    }
    out.push(source.finish()).push(row.finish()).push(page.finish()).push(stage.finish());
    out.push(reason.finish()).push(detail.finish());
    out.batch()
}

/// One row of `key.parquet`: where a response came from.
pub struct KeyRow<'a> {
    /// The opaque id.
    pub response_id: Cow<'a, str>,
    /// The path as given.
    pub file: &'a str,
    /// The sheet of a workbook.
    pub sheet: Option<&'a str>,
    /// The row of the file or sheet.
    pub row: u32,
    /// The id column's value.
    pub id: Option<&'a str>,
}

/// Rows of `key.parquet`.
pub fn key<'a>(rows: impl Iterator<Item = KeyRow<'a>>) -> Result<RecordBatch, ArrowError> {
    let mut out = Columns::new(Table::Key.schema(&[]));
    let (mut response, mut file) = (StringBuilder::new(), StringBuilder::new());
    let (mut sheet, mut row) = (StringBuilder::new(), UInt32Builder::new());
    let mut id = StringBuilder::new();
    for item in rows {
        response.append_value(item.response_id);
        file.append_value(item.file.replace('\\', "/"));
        sheet.append_option(item.sheet);
        row.append_value(item.row);
        id.append_option(item.id);
    }
    out.push(response.finish()).push(file.finish()).push(sheet.finish()).push(row.finish());
    out.push(id.finish());
    out.batch()
}

/// How a source is called in every table: `s1`, `s2`, ...
pub fn source_id(source: u32) -> String {
    format!("s{source}")
}

struct Columns {
    schema: SchemaRef,
    columns: Vec<ArrayRef>,
}

impl Columns {
    fn new(schema: SchemaRef) -> Self {
        Self { schema, columns: Vec::new() }
    }

    fn push(&mut self, column: impl arrow::array::Array + 'static) -> &mut Self {
        self.columns.push(Arc::new(column));
        self
    }

    fn batch(self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(self.schema, self.columns)
    }
}

type SpansBuilder = ListBuilder<StructBuilder>;

fn spans_builder() -> SpansBuilder {
    ListBuilder::new(StructBuilder::from_fields(schema::span_fields(), 0))
        .with_field(schema::item(DataType::Struct(schema::span_fields())))
}

fn append_spans(out: &mut SpansBuilder, spans: &[Range<usize>], offsets: &ScalarOffsets<'_>) {
    for span in spans {
        let item = out.values();
        u32_field(item, 0).append_value(offsets.at(span.start));
        u32_field(item, 1).append_value(offsets.at(span.end));
        item.append(true);
    }
    out.append(true);
}

#[expect(clippy::expect_used, reason = "the builder was made from the schema one line above")]
fn string_field(out: &mut StructBuilder, i: usize) -> &mut StringBuilder {
    out.field_builder(i).expect("a utf8 field")
}

#[expect(clippy::expect_used, reason = "the builder was made from the schema one line above")]
fn u32_field(out: &mut StructBuilder, i: usize) -> &mut UInt32Builder {
    out.field_builder(i).expect("a uint32 field")
}
