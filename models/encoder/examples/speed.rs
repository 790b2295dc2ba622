//! How fast the encoder is: sentences of 25 tokens a second, on 1 and 2 threads, in f32 and in int8.
//!
//! `cargo run --release -p heard-encoder --example speed -- FILE [SENTENCES]` with an encoder file
//! from the example `pack`; also how fast texts are cut into word pieces, and what int8 loses.
#![allow(clippy::print_stdout, reason = "a table is what this program is for")]

use std::time::Instant;

use heard_encoder::{Bert, Precision, Scratch, Sequence, Tokeniser, Weights, WordCache};
use rayon::prelude::*;

/// Tokens of a sentence, `[CLS]` and `[SEP]` included.
const TOKENS: usize = 25;
/// Sentences that a thread takes at once.
const BATCH: usize = 64;

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let file = args.next().ok_or_else(|| anyhow::anyhow!("usage: speed FILE [SENTENCES]"))?;
    let count = args.next().map_or(Ok(1000), |count| count.parse::<usize>())?.max(1);
    let clock = Instant::now();
    let weights = Weights::from_bytes(&std::fs::read(file)?)?;
    println!("read and checked in {:.2} s", clock.elapsed().as_secs_f64());
    let tokeniser = Tokeniser::new(weights.vocabulary())?;
    let sentences = sentences(&weights, &tokeniser, count);

    let clock = Instant::now();
    let mut cache = WordCache::default();
    let sequences: Vec<Sequence> = sentences
        .iter()
        .map(|text| tokeniser.sequence(&[], &tokeniser.tokens(&mut cache, text)))
        .collect();
    let tokens: usize = sequences.iter().map(|sequence| sequence.ids.len()).sum();
    println!(
        "word pieces: {:.0} sentences/s; {:.1} tokens each",
        count as f64 / clock.elapsed().as_secs_f64(),
        tokens as f64 / count as f64
    );

    let mut means = Vec::new();
    for precision in [Precision::F32, Precision::Int8] {
        let clock = Instant::now();
        let bert = Bert::new(&weights, precision);
        println!("{precision:?}: packed in {:.2} s", clock.elapsed().as_secs_f64());
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
            let clock = Instant::now();
            let found: Result<Vec<_>, _> = pool.install(|| {
                sequences.par_chunks(BATCH).map(|batch| encode(&bert, batch)).collect()
            });
            let speed = count as f64 / clock.elapsed().as_secs_f64();
            println!("{precision:?}, {threads} thread(s): {speed:.0} sentences/s");
            means.push(found?.concat());
        }
        // On a machine that others use, too, this is what can be compared.
        if let Some(before) = on_processor() {
            let found: Result<Vec<_>, _> =
                sequences.chunks(BATCH).map(|batch| encode(&bert, batch)).collect();
            found?;
            let seconds = on_processor().unwrap_or(before) - before;
            println!("{precision:?}: {:.0} sentences a CPU second", count as f64 / seconds);
        }
    }
    let (f32s, int8s) = (&means[0], &means[2]);
    let cosines: Vec<f64> = f32s.iter().zip(int8s).map(|(one, other)| cosine(one, other)).collect();
    println!(
        "cosine of int8 to f32: mean {:.5}, least {:.5}",
        cosines.iter().sum::<f64>() / cosines.len() as f64,
        cosines.iter().copied().fold(1.0, f64::min)
    );
    Ok(())
}

/// Seconds that this thread has spent on a processor, where Linux tells.
fn on_processor() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(told.split_whitespace().next()?.parse::<f64>().ok()? / 1e9)
}

fn encode(bert: &Bert, batch: &[Sequence]) -> anyhow::Result<Vec<Vec<f32>>> {
    let mut means = Vec::with_capacity(batch.len());
    let batch: Vec<&Sequence> = batch.iter().collect();
    bert.encode(&mut Scratch::default(), &batch, |_, vectors| {
        means.push(vectors.mean(0..vectors.tokens()));
    })?;
    Ok(means)
}

/// Sentences of whole words of the vocabulary, from a fixed seed.
fn sentences(weights: &Weights, tokeniser: &Tokeniser, count: usize) -> Vec<String> {
    let mut cache = WordCache::default();
    let words: Vec<&String> = weights
        .vocabulary()
        .iter()
        .filter(|word| word.chars().all(|char| char.is_ascii_lowercase()))
        .filter(|word| tokeniser.tokens(&mut cache, word).len() == 1)
        .take(4000)
        .collect();
    let mut seed = 1_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        words[(seed >> 33) as usize % words.len()].as_str()
    };
    (0..count).map(|_| (2..TOKENS).map(|_| next()).collect::<Vec<_>>().join(" ")).collect()
}

fn cosine(one: &[f32], other: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
    };
    dot(one, other) / (dot(one, one) * dot(other, other)).sqrt()
}
