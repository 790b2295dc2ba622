//! Where several people coded the same responses: how far they agree with each other, and the model
//! beside them. What people reach among themselves is as much as can be asked of a model.

use std::collections::{BTreeMap, BTreeSet};

use heard_models::examples::LabelledResponse;
use serde::Serialize;

use super::matching::Matched;
use crate::agreement::{Counts, alpha, mean};
use crate::vocabulary::CodebookNames;

/// Agreement between people, over the responses that at least two of them coded.
#[derive(Clone, Debug, Serialize)]
pub struct People {
    /// Coders.
    pub coders: usize,
    /// Responses that at least two of them coded.
    pub responses: usize,
    /// Mean micro-F1 of two people: the human ceiling.
    pub micro_f1: Option<f64>,
    /// Mean micro-F1 of the model and each person, on the same responses.
    pub model_micro_f1: Option<f64>,
    /// Krippendorff's alpha over all themes.
    pub alpha: Option<f64>,
    /// The same with the model as one more coder.
    pub alpha_with_model: Option<f64>,
    /// Krippendorff's alpha of each theme that anybody gave.
    pub themes: BTreeMap<String, f64>,
}

/// The themes of a whole response.
pub(super) fn themes(response: &LabelledResponse) -> BTreeSet<usize> {
    response.segments.iter().flat_map(|s| &s.codes).map(|code| code.0).collect()
}

/// What a response's coders gave, by coder, and what the model gave.
struct Case {
    coders: BTreeMap<usize, BTreeSet<usize>>,
    model: BTreeSet<usize>,
}

pub(super) fn people(matched: &[Matched<'_>], book: &CodebookNames) -> Option<People> {
    let counted = |themes: BTreeSet<usize>| -> BTreeSet<usize> {
        themes.into_iter().filter(|t| !book.themes[*t].thin).collect()
    };
    let cases: Vec<Case> = matched
        .iter()
        .filter(|m| m.readings.len() > 1)
        .map(|m| Case {
            coders: m.readings.iter().map(|(c, r)| (*c, counted(themes(&r.response)))).collect(),
            model: counted(m.row.themes.keys().copied().collect()),
        })
        .collect();
    let coders: BTreeSet<usize> = cases.iter().flat_map(|c| c.coders.keys().copied()).collect();
    if cases.is_empty() {
        return None;
    }
    let pairs =
        coders.iter().flat_map(|a| coders.iter().filter(move |b| a < b).map(move |b| (a, b)));
    let together = pairs.map(|(a, b)| {
        f1(cases.iter().filter_map(|case| Some((case.coders.get(a)?, case.coders.get(b)?))))
    });
    let with_model = coders.iter().map(|coder| {
        f1(cases.iter().filter_map(|case| Some((case.coders.get(coder)?, &case.model))))
    });
    let themes = (0..book.themes.len()).filter(|t| !book.themes[*t].thin).collect::<Vec<_>>();
    let some = |value: f64| value.is_finite().then_some(value);
    let each = themes.iter().filter_map(|theme| {
        let alpha = some(alpha_of(&cases, &[*theme], false))?;
        Some((book.themes[*theme].id.clone(), alpha))
    });
    Some(People {
        coders: coders.len(),
        responses: cases.len(),
        micro_f1: some(mean(together)),
        model_micro_f1: some(mean(with_model)),
        alpha: some(alpha_of(&cases, &themes, false)),
        alpha_with_model: some(alpha_of(&cases, &themes, true)),
        themes: each.collect(),
    })
}

/// Micro-F1 of two sets of themes a response; the same whichever is taken for the reference.
fn f1<'a>(pairs: impl Iterator<Item = (&'a BTreeSet<usize>, &'a BTreeSet<usize>)>) -> f64 {
    let mut counts = Counts::default();
    for (one, other) in pairs {
        let both = one.intersection(other).count() as f64;
        counts.both += both;
        counts.due_only += one.len() as f64 - both;
        counts.given_only += other.len() as f64 - both;
    }
    counts.f1()
}

/// Alpha over (response, theme), each given or not.
fn alpha_of(cases: &[Case], themes: &[usize], model: bool) -> f64 {
    let labels: Vec<Vec<u8>> = cases
        .iter()
        .flat_map(|case| {
            themes.iter().map(move |theme| {
                let people = case.coders.values();
                let model = model.then_some(&case.model);
                people.chain(model).map(|set| u8::from(set.contains(theme))).collect()
            })
        })
        .collect();
    alpha(labels.iter().map(Vec::as_slice))
}
