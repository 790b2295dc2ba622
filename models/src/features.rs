//! From words to features: what an encoder is, and the n-gram encoder.
//!
//! An [`Encoder`] turns a text and what was asked into features once, and every head reads the same
//! features. Features are hashes (XXH3, the same on every platform), so that no vocabulary of
//! people's words is kept anywhere. They go to a [`Sink`]: training collects their keys, a model at
//! work the rows of the weights that it has for them (see `known`). What they mean is for `heads`.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::cues::Cues;
use crate::words::Polarity;

/// A text to encode, with what it answers and what was said just before.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The words.
    pub text: &'a str,
    /// The question that they answer; empty where nothing was asked.
    pub question: &'a str,
    /// What the question asks for.
    pub polarity: Polarity,
    /// The segment before, in the same response.
    pub previous: Option<&'a str>,
}

/// Mark of a feature that is not in the text itself: of the question or of the segment before.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// Takes the features of a text, in its order.
pub trait Sink {
    /// A feature: hash of its kind and content, first and last word (by number).
    fn feature(&mut self, key: u32, first: u32, last: u32);

    /// Features that hang on `content` alone, of which `emit` tells the keys: of a word by itself,
    /// or of a question. `seed` says which of them. A sink may remember them.
    fn alone(&mut self, seed: u64, content: &[u8], at: u32, emit: impl Fn(&mut dyn FnMut(u32))) {
        let _ = (seed, content);
        emit(&mut |key| self.feature(key, at, at));
    }

    /// The patterns of cues that may begin with a word; a sink may remember them.
    fn cues(&mut self, cues: &Cues, word: &[u8], found: &mut Vec<(u32, u32)>) {
        cues.candidates(word, found);
    }
}

/// Keys of features, for training.
impl Sink for Vec<u32> {
    fn feature(&mut self, key: u32, _: u32, _: u32) {
        self.push(key);
    }
}

/// A text taken apart into words. Reused from text to text, so that nothing is allocated for each.
#[derive(Default)]
pub struct Encoded {
    folded: Vec<u8>,
    words: Vec<Word>,
    /// Lists of cues that were hit, and the last word of the last hit.
    lists: Vec<(u16, usize)>,
    candidates: Vec<(u32, u32)>,
}

/// Where a word stands in the folded text and in the text as given.
#[derive(Clone, Copy)]
struct Word {
    start: u32,
    end: u32,
    from: u32,
    to: u32,
    letters: bool,
}

impl Encoded {
    /// Number of words in the text, signs that count as words included.
    pub fn words(&self) -> usize {
        self.words.len()
    }

    /// Byte range of a word in the text as given.
    pub fn span(&self, word: usize) -> Range<usize> {
        self.words[word].from as usize..self.words[word].to as usize
    }

    fn read(&mut self, text: &str) {
        self.folded.clear();
        self.words.clear();
        fold(text, &mut self.folded, &mut self.words);
    }
}

/// Text and question in, features out.
pub trait Encoder {
    /// Gives the features of `input` to `sink`, and leaves its words in `out`.
    fn encode(&self, input: &Input<'_>, out: &mut Encoded, sink: &mut impl Sink);
}

/// Which n-grams are taken. Stored with a model, because its weights mean nothing without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ngrams {
    /// Longest run of words.
    pub words: usize,
    /// Shortest and longest run of characters inside a word, its two borders included.
    pub characters: (usize, usize),
    /// Words again, marked where one of the three words before them negates.
    pub negation: bool,
    /// Words of the segment before.
    pub previous: bool,
    /// Words of the question.
    pub question: bool,
}

impl Default for Ngrams {
    fn default() -> Self {
        Self { words: 3, characters: (3, 5), negation: true, previous: false, question: true }
    }
}

/// The encoder that ships: n-grams of words and characters, and the cues of a codebook.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordEncoder {
    /// Which n-grams.
    pub ngrams: Ngrams,
    /// Which cues.
    pub cues: Cues,
}

/// Kinds of features: seeds of the hash, so that the same letters mean different things.
#[derive(Clone, Copy)]
enum Kind {
    Words = 1,
    Characters = 2,
    Negated = 3,
    Previous = 4,
    Question = 5,
    /// A cue by itself.
    Cue = 6,
    /// The list that a cue stands in.
    List = 7,
    /// The same, after a word that negates.
    ListNegated = 8,
    /// A second cue of the same list.
    ListAgain = 9,
    Asked = 16,
    /// The list, crossed with what the question asks for.
    ListAsked = 32,
}

fn key(kind: u64, bytes: &[u8]) -> u32 {
    (xxh3_64_with_seed(bytes, kind) >> 32) as u32
}

/// Key of the feature that some cue of a list was found.
pub(crate) fn list_key(list: u16) -> u32 {
    key(Kind::List as u64, &list.to_le_bytes())
}

impl Encoder for WordEncoder {
    fn encode(&self, input: &Input<'_>, out: &mut Encoded, sink: &mut impl Sink) {
        self.ngrams.encode(input, out, sink);
        if !self.cues.is_empty() {
            self.find_cues(input.polarity, out, sink);
        }
    }
}

impl WordEncoder {
    fn find_cues(&self, polarity: Polarity, out: &mut Encoded, sink: &mut impl Sink) {
        let Encoded { folded, words, lists, candidates } = out;
        let word = |at: usize| &folded[words[at].start as usize..words[at].end as usize];
        lists.clear();
        let mut negator: Option<usize> = None;
        for at in 0..words.len() {
            let negated = negator.is_some_and(|place| at - place <= 3);
            candidates.clear();
            sink.cues(&self.cues, word(at), candidates);
            self.cues.at(at, words.len(), word, candidates, |hit| {
                let bytes = hit.list.to_le_bytes();
                let mut push = |kind: u64, content: &[u8]| {
                    sink.feature(key(kind, content), at as u32, hit.last as u32);
                };
                push(Kind::Cue as u64, &hit.cue.to_le_bytes());
                push(Kind::List as u64, &bytes);
                push(Kind::ListAsked as u64 + polarity as u64, &bytes);
                if negated {
                    push(Kind::ListNegated as u64, &bytes);
                }
                // One cue may lie in another: only words further on are a second one.
                match lists.iter_mut().find(|(own, _)| *own == hit.list) {
                    Some((_, last)) => {
                        if at > *last {
                            push(Kind::ListAgain as u64, &bytes);
                        }
                        *last = (*last).max(hit.last);
                    }
                    None => lists.push((hit.list, hit.last)),
                }
            });
            if negates(word(at)) {
                negator = Some(at);
            }
        }
    }
}

impl Ngrams {
    fn encode(&self, input: &Input<'_>, out: &mut Encoded, sink: &mut impl Sink) {
        let polarity = Kind::Asked as u64 + input.polarity as u64;
        if self.previous
            && let Some(previous) = input.previous
        {
            out.read(previous);
            out.elsewhere(Kind::Previous as u64, sink);
        }
        if self.question && !input.question.is_empty() {
            sink.alone(Kind::Question as u64, input.question.as_bytes(), NOWHERE, |emit| {
                // Asked seldom: a sink that remembers asks once for each question.
                let mut words = Encoded::default();
                words.read(input.question);
                words.elsewhere(Kind::Question as u64, &mut Emit(emit));
            });
        }
        sink.feature(key(polarity, b""), NOWHERE, NOWHERE);
        out.read(input.text);
        let Encoded { folded, words, .. } = out;
        let mut negator = None;
        for (i, word) in words.iter().enumerate() {
            let at = i as u32;
            let own = &folded[word.start as usize..word.end as usize];
            sink.alone(polarity, own, at, |emit| {
                emit(key(polarity, own));
                emit(key(Kind::Words as u64, own));
                if word.letters {
                    characters(self.characters, folded, *word, |run| {
                        emit(key(Kind::Characters as u64, run));
                    });
                }
            });
            let further = &words[i + 1..words.len().min(i + self.words.max(1))];
            for (step, last) in (1..).zip(further) {
                let run = &folded[word.start as usize..last.end as usize];
                sink.feature(key(Kind::Words as u64, run), at, at + step);
            }
            if self.negation && word.letters {
                if let Some(place) = negator
                    && i - place <= 3
                {
                    sink.feature(key(Kind::Negated as u64, own), place as u32, at);
                }
                if negates(own) {
                    negator = Some(i);
                }
            }
        }
    }
}

/// Hands keys on and forgets where they stand.
struct Emit<'a>(&'a mut dyn FnMut(u32));

impl Sink for Emit<'_> {
    fn feature(&mut self, key: u32, _: u32, _: u32) {
        (self.0)(key);
    }
}

impl Encoded {
    fn elsewhere(&self, kind: u64, sink: &mut impl Sink) {
        for word in &self.words {
            let own = &self.folded[word.start as usize..word.end as usize];
            sink.feature(key(kind, own), NOWHERE, NOWHERE);
        }
    }
}

fn negates(word: &[u8]) -> bool {
    const NEGATORS: [&[u8]; 9] =
        [b"not", b"no", b"never", b"nobody", b"nothing", b"without", b"cannot", b"none", b"hardly"];
    word.ends_with(b"n't") || NEGATORS.contains(&word) || word == b"cant" || word == b"dont"
}

/// Runs of characters in a word with a blank on either side; short words give themselves once.
fn characters(
    (least, most): (usize, usize),
    folded: &[u8],
    word: Word,
    mut emit: impl FnMut(&[u8]),
) {
    // Words longer than this are not words: their beginning is enough.
    const LONGEST: usize = 40;
    let (start, end) = (word.start as usize - 1, word.end as usize + 1);
    let bytes = &folded[start..end];
    let mut borders = [0_u16; LONGEST + 1];
    let mut count = 0;
    for (at, byte) in bytes.iter().enumerate() {
        // A byte that does not continue a character begins one.
        if byte & 0xC0 != 0x80 {
            if count == LONGEST {
                break;
            }
            borders[count] = at as u16;
            count += 1;
        }
    }
    borders[count] = if count == LONGEST { borders[count - 1] } else { bytes.len() as u16 };
    for length in least..=most {
        if count < length {
            break;
        }
        for first in 0..=count - length {
            emit(&bytes[borders[first] as usize..borders[first + length] as usize]);
        }
    }
}

/// Writes the words of `text` to `folded`, in lower case with one blank around each.
///
/// A word is a run of letters and digits with apostrophes inside it. A placeholder such as
/// `[PERSON 1]` is one word without its number. `!`, `?`, pound signs and pictures are words.
fn fold(text: &str, folded: &mut Vec<u8>, words: &mut Vec<Word>) {
    folded.push(b' ');
    let mut characters = text.char_indices().peekable();
    while let Some((from, first)) = characters.next() {
        let start = folded.len();
        let mut letters = false;
        if first == '['
            && let Some(length) = placeholder(&text[from..])
        {
            push_lower(folded, '[');
            let name = text[from + 1..from + length].chars().take_while(char::is_ascii_uppercase);
            name.for_each(|c| push_lower(folded, c));
            while characters.next_if(|(at, _)| *at < from + length).is_some() {}
        } else if first.is_alphanumeric() {
            letters = true;
            push_lower(folded, first);
            while let Some(&(at, c)) = characters.peek() {
                if c.is_alphanumeric() {
                    push_lower(folded, c);
                } else if (c == '\'' || c == '\u{2019}')
                    && text[at + c.len_utf8()..].starts_with(char::is_alphanumeric)
                {
                    folded.push(b'\'');
                } else {
                    break;
                }
                characters.next();
            }
        } else if matches!(first, '!' | '?' | '£') || is_picture(first) {
            push_lower(folded, first);
            while characters.next_if(|(_, c)| *c == first).is_some() {}
        } else {
            continue;
        }
        let to = characters.peek().map_or(text.len(), |(at, _)| *at);
        if letters {
            forget_gender(folded, start);
        }
        let end = folded.len();
        folded.push(b' ');
        words.push(Word {
            start: start as u32,
            end: end as u32,
            from: from as u32,
            to: to as u32,
            letters,
        });
    }
}

/// Puts one word in place of those for a woman and for a man: what is said of a mother's care counts
/// the same when it is said of a father's. `man`, `woman`, `male` and `female` stay, because whom
/// a person wants to be washed by is a thing to code.
fn forget_gender(folded: &mut Vec<u8>, start: usize) {
    let stem = folded[start..].iter().position(|byte| *byte == b'\'');
    let end = stem.map_or(folded.len(), |at| start + at);
    let plain: &[u8] = match &folded[start..end] {
        b"he" => b"she",
        b"hes" => b"shes",
        b"him" | b"his" | b"hers" => b"her",
        b"himself" => b"herself",
        b"dad" | b"daddy" | b"mam" | b"mom" | b"mummy" | b"mother" | b"father" => b"mum",
        b"dads" | b"mams" | b"mothers" | b"fathers" => b"mums",
        b"husband" | b"hubby" | b"hubbie" => b"wife",
        b"husbands" => b"wifes",
        b"son" => b"daughter",
        b"sons" => b"daughters",
        b"brother" => b"sister",
        b"brothers" => b"sisters",
        b"nan" | b"nana" | b"nanna" | b"gran" | b"granny" | b"grandma" | b"grandmother"
        | b"grandfather" | b"grandpa" | b"granddad" => b"grandad",
        b"uncle" | b"auntie" | b"aunty" => b"aunt",
        b"nephew" => b"niece",
        b"gentleman" | b"gent" => b"lady",
        b"gentlemen" | b"gents" => b"ladies",
        b"boy" | b"lad" | b"lass" | b"lassie" => b"girl",
        b"boys" | b"lads" | b"lasses" | b"lassies" => b"girls",
        b"mr" | b"mrs" | b"miss" | b"ms" => b"mrs",
        b"widower" => b"widow",
        _ => return,
    };
    folded.splice(start..end, plain.iter().copied());
}

/// The words of a text, folded as they are in features.
pub(crate) fn tokens(text: &str) -> Vec<Vec<u8>> {
    let (mut folded, mut words) = (Vec::new(), Vec::new());
    fold(text, &mut folded, &mut words);
    words.iter().map(|word| folded[word.start as usize..word.end as usize].to_vec()).collect()
}

fn push_lower(folded: &mut Vec<u8>, c: char) {
    if c.is_ascii() {
        folded.push(c.to_ascii_lowercase() as u8);
    } else {
        for lower in c.to_lowercase() {
            folded.extend_from_slice(lower.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

fn is_picture(c: char) -> bool {
    matches!(u32::from(c), 0x2600..=0x27BF | 0x1F300..=0x1FAFF)
}

/// Length in bytes of the placeholder that `text` begins with: `[PERSON 1]`, `[PROVIDER A]`.
fn placeholder(text: &str) -> Option<usize> {
    let close = text.as_bytes().iter().take(24).position(|byte| *byte == b']')?;
    let inside = &text.as_bytes()[1..close];
    let name = inside.iter().take_while(|b| b.is_ascii_uppercase() || **b == b'_').count();
    let rest = &inside[name..];
    let numbered =
        rest.is_empty() || (rest[0] == b' ' && rest[1..].iter().all(u8::is_ascii_alphanumeric));
    (name >= 2 && numbered).then_some(close + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Features with the words that they come from.
    #[derive(Default)]
    struct Placed(Vec<(u32, u32, u32)>);

    impl Sink for Placed {
        fn feature(&mut self, key: u32, first: u32, last: u32) {
            self.0.push((key, first, last));
        }
    }

    fn encode(text: &str, question: &str, polarity: Polarity) -> (Encoded, Placed) {
        let (mut encoded, mut placed) = (Encoded::default(), Placed::default());
        let input = Input { text, question, polarity, previous: None };
        Ngrams::default().encode(&input, &mut encoded, &mut placed);
        (encoded, placed)
    }

    fn keys(encoded: &(Encoded, Placed)) -> Vec<u32> {
        encoded.1.0.iter().map(|feature| feature.0).collect()
    }

    #[test]
    fn case_and_kind_of_apostrophe_do_not_matter() {
        let one = encode("CAN'T fault them", "", Polarity::Good);
        let two = encode("can’t fault them", "", Polarity::Good);
        assert_eq!(keys(&one), keys(&two));
    }

    #[test]
    fn a_mother_and_a_father_have_the_same_features() {
        let one = encode("My mum's wash was late, she told her son", "", Polarity::Good);
        let two = encode("My dad's wash was late, he told his daughter", "", Polarity::Good);
        assert_eq!(keys(&one), keys(&two));
        assert_ne!(
            keys(&encode("a man", "", Polarity::Good)),
            keys(&encode("a woman", "", Polarity::Good))
        );
    }

    #[test]
    fn the_question_is_part_of_the_features() {
        let one = encode("nothing", "", Polarity::Good);
        let two = encode("nothing", "", Polarity::Improve);
        assert_ne!(keys(&one), keys(&two));
        let asked = encode("always", "Are they on time?", Polarity::Good);
        assert!(keys(&asked).len() > keys(&encode("always", "", Polarity::Good)).len());
    }

    #[test]
    fn a_placeholder_is_one_word_whatever_its_number() {
        let one = encode("[PERSON 1] came", "", Polarity::Good);
        let two = encode("[PERSON 12] came", "", Polarity::Good);
        assert_eq!(one.0.words(), 2);
        assert_eq!(keys(&one), keys(&two));
        assert_eq!(&"[PERSON 12] came"[two.0.span(0)], "[PERSON 12]");
    }

    #[test]
    fn keys_are_the_same_on_every_platform() {
        assert_eq!(key(Kind::Words as u64, b"late"), 997_404_760);
    }

    proptest! {
        #[test]
        fn every_feature_points_at_words_and_every_word_at_text(text in "\\PC{0,60}") {
            let (encoded, placed) = encode(&text, "", Polarity::Neutral);
            for (_, first, last) in placed.0 {
                let nowhere = first == NOWHERE && last == NOWHERE;
                let inside = first <= last && (last as usize) < encoded.words();
                prop_assert!(nowhere || inside);
            }
            let mut end = 0;
            for word in 0..encoded.words() {
                let span = encoded.span(word);
                prop_assert!(span.start >= end && span.start < span.end);
                prop_assert!(text.get(span.clone()).is_some());
                end = span.end;
            }
        }
    }
}
