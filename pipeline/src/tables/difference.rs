//! Whether two shares differ by more than chance: a z test of two proportions, corrected for how many
//! are tested at once. Where a sample is too small for it, the answer is no. What is compared are
//! figures that may be shown, so that a comparison tells nothing that they do not.

use super::evidence::{Breakdown, BreakdownRow, Cell, Dimension};

/// The level at which a difference is called one, for all tests together.
const LEVEL: f64 = 0.05;
/// Each expected number must reach this for the test to hold.
const LEAST_EXPECTED: f64 = 5.0;

/// A figure beside the one that it is compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared<'a> {
    /// With whom: the value before (of waves and months), or everybody else.
    pub with: &'a str,
    /// The share less the other, -1..1.
    pub apart: f64,
    /// The 95% interval of that (Newcombe's, from the two Wilson intervals); for this pair alone.
    pub interval: (f64, f64),
    /// True only where the test says so, corrected for all comparisons of the breakdown.
    pub differs: bool,
}

/// A difference that the test finds, with both figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference<'a> {
    /// The theme.
    pub row: &'a BreakdownRow,
    /// Label of the value.
    pub value: &'a str,
    /// Its figure.
    pub mine: Cell,
    /// With whom it was compared: another value, or [`EVERYBODY_ELSE`].
    pub with: &'a str,
    /// The figure of those.
    pub other: Cell,
    /// Whether it is a change between waves or months.
    pub in_time: bool,
}

impl Difference<'_> {
    /// How far the shares lie apart, 0..1.
    pub fn apart(&self) -> f64 {
        let (mine, other) = (self.mine.share(), self.other.share());
        mine.zip(other).map_or(0.0, |(mine, other)| (mine - other).abs())
    }

    /// With whom such a breakdown compares, in general.
    pub fn against(&self) -> &'static str {
        if self.in_time { "the one before" } else { EVERYBODY_ELSE }
    }
}

/// What a breakdown's comparisons come to: so that nobody claims more than was tested.
#[derive(Clone, Debug, PartialEq)]
pub struct Differences<'a> {
    /// Those that hold, the widest first. Of two values that are each other's rest, one is told.
    pub found: Vec<Difference<'a>>,
    /// Comparisons for which the test was corrected.
    pub tests: usize,
    /// Themes that anybody raised and of which at least two figures may be compared.
    pub shown: usize,
    /// Of these, themes with figures large enough for the test.
    pub tested: usize,
    /// Themes that anybody raised and of which nothing may be compared.
    pub left_out: usize,
}

/// The differences of a breakdown that hold after correction, and how much was tested for them.
pub fn differences(by: &Breakdown) -> Differences<'_> {
    let raised = by.rows.iter().filter(|row| row.all.count() != Some(0));
    let pairs = |row| (0..by.values.len()).filter_map(move |at| Some((at, pair(by, row, at)?)));
    let mut all = Differences {
        found: Vec::new(),
        tests: number_of_tests(by),
        shown: 0,
        tested: 0,
        left_out: 0,
    };
    for row in raised {
        let known: Vec<_> = pairs(row).collect();
        all.left_out += usize::from(known.is_empty());
        all.shown += usize::from(!known.is_empty());
        let large = known.iter().any(|(_, (_, mine, other))| can_be_tested(mine, other));
        all.tested += usize::from(large);
        let mut found: Vec<Difference<'_>> = known
            .into_iter()
            .filter(|(_, (_, mine, other))| differs(mine, other, all.tests) == Some(true))
            .map(|(at, (with, mine, other))| Difference {
                row,
                value: by.values[at].label.as_str(),
                mine,
                with,
                other,
                in_time: is_in_time(by),
            })
            .collect();
        if let ([first, second], [higher, lower]) = (by.values.as_slice(), found.as_mut_slice())
            && higher.with == EVERYBODY_ELSE
        {
            // Two values are each other's rest: the higher is named first, the other by its name.
            let first_is_higher = higher.mine.share() >= lower.mine.share();
            let (of, with) = if first_is_higher { (0, second) } else { (1, first) };
            found[of].with = with.label.as_str();
            found.swap(0, of);
            found.truncate(1);
        }
        all.found.extend(found);
    }
    all.found.sort_by(|a, b| b.apart().total_cmp(&a.apart()));
    all
}

/// With whom a value is compared that has none before it.
pub const EVERYBODY_ELSE: &str = "everybody else";

/// Compares every figure of a breakdown: by row, then by value. Waves and months are compared with
/// the one before, all else with everybody else.
pub fn compared(by: &Breakdown) -> Vec<Vec<Option<Compared<'_>>>> {
    let tests = number_of_tests(by);
    let compare = |row: &BreakdownRow, at: usize| {
        let (with, mine, other) = pair(by, row, at)?;
        let (apart, interval) = difference(&mine, &other)?;
        Some(Compared { with, apart, interval, differs: differs(&mine, &other, tests)? })
    };
    let row = |row| (0..by.values.len()).map(|at| compare(row, at)).collect();
    by.rows.iter().map(row).collect()
}

/// Waves and months are compared with the one before.
fn is_in_time(by: &Breakdown) -> bool {
    matches!(by.dimension, Dimension::Wave | Dimension::Month)
}

/// How many comparisons of a breakdown can be made from what may be shown.
fn number_of_tests(by: &Breakdown) -> usize {
    by.rows.iter().map(|row| (0..by.values.len()).filter_map(|at| pair(by, row, at)).count()).sum()
}

/// A figure and the one to compare it with, where both may be shown.
fn pair<'a>(by: &'a Breakdown, row: &BreakdownRow, at: usize) -> Option<(&'a str, Cell, Cell)> {
    // Who stated nothing is no group of people to be compared with others, nor are they the others.
    let mut others = by.values.iter().enumerate().filter(|(other, _)| *other != at);
    if !by.values[at].named || others.all(|(_, value)| !value.named && value.merged == 1) {
        return None;
    }
    let mine = row.cells.get(at)?.raised;
    if is_in_time(by) {
        let before = (0..at).rev().find(|before| by.values[*before].named)?;
        let other = row.cells[before].raised;
        other.count()?;
        mine.count()?;
        return Some((&by.values[before].label, mine, other));
    }
    let rest = |all: u64, mine: u64| all.checked_sub(mine);
    let count = rest(row.all.count()?, mine.count()?)?;
    let base = rest(row.all.base()?, mine.base()?).filter(|base| *base >= count)?;
    Some((EVERYBODY_ELSE, mine, Cell::shown(count, base)))
}

/// The difference of two shares and its 95% interval by Newcombe's method.
pub fn difference(a: &Cell, b: &Cell) -> Option<(f64, (f64, f64))> {
    let (mine, other) = (a.share()?, b.share()?);
    let ((low, high), (other_low, other_high)) = (a.interval()?, b.interval()?);
    let apart = mine - other;
    let down = ((mine - low).powi(2) + (other_high - other).powi(2)).sqrt();
    let up = ((high - mine).powi(2) + (other - other_low).powi(2)).sqrt();
    Some((apart, ((apart - down).max(-1.0), (apart + up).min(1.0))))
}

/// Whether the shares differ, when `tests` comparisons are made at once (Bonferroni); None where a
/// figure is hidden.
pub fn differs(a: &Cell, b: &Cell, tests: usize) -> Option<bool> {
    let (ours, our_base) = (a.count()? as f64, a.base()? as f64);
    let (theirs, their_base) = (b.count()? as f64, b.base()? as f64);
    if !can_be_tested(a, b) {
        return Some(false);
    }
    let pooled = (ours + theirs) / (our_base + their_base);
    let error = (pooled * (1.0 - pooled) * (1.0 / our_base + 1.0 / their_base)).sqrt();
    let apart = (ours / our_base - theirs / their_base) / error;
    Some(two_sided(apart) < LEVEL / tests.max(1) as f64)
}

/// Whether two figures are shown and large enough for the test: of others nothing was tested, so that
/// nothing may be said of them.
pub fn can_be_tested(a: &Cell, b: &Cell) -> bool {
    let figures = |cell: &Cell| Some((cell.count()? as f64, cell.base()? as f64));
    let (Some((ours, our_base)), Some((theirs, their_base))) = (figures(a), figures(b)) else {
        return false;
    };
    if our_base == 0.0 || their_base == 0.0 {
        return false;
    }
    let pooled = (ours + theirs) / (our_base + their_base);
    our_base.min(their_base) * pooled.min(1.0 - pooled) >= LEAST_EXPECTED
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
    fn the_interval_of_a_difference_is_newcombes() {
        // statsmodels: confint_proportions_2indep(56, 70, 48, 80, method="newcomb")
        let (apart, (low, high)) =
            difference(&Cell::shown(56, 70), &Cell::shown(48, 80)).expect("shown");
        assert!((apart - 0.2).abs() < 1e-9);
        assert!((low - 0.0524).abs() < 5e-5 && (high - 0.3339).abs() < 5e-5, "{low} {high}");
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
