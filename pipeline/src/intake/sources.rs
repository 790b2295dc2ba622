//! One file opened: its kind's reader, what is understood of it, and what a second reading needs.
//!
//! A workbook gives one source for each sheet with open text. A file that cannot be read, or holds
//! no open text, is a source that holds one row set aside, so that counts balance.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::child::{self, Line};
use super::columnar::Columnar;
use super::delimited::{self, Delimited, Dialect};
use super::documents::{self, Letter};
use super::encoding::{Decoded, Encoding};
use super::files::{self, Fingerprint, Found};
use super::json::{Keys, Lines, Records};
use super::row::{Next, Row, Rows};
use super::settings::SourceOverride;
use super::table::Table;
use super::typed::{self, ToType};
use super::understanding::{Answers, Understanding};
use super::{Error, Kind, Options, bundle};
use crate::response::{Channel, Identified, Unprocessed};

/// A file, or a sheet of one, that responses come from.
#[derive(Debug)]
pub struct Source {
    /// Its number, from 1: `s1` is 1.
    pub number: u32,
    /// The path as given, or within the folder that was given.
    pub path: PathBuf,
    /// The sheet of a workbook.
    pub sheet: Option<Identified>,
    /// What the file is.
    pub kind: Kind,
    /// The hash of the whole file; empty where it could not be read.
    pub sha256: String,
    /// The key of its respondents' pseudonyms: a hash of the whole file that is written nowhere, so
    /// that nobody without the file can tell from a pseudonym whether a guessed id is behind it.
    pub secret: [u8; 32],
    /// The size of the file.
    pub bytes: u64,
    /// Rows of data, those set aside included; for a document its letters, mostly 1.
    pub rows: u64,
    pub(super) content: Content,
}

/// What a second reading needs.
#[derive(Debug)]
pub(super) enum Content {
    Table {
        table: Box<Table>,
        input: Input,
        channel: Channel,
    },
    /// `words`: at least one of its letters can be read.
    Document {
        encoding: Encoding,
        kept: documents::Kept,
        words: bool,
    },
    Aside(&'static str, String),
}

/// How the rows of a table are reached.
#[derive(Debug)]
pub(super) enum Input {
    Delimited(Encoding, Dialect),
    JsonLines(Encoding, Keys),
    Json(Encoding),
    Parquet,
    Sheet(u32, Kept),
}

/// What the child process said, kept where there is room, otherwise to be asked for again.
pub(super) type Kept = Option<Arc<Vec<u8>>>;

/// A file or sheet as opened, before it has a number.
pub(super) struct Opened {
    pub(super) found: Understanding,
    pub(super) secret: [u8; 32],
    pub(super) bytes: u64,
    pub(super) content: Content,
}

/// Opens a file: its sheets, or itself. `room` is how many bytes may still be kept in memory.
pub(super) fn open(
    file: &Found,
    options: &Options,
    room: &mut usize,
) -> Result<Vec<Opened>, Error> {
    let path = &file.path;
    let print = files::fingerprint(path)?;
    let found = Understanding::new(path, print.kind, &print.sha256);
    let name = path.to_string_lossy().replace('\\', "/");
    let given =
        options.sources.iter().find(|s| s.fits(&name, &print.sha256, None) && s.sheet.is_none());
    let opened = match print.kind {
        Kind::Delimited => delimited(path, &print, given, options, found)?,
        Kind::Json | Kind::JsonLines | Kind::Parquet => {
            records(path, &print, given, options, found)?
        }
        Kind::Workbook => return workbook(path, &print, options, room),
        Kind::Text => {
            let mut decoded = decode(path, print.encoding)?;
            let (head, whole) = delimited::head(&mut decoded, path, HEAD)?;
            let dialect = Dialect::detect(&head, whole);
            if dialect.delimiter == b'\t' && dialect.makes_a_table(&head, whole) {
                delimited(
                    path,
                    &print,
                    given,
                    options,
                    Understanding { kind: Kind::Delimited, ..found },
                )?
            } else {
                document(path, &print, given, options, room, found)?
            }
        }
        Kind::Other if typed::holds(&print.sha256, &options.typed) => {
            document(path, &print, given, options, room, found)?
        }
        Kind::Other => {
            return Err(Error::Unsupported { path: path.clone(), advice: files::advice(path) });
        }
        _ => document(path, &print, given, options, room, found)?,
    };
    Ok(vec![opened])
}

/// Bytes of a delimited file in which its delimiter is looked for.
pub(super) const HEAD: usize = 64 * 1024;

pub(super) fn decode(path: &Path, encoding: Encoding) -> Result<Decoded<File>, Error> {
    let file =
        File::open(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    Ok(Decoded::new(file, encoding))
}

fn delimited(
    path: &Path,
    print: &Fingerprint,
    given: Option<&SourceOverride>,
    options: &Options,
    mut found: Understanding,
) -> Result<Opened, Error> {
    let encoding = given.and_then(SourceOverride::encoding).unwrap_or(print.encoding);
    let (head, whole) = delimited::head(&mut decode(path, encoding)?, path, HEAD)?;
    let mut dialect = Dialect::detect(&head, whole);
    if let Some(delimiter) = given.and_then(|g| g.delimiter).filter(char::is_ascii) {
        dialect.delimiter = delimiter as u8;
    }
    found.encoding = Some(encoding.name());
    found.delimiter =
        (dialect.delimiter != delimited::NO_DELIMITER).then_some(char::from(dialect.delimiter));
    if encoding == Encoding::Utf8WithStrays {
        found.problem(None, "some bytes are not UTF-8; they are read as Windows-1252");
    }
    let input = Input::Delimited(encoding, dialect);
    table(path, input, None, given, options, found, print)
}

fn records(
    path: &Path,
    print: &Fingerprint,
    given: Option<&SourceOverride>,
    options: &Options,
    mut found: Understanding,
) -> Result<Opened, Error> {
    let (input, names) = match print.kind {
        Kind::JsonLines => {
            let keys = Lines::keys(path, print.encoding)?;
            let names = keys.names().to_vec();
            (Input::JsonLines(print.encoding, keys), names)
        }
        Kind::Json => {
            let records = Records::open(path, print.encoding)?;
            (Input::Json(print.encoding), records.keys().names().to_vec())
        }
        _ => {
            child::parse(path, Kind::Parquet, None, &options.limits, &options.parser)?;
            (Input::Parquet, Columnar::open(path)?.names().to_vec())
        }
    };
    if print.kind != Kind::Parquet {
        found.encoding = Some(print.encoding.name());
    }
    table(path, input, Some(&names), given, options, found, print)
}

/// Understands a table by reading it once.
fn table(
    path: &Path,
    input: Input,
    names: Option<&[String]>,
    given: Option<&SourceOverride>,
    options: &Options,
    mut found: Understanding,
    print: &Fingerprint,
) -> Result<Opened, Error> {
    let mut rows = input.rows(path, found.kind, options)?;
    let mut table = Table::understand(&mut *rows, names, given, options, &mut found)?;
    let channel = given.and_then(|g| g.channel).unwrap_or(Channel::Survey);
    table.wave_name = given.and_then(|g| g.wave.clone()).map(Identified::new);
    found.wave.clone_from(&table.wave_name);
    found.channel = channel;
    let content = if given.is_some_and(|g| g.ignore) {
        found.set_aside = Some("ignored");
        Content::Aside("ignored", format!("{} rows", found.rows))
    } else if table.open.is_empty() {
        found.set_aside = Some("no_open_text");
        Content::Aside("no_open_text", format!("{} rows, {} columns", found.rows, table.width))
    } else {
        Content::Table { table: Box::new(table), input, channel }
    };
    Ok(Opened { found, secret: print.secret, bytes: print.bytes, content })
}

/// A workbook: every sheet with anything in it.
fn workbook(
    path: &Path,
    print: &Fingerprint,
    options: &Options,
    room: &mut usize,
) -> Result<Vec<Opened>, Error> {
    let said =
        Arc::new(child::parse(path, Kind::Workbook, None, &options.limits, &options.parser)?);
    let kept = keep(&said, room);
    let mut sheets = Vec::new();
    let mut filled = Vec::new();
    for line in child::lines(&said) {
        match line {
            Line::Sheet { name, hidden } => {
                sheets.push((name, hidden));
                filled.push(0u64);
            }
            Line::Row { .. } => {
                if let Some(rows) = filled.last_mut() {
                    *rows += 1;
                }
            }
            _ => {}
        }
    }
    let name = path.to_string_lossy().replace('\\', "/");
    let mut opened = Vec::new();
    for (i, (sheet, hidden)) in sheets.into_iter().enumerate().filter(|(i, _)| filled[*i] > 0) {
        let number = i as u32 + 1;
        let given = options.sources.iter().find(|s| s.fits(&name, &print.sha256, Some(number)));
        let mut found = Understanding::new(path, Kind::Workbook, &print.sha256);
        found.sheet = Some(Identified::new(sheet));
        found.sheet_number = Some(number);
        if hidden {
            found.problem(None, "the sheet is hidden in the workbook; it is read all the same");
        }
        let input = Input::Sheet(number, Some(Arc::clone(&said)));
        let mut one = table(path, input, None, given, options, found, print)?;
        if let Content::Table { input: Input::Sheet(_, held), .. } = &mut one.content {
            held.clone_from(&kept);
        }
        opened.push(one);
    }
    if opened.is_empty() {
        return Err(Error::Empty { path: path.to_owned() });
    }
    // Sheets beside the one with the answers (lists, charts, notes) are not sources.
    if opened.iter().any(|o| matches!(o.content, Content::Table { .. })) {
        return Ok(opened);
    }
    opened.sort_by_key(|o| std::cmp::Reverse(o.found.rows));
    Ok(opened)
}

/// Keeps what the child said if there is room for it.
fn keep(said: &Arc<Vec<u8>>, room: &mut usize) -> Kept {
    if said.len() > *room {
        return None;
    }
    *room -= said.len();
    Some(Arc::clone(said))
}

/// Letters, testimonies or a conversation.
fn document(
    path: &Path,
    print: &Fingerprint,
    given: Option<&SourceOverride>,
    options: &Options,
    room: &mut usize,
    mut found: Understanding,
) -> Result<Opened, Error> {
    if print.kind == Kind::Text {
        found.encoding = Some(print.encoding.name());
    }
    let sha256 = print.sha256.as_str();
    let asked = documents::Asked { path, kind: print.kind, encoding: print.encoding, sha256 };
    let documents::Read { letters, proposed } = documents::read(asked, options)?;
    if given.is_some_and(|g| g.ignore) {
        (found.rows, found.set_aside) = (1, Some("ignored"));
        let content = Content::Aside("ignored", String::new());
        return Ok(Opened { found, secret: print.secret, bytes: print.bytes, content });
    }
    for letter in letters.iter().filter(|l| is_scan(l) || !l.blank.is_empty()) {
        let pages = match &letter.aside {
            Some(_) => letter.pages.map(bundle::show).unwrap_or_default(),
            None => letter.blank.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
        };
        found.to_type.push(ToType { row: letter.row, pages });
    }
    found.letters = proposed;
    let mut rows: Vec<u32> = letters.iter().map(|l| l.row).collect();
    rows.dedup();
    found.rows = rows.len() as u64;
    let read: Vec<&Letter> = letters.iter().filter(|l| l.aside.is_none()).collect();
    let Some(first) = read.first() else {
        if let [_, _, ..] = letters.as_slice() {
            // Scans of many letters: each was received.
            let reason = letters.iter().find_map(|l| l.aside.as_ref()).map_or("no_text", |a| a.0);
            (found.people, found.set_aside) = (found.rows, Some(reason));
            let content = Content::Document {
                encoding: print.encoding,
                kept: Some(Arc::new(letters)),
                words: false,
            };
            return Ok(Opened { found, secret: print.secret, bytes: print.bytes, content });
        }
        let none = ("no_text", String::new());
        let (reason, detail) = letters.into_iter().find_map(|l| l.aside).unwrap_or(none);
        (found.rows, found.people, found.set_aside) = (1, 1, Some(reason));
        let content = Content::Aside(reason, detail);
        return Ok(Opened { found, secret: print.secret, bytes: print.bytes, content });
    };
    found.people = match print.kind {
        Kind::Email | Kind::Outlook => 1,
        _ => found.rows - letters.iter().filter(|l| of_author(l).is_some()).count() as u64,
    };
    found.channel = given.and_then(|g| g.channel).unwrap_or(first.channel);
    let mut asked: Vec<&str> = Vec::new();
    for question in letters.iter().filter_map(|l| l.question.as_deref()) {
        if !asked.contains(&question) {
            asked.push(question);
        }
    }
    for question in asked {
        let rows = letters.iter().filter(|l| l.question.as_deref() == Some(question)).count();
        found.answers.push(Answers {
            question: Identified::new(question),
            polarity: super::wording::polarity(question),
            rows: rows as u64,
            blank: None,
            says_nothing: None,
        });
    }
    for letter in &letters {
        let row = (letters.len() > 1).then_some(letter.row);
        let rows = || row.into_iter().collect();
        if is_scan(letter) {
            found.problem(row, "a letter without a text layer; it is set aside, to be typed");
        } else if let Some(what) = of_author(letter) {
            found.problem(row, what);
        } else if letter.aside.is_some() {
            found.problem(row, "an attachment that is no letter in words; it is set aside");
        }
        for page in letter.blank.iter().filter(|_| letter.aside.is_none()) {
            let what = "a page without a text layer (scanned or empty); it is set aside";
            found.problems.push(super::Problem { rows: rows(), page: Some(*page), count: 1, what });
        }
        for page in &letter.left_out {
            let what = "a page that belongs to no letter of the settings; it is set aside";
            found.problems.push(super::Problem { rows: rows(), page: Some(*page), count: 1, what });
        }
    }
    let size = documents::size(&letters);
    let kept = (size <= *room).then(|| {
        *room -= size;
        Arc::new(letters)
    });
    let content = Content::Document { encoding: print.encoding, kept, words: true };
    Ok(Opened { found, secret: print.secret, bytes: print.bytes, content })
}

/// What is said of the author's own words in notes: they are nobody's answer.
fn of_author(letter: &Letter) -> Option<&'static str> {
    match letter.aside.as_ref()?.0 {
        documents::INTRODUCTION => {
            Some("what the author of the notes says before the first person; it is set aside")
        }
        documents::AUTHORS => {
            Some("what the author of the notes says under headings of their own; it is set aside")
        }
        _ => None,
    }
}

/// True for a letter that people have to type.
fn is_scan(letter: &Letter) -> bool {
    letter.aside.as_ref().is_some_and(|(reason, _)| Unprocessed::SCANS.contains(reason))
}

impl Input {
    /// The rows of the table, from its first row on.
    pub(super) fn rows(
        &self,
        path: &Path,
        kind: Kind,
        options: &Options,
    ) -> Result<Box<dyn Rows + Send>, Error> {
        Ok(match self {
            Self::Delimited(encoding, dialect) => {
                Box::new(Delimited::new(decode(path, *encoding)?, *dialect, path.to_owned()))
            }
            Self::JsonLines(encoding, keys) => {
                Box::new(Lines::open(path, *encoding, keys.clone())?)
            }
            Self::Json(encoding) => Box::new(Records::open(path, *encoding)?),
            Self::Parquet => Box::new(Columnar::open(path)?),
            Self::Sheet(number, kept) => {
                let said = match kept {
                    Some(said) => Arc::clone(said),
                    None => {
                        Arc::new(child::parse(path, kind, None, &options.limits, &options.parser)?)
                    }
                };
                Box::new(SheetRows { said, at: 0, sheet: 0, wanted: *number })
            }
        })
    }
}

/// The rows of one sheet out of what the child said.
struct SheetRows {
    said: Arc<Vec<u8>>,
    at: usize,
    sheet: u32,
    wanted: u32,
}

impl Rows for SheetRows {
    fn next(&mut self, row: &mut Row) -> Result<Next, Error> {
        while self.at < self.said.len() && self.sheet <= self.wanted {
            let rest = &self.said[self.at..];
            let end = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
            let line = &rest[..end];
            self.at += end + 1;
            if line.starts_with(b"{\"Sheet\"") {
                self.sheet += 1;
            } else if self.sheet == self.wanted
                && let Ok(Line::Row { number, cells }) = serde_json::from_slice(line)
            {
                row.clear(number);
                for cell in &cells {
                    row.push(cell);
                }
                return Ok(Next::Row);
            }
        }
        Ok(Next::End)
    }
}

impl Source {
    /// The row that stands for a source that was set aside whole.
    pub(super) fn aside(&self, reason: &'static str, detail: &str) -> Unprocessed {
        Unprocessed {
            source: self.number,
            row: 1,
            page: None,
            stage: "intake",
            reason,
            detail: detail.to_owned(),
        }
    }
}
