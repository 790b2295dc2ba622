//! Which column of a coded spreadsheet holds what, by the headers that people usually write.
//!
//! The header is the first row in which themes and a text or an id are recognised, so that titles
//! above it do no harm. Where no column is called like a text, the one with the longest cells is it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Codes, Error, Options, WrongCell, cells};
use crate::config::did_you_mean;
use crate::intake::{Row, Sheet, normal};
use crate::review::sheet;

/// What a column may hold, besides themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Id,
    Text,
    Question,
    Polarity,
    Situation,
    Coder,
    Sentiment,
    Status,
    Stance,
    Safeguarding,
    Respondent,
    Outcomes,
    Flags,
    Segment,
}

/// The usual spellings, the most telling first; compared by [`normal`].
const SPELLINGS: &[(Role, &[&str])] = &[
    (
        Role::Id,
        &[
            "response id",
            "comment id",
            "id",
            "unique id",
            "record id",
            "respondent id",
            "case id",
            "ref",
            "reference",
            "case",
            "participant id",
            "participant",
        ],
    ),
    (
        Role::Text,
        &[
            "text",
            "comment",
            "comments",
            "response",
            "responses",
            "answer",
            "answers",
            "response text",
            "comment text",
            "comment txt",
            "answer text",
            "free text",
            "open text",
            "verbatim",
            "quote",
            "feedback",
            "extract",
            "excerpt",
            "segment text",
        ],
    ),
    (Role::Question, &["question", "question text", "question asked", "prompt"]),
    (Role::Polarity, &["polarity", "question polarity"]),
    (Role::Situation, &["situation"]),
    (
        Role::Coder,
        &["coder", "coded by", "rater", "annotator", "coder name", "coder id", "coder initials"],
    ),
    (
        Role::Sentiment,
        &[
            "sentiment",
            "overall sentiment",
            "sentiment overall",
            "comment sentiment",
            "sentiment level",
            "feeling",
        ],
    ),
    (Role::Status, &["status", "content status"]),
    (Role::Stance, &["stance"]),
    (Role::Safeguarding, &["safeguarding", "safeguarding review", "safeguarding flag"]),
    (Role::Respondent, &["respondent type", "type of respondent", "who speaks", "respondent"]),
    (Role::Outcomes, &["outcomes", "outcome"]),
    (Role::Flags, &["flags", "flag"]),
    (Role::Segment, &["segment", "segment number", "segment no"]),
];

/// Headers over themes.
const THEMES: &[&str] = &[
    "themes",
    "theme",
    "codes",
    "code",
    "final themes",
    "agreed themes",
    "final codes",
    "agreed codes",
    "themes final",
    "codes final",
    "categories",
    "category",
    "labels",
    "topics",
    "tags",
];
/// What numbered columns of themes are called before their number.
const NUMBERED: &[&str] = &["theme", "code", "category", "topic", "label", "tag"];

/// A column with themes in its cells, and the one with their feelings where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct List {
    pub(super) themes: usize,
    pub(super) sentiment: Option<usize>,
}

/// Where each thing stands in a sheet.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) headers: Vec<String>,
    pub(super) roles: BTreeMap<Role, usize>,
    pub(super) lists: Vec<List>,
    /// (column, code) where each theme has a column of its own.
    pub(super) marks: Vec<(usize, usize)>,
    /// The header over the texts, where that is the question that was asked.
    pub(super) asked: Option<String>,
    /// Where the data begin among the sheet's rows.
    pub(super) first: usize,
    /// Who coded, where each coder has columns of their own.
    pub(super) coder: Option<String>,
    /// The same sheet as the other coders of such columns saw it.
    others: Vec<Self>,
}

/// Rows in which the header is looked for.
const REACH: usize = 20;

impl Columns {
    /// Finds the columns of a sheet.
    pub(super) fn find(
        path: &Path,
        sheet: &Sheet,
        codes: &Codes,
        options: Options,
    ) -> Result<Self, Error> {
        let mut found = match &sheet.columns {
            Some(names) => Self::of(names.clone(), codes),
            None => Self::in_rows(&sheet.rows, codes),
        };
        let missing = |missing, wanted: &[&str]| {
            let near = found.headers.iter().find_map(|header| {
                let near = did_you_mean(&normal(header), wanted.iter().copied())?;
                Some(format!("; did you mean `{near}` by `{}`?", short(header)))
            });
            let (path, codebook) = (path.to_owned(), codes.codebook.clone());
            Error::Column { path, missing, hint: near.unwrap_or_default(), codebook }
        };
        if !found.has_themes() {
            return Err(missing("themes", THEMES));
        }
        let by_id = options.by_id && found.roles.contains_key(&Role::Id);
        if !found.roles.contains_key(&Role::Text) && !by_id {
            let Some(text) = found.longest(path, &sheet.rows[found.first..])? else {
                return Err(missing("text", &["text", "comment", "response", "answer"]));
            };
            found.roles.insert(Role::Text, text);
            let header = &found.headers[text];
            if header.trim().ends_with('?') || header.split_whitespace().count() > 3 {
                found.asked = Some(header.trim().to_owned());
            }
        }
        found.check_misspelt(path, &sheet.rows[found.first..], codes, options)?;
        Ok(found)
    }

    /// The columns of each coder: all of them, unless coders have columns of their own.
    pub(super) fn each_coder(mut self) -> Vec<Self> {
        let others = std::mem::take(&mut self.others).into_iter().map(|mut other| {
            other.roles.extend(self.role(Role::Text).map(|text| (Role::Text, text)));
            Self {
                headers: self.headers.clone(),
                asked: self.asked.clone(),
                first: self.first,
                ..other
            }
        });
        let others: Vec<Self> = others.collect();
        std::iter::once(self).chain(others).collect()
    }

    /// The column with this role.
    pub(super) fn role(&self, role: Role) -> Option<usize> {
        self.roles.get(&role).copied()
    }

    fn has_themes(&self) -> bool {
        !self.lists.is_empty() || !self.marks.is_empty()
    }

    /// The columns under the first row that is a header, or under the first row of all.
    fn in_rows(rows: &[Row], codes: &Codes) -> Self {
        let tried = rows.iter().take(REACH).enumerate().map(|(i, row)| {
            let headers = row.cells().map(|cell| cell.trim_start_matches('\u{feff}').to_owned());
            Self { first: i + 1, ..Self::of(headers.collect(), codes) }
        });
        let tried: Vec<Self> = tried.collect();
        let named = |c: &Self| {
            let told = c.roles.contains_key(&Role::Text) || c.roles.contains_key(&Role::Id);
            c.has_themes() && told
        };
        let alone = |c: &Self| !c.lists.is_empty() || c.marks.len() > 1;
        let at = tried.iter().position(named).or_else(|| tried.iter().position(alone)).unwrap_or(0);
        tried.into_iter().nth(at).unwrap_or_default()
    }

    fn of(headers: Vec<String>, codes: &Codes) -> Self {
        let normals: Vec<String> = headers.iter().map(|header| normal(header)).collect();
        let mut found = Self { headers, ..Self::default() };
        let place = |name: &str| normals.iter().position(|n| n == name);
        let mut taken = BTreeSet::new();
        for (role, spellings) in SPELLINGS {
            if let Some(column) =
                spellings.iter().find_map(|s| place(s)).filter(|c| !taken.contains(c))
            {
                taken.insert(column);
                found.roles.insert(*role, column);
            }
        }
        if let Some(themes) = THEMES.iter().find_map(|s| place(s)) {
            taken.insert(themes);
            found.lists.push(List { themes, sentiment: None });
        }
        for (column, name) in normals.iter().enumerate() {
            if let Some(number) = numbered(name, NUMBERED) {
                let beside = |n: &String| {
                    numbered(n, &["sentiment", "feeling"]) == Some(number)
                        || NUMBERED.iter().any(|word| *n == format!("{word} {number} sentiment"))
                };
                let sentiment = normals.iter().position(beside);
                taken.insert(column);
                taken.extend(sentiment);
                found.lists.push(List { themes: column, sentiment });
            }
        }
        for (column, header) in found.headers.iter().enumerate() {
            let bare = ["theme", "code"].iter().find_map(|word| {
                let rest = header.trim().to_lowercase();
                rest.strip_prefix(word)
                    .map(str::to_owned)
                    .filter(|r| r.starts_with([':', ' ', '_', '-']))
            });
            let code = codes.find(header).or_else(|| codes.find(&bare?));
            if let Some(code) = code.filter(|_| !taken.contains(&column)) {
                taken.insert(column);
                found.marks.push((column, code));
            }
        }
        if !found.has_themes()
            && let Some(first) = Self::by_coder(&found.headers, codes)
        {
            return Self { headers: found.headers, ..first };
        }
        found
    }

    /// The columns of the first coder, with those of the others, where two or more have their own:
    /// "Coder 1 themes", "Coder 1 sentiment", "Coder 2 themes".
    fn by_coder(headers: &[String], codes: &Codes) -> Option<Self> {
        let normals: Vec<String> = headers.iter().map(|header| normal(header)).collect();
        let told: Vec<Option<(&str, String)>> = normals.iter().map(|n| of_a_coder(n)).collect();
        let mut people: Vec<&str> = Vec::new();
        for (coder, _) in told.iter().flatten() {
            if !people.contains(coder) {
                people.push(coder);
            }
        }
        let seen = people.into_iter().map(|coder| {
            let headers = headers.iter().zip(&told).map(|(header, told)| match told {
                Some((own, what)) if *own == coder => what.clone(),
                Some(_) => String::new(),
                None => header.clone(),
            });
            Self { coder: Some(coder.to_owned()), ..Self::of(headers.collect(), codes) }
        });
        let mut seen: Vec<Self> = seen.filter(Self::has_themes).collect();
        if seen.len() < 2 {
            return None;
        }
        let others = seen.split_off(1);
        seen.pop().map(|first| Self { others, ..first })
    }

    /// True of the sheet that `heard review --export` writes.
    pub(super) fn are_of_a_review(&self) -> bool {
        self.headers.iter().map(String::as_str).take(sheet::FIRST.len()).eq(sheet::FIRST)
    }

    /// True where a column has no part yet.
    fn is_free(&self, column: usize) -> bool {
        self.others.iter().all(|other| other.is_free(column))
            && !self.roles.values().any(|c| *c == column)
            && !self.marks.iter().any(|m| m.0 == column)
            && !self.lists.iter().any(|l| l.themes == column || l.sentiment == Some(column))
    }

    /// The free column with the longest cells, where they are sentences.
    fn longest(&self, path: &Path, rows: &[Row]) -> Result<Option<usize>, Error> {
        let mut lengths: Vec<(usize, usize)> = (0..self.headers.len())
            .filter(|column| self.is_free(*column))
            .map(|column| {
                let cells = rows.iter().map(|row| row.get(column).trim()).filter(|c| !c.is_empty());
                let (count, words) =
                    cells.fold((0, 0), |(n, w), c| (n + 1, w + c.split_whitespace().count()));
                (words * 10 / count.max(1), column)
            })
            .filter(|(words, _)| *words >= 25)
            .collect();
        lengths.sort_by_key(|(words, column)| (std::cmp::Reverse(*words), *column));
        match lengths[..] {
            [] => Ok(None),
            [(first, one), (second, other), ..] if second * 2 > first => Err(Error::TwoTexts {
                path: path.to_owned(),
                one: short(&self.headers[one]),
                other: short(&self.headers[other]),
            }),
            [(_, column), ..] => Ok(Some(column)),
        }
    }

    /// A column of marks whose header is nearly a theme's would be lost without a word.
    fn check_misspelt(
        &self,
        path: &Path,
        rows: &[Row],
        codes: &Codes,
        options: Options,
    ) -> Result<(), Error> {
        if self.marks.is_empty() || options.ignore_unknown {
            return Ok(());
        }
        for (column, header) in self.headers.iter().enumerate().filter(|(c, _)| self.is_free(*c)) {
            let marks = |row: &Row| cells::mark(row.get(column), false).is_some();
            let some = rows.iter().any(|row| !row.get(column).trim().is_empty());
            let names = codes.codes.iter().flat_map(|(id, label)| [id.as_str(), label.as_str()]);
            let near = did_you_mean(header.trim(), names).filter(|near| {
                strsim::jaro_winkler(&cells::plain(near), &cells::plain(header)) > 0.9
            });
            if let Some(near) = near.filter(|_| some && rows.iter().all(marks)) {
                return Err(Error::Value(Box::new(WrongCell {
                    path: path.to_owned(),
                    place: "header".to_owned(),
                    column: short(header),
                    what: "a theme of the codebook",
                    value: short(header),
                    hint: format!("; did you mean `{near}`?"),
                    advice: "Correct the header, or take the column out".to_owned(),
                })));
            }
        }
        Ok(())
    }
}

/// Whose column this is and what it holds, in a header such as "coder 1 themes" or "themes rater b".
fn of_a_coder(name: &str) -> Option<(&str, String)> {
    const CODERS: [&str; 4] = ["coder", "rater", "annotator", "reviewer"];
    let words: Vec<&str> = name.split(' ').collect();
    let (at, rest) = words.iter().enumerate().find_map(|(at, word)| {
        Some((at, CODERS.iter().find_map(|coder| word.strip_prefix(coder))?))
    })?;
    // "coder 1" or "coder1"
    let (who, after) = match rest {
        "" => (*words.get(at + 1)?, at + 2),
        short if short.len() <= 2 => (short, at + 1),
        _ => return None,
    };
    let what: Vec<&str> = words[..at].iter().chain(&words[after..]).copied().collect();
    let what = what.strip_suffix(&["by"]).unwrap_or(&what).join(" ");
    (!what.is_empty()).then_some((who, what))
}

/// The number of a header such as "theme 2", "theme2" or "code 2".
fn numbered(name: &str, words: &[&str]) -> Option<u32> {
    let rest = words.iter().find_map(|word| name.strip_prefix(word))?;
    rest.trim().parse().ok()
}

/// At most forty characters of what is quoted in an error.
pub(super) fn short(text: &str) -> String {
    text.trim().chars().take(40).collect()
}
