//! Does fine-tuning learn, and how fast? On the labelled home-care corpus (developers' command).
//!
//! `cargo run --release -p heard-libtorch --features libtorch --example learn -- ENCODER CSV \
//! [examples=400] [heads=3] [field of the recipe=number]...` trains on segments of the part `train`,
//! one head for each of the most frequent themes, and measures on the part `check` what pure Rust
//! makes of the quantised weights.
#![allow(clippy::print_stdout, reason = "a table is what this program is for")]

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::Context as _;
use heard_encoder::{Bert, Precision, Scratch, Sequence, Tokeniser, Weights, WordCache};
use heard_libtorch::{Example, FineTuned, Recipe, Target, Unit, fine_tune};

struct Row {
    check: bool,
    sequence: Sequence,
    themes: Vec<String>,
}

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let usage = "usage: learn ENCODER CSV [FIELD=NUMBER]...";
    let weights = Weights::from_bytes(&std::fs::read(args.next().context(usage)?)?)?;
    let rows = rows(&weights, &args.next().context(usage)?)?;
    let (mut count, mut heads) = (400, 3);
    let mut recipe = Recipe { threads: 2, ..Recipe::default() };
    for arg in args {
        let (field, number) = arg.split_once('=').context(usage)?;
        let number: f64 = number.parse()?;
        match field {
            "examples" => count = number as usize,
            "heads" => heads = number as usize,
            "epochs" => recipe.epochs = number as usize,
            "batch" => recipe.batch = number as usize,
            "encoder_rate" => recipe.encoder_rate = number,
            "head_rate" => recipe.head_rate = number,
            "layer_decay" => recipe.layer_decay = number,
            "weight_decay" => recipe.weight_decay = number,
            "dropout" => recipe.dropout = number,
            "seed" => recipe.seed = number as u64,
            "head_steps" => recipe.head_steps = number as usize,
            "half" => recipe.half = number > 0.0,
            "threads" => recipe.threads = number as usize,
            _ => anyhow::bail!("{field} is no field"),
        }
    }
    let (check, train): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.check);
    let themes = frequent(&train, heads);
    // Every so many rows, so that all writers are heard.
    let train: Vec<&Row> = (0..count).map(|at| train[at * train.len() / count.max(1)]).collect();
    let examples: Vec<Example> = train.iter().map(|row| example(row, &themes)).collect();
    let tokens: usize = examples.iter().map(|example| example.sequence.ids.len()).sum();

    let clock = Instant::now();
    let mut loss = 0.0;
    let each = train.len().div_ceil(recipe.batch);
    let tuned = fine_tune(&weights, &examples, heads, &recipe, &mut |progress| {
        loss = progress.loss;
        if progress.step.is_multiple_of(each) {
            println!("epoch {}: loss {loss:.4}", progress.step / each);
        }
    })?;
    let seconds = clock.elapsed().as_secs_f64();
    println!(
        "{} examples of {:.1} tokens, {} epochs: {seconds:.1} s, {:.0} examples/s",
        examples.len(),
        tokens as f64 / examples.len() as f64,
        recipe.epochs,
        (examples.len() * recipe.epochs) as f64 / seconds
    );
    measure(&tuned, &check, &themes)
}

fn rows(weights: &Weights, path: &str) -> anyhow::Result<Vec<Row>> {
    let tokeniser = Tokeniser::new(weights.vocabulary())?;
    let mut cache = WordCache::default();
    let mut reader = csv::Reader::from_path(path).with_context(|| path.to_owned())?;
    let headers = reader.headers()?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name).context("columns");
    let (part, question) = (column("part")?, column("question")?);
    let (text, themes) = (column("text")?, column("themes")?);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let question = tokeniser.tokens(&mut cache, &record[question]);
        let tokens = tokeniser.tokens(&mut cache, &record[text]);
        let mut sequences = tokeniser.sequences(&question, &tokens, 128);
        let (_, sequence) = sequences.swap_remove(0);
        let named = record[themes].split(';').filter_map(|theme| theme.trim().split(':').next());
        let themes = named.filter(|theme| !theme.is_empty()).map(str::to_owned).collect();
        rows.push(Row { check: &record[part] == "check", sequence, themes });
    }
    Ok(rows)
}

fn frequent(rows: &[&Row], heads: usize) -> Vec<String> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    rows.iter()
        .flat_map(|row| &row.themes)
        .for_each(|theme| *counts.entry(theme).or_default() += 1);
    let mut counts: Vec<(&String, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.into_iter().take(heads).map(|(theme, _)| theme.clone()).collect()
}

fn example(row: &Row, themes: &[String]) -> Example {
    let target = |(head, theme): (u32, &String)| Target {
        head,
        truth: f32::from(u8::from(row.themes.contains(theme))),
        weight: 1.0,
    };
    let targets = (0..).zip(themes).map(target).collect();
    let unit = Unit { tokens: 0..row.sequence.ids.len(), targets };
    Example { sequence: row.sequence.clone(), units: vec![unit] }
}

/// Micro-F1 and macro-F1 at one half, beside what saying yes always would give.
fn measure(tuned: &FineTuned, rows: &[&Row], themes: &[String]) -> anyhow::Result<()> {
    let bert = Bert::new(&tuned.weights()?, Precision::F32);
    let sequences: Vec<&Sequence> = rows.iter().map(|row| &row.sequence).collect();
    let mut counts = vec![[0_usize; 4]; themes.len()];
    bert.encode(&mut Scratch::default(), &sequences, |place, vectors| {
        let mean = vectors.mean(0..vectors.tokens());
        for (head, theme) in themes.iter().enumerate() {
            let odds: f32 = tuned.rows[head].iter().zip(&mean).map(|(x, y)| x * y).sum();
            let found = odds + tuned.biases[head] > 0.0;
            counts[head]
                [usize::from(found) * 2 + usize::from(rows[place].themes.contains(theme))] += 1;
        }
    })?;
    let f1 = |[_, missed, wrong, right]: [usize; 4]| {
        2.0 * right as f64 / (2 * right + missed + wrong).max(1) as f64
    };
    let all = counts.iter().fold([0; 4], |sum, count| [0, 1, 2, 3].map(|at| sum[at] + count[at]));
    let right = (all[0] + all[3]) as f64 / all.iter().sum::<usize>() as f64;
    let never = (all[0] + all[2]) as f64 / all.iter().sum::<usize>() as f64;
    let always = f1([0, 0, all[0] + all[2], all[1] + all[3]]);
    let mean = counts.iter().map(|count| f1(*count)).sum::<f64>() / themes.len() as f64;
    println!("on {} unseen: accuracy {right:.3} (never: {never:.3})", rows.len());
    println!("micro-F1 {:.3} (always: {always:.3}), macro-F1 {mean:.3}", f1(all));
    Ok(())
}
