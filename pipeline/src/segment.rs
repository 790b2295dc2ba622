//! A response to segments: the clause, or sentence, that says one thing.
//!
//! Boundaries are sentence ends, line breaks and bullets, semicolons and contrasts ("lovely but
//! late"), and, in long runs without any punctuation, the places where a new clause starts. Segments
//! are byte ranges of the de-identified text; together they hold every letter and digit of it.

mod letter;
mod notes;
mod spoken;

use std::ops::Range;

/// A clause with fewer words than this does not stand alone after a contrast.
const SHORTEST_CLAUSE: usize = 3;
/// Above this many words a segment is split at the next clause start.
const LONG_SEGMENT: usize = 24;
/// No segment has more words than this, whatever its punctuation.
const LONGEST_SEGMENT: usize = 60;

/// Words that open a clause which turns against the one before.
const CONTRASTS: &[&str] = &["but", "however", "although", "though", "whereas", "yet", "except"];
/// Words after "and" (or on their own in a long run) that open a clause of their own.
const CLAUSE_STARTS: &[&str] = &[
    "i", "i'm", "i've", "we", "we've", "they", "they're", "he", "she", "she's", "he's", "it",
    "it's", "you", "my", "our", "their", "the", "nobody", "no", "there", "this", "that", "then",
    "when", "because", "so", "also", "plus", "mum", "dad",
];
/// A full stop after these does not end a sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "miss", "dr", "prof", "rev", "st", "e.g", "i.e", "eg", "ie", "etc",
    "approx", "no", "tel", "a.m", "p.m", "am", "pm", "hrs", "mins", "vs", "inc", "ltd", "cllr",
];

/// The segments of a text, in order, not overlapping, trimmed; none for a blank text.
pub fn segments(text: &str) -> Vec<Range<usize>> {
    segments_within(text, 0..text.len())
}

/// The segments of a letter: of its body, without address block, salutation, subject and sign-off.
pub fn segments_of_letter(text: &str) -> Vec<Range<usize>> {
    spoken::only(text, segments_within(text, letter::body(text)))
}

/// The segments of a testimony: of the words below a title and labels, as notes of interviews have them.
pub fn segments_of_notes(text: &str) -> Vec<Range<usize>> {
    spoken::only(text, segments_within(text, notes::body(text)))
}

/// The segments of what somebody said in a conversation, without what happened meanwhile.
pub fn segments_of_talk(text: &str) -> Vec<Range<usize>> {
    spoken::only(text, segments(text))
}

fn segments_within(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for sentence in sentences(&text[within.clone()]) {
        split_clauses(text, sentence.start + within.start..sentence.end + within.start, &mut out);
    }
    if out.is_empty() {
        out.extend(trimmed(text, within));
    }
    out
}

/// Cuts at sentence ends and line breaks; a piece without any letter or digit joins none.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let (mut start, mut i, mut in_placeholder) = (0, 0, false);
    while i < bytes.len() {
        let cut = match bytes[i] {
            b'[' => {
                in_placeholder = is_placeholder(&bytes[i..]);
                false
            }
            b']' => {
                in_placeholder = false;
                false
            }
            b'\n' | b'\r' => true,
            b'!' | b'?' | b';' => ends_word(bytes, i + 1),
            b'.' => !in_placeholder && ends_word(bytes, i + 1) && !abbreviated(text, start, i),
            // A bullet starts a piece, an ellipsis ends one.
            0xE2 => {
                let rest = &bytes[i..];
                if rest.starts_with("•".as_bytes()) {
                    push(text, start..i, &mut out);
                    start = i + 3;
                    i += 2;
                } else if rest.starts_with("…".as_bytes()) && ends_word(bytes, i + 3) {
                    push(text, start..i + 3, &mut out);
                    start = i + 3;
                    i += 2;
                }
                false
            }
            _ => false,
        };
        i += 1;
        if cut {
            while i < bytes.len() && matches!(bytes[i], b'.' | b'!' | b'?' | b'"' | b'\'' | b')') {
                i += 1;
            }
            push(text, start..i, &mut out);
            start = i;
        }
    }
    push(text, start..bytes.len(), &mut out);
    out
}

/// Cuts one sentence at contrasts, and long ones where a clause starts.
fn split_clauses(text: &str, sentence: Range<usize>, out: &mut Vec<Range<usize>>) {
    let words = words(text, sentence.clone());
    let mut start = sentence.start;
    let mut since = 0;
    let mut i = 1;
    while i < words.len() {
        let word = &text[words[i].clone()];
        let left = words.len() - i;
        let is = |list: &[&str]| list.iter().any(|w| word.eq_ignore_ascii_case(w));
        let here = i - since;
        let contrast = here >= SHORTEST_CLAUSE && left > SHORTEST_CLAUSE && is(CONTRASTS);
        let joined = here >= LONG_SEGMENT
            && left > SHORTEST_CLAUSE
            && (is(CLAUSE_STARTS) || word.eq_ignore_ascii_case("and"));
        if contrast || joined || here >= LONGEST_SEGMENT {
            push(text, start..words[i].start, out);
            start = words[i].start;
            since = i;
        }
        i += 1;
    }
    push(text, start..sentence.end, out);
}

/// Word ranges: runs between spaces, without the punctuation around them.
fn words(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let base = within.start;
    let mut out = Vec::new();
    let mut at = base;
    for piece in text[within].split_inclusive(char::is_whitespace) {
        let core = piece.trim_matches(|c: char| !c.is_alphanumeric());
        if !core.is_empty() {
            let from = at + (core.as_ptr() as usize - piece.as_ptr() as usize);
            out.push(from..from + core.len());
        }
        at += piece.len();
    }
    out
}

fn push(text: &str, range: Range<usize>, out: &mut Vec<Range<usize>>) {
    let Some(range) = trimmed(text, range) else { return };
    if text[range.clone()].chars().any(char::is_alphanumeric) {
        out.push(range);
    } else if let Some(last) = out.last_mut() {
        // Stray punctuation belongs to what it follows.
        last.end = range.end;
    }
}

fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let piece = &text[range.clone()];
    let left = piece.len() - piece.trim_start_matches([' ', '\t', '\n', '\r', '-', '*']).len();
    let inner = piece[left..].trim_end();
    let start = range.start + left;
    (!inner.is_empty()).then(|| start..start + inner.len())
}

/// True where a sentence mark is followed by a space, a quote, or the end.
fn ends_word(bytes: &[u8], next: usize) -> bool {
    bytes.get(next).is_none_or(|b| {
        b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b')' | b'.' | b'!' | b'?' | 0xE2)
    })
}

/// True where the word before a full stop is an abbreviation, an initial or a list number.
fn abbreviated(text: &str, start: usize, stop: usize) -> bool {
    let before = &text[start..stop];
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    // At the end of the text, or before a line break, it ends the sentence all the same.
    let rest = text[stop + 1..].trim_start_matches(' ');
    if rest.is_empty() || rest.starts_with('\n') {
        return false;
    }
    let single_letter = word.len() == 1 && word.bytes().all(|b| b.is_ascii_uppercase());
    let listed = ABBREVIATIONS.iter().any(|a| word.eq_ignore_ascii_case(a));
    let starts_new = rest.chars().next().is_some_and(char::is_uppercase);
    let title = ["mr", "mrs", "ms", "dr", "rev", "st", "prof", "cllr"]
        .iter()
        .any(|a| word.eq_ignore_ascii_case(a));
    // "am." and "etc." end a sentence when a capital follows; "Dr." never does.
    single_letter
        || title
        || (listed && !starts_new)
        || (word.parse::<u8>().is_ok() && before.trim().len() == word.len())
}

/// `[PERSON 1]` and its like: no cut inside.
fn is_placeholder(bytes: &[u8]) -> bool {
    bytes.get(1).is_some_and(u8::is_ascii_uppercase) && bytes.iter().take(24).any(|b| *b == b']')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        segments(text).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn a_contrast_starts_a_segment() {
        assert_eq!(
            cut("The girls are lovely but you never know when they come."),
            ["The girls are lovely", "but you never know when they come."]
        );
    }

    #[test]
    fn sentences_lines_and_bullets_are_cut() {
        assert_eq!(
            cut("Always late. Never ring!!\n- no cover\n• rude staff"),
            ["Always late.", "Never ring!!", "no cover", "rude staff"]
        );
    }

    #[test]
    fn abbreviations_times_and_initials_do_not_end_a_sentence() {
        assert_eq!(
            cut("Dr. Shah came at 3.30 p.m. to see mum."),
            ["Dr. Shah came at 3.30 p.m. to see mum."]
        );
        assert_eq!(
            cut("They come at 8 a.m. They leave at nine."),
            ["They come at 8 a.m.", "They leave at nine."]
        );
    }

    #[test]
    fn a_placeholder_is_never_cut() {
        assert_eq!(cut("Ask [PERSON 1]. She knows."), ["Ask [PERSON 1].", "She knows."]);
    }

    #[test]
    fn a_long_run_without_punctuation_is_cut_where_a_clause_starts() {
        let text = "they never come on time and when they do come they are in and out in ten minutes with no time for a chat or even a cup of tea and my husband is left sat there in his chair";
        let pieces = cut(text);
        assert_eq!(pieces.len(), 2, "{pieces:?}");
        assert!(pieces[1].starts_with("and my husband"));
    }

    #[test]
    fn a_blank_text_has_no_segment_and_odd_marks_have_one() {
        assert!(cut("  \n ").is_empty());
        assert_eq!(cut("???"), ["???"]);
        assert_eq!(cut(":)"), [":)"]);
    }

    proptest! {
        #[test]
        fn segments_are_ordered_and_hold_every_letter_and_digit(text in "[ a-zA-Z0-9.,;!?é…•\n\\[\\]'-]{0,200}") {
            let ranges = segments(&text);
            let mut end = 0;
            for range in &ranges {
                prop_assert!(range.start >= end && range.end > range.start);
                end = range.end;
            }
            let kept: String = ranges.iter().flat_map(|r| text[r.clone()].chars()).filter(|c| c.is_alphanumeric()).collect();
            let all: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
            prop_assert_eq!(kept, all);
        }
    }
}
