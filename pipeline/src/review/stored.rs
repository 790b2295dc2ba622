//! A finished run, read back for people: every response with the name under which decisions about
//! it are kept.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::decisions::Decisions;
use super::key::{Key, Secret};
use super::log::Moved;
use super::recode::Recode;
use super::{Error, apply};
use crate::coding::CodedResponse;
use crate::decode;
use crate::folder::{self, RESTRICTED};
use crate::manifest::Manifest;
use crate::store::Metadata;
use crate::vocabulary::Vocabulary;

/// Finds the name of a response, also where its text was masked in the table since.
pub struct Namer {
    secret: Secret,
    aliases: HashMap<Key, (Key, Vec<Moved>)>,
}

impl Namer {
    /// For the decisions of a run.
    pub fn new(decisions: &Decisions) -> Result<Self, Error> {
        let aliases = decisions.aliases()?;
        let aliases = aliases.into_iter().map(|(key, of, moved)| (key, (of, moved))).collect();
        Ok(Self { secret: decisions.secret().clone(), aliases })
    }

    /// The key under which decisions are kept, and how the text at hand differs from the one that
    /// they were made on.
    pub fn name(&self, row: &CodedResponse) -> (Key, Vec<Moved>) {
        let (text, question) = (row.response.text.as_str(), row.response.question.text.as_str());
        let key = self.secret.key(text, question);
        self.aliases.get(&key).map_or_else(|| (key, Vec::new()), Clone::clone)
    }

    /// The key of the text at hand itself.
    pub fn own(&self, row: &CodedResponse) -> Key {
        self.secret.key(row.response.text.as_str(), row.response.question.text.as_str())
    }
}

/// A response of the run.
pub struct Row {
    /// As the tables hold it: with the model's codes.
    pub coded: CodedResponse,
    /// The name under which decisions are kept.
    pub key: Key,
    /// How its text differs from the one that decisions were made on.
    pub moves: Box<[Moved]>,
}

/// What a run's tables say of themselves.
pub struct About {
    /// The run's folder.
    pub dir: PathBuf,
    /// Its tables.
    pub restricted: PathBuf,
    /// Its manifest.
    pub manifest: Manifest,
    /// Names of codebooks, themes and breakdowns.
    pub vocabulary: Vocabulary,
    /// The same as the tables hold them: before people changed the codebook.
    pub original: Vocabulary,
    /// What every table says of the run.
    pub facts: Metadata,
}

impl About {
    /// Reads it.
    pub fn read(dir: &Path) -> Result<Self, Error> {
        let manifest = folder::read_manifest(dir)?;
        let restricted = dir.join(RESTRICTED);
        let (vocabulary, facts) = decode::vocabulary(&restricted)?;
        let original = vocabulary.clone();
        Ok(Self { dir: dir.to_owned(), restricted, manifest, vocabulary, original, facts })
    }

    /// The model that coded with the first codebook, as entries of the log name it.
    pub fn model(&self) -> String {
        let models = self.manifest.models.iter().map(|m| format!("{}@{}", m.id, m.version));
        models.collect::<Vec<_>>().join(" ")
    }

    /// The first codebook with its version.
    pub fn codebook(&self) -> String {
        let book = self.vocabulary.codebooks().first();
        book.map(|book| format!("{} {}", book.id, book.version)).unwrap_or_default()
    }
}

/// A run in memory.
pub struct Run {
    /// What its tables say of themselves.
    pub about: About,
    /// Every response, in the order of the tables.
    pub rows: Vec<Row>,
    /// The rows of each key: many people say "nothing".
    pub places: HashMap<Key, Vec<u32>>,
}

impl Run {
    /// Reads a whole run.
    pub fn read(dir: &Path, decisions: &Decisions) -> Result<Self, Error> {
        let mut about = About::read(dir)?;
        let namer = Namer::new(decisions)?;
        let recode = Recode::of(&about.original, decisions)?;
        let mut rows: Vec<Row> = Vec::new();
        decode::read(&about.restricted, &about.original, |batch| {
            for mut coded in batch {
                recode.row(&mut coded);
                let (key, moves) = namer.name(&coded);
                // Codes that people left in the table by another way are left for the report.
                coded.codings.shrink_to_fit();
                rows.push(Row { coded, key, moves: moves.into_boxed_slice() });
            }
        })?;
        about.vocabulary = recode.vocabulary().clone();
        let mut places: HashMap<Key, Vec<u32>> = HashMap::new();
        for (at, row) in (0..).zip(&rows) {
            places.entry(row.key).or_default().push(at);
        }
        Ok(Self { about, rows, places })
    }

    /// A response as it stands with every decision.
    pub fn decided(&self, at: usize, decisions: &Decisions) -> CodedResponse {
        let row = &self.rows[at];
        let mut coded = row.coded.clone();
        apply::apply(&mut coded, decisions.state(row.key), &row.moves, &self.about.vocabulary);
        coded
    }

    /// The rows of whoever gave this response, itself among them.
    pub fn of_respondent(&self, at: usize) -> Vec<usize> {
        let one = &self.rows[at].coded.response;
        let same = |row: &Row| {
            let other = &row.coded.response;
            other.source == one.source
                && (other.row == one.row
                    || (one.respondent_id.is_some() && other.respondent_id == one.respondent_id))
        };
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, row)| same(row)).map(|(at, _)| at).collect()
    }

    /// Decisions about responses that this run does not hold.
    pub fn unmatched(&self, decisions: &Decisions) -> usize {
        decisions.keys().filter(|(key, _)| !self.places.contains_key(key)).count()
    }
}
