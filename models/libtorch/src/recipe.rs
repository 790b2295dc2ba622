//! How an encoder is fine-tuned, and what is said while it is.

use crate::Device;

/// How an encoder is fine-tuned, by `AdamW`; rates rise in the warm-up and fall linearly to zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Times that every example is seen.
    pub epochs: usize,
    /// Steps, over all examples at once, in which the heads are fitted to the encoder as it was before
    /// both are trained; 0 starts the heads at the log-odds of their labels.
    pub head_steps: usize,
    /// Highest learning rate of the encoder's last layer.
    pub encoder_rate: f64,
    /// Highest learning rate of the heads.
    pub head_rate: f64,
    /// Each layer's rate, as a share of the rate of the layer above it.
    pub layer_decay: f64,
    /// Examples of a step.
    pub batch: usize,
    /// Share of the steps in which the rates rise.
    pub warmup: f64,
    /// Decay of matrices; biases and normalisations do not decay.
    pub weight_decay: f64,
    /// Share of the numbers dropped in the encoder and before the heads.
    pub dropout: f64,
    /// Greatest length of a step's gradient, all parameters together.
    pub clip: f64,
    /// Order of the examples and dropout. The same seed gives the same weights on the same device and
    /// number of threads.
    pub seed: u64,
    /// Compute in bf16, keep the weights in f32: about twice as fast on GPUs and on processors with
    /// AVX-512 BF16 or AMX, slower on others; gives other weights of the same quality.
    pub half: bool,
    /// Where it runs.
    pub device: Device,
    /// Threads of libtorch, in the whole process; 0 leaves them as they are.
    pub threads: usize,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            epochs: 4,
            head_steps: 30,
            encoder_rate: 8e-5,
            head_rate: 1.5e-3,
            layer_decay: 1.0,
            batch: 32,
            warmup: 0.06,
            weight_decay: 0.01,
            dropout: 0.1,
            clip: 1.0,
            seed: 1,
            half: false,
            device: Device::Cpu,
            threads: 0,
        }
    }
}

impl Recipe {
    /// Share of the highest rate at a step (from 0) of so many.
    pub(crate) fn rate(&self, step: usize, steps: usize) -> f64 {
        let warmup = (steps as f64 * self.warmup).ceil();
        let step = step as f64;
        if step < warmup {
            (step + 1.0) / warmup
        } else {
            (steps as f64 - step) / (steps as f64 - warmup).max(1.0)
        }
    }
}

/// How far fine-tuning is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Steps done.
    pub step: usize,
    /// Steps in all.
    pub steps: usize,
    /// Mean loss of the steps of this epoch.
    pub loss: f64,
}

/// Numbers from a seed (`SplitMix64`), for the order of examples.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// Fisher and Yates.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, (self.next() % (last as u64 + 1)) as usize);
        }
    }

    /// One epoch's batches of places: shuffled, of about equal length inside, in shuffled order.
    pub(crate) fn batches(&mut self, lengths: &[usize], batch: usize) -> Vec<Vec<usize>> {
        let mut order: Vec<usize> = (0..lengths.len()).collect();
        self.shuffle(&mut order);
        let mut batches: Vec<Vec<usize>> = Vec::new();
        // Pools of many batches: padding is small, and yet no two epochs have the same batches.
        for pool in order.chunks_mut(batch * 64) {
            pool.sort_by_key(|at| lengths[*at]);
            batches.extend(pool.chunks(batch).map(<[usize]>::to_vec));
        }
        self.shuffle(&mut batches);
        batches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_rise_to_one_and_fall_towards_zero() {
        let recipe = Recipe { warmup: 0.1, ..Recipe::default() };
        let rates: Vec<f64> = (0..100).map(|step| recipe.rate(step, 100)).collect();
        assert!(rates[..10].is_sorted() && rates[10..].is_sorted_by(|one, other| one > other));
        assert!((rates[9] - 1.0).abs() < 1e-9 && (rates[10] - 1.0).abs() < 1e-9);
        assert!(rates[0] > 0.0 && rates[99] > 0.0 && rates[99] < 0.02);
        assert!((recipe.rate(0, 1) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn an_epoch_has_every_example_once_and_the_seed_orders_it() {
        let lengths: Vec<usize> = (0..1000).map(|at| at * 7 % 50).collect();
        let epoch = Random(3).batches(&lengths, 32);
        let mut all = epoch.concat();
        all.sort_unstable();
        assert_eq!(all, (0..1000).collect::<Vec<_>>());
        assert_eq!(epoch, Random(3).batches(&lengths, 32));
        assert_ne!(epoch, Random(4).batches(&lengths, 32));
        let spread = |batch: &Vec<usize>| {
            let lengths = batch.iter().map(|at| lengths[*at]);
            lengths.clone().max().unwrap() - lengths.min().unwrap()
        };
        assert!(epoch.iter().map(spread).max().unwrap() < 4);
    }
}
