//! Heads on an encoder's vectors, and how they join the n-grams.
//!
//! Each head of a model has a row of weights here as well: its score of a text is the row times the
//! text's mean vector. The two scores are added in log-odds, each with a weight that was fitted on
//! texts that neither had been trained on. Because the mean is a sum over word pieces, what each word
//! gave to a score is known exactly and costs nothing: that is the evidence.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::sentences::{Reading, Sentences};

/// How a head's two scores become one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Blend {
    pub(crate) ngrams: f32,
    pub(crate) meaning: f32,
    pub(crate) offset: f32,
}

impl Blend {
    /// The n-grams alone.
    pub(crate) const NGRAMS: Self = Self { ngrams: 1.0, meaning: 0.0, offset: 0.0 };

    pub(crate) fn of(self, ngrams: f32, meaning: f32) -> f32 {
        // A head that was not trained scores minus infinity, which no weight may turn into nonsense.
        let part = |weight: f32, score: f32| if weight == 0.0 { 0.0 } else { weight * score };
        part(self.ngrams, ngrams) + part(self.meaning, meaning) + self.offset
    }
}

/// Heads on the vectors of an encoder.
#[derive(Debug)]
pub(crate) struct Meaning {
    pub(crate) sentences: Arc<Sentences>,
    /// A row of weights for each head, one after another.
    pub(crate) rows: Vec<f32>,
    pub(crate) biases: Vec<f32>,
    pub(crate) blend: Vec<Blend>,
}

impl Meaning {
    fn row(&self, head: usize) -> &[f32] {
        let width = self.sentences.width();
        &self.rows[head * width..][..width]
    }

    /// A head's score of a mean vector, in log-odds.
    pub(crate) fn score(&self, head: usize, mean: &[f32]) -> f32 {
        self.biases[head] + dot(self.row(head), mean)
    }

    /// Joins the scores of the n-grams with those of a part of a text.
    pub(crate) fn join(
        &self,
        reading: &Reading,
        span: &Range<usize>,
        mean: &mut Vec<f32>,
        raw: &mut [f32],
    ) {
        reading.mean(span, mean);
        for (head, (raw, blend)) in raw.iter_mut().zip(&self.blend).enumerate() {
            let own = if blend.meaning == 0.0 { 0.0 } else { self.score(head, mean) };
            *raw = blend.of(*raw, own);
        }
    }

    /// Adds to each word of a part of a text what its pieces gave to a head. `words` are byte ranges
    /// in the part.
    pub(crate) fn explain(
        &self,
        reading: &Reading,
        span: &Range<usize>,
        head: usize,
        words: &[Range<usize>],
        shares: &mut [f32],
    ) {
        let pieces = reading.pieces(span);
        let share = self.blend[head].meaning / pieces.len().max(1) as f32;
        let mut word = 0;
        for piece in pieces {
            let start = reading.place(piece).start - span.start;
            while words.get(word).is_some_and(|word| word.end <= start) {
                word += 1;
            }
            // Punctuation between words is no evidence.
            if words.get(word).is_some_and(|word| word.start <= start) {
                shares[word] += share * dot(self.row(head), reading.vector(piece));
            }
        }
    }
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    // Sums of a fixed number of lanes: fast, and the same on every machine.
    const LANES: usize = 16;
    let (one, rest) = one.as_chunks::<LANES>();
    let (other, left) = other.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for (one, other) in one.iter().zip(other) {
        sums = std::array::from_fn(|at| sums[at] + one[at] * other[at]);
    }
    let tail: f32 = rest.iter().zip(left).map(|(one, other)| one * other).sum();
    sums.iter().sum::<f32>() + tail
}
