//! Positions in a text before and after more of it was masked. What was redacted keeps its place in
//! the original text, so two versions of one text can be laid over each other.

use std::ops::Range;

use super::log::Moved;
use crate::deidentify::Redacted;

/// Where a position of the shown text stands in the original; inside a placeholder its beginning,
/// or its end.
fn original(text: &Redacted, at: u32, end: bool) -> u32 {
    let (mut shown_end, mut original_end) = (0, 0);
    for (redaction, shown) in text.redactions().iter().zip(text.placeholders()) {
        if at <= shown.start {
            break;
        }
        if at < shown.end {
            return if end { redaction.end } else { redaction.start };
        }
        (shown_end, original_end) = (shown.end, redaction.end);
    }
    original_end + (at - shown_end)
}

/// Where a position of the original stands in the shown text.
fn shown(text: &Redacted, at: u32, end: bool) -> u32 {
    let (mut shown_end, mut original_end) = (0, 0);
    for (redaction, shown) in text.redactions().iter().zip(text.placeholders()) {
        if at <= redaction.start {
            break;
        }
        if at < redaction.end {
            return if end { shown.end } else { shown.start };
        }
        (shown_end, original_end) = (shown.end, redaction.end);
    }
    shown_end + (at - original_end)
}

/// A range of one version of a text, in another version of the same text.
pub fn carry(range: &Range<u32>, from: &Redacted, to: &Redacted) -> Range<u32> {
    let start = shown(to, original(from, range.start, false), false);
    let end = shown(to, original(from, range.end, true), true);
    start..end.max(start)
}

/// What moved between a text and the same text with more masked.
pub fn moved(base: &Redacted, masked: &Redacted) -> Vec<Moved> {
    let new = masked.redactions().iter().zip(masked.placeholders());
    new.filter(|(redaction, _)| !base.redactions().contains(redaction))
        .map(|(redaction, label)| Moved {
            start: shown(base, redaction.start, false),
            end: shown(base, redaction.end, true),
            length: label.end - label.start,
        })
        .collect()
}

/// A position before the moves, after them.
pub fn forward(moves: &[Moved], at: u32, end: bool) -> u32 {
    let mut by = 0_i64;
    for moved in moves {
        if at <= moved.start {
            break;
        }
        if at < moved.end {
            let start = i64::from(moved.start) + by;
            return (start + if end { i64::from(moved.length) } else { 0 }) as u32;
        }
        by += i64::from(moved.length) - i64::from(moved.end - moved.start);
    }
    (i64::from(at) + by).max(0) as u32
}

/// A position after the moves, before them.
pub fn backward(moves: &[Moved], at: u32, end: bool) -> u32 {
    let mut by = 0_i64;
    for moved in moves {
        let start = (i64::from(moved.start) + by) as u32;
        if at <= start {
            break;
        }
        if at < start + moved.length {
            return if end { moved.end } else { moved.start };
        }
        by += i64::from(moved.length) - i64::from(moved.end - moved.start);
    }
    (i64::from(at) - by).max(0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deidentify::{Deidentifier, Options, RedactionKind};

    fn cut(text: &Redacted, range: &Range<u32>) -> String {
        text.as_str()
            .chars()
            .skip(range.start as usize)
            .take((range.end - range.start) as usize)
            .collect()
    }

    #[test]
    fn words_are_found_again_after_masking_and_back() {
        let base = Deidentifier::new(Options::default())
            .label("Please ring Mrs Smith on 020 7946 0018; zorblax is late, zorblax is rude.");
        let text = base.as_str();
        let at = |word: &str, nth: usize| {
            let byte = text.match_indices(word).nth(nth).map(|(i, _)| i).unwrap_or_default();
            let start = text[..byte].chars().count() as u32;
            start..start + word.chars().count() as u32
        };
        let (late, rude) = (at("is late", 0), at("rude", 0));
        let masked = base.mask(&[at("zorblax", 0), at("zorblax", 1)], RedactionKind::Person);
        assert!(!masked.as_str().contains("zorblax"), "{}", masked.as_str());
        for (range, words) in [(&late, "is late"), (&rude, "rude")] {
            let there = carry(range, &base, &masked);
            assert_eq!(cut(&masked, &there), words);
            assert_eq!(carry(&there, &masked, &base), *range);
            let moves = moved(&base, &masked);
            assert_eq!(moves.len(), 2);
            assert_eq!(
                forward(&moves, range.start, false)..forward(&moves, range.end, true),
                there
            );
            assert_eq!(
                backward(&moves, there.start, false)..backward(&moves, there.end, true),
                *range
            );
        }
        // What was masked is where its placeholder is.
        let there = carry(&at("zorblax", 1), &base, &masked);
        assert!(cut(&masked, &there).starts_with("[PERSON"), "{}", cut(&masked, &there));
    }
}
