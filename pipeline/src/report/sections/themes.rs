//! How people felt, what they raised, and how that differs between groups of people and over time.

use super::super::Material;
use super::super::comparisons::can_be_drawn;
use super::super::differences::{by_what, told};
use super::super::part::Part;
use super::super::view::{Block, Section, Table};
use super::super::words::{
    self, count, count_share, interval, number, number_or_withheld, of_or_withheld, spoken,
};
use super::chart;
use crate::tables::difference;
use crate::tables::evidence::{
    Breakdown, BreakdownCell, BreakdownRow, BreakdownValue, Cell, CodebookEvidence, Dimension,
    Evidence, Split, ThemeRow, Unit,
};

/// A table of more groups than these does not fit a page.
const MOST_COLUMNS: usize = 6;
/// Pairs of themes that are shown.
const MOST_PAIRS: usize = 6;

/// What stands in the place of a chart in which nothing could be read.
const NO_CHART: &str = "There is no chart of it: the figures of every group that it would show are \
                        withheld, because so few people of each raised the same theme.";

pub(super) fn feeling<'a>(material: &Material<'a>) -> Section<'a> {
    let overall = &material.evidence.sentiment;
    let mut blocks = Vec::new();
    let split = &overall.respondents;
    let said = |cell: &Cell, what: &str| {
        let count = cell.count().filter(|n| *n > 0)?;
        Some(format!("{} ({}) had {what}", number(count), words::percent(cell.share()?)))
    };
    let parts: Vec<String> = [
        said(&split.positive, "praise and no criticism"),
        said(&split.negative, "criticism and no praise"),
        said(&split.mixed, "both"),
        said(&split.neutral, "neither"),
    ]
    .into_iter()
    .flatten()
    .collect();
    match split.positive.base().or(split.negative.base()).or(split.mixed.base()) {
        Some(base) if !parts.is_empty() => blocks.push(Block::text(format!(
            "Of the {} heard, {}.",
            words::counted(base, "person", "people"),
            words::list(&parts)
        ))),
        _ => blocks.push(Block::text("Too few people were heard for these figures to be shown.")),
    }
    let row = |name: &str, split: &Split| {
        let mut row = vec![name.to_owned()];
        row.extend(split.parts().iter().map(|(_, cell)| count_share(cell)));
        row
    };
    blocks.push(Block::Table(Table::new(
        "Feeling overall, by person and by comment",
        &["Counted", "Only praise", "Only criticism", "Both", "Neither"],
        match overall.comments {
            Split::HIDDEN => vec![row("People", &overall.respondents)],
            _ => vec![row("People", &overall.respondents), row("Comments", &overall.comments)],
        },
    )));
    let questions = &material.evidence.questions;
    if questions.len() > 1 && questions.iter().all(|asked| asked.comments.is_none()) {
        blocks.push(Block::text(
            "What is asked makes its own feeling. What people felt is not shown by question: from \
             those figures others that are withheld could be worked out.",
        ));
    } else if questions.len() > 1 || questions.iter().any(|row| !row.question.is_empty()) {
        let rows = questions
            .iter()
            .map(|asked| {
                let name = if asked.question.is_empty() {
                    "No question".to_owned()
                } else {
                    asked.question.clone()
                };
                let mut row = vec![name, number_or_withheld(asked.comments)];
                row.extend(asked.sentiment.parts().iter().map(|(_, cell)| count_share(cell)));
                row
            })
            .collect();
        blocks.push(Block::text(
            "What is asked makes its own feeling: a question about what was good draws praise, one \
             about what could be better draws criticism. So the questions also stand apart.",
        ));
        blocks.push(Block::Table(Table::new(
            "Comments by question",
            &["Question", "Comments", "Only praise", "Only criticism", "Both", "Neither"],
            rows,
        )));
    }
    Section::new("feeling", "How people felt overall", blocks)
}

pub(super) fn section<'a>(material: &Material<'a>) -> Section<'a> {
    let mut blocks = Vec::new();
    blocks.extend(chart(material, "themes"));
    blocks.extend(chart(material, "sentiment"));
    match material.evidence.main() {
        Some(book) if book.themes.iter().any(was_raised) => {
            blocks.push(Block::Table(by_people(book)));
            blocks.extend(thin(book));
            blocks.extend(pairs(book));
        }
        _ => blocks.push(Block::text("No theme was found in these answers.")),
    }
    Section::new("themes", "What people raised", blocks)
}

/// Whether anybody raised it, or the figure is hidden.
pub(super) fn was_raised(row: &ThemeRow) -> bool {
    row.respondents.count() != Some(0)
}

/// Mixed and neutral together, where both may be shown.
fn between(split: &Split) -> String {
    let together = split.mixed.count().zip(split.neutral.count());
    number_or_withheld(together.map(|(mixed, neutral)| mixed + neutral))
}

/// A theme by people: its label, who raised it with the interval, and what they felt.
pub(super) fn people_cells(row: &ThemeRow) -> Vec<String> {
    vec![
        row.label.clone(),
        of_or_withheld(&row.respondents),
        interval(&row.respondents),
        count(&row.sentiment.positive),
        count(&row.sentiment.negative),
        between(&row.sentiment),
    ]
}

fn by_people(book: &CodebookEvidence) -> Table {
    let rows = book.themes.iter().filter(|row| was_raised(row)).map(people_cells).collect();
    let mut table = Table::new(
        "Themes by how many people raised them, and what those people felt",
        &["Theme", "People", "95% interval", "Only praise", "Only criticism", "Both or neither"],
        rows,
    );
    let none: Vec<String> =
        book.themes.iter().filter(|row| !was_raised(row)).map(|row| spoken(&row.label)).collect();
    if !none.is_empty() {
        let said = format!("Nobody raised: {}.", words::list(&none));
        table.note = Some(table.note.map_or(said.clone(), |note| format!("{note} {said}")));
    }
    table
}

/// The themes of a part beside everybody's.
pub(super) fn of_part<'a>(material: &Material<'a>, part: &Part) -> Section<'a> {
    let mut blocks = Vec::new();
    blocks.extend(chart(material, "themes"));
    blocks.extend(chart(material, "sentiment"));
    if let Some(book) = material.evidence.main() {
        let everybody = |id: &str| part.everybody.iter().find(|(theme, _)| theme == id);
        let rows = book
            .themes
            .iter()
            .filter(|row| row.respondents.count().is_some())
            .map(|row| {
                let mut cells = people_cells(row);
                let all = everybody(&row.id).map(|(_, cell)| count_share(cell));
                cells.push(all.unwrap_or_default());
                cells
            })
            .collect();
        let everyone = format!("Everyone (n = {})", number(part.all));
        let head = [
            "Theme",
            "People here",
            "95% interval",
            "Only praise",
            "Only criticism",
            "Both or neither",
            &everyone,
        ];
        let mut table = Table::new("Themes here and for everyone heard", &head, rows);
        let hidden: Vec<String> = book
            .themes
            .iter()
            .filter(|row| row.respondents.count().is_none())
            .map(|row| spoken(&row.label))
            .collect();
        if !hidden.is_empty() {
            let said = format!("Withheld here: {}.", words::list(&hidden));
            table.note = Some(table.note.map_or(said.clone(), |note| format!("{note} {said}")));
        }
        blocks.push(Block::Table(table));
    }
    blocks.push(Block::note(
        "Small groups differ by chance. Overlapping intervals are no difference.",
    ));
    Section::new("themes", "What people raised", blocks).on_new_page()
}

fn thin<'a>(book: &CodebookEvidence) -> Option<Block<'a>> {
    let rows: Vec<Vec<String>> = book
        .thin
        .iter()
        .filter(|row| was_raised(row))
        .map(|row| {
            let people = of_or_withheld(&row.respondents);
            vec![row.label.clone(), people, interval(&row.respondents)]
        })
        .collect();
    (!rows.is_empty()).then(|| {
        Block::Table(Table::new(
            "Praise and criticism that give no reason, counted apart",
            &["What was said", "People", "95% interval"],
            rows,
        ))
    })
}

fn pairs<'a>(book: &CodebookEvidence) -> Option<Block<'a>> {
    let rows: Vec<Vec<String>> = book
        .pairs
        .iter()
        .filter(|pair| pair.respondents.count().is_some_and(|n| n > 0))
        .take(MOST_PAIRS)
        .map(|pair| {
            let both = format!("{}, and {}", pair.first_label, spoken(&pair.second_label));
            vec![both, of_or_withheld(&pair.respondents)]
        })
        .collect();
    (!rows.is_empty()).then(|| {
        Block::Table(Table::new(
            "Themes that the same people raised most often",
            &["Themes", "People who raised both"],
            rows,
        ))
    })
}

pub(super) fn other_codebooks<'a>(material: &Material<'a>) -> Vec<Section<'a>> {
    let others = material.evidence.codebooks.iter().enumerate().skip(1);
    others
        .filter(|(_, book)| book.themes.iter().any(was_raised))
        .map(|(at, book)| {
            let heading = format!("The same answers by another codebook: {}", book.title);
            let blocks = vec![Block::Table(by_people(book))];
            Section::under(format!("codebook-{}", at + 1), heading, blocks)
        })
        .collect()
}

pub(super) fn differences<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let evidence: &Evidence = material.evidence;
    let book = evidence.main()?;
    let mut blocks = Vec::new();
    let chart_of = |by: &Breakdown| match by.dimension {
        Dimension::Wave => "change_between_waves".to_owned(),
        Dimension::Column(_) => format!("themes_{}", by.id).to_lowercase(),
        _ => format!("themes_by_{}", by.id),
    };
    let mut order: Vec<&Breakdown> = book.breakdowns.iter().filter(|by| is_told(by)).collect();
    order.sort_by_key(|by| match by.dimension {
        Dimension::RespondentType => 0,
        Dimension::Wave => 1,
        Dimension::Column(_) => 2,
        _ => 3,
    });
    for by in order {
        blocks.extend(chart(material, &chart_of(by)));
        let (lead, found) = told(by);
        blocks.push(Block::text(lead));
        let of_groups = matches!(by.dimension, Dimension::RespondentType | Dimension::Column(_));
        if of_groups && !can_be_drawn(by) {
            blocks.push(Block::text(NO_CHART));
        }
        if !found.is_empty() {
            blocks.push(Block::list(found));
        }
        if of_groups {
            let table = figures(by, ["Themes", "Theme"]);
            blocks.extend(table.map(|table| Block::Table(table.folded())));
        }
    }
    if blocks.is_empty() {
        return None;
    }
    blocks.insert(
        0,
        Block::text(
            "Groups differ in who replied and why, and small groups differ by chance. Read these \
             figures as what these people said. A difference or a change is called one only where a \
             test says that it is more than chance, corrected for everything that was tested with it.",
        ),
    );
    let heading = "How it differs between groups of people and over time";
    Some(Section::new("differences", heading, blocks))
}

/// Whether a breakdown is told of: those by people and waves always, others (files, questions, months,
/// how answers arrived) where a difference was found.
fn is_told(by: &Breakdown) -> bool {
    let of_people =
        matches!(by.dimension, Dimension::RespondentType | Dimension::Wave | Dimension::Column(_));
    of_people || !difference::differences(by).found.is_empty()
}

/// More rows than these that tell nothing are not named one by one.
const MOST_SILENT: usize = 10;
/// Why some figures of a breakdown are no single number.
const BETWEEN: &str = "“Fewer than” stands for so few people that they might be recognised. Where such \
                       a figure could be worked out from another, that one is given as a range.";

/// The figures of a breakdown, where they fit a page and there are any; what they are of, many and one.
pub(super) fn figures(breakdown: &Breakdown, of: [&str; 2]) -> Option<Table> {
    if breakdown.values.len() > MOST_COLUMNS {
        return None;
    }
    let mut head = vec![of[1].to_owned()];
    head.extend(breakdown.values.iter().map(|v| format!("{} (n = {})", v.label, number(v.base))));
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let raised = breakdown.rows.iter().filter(|row| row.all.count() != Some(0));
    let (told, silent): (Vec<_>, Vec<_>) =
        raised.partition(|row| row.cells.iter().any(BreakdownCell::tells));
    if told.is_empty() {
        return None;
    }
    let rows = told
        .iter()
        .map(|row| {
            let mut cells = vec![row.label.clone()];
            let figure = |(cell, value): (&BreakdownCell, &BreakdownValue)| {
                cell.between.map_or_else(
                    || count_share(&cell.raised),
                    |limits| words::between(limits, value.base),
                )
            };
            cells.extend(row.cells.iter().zip(&breakdown.values).map(figure));
            cells
        })
        .collect();
    let people = if breakdown.unit == Unit::Respondents { "people" } else { "comments" };
    let caption = format!("{} by {}: {people}", of[0], by_what(breakdown));
    let mut table = Table::new(caption, &head, rows);
    let between = |row: &&BreakdownRow| row.cells.iter().find_map(|cell| cell.between);
    let mut notes: Vec<String> = table.note.take().into_iter().collect();
    if told.iter().any(|row| between(row).is_some()) {
        notes.push(BETWEEN.to_owned());
    }
    if let Some((_, most)) = silent.iter().find_map(between) {
        let names: Vec<String> = silent.iter().map(|row| spoken(&row.label)).collect();
        let said = match names.len() {
            many if many > MOST_SILENT => {
                format!("{} more, which the tables name", number(many as u64))
            }
            _ => words::list(&names),
        };
        notes.push(format!("Fewer than {} in every group: {said}.", number(most + 1)));
    }
    table.note = (!notes.is_empty()).then(|| notes.join(" "));
    Some(table)
}
