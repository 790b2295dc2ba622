//! A text to words, numbers and marks with their places, the ground that quantities are read from.
//!
//! Apostrophes part a word ("don't" is `don`, `t`; "she's" is `she`), a placeholder such as
//! [PERSON 1] is one token and no number, a letter before digits makes a word ("B12"). What numbers
//! mean is left to [`super::quantities`].

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// Letters, lower case.
    Word,
    /// Digits, with the value.
    Number(f64),
    /// A sentence ends.
    Stop,
    /// A comma, a colon, a dash with spaces around it, a bracket.
    Comma,
    /// A hyphen or dash between two words.
    Hyphen,
    /// `/`
    Slash,
    /// `:` between digits.
    Colon,
    /// `+`
    Plus,
    /// `£`
    Pound,
    /// A placeholder.
    Placeholder,
}

/// A token of a text.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    /// What it is.
    pub(super) kind: Kind,
    /// Its letters in lower case.
    pub(super) word: &'a str,
    /// Byte range in the text.
    pub(super) span: Range<usize>,
    /// True where nothing stands between it and the token before.
    pub(super) glued: bool,
}

/// The tokens of a text in ASCII lower case.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut out: Vec<Token<'_>> = Vec::with_capacity(text.len() / 5 + 2);
    let (mut at, mut end_of_last) = (0, usize::MAX);
    while at < bytes.len() {
        let Some((kind, end)) = token(text, at) else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let word = &text[at..end];
        // "she's", "we've", "they're", "I'm", "he'll": what follows the apostrophe says nothing here.
        let ending = kind == Kind::Word
            && matches!(word, "s" | "ve" | "re" | "m" | "ll")
            && text[..at].ends_with(['\'', '’']);
        let glued = end_of_last == at;
        if !ending {
            // "an hour n a half"
            let word = if word == "n" && !glued { "and" } else { word };
            out.push(Token { kind, word, span: at..end, glued });
        }
        end_of_last = end;
        at = end;
    }
    out
}

/// The token that starts at `at`, with its end; None for what separates.
fn token(text: &str, at: usize) -> Option<(Kind, usize)> {
    let bytes = text.as_bytes();
    let next = bytes.get(at + 1).copied().unwrap_or(b' ');
    let after_digit = at > 0 && bytes[at - 1].is_ascii_digit();
    Some(match bytes[at] {
        b'a'..=b'z' => {
            let rest = bytes[at..].iter();
            // Letters straight after digits are a unit ("1hr20"), others may hold digits ("b12").
            let len = if after_digit {
                rest.take_while(|b| b.is_ascii_lowercase()).count()
            } else {
                rest.take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count()
            };
            (Kind::Word, at + len)
        }
        b'0'..=b'9' => number(bytes, at),
        b'.' if after_digit && next.is_ascii_digit() => return None,
        b'.' | b'!' | b'?' | b'\n' | b'\r' => (Kind::Stop, at + 1),
        b':' if after_digit && next.is_ascii_digit() => (Kind::Colon, at + 1),
        b',' | b':' | b';' | b'(' | b')' => (Kind::Comma, at + 1),
        b'-' if next == b' ' && at > 0 && bytes[at - 1] == b' ' => (Kind::Comma, at + 1),
        b'-' => (Kind::Hyphen, at + 1),
        b'/' => (Kind::Slash, at + 1),
        b'+' => (Kind::Plus, at + 1),
        b'[' => {
            let window = &bytes[at..bytes.len().min(at + 40)];
            let close = window.iter().position(|b| *b == b']')?;
            (Kind::Placeholder, at + close + 1)
        }
        0xC2..=0xF4 => return wide(text, at),
        _ => return None,
    })
}

/// Characters beyond ASCII that mean something; letters among them are words of their own.
fn wide(text: &str, at: usize) -> Option<(Kind, usize)> {
    let c = text[at..].chars().next()?;
    let end = at + c.len_utf8();
    Some(match c {
        '£' => (Kind::Pound, end),
        '½' => (Kind::Number(0.5), end),
        '¼' => (Kind::Number(0.25), end),
        '¾' => (Kind::Number(0.75), end),
        '–' | '—' => {
            let spaced = text[end..].starts_with(' ') && text[..at].ends_with(' ');
            (if spaced { Kind::Comma } else { Kind::Hyphen }, end)
        }
        '…' | '•' => (Kind::Stop, end),
        c if c.is_alphabetic() => (Kind::Word, end),
        _ => return None,
    })
}

/// Digits with thousands commas and one decimal point.
fn number(bytes: &[u8], at: usize) -> (Kind, usize) {
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let (mut end, mut value) = (at, 0.0);
    loop {
        if digit(end) {
            value = value * 10.0 + f64::from(bytes[end] - b'0');
            end += 1;
        } else if bytes.get(end) == Some(&b',')
            && (digit(end + 1) && digit(end + 2) && digit(end + 3) && !digit(end + 4))
        {
            end += 1;
        } else {
            break;
        }
    }
    if bytes.get(end) == Some(&b'.') && digit(end + 1) {
        let (mut fraction, mut size) = (0.0, 1.0);
        end += 1;
        while digit(end) {
            fraction = fraction * 10.0 + f64::from(bytes[end] - b'0');
            size *= 10.0;
            end += 1;
        }
        value += fraction / size;
    }
    (Kind::Number(value), end)
}
