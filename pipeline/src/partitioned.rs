//! The tables of rows once more, as folders by month or by another column, for data lakes:
//! `restricted/partitioned/responses/month=2026-03/part-0.parquet`.
//!
//! They are made from the tables of a finished run, by the run and by every report that is made again,
//! so that what people masked or removed is gone from them, too. Readers of such folders (polars,
//! `DuckDB`, pandas, Spark, R arrow) take the column from the folders' names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Datelike as _, NaiveDate};
use xxhash_rust::xxh3::xxh3_64;

use crate::coding::CodedResponse;
use crate::decode;
use crate::encode::{self, Encoded};
use crate::store::{self, Metadata, TableWriter, io};
use crate::vocabulary::Vocabulary;

/// The folder under `restricted/`.
pub const FOLDER: &str = "partitioned";
/// What readers of such folders take for no value.
const NONE: &str = "__HIVE_DEFAULT_PARTITION__";
/// Bytes that may wait in memory until they are written.
const WAITING: usize = 96 << 20;
/// Values whose files are open at once: systems allow a program some hundreds of files.
const OPEN: usize = 32;
/// Bytes of a folder's name, at most.
const LONGEST: usize = 180;

/// Why the folders could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The run has no such column.
    #[error(
        "there is no column `{wanted}` to partition by. Use month, wave, respondent_type or a column of --by: {known}"
    )]
    NoColumn {
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: String,
    },
    /// The tables could not be read.
    #[error(transparent)]
    Decode(#[from] decode::Error),
    /// A table could not be built.
    #[error("cannot build a table: {0}. This is a fault of Heard's; please report it")]
    Arrow(#[from] arrow::error::ArrowError),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What rows are laid apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Month,
    Wave,
    RespondentType,
    /// Index among the breakdown columns.
    Column(usize),
}

impl By {
    fn find(name: &str, vocabulary: &Vocabulary) -> Result<Self, Error> {
        let columns = vocabulary.breakdowns();
        let column = || columns.iter().position(|c| c == name).map(Self::Column);
        match name {
            "month" => Some(Self::Month),
            "wave" => Some(Self::Wave),
            "respondent_type" => Some(Self::RespondentType),
            _ => column(),
        }
        .ok_or_else(|| {
            let known = if columns.is_empty() { "none".to_owned() } else { columns.join(", ") };
            Error::NoColumn { wanted: name.to_owned(), known }
        })
    }

    /// The value of a row.
    fn value(self, row: &CodedResponse) -> String {
        let response = &row.response;
        let value = match self {
            Self::Month => response.submitted_on.and_then(month),
            Self::Wave => response.wave.as_deref().map(str::to_owned),
            Self::RespondentType => Some(row.respondent_type.0.as_str().to_owned()),
            Self::Column(at) => response.by.get(at).and_then(Option::as_deref).map(str::to_owned),
        };
        value.filter(|value| !value.is_empty()).unwrap_or_else(|| NONE.to_owned())
    }
}

/// `2026-03`.
fn month(day: i32) -> Option<String> {
    let day = NaiveDate::from_epoch_days(day)?;
    Some(format!("{}-{:02}", day.year(), day.month()))
}

/// Everything but letters, digits and a few signs as %XX, or `all`, as readers of such folders undo it.
/// What is too long for a name is cut, and told apart by a hash.
fn escaped(value: &str, all: bool) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' if !all => out.push(byte.into()),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    if out.len() > LONGEST {
        let hash = xxh3_64(value.as_bytes());
        out.truncate(LONGEST - LONGEST % 3);
        out.push_str(&format!("-{hash:016x}"));
    }
    out
}

/// Refuses a name that no column of the run has, before anything is read.
pub fn check(name: &str, vocabulary: &Vocabulary) -> Result<(), Error> {
    By::find(name, vocabulary).map(drop)
}

/// Writes the folders anew from the tables of `restricted`.
pub fn write(
    restricted: &Path,
    name: &str,
    vocabulary: &Vocabulary,
    facts: &Metadata,
) -> Result<(), Error> {
    let by = By::find(name, vocabulary)?;
    let place = restricted.join(FOLDER);
    let work = restricted.join(format!("{FOLDER}.partial"));
    store::remove_folder(&work)?;
    let mut out = Writers {
        work: &work,
        name,
        vocabulary,
        facts,
        of: BTreeMap::new(),
        parts: BTreeMap::new(),
        folders: BTreeMap::new(),
    };
    let mut failed = None;
    decode::read(restricted, vocabulary, |rows| {
        if failed.is_none() {
            failed = out.write(rows, by).err();
        }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    out.close()?;
    store::create_folder(&work)?;
    store::remove_folder(&place)?;
    Ok(fs::rename(&work, &place).map_err(io("rename", &work))?)
}

/// The files that are being written, by the value of their rows.
struct Writers<'a> {
    work: &'a Path,
    name: &'a str,
    vocabulary: &'a Vocabulary,
    facts: &'a Metadata,
    /// Files that are open.
    of: BTreeMap<String, Vec<TableWriter>>,
    /// How many files each value has.
    parts: BTreeMap<String, u32>,
    /// The folder of each value, and whose it is where case tells nothing apart.
    folders: BTreeMap<String, String>,
}

impl Writers<'_> {
    fn write(&mut self, rows: Vec<CodedResponse>, by: By) -> Result<(), Error> {
        let mut apart: BTreeMap<String, Vec<CodedResponse>> = BTreeMap::new();
        for row in rows {
            apart.entry(by.value(&row)).or_default().push(row);
        }
        for (value, rows) in apart {
            let tables = encode::encode(&rows, self.vocabulary)?;
            if !self.of.contains_key(&value) {
                if self.of.len() >= OPEN {
                    self.close()?;
                }
                let writers = self.create(&value)?;
                self.of.insert(value.clone(), writers);
            }
            for (writer, table) in self.of.get_mut(&value).into_iter().flatten().zip(tables.all()) {
                writer.write(table)?;
            }
        }
        let waiting: usize = self.of.values().flatten().map(TableWriter::waiting).sum();
        if waiting > WAITING {
            self.of.values_mut().flatten().try_for_each(TableWriter::flush)?;
        }
        Ok(())
    }

    fn create(&mut self, value: &str) -> Result<Vec<TableWriter>, Error> {
        let place = self.folder(value);
        let folder = format!("{}={place}", self.name);
        let part = self.parts.entry(value.to_owned()).or_default();
        let file = format!("part-{part}.parquet");
        *part += 1;
        let writers = Encoded::TABLES.iter().map(|table| {
            let folder: PathBuf = self.work.join(table.name()).join(&folder);
            store::create_folder(&folder)?;
            let schema = table.schema(self.vocabulary.breakdowns());
            Ok(TableWriter::create(&folder.join(&file), schema, self.facts)?)
        });
        writers.collect()
    }

    /// A folder's name that no other value has, on systems that do not tell "North" from "north" too.
    fn folder(&mut self, value: &str) -> String {
        if value == NONE {
            return value.to_owned();
        }
        let plain = escaped(value, false);
        let owner = self.folders.entry(plain.to_lowercase()).or_insert_with(|| value.to_owned());
        if owner == value { plain } else { escaped(value, true) }
    }

    fn close(&mut self) -> Result<(), Error> {
        for writer in std::mem::take(&mut self.of).into_values().flatten() {
            writer.finish()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_names_of_folders_that_every_system_allows() {
        assert_eq!(escaped("2026-03", false), "2026-03");
        assert_eq!(escaped("North / Süd", false), "North%20%2F%20S%C3%BCd");
        assert_eq!(escaped("..", false), "%2E%2E");
        assert_eq!(escaped("no", true), "%6E%6F");
        assert!(escaped(&"Ü".repeat(300), false).len() < 200);
    }

    #[test]
    fn a_month_is_that_of_the_day() {
        assert_eq!(month(0).as_deref(), Some("1970-01"));
        assert_eq!(month(20_514).as_deref(), Some("2026-03"));
    }
}
