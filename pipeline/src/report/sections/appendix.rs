//! The appendix: how it was done, the codebook, how accurate the coding is, its limits, the rules of
//! disclosure, what could not be processed, and the manifest.

use super::super::part::Part;
use super::super::view::{Block, Section, Table};
use super::super::words::{list, percent};
use super::super::{Facts, LEAST_PRECISION, Material, Measured};
use super::closing::{names, not_processed};
use crate::manifest::Versioned;

pub(super) fn sections<'a>(material: &Material<'a>) -> Vec<Section<'a>> {
    let introduction = Block::text(
        "How this report was made and how far it can be relied on, for those who want to check it or \
         do it again.",
    );
    let mut all = vec![
        Section::new("appendix", "Appendix", vec![introduction]).on_new_page(),
        method(material),
    ];
    all.extend(codebook(material));
    all.push(accuracy(material));
    all.push(limits());
    all.push(rules(material));
    all.push(not_processed(material).below());
    all.extend(manifest(material));
    all
}

pub(super) fn of_part<'a>(material: &Material<'a>, part: &Part) -> Section<'a> {
    Section::new(
        "appendix",
        "How this report was made",
        vec![
            Block::text(format!(
                "It holds what the report on everybody shows of {}, and nothing else: figures that \
                 are withheld there are withheld here, so that all reports together tell no more than \
                 one. Method, codebook, accuracy and rules stand in that report.",
                part.label
            )),
            Block::list(material.evidence.rules.clone()),
        ],
    )
    .on_new_page()
}

fn method<'a>(material: &Material<'a>) -> Section<'a> {
    let facts = material.facts;
    let program =
        if facts.heard.is_empty() { "Heard".to_owned() } else { format!("Heard {}", facts.heard) };
    let read =
        if facts.kinds.is_empty() { String::new() } else { format!(" ({})", list(&facts.kinds)) };
    let items = vec![
        format!("{program} read the files{read} and found the open answers in them."),
        "Personal details were replaced by placeholders such as [PERSON 1], before anything else saw \
         the text."
            .to_owned(),
        "Each answer was split into the points that it makes.".to_owned(),
        "A model matched each point with the themes of the codebook and judged the feeling towards \
         each. It also marked the words that led it there."
            .to_owned(),
        "People, not mentions, were counted; small figures were hidden; tables, charts and this \
         report were made from what was left."
            .to_owned(),
    ];
    let steps = Block::List { items, ordered: true };
    Section::new("method", "How it was done", vec![steps]).below()
}

/// "75.8% (69.6% to 81.2%)": with a decimal, because the rule of the key findings turns on the lower
/// end, and 69.6% and 70.1% would both be printed as 70%.
fn right(measured: &Measured) -> String {
    let Measured { right, low, high } = measured;
    format!("{:.1}% ({:.1}% to {:.1}%)", right * 100.0, low * 100.0, high * 100.0)
}

/// How often a theme is right when given: in these answers, where people read a sample of them.
pub(super) fn right_when_given(facts: &Facts, theme: &str) -> String {
    let elsewhere = || {
        let measured = facts.precisions.get(theme).map_or_else(|| "not measured".to_owned(), right);
        match facts.over_all {
            None => measured,
            Some(_) => format!("too few in the sample; in other answers {measured}"),
        }
    };
    facts.found.get(theme).map_or_else(elsewhere, right)
}

/// By which rule a theme makes a key finding here.
pub(super) fn rule(material: &Material<'_>) -> String {
    let least = percent(LEAST_PRECISION);
    let by = if material.facts.sample().is_some() {
        "by the random sample of these answers that people read (of a theme that it has too few of, by \
         all themes of the sample together, and in a draft by the model's card as well)"
    } else if material.facts.own_sample {
        "by the sample of these answers that people coded"
    } else {
        "by the model's card, which was measured on other answers"
    };
    if material.evidence.draft {
        format!(
            "The rule: a theme makes a key finding where even the lower end of the 95% interval of how \
             often it is right when given is {least} or more, {by}. Where nobody measured it, it makes \
             none."
        )
    } else {
        format!(
            "The rule: a theme makes a key finding unless it was right in less than {least} of the cases \
             in which the program gave it, {by}."
        )
    }
}

fn codebook<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let book = material.evidence.main()?;
    let facts = material.facts;
    let rows: Vec<Vec<String>> = book
        .themes
        .iter()
        .map(|theme| {
            let meaning = facts.definitions.get(&theme.id).cloned().unwrap_or_default();
            let measured = right_when_given(facts, &theme.id);
            vec![theme.label.clone(), theme.group_label.clone(), meaning, measured]
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let head = ["Theme", "Group", "What it means", "Right when given (95% interval)"];
    let caption = format!("Themes of the codebook {} {}", book.title, book.version);
    let mut blocks = vec![
        Block::text(
            "\"Right when given\" is the share of answers to which the program gave a theme that \
             people gave it too; a decimal stands because the rule of the key findings turns on it.",
        ),
        Block::Table(Table::new(caption, &head, rows).of_words()),
    ];
    if !facts.codebook_changes.is_empty() {
        blocks.push(Block::text(
            "People changed the codebook after the answers were coded, and every figure here follows. \
             The changes, in their order, which is also how figures of earlier reports are set beside \
             these (of themes that were put together, the less sure one's “right when given” stands):",
        ));
        blocks.push(Block::List { items: facts.codebook_changes.clone(), ordered: true });
    }
    Some(Section::new("codebook", "The codebook", blocks).below())
}

fn accuracy<'a>(material: &Material<'a>) -> Section<'a> {
    let facts = material.facts;
    let mut blocks = super::checked::blocks(material);
    if facts.agreement.is_empty() && blocks.is_empty() {
        blocks.push(Block::text(
            "How well this coding agrees with people's has not been measured on these answers. Have \
             people read a sample before you rely on it; the model's card gives its figures on other \
             text.",
        ));
    } else if !facts.agreement.is_empty() {
        blocks.push(Block::text(if facts.own_sample {
            "Measured on a sample of these answers that people coded."
        } else if !blocks.is_empty() {
            "Beside it, the model's own figures, measured when it was made, on other answers than these. \
             Where they differ, what people found in these answers counts."
        } else {
            "These are the model's own figures, measured when it was made, on other answers than \
             these. Expect less on yours. Code a sample and let heard evaluate compare it: its \
             figures then stand here."
        }));
        let rows = facts
            .agreement
            .iter()
            .map(|row| vec![row.measure.clone(), row.figure.clone(), row.on.clone()])
            .collect();
        let caption = "How well the coding agrees with people's";
        let head = ["Measure", "Figure", "Measured on"];
        blocks.push(Block::Table(Table::new(caption, &head, rows).of_words()));
    }
    blocks.push(Block::text(rule(material)));
    Section::new("accuracy", "How accurate the coding is", blocks).below()
}

fn limits<'a>() -> Section<'a> {
    let items = vec![
        "A computer misses irony, hints and rare turns of phrase, and files some points under the \
         wrong theme. Counts of rare themes are the least sure."
            .to_owned(),
        "What people raise of their own accord is not a vote: silence on a theme says nothing."
            .to_owned(),
        "Intervals cover chance. They do not cover who chose to reply, nor errors of the coding."
            .to_owned(),
        "Personal details are found by rules and lists; some may remain. Read quotes before you \
         publish them."
            .to_owned(),
    ];
    Section::new("limits", "Limits", vec![Block::list(items)]).below()
}

fn rules<'a>(material: &Material<'a>) -> Section<'a> {
    let mut blocks = vec![Block::list(material.evidence.rules.clone())];
    blocks.extend(
        names(
            &material.evidence.redactions,
            "Personal details taken out, by kind",
            ["Kind", "Number taken out"],
        )
        .map(Block::Table),
    );
    Section::new("rules", "Rules by which the figures were made", blocks).below()
}

fn manifest<'a>(material: &Material<'a>) -> Option<Section<'a>> {
    let facts = material.facts;
    let version = |what: &str, item: &Versioned| {
        let hash = item.sha256.get(..12).unwrap_or(&item.sha256);
        vec![format!("{what} {}", item.id), format!("{}, sha256 {hash}...", item.version)]
    };
    let mut rows: Vec<Vec<String>> =
        facts.codebooks.iter().map(|book| version("Codebook", book)).collect();
    rows.extend(facts.models.iter().map(|model| version("Model", model)));
    let given = facts.manifest.iter().filter(|(_, value)| !value.is_empty());
    rows.extend(given.map(|(name, value)| vec![name.clone(), value.clone()]));
    if rows.is_empty() {
        return None;
    }
    let table = Table::new("Versions, so that the run can be repeated", &["What", "Version"], rows);
    let blocks = vec![
        Block::Table(table.of_words()),
        Block::note("run.json, which stays with the analyst, holds the full manifest."),
    ];
    Some(Section::new("manifest", "Manifest", blocks).below())
}
