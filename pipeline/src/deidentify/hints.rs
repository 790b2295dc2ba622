//! One pass over a text that says which patterns can match at all: most comments hold no digit, no
//! "@" and no street, and need not be searched for any.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// Words without which a pattern cannot match, in any case; what they speak for.
const WORDS: [(&[&str], u16); 7] = [
    (&["dot", "."], DOTTED),
    (&["born", "birth", "dob", "d.o", "d o"], BORN),
    (
        &[
            "a/c",
            "acc",
            "policy",
            "case",
            "claim",
            "client",
            "cust",
            "invoice",
            "inv",
            "nino",
            "ref",
            "member",
            "booking",
            "tenan",
            "patient",
            "service user",
            "id",
            "no",
            "num",
            "code",
            "roll",
            "order",
            "complaint",
            "#",
            "quot",
        ],
        REFERENCE,
    ),
    (
        &[
            "flat",
            "apartment",
            "apt",
            "unit",
            "room",
            "bungalow",
            "maisonette",
            "studio",
            "plot",
            "pitch",
            "berth",
            "mooring",
            "caravan",
            "chalet",
            "number",
            "no ",
            "no.",
        ],
        UNIT,
    ),
    (&["live", "living", "resid", "moved", "ddress", "stays"], LIVED),
    (&["reg", "plate", "vrn"], PLATE),
    (&["oh ", "zero", "seven", "nought"], SPOKEN),
];
/// Streets, as they are written; what ends a street decides whether addresses are looked for.
const STREETS: [&str; 24] = [
    "Street", "Road", "Lane", "Avenue", "Ave", "Close", "Drive", "Crescent", "Cres", "Grove",
    "Terrace", "Mews", "Gardens", "Rise", "Wynd", "Brow", "Fold", "Croft", "Heol", "Ffordd",
    "Stryd", "Maes", "Rhodfa", "Teras",
];

pub(super) const DOTTED: u16 = 1;
pub(super) const BORN: u16 = 1 << 1;
pub(super) const REFERENCE: u16 = 1 << 2;
pub(super) const UNIT: u16 = 1 << 3;
pub(super) const LIVED: u16 = 1 << 4;
pub(super) const PLATE: u16 = 1 << 5;
pub(super) const SPOKEN: u16 = 1 << 6;
pub(super) const STREET: u16 = 1 << 8;
/// "@"
pub(super) const AT: u16 = 1 << 9;
/// A letter with a digit behind it: "BL1", "AB12".
pub(super) const LETTER_DIGIT: u16 = 1 << 10;
/// A digit, and a word or a line behind it: "14 Mill Lane".
pub(super) const DIGIT_WORD: u16 = 1 << 11;
/// A comma before a capital or a number.
pub(super) const LISTED: u16 = 1 << 12;
/// A capital letter that does not begin the text.
pub(super) const CAPITAL: u16 = 1 << 13;

/// What a text could hold.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hints {
    bits: u16,
    pub(super) digits: usize,
}

static FINDER: LazyLock<(AhoCorasick, Vec<u16>)> = LazyLock::new(|| {
    let words = WORDS.iter().flat_map(|(words, bit)| words.iter().map(|word| (*word, *bit)));
    let all: Vec<(&str, u16)> = words.chain(STREETS.map(|street| (street, STREET))).collect();
    let finder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .match_kind(MatchKind::Standard)
        .build(all.iter().map(|(word, _)| word));
    #[allow(clippy::expect_used, reason = "a fixed list, built in every test run")]
    (finder.expect("the list is small"), all.iter().map(|(_, bit)| *bit).collect())
});

impl Hints {
    /// Reads a text once.
    pub(super) fn of(text: &str) -> Self {
        let mut hints = Self::default();
        let (finder, bits) = &*FINDER;
        for found in finder.find_overlapping_iter(text) {
            hints.bits |= bits[found.pattern().as_usize()];
        }
        let mut before = [b' '; 3];
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    hints.digits += 1;
                    if before[0].is_ascii_alphabetic() {
                        hints.bits |= LETTER_DIGIT;
                    }
                    if before.contains(&b',') {
                        hints.bits |= LISTED;
                    }
                }
                b'@' => hints.bits |= AT,
                b'A'..=b'Z' | 0xC3..=0xC5 if at > 0 => {
                    hints.bits |= CAPITAL;
                    if before.contains(&b',') {
                        hints.bits |= LISTED;
                    }
                }
                _ => {}
            }
            if byte.is_ascii_alphabetic()
                && before[0].is_ascii_whitespace()
                && (before[1].is_ascii_digit()
                    || before[2].is_ascii_digit()
                    || matches!(before[1], b',' | 0xA0))
            {
                hints.bits |= DIGIT_WORD;
            }
            before = [byte, before[0], before[1]];
        }
        hints
    }

    /// Whether any of these is there.
    pub(super) fn any(self, bits: u16) -> bool {
        self.bits & bits != 0
    }
}
