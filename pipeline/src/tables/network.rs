//! Secondary suppression: what else must be hidden so that a hidden cell stays hidden.
//!
//! One theme's figures in one breakdown are a flow: from the whole to the values, from each value
//! to what was felt, and from there back to the whole. Every published sum is a node where as much
//! goes in as comes out. A hidden figure is safe when another flow fits everything that is shown and
//! has another figure in its place: that is, when the figure lies on a way round along which it can
//! rise or fall. Where it does not, the cheapest way round is made by hiding what is on it (Castro's
//! shortest-path heuristic for cell suppression). The reader is assumed to know even which figures
//! were hidden for being small and which to protect them.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A figure between two sums.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The figure.
    pub(super) flow: i64,
    /// What a reader knows of it when it is shown (rounding leaves some room).
    pub(super) shown: (i64, i64),
    /// What a reader knows of it when it is hidden.
    pub(super) known: (i64, i64),
    /// Whether it is hidden.
    pub(super) hidden: bool,
    /// True where hiding is not ours to decide: the whole sample's own figures.
    pub(super) margin: bool,
    /// When this one is hidden, these are too: their base would give it away.
    pub(super) with: Vec<usize>,
}

impl Edge {
    /// How far it can rise (`up`) or fall, as far as a reader knows; `open` as if it were hidden.
    fn room(&self, up: bool, open: bool) -> i64 {
        let (low, high) = if self.hidden || open { self.known } else { self.shown };
        if up { high - self.flow } else { self.flow - low }.max(0)
    }
}

/// The figures of one theme in one breakdown.
#[derive(Clone, Debug, Default)]
pub(super) struct Network {
    pub(super) edges: Vec<Edge>,
    around: Vec<Vec<usize>>,
}

/// At least this many other values must be possible, where the figures allow.
const AIM: i64 = 2;

impl Network {
    pub(super) fn new(nodes: usize, edges: Vec<Edge>) -> Self {
        let mut around = vec![Vec::new(); nodes];
        for (at, edge) in edges.iter().enumerate() {
            around[edge.from].push(at);
            around[edge.to].push(at);
        }
        Self { edges, around }
    }

    /// Hides what is needed to protect what is hidden; false where nothing can protect some figure.
    pub(super) fn protect(&mut self) -> bool {
        for edge in 0..self.edges.len() {
            if self.edges[edge].hidden {
                self.hide(edge);
            }
        }
        let safe = self.widen(1);
        self.widen(AIM);
        safe
    }

    /// Gives every hidden figure at least `aim` other possible values; false where one cannot have.
    fn widen(&mut self, aim: i64) -> bool {
        let mut stuck = vec![false; self.edges.len()];
        loop {
            let open = (0..self.edges.len()).find(|at| {
                let edge = &self.edges[*at];
                edge.hidden && !edge.margin && !stuck[*at] && self.freedom(*at, aim) < aim
            });
            let Some(edge) = open else {
                return !stuck.contains(&true);
            };
            let ways = [true, false].map(|up| self.cheapest(edge, up, aim));
            match ways.into_iter().flatten().min() {
                Some((_, path)) => path.into_iter().for_each(|at| self.hide(at)),
                None => stuck[edge] = true,
            }
        }
    }

    fn hide(&mut self, edge: usize) {
        self.edges[edge].hidden = true;
        for at in self.edges[edge].with.clone() {
            self.edges[at].hidden = true;
        }
    }

    /// By how much a hidden figure can rise and fall together, up to `enough`.
    fn freedom(&self, edge: usize, enough: i64) -> i64 {
        let rise = self.reach(edge, true, enough);
        rise + self.reach(edge, false, enough - rise)
    }

    fn reach(&self, edge: usize, up: bool, enough: i64) -> i64 {
        let most = self.edges[edge].room(up, false).min(enough);
        let (start, goal) = self.ends(edge, up);
        let mut moved = vec![0; self.edges.len()];
        let mut total = 0;
        while total < most {
            let Some(path) = self.path(start, goal, edge, &moved) else { break };
            for (at, rises) in path {
                moved[at] += if rises { 1 } else { -1 };
            }
            total += 1;
        }
        total
    }

    /// Where a way round that lets the figure rise (or fall) starts and ends.
    fn ends(&self, edge: usize, up: bool) -> (usize, usize) {
        let edge = &self.edges[edge];
        if up { (edge.to, edge.from) } else { (edge.from, edge.to) }
    }

    /// A way for one unit along hidden and rounded figures, after `moved`.
    fn path(
        &self,
        start: usize,
        goal: usize,
        without: usize,
        moved: &[i64],
    ) -> Option<Vec<(usize, bool)>> {
        let mut came: Vec<Option<(usize, bool)>> = vec![None; self.around.len()];
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            if node == goal {
                break;
            }
            for &at in &self.around[node] {
                let (next, rises) = self.step(at, node);
                let used = if rises { moved[at] } else { -moved[at] };
                let free = self.edges[at].room(rises, false) - used > 0;
                if at != without && free && next != start && came[next].is_none() {
                    came[next] = Some((at, rises));
                    queue.push_back(next);
                }
            }
        }
        self.back(start, goal, &came)
    }

    /// The next node along an edge, and whether going there lets the edge's figure rise.
    fn step(&self, edge: usize, node: usize) -> (usize, bool) {
        let edge = &self.edges[edge];
        if edge.from == node { (edge.to, true) } else { (edge.from, false) }
    }

    fn back(
        &self,
        start: usize,
        goal: usize,
        came: &[Option<(usize, bool)>],
    ) -> Option<Vec<(usize, bool)>> {
        let mut path = Vec::new();
        let mut node = goal;
        while node != start {
            let (at, rises) = came[node]?;
            path.push((at, rises));
            node = if rises { self.edges[at].from } else { self.edges[at].to };
        }
        Some(path)
    }

    /// The way round that hides least: (people hidden, the edges to hide).
    fn cheapest(&self, edge: usize, up: bool, aim: i64) -> Option<(i64, Vec<usize>)> {
        if self.edges[edge].room(up, false) < aim {
            return None;
        }
        let (start, goal) = self.ends(edge, up);
        let mut best = vec![i64::MAX; self.around.len()];
        let mut came = vec![None; self.around.len()];
        let mut queue = BinaryHeap::from([Reverse((0, start))]);
        best[start] = 0;
        while let Some(Reverse((cost, node))) = queue.pop() {
            if cost > best[node] {
                continue;
            }
            for &at in &self.around[node] {
                let (next, rises) = self.step(at, node);
                let other = &self.edges[at];
                let through = other.room(rises, false) >= aim;
                let opened = !other.margin && other.room(rises, true) >= aim;
                if at == edge || !(through || opened) {
                    continue;
                }
                let cost = cost + if through { 0 } else { other.flow + 1 };
                if cost < best[next] {
                    best[next] = cost;
                    came[next] = Some((at, rises));
                    queue.push(Reverse((cost, next)));
                }
            }
        }
        let path = self.back(start, goal, &came)?;
        let hide: Vec<usize> = path
            .into_iter()
            .filter(|(at, up)| self.edges[*at].room(*up, false) < aim)
            .collect::<Vec<_>>()
            .into_iter()
            .map(|(at, _)| at)
            .collect();
        (!hide.is_empty()).then_some((best[goal], hide))
    }
}
