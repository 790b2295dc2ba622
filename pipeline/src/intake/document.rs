//! The child's reader of letters: the body of a DOCX or ODT as paragraphs.
//!
//! Runs in the child process only (see `child`). Headers, footers, comments, fields and deleted
//! text are left out; what stands in tables and text boxes is kept.

use std::io::{BufRead, BufReader, Cursor, Read, Write};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::child::{Line, Stop, Why, is_encrypted_package, say, say_names, zip_names};
use super::{letter, names, notes, transcript};

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
    let mut bold = Bold::default();
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
                bold.begins(name, text.len());
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
                bold.ends(name.as_ref(), tables.depth > 0);
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
                b"b" => bold.set(&empty),
                _ => {}
            },
            Event::Text(part) if words > 0 && skipped == 0 => {
                let part = part.decode().ok()?;
                bold.count(&part);
                text.push_str(&part);
            }
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
    bold.mark(&mut text);
    body.then(|| text.trim().to_owned())
}

/// The paragraphs of Word that are bold throughout, as most people write headings and questions.
#[derive(Default)]
struct Bold {
    run: bool,
    of_paragraph: bool,
    start: usize,
    /// Letters of the paragraph, and the bold ones among them.
    letters: (usize, usize),
    paragraphs: usize,
    starts: Vec<usize>,
}

impl Bold {
    /// Words of a heading; a question may have more.
    const HEADING: usize = 8;

    fn begins(&mut self, name: &[u8], at: usize) {
        match name {
            b"p" => (self.start, self.letters) = (at, (0, 0)),
            b"pPr" => self.of_paragraph = true,
            b"r" => self.run = false,
            _ => {}
        }
    }

    fn set(&mut self, value: &BytesStart<'_>) {
        let off = value
            .attributes()
            .flatten()
            .any(|a| matches!(a.value.as_ref(), b"0" | b"false" | b"off"));
        // That of the mark at the end of a paragraph says nothing of its words.
        self.run = !off && !self.of_paragraph;
    }

    fn count(&mut self, part: &str) {
        let letters = part.chars().filter(|c| c.is_alphanumeric()).count();
        self.letters.0 += letters;
        self.letters.1 += if self.run { letters } else { 0 };
    }

    fn ends(&mut self, name: &[u8], in_table: bool) {
        if name == b"pPr" {
            self.of_paragraph = false;
        } else if name == b"p" && self.letters.0 > 0 {
            self.paragraphs += 1;
            if self.letters.0 == self.letters.1 && !in_table {
                self.starts.push(self.start);
            }
        }
    }

    /// Puts "# " before those that are headings or questions. In a letter this is what it is about; in
    /// a text that is mostly bold it says nothing.
    fn mark(&self, text: &mut String) {
        if 2 * self.starts.len() > self.paragraphs {
            return;
        }
        let greets = letter::greets(text);
        for start in self.starts.iter().rev() {
            let Some((above, below)) = text.split_at_checked(*start) else { continue };
            let line = below.lines().next().unwrap_or_default().trim();
            let words = line.split_whitespace().count();
            let asks = line.ends_with('?') && words >= 3;
            let heading = words <= Self::HEADING && !line.ends_with(['.', '!', ',', ';', '?']);
            let subject =
                above.lines().rfind(|line| !line.trim().is_empty()).is_some_and(letter::greets);
            let shaped = (asks || heading) && !line.contains(':') && !transcript::is_turn(line);
            if shaped && !line.starts_with('#') && (!greets || subject) {
                text.insert_str(*start, "# ");
            }
        }
    }
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
    let line = |row: &Vec<String>| format!("{}: {}", row[0].trim_end_matches([':', ' ']), row[1]);
    let form = |row: &&Vec<String>| !row[1].contains('\n') && notes::is_form(&line(row));
    let put = rows.iter().filter(|row| asks(row) || form(row)).count();
    if width == 2 && rows.len() > 1 && 2 * put > rows.len() {
        for row in rows {
            let mark = if row[0].ends_with('?') { "# " } else { "" };
            // A label and its value: a person may begin here.
            let one = if form(&row) { line(row) } else { format!("{mark}{}\n{}", row[0], row[1]) };
            notes.push_str(&one);
            notes.push('\n');
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
        let form = cells(&[["Name:", "Ann"], ["Age", "84"], ["Likes", "Her girls"]]);
        assert_eq!(as_notes(&form).unwrap(), "Name: Ann\nAge: 84\nLikes\nHer girls\n");
        assert_eq!(as_notes(&cells(&[["Mornings", "Late"], ["Evenings", "Fine"]])), None);
    }

    #[test]
    fn bold_lines_are_headings_and_questions() {
        let paragraph = |bold: bool, words: &str| {
            let run =
                if bold { "<w:rPr><w:b/></w:rPr>" } else { "<w:rPr><w:b w:val=\"0\"/></w:rPr>" };
            format!(
                "<w:p><w:pPr><w:rPr><w:b/></w:rPr></w:pPr><w:r>{run}<w:t>{words}</w:t></w:r></w:p>"
            )
        };
        let read = |paragraphs: &[(bool, &str)]| {
            let all: String =
                paragraphs.iter().map(|(bold, words)| paragraph(*bold, words)).collect();
            body(format!("<w:document><w:body>{all}</w:body></w:document>").as_bytes()).unwrap()
        };
        let notes = [
            (true, "What is good?"),
            (false, "The girls."),
            (true, "Times of calls"),
            (false, "They are late."),
            (true, "They never stay."),
            (false, "Never."),
        ];
        let text = "# What is good?\nThe girls.\n# Times of calls\nThey are late.\nThey never stay.\nNever.";
        assert_eq!(read(&notes), text);
        let letter = [
            (true, "Anytown Forum"),
            (false, "Dear Sir"),
            (true, "Care of my mother"),
            (false, "They are late."),
            (false, "Yours"),
        ];
        let text = "Anytown Forum\nDear Sir\n# Care of my mother\nThey are late.\nYours";
        assert_eq!(read(&letter), text);
        // Where most is bold, it says nothing.
        assert_eq!(
            read(&[(true, "Times"), (true, "Late"), (false, "Always")]),
            "Times\nLate\nAlways"
        );
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
