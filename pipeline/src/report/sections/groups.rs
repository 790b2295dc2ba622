//! A section for each group of themes: what it is about, its figures, and people's own words.

use std::fmt::Write as _;

use heard_models::words::Sentiment;

use super::super::Material;
use super::super::view::{Block, Section, Table};
use super::super::words::{count, interval, list, number, of, spoken};
use super::themes::{people_cells, was_raised};
use crate::tables::evidence::{CodebookEvidence, Quote, ThemeRow};

pub(super) fn sections<'a>(material: &Material<'a>) -> Vec<Section<'a>> {
    let Some(book) = material.evidence.main() else { return Vec::new() };
    let groups: Vec<Section<'a>> = book
        .groups
        .iter()
        .filter(|group| {
            let mut themes = book.themes.iter().filter(|theme| theme.group == group.id);
            was_raised(group)
                && themes.any(|theme| theme.respondents.count().is_some_and(|n| n > 0))
        })
        .enumerate()
        .map(|(at, group)| section(material, book, group, at))
        .collect();
    if groups.is_empty() {
        return groups;
    }
    let introduction = "Each group of themes, the one raised by most people first. Quotes are people's \
        own words, with personal details taken out and with who speaks as a role. They were chosen to \
        show what a theme is about; they do not say how many think so.";
    let mut sections =
        vec![Section::new("in-detail", "In detail", vec![Block::text(introduction)])];
    sections.extend(groups);
    sections
}

fn section<'a>(
    material: &Material<'a>,
    book: &CodebookEvidence,
    group: &ThemeRow,
    at: usize,
) -> Section<'a> {
    let mut blocks = Vec::new();
    if let Some(meaning) = material.facts.definitions.get(&group.id) {
        blocks.push(Block::Lead { text: meaning.clone() });
    }
    blocks.extend(figures(group).map(Block::text));
    let raised = book.themes.iter().filter(|theme| theme.group == group.id && was_raised(theme));
    let (themes, hidden): (Vec<&ThemeRow>, Vec<&ThemeRow>) =
        raised.partition(|theme| theme.respondents.count().is_some());
    // A report on one provider or area counts people only.
    let comments = themes.iter().any(|theme| theme.comments.count().is_some());
    let rows = themes
        .iter()
        .map(|row| {
            let mut cells = people_cells(row);
            if comments {
                cells.push(count(&row.comments));
            }
            cells
        })
        .collect();
    let head = [
        "Theme",
        "People",
        "95% interval",
        "Only praise",
        "Only criticism",
        "Both or neither",
        "Comments",
    ];
    let head = if comments { &head[..] } else { &head[..6] };
    let mut table = Table::new(format!("{}: themes", group.label), head, rows);
    if !hidden.is_empty() {
        let names: Vec<String> = hidden.iter().map(|row| spoken(&row.label)).collect();
        let said = format!("Withheld altogether: {}.", list(&names));
        table.note = Some(table.note.map_or(said.clone(), |note| format!("{note} {said}")));
    }
    blocks.push(Block::Table(table));
    let meanings: Vec<String> = themes
        .iter()
        .filter_map(|theme| {
            let meaning = material.facts.definitions.get(&theme.id)?;
            Some(format!("{}: {meaning}", theme.label))
        })
        .collect();
    if !meanings.is_empty() {
        blocks.push(Block::list(meanings));
    }
    let mut quoted = themes.iter().flat_map(|theme| {
        material.chosen.quotes.iter().filter(|said| said.theme == theme.id).map(quote)
    });
    if let Some(first) = quoted.next() {
        blocks.push(first);
        blocks.extend(quoted);
    } else if comments {
        blocks.push(Block::note("There is no quote here that may be published."));
    }
    Section::under(format!("group-{}", at + 1), group.label.clone(), blocks)
}

/// None where the group's own figure is not one that may be read.
fn figures(group: &ThemeRow) -> Option<String> {
    let people = of(&group.respondents)?;
    let mut text = format!(
        "{people} of the people heard raised at least one of these themes (95% interval {})",
        interval(&group.respondents)
    );
    if let (Some(praise), Some(criticism), Some(base)) = (
        group.sentiment.positive.count(),
        group.sentiment.negative.count(),
        group.sentiment.positive.base(),
    ) {
        let _ = write!(
            text,
            ". Of these {}, {} had only praise and {} only criticism",
            number(base),
            if praise == 0 { "none".to_owned() } else { number(praise) },
            if criticism == 0 { "none".to_owned() } else { number(criticism) }
        );
    }
    text.push('.');
    Some(text)
}

pub(super) fn quote<'a>(quote: &Quote) -> Block<'a> {
    let feeling = match quote.sentiment {
        Sentiment::Positive => "Praise",
        Sentiment::Negative => "Criticism",
        Sentiment::Mixed => "Both praise and criticism",
        Sentiment::Neutral => "Suggestion",
    };
    Block::Quote {
        text: quote.text.trim().to_owned(),
        role: quote.role.clone(),
        about: format!("{feeling} about {}", spoken(&quote.label)),
        sentiment: quote.sentiment.as_str().to_owned(),
    }
}
