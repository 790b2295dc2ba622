//! One row of a coded spreadsheet understood: its themes, feelings and other labels, and an error
//! that names the cell for whatever cannot be.

use std::collections::BTreeMap;
use std::path::Path;

use heard_models::examples::{LabelledSegment, roll_up};
use heard_models::words::{Direction, Domain, RespondentType, Sentiment, Stance, Status};

use super::cells::{self, Mark, Scale};
use super::columns::{Columns, List, Role, short};
use super::{Codes, Error, Options, WrongCell};
use crate::config::did_you_mean;
use crate::deidentify::Deidentifier;
use crate::intake::{Row, normal};
use crate::tables::labels;

/// Characters of the name of a theme at most.
const LONGEST_NAME: usize = 200;

/// Each code once, its feelings put together.
pub(super) fn add_code(
    codes: &mut Vec<(usize, Option<Sentiment>)>,
    code: usize,
    sentiment: Option<Sentiment>,
) {
    match codes.iter_mut().find(|c| c.0 == code) {
        Some(there) => there.1 = roll_up(there.1.into_iter().chain(sentiment)),
        None => codes.push((code, sentiment)),
    }
}

/// What a row says of the whole response.
pub(super) struct Said {
    pub(super) feeling: Option<(Sentiment, Option<i8>)>,
    pub(super) status: Option<Status>,
    pub(super) safeguarding: Option<bool>,
    pub(super) respondent: Option<RespondentType>,
    pub(super) stance: Option<Stance>,
}

/// A row with what is needed to understand it.
pub(super) struct Line<'a> {
    pub(super) path: &'a Path,
    pub(super) sheet: Option<u32>,
    pub(super) row: &'a Row,
    pub(super) columns: &'a Columns,
    pub(super) codes: &'a Codes,
    pub(super) scale: Scale,
    pub(super) signed: bool,
    pub(super) deidentifier: &'a Deidentifier,
    pub(super) options: Options,
}

impl<'a> Line<'a> {
    /// The cell of a column that is there, unless it is blank.
    pub(super) fn cell(&self, role: Role) -> Option<&'a str> {
        let cell = self.row.get(self.columns.role(role)?).trim();
        (!cell.is_empty()).then_some(cell)
    }

    /// Who coded, where the sheet says so.
    pub(super) fn coder(&self) -> Option<&'a str> {
        self.cell(Role::Coder).or(self.columns.coder.as_deref())
    }

    /// True where no column of codes holds anything.
    pub(super) fn is_uncoded(&self) -> bool {
        let lists = self.columns.lists.iter().map(|list| list.themes);
        let marks = self.columns.marks.iter().map(|mark| mark.0);
        let others =
            [Role::Sentiment, Role::Status].into_iter().filter_map(|r| self.columns.role(r));
        lists.chain(marks).chain(others).all(|c| self.row.get(c).trim().is_empty())
    }

    /// An error about a cell. What it quotes is a code; a stray cell may hold more, so it is cut
    /// short and freed of personal data.
    fn wrong(
        &self,
        column: usize,
        what: &'static str,
        value: &str,
        known: &[&str],
        advice: &str,
    ) -> Error {
        let hint = did_you_mean(&value.trim().to_lowercase(), known.iter().copied())
            .map(|k| format!("; did you mean `{k}`?"))
            .unwrap_or_default();
        let sheet = self.sheet.map(|s| format!("sheet {s}, ")).unwrap_or_default();
        Error::Value(Box::new(WrongCell {
            path: self.path.to_owned(),
            place: format!("{sheet}row {}", self.row.number),
            column: self.columns.headers.get(column).map(|h| short(h)).unwrap_or_default(),
            what,
            value: short(self.deidentifier.label(&short(value)).as_str()),
            hint,
            advice: advice.to_owned(),
        }))
    }

    pub(super) fn word<T: Copy + std::fmt::Display>(
        &self,
        role: Role,
        what: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        all: &[T],
    ) -> Result<Option<T>, Error> {
        let Some(cell) = self.cell(role) else { return Ok(None) };
        let found = parse(&normal(cell).replace(' ', "_"));
        found.map(Some).ok_or_else(|| {
            let spellings: Vec<String> = all.iter().map(ToString::to_string).collect();
            let known: Vec<&str> = spellings.iter().map(String::as_str).collect();
            let advice = format!("It is one of: {}", known.join(", "));
            self.wrong(self.columns.role(role).unwrap_or_default(), what, cell, &known, &advice)
        })
    }

    pub(super) fn said(&self) -> Result<Said, Error> {
        let safeguarding = self.cell(Role::Safeguarding).map(|cell| {
            cells::yes(cell).ok_or_else(|| {
                let column = self.columns.role(Role::Safeguarding).unwrap_or_default();
                self.wrong(column, "a yes or a no", cell, &[], "Write yes or no")
            })
        });
        let respondent = if self
            .columns
            .role(Role::Respondent)
            .is_some_and(|c| normal(&self.columns.headers[c]) == "respondent")
        {
            // "Respondent" may be a number or a name as well as a type.
            self.cell(Role::Respondent)
                .and_then(|c| RespondentType::parse(&normal(c).replace(' ', "_")))
        } else {
            // As tables name it, or as people read it.
            let parse = |word: &str| {
                let read =
                    |kind: &&RespondentType| normal(labels::role(**kind)).replace(' ', "_") == word;
                RespondentType::parse(word)
                    .or_else(|| RespondentType::ALL.iter().find(read).copied())
            };
            self.word(Role::Respondent, "a type of respondent", parse, RespondentType::ALL)?
        };
        Ok(Said {
            feeling: self.feeling(self.columns.role(Role::Sentiment))?,
            status: self.word(Role::Status, "a status", Status::parse, Status::ALL)?,
            safeguarding: safeguarding.transpose()?,
            respondent,
            stance: self.word(Role::Stance, "a stance", Stance::parse, Stance::ALL)?,
        })
    }

    /// The feeling in a column, where there is one.
    fn feeling(&self, column: Option<usize>) -> Result<Option<(Sentiment, Option<i8>)>, Error> {
        let Some(column) = column else { return Ok(None) };
        let cell = self.row.get(column).trim();
        if cell.is_empty() || matches!(normal(cell).as_str(), "n a" | "na" | "none") {
            return Ok(None);
        }
        let known = ["positive", "negative", "mixed", "neutral"];
        let advice = "Correct the cell, or leave it blank";
        let wrong = || self.wrong(column, self.scale.what(), cell, &known, advice);
        self.scale.feeling(cell).map(Some).ok_or_else(wrong)
    }

    pub(super) fn segment(
        &self,
        unknown: &mut BTreeMap<String, usize>,
    ) -> Result<LabelledSegment, Error> {
        let overall = self.feeling(self.columns.role(Role::Sentiment))?.map(|f| f.0);
        let mut codes = Vec::new();
        for list in &self.columns.lists {
            self.listed(*list, overall, unknown, &mut codes)?;
        }
        for (column, code) in &self.columns.marks {
            let cell = self.row.get(*column);
            let mark = cells::mark(cell, self.signed).ok_or_else(|| {
                let advice = "Write 1, yes or x where the theme is there, 0, no or nothing where it is not, or its sentiment";
                self.wrong(*column, "a mark", cell, &["yes", "no", "positive", "negative"], advice)
            })?;
            if let Mark::Present(own) = mark {
                add_code(&mut codes, *code, own.or(overall));
            }
        }
        let flags = self.columns.role(Role::Flags).map(|c| parts(self.row.get(c)));
        let has = |flag: &str| flags.as_ref().map(|f| f.iter().any(|part| normal(part) == flag));
        Ok(LabelledSegment {
            span: 0..0,
            codes,
            suggestion: has("suggestion"),
            off_topic: has("off topic service"),
            outcomes: self.columns.role(Role::Outcomes).map(|c| self.outcomes(c)).transpose()?,
        })
    }

    /// The themes of one cell.
    fn listed(
        &self,
        list: List,
        overall: Option<Sentiment>,
        unknown: &mut BTreeMap<String, usize>,
        codes: &mut Vec<(usize, Option<Sentiment>)>,
    ) -> Result<(), Error> {
        let beside = self.feeling(list.sentiment)?.map(|f| f.0).or(overall);
        let cell = self.row.get(list.themes).trim();
        // A list as Parquet and JSON print it.
        let cell = cell.strip_prefix('[').and_then(|c| c.strip_suffix(']')).unwrap_or(cell);
        let mut add =
            |(code, own): (usize, Option<Sentiment>)| add_code(codes, code, own.or(beside));
        if let Some(one) = self.theme(cell) {
            add(one);
            return Ok(());
        }
        for part in parts(cell) {
            if let Some(one) = self.theme(part) {
                add(one);
                continue;
            }
            let by_commas: Option<Vec<_>> =
                part.split(',').map(|p| self.theme(p.trim().trim_matches('"'))).collect();
            match by_commas.filter(|all| all.len() > 1) {
                Some(all) => all.into_iter().for_each(&mut add),
                None if cells::no_theme(part) => {}
                None if self.options.ignore_unknown => {
                    let name = self.with_feeling(part).map_or(part, |(name, _)| name.trim());
                    let name: String = name.trim().chars().take(LONGEST_NAME).collect();
                    let name = self.deidentifier.label(&name).as_str().to_owned();
                    *unknown.entry(name).or_default() += 1;
                }
                None => return Err(self.not_a_theme(list.themes, part)),
            }
        }
        Ok(())
    }

    /// A theme as written, with the feeling after its colon.
    fn theme(&self, written: &str) -> Option<(usize, Option<Sentiment>)> {
        let felt = || {
            let (name, feeling) = self.with_feeling(written)?;
            Some((self.codes.find(name)?, Some(feeling)))
        };
        // A sign after the colon is no letter, so the feeling is looked for first.
        felt().or_else(|| Some((self.codes.find(written)?, None)))
    }

    /// What stands before a colon, with the feeling behind it; None where there is no feeling.
    fn with_feeling<'b>(&self, written: &'b str) -> Option<(&'b str, Sentiment)> {
        let (name, feeling) = written.rsplit_once(':')?;
        Some((name, self.scale.feeling(feeling.trim())?.0))
    }

    fn not_a_theme(&self, column: usize, part: &str) -> Error {
        if let Some((name, feeling)) = part.rsplit_once(':')
            && self.codes.find(name).is_some()
        {
            let known = ["positive", "negative", "mixed", "neutral"];
            return self.wrong(
                column,
                self.scale.what(),
                feeling.trim(),
                &known,
                "Correct the cell",
            );
        }
        let names = self.codes.codes.iter().flat_map(|(id, label)| [id.as_str(), label.as_str()]);
        let known: Vec<&str> = names.collect();
        let name = part.rsplit_once(':').map_or(part, |(name, _)| name);
        let advice = format!(
            "Correct the cell, or name the codebook that the file was coded with (this is {}); `heard codebook show` lists its themes, and `heard evaluate --ignore-unknown` leaves others out",
            self.codes.codebook
        );
        self.wrong(column, "a theme of the codebook", name, &known, &advice)
    }

    fn outcomes(&self, column: usize) -> Result<Vec<(Domain, Direction)>, Error> {
        let read = |part: &str| {
            let (domain, way) = part.split_once(':')?;
            let word = |text: &str| normal(text).replace(' ', "_");
            Some((Domain::parse(&word(domain))?, Direction::parse(&word(way))?))
        };
        let wrong = |part: &str| {
            self.wrong(
                column,
                "an outcome",
                part,
                &[],
                "It is a domain and a direction, such as control:lost",
            )
        };
        parts(self.row.get(column)).into_iter().map(|p| read(p).ok_or_else(|| wrong(p))).collect()
    }
}

/// The parts of a cell that lists several things.
fn parts(cell: &str) -> Vec<&str> {
    cell.split([';', '|', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect()
}
