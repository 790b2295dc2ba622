//! The log of decisions: an `SQLite` file that only grows. Every entry says who, when, about which
//! response, from what, to what, and with which model and codebook; to undo is a further entry.
//!
//! An entry is on the disk before the page says so, and several changes that belong together are
//! written together or not at all. Nothing here knows a word of a response.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::decision::Change;
use super::key::{Key, Secret};

/// Name of the file under `restricted/`.
pub const FILE: &str = "decisions.sqlite";

/// Version of the tables below.
const FORMAT: i64 = 1;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS entry (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    response BLOB NOT NULL,
    what TEXT NOT NULL,
    was TEXT NOT NULL,
    now TEXT NOT NULL,
    model TEXT NOT NULL,
    codebook TEXT NOT NULL,
    undoes INTEGER,
    act INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS alias (
    response BLOB PRIMARY KEY,
    of BLOB NOT NULL,
    moved TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS seen (
    who TEXT NOT NULL,
    response BLOB NOT NULL,
    PRIMARY KEY (who, response)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TRIGGER IF NOT EXISTS entry_stays BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'decisions are kept'); END;
CREATE TRIGGER IF NOT EXISTS entry_stands BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'decisions are kept'); END;
";

/// Why the log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused.
    #[error("cannot {action} {}: {source}. Check that the disk is not full and that you may write there", path.display())]
    Database {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The file is of a later version.
    #[error("{} was written by a later version of Heard. Use that version", .0.display())]
    Later(PathBuf),
    /// An entry cannot be read.
    #[error("{} holds decision {number}, which this version of Heard cannot read. Use the version that wrote it", path.display())]
    Entry {
        /// The file.
        path: PathBuf,
        /// Its number.
        number: i64,
    },
    /// The machine gives no random numbers.
    #[error("this computer gives no random numbers, which the names of decisions need")]
    Random,
}

/// A decision as it is written down.
#[derive(Clone, Debug)]
pub struct Entry {
    /// From 1, in the order of writing.
    pub number: i64,
    /// When, UTC.
    pub at: String,
    /// Initials of who decided.
    pub who: String,
    /// About which response.
    pub key: Key,
    /// The value before.
    pub was: Change,
    /// The value from now on.
    pub now: Change,
    /// The model whose codes were read.
    pub model: String,
    /// The codebook and its version.
    pub codebook: String,
    /// The act that this one takes back.
    pub undoes: Option<i64>,
    /// Entries that belong together have the same.
    pub act: i64,
}

/// What is to be written, before it has a number.
#[derive(Clone, Debug)]
pub struct Draft {
    /// About which response.
    pub key: Key,
    /// The value before.
    pub was: Change,
    /// The value from now on.
    pub now: Change,
}

/// Who writes, with what before them.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    /// Initials.
    pub who: String,
    /// Model, as in the tables.
    pub model: String,
    /// `home-care 1.0.0`.
    pub codebook: String,
}

/// Every entry after a number, the new ones last; or why nothing was written, and what others wrote.
pub type Written<R> = Result<Vec<Entry>, (R, Vec<Entry>)>;

/// Text of which a stretch was replaced: `start..end` became `length` long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Moved {
    /// Where it began.
    pub start: u32,
    /// Where it ended.
    pub end: u32,
    /// How long it is now.
    pub length: u32,
}

/// An open log.
pub struct Log {
    path: PathBuf,
    db: Connection,
    secret: Secret,
}

impl Log {
    /// Opens the log of a run, made new where there is none.
    pub fn open(restricted: &Path) -> Result<Self, Error> {
        let path = restricted.join(FILE);
        let fail = |source| Error::Database { action: "open", path: path.clone(), source };
        let mut db = Connection::open(&path).map_err(fail)?;
        db.busy_timeout(Duration::from_secs(10)).map_err(fail)?;
        db.pragma_update(None, "journal_mode", "WAL").map_err(fail)?;
        // Each entry is on the disk when the page says so.
        db.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
        db.pragma_update(None, "secure_delete", "ON").map_err(fail)?;
        let format: i64 =
            db.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(fail)?;
        if format > FORMAT {
            return Err(Error::Later(path));
        }
        let mut fresh = [0; 32];
        getrandom::fill(&mut fresh).map_err(|_| Error::Random)?;
        let transaction =
            db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        transaction.execute_batch(TABLES).map_err(fail)?;
        transaction.pragma_update(None, "user_version", FORMAT).map_err(fail)?;
        transaction
            .execute("INSERT OR IGNORE INTO fact VALUES ('secret', ?1)", [fresh.as_slice()])
            .map_err(fail)?;
        let secret: Vec<u8> = transaction
            .query_row("SELECT value FROM fact WHERE name = 'secret'", [], |row| row.get(0))
            .map_err(fail)?;
        transaction.commit().map_err(fail)?;
        let secret: [u8; 32] = secret.try_into().map_err(|_| Error::Later(path.clone()))?;
        Ok(Self { path, db, secret: Secret::new(secret) })
    }

    /// Whether a run has one.
    pub fn exists(restricted: &Path) -> bool {
        restricted.join(FILE).is_file()
    }

    /// The secret of the keys.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    fn fail(&self, action: &'static str) -> impl Fn(rusqlite::Error) -> Error + use<> {
        let path = self.path.clone();
        move |source| Error::Database { action, path: path.clone(), source }
    }

    /// Every entry after this number, in order.
    pub fn since(&self, number: i64) -> Result<Vec<Entry>, Error> {
        read(&self.db, &self.path, number)
    }

    /// Writes an act: `drafts` sees the entries that others wrote after `seen` and gives what is to
    /// be written, or refuses. Nobody else can write in between. Gives every entry after `seen`.
    pub fn write<R>(
        &mut self,
        desk: &Desk,
        seen: i64,
        undoes: Option<i64>,
        drafts: impl FnOnce(&[Entry]) -> Result<Vec<Draft>, R>,
    ) -> Result<Written<R>, Error> {
        let fail = self.fail("write");
        let path = self.path.clone();
        let transaction =
            self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&fail)?;
        let mut entries = read(&transaction, &path, seen)?;
        let drafts = match drafts(&entries) {
            Ok(drafts) => drafts,
            Err(refused) => return Ok(Err((refused, entries))),
        };
        let written = insert(&transaction, desk, undoes, &drafts).map_err(&fail)?;
        transaction.commit().map_err(&fail)?;
        entries.extend(written);
        Ok(Ok(entries))
    }

    /// The texts that were masked in the run's own tables: their present key, the key that decisions
    /// have, and how their positions moved.
    pub fn aliases(&self) -> Result<Vec<(Key, Key, Vec<Moved>)>, Error> {
        let fail = self.fail("read");
        let mut rows = self.db.prepare("SELECT response, of, moved FROM alias").map_err(&fail)?;
        let rows = rows
            .query_map([], |row| {
                let (key, of): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
                Ok((key, of, row.get::<_, String>(2)?))
            })
            .map_err(&fail)?;
        let mut aliases = Vec::new();
        for row in rows {
            let (key, of, moved) = row.map_err(&fail)?;
            let keys = Key::from_bytes(&key).zip(Key::from_bytes(&of));
            if let (Some((key, of)), Ok(moved)) = (keys, serde_json::from_str(&moved)) {
                aliases.push((key, of, moved));
            }
        }
        Ok(aliases)
    }

    /// Keeps such texts in mind.
    pub fn add_aliases(&mut self, aliases: &[(Key, Key, Vec<Moved>)]) -> Result<(), Error> {
        let fail = self.fail("write");
        let transaction =
            self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&fail)?;
        for (key, of, moved) in aliases {
            let moved = serde_json::to_string(moved).unwrap_or_default();
            transaction
                .execute(
                    "INSERT OR REPLACE INTO alias VALUES (?1, ?2, ?3)",
                    params![key.0.as_slice(), of.0.as_slice(), moved],
                )
                .map_err(&fail)?;
        }
        transaction.commit().map_err(&fail)
    }

    /// A fact about the review, by its name.
    pub fn fact(&self, name: &str) -> Result<Option<String>, Error> {
        let fail = self.fail("read");
        self.db
            .query_row("SELECT value FROM fact WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(fail)
    }

    /// Notes a fact about the review.
    pub fn set_fact(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let fail = self.fail("write");
        self.db
            .execute("INSERT OR REPLACE INTO fact VALUES (?1, ?2)", [name, value])
            .map(drop)
            .map_err(fail)
    }

    /// Notes a fact if it is still what the writer saw; false where someone else was there first.
    pub fn replace_fact(
        &mut self,
        name: &str,
        was: Option<&str>,
        now: &str,
    ) -> Result<bool, Error> {
        let fail = self.fail("write");
        let transaction =
            self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&fail)?;
        let there: Option<String> = transaction
            .query_row("SELECT value FROM fact WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(&fail)?;
        if there.as_deref() != was {
            return Ok(false);
        }
        transaction
            .execute("INSERT OR REPLACE INTO fact VALUES (?1, ?2)", [name, now])
            .map_err(&fail)?;
        transaction.commit().map_err(&fail)?;
        Ok(true)
    }

    /// Whether a coder was shown the model's codes of a response.
    pub fn has_seen(&self, who: &str, key: Key) -> Result<bool, Error> {
        self.db
            .prepare_cached("SELECT 1 FROM seen WHERE who = ?1 AND response = ?2")
            .and_then(|mut found| found.exists(params![who, key.0.as_slice()]))
            .map_err(self.fail("read"))
    }

    /// Keeps in mind that a coder was shown the model's codes of these responses.
    pub fn saw(&mut self, who: &str, keys: &[Key]) -> Result<(), Error> {
        let fail = self.fail("write");
        let transaction =
            self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&fail)?;
        for key in keys {
            transaction
                .prepare_cached("INSERT OR IGNORE INTO seen VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute(params![who, key.0.as_slice()]))
                .map_err(&fail)?;
        }
        transaction.commit().map_err(&fail)
    }

    /// Takes words that were masked since out of remarks on these responses: the log never holds them.
    /// True where any remark was changed.
    pub fn scrub_notes(
        &mut self,
        keys: &[Key],
        scrub: impl Fn(&str) -> String,
    ) -> Result<bool, Error> {
        let changed: Vec<(i64, [String; 2])> = read(&self.db, &self.path, 0)?
            .into_iter()
            .filter(|entry| keys.contains(&entry.key))
            .filter_map(|entry| {
                let clean = |change: &Change| match change {
                    Change::Note(Some(text)) => Change::Note(Some(scrub(text))),
                    other => other.clone(),
                };
                let (was, now) = (clean(&entry.was), clean(&entry.now));
                let json = |change: &Change| serde_json::to_string(change).unwrap_or_default();
                let any = was != entry.was || now != entry.now;
                any.then(|| (entry.number, [json(&was), json(&now)]))
            })
            .collect();
        if changed.is_empty() {
            return Ok(false);
        }
        let fail = self.fail("write");
        let transaction =
            self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&fail)?;
        transaction.execute_batch("DROP TRIGGER entry_stands").map_err(&fail)?;
        for (number, [was, now]) in &changed {
            transaction
                .execute(
                    "UPDATE entry SET was = ?1, now = ?2 WHERE number = ?3",
                    params![was, now, number],
                )
                .map_err(&fail)?;
        }
        transaction.execute_batch(TABLES).map_err(&fail)?;
        transaction.commit().map_err(&fail)?;
        self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(&fail)?;
        Ok(true)
    }

    /// Removes every trace of these responses, entries and all: the one way by which anything leaves
    /// the log. Gives the number of entries.
    pub fn forget(&mut self, keys: &[Key]) -> Result<usize, Error> {
        let fail = self.fail("write");
        let transaction =
            self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&fail)?;
        transaction.execute_batch("DROP TRIGGER entry_stays").map_err(&fail)?;
        let mut removed = 0;
        for key in keys {
            let key = key.0.as_slice();
            removed += transaction
                .execute("DELETE FROM entry WHERE response = ?1", [key])
                .map_err(&fail)?;
            transaction.execute("DELETE FROM seen WHERE response = ?1", [key]).map_err(&fail)?;
            transaction
                .execute("DELETE FROM alias WHERE response = ?1 OR of = ?1", [key])
                .map_err(&fail)?;
        }
        transaction.execute_batch(TABLES).map_err(&fail)?;
        transaction.commit().map_err(&fail)?;
        self.db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .and_then(|()| self.db.execute_batch("VACUUM"))
            .map_err(&fail)?;
        Ok(removed)
    }
}

fn insert(
    db: &Transaction<'_>,
    desk: &Desk,
    undoes: Option<i64>,
    drafts: &[Draft],
) -> rusqlite::Result<Vec<Entry>> {
    let at = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let last: i64 =
        db.query_row("SELECT coalesce(max(number), 0) FROM entry", [], |row| row.get(0))?;
    let act = last + 1;
    let mut insert = db.prepare_cached(
        "INSERT INTO entry (at, who, response, what, was, now, model, codebook, undoes, act)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    let mut entries = Vec::with_capacity(drafts.len());
    for Draft { key, was, now } in drafts {
        let json = |change: &Change| serde_json::to_string(change).unwrap_or_default();
        insert.execute(params![
            at,
            desk.who,
            key.0.as_slice(),
            now.name(),
            json(was),
            json(now),
            desk.model,
            desk.codebook,
            undoes,
            act
        ])?;
        entries.push(Entry {
            number: db.last_insert_rowid(),
            at: at.clone(),
            who: desk.who.clone(),
            key: *key,
            was: was.clone(),
            now: now.clone(),
            model: desk.model.clone(),
            codebook: desk.codebook.clone(),
            undoes,
            act,
        });
    }
    Ok(entries)
}

fn read(db: &Connection, path: &Path, after: i64) -> Result<Vec<Entry>, Error> {
    let fail = |source| Error::Database { action: "read", path: path.to_owned(), source };
    let mut rows = db
        .prepare_cached(
            "SELECT number, at, who, response, was, now, model, codebook, undoes, act
             FROM entry WHERE number > ?1 ORDER BY number",
        )
        .map_err(fail)?;
    let mut rows = rows.query([after]).map_err(fail)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next().map_err(fail)? {
        let number: i64 = row.get(0).map_err(fail)?;
        let unreadable = || Error::Entry { path: path.to_owned(), number };
        let json = |column: usize| -> Result<Change, Error> {
            let text: String = row.get(column).map_err(fail)?;
            serde_json::from_str(&text).map_err(|_| unreadable())
        };
        let key: Vec<u8> = row.get(3).map_err(fail)?;
        entries.push(Entry {
            number,
            at: row.get(1).map_err(fail)?,
            who: row.get(2).map_err(fail)?,
            key: Key::from_bytes(&key).ok_or_else(unreadable)?,
            was: json(4)?,
            now: json(5)?,
            model: row.get(6).map_err(fail)?,
            codebook: row.get(7).map_err(fail)?,
            undoes: row.get(8).map_err(fail)?,
            act: row.get(9).map_err(fail)?,
        });
    }
    Ok(entries)
}
