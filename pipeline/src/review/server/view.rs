//! A response as its page shows it: pieces of text with the marks over them, codes, and what can be
//! done. Plain values for the template, which escapes every word.

use heard_models::words::Sentiment;
use serde_json::{Value, json};

use super::app::{App, Queue, differ};
use super::explore::List;
use crate::coding::{CodedResponse, Flag};
use crate::deidentify::RedactionKind;
use crate::encode::ScalarOffsets;
use crate::review::decision::{Finding, Quoting};
use crate::review::study;
use crate::tables::labels;

/// Colours of marks, in turn.
const COLOURS: usize = 6;

/// A code of the shown response.
struct Shown<'a> {
    number: usize,
    coding: &'a crate::coding::Coding,
}

/// Everything that the page of a response shows.
#[expect(clippy::too_many_lines, reason = "one value, field by field")]
pub(super) fn response(app: &mut App, queue: Queue, at: usize, list: Option<&List>) -> Value {
    let blind = app.is_blind(queue, at);
    let (coded, codes) = app.shown(queue, at, blind);
    let (next, previous) = match list {
        Some(list) => (list.after(at), list.before(at)),
        None => (app.beside(queue, at, 1), app.beside(queue, at, -1)),
    };
    let (open, mut all) = app.progress(queue);
    let mut place = app.rows_of(queue).iter().position(|row| *row as usize == at);
    if let Some(list) = list {
        place = list.rows.iter().position(|row| *row == at);
        all = list.rows.len();
    }
    let state = app.state(at);
    let own = state.own.get(&app.me);
    let row = &app.run.rows[at];
    let vocabulary = &app.run.about.vocabulary;
    let numbered: Vec<Shown<'_>> = coded
        .codings
        .iter()
        .filter(|c| c.codebook == 0)
        .enumerate()
        .map(|(i, coding)| Shown { number: i + 1, coding })
        .collect();
    let decided = own.is_some_and(|own| own.codes.is_some());
    let segments: Vec<Value> = coded
        .segments
        .iter()
        .enumerate()
        .map(|(n, range)| {
            let here: Vec<&Shown<'_>> =
                numbered.iter().filter(|s| usize::from(s.coding.segment) == n).collect();
            let given: Vec<Value> = here
                .iter()
                .map(|s| {
                    let name = vocabulary.theme(0, s.coding.theme);
                    let models = row.coded.codings.iter().find(|c| {
                        c.codebook == 0
                            && c.theme == s.coding.theme
                            && (c.segment == s.coding.segment
                                || coded.segments.len() != row.coded.segments.len())
                    });
                    let models = models.filter(|_| !blind);
                    json!({
                        "number": s.number,
                        "colour": (s.number - 1) % COLOURS,
                        "theme": name.id,
                        "label": name.label,
                        "sentiment": s.coding.sentiment.as_str(),
                        "confidence": models.map(|c| (c.confidence * 100.0).round() as i64),
                        "unsure": models.is_some_and(|c| c.review),
                        "feelings": feelings(s.coding.sentiment),
                    })
                })
                .collect();
            let offsets = ScalarOffsets::new(coded.response.text.as_str());
            json!({
                "number": n,
                "spoken": n + 1,
                "pieces": pieces(coded.response.text.as_str(), range, &here),
                "codes": given,
                "splits": splits(coded.response.text.as_str(), range, &offsets),
                "last": n + 1 == coded.segments.len(),
            })
        })
        .collect();
    let response = &coded.response;
    let others: Vec<Value> = if blind {
        Vec::new()
    } else {
        state
            .coders()
            .filter(|(who, _)| *who != app.me || queue == Queue::Differing)
            .filter(|_| queue == Queue::Differing)
            .map(|(who, codes)| {
                let said: Vec<Value> = study::by_person(codes, vocabulary)
                    .iter()
                    .map(|(theme, felt)| {
                        json!({"label": vocabulary.theme(0, *theme).label, "sentiment": felt.as_str()})
                    })
                    .collect();
                json!({"who": who, "codes": said})
            })
            .collect()
    };
    let same = app.run.places.get(&row.key).map_or(1, Vec::len);
    let flagged = |flag: Flag| row.coded.flags.contains(&flag);
    json!({
        "at": at,
        "id": response.id,
        "queue": queue.id(),
        "queue_title": queue.title(),
        "list": list.map(|list| list.address.clone()).unwrap_or_default(),
        "settles": App::settles(queue, blind),
        "place": place.map(|p| p + 1),
        "all": all,
        "open": open,
        "next": next,
        "previous": previous,
        "version": state.version(&app.me),
        "blind": blind,
        // In a queue that is coded unseen: an answer that this coder was shown elsewhere.
        "was_seen": matches!(queue, Queue::Sample | Queue::Twice) && !blind && !app.is_done(at),
        // Before the first decision on a run that opens on its first answer.
        "may_begin_blind": queue == Queue::All && !blind && app.is_small() && app.decisions.last() == 0,
        "decided": decided,
        "done": own.and_then(|own| own.codes.as_ref()).is_some_and(|codes| codes.done),
        "skipped": own.is_some_and(|own| own.skipped),
        "question": response.question.text.as_str(),
        "facts": facts(app, &coded, blind),
        // What the model made of it is not told to who is to find their own codes.
        "flags": coded.flags.iter().filter(|_| !blind).map(|f| flag(*f)).collect::<Vec<_>>(),
        "segments": segments,
        "coded": !codes.codes.is_empty(),
        "same": same,
        "harm_flag": flagged(Flag::SafeguardingReview) && !blind,
        "harm": state.safeguarding.map(|f| if f == Finding::Confirmed { "yes" } else { "no" }),
        "personal_flag": flagged(Flag::PiiResidual),
        "personal": state.personal.is_some(),
        // The respondent's own word: a coder's can be taken back.
        "may_quote": row.coded.response.may_quote,
        "quote": state.quote.map(|q| if q == Quoting::Never { "never" } else { "quotable" }),
        "note": own.and_then(|own| own.note.clone()),
        "masks": state.masks.len(),
        "others": others,
        "differ": differ(state),
        "settled": state.settled.is_some(),
        "kinds": RedactionKind::ALL.iter().map(|k| {
            json!({"id": k.as_str(), "label": kind(*k)})
        }).collect::<Vec<_>>(),
    })
}

/// A flag as people read it.
pub(super) fn flag(flag: Flag) -> &'static str {
    match flag {
        Flag::SafeguardingReview => "May tell of harm",
        Flag::PiiResidual => "May still hold personal data",
        Flag::OffTopicService => "About another service",
        Flag::Suggestion => "Holds a suggestion",
        Flag::Quotable => "Fit to quote",
        Flag::Language => "In another language",
    }
}

/// What can be hidden, as people call it.
fn kind(kind: RedactionKind) -> &'static str {
    match kind {
        RedactionKind::Person => "A person's name",
        RedactionKind::Phone => "A telephone number",
        RedactionKind::Email => "An e-mail address",
        RedactionKind::NhsNumber => "An NHS number",
        RedactionKind::NiNumber => "A National Insurance number",
        RedactionKind::Postcode => "A postcode",
        RedactionKind::Address => "An address",
        RedactionKind::Dob => "A date of birth",
        RedactionKind::Url => "A web address",
        RedactionKind::Account => "An account or reference number",
        RedactionKind::Provider => "A care provider",
        RedactionKind::Other => "Something else",
    }
}

fn feelings(now: Sentiment) -> Vec<Value> {
    let keys = ["p", "n", "m", "e"];
    Sentiment::ALL
        .iter()
        .zip(keys)
        .map(|(felt, key)| {
            json!({"id": felt.as_str(), "label": labels::sentence_case(felt.as_str()), "on": *felt == now, "key": key})
        })
        .collect()
}

/// What is known of the response beside its words.
fn facts(app: &App, coded: &CodedResponse, blind: bool) -> Vec<(String, String)> {
    let response = &coded.response;
    let mut facts = vec![
        ("Who speaks".to_owned(), labels::role(coded.respondent_type.0).to_owned()),
        ("Came as".to_owned(), labels::sentence_case(response.channel.as_str())),
    ];
    if !blind {
        facts.push(("Holds".to_owned(), labels::sentence_case(coded.status.as_str())));
    }
    if let Some(day) = response.submitted_on.and_then(chrono::NaiveDate::from_epoch_days) {
        facts.push(("Answered on".to_owned(), day.format("%-d %B %Y").to_string()));
    }
    if let Some(wave) = &response.wave {
        facts.push(("Wave".to_owned(), wave.to_string()));
    }
    for (name, value) in app.run.about.vocabulary.breakdowns().iter().zip(&response.by) {
        if let Some(value) = value {
            let name = name.trim_start_matches("by_").replace('_', " ");
            facts.push((labels::sentence_case(&name), value.to_string()));
        }
    }
    facts
}

/// The words of a segment, cut where marks begin and end.
fn pieces(text: &str, range: &std::ops::Range<usize>, codes: &[&Shown<'_>]) -> Vec<Value> {
    let mut cuts = vec![range.start, range.end];
    for shown in codes {
        for span in &shown.coding.evidence {
            cuts.extend([span.start, span.end].map(|at| at.clamp(range.start, range.end)));
        }
    }
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2)
        .map(|pair| {
            let over: Vec<&&Shown<'_>> = codes
                .iter()
                .filter(|s| {
                    s.coding.evidence.iter().any(|e| e.start <= pair[0] && pair[1] <= e.end)
                })
                .collect();
            let ends: Vec<usize> = over
                .iter()
                .filter(|s| s.coding.evidence.iter().any(|e| e.end.min(range.end) == pair[1]))
                .map(|s| s.number)
                .collect();
            json!({
                "text": text.get(pair[0]..pair[1]).unwrap_or_default(),
                "colour": over.first().map(|s| (s.number - 1) % COLOURS),
                "ends": ends,
            })
        })
        .collect()
}

/// The words before which a segment can be split.
fn splits(text: &str, range: &std::ops::Range<usize>, offsets: &ScalarOffsets<'_>) -> Vec<Value> {
    let segment = text.get(range.clone()).unwrap_or_default();
    let mut words: Vec<(usize, &str)> = Vec::new();
    for word in segment.split_whitespace() {
        words.push((word.as_ptr() as usize - segment.as_ptr() as usize, word));
    }
    (1..words.len())
        .map(|i| {
            let label: Vec<&str> = words.iter().skip(i).take(4).map(|(_, word)| *word).collect();
            json!({"at": offsets.at(range.start + words[i].0), "label": label.join(" ")})
        })
        .collect()
}

/// The themes to choose from, by group.
pub(super) fn themes(app: &App) -> Vec<Value> {
    let Some(book) = app.run.about.vocabulary.codebooks().first() else { return Vec::new() };
    let mut groups: Vec<Value> = Vec::new();
    let thin = ("thin".to_owned(), "Without a reason".to_owned());
    for (group, label) in book.groups.iter().chain([&thin]) {
        let themes: Vec<Value> = book
            .themes
            .iter()
            .filter(|t| t.group == *group)
            .map(|t| {
                let defined = app.codebook.as_ref().and_then(|b| b.theme(&t.id));
                let thin = || {
                    let thin = app.codebook.as_ref()?.thin.iter().find(|thin| thin.id == t.id)?;
                    Some(thin.definition.clone())
                };
                json!({
                    "id": t.id,
                    "label": t.label,
                    "definition": defined.map(|d| d.definition.clone()).or_else(thin),
                    "counts": defined.map(|d| d.counts.clone()).unwrap_or_default(),
                    "excludes": defined.map(|d| d.excludes.iter().map(|e| {
                        // Another code, thin or not; else a flag or a remark.
                        let to = book.themes.iter().find(|theme| theme.id == e.goes_to);
                        let to = to.map_or_else(|| e.goes_to.replace('_', " "), |t| t.label.clone());
                        json!({"what": e.what, "to": to})
                    }).collect::<Vec<_>>()).unwrap_or_default(),
                })
            })
            .collect();
        if !themes.is_empty() {
            groups.push(json!({"id": group, "label": label, "themes": themes}));
        }
    }
    groups
}
