//! Looking around: answers by theme, feeling, question, who speaks and any breakdown, with full-text
//! search, and two themes side by side.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use axum::extract::{Query, State};
use heard_models::words::{RespondentType, Sentiment};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::app::App;
use super::{Answer, Shared, pages};
use crate::coding::{CodedResponse, Flag};
use crate::plain::{for_address, plural};
use crate::review::decisions::Decisions;
use crate::review::stored::Run;
use crate::review::{Error, apply, decision};
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

/// Words and phrases as they were asked for, each word folded; the last word of those outside
/// quotation marks may be unfinished.
fn wanted_words(asked: &str) -> Vec<(Vec<String>, bool)> {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let mut all = Vec::new();
    for (at, part) in asked.split('"').enumerate() {
        if at % 2 == 1 {
            all.push((words(part), false));
        } else {
            all.extend(part.split_whitespace().map(|part| (words(part), true)));
        }
    }
    all.retain(|(words, _)| !words.is_empty());
    all
}

/// Where the words that were asked for stand in a text, in bytes, in order and apart.
fn hit(text: &str, wanted: &[(Vec<String>, bool)]) -> Vec<Range<usize>> {
    let words: Vec<(Range<usize>, String)> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            (start..start + word.len(), word.to_lowercase())
        })
        .collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in 0..words.len() {
        let long = wanted.iter().filter(|(phrase, open)| {
            words.get(at..at + phrase.len()).is_some_and(|here| {
                let pairs = here.iter().zip(phrase).enumerate();
                pairs.into_iter().all(|(n, ((_, word), wanted))| {
                    word == wanted || (*open && n + 1 == phrase.len() && word.starts_with(wanted))
                })
            })
        });
        let Some(long) = long.map(|(phrase, _)| phrase.len()).max() else { continue };
        let range = words[at].0.start..words[at + long - 1].0.end;
        match found.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => found.push(range),
        }
    }
    found
}

/// Letters of an answer in a list, and of what stands before the first hit.
const SHOWN: usize = 400;
const LEAD: usize = 120;

/// The beginning of a text, or what stands around the first hit; words that were asked for are
/// marked. Whether anything was left out before and after it is told besides.
fn excerpt(text: &str, wanted: &[(Vec<String>, bool)]) -> (bool, Vec<Value>, bool) {
    let hits = hit(text, wanted);
    let letters: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let nth = |n: usize| letters.get(n).copied().unwrap_or(text.len());
    let first = hits.first().map_or(0, |hit| letters.partition_point(|at| *at < hit.start));
    let from = if first + LEAD < SHOWN { 0 } else { first.saturating_sub(LEAD) };
    let (start, end) = (nth(from), nth(from + SHOWN));
    let mut pieces = Vec::new();
    let mut at = start;
    let mut piece = |range: Range<usize>, hit: bool| {
        let text = text.get(range).unwrap_or_default();
        if !text.is_empty() {
            pieces.push(json!({"text": text, "hit": hit}));
        }
    };
    for hit in hits.iter().filter(|hit| start <= hit.start && hit.end <= end) {
        piece(at..hit.start, false);
        piece(hit.clone(), true);
        at = hit.end;
    }
    piece(at..end, false);
    (start > 0, pieces, end < text.len())
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
        // That an answer is in such a list would tell what others made of it.
        let telling = [self.status, self.flag, self.coder];
        if telling.iter().any(|wanted| !wanted.is_empty()) && app.is_hidden(at) {
            return false;
        }
        let is = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
        is(self.question, response.question.text.as_str())
            && is(self.who, coded.respondent_type.0.as_str())
            && is(self.channel, response.channel.as_str())
            && is(self.wave, response.wave.as_deref().unwrap_or_default())
            && is(self.status, coded.status.as_str())
            && (self.flag.is_empty() || has_flag(app, at, self.flag))
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

/// Whether a row has a flag, as people left it.
fn has_flag(app: &App, at: usize, flag: &str) -> bool {
    let (row, state) = (&app.run.rows[at].coded, app.state(at));
    let has = |row: &CodedResponse| row.flags.iter().any(|f| f.as_str() == flag);
    if *state == decision::State::default() {
        return has(row);
    }
    let mut decided = row.clone();
    apply::flags(&mut decided, state);
    has(&decided)
}

/// Whether a theme, or any, stands for a row with this feeling, or any.
fn feels(app: &App, at: usize, theme: Option<u16>, felt: &str) -> bool {
    if theme.is_none() && felt.is_empty() {
        return true;
    }
    if app.is_hidden(at) {
        return false;
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

/// Whoever gave an answer, as the results count people: by id within a file and a wave, else by row.
#[derive(PartialEq, Eq, Hash)]
enum Person<'a> {
    Named(u32, &'a str, &'a str),
    Row(u32, u32),
}

impl<'a> Person<'a> {
    fn of(app: &'a App, at: usize) -> Self {
        let response = &app.run.rows[at].coded.response;
        match &response.respondent_id {
            Some(id) => {
                Self::Named(response.source, response.wave.as_deref().unwrap_or_default(), id)
            }
            None => Self::Row(response.source, response.row),
        }
    }
}

/// The part of those who raised a theme, over all that each said of it, that a figure counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Criticised,
    Between,
    Praised,
}

impl Part {
    fn parse(id: &str) -> Option<Self> {
        match id {
            "negative" => Some(Self::Criticised),
            "between" => Some(Self::Between),
            "positive" => Some(Self::Praised),
            _ => None,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Criticised => "only criticised",
            Self::Between => "praised as well as criticised, or neither",
            Self::Praised => "only praised",
        }
    }

    /// What somebody feels who was met with these feelings.
    fn of(felt: &[Sentiment]) -> Self {
        let any = |wanted: Sentiment| felt.contains(&wanted) || felt.contains(&Sentiment::Mixed);
        match (any(Sentiment::Positive), any(Sentiment::Negative)) {
            (true, false) => Self::Praised,
            (false, true) => Self::Criticised,
            _ => Self::Between,
        }
    }
}

/// Those of whom a part of a figure is made.
fn people(app: &App, theme: u16, part: Part) -> HashSet<Person<'_>> {
    let mut felt: HashMap<Person<'_>, Vec<Sentiment>> = HashMap::new();
    for at in (0..app.run.rows.len()).filter(|at| !app.is_hidden(*at)) {
        if let Some((_, feeling)) = app.themes(at).into_iter().find(|(t, _)| *t == theme) {
            felt.entry(Person::of(app, at)).or_default().push(feeling);
        }
    }
    felt.into_iter().filter(|(_, felt)| Part::of(felt) == part).map(|(who, _)| who).collect()
}

/// The rows that a page of this query lists under a theme, or under any.
fn rows(app: &App, query: &Asked, theme: Option<u16>) -> Result<Vec<usize>, Error> {
    let found = search(&app.index, asked(query, "q"))?;
    let felt = asked(query, "sentiment");
    let wanted = Wanted::new(query, app.run.about.vocabulary.breakdowns());
    let part = theme.zip(Part::parse(asked(query, "people")));
    let people = part.map(|(theme, part)| people(app, theme, part));
    let takes = |at: &usize| {
        wanted.takes(app, *at)
            && feels(app, *at, theme, felt)
            && people.as_ref().is_none_or(|people| people.contains(&Person::of(app, *at)))
    };
    Ok(match found {
        Some(found) => found.into_iter().filter(takes).collect(),
        None => (0..app.run.rows.len()).filter(takes).collect(),
    })
}

/// The themes of which a query makes columns; without one, a column of everything.
fn columns(app: &App, query: &Asked) -> Vec<Option<u16>> {
    let vocabulary = &app.run.about.vocabulary;
    let book = vocabulary.codebooks().first();
    let find = |name: &str| vocabulary.find(&book?.id, asked(query, name)).map(|(_, theme)| theme);
    let mut columns = vec![find("theme")];
    columns.extend(find("theme2").map(Some));
    columns
}

/// A list of answers that somebody reads through.
pub(super) struct List {
    /// What is asked for, as the end of an address.
    pub(super) address: String,
    /// In order.
    pub(super) rows: Vec<usize>,
}

impl List {
    /// The list that an address names; None where it names none.
    pub(super) fn of(app: &App, query: &Asked) -> Result<Option<Self>, Error> {
        let address = address(query, &|name| name == "page", &[]);
        let address = address.strip_prefix("/explore").unwrap_or_default().to_owned();
        if address.len() < 2 {
            return Ok(None);
        }
        let mut all = Vec::new();
        for theme in columns(app, query) {
            all.extend(rows(app, query, theme)?);
        }
        all.sort_unstable();
        all.dedup();
        Ok(Some(Self { address, rows: all }))
    }

    /// The one after a row, which need not be of the list any more.
    pub(super) fn after(&self, at: usize) -> Option<usize> {
        self.rows.get(self.rows.partition_point(|row| *row <= at)).copied()
    }

    /// The one before.
    pub(super) fn before(&self, at: usize) -> Option<usize> {
        let here = self.rows.partition_point(|row| *row < at);
        here.checked_sub(1).map(|before| self.rows[before])
    }
}

pub(super) async fn page(State(shared): State<Arc<Shared>>, Query(query): Query<Asked>) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    let words = wanted_words(asked(&query, "q"));
    let list = address(&query, &|name| name == "page", &[]);
    let list = list.strip_prefix("/explore").filter(|list| list.len() > 1).unwrap_or_default();
    let felt = asked(&query, "sentiment");
    let wanted = Wanted::new(&query, app.run.about.vocabulary.breakdowns());
    let page: usize = asked(&query, "page").parse().unwrap_or(0);
    let telling = ["theme", "theme2", "sentiment", "people", "status", "flag", "coder"];
    let telling = telling.iter().any(|name| !asked(&query, name).is_empty());
    let (mut shown_columns, mut untold) = (Vec::new(), 0);
    let columns = columns(&app, &query);
    if columns[0].is_none() && !asked(&query, "theme").is_empty() {
        app.notice =
            Some("The codebook has no such theme any more: these are answers on any.".into());
    }
    for theme in columns {
        let rows = rows(&app, &query, theme)?;
        let people: HashSet<Person<'_>> = rows.iter().map(|at| Person::of(&app, *at)).collect();
        let people = people.len();
        let label = theme.map(|t| app.run.about.vocabulary.theme(0, t).label.clone());
        let listed: Vec<usize> = rows.iter().skip(page * PAGE).take(PAGE).copied().collect();
        let (quiet, told): (Vec<usize>, Vec<usize>) =
            listed.iter().copied().partition(|at| !telling && app.is_untold(*at));
        untold += quiet.iter().filter(|at| !app.is_hidden(**at)).count();
        let card = |at: &usize| card(&app, *at, &words, quiet.contains(at));
        let shown: Vec<Value> = listed.iter().map(card).collect();
        app.saw(&told)?;
        shown_columns.push(json!({
            "label": label,
            "count": rows.len(),
            "people": plural(people as u64, "person", "people"),
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
    let more = shown_columns.iter().any(|c| c["more"] == true);
    let hidden = (0..app.run.rows.len()).filter(|at| app.is_hidden(*at)).count();
    let view = json!({
        "columns": shown_columns,
        "list": list,
        "hidden": (hidden > 0).then(|| plural(hidden as u64, "answer", "answers")),
        "left_out": telling,
        "untold": (untold > 0).then(|| plural(untold as u64, "answer", "answers")),
        "part": Part::parse(asked(&query, "people")).map(|part| json!({
            "id": asked(&query, "people"),
            "words": part.words(),
            "without": address(&query, &|name| ["people", "page"].contains(&name), &[]),
        })),
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
    if pairs.is_empty() {
        return "/explore".to_owned();
    }
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
        (
            "flag",
            "Flag",
            Flag::ALL
                .iter()
                .map(|f| (f.as_str().to_owned(), super::view::flag(*f).to_owned()))
                .collect(),
        ),
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

/// An answer as a list shows it, with its codes where they may be told.
fn card(app: &App, at: usize, words: &[(Vec<String>, bool)], is_untold: bool) -> Value {
    let coded = masked(&app.run, &app.decisions, at);
    let vocabulary = &app.run.about.vocabulary;
    let themes: Vec<Value> = app
        .themes(at)
        .iter()
        .map(|(theme, felt)| {
            json!({"label": vocabulary.theme(0, *theme).label, "sentiment": felt.as_str()})
        })
        .collect();
    let (before, text, after) = excerpt(coded.response.text.as_str(), words);
    let waits = app.is_hidden(at);
    let hidden = waits || is_untold;
    json!({
        "at": at,
        "id": coded.response.id,
        "text": text,
        "before": before,
        "cut": after,
        "hidden": hidden,
        "waits": waits,
        "themes": if hidden { Vec::new() } else { themes },
        "by_person": !hidden && app.state(at).counting().is_some(),
        "question": coded.response.question.text.as_str(),
        "role": labels::role(coded.respondent_type.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_were_asked_for_are_marked_where_they_stand() {
        let words = wanted_words("lat \"never come\" don't");
        let text = "Later they never come; come never. They don't.";
        let found: Vec<&str> = hit(text, &words).into_iter().map(|hit| &text[hit]).collect();
        assert_eq!(found, ["Later", "never come", "don't"]);
        assert!(hit(text, &[]).is_empty());
    }

    #[test]
    fn an_excerpt_shows_the_first_hit_however_late_it_stands() {
        let text = format!("{}zebra at the end", "é word ".repeat(300));
        let (before, pieces, after) = excerpt(&text, &wanted_words("zebra"));
        assert!(before && !after);
        let marked: Vec<&str> =
            pieces.iter().filter(|p| p["hit"] == true).filter_map(|p| p["text"].as_str()).collect();
        assert_eq!(marked, ["zebra"]);
        let (before, pieces, after) = excerpt(&text, &[]);
        assert!(!before && after && pieces.len() == 1);
    }

    #[test]
    fn who_praised_and_criticised_is_in_neither_part_alone() {
        use Sentiment::{Mixed, Negative, Neutral, Positive};
        assert!(Part::of(&[Negative, Neutral]) == Part::Criticised);
        assert!(Part::of(&[Positive]) == Part::Praised);
        for both in [&[Negative, Positive][..], &[Mixed, Positive], &[Neutral], &[Mixed, Negative]]
        {
            assert!(Part::of(both) == Part::Between);
        }
    }
}
