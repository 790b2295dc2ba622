//! The heads: what each column of a model scores, and scoring all of them in one pass.
//!
//! Weights are whole numbers from -127 to 127 with one scale for each head, and they are added as
//! whole numbers. Sums of whole numbers do not depend on their order, so that a text has the same
//! scores on every machine and beside any neighbours. What follows from a score is for
//! `calibration` and `model` to say.

use crate::features::{Encoded, Feature};
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
    /// A response that a person must read today.
    Safeguarding,
    /// Who speaks.
    Speaker(RespondentType),
    /// Stance towards a proposal.
    Stance(Stance),
    /// The sentiment of a response.
    Overall(Sentiment),
}

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
            .chain([Self::NoContent, Self::Elsewhere, Self::Safeguarding])
            .chain(speakers.copied().map(Self::Speaker))
            .chain(Stance::ALL.iter().copied().map(Self::Stance))
            .chain(Sentiment::ALL.iter().copied().map(Self::Overall))
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
            Self::Safeguarding => codes + 20,
            Self::Speaker(who) => codes + 21 + who as usize,
            Self::Stance(stance) => codes + 28 + stance as usize,
            Self::Overall(sentiment) => codes + 33 + sentiment as usize,
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
            Self::Safeguarding => "safeguarding_review".into(),
            Self::Speaker(who) => format!("respondent: {who}").into(),
            Self::Stance(stance) => format!("stance: {stance}").into(),
            Self::Overall(sentiment) => format!("response sentiment: {sentiment}").into(),
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
    /// One row of `columns` whole numbers for each key.
    pub(crate) weights: Vec<i8>,
    pub(crate) scales: Vec<f32>,
    pub(crate) biases: Vec<f32>,
    index: Index,
}

/// Scores of one text, and which rows its features led to. Reused from text to text.
#[derive(Default)]
pub struct Scores {
    /// One score a head, in log-odds before calibration.
    pub raw: Vec<f32>,
    sums: Vec<i32>,
    seen: Vec<u32>,
    round: u32,
    rows: Vec<u32>,
}

impl Heads {
    /// Puts weights that were read from a file to work. `keys` must not repeat.
    pub(crate) fn new(
        keys: Vec<u32>,
        weights: Vec<i8>,
        scales: Vec<f32>,
        biases: Vec<f32>,
    ) -> Self {
        let index = Index::new(&keys);
        Self { columns: scales.len(), keys, weights, scales, biases, index }
    }

    /// Rounds fitted columns to whole numbers. `None` is a head that could not be trained: it
    /// scores minus infinity.
    pub(crate) fn quantise(keys: Vec<u32>, columns: &[Option<Column>]) -> Self {
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
        Self::new(keys, weights, scales, biases)
    }

    /// Scores every head at once; the result is in `scores.raw`.
    pub fn score(&self, text: &Encoded, scores: &mut Scores) {
        let Scores { raw, sums, seen, round, rows } = scores;
        if seen.len() < self.keys.len() || *round == u32::MAX {
            seen.clear();
            seen.resize(self.keys.len(), 0);
            *round = 0;
        }
        *round += 1;
        sums.clear();
        sums.resize(self.columns, 0);
        rows.clear();
        let mut distinct = 0_u32;
        for feature in &text.features {
            let row = self.index.row(feature.key).unwrap_or(EMPTY);
            rows.push(row);
            if row == EMPTY || std::mem::replace(&mut seen[row as usize], *round) == *round {
                continue;
            }
            distinct += 1;
            let weights = &self.weights[row as usize * self.columns..][..self.columns];
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += i32::from(*weight);
            }
        }
        let length = 1.0 / (distinct.max(1) as f32).sqrt();
        raw.clear();
        let heads = sums.iter().zip(&self.scales).zip(&self.biases);
        raw.extend(heads.map(|((sum, scale), bias)| bias + scale * length * *sum as f32));
    }

    /// Adds to `words`, one number a word, what each word of the text last scored gave to a head.
    pub(crate) fn explain(
        &self,
        text: &Encoded,
        scores: &Scores,
        column: usize,
        words: &mut Vec<f32>,
    ) {
        words.clear();
        words.resize(text.words(), 0.0);
        for (feature, row) in text.features.iter().zip(&scores.rows) {
            // Features of the question and of the segment before have no word here.
            if *row == EMPTY || feature.first == Feature::NOWHERE {
                continue;
            }
            let covered = &mut words[feature.first as usize..=feature.last as usize];
            let weight = self.weights[*row as usize * self.columns + column];
            let share = f32::from(weight) / covered.len() as f32;
            for word in covered {
                *word += share;
            }
        }
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
