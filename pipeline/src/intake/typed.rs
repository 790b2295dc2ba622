//! Scans and handwriting, typed by people: the workbook `to-type.xlsx` that `heard check` writes, and
//! its way back.
//!
//! A row is a letter; its key is the beginning of the file's hash and the letter's row in it, so that
//! the file may move. A row without text changes nothing: the letter stays set aside and counted.

use std::path::Path;

use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

use super::dates::{self, Order};
use super::documents::Letter;
use super::sheets::sheets;
use super::{Error, Options, Understanding, letter, speaker};
use crate::response::RespondentType;

/// The name under which the workbook is looked for in folders.
pub const FILE: &str = "to-type.xlsx";

/// A letter that waits to be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToType {
    /// Its row in the file: 1 but for files of several letters.
    pub(super) row: u32,
    /// Its pages, as text; blank where it is a picture.
    pub(super) pages: String,
}

/// A letter that was typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    key: String,
    text: String,
    day: Option<i32>,
    who: Option<(RespondentType, f32)>,
}

/// Letters and digits of the hash that a key holds.
const HASH: usize = 16;

fn key(sha256: &str, row: u32) -> String {
    format!("{}-{row}", sha256.get(..HASH).unwrap_or(sha256))
}

const HEADERS: [(&str, f64); 7] = [
    ("letter", 10.0),
    ("file", 36.0),
    ("pages", 10.0),
    ("date (day/month/year)", 22.0),
    ("who (for example: daughter)", 26.0),
    ("text", 90.0),
    ("key (leave as it is)", 24.0),
];

/// The workbook with a row for each letter that waits; None where there is none. File names go
/// through `label`, which de-identifies; every cell is text, so that none is a formula.
pub fn workbook(
    found: &[Understanding],
    label: &dyn Fn(&str) -> String,
) -> Result<Option<Vec<u8>>, XlsxError> {
    if found.iter().all(|one| one.to_type.is_empty()) {
        return Ok(None);
    }
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("to type")?;
    let (bold, wrap) =
        (Format::new().set_bold(), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    for (column, (name, width)) in HEADERS.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, *name, &bold)?;
        sheet.set_column_width(column as u16, *width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut at = 0;
    for one in found {
        for letter in &one.to_type {
            at += 1;
            let number = format!("s{}-{}", one.source.unwrap_or_default(), letter.row);
            let cells = [
                number,
                one.shown(label),
                letter.pages.clone(),
                String::new(),
                String::new(),
                String::new(),
                key(&one.sha256, letter.row),
            ];
            for (column, cell) in cells.iter().enumerate() {
                sheet.write_string_with_format(at, column as u16, cell, &wrap)?;
            }
        }
    }
    Ok(Some(book.save_to_buffer()?))
}

/// The letters that were typed into such a workbook.
pub(super) fn read(path: &Path, options: &Options) -> Result<Vec<Typed>, Error> {
    let mut typed = Vec::new();
    for sheet in sheets(path, options)?.sheets {
        let mut rows = sheet.rows.into_iter();
        let Some(header) = rows.next() else { continue };
        let column = |name: &str| {
            header.cells().position(|cell| cell.trim().to_lowercase().starts_with(name))
        };
        let (Some(text), Some(key)) = (column("text"), column("key")) else { continue };
        let (date, who) = (column("date"), column("who"));
        for row in rows {
            let cell = |column: Option<usize>| column.map_or("", |c| row.get(c)).trim();
            let words = super::repair::cell(cell(Some(text))).0.into_owned();
            if words.is_empty() || cell(Some(key)).is_empty() {
                continue;
            }
            let written = cell(date);
            let day = dates::parse(written, Order::DayFirst).or_else(|| dates::serial(written));
            typed.push(Typed {
                key: cell(Some(key)).to_owned(),
                day: day.or_else(|| letter::day(&words)),
                who: speaker::read(cell(who)).or_else(|| letter::who(&words)),
                text: words,
            });
        }
    }
    Ok(typed)
}

/// Puts typed words in the place of scans.
pub(super) fn fill(letters: &mut [Letter], sha256: &str, typed: &[Typed]) {
    for letter in letters {
        let key = key(sha256, letter.row);
        let Some(found) = typed.iter().find(|t| t.key == key) else { continue };
        if !letter.text.is_empty() {
            letter.text.push('\n');
        }
        letter.text.push_str(&found.text);
        letter.day = found.day.or(letter.day);
        letter.who = found.who.or(letter.who);
        letter.blank.clear();
        letter.aside = None;
    }
}

/// True where a picture was typed.
pub(super) fn holds(sha256: &str, typed: &[Typed]) -> bool {
    !sha256.is_empty() && typed.iter().any(|t| t.key == key(sha256, 1))
}
