//! How right the model is, from a random sample that people read: the sample, its figures with their
//! intervals, and what the model's counts come to when its mistakes are taken into account.
//!
//! The sample is drawn by lot before anyone reads: each distinct answer has a number that follows
//! from the secret of the log, and the smallest numbers of each channel are the sample. So it can
//! grow, it survives a later run, and answers that come late join it at the same rate.
//!
//! Shares are corrected as in prediction-powered inference (Angelopoulos et al., 2023): the model's
//! share over all answers, plus the mean of what people found and the model did not in the sample.

use std::collections::{BTreeMap, HashMap};

use heard_models::words::{Sentiment, Status};
use serde::Serialize;

use super::decision::{Codes, State};
use super::key::{Key, Secret};
use crate::agreement::{Counts, Interval, bootstrap};
use crate::coding::{CodedResponse, Flag};
use crate::vocabulary::Vocabulary;

/// Answers to read unless someone says otherwise.
pub const USUAL: usize = 100;
/// A share is corrected from at least so many read answers.
pub const LEAST: usize = 30;
/// Figures of a theme are told where people or the model gave it so often in the sample.
const LEAST_OF_THEME: usize = 10;

/// A distinct answer.
struct Unit {
    lot: u64,
    channel: &'static str,
    /// How many responses have these words.
    times: u32,
    model: Vec<(u16, Sentiment)>,
    /// By the codes that count.
    people: Option<Vec<(u16, Sentiment)>>,
    /// By codes that were given without seeing the model's: by these alone it is judged.
    judging: Option<Vec<(u16, Sentiment)>>,
}

/// Collects what is needed, row by row.
pub struct Study {
    secret: Secret,
    units: HashMap<Key, Unit>,
    responses: u64,
}

/// Whether an answer is among those from which the sample is drawn: the ones that say something.
pub fn is_eligible(row: &CodedResponse) -> bool {
    matches!(row.status, Status::Informative | Status::Unassigned)
        && !row.flags.contains(&Flag::Language)
        && row.words > 0
}

/// The feeling about each theme of the first codebook.
fn themes(given: impl Iterator<Item = (u16, Sentiment)>) -> Vec<(u16, Sentiment)> {
    let mut themes: BTreeMap<u16, Vec<Sentiment>> = BTreeMap::new();
    for (theme, sentiment) in given {
        themes.entry(theme).or_default().push(sentiment);
    }
    let whole = |all: Vec<Sentiment>| heard_models::examples::roll_up(all);
    themes.into_iter().filter_map(|(theme, all)| Some((theme, whole(all)?))).collect()
}

/// What the model gave.
pub fn by_model(row: &CodedResponse) -> Vec<(u16, Sentiment)> {
    let codings = row.codings.iter();
    let codings = codings.filter(|c| c.codebook == 0 && c.coder.starts_with("model:"));
    themes(codings.map(|c| (c.theme, c.sentiment)))
}

/// What a person gave.
pub fn by_person(codes: &Codes, vocabulary: &Vocabulary) -> Vec<(u16, Sentiment)> {
    let Some(book) = vocabulary.codebooks().first() else { return Vec::new() };
    let find = |theme: &str| vocabulary.find(&book.id, theme).map(|(_, theme)| theme);
    themes(codes.codes.iter().filter_map(|c| Some((find(&c.theme)?, c.sentiment))))
}

impl Study {
    /// An empty study.
    pub fn new(secret: &Secret) -> Self {
        Self { secret: secret.clone(), units: HashMap::new(), responses: 0 }
    }

    /// Takes in a row as the run wrote it, and what was decided about it.
    pub fn add(&mut self, row: &CodedResponse, key: Key, state: &State, vocabulary: &Vocabulary) {
        if !is_eligible(row) {
            return;
        }
        self.responses += 1;
        let secret = &self.secret;
        let unit = self.units.entry(key).or_insert_with(|| {
            let counting = state.counting();
            Unit {
                lot: secret.lot(key, "sample"),
                channel: row.response.channel.as_str(),
                times: 0,
                model: by_model(row),
                people: counting.map(|(_, codes)| by_person(codes, vocabulary)),
                judging: state.judging().map(|codes| by_person(codes, vocabulary)),
            }
        });
        unit.times += 1;
    }

    /// Distinct answers, in the order in which they are drawn: every beginning of it holds each
    /// channel by its share.
    pub fn order(&self) -> Vec<Key> {
        let mut channels: BTreeMap<&str, Vec<(u64, Key)>> = BTreeMap::new();
        for (key, unit) in &self.units {
            channels.entry(unit.channel).or_default().push((unit.lot, *key));
        }
        let mut drawn = Vec::with_capacity(self.units.len());
        for (channel, mut units) in channels {
            units.sort_unstable();
            let size = units.len() as f64;
            for (at, (lot, key)) in units.into_iter().enumerate() {
                drawn.push(((at as f64 + 0.5) / size, channel, lot, key));
            }
        }
        drawn.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        drawn.into_iter().map(|(.., key)| key).collect()
    }

    /// The figures, from what was read of the first `target` answers.
    pub fn figures(&self, target: usize, vocabulary: &Vocabulary) -> Accuracy {
        let drawn = self.order();
        let drawn: Vec<&Unit> = drawn.iter().take(target).map(|key| &self.units[key]).collect();
        let read = drawn.iter().filter(|unit| unit.people.is_some()).count();
        let judged: Vec<Read<'_>> =
            drawn.iter().filter_map(|unit| Some((*unit, unit.judging.as_deref()?))).collect();
        let book = vocabulary.codebooks().first();
        let names = book.map(|book| book.themes.as_slice()).unwrap_or_default();
        let pairs: Vec<Pair<'_>> =
            judged.iter().map(|(unit, people)| (*people, unit.model.as_slice())).collect();
        let measured = if pairs.is_empty() {
            Vec::new()
        } else {
            figures(&pairs, names.len(), &vec![1; pairs.len()])
        };
        let intervals = if pairs.len() < 2 {
            vec![None; measured.len()]
        } else {
            bootstrap(pairs.len(), |weights| figures(&pairs, names.len(), weights))
        };
        let bases = bases(&pairs, names.len());
        let figure = |at: usize| {
            let value = measured.get(at).copied().filter(|v| v.is_finite());
            let interval = intervals.get(at).copied().flatten();
            let base = bases.get(at).copied().unwrap_or(0);
            let interval = interval.map(|i| value.map_or(i, |value| widened(i, value, base)));
            Figure { value, interval }
        };
        let count = |of: &dyn Fn(&Pair<'_>) -> bool| pairs.iter().filter(|p| of(p)).count();
        let all: Vec<&Unit> = self.units.values().collect();
        // Where people decided every answer nothing is left to estimate.
        let whole: Option<Vec<Read<'_>>> =
            all.iter().map(|unit| Some((*unit, unit.people.as_deref()?))).collect();
        let known = whole.as_deref().unwrap_or(&judged);
        let theme = |(theme, name): (u16, &crate::vocabulary::ThemeName)| {
            let has = |given: &[(u16, Sentiment)]| given.iter().any(|(t, _)| *t == theme);
            let people = count(&|(people, _)| has(people));
            let model = count(&|(_, model)| has(model));
            let enough = people.max(model) >= LEAST_OF_THEME;
            ThemeFigures {
                id: name.id.clone(),
                label: name.label.clone(),
                thin: name.thin,
                people,
                model,
                both: count(&|(people, model)| has(people) && has(model)),
                precision: figure(OVERALL + 3 * usize::from(theme)).only_if(enough),
                recall: figure(OVERALL + 3 * usize::from(theme) + 1).only_if(enough),
                f1: figure(OVERALL + 3 * usize::from(theme) + 2).only_if(enough),
                share: share(&all, known, &has),
            }
        };
        Accuracy {
            answers: self.responses,
            distinct: self.units.len(),
            target: drawn.len(),
            read,
            blind: judged.len(),
            precision: figure(0),
            recall: figure(1),
            f1: figure(2),
            exact: figure(3),
            sentiment: figure(4),
            themes: (0..).zip(names).map(theme).collect(),
        }
    }
}

/// Themes with what is felt about each.
type Given = [(u16, Sentiment)];
/// An answer with what people gave to it.
type Read<'a> = (&'a Unit, &'a Given);
/// What people gave, and what the model gave.
type Pair<'a> = (&'a Given, &'a Given);

/// How many figures there are before those of the themes.
const OVERALL: usize = 5;

fn figures(pairs: &[Pair<'_>], themes: usize, weights: &[u32]) -> Vec<f64> {
    let mut counts = vec![Counts::default(); themes];
    let (mut exact, mut total, mut same, mut both) = (0.0, 0.0, 0.0, 0.0);
    for ((people, model), weight) in pairs.iter().zip(weights).filter(|(_, w)| **w > 0) {
        let weight = f64::from(*weight);
        total += weight;
        let due = |theme: u16| people.iter().find(|(t, _)| *t == theme);
        for (theme, felt) in *model {
            let found = due(*theme);
            counts[usize::from(*theme)].add(found.is_some(), true, weight);
            if let Some((_, due)) = found {
                both += weight;
                same += if due == felt { weight } else { 0.0 };
            }
        }
        let mut missed = false;
        for (theme, _) in *people {
            if !model.iter().any(|(t, _)| t == theme) {
                counts[usize::from(*theme)].add(true, false, weight);
                missed = true;
            }
        }
        if !missed && people.len() == model.len() {
            exact += weight;
        }
    }
    let micro = counts.iter().fold(Counts::default(), |sum, c| sum.plus(*c));
    let ratio = crate::agreement::ratio;
    let mut all =
        vec![micro.precision(), micro.recall(), micro.f1(), ratio(exact, total), ratio(same, both)];
    all.extend(counts.iter().flat_map(|c| [c.precision(), c.recall(), c.f1()]));
    all
}

/// How many answers each figure is told from: those that have something to say about it.
fn bases(pairs: &[Pair<'_>], themes: usize) -> Vec<usize> {
    let mut bases = vec![0; OVERALL + 3 * themes];
    for pair in pairs {
        for (base, value) in bases.iter_mut().zip(figures(&[*pair], themes, &[1])) {
            *base += usize::from(value.is_finite());
        }
    }
    bases
}

/// A share over all answers: as the model gives it, and corrected.
fn share(all: &[&Unit], read: &[Read<'_>], has: &dyn Fn(&Given) -> bool) -> Share {
    let given = |unit: &Unit| f64::from(u8::from(has(&unit.model)));
    let due = |read: &Read<'_>| f64::from(u8::from(has(read.1)));
    let times = |unit: &Unit| f64::from(unit.times);
    let weight: f64 = all.iter().map(|u| times(u)).sum();
    let model = crate::agreement::ratio(all.iter().map(|u| times(u) * given(u)).sum(), weight);
    let (n, size) = (read.len() as f64, all.len() as f64);
    if read.len() < LEAST && read.len() < all.len() {
        return Share { model, corrected: None, interval: None };
    }
    let sampled: f64 = read.iter().map(|r| times(r.0)).sum();
    let mean = |of: &dyn Fn(&Read<'_>) -> f64| {
        crate::agreement::ratio(read.iter().map(|r| times(r.0) * of(r)).sum(), sampled)
    };
    let (y, f) = (mean(&due), mean(&|r| given(r.0)));
    // How far the model can be leant on, from the sample: 1 where it is right, 0 where it guesses.
    let together = mean(&|r| (due(r) - y) * (given(r.0) - f));
    let spread = mean(&|r| (given(r.0) - f).powi(2));
    let lean = if read.len() == all.len() || spread <= 0.0 {
        1.0
    } else {
        (together / spread).clamp(0.0, 1.0)
    };
    let off = |read: &Read<'_>| due(read) - lean * given(read.0);
    let mean_off = mean(&off);
    let corrected = (lean * model + mean_off).clamp(0.0, 1.0);
    let each = sampled / n;
    let squares: f64 = read.iter().map(|r| (times(r.0) / each * (off(r) - mean_off)).powi(2)).sum();
    // That none was found wrong in the sample does not mean that none is: one is granted.
    let least = (1.0 - 1.0 / n) / n;
    let variance = (squares / (n - 1.0).max(1.0)).max(least) * (1.0 - n / size).max(0.0) / n;
    let width = student(read.len()) * variance.sqrt();
    let interval = Interval {
        low: (corrected - width).clamp(0.0, 1.0),
        high: (corrected + width).clamp(0.0, 1.0),
    };
    Share { model, corrected: Some(corrected), interval: Some(interval) }
}

/// Resamples of answers that were all right, or all wrong, know no doubt: there the interval of a
/// plain share of the answers that it is told from stands.
fn widened(interval: Interval, value: f64, base: usize) -> Interval {
    if interval.high - interval.low > 1e-9 {
        return interval;
    }
    let right = (value * base as f64).round() as u64;
    let (low, high) = crate::tables::intervals::wilson(right, base as u64);
    Interval { low, high }
}

/// The 97.5% point of Student's distribution, by the first terms of its expansion.
fn student(n: usize) -> f64 {
    let (z, degrees) = (1.959_964_f64, n.saturating_sub(1).max(2) as f64);
    z + (z.powi(3) + z) / (4.0 * degrees)
        + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * degrees * degrees)
}

/// Half the width of the interval around a share of one half, when so many of all are read: what
/// reading buys.
pub fn buys(read: usize, all: usize) -> f64 {
    if read == 0 || all == 0 {
        return 1.0;
    }
    let left = (1.0 - read as f64 / all as f64).max(0.0);
    (1.96 * (0.25 * left / read as f64).sqrt()).min(1.0)
}

/// A figure with its 95% interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figure {
    /// None where there is nothing to tell it from.
    pub value: Option<f64>,
    /// None where resamples do not tell one.
    pub interval: Option<Interval>,
}

impl Figure {
    fn only_if(self, enough: bool) -> Self {
        if enough { self } else { Self::default() }
    }
}

/// The share of answers with a theme.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// By the model alone, over all answers.
    pub model: f64,
    /// With the model's mistakes taken into account; None where too few were read.
    pub corrected: Option<f64>,
    /// Its 95% interval.
    pub interval: Option<Interval>,
}

/// The figures of a theme.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThemeFigures {
    /// Machine id.
    pub id: String,
    /// What people read.
    pub label: String,
    /// A code that gives no reason.
    pub thin: bool,
    /// Answers of the sample to which people gave it.
    pub people: usize,
    /// To which the model gave it.
    pub model: usize,
    /// To which both gave it.
    pub both: usize,
    /// Of what the model gave, the share that people gave too.
    pub precision: Figure,
    /// Of what people gave, the share that the model gave too.
    pub recall: Figure,
    /// Harmonic mean of the two.
    pub f1: Figure,
    /// How many answers have it.
    pub share: Share,
}

/// How right the model is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Accuracy {
    /// Answers that say something.
    pub answers: u64,
    /// Of these, distinct ones.
    pub distinct: usize,
    /// Answers in the sample.
    pub target: usize,
    /// Of these, read.
    pub read: usize,
    /// Of these, read without seeing the model's codes: the figures are of these alone.
    pub blind: usize,
    /// Over all themes.
    pub precision: Figure,
    /// Over all themes.
    pub recall: Figure,
    /// Over all themes.
    pub f1: Figure,
    /// Share of answers with just the themes that people gave.
    pub exact: Figure,
    /// Of the themes that both gave, the share with the same feeling.
    pub sentiment: Figure,
    /// By theme, in the order of the codebook.
    pub themes: Vec<ThemeFigures>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn unit(lot: u64, due: bool, given: bool, read: bool) -> Unit {
        let theme = |on: bool| if on { vec![(0, Sentiment::Negative)] } else { Vec::new() };
        Unit {
            lot,
            channel: "survey",
            times: 1,
            model: theme(given),
            people: read.then(|| theme(due)),
            judging: read.then(|| theme(due)),
        }
    }

    fn reads<'a>(units: &[&'a Unit]) -> Vec<Read<'a>> {
        units.iter().filter_map(|unit| Some((*unit, unit.people.as_deref()?))).collect()
    }

    #[test]
    fn a_figure_that_few_answers_speak_of_has_a_wide_interval() {
        let felt = [(0, Sentiment::Negative)];
        let none: [(u16, Sentiment); 0] = [];
        let mut pairs: Vec<Pair<'_>> = vec![(&felt, &felt); 4];
        pairs.extend(vec![(&none as &Given, &none as &Given); 96]);
        let bases = bases(&pairs, 1);
        // Precision, recall and F1 and the feeling are told from four; all have just the same themes.
        assert_eq!(bases, [4, 4, 4, 100, 4, 4, 4, 4]);
        let interval = widened(Interval { low: 1.0, high: 1.0 }, 1.0, bases[4]);
        assert!((interval.low - 0.51).abs() < 0.01 && interval.high > 0.999, "{interval:?}");
    }

    #[test]
    fn what_was_read_with_the_models_codes_in_sight_is_no_proof_of_the_model() {
        let mut study = Study::new(&Secret::new([3; 32]));
        for i in 0..40_u8 {
            let key = Key([i; 16]);
            let mut unit = unit(study.secret.lot(key, "sample"), false, false, i < 20);
            // Half of what was read was approved with the codes in sight.
            unit.judging = unit.judging.filter(|_| i < 10);
            study.units.insert(key, unit);
        }
        let found = study.figures(40, &Vocabulary::default());
        assert_eq!((found.read, found.blind), (20, 10));
    }

    /// `SplitMix64`.
    fn next(state: &mut u64) -> f64 {
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A model that misses 40% of a theme and gives it to 5% of the others.
    #[test]
    fn the_corrected_share_is_right_where_the_models_is_not() {
        let mut state = 7;
        let (mut held, mut sum, mut model) = (0, 0.0, 0.0);
        for _ in 0..400 {
            let truth: Vec<(bool, bool)> = (0..1500)
                .map(|_| {
                    let due = next(&mut state) < 0.3;
                    (due, next(&mut state) < if due { 0.6 } else { 0.05 })
                })
                .collect();
            let real = truth.iter().filter(|(due, _)| *due).count() as f64 / 1500.0;
            let units: Vec<Unit> =
                (0..).zip(&truth).map(|(i, (d, g))| unit(i, *d, *g, i < 120)).collect();
            let all: Vec<&Unit> = units.iter().collect();
            let read = reads(&all);
            let share = share(&all, &read, &|given| !given.is_empty());
            let interval = share.interval.unwrap();
            held += usize::from(interval.low <= real && real <= interval.high);
            sum += share.corrected.unwrap() - real;
            model += share.model - real;
        }
        assert!((370..=396).contains(&held), "the interval held {held} times of 400");
        assert!((sum / 400.0).abs() < 0.01, "off by {} on average", sum / 400.0);
        assert!(model / 400.0 < -0.07, "the model alone was off by {}", model / 400.0);
    }

    #[test]
    fn all_read_is_no_estimate() {
        let units: Vec<Unit> = (0..10).map(|i| unit(i, i < 4, i < 2, true)).collect();
        let all: Vec<&Unit> = units.iter().collect();
        let share = share(&all, &reads(&all), &|given| !given.is_empty());
        let interval = share.interval.unwrap();
        assert!((share.corrected.unwrap() - 0.4).abs() < 1e-12);
        assert!((interval.high - interval.low).abs() < 1e-12);
    }

    #[test]
    fn a_theme_never_found_wrong_still_has_an_interval() {
        let units: Vec<Unit> = (0..1000).map(|i| unit(i, false, false, i < 50)).collect();
        let all: Vec<&Unit> = units.iter().collect();
        let share = share(&all, &reads(&all[..50]), &|given| !given.is_empty());
        assert!(share.interval.unwrap().high > 0.02, "{share:?}");
    }

    #[test]
    fn every_beginning_of_the_order_holds_each_channel_by_its_share() {
        let mut study = Study::new(&Secret::new([3; 32]));
        for i in 0..120_u8 {
            let key = Key([i; 16]);
            let mut unit = unit(study.secret.lot(key, "sample"), false, false, false);
            unit.channel = if i < 30 { "letter" } else { "survey" };
            study.units.insert(key, unit);
        }
        let order = study.order();
        let letters =
            |n: usize| order[..n].iter().filter(|key| study.units[key].channel == "letter").count();
        assert_eq!(order.len(), 120);
        for n in [20, 40, 80] {
            assert!(letters(n).abs_diff(n / 4) <= 1, "{} of {n}", letters(n));
        }
        let half = buys(100, 100_000);
        assert!((half - 0.098).abs() < 0.001 && buys(50, 50) < 1e-9, "{half}");
    }
}
