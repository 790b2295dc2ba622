//! The rows of a coded spreadsheet to readings: cells to labels, rows of one response and one coder
//! put together, texts de-identified as one document.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use heard_models::examples::{LabelledResponse, LabelledSegment, roll_up};
use heard_models::words::{Polarity, Sentiment};

use super::cells::{self, Scale};
use super::columns::{Columns, Role};
use super::line::{Line, Said, add_code};
use super::{Coded, Codes, Error, Options, Reading};
use crate::deidentify::Deidentifier;
use crate::intake::{self, Row, Sheets, repaired};
use crate::review::sheet;

/// Reads every sheet that holds codes; an error where none does.
pub(super) fn read(
    path: &Path,
    file: Sheets,
    codes: &Codes,
    deidentifier: &Deidentifier,
    options: Options,
) -> Result<Coded, Error> {
    let (mut found, mut failed) = (Vec::new(), None);
    for sheet in &file.sheets {
        match Columns::find(path, sheet, codes, options) {
            Ok(columns) => found.extend(columns.each_coder().into_iter().map(|own| (sheet, own))),
            // Sheets of notes and lists stand beside those with codes.
            Err(error @ Error::Column { .. }) => failed = failed.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    if let (true, Some(error)) = (found.is_empty(), failed) {
        return Err(error);
    }
    // Of a workbook of the review, one sheet is coded; in rows that nobody checked stand the model's
    // codes.
    let is_workbook = found.iter().any(|(_, columns)| columns.are_of_a_review());
    found.retain(|(_, columns)| !is_workbook || columns.are_of_a_review());
    let is_said =
        |row: &Row| !is_workbook || !row.get(usize::from(sheet::CHECKED)).trim().is_empty();
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
        for row in rows.iter().filter(|row| is_said(row)) {
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
    let Drafts { blank, uncoded_end, coders, .. } = drafts;
    let rows = drafts.rows.len();
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
    /// The rows so far, by sheet and number.
    rows: HashMap<(Option<u32>, u32), usize>,
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
        // Coders with columns of their own speak of the same row.
        let next = self.rows.len();
        let index = *self.rows.entry((line.sheet, line.row.number)).or_insert(next);
        self.uncoded_end = if line.is_uncoded() { self.uncoded_end + 1 } else { 0 };
        if index == next && text.as_ref().is_some_and(String::is_empty) {
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
            None if line.coder().is_some() => {
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
                    level: None,
                },
                id,
                coder,
                sheet: line.sheet,
                row: line.row.number,
                sentiment: None,
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
        let named = line.coder().map(str::to_lowercase);
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
        reading.response.level = feelings
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
