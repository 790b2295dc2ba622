//! What a person has to look at, and what could not be processed.

use super::super::Material;
use super::super::view::{Block, Section, Table};
use super::super::words::{number_or_few, number_or_withheld};
use crate::tables::evidence::Named;

pub(super) fn for_a_person<'a>(material: &Material<'a>) -> Section<'a> {
    let evidence = material.evidence;
    let flagged = |id: &str| evidence.flags.iter().find(|flag| flag.id == id);
    let mut items = Vec::new();
    let mut add = |id: &str, words: &str| {
        if let Some(flag) = flagged(id).filter(|flag| flag.number != Some(0)) {
            items.push(format!("{words}: {}.", number_or_few(flag.number, evidence.profile)));
        }
    };
    add(
        "safeguarding_review",
        "Answers that may tell of harm, neglect, theft or abuse, for a person to read the same day",
    );
    add("pii_residual", "Answers that may still hold personal details, to be read before sharing");
    add("language", "Answers in a language that the program does not read, to be translated");
    add("off_topic_service", "Answers about another service, to be passed on");
    let mut blocks = Vec::new();
    if items.is_empty() {
        blocks.push(Block::text("Nothing was flagged for a person to read today."));
    } else {
        blocks.push(Block::list(items));
    }
    blocks.push(Block::note(
        "A flag means that someone should look, not that something happened; and that nothing is \
         flagged does not mean that nothing is wrong. Flagged answers are not quoted in this report.",
    ));
    Section::new("for-a-person", "For a person to read today", blocks)
}

/// Words for machine names of kinds and statuses that a reader would stumble over.
fn said(row: &Named) -> String {
    match row.id.as_str() {
        "informative" => "Say something that can be coded",
        "no_content" => "Blank, or nothing to say",
        "refers_elsewhere" => "Point to another answer",
        "unassigned" => "Make a point that fits no theme",
        "en" => "English",
        "cy" => "Welsh",
        "pl" => "Polish",
        "ur" => "Urdu",
        "pa" => "Punjabi",
        "bn" => "Bengali",
        "gu" => "Gujarati",
        "ro" => "Romanian",
        "und" => "Not known",
        "PERSON" => "Names of people",
        "PHONE" => "Telephone numbers",
        "EMAIL" => "E-mail addresses",
        "NHS_NUMBER" => "NHS numbers",
        "NI_NUMBER" => "National Insurance numbers",
        "POSTCODE" => "Postcodes",
        "ADDRESS" => "Addresses",
        "DOB" => "Dates of birth",
        "URL" => "Web addresses",
        "ACCOUNT" => "Account and reference numbers",
        "PROVIDER" => "Names of care providers",
        "OTHER" => "Others",
        _ => return row.label.clone(),
    }
    .to_owned()
}

pub(super) fn names(rows: &[Named], caption: &str, head: [&str; 2]) -> Option<Table> {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .filter(|row| row.number != Some(0))
        .map(|row| vec![said(row), number_or_withheld(row.number)])
        .collect();
    (!rows.is_empty()).then(|| Table::new(caption, &head, rows))
}

pub(super) fn not_processed<'a>(material: &Material<'a>) -> Section<'a> {
    let evidence = material.evidence;
    let mut blocks = Vec::new();
    match names(&evidence.unprocessed, "Set aside, by reason", ["Reason", "Rows, pages and files"])
    {
        Some(table) => {
            blocks.push(Block::text("These rows, pages and files could not be read:"));
            blocks.push(Block::Table(table));
        }
        None => blocks.push(Block::text("Every row, page and file that was given could be read.")),
    }
    let status = names(&evidence.funnel.status, "Answers by what they hold", ["Answers", "Number"]);
    if let Some(table) = status {
        blocks.push(Block::text(
            "No answer is dropped for being short or hard. Answers that hold nothing, or point \
             elsewhere, are counted here and nowhere else; points that fit no theme are listed in the \
             restricted files for people to read.",
        ));
        blocks.push(Block::Table(table));
    }
    if evidence.languages.len() > 1 {
        let table = names(&evidence.languages, "Comments by language", ["Language", "Comments"]);
        blocks.extend(table.map(Block::Table));
    }
    Section::new("not-processed", "What could not be processed", blocks)
}
