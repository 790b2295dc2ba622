//! JSON and JSON Lines as tables: each record a row, each key a column, in the order of appearance.
//!
//! JSON Lines stream. A single JSON document has to be held in memory whole, so it has a size limit.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Error;
use super::encoding::{Decoded, Encoding};
use super::row::{Next, Row, Rows};

/// The columns of a set of records: every key in the order in which they first appear.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    names: Vec<String>,
    index: HashMap<String, usize>,
}

/// More columns than this are no table; further keys are not read.
const MAX_KEYS: usize = 4096;

impl Keys {
    fn learn(&mut self, record: &Map<String, Value>) {
        each(record, "", &mut |key, _| {
            if self.names.len() < MAX_KEYS && !self.index.contains_key(key) {
                self.index.insert(key.to_owned(), self.names.len());
                self.names.push(key.to_owned());
            }
        });
    }

    /// The column names.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    fn fill(&self, record: &Map<String, Value>, row: &mut Row, number: u32) {
        let mut cells = vec![String::new(); self.names.len()];
        each(record, "", &mut |key, value| {
            if let Some(at) = self.index.get(key) {
                cells[*at] = value;
            }
        });
        row.clear(number);
        for cell in &cells {
            row.push(cell);
        }
    }
}

/// Every value of a record as text, objects within it one level down as `outer.inner`.
fn each(record: &Map<String, Value>, prefix: &str, visit: &mut impl FnMut(&str, String)) {
    for (key, value) in record {
        match value {
            Value::Object(inner) if prefix.is_empty() => each(inner, &format!("{key}."), visit),
            _ => visit(&format!("{prefix}{key}"), text(value)),
        }
    }
}

/// A value as a cell.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}

/// A line that is no record.
struct NoRecord;

/// A line that is not blank.
type Line = Result<Map<String, Value>, NoRecord>;

/// Records of a JSON Lines file.
pub(crate) struct Lines {
    input: BufReader<Decoded<File>>,
    path: PathBuf,
    keys: Keys,
    number: u32,
    line: Vec<u8>,
}

/// A record longer than this is set aside, so that a file without line ends cannot fill the memory.
const MAX_LINE: usize = 32 * 1024 * 1024;

impl Lines {
    /// Opens the file; `keys` come from [`Lines::keys`].
    pub(crate) fn open(path: &Path, encoding: Encoding, keys: Keys) -> Result<Self, Error> {
        let file = File::open(path)
            .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
        let input = BufReader::with_capacity(64 * 1024, Decoded::new(file, encoding));
        Ok(Self { input, path: path.to_owned(), keys, number: 0, line: Vec::new() })
    }

    /// Reads the whole file for its keys.
    pub(crate) fn keys(path: &Path, encoding: Encoding) -> Result<Keys, Error> {
        let mut lines = Self::open(path, encoding, Keys::default())?;
        let mut keys = Keys::default();
        while let Some(record) = lines.record()? {
            if let Ok(record) = record {
                keys.learn(&record);
            }
        }
        if keys.names.is_empty() {
            return Err(Error::Json {
                path: path.to_owned(),
                problem: "no line is a JSON record".into(),
            });
        }
        Ok(keys)
    }

    /// The next line that is not blank: None at the end, an error in it where it is not a record.
    fn record(&mut self) -> Result<Option<Line>, Error> {
        loop {
            self.line.clear();
            let unreadable = |source| Error::Unreadable { path: self.path.clone(), source };
            let mut over = false;
            loop {
                let chunk = self.input.fill_buf().map_err(unreadable)?;
                if chunk.is_empty() {
                    break;
                }
                let end = chunk.iter().position(|b| *b == b'\n');
                let take = end.map_or(chunk.len(), |at| at + 1);
                over = over || self.line.len() + take > MAX_LINE;
                if !over {
                    self.line.extend_from_slice(&chunk[..take]);
                }
                self.input.consume(take);
                if end.is_some() {
                    break;
                }
            }
            if self.line.is_empty() && !over {
                return Ok(None);
            }
            self.number += 1;
            if !over && self.line.trim_ascii().is_empty() {
                continue;
            }
            let record = serde_json::from_slice(&self.line).map_err(|_| NoRecord);
            return Ok(Some(if over { Err(NoRecord) } else { record }));
        }
    }
}

impl Rows for Lines {
    fn next(&mut self, row: &mut Row) -> Result<Next, Error> {
        match self.record()? {
            None => Ok(Next::End),
            Some(Err(NoRecord)) => Ok(Next::Broken(self.number)),
            Some(Ok(record)) => {
                self.keys.fill(&record, row, self.number);
                Ok(Next::Row)
            }
        }
    }
}

/// The records of a JSON document, held in memory.
#[derive(Debug)]
pub(crate) struct Records {
    left: std::vec::IntoIter<Map<String, Value>>,
    keys: Keys,
    number: u32,
}

impl Records {
    /// Reads the document: a list of records, or the longest list of records within it.
    pub(crate) fn open(path: &Path, encoding: Encoding, limit_mb: u64) -> Result<Self, Error> {
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        let file = File::open(path).map_err(unreadable)?;
        if file.metadata().map_err(unreadable)?.len() > limit_mb * 1024 * 1024 {
            let advice = "save it as JSON Lines, CSV or Parquet, which have no limit";
            return Err(Error::TooLarge { path: path.to_owned(), limit_mb, advice });
        }
        let problem = |problem: String| Error::Json { path: path.to_owned(), problem };
        let value: Value = serde_json::from_reader(BufReader::new(Decoded::new(file, encoding)))
            .map_err(|e| {
                problem(format!("it is no valid JSON at line {}, column {}", e.line(), e.column()))
            })?;
        let records = longest(value, 0);
        let mut keys = Keys::default();
        for record in &records {
            keys.learn(record);
        }
        if keys.names.is_empty() {
            return Err(problem("it holds no list of records".into()));
        }
        Ok(Self { left: records.into_iter(), keys, number: 0 })
    }

    /// The column names.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }
}

/// The longest list of records in a value, at most three levels down. Plain texts become records.
fn longest(value: Value, depth: usize) -> Vec<Map<String, Value>> {
    match value {
        Value::Array(items) => items
            .into_iter()
            .filter_map(|item| match item {
                Value::Object(record) => Some(record),
                Value::String(_) => Some(Map::from_iter([("text".to_owned(), item)])),
                _ => None,
            })
            .collect(),
        Value::Object(fields) if depth < 3 => {
            // The first of equals, so that the choice does not depend on the sort.
            fields
                .into_iter()
                .map(|(_, inner)| longest(inner, depth + 1))
                .fold(Vec::new(), |best, next| if next.len() > best.len() { next } else { best })
        }
        _ => Vec::new(),
    }
}

impl Rows for Records {
    fn next(&mut self, row: &mut Row) -> Result<Next, Error> {
        let Some(record) = self.left.next() else { return Ok(Next::End) };
        self.number += 1;
        self.keys.fill(&record, row, self.number);
        Ok(Next::Row)
    }
}
