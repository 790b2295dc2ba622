//! Quotes: only what may be quoted, each person once, roles only.

use super::super::evidence::Quote;
use super::super::{Profile, Quotes, evidence};
use super::*;
use crate::coding::Flag;

fn chosen(rows: &[CodedResponse], profile: Profile) -> Vec<Quote> {
    let mut quotes = Quotes::new(&vocabulary());
    for row in rows {
        quotes.add(row);
    }
    let tally = tally(rows);
    let found = evidence(&tally, &facts(profile));
    quotes.choose(&tally, &found, &[]).quotes
}

fn late(row: u32) -> CodedResponse {
    let mut answer = answer(1, row);
    answer.codings = vec![coding(0, Sentiment::Negative)];
    answer
}

#[test]
fn words_that_may_not_be_quoted_never_are() {
    let forbidden: [fn(&mut CodedResponse); 12] = [
        |row| row.response.may_quote = false,
        |row| row.flags = vec![Flag::SafeguardingReview],
        |row| row.flags = vec![Flag::PiiResidual],
        |row| row.flags = vec![Flag::Language],
        |row| row.language = "pl",
        |row| row.duplicate_of = Some("1-1".into()),
        |row| row.codings[0].confidence = 0.3,
        |row| row.codings[0].sentiment_score = -0.2,
        |row| {
            let text = words("What is good?");
            let asked = AskedQuestion { number: None, text, polarity: Polarity::Good };
            row.response.question = Arc::new(asked);
        },
        |row| {
            row.response.text =
                words("Always late, and my own account is [ACCOUNT 1] at the bank.");
            row.segments = one_segment(row.response.text.as_str().len());
        },
        |row| {
            row.response.text = words("never comes on time, so I gave up on it years ago");
            row.segments = one_segment(49);
        },
        |row| {
            row.response.text = words("Always late.");
            row.segments = one_segment(12);
        },
    ];
    for (at, forbid) in forbidden.iter().enumerate() {
        let rows: Vec<_> = (0..10)
            .map(|row| {
                let mut answer = late(row);
                forbid(&mut answer);
                answer
            })
            .collect();
        assert_eq!(chosen(&rows, Profile::Standard), [], "rule {at}");
    }
    assert_eq!(chosen(&(0..10).map(late).collect::<Vec<_>>(), Profile::Standard).len(), 1);
}

#[test]
fn a_role_of_few_people_is_not_told() {
    let rows: Vec<_> = (0..4).map(late).collect();
    assert_eq!(chosen(&rows, Profile::Standard)[0].role, "Respondent");
    assert_eq!(chosen(&rows, Profile::None)[0].role, "Family member");
    let rows: Vec<_> = (0..5).map(late).collect();
    assert_eq!(chosen(&rows, Profile::Standard)[0].role, "Family member");
}

#[test]
fn a_role_that_enough_people_have_is_told_even_where_its_figure_for_the_theme_is_hidden() {
    let rows: Vec<_> = (0..20)
        .map(|row| {
            let mut answer = late(row);
            answer.respondent_type.0 = RespondentType::ALL[usize::from(row < 8)];
            // Two of eight and one of twelve: both figures are hidden in the breakdown.
            if ![0, 1, 9].contains(&row) {
                answer.codings = Vec::new();
            }
            answer
        })
        .collect();
    let found = evidence(&tally(&rows), &facts(Profile::Standard));
    let by = found
        .main()
        .and_then(|book| book.breakdown(super::super::evidence::Dimension::RespondentType));
    let cells = by.iter().flat_map(|by| &by.rows).flat_map(|row| &row.cells);
    assert!(cells.into_iter().all(|cell| cell.raised.count().is_none()));
    assert_ne!(chosen(&rows, Profile::Standard)[0].role, "Respondent");
}

#[test]
fn a_respondent_is_quoted_once() {
    let rows: Vec<_> = (0..9)
        .map(|row| {
            let mut answer = late(row);
            let text = format!("They come late on {row} days of each month, without a call.");
            answer.response.text = words(&text);
            answer.segments = one_segment(text.len());
            answer.response.respondent_id = Some(["a", "b"][row as usize % 2].to_owned());
            answer.codings = (0..3).map(|theme| coding(theme, Sentiment::Negative)).collect();
            answer
        })
        .collect();
    assert_eq!(chosen(&rows, Profile::Standard).len(), 2);
}

#[test]
fn a_short_segment_brings_its_whole_response_and_a_long_one_stands_alone() {
    let mut row = late(1);
    row.response.text = words("My mother likes all of them very much indeed. Always late, though.");
    row.segments = vec![0..45, 46..66];
    row.codings = vec![coding(0, Sentiment::Negative), coding(2, Sentiment::Positive)];
    row.codings[0].segment = 1;
    let quotes = chosen(&[row], Profile::None);
    assert_eq!(quotes.len(), 1);
    assert_eq!(
        quotes[0].text,
        "My mother likes all of them very much indeed. Always late, though."
    );
}

#[test]
fn the_choice_does_not_depend_on_how_the_input_was_split() {
    let rows: Vec<_> = (0..60)
        .map(|at| {
            let mut row = late(at);
            row.codings[0].confidence = 0.5 + (at * 7 % 10) as f32 / 20.0;
            row.response.text =
                words(&format!("They are late on about {at} days of every single month."));
            row.segments = one_segment(row.response.text.as_str().len());
            row
        })
        .collect();
    let tally = tally(&rows);
    let found = evidence(&tally, &facts(Profile::Standard));
    let mut whole = Quotes::new(&vocabulary());
    for row in &rows {
        whole.add(row);
    }
    let mut merged = Quotes::new(&vocabulary());
    for part in rows.chunks(7) {
        let mut quotes = Quotes::new(&vocabulary());
        for row in part {
            quotes.add(row);
        }
        merged.merge(quotes);
    }
    let none: &[String] = &[];
    assert_eq!(whole.choose(&tally, &found, none), merged.choose(&tally, &found, none));
}

#[test]
fn names_become_square_brackets_and_typical_words_win() {
    let said = [
        "The carers come late every morning and [PERSON 1] waits for her breakfast.",
        "The carers are late every morning and nobody rings to tell us why.",
        "Late every morning, so the carers find me sitting in the cold kitchen.",
        "Zebras would be more punctual than whoever wrote that timetable of yours.",
    ];
    let rows: Vec<_> = said
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let mut row = late(at as u32);
            row.response.text = words(text);
            row.segments = one_segment(text.len());
            row
        })
        .collect();
    let quotes = chosen(&rows, Profile::None);
    assert!(!quotes[0].text.contains("Zebras"), "{}", quotes[0].text);
    let quotes = chosen(&rows[..1], Profile::None);
    assert!(quotes[0].text.contains("and [name] waits"), "{}", quotes[0].text);
}

#[test]
fn suggestions_and_serious_matters_are_quoted_apart() {
    let rows: Vec<_> = (0..6)
        .map(|at| {
            let mut row = late(at);
            let text = format!("Please tell us {at} hours before that a visit will be late.");
            row.response.text = words(&text);
            row.segments = one_segment(text.len());
            row.flags = vec![Flag::Suggestion];
            row
        })
        .collect();
    let mut quotes = Quotes::new(&vocabulary());
    for row in &rows {
        quotes.add(row);
    }
    let tally = tally(&rows);
    let found = evidence(&tally, &facts(Profile::Standard));
    let serious = vec![found.codebooks[0].themes[0].id.clone()];
    let chosen = quotes.choose(&tally, &found, &serious);
    let texts: Vec<&String> = [&chosen.quotes, &chosen.serious, &chosen.suggestions]
        .into_iter()
        .flatten()
        .map(|quote| &quote.text)
        .collect();
    assert_eq!(texts.len(), 3);
    assert!(texts[0] != texts[1] && texts[1] != texts[2] && texts[0] != texts[2]);
}
