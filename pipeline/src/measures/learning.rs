//! Learning what quantities measure, from comments whose measures people wrote down.
//!
//! A list holds a comment a line: `text => measure=value; measure=value/period`, in the order of the
//! text; a line that begins with `#` says something of the list. `pipeline/examples/quantities.rs` makes
//! the weights that ship from those under `data-samples/corpus/quantities`.

use std::collections::BTreeMap;

use heard_models::Tally;
use heard_models::choice::Choice;

use super::context::{self, CAME, DUE, LEFT, Label, NONE, may_be};
use super::quantities::{self, Plain};
use super::{MEASURES, clock, measures_with, stay, tokens, value};
use crate::coding::Measure;
use crate::segment::segments;

/// A measure as a list writes it.
#[derive(Clone, Debug, PartialEq)]
struct Written {
    measure: String,
    value: f64,
    upper: Option<f64>,
    per: Option<String>,
}

impl Written {
    fn read(text: &str) -> Option<Self> {
        let (measure, rest) = text.split_once('=')?;
        let (number, per) = match rest.split_once('/') {
            Some((number, per)) => (number, Some(per.to_owned())),
            None => (rest, None),
        };
        let (low, high) = match number.split_once("..") {
            Some((low, high)) => (low, Some(high.parse().ok()?)),
            None => (number, None),
        };
        Some(Self { measure: measure.to_owned(), value: low.parse().ok()?, upper: high, per })
    }

    /// `visit_minutes=10..15`, `care_workers=7/week`; without the period that a measure always has.
    fn show(&self) -> String {
        let tidy = |v: f64| (v * 100.0).round() / 100.0;
        let upper = self.upper.map_or(String::new(), |upper| format!("..{}", tidy(upper)));
        let implied =
            matches!(self.measure.as_str(), "visits_per_day" | "visits_per_week" | "weekly_cost");
        let per = self.per.as_ref().filter(|_| !implied);
        let per = per.map_or(String::new(), |per| format!("/{per}"));
        format!("{}={}{upper}{per}", self.measure, tidy(self.value))
    }
}

impl From<Measure> for Written {
    fn from(found: Measure) -> Self {
        Self {
            measure: found.measure.to_owned(),
            value: found.value,
            upper: found.upper,
            per: found.per.map(str::to_owned),
        }
    }
}

/// Comments with what is written down of each.
fn comments(list: &str) -> impl Iterator<Item = (&str, Vec<Written>)> {
    list.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (text, written) = line.split_once("=>")?;
        let written = written.split(';').map(str::trim).filter(|one| !one.is_empty());
        Some((text.trim(), written.filter_map(Written::read).collect()))
    })
}

/// What is found in a text, as lists write it.
pub(super) fn told(choice: &Choice, text: &str) -> Vec<String> {
    let found = measures_with(choice, text, &segments(text));
    found.into_iter().map(|measure| Written::from(measure).show()).collect()
}

/// How a list is read, and the comments that are read otherwise than written.
pub fn score(choice: &Choice, list: &str) -> (Tally, Vec<String>) {
    let (mut all, mut differing) = (Tally::default(), Vec::new());
    for (text, written) in comments(list) {
        let expected: Vec<String> = written.iter().map(Written::show).collect();
        let found = told(choice, text);
        let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
        for one in &expected {
            *counts.entry(one).or_default() += 1;
        }
        for one in &found {
            *counts.entry(one).or_default() -= 1;
        }
        let sum = |counts: &mut dyn Iterator<Item = i64>| counts.sum::<i64>() as usize;
        let wrong = sum(&mut counts.values().map(|count| (-count).max(0)));
        let missed = sum(&mut counts.values().map(|count| (*count).max(0)));
        all = all.sum(Tally { right: expected.len() - missed, wrong, missed });
        if found != expected {
            differing.push(format!("{text}\n    expected {expected:?}\n    found    {found:?}"));
        }
    }
    (all, differing)
}

/// Learns from lists. The same lists in the same order give the same weights.
#[must_use]
pub fn learn<'a>(lists: impl IntoIterator<Item = &'a str>) -> Choice {
    let mut places = Vec::new();
    for (text, written) in lists.into_iter().flat_map(comments) {
        let plain = quantities::plain(&tokens::tokens(&text.to_ascii_lowercase()));
        places.extend(context::places(&plain, &aligned(&plain, &written)));
    }
    Choice::fit(&context::names(), &places)
}

/// What each quantity of a text is, by what is written down of the text.
fn aligned(plain: &Plain, written: &[Written]) -> Vec<Label> {
    let said = &plain.quantities;
    let mut labels = vec![NONE; said.len()];
    let mut open: Vec<&Written> = written.iter().collect();
    for (label, quantity) in labels.iter_mut().zip(said) {
        let found = open.iter().position(|one| {
            let own = context::label(&one.measure);
            own != NONE && may_be(own, quantity) && is(one, value(MEASURES[own].0, quantity))
        });
        if let Some(found) = found {
            *label = context::label(&open.remove(found).measure);
        }
    }
    for one in open {
        let close = |told: Option<(&str, f64)>| {
            told.is_some_and(|(measure, minutes)| {
                measure == one.measure && (minutes - one.value).abs() < 0.01
            })
        };
        let free = |at: usize, labels: &[Label]| labels[at] == NONE && may_be(CAME, &said[at]);
        let pairs = (0..said.len()).flat_map(|a| (0..said.len()).map(move |b| (a, b)));
        let timed = |a: usize, b: usize| [a, b].iter().any(|at| !may_be(0, &said[*at]));
        let pair = pairs
            .filter(|(a, b)| a != b && free(*a, &labels) && free(*b, &labels) && timed(*a, *b))
            .find_map(|(a, b)| {
                if close(clock(&said[a], &said[b])) {
                    return Some([(a, CAME), (b, DUE)]);
                }
                (a < b && close(stay(&said[a], &said[b]))).then_some([(a, CAME), (b, LEFT)])
            });
        for (at, label) in pair.into_iter().flatten() {
            labels[at] = label;
        }
    }
    labels
}

/// Whether a value is the one that is written, also where that is counted for another period.
fn is(written: &Written, found: Option<(f64, Option<f64>)>) -> bool {
    let Some((value, upper)) = found else { return false };
    let near = |one: f64, other: f64| (one - other).abs() < 0.02;
    let counted = matches!(written.measure.as_str(), "care_workers" | "missed_visits");
    let times = value / written.value;
    near(value, written.value)
        || upper.zip(written.upper).is_some_and(|(one, other)| near(one, other))
        || (written.value > 0.0
            && counted
            && [2.0, 3.0, 4.0, 6.0, 7.0, 12.0, 52.0].contains(&times))
        || (written.measure == "weekly_cost"
            && [2.0, 4.0, 52.0 / 12.0, 52.0]
                .iter()
                .any(|weeks| (times / weeks - 1.0).abs() < 0.005))
}
