//! A person decides: the local review page, the log of what people decided, and what their decisions
//! do to a run.
//!
//! A run's tables stay as the model wrote them. What people decide is kept in one file beside them,
//! [`log`], and laid over the tables whenever something is shown or made: [`apply`]. Only what people
//! mask goes into the tables themselves, at once ([`masked`]). How right the model is, and what its
//! counts come to when that is taken into account, is [`study`]'s business.

#![allow(clippy::similar_names, reason = "codes and coded responses meet everywhere in this room")]

pub mod agree;
pub mod apply;
pub mod audit;
pub mod corrections;
pub mod decision;
pub mod decisions;
pub mod forget;
pub mod history;
pub mod key;
pub mod log;
pub mod masked;
pub mod place;
pub mod project;
pub mod recode;
pub mod server;
pub mod sheet;
pub mod stored;
pub mod study;
pub mod to_check;

pub use decisions::Decisions;
pub use log::Log;
pub use study::{Accuracy, Study};

use crate::{decode, folder, store};

/// Why a run cannot be reviewed.
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
    /// The log cannot be used.
    #[error(transparent)]
    Log(#[from] log::Error),
    /// The page cannot be served.
    #[error("cannot serve the page on this computer: {0}")]
    Serve(std::io::Error),
    /// A page could not be made.
    #[error("a page could not be made: {0}. This is a fault of Heard's; please report it")]
    Page(#[from] minijinja::Error),
    /// The index for searching could not be made.
    #[error("cannot search: {0}")]
    Search(#[from] rusqlite::Error),
    /// The report could not be made again.
    #[error(transparent)]
    Report(#[from] Box<crate::again::Error>),
    /// What was asked for cannot be done.
    #[error("{0}")]
    Refused(String),
}

/// A run of fewer different answers may be read whole; then nothing is estimated. Its answers show the
/// model's codes, unless somebody begins with the random sample: then those of the sample show none.
pub const SMALL: usize = 300;

/// The names of the answers of the random samples, which are coded without seeing the model's codes;
/// none where the run may be read whole and nobody has begun to code that way.
pub fn sample(run: &stored::Run, decisions: &Decisions) -> Result<Vec<key::Key>, Error> {
    let mut study = Study::new(decisions.secret());
    for row in &run.rows {
        study.add(&row.coded, row.key, decisions.state(row.key), &run.about.vocabulary);
    }
    let mut order = study.order();
    if order.len() < SMALL && !decisions.is_blind_begun(None) {
        return Ok(Vec::new());
    }
    order.truncate(target(decisions)?);
    order.extend(twice(run, decisions)?);
    Ok(order)
}

/// Answers that every coder codes alone, unless someone says otherwise.
pub const TWICE: usize = 50;

/// The names of the answers that every coder codes alone, in the order in which they are drawn: by
/// lot, before anyone reads, and apart from the sample that the accuracy is told from.
pub fn twice(run: &stored::Run, decisions: &Decisions) -> Result<Vec<key::Key>, Error> {
    let mut study = Study::new(decisions.secret());
    for row in &run.rows {
        study.add(&row.coded, row.key, decisions.state(row.key), &run.about.vocabulary);
    }
    let order = study.order();
    let apart = if order.len() < SMALL { 0 } else { target(decisions)?.min(order.len() / 2) };
    let mut rest: Vec<key::Key> = order.into_iter().skip(apart).collect();
    rest.sort_unstable_by_key(|key| (decisions.secret().lot(*key, "twice"), *key));
    rest.truncate(TWICE);
    Ok(rest)
}

/// How many answers the random sample is to have, as people chose.
pub fn target(decisions: &Decisions) -> Result<usize, Error> {
    let chosen = decisions.fact("sample")?;
    Ok(chosen.and_then(|n| n.parse().ok()).unwrap_or(study::USUAL))
}

/// After a run: makes the report again with what people decided about an earlier run in the folder.
/// Gives how many decided answers are in this run, and how many are not; None where nobody decided.
pub fn carry_over(dir: &std::path::Path) -> Result<Option<(usize, usize)>, Error> {
    let restricted = dir.join(folder::RESTRICTED);
    if !Log::exists(&restricted) {
        return Ok(None);
    }
    let decisions = Decisions::open(&restricted)?;
    if decisions.keys().next().is_none() {
        return Ok(None);
    }
    let about = stored::About::read(dir)?;
    let namer = stored::Namer::new(&decisions)?;
    let mut met = std::collections::HashSet::new();
    decode::read(&restricted, &about.vocabulary, |rows| {
        met.extend(rows.iter().map(|row| namer.name(row).0));
    })?;
    let found = decisions.keys().filter(|(key, _)| met.contains(key)).count();
    let lost = decisions.keys().count() - found;
    drop(decisions);
    crate::again::report(dir, crate::again::Changes::default()).map_err(Box::new)?;
    Ok(Some((found, lost)))
}
