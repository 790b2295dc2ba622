//! Words that lists and context leave in doubt, and how sure the name finder must be of each.
//!
//! Three sources speak about a name: lists, the words around it, and a model that reads the sentence.
//! Where the first two agree nobody is asked ([`super::persons`]). Where only one of them speaks, and
//! weakly (a capital on a word that no list holds, a name that is a word too), the model decides, and
//! the weaker the first voice the surer it must be: it reads no capitals and takes towns for people.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use heard_models::names::{Chances, NameFinder, Room};

use super::found::Found;
use super::lexicon::{
    BUILDING, DOES, FUNCTION, GIVEN, IS, KEEP, LOCATIVE, Marks, NAME_FIRST, PLACE, ROLE,
    SOFT_TITLE, SURNAME, THING, TIME, TITLE, TOWARDS, WORD, fold, lexicon,
};
use super::mode::Mode;
use super::nobody;
use super::persons::{Draft, Reader};
use super::redacted::RedactionKind::Address;
use super::tokens::Token;

/// Words of a segment at most: longer sentences are read in parts.
const LONGEST_SEGMENT: usize = 60;

/// How sure the finder must be of a word that only it takes for a name, in strict mode.
const STRICT: f32 = 0.5;
/// Letters of a word that may be a misspelt one: of fewer, any is one letter from a word.
const LETTERS_OF_NEAR: Range<usize> = 3..25;
/// How sure it must be of a part of an address, in strict mode.
const ADDRESS: f32 = 0.8;

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

/// What the finder said of segments, and which ones it should read. It reads those of many rows at
/// once: its weights are larger than what a core keeps at hand.
#[derive(Debug, Default)]
pub(super) struct Opinions {
    said: HashMap<String, Vec<(Range<usize>, Chances)>>,
    asked: BTreeSet<String>,
}

impl Opinions {
    /// Whether everything that was asked about is answered.
    pub(super) fn complete(&self) -> bool {
        self.asked.is_empty()
    }

    /// Whether all of these were read; those that were not are asked about.
    fn know(&mut self, segments: &[&str]) -> bool {
        let mut known = true;
        for segment in segments.iter().filter(|segment| !self.said.contains_key(**segment)) {
            self.asked.insert((*segment).to_owned());
            known = false;
        }
        known
    }

    /// Has every segment read that was asked about.
    pub(super) fn answer(&mut self, finder: &NameFinder) {
        let segments: Vec<String> = std::mem::take(&mut self.asked).into_iter().collect();
        ROOM.with_borrow_mut(|room| {
            let mut said: Vec<Vec<(Range<usize>, Chances)>> = vec![Vec::new(); segments.len()];
            let texts: Vec<&str> = segments.iter().map(String::as_str).collect();
            let read = finder.read(room, &texts, |segment, piece, chances| {
                said[segment].push((piece, chances));
            });
            // Sequences are made by the finder's own tokeniser in its own window: none can be refused.
            debug_assert!(read.is_ok());
            self.said.extend(segments.into_iter().zip(said));
        });
    }

    /// How likely a word of a segment is part of something: the most of its pieces.
    pub(super) fn of(&self, segment: &str, word: &Range<usize>) -> Chances {
        let pieces = self.said.get(segment).map(Vec::as_slice).unwrap_or_default();
        let from = pieces.partition_point(|(piece, _)| piece.end <= word.start);
        let inside = pieces[from..].iter().take_while(|(piece, _)| piece.start < word.end);
        inside.fold(Chances::default(), |most, (_, chances)| Chances {
            person: most.person.max(chances.person),
            address: most.address.max(chances.address),
        })
    }
}

/// Marks the words in doubt that the finder takes for names. False where it must read first.
pub(super) fn settle(
    readers: &[Reader],
    drafts: &mut [Draft],
    mode: Mode,
    opinions: &mut Opinions,
) -> bool {
    let mut doubts: Vec<(usize, usize, &str, usize, f32)> = Vec::new();
    for (at, (reader, draft)) in readers.iter().zip(drafts.iter()).enumerate() {
        let in_doubt: Vec<Option<f32>> = (0..reader.list.len())
            .map(|i| if draft.names[i] || draft.taken[i] { None } else { needed(reader, i, mode) })
            .collect();
        if in_doubt.iter().all(Option::is_none) {
            continue;
        }
        for (words, bytes) in segments(reader.text, reader.list) {
            let segment = &reader.text[bytes.clone()];
            let here = words.filter_map(|i| in_doubt[i].map(|needed| (i, needed)));
            doubts.extend(here.map(|(i, needed)| (at, i, segment, bytes.start, needed)));
        }
    }
    let asked: Vec<&str> = doubts.iter().map(|(_, _, segment, ..)| *segment).collect();
    if !opinions.know(&asked) {
        return false;
    }
    for (at, i, segment, start, needed) in doubts {
        let t = &readers[at].list[i];
        if opinions.of(segment, &(t.start - start..t.end - start)).person >= needed {
            drafts[at].names[i] = true;
        }
    }
    true
}

/// Adds runs of words that the finder takes for a street or a house; its segments were asked about.
pub(super) fn add_addresses(
    reader: &Reader,
    draft: &Draft,
    opinions: &Opinions,
    found: &mut Vec<Found>,
) {
    for (words, bytes) in segments(reader.text, reader.list) {
        let segment = &reader.text[bytes.clone()];
        let mut open: Option<Range<usize>> = None;
        for i in words {
            let t = &reader.list[i];
            let place = t.start - bytes.start..t.end - bytes.start;
            let part = opinions.of(segment, &place).address >= ADDRESS
                && !draft.taken[i]
                && !draft.names[i];
            if part {
                open = Some(open.map_or(t.start, |o| o.start)..t.end);
            } else if let Some(range) = open.take() {
                add_address(reader.text, range, found);
            }
        }
        if let Some(range) = open {
            add_address(reader.text, range, found);
        }
    }
}

/// "42 Tollgate": a street has a number or a capital, and more than one word.
fn add_address(text: &str, range: Range<usize>, found: &mut Vec<Found>) {
    let words = &text[range.clone()];
    if words.contains(' ') && words.contains(|c: char| c.is_ascii_digit()) {
        found.push(Found::new(range, Address));
    }
}

/// The segments of a text: for each its words and its bytes. Sentences, long ones in parts.
pub(super) fn segments(text: &str, list: &[Token]) -> Vec<(Range<usize>, Range<usize>)> {
    let mut segments = Vec::new();
    let mut from = 0;
    for i in 1..=list.len() {
        let ends = i == list.len() || i - from >= LONGEST_SEGMENT || {
            let gap = &text[list[i - 1].after..list[i].start];
            list[i].first && gap.contains(['.', '!', '?', '\n'])
        };
        if ends {
            let end = list.get(i).map_or(text.len(), |next| next.start);
            let bytes = list[from].start..end;
            let length = text[bytes.clone()].trim_end().len();
            segments.push((from..i, bytes.start..bytes.start + length));
            from = i;
        }
    }
    segments
}

/// How sure the finder must be that a word is a name; None where it is not asked.
pub(super) fn needed(reader: &Reader, i: usize, mode: Mode) -> Option<f32> {
    let standard = in_doubt(reader, i);
    if mode != Mode::Strict {
        return standard;
    }
    let t = &reader.list[i];
    let kept = t.is(FUNCTION | TITLE | SOFT_TITLE | ROLE | KEEP | BUILDING | TIME)
        || t.is(PLACE) && !t.is(GIVEN | SURNAME)
        || t.has_digit
        || t.letters < 2;
    // A word that is in no list of names is one for the model alone only with a capital.
    let word = t.is(WORD) && !t.is(GIVEN | SURNAME) && (!reader.capital(i) || t.first);
    let possible = !kept && !word && !reader.crossed_out(i) && !reader.names_a_building(i);
    let small = t.is(WORD) && !reader.capital(i);
    let alone = possible.then_some(if small { 0.8 } else { STRICT });
    match (standard, alone) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn in_doubt(reader: &Reader, i: usize) -> Option<f32> {
    let t = &reader.list[i];
    if t.has_digit
        || t.letters < 2
        || t.is(FUNCTION | TITLE | BUILDING)
        || t.is(ROLE | SOFT_TITLE) && !t.is(GIVEN)
        || nobody::denied(reader, i)
    {
        return None;
    }
    let (capital, cued) = (reader.capital(i), is_cued(reader, i));
    if t.all_capitals && t.marks == 0 && t.letters > 4 && !reader.caseless {
        // "the badge said AGNIEZSKA"
        return (near(reader, i) == GIVEN).then_some(0.5);
    }
    let needed = if reader.unknown(i) {
        if after_article(reader, i) || sounds_medical(t.of(reader.text)) || is_firm(reader, i) {
            return None;
        }
        let (near, long) = (near(reader, i), t.letters > 4);
        if long && near & GIVEN != 0 && near & WORD == 0 && (cued || people_do(reader, i)) {
            // "Siobahn comes": next to a name in spelling, and where a name would stand.
            return Some(0.1);
        }
        // "apointment": a word misspelt, as every tenth comment has one.
        let misspelt = if capital && !reader.caseless {
            t.first && !cued && !people_do(reader, i)
        } else {
            !long || !is_met(reader, i)
        };
        if misspelt && near & WORD != 0 {
            return None;
        }
        match (reader.caseless, capital, t.first) {
            (true, ..) => 0.9,
            (_, true, first) if people_do(reader, i) && near & WORD == 0 => {
                if first {
                    0.3
                } else {
                    0.1
                }
            }
            (_, true, false) if cued => 0.3,
            (_, true, false) => 0.5,
            (_, true, true) => 0.6,
            // A misspelt name, or a misspelt word.
            _ if cued => 0.6,
            _ => 0.85,
        }
    } else if t.is(GIVEN) && t.is(KEEP) {
        if !capital || tells_time(reader, i) {
            return None;
        }
        if !t.is(TIME) && t.first && !people_do(reader, i) {
            return None;
        }
        match cued && meets(reader, i) {
            true => 0.05,
            false if cued || people_do(reader, i) => 0.4,
            false => 0.8,
        }
    } else if t.is(GIVEN | SURNAME) && t.is(PLACE) {
        // The model takes towns for people, so something else must speak for a person.
        if !capital || t.first || !cued || located(reader, i) {
            return None;
        }
        0.8
    } else if t.is(GIVEN) && t.is(WORD) {
        match (capital, t.first) {
            _ if after_article(reader, i) => return None,
            (true, true) if people_do(reader, i) => 0.3,
            // "Daisy chains", "Robin on the fence": the finder reads no capitals, and this one is none.
            (true, true) if reader.joined(i) && !may_do(reader, i) => 0.85,
            (true, _) => 0.5,
            _ if reader.caseless || !t.is(NAME_FIRST) => return None,
            _ if is_cued_small(reader, i) && people_do(reader, i) || reader.done_by(i) => 0.5,
            _ if is_cued_small(reader, i) => 0.7,
            _ => return None,
        }
    } else if t.is(GIVEN) {
        // Two letters in a small hand: "mo", "jo".
        if capital || !cued {
            return None;
        }
        0.6
    } else if t.is(SURNAME) && !t.is(KEEP) {
        match (capital, t.first, t.is(WORD)) {
            (true, _, false) => 0.6,
            (true, false, true) if !after_article(reader, i) => 0.75,
            (true, true, true) if people_do(reader, i) => 0.8,
            (false, _, false) if !reader.caseless => 0.8,
            _ => return None,
        }
    } else if t.is(WORD) && !t.is(KEEP | PLACE) && capital && !t.first {
        // "My carer Ginger": a nickname. "Cyril Peach": a surname that no list holds.
        let surname = || reader.before(i).is_some_and(|b| b.capital && b.is(GIVEN));
        match cued {
            true => 0.7,
            false if surname() || people_do(reader, i) => 0.9,
            false => return None,
        }
    } else {
        return None;
    };
    (!reader.crossed_out(i) && !reader.names_a_building(i)).then_some(needed)
}

/// [`is_cued`] for small letters, where "to chase" and "with patience" name nobody.
fn is_cued_small(reader: &Reader, i: usize) -> bool {
    is_cued(reader, i) && !reader.word_is(i - 1, &["to", "and", "with", "by", "love", "get", "got"])
}

/// "asked Rain", "with summer", "our lesley": something before the word expects a person.
fn is_cued(reader: &Reader, i: usize) -> bool {
    const BEFORE: [&str; 38] = [
        "big",
        "little",
        "wee",
        "send",
        "sent",
        "sending",
        "had",
        "got",
        "get",
        "our",
        "my",
        "called",
        "named",
        "especially",
        "when",
        "if",
        "unless",
        "until",
        "till",
        "because",
        "cos",
        "coz",
        "n",
        "seen",
        "saw",
        "see",
        "says",
        "said",
        "hi",
        "hiya",
        "cheers",
        "ring",
        "rang",
        "text",
        "poor",
        "old",
        "knock",
        "miss",
    ];
    reader.before(i).is_some_and(|b| {
        b.is(TOWARDS | ROLE | SOFT_TITLE) && !b.of(reader.text).eq_ignore_ascii_case("from")
    }) || i > 0 && reader.spaced(i - 1) && reader.word_is(i - 1, &BEFORE)
}

/// "carer jhon", "asked jhon": what stands before is followed by people.
fn is_met(reader: &Reader, i: usize) -> bool {
    const MET: [&str; 18] = [
        "tell",
        "told",
        "ask",
        "asked",
        "thank",
        "thanks",
        "met",
        "meet",
        "called",
        "named",
        "dear",
        "hi",
        "hello",
        "hiya",
        "rang",
        "saw",
        "cheers",
        "especially",
    ];
    reader.before(i).is_some_and(|b| b.is(ROLE | SOFT_TITLE))
        || i > 0 && reader.word_is(i - 1, &MET)
}

/// "told June", "with Summer": nobody is told a month.
fn meets(reader: &Reader, i: usize) -> bool {
    const WORDS: [&str; 14] = [
        "with", "tell", "told", "ask", "asked", "thank", "thanks", "met", "meet", "love", "called",
        "named", "dear", "rang",
    ];
    i > 0 && reader.word_is(i - 1, &WORDS)
}

/// Whether the next word could be a verb, by its end: "Faith cooks", "Joy popped in".
fn may_do(reader: &Reader, i: usize) -> bool {
    reader.list.get(i + 1).is_some_and(|t| {
        let word = t.of(reader.text);
        t.capital || word.ends_with("ed") || word.ends_with('s')
    })
}

/// "Dawn can be sharp", "jade said", "Angus who": what follows is done by people.
fn people_do(reader: &Reader, i: usize) -> bool {
    const AFTER: [&str; 28] = [
        "will", "may", "might", "must", "won't", "wont", "who", "whos", "who's", "can", "cant",
        "can't", "could", "couldn't", "would", "should", "does", "doesn't", "doesnt", "did",
        "didn't", "didnt", "has", "was", "is", "and", "n", "&",
    ];
    // "Frank and honest" is nobody, "Frank and Joan" are two.
    let beside = || {
        let given = reader.at(i + 2, GIVEN) && !reader.at(i + 2, WORD);
        reader.capital(i + 2) || given || reader.at(i + 2, ROLE | FUNCTION)
    };
    let company = reader.word_is(i + 1, &["and", "n", "&"]);
    reader.done_by(i)
        || reader.at(i + 1, DOES | IS)
        || reader.word_is(i + 1, &["the"]) && reader.at(i + 2, ROLE)
        || reader.word_is(i + 1, &AFTER) && (!company || beside())
}

/// What is one letter away from a word: [`WORD`] for an everyday word, and nothing more is looked for
/// then; otherwise names ([`GIVEN`] and the like).
fn near(reader: &Reader, i: usize) -> Marks {
    let word = fold(reader.list[i].of(reader.text)).into_bytes();
    if !LETTERS_OF_NEAR.contains(&word.len()) || !word.iter().all(u8::is_ascii_lowercase) {
        return 0;
    }
    let (mut names, mut other) = (0, Vec::with_capacity(word.len() + 1));
    let mut is_word = |word: &[u8]| {
        let known = std::str::from_utf8(word).map_or(0, |word| lexicon().marks(word));
        names |= known;
        known & (WORD | KEEP | PLACE | FUNCTION | ROLE) != 0
    };
    // The likeliest first: a letter too many, two that changed places, one too few, another one.
    for at in 0..word.len() {
        other.clone_from(&word);
        other.remove(at);
        if is_word(&other) {
            return WORD;
        }
        if at + 1 < word.len() {
            other.clone_from(&word);
            other.swap(at, at + 1);
            if is_word(&other) {
                return WORD;
            }
        }
    }
    for replaced in 0..=1 {
        for at in 0..=word.len() - replaced {
            other.clone_from(&word);
            other.splice(at..at + replaced, [b'a']);
            for letter in b'a'..=b'z' {
                other[at] = letter;
                if is_word(&other) {
                    return WORD;
                }
            }
        }
    }
    names
}

/// "Gabapentin", "Apixaban": substances end alike.
fn sounds_medical(word: &str) -> bool {
    const ENDS: [&str; 26] = [
        "pril",
        "olol",
        "statin",
        "azole",
        "mycin",
        "cillin",
        "pentin",
        "gabalin",
        "zepam",
        "xaban",
        "parin",
        "formin",
        "sartan",
        "tidine",
        "oxetine",
        "triptyline",
        "gliptin",
        "flozin",
        "dipine",
        "thiazide",
        "setron",
        "codone",
        "morphine",
        "zumab",
        "itis",
        "oma",
    ];
    let lower = word.to_lowercase();
    lower.len() > 6 && ENDS.iter().any(|end| lower.ends_with(end))
}

/// "the agency Allied", "Radfield Ltd": a firm, by the word before it.
fn is_firm(reader: &Reader, i: usize) -> bool {
    i > 0 && reader.spaced(i - 1) && reader.at(i - 1, THING) && !reader.at(i - 1, ROLE)
}

fn after_article(reader: &Reader, i: usize) -> bool {
    const ARTICLES: [&str; 12] =
        ["the", "a", "an", "any", "some", "every", "no", "of", "such", "this", "that", "more"];
    i > 0 && reader.spaced(i - 1) && reader.word_is(i - 1, &ARTICLES)
}

pub(super) fn located(reader: &Reader, i: usize) -> bool {
    reader.before(i).is_some_and(|b| b.is(LOCATIVE))
        || i > 0 && reader.word_is(i - 1, &["to", "from", "for", "near"])
        || reader.word_is(i + 1, &["and", "or", "to"]) && reader.at(i + 2, PLACE)
        || i > 1 && reader.word_is(i - 1, &["and", "or"]) && reader.at(i - 2, PLACE)
        || reader.gap(i).trim() == "," && reader.at(i + 1, PLACE)
}

/// "In June", "May 2024", "last summer": the month or season, not the person.
pub(super) fn tells_time(reader: &Reader, i: usize) -> bool {
    const BEFORE: [&str; 24] = [
        "in", "since", "until", "till", "by", "from", "of", "last", "this", "next", "each",
        "every", "early", "late", "mid", "during", "before", "after", "on", "all", "for",
        "between", "the", "through",
    ];
    const SEASONS: [&str; 6] = ["august", "easter", "christmas", "summer", "autumn", "spring"];
    const HOW: [&str; 14] = [
        "always", "usually", "often", "fine", "bad", "worse", "worst", "when", "the", "over",
        "coming", "here", "hard", "busy",
    ];
    let dated = |j: usize| reader.list.get(j).is_some_and(|t| t.has_digit);
    // "back to August"
    let to = i > 1
        && reader.word_is(i - 1, &["to"])
        && reader.word_is(i - 2, &["back", "up", "through", "prior", "due"]);
    // "August is always bad"
    let season = reader.list[i].first
        && reader.word_is(i, &SEASONS)
        && reader.at(i + 1, IS)
        && reader.word_is(i + 2, &HOW);
    to || season
        || i > 0 && (reader.word_is(i - 1, &BEFORE) || dated(i - 1))
        || dated(i + 1)
        || i > 1 && reader.word_is(i - 1, &["and", "or", "to"]) && reader.at(i - 2, TIME)
        || reader.word_is(i + 1, &["and", "or", "to"])
            && reader.at(i + 2, TIME)
            && !reader.at(i + 2, NAME_FIRST)
}
