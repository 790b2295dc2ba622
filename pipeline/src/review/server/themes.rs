//! The page on which the codebook is changed: what stands, what a change would do before it is made,
//! and what people speak of that no theme is for.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse as _, Redirect};
use heard_models::recoding::{self, Change};
use serde_json::{Value, json};

use super::app::App;
use super::{Answer, Shared, pages};
use crate::coding::CodedResponse;
use crate::deidentify::{Deidentifier, Options};
use crate::plain::plural;
use crate::refi::{id_of, unique};
use crate::review::history::{Names, sentences};
use crate::review::recode;
use crate::tables::{Gaps, Profile};

type Fields = HashMap<String, String>;

/// Longest name of a theme, and most words of a split.
const LONGEST: usize = 80;
const MOST_WORDS: usize = 40;
/// Suggestions shown, and passages to read for each.
const SUGGESTIONS: usize = 8;
const PASSAGES: usize = 5;

pub(super) async fn page(
    State(shared): State<Arc<Shared>>,
    Query(fields): Query<Fields>,
) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    shown(&mut app, &fields, None)
}

/// Shows what a change would do.
pub(super) async fn preview(
    State(shared): State<Arc<Shared>>,
    Form(fields): Form<Fields>,
) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    let change = match read(&app, &fields) {
        Ok(change) => change,
        Err(why) => {
            app.notice = Some(why);
            return shown(&mut app, &fields, None);
        }
    };
    let rows = decided(&app);
    let moves = recode::preview(&app.run.about.vocabulary, &change, &rows);
    let mut effects = Vec::new();
    match &change {
        Change::Rename { .. } => {
            effects.push("No coding moves; the name changes everywhere.".to_owned());
        }
        Change::Add { .. } => effects.push(
            "No coding moves. People can give it from now on; the model does not know it before it is trained.".to_owned(),
        ),
        _ => {
            let of = plural(moves.answers as u64, "answer", "answers");
            if moves.moved + moves.gone == 0 {
                effects.push("No coding moves.".to_owned());
            }
            if moves.moved > 0 {
                let n = plural(moves.moved as u64, "coding moves", "codings move");
                effects.push(format!("{n}, in {of}."));
            }
            if moves.gone > 0 {
                let n = plural(moves.gone as u64, "coding is left out", "codings are left out");
                effects.push(format!("{n}, in {of}."));
            }
            if moves.bare > 0 {
                let n = plural(moves.bare as u64, "answer has", "answers have");
                effects.push(format!("{n} no theme any more."));
            }
        }
    }
    if matches!(change, Change::Split { .. }) {
        effects.push("Codes that people gave stay where they put them.".to_owned());
    }
    let pending = json!({
        "said": Names::of([&app.run.about.original, &app.run.about.vocabulary]).describe(&change),
        "effects": effects,
        "fields": fields.iter().filter(|(name, _)| *name != "seen").collect::<Vec<_>>(),
    });
    shown(&mut app, &fields, Some(&pending))
}

/// Makes a change.
pub(super) async fn apply(State(shared): State<Arc<Shared>>, Form(fields): Form<Fields>) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    let seen = word(&fields, "seen").parse().unwrap_or(usize::MAX);
    let change =
        if word(&fields, "what") == "back" { Ok(None) } else { read(&app, &fields).map(Some) };
    let said = match change {
        Ok(change) => {
            let said = match &change {
                Some(change) => format!(
                    "{}.",
                    Names::of([&app.run.about.original, &app.run.about.vocabulary])
                        .describe(change)
                ),
                None => match told(&app, &recode::entries(&app.decisions)?).1 {
                    Some(last) => format!("Taken back: {last}."),
                    None => "There is nothing to take back.".to_owned(),
                },
            };
            let me = app.me.clone();
            match recode::enter(&mut app.decisions, &me, seen, change) {
                Ok(()) => {
                    app.reopen()?;
                    let changes = app.run.about.vocabulary.changes().to_vec();
                    recode::write_next(&app.run.about, &changes)?;
                    said
                }
                Err(crate::review::Error::Refused(why)) => why,
                Err(error) => return Err(error.into()),
            }
        }
        Err(why) => why,
    };
    app.notice = Some(said);
    Ok(Redirect::to("/themes").into_response())
}

fn word<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(|value| value.trim()).unwrap_or_default()
}

/// Every answer with every decision.
fn decided(app: &App) -> Vec<CodedResponse> {
    (0..app.run.rows.len()).map(|at| app.run.decided(at, &app.decisions)).collect()
}

/// A change from a form, or a sentence on what is missing.
fn read(app: &App, fields: &Fields) -> Result<Change, String> {
    let Some(book) = app.run.about.vocabulary.codebooks().first() else {
        return Err("The run has no codebook.".to_owned());
    };
    let theme = |name: &str| {
        let id = word(fields, name);
        let known = book.themes.iter().find(|theme| theme.id == id);
        known.ok_or_else(|| "Choose a theme.".to_owned())
    };
    // A name that someone typed may be a person's.
    let clean = |text: &str| Deidentifier::new(Options::default()).label(text).as_str().to_owned();
    let label = || {
        let label = clean(word(fields, "label"));
        let length = label.chars().count();
        if length == 0 || length > LONGEST {
            return Err(format!("Give the theme a name of 1 to {LONGEST} letters."));
        }
        let taken = book.themes.iter().any(|t| t.label.to_lowercase() == label.to_lowercase());
        if taken { Err(format!("There is a theme “{label}” already.")) } else { Ok(label) }
    };
    let words: Vec<String> = clean(word(fields, "words"))
        .split([',', ';', '\n'])
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
        .collect();
    let definition = || {
        let text = clean(word(fields, "definition"));
        if text.is_empty() { "Say in a sentence what it is about.".to_owned() } else { text }
    };
    let id = |label: &str| {
        let mut used: BTreeSet<String> = book.themes.iter().map(|t| t.id.clone()).collect();
        // An id that was used once never means something else.
        for change in app.run.about.vocabulary.changes() {
            match change {
                Change::Merge { from: id, .. }
                | Change::Hide { theme: id }
                | Change::Split { id, .. }
                | Change::Add { id, .. } => drop(used.insert(id.clone())),
                Change::Rename { .. } => {}
            }
        }
        used.extend(app.run.about.original.codebooks()[0].themes.iter().map(|t| t.id.clone()));
        unique(&id_of(label), &mut used)
    };
    match word(fields, "what") {
        "rename" => Ok(Change::Rename { theme: theme("theme")?.id.clone(), label: label()? }),
        "merge" => {
            let (from, into) = (theme("theme")?, theme("into")?);
            if from.id == into.id {
                return Err("Choose two different themes.".to_owned());
            }
            Ok(Change::Merge { from: from.id.clone(), into: into.id.clone() })
        }
        "split" => {
            let of = theme("theme")?;
            if of.thin {
                return Err("Codes without a reason cannot be split; add a theme.".to_owned());
            }
            if words.is_empty() {
                return Err("Give the words that tell the new theme from the old one.".to_owned());
            }
            let (theme, label) = (of.id.clone(), label()?);
            Ok(Change::Split { theme, id: id(&label), label, definition: definition(), words })
        }
        "add" => {
            let group = word(fields, "group");
            let group = book.groups.iter().find(|(id, _)| id == group);
            let (group, _) = group.ok_or_else(|| "Choose a group.".to_owned())?;
            let label = label()?;
            let (id, group) = (id(&label), group.clone());
            Ok(Change::Add { id, label, group, definition: definition(), words })
        }
        "hide" => {
            let gone = theme("theme")?;
            if book.themes.iter().filter(|theme| !theme.thin).count() < 2 && !gone.thin {
                return Err("The last theme cannot be hidden.".to_owned());
            }
            Ok(Change::Hide { theme: gone.id.clone() })
        }
        _ => Err("Nothing was changed.".to_owned()),
    }
}

/// Every change in a sentence, and the last of those that stand.
fn told(app: &App, entries: &[recode::Entry]) -> (Vec<String>, Option<String>) {
    let changes: Vec<Option<&Change>> = entries.iter().map(|e| e.change.as_ref()).collect();
    sentences(&Names::of([&app.run.about.original]), &changes)
}

fn shown(app: &mut App, fields: &Fields, pending: Option<&Value>) -> Answer {
    let entries = recode::entries(&app.decisions)?;
    let about = &app.run.about;
    let Some(book) = about.vocabulary.codebooks().first() else { return Err(super::missing()) };
    let themes: Vec<Value> = book
        .themes
        .iter()
        .map(|theme| json!({"id": theme.id, "label": theme.label, "thin": theme.thin}))
        .collect();
    let (said, last) = told(app, &entries);
    let history: Vec<Value> = entries
        .iter()
        .zip(said)
        .map(|(entry, said)| {
            json!({
                "at": entry.at.get(..16).unwrap_or_default().replace('T', " "),
                "who": entry.who,
                "said": said,
            })
        })
        .collect();
    let suggestions = if pending.is_some() { Vec::new() } else { suggestions(app) };
    let keep = |name: &str| word(fields, name).to_owned();
    let view = json!({
        "version": book.version,
        "before": recoding::version(&book.version, 0),
        "themes": themes,
        "groups": book.groups.iter().map(|(id, label)| json!({"id": id, "label": label})).collect::<Vec<_>>(),
        "seen": entries.len(),
        "history": history,
        "last": last,
        "pending": pending,
        "suggestions": suggestions,
        "filled": {
            "what": keep("what"), "theme": keep("theme"), "into": keep("into"), "label": keep("label"),
            "words": keep("words"), "definition": keep("definition"), "group": keep("group"),
        },
        "next": crate::folder::NEXT_CODEBOOK,
    });
    pages::render(app, "themes.html", "Codebook", view)
}

/// What people speak of that no theme is for, by words that stand out.
fn suggestions(app: &App) -> Vec<Value> {
    let mut gaps = Gaps::default();
    for row in decided(app) {
        gaps.add(&row);
    }
    // The page is for the analyst of this computer: what few said may be read here.
    let (found, examples) = gaps.found(Profile::None);
    found
        .iter()
        .take(SUGGESTIONS)
        .map(|one| {
            let own = examples.iter().filter(|example| example.number == one.number);
            let passages: Vec<Value> = own
                .clone()
                .filter_map(|example| {
                    let rows = app.run.rows.iter();
                    let at = rows.clone().position(|r| r.coded.response.id == example.response)?;
                    if app.is_hidden(at) {
                        return None;
                    }
                    let coded = app.run.decided(at, &app.decisions);
                    let range = coded.segments.get(usize::from(example.segment))?.clone();
                    let text = coded.response.text.as_str().get(range)?.to_owned();
                    Some(json!({"at": at, "id": example.response, "text": text}))
                })
                .take(PASSAGES)
                .collect();
            json!({
                "terms": one.terms.join(", "),
                "passages": plural(own.count() as u64, "passage", "passages"),
                "examples": passages,
            })
        })
        .collect()
}
