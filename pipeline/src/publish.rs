//! From the tally to what may be shared: tables, charts, report. Everything under `publish/` is made
//! here and from [`Evidence`] alone, which has been through disclosure control. The papers for
//! information governance, which count more than that, are made here too and stand apart.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use heard_models::Codebook;

use crate::coding::{CodedResponse, open_codebook};
use crate::coding_figures;
use crate::decode;
use crate::folder;
use crate::manifest::Manifest;
use crate::organisation::Logo;
use crate::parts;
use crate::report::{self, Material, View, contract, governance, notebook};
use crate::review;
use crate::specification;
use crate::store::{self, Metadata, create_folder, write_file};
use crate::tables::{self, Evidence, Facts, Gaps, Profile, Quotes, Tally};
use crate::vocabulary::Vocabulary;

/// Key findings, at most.
const FINDINGS: usize = 6;

/// Why nothing could be published.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A table could not be made.
    #[error(transparent)]
    Tables(#[from] tables::write::Error),
    /// A chart or the report could not be made.
    #[error(transparent)]
    Report(#[from] report::Error),
    /// The reports on parts could not be made.
    #[error(transparent)]
    Parts(#[from] parts::Error),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What was gathered while responses went by.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// The counts.
    pub tally: &'a Tally,
    /// Candidates for quotes.
    pub quotes: &'a Quotes,
    /// Passages that fit no theme.
    pub gaps: &'a Gaps,
    /// What people decided; None where nobody did.
    pub review: Option<&'a Review>,
    /// The responses themselves.
    pub stored: &'a Stored<'a>,
}

/// Shows each response of a run, one after another.
pub type Rows<'a> = dyn Fn(&mut dyn FnMut(&CodedResponse)) -> Result<(), decode::Error> + 'a;

/// The responses of a run as they count, to be read once more where that is needed.
pub struct Stored<'a> {
    /// The themes as they are now.
    pub vocabulary: &'a Vocabulary,
    /// Shows each response, settled or with what people decided.
    pub rows: &'a Rows<'a>,
}

impl std::fmt::Debug for Stored<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Stored").finish_non_exhaustive()
    }
}

/// What people did to a run.
#[derive(Clone, Debug, Default)]
pub struct Review {
    /// Answers whose codes people decided.
    pub people: u64,
    /// How they changed the codebook since the codes were given: each change that stands, in a sentence.
    pub codebook: Vec<String>,
    /// How right the model is.
    pub accuracy: Option<review::Accuracy>,
}

impl Review {
    /// True once the random sample was read to its end.
    pub fn is_complete(&self) -> bool {
        self.accuracy.as_ref().is_some_and(|a| a.read > 0 && a.read >= a.target)
    }
}

/// Where things are written.
#[derive(Clone, Debug)]
pub struct Places {
    publish: PathBuf,
    governance: PathBuf,
    restricted: PathBuf,
    /// A column that gives no reports on parts is no reason to lose a run.
    forgiving: bool,
}

impl Places {
    /// Below a folder of work; the restricted tables may stand elsewhere.
    pub fn of(work: &Path, restricted: &Path) -> Self {
        Self {
            publish: work.join(folder::PUBLISH),
            governance: work.join(folder::GOVERNANCE),
            restricted: restricted.to_owned(),
            forgiving: false,
        }
    }

    /// The same for a run, which has hours of coding to lose.
    #[must_use]
    pub fn forgiving(self) -> Self {
        Self { forgiving: true, ..self }
    }
}

/// Keeps the logo with the run, so that a report can be made again without the user's file.
pub fn keep_logo(restricted: &Path, logo: &Logo) -> Result<(), store::Error> {
    write_file(&restricted.join(format!("logo.{}", logo.kind)), &logo.bytes)
}

/// Writes everything under `publish` and `governance`, and the notebooks and the passages that fit
/// no theme under `restricted`.
pub fn publish(
    places: &Places,
    counted: &Counted<'_>,
    manifest: &Manifest,
    metadata: &Metadata,
) -> Result<Evidence, Error> {
    let facts = Facts {
        invited: manifest.invited,
        profile: Profile::parse(&manifest.suppress).unwrap_or_default(),
        reviewed: counted.review.is_some_and(Review::is_complete),
        redactions: manifest.redactions.clone(),
        unprocessed: manifest.unprocessed.clone(),
        population: manifest.population.clone(),
    };
    let Places { publish, governance: papers, restricted, forgiving } = places;
    let mut evidence = tables::evidence(counted.tally, &facts);
    let (unnamed, examples) = counted.gaps.found(facts.profile);
    evidence.unnamed = unnamed;
    tables::write::examples(restricted, &examples, metadata)?;
    let mut facts = beside(manifest, metadata, &evidence, restricted);
    facts.follow(counted.stored.vocabulary.changes());
    facts.codebook_changes = counted.review.map_or_else(Vec::new, |review| review.codebook.clone());
    facts.review = counted.review.filter(|review| review.people > 0).cloned();
    facts.trust_the_sample();
    if evidence.staff {
        facts.organisation.subject.get_or_insert_with(|| "their work".to_owned());
    }
    let chosen = counted.quotes.choose(counted.tally, &evidence, &facts.serious());
    create_folder(publish)?;
    let further =
        contract::table(&contract::rows(&evidence, &facts)).map_err(tables::write::Error::from)?;
    let further = if facts.drafts.is_empty() { Vec::new() } else { vec![further] };
    tables::write(publish, &evidence, &chosen.quotes, further, metadata)?;

    let drawn = report::draw(&evidence, manifest.charts)?;
    let charts = publish.join("charts");
    create_folder(&charts)?;
    for chart in &drawn {
        write_file(&charts.join(format!("{}.svg", chart.file_stem)), chart.svg.as_bytes())?;
        write_file(&charts.join(format!("{}.png", chart.file_stem)), &chart.png)?;
    }

    let shown: Vec<report::Drawn> = drawn.into_iter().filter(|chart| chart.in_report).collect();
    let sure = |theme: &str| facts.is_sure(theme, evidence.draft);
    let mut findings = evidence.findings_on(FINDINGS, sure);
    findings.extend(report::differences::findings(&evidence, sure));
    let material = Material {
        evidence: &evidence,
        facts: &facts,
        findings: &findings,
        chosen: &chosen,
        drawn: &shown,
    };
    for (name, view) in
        [("report", View::new(&material)), ("what-you-told-us", report::plain(&material))]
    {
        write_file(&publish.join(format!("{name}.html")), report::html(&view)?.as_bytes())?;
        write_file(&publish.join(format!("{name}.docx")), &report::docx(&view)?)?;
    }
    for column in &manifest.each {
        match parts::write(publish, restricted, counted.stored, &evidence, &facts, column) {
            Err(parts::Error::NoBreakdown { .. }) if *forgiving => {}
            made => drop(made?),
        }
    }
    create_folder(papers)?;
    for (name, bytes) in governance::papers(manifest, &facts)? {
        write_file(&papers.join(name), &bytes)?;
    }
    for (name, bytes) in notebook::TEMPLATES {
        write_file(&restricted.join(name), bytes)?;
    }
    Ok(evidence)
}

/// What the report says beside the evidence.
fn beside(
    manifest: &Manifest,
    metadata: &Metadata,
    evidence: &Evidence,
    restricted: &Path,
) -> report::Facts {
    let mut facts = report::Facts::new(manifest);
    let books: Vec<Codebook> =
        manifest.codebooks.iter().filter_map(|b| open_codebook(&b.id).ok()).collect();
    facts.definitions = definitions(&books);
    let main = evidence.main().map_or("", |book| book.id.as_str());
    let accuracy = coding_figures::of(restricted, metadata, main);
    facts.agreement = accuracy.agreement;
    facts.precisions = accuracy.precisions;
    facts.own_sample = accuracy.own_sample;
    facts.drafts = specification::drafts(main);
    facts.clauses =
        books.iter().find(|book| book.id == main).map(specification::clauses).unwrap_or_default();
    let logo = manifest.organisation.logo.as_ref();
    // A logo that went missing is no reason to have no report.
    facts.logo = logo.and_then(|name| Logo::read(&restricted.join(name.file_name()?)).ok());
    facts
}

/// One line for each theme of the built-in codebooks; the user's own files need not be there later.
fn definitions(books: &[Codebook]) -> BTreeMap<String, String> {
    let themes = books.iter().flat_map(|book| &book.themes);
    themes.map(|theme| (theme.id.clone(), theme.definition.clone())).collect()
}
