//! The forward pass of BERT: sequences in, a vector for every token out.
//!
//! Sequences are packed one after another, without padding, in groups that stay in the cache; only
//! attention knows where one ends. Threads belong to the caller: a [`Bert`] is shared by all, a
//! [`Scratch`] is one thread's own.

use std::ops::Range;

use crate::EncoderError;
use crate::attention::{Heads, Room};
use crate::maths::AddNorm;
use crate::product::{Bytes, Product};
use crate::simd::{Isa, ROWS};
use crate::weights::{Matrix, Norm, Weights};
use crate::windows::Sequence;

/// Tokens that are computed together.
const GROUP: usize = 240;

/// How the matrices are multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Weights dequantised once, all in f32.
    F32,
    /// Weights as stored, activations quantised by row to a byte; the rest in f32.
    Int8,
}

impl Precision {
    /// The faster one on this machine.
    pub fn fastest() -> Self {
        if Isa::best().prefers_bytes() { Self::Int8 } else { Self::F32 }
    }
}

/// An encoder, ready to run.
#[derive(Debug)]
pub struct Bert {
    isa: Isa,
    heads: Heads,
    inner: usize,
    positions: usize,
    epsilon: f32,
    words: Matrix,
    /// Of each segment, of each position: what is added to a word's row.
    places: Vec<Vec<f32>>,
    norm: Norm,
    layers: Vec<Layer>,
}

#[derive(Debug)]
struct Layer {
    qkv: Product,
    mix: Product,
    mix_norm: Norm,
    up: Product,
    down: Product,
    norm: Norm,
}

/// The buffers of one thread; they grow to the largest group and are used again.
#[derive(Debug, Default)]
pub struct Scratch {
    rows: Vec<f32>,
    added: Vec<f32>,
    wide: Vec<f32>,
    mixed: Vec<f32>,
    bytes: Bytes,
    room: Room,
}

/// The vectors of one sequence's tokens.
#[derive(Clone, Copy, Debug)]
pub struct Vectors<'a> {
    width: usize,
    all: &'a [f32],
}

impl<'a> Vectors<'a> {
    /// Of an encoder that runs elsewhere: `width` (at least 1) numbers a token, one after another.
    pub fn new(width: usize, all: &'a [f32]) -> Self {
        Self { width, all }
    }

    /// Of every token, special ones included, one after another.
    pub fn all(&self) -> &'a [f32] {
        self.all
    }

    /// Number of tokens.
    pub fn tokens(&self) -> usize {
        self.all.len() / self.width
    }

    /// Of one token; panics when it is not there.
    pub fn token(&self, token: usize) -> &'a [f32] {
        &self.all[token * self.width..][..self.width]
    }

    /// Of the first token, `[CLS]`.
    pub fn first(&self) -> &'a [f32] {
        self.token(0)
    }

    /// The mean over some tokens (all of them: `0..tokens()`); zeros for none.
    pub fn mean(&self, tokens: Range<usize>) -> Vec<f32> {
        let mut mean = vec![0.0; self.width];
        let share = 1.0 / tokens.len().max(1) as f32;
        for token in tokens {
            for (sum, x) in mean.iter_mut().zip(self.token(token)) {
                *sum += x;
            }
        }
        for x in &mut mean {
            *x *= share;
        }
        mean
    }
}

impl Bert {
    /// Packs the weights for this machine.
    pub fn new(weights: &Weights, precision: Precision) -> Self {
        Self::on(Isa::best(), weights, precision)
    }

    fn on(isa: Isa, weights: &Weights, precision: Precision) -> Self {
        let config = &weights.config;
        let layer = |layer: &crate::weights::Layer| Layer {
            qkv: Product::new(&[&layer.query, &layer.key, &layer.value], precision),
            mix: Product::new(&[&layer.mix], precision),
            mix_norm: layer.mix_norm.clone(),
            up: Product::new(&[&layer.up], precision),
            down: Product::new(&[&layer.down], precision),
            norm: layer.norm.clone(),
        };
        let positions = weights.positions.dequantise();
        let place = |segment: usize| {
            let segment: Vec<f32> = weights.types.row(segment).collect();
            positions.iter().zip(segment.iter().cycle()).map(|(x, y)| x + y).collect()
        };
        Self {
            isa,
            heads: Heads { heads: config.heads, width: config.width },
            inner: config.inner,
            positions: config.positions,
            epsilon: config.epsilon,
            words: weights.words.clone(),
            places: (0..config.types).map(place).collect(),
            norm: weights.norm.clone(),
            layers: weights.layers.iter().map(layer).collect(),
        }
    }

    /// Width of a vector.
    pub fn width(&self) -> usize {
        self.heads.width
    }

    /// Longest sequence, in tokens.
    pub fn positions(&self) -> usize {
        self.positions
    }

    /// Encodes sequences, handing over each one's place and vectors, in their order.
    ///
    /// Fails, before anything is computed, on a sequence that is empty, longer than
    /// [`Bert::positions`], or has an id or a segment that the encoder does not know.
    pub fn encode(
        &self,
        scratch: &mut Scratch,
        sequences: &[&Sequence],
        mut each: impl FnMut(usize, Vectors<'_>),
    ) -> Result<(), EncoderError> {
        sequences.iter().try_for_each(|sequence| self.check(sequence))?;
        let mut from = 0;
        while from < sequences.len() {
            let mut rows = sequences[from].ids.len();
            let mut to = from + 1;
            while to < sequences.len() && rows + sequences[to].ids.len() <= GROUP {
                rows += sequences[to].ids.len();
                to += 1;
            }
            self.group(scratch, &sequences[from..to], rows);
            let mut start = 0;
            for (place, sequence) in (from..to).zip(&sequences[from..to]) {
                let end = start + sequence.ids.len() * self.width();
                each(place, Vectors { width: self.width(), all: &scratch.rows[start..end] });
                start = end;
            }
            from = to;
        }
        Ok(())
    }

    fn check(&self, sequence: &Sequence) -> Result<(), EncoderError> {
        sequence.fits(self.positions, self.words.rows(), self.places.len())
    }

    /// The vectors of a group of `rows` tokens, into the scratch's rows.
    fn group(&self, scratch: &mut Scratch, sequences: &[&Sequence], rows: usize) {
        let (isa, width) = (self.isa, self.width());
        // Kernels compute whole tiles; attention's may begin at a sequence's last row.
        let padded = rows.next_multiple_of(ROWS) + ROWS;
        let Scratch { rows: vectors, added, wide, mixed, bytes, room } = scratch;
        for (buffer, width) in [
            (&mut *vectors, width),
            (&mut *added, width),
            (&mut *mixed, width),
            (&mut *wide, self.inner.max(3 * width)),
        ] {
            buffer.resize(padded * width, 0.0);
        }
        let tokens = sequences
            .iter()
            .flat_map(|sequence| sequence.ids.iter().zip(&sequence.types).enumerate());
        let places = vectors.chunks_exact_mut(width).zip(added.chunks_exact_mut(width));
        for ((row, added), (place, (id, segment))) in places.zip(tokens) {
            row.iter_mut().zip(self.words.row(*id as usize)).for_each(|(x, word)| *x = word);
            let place = &self.places[usize::from(*segment)][place * width..][..width];
            added.copy_from_slice(place);
        }
        self.normalise(&self.norm, rows, vectors, added);
        for layer in &self.layers {
            layer.qkv.run(isa, rows, vectors, wide, false, bytes);
            let mut start = 0;
            for sequence in sequences {
                let length = sequence.ids.len();
                let qkv = &wide[start * layer.qkv.outputs()..];
                self.heads.attend(isa, length, qkv, &mut mixed[start * width..], room);
                start += length;
            }
            layer.mix.run(isa, rows, mixed, added, false, bytes);
            self.normalise(&layer.mix_norm, rows, vectors, added);
            layer.up.run(isa, rows, vectors, wide, true, bytes);
            layer.down.run(isa, rows, wide, added, false, bytes);
            self.normalise(&layer.norm, rows, vectors, added);
        }
    }

    fn normalise(&self, norm: &Norm, rows: usize, vectors: &mut [f32], added: &[f32]) {
        let size = rows * self.width();
        let (rows, added) = (&mut vectors[..size], &added[..size]);
        let Norm { gain, bias } = norm;
        self.isa.run(AddNorm { rows, added, gain, bias, epsilon: self.epsilon });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_of_this_machine_gives_the_same_vectors() {
        let weights = Weights::from_bytes(include_bytes!("../tests/tiny/tiny.enc")).unwrap();
        let ids: Vec<u32> = (0..50).map(|at| 5 + at * 3).collect();
        let sequence = Sequence { types: vec![1; ids.len()], ids, lead: 1 };
        let encode = |isa: Isa, precision: Precision| {
            let mut all = Vec::new();
            let keep = |_: usize, vectors: Vectors<'_>| all.extend_from_slice(vectors.all());
            let bert = Bert::on(isa, &weights, precision);
            bert.encode(&mut Scratch::default(), &[&sequence], keep).unwrap();
            all
        };
        let plain = encode(Isa::all()[0], Precision::F32);
        for isa in Isa::all() {
            let same = |precision: Precision, most: f32| {
                for (one, other) in encode(isa, precision).iter().zip(&plain) {
                    assert!((one - other).abs() < most, "{isa:?} {precision:?}: {one} {other}");
                }
            };
            same(Precision::F32, 2e-5);
            same(Precision::Int8, 0.25);
        }
    }
}
