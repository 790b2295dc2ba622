//! A hundred thousand responses, tallied, tabled and written.

#![allow(clippy::print_stderr)]

use std::time::Instant;

use super::super::{Profile, Quotes, evidence, write};
use super::*;
use crate::store::Metadata;

/// As many themes as the home-care codebook has.
fn names() -> Vocabulary {
    let mut book = vocabulary().codebooks()[0].clone();
    book.themes = (0..26).map(|at| theme(&format!("theme_{at}"), "time")).collect();
    Vocabulary::new(vec![book], vec!["by_provider".into()])
}

#[test]
#[ignore = "a measurement, for release builds"]
fn a_hundred_thousand_responses_take_less_than_three_seconds() {
    let rows: Vec<_> = (0..100_000_u32)
        .map(|at| {
            let mut row = answer(1 + at / 50_000, at / 2);
            row.response.by =
                vec![Some(format!("Provider {}", at / 2 % 97 % (1 + at / 2 % 40)).into())];
            row.response.submitted_on = Some(20_000 + (at / 2 % 700) as i32);
            row.respondent_type.0 = RespondentType::ALL[(at / 2 % 8) as usize];
            let code = |n: u32| coding((n % 26) as u16, Sentiment::ALL[(n / 3 % 4) as usize]);
            row.codings = vec![code(at), code(at / 5 + 1)];
            if at % 5 == 0 {
                row.response.respondent_id = Some(format!("r{}", at / 3));
            }
            row
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let start = Instant::now();
    let names = names();
    let (mut tally, mut quotes) =
        (Tally::new(&names, TallyOptions::default()), Quotes::new(&names));
    for row in &rows {
        tally.add(row);
        quotes.add(row);
    }
    let counted = start.elapsed();
    let found = evidence(&tally, &facts(Profile::Standard));
    let tabled = start.elapsed();
    let chosen = quotes.choose(&tally, &found, &[]);
    write(folder.path(), &found, &chosen.quotes, Vec::new(), &Metadata::default())
        .expect("written");
    let written = start.elapsed();
    // Beside the limit, a person wants to see where the time goes.
    eprintln!("counted {counted:?}, tabled {tabled:?}, written {written:?}");
    assert!(written.as_secs_f64() < 3.0, "{written:?}");
}
