//! From the tally to what may be shared: tables, charts, report. Everything under `publish/` is made
//! here and from [`Evidence`] alone, which has been through disclosure control.

use std::collections::BTreeMap;
use std::path::Path;

use heard_models::Figure;

use crate::coding::open_codebook;
use crate::manifest::Manifest;
use crate::report::{self, Agreement, Material, View};
use crate::store::{self, Metadata, create_folder, write_file};
use crate::tables::{self, Evidence, Facts, Gaps, Profile, Quotes, Tally};

/// Key findings on the first page, at most.
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
}

/// Writes everything under `publish`, and under `restricted` the notebook and the passages that fit
/// no theme.
pub fn publish(
    publish: &Path,
    restricted: &Path,
    counted: &Counted<'_>,
    manifest: &Manifest,
    metadata: &Metadata,
) -> Result<Evidence, Error> {
    let facts = Facts {
        invited: manifest.invited,
        profile: Profile::parse(&manifest.suppress).unwrap_or_default(),
        // Nothing here can record yet that people have read a sample.
        reviewed: false,
        redactions: manifest.redactions.clone(),
        unprocessed: manifest.unprocessed.clone(),
        population: manifest.population.clone(),
    };
    let mut evidence = tables::evidence(counted.tally, &facts);
    let (unnamed, examples) = counted.gaps.found(facts.profile);
    evidence.unnamed = unnamed;
    tables::write::examples(restricted, &examples, metadata)?;
    let quotes = counted.quotes.choose(counted.tally, &evidence);
    create_folder(publish)?;
    tables::write(publish, &evidence, &quotes, metadata)?;

    let drawn = report::draw(&evidence, manifest.charts)?;
    let charts = publish.join("charts");
    create_folder(&charts)?;
    for chart in &drawn {
        write_file(&charts.join(format!("{}.svg", chart.file_stem)), chart.svg.as_bytes())?;
        write_file(&charts.join(format!("{}.png", chart.file_stem)), &chart.png)?;
    }

    let shown: Vec<report::Drawn> = drawn.into_iter().filter(|chart| chart.in_report).collect();
    let organisation = manifest.organisation.clone();
    let mut facts = report::Facts::new(manifest, organisation.name, organisation.title);
    facts.definitions = definitions(manifest);
    facts.agreement = agreement(metadata);
    let findings = evidence.findings(FINDINGS);
    let view = View::new(&Material {
        evidence: &evidence,
        facts: &facts,
        findings: &findings,
        quotes: &quotes,
        drawn: &shown,
    });
    write_file(&publish.join("report.html"), report::html(&view)?.as_bytes())?;
    write_file(&publish.join("report.docx"), &report::docx(&view)?)?;
    write_file(&restricted.join("notebook.ipynb"), report::notebook::run())?;
    Ok(evidence)
}

/// One line for each theme of the built-in codebooks; the user's own files need not be there later.
fn definitions(manifest: &Manifest) -> BTreeMap<String, String> {
    let books = manifest.codebooks.iter().filter_map(|b| open_codebook(&b.id).ok());
    books.flat_map(|b| b.themes).map(|t| (t.id, t.definition)).collect()
}

/// How the model did when it was trained, as its file says.
fn agreement(metadata: &Metadata) -> Vec<Agreement> {
    let stored = metadata.get("model_figures").unwrap_or_default();
    let figures: Vec<Figure> = serde_json::from_str(stored).unwrap_or_default();
    figures
        .into_iter()
        .map(|Figure { measure, figure, on }| Agreement { measure, figure, on })
        .collect()
}
