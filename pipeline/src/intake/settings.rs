//! What `heard check` understood as settings that a person can edit, and their way back.
//!
//! [`to_toml`] writes one `[[source]]` a table; [`SourceOverride`] reads it. A source is known again
//! by the hash of its file, so that the name, which may name a person, can be written de-identified.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::describe::{Replies, in_words, replies};
use super::encoding::Encoding;
use super::understanding::{Role, Understanding};
use super::{Kind, bundle};
use crate::response::{Channel, Polarity};

/// What the settings say about one table. Everything that is left out is detected.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceOverride {
    /// The file, as given on the command line (for reading; the hash decides).
    pub file: String,
    /// The hash of the file.
    pub sha256: Option<String>,
    /// The sheet of a workbook, from 1.
    pub sheet: Option<u32>,
    /// The encoding of a text file.
    pub encoding: Option<String>,
    /// What separates the cells of a delimited file.
    pub delimiter: Option<char>,
    /// The rows that hold the header, from 1; an empty list where there is none.
    pub header_rows: Option<Vec<u32>>,
    /// How the answers arrived.
    pub channel: Option<Channel>,
    /// The wave of all rows.
    pub wave: Option<String>,
    /// True to leave the table or file out.
    pub ignore: bool,
    /// For a file that holds many letters: the pages of each, such as `1-2` or `3`.
    pub letters: Vec<String>,
    /// Columns.
    #[serde(rename = "column")]
    pub columns: Vec<ColumnOverride>,
    /// For tables with an answer a row: the questions in order of appearance.
    #[serde(rename = "question")]
    pub questions: Vec<QuestionOverride>,
}

/// What the settings say about one column.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ColumnOverride {
    /// Its place from the left, from 1.
    pub index: u32,
    /// Its header (for reading; the place decides).
    pub header: String,
    /// What it holds.
    pub role: Option<Role>,
    /// For open text, the question.
    pub question: Option<String>,
    /// For open text, what the question asks for.
    pub polarity: Option<Polarity>,
}

/// What the settings say about one question of a long table.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionOverride {
    /// The question (for reading; the order decides).
    #[serde(default)]
    pub text: String,
    /// What it asks for.
    pub polarity: Polarity,
}

impl SourceOverride {
    /// True where these settings are about this table.
    pub(super) fn fits(&self, path: &str, sha256: &str, sheet: Option<u32>) -> bool {
        let file = match &self.sha256 {
            Some(hash) if hash == sha256 => true,
            _ => self.file == path,
        };
        file && (self.sheet.is_none() || self.sheet == sheet)
    }

    /// The encoding, where it is one that Heard knows.
    pub(super) fn encoding(&self) -> Option<Encoding> {
        self.encoding.as_deref().and_then(Encoding::parse)
    }
}

/// A string as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The `[[source]]` tables of `heard.toml`. Every string of the files goes through `label`, which
/// de-identifies. Of letters and other documents only files of several pages are listed, with the pages
/// of each letter that they seem to hold.
pub fn to_toml(found: &[Understanding], label: &dyn Fn(&str) -> String) -> String {
    let mut out = String::from(
        "# What Heard understood of each table. Edit a role, a question or a polarity and give this file to `heard run`.\n",
    );
    let _ = writeln!(
        out,
        "# Roles: {}.",
        Role::ALL.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(", ")
    );
    let _ = writeln!(
        out,
        "# Polarity: {}.",
        Polarity::ALL.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(", ")
    );
    let letters = match replies(found) {
        Some(Replies::Asked(asked)) => Some((
            format!("Letters are read as replies to {}", quoted(&label(&asked))),
            "otherwise",
        )),
        Some(Replies::Unsaid(some, all)) => {
            Some((format!("{some} of {all} letters seem to reply to a proposal"), "which"))
        }
        None => None,
    };
    if let Some((read, say)) = letters {
        let read = read.replace('\n', " ");
        let _ = writeln!(out, "\n# {read}. Say {say}, in a sentence:\n# proposal = \"...\"");
    }
    for source in found {
        write_letters(&mut out, source, label);
        if source.set_aside.is_none() || !source.columns.is_empty() {
            write_source(&mut out, source, label);
        }
    }
    out
}

/// A file of pages: which of them are a letter.
fn write_letters(out: &mut String, source: &Understanding, label: &dyn Fn(&str) -> String) {
    let pages = source.letters.last().map_or(0, |l| l.1);
    if pages < 2 {
        return;
    }
    let letters: Vec<String> = source.letters.iter().map(|l| quoted(&bundle::show(*l))).collect();
    let _ = writeln!(
        out,
        "\n# Pages of each letter in this file: put right where a letter is cut or two are one.\n[[source]]\n\
         file = {}\nsha256 = {}\nletters = [{}]",
        quoted(&source.shown(label)),
        quoted(&source.sha256),
        letters.join(", ")
    );
}

fn write_source(out: &mut String, source: &Understanding, label: &dyn Fn(&str) -> String) {
    if source.kind.is_document() || source.kind == Kind::Other {
        return;
    }
    let _ = writeln!(
        out,
        "\n[[source]]\nfile = {}\nsha256 = {}",
        quoted(&source.shown(label)),
        quoted(&source.sha256)
    );
    if let Some(sheet) = source.sheet_number {
        let name =
            source.sheet.as_ref().map_or(String::new(), |s| label(s.reveal()).replace('\n', " "));
        let _ = writeln!(out, "sheet = {sheet} # {name}");
    }
    if let Some(encoding) = source.encoding.filter(|_| source.kind == Kind::Delimited) {
        let _ = writeln!(out, "encoding = {}", quoted(encoding));
    }
    if let Some(delimiter) = source.delimiter {
        let _ = writeln!(out, "delimiter = {}", quoted(&delimiter.to_string()));
    }
    if !matches!(source.kind, Kind::Json | Kind::JsonLines | Kind::Parquet) {
        let _ = writeln!(out, "header_rows = {:?}", source.header_rows);
    }
    let _ = writeln!(out, "channel = {}", quoted(source.channel.as_str()));
    if let Some(wave) = &source.wave {
        let _ = writeln!(out, "wave = {}", quoted(&label(wave.reveal())));
    }
    for problem in &source.problems {
        let _ = writeln!(out, "# {}", in_words::problem(problem));
    }
    for column in &source.columns {
        let header = label(column.header.reveal());
        let _ = writeln!(
            out,
            "\n[[source.column]]\nindex = {}\nheader = {}",
            column.index,
            quoted(&header)
        );
        let _ = writeln!(out, "role = {}", quoted(column.role.as_str()));
        if let Some((question, polarity)) = &column.asks {
            let _ = writeln!(out, "question = {}", quoted(&label(question.reveal())));
            let _ = writeln!(out, "polarity = {}", quoted(polarity.as_str()));
        }
    }
    if source.long {
        for answers in &source.answers {
            let text = quoted(&label(answers.question.reveal()));
            let _ = writeln!(
                out,
                "\n[[source.question]]\ntext = {text}\npolarity = {}",
                quoted(answers.polarity.as_str())
            );
        }
    }
}
