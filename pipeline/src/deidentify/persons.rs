//! Names of people: which words of a text are somebody.
//!
//! A word is a name because a list says so and nothing speaks against it, or because of the words
//! around it ([`introductions`]). Names that are words too ("Will", "Grace", "May") and names that
//! are places ("Preston") need their surroundings. A name found once is then found again wherever
//! its parts return. Titles and roles stay in the text: "Mrs [PERSON 1]", "my carer [PERSON 1]".

use std::collections::HashSet;

use super::doubts;
use super::found::Found;
use super::habits;
use super::introductions;
use super::lexicon::{
    BUILDING, DOES, FUNCTION, GIVEN, IS, KEEP, LOCATIVE, Marks, NAME_FIRST, PARTICLE, PLACE,
    PLAIN_SURNAME, ROLE, ROYAL, SOFT_TITLE, SURNAME, TIME, TITLE, WORD, fold, is_plain_given,
};
use super::nobody;
use super::placeholders::Placeholder;
use super::redacted::RedactionKind::Person;
use super::signatures;
use super::tokens::{Token, Tokens};
use super::told::Told;

/// Words of one name at most.
const LONGEST_NAME: usize = 5;

/// The words of a text, with questions that the rules ask.
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) list: &'t [Token],
    pub(super) caseless: bool,
}

/// Words that lists and the words around give away, and words that something else already covers.
pub(super) struct Draft {
    /// Of each word, whether it is a name or a part of one.
    pub(super) names: Vec<bool>,
    /// Of each word, whether it lies in a placeholder or in an identifier with a form of its own.
    pub(super) taken: Vec<bool>,
}

/// The names that need no other opinion.
pub(super) fn draft(
    reader: &Reader,
    held: &[Placeholder],
    structured: &[Found],
    told: &Told,
) -> Draft {
    let mut names = vec![false; reader.list.len()];
    for (i, name) in names.iter_mut().enumerate() {
        *name = reader.stands_as_name(i);
    }
    introductions::mark(reader, &mut names);
    habits::mark(reader, &mut names);
    for (i, name) in names.iter_mut().enumerate() {
        *name = *name && !nobody::denied(reader, i);
    }
    signatures::mark(reader, &mut names);
    told.mark_whole(reader, &mut names);
    told.mark_parts(reader, &mut names);
    let covers = |t: &Token, start: usize, end: usize| start <= t.start && t.end <= end;
    let taken: Vec<bool> = reader
        .list
        .iter()
        .map(|t| {
            held.iter().any(|h| covers(t, h.range.start, h.range.end))
                || structured.iter().any(|s| covers(t, s.range.start, s.range.end))
        })
        .collect();
    for (name, taken) in names.iter_mut().zip(&taken) {
        *name = *name && !taken;
    }
    Draft { names, taken }
}

/// Makes names of marked words: with the company they keep, and whole.
pub(super) fn finish(reader: &Reader, mut names: Vec<bool>) -> Vec<Found> {
    if names.contains(&true) {
        introductions::mark_company(reader, &mut names);
        reader.extend(&mut names);
    }
    reader.spans(&names)
}

/// Two or three words with capitals, one of which no list knows, and perhaps a number: "Szczepan
/// Attwater 2024".
pub(super) fn is_written_like_a_name(text: &str) -> bool {
    let tokens = Tokens::read(text);
    let (reader, mut words, mut rare) = (Reader::new(text, &tokens), 0, false);
    for (i, t) in tokens.list.iter().enumerate().filter(|(_, t)| !t.has_digit) {
        if !t.capital || t.all_capitals || t.is(FUNCTION | ROLE | BUILDING | KEEP | PLACE) {
            return false;
        }
        words += 1;
        rare |= reader.unknown(i);
    }
    (2..=3).contains(&words) && rare
}

/// Adds every other place where a part of a known name stands.
pub(super) fn find_again(reader: &Reader, known: &HashSet<String>, found: &mut Vec<Found>) {
    let text = reader.text;
    let mut more = Vec::new();
    for (i, token) in reader.list.iter().enumerate() {
        let month = token.is(KEEP) && !asked_for(reader, i);
        if token.letters < 3
            || token.is(FUNCTION)
            || month
            || found.iter().any(|f| f.range.contains(&token.start))
        {
            continue;
        }
        // "Lamb, she said", "Joy is": a word that begins a sentence, and is somebody by what follows.
        let begins = || {
            reader.done_by(i)
                || reader.joined(i) && token.is(NAME_FIRST) && !reader.at(i + 1, FUNCTION | KEEP)
                || reader.gap(i).trim() == "," && reader.word_is(i + 1, &["she", "he", "they"])
        };
        let spelled = !token.is(WORD) || reader.capital(i) && (!token.first || begins());
        let elsewhere = token.is(PLACE) && reader.before(i).is_some_and(|b| b.is(LOCATIVE));
        if spelled
            && !elsewhere
            && !reader.names_a_building(i)
            && known.contains(&fold(token.of(text)))
        {
            more.push(Found::new(token.start..token.end, Person));
        }
    }
    found.extend(more);
    found.sort_by_key(|f| f.range.start);
}

/// "He keeps asking for May": nobody asks for a month.
fn asked_for(reader: &Reader, i: usize) -> bool {
    const ASKS: [&str; 12] = [
        "ask", "asks", "asked", "asking", "call", "calls", "calling", "shouts", "shouting",
        "looks", "looking", "crying",
    ];
    i > 1
        && reader.at(i, GIVEN)
        && reader.capital(i)
        && reader.word_is(i - 1, &["for"])
        && reader.word_is(i - 2, &ASKS)
        && !reader.spaced(i)
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, tokens: &'t Tokens) -> Self {
        Self { text, list: &tokens.list, caseless: tokens.caseless }
    }

    /// What stands between a word and the next; empty after the last.
    pub(super) fn gap(&self, i: usize) -> &'t str {
        let end = self.list.get(i + 1).map_or(self.text.len(), |next| next.start);
        &self.text[self.list[i].after..end]
    }

    /// Whether only spaces stand between a word and the next.
    pub(super) fn joined(&self, i: usize) -> bool {
        i + 1 < self.list.len() && self.list[i].end == self.list[i].after && self.spaced(i)
    }

    /// [`joined`](Self::joined), or with a possessive between.
    pub(super) fn spaced(&self, i: usize) -> bool {
        let gap = self.gap(i);
        i + 1 < self.list.len()
            && !gap.is_empty()
            && gap.chars().all(|c| matches!(c, ' ' | '\u{a0}'))
    }

    pub(super) fn at(&self, i: usize, marks: Marks) -> bool {
        self.list.get(i).is_some_and(|t| t.is(marks))
    }

    pub(super) fn before(&self, i: usize) -> Option<&Token> {
        i.checked_sub(1).filter(|&j| self.spaced(j)).map(|j| &self.list[j])
    }

    /// Whether a word has a capital that says something.
    pub(super) fn capital(&self, i: usize) -> bool {
        self.list.get(i).is_some_and(|t| t.capital) && !self.caseless
    }

    pub(super) fn word_is(&self, i: usize, words: &[&str]) -> bool {
        self.list.get(i).is_some_and(|t| {
            let own = &self.text.as_bytes()[t.start..t.after];
            words.iter().any(|w| own.eq_ignore_ascii_case(w.as_bytes()))
        })
    }

    /// A given name with no other common meaning.
    pub(super) fn plain_given(&self, i: usize) -> bool {
        is_plain_given(self.list[i].marks)
    }

    /// A surname with no other common meaning.
    pub(super) fn plain_surname(&self, i: usize) -> bool {
        self.at(i, SURNAME) && !self.at(i, WORD | PLACE | KEEP | FUNCTION | ROLE | BUILDING)
    }

    /// No list holds the word: a rare name, or a misspelling.
    pub(super) fn unknown(&self, i: usize) -> bool {
        let t = &self.list[i];
        t.marks & !PARTICLE == 0
            && t.letters > 2
            && !t.has_digit
            && !self.crossed_out(i)
            && (self.caseless || !t.all_capitals)
    }

    /// "Dr XXXX": somebody has been here before.
    pub(super) fn crossed_out(&self, i: usize) -> bool {
        self.list[i].of(self.text).bytes().all(|b| matches!(b, b'x' | b'X'))
    }

    /// "Bingham Health Centre", "Victoria ward", "St Mary's": a place that carries a name.
    pub(super) fn names_a_building(&self, i: usize) -> bool {
        const SMALL: [&str; 16] = [
            "ward", "hospital", "centre", "clinic", "surgery", "suite", "unit", "road", "street",
            "house", "court", "lodge", "hospice", "lane", "award", "course",
        ];
        if self.before(i).is_some_and(|b| b.is(ROYAL) && (b.capital || self.caseless)) {
            return true;
        }
        let mut j = i;
        while self.spaced(j) && j < i + 4 {
            j += 1;
            if self.list[j].has_digit || !(self.list[j].capital || self.word_is(j, &SMALL)) {
                return false;
            }
            if self.at(j, BUILDING) && (!self.caseless || self.word_is(j, &SMALL)) {
                // "Denise's Home" is hers.
                return self.list[i].end == self.list[i].after || !self.plain_given(i);
            }
        }
        false
    }

    /// "On Winifred 2": wards carry names, too.
    fn names_a_ward(&self, i: usize) -> bool {
        self.joined(i)
            && self.list[i + 1].has_digit
            && self.list[i + 1].letters == 1
            && self.before(i).is_some_and(|b| b.of(self.text).eq_ignore_ascii_case("on"))
    }

    /// Whether a word is a name without being introduced.
    fn stands_as_name(&self, i: usize) -> bool {
        let t = &self.list[i];
        if !t.is(GIVEN | SURNAME) && !self.unknown(i) || t.is(FUNCTION) || t.has_digit {
            return false;
        }
        let capital = self.capital(i);
        if capital && (self.begins_with_surname(i) || self.is_a_family(i) || self.is_a_month(i)) {
            return true;
        }
        let sense = if self.plain_given(i) {
            capital || t.letters > 2
        } else if t.is(GIVEN) {
            self.is_given_here(i, capital)
        } else if self.plain_surname(i) {
            let begins = !t.first || self.done_by(i) || self.word_is(i + 1, &["family"]);
            capital && begins && !self.before(i).is_some_and(|b| b.is(LOCATIVE))
        } else {
            // Two rare words with capitals inside a sentence.
            capital
                && !t.first
                && self.unknown(i)
                && self.joined(i)
                && self.capital(i + 1)
                && self.unknown(i + 1)
        };
        let acronym = t.all_capitals && !self.caseless && t.letters < 4 && !self.done_by(i);
        sense && !acronym && !(self.names_a_building(i) || self.names_a_ward(i))
    }

    /// "Lee Rothwell, 41": a name that begins a sentence, ambiguous in each of its words.
    fn begins_with_surname(&self, i: usize) -> bool {
        let (t, next) = (&self.list[i], i + 1);
        let given = t.is(NAME_FIRST) || t.is(GIVEN) && !t.is(WORD | PLACE | KEEP);
        if !given || !t.first || !self.joined(i) || !self.capital(next) {
            return false;
        }
        let surname = self.at(next, SURNAME) && !self.at(next, WORD) || self.unknown(next);
        let town = self.at(next, PLACE)
            && !self.gap(next).starts_with([',', '(', '\n', ':'])
            && !self.gap(next).starts_with(" (");
        let other = FUNCTION | KEEP | ROLE | TITLE | BUILDING | DOES | IS;
        surname
            && !town
            && !self.at(next, other)
            && !self.list[next].all_capitals
            && !self.names_a_building(i)
    }

    /// "The Ollerton family", whoever they are.
    fn is_a_family(&self, i: usize) -> bool {
        let listed = self.at(i, SURNAME) && !self.at(i, WORD | KEEP);
        (self.unknown(i) || listed)
            && !self.list[i].first
            && self.joined(i)
            && self.word_is(i + 1, &["family", "family's", "family’s", "household", "brothers"])
    }

    /// "Jan Whitworth", "April Khan": a month with a surname.
    fn is_a_month(&self, i: usize) -> bool {
        self.at(i, GIVEN)
            && self.at(i, KEEP)
            && self.joined(i)
            && self.capital(i + 1)
            && self.plain_surname(i + 1)
            && !self.list[i].all_capitals
    }

    /// A given name that is a word or place as well.
    fn is_given_here(&self, i: usize, capital: bool) -> bool {
        let t = &self.list[i];
        let next = || self.spaced(i) && t.end == t.after;
        if !capital {
            // "april said she would": no month speaks.
            const SAYS: [&str; 8] =
                ["said", "says", "told", "tells", "asked", "asks", "rang", "reckons"];
            return t.is(GIVEN)
                && t.is(TIME)
                && next()
                && self.word_is(i + 1, &SAYS)
                && !doubts::tells_time(self, i);
        }
        // "It is always Angus who gets the blame": only a person is a who.
        let who = next() && self.word_is(i + 1, &["who", "whose", "who's", "who’s"]);
        if t.is(KEEP) {
            // "Summer came and went"
            if t.is(TIME) && self.word_is(i + 2, &["and"]) && self.word_is(i + 3, &["went", "gone"])
            {
                return false;
            }
            return next()
                && (self.at(i + 1, DOES) || who && !t.first)
                && !doubts::tells_time(self, i);
        }
        if self.before(i).is_some_and(|b| {
            ["the", "a", "an", "any", "some", "every", "no"]
                .iter()
                .any(|w| b.of(self.text).eq_ignore_ascii_case(w))
        }) {
            return false;
        }
        // "In Bolton, Leigh and Wigan"
        let town = |j: usize| self.at(j, PLACE) && !self.at(j, GIVEN);
        let listed = i > 0 && self.gap(i - 1).trim() == "," && town(i - 1)
            || next() && self.word_is(i + 1, &["and", "or"]) && town(i + 2);
        if listed || self.word_is(i + 1, &["period"]) {
            return false;
        }
        if who && (!t.first || t.is(NAME_FIRST)) || self.lives_near(i) {
            return true;
        }
        let located =
            t.is(PLACE) && self.before(i).is_some_and(|b| b.is(LOCATIVE) || self.is_towards(b));
        if t.is(NAME_FIRST) && !located {
            // "Patience is what you need", "Faith has gone": the virtue, not the carer.
            let virtue = self.at(i + 1, IS)
                && self.word_is(
                    i + 2,
                    &[
                        "what",
                        "needed",
                        "important",
                        "required",
                        "gone",
                        "key",
                        "essential",
                        "lost",
                        "not",
                        "restored",
                        "vital",
                    ],
                );
            let beside_a_name = self.capital(i + 2) && self.at(i + 2, GIVEN)
                || self.word_is(i + 2, &["her", "his", "i", "my"]);
            let company = next() && self.word_is(i + 1, &["and", "&"]) && beside_a_name;
            return !t.first
                || next() && self.at(i + 1, DOES | IS) && !virtue
                || company
                || t.end != t.after;
        }
        !located && next() && self.at(i + 1, DOES)
    }

    /// "Olive down the road", "Frank next door", "Joy upstairs".
    fn lives_near(&self, i: usize) -> bool {
        let near = self.word_is(i + 1, &["down", "across", "over", "up", "along", "from"])
            && self.word_is(i + 2, &["the"])
            && self.word_is(i + 3, &["road", "street", "hall", "landing", "corridor", "way"])
            || self.word_is(i + 1, &["next", "nextdoor"]) && self.word_is(i + 2, &["door"])
            || self.word_is(i + 1, &["upstairs", "downstairs", "opposite"]);
        near && self.joined(i) && !self.list[i].is(PLACE | KEEP)
    }

    fn is_towards(&self, token: &Token) -> bool {
        ["to", "from", "for"].iter().any(|w| token.of(self.text).eq_ignore_ascii_case(w))
    }

    /// Whether the next word is something that people do or are.
    pub(super) fn done_by(&self, i: usize) -> bool {
        self.joined(i) && self.at(i + 1, DOES | IS)
    }

    /// Takes in the other words of each name: surnames, first names, initials, particles.
    fn extend(&self, names: &mut [bool]) {
        for i in 0..names.len() {
            if !names[i] {
                continue;
            }
            let mut last = i;
            while last + 1 < names.len() && last < i + LONGEST_NAME && self.goes_on(last) {
                let next = last + 1;
                if self.list[next].is(PARTICLE) && !self.capital(next) {
                    if !(self.joined(next) && self.capital(next + 1)) {
                        break;
                    }
                } else if !names[next] && !self.belongs_after(next, i) {
                    break;
                }
                names[next] = true;
                last = next;
            }
            let mut first = i;
            while first > 0
                && i - first < LONGEST_NAME
                && self.goes_on(first - 1)
                && !names[first - 1]
            {
                if !self.belongs_before(first - 1, first) && !self.is_particle(first - 1, first) {
                    break;
                }
                first -= 1;
                names[first] = true;
            }
        }
    }

    /// Whether a name can go on over the gap after a word: a space, or a full stop after an initial.
    fn goes_on(&self, i: usize) -> bool {
        // "p. smythe"
        let small = self.list.get(i + 1).is_some_and(|next| !next.capital);
        let initial = self.list[i].letters == 1 && (self.list[i].capital || small);
        self.joined(i) || (initial && i + 1 < self.list.len() && matches!(self.gap(i), ". " | "."))
    }

    /// "van der Berg", "bin Rashid": small words that are nothing but a part of a name.
    fn is_particle(&self, i: usize, name: usize) -> bool {
        if self.word_is(i, &["van", "von", "de"]) {
            return self.word_is(name, &["der", "den", "de", "la"]);
        }
        let alone = ["der", "den", "von", "bin", "ibn", "ap", "della"];
        let second = self.word_is(i, &["de", "la"]) && i > 0;
        self.word_is(i, &alone) && self.capital(name)
            || second && self.word_is(i - 1, &["van", "de"])
    }

    fn belongs_after(&self, i: usize, start: usize) -> bool {
        let t = &self.list[i];
        // "Mohamed A."
        let initial = self.capital(i) && t.letters == 1;
        if t.has_digit || t.is(FUNCTION | TITLE) && !initial {
            return false;
        }
        let listed = t.is(GIVEN | SURNAME) && !t.is(KEEP);
        if self.capital(i) {
            if t.letters == 1 {
                return self.gap(i).starts_with('.') || !matches!(t.of(self.text), "I" | "A");
            }
            let titled = self.before(start).is_some_and(|b| b.is(TITLE | SOFT_TITLE));
            // "Hugh Quilter": a capital beside a sure given name is a surname, whatever else it is.
            let surname = self.plain_given(start)
                && i == start + 1
                && !t.all_capitals
                && !t.is(ROLE | BUILDING | PLACE | DOES | IS)
                && (!t.is(KEEP) || t.is(SURNAME) && (titled || !t.is(TIME)));
            // "Jonty Ashworth", though there is an Ashworth
            let from_there = t.is(PLACE)
                && !t.is(KEEP | WORD | BUILDING)
                && !t.all_capitals
                && i == start + 1
                && (self.unknown(start) || self.plain_given(start));
            let particle = t.is(PARTICLE) && self.joined(i) && self.capital(i + 1);
            let of_particle = self.at(i - 1, PARTICLE) && i > start + 1 && !t.is(KEEP | BUILDING);
            return particle && self.plain_given(start)
                || of_particle
                || listed
                || surname
                || from_there
                || (self.unknown(i) && !self.names_a_building(i));
        }
        // Small letters, or case that says nothing: only what is hardly anything else.
        let initial = self.list[start].letters == 1 && i == start + 1;
        if self.caseless && initial && t.is(SURNAME) {
            return true;
        }
        let small_name = self.caseless || !self.list[start].capital;
        small_name
            && listed
            && (self.plain_surname(i)
                || self.plain_given(i)
                || t.is(PLAIN_SURNAME) && self.plain_given(start))
    }

    fn belongs_before(&self, i: usize, name: usize) -> bool {
        let t = &self.list[i];
        let dotted = self.gap(i).starts_with('.');
        if t.letters == 1 && dotted && !t.capital && !self.capital(name) {
            return !t.first;
        }
        if !(self.capital(i) || t.letters == 1 && t.capital && dotted) || t.has_digit {
            return false;
        }
        if t.letters == 1 {
            return dotted || !matches!(t.of(self.text), "I" | "A");
        }
        // "Little Sue", "Big Dave": what tells her from the other
        let nickname = self.word_is(i, &["big", "little", "lil", "wee"]);
        if nickname
            && !t.first
            && self.at(name, GIVEN)
            && !self
                .before(i)
                .is_some_and(|b| b.is(FUNCTION) && self.word_is(i - 1, &["the", "a", "my", "our"]))
        {
            return true;
        }
        if t.is(FUNCTION | KEEP | ROLE | TITLE | SOFT_TITLE) {
            return false;
        }
        let before_surname = self.at(name, SURNAME) && !self.at(name, GIVEN);
        (t.is(GIVEN) && (before_surname || !t.first || self.plain_given(i)))
            || (self.unknown(i) && (before_surname || !t.first))
    }

    pub(super) fn spans(&self, names: &[bool]) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let mut open: Option<usize> = None;
        for i in 0..names.len() {
            if !names[i] {
                continue;
            }
            let start = open.unwrap_or(i);
            if i + 1 < names.len() && names[i + 1] && self.goes_on(i) {
                open = Some(start);
                continue;
            }
            open = None;
            found.push(Found::new(self.list[start].start..self.list[i].end, Person));
        }
        found
    }
}
