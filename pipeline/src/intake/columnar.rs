//! Parquet as a table, one record batch in memory at a time.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{RecordBatch, StringArray};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::Error;
use super::child::{Stop, Why};
use super::row::{Next, Row, Rows};

/// Rows that are in memory at a time.
const ROWS: usize = 1024;

/// Rows of a Parquet file.
pub(crate) struct Columnar {
    batches: ParquetRecordBatchReader,
    /// The columns of the batch as text.
    columns: Vec<StringArray>,
    rows: usize,
    at: usize,
    path: PathBuf,
    number: u32,
    names: Vec<String>,
}

impl Columnar {
    /// Opens the file.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let damaged = || Error::NotWhatItSays { path: path.to_owned(), expected: "Parquet" };
        let file = File::open(path)
            .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|_| damaged())?;
        let names = builder.schema().fields().iter().map(|f| f.name().clone()).collect();
        let batches = builder.with_batch_size(ROWS).build().map_err(|_| damaged())?;
        let path = path.to_owned();
        Ok(Self { batches, columns: Vec::new(), rows: 0, at: 0, path, number: 0, names })
    }

    /// The column names.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }
}

/// The child's part: reads every row of the file, and says nothing of them.
pub(super) fn read_through(path: &Path) -> Result<(), Stop> {
    let damaged = |_| Stop::Why(Why::NotWhatItSays);
    let mut rows = Columnar::open(path).map_err(damaged)?;
    let mut row = Row::default();
    while let Next::Row = rows.next(&mut row).map_err(damaged)? {}
    Ok(())
}

/// The columns of a batch as text; nothing for no value.
fn texts(batch: &RecordBatch) -> Result<Vec<StringArray>, ArrowError> {
    let options = FormatOptions::default();
    let text = |column| {
        let cells = ArrayFormatter::try_new(column, &options)?;
        let cell = |at| cells.value(at).try_to_string();
        let cells: Vec<String> = (0..batch.num_rows()).map(cell).collect::<Result<_, _>>()?;
        Ok(StringArray::from(cells))
    };
    batch.columns().iter().map(|column| text(column.as_ref())).collect()
}

impl Rows for Columnar {
    fn next(&mut self, row: &mut Row) -> Result<Next, Error> {
        let damaged = || Error::NotWhatItSays { path: self.path.clone(), expected: "Parquet" };
        while self.at == self.rows {
            match self.batches.next() {
                None => return Ok(Next::End),
                Some(batch) => {
                    let batch = batch.map_err(|_| damaged())?;
                    self.columns = texts(&batch).map_err(|_| damaged())?;
                    (self.at, self.rows) = (0, batch.num_rows());
                }
            }
        }
        self.number += 1;
        row.clear(self.number);
        for column in &self.columns {
            row.push(column.value(self.at));
        }
        self.at += 1;
        Ok(Next::Row)
    }
}
