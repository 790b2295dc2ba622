//! "What you told us": a page for the people whose words these are. Short sentences, one thing in
//! each, no percentages, figures of ten people to look at.

use super::view::{Block, Section, View};
use super::words::{number, tenths};
use super::{Material, sections};
use crate::tables::evidence::{Quote, ThemeRow};
use heard_models::words::Sentiment;

/// Themes that are told with a figure, and others that are named.
const WITH_FIGURE: usize = 5;
const NAMED: usize = 6;
/// Longer quotes are hard to read.
const MOST_WORDS: usize = 18;
const QUOTES: usize = 4;

/// The page.
pub fn plain<'a>(material: &Material<'a>) -> View<'a> {
    let evidence = material.evidence;
    let organisation = &material.facts.organisation;
    let mut sections = vec![Section::new("about", "About this page", about(material))];
    sections.push(Section::new("feeling", "How you feel", feeling(material)));
    let said = said(material);
    if !said.is_empty() {
        sections.push(Section::new("said", "What you said", said));
    }
    sections.extend(words(material));
    let next = Block::said_or(organisation.next.as_ref(), "What will change, in short sentences.");
    sections.push(Section::new("next", "What happens next", vec![next]));
    let contact = Block::said_or(
        organisation.contact.as_ref(),
        "A telephone number, an address and an e-mail address.",
    );
    let ask = Block::text("Do you have a question? Do you need this page in another way? Ask us.");
    sections.push(Section::new("contact", "Ask us", vec![ask, contact]));
    let mut view =
        View::of(material.facts, "What you told us".to_owned(), evidence.draft, sections);
    view.plain = true;
    view
}

fn about<'a>(material: &Material<'a>) -> Vec<Block<'a>> {
    let evidence = material.evidence;
    let people = match evidence.funnel.informative {
        Some(1) => "1 person told us".to_owned(),
        Some(n) => format!("{} people told us", number(n)),
        None => "A few people told us".to_owned(),
    };
    let about = sections::title(material);
    let mut items = vec![
        format!("{people} what they think."),
        "Thank you.".to_owned(),
        "This page says what you told us.".to_owned(),
        "We took out names and addresses.".to_owned(),
    ];
    if evidence.draft {
        items.push("A computer sorted what you wrote.".to_owned());
        items.push("People have not checked its work yet.".to_owned());
    }
    items.push("There is a longer report too. Its name is:".to_owned());
    items.push(format!("“{about}”."));
    vec![Block::list(items)]
}

/// "About 3 in 10 people".
fn in_ten(share: f64) -> Option<(u8, String)> {
    match tenths(share) {
        0 => None,
        10 => Some((10, "Nearly all people".to_owned())),
        1 => Some((1, "About 1 in 10 people".to_owned())),
        n => Some((n, format!("About {n} in 10 people"))),
    }
}

fn feeling<'a>(material: &Material<'a>) -> Vec<Block<'a>> {
    let split = &material.evidence.sentiment.respondents;
    let parts = [
        (split.positive, "said only good things."),
        (split.mixed, "said good things and bad things."),
        (split.negative, "said only bad things."),
    ];
    let blocks: Vec<Block<'a>> = parts
        .into_iter()
        .filter_map(|(cell, said)| {
            let (filled, who) = in_ten(cell.share()?)?;
            Some(Block::Tenths { filled, label: format!("{who} {said}") })
        })
        .collect();
    if blocks.is_empty() {
        vec![Block::text("We heard from too few people to say.")]
    } else {
        blocks
    }
}

fn easy(material: &Material<'_>, row: &ThemeRow) -> String {
    let draft = material.facts.drafts.iter().find(|draft| draft.id == row.id);
    let plain = draft.map(|draft| draft.plain.clone()).filter(|words| !words.is_empty());
    plain.unwrap_or_else(|| row.label.clone())
}

fn said<'a>(material: &Material<'a>) -> Vec<Block<'a>> {
    let themes = material.evidence.main().map(|book| book.themes.as_slice()).unwrap_or_default();
    let sure = |row: &ThemeRow| material.findings.iter().any(|found| found.theme == row.id);
    let raised = |row: &&ThemeRow| row.respondents.count().is_some_and(|n| n > 0);
    let mut blocks = Vec::new();
    for row in themes.iter().filter(raised).filter(|row| sure(row)).take(WITH_FIGURE) {
        let Some(share) = row.respondents.share() else { continue };
        let what = easy(material, row);
        let (filled, who) = in_ten(share).unwrap_or((0, "A few people".to_owned()));
        let label = format!("{who} talked about this: {what}.");
        if filled > 0 {
            blocks.push(Block::Tenths { filled, label });
        } else {
            blocks.push(Block::text(label));
        }
        if let Some(felt) = felt(row) {
            blocks.push(Block::text(felt));
        }
    }
    let others: Vec<String> = themes
        .iter()
        .filter(raised)
        .filter(|row| !sure(row))
        .take(NAMED)
        .map(|row| easy(material, row))
        .collect();
    if !others.is_empty() {
        blocks.push(Block::text(if blocks.is_empty() {
            "You talked about these things:"
        } else {
            "You also talked about these things:"
        }));
        blocks.push(Block::list(others));
    }
    blocks
}

/// What most who raised it felt, where it is clear.
fn felt(row: &ThemeRow) -> Option<String> {
    let most =
        |cell: crate::tables::evidence::Cell| cell.interval().is_some_and(|(low, _)| low > 0.5);
    if most(row.sentiment.negative) {
        Some("Most of them said it is not good enough.".to_owned())
    } else if most(row.sentiment.positive) {
        Some("Most of them said it is good.".to_owned())
    } else {
        None
    }
}

/// A few short quotes, good and bad in turn.
fn words<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let short = |quote: &&Quote| quote.text.split_whitespace().count() <= MOST_WORDS;
    let of = |sentiment| {
        let said = material.chosen.quotes.iter().filter(short);
        said.filter(move |quote: &&Quote| quote.sentiment == sentiment).take(QUOTES / 2)
    };
    let mut blocks: Vec<Block<'a>> = Vec::new();
    for (sentiment, heading) in
        [(Sentiment::Positive, "Something good"), (Sentiment::Negative, "Something bad")]
    {
        blocks.extend(of(sentiment).map(|quote| {
            Block::Quote {
                text: quote.text.trim().to_owned(),
                role: heading.to_owned(),
                about: material
                    .facts
                    .drafts
                    .iter()
                    .find(|draft| draft.id == quote.theme && !draft.plain.is_empty())
                    .map_or_else(|| quote.label.clone(), |draft| draft.plain.clone()),
                sentiment: sentiment.as_str().to_owned(),
            }
        }));
    }
    (!blocks.is_empty()).then(|| Section::new("words", "In your words", blocks))
}
