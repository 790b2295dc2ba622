//! Dense layers: rows of numbers times weights, with bias and GELU, in f32 or in int8.
//!
//! Weights are packed once into panels of 32 outputs, in the order in which the kernels of `simd`
//! read them. In int8 every row of the input is quantised by itself, just before.

use crate::bert::Precision;
use crate::maths::{Finish, Quantise, Scale};
use crate::simd::{COLUMNS, Isa, ROWS, Tile};
use crate::weights::{Dense, Matrix};

/// A dense layer, packed.
#[derive(Debug)]
pub(crate) struct Product {
    inputs: usize,
    outputs: usize,
    panels: Panels,
    /// Of each output, padded to whole panels.
    bias: Vec<[f32; COLUMNS]>,
}

#[derive(Debug)]
enum Panels {
    Floats(Vec<f32>),
    Bytes { values: Vec<i8>, scales: Vec<[f32; COLUMNS]>, totals: Vec<[i32; COLUMNS]> },
}

/// Quantised rows, kept to be used again.
#[derive(Debug, Default)]
pub(crate) struct Bytes {
    bytes: Vec<u8>,
    steps: Vec<(f32, i32)>,
}

impl Product {
    /// One layer of the outputs of all parts, which have the same inputs.
    pub(crate) fn new(parts: &[&Dense], precision: Precision) -> Self {
        let weights: Vec<&Matrix> = parts.iter().map(|part| &part.weight).collect();
        let weights = Matrix::stack(&weights);
        let bias: Vec<f32> = parts.iter().flat_map(|part| &part.bias).copied().collect();
        let panels = match precision {
            Precision::F32 => Panels::Floats(floats(&weights)),
            Precision::Int8 => Panels::Bytes {
                values: bytes(&weights),
                scales: padded(&weights.scales),
                totals: padded(&totals(&weights)),
            },
        };
        let (inputs, outputs) = (weights.columns, weights.rows());
        Self { inputs, outputs, panels, bias: padded(&bias) }
    }

    pub(crate) fn outputs(&self) -> usize {
        self.outputs
    }

    /// `rows` rows of the input into rows of the output. Both have room for a multiple of [`ROWS`].
    pub(crate) fn run(
        &self,
        isa: Isa,
        rows: usize,
        input: &[f32],
        output: &mut [f32],
        gelu: bool,
        quantised: &mut Bytes,
    ) {
        let inputs = self.inputs;
        let stride = inputs.next_multiple_of(4);
        if matches!(self.panels, Panels::Bytes { .. }) {
            let padded = rows.next_multiple_of(ROWS);
            quantised.bytes.resize(padded * stride, 0);
            quantised.steps.resize(padded, (0.0, 0));
            isa.run(Quantise {
                rows: &input[..rows * inputs],
                width: inputs,
                bytes: &mut quantised.bytes,
                stride,
                most: isa.most(),
                steps: &mut quantised.steps,
            });
        }
        let mut tile: Tile<f32> = [[0.0; COLUMNS]; ROWS];
        let mut sums: Tile<i32> = [[0; COLUMNS]; ROWS];
        for (panel, bias) in self.bias.iter().enumerate() {
            let from = panel * COLUMNS;
            let columns = COLUMNS.min(self.outputs - from);
            for first in (0..rows).step_by(isa.rows()) {
                match &self.panels {
                    Panels::Floats(panels) => {
                        let weights = &panels[from * inputs..][..COLUMNS * inputs];
                        isa.floats(&input[first * inputs..], inputs, inputs, weights, &mut tile);
                    }
                    Panels::Bytes { values, scales, totals } => {
                        let weights = &values[from * stride..][..COLUMNS * stride];
                        let bytes = &quantised.bytes[first * stride..];
                        isa.bytes(bytes, stride, stride / 4, weights, &mut sums);
                        let steps = &quantised.steps[first..][..isa.rows()];
                        let (scales, totals) = (&scales[panel], &totals[panel]);
                        isa.run(Scale { sums: &sums, tile: &mut tile, steps, scales, totals });
                    }
                }
                let tile = &mut tile[..isa.rows()];
                isa.run(Finish { tile, bias, gelu });
                for (at, row) in tile.iter().enumerate() {
                    let place = (first + at) * self.outputs + from;
                    output[place..place + columns].copy_from_slice(&row[..columns]);
                }
            }
        }
    }
}

/// Panels of f32: for each 32 outputs, for each input, a weight of each.
fn floats(weights: &Matrix) -> Vec<f32> {
    let depth = weights.columns;
    let mut panels = vec![0.0; weights.rows().next_multiple_of(COLUMNS) * depth];
    for row in 0..weights.rows() {
        let (panel, column) = (row / COLUMNS, row % COLUMNS);
        for (step, weight) in weights.row(row).enumerate() {
            panels[(panel * depth + step) * COLUMNS + column] = weight;
        }
    }
    panels
}

/// Panels of i8: for each 32 outputs, for each four inputs, four weights of each.
fn bytes(weights: &Matrix) -> Vec<i8> {
    let depth = weights.columns.next_multiple_of(4);
    let mut panels = vec![0; weights.rows().next_multiple_of(COLUMNS) * depth];
    for (row, values) in weights.values.chunks_exact(weights.columns).enumerate() {
        let (panel, column) = (row / COLUMNS, row % COLUMNS);
        for (step, value) in values.iter().enumerate() {
            let group = panel * depth / 4 + step / 4;
            panels[(group * COLUMNS + column) * 4 + step % 4] = *value;
        }
    }
    panels
}

/// The sum of each row.
fn totals(weights: &Matrix) -> Vec<i32> {
    let rows = weights.values.chunks_exact(weights.columns);
    rows.map(|row| row.iter().map(|value| i32::from(*value)).sum()).collect()
}

/// In whole panels, with zeros at the end.
fn padded<T: Copy + Default>(values: &[T]) -> Vec<[T; COLUMNS]> {
    let panel =
        |values: &[T]| std::array::from_fn(|at| values.get(at).copied().unwrap_or_default());
    values.chunks(COLUMNS).map(panel).collect()
}
