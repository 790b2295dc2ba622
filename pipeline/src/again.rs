//! Tables, charts and the report once more, from the tables of an earlier run alone: after people
//! corrected codes, or with another name on the cover. The second way through the house.

use std::fs;
use std::path::{Path, PathBuf};

use crate::coding::settle;
use crate::decode::{self, TableReader};
use crate::folder::{self, PUBLISH, RESTRICTED};
use crate::publish;
use crate::schema::{self, Table};
use crate::store::{self, io};
use crate::tables::{Gaps, Quotes, Tally, settings};
use crate::vocabulary::Vocabulary;

/// Why a report could not be made again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder is not a run.
    #[error(transparent)]
    Folder(#[from] folder::Error),
    /// Its tables cannot be read.
    #[error(transparent)]
    Decode(#[from] decode::Error),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Tables, charts or the report could not be made.
    #[error(transparent)]
    Publish(#[from] publish::Error),
    /// The tables do not say which codebook they were coded with.
    #[error("{} was not written by this version of Heard. Run `heard run` again with --force", .0.display())]
    NoVocabulary(PathBuf),
    /// A later version of Heard wrote them.
    #[error("{} was written by a later version of Heard (tables of version {version}; this one knows {known}). Use that version", path.display(), known = schema::VERSION)]
    Later {
        /// The table.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
}

/// Replaces `publish/` of a run; gives the path of the report.
pub fn report(dir: &Path, organisation: Option<String>) -> Result<PathBuf, Error> {
    let mut manifest = folder::read_manifest(dir)?;
    if organisation.is_some() {
        manifest.organisation.name = organisation;
        folder::write_manifest(dir, &manifest)?;
    }
    let restricted = dir.join(RESTRICTED);
    let table = TableReader::open(&restricted, Table::Responses)?;
    let version = table.fact("schema_version").and_then(|text| text.parse::<u32>().ok());
    if let Some(version) = version.filter(|v| Some(*v) > schema::VERSION.parse().ok()) {
        let path = restricted.join(Table::Responses.file_name());
        return Err(Error::Later { path, version });
    }
    let breakdowns: Vec<String> =
        table.columns().iter().filter(|c| c.starts_with("by_")).cloned().collect();
    let codebooks = table
        .fact("vocabulary")
        .and_then(|text| serde_json::from_str(text).ok())
        .ok_or_else(|| Error::NoVocabulary(restricted.join(Table::Responses.file_name())))?;
    let facts = table.facts();
    let vocabulary = Vocabulary::new(codebooks, breakdowns);
    let options = settings::options(&vocabulary, &manifest.standards, &manifest.population);
    let mut tally = Tally::new(&vocabulary, options);
    let (mut quotes, mut gaps) = (Quotes::new(&vocabulary), Gaps::default());
    decode::read(&restricted, &vocabulary, |rows| {
        for mut row in rows {
            settle(&mut row);
            tally.add(&row);
            quotes.add(&row);
            gaps.add(&row);
        }
    })?;
    // Made beside its place and renamed, like a run.
    let work = dir.join("publish.partial");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(io("remove", &work))?;
    }
    let counted = publish::Counted { tally: &tally, quotes: &quotes, gaps: &gaps };
    publish::publish(&work, &restricted, &counted, &manifest, &facts)?;
    let publish = dir.join(PUBLISH);
    if publish.exists() {
        fs::remove_dir_all(&publish).map_err(io("remove", &publish))?;
    }
    fs::rename(&work, &publish).map_err(io("rename", &work))?;
    Ok(publish.join("report.html"))
}
