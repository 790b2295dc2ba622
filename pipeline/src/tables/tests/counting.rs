//! Counts are those that a patient person would come to.

use std::collections::{BTreeMap, BTreeSet};

use heard_models::words::{Sentiment, Status};
use proptest::prelude::*;

use super::super::difference::{ALL_OTHERS_KNOWN, compared};
use super::super::evidence::{Dimension, Unit};
use super::super::{Facts, Profile, evidence};
use super::*;

/// (respondents, comments) that raised each theme, counted the slow way.
fn by_hand(rows: &[CodedResponse]) -> BTreeMap<u16, (usize, usize)> {
    let mut people: BTreeMap<u16, BTreeSet<String>> = BTreeMap::new();
    let mut comments: BTreeMap<u16, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.status == Status::Informative) {
        let response = &row.response;
        let who = response.respondent_id.as_ref().map_or_else(
            || format!("row {}", response.row),
            |id| format!("{id} in {:?}", response.wave),
        );
        let themes: BTreeSet<u16> = row.codings.iter().map(|coding| coding.theme).collect();
        for theme in themes {
            people.entry(theme).or_default().insert(who.clone());
            *comments.entry(theme).or_default() += 1;
        }
    }
    people.into_iter().map(|(theme, who)| (theme, (who.len(), comments[&theme]))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merging_in_any_split_gives_the_same_evidence(
        rows in rows(40), cuts in proptest::collection::vec(0..40_usize, 0..4),
    ) {
        let facts = Facts { invited: Some(100), ..facts(Profile::Standard) };
        let whole = tally(&rows.concat());
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(rows.len())).collect();
        cuts.extend([0, rows.len()]);
        cuts.sort_unstable();
        let parts: Vec<Tally> =
            cuts.windows(2).map(|cut| tally(&rows[cut[0]..cut[1]].concat())).collect();
        let mut left = tally(&[]);
        for part in &parts {
            left.merge(part.clone());
        }
        let right = parts.into_iter().rev().reduce(|later, mut earlier| {
            earlier.merge(later);
            earlier
        });
        prop_assert_eq!(evidence(&whole, &facts), evidence(&left, &facts));
        prop_assert_eq!(evidence(&whole, &facts), evidence(&right.expect("a part"), &facts));
    }

    #[test]
    fn prevalence_is_what_a_slow_count_says(rows in rows(40)) {
        let rows = rows.concat();
        let found = evidence(&tally(&rows), &facts(Profile::None));
        let slow = by_hand(&rows);
        let book = found.main().expect("a codebook");
        for row in book.themes.iter().chain(&book.thin) {
            let (_, theme) = vocabulary().find("test", &row.id).expect("a theme");
            let (people, comments) = slow.get(&theme).copied().unwrap_or_default();
            prop_assert_eq!(row.respondents.count(), Some(people as u64));
            prop_assert_eq!(row.comments.count(), Some(comments as u64));
            let felt: u64 = row.sentiment.parts().iter().filter_map(|part| part.1.count()).sum();
            prop_assert_eq!(felt, people as u64);
        }
        for by in &book.breakdowns {
            for row in &by.rows {
                let sum: u64 = row.cells.iter().filter_map(|cell| cell.raised.count()).sum();
                prop_assert_eq!(Some(sum), row.all.count());
            }
        }
    }
}

#[test]
fn a_person_counts_once_however_often_they_speak() {
    let mut rows = Vec::new();
    for (row, felt) in [(2, Sentiment::Positive), (3, Sentiment::Negative), (4, Sentiment::Neutral)]
    {
        let mut answer = answer(1, row);
        answer.response.respondent_id = (row < 4).then(|| "a".to_owned());
        answer.codings = vec![coding(0, felt), coding(1, felt)];
        rows.push(answer);
    }
    let found = evidence(&tally(&rows), &facts(Profile::Standard));
    let book = found.main().expect("a codebook");
    let late = &book.themes[0];
    assert_eq!((late.respondents.count(), late.respondents.base()), (Some(2), Some(2)));
    assert_eq!((late.comments.count(), late.comments.base()), (Some(3), Some(3)));
    assert_eq!(late.sentiment.mixed.count(), Some(1));
    assert_eq!(late.sentiment.neutral.count(), Some(1));
    let time = book.groups.iter().find(|group| group.id == "time").expect("a group");
    assert_eq!(time.respondents.count(), Some(2));
    assert_eq!(found.funnel.received, Some(2));
}

#[test]
fn invited_people_give_a_rate_and_a_margin() {
    let rows: Vec<_> = (2..136).map(|row| answer(1, row)).collect();
    let facts = Facts { invited: Some(1200), ..facts(Profile::Standard) };
    let funnel = evidence(&tally(&rows), &facts).funnel;
    assert_eq!(funnel.received, Some(134));
    assert_eq!(funnel.margin.map(|m| format!("{:.1}", 100.0 * m)).as_deref(), Some("8.0"));
    assert_eq!(funnel.response_rate.map(|r| format!("{r:.3}")).as_deref(), Some("0.112"));
}

#[test]
fn the_margin_is_of_those_whom_shares_are_of_and_a_scan_counts_as_received() {
    let rows: Vec<_> = (2..135)
        .map(|row| {
            let mut answer = answer(1, row);
            if row < 13 {
                answer.status = Status::NoContent;
            }
            answer
        })
        .collect();
    let mut facts = Facts { invited: Some(1200), ..facts(Profile::Standard) };
    facts.unprocessed.insert("scanned_document".to_owned(), 1);
    facts.unprocessed.insert("scanned_page".to_owned(), 4);
    let funnel = evidence(&tally(&rows), &facts).funnel;
    assert_eq!((funnel.received, funnel.to_type), (Some(134), Some(1)));
    assert_eq!(funnel.informative, Some(122));
    assert_eq!(funnel.margin.map(|m| format!("{:.1}", 100.0 * m)).as_deref(), Some("8.4"));
}

#[test]
fn stories_that_people_chose_to_tell_have_no_margin() {
    let mut rows: Vec<_> = (2..136).map(|row| answer(1, row)).collect();
    rows[0].response.channel = Channel::Testimony;
    let facts = Facts { invited: Some(1200), ..facts(Profile::Standard) };
    let funnel = evidence(&tally(&rows), &facts).funnel;
    assert!(funnel.self_selected && funnel.margin.is_none());
    assert!(funnel.response_rate.is_some());
}

#[test]
fn a_breakdown_that_follows_from_another_is_left_out() {
    let rows: Vec<_> = (0..40)
        .map(|at| {
            let mut answer = answer(1 + at / 20, at);
            answer.response.by = vec![Some(["North", "South"][at as usize / 20].into())];
            answer.respondent_type.0 = RespondentType::ALL[at as usize % 2];
            answer.codings = vec![coding(0, Sentiment::Negative)];
            answer
        })
        .collect();
    let found = evidence(&tally(&rows), &facts(Profile::Standard));
    let book = found.main().expect("a codebook");
    let ids: Vec<&str> = book.breakdowns.iter().map(|by| by.id.as_str()).collect();
    assert_eq!(ids, ["by_provider", "respondent_type"]);
    assert_eq!(book.breakdowns[0].unit, Unit::Respondents);
    assert!(found.rules.iter().any(|rule| rule.contains("Source")));
    let open = evidence(&tally(&rows), &facts(Profile::None));
    assert!(open.main().expect("a codebook").breakdown(Dimension::Source).is_some());
}

#[test]
fn who_stated_nothing_stands_in_the_tables_and_is_compared_with_nobody() {
    let values = [Some("North"), Some("South"), Some("Prefer not to say"), None];
    let rows: Vec<_> = (0..400)
        .map(|at| {
            let mut answer = answer(1, at);
            let value = values[at as usize % 4];
            answer.response.by = vec![value.map(Into::into)];
            if at < 200 || !matches!(value, Some("North" | "South")) {
                answer.codings = vec![coding(0, Sentiment::Negative)];
            }
            answer
        })
        .collect();
    let found = evidence(&tally(&rows), &facts(Profile::Standard));
    let by = found.main().expect("a codebook").breakdown(Dimension::Column(0)).expect("by");
    let named: Vec<(&str, bool)> = by.values.iter().map(|v| (v.label.as_str(), v.named)).collect();
    let expected =
        [("North", true), ("South", true), ("Not stated", false), ("Prefer not to say", false)];
    assert_eq!(named, expected);
    let told = compared(by);
    assert!(told[0][..2].iter().all(Option::is_some) && told[0][2..].iter().all(Option::is_none));
    // Nor are they among those that others are compared with: all of them raised it, and half of both
    // areas did.
    let north = told[0][0].as_ref().expect("compared");
    assert_eq!((north.with, north.apart, north.differs), (ALL_OTHERS_KNOWN, 0.0, false));
}

#[test]
fn findings_give_words_and_figures_by_the_stated_rules() {
    let rows: Vec<_> = (0..120)
        .map(|at| {
            let mut answer = answer(1, at);
            if at < 41 {
                answer.codings = vec![coding(0, Sentiment::Negative)];
            }
            answer
        })
        .collect();
    let found = evidence(&tally(&rows), &facts(Profile::Standard)).findings(5);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].sentence,
        "About a third of people raised punctuality (41 of 120; \
         95% interval 26% to 43%), and all of them were critical."
    );
}
