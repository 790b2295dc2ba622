//! A text as words with what the lexicon knows of each: one pass, one look-up a word. Everything
//! that looks for people reads these and not the characters.

use super::lexicon::{FUNCTION, KEEP, Marks, PLACE_HEAD, fold_into, lexicon};

/// A word.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts of one word")]
pub(super) struct Token {
    /// First byte in the text.
    pub(super) start: usize,
    /// Byte after its last, a possessive 's or a shortened verb not counted.
    pub(super) end: usize,
    /// Byte after the possessive 's or the shortened verb.
    pub(super) after: usize,
    pub(super) marks: Marks,
    pub(super) capital: bool,
    /// More than one letter and all of them capitals.
    pub(super) all_capitals: bool,
    /// First of the text, a line or a sentence: its capital says nothing.
    pub(super) first: bool,
    pub(super) letters: u16,
    pub(super) has_digit: bool,
}

impl Token {
    pub(super) fn is(&self, marks: Marks) -> bool {
        self.marks & marks != 0
    }

    /// The word as it was written.
    pub(super) fn of<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start..self.end]
    }
}

/// All words of a text.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    /// Capitals say nothing here: the text is all capitals, or a Capital Starts Every Word.
    pub(super) caseless: bool,
}

/// Words below which the share of capitals says nothing.
const FEWEST_WORDS: usize = 6;

impl Tokens {
    pub(super) fn read(text: &str) -> Self {
        let (mut list, mut folded) = (Vec::with_capacity(text.len() / 5 + 1), String::new());
        let mut last_end = 0;
        let mut chars = text.char_indices().peekable();
        while let Some((start, c)) = chars.next() {
            if !c.is_alphanumeric() {
                continue;
            }
            let mut token = Token {
                start,
                end: start + c.len_utf8(),
                after: 0,
                marks: 0,
                capital: c.is_uppercase(),
                all_capitals: c.is_uppercase(),
                first: begins_sentence(text, last_end, start, list.last()),
                letters: 1,
                has_digit: c.is_numeric(),
            };
            while let Some(&(at, c)) = chars.peek() {
                let joins = matches!(c, '\'' | '’' | '-' | '‐' | '‑' | '`')
                    && text[at + c.len_utf8()..].starts_with(char::is_alphabetic);
                if !c.is_alphanumeric() && !joins && !is_mark(c) {
                    break;
                }
                chars.next();
                token.end = at + c.len_utf8();
                if c.is_alphabetic() {
                    token.letters += 1;
                    token.all_capitals &= !c.is_lowercase()
                        || token.letters > 2
                            && &text[at..token.end] == "s"
                            && text[..at].ends_with(['\'', '’']);
                }
                token.has_digit |= c.is_numeric();
            }
            token.all_capitals &= token.letters > 1;
            token.after = token.end;
            let word = &text[start..token.end];
            token.end = start + without_tail(word).len();
            fold_into(&text[start..token.after], &mut folded);
            token.marks = lexicon().marks(&folded);
            // "Addison's" is the disease.
            if token.end != token.after && token.marks & KEEP == 0 {
                fold_into(&text[start..token.end], &mut folded);
                token.marks |= lexicon().marks(&folded);
            }
            last_end = token.after;
            list.push(token);
        }
        let mut tokens = Self { list, caseless: false };
        tokens.mark_places(text);
        tokens.caseless = tokens.case_says_nothing() && !tokens.lists_names(text);
        tokens
    }

    /// "Milton Keynes" and "jack of all trades" stay as a whole.
    fn mark_places(&mut self, text: &str) {
        let mut joined = String::new();
        for i in 0..self.list.len() {
            if !self.list[i].is(PLACE_HEAD) {
                continue;
            }
            for words in (2..=4).rev().filter(|n| i + n <= self.list.len()) {
                fold_into(&text[self.list[i].start..self.list[i + words - 1].end], &mut joined);
                if lexicon().is_nobody(&joined, self.list[i].capital) {
                    self.list[i..i + words].iter_mut().for_each(|t| t.marks = KEEP);
                    break;
                }
            }
        }
    }

    /// "Present: Jan Whitworth (chair), Pru Dewhurst, Iqbal": many capitals because of many names,
    /// where a title would put capitals on its small words, too.
    fn lists_names(&self, text: &str) -> bool {
        let written = |t: &&Token| !t.has_digit && t.letters > 1;
        text.contains([',', ':', '('])
            && self.list.iter().filter(written).any(|t| !t.all_capitals)
            && !self.list.iter().filter(written).any(|t| t.is(FUNCTION) && t.capital && !t.first)
    }

    fn case_says_nothing(&self) -> bool {
        let words = || self.list.iter().filter(|t| !t.has_digit && t.letters > 1);
        let (count, capital) = (words().count(), words().filter(|t| t.capital).count());
        let all = words().filter(|t| t.all_capitals).count();
        (count >= FEWEST_WORDS && capital * 4 > count * 3) || (count >= 2 && all == count)
    }
}

/// "Denise" of "Denise's" and of "Denise'll", "they" of "they've".
fn without_tail(word: &str) -> &str {
    const TAILS: [&str; 5] = ["s", "ve", "ll", "d", "re"];
    let Some(at) = word.rfind(['\'', '’', '`']).filter(|at| *at > 0) else { return word };
    let tail = word[at..].trim_start_matches(['\'', '’', '`']);
    let known = TAILS.iter().any(|known| tail.eq_ignore_ascii_case(known));
    if known { &word[..at] } else { word }
}

/// A combining accent that belongs to the letter before it.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn begins_sentence(text: &str, from: usize, to: usize, last: Option<&Token>) -> bool {
    let Some(last) = last else { return true };
    let between = &text[from..to];
    if between.contains(['\n', '!', '?', ':', '•', '"', '“', '*', '…']) {
        return true;
    }
    if between.contains(" - ") || between.contains(" – ") || between.contains(" — ") {
        return true;
    }
    // "Mr. Patel" and "J. Smith" go on; "the end. Then" does not.
    between.contains('.') && last.letters > 1 && !last.is(super::lexicon::TITLE)
        || between.contains('.') && !last.capital
}
