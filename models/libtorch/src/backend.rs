//! Encoding on libtorch: what `heard_encoder::Bert` gives, from the same weights, within rounding.
//!
//! Sequences are sorted by length and padded in batches, so that, unlike in pure Rust, the last bits
//! of a vector depend on its batch (differences of about 1e-5).

use heard_encoder::{Config, Sequence, Vectors, Weights};

use crate::batch::Batch;
use crate::error::LibtorchError;
use crate::model::{self, Device, Model};

/// Tokens of the sequences whose vectors are held at once, before they are handed over in order.
const HELD: usize = 1 << 15;

/// An encoder on libtorch.
pub struct Backend {
    model: Model,
    config: Config,
    /// Tokens of a batch, padding included.
    most: usize,
}

impl std::fmt::Debug for Backend {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Backend").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Backend {
    /// Puts the dequantised weights on a device.
    pub fn new(weights: &Weights, device: Device) -> Result<Self, LibtorchError> {
        Self::from_safetensors(&weights.to_safetensors()?, weights.config(), device)
    }

    /// Puts f32 safetensors on a device, by the names that transformers uses; the configuration is
    /// transformers' config.json, read as [`Config`].
    pub fn from_safetensors(
        safetensors: &[u8],
        config: &Config,
        device: Device,
    ) -> Result<Self, LibtorchError> {
        let model = Model::new(&model::read(safetensors)?, config, 0.0, device)?;
        // A batch's widest layer stays near a processor's cache; a GPU wants much at once.
        let most = if device == Device::Cpu { 2048 } else { 1 << 14 };
        Ok(Self { model, config: config.clone(), most })
    }

    /// Threads that libtorch computes with, in the whole process.
    pub fn set_threads(threads: usize) {
        tch::set_num_threads(threads.max(1) as i32);
    }

    /// Width of a vector.
    pub fn width(&self) -> usize {
        self.config.width
    }

    /// Longest sequence, in tokens.
    pub fn positions(&self) -> usize {
        self.config.positions
    }

    /// Encodes sequences, handing over each one's place and vectors, in their order.
    ///
    /// Fails, before anything is computed, on a sequence that is empty, longer than
    /// [`Backend::positions`], or has an id or a segment that the encoder does not know.
    pub fn encode(
        &self,
        sequences: &[&Sequence],
        mut each: impl FnMut(usize, Vectors<'_>),
    ) -> Result<(), LibtorchError> {
        let Config { positions, vocabulary, types, .. } = self.config;
        sequences.iter().try_for_each(|sequence| sequence.fits(positions, vocabulary, types))?;
        let mut from = 0;
        while from < sequences.len() {
            let mut tokens = 0;
            let held = sequences[from..].iter().take_while(|sequence| {
                tokens += sequence.ids.len();
                tokens <= HELD
            });
            let to = from + held.count().max(1);
            self.hold(&sequences[from..to], |at, vectors| each(from + at, vectors))?;
            from = to;
        }
        Ok(())
    }

    fn hold(
        &self,
        sequences: &[&Sequence],
        mut each: impl FnMut(usize, Vectors<'_>),
    ) -> Result<(), LibtorchError> {
        let length = |at: usize| sequences[at].ids.len();
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        order.sort_by_key(|at| length(*at));
        // Of each sequence: its batch, and its first token there.
        let mut places = vec![(0, 0); sequences.len()];
        let mut batches = Vec::new();
        let mut rest = order.as_slice();
        while !rest.is_empty() {
            // The last is the longest: so many rows of its length fit.
            let fit = |count: &usize| count * length(rest[count - 1]) <= self.most;
            let count = (1..=rest.len()).take_while(fit).last().unwrap_or(1);
            let (members, others) = rest.split_at(count);
            let members_of: Vec<&Sequence> = members.iter().map(|at| sequences[*at]).collect();
            let batch = Batch::new(&members_of, i64::from);
            for (row, at) in members.iter().enumerate() {
                places[*at] = (batches.len(), row * batch.length);
            }
            let vectors = tch::no_grad(|| self.model.forward(&batch, false))?;
            batches.push(model::numbers(&vectors)?);
            rest = others;
        }
        let width = self.width();
        for (at, (batch, token)) in places.into_iter().enumerate() {
            let all = &batches[batch][token * width..][..length(at) * width];
            each(at, Vectors::new(width, all));
        }
        Ok(())
    }
}
