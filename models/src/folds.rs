//! Cross-validation: which responses are held out together, and what a model said of them.
//!
//! Responses of one situation were written together and resemble each other, so that they are held
//! out together. What is kept of each held-out response is raw scores only: calibration and
//! decisions are fitted on them afterwards, as often as needed.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::examples::LabelledResponse;
use crate::features::{Encoded, Encoder, Input};
use crate::heads::{Head, Heads, Scores};
use crate::known::{Known, Memory};
use crate::model::{Model, Scratch};
use crate::sentences::{Reader, Reading};
use crate::training::{segment_truth, whole_truth};

/// The fold of each response, so that folds are of like size and no situation is in two. Of fewer
/// situations than folds, nothing can be held out: then each response stands for itself.
pub(crate) fn assign(responses: &[LabelledResponse], folds: usize) -> Vec<usize> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for response in responses {
        *sizes.entry(response.situation.as_str()).or_default() += 1;
    }
    if sizes.len() < folds {
        return (0..responses.len()).map(|at| at % folds).collect();
    }
    let mut order: Vec<(&str, usize)> = sizes.into_iter().collect();
    // The largest first; among equals by hash, so that neighbours in the alphabet are spread.
    let hash = |name: &str| xxhash_rust::xxh3::xxh3_64(name.as_bytes());
    order.sort_by_key(|(name, size)| (std::cmp::Reverse(*size), hash(name)));
    let mut filled = vec![0; folds];
    let mut fold_of = BTreeMap::new();
    for (name, size) in order {
        let least = (0..folds).min_by_key(|fold| filled[*fold]).unwrap_or(0);
        filled[least] += size;
        fold_of.insert(name, least);
    }
    responses.iter().map(|response| fold_of[response.situation.as_str()]).collect()
}

/// What a model that did not know a response scored for it.
pub(crate) struct HeldOut {
    /// Number of the response.
    pub(crate) response: usize,
    /// Its fold.
    pub(crate) fold: usize,
    /// Its length.
    pub(crate) words: usize,
    /// Scores of it as a whole.
    pub(crate) whole: Vec<f32>,
    /// Segments as the program finds them, with their scores.
    pub(crate) found: Vec<(Range<usize>, Vec<f32>)>,
    /// Scores of its segments as people made them.
    pub(crate) coded: Vec<Vec<f32>>,
}

/// A part of a held-out response that is scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The response as a whole.
    Whole,
    /// A segment as the program finds it.
    Found(usize),
    /// A segment as people made it.
    Coded(usize),
}

impl HeldOut {
    /// Scores of a part.
    pub(crate) fn raw(&self, part: Part) -> &[f32] {
        match part {
            Part::Whole => &self.whole,
            Part::Found(at) => &self.found[at].1,
            Part::Coded(at) => &self.coded[at],
        }
    }

    /// A response that a finished model has not learnt, and, where an encoder read it, its vectors of
    /// the whole and of each segment found.
    pub(crate) fn of(
        model: &Model,
        response: &LabelledResponse,
        split: fn(&str) -> Vec<Range<usize>>,
    ) -> (Self, Vec<Vec<f32>>) {
        let mut scratch = Scratch::default();
        let reading: Option<Reading> = model.sentences().and_then(|sentences| {
            let mut reader = Reader::default();
            sentences.read(&mut reader, &[(&response.question, &response.text)]).pop()
        });
        let mut part = |span: Range<usize>, previous: Option<Range<usize>>| {
            let input = input(response, span.clone(), previous);
            model.raw(&input, reading.as_ref().map(|reading| (reading, &span)), &mut scratch)
        };
        let (whole, mean, words) = part(0..response.text.len(), None);
        let (mut found, mut means, mut before) = (Vec::new(), vec![mean], None);
        for span in split(&response.text) {
            let (raw, mean, _) = part(span.clone(), before.replace(span.clone()));
            found.push((span, raw));
            means.push(mean);
        }
        (Self { response: 0, fold: 0, words, whole, found, coded: Vec::new() }, means)
    }

    /// The parts on which a head is judged, with the truth about them: codes on segments as the
    /// program finds them, what hangs on the whole response there, the rest on people's segments.
    pub(crate) fn cases(&self, head: Head, response: &LabelledResponse) -> Vec<(Part, bool)> {
        if let Head::Code(code) = head {
            let found = self.found.iter().enumerate();
            return found
                .map(|(at, (span, _))| (Part::Found(at), carries(response, span, code)))
                .collect();
        }
        if let Some(truth) = whole_truth(head, response) {
            return vec![(Part::Whole, truth)];
        }
        (0..self.coded.len())
            .filter_map(|at| Some((Part::Coded(at), segment_truth(head, response, at)?)))
            .collect()
    }
}

/// True if a segment that a person gave the code shares half of the shorter of the two spans.
pub(crate) fn carries(response: &LabelledResponse, span: &Range<usize>, code: usize) -> bool {
    response.segments.iter().filter(|segment| segment.carries(code)).any(|segment| {
        let own = &segment.span;
        let shared = own.end.min(span.end).saturating_sub(own.start.max(span.start));
        2 * shared >= own.len().min(span.len())
    })
}

/// Scores responses that the heads were not trained on.
pub(crate) fn hold_out<'a>(
    responses: impl Fn(usize) -> &'a LabelledResponse,
    chosen: impl Iterator<Item = (usize, usize)>,
    words: &impl Encoder,
    heads: &Heads,
    split: fn(&str) -> Vec<Range<usize>>,
) -> Vec<HeldOut> {
    let mut encoded = Encoded::default();
    let mut scores = Scores::default();
    let (mut memory, mut hits) = (Memory::default(), Vec::new());
    memory.own(heads.number);
    chosen
        .map(|(number, fold)| {
            let response = responses(number);
            let mut score = |span: Range<usize>, previous: Option<Range<usize>>| {
                let input = input(response, span, previous);
                hits.clear();
                let (memory, hits) = (&mut memory, &mut hits);
                words.encode(
                    &input,
                    &mut encoded,
                    &mut Known { index: &heads.index, memory, hits },
                );
                heads.score(hits, &mut scores);
                (encoded.words(), scores.raw.clone())
            };
            let (words, whole) = score(0..response.text.len(), None);
            let spans = split(&response.text);
            let before = |at: usize| at.checked_sub(1).map(|at| spans[at].clone());
            let found = (spans.iter().enumerate())
                .map(|(at, span)| (span.clone(), score(span.clone(), before(at)).1))
                .collect();
            let segments = &response.segments;
            let before = |at: usize| at.checked_sub(1).map(|at| segments[at].span.clone());
            let coded = (segments.iter().enumerate())
                .map(|(at, segment)| score(segment.span.clone(), before(at)).1)
                .collect();
            HeldOut { response: number, fold, words, whole, found, coded }
        })
        .collect()
}

/// A part of a response, as an encoder takes it.
pub(crate) fn input(
    response: &LabelledResponse,
    span: Range<usize>,
    previous: Option<Range<usize>>,
) -> Input<'_> {
    Input {
        text: &response.text[span],
        question: &response.question,
        polarity: response.polarity,
        previous: previous.map(|span| &response.text[span]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_situation_is_in_one_fold_only_and_folds_are_of_like_size() {
        let responses: Vec<LabelledResponse> = (0..103)
            .map(|i| LabelledResponse {
                situation: format!("s{}", i % 17),
                ..LabelledResponse::from_segments(["on time"])
            })
            .collect();
        let folds = assign(&responses, 5);
        let mut seen = BTreeMap::new();
        let mut sizes = [0; 5];
        for (response, fold) in responses.iter().zip(&folds) {
            assert_eq!(*seen.entry(&response.situation).or_insert(*fold), *fold);
            sizes[*fold] += 1;
        }
        assert!(sizes.iter().all(|size| (12..=28).contains(size)), "{sizes:?}");
    }
}
