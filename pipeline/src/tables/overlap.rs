//! Breakdowns beside each other: what one shows must not give away what another hides.
//!
//! Where most of a provider's people live in one area, a reader who knows so could set the table by
//! area beside the table by provider. So the reader is assumed to know how many respondents stand in
//! every pair of values. The two tables are then one flow: from the whole to the values of the first
//! breakdown, through the unpublished pairs to the values of the second, and back. Whatever one of
//! them hides must be able to rise or fall in it ([`super::network`]); where it cannot, more is
//! hidden, in either, until nothing changes. Breakdowns are protected two by two, for those who
//! raised something and for each part of what they felt.

use super::breakdown::Published;
use super::disclosure::{Hidden, Parts, Profile};
use super::evidence::Unit;
use super::network::{Edge, Network};
use super::tally::Sums;

/// Two breakdowns of respondents, and how many stand in every pair of their values.
struct Pair {
    first: usize,
    second: usize,
    /// By value of the first, then of the second.
    people: Vec<Vec<u64>>,
}

/// Every two breakdowns of respondents that are published.
pub(super) struct Overlaps(Vec<Pair>);

/// Something that is counted by the values of all breakdowns of one unit.
pub(super) struct Counted<'a> {
    /// What is hidden of its figures in the whole sample.
    pub(super) whole: Hidden,
    /// For each breakdown, the parts by value; empty for breakdowns of the other unit.
    pub(super) rows: &'a [Vec<Parts>],
    pub(super) kind: Kind,
}

/// What the figures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Those who raised something, and the parts of what they felt.
    Raised,
    /// What was felt on the whole: those who felt are the bases, which are always shown.
    Felt,
    /// A plain count, which stands in the first part.
    Plain,
}

/// For each breakdown what is hidden by value; None where it has to be left out.
pub(super) type Plans = Vec<Option<Vec<Hidden>>>;

impl Overlaps {
    pub(super) fn new(sums: &Sums, published: &[Published]) -> Self {
        let respondents: Vec<usize> =
            (0..published.len()).filter(|at| published[*at].unit == Unit::Respondents).collect();
        let value_of: Vec<Vec<usize>> = published
            .iter()
            .map(|by| {
                let mut of = vec![usize::MAX; sums.names[by.at].names.len()];
                for (value, ids) in by.members.iter().enumerate() {
                    for id in ids {
                        of[*id] = value;
                    }
                }
                of
            })
            .collect();
        let mut pairs = Vec::new();
        for (at, first) in respondents.iter().enumerate() {
            for second in &respondents[at + 1..] {
                let size = published[*second].values.len();
                let people = vec![vec![0; size]; published[*first].values.len()];
                pairs.push(Pair { first: *first, second: *second, people });
            }
        }
        for (row, count) in &sums.crossed {
            let value = |by: usize| value_of[by].get(row[published[by].at] as usize).copied();
            for pair in &mut pairs {
                if let (Some(a), Some(b)) = (value(pair.first), value(pair.second))
                    && let Some(cell) = pair.people.get_mut(a).and_then(|row| row.get_mut(b))
                {
                    *cell += count;
                }
            }
        }
        Self(pairs)
    }

    /// What is hidden of a count in every breakdown.
    pub(super) fn plans(
        &self,
        profile: Profile,
        published: &[Published],
        counted: &Counted<'_>,
    ) -> Plans {
        let rows = counted.rows;
        let mut open: Vec<Vec<Hidden>> =
            rows.iter().map(|rows| vec![Hidden::default(); rows.len()]).collect();
        let mut left_out = vec![false; rows.len()];
        loop {
            let plans: Plans = (0..rows.len())
                .map(|by| {
                    if left_out[by] || rows[by].is_empty() {
                        return None;
                    }
                    let bases = published[by].bases();
                    profile.plan_beside(&bases, &rows[by], counted.whole, counted.kind, &open[by])
                })
                .collect();
            if profile == Profile::None {
                return plans;
            }
            let mut changed = false;
            for pair in &self.0 {
                let (Some(first), Some(second)) = (&plans[pair.first], &plans[pair.second]) else {
                    continue;
                };
                for level in levels(counted.kind) {
                    let sides = [
                        side(profile, &published[pair.first], &rows[pair.first], first, level),
                        side(profile, &published[pair.second], &rows[pair.second], second, level),
                    ];
                    let whole = match level {
                        None => counted.whole.raised,
                        Some(part) => counted.whole.parts[part],
                    };
                    if let Ok(hide) = pair.protect(profile, sides, whole) {
                        for (side, value) in hide {
                            let by = [pair.first, pair.second][side];
                            let hidden = &mut open[by][value];
                            match level {
                                None => *hidden = Hidden { raised: true, parts: [true; 4] },
                                Some(part) => hidden.parts[part] = true,
                            }
                            changed = true;
                        }
                    } else {
                        changed |= !left_out[pair.second];
                        left_out[pair.second] = true;
                    }
                }
            }
            if !changed {
                return plans;
            }
        }
    }
}

/// Everybody who raised it (None), or one part of them.
fn levels(kind: Kind) -> impl Iterator<Item = Option<usize>> {
    let all = match kind {
        Kind::Raised => 0..5,
        Kind::Felt => 1..5,
        Kind::Plain => 0..1,
    };
    all.map(|level: usize| level.checked_sub(1))
}

/// The figures of one breakdown at one level.
struct Side {
    edges: Vec<Edge>,
}

fn side(
    profile: Profile,
    by: &Published,
    rows: &[Parts],
    hidden: &[Hidden],
    level: Option<usize>,
) -> Side {
    let edge = |((row, hidden), base): ((&Parts, &Hidden), u64)| {
        let (count, hidden) = match level {
            None => (row.iter().sum(), hidden.raised),
            Some(part) => (row[part], hidden.raised || hidden.parts[part]),
        };
        profile.edge(0, 0, count, profile.most(base), hidden)
    };
    Side { edges: rows.iter().zip(hidden).zip(by.bases()).map(edge).collect() }
}

/// Nothing can protect some hidden figure.
struct Unprotected;

impl Pair {
    /// What else must be hidden: (which breakdown, value).
    fn protect(
        &self,
        profile: Profile,
        [first, second]: [Side; 2],
        whole: bool,
    ) -> Result<Vec<(usize, usize)>, Unprotected> {
        let is_hidden = |side: &Side| side.edges.iter().any(|edge| edge.hidden);
        let total: i64 = first.edges.iter().map(|edge| edge.flow).sum();
        if total == 0 || !(is_hidden(&first) || is_hidden(&second)) {
            return Ok(Vec::new());
        }
        let flows = |side: &Side| side.edges.iter().map(|edge| edge.flow as u64).collect();
        let inside = spread(flows(&first), flows(&second), &self.people).ok_or(Unprotected)?;
        let (firsts, seconds) = (2, 2 + first.edges.len());
        let sizes = [first.edges.len(), second.edges.len()];
        let all = profile.edge(0, 1, total as u64, super::disclosure::PLENTY, whole);
        let mut edges = vec![Edge { margin: true, ..all }];
        for (at, edge) in first.edges.into_iter().enumerate() {
            edges.push(Edge { from: 1, to: firsts + at, ..edge });
        }
        for (at, edge) in second.edges.into_iter().enumerate() {
            edges.push(Edge { from: seconds + at, to: 0, ..edge });
        }
        let before: Vec<bool> = edges.iter().map(|edge| edge.hidden).collect();
        for (a, row) in self.people.iter().enumerate() {
            for (b, people) in row.iter().enumerate().filter(|(_, people)| **people > 0) {
                edges.push(Edge {
                    from: firsts + a,
                    to: seconds + b,
                    flow: inside[a][b] as i64,
                    shown: (0, *people as i64),
                    known: (0, *people as i64),
                    hidden: true,
                    margin: true,
                    with: Vec::new(),
                });
            }
        }
        let mut network = Network::new(seconds + sizes[1], edges);
        if !network.protect() {
            return Err(Unprotected);
        }
        let newly = (1..before.len()).filter(|at| network.edges[*at].hidden && !before[*at]);
        let place = |at: usize| match (at - 1).checked_sub(sizes[0]) {
            None => (0, at - 1),
            Some(value) => (1, value),
        };
        Ok(newly.map(place).collect())
    }
}

/// Some way to fill the pairs so that they add up to both breakdowns and none holds more than its
/// people. There is one: the true figures. Grown from a first guess, way by way.
fn spread(supply: Vec<u64>, demand: Vec<u64>, most: &[Vec<u64>]) -> Option<Vec<Vec<u64>>> {
    let (mut supply, mut demand) = (supply, demand);
    let mut flow = vec![vec![0; demand.len()]; supply.len()];
    for (a, row) in flow.iter_mut().enumerate() {
        for (b, cell) in row.iter_mut().enumerate() {
            *cell = supply[a].min(demand[b]).min(most[a][b]);
            supply[a] -= *cell;
            demand[b] -= *cell;
        }
    }
    while let Some(start) = supply.iter().position(|left| *left > 0) {
        // Breadth first: from the first side along pairs with room, back along pairs with people.
        let (firsts, seconds) = (supply.len(), demand.len());
        let mut came: Vec<Option<usize>> = vec![None; firsts + seconds];
        let mut queue = std::collections::VecDeque::from([start]);
        let mut goal = None;
        'search: while let Some(node) = queue.pop_front() {
            if let Some(b) = node.checked_sub(firsts) {
                if demand[b] > 0 {
                    goal = Some(node);
                    break 'search;
                }
                for a in 0..firsts {
                    if flow[a][b] > 0 && a != start && came[a].is_none() {
                        came[a] = Some(node);
                        queue.push_back(a);
                    }
                }
            } else {
                for b in 0..seconds {
                    if flow[node][b] < most[node][b] && came[firsts + b].is_none() {
                        came[firsts + b] = Some(node);
                        queue.push_back(firsts + b);
                    }
                }
            }
        }
        let goal = goal?;
        let mut step = demand[goal - firsts].min(supply[start]);
        let mut path = Vec::new();
        let mut node = goal;
        while let Some(before) = came[node] {
            let (a, b, up) = if node >= firsts {
                (before, node - firsts, true)
            } else {
                (node, before - firsts, false)
            };
            step = step.min(if up { most[a][b] - flow[a][b] } else { flow[a][b] });
            path.push((a, b, up));
            node = before;
        }
        for (a, b, up) in path {
            if up { flow[a][b] += step } else { flow[a][b] -= step }
        }
        supply[start] -= step;
        demand[goal - firsts] -= step;
    }
    Some(flow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filling_is_found_where_the_first_guess_is_a_dead_end() {
        // The first value takes the room that the second cannot do without.
        let flow = spread(vec![3, 2], vec![3, 2], &[vec![3, 3], vec![3, 0]]).expect("a filling");
        assert_eq!(flow.iter().map(|row| row.iter().sum::<u64>()).collect::<Vec<_>>(), [3, 2]);
        assert_eq!(flow[1], [2, 0]);
        assert!(spread(vec![3], vec![3], &[vec![2]]).is_none());
    }
}
