//! Published tables to files: Parquet and CSV for each, and one workbook.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, UInt16Array, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Schema};
use polars::prelude::{Column, DataFrame, DataType as Kind, PolarsError};
use rust_xlsxwriter::XlsxError;

use super::evidence::{Evidence, Quote};
use super::frames::{Table, tables};
use super::gaps::Example;
use super::workbook::workbook;
use crate::store::{self, Metadata};

/// What went wrong with the published tables.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A table could not be put together.
    #[error("cannot put the published tables together: {0}")]
    Frame(#[from] PolarsError),
    /// A table could not be written as CSV.
    #[error("cannot write a published table as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// The workbook could not be made.
    #[error("cannot make tables.xlsx: {0}")]
    Workbook(#[from] XlsxError),
    /// A column has a type that published tables do not have.
    #[error("column {0} of a published table has a type that cannot be written")]
    Kind(String),
}

/// A column as plain values.
pub(super) enum Values<'a> {
    Words(Vec<Option<&'a str>>),
    Numbers(Vec<Option<u64>>),
    Decimals(Vec<Option<f64>>),
    Truths(Vec<Option<bool>>),
}

impl<'a> Values<'a> {
    pub(super) fn of(column: &'a Column) -> Result<Self, Error> {
        Ok(match column.dtype() {
            Kind::String => Self::Words(column.str()?.iter().collect()),
            Kind::UInt64 => Self::Numbers(column.u64()?.iter().collect()),
            Kind::Float64 => Self::Decimals(column.f64()?.iter().collect()),
            Kind::Boolean => Self::Truths(column.bool()?.iter().collect()),
            _ => return Err(Error::Kind(column.name().to_string())),
        })
    }
}

/// Writes `tables/*.parquet`, `tables/*.csv` and `tables.xlsx` under `publish`, which exists;
/// `further` are tables that others made from the same evidence.
/// The same evidence gives the same bytes. Returns the names of the tables.
pub fn write(
    publish: &Path,
    evidence: &Evidence,
    quotes: &[Quote],
    further: Vec<Table>,
    metadata: &Metadata,
) -> Result<Vec<String>, Error> {
    let folder = publish.join("tables");
    store::create_folder(&folder)?;
    let mut tables = tables(evidence)?;
    tables.extend(further);
    for Table { name, frame, .. } in &tables {
        let path = folder.join(format!("{name}.parquet"));
        store::write_table(&path, &batch(&path, frame)?, metadata)?;
        store::write_file(&folder.join(format!("{name}.csv")), &csv_bytes(frame)?)?;
    }
    let bytes = workbook(evidence, &tables, quotes)?;
    store::write_file(&publish.join("tables.xlsx"), &bytes)?;
    Ok(tables.into_iter().map(|table| table.name).collect())
}

/// Writes `not_in_the_codebook.parquet` under `restricted`: where the passages stand that fit no
/// theme, for a person to read.
pub fn examples(restricted: &Path, examples: &[Example], metadata: &Metadata) -> Result<(), Error> {
    let path = restricted.join("not_in_the_codebook.parquet");
    let words = |of: fn(&Example) -> &str| StringArray::from_iter_values(examples.iter().map(of));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("number", Arc::new(UInt64Array::from_iter_values(examples.iter().map(|e| e.number)))),
        ("words_in_common", Arc::new(words(|example| &example.terms))),
        ("response_id", Arc::new(words(|example| &example.response))),
        ("segment", Arc::new(UInt16Array::from_iter_values(examples.iter().map(|e| e.segment)))),
    ];
    let batch = RecordBatch::try_from_iter(columns)
        .map_err(|source| store::Error::Arrow { path: path.clone(), source })?;
    let partial = path.with_extension("parquet.partial");
    store::write_table(&partial, &batch, metadata)?;
    std::fs::rename(&partial, &path).map_err(store::io("rename", &partial))?;
    Ok(())
}

/// A frame as an Arrow batch, column by column.
fn batch(path: &Path, frame: &DataFrame) -> Result<RecordBatch, Error> {
    let (mut fields, mut columns): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for column in frame.columns() {
        let (kind, values): (DataType, ArrayRef) = match Values::of(column)? {
            Values::Words(values) => (DataType::Utf8, Arc::new(StringArray::from(values))),
            Values::Numbers(values) => (DataType::UInt64, Arc::new(UInt64Array::from(values))),
            Values::Decimals(values) => (DataType::Float64, Arc::new(Float64Array::from(values))),
            Values::Truths(values) => (DataType::Boolean, Arc::new(BooleanArray::from(values))),
        };
        fields.push(Field::new(column.name().as_str(), kind, true));
        columns.push(values);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .map_err(|source| store::Error::Arrow { path: path.to_owned(), source }.into())
}

/// A frame as CSV that no spreadsheet takes for a formula. A hidden figure is an empty field.
fn csv_bytes(frame: &DataFrame) -> Result<Vec<u8>, Error> {
    let mut columns: Vec<Vec<String>> = Vec::new();
    for column in frame.columns() {
        columns.push(match Values::of(column)? {
            Values::Words(all) => all.iter().map(|v| guarded(v.unwrap_or_default())).collect(),
            Values::Numbers(all) => {
                all.iter().map(|v| v.map_or_else(String::new, |v| v.to_string())).collect()
            }
            Values::Decimals(all) => {
                all.iter().map(|v| v.map_or_else(String::new, |v| v.to_string())).collect()
            }
            Values::Truths(all) => {
                all.iter().map(|v| v.map_or_else(String::new, |v| v.to_string())).collect()
            }
        });
    }
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(frame.columns().iter().map(|column| guarded(column.name())))?;
    for row in 0..frame.height() {
        out.write_record(columns.iter().map(|column| &column[row]))?;
    }
    Ok(out.into_inner().map_err(|error| csv::Error::from(error.into_error()))?)
}

/// Words that a spreadsheet would run get an apostrophe in front.
pub(crate) fn guarded(words: &str) -> String {
    if words.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{words}")
    } else {
        words.to_owned()
    }
}
