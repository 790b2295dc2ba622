//! What people make of the evidence: for the specification, recommendations, responses, what was done.
//! Nothing here decides: each place to write has the evidence beside it.

use super::super::Material;
use super::super::contract::{Row, rows};
use super::super::view::{Block, Section, Table};
use super::super::words::{of_or_withheld, spoken};
use crate::tables::evidence::ThemeRow;

/// Themes that get a line to write on.
const MOST_LINES: usize = 10;
/// Themes that stand in the report for the specification; the others are in the workbook.
const MOST_ROWS: usize = 12;

pub(super) fn specification<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let rows = rows(material.evidence, material.facts);
    if rows.is_empty() || material.facts.drafts.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::text(
        "What the evidence may become in a contract: drafts for people to change, strike out and \
         decide on, the themes with most criticism first. Targets are left blank. What people say \
         and what a log measures are two things: they stand side by side and are not added up.",
    )];
    let cells = |row: &Row| {
        let mut said = format!("{}: {}", row.label, row.evidence());
        for figure in &row.figures {
            said = format!("{said} Beside it: {figure}.");
        }
        vec![
            said,
            row.requirement.clone(),
            format!("{} Measured in: {}.", row.indicator, row.measured_in),
            row.clause.clone(),
            String::new(),
        ]
    };
    let shown = rows.iter().take(MOST_ROWS).map(cells).collect();
    let head = ["What people said", "Draft requirement", "Indicator", "Standard", "Target"];
    let mut table = Table::new("For the specification", &head, shown).of_words();
    if rows.len() > MOST_ROWS {
        let rest = rows.len() - MOST_ROWS;
        table.note = Some(format!(
            "{rest} more are in tables/specification.csv and in the workbook that come with this report."
        ));
    }
    blocks.push(Block::Table(table));
    if material.facts.figures.is_empty() {
        blocks.push(Block::note(
            "Figures from visit logs can be shown beside what people say: heard report DIR \
             --visit-log FILE.",
        ));
    }
    Some(Section::new("specification", "For the specification", blocks))
}

/// Themes that were raised most, for people to answer.
fn lines<'m>(material: &Material<'m>) -> Vec<&'m ThemeRow> {
    let themes = material.evidence.main().map(|book| book.themes.as_slice()).unwrap_or_default();
    let mut rows: Vec<&ThemeRow> =
        themes.iter().filter(|row| row.respondents.count().is_some_and(|n| n > 0)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.sentiment.negative.count()));
    rows.truncate(MOST_LINES);
    rows
}

fn evidence(row: &ThemeRow) -> String {
    let raised = of_or_withheld(&row.respondents);
    match row.sentiment.negative.count() {
        Some(critical) => format!("{}: {raised}, {critical} only critical", row.label),
        None => format!("{}: {raised}", row.label),
    }
}

fn blank<'a>(material: &Material<'_>, caption: &str, head: &[&str]) -> Option<Block<'a>> {
    let rows: Vec<Vec<String>> = lines(material)
        .into_iter()
        .map(|row| {
            let mut cells = vec![evidence(row)];
            cells.resize(head.len(), String::new());
            cells
        })
        .collect();
    (!rows.is_empty()).then(|| Block::Table(Table::new(caption, head, rows).of_words()))
}

pub(super) fn recommendations<'a>(material: &Material<'a>) -> [Section<'a>; 2] {
    let mut recommended = vec![Block::to_write(
        "What should change, for whom, and by when. The evidence stands beside each line; strike out \
         the lines that need none.",
    )];
    let head = ["Evidence (people)", "Recommendation", "For whom, by when"];
    recommended.extend(blank(material, "Recommendations, with the evidence", &head));
    let mut answered = vec![Block::said_or(
        material.facts.organisation.next.as_ref(),
        "What the provider or commissioner says to each recommendation, and what they will do.",
    )];
    let head = ["Evidence (people)", "Response", "What will be done, by when"];
    answered.extend(blank(material, "Responses, with the evidence", &head));
    [
        Section::new("recommendations", "Recommendations", recommended).on_new_page(),
        Section::new("provider-response", "Response from providers and commissioners", answered),
    ]
}

pub(super) fn you_said<'a>(material: &Material<'a>) -> Section<'a> {
    let critical =
        |row: &&ThemeRow| row.sentiment.negative.count() > row.sentiment.positive.count();
    let said: Vec<String> = lines(material)
        .into_iter()
        .filter(critical)
        .take(3)
        .map(|row| spoken(&row.label))
        .collect();
    let text = if said.is_empty() {
        "What you told us follows, in figures and in your own words.".to_owned()
    } else {
        format!(
            "What you told us follows, in figures and in your own words. You were most critical of \
             {}.",
            super::super::words::list(&said)
        )
    };
    Section::new("you-said", "You said", vec![Block::Lead { text }])
}

pub(super) fn we_did<'a>(material: &Material<'a>) -> Section<'a> {
    let mut blocks = vec![Block::said_or(
        material.facts.organisation.next.as_ref(),
        "What was done or will be done about what people said, and where nothing will be done, why.",
    )];
    let head = ["You said (people)", "We did, or will do", "By when, or why not"];
    blocks.extend(blank(material, "You said, we did", &head));
    Section::new("we-did", "We did", blocks)
}
