//! What a run says at its end: a screen that a tired researcher understands.

use std::fmt::Write as _;
use std::path::PathBuf;

use heard_models::words::Sentiment;

use crate::config::Config;
use crate::manifest::{Counts, Manifest, NAME_FINDER};
use crate::plain::{number, plural};
use crate::tables::Evidence;
use crate::tables::evidence::Cell;

/// The end of a run in words.
#[derive(Clone, Debug)]
pub struct Summary {
    counts: Counts,
    people: u64,
    top: Vec<(String, Cell)>,
    sentiment: Vec<(Sentiment, Cell)>,
    redacted: Vec<(String, u64)>,
    residual: String,
    attention: Vec<String>,
    over_threshold: Vec<String>,
    coded_by: String,
    notes: Vec<String>,
    out: PathBuf,
}

impl Summary {
    /// From the evidence and the manifest of a run.
    pub fn new(evidence: &Evidence, manifest: &Manifest, config: &Config) -> Self {
        let counts = manifest.counts.clone();
        let top = evidence
            .main()
            .map(|book| {
                let raised = book.themes.iter().filter(|t| t.respondents.count() != Some(0));
                raised.take(5).map(|t| (t.label.clone(), t.respondents)).collect()
            })
            .unwrap_or_default();
        let share = |part: u64, whole: u64| part as f64 / (whole.max(1)) as f64;
        let mut over_threshold = Vec::new();
        if share(counts.rows_unprocessed, counts.rows_read) > config.unprocessed_threshold {
            over_threshold.push(format!(
                "{} of {} rows and documents were set aside: more than the limit of {:.0}%",
                counts.rows_unprocessed,
                counts.rows_read,
                config.unprocessed_threshold * 100.0
            ));
        }
        if share(counts.pii_residual, counts.answers) > config.residual_threshold {
            over_threshold.push(format!(
                "{} of {} answers may still hold personal data: more than the limit of {:.0}%",
                counts.pii_residual,
                counts.answers,
                config.residual_threshold * 100.0
            ));
        }
        Self {
            people: evidence.funnel.informative.unwrap_or_default(),
            attention: attention(manifest, &counts),
            residual: residual(manifest),
            redacted: manifest.redactions.iter().map(|(k, n)| (k.clone(), *n)).collect(),
            sentiment: evidence.sentiment.respondents.parts().to_vec(),
            counts,
            top,
            over_threshold,
            coded_by: Self::coded_by(manifest),
            notes: Vec::new(),
            out: config.out.clone(),
        }
    }

    /// True where a threshold of the settings was passed.
    pub fn needs_attention(&self) -> bool {
        !self.over_threshold.is_empty()
    }

    /// New Word files that took another name, because people had changed the old ones.
    pub fn kept(&mut self, moved: &[String]) {
        self.notes.extend(moved.iter().map(|name| crate::plain::kept(name)));
    }

    /// Breakdowns for which there are no reports on parts, though the user asked for them.
    pub fn without_parts<'a>(&mut self, breakdowns: impl Iterator<Item = &'a String>) {
        self.notes.extend(breakdowns.map(|id| {
            format!(
                "No report for each {id}: there are no two groups of people in it that are large \
                 enough, or it says the same as another column."
            )
        }));
    }

    /// The models with their versions, why these, and what computed their encoder.
    fn coded_by(manifest: &Manifest) -> String {
        let coders = manifest.models.iter().filter(|model| model.id != NAME_FINDER);
        let models: Vec<String> =
            coders.map(|model| format!("{} {}", model.id, model.version)).collect();
        let backend = manifest.backend.iter().map(|backend| format!("; backend {backend}"));
        let backend: String = backend.collect();
        format!("{} ({}){backend}", models.join(", "), manifest.model_choice)
    }

    /// What a person should do, most urgent first.
    pub fn attention(&self) -> &[String] {
        &self.attention
    }

    /// The screen.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let c = &self.counts;
        let _ = writeln!(
            out,
            "Heard read {} from {}. {} say something, from {}.",
            plural(c.answers, "answer", "answers"),
            plural(c.rows_read, "row or document", "rows and documents"),
            number(c.informative),
            plural(self.people, "person", "people"),
        );
        if self.top.is_empty() {
            out.push_str("\nNo theme was found.\n");
        } else {
            out.push_str("\nRaised most, without being asked\n");
            for (i, (label, cell)) in self.top.iter().enumerate() {
                let _ = writeln!(out, "  {}. {label:<44} {}", i + 1, said(cell));
            }
        }
        let parts: Vec<String> = self
            .sentiment
            .iter()
            .filter_map(|(s, cell)| Some(format!("{s} {:.0}%", cell.share()? * 100.0)))
            .collect();
        if !parts.is_empty() {
            let _ = writeln!(out, "\nPeople overall: {}", parts.join(", "));
        }
        if !self.redacted.is_empty() {
            let kinds: Vec<String> = self
                .redacted
                .iter()
                .map(|(kind, n)| format!("{} {}", number(*n), name(kind)))
                .collect();
            let _ = writeln!(out, "Taken out: {}", kinds.join(", "));
        }
        out.push_str(&self.residual);
        let _ = writeln!(out, "Coded by: {}", self.coded_by);
        if !self.attention.is_empty() {
            out.push_str("\nFor a person\n");
            for item in &self.attention {
                let _ = writeln!(out, "  - {item}");
            }
        }
        for item in &self.over_threshold {
            let _ = writeln!(out, "\nWarning: {item}.");
        }
        for note in &self.notes {
            let _ = writeln!(out, "\n{note}");
        }
        let report = self.out.join(crate::folder::PUBLISH).join("report.html");
        let _ = writeln!(
            out,
            "\nReport: {}\nDraft: coded by computer. Read a sample before you rely on it.",
            report.display().to_string().replace('\\', "/")
        );
        out
    }
}

/// How much was likely missed, in a line; nothing where nothing was found.
fn residual(manifest: &Manifest) -> String {
    let (mode, left) = (&manifest.redact, &manifest.residual);
    let per_cent = |share: f64| format!("{:.0} of 100", share * 100.0);
    let found: u64 = manifest.redactions.values().sum();
    match left.names_left {
        None => format!(
            "Names were not looked for (--redact {mode}): treat every text as if it named people\n"
        ),
        Some(_) if found == 0 => String::new(),
        Some(names) => format!(
            "Likely missed: about {names:.0} {} and {:.0} other identifiers (on test texts, --redact {mode} finds {} names and {} others)\n",
            if (0.5..1.5).contains(&names) { "name" } else { "names" },
            left.others_left,
            per_cent(left.recall_names),
            per_cent(left.recall_others),
        ),
    }
}

/// What a person should do, most urgent first; counts only.
fn attention(manifest: &Manifest, c: &Counts) -> Vec<String> {
    let mut out = Vec::new();
    let mut add = |n: u64, one: &str, many: &str| {
        if n > 0 {
            out.push(format!("{} {}", number(n), if n == 1 { one } else { many }));
        }
    };
    add(
        c.safeguarding,
        "answer may tell of harm or neglect: read it today (flag safeguarding_review in restricted/responses.parquet)",
        "answers may tell of harm or neglect: read them today (flag safeguarding_review in restricted/responses.parquet)",
    );
    add(
        c.pii_residual,
        "answer may still hold personal data: read it before you share anything (restricted/to-check.csv says where)",
        "answers may still hold personal data: read them before you share anything (restricted/to-check.csv says where, the riskiest first)",
    );
    let set_aside: u64 = manifest.unprocessed.values().sum();
    add(
        set_aside,
        "row, page or file could not be read: restricted/unprocessed.parquet says why",
        "rows, pages or files could not be read: restricted/unprocessed.parquet says why",
    );
    add(
        c.unassigned,
        "answer fits no theme: new themes are found there (status unassigned)",
        "answers fit no theme: new themes are found there (status unassigned)",
    );
    add(
        c.codings_to_review,
        "code of which the model is unsure: read it first (column review in restricted/codings.parquet)",
        "codes of which the model is unsure: read these first (column review in restricted/codings.parquet)",
    );
    add(
        c.other_language,
        "answer is in a language that the model does not read (flag language)",
        "answers are in a language that the model does not read (flag language)",
    );
    add(
        c.duplicates,
        "answer has the same words as an earlier one: it is counted (column duplicate_of)",
        "answers have the same words as earlier ones: they are counted (column duplicate_of)",
    );
    add(
        c.campaign,
        "answer follows the template of an earlier one: it is counted (column campaign)",
        "answers follow the template of earlier ones: they are counted (column campaign)",
    );
    out
}

fn said(cell: &Cell) -> String {
    match cell {
        Cell::Shown { count, base, share, .. } => {
            format!("{} of {} ({:.0}%)", number(*count), number(*base), share * 100.0)
        }
        Cell::Hidden => "too few to show".to_owned(),
    }
}

fn name(kind: &str) -> String {
    match kind {
        "PERSON" => "names".to_owned(),
        "NHS_NUMBER" => "NHS numbers".to_owned(),
        "NI_NUMBER" => "National Insurance numbers".to_owned(),
        "DOB" => "dates of birth".to_owned(),
        "URL" => "web addresses".to_owned(),
        "ADDRESS" => "addresses".to_owned(),
        "ACCOUNT" => "account numbers".to_owned(),
        "OTHER" => "others".to_owned(),
        other => format!("{}s", other.to_lowercase()),
    }
}
