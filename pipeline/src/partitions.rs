//! The tables under `restricted/` while a run writes them: partition by partition, so that a run that
//! was stopped can go on from the last complete one, and joined at the end.
//!
//! A partition is a folder with each table's rows of some tens of thousands of answers, and the books
//! as they stood after it. It is written beside its place and renamed when everything in it is there.
//! Where a partition ends depends on the input alone, and joining copies row groups as they are: the
//! tables are the same, byte for byte, however often the run was stopped.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::coding::CodedResponse;
use crate::decode;
use crate::encode::{self, KeyRow};
use crate::ledger::Books;
use crate::response::Unprocessed;
use crate::schema::Table;
use crate::store::{self, Metadata, TableWriter, io};
use crate::vocabulary::Vocabulary;

/// The folder, beside `restricted/`, that the partitions stand in.
const FOLDER: &str = "partitions";
/// Says which run the partitions belong to.
const TASK: &str = "task";
/// In each partition: how much of the input it ends, and the books.
const RECORD: &str = "record.json";
/// Answers after which a partition is usually closed.
pub const ANSWERS: usize = 65_536;

/// Why partitions could not be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What lies there belongs to another run.
    #[error(
        "{} holds the beginning of another run: other files, settings or models, or another version of Heard. Leave out --resume to start anew, or name another folder with --out", .0.display()
    )]
    Another(PathBuf),
    /// A partition was damaged after it was written.
    #[error(
        "{} cannot be read: {source}. Leave out --resume to start anew", path.display()
    )]
    Record {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A table could not be built.
    #[error("cannot build a table: {0}. This is a fault of Heard's; please report it")]
    Arrow(#[from] arrow::error::ArrowError),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A table could not be read again.
    #[error(transparent)]
    Decode(#[from] decode::Error),
}

/// The end of a partition.
#[derive(Serialize, Deserialize)]
struct Record {
    /// Batches of the input up to here.
    batches: usize,
    /// The books after them.
    books: Books,
}

/// What a stopped run had done.
#[derive(Default)]
pub struct Done {
    /// Batches of the input.
    pub batches: usize,
    /// The books after them.
    pub books: Books,
}

/// The partitions of a run.
pub struct Partitions<'a> {
    folder: PathBuf,
    vocabulary: &'a Vocabulary,
    facts: &'a Metadata,
    /// Answers after which a partition is closed.
    size: usize,
    complete: u32,
    batches: usize,
    open: Option<Open>,
}

/// The partition that is being written.
struct Open {
    work: PathBuf,
    writers: Vec<TableWriter>,
    answers: usize,
}

/// True if a run that was stopped left something to go on from in its work folder.
pub fn any(work: &Path) -> bool {
    work.join(FOLDER).join(name(1)).is_dir()
}

/// Waits until a file is on the disk.
fn synced(path: &Path) -> Result<(), store::Error> {
    let file = fs::OpenOptions::new().write(true).open(path).map_err(io("write", path))?;
    file.sync_all().map_err(io("write", path))
}

fn name(number: u32) -> String {
    format!("{number:06}")
}

impl<'a> Partitions<'a> {
    /// The partitions in the work folder of a run: those that a stopped one left, if they belong to
    /// this task, or none. `replay` is given their rows, in order. A partition is closed after `size`
    /// answers.
    ///
    /// # Errors
    /// If they belong to another run or cannot be read.
    pub fn open(
        work: &Path,
        task: &str,
        size: usize,
        vocabulary: &'a Vocabulary,
        facts: &'a Metadata,
        mut replay: impl FnMut(Vec<CodedResponse>),
    ) -> Result<(Self, Done), Error> {
        let folder = work.join(FOLDER);
        let mut partitions =
            Self { folder, vocabulary, facts, size, complete: 0, batches: 0, open: None };
        let folder = &partitions.folder;
        let kept = folder.join(TASK);
        if !any(work) {
            store::create_folder(folder)?;
            store::write_file(&kept, task.as_bytes())?;
            return Ok((partitions, Done::default()));
        }
        if fs::read_to_string(&kept).map_err(io("read", &kept))? != task {
            return Err(Error::Another(work.to_owned()));
        }
        let mut done = Done::default();
        loop {
            let next = folder.join(name(partitions.complete + 1));
            if !next.is_dir() {
                break;
            }
            decode::read(&next, vocabulary, &mut replay)?;
            let path = next.join(RECORD);
            let text = fs::read_to_string(&path).map_err(io("read", &path))?;
            let record: Record =
                serde_json::from_str(&text).map_err(|source| Error::Record { path, source })?;
            done = Done { batches: record.batches, books: record.books };
            partitions.complete += 1;
        }
        partitions.batches = done.batches;
        Ok((partitions, done))
    }

    /// Appends a batch with the places that its answers came from; `books` gives the books after it.
    pub fn write<'k>(
        &mut self,
        rows: &[CodedResponse],
        set_aside: &[Unprocessed],
        key: impl Iterator<Item = KeyRow<'k>>,
        books: impl FnOnce() -> Books,
    ) -> Result<(), Error> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.begin()?,
        };
        let batch = encode::encode(rows, self.vocabulary)?;
        let (set_aside, key) = (encode::unprocessed(set_aside)?, encode::key(key)?);
        let tables = Table::ALL.map(|table| match table {
            Table::Responses => &batch.responses,
            Table::Segments => &batch.segments,
            Table::Codings => &batch.codings,
            Table::Measures => &batch.measures,
            Table::Outcomes => &batch.outcomes,
            Table::Unprocessed => &set_aside,
            Table::Key => &key,
        });
        for (writer, table) in open.writers.iter_mut().zip(tables) {
            writer.write(table)?;
        }
        open.answers += rows.len();
        self.batches += 1;
        if open.answers < self.size {
            self.open = Some(open);
            return Ok(());
        }
        self.close(open, books())
    }

    /// Starts the next partition.
    fn begin(&self) -> Result<Open, Error> {
        let work = self.folder.join(format!("{}.partial", name(self.complete + 1)));
        store::remove_folder(&work)?;
        store::create_folder(&work)?;
        let writers = Table::ALL.iter().map(|table| {
            let schema = table.schema(self.vocabulary.breakdowns());
            TableWriter::create(&work.join(table.file_name()), schema, self.facts)
        });
        let writers = writers.collect::<Result<_, _>>()?;
        Ok(Open { work, writers, answers: 0 })
    }

    fn close(&mut self, open: Open, books: Books) -> Result<(), Error> {
        for writer in open.writers {
            writer.finish()?;
        }
        let path = open.work.join(RECORD);
        let record = serde_json::to_string(&Record { batches: self.batches, books })
            .map_err(|source| Error::Record { path: path.clone(), source })?;
        store::write_file(&path, record.as_bytes())?;
        // What is complete outlasts a power cut.
        for table in Table::ALL {
            synced(&open.work.join(table.file_name()))?;
        }
        synced(&path)?;
        let place = self.folder.join(name(self.complete + 1));
        fs::rename(&open.work, &place).map_err(io("rename", &open.work))?;
        self.complete += 1;
        Ok(())
    }

    /// Closes the last partition and joins all of them into the tables of `restricted`.
    pub fn join(mut self, restricted: &Path, books: Books) -> Result<(), Error> {
        // A run without a single answer has its tables, too.
        let open = match self.open.take() {
            None if self.complete == 0 => Some(self.begin()?),
            open => open,
        };
        if let Some(open) = open {
            self.close(open, books)?;
        }
        let parts: Vec<PathBuf> = (1..=self.complete).map(|n| self.folder.join(name(n))).collect();
        for table in Table::ALL {
            let from: Vec<PathBuf> = parts.iter().map(|p| p.join(table.file_name())).collect();
            store::join(&from, &restricted.join(table.file_name()))?;
        }
        Ok(())
    }

    /// Removes the partitions, when everything that was made from them is there.
    pub fn remove(work: &Path) -> Result<(), store::Error> {
        store::remove_folder(&work.join(FOLDER))
    }
}
