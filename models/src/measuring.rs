//! Measuring: how well the decisions of a model do on what it does not know.
//!
//! Decisions are measured where they will be used: on segments that the program found itself, put
//! together for each response. Rules are fitted on four folds and judged on the fifth, so that no
//! figure comes from the responses that it was tuned on.

use std::collections::BTreeMap;

use crate::calibration::Tally;
use crate::examples::LabelledResponse;
use crate::fitting::{decide, feelings, fit_rules};
use crate::folds::{HeldOut, carries};
use crate::heads::Head;
use crate::model::{About, Decision, Rules};
use crate::report::{Bin, Gain, GroupReport, LabelReport, Swapped, TaskReport, TrainingReport};
use crate::solver::Sequence;
use crate::training::TrainOptions;
use crate::words::{Direction, Domain, Polarity, RespondentType, Sentiment, Stance, Status};

/// Collects what was said and what is true, label by label.
struct Task {
    name: &'static str,
    labels: Vec<String>,
    tallies: Vec<Tally>,
    cases: usize,
    right: Option<usize>,
    /// Cases by what was said and what is true, where labels are in order.
    pairs: Option<Vec<(usize, usize)>>,
    /// For each situation, labels that were said or are true, where intervals are wanted.
    events: Option<Events>,
}

/// A label, whether it was said, and whether it is true.
pub(crate) type Event = (usize, bool, bool);
/// Those of each situation.
pub(crate) type Events = BTreeMap<String, Vec<Event>>;
/// The ends of an interval.
type Interval = (f64, f64);

impl Task {
    fn new(name: &'static str, labels: impl IntoIterator<Item = impl ToString>) -> Self {
        let labels: Vec<String> = labels.into_iter().map(|label| label.to_string()).collect();
        Self {
            name,
            tallies: vec![Tally::default(); labels.len()],
            labels,
            cases: 0,
            right: None,
            pairs: None,
            events: None,
        }
    }

    /// A case with any number of labels.
    fn several(&mut self, said: impl Fn(usize) -> bool, truth: impl Fn(usize) -> bool) {
        self.cases += 1;
        for (label, tally) in self.tallies.iter_mut().enumerate() {
            tally.add(said(label), truth(label));
        }
    }

    /// A case of a situation, with any number of labels; the report will have intervals.
    fn of(&mut self, situation: &str, said: impl Fn(usize) -> bool, truth: impl Fn(usize) -> bool) {
        let labels = (0..self.labels.len()).map(|label| (label, said(label), truth(label)));
        let events = self.events.get_or_insert_default();
        let own = events.entry(situation.to_owned()).or_default();
        own.extend(labels.filter(|(_, said, truth)| *said || *truth));
        self.several(said, truth);
    }

    /// A case with one label.
    fn one(&mut self, said: usize, truth: usize) {
        self.several(|label| label == said, |label| label == truth);
        *self.right.get_or_insert(0) += usize::from(said == truth);
        self.pairs.iter_mut().for_each(|pairs| pairs.push((said, truth)));
    }

    fn report(self) -> TaskReport {
        let (micro, own) = self.intervals();
        let mut labels: Vec<LabelReport> = (self.labels.into_iter().zip(&self.tallies))
            .map(|(label, tally)| LabelReport {
                label,
                support: tally.right + tally.missed,
                precision: tally.precision(),
                recall: tally.recall(),
                f1: tally.f(1.0),
                interval: None,
            })
            .collect();
        for (label, interval) in labels.iter_mut().zip(own) {
            label.interval = Some(interval);
        }
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
            interval: micro,
            macro_f1: supported.iter().sum::<f64>() / supported.len().max(1) as f64,
            labels,
        }
    }

    /// 95% intervals of F1 over all labels and of each: percentiles over resampled situations.
    fn intervals(&self) -> (Option<Interval>, Vec<Interval>) {
        const RESAMPLES: usize = 500;
        let Some(events) = &self.events else { return (None, Vec::new()) };
        let situations: Vec<&Vec<Event>> = events.values().collect();
        let mut random = Sequence(0x9E37_79B9_7F4A_7C15);
        let mut drawn: Vec<Vec<f64>> = vec![Vec::with_capacity(RESAMPLES); self.labels.len() + 1];
        for _ in 0..RESAMPLES {
            let mut tallies = vec![Tally::default(); self.labels.len()];
            for _ in 0..situations.len() {
                for (label, said, truth) in situations[random.below(situations.len())] {
                    tallies[*label].add(*said, *truth);
                }
            }
            let all = tallies.iter().fold(Tally::default(), |sum, tally| sum.sum(*tally));
            for (drawn, tally) in drawn.iter_mut().zip(tallies.iter().chain([&all])) {
                drawn.push(tally.f(1.0));
            }
        }
        let mut intervals: Vec<(f64, f64)> = (drawn.into_iter())
            .map(|mut drawn| {
                drawn.sort_by(f64::total_cmp);
                (drawn[RESAMPLES / 40], drawn[RESAMPLES - 1 - RESAMPLES / 40])
            })
            .collect();
        (intervals.pop(), intervals)
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

/// Measures decisions on held-out responses, with rules fitted on the other folds.
pub(crate) fn measure(
    responses: &[LabelledResponse],
    held_out: &[HeldOut],
    swapped: &[HeldOut],
    about: &About,
    options: &TrainOptions,
) -> (TrainingReport, Events) {
    measure_with(responses, held_out, swapped, about, options.folds, &|others| {
        fit_rules(responses, others.iter().copied(), about, options)
    })
}

/// [`measure`] with rules that are fitted in another way.
#[expect(clippy::too_many_lines, reason = "one pass, a paragraph for each task")]
pub(crate) fn measure_with(
    responses: &[LabelledResponse],
    held_out: &[HeldOut],
    swapped: &[HeldOut],
    about: &About,
    folds: usize,
    fit: &dyn Fn(&[&HeldOut]) -> Rules,
) -> (TrainingReport, Events) {
    let codes = &about.codes;
    let mut themes = Task::new("themes", &codes[..about.themes]);
    let mut with_thin = Task::new("themes and thin codes", codes);
    let mut sentiment = Task::new("sentiment of a theme found by both", Sentiment::ALL);
    let mut overall = Task::new("sentiment of a response", Sentiment::ALL);
    let mut level = Task::new("sentiment of a response, five levels", -2..=2);
    level.pairs = Some(Vec::new());
    let mut status = Task::new("status of a response", Status::ALL);
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
    let mut groups: BTreeMap<(usize, String), (usize, Tally)> = BTreeMap::new();
    let mut change = Swapped::default();
    for fold in 0..folds {
        let others: Vec<&HeldOut> = held_out.iter().filter(|held| held.fold != fold).collect();
        let about = About { rules: fit(&others), ..about.clone() };
        let own = swapped.iter().filter(|held| held.fold == fold);
        own.for_each(|held| compare(&mut change, &about, responses, held_out, held));
        for held in held_out.iter().filter(|held| held.fold == fold) {
            let response = &responses[held.response];
            let decision = decide(&about, response, held);
            let said = |code: usize| decision.codes.iter().flatten().any(|(own, _)| *own == code);
            let truth = |code: usize| response.carries(code);
            themes.of(&response.situation, said, truth);
            with_thin.of(&response.situation, said, truth);
            for name in groups_of(response, held.words) {
                let tally = groups.entry(name).or_default();
                tally.0 += 1;
                (0..about.themes).for_each(|code| tally.1.add(said(code), truth(code)));
            }
            for ((span, _), own) in held.found.iter().zip(&decision.codes) {
                let sure = |p: f32| about.rules.confidence.probability(&About::sides(p));
                codings.extend(own.iter().map(|(c, p)| (sure(*p), carries(response, span, *c))));
            }
            let informative = response.segments.iter().any(|segment| !segment.codes.is_empty());
            uncoded += usize::from(informative && decision.codes.iter().all(Vec::is_empty));
            for (said, truth) in feelings(&about, response, held, &decision) {
                sentiment.one(said as usize, truth as usize);
            }
            for (segment, raw) in response.segments.iter().zip(&held.coded) {
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
                status.one(decision.status as usize, truth as usize);
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
    let tasks = [
        sentiment,
        overall,
        level,
        status,
        safeguarding,
        speaker,
        stance,
        flags,
        domains,
        directions,
    ];
    let situations: std::collections::BTreeSet<&str> =
        responses.iter().map(|response| response.situation.as_str()).collect();
    let events = themes.events.clone().unwrap_or_default();
    let report = TrainingReport {
        model: about.id.clone(),
        version: about.version.clone(),
        codebook: about.codebook.clone(),
        codebook_version: about.codebook_version.clone(),
        responses: responses.len(),
        blanks: 0,
        segments: responses.iter().map(|response| response.segments.len()).sum(),
        situations: situations.len(),
        phrases: 0,
        folds,
        features: 0,
        encoder: false,
        measured: None,
        gain: None,
        themes: themes.report(),
        codes: with_thin.report(),
        groups: groups
            .into_iter()
            .map(|((_, group), (count, tally))| group_report(group, count, tally))
            .collect(),
        swapped: change,
        uncoded,
        reliability: reliability(&codings),
        tasks: tasks.into_iter().filter(|task| task.cases > 0).map(Task::report).collect(),
        refused: Vec::new(),
    };
    (report, events)
}

/// The themes that are said and true of held-out responses, with rules fitted on the other folds.
pub(crate) fn theme_events(
    responses: &[LabelledResponse],
    held_out: &[HeldOut],
    about: &About,
    options: &TrainOptions,
) -> Events {
    let mut themes = Task::new("themes", &about.codes[..about.themes]);
    for fold in 0..options.folds {
        let others = held_out.iter().filter(|held| held.fold != fold);
        let rules = fit_rules(responses, others, about, options);
        let about = About { rules, ..about.clone() };
        for held in held_out.iter().filter(|held| held.fold == fold) {
            let response = &responses[held.response];
            let decision = decide(&about, response, held);
            let said = |code: usize| decision.codes.iter().flatten().any(|(own, _)| *own == code);
            themes.of(&response.situation, said, |code| response.carries(code));
        }
    }
    themes.events.unwrap_or_default()
}

/// Micro-F1 of themes by one model and by another of the same responses, and how far apart they are:
/// a paired bootstrap, in which both are measured on the same resampled situations.
pub(crate) fn gain(alone: &Events, joined: &Events) -> Gain {
    const RESAMPLES: usize = 2000;
    let tally = |events: &[Event]| {
        let mut tally = Tally::default();
        for (_, said, truth) in events {
            tally.add(*said, *truth);
        }
        tally
    };
    let none = Vec::new();
    let both: Vec<(Tally, Tally)> = (joined.iter())
        .map(|(situation, own)| (tally(alone.get(situation).unwrap_or(&none)), tally(own)))
        .collect();
    let f1 = |chosen: &mut dyn Iterator<Item = &(Tally, Tally)>| {
        let sum = chosen.fold((Tally::default(), Tally::default()), |sum, both| {
            (sum.0.sum(both.0), sum.1.sum(both.1))
        });
        (sum.0.f(1.0), sum.1.f(1.0))
    };
    let (alone, joined) = f1(&mut both.iter());
    let mut random = Sequence(0x9E37_79B9_7F4A_7C15);
    let mut drawn: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let (alone, joined) = f1(&mut (0..both.len()).map(|_| &both[random.below(both.len())]));
            joined - alone
        })
        .collect();
    drawn.sort_by(f64::total_cmp);
    let interval = (drawn[RESAMPLES / 40], drawn[RESAMPLES - 1 - RESAMPLES / 40]);
    let better = drawn.iter().filter(|gain| **gain > 0.0).count() as f64 / RESAMPLES as f64;
    Gain { alone, joined, interval, better }
}

/// The groups of responses that a response is in, with their place in the report.
fn groups_of(response: &LabelledResponse, words: usize) -> [(usize, String); 2] {
    let who = response.respondent.unwrap_or(RespondentType::Unknown);
    let (place, length) = match words {
        0..8 => (0, "under 8 words"),
        8..16 => (1, "8 to 15 words"),
        16..41 => (2, "16 to 40 words"),
        _ => (3, "over 40 words"),
    };
    [(who as usize, who.to_string()), (100 + place, length.to_owned())]
}

fn group_report(group: String, responses: usize, tally: Tally) -> GroupReport {
    let (precision, recall, f1) = (tally.precision(), tally.recall(), tally.f(1.0));
    GroupReport { group, responses, precision, recall, f1 }
}

/// Sets a response whose words for women and men were swapped beside itself.
fn compare(
    change: &mut Swapped,
    about: &About,
    responses: &[LabelledResponse],
    held_out: &[HeldOut],
    swapped: &HeldOut,
) {
    let response = &responses[swapped.response];
    let Some(held) = held_out.iter().find(|held| held.response == swapped.response) else { return };
    // An answer that says nothing is not read, whoever it is about.
    if about.empty(&response.text, response.polarity).is_some() {
        return;
    }
    let told = |held: &HeldOut| {
        let raw: Vec<&[f32]> = held.found.iter().map(|(_, raw)| raw.as_slice()).collect();
        let decision = about.decide(held.words, &held.whole, &raw);
        let mut themes: Vec<usize> = decision
            .codes
            .iter()
            .flatten()
            .map(|code| code.0)
            .filter(|c| *c < about.themes)
            .collect();
        themes.sort_unstable();
        themes.dedup();
        (themes, felt(about, held, &decision), alarming(about, held))
    };
    let (own, other) = (told(held), told(swapped));
    change.responses += 1;
    change.themes_changed += usize::from(own.0 != other.0);
    change.sentiment_changed += usize::from(own.1 != other.1);
    let (women, men) =
        if crate::gender::of_women(&response.text) { (&own, &other) } else { (&other, &own) };
    change.themes_of_women += women.0.len();
    change.themes_of_men += men.0.len();
    change.alarms_of_women += usize::from(women.2);
    change.alarms_of_men += usize::from(men.2);
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
    about.overall(&held.whole, &segments, about.feelings(decision, &segments, &held.whole)).0
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
