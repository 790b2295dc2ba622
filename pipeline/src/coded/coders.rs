//! Several coders of one response to one answer: what most of them said, ties by the first.

use std::collections::HashMap;
use std::hash::Hash;

use heard_models::examples::{LabelledResponse, LabelledSegment};
use heard_models::words::Sentiment;

use super::Reading;

/// Each response once, for training. Words without any code are kept; codes without words are not.
/// `named` says of each coder whether a column names them: two sheets may count their ids alike.
pub(super) fn one_each(readings: Vec<Reading>, named: &[bool]) -> Vec<LabelledResponse> {
    let mut groups: Vec<(Vec<usize>, Vec<LabelledResponse>)> = Vec::new();
    let mut places: HashMap<(String, String, String), Vec<usize>> = HashMap::new();
    for reading in readings {
        let Reading { id, coder, response, .. } = reading;
        let codes = response.segments.iter().any(|segment| !segment.codes.is_empty());
        if response.text.is_empty() && codes {
            continue;
        }
        let named = named.get(coder).copied().unwrap_or_default();
        let text = if named && id.is_some() { String::new() } else { response.text.clone() };
        let alone = !named && id.is_none();
        let key = (id.unwrap_or_default(), response.question.clone(), text);
        let seen = places.entry(key).or_default();
        // The second "Nothing" of a coder is another response.
        let open = seen.iter().find(|group| !alone && !groups[**group].0.contains(&coder));
        if let Some(group) = open {
            groups[*group].0.push(coder);
            groups[*group].1.push(response);
        } else {
            seen.push(groups.len());
            groups.push((vec![coder], vec![response]));
        }
    }
    groups.into_iter().filter_map(|(_, readings)| agreed(readings)).collect()
}

/// One response out of what its coders said of it, in their order; None where nobody said anything.
pub fn agreed(mut readings: Vec<LabelledResponse>) -> Option<LabelledResponse> {
    if readings.len() < 2 {
        return readings.pop();
    }
    let mut one = readings[0].clone();
    let spans =
        |r: &LabelledResponse| -> Vec<_> { r.segments.iter().map(|s| s.span.clone()).collect() };
    if readings.iter().any(|r| r.text != one.text || spans(r) != spans(&one)) {
        // Who cut the response differently can be compared over all of it only.
        readings = readings.iter().map(whole).collect();
        one = readings[0].clone();
    }
    for at in 0..one.segments.len() {
        let segments: Vec<&LabelledSegment> = readings.iter().map(|r| &r.segments[at]).collect();
        one.segments[at] = LabelledSegment {
            span: one.segments[at].span.clone(),
            codes: codes(&segments),
            suggestion: most(segments.iter().filter_map(|s| s.suggestion)),
            off_topic: most(segments.iter().filter_map(|s| s.off_topic)),
            outcomes: segments.iter().find_map(|s| s.outcomes.clone()),
        };
    }
    one.status = most(readings.iter().filter_map(|r| r.status));
    one.safeguarding = most(readings.iter().filter_map(|r| r.safeguarding));
    one.respondent = most(readings.iter().filter_map(|r| r.respondent));
    one.stance = most(readings.iter().filter_map(|r| r.stance));
    Some(one)
}

/// The codes that more than half of the coders gave; of half, those of the first coder.
fn codes(segments: &[&LabelledSegment]) -> Vec<(usize, Option<Sentiment>)> {
    let mut all: Vec<usize> = Vec::new();
    for (code, _) in segments.iter().flat_map(|s| &s.codes) {
        if !all.contains(code) {
            all.push(*code);
        }
    }
    all.retain(|code| {
        let votes = segments.iter().filter(|s| s.carries(*code)).count() * 2;
        votes > segments.len() || votes == segments.len() && segments[0].carries(*code)
    });
    let feeling = |code: usize| {
        let of = segments.iter().flat_map(|s| &s.codes).filter(move |c| c.0 == code);
        most(of.filter_map(|c| c.1))
    };
    all.into_iter().map(|code| (code, feeling(code))).collect()
}

/// The commonest value, the first of equals.
pub fn most<T: Copy + Eq + Hash>(values: impl Iterator<Item = T>) -> Option<T> {
    let values: Vec<T> = values.collect();
    let count = |value: &T| values.iter().filter(|v| *v == value).count();
    let top = values.iter().map(count).max()?;
    values.iter().find(|value| count(value) == top).copied()
}

/// A response as one segment with all its codes.
fn whole(response: &LabelledResponse) -> LabelledResponse {
    let mut one = LabelledSegment { span: 0..response.text.len(), ..LabelledSegment::default() };
    for segment in &response.segments {
        for (code, sentiment) in &segment.codes {
            super::line::add_code(&mut one.codes, *code, *sentiment);
        }
        one.suggestion = one.suggestion.max(segment.suggestion);
        one.off_topic = one.off_topic.max(segment.off_topic);
        if let Some(outcomes) = &segment.outcomes {
            one.outcomes.get_or_insert_default().extend(outcomes.iter().copied());
        }
    }
    LabelledResponse { segments: vec![one], ..response.clone() }
}
