//! A person decides: the local review page, the log of what people decided, and what their decisions
//! do to a run.
//!
//! A run's tables stay as the model wrote them. What people decide is kept in one file beside them,
//! [`log`], and laid over the tables whenever something is shown or made: [`apply`]. Only what people
//! mask goes into the tables themselves, at once ([`masked`]). How right the model is, and what its
//! counts come to when that is taken into account, is [`study`]'s business.

pub mod apply;
pub mod decision;
pub mod decisions;
pub mod key;
pub mod log;
pub mod place;
pub mod stored;
pub mod study;

use std::path::PathBuf;

pub use decisions::Decisions;
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
    /// The tables do not say which codebook they were coded with.
    #[error("{} was not written by this version of Heard. Run `heard run` again with --force", .0.display())]
    NoVocabulary(PathBuf),
}
