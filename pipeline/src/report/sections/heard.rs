//! Why and how the exercise was done, who was heard and who was not.

use super::super::Material;
use super::super::asked::{questions, without_contacts};
use super::super::view::{Block, Section, Table};
use super::super::words::{number, number_or_few, percent, spoken};
use super::chart;
use crate::tables::evidence::{Dimension, Heard};

/// A table of more values than these is left to the workbook.
const MOST_VALUES: usize = 20;

pub(super) fn why_and_how<'a>(material: &Material<'a>) -> Section<'a> {
    let organisation = &material.facts.organisation;
    let by = match material.evidence.codebooks.first() {
        Some(first) => format!("the themes of the codebook {}", first.title),
        None => "no codebook".to_owned(),
    };
    let mut blocks =
        vec![Block::said_or(organisation.why.as_ref(), "Why this was done and who asked for it.")];
    blocks.push(Block::said_or(
        organisation.invitation.as_ref(),
        "When and how people were invited.",
    ));
    blocks.push(Block::list(vec![
        "People answered in their own words. Names, addresses, telephone numbers and other personal \
         details were taken out before anything else was done."
            .to_owned(),
        format!(
            "A computer program on our own computer split each answer into the points it makes and \
             matched them with {by}. Nothing was sent elsewhere."
        ),
        "A person counts once for a theme, however often they raise it.".to_owned(),
        "A 95% interval, such as 26% to 43%, is the range that chance alone would leave likely for a \
         share if many people like those heard had answered."
            .to_owned(),
    ]));
    Section::new("why-and-how", "Why and how", blocks)
}

/// What was asked, and of whom: the first part of "we asked, you said, we did".
pub(super) fn we_asked<'a>(material: &Material<'a>) -> Section<'a> {
    let asked: Vec<String> =
        questions(material.evidence).map(|row| without_contacts(&row.question)).collect();
    let mut blocks = Vec::new();
    let funnel = &material.evidence.funnel;
    if let Some(invited) = funnel.invited {
        blocks.push(Block::Lead { text: format!("We asked {} people.", number(invited)) });
    }
    if asked.is_empty() {
        blocks.push(Block::to_write("What was asked."));
    } else {
        blocks.push(Block::text("These were the questions:"));
        blocks.push(Block::list(asked));
    }
    Section::new("we-asked", "We asked", blocks)
}

pub(super) fn section<'a>(material: &Material<'a>) -> Section<'a> {
    let mut blocks = vec![Block::text(replies(material))];
    blocks.extend(margin(material).map(Block::text));
    blocks.extend(chart(material, "response_funnel"));
    for heard in &material.evidence.heard {
        // Sources and months say little about people; they are in the tables.
        if matches!(heard.dimension, Dimension::Source | Dimension::Month | Dimension::Question) {
            continue;
        }
        blocks.extend(values(heard));
    }
    if !material.evidence.heard.iter().any(|heard| heard.dimension == Dimension::RespondentType) {
        blocks.push(Block::text(
            "Who speaks (people who receive care, family, staff) is not known for enough people to \
             be shown.",
        ));
    }
    blocks.push(Block::text(
        "Who we did not hear from: these figures cannot say what people think who did not reply, were \
         not asked, or could not write. They are not a sample of everyone who receives care.",
    ));
    blocks.push(Block::said_or(
        material.facts.organisation.missing.as_ref(),
        "Who is missing, compared with the people who receive care (by area, age, language, \
         disability, ethnicity), and what was done to reach them.",
    ));
    Section::new("who-we-heard-from", "Who we heard from, and who we did not", blocks)
}

fn replies(material: &Material<'_>) -> String {
    let funnel = &material.evidence.funnel;
    let profile = material.evidence.profile;
    let received = number_or_few(funnel.received, profile);
    let informative = number_or_few(funnel.informative, profile);
    let answers = number_or_few(funnel.answers, profile);
    let scans = match funnel.to_type {
        Some(0) => String::new(),
        Some(1) => {
            " One of these replies is a scan that nobody has typed yet: it counts as received \
                    and nowhere else."
                .to_owned()
        }
        some => format!(
            " {} of these replies are scans that nobody has typed yet: they count as received and \
             nowhere else.",
            capital(&number_or_few(some, profile))
        ),
    };
    let replied = match (funnel.invited, funnel.response_rate) {
        (Some(invited), Some(rate)) => format!(
            "Of {} people invited, {received} replied: a response rate of {}.{scans}",
            number(invited),
            percent(rate)
        ),
        (Some(invited), None) => format!(
            "{} people were invited, by what was given, and {received} replied: more than were \
             invited, or too few to be shown, so that there is no response rate.{scans}",
            number(invited)
        ),
        _ => format!("People who replied: {received}. How many were invited is not known.{scans}"),
    };
    if funnel.received == funnel.informative && funnel.received.is_some() {
        return format!(
            "{replied} They gave {answers} answers, blank ones included. Each of them gave at least \
             one answer that can be coded; shares of people are of all of them."
        );
    }
    format!(
        "{replied} They gave {answers} answers, blank ones included. Of those who replied, \
         {informative} gave at least one answer that can be coded; shares of people are of these."
    )
}

/// How far chance may have moved the shares, which are of those who said something; or why that
/// cannot be told.
fn margin(material: &Material<'_>) -> Option<String> {
    let funnel = &material.evidence.funnel;
    funnel.invited?;
    if funnel.self_selected {
        return Some(
            "No margin of error is given: testimonies, interviews or transcripts are among these \
             answers, and people chose whether to tell their story. They are no sample of those \
             invited, so that a margin would promise what it cannot keep."
                .to_owned(),
        );
    }
    let (margin, heard) = (funnel.margin?, funnel.informative?);
    Some(format!(
        "The margin of error of shares of these {} people is at most {:.1} percentage points either \
         way, at 95% confidence. It covers chance alone, and not who chose to reply: people who did \
         not reply may think otherwise, and no margin can say how much.",
        number(heard),
        margin * 100.0
    ))
}

fn capital(words: &str) -> String {
    super::super::charts::sentence_case(words)
}

fn values<'a>(heard: &Heard) -> Vec<Block<'a>> {
    let unit = heard.unit.as_str();
    let shown = heard.values.len().min(MOST_VALUES);
    let rows = heard.values[..shown]
        .iter()
        .map(|value| vec![value.label.clone(), number(value.base), percent(value.share)])
        .collect();
    let people = if unit == "respondents" { "People" } else { "Comments" };
    let caption = match heard.dimension {
        Dimension::RespondentType => "Who speaks".to_owned(),
        _ if heard.label.split_whitespace().count() > 3 => format!("{people}: {}", heard.label),
        _ => format!("{} by {}", people, spoken(&heard.label)),
    };
    let mut table = Table::new(caption, &[&heard.label, people, "Share"], rows);
    if shown < heard.values.len() {
        let rest = number((heard.values.len() - shown) as u64);
        table.note = Some(format!("{rest} more are in the tables that come with this report."));
    }
    vec![Block::Table(table)]
}
