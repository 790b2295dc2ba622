//! Sections on the tables beyond themes: standards, who responded beside who receives care, what the
//! codebook has no theme for. Each short: a sentence, a chart where one is drawn, a table.

use super::super::Material;
use super::super::further::CANNOT_MEND;
use super::super::view::{Block, Section, Table};
use super::super::words::{
    interval, list, number, number_or_withheld, of_or_withheld, percent, spoken,
};
use super::chart;
use crate::tables::evidence::StandardEvidence;

/// Clauses of one standard in the report; the tables have all.
const MOST_CLAUSES: usize = 12;
/// Things without a theme in the report.
const MOST_UNNAMED: usize = 12;

pub(super) fn standards<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let book = material.evidence.main()?;
    let known: Vec<&StandardEvidence> =
        book.standards.iter().filter(|standard| !standard.clauses.is_empty()).collect();
    if known.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::text(
        "What people raised, beside standards that contracts and inspections use. A clause is raised \
         by whoever raised at least one theme that is mapped to it, with praise or with criticism; \
         each person counts once.",
    )];
    for standard in known {
        blocks.extend(chart(material, &format!("standard_{}", standard.id)));
        let rows: Vec<Vec<String>> = standard
            .clauses
            .iter()
            .filter(|clause| clause.respondents.count() != Some(0))
            .take(MOST_CLAUSES)
            .map(|clause| {
                let themes: Vec<String> = clause.themes.iter().map(|theme| spoken(theme)).collect();
                vec![
                    clause.label.clone(),
                    of_or_withheld(&clause.respondents),
                    interval(&clause.respondents),
                    list(&themes),
                ]
            })
            .collect();
        if rows.is_empty() {
            continue;
        }
        let fit = if standard.best_fit { " (best fit)" } else { "" };
        let caption = format!("{}{fit}", standard.title);
        let head = ["Clause", "People", "95% interval", "Themes mapped to it"];
        blocks.push(Block::Table(Table::new(caption, &head, rows).folded()));
    }
    blocks.push(Block::note(
        "Best fit marks standards where it is a judgement which theme belongs to which clause. Where \
         no number stands, nobody raised it: that says nothing about whether it is met.",
    ));
    Some(Section::new("standards", "Beside the standards", blocks))
}

pub(super) fn responded<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let evidence = material.evidence;
    if evidence.represented.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::text(format!(
        "How those who responded stand to those who receive care, in what is known of both. {CANNOT_MEND}"
    ))];
    blocks.extend(chart(material, "responded_and_receive_care"));
    for by in &evidence.represented {
        let rows = by.rows.iter().map(|row| {
            vec![
                row.label.clone(),
                of_or_withheld(&row.respondents),
                interval(&row.respondents),
                number(row.people),
                percent(row.people_share),
            ]
        });
        let head =
            ["Group", "Respondents", "95% interval", "People who receive care", "Their share"];
        let caption = format!("Respondents and people who receive care by {}", spoken(&by.label));
        blocks.push(Block::Table(Table::new(caption, &head, rows.collect()).folded()));
    }
    if let Some(weighted) = &evidence.weighted {
        let columns: Vec<String> = weighted.columns.iter().map(|label| spoken(label)).collect();
        blocks.push(Block::text(format!(
            "Weighted figures make the {} respondents with a weight look like those who receive care \
             by {}, and by nothing else. Weights run from {} to {}; the design effect is {:.2}, so \
             that they tell as much as {} unweighted ones. {CANNOT_MEND}",
            number(weighted.respondents),
            list(&columns),
            weighted.least,
            weighted.most,
            weighted.design_effect,
            number(weighted.effective)
        )));
        blocks.extend(chart(material, "weighted"));
        let rows =
            weighted.rows.iter().filter(|row| row.unweighted.count() != Some(0)).map(|row| {
                let (share, range) = match row.weighted {
                    Some((share, low, high)) => {
                        (percent(share), format!("{} to {}", percent(low), percent(high)))
                    }
                    None => (number_or_withheld(None), number_or_withheld(None)),
                };
                vec![row.label.clone(), of_or_withheld(&row.unweighted), share, range]
            });
        let head = ["Theme", "People, unweighted", "Weighted share", "95% interval"];
        let caption = "Themes, unweighted and weighted";
        blocks.push(Block::Table(Table::new(caption, &head, rows.collect()).folded()));
    }
    Some(Section::new("responded", "Who responded beside who receives care", blocks))
}

pub(super) fn beyond_themes<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let mut blocks: Vec<Block<'a>> = Vec::new();
    blocks.extend(chart(material, "people_and_families"));
    blocks.extend(chart(material, "themes_together"));
    let months = material.drawn.iter().filter(|drawn| drawn.file_stem.starts_with("months_"));
    blocks.extend(months.map(|drawn| Block::Chart { drawn }));
    if blocks.is_empty() {
        return None;
    }
    Some(Section::under("further-charts".to_owned(), "Further comparisons", blocks))
}

pub(super) fn unnamed<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let rows = &material.evidence.unnamed;
    let shown: Vec<Vec<String>> = rows
        .iter()
        .take(MOST_UNNAMED)
        .map(|row| {
            let words = if row.terms.is_empty() {
                "No words in common that enough people used".to_owned()
            } else {
                row.terms.join(", ")
            };
            vec![words, number_or_withheld(row.respondents), number_or_withheld(row.passages)]
        })
        .collect();
    if shown.is_empty() {
        return None;
    }
    let blocks = vec![
        Block::text(
            "Passages that fit no theme of the codebook, or of whose themes the program is unsure, put \
             together by words that stand out among them. For a person to read, name and add to the \
             codebook: not_in_the_codebook in the restricted files says where they stand.",
        ),
        Block::Table(Table::new(
            "Passages without a sure theme, by words in common",
            &["Words in common", "People", "Passages"],
            shown,
        )),
    ];
    Some(Section::new("unnamed", "What the codebook has no theme for", blocks))
}
