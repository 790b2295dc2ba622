//! Parquet out, and whole files: streaming writers with metadata, a temporary name, then a rename.
//!
//! A file that exists under its own name is complete. Tables of one run are written together into a
//! folder that is renamed when everything in it is done (see `run`).

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{KeyValue, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;

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

/// What Parquet files name as their maker.
const CREATED_BY: &str = concat!("heard ", env!("CARGO_PKG_VERSION"));

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
            .set_created_by(CREATED_BY.to_owned())
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
        if self.waiting() > 32 << 20 { self.flush() } else { Ok(()) }
    }

    /// Bytes that wait in memory for the end of their row group.
    pub fn waiting(&self) -> usize {
        self.writer.in_progress_size()
    }

    /// Ends the row group.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.writer.flush().map_err(parquet_error("write", &self.path))
    }

    /// Closes the file.
    pub fn finish(self) -> Result<(), Error> {
        let mut out = self.writer.into_inner().map_err(parquet_error("write", &self.path))?;
        std::io::Write::flush(&mut out).map_err(io("write", &self.path))
    }
}

/// Joins files of one schema into one, row group by row group, as they are: nothing is decoded.
pub fn join(parts: &[PathBuf], path: &Path) -> Result<(), Error> {
    if let [only] = parts {
        // It stays where it is too, for a run that is stopped hereafter.
        fs::hard_link(only, path)
            .or_else(|_| fs::copy(only, path).map(drop))
            .map_err(io("write", path))?;
        return Ok(());
    }
    let mut writer: Option<SerializedFileWriter<BufWriter<File>>> = None;
    for part in parts {
        let file = File::open(part).map_err(io("read", part))?;
        let metadata = ParquetMetaDataReader::new()
            .with_page_index_policy(PageIndexPolicy::Required)
            .parse_and_finish(&file)
            .map_err(parquet_error("read", part))?;
        if writer.is_none() {
            let out = BufWriter::new(File::create(path).map_err(io("create", path))?);
            let whole = metadata.file_metadata();
            let properties = WriterProperties::builder()
                .set_created_by(CREATED_BY.to_owned())
                .set_key_value_metadata(whole.key_value_metadata().cloned())
                .build();
            let schema = whole.schema_descr().root_schema_ptr();
            let new = SerializedFileWriter::new(out, schema, Arc::new(properties));
            writer = Some(new.map_err(parquet_error("create", path))?);
        }
        if let Some(writer) = &mut writer {
            append(writer, &file, &metadata).map_err(parquet_error("write", path))?;
        }
    }
    if let Some(writer) = writer {
        let mut out = writer.into_inner().map_err(parquet_error("write", path))?;
        std::io::Write::flush(&mut out).map_err(io("write", path))?;
    }
    Ok(())
}

/// Copies the row groups of a file with their page indexes.
fn append(
    writer: &mut SerializedFileWriter<BufWriter<File>>,
    file: &File,
    metadata: &ParquetMetaData,
) -> Result<(), parquet::errors::ParquetError> {
    for (at, group) in metadata.row_groups().iter().enumerate() {
        let index = metadata.page_index_for_row_group(at);
        let mut out = writer.next_row_group()?;
        for (number, column) in group.columns().iter().enumerate() {
            let close = ColumnCloseResult {
                bytes_written: column.compressed_size() as u64,
                rows_written: group.num_rows() as u64,
                metadata: column.clone(),
                bloom_filter: None,
                column_index: index.column_index(number).cloned(),
                offset_index: index.offset_index(number).cloned(),
            };
            out.append_column(file, close)?;
        }
        out.close()?;
    }
    Ok(())
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

/// Removes a folder with all that is in it, if it is there.
pub fn remove_folder(path: &Path) -> Result<(), Error> {
    if path.exists() {
        fs::remove_dir_all(path).map_err(io("remove", path))?;
    }
    Ok(())
}

/// Creates a folder and those above it.
pub fn create_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(io("create", path))
}
