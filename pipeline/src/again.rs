//! Tables, charts and the report once more, from the tables of an earlier run alone: after people
//! corrected codes, or with another name on the cover. The second way through the house.

use std::fs;
use std::path::{Path, PathBuf};

use crate::coding::settle;
use crate::decode;
use crate::folder::{self, PUBLISH, RESTRICTED};
use crate::publish::{self, Review};
use crate::review::stored::{About, Namer};
use crate::review::{self, Decisions, Log, Study, apply, masked};
use crate::store::{self, io};
use crate::tables::{Quotes, Tally, TallyOptions};

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
    /// People's decisions could not be taken in.
    #[error(transparent)]
    Review(#[from] review::Error),
}

/// Replaces `publish/` of a run; gives the path of the report.
pub fn report(dir: &Path, organisation: Option<String>) -> Result<PathBuf, Error> {
    let mut manifest = folder::read_manifest(dir)?;
    if organisation.is_some() {
        manifest.organisation.name = organisation;
        folder::write_manifest(dir, &manifest)?;
    }
    let restricted = dir.join(RESTRICTED);
    masked::recover(&restricted)?;
    let about = About::read(dir)?;
    let (vocabulary, facts) = (&about.vocabulary, &about.facts);
    let mut tally = Tally::new(vocabulary, TallyOptions::default());
    let mut quotes = Quotes::new(vocabulary);
    let mut decided = if Log::exists(&restricted) {
        let decisions = Decisions::open(&restricted).map_err(review::Error::from)?;
        let namer = Namer::new(&decisions)?;
        let study = Study::new(decisions.secret());
        Some((decisions, namer, study, Review::default()))
    } else {
        None
    };
    let mut to_mask = false;
    decode::read(&restricted, vocabulary, |rows| {
        for mut row in rows {
            if let Some((decisions, namer, study, review)) = &mut decided {
                let (key, moves) = namer.name(&row);
                let state = decisions.state(key);
                study.add(&row, key, state, vocabulary);
                review.people += u64::from(state.counting().is_some());
                let before = (!state.masks.is_empty()).then(|| row.response.text.clone());
                apply::apply(&mut row, state, &moves, vocabulary);
                to_mask |= before.is_some_and(|before| before != row.response.text);
            } else {
                settle(&mut row);
            }
            tally.add(&row);
            quotes.add(&row);
        }
    })?;
    let mut review = None;
    if let Some((mut decisions, _, study, mut found)) = decided {
        if to_mask {
            masked::bring_up(&about, &mut decisions)?;
        }
        let target = review::target(&decisions)?;
        found.accuracy = Some(study.figures(target, vocabulary));
        review = Some(found);
    }
    // Made beside its place and renamed, like a run.
    let work = dir.join("publish.partial");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(io("remove", &work))?;
    }
    publish::publish(&work, &restricted, &tally, &quotes, &manifest, facts, review.as_ref())?;
    let publish = dir.join(PUBLISH);
    if publish.exists() {
        fs::remove_dir_all(&publish).map_err(io("remove", &publish))?;
    }
    fs::rename(&work, &publish).map_err(io("rename", &work))?;
    Ok(publish.join("report.html"))
}
