//! The encoder against reference outputs of numpy and the `tokenizers` package (`tests/tiny/make.py`),
//! on a tiny random BERT, and, where the environment names one, on a real one.
#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

use heard_encoder::{
    Bert, EncoderError, Precision, Scratch, Sequence, Tokeniser, Weights, WordCache,
};
use serde::Deserialize;

const TINY: &[u8] = include_bytes!("tiny/tiny.enc");

#[derive(Deserialize)]
struct Reference {
    question: String,
    text: String,
    ids: Vec<u32>,
    types: Vec<u8>,
    /// In characters.
    offsets: Vec<(usize, usize)>,
    #[serde(default)]
    mean: Vec<f32>,
    #[serde(default)]
    first: Vec<f32>,
    #[serde(default)]
    last: Vec<f32>,
}

fn references() -> Vec<Reference> {
    serde_json::from_str(include_str!("tiny/tiny.json")).unwrap()
}

fn sequences(weights: &Weights, references: &[Reference]) -> Vec<Sequence> {
    let tokeniser = Tokeniser::new(weights.vocabulary()).unwrap();
    let mut cache = WordCache::default();
    let sequence = |reference: &Reference| {
        let question = tokeniser.tokens(&mut cache, &reference.question);
        let text = tokeniser.tokens(&mut cache, &reference.text);
        tokeniser.sequence(&question, &text)
    };
    references.iter().map(sequence).collect()
}

/// Every vector of every sequence, encoded together.
fn encode(bert: &Bert, sequences: &[&Sequence]) -> Vec<Vec<f32>> {
    let mut all = Vec::new();
    bert.encode(&mut Scratch::default(), sequences, |place, vectors| {
        assert_eq!(place, all.len());
        all.push(vectors.all().to_vec());
    })
    .unwrap();
    all
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    dot(one, other) / (dot(one, one) * dot(other, other)).sqrt()
}

fn largest_difference(one: &[f32], other: &[f32]) -> f32 {
    assert_eq!(one.len(), other.len());
    one.iter().zip(other).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
}

/// Ids, segments, offsets and vectors agree with the references; gives the greatest differences of
/// the vectors in f32 and the least cosine in int8.
fn agree(weights: &Weights, references: &[Reference]) -> (f32, f32) {
    let tokeniser = Tokeniser::new(weights.vocabulary()).unwrap();
    let mut found = sequences(weights, references);
    for (reference, sequence) in references.iter().zip(&found) {
        assert_eq!(sequence.ids, reference.ids, "{}", reference.text);
        assert_eq!(sequence.types, reference.types, "{}", reference.text);
        let tokens = tokeniser.tokens(&mut WordCache::default(), &reference.text);
        let characters = |bytes: u32| reference.text[..bytes as usize].chars().count();
        let offsets: Vec<_> =
            tokens.iter().map(|token| (characters(token.start), characters(token.end))).collect();
        assert_eq!(offsets, reference.offsets, "{}", reference.text);
    }
    let computed: Vec<&Reference> =
        references.iter().filter(|reference| !reference.mean.is_empty()).collect();
    found.retain(|sequence| sequence.ids.len() <= weights.config().positions);
    assert_eq!(computed.len(), found.len());
    let found: Vec<&Sequence> = found.iter().collect();
    let (mut difference, mut least) = (0.0_f32, 1.0_f32);
    for precision in [Precision::F32, Precision::Int8] {
        let bert = Bert::new(weights, precision);
        let check = |place: usize, vectors: heard_encoder::Vectors<'_>| {
            let reference = computed[place];
            let tokens = vectors.tokens();
            let mean = vectors.mean(0..tokens);
            if precision == Precision::Int8 {
                least = least.min(cosine(&mean, &reference.mean));
                return;
            }
            for (one, other) in [
                (&*mean, &reference.mean),
                (vectors.first(), &reference.first),
                (vectors.token(tokens - 1), &reference.last),
            ] {
                difference = difference.max(largest_difference(one, other));
            }
        };
        bert.encode(&mut Scratch::default(), &found, check).unwrap();
    }
    (difference, least)
}

#[test]
fn a_tiny_encoder_agrees_with_numpy_and_with_tokenizers() {
    let (difference, cosine) = agree(&Weights::from_bytes(TINY).unwrap(), &references());
    assert!(difference < 2e-5, "{difference}");
    assert!(cosine > 0.995, "{cosine}");
}

/// `HEARD_ENCODER` names a packed encoder, `HEARD_ENCODER_REFERENCE` the output of make.py for it.
#[test]
#[ignore = "needs a real encoder"]
fn a_real_encoder_agrees_with_numpy_and_with_tokenizers() {
    let path = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let weights = Weights::from_bytes(&std::fs::read(path("HEARD_ENCODER")).unwrap()).unwrap();
    let references = std::fs::read_to_string(path("HEARD_ENCODER_REFERENCE")).unwrap();
    let references: Vec<Reference> = serde_json::from_str(&references).unwrap();
    let (difference, cosine) = agree(&weights, &references);
    assert!(difference < 2e-5, "{difference}");
    assert!(cosine > 0.99, "{cosine}");
}

#[test]
fn vectors_do_not_depend_on_the_batch_to_the_last_bit() {
    let weights = Weights::from_bytes(TINY).unwrap();
    let mut sequences = sequences(&weights, &references());
    sequences.retain(|sequence| sequence.ids.len() <= weights.config().positions);
    let forwards: Vec<&Sequence> = sequences.iter().cycle().take(40).collect();
    let backwards: Vec<&Sequence> = forwards.iter().rev().copied().collect();
    for precision in [Precision::F32, Precision::Int8] {
        let bert = Bert::new(&weights, precision);
        let together = encode(&bert, &forwards);
        let mut turned = encode(&bert, &backwards);
        turned.reverse();
        let alone: Vec<Vec<f32>> =
            forwards.iter().flat_map(|sequence| encode(&bert, &[*sequence])).collect();
        let bits =
            |all: &[Vec<f32>]| -> Vec<u32> { all.iter().flatten().map(|x| x.to_bits()).collect() };
        assert_eq!(bits(&together), bits(&alone), "{precision:?}");
        assert_eq!(bits(&turned), bits(&alone), "{precision:?}");
    }
}

#[test]
fn the_order_of_words_and_the_segment_count() {
    let weights = Weights::from_bytes(TINY).unwrap();
    let bert = Bert::new(&weights, Precision::F32);
    let sequence = |ids: [u32; 4], types: [u8; 4]| Sequence {
        ids: ids.to_vec(),
        types: types.to_vec(),
        lead: 1,
    };
    let sequences = [
        sequence([2, 7, 8, 3], [0; 4]),
        sequence([2, 8, 7, 3], [0; 4]),
        sequence([2, 7, 8, 3], [0, 0, 1, 1]),
    ];
    let vectors = encode(&bert, &sequences.iter().collect::<Vec<_>>());
    assert!(largest_difference(&vectors[0], &vectors[1]) > 0.01);
    assert!(largest_difference(&vectors[0], &vectors[2]) > 0.01);
}

#[test]
fn a_sequence_that_does_not_fit_is_refused() {
    let weights = Weights::from_bytes(TINY).unwrap();
    let bert = Bert::new(&weights, Precision::F32);
    let encode = |ids: Vec<u32>, types: Vec<u8>| {
        let sequence = Sequence { ids, types, lead: 1 };
        bert.encode(&mut Scratch::default(), &[&sequence], |_, _| ())
    };
    assert!(encode(vec![5; 96], vec![0; 96]).is_ok());
    assert!(matches!(encode(vec![], vec![]), Err(EncoderError::Sequence { .. })));
    assert!(matches!(encode(vec![5; 97], vec![0; 97]), Err(EncoderError::Sequence { .. })));
    assert!(matches!(encode(vec![200], vec![0]), Err(EncoderError::Unusable { .. })));
    assert!(matches!(encode(vec![5], vec![2]), Err(EncoderError::Unusable { .. })));
    assert!(matches!(encode(vec![5, 5], vec![0]), Err(EncoderError::Unusable { .. })));
}

#[test]
fn exported_safetensors_come_back_as_the_same_weights() {
    let weights = Weights::from_bytes(TINY).unwrap();
    let exported = weights.to_safetensors().unwrap();
    let config = weights.config_json().unwrap();
    let vocabulary = weights.vocabulary().to_vec();
    let again = Weights::from_safetensors(&exported, &config, vocabulary.clone()).unwrap();
    // The largest weight of a row is 127 steps, so that quantising again finds the same steps.
    let references = references();
    let sequences = sequences(&weights, &references);
    let short: Vec<&Sequence> =
        sequences.iter().filter(|sequence| sequence.ids.len() < 97).collect();
    let (one, other) = (Bert::new(&weights, Precision::F32), Bert::new(&again, Precision::F32));
    for (one, other) in encode(&one, &short).iter().zip(encode(&other, &short)) {
        assert!(largest_difference(one, &other) < 1e-4);
    }
    assert!(Weights::from_safetensors(&exported, &config, vocabulary[1..].to_vec()).is_err());
    assert!(Weights::from_safetensors(&exported[..100], &config, vocabulary).is_err());
}
