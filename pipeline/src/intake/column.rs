//! The values of one column, counted as they stream by: enough to tell what the column holds.
//!
//! Memory is bounded: shapes are looked at in the first two thousand values, different values are
//! counted up to a cap, and only a few hundred short ones are kept.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use super::dates::{self, Proof};
use super::repair;
use super::wording;

/// Values whose shape is looked at.
const SAMPLE: u64 = 2_000;
/// Different values that are counted.
const COUNTED: usize = 5_000;
/// Different values that are kept, for choices and question columns.
const KEPT: usize = 500;
/// Longer values are nobody's choice and are not kept.
const KEPT_CHARS: usize = 400;

/// A value of so many words is nobody's choice.
const LONG: u64 = 40;

/// Counts over the values of a column.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    /// Rows in which it holds something.
    pub(crate) filled: u64,
    /// Rows in which it says "nothing" or the like.
    pub(crate) says_nothing: u64,
    /// Cells in which mojibake was undone (within the sample).
    pub(crate) mojibake: u64,
    hashes: HashSet<u64>,
    sample: u64,
    sample_distinct: u64,
    words: u64,
    sentences: u64,
    prose: u64,
    spaced: u64,
    numbers: u64,
    integers: u64,
    serials: u64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    dates: u64,
    pub(crate) order: Proof,
    emails: u64,
    phones: u64,
    postcodes: u64,
    networks: u64,
    yes_no: u64,
    asks: u64,
    marked: u64,
    /// Kept values in order of appearance, each with its rows.
    pub(crate) values: Vec<(String, u64)>,
    value_index: std::collections::HashMap<u64, usize>,
    pieces: HashSet<u64>,
    piece_total: u64,
    pieced: u64,
    long: u64,
}

impl Stats {
    /// Takes the column's cell of another row.
    pub(crate) fn feed(&mut self, raw: &str) {
        if wording::missing(raw) {
            return;
        }
        let text = raw.trim();
        self.filled += 1;
        self.says_nothing += u64::from(wording::says_nothing(text));
        let hash = xxh3_64(text.as_bytes());
        let new = self.hashes.len() < COUNTED && self.hashes.insert(hash);
        if let Some(at) = self.value_index.get(&hash) {
            self.values[*at].1 += 1;
        } else if new && self.values.len() < KEPT && text.len() <= KEPT_CHARS {
            self.value_index.insert(hash, self.values.len());
            self.values.push((text.to_owned(), 1));
        }
        // "Nothing" is as usual in open text as in no other column, and tells nothing of its shape.
        if self.sample < SAMPLE && !(wording::says_nothing(text) && text.len() > 2) {
            self.look(text);
            self.sample += 1;
            self.sample_distinct += u64::from(new);
        }
    }

    /// Looks at the shape of a value.
    fn look(&mut self, raw: &str) {
        let (text, repaired) = repair::cell(raw);
        let text = &*text;
        self.mojibake += u64::from(repaired);
        let words = text.split_whitespace().count() as u64;
        self.words += words;
        self.spaced += u64::from(words > 1);
        self.sentences += u64::from(words >= 5);
        self.long += u64::from(words >= LONG);
        self.prose += u64::from(words > 1 && wording::prose(text));
        if let Some(number) = number(text.trim_end_matches('%')) {
            self.low = if self.numbers == 0 { number } else { self.low.min(number) };
            self.high = if self.numbers == 0 { number } else { self.high.max(number) };
            self.numbers += 1;
            self.integers += u64::from(number.fract() == 0.0);
            self.serials += u64::from(dates::serial(text).is_some());
        }
        if text.len() <= 48
            && dates::parse(text, dates::Order::DayFirst)
                .or_else(|| dates::parse(text, dates::Order::MonthFirst))
                .is_some()
        {
            self.dates += 1;
            self.order.feed(text);
        }
        self.emails += u64::from(words == 1 && text.contains('@') && text.contains('.'));
        self.phones += u64::from(is_phone(text));
        self.postcodes += u64::from(is_postcode(text));
        self.networks += u64::from(text.parse::<std::net::IpAddr>().is_ok());
        self.yes_no += u64::from(yes(text).is_some());
        self.asks += u64::from(words > 2 && text.ends_with('?'));
        self.marked += u64::from(is_marked(text));
        let short = |line: &str| line.split_whitespace().count() <= 4;
        let separator = if text.contains('\n') && text.lines().all(short) {
            "\n"
        } else if text.contains(';') {
            ";"
        } else if text.contains('|') {
            "|"
        } else if text.contains(", ") {
            ", "
        } else {
            ","
        };
        let pieces: Vec<&str> =
            text.split(separator).map(str::trim).filter(|p| !p.is_empty()).collect();
        self.pieced += u64::from(pieces.len() > 1 || text.ends_with(';'));
        for piece in pieces.iter().take(40) {
            self.piece_total += 1;
            if self.pieces.len() < COUNTED {
                self.pieces.insert(xxh3_64(piece.as_bytes()));
            }
        }
    }

    /// Different values, as far as they are counted.
    pub(crate) fn distinct(&self) -> u64 {
        self.hashes.len() as u64
    }

    /// True where there are more different values than are counted.
    pub(crate) fn overflows(&self) -> bool {
        self.hashes.len() >= COUNTED
    }

    /// Different values a value, within the sample.
    pub(crate) fn variety(&self) -> f64 {
        share(self.sample_distinct, self.sample)
    }

    /// Mean words a value.
    pub(crate) fn words(&self) -> f64 {
        share(self.words, self.sample)
    }

    /// Share of values of five words or more.
    pub(crate) fn sentences(&self) -> f64 {
        share(self.sentences, self.sample)
    }

    /// True where a value is longer than any choice.
    pub(crate) fn holds_long(&self) -> bool {
        self.long > 0
    }

    /// Share of values that read like what people say.
    pub(crate) fn prose(&self) -> f64 {
        share(self.prose, self.sample)
    }

    /// Share of values of more than one word.
    pub(crate) fn spaced(&self) -> f64 {
        share(self.spaced, self.sample)
    }

    /// Share of values that are numbers.
    pub(crate) fn numbers(&self) -> f64 {
        share(self.numbers, self.sample)
    }

    /// Share of values that are whole numbers.
    pub(crate) fn integers(&self) -> f64 {
        share(self.integers, self.sample)
    }

    /// Share of values that could be Excel's serial days.
    pub(crate) fn serials(&self) -> f64 {
        share(self.serials, self.sample)
    }

    /// Share of values that are days.
    pub(crate) fn dates(&self) -> f64 {
        share(self.dates, self.sample)
    }

    /// Share of values that are e-mail addresses.
    pub(crate) fn emails(&self) -> f64 {
        share(self.emails, self.sample)
    }

    /// Share of values that are telephone numbers.
    pub(crate) fn phones(&self) -> f64 {
        share(self.phones, self.sample)
    }

    /// Share of values that are marks with their meaning: "1 - Very good".
    pub(crate) fn marked(&self) -> f64 {
        share(self.marked, self.sample)
    }

    /// Share of values that are whole UK postcodes.
    pub(crate) fn postcodes(&self) -> f64 {
        share(self.postcodes, self.sample)
    }

    /// Share of values that are IP addresses.
    pub(crate) fn networks(&self) -> f64 {
        share(self.networks, self.sample)
    }

    /// Share of values that are a yes or a no.
    pub(crate) fn yes_no(&self) -> f64 {
        share(self.yes_no, self.sample)
    }

    /// Share of values that are questions themselves.
    pub(crate) fn asks(&self) -> f64 {
        share(self.asks, self.sample)
    }

    /// True where values are lists of a few pieces that come again and again.
    pub(crate) fn is_pieced(&self) -> bool {
        self.sample >= 3
            && self.pieced * 10 >= self.sample
            && !self.pieces.is_empty()
            && self.piece_total >= 3 * self.pieces.len() as u64
    }

    /// True where every value is made of the same few pieces, whatever they say: "I live alone,I use
    /// a wheelchair".
    pub(crate) fn is_ticked(&self) -> bool {
        self.is_pieced()
            && self.sample >= 10
            && self.pieces.len() <= 15
            && self.piece_total >= 4 * self.pieces.len() as u64
    }
}

/// A number, with a point or, as in much of Europe, a comma before its decimals.
pub(crate) fn number(text: &str) -> Option<f64> {
    let decimals = text.split_once(',').filter(|(whole, part)| {
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        digits(whole.trim_start_matches('-')) && digits(part) && part.len() <= 2
    });
    match decimals {
        Some((whole, part)) => format!("{whole}.{part}").parse().ok(),
        None => text.parse().ok(),
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A yes (true), a no (false), or neither.
pub(crate) fn yes(text: &str) -> Option<bool> {
    let text = text.trim().to_lowercase();
    let first = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    match first {
        "yes" | "y" | "true" | "1" | "agree" | "agreed" | "ok" | "ticked" | "checked" | "x" => {
            Some(true)
        }
        "no" | "n" | "false" | "0" | "disagree" => Some(false),
        _ if text.starts_with("i do not")
            || text.starts_with("i don't")
            || text.starts_with("please do not") =>
        {
            Some(false)
        }
        _ if text.starts_with("i agree")
            || text.starts_with("i consent")
            || text.starts_with("i am happy") =>
        {
            Some(true)
        }
        _ => None,
    }
}

fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (9..=13).contains(&digits)
        && (text.starts_with('0')
            || text.starts_with('+')
            || text.starts_with("44") && digits == 12
            || text.starts_with('('))
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'+' | b'-' | b'(' | b')' | b'.'))
}

/// "1 - Very good", "10: likely", "5 (excellent)".
fn is_marked(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    let rest = rest.trim_start();
    (1..=2).contains(&digits)
        && rest.starts_with(['-', '–', '—', ':', '=', '(', '.', ')'])
        && rest.contains(char::is_alphabetic)
        && text.split_whitespace().count() <= 8
}

/// True for a whole postcode ("LS12 3AB"). Its outward part alone is a place as large as a town, and a
/// code of anything may look like one.
fn is_postcode(text: &str) -> bool {
    if !text.is_ascii() {
        return false;
    }
    let compact: Vec<u8> =
        text.bytes().filter(|b| *b != b' ').map(|b| b.to_ascii_uppercase()).collect();
    let letters = compact.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let rest = &compact[letters..];
    if !(1..=2).contains(&letters) || !(4..=5).contains(&rest.len()) {
        return false;
    }
    let (out, inward) = rest.split_at(rest.len() - 3);
    out[0].is_ascii_digit()
        && out.iter().all(u8::is_ascii_alphanumeric)
        && inward[0].is_ascii_digit()
        && inward[1..].iter().all(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_known_by_their_shape() {
        assert!(is_phone("07700 900123") && is_phone("+44 7700 900 123") && !is_phone("12345"));
        assert!(
            is_postcode("LS12 3AB")
                && is_postcode("w1a 1aa")
                && !is_postcode("ls1")
                && !is_postcode("Good")
                && !is_postcode("AB123456")
        );
        assert!(is_marked("1 - Very good") && is_marked("5 (excellent)"));
        assert!(!is_marked("1 hour - late") && !is_marked("3") && !is_marked("12/05 - Tuesday"));
        assert_eq!(yes("Yes, you may"), Some(true));
        assert_eq!(yes("No"), Some(false));
        assert_eq!(yes("Maybe"), None);
    }

    #[test]
    fn lists_of_choices_are_seen_as_pieces() {
        let mut stats = Stats::default();
        for value in ["A;B;", "B;", "A;C;", "C;B;A;", "A;", "B;C;"] {
            stats.feed(value);
        }
        assert!(stats.is_pieced());
        assert_eq!(stats.filled, 6);
    }
}
