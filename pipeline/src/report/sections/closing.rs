//! What a person has to look at, what could not be processed, how it was done, and what is left for
//! people to write.

use super::super::Material;
use super::super::view::{Block, Section, Table};
use super::super::words::{number_or_few, number_or_withheld};
use crate::manifest::Versioned;
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

fn names(rows: &[Named], caption: &str, head: [&str; 2]) -> Option<Table> {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .filter(|row| row.number != Some(0))
        .map(|row| vec![row.label.clone(), number_or_withheld(row.number)])
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
    blocks.extend(
        names(&evidence.languages, "Comments by language", ["Language", "Comments"])
            .map(Block::Table),
    );
    Section::new("not-processed", "What could not be processed", blocks)
}

pub(super) fn method<'a>(material: &Material<'a>) -> Section<'a> {
    let (evidence, facts) = (material.evidence, material.facts);
    let program =
        if facts.heard.is_empty() { "Heard".to_owned() } else { format!("Heard {}", facts.heard) };
    let read = if facts.kinds.is_empty() {
        String::new()
    } else {
        let kinds: Vec<String> = facts.kinds.iter().map(|kind| kind.to_uppercase()).collect();
        format!(" ({})", super::super::words::list(&kinds))
    };
    let mut blocks = vec![Block::List {
        items: vec![
            format!("{program} read the files{read} and found the open answers in them."),
            "Personal details were replaced by placeholders such as [PERSON 1], before anything \
                 else saw the text."
                .to_owned(),
            "Each answer was split into the points that it makes.".to_owned(),
            "A model matched each point with the themes of the codebook and judged the feeling \
                 towards each. It also marked the words that led it there."
                .to_owned(),
            "People, not mentions, were counted; small figures were hidden; tables, charts and \
                 this report were made from what was left."
                .to_owned(),
        ],
        ordered: true,
    }];
    let version = |what: &str, item: &Versioned| {
        let hash = item.sha256.get(..12).unwrap_or(&item.sha256).to_owned();
        vec![format!("{what} {}", item.id), item.version.clone(), hash]
    };
    let mut rows: Vec<Vec<String>> =
        facts.codebooks.iter().map(|book| version("Codebook", book)).collect();
    rows.extend(facts.models.iter().map(|model| version("Model", model)));
    if !rows.is_empty() {
        let caption = "Codebooks and models, so that the run can be repeated";
        let head = ["What", "Version", "Start of its sha256"];
        blocks.push(Block::Table(Table::new(caption, &head, rows).of_words()));
    }
    blocks.extend(accuracy(material));
    blocks.push(Block::text("Limits:"));
    blocks.push(Block::list(vec![
        "A computer misses irony, hints and rare turns of phrase, and files some points under the \
         wrong theme. Counts of rare themes are the least sure."
            .to_owned(),
        "What people raise of themselves is not a vote: silence on a theme says nothing."
            .to_owned(),
        "Personal details are found by rules and lists; some may remain. Read quotes before you \
         publish them."
            .to_owned(),
    ]));
    blocks.push(Block::text("Rules by which the figures were made:"));
    blocks.push(Block::list(evidence.rules.clone()));
    blocks.extend(
        names(
            &evidence.redactions,
            "Personal details taken out, by kind",
            ["Kind", "Number taken out"],
        )
        .map(Block::Table),
    );
    Section::new("method", "How it was done", blocks).on_new_page()
}

fn accuracy<'a>(material: &Material<'a>) -> Vec<Block<'a>> {
    let agreement = &material.facts.agreement;
    let mut blocks = super::checked::blocks(material);
    if agreement.is_empty() {
        if !blocks.is_empty() {
            return blocks;
        }
        return vec![Block::text(
            "How well this coding agrees with people's has not been measured on these answers. Have \
             people read a sample before you rely on it; the model's card gives its figures on other \
             text.",
        )];
    }
    let rows = agreement
        .iter()
        .map(|row| vec![row.measure.clone(), row.figure.clone(), row.on.clone()])
        .collect();
    let caption = if blocks.is_empty() {
        "How well the coding agrees with people's"
    } else {
        "How well the model agreed with people's codes when it was trained, on other text"
    };
    let table = Table::new(caption, &["Measure", "Figure", "Measured on"], rows).of_words();
    blocks.push(Block::Table(table));
    blocks
}

pub(super) fn to_write<'a>() -> [Section<'a>; 2] {
    [
        Section::new(
            "recommendations",
            "Recommendations",
            vec![Block::to_write(
                "What should change, for whom, and by when; each with the theme and figures above \
                 that support it.",
            )],
        )
        .on_new_page(),
        Section::new(
            "provider-response",
            "Response from providers and commissioners",
            vec![Block::to_write(
                "What the provider or commissioner says to each recommendation, and what they will \
                 do.",
            )],
        ),
    ]
}
