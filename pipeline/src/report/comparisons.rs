//! Charts that set groups of people, or two waves, side by side. A headline about groups only says what
//! each raised most; one about change claims it only where a test does.

use super::charts::{Plan, figure, frame, respondents};
use super::words::{number, percent, spoken};
use crate::charts::{Base, ByGroup, Change, ChangeRow, Group, GroupRow, Sides, Verdict};
use crate::tables::difference::{NO_VALUE, differs};
use crate::tables::evidence::{Breakdown, BreakdownRow, BreakdownValue, Cell, Dimension, Evidence};

/// More groups than these do not fit beside each other.
const MOST_GROUPS: usize = 10;

pub(super) fn by_type(evidence: &Evidence) -> Plan {
    let stem = "themes_by_respondent_type".to_owned();
    let breakdown = evidence.main().and_then(|book| book.breakdown(Dimension::RespondentType));
    if let Some(breakdown) = breakdown {
        return Plan { stem, ..by_group(evidence, breakdown) };
    }
    let headline = "Who raised what cannot be compared".to_owned();
    let why = "Fewer than two kinds of respondent are known and large enough to be shown";
    let frame = frame(evidence, headline, why, "", format!("{why}: there is nothing to compare."));
    let (groups, rows) = (Vec::new(), Vec::new());
    let chart = ByGroup { frame: frame.clone(), groups, rows, base: respondents(evidence) };
    Plan { stem, frame, chart: Box::new(chart) }
}

pub(super) fn by_group(evidence: &Evidence, breakdown: &Breakdown) -> Plan {
    let values = &breakdown.values[..breakdown.values.len().min(MOST_GROUPS)];
    let raised: Vec<&BreakdownRow> =
        breakdown.rows.iter().filter(|row| row.all.count() != Some(0)).collect();
    let tells = |row: &&BreakdownRow| {
        row.cells.iter().take(values.len()).any(|cell| cell.raised != Cell::Hidden)
    };
    let rows: Vec<&BreakdownRow> = raised.iter().copied().filter(tells).collect();
    let left_out = raised.len() - rows.len();
    let who = match breakdown.dimension {
        Dimension::RespondentType => "who speaks".to_owned(),
        _ => spoken(&breakdown.label),
    };
    let firsts = first_by_value(breakdown, &rows, values.len());
    let same = firsts.windows(2).all(|two| two[0].1 == two[1].1);
    let headline = match firsts.as_slice() {
        [] => format!("Themes by {who}: too few people for figures to be shown"),
        [(_, theme), _, ..] if same => {
            format!("Raised most in every group that can be compared: {}", spoken(theme))
        }
        firsts => {
            let parts: Vec<String> = firsts
                .iter()
                .take(3)
                .map(|(value, theme)| format!("{value}: {}", spoken(theme)))
                .collect();
            format!("What each group raised most. {}", parts.join("; "))
        }
    };
    let unit = breakdown.unit.as_str();
    let hidden = rows
        .iter()
        .any(|row| row.cells.iter().take(values.len()).any(|cell| cell.raised == Cell::Hidden));
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
        note = format!("Left out: {} of which no figure can be shown. ", themes(left_out));
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
    let rows = rows
        .into_iter()
        .map(|row| GroupRow {
            name: row.label.clone(),
            figures: row.cells.iter().take(values.len()).map(|c| figure(&c.raised)).collect(),
        })
        .collect();
    let n = breakdown.values.iter().map(|value| value.base).sum();
    let base = Base { n, of: unit.to_owned() };
    let chart = ByGroup { frame: frame.clone(), groups, rows, base };
    Plan { stem: format!("themes_{}", breakdown.id), frame, chart: Box::new(chart) }
}

fn themes(n: usize) -> String {
    format!("{} {}", number(n as u64), if n == 1 { "theme" } else { "themes" })
}

/// The most raised theme of each value that is one value and has a first among its shown figures.
fn first_by_value<'a>(
    breakdown: &'a Breakdown,
    rows: &[&'a BreakdownRow],
    values: usize,
) -> Vec<(&'a str, &'a str)> {
    let named = breakdown.values.iter().enumerate().take(values).filter(|(_, v)| v.merged == 1);
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

pub(super) fn change(evidence: &Evidence, breakdown: &Breakdown) -> Option<Plan> {
    let waves: Vec<usize> = (0..breakdown.values.len())
        .filter(|at| {
            let value = &breakdown.values[*at];
            value.merged == 1 && !NO_VALUE.contains(&value.label.as_str())
        })
        .collect();
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
    let left_out = raised.len() - rows.len();
    let tests = rows.iter().filter(|(_, a, b)| a.count().and(b.count()).is_some()).count();
    let mut clear: Vec<(f64, String)> = Vec::new();
    let drawn = rows
        .iter()
        .map(|(row, a, b)| {
            let verdict = match differs(a, b, tests) {
                Some(true) => Verdict::Clear,
                Some(false) => Verdict::Unclear,
                None => Verdict::Untested,
            };
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
    let headline = if tests == 0 {
        format!("Too few people to compare {} with {}", from.label, to.label)
    } else if clear.is_empty() {
        format!("No change from {} to {} is larger than chance may make", from.label, to.label)
    } else {
        let most: Vec<String> = clear.iter().take(2).map(|(_, words)| words.clone()).collect();
        format!("Changed by more than chance: {}", most.join("; "))
    };
    let unit = breakdown.unit.as_str();
    let subtitle =
        format!("Share of {unit} who raised each theme, {} and {}", from.label, to.label);
    let mut note = match tests {
        0 => String::new(),
        1 => "Tested as two samples, at the 5% level.".to_owned(),
        many => format!(
            "Tested as two samples, at the 5% level for all {} themes together.",
            number(many as u64)
        ),
    };
    if left_out > 0 {
        note = format!("{note} Left out: {} of which no figure can be shown.", themes(left_out));
    }
    let alt = format!(
        "For each of {} themes, its share in {} and in {}. {headline}.",
        number(rows.len() as u64),
        from.label,
        to.label
    );
    let frame = frame(evidence, headline, subtitle, note.trim_start(), alt);
    let wave =
        |value: &BreakdownValue| (value.label.clone(), Base { n: value.base, of: unit.to_owned() });
    let (earlier, later) = (wave(from), wave(to));
    let sides = Sides::Times;
    let chart = Change { frame: frame.clone(), earlier, later, rows: drawn, sides };
    Some(Plan { stem: "change_between_waves".to_owned(), frame, chart: Box::new(chart) })
}
