//! Why libtorch cannot run or train an encoder.

/// Why libtorch cannot run or train an encoder. None of these holds text of a response.
#[derive(Debug, thiserror::Error)]
pub enum LibtorchError {
    /// libtorch refused: most often memory, or a GPU that is not there.
    #[error("libtorch failed: {0}")]
    Torch(#[from] tch::TchError),
    /// rust-bert refused.
    #[error("rust-bert failed: {0}")]
    RustBert(#[from] rust_bert::RustBertError),
    /// The weights or a sequence cannot be used.
    #[error(transparent)]
    Encoder(#[from] heard_encoder::EncoderError),
    /// A file of safetensors cannot be read or written.
    #[error("the safetensors cannot be read or written: {0}")]
    Safetensors(#[from] safetensors::SafeTensorError),
    /// What was asked makes no sense.
    #[error("{reason}")]
    Unusable {
        /// What was found.
        reason: String,
    },
}

pub(crate) fn unusable(reason: impl Into<String>) -> LibtorchError {
    LibtorchError::Unusable { reason: reason.into() }
}
