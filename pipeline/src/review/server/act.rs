//! What a press of a button does: one decision, written before the next page is shown.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse as _, Redirect};
use heard_models::examples::roll_up;
use heard_models::words::Sentiment;

use super::app::{App, Queue};
use super::{Answer, Shared, explore, named};
use crate::coding::Coding;
use crate::deidentify::{Deidentifier, Options, RedactionKind};
use crate::encode::ScalarOffsets;
use crate::plain::plural;
use crate::review::decision::{Change, Code, Codes, Finding, Mask, Quoting};
use crate::review::decisions::{Act, Refusal};
use crate::review::key::Key;
use crate::review::log::Moved;
use crate::review::{Error, apply, place};

/// What a form said.
type Fields = HashMap<String, String>;

fn number<T: std::str::FromStr>(fields: &Fields, name: &str) -> Option<T> {
    fields.get(name)?.trim().parse().ok()
}

fn word<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(|value| value.trim()).unwrap_or_default()
}

/// What came of a press.
enum Next {
    /// The same answer again.
    Stay,
    /// The next one of the queue.
    On,
    /// This answer.
    To(usize),
}

pub(super) async fn act(
    State(shared): State<Arc<Shared>>,
    Path((queue, at)): Path<(String, usize)>,
    Query(asked): Query<Fields>,
    Form(mut fields): Form<Fields>,
) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    let queue = named(&app, &queue, at)?;
    // As the list is before the decision, which may take the answer out of it.
    let list = explore::List::of(&app, &asked)?;
    let (next, notice) = with_note(&mut app, queue, at, &mut fields)?;
    app.notice = notice;
    let to = match (&next, &list) {
        (Next::Stay, _) => Some(at),
        (Next::To(row), _) => Some(*row),
        (Next::On, Some(list)) => list.after(at),
        (Next::On, None) => app.next(queue, Some(at)),
    };
    let to = match (to, list) {
        (Some(row), list) => {
            let list = list.map(|list| list.address).unwrap_or_default();
            format!("/read/{}/{row}{list}", queue.id())
        }
        (None, Some(list)) => {
            app.notice = Some("That was the last answer of this list.".to_owned());
            format!("/explore{}", list.address)
        }
        (None, None) => {
            let (put_off, _) = app.progress(Queue::Skipped);
            let (open, _) = app.progress(queue);
            let title = queue.title();
            app.notice = Some(if open > 0 {
                format!("Only what you put off is left in “{title}”: {open}.")
            } else if put_off > 0 {
                format!(
                    "Nothing is left to read in “{title}”. What you put off waits under “Skipped”: {put_off}."
                )
            } else {
                format!("Nothing is left to read in “{title}”.")
            });
            "/queues".to_owned()
        }
    };
    Ok(Redirect::to(&to).into_response())
}

/// A decision, and the remark that stood typed when it was made: that is kept whatever comes of the
/// decision.
fn with_note(
    app: &mut App,
    queue: Queue,
    at: usize,
    fields: &mut Fields,
) -> Result<(Next, Option<String>), Error> {
    let what = word(fields, "do").to_owned();
    if !fields.contains_key("note") {
        return decide(app, queue, at, fields);
    }
    if matches!(what.as_str(), "undo" | "redo") {
        // These are about what was done before the remark.
        let (next, said) = decide(app, queue, at, fields)?;
        let kept = keep_note(app, at, fields)?;
        return Ok((next, joined(said, kept)));
    }
    let version = |app: &App| app.state(at).version(&app.me);
    let before = version(app);
    let kept = keep_note(app, at, fields)?;
    if what == "note" {
        return Ok((Next::Stay, kept.or_else(|| Some("Note saved.".to_owned()))));
    }
    if number::<i64>(fields, "version") == Some(before) {
        // The remark is this very page's, and no news to it.
        fields.insert("version".to_owned(), version(app).to_string());
    }
    let (next, said) = decide(app, queue, at, fields)?;
    Ok((next, joined(said, kept)))
}

fn joined(said: Option<String>, more: Option<String>) -> Option<String> {
    match (said, more) {
        (Some(said), Some(more)) => Some(format!("{said} {more}")),
        (said, more) => said.or(more),
    }
}

/// Keeps the remark of a form; a sentence where there was anything to keep. Typed words are never
/// lost: where the remark was changed meanwhile in another window, both stand.
fn keep_note(app: &mut App, at: usize, fields: &Fields) -> Result<Option<String>, Error> {
    let lines = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    let typed = lines(word(fields, "note"));
    let own = app.state(at).own.get(&app.me);
    let now = own.and_then(|own| own.note.clone()).unwrap_or_default();
    let seen = fields.get("note_was").map_or_else(|| now.clone(), |seen| lines(seen));
    if typed == seen || typed == now {
        return Ok(None);
    }
    let meanwhile = now != seen && !now.is_empty();
    let words = if meanwhile { format!("{now}\n{typed}") } else { typed };
    let change = Change::Note(note(app, at, &words));
    let (desk, key) = (app.desk.clone(), app.run.rows[at].key);
    if app.decisions.decide(&desk, &[], &[(key, change)])?.is_err() {
        return Ok(None);
    }
    let said = if meanwhile {
        "Another window changed the note meanwhile: it holds both now."
    } else {
        "Note saved."
    };
    Ok(Some(said.to_owned()))
}

fn decide(
    app: &mut App,
    queue: Queue,
    at: usize,
    fields: &Fields,
) -> Result<(Next, Option<String>), Error> {
    let version: i64 = number(fields, "version").unwrap_or_default();
    let key = app.run.rows[at].key;
    let blind = app.is_blind(queue, at);
    let one = |change: Change| vec![(key, change)];
    let on_flag = |app: &App, at| match queue {
        // In these queues the flag is the question, and the answer ends it.
        Queue::Safeguarding | Queue::Personal if !app.is_open(queue, at) => Next::On,
        _ => Next::Stay,
    };
    let (changes, on, said) = match word(fields, "do") {
        "undo" => return back(app, true),
        "redo" => return back(app, false),
        "done" if App::settles(queue, blind) => {
            let (_, mut codes) = app.shown(queue, at, blind);
            codes.done = true;
            (vec![(key, Change::Final(Some(codes))), (key, Change::Skip(false))], true, "Settled.")
        }
        "done" => {
            let (_, mut codes) = app.shown(queue, at, blind);
            // Who was shown the model's codes since they began is not blind any more.
            codes.blind &= codes.done || blind;
            codes.done = true;
            let on = queue != Queue::Differing;
            (vec![(key, Change::Codes(Some(codes))), (key, Change::Skip(false))], on, "Saved.")
        }
        "skip" => (one(Change::Skip(true)), true, "Put off; it waits under “Skipped”."),
        "quotable" => (one(Change::Quote(Some(Quoting::Quotable))), false, "A good quote."),
        "never" => (one(Change::Quote(Some(Quoting::Never))), false, "It will not be quoted."),
        "noquote" => (one(Change::Quote(None)), false, "Quoting is left to the rules again."),
        "harm" => {
            (one(Change::Safeguarding(Some(Finding::Confirmed))), false, "Someone must act on it.")
        }
        "noharm" => (one(Change::Safeguarding(Some(Finding::Cleared))), false, "No harm found."),
        "clean" => {
            (one(Change::Personal(Some(Finding::Cleared))), false, "No personal data remains.")
        }
        "mask" => return mask(app, queue, at, version, fields),
        "use" => {
            let who = word(fields, "who").to_owned();
            let Some(codes) = app.state(at).codes_of(&who).cloned() else {
                return Ok((Next::Stay, Some("That coder has no codes here.".to_owned())));
            };
            (one(Change::Final(Some(codes))), true, "Settled.")
        }
        _ => match edit(app, queue, at, blind, fields) {
            // What a coder gave stays as it was, or agreement would follow from what they saw.
            Some(codes) if App::settles(queue, blind) => {
                (one(Change::Final(Some(codes))), false, "Settled so.")
            }
            Some(codes) => (one(Change::Codes(Some(codes))), false, "Saved."),
            None => return Ok((Next::Stay, Some("Nothing was changed.".to_owned()))),
        },
    };
    let desk = app.desk.clone();
    match app.decisions.decide(&desk, &[(key, version)], &changes)? {
        Ok(_) => {
            let next = if on { Next::On } else { on_flag(app, at) };
            Ok((next, Some(said.to_owned())))
        }
        Err(refusal) => Ok((Next::Stay, Some(refused(&refusal)))),
    }
}

fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Meanwhile(who, at) if !who.is_empty() => {
            let time = at.get(11..16).unwrap_or_default();
            format!(
                "Not saved: {who} changed this answer meanwhile, at {time} (UTC), here or in another window. You see it now as it stands; decide again."
            )
        }
        Refusal::Meanwhile(..) => {
            "Not taken back: the answer was changed since by someone else, or in another window."
                .to_owned()
        }
        Refusal::Nothing => "There is nothing to take back.".to_owned(),
    }
}

fn back(app: &mut App, undo: bool) -> Result<(Next, Option<String>), Error> {
    let desk = app.desk.clone();
    let done = if undo { app.decisions.undo(&desk)? } else { app.decisions.redo(&desk)? };
    let act = match done {
        Ok(act) => act,
        Err(Refusal::Nothing) if !undo => {
            return Ok((Next::Stay, Some("There is nothing to do again.".to_owned())));
        }
        Err(refusal) => return Ok((Next::Stay, Some(refused(&refusal)))),
    };
    let masked: Vec<Key> =
        act.changes.iter().filter(|(_, _, now)| now.name() == "mask").map(|c| c.0).collect();
    app.index_again(&masked)?;
    let place = act.changes.first().and_then(|(key, ..)| app.run.places.get(key)?.first().copied());
    let verb = if undo { "Taken back" } else { "Done again" };
    // What is done again is the undoing of an undoing.
    let shown = if undo { act.clone() } else { reversed(&act) };
    let mut said = format!("{verb}: {}.", describe(app, &shown));
    if undo && !masked.is_empty() && place.is_some_and(|at| app.is_masked_in_table(at as usize)) {
        said.push_str(" The words themselves left the run's files when the page was closed; `heard run --force` brings them back.");
    }
    Ok((place.map_or(Next::Stay, |at| Next::To(at as usize)), Some(said)))
}

impl App {
    /// Whether words of a row were masked before this page was opened.
    fn is_masked_in_table(&self, at: usize) -> bool {
        !self.run.rows[at].moves.is_empty()
    }
}

/// An act the other way round: what an undoing is the undoing of.
pub(super) fn reversed(act: &Act) -> Act {
    let mut act = act.clone();
    for (_, was, now) in &mut act.changes {
        std::mem::swap(was, now);
    }
    act
}

/// An act in a few words.
pub(super) fn describe(app: &App, act: &Act) -> String {
    let Some((_, was, now)) = act.changes.first() else { return "nothing".to_owned() };
    // A theme that the codebook has no more keeps the name that it had.
    let about = &app.run.about;
    let books = [&about.vocabulary, &about.original];
    let known = books.map(|vocabulary| vocabulary.codebooks().first());
    let label = |id: &str| {
        let mut all = known.iter().flatten().flat_map(|book| &book.themes);
        let theme = all.find(|theme| theme.id == id);
        theme.map_or_else(|| id.to_owned(), |theme| format!("“{}”", theme.label))
    };
    let themes = |codes: &Option<Codes>| {
        codes.as_ref().map_or_else(
            || "the model's".to_owned(),
            |codes| {
                let themes: Vec<String> = codes.themes().into_iter().map(label).collect();
                if themes.is_empty() { "none".to_owned() } else { themes.join(", ") }
            },
        )
    };
    match (was, now) {
        (Change::Codes(Some(was)), Change::Codes(Some(now)))
            if now.done && !was.done && was.codes == now.codes =>
        {
            "codes done".to_owned()
        }
        (Change::Codes(was), Change::Codes(now)) if themes(was) == themes(now) => {
            "codes looked at, feelings or segments".to_owned()
        }
        (Change::Codes(was), Change::Codes(now)) => {
            format!("codes from {} to {}", themes(was), themes(now))
        }
        (_, Change::Final(now)) => format!("settled codes: {}", themes(now)),
        (_, Change::Quote(now)) => match now {
            Some(Quoting::Quotable) => "quotable".to_owned(),
            Some(Quoting::Never) => "never quote".to_owned(),
            None => "quoting left to the rules".to_owned(),
        },
        (_, Change::Safeguarding(now)) => match now {
            Some(Finding::Confirmed) => "harm: someone must act".to_owned(),
            Some(Finding::Cleared) => "no harm found".to_owned(),
            None => "harm not decided".to_owned(),
        },
        (_, Change::Personal(now)) => match now {
            Some(Finding::Cleared) => "no personal data remains".to_owned(),
            _ => "personal data not decided".to_owned(),
        },
        (_, Change::Mask(now)) => {
            format!(
                "{} masked in {}",
                plural(now.len() as u64, "span", "spans"),
                plural(act.changes.len() as u64, "answer", "answers")
            )
        }
        (_, Change::Note(now)) => if now.is_some() { "note" } else { "note removed" }.to_owned(),
        (_, Change::Skip(on)) => if *on { "skipped" } else { "no longer skipped" }.to_owned(),
        _ => "a decision".to_owned(),
    }
}

/// A note without personal data, or none.
fn note(app: &App, at: usize, words: &str) -> Option<String> {
    let words = Deidentifier::new(Options::default()).label(words).as_str().to_owned();
    // What is masked for this respondent is masked in what is said of them.
    let mut words = words;
    for row in app.run.of_respondent(at) {
        let base = &app.run.rows[row].coded.response.text;
        let chars: Vec<char> = base.as_str().chars().collect();
        let moves = &app.run.rows[row].moves;
        for mask in &app.state(row).masks {
            let range =
                place::forward(moves, mask.start, false)..place::forward(moves, mask.end, true);
            let hidden: String = chars
                .get(range.start as usize..(range.end as usize).min(chars.len()))
                .map(|chars| chars.iter().collect())
                .unwrap_or_default();
            if !hidden.starts_with('[') {
                words = without(&words, &hidden);
            }
        }
    }
    let words = words.trim();
    (!words.is_empty()).then(|| words.to_owned())
}

/// A text in which some words no longer stand, whatever their case.
pub(super) fn without(text: &str, words: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    for range in find(text, words) {
        out.extend(chars.get(at..range.start as usize).unwrap_or_default());
        out.push_str("[OTHER]");
        at = range.end as usize;
    }
    out.extend(chars.get(at..).unwrap_or_default());
    out
}

/// Where words stand in a text as whole words, whatever their case, in Unicode scalar values.
fn find(text: &str, words: &str) -> Vec<Range<u32>> {
    let fold = |text: &str| -> Vec<char> {
        text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
    };
    let (text, words) = (fold(text), fold(words.trim()));
    if words.is_empty() {
        return Vec::new();
    }
    let joined = |at: usize, edge: char| {
        text.get(at).is_some_and(|c| c.is_alphanumeric()) && edge.is_alphanumeric()
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at + words.len() <= text.len() {
        let end = at + words.len();
        let whole = (at == 0 || !joined(at - 1, words[0])) && !joined(end, words[words.len() - 1]);
        if whole && text[at..end] == words[..] {
            found.push(at as u32..end as u32);
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

/// Hides words everywhere that this respondent wrote them.
fn mask(
    app: &mut App,
    queue: Queue,
    at: usize,
    version: i64,
    fields: &Fields,
) -> Result<(Next, Option<String>), Error> {
    let words = word(fields, "words");
    let kind = RedactionKind::from_name(word(fields, "kind")).unwrap_or(RedactionKind::Other);
    if words.chars().filter(|c| c.is_alphanumeric()).count() < 2 || words.contains('[') {
        let said = "Give the words to hide as they stand in the answer, without placeholders.";
        return Ok((Next::Stay, Some(said.to_owned())));
    }
    let mut changes: Vec<(Key, Change)> = Vec::new();
    let mut spans = 0;
    for row in app.run.of_respondent(at) {
        let stored = &app.run.rows[row];
        let mut coded = stored.coded.clone();
        let before = coded.response.text.clone();
        let state = app.decisions.state(stored.key);
        apply::mask(&mut coded, &state.masks, &stored.moves);
        let moves = apply::all_moves(&before, &coded.response.text, &stored.moves);
        let found = find(coded.response.text.as_str(), words);
        if found.is_empty() || changes.iter().any(|(key, _)| *key == stored.key) {
            continue;
        }
        spans += found.len();
        let mut masks = state.masks.clone();
        masks.extend(found.iter().map(|range| Mask {
            start: place::backward(&moves, range.start, false),
            end: place::backward(&moves, range.end, true),
            kind,
        }));
        masks.sort_unstable();
        masks.dedup();
        changes.push((stored.key, Change::Mask(masks)));
    }
    if changes.is_empty() {
        let said = "Not found: give whole words, as they stand in the answer.";
        return Ok((Next::Stay, Some(said.to_owned())));
    }
    let key = app.run.rows[at].key;
    let answers = changes.len() as u64;
    let desk = app.desk.clone();
    if let Err(refusal) = app.decisions.decide(&desk, &[(key, version)], &changes)? {
        return Ok((Next::Stay, Some(refused(&refusal))));
    }
    let keys: Vec<Key> = changes.iter().map(|(key, _)| *key).collect();
    // A remark made before may hold the words.
    app.decisions.scrub_notes(&keys, |text| without(text, words))?;
    app.index_again(&keys)?;
    let _ = queue;
    let said = format!(
        "Hidden {} in {} of this respondent, here and in every file of the run. The report is being made again.",
        plural(spans as u64, "time", "times"),
        plural(answers, "answer", "answers"),
    );
    Ok((Next::Stay, Some(said)))
}

/// A change to the codes or segments; None where it changes nothing.
fn edit(app: &App, queue: Queue, at: usize, blind: bool, fields: &Fields) -> Option<Codes> {
    let (coded, mut codes) = app.shown(queue, at, blind);
    let before = codes.clone();
    let segment: u16 = number(fields, "segment")?;
    let known = |theme: &str| {
        let book = app.run.about.vocabulary.codebooks().first()?;
        app.run.about.vocabulary.find(&book.id, theme).map(|_| theme.to_owned())
    };
    let theme = word(fields, "theme");
    let place = codes.codes.iter().position(|c| c.segment == segment && c.theme == theme);
    match word(fields, "do") {
        "remove" => drop(codes.codes.remove(place?)),
        "feeling" => codes.codes[place?].sentiment = Sentiment::parse(word(fields, "sentiment"))?,
        "change" => {
            let to = known(word(fields, "to"))?;
            if codes.codes.iter().any(|c| c.segment == segment && c.theme == to) {
                return None;
            }
            codes.codes[place?].theme = to;
        }
        "add" => {
            let theme = known(theme)?;
            if place.is_some() || usize::from(segment) >= codes.segments.len() {
                return None;
            }
            let sentiment = Sentiment::parse(word(fields, "sentiment"))?;
            codes.codes.push(Code { segment, theme, sentiment });
        }
        "split" => {
            let row = &app.run.rows[at];
            let moves =
                apply::all_moves(&row.coded.response.text, &coded.response.text, &row.moves);
            let book = app.run.about.vocabulary.codebooks().first()?;
            let find = |theme: &str| app.run.about.vocabulary.find(&book.id, theme).map(|t| t.1);
            split(&mut codes, segment, &coded, &moves, number(fields, "at")?, &find)?;
        }
        "merge" => merge(&mut codes, segment)?,
        _ => return None,
    }
    codes.codes.sort_by_key(|c| c.segment);
    if codes == before {
        return None;
    }
    // What is changed on a page that shows other codes is not blind any more.
    codes.blind = before.blind && blind;
    // Whoever changes a code has read the answer; a blind coder says when they are finished.
    codes.done = before.done || !codes.blind;
    Some(codes)
}

/// Splits a segment before the word that begins at a position of the shown text.
fn split(
    codes: &mut Codes,
    segment: u16,
    coded: &crate::coding::CodedResponse,
    moves: &[Moved],
    at: u32,
    find: &dyn Fn(&str) -> Option<u16>,
) -> Option<()> {
    let text = coded.response.text.as_str();
    let shown = coded.segments.get(usize::from(segment))?;
    let offsets = ScalarOffsets::new(text);
    if at <= offsets.at(shown.start) || at >= offsets.at(shown.end) {
        return None;
    }
    let cut = apply::byte(text, at);
    let first_end = shown.start + text[shown.start..cut].trim_end().len();
    let end = place::backward(moves, offsets.at(first_end), true);
    let start = place::backward(moves, at, false);
    let range = codes.segments.get_mut(usize::from(segment))?;
    let last = range.1;
    if end <= range.0 || start >= last {
        return None;
    }
    range.1 = end;
    codes.segments.insert(usize::from(segment) + 1, (start, last));
    codes.codes = std::mem::take(&mut codes.codes)
        .into_iter()
        .flat_map(|code| {
            let theme = find(&code.theme);
            parted(code, theme, segment, &coded.codings, cut)
        })
        .collect();
    Some(())
}

/// A code after a segment was split: it goes where the words stand that led to it, which may be both
/// parts; where nobody knows, it stays with the first.
fn parted(
    code: Code,
    theme: Option<u16>,
    segment: u16,
    codings: &[Coding],
    cut: usize,
) -> Vec<Code> {
    let moved = Code { segment: code.segment + 1, ..code.clone() };
    if code.segment != segment {
        return vec![if code.segment > segment { moved } else { code }];
    }
    let codings = codings.iter().filter(|c| c.codebook == 0 && c.segment == segment);
    let evidence = codings.filter(|c| Some(c.theme) == theme).flat_map(|c| &c.evidence);
    let (mut first, mut second) = (false, false);
    for words in evidence {
        *(if words.start < cut { &mut first } else { &mut second }) = true;
    }
    match (first, second) {
        (true, true) => vec![code, moved],
        (false, true) => vec![moved],
        _ => vec![code],
    }
}

/// Puts a segment and the next one together.
fn merge(codes: &mut Codes, segment: u16) -> Option<()> {
    let next = usize::from(segment) + 1;
    let (_, end) = *codes.segments.get(next)?;
    codes.segments.remove(next);
    codes.segments[usize::from(segment)].1 = end;
    let mut merged: Vec<Code> = Vec::new();
    for mut code in std::mem::take(&mut codes.codes) {
        if code.segment > segment {
            code.segment -= 1;
        }
        match merged.iter_mut().find(|c| c.segment == code.segment && c.theme == code.theme) {
            Some(same) => {
                same.sentiment = roll_up([same.sentiment, code.sentiment])?;
            }
            None => merged.push(code),
        }
    }
    codes.codes = merged;
    Some(())
}

/// How many answers the random sample is to have.
pub(super) async fn sample(
    State(shared): State<Arc<Shared>>,
    Form(fields): Form<Fields>,
) -> Answer {
    let mut app = shared.app();
    let size: usize = number(&fields, "size").filter(|n| (1..=100_000).contains(n)).unwrap_or(100);
    app.set_target(size)?;
    app.notice = Some("The size of the random sample was set.".to_owned());
    Ok(Redirect::to("/").into_response())
}

/// Makes the report again, with every decision.
pub(super) async fn report(State(shared): State<Arc<Shared>>) -> Answer {
    let dir = shared.app().run.about.dir.clone();
    let made = tokio::task::spawn_blocking(move || {
        crate::again::report(&dir, crate::again::Changes::default())
    })
    .await;
    let said = match made {
        Ok(Ok(_)) => "The report was made again, with every decision up to now: publish/report.html in the run's folder.".to_owned(),
        Ok(Err(error)) => format!("The report could not be made: {error}"),
        Err(_) => "The report could not be made.".to_owned(),
    };
    shared.app().notice = Some(said);
    Ok(Redirect::to("/results").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_and_in_any_case() {
        let found = find("Zorblax rang. I told ZORBLAX; zorblaxian no", "zorblax");
        assert_eq!(found, [0..7, 21..28]);
        assert_eq!(find("é Zoë Zoë", "zoë"), [2..5, 6..9]);
        assert!(find("anything", " ").is_empty());
        assert_eq!(without("ask Zoë and zoë", "Zoë"), "ask [OTHER] and [OTHER]");
    }

    #[test]
    fn a_code_goes_to_the_part_where_its_words_stand() {
        let code = Code { segment: 1, theme: "a".into(), sentiment: Sentiment::Positive };
        let coding = |evidence: &[Range<usize>]| Coding {
            segment: 1,
            codebook: 0,
            theme: 3,
            sentiment: Sentiment::Positive,
            sentiment_score: 1.0,
            confidence: 1.0,
            coder: "model:m".into(),
            evidence: evidence.to_vec(),
            review: false,
        };
        let segments = |codings: &[Coding], theme: Option<u16>| -> Vec<u16> {
            let parts = parted(code.clone(), theme, 1, codings, 20);
            parts.iter().map(|code| code.segment).collect()
        };
        let (early, late) = (12..15, 25..30);
        let only = |words: &Range<usize>| [coding(std::slice::from_ref(words))];
        assert_eq!(segments(&only(&late), Some(3)), [2]);
        assert_eq!(segments(&only(&early), Some(3)), [1]);
        assert_eq!(segments(&[coding(&[early, late.clone()])], Some(3)), [1, 2]);
        assert_eq!(segments(&only(&late), None), [1]);
        let later = Code { segment: 2, ..code.clone() };
        assert_eq!(parted(later, Some(3), 1, &[], 20)[0].segment, 3);
    }

    #[test]
    fn segments_put_together_keep_each_theme_once() {
        let code =
            |segment, theme: &str, sentiment| Code { segment, theme: theme.into(), sentiment };
        let mut codes = Codes {
            segments: vec![(0, 5), (6, 9), (10, 20)],
            codes: vec![
                code(0, "a", Sentiment::Positive),
                code(1, "a", Sentiment::Negative),
                code(1, "b", Sentiment::Positive),
                code(2, "a", Sentiment::Positive),
            ],
            ..Codes::default()
        };
        assert!(merge(&mut codes, 0).is_some());
        assert_eq!(codes.segments, [(0, 9), (10, 20)]);
        let expected = [
            code(0, "a", Sentiment::Mixed),
            code(0, "b", Sentiment::Positive),
            code(1, "a", Sentiment::Positive),
        ];
        assert_eq!(codes.codes, expected);
        assert!(merge(&mut codes, 1).is_none());
    }
}
