//! Somebody with every published table and a solver tries to work out what was hidden.

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome};
use proptest::prelude::*;

use super::super::evidence::{Breakdown, Cell, Evidence, Split, ThemeRow, Unit};
use super::super::{Profile, evidence};
use super::*;

/// What a reader knows of a figure: least and most.
fn known(cell: Cell, profile: Profile, most: f64) -> (f64, f64) {
    match (cell.count(), profile) {
        (Some(0), _) => (0.0, 0.0),
        (Some(count), Profile::Nhs) => (count as f64 - 2.0, count as f64 + 2.0),
        (Some(count), _) => (count as f64, count as f64),
        (None, Profile::Nhs) => (1.0, most),
        (None, _) => (0.0, most),
    }
}

fn parts(split: &Split) -> [Cell; 4] {
    split.parts().map(|part| part.1)
}

/// Figures with what is known of each, and which of them add up to which.
#[derive(Default)]
struct Puzzle {
    bounds: Vec<(f64, f64)>,
    sums: Vec<(usize, Vec<usize>)>,
}

impl Puzzle {
    fn figure(&mut self, bounds: (f64, f64)) -> usize {
        self.bounds.push(bounds);
        self.bounds.len() - 1
    }

    /// The least or most that a figure can be.
    fn solve(&self, figure: usize, way: OptimizationDirection) -> f64 {
        let mut problem = Problem::new(way);
        let figures: Vec<_> = self
            .bounds
            .iter()
            .enumerate()
            .map(|(at, bounds)| problem.add_var(f64::from(u8::from(at == figure)), *bounds))
            .collect();
        for (sum, of) in &self.sums {
            let mut row: Vec<_> = of.iter().map(|at| (figures[*at], 1.0)).collect();
            row.push((figures[*sum], -1.0));
            problem.add_constraint(row.as_slice(), ComparisonOp::Eq, 0.0);
        }
        match problem.solve() {
            Ok(SolveOutcome::Solution(solution)) => solution.var_value(figures[figure]),
            other => panic!("the true figures fit, yet: {other:?}"),
        }
    }

    /// Whether only one whole number is possible.
    fn gives_away(&self, figure: usize) -> bool {
        let least = self.solve(figure, OptimizationDirection::Minimize);
        let most = self.solve(figure, OptimizationDirection::Maximize);
        (most + 1e-6).floor() - (least - 1e-6).ceil() < 0.5
    }
}

/// The hidden figures of a theme in a breakdown that can be worked out, by value and part.
fn worked_out(by: &Breakdown, row: usize, theme: &ThemeRow, profile: Profile) -> Vec<String> {
    let mut puzzle = Puzzle::default();
    let (whole, felt) = match by.unit {
        Unit::Respondents => (theme.respondents, &theme.sentiment),
        Unit::Comments => (theme.comments, &theme.comment_sentiment),
    };
    let whole = puzzle.figure(known(whole, profile, 1e6));
    let totals = parts(felt).map(|cell| puzzle.figure(known(cell, profile, 1e6)));
    puzzle.sums.push((whole, totals.to_vec()));
    let (mut hidden, mut raised, mut by_part) = (Vec::new(), Vec::new(), [const { Vec::new() }; 4]);
    for (value, cell) in by.values.iter().zip(&by.rows[row].cells) {
        let rounding = if profile == Profile::Nhs { 2.0 } else { 0.0 };
        let most = value.base as f64 + rounding;
        let figure = puzzle.figure(known(cell.raised, profile, most));
        if cell.raised == Cell::Hidden {
            hidden.push((figure, value.label.clone()));
        }
        raised.push(figure);
        let mut of_value = Vec::new();
        for (part, shown) in parts(&cell.sentiment).into_iter().enumerate() {
            // A part that goes with its hidden whole can be nobody at all.
            let bounds = match known(shown, profile, most) {
                (1.0, most) if cell.raised == Cell::Hidden => (0.0, most),
                bounds => bounds,
            };
            let figure = puzzle.figure(bounds);
            let nobody = parts(felt)[part].count() == Some(0);
            if shown == Cell::Hidden && !nobody {
                hidden.push((figure, format!("{} part {part}", value.label)));
            }
            of_value.push(figure);
            by_part[part].push(figure);
        }
        puzzle.sums.push((figure, of_value));
    }
    puzzle.sums.push((whole, raised));
    puzzle.sums.extend(totals.into_iter().zip(by_part));
    hidden.retain(|(figure, _)| puzzle.gives_away(*figure));
    hidden.into_iter().map(|(_, what)| what).collect()
}

/// Attacks everything; the number of hidden figures that it tried.
fn attack(found: &Evidence) -> Result<(), TestCaseError> {
    let book = found.main().expect("a codebook");
    for by in &book.breakdowns {
        prop_assert!(by.values.iter().all(|value| value.base >= 5));
        for (at, row) in by.rows.iter().enumerate() {
            let theme = book.themes.iter().find(|theme| theme.id == row.id).expect("a theme");
            let out = worked_out(by, at, theme, found.profile);
            prop_assert!(out.is_empty(), "{} of {} by {}: {:?}", row.id, by.id, by.label, out);
            for cell in &row.cells {
                let least = found.profile.least();
                let small = |cell: Cell| cell.count().is_some_and(|count| count < least);
                if found.profile == Profile::Standard {
                    prop_assert!(!small(cell.raised));
                }
                if cell.raised == Cell::Hidden {
                    prop_assert!(parts(&cell.sentiment).iter().all(|part| *part == Cell::Hidden));
                }
            }
        }
    }
    Ok(())
}

/// People by provider and what they felt about lateness, in numbers as they come in life.
fn crowd() -> impl Strategy<Value = Vec<CodedResponse>> {
    let provider = (proptest::collection::vec(0..12_u32, 4), 0..15_u32);
    proptest::collection::vec(provider, 2..6).prop_map(|providers| {
        let mut rows = Vec::new();
        for (provider, (felt, silent)) in providers.into_iter().enumerate() {
            let silent = (0..silent).map(|_| None);
            let felt = felt.into_iter().enumerate();
            let felt = felt.flat_map(|(part, count)| (0..count).map(move |_| Some(part)));
            for part in felt.chain(silent) {
                let mut answer = answer(1, rows.len() as u32);
                answer.response.by = vec![Some(format!("P{provider}").into())];
                answer.respondent_type.0 = RespondentType::ALL[rows.len() * 7 % 5];
                if let Some(part) = part {
                    answer.sentiment = Sentiment::ALL[part];
                    answer.codings = vec![coding(0, Sentiment::ALL[part])];
                }
                rows.push(answer);
            }
        }
        rows
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_hidden_figure_of_random_tables_can_be_worked_out(rows in crowd()) {
        attack(&evidence(&tally(&rows), &facts(Profile::Standard)))?;
    }

    #[test]
    fn no_hidden_figure_can_be_worked_out_under_nhs_either(rows in crowd()) {
        attack(&evidence(&tally(&rows), &facts(Profile::Nhs)))?;
    }

    #[test]
    fn no_hidden_figure_of_real_looking_files_can_be_worked_out(rows in rows(80)) {
        attack(&evidence(&tally(&rows.concat()), &facts(Profile::Standard)))?;
    }
}

#[test]
fn the_attack_finds_what_is_not_protected() {
    let rows: Vec<_> = (0..60)
        .map(|at| {
            let mut answer = answer(1, at);
            answer.response.by = vec![Some(["North", "South"][at as usize % 2].into())];
            if at < 33 && (at % 2 == 0 || at < 6) {
                answer.codings = vec![coding(0, Sentiment::Negative)];
            }
            answer
        })
        .collect();
    let mut found = evidence(&tally(&rows), &facts(Profile::None));
    found.profile = Profile::Standard;
    let book = &mut found.codebooks[0];
    let small = book.breakdowns[0].rows[0].cells.iter_mut().find(|c| c.raised.count() == Some(3));
    let small = small.expect("the small cell");
    small.raised = Cell::Hidden;
    small.sentiment = Split::HIDDEN;
    let out = worked_out(&book.breakdowns[0], 0, &book.themes[0], Profile::Standard);
    assert_eq!(out, ["South", "South part 1"]);
}
