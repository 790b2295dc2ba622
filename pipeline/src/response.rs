//! The row that flows through the house: one answer of one respondent, before and after its text
//! was de-identified.
//!
//! The types keep the promise that nothing identified gets out. [`Identified`] holds words as people
//! wrote them: it cannot be printed, and only intake, the de-identifier and the key table look
//! inside. Everything from `deidentify` on holds [`Redacted`] text, which only that room can make.

use std::fmt;
use std::sync::Arc;

pub use heard_models::words::{Polarity, RespondentType, Stance};

pub use crate::deidentify::Redacted;

/// Words that may name a person: never printed, logged or written but through `deidentify`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Identified(String);

impl Identified {
    /// Wraps text as it was read.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The words themselves. Callers: intake, `deidentify`, and the writer of `key.parquet`.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Identified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identified({} bytes)", self.0.len())
    }
}

heard_models::vocabulary! {
    /// How a response reached its reader.
    Channel {
        /// A row of a survey or feedback export.
        Survey = "survey",
        /// Someone's account in their own words, or notes of an interview.
        Testimony = "testimony",
        /// A letter or an e-mail.
        Letter = "letter",
        /// A recorded conversation.
        Transcript = "transcript",
    }
}

/// What letters reply to stands under this and the question that others were asked, because what they
/// say stands apart from what people answered.
pub const LETTERS_ON: &str = "Letters on: ";

/// A question as found in a file, and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its number among the open questions of its source, from 1; None where the source has one.
    pub number: Option<u16>,
    /// Its words (a header, or the value of a question column). Empty where nothing was asked.
    pub text: Identified,
    /// What it asks for.
    pub polarity: Polarity,
}

/// One answer as read from a file. Answers of one row, or of one document, follow each other.
#[derive(Clone, Debug)]
pub struct RawResponse {
    /// The source, from 1 in input order: `s1` is 1.
    pub source: u32,
    /// Row of the file or sheet as a person counts it (the first line is 1), or 1 for a document.
    pub row: u32,
    /// How it arrived.
    pub channel: Channel,
    /// What was asked.
    pub question: Arc<Question>,
    /// The id of the respondent as the file gives it.
    pub respondent: Option<Identified>,
    /// Who speaks, where a column says so, with confidence 0..1.
    pub respondent_type: Option<(RespondentType, f32)>,
    /// For or against the proposal that is asked about, where a column beside the words says so.
    pub stance: Option<Stance>,
    /// Day of answering, in days since 1970-01-01.
    pub submitted_on: Option<i32>,
    /// The wave of the survey, where a column or the file's name says so.
    pub wave: Option<Identified>,
    /// A score given beside the words, as in the file.
    pub rating: Option<f64>,
    /// Values of the run's breakdown columns, in the order of `Intake::breakdowns()`.
    pub by: Vec<Option<Identified>>,
    /// False where a consent or "hidden" column forbids quoting.
    pub may_quote: bool,
    /// Names that the file tells outside these words: labels of speakers, display names of e-mails,
    /// owners of documents, name columns. Whole names, to be redacted wherever they or parts of them
    /// stand in the text; never written anywhere.
    pub names: Arc<[Identified]>,
    /// The answer, after encoding, entity and mojibake repair.
    pub text: Identified,
}

/// A row, page or file that could not be processed, with a fixed reason and no words of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unprocessed {
    /// The source, from 1.
    pub source: u32,
    /// The row, or 1 for a document.
    pub row: u32,
    /// The page, for paged documents.
    pub page: Option<u32>,
    /// The stage that set it aside.
    pub stage: &'static str,
    /// A fixed code: `scanned_page`, `broken_row`, `unreadable_file`, ...
    pub reason: &'static str,
    /// More about it, never any text of a response, a name or a path.
    pub detail: String,
}

impl Unprocessed {
    /// Reasons for which a letter is set aside that somebody sent and a person has to type.
    pub const SCANS: [&str; 2] = ["scanned_document", "scanned_image"];
}

/// A batch of rows as read, in input order. Rows are never split between batches.
#[derive(Debug, Default)]
pub struct RawBatch {
    /// The answers.
    pub responses: Vec<RawResponse>,
    /// What was set aside while reading them.
    pub unprocessed: Vec<Unprocessed>,
    /// Rows and documents read for this batch: those with answers plus those set aside.
    pub rows: u64,
}
