//! Learning from corrections: what people made of a model's codes, laid over that model.
//!
//! A few hundred corrected answers are too few to train on and enough to bend what was trained: the
//! model's own log-odds are kept, and what is learnt is only how far to move them
//! ([`learnt`](crate::learnt)), the less the fewer examples speak for it. How strongly, and whether
//! at all, is told by cross-validation on corrections that were held out, with the choice made on
//! other folds than the one that it is judged on. Where it is not better, there is no new model.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use rayon::prelude::*;
use serde::Serialize;

use crate::calibration::{Platt, Tally, own_threshold};
use crate::examples::LabelledResponse;
use crate::features::{Encoded, Encoder as _};
use crate::fitting::decide;
use crate::folds::{HeldOut, assign, input};
use crate::heads::Heads;
use crate::learnt::{Learnt, Space, UNKNOWN, sure};
use crate::measuring::{Events, gain};
use crate::model::{About, Figure, Model, Precision};
use crate::report::Gain;
use crate::residual::{self, Values};
use crate::solver::Column;
use crate::training::{FEWEST, FEWEST_DOCUMENTS, TrainError};

/// Fewest corrected answers from which anything is learnt.
pub const FEWEST_CORRECTED: usize = 20;
/// Folds of the cross-validation.
const FOLDS: usize = 5;
/// How much recall weighs against precision where thresholds are set.
const RECALL: f64 = 1.1;
/// Examples' worth of the pull of thresholds towards those of the corrected model.
const PULL: f32 = 30.0;
/// Examples' worth of the pull of the shift that all codes share towards none.
const PULL_ALIKE: f64 = 10.0;
/// A new model must be better in so many resamples of the corrections.
pub const SURE: f64 = 0.9;

/// How freely each part of the layer may move: the usual size of its sum.
#[derive(Clone, Copy, Debug)]
struct Freedom {
    bias: f32,
    cross: f32,
    words: f32,
    mean: f32,
}

/// What is tried; the corrected model as it is stands for none.
const TRIED: [Freedom; 2] = [
    Freedom { bias: 1.0, cross: 1.0, words: 1.5, mean: 0.25 },
    Freedom { bias: 2.0, cross: 2.0, words: 3.0, mean: 0.5 },
];
/// With fewer answers only the first is tried: they cannot tell which is better.
const ENOUGH_TO_CHOOSE: usize = 200;

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
/// finds segments. Without a model where held-out corrections are not told better than before.
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
    let kept: Vec<HeldOut> = (0..responses.len()).map(|at| copy(&seen[at].held)).collect();
    let mut tried = vec![case.judge(&kept, false)];
    let mut held = Vec::new();
    let freedoms = if responses.len() < ENOUGH_TO_CHOOSE { &TRIED[..1] } else { &TRIED[..] };
    for freedom in freedoms {
        let own = case.hold_out(freedom);
        tried.push(case.judge(&own, true));
        held.push(own);
    }
    let best = |without: Option<usize>| {
        let of = |one: &Vec<Judged>| {
            let others = one.iter().enumerate().filter(|(fold, _)| Some(*fold) != without);
            others.fold(Tally::default(), |sum, (_, judged)| sum.sum(judged.tally)).f(1.0)
        };
        let all = tried.iter().enumerate().map(|(at, one)| (at, of(one)));
        all.fold((0, -1.0), |best, new| if new.1 > best.1 { new } else { best }).0
    };
    let chosen: Vec<usize> = (0..FOLDS).map(|fold| best(Some(fold))).collect();
    let before: Vec<&Judged> = tried[0].iter().collect();
    let after: Vec<&Judged> = chosen.iter().enumerate().map(|(f, at)| &tried[*at][f]).collect();
    let events =
        |of: &[&Judged]| -> Events { of.iter().flat_map(|judged| judged.events.clone()).collect() };
    let (old, new) = (events(&before), events(&after));
    let gain = gain(&old, &new);
    let last = best(None);
    let better = last > 0 && gain.joined > gain.alone && gain.better >= SURE;
    let themes = themes(about, &old, &new);
    let tally = |of: &[&Judged]| of.iter().fold(Tally::default(), |sum, one| sum.sum(one.tally));
    let side = |tally: Tally| (tally.precision(), tally.recall());
    let report = CorrectionReport {
        base: format!("{} {}", about.id, about.version),
        responses: responses.len(),
        sides: [side(tally(&before)), side(tally(&after))],
        exact: (
            before.iter().map(|judged| judged.exact).sum(),
            after.iter().map(|judged| judged.exact).sum(),
        ),
        gain,
        themes,
        better,
    };
    if !better {
        return Ok((None, report));
    }
    let learnt = case.learn(&TRIED[last - 1], |_| true);
    let mut about = base.about.clone();
    let all = held[last - 1].iter().enumerate().map(|(at, held)| (&responses[at], held));
    Case::set_thresholds(&mut about, &all.collect::<Vec<_>>());
    id.clone_into(&mut about.id);
    version.clone_into(&mut about.version);
    about.figures = figures(&base.about, &report);
    about.precisions = precisions(&base, &new);
    Ok((Some(base.corrected(about, learnt)), report))
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

/// What was said of the answers of a fold.
struct Judged {
    tally: Tally,
    exact: usize,
    events: Events,
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

    /// What is said of each fold, with thresholds from the other folds where they may move.
    fn judge(&self, held: &[HeldOut], move_thresholds: bool) -> Vec<Judged> {
        (0..FOLDS)
            .map(|fold| {
                let mut about = self.about.clone();
                if move_thresholds {
                    let others = (0..held.len()).filter(|at| self.folds[*at] != fold);
                    let others: Vec<_> =
                        others.map(|at| (&self.responses[at], &held[at])).collect();
                    Self::set_thresholds(&mut about, &others);
                }
                let mut judged =
                    Judged { tally: Tally::default(), exact: 0, events: Events::default() };
                for at in (0..held.len()).filter(|at| self.folds[*at] == fold) {
                    let response = &self.responses[at];
                    let decision = decide(&about, response, &held[at]);
                    let events = judged.events.entry(response.situation.clone()).or_default();
                    let mut exact = true;
                    for theme in 0..about.themes {
                        let said = decision.codes.iter().flatten().any(|(own, _)| *own == theme);
                        let truth = response.carries(theme);
                        judged.tally.add(said, truth);
                        exact &= said == truth;
                        if said || truth {
                            events.push((theme, said, truth));
                        }
                    }
                    judged.exact += usize::from(exact);
                }
                judged
            })
            .collect()
    }

    /// Thresholds where they do best on these answers, drawn towards the old ones.
    fn set_thresholds(about: &mut About, cases: &[(&LabelledResponse, &HeldOut)]) {
        let share = about.rules.whole;
        for code in 0..about.codes.len() {
            let of = |(response, held): &(&LabelledResponse, &HeldOut)| {
                let blend = |raw: &[f32]| (1.0 - share) * raw[code] + share * held.whole[code];
                let best = held.found.iter().map(|(_, raw)| blend(raw));
                let best = best.fold(f32::NEG_INFINITY, f32::max);
                (about.rules.platt[code].probability(best), response.carries(code))
            };
            let pairs: Vec<(f32, bool)> = cases.iter().map(of).collect();
            let old = about.rules.thresholds[code];
            about.rules.thresholds[code] = own_threshold(&pairs, old, RECALL, PULL);
        }
    }

    /// Fits a layer on the answers that may be known.
    fn learn(&self, freedom: &Freedom, known: impl Fn(usize) -> bool) -> Learnt {
        let about = self.about;
        let codes = about.codes.len();
        // An answer that says nothing is never scored.
        let speaks = |at: &usize| {
            let response = &self.responses[*at];
            known(*at) && about.empty(&response.text, response.polarity).is_none()
        };
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
        let pairs: Vec<(f32, bool)> = (cases.iter().enumerate())
            .filter(|(code, _)| is_known(*code))
            .flat_map(|(_, cases)| cases.iter().map(|(_, margin, truth)| (*margin, *truth)))
            .collect();
        let all = Platt::fit(&pairs, Platt::PLAIN, PULL_ALIKE);
        let fitted: Vec<Option<Vec<f32>>> = (cases.par_iter().enumerate())
            .map(|(code, cases)| {
                let positive = cases.iter().filter(|(.., truth)| *truth).count();
                let parts: Vec<&Values> = cases.iter().map(|(part, ..)| *part).collect();
                let margins: Vec<f32> =
                    cases.iter().map(|(_, margin, _)| all.slope * margin + all.offset).collect();
                let truths: Vec<bool> = cases.iter().map(|(.., truth)| *truth).collect();
                (is_known(code) || positive >= FEWEST)
                    .then(|| residual::fit(&parts, &margins, &truths, first_mean + width, 1.0))
            })
            .collect();
        let scaled = |weights: &[f32], by: f32| -> Vec<f32> {
            weights.iter().map(|weight| weight * by).collect()
        };
        let (mut cross, mut rows) = (Vec::new(), Vec::new());
        let mut columns = Vec::new();
        for weights in &fitted {
            let none = vec![0.0; first_mean + width];
            let own = weights.as_ref().unwrap_or(&none);
            cross.extend(scaled(&own[1..first_word], freedom.cross));
            rows.extend(scaled(&own[first_mean..], freedom.mean));
            columns.push(weights.as_ref().map(|own| Column {
                weights: scaled(&own[first_word..first_mean], freedom.words),
                bias: own[0] * freedom.bias,
            }));
        }
        let shared = [all.slope, all.offset];
        Learnt {
            base: about.clone(),
            shared,
            words: Heads::quantise(&keys, &columns, 0),
            cross,
            rows,
        }
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
        let rules = &self.about.rules;
        let own = |raw: f32| if raw.is_finite() { raw } else { UNKNOWN };
        let case = |(at, parts): (&usize, &'e Vec<Values>)| {
            let held = &self.seen[*at].held;
            let blend = |raw: &[f32]| {
                (1.0 - rules.whole) * own(raw[code]) + rules.whole * own(held.whole[code])
            };
            let odds = parts.iter().zip(held.found.iter().map(|(_, raw)| blend(raw)));
            let best = odds.reduce(|best, new| if new.1 > best.1 { new } else { best })?;
            let margin = rules.platt[code].slope * best.1 + rules.platt[code].offset;
            Some((best.0, margin, self.responses[*at].carries(code)))
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
