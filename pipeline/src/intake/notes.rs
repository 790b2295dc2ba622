//! One document that holds several people, or answers to several questions, as its parts: only where
//! the document itself marks them ("Interview 3", "Name: ...", "Q2. What would help?").
//!
//! A mark counts when it comes at least twice, in order, with words behind it. In doubt a document
//! is one response, because a person cut in two is worse than two that are read as one.

use std::sync::LazyLock;

use regex::Regex;

use super::dates::{self, Order};
use super::{names, speaker, wording};
use crate::response::RespondentType;

/// What one person says in answer to one question.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Part {
    /// Which person of the document, from 1.
    pub(super) person: u32,
    /// The question, where the document has it above the words.
    pub(super) question: Option<String>,
    /// The words.
    pub(super) text: String,
    /// The day that stands with the person.
    pub(super) day: Option<i32>,
    /// Who speaks, where it stands with the person.
    pub(super) who: Option<(RespondentType, f32)>,
    /// Names that stand with the person.
    pub(super) names: Vec<String>,
}

#[allow(clippy::unwrap_used, reason = "a constant pattern, compiled by the tests")]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// "Interview 3", "Participant B: 84, lives alone", "Letter 2 of 9".
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[#*_\s]*(?i:interview(?:ee)?|participant|respondent|person|testimony|case(?: study)?|story|response|reply|submission|letter|resident|client|service user|family|household|speaker|comment card|card)\s*(?i:no\.?|number|#)?\s*(\d{1,3}|[A-Z])(?:\s+(?i:of)\s+\d{1,3})?\s*(?:[*_:.,;()–—-].{0,90})?$",
    )
});
/// "Name: ..." at the head of each person's notes.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[#*_\s]*(?i:name|full name|participant|interviewee|respondent|resident|client|person)[*_]*\s*:[*_]*\s*(\S.{0,60})$",
    )
});
/// "Age: 84", "Date: 5 March 2024", "Relationship: daughter" below it.
static FORM: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[#*_\s]*(?i:name|age|gender|sex|date|date of interview|interview date|interviewed on|interviewer|interviewed by|area|ward|town|location|place|address|postcode|provider|agency|role|relationship|relationship to person|capacity|respondent type|who|ethnicity|contact|phone|telephone|email|ref|reference|case ref|present|setting|method)[*_]*\s*:[*_]*\s*(.{0,80})$",
    )
});
/// "Q1. What is good?", "3) What would help?", "## What would you change?", "Question 2: Times".
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[*_\s]*(?:(#{1,4}\s+)|(?i:(q)(?:uestion)?\s*\.?\s*\d{1,2})\s*[.:)–—-]*\s+|(\d{1,2})\s*[.)]\s+)[*_]*(\S.{2,200}?)[*_]*$",
    )
});

/// The parts of a document; one where nothing is marked.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let mut out = Vec::new();
    for (i, person) in people(text).into_iter().enumerate() {
        let mut asked = questions(&person.text);
        for (question, text) in asked.drain(..) {
            out.push(Part { person: i as u32 + 1, question, text, ..person.clone() });
        }
    }
    out
}

/// Each person's words, with what stands at their head.
fn people(text: &str) -> Vec<Part> {
    let lines: Vec<&str> = text.lines().collect();
    let numbered = marks(&lines, &NUMBERED, true);
    let marks = if numbered.len() >= 2 { numbered } else { marks(&lines, &NAMED, false) };
    let whole = || vec![Part { person: 1, text: text.to_owned(), ..Part::default() }];
    if marks.len() < 2 {
        return whole();
    }
    let mut people = Vec::new();
    // What stands before the first mark belongs to no one: a title is form, more is someone's words.
    let before = lines[..marks[0]].join("\n");
    if lines[..marks[0]].iter().any(|line| line.split_whitespace().count() > 12) {
        people.push(Part { text: before.trim().to_owned(), ..Part::default() });
    }
    for (n, start) in marks.iter().enumerate() {
        let end = marks.get(n + 1).copied().unwrap_or(lines.len());
        people.push(person(&lines[*start..end]));
    }
    if people.iter().any(|p| p.text.is_empty()) { whole() } else { people }
}

/// The lines that mark a person: numbers must rise, and no two marks may be the same.
fn marks(lines: &[&str], pattern: &Regex, rising: bool) -> Vec<usize> {
    let mut marks = Vec::new();
    let mut last = String::new();
    for (i, line) in lines.iter().enumerate() {
        let Some(found) = pattern.captures(line.trim()) else { continue };
        let key = found.get(1).map_or("", |m| m.as_str()).trim().to_owned();
        let rises = key.len() > last.len() || key.len() == last.len() && key > last;
        if rising && !rises {
            return Vec::new();
        }
        last = key;
        marks.push(i);
    }
    marks
}

/// One person: the mark, the form below it, the words.
fn person(lines: &[&str]) -> Part {
    let mut part = Part::default();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at].trim();
        let form = FORM.captures(line).or_else(|| NAMED.captures(line));
        let value = form.as_ref().and_then(|f| f.get(1)).map_or(line, |m| m.as_str()).trim();
        if at > 0 && form.is_none() && !line.is_empty() {
            break;
        }
        let head = line.split([':', '*']).next().unwrap_or_default().to_lowercase();
        let is = |words: &[&str]| words.iter().any(|w| head.contains(w));
        if is(&["name", "interviewee", "present"]) || at == 0 && form.is_some() {
            part.names.extend(names::of_person(value));
        }
        if !is(&["birth"]) {
            part.day = part.day.or_else(|| letter_day(value));
        }
        if at == 0 || is(&["role", "relationship", "capacity", "type", "who"]) {
            part.who = part.who.or_else(|| speaker::read(value).filter(|_| form.is_some()));
        }
        at += 1;
    }
    lines[at..].join("\n").trim().clone_into(&mut part.text);
    part
}

fn letter_day(value: &str) -> Option<i32> {
    let starts = value.char_indices().filter(|(i, c)| {
        c.is_ascii_digit() && !value[..*i].ends_with(|p: char| p.is_alphanumeric())
    });
    starts.take(6).find_map(|(i, _)| dates::parse(&value[i..], Order::DayFirst))
}

/// The questions of one person's words with the answers below them.
fn questions(text: &str) -> Vec<(Option<String>, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut marks: Vec<(usize, String)> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let Some(found) = ASKED.captures(line.trim()) else { continue };
        let words = found.get(4).map_or("", |m| m.as_str()).trim();
        let lower = words.to_lowercase();
        let asks = words.ends_with('?')
            || found.get(2).is_some()
                && (wording::question(&lower) || wording::asks_for_words(&lower));
        if asks && words.split_whitespace().count() <= 40 {
            marks.push((i, words.to_owned()));
        }
    }
    let whole = || vec![(None, text.to_owned())];
    if marks.len() < 2 {
        return whole();
    }
    let mut out = Vec::new();
    let before = lines[..marks[0].0].join("\n");
    if lines[..marks[0].0].iter().any(|line| line.split_whitespace().count() > 12) {
        out.push((None, before.trim().to_owned()));
    }
    let mut answered = 0;
    for (n, (start, question)) in marks.iter().enumerate() {
        let end = marks.get(n + 1).map_or(lines.len(), |m| m.0);
        let answer = lines[start + 1..end].join("\n").trim().to_owned();
        answered += usize::from(!answer.is_empty());
        out.push((Some(question.clone()), answer));
    }
    // Questions in a row that nobody answers are someone's own.
    if answered * 2 < marks.len() { whole() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbered_interviews_are_people() {
        let text = "Home care: notes of the week\n\nInterview 1 – daughter, 5 March 2024\nThey are kind.\nThey rush.\n\n\
            Interview 2\nRelationship: I receive care\nNobody rings.\n\nINTERVIEW 10: by telephone\nAll fine.";
        let parts = parts(text);
        let said: Vec<&str> = parts.iter().map(|p| p.text.as_str()).collect();
        assert_eq!(said, ["They are kind.\nThey rush.", "Nobody rings.", "All fine."]);
        assert_eq!(parts.iter().map(|p| p.person).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(parts[0].day, dates::parse("2024-03-05", Order::DayFirst));
        assert_eq!(parts[1].who.map(|w| w.0), Some(RespondentType::ServiceUser));
    }

    #[test]
    fn named_records_are_people_and_their_names_are_known() {
        let text = "Name: Zebedee Quux\nAge: 84\nDate: 12/03/2025\n\nThey are kind.\n\nName: Ermintrude\nRole: daughter\nThey rush.";
        let parts = parts(text);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].names, ["Zebedee Quux"]);
        assert_eq!(
            (parts[0].text.as_str(), parts[1].text.as_str()),
            ("They are kind.", "They rush.")
        );
        assert!(parts[0].day.is_some() && parts[1].who.is_some());
    }

    #[test]
    fn questions_above_answers_are_questions() {
        let text = "Q1. What is good about your care?\nThe girls.\n\nQ2. What could be better?\nTimes.\nAnd phone calls.\nQuestion 3: Any other comments\n";
        let parts = parts(text);
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0].question.as_deref(), Some("What is good about your care?"));
        assert_eq!(parts[1].text, "Times.\nAnd phone calls.");
        assert_eq!((parts[2].text.as_str(), parts[2].person), ("", 1));
    }

    #[test]
    fn what_is_not_marked_is_one_persons() {
        for text in [
            "They are kind.\nThey rush.",
            "Interview 1\nThey are kind.",
            "Person 1 was lovely and person 2 was not.\nLetter 3 never came.",
            "My points:\n1. They come late\n2. They rush\n3. Nobody rings",
            "1. Why do they come late?\n2. Why does nobody ring?\n3. Who pays?",
            "Name: Zebedee\nThey are kind.",
            "Interview 2\nOne.\nInterview 1\nTwo.",
        ] {
            assert_eq!(parts(text).len(), 1, "{text}");
            assert_eq!(parts(text)[0].text, text);
        }
    }

    proptest! {
        #[test]
        fn no_words_of_an_answer_are_lost(answers in proptest::collection::vec("[a-z]{3,9} [a-z]{3,9}", 2..6)) {
            let marked: Vec<String> = answers.iter().enumerate()
                .map(|(i, said)| format!("Participant {}\n{said}\n", i + 1)).collect();
            let text = marked.join("\n");
            let said: Vec<String> = parts(&text).into_iter().map(|p| p.text).collect();
            prop_assert_eq!(said, answers);
        }

        #[test]
        fn any_text_ends(text in "(Interview [0-9A-C]|Name: [A-Z]x|Q[0-9]\\. Why\\?|\n|[a-z é?:#*]{0,9}){0,40}") {
            prop_assert!(!parts(&text).is_empty());
        }
    }
}
