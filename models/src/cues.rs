//! Cues: words and short phrases that speak of a theme, listed in a codebook, found in a text.
//!
//! Coded examples never hold every way of saying a thing; people who know a subject can list many
//! more. A cue that is found is a feature like any other: what it is worth, also under negation and
//! beside other words, is learnt from examples, so that a doubtful cue does little harm. A model
//! carries the cues of its codebook with it, because its weights mean nothing without them.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::features::tokens;
use crate::heads::Index;

/// Shortest and longest beginning of a word, in bytes, that can stand for the whole of it.
const STEMS: (usize, usize) = (3, 14);

/// One word of a cue.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// This word.
    Word(Vec<u8>),
    /// Every word that begins so: `rush*`.
    Stem(Vec<u8>),
    /// Any word: `_`.
    Any,
}

impl Token {
    fn fits(&self, word: &[u8]) -> bool {
        match self {
            Self::Word(own) => own == word,
            Self::Stem(own) => word.starts_with(own),
            Self::Any => true,
        }
    }
}

/// A cue ready to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    list: u16,
    /// The same for all spellings of a cue, and between models.
    id: u32,
    rest: Vec<Token>,
}

/// Where a cue was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Number of the list that the cue stands in.
    pub(crate) list: u16,
    /// Hash of the cue.
    pub(crate) cue: u32,
    /// Number of its last word.
    pub(crate) last: usize,
}

/// Lists of cues, one for each code of a codebook and one for safeguarding, ready to be found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Vec<String>>", into = "Vec<Vec<String>>")]
pub struct Cues {
    lists: Vec<Vec<String>>,
    /// By the key of their first word.
    patterns: Vec<Pattern>,
    /// For each distinct key, its patterns.
    ranges: Vec<(u32, u32)>,
    index: Index,
    /// Bit n is set where some cue begins with a stem of n bytes: other lengths need no look-up.
    stems: u32,
}

impl PartialEq for Cues {
    fn eq(&self, other: &Self) -> bool {
        self.lists == other.lists
    }
}

impl From<Cues> for Vec<Vec<String>> {
    fn from(cues: Cues) -> Self {
        cues.lists
    }
}

impl From<Vec<Vec<String>>> for Cues {
    fn from(lists: Vec<Vec<String>>) -> Self {
        let mut found: Vec<(u32, Pattern)> = Vec::new();
        let mut stems = 0;
        for (list, cues) in (0..).zip(&lists) {
            for cue in cues {
                // Many leave apostrophes out; both spellings are one cue.
                let plain = cue.replace(['\'', '\u{2019}'], "");
                let second = (plain != *cue).then_some(plain);
                for spelling in std::iter::once(cue.clone()).chain(second) {
                    let mut tokens = compile(&spelling).into_iter();
                    let key = match tokens.next() {
                        Some(Token::Word(word)) => key(false, &word),
                        Some(Token::Stem(stem)) => {
                            stems |= 1 << stem.len().min(31);
                            key(true, &stem)
                        }
                        Some(Token::Any) | None => continue,
                    };
                    let id = (xxh3_64_with_seed(cue.as_bytes(), 0) >> 32) as u32;
                    found.push((key, Pattern { list, id, rest: tokens.collect() }));
                }
            }
        }
        found.sort_by_key(|(key, _)| *key);
        let (mut keys, mut ranges, mut patterns) =
            (Vec::new(), Vec::<(u32, u32)>::new(), Vec::new());
        for (at, (key, pattern)) in (0..).zip(found) {
            match ranges.last_mut() {
                Some(range) if keys.last() == Some(&key) => range.1 = at + 1,
                _ => {
                    keys.push(key);
                    ranges.push((at, at + 1));
                }
            }
            patterns.push(pattern);
        }
        Self { lists, patterns, ranges, index: Index::new(&keys), stems }
    }
}

impl Cues {
    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Adds the ranges of patterns that may begin with a folded word.
    pub(crate) fn candidates(&self, word: &[u8], found: &mut Vec<(u32, u32)>) {
        let stems = (STEMS.0..=STEMS.1.min(word.len()))
            .filter(|length| self.stems & (1 << length) != 0)
            .map(|length| key(true, &word[..length]));
        let keys = std::iter::once(key(false, word)).chain(stems);
        found.extend(keys.filter_map(|key| Some(self.ranges[self.index.row(key)? as usize])));
    }

    /// Finds the cues that begin at word `at`, among its candidates; `word` gives the folded words
    /// of the text.
    pub(crate) fn at<'a>(
        &self,
        at: usize,
        words: usize,
        word: impl Fn(usize) -> &'a [u8],
        candidates: &[(u32, u32)],
        mut emit: impl FnMut(Hit),
    ) {
        for (from, to) in candidates {
            for pattern in &self.patterns[*from as usize..*to as usize] {
                let last = at + pattern.rest.len();
                let fits = last < words
                    && (pattern.rest.iter().zip(at + 1..)).all(|(token, at)| token.fits(word(at)));
                if fits {
                    emit(Hit { list: pattern.list, cue: pattern.id, last });
                }
            }
        }
    }
}

fn key(stem: bool, bytes: &[u8]) -> u32 {
    (xxh3_64_with_seed(bytes, u64::from(stem)) >> 32) as u32
}

fn compile(cue: &str) -> Vec<Token> {
    let mut all = Vec::new();
    for part in cue.split_whitespace() {
        if part == "_" {
            all.push(Token::Any);
            continue;
        }
        let (part, stem) = part.strip_suffix('*').map_or((part, false), |part| (part, true));
        let mut words: Vec<Token> = tokens(part).into_iter().map(Token::Word).collect();
        if stem && let Some(Token::Word(last)) = words.pop() {
            words.push(Token::Stem(last));
        }
        all.append(&mut words);
    }
    all
}

/// What is wrong with a cue, if anything.
pub(crate) fn problem(cue: &str) -> Option<&'static str> {
    let tokens = compile(cue);
    let short = |token: &Token| matches!(token, Token::Stem(stem) if !(STEMS.0..=STEMS.1).contains(&stem.len()));
    match tokens.first() {
        None => Some("holds no word; write one or remove it"),
        Some(Token::Any) => Some("begins with _, which stands for any word; begin with a word"),
        _ if tokens.iter().any(short) => {
            Some("has a * after fewer than 3 letters or more than 14; write more or fewer letters")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(cues: &Cues, text: &str) -> Vec<(u16, usize, usize)> {
        let words = tokens(text);
        let mut all = Vec::new();
        for at in 0..words.len() {
            let mut candidates = Vec::new();
            cues.candidates(&words[at], &mut candidates);
            let emit = |hit: Hit| all.push((hit.list, at, hit.last));
            cues.at(at, words.len(), |at| &words[at], &candidates, emit);
        }
        all
    }

    fn cues() -> Cues {
        let list = |cues: &[&str]| cues.iter().map(|cue| (*cue).to_owned()).collect();
        Cues::from(vec![list(&["rush*", "can't stop"]), list(&["never the same _", "late"])])
    }

    #[test]
    fn words_stems_phrases_and_gaps_are_found_where_they_stand() {
        let cues = cues();
        assert_eq!(found(&cues, "Always rushing and late"), [(0, 1, 1), (1, 3, 3)]);
        assert_eq!(found(&cues, "Never the same face."), [(1, 0, 3)]);
        assert_eq!(found(&cues, "never the same"), []);
        assert_eq!(found(&cues, "later"), []);
    }

    #[test]
    fn an_apostrophe_may_be_missing() {
        assert_eq!(found(&cues(), "cant stop"), found(&cues(), "CAN’T stop"));
        assert_eq!(found(&cues(), "cant stop").len(), 1);
    }

    #[test]
    fn what_cannot_be_a_cue_is_told() {
        for (cue, right) in
            [("late", true), ("rush*", true), ("a*", false), ("_ late", false), ("--", false)]
        {
            assert_eq!(problem(cue).is_none(), right, "{cue}");
        }
    }
}
