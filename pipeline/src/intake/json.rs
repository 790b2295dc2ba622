//! JSON and JSON Lines as tables: each record a row, each key a column, in the order of appearance.
//!
//! Both stream: of a single JSON document the longest list is found first, then its items are read
//! one at a time.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;
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

    /// What the record that was read means for the reader of rows; a sound one fills the row.
    fn next(&self, record: Option<Line>, row: &mut Row, number: u32) -> Next {
        match record {
            None => Next::End,
            Some(Err(NoRecord)) => Next::Broken(number),
            Some(Ok(record)) => {
                self.fill(&record, row, number);
                Next::Row
            }
        }
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
const MAX_LINE: usize = 8 * 1024 * 1024;

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
        let record = self.record()?;
        Ok(self.keys.next(record, row, self.number))
    }
}

/// The records of a JSON document: those of its longest list, one at a time.
pub(crate) struct Records {
    items: Items,
    path: PathBuf,
    keys: Keys,
    number: u32,
}

impl Records {
    /// Reads the document for its longest list of records, at most three levels down, and their keys.
    pub(crate) fn open(path: &Path, encoding: Encoding) -> Result<Self, Error> {
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        let problem = |problem: String| Error::Json { path: path.to_owned(), problem };
        let document = || -> Result<Bytes, Error> {
            let file = File::open(path).map_err(unreadable)?;
            Ok(BufReader::with_capacity(64 * 1024, Decoded::new(file, encoding)).bytes())
        };
        let file = File::open(path).map_err(unreadable)?;
        let whole = BufReader::with_capacity(64 * 1024, Decoded::new(file, encoding));
        serde_json::from_reader::<_, IgnoredAny>(whole).map_err(|e| {
            problem(format!("it is no valid JSON at line {}, column {}", e.line(), e.column()))
        })?;
        let from = longest(document()?).map_err(unreadable)?;
        let Some(from) = from else { return Err(problem("it holds no list of records".into())) };
        let items = || -> Result<Items, Error> {
            let mut bytes = document()?;
            for _ in 0..from {
                bytes.next().transpose().map_err(unreadable)?;
            }
            Ok(Items { bytes, item: Vec::new(), last: None })
        };
        let mut records =
            Self { items: items()?, path: path.to_owned(), keys: Keys::default(), number: 0 };
        let mut keys = Keys::default();
        while let Some(record) = records.record()? {
            if let Ok(record) = record {
                keys.learn(&record);
            }
        }
        if keys.names.is_empty() {
            return Err(problem("it holds no list of records".into()));
        }
        Ok(Self { items: items()?, path: path.to_owned(), keys, number: 0 })
    }

    /// The column names.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The next item that is a record; plain texts become records.
    fn record(&mut self) -> Result<Option<Line>, Error> {
        let unreadable = |source| Error::Unreadable { path: self.path.clone(), source };
        while let Some(whole) = self.items.next().map_err(unreadable)? {
            let record = match serde_json::from_slice(&self.items.item) {
                Ok(Value::Object(record)) if whole => Ok(record),
                Ok(text @ Value::String(_)) if whole => {
                    Ok(Map::from_iter([("text".to_owned(), text)]))
                }
                Ok(_) if whole => continue,
                _ => Err(NoRecord),
            };
            self.number += 1;
            return Ok(Some(record));
        }
        Ok(None)
    }
}

/// The bytes of a document, one by one.
type Bytes = io::Bytes<BufReader<Decoded<File>>>;

/// The items of a list, as they stand in a document that is known to be valid.
struct Items {
    bytes: Bytes,
    /// The item that was read last.
    item: Vec<u8>,
    /// What ended it, where that is not part of it.
    last: Option<u8>,
}

impl Items {
    /// Reads the next item; false where it is longer than [`MAX_LINE`] and was passed over, None where
    /// the list ends.
    fn next(&mut self) -> io::Result<Option<bool>> {
        self.item.clear();
        let (mut depth, mut text, mut escaped, mut over) = (0u32, false, false, false);
        loop {
            let byte = match self.last.take() {
                Some(byte) => byte,
                None => match self.bytes.next() {
                    Some(byte) => byte?,
                    None => return Ok(None),
                },
            };
            let begun = over || !self.item.is_empty();
            if !text && depth == 0 {
                match byte {
                    b']' if begun => {
                        self.last = Some(byte);
                        return Ok(Some(!over));
                    }
                    b']' => {
                        self.last = Some(byte);
                        return Ok(None);
                    }
                    b',' if begun => return Ok(Some(!over)),
                    b',' => continue,
                    _ if !begun && byte.is_ascii_whitespace() => continue,
                    _ => {}
                }
            }
            if text {
                (text, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
            } else {
                match byte {
                    b'"' => text = true,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            over = over || self.item.len() >= MAX_LINE;
            if over {
                self.item.clear();
            } else {
                self.item.push(byte);
            }
        }
    }
}

/// Levels of a document below which no list of records is looked for.
const DEEPEST: usize = 3;

/// Where the items of the longest list of records begin; None where there is none. Of equals it is the
/// first.
fn longest(bytes: Bytes) -> io::Result<Option<u64>> {
    // Of each container that is open: whether it is a list.
    let mut open: Vec<bool> = Vec::new();
    // Of the list that is counted: where its items begin, and how many are records or texts.
    let (mut counted, mut best) = (None, None);
    let (mut text, mut escaped) = (false, false);
    for (byte, after) in bytes.zip(1..) {
        let byte = byte?;
        if text {
            (text, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
            continue;
        }
        let in_list = open.last() == Some(&true) && open.iter().filter(|list| **list).count() == 1;
        match byte {
            b'{' | b'"' if in_list => {
                if let Some((_, count)) = &mut counted {
                    *count += 1;
                }
            }
            b'[' if open.len() <= DEEPEST && !open.contains(&true) => counted = Some((after, 0)),
            b']' if in_list => {
                let longer = |b: &(u64, u64)| counted.is_some_and(|c: (u64, u64)| c.1 > b.1);
                if best.as_ref().is_none_or(longer) {
                    best = counted;
                }
                counted = None;
            }
            _ => {}
        }
        match byte {
            b'"' => text = true,
            b'{' | b'[' => open.push(byte == b'['),
            b'}' | b']' => drop(open.pop()),
            _ => {}
        }
    }
    Ok(best.filter(|(_, count)| *count > 0).map(|(from, _)| from))
}

impl Rows for Records {
    fn next(&mut self, row: &mut Row) -> Result<Next, Error> {
        let record = self.record()?;
        Ok(self.keys.next(record, row, self.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells of a document, row by row; the problem where it cannot be read.
    fn cells(document: &str) -> Result<Vec<Vec<String>>, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        std::fs::write(&path, document).unwrap();
        let mut records =
            Records::open(&path, Encoding::Utf8 { bom: false }).map_err(|e| e.to_string())?;
        let (mut rows, mut row) = (Vec::new(), Row::default());
        while let Next::Row = records.next(&mut row).map_err(|e| e.to_string())? {
            rows.push(row.cells().map(str::to_owned).collect());
        }
        Ok(rows)
    }

    #[test]
    fn the_longest_list_is_found_wherever_it_stands() {
        let rows = |document: &str| cells(document).unwrap();
        assert_eq!(rows(r#"[{"a":1},{"a":"x"}]"#), [["1"], ["x"]]);
        assert_eq!(rows(r#" [ "one" , "t\"],wo\\" , 7 ] "#), [["one"], ["t\"],wo\\"]]);
        let nested = r#"{"meta":{"n":[1,2,3,4]},"few":[{"b":1}],
            "data":{"rows":[{"c":"]}\"[","d":[{"e":1},{"e":2},{"e":3}]}, {"c":{"f":2}}]}}"#;
        let nested = rows(nested);
        assert_eq!(nested.len(), 2);
        assert_eq!(nested[0][0], "]}\"[");
        assert_eq!(nested[1].last().map(String::as_str), Some("2"));
        assert_eq!(rows(r#"{"one":[{"a":1}],"two":[{"b":2}]}"#), [["1"]]);
    }

    #[test]
    fn what_is_no_list_of_records_is_told() {
        assert!(cells(r#"{"a":1}"#).unwrap_err().contains("no list of records"));
        assert!(cells("[1,2,3]").unwrap_err().contains("no list of records"));
        assert!(cells(r#"[{"a":1},"#).unwrap_err().contains("no valid JSON at line 1"));
        assert!(cells(&"[".repeat(10_000)).unwrap_err().contains("no valid JSON"));
    }
}
