//! The book-keeping of a run, in reading order: what was read, kept and set aside; which responses
//! repeat an earlier one; and the tally from which every table is made.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use heard_models::words::Status;
use heard_models::{Codebook, Model, names};
use serde::{Deserialize, Serialize};

use crate::coding::{CodedResponse, Coder, Flag, settle};
use crate::config::Config;
use crate::deidentify::{Mode, Reason, Remaining};
use crate::manifest::{Counts, Manifest, NAME_FINDER, Residual, Source, Versioned};
use crate::repeats::{Repeat, Repeats};
use crate::response::Unprocessed;
use crate::schema;
use crate::tables::{Gaps, Quotes, Tally, TallyOptions};
use crate::vocabulary::Vocabulary;

/// Spans listed for a person at most.
const MOST_TO_CHECK: usize = 1000;

/// What is counted, as far as the run has come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Books {
    counts: Counts,
    redactions: BTreeMap<String, u64>,
    unprocessed: BTreeMap<String, u64>,
    rows_of: BTreeMap<u32, u64>,
    /// Spans that may still be personal, by reason: response id and offsets.
    to_check: BTreeMap<Reason, Vec<(String, Range<u32>)>>,
}

/// The book-keeping of one run.
pub struct Ledger {
    books: Books,
    repeats: Repeats<u32>,
    /// Ids of the responses that `repeats` remembers.
    remembered: Ids,
    tally: Tally,
    quotes: Quotes,
    gaps: Gaps,
}

impl Ledger {
    /// Empty books; a long run lays respondents aside in `folder`.
    pub fn new(vocabulary: &Vocabulary, options: TallyOptions, folder: &Path) -> Self {
        Self {
            books: Books::default(),
            repeats: Repeats::default(),
            remembered: Ids::default(),
            tally: Tally::new(vocabulary, options).laying_aside_in(folder.to_owned()),
            quotes: Quotes::new(vocabulary),
            gaps: Gaps::default(),
        }
    }

    /// Enters the next batch; marks duplicates and lets people's codes stand for the model's.
    pub fn add(&mut self, rows: &mut [CodedResponse], set_aside: &[Unprocessed], rows_read: u64) {
        let (answered, missing) = rows_of(rows, set_aside);
        let books = &mut self.books;
        for (source, _) in answered.iter().chain(&missing) {
            *books.rows_of.entry(*source).or_default() += 1;
        }
        let counts = &mut books.counts;
        counts.rows_read += rows_read;
        counts.rows_with_answers += answered.len() as u64;
        counts.rows_unprocessed += missing.len() as u64;
        for item in set_aside {
            *books.unprocessed.entry(item.reason.to_owned()).or_default() += 1;
        }
        for row in rows {
            settle(row);
            self.enter(row);
            count(&mut self.books.counts, row);
            for redaction in row.response.text.redactions() {
                let kind = redaction.kind.as_str().to_owned();
                *self.books.redactions.entry(kind).or_default() += 1;
            }
            self.look_at(row);
        }
    }

    /// Enters what a run that was stopped had written.
    pub fn replay(&mut self, mut rows: Vec<CodedResponse>) {
        for row in &mut rows {
            self.enter(row);
        }
    }

    /// Goes on from the books of a run that was stopped, after the replay of its rows.
    pub fn go_on(&mut self, books: Books) {
        self.books = books;
    }

    /// The books as they stand.
    pub fn books(&self) -> Books {
        self.books.clone()
    }

    /// What is counted already.
    pub fn counts(&self) -> &Counts {
        &self.books.counts
    }

    /// Whether an answer repeats an earlier one, and what it adds to tables and quotes.
    fn enter(&mut self, row: &mut CodedResponse) {
        let (response, ids) = (&row.response, &mut self.remembered);
        match self.repeats.enter(response.text.as_str(), || ids.keep(&response.id)) {
            Some(Repeat::Same(first)) => row.duplicate_of = Some(ids.get(first).to_owned()),
            Some(Repeat::Template(first)) => row.campaign = Some(ids.get(first).to_owned()),
            None => {}
        }
        self.tally.add(row);
        self.quotes.add(row);
        self.gaps.add(row);
    }

    /// Notes what may still be personal in an answer that is flagged so.
    fn look_at(&mut self, row: &CodedResponse) {
        if !row.flags.contains(&Flag::PiiResidual) {
            return;
        }
        for Remaining { range, reason } in row.response.text.remaining() {
            let list = self.books.to_check.entry(reason).or_default();
            if list.len() < MOST_TO_CHECK {
                list.push((row.response.id.clone(), range));
            }
        }
    }

    /// The spans that a person should look at, the riskiest first, as CSV: ids and offsets, no text.
    pub fn to_check(&self) -> String {
        let mut out = String::from("response_id,start,end,reason\n");
        let all =
            self.books.to_check.iter().flat_map(|(why, list)| list.iter().map(move |l| (why, l)));
        for (reason, (id, range)) in all.take(MOST_TO_CHECK) {
            let id = format!("\"{}\"", id.replace('"', "\"\""));
            out.push_str(&format!("{id},{},{},{}\n", range.start, range.end, reason.as_str()));
        }
        out
    }

    /// The manifest of the run, but for its times. `sources` lack their rows.
    pub fn manifest(&self, config: &Config, coder: &Coder, mut sources: Vec<Source>) -> Manifest {
        for (number, source) in (1..).zip(&mut sources) {
            source.rows = self.books.rows_of.get(&number).copied().unwrap_or_default();
        }
        let mut counts = self.books.counts.clone();
        counts.sources = sources.len() as u64;
        Manifest {
            heard: env!("CARGO_PKG_VERSION").to_owned(),
            schema: schema::VERSION.to_owned(),
            config: config.hash.clone(),
            suppress: config.suppress.as_str().to_owned(),
            redact: config.redact.as_str().to_owned(),
            organisation: config.organisation.clone(),
            invited: config.invited,
            standards: config.standards.clone(),
            charts: config.charts,
            codebooks: coder.codebooks().map(versioned_codebook).collect(),
            models: coder.models().map(versioned_model).chain(name_finder(config.redact)).collect(),
            model_choice: coder.pace().why().to_owned(),
            backend: coder.backend().map(|backend| backend.to_string()),
            sources,
            counts,
            residual: residual(config.redact, &self.books.redactions),
            redactions: self.books.redactions.clone(),
            unprocessed: self.books.unprocessed.clone(),
            each: config.each.clone(),
            visit_log: config.visit_log.clone(),
            ..Manifest::default()
        }
    }

    /// The tally, the candidates for quotes and what fits no theme, when the books are closed.
    ///
    /// # Errors
    /// If what the tally laid aside cannot be read again.
    pub fn close(mut self) -> std::io::Result<(Tally, Quotes, Gaps)> {
        self.tally.settle()?;
        Ok((self.tally, self.quotes, self.gaps))
    }
}

/// Many short texts in one, so that a million of them cost little more than their letters.
#[derive(Default)]
struct Ids {
    text: String,
    ends: Vec<usize>,
}

impl Ids {
    fn keep(&mut self, id: &str) -> u32 {
        self.text.push_str(id);
        self.ends.push(self.text.len());
        (self.ends.len() - 1) as u32
    }

    fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[number]]
    }
}

/// What is likely left, by the recall measured for the mode, in tenths.
fn residual(mode: Mode, redactions: &BTreeMap<String, u64>) -> Residual {
    let left = mode.left(redactions.iter().map(|(kind, count)| (kind.as_str(), *count)));
    let tenths = |x: f64| (x * 10.0).round() / 10.0;
    let recall = mode.recall();
    Residual {
        recall_names: recall.names,
        recall_others: recall.others,
        names_left: left.names.map(tenths),
        others_left: tenths(left.others),
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

/// What reads names where a mode asks it.
fn name_finder(mode: Mode) -> Option<Versioned> {
    (mode != Mode::Structured).then(|| Versioned {
        id: NAME_FINDER.to_owned(),
        version: names::ID.to_owned(),
        sha256: names::SHA256.to_owned(),
    })
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
    counts.campaign += u64::from(row.campaign.is_some());
    counts.segments += row.segments.len() as u64;
    counts.codings += row.codings.len() as u64;
    counts.codings_to_review += row.codings.iter().filter(|c| c.review).count() as u64;
    counts.measures += row.measures.len() as u64;
    counts.outcomes += row.outcomes.len() as u64;
}
