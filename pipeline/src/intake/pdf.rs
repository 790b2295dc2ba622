//! The child's reader of PDF files: the text layer, page by page.
//!
//! Runs in the child process only (see `child`). A page whose text cannot be taken out is given
//! without words, so that the parent sets it aside; the other pages are not lost with it.

use std::collections::BTreeMap;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use pdf_extract::{Document, PlainTextOutput, output_doc_page};
use regex::Regex;

use super::child::{Line, Stop, Why, say, say_names};
use super::{letter, names};

/// Says every page of a document.
pub(super) fn parse(bytes: &[u8], out: &mut dyn Write) -> Result<(), Stop> {
    let mut document = Document::load_mem(bytes).map_err(|_| Stop::Why(Why::NotWhatItSays))?;
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(Stop::Why(Why::Password));
    }
    say_names(out, names::of_people(author(&document).as_deref()))?;
    let numbers: Vec<u32> = document.get_pages().keys().copied().collect();
    if numbers.is_empty() {
        return Err(Stop::Why(Why::NotWhatItSays));
    }
    let mut pages: Vec<String> = Vec::new();
    for number in &numbers {
        let text = catch_unwind(AssertUnwindSafe(|| {
            let mut text = String::new();
            let mut plain = PlainTextOutput::new(&mut text);
            output_doc_page(&document, &mut plain, *number).ok();
            text
        }));
        pages.push(text.unwrap_or_default());
    }
    for (number, text) in numbers.iter().zip(tidy(&pages)) {
        say(out, &Line::Page { number: *number, text })?;
    }
    Ok(())
}

/// Who wrote the document, by its properties.
fn author(document: &Document) -> Option<String> {
    let info = document.trailer.get(b"Info").ok()?.as_reference().ok()?;
    let author = document.get_object(info).ok()?.as_dict().ok()?.get(b"Author").ok()?;
    let bytes = author.as_str().ok()?;
    Some(match bytes.strip_prefix(&[0xFE, 0xFF]) {
        Some(wide) => encoding_rs::UTF_16BE.decode_without_bom_handling(wide).0.into_owned(),
        None => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    })
}

/// Pages as running text: ligatures and hyphenation undone, lines joined to paragraphs, what is
/// repeated at the top or bottom of most pages left out. A page with hardly a letter becomes "".
fn tidy(pages: &[String]) -> Vec<String> {
    let lines: Vec<Vec<String>> = pages.iter().map(|page| clean_lines(page)).collect();
    let repeated = repeated_edges(&lines);
    lines
        .iter()
        .enumerate()
        .map(|(number, page)| {
            let again = if number > 0 { repeated_head(&lines[0], page) } else { 0 };
            let page = &page[again..];
            let last = page.iter().rposition(|l| !l.is_empty()).unwrap_or(0);
            let first = page.iter().position(|l| !l.is_empty()).unwrap_or(0);
            let kept = page.iter().enumerate().filter(|(i, line)| {
                !((*i == first || *i == last) && repeated.contains_key(&mask(line)))
            });
            let text = paragraphs(&kept.map(|(_, l)| l.as_str()).collect::<Vec<_>>());
            if text.chars().filter(|c| c.is_alphabetic()).count() < 3 {
                String::new()
            } else {
                text
            }
        })
        .collect()
}

/// The lines of a page, with ligatures and odd spaces replaced.
fn clean_lines(page: &str) -> Vec<String> {
    let mut text = String::with_capacity(page.len());
    for ch in page.chars() {
        match ch {
            'ﬀ' => text.push_str("ff"),
            'ﬁ' => text.push_str("fi"),
            'ﬂ' => text.push_str("fl"),
            'ﬃ' => text.push_str("ffi"),
            'ﬄ' => text.push_str("ffl"),
            'ﬅ' | 'ﬆ' => text.push_str("st"),
            '\u{A0}' | '\t' => text.push(' '),
            '\u{AD}' | '\0' | '\u{FEFF}' => {}
            '\r' | '\u{0C}' => text.push('\n'),
            _ => text.push(ch),
        }
    }
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// A line by which pages are compared: the number of the page is the same on each, other numbers
/// ("Interview 2", "I am 82") are words.
fn mask(line: &str) -> String {
    PAGE_NUMBER.replace_all(line, "${1}#").into_owned()
}

#[allow(clippy::unwrap_used, reason = "a constant pattern, compiled by the tests")]
static PAGE_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(\b(?:page|pg\.?|p\.)\s*)\d+(?:\s*(?:of|/)\s*\d+)?|^\W*\d+(?:\s*(?:of|/)\s*\d+)?\W*$",
    )
    .unwrap()
});

/// Lines that stand first or last on at least three pages and on more than half of them.
fn repeated_edges(pages: &[Vec<String>]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for page in pages {
        let mut filled = page.iter().filter(|l| !l.is_empty());
        let first = filled.next();
        let last = filled.next_back();
        for line in [first, last].into_iter().flatten() {
            *counts.entry(mask(line)).or_insert(0) += 1;
        }
    }
    counts.retain(|line, count| {
        *count >= 3 && *count * 2 > pages.len()
            || (line.to_lowercase().starts_with("page #") && line.len() < 16 || line == "#")
    });
    counts
}

/// Lines of the letterhead at most.
const LETTERHEAD: usize = 6;

/// How many lines at the head of a page say again what stands at the head of the first: a letterhead.
/// A letter that begins as another does (a salutation, or the whole page) repeats nothing.
fn repeated_head(first: &[String], page: &[String]) -> usize {
    let filled = |lines: &[String]| -> Vec<String> {
        lines.iter().filter(|line| !line.is_empty()).cloned().collect()
    };
    let (one, other) = (filled(first), filled(page));
    let same = one.iter().zip(&other).take_while(|(a, b)| mask(a) == mask(b)).count();
    let greets = other[..same].iter().any(|line| line.to_lowercase().starts_with("dear "));
    if same > LETTERHEAD || same == other.len() || greets {
        return 0;
    }
    let line = other.get(same.wrapping_sub(1));
    line.and_then(|line| page.iter().position(|own| own == line)).map_or(0, |at| at + 1)
}

fn is_subject(line: &str) -> bool {
    ["re:", "ref:", "subject:"]
        .iter()
        .any(|word| line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
}

/// Lines joined where the line before is full; a short line or a blank one ends a paragraph.
fn paragraphs(lines: &[&str]) -> String {
    let widest = lines.iter().map(|l| l.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    let mut full = false;
    for line in lines {
        if line.is_empty() {
            // pdf-extract puts a blank line between lines that stand far apart, also within one
            // sentence: a line that runs on in lower case belongs to it.
            continue;
        }
        let runs_on = line.starts_with(|c: char| c.is_lowercase());
        if text.ends_with('-')
            && runs_on
            && text.chars().rev().nth(1).is_some_and(char::is_alphabetic)
        {
            text.pop();
        } else if !text.is_empty() {
            let joins = (full || runs_on) && !letter::is_sign_off(line);
            text.push(if joins { ' ' } else { '\n' });
        }
        text.push_str(line);
        // What a letter is about is a line of its own.
        full = line.chars().count() * 10 >= widest * 7 && widest > 30 && !is_subject(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_paragraphs_and_words_are_joined() {
        let page = "12 March 2024\n\nThe care workers who visit my mother are kind but they\nare always \
                    rushed and the ofﬁce never an-\nswers.\n\nYours sincerely\n";
        assert_eq!(
            tidy(&[page.to_owned()])[0],
            "12 March 2024\nThe care workers who visit my mother are kind but they are always rushed and \
             the office never answers.\nYours sincerely"
        );
    }

    #[test]
    fn the_subject_of_a_letter_is_a_line_of_its_own() {
        let page = "Dear Sir\n\nRe: Care at home of my father, Anytown, since 2024\n\nMy father has had care at home \
                    since May and\nthey are late.\n";
        assert_eq!(
            tidy(&[page.to_owned()])[0],
            "Dear Sir\nRe: Care at home of my father, Anytown, since 2024\nMy father has had care at home \
             since May and they are late."
        );
    }

    #[test]
    fn page_numbers_go_and_a_page_without_letters_is_empty() {
        let pages = [
            "Anytown Forum\nOne.\nPage 1 of 3",
            "Anytown Forum\nTwo.\nPage 2 of 3",
            "Anytown Forum\nThree.\nPage 3 of 3",
            " \n 4\n",
        ];
        assert_eq!(tidy(&pages.map(str::to_owned)), ["One.", "Two.", "Three.", ""]);
    }

    #[test]
    fn a_first_line_that_counts_is_no_page_number() {
        let pages = [
            "Interview 1\nThey are late.",
            "Interview 2\nThey rush.",
            "Interview 3\nThey are kind.",
        ];
        let tidied = tidy(&pages.map(str::to_owned));
        assert_eq!(tidied, pages);
        let ages =
            ["I am 82 and alone.\nOne.", "I am 79 and alone.\nTwo.", "I am 91 and alone.\nThree."];
        assert_eq!(tidy(&ages.map(str::to_owned)), ages);
    }

    #[test]
    fn a_letterhead_on_the_second_page_goes_and_a_letter_like_another_stays() {
        let pages = [
            "Anytown Forum\n1 High Street\nDear Sir,\nOne.",
            "Anytown Forum\n1 High Street\nand two.",
        ];
        assert_eq!(tidy(&pages.map(str::to_owned))[1], "and two.");
        let campaign = [
            "To the council\nDear Sir,\nI object.\nAnn",
            "To the council\nDear Sir,\nI object.\nBob",
        ];
        assert_eq!(tidy(&campaign.map(str::to_owned)), campaign);
    }
}
