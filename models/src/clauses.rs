//! A plain splitter of responses into clauses, for training and for callers without their own.
//!
//! A model is measured on segments as a program finds them, since that is how it will be used:
//! at the ends of sentences and lines, and before words of contrast. `heard` has its own segmenter
//! and may pass that to the training instead.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Fewest words of a clause; a shorter one stays with its neighbour.
const SHORTEST: usize = 3;

/// Where a segment may end: after a sentence, a line or a semicolon, or before a contrast.
static BORDER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)[.!?…]+['’”)]*\s+|\s*\n\s*|;\s+|\s+[–—-]+\s+|,?\s+(?:but|however|although|though|whereas|except)(?-u:\b)";
    Regex::new(pattern).unwrap_or_else(|error| unreachable!("{error}"))
});

/// Byte ranges of the clauses of a text, in order, without blanks around them. No word is lost.
pub fn split(text: &str) -> Vec<Range<usize>> {
    let mut clauses: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    let mut joins = false;
    for border in BORDER.find_iter(text) {
        let contrast = border.as_str().trim_end().ends_with(char::is_alphabetic);
        let (end, next) = if contrast {
            let word = border.as_str().trim_start_matches([',', ' ', '\t', '\n', '\r', '\u{a0}']);
            (border.start(), border.end() - word.len())
        } else {
            (border.end(), border.end())
        };
        joins = push(text, &mut clauses, start..end, joins);
        start = next;
    }
    push(text, &mut clauses, start..text.len(), joins);
    clauses
}

/// Adds a clause, or lengthens the last one if either is short. Says whether the next must join.
fn push(text: &str, clauses: &mut Vec<Range<usize>>, span: Range<usize>, joins: bool) -> bool {
    let words = text[span.clone()].trim();
    if words.is_empty() {
        return joins;
    }
    let start = span.start + (text[span.clone()].len() - text[span.clone()].trim_start().len());
    let end = start + words.len();
    let short = words.split_whitespace().take(SHORTEST).count() < SHORTEST;
    match clauses.last_mut() {
        Some(last) if joins || short => last.end = end,
        _ => clauses.push(start..end),
    }
    // A short beginning waits for what follows it.
    short && clauses.len() == 1 && clauses[0].start == start
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        split(text).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn a_contrast_begins_a_clause() {
        assert_eq!(
            parts("The girls are lovely but you never know when they'll come."),
            ["The girls are lovely", "but you never know when they'll come."]
        );
    }

    #[test]
    fn sentences_and_lines_are_clauses_and_short_ones_join() {
        assert_eq!(
            parts("Always on time. Never rushed!\nMy carer knows me. Lovely."),
            ["Always on time. Never rushed!", "My carer knows me. Lovely."]
        );
        assert_eq!(parts("   "), Vec::<&str>::new());
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_spans_are_in_order(text in "[a-zA-Zé’,.;!? \n-]{0,120}( but [a-z ]{0,30})?") {
            let spans = split(&text);
            let kept: String = spans.iter().map(|span| &text[span.clone()]).collect();
            let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            prop_assert_eq!(letters(&kept), letters(&text));
            prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
    }
}
