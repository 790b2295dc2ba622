//! What a recogniser found, and the settling of overlaps: a text leaves with no part of anything
//! that was found, so the weaker of two finds gives way only where the stronger one already covers.

use std::ops::Range;

use super::placeholders::Placeholder;
use super::redacted::RedactionKind;

/// A span that a recogniser found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    pub(super) kind: RedactionKind,
}

impl Found {
    pub(super) fn new(range: Range<usize>, kind: RedactionKind) -> Self {
        Self { range, kind }
    }

    /// The words found.
    pub(super) fn of<'t>(&self, text: &'t str) -> &'t str {
        &text[self.range.clone()]
    }
}

/// Sorts finds and takes overlaps apart: earlier finds and placeholders already there win, later
/// ones keep what is left of them as long as it holds a letter or digit.
pub(super) fn settle<const N: usize>(
    text: &str,
    held: &[Placeholder],
    finds: [Vec<Found>; N],
) -> Vec<Found> {
    let mut settled: Vec<Found> = Vec::new();
    for find in finds.into_iter().flatten() {
        let mut left = vec![find.range.clone()];
        let taken = settled.iter().map(|s| &s.range).chain(held.iter().map(|h| &h.range));
        for other in taken {
            left = left.into_iter().flat_map(|piece| without(&piece, other)).collect();
        }
        settled.extend(
            left.into_iter()
                .map(|piece| trimmed(text, piece))
                .filter(|piece| !piece.is_empty())
                .map(|piece| Found::new(piece, find.kind)),
        );
    }
    settled.sort_by_key(|f| f.range.start);
    settled
}

/// What is left of a range when another is taken out.
fn without(range: &Range<usize>, other: &Range<usize>) -> Vec<Range<usize>> {
    if other.end <= range.start || range.end <= other.start {
        return vec![range.clone()];
    }
    [range.start..other.start.max(range.start), other.end.min(range.end)..range.end]
        .into_iter()
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// The range without white space and punctuation around it; empty if there is nothing else.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let words = &text[range.clone()];
    let matters = |c: char| c.is_alphanumeric() || matches!(c, '(' | '+' | '@' | ')' | '/' | '.');
    if !words.contains(char::is_alphanumeric) {
        return range.start..range.start;
    }
    let front = words.len() - words.trim_start_matches(|c| !matters(c)).len();
    let back = words.len() - words.trim_end_matches(|c| !matters(c)).len();
    range.start + front..range.end - back
}

/// A pattern of ours, compiled at its first use.
macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
            #[allow(clippy::unwrap_used, reason = "a fixed pattern, compiled in every test run")]
            regex::Regex::new($pattern).unwrap()
        });
    };
}
pub(super) use pattern;

/// Whether a range stands free: no letter or digit touches it.
pub(super) fn stands_free(text: &str, range: &Range<usize>) -> bool {
    !text[..range.start].ends_with(char::is_alphanumeric)
        && !text[range.end..].starts_with(char::is_alphanumeric)
}

/// The digits of a string.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
