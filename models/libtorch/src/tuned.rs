//! What fine-tuning gives: an encoder in f32 and its heads, to be averaged, kept and packed.

use std::collections::HashMap;

use heard_encoder::{EncoderError, Weights};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::error::{LibtorchError, unusable};
use crate::model::{self, Tensors};

const HEADS: [&str; 2] = ["heads.weight", "heads.bias"];

/// A fine-tuned encoder and its heads, in f32.
#[derive(Clone, PartialEq)]
pub struct FineTuned {
    pub(crate) config: String,
    pub(crate) vocabulary: Vec<String>,
    pub(crate) tensors: Tensors,
    /// Of each head, a weight for each number of a unit's mean vector.
    pub rows: Vec<Vec<f32>>,
    /// Of each head.
    pub biases: Vec<f32>,
}

impl std::fmt::Debug for FineTuned {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("FineTuned").field("heads", &self.rows.len()).finish_non_exhaustive()
    }
}

impl FineTuned {
    /// The encoder, quantised.
    pub fn weights(&self) -> Result<Weights, LibtorchError> {
        let encoder = serialise(&self.tensors)?;
        Ok(Weights::from_safetensors(&encoder, &self.config, self.vocabulary.clone())?)
    }

    /// Encoder and heads (`heads.weight`, `heads.bias`) as f32 safetensors.
    pub fn to_safetensors(&self) -> Result<Vec<u8>, LibtorchError> {
        let mut tensors = self.tensors.clone();
        let width = self.rows.first().map_or(0, Vec::len);
        let rows = (vec![self.rows.len(), width], self.rows.concat());
        tensors.insert(HEADS[0].to_owned(), rows);
        let biases = (vec![self.biases.len()], self.biases.clone());
        tensors.insert(HEADS[1].to_owned(), biases);
        serialise(&tensors)
    }

    /// Reads what [`FineTuned::to_safetensors`] gave; configuration and vocabulary are those of the
    /// weights that training started from.
    pub fn from_safetensors(safetensors: &[u8], start: &Weights) -> Result<Self, LibtorchError> {
        let mut tensors = model::read(safetensors)?;
        let [rows, biases] = HEADS.map(|name| tensors.remove(name));
        let (Some((shape, rows)), Some((_, biases))) = (rows, biases) else {
            return Err(unusable("the safetensors hold no heads"));
        };
        let width = shape.last().copied().unwrap_or(0);
        if width != start.config().width || rows.len() != biases.len() * width {
            return Err(unusable("the heads do not fit the encoder"));
        }
        Ok(Self {
            config: start.config_json()?,
            vocabulary: start.vocabulary().to_vec(),
            tensors,
            rows: rows.chunks_exact(width).map(<[f32]>::to_vec).collect(),
            biases,
        })
    }

    /// The mean of several that started from the same weights and have the same heads.
    pub fn average(tuned: &[Self]) -> Result<Self, LibtorchError> {
        let (first, rest) = tuned.split_first().ok_or_else(|| unusable("nothing to average"))?;
        let differ = || unusable("fine-tuned encoders of different kinds have no average");
        let mut mean = first.clone();
        for other in rest {
            if other.config != mean.config || other.tensors.len() != mean.tensors.len() {
                return Err(differ());
            }
            for (name, (_, sums)) in &mut mean.tensors {
                let (_, numbers) = other.tensors.get(name).ok_or_else(differ)?;
                add(sums, numbers).ok_or_else(differ)?;
            }
            if other.rows.len() != mean.rows.len() {
                return Err(differ());
            }
            for (sums, numbers) in mean.rows.iter_mut().zip(&other.rows) {
                add(sums, numbers).ok_or_else(differ)?;
            }
            add(&mut mean.biases, &other.biases).ok_or_else(differ)?;
        }
        let share = 1.0 / tuned.len() as f32;
        let tensors = mean.tensors.values_mut().map(|(_, numbers)| numbers);
        let all = tensors.chain(&mut mean.rows).chain([&mut mean.biases]);
        all.flatten().for_each(|number| *number *= share);
        Ok(mean)
    }
}

fn add(sums: &mut [f32], numbers: &[f32]) -> Option<()> {
    if sums.len() != numbers.len() {
        return None;
    }
    sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
    Some(())
}

fn serialise(tensors: &Tensors) -> Result<Vec<u8>, LibtorchError> {
    let bytes = |numbers: &[f32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    let all: Vec<(&str, &[usize], Vec<u8>)> = tensors
        .iter()
        .map(|(name, (shape, numbers))| (name.as_str(), shape.as_slice(), bytes(numbers)))
        .collect();
    let views = all
        .iter()
        .map(|(name, shape, data)| Ok((*name, TensorView::new(Dtype::F32, shape.to_vec(), data)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    // Without this entry transformers refuses the file.
    let about = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    Ok(safetensors::serialize(views, Some(about)).map_err(EncoderError::from)?)
}
