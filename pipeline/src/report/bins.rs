//! Numbers that people gave, into the bars of a histogram: one bar a whole number where few are
//! needed, round widths otherwise, and one open bar for what lies far above the rest.

use crate::charts::Bin;
use crate::tables::evidence::MeasureSummary;

/// A histogram of more bars than these is hard to read.
const MOST: f64 = 14.0;

/// Bars, and how they are to be read.
#[derive(Debug, PartialEq)]
pub(super) struct Bins {
    pub(super) bars: Vec<Bin>,
    /// Each bar is one whole number.
    pub(super) whole: bool,
    /// The last bar also holds everything above it.
    pub(super) open_above: bool,
}

/// The bars of the values that may be shown; `complete` where no value is hidden, so that an empty
/// bar stands for nobody and not for few.
pub(super) fn bins(summary: &MeasureSummary, complete: bool) -> Option<Bins> {
    let values = &summary.values;
    let (low, high) = (values.first()?.0, values.last()?.0);
    let spread = summary.upper_quartile - summary.lower_quartile;
    let far = summary.upper_quartile + 3.0 * spread;
    let top = if spread > 0.0 { high.min(far) } else { high };
    let all_whole = values.iter().all(|(value, _)| value.fract() == 0.0);
    let width = width((top - low).max(0.0), all_whole);
    let whole = all_whole && (width - 1.0).abs() < f64::EPSILON;
    let start = (low / width).floor() * width;
    let last = ((top - start) / width).floor() as usize;
    let mut counts = vec![0_u64; last + 1];
    for (value, count) in values {
        // A hair is added against sums that fall just short of an edge.
        let at = ((value - start) / width + 1e-9).floor().max(0.0) as usize;
        counts[at.min(last)] += count;
    }
    let open_above = high >= start + width * (last + 1) as f64;
    let edge = |at: usize| start + width * at as f64;
    let shown = |count: u64| (count > 0 || complete).then_some(count);
    let bars = counts
        .into_iter()
        .enumerate()
        .map(|(at, count)| Bin { from: edge(at), to: edge(at + 1), count: shown(count) })
        .collect();
    Some(Bins { bars, whole, open_above })
}

/// A round width that needs few bars for this span.
fn width(span: f64, all_whole: bool) -> f64 {
    let least = if all_whole { 1.0 } else { 0.1 };
    let mut power = least;
    loop {
        for step in [1.0, 2.0, 5.0] {
            if span / (step * power) < MOST {
                return step * power;
            }
        }
        power *= 10.0;
        if !power.is_finite() {
            return span.max(1.0);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn summary(values: Vec<(f64, u64)>, quartiles: (f64, f64)) -> MeasureSummary {
        MeasureSummary {
            median: f64::midpoint(quartiles.0, quartiles.1),
            lower_quartile: quartiles.0,
            upper_quartile: quartiles.1,
            range: None,
            values,
        }
    }

    #[test]
    fn few_whole_numbers_have_a_bar_each_and_an_empty_one_is_not_called_nobody_unless_it_is() {
        let given = summary(vec![(3.0, 7), (5.0, 9)], (3.0, 5.0));
        let drawn = bins(&given, false).unwrap();
        assert!(drawn.whole && !drawn.open_above);
        let counts: Vec<_> = drawn.bars.iter().map(|bin| bin.count).collect();
        assert_eq!(counts, [Some(7), None, Some(9)]);
        assert_eq!(bins(&given, true).unwrap().bars[1].count, Some(0));
    }

    #[test]
    fn one_value_far_above_the_rest_goes_into_an_open_bar() {
        let given = summary(vec![(10.0, 9), (15.0, 9), (20.0, 9), (600.0, 5)], (10.0, 20.0));
        let drawn = bins(&given, true).unwrap();
        assert!(drawn.open_above);
        assert!(drawn.bars.last().unwrap().to < 100.0);
    }

    proptest! {
        #[test]
        fn every_number_is_in_exactly_one_bar(
            values in prop::collection::btree_map(0_u32..5_000, 1_u64..50, 1..40),
            tenths in any::<bool>(),
        ) {
            let scale = if tenths { 10.0 } else { 1.0 };
            let values: Vec<(f64, u64)> =
                values.into_iter().map(|(v, n)| (f64::from(v) / scale, n)).collect();
            let quartiles = (values[values.len() / 4].0, values[values.len() * 3 / 4].0);
            let total: u64 = values.iter().map(|(_, n)| n).sum();
            let drawn = bins(&summary(values, quartiles), true).unwrap();
            prop_assert_eq!(drawn.bars.iter().filter_map(|bin| bin.count).sum::<u64>(), total);
            prop_assert!(drawn.bars.len() <= 15);
        }
    }
}
