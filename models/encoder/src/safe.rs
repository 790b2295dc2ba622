//! Weights from and to safetensors, by the names that transformers and rust-bert use.
//!
//! This is how weights trained elsewhere come in, quantised, and go out again, in f32, to the
//! `libtorch` backend.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::weights::{Config, Matrix, Tensor, Weights};
use crate::{EncoderError, unusable};

impl Weights {
    /// Quantises a BERT in f32 safetensors; `config` is transformers' config.json. Names may begin
    /// with `bert.`; tensors that an encoder does not use (a pooler, heads) are left out.
    pub fn from_safetensors(
        safetensors: &[u8],
        config: &str,
        vocabulary: Vec<String>,
    ) -> Result<Self, EncoderError> {
        let config: Config = serde_json::from_str(config)?;
        let tensors = SafeTensors::deserialize(safetensors)?;
        let mut weights = Self::empty(config, vocabulary)?;
        for (name, tensor) in weights.tensors() {
            let view =
                tensors.tensor(&name).or_else(|_| tensors.tensor(&format!("bert.{name}")))?;
            let shape = match &tensor {
                Tensor::Matrix(_, rows, columns) => vec![*rows, *columns],
                Tensor::Vector(_, length) => vec![*length],
            };
            if view.dtype() != Dtype::F32 || view.shape() != shape {
                return Err(unusable(format!(
                    "{name} is {} {:?}, not F32 {shape:?}",
                    view.dtype(),
                    view.shape()
                )));
            }
            let words = view.data().as_chunks::<4>().0;
            let numbers: Vec<f32> = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
            if numbers.iter().any(|number| !number.is_finite()) {
                return Err(unusable(format!("{name} holds numbers that are not finite")));
            }
            match tensor {
                Tensor::Matrix(matrix, _, columns) => *matrix = Matrix::quantise(columns, &numbers),
                Tensor::Vector(vector, _) => *vector = numbers,
            }
        }
        Ok(weights)
    }

    /// The dequantised weights as f32 safetensors, with a pooler of zeros, which rust-bert's
    /// `BertModel` asks for and no vector of a token depends on.
    pub fn to_safetensors(&self) -> Result<Vec<u8>, EncoderError> {
        let mut weights = self.clone();
        let width = self.config.width;
        let mut all: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
        for (name, tensor) in weights.tensors() {
            let (shape, numbers) = match tensor {
                Tensor::Matrix(matrix, rows, columns) => (vec![rows, columns], matrix.dequantise()),
                Tensor::Vector(vector, length) => (vec![length], vector.clone()),
            };
            all.push((
                name,
                shape,
                numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
            ));
        }
        all.push((
            "pooler.dense.weight".to_owned(),
            vec![width, width],
            vec![0; width * width * 4],
        ));
        all.push(("pooler.dense.bias".to_owned(), vec![width], vec![0; width * 4]));
        let views = all
            .iter()
            .map(|(name, shape, data)| {
                Ok((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), data)?))
            })
            .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
        // Without this entry transformers refuses the file.
        let about = HashMap::from([("format".to_owned(), "pt".to_owned())]);
        Ok(safetensors::serialize(views, Some(about))?)
    }

    /// The files of a folder that transformers, sentence-transformers and rust-bert read: the
    /// dequantised weights, the configuration, the vocabulary, and that a sentence's vector is the
    /// mean of its tokens'. Names are relative to the folder, with `/`.
    pub fn to_transformers(&self) -> Result<Vec<(&'static str, Vec<u8>)>, EncoderError> {
        let Config { width, positions, .. } = self.config;
        let module = |at: usize, path: &str, kind: &str| {
            let kind = format!("sentence_transformers.models.{kind}");
            serde_json::json!({"idx": at, "name": at.to_string(), "path": path, "type": kind})
        };
        let modules = [module(0, "", "Transformer"), module(1, "1_Pooling", "Pooling")];
        let sentences = serde_json::json!({"max_seq_length": positions, "do_lower_case": false});
        let words = serde_json::json!({
            "tokenizer_class": "BertTokenizer",
            "do_lower_case": true,
            "strip_accents": null,
            "tokenize_chinese_chars": true,
            "model_max_length": positions,
        });
        let pooling = serde_json::json!({
            "word_embedding_dimension": width,
            "pooling_mode_cls_token": false,
            "pooling_mode_mean_tokens": true,
            "pooling_mode_max_tokens": false,
            "pooling_mode_mean_sqrt_len_tokens": false,
        });
        let mut vocabulary = self.vocabulary.join("\n");
        vocabulary.push('\n');
        Ok(vec![
            ("model.safetensors", self.to_safetensors()?),
            ("config.json", self.config_json()?.into_bytes()),
            ("vocab.txt", vocabulary.into_bytes()),
            ("tokenizer_config.json", serde_json::to_vec_pretty(&words)?),
            ("sentence_bert_config.json", serde_json::to_vec_pretty(&sentences)?),
            ("modules.json", serde_json::to_vec_pretty(&modules)?),
            ("1_Pooling/config.json", serde_json::to_vec_pretty(&pooling)?),
        ])
    }

    /// The configuration as transformers' config.json.
    pub fn config_json(&self) -> Result<String, EncoderError> {
        let mut config = serde_json::to_value(&self.config)?;
        config["model_type"] = "bert".into();
        config["architectures"] = serde_json::json!(["BertModel"]);
        config["attention_probs_dropout_prob"] = 0.1.into();
        config["hidden_dropout_prob"] = 0.1.into();
        config["initializer_range"] = 0.02.into();
        config["pad_token_id"] = 0.into();
        Ok(serde_json::to_string_pretty(&config)?)
    }
}
