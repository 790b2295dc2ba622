//! Measuring: rules fitted on held-out scores, and how well they do.
//!
//! Decisions are measured where they will be used: on segments that the program found itself, put
//! together for each response. Calibration and thresholds are fitted on four folds and judged on
//! the fifth, so that no figure comes from the responses that it was tuned on.

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::calibration::{Leaning, Mix, Platt, Tally, own_threshold, threshold};
use crate::content::Content;
use crate::examples::LabelledResponse;
use crate::folds::HeldOut;
use crate::heads::Head;
use crate::model::{About, Decision, Figure, Rules};
use crate::training::{TrainOptions, segment_truth, whole_truth};
use crate::words::{Direction, Domain, Polarity, RespondentType, Sentiment, Stance, Status};

/// How well one label is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelReport {
    /// The label.
    pub label: String,
    /// Held-out cases that carry it.
    pub support: usize,
    /// Share of the cases it was given to that carry it.
    pub precision: f64,
    /// Share of the cases that carry it that it was given to.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// How well several labels are told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskReport {
    /// What is told, and of what.
    pub task: String,
    /// Cases measured.
    pub cases: usize,
    /// Share of cases with the right label, where a case has one label.
    pub accuracy: Option<f64>,
    /// Cohen's kappa with quadratic weights, where labels are in order.
    pub weighted_kappa: Option<f64>,
    /// Precision over all decisions.
    pub precision: f64,
    /// Recall over all decisions.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub micro_f1: f64,
    /// Mean of the labels' own F1, of labels with any support.
    pub macro_f1: f64,
    /// Each label.
    pub labels: Vec<LabelReport>,
}

/// Codings whose confidence lay in one range, and how many of them were right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Smallest confidence.
    pub from: f32,
    /// Largest confidence.
    pub to: f32,
    /// Codings in the range.
    pub codings: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// Share of them that were right.
    pub right: f64,
}

/// A label with too few examples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The label.
    pub label: String,
    /// How many examples there were.
    pub examples: usize,
    /// Why it was refused and what was done instead.
    pub reason: String,
}

/// An account of a training: what went in, and how well the model does on what it does not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingReport {
    /// Id of the model.
    pub model: String,
    /// Its version.
    pub version: String,
    /// Id of the codebook.
    pub codebook: String,
    /// Its version.
    pub codebook_version: String,
    /// Responses.
    pub responses: usize,
    /// Coded segments.
    pub segments: usize,
    /// Situations, none of which was trained on and measured at once.
    pub situations: usize,
    /// Example phrases of the codebook that were trained on and never measured.
    pub phrases: usize,
    /// Number of folds.
    pub folds: usize,
    /// N-grams with weights.
    pub features: usize,
    /// Themes of whole responses.
    pub themes: TaskReport,
    /// Themes and thin codes of whole responses.
    pub codes: TaskReport,
    /// Informative responses that were given no code.
    pub uncoded: usize,
    /// How far the confidence of a coding can be trusted.
    pub reliability: Vec<Bin>,
    /// Everything else: sentiment, status, safeguarding, who speaks, stance, outcomes, flags.
    pub tasks: Vec<TaskReport>,
    /// Labels with too few examples.
    pub refused: Vec<Refusal>,
}

impl TrainingReport {
    /// What a reader of a report needs to know of it, in a few lines.
    pub(crate) fn figures(&self) -> Vec<Figure> {
        let on = format!(
            "{} coded responses, cross-validated so that no situation was learnt and measured at once",
            self.responses
        );
        let line = |measure: &str, figure: String| Figure {
            measure: measure.to_owned(),
            figure,
            on: on.clone(),
        };
        let agreement = |task: &TaskReport| {
            format!(
                "F1 {:.2} (precision {:.2}, recall {:.2})",
                task.micro_f1, task.precision, task.recall
            )
        };
        let mut lines = vec![line("Themes of an answer", agreement(&self.themes))];
        for (task, measure) in [
            ("Sentiment of a coded theme", "Feeling about a theme, four classes"),
            ("Sentiment of a response", "Feeling over an answer, four classes"),
        ] {
            let accuracy = self.tasks.iter().find(|t| t.task == task).and_then(|t| t.accuracy);
            lines.extend(accuracy.map(|a| line(measure, format!("{:.0}% right", a * 100.0))));
        }
        let harm =
            self.tasks.iter().flat_map(|t| &t.labels).find(|l| l.label == "safeguarding_review");
        lines.extend(harm.map(|l| {
            line(
                "Answers that may tell of harm",
                format!(
                    "{:.0}% found; {:.0}% of those flagged are right",
                    l.recall * 100.0,
                    l.precision * 100.0
                ),
            )
        }));
        lines
    }
}

/// Finds how much the whole response counts in a segment, and from which probability on a response
/// gets its best code: by the F-measure of decisions on held-out responses.
pub(crate) fn tune(
    responses: &[LabelledResponse],
    held_out: &[HeldOut],
    about: &About,
    options: &TrainOptions,
) -> TrainOptions {
    /// With fewer responses the usual values are the better guess.
    const ENOUGH: usize = 500;
    const WHOLE: [f32; 5] = [0.15, 0.3, 0.5, 0.75, 1.0];
    const FLOOR: [f32; 6] = [0.06, 0.1, 0.15, 0.2, 0.3, 0.5];
    if responses.len() < ENOUGH {
        return options.clone();
    }
    let try_out = |whole: f32, floor: f32| {
        let tried = TrainOptions { whole, floor, ..options.clone() };
        let rules = fit_rules(responses, held_out.iter(), about, &tried);
        let about = About { rules, ..about.clone() };
        let mut tally = Tally::default();
        for held in held_out {
            let response = &responses[held.response];
            let codes = decide(&about, response, held).codes;
            for code in 0..about.themes {
                let said = codes.iter().flatten().any(|(own, _)| *own == code);
                tally.add(said, response.carries(code));
            }
        }
        (tally.f(options.recall), tried)
    };
    let best = |tried: Vec<(f64, TrainOptions)>| {
        tried.into_iter().reduce(|best, new| if new.0 > best.0 { new } else { best })
    };
    let whole = WHOLE.into_par_iter().map(|whole| try_out(whole, options.floor)).collect();
    let whole = best(whole).map_or(options.whole, |(_, tried)| tried.whole);
    let floor = FLOOR.into_par_iter().map(|floor| try_out(whole, floor)).collect();
    best(floor).map_or_else(|| options.clone(), |(_, tried)| tried)
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
                let response = &responses[held.response];
                if let Head::Code(code) = head {
                    pairs.extend(held.found.iter().map(|(span, raw)| {
                        let score = (1.0 - options.whole) * raw[column]
                            + options.whole * held.whole[column];
                        (score, carries(response, span, *code))
                    }));
                } else if let Some(truth) = whole_truth(*head, response) {
                    pairs.push((held.whole[column], truth));
                } else {
                    let of = |at| segment_truth(*head, response, at);
                    let scored = held.coded.iter().enumerate();
                    pairs.extend(scored.filter_map(|(at, raw)| Some((raw[column], of(at)?))));
                }
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
    let confidence = fit_confidence(&pairs[..codes], &platt);
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
        floor: options.floor,
    };
    let overall = fit_overall(responses, held_out, &About { rules: rules.clone(), ..about.clone() });
    Rules { overall, ..rules }
}

/// Fits what tells the sentiment of a response; nothing where nobody coded it.
fn fit_overall<'a>(
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
            let codes = about.feelings(&decision, &segments);
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
    let mut start = vec![0.0; 3 + about.codes.len()];
    start[..2].fill(0.5);
    let mix = Mix::fit(&pairs, &start, PULL);
    let scored = pairs.iter().map(|(scores, truth)| (mix.probability(scores), *truth)).collect();
    (mix, scored)
}

/// Fits what the probability of a code means where a person reads it: over all codes together, and
/// free to level off, because people do not agree on the clearest cases either.
fn fit_confidence(pairs: &[Vec<(f32, bool)>], platt: &[Platt]) -> Mix {
    /// Less likely codes are never shown.
    const SHOWN: f32 = 0.1;
    let shown: Vec<(Vec<f32>, bool)> = (pairs.iter().zip(platt))
        .flat_map(|(pairs, platt)| {
            pairs.iter().map(|(score, yes)| (platt.probability(*score), *yes))
        })
        .filter(|(p, _)| *p >= SHOWN)
        .map(|(p, yes)| (About::sides(p).to_vec(), yes))
        .collect();
    Mix::fit(&shown, &[1.0, 1.0], 1.0)
}

/// True if a segment that a person gave the code shares half of the shorter of the two spans.
fn carries(response: &LabelledResponse, span: &Range<usize>, code: usize) -> bool {
    response.segments.iter().filter(|segment| segment.carries(code)).any(|segment| {
        let own = &segment.span;
        let shared = own.end.min(span.end).saturating_sub(own.start.max(span.start));
        2 * shared >= own.len().min(span.len())
    })
}

/// Collects what was said and what is true, label by label.
struct Task {
    name: &'static str,
    labels: Vec<String>,
    tallies: Vec<Tally>,
    cases: usize,
    right: Option<usize>,
    /// Cases by what was said and what is true, where labels are in order.
    pairs: Option<Vec<(usize, usize)>>,
}

impl Task {
    fn new(name: &'static str, labels: impl IntoIterator<Item = impl ToString>) -> Self {
        let labels: Vec<String> = labels.into_iter().map(|label| label.to_string()).collect();
        Self { name, tallies: vec![Tally::default(); labels.len()], labels, cases: 0, right: None, pairs: None }
    }

    /// A case with any number of labels.
    fn several(&mut self, said: impl Fn(usize) -> bool, truth: impl Fn(usize) -> bool) {
        self.cases += 1;
        for (label, tally) in self.tallies.iter_mut().enumerate() {
            tally.add(said(label), truth(label));
        }
    }

    /// A case with one label.
    fn one(&mut self, said: usize, truth: usize) {
        self.several(|label| label == said, |label| label == truth);
        *self.right.get_or_insert(0) += usize::from(said == truth);
        self.pairs.iter_mut().for_each(|pairs| pairs.push((said, truth)));
    }

    fn report(self) -> TaskReport {
        let labels: Vec<LabelReport> = (self.labels.into_iter().zip(&self.tallies))
            .map(|(label, tally)| LabelReport {
                label,
                support: tally.right + tally.missed,
                precision: tally.precision(),
                recall: tally.recall(),
                f1: tally.f(1.0),
            })
            .collect();
        let all = self.tallies.iter().fold(Tally::default(), |sum, tally| sum.sum(*tally));
        let supported: Vec<f64> = labels.iter().filter(|l| l.support > 0).map(|l| l.f1).collect();
        TaskReport {
            task: self.name.to_owned(),
            cases: self.cases,
            accuracy: self.right.map(|right| right as f64 / self.cases.max(1) as f64),
            weighted_kappa: self.pairs.and_then(|pairs| weighted_kappa(&pairs, self.tallies.len())),
            precision: all.precision(),
            recall: all.recall(),
            micro_f1: all.f(1.0),
            macro_f1: supported.iter().sum::<f64>() / supported.len().max(1) as f64,
            labels,
        }
    }
}

/// Cohen's kappa of pairs of labels out of so many, with quadratic weights. None without pairs.
fn weighted_kappa(pairs: &[(usize, usize)], labels: usize) -> Option<f64> {
    let (mut said, mut true_, mut seen) = (vec![0.0; labels], vec![0.0; labels], 0.0);
    let distance = |one: usize, other: usize| (one.abs_diff(other) as f64).powi(2);
    for (one, other) in pairs {
        said[*one] += 1.0;
        true_[*other] += 1.0;
        seen += distance(*one, *other);
    }
    let chance: f64 = (said.iter().enumerate())
        .flat_map(|(i, p)| true_.iter().enumerate().map(move |(j, q)| distance(i, j) * p * q))
        .sum();
    (chance > 0.0).then(|| 1.0 - seen * pairs.len() as f64 / chance)
}

/// What the model would say of a held-out response, rules for empty answers included.
fn decide(about: &About, response: &LabelledResponse, held: &HeldOut) -> Decision {
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

/// Measures decisions on held-out responses, with rules fitted on the other folds.
pub(crate) fn measure(
    responses: &[LabelledResponse],
    held_out: &[HeldOut],
    about: &About,
    options: &TrainOptions,
) -> TrainingReport {
    let codes = &about.codes;
    let mut themes = Task::new("themes", &codes[..about.themes]);
    let mut with_thin = Task::new("themes and thin codes", codes);
    let mut sentiment = Task::new("sentiment of a coded theme", Sentiment::ALL);
    let mut overall = Task::new("sentiment of a response", Sentiment::ALL);
    let mut level = Task::new("sentiment of a response, five levels", -2..=2);
    level.pairs = Some(Vec::new());
    let mut status =
        Task::new("status of a response", [Status::NoContent, Status::RefersElsewhere]);
    let mut safeguarding = Task::new("safeguarding review", ["safeguarding_review"]);
    let mut speaker = Task::new(
        "who speaks",
        RespondentType::ALL.iter().filter(|w| **w != RespondentType::Unknown),
    );
    let mut stance = Task::new("stance", Stance::ALL);
    let mut flags = Task::new("flags of a segment", ["suggestion", "off_topic_service"]);
    let mut domains = Task::new("outcome domains of a segment", Domain::ALL);
    let mut directions = Task::new("direction of an outcome", Direction::ALL);
    let mut codings: Vec<(f32, bool)> = Vec::new();
    let mut uncoded = 0;
    for fold in 0..options.folds {
        let others = held_out.iter().filter(|held| held.fold != fold);
        let rules = fit_rules(responses, others, about, options);
        let about = About { rules, ..about.clone() };
        for held in held_out.iter().filter(|held| held.fold == fold) {
            let response = &responses[held.response];
            let decision = decide(&about, response, held);
            let said = |code: usize| decision.codes.iter().flatten().any(|(own, _)| *own == code);
            themes.several(said, |code| response.carries(code));
            with_thin.several(said, |code| response.carries(code));
            for ((span, _), own) in held.found.iter().zip(&decision.codes) {
                let sure = |p: f32| about.rules.confidence.probability(&About::sides(p));
                codings.extend(own.iter().map(|(c, p)| (sure(*p), carries(response, span, *c))));
            }
            let informative = response.segments.iter().any(|segment| !segment.codes.is_empty());
            uncoded += usize::from(informative && decision.codes.iter().all(Vec::is_empty));
            for (segment, raw) in response.segments.iter().zip(&held.coded) {
                for (code, truth) in &segment.codes {
                    if let Some(truth) = truth {
                        sentiment.one(about.feeling(*code, raw).0 as usize, *truth as usize);
                    }
                }
                if segment.suggestion.is_some() || segment.off_topic.is_some() {
                    let heads = [Head::Suggestion, Head::OffTopic];
                    let truth = [segment.suggestion, segment.off_topic];
                    flags.several(|at| about.speaks(heads[at], raw), |at| truth[at] == Some(true));
                }
                if let Some(outcomes) = &segment.outcomes {
                    domains.several(
                        |at| about.speaks(Head::Domain(Domain::ALL[at]), raw),
                        |at| outcomes.iter().any(|own| own.0 == Domain::ALL[at]),
                    );
                    if let (Some((_, truth)), Some(said)) = (outcomes.first(), about.direction(raw))
                    {
                        directions.one(said as usize, *truth as usize);
                    }
                }
            }
            if let Some(truth) = response.status {
                let of = |at: usize| [Status::NoContent, Status::RefersElsewhere][at];
                status.several(|at| decision.status == of(at), |at| truth == of(at));
            }
            let spoken = matches!(decision.status, Status::Informative | Status::Unassigned);
            if let Some(truth) = response.safeguarding {
                let said = spoken && alarming(&about, held);
                safeguarding.several(|_| said, |_| truth);
            }
            if let Some(truth) = response.respondent.filter(|own| *own != RespondentType::Unknown) {
                speaker.one(about.speaker(&held.whole).0 as usize, truth as usize);
            }
            if response.polarity == Polarity::Proposal
                && let Some(truth) = response.stance
            {
                stance.one(about.stance(&held.whole) as usize, truth as usize);
            }
            if let (Some(truth), Some((said, _))) = (response.level, about.level(&held.whole)) {
                level.one((said + 2) as usize, (truth + 2) as usize);
            }
            if let Some(truth) = response.sentiment() {
                overall.one(felt(&about, held, &decision) as usize, truth as usize);
            }
        }
    }
    let tasks =
        [sentiment, overall, level, status, safeguarding, speaker, stance, flags, domains, directions];
    let situations: std::collections::BTreeSet<&str> =
        responses.iter().map(|response| response.situation.as_str()).collect();
    TrainingReport {
        model: about.id.clone(),
        version: about.version.clone(),
        codebook: about.codebook.clone(),
        codebook_version: about.codebook_version.clone(),
        responses: responses.len(),
        segments: responses.iter().map(|response| response.segments.len()).sum(),
        situations: situations.len(),
        phrases: 0,
        folds: options.folds,
        features: 0,
        themes: themes.report(),
        codes: with_thin.report(),
        uncoded,
        reliability: reliability(&codings),
        tasks: tasks.into_iter().filter(|task| task.cases > 0).map(Task::report).collect(),
        refused: Vec::new(),
    }
}

/// Whether the model would have a person read a response.
fn alarming(about: &About, held: &HeldOut) -> bool {
    let raw: Vec<&[f32]> = held.found.iter().map(|(_, raw)| raw.as_slice()).collect();
    about.alarming(about.alarm(&held.whole, &raw))
}

/// Sentiment of a response as the model would give it.
fn felt(about: &About, held: &HeldOut, decision: &Decision) -> Sentiment {
    if let Some((level, _)) = about.level(&held.whole) {
        return crate::examples::of_level(level).unwrap_or(Sentiment::Neutral);
    }
    let segments: Vec<&[f32]> = held.found.iter().map(|(_, raw)| raw.as_slice()).collect();
    about.overall(&held.whole, &segments, about.feelings(decision, &segments)).0
}

/// Codings by confidence, in tenths.
fn reliability(codings: &[(f32, bool)]) -> Vec<Bin> {
    (0..10)
        .filter_map(|tenth| {
            let (from, to) = (tenth as f32 / 10.0, (tenth + 1) as f32 / 10.0);
            let own: Vec<&(f32, bool)> =
                codings.iter().filter(|(p, _)| *p >= from && (*p < to || tenth == 9)).collect();
            let count = own.len() as f64;
            (!own.is_empty()).then(|| Bin {
                from,
                to,
                codings: own.len(),
                confidence: own.iter().map(|(p, _)| f64::from(*p)).sum::<f64>() / count,
                right: own.iter().filter(|(_, right)| *right).count() as f64 / count,
            })
        })
        .collect()
}
