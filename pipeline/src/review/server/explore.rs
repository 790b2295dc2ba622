//! Looking around: answers by theme, feeling, question, who speaks and any breakdown, with full-text
//! search, and two themes side by side.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::extract::{Query, State};
use heard_models::words::{RespondentType, Sentiment};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::app::App;
use super::{Answer, Shared, pages};
use crate::coding::{CodedResponse, Flag};
use crate::plain::for_address;
use crate::review::decisions::Decisions;
use crate::review::stored::Run;
use crate::review::{Error, apply};
use crate::tables::evidence::Dimension;
use crate::tables::labels;

/// Answers on a page.
const PAGE: usize = 25;

/// The words of every answer as they are shown, to be searched. In memory: no second copy on disk.
pub(super) fn index(run: &Run, decisions: &Decisions) -> Result<Connection, Error> {
    let db = Connection::open_in_memory()?;
    db.execute_batch(
        "CREATE VIRTUAL TABLE words USING fts5(text, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2')",
    )?;
    db.execute_batch("BEGIN")?;
    {
        let mut insert = db.prepare("INSERT INTO words (rowid, text) VALUES (?1, ?2)")?;
        for (at, row) in run.rows.iter().enumerate() {
            let masks = &decisions.state(row.key).masks;
            if masks.is_empty() {
                insert.execute((at as i64 + 1, row.coded.response.text.as_str()))?;
            } else {
                let coded = masked(run, decisions, at);
                insert.execute((at as i64 + 1, coded.response.text.as_str()))?;
            }
        }
    }
    db.execute_batch("COMMIT")?;
    Ok(db)
}

fn masked(run: &Run, decisions: &Decisions, at: usize) -> CodedResponse {
    let row = &run.rows[at];
    let mut coded = row.coded.clone();
    apply::mask(&mut coded, &decisions.state(row.key).masks, &row.moves);
    coded
}

/// Takes in an answer of which the words changed.
pub(super) fn index_row(
    db: &Connection,
    run: &Run,
    decisions: &Decisions,
    at: usize,
) -> Result<(), Error> {
    let coded = masked(run, decisions, at);
    db.execute("DELETE FROM words WHERE rowid = ?1", [at as i64 + 1])?;
    db.execute(
        "INSERT INTO words (rowid, text) VALUES (?1, ?2)",
        (at as i64 + 1, coded.response.text.as_str()),
    )?;
    Ok(())
}

/// Rows that hold all words, the last of which may be unfinished; words in quotation marks stand
/// together. None where nothing was asked for.
fn search(db: &Connection, asked: &str) -> Result<Option<Vec<usize>>, Error> {
    let mut parts: Vec<String> = Vec::new();
    for (i, part) in asked.split('"').enumerate() {
        if i % 2 == 1 {
            parts.push(format!("\"{part}\""));
        } else {
            let words = part.split(|c: char| !c.is_alphanumeric() && c != '\'');
            parts.extend(words.filter(|w| !w.is_empty()).map(|w| format!("\"{w}\"*")));
        }
    }
    parts.retain(|part| part.chars().any(char::is_alphanumeric));
    if parts.is_empty() {
        return Ok(None);
    }
    let mut found = db.prepare_cached("SELECT rowid FROM words WHERE words MATCH ?1")?;
    let rows = found.query_map([parts.join(" ")], |row| row.get::<_, i64>(0))?;
    let mut all = Vec::new();
    for row in rows {
        all.push(row? as usize - 1);
    }
    all.sort_unstable();
    Ok(Some(all))
}

/// What is asked for.
type Asked = HashMap<String, String>;

fn asked<'a>(query: &'a Asked, name: &str) -> &'a str {
    query.get(name).map(|v| v.trim()).unwrap_or_default()
}

/// What is asked for besides words and themes; empty where anything will do.
struct Wanted<'a> {
    question: &'a str,
    who: &'a str,
    channel: &'a str,
    wave: &'a str,
    status: &'a str,
    flag: &'a str,
    coder: &'a str,
    /// A cell of a breakdown: what it is by, and the value as people read it.
    group: Option<(Dimension, &'a str)>,
    /// By number of the breakdown.
    by: Vec<(usize, &'a str)>,
}

impl<'a> Wanted<'a> {
    fn new(query: &'a Asked, breakdowns: &[String]) -> Self {
        let by = breakdowns.iter().map(|name| asked(query, name)).enumerate();
        Self {
            question: asked(query, "question"),
            who: asked(query, "who"),
            channel: asked(query, "channel"),
            wave: asked(query, "wave"),
            status: asked(query, "status"),
            flag: asked(query, "flag"),
            coder: asked(query, "coder"),
            group: labels::find(asked(query, "group"), breakdowns)
                .map(|by| (by, asked(query, "value"))),
            by: by.filter(|(_, value)| !value.is_empty()).collect(),
        }
    }

    fn takes(&self, app: &App, at: usize) -> bool {
        let row = &app.run.rows[at];
        let (coded, response) = (&row.coded, &row.coded.response);
        let is = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
        is(self.question, response.question.text.as_str())
            && is(self.who, coded.respondent_type.0.as_str())
            && is(self.channel, response.channel.as_str())
            && is(self.wave, response.wave.as_deref().unwrap_or_default())
            && is(self.status, coded.status.as_str())
            && (self.flag.is_empty() || coded.flags.iter().any(|f| f.as_str() == self.flag))
            && self
                .by
                .iter()
                .all(|(n, v)| response.by.get(*n).and_then(Option::as_deref) == Some(*v))
            && self.group.is_none_or(|(by, value)| labels::of_any_row(by, coded) == value)
            && match self.coder {
                "" => true,
                "model" => app.state(at).counting().is_none(),
                who => app.state(at).codes_of(who).is_some_and(|codes| codes.done),
            }
    }
}

/// Whether a theme, or any, stands for a row with this feeling, or any.
fn feels(app: &App, at: usize, theme: Option<u16>, felt: &str) -> bool {
    if theme.is_none() && felt.is_empty() {
        return true;
    }
    let by_model = app.state(at).counting().is_none();
    if by_model {
        let mut given = app.run.rows[at].coded.codings.iter().filter(|c| c.codebook == 0);
        let any = given.any(|c| theme.is_none_or(|theme| theme == c.theme));
        if !any || felt.is_empty() {
            return any;
        }
    }
    let is = |sentiment: Sentiment| match felt {
        "" => true,
        // What charts put together.
        "between" => matches!(sentiment, Sentiment::Mixed | Sentiment::Neutral),
        felt => sentiment.as_str() == felt,
    };
    app.themes(at).iter().any(|(t, s)| theme.is_none_or(|theme| theme == *t) && is(*s))
}

pub(super) async fn page(State(shared): State<Arc<Shared>>, Query(query): Query<Asked>) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    let found = search(&app.index, asked(&query, "q"))?;
    let book = app.run.about.vocabulary.codebooks().first().map(|b| b.id.clone());
    let find = |name: &str| {
        let theme = asked(&query, name);
        let book = book.as_deref()?;
        app.run.about.vocabulary.find(book, theme).map(|(_, theme)| theme)
    };
    let (first, second) = (find("theme"), find("theme2"));
    let felt = asked(&query, "sentiment");
    let wanted = Wanted::new(&query, app.run.about.vocabulary.breakdowns());
    let page: usize = asked(&query, "page").parse().unwrap_or(0);
    let mut columns = Vec::new();
    for theme in [Some(first), second.map(Some)].into_iter().flatten() {
        let takes = |at: &usize| wanted.takes(&app, *at) && feels(&app, *at, theme, felt);
        let rows: Vec<usize> = match &found {
            Some(found) => found.iter().copied().filter(takes).collect(),
            None => (0..app.run.rows.len()).filter(takes).collect(),
        };
        let label = theme.map(|t| app.run.about.vocabulary.theme(0, t).label.clone());
        let shown: Vec<Value> =
            rows.iter().skip(page * PAGE).take(PAGE).map(|at| card(&app, *at)).collect();
        columns.push(json!({
            "label": label,
            "count": rows.len(),
            "rows": shown,
            "from": (page * PAGE + 1).min(rows.len()),
            "to": ((page + 1) * PAGE).min(rows.len()),
            "more": rows.len() > (page + 1) * PAGE,
        }));
    }
    let link = |page: usize| {
        let number = page.to_string();
        address(&query, &|name| name == "page", &[("page", &number)])
    };
    let more = columns.iter().any(|c| c["more"] == true);
    let view = json!({
        "columns": columns,
        "query": query,
        "filters": filters(&app, &query),
        "themes": super::view::themes(&app),
        "newer": (page > 0).then(|| link(page - 1)),
        "older": more.then(|| link(page + 1)),
        "word": asked(&query, "q"),
        "theme": asked(&query, "theme"),
        "theme2": asked(&query, "theme2"),
        "sentiment": felt,
        "group": wanted.group.map(|(by, value)| {
            let name = labels::dimension(by, app.run.about.vocabulary.breakdowns()).1;
            let without = |name: &str| ["group", "value", "page"].contains(&name);
            json!({
                "label": name,
                "id": asked(&query, "group"),
                "value": value,
                "without": address(&query, &without, &[]),
            })
        }),
    });
    pages::render(&mut app, "explore.html", "Explore", view)
}

/// This page asked for in another way: without some of what was asked, and with more.
fn address(query: &Asked, without: &dyn Fn(&str) -> bool, with: &[(&str, &str)]) -> String {
    let mut pairs: Vec<(&str, &str)> = query
        .iter()
        .filter(|(name, value)| !without(name) && !value.is_empty())
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    pairs.sort_unstable();
    pairs.extend(with);
    let pair =
        |(name, value): &(&str, &str)| format!("{}={}", for_address(name), for_address(value));
    format!("/explore?{}", pairs.iter().map(pair).collect::<Vec<_>>().join("&"))
}

/// A list of values to choose from.
pub(super) struct Choice {
    name: String,
    label: String,
    /// (value, what people read).
    values: Vec<(String, String)>,
}

/// More values than these are not a choice.
const VALUES: usize = 500;

/// The values that the run holds, in the order of meeting.
pub(super) fn choices(run: &Run) -> Vec<Choice> {
    fn distinct<'a>(
        run: &'a Run,
        of: impl Fn(&'a CodedResponse) -> Option<&'a str>,
    ) -> Vec<&'a str> {
        let (mut seen, mut known) = (Vec::new(), HashSet::new());
        for row in &run.rows {
            if let Some(value) = of(&row.coded)
                && !value.is_empty()
                && known.len() < VALUES
                && known.insert(value)
            {
                seen.push(value);
            }
        }
        seen
    }
    let same = |values: Vec<&str>| -> Vec<(String, String)> {
        values.into_iter().map(|v| (v.to_owned(), v.to_owned())).collect()
    };
    let words = |values: Vec<&str>| -> Vec<(String, String)> {
        values.into_iter().map(|v| (v.to_owned(), labels::sentence_case(v))).collect()
    };
    let kinds = distinct(run, |r| Some(r.respondent_type.0.as_str()));
    let kinds = RespondentType::ALL.iter().filter(|kind| kinds.contains(&kind.as_str()));
    let mut all = vec![
        ("question", "Question", same(distinct(run, |r| Some(r.response.question.text.as_str())))),
        (
            "who",
            "Who speaks",
            kinds.map(|kind| (kind.as_str().to_owned(), labels::roles(*kind).to_owned())).collect(),
        ),
        ("wave", "Wave", same(distinct(run, |r| r.response.wave.as_deref()))),
        ("channel", "Came as", words(distinct(run, |r| Some(r.response.channel.as_str())))),
        ("status", "Holds", words(distinct(run, |r| Some(r.status.as_str())))),
        ("flag", "Flag", words(Flag::ALL.iter().map(|f| f.as_str()).collect())),
    ]
    .into_iter()
    .map(|(name, label, values)| Choice { name: name.to_owned(), label: label.to_owned(), values })
    .collect::<Vec<_>>();
    for (at, name) in run.about.vocabulary.breakdowns().iter().enumerate() {
        let label = labels::sentence_case(&name.trim_start_matches("by_").replace('_', " "));
        let values = same(distinct(run, |r| r.response.by.get(at)?.as_deref()));
        all.push(Choice { name: name.clone(), label, values });
    }
    all.retain(|choice| choice.values.len() > 1);
    all
}

/// What can be chosen, and what is.
fn filters(app: &App, query: &Asked) -> Vec<Value> {
    let mut coders = vec![("model".to_owned(), "The model alone".to_owned())];
    coders.extend(app.decisions.coders().into_iter().map(|who| (who.clone(), who)));
    let coders = Choice { name: "coder".to_owned(), label: "Coded by".to_owned(), values: coders };
    let all = app.choices.iter().chain([&coders]).filter(|choice| choice.values.len() > 1);
    all.map(|choice| {
        let value = |(id, label): &(String, String)| json!({"id": id, "label": label});
        json!({
            "name": choice.name,
            "label": choice.label,
            "now": asked(query, &choice.name),
            "values": choice.values.iter().map(value).collect::<Vec<_>>(),
        })
    })
    .collect()
}

/// An answer in a list.
fn card(app: &App, at: usize) -> Value {
    let coded = masked(&app.run, &app.decisions, at);
    let vocabulary = &app.run.about.vocabulary;
    let themes: Vec<Value> = app
        .themes(at)
        .iter()
        .map(|(theme, felt)| {
            json!({"label": vocabulary.theme(0, *theme).label, "sentiment": felt.as_str()})
        })
        .collect();
    let text = coded.response.text.as_str();
    let short: String = text.chars().take(400).collect();
    json!({
        "at": at,
        "id": coded.response.id,
        "text": short,
        "cut": short.len() < text.len(),
        "themes": themes,
        "by_person": app.state(at).counting().is_some(),
        "question": coded.response.question.text.as_str(),
        "role": labels::role(coded.respondent_type.0),
    })
}
