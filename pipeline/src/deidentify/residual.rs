//! What may still be personal in de-identified text: not proof, but a reason for a person to look.
//!
//! A long number, an "@", or a capitalised word in the middle of a sentence that no list knows. It
//! runs after the recognisers, so what it meets is what they passed over.

use super::Redacted;
use super::lexicon::{BUILDING, KEEP, PARTICLE, PLACE, WORD, fold, lexicon};
use super::placeholders;
use super::tokens::Tokens;

/// A run of this many digits is no time, price or year.
const LONG_NUMBER: usize = 6;

impl Redacted {
    /// Whether a person should look at the text before it is shared.
    pub fn may_hold_more(&self) -> bool {
        let text = self.as_str();
        if text.contains('@') || has_long_number(text) {
            return true;
        }
        if !text.bytes().any(|b| b.is_ascii_uppercase()) && text.is_ascii() {
            return false;
        }
        let held = placeholders::find(text);
        let tokens = Tokens::read(text);
        !tokens.caseless
            && tokens.list.iter().enumerate().any(|(i, t)| {
                t.capital
                    && !t.first
                    && !t.all_capitals
                    && !t.has_digit
                    && t.letters > 2
                    && t.marks & !PARTICLE == 0
                    && !held.iter().any(|h| h.range.contains(&t.start))
                    && !is_plural(t.of(text))
                    && !names_an_office(text, &tokens, i)
            })
    }
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

fn has_long_number(text: &str) -> bool {
    let mut digits = 0;
    text.bytes().any(|b| {
        digits = if b.is_ascii_digit() { digits + 1 } else { 0 };
        digits >= LONG_NUMBER
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Deidentifier, Options};

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
}
