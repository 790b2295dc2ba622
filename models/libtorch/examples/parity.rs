//! libtorch beside pure Rust on one encoder: the largest difference, and the speed of both on one
//! thread (developers' command).
//!
//! `cargo run --release -p heard-libtorch --features libtorch --example parity -- ENCODER [cpu|cuda]`
#![allow(clippy::print_stdout, reason = "a table is what this program is for")]

use std::time::Instant;

use anyhow::Context as _;
use heard_encoder::{Bert, Precision, Scratch, Sequence, Vectors, Weights};
use heard_libtorch::{Backend, Device};

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let file = args.next().context("usage: parity ENCODER [cpu|cuda]")?;
    let device = if args.next().as_deref() == Some("cuda") { Device::Cuda } else { Device::Cpu };
    let weights = Weights::from_bytes(&std::fs::read(file)?)?;
    let words = weights.config().vocabulary;
    // Of 12 to 38 tokens, 25 on average, so that batches are padded.
    let sequence = |at: usize| {
        let ids = (0..12 + at * 17 % 27).map(|token| (at * 7919 + token * 104_729) % words);
        let ids: Vec<u32> = ids.map(|id| id as u32).collect();
        Sequence { types: vec![0; ids.len()], ids, lead: 1 }
    };
    let sequences: Vec<Sequence> = (0..540).map(sequence).collect();
    let sequences: Vec<&Sequence> = sequences.iter().collect();

    Backend::set_threads(1);
    let backend = Backend::new(&weights, device)?;
    let bert = Bert::new(&weights, Precision::F32);
    let mut scratch = Scratch::default();
    let mut all = [Vec::new(), Vec::new()];
    for _ in 0..3 {
        let [rust, torch] = &mut all;
        rust.clear();
        torch.clear();
        let clock = Instant::now();
        bert.encode(&mut scratch, &sequences, |_, vectors: Vectors<'_>| {
            rust.extend_from_slice(vectors.all());
        })?;
        let in_rust = clock.elapsed().as_secs_f64();
        let clock = Instant::now();
        backend.encode(&sequences, |_, vectors| torch.extend_from_slice(vectors.all()))?;
        let in_torch = clock.elapsed().as_secs_f64();
        let speed = |seconds: f64| sequences.len() as f64 / seconds;
        println!("pure Rust {:.0}/s, libtorch {:.0}/s", speed(in_rust), speed(in_torch));
    }
    let [rust, torch] = all;
    let differences = rust.iter().zip(&torch).map(|(one, other)| (one - other).abs());
    let largest = rust.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
    println!(
        "largest difference of {} numbers up to {largest:.2}: {:.2e}",
        rust.len(),
        differences.fold(0.0, f32::max)
    );
    Ok(())
}
