//! A BERT encoder in pure Rust: text in, vectors out, on any x86-64 or arm64, with nothing native.
//!
//! [`Tokeniser`] turns text into word pieces that know their bytes, and pairs of question and text
//! into [`Sequence`]s that fit the encoder's window. [`Weights`] is the file: int8 matrices with a
//! scale for each output, biases, vocabulary and a hash. [`Bert`] runs it, in f32 or in int8.
//! [`Tagger`] is an encoder with a row for each tag, for finding names. Other heads,
//! codebooks and training belong to `heard-models`; files of responses to `heard`.
//!
//! A sequence's vectors never depend on the sequences that share its batch: rows of a batch are
//! packed without padding, each row is computed by the same operations in the same order wherever it
//! stands, and activations are quantised by row.

mod attention;
mod bert;
mod file;
mod maths;
mod product;
mod safe;
mod simd;
mod tagger;
mod weights;
mod windows;
mod wordpiece;

pub use bert::{Bert, Precision, Scratch, Vectors};
pub use simd::{Isa, Task};
pub use tagger::{Tagger, TaggerFile, TaggerRoom};
pub use weights::{Config, Matrix, Weights};
pub use windows::{Sequence, windows};
pub use wordpiece::{Token, Tokeniser, WordCache};

/// Why an encoder cannot be read, or cannot read a sequence.
#[derive(Debug, thiserror::Error)]
pub enum EncoderError {
    /// It does not begin like an encoder file.
    #[error("this is no encoder file of Heard")]
    NotAnEncoder,
    /// It was cut short or changed.
    #[error("the encoder file is damaged: its contents do not match its hash; copy it again")]
    Damaged,
    /// Its parts contradict each other, or are not those of a BERT.
    #[error("the encoder cannot be used: {reason}")]
    Unusable {
        /// What was found.
        reason: String,
    },
    /// A file of safetensors cannot be read or written.
    #[error("the safetensors cannot be read or written: {0}")]
    Safetensors(#[from] safetensors::SafeTensorError),
    /// A configuration or a header cannot be read or written.
    #[error("the configuration cannot be read or written: {0}")]
    Configuration(#[from] serde_json::Error),
    /// A sequence is empty, too long for the encoder, or from another vocabulary.
    #[error("a sequence of {length} tokens does not fit this encoder (at most {limit})")]
    Sequence {
        /// Tokens in the sequence.
        length: usize,
        /// Most tokens that the encoder takes.
        limit: usize,
    },
}

pub(crate) fn unusable(reason: impl Into<String>) -> EncoderError {
    EncoderError::Unusable { reason: reason.into() }
}
