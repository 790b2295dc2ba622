//! The child's reader of letters: the body of a DOCX or ODT as paragraphs.
//!
//! Runs in the child process only (see `child`). Headers, footers, comments, fields and deleted
//! text are left out; what stands in tables and text boxes is kept.

use std::io::{BufRead, BufReader, Cursor, Read, Write};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::child::{Line, Stop, Why, is_encrypted_package, say, say_names, zip_names};
use super::names;

/// Says the text of a document.
pub(super) fn parse(bytes: &[u8], unpacked_mb: u64, out: &mut dyn Write) -> Result<(), Stop> {
    if is_encrypted_package(bytes) {
        return Err(Stop::Why(Why::Password));
    }
    let names = zip_names(Cursor::new(bytes), unpacked_mb)?;
    let has = |name: &str| names.iter().any(|n| n == name);
    let part = if has("word/document.xml") { "word/document.xml" } else { "content.xml" };
    let bad = |_| Stop::Why(Why::NotWhatItSays);
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(bad)?;
    if part == "content.xml" && has("META-INF/manifest.xml") {
        let mut manifest = String::new();
        let file = zip.by_name("META-INF/manifest.xml").map_err(bad)?;
        file.take(1024 * 1024).read_to_string(&mut manifest)?;
        if manifest.contains("encryption-data") {
            return Err(Stop::Why(Why::Password));
        }
    }
    let mut owners = Vec::new();
    for properties in ["docProps/core.xml", "meta.xml"] {
        if let Ok(file) = zip.by_name(properties) {
            owners.extend(people(BufReader::new(file.take(1024 * 1024))));
        }
    }
    say_names(out, names::of_people(owners.iter().map(String::as_str)))?;
    let file = zip.by_name(part).map_err(|e| match e {
        zip::result::ZipError::UnsupportedArchive(_) => Stop::Why(Why::Password),
        _ => Stop::Why(Why::NotWhatItSays),
    })?;
    let text = body(BufReader::new(file.take(unpacked_mb * 1024 * 1024)))
        .ok_or(Stop::Why(Why::NotWhatItSays))?;
    say(out, &Line::Text { text })
}

/// Who made and changed a document, by its properties.
fn people(input: impl BufRead) -> Vec<String> {
    let mut reader = Reader::from_reader(input);
    let mut buffer = Vec::new();
    let (mut names, mut within) = (Vec::new(), false);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(start)) => {
                let name = start.local_name();
                within =
                    matches!(name.as_ref(), b"creator" | b"lastModifiedBy" | b"initial-creator");
            }
            Ok(Event::Text(text)) if within => {
                names.extend(text.decode().ok().map(Into::into));
                within = false;
            }
            Ok(Event::End(_)) => within = false,
            Ok(Event::Eof) | Err(_) => return names,
            Ok(_) => {}
        }
    }
}

/// Elements whose content is not what the author says now.
fn left_out(name: &[u8]) -> bool {
    matches!(
        name,
        b"Fallback" | b"moveFrom" | b"tracked-changes" | b"annotation" | b"forms" | b"instrText"
    )
}

/// The words of `document.xml` or `content.xml`, a line a paragraph, headings behind a "#". None where it
/// is no such XML.
fn body(input: impl BufRead) -> Option<String> {
    let mut reader = Reader::from_reader(input);
    let mut buffer = Vec::new();
    let mut text = String::new();
    // Depth within elements that hold words (w:t, or text:p), and within those left out.
    let (mut words, mut skipped, mut body) = (0u32, 0u32, false);
    let mut tables = Tables::default();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(start) => {
                let name = start.local_name();
                let name = name.as_ref();
                if skipped > 0 || left_out(name) {
                    skipped += 1;
                    continue;
                }
                body = body || name == b"body";
                if holds_words(&start) {
                    words += 1;
                }
                match name {
                    b"tbl" | b"table" => tables.begin(text.len()),
                    b"h" => text.push_str("# "),
                    _ => {}
                }
            }
            Event::End(end) => {
                if skipped > 0 {
                    skipped -= 1;
                    continue;
                }
                let name = end.local_name();
                let word = matches!(end.name().as_ref(), b"w:t" | b"text:p" | b"text:h");
                if word {
                    words = words.saturating_sub(1);
                }
                if matches!(name.as_ref(), b"p" | b"h" | b"tr") && !text.ends_with("\n\n") {
                    text.push('\n');
                }
                match name.as_ref() {
                    b"tc" | b"table-cell" => tables.cell(text.len()),
                    b"tr" | b"table-row" => tables.row(),
                    b"tbl" | b"table" => tables.end(&mut text),
                    _ => {}
                }
            }
            Event::Empty(empty) if skipped == 0 => match empty.local_name().as_ref() {
                b"br" | b"cr" | b"line-break" => text.push('\n'),
                b"tab" | b"s" | b"ptab" => text.push(' '),
                b"noBreakHyphen" => text.push('-'),
                b"p" if !text.ends_with("\n\n") => text.push('\n'),
                b"pStyle" if is_heading(&empty) => text.push_str("# "),
                _ => {}
            },
            Event::Text(part) if words > 0 && skipped == 0 => text.push_str(&part.decode().ok()?),
            Event::CData(part) if words > 0 && skipped == 0 => text.push_str(&part.decode().ok()?),
            Event::GeneralRef(name) if words > 0 && skipped == 0 => {
                if let Ok(Some(ch)) = name.resolve_char_ref() {
                    text.push(ch);
                } else {
                    match name.decode().ok()?.as_ref() {
                        "amp" => text.push('&'),
                        "lt" => text.push('<'),
                        "gt" => text.push('>'),
                        "quot" => text.push('"'),
                        "apos" => text.push('\''),
                        _ => {}
                    }
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    body.then(|| text.trim().to_owned())
}

/// "Heading 1", "Title": the styles of Word that begin a part.
fn is_heading(style: &BytesStart<'_>) -> bool {
    let value = style.attributes().flatten().find(|a| a.key.local_name().as_ref() == b"val");
    value.is_some_and(|a| {
        let name = a.value.to_ascii_lowercase();
        name.starts_with(b"heading") || name == b"title"
    })
}

/// The table that is being read: where each cell ends in the text. A table of respondents, a row each,
/// is written as notes of each of them; one of questions and answers as questions and answers; any
/// other stays cell by cell.
#[derive(Default)]
struct Tables {
    depth: u32,
    start: usize,
    rows: Vec<Vec<usize>>,
    open: Vec<usize>,
}

/// Rows of respondents at least, without the header.
const RESPONDENTS: usize = 3;

impl Tables {
    fn begin(&mut self, at: usize) {
        self.depth += 1;
        if self.depth == 1 {
            (self.start, self.rows, self.open) = (at, Vec::new(), Vec::new());
        }
    }

    fn cell(&mut self, end: usize) {
        if self.depth == 1 {
            self.open.push(end);
        }
    }

    fn row(&mut self) {
        if self.depth == 1 {
            self.rows.push(std::mem::take(&mut self.open));
        }
    }

    fn end(&mut self, text: &mut String) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth > 0 {
            return;
        }
        let mut from = self.start;
        let mut cells: Vec<Vec<String>> = Vec::new();
        for row in &self.rows {
            let mut own = Vec::new();
            for end in row {
                own.push(text.get(from..*end).unwrap_or_default().trim().to_owned());
                from = *end;
            }
            cells.push(own);
        }
        if let Some(notes) = as_notes(&cells) {
            text.truncate(self.start);
            text.push_str(&notes);
        }
    }
}

/// A table as notes; None where it is neither of respondents nor of questions.
fn as_notes(rows: &[Vec<String>]) -> Option<String> {
    let width = rows.first()?.len();
    if rows.iter().any(|row| row.len() != width) || width < 2 {
        return None;
    }
    let words = |cell: &String| cell.split_whitespace().count();
    let asks = |row: &&Vec<String>| row[0].ends_with('?') && words(&row[0]) >= 3;
    let mut notes = String::new();
    if width == 2 && rows.len() > 1 && 2 * rows.iter().filter(asks).count() > rows.len() {
        for row in rows {
            let mark = if row[0].ends_with('?') { "# " } else { "" };
            notes.push_str(&format!("{mark}{}\n{}\n", row[0], row[1]));
        }
        return Some(notes);
    }
    let (header, people) = rows.split_first()?;
    let told = |at: usize| {
        let long = people.iter().filter(|row| words(&row[at]) >= 5).count();
        2 * long > people.len() && words(&header[at]) <= 20
    };
    let told: Vec<bool> = (0..width).map(told).collect();
    let complete = header.iter().all(|cell| !cell.is_empty() && words(cell) <= 20);
    if people.len() < RESPONDENTS || !complete || !told.contains(&true) {
        return None;
    }
    for (number, row) in (1..).zip(people) {
        notes.push_str(&format!("Respondent {number}\n"));
        for (at, cell) in row.iter().enumerate().filter(|(at, _)| !told[*at]) {
            notes.push_str(&format!("{}: {cell}\n", header[at].trim_end_matches(':')));
        }
        for (question, (at, cell)) in (1..).zip(row.iter().enumerate().filter(|(at, _)| told[*at]))
        {
            notes.push_str(&format!("Q{question}. {}\n{cell}\n", header[at]));
        }
    }
    Some(notes)
}

/// True for the elements that hold words of the body.
fn holds_words(start: &BytesStart<'_>) -> bool {
    matches!(start.name().as_ref(), b"w:t" | b"text:p" | b"text:h")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_document_gives_its_paragraphs_and_not_what_was_deleted() {
        let xml = br#"<?xml version="1.0"?><w:document xmlns:w="w"><w:body>
          <w:p><w:r><w:t>Dear </w:t></w:r><w:r><w:t xml:space="preserve">Sir &amp; Madam,</w:t></w:r></w:p>
          <w:p><w:r><w:t>One</w:t><w:br/><w:t>two</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>
          <w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
        </w:body></w:document>"#;
        assert_eq!(body(&xml[..]).unwrap(), "Dear Sir & Madam,\nOne\ntwo\na\nb");
    }

    #[test]
    fn an_opendocument_text_gives_its_paragraphs() {
        let xml = br"<office:document-content><office:body><office:text>
          <text:tracked-changes><text:p>old</text:p></text:tracked-changes>
          <text:h>Title</text:h><text:p>Mum<text:s/>was <text:span>late</text:span>.</text:p>
        </office:text></office:body></office:document-content>";
        assert_eq!(body(&xml[..]).unwrap(), "# Title\nMum was late.");
    }

    #[test]
    fn a_table_of_respondents_becomes_notes_of_each() {
        let row = |cells: [&str; 3]| {
            let cells = cells.map(|c| format!("<w:tc><w:p><w:r><w:t>{c}</w:t></w:r></w:p></w:tc>"));
            format!("<w:tr>{}</w:tr>", cells.concat())
        };
        let rows = [
            row(["Who", "What is good?", "What could be better?"]),
            row(["Daughter", "They are kind to my mum", "They are never on time"]),
            row(["Son", "The girls know him well", "Nobody rings when they are late"]),
            row(["Wife", "I can go to the shops", "A different face every day"]),
        ];
        let xml =
            format!("<w:document><w:body><w:tbl>{}</w:tbl></w:body></w:document>", rows.concat());
        let text = body(xml.as_bytes()).unwrap();
        assert!(
            text.starts_with("Respondent 1\nWho: Daughter\nQ1. What is good?\nThey are kind"),
            "{text}"
        );
        assert!(text.ends_with("Q2. What could be better?\nA different face every day"), "{text}");
        let cells = |text: &[[&str; 2]]| -> Vec<Vec<String>> {
            text.iter().map(|row| row.map(str::to_owned).to_vec()).collect()
        };
        let asked = cells(&[["What is good?", "They are kind."], ["What could be better?", ""]]);
        assert_eq!(
            as_notes(&asked).unwrap(),
            "# What is good?\nThey are kind.\n# What could be better?\n\n"
        );
        assert_eq!(as_notes(&cells(&[["Name", "Ann"], ["Age", "84"]])), None);
    }

    #[test]
    fn headings_are_marked() {
        let xml = br#"<w:document xmlns:w="w"><w:body><w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Interview 1</w:t></w:r></w:p></w:body></w:document>"#;
        assert_eq!(body(&xml[..]).unwrap(), "# Interview 1");
    }

    #[test]
    fn other_xml_is_no_document() {
        assert_eq!(body(&b"<html><p>x</p></html>"[..]), None);
        assert_eq!(body(&b"<w:document><w:body></w:p>"[..]), None);
    }
}
