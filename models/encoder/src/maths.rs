//! Element-wise arithmetic of the encoder, written so that the compiler makes vector code of it.
//!
//! Each function is a [`Task`], run by [`Isa::run`] inside code compiled for the widest instructions
//! that the machine has. Sums run over a fixed number of lanes in a fixed order, so that a row's
//! result depends on the row alone. `FMA` says whether the machine has fused multiply-add; without
//! it `mul_add` would be a slow call.

use crate::simd::{COLUMNS, Task, Tile};

/// Lanes of a sum.
const LANES: usize = 16;

#[inline(always)]
fn fused<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// A polynomial, highest power first.
#[inline(always)]
fn polynomial<const FMA: bool, const N: usize>(x: f32, factors: [f32; N]) -> f32 {
    let mut sum = factors[0];
    for factor in &factors[1..] {
        sum = fused::<FMA>(sum, x, *factor);
    }
    sum
}

/// The error function, to about 2e-7: the rational approximation used by Eigen and onnxruntime.
#[inline(always)]
fn erf<const FMA: bool>(x: f32) -> f32 {
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let above = [
        -2.726_142_3e-10,
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506_4e-5,
        -7.349_906_3e-4,
        -2.954_599_8e-3,
        -1.609_603_3e-2,
    ];
    let below = [-1.456_607_2e-5, -2.133_740_6e-4, -1.682_827e-3, -7.373_329e-3, -1.426_473_9e-2];
    x * polynomial::<FMA, 7>(square, above) / polynomial::<FMA, 5>(square, below)
}

/// e to the power x, for x up to 0; nothing to speak of below -87.
#[inline(always)]
fn exp<const FMA: bool>(x: f32) -> f32 {
    // Adding this number rounds to a whole one, and leaves it in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.max(-87.0);
    let shifted = fused::<FMA>(x, std::f32::consts::LOG2_E, ROUND);
    let whole = shifted - ROUND;
    let rest = fused::<FMA>(whole, -0.693_359_4, x);
    let rest = fused::<FMA>(whole, 2.121_944_4e-4, rest);
    let factors =
        [1.987_569_1e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5, 1.0, 1.0];
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23));
    polynomial::<FMA, 8>(rest, factors) * power
}

#[inline(always)]
fn total(lanes: [f32; LANES]) -> f32 {
    let mut half = LANES / 2;
    let mut lanes = lanes;
    while half > 0 {
        for at in 0..half {
            lanes[at] += lanes[at + half];
        }
        half /= 2;
    }
    lanes[0]
}

/// The sum of `term` of each number.
#[inline(always)]
fn sum(row: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += term(*x);
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane += term(*x);
    }
    total(lanes)
}

/// GELU with the exact error function.
#[inline(always)]
fn gelu<const FMA: bool>(x: f32) -> f32 {
    let half = 0.5 * x;
    fused::<FMA>(half, erf::<FMA>(x * std::f32::consts::FRAC_1_SQRT_2), half)
}

/// Adds to each row another one, and normalises it: mean 0, variance 1, gain and bias.
pub(crate) struct AddNorm<'a> {
    pub(crate) rows: &'a mut [f32],
    pub(crate) added: &'a [f32],
    pub(crate) gain: &'a [f32],
    pub(crate) bias: &'a [f32],
    pub(crate) epsilon: f32,
}

impl Task for AddNorm<'_> {
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let width = self.gain.len();
        for (row, added) in self.rows.chunks_exact_mut(width).zip(self.added.chunks_exact(width)) {
            for (x, y) in row.iter_mut().zip(added) {
                *x += y;
            }
            let mean = sum(row, |x| x) / width as f32;
            let variance = sum(row, |x| (x - mean) * (x - mean)) / width as f32;
            let inverse = 1.0 / (variance + self.epsilon).sqrt();
            for ((x, gain), bias) in row.iter_mut().zip(self.gain).zip(self.bias) {
                *x = fused::<FMA>((*x - mean) * inverse, *gain, *bias);
            }
        }
    }
}

/// Turns the first `length` numbers of each row of `stride` into shares of 1, after scaling them.
pub(crate) struct Softmax<'a> {
    pub(crate) rows: &'a mut [f32],
    pub(crate) stride: usize,
    pub(crate) length: usize,
    pub(crate) scale: f32,
}

impl Task for Softmax<'_> {
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for row in self.rows.chunks_exact_mut(self.stride) {
            let row = &mut row[..self.length];
            let mut lanes = [f32::MIN; LANES];
            let (chunks, rest) = row.as_chunks::<LANES>();
            for chunk in chunks {
                for (lane, x) in lanes.iter_mut().zip(chunk) {
                    *lane = if *x > *lane { *x } else { *lane };
                }
            }
            let largest = lanes.iter().chain(rest).copied().fold(f32::MIN, f32::max);
            for x in &mut *row {
                *x = exp::<FMA>((*x - largest) * self.scale);
            }
            let share = 1.0 / sum(row, |x| x);
            for x in row {
                *x *= share;
            }
        }
    }
}

/// Quantises rows to 0 to `most`: x = (byte - zero) x scale. `bytes` has rows of `stride`, padded with anything.
pub(crate) struct Quantise<'a> {
    pub(crate) rows: &'a [f32],
    pub(crate) width: usize,
    pub(crate) bytes: &'a mut [u8],
    pub(crate) stride: usize,
    /// The largest byte.
    pub(crate) most: u8,
    /// Scale and zero of each row.
    pub(crate) steps: &'a mut [(f32, i32)],
}

impl Task for Quantise<'_> {
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let rows = self.rows.chunks_exact(self.width);
        let bytes = self.bytes.chunks_exact_mut(self.stride);
        for ((row, bytes), step) in rows.zip(bytes).zip(self.steps) {
            let (mut low, mut high) = ([0.0_f32; LANES], [0.0_f32; LANES]);
            let (chunks, rest) = row.as_chunks::<LANES>();
            for chunk in chunks {
                for ((low, high), x) in low.iter_mut().zip(&mut high).zip(chunk) {
                    *low = if *x < *low { *x } else { *low };
                    *high = if *x > *high { *x } else { *high };
                }
            }
            let low = low.iter().chain(rest).copied().fold(0.0, f32::min);
            let high = high.iter().chain(rest).copied().fold(0.0, f32::max);
            let most = f32::from(self.most);
            let scale = ((high - low) / most).max(f32::MIN_POSITIVE);
            let zero = (-low / scale).round();
            *step = (scale, zero as i32);
            let inverse = 1.0 / scale;
            for (byte, x) in bytes.iter_mut().zip(row) {
                // Adding 2 to the power 23 rounds, and leaves the whole number in the low bits.
                let level = fused::<FMA>(*x, inverse, zero).clamp(0.0, most) + 8_388_608.0;
                *byte = level.to_bits() as u8;
            }
        }
    }
}

/// Sums of a tile of bytes into numbers: x = scale of row x scale of column x (sum - zero x the
/// column's sum of weights) + bias.
pub(crate) struct Scale<'a> {
    pub(crate) sums: &'a Tile<i32>,
    pub(crate) tile: &'a mut Tile<f32>,
    /// Scale and zero of each row.
    pub(crate) steps: &'a [(f32, i32)],
    /// Scale and sum of the weights of each column.
    pub(crate) scales: &'a [f32; COLUMNS],
    pub(crate) totals: &'a [i32; COLUMNS],
}

impl Task for Scale<'_> {
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for ((sums, out), (scale, zero)) in self.sums.iter().zip(self.tile).zip(self.steps) {
            for at in 0..COLUMNS {
                let sum = sums[at] - zero * self.totals[at];
                out[at] = sum as f32 * (scale * self.scales[at]);
            }
        }
    }
}

/// Adds the bias to a tile, and GELU where it is asked for.
pub(crate) struct Finish<'a> {
    pub(crate) tile: &'a mut [[f32; COLUMNS]],
    pub(crate) bias: &'a [f32; COLUMNS],
    pub(crate) gelu: bool,
}

impl Task for Finish<'_> {
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for row in self.tile {
            for (x, bias) in row.iter_mut().zip(self.bias) {
                *x += bias;
            }
            if self.gelu {
                for x in row {
                    *x = gelu::<FMA>(*x);
                }
            }
        }
    }
}
