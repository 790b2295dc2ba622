//! What people suggest, report in numbers, gain or lose through care, and think of proposals.

use heard_models::words::{Direction, Stance};

use super::super::Material;
use super::super::further::position;
use super::super::view::{Block, Section, Table};
use super::super::words::{number, number_or_few, number_or_withheld, of_or_withheld, quantity};
use super::chart;
use crate::tables::evidence::{Cell, MeasureRow};

pub(super) fn suggestions<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let profile = material.evidence.profile;
    let flag = material.evidence.flags.iter().find(|flag| flag.id == "suggestion")?;
    let text = match flag.number {
        Some(0) => "No answer was found to hold a suggestion that someone could act on.".to_owned(),
        Some(1) => "1 answer holds a suggestion that someone could act on.".to_owned(),
        some => {
            let many = number_or_few(some, profile);
            format!("Answers that hold a suggestion that someone could act on: {many}.")
        }
    };
    let blocks = vec![
        Block::text(text),
        Block::to_write(
            "The suggestions worth taking up, in people's own terms. They are marked suggestion in \
             the restricted files.",
        ),
    ];
    Some(Section::new("suggestions", "What people suggested", blocks))
}

pub(super) fn measures<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let rows = &material.evidence.measures;
    if rows.is_empty() {
        return None;
    }
    let mut blocks = vec![
        Block::text(
            "Some people gave numbers of their own accord. The figures below are of those who gave a \
             number, and of nobody else: they are what people report, not a rate of compliance.",
        ),
        Block::Table(Table::new(
            "Numbers that people gave",
            &["What", "Gave a number", "Middle value", "Middle half", "Least to most"],
            rows.iter().map(row).collect(),
        )),
    ];
    let charts = material.drawn.iter().filter(|drawn| drawn.file_stem.starts_with("measure_"));
    blocks.extend(charts.map(|drawn| Block::Chart { drawn }));
    blocks.extend(chart(material, "measures_and_standards"));
    Some(Section::new("in-numbers", "What people report in numbers", blocks))
}

fn row(measure: &MeasureRow) -> Vec<String> {
    let per = measure.per.as_deref();
    let say = |value: f64| quantity(value, &measure.unit, per);
    let who = measure
        .respondents
        .map_or_else(|| number_or_withheld(None), |n| format!("of the {} who did", number(n)));
    let mut row = vec![measure.label.clone(), who];
    match &measure.summary {
        Some(summary) => {
            row.push(say(summary.median));
            row.push(format!("{} to {}", say(summary.lower_quartile), say(summary.upper_quartile)));
            let range = summary.range.map(|(low, high)| format!("{} to {}", say(low), say(high)));
            row.push(range.unwrap_or_else(|| number_or_withheld(None)));
        }
        None => row.extend([(); 3].map(|()| "too few".to_owned())),
    }
    row
}

pub(super) fn outcomes<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let rows = &material.evidence.outcomes;
    if rows.is_empty() {
        return None;
    }
    let name = |direction: &Direction| match direction {
        Direction::Gained => "Gained through care",
        Direction::Kept => "Kept through care",
        Direction::AtRisk => "At risk",
        Direction::Lost => "Lost",
    };
    let mut head = vec!["Part of life"];
    head.extend(Direction::ALL.iter().map(name));
    let rows = rows.iter().map(|row| spread(&row.label, Direction::ALL, &row.directions)).collect();
    let blocks = vec![
        Block::text(
            "What people say care did for their lives, by the eight domains of ASCOT. A person can \
             stand in more than one column.",
        ),
        Block::Table(Table::new("People by part of life and what care did to it", &head, rows)),
    ];
    Some(Section::new("outcomes", "What care did for people's lives", blocks))
}

/// A row of a table: its label, then the figure of each column, withheld where there is none.
fn spread<T: PartialEq>(label: &str, columns: &[T], figures: &[(T, Cell)]) -> Vec<String> {
    let figure = |column: &T| {
        let found = figures.iter().find(|(at, _)| at == column);
        found.map_or_else(|| number_or_withheld(None), |(_, cell)| of_or_withheld(cell))
    };
    std::iter::once(label.to_owned()).chain(columns.iter().map(figure)).collect()
}

pub(super) fn stance<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let rows = &material.evidence.stance;
    if rows.is_empty() {
        return None;
    }
    let name = |stance: &Stance| position(*stance);
    let mut head = vec!["Proposal"];
    head.extend(Stance::ALL.iter().map(name));
    let rows = rows.iter().map(|row| spread(&row.question, Stance::ALL, &row.stances)).collect();
    let mut blocks = vec![
        Block::text(
            "Whether comments are for or against what was proposed. This is apart from feeling: \
             someone can praise today's care and oppose a change, or the other way round.",
        ),
        Block::Table(Table::new("Comments by proposal and position", &head, rows)),
    ];
    blocks.extend(chart(material, "stance_by_proposal"));
    Some(Section::new("stance", "What people think of the proposals", blocks))
}
