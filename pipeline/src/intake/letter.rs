//! A document as one response: how it arrived, and the day it bears.
//!
//! The text is kept whole: addresses and names are the de-identifier's business, and cutting a
//! letterhead wrongly would lose someone's words.

use std::path::Path;

use super::dates::{self, Order};
use super::{column, roles, rows, speaker, wording};
use crate::response::{Channel, RespondentType};

/// How a document arrived: as a transcript where people take turns, as a letter where it is written
/// like one or is called one, otherwise as a testimony.
pub(super) fn channel(text: &str, path: &Path) -> Channel {
    if takes_turns(text) {
        return Channel::Transcript;
    }
    let lines: Vec<String> =
        text.lines().map(|l| l.trim().to_lowercase()).filter(|l| !l.is_empty()).collect();
    let greets = lines.iter().take(30).any(|l| {
        (l.starts_with("dear ") || l.starts_with("to whom it may concern")) && l.len() < 80
    });
    let signs = lines.iter().rev().take(12).any(|l| {
        [
            "yours sincerely",
            "yours faithfully",
            "yours truly",
            "kind regards",
            "best wishes",
            "yours,",
        ]
        .iter()
        .any(|s| l.starts_with(s) && l.len() < 60)
    });
    let named = path.iter().rev().take(2).any(|part| {
        let part = part.to_string_lossy().to_lowercase();
        part.contains("letter") || part.contains("reply") || part.contains("replies")
    });
    if greets || signs || named { Channel::Letter } else { Channel::Testimony }
}

/// True where a page begins like a letter: a salutation, with nothing but short lines above it.
pub(super) fn greets(page: &str) -> bool {
    let lines = page.lines().map(str::trim).filter(|l| !l.is_empty()).take(20);
    for line in lines {
        let lower = line.to_lowercase();
        let salutes = lower.starts_with("dear ") || lower.starts_with("to whom it may concern");
        if salutes && line.len() < 80 {
            return true;
        }
        if line.split_whitespace().count() > 12 {
            return false;
        }
    }
    false
}

/// Lines that close a letter.
const SIGN_OFFS: [&str; 12] = [
    "yours sincerely",
    "yours faithfully",
    "yours truly",
    "yours,",
    "yours respectfully",
    "kind regards",
    "best regards",
    "warm regards",
    "regards",
    "best wishes",
    "many thanks",
    "with thanks",
];

/// True for the line that closes a letter.
pub(super) fn is_sign_off(line: &str) -> bool {
    let lower = line.to_lowercase();
    line.len() < 60 && (lower == "yours" || SIGN_OFFS.iter().any(|s| lower.starts_with(s)))
}

/// The lines behind the sign-off of a letter, if it has one near its end.
fn signature(text: &str) -> Option<Vec<&str>> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let tail = lines.len().saturating_sub(10);
    let at = lines[tail..].iter().rposition(|line| is_sign_off(line))? + tail;
    let after = lines[at + 1..].to_vec();
    after.iter().all(|line| line.split_whitespace().count() <= 12).then_some(after)
}

/// True where a page ends like a letter.
pub(super) fn ends(page: &str) -> bool {
    signature(page).is_some()
}

/// True for what is added below a sign-off.
pub(super) fn is_postscript(page: &str) -> bool {
    let start = page.trim_start().to_lowercase();
    let ps = start.strip_prefix("ps").is_some_and(|rest| !rest.starts_with(char::is_alphabetic));
    ps || start.starts_with("p.s") || start.starts_with("enc")
}

/// Who speaks, by the lines below the sign-off ("Clerk to Anytown Parish Council", "(daughter)") or
/// by a line that says so ("Relationship: daughter").
pub(super) fn who(text: &str) -> Option<(RespondentType, f32)> {
    let asks = ["role", "relationship", "respondent type", "i am", "capacity", "completed by"];
    let form = form(text, 25);
    let stated = form.iter().filter(|stated| {
        asks.contains(&stated.label.as_str()) || stated.label.starts_with("relationship to")
    });
    let stated = stated.map(|stated| stated.value);
    let below = signature(text).unwrap_or_default();
    // The first line below is the name.
    let below = below.into_iter().skip(1).take(4).filter(|line| {
        let lower = line.to_lowercase();
        !lower.starts_with("cc") && !lower.starts_with("enc") && line.len() < 90
    });
    stated.chain(below).find_map(|line| speaker::read(line).filter(|(_, sure)| *sure >= 0.8))
}

/// A line of a form: its label in small letters, and what stands behind it or, as in a table of two
/// columns, below it.
struct Stated<'a> {
    label: String,
    value: &'a str,
    /// The label is written as one: before a colon, or as a question.
    marked: bool,
}

/// What the first `lines` lines of a text state as a form does.
fn form(text: &str, lines: usize) -> Vec<Stated<'_>> {
    /// Longer lines are no label.
    const LABEL: usize = 14;
    let all = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<&str> = all.take(lines).collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let (label, value) = line.split_once(':').unwrap_or((line, ""));
        let below = lines.get(at + 1).copied().unwrap_or_default();
        let value = if value.trim().is_empty() { below } else { value.trim() };
        if label.split_whitespace().count() <= LABEL {
            found.push(Stated {
                label: roles::plain(label.trim_matches(['#', '*', '_', ' '])),
                value,
                marked: line.contains(':') || line.ends_with('?'),
            });
        }
    }
    found
}

/// True where a form in a text says that it may not be quoted: a no to the question, or no answer.
pub(super) fn forbids_quoting(text: &str) -> bool {
    /// Lines that are looked at.
    const LOOKED_AT: usize = 2_000;
    form(text, LOOKED_AT).iter().any(|Stated { label, value, marked }| {
        let short = value.split_whitespace().count() <= 8;
        let answered = short && column::yes(value).is_some();
        // "I am happy to be quoted" above a sign-off asks nothing.
        let asks = wording::consent(label) && (*marked || answered);
        asks && !(short && rows::allows(value, false))
            || wording::hidden(label) && answered && !rows::allows(value, true)
    })
}

/// True where at least two speakers take turns, each at least twice.
fn takes_turns(text: &str) -> bool {
    let mut speakers: Vec<(&str, usize)> = Vec::new();
    for line in text.lines() {
        let Some((speaker, said)) = line.trim().split_once(':') else { continue };
        let short = speaker.split_whitespace().count() <= 3 && speaker.len() <= 30;
        if !short || said.trim().is_empty() || !speaker.starts_with(|c: char| c.is_uppercase()) {
            continue;
        }
        match speakers.iter_mut().find(|s| s.0 == speaker) {
            Some(known) => known.1 += 1,
            None => speakers.push((speaker, 1)),
        }
    }
    speakers.iter().filter(|s| s.1 >= 2).count() >= 2
}

/// The day that a document bears: the first date in the short lines of its beginning.
pub(super) fn day(text: &str) -> Option<i32> {
    let short =
        text.lines().map(str::trim).filter(|l| !l.is_empty()).take(25).filter(|l| l.len() <= 70);
    for line in short {
        let lower = line.to_lowercase();
        if ["birth", "born", "dob", "d.o.b"].iter().any(|w| lower.contains(w)) {
            continue;
        }
        // Within a line of prose a date is when something happened, not when it was written.
        let heading = line.split_whitespace().count() <= 8;
        let starts = line.char_indices().filter(|(i, c)| {
            c.is_alphanumeric()
                && line[..*i].chars().next_back().is_none_or(|p| !p.is_alphanumeric())
        });
        if let Some(day) = starts
            .take(if heading { 8 } else { 0 })
            .find_map(|(i, _)| dates::parse(&line[i..], Order::DayFirst))
        {
            // Heard reads what people say now; an older day is someone's history.
            if day > 10_957 {
                return Some(day);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_known_by_its_greeting() {
        let text = "1 High Street\nAnytown\n\n5 March 2024\n\nDear Sir or Madam,\nMum's carers are kind.\nYours faithfully";
        assert_eq!(channel(text, Path::new("1.docx")), Channel::Letter);
        assert_eq!(day(text), dates::parse("2024-03-05", Order::DayFirst));
        assert_eq!(channel("My carers are kind.", Path::new("1.txt")), Channel::Testimony);
        assert_eq!(channel("My carers are kind.", Path::new("letters/1.txt")), Channel::Letter);
    }

    #[test]
    fn the_lines_below_a_sign_off_say_who_speaks() {
        let who = |text: &str| who(text).map(|w| w.0);
        let letter = "Dear Sir,\nWe object.\nYours faithfully,\n\nZebedee Quux\nClerk to Anytown Parish Council";
        assert_eq!(who(letter), Some(RespondentType::Organisation));
        assert_eq!(
            who("Dear all,\nThey rush.\nYours\nErmintrude\n(daughter)"),
            Some(RespondentType::Family)
        );
        assert_eq!(who("Relationship to person: wife\nThey rush."), Some(RespondentType::Family));
        assert_eq!(
            who("Relationship to person\nDaughter\n\nThey rush."),
            Some(RespondentType::Family)
        );
        assert_eq!(who("Dear Sir,\nThey rush.\nYours sincerely\nA carer"), None);
        assert_eq!(who("Anytown Council\n\nDear Sir,\nThey rush.\nYours\nZebedee"), None);
    }

    #[test]
    fn a_form_may_forbid_quoting() {
        for text in [
            "Consent to use quotes: No\nThey rush.",
            "Consent to use quotes\nNo\nThey rush.",
            "They rush.\nMay we quote you?\nNo thank you",
            "Happy to be quoted:\nName: Ermintrude",
            "Confidential: yes\nThey rush.",
        ] {
            assert!(forbids_quoting(text), "{text}");
        }
        for text in [
            "Consent to use quotes: Yes\nThey rush.",
            "Are you happy for us to quote you?\nYes, but not my name",
            "I am happy for you to use my comments in your report\nYours faithfully",
            "They rush.\nConfidential\nI never agreed to that.",
        ] {
            assert!(!forbids_quoting(text), "{text}");
        }
    }

    #[test]
    fn turns_make_a_transcript_and_headings_do_not() {
        let talk =
            "Interviewer: How is it?\nMrs A: Fine.\nInterviewer: And the times?\nMrs A: Late.";
        assert_eq!(channel(talk, Path::new("1.txt")), Channel::Transcript);
        let form = "Name: Ann\nDate: 5 March 2024\nCarers: kind\nTimes: late";
        assert_eq!(channel(form, Path::new("1.txt")), Channel::Testimony);
        assert!(day(form).is_some());
    }

    #[test]
    fn a_day_of_birth_is_not_the_day_of_the_letter() {
        assert_eq!(day("Date of birth: 5 March 1940\nDear all"), None);
    }
}
