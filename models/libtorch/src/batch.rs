//! Sequences padded to the longest of them.

use heard_encoder::Sequence;

/// Sequences of one batch, row after row, padded with zeros.
pub(crate) struct Batch {
    /// Tokens of the longest sequence.
    pub(crate) length: usize,
    pub(crate) ids: Vec<i64>,
    pub(crate) types: Vec<i64>,
    /// 1 for a token, 0 for padding.
    pub(crate) mask: Vec<i64>,
}

impl Batch {
    /// Pads sequences; `id` gives a word's row in the embedding.
    pub(crate) fn new(sequences: &[&Sequence], id: impl Fn(u32) -> i64) -> Self {
        let length = sequences.iter().map(|sequence| sequence.ids.len()).max().unwrap_or(0);
        let size = sequences.len() * length;
        let [mut ids, mut types, mut mask] = [0; 3].map(|_| vec![0; size]);
        for (row, sequence) in sequences.iter().enumerate() {
            let start = row * length;
            for (at, (word, segment)) in (start..).zip(sequence.ids.iter().zip(&sequence.types)) {
                ids[at] = id(*word);
                types[at] = i64::from(*segment);
                mask[at] = 1;
            }
        }
        Self { length, ids, types, mask }
    }
}
