//! Papers for information governance, as Word files to edit: a page of data flows and retention, and
//! a data protection impact assessment with everything filled in that the program knows. They count
//! responses as they are and name what stays on the computer, so they are not for publication.

use super::view::{Block, Section, Table, View};
use super::words::{list, number, percent};
use super::{Error, Facts, docx};
use crate::manifest::Manifest;

/// The papers: file name and bytes.
pub fn papers(manifest: &Manifest, facts: &Facts) -> Result<Vec<(&'static str, Vec<u8>)>, Error> {
    let paper = |title: &str, sections| {
        // They are about the program, not made from its codes: no draft line.
        docx(&View::of(facts, title.to_owned(), false, sections))
    };
    Ok(vec![
        ("data-flows.docx", paper("Data flows and retention", flows(manifest))?),
        (
            "dpia-draft.docx",
            paper("Data protection impact assessment (draft to complete)", dpia(manifest, facts))?,
        ),
    ])
}

fn table<'a>(caption: &str, head: &[&str], rows: &[&[&str]]) -> Block<'a> {
    let rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
    Block::Table(Table::new(caption, head, rows).of_words())
}

fn sources(manifest: &Manifest) -> String {
    let mut kinds: Vec<String> = manifest.sources.iter().map(|s| s.kind.clone()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let files =
        crate::plain::plural(manifest.sources.len() as u64, "file or sheet", "files and sheets");
    format!("{files} ({})", list(&kinds))
}

fn redactions(manifest: &Manifest) -> u64 {
    manifest.redactions.values().sum()
}

fn flows<'a>(manifest: &Manifest) -> Vec<Section<'a>> {
    let counts = &manifest.counts;
    let read = format!(
        "{} with {} answers. Read where they are; never copied or changed.",
        sources(manifest),
        number(counts.answers)
    );
    let taken = format!(
        "{} personal details were replaced by placeholders in memory, before anything else saw the \
         text. {} answers are flagged because something may remain.",
        number(redactions(manifest)),
        number(counts.pii_residual)
    );
    let rows: [&[&str]; 5] = [
        &["1. Original files", &read, "You", "Your own rule for survey data: ____"],
        &["2. De-identification", &taken, "Nobody: in memory only", "Gone when the run ends"],
        &[
            "3. restricted/",
            "De-identified answers, codes, measures. key.parquet leads from an answer to its file and row, with the ids as they were given.",
            "The analyst",
            "Until the report is final: ____. Delete key.parquet first: without it nobody can go back.",
        ],
        &[
            "4. publish/",
            "Counts after disclosure control and chosen quotes. No row, no id, no name of a file.",
            "Anyone, once approved",
            "As your publications: ____",
        ],
        &[
            "5. run.json, governance/",
            "Counts, hashes, versions, and these papers. No word of an answer, no name of a file or person.",
            "The analyst, information governance",
            "As the record of processing: ____",
        ],
    ];
    vec![Section::new(
        "flows",
        "Where the data goes",
        vec![
            Block::text(
                "Everything happens on one computer. The program sends nothing and fetches nothing, its \
                 pages are served to this computer alone, and no text goes to a service or a model \
                 elsewhere.",
            ),
            table(
                "Data flows and retention",
                &["Where", "What", "Who sees it", "Kept for how long"],
                &rows,
            ),
            Block::list(vec![
                "To delete everything: delete the output folder. The program keeps nothing elsewhere."
                    .to_owned(),
                "To delete one person's answers: take their rows out of the original files and run \
                 again with --force, or have `heard forget` take them out of the output folder."
                    .to_owned(),
            ]),
            Block::to_write("The folder on your system, who has access to it, and when it is deleted."),
        ],
    )]
}

fn dpia<'a>(manifest: &Manifest, facts: &Facts) -> Vec<Section<'a>> {
    vec![
        need(facts),
        processing(manifest, facts),
        Section::new(
            "consultation",
            "3. Consultation",
            vec![Block::to_write(
                "Whom you asked: people who receive care, carers, the data protection officer, the \
                 information governance lead, providers.",
            )],
        ),
        necessity(),
        risks(manifest, facts),
        Section::new(
            "sign-off",
            "6. Sign-off and outcomes",
            vec![table(
                "Sign-off",
                &["Item", "Name and position, date", "Notes"],
                &[
                    &["Measures approved by", "", ""],
                    &["Residual risks approved by", "", ""],
                    &["Advice of the data protection officer", "", ""],
                    &["This assessment is kept under review by", "", ""],
                ],
            )],
        ),
    ]
}

fn need<'a>(facts: &Facts) -> Section<'a> {
    Section::new(
        "need",
        "1. Why an assessment",
        vec![
            Block::text(format!(
                "{} wants to learn from what people say in their own words about {}. Free text about \
                 care often tells of health and of other people, and those who speak may be at risk \
                 of harm. A program sorts it. An assessment is therefore likely to be needed (UK GDPR, \
                 Article 35; special category data, Article 9).",
                facts.organisation.name.as_deref().unwrap_or("The organisation"),
                facts.subject()
            )),
            Block::said_or(
                facts.organisation.why.as_ref(),
                "The aim of the project, and what people gain by it.",
            ),
        ],
    )
}

fn processing<'a>(manifest: &Manifest, facts: &Facts) -> Section<'a> {
    let counts = &manifest.counts;
    let coded =
        list(&facts.models.iter().map(|m| format!("{} {}", m.id, m.version)).collect::<Vec<_>>());
    let rows: Vec<[String; 2]> = vec![
        ["Sources".into(), sources(manifest)],
        ["Answers".into(), format!("{} from {} rows and documents", number(counts.answers), number(counts.rows_read))],
        ["Categories of data".into(), "What people write: opinions, health, family, finances, other people. Personal details found and taken out: names, addresses, postcodes, telephone numbers, e-mail addresses, NHS and National Insurance numbers, dates of birth, account numbers, web addresses.".into()],
        ["Special category data".into(), "Health, in most answers; others as people mention them".into()],
        ["Operations".into(), format!("Reading, de-identification, splitting into points, coding by a model ({coded}) on this computer, counting, disclosure control, choice of quotes")],
        ["Automated decisions".into(), "None about any person. Flags ask a person to read; nothing follows by itself.".into()],
        ["Recipients".into(), "Readers of the published report: counts and quotes only".into()],
        ["Transfers abroad".into(), "None: nothing leaves the computer".into()],
        ["Processors".into(), "None: the program is run by the controller and sends nothing to its makers".into()],
        ["Retention".into(), "See Data flows and retention".into()],
    ];
    let rows = rows.into_iter().map(Vec::from).collect();
    let filled = Table::new("Nature, scope and context", &["What", "In this run"], rows);
    Section::new(
        "processing",
        "2. The processing",
        vec![
            Block::Table(filled.of_words()),
            Block::said_or(
                facts.organisation.invitation.as_ref(),
                "How people were invited, what they were told, and whether they expect this use.",
            ),
        ],
    )
}

fn necessity<'a>() -> Section<'a> {
    Section::new(
        "necessity",
        "4. Necessity and proportionality",
        vec![
            Block::list(vec![
                "Only open answers and the columns that the user names are read into the evidence; \
                 others are left in the original files."
                    .to_owned(),
                "Text is de-identified before it is coded or written; the original is never written."
                    .to_owned(),
                "Only people who agreed are quoted, by role, and only where enough people share it."
                    .to_owned(),
                "What is published are counts; small ones are hidden, with others from which they \
                 could be worked out."
                    .to_owned(),
                "People can check and correct codes; reports say that they are drafts until then."
                    .to_owned(),
            ]),
            Block::to_write(
                "Lawful basis (Article 6) and condition (Article 9); for a local Healthwatch or a \
                 council often the public task, Article 6(1)(e), and Article 9(2)(h) or (g).",
            ),
            Block::to_write("How people can use their rights: access, objection, erasure."),
        ],
    )
}

fn risks<'a>(manifest: &Manifest, facts: &Facts) -> Section<'a> {
    let counts = &manifest.counts;
    let residual = format!(
        "{} answers are flagged pii_residual: read them. Restrict the folder; quote only what was \
         read.",
        number(counts.pii_residual)
    );
    let harm = format!(
        "{} answers are flagged safeguarding_review and never quoted. Name who reads them the same \
         day. A flag misses some: skim what is quoted.",
        number(counts.safeguarding)
    );
    let least = facts.precisions.values().map(|m| m.right).fold(f64::NAN, f64::min);
    let wrong = if least.is_nan() {
        "How often codes are right was not measured: have people read a sample.".to_owned()
    } else {
        format!(
            "The least sure theme is right in {} of cases. Key findings leave unsure themes out, and \
             every page says Draft, until people have read a sample.",
            percent(least)
        )
    };
    let rows: [[&str; 5]; 6] = [
        ["Personal details remain in de-identified text", "", "", &residual, ""],
        [
            "Someone is recognised from small figures or from their words",
            "",
            "",
            "Small figures are hidden with their neighbours; quotes by role only, never from hidden figures. Read each quote before you publish.",
            "",
        ],
        ["Harm is told and nobody reads it in time", "", "", &harm, ""],
        ["Codes are wrong, and decisions rest on them", "", "", &wrong, ""],
        [
            "Groups of people are read less well than others (language, long or short answers)",
            "",
            "",
            "Other languages are set before a person, not coded. Compare the sample's accuracy by who speaks.",
            "",
        ],
        [
            "The folder is lost or shared by mistake",
            "",
            "",
            "Encrypted disk, restricted access, key.parquet deleted early; publish/ is the only folder that is meant to be shared.",
            "",
        ],
    ];
    let rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
    let head = [
        "Risk",
        "Likelihood",
        "Severity",
        "What the program does, and what you do",
        "What remains",
    ];
    let table = Table::new("Risks and measures", &head, rows).of_words();
    let note = Block::note(
        "Likelihood (remote, possible, probable), severity (minimal, significant, severe) and what \
         remains (low, medium, high) are for people to judge.",
    );
    Section::new("risks", "5. Risks and measures", vec![Block::Table(table), note])
}
