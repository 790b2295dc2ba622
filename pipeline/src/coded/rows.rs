//! The rows of a coded spreadsheet to readings: cells to labels, rows of one response and one coder
//! put together, texts de-identified as one document.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use heard_models::examples::{LabelledResponse, LabelledSegment, roll_up};
use heard_models::words::{Direction, Domain, Polarity, RespondentType, Sentiment, Stance, Status};

use super::cells::{self, Mark, Scale};
use super::columns::{Columns, List, Role, short};
use super::{Coded, Codes, Error, Options, Reading, WrongCell};
use crate::config::did_you_mean;
use crate::deidentify::Deidentifier;
use crate::intake::{self, Row, Sheets, normal, repaired};

/// Reads every sheet that holds codes; an error where none does.
pub(super) fn read(
    path: &Path,
    file: Sheets,
    codes: &Codes,
    deidentifier: &Deidentifier,
    options: Options,
) -> Result<Coded, Error> {
    let (mut found, mut failed) = (Vec::new(), None);
    for sheet in file.sheets {
        match Columns::find(path, &sheet, codes, options) {
            Ok(columns) => found.push((sheet, columns)),
            // Sheets of notes and lists stand beside those with codes.
            Err(error @ Error::Column { .. }) => failed = failed.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    if let (true, Some(error)) = (found.is_empty(), failed) {
        return Err(error);
    }
    let feelings = found.iter().flat_map(|(sheet, columns)| {
        let beside = columns.lists.iter().filter_map(|list| list.sentiment);
        let columns_of: Vec<usize> =
            columns.role(Role::Sentiment).into_iter().chain(beside).collect();
        let rows = sheet.rows[columns.first..].iter();
        rows.flat_map(move |row| columns_of.clone().into_iter().map(move |c| row.get(c)))
    });
    let scale = Scale::of(feelings);
    let mut drafts = Drafts::default();
    let mut unknown = BTreeMap::new();
    for (sheet, columns) in &found {
        let rows = &sheet.rows[columns.first..];
        let marked =
            |row: &Row| columns.marks.iter().any(|(c, _)| cells::is_minus_one(row.get(*c)));
        let signed = rows.iter().any(marked);
        for row in rows {
            let line = Line {
                path,
                sheet: sheet.number,
                row,
                columns,
                codes,
                scale,
                signed,
                deidentifier,
                options,
            };
            drafts.add(&line, &mut unknown)?;
        }
    }
    let Drafts { rows, blank, uncoded_end, coders, .. } = drafts;
    let mut questions = HashMap::new();
    let readings = drafts.all.into_iter().map(|d| d.finish(deidentifier, &mut questions)).collect();
    let (path, sha256) = (path.to_owned(), file.sha256);
    Ok(Coded { path, sha256, rows, blank, uncoded_end, readings, coders, unknown, scale })
}

/// Readings in the making.
#[derive(Default)]
struct Drafts {
    all: Vec<Draft>,
    /// Where the reading of an (identity, question, coder) stands in `all`.
    places: HashMap<(String, String, usize), usize>,
    /// How often a coder coded these words, where there is no id.
    times: HashMap<(String, String, usize), usize>,
    coders: Vec<String>,
    rows: usize,
    blank: usize,
    uncoded_end: usize,
}

/// What a coder said of a response, before its texts are de-identified.
struct Draft {
    reading: Reading,
    /// The words of each segment as the file has them, and the segment's number where one is given.
    parts: Vec<(String, String)>,
    feelings: Vec<(Sentiment, Option<i8>)>,
    situation: Option<String>,
    polarity: Option<Polarity>,
}

impl Drafts {
    fn add(&mut self, line: &Line<'_>, unknown: &mut BTreeMap<String, usize>) -> Result<(), Error> {
        let text = line.columns.role(Role::Text).map(|c| repaired(line.row.get(c)).0.into_owned());
        let id = line.cell(Role::Id).map(str::to_owned);
        let segment = line.segment(unknown)?;
        let index = self.rows;
        self.rows += 1;
        self.uncoded_end = if line.is_uncoded() { self.uncoded_end + 1 } else { 0 };
        if text.as_ref().is_some_and(String::is_empty) {
            self.blank += 1;
        }
        let coder = self.coder(line);
        let text = text.unwrap_or_default();
        let question = line
            .cell(Role::Question)
            .or(line.columns.asked.as_deref())
            .unwrap_or_default()
            .to_owned();
        let number = line.cell(Role::Segment).unwrap_or_default().to_owned();
        let key = match &id {
            Some(id) => (id.clone(), question.clone(), coder),
            None if line.columns.role(Role::Coder).is_some() => {
                // The second "Nothing" of a coder is the second person who said so.
                let key = (text.clone(), question.clone(), coder);
                let times = self.times.entry(key).or_default();
                *times += 1;
                (format!("{times} {text}"), question.clone(), coder)
            }
            None => (format!("row {index}"), String::new(), coder),
        };
        let said = line.said()?;
        if let Some(at) = self.places.get(&key) {
            self.all[*at].extend(text, number, segment, &said);
            return Ok(());
        }
        self.places.insert(key, self.all.len());
        let Said { feeling, status, safeguarding, respondent, stance } = said;
        self.all.push(Draft {
            reading: Reading {
                response: LabelledResponse {
                    situation: format!("row {index}"),
                    text: String::new(),
                    question,
                    polarity: Polarity::Neutral,
                    segments: vec![segment],
                    status,
                    safeguarding,
                    respondent,
                    stance,
                },
                id,
                coder,
                sheet: line.sheet,
                row: line.row.number,
                sentiment: None,
                level: None,
            },
            parts: vec![(text, number)],
            feelings: feeling.into_iter().collect(),
            situation: line.cell(Role::Situation).map(str::to_owned),
            polarity: line.word(
                Role::Polarity,
                "a polarity of a question",
                Polarity::parse,
                Polarity::ALL,
            )?,
        });
        Ok(())
    }

    /// The number of who coded this row. Without a name a sheet has one coder.
    fn coder(&mut self, line: &Line<'_>) -> usize {
        let named = line.cell(Role::Coder).map(str::to_lowercase);
        let name = named.unwrap_or_else(|| {
            line.sheet.map_or_else(String::new, |sheet| format!("\u{0}{sheet}"))
        });
        self.coders.iter().position(|c| *c == name).unwrap_or_else(|| {
            self.coders.push(name);
            self.coders.len() - 1
        })
    }
}

impl Draft {
    /// Another row of the same response: another segment, or more codes of one that is there.
    fn extend(&mut self, text: String, number: String, segment: LabelledSegment, said: &Said) {
        let response = &mut self.reading.response;
        let same =
            |part: &(String, String)| part.1 == number && (part.0 == text || text.is_empty());
        if let Some(at) = self.parts.iter().rposition(same) {
            merge(&mut response.segments[at], segment);
        } else {
            self.parts.push((text, number));
            response.segments.push(segment);
        }
        self.feelings.extend(said.feeling);
        response.status = response.status.or(said.status);
        response.safeguarding = response.safeguarding.max(said.safeguarding);
        response.respondent = response.respondent.or(said.respondent);
        response.stance = response.stance.or(said.stance);
    }

    /// The reading, its texts de-identified together so that [PERSON 1] is one person.
    fn finish(
        self,
        deidentifier: &Deidentifier,
        questions: &mut HashMap<String, String>,
    ) -> Reading {
        let Self { mut reading, parts, feelings, situation, polarity } = self;
        let response = &mut reading.response;
        let texts: Vec<&str> = parts.iter().map(|part| part.0.as_str()).collect();
        for (segment, text) in response.segments.iter_mut().zip(deidentifier.document(&texts)) {
            if !response.text.is_empty() && !text.as_str().is_empty() {
                response.text.push(' ');
            }
            let start = response.text.len();
            response.text.push_str(text.as_str());
            segment.span = start..response.text.len();
        }
        let asked = std::mem::take(&mut response.question);
        response.polarity = polarity.unwrap_or_else(|| intake::polarity(&asked));
        let question = questions
            .entry(asked)
            .or_insert_with_key(|asked| deidentifier.label(asked).as_str().to_owned());
        response.question.clone_from(question);
        if let Some(situation) = situation.or_else(|| reading.id.clone()) {
            response.situation = situation;
        }
        reading.sentiment = roll_up(feelings.iter().map(|f| f.0));
        reading.level = feelings
            .first()
            .and_then(|f| f.1)
            .filter(|_| feelings.iter().all(|f| f.1 == feelings[0].1));
        reading
    }
}

/// Adds the codes of another row about the same words.
fn merge(into: &mut LabelledSegment, other: LabelledSegment) {
    for (code, sentiment) in other.codes {
        add_code(&mut into.codes, code, sentiment);
    }
    into.suggestion = into.suggestion.max(other.suggestion);
    into.off_topic = into.off_topic.max(other.off_topic);
    if let Some(more) = other.outcomes {
        let outcomes = into.outcomes.get_or_insert_default();
        for outcome in more {
            if !outcomes.contains(&outcome) {
                outcomes.push(outcome);
            }
        }
    }
}

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
struct Said {
    feeling: Option<(Sentiment, Option<i8>)>,
    status: Option<Status>,
    safeguarding: Option<bool>,
    respondent: Option<RespondentType>,
    stance: Option<Stance>,
}

/// A row with what is needed to understand it.
struct Line<'a> {
    path: &'a Path,
    sheet: Option<u32>,
    row: &'a Row,
    columns: &'a Columns,
    codes: &'a Codes,
    scale: Scale,
    signed: bool,
    deidentifier: &'a Deidentifier,
    options: Options,
}

impl<'a> Line<'a> {
    /// The cell of a column that is there, unless it is blank.
    fn cell(&self, role: Role) -> Option<&'a str> {
        let cell = self.row.get(self.columns.role(role)?).trim();
        (!cell.is_empty()).then_some(cell)
    }

    /// True where no column of codes holds anything.
    fn is_uncoded(&self) -> bool {
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

    fn word<T: Copy + std::fmt::Display>(
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

    fn said(&self) -> Result<Said, Error> {
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
            self.word(
                Role::Respondent,
                "a type of respondent",
                RespondentType::parse,
                RespondentType::ALL,
            )?
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

    fn segment(&self, unknown: &mut BTreeMap<String, usize>) -> Result<LabelledSegment, Error> {
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
                    let name = short(self.deidentifier.label(&short(part)).as_str());
                    *unknown.entry(name).or_default() += 1;
                }
                None => return Err(self.not_a_theme(list.themes, part)),
            }
        }
        Ok(())
    }

    /// A theme as written, with the feeling after its colon.
    fn theme(&self, written: &str) -> Option<(usize, Option<Sentiment>)> {
        let with_feeling = || {
            let (name, feeling) = written.rsplit_once(':')?;
            let feeling = self.scale.feeling(feeling.trim())?;
            Some((self.codes.find(name)?, Some(feeling.0)))
        };
        // A sign after the colon is no letter, so the feeling is looked for first.
        with_feeling().or_else(|| Some((self.codes.find(written)?, None)))
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
