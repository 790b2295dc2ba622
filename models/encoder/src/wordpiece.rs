//! BERT's uncased `WordPiece`: text into word pieces, each with the bytes it stands for.
//!
//! The same ids as the `tokenizers` crate gives for bert-base-uncased (control characters dropped,
//! CJK characters apart, accents stripped, lower case, punctuation apart, longest pieces first), so
//! that weights trained elsewhere fit. One difference is wanted: "[MASK]" or "[SEP]" typed by a
//! person is punctuation and a word, never a special token. Words repeat, so the pieces of each are
//! remembered in a [`WordCache`] that every thread owns for itself.

use std::collections::HashMap;

use unicode_categories::UnicodeCategories as _;
use unicode_normalization::char::decompose_canonical;

use crate::{EncoderError, unusable};

/// Words longer than this many characters are unknown, as in BERT.
const LONGEST: usize = 100;
/// Longer runs of bytes are not remembered.
const CACHED_BYTES: usize = 48;
/// The cache starts afresh when it holds this many words.
const CACHED_WORDS: usize = 1 << 16;

/// One word piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id in the vocabulary.
    pub id: u32,
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte in the text.
    pub end: u32,
    /// Whether it goes on with the word of the token before it.
    pub continues: bool,
}

/// The pieces of words already seen; one a thread.
#[derive(Debug, Default)]
pub struct WordCache(HashMap<Box<str>, Box<[Token]>>);

/// The vocabulary, and the splitting of text by it.
#[derive(Debug)]
pub struct Tokeniser {
    /// Pieces that begin a word, and pieces that go on with one (without their "##").
    pieces: [HashMap<Box<str>, u32>; 2],
    /// Ids of single ASCII characters.
    ascii: [u32; 128],
    unknown: u32,
    pub(crate) first: u32,
    pub(crate) separator: u32,
}

impl Tokeniser {
    /// A tokeniser for a vocabulary; a piece's id is its place.
    ///
    /// Fails when `[UNK]`, `[CLS]` or `[SEP]` is not in it.
    pub fn new<S: AsRef<str>>(vocabulary: &[S]) -> Result<Self, EncoderError> {
        let mut pieces = [HashMap::new(), HashMap::new()];
        for (id, piece) in vocabulary.iter().enumerate() {
            match piece.as_ref().strip_prefix("##") {
                Some(rest) if !rest.is_empty() => pieces[1].insert(rest.into(), id as u32),
                _ => pieces[0].insert(piece.as_ref().into(), id as u32),
            };
        }
        let special = |name: &str| {
            let id = pieces[0].get(name).copied();
            id.ok_or_else(|| unusable(format!("{name} is not in its vocabulary")))
        };
        let (unknown, first, separator) = (special("[UNK]")?, special("[CLS]")?, special("[SEP]")?);
        let ascii = std::array::from_fn(|byte| {
            let mut buffer = [0; 4];
            let text: &str = char::from(byte as u8).encode_utf8(&mut buffer);
            pieces[0].get(text).copied().unwrap_or(unknown)
        });
        Ok(Self { pieces, ascii, unknown, first, separator })
    }

    /// The word pieces of a text (at most 4 GB), without special tokens.
    pub fn tokens(&self, cache: &mut WordCache, text: &str) -> Vec<Token> {
        let mut tokens = Vec::with_capacity(text.len() / 4 + 2);
        let mut run = 0;
        for (at, char) in text.char_indices() {
            if !char.is_ascii_punctuation() && !is_space(char) {
                continue;
            }
            self.run(cache, text, run..at, &mut tokens);
            run = at + char.len_utf8();
            if char.is_ascii_punctuation() {
                let id = self.ascii[char as usize];
                tokens.push(Token { id, start: at as u32, end: run as u32, continues: false });
            }
        }
        self.run(cache, text, run..text.len(), &mut tokens);
        tokens
    }

    /// The pieces of a run without spaces and ASCII punctuation, remembered.
    fn run(
        &self,
        cache: &mut WordCache,
        text: &str,
        place: std::ops::Range<usize>,
        tokens: &mut Vec<Token>,
    ) {
        let start = place.start as u32;
        let run = &text[place];
        if run.is_empty() {
            return;
        }
        let shifted =
            |token: &Token| Token { start: token.start + start, end: token.end + start, ..*token };
        if let Some(known) = cache.0.get(run) {
            tokens.extend(known.iter().map(shifted));
            return;
        }
        let fresh = self.split(run);
        tokens.extend(fresh.iter().map(shifted));
        if run.len() <= CACHED_BYTES {
            if cache.0.len() >= CACHED_WORDS {
                cache.0.clear();
            }
            cache.0.insert(run.into(), fresh.into());
        }
    }

    /// The pieces of a run: normalised, cut at punctuation and CJK characters, looked up.
    fn split(&self, run: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut word = Word::default();
        for (at, char) in run.char_indices() {
            if char == '\0' || char == '\u{fffd}' || is_control(char) {
                continue;
            }
            let place = (at as u32, (at + char.len_utf8()) as u32);
            let alone = is_cjk(char);
            if alone {
                self.look_up(&mut word, &mut tokens);
            }
            decompose_canonical(char, |part| {
                if part.is_mark_nonspacing() {
                    return;
                }
                for lower in part.to_lowercase() {
                    let mark = lower.is_ascii_punctuation() || lower.is_punctuation();
                    if mark {
                        self.look_up(&mut word, &mut tokens);
                    }
                    word.push(lower, place);
                    if mark {
                        self.look_up(&mut word, &mut tokens);
                    }
                }
            });
            if alone {
                self.look_up(&mut word, &mut tokens);
            }
        }
        self.look_up(&mut word, &mut tokens);
        tokens
    }

    /// The longest pieces that make up a word, from its start; one unknown where there are none.
    fn look_up(&self, word: &mut Word, tokens: &mut Vec<Token>) {
        let characters = word.places.len();
        if characters == 0 {
            return;
        }
        let before = tokens.len();
        let mut from = 0;
        while from < characters && characters <= LONGEST {
            let pieces = &self.pieces[usize::from(from > 0)];
            let found = (from + 1..=characters)
                .rev()
                .find_map(|to| Some((to, *pieces.get(word.part(from, to))?)));
            let Some((to, id)) = found else { break };
            let (start, end) = (word.places[from].1.0, word.places[to - 1].1.1);
            tokens.push(Token { id, start, end, continues: from > 0 });
            from = to;
        }
        if from < characters {
            tokens.truncate(before);
            let (start, end) = (word.places[0].1.0, word.places[characters - 1].1.1);
            tokens.push(Token { id: self.unknown, start, end, continues: false });
        }
        word.text.clear();
        word.places.clear();
    }
}

/// A normalised word; for each character its byte in the word and its bytes in the run.
#[derive(Default)]
struct Word {
    text: String,
    places: Vec<(usize, (u32, u32))>,
}

impl Word {
    fn push(&mut self, char: char, place: (u32, u32)) {
        self.places.push((self.text.len(), place));
        self.text.push(char);
    }

    fn part(&self, from: usize, to: usize) -> &str {
        let end = self.places.get(to).map_or(self.text.len(), |place| place.0);
        &self.text[self.places[from].0..end]
    }
}

/// Dropped before words are told apart: vertical tabs and form feeds, too, though they look like space.
fn is_control(char: char) -> bool {
    !matches!(char, '\t' | '\n' | '\r') && char.is_other()
}

fn is_space(char: char) -> bool {
    char.is_whitespace() && !is_control(char)
}

/// Ideographs, each of which is a word. (Kana and Hangul are written in words of several.) The last
/// range but two begins at 2B920, where Unicode says 2B820, in `tokenizers`, too.
fn is_cjk(char: char) -> bool {
    matches!(u32::from(char),
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0x20000..=0x2A6DF | 0x2A700..=0x2B73F
        | 0x2B740..=0x2B81F | 0x2B920..=0x2CEAF | 0xF900..=0xFAFF | 0x2F800..=0x2FA1F)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokeniser() -> Tokeniser {
        let vocabulary = [
            "[PAD]", "[UNK]", "[CLS]", "[SEP]", "care", "##r", "##s", "late", "don", "t", "’", "'",
            "!", "cafe", "日", "a", "=", "##a",
        ];
        Tokeniser::new(&vocabulary).unwrap()
    }

    fn words(text: &str) -> Vec<(u32, String)> {
        let tokens = tokeniser().tokens(&mut WordCache::default(), text);
        let slice = |token: &Token| text[token.start as usize..token.end as usize].to_owned();
        tokens.iter().map(|token| (token.id, slice(token))).collect()
    }

    #[test]
    fn words_are_cut_into_the_longest_pieces() {
        let expected = [(4, "CARE"), (5, "r"), (6, "S"), (7, "late"), (12, "!")];
        assert_eq!(words("CARErS late!"), expected.map(|(id, text)| (id, text.to_owned())));
    }

    #[test]
    fn accents_are_stripped_and_marks_and_ideographs_stand_apart() {
        let expected = [
            (13, "Cafe\u{301}"),
            (13, "Café"),
            (8, "don"),
            (10, "’"),
            (9, "t"),
            (14, "日"),
            (14, "日"),
        ];
        let found = words("Cafe\u{301}s Café don’t日日");
        assert_eq!(found[0], (13, "Cafe".to_owned()));
        assert_eq!(found[1], (6, "s".to_owned()));
        assert_eq!(
            found[2..],
            expected[1..].iter().map(|(i, t)| (*i, (*t).to_owned())).collect::<Vec<_>>()
        );
    }

    #[test]
    fn what_has_no_pieces_or_is_too_long_is_one_unknown() {
        assert_eq!(words("carex"), [(1, "carex".to_owned())]);
        assert_eq!(words(&"a".repeat(100)).len(), 100);
        assert_eq!(words(&"a".repeat(101)), [(1, "a".repeat(101))]);
    }

    #[test]
    fn control_characters_vanish_and_do_not_part_words() {
        assert_eq!(words("ca\u{b}re\u{200b}r"), [(4, "ca\u{b}re".to_owned()), (5, "r".to_owned())]);
        assert_eq!(words("late\u{a0}late").len(), 2);
    }

    #[test]
    fn special_tokens_cannot_be_typed() {
        assert!(words("[SEP]").iter().all(|(id, _)| *id == 1));
    }

    proptest! {
        #[test]
        fn offsets_are_in_order_on_character_borders_and_the_cache_changes_nothing(text in "[a-z é日’!\u{301}\u{200b}한]{0,40}") {
            let tokeniser = tokeniser();
            let mut cache = WordCache::default();
            let tokens = tokeniser.tokens(&mut cache, &text);
            prop_assert_eq!(&tokens, &tokeniser.tokens(&mut cache, &text));
            for token in &tokens {
                prop_assert!(text.get(token.start as usize..token.end as usize).is_some_and(|part| !part.is_empty()));
            }
            prop_assert!(tokens.windows(2).all(|pair| pair[0].start <= pair[1].start && pair[0].end <= pair[1].end));
        }
    }
}
