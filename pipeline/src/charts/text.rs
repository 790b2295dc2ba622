//! The two fonts, measuring, and breaking of text into lines. `plotters` measures no text for
//! margins, so every chart measures with the font itself before it places anything.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, GlyphId};

/// Open Sans, as shipped in `fonts/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Face {
    Regular,
    Bold,
}

static REGULAR: OnceLock<FontRef<'static>> = OnceLock::new();
static BOLD: OnceLock<FontRef<'static>> = OnceLock::new();

impl Face {
    pub(super) fn font(self) -> &'static FontRef<'static> {
        let (cell, bytes): (_, &'static [u8]) = match self {
            Self::Regular => (&REGULAR, include_bytes!("fonts/OpenSans-Regular-Latin.ttf")),
            Self::Bold => (&BOLD, include_bytes!("fonts/OpenSans-Bold-Latin.ttf")),
        };
        cell.get_or_init(|| FontRef::try_from_slice(bytes).expect("the font compiled in is whole"))
    }

    /// Font units to the em.
    pub(super) fn units(self) -> f64 {
        f64::from(self.font().units_per_em().unwrap_or(2048.0))
    }

    /// The glyphs of a line with their places from its start, in font units, and its whole length.
    pub(super) fn glyphs(self, words: &str) -> (Vec<(GlyphId, f64)>, f64) {
        let font = self.font();
        let mut at = 0.0;
        let glyphs = words.chars().filter(|c| !c.is_control()).map(|c| {
            let glyph = font.glyph_id(c);
            let place = at;
            at += f64::from(font.h_advance_unscaled(glyph));
            (glyph, place)
        });
        (glyphs.collect(), at)
    }

    /// Width of a line at a size.
    pub(super) fn width(self, words: &str, size: f64) -> f64 {
        self.glyphs(words).1 * size / self.units()
    }

    /// As [`Self::wrap`], with lines of like length: no last word stands alone.
    pub(super) fn balance(self, words: &str, size: f64, room: f64) -> Vec<String> {
        let lines = self.wrap(words, size, room);
        let longest = self.widest_word(words, size).min(room);
        let (mut narrow, mut wide) = (longest.max(room * 0.4), room);
        if lines.len() < 2 || narrow >= wide {
            return lines;
        }
        for _ in 0..7 {
            let middle = f64::midpoint(narrow, wide);
            let fits = self.wrap(words, size, middle).len() <= lines.len();
            if fits { wide = middle } else { narrow = middle }
        }
        self.wrap(words, size, wide)
    }

    /// Lines no wider than `room`, broken at spaces, or within a word that is wider by itself.
    /// Nothing is cut; blank text gives no line.
    pub(super) fn wrap(self, words: &str, size: f64, room: f64) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in words.split_whitespace() {
            for (piece, joined) in self.pieces(word, size, room) {
                let gap = if joined || line.is_empty() { "" } else { " " };
                if !line.is_empty() && self.width(&format!("{line}{gap}{piece}"), size) > room {
                    lines.push(std::mem::take(&mut line));
                    line.push_str(&piece);
                } else {
                    line.push_str(gap);
                    line.push_str(&piece);
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// A word whole, or where it is too wide by itself in pieces that fit; each piece says whether
    /// it continues the one before.
    fn pieces(self, word: &str, size: f64, room: f64) -> Vec<(String, bool)> {
        if self.width(word, size) <= room {
            return vec![(word.to_owned(), false)];
        }
        let mut pieces = vec![(String::new(), false)];
        let mut length = 0.0;
        for letter in word.chars() {
            let step = self.width(letter.encode_utf8(&mut [0; 4]), size);
            if length > 0.0 && length + step > room {
                pieces.push((String::new(), true));
                length = 0.0;
            }
            length += step;
            if let Some((piece, _)) = pieces.last_mut() {
                piece.push(letter);
            }
            if matches!(letter, '/' | '-' | '\u{2013}') {
                pieces.push((String::new(), true));
                length = 0.0;
            }
        }
        pieces.retain(|(piece, _)| !piece.is_empty());
        pieces
    }

    /// The widest word of a text: no column may be narrower if its words are to stay whole.
    pub(super) fn widest_word(self, words: &str, size: f64) -> f64 {
        words.split_whitespace().map(|word| self.width(word, size)).fold(0.0, f64::max)
    }
}

/// A whole number with commas: 12,345.
pub(super) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A percentage in whole points; never 0% for some or 100% for not quite all.
pub(super) fn percent(value: f64) -> String {
    if value > 0.0 && value < 0.5 {
        "<1%".to_owned()
    } else if value > 99.5 && value < 100.0 {
        ">99%".to_owned()
    } else {
        format!("{value:.0}%")
    }
}

/// A measure as people write it: no needless decimals.
pub(super) fn plain(value: f64) -> String {
    if value.fract().abs() < 1e-9 && value.abs() < 1e15 {
        let whole = number(value.abs().round() as u64);
        if value < 0.0 && value.abs() >= 0.5 { format!("\u{2212}{whole}") } else { whole }
    } else {
        let text = format!("{value:.2}");
        text.trim_end_matches('0').trim_end_matches('.').replace('-', "\u{2212}")
    }
}
