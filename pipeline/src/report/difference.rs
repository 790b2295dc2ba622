//! Whether two shares differ by more than chance: a z test of two proportions, corrected for how many
//! are tested at once. Where a sample is too small for it, the answer is no.

use crate::tables::evidence::Cell;

/// The level at which a difference is called one, for all tests together.
const LEVEL: f64 = 0.05;
/// Each expected number must reach this for the test to hold.
const LEAST_EXPECTED: f64 = 5.0;

/// Whether the shares differ, when `tests` comparisons are made at once (Bonferroni); None where a
/// figure is hidden.
pub(super) fn differs(a: &Cell, b: &Cell, tests: usize) -> Option<bool> {
    let (ours, our_base) = (a.count()? as f64, a.base()? as f64);
    let (theirs, their_base) = (b.count()? as f64, b.base()? as f64);
    if our_base == 0.0 || their_base == 0.0 {
        return Some(false);
    }
    let pooled = (ours + theirs) / (our_base + their_base);
    if our_base.min(their_base) * pooled.min(1.0 - pooled) < LEAST_EXPECTED {
        return Some(false);
    }
    let error = (pooled * (1.0 - pooled) * (1.0 / our_base + 1.0 / their_base)).sqrt();
    let apart = (ours / our_base - theirs / their_base) / error;
    Some(two_sided(apart) < LEVEL / tests.max(1) as f64)
}

/// Probability of a normal value at least as far from 0 as `z`. Chebyshev fit of Numerical Recipes,
/// relative error below 1.2e-7.
fn two_sided(z: f64) -> f64 {
    const FIT: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * x);
    let sum = FIT.iter().rev().fold(0.0, |sum, part| sum * t + part);
    t * (-x * x + sum).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tails_are_those_of_the_normal_distribution() {
        for (z, p) in [(0.0, 1.0), (1.959_964, 0.05), (2.575_829, 0.01), (3.890_592, 1e-4)] {
            assert!((two_sided(z) - p).abs() < p * 1e-5, "at {z}: {}", two_sided(z));
        }
    }

    #[test]
    fn many_tests_ask_for_more_and_small_or_hidden_figures_claim_nothing() {
        // z = 2.50, p = 0.012: a difference alone, none among twenty.
        let (a, b) = (Cell::shown(45, 100), Cell::shown(28, 100));
        assert_eq!(differs(&a, &b, 1), Some(true));
        assert_eq!(differs(&a, &b, 20), Some(false));
        assert_eq!(differs(&Cell::shown(4, 5), &Cell::shown(0, 5), 1), Some(false));
        assert_eq!(differs(&Cell::Hidden, &b, 1), None);
    }
}
