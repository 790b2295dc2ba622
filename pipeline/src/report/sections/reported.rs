//! What people suggest, report in numbers, gain or lose through care, and think of proposals.

use heard_models::words::{Direction, Stance};

use super::super::Material;
use super::super::differences::by_what;
use super::super::further::position;
use super::super::view::{Block, Section, Table};
use super::super::words::{
    count_share, list, number, number_or_few, number_or_withheld, of_or_withheld, quantity, range,
    spoken,
};
use super::chart;
use super::groups::quote;
use super::themes::figures;
use crate::tables::evidence::{Cell, MeasureRow, ThemeRow};

/// A share of people that is called few.
const FEW: f64 = 0.1;

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
    let mut blocks = vec![Block::text(text)];
    let quotes = &material.chosen.suggestions;
    if quotes.is_empty() {
        if flag.number != Some(0) {
            blocks.push(Block::to_write(
                "The suggestions worth taking up, in people's own terms. They are marked suggestion \
                 in the restricted files.",
            ));
        }
    } else {
        blocks.push(Block::text(
            "Some of them, in people's own words, one for each theme; all are marked suggestion in \
             the restricted files.",
        ));
        blocks.extend(quotes.iter().map(quote));
    }
    Some(Section::new("suggestions", "What people suggested", blocks))
}

/// What few said and nobody should overlook: serious themes that a small share raised.
pub(super) fn serious<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let book = material.evidence.main()?;
    let themes = material.facts.serious();
    let few: Vec<&ThemeRow> = book
        .themes
        .iter()
        .filter(|row| themes.contains(&row.id))
        .filter(|row| row.respondents.share().is_some_and(|share| share > 0.0 && share < FEW))
        .filter(|row| row.sentiment.negative.count().is_some_and(|n| n > 0))
        .collect();
    if few.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::text(
        "Few people raised these themes, and some of what they said weighs more than its number: a \
         missed visit, a wrong tablet, rough hands. What may tell of harm is not quoted here; a \
         person reads it first.",
    )];
    let rows = few
        .iter()
        .map(|row| {
            let critical = number_or_withheld(row.sentiment.negative.count());
            vec![row.label.clone(), of_or_withheld(&row.respondents), critical]
        })
        .collect();
    let head = ["Theme", "People", "Only criticism"];
    blocks.push(Block::Table(Table::new("Raised by few, and serious", &head, rows)));
    let quotes = material.chosen.serious.iter();
    blocks.extend(quotes.filter(|said| few.iter().any(|row| row.id == said.theme)).map(quote));
    Some(Section::new("few-but-serious", "Said by few, but serious", blocks))
}

pub(super) fn measures<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let rows = &material.evidence.measures;
    if rows.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::text(
        "Some people gave numbers of their own accord. The figures below are of those who gave a \
             number, and of nobody else: they are what people report, not a rate of compliance.",
    )];
    let (told, silent): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.summary.is_some());
    if told.is_empty() {
        blocks.push(Block::text("Too few did for any figure to be shown."));
    } else {
        let mut table = Table::new(
            "Numbers that people gave",
            &["What", "Gave a number", "Middle value", "Middle half", "Least to most"],
            told.into_iter().map(row).collect(),
        );
        if !silent.is_empty() {
            let names: Vec<String> = silent.iter().map(|row| spoken(&row.label)).collect();
            let said = format!("Too few gave a number for a figure: {}.", list(&names));
            table.note = Some(table.note.map_or(said.clone(), |note| format!("{note} {said}")));
        }
        blocks.push(Block::Table(table));
    }
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
            let between = |low, high| range(low, high, &measure.unit, per);
            row.push(between(summary.lower_quartile, summary.upper_quartile));
            let all = summary.range.map(|(low, high)| between(low, high));
            row.push(all.unwrap_or_else(|| number_or_withheld(None)));
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
    let base = rows_base(material);
    let caption = match base {
        Some(base) => {
            format!("Part of life and what care did to it, of {} people heard", number(base))
        }
        None => "Part of life and what care did to it: people".to_owned(),
    };
    let mut blocks = vec![
        Block::text(
            "What people say care did for their lives, by the eight domains of ASCOT. A person can \
             stand in more than one column. Few people name an outcome of their own accord, so \
             these figures say how often it was named, not how often it came about.",
        ),
        Block::Table(Table::new(caption, &head, rows)),
    ];
    let mut silent = Vec::new();
    for by in &material.evidence.outcomes_by {
        match figures(by, ["What care did", "Part of life, and what care did"]) {
            Some(table) => blocks.push(Block::Table(table)),
            None => silent.push(by_what(by)),
        }
    }
    if !silent.is_empty() {
        blocks.push(Block::text(format!(
            "There is no table by {}: so few people of each group named the same outcome that every \
             figure is withheld, or there are more groups than fit a page.",
            list(&silent)
        )));
    }
    Some(Section::new("outcomes", "What care did for people's lives", blocks))
}

/// The base that all figures of the outcomes share.
fn rows_base(material: &Material<'_>) -> Option<u64> {
    let cells = material.evidence.outcomes.iter().flat_map(|row| &row.directions);
    cells.filter_map(|(_, cell)| cell.base()).max()
}

/// A row of a table: its label, then the figure of each column, withheld where there is none.
fn spread<T: PartialEq>(label: &str, columns: &[T], figures: &[(T, Cell)]) -> Vec<String> {
    let figure = |column: &T| {
        let found = figures.iter().find(|(at, _)| at == column);
        found.map_or_else(|| number_or_withheld(None), |(_, cell)| count_share(cell))
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
        Block::note(
            "Where people ticked whether they are for or against, the table has what they ticked. \
             Elsewhere the program reads a position from the words: it is right in about six answers \
             of ten, and it seldom sees that a letter takes none. Read these before you say who is for \
             or against.",
        ),
    ];
    blocks.extend(chart(material, "stance_by_proposal"));
    Some(Section::new("stance", "What people think of the proposals", blocks))
}
