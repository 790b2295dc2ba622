//! Calibrating: what a model's scores mean on answers like those that it will read.
//!
//! A model is trained on answers that were chosen to teach: many hard ones, most of them about one
//! thing. How likely a code is at a score, and from where on it is given, is another matter, and is
//! told best by answers as they come in, which the model has not learnt. Nothing is learnt here but
//! that: one line for all codes together, thresholds, and how the feelings and alarms of an answer
//! are put together. The figures come from rules that were fitted on the answers of other situations.

use std::ops::Range;

use rayon::prelude::*;

use crate::calibration::{Mix, Platt, Tally, own_threshold, threshold};
use crate::examples::LabelledResponse;
use crate::fitting::{decide, feelings, fit_confidence, fit_overall};
use crate::folds::{HeldOut, assign};
use crate::gender::swapped;
use crate::heads::Head;
use crate::measuring::measure_with;
use crate::model::{About, Model, Rules};
use crate::report::TrainingReport;
use crate::training::TrainError;

/// Fewest coded answers from which a model is calibrated.
pub const FEWEST_CALIBRATED: usize = 100;
/// Folds of the cross-validation, where there are fewer situations one each.
const FOLDS: usize = 8;
/// How much recall weighs against precision where thresholds are set.
const RECALL: f64 = 1.1;
/// The same for alarms: a case missed is worse than a page read in vain.
const RECALL_OF_ALARMS: f64 = 3.0;

/// A model before and after, on answers whose situations its rules were not fitted on.
#[derive(Clone, Debug)]
pub struct CalibrationReport {
    /// As it was.
    pub before: TrainingReport,
    /// As it is now.
    pub after: TrainingReport,
}

/// Fits a model's rules on coded answers that it has not learnt. `split` says how the program finds
/// segments.
///
/// The same answers in the same order give the same model, for any number of threads.
pub fn calibrate(
    base: Model,
    responses: &[LabelledResponse],
    (id, version): (&str, &str),
    split: fn(&str) -> Vec<Range<usize>>,
) -> Result<(Model, CalibrationReport), TrainError> {
    if responses.len() < FEWEST_CALIBRATED {
        return Err(TrainError::TooFew { found: responses.len(), needed: FEWEST_CALIBRATED });
    }
    let folds = assign(responses, FOLDS);
    let score = |at: usize, response: &LabelledResponse| {
        let mut held = HeldOut::of(&base, response, split).0;
        (held.response, held.fold) = (at, folds[at]);
        held
    };
    let all = || responses.par_iter().enumerate();
    let held: Vec<HeldOut> = all().map(|(at, response)| score(at, response)).collect();
    let other: Vec<HeldOut> =
        all().filter_map(|(at, response)| Some(score(at, &swapped(response)?))).collect();
    let about = &base.about;
    let measure = |rules: &dyn Fn(&[&HeldOut]) -> Rules| {
        measure_with(responses, &held, &other, about, FOLDS, rules).0
    };
    let before = measure(&|_| about.rules.clone());
    let after = measure(&|others| fit(responses, others, about));
    let all: Vec<&HeldOut> = held.iter().collect();
    let mut new = about.clone();
    new.rules = fit(responses, &all, about);
    id.clone_into(&mut new.id);
    version.clone_into(&mut new.version);
    new.figures = after.figures();
    for figure in &mut new.figures {
        figure.on = format!(
            "{} coded answers as they come in, which the model had not learnt",
            responses.len()
        );
    }
    new.precisions = after.precisions();
    Ok((base.with(new), CalibrationReport { before, after }))
}

/// Rules for these answers, from those that the model has.
fn fit(responses: &[LabelledResponse], held: &[&HeldOut], about: &About) -> Rules {
    let read: Vec<&HeldOut> = held
        .iter()
        .copied()
        .filter(|held| {
            let response = &responses[held.response];
            !held.found.is_empty() && about.empty(&response.text, response.polarity).is_none()
        })
        .collect();
    let mut about = about.clone();
    fit_codes(responses, &read, &mut about);
    fit_floor(responses, held, &mut about);
    fit_feelings(responses, held, &mut about);
    if !about.rules.overall.is_empty() {
        about.rules.overall = fit_overall(responses, held.iter().copied(), &about);
    }
    fit_alarms(responses, &read, &mut about);
    about.rules
}

/// One line for all codes, a threshold for each, and what confidences mean.
fn fit_codes(responses: &[LabelledResponse], held: &[&HeldOut], about: &mut About) {
    /// Examples' worth of the pull of each code's threshold towards that of all.
    const PULL: f32 = 60.0;
    let codes = about.codes.len();
    let surest = |about: &About| -> Vec<Vec<(f32, bool)>> {
        (0..codes)
            .map(|code| {
                let of = |held: &&HeldOut| {
                    let all = held.found.iter().map(|(_, raw)| about.code(code, raw, &held.whole));
                    (all.fold(0.0, f32::max), responses[held.response].carries(code))
                };
                held.iter().map(of).collect()
            })
            .collect()
    };
    let known = |pairs: &Vec<(f32, bool)>| pairs.iter().any(|(p, _)| *p > 0.0);
    let pairs: Vec<(f32, bool)> = (surest(about).iter().filter(|pairs| known(pairs)).flatten())
        .map(|(p, truth)| (log_odds(*p), *truth))
        .collect();
    let line = Platt::fit(&pairs, Platt::PLAIN, 3.0);
    for platt in &mut about.rules.platt[..codes] {
        platt.slope *= line.slope;
        platt.offset = line.slope * platt.offset + line.offset;
    }
    let surest = surest(about);
    let all = threshold(&surest, RECALL);
    for (threshold, pairs) in about.rules.thresholds.iter_mut().zip(&surest) {
        *threshold = own_threshold(pairs, all, RECALL, PULL);
    }
    about.rules.confidence = fit_confidence(surest.iter().flatten().copied());
}

/// From which probability on an answer without a code gets its best one.
fn fit_floor(responses: &[LabelledResponse], held: &[&HeldOut], about: &mut About) {
    const FLOOR: [f32; 7] = [0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5];
    let goodness = |floor: f32| {
        let mut about = about.clone();
        about.rules.floor = floor;
        let (mut tally, mut statuses, mut right) = (Tally::default(), 0_usize, 0_usize);
        for held in held {
            let response = &responses[held.response];
            let decision = decide(&about, response, held);
            statuses += usize::from(response.status.is_some());
            right += usize::from(response.status == Some(decision.status));
            for code in 0..about.themes {
                let said = decision.codes.iter().flatten().any(|(own, _)| *own == code);
                tally.add(said, response.carries(code));
            }
        }
        tally.f(RECALL) + right as f64 / statuses.max(1) as f64
    };
    about.rules.floor = best(FLOOR, about.rules.floor, goodness);
}

/// How much the whole answer counts for what is felt about a theme.
fn fit_feelings(responses: &[LabelledResponse], held: &[&HeldOut], about: &mut About) {
    const WHOLE: [f32; 6] = [0.3, 0.4, 0.5, 0.6, 0.7, 0.85];
    let goodness = |whole: f32| {
        let mut about = about.clone();
        about.rules.whole_feeling = whole;
        let right = |held: &&HeldOut| {
            let response = &responses[held.response];
            let told = feelings(&about, response, held, &decide(&about, response, held));
            told.into_iter().filter(|(said, truth)| said == truth).count()
        };
        // Themes found by both are the same for all: their number need not be known.
        held.iter().map(right).sum::<usize>() as f64
    };
    about.rules.whole_feeling = best(WHOLE, about.rules.whole_feeling, goodness);
}

/// One line for the alarms, and their threshold.
fn fit_alarms(responses: &[LabelledResponse], held: &[&HeldOut], about: &mut About) {
    let column = Head::Safeguarding.column(about.codes.len());
    let alarms = |about: &About| -> Vec<(f32, bool)> {
        let of = |held: &&HeldOut| {
            let raw: Vec<&[f32]> = held.found.iter().map(|(_, raw)| raw.as_slice()).collect();
            let truth = responses[held.response].safeguarding?;
            let alarm = about.alarm(&held.whole, &raw);
            (alarm > 0.0).then_some((alarm, truth))
        };
        held.iter().filter_map(of).collect()
    };
    let pairs: Vec<(f32, bool)> =
        alarms(about).into_iter().map(|(p, truth)| (log_odds(p), truth)).collect();
    if !pairs.iter().any(|(_, truth)| *truth) {
        return;
    }
    let line = Platt::fit(&pairs, Platt::PLAIN, 3.0);
    let Mix { weights, offset } = &mut about.rules.safeguarding;
    for weight in weights.iter_mut() {
        *weight *= line.slope;
    }
    *offset = line.slope * *offset + line.offset;
    let usual = about.rules.thresholds[column];
    about.rules.thresholds[column] = own_threshold(&alarms(about), usual, RECALL_OF_ALARMS, 10.0);
}

/// The choice that does best, or `usual` where none does better than it.
fn best(choices: impl IntoIterator<Item = f32>, usual: f32, goodness: impl Fn(f32) -> f64) -> f32 {
    let start = (usual, goodness(usual));
    let all = choices.into_iter().map(|choice| (choice, goodness(choice)));
    all.fold(start, |best, new| if new.1 > best.1 { new } else { best }).0
}

fn log_odds(probability: f32) -> f32 {
    let p = probability.clamp(1e-6, 1.0 - 1e-6);
    (p / (1.0 - p)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correcting::tests::OPENINGS;
    use crate::model::{ResponseInput, Scratch};

    /// Answers, each with the codes that the model that ships gives it.
    fn answers(model: &Model) -> Vec<LabelledResponse> {
        let texts = (0..20).flat_map(|n| OPENINGS.map(|o| format!("{o}, and that {n} times.")));
        texts
            .enumerate()
            .map(|(at, text)| {
                let mut response = LabelledResponse::from_segments([text.as_str()]);
                response.situation = (at % 10).to_string();
                let (question, polarity) = ("", response.polarity);
                let input = ResponseInput { text: &text, question, polarity, reading: None };
                let spans = crate::clauses::split(&text);
                let coded = model.code(&input, &spans, &mut Scratch::default());
                let themes = coded.segments.iter().flat_map(|segment| &segment.themes);
                response.segments[0].codes =
                    themes.map(|code| (code.theme, Some(code.sentiment))).collect();
                response
            })
            .collect()
    }

    /// The model that ships, made to give whatever is likely at all.
    fn lavish() -> Model {
        let model = Model::builtin("home-care").expect("built in");
        let mut about = model.about.clone();
        about.rules.thresholds[..about.codes.len()].fill(0.04);
        model.with(about)
    }

    #[test]
    fn a_model_that_gives_too_much_gives_less_and_is_told_better() {
        let responses = answers(&Model::builtin("home-care").expect("built in"));
        let split = crate::clauses::split;
        let (model, report) =
            calibrate(lavish(), &responses, ("ours", "2.0.0"), split).expect("calibrated");
        let CalibrationReport { before, after } = report;
        assert!(after.themes.precision > before.themes.precision + 0.1, "{:?}", after.themes);
        assert!(after.themes.micro_f1 > before.themes.micro_f1, "{:?}", after.themes);
        assert_eq!((model.id(), model.version()), ("ours", "2.0.0"));
        assert!(model.figures().iter().all(|figure| figure.on.contains("160 coded answers")));
        let again = Model::from_bytes(&model.to_bytes().expect("written")).expect("read");
        assert_eq!(again.about.rules, model.about.rules);
    }

    #[test]
    fn the_same_answers_give_the_same_model_for_any_number_of_threads() {
        let responses = answers(&Model::builtin("home-care").expect("built in"));
        let made = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
            let split = crate::clauses::split;
            let made = pool.install(|| calibrate(lavish(), &responses, ("ours", "2.0.0"), split));
            made.expect("calibrated").0.sha256().to_owned()
        };
        assert_eq!(made(1), made(3));
    }

    #[test]
    fn a_handful_of_answers_is_refused() {
        let responses = answers(&lavish())[..99].to_vec();
        let refused = calibrate(lavish(), &responses, ("ours", "2.0.0"), crate::clauses::split);
        assert!(matches!(refused, Err(TrainError::TooFew { found: 99, needed: 100 })));
    }
}
