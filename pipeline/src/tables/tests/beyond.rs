//! Standards, weights, quantities against standards: counts that a patient person would come to.

use std::collections::BTreeSet;

use super::super::evidence::Dimension;
use super::super::settings::{MeasureStandard, PopulationRow, options};
use super::super::{Facts, Gaps, Profile, evidence};
use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_clause_is_raised_by_who_raised_any_theme_of_it(rows in rows(40)) {
        let rows = rows.concat();
        let found = evidence(&tally(&rows), &facts(Profile::None));
        let book = found.main().expect("a codebook");
        let names = vocabulary();
        let clauses = &names.codebooks()[0].standards[0].clauses;
        for clause in &book.standards[0].clauses {
            let themes = &clauses.iter().find(|c| c.id == clause.id).expect("a clause").themes;
            let who: BTreeSet<String> = rows
                .iter()
                .filter(|row| row.status == Status::Informative)
                .filter(|row| row.codings.iter().any(|code| themes.contains(&code.theme)))
                .map(|row| {
                    let response = &row.response;
                    response.respondent_id.as_ref().map_or_else(
                        || format!("row {}", response.row),
                        |id| format!("{id} in {:?}", response.wave),
                    )
                })
                .collect();
            prop_assert_eq!(clause.respondents.count(), Some(who.len() as u64));
        }
    }
}

#[test]
fn under_nhs_a_clause_with_a_small_theme_is_hidden() {
    let rows: Vec<_> = (0..60)
        .map(|at| {
            let mut row = answer(1, at);
            let theme = u16::from(at >= 30);
            if at < 34 {
                row.codings = vec![coding(theme, Sentiment::Negative)];
            }
            row
        })
        .collect();
    let found = evidence(&tally(&rows), &facts(Profile::Nhs));
    let clauses = &found.main().expect("a codebook").standards[0].clauses;
    let count =
        |id: &str| clauses.iter().find(|c| c.id == id).expect("a clause").respondents.count();
    assert_eq!((count("1"), count("2"), count("3")), (None, Some(0), Some(30)));
}

/// 60 from the North, 20 from the South; half of the North and a quarter of the South are late.
fn two_areas() -> Vec<CodedResponse> {
    (0..80)
        .map(|at| {
            let mut row = answer(1, at);
            row.response.by = vec![Some(if at < 60 { "North" } else { "South" }.into())];
            if at < 30 || (60..65).contains(&at) {
                row.codings = vec![coding(0, Sentiment::Negative)];
            }
            if at % 4 == 0 {
                row.measures = vec![late_by(at)];
            }
            row
        })
        .collect()
}

#[test]
fn weights_turn_the_sample_to_the_population_and_say_what_that_costs() {
    let row = |value: &str, people| PopulationRow {
        column: "by_provider".into(),
        value: value.into(),
        people,
    };
    let population = vec![row("north", 500), row("South", 500), row("West", 250)];
    let names = vocabulary();
    let mut tally = Tally::new(&names, options(&names, &[], &population));
    for row in &two_areas() {
        tally.add(row);
    }
    let facts = Facts { population, ..facts(Profile::Standard) };
    let found = evidence(&tally, &facts);
    let by = &found.represented[0];
    assert_eq!(by.rows.len(), 3);
    assert_eq!((by.rows[0].respondents.count(), by.rows[0].people), (Some(60), 500));
    assert_eq!((by.rows[2].label.as_str(), by.rows[2].respondents.count()), ("West", Some(0)));
    let weighted = found.weighted.expect("weights");
    // Weights 2/3 and 2: (60 * 4/9 + 20 * 4) / 80 = 4/3.
    assert!((weighted.design_effect - 1.33).abs() < 1e-9);
    assert_eq!((weighted.effective, weighted.least, weighted.most), (60, 0.7, 2.0));
    let late = &weighted.rows[0];
    assert_eq!(late.unweighted.count(), Some(35));
    // (0.5 * 0.5 + 0.5 * 0.25) = 0.375, to whole points.
    assert_eq!(late.weighted.map(|w| w.0), Some(0.38));
}

#[test]
fn a_weighted_share_is_hidden_where_a_figure_in_it_is() {
    let mut rows = two_areas();
    rows[64].codings.clear();
    let population: Vec<_> = ["North", "South"]
        .map(|value| PopulationRow {
            column: "by_provider".into(),
            value: value.into(),
            people: 500,
        })
        .into();
    let names = vocabulary();
    let mut tally = Tally::new(&names, options(&names, &[], &population));
    for row in &rows {
        tally.add(row);
    }
    let found = evidence(&tally, &Facts { population, ..facts(Profile::Standard) });
    assert_eq!(found.weighted.expect("weights").rows[0].weighted, None);
}

#[test]
fn numbers_stand_beside_the_users_standard_by_person() {
    let standard = MeasureStandard {
        measure: "minutes_late".into(),
        at_most: Some(30.0),
        at_least: None,
        per: None,
    };
    let names = vocabulary();
    let mut tally = Tally::new(&names, options(&names, &[standard], &[]));
    for row in &two_areas() {
        tally.add(row);
    }
    let found = evidence(&tally, &facts(Profile::Standard));
    let against = found.measures[0].against.as_ref().expect("a standard");
    assert_eq!(against.standard, "at most 30 minutes");
    // 0, 4, ..., 76 minutes: of 20 numbers, 8 are at most 28 and 12 are 32 or more.
    assert_eq!((against.kept.count(), against.beyond.count()), (Some(8), Some(12)));
    assert_eq!(against.beyond.base(), Some(20));
}

#[test]
fn outcomes_stand_by_every_column() {
    let mut rows = two_areas();
    for row in rows.iter_mut().step_by(2) {
        row.outcomes = vec![Outcome {
            segment: 0,
            domain: Domain::Control,
            direction: Direction::Kept,
            confidence: 0.9,
            coder: "model:test@1".into(),
            evidence: Vec::new(),
        }];
    }
    let found = evidence(&tally(&rows), &facts(Profile::Standard));
    let by = found.outcomes_by.iter().find(|by| by.dimension == Dimension::Column(0));
    let row = &by.expect("a breakdown").rows[0];
    assert_eq!(row.id, "control_kept");
    let counts: Vec<_> = row.cells.iter().map(|cell| cell.raised.count()).collect();
    assert_eq!(counts, [Some(30), Some(10)]);
}

#[test]
fn of_two_groups_is_told_that_few_of_one_did_and_how_many_of_the_other() {
    let mut rows = two_areas();
    let outcome = |direction| Outcome {
        segment: 0,
        domain: Domain::Control,
        direction,
        confidence: 0.9,
        coder: "model:test@1".into(),
        evidence: Vec::new(),
    };
    // 9 from the North and 3 from the South gained; 2 and 1 lost.
    for (at, row) in rows.iter_mut().enumerate() {
        let gained = at < 9 || (60..63).contains(&at);
        let lost = (30..32).contains(&at) || at == 79;
        row.outcomes.extend(gained.then(|| outcome(Direction::Gained)));
        row.outcomes.extend(lost.then(|| outcome(Direction::Lost)));
    }
    let found = evidence(&tally(&rows), &facts(Profile::Standard));
    let by = found.outcomes_by.iter().find(|by| by.dimension == Dimension::Column(0));
    let row = |id: &str| by.expect("a breakdown").rows.iter().find(|row| row.id == id).expect(id);
    let told = |id| row(id).cells.iter().map(|cell| cell.between).collect::<Vec<_>>();
    assert_eq!(told("control_gained"), [Some((8, 12)), Some((0, 4))]);
    assert_eq!(told("control_lost"), [Some((0, 4)), Some((0, 4))]);
    assert!(row("control_gained").cells[0].tells() && !row("control_lost").cells[0].tells());
}

#[test]
fn what_fits_no_theme_is_put_together_whatever_the_order() {
    let said = |at: u32, text: &str, unfit: bool| {
        let mut row = answer(1, at);
        row.segments = one_segment(text.len());
        row.response.text = words(text);
        row.status = if unfit { Status::Unassigned } else { Status::Informative };
        if !unfit {
            row.codings = vec![coding(0, Sentiment::Negative)];
        }
        row
    };
    let mut rows = Vec::new();
    for at in 0..8 {
        rows.push(said(at, "The parking permits cost too much for Marjorie outside.", true));
        rows.push(said(50 + at, "The council website crashed twice.", at < 6));
        rows.push(said(100 + at, "The visits were late and the office rang nobody.", false));
    }
    let mut gaps = Gaps::default();
    for row in &rows {
        gaps.add(row);
    }
    let (found, examples) = gaps.found(Profile::Standard);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].terms.contains(&"parking".to_owned()), "{found:?}");
    assert!(found.iter().flat_map(|row| &row.terms).all(|term| !term.contains("marjorie")));
    assert_eq!((found[0].respondents, found[0].passages), (Some(8), Some(8)));
    assert_eq!(examples.len(), 14);
    let (mut first, mut second) = (Gaps::default(), Gaps::default());
    rows.iter().rev().take(9).for_each(|row| first.add(row));
    rows.iter().rev().skip(9).for_each(|row| second.add(row));
    first.merge(second);
    assert_eq!(first.found(Profile::Standard), (found, examples));
    assert!(gaps.found(Profile::Nhs).0.iter().all(|row| row.respondents != Some(6)));
}
