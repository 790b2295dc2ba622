//! A batch of rows as read to a batch of de-identified responses: the door that every text, label
//! and id goes through.
//!
//! [`Identities`] gives out opaque ids in reading order, on one thread; [`deidentify`] is a pure
//! function on a batch and runs on any number of them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use xxhash_rust::xxh3::xxh3_128;

use super::{Deidentifier, Document};
use crate::coding::{AskedQuestion, Response};
use crate::response::{Identified, Question, RawBatch, RawResponse, Unprocessed};

/// Opaque ids for responses and respondents, given out in reading order.
#[derive(Debug, Default)]
pub struct Identities {
    keep_ids: bool,
    /// The key of each source's pseudonyms.
    secrets: Vec<[u8; 32]>,
    /// How often an id value was used, with `keep_ids`.
    used: HashMap<u128, u32>,
}

/// A batch with its ids, ready to be de-identified.
#[derive(Debug)]
pub struct Numbered {
    batch: RawBatch,
    /// (response id, respondent id) for each response of the batch.
    ids: Vec<(String, Option<String>)>,
}

/// A de-identified batch, and beside it what only `key.parquet` may hold.
#[derive(Debug)]
pub struct Deidentified {
    /// The answers.
    pub responses: Vec<Response>,
    /// The id column's value of each answer.
    pub ids: Vec<Option<Identified>>,
    /// What was set aside.
    pub unprocessed: Vec<Unprocessed>,
    /// Rows and documents read.
    pub rows: u64,
}

impl Identities {
    /// With the id column's own values as response ids, or without; `secrets` are the keys of the
    /// sources' pseudonyms, in the order of the sources.
    pub fn new(keep_ids: bool, secrets: Vec<[u8; 32]>) -> Self {
        Self { keep_ids, secrets, used: HashMap::new() }
    }

    /// Numbers the next batch.
    pub fn number(&mut self, batch: RawBatch) -> Numbered {
        let ids = batch.responses.iter().map(|r| (self.response(r), self.respondent(r))).collect();
        Numbered { batch, ids }
    }

    fn response(&mut self, response: &RawResponse) -> String {
        let question = response.question.number.map(|n| format!("-{n}")).unwrap_or_default();
        let opaque = format!("{}-{}{question}", response.source, response.row);
        let Some(own) = response.respondent.as_ref().filter(|_| self.keep_ids) else {
            return opaque;
        };
        let own = format!("{}{question}", own.reveal().trim());
        let times = self.used.entry(xxh3_128(own.as_bytes())).or_default();
        *times += 1;
        if *times == 1 { own } else { format!("{own}~{times}") }
    }

    /// A keyed pseudonym: the same id in the same source is the same person, wherever it stands, and
    /// nothing is remembered for it. Ids of different sources often collide (both count from 1), so
    /// they are not taken for one person.
    fn respondent(&self, response: &RawResponse) -> Option<String> {
        let id = response.respondent.as_ref()?.reveal().trim();
        if id.is_empty() {
            return None;
        }
        let key = self.secrets.get(response.source as usize - 1).copied().unwrap_or_default();
        let hash = Sha256::new().chain_update(key).chain_update(id).finalize();
        Some(format!("p{}-{}", response.source, hex::encode(&hash[..8])))
    }
}

/// Takes personal data out of a batch.
pub fn deidentify(deidentifier: &Deidentifier, numbered: Numbered) -> Deidentified {
    let Numbered { batch, ids } = numbered;
    let mut labels = Labels {
        deidentifier,
        questions: HashMap::new(),
        waves: HashMap::new(),
        values: HashMap::new(),
    };
    let mut responses = Vec::with_capacity(batch.responses.len());
    let mut own_ids = Vec::with_capacity(batch.responses.len());
    // Answers of one row or document share their placeholders.
    let rows = || batch.responses.chunk_by(|a, b| (a.source, a.row) == (b.source, b.row));
    let documents: Vec<Document<'_>> = rows()
        .map(|row| {
            let names = row.iter().flat_map(|r| r.names.iter()).map(Identified::reveal);
            let names: BTreeSet<&str> = names.collect();
            let texts = row.iter().map(|r| r.text.reveal()).collect();
            Document { texts, names: names.into_iter().collect() }
        })
        .collect();
    let redacted = deidentifier.documents(&documents);
    let texts = redacted.into_iter().flatten();
    for ((raw, text), (id, respondent_id)) in batch.responses.iter().zip(texts).zip(ids) {
        own_ids.push(raw.respondent.clone());
        responses.push(Response {
            id,
            source: raw.source,
            row: raw.row,
            channel: raw.channel,
            question: labels.question(&raw.question),
            respondent_id,
            respondent_type: raw.respondent_type,
            stance: raw.stance,
            submitted_on: raw.submitted_on,
            wave: raw.wave.as_ref().map(|w| labels.wave(w)),
            rating: raw.rating,
            by: (raw.by.iter().enumerate())
                .map(|(at, value)| value.as_ref().map(|value| labels.value(at, value)))
                .collect(),
            may_quote: raw.may_quote,
            text,
        });
    }
    Deidentified { responses, ids: own_ids, unprocessed: batch.unprocessed, rows: batch.rows }
}

/// Questions and labels of a batch, each de-identified once.
struct Labels<'a> {
    deidentifier: &'a Deidentifier,
    /// By address; the question is kept beside its result, so that no address is used twice.
    questions: HashMap<*const Question, (Arc<Question>, Arc<AskedQuestion>)>,
    waves: HashMap<Identified, Arc<str>>,
    /// By breakdown column.
    values: HashMap<(usize, Identified), Arc<str>>,
}

impl Labels<'_> {
    fn question(&mut self, question: &Arc<Question>) -> Arc<AskedQuestion> {
        let (_, asked) = self.questions.entry(Arc::as_ptr(question)).or_insert_with(|| {
            let asked = AskedQuestion {
                number: question.number,
                text: self.deidentifier.label(question.text.reveal()),
                polarity: question.polarity,
            };
            (Arc::clone(question), Arc::new(asked))
        });
        Arc::clone(asked)
    }

    fn wave(&mut self, name: &Identified) -> Arc<str> {
        let label = || self.deidentifier.label(name.reveal()).as_str().into();
        Arc::clone(self.waves.entry(name.clone()).or_insert_with(label))
    }

    fn value(&mut self, column: usize, value: &Identified) -> Arc<str> {
        let label = || self.deidentifier.value(column, value.reveal());
        Arc::clone(self.values.entry((column, value.clone())).or_insert_with(label))
    }
}
