//! Responses that repeat another: the same words pasted into two channels, and campaign letters that
//! many people sent from one template.
//!
//! Nothing is merged: a repetition is linked to the first response with its words and counted. Both
//! `ledger` (on de-identified text, where the names that people put into a template are placeholders)
//! and the report of `heard check` use this. Memory is some tens of bytes for
//! each text of some length, up to a number of texts.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

/// A text with fewer words than this is not taken for a copy of another: many people say "no".
const SAME_WORDS: usize = 6;
/// A text with fewer words is no campaign letter.
const TEMPLATE_WORDS: usize = 25;
/// A sentence with fewer words than this is anybody's.
const SENTENCE_WORDS: usize = 5;

/// Texts that are remembered, so that memory stays bounded; later ones are still compared with them.
const REMEMBERED: usize = 3_000_000;

/// How a response repeats an earlier one, with that one's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeat<T> {
    /// The same words, whatever their case, spacing and punctuation.
    Same(T),
    /// At least two of its sentences, and half of its words, stand in that one.
    Template(T),
}

/// The texts met so far.
#[derive(Debug)]
pub struct Repeats<T> {
    whole: HashMap<u64, u32>,
    sentences: HashMap<u64, u32>,
    ids: Vec<T>,
}

impl<T> Default for Repeats<T> {
    fn default() -> Self {
        Self { whole: HashMap::new(), sentences: HashMap::new(), ids: Vec::new() }
    }
}

impl<T: Clone> Repeats<T> {
    /// Takes the next text, and says which earlier one it repeats. The first of them stays first.
    pub fn enter(&mut self, text: &str, id: impl FnOnce() -> T) -> Option<Repeat<T>> {
        let words = text.split_whitespace().filter(|w| w.contains(char::is_alphanumeric)).count();
        if words < SAME_WORDS {
            return None;
        }
        let whole = xxh3_64(plain(text).as_bytes());
        if let Some(first) = self.whole.get(&whole) {
            return Some(Repeat::Same(self.ids[*first as usize].clone()));
        }
        let room = self.ids.len() < REMEMBERED;
        let number = self.ids.len() as u32;
        if room {
            self.whole.insert(whole, number);
            self.ids.push(id());
        }
        if words < TEMPLATE_WORDS {
            return None;
        }
        let sentences = sentences(text);
        let first = self.template(&sentences, words);
        if first.is_none() && room {
            for (hash, _) in sentences {
                self.sentences.entry(hash).or_insert(number);
            }
        }
        first.map(|first| Repeat::Template(self.ids[first as usize].clone()))
    }

    /// The earlier text that holds most of these sentences, if it holds enough of them.
    fn template(&self, sentences: &[(u64, usize)], words: usize) -> Option<u32> {
        // (first text, sentences, words) in the order of the sentences: the earliest of equals wins.
        let mut shared: Vec<(u32, usize, usize)> = Vec::new();
        for (hash, count) in sentences {
            let Some(first) = self.sentences.get(hash) else { continue };
            match shared.iter_mut().find(|s| s.0 == *first) {
                Some(known) => {
                    known.1 += 1;
                    known.2 += count;
                }
                None => shared.push((*first, 1, *count)),
            }
        }
        let enough = shared.into_iter().filter(|s| s.1 >= 2 && s.2 * 2 >= words);
        enough.rev().max_by_key(|s| s.2).map(|s| s.0)
    }
}

/// Letters and digits in small letters; placeholders lose their numbers, which differ between texts.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut within = false;
    for c in text.chars() {
        match c {
            '[' => within = true,
            ']' => within = false,
            _ if within && c.is_ascii_digit() => {}
            _ if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ => {}
        }
    }
    out
}

/// A fingerprint of each sentence that is long enough, with its words; each once.
fn sentences(text: &str) -> Vec<(u64, usize)> {
    let mut out: Vec<(u64, usize)> = Vec::new();
    // A template's lines are wrapped anew by each program, so only a blank line ends a sentence.
    let text = text.replace("\n\n", ".").replace('\n', " ");
    for sentence in text.split(['.', '!', '?', ';']) {
        let words = sentence.split_whitespace().count();
        let hash = xxh3_64(plain(sentence).as_bytes());
        if words >= SENTENCE_WORDS && !out.iter().any(|o| o.0 == hash) {
            out.push((hash, words));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LETTER: &str = "Dear councillor,\n\nI am writing to object to the plan to move home care into \
        locality teams. My relative has had the same carer for years and would lose her. Nobody has \
        told us what will happen to visits at weekends.\n\nYours faithfully\n[PERSON 1]";

    #[test]
    fn the_same_words_are_the_same_whatever_their_form() {
        let mut repeats = Repeats::default();
        assert_eq!(repeats.enter("They never ring when they are late.", || 1), None);
        let again = "they NEVER ring,\nwhen they are late";
        assert_eq!(repeats.enter(again, || 2), Some(Repeat::Same(1)));
        assert_eq!(repeats.enter("Nothing at all", || 3), None);
        assert_eq!(repeats.enter("Nothing at all", || 4), None);
    }

    #[test]
    fn a_template_with_words_of_ones_own_is_linked_to_the_first() {
        let mut repeats = Repeats::default();
        assert_eq!(repeats.enter(LETTER, || 1), None);
        let signed = LETTER.replace("[PERSON 1]", "[PERSON 2]\n[ADDRESS 1]");
        assert_eq!(repeats.enter(&signed, || 2), Some(Repeat::Template(1)));
        let own = LETTER.replace("weekends.", "weekends. My dad cried when he heard of it.");
        let wrapped = own.replace("home care into locality", "home care\ninto locality");
        assert_eq!(repeats.enter(&wrapped, || 3), Some(Repeat::Template(1)));
    }

    #[test]
    fn one_sentence_in_common_is_no_campaign() {
        let mut repeats = Repeats::default();
        repeats.enter(LETTER, || 1);
        let other = "My mother has had home care since March and it is good. They are kind to her and \
            they listen. Nobody has told us what will happen to visits at weekends.";
        assert_eq!(repeats.enter(other, || 2), None);
    }

    proptest! {
        #[test]
        fn every_text_repeats_itself_and_nothing_fails(text in "[a-zé .!\\n\\[\\]0-9]{0,300}") {
            let mut repeats = Repeats::default();
            let first = repeats.enter(&text, || 1);
            prop_assert_eq!(first, None);
            let words = text.split_whitespace().filter(|w| w.contains(char::is_alphanumeric)).count();
            let again = repeats.enter(&text, || 2);
            prop_assert_eq!(again, (words >= SAME_WORDS).then_some(Repeat::Same(1)));
        }
    }
}
