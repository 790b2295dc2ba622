//! Tests of the whole room, on made-up responses.

mod attack;
mod beyond;
mod counting;
mod quoting;
mod speed;
mod writing;

use std::sync::Arc;

use heard_models::words::{Polarity, RespondentType, Sentiment, Status};
use proptest::prelude::*;

use super::{Facts, Profile, Tally, TallyOptions};
use crate::coding::{AskedQuestion, CodedResponse, Coding, Measure, Outcome, Response};
use crate::response::{Channel, Redacted};
use crate::vocabulary::{ClauseName, CodebookNames, StandardName, ThemeName, Vocabulary};
use heard_models::words::{Direction, Domain};

fn theme(id: &str, group: &str) -> ThemeName {
    let (id, group) = (id.to_owned(), group.to_owned());
    ThemeName { label: super::labels::sentence_case(&id), thin: group == "thin", id, group }
}

fn clause(id: &str, themes: &[u16]) -> ClauseName {
    ClauseName { id: id.to_owned(), label: format!("Stage {id}"), themes: themes.to_vec() }
}

/// Three themes in two groups, one thin code, one breakdown column.
pub(super) fn vocabulary() -> Vocabulary {
    let book = CodebookNames {
        id: "test".into(),
        title: "Test".into(),
        version: "1".into(),
        groups: vec![("time".into(), "Time".into()), ("respect".into(), "Respect".into())],
        themes: vec![
            theme("punctuality", "time"),
            theme("visit_length", "time"),
            theme("dignity", "respect"),
            theme("general_positive", "thin"),
        ],
        standards: vec![StandardName {
            id: "charter".into(),
            title: "Charter".into(),
            best_fit: true,
            clauses: vec![clause("1", &[0, 1]), clause("2", &[2]), clause("3", &[0, 2])],
        }],
    };
    Vocabulary::new(vec![book], vec!["by_provider".into()])
}

fn words(text: &str) -> Redacted {
    Redacted::from_store(text, Vec::new()).unwrap_or_default()
}

/// A response that is one segment.
pub(super) fn one_segment(end: usize) -> Vec<std::ops::Range<usize>> {
    std::iter::once(0..end).collect()
}

/// An informative answer about nothing yet.
pub(super) fn answer(source: u32, row: u32) -> CodedResponse {
    let text = "They are nearly always late and nobody ever rings to tell us.";
    CodedResponse {
        response: Response {
            id: format!("{source}-{row}"),
            source,
            row,
            channel: Channel::Survey,
            question: Arc::new(AskedQuestion {
                number: None,
                text: words("Tell us"),
                polarity: Polarity::Neutral,
            }),
            respondent_id: None,
            respondent_type: None,
            stance: None,
            submitted_on: None,
            wave: None,
            rating: None,
            by: vec![None],
            may_quote: true,
            text: words(text),
        },
        respondent_type: (RespondentType::Family, 1.0),
        language: "en",
        words: text.split(' ').count() as u32,
        duplicate_of: None,
        campaign: None,
        status: Status::Informative,
        sentiment: Sentiment::Negative,
        sentiment_score: -0.5,
        sentiment_level: -1,
        stance: None,
        flags: Vec::new(),
        segments: one_segment(text.len()),
        codings: Vec::new(),
        outcomes: Vec::new(),
        measures: Vec::new(),
    }
}

pub(super) fn coding(theme: u16, sentiment: Sentiment) -> Coding {
    Coding {
        segment: 0,
        codebook: 0,
        theme,
        sentiment,
        sentiment_score: match sentiment {
            Sentiment::Positive => 0.9,
            Sentiment::Negative => -0.9,
            Sentiment::Mixed | Sentiment::Neutral => 0.0,
        },
        confidence: 0.9,
        coder: "model:test@1".into(),
        evidence: Vec::new(),
        review: false,
    }
}

pub(super) fn facts(profile: Profile) -> Facts {
    Facts { profile, ..Facts::default() }
}

pub(super) fn tally(rows: &[CodedResponse]) -> Tally {
    let mut tally = Tally::new(&vocabulary(), TallyOptions::default());
    for row in rows {
        tally.add(row);
    }
    tally
}

/// One row of a file with one or two answers.
fn row() -> impl Strategy<Value = Vec<CodedResponse>> {
    let one = (
        proptest::collection::vec((0..4_u16, 0..4_usize), 0..4),
        0..4_usize,
        0..8_usize,
        prop::bool::weighted(0.8),
        proptest::option::of(5..60_u32),
    );
    let who = (
        0..4_usize,
        proptest::option::of(0..3_usize),
        proptest::option::of(0..20_u32),
        proptest::option::of(0..3_i32),
        0..2_usize,
    );
    (who, proptest::collection::vec(one, 1..3)).prop_map(
        |((kind, by, id, month, wave), answers)| {
            let answers = answers.into_iter().enumerate();
            answers
                .map(|(number, (codes, felt, outcome, informative, late))| {
                    let mut answer = answer(1, 0);
                    answer.response.respondent_id = id.map(|id| format!("r{id}"));
                    answer.response.submitted_on = month.map(|month| 20_000 + 31 * month);
                    answer.response.wave = [None, Some("2025".into())][wave].clone();
                    answer.response.by = vec![by.map(|by| ["North", "South", "West"][by].into())];
                    answer.response.question = Arc::new(AskedQuestion {
                        number: Some(number as u16 + 1),
                        text: words(["What was good?", "What could be better?"][number]),
                        polarity: [Polarity::Good, Polarity::Improve][number],
                    });
                    answer.respondent_type = (RespondentType::ALL[kind], 0.9);
                    answer.sentiment = Sentiment::ALL[felt];
                    if informative {
                        let codes = codes.iter();
                        answer.codings = codes
                            .map(|(theme, felt)| coding(*theme, Sentiment::ALL[*felt]))
                            .collect();
                        answer.outcomes = vec![Outcome {
                            segment: 0,
                            domain: Domain::ALL[outcome],
                            direction: Direction::ALL[felt],
                            confidence: 0.9,
                            coder: "model:test@1".into(),
                            evidence: Vec::new(),
                        }];
                    } else {
                        answer.status = Status::NoContent;
                    }
                    answer.measures = late.into_iter().map(late_by).collect();
                    answer
                })
                .collect()
        },
    )
}

fn late_by(minutes: u32) -> Measure {
    Measure {
        segment: 0,
        measure: "minutes_late",
        value: f64::from(minutes),
        upper: None,
        unit: "minutes",
        per: None,
        span: 0..1,
    }
}

/// Rows of a file, numbered.
pub(super) fn rows(most: usize) -> impl Strategy<Value = Vec<Vec<CodedResponse>>> {
    proptest::collection::vec(row(), 1..most).prop_map(|mut rows| {
        for (at, row) in rows.iter_mut().enumerate() {
            for answer in row {
                answer.response.row = at as u32 + 2;
            }
        }
        rows
    })
}
