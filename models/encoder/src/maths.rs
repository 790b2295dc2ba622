//! Element-wise arithmetic of the encoder, written so that the compiler makes vector code of it.
//!
//! Each function is a [`Task`], run by [`Isa::run`] inside code compiled for the widest instructions
//! that the machine has. Sums run over a fixed number of lanes in a fixed order, so that a row's
//! result depends on the row alone. `FMA` says whether the machine has fused multiply-add; without
//! it `mul_add` would be a slow call.
#![allow(
    clippy::inline_always,
    reason = "only inlined does a task become code for the instructions"
)]

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
        -2.954_6e-3,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Isa;

    #[test]
    fn gelu_has_the_values_of_the_exact_one() {
        let known = [
            (-9.0, 0.0),
            (-3.0, -0.004_049_694),
            (-1.0, -0.158_655_25),
            (0.0, 0.0),
            (0.5, 0.345_731_23),
            (1.0, 0.841_344_7),
            (3.0, 2.995_950_3),
            (9.0, 9.0),
        ];
        for (x, y) in known {
            assert!((gelu::<true>(x) - y).abs() < 1e-6, "{x}");
            assert!((gelu::<false>(x) - y).abs() < 1e-6, "{x}");
        }
    }

    #[test]
    fn exp_is_the_exponential_below_zero() {
        for step in 0..8_700 {
            let x = step as f32 / -100.0;
            let exact = f64::from(x).exp();
            assert!((f64::from(exp::<true>(x)) / exact - 1.0).abs() < 3e-7, "{x}");
            assert!((f64::from(exp::<false>(x)) / exact - 1.0).abs() < 3e-7, "{x}");
        }
        assert!(exp::<true>(f32::MIN) < 1e-37);
    }

    #[test]
    fn softmax_shares_out_one_and_leaves_the_rest_of_a_row() {
        for isa in Isa::all() {
            let mut rows: Vec<f32> = (0..96).map(|at| (at as f32 * 0.7).sin() * 20.0).collect();
            let before = rows.clone();
            isa.run(Softmax { rows: &mut rows, stride: 32, length: 21, scale: 0.5 });
            for (row, before) in rows.chunks(32).zip(before.chunks(32)) {
                assert!((row[..21].iter().sum::<f32>() - 1.0).abs() < 1e-6);
                let ratio = ((before[3] - before[20]) * 0.5).exp();
                assert!((row[3] / row[20] / ratio - 1.0).abs() < 1e-5);
                assert_eq!(row[21..], before[21..]);
            }
        }
    }

    #[test]
    fn normalised_rows_have_mean_zero_and_variance_one() {
        let mut rows: Vec<f32> = (0..74).map(|at| (at * at % 17) as f32).collect();
        let (added, gain, bias) = (vec![3.0; 74], vec![1.0; 37], vec![0.0; 37]);
        let task =
            AddNorm { rows: &mut rows, added: &added, gain: &gain, bias: &bias, epsilon: 0.0 };
        Isa::best().run(task);
        for row in rows.chunks(37) {
            assert!(row.iter().sum::<f32>().abs() < 1e-4);
            assert!((row.iter().map(|x| x * x).sum::<f32>() / 37.0 - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn quantised_rows_err_by_at_most_a_step_whatever_their_sign() {
        for isa in Isa::all() {
            let mut rows: Vec<f32> = (0..57).map(|at| (at as f32 * 0.7).sin() * 20.0).collect();
            rows[19..38].iter_mut().for_each(|x| *x = x.abs() + 5.0);
            rows[38..].fill(0.0);
            let (mut bytes, mut steps) = (vec![0; 60], vec![(0.0, 0); 3]);
            isa.run(Quantise {
                rows: &rows,
                width: 19,
                bytes: &mut bytes,
                stride: 20,
                most: isa.most(),
                steps: &mut steps,
            });
            for (row, (bytes, (scale, zero))) in rows.chunks(19).zip(bytes.chunks(20).zip(&steps)) {
                for (x, byte) in row.iter().zip(bytes) {
                    assert!(*byte <= isa.most());
                    let back = (i32::from(*byte) - zero) as f32 * scale;
                    // The zero is a whole step, too: at an end of the range it may cost another half.
                    assert!((x - back).abs() <= scale * 1.001, "{isa:?} {x} {back}");
                }
            }
        }
    }
}
