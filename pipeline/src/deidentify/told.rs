//! Names that the file itself tells: a name column, the label of a speaker, the sender of an e-mail,
//! the owner of a document. Nobody has to be guessed, so a whole name is taken out wherever it stands
//! and in whatever case, and its parts wherever they are not plainly a word, a month or a place.

use super::doubts::{located, tells_time};
use super::lexicon::{FUNCTION, KEEP, PLACE, ROLE, SOFT_TITLE, TIME, TITLE, WORD, fold};
use super::numbering::parts;
use super::persons::Reader;
use super::tokens::Tokens;

/// The people whom a row or document tells outside its words.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// The parts of each name, folded, without titles: "Mrs A. O'Quux-Smith" is `a`, `o'quux`, `smith`.
    people: Vec<Vec<String>>,
}

impl Told {
    /// The people of these names, each once.
    pub(super) fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut people: Vec<Vec<String>> = Vec::new();
        for name in names {
            let tokens = Tokens::read(name);
            let words = tokens.list.iter().filter(|t| !t.is(TITLE | SOFT_TITLE) && !t.has_digit);
            let person: Vec<String> = words.flat_map(|t| parts(t.of(name))).collect();
            if person.iter().any(|part| part.chars().count() > 1) && !people.contains(&person) {
                people.push(person);
            }
        }
        // "Quillan" and "Quillan Ostry" in two columns are one.
        let all = people.clone();
        let more = |person: &[String], other: &[String]| {
            other.len() > person.len() && person.iter().all(|part| other.contains(part))
        };
        people.retain(|person| !all.iter().any(|other| more(person, other)));
        Self { people }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// The parts of each name.
    pub(super) fn people(&self) -> &[Vec<String>] {
        &self.people
    }

    /// Marks every word of a whole name, in the order of the file or turned round.
    pub(super) fn mark_whole(&self, reader: &Reader, names: &mut [bool]) {
        for person in self.people.iter().filter(|person| person.len() > 1) {
            let turned: Vec<String> = person.iter().rev().cloned().collect();
            for i in 0..reader.list.len() {
                let length = reaches(reader, i, person).or_else(|| reaches(reader, i, &turned));
                if let Some(length) = length {
                    names[i..i + length].fill(true);
                }
            }
        }
    }

    /// Marks words that are a part of a name.
    pub(super) fn mark_parts(&self, reader: &Reader, names: &mut [bool]) {
        if self.people.is_empty() {
            return;
        }
        for (i, name) in names.iter_mut().enumerate() {
            *name = *name || self.is_part(reader, i);
        }
    }

    fn is_part(&self, reader: &Reader, i: usize) -> bool {
        let t = &reader.list[i];
        if t.letters < 2 || t.has_digit {
            return false;
        }
        let words = parts(t.of(reader.text));
        let known =
            |part: &String| part.len() > 1 && self.people.iter().flatten().any(|p| p == part);
        if words.is_empty() || !words.iter().all(known) || reader.names_a_building(i) {
            return false;
        }
        let capital = reader.capital(i);
        if t.is(TIME | KEEP) {
            return capital && !t.first && !tells_time(reader, i);
        }
        if t.is(PLACE) && located(reader, i) {
            return false;
        }
        if t.is(FUNCTION | ROLE | TITLE | SOFT_TITLE) {
            return capital && !t.first;
        }
        // "Grace" may begin a sentence; "Cook the tea" has to look like somebody.
        let alone = t.is(WORD) || t.letters < 3;
        !alone || capital && (!t.first || reader.plain_given(i) || reader.done_by(i))
    }
}

/// How many words from this one on make up the name, if they do.
fn reaches(reader: &Reader, from: usize, person: &[String]) -> Option<usize> {
    let mut at = 0;
    for (i, t) in reader.list.iter().enumerate().skip(from) {
        for part in parts(t.of(reader.text)) {
            if person.get(at) != Some(&part) {
                return None;
            }
            at += 1;
        }
        if at == person.len() {
            return Some(i + 1 - from);
        }
        let gap = reader.gap(i);
        if gap.chars().any(|c| !(c.is_whitespace() || matches!(c, '.' | ',' | '-'))) {
            return None;
        }
    }
    None
}

/// The parts of the one person among these whom this single part belongs to.
pub(super) fn whole_of<'p>(people: &'p [Vec<String>], part: &str) -> Option<&'p [String]> {
    let mut those = people.iter().filter(|person| person.iter().any(|p| *p == fold(part)));
    let one = those.next()?;
    those.next().is_none().then_some(one.as_slice())
}

#[cfg(test)]
mod tests {
    use crate::deidentify::{Deidentifier, Document, Mode, Options};

    fn without(names: &[&str], text: &str) -> String {
        let room = Deidentifier::new(Options::default());
        let document = Document { texts: vec![text], names: names.to_vec() };
        room.documents(&[document])[0][0].as_str().to_owned()
    }

    #[test]
    fn whole_names_go_in_any_case_and_order() {
        let names = ["Hedge Copper"];
        for (text, left) in [
            ("Ring Hedge Copper about it", "Ring [PERSON 1] about it"),
            ("ring hedge copper about it", "ring [PERSON 1] about it"),
            ("RING HEDGE COPPER ABOUT IT", "RING [PERSON 1] ABOUT IT"),
            ("Copper, Hedge: late again", "[PERSON 1], [PERSON 1]: late again"),
            ("hedge copper's carers", "[PERSON 1]'s carers"),
            ("the hedge is not copper", "the hedge is not copper"),
            ("We trim the hedge", "We trim the hedge"),
        ] {
            assert_eq!(without(&names, text), left, "{text}");
        }
    }

    #[test]
    fn parts_go_but_words_months_and_places_stay() {
        let names = ["Will Preston", "Zebadee O'Quux-Vole", "May Li"];
        for (text, left) in [
            ("i asked zebadee twice", "i asked [PERSON 1] twice"),
            ("the Quux-Vole girl", "the Quux-Vole girl"),
            ("the o'quux-vole girl", "the [PERSON 1] girl"),
            ("I will ask again in May", "I will ask again in May"),
            ("Yesterday Will came late", "Yesterday [PERSON 1] came late"),
            ("She moved to Preston", "She moved to Preston"),
        ] {
            assert_eq!(without(&names, text), left, "{text}");
        }
    }

    #[test]
    fn one_person_has_one_number() {
        let text =
            "Zebadee came. Later Mrs Vole rang, and Zebadee Vole wrote. Denise Okafor did not.";
        assert_eq!(
            without(&["Zebadee", "Vole", "Zebadee Vole"], text),
            "[PERSON 1] came. Later Mrs [PERSON 1] rang, and [PERSON 1] wrote. [PERSON 2] did not."
        );
    }

    #[test]
    fn titles_and_initials_are_no_parts() {
        assert_eq!(
            without(&["Mrs A. Zquibb"], "A cup of tea, Mrs Ford"),
            "A cup of tea, Mrs [PERSON 1]"
        );
    }

    #[test]
    fn whole_names_go_where_no_others_are_looked_for() {
        let room = Deidentifier::new(Options { mode: Mode::Structured, ..Options::default() });
        let document = Document {
            texts: vec!["Tell Zebadee Vole and Denise Okafor"],
            names: vec!["Zebadee Vole"],
        };
        let texts = room.documents(&[document]).remove(0);
        assert_eq!(texts[0].as_str(), "Tell [PERSON 1] and Denise Okafor");
    }
}
