//! The word lists as one table: what is known of a word (a given name? also an everyday word? a
//! place?), so that a text costs one look-up a word. The lists are data, under `names/`.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::grammar;

/// What is known of a word: bits.
pub(super) type Marks = u32;
pub(super) const GIVEN: Marks = 1;
pub(super) const SURNAME: Marks = 1 << 1;
/// An everyday word, English or Welsh.
pub(super) const WORD: Marks = 1 << 2;
pub(super) const PLACE: Marks = 1 << 3;
/// A body, brand, people, day, role: nobody, unless introduced as a person.
pub(super) const KEEP: Marks = 1 << 4;
/// A name that is a word or place too, where a capital inside a sentence decides.
pub(super) const NAME_FIRST: Marks = 1 << 5;
/// A name although it is a word too.
pub(super) const ALWAYS: Marks = 1 << 6;
/// The first word of a place of several words.
pub(super) const PLACE_HEAD: Marks = 1 << 7;
// The rest are marks of grammar, see `grammar`.
pub(super) const TITLE: Marks = 1 << 8;
pub(super) const SOFT_TITLE: Marks = 1 << 9;
pub(super) const ROLE: Marks = 1 << 10;
pub(super) const FUNCTION: Marks = 1 << 11;
pub(super) const DOES: Marks = 1 << 12;
pub(super) const IS: Marks = 1 << 13;
pub(super) const BUILDING: Marks = 1 << 14;
pub(super) const LOCATIVE: Marks = 1 << 15;
pub(super) const PARTICLE: Marks = 1 << 16;
pub(super) const ROYAL: Marks = 1 << 17;
pub(super) const TIME: Marks = 1 << 18;
pub(super) const THING: Marks = 1 << 19;
pub(super) const TOWARDS: Marks = 1 << 20;
pub(super) const PLAIN_SURNAME: Marks = 1 << 21;
/// Ends a letter: "regards", "sincerely".
pub(super) const CLOSING: Marks = 1 << 22;

/// Whether what is known of a word makes it a given name with no other common meaning.
pub(super) fn is_plain_given(marks: Marks) -> bool {
    marks & GIVEN != 0 && (marks & ALWAYS != 0 || marks & (WORD | PLACE | KEEP) == 0)
}

/// FNV-1a: the words are our own and short, so a small hash beats a strong one.
#[derive(Debug, Clone, Copy)]
struct WordHash(u64);

impl Default for WordHash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for WordHash {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        // The table reads the high bits, which FNV mixes least.
        self.0 ^ (self.0 << 32)
    }
}

/// The table; the places of several words (true), and the bodies, things and sayings of several
/// (false).
#[derive(Debug)]
pub(super) struct Lexicon {
    words: HashMap<&'static str, Marks, BuildHasherDefault<WordHash>>,
    several: HashMap<&'static str, bool, BuildHasherDefault<WordHash>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::build);

/// The lexicon, built at the first call.
pub(super) fn lexicon() -> &'static Lexicon {
    &LEXICON
}

fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

impl Lexicon {
    fn build() -> Self {
        let lists: [(&'static str, Marks); 8] = [
            (include_str!("names/everyday.txt"), WORD),
            (include_str!("names/spoken.txt"), WORD),
            (include_str!("names/welsh.txt"), WORD),
            (include_str!("names/given.txt"), GIVEN),
            (include_str!("names/surnames.txt"), SURNAME),
            (include_str!("names/keep.txt"), KEEP),
            (include_str!("names/name_first.txt"), NAME_FIRST),
            (include_str!("names/always.txt"), ALWAYS),
        ];
        let mut words = HashMap::with_capacity_and_hasher(120_000, BuildHasherDefault::default());
        for (list, mark) in lists {
            for word in entries(list) {
                *words.entry(word).or_default() |= mark;
            }
        }
        let mut several = HashMap::default();
        // What stands in both is nobody with or without a capital.
        for (list, is_place) in
            [(include_str!("names/places.txt"), true), (include_str!("names/bodies.txt"), false)]
        {
            for entry in entries(list) {
                if let Some((head, _)) = entry.split_once(' ') {
                    *words.entry(head).or_default() |= PLACE_HEAD;
                    several.insert(entry, is_place);
                } else {
                    *words.entry(entry).or_default() |= PLACE;
                }
            }
        }
        for (list, mark) in grammar::LISTS {
            for word in list.split_whitespace() {
                *words.entry(word).or_default() |= mark;
            }
        }
        Self { words, several }
    }

    /// What is known of a folded word. A hyphenated one is known by its parts.
    pub(super) fn marks(&self, word: &str) -> Marks {
        if let Some(marks) = self.words.get(word) {
            return *marks;
        }
        if !word.contains('-') {
            return 0;
        }
        let parts = || word.split('-').map(|p| self.words.get(p).copied().unwrap_or(0));
        let any = parts().fold(0, |a, b| a | b);
        let all = parts().fold(Marks::MAX, |a, b| a & b);
        // "stay-at-home" is no name, whatever its parts.
        // "non-meds" is made of things.
        let thing =
            |p| p & (GIVEN | SURNAME) == 0 && p & (WORD | KEEP | PLACE | FUNCTION | ROLE) != 0;
        let phrase = if parts().count() > 2 { any & WORD } else { 0 }
            | if parts().all(thing) { WORD } else { 0 };
        (any & (GIVEN | SURNAME)) | (all & (WORD | PLACE | KEEP)) | phrase
    }

    /// Whether folded words joined by spaces are a place, which is written with a capital, or a body,
    /// a thing or a saying, which may not be.
    pub(super) fn is_nobody(&self, words: &str, capital: bool) -> bool {
        self.several.get(words).is_some_and(|is_place| capital || !is_place)
    }
}

/// Lower case, without accents, typographic apostrophes straightened: the form of the lists.
pub(super) fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold_into(word, &mut out);
    out
}

/// [`fold`] into a string that is used again and again.
pub(super) fn fold_into(word: &str, out: &mut String) {
    out.clear();
    if word.is_ascii() {
        out.push_str(word);
        out.make_ascii_lowercase();
        return;
    }
    for c in word.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            '’' | '‘' | 'ʼ' | '`' => out.push('\''),
            '‐' | '‑' => out.push('-'),
            'ł' => out.push('l'),
            'ø' => out.push('o'),
            'ı' => out.push('i'),
            'đ' => out.push('d'),
            'ß' => out.push_str("ss"),
            c => out.push(c),
        }
    }
}
