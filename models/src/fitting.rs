//! From held-out scores to rules: calibration, thresholds, and what several scores say together.
//!
//! Everything is fitted on texts that the heads were not trained on, on segments as the program
//! finds them. How good the decisions then are is for `measuring`.

use rayon::prelude::*;

use crate::calibration::{Leaning, Mix, Platt, Tally, own_threshold, threshold};
use crate::content::Content;
use crate::examples::{LabelledResponse, roll_up};
use crate::folds::{HeldOut, Part};
use crate::heads::Head;
use crate::model::{About, Decision, Rules};
use crate::training::TrainOptions;
use crate::words::{Sentiment, Status};

/// Finds how much the whole response counts in a segment, and from which probability on a response
/// gets its best code: by the F-measure of themes and the share of right statuses on held-out
/// responses.
pub(crate) fn tune(
    responses: &[LabelledResponse],
    held_out: &[HeldOut],
    about: &About,
    options: &TrainOptions,
) -> TrainOptions {
    /// With fewer responses the usual values are the better guess.
    const ENOUGH: usize = 500;
    const WHOLE: [f32; 5] = [0.15, 0.3, 0.5, 0.75, 1.0];
    const WHOLE_FEELING: [f32; 6] = [0.0, 0.15, 0.3, 0.5, 0.7, 0.85];
    const FLOOR: [f32; 6] = [0.06, 0.1, 0.15, 0.2, 0.3, 0.5];
    if responses.len() < ENOUGH {
        return options.clone();
    }
    let try_out = |whole: f32, floor: f32| {
        let tried = TrainOptions { whole, floor, ..options.clone() };
        let rules = fit_rules(responses, held_out.iter(), about, &tried);
        let about = About { rules, ..about.clone() };
        let (mut tally, mut statuses, mut right) = (Tally::default(), 0, 0);
        for held in held_out {
            let response = &responses[held.response];
            let Decision { codes, status, .. } = decide(&about, response, held);
            statuses += usize::from(response.status.is_some());
            right += usize::from(response.status == Some(status));
            for code in 0..about.themes {
                let said = codes.iter().flatten().any(|(own, _)| *own == code);
                tally.add(said, response.carries(code));
            }
        }
        // A theme less is worth as much as a status wrong.
        (tally.f(options.recall) + right as f64 / statuses.max(1) as f64, tried)
    };
    let best = |tried: Vec<(f64, TrainOptions)>| {
        tried.into_iter().reduce(|best, new| if new.0 > best.0 { new } else { best })
    };
    let whole = WHOLE.into_par_iter().map(|whole| try_out(whole, options.floor)).collect();
    let whole = best(whole).map_or(options.whole, |(_, tried)| tried.whole);
    let floor = FLOOR.into_par_iter().map(|floor| try_out(whole, floor)).collect();
    let options = best(floor).map_or_else(|| options.clone(), |(_, tried)| tried);
    let felt = |whole_feeling: f32| {
        let tried = TrainOptions { whole_feeling, ..options.clone() };
        let rules = fit_rules(responses, held_out.iter(), about, &tried);
        let about = About { rules, ..about.clone() };
        let (mut cases, mut right) = (0_usize, 0_usize);
        for held in held_out {
            let response = &responses[held.response];
            for (said, truth) in feelings(&about, response, held, &decide(&about, response, held)) {
                cases += 1;
                right += usize::from(said == truth);
            }
        }
        (right as f64 / cases.max(1) as f64, tried)
    };
    let felt = WHOLE_FEELING.into_par_iter().map(felt).collect();
    best(felt).map_or(options, |(_, tried)| tried)
}

/// What is felt about each theme that the model and a person both gave to a response: by the one, by
/// the other.
pub(crate) fn feelings(
    about: &About,
    response: &LabelledResponse,
    held: &HeldOut,
    decision: &Decision,
) -> Vec<(Sentiment, Sentiment)> {
    let found: Vec<&[f32]> = held.found.iter().map(|(_, raw)| raw.as_slice()).collect();
    let both = |theme: usize| {
        let truths = response.segments.iter().flat_map(|segment| &segment.codes);
        let truth = roll_up(truths.filter(|(own, _)| *own == theme).filter_map(|code| code.1))?;
        let coded = decision.codes.iter().enumerate();
        let said = coded.filter(|(_, codes)| codes.iter().any(|(own, _)| *own == theme));
        let said = roll_up(said.map(|(at, _)| about.feeling(theme, at, &found, &held.whole).0))?;
        Some((said, truth))
    };
    (0..about.themes).filter_map(both).collect()
}

/// Fits calibration and thresholds on held-out scores.
pub(crate) fn fit_rules<'a>(
    responses: &[LabelledResponse],
    held_out: impl Iterator<Item = &'a HeldOut> + Clone,
    about: &About,
    options: &TrainOptions,
) -> Rules {
    /// Examples' worth of the pull towards all labels together, for the calibration.
    const PULL: f64 = 3.0;
    /// The same for thresholds.
    const PULL_THRESHOLD: f32 = 30.0;
    let codes = about.codes.len();
    let heads = Head::all(codes);
    let pairs: Vec<Vec<(f32, bool)>> = (heads.iter().enumerate())
        .map(|(column, head)| {
            let mut pairs = Vec::new();
            for held in held_out.clone() {
                let cases = held.cases(*head, &responses[held.response]).into_iter();
                pairs.extend(cases.map(|(part, truth)| {
                    let raw = held.raw(part)[column];
                    // A code is given to a segment by what the whole response says, too.
                    let score = match part {
                        Part::Found(_) => {
                            (1.0 - options.whole) * raw + options.whole * held.whole[column]
                        }
                        Part::Whole | Part::Coded(_) => raw,
                    };
                    (score, truth)
                }));
            }
            pairs.retain(|(score, _)| score.is_finite());
            pairs
        })
        .collect();
    let (of_codes, of_others) = pairs.split_at(codes);
    let family = |pairs: &[Vec<(f32, bool)>]| Platt::fit(&pairs.concat(), Platt::PLAIN, PULL);
    let (for_codes, for_others) = (family(of_codes), family(of_others));
    let platt: Vec<Platt> = (pairs.iter().enumerate())
        .map(|(at, pairs)| Platt::fit(pairs, if at < codes { for_codes } else { for_others }, PULL))
        .collect();
    // Thresholds of codes are set where they act: on the surest segment of each response.
    let surest: Vec<Vec<(f32, bool)>> = (0..codes)
        .map(|code| {
            let of = |held: &HeldOut| {
                let blend = |raw: &Vec<f32>| {
                    (1.0 - options.whole) * raw[code] + options.whole * held.whole[code]
                };
                let best =
                    held.found.iter().map(|(_, raw)| blend(raw)).fold(f32::NEG_INFINITY, f32::max);
                (platt[code].probability(best), responses[held.response].carries(code))
            };
            held_out.clone().map(of).collect()
        })
        .collect();
    let all = threshold(&surest, options.recall);
    let mut thresholds: Vec<f32> = surest
        .iter()
        .map(|pairs| own_threshold(pairs, all, options.recall, PULL_THRESHOLD))
        .collect();
    let (safeguarding, alarms) = fit_alarms(responses, held_out.clone(), about);
    let confidence =
        fit_confidence((pairs[..codes].iter().zip(&platt)).flat_map(|(pairs, platt)| {
            pairs.iter().map(|(score, yes)| (platt.probability(*score), *yes))
        }));
    for (column, head) in heads.iter().enumerate().skip(codes) {
        let scored = pairs[column].iter();
        let own: Vec<(f32, bool)> = if *head == Head::Safeguarding {
            alarms.clone()
        } else {
            scored.map(|(score, truth)| (platt[column].probability(*score), *truth)).collect()
        };
        // A person reads what is flagged, and a case missed is worse than a page read in vain.
        let (beta, usual) = match head {
            Head::Safeguarding => (2.0, 0.15),
            _ => (1.0, 0.4),
        };
        thresholds.push(own_threshold(&own, usual, beta, 10.0));
    }
    let segments = held_out.clone().flat_map(|held| &responses[held.response].segments);
    let feelings =
        segments.flat_map(|segment| &segment.codes).filter_map(|(code, s)| Some((*code, (*s)?)));
    let rules = Rules {
        platt,
        thresholds,
        safeguarding,
        overall: Vec::new(),
        confidence,
        leaning: Leaning::new(codes, feelings),
        leaning_weight: options.leaning,
        pole_weight: options.pole,
        whole: options.whole,
        whole_feeling: options.whole_feeling,
        floor: options.floor,
    };
    let overall =
        fit_overall(responses, held_out, &About { rules: rules.clone(), ..about.clone() });
    Rules { overall, ..rules }
}

/// Fits what tells the sentiment of a response; nothing where nobody coded it.
pub(crate) fn fit_overall<'a>(
    responses: &[LabelledResponse],
    held_out: impl Iterator<Item = &'a HeldOut>,
    about: &About,
) -> Vec<Mix> {
    /// Examples' worth of the pull towards the sentiment of the words as a whole.
    const PULL: f64 = 5.0;
    let cases: Vec<(Vec<f32>, Sentiment)> = held_out
        .filter_map(|held| {
            let response = &responses[held.response];
            let truth = response.sentiment()?;
            let segments: Vec<&[f32]> = held.found.iter().map(|(_, raw)| raw.as_slice()).collect();
            let decision = decide(about, response, held);
            let codes = about.feelings(&decision, &segments, &held.whole);
            Some((about.moods(&held.whole, &segments, codes), truth))
        })
        .collect();
    let Some((scores, _)) = cases.first() else { return Vec::new() };
    let fit = |(at, sentiment): (usize, &Sentiment)| {
        let pairs: Vec<(Vec<f32>, bool)> =
            cases.iter().map(|(scores, truth)| (scores.clone(), truth == sentiment)).collect();
        let mut start = vec![0.0; scores.len()];
        start[at] = 1.0;
        Mix::fit(&pairs, &start, PULL)
    };
    Sentiment::ALL.iter().enumerate().map(fit).collect()
}

/// Fits what tells that a person must read a response. Also gives each one's probability and truth.
fn fit_alarms<'a>(
    responses: &[LabelledResponse],
    held_out: impl Iterator<Item = &'a HeldOut>,
    about: &About,
) -> (Mix, Vec<(f32, bool)>) {
    /// Examples' worth of the pull towards the two scores of safeguarding alone.
    const PULL: f64 = 10.0;
    let pairs: Vec<(Vec<f32>, bool)> = held_out
        .filter_map(|held| {
            let segments: Vec<&[f32]> = held.found.iter().map(|(_, raw)| raw.as_slice()).collect();
            Some((about.alarms(&held.whole, &segments), responses[held.response].safeguarding?))
        })
        .collect();
    let mut start = vec![0.0; pairs.first().map_or(2, |(scores, _)| scores.len())];
    start[..2].fill(0.5);
    let mix = Mix::fit(&pairs, &start, PULL);
    let scored = pairs.iter().map(|(scores, truth)| (mix.probability(scores), *truth)).collect();
    (mix, scored)
}

/// Fits what the probability of a code means where a person reads it: over all codes together, and
/// free to level off, because people do not agree on the clearest cases either.
pub(crate) fn fit_confidence(pairs: impl Iterator<Item = (f32, bool)>) -> Mix {
    /// Less likely codes are never shown.
    const SHOWN: f32 = 0.1;
    let shown: Vec<(Vec<f32>, bool)> = pairs
        .filter(|(p, _)| *p >= SHOWN)
        .map(|(p, yes)| (About::sides(p).to_vec(), yes))
        .collect();
    Mix::fit(&shown, &[1.0, 1.0], 1.0)
}

/// What the model would say of a held-out response, rules for empty answers included.
pub(crate) fn decide(about: &About, response: &LabelledResponse, held: &HeldOut) -> Decision {
    let status = match about.empty(&response.text, response.polarity) {
        Some(Content::Blank | Content::Nothing) => Status::NoContent,
        Some(Content::Elsewhere) => Status::RefersElsewhere,
        None => {
            let raw: Vec<&[f32]> = held.found.iter().map(|(_, raw)| raw.as_slice()).collect();
            return about.decide(held.words, &held.whole, &raw);
        }
    };
    Decision { status, codes: Vec::new(), off_topic: Vec::new() }
}
