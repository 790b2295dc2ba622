//! The results as they stand, with every decision: figures and charts, each of which leads to the
//! answers behind it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::app::Live;
use super::{Answer, Shared, missing, pages};
use crate::plain::{for_address, plural};
use crate::report::Drawn;
use crate::review::study;
use crate::tables::evidence::{Breakdown, Cell, CodebookEvidence, ThemeRow};

fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

fn figure(figure: &study::Figure) -> Option<String> {
    let value = figure.value?;
    Some(match figure.interval {
        Some(i) => format!("{} ({} to {})", percent(value), percent(i.low), percent(i.high)),
        None => percent(value),
    })
}

pub(super) async fn page(State(shared): State<Arc<Shared>>) -> Answer {
    let mut app = shared.app();
    app.refresh()?;
    let live = app.live()?;
    let accuracy = &live.accuracy;
    let book = live.evidence.main();
    let themes: Vec<Value> =
        book.iter().flat_map(|book| &book.themes).map(|row| theme(row, accuracy)).collect();
    let charts: Vec<Value> = live
        .drawn
        .iter()
        .map(|drawn| {
            let (_, (width, height)) = drawn.regions;
            json!({
                "stem": drawn.file_stem,
                "title": drawn.title,
                "alt": drawn.alt,
                "width": width,
                "height": height,
                "places": book.map(|book| places(drawn, book)).unwrap_or_default(),
            })
        })
        .collect();
    let breakdowns: Vec<Value> =
        book.iter().flat_map(|book| &book.breakdowns).map(breakdown).collect();
    let decided = app.decisions.keys().filter(|(_, state)| state.counting().is_some()).count();
    let view = json!({
        "themes": themes,
        "charts": charts,
        "breakdowns": breakdowns,
        "version": app.decisions.last(),
        "read": accuracy.read,
        "target": accuracy.target,
        "blind": accuracy.blind,
        "least": study::LEAST.min(accuracy.target),
        "figures": [
            ["Themes: of those that the model gave, people gave too", figure(&accuracy.precision)],
            ["Themes: of those that people gave, the model gave too", figure(&accuracy.recall)],
            ["Themes: F1, the mean of the two", figure(&accuracy.f1)],
            ["Answers with just the themes that people gave", figure(&accuracy.exact)],
            ["Feeling about a theme that both gave: the same", figure(&accuracy.sentiment)],
        ],
        "decided": plural(decided as u64, "answer", "answers"),
        "open": app.is_small() && !app.decisions.is_blind_begun(None),
    });
    pages::render(&mut app, "results.html", "Results", view)
}

/// A theme of the first table.
fn theme(row: &ThemeRow, accuracy: &study::Accuracy) -> Value {
    let of = accuracy.themes.iter().find(|t| t.id == row.id);
    let counted = row.respondents.count().zip(row.respondents.base());
    let split = &row.sentiment;
    let between = split.mixed.count().zip(split.neutral.count()).map(|(m, n)| m + n);
    let felt = [
        ("negative", split.negative.count()),
        ("between", between),
        ("positive", split.positive.count()),
    ];
    json!({
        "id": row.id,
        "label": row.label,
        "people": counted.map(|(n, base)| format!("{n}\u{a0}of\u{a0}{base}")),
        "share": row.respondents.share().map(percent),
        "felt": felt.map(|(id, count)| json!({
            "count": count, "link": link(&row.id, &[("people", id)]),
        })),
        "model": of.map(|t| percent(t.share.model)),
        "corrected": of.and_then(|t| {
            let (share, i) = t.share.corrected.zip(t.share.interval)?;
            Some(format!("{} ({} to {})", percent(share), percent(i.low), percent(i.high)))
        }),
        "precision": of.and_then(|t| figure(&t.precision)),
        "recall": of.and_then(|t| figure(&t.recall)),
    })
}

/// Themes by groups, each cell with its answers.
fn breakdown(by: &Breakdown) -> Value {
    let cell = |theme: &str, at: usize, cell: &Cell| {
        let value = &by.values[at];
        let one = value.merged == 1;
        let link = one.then(|| link(theme, &[("group", &by.id), ("value", &value.label)]));
        json!({
            "text": cell.count().zip(cell.share()).map(|(n, share)| format!("{n}\u{a0}({})", percent(share))),
            "link": link,
        })
    };
    let rows: Vec<Value> = by
        .rows
        .iter()
        .map(|row| {
            let cells = row.cells.iter().enumerate().take(by.values.len());
            let cells: Vec<Value> = cells.map(|(at, one)| cell(&row.id, at, &one.raised)).collect();
            json!({"label": row.label, "cells": cells})
        })
        .collect();
    json!({
        "id": by.id,
        "label": by.label,
        "unit": by.unit.as_str(),
        "groups": by.values.iter().map(|v| v.label.clone()).collect::<Vec<_>>(),
        "rows": rows,
    })
}

/// The answers with a theme that are like this.
fn link(theme: &str, more: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", for_address(value));
    let pairs: Vec<String> = [("theme", theme)].iter().chain(more).map(pair).collect();
    format!("/explore?{}", pairs.join("&"))
}

/// The places of a chart that lead to answers.
fn places(drawn: &Drawn, book: &CodebookEvidence) -> Vec<Value> {
    let stem = |by: &Breakdown| match by.id.as_str() {
        "respondent_type" => "themes_by_respondent_type".to_owned(),
        id => format!("themes_{id}").to_lowercase(),
    };
    let by = book.breakdowns.iter().find(|by| stem(by) == drawn.file_stem);
    let place = |region: &crate::charts::Region| {
        let theme = book.themes.iter().find(|theme| theme.label == region.row)?;
        let (link, part) = match region.part.as_str() {
            "" => (link(&theme.id, &[]), String::new()),
            part @ ("negative" | "between" | "positive") => {
                let words = if part == "between" { "mixed or neutral" } else { part };
                (link(&theme.id, &[("people", part)]), words.to_owned())
            }
            group => {
                let by = by?;
                let value = by.values.iter().find(|v| v.label == group && v.merged == 1)?;
                let link = link(&theme.id, &[("group", &by.id), ("value", &value.label)]);
                (link, value.label.clone())
            }
        };
        let name =
            if part.is_empty() { region.row.clone() } else { format!("{}: {part}", region.row) };
        Some(json!({
            "link": link,
            "name": name,
            "x": region.x, "y": region.y, "width": region.width, "height": region.height,
        }))
    };
    drawn.regions.0.iter().filter_map(place).collect()
}

pub(super) async fn chart(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Answer {
    let live: Arc<Live> = shared.app().live()?;
    let stem = name.strip_suffix(".svg").unwrap_or(&name);
    let drawn = live.drawn.iter().find(|d| d.file_stem == stem).ok_or_else(missing)?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], drawn.svg.clone()).into_response())
}
