//! The book-keeping of a run, in reading order: what was read, kept and set aside; which responses
//! repeat an earlier one; and the tally from which every table is made.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use heard_models::words::Status;
use heard_models::{Codebook, Model};
use xxhash_rust::xxh3::xxh3_128;

use crate::coding::{CodedResponse, Coder, Flag, settle};
use crate::config::Config;
use crate::intake::Intake;
use crate::manifest::{Counts, Manifest, Source, Versioned};
use crate::response::Unprocessed;
use crate::schema;
use crate::tables::{Quotes, Tally, TallyOptions};
use crate::vocabulary::Vocabulary;

/// A text with fewer words than this is not taken for a copy of another: many people say "no".
const DUPLICATE_WORDS: u32 = 6;

/// The books of one run.
pub struct Ledger {
    counts: Counts,
    redactions: BTreeMap<String, u64>,
    unprocessed: BTreeMap<String, u64>,
    rows_of: BTreeMap<u32, u64>,
    /// Fingerprint of a text to the id of the response where it was first met.
    texts: HashMap<u128, String>,
    tally: Tally,
    quotes: Quotes,
}

impl Ledger {
    /// Empty books.
    pub fn new(vocabulary: &Vocabulary) -> Self {
        Self {
            counts: Counts::default(),
            redactions: BTreeMap::new(),
            unprocessed: BTreeMap::new(),
            rows_of: BTreeMap::new(),
            texts: HashMap::new(),
            tally: Tally::new(vocabulary, TallyOptions::default()),
            quotes: Quotes::new(vocabulary),
        }
    }

    /// Enters the next batch; marks duplicates and lets people's codes stand for the model's.
    pub fn add(&mut self, rows: &mut [CodedResponse], set_aside: &[Unprocessed], rows_read: u64) {
        let (answered, missing) = rows_of(rows, set_aside);
        for (source, _) in answered.iter().chain(&missing) {
            *self.rows_of.entry(*source).or_default() += 1;
        }
        let counts = &mut self.counts;
        counts.rows_read += rows_read;
        counts.rows_with_answers += answered.len() as u64;
        counts.rows_unprocessed += missing.len() as u64;
        for item in set_aside {
            *self.unprocessed.entry(item.reason.to_owned()).or_default() += 1;
        }
        for row in rows {
            settle(row);
            row.duplicate_of = duplicate(&mut self.texts, row);
            count(&mut self.counts, row);
            for redaction in row.response.text.redactions() {
                *self.redactions.entry(redaction.kind.as_str().to_owned()).or_default() += 1;
            }
            self.tally.add(row);
            self.quotes.add(row);
        }
    }

    /// The manifest of the run, but for its times.
    pub fn manifest(&self, config: &Config, coder: &Coder, intake: &Intake) -> Manifest {
        let sources: Vec<Source> = intake
            .sources()
            .iter()
            .enumerate()
            .map(|(i, source)| Source {
                id: crate::encode::source_id(i as u32 + 1),
                kind: source.kind.name().to_owned(),
                bytes: source.bytes,
                sha256: source.sha256.clone(),
                rows: self.rows_of.get(&(i as u32 + 1)).copied().unwrap_or_default(),
            })
            .collect();
        let mut counts = self.counts.clone();
        counts.sources = sources.len() as u64;
        Manifest {
            heard: env!("CARGO_PKG_VERSION").to_owned(),
            schema: schema::VERSION.to_owned(),
            config: config.hash.clone(),
            suppress: config.suppress.as_str().to_owned(),
            organisation: config.organisation.clone(),
            invited: config.invited,
            codebooks: coder.codebooks().map(versioned_codebook).collect(),
            models: coder.models().map(versioned_model).collect(),
            model_choice: coder.pace().why().to_owned(),
            sources,
            counts,
            redactions: self.redactions.clone(),
            unprocessed: self.unprocessed.clone(),
            each: config.each.clone(),
            visit_log: config.visit_log.clone(),
            ..Manifest::default()
        }
    }

    /// The tally and the candidates for quotes, when the books are closed.
    pub fn close(self) -> (Tally, Quotes) {
        (self.tally, self.quotes)
    }
}

fn versioned_codebook(book: &Codebook) -> Versioned {
    Versioned { id: book.id.clone(), version: book.version.clone(), sha256: book.sha256.clone() }
}

fn versioned_model(model: &Model) -> Versioned {
    Versioned {
        id: model.id().to_owned(),
        version: model.version().to_owned(),
        sha256: model.sha256().to_owned(),
    }
}

/// (source, row) of rows.
type Rows = BTreeSet<(u32, u32)>;

/// The rows that gave an answer, and those that were set aside whole: a document of which only a
/// page was set aside is among the first.
pub(crate) fn rows_of(rows: &[CodedResponse], set_aside: &[Unprocessed]) -> (Rows, Rows) {
    let answered: Rows = rows.iter().map(|r| (r.response.source, r.response.row)).collect();
    let missing = set_aside.iter().map(|u| (u.source, u.row));
    let missing = missing.filter(|row| !answered.contains(row)).collect();
    (answered, missing)
}

fn count(counts: &mut Counts, row: &CodedResponse) {
    counts.answers += 1;
    match row.status {
        Status::Informative => counts.informative += 1,
        Status::NoContent => counts.no_content += 1,
        Status::RefersElsewhere => counts.refers_elsewhere += 1,
        Status::Unassigned => counts.unassigned += 1,
    }
    let has = |flag| u64::from(row.flags.contains(&flag));
    counts.other_language += has(Flag::Language);
    counts.safeguarding += has(Flag::SafeguardingReview);
    counts.pii_residual += has(Flag::PiiResidual);
    counts.duplicates += u64::from(row.duplicate_of.is_some());
    counts.segments += row.segments.len() as u64;
    counts.codings += row.codings.len() as u64;
    counts.codings_to_review += row.codings.iter().filter(|c| c.review).count() as u64;
    counts.measures += row.measures.len() as u64;
    counts.outcomes += row.outcomes.len() as u64;
}

/// The id of the first response with the same words, whatever their case, spacing and punctuation.
fn duplicate(texts: &mut HashMap<u128, String>, row: &CodedResponse) -> Option<String> {
    if row.words < DUPLICATE_WORDS {
        return None;
    }
    let mut words = String::with_capacity(row.response.text.as_str().len());
    for c in row.response.text.as_str().chars().filter(|c| c.is_alphanumeric()) {
        words.extend(c.to_lowercase());
    }
    match texts.entry(xxh3_128(words.as_bytes())) {
        std::collections::hash_map::Entry::Occupied(first) => Some(first.get().clone()),
        std::collections::hash_map::Entry::Vacant(new) => {
            new.insert(row.response.id.clone());
            None
        }
    }
}
