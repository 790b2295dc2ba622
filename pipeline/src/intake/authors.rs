//! What the author of notes says under headings of their own ("Researcher's reflections",
//! "Background", "Notes to self"): nobody's answer, so it is set aside with the reason.
//!
//! Some headings can only be the author's. Others ("Background") may be a respondent's, and count
//! where the document is plainly notes of somebody else's words. In doubt words stay: a lost response is worse.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::{letter, notes, transcript};

#[allow(clippy::unwrap_used, reason = "a constant pattern, compiled by the tests")]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// Headings that nobody but the author writes.
static AUTHORS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(the )?(researcher|interviewer|author|observer|note[- ]?taker|facilitator|moderator|engagement (officer|lead|worker))('s|s'|s)? (own |field |personal )?(reflections?|comments?|notes?|observations?|thoughts?|impressions?|remarks?)( (on|from|about|after) .{1,30})?$|^notes? to (self|file)$|^reflections? (on|from|after) (the|this) (interview|visit|session|group|focus group)$|^field ?notes$",
    )
});
/// Headings that are the author's in notes.
static IN_NOTES: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(background( information| notes| to (the|this) .{1,20})?|context|methodology|methods?|approach|observations?( (on|during|from) the (visit|interview|day|session))?|reflections?|impressions?|setting|introduction|actions? (arising|points?|taken|agreed)|follow[- ]up( actions?)?|next steps|about (the|this) (interview|visit|session|focus group|project|research))$",
    )
});
/// How notes of somebody's words begin.
static NOTES: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^[#*_\s]*(interview(er|ee|ed by)?\b|(home care:? )?interview (summar|notes)|notes (of|from|by|taken)\b|note[- ]?taker\b|(home )?visit (to|date)\b|date of (interview|visit)\b|focus group\b|facilitator\b|researcher\b|case study\b)",
    )
});

/// Lines at the head of notes that say what they are.
const HEAD: usize = 12;
/// Words of a heading that nothing but its shape marks as one.
const HEADING: usize = 6;

/// The words without what the author says, and how many parts of it there are. `again`: the questions that the
/// document puts to several people.
pub(super) fn apart(text: &str, again: &BTreeSet<String>) -> (String, usize) {
    let lines: Vec<&str> = text.lines().collect();
    let headings: Vec<String> = lines.iter().copied().map(heading).collect();
    let sure = headings.iter().any(|words| AUTHORS.is_match(words));
    let mut head = lines.iter().filter(|line| !line.trim().is_empty()).take(HEAD);
    let in_notes = sure || head.any(|line| NOTES.is_match(line));
    let authors = |words: &str| AUTHORS.is_match(words) || in_notes && IN_NOTES.is_match(words);
    // "Interviewer's comments: a quiet visit" is a line by itself.
    let alone = |line: &str| {
        let (label, said) = line.split_once(':').unwrap_or_default();
        !said.trim().is_empty() && AUTHORS.is_match(&heading(label))
    };
    let whole = || (text.to_owned(), 0);
    if letter::greets(text) {
        return whole();
    }
    let (mut kept, mut parts, mut within) = (Vec::new(), 0, None);
    for (line, words) in lines.iter().zip(&headings) {
        if authors(words) {
            within = Some(is_marked(line));
            parts += 1;
        } else if alone(line) {
            within = None;
            parts += 1;
            continue;
        } else if within.is_some_and(|marked| ends(line, marked, again)) {
            within = None;
        }
        if within.is_none() {
            kept.push(*line);
        }
    }
    let form = |line: &str| is_marked(line) || notes::is_form(line) || NOTES.is_match(line);
    let said = kept.iter().any(|line| line.contains(char::is_alphabetic) && !form(line));
    // Where nothing is left, the author is who speaks.
    if parts > 0 && said { (kept.join("\n").trim().to_owned(), parts) } else { whole() }
}

/// The words of a heading in small letters; of any other line none.
fn heading(line: &str) -> String {
    let words = line.trim().trim_matches(['#', '*', '_', ' ', ':']);
    if words.split_whitespace().count() > 9 || words.contains(':') {
        return String::new();
    }
    words.to_lowercase().replace('’', "'")
}

/// Marked as a heading by a style, or bold.
fn is_marked(line: &str) -> bool {
    line.trim_start().starts_with(['#', '*']) && !line.trim_start().starts_with("* ")
}

/// Whether somebody's words begin again.
fn ends(line: &str, marked: bool, again: &BTreeSet<String>) -> bool {
    let line = line.trim();
    let shaped = line.split_whitespace().count() <= HEADING
        && line.starts_with(char::is_uppercase)
        && !line.ends_with(['.', '!', '?', ',', ';']);
    is_marked(line)
        || notes::begins(line, again)
        || transcript::is_turn(line) && !notes::is_form(line)
        || shaped && !marked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        apart(text, &BTreeSet::new()).0
    }

    #[test]
    fn what_the_author_says_is_told_from_what_was_said() {
        for (text, left) in [
            (
                "# Interview 1\n# Background\nShe lives alone.\n# What they told us\nThey rush.\n# Researcher’s reflections\n\
                 I felt that she was tired.\n# Interview 2\nThey are kind.",
                "# Interview 1\n# What they told us\nThey rush.\n# Interview 2\nThey are kind.",
            ),
            (
                "Interview with a daughter\nThey rush.\n\nObservations\nThe house was cold.\n\nTimes of calls\nLate.",
                "Interview with a daughter\nThey rush.\n\nTimes of calls\nLate.",
            ),
            (
                "They rush.\nInterviewer's comments:\nA dog barked.\nName: Quux\nKind.",
                "They rush.\nName: Quux\nKind.",
            ),
            (
                "They rush.\nInterviewer’s comments: a dog barked.\nThey are kind.",
                "They rush.\nThey are kind.",
            ),
            (
                "Focus group\nMethodology\nWe met for an hour in a hall.\nP1: They rush.\nP2: Kind.",
                "Focus group\nP1: They rush.\nP2: Kind.",
            ),
            ("They rush.\n# Notes to self\nRing the office.", "They rush."),
        ] {
            assert_eq!(said(text), left);
        }
    }

    #[test]
    fn in_doubt_words_stay() {
        for text in [
            // Somebody's own account of what was before.
            "Background\nMy mum had a stroke.\nTimes\nThey are late.",
            "Dear Sir,\nNotes to self\nThey rush.\nYours",
            // Nothing else is said.
            "Interview notes\nObservations\nShe says they rush.",
            "The interviewer's comments were kind.\nThey rush.",
            "They make observations, I make tea.\nContext is all.",
        ] {
            assert_eq!(said(text), text);
        }
    }
}
