//! Training what an accurate model has beside its n-grams: heads on an encoder's vectors, and how the
//! two are joined.
//!
//! The parts of a response that teach are the same as for n-grams: its segments, itself as a whole,
//! and the codebook's phrases. The encoder reads each response once, with its question, and every
//! part is a span of it. With the cargo feature `libtorch` the encoder learns, too, from all codebooks
//! at once ([`examples`]); otherwise it stays as it is, and only heads are fitted.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::calibration::Mix;
use crate::codebook::Codebook;
use crate::dense::Vectors;
use crate::examples::LabelledResponse;
use crate::folds::{self, HeldOut, assign};
use crate::heads::Head;
use crate::meaning::{Blend, Meaning};
use crate::model::Model;
use crate::report::TrainingReport;
use crate::sentences::{Reader, Sentences};
use crate::training::{
    FEWEST, Joined, Learnt, Progress, Source, TrainError, TrainOptions, conclude, learn, truth,
};
use crate::{fitting, measuring};

/// A codebook and the responses that were coded with it.
#[derive(Clone, Copy, Debug)]
pub struct Lesson<'a> {
    /// Coded responses.
    pub responses: &'a [LabelledResponse],
    /// What they were coded with.
    pub codebook: &'a Codebook,
    /// How the n-grams are trained.
    pub options: &'a TrainOptions,
}

/// Heads on an encoder's vectors, as training made them: a row of weights and a bias each. A head
/// that was not trained has an empty row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// One for each of [`Head::all`].
    pub rows: Vec<Vec<f32>>,
    /// The same.
    pub biases: Vec<f32>,
}

/// A part of a text, and which heads should say yes or no to it.
struct Part {
    span: Range<usize>,
    truths: Vec<(usize, bool)>,
}

/// The question and the words of one text that teaches, and its parts.
struct Text<'a> {
    question: &'a str,
    words: &'a str,
    /// The response that it comes from; None for a phrase of the codebook.
    response: Option<usize>,
    parts: Vec<Part>,
}

/// One response in so many is learnt without its question: letters and many files have none.
const BLIND: u64 = 4;

/// Texts that are read together.
const TOGETHER: usize = 64;
/// So many situations a fold are a corpus, and no one's own few responses.
const MANY: usize = 40;

/// Everything that teaches in a lesson.
fn texts<'a>(responses: &'a [LabelledResponse], codebook: &'a Codebook) -> Vec<Text<'a>> {
    let heads = Head::all(codebook.codes().count());
    let truths = |source: Source| -> Vec<(usize, bool)> {
        let all = heads.iter().enumerate();
        all.filter_map(|(at, head)| Some((at, truth(*head, source, responses, true)?))).collect()
    };
    let mut texts: Vec<Text<'a>> = (responses.iter().enumerate())
        .map(|(number, response)| {
            let whole = truths(Source::Whole(number));
            let mut parts: Vec<Part> = (response.segments.iter().enumerate())
                .map(|(at, segment)| Part {
                    span: segment.span.clone(),
                    truths: truths(Source::Segment(number, at)),
                })
                .collect();
            match parts.as_mut_slice() {
                // One segment is the whole: one part teaches both.
                [only] => only.truths.extend(whole),
                _ => parts.push(Part { span: 0..response.text.len(), truths: whole }),
            }
            let blind = xxhash_rust::xxh3::xxh3_64(response.text.as_bytes()).is_multiple_of(BLIND);
            let question = if blind { "" } else { response.question.as_str() };
            Text { question, words: &response.text, response: Some(number), parts }
        })
        .collect();
    texts.extend(codebook.phrases().map(|(code, sentiment, words)| Text {
        question: "",
        words,
        response: None,
        parts: vec![Part { span: 0..words.len(), truths: truths(Source::Phrase(code, sentiment)) }],
    }));
    texts
}

/// Which heads have enough examples of both kinds among some texts.
fn trained(texts: &[Text<'_>], heads: usize) -> Vec<bool> {
    let mut counts = vec![[0_usize; 2]; heads];
    let truths = texts.iter().flat_map(|text| &text.parts).flat_map(|part| &part.truths);
    truths.for_each(|(head, yes)| counts[*head][usize::from(*yes)] += 1);
    counts.iter().map(|[no, yes]| *no >= FEWEST && *yes >= FEWEST).collect()
}

/// Scores of a held-out response by the heads on vectors, part for part as in [`HeldOut`].
struct Scored {
    whole: Vec<f32>,
    found: Vec<Vec<f32>>,
    coded: Vec<Vec<f32>>,
}

impl Scored {
    /// Scores of a part.
    fn raw(&self, part: folds::Part) -> &[f32] {
        match part {
            folds::Part::Whole => &self.whole,
            folds::Part::Found(at) => &self.found[at],
            folds::Part::Coded(at) => &self.coded[at],
        }
    }
}

/// Scores held-out responses, read by the encoder that will be used.
fn score<'a>(
    meaning: &Meaning,
    held_out: &[&HeldOut],
    response: impl Fn(&HeldOut) -> &'a LabelledResponse + Sync,
) -> Vec<Scored> {
    let heads = meaning.biases.len();
    let chunks: Vec<Vec<Scored>> = (held_out.par_chunks(TOGETHER))
        .map(|held_out| {
            let texts: Vec<(&str, &str)> = (held_out.iter())
                .map(|held| (response(held).question.as_str(), response(held).text.as_str()))
                .collect();
            let readings = meaning.sentences.read(&mut Reader::default(), &texts);
            let all = held_out.iter().zip(&readings);
            all.map(|(held, reading)| {
                let mut mean = Vec::new();
                let mut score = |span: &Range<usize>| -> Vec<f32> {
                    reading.mean(span, &mut mean);
                    (0..heads).map(|head| meaning.score(head, &mean)).collect()
                };
                let response = response(held);
                Scored {
                    whole: score(&(0..response.text.len())),
                    found: held.found.iter().map(|(span, _)| score(span)).collect(),
                    coded: response.segments.iter().map(|segment| score(&segment.span)).collect(),
                }
            })
            .collect()
        })
        .collect();
    chunks.into_iter().flatten().collect()
}

/// Fits how much each of two scores of a head counts, on responses that neither was trained on, those
/// of a fold left out.
fn fit_blends(
    learnt: &Learnt,
    scored: &[Scored],
    trained: &[bool],
    without: Option<usize>,
) -> Vec<Blend> {
    /// Examples' worth of the pull towards half and half: with 5, joining as many labels as a codebook
    /// has learns the examples themselves.
    const PULL: f64 = 200.0;
    let heads = Head::all(learnt.about.codes.len());
    let fit = |(column, head): (usize, &Head)| {
        if !trained[column] {
            return Blend::NGRAMS;
        }
        let mut pairs: Vec<(Vec<f32>, bool)> = Vec::new();
        let all = learnt.held_out.iter().zip(scored);
        for (held, own) in all.filter(|(held, _)| Some(held.fold) != without) {
            for (part, truth) in held.cases(*head, &learnt.responses[held.response]) {
                pairs.push((vec![held.raw(part)[column], own.raw(part)[column]], truth));
            }
        }
        // Where n-grams were not trained, the vectors speak alone.
        if pairs.iter().any(|(scores, _)| !scores[0].is_finite()) {
            return Blend { ngrams: 0.0, meaning: 1.0, offset: 0.0 };
        }
        let mix = Mix::fit(&pairs, &[0.5, 0.5], PULL);
        Blend {
            ngrams: mix.weights[0].max(0.0),
            meaning: mix.weights[1].max(0.0),
            offset: mix.offset,
        }
    };
    heads.par_iter().enumerate().map(fit).collect()
}

/// Puts joined scores in place of those of the n-grams; `blends` are those of each fold.
fn join(held_out: &mut [HeldOut], scored: &[Scored], blends: &[Vec<Blend>]) {
    for (held, own) in held_out.iter_mut().zip(scored) {
        let join = |raw: &mut [f32], own: &[f32]| {
            for ((raw, own), blend) in raw.iter_mut().zip(own).zip(&blends[held.fold]) {
                *raw = blend.of(*raw, *own);
            }
        };
        join(&mut held.whole, &own.whole);
        held.found.iter_mut().zip(&own.found).for_each(|((_, raw), own)| join(raw, own));
        held.coded.iter_mut().zip(&own.coded).for_each(|(raw, own)| join(raw, own));
    }
}

impl Rows {
    fn on(self, sentences: Arc<Sentences>) -> Meaning {
        let width = sentences.width();
        let rows = self
            .rows
            .into_iter()
            .flat_map(|row| if row.is_empty() { vec![0.0; width] } else { row });
        let rows = rows.collect();
        let blend = vec![Blend::NGRAMS; self.biases.len()];
        Meaning { sentences, rows, biases: self.biases, blend }
    }
}

/// Responses that an encoder is not trained on while it is measured: those of about a fold of the
/// situations.
fn held_back(responses: &[LabelledResponse], options: &TrainOptions) -> Vec<bool> {
    let situations: BTreeSet<&str> = responses.iter().map(|r| r.situation.as_str()).collect();
    if situations.len() < MANY * options.folds {
        return assign(responses, options.folds).into_iter().map(|fold| fold == 0).collect();
    }
    // A corpus grows: a situation's part is decided by its name alone, so that an encoder that was
    // trained before can still be measured on what it has not seen.
    let hash = |name: &str| xxhash_rust::xxh3::xxh3_64(name.as_bytes());
    responses.iter().map(|r| hash(&r.situation).is_multiple_of(options.folds as u64)).collect()
}

/// The model of a lesson, from an encoder and heads that were trained without a fifth of its
/// situations (`known`), and from others that were trained on all of it (`all`). The first say how the
/// scores are joined, what they mean and how good they are; the second are what the model is made of.
pub fn finish(
    lesson: &Lesson<'_>,
    known: (&Arc<Sentences>, Rows),
    all: (&Arc<Sentences>, Rows),
    progress: &mut dyn FnMut(Progress),
) -> Result<(Model, TrainingReport), TrainError> {
    let Lesson { responses, codebook, options } = lesson;
    let mut learnt = learn(responses, codebook, options, progress)?;
    let back = held_back(&learnt.responses, options);
    learnt.held_out.retain(|held| back[held.response]);
    learnt.swapped.retain(|held| back[held.response]);
    // The rules are fitted and measured by folds of what is left, no situation in two.
    let left: Vec<LabelledResponse> =
        learnt.held_out.iter().map(|held| learnt.responses[held.response].clone()).collect();
    let folds = assign(&left, options.folds);
    let mut fold_of = vec![0; learnt.responses.len()];
    for (held, fold) in learnt.held_out.iter_mut().zip(folds) {
        held.fold = fold;
        fold_of[held.response] = fold;
    }
    learnt.swapped.iter_mut().for_each(|held| held.fold = fold_of[held.response]);

    let known_texts: Vec<Text<'_>> = (texts(&learnt.responses, codebook).into_iter())
        .filter(|text| text.response.is_none_or(|at| !back[at]))
        .collect();
    let trained = trained(&known_texts, known.1.biases.len());
    drop(known_texts);
    let meaning = known.1.on(Arc::clone(known.0));
    let own: Vec<&HeldOut> = learnt.held_out.iter().collect();
    let scored = score(&meaning, &own, |held| &learnt.responses[held.response]);
    let own: Vec<&HeldOut> = learnt.swapped.iter().collect();
    let swapped = score(&meaning, &own, |held| learnt.other(held.response));
    Ok(joined(learnt, options, all.1.on(Arc::clone(all.0)), &trained, &[scored, swapped]))
}

/// Fits how the n-grams' scores and those of the vectors are joined, joins them, and concludes.
/// `scored` are those of the held-out responses and of the swapped ones, in their order.
fn joined(
    mut learnt: Learnt,
    options: &TrainOptions,
    mut meaning: Meaning,
    trained: &[bool],
    [scored, swapped]: &[Vec<Scored>; 2],
) -> (Model, TrainingReport) {
    let Learnt { responses, held_out, about, .. } = &learnt;
    let tuned = fitting::tune(responses, held_out, about, options);
    let alone = measuring::theme_events(responses, held_out, about, &tuned);
    // What calibration, thresholds and figures are made from was not used to fit the joining.
    let blends: Vec<Vec<Blend>> =
        (0..options.folds).map(|fold| fit_blends(&learnt, scored, trained, Some(fold))).collect();
    meaning.blend = fit_blends(&learnt, scored, trained, None);
    join(&mut learnt.held_out, scored, &blends);
    join(&mut learnt.swapped, swapped, &blends);
    conclude(learnt, options, Some(Joined { meaning, alone }))
}

/// Trains heads on an encoder that stays as it is, for good and once for each fold, and joins them
/// with n-grams.
pub fn train_accurate(
    lesson: &Lesson<'_>,
    sentences: &Arc<Sentences>,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Model, TrainingReport), TrainError> {
    let Lesson { responses, codebook, options } = lesson;
    // Reading, a step for each fold, and one for the last heads.
    let (first, more) = (options.folds + 1, options.folds + 2);
    let steps = first + more;
    let learnt =
        learn(responses, codebook, options, &mut |step| progress(Progress { steps, ..step }))?;
    let heads = learnt.heads.columns;
    let folds = assign(&learnt.responses, options.folds);
    let texts = texts(&learnt.responses, codebook);
    let vectors = Vectors::new(sentences.width(), read_parts(sentences, &texts));
    progress(Progress { done: first + 1, steps });
    // Of each part, its fold; phrases are in none.
    let fold_of: Vec<Option<usize>> = (texts.iter())
        .flat_map(|text| text.parts.iter().map(|_| text.response.map(|at| folds[at])))
        .collect();
    let truths: Vec<&[(usize, bool)]> =
        texts.iter().flat_map(|text| &text.parts).map(|part| part.truths.as_slice()).collect();
    let trained = trained(&texts, heads);
    let fit = |without: Option<usize>| -> Rows {
        let mut cases: Vec<Vec<(usize, bool)>> = vec![Vec::new(); heads];
        for (at, (fold, truths)) in fold_of.iter().zip(&truths).enumerate() {
            if without.is_none() || *fold != without {
                truths.iter().for_each(|(head, yes)| cases[*head].push((at, *yes)));
            }
        }
        let fitted = |(cases, trained): (&Vec<(usize, bool)>, &bool)| {
            let both = cases.iter().any(|case| case.1) && cases.iter().any(|case| !case.1);
            if *trained && both { vectors.fit(cases) } else { (Vec::new(), 0.0) }
        };
        let (rows, biases) = cases.par_iter().zip(&trained).map(fitted).unzip();
        Rows { rows, biases }
    };
    let [mut scored, mut swapped] = [BTreeMap::new(), BTreeMap::new()];
    for fold in 0..options.folds {
        let meaning = fit(Some(fold)).on(Arc::clone(sentences));
        let own: Vec<&HeldOut> = learnt.held_out.iter().filter(|held| held.fold == fold).collect();
        let said = score(&meaning, &own, |held| &learnt.responses[held.response]);
        scored.extend(own.iter().map(|held| held.response).zip(said));
        let own: Vec<&HeldOut> = learnt.swapped.iter().filter(|held| held.fold == fold).collect();
        let said = score(&meaning, &own, |held| learnt.other(held.response));
        swapped.extend(own.iter().map(|held| held.response).zip(said));
        progress(Progress { done: first + 2 + fold, steps });
    }
    let in_order = |held_out: &[HeldOut], mut scored: BTreeMap<usize, Scored>| -> Vec<Scored> {
        held_out.iter().filter_map(|held| scored.remove(&held.response)).collect()
    };
    let scored = [in_order(&learnt.held_out, scored), in_order(&learnt.swapped, swapped)];
    let meaning = fit(None).on(Arc::clone(sentences));
    drop(texts);
    let made = joined(learnt, options, meaning, &trained, &scored);
    progress(Progress { done: steps, steps });
    Ok(made)
}

/// The mean vector of every part of some texts, one after another.
fn read_parts(sentences: &Sentences, texts: &[Text<'_>]) -> Vec<f32> {
    let chunks: Vec<Vec<f32>> = (texts.par_chunks(TOGETHER))
        .map(|texts| {
            let all: Vec<(&str, &str)> = texts.iter().map(|t| (t.question, t.words)).collect();
            let readings = sentences.read(&mut Reader::default(), &all);
            let (mut mean, mut vectors) = (Vec::new(), Vec::new());
            for (text, reading) in texts.iter().zip(&readings) {
                for part in &text.parts {
                    reading.mean(&part.span, &mut mean);
                    vectors.extend_from_slice(&mean);
                }
            }
            vectors
        })
        .collect();
    chunks.concat()
}

#[cfg(feature = "libtorch")]
mod tuning {
    use std::sync::Arc;

    use heard_encoder::{EncoderError, WordCache};
    use heard_libtorch::{Example, FineTuned, Target, Unit};

    use super::{Head, Lesson, Rows, Text, held_back, texts, trained};
    use crate::sentences::{Reading, Sentences};
    use crate::training::{answered, nothing_is_coded};

    /// Everything that an encoder can learn from some lessons, all heads of all codebooks one after
    /// another, and how many heads there are. `back` leaves out a fifth of the situations of each.
    pub fn examples(
        sentences: &Sentences,
        lessons: &[Lesson<'_>],
        back: bool,
    ) -> (Vec<Example>, usize) {
        let mut words = WordCache::default();
        let (mut examples, mut first) = (Vec::new(), 0);
        for Lesson { responses, codebook, options } in lessons {
            let responses = answered(responses, nothing_is_coded(responses, codebook));
            let held = held_back(&responses, options);
            let texts: Vec<Text<'_>> = (texts(&responses, codebook).into_iter())
                .filter(|text| text.response.is_none_or(|at| !back || !held[at]))
                .collect();
            let heads = Head::all(codebook.codes().count()).len();
            let trained = trained(&texts, heads);
            for text in &texts {
                let prepared = sentences.prepare(&mut words, text.question, text.words);
                let reading = Reading::unread(&prepared.tokens);
                for (window, sequence) in &prepared.windows {
                    let units = text.parts.iter().filter_map(|part| {
                        let pieces = reading.pieces(&part.span);
                        let from = pieces.start.max(window.start);
                        let to = pieces.end.min(window.end);
                        // What a window shows of a part teaches by its share.
                        let weight = to.saturating_sub(from) as f32 / pieces.len().max(1) as f32;
                        let place = |piece: usize| sequence.lead + piece - window.start;
                        let target = |(head, yes): &(usize, bool)| Target {
                            head: (first + head) as u32,
                            truth: f32::from(u8::from(*yes)),
                            weight,
                        };
                        let truths = part.truths.iter().filter(|(head, _)| trained[*head]);
                        (from < to).then(|| Unit {
                            tokens: place(from)..place(to),
                            targets: truths.map(target).collect(),
                        })
                    });
                    examples.push(Example { sequence: sequence.clone(), units: units.collect() });
                }
            }
            first += heads;
        }
        (examples, first)
    }

    /// What was tuned, at work: the encoder, and the heads of each lesson.
    pub fn tuned(
        tuned: &FineTuned,
        lessons: &[Lesson<'_>],
    ) -> Result<(Arc<Sentences>, Vec<Rows>), EncoderError> {
        let weights = tuned.weights().map_err(crate::backend::of_libtorch)?;
        let sentences = Sentences::new(&weights)?;
        let mut first = 0;
        let rows = lessons.iter().map(|lesson| {
            let heads = Head::all(lesson.codebook.codes().count()).len();
            let own = first..first + heads;
            first += heads;
            Rows { rows: tuned.rows[own.clone()].to_vec(), biases: tuned.biases[own].to_vec() }
        });
        let rows = rows.collect();
        Ok((sentences, rows))
    }
}

#[cfg(feature = "libtorch")]
pub use tuning::{examples, tuned};
