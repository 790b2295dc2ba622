//! Fine-tuning: an encoder and linear heads on the means of its vectors, all at once.
//!
//! The loss is binary cross-entropy from logits, weighted, summed over the targets of a batch and
//! divided by the batch's units. Only words that the examples use are in the embedding while it is
//! trained: the others would get no gradient, and keeping them costs a third of a step.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use heard_encoder::{Sequence, Weights};
use tch::{Kind, Reduction, TchError, Tensor};

use crate::batch::Batch;
use crate::error::{LibtorchError, unusable};
use crate::model::{self, Model, Tensors, WORDS};
use crate::optimiser::AdamW;
use crate::recipe::{Progress, Random, Recipe};
use crate::tuned::FineTuned;

/// The highest rate, and the decay, at which heads are fitted to the encoder as it was.
const FIT_RATE: f64 = 2e-2;
const FIT_DECAY: f64 = 0.1;

/// A sequence and what is true of its parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Example {
    /// What the encoder reads.
    pub sequence: Sequence,
    /// Its parts.
    pub units: Vec<Unit>,
}

/// A part of a sequence, and what heads should say of it. Heads without a target learn nothing here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unit {
    /// Tokens of the sequence; the mean of their vectors is what the heads see.
    pub tokens: Range<usize>,
    /// At most one a head counts.
    pub targets: Vec<Target>,
}

/// What one head should say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Target {
    /// Which head.
    pub head: u32,
    /// 0 to 1; between them for a label that is not certain.
    pub truth: f32,
    /// How much it counts; at least 0.
    pub weight: f32,
}

/// Trains a copy of the encoder and `heads` linear heads; hears of the progress after every step.
///
/// Fails on examples that do not fit the encoder, on heads, tokens or numbers out of range, and when
/// nothing is to be learnt.
pub fn fine_tune(
    start: &Weights,
    examples: &[Example],
    heads: usize,
    recipe: &Recipe,
    progress: &mut dyn FnMut(Progress),
) -> Result<FineTuned, LibtorchError> {
    let examples: Vec<&Example> = examples.iter().filter(|example| example.teaches()).collect();
    check(start, &examples, heads, recipe)?;
    if recipe.threads > 0 {
        tch::set_num_threads(recipe.threads as i32);
    }
    tch::manual_seed(recipe.seed as i64);

    let mut tensors = model::read(&start.to_safetensors()?)?;
    let all_words = tensors.get(WORDS).cloned().unwrap_or_default();
    let used = used_words(&examples);
    let mut config = start.config().clone();
    config.vocabulary = used.len();
    keep_rows(&mut tensors, config.width, &used);
    let model = Model::new(&tensors, &config, recipe.dropout, recipe.device)?;
    let mut trainer = Trainer::new(model, config.layers, &examples, heads, used, recipe)?;
    drop(tensors);
    if recipe.head_steps > 0 {
        trainer.fit_heads(&examples, recipe)?;
    }

    let lengths: Vec<usize> = examples.iter().map(|example| example.sequence.ids.len()).collect();
    let mut random = Random(recipe.seed);
    let steps = lengths.len().div_ceil(recipe.batch) * recipe.epochs;
    let mut step = 0;
    for _ in 0..recipe.epochs {
        let mut sum = 0.0;
        for (at, batch) in random.batches(&lengths, recipe.batch).iter().enumerate() {
            let batch: Vec<&Example> = batch.iter().map(|at| examples[*at]).collect();
            sum += trainer.step(&batch, recipe.rate(step, steps), recipe)?;
            step += 1;
            progress(Progress { step, steps, loss: sum / (at + 1) as f64 });
        }
    }
    trainer.finish(start, all_words)
}

impl Example {
    fn targets(&self) -> impl Iterator<Item = &Target> {
        self.units.iter().flat_map(|unit| &unit.targets)
    }

    fn teaches(&self) -> bool {
        self.targets().any(|target| target.weight != 0.0)
    }
}

fn check(
    start: &Weights,
    examples: &[&Example],
    heads: usize,
    recipe: &Recipe,
) -> Result<(), LibtorchError> {
    if examples.is_empty() || recipe.epochs == 0 || recipe.batch == 0 {
        return Err(unusable("there is nothing to learn: no example has a target, or no epoch"));
    }
    let config = start.config();
    for example in examples {
        let sequence = &example.sequence;
        sequence.fits(config.positions, config.vocabulary, config.types)?;
        let inside = |unit: &Unit| {
            unit.tokens.start < unit.tokens.end && unit.tokens.end <= sequence.ids.len()
        };
        if !example.units.iter().all(inside) {
            return Err(unusable("a unit of an example has no tokens, or not the sequence's"));
        }
        let known = |target: &Target| {
            (target.head as usize) < heads
                && (0.0..=1.0).contains(&target.truth)
                && (0.0..f32::INFINITY).contains(&target.weight)
        };
        if !example.targets().all(known) {
            return Err(unusable("a target of an example is out of range"));
        }
    }
    Ok(())
}

/// Ids that occur, sorted; the first is 0, padding, whose row rust-bert does not train.
fn used_words(examples: &[&Example]) -> Vec<u32> {
    let ids = examples.iter().flat_map(|example| &example.sequence.ids).copied();
    ids.chain([0]).collect::<BTreeSet<u32>>().into_iter().collect()
}

fn keep_rows(tensors: &mut Tensors, width: usize, used: &[u32]) {
    if let Some((shape, numbers)) = tensors.get_mut(WORDS) {
        let rows = used.iter().flat_map(|id| &numbers[*id as usize * width..][..width]);
        *numbers = rows.copied().collect();
        *shape = vec![used.len(), width];
    }
}

struct Trainer {
    model: Model,
    /// Of each row of the model's embedding, the id of its word.
    used: Vec<u32>,
    /// Of each id, its row.
    rows_of: Vec<i64>,
    rows: Tensor,
    biases: Tensor,
    optimiser: AdamW,
    /// Of the optimiser's first tensors; the heads' follow.
    names: Vec<String>,
}

impl Trainer {
    fn new(
        mut model: Model,
        layers: usize,
        examples: &[&Example],
        heads: usize,
        used: Vec<u32>,
        recipe: &Recipe,
    ) -> Result<Self, LibtorchError> {
        let mut rows_of = vec![0; used.last().map_or(0, |last| *last as usize + 1)];
        for (row, id) in used.iter().enumerate() {
            rows_of[*id as usize] = row as i64;
        }
        let shape = [heads as i64, model.width as i64];
        let rows =
            Tensor::f_zeros(shape, (Kind::Float, model.device))?.f_set_requires_grad(true)?;
        let biases = Tensor::f_from_slice(&common(examples, heads))?.f_to(model.device)?;
        let biases = biases.f_set_requires_grad(true)?;

        let mut optimiser = AdamW::default();
        let variables: BTreeMap<String, Tensor> = model.store.variables().into_iter().collect();
        for (name, tensor) in &variables {
            // 0 are the embeddings, then the layers.
            let rest = name.strip_prefix("encoder.layer.").and_then(|rest| rest.split_once('.'));
            let layer = rest.and_then(|(layer, _)| layer.parse::<usize>().ok());
            let below = layers - layer.map_or(0, |layer| layer + 1).min(layers);
            let rate = recipe.encoder_rate * recipe.layer_decay.powi(below as i32);
            let still = name.ends_with("bias") || name.contains("LayerNorm");
            let decay = if still { 0.0 } else { recipe.weight_decay };
            optimiser.add(tensor, recipe.half, rate, decay)?;
        }
        if recipe.half {
            model.store.bfloat16();
        }
        optimiser.add(&rows, false, recipe.head_rate, recipe.weight_decay)?;
        optimiser.add(&biases, false, recipe.head_rate, 0.0)?;
        let names = variables.into_keys().collect();
        Ok(Self { model, used, rows_of, rows, biases, optimiser, names })
    }

    /// Fits the heads to the encoder as it is, before both are trained: so the encoder is not first
    /// pulled about by heads that know nothing.
    fn fit_heads(&mut self, examples: &[&Example], recipe: &Recipe) -> Result<(), LibtorchError> {
        let mut order: Vec<&Example> = examples.to_vec();
        order.sort_by_key(|example| example.sequence.ids.len());
        let (mut vectors, mut truths, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for batch in order.chunks(recipe.batch) {
            let (units, [truth, weight]) = tch::no_grad(|| self.units(batch, false))?;
            vectors.push(units);
            truths.push(truth);
            weights.push(weight);
        }
        let [vectors, truths, weights] =
            [vectors, truths, weights].map(|parts| Tensor::f_cat(&parts, 0));
        let (vectors, truths, weights) = (vectors?, truths?, weights?);
        let mut optimiser = AdamW::default();
        optimiser.add(&self.rows, false, FIT_RATE, FIT_DECAY)?;
        optimiser.add(&self.biases, false, FIT_RATE, 0.0)?;
        for step in 0..recipe.head_steps {
            self.loss(&vectors, &truths, &weights)?.f_backward()?;
            optimiser.step(1.0 - step as f64 / recipe.head_steps as f64, f64::INFINITY)?;
        }
        Ok(())
    }

    /// Learns from a batch; gives its loss.
    fn step(
        &mut self,
        examples: &[&Example],
        rate: f64,
        recipe: &Recipe,
    ) -> Result<f64, LibtorchError> {
        let (units, [truths, weights]) = self.units(examples, true)?;
        let units = units.f_dropout(recipe.dropout, true)?;
        let loss = self.loss(&units, &truths, &weights)?;
        loss.f_backward()?;
        self.optimiser.step(rate, recipe.clip)?;
        let loss = f64::try_from(&loss)?;
        if loss.is_finite() {
            Ok(loss)
        } else {
            Err(unusable("training diverged: the loss is no number; take lower rates"))
        }
    }

    fn loss(&self, units: &Tensor, truths: &Tensor, weights: &Tensor) -> Result<Tensor, TchError> {
        let logits = units.f_linear(&self.rows, Some(&self.biases))?;
        let (each, sum) = (None::<&Tensor>, Reduction::Sum);
        let loss = logits.f_binary_cross_entropy_with_logits(truths, Some(weights), each, sum)?;
        loss.f_div_scalar(units.size()[0])
    }

    /// The mean vectors of a batch's units, with their truths and weights.
    fn units(
        &self,
        examples: &[&Example],
        train: bool,
    ) -> Result<(Tensor, [Tensor; 2]), LibtorchError> {
        let sequences: Vec<&Sequence> = examples.iter().map(|example| &example.sequence).collect();
        let batch = Batch::new(&sequences, |id| self.rows_of[id as usize]);
        let [pool, truths, weights] = self.targets(examples, batch.length)?;
        let vectors = self.model.forward(&batch, train)?.f_to_kind(Kind::Float)?;
        let vectors = vectors.f_view([-1, self.model.width as i64])?;
        Ok((pool.f_matmul(&vectors)?, [truths, weights]))
    }

    /// Units x tokens of the batch: each token's share in a unit; units x heads: truths, and weights.
    fn targets(&self, examples: &[&Example], length: usize) -> Result<[Tensor; 3], LibtorchError> {
        let units: usize = examples.iter().map(|example| example.units.len()).sum();
        let (tokens, heads) = (examples.len() * length, self.biases.size()[0] as usize);
        let mut pool = vec![0.0_f32; units * tokens];
        let mut truths = vec![0.0_f32; units * heads];
        let mut weights = vec![0.0_f32; units * heads];
        let of_rows = examples.iter().enumerate();
        let all =
            of_rows.flat_map(|(row, example)| example.units.iter().map(move |unit| (row, unit)));
        for (at, (row, unit)) in all.enumerate() {
            let first = at * tokens + row * length;
            pool[first..][unit.tokens.clone()].fill(1.0 / unit.tokens.len() as f32);
            for target in &unit.targets {
                truths[at * heads + target.head as usize] = target.truth;
                weights[at * heads + target.head as usize] = target.weight;
            }
        }
        let place = |numbers: &[f32]| -> Result<Tensor, LibtorchError> {
            let rows = Tensor::f_from_slice(numbers)?.f_view([units as i64, -1])?;
            Ok(rows.f_to(self.model.device)?)
        };
        Ok([place(&pool)?, place(&truths)?, place(&weights)?])
    }

    fn finish(
        self,
        start: &Weights,
        all_words: (Vec<usize>, Vec<f32>),
    ) -> Result<FineTuned, LibtorchError> {
        let mut tensors = Tensors::new();
        for (name, tensor) in self.names.into_iter().zip(self.optimiser.masters()) {
            let shape = tensor.size().iter().map(|size| *size as usize).collect();
            tensors.insert(name, (shape, model::numbers(tensor)?));
        }
        let (shape, mut words) = all_words;
        let width = self.model.width;
        if let Some((_, trained)) = tensors.get(WORDS) {
            for (row, id) in trained.chunks_exact(width).zip(&self.used) {
                words[*id as usize * width..][..width].copy_from_slice(row);
            }
        }
        tensors.insert(WORDS.to_owned(), (shape, words));
        let rows = model::numbers(&self.rows)?;
        Ok(FineTuned {
            config: start.config_json()?,
            vocabulary: start.vocabulary().to_vec(),
            tensors,
            rows: rows.chunks_exact(width).map(<[f32]>::to_vec).collect(),
            biases: model::numbers(&self.biases)?,
        })
    }
}

/// Of each head, the log-odds of its mean truth: where its bias starts. Rows start at zero.
fn common(examples: &[&Example], heads: usize) -> Vec<f32> {
    let mut sums = vec![(0.5, 1.0); heads];
    for target in examples.iter().flat_map(|example| example.targets()) {
        let (truths, weights) = &mut sums[target.head as usize];
        *truths += target.truth * target.weight;
        *weights += target.weight;
    }
    sums.iter().map(|(truths, weights)| (truths / (weights - truths)).ln()).collect()
}
