//! What a model learnt from people's corrections, laid over the scores of the model that they
//! corrected.
//!
//! The log-odds of each code are moved by three sums: how sure the model is of every code (people who
//! say "continuity" where it says "staffing" are followed), words of the corrected answers that at
//! least three of them share, and, where an encoder reads, its vector. All are linear, so that what
//! each word gave to a code stays known. How they are fitted is `correcting`'s business.

use std::ops::Range;

use crate::features::{Encoded, Encoder as _, Input};
use crate::heads::{Head, Heads, Scores};
use crate::known::{Hit, Known, Memory};
use crate::meaning::dot;
use crate::model::About;

/// Log-odds of a code of which the corrected model knows nothing, before it learns.
pub(crate) const UNKNOWN: f32 = -4.0;

/// The layer.
#[derive(Debug)]
pub(crate) struct Learnt {
    /// What the corrected model was.
    pub(crate) base: About,
    /// A column for each code; its bias moves the code whatever is said.
    pub(crate) words: Heads,
    /// For each code a row with a weight for the probability of every code.
    pub(crate) cross: Vec<f32>,
    /// For each code a row of weights for the encoder's vector; empty without an encoder.
    pub(crate) rows: Vec<f32>,
}

/// Space for it, reused from text to text.
#[derive(Default)]
pub(crate) struct Space {
    encoded: Encoded,
    scores: Scores,
    memory: Memory,
    hits: Vec<Hit>,
    parts: Vec<(Range<usize>, f32)>,
    sure: Vec<f32>,
    shares: Vec<f32>,
}

impl Space {
    pub(crate) fn begin(&mut self) {
        self.hits.clear();
        self.parts.clear();
    }
}

/// How sure a model is of each code, from raw scores; 0 of one that it does not know.
pub(crate) fn sure(about: &About, raw: &[f32], sure: &mut Vec<f32>) {
    sure.clear();
    sure.extend((0..about.codes.len()).map(|code| about.probability(Head::Code(code), raw)));
}

impl Learnt {
    /// Moves the scores of the codes. `mean` is what the encoder read.
    pub(crate) fn add(
        &self,
        about: &About,
        input: &Input<'_>,
        mean: Option<&[f32]>,
        space: &mut Space,
        raw: &mut [f32],
    ) {
        let Space { encoded, scores, memory, hits, parts, sure: known, .. } = space;
        memory.own(self.words.number);
        let first = hits.len();
        let mut found = Known { index: &self.words.index, memory, hits };
        about.encoder.encode(input, encoded, &mut found);
        let length = self.words.score(&hits[first..], scores);
        parts.push((first..hits.len(), length));
        sure(about, raw, known);
        let codes = about.codes.len();
        for (code, raw) in raw.iter_mut().enumerate().take(codes) {
            let moved = scores.raw[code]
                + dot(&self.cross[code * codes..][..codes], known)
                + mean
                    .filter(|_| !self.rows.is_empty())
                    .map_or(0.0, |mean| dot(&self.rows[code * mean.len()..][..mean.len()], mean));
            // A code that nobody taught stays unknown.
            if moved.is_finite() {
                let platt = about.rules.platt[code];
                let own = if raw.is_finite() { *raw } else { UNKNOWN };
                let odds = platt.slope * own + platt.offset;
                *raw = (odds + moved - platt.offset) / platt.slope;
            }
        }
    }

    /// Adds to each word of a part what it gave to a code.
    pub(crate) fn explain(
        &self,
        about: &About,
        code: usize,
        part: usize,
        space: &mut Space,
        words: &mut [f32],
    ) {
        let Some((range, length)) = space.parts.get(part) else { return };
        let hits = &space.hits[range.clone()];
        self.words.explain(hits, code, *length, words.len(), &mut space.shares);
        let slope = about.rules.platt[code].slope;
        for (word, share) in words.iter_mut().zip(&space.shares) {
            *word += share / slope;
        }
    }
}
