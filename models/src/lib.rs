//! Text in, codes and scores out: codebooks, trained models and their training.
//!
//! This crate knows text and numbers. It knows nothing of files of responses, of respondents or of
//! reports: those belong to `heard`, which hands it de-identified text only.
//!
//! A [`Codebook`] says what can be coded. A [`Model`] codes: an [`Encoder`] turns text into features
//! once, [`heads`] score them all together, and calibrated thresholds decide. [`train`] makes a
//! model from coded responses and reports how good it is on situations that it has not seen;
//! [`card`] writes that report down for people.

pub mod accurate;
pub mod backend;
pub mod calibrating;
mod calibration;
mod card;
mod carers;
pub mod choice;
pub mod clauses;
pub mod codebook;
mod content;
pub mod correcting;
mod cues;
mod dense;
pub mod examples;
pub mod features;
mod fitting;
mod folds;
mod gender;
pub mod heads;
mod known;
mod learnt;
mod meaning;
mod measuring;
pub mod model;
pub mod names;
mod packed;
pub mod recoding;
pub mod report;
mod residual;
pub mod sentences;
mod solver;
pub mod training;
mod weights;
pub mod words;

pub use calibration::Tally;
pub use card::{calibration_card, card, precisions_of};
pub use codebook::{Codebook, CodebookError};
pub use cues::Cues;
pub use examples::{LabelledResponse, LabelledSegment};
pub use features::{Encoder, WordEncoder};
pub use model::{
    Coded, Figure, Model, Precision, ResponseCodes, ResponseInput, Scratch, SegmentCodes,
    SegmentInput,
};
pub use report::TrainingReport;
pub use training::{TrainError, TrainOptions, train};
pub use weights::WeightsError;

#[doc(hidden)]
pub use serde;
