//! Disclosure control: which figures may be shown, and how.
//!
//! One pass that every published figure goes through. The whole sample's own figures follow the
//! profile alone; a breakdown's figures are also protected against being worked out from each other
//! (see [`super::network`]). Small values of a breakdown are put together first, so that no base is
//! ever hidden. What is drawn or written later can only use what comes out of here.

use serde::Serialize;

use super::evidence::{Cell, Number, Split};
use super::network::{Edge, Network};
use super::overlap::Kind;

/// The rules under which small figures are hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Cells under 5 in breakdowns are hidden, and what would give them away.
    #[default]
    Standard,
    /// 1 to 7 hidden everywhere, other counts rounded to 5, and hidden what would give them away.
    Nhs,
    /// Everything is shown: for use inside one organisation only.
    None,
}

/// What was felt by those who raised something, by part in table order.
pub(super) type Parts = [u64; 4];

/// What of a figure and its parts is hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    /// The figure itself; its parts are hidden with it.
    pub(super) raised: bool,
    /// The parts.
    pub(super) parts: [bool; 4],
}

/// Beyond any count.
pub(super) const PLENTY: i64 = i64::MAX / 4;

impl Profile {
    /// `standard`, `nhs` or `none`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Nhs => "nhs",
            Self::None => "none",
        }
    }

    /// The profile with this spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Standard, Self::Nhs, Self::None].into_iter().find(|p| p.as_str() == text)
    }

    /// The least number of people that is not small: 5, 8 or 0.
    pub const fn least(self) -> u64 {
        match self {
            Self::Standard => 5,
            Self::Nhs => 8,
            Self::None => 0,
        }
    }

    /// Whether a cell of a breakdown is too small to be shown. Under `nhs` nobody is not small.
    pub(super) const fn is_small(self, count: u64) -> bool {
        count < self.least() && (matches!(self, Self::Standard) || count > 0)
    }

    /// A count as it is printed: rounded to 5 under `nhs`.
    pub(super) const fn printed(self, count: u64) -> u64 {
        match self {
            Self::Nhs => (count + 2) / 5 * 5,
            Self::Standard | Self::None => count,
        }
    }

    /// A number of the whole sample.
    pub(super) fn whole(self, count: u64) -> Number {
        (self != Self::Nhs || !self.is_small(count)).then(|| self.printed(count))
    }

    /// A number that is small business of few people wherever it stands, such as a flag.
    pub(super) fn sensitive(self, count: u64) -> Number {
        (count == 0 || !self.is_small(count)).then(|| self.printed(count))
    }

    /// A share of the whole sample.
    pub(super) fn whole_cell(self, count: u64, base: u64) -> Cell {
        let hidden = self.whole(count).is_none() || self.whole(base).is_none();
        self.cell(count, base, hidden)
    }

    /// A cell whose fate is known.
    pub(super) fn cell(self, count: u64, base: u64, hidden: bool) -> Cell {
        if hidden { Cell::Hidden } else { Cell::shown(self.printed(count), self.printed(base)) }
    }

    /// What is hidden of a union of themes (a group, a clause of a standard) of the whole sample,
    /// given the counts of its themes. Under `nhs` a union could tell what a small theme is.
    pub(super) fn plan_union(self, parts: Parts, themes: &[u64]) -> Hidden {
        let hidden = self.plan_whole(parts);
        if self != Self::Nhs || themes.len() < 2 {
            return hidden;
        }
        if themes.iter().any(|count| self.is_small(*count)) {
            return Hidden { raised: true, parts: [true; 4] };
        }
        // What was felt is not protected against the themes' own parts.
        Hidden { parts: [true; 4], ..hidden }
    }

    /// Whether a group's figure would tell that a small theme has the most that is small: the
    /// reader takes away the most that all others can be.
    pub(super) fn group_tells(self, group: u64, themes: &[u64]) -> bool {
        if self != Self::Nhs || group == 0 || self.is_small(group) {
            return false;
        }
        let highest = |count: u64| match count {
            0 => 0,
            small if self.is_small(small) => self.least() - 1,
            shown => self.printed(shown) + 2,
        };
        let all: u64 = themes.iter().map(|count| highest(*count)).sum();
        let lowest = self.printed(group).saturating_sub(2);
        themes.iter().any(|count| self.is_small(*count)) && lowest >= all
    }

    /// The parts of a figure whose fate is known.
    pub(super) fn split(self, parts: Parts, hidden: Hidden) -> Split {
        let base = parts.iter().sum();
        let cell = |at: usize| self.cell(parts[at], base, hidden.raised || hidden.parts[at]);
        Split { positive: cell(0), negative: cell(1), mixed: cell(2), neutral: cell(3) }
    }

    /// What of a figure of the whole sample is hidden.
    pub(super) fn plan_whole(self, parts: Parts) -> Hidden {
        if self != Self::Nhs {
            return Hidden::default();
        }
        let raised = parts.iter().sum();
        if self.is_small(raised) {
            return Hidden { raised: true, parts: [true; 4] };
        }
        // The parts of one figure are a breakdown with one value and no sums below.
        let open = Hidden { raised: false, parts: [true; 4] };
        let plan = self.network(&[raised], &[parts], open, true, true, &[]);
        plan.map_or(Hidden { raised: false, parts: [true; 4] }, |plan| plan[0])
    }

    /// What is hidden of a theme's figures by value, given what is hidden of its whole; None where
    /// the theme has to be left out of the breakdown. `bases` and `rows` are by value.
    #[cfg(test)]
    pub(super) fn plan(self, bases: &[u64], rows: &[Parts], whole: Hidden) -> Option<Vec<Hidden>> {
        self.network(bases, rows, whole, false, false, &[])
    }

    /// The same, where some figures must be hidden for the sake of other breakdowns.
    pub(super) fn plan_beside(
        self,
        bases: &[u64],
        rows: &[Parts],
        whole: Hidden,
        kind: Kind,
        open: &[Hidden],
    ) -> Option<Vec<Hidden>> {
        if kind == Kind::Felt {
            let all = || vec![Hidden { raised: false, parts: [true; 4] }; rows.len()];
            return Some(self.network(bases, rows, whole, true, false, open).unwrap_or_else(all));
        }
        self.network(bases, rows, whole, false, false, open)
    }

    fn network(
        self,
        bases: &[u64],
        rows: &[Parts],
        whole: Hidden,
        raised_is_base: bool,
        free_parts: bool,
        open: &[Hidden],
    ) -> Option<Vec<Hidden>> {
        if self == Self::None {
            return Some(vec![Hidden::default(); rows.len()]);
        }
        let totals: Parts = std::array::from_fn(|part| rows.iter().map(|row| row[part]).sum());
        let total: u64 = totals.iter().sum();
        let (values, parts) = (2, 2 + rows.len());
        let mut edges = vec![Edge { margin: true, ..self.edge(0, 1, total, PLENTY, whole.raised) }];
        for (at, row) in rows.iter().enumerate() {
            let most = self.most(bases[at]);
            let raised: u64 = row.iter().sum();
            let first = edges.len() + 1;
            let open = open.get(at).copied().unwrap_or_default();
            let small = (self.is_small(raised) || open.raised) && !raised_is_base;
            edges.push(Edge {
                margin: raised_is_base,
                with: (first..first + 4).collect(),
                ..self.edge(1, values + at, raised, most, small)
            });
            for part in 0..4 {
                // Where nobody felt so in the whole sample there is nothing to protect.
                let nobody = totals[part] == 0;
                edges.push(Edge {
                    margin: nobody,
                    ..self.edge(
                        values + at,
                        parts + part,
                        row[part],
                        most,
                        (self.is_small(row[part]) || open.parts[part]) && !nobody,
                    )
                });
            }
        }
        for (part, count) in totals.into_iter().enumerate() {
            let mut edge = self.edge(parts + part, 0, count, PLENTY, whole.parts[part]);
            if free_parts {
                edge.known = (0, PLENTY);
            }
            edges.push(Edge { margin: true, ..edge });
        }
        let mut network = Network::new(parts + 4, edges);
        network.protect().then(|| {
            let hidden = |at: usize| network.edges[at].hidden;
            (0..rows.len())
                .map(|at| 1 + at * 5)
                .map(|at| Hidden {
                    raised: hidden(at),
                    parts: std::array::from_fn(|part| hidden(at + 1 + part)),
                })
                .collect()
        })
    }

    /// A figure with what a reader knows of it, shown and hidden.
    pub(super) fn edge(self, from: usize, to: usize, count: u64, most: i64, hidden: bool) -> Edge {
        let (flow, least) = (count as i64, self.least() as i64);
        let known = if self.is_small(count) {
            (i64::from(self == Self::Nhs), (least - 1).min(most))
        } else {
            (least.min(flow), most.max(flow))
        };
        let shown = match self {
            Self::Nhs if count > 0 => {
                let printed = self.printed(count) as i64;
                ((printed - 2).max(least).min(flow), (printed + 2).min(most).max(flow))
            }
            _ => (flow, flow),
        };
        Edge { from, to, flow, shown, known, hidden, margin: false, with: Vec::new() }
    }

    /// What is told of the hidden figures of a row, the least and the most that each can be: of a small
    /// one that it is small, and of one that protects it what the others leave. Which figures are
    /// hidden for being small counts as known to the reader in all that protects them
    /// ([`super::network`]), so that saying it gives nothing away. None where a figure is shown.
    pub(super) fn between(
        self,
        all: Cell,
        bases: &[u64],
        counts: &[u64],
        hidden: &[bool],
    ) -> Vec<Option<(u64, u64)>> {
        let edge = |at: usize| self.edge(0, 0, counts[at], self.most(bases[at]), hidden[at]);
        let own: Vec<(i64, i64)> = (0..counts.len())
            .map(edge)
            .map(|edge| if edge.hidden { edge.known } else { edge.shown })
            .collect();
        let total: u64 = counts.iter().sum();
        let (least, most) = match all {
            Cell::Shown { .. } => self.edge(0, 1, total, PLENTY, false).shown,
            Cell::Hidden => self.edge(0, 1, total, PLENTY, true).known,
        };
        let sum = |of: fn(&(i64, i64)) -> i64| own.iter().map(of).sum::<i64>();
        let (lowest, highest) = (sum(|own| own.0), sum(|own| own.1));
        let told = |at: usize| {
            let (low, high) = own[at];
            let (low, high) = if self.is_small(counts[at]) {
                (low, high)
            } else {
                (low.max(least - (highest - high)), high.min(most - (lowest - low)))
            };
            hidden[at].then_some((low as u64, high as u64))
        };
        (0..counts.len()).map(told).collect()
    }

    /// The most that a reader can take a base to be.
    pub(super) const fn most(self, base: u64) -> i64 {
        let rounding = if matches!(self, Self::Nhs) { 2 } else { 0 };
        self.printed(base) as i64 + rounding
    }
}

/// Puts small values together until every base is large enough. Takes the bases, largest first, and
/// gives the groups as indices: single values in their order, then at most one group of small ones.
pub(super) fn together(profile: Profile, bases: &[u64], most: usize) -> Vec<Vec<usize>> {
    let least = profile.least();
    let mut large = bases.iter().take_while(|base| **base >= least.max(1)).count().min(most.max(2));
    if profile == Profile::None {
        return (0..bases.len()).map(|at| vec![at]).collect();
    }
    let sum = |from: usize| bases[from..].iter().sum::<u64>();
    while large < bases.len() && large > 0 && sum(large) < least {
        large -= 1;
    }
    let mut groups: Vec<Vec<usize>> = (0..large).map(|at| vec![at]).collect();
    if large < bases.len() {
        groups.push((large..bases.len()).collect());
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_values_are_put_together_until_they_are_large_enough() {
        assert_eq!(together(Profile::Standard, &[20, 10, 3, 2], 9), [vec![0], vec![1], vec![2, 3]]);
        assert_eq!(together(Profile::Standard, &[20, 10, 3], 9), [vec![0], vec![1, 2]]);
        assert_eq!(together(Profile::Standard, &[20, 3], 9), [vec![0, 1]]);
        assert_eq!(together(Profile::Standard, &[9, 8, 7, 6], 2), [vec![0], vec![1], vec![2, 3]]);
        assert_eq!(together(Profile::None, &[9, 1], 9), [vec![0], vec![1]]);
    }

    #[test]
    fn a_lone_hidden_cell_takes_a_second_one_with_it() {
        let rows = [[20, 0, 0, 0], [3, 0, 0, 0], [9, 0, 0, 0]];
        let plan = Profile::Standard.plan(&[40, 40, 40], &rows, Hidden::default()).expect("a plan");
        let hidden: Vec<bool> = plan.iter().map(|cell| cell.raised).collect();
        assert_eq!(hidden, [false, true, true]);
    }

    #[test]
    fn of_a_hidden_figure_is_told_what_the_others_leave_for_it() {
        // Of 12, 3 are small and 9 protect them.
        let told = |profile: Profile, all, counts: &[u64], hidden: &[bool]| {
            profile.between(all, &[72, 168, 40], counts, hidden)
        };
        let two = told(Profile::Standard, Cell::shown(12, 240), &[3, 9], &[true, true]);
        assert_eq!(two, [Some((0, 4)), Some((8, 12))]);
        let three = told(Profile::Standard, Cell::shown(17, 280), &[3, 9, 5], &[true, true, false]);
        assert_eq!(three, [Some((0, 4)), Some((8, 12)), None]);
        let none = told(Profile::Standard, Cell::shown(6, 240), &[0, 6], &[true, true]);
        assert_eq!(none, [Some((0, 4)), Some((5, 6))]);
        // Rounded: 12 reads 10, which may be 8 to 12.
        let nhs = told(Profile::Nhs, Cell::shown(10, 240), &[3, 9], &[true, true]);
        assert_eq!(nhs, [Some((1, 7)), Some((8, 11))]);
    }

    #[test]
    fn nhs_hides_one_to_seven_and_rounds_the_rest() {
        assert_eq!(Profile::Nhs.whole(7), None);
        assert_eq!(Profile::Nhs.whole(0), Some(0));
        assert_eq!(Profile::Nhs.whole(8), Some(10));
        assert_eq!(Profile::Nhs.whole(12), Some(10));
        assert_eq!(Profile::Nhs.whole_cell(41, 120).count(), Some(40));
    }
}
