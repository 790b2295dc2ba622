//! How sure a share is: the Wilson interval, and the margin of a sample of a known population.
//!
//! Both say what chance alone does. Neither knows who chose to reply.

/// The 97.5% point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// `count / base`, 0..1; 0 where the base is 0.
pub fn share(count: u64, base: u64) -> f64 {
    if base == 0 { 0.0 } else { count as f64 / base as f64 }
}

/// The 95% Wilson score interval of `count` out of `base`, within 0..1; 0 to 1 where the base is 0.
pub fn wilson(count: u64, base: u64) -> (f64, f64) {
    if base == 0 {
        return (0.0, 1.0);
    }
    let (lowest, highest) = wilson_of(count as f64, base as f64);
    // The ends are exact where nobody or everybody did; rounding must not leave a hair beside them.
    let low = if count == 0 { 0.0 } else { lowest };
    let high = if count == base { 1.0 } else { highest };
    (low, high)
}

/// The same where weights leave a base that is no whole number.
pub(super) fn wilson_of(count: f64, base: f64) -> (f64, f64) {
    if base <= 0.0 {
        return (0.0, 1.0);
    }
    let p = count / base;
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * base)) / (1.0 + z2 / base);
    let half = Z / (1.0 + z2 / base) * (p * (1.0 - p) / base + z2 / (4.0 * base * base)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// Half width, 0..1, of the 95% interval around one half for `received` replies out of `invited`,
/// with finite population correction; None where nobody was invited or replied, or more replied
/// than were invited.
pub fn margin(received: u64, invited: u64) -> Option<f64> {
    if received == 0 || received > invited {
        return None;
    }
    if received == invited {
        return Some(0.0);
    }
    let (n, population) = (received as f64, invited as f64);
    Some(Z * (0.25 / n).sqrt() * ((population - n) / (population - 1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, want: f64) -> bool {
        (got - want).abs() < 5e-5
    }

    #[test]
    fn wilson_agrees_with_known_values() {
        // statsmodels.stats.proportion.proportion_confint(count, nobs, method="wilson")
        for (count, base, low, high) in [
            (41, 120, 0.2629, 0.4303),
            (10, 20, 0.2993, 0.7007),
            (0, 10, 0.0, 0.2775),
            (10, 10, 0.7225, 1.0),
            (1, 10, 0.0179, 0.4042),
            (81, 263, 0.2553, 0.3662),
        ] {
            let got = wilson(count, base);
            assert!(near(got.0, low) && near(got.1, high), "{count} of {base}: {got:?}");
        }
    }

    #[test]
    fn a_hundred_and_thirty_four_of_twelve_hundred_is_eight_points_either_way() {
        let margin = margin(134, 1200).expect("a sample of a population");
        assert_eq!(format!("{:.1}", margin * 100.0), "8.0");
    }

    #[test]
    fn a_margin_needs_replies_from_within_the_invited() {
        assert_eq!(margin(0, 10), None);
        assert_eq!(margin(11, 10), None);
        assert_eq!(margin(10, 10), Some(0.0));
    }
}
