//! Figures of a handful of responses, against a count by hand.

use heard_models::examples::LabelledSegment;
use heard_models::words::Polarity;

use super::*;
use crate::coded::Reading;
use crate::evaluate::stored::Answer;
use crate::vocabulary::ThemeName;

fn book() -> CodebookNames {
    let theme = |id: &str, thin| ThemeName {
        id: id.to_owned(),
        label: id.to_owned(),
        group: if thin { "thin".to_owned() } else { "all".to_owned() },
        thin,
    };
    CodebookNames {
        id: "small".to_owned(),
        title: "Small".to_owned(),
        version: "1".to_owned(),
        groups: Vec::new(),
        themes: vec![theme("late", false), theme("kind", false), theme("praise", true)],
        standards: Vec::new(),
    }
}

fn answer(id: &str, themes: &[(usize, f32, Sentiment)], level: i8, safeguarding: bool) -> Answer {
    let given = |(t, confidence, sentiment): &(usize, f32, Sentiment)| {
        (*t, Given { confidence: *confidence, sentiment: *sentiment })
    };
    Answer {
        id: id.to_owned(),
        source: 1,
        row: 2,
        question: String::new(),
        text: format!("words of {id}"),
        own_id: None,
        themes: themes.iter().map(given).collect(),
        sentiment: themes.first().map_or(Sentiment::Neutral, |t| t.2),
        level,
        status: Status::Informative,
        stance: None,
        respondent: RespondentType::Unknown,
        safeguarding,
    }
}

fn reading(
    codes: &[(usize, Option<Sentiment>)],
    level: Option<i8>,
    safeguarding: Option<bool>,
) -> Reading {
    let segment = LabelledSegment { codes: codes.to_vec(), ..LabelledSegment::default() };
    Reading {
        response: LabelledResponse {
            situation: String::new(),
            text: String::new(),
            question: String::new(),
            polarity: Polarity::Neutral,
            segments: vec![segment],
            status: Some(Status::Informative),
            safeguarding,
            respondent: None,
            stance: None,
            level,
        },
        id: None,
        coder: 0,
        sheet: None,
        row: 2,
        sentiment: None,
    }
}

fn value(study: &Study, measure: &str, label: &str) -> f64 {
    let figures = study.figures();
    let found = figures.iter().find(|f| f.measure == measure && f.label == label);
    found.unwrap_or_else(|| panic!("{measure} of {label}")).value.unwrap()
}

#[test]
fn figures_are_those_of_a_count_by_hand() {
    use Sentiment::{Mixed, Negative, Positive};
    let book = book();
    let answers = [
        // Both say late; the model adds kind.
        answer("a", &[(0, 0.9, Negative), (1, 0.4, Positive)], -1, true),
        // People say kind; the model says nothing.
        answer("b", &[], 0, false),
        // Both say kind, with other feelings; thin praise has no say in the themes.
        answer("c", &[(1, 0.8, Mixed), (2, 0.7, Positive)], 2, true),
    ];
    let people = [
        reading(&[(0, Some(Negative))], Some(-2), Some(true)),
        reading(&[(1, Some(Positive))], Some(1), Some(true)),
        reading(&[(1, Some(Positive))], Some(2), Some(false)),
    ];
    let cases: Vec<Matched> = answers
        .iter()
        .zip(people)
        .map(|(row, reading)| Matched { row, readings: vec![(0, reading)] })
        .collect();
    let study = Study::new(&cases, &book, false);
    let is = |measure: &str, label: &str, expected: f64| {
        let found = value(&study, measure, label);
        assert!((found - expected).abs() < 1e-9, "{measure} of {label}: {found}");
    };
    is("f1", "late", 1.0);
    is("precision", "kind", 0.5);
    is("recall", "kind", 0.5);
    // Both 2, given 3, due 3.
    is("micro_f1", "themes", 2.0 / 3.0);
    is("macro_f1", "themes", 0.75);
    is("exact_match", "themes", 1.0 / 3.0);
    is("accuracy", "theme_sentiment", 0.5);
    is("accuracy", "sentiment_level", 1.0 / 3.0);
    // Distances 1, 1, 0 against those of chance, over 3 by 3: (-2, 1, 2) and (-1, 0, 2).
    is("weighted_kappa", "sentiment_level", 1.0 - 2.0 / (40.0 / 3.0));
    is("accuracy", "status", 1.0);
    is("recall", "safeguarding_review", 0.5);
    is("precision", "safeguarding_review", 0.5);

    let worst = study.disagreements();
    let said: Vec<[&str; 3]> =
        worst.iter().map(|d| [d.response_id.as_str(), &d.people, &d.model]).collect();
    assert_eq!(
        said,
        [
            ["c", "positive", "mixed"],
            ["c", "not given", "positive"],
            ["b", "positive", "not given"],
            ["a", "not given", "positive"],
        ]
    );
}

#[test]
fn numbers_cannot_tell_neutral_from_mixed() {
    let book = book();
    let answers = [answer("a", &[(0, 0.9, Sentiment::Mixed)], 0, false)];
    let told = |as_one| {
        let reading = reading(&[(0, Some(Sentiment::Neutral))], Some(0), None);
        let cases = [Matched { row: &answers[0], readings: vec![(0, reading)] }];
        value(&Study::new(&cases, &book, as_one), "accuracy", "sentiment")
    };
    assert!((told(true) - 1.0).abs() < 1e-9 && told(false).abs() < 1e-9);
}

#[test]
fn the_reference_is_what_most_people_said_and_the_votes_are_shown() {
    let book = book();
    let answers = [answer("a", &[(1, 0.6, Sentiment::Positive)], 0, false)];
    let late = || reading(&[(0, None)], None, None);
    let readings = vec![(0, late()), (1, late()), (2, reading(&[(1, None)], None, None))];
    let cases = [Matched { row: &answers[0], readings }];
    let differing = Study::new(&cases, &book, false).disagreements();
    let said: Vec<&str> = differing.iter().map(|d| d.people.as_str()).collect();
    assert_eq!(said, ["given (2 of 3 coders)", "not given (1 of 3 coders)"]);
}
