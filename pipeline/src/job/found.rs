//! What was understood of the files, as a form: people confirm it, or put it right, and look again.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::{IntoResponse as _, Redirect};
use serde_json::{Value, json};

use super::files::{Fields, Input, field};
use super::work::Work;
use super::{Answer, Job, pages, running, task};
use crate::config::RawConfig;
use crate::deidentify::{Deidentifier, Options as Redacting};
use crate::intake::{
    self, Column, Intake, QuestionOverride, Role, SourceOverride, Understanding, in_words,
};
use crate::plain::{number, plural};
use crate::response::{Channel, Polarity};

/// Documents listed by name; of more only the count is told.
const LISTED: usize = 40;
/// Rows among which the header is looked for by a person.
const HEADS: u32 = 30;

/// What was understood of the inputs.
pub(super) struct Found {
    tables: Vec<Understanding>,
    /// As settings, to be changed.
    pub(super) sources: Vec<SourceOverride>,
    /// Headers of the breakdowns, as the files have them.
    breakdowns: Vec<String>,
    /// A sentence where no input holds open text.
    nothing: Option<String>,
    deidentifier: Deidentifier,
}

impl Found {
    /// Reads every input once.
    pub(super) fn look(
        inputs: &[Input],
        sources: Vec<SourceOverride>,
        by: Vec<String>,
        work: &Work,
    ) -> Result<Self, intake::Error> {
        let paths: Vec<_> = inputs.iter().map(|input| input.path.clone()).collect();
        let options = intake::Options { by, sources, ..intake::Options::default() };
        let mut intake = Intake::open(&paths, &options)?;
        intake.count()?;
        let nothing = intake.require_open_text().err().map(|error| error.to_string());
        let deidentifier = Deidentifier::new(Redacting::default());
        let breakdowns = intake.breakdowns().iter().map(|name| name.reveal().to_owned()).collect();
        let mut tables = intake.understanding().to_vec();
        for one in &mut tables {
            one.sheet.take_if(|sheet| deidentifier.may_be_somebody(sheet.reveal()));
            // A copy is called as its original is; the hash says which it is.
            if let Ok(copy) = one.path.strip_prefix(work.files()) {
                one.path = copy.components().skip(1).collect();
            }
        }
        let label = |text: &str| deidentifier.label(text).as_str().to_owned();
        let written: RawConfig =
            toml::from_str(&intake::to_toml(&tables, &label)).unwrap_or_default();
        Ok(Self { sources: written.source, breakdowns, nothing, deidentifier, tables })
    }

    fn label(&self, text: &str) -> String {
        self.deidentifier.label(text).as_str().to_owned()
    }

    /// The table that settings are about.
    fn table(&self, source: &SourceOverride) -> Option<&Understanding> {
        self.tables.iter().find(|table| {
            source.sha256.as_ref() == Some(&table.sha256) && source.sheet == table.sheet_number
        })
    }

    /// Takes in what the form says; gives the breakdowns, none where Heard chooses.
    fn confirm(&mut self, fields: &Fields) -> Vec<String> {
        let mut by = Vec::new();
        let mut sources = std::mem::take(&mut self.sources);
        for (at, source) in sources.iter_mut().enumerate() {
            let Some(table) = self.table(source) else { continue };
            let name = |what: &str| format!("s{at}-{what}");
            source.ignore = fields.contains_key(&name("ignore"));
            if let Some(channel) = Channel::parse(field(fields, &name("channel"))) {
                source.channel = Some(channel);
            }
            if !source.letters.is_empty() && !fields.contains_key(&name("letters")) {
                source.letters.clear();
            }
            for column in &table.columns {
                let name = |what: &str| format!("s{at}-c{}-{what}", column.index);
                let header = column.header.reveal();
                if fields.contains_key(&name("by")) && !by.iter().any(|known| known == header) {
                    by.push(header.to_owned());
                }
                let written = source.columns.iter_mut().find(|c| c.index == column.index);
                let Some(written) = written else { continue };
                if let Some(role) = Role::parse(field(fields, &name("role"))) {
                    written.role = Some(role);
                }
                if let Some(asks) = Polarity::parse(field(fields, &name("asks"))) {
                    written.polarity = Some(asks);
                }
            }
            for (number, question) in source.questions.iter_mut().enumerate() {
                let QuestionOverride { polarity, .. } = question;
                if let Some(asks) = Polarity::parse(field(fields, &name(&format!("q{number}")))) {
                    *polarity = asks;
                }
            }
            if let Ok(first) = field(fields, &name("head")).parse::<u32>() {
                let last = first + field(fields, &name("heads")).parse().unwrap_or(1).clamp(1, 4);
                let rows: Vec<u32> = if first == 0 { Vec::new() } else { (first..last).collect() };
                if rows != table.header_rows {
                    // Another header means other columns: they are understood anew.
                    source.header_rows = Some(rows);
                    source.columns.clear();
                    source.questions.clear();
                }
            }
        }
        self.sources = sources;
        if same(&by, &self.breakdowns) { Vec::new() } else { by }
    }

    fn view(&self) -> Value {
        let tables: Vec<Value> = self
            .sources
            .iter()
            .enumerate()
            .filter_map(|(at, source)| Some(self.source(at, source, self.table(source)?)))
            .collect();
        let listed = |one: &&Understanding| one.columns.is_empty();
        let documents: Vec<&Understanding> = self.tables.iter().filter(listed).collect();
        let label = |text: &str| self.label(text);
        let lines: Vec<Value> = documents
            .iter()
            .take(LISTED)
            .map(|one| {
                json!({
                    "name": one.shown(&label),
                    "facts": in_words::facts(one),
                    "problems": problems(one),
                })
            })
            .collect();
        let people: u64 = self.tables.iter().filter(|t| t.source.is_some()).map(|t| t.people).sum();
        json!({
            "tables": tables,
            "documents": lines,
            "all_documents": documents.len(),
            "more": documents.len().saturating_sub(LISTED),
            "people": plural(people, "person or body", "people or bodies"),
            "nothing": self.nothing,
        })
    }

    fn source(&self, at: usize, source: &SourceOverride, table: &Understanding) -> Value {
        let label = |text: &str| self.label(text);
        let columns: Vec<Value> = table
            .columns
            .iter()
            .map(|column| {
                let now = source.columns.iter().find(|c| c.index == column.index);
                self.column(column, now.and_then(|c| c.role), now.and_then(|c| c.polarity))
            })
            .collect();
        let asked = |text: &str| self.label(text);
        let questions: Vec<Value> = table
            .answers
            .iter()
            .enumerate()
            .map(|(number, answers)| {
                let now = source.questions.get(number).map_or(answers.polarity, |q| q.polarity);
                json!({
                    "text": asked(answers.question.reveal()),
                    "counts": in_words::answered(answers),
                    "asks": table.long.then(|| polarities(now)),
                })
            })
            .collect();
        let heads = source.header_rows.clone().unwrap_or_default();
        json!({
            "at": at,
            "name": table.shown(&label),
            "sheet": table.sheet.as_ref().map(|s| label(s.reveal())),
            "sheet_number": table.sheet_number,
            "format": in_words::format_line(table),
            "rows": plural(table.rows, "row", "rows"),
            "people": plural(table.people, "person or body", "people or bodies"),
            "counts": table.counts.as_ref().map(in_words::counts_lines),
            "problems": problems(table),
            "open": table.has_open_text(),
            "ignore": source.ignore,
            "channels": Channel::ALL.iter().map(|c| json!({
                "id": c.as_str(), "label": crate::tables::labels::sentence_case(c.as_str()),
                "on": source.channel == Some(*c),
            })).collect::<Vec<_>>(),
            "columns": columns,
            "questions": questions,
            "letters": source.letters,
            "with_head": source.header_rows.is_some(),
            "head": (0..=HEADS).map(|row| json!({
                "row": row, "on": heads.first().copied().unwrap_or_default() == row,
            })).collect::<Vec<_>>(),
            "heads": (1..=4).map(|rows| json!({
                "rows": rows, "on": heads.len().max(1) == rows,
            })).collect::<Vec<_>>(),
        })
    }

    fn column(&self, column: &Column, role: Option<Role>, asks: Option<Polarity>) -> Value {
        let role = role.unwrap_or(column.role);
        let header = column.header.reveal();
        let is_by =
            self.breakdowns.iter().any(|name| intake::normal(name) == intake::normal(header));
        let may_be = matches!(role, Role::SingleChoice | Role::Other | Role::Rating)
            && (2..=60).contains(&column.distinct);
        let shown = self.label(header);
        json!({
            "index": column.index,
            "header": shown,
            "filled": number(column.filled),
            "distinct": number(column.distinct),
            "roles": Role::ALL.iter().map(|r| json!({
                "id": r.as_str(), "label": in_words::role(*r), "on": *r == role,
            })).collect::<Vec<_>>(),
            "asks": (role == Role::OpenText).then(|| {
                let found = column.asks.as_ref().map_or(Polarity::Neutral, |a| a.1);
                polarities(asks.unwrap_or(found))
            }),
            "open": role == Role::OpenText,
            "may_be_by": may_be || is_by,
            "by": is_by,
        })
    }
}

/// Whether two lists of headers name the same columns.
fn same(one: &[String], other: &[String]) -> bool {
    let normal = |names: &[String]| {
        let mut names: Vec<String> = names.iter().map(|name| intake::normal(name)).collect();
        names.sort();
        names
    };
    normal(one) == normal(other)
}

fn polarities(now: Polarity) -> Vec<Value> {
    let each = Polarity::ALL.iter();
    each.map(|p| json!({"id": p.as_str(), "label": in_words::asks(*p), "on": *p == now})).collect()
}

fn problems(one: &Understanding) -> Vec<String> {
    one.problems.iter().map(in_words::problem).collect()
}

/// Looks at the files, from the beginning.
pub(super) async fn look(State(job): State<Arc<Job>>) -> Answer {
    job.state().settings.by.clear();
    Ok(again(&job, Vec::new()))
}

/// Looks at the files with what people said of them.
fn again(job: &Arc<Job>, sources: Vec<SourceOverride>) -> axum::response::Response {
    let (inputs, by) = {
        let state = job.state();
        (state.inputs.clone(), state.settings.by.clone())
    };
    if inputs.is_empty() {
        job.state().notice = Some("Choose a file first.".to_owned());
        return Redirect::to("/job").into_response();
    }
    task::begin(job, "Looking at the files", move |job, task| {
        task.stage("Finding headers, questions, consent and breakdowns, and counting answers");
        match Found::look(&inputs, sources, by, &job.work) {
            Ok(found) => {
                job.state().found = Some(found);
                "/job/found"
            }
            Err(error) => {
                job.state().notice = Some(job.work.plainly(&error.to_string()));
                "/job"
            }
        }
    })
}

pub(super) async fn page(State(job): State<Arc<Job>>) -> Answer {
    let view = {
        let state = job.state();
        let Some(found) = &state.found else { return Ok(Redirect::to("/job").into_response()) };
        let mut view = found.view();
        view["settings"] = state.settings.view(&state.inputs);
        view
    };
    pages::render(&job, "found.html", "What was found", view)
}

/// Takes in the form, and does what the button says.
pub(super) async fn confirm(State(job): State<Arc<Job>>, Form(fields): Form<Fields>) -> Answer {
    let sources = {
        let mut state = job.state();
        let Some(mut found) = state.found.take() else {
            return Ok(Redirect::to("/job").into_response());
        };
        state.settings.by = found.confirm(&fields);
        let sources = found.sources.clone();
        state.found = Some(found);
        if let Err(said) = state.settings.read(&fields) {
            state.notice = Some(said);
            return Ok(Redirect::to("/job/found").into_response());
        }
        sources
    };
    Ok(match field(&fields, "do") {
        "again" => again(&job, sources),
        "place" => Redirect::to("/job/browse?for=out").into_response(),
        _ => running::run(&job),
    })
}
