//! An encoder at rest: its sizes, its vocabulary, int8 matrices with a scale a row, f32 for the rest.
//!
//! A row is an output channel of a dense layer or a word of an embedding. [`crate::Bert`] makes of
//! this what it runs on; the `file` and `safe` modules read and write it.

use serde::{Deserialize, Serialize};

use crate::{EncoderError, unusable};

/// Sums of `MOST` products of a u8 and an i8 fit an i32.
const MOST: usize = 1 << 16;

/// Sizes of a BERT, by the names of transformers' config.json.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Words of the vocabulary.
    #[serde(rename = "vocab_size")]
    pub vocabulary: usize,
    /// Width of a token's vector.
    #[serde(rename = "hidden_size")]
    pub width: usize,
    /// Layers.
    #[serde(rename = "num_hidden_layers")]
    pub layers: usize,
    /// Attention heads; they divide the width.
    #[serde(rename = "num_attention_heads")]
    pub heads: usize,
    /// Width inside the feed-forward part.
    #[serde(rename = "intermediate_size")]
    pub inner: usize,
    /// Longest sequence, in tokens.
    #[serde(rename = "max_position_embeddings")]
    pub positions: usize,
    /// Segments (question and text: 2).
    #[serde(rename = "type_vocab_size")]
    pub types: usize,
    /// Added to the variance in a layer normalisation.
    #[serde(rename = "layer_norm_eps")]
    pub epsilon: f32,
    /// The activation; only "gelu" (the exact one) is known.
    pub hidden_act: String,
}

impl Config {
    /// Fails on sizes that contradict each other or that no computer holds.
    pub(crate) fn check(&self) -> Result<(), EncoderError> {
        let sizes =
            [self.vocabulary, self.width, self.layers, self.heads, self.positions, self.types];
        let too_large = self.width.max(self.inner).max(self.positions) > MOST
            || self.layers > 1000
            || self.types > 256;
        if sizes.contains(&0) || self.inner == 0 || too_large {
            return Err(unusable("a size of its configuration is zero or too large"));
        }
        if !self.width.is_multiple_of(self.heads) {
            return Err(unusable("its heads do not divide its width"));
        }
        if self.hidden_act != "gelu" {
            return Err(unusable(format!("its activation is {}, not gelu", self.hidden_act)));
        }
        Ok(())
    }
}

/// A matrix, int8 by row: weight = value x scale of its row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// Numbers in a row.
    pub columns: usize,
    /// Row after row.
    pub values: Vec<i8>,
    /// One a row.
    pub scales: Vec<f32>,
}

impl Matrix {
    /// Quantises rows of `columns` numbers, the largest of each to ±127.
    pub fn quantise(columns: usize, weights: &[f32]) -> Self {
        let mut values = Vec::with_capacity(weights.len());
        let mut scales = Vec::with_capacity(weights.len() / columns.max(1));
        for row in weights.chunks_exact(columns.max(1)) {
            let largest = row.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
            let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
            values.extend(row.iter().map(|weight| (weight / scale).round() as i8));
            scales.push(scale);
        }
        Self { columns, values, scales }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.scales.len()
    }

    /// One row in f32; empty for a row that is not there.
    pub fn row(&self, row: usize) -> impl Iterator<Item = f32> + '_ {
        let start = row.saturating_mul(self.columns);
        let values = self.values.get(start..start + self.columns).unwrap_or_default();
        let scale = self.scales.get(row).copied().unwrap_or(0.0);
        values.iter().map(move |value| f32::from(*value) * scale)
    }

    /// All rows in f32, row after row.
    pub fn dequantise(&self) -> Vec<f32> {
        (0..self.rows()).flat_map(|row| self.row(row)).collect()
    }

    /// The rows of one matrix under those of others of the same width.
    pub(crate) fn stack(parts: &[&Self]) -> Self {
        Self {
            columns: parts.first().map_or(0, |part| part.columns),
            values: parts.iter().flat_map(|part| &part.values).copied().collect(),
            scales: parts.iter().flat_map(|part| &part.scales).copied().collect(),
        }
    }
}

/// A dense layer: a row of weights and a bias for each output.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Dense {
    pub(crate) weight: Matrix,
    pub(crate) bias: Vec<f32>,
}

/// A layer normalisation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Norm {
    pub(crate) gain: Vec<f32>,
    pub(crate) bias: Vec<f32>,
}

/// One layer of the encoder.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Layer {
    pub(crate) query: Dense,
    pub(crate) key: Dense,
    pub(crate) value: Dense,
    pub(crate) mix: Dense,
    pub(crate) mix_norm: Norm,
    pub(crate) up: Dense,
    pub(crate) down: Dense,
    pub(crate) norm: Norm,
}

/// An encoder at rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    pub(crate) config: Config,
    pub(crate) vocabulary: Vec<String>,
    pub(crate) words: Matrix,
    pub(crate) positions: Matrix,
    pub(crate) types: Matrix,
    pub(crate) norm: Norm,
    pub(crate) layers: Vec<Layer>,
}

/// A tensor of the encoder, by its name in transformers and its shape (rows, columns).
pub(crate) enum Tensor<'a> {
    Matrix(&'a mut Matrix, usize, usize),
    Vector(&'a mut Vec<f32>, usize),
}

impl Weights {
    /// Weights of the right shape with nothing in them yet.
    pub(crate) fn empty(config: Config, vocabulary: Vec<String>) -> Result<Self, EncoderError> {
        config.check()?;
        if vocabulary.len() != config.vocabulary {
            return Err(unusable(format!(
                "its vocabulary has {} words, its configuration says {}",
                vocabulary.len(),
                config.vocabulary
            )));
        }
        Ok(Self {
            vocabulary,
            words: Matrix::default(),
            positions: Matrix::default(),
            types: Matrix::default(),
            norm: Norm::default(),
            layers: (0..config.layers).map(|_| Layer::default()).collect(),
            config,
        })
    }

    /// Sizes.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Word pieces; the place of each is its id.
    pub fn vocabulary(&self) -> &[String] {
        &self.vocabulary
    }

    /// Every tensor in the order of the file: what reading, writing and exporting share.
    pub(crate) fn tensors(&mut self) -> Vec<(String, Tensor<'_>)> {
        let Config { vocabulary, width, inner, positions, types, .. } = self.config;
        let matrix = Tensor::Matrix;
        let mut all = vec![
            (
                "embeddings.word_embeddings.weight".to_owned(),
                matrix(&mut self.words, vocabulary, width),
            ),
            (
                "embeddings.position_embeddings.weight".to_owned(),
                matrix(&mut self.positions, positions, width),
            ),
            (
                "embeddings.token_type_embeddings.weight".to_owned(),
                matrix(&mut self.types, types, width),
            ),
        ];
        all.extend(self.norm.tensors("embeddings.LayerNorm", width));
        for (at, layer) in self.layers.iter_mut().enumerate() {
            let name = |part: &str| format!("encoder.layer.{at}.{part}");
            all.extend(layer.query.tensors(&name("attention.self.query"), width, width));
            all.extend(layer.key.tensors(&name("attention.self.key"), width, width));
            all.extend(layer.value.tensors(&name("attention.self.value"), width, width));
            all.extend(layer.mix.tensors(&name("attention.output.dense"), width, width));
            all.extend(layer.mix_norm.tensors(&name("attention.output.LayerNorm"), width));
            all.extend(layer.up.tensors(&name("intermediate.dense"), inner, width));
            all.extend(layer.down.tensors(&name("output.dense"), width, inner));
            all.extend(layer.norm.tensors(&name("output.LayerNorm"), width));
        }
        all
    }
}

impl Dense {
    fn tensors(&mut self, name: &str, rows: usize, columns: usize) -> [(String, Tensor<'_>); 2] {
        [
            (format!("{name}.weight"), Tensor::Matrix(&mut self.weight, rows, columns)),
            (format!("{name}.bias"), Tensor::Vector(&mut self.bias, rows)),
        ]
    }
}

impl Norm {
    fn tensors(&mut self, name: &str, width: usize) -> [(String, Tensor<'_>); 2] {
        [
            (format!("{name}.weight"), Tensor::Vector(&mut self.gain, width)),
            (format!("{name}.bias"), Tensor::Vector(&mut self.bias, width)),
        ]
    }
}
