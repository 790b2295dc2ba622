//! The address block of a letter: the lines around a street, a numbered address or a postcode that
//! name a house or a village. Out of such a block the same words stay: "Longmoor has no bus" is a
//! place of many, "Longmoor" under a street is where somebody lives. Towns of the list stay here too.

use std::ops::Range;

use super::addresses::{STREET, is_town};
use super::found::{Found, pattern};
use super::lexicon::{BUILDING, FUNCTION, GIVEN, KEEP, PLACE, ROLE, SURNAME, TIME, TITLE, WORD};
use super::lexicon::{fold, lexicon};
use super::placeholders::Placeholder;
use super::redacted::RedactionKind::{self, Address, Postcode};

pattern!(
    STREET_NAME,
    &format!(
        r"^(?:(?:The|St\.?|Upper|Lower|Great|Little|Old|New|Back)\s)?(?:\p{{Lu}}[\p{{L}}'’.-]+\s){{1,3}}(?:{STREET}|End|Edge|Bottoms?|Nook|Clough)$"
    )
);
pattern!(GREETING, r"(?i)^(?:dear|hello|hi|to\s+(?:whom|the)|for the attention|right then|good)\b");
pattern!(CLOSING, r"(?i)^(?:yours|(?:kind |best |warm )?(?:regards|wishes)|many thanks|signed)\b");

/// Characters of a line of an address.
const LONGEST_LINE: usize = 70;
/// Lines of a block that may lie between its street and its postcode.
const FURTHEST: usize = 4;
/// Words before a number, which say nothing without it.
const NUMBERED: [&str; 6] = ["Unit", "Flat", "Bungalow", "Room", "Floor", "Apartment"];
/// Streets that an office has as well, which alone say nothing.
const OFFICES: [&str; 5] = ["House", "Park", "Place", "Buildings", "Way"];

/// Finds houses and villages in the address blocks of a text.
pub(super) fn find(text: &str, held: &[Placeholder], found: &mut Vec<Found>) {
    if !text.contains('\n') {
        return;
    }
    let lines = lines(text);
    let greeting = lines.iter().position(|l| GREETING.is_match(&text[l.clone()]));
    let closing = lines.iter().rposition(|l| CLOSING.is_match(&text[l.clone()]));
    let holds = |line: &Range<usize>, kinds: &[RedactionKind]| {
        let at = |r: &Range<usize>| r.start < line.end && line.start < r.end;
        found.iter().any(|f| kinds.contains(&f.kind) && at(&f.range))
            || held.iter().any(|h| kinds.contains(&h.kind) && at(&h.range))
    };
    let mut more: Vec<Found> = Vec::new();
    for (from, to) in blocks(&lines) {
        let block = &lines[from..to];
        let coded = block.iter().any(|l| holds(l, &[Postcode]));
        let around_letter = greeting.is_some_and(|g| from <= g) || closing.is_some_and(|c| to > c);
        let street = |l: &Range<usize>| {
            holds(l, &[Address]) || (coded || around_letter) && has_street(&text[l.clone()])
        };
        for (i, line) in block.iter().enumerate() {
            let (named, code) = (street(line), holds(line, &[Postcode]));
            let above = (i.saturating_sub(FURTHEST)..i).any(|j| street(&block[j]));
            let below =
                (i + 1..block.len().min(i + FURTHEST)).any(|j| holds(&block[j], &[Postcode]));
            let house = block.get(i + 1).is_some_and(street) && is_house(&text[line.clone()]);
            let letter =
                greeting.is_none_or(|g| from + i < g) || closing.is_some_and(|c| from + i > c);
            if letter && (named || code || above || below || house) {
                more.extend(places(text, line, named || house, held));
            }
        }
    }
    found.extend(more);
}

/// The lines of a text without the space around them.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    text.split('\n')
        .map(|line| {
            let start = at + line.len() - line.trim_start().len();
            let end = start + line.trim().len();
            at += line.len() + 1;
            start.min(end)..end
        })
        .collect()
}

/// Runs of short lines without an empty one.
fn blocks(lines: &[Range<usize>]) -> Vec<(usize, usize)> {
    let short = |l: &Range<usize>| !l.is_empty() && l.len() <= LONGEST_LINE;
    let mut blocks = Vec::new();
    let mut i = 0;
    while i < lines.len() {
        let to = i + lines[i..].iter().take_while(|l| short(l)).count();
        if to > i {
            blocks.push((i, to));
        }
        i = to.max(i + 1);
    }
    blocks
}

/// The parts of a line between its commas.
fn segments(line: &str) -> impl Iterator<Item = &str> {
    line.split([',', ';', '\t']).map(|s| s.trim().trim_end_matches('.')).filter(|s| !s.is_empty())
}

fn has_street(line: &str) -> bool {
    segments(line).any(|s| {
        STREET_NAME.is_match(s) && !OFFICES.iter().any(|office| s.ends_with(office)) && !is_kept(s)
    })
}

fn is_house(line: &str) -> bool {
    line.starts_with("The ") && segments(line).all(written_as_name)
}

/// Whether a list holds the words as a town or county, or as something that is no place at all.
fn is_kept(words: &str) -> bool {
    is_town(words)
        || words.split_whitespace().any(|w| {
            let marks = lexicon().marks(&fold(w));
            marks & (TITLE | ROLE | TIME) != 0 || marks & KEEP != 0 && marks & SURNAME == 0
        })
}

fn written_as_name(words: &str) -> bool {
    const SMALL: [&str; 10] = ["of", "the", "on", "upon", "in", "le", "by", "near", "nr", "next"];
    let mut count = 0;
    words.split_whitespace().all(|w| {
        count += 1;
        count <= 4
            && (SMALL.contains(&w)
                || w.starts_with(char::is_uppercase)
                    && w.chars().count() > 1
                    && w.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.')))
    }) && words.contains(char::is_uppercase)
}

/// The houses, streets and villages of one line, those side by side in one span.
fn places(text: &str, line: &Range<usize>, with_street: bool, held: &[Placeholder]) -> Vec<Found> {
    let mut open = line.start;
    let mut spans: Vec<Found> = Vec::new();
    let mut close = |from: usize, to: usize| {
        let words = text[from..to].trim().trim_end_matches('.');
        let start = from + text[from..to].len() - text[from..to].trim_start().len();
        let after_name = held.iter().any(|h| {
            h.kind == RedactionKind::Person
                && text.get(h.range.end..start).is_some_and(|g| g.trim().is_empty())
        });
        if !after_name && is_place(words, with_street) {
            match spans.last_mut() {
                Some(last) if text[last.range.end..start].trim() == "," => {
                    last.range.end = start + words.len();
                }
                _ => spans.push(Found::new(start..start + words.len(), Address)),
            }
        }
    };
    // A postcode may follow its village with no comma; placeholders are nobody's village.
    let code = |at: usize| {
        text[at..line.end].starts_with(|c: char| c.is_ascii_digit())
            || held.iter().any(|h| h.range.start == at)
    };
    let mut at = line.start;
    while at < line.end {
        let rest = &text[at..line.end];
        let word = rest.find([' ', ',', ';', '\t']).unwrap_or(rest.len());
        let coded = code(at) || rest[..word].contains(|c: char| c.is_ascii_digit());
        if coded {
            close(open, at);
            let inside = held.iter().find(|h| h.range.start == at).map(|h| h.range.end);
            at = inside.unwrap_or(at + word);
            open = at;
        } else if rest[word..].starts_with([',', ';', '\t']) {
            close(open, at + word);
            open = at + word + 1;
            at = open;
        } else {
            at += word.max(1);
        }
    }
    if open < line.end {
        close(open, line.end);
    }
    spans
}

/// Whether words of an address block name a house, a street or a village.
fn is_place(words: &str, with_street: bool) -> bool {
    if !written_as_name(words) || NUMBERED.contains(&words) {
        return false;
    }
    // "The Old Forge" is a house wherever it stands in an address.
    let old = words.starts_with("The Old ") || words.starts_with("The New ");
    if old || with_street && words.starts_with("The ") && words.contains(' ') {
        return true;
    }
    if is_kept(words) {
        return false;
    }
    if STREET_NAME.is_match(words) {
        return true;
    }
    let marks: Vec<u32> =
        words.split_whitespace().map(|w| lexicon().marks(&fold(w.trim_end_matches('.')))).collect();
    // A person of the same block is found as one.
    let person = marks.iter().any(|m| m & GIVEN != 0 && m & (WORD | PLACE) == 0);
    let strange = marks.iter().any(|m| *m == 0 || m & SURNAME != 0 || m & (PLACE | WORD) == PLACE);
    let plain = with_street && marks.iter().all(|m| m & (FUNCTION | BUILDING) == 0);
    !person && (strange || plain && marks.len() <= 2)
}
