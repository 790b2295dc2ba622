//! What `heard train --from` would learn from corrections, measured on answers that nobody corrected.
//!
//! `corrections MODEL CODEBOOK DRAWS NUMBER FILE` reads a coded spreadsheet, takes NUMBER of its answers
//! as corrected, in DRAWS draws, and measures the model before and after on all the others.
#![allow(clippy::print_stdout, reason = "what it found is what a command says")]

use std::path::Path;

use anyhow::Context as _;
use heard::coding::{open_codebook, open_model};
use heard::deidentify::{Deidentifier, Options};
use heard::{coded, segment};
use heard_models::correcting::correct;
use heard_models::{LabelledResponse, Model, ResponseInput, Scratch, Tally};
use rayon::prelude::*;

fn open(model: &str, codebook: &str) -> anyhow::Result<Model> {
    Ok(match model {
        "fast" => Model::builtin(codebook)?,
        "accurate" => Model::builtin_accurate(codebook).context("none ships")??,
        file => open_model(Path::new(file))?,
    })
}

fn measure(model: &Model, rest: &[&LabelledResponse]) -> Tally {
    let one = |scratch: &mut Scratch, response: &&LabelledResponse| {
        let input = ResponseInput {
            text: &response.text,
            question: &response.question,
            polarity: response.polarity,
            reading: None,
        };
        let said = model.code(&input, &segment::segments(&response.text), scratch);
        let carries = |theme: usize| {
            said.segments.iter().flat_map(|segment| &segment.themes).any(|own| own.theme == theme)
        };
        let mut tally = Tally::default();
        for theme in 0..model.codes().len() {
            tally.add(carries(theme), response.carries(theme));
        }
        tally
    };
    rest.par_iter().map_init(Scratch::default, one).reduce(Tally::default, Tally::sum)
}

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [model, codebook, draws, number, file] = args.as_slice() else {
        anyhow::bail!("corrections MODEL CODEBOOK DRAWS NUMBER FILE");
    };
    let (draws, number): (u64, usize) = (draws.parse()?, number.parse()?);
    let book = open_codebook(codebook)?;
    let deidentifier = Deidentifier::new(Options::default());
    let mut all = coded::read(Path::new(file), &book, &deidentifier)?;
    for (at, response) in all.iter_mut().enumerate() {
        response.situation = at.to_string();
    }
    println!("{} answers", all.len());
    let (mut sum, mut taken) = (0.0, 0);
    for draw in 0..draws {
        let mut order: Vec<usize> = (0..all.len()).collect();
        let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(draw + 1);
        for at in (1..order.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            order.swap(at, (state % (at as u64 + 1)) as usize);
        }
        let corrected: Vec<LabelledResponse> =
            order[..number].iter().map(|at| all[*at].clone()).collect();
        let rest: Vec<&LabelledResponse> = order[number..].iter().map(|at| &all[*at]).collect();
        let base = open(model, codebook)?;
        let before = measure(&base, &rest);
        let (new, report) = correct(base, &corrected, ("ours", "1"), segment::segments)?;
        let after = new.as_ref().map_or(before, |new| measure(new, &rest));
        let gain = after.f(1.0) - before.f(1.0);
        sum += gain;
        taken += usize::from(new.is_some());
        println!(
            "{draw}: rest {:.4} ({:.3}/{:.3}) to {:.4} ({:.3}/{:.3}) {gain:+.4}; held out {:.4} to {:.4}, better in {:.2}",
            before.f(1.0),
            before.precision(),
            before.recall(),
            after.f(1.0),
            after.precision(),
            after.recall(),
            report.gain.alone,
            report.gain.joined,
            report.gain.better,
        );
    }
    println!("mean gain {:+.4}, replaced {taken} of {draws}", sum / draws as f64);
    Ok(())
}
