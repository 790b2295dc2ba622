//! What is said of people alone and gives a name away that no list holds and no capital shows: they
//! are on holiday or off sick, are somebody by name, have a mum or a house.

use super::lexicon::{BUILDING, DOES, FUNCTION, GIVEN, IS, KEEP, PLACE, ROLE, THING, TITLE, WORD};
use super::persons::Reader;

/// Marks every word of which such a thing is said.
pub(super) fn mark(reader: &Reader, names: &mut [bool]) {
    for (i, name) in names.iter_mut().enumerate() {
        *name = *name || is_away(reader, i) || by_name(reader, i) || has_family(reader, i);
    }
}

/// A word in which lists see nobody else.
fn could_be(reader: &Reader, i: usize) -> bool {
    let t = &reader.list[i];
    let other = FUNCTION | ROLE | TITLE | KEEP | THING | BUILDING | DOES | IS;
    t.letters > 1
        && !t.has_digit
        && !t.is(other)
        && !reader.crossed_out(i)
        && (!t.all_capitals || reader.caseless)
        && (!t.is(WORD | PLACE) || t.is(GIVEN))
}

/// "lorr is on hols", "Trace's off sick", "shaz was on nights".
fn is_away(reader: &Reader, i: usize) -> bool {
    const ON: [&str; 17] = [
        "hols",
        "holiday",
        "holidays",
        "leave",
        "annual",
        "maternity",
        "paternity",
        "shift",
        "duty",
        "nights",
        "earlies",
        "lates",
        "call",
        "sick",
        "rota",
        "compassionate",
        "mat",
    ];
    const OFF: [&str; 12] = [
        "sick", "ill", "poorly", "today", "tomorrow", "work", "tonight", "duty", "again", "on",
        "until", "till",
    ];
    if !could_be(reader, i) || !reader.spaced(i) {
        return false;
    }
    let possessive = reader.list[i].end != reader.list[i].after;
    let at = if possessive { i + 1 } else { i + 2 };
    let is = possessive || reader.word_is(i + 1, &["is", "was"]) && reader.spaced(i + 1);
    is && at < reader.list.len()
        && reader.spaced(at)
        && (reader.word_is(at, &["on"]) && reader.word_is(at + 1, &ON)
            || reader.word_is(at, &["off"]) && reader.word_is(at + 1, &OFF))
        && !after_article(reader, i)
}

/// "Sunny by name and sunny by nature".
fn by_name(reader: &Reader, i: usize) -> bool {
    let t = &reader.list[i];
    reader.spaced(i)
        && t.end == t.after
        && reader.word_is(i + 1, &["by"])
        && reader.spaced(i + 1)
        && reader.word_is(i + 2, &["name"])
        && reader.capital(i)
        && !t.is(FUNCTION | ROLE | TITLE | KEEP | DOES | IS)
}

/// "Shug's mum", "Wyn's house": nobody else has one. Only with a capital that says something.
fn has_family(reader: &Reader, i: usize) -> bool {
    const OWN: [&str; 14] = [
        "mum", "dad", "mam", "nan", "wife", "husband", "daughter", "son", "sister", "brother",
        "mother", "father", "flat", "bungalow",
    ];
    let t = &reader.list[i];
    t.end != t.after
        && reader.capital(i)
        && !t.first
        && could_be(reader, i)
        && !t.is(WORD | PLACE)
        && reader.spaced(i)
        && reader.word_is(i + 1, &OWN)
}

fn after_article(reader: &Reader, i: usize) -> bool {
    i > 0 && reader.spaced(i - 1) && reader.word_is(i - 1, &["the", "a", "an", "no", "any", "this"])
}

#[cfg(test)]
mod tests {
    use crate::deidentify::{Deidentifier, Options};

    #[test]
    fn what_only_people_are_gives_a_name_away() {
        let room = Deidentifier::new(Options::default());
        for (text, left) in [
            ("and zorbo is on hols again", "and [PERSON 1] is on hols again"),
            ("because zorbo was off sick", "because [PERSON 1] was off sick"),
            ("Sparkle by name and sparkle by nature", "[PERSON 1] by name and sparkle by nature"),
            ("I met Zorbo's mum", "I met [PERSON 1]'s mum"),
            ("the hoist was off again", "the hoist was off again"),
            ("the carer is on holiday", "the carer is on holiday"),
            ("everything is on call", "everything is on call"),
            ("the heating is off until Monday", "the heating is off until Monday"),
        ] {
            assert_eq!(room.label(text).as_str(), left);
        }
    }
}
