//! A folder that `heard export-encoder` writes is one that rust-bert loads, and means the same.
#![cfg(feature = "libtorch")]
#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::path::Path;

use heard_encoder::{Bert, Precision, Scratch, Sequence, Tokeniser, Weights, WordCache};
use rust_bert::pipelines::common::ModelType;
use rust_bert::pipelines::sentence_embeddings::{
    SentenceEmbeddingsConfig, SentenceEmbeddingsModel,
};

fn exported(weights: &Weights, folder: &Path) -> SentenceEmbeddingsModel {
    for (name, bytes) in weights.to_transformers().unwrap() {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let file = |name: &str| folder.join(name).into();
    SentenceEmbeddingsModel::new(SentenceEmbeddingsConfig {
        modules_config_resource: file("modules.json"),
        transformer_type: ModelType::Bert,
        transformer_config_resource: file("config.json"),
        transformer_weights_resource: file("model.safetensors"),
        pooling_config_resource: file("1_Pooling/config.json"),
        dense_config_resource: None,
        dense_weights_resource: None,
        sentence_bert_config_resource: file("sentence_bert_config.json"),
        tokenizer_config_resource: file("tokenizer_config.json"),
        tokenizer_vocab_resource: file("vocab.txt"),
        tokenizer_merges_resource: None,
        device: tch::Device::Cpu,
        kind: None,
    })
    .unwrap()
}

/// The mean vector of each text in pure Rust.
fn means(weights: &Weights, texts: &[&str]) -> Vec<Vec<f32>> {
    let tokeniser = Tokeniser::new(weights.vocabulary()).unwrap();
    let bert = Bert::new(weights, Precision::F32);
    let mut words = WordCache::default();
    let sequences: Vec<Sequence> = (texts.iter())
        .map(|text| tokeniser.sequence(&[], &tokeniser.tokens(&mut words, text)))
        .collect();
    let sequences: Vec<&Sequence> = sequences.iter().collect();
    let mut means = Vec::new();
    bert.encode(&mut Scratch::default(), &sequences, |_, vectors| {
        means.push(vectors.mean(0..vectors.tokens()));
    })
    .unwrap();
    means
}

fn largest_difference(weights: &Weights, texts: &[&str]) -> f32 {
    let folder = tempfile::tempdir().unwrap();
    let theirs = exported(weights, folder.path()).encode(texts).unwrap();
    let ours = means(weights, texts);
    assert_eq!((ours.len(), ours[0].len()), (theirs.len(), theirs[0].len()));
    let pairs = ours.iter().flatten().zip(theirs.iter().flatten());
    pairs.map(|(one, other)| (one - other).abs()).fold(0.0, f32::max)
}

#[test]
fn rust_bert_loads_what_is_exported_and_gives_the_same_vectors() {
    let tiny = Weights::from_bytes(include_bytes!("../../encoder/tests/tiny/tiny.enc")).unwrap();
    let words: Vec<&str> = (tiny.vocabulary().iter().map(String::as_str))
        .filter(|word| word.chars().all(|letter| letter.is_ascii_lowercase()))
        .take(6)
        .collect();
    let texts = [words.join(" "), words[..2].join(" ")];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let tiny = largest_difference(&tiny, &texts);
    assert!(tiny < 1e-4, "{tiny}");

    let shipped = Weights::from_bytes(include_bytes!("../../weights/encoder.enc")).unwrap();
    let texts = ["The carers are kind but always late.", "Nothing.", "No call, again!"];
    let shipped = largest_difference(&shipped, &texts);
    assert!(shipped < 1e-4, "{shipped}");
}
