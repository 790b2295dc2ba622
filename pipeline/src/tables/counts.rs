//! The smallest pieces of a tally: what one person felt about what, and sums of that.
//!
//! A mask holds what was felt in three bits, so that joining two answers of one person is an `or`
//! and never counts anybody twice.

use serde::{Deserialize, Serialize};

use heard_models::words::Sentiment;

use crate::vocabulary::Vocabulary;

const POSITIVE: u8 = 1;
const NEGATIVE: u8 = 2;
const NEUTRAL: u8 = 4;

/// The bits of a feeling.
pub(super) const fn mask(sentiment: Sentiment) -> u8 {
    match sentiment {
        Sentiment::Positive => POSITIVE,
        Sentiment::Negative => NEGATIVE,
        Sentiment::Mixed => POSITIVE | NEGATIVE,
        Sentiment::Neutral => NEUTRAL,
    }
}

/// The one part of a split to which a mask belongs, as an index of [`Sentiment::ALL`].
pub(super) const fn part(mask: u8) -> usize {
    if mask & (POSITIVE | NEGATIVE) == POSITIVE | NEGATIVE {
        2
    } else if mask & POSITIVE != 0 {
        0
    } else if mask & NEGATIVE != 0 {
        1
    } else {
        3
    }
}

/// Numbers the themes and groups of all codebooks: a slot each.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// For each codebook.
    pub(super) books: Vec<Book>,
    /// Slots in all.
    pub(super) slots: usize,
    /// Clauses of standards in all.
    pub(super) clauses: usize,
}

/// The slots of one codebook: its themes and thin codes, then its groups.
#[derive(Clone, Debug)]
pub(super) struct Book {
    /// Slot of its first theme.
    pub(super) first: usize,
    /// For each theme, the slot of its group; None for thin codes.
    pub(super) group: Vec<Option<usize>>,
    /// Slot of its first group.
    pub(super) first_group: usize,
    /// For each standard, the number of its first clause among all clauses.
    pub(super) first_clause: Vec<usize>,
    /// For each theme, the clauses that it raises.
    clauses: Vec<Vec<u16>>,
}

impl Layout {
    pub(super) fn new(vocabulary: &Vocabulary) -> Self {
        let (mut slots, mut clauses) = (0, 0);
        let mut books = Vec::new();
        for names in vocabulary.codebooks() {
            let first = slots;
            let first_group = first + names.themes.len();
            slots = first_group + names.groups.len();
            let group = names
                .themes
                .iter()
                .map(|theme| {
                    let at = names.groups.iter().position(|(id, _)| *id == theme.group);
                    at.filter(|_| !theme.thin).map(|at| first_group + at)
                })
                .collect();
            let mut raised = vec![Vec::new(); names.themes.len()];
            let mut first_clause = Vec::new();
            for standard in &names.standards {
                first_clause.push(clauses);
                for clause in &standard.clauses {
                    for theme in &clause.themes {
                        if let Some(of_theme) = raised.get_mut(usize::from(*theme)) {
                            of_theme.push(clauses as u16);
                        }
                    }
                    clauses += 1;
                }
            }
            books.push(Book { first, group, first_group, first_clause, clauses: raised });
        }
        Self { books, slots, clauses }
    }

    /// The codebook and theme of a slot; None where it is a group.
    fn theme(&self, slot: usize) -> Option<(usize, usize)> {
        let book = self.books.iter().rposition(|book| book.first <= slot)?;
        let theme = slot - self.books[book].first;
        (theme < self.books[book].group.len()).then_some((book, theme))
    }
}

/// What was felt about which slots; sorted by slot, each once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Felt(Vec<(u16, u8)>);

impl Felt {
    /// Adds a feeling about a slot.
    pub(super) fn add(&mut self, slot: u16, mask: u8) {
        match self.0.binary_search_by_key(&slot, |entry| entry.0) {
            Ok(at) => self.0[at].1 |= mask,
            Err(at) => self.0.insert(at, (slot, mask)),
        }
    }

    /// Adds what another answer of the same person says.
    pub(super) fn join(&mut self, other: &Self) {
        for (slot, mask) in &other.0 {
            self.add(*slot, *mask);
        }
    }

    /// The same with the groups of its themes.
    pub(super) fn with_groups(&self, layout: &Layout) -> Self {
        let mut all = self.clone();
        for (slot, mask) in &self.0 {
            if let Some((book, theme)) = layout.theme(usize::from(*slot))
                && let Some(group) = layout.books[book].group[theme]
            {
                all.add(group as u16, *mask);
            }
        }
        all
    }

    /// What was felt about the clauses of standards that its themes raise, each clause once.
    pub(super) fn clauses(&self, layout: &Layout) -> Self {
        let mut all = Self::default();
        for (slot, mask) in &self.0 {
            if let Some((book, theme)) = layout.theme(usize::from(*slot)) {
                for clause in &layout.books[book].clauses[theme] {
                    all.add(*clause, *mask);
                }
            }
        }
        all
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, u8)> + '_ {
        self.0.iter().map(|(slot, mask)| (usize::from(*slot), *mask))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Sums over people or comments with something to say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Counts {
    /// How many there are.
    pub(super) base: u64,
    /// What they felt on the whole, by part.
    pub(super) feeling: [u64; 4],
    /// For each slot, what those who raised it felt, by part. Empty until the first.
    slots: Vec<[u32; 4]>,
    /// Those who speak of each outcome, domain by direction. Empty until the first.
    outcomes: Vec<u32>,
}

/// Outcomes: eight domains in four directions.
pub(super) const OUTCOMES: usize = 32;

impl Counts {
    /// One more, with what it felt on the whole and about the slots (groups included).
    pub(super) fn count(&mut self, feeling: u8, felt: &Felt, layout: &Layout) {
        self.base += 1;
        self.feeling[part(feeling)] += 1;
        if self.slots.is_empty() && !felt.is_empty() {
            self.slots = vec![[0; 4]; layout.slots];
        }
        for (slot, mask) in felt.iter() {
            self.slots[slot][part(mask)] += 1;
        }
    }

    /// The outcomes that somebody speaks of, a bit each.
    pub(super) fn outcomes(&mut self, bits: u32) {
        if bits == 0 {
            return;
        }
        self.outcomes.resize(OUTCOMES, 0);
        for (at, count) in self.outcomes.iter_mut().enumerate() {
            *count += bits >> at & 1;
        }
    }

    /// Those who speak of an outcome.
    pub(super) fn outcome(&self, at: usize) -> u64 {
        self.outcomes.get(at).copied().map_or(0, u64::from)
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.base += other.base;
        add(&mut self.feeling, &other.feeling);
        if !other.outcomes.is_empty() {
            self.outcomes.resize(OUTCOMES, 0);
            for (mine, theirs) in self.outcomes.iter_mut().zip(&other.outcomes) {
                *mine += theirs;
            }
        }
        if self.slots.is_empty() {
            self.slots.clone_from(&other.slots);
            return;
        }
        for (mine, theirs) in self.slots.iter_mut().zip(&other.slots) {
            for (a, b) in mine.iter_mut().zip(theirs) {
                *a += b;
            }
        }
    }

    /// Those who raised a slot, by what they felt.
    pub(super) fn slot(&self, slot: usize) -> [u64; 4] {
        self.slots.get(slot).map_or([0; 4], |parts| parts.map(u64::from))
    }
}

/// Adds number by number.
pub(super) fn add<const N: usize>(mine: &mut [u64; N], theirs: &[u64; N]) {
    for (a, b) in mine.iter_mut().zip(theirs) {
        *a += b;
    }
}
