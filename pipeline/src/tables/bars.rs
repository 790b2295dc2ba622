//! Numbers that people gave, into the bars of a histogram: one bar a whole number where few are
//! needed, round widths otherwise, and one open bar for what lies far above the rest. Where there is
//! a standard, no bar holds numbers on both of its sides. A bar of few has to be withheld, and often
//! another with it: so few at the far end go into an open bar, and bars are made wider until most of
//! the numbers can be seen.

use super::disclosure::Profile;
use super::evidence::{Bar, Bars};

/// A histogram of more bars than these is hard to read.
const MOST: f64 = 14.0;
/// Fewer numbers than these make no histogram.
const LEAST_NUMBERS: u64 = 10;
/// A number as near to a whole one is that one, or what is said to be a little more or less.
const NEAR: f64 = 0.002;
/// Against sums that fall just beside an edge; less than what "more than" is kept apart by.
const NOISE: f64 = 1e-7;

/// Bars are made up to so many times as wide.
const WIDEST: u32 = 6;
/// Fewer bars than these show no spread.
const LEAST_BARS: usize = 3;
/// Bars as narrow as they can be are kept where no more than one number in so many is withheld.
const BEARABLE: u64 = 10;

/// A limit, and whether a number may not be more than it.
pub(super) type Limit = (f64, bool);

/// Where the bars stand.
struct Scale {
    start: f64,
    width: f64,
    last: usize,
    /// Each bar is one whole number.
    whole: bool,
    /// A number on an edge belongs to the bar below it: "at most 30" is kept by 30.
    closed_above: bool,
}

impl Scale {
    /// Bars so many times as wide as they need to be.
    fn of(low: f64, top: f64, all_whole: bool, limit: Option<Limit>, times: u32) -> Self {
        let span = (top - low).max(0.0);
        let closed_above = limit.is_some_and(|(_, at_most)| at_most);
        let width = width(span, all_whole, limit.map(|(value, _)| value)) * f64::from(times);
        let whole = all_whole && (width - 1.0).abs() < f64::EPSILON;
        let steps = low / width;
        let first = if closed_above && !whole && low > 0.0 {
            (steps - NOISE).ceil() - 1.0
        } else {
            (steps + NOISE).floor()
        };
        let mut scale = Self { start: first * width, width, last: usize::MAX, whole, closed_above };
        scale.last = scale.at(top);
        scale
    }

    /// The bar that holds a number.
    fn at(&self, value: f64) -> usize {
        let steps = (value - self.start) / self.width;
        let at = match (self.closed_above, self.whole) {
            (true, true) => (steps - NOISE).ceil(),
            (true, false) => (steps - NOISE).ceil() - 1.0,
            (false, _) => (steps + NOISE).floor(),
        };
        (at.max(0.0) as usize).min(self.last)
    }

    /// Whether a limit lies on an edge.
    fn parts(&self, limit: f64) -> bool {
        let steps = (limit - self.start) / self.width;
        self.whole || (steps - steps.round()).abs() < NEAR
    }

    fn edge(&self, at: usize) -> f64 {
        self.start + self.width * at as f64
    }

    /// True where a bar lies on the side of a limit that keeps to "at most", or that breaks "at least".
    fn below(&self, at: usize, limit: f64) -> bool {
        let whole_and_kept = self.whole && self.closed_above;
        let end = if whole_and_kept { self.edge(at) } else { self.edge(at + 1) };
        end <= limit + NOISE
    }
}

/// The bars of the numbers given (value, how often; ascending); None where they are too few, or most
/// of them would be withheld: what is left would not be how they are spread.
pub(super) fn bars(
    values: &[(f64, u64)],
    (lower, upper): (f64, f64),
    limit: Option<Limit>,
    profile: Profile,
) -> Option<Bars> {
    let (low, high) = (values.first()?.0, values.last()?.0);
    let all: u64 = values.iter().map(|(_, count)| count).sum();
    if all < LEAST_NUMBERS.max(profile.least()) || values.len() < 2 {
        return None;
    }
    let far = upper + 3.0 * (upper - lower);
    let top = if upper > lower { high.min(far) } else { high };
    let all_whole = values.iter().all(|(value, _)| (value - value.round()).abs() < NEAR);
    let drawn = |times: u32| {
        let scale = Scale::of(low, top, all_whole, limit, times);
        let parts = limit.is_none_or(|(value, _)| scale.parts(value));
        let drawn = Drawn::of(scale, values, limit, profile);
        (times == 1 || parts && drawn.counts.len() >= LEAST_BARS).then_some(drawn)
    };
    let drawn: Vec<Drawn> = (1..=WIDEST).filter_map(drawn).collect();
    let bearable = drawn.iter().find(|drawn| drawn.withheld() * BEARABLE <= all);
    let drawn = bearable.or_else(|| drawn.iter().min_by_key(|drawn| drawn.withheld()))?;
    if drawn.withheld() * 2 >= all {
        return None;
    }
    let Drawn { scale, counts, hidden, folded } = drawn;
    let past = scale.edge(counts.len());
    let open_above = *folded || if scale.closed_above { high > past + NOISE } else { high >= past };
    let bar = |(at, (count, hidden)): (usize, (&u64, &bool))| Bar {
        from: scale.edge(at),
        to: scale.edge(at + 1),
        count: (!hidden).then(|| profile.printed(*count)),
    };
    Some(Bars {
        bars: counts.iter().zip(hidden).enumerate().map(bar).collect(),
        whole: scale.whole,
        open_above,
        closed_above: scale.closed_above && !scale.whole,
    })
}

/// Numbers in the bars of one scale.
struct Drawn {
    scale: Scale,
    counts: Vec<u64>,
    hidden: Vec<bool>,
    /// Few at the far end were put into the bar before them.
    folded: bool,
}

impl Drawn {
    fn of(scale: Scale, values: &[(f64, u64)], limit: Option<Limit>, profile: Profile) -> Self {
        let mut counts = vec![0_u64; scale.last + 1];
        for (value, count) in values {
            counts[scale.at(*value)] += count;
        }
        let below: Vec<bool> = (0..counts.len())
            .map(|at| limit.is_some_and(|(value, _)| scale.below(at, value)))
            .collect();
        let mut folded = false;
        // Never across the standard: the end that is few there stays as it is.
        for at in (1..counts.len()).rev() {
            let few = (1..profile.least()).contains(&counts[at]);
            if !few || below[at] != below[at - 1] {
                break;
            }
            counts[at - 1] += counts[at];
            counts.truncate(at);
            folded = true;
        }
        let hidden = hidden(&counts, &below, profile);
        Self { scale, counts, hidden, folded }
    }

    /// How many numbers are in bars that are withheld.
    fn withheld(&self) -> u64 {
        self.counts.iter().zip(&self.hidden).filter(|(_, hidden)| **hidden).map(|(n, _)| n).sum()
    }
}

/// Which bars are withheld: those of few, and beside a single one of these another, as its count would
/// be what the rest leave of the total. The totals on both sides of a standard are published too.
fn hidden(counts: &[u64], below: &[bool], profile: Profile) -> Vec<bool> {
    let mut hidden: Vec<bool> =
        counts.iter().map(|count| (1..profile.least()).contains(count)).collect();
    let single = |hidden: &[bool], of: &dyn Fn(usize) -> bool| {
        (0..counts.len()).filter(|at| hidden[*at] && of(*at)).count() == 1
    };
    let another = |hidden: &[bool], of: &dyn Fn(usize) -> bool| {
        let left = (0..counts.len()).filter(|at| !hidden[*at] && counts[*at] > 0 && of(*at));
        left.min_by_key(|at| counts[*at])
    };
    for side in [true, false] {
        let of = |at: usize| below[at] == side;
        if single(&hidden, &of)
            && let Some(at) = another(&hidden, &of)
        {
            hidden[at] = true;
        }
    }
    if single(&hidden, &|_| true)
        && let Some(at) = another(&hidden, &|_| true)
    {
        hidden[at] = true;
    }
    hidden
}

/// A round width that needs few bars for this span; one that a limit is a multiple of, where one does.
fn width(span: f64, all_whole: bool, limit: Option<f64>) -> f64 {
    let round = round_width(span, all_whole);
    let parts = |width: f64| limit.map_or(0.0, |limit| (limit / width).fract());
    let even = |width: f64| !(NEAR..=1.0 - NEAR).contains(&parts(width));
    if even(round) {
        return round;
    }
    let limit = limit.unwrap_or(round);
    (1..=20)
        .rev()
        .map(|into| limit / f64::from(into))
        .find(|width| {
            let fits = !all_whole || width.fract() == 0.0;
            fits && *width >= round / 2.0 && span / width < MOST
        })
        .unwrap_or(round)
}

fn round_width(span: f64, all_whole: bool) -> f64 {
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

    fn counts(drawn: &Bars) -> Vec<Option<u64>> {
        drawn.bars.iter().map(|bar| bar.count).collect()
    }

    #[test]
    fn few_whole_numbers_have_a_bar_each_and_one_that_nobody_gave_is_not_withheld() {
        let drawn = bars(&[(3.0, 7), (5.0, 9)], (3.0, 5.0), None, Profile::Standard).unwrap();
        assert!(drawn.whole && !drawn.open_above);
        assert_eq!(counts(&drawn), [Some(7), Some(0), Some(9)]);
    }

    #[test]
    fn one_value_far_above_the_rest_goes_into_an_open_bar() {
        let given = [(10.0, 9), (15.0, 9), (20.0, 9), (600.0, 5)];
        let drawn = bars(&given, (10.0, 20.0), None, Profile::Standard).unwrap();
        assert!(drawn.open_above);
        assert!(drawn.bars.last().unwrap().to < 100.0);
    }

    #[test]
    fn who_just_keeps_to_a_standard_stands_left_of_it_and_more_than_that_right() {
        let given = [(10.0, 9), (30.0, 12), (30.001, 6), (45.0, 8), (90.0, 7)];
        let drawn = bars(&given, (30.0, 45.0), Some((30.0, true)), Profile::Standard).unwrap();
        let sum = |left: bool| -> u64 {
            drawn.bars.iter().filter(|b| (b.to <= 30.0) == left).filter_map(|b| b.count).sum()
        };
        assert_eq!((sum(true), sum(false)), (21, 21));
        assert!(drawn.closed_above);
        let least = bars(&given, (30.0, 45.0), Some((30.0, false)), Profile::Standard).unwrap();
        let left: u64 = least.bars.iter().filter(|b| b.to <= 30.0).filter_map(|b| b.count).sum();
        assert_eq!(left, 9);
    }

    #[test]
    fn a_standard_lies_on_an_edge_whatever_the_span() {
        for most in 31_u32..300 {
            let given = [(5.0, 20), (f64::from(most), 20)];
            let quartiles = (5.0, f64::from(most));
            let drawn = bars(&given, quartiles, Some((30.0, true)), Profile::Standard).unwrap();
            let edge = drawn.bars.iter().any(|bar| (bar.from - 30.0).abs() < 1e-6);
            assert!(edge, "{most}: {drawn:?}");
        }
    }

    #[test]
    fn numbers_most_of_which_would_be_withheld_make_no_bars() {
        let given = [(10.0, 5), (20.0, 3), (30.0, 2), (40.0, 4)];
        assert_eq!(bars(&given, (10.0, 30.0), None, Profile::Standard), None);
        assert!(bars(&given, (10.0, 30.0), None, Profile::None).is_some());
    }

    #[test]
    fn a_large_bar_is_not_withheld_for_a_few_far_away() {
        // Visits: two of an hour would take the forty of half an hour with them.
        let given = [(10.0, 9), (15.0, 14), (20.0, 12), (30.0, 40), (60.0, 2)];
        let drawn = bars(&given, (15.0, 30.0), Some((30.0, false)), Profile::Standard).unwrap();
        assert_eq!(drawn.bars.iter().filter_map(|bar| bar.count).sum::<u64>(), 77);
        assert!(drawn.open_above && drawn.bars.last().unwrap().from >= 30.0, "{drawn:?}");
        // Scattered few are seen together.
        let given: Vec<(f64, u64)> = (1..=24).map(|at| (f64::from(at) * 5.0, 3)).collect();
        let drawn = bars(&given, (30.0, 90.0), None, Profile::Standard).unwrap();
        let seen: u64 = drawn.bars.iter().filter_map(|bar| bar.count).sum();
        assert!(seen * 10 >= 72 * 9 && drawn.bars.len() >= 3, "{drawn:?}");
    }

    #[test]
    fn a_bar_of_few_is_withheld_and_never_alone() {
        let counts_of = [6, 3, 9, 8];
        let together = hidden(&counts_of, &[false; 4], Profile::Standard);
        assert_eq!(together, [true, true, false, false]);
        // Who is on either side of the standard is published, so each side hides two or none.
        let apart = hidden(&counts_of, &[true, false, false, false], Profile::Standard);
        assert_eq!(apart, [false, true, false, true]);
        // Two numbers a bar, and nothing has to be withheld.
        let given = [(1.0, 6), (2.0, 3), (3.0, 9), (4.0, 8)];
        let drawn = bars(&given, (1.0, 4.0), None, Profile::Standard).unwrap();
        assert_eq!(counts(&drawn), [Some(6), Some(12), Some(8)]);
        let all = bars(&given, (1.0, 4.0), None, Profile::None).unwrap();
        assert_eq!(counts(&all), [Some(6), Some(3), Some(9), Some(8)]);
    }

    proptest! {
        #[test]
        fn every_number_is_in_exactly_one_bar(
            values in prop::collection::btree_map(0_u32..5_000, 1_u64..50, 2..40),
            tenths in any::<bool>(),
            limit in prop::option::of((1_u32..90, any::<bool>())),
        ) {
            let scale = if tenths { 10.0 } else { 1.0 };
            let values: Vec<(f64, u64)> =
                values.into_iter().map(|(v, n)| (f64::from(v) / scale, n)).collect();
            let quartiles = (values[values.len() / 4].0, values[values.len() * 3 / 4].0);
            let total: u64 = values.iter().map(|(_, n)| n).sum();
            let limit = limit.map(|(value, at_most)| (f64::from(value), at_most));
            let Some(drawn) = bars(&values, quartiles, limit, Profile::None) else {
                return Ok(());
            };
            prop_assert_eq!(drawn.bars.iter().filter_map(|bar| bar.count).sum::<u64>(), total);
            prop_assert!(drawn.bars.len() <= 16, "{}", drawn.bars.len());
        }
    }
}
