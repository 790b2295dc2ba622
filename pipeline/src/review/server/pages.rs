//! The pages, each from what [`App`] knows to a template. Templates escape every word.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse as _, Redirect};
use minijinja::value::Serde;
use minijinja::{Environment, Value as Shown, context};
use serde_json::{Value, json};

use super::app::{App, Queue, Writing};
use super::{Answer, Shared, act, explore, missing, named, view};
use crate::plain::{number, plural};
use crate::review::decision::Change;
use crate::review::decisions::Act;
use crate::review::{Error, SMALL, recode, study};

pub(super) fn templates() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    // The ending of the names turns escaping on.
    environment.add_template("base.html", include_str!("templates/base.html"))?;
    environment.add_template("start.html", include_str!("templates/start.html"))?;
    environment.add_template("queues.html", include_str!("templates/queues.html"))?;
    environment.add_template("response.html", include_str!("templates/response.html"))?;
    environment.add_template("explore.html", include_str!("templates/explore.html"))?;
    environment.add_template("codebook.html", include_str!("templates/codebook.html"))?;
    environment.add_template("themes.html", include_str!("templates/themes.html"))?;
    environment.add_template("results.html", include_str!("templates/results.html"))?;
    environment.add_template("agreement.html", include_str!("templates/agreement.html"))?;
    environment.add_template("history.html", include_str!("templates/history.html"))?;
    environment.add_template("keys.html", include_str!("templates/keys.html"))?;
    Ok(environment)
}

/// A page in its frame; tells what the last press came to, once.
pub(super) fn render(app: &mut App, name: &str, title: &str, view: Value) -> Answer {
    let notice = app.notice.take();
    let coders = app.decisions.coders().len();
    let page = app.templates.get_template(name).map_err(Error::from)?;
    let text = page
        .render(context! {
            title => title,
            me => app.me.clone(),
            notice => notice,
            writing => match app.writing {
                Writing::Idle => "",
                Writing::Busy => "busy",
                Writing::Failed => "failed",
            },
            several => coders > 1,
            in_job => app.in_job,
            keys => Shown::from(Serde(KEYS)),
            view => Shown::from(Serde(view)),
        })
        .map_err(Error::from)?;
    Ok(Html(text).into_response())
}

/// Every key, what it does.
const KEYS: &[(&str, &str)] = &[
    ("d", "Done: these codes are right; on to the next answer"),
    ("j", "Next answer"),
    ("k", "Previous answer"),
    ("1 to 9", "Choose a code, so that the next keys are about it"),
    (". and ,", "The next code, the one before"),
    ("p, n, m, e", "The chosen code is positive, negative, mixed, neutral"),
    ("x", "Remove the chosen code"),
    ("c", "Change the theme of the chosen code"),
    ("[ and ]", "The segment before, the next segment"),
    ("a", "Add a theme to the segment"),
    ("t", "Split the segment, or join it"),
    ("g", "Put the segment and the next one together"),
    ("h", "Hide words that name someone"),
    ("q", "A good quote"),
    ("w", "Never quote"),
    ("y", "It tells of harm: someone must act"),
    ("l", "It does not tell of harm"),
    ("v", "No personal data remains"),
    ("o", "Write a note; it is kept with whatever you press next"),
    ("s", "Skip for now"),
    ("u", "Undo"),
    ("r", "Do again what was undone"),
    ("b", "The themes and their boundaries"),
    ("/", "Search"),
    ("Enter", "In a list: add, change or split; in the words to hide: hide"),
    ("Ctrl and Enter", "In the note: save it"),
    ("Escape", "Leave a field, close what is open"),
    ("?", "These keys"),
];

/// Where a run opens: small ones are read whole, others by what matters most.
pub(super) async fn begin(State(shared): State<Arc<Shared>>) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    let to = match app.next(Queue::All, None) {
        None => "/",
        Some(_) if app.is_small() => "/read/all",
        Some(_) => "/queues",
    };
    Ok(Redirect::to(to).into_response())
}

pub(super) async fn start(State(shared): State<Arc<Shared>>) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    let counts = app.run.about.manifest.counts.clone();
    let (sample_open, sample) = app.progress(Queue::Sample);
    let (all_open, all) = app.progress(Queue::All);
    let (pace, own_pace) = app.pace();
    let minutes = |n: usize| minutes(n, pace);
    let small = all < SMALL;
    let choices: Vec<Value> = [50, 100, 200, 400]
        .into_iter()
        .filter(|n| *n <= all.max(50))
        .map(|n| {
            let n = n.min(all);
            json!({
                "size": n,
                "now": n == sample,
                "minutes": minutes(n),
                "points": (study::buys(n, all) * 100.0).round() as i64,
            })
        })
        .collect();
    let mut queues = Vec::new();
    for queue in [Queue::Safeguarding, Queue::Personal, Queue::Unsure, Queue::Long] {
        let (open, all) = app.progress(queue);
        queues.push(json!({"id": queue.id(), "title": queue.title(), "open": open, "all": all, "minutes": minutes(open)}));
    }
    let read = app.decisions.keys().filter(|(_, state)| state.counting().is_some()).count();
    let unmatched = app.run.unmatched(&app.decisions);
    let spoilt = app.spoilt();
    let view = json!({
        "answers": number(counts.answers),
        "informative": number(counts.informative + counts.unassigned),
        "codings": number(counts.codings),
        "codebook": app.run.about.codebook(),
        "model": app.run.about.model(),
        "choice": app.run.about.manifest.model_choice,
        "other_books": app.run.about.vocabulary.codebooks().iter().skip(1).map(|b| b.title.clone()).collect::<Vec<_>>(),
        "small": small,
        "queues": queues,
        "sample": sample,
        "sample_open": sample_open,
        "worth": spoilt < sample,
        "spoilt": Some(spoilt).filter(|n| *n > 0).map(|n| plural(n as u64, "answer", "answers")),
        "sample_points": (study::buys(sample, all) * 100.0).round() as i64,
        "all": all,
        "all_open": all_open,
        "all_minutes": minutes(all_open),
        "put_off": app.progress(Queue::Skipped).0,
        "pace": plural(pace.round() as u64, "second", "seconds"),
        "own_pace": own_pace,
        "minutes": minutes(sample_open),
        "choices": choices,
        "read": (read > 0).then(|| plural(read as u64, "answer", "answers")),
        "unmatched": (unmatched > 0).then(|| plural(unmatched as u64, "answer", "answers")),
    });
    render(&mut app, "start.html", "Start", view)
}

/// How long so many answers take.
fn minutes(answers: usize, pace: f64) -> String {
    let minutes = (answers as f64 * pace / 60.0).ceil() as u64;
    if minutes < 120 {
        return plural(minutes, "minute", "minutes");
    }
    plural((minutes + 30) / 60, "hour", "hours")
}

pub(super) async fn queues(State(shared): State<Arc<Shared>>) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    let (pace, _) = app.pace();
    let mut rows = Vec::new();
    for queue in Queue::ALL {
        let (open, all) = app.progress(queue);
        if all == 0 && matches!(queue, Queue::Differing | Queue::Skipped) {
            continue;
        }
        rows.push(json!({
            "id": queue.id(),
            "title": queue.title(),
            "why": queue.why(),
            "open": open,
            "all": all,
            "minutes": minutes(open, pace),
        }));
    }
    render(&mut app, "queues.html", "Read", json!({"rows": rows}))
}

pub(super) async fn read(State(shared): State<Arc<Shared>>, Path(queue): Path<String>) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    let queue = Queue::parse(&queue).ok_or_else(missing)?;
    let to = if let Some(at) = app.next(queue, None) {
        format!("/read/{}/{at}", queue.id())
    } else {
        app.notice.get_or_insert(format!("Nothing is left to read in “{}”.", queue.title()));
        "/queues".to_owned()
    };
    Ok(Redirect::to(&to).into_response())
}

pub(super) async fn response(
    State(shared): State<Arc<Shared>>,
    Path((queue, at)): Path<(String, usize)>,
    Query(asked): Query<HashMap<String, String>>,
) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    let queue = named(&app, &queue, at)?;
    let list = explore::List::of(&app, &asked)?;
    let mut view = view::response(&mut app, queue, at, list.as_ref());
    if view["blind"] == false {
        app.saw(&[at])?;
    }
    view["themes"] = Value::from(view::themes(&app));
    let title = format!("Answer {}", app.run.rows[at].coded.response.id);
    render(&mut app, "response.html", &title, view)
}

pub(super) async fn codebook(State(shared): State<Arc<Shared>>) -> Answer {
    let mut app = shared.app();
    let rules: Vec<Value> = app
        .codebook
        .iter()
        .flat_map(|b| &b.precedence)
        .map(|rule| {
            let names = rule.themes.iter().map(|id| {
                app.codebook
                    .as_ref()
                    .and_then(|b| b.theme(id))
                    .map_or(id.clone(), |t| t.label.clone())
            });
            json!({"themes": names.collect::<Vec<_>>().join(", "), "rule": rule.rule})
        })
        .collect();
    let book = app.run.about.vocabulary.codebooks().first();
    let view = json!({
        "title": book.map(|b| b.title.clone()),
        "version": book.map(|b| b.version.clone()),
        "known": app.codebook.is_some(),
        "description": app.codebook.as_ref().map(|b| b.description.clone()),
        "themes": view::themes(&app),
        "rules": rules,
    });
    render(&mut app, "codebook.html", "Codebook", view)
}

pub(super) async fn agreement(State(shared): State<Arc<Shared>>) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    let found = crate::review::agree::agree(&app.decisions, &app.run.about.vocabulary, false);
    let view = serde_json::to_value(&found).unwrap_or_default();
    render(&mut app, "agreement.html", "Agreement", view)
}

/// What was done, without what somebody who is still to code the answer unseen must not know.
fn told(app: &App, act: &Act) -> String {
    let telling = |change: &Change| matches!(change, Change::Codes(_) | Change::Final(_));
    let mut keys = act.changes.iter().filter(|(_, _, now)| telling(now)).map(|(key, ..)| key);
    let hidden = act.who != app.me
        && keys.any(|key| {
            let at = app.run.places.get(key).and_then(|rows| rows.first());
            at.is_some_and(|at| app.is_hidden(*at as usize))
        });
    if hidden {
        return "codes, not shown before you have given yours".to_owned();
    }
    let acts = app.decisions.acts();
    let undone = act.undoes.and_then(|of| acts.binary_search_by_key(&of, |act| act.id).ok());
    match undone.map(|at| &acts[at]) {
        None => act::describe(app, act),
        Some(undone) if undone.undoes.is_none() => {
            format!("Taken back: {}", act::describe(app, undone))
        }
        Some(undoing) => {
            format!("Done again: {}", act::describe(app, &act::reversed(undoing)))
        }
    }
}

pub(super) async fn history(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    const PAGE: usize = 100;
    let mut app = shared.app();
    app.refresh()?;
    let page: usize = query.get("page").and_then(|p| p.parse().ok()).unwrap_or(0);
    let all = app.decisions.acts().len();
    let rows: Vec<Value> = app
        .decisions
        .acts()
        .iter()
        .rev()
        .skip(page * PAGE)
        .take(PAGE)
        .map(|act| {
            let at = act.changes.first().and_then(|(key, ..)| app.run.places.get(key)?.first());
            json!({
                "number": act.id,
                "when": act.at.get(..19).unwrap_or_default().replace('T', " "),
                "who": act.who,
                "what": told(&app, act),
                "at": at,
                "id": at.map(|at| app.run.rows[*at as usize].coded.response.id.clone()),
            })
        })
        .collect();
    let view = json!({
        "rows": rows,
        "all": plural(all as u64, "decision", "decisions"),
        "older": (all > (page + 1) * PAGE).then_some(page + 1),
        "newer": page.checked_sub(1),
        "themes": Some(recode::entries(&app.decisions)?.len())
            .filter(|n| *n > 0)
            .map(|n| plural(n as u64, "change", "changes")),
        "unmatched": Some(app.run.unmatched(&app.decisions))
            .filter(|n| *n > 0)
            .map(|n| plural(n as u64, "answer", "answers")),
    });
    render(&mut app, "history.html", "History", view)
}

pub(super) async fn keys(State(shared): State<Arc<Shared>>) -> Answer {
    let mut app = shared.app();
    render(&mut app, "keys.html", "Keys", json!({}))
}
