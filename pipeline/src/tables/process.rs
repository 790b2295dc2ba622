//! Month by month: process charts for individual values (`XmR`), where there are at least 12 months.
//!
//! The centre is the mean of the months, the natural process limits stand 2.66 mean moving ranges
//! from it (Shewhart's rule for individual values). Everything comes from figures that may be shown:
//! months that are hidden are left out, and with them their moving ranges.

use std::cmp::Ordering;

use super::evidence::{
    Breakdown, Cell, CodebookEvidence, Dimension, Process, ProcessPoint, Signal,
};

/// Fewer months make no process chart.
const LEAST_MONTHS: usize = 12;
/// Mean moving ranges from the centre to a limit.
const LIMIT: f64 = 2.66;
/// So many months in a row on one side of the centre are a signal.
const RUN: usize = 8;
/// Themes that are followed, the most raised first.
const THEMES: usize = 6;

/// The processes of a codebook: criticism over all, then the themes raised most.
pub(super) fn processes(book: &CodebookEvidence) -> Vec<Process> {
    let Some(by) = book.breakdown(Dimension::Month) else { return Vec::new() };
    let feeling: Vec<Cell> = by.feeling.iter().map(|felt| felt.negative).collect();
    let overall = process("criticism", "Only criticism", by, &feeling);
    let themes = by.rows.iter().filter_map(|row| {
        let cells: Vec<Cell> = row.cells.iter().map(|cell| cell.raised).collect();
        process(&row.id, &row.label, by, &cells)
    });
    overall.into_iter().chain(themes.take(THEMES)).collect()
}

fn process(id: &str, label: &str, by: &Breakdown, cells: &[Cell]) -> Option<Process> {
    let months = by.values.iter().zip(cells).filter(|(value, _)| is_month(&value.label));
    let mut points: Vec<ProcessPoint> = months
        .map(|(value, cell)| ProcessPoint { month: value.label.clone(), cell: *cell, signal: None })
        .collect();
    let shares: Vec<f64> = points.iter().filter_map(|point| point.cell.share()).collect();
    if shares.len() < LEAST_MONTHS {
        return None;
    }
    let centre = shares.iter().sum::<f64>() / shares.len() as f64;
    let ranges: Vec<f64> = shares.windows(2).map(|two| (two[1] - two[0]).abs()).collect();
    let moving = ranges.iter().sum::<f64>() / ranges.len() as f64;
    let (lower, upper) = ((centre - LIMIT * moving).max(0.0), (centre + LIMIT * moving).min(1.0));
    let mut run = (0, Ordering::Equal);
    for point in &mut points {
        let Some(share) = point.cell.share() else { continue };
        let side = share.total_cmp(&centre);
        run = if side != Ordering::Equal && side == run.1 { (run.0 + 1, side) } else { (1, side) };
        point.signal = if share > upper {
            Some(Signal::Above)
        } else if share < lower {
            Some(Signal::Below)
        } else if run.0 >= RUN && side != Ordering::Equal {
            Some(Signal::Run)
        } else {
            None
        };
    }
    let (id, label) = (id.to_owned(), label.to_owned());
    Some(Process { id, label, centre, moving, lower, upper, points })
}

/// `2026-11`: not `Not stated`, not `Other (small groups)`.
fn is_month(label: &str) -> bool {
    label.len() == 7 && label.as_bytes()[4] == b'-'
}

#[cfg(test)]
mod tests {
    use super::super::evidence::{BreakdownValue, Split, Unit};
    use super::*;

    fn by(months: usize) -> Breakdown {
        let value = |at: usize| BreakdownValue {
            label: format!("20{:02}-{:02}", 24 + at / 12, at % 12 + 1),
            base: 100,
            share: 0.1,
            merged: 1,
            named: true,
        };
        Breakdown {
            id: "month".into(),
            label: "Month".into(),
            dimension: Dimension::Month,
            unit: Unit::Respondents,
            values: (0..months).map(value).collect(),
            feeling: vec![Split::HIDDEN; months],
            rows: Vec::new(),
        }
    }

    #[test]
    fn limits_are_those_of_a_table_made_by_hand() {
        // Shares 20, 24, 20, 24, ...: centre 22, every moving range 4, limits 22 -+ 10.64 points.
        let mut cells: Vec<Cell> = (0..12).map(|at| Cell::shown(20 + 4 * (at % 2), 100)).collect();
        let found = process("x", "X", &by(12), &cells).expect("a process");
        assert!((found.centre - 0.22).abs() < 1e-9 && (found.upper - 0.3264).abs() < 1e-9);
        assert!((found.lower - 0.1136).abs() < 1e-9);
        assert!(found.points.iter().all(|point| point.signal.is_none()));
        cells[11] = Cell::shown(90, 100);
        let found = process("x", "X", &by(12), &cells).expect("a process");
        assert_eq!(found.points[11].signal, Some(Signal::Above));
        cells[3] = Cell::Hidden;
        assert!(process("x", "X", &by(12), &cells).is_none());
    }

    #[test]
    fn eight_months_on_one_side_are_a_signal() {
        let cells: Vec<Cell> =
            (0..16).map(|at| Cell::shown(if at < 8 { 20 } else { 24 } + at % 2, 100)).collect();
        let found = process("x", "X", &by(16), &cells).expect("a process");
        assert!(found.points[7].signal.is_some() && found.points[6].signal != Some(Signal::Run));
    }
}
