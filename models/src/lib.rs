//! Text in, codes and scores out: codebooks, trained models and their training.
//!
//! This crate knows text and numbers. It knows nothing of files of responses, of respondents or of
//! reports: those belong to `heard`, which hands it de-identified text only.

pub mod words;

#[doc(hidden)]
pub use serde;
