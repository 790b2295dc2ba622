//! What computes an encoder's vectors: pure Rust, or libtorch in a build that has it.
//!
//! The one place where that is chosen. A model names its encoder ([`Sentences`]); a [`Runner`] reads
//! with it on the backend that was asked for, and what it read is handed to the model.

use std::fmt;
use std::sync::Arc;

pub use heard_encoder::Precision;
use heard_encoder::{Bert, EncoderError};

use crate::sentences::{Reader, Reading, Sentences};

/// Whether this build has libtorch.
pub const HAS_LIBTORCH: bool = cfg!(feature = "libtorch");

/// What computes the vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Pure Rust, on the caller's threads. The models are fitted on [`Precision::Int8`].
    Rust(Precision),
    /// libtorch, in f32.
    Libtorch {
        /// Where.
        device: Device,
        /// Threads that libtorch computes with on the processor.
        threads: usize,
    },
}

/// Where libtorch computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// On the processor.
    #[default]
    Cpu,
    /// On the first GPU.
    Cuda,
}

impl Default for Backend {
    fn default() -> Self {
        Self::Rust(Precision::Int8)
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust(Precision::Int8) => "rust",
            Self::Rust(Precision::F32) => "rust in f32",
            Self::Libtorch { device: Device::Cpu, .. } => "libtorch on cpu",
            Self::Libtorch { device: Device::Cuda, .. } => "libtorch on cuda",
        })
    }
}

/// An encoder on a backend.
#[derive(Debug)]
pub struct Runner {
    sentences: Arc<Sentences>,
    on: On,
    /// Texts that are best read together.
    together: usize,
}

#[derive(Debug)]
enum On {
    /// As every model has it at hand.
    Own,
    F32(Box<Bert>),
    #[cfg(feature = "libtorch")]
    Libtorch(Box<std::sync::Mutex<heard_libtorch::Backend>>),
}

impl Runner {
    /// Puts an encoder on a backend. Fails where the build or the machine has none.
    pub fn new(sentences: &Arc<Sentences>, backend: Backend) -> Result<Self, EncoderError> {
        /// Enough for a group of the pure Rust encoder and a batch of libtorch on the processor.
        const FEW: usize = 64;
        /// What a GPU takes at once, and more, so that batches can be of like length.
        const MANY: usize = 2048;
        let together = match backend {
            Backend::Libtorch { device: Device::Cuda, .. } => MANY,
            _ => FEW,
        };
        let on = match backend {
            Backend::Rust(Precision::Int8) => On::Own,
            Backend::Rust(Precision::F32) => {
                On::F32(Box::new(Bert::new(&sentences.weights()?, Precision::F32)))
            }
            Backend::Libtorch { device, threads } => libtorch(sentences, device, threads)?,
        };
        Ok(Self { sentences: Arc::clone(sentences), on, together })
    }

    /// Tells encoders apart: [`Sentences::hash`].
    pub fn hash(&self) -> [u8; 32] {
        self.sentences.hash()
    }

    /// How many texts are best read together.
    pub fn together(&self) -> usize {
        self.together
    }

    /// Reads texts, each given as question and text. In pure Rust what is read of one does not
    /// depend on the others, and nothing fails.
    pub fn read(
        &self,
        reader: &mut Reader,
        texts: &[(&str, &str)],
    ) -> Result<Vec<Reading>, EncoderError> {
        match &self.on {
            On::Own => Ok(self.sentences.read(reader, texts)),
            On::F32(bert) => self.sentences.read_on(reader, texts, |scratch, sequences, each| {
                bert.encode(scratch, sequences, each)
            }),
            #[cfg(feature = "libtorch")]
            On::Libtorch(backend) => self.sentences.read_on(reader, texts, |_, sequences, each| {
                let backend = backend.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                backend.encode(sequences, each).map_err(of_libtorch)
            }),
        }
    }
}

#[cfg(feature = "libtorch")]
fn libtorch(sentences: &Sentences, device: Device, threads: usize) -> Result<On, EncoderError> {
    let device = match device {
        Device::Cpu => heard_libtorch::Device::Cpu,
        Device::Cuda => heard_libtorch::Device::Cuda,
    };
    heard_libtorch::Backend::set_threads(threads);
    let backend =
        heard_libtorch::Backend::new(&sentences.weights()?, device).map_err(of_libtorch)?;
    Ok(On::Libtorch(Box::new(std::sync::Mutex::new(backend))))
}

#[cfg(not(feature = "libtorch"))]
fn libtorch(_: &Sentences, _: Device, _: usize) -> Result<On, EncoderError> {
    Err(EncoderError::Unusable { reason: "this build has no libtorch".to_owned() })
}

/// libtorch's error as an encoder's.
#[cfg(feature = "libtorch")]
pub(crate) fn of_libtorch(error: heard_libtorch::LibtorchError) -> EncoderError {
    match error {
        heard_libtorch::LibtorchError::Encoder(error) => error,
        other => EncoderError::Unusable { reason: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bits_read_nearly_what_f32_reads() {
        let sentences = Sentences::builtin().expect("built in");
        let texts = [("What was good?", "The carers are kind."), ("", "Late again, and no call.")];
        let read = |precision| {
            let runner = Runner::new(&sentences, Backend::Rust(precision)).expect("in every build");
            runner.read(&mut Reader::default(), &texts).expect("in every build")
        };
        for ((_, text), (one, other)) in
            texts.iter().zip(read(Precision::Int8).iter().zip(&read(Precision::F32)))
        {
            let [mut mean, mut exact] = [Vec::new(), Vec::new()];
            one.mean(&(0..text.len()), &mut mean);
            other.mean(&(0..text.len()), &mut exact);
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
            let norm = (dot(&mean, &mean) * dot(&exact, &exact)).sqrt();
            assert!(dot(&mean, &exact) / norm > 0.99, "{text}");
        }
    }

    #[cfg(not(feature = "libtorch"))]
    #[test]
    fn without_libtorch_nothing_runs_on_it() {
        let sentences = Sentences::builtin().expect("built in");
        let backend = Backend::Libtorch { device: Device::Cpu, threads: 1 };
        assert!(Runner::new(&sentences, backend).is_err());
    }
}
