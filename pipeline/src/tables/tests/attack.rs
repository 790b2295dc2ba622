//! Somebody with every published table and a solver tries to work out what was hidden.

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome};
use proptest::prelude::*;

use super::super::evidence::{
    Breakdown, BreakdownCell, BreakdownRow, BreakdownValue, Cell, Dimension, Evidence, Split,
    ThemeRow, Unit,
};
use super::super::{Profile, evidence};
use super::*;

/// The same of a breakdown's figure: where it is hidden, what is told of it counts, too.
fn told(cell: &BreakdownCell, profile: Profile, most: f64) -> (f64, f64) {
    let (low, high) = known(cell.raised, profile, most);
    let (least, limit) = cell.between.map_or((low, high), |(a, b)| (a as f64, b as f64));
    (low.max(least), high.min(limit))
}

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
        let figure = puzzle.figure(told(cell, profile, most));
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

/// The same for a count without parts.
fn worked_out_plain(by: &Breakdown, row: &BreakdownRow, profile: Profile) -> Vec<String> {
    let mut puzzle = Puzzle::default();
    let whole = puzzle.figure(known(row.all, profile, 1e6));
    let rounding = if profile == Profile::Nhs { 2.0 } else { 0.0 };
    let cells = by.values.iter().zip(&row.cells);
    let figures: Vec<(usize, &str, bool)> = cells
        .map(|(value, cell)| {
            let most = value.base as f64 + rounding;
            let figure = puzzle.figure(told(cell, profile, most));
            (figure, value.label.as_str(), cell.raised == Cell::Hidden)
        })
        .collect();
    puzzle.sums.push((whole, figures.iter().map(|figure| figure.0).collect()));
    let hidden =
        figures.into_iter().filter(|(figure, _, hidden)| *hidden && puzzle.gives_away(*figure));
    hidden.map(|(_, label, _)| label.to_owned()).collect()
}

/// Unions of themes (groups, clauses of standards) and pairs: under `nhs` no hidden theme of the
/// whole sample may follow from them. Which sets of themes people raised is all that there is.
fn unions_tell_nothing(found: &Evidence) -> bool {
    let book = found.main().expect("a codebook");
    if found.profile != Profile::Nhs {
        return true;
    }
    let mut puzzle = Puzzle::default();
    let themes: Vec<&ThemeRow> = book.themes.iter().collect();
    let sets: Vec<usize> = (0..1 << themes.len()).map(|_| puzzle.figure((0.0, 1e6))).collect();
    let mut figure = |cell: Cell, of: &dyn Fn(usize) -> bool| {
        let figure = puzzle.figure(known(cell, Profile::Nhs, 7.0));
        let members = sets.iter().enumerate().filter(|(set, _)| of(*set)).map(|(_, at)| *at);
        puzzle.sums.push((figure, members.collect()));
        figure
    };
    let holds = |set: usize, theme: usize| set >> theme & 1 == 1;
    let mut hidden = Vec::new();
    for (at, theme) in themes.iter().enumerate() {
        let figure = figure(theme.respondents, &|set| holds(set, at));
        if theme.respondents == Cell::Hidden {
            hidden.push(figure);
        }
    }
    let place =
        |label: &str| themes.iter().position(|theme| theme.label == label).expect("a theme");
    for clause in book.standards.iter().flat_map(|standard| &standard.clauses) {
        let members: Vec<usize> = clause.themes.iter().map(|label| place(label)).collect();
        if clause.respondents != Cell::Hidden {
            figure(clause.respondents, &|set| members.iter().any(|at| holds(set, *at)));
        }
    }
    for group in book.groups.iter().filter(|group| group.respondents != Cell::Hidden) {
        let in_group = |at: &usize| themes[*at].group == group.id;
        let members: Vec<usize> = (0..themes.len()).filter(in_group).collect();
        figure(group.respondents, &|set| members.iter().any(|at| holds(set, *at)));
    }
    for pair in &book.pairs {
        let (a, b) = (place(&pair.first_label), place(&pair.second_label));
        figure(pair.respondents, &|set| holds(set, a) && holds(set, b));
    }
    hidden.into_iter().all(|figure| !puzzle.gives_away(figure))
}

/// Two breakdowns of respondents and how many stand in each pair of values: the reader is taken to
/// know that. Everything hidden of a row in either, with both set beside each other.
fn worked_out_together(
    [first, second]: [&Breakdown; 2],
    [a, b]: [&BreakdownRow; 2],
    felt: Option<&Split>,
    people: &[Vec<u64>],
    profile: Profile,
) -> Vec<String> {
    let mut puzzle = Puzzle::default();
    let whole = puzzle.figure(known(a.all, profile, 1e6));
    let totals = felt.map(|felt| parts(felt).map(|cell| puzzle.figure(known(cell, profile, 1e6))));
    if let Some(totals) = &totals {
        puzzle.sums.push((whole, totals.to_vec()));
    }
    let mut hidden = Vec::new();
    let mut sides: Vec<Vec<Vec<usize>>> = Vec::new();
    for (by, row) in [(first, a), (second, b)] {
        let mut of_side = Vec::new();
        for (value, cell) in by.values.iter().zip(&row.cells) {
            let rounding = if profile == Profile::Nhs { 2.0 } else { 0.0 };
            let most = value.base as f64 + rounding;
            let figure = puzzle.figure(told(cell, profile, most));
            if cell.raised == Cell::Hidden {
                hidden.push((figure, format!("{} of {}", value.label, by.id)));
            }
            let mut levels = vec![figure];
            if let Some(felt) = felt {
                for (part, shown) in parts(&cell.sentiment).into_iter().enumerate() {
                    let bounds = match known(shown, profile, most) {
                        (1.0, most) if cell.raised == Cell::Hidden => (0.0, most),
                        bounds => bounds,
                    };
                    let figure = puzzle.figure(bounds);
                    if shown == Cell::Hidden && parts(felt)[part].count() != Some(0) {
                        hidden.push((figure, format!("{} of {} part {part}", value.label, by.id)));
                    }
                    levels.push(figure);
                }
                puzzle.sums.push((levels[0], levels[1..].to_vec()));
            }
            of_side.push(levels);
        }
        puzzle.sums.push((whole, of_side.iter().map(|levels| levels[0]).collect()));
        if let Some(totals) = &totals {
            for (part, total) in totals.iter().enumerate() {
                let of_part = of_side.iter().map(|levels| levels[part + 1]).collect();
                puzzle.sums.push((*total, of_part));
            }
        }
        sides.push(of_side);
    }
    let levels = if felt.is_some() { 5 } else { 1 };
    let mut inside: Vec<Vec<Vec<usize>>> = Vec::new();
    for row in people {
        let cells = row.iter().map(|people| {
            let levels = (0..levels).map(|_| puzzle.figure((0.0, *people as f64)));
            let levels: Vec<usize> = levels.collect();
            if levels.len() > 1 {
                puzzle.sums.push((levels[0], levels[1..].to_vec()));
            }
            levels
        });
        inside.push(cells.collect());
    }
    for level in 0..levels {
        for (at, value) in sides[0].iter().enumerate() {
            let row = inside[at].iter().map(|cell| cell[level]).collect();
            puzzle.sums.push((value[level], row));
        }
        for (at, value) in sides[1].iter().enumerate() {
            let column = inside.iter().map(|row| row[at][level]).collect();
            puzzle.sums.push((value[level], column));
        }
    }
    hidden.retain(|(figure, _)| puzzle.gives_away(*figure));
    hidden.into_iter().map(|(_, what)| what).collect()
}

/// How many respondents stand in each pair of values of two breakdowns, from the rows themselves.
fn overlap(found: &Evidence, rows: &[CodedResponse], pair: [&Breakdown; 2]) -> Vec<Vec<u64>> {
    let place = |by: &Breakdown, row: &CodedResponse| {
        let name = match by.dimension {
            Dimension::Column(at) => row.response.by[usize::from(at)].as_deref().map(str::to_owned),
            Dimension::RespondentType => {
                Some(super::super::labels::roles(row.respondent_type.0).to_owned())
            }
            _ => None,
        };
        let name = name.unwrap_or_else(|| "Not stated".to_owned());
        let is = |value: &BreakdownValue| value.label == name;
        by.values.iter().position(is).or_else(|| by.values.iter().position(|v| v.merged > 1))
    };
    assert!(found.funnel.received.is_some());
    let mut people = vec![vec![0; pair[1].values.len()]; pair[0].values.len()];
    for row in rows.iter().filter(|row| row.status == Status::Informative) {
        let (a, b) = (place(pair[0], row).expect("a value"), place(pair[1], row).expect("a value"));
        people[a][b] += 1;
    }
    people
}

/// What a reader who knows nothing but what is published can take for the number of respondents in
/// each pair of values: the most that the bases allow.
fn at_most([first, second]: [&Breakdown; 2]) -> Vec<Vec<u64>> {
    let most = |a: &BreakdownValue, b: &BreakdownValue| a.base.min(b.base) + 2;
    let row = |a| second.values.iter().map(|b| most(a, b)).collect();
    first.values.iter().map(row).collect()
}

/// Sets every two breakdowns beside each other, for a reader who has the rows' pairs of values or
/// (without rows) nothing but what is published.
fn attack_together(
    found: &Evidence,
    rows: Option<&[CodedResponse]>,
) -> Result<usize, TestCaseError> {
    let book = found.main().expect("a codebook");
    let mut tried = 0;
    for all in [&book.breakdowns, &found.outcomes_by] {
        let knows = |by: &&Breakdown| {
            matches!(by.dimension, Dimension::Column(_) | Dimension::RespondentType)
        };
        let by: Vec<&Breakdown> = all.iter().filter(knows).collect();
        for (at, first) in by.iter().enumerate() {
            for second in &by[at + 1..] {
                let pair = [*first, *second];
                let people = rows.map_or_else(|| at_most(pair), |rows| overlap(found, rows, pair));
                for a in &first.rows {
                    let Some(b) = second.rows.iter().find(|b| b.id == a.id) else { continue };
                    let theme = book.themes.iter().find(|theme| theme.id == a.id);
                    let felt = theme.map(|theme| &theme.sentiment);
                    let out = worked_out_together(pair, [a, b], felt, &people, found.profile);
                    prop_assert!(
                        out.is_empty(),
                        "{} by {} and {}: {out:?}",
                        a.id,
                        first.id,
                        second.id
                    );
                    tried += 1;
                }
            }
        }
    }
    Ok(tried)
}

/// Attacks everything; the number of hidden figures that it tried.
fn attack(found: &Evidence) -> Result<(), TestCaseError> {
    let book = found.main().expect("a codebook");
    for by in &found.outcomes_by {
        for row in &by.rows {
            let out = worked_out_plain(by, row, found.profile);
            prop_assert!(out.is_empty(), "{} of {}: {out:?}", row.id, by.id);
        }
    }
    prop_assert!(unions_tell_nothing(found));
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
                prop_assert_eq!(cell.raised == Cell::Hidden, cell.between.is_some());
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

/// People in providers and areas that overlap in part, of several kinds, with themes and outcomes.
fn districts() -> impl Strategy<Value = Vec<CodedResponse>> {
    let person = (0..5_usize, 0..10_usize, 0..3_usize, 0..9_usize, 0..12_usize, 0..4_usize);
    proptest::collection::vec(person, 20..110).prop_map(|people| {
        let row = |(at, person): (usize, &(usize, usize, usize, usize, usize, usize))| {
            let (provider, elsewhere, kind, theme, outcome, felt) = *person;
            // Most of a provider's people live in one area.
            let area = if elsewhere == 0 { (provider + 1) % 3 } else { provider % 3 };
            let mut row = answer(1, at as u32);
            row.response.by = vec![
                Some(format!("P{provider}").into()),
                Some(["North", "South", "West"][area].into()),
            ];
            row.respondent_type.0 = RespondentType::ALL[kind];
            row.sentiment = Sentiment::ALL[felt];
            if theme < 3 {
                row.codings = vec![coding(theme as u16, Sentiment::ALL[felt])];
            }
            if outcome < 2 {
                row.outcomes = vec![Outcome {
                    segment: 0,
                    domain: Domain::ALL[outcome],
                    direction: Direction::ALL[felt],
                    confidence: 0.9,
                    coder: "model:test@1".into(),
                    evidence: Vec::new(),
                }];
            }
            row
        };
        people.iter().enumerate().map(row).collect()
    })
}

fn two_columns(rows: &[CodedResponse]) -> Tally {
    let names = Vocabulary::new(
        vocabulary().codebooks().to_vec(),
        vec!["by_provider".into(), "by_area".into()],
    );
    let mut tally = Tally::new(&names, TallyOptions::default());
    for row in rows {
        tally.add(row);
    }
    tally
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn breakdowns_that_overlap_in_part_give_nothing_away_together(rows in districts()) {
        let found = evidence(&two_columns(&rows), &facts(Profile::Standard));
        attack(&found)?;
        attack_together(&found, Some(&rows))?;
    }

    #[test]
    fn they_give_nothing_away_under_nhs_to_who_has_no_more_than_is_published(rows in districts()) {
        let found = evidence(&two_columns(&rows), &facts(Profile::Nhs));
        attack(&found)?;
        attack_together(&found, None)?;
    }

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
fn the_attack_sets_breakdowns_beside_each_other() {
    // P0 works in the North alone, P1 and P2 in the South alone: North shown is P0 shown.
    let rows: Vec<_> = (0..60)
        .map(|at| {
            let mut row = answer(1, at);
            let provider = at as usize % 3;
            let area = if provider == 0 { "North" } else { "South" };
            row.response.by = vec![Some(format!("P{provider}").into()), Some(area.into())];
            if at < 30 && (provider != 1 || at < 10) {
                row.codings = vec![coding(0, Sentiment::Negative)];
            }
            row
        })
        .collect();
    let mut found = evidence(&two_columns(&rows), &facts(Profile::None));
    found.profile = Profile::Standard;
    for cell in &mut found.codebooks[0].breakdowns[0].rows[0].cells[..2] {
        cell.raised = Cell::Hidden;
        cell.sentiment = Split::HIDDEN;
    }
    assert!(attack_together(&found, Some(&rows)).is_err());
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
