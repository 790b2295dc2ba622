//! Parquet as a table, one record batch in memory at a time.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::Error;
use super::row::{Next, Row, Rows};

/// Rows of a Parquet file.
pub(crate) struct Columnar {
    batches: ParquetRecordBatchReader,
    batch: Option<(RecordBatch, usize)>,
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
        let batches = builder.with_batch_size(2048).build().map_err(|_| damaged())?;
        Ok(Self { batches, batch: None, path: path.to_owned(), number: 0, names })
    }

    /// The column names.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }
}

impl Rows for Columnar {
    fn next(&mut self, row: &mut Row) -> Result<Next, Error> {
        let damaged = || Error::NotWhatItSays { path: self.path.clone(), expected: "Parquet" };
        loop {
            if let Some((batch, at)) = &mut self.batch
                && *at < batch.num_rows()
            {
                self.number += 1;
                row.clear(self.number);
                let options = FormatOptions::default();
                for column in batch.columns() {
                    let cells = ArrayFormatter::try_new(column, &options).map_err(|_| damaged())?;
                    row.push(&cells.value(*at).to_string());
                }
                *at += 1;
                return Ok(Next::Row);
            }
            match self.batches.next() {
                None => return Ok(Next::End),
                Some(Ok(batch)) => self.batch = Some((batch, 0)),
                Some(Err(_)) => return Err(damaged()),
            }
        }
    }
}
