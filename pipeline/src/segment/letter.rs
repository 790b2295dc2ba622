//! Where the body of a letter begins and ends: what stands around it is form and says nothing about
//! care. In doubt everything is body, because a lost sentence is worse than a coded address.

use std::ops::Range;

/// Longer lines before a salutation are no letterhead, longer ones after a sign-off no signature.
const SHORT_LINE: usize = 12;
/// A salutation stands among so many lines from the top, a sign-off among so many from the end.
const NEAR: usize = 24;

const SALUTATIONS: &[&str] = &["dear ", "to whom it may concern", "good morning", "good afternoon"];
const SIGN_OFFS: &[&str] = &[
    "yours sincerely",
    "yours faithfully",
    "yours truly",
    "yours respectfully",
    "yours,",
    "sincerely",
    "kind regards",
    "kindest regards",
    "best regards",
    "warm regards",
    "regards",
    "best wishes",
    "with best wishes",
    "with kind regards",
    "with thanks",
    "many thanks",
];

/// The byte range of the body.
pub(super) fn body(text: &str) -> Range<usize> {
    let lines = lines(text);
    let words = |line: &Range<usize>| text[line.clone()].split_whitespace().count();
    let opens = |line: &Range<usize>, with: &[&str]| {
        let start: String = text[line.clone()].trim_start().chars().take(24).collect();
        let start = start.to_lowercase();
        words(line) <= SHORT_LINE && with.iter().any(|w| start.starts_with(w))
    };
    let salutation = lines.iter().take(NEAR).position(|line| opens(line, SALUTATIONS));
    let start = salutation
        .filter(|at| lines[..*at].iter().all(|line| words(line) <= SHORT_LINE))
        .map_or(0, |at| lines[at].end);
    let tail = lines.len().saturating_sub(NEAR);
    let sign_off = lines[tail..].iter().rposition(|line| opens(line, SIGN_OFFS)).map(|i| i + tail);
    let end = sign_off
        .filter(|at| lines[*at].start > start)
        .filter(|at| {
            let after = &lines[at + 1..];
            let postscript = |line: &Range<usize>| opens(line, &["ps", "p.s"]);
            after.iter().all(|line| words(line) <= SHORT_LINE && !postscript(line))
        })
        .map_or(text.len(), |at| lines[at].start);
    if text[start..end].trim().is_empty() { 0..text.len() } else { start..end }
}

/// Lines that hold something, without their ends.
pub(super) fn lines(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            out.push(at..at + line.trim_end_matches(['\n', '\r']).len());
        }
        at += line.len();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::body;

    fn kept(text: &str) -> &str {
        text[body(text)].trim()
    }

    #[test]
    fn address_salutation_and_sign_off_are_form() {
        let letter = "[ADDRESS 1]\n[POSTCODE 1]\n12 March 2025\n\nDear Sir or Madam,\n\nThey come late.\nNobody rings.\n\nYours sincerely,\n[PERSON 1]\n(daughter)\n";
        assert_eq!(kept(letter), "They come late.\nNobody rings.");
    }

    #[test]
    fn a_text_without_form_is_body_throughout() {
        let text = "They come late.\nDear me, what a mess they left in the kitchen again that day, all of it.\nNobody rings.";
        assert_eq!(kept(text), text);
    }

    #[test]
    fn a_postscript_is_not_lost() {
        let letter = "Dear all,\nLovely girls.\nRegards\nEdna\nPS they are always late";
        assert!(kept(letter).contains("always late"));
    }
}
