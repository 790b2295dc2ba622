//! Learning from corrections: what people made of a model's codes, laid over that model.
//!
//! A few hundred corrected answers are too few to train on and enough to bend what was trained: the
//! model's own log-odds are kept, and what is learnt is only how far to move them
//! ([`learnt`](crate::learnt)), the less the fewer examples speak for it. How far, and whether it
//! helps at all, is told by cross-validation on corrections that were held out. Themes given and
//! missed are too few to tell it by (with a hundred answers, F1 swings by points whatever is learnt),
//! so it is told by how likely a model held what people said, over all codes.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use rayon::prelude::*;
use serde::Serialize;

use crate::calibration::Tally;
use crate::examples::LabelledResponse;
use crate::features::{Encoded, Encoder as _};
use crate::fitting::decide;
use crate::folds::{HeldOut, assign, input};
use crate::heads::Heads;
use crate::learnt::{Learnt, Space, UNKNOWN, sure};
use crate::measuring::{Event, Events, gain};
use crate::model::{About, Figure, Model, Precision};
use crate::report::Gain;
use crate::residual::{self, Values};
use crate::solver::{Column, Sequence};
use crate::training::{FEWEST, FEWEST_DOCUMENTS, TrainError};

/// Fewest corrected answers from which anything is learnt.
pub const FEWEST_CORRECTED: usize = 20;
/// Folds of the cross-validation.
const FOLDS: usize = 10;
/// What people said must be likelier to a new model in more than so many resamples of the corrections,
pub const LIKELIER: f64 = 0.5;
/// and errors (what its F1 lacks of 1) more by no more than this share. On most sets of answers that no
/// model had seen, a hundred of each corrected, a new model was better on the others: one theme more or
/// less among the hundred must not keep it back. Of more answers chance has less to say.
const MORE_ERRORS: f64 = 0.05;
/// People code in a way of their own where moving far is likelier in so many.
const OWN_WAY: f64 = 0.975;

/// How freely each part of the layer may move: the usual size of its sum.
#[derive(Clone, Copy, Debug)]
struct Freedom {
    bias: f32,
    cross: f32,
    words: f32,
    mean: f32,
}

/// What is learnt as a rule. Nothing moves a code whatever is said: with few examples of each, what
/// seems too many or too few of one is mostly chance.
const NEAR: Freedom = Freedom { bias: 0.0, cross: 0.5, words: 0.75, mean: 0.1 };
/// What is learnt where people code in a way of their own.
const FAR: Freedom = Freedom { bias: 0.5, cross: 2.0, words: 1.5, mean: 0.5 };
/// How much more an example says of a code that the model knows nothing of.
const NEW_CODE: f64 = 10.0;

/// A theme before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThemeChange {
    /// Its id.
    pub theme: String,
    /// Corrected answers to which people gave it.
    pub people: usize,
    /// F1 of the corrected model.
    pub before: f64,
    /// F1 of the new one.
    pub after: f64,
}

/// What was learnt from corrections, measured on corrections that were held out.
#[derive(Clone, Debug, Serialize)]
pub struct CorrectionReport {
    /// Id and version of the model that was corrected.
    pub base: String,
    /// Corrected answers.
    pub responses: usize,
    /// Micro-F1 of themes before (`alone`) and after (`joined`), with the interval of the gain.
    pub gain: Gain,
    /// Precision and recall before, and after.
    pub sides: [(f64, f64); 2],
    /// Answers with just the right themes before, and after.
    pub exact: (usize, usize),
    /// Share of resamples of the answers in which the new one held what people said likelier.
    pub likelier: f64,
    /// Every theme that people or either model gave, in the order of the codebook.
    pub themes: Vec<ThemeChange>,
    /// Whether there is a new model.
    pub better: bool,
}

/// A corrected answer as the corrected model sees it.
struct Seen {
    held: HeldOut,
    whole: Sight,
    found: Vec<Sight>,
}

/// A part of it.
struct Sight {
    keys: Vec<u32>,
    mean: Vec<f32>,
    sure: Vec<f32>,
}

/// Learns from corrected answers, on top of the model that coded them. `split` says how the program
/// finds segments. Without a model where held-out corrections do not speak for a new one.
///
/// The same answers in the same order give the same model, for any number of threads.
pub fn correct(
    base: Model,
    responses: &[LabelledResponse],
    (id, version): (&str, &str),
    split: fn(&str) -> Vec<Range<usize>>,
) -> Result<(Option<Model>, CorrectionReport), TrainError> {
    let base = base.uncorrected();
    if responses.len() < FEWEST_CORRECTED {
        return Err(TrainError::TooFew { found: responses.len(), needed: FEWEST_CORRECTED });
    }
    let seen: Vec<Seen> = responses.par_iter().map(|one| see(&base, one, split)).collect();
    let folds = assign(responses, FOLDS);
    let about = &base.about;
    let case = Case { about, responses, seen: &seen, folds: &folds };
    let before = case.judge(seen.iter().map(|seen| &seen.held));
    let [near, far] = [NEAR, FAR].map(|freedom| case.judge(&case.hold_out(&freedom)));
    // No answer is judged by a choice that it took part in.
    let own_way = |without: Option<usize>| {
        let others = (0..responses.len()).filter(|at| Some(folds[*at]) != without);
        let pairs = others.map(|at| (responses[at].situation.as_str(), &near[at], &far[at]));
        likelier(pairs) >= OWN_WAY
    };
    let chosen: Vec<bool> = (0..FOLDS).map(|fold| own_way(Some(fold))).collect();
    let after: Vec<&Judged> = (folds.iter().enumerate())
        .map(|(at, fold)| if chosen[*fold] { &far[at] } else { &near[at] })
        .collect();
    let both = || before.iter().zip(&after).map(|(before, after)| (before, *after));
    let old = events(responses, both().map(|both| both.0));
    let new = events(responses, both().map(|both| both.1));
    let tally = |events: &Events| {
        tallies(about.themes, events).into_iter().fold(Tally::default(), Tally::sum)
    };
    let side = |tally: Tally| (tally.precision(), tally.recall());
    let gain = gain(&old, &new);
    let named = responses.iter().map(|response| response.situation.as_str());
    let likelier = likelier(named.zip(both()).map(|(person, (old, new))| (person, old, new)));
    let chance = MORE_ERRORS * (100.0 / responses.len() as f64).sqrt().min(1.0);
    let is_worse = 1.0 - gain.joined > (1.0 + chance) * (1.0 - gain.alone);
    let better = likelier > LIKELIER && !is_worse && old != new;
    let report = CorrectionReport {
        base: format!("{} {}", about.id, about.version),
        responses: responses.len(),
        sides: [side(tally(&old)), side(tally(&new))],
        exact: (
            both().filter(|both| both.0.exact).count(),
            both().filter(|both| both.1.exact).count(),
        ),
        gain,
        likelier,
        themes: themes(about, &old, &new),
        better,
    };
    if !better {
        return Ok((None, report));
    }
    let learnt = case.learn(if own_way(None) { &FAR } else { &NEAR }, |_| true);
    let mut about = base.about.clone();
    id.clone_into(&mut about.id);
    version.clone_into(&mut about.version);
    about.figures = figures(&base.about, &report);
    about.precisions = precisions(&base, &new);
    Ok((Some(base.corrected(about, learnt)), report))
}

/// Share of resamples of the people in which what was said is likelier by the second judgement of each
/// of their answers than by the first.
fn likelier<'a>(answers: impl Iterator<Item = (&'a str, &'a Judged, &'a Judged)>) -> f64 {
    const RESAMPLES: usize = 2000;
    let mut people: BTreeMap<&str, f64> = BTreeMap::new();
    for (person, first, second) in answers {
        *people.entry(person).or_default() += first.loss - second.loss;
    }
    let gains: Vec<f64> = people.into_values().collect();
    let mut random = Sequence(0x9E37_79B9_7F4A_7C15);
    let mut drawn =
        || (0..gains.len()).map(|_| gains[random.below(gains.len())]).sum::<f64>() > 0.0;
    (0..RESAMPLES).filter(|_| drawn()).count() as f64 / RESAMPLES as f64
}

/// What was said of the answers of each person.
fn events<'a>(responses: &[LabelledResponse], judged: impl Iterator<Item = &'a Judged>) -> Events {
    let mut events = Events::default();
    for (response, judged) in responses.iter().zip(judged) {
        events.entry(response.situation.clone()).or_default().extend(&judged.events);
    }
    events
}

fn copy(held: &HeldOut) -> HeldOut {
    HeldOut {
        response: held.response,
        fold: held.fold,
        words: held.words,
        whole: held.whole.clone(),
        found: held.found.clone(),
        coded: Vec::new(),
    }
}

/// Scores a corrected answer and its segments with the model that is corrected.
fn see(model: &Model, response: &LabelledResponse, split: fn(&str) -> Vec<Range<usize>>) -> Seen {
    let (held, means) = HeldOut::of(model, response, split);
    let about = &model.about;
    let mut means = means.into_iter();
    let mut sight = |span: Range<usize>, previous: Option<Range<usize>>, raw: &[f32]| {
        let mut keys: Vec<u32> = Vec::new();
        about.encoder.encode(&input(response, span, previous), &mut Encoded::default(), &mut keys);
        keys.sort_unstable();
        keys.dedup();
        let mut known = Vec::new();
        sure(about, raw, &mut known);
        Sight { keys, mean: means.next().unwrap_or_default(), sure: known }
    };
    let whole = sight(0..response.text.len(), None, &held.whole);
    let mut before = None;
    let found = held.found.iter();
    let found =
        found.map(|(span, raw)| sight(span.clone(), before.replace(span.clone()), raw)).collect();
    Seen { held, whole, found }
}

/// What was said of an answer.
struct Judged {
    /// Themes that it was given or has.
    events: Vec<Event>,
    /// Whether they are the same.
    exact: bool,
    /// How unlikely the model held what people said of it: the logistic loss, summed over all codes.
    loss: f64,
}

/// Everything that is learnt from.
struct Case<'a> {
    about: &'a About,
    responses: &'a [LabelledResponse],
    seen: &'a [Seen],
    folds: &'a [usize],
}

impl Case<'_> {
    /// Every answer, scored by a layer that did not learn from its fold.
    fn hold_out(&self, freedom: &Freedom) -> Vec<HeldOut> {
        let layers: Vec<Learnt> =
            (0..FOLDS).map(|fold| self.learn(freedom, |at| self.folds[at] != fold)).collect();
        (0..self.seen.len())
            .into_par_iter()
            .map(|at| {
                let (seen, response) = (&self.seen[at], &self.responses[at]);
                let (mut held, layer) = (copy(&seen.held), &layers[self.folds[at]]);
                let mut space = Space::default();
                let mean = |sight: &Sight| (!sight.mean.is_empty()).then(|| sight.mean.clone());
                let whole = input(response, 0..response.text.len(), None);
                let vector = mean(&seen.whole);
                layer.add(self.about, &whole, vector.as_deref(), &mut space, &mut held.whole);
                let mut before = None;
                for ((span, raw), sight) in held.found.iter_mut().zip(&seen.found) {
                    let part = input(response, span.clone(), before.replace(span.clone()));
                    layer.add(self.about, &part, mean(sight).as_deref(), &mut space, raw);
                }
                held
            })
            .collect()
    }

    /// What is said of each answer with these scores.
    fn judge<'h>(&self, held: impl IntoIterator<Item = &'h HeldOut>) -> Vec<Judged> {
        let judge = |(response, held): (&LabelledResponse, &HeldOut)| {
            let decision = decide(self.about, response, held);
            let events: Vec<Event> = (0..self.about.themes)
                .map(|theme| {
                    let said = decision.codes.iter().flatten().any(|(own, _)| *own == theme);
                    (theme, said, response.carries(theme))
                })
                .filter(|(_, said, truth)| *said || *truth)
                .collect();
            let exact = events.iter().all(|(_, said, truth)| said == truth);
            Judged { events, exact, loss: self.loss(response, held) }
        };
        self.responses.iter().zip(held).map(judge).collect()
    }

    /// The logistic loss of an answer, over all codes; none of one that is never scored.
    fn loss(&self, response: &LabelledResponse, held: &HeldOut) -> f64 {
        if !self.is_scored(response) {
            return 0.0;
        }
        let of = |code: usize| {
            let odds = (0..held.found.len()).map(|part| self.odds(code, held, part));
            let best = f64::from(odds.reduce(f32::max)?);
            let odds = if response.carries(code) { best } else { -best };
            Some((1.0 + (-odds).exp()).ln())
        };
        (0..self.about.codes.len()).filter_map(of).sum()
    }

    /// Log-odds of a code in a part of an answer, with the whole around it.
    fn odds(&self, code: usize, held: &HeldOut, part: usize) -> f32 {
        let rules = &self.about.rules;
        let own = |raw: &[f32]| if raw[code].is_finite() { raw[code] } else { UNKNOWN };
        let (part, whole) = (own(&held.found[part].1), own(&held.whole));
        let blend = (1.0 - rules.whole) * part + rules.whole * whole;
        rules.platt[code].slope * blend + rules.platt[code].offset
    }

    /// False of an answer that says nothing: its words are not read.
    fn is_scored(&self, response: &LabelledResponse) -> bool {
        self.about.empty(&response.text, response.polarity).is_none()
    }

    /// Fits a layer on the answers that may be known.
    fn learn(&self, freedom: &Freedom, known: impl Fn(usize) -> bool) -> Learnt {
        let about = self.about;
        let codes = about.codes.len();
        let speaks = |at: &usize| known(*at) && self.is_scored(&self.responses[*at]);
        let chosen: Vec<usize> = (0..self.seen.len()).filter(speaks).collect();
        let keys = self.vocabulary(&chosen);
        let numbers: HashMap<u32, u32> = keys.iter().zip(0..).map(|(key, n)| (*key, n)).collect();
        let width = self.seen.first().map_or(0, |seen| seen.whole.mean.len());
        let (first_word, first_mean) = (1 + codes, 1 + codes + keys.len());
        let values = |sight: &Sight, share: f32, into: &mut BTreeMap<u32, f32>| {
            for (code, p) in (1..).zip(&sight.sure) {
                *into.entry(code).or_default() += share * freedom.cross * p;
            }
            let own: Vec<u32> =
                sight.keys.iter().filter_map(|key| numbers.get(key).copied()).collect();
            let each = share * freedom.words / (own.len().max(1) as f32).sqrt();
            for number in own {
                *into.entry(first_word as u32 + number).or_default() += each;
            }
            for (at, x) in (first_mean as u32..).zip(&sight.mean) {
                *into.entry(at).or_default() += share * freedom.mean * x;
            }
        };
        let share = about.rules.whole;
        // Each part with the whole around it, answer by answer.
        let examples: Vec<Vec<Values>> = (chosen.iter())
            .map(|at| {
                let seen = &self.seen[*at];
                let part = |sight: &Sight| {
                    let mut own = BTreeMap::from([(0, freedom.bias)]);
                    values(sight, 1.0 - share, &mut own);
                    values(&seen.whole, share, &mut own);
                    own.into_iter().collect()
                };
                seen.found.iter().map(part).collect()
            })
            .collect();
        let cases: Vec<Vec<(&Values, f32, bool)>> =
            (0..codes).map(|code| self.cases(code, &chosen, &examples)).collect();
        let is_known = |code: usize| self.seen.iter().any(|seen| seen.held.whole[code].is_finite());
        let fitted: Vec<Option<(f32, Vec<f32>)>> = (cases.par_iter().enumerate())
            .map(|(code, cases)| {
                let (known, positive) =
                    (is_known(code), cases.iter().filter(|(.., truth)| *truth).count());
                if !known && positive < FEWEST {
                    return None;
                }
                // Of a code that the model knows nothing of, how common it is has to be learnt first.
                let common = positive as f32 / (cases.len() - positive).max(1) as f32;
                let start = if known { 0.0 } else { common.ln() - cases.first()?.1 };
                let cost = if known { 1.0 } else { NEW_CODE };
                let parts: Vec<&Values> = cases.iter().map(|(part, ..)| *part).collect();
                let margins: Vec<f32> = cases.iter().map(|(_, margin, _)| start + margin).collect();
                let truths: Vec<bool> = cases.iter().map(|(.., truth)| *truth).collect();
                Some((start, residual::fit(&parts, &margins, &truths, first_mean + width, cost)))
            })
            .collect();
        let scaled = |weights: &[f32], by: f32| -> Vec<f32> {
            weights.iter().map(|weight| weight * by).collect()
        };
        let (mut cross, mut rows) = (Vec::new(), Vec::new());
        let mut columns = Vec::new();
        for weights in &fitted {
            let none = vec![0.0; first_mean + width];
            let own = weights.as_ref().map_or(&none, |(_, own)| own);
            cross.extend(scaled(&own[1..first_word], freedom.cross));
            rows.extend(scaled(&own[first_mean..], freedom.mean));
            columns.push(weights.as_ref().map(|(start, own)| Column {
                weights: scaled(&own[first_word..first_mean], freedom.words),
                bias: start + own[0] * freedom.bias,
            }));
        }
        Learnt { base: about.clone(), words: Heads::quantise(&keys, &columns, 0), cross, rows }
    }

    /// For each answer its likeliest part for a code, the log-odds there, and whether it has the code:
    /// an answer has a code where its likeliest part has it, and that is what log-odds and thresholds
    /// were set on.
    fn cases<'e>(
        &self,
        code: usize,
        chosen: &[usize],
        examples: &'e [Vec<Values>],
    ) -> Vec<(&'e Values, f32, bool)> {
        let case = |(at, parts): (&usize, &'e Vec<Values>)| {
            let held = &self.seen[*at].held;
            let odds = parts.iter().enumerate().map(|(n, part)| (part, self.odds(code, held, n)));
            let best = odds.reduce(|best, new| if new.1 > best.1 { new } else { best })?;
            Some((best.0, best.1, self.responses[*at].carries(code)))
        };
        chosen.iter().zip(examples).filter_map(case).collect()
    }

    /// Features that enough of the answers share: a model carries no one's words.
    fn vocabulary(&self, chosen: &[usize]) -> Vec<u32> {
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for at in chosen {
            let seen = &self.seen[*at];
            let parts = seen.found.iter().chain([&seen.whole]);
            let mut own: Vec<u32> = parts.flat_map(|sight| sight.keys.iter().copied()).collect();
            own.sort_unstable();
            own.dedup();
            for key in own {
                *counts.entry(key).or_default() += 1;
            }
        }
        let often = counts.into_iter().filter(|(_, count)| *count >= FEWEST_DOCUMENTS);
        often.map(|(key, _)| key).collect()
    }
}

/// Counts of each theme over all answers.
fn tallies(themes: usize, events: &Events) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); themes];
    for (theme, said, truth) in events.values().flatten() {
        tallies[*theme].add(*said, *truth);
    }
    tallies
}

fn themes(about: &About, before: &Events, after: &Events) -> Vec<ThemeChange> {
    let (old, new) = (tallies(about.themes, before), tallies(about.themes, after));
    let of = |((theme, old), new): ((&String, &Tally), &Tally)| ThemeChange {
        theme: theme.clone(),
        people: old.right + old.missed,
        before: old.f(1.0),
        after: new.f(1.0),
    };
    let any = |((_, old), new): &((&String, &Tally), &Tally)| {
        old.right + old.wrong + old.missed + new.wrong > 0
    };
    about.codes.iter().zip(&old).zip(&new).filter(any).map(of).collect()
}

/// What a report prints of the new model's accuracy.
fn figures(base: &About, report: &CorrectionReport) -> Vec<Figure> {
    let measure = "Themes of an answer";
    let own = Figure {
        measure: measure.to_owned(),
        figure: format!(
            "F1 {:.2} (precision {:.2}, recall {:.2}); {:.2} before it learnt from corrections",
            report.gain.joined, report.sides[1].0, report.sides[1].1, report.gain.alone
        ),
        on: format!(
            "{} corrected answers of the user's own, each held out in turn",
            report.responses
        ),
    };
    let others = base.figures.iter().filter(|figure| figure.measure != measure);
    std::iter::once(own).chain(others.cloned()).collect()
}

/// How often each theme was right: by the corrections where they say enough, else as it was.
fn precisions(base: &Model, events: &Events) -> Vec<Precision> {
    const ENOUGH: usize = 10;
    let own = tallies(base.about.themes, events);
    let known = base.precisions();
    let of = |(theme, tally): (&String, &Tally)| {
        let given = tally.right + tally.wrong;
        if given >= ENOUGH {
            let (given, right) = (given as u64, tally.right as u64);
            return Some(Precision { theme: theme.clone(), given, right });
        }
        known.iter().find(|precision| precision.theme == *theme).cloned()
    };
    base.about.codes.iter().zip(&own).filter_map(of).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{ResponseInput, Scratch};

    /// Beginnings of answers, each about one theme.
    pub(crate) const OPENINGS: [&str; 8] = [
        "They are always late",
        "The carer never turned up",
        "Nobody came on Sunday",
        "The visit lasts ten minutes",
        "A different carer every week",
        "The office never rings back",
        "The girls are so kind",
        "They rush in and out",
    ];
    const ENDS: [&str; 6] = [
        " and I mind it.",
        ", week after week.",
        " since the spring.",
        ", as my son says.",
        " most days now.",
        ", I told them so.",
    ];

    /// Answers as a model codes them, with one theme taken for another.
    fn corrected(model: &Model, from: &str, to: &str) -> Vec<LabelledResponse> {
        let number = |id: &str| model.codes().iter().position(|code| code == id).expect("a code");
        let (from, to) = (number(from), number(to));
        let texts = OPENINGS.iter().flat_map(|o| ENDS.iter().map(move |e| format!("{o}{e}")));
        texts
            .enumerate()
            .map(|(at, text)| {
                let mut response = LabelledResponse::from_segments([text.as_str()]);
                response.situation = at.to_string();
                let input = ResponseInput {
                    text: &text,
                    question: "",
                    polarity: response.polarity,
                    reading: None,
                };
                let spans = crate::clauses::split(&text);
                let coded = model.code(&input, &spans, &mut Scratch::default());
                let themes = coded.segments.iter().flat_map(|segment| &segment.themes);
                response.segments[0].codes = themes
                    .map(|code| (if code.theme == from { to } else { code.theme }, None))
                    .collect();
                response
            })
            .collect()
    }

    fn base() -> Model {
        Model::builtin("home-care").expect("built in")
    }

    #[test]
    fn another_name_for_a_theme_is_learnt_and_kept_in_a_file() {
        let responses = corrected(&base(), "missed_visits", "punctuality");
        let split = crate::clauses::split;
        let (model, report) = correct(base(), &responses, ("ours", "2"), split).expect("learnt");
        let model = model.expect("better");
        assert!(report.better && report.gain.joined > report.gain.alone + 0.05, "{report:?}");
        let again = Model::from_bytes(&model.to_bytes().expect("a file")).expect("reads");
        assert_eq!((again.id(), again.version(), again.sha256()), ("ours", "2", model.sha256()));
        let text = "Nobody came on Monday, I told them so.";
        let code = |model: &Model| {
            let polarity = crate::words::Polarity::Improve;
            let input = ResponseInput { text, question: "", polarity, reading: None };
            model.code(&input, &crate::clauses::split(text), &mut Scratch::default())
        };
        let themes = |model: &Model| -> Vec<String> {
            let coded = code(model);
            let themes = coded.segments.iter().flat_map(|segment| &segment.themes);
            themes.map(|theme| model.codes()[theme.theme].clone()).collect()
        };
        assert!(themes(&base()).contains(&"missed_visits".to_owned()));
        assert!(themes(&model).contains(&"punctuality".to_owned()), "{:?}", themes(&model));
        assert!(!themes(&model).contains(&"missed_visits".to_owned()), "{:?}", themes(&model));
        assert_eq!(code(&model), code(&again));
        // What was learnt can be taken off again.
        assert_eq!(code(&model.uncorrected()), code(&base()));
    }

    #[test]
    fn where_the_model_was_right_there_is_no_new_one() {
        let responses = corrected(&base(), "punctuality", "punctuality");
        let (model, report) =
            correct(base(), &responses, ("ours", "2"), crate::clauses::split).expect("measured");
        assert!(model.is_none() && !report.better, "{report:?}");
    }

    #[test]
    fn a_theme_that_the_model_knew_nothing_of_is_learnt() {
        use crate::training::tests::{corpus, trained};

        const RARE: usize = 2;
        let mut responses = corpus();
        for response in responses.iter_mut().filter(|response| response.text.contains("soup")) {
            response.segments[0].codes = vec![(RARE, None)];
        }
        let split = crate::clauses::split;
        let (model, report) =
            correct(trained().0, &responses, ("ours", "2"), split).expect("learnt");
        let rare = report.themes.iter().find(|theme| theme.theme == "rare").expect("coded");
        assert!(rare.people == 10 && rare.before == 0.0 && rare.after > 0.9, "{rare:?}");
        let given = |text: &str| {
            let polarity = crate::words::Polarity::Neutral;
            let input = ResponseInput { text, question: "", polarity, reading: None };
            let coded = model.as_ref()?.code(&input, &split(text), &mut Scratch::default());
            Some(coded.segments.iter().flat_map(|one| &one.themes).any(|code| code.theme == RARE))
        };
        assert_eq!(given("we had soup my cat is grey"), Some(true));
        assert_eq!(given("the weather was wet my cat is grey"), Some(false));
    }

    #[test]
    fn a_file_that_was_changed_is_refused() {
        let responses = corrected(&base(), "missed_visits", "punctuality");
        let split = crate::clauses::split;
        let (model, _) = correct(base(), &responses, ("ours", "2"), split).expect("learnt");
        let mut bytes = model.expect("better").to_bytes().expect("a file");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        assert!(matches!(Model::from_bytes(&bytes), Err(crate::WeightsError::Damaged)));
        assert!(correct(base(), &responses[..5], ("ours", "2"), split).is_err());
    }
}
