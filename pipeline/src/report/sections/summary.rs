//! The one page that everybody reads: three or four figures, the findings, what cannot wait.

use super::super::Material;
use super::super::view::{BigNumber, Block, Section};
use super::super::words::{counted, number, number_or_few, percent, spoken};
use crate::tables::Profile;

pub(super) fn section<'a>(material: &Material<'a>) -> Section<'a> {
    let evidence = material.evidence;
    let mut blocks = Vec::new();
    if evidence.profile == Profile::None {
        blocks.push(Block::Alert {
            heading: "Not for publication".to_owned(),
            text: "No small figure is hidden in this report (disclosure profile: none). Keep it \
                   inside your organisation."
                .to_owned(),
        });
    }
    blocks.push(Block::Lead { text: lead(material) });
    let items = numbers(material);
    if !items.is_empty() {
        blocks.push(Block::Numbers { items });
    }
    if let Some(text) = urgent(material) {
        blocks.push(Block::Alert { heading: "For a person to read today".to_owned(), text });
    }
    if material.findings.is_empty() {
        blocks.push(Block::text(
            "There are no key findings: too few people were heard, or too few raised the same \
             theme, for a sentence that the figures would support.",
        ));
    } else {
        blocks.push(Block::text("What people raised most, without being asked about it:"));
        let items = material.findings.iter().map(|finding| finding.sentence.clone()).collect();
        blocks.push(Block::list(items));
    }
    blocks.push(Block::note(
        "Figures describe the people who were heard. Intervals cover chance alone and not who chose \
         to reply; that fewer raised a theme does not mean that fewer care about it.",
    ));
    Section::new("summary", "Summary", blocks)
}

fn lead(material: &Material<'_>) -> String {
    let funnel = &material.evidence.funnel;
    let profile = material.evidence.profile;
    let people = match funnel.informative {
        Some(0) => return "No one gave an answer that says something about care.".to_owned(),
        Some(n) => counted(n, "person", "people"),
        None => format!("{} people", number_or_few(None, profile)),
    };
    let heard = if material.evidence.draft {
        "A computer read and sorted what they wrote; people have not yet checked a sample of its \
         work, so this is a draft."
    } else {
        "A computer read and sorted what they wrote, and people checked a sample of its work."
    };
    let words = funnel.words.map_or_else(String::new, |n| format!(" ({} words in all)", number(n)));
    sentence(&format!("{people} told us about care in their own words{words}. {heard}"))
}

fn numbers(material: &Material<'_>) -> Vec<BigNumber> {
    let evidence = material.evidence;
    let mut items = Vec::new();
    if let Some(heard) = evidence.funnel.informative {
        let label = match (evidence.funnel.invited, evidence.funnel.response_rate) {
            (Some(invited), Some(rate)) => format!(
                "people said something about their care; {} of {} invited replied",
                percent(rate),
                number(invited)
            ),
            _ if heard == 1 => "person said something about their care".to_owned(),
            _ => "people said something about their care".to_owned(),
        };
        items.push(BigNumber { figure: number(heard), label });
    }
    let themes = evidence.main().map(|book| book.themes.as_slice()).unwrap_or_default();
    let first = themes.iter().find(|row| row.respondents.count().is_some_and(|n| n > 0));
    if let Some((share, row)) = first.and_then(|row| Some((row.respondents.share()?, row))) {
        let label = format!("raised {}, the theme raised most", spoken(&row.label));
        items.push(BigNumber { figure: percent(share), label });
    }
    let feeling = &evidence.sentiment.respondents;
    for (cell, label) in [
        (feeling.positive, "of people had praise and no criticism"),
        (feeling.negative, "of people had criticism and no praise"),
    ] {
        if let (Some(share), Some(1..)) = (cell.share(), cell.base()) {
            items.push(BigNumber { figure: percent(share), label: label.to_owned() });
        }
    }
    items
}

/// What cannot wait; None where nothing is flagged.
fn urgent(material: &Material<'_>) -> Option<String> {
    let evidence = material.evidence;
    let flag = evidence.flags.iter().find(|flag| flag.id == "safeguarding_review")?;
    let (many, verb) = match flag.number {
        Some(0) => return None,
        Some(1) => ("1 answer".to_owned(), "was"),
        some => (format!("{} answers", number_or_few(some, evidence.profile)), "were"),
    };
    Some(sentence(&format!(
        "{many} {verb} flagged because someone may be at risk of harm. None is quoted here. A person \
         should read them the same day: they are marked safeguarding_review in the restricted files."
    )))
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
