//! Where the notes of an interview begin: a title and a block of labels above them ("Home care:
//! interview notes", "Interviewer", "Place: her flat") say nothing about care. In doubt everything is
//! body, because a lost sentence is worse than a coded heading.

use std::ops::Range;

use super::letter::lines;

/// Longer lines are no title.
const TITLE: usize = 8;
/// Longer lines are no value of a label.
const VALUE: usize = 16;

/// How a title begins.
const TITLES: &[&str] = &[
    "interview notes",
    "interview with ",
    "interview - ",
    "interview no",
    "notes of ",
    "notes from ",
    "testimony of ",
    "case study",
    "home care: interview",
];
/// Labels, in small letters.
const LABELS: &[&str] = &[
    "age",
    "area",
    "date",
    "date of interview",
    "duration",
    "gender",
    "interpreter",
    "interview date",
    "interview with",
    "interviewed by",
    "interviewee",
    "interviewer",
    "language",
    "length",
    "location",
    "method",
    "name",
    "notes by",
    "participant",
    "participant id",
    "participant number",
    "place",
    "present",
    "recorded by",
    "ref",
    "reference",
    "relationship",
    "respondent",
    "setting",
    "time",
    "town",
    "venue",
    "ward",
];

/// The byte range of the body.
pub(super) fn body(text: &str) -> Range<usize> {
    let lines = lines(text);
    let mut start = 0;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let words = text[line.clone()].trim().trim_matches(['#', '*', '_', ' ']);
        let (label, value) = words.split_once(':').unwrap_or((words, ""));
        let is_label = is_label(label);
        if is_label && value.trim().is_empty() {
            at += 1;
            // In a form of two columns its value is the next line; behind a colon it was left out.
            let next = lines.get(at).map(|next| text[next.clone()].trim());
            if !words.ends_with(':') && next.is_some_and(is_value) {
                at += 1;
            }
        } else if is_label && count(words) <= VALUE || is_title(words) {
            at += 1;
        } else if at == 0 && text[line.clone()].starts_with('#') && count(words) <= TITLE {
            // "# Visit to Mrs Quux": a title where a label follows, a heading of what is said where not.
            at += 1;
            continue;
        } else {
            break;
        }
        start = lines[at - 1].end;
    }
    if text[start..].trim().is_empty() { 0..text.len() } else { start..text.len() }
}

fn count(line: &str) -> usize {
    line.split_whitespace().count()
}

fn is_label(words: &str) -> bool {
    let words = words.trim().to_lowercase();
    LABELS.contains(&words.as_str())
        || ["relationship to ", "consent to ", "consent given"].iter().any(|w| words.starts_with(w))
}

fn is_value(line: &str) -> bool {
    let label = line.split(':').next().unwrap_or_default();
    count(line) <= VALUE && !is_label(label) && !line.ends_with(['.', '!', '?', '"', '”'])
}

fn is_title(line: &str) -> bool {
    let lower = line.to_lowercase();
    let numbered = lower
        .strip_prefix("interview ")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    count(line) <= TITLE
        && !line.ends_with(['.', '!', '?', '"', '”'])
        && (numbered || TITLES.iter().any(|title| lower.starts_with(title)))
}

#[cfg(test)]
mod tests {
    use super::body;

    fn kept(text: &str) -> &str {
        text[body(text)].trim()
    }

    #[test]
    fn a_title_and_labels_are_form() {
        let notes = "Home care: interview notes\nInterview with\n[PERSON 1], 83, receives home care\nInterviewer\n[PERSON 2]\nPlace\nher flat\nShe is up at six and nobody comes until ten.";
        assert_eq!(kept(notes), "She is up at six and nobody comes until ten.");
        let short = "# Interview 3\nDate: 5 March 2025\nThey are kind.";
        assert_eq!(kept(short), "They are kind.");
        let titled = "# Visit to Mrs [PERSON 1]\nDate: 9 April 2025\n# Times of calls\nLate.";
        assert_eq!(kept(titled), "# Times of calls\nLate.");
    }

    #[test]
    fn a_label_that_was_left_blank_takes_nobodys_words() {
        let form = "Interview notes\nName:\nAge:\nThey never come on time.\nMum waits.";
        assert_eq!(kept(form), "They never come on time.\nMum waits.");
        let form = "Interviewer\nPlace\nThey never come on time.\nMum waits.";
        assert_eq!(kept(form), "They never come on time.\nMum waits.");
    }

    #[test]
    fn what_somebody_says_is_no_form() {
        for text in [
            "I had an interview\nThey never rang.",
            "Interviewed on a bad day, he said that nobody had come since the morning before.",
            "The notes are never read.\nThey ask me each time.",
            "Home visits are always rushed\nThey never stay.",
            "No notes left again\nNobody tells me.",
            "Time: they never have any, and they say so while they look at the clock and at the door.",
            "Interview notes",
            "# Times of calls\nThey are late.",
        ] {
            assert_eq!(kept(text), text);
        }
    }
}
