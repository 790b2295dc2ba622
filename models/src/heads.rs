//! The heads: what each column of a model scores, and scoring all of them in one pass.
//!
//! Weights are whole numbers from -127 to 127 with one scale for each head, and they are added as
//! whole numbers. Sums of whole numbers do not depend on their order, so that a text has the same
//! scores on every machine and beside any neighbours. What follows from a score is for
//! `calibration` and `model` to say.

use crate::features::NOWHERE;
use crate::known::Hit;
use crate::solver::Column;
use crate::words::{Direction, Domain, RespondentType, Sentiment, Stance};

/// What one head scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// A code of the codebook: the themes first, then the thin codes.
    Code(usize),
    /// The sentiment of a segment.
    Feeling(Sentiment),
    /// A segment that makes an actionable proposal.
    Suggestion,
    /// A segment about another service.
    OffTopic,
    /// A segment that speaks of an outcome in this domain.
    Domain(Domain),
    /// The direction of the outcome of which a segment speaks.
    Direction(Direction),
    /// A response that says nothing.
    NoContent,
    /// A response that points to another.
    Elsewhere,
    /// A response that speaks of something that no code is for.
    Unassigned,
    /// A response that a person must read today.
    Safeguarding,
    /// Who speaks.
    Speaker(RespondentType),
    /// Stance towards a proposal.
    Stance(Stance),
    /// The sentiment of a response.
    Overall(Sentiment),
    /// A response that feels at least as good as this level, from -1 to 2.
    AtLeast(i8),
    /// Praise rather than complaint, in a segment that carries this code.
    Pole(usize),
}

/// Levels that have a head of their own: every response feels at least very bad (-2).
pub(crate) const LEVELS: std::ops::RangeInclusive<i8> = -1..=2;

impl Head {
    /// Every head of a model with so many codes, in the order of its columns.
    pub fn all(codes: usize) -> Vec<Self> {
        let speakers = RespondentType::ALL.iter().filter(|who| **who != RespondentType::Unknown);
        (0..codes)
            .map(Self::Code)
            .chain(Sentiment::ALL.iter().copied().map(Self::Feeling))
            .chain([Self::Suggestion, Self::OffTopic])
            .chain(Domain::ALL.iter().copied().map(Self::Domain))
            .chain(Direction::ALL.iter().copied().map(Self::Direction))
            .chain([Self::NoContent, Self::Elsewhere, Self::Unassigned, Self::Safeguarding])
            .chain(speakers.copied().map(Self::Speaker))
            .chain(Stance::ALL.iter().copied().map(Self::Stance))
            .chain(Sentiment::ALL.iter().copied().map(Self::Overall))
            .chain(LEVELS.map(Self::AtLeast))
            .chain((0..codes).map(Self::Pole))
            .collect()
    }

    /// Its column, in a model with so many codes.
    pub fn column(self, codes: usize) -> usize {
        match self {
            Self::Code(code) => code,
            Self::Feeling(sentiment) => codes + sentiment as usize,
            Self::Suggestion => codes + 4,
            Self::OffTopic => codes + 5,
            Self::Domain(domain) => codes + 6 + domain as usize,
            Self::Direction(direction) => codes + 14 + direction as usize,
            Self::NoContent => codes + 18,
            Self::Elsewhere => codes + 19,
            Self::Unassigned => codes + 20,
            Self::Safeguarding => codes + 21,
            Self::Speaker(who) => codes + 22 + who as usize,
            Self::Stance(stance) => codes + 29 + stance as usize,
            Self::Overall(sentiment) => codes + 34 + sentiment as usize,
            Self::AtLeast(level) => codes + 38 + (level - LEVELS.start()) as usize,
            Self::Pole(code) => codes + 42 + code,
        }
    }

    /// Its name in reports.
    pub fn name(self, codes: &[String]) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Code(code) => codes[code].as_str().into(),
            Self::Feeling(sentiment) => format!("sentiment: {sentiment}").into(),
            Self::Suggestion => "suggestion".into(),
            Self::OffTopic => "off_topic_service".into(),
            Self::Domain(domain) => format!("outcome: {domain}").into(),
            Self::Direction(direction) => format!("outcome {direction}").into(),
            Self::NoContent => "status: no_content".into(),
            Self::Elsewhere => "status: refers_elsewhere".into(),
            Self::Unassigned => "status: unassigned".into(),
            Self::Safeguarding => "safeguarding_review".into(),
            Self::Speaker(who) => format!("respondent: {who}").into(),
            Self::Stance(stance) => format!("stance: {stance}").into(),
            Self::Overall(sentiment) => format!("response sentiment: {sentiment}").into(),
            Self::AtLeast(level) => format!("response level: {level} or better").into(),
            Self::Pole(code) => format!("praise: {}", codes[code]).into(),
        }
    }
}

/// Finds the row of a feature by its key: open addressing in a table of a power of two.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    slots: Vec<(u32, u32)>,
    mask: usize,
}

const EMPTY: u32 = u32::MAX;

impl Default for Index {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Index {
    pub(crate) fn new(keys: &[u32]) -> Self {
        let size = (keys.len() * 2).max(16).next_power_of_two();
        let mut index = Self { slots: vec![(0, EMPTY); size], mask: size - 1 };
        for (row, key) in keys.iter().enumerate() {
            let mut slot = *key as usize & index.mask;
            while index.slots[slot].1 != EMPTY {
                slot = (slot + 1) & index.mask;
            }
            index.slots[slot] = (*key, row as u32);
        }
        index
    }

    pub(crate) fn row(&self, key: u32) -> Option<u32> {
        let mut slot = key as usize & self.mask;
        loop {
            match self.slots[slot] {
                (_, EMPTY) => return None,
                (found, row) if found == key => return Some(row),
                _ => slot = (slot + 1) & self.mask,
            }
        }
    }
}

/// Weights of every head for every known feature.
#[derive(Debug)]
pub struct Heads {
    pub(crate) keys: Vec<u32>,
    pub(crate) columns: usize,
    /// One row for each key, of `columns` whole numbers and some zeros after them.
    rows: Vec<i8>,
    stride: usize,
    pub(crate) scales: Vec<f32>,
    pub(crate) biases: Vec<f32>,
    pub(crate) index: Index,
    /// Tells these weights from any others in this process.
    pub(crate) number: u64,
}

/// Rows are so many bytes apart, so that the same few instructions add any of them.
const LANES: usize = 16;
/// Rows that can be added before a sum of 16 bits might overflow.
const SAFE: usize = 256;

/// Scores of one text. Reused from text to text.
#[derive(Default)]
pub struct Scores {
    /// One score a head, in log-odds before calibration.
    pub raw: Vec<f32>,
    sums: Vec<i32>,
    partial: Vec<i16>,
    /// A bit for each row that was met; none is set between two texts.
    seen: Vec<u64>,
    rows: Vec<u32>,
}

impl Heads {
    /// Puts weights that were read from a file to work: a row of as many numbers as there are
    /// scales for each key. `keys` must not repeat.
    pub(crate) fn new(keys: Vec<u32>, weights: &[i8], scales: Vec<f32>, biases: Vec<f32>) -> Self {
        static NUMBER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
        let index = Index::new(&keys);
        let columns = scales.len();
        let stride = columns.next_multiple_of(LANES);
        let mut rows = vec![0; keys.len() * stride];
        if columns > 0 {
            for (to, from) in rows.chunks_exact_mut(stride).zip(weights.chunks_exact(columns)) {
                to[..columns].copy_from_slice(from);
            }
        }
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Self { keys, columns, rows, stride, scales, biases, index, number }
    }

    /// The row of a feature, one whole number a head.
    pub(crate) fn row(&self, row: usize) -> &[i8] {
        &self.rows[row * self.stride..][..self.columns]
    }

    /// Rounds fitted columns to whole numbers. `None` is a head that could not be trained: it
    /// scores minus infinity. Features of which no weight is at least `least` are left out.
    pub(crate) fn quantise(keys: &[u32], columns: &[Option<Column>], least: i8) -> Self {
        let mut weights = vec![0_i8; keys.len() * columns.len()];
        let mut scales = vec![0.0; columns.len()];
        let mut biases = vec![f32::NEG_INFINITY; columns.len()];
        for (at, column) in columns.iter().enumerate() {
            let Some(column) = column else { continue };
            let largest =
                column.weights.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
            let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
            for (row, weight) in column.weights.iter().enumerate() {
                weights[row * columns.len() + at] = (weight / scale).round() as i8;
            }
            scales[at] = scale;
            biases[at] = column.bias;
        }
        let telling =
            |row: &&[i8]| row.iter().any(|weight| weight.unsigned_abs() >= least.unsigned_abs());
        let rows = keys.iter().zip(weights.chunks_exact(columns.len()));
        let (keys, rows): (Vec<u32>, Vec<&[i8]>) = rows.filter(|(_, row)| telling(row)).unzip();
        Self::new(keys, &rows.concat(), scales, biases)
    }

    /// Scores every head at once; the result is in `scores.raw`. A feature counts once. Gives what a
    /// feature is worth in a text of this length.
    pub(crate) fn score(&self, hits: &[Hit], scores: &mut Scores) -> f32 {
        let Scores { raw, sums, partial, seen, rows } = scores;
        seen.resize(self.keys.len().div_ceil(64), 0);
        rows.clear();
        for hit in hits {
            let (word, bit) = (hit.row as usize / 64, 1_u64 << (hit.row % 64));
            if seen[word] & bit == 0 {
                seen[word] |= bit;
                rows.push(hit.row);
            }
        }
        sums.clear();
        sums.resize(self.stride, 0);
        partial.clear();
        partial.resize(self.stride, 0);
        for some in rows.chunks(SAFE) {
            for row in some {
                let weights = &self.rows[*row as usize * self.stride..][..self.stride];
                // Arrays of a fixed length are added by a few wide instructions.
                let lanes = partial.as_chunks_mut::<LANES>().0.iter_mut();
                for (sums, weights) in lanes.zip(weights.as_chunks::<LANES>().0) {
                    *sums = std::array::from_fn(|at| sums[at] + i16::from(weights[at]));
                }
            }
            flush(partial, sums);
        }
        rows.iter().for_each(|row| seen[*row as usize / 64] = 0);
        let length = 1.0 / (rows.len().max(1) as f32).sqrt();
        raw.clear();
        let heads = sums.iter().zip(&self.scales).zip(&self.biases);
        raw.extend(heads.map(|((sum, scale), bias)| bias + scale * length * *sum as f32));
        length
    }

    /// Puts in `words`, one number a word, what each word of a text gave to a head, in log-odds.
    /// `length` is what [`score`](Self::score) gave.
    pub(crate) fn explain(
        &self,
        hits: &[Hit],
        column: usize,
        length: f32,
        count: usize,
        words: &mut Vec<f32>,
    ) {
        let worth = self.scales[column] * length;
        words.clear();
        words.resize(count, 0.0);
        for hit in hits {
            // Features of the question and of the segment before have no word here.
            if hit.first == NOWHERE {
                continue;
            }
            let covered = &mut words[hit.first as usize..=hit.last as usize];
            let weight = self.rows[hit.row as usize * self.stride + column];
            let share = worth * f32::from(weight) / covered.len() as f32;
            for word in covered {
                *word += share;
            }
        }
    }
}

/// Adds small sums to large ones and sets them to zero.
fn flush(partial: &mut [i16], sums: &mut [i32]) {
    for (sum, partial) in sums.iter_mut().zip(partial) {
        *sum += i32::from(std::mem::take(partial));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_head_stands_in_its_own_column() {
        for codes in [1, 28] {
            let heads = Head::all(codes);
            for (at, head) in heads.iter().enumerate() {
                assert_eq!(head.column(codes), at, "{head:?}");
            }
        }
    }

    #[test]
    fn the_index_finds_what_was_put_in_and_nothing_else() {
        let keys: Vec<u32> = (0..5000_u32).map(|i| i.wrapping_mul(2_654_435_761) & !1).collect();
        let index = Index::new(&keys);
        for (row, key) in keys.iter().enumerate() {
            assert_eq!(index.row(*key), Some(row as u32));
            assert_eq!(index.row(key | 1), None);
        }
    }
}
