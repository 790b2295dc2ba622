//! One document that holds several people, or answers to several questions, as its parts: only where
//! the document itself marks them ("Interview 3", "Name: ...", "Q2. What would help?").
//!
//! A mark counts when it comes at least twice, in order, with words behind it. In doubt a document
//! is one response, because a person cut in two is worse than two that are read as one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::dates::{self, Order};
use super::{letter, names, speaker, transcript, wording};
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
    /// What its author says before the first person: nobody's answer.
    pub(super) introduction: bool,
    /// The line that marks the person begins with the label of a speaker.
    pub(super) turn: bool,
    /// The person's form says that the words may not be quoted.
    pub(super) unquotable: bool,
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
/// "1. Woman, 70s, cares for her husband": how people are listed who did not give a name.
static LISTED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[#*_\s]*(\d{1,2})\s*[.)]\s*(?i:(?:an? )?(?:(?:older|old|elderly|young|younger|retired|middle[- ]aged|frail|disabled|married|single|local|asian|black|white|polish) )*(?:woman|man|lady|gentleman|gent|couple|female|male|mother|father|daughter|son|wife|husband|widow|widower|sister|brother|niece|nephew|grand(?:son|daughter)|(?:mr|mrs|ms|miss)\.? \S+))(?:\s*[,(/–-].{0,90}|\s(?:of|who|with|w/|in|\d).{0,90})?$",
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
        r"^[#*_\s]*(?i:name|age|gender|sex|date|date of (?:interview|visit)|(?:interview|visit) date|time of (?:interview|visit)|interview type|length of (?:interview|visit)|duration|venue|lives with|consent(?: to [^:]{1,30})?|interviewed on|interviewer|interviewed by|area|ward|town|location|place|address|postcode|provider|agency|role|relationship|relationship to person|capacity|respondent type|who|ethnicity|contact|phone|telephone|email|ref|reference|case ref|present|setting|method)[*_]*\s*:[*_]*\s*(.{0,80})$",
    )
});
/// "Q1. What is good?", "3) What would help?", "## What would you change?", "Question 2: Times".
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[*_\s]*(?:(#{1,4}\s+)|(?i:(q)(?:uestion)?\s*\.?\s*\d{1,2})\s*[.:)–—-]*\s+|(\d{1,2})\s*[.)]\s+)[*_]*(\S.{2,200}?)[*_]*$",
    )
});

/// What stands before an answer where questions stand behind "Q:".
const ANSWER: [&str; 4] = ["A:", "A.", "Answer:", "Response:"];

/// The parts of a document; one where nothing is marked.
#[cfg(test)]
fn parts(text: &str) -> Vec<Part> {
    let again = recurring(text);
    people(text, &again).into_iter().flat_map(|person| answers(person, &again)).collect()
}

/// A person's answers, each with its question; one where no questions are marked. `again`: the
/// questions that the document puts to several people.
pub(super) fn answers(person: Part, again: &BTreeSet<String>) -> Vec<Part> {
    if person.introduction {
        return vec![person];
    }
    let asked = questions(&person.text, again).into_iter();
    asked.map(|(question, text)| Part { question, text, ..person.clone() }).collect()
}

/// A line without the marks of a heading or of bold words.
fn bare(line: &str) -> &str {
    line.trim().trim_matches(['#', '*', '_', ' '])
}

/// The questions that stand more than once in a document, as they were put to each person.
pub(super) fn recurring(text: &str) -> BTreeSet<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in text.lines().map(bare) {
        if line.ends_with('?') && (3..=40).contains(&line.split_whitespace().count()) {
            *counts.entry(line).or_default() += 1;
        }
    }
    let again = counts.into_iter().filter(|(_, count)| *count >= 2);
    again.map(|(line, _)| line.to_owned()).collect()
}

/// Each person's words, with what stands at their head. `again` as in [`answers`].
pub(super) fn people(text: &str, again: &BTreeSet<String>) -> Vec<Part> {
    let lines: Vec<&str> = text.lines().collect();
    let headed = |marks: Vec<usize>| marks.into_iter().map(|at| (at, true)).collect();
    let mut marks: Vec<(usize, bool)> = headed(marks(&lines, &NUMBERED, true));
    if marks.len() < 2 {
        marks = headed(self::marks(&lines, &NAMED, false));
    }
    if marks.len() < 2 {
        marks = headed(self::marks(&lines, &LISTED, true));
    }
    if marks.len() < 2 {
        marks = asked_alike(&lines, again);
    }
    let whole = || vec![Part { person: 1, text: text.to_owned(), ..Part::default() }];
    if marks.len() < 2 {
        return whole();
    }
    let mut people = Vec::new();
    // A title before the first mark is form. More is what the author of the notes says of them, or,
    // where the first mark is not the first of all, someone's words.
    let first = marks[0].0;
    if lines[..first].iter().any(|line| line.split_whitespace().count() > 12) {
        let number = NUMBERED.captures(lines[first].trim());
        let introduction = number.is_none_or(|found| matches!(&found[1], "1" | "A"));
        let text = lines[..first].join("\n").trim().to_owned();
        people.push(Part { text, introduction, ..Part::default() });
    }
    for (n, (start, headed)) in marks.iter().enumerate() {
        let end = marks.get(n + 1).map_or(lines.len(), |mark| mark.0);
        people.push(person(&lines[*start..end], *headed));
    }
    if people.iter().any(|p| p.text.is_empty()) {
        return whole();
    }
    people.into_iter().zip(1..).map(|(part, person)| Part { person, ..part }).collect()
}

/// Where each person begins in notes that put the same questions to everyone: at the line above the
/// first question, where that is a heading or as short as a name (true), else at the question.
fn asked_alike(lines: &[&str], again: &BTreeSet<String>) -> Vec<(usize, bool)> {
    let Some(first) = lines.iter().map(|line| bare(line)).find(|line| again.contains(*line)) else {
        return Vec::new();
    };
    let asked = (0..lines.len()).filter(|at| bare(lines[*at]) == first);
    let head = |line: &str| {
        let short = line.split_whitespace().count() <= 8
            && line.starts_with(char::is_uppercase)
            && !line.ends_with(['.', '!', '?', ',']);
        line.starts_with('#') || short
    };
    // Between the name and the first question may stand a form: "Age: 84".
    let begins = |at: usize| {
        let mut above = (0..at).rev().filter(|above| !lines[*above].trim().is_empty()).peekable();
        let mut start = (at, false);
        while let Some(form) = above.next_if(|above| FORM.is_match(lines[*above].trim())) {
            start = (form, true);
        }
        above.next_if(|above| head(lines[*above].trim())).map_or(start, |name| (name, true))
    };
    let mut marks: Vec<(usize, bool)> = asked.map(begins).collect();
    // What stands above and is neither a title nor an introduction is the first person's.
    if let Some((start, headed)) = marks.first_mut() {
        let title = |line: &&str| line.is_empty() || head(line);
        let said = !lines[..*start].iter().map(|line| line.trim()).all(|line| title(&line));
        let introduced = lines[..*start].iter().any(|line| line.split_whitespace().count() > 12);
        if said && !(introduced && *headed) {
            (*start, *headed) = (0, false);
        }
    }
    marks
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

/// One person: the mark, where there is one, the form below it, the words.
fn person(lines: &[&str], headed: bool) -> Part {
    let mut part = Part {
        turn: headed && transcript::is_turn(lines[0]),
        unquotable: letter::forbids_quoting(&lines.join("\n")),
        ..Part::default()
    };
    let mut at = 0;
    // "## Mrs Ermintrude Quux"
    let named =
        bare(lines[0]).trim_start_matches(|c: char| c.is_ascii_digit() || ".) ".contains(c));
    let name = names::of_person(named).filter(|_| headed);
    let capitals = |name: &String| name.split(' ').all(|word| word.starts_with(char::is_uppercase));
    part.names.extend(name.filter(capitals));
    while headed && at < lines.len() {
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

/// A line of a form: "Age: 84".
pub(super) fn is_form(line: &str) -> bool {
    FORM.is_match(line.trim()) || NAMED.is_match(line.trim())
}

/// Whether a person or a question of the document begins with this line. `again` as in [`answers`].
pub(super) fn begins(line: &str, again: &BTreeSet<String>) -> bool {
    let line = line.trim();
    let asked = ASKED.captures(line).is_some_and(|found| {
        found.get(2).is_some() || found.get(4).is_some_and(|words| words.as_str().ends_with('?'))
    });
    let person = [&NUMBERED, &NAMED, &LISTED].iter().any(|mark| mark.is_match(line));
    again.contains(bare(line)) || asked || person
}

fn letter_day(value: &str) -> Option<i32> {
    let starts = value.char_indices().filter(|(i, c)| {
        c.is_ascii_digit() && !value[..*i].ends_with(|p: char| p.is_alphanumeric())
    });
    starts.take(6).find_map(|(i, _)| dates::parse(&value[i..], Order::DayFirst))
}

/// The questions of one person's words with the answers below them.
fn questions(text: &str, again: &BTreeSet<String>) -> Vec<(Option<String>, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut marks: Vec<(usize, String)> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let bold = line.trim().starts_with("**") && line.trim().ends_with("?**");
        if bold || again.contains(bare(line)) {
            marks.push((i, bare(line).to_owned()));
            continue;
        }
        let Some(found) = ASKED.captures(line.trim()) else { continue };
        let words = found.get(4).map_or("", |m| m.as_str()).trim();
        let lower = words.to_lowercase();
        let asks = words.ends_with('?')
            || found.get(2).is_some() && wording::asks_for_words_or_views(&lower);
        if asks && words.split_whitespace().count() <= 40 {
            marks.push((i, words.to_owned()));
        }
    }
    let whole = || vec![(None, text.to_owned())];
    // A single question counts where everything answers it.
    let heads = |at: usize| {
        let put = |line: &str| line.starts_with(['#', '*', 'Q', 'q']) || again.contains(bare(line));
        lines[..at].iter().all(|line| line.trim().is_empty()) && put(lines[at].trim())
    };
    if marks.is_empty() || marks.len() < 2 && !heads(marks[0].0) {
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
        let answer = lines[start + 1..end].join("\n");
        let answer = answer.trim();
        let answer = ANSWER.iter().find_map(|label| answer.strip_prefix(label)).unwrap_or(answer);
        let answer = answer.trim_start().to_owned();
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
    fn people_who_are_listed_without_a_name_are_people() {
        let text = "Drop-in at the library\n\n1. Woman, 70s, cares for her husband\n- they talk over him\n2. Man (84)\n- fine\n\
            3. Older couple\n- dear\n4. Mrs Quux\n- lovely";
        let parts = parts(text);
        let said: Vec<&str> = parts.iter().map(|p| p.text.as_str()).collect();
        assert_eq!(said, ["- they talk over him", "- fine", "- dear", "- lovely"]);
        assert_eq!(parts[3].names, ["Mrs Quux"]);
        for text in [
            "1. Man management\nPoor.\n2. Woman carers\nNot enough.",
            "1. Woman, 70s\n2. Man, 80s",
            "1. Husbands are forgotten\nAlways.\n2. Wives too\nAlways.",
        ] {
            assert_eq!(super::tests::parts(text).len(), 1, "{text}");
        }
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
    fn people_who_are_asked_alike_are_people() {
        let text = "Interview notes\n\n## Mrs Ermintrude Quux\n\n**What is good for you?**\n\nThey are kind.\n\n\
            What could be better for you?\nThe tea call\nZebedee B\nAge: 84\nWhat is good for you?\nNothing.\n\
            What could be better for you?\nAll of it.";
        let parts = parts(text);
        let said: Vec<_> = (parts.iter())
            .map(|p| (p.person, p.question.as_deref().unwrap_or_default(), p.text.as_str()))
            .collect();
        let (good, better) = ("What is good for you?", "What could be better for you?");
        assert_eq!(
            said,
            [
                (1, good, "They are kind."),
                (1, better, "The tea call"),
                (2, good, "Nothing."),
                (2, better, "All of it."),
            ],
        );
        assert_eq!(parts[0].names, ["Mrs Ermintrude Quux"]);
        assert_eq!(parts[2].names, ["Zebedee B"]);
    }

    #[test]
    fn words_above_the_first_question_are_not_lost() {
        let text = "They are kind.\nWhat is it like for you?\nGood.\nThey rush.\nWhat is it like for you?\nBad.";
        let all: String = parts(text).iter().map(|part| part.text.as_str()).collect();
        assert!(all.contains("They are kind."), "{all}");
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
