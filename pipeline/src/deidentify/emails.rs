//! E-mail addresses, also with spaces in them and as people spell them out ("denise at example dot
//! org"). Addresses of the web are left to `urls`.

use super::found::{Found, pattern};
use super::hints::{AT, DOTTED, Hints};
use super::redacted::RedactionKind::Email;

pattern!(TIGHT, r"[\p{L}\p{N}._%+'’-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.?[\p{L}\p{N}]");
pattern!(
    SPACED,
    r"(?i)(?:[\p{L}\p{N}_+-]+\s\.\s)*[\p{L}\p{N}._%+-]+\s?@\s?[\p{L}\p{N}-]+(?:\s?\.\s?(?:[a-z0-9-]+\s?\.\s?)?(?:com|org|net|uk|co|nhs|gov|ac|info|eu|io|ie|local)\b)+"
);
// "denise (at) example.org"
pattern!(
    BRACKETED,
    r"(?i)[\p{L}\p{N}._%+'’-]+\s?[\[({]\s?at\s?[\])}]\s?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+"
);
pattern!(
    SPELLED,
    r"(?ix)\b (?:[\w+-]+ \s* (?:[\[(]\s*)? (?:dot|\.|underscore|dash|hyphen) (?:\s*[\])])? \s*)* [\w+-]+
      \s* (?:[\[({]\s*at\s*[\])}] | \s at \s | @ ) \s*
      [\w-]+ (?: \s* (?: [\[({]\s*dot\s*[\])}] | \s dot \s | \. ) \s*
      (?: com|org|net|uk|co|nhs|gov|ac|info|eu|io|ie|example|gmail|hotmail|outlook|yahoo|test) \b )+"
);

pub(super) fn find(text: &str, hints: Hints, found: &mut Vec<Found>) {
    if hints.any(AT) {
        for pattern in [&*SPACED, &*TIGHT] {
            found.extend(pattern.find_iter(text).map(|m| Found::new(m.range(), Email)));
        }
    }
    if hints.any(DOTTED) && text.contains(['(', '[', '{']) {
        found.extend(BRACKETED.find_iter(text).map(|m| Found::new(m.range(), Email)));
    }
    if hints.any(DOTTED) && holds_dot_word(text) {
        let spelled = SPELLED.find_iter(text).filter(|m| holds_dot_word(m.as_str()));
        found.extend(spelled.map(|m| Found::new(m.range(), Email)));
    }
}

/// Whether "dot" stands in the text in any case.
fn holds_dot_word(text: &str) -> bool {
    text.as_bytes().windows(3).any(|w| w.eq_ignore_ascii_case(b"dot"))
}
