//! What intake understood of each file or sheet: the types behind `heard check` and `heard.toml`.
//!
//! Every string that comes from a file is [`Identified`]: the report shows it only through the
//! label function that its caller gives, which de-identifies.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use heard_models::vocabulary;

use super::Kind;
use super::wording;
use crate::response::{Channel, Identified, Polarity};

vocabulary! {
    /// What a column of a table holds.
    Role {
        /// People's own words, in answer to a question.
        OpenText = "open_text",
        /// One of a few answers.
        SingleChoice = "single_choice",
        /// Any number of a few answers.
        MultipleChoice = "multiple_choice",
        /// A score.
        Rating = "rating",
        /// A day.
        Date = "date",
        /// The id of the respondent, or of the row.
        Id = "id",
        /// The question that the open text beside it answers (tables with an answer a row).
        Question = "question",
        /// Who speaks.
        RespondentType = "respondent_type",
        /// A yes allows quoting.
        Consent = "consent",
        /// A yes forbids quoting.
        Hidden = "hidden",
        /// The wave of the survey.
        Wave = "wave",
        /// Someone's name.
        Name = "name",
        /// An e-mail address.
        Email = "email",
        /// A telephone number or another number that stands for a person.
        Phone = "phone",
        /// A street address.
        Address = "address",
        /// A postcode.
        Postcode = "postcode",
        /// An IP address, a device or its location.
        Network = "network",
        /// A day of birth.
        BirthDate = "birth_date",
        /// Nothing.
        Empty = "empty",
        /// Anything else; not used.
        Other = "other",
    }
}

impl Role {
    /// True for columns that hold who someone is.
    pub fn is_personal(self) -> bool {
        use Role::{Address, BirthDate, Email, Name, Network, Phone, Postcode};
        matches!(self, Name | Email | Phone | Address | Postcode | Network | BirthDate)
    }
}

/// A column as understood.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its place from the left, from 1.
    pub index: u32,
    /// Its header, header rows joined, tags and entities taken out.
    pub header: Identified,
    /// What it holds.
    pub role: Role,
    /// For an option that could be ticked, the question that it is an answer to.
    pub option_of: Option<Identified>,
    /// For open text, what it answers and what that asks for.
    pub asks: Option<(Identified, Polarity)>,
    /// True where it makes a sensible breakdown.
    pub breakdown: bool,
    /// Rows in which it holds something.
    pub filled: u64,
    /// Different values, up to the number that is counted.
    pub distinct: u64,
}

/// The answers to one question.
#[derive(Clone, Debug)]
pub struct Answers {
    /// The question.
    pub question: Identified,
    /// What it asks for.
    pub polarity: Polarity,
    /// Rows that belong to it, answered or not.
    pub rows: u64,
    /// Blank ones among them; None where they were not counted.
    pub blank: Option<u64>,
    /// "Nothing", "none" and the like; None as above.
    pub says_nothing: Option<u64>,
}

/// Rows of a problem that are told one by one.
const ROWS: usize = 1_000;

/// Something about a file that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The rows that it is about: the first [`ROWS`] of them.
    pub rows: Vec<u32>,
    /// The page that it is about.
    pub page: Option<u32>,
    /// How many rows or cells have it.
    pub count: u64,
    /// A sentence without any words of the file.
    pub what: &'static str,
}

/// What is understood of one file, or of one sheet of a workbook.
#[derive(Clone, Debug)]
pub struct Understanding {
    /// The source it became (`s1` is 1); None for a sheet that holds no open text.
    pub source: Option<u32>,
    /// The path as given.
    pub path: PathBuf,
    /// The sheet of a workbook.
    pub sheet: Option<Identified>,
    /// Its place among the sheets, from 1.
    pub sheet_number: Option<u32>,
    /// What the file is.
    pub kind: Kind,
    /// The hash of the whole file.
    pub sha256: String,
    /// For text files, the encoding.
    pub encoding: Option<&'static str>,
    /// For delimited files, what separates the cells.
    pub delimiter: Option<char>,
    /// How its answers arrived.
    pub channel: Channel,
    /// The rows that hold the header, counted from 1.
    pub header_rows: Vec<u32>,
    /// Rows of data; for a document its letters, mostly 1.
    pub rows: u64,
    /// Rows without anything in them, which are not counted as rows.
    pub blank_rows: u64,
    /// The columns from the left; empty for documents.
    pub columns: Vec<Column>,
    /// The questions and how often each was answered.
    pub answers: Vec<Answers>,
    /// True where the table has an answer a row, with the question beside it.
    pub long: bool,
    /// Different ids of respondents, or rows where there is no id.
    pub people: u64,
    /// The wave of all rows, from the name of the file or sheet.
    pub wave: Option<Identified>,
    /// What a person should know.
    pub problems: Vec<Problem>,
    /// Why the whole was set aside, as a fixed code.
    pub set_aside: Option<&'static str>,
    /// Its place, from 1, among the files of all inputs, where it was found in a folder.
    pub in_folder: Option<usize>,
    /// For files of pages: the pages of each letter, as the settings give them or as they seem to be.
    pub(super) letters: Vec<(u32, u32)>,
    /// Letters of it that people have to type.
    pub(super) to_type: Vec<super::typed::ToType>,
    /// Counts over its answers, once [`super::Intake::count`] was asked for them.
    pub counts: Option<super::Counts>,
}

impl Understanding {
    /// An understanding of nothing yet.
    pub(super) fn new(path: &Path, kind: Kind, sha256: &str) -> Self {
        Self {
            source: None,
            path: path.to_owned(),
            sheet: None,
            sheet_number: None,
            kind,
            sha256: sha256.to_owned(),
            encoding: None,
            delimiter: None,
            channel: Channel::Survey,
            header_rows: Vec::new(),
            rows: 0,
            blank_rows: 0,
            columns: Vec::new(),
            answers: Vec::new(),
            long: false,
            people: 0,
            wave: None,
            problems: Vec::new(),
            set_aside: None,
            in_folder: None,
            letters: Vec::new(),
            to_type: Vec::new(),
            counts: None,
        }
    }

    /// True where it holds words that people wrote.
    pub fn has_open_text(&self) -> bool {
        match self.kind {
            kind if kind.is_document() => self.set_aside.is_none(),
            _ => self.columns.iter().any(|c| c.role == Role::OpenText),
        }
    }

    /// Takes note of something, counting what is alike.
    pub(super) fn problem(&mut self, row: Option<u32>, what: &'static str) {
        let alike = |p: &&mut Problem| p.what == what && p.page.is_none();
        if let Some(known) = self.problems.iter_mut().find(alike) {
            known.count += 1;
            known.rows.extend(row.filter(|_| known.rows.len() < ROWS));
        } else {
            let rows = row.into_iter().collect();
            self.problems.push(Problem { rows, page: None, count: 1, what });
        }
    }

    /// How the file is called where people read it. Letters and notes in a folder are called by
    /// their place there: their names are mostly names of people, which no rule tells from words.
    pub(crate) fn shown(&self, label: &dyn Fn(&str) -> String) -> String {
        let slashes = |path: &Path| path.to_string_lossy().replace('\\', "/");
        let document = self.kind.is_document() || self.kind == Kind::Other;
        match (self.in_folder, self.path.parent()) {
            (Some(place), Some(folder)) if document => {
                format!("{}/ (file {place} by name)", label(&slashes(folder)))
            }
            // The ending is not part of a name ("ms.xlsx" is no lady).
            _ => {
                let whole = slashes(&self.path);
                let ending = self.path.extension().map_or(0, |e| e.len() + 1);
                match whole.len().checked_sub(ending).and_then(|at| whole.split_at_checked(at)) {
                    Some((stem, ending)) if ending.is_ascii() && ending.len() <= 9 => {
                        label(stem) + ending
                    }
                    _ => label(&whole),
                }
            }
        }
    }

    /// Whether two tables are the same form, give or take a question that was reworded: most of
    /// their headers are the same.
    pub(super) fn shares_layout(&self, other: &Self) -> bool {
        let headers = |u: &Self| -> BTreeSet<String> {
            u.columns.iter().map(|c| wording::normal(c.header.reveal())).collect()
        };
        let (mine, theirs) = (headers(self), headers(other));
        let common = mine.intersection(&theirs).count();
        common > 0 && common * 3 >= mine.len().max(theirs.len()) * 2
    }
}
