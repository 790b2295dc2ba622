//! Which of a few labels fits a place in a text, learnt from places that people labelled.
//!
//! A place is given as keys: hashes of what stands at it and around it. Each label is told from all
//! others by a logistic regression on the keys that enough places share; all are scored at once, as
//! the [`heads`](crate::heads) of a model are.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::features::NOWHERE;
use crate::heads::{Heads, Scores};
use crate::known::Hit;
use crate::residual::{self, Values};
use crate::solver::Column;
use crate::weights::{Reader, WeightsError, checked, unreadable};

const MAGIC: &[u8; 8] = b"HEARDPL1";
/// Places that must share a key: the weights hold no one's own words.
const FEWEST: u32 = 3;
/// Cost of an error against the size of the weights.
const COST: f64 = 30.0;

/// Labels, and what speaks for each.
#[derive(Debug)]
pub struct Choice {
    labels: Vec<String>,
    heads: Heads,
}

/// What was learnt of the quantities in comments on home care (`heard::measures`).
const QUANTITIES: &[u8] = include_bytes!("../weights/quantities.choice");

/// The buffers of one thread.
#[derive(Default)]
pub struct Room {
    hits: Vec<Hit>,
    scores: Scores,
}

impl Choice {
    /// What each quantity in a comment on home care measures; its labels are known to `heard`.
    pub fn quantities() -> &'static Self {
        static BUILTIN: LazyLock<Choice> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "fixed bytes, read in every test run")]
            Choice::from_bytes(QUANTITIES).expect("the weights that ship can be read")
        });
        &BUILTIN
    }

    /// Learns from places and the number of each one's label. The same places in the same order give
    /// the same weights, for any number of threads.
    #[must_use]
    pub fn fit(labels: &[&str], places: &[(Vec<u32>, usize)]) -> Self {
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for (keys, _) in places {
            for key in once(keys) {
                *counts.entry(key).or_default() += 1;
            }
        }
        let keys: Vec<u32> =
            counts.into_iter().filter(|(_, count)| *count >= FEWEST).map(|(key, _)| key).collect();
        let examples: Vec<Values> = (places.iter())
            .map(|(own, _)| {
                let own = once(own);
                let rows = own.iter().filter_map(|key| keys.binary_search(key).ok());
                let rows: Vec<u32> = rows.map(|row| row as u32 + 1).collect();
                let each = 1.0 / (rows.len().max(1) as f32).sqrt();
                std::iter::once((0, 1.0)).chain(rows.into_iter().map(|row| (row, each))).collect()
            })
            .collect();
        let examples: Vec<&Values> = examples.iter().collect();
        let margins = vec![0.0; places.len()];
        let columns: Vec<Option<Column>> = (0..labels.len())
            .into_par_iter()
            .map(|label| {
                let truths: Vec<bool> = places.iter().map(|(_, own)| *own == label).collect();
                let weights = residual::fit(&examples, &margins, &truths, keys.len() + 1, COST);
                Some(Column { bias: weights[0], weights: weights[1..].to_vec() })
            })
            .collect();
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        Self { labels, heads: Heads::quantise(&keys, &columns, 1) }
    }

    /// The labels, in the order of their scores.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The log-odds of each label for a place.
    pub fn score<'a>(&self, keys: &[u32], room: &'a mut Room) -> &'a [f32] {
        let rows = keys.iter().filter_map(|key| self.heads.index.row(*key));
        room.hits.clear();
        room.hits.extend(rows.map(|row| Hit { row, first: NOWHERE, last: NOWHERE }));
        self.heads.score(&room.hits, &mut room.scores);
        &room.scores.raw
    }

    /// As a file: `HEARDPL1`; numbers of labels and of keys (u32 each, little-endian like all that
    /// follow); each label, its length (u32) before it; scales and biases (f32 each); keys (u32 each);
    /// a row of weights (i8, one a label) for each key; SHA-256 of everything before.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let heads = &self.heads;
        let mut bytes = MAGIC.to_vec();
        bytes.extend((self.labels.len() as u32).to_le_bytes());
        bytes.extend((heads.keys.len() as u32).to_le_bytes());
        for label in &self.labels {
            bytes.extend((label.len() as u32).to_le_bytes());
            bytes.extend(label.as_bytes());
        }
        heads.write(&mut bytes);
        let hash = Sha256::digest(&bytes);
        bytes.extend(hash);
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, and checks its hash.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        if !bytes.starts_with(MAGIC) {
            return Err(WeightsError::NotAModel);
        }
        let mut reader = Reader(checked(&bytes[MAGIC.len()..], bytes)?);
        let (labels, features) = (reader.number()? as usize, reader.number()? as usize);
        let labels = (0..labels)
            .map(|_| {
                let length = reader.number()? as usize;
                let label = std::str::from_utf8(reader.take(length)?);
                label.map(str::to_owned).map_err(|error| unreadable(error.to_string()))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let heads = reader.heads(features, labels.len())?;
        if !reader.0.is_empty() {
            return Err(unreadable("its parts do not fit together"));
        }
        Ok(Self { labels, heads })
    }
}

/// Each of these keys once, in their order as numbers.
fn once(keys: &[u32]) -> Vec<u32> {
    let mut own = keys.to_vec();
    own.sort_unstable();
    own.dedup();
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Key 1 marks the first label, key 2 the second; the others say nothing.
    fn places() -> Vec<(Vec<u32>, usize)> {
        (0..60_u32)
            .map(|at| (vec![1 + at % 3, 10 + at % 5, 20 + at % 4], at as usize % 3))
            .collect()
    }

    #[test]
    fn the_label_that_its_keys_speak_for_scores_highest() {
        let choice = Choice::fit(&["one", "two", "none"], &places());
        let mut room = Room::default();
        let mut best = |keys: &[u32]| {
            let scores = choice.score(keys, &mut room);
            (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).expect("labels")
        };
        assert_eq!([best(&[1, 10]), best(&[2, 23]), best(&[3])], [0, 1, 2]);
    }

    #[test]
    fn a_file_is_read_as_it_was_written_and_refused_when_changed() {
        let choice = Choice::fit(&["one", "two", "none"], &places());
        let mut bytes = choice.to_bytes();
        let again = Choice::from_bytes(&bytes).expect("reads");
        assert_eq!((again.labels(), again.to_bytes()), (choice.labels(), bytes.clone()));
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        assert!(matches!(Choice::from_bytes(&bytes), Err(WeightsError::Damaged)));
        assert!(matches!(Choice::from_bytes(b"other"), Err(WeightsError::NotAModel)));
    }
}
