//! Percentile bootstrap over cases: how far figures would move with other responses of the same
//! kind. Responses are drawn whole, so that themes of one response stay together. The same cases
//! give the same intervals, for any number of threads.
//!
//! Efron, B. and Tibshirani, R. (1993) An Introduction to the Bootstrap.

use rayon::prelude::*;
use serde::Serialize;

/// How often is drawn.
const RESAMPLES: u64 = 1000;
/// Where the draws begin.
const SEED: u64 = 0x4865_6172_6421;

/// The middle 95% of a figure's resamples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// 2.5% of resamples lie below.
    pub low: f64,
    /// 2.5% of resamples lie above.
    pub high: f64,
}

/// Intervals of all figures that `figures` computes from the weight of each case (how often it was
/// drawn). None where fewer than nine in ten resamples gave a figure.
pub fn bootstrap(
    cases: usize,
    figures: impl Fn(&[u32]) -> Vec<f64> + Sync,
) -> Vec<Option<Interval>> {
    let drawn: Vec<Vec<f64>> =
        (0..RESAMPLES).into_par_iter().map(|i| figures(&weights(cases, i))).collect();
    let width = drawn.first().map_or(0, Vec::len);
    (0..width).map(|figure| middle(drawn.iter().map(|d| d[figure]).collect())).collect()
}

/// How often each case is drawn in a resample.
fn weights(cases: usize, resample: u64) -> Vec<u32> {
    let mut state = SEED ^ resample.wrapping_mul(0xD1B5_4A32_D192_ED03);
    let mut weights = vec![0; cases];
    for _ in 0..cases {
        // SplitMix64; the high bits of a product choose a case without bias that matters.
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        weights[((u128::from(z) * cases as u128) >> 64) as usize] += 1;
    }
    weights
}

fn middle(mut values: Vec<f64>) -> Option<Interval> {
    let all = values.len();
    values.retain(|value| value.is_finite());
    if values.is_empty() || values.len() * 10 < all * 9 {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    Some(Interval { low: at(0.025), high: at(0.975) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The share of cases at or after `from`.
    fn share(weights: &[u32], from: usize) -> f64 {
        let all: u32 = weights.iter().sum();
        f64::from(weights[from..].iter().sum::<u32>()) / f64::from(all)
    }

    #[test]
    fn the_interval_of_a_share_is_the_one_that_theory_gives() {
        // 100 of 400: 0.25, give or take 1.96 * sqrt(0.25 * 0.75 / 400) = 0.042.
        let interval = bootstrap(400, |w| vec![share(w, 300)])[0].unwrap();
        assert!((interval.low - 0.208).abs() < 0.01, "{interval:?}");
        assert!((interval.high - 0.292).abs() < 0.01, "{interval:?}");
    }

    #[test]
    fn the_same_cases_give_the_same_interval() {
        let run = || bootstrap(50, |w| vec![share(w, 20)]);
        assert_eq!(run(), run());
    }

    #[test]
    fn a_figure_that_is_seldom_told_has_no_interval() {
        assert_eq!(bootstrap(10, |_| vec![f64::NAN]), [None]);
    }

    proptest! {
        #[test]
        fn every_draw_is_a_case(cases in 1_usize..300, resample in 0_u64..2000) {
            let weights = weights(cases, resample);
            prop_assert_eq!(weights.iter().map(|w| *w as usize).sum::<usize>(), cases);
        }
    }
}
