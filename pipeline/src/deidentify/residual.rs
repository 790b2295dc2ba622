//! What may still be personal in de-identified text: not proof, but a reason for a person to look.
//!
//! A long number, an "@", or a capitalised word in the middle of a sentence that no list knows. It
//! runs after the recognisers, so what it meets is what they passed over.

use std::ops::Range;

use super::Redacted;
use super::lexicon::{BUILDING, GIVEN, KEEP, PARTICLE, PLACE, TIME, WORD, fold, lexicon};
use super::placeholders::{self, Placeholder};
use super::tokens::Tokens;

/// A run of this many digits is no time, price or year.
const LONG_NUMBER: usize = 6;

heard_models::vocabulary! {
    /// Why a span may still be personal, the riskiest first.
    Reason {
        /// An "@": part of an address.
        At = "at_sign",
        /// Many digits in a row.
        LongNumber = "long_number",
        /// A word with a capital inside a sentence that no list knows.
        UnknownName = "unknown_name",
        /// A word with a capital inside a sentence that is a name and something else.
        NameOrWord = "name_or_word",
    }
}

/// A span that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// Unicode scalar values of the de-identified text.
    pub range: Range<u32>,
    /// Why.
    pub reason: Reason,
}

impl Redacted {
    /// Whether a person should look at the text before it is shared.
    pub fn may_hold_more(&self) -> bool {
        let text = self.as_str();
        if text.contains('@') || long_numbers(text).next().is_some() {
            return true;
        }
        if !has_capital_inside(text) {
            return false;
        }
        let (held, tokens) = (placeholders::find(text), Tokens::read(text));
        !tokens.caseless && (0..tokens.list.len()).any(|i| is_unknown_name(text, &tokens, i, &held))
    }

    /// The spans that a person should look at, in order.
    pub fn remaining(&self) -> Vec<Remaining> {
        let text = self.as_str();
        let (held, tokens) = (placeholders::find(text), Tokens::read(text));
        let mut bytes: Vec<(Range<usize>, Reason)> =
            text.match_indices('@').map(|(at, _)| (at..at + 1, Reason::At)).collect();
        bytes.extend(long_numbers(text).map(|range| (range, Reason::LongNumber)));
        for (i, t) in tokens.list.iter().enumerate().filter(|_| !tokens.caseless) {
            let inside = held.iter().any(|h| h.range.contains(&t.start));
            if is_unknown_name(text, &tokens, i, &held) {
                bytes.push((t.start..t.end, Reason::UnknownName));
            } else if t.capital && !t.first && t.is(GIVEN) && !t.is(TIME) && !inside {
                bytes.push((t.start..t.end, Reason::NameOrWord));
            }
        }
        bytes.sort_by_key(|(range, _)| (range.start, range.end));
        let (mut byte, mut scalar) = (0, 0_u32);
        bytes
            .into_iter()
            .map(|(range, reason)| {
                scalar += text[byte..range.start].chars().count() as u32;
                byte = range.start;
                let length = text[range].chars().count() as u32;
                Remaining { range: scalar..scalar + length, reason }
            })
            .collect()
    }
}

/// Whether a word with a capital may stand inside a sentence: a quick look, without lists, so that
/// most texts need no more. Where it cannot tell, it says yes.
fn has_capital_inside(text: &str) -> bool {
    if !text.is_ascii() {
        return true;
    }
    let bytes = text.as_bytes();
    (1..bytes.len().saturating_sub(1)).any(|at| {
        let begins = bytes[at].is_ascii_uppercase() && !bytes[at - 1].is_ascii_alphanumeric();
        let word =
            || bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"'-`".contains(b));
        let begins = begins && word().any(u8::is_ascii_lowercase) && !is_i(&text[at..]);
        if !begins {
            return false;
        }
        let Some(before) = text[..at].rfind(|c: char| c.is_ascii_alphanumeric()) else {
            return false;
        };
        let gap = &text[before + 1..at];
        if gap.contains(['\n', '!', '?', ':', '"', '*']) {
            return false;
        }
        // After "tea." a sentence begins; after "Mrs." or "J." it may go on.
        let word =
            text[..=before].rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
        !gap.contains('.') || !bytes[word].is_ascii_lowercase()
    })
}

/// Whether a text begins with "I'm", "I've", "I'll" or "I'd".
fn is_i(text: &str) -> bool {
    ["I'm", "I've", "I'll", "I'd"].iter().any(|short| {
        let rest = text.strip_prefix(short).map(str::as_bytes);
        rest.is_some_and(|rest| {
            rest.first().is_none_or(|b| !b.is_ascii_alphanumeric() && !b"'-`".contains(b))
        })
    })
}

fn is_unknown_name(text: &str, tokens: &Tokens, i: usize, held: &[Placeholder]) -> bool {
    let t = &tokens.list[i];
    t.capital
        && !t.first
        && !t.all_capitals
        && !t.has_digit
        && t.letters > 2
        && t.marks & !PARTICLE == 0
        && !held.iter().any(|h| h.range.contains(&t.start))
        && !is_plural(t.of(text))
        && !names_an_office(text, tokens, i)
}

/// "Tuesdays", "Ghanaians", "Commissioners": words of the lists with an s.
fn is_plural(word: &str) -> bool {
    let folded = fold(word);
    folded.strip_suffix('s').is_some_and(|one| lexicon().marks(one) & (WORD | KEEP | PLACE) != 0)
}

/// "Bramwith Homecare", "Marlpit Business Centre".
fn names_an_office(text: &str, tokens: &Tokens, i: usize) -> bool {
    tokens.list[i..].windows(2).take(2).any(|pair| {
        let joined = text[pair[0].after..pair[1].start].chars().all(|c| c == ' ');
        joined && pair[1].capital && pair[1].is(BUILDING)
    })
}

/// Runs of digits that are no time, price or year.
fn long_numbers(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let digit = |b: Option<&u8>| b.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    (0..bytes.len())
        .filter(move |&i| digit(bytes.get(i)) && (i == 0 || !digit(bytes.get(i - 1))))
        .map(move |i| i..i + bytes[i..].iter().take_while(|b| b.is_ascii_digit()).count())
        .filter(|range| range.len() >= LONG_NUMBER)
}

#[cfg(test)]
mod tests {
    use super::super::{Deidentifier, Options};
    use super::Reason;

    proptest::proptest! {
        #[test]
        fn the_quick_look_misses_nothing(text in "([A-Z][a-z]{0,4}|[a-z]{1,3}|[0-9]|O'|I'|I'm|I've|-|`|[ .,:!?*\"-]|\\. |\n){0,20}") {
            let (held, tokens) = (super::placeholders::find(&text), super::Tokens::read(&text));
            let unknown = |i: usize| super::is_unknown_name(&text, &tokens, i, &held);
            let found = !tokens.caseless && (0..tokens.list.len()).any(unknown);
            proptest::prop_assert!(!found || super::has_capital_inside(&text), "{text:?}");
        }
    }

    fn may_hold_more(text: &str) -> bool {
        Deidentifier::new(Options::default()).label(text).may_hold_more()
    }

    #[test]
    fn an_unknown_word_with_a_capital_inside_a_sentence_is_a_reason_to_look() {
        assert!(may_hold_more("They have a new Zquorthyville on the rota sheet"));
        assert!(may_hold_more("the code they gave out was 488122 for all to hear"));
    }

    #[test]
    fn ordinary_praise_is_none() {
        assert!(!may_hold_more("The carers from Bolton are lovely and come at 7.30 on Mondays"));
        assert!(!may_hold_more("My carer Denise is lovely"));
        assert!(!may_hold_more("He has Lewy body dementia and they only come on Saturdays"));
        assert!(!may_hold_more("We had Bramwith Homecare and a lovely Ghanaian lady at Christmas"));
    }

    #[test]
    fn what_remains_is_told_by_offsets_and_reasons() {
        let text = "é saw 488122 and the Zquorthyville rota";
        let redacted = Deidentifier::new(Options::default()).label(text);
        let found: Vec<_> = redacted
            .remaining()
            .into_iter()
            .map(|r| (r.range.start as usize, r.range.len(), r.reason))
            .collect();
        let at =
            |word: &str| text.chars().count() - text[text.find(word).unwrap()..].chars().count();
        assert_eq!(
            found,
            [(at("488122"), 6, Reason::LongNumber), (at("Zquorthyville"), 13, Reason::UnknownName),]
        );
    }
}
