//! Written cases, texts kept back, and what holds for any text.

use heard_models::Tally;
use heard_models::choice::Choice;
use proptest::prelude::*;

use super::needed::Room;
use super::rules::RULES;
use super::{known, known_period, known_unit, measures, quantities, tokens};
use crate::segment::segments;

fn told(text: &str) -> Vec<String> {
    super::learning::told(Choice::quantities(), text)
}

/// A list of comments with what they state.
macro_rules! list {
    ($name:literal) => {
        include_str!(concat!("../../../data-samples/corpus/quantities/", $name, ".txt"))
    };
}

/// How a list is read, and the texts that are read otherwise.
fn score(list: &str) -> (Tally, Vec<String>) {
    super::learning::score(Choice::quantities(), list)
}

#[test]
fn every_written_case_is_read_as_written_but_for_a_bare_pair_of_hours() {
    let (_, differing) = score(list!("cases"));
    let [one] = differing.as_slice() else { panic!("{}", differing.join("\n")) };
    assert!(one.starts_with("She comes at ten instead of twelve\n"), "{one}");
}

#[test]
fn the_weights_that_ship_know_the_labels_of_today() {
    assert_eq!(Choice::quantities().labels(), super::context::names());
}

// What was learnt from a list, and rules that were widened for it, say little of new text. Up to the
// eleventh, floors are what rules alone had reached, but for three: the first and the ninth lost two
// points of precision (0.97, 0.98 before), the eleventh one of recall (0.95).
#[test]
fn the_lists_that_were_learnt_from_are_read_as_well_as_they_were() {
    let lists = [
        (list!("first"), 0.95, 0.97),
        (list!("second"), 0.95, 0.9),
        (list!("third"), 0.97, 0.92),
        (list!("fourth"), 0.91, 0.85),
        (list!("fifth"), 0.97, 0.95),
        (list!("sixth"), 0.97, 0.97),
        (list!("seventh"), 0.97, 0.97),
        (list!("eighth"), 0.98, 0.95),
        (list!("ninth"), 0.96, 0.98),
        (list!("tenth"), 0.91, 0.71),
        (list!("eleventh"), 0.95, 0.94),
        (list!("twelfth"), 0.95, 0.95),
        (list!("thirteenth"), 0.95, 0.95),
        (list!("older-people"), 0.95, 0.9),
        (list!("relatives"), 0.95, 0.9),
        (list!("interviews"), 0.95, 0.9),
        (list!("letters"), 0.95, 0.9),
        (list!("workers"), 0.95, 0.9),
        (list!("typed-in-a-hurry"), 0.95, 0.9),
        (list!("long-answers"), 0.95, 0.9),
        (list!("healthwatch"), 0.95, 0.9),
        (list!("telephone"), 0.95, 0.9),
        (list!("consultation"), 0.95, 0.9),
        (list!("fragments"), 0.95, 0.9),
        (list!("alike"), 0.95, 0.9),
        (list!("visits"), 0.95, 0.9),
        (list!("waits-and-prices"), 0.94, 0.9),
        (list!("dialects"), 0.95, 0.9),
        (list!("many-numbers"), 0.91, 0.9),
        (list!("phones"), 0.95, 0.9),
        (list!("prose"), 0.95, 0.9),
        (list!("bare"), 0.44, 0.4),
    ];
    let mut all = Tally::default();
    let mut short = Vec::new();
    for (list, precision, recall) in lists {
        let (tally, differing) = score(list);
        all = all.sum(tally);
        if tally.precision() < precision || tally.recall() < recall {
            short.push(format!(
                "{:.3} {:.3} {}",
                tally.precision(),
                tally.recall(),
                differing.join("\n")
            ));
        }
    }
    assert!(short.is_empty(), "{}", short.join("\n"));
    assert!(all.precision() >= 0.97 && all.recall() >= 0.955, "{all:?}");
}

// Nothing was learnt from these, and no rule was changed for them.
#[test]
fn the_lists_kept_back_are_read_with_precision_of_nine_and_recall_of_eight_in_ten() {
    for list in [list!("kept-back/one"), list!("kept-back/two")] {
        let (tally, _) = score(list);
        assert!(tally.precision() >= 0.9 && tally.recall() >= 0.8, "{tally:?}");
    }
}

#[test]
fn more_than_a_number_lies_beyond_it_and_less_than_a_number_below_it() {
    let least = |text: &str| measures(text, &segments(text))[0].value;
    let most = |text: &str| measures(text, &segments(text))[0].upper.unwrap();
    assert!(least("They are half an hour late") <= 30.0);
    assert!(least("They are more than half an hour late") > 30.0);
    assert!(least("It's a rare week when she isn't more than half an hour late") > 30.0);
    assert!(most("They are never more than half an hour late") <= 30.0);
    assert!(most("She stays less than thirty minutes") < 30.0);
}

#[test]
fn words_that_begin_a_text_are_no_quantity_before_it() {
    assert_eq!(told("One carer."), ["care_workers=1"]);
}

#[test]
fn what_a_shift_is_paid_for_is_no_visit() {
    let text = "I do seventeen calls on a Sunday and get paid for nine and a half hours out of \
                fourteen";
    assert!(told(text).is_empty());
}

#[test]
fn names_are_known_and_others_are_not() {
    assert_eq!(known("minutes_late"), Some("minutes_late"));
    assert_eq!(known("minutes"), None);
    assert_eq!(known_unit("gbp"), Some("gbp"));
    assert_eq!(known_unit("pounds"), None);
    assert_eq!(known_period("month"), Some("month"));
    assert_eq!(known_period("fortnight"), Some("fortnight"));
    assert_eq!(known_period("decade"), None);
}

#[test]
fn a_span_is_the_words_that_state_the_quantity() {
    let text = "Lovely girls. They were forty-five minutes late on Monday; ½ an hour’s notice.";
    let found = measures(text, &segments(text));
    let words: Vec<&str> = found.iter().map(|m| &text[m.span.clone()]).collect();
    assert_eq!(words, ["forty-five minutes late", "½ an hour’s notice"]);
    assert_eq!(found.iter().map(|m| m.segment).collect::<Vec<_>>(), [1, 2]);
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,4}",
        "\\PC{0,4}",
        Just("half an hour".into()),
        Just("minutes late".into()),
        Just("instead of".into()),
        Just("£".into()),
        Just("carers in a week".into()),
        Just("supposed to be".into()),
        Just("but stay for".into()),
        Just("no notice".into()),
        Just("½".into()),
        Just("’s".into()),
        Just(".".into()),
        Just("-".into()),
        Just("to".into()),
        Just("é".into()),
        Just("[PERSON 1]".into()),
        Just("twenty".into()),
        Just("İ".into()),
    ]
}

proptest! {
    #[test]
    fn spans_are_on_character_boundaries_within_their_segment(
        pieces in prop::collection::vec(piece(), 0..30), glue in "[ ]?"
    ) {
        let text = pieces.join(&glue);
        let parts = segments(&text);
        for m in measures(&text, &parts) {
            let segment = &parts[usize::from(m.segment)];
            prop_assert!(m.span.start < m.span.end);
            prop_assert!(segment.start <= m.span.start && m.span.end <= segment.end);
            prop_assert!(text.get(m.span.clone()).is_some());
            prop_assert!(m.upper.is_none_or(|u| u >= m.value));
            prop_assert_eq!(known(m.measure), Some(m.measure));
            prop_assert_eq!(known_unit(m.unit), Some(m.unit));
        }
    }
}

#[test]
fn every_rule_that_matches_is_a_candidate() {
    let lists = [list!("cases"), list!("first"), list!("third"), list!("sixth")];
    let mut room = Room::default();
    for text in lists.iter().flat_map(|list| list.lines()) {
        let lower = text.to_ascii_lowercase();
        let plain = quantities::plain(&tokens::tokens(&lower)).text;
        RULES.needed.candidates(&plain, &mut room);
        for (index, rule) in RULES.rules.iter().enumerate() {
            let matches = rule.pattern.is_match(&plain);
            assert!(!matches || room.found.contains(&index), "{text}: {}", rule.pattern);
        }
    }
}
