//! "What you told us": a page for the people whose words these are. Short sentences, one thing in
//! each, no percentages, figures of ten people to look at.

use super::view::{Block, Section, View};
use super::words::{LEAST_TENTH, in_people, number, tenths};
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
    // Care workers speak of their work: "how you feel" asks for something else.
    let heading = if evidence.staff { "Good things and bad things" } else { "How you feel" };
    sections.push(Section::new("feeling", heading, feeling(material)));
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
        items.push(match material.facts.review {
            Some(_) => "People are still checking its work.".to_owned(),
            None => "People have not checked its work yet.".to_owned(),
        });
    }
    items.push("There is a longer report too. Its name is:".to_owned());
    items.push(format!("“{about}”."));
    vec![Block::list(items)]
}

/// A share of people with figures of ten, where ten figures can show it.
fn share_of_people<'a>(share: f64, said: &str) -> Option<Block<'a>> {
    let label = format!("{} {said}", in_people(share)?);
    let filled = tenths(share);
    // One figure of ten would stand for a tenth.
    Some(if share < LEAST_TENTH { Block::text(label) } else { Block::Tenths { filled, label } })
}

fn feeling<'a>(material: &Material<'a>) -> Vec<Block<'a>> {
    let split = &material.evidence.sentiment.respondents;
    let parts = [
        (split.positive, "said only good things."),
        (split.mixed, "said good things and bad things."),
        (split.negative, "said only bad things."),
    ];
    let blocks: Vec<Block<'a>> =
        parts.into_iter().filter_map(|(cell, said)| share_of_people(cell.share()?, said)).collect();
    if blocks.is_empty() {
        vec![Block::text("We heard from too few people to say.")]
    } else {
        blocks
    }
}

/// A theme in easy words, which are written to people who receive care; staff read its usual name.
fn easy(material: &Material<'_>, theme: &str, label: &str) -> String {
    let draft = material.facts.drafts.iter().find(|draft| draft.id == theme);
    let plain = draft.map(|draft| draft.plain.clone()).filter(|words| !words.is_empty());
    plain.filter(|_| !material.evidence.staff).unwrap_or_else(|| label.to_owned())
}

/// What was raised, the most raised first: figures for the first few, whichever they are, and the
/// names of the next. All are as rough as words of ten allow, so that none is left without a figure
/// for being less sure than another.
fn said<'a>(material: &Material<'a>) -> Vec<Block<'a>> {
    let themes = material.evidence.main().map(|book| book.themes.as_slice()).unwrap_or_default();
    let raised: Vec<&ThemeRow> =
        themes.iter().filter(|row| row.respondents.count().is_some_and(|n| n > 0)).collect();
    let name = |row: &ThemeRow| easy(material, &row.id, &row.label);
    let mut blocks = Vec::new();
    for row in raised.iter().take(WITH_FIGURE) {
        let Some(share) = row.respondents.share() else { continue };
        let said = format!("talked about this: {}.", name(row));
        blocks.extend(share_of_people(share, &said));
        blocks.extend(felt(row).map(Block::text));
    }
    if material.evidence.draft && !blocks.is_empty() {
        blocks.insert(0, Block::text("A computer counted. The numbers may still change."));
    }
    let others: Vec<String> =
        raised.iter().skip(WITH_FIGURE).take(NAMED).map(|row| name(row)).collect();
    if !others.is_empty() {
        blocks.push(Block::text("You also talked about these things:"));
        blocks.push(Block::list(others));
    }
    blocks
}

/// What most who raised it felt, where it is clear.
fn felt(row: &ThemeRow) -> Option<&'static str> {
    let most =
        |cell: crate::tables::evidence::Cell| cell.interval().is_some_and(|(low, _)| low > 0.5);
    if most(row.sentiment.negative) {
        Some("Most of them said it is not good enough.")
    } else if most(row.sentiment.positive) {
        Some("Most of them said it is good.")
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
        blocks.extend(of(sentiment).map(|quote| Block::Quote {
            text: quote.text.trim().to_owned(),
            role: heading.to_owned(),
            about: easy(material, &quote.theme, &quote.label),
            sentiment: sentiment.as_str().to_owned(),
        }));
    }
    (!blocks.is_empty()).then(|| Section::new("words", "In your words", blocks))
}
