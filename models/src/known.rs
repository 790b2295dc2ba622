//! The features of a text that a model has weights for, found fast.
//!
//! People use few different words: what a word gives by itself (itself, its runs of characters, the
//! cues that it may begin) is looked up once and remembered. That changes nothing but the time: a
//! text has the same rows in the same order whatever was read before it.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::cues::Cues;
use crate::features::Sink;
use crate::heads::Index;

/// One occurrence of a feature that a model knows: the row of its weights, first and last word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) row: u32,
    pub(crate) first: u32,
    pub(crate) last: u32,
}

/// What words gave, by their hash. Of one model; emptied when another one uses it.
#[derive(Default)]
pub(crate) struct Memory {
    owner: u64,
    entries: std::collections::HashMap<u64, Entry, Plain>,
    bytes: Vec<u8>,
    rows: Vec<u32>,
    ranges: Vec<(u32, u32)>,
}

/// Keys are hashes already.
#[derive(Clone, Copy, Default)]
struct Plain(u64);

impl std::hash::BuildHasher for Plain {
    type Hasher = Self;
    fn build_hasher(&self) -> Self {
        Self(0)
    }
}

impl std::hash::Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// Places in the lists of a memory: the word's own bytes, and what it gave.
#[derive(Clone, Copy)]
struct Entry {
    bytes: (u32, u32),
    found: (u32, u32),
}

/// Words remembered before all is forgotten: a few megabytes, and more than a survey uses.
const MOST: usize = 60_000;
/// Seed under which the candidates of cues are remembered; no kind of feature has it.
const CUES: u64 = u64::MAX;

impl Memory {
    /// Makes it the memory of one model.
    pub(crate) fn own(&mut self, owner: u64) {
        if self.owner != owner || self.entries.len() > MOST {
            *self = Self { owner, ..Self::default() };
        }
    }

    fn recall(&self, hash: u64, content: &[u8]) -> Option<Entry> {
        let entry = self.entries.get(&hash)?;
        let (from, to) = entry.bytes;
        // Another word of the same hash is not remembered, and costs time only.
        (&self.bytes[from as usize..to as usize] == content).then_some(*entry)
    }

    fn remember(&mut self, hash: u64, content: &[u8], found: (usize, usize)) {
        let from = self.bytes.len() as u32;
        self.bytes.extend_from_slice(content);
        let bytes = (from, self.bytes.len() as u32);
        self.entries
            .entry(hash)
            .or_insert(Entry { bytes, found: (found.0 as u32, found.1 as u32) });
    }
}

/// Collects the hits of a text.
pub(crate) struct Known<'a> {
    pub(crate) index: &'a Index,
    pub(crate) memory: &'a mut Memory,
    pub(crate) hits: &'a mut Vec<Hit>,
}

impl Sink for Known<'_> {
    fn feature(&mut self, key: u32, first: u32, last: u32) {
        if let Some(row) = self.index.row(key) {
            self.hits.push(Hit { row, first, last });
        }
    }

    fn alone(&mut self, seed: u64, content: &[u8], at: u32, emit: impl Fn(&mut dyn FnMut(u32))) {
        let hash = xxh3_64_with_seed(content, seed);
        let (from, to) = if let Some(entry) = self.memory.recall(hash, content) {
            (entry.found.0 as usize, entry.found.1 as usize)
        } else {
            let rows = &mut self.memory.rows;
            let from = rows.len();
            emit(&mut |key| rows.extend(self.index.row(key)));
            let found = (from, rows.len());
            self.memory.remember(hash, content, found);
            found
        };
        let rows = &self.memory.rows[from..to];
        self.hits.extend(rows.iter().map(|row| Hit { row: *row, first: at, last: at }));
    }

    fn cues(&mut self, cues: &Cues, word: &[u8], found: &mut Vec<(u32, u32)>) {
        let hash = xxh3_64_with_seed(word, CUES);
        let (from, to) = if let Some(entry) = self.memory.recall(hash, word) {
            (entry.found.0 as usize, entry.found.1 as usize)
        } else {
            let from = self.memory.ranges.len();
            cues.candidates(word, &mut self.memory.ranges);
            let found = (from, self.memory.ranges.len());
            self.memory.remember(hash, word, found);
            found
        };
        found.extend_from_slice(&self.memory.ranges[from..to]);
    }
}
