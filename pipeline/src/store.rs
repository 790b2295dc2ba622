//! Parquet out, and whole files: streaming writers with metadata, a temporary name, then a rename.
//!
//! A file that exists under its own name is complete. Tables of one run are written together into a
//! folder that is renamed when everything in it is done (see `run`).

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

/// What went wrong with a file, with its path.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} {}: {source}. Check that the folder exists, that you may write there and that the disk is not full", path.display())]
    Io {
        /// What was tried: create, write, rename, read.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The Parquet writer or reader refused.
    #[error("cannot {action} {}: {source}. Check that the disk is not full and that the file was made by Heard", path.display())]
    Parquet {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// Why it failed.
        source: parquet::errors::ParquetError,
    },
    /// Columns did not fit the schema.
    #[error("cannot build the table {}: {source}", path.display())]
    Arrow {
        /// The table's file.
        path: PathBuf,
        /// Why it failed.
        source: arrow::error::ArrowError,
    },
}

/// Wraps an operating-system error with what was tried and where.
pub fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { action, path, source }
}

/// Facts written into each Parquet file: schema version, codebook, model, config.
#[derive(Clone, Debug, Default)]
pub struct Metadata(Vec<(String, String)>);

impl Metadata {
    /// Adds a fact under `heard.<name>`.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((format!("heard.{name}"), value.into()));
    }

    /// The facts that Heard wrote into a file.
    pub fn read(stored: &[KeyValue]) -> Self {
        let ours = stored.iter().filter(|kv| kv.key.starts_with("heard."));
        Self(ours.filter_map(|kv| Some((kv.key.clone(), kv.value.clone()?))).collect())
    }

    /// A fact by its name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let is = |key: &str| key.strip_prefix("heard.") == Some(name);
        self.0.iter().find(|(key, _)| is(key)).map(|(_, value)| value.as_str())
    }

    /// The facts, in the order in which they were set.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    fn key_values(&self) -> Vec<KeyValue> {
        self.0.iter().map(|(k, v)| KeyValue::new(k.clone(), v.clone())).collect()
    }
}

/// A Parquet file being written, batch by batch.
pub struct TableWriter {
    path: PathBuf,
    writer: ArrowWriter<BufWriter<File>>,
}

impl TableWriter {
    /// Creates the file.
    pub fn create(path: &Path, schema: SchemaRef, metadata: &Metadata) -> Result<Self, Error> {
        let file = File::create(path).map_err(io("create", path))?;
        let level = ZstdLevel::try_new(1).map_err(parquet_error("create", path))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_max_row_group_row_count(Some(131_072))
            .set_created_by(concat!("heard ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(metadata.key_values()))
            .build();
        let writer = ArrowWriter::try_new(BufWriter::new(file), schema, Some(properties))
            .map_err(parquet_error("create", path))?;
        Ok(Self { path: path.to_owned(), writer })
    }

    /// Appends a batch.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.writer.write(batch).map_err(parquet_error("write", &self.path))?;
        // A row group is closed early when its buffers grow, so that memory stays bounded.
        if self.writer.in_progress_size() > 32 << 20 {
            self.writer.flush().map_err(parquet_error("write", &self.path))?;
        }
        Ok(())
    }

    /// Closes the file.
    pub fn finish(self) -> Result<(), Error> {
        let mut out = self.writer.into_inner().map_err(parquet_error("write", &self.path))?;
        std::io::Write::flush(&mut out).map_err(io("write", &self.path))
    }
}

/// Writes one table in one go.
pub fn write_table(path: &Path, batch: &RecordBatch, metadata: &Metadata) -> Result<(), Error> {
    let mut writer = TableWriter::create(path, batch.schema(), metadata)?;
    writer.write(batch)?;
    writer.finish()
}

/// Wraps a Parquet error with what was tried and where.
pub fn parquet_error(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(parquet::errors::ParquetError) -> Error {
    let path = path.to_owned();
    move |source| Error::Parquet { action, path, source }
}

/// Writes a whole file under a temporary name and renames it.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".partial");
    let temporary = PathBuf::from(temporary);
    fs::write(&temporary, bytes).map_err(io("write", &temporary))?;
    fs::rename(&temporary, path).map_err(io("rename", path))
}

/// Creates a folder and those above it.
pub fn create_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(io("create", path))
}
