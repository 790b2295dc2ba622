//! Where a word that lists take for a name is nobody: a verb, a thing that the same text calls by its
//! name, an article before it, a virtue. Lists are trusted too much with "harry me" and "Chase the
//! GP".

use super::lexicon::{ALWAYS, DOES, GIVEN, IS, KEEP, ROLE, SURNAME, TIME, WORD};
use super::persons::Reader;
use super::tokens::Token;

/// Whether a word is nobody here, whatever the lists say.
pub(super) fn denied(reader: &Reader, i: usize) -> bool {
    let t = &reader.list[i];
    if !t.is(GIVEN | SURNAME) {
        return false;
    }
    done_to_somebody(reader, i)
        || is_a_thing(reader, i)
        || is_a_storm(reader, i)
        || is_a_day(reader, i)
        || is_stressed(reader, i)
        || asks_the_future(reader, i)
        || t.is(WORD) && (named_small(reader, i) || is_a_virtue(reader, i) || is_had(reader, i))
}

/// "don't harry me", "they josh us": whatever has an object is a verb.
fn done_to_somebody(reader: &Reader, i: usize) -> bool {
    let t = &reader.list[i];
    let object = reader.spaced(i)
        && t.end == t.after
        && reader.word_is(i + 1, &["me", "us", "him", "them", "yourself", "myself", "themselves"]);
    // "told leanne me mam was poorly"
    let own = || reader.spaced(i + 1) && reader.at(i + 2, ROLE);
    object && !own() && t.is(WORD) && !reader.capital(i) && !after_telling(reader, i)
}

fn after_telling(reader: &Reader, i: usize) -> bool {
    const TELL: [&str; 12] = [
        "told", "tell", "tells", "asked", "ask", "asks", "with", "let", "lets", "gave", "showed",
        "when",
    ];
    i > 0 && reader.word_is(i - 1, &TELL)
}

/// "It's a Henry and it's heavy": what it is, not who.
fn is_a_thing(reader: &Reader, i: usize) -> bool {
    let article = i > 1 && reader.spaced(i - 1) && reader.word_is(i - 1, &["a", "an"]);
    let it = |j: usize| reader.word_is(j, &["it's", "it’s", "its"]);
    let it_is =
        |j: usize| j > 0 && reader.word_is(j, &["is", "was"]) && reader.word_is(j - 1, &["it"]);
    article && (it(i - 2) || it_is(i - 2)) && !reader.word_is(i + 1, &["who"])
}

/// "during Storm Doris", "Hurricane Katrina": weather.
fn is_a_storm(reader: &Reader, i: usize) -> bool {
    const STORMS: [&str; 4] = ["storm", "hurricane", "typhoon", "cyclone"];
    let named = |b: &Token| b.capital || reader.caseless;
    reader.before(i).is_some_and(named) && reader.word_is(i - 1, &STORMS)
        || reader.word_is(i, &STORMS) && reader.joined(i) && reader.capital(i + 1)
}

/// "my bill's wrong", "today's bill has": what somebody has, and written small.
fn is_had(reader: &Reader, i: usize) -> bool {
    const WHOSE: [&str; 8] = ["my", "your", "his", "her", "their", "the", "this", "that"];
    let t = &reader.list[i];
    !reader.capital(i) && !reader.caseless && reader.before(i).is_some_and(|b| b.end != b.after)
        || !reader.capital(i) && !t.is(ALWAYS) && i > 0 && reader.word_is(i - 1, &WHOSE)
}

/// "someone WILL come", "PEG feeds", "we call her NAN", "Mark (1-10)": stress, abbreviations and scores.
fn is_stressed(reader: &Reader, i: usize) -> bool {
    // "Mark (1-10)" heads a column of marks.
    if reader.word_is(i, &["mark"]) && reader.gap(i).trim() == "(" {
        return reader.list.get(i + 1).is_some_and(|t| t.has_digit);
    }
    reader.list[i].all_capitals
        && !reader.caseless
        && reader.word_is(i, &["will", "may", "peg", "tia", "pat", "nan", "dot", "art", "grant"])
}

/// "Will my mam still get", "Will the hairdresser come".
fn asks_the_future(reader: &Reader, i: usize) -> bool {
    const ASKED: [&str; 15] = [
        "my", "the", "our", "your", "his", "her", "their", "this", "that", "these", "there", "a",
        "any", "someone", "anyone",
    ];
    reader.list[i].first && reader.word_is(i, &["will"]) && reader.word_is(i + 1, &ASKED)
}

/// "from 1 June my dad": a month after its day.
fn is_a_day(reader: &Reader, i: usize) -> bool {
    let t = &reader.list[i];
    t.is(TIME)
        && t.is(GIVEN)
        && reader.before(i).is_some_and(|day| {
            let day = day.of(reader.text);
            let number = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            number.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day))
        })
}

/// "Chase the GP. I have to chase": done to something, and small, and not as a name, in the same text.
/// A capital that begins a sentence says nothing against it.
fn named_small(reader: &Reader, i: usize) -> bool {
    const BEFORE: [&str; 18] = [
        "the", "a", "an", "to", "my", "your", "his", "our", "their", "this", "that", "no", "some",
        "any", "every", "more", "of", "please",
    ];
    let t = &reader.list[i];
    let word = t.of(reader.text);
    t.first
        && reader.capital(i)
        && !t.all_capitals
        && t.end == t.after
        && reader.joined(i)
        && reader
            .word_is(i + 1, &["the", "a", "an", "my", "our", "your", "their", "them", "it", "up"])
        && (0..reader.list.len()).any(|j| {
            j != i
                && j > 0
                && !reader.list[j].capital
                && reader.list[j].of(reader.text).eq_ignore_ascii_case(word)
                && reader.spaced(j - 1)
                && reader.word_is(j - 1, &BEFORE)
        })
}

/// "Patience is a virtue", "Hope is all we have", "Dawn is when": the virtue, not the carer.
fn is_a_virtue(reader: &Reader, i: usize) -> bool {
    let t = &reader.list[i];
    t.first
        && !t.is(ALWAYS | TIME | KEEP | DOES)
        && reader.joined(i)
        && reader.at(i + 1, IS)
        && (reader.word_is(i + 2, &["when", "where", "why", "how"])
            || reader.word_is(i + 2, &["a", "the", "all", "half"])
                && reader.word_is(
                    i + 3,
                    &["virtue", "thing", "word", "key", "we", "you", "i", "problem", "battle"],
                )
            || reader.word_is(i + 2, &["the"])
                && reader.word_is(i + 3, &["best", "only", "main", "first", "last", "real"])
                && reader.word_is(i + 4, &["thing", "word", "problem"]))
}

#[cfg(test)]
mod tests {
    use crate::deidentify::{Deidentifier, Options};

    #[test]
    fn words_that_are_nobody_here_stay() {
        let room = Deidentifier::new(Options::default());
        for text in [
            "Don't harry me, I say to them. They just josh me back.",
            "It's a Henry and it's heavier than they are.",
            "I have to chase and chase. Chase the GP, chase the pharmacy.",
            "Patience is a virtue, so my mother used to say.",
            "The district nurse changes the dressing Tuesdays and Fridays.",
            "A Granny Smith cut in quarters, no skin.",
            "She's a canny lass and nae bother.",
            "One carer is a jack of all trades, and Bob's your uncle.",
            "It was robbing Peter to pay Paul, and the paperwork was a real Jekyll and Hyde.",
            "He has Crohn's and Bell's palsy, and I have Parkinson's.",
            "Please note that from 1 June my dad will be with us, and until 3rd May her sister.",
            "Will my mam still get her tablets? Will the hairdresser come?",
            "My bill's wrong again, and today's bill has 62 visits on it.",
            "Mark (1-10)",
            "Someone WILL come, they said on Christmas Eve. She does PEG feeds.",
            "During Storm Doris one came on a tractor.",
            "Wash the Kylie sheet and give him some Earl Grey and Victoria sponge.",
        ] {
            assert_eq!(room.label(text).as_str(), text);
        }
    }

    #[test]
    fn the_same_words_are_somebody_where_they_are_used_so() {
        let room = Deidentifier::new(Options::default());
        for (text, left) in [
            ("I told harry me mam was ill", "I told [PERSON 1] me mam was ill"),
            ("Bill comes on Mondays and is kind.", "[PERSON 1] comes on Mondays and is kind."),
            ("Patience is my carer.", "[PERSON 1] is my carer."),
            ("Hope is the best carer I ever had.", "[PERSON 1] is the best carer I ever had."),
            ("Dot who does my lunches is leaving", "[PERSON 1] who does my lunches is leaving"),
            ("i am tyrone i have a hoist", "i am [PERSON 1] i have a hoist"),
            ("my partner, Jonty Preston.", "my partner, [PERSON 1]."),
            (
                "Bill my late husband would not have it",
                "[PERSON 1] my late husband would not have it",
            ),
            ("hi its jade again about the rota", "hi its [PERSON 1] again about the rota"),
            ("I thank Mohamed A. for staying", "I thank [PERSON 1]. for staying"),
            ("Then there is Big Dave at night", "Then there is [PERSON 1] at night"),
            ("Blessing is a blessing", "[PERSON 1] is a blessing"),
            ("J.B. declined lunch.", "[PERSON 1]. declined lunch."),
            (
                "Carer present (M.T.), no interpreter.",
                "Carer present ([PERSON 1].), no interpreter.",
            ),
            ("The new lass, Summer, has been good.", "The new lass, [PERSON 1], has been good."),
            ("Seen by O.T. and G.P. in the U.K.", "Seen by O.T. and G.P. in the U.K."),
        ] {
            assert_eq!(room.label(text).as_str(), left);
        }
    }
}
