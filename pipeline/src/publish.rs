//! From the tally to what may be shared: tables, charts, report. Everything under `publish/` is made
//! here and from [`Evidence`] alone, which has been through disclosure control.

use std::path::{Path, PathBuf};

use crate::manifest::Manifest;
use crate::report::{self, Facts};
use crate::store::{self, create_folder, write_file};
use crate::tables::{self, Evidence, Tally};
use crate::vocabulary::Vocabulary;

/// Why nothing could be published.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A table could not be made.
    #[error(transparent)]
    Tables(#[from] tables::Error),
    /// A chart or the report could not be made.
    #[error(transparent)]
    Report(#[from] report::Error),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::Error),
}
