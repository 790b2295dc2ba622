//! What people decided about these answers, how right the model was by their reading of a random
//! sample, and what its counts come to when its mistakes are taken into account.

use super::super::Material;
use super::super::view::{Block, Table};
use crate::review::study::{Accuracy, Figure};
use crate::tables::evidence::Profile;

pub(super) fn blocks<'a>(material: &Material<'a>) -> Vec<Block<'a>> {
    let Some(review) = &material.facts.review else { return Vec::new() };
    let counted = |n: u64| match material.evidence.profile {
        Profile::Nhs => format!("About {}", (n + 2) / 5 * 5),
        _ => n.to_string(),
    };
    let mut blocks = vec![Block::text(format!(
        "People read and decided the codes of {} answers; theirs stand in the place of the model's \
         in every figure of this report.",
        counted(review.people).to_lowercase()
    ))];
    let Some(accuracy) = review.accuracy.as_ref().filter(|a| a.read > 0) else { return blocks };
    let Accuracy { read, target, blind, .. } = accuracy;
    let others = match read - blind {
        0 => String::new(),
        n => format!(
            " Beside these, {n} decided with the model's codes in sight do not count here: they would \
             flatter the model."
        ),
    };
    blocks.push(Block::text(if *blind == 0 {
        format!(
            "How right the model was is not told: no answer of the random sample was coded without seeing its codes.{others}"
        )
    } else {
        let whole = if blind == target {
            format!("all {blind} answers of a random sample")
        } else {
            format!("{blind} of the {target} answers of a random sample")
        };
        format!(
            "How right the model was is measured on {whole}, drawn by lot before anyone read, by \
             channel. People coded them without seeing the model's codes.{others}"
        )
    }));
    let rows = [
        ("Themes: of those that the model gave, people gave too", accuracy.precision),
        ("Themes: of those that people gave, the model gave too", accuracy.recall),
        ("Themes: F1, the mean of the two", accuracy.f1),
        ("Answers with just the themes that people gave", accuracy.exact),
        ("Feeling about a theme that both gave: the same", accuracy.sentiment),
    ];
    let rows: Vec<Vec<String>> = rows
        .iter()
        .filter(|(_, figure)| figure.value.is_some())
        .map(|(name, figure)| vec![(*name).to_owned(), percent(figure)])
        .collect();
    if !rows.is_empty() {
        let head = ["Measure", "Figure (95% interval)"];
        blocks.push(Block::Table(Table::new(
            "How right the model was on these answers",
            &head,
            rows,
        )));
    }
    blocks.extend(by_theme(material, accuracy).map(Block::Table));
    blocks.push(Block::note(
        "A corrected share is the model's share over all answers, plus what people found and the \
         model did not in the sample (prediction-powered inference). Its interval covers the model's \
         mistakes; it does not cover who chose to reply.",
    ));
    blocks
}

/// Themes whose figures are shown anyway, with shares of answers before and after correction.
fn by_theme(material: &Material<'_>, accuracy: &Accuracy) -> Option<Table> {
    let book = material.evidence.main()?;
    let mut rows = Vec::new();
    for row in &book.themes {
        if row.comments.count().is_none_or(|count| count == 0) {
            continue;
        }
        let Some(theme) = accuracy.themes.iter().find(|theme| theme.id == row.id) else { continue };
        let Some((corrected, interval)) = theme.share.corrected.zip(theme.share.interval) else {
            continue;
        };
        let figure = Figure { value: Some(corrected), interval: Some(interval) };
        rows.push(vec![
            row.label.clone(),
            format!("{:.0}%", theme.share.model * 100.0),
            percent(&figure),
            theme
                .precision
                .value
                .map_or_else(|| "too few".to_owned(), |_| percent(&theme.precision)),
            theme.recall.value.map_or_else(|| "too few".to_owned(), |_| percent(&theme.recall)),
        ]);
    }
    let head = [
        "Theme",
        "Share of answers by the model",
        "Corrected (95% interval)",
        "Of the model's, right",
        "Of people's, found",
    ];
    let caption = "Shares of answers, as the model counts and corrected for its mistakes";
    (!rows.is_empty()).then(|| Table::new(caption, &head, rows))
}

fn percent(figure: &Figure) -> String {
    let Some(value) = figure.value else { return "not known".to_owned() };
    let whole = |share: f64| (share * 100.0).round();
    match figure.interval {
        Some(i) => format!("{}% ({} to {}%)", whole(value), whole(i.low), whole(i.high)),
        None => format!("{}%", whole(value)),
    }
}
