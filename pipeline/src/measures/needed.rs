//! Which of many patterns a sentence may match at all, from the letters that each cannot do without.
//!
//! A sentence of a comment holds what two or three of the rules need, and a set of regular expressions
//! over all of them costs more than everything else that is read from it. What a pattern needs is worked
//! out from its own syntax, so that no list of words has to be kept beside it: "late" and a mark of
//! minutes, "visit" or "call" and a number. The matching itself is still the pattern's.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};
use regex_syntax::hir::{Hir, HirKind};

/// Words shorter than this stand in most sentences and rule nothing out.
const TELLING: usize = 3;

/// One of these must stand in what a pattern matches.
type Clause = Vec<String>;

/// Rules out patterns that cannot match.
pub(super) struct Needed {
    pieces: AhoCorasick,
    /// For each piece, the clauses that it meets.
    meets: Vec<Vec<u32>>,
    /// For each clause, its pattern.
    patterns: Vec<u32>,
    /// For each pattern, how many clauses it has.
    clauses: Vec<u32>,
    /// For each pattern, how many quantities it needs.
    quantities: Vec<usize>,
}

impl Needed {
    /// Of patterns in the syntax of the regex crate, in their order. None where one has an error.
    pub(super) fn new(patterns: impl Iterator<Item = String>) -> Option<Self> {
        let mut syntax = regex_syntax::ParserBuilder::new();
        syntax.utf8(false);
        let (mut pieces, mut meets) = (BTreeMap::new(), Vec::<Vec<u32>>::new());
        let (mut owners, mut counts, mut quantities) = (Vec::new(), Vec::new(), Vec::new());
        for (pattern, source) in (0..).zip(patterns) {
            let parsed = syntax.build().parse(&source).ok()?;
            let clauses = clauses(&parsed);
            quantities.push(least_marks(&parsed));
            counts.push(clauses.len() as u32);
            for clause in clauses {
                let number = owners.len() as u32;
                owners.push(pattern);
                for piece in clause {
                    let next = pieces.len();
                    let at = *pieces.entry(piece).or_insert(next);
                    meets.resize_with(pieces.len(), Vec::new);
                    meets[at].push(number);
                }
            }
        }
        let mut in_order: Vec<_> = pieces.into_iter().collect();
        in_order.sort_by_key(|(_, at)| *at);
        let pieces = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(in_order.iter().map(|(piece, _)| piece))
            .ok()?;
        Some(Self { pieces, meets, patterns: owners, clauses: counts, quantities })
    }

    /// The patterns that may match, in their order.
    pub(super) fn candidates(&self, text: &str, room: &mut Room) {
        let Room { met, left, found } = room;
        found.clear();
        met.clear();
        met.resize(self.patterns.len(), false);
        left.clear();
        left.extend_from_slice(&self.clauses);
        for piece in self.pieces.find_overlapping_iter(text) {
            for clause in &self.meets[piece.pattern().as_usize()] {
                let clause = *clause as usize;
                if !std::mem::replace(&mut met[clause], true) {
                    left[self.patterns[clause] as usize] -= 1;
                }
            }
        }
        let marks = text.bytes().filter(u8::is_ascii_uppercase).count();
        let left = left.iter().zip(&self.quantities).enumerate();
        let fit = left.filter(|(_, (left, needs))| **left == 0 && **needs <= marks);
        found.extend(fit.map(|(at, _)| at));
    }
}

/// Room to work in, kept from one sentence to the next.
#[derive(Default)]
pub(super) struct Room {
    met: Vec<bool>,
    left: Vec<u32>,
    /// What [`Needed::candidates`] found.
    pub(super) found: Vec<usize>,
}

/// What every match of a pattern holds.
fn clauses(pattern: &Hir) -> Vec<Clause> {
    match pattern.kind() {
        HirKind::Literal(literal) => {
            let piece = String::from_utf8_lossy(&literal.0);
            let marks = piece.chars().filter(char::is_ascii_uppercase).map(|mark| mark.to_string());
            let telling = (piece.len() >= TELLING).then(|| piece.to_string());
            marks.chain(telling).map(|piece| vec![piece]).collect()
        }
        HirKind::Capture(capture) => clauses(&capture.sub),
        HirKind::Repetition(repeated) if repeated.min > 0 => clauses(&repeated.sub),
        HirKind::Concat(parts) => parts.iter().flat_map(clauses).collect(),
        HirKind::Class(class) => marks(class).into_iter().collect(),
        HirKind::Alternation(branches) => {
            let branches: Vec<Vec<Clause>> = branches.iter().map(clauses).collect();
            // A clause of marks and a clause of words rule out different sentences.
            let either = |marks: bool| {
                let of = |clauses: &Vec<Clause>| {
                    let fit = clauses.iter().filter(|c| c.iter().all(|p| is_mark(p)) == marks);
                    fit.max_by_key(|c| c.iter().map(String::len).min()).cloned()
                };
                let each: Option<Vec<Clause>> = branches.iter().map(of).collect();
                each.map(|clauses| clauses.concat())
            };
            [either(true), either(false)].into_iter().flatten().collect()
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => Vec::new(),
    }
}

/// How many marks every match of a pattern holds at least.
fn least_marks(pattern: &Hir) -> usize {
    match pattern.kind() {
        HirKind::Literal(literal) => literal.0.iter().filter(|b| b.is_ascii_uppercase()).count(),
        HirKind::Capture(capture) => least_marks(&capture.sub),
        HirKind::Repetition(repeated) => repeated.min as usize * least_marks(&repeated.sub),
        HirKind::Concat(parts) => parts.iter().map(least_marks).sum(),
        HirKind::Class(class) => usize::from(marks(class).is_some()),
        HirKind::Alternation(branches) => branches.iter().map(least_marks).min().unwrap_or(0),
        HirKind::Empty | HirKind::Look(_) => 0,
    }
}

/// The letter of a quantity's mark: all else is in lower case.
fn is_mark(piece: &str) -> bool {
    piece.len() == 1 && piece.as_bytes()[0].is_ascii_uppercase()
}

/// The clause of a class that holds nothing but marks: `[MN]`.
fn marks(class: &regex_syntax::hir::Class) -> Option<Clause> {
    let literals = match class {
        regex_syntax::hir::Class::Bytes(bytes) => {
            bytes.iter().flat_map(|r| r.start()..=r.end()).map(char::from).collect::<Vec<_>>()
        }
        regex_syntax::hir::Class::Unicode(chars) => {
            chars.iter().flat_map(|r| r.start()..=r.end()).take(1000).collect()
        }
    };
    literals
        .iter()
        .all(char::is_ascii_uppercase)
        .then(|| literals.iter().map(char::to_string).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(patterns: &[&str], text: &str) -> Vec<usize> {
        let mut room = Room::default();
        Needed::new(patterns.iter().map(|p| format!("(?-u){p}")))
            .unwrap()
            .candidates(text, &mut room);
        room.found
    }

    #[test]
    fn a_pattern_is_tried_where_all_that_it_needs_stands() {
        let patterns = ["M\\d+(?: [a-z]+){0,3} late", "(?:visits?|calls?) [MN]\\d+", "[a-z]+"];
        assert_eq!(candidates(&patterns, " M0 late"), [0, 2]);
        assert_eq!(candidates(&patterns, " late"), [2]);
        assert_eq!(candidates(&patterns, " calls N0"), [1, 2]);
        assert_eq!(candidates(&patterns, " calls D0"), [2]);
    }

    #[test]
    fn what_stands_in_one_branch_only_is_not_needed() {
        let patterns = ["M\\d+ (?:late|by)", "(?:early )?N\\d+", "N\\d+ daily|twice D\\d+"];
        assert_eq!(candidates(&patterns, " M0 by"), [0]);
        assert_eq!(candidates(&patterns, " N0"), [1]);
        assert_eq!(candidates(&patterns, " twice D0"), [2]);
    }
}
