//! The Arrow schema of every table that leaves the house, in one place.
//!
//! Columns may be added by a later version (raise [`VERSION`]), never renamed. Offsets in tables
//! count Unicode scalar values, half-open; in memory they are bytes.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};

/// Version of the schemas below, written into every Parquet file.
pub const VERSION: &str = "3";

/// A table under `restricted/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// One row an answer.
    Responses,
    /// One row a coded span.
    Segments,
    /// One row a (segment, theme, coder).
    Codings,
    /// One row a reported quantity.
    Measures,
    /// One row a (segment, outcome domain, direction).
    Outcomes,
    /// One row a file, row or page that was set aside.
    Unprocessed,
    /// The way back to files and people: the only table with names of files and ids.
    Key,
}

impl Table {
    /// Every table, in the order in which a reader meets them.
    pub const ALL: [Self; 7] = [
        Self::Responses,
        Self::Segments,
        Self::Codings,
        Self::Measures,
        Self::Outcomes,
        Self::Unprocessed,
        Self::Key,
    ];

    /// Its name: that of its file without the ending.
    pub fn name(self) -> &'static str {
        self.file_name().trim_end_matches(".parquet")
    }

    /// The file's name under `restricted/`.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Responses => "responses.parquet",
            Self::Segments => "segments.parquet",
            Self::Codings => "codings.parquet",
            Self::Measures => "measures.parquet",
            Self::Outcomes => "outcomes.parquet",
            Self::Unprocessed => "unprocessed.parquet",
            Self::Key => "key.parquet",
        }
    }

    /// The schema; `breakdowns` are the `by_<name>` columns of `responses.parquet`.
    pub fn schema(self, breakdowns: &[String]) -> SchemaRef {
        let fields = match self {
            Self::Responses => responses(breakdowns),
            Self::Segments => vec![
                needed("response_id", DataType::Utf8),
                needed("segment", DataType::UInt16),
                needed("start", DataType::UInt32),
                needed("end", DataType::UInt32),
                needed("text", DataType::Utf8),
            ],
            Self::Codings => vec![
                needed("response_id", DataType::Utf8),
                needed("segment", DataType::UInt16),
                needed("codebook", DataType::Utf8),
                needed("theme", DataType::Utf8),
                needed("group", DataType::Utf8),
                needed("sentiment", DataType::Utf8),
                needed("sentiment_score", DataType::Float32),
                needed("confidence", DataType::Float32),
                needed("coder", DataType::Utf8),
                needed("evidence", list_of_spans()),
                // Since version 2: the model is less sure than the run's threshold; read these first.
                needed("review", DataType::Boolean),
            ],
            Self::Measures => vec![
                needed("response_id", DataType::Utf8),
                needed("segment", DataType::UInt16),
                needed("measure", DataType::Utf8),
                needed("value", DataType::Float64),
                optional("upper", DataType::Float64),
                needed("unit", DataType::Utf8),
                optional("per", DataType::Utf8),
                needed("start", DataType::UInt32),
                needed("end", DataType::UInt32),
            ],
            Self::Outcomes => vec![
                needed("response_id", DataType::Utf8),
                needed("segment", DataType::UInt16),
                needed("domain", DataType::Utf8),
                needed("direction", DataType::Utf8),
                needed("confidence", DataType::Float32),
                needed("coder", DataType::Utf8),
                needed("evidence", list_of_spans()),
            ],
            Self::Unprocessed => vec![
                needed("source", DataType::Utf8),
                needed("row", DataType::UInt32),
                optional("page", DataType::UInt32),
                needed("stage", DataType::Utf8),
                needed("reason", DataType::Utf8),
                needed("detail", DataType::Utf8),
            ],
            Self::Key => vec![
                needed("response_id", DataType::Utf8),
                needed("file", DataType::Utf8),
                optional("sheet", DataType::Utf8),
                needed("row", DataType::UInt32),
                optional("id", DataType::Utf8),
            ],
        };
        Arc::new(Schema::new(fields))
    }
}

fn responses(breakdowns: &[String]) -> Vec<Field> {
    let mut fields = vec![
        needed("response_id", DataType::Utf8),
        needed("source", DataType::Utf8),
        needed("row", DataType::UInt32),
        needed("channel", DataType::Utf8),
        needed("question", DataType::Utf8),
        needed("polarity", DataType::Utf8),
        optional("respondent_id", DataType::Utf8),
        needed("respondent_type", DataType::Utf8),
        needed("respondent_type_confidence", DataType::Float32),
        optional("submitted_on", DataType::Date32),
        optional("wave", DataType::Utf8),
        optional("rating", DataType::Float64),
    ];
    fields.extend(breakdowns.iter().map(|name| optional(name, DataType::Utf8)));
    fields.extend([
        needed("may_quote", DataType::Boolean),
        needed("text", DataType::Utf8),
        needed("language", DataType::Utf8),
        needed("words", DataType::UInt32),
        optional("duplicate_of", DataType::Utf8),
        optional("campaign", DataType::Utf8),
        needed("status", DataType::Utf8),
        needed("sentiment", DataType::Utf8),
        needed("sentiment_score", DataType::Float32),
        needed("sentiment_level", DataType::Int8),
        optional("stance", DataType::Utf8),
        needed("themes", list_of(DataType::Utf8)),
        needed("flags", list_of(DataType::Utf8)),
        needed("redactions", list_of(DataType::Struct(redaction_fields()))),
    ]);
    fields
}

/// `kind`, `start`, `end`: a redaction, with offsets in the original text.
pub fn redaction_fields() -> Fields {
    Fields::from(vec![
        needed("kind", DataType::Utf8),
        needed("start", DataType::UInt32),
        needed("end", DataType::UInt32),
    ])
}

/// `start`, `end`: a span of the de-identified text.
pub fn span_fields() -> Fields {
    Fields::from(vec![needed("start", DataType::UInt32), needed("end", DataType::UInt32)])
}

/// The item of every list column.
pub fn item(of: DataType) -> Arc<Field> {
    Arc::new(needed("item", of))
}

fn list_of(of: DataType) -> DataType {
    DataType::List(item(of))
}

fn list_of_spans() -> DataType {
    list_of(DataType::Struct(span_fields()))
}

fn needed(name: &str, of: DataType) -> Field {
    Field::new(name, of, false)
}

fn optional(name: &str, of: DataType) -> Field {
    Field::new(name, of, true)
}
