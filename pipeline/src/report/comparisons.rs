//! Charts that set groups of people, or two waves, side by side. A headline about groups only says what
//! each raised most; one about change claims it only where a test does.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::charts::{Plan, figure, frame, sentence_case};
use super::differences::{by_what, in_short, none_of, the_themes, themes};
use super::words::{number, percent, spoken};
use crate::charts::{Base, ByGroup, Change, ChangeRow, Figure, Group, GroupRow, Sides, Verdict};
use crate::tables::difference::{compared, differences, differs};
use crate::tables::evidence::{
    Breakdown, BreakdownCell, BreakdownRow, BreakdownValue, Cell, Dimension, Evidence, FEW,
};
use crate::tables::intervals;

/// More groups than these do not fit beside each other.
const MOST_GROUPS: usize = 10;
/// Groups of which a headline says what each raised most, where nothing can be tested.
const MOST_NAMED: usize = 3;

/// None where who speaks is not known of enough people, or nothing of it can be shown: the report
/// then says so in words.
pub(super) fn by_type(evidence: &Evidence) -> Option<Plan> {
    let breakdown = evidence.main()?.breakdown(Dimension::RespondentType)?;
    let plan = by_group(evidence, breakdown)?;
    Some(Plan { stem: "themes_by_respondent_type".to_owned(), ..plan })
}

/// Whether any figure of a breakdown's chart can be shown.
pub(super) fn can_be_drawn(breakdown: &Breakdown) -> bool {
    let raised = breakdown.rows.iter().filter(|row| row.all.count() != Some(0));
    let mut cells = raised.flat_map(|row| row.cells.iter().take(MOST_GROUPS));
    cells.any(BreakdownCell::tells)
}

/// A figure of a breakdown, of so many; where it is withheld, between what it lies.
fn told(cell: &BreakdownCell, base: u64) -> Figure {
    let percent = |count| intervals::share(count, base) * 100.0;
    match cell.between {
        Some((least, most)) if least < FEW => Figure::Between(0.0, percent((most + 1).min(base))),
        Some((least, most)) => Figure::Between(percent(least), percent(most)),
        None => figure(&cell.raised),
    }
}

/// For each row of a breakdown the values that differ, where the test says so.
fn marked(breakdown: &Breakdown) -> HashMap<&str, Vec<bool>> {
    let differ = compared(breakdown).into_iter().map(|row| {
        let cells = row.into_iter();
        cells.map(|cell| cell.is_some_and(|found| found.differs)).collect::<Vec<bool>>()
    });
    breakdown.rows.iter().map(|row| row.id.as_str()).zip(differ).collect()
}

/// None where every figure is withheld: an empty chart tells nothing.
pub(super) fn by_group(evidence: &Evidence, breakdown: &Breakdown) -> Option<Plan> {
    if !can_be_drawn(breakdown) {
        return None;
    }
    let values = &breakdown.values[..breakdown.values.len().min(MOST_GROUPS)];
    let raised: Vec<&BreakdownRow> =
        breakdown.rows.iter().filter(|row| row.all.count() != Some(0)).collect();
    let tells = |row: &&BreakdownRow| row.cells.iter().take(values.len()).any(BreakdownCell::tells);
    let rows: Vec<&BreakdownRow> = raised.iter().copied().filter(tells).collect();
    let left_out = raised.len() - rows.len();
    let who = by_what(breakdown);
    let hidden = rows
        .iter()
        .any(|row| row.cells.iter().take(values.len()).any(|cell| cell.raised == Cell::Hidden));
    let differing = differences(breakdown);
    let firsts = first_by_value(breakdown, &rows, values.len());
    let same = firsts.windows(2).all(|two| two[0].1 == two[1].1);
    let most =
        if hidden { "Raised most of what can be shown" } else { "What each group raised most" };
    let headline = match firsts.as_slice() {
        _ if !differing.found.is_empty() => {
            let told: Vec<String> = differing.found.iter().take(2).map(in_short).collect();
            format!("Differ by more than chance would explain: {}", told.join("; "))
        }
        _ if rows.len() == 1 && left_out > 0 => {
            format!("By {who} only one theme can be shown: {}", spoken(&rows[0].label))
        }
        [(_, theme), _, ..] if same => {
            format!(
                "Raised most in every group that can be compared: {}{}",
                spoken(theme),
                if hidden { ", of what can be shown" } else { "" }
            )
        }
        _ if differing.tested > 0 => sentence_case(&format!(
            "{} by {who} by more than chance would explain",
            none_of(differing.tested, "differs")
        )),
        [] => {
            format!("Themes by {who}: no group has one that stands first among what can be shown")
        }
        firsts if firsts.len() > MOST_NAMED => {
            format!("Themes by {who}: too few people to test whether groups differ")
        }
        firsts => {
            let parts: Vec<String> =
                firsts.iter().map(|(value, theme)| format!("{value}: {}", spoken(theme))).collect();
            format!("{most}. {}", parts.join("; "))
        }
    };
    let unit = breakdown.unit.as_str();
    let mut subtitle = format!("Share of {unit} who raised each theme, by {who}");
    if unit == "comments" {
        subtitle = format!("Share of comments that raised each theme, by {who}");
    }
    if values.len() < breakdown.values.len() {
        let all = number(breakdown.values.len() as u64);
        subtitle = format!("{subtitle}; the {MOST_GROUPS} largest of {all} groups");
    }
    let mut note = String::new();
    if left_out > 0 {
        note = format!("Left out: {} that few people of every group raised. ", themes(left_out));
    }
    if !differing.found.is_empty() {
        let many = number(differing.tests as u64);
        let _ = write!(
            note,
            "* Differs from {} by more than chance would explain, corrected for {many} comparisons. ",
            differing.found[0].against()
        );
    }
    if hidden && !firsts.is_empty() {
        note.push_str("The headline is made from the figures that can be shown.");
    }
    let alt = format!(
        "Table of {} themes by {} groups ({who}). {headline}.",
        number(rows.len() as u64),
        number(values.len() as u64)
    );
    let frame = frame(evidence, headline, subtitle, note.trim_end(), alt);
    let groups = values.iter().map(|v| Group { name: v.label.clone(), n: Some(v.base) }).collect();
    let marks = marked(breakdown);
    let rows = rows
        .into_iter()
        .map(|row| GroupRow {
            name: row.label.clone(),
            figures: row.cells.iter().zip(values).map(|(cell, by)| told(cell, by.base)).collect(),
            differs: marks.get(row.id.as_str()).cloned().unwrap_or_default(),
        })
        .collect();
    let n = breakdown.values.iter().map(|value| value.base).sum();
    let base = Base { n, of: unit.to_owned() };
    let chart = ByGroup { frame: frame.clone(), groups, rows, base };
    Some(Plan { stem: format!("themes_{}", breakdown.id), frame, chart: Box::new(chart) })
}

/// The most raised theme of each value that is one value and has a first among its shown figures.
fn first_by_value<'a>(
    breakdown: &'a Breakdown,
    rows: &[&'a BreakdownRow],
    values: usize,
) -> Vec<(&'a str, &'a str)> {
    let named = breakdown.values.iter().enumerate().take(values).filter(|(_, v)| v.named);
    named
        .filter_map(|(at, value)| {
            let counts =
                rows.iter().filter_map(|row| Some((row.cells.get(at)?.raised.count()?, row)));
            let most = counts.clone().map(|(count, _)| count).max().filter(|count| *count > 0)?;
            let mut first = counts.filter(|(count, _)| *count == most);
            // Where several share the first place there is none.
            let (_, row) = first.next()?;
            first.next().is_none().then_some((value.label.as_str(), row.label.as_str()))
        })
        .collect()
}

/// What the test says of two figures; where one is withheld, nothing.
pub(super) fn verdict(a: &Cell, b: &Cell, tests: usize) -> Verdict {
    match differs(a, b, tests) {
        Some(true) => Verdict::Clear,
        Some(false) => Verdict::Unclear,
        None => Verdict::Untested,
    }
}

/// How far a test reached: for how many comparisons it was corrected, and what was not tested.
pub(super) fn extent(tests: usize, withheld: usize) -> String {
    let mut said = match tests {
        0 => Vec::new(),
        1 => vec!["Tested as two samples, at the 5% level.".to_owned()],
        many => vec![format!(
            "Tested as two samples, at the 5% level for all {} comparisons together.",
            number(many as u64)
        )],
    };
    if withheld > 0 {
        said.push(format!("Not tested, because a figure is withheld: {}.", themes(withheld)));
    }
    said.join(" ")
}

pub(super) fn change(evidence: &Evidence, breakdown: &Breakdown) -> Option<Plan> {
    let waves: Vec<usize> =
        (0..breakdown.values.len()).filter(|at| breakdown.values[*at].named).collect();
    let [.., earlier, later] = waves.as_slice() else { return None };
    let raised: Vec<(&BreakdownRow, &Cell, &Cell)> = breakdown
        .rows
        .iter()
        .filter_map(|row| {
            Some((row, &row.cells.get(*earlier)?.raised, &row.cells.get(*later)?.raised))
        })
        .filter(|(_, a, b)| a.count() != Some(0) || b.count() != Some(0))
        .collect();
    let tells = |(_, a, b): &&(_, &Cell, &Cell)| a.count().is_some() || b.count().is_some();
    let rows: Vec<_> = raised.iter().filter(tells).copied().collect();
    let both = |(_, a, b): &&(_, &Cell, &Cell)| a.count().and(b.count()).is_some();
    let shown = rows.iter().filter(both).count();
    // As many as the report's own words and the tables correct for.
    let tests = differences(breakdown).tests.max(shown);
    let mut clear: Vec<(f64, String)> = Vec::new();
    let drawn = rows
        .iter()
        .map(|(row, a, b)| {
            let verdict = verdict(a, b, tests);
            if let (Verdict::Clear, Some(from), Some(to)) = (verdict, a.share(), b.share()) {
                let words =
                    format!("{}, from {} to {}", spoken(&row.label), percent(from), percent(to));
                clear.push(((to - from).abs(), words));
            }
            ChangeRow { name: row.label.clone(), earlier: figure(a), later: figure(b), verdict }
        })
        .collect();
    clear.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (from, to) = (&breakdown.values[*earlier], &breakdown.values[*later]);
    let headline = if shown == 0 {
        format!("Too few people to compare {} with {}", from.label, to.label)
    } else if clear.is_empty() {
        sentence_case(&format!(
            "{} from {} to {} by more than chance would explain",
            none_of(shown, "changed"),
            from.label,
            to.label
        ))
    } else {
        let most: Vec<String> = clear.iter().take(2).map(|(_, words)| words.clone()).collect();
        format!(
            "Changed by more than chance, of {} that can be shown and tested: {}",
            the_themes(shown),
            most.join("; ")
        )
    };
    let unit = breakdown.unit.as_str();
    let subtitle =
        format!("Share of {unit} who raised each theme, {} and {}", from.label, to.label);
    let note = extent(tests, raised.len() - shown);
    let alt = format!(
        "For each of {} themes, its share in {} and in {}. {headline}.",
        number(rows.len() as u64),
        from.label,
        to.label
    );
    let frame = frame(evidence, headline, subtitle, &note, alt);
    let wave =
        |value: &BreakdownValue| (value.label.clone(), Base { n: value.base, of: unit.to_owned() });
    let (earlier, later) = (wave(from), wave(to));
    let sides = Sides::Times;
    let chart = Change { frame: frame.clone(), earlier, later, rows: drawn, sides };
    Some(Plan { stem: "change_between_waves".to_owned(), frame, chart: Box::new(chart) })
}
