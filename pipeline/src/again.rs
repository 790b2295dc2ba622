//! Tables, charts and the report once more, from the tables of an earlier run alone: after people
//! corrected codes, or with another name on the cover. The second way through the house.

use std::fs;
use std::path::{Path, PathBuf};

use crate::coding::{CodedResponse, settle};
use crate::decode;
use crate::documents;
use crate::folder::{self, PUBLISH, RESTRICTED, WITH_DOCUMENTS};
use crate::manifest::Manifest;
use crate::organisation::Organisation;
use crate::partitioned;
use crate::publish::{self, Review};
use crate::review::history;
use crate::review::recode::{self, Recode};
use crate::review::stored::{About, Namer};
use crate::review::{self, Decisions, Log, Study, apply, masked};
use crate::specification::VisitFigure;
use crate::store::{self, io};
use crate::tables::{Gaps, Quotes, Tally, settings};

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
    /// The folders for data lakes could not be written.
    #[error(transparent)]
    Partitioned(#[from] partitioned::Error),
    /// People's decisions could not be taken in.
    #[error(transparent)]
    Review(#[from] review::Error),
    /// What was said of the organisation cannot be used.
    #[error(transparent)]
    Organisation(#[from] crate::organisation::Error),
}

/// What should be otherwise than in the run; nothing by default.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Who publishes, from a settings file, and the folder of that file.
    pub organisation: Option<(Organisation, PathBuf)>,
    /// Name of who publishes.
    pub name: Option<String>,
    /// `report` or `council`.
    pub style: Option<String>,
    /// A report for each value of these columns.
    pub each: Vec<String>,
    /// Figures to stand beside what people say.
    pub visit_log: Option<Vec<VisitFigure>>,
}

impl Changes {
    /// Writes what should be otherwise into the manifest.
    fn make(self, manifest: &mut Manifest, restricted: &Path) -> Result<(), Error> {
        if let Some((mut organisation, base)) = self.organisation {
            if let Some(logo) = organisation.check(&base)? {
                publish::keep_logo(restricted, &logo)?;
            }
            manifest.organisation = organisation;
        }
        let organisation = &mut manifest.organisation;
        organisation.name = self.name.or(organisation.name.take());
        organisation.style = self.style.or(organisation.style.take());
        // A style that was typed is checked like one that was written.
        Organisation { logo: None, ..manifest.organisation.clone() }.check(Path::new(""))?;
        if !self.each.is_empty() {
            manifest.each = self.each;
        }
        if let Some(figures) = self.visit_log {
            manifest.visit_log = figures;
        }
        Ok(())
    }
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The report.
    pub report: PathBuf,
    /// New Word files that got another name because people had changed the old ones.
    pub moved: Vec<String>,
}

/// Replaces `publish/` and `governance/` of a run, but no Word file that people changed.
pub fn report(dir: &Path, changes: Changes) -> Result<Made, Error> {
    let mut manifest = folder::read_manifest(dir)?;
    let restricted = dir.join(RESTRICTED);
    changes.make(&mut manifest, &restricted)?;
    masked::recover(&restricted)?;
    let about = About::read(dir)?;
    let facts = &about.facts;
    let mut recode = Recode::new(&about.original, Vec::new());
    let mut decided = if Log::exists(&restricted) {
        let decisions = Decisions::open(&restricted).map_err(review::Error::from)?;
        recode = Recode::of(&about.original, &decisions)?;
        recode::write_next(&about, recode.vocabulary().changes())?;
        let namer = Namer::new(&decisions)?;
        let study = Study::new(decisions.secret());
        Some((decisions, namer, study, Review::default()))
    } else {
        None
    };
    let vocabulary = recode.vocabulary();
    let options = settings::options(vocabulary, &manifest.standards, &manifest.population);
    let mut tally = Tally::new(vocabulary, options).laying_aside_in(restricted.clone());
    let (mut quotes, mut gaps) = (Quotes::new(vocabulary), Gaps::default());
    let mut to_mask = false;
    decode::read(&restricted, &about.original, |rows| {
        for mut row in rows {
            recode.row(&mut row);
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
            gaps.add(&row);
        }
    })?;
    tally.settle().map_err(io("read", &restricted))?;
    let mut review = None;
    let mut decisions = None;
    if let Some((mut decided, _, study, mut found)) = decided {
        if to_mask {
            masked::bring_up(&about, &mut decided)?;
        }
        let target = review::target(&decided)?;
        found.accuracy = Some(study.figures(target, vocabulary));
        found.codebook = history::standing(&about.original, vocabulary.changes());
        review = Some(found);
        let namer = Namer::new(&decided)?;
        decisions = Some((decided, namer));
    }
    if let Some(by) = &manifest.partition_by {
        partitioned::write(&restricted, by, &about.original, facts)?;
    }
    // Made beside its place and renamed, like a run.
    let work = dir.join("report.partial");
    store::remove_folder(&work)?;
    let review = review.as_ref();
    let rows = |visit: &mut dyn FnMut(&CodedResponse)| {
        decode::read(&restricted, &about.original, |rows| {
            for mut row in rows {
                recode.row(&mut row);
                if let Some((decisions, namer)) = &decisions {
                    let (key, moves) = namer.name(&row);
                    apply::apply(&mut row, decisions.state(key), &moves, vocabulary);
                } else {
                    settle(&mut row);
                }
                visit(&row);
            }
        })
    };
    let stored = &publish::Stored { vocabulary, rows: &rows };
    let (tally, quotes, gaps) = (&tally, &quotes, &gaps);
    let counted = publish::Counted { tally, quotes, gaps, review, stored };
    let made = (|| {
        let places = publish::Places::of(&work, &restricted);
        publish::publish(&places, &counted, &manifest, facts)?;
        let mut written = documents::record(&work, &WITH_DOCUMENTS)?;
        let moved =
            documents::keep_edited(dir, &manifest.documents, &work, &mut written, &WITH_DOCUMENTS)?;
        Ok::<_, Error>((written, moved))
    })();
    let (written, moved) = made.inspect_err(|_| {
        // Best effort: the error is what the user needs to see.
        let _ = fs::remove_dir_all(&work);
    })?;
    put_in_place(&work, dir)?;
    manifest.documents = written;
    folder::write_manifest(dir, &manifest)?;
    Ok(Made { report: dir.join(PUBLISH).join("report.html"), moved })
}

/// Puts what was made where the earlier report stands.
fn put_in_place(work: &Path, dir: &Path) -> Result<(), Error> {
    for name in WITH_DOCUMENTS {
        let (new, place) = (work.join(name), dir.join(name));
        store::remove_folder(&place)?;
        fs::rename(&new, &place).map_err(io("rename", &new))?;
    }
    Ok(fs::remove_dir_all(work).map_err(io("remove", work))?)
}
