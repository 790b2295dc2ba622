//! Whether two shares differ by more than chance: a z test of two proportions, and Fisher's exact test
//! where the numbers are too small for it, corrected for how many are tested at once. What is compared
//! are figures that may be shown, so that a comparison tells nothing that they do not.

use super::evidence::{Breakdown, BreakdownRow, BreakdownValue, Cell, Dimension};

/// The level at which a difference is called one, for all tests together.
const LEVEL: f64 = 0.05;
/// Each expected number must reach this for the z test to hold.
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
    pub fn against(&self) -> &str {
        match self.with {
            _ if self.in_time => "the one before",
            ALL_OTHERS_KNOWN => ALL_OTHERS_KNOWN,
            _ => EVERYBODY_ELSE,
        }
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
    pub tested: usize,
    /// Themes that anybody raised and of which nothing may be compared.
    pub left_out: usize,
}

/// The differences of a breakdown that hold after correction, and how much was tested for them.
pub fn differences(by: &Breakdown) -> Differences<'_> {
    let raised = by.rows.iter().filter(|row| row.all.count() != Some(0));
    let pairs = |row| (0..by.values.len()).filter_map(move |at| Some((at, pair(by, row, at)?)));
    let stated: Vec<&BreakdownValue> = by.values.iter().filter(|v| !is_unknown(v)).collect();
    let mut all =
        Differences { found: Vec::new(), tests: number_of_tests(by), tested: 0, left_out: 0 };
    for row in raised {
        let known: Vec<_> = pairs(row).collect();
        all.left_out += usize::from(known.is_empty());
        all.tested += usize::from(!known.is_empty());
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
        if let ([first, second], [higher, lower]) = (stated.as_slice(), found.as_mut_slice())
            && !higher.in_time
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
/// The same, where some stated no value and can be left out: nobody knows what they would be.
pub const ALL_OTHERS_KNOWN: &str = "all others of whom it is known";

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
    if !by.values[at].named || others.all(|(_, value)| is_unknown(value)) {
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
    let (mut count, mut base) = (row.all.count()?, row.all.base()?);
    let unknown = || by.values.iter().zip(&row.cells).filter(|(value, _)| is_unknown(value));
    // Where their own figure is hidden they stay with everybody else, and are named so.
    let apart =
        unknown().next().is_some() && unknown().all(|(_, cell)| cell.raised.count().is_some());
    let without = unknown().filter(|_| apart).map(|(_, cell)| &cell.raised);
    for cell in without.chain([&mine]) {
        count = count.checked_sub(cell.count()?)?;
        base = base.checked_sub(cell.base()?)?;
    }
    let with = if apart { ALL_OTHERS_KNOWN } else { EVERYBODY_ELSE };
    (base >= count).then(|| (with, mine, Cell::shown(count, base)))
}

/// Whether a value stands for those who stated none.
const fn is_unknown(value: &BreakdownValue) -> bool {
    !value.named && value.merged == 1
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
    let ours = (a.count()?, a.base()?);
    let theirs = (b.count()?, b.base()?);
    Some(by_chance(ours, theirs) < LEVEL / tests.max(1) as f64)
}

/// How probable shares that lie at least as far apart are by chance alone: (count, base) of each.
fn by_chance((ours, our_base): (u64, u64), (theirs, their_base): (u64, u64)) -> f64 {
    let (raised, people) = (ours + theirs, our_base + their_base);
    if our_base == 0 || their_base == 0 || raised == 0 || raised >= people {
        return 1.0;
    }
    let pooled = raised as f64 / people as f64;
    let expected = our_base.min(their_base) as f64 * pooled.min(1.0 - pooled);
    if expected < LEAST_EXPECTED {
        return exact(ours, our_base, raised, people);
    }
    let error =
        (pooled * (1.0 - pooled) * (1.0 / our_base as f64 + 1.0 / their_base as f64)).sqrt();
    two_sided((ours as f64 / our_base as f64 - theirs as f64 / their_base as f64) / error)
}

/// Fisher's exact test: of `people`, `raised` raised it, and `base` of them are ours. All ways in which
/// `ours` of these could be among the ones who raised it that are not more probable than the one seen.
fn exact(ours: u64, base: u64, raised: u64, people: u64) -> f64 {
    /// Ways as probable as the one seen count with it, whatever rounding makes of them.
    const TIE: f64 = 1.0 + 1e-7;
    let least = (base + raised).saturating_sub(people);
    let most = base.min(raised);
    // From one number to the next, so that no factorial is ever needed.
    let step = |at: u64| {
        let up = (raised - at) as f64 * (base - at) as f64;
        up / ((at + 1) as f64 * (people + at + 1 - base - raised) as f64)
    };
    let ways: Vec<f64> = std::iter::successors(Some((least, 0.0_f64)), |(at, log)| {
        (*at < most).then(|| (at + 1, log + step(*at).ln()))
    })
    .map(|(_, log)| log)
    .collect();
    let top = ways.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let seen = (ways[(ours - least) as usize] - top).exp() * TIE;
    let all = || ways.iter().map(|log| (log - top).exp());
    all().filter(|way| *way <= seen).sum::<f64>() / all().sum::<f64>()
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
        assert_eq!(differs(&Cell::shown(5, 5), &Cell::shown(4, 5), 1), Some(false));
        assert_eq!(differs(&Cell::Hidden, &b, 1), None);
    }

    #[test]
    fn small_numbers_are_tested_exactly() {
        // scipy.stats.fisher_exact
        let cases = [
            ((9, 26), (17, 273), 8.173_561e-5),
            ((7, 9), (10, 114), 8.422_002e-6),
            ((4, 5), (0, 5), 0.047_619_047_6),
            ((5, 168), (5, 72), 0.171_499_7),
            ((5, 5), (4, 5), 1.0),
            ((0, 7), (3, 90), 1.0),
        ];
        for ((a, n), (b, m), p) in cases {
            let found = by_chance((a, n), (b, m));
            assert!((found - p).abs() < p * 1e-6, "{a} of {n}, {b} of {m}: {found}");
        }
        assert!(by_chance((0, 10), (0, 20)) >= 1.0 && by_chance((10, 10), (20, 20)) >= 1.0);
    }
}
