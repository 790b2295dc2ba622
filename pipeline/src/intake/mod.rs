//! Files to responses: one file per format; `header`, `column` and `roles` for what a table holds.
//!
//! [`Intake::open`] reads every input once, decides what each file, sheet and column is, and stops
//! with a sentence where it cannot; [`Intake::batches`] reads them again and yields the answers in
//! input order, a few thousand rows at a time, in memory that does not grow with the files. What was
//! understood is at [`Intake::understanding`], for `heard check`. Nothing here de-identifies: words
//! of files leave as [`Identified`], which cannot be printed.
//!
//! Workbooks, documents, PDFs and e-mails are parsed in a child process of the same binary (see
//! [`child`]); delimited text, JSON Lines and Parquet stream in this one, Parquet after a child has read
//! it through.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests may stop and may show")
)]

mod authors;
mod batches;
mod bundle;
pub mod child;
mod column;
mod columnar;
mod completion;
mod counts;
pub(crate) mod dates;
mod delimited;
mod describe;
mod document;
mod documents;
mod email;
mod encoding;
mod error;
mod files;
mod header;
mod html;
mod json;
mod letter;
mod names;
mod notes;
mod outlook;
mod own_words;
mod pdf;
mod repair;
mod roles;
mod row;
mod rows;
mod rtf;
mod settings;
mod sheets;
mod sources;
pub(crate) mod speaker;
mod table;
mod ticks;
mod transcript;
mod typed;
mod understanding;
mod wording;
mod workbook;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

pub use batches::Batches;
pub use counts::Counts;
pub(crate) use describe::in_words;
pub use describe::{describe, to_json};
pub use error::Error;
pub use files::Kind;
pub(crate) use repair::cell as repaired;
pub(crate) use row::Row;
pub use settings::{ColumnOverride, QuestionOverride, SourceOverride, to_toml};
pub(crate) use sheets::{Sheet, Sheets, sheets};
pub use sources::Source;
pub use typed::{FILE as TO_TYPE, ToType, Typed, workbook as to_type};
pub use understanding::{Answers, Column, Problem, Role, Understanding};
pub(crate) use wording::{normal, polarity};

use sha2::{Digest as _, Sha256};

use crate::deidentify::Values;
use crate::response::{Identified, LETTERS_ON, Polarity, Question};
use sources::{Content, Opened};

/// What the user can say about the inputs. Everything that is left out is detected.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Headers of the columns with open text (`--text`); where given, a table that has one of them
    /// has no other.
    pub text: Vec<String>,
    /// Header of the column with the respondent's id (`--id`).
    pub id: Option<String>,
    /// Header of the column with the question (`--question`), for tables with an answer a row.
    pub question: Option<String>,
    /// The proposal that letters reply to; where left out, the one that the tables ask about.
    pub proposal: Option<String>,
    /// Headers of the breakdown columns (`--by`); where empty, sensible ones are found.
    pub by: Vec<String>,
    /// Which of these another option asked for, with its name: an error names that option.
    pub by_for: Vec<(&'static str, String)>,
    /// What `heard.toml` says about single tables.
    pub sources: Vec<SourceOverride>,
    /// The workbook with typed scans that `heard.toml` names.
    pub to_type: Option<PathBuf>,
    /// Scans that were typed, from that workbook and those among the inputs.
    pub typed: Vec<Typed>,
    /// Limits.
    pub limits: Limits,
    /// How office and PDF files are parsed.
    pub parser: Parser,
}

/// How much a file may ask for.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Seconds that parsing one office or PDF file may take, and one more for each of its megabytes.
    pub parse_seconds: u64,
    /// Megabytes of memory that parsing one such file may take (where the system can limit it).
    pub parse_memory_mb: u64,
    /// The largest workbook or document, as it lies on the disk.
    pub workbook_max_mb: u64,
    /// The most that such a file may unpack to.
    pub unpacked_max_mb: u64,
    /// The largest plain text taken as one letter.
    pub text_max_mb: u64,
    /// Rows a batch, at least.
    pub batch_rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            parse_seconds: 8,
            parse_memory_mb: 1024,
            workbook_max_mb: 100,
            unpacked_max_mb: 600,
            text_max_mb: 16,
            batch_rows: 4096,
        }
    }
}

/// How office and PDF files are parsed.
#[derive(Clone, Debug)]
pub enum Parser {
    /// In a child process of the running program, which must know [`child::SUBCOMMAND`].
    ThisBinary,
    /// In a child process of this program.
    Program(PathBuf),
    /// In this process, without limits: for tests.
    InProcess,
}

impl Default for Parser {
    /// The program that `HEARD_PARSER` names, otherwise the running one.
    fn default() -> Self {
        match std::env::var_os("HEARD_PARSER") {
            Some(program) => Self::Program(program.into()),
            None if cfg!(test) => Self::InProcess,
            None => Self::ThisBinary,
        }
    }
}

/// The inputs of a run, understood and ready to be read.
#[derive(Debug)]
pub struct Intake {
    sources: Vec<Source>,
    understanding: Vec<Understanding>,
    breakdowns: Vec<Identified>,
    options: Options,
}

/// Bytes of parsed workbooks and documents that are kept between the two readings.
const KEPT: usize = 64 * 1024 * 1024;
/// Breakdowns that are found without being asked for.
const DEFAULT_BREAKDOWNS: usize = 8;

impl Intake {
    /// Reads every input once and decides what it is. A file that was named and cannot be read is
    /// an error; one in a folder is set aside.
    pub fn open(inputs: &[PathBuf], options: &Options) -> Result<Self, Error> {
        let mut all = Vec::new();
        let mut room = KEPT;
        let mut options = options.clone();
        let inputs = take_typed(inputs, &mut options)?;
        let options = &options;
        for (i, file) in files::expand(&inputs)?.into_iter().enumerate() {
            let in_folder = (!file.named).then_some(i + 1);
            match sources::open(&file, options, &mut room) {
                Ok(opened) => all.extend(without_summaries(opened).into_iter().map(|mut one| {
                    one.found.in_folder = in_folder;
                    one
                })),
                Err(error) if file.named || error.is_about_options() => return Err(error),
                Err(error) => {
                    let mut one = set_aside(&file.path, &error);
                    one.found.in_folder = in_folder;
                    all.push(one);
                }
            }
        }
        let mut intake = Self {
            sources: Vec::new(),
            understanding: Vec::new(),
            breakdowns: Vec::new(),
            options: options.clone(),
        };
        name_waves(&mut all);
        intake.number(all);
        intake.check_names()?;
        intake.choose_breakdowns();
        Ok(intake)
    }

    /// Numbers the sources. A sheet without open text beside one with it is no source.
    fn number(&mut self, all: Vec<Opened>) {
        let mut with_text: BTreeMap<PathBuf, bool> = BTreeMap::new();
        for one in &all {
            let text = matches!(one.content, Content::Table { .. } | Content::Document { .. });
            *with_text.entry(one.found.path.clone()).or_default() |= text;
        }
        let mut stands_for: BTreeSet<PathBuf> = BTreeSet::new();
        for Opened { mut found, secret, bytes, content } in all {
            let aside = matches!(content, Content::Aside(..));
            let spoken_for =
                with_text.get(&found.path) == Some(&true) || stands_for.contains(&found.path);
            if !(aside && found.sheet.is_some() && spoken_for) {
                if aside {
                    stands_for.insert(found.path.clone());
                }
                let number = self.sources.len() as u32 + 1;
                found.source = Some(number);
                self.sources.push(Source {
                    number,
                    path: found.path.clone(),
                    sheet: found.sheet.clone(),
                    kind: found.kind,
                    sha256: found.sha256.clone(),
                    secret,
                    bytes,
                    rows: if aside { 1 } else { found.rows },
                    content,
                });
            }
            self.understanding.push(found);
        }
    }

    /// Options that name a column must name one that some table has.
    fn check_names(&self) -> Result<(), Error> {
        let columns = |option: &'static str, names: &[String]| {
            let missing = names.iter().find(|name| {
                let wanted = wording::normal(name);
                let has = |u: &Understanding| {
                    u.columns.iter().any(|c| wording::normal(c.header.reveal()) == wanted)
                };
                !self.understanding.iter().any(has)
            });
            missing.map_or(Ok(()), |name| Err(Error::NoSuchColumn { option, name: name.clone() }))
        };
        columns("--text", &self.options.text)?;
        columns("--id", self.options.id.as_slice())?;
        columns("--question", self.options.question.as_slice())?;
        for (option, name) in &self.options.by_for {
            columns(option, std::slice::from_ref(name))?;
        }
        columns("--by", &self.options.by)
    }

    /// Decides the run's breakdowns and finds the column of each in every table.
    fn choose_breakdowns(&mut self) {
        let mut names: Vec<(u8, String, Identified)> = Vec::new();
        for name in &self.options.by {
            let normal = wording::normal(name);
            if !names.iter().any(|n| n.1 == normal) {
                names.push((0, normal, Identified::new(name.clone())));
            }
        }
        if names.is_empty() {
            for column in
                self.understanding.iter().filter(|u| u.source.is_some()).flat_map(|u| &u.columns)
            {
                let header = column.header.reveal();
                let normal = wording::normal(header);
                let rank = wording::breakdown_rank(&roles::plain(header)).unwrap_or(u8::MAX);
                if column.breakdown && !names.iter().any(|n| n.1 == normal) {
                    names.push((rank, normal, column.header.clone()));
                }
            }
            // Ranked by what people ask for; equals stay in the order of the files.
            names.sort_by_key(|n| n.0);
            names.truncate(DEFAULT_BREAKDOWNS);
        }
        for source in &mut self.sources {
            if let Content::Table { table, .. } = &mut source.content {
                table.by = names.iter().map(|n| table.named(&n.1).next()).collect();
            }
        }
        self.breakdowns = names.into_iter().map(|n| n.2).collect();
    }

    /// What is understood of each file, and of each sheet of a workbook.
    pub fn understanding(&self) -> &[Understanding] {
        &self.understanding
    }

    /// The sources, in order: source `n` is at `n - 1`.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Everything about the inputs that a result hangs on: the files, their names (a wave may stand in
    /// them) and what was typed for scans. For hashing alone: it holds words of people.
    pub(crate) fn identity(&self) -> String {
        let name = |source: &Source| source.path.file_name().map(std::ffi::OsStr::to_os_string);
        let sources = self.sources.iter();
        let sources: Vec<_> = sources
            .map(|s| (&s.sha256, name(s), s.sheet.as_ref().map(Identified::reveal)))
            .collect();
        format!("{sources:?} {:?}", self.options.typed)
    }

    /// The keys of the sources' pseudonyms, in order.
    pub fn secrets(&self) -> Vec<[u8; 32]> {
        self.sources.iter().map(|source| source.secret).collect()
    }

    /// What only who has all the files can know: the key of marks that hold for the whole run.
    pub fn key(&self) -> [u8; 32] {
        Sha256::digest(self.secrets().concat()).into()
    }

    /// The source with this number, from 1.
    pub fn source(&self, number: u32) -> Option<&Source> {
        self.sources.get((number as usize).checked_sub(1)?)
    }

    /// The names of the breakdown columns, in the order of `RawResponse::by`.
    pub fn breakdowns(&self) -> &[Identified] {
        &self.breakdowns
    }

    /// The proposal that letters reply to: as the user says, or the only one that the tables ask about.
    fn proposal(&self) -> Option<Question> {
        let tables = self.sources.iter().filter_map(|source| match &source.content {
            Content::Table { table, .. } => Some(table.proposals()),
            _ => None,
        });
        let said: BTreeSet<String> = match &self.options.proposal {
            Some(said) => BTreeSet::from([said.clone()]),
            None => tables.flatten().map(|asked| format!("{LETTERS_ON}{asked}")).collect(),
        };
        let text = Identified::new(said.first().filter(|_| said.len() == 1)?.clone());
        Some(Question { number: None, text, polarity: Polarity::Proposal })
    }

    /// What stands in each of them.
    pub fn values(&self) -> Vec<Values> {
        let of = |(at, name): (usize, &Identified)| {
            let tables = self.sources.iter().filter_map(|source| match &source.content {
                Content::Table { table, .. } => Some(table.values_of(at)),
                _ => None,
            });
            let mut values: Vec<String> = Vec::new();
            for value in tables.flatten() {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            Values { places: is_of_places(name.reveal()), values }
        };
        self.breakdowns.iter().enumerate().map(of).collect()
    }

    /// Rows and documents that the batches will hold.
    pub fn rows(&self) -> u64 {
        self.sources.iter().map(|s| s.rows).sum()
    }

    /// An error that says what was found instead, where no input holds open text. `heard run` asks
    /// this before anything else; `heard check` explains such files and does not.
    pub fn require_open_text(&self) -> Result<(), Error> {
        let text = |source: &Source| match &source.content {
            Content::Table { .. } => true,
            Content::Document { words, .. } => *words,
            Content::Aside(..) => false,
        };
        if self.sources.iter().any(text) {
            return Ok(());
        }
        Err(Error::NoOpenText { what: describe::no_open_text(&self.understanding) })
    }

    /// The same in batches of no more than so many rows, where coding them takes long.
    #[must_use]
    pub fn in_batches_of(mut self, rows: usize) -> Self {
        self.options.limits.batch_rows = self.options.limits.batch_rows.min(rows);
        self
    }

    /// The answers, in input order, in batches of whole rows.
    pub fn batches(&self) -> Batches<'_> {
        Batches::new(&self.sources, &self.options, self.breakdowns.len(), self.proposal())
    }
}

/// Whether a column by this header speaks of areas, providers, services: of no person.
pub(crate) fn is_of_places(header: &str) -> bool {
    wording::breakdown_rank(&roles::plain(header)).is_some_and(|rank| rank <= 2)
}

/// Reads the workbooks with typed scans that the settings name, that are among the inputs or lie in a
/// folder of them; the other inputs are given back.
fn take_typed(inputs: &[PathBuf], options: &mut Options) -> Result<Vec<PathBuf>, Error> {
    let is_typed = |path: &PathBuf| path.file_name().is_some_and(|name| name == TO_TYPE);
    let (named, rest): (Vec<PathBuf>, Vec<PathBuf>) = inputs.iter().cloned().partition(is_typed);
    let within = rest.iter().map(|path| path.join(TO_TYPE)).filter(|path| path.is_file());
    let mut books: Vec<PathBuf> = named.into_iter().chain(within).collect();
    // The settings name it whether or not it is still there.
    books.extend(options.to_type.clone().filter(|path| path.is_file()));
    for book in books {
        let typed = typed::read(&book, options)?;
        options.typed.extend(typed);
    }
    Ok(rest)
}

/// Sets aside the sheets of a workbook that sum up another one: their words are nobody's answers.
fn without_summaries(mut opened: Vec<Opened>) -> Vec<Opened> {
    let rows = |one: &Opened| match one.content {
        Content::Table { .. } => one.found.rows,
        _ => 0,
    };
    let most = opened.iter().map(rows).max().unwrap_or(0);
    for one in &mut opened {
        let named =
            one.found.sheet.as_ref().is_some_and(|name| {
                wording::beside_the_answers(&name.reveal().trim().to_lowercase())
            });
        if named && rows(one) > 0 && rows(one) * 2 <= most {
            one.found.set_aside = Some("beside_the_answers");
            let detail = format!("{} rows", one.found.rows);
            one.content = Content::Aside("beside_the_answers", detail);
        }
    }
    opened
}

/// A file of a folder that cannot be read, as a source that holds nothing.
fn set_aside(path: &std::path::Path, error: &Error) -> Opened {
    let reason = match error {
        Error::Unsupported { .. } => files::reason(path),
        other => other.reason(),
    };
    let mut found = Understanding::new(path, Kind::Other, "");
    found.rows = 1;
    found.set_aside = Some(reason);
    if reason == "scanned_image"
        && let Ok(print) = files::fingerprint(path)
    {
        found.sha256 = print.sha256;
        found.to_type.push(ToType { row: 1, pages: String::new() });
    }
    let bytes = std::fs::metadata(path).map_or(0, |m| m.len());
    Opened { found, secret: [0; 32], bytes, content: Content::Aside(reason, String::new()) }
}

/// Where several tables share a layout and their names bear different years or waves, that is the
/// wave of each.
fn name_waves(all: &mut [Opened]) {
    let mut layouts: Vec<Vec<usize>> = Vec::new();
    for (i, one) in all.iter().enumerate() {
        if let Content::Table { table, .. } = &one.content
            && table.wave.is_none()
            && table.wave_name.is_none()
        {
            let same = |group: &&mut Vec<usize>| all[group[0]].found.shares_layout(&one.found);
            match layouts.iter_mut().find(same) {
                Some(group) => group.push(i),
                None => layouts.push(vec![i]),
            }
        }
    }
    for group in layouts.into_iter().filter(|g| g.len() > 1) {
        let waves: Vec<Option<String>> =
            group.iter().map(|i| wave_in_name(&all[*i].found)).collect();
        let different = waves.iter().collect::<BTreeSet<_>>().len() > 1;
        if !different || waves.iter().any(Option::is_none) {
            continue;
        }
        for (i, wave) in group.into_iter().zip(waves) {
            let wave = wave.map(Identified::new);
            all[i].found.wave.clone_from(&wave);
            if let Content::Table { table, .. } = &mut all[i].content {
                table.wave_name = wave;
            }
        }
    }
}

/// The year, or the number of the wave, in the name of a sheet or file.
fn wave_in_name(found: &Understanding) -> Option<String> {
    let sheet = found.sheet.as_ref().map(|s| s.reveal().to_owned());
    let stem = found.path.file_stem().map(|s| s.to_string_lossy().into_owned());
    sheet.into_iter().chain(stem).find_map(|name| wave_in(&name.to_lowercase()))
}

fn wave_in(name: &str) -> Option<String> {
    let parts: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).collect();
    let number = |text: &str| text.parse::<u32>().ok();
    for (i, part) in parts.iter().enumerate() {
        let next = parts.get(i + 1).copied().unwrap_or("");
        if let Some(year) = number(part).filter(|y| part.len() == 4 && (1990..2100).contains(y)) {
            let following = number(next) == Some(year + 1)
                || next.len() == 2 && number(next) == Some((year + 1) % 100);
            return Some(if following {
                format!("{year}-{:02}", (year + 1) % 100)
            } else {
                year.to_string()
            });
        }
        for word in ["wave", "round", "phase"] {
            if let Some(rest) = part.strip_prefix(word) {
                let count = if rest.is_empty() { next } else { rest };
                if number(count).is_some() {
                    return Some(format!("{word} {count}"));
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
