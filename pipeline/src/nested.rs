//! One table for what a run writes as five: a row a response, with its segments, codings, measures and
//! outcomes as lists in it. It is the form in which coded responses go through notebooks and Spark,
//! where rows are moved about and five tables in step would lose each other.
//!
//! Whole numbers have a sign, since Spark knows no others; everything else is as in [`crate::schema`].

use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, ListArray, RecordBatch, RecordBatchOptions, StructArray,
    UInt32Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::compute::{CastOptions, cast_with_options, take};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use arrow::error::ArrowError;

use crate::coding::CodedResponse;
use crate::encode::Encoded;
use crate::schema::{self, Table};

/// The tables that become lists, in the order of their columns.
const LISTS: [Table; 4] = [Table::Segments, Table::Codings, Table::Measures, Table::Outcomes];

/// A value that does not fit is an error, not a blank.
const STRICT: CastOptions<'static> =
    CastOptions { safe: false, format_options: arrow::util::display::FormatOptions::new() };

/// The schema of the table; `breakdowns` are its `by_<name>` columns.
pub fn schema(breakdowns: &[String]) -> SchemaRef {
    let responses = Table::Responses.schema(breakdowns);
    let own = responses.fields().iter().map(|field| with_type(field, signed(field.data_type())));
    let lists = LISTS.iter().map(|table| {
        let item = DataType::Struct(without_id(*table));
        Arc::new(Field::new(table.name(), signed(&DataType::List(schema::item(item))), false))
    });
    Arc::new(Schema::new(own.chain(lists).collect::<Vec<FieldRef>>()))
}

/// The columns of a table but for the response that a row belongs to.
fn without_id(table: Table) -> Fields {
    table.schema(&[]).fields().iter().skip(1).cloned().collect()
}

fn with_type(field: &Field, of: DataType) -> FieldRef {
    Arc::new(field.clone().with_data_type(of))
}

/// The same with whole numbers that have a sign.
fn signed(of: &DataType) -> DataType {
    match of {
        DataType::Int8 | DataType::UInt16 | DataType::UInt32 => DataType::Int32,
        DataType::List(item) => DataType::List(with_type(item, signed(item.data_type()))),
        DataType::Struct(fields) => DataType::Struct(
            fields.iter().map(|field| with_type(field, signed(field.data_type()))).collect(),
        ),
        other => other.clone(),
    }
}

/// The tables of these responses as one.
pub fn nest(
    rows: &[CodedResponse],
    tables: &Encoded,
    breakdowns: &[String],
) -> Result<RecordBatch, ArrowError> {
    let schema = schema(breakdowns);
    let lengths: [Vec<usize>; 4] = [
        rows.iter().map(|row| row.segments.len()).collect(),
        rows.iter().map(|row| row.codings.len()).collect(),
        rows.iter().map(|row| row.measures.len()).collect(),
        rows.iter().map(|row| row.outcomes.len()).collect(),
    ];
    let mut columns: Vec<ArrayRef> = tables.responses.columns().to_vec();
    let beside = [&tables.segments, &tables.codings, &tables.measures, &tables.outcomes];
    for ((table, batch), lengths) in LISTS.into_iter().zip(beside).zip(lengths) {
        let fields = without_id(table);
        let item = schema::item(DataType::Struct(fields.clone()));
        let values = StructArray::try_new(fields, batch.columns()[1..].to_vec(), None)?;
        let offsets = OffsetBuffer::from_lengths(lengths);
        columns.push(Arc::new(ListArray::try_new(item, offsets, Arc::new(values), None)?));
    }
    let columns = schema.fields().iter().zip(columns);
    let columns =
        columns.map(|(field, column)| cast_with_options(&column, field.data_type(), &STRICT));
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(schema, columns, &options)
}

/// One table as the five that it was made from, whatever has become of its types on the way.
///
/// # Errors
/// If a column is missing or holds what cannot be in it.
pub fn unnest(batch: &RecordBatch, breakdowns: &[String]) -> Result<Encoded, ArrowError> {
    let responses = Table::Responses.schema(breakdowns);
    let own = columns(&responses, |name| column(batch, name))?;
    let ids = Arc::clone(&own[0]);
    let [segments, codings, measures, outcomes] = LISTS.map(|table| {
        let schema = table.schema(&[]);
        let list = DataType::List(schema::item(DataType::Struct(without_id(table))));
        let cast = cast_with_options(column(batch, table.name())?, &list, &STRICT)?;
        let list = cast.as_list::<i32>();
        // A list may be a part of a longer one.
        let (from, to) = (list.offsets()[0], list.offsets()[list.len()]);
        let values = list.values().slice(from as usize, (to - from) as usize);
        let values = values.as_struct();
        let of = list.offsets().lengths().enumerate();
        let of: UInt32Array =
            of.flat_map(|(row, length)| std::iter::repeat_n(row as u32, length)).collect();
        let mut all = vec![take(&ids, &of, None)?];
        all.extend(values.columns().iter().cloned());
        RecordBatch::try_new(schema, all)
    });
    Ok(Encoded {
        responses: RecordBatch::try_new(responses, own)?,
        segments: segments?,
        codings: codings?,
        measures: measures?,
        outcomes: outcomes?,
    })
}

/// The ids of a table's rows.
pub fn ids(batch: &RecordBatch) -> Result<impl Iterator<Item = &str>, ArrowError> {
    Ok(column(batch, "response_id")?.as_string::<i32>().iter().flatten())
}

/// Who coded, once or more often.
pub fn coders(tables: &Encoded) -> impl Iterator<Item = &str> {
    let column = tables.codings.column_by_name("coder");
    column.into_iter().flat_map(|column| column.as_string::<i32>().iter().flatten())
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, ArrowError> {
    let missing = || ArrowError::SchemaError(format!("there is no column `{name}`"));
    batch.column_by_name(name).ok_or_else(missing)
}

fn columns<'a>(
    schema: &SchemaRef,
    of: impl Fn(&str) -> Result<&'a ArrayRef, ArrowError>,
) -> Result<Vec<ArrayRef>, ArrowError> {
    let cast = |field: &FieldRef| cast_with_options(of(field.name())?, field.data_type(), &STRICT);
    schema.fields().iter().map(cast).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coding::{Coder, Wanted};
    use crate::decode;
    use crate::deidentify::{self, Deidentifier, Identities};
    use crate::encode::encode;
    use crate::intake::{self, Intake};
    use crate::vocabulary::Vocabulary;
    use std::path::Path;

    #[test]
    fn five_tables_become_one_and_five_again() {
        let (books, models) = (["home-care".to_owned()], ["fast".to_owned()]);
        let wanted = Wanted { codebooks: &books, models: &models, ..Wanted::default() };
        let coder = Coder::open(wanted).unwrap();
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data-samples/bolton");
        let intake = Intake::open(&[sample], &intake::Options::default()).unwrap();
        let deidentifier = Deidentifier::new(deidentify::Options::default());
        let mut identities = Identities::new(false, intake.secrets());
        let by: Vec<String> = (0..intake.breakdowns().len()).map(|n| format!("by_{n}")).collect();
        let vocabulary = Vocabulary::new(coder.names(), by.clone());
        for batch in intake.batches() {
            let numbered = identities.number(batch.unwrap());
            let responses = deidentify::deidentify(&deidentifier, numbered).responses;
            let rows = coder.code(responses).unwrap();
            let tables = encode(&rows, &vocabulary).unwrap();
            let one = nest(&rows, &tables, &by).unwrap();
            assert_eq!(one.num_rows(), rows.len());
            // A part of it is the same part of each.
            let (from, count) = (rows.len() / 3, rows.len() / 2);
            let part = unnest(&one.slice(from, count), &by).unwrap();
            let expected = encode(&rows[from..from + count], &vocabulary).unwrap();
            for (one, other) in [
                (&part.responses, &expected.responses),
                (&part.segments, &expected.segments),
                (&part.codings, &expected.codings),
                (&part.measures, &expected.measures),
                (&part.outcomes, &expected.outcomes),
            ] {
                assert_eq!(one, other);
            }
            let again = decode::decode(unnest(&one, &by).unwrap(), &vocabulary).unwrap();
            let again = encode(&again, &vocabulary).unwrap();
            assert_eq!(again.responses, tables.responses);
            assert_eq!(again.codings, tables.codings);
        }
    }
}
