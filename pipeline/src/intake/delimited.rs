//! CSV and TSV as they really come: any delimiter and line end, quotes inside quotes, and an error
//! with the row where a quote is broken.
//!
//! Why not the `csv` crate: it skips blank lines (so row numbers drift from what a spreadsheet
//! shows) and takes a quote that never closes for one long cell, which would lose every row after
//! it in silence. The tests hold this reader to `csv` wherever both should agree.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Error;
use super::encoding::Decoded;
use super::row::{Next, Row, Rows};

/// How a delimited file is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Between cells.
    pub(crate) delimiter: u8,
    /// A lone carriage return ends a line (files from old Macs).
    pub(crate) cr_ends: bool,
    /// The first line is Excel's `sep=;` and no row.
    pub(crate) sep_line: bool,
}

/// The delimiter of a file of one column: no text holds it.
pub(crate) const NO_DELIMITER: u8 = 0x1f;

impl Dialect {
    /// The dialect in which the beginning of a file is most like a table.
    pub(crate) fn detect(head: &[u8], whole: bool) -> Self {
        let lone_cr = head.windows(2).filter(|w| w[0] == b'\r' && w[1] != b'\n').count();
        let lf = head.split(|b| *b == b'\n').count() - 1;
        let cr_ends = lone_cr > lf;
        if head.len() > 5
            && head[..4].eq_ignore_ascii_case(b"sep=")
            && matches!(head[5], b'\r' | b'\n')
        {
            return Self { delimiter: head[4], cr_ends, sep_line: true };
        }
        let mut best = (0.0, b',');
        for delimiter in *b",\t;|" {
            let score = Self { delimiter, cr_ends, sep_line: false }.fit(head, whole);
            if score > best.0 {
                best = (score, delimiter);
            }
        }
        let found = Self { delimiter: best.1, cr_ends, sep_line: false };
        if found.only_cuts_sentences(head) {
            return Self { delimiter: NO_DELIMITER, ..found };
        }
        found
    }

    /// True where the delimiter stands in no heading and only where prose has it: one column, typed or
    /// saved without quotes.
    fn only_cuts_sentences(self, head: &[u8]) -> bool {
        let mut lines = head
            .split(|b| matches!(b, b'\n' | b'\r'))
            .filter(|line| !line.trim_ascii().is_empty())
            .take(200);
        let holds = |line: &[u8]| line.contains(&self.delimiter);
        let Some(heading) = lines.next().filter(|line| !holds(line)) else { return false };
        let quoted = |line: &[u8]| line.starts_with(b"\"");
        let (mut widths, mut cut, mut prose) = (BTreeSet::new(), 0, 0);
        for line in lines {
            if quoted(line) {
                return false;
            }
            let mut cells = line.split(|b| *b == self.delimiter);
            widths.insert(cells.clone().count());
            cut += usize::from(holds(line));
            prose += usize::from(
                holds(line) && cells.by_ref().skip(1).all(|cell| cell.starts_with(b" ")),
            );
        }
        // A table under a title has one width.
        !quoted(heading) && widths.len() > 1 && widths.contains(&1) && 10 * prose >= 9 * cut.max(1)
    }

    /// How regular the sample is under this dialect: 0 where it makes no columns.
    fn fit(self, head: &[u8], whole: bool) -> f64 {
        let mut rows = Delimited::new(head, self, PathBuf::new());
        let (mut row, mut widths) = (Row::default(), Vec::new());
        while widths.len() < 200 {
            match rows.next(&mut row) {
                Ok(Next::Row) if row.is_blank() => {}
                Ok(Next::Row) => widths.push(row.len()),
                _ => break,
            }
        }
        // The last row of a sample that was cut is cut too.
        if !whole && widths.len() > 1 {
            widths.pop();
        }
        let Some(common) =
            widths.iter().copied().max_by_key(|w| (widths.iter().filter(|x| *x == w).count(), *w))
        else {
            return 0.0;
        };
        if common < 2 {
            return 0.0;
        }
        let share = widths.iter().filter(|w| **w == common).count() as f64 / widths.len() as f64;
        share * share + (common.min(50) as f64) / 1000.0
    }

    /// True where the sample is a table of at least two columns and three rows in this dialect.
    pub(crate) fn makes_a_table(self, head: &[u8], whole: bool) -> bool {
        head.iter().filter(|b| matches!(b, b'\n' | b'\r')).count() >= 2
            && self.fit(head, whole) > 0.9
    }
}

/// Rows of a delimited text, from UTF-8 bytes.
pub(crate) struct Delimited<R> {
    input: R,
    dialect: Dialect,
    path: PathBuf,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    number: u32,
    ends: Vec<usize>,
}

/// Where the reader stands inside a cell.
#[derive(PartialEq)]
enum State {
    CellStart,
    Plain,
    Quoted,
}

impl<R: Read> Delimited<R> {
    /// Reads rows from `input`; `path` is for errors only.
    pub(crate) fn new(input: R, dialect: Dialect, path: PathBuf) -> Self {
        let buffer = vec![0; 64 * 1024];
        Self { input, dialect, path, buffer, at: 0, filled: 0, number: 0, ends: Vec::new() }
    }

    /// The byte `ahead` places on, without taking it.
    fn peek(&mut self, ahead: usize) -> Result<Option<u8>, Error> {
        while self.at + ahead >= self.filled {
            self.buffer.copy_within(self.at..self.filled, 0);
            self.filled -= self.at;
            self.at = 0;
            let read = self
                .input
                .read(&mut self.buffer[self.filled..])
                .map_err(|source| Error::Unreadable { path: self.path.clone(), source })?;
            if read == 0 {
                return Ok(None);
            }
            self.filled += read;
        }
        Ok(Some(self.buffer[self.at + ahead]))
    }

    /// Bytes from here to the next one that means something in this state, within the buffer.
    fn plain_run(&self, quoted: bool) -> &[u8] {
        let rest = &self.buffer[self.at..self.filled];
        let delimiter = self.dialect.delimiter;
        let stop = if quoted {
            rest.iter().position(|b| matches!(b, b'"' | b'\n'))
        } else {
            rest.iter().position(|b| *b == delimiter || matches!(b, b'\n' | b'\r'))
        };
        &rest[..stop.unwrap_or(rest.len())]
    }

    /// True where the byte ends a cell (a delimiter, a line end or the end of the file).
    fn ends_cell(&self, byte: Option<u8>) -> bool {
        byte.is_none_or(|b| b == self.dialect.delimiter || b == b'\n' || b == b'\r')
    }

    fn read_row(&mut self, text: &mut Vec<u8>) -> Result<bool, Error> {
        self.ends.clear();
        if self.peek(0)?.is_none() {
            return Ok(false);
        }
        self.number += 1;
        let mut state = State::CellStart;
        let mut lines_in_cell = 0;
        loop {
            if self.at < self.filled && state != State::CellStart {
                let run = self.plain_run(state == State::Quoted);
                let length = run.len();
                text.extend_from_slice(run);
                self.at += length;
            }
            let Some(byte) = self.peek(0)? else {
                if state == State::Quoted {
                    return Err(Error::BrokenQuote { path: self.path.clone(), row: self.number });
                }
                self.ends.push(text.len());
                return Ok(true);
            };
            self.at += 1;
            if state == State::Quoted {
                if byte != b'"' {
                    lines_in_cell += 1;
                    text.push(byte);
                    continue;
                }
                let next = self.peek(0)?;
                if next == Some(b'"') {
                    self.at += 1;
                    text.push(b'"');
                } else if self.ends_cell(next) {
                    state = State::Plain;
                } else if lines_in_cell > 0 && text.last() == Some(&self.dialect.delimiter) {
                    // A cell that spans lines and then meets what opens a cell: it was never closed.
                    return Err(Error::BrokenQuote { path: self.path.clone(), row: self.number });
                } else {
                    text.push(b'"');
                }
                continue;
            }
            if byte == self.dialect.delimiter {
                self.ends.push(text.len());
                state = State::CellStart;
            } else if byte == b'\n' {
                self.ends.push(text.len());
                return Ok(true);
            } else if byte == b'\r' {
                let next = self.peek(0)?;
                if next == Some(b'\n') {
                    self.at += 1;
                }
                if next == Some(b'\n') || next.is_none() || self.dialect.cr_ends {
                    self.ends.push(text.len());
                    return Ok(true);
                }
                text.push(b' ');
                state = State::Plain;
            } else if state == State::CellStart && byte == b'"' {
                state = State::Quoted;
                lines_in_cell = 0;
            } else {
                text.push(byte);
                state = State::Plain;
            }
        }
    }
}

impl<R: Read> Rows for Delimited<R> {
    fn next(&mut self, row: &mut Row) -> Result<Next, Error> {
        let mut text = row.take_text().into_bytes();
        text.clear();
        if self.dialect.sep_line && self.number == 0 {
            self.read_row(&mut text)?;
            text.clear();
        }
        if !self.read_row(&mut text)? {
            return Ok(Next::End);
        }
        // Cells are cut at ASCII bytes, so each is valid where the whole is.
        let text = String::from_utf8(text)
            .unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned());
        row.replace(self.number, text, &self.ends);
        Ok(Next::Row)
    }
}

/// The beginning of a decoded file: at most `limit` bytes, and whether that is all of it.
pub(crate) fn head<R: Read>(
    decoded: &mut Decoded<R>,
    path: &Path,
    limit: usize,
) -> Result<(Vec<u8>, bool), Error> {
    let mut head = Vec::new();
    let mut chunk = vec![0; 16 * 1024];
    while head.len() < limit {
        let read = decoded
            .read(&mut chunk)
            .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
        if read == 0 {
            return Ok((head, true));
        }
        head.extend_from_slice(&chunk[..read]);
    }
    Ok((head, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COMMA: Dialect = Dialect { delimiter: b',', cr_ends: false, sep_line: false };

    fn read(text: &str, dialect: Dialect) -> Result<Vec<Row>, Error> {
        let mut rows = Delimited::new(text.as_bytes(), dialect, PathBuf::from("a.csv"));
        let (mut row, mut all) = (Row::default(), Vec::new());
        while rows.next(&mut row)? == Next::Row {
            all.push(row.clone());
        }
        Ok(all)
    }

    #[test]
    fn blank_lines_count_as_rows() {
        let rows = read("a,b\n\n1,2\r\n", COMMA).unwrap();
        assert_eq!(rows.iter().map(|r| r.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(rows[1].is_blank());
        assert_eq!(rows[2].cells().collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn quotes_that_nobody_doubled_stay_in_the_cell() {
        let rows = read("1,\"She said \"hello\" to me\",x\n", COMMA).unwrap();
        assert_eq!(rows[0].get(1), "She said \"hello\" to me");
    }

    #[test]
    fn a_quote_that_never_closes_names_its_row() {
        for text in ["id,c\n1,\"Good\n2,Fine\n", "id,c\n1,\"Good\n2,\"Fine\"\n3,\"Bad\"\n"] {
            assert!(matches!(read(text, COMMA), Err(Error::BrokenQuote { row: 2, .. })), "{text}");
        }
    }

    #[test]
    fn line_breaks_inside_a_cell_do_not_end_the_row() {
        let rows = read("1,\"one\r\ntwo\nthree\"\r\n2,x", COMMA).unwrap();
        assert_eq!(rows[0].get(1), "one\r\ntwo\nthree");
        assert_eq!(rows[1].number, 2);
    }

    #[test]
    fn the_delimiter_is_found() {
        for (text, delimiter) in [
            ("a;b;c\n1;\"x, y, z\";3\n4;5,5;6\n", b';'),
            ("a\tb\n1,2\t3\n4\t5\n", b'\t'),
            ("a,b\nyes; no; maybe,2\nx; y; z,4\n", b','),
            ("Comment\nGood\nLate\n", b','),
            ("Comment\nGood, kind\nLate\n", NO_DELIMITER),
            ("Comment\nGreat, but late\nKind\nRude, curt, and gone by nine\n", NO_DELIMITER),
            ("Comment\n\"Great, but late\"\nKind\n", b','),
            ("A title\nname, age\nAnn, 4\nBo, 5\n", b','),
            ("A title\nname,age\nAnn\nBo,5\n", b','),
        ] {
            assert_eq!(Dialect::detect(text.as_bytes(), true).delimiter, delimiter, "{text}");
        }
        let old_mac = Dialect::detect(b"a,b\r1,2\r3,4\r", true);
        assert!(old_mac.cr_ends);
        assert_eq!(read("a,b\r1,2\r", old_mac).unwrap().len(), 2);
        assert!(Dialect::detect(b"sep=;\na;b\n", true).sep_line);
    }

    proptest! {
        #[test]
        fn reads_what_the_csv_crate_writes(table in proptest::collection::vec(
            proptest::collection::vec("[a-z,\"\n ;é]{0,8}", 3), 1..8)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let rows = read(&text, COMMA).unwrap();
            prop_assert_eq!(rows.len(), table.len());
            for (row, expected) in rows.iter().zip(&table) {
                let cells: Vec<_> = row.cells().collect();
                prop_assert_eq!(&cells, expected);
            }
        }
    }
}
