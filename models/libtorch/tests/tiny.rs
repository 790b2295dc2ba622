//! libtorch against pure Rust on a tiny random BERT, and that fine-tuning learns.
#![cfg(feature = "libtorch")]
#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::sync::{Mutex, MutexGuard};

use heard_encoder::{Bert, Config, EncoderError, Precision, Scratch, Sequence, Weights};
use heard_libtorch::{
    Backend, Device, Example, FineTuned, LibtorchError, Progress, Recipe, Target, Unit, fine_tune,
};

/// libtorch's seed and threads belong to the process: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn tiny() -> Weights {
    Weights::from_bytes(include_bytes!("../../encoder/tests/tiny/tiny.enc")).unwrap()
}

/// Sequences of 1 to 40 tokens, of any words, some with two segments.
fn sequences(count: usize) -> Vec<Sequence> {
    let sequence = |at: usize| {
        let length = 1 + at * 17 % 40;
        let ids = (0..length).map(|token| (at * 31 + token * 7) as u32 % 200).collect();
        let types = (0..length).map(|token| u8::from(token > at % 9)).collect();
        Sequence { ids, types, lead: 1 }
    };
    (0..count).map(sequence).collect()
}

#[test]
fn vectors_are_those_of_pure_rust_in_padded_batches_too() {
    let _alone = alone();
    let weights = tiny();
    let sequences = sequences(300);
    let sequences: Vec<&Sequence> = sequences.iter().collect();
    let mut expected = Vec::new();
    let keep =
        |_: usize, vectors: heard_encoder::Vectors<'_>| expected.push(vectors.all().to_vec());
    Bert::new(&weights, Precision::F32).encode(&mut Scratch::default(), &sequences, keep).unwrap();
    let backend = Backend::new(&weights, Device::Cpu).unwrap();
    let mut seen = 0;
    let mut largest = 0.0_f32;
    let check = |place: usize, vectors: heard_encoder::Vectors<'_>| {
        assert_eq!((place, vectors.tokens()), (seen, sequences[place].ids.len()));
        for (one, other) in vectors.all().iter().zip(&expected[place]) {
            largest = largest.max((one - other).abs());
        }
        seen += 1;
    };
    backend.encode(&sequences, check).unwrap();
    assert_eq!(seen, 300);
    assert!(largest < 1e-4, "{largest}");
}

#[test]
fn what_does_not_fit_is_refused_before_anything_runs() {
    let _alone = alone();
    let backend = Backend::new(&tiny(), Device::Cpu).unwrap();
    let refuse = |ids: Vec<u32>, types: Vec<u8>| {
        let sequence = Sequence { ids, types, lead: 1 };
        backend.encode(&[&sequence], |_, _| ()).unwrap_err()
    };
    for (length, error) in [(0, refuse(vec![], vec![])), (97, refuse(vec![5; 97], vec![0; 97]))] {
        assert!(
            matches!(error, LibtorchError::Encoder(EncoderError::Sequence { length: found, .. }) if found == length)
        );
    }
    assert!(matches!(refuse(vec![200], vec![0]), LibtorchError::Encoder(_)));
    let wider = Config { inner: 71, ..tiny().config().clone() };
    let safetensors = tiny().to_safetensors().unwrap();
    assert!(matches!(
        Backend::from_safetensors(&safetensors, &wider, Device::Cpu),
        Err(LibtorchError::Unusable { .. })
    ));
}

/// Three heads: whether word 50 is in the unit; whether the unit is in the second half; a coin. Two
/// units an example.
fn examples(count: usize, shift: usize) -> Vec<Example> {
    let example = |at: usize| {
        let at = at + shift;
        let length = 12 + at % 5;
        let word = |token: usize| 60 + (at * 37 + token * token * 11) as u32 % 140;
        let mut ids: Vec<u32> = (0..length).map(word).collect();
        if at.is_multiple_of(2) {
            ids[at % length] = 50;
        }
        let unit = |tokens: std::ops::Range<usize>| {
            let truths = [
                f32::from(u8::from(ids[tokens.clone()].contains(&50))),
                f32::from(u8::from(tokens.start > 0)),
                0.25,
            ];
            let target = |(head, truth)| Target { head, truth, weight: 1.0 };
            Unit { tokens, targets: (0..).zip(truths).map(target).collect() }
        };
        let units = vec![unit(0..6), unit(6..length)];
        Example { sequence: Sequence { types: vec![0; length], ids, lead: 1 }, units }
    };
    (0..count).map(example).collect()
}

fn recipe() -> Recipe {
    Recipe {
        epochs: 20,
        head_steps: 0,
        encoder_rate: 2e-3,
        head_rate: 2e-2,
        threads: 1,
        ..Recipe::default()
    }
}

fn tune(examples: &[Example], recipe: &Recipe) -> (FineTuned, Vec<Progress>) {
    let mut heard = Vec::new();
    let tuned = fine_tune(&tiny(), examples, 3, recipe, &mut |progress| heard.push(progress));
    (tuned.unwrap(), heard)
}

/// Probabilities of the heads for each unit, by pure Rust from the quantised weights.
fn predict(tuned: &FineTuned, examples: &[Example]) -> Vec<Vec<f32>> {
    let bert = Bert::new(&tuned.weights().unwrap(), Precision::F32);
    let sequences: Vec<&Sequence> = examples.iter().map(|example| &example.sequence).collect();
    let mut all = Vec::new();
    let score = |place: usize, vectors: heard_encoder::Vectors<'_>| {
        for unit in &examples[place].units {
            let mean = vectors.mean(unit.tokens.clone());
            let head = |(row, bias): (&Vec<f32>, &f32)| {
                let odds = row.iter().zip(&mean).map(|(x, y)| x * y).sum::<f32>() + bias;
                1.0 / (1.0 + (-odds).exp())
            };
            all.push(tuned.rows.iter().zip(&tuned.biases).map(head).collect());
        }
    };
    bert.encode(&mut Scratch::default(), &sequences, score).unwrap();
    all
}

#[test]
fn what_was_learnt_holds_for_unseen_examples_in_pure_rust() {
    let _alone = alone();
    let (tuned, heard) = tune(&examples(240, 0), &recipe());
    assert_eq!(heard.len(), 20 * 240_usize.div_ceil(32));
    assert!(heard.iter().zip(1..).all(|(progress, step)| progress.step == step));
    // The coin cannot be learnt: its entropy, 0.56, remains.
    assert!(heard[0].loss > 1.5 && heard[heard.len() - 1].loss < 0.8, "{:?}", heard.last());
    let unseen = examples(100, 1000);
    let truths = unseen.iter().flat_map(|example| &example.units);
    let mut right = [0; 2];
    for (unit, scores) in truths.zip(predict(&tuned, &unseen)) {
        for head in 0..2 {
            right[head] += usize::from((scores[head] > 0.5) == (unit.targets[head].truth > 0.5));
        }
        assert!((scores[2] - 0.25).abs() < 0.2, "{}", scores[2]);
    }
    assert!(right[0] >= 180 && right[1] >= 190, "{right:?} of 200");
}

#[test]
fn heads_are_fitted_before_the_encoder_moves() {
    let _alone = alone();
    // Encoder and heads stay from then on: the loss is that of the fitted heads.
    let still = Recipe { epochs: 1, encoder_rate: 0.0, head_rate: 1e-9, dropout: 0.0, ..recipe() };
    let (cold, heard) = tune(&examples(240, 0), &still);
    let fitted = Recipe { head_steps: 100, ..still };
    let (warm, of_fitted) = tune(&examples(240, 0), &fitted);
    assert!(of_fitted[7].loss < heard[7].loss - 0.05, "{:?} {:?}", of_fitted[7], heard[7]);
    assert!(cold.weights().unwrap() == warm.weights().unwrap());
}

#[test]
fn half_precision_learns_the_same() {
    let _alone = alone();
    let (tuned, heard) = tune(&examples(240, 0), &Recipe { half: true, ..recipe() });
    assert!(heard[heard.len() - 1].loss < 0.85, "{:?}", heard.last());
    let (exact, _) = tune(&examples(240, 0), &recipe());
    assert!(tuned != exact);
}

#[test]
fn the_seed_decides_all() {
    let _alone = alone();
    let examples = examples(64, 0);
    let recipe = Recipe { epochs: 2, ..recipe() };
    let (one, _) = tune(&examples, &recipe);
    assert!(one == tune(&examples, &recipe).0);
    assert!(one != tune(&examples, &Recipe { seed: 2, ..recipe }).0);
}

#[test]
fn words_that_no_example_has_stay_as_they_were() {
    let _alone = alone();
    let start = tiny();
    let recipe = Recipe { epochs: 4, ..recipe() };
    let (tuned, _) = tune(&examples(32, 0), &recipe);
    let words = |weights: &Weights| {
        let safetensors = weights.to_safetensors().unwrap();
        let tensors = safetensors::SafeTensors::deserialize(&safetensors).unwrap();
        let view = tensors.tensor("embeddings.word_embeddings.weight").unwrap();
        view.data().chunks_exact(32 * 4).map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    let (before, after) = (words(&start), words(&tuned.weights().unwrap()));
    assert_eq!(before.len(), after.len());
    assert_eq!(before[1..50], after[1..50]);
    assert_ne!(before[50], after[50]);
}

#[test]
fn an_average_lies_between_and_safetensors_keep_it() {
    let _alone = alone();
    let examples = examples(32, 0);
    let recipe = Recipe { epochs: 1, ..recipe() };
    let (one, _) = tune(&examples, &recipe);
    let (other, _) = tune(&examples, &Recipe { seed: 2, ..recipe });
    let mean = FineTuned::average(&[one.clone(), other.clone()]).unwrap();
    let expected = f32::midpoint(one.rows[1][3], other.rows[1][3]);
    assert!((mean.rows[1][3] - expected).abs() < 1e-6);
    assert!(FineTuned::average(&[one.clone(), one.clone()]).unwrap() == one);
    let again = FineTuned::from_safetensors(&mean.to_safetensors().unwrap(), &tiny()).unwrap();
    assert!(again == mean);
    assert!(FineTuned::from_safetensors(&tiny().to_safetensors().unwrap(), &tiny()).is_err());
    assert!(FineTuned::average(&[]).is_err());
}

#[test]
fn examples_that_make_no_sense_are_refused() {
    let _alone = alone();
    let good = examples(1, 0);
    let refuse = |change: &dyn Fn(&mut Example)| {
        let mut examples = good.clone();
        change(&mut examples[0]);
        fine_tune(&tiny(), &examples, 3, &recipe(), &mut |_| ()).unwrap_err()
    };
    refuse(&|example| example.units.clear());
    refuse(&|example| example.units[0].tokens = 0..100);
    refuse(&|example| example.units[0].tokens = 2..2);
    refuse(&|example| example.units[0].targets[0].head = 3);
    refuse(&|example| example.units[0].targets[0].truth = 1.5);
    refuse(&|example| example.units[0].targets[0].weight = f32::NAN);
    refuse(&|example| example.sequence.ids[0] = 200);
}
