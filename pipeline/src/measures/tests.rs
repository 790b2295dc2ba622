//! Written cases, texts kept back, and what holds for any text.

use heard_models::choice::Choice;
use proptest::prelude::*;

use super::learning::Tally;
use super::needed::Room;
use super::rules::{PAIRS, RULES};
use super::{known, known_period, known_unit, measures, quantities, tokens};
use crate::segment::segments;

fn told(text: &str) -> Vec<String> {
    super::learning::told(Choice::quantities(), text)
}

fn score(list: &str) -> (Tally, Vec<String>) {
    super::learning::score(Choice::quantities(), list)
}

#[test]
fn every_written_case_is_read_as_written() {
    let (_, differing) = score(include_str!("cases.txt"));
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// Precision and recall over a list, against floors that it reaches.
fn holds(list: &str, least_precision: f64, least_recall: f64) {
    let (tally, differing) = score(list);
    let (precision, recall) = (tally.precision(), tally.recall());
    let reached = precision >= least_precision && recall >= least_recall;
    assert!(reached, "precision {precision}, recall {recall}\n{}", differing.join("\n"));
}

// The first version of the rules read this list with precision 0.93 and recall 0.90; its misses
// were then looked at, so it keeps what was reached and is no longer a measure of new text.
#[test]
fn the_first_list_is_read_as_well_as_it_was() {
    holds(include_str!("held_out.txt"), 0.97, 0.97);
}

// Never used to change a rule.
#[test]
fn the_second_list_is_read_with_precision_and_recall_of_nine_in_ten() {
    holds(include_str!("second.txt"), 0.95, 0.9);
}

// Written by another hand, who had seen no rule: the rules of then read it with precision 0.91 and
// recall 0.69. Its misses were then looked at, and rules widened.
#[test]
fn the_third_list_is_read_as_well_as_it_was() {
    holds(include_str!("third.txt"), 0.97, 0.92);
}

// By another hand again, after the third was read: .92 and .86. Its misses have not been looked at;
// what later changes made of its totals was, so that no change for other lists cost it anything.
#[test]
fn the_fourth_list_is_read_as_it_was_on_the_first_meeting() {
    holds(include_str!("fourth.txt"), 0.91, 0.85);
}

// The rules as they were then read this list with precision 0.80 and recall 0.42; they were then
// changed for what it showed.
#[test]
fn the_fifth_list_is_read_as_well_as_it_was() {
    holds(include_str!("fifth.txt"), 0.97, 0.95);
}

// Written after the sixth, by who had changed the rules for it: first read with precision 0.95 and
// recall 0.80.
#[test]
fn the_seventh_list_is_read_as_well_as_it_was() {
    holds(include_str!("seventh.txt"), 0.97, 0.97);
}

// First read with precision 0.88 and recall 0.70, and the rules then changed for it.
#[test]
fn the_sixth_list_is_read_as_well_as_it_was() {
    holds(include_str!("sixth.txt"), 0.97, 0.97);
}

// First read with precision 0.92 and recall 0.72, and the rules then changed for it.
#[test]
fn the_eighth_list_is_read_as_well_as_it_was() {
    holds(include_str!("eighth.txt"), 0.98, 0.95);
}

// By a ninth hand, who had seen no rule: first read with precision 0.90 and recall 0.84, and the rules
// then changed for it.
#[test]
fn the_ninth_list_is_read_as_well_as_it_was() {
    holds(include_str!("ninth.txt"), 0.98, 0.98);
}

// By a tenth hand, who had seen no rule and put nothing as the lists before it do: first read with
// precision 0.84 and recall 0.39, and the rules then changed for what others may say, too.
#[test]
fn the_tenth_list_is_read_as_well_as_it_was() {
    holds(include_str!("tenth.txt"), 0.91, 0.71);
}

// By an eleventh hand, who had seen no rule: first read with precision 0.87 and recall 0.79, and the
// rules then changed for it.
#[test]
fn the_eleventh_list_is_read_as_well_as_it_was() {
    holds(include_str!("eleventh.txt"), 0.95, 0.95);
}

// By a twelfth hand, who had seen no rule.
#[test]
fn the_twelfth_list_is_read_as_well_as_it_was() {
    holds(include_str!("twelfth.txt"), 0.999, 0.999);
}

// By a thirteenth hand, who had seen no rule.
#[test]
fn the_thirteenth_list_is_read_as_well_as_it_was() {
    holds(include_str!("thirteenth.txt"), 0.999, 0.999);
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
    let lists = [
        include_str!("cases.txt"),
        include_str!("held_out.txt"),
        include_str!("third.txt"),
        include_str!("sixth.txt"),
    ];
    let mut room = Room::default();
    for text in lists.iter().flat_map(|list| list.lines()) {
        let lower = text.to_ascii_lowercase();
        let plain = quantities::plain(&tokens::tokens(&lower)).text;
        for rules in [&*RULES, &*PAIRS] {
            rules.needed.candidates(&plain, &mut room);
            for (index, rule) in rules.rules.iter().enumerate() {
                let matches = rule.pattern.is_match(&plain);
                assert!(!matches || room.found.contains(&index), "{text}: {}", rule.pattern);
            }
        }
    }
}
