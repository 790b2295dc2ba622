//! libtorch and pure Rust in f32 code the samples alike, through the whole coder, from the same
//! weights. Runs in builds with the feature `libtorch`.

use std::path::Path;

use heard_models::backend::{Backend, Device, Precision};

use super::{CodedResponse, Coder, Wanted};
use crate::deidentify::{self, Deidentifier, Identities};
use crate::intake::{self, Intake};

/// Largest difference between two scores.
const NEAR: f32 = 1e-3;

fn coded(backend: Backend, codebooks: &[String]) -> Vec<CodedResponse> {
    let models = ["accurate".to_owned()];
    let wanted = Wanted { codebooks, models: &models, backend, review: 0.5, ..Wanted::default() };
    let coder = Coder::open(wanted).unwrap();
    assert_eq!(coder.backend(), Some(backend));
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data-samples");
    let inputs = ["bolton", "leeds", "stoke"].map(|sample| samples.join(sample));
    let intake = Intake::open(&inputs, &intake::Options::default()).unwrap();
    let deidentifier = Deidentifier::new(deidentify::Options::default());
    let mut identities = Identities::new(false, intake.secrets());
    let mut all = Vec::new();
    for batch in intake.batches() {
        let numbered = identities.number(batch.unwrap());
        let responses = deidentify::deidentify(&deidentifier, numbered).responses;
        all.extend(coder.code(responses).unwrap());
    }
    all
}

/// Places, codes and words agree, and scores nearly; gives the largest difference of a score.
fn agree(one: &CodedResponse, other: &CodedResponse) -> f32 {
    let id = &one.response.id;
    assert_eq!(id, &other.response.id);
    assert_eq!(
        (one.status, one.sentiment, one.sentiment_level, one.stance, &one.flags),
        (other.status, other.sentiment, other.sentiment_level, other.stance, &other.flags),
        "{id}"
    );
    assert_eq!(one.respondent_type.0, other.respondent_type.0, "{id}");
    assert_eq!(one.segments, other.segments, "{id}");
    let mut largest = (one.sentiment_score - other.sentiment_score).abs();
    let mut near = |one: f32, other: f32| largest = largest.max((one - other).abs());
    near(one.respondent_type.1, other.respondent_type.1);
    let places = |row: &CodedResponse| -> Vec<_> {
        row.codings.iter().map(|c| (c.segment, c.codebook, c.theme, c.sentiment)).collect()
    };
    assert_eq!(places(one), places(other), "{id}");
    for (one, other) in one.codings.iter().zip(&other.codings) {
        near(one.confidence, other.confidence);
        near(one.sentiment_score, other.sentiment_score);
    }
    let outcomes = |row: &CodedResponse| -> Vec<_> {
        row.outcomes.iter().map(|o| (o.segment, o.domain, o.direction)).collect()
    };
    assert_eq!(outcomes(one), outcomes(other), "{id}");
    for (one, other) in one.outcomes.iter().zip(&other.outcomes) {
        near(one.confidence, other.confidence);
    }
    largest
}

#[test]
fn libtorch_codes_the_samples_as_pure_rust_does() {
    let codebooks = ["home-care", "nhs-qdc", "outcomes"].map(str::to_owned);
    let rust = coded(Backend::Rust(Precision::F32), &codebooks);
    let torch = coded(Backend::Libtorch { device: Device::Cpu, threads: 2 }, &codebooks);
    assert_eq!(rust.len(), torch.len());
    assert!(rust.len() > 500, "{} answers", rust.len());
    let largest = rust.iter().zip(&torch).map(|(one, other)| agree(one, other)).fold(0.0, f32::max);
    let codings: usize = rust.iter().map(|row| row.codings.len()).sum();
    let said = format!("{} answers, {codings} codings, largest {largest:.1e}", rust.len());
    assert!(codings > 500 && largest < NEAR, "{said}");
    // For those who look: `cargo test ... -- --nocapture`.
    #[allow(clippy::print_stderr, reason = "what was measured")]
    {
        eprintln!("{said}");
    }
}

#[test]
fn a_gpu_that_is_not_there_is_told() {
    let codebooks = ["home-care".to_owned()];
    let models = ["accurate".to_owned()];
    let backend = Backend::Libtorch { device: Device::Cuda, threads: 1 };
    let wanted = Wanted { codebooks: &codebooks, models: &models, backend, ..Wanted::default() };
    // Where there is one, there is nothing to tell.
    if let Err(error) = Coder::open(wanted) {
        assert!(error.to_string().contains("finds no GPU"), "{error}");
    }
}
