//! The one page that everybody reads: three figures, the findings in short, what cannot wait; then the
//! key findings in full, and what is not sure enough to be one.

use super::super::Material;
use super::super::asked::{told, unprompted};
use super::super::part::Part;
use super::super::view::{BigNumber, Block, Section, Table};
use super::super::words::{counted, number, number_or_few, of_or_withheld, percent, spoken};
use super::appendix::{right_when_given, rule};
use crate::tables::Profile;
use crate::tables::evidence::{Cell, Split, ThemeRow};

/// Findings that the first page tells in short.
const IN_SHORT: usize = 3;
/// Themes that wait for people to read a sample.
const WAITING: usize = 8;

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
    let items = in_short(material);
    if !items.is_empty() {
        let labels = material.findings.iter().take(IN_SHORT).map(|found| found.label.as_str());
        blocks.push(Block::text(if unprompted(evidence, labels) {
            "What people raised, in their own words and without being asked about it:"
        } else {
            "What people said, in their own words (which questions asked about it stands with the key \
             findings):"
        }));
        blocks.push(Block::list(items));
    }
    blocks.push(Block::note(
        "Figures describe the people who were heard. That fewer raised a theme does not mean that \
         fewer care about it.",
    ));
    Section::new("summary", "Summary", blocks)
}

pub(super) fn of_part<'a>(material: &Material<'a>, part: &Part) -> Section<'a> {
    let text = format!(
        "This report is on {} ({}): {} of the {} people who told us about {}.",
        part.label,
        spoken(&part.by),
        number(part.people),
        number(part.all),
        material.facts.subject(),
    );
    let mut blocks = vec![Block::Lead { text }];
    let items = numbers(material);
    if !items.is_empty() {
        blocks.push(Block::Numbers { items });
    }
    let items = in_short(material);
    if !items.is_empty() {
        blocks.push(Block::list(items));
    }
    Section::new("summary", "Summary", blocks)
}

/// The first findings without their figures.
fn in_short(material: &Material<'_>) -> Vec<String> {
    material.findings.iter().take(IN_SHORT).map(|finding| finding.short.clone()).collect()
}

pub(super) fn findings<'a>(material: &Material<'a>) -> Section<'a> {
    let mut blocks = Vec::new();
    if material.findings.is_empty() {
        blocks.push(Block::text(if waiting(material).is_empty() {
            "There are no key findings: too few people were heard, or too few raised the same theme, \
             for a sentence that the figures would support."
        } else {
            "There are no key findings yet: the themes that were raised most are coded too unsurely \
             for a sentence that others will repeat."
        }));
    } else {
        let items: Vec<String> =
            material.findings.iter().map(|finding| finding.sentence.clone()).collect();
        let mut labels: Vec<&str> = Vec::new();
        for found in material.findings {
            if !labels.contains(&found.label.as_str()) {
                labels.push(&found.label);
            }
        }
        blocks.push(Block::text(told(material.evidence, &labels)));
        blocks.push(Block::list(items));
        blocks.push(Block::note(
            "Words for shares follow fixed rules, which the appendix gives: about a third, for \
             example, is 29% to 36%. Intervals cover chance alone and not who chose to reply.",
        ));
    }
    let rows: Vec<Vec<String>> = waiting(material)
        .into_iter()
        .take(WAITING)
        .map(|row| {
            let right = right_when_given(material.facts, &row.id);
            vec![row.label.clone(), of_or_withheld(&row.respondents), right]
        })
        .collect();
    if !rows.is_empty() {
        blocks.push(Block::text(format!(
            "Other themes were raised as well, some by more people. The program may give them wrongly \
             too often for a sentence here, so a person should read a sample of each first; the \
             figures stand as they were counted. {}",
            rule(material)
        )));
        let head = ["Theme", "People", "Right when given (95% interval)"];
        blocks.push(Block::Table(Table::new(
            "To be checked before they are repeated",
            &head,
            rows,
        )));
    }
    Section::new("key-findings", "Key findings", blocks)
}

/// Themes that were raised and are not sure enough for a sentence, the most raised first.
fn waiting<'m>(material: &Material<'m>) -> Vec<&'m ThemeRow> {
    let evidence = material.evidence;
    let themes = evidence.main().map(|book| book.themes.as_slice()).unwrap_or_default();
    let raised = |row: &&ThemeRow| row.respondents.count().is_some_and(|n| n > 0);
    let unsure = |row: &&ThemeRow| !material.facts.is_sure(&row.id, evidence.draft);
    themes.iter().filter(raised).filter(unsure).collect()
}

fn lead(material: &Material<'_>) -> String {
    let funnel = &material.evidence.funnel;
    let profile = material.evidence.profile;
    let people = match funnel.informative {
        Some(0) => return "No one gave an answer that can be coded.".to_owned(),
        Some(n) => counted(n, "person", "people"),
        None => format!("{} people", number_or_few(None, profile)),
    };
    let facts = material.facts;
    let checked = if material.evidence.draft {
        match &facts.review {
            Some(_) => {
                "; people have begun to check its work, and until a sample of it is read this is a draft"
            }
            None => "; people have not yet checked a sample of its work, so this is a draft",
        }
    } else if facts.sample().is_some_and(|read| read.read >= read.distinct) {
        ", and people read every answer after it and decided its codes"
    } else {
        ", and people checked a sample of its work"
    };
    let heard = format!("A computer read and sorted what they wrote{checked}.");
    let words = funnel.words.map_or_else(String::new, |n| format!(" ({} words in all)", number(n)));
    let subject = material.facts.subject();
    sentence(&format!("{people} told us about {subject} in their own words{words}. {heard}"))
}

/// Three figures: who was heard, what they raised most that is sure, what most of them felt.
fn numbers(material: &Material<'_>) -> Vec<BigNumber> {
    let evidence = material.evidence;
    let subject = material.facts.subject();
    let mut items = Vec::new();
    if let Some(heard) = evidence.funnel.informative {
        let who = if heard == 1 { "person" } else { "people" };
        let label = match (evidence.funnel.invited, evidence.funnel.response_rate) {
            (Some(invited), Some(rate)) => format!(
                "{who} said something about {subject}; {} of {} invited replied",
                percent(rate),
                number(invited)
            ),
            _ => format!("{who} said something about {subject}"),
        };
        items.push(BigNumber { figure: number(heard), label });
    }
    let themes = evidence.main().map(|book| book.themes.as_slice()).unwrap_or_default();
    let first = material.findings.first().filter(|found| !found.differs);
    let first = first.and_then(|found| themes.iter().find(|row| row.id == found.theme));
    if let Some((share, row)) = first.and_then(|row| Some((row.respondents.share()?, row))) {
        let most = themes.first().is_some_and(|most| most.id == row.id);
        let place = match (most, material.facts.sample().is_some()) {
            (true, _) => "more than any other theme",
            (false, true) => "the most for a theme that the sample people read found sure enough",
            (false, false) => "the most for a theme that the model is sure enough of",
        };
        let label = format!("raised {}: {place}", spoken(&row.label));
        items.push(BigNumber { figure: percent(share), label });
    } else if let Some(n) = suggestions(material) {
        let label = if n == 1 { "answer holds a suggestion" } else { "answers hold a suggestion" };
        items.push(BigNumber { figure: number(n), label: label.to_owned() });
    }
    items.extend(felt(&evidence.sentiment.respondents));
    items
}

fn suggestions(material: &Material<'_>) -> Option<u64> {
    let flag = material.evidence.flags.iter().find(|flag| flag.id == "suggestion")?;
    flag.number.filter(|n| *n > 0)
}

/// What the largest part of people felt.
fn felt(split: &Split) -> Option<BigNumber> {
    let parts: [(Cell, &str); 3] = [
        (split.positive, "of people had praise and no criticism"),
        (split.negative, "of people had criticism and no praise"),
        (split.mixed, "of people had both praise and criticism"),
    ];
    let largest = parts.into_iter().filter_map(|(cell, label)| Some((cell.count()?, cell, label)));
    let (_, cell, label) =
        largest.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    let share = cell.share().filter(|share| *share > 0.0)?;
    Some(BigNumber { figure: percent(share), label: label.to_owned() })
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
