//! Attention within one sequence, head by head, in f32 on the same kernels as the dense layers.
//!
//! Keys and values of a head are packed into panels; queries are read where the dense layer left
//! them. The time grows with the square of the sequence's length, the memory of a head, too.

use crate::maths::Softmax;
use crate::simd::{COLUMNS, Isa, ROWS};

/// Room for the panels and scores of one head.
#[derive(Debug, Default)]
pub(crate) struct Room {
    panels: Vec<f32>,
    scores: Vec<f32>,
}

/// Sizes of a layer's attention.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heads {
    pub(crate) heads: usize,
    pub(crate) width: usize,
}

impl Heads {
    /// Mixes the values of `length` tokens into `mixed` (rows of `width`).
    ///
    /// `qkv` holds rows of queries, keys and values, with at least [`ROWS`] more rows than tokens.
    pub(crate) fn attend(
        self,
        isa: Isa,
        length: usize,
        qkv: &[f32],
        mixed: &mut [f32],
        room: &mut Room,
    ) {
        let (size, stride) = (self.width / self.heads, self.width * 3);
        let padded = length.next_multiple_of(COLUMNS);
        room.scores.resize(length.next_multiple_of(ROWS) * padded, 0.0);
        let mut tile = [[0.0; COLUMNS]; ROWS];
        for head in 0..self.heads {
            let part = |row: usize, part: usize| {
                &qkv[row * stride + part * self.width + head * size..][..size]
            };
            // Scores: queries times keys, 32 keys at a time.
            for keys in (0..length).step_by(COLUMNS) {
                room.panels.clear();
                room.panels.resize(size * COLUMNS, 0.0);
                for key in keys..length.min(keys + COLUMNS) {
                    for (step, x) in part(key, 1).iter().enumerate() {
                        room.panels[step * COLUMNS + key - keys] = *x;
                    }
                }
                for first in (0..length).step_by(isa.rows()) {
                    let queries = &qkv[first * stride + head * size..];
                    isa.floats(queries, stride, size, &room.panels, &mut tile);
                    for (at, row) in tile.iter().take(isa.rows()).enumerate() {
                        room.scores[(first + at) * padded + keys..][..COLUMNS].copy_from_slice(row);
                    }
                }
            }
            let scores = &mut room.scores[..length * padded];
            let scale = 1.0 / (size as f32).sqrt();
            isa.run(Softmax { rows: scores, stride: padded, length, scale });
            // Values, mixed by the scores, 32 numbers of the head at a time.
            for from in (0..size).step_by(COLUMNS) {
                let count = COLUMNS.min(size - from);
                room.panels.clear();
                room.panels.resize(length * COLUMNS, 0.0);
                for (value, panel) in room.panels.chunks_exact_mut(COLUMNS).enumerate() {
                    panel[..count].copy_from_slice(&part(value, 2)[from..from + count]);
                }
                for first in (0..length).step_by(isa.rows()) {
                    let scores = &room.scores[first * padded..];
                    isa.floats(scores, padded, length, &room.panels, &mut tile);
                    for (row, sums) in (first..length).zip(tile.iter().take(isa.rows())) {
                        let place = row * self.width + head * size + from;
                        mixed[place..place + count].copy_from_slice(&sums[..count]);
                    }
                }
            }
        }
    }
}
