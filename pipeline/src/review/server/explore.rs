//! Looking around: answers by theme, feeling, question, who speaks and any breakdown, with full-text
//! search, and two themes side by side.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::extract::{Query, State};
use heard_models::words::{RespondentType, Sentiment, Status};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::app::App;
use super::{Answer, Shared, pages};
use crate::coding::{CodedResponse, Flag};
use crate::review::decisions::Decisions;
use crate::review::stored::Run;
use crate::review::{Error, apply};
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
fn search(db: &Connection, asked: &str) -> Result<Option<HashSet<usize>>, Error> {
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
    let mut all = HashSet::new();
    for row in rows {
        all.insert(row? as usize - 1);
    }
    Ok(Some(all))
}

/// What is asked for.
type Asked = HashMap<String, String>;

fn asked<'a>(query: &'a Asked, name: &str) -> &'a str {
    query.get(name).map(|v| v.trim()).unwrap_or_default()
}

/// Whether a row passes everything but the theme.
fn passes(app: &App, at: usize, query: &Asked, found: Option<&HashSet<usize>>) -> bool {
    let row = &app.run.rows[at];
    let (coded, response) = (&row.coded, &row.coded.response);
    let state = app.decisions.state(row.key);
    let is = |name: &str, value: &str| {
        let wanted = asked(query, name);
        wanted.is_empty() || wanted == value
    };
    let by = app.run.about.vocabulary.breakdowns().iter().zip(&response.by);
    found.is_none_or(|found| found.contains(&at))
        && is("question", response.question.text.as_str())
        && is("who", coded.respondent_type.0.as_str())
        && is("channel", response.channel.as_str())
        && is("wave", response.wave.as_deref().unwrap_or_default())
        && is("status", coded.status.as_str())
        && (asked(query, "flag").is_empty()
            || coded.flags.iter().any(|f| f.as_str() == asked(query, "flag")))
        && match asked(query, "coder") {
            "" => true,
            "model" => state.counting().is_none(),
            who => state.codes_of(who).is_some_and(|codes| codes.done),
        }
        && by.into_iter().all(|(name, value)| is(name, value.as_deref().unwrap_or_default()))
}

fn feels(themes: &[(u16, Sentiment)], theme: Option<u16>, felt: &str) -> bool {
    let is = |sentiment: Sentiment| felt.is_empty() || sentiment.as_str() == felt;
    themes.iter().any(|(t, s)| theme.is_none_or(|theme| theme == *t) && is(*s))
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
    let page: usize = asked(&query, "page").parse().unwrap_or(0);
    let mut columns = Vec::new();
    for theme in [Some(first), second.map(Some)].into_iter().flatten() {
        let rows: Vec<usize> = (0..app.run.rows.len())
            .filter(|at| {
                passes(&app, *at, &query, found.as_ref())
                    && ((theme.is_none() && felt.is_empty())
                        || feels(&app.themes(*at), theme, felt))
            })
            .collect();
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
        let mut pairs: Vec<(&str, &str)> = query
            .iter()
            .filter(|(name, value)| *name != "page" && !value.is_empty())
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        pairs.sort_unstable();
        let number = page.to_string();
        pairs.push(("page", &number));
        let pairs = pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value)));
        format!("/explore?{}", pairs.collect::<Vec<_>>().join("&"))
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
    });
    pages::render(&mut app, "explore.html", "Explore", view)
}

/// A list of values to choose from.
fn filters(app: &App, query: &Asked) -> Vec<Value> {
    let choice = |name: &str, label: &str, values: Vec<(String, String)>| {
        (values.len() > 1).then(|| {
            json!({
                "name": name,
                "label": label,
                "now": asked(query, name),
                "values": values.iter().map(|(id, label)| json!({"id": id, "label": label})).collect::<Vec<_>>(),
            })
        })
    };
    let distinct = |of: &dyn Fn(&CodedResponse) -> Option<String>| {
        let mut seen: Vec<String> = Vec::new();
        let mut known = HashSet::new();
        for row in &app.run.rows {
            if let Some(value) = of(&row.coded)
                && !value.is_empty()
                && known.len() < 500
                && known.insert(value.clone())
            {
                seen.push(value);
            }
        }
        seen.into_iter().map(|v| (v.clone(), v)).collect::<Vec<_>>()
    };
    let words = |all: Vec<&str>| -> Vec<(String, String)> {
        all.into_iter().map(|w| (w.to_owned(), labels::sentence_case(w))).collect()
    };
    let present = |of: &dyn Fn(&CodedResponse) -> bool| app.run.rows.iter().any(|r| of(&r.coded));
    let mut all = vec![
        choice(
            "question",
            "Question",
            distinct(&|r| Some(r.response.question.text.as_str().to_owned())),
        ),
        choice(
            "who",
            "Who speaks",
            RespondentType::ALL
                .iter()
                .filter(|kind| present(&|r| r.respondent_type.0 == **kind))
                .map(|kind| (kind.as_str().to_owned(), labels::roles(*kind).to_owned()))
                .collect(),
        ),
        choice("wave", "Wave", distinct(&|r| r.response.wave.as_deref().map(str::to_owned))),
        choice("channel", "Came as", distinct(&|r| Some(r.response.channel.as_str().to_owned()))),
        choice("status", "Holds", words(Status::ALL.iter().map(|s| s.as_str()).collect())),
    ];
    let flags = [
        Flag::SafeguardingReview,
        Flag::PiiResidual,
        Flag::OffTopicService,
        Flag::Suggestion,
        Flag::Quotable,
        Flag::Language,
    ];
    all.push(choice("flag", "Flag", words(flags.iter().map(|f| f.as_str()).collect())));
    let mut coders = vec![("model".to_owned(), "The model alone".to_owned())];
    coders.extend(app.decisions.coders().into_iter().map(|who| (who.clone(), who)));
    all.push(choice("coder", "Coded by", coders));
    for (at, name) in app.run.about.vocabulary.breakdowns().iter().enumerate() {
        let label = labels::sentence_case(&name.trim_start_matches("by_").replace('_', " "));
        let values = distinct(&|r| r.response.by.get(at)?.as_deref().map(str::to_owned));
        all.push(choice(name, &label, values));
    }
    all.into_iter().flatten().collect()
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

/// For an address.
fn escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}
