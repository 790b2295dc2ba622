//! The two fonts, measuring, and breaking of text into lines. `plotters` measures no text for
//! margins, so every chart measures with the font itself before it places anything.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, GlyphId};

pub(super) use crate::plain::{number, percent};

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
    pub(super) fn balance(self, text: &str, size: f64, room: f64) -> Vec<String> {
        let lines = self.wrap(text, size, room);
        let longest = self.widest_word(text, size).min(room);
        let (mut narrow, mut wide) = (longest.max(room * 0.4), room);
        if lines.len() < 2 || narrow >= wide {
            return lines;
        }
        for _ in 0..7 {
            let middle = f64::midpoint(narrow, wide);
            let fits = self.wrap(text, size, middle).len() <= lines.len();
            if fits { wide = middle } else { narrow = middle }
        }
        self.wrap(text, size, wide)
    }

    /// Lines no wider than `room`, broken at spaces, or within a word that is wider by itself.
    /// Nothing is cut; blank text gives no line.
    pub(super) fn wrap(self, text: &str, size: f64, room: f64) -> Vec<String> {
        let space = self.width(" ", size);
        let mut lines: Vec<String> = Vec::new();
        let mut length = 0.0;
        for word in words(text) {
            for (piece, joined) in self.pieces(word, size, room) {
                let (own, gap) = (self.width(&piece, size), if joined { 0.0 } else { space });
                match lines.last_mut() {
                    // Without kerning, widths add up.
                    Some(line) if length + gap + own <= room => {
                        if !joined {
                            line.push(' ');
                        }
                        line.push_str(&piece);
                        length += gap + own;
                    }
                    _ => {
                        lines.push(piece);
                        length = own;
                    }
                }
            }
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
    pub(super) fn widest_word(self, text: &str, size: f64) -> f64 {
        words(text).map(|word| self.width(word, size)).fold(0.0, f64::max)
    }
}

/// Words between spaces and line ends; a no-break space holds its two together.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() && c != '\u{a0}').filter(|word| !word.is_empty())
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_fonts_hold_the_letters_of_european_names_and_the_signs_that_charts_print() {
        for face in [Face::Regular, Face::Bold] {
            let missing = |c: &char| face.font().glyph_id(*c).0 == 0;
            let letters = "AZaz09 %<>()=,.:&/+-\u{2212}\u{2013}\u{2019}\u{a0}£€éèüßøåłżőğşŵŷẁẅșț";
            assert_eq!(letters.chars().find(missing), None);
        }
    }

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(percent(0.0), "0%");
        assert_eq!(percent(0.2), "<1%");
        assert_eq!(percent(33.6), "34%");
        assert_eq!(percent(99.7), ">99%");
        assert_eq!(percent(100.0), "100%");
        assert_eq!(plain(1_500.0), "1,500");
        assert_eq!(plain(-2.5), "\u{2212}2.5");
        assert_eq!(plain(0.25), "0.25");
    }

    #[test]
    fn a_no_break_space_holds_n_and_its_number_together() {
        let lines = Face::Regular.wrap("respondents n\u{a0}=\u{a0}12", 13.0, 90.0);
        assert_eq!(lines, ["respondents", "n\u{a0}=\u{a0}12"]);
    }

    #[test]
    fn a_balanced_text_leaves_no_word_alone() {
        let words = "Communication with the office when plans change or a worker is late";
        let room = 400.0;
        assert_eq!(Face::Regular.wrap(words, 13.0, room).len(), 2);
        let lines = Face::Regular.balance(words, 13.0, room);
        assert_eq!(lines.len(), 2);
        assert!(Face::Regular.width(&lines[1], 13.0) > 0.6 * Face::Regular.width(&lines[0], 13.0));
    }

    proptest! {
        #[test]
        fn wrapping_loses_no_letter_and_no_line_is_too_wide(
            words in "[a-zA-Z0-9 /\\-]{0,120}", room in 20.0..400.0_f64
        ) {
            for lines in [Face::Bold.wrap(&words, 13.0, room), Face::Bold.balance(&words, 13.0, room)] {
                let letters = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
                prop_assert_eq!(letters(&lines.concat()), letters(&words));
                for line in &lines {
                    prop_assert!(Face::Bold.width(line, 13.0) <= room + 1e-6);
                }
            }
        }
    }
}
