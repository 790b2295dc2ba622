//! The instructions of this machine: the one file of the encoder with `unsafe` in it.
//!
//! [`Isa`] says which kernels the machine can run, found when the program starts. It runs a [`Task`]
//! in code compiled for them, and computes a tile: some rows of numbers times a panel of 32 columns
//! of weights, in f32, or in u8 x i8 summed in i32. Every number of a tile is one chain of operations
//! over the depth, so it does not depend on the other rows. Packing of panels is `product`'s.
//!
//! Why it is sound: an [`Isa`] can only be made for instructions that were detected, and the lengths
//! of the slices are checked against what a kernel reads before it runs.
#![allow(unsafe_code, reason = "vector instructions read through pointers")]
#![allow(clippy::cast_ptr_alignment, reason = "every load is one without alignment")]
#![allow(clippy::wildcard_imports, reason = "the names of instructions are their own namespace")]

/// Columns of a panel.
pub(crate) const COLUMNS: usize = 32;
/// Rows to which every buffer of rows is rounded up: a multiple of the rows of every kernel's tile.
pub(crate) const ROWS: usize = 12;

/// The sums of a tile; kernels with fewer rows leave the last ones alone.
pub(crate) type Tile<T> = [[T; COLUMNS]; ROWS];

/// Arithmetic that can be compiled for several instruction sets.
pub(crate) trait Task {
    /// Does it; `FMA` where fused multiply-add is an instruction. To be `inline(always)`.
    fn run<const FMA: bool>(self);
}

/// What a machine can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "each machine has only some")]
enum Level {
    Plain,
    Neon,
    Avx2,
    AvxVnni,
    Avx512,
    Avx512Vnni,
}

/// The instruction set in use; a value of it proves that the machine has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Isa(Level);

impl Isa {
    /// All that this machine has, the best one last.
    pub(crate) fn all() -> Vec<Self> {
        let mut found = vec![Self(Level::Plain)];
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let avx512 = avx2
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            found.extend(avx2.then_some(Self(Level::Avx2)));
            let vnni = avx2 && is_x86_feature_detected!("avxvnni");
            found.extend(vnni.then_some(Self(Level::AvxVnni)));
            found.extend(avx512.then_some(Self(Level::Avx512)));
            let vnni = avx512 && is_x86_feature_detected!("avx512vnni");
            found.extend(vnni.then_some(Self(Level::Avx512Vnni)));
        }
        #[cfg(target_arch = "aarch64")]
        if std::arch::is_aarch64_feature_detected!("neon") {
            found.push(Self(Level::Neon));
        }
        found
    }

    /// The best that this machine has.
    pub(crate) fn best() -> Self {
        Self::all().last().copied().unwrap_or(Self(Level::Plain))
    }

    /// Whether int8 is faster than f32.
    pub(crate) fn prefers_bytes(self) -> bool {
        !matches!(self.0, Level::Plain | Level::Neon)
    }

    /// The largest byte that activations may hold: kernels without a dot product instruction add two
    /// products in an i16, which holds twice 127 x 127 but not twice 255 x 127.
    pub(crate) fn most(self) -> u8 {
        if matches!(self.0, Level::Avx2 | Level::Avx512) { 127 } else { 255 }
    }

    /// Rows of a tile; divides [`ROWS`].
    pub(crate) fn rows(self) -> usize {
        match self.0 {
            Level::Plain => 4,
            Level::Neon | Level::Avx2 | Level::AvxVnni => 6,
            Level::Avx512 | Level::Avx512Vnni => 12,
        }
    }

    /// Runs a task in code compiled for these instructions.
    pub(crate) fn run(self, task: impl Task) {
        match self.0 {
            Level::Plain => task.run::<false>(),
            // Fused multiply-add is an instruction of every arm64.
            Level::Neon => task.run::<true>(),
            // SAFETY: these levels are only made where the features were detected.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 | Level::AvxVnni => unsafe { x86::run_avx2(task) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 | Level::Avx512Vnni => unsafe { x86::run_avx512(task) },
            #[cfg(not(target_arch = "x86_64"))]
            _ => task.run::<false>(),
        }
    }

    /// Sums of `depth` products of f32: rows that begin `stride` apart times a panel, which holds 32
    /// columns for each step of the depth.
    pub(crate) fn floats(
        self,
        rows: &[f32],
        stride: usize,
        depth: usize,
        panel: &[f32],
        tile: &mut Tile<f32>,
    ) {
        assert!(rows.len() >= (self.rows() - 1) * stride + depth && panel.len() >= depth * COLUMNS);
        let (rows, panel) = (rows.as_ptr(), panel.as_ptr());
        // SAFETY: the assertion covers every element that a kernel reads, and these levels are only
        // made where the features were detected.
        unsafe {
            match self.0 {
                #[cfg(target_arch = "x86_64")]
                Level::Avx2 | Level::AvxVnni => x86::floats_avx2(rows, stride, depth, panel, tile),
                #[cfg(target_arch = "x86_64")]
                Level::Avx512 | Level::Avx512Vnni => {
                    x86::floats_avx512(rows, stride, depth, panel, tile);
                }
                #[cfg(target_arch = "aarch64")]
                Level::Neon => arm::floats_neon(rows, stride, depth, panel, tile),
                _ => plain_floats(rows, stride, depth, panel, tile),
            }
        }
    }

    /// Sums of `4 x steps` products of u8 and i8: rows that begin `stride` apart times a panel, which
    /// holds for each step 32 columns of 4 bytes. No byte of the rows is above [`Isa::most`].
    pub(crate) fn bytes(
        self,
        rows: &[u8],
        stride: usize,
        steps: usize,
        panel: &[i8],
        tile: &mut Tile<i32>,
    ) {
        let depth = steps * 4;
        assert!(rows.len() >= (self.rows() - 1) * stride + depth && panel.len() >= depth * COLUMNS);
        assert!(stride.is_multiple_of(4));
        #[cfg(target_arch = "x86_64")]
        {
            let (row, words) = (rows.as_ptr().cast::<i32>(), panel.as_ptr().cast::<i32>());
            let stride = stride / 4;
            // SAFETY: as in `floats`; kernels read four bytes at a time, without alignment.
            unsafe {
                match self.0 {
                    Level::Avx2 => return x86::bytes_avx2(row, stride, steps, words, tile),
                    Level::AvxVnni => return x86::bytes_avx_vnni(row, stride, steps, words, tile),
                    Level::Avx512 => return x86::bytes_avx512(row, stride, steps, words, tile),
                    Level::Avx512Vnni => {
                        return x86::bytes_avx512_vnni(row, stride, steps, words, tile);
                    }
                    _ => {}
                }
            }
        }
        plain_bytes(self.rows(), rows, stride, steps, panel, tile);
    }
}

/// Four rows at a time, as the compiler sees fit.
///
/// # Safety
/// `rows` holds 4 rows of `depth`, `stride` apart; `panel` holds `depth` steps.
unsafe fn plain_floats(
    rows: *const f32,
    stride: usize,
    depth: usize,
    panel: *const f32,
    tile: &mut Tile<f32>,
) {
    for (at, sums) in tile.iter_mut().take(4).enumerate() {
        *sums = [0.0; COLUMNS];
        for step in 0..depth {
            // SAFETY: within what the caller promises.
            let (x, weights) = unsafe {
                (
                    *rows.add(at * stride + step),
                    &*panel.add(step * COLUMNS).cast::<[f32; COLUMNS]>(),
                )
            };
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += x * weight;
            }
        }
    }
}

fn plain_bytes(
    rows: usize,
    bytes: &[u8],
    stride: usize,
    steps: usize,
    panel: &[i8],
    tile: &mut Tile<i32>,
) {
    for (at, sums) in tile.iter_mut().take(rows).enumerate() {
        *sums = [0; COLUMNS];
        let row = &bytes[at * stride..][..steps * 4];
        for (four, weights) in row.chunks_exact(4).zip(panel.chunks_exact(COLUMNS * 4)) {
            for (sum, weights) in sums.iter_mut().zip(weights.chunks_exact(4)) {
                let products = four.iter().zip(weights);
                *sum += products.map(|(x, w)| i32::from(*x) * i32::from(*w)).sum::<i32>();
            }
        }
    }
}

/// A kernel: `$rows` rows times `$vectors` vectors at a time, held in registers over the depth.
macro_rules! kernel {
    ($name:ident, $features:literal, $word:ty, $rows:literal x $vectors:literal of $lanes:literal,
     $zero:expr, $load:expr, $splat:expr, $step:expr, $store:expr) => {
        /// # Safety
        /// The machine has the features; `rows` holds the tile's rows of `depth` words, `stride`
        /// words apart; `panel` holds `depth` steps of 32 words.
        #[target_feature(enable = $features)]
        pub(super) unsafe fn $name(
            rows: *const $word,
            stride: usize,
            depth: usize,
            panel: *const $word,
            tile: &mut Tile<$word>,
        ) {
            for from in (0..COLUMNS).step_by($vectors * $lanes) {
                let mut sums = [[$zero; $vectors]; $rows];
                for step in 0..depth {
                    // SAFETY: within what the caller promises.
                    let weights: [_; $vectors] = std::array::from_fn(|at| unsafe {
                        $load(panel.add(step * COLUMNS + from + at * $lanes).cast())
                    });
                    for row in 0..$rows {
                        // SAFETY: as above.
                        let word = unsafe { rows.add(row * stride + step).read_unaligned() };
                        let x = $splat(word);
                        for at in 0..$vectors {
                            sums[row][at] = $step(sums[row][at], x, weights[at]);
                        }
                    }
                }
                for row in 0..$rows {
                    for at in 0..$vectors {
                        let place = &mut tile[row][from + at * $lanes..][..$lanes];
                        // SAFETY: the slice is as long as the vector.
                        unsafe { $store(place.as_mut_ptr().cast(), sums[row][at]) };
                    }
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{COLUMNS, Task, Tile};

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn run_avx2(task: impl Task) {
        task.run::<true>();
    }

    #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]
    pub(super) fn run_avx512(task: impl Task) {
        task.run::<true>();
    }

    kernel!(floats_avx2, "avx2,fma", f32, 6 x 2 of 8, _mm256_setzero_ps(), _mm256_loadu_ps,
        _mm256_set1_ps, |sum, x, w| _mm256_fmadd_ps(x, w, sum), _mm256_storeu_ps);
    kernel!(floats_avx512, "avx512f", f32, 12 x 2 of 16, _mm512_setzero_ps(), _mm512_loadu_ps,
        _mm512_set1_ps, |sum, x, w| _mm512_fmadd_ps(x, w, sum), _mm512_storeu_ps);
    kernel!(bytes_avx2, "avx2", i32, 6 x 2 of 8, _mm256_setzero_si256(), _mm256_loadu_si256,
        _mm256_set1_epi32, |sum, x, w| {
            let pairs = _mm256_maddubs_epi16(x, w);
            _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
        }, _mm256_storeu_si256);
    kernel!(bytes_avx_vnni, "avx2,avxvnni", i32, 6 x 2 of 8, _mm256_setzero_si256(),
        _mm256_loadu_si256, _mm256_set1_epi32,
        |sum, x, w| _mm256_dpbusd_avx_epi32(sum, x, w), _mm256_storeu_si256);
    kernel!(bytes_avx512, "avx512f,avx512bw", i32, 12 x 2 of 16, _mm512_setzero_si512(),
        _mm512_loadu_si512, _mm512_set1_epi32, |sum, x, w| {
            let pairs = _mm512_maddubs_epi16(x, w);
            _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)))
        }, _mm512_storeu_si512);
    kernel!(bytes_avx512_vnni, "avx512f,avx512vnni", i32, 12 x 2 of 16, _mm512_setzero_si512(),
        _mm512_loadu_si512, _mm512_set1_epi32,
        |sum, x, w| _mm512_dpbusd_epi32(sum, x, w), _mm512_storeu_si512);
}

#[cfg(target_arch = "aarch64")]
mod arm {
    use std::arch::aarch64::*;

    use super::{COLUMNS, Tile};

    kernel!(floats_neon, "neon", f32, 6 x 4 of 4, vdupq_n_f32(0.0), vld1q_f32, vdupq_n_f32,
        |sum, x, w| vfmaq_f32(sum, x, w), vst1q_f32);
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPTH: usize = 40;

    #[test]
    fn every_kernel_of_this_machine_computes_the_same_tile() {
        let rows: Vec<f32> = (0..ROWS * 50).map(|at| (at as f32 * 0.37).sin()).collect();
        let panel: Vec<f32> = (0..DEPTH * COLUMNS).map(|at| (at as f32 * 0.91).cos()).collect();
        for isa in Isa::all() {
            let mut tile = [[9.0; COLUMNS]; ROWS];
            isa.floats(&rows, 50, DEPTH, &panel, &mut tile);
            for (row, sums) in tile.iter().take(isa.rows()).enumerate() {
                for (column, sum) in sums.iter().enumerate() {
                    let products = (0..DEPTH).map(|step| {
                        f64::from(rows[row * 50 + step]) * f64::from(panel[step * COLUMNS + column])
                    });
                    let exact = products.sum::<f64>() as f32;
                    assert!((sum - exact).abs() < 1e-5, "{isa:?} {row} {column}: {sum} {exact}");
                }
            }
        }
    }

    #[test]
    fn every_kernel_of_this_machine_sums_bytes_exactly_even_at_the_extremes() {
        for isa in Isa::all() {
            let rows: Vec<u8> = (0..ROWS * 48)
                .map(|at| {
                    if at % 3 == 0 { isa.most() } else { (at * 7 % usize::from(isa.most())) as u8 }
                })
                .collect();
            let panel: Vec<i8> = (0..DEPTH * COLUMNS)
                .map(|at| if at % 256 < 128 { -127 } else { ((at * 11) % 255) as i8 })
                .map(|weight: i8| weight.max(-127))
                .collect();
            let mut tile = [[9; COLUMNS]; ROWS];
            isa.bytes(&rows, 48, DEPTH / 4, &panel, &mut tile);
            for (row, sums) in tile.iter().take(isa.rows()).enumerate() {
                for (column, sum) in sums.iter().enumerate() {
                    let product = |depth: usize| {
                        let weight = panel[(depth / 4 * COLUMNS + column) * 4 + depth % 4];
                        i32::from(rows[row * 48 + depth]) * i32::from(weight)
                    };
                    assert_eq!(
                        *sum,
                        (0..DEPTH).map(product).sum::<i32>(),
                        "{isa:?} {row} {column}"
                    );
                }
            }
        }
    }
}
