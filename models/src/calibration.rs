//! From raw scores to what is said: probabilities that mean something, and thresholds.
//!
//! A head's raw score says which text is likelier to carry a label; Platt scaling, fitted on texts
//! that the head was not trained on, says how likely. Labels with few examples borrow from the
//! rest: both the scaling and the threshold are drawn towards those of all labels together.

use serde::{Deserialize, Serialize};

use crate::words::Sentiment;

/// Maps a raw score to a probability: `1 / (1 + exp(-(slope * score + offset)))`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Platt {
    pub(crate) slope: f32,
    pub(crate) offset: f32,
}

impl Platt {
    pub(crate) const PLAIN: Self = Self { slope: 1.0, offset: 0.0 };

    /// Probability for a raw score; 0 for a head that was not trained.
    pub(crate) fn probability(self, raw: f32) -> f32 {
        if raw == f32::NEG_INFINITY {
            return 0.0;
        }
        1.0 / (1.0 + (-(self.slope * raw + self.offset)).exp())
    }

    /// Fits on pairs of score and truth, drawn towards `prior` as if by `strength` examples.
    pub(crate) fn fit(pairs: &[(f32, bool)], prior: Self, strength: f64) -> Self {
        let (mut slope, mut offset) = (f64::from(prior.slope), f64::from(prior.offset));
        let towards = (slope, offset);
        // Newton's method; the problem is convex and has two unknowns.
        for _ in 0..50 {
            let (mut ga, mut gb) =
                (strength * (slope - towards.0), strength * (offset - towards.1));
            let (mut haa, mut hab, mut hbb) = (strength + 1e-6, 0.0, strength + 1e-6);
            for (score, truth) in pairs {
                let score = f64::from(*score);
                let p = 1.0 / (1.0 + (-(slope * score + offset)).exp());
                let error = p - f64::from(u8::from(*truth));
                let spread = p * (1.0 - p);
                ga += error * score;
                gb += error;
                haa += spread * score * score;
                hab += spread * score;
                hbb += spread;
            }
            let determinant = haa * hbb - hab * hab;
            if determinant.abs() < 1e-12 {
                break;
            }
            let (da, db) =
                ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
            // A step is kept short, so that separable data cannot throw it off.
            let short = 1.0_f64.min(2.0 / da.abs().max(db.abs()).max(1e-12));
            slope = (slope - short * da).clamp(0.05, 20.0);
            offset -= short * db;
            if da.abs().max(db.abs()) < 1e-6 {
                break;
            }
        }
        Self { slope: slope as f32, offset: offset as f32 }
    }
}

/// Several scores of one text as one probability: a small logistic regression.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mix {
    pub(crate) weights: Vec<f32>,
    pub(crate) offset: f32,
}

impl Mix {
    /// Probability for scores, as many as it was fitted on.
    pub(crate) fn probability(&self, scores: &[f32]) -> f32 {
        let sum: f32 = self.weights.iter().zip(scores).map(|(weight, score)| weight * score).sum();
        1.0 / (1.0 + (-(sum + self.offset)).exp())
    }

    /// Fits on pairs of scores and truth, from `start`, drawn towards it as if by `strength`
    /// examples. Accelerated gradient steps: few unknowns, and the same on every machine.
    pub(crate) fn fit(pairs: &[(Vec<f32>, bool)], start: &[f32], strength: f64) -> Self {
        const STEPS: usize = 400;
        let towards: Vec<f64> = start.iter().map(|w| f64::from(*w)).chain([0.0]).collect();
        let value = |scores: &[f32], at: usize| scores.get(at).map_or(1.0, |s| f64::from(*s));
        // A bound on the curvature gives a step that cannot overshoot.
        let bound: f64 = (pairs.iter())
            .map(|(scores, _)| (0..towards.len()).map(|at| value(scores, at).powi(2)).sum::<f64>())
            .sum::<f64>();
        let rate = 1.0 / (0.25 * bound + strength).max(1e-9);
        let (mut weights, mut ahead, mut pace) = (towards.clone(), towards.clone(), 1.0_f64);
        for _ in 0..STEPS {
            let mut slope: Vec<f64> =
                ahead.iter().zip(&towards).map(|(w, t)| strength * (w - t)).collect();
            for (scores, truth) in pairs {
                let sum: f64 =
                    (ahead.iter().enumerate()).map(|(at, w)| w * value(scores, at)).sum();
                let error = 1.0 / (1.0 + (-sum).exp()) - f64::from(u8::from(*truth));
                for (at, slope) in slope.iter_mut().enumerate() {
                    *slope += error * value(scores, at);
                }
            }
            let next: Vec<f64> =
                ahead.iter().zip(&slope).map(|(w, slope)| w - rate * slope).collect();
            let faster = f64::midpoint(1.0, (1.0 + 4.0 * pace * pace).sqrt());
            let push = (pace - 1.0) / faster;
            ahead = next.iter().zip(&weights).map(|(new, old)| new + push * (new - old)).collect();
            (weights, pace) = (next, faster);
        }
        let offset = weights.pop().unwrap_or(0.0) as f32;
        Self { weights: weights.into_iter().map(|weight| weight as f32).collect(), offset }
    }
}

/// Counts of right, wrong and missing labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Said, and so.
    pub right: usize,
    /// Said, and not so.
    pub wrong: usize,
    /// So, and not said.
    pub missed: usize,
}

impl Tally {
    /// Counts one label.
    pub fn add(&mut self, said: bool, truth: bool) {
        self.right += usize::from(said && truth);
        self.wrong += usize::from(said && !truth);
        self.missed += usize::from(!said && truth);
    }

    /// Two together.
    #[must_use]
    pub fn sum(self, other: Self) -> Self {
        Self {
            right: self.right + other.right,
            wrong: self.wrong + other.wrong,
            missed: self.missed + other.missed,
        }
    }

    /// Of what was said, the share that is so.
    #[must_use]
    pub fn precision(self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    /// Of what is so, the share that was said.
    #[must_use]
    pub fn recall(self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }

    /// F-measure that weighs recall `beta` times as much as precision.
    pub fn f(self, beta: f64) -> f64 {
        let square = beta * beta;
        let right = (1.0 + square) * self.right as f64;
        let all = right + square * self.missed as f64 + self.wrong as f64;
        if all > 0.0 { right / all } else { 0.0 }
    }
}

/// Thresholds tried: hundredths.
fn grid() -> impl Iterator<Item = f32> {
    (4..=90).map(|hundredth| hundredth as f32 / 100.0)
}

/// The threshold with the best F-measure over several labels' pairs of probability and truth.
pub(crate) fn threshold(labels: &[Vec<(f32, bool)>], beta: f64) -> f32 {
    let at = |threshold: f32| {
        let mut tally = Tally::default();
        for (probability, truth) in labels.iter().flatten() {
            tally.add(*probability >= threshold, *truth);
        }
        tally.f(beta)
    };
    grid()
        .map(|t| (t, at(t)))
        .fold((0.5, -1.0), |best, new| if new.1 > best.1 { new } else { best })
        .0
}

/// A label's own threshold, drawn towards the one of all labels as if by `strength` examples.
pub(crate) fn own_threshold(pairs: &Vec<(f32, bool)>, all: f32, beta: f64, strength: f32) -> f32 {
    let positives = pairs.iter().filter(|pair| pair.1).count() as f32;
    if positives == 0.0 {
        return all;
    }
    let own = threshold(std::slice::from_ref(pairs), beta);
    (positives * own + strength * all) / (positives + strength)
}

/// How a theme leans towards each sentiment, in log-odds against all themes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leaning(pub(crate) Vec<[f32; 4]>);

impl Leaning {
    /// From the sentiments coded with each code, smoothed.
    pub(crate) fn new(codes: usize, examples: impl Iterator<Item = (usize, Sentiment)>) -> Self {
        const SMOOTH: f32 = 10.0;
        let mut counts = vec![[0.0_f32; 4]; codes];
        let mut all = [1.0_f32; 4];
        for (code, sentiment) in examples {
            counts[code][sentiment as usize] += 1.0;
            all[sentiment as usize] += 1.0;
        }
        let total: f32 = all.iter().sum();
        let lean = |count: [f32; 4]| {
            let own: f32 = count.iter().sum();
            std::array::from_fn(|s| {
                let usual = all[s] / total;
                ((count[s] + SMOOTH * usual) / (own + SMOOTH) / usual).ln()
            })
        };
        Self(counts.into_iter().map(lean).collect())
    }
}

/// Sentiment and its score (-1..1) from the calibrated probability of each, and what speaks for
/// each besides, in log-odds.
pub(crate) fn feeling(probabilities: [f32; 4], leaning: [f32; 4]) -> (Sentiment, f32) {
    let odds: [f32; 4] = std::array::from_fn(|s| probabilities[s].max(1e-4) * leaning[s].exp());
    let total: f32 = odds.iter().sum();
    let best = (0..4).fold(0, |best, s| if odds[s] > odds[best] { s } else { best });
    let score = (odds[Sentiment::Positive as usize] - odds[Sentiment::Negative as usize]) / total;
    (Sentiment::ALL[best], score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platt_scaling_finds_the_true_frequencies() {
        // At score -1 one in ten is true, at +1 nine in ten.
        let pairs: Vec<(f32, bool)> = (0..200)
            .map(|i| if i % 2 == 0 { (-1.0, i % 20 == 0) } else { (1.0, i % 20 != 1) })
            .collect();
        let platt = Platt::fit(&pairs, Platt::PLAIN, 0.01);
        assert!((platt.probability(-1.0) - 0.1).abs() < 0.01);
        assert!((platt.probability(1.0) - 0.9).abs() < 0.01);
    }

    #[test]
    fn a_mix_finds_which_score_tells() {
        let pairs: Vec<(Vec<f32>, bool)> = (0..200)
            .map(|i| {
                let truth = i % 2 == 0;
                let noise = if i % 3 == 0 { 1.0 } else { -1.0 };
                (vec![if truth == (i % 10 != 1) { 1.0 } else { -1.0 }, noise], truth)
            })
            .collect();
        let mix = Mix::fit(&pairs, &[1.0, 1.0], 0.1);
        assert!(mix.weights[0] > 3.0 * mix.weights[1].abs());
        assert!(mix.probability(&[1.0, 0.0]) > 0.8 && mix.probability(&[-1.0, 0.0]) < 0.2);
    }

    #[test]
    fn without_examples_the_prior_stays() {
        let prior = Platt { slope: 2.0, offset: -1.0 };
        let fitted = Platt::fit(&[], prior, 5.0);
        assert!((fitted.slope - 2.0).abs() < 1e-4 && (fitted.offset + 1.0).abs() < 1e-4);
    }

    #[test]
    fn separable_scores_do_not_run_away() {
        let platt = Platt::fit(&[(-1.0, false), (1.0, true)], Platt::PLAIN, 1.0);
        assert!(platt.slope.is_finite() && platt.slope < 5.0);
    }

    #[test]
    fn the_threshold_separates_what_can_be_separated() {
        let pairs = vec![(0.1, false), (0.2, false), (0.3, true), (0.8, true)];
        let found = threshold(&[pairs], 1.0);
        assert!(found > 0.2 && found <= 0.3, "{found}");
    }

    #[test]
    fn a_head_that_was_not_trained_has_probability_zero() {
        assert!(Platt::PLAIN.probability(f32::NEG_INFINITY) == 0.0);
    }

    #[test]
    fn a_leaning_tips_an_even_score() {
        let even = [0.5, 0.5, 0.0, 0.0];
        let (sentiment, score) = feeling(even, [-0.5, 0.5, 0.0, 0.0]);
        assert_eq!(sentiment, Sentiment::Negative);
        assert!(score < 0.0);
    }
}
