//! Logistic regression on vectors: heads for an encoder that stays as it is.
//!
//! Vectors are moved to their mean and brought to a usual length of 1, so that one penalty suits any
//! encoder; the regression is solved by accelerated gradients, all numbers in a fixed order, so that
//! the same examples give the same weights.

/// How strongly weights are held back, for vectors of a usual length of 1.
const PENALTY: f32 = 0.1;
const STEPS: usize = 120;

/// Vectors, one after another, as regressions see them.
pub(crate) struct Vectors {
    width: usize,
    all: Vec<f32>,
    mean: Vec<f32>,
    scale: f32,
}

impl Vectors {
    /// Takes vectors of `width` numbers.
    pub(crate) fn new(width: usize, mut all: Vec<f32>) -> Self {
        let count = (all.len() / width.max(1)).max(1);
        let mut mean = vec![0.0_f32; width];
        for vector in all.chunks_exact(width) {
            mean.iter_mut().zip(vector).for_each(|(sum, x)| *sum += x);
        }
        for sum in &mut mean {
            *sum /= count as f32;
        }
        let mut square = 0.0_f64;
        for vector in all.chunks_exact_mut(width) {
            for (x, mean) in vector.iter_mut().zip(&mean) {
                *x -= mean;
                square += f64::from(*x * *x);
            }
        }
        let scale = 1.0 / (square / count as f64).sqrt().max(1e-6) as f32;
        for x in &mut all {
            *x *= scale;
        }
        Self { width, all, mean, scale }
    }

    fn vector(&self, at: usize) -> &[f32] {
        &self.all[at * self.width..][..self.width]
    }

    /// The row of weights and the bias that tell `chosen` vectors with a label from those without,
    /// for vectors as they were given.
    pub(crate) fn fit(&self, chosen: &[(usize, bool)]) -> (Vec<f32>, f32) {
        let rate = 1.0 / (0.25 * self.steepest(chosen) + PENALTY);
        // The bias is a weight of a number that is always 1, and is not held back.
        let (mut weights, mut ahead) =
            (vec![0.0_f32; self.width + 1], vec![0.0_f32; self.width + 1]);
        let mut pace = 1.0_f32;
        let mut slope = vec![0.0_f32; self.width + 1];
        for _ in 0..STEPS {
            for (slope, weight) in slope.iter_mut().zip(&ahead) {
                *slope = PENALTY * weight;
            }
            slope[self.width] = 0.0;
            for (at, truth) in chosen {
                let vector = self.vector(*at);
                let score = crate::meaning::dot(&ahead[..self.width], vector) + ahead[self.width];
                let error = 1.0 / (1.0 + (-score).exp()) - f32::from(u8::from(*truth));
                slope.iter_mut().zip(vector).for_each(|(slope, x)| *slope += error * x);
                slope[self.width] += error;
            }
            let next: Vec<f32> = ahead.iter().zip(&slope).map(|(w, s)| w - rate * s).collect();
            let faster = f32::midpoint(1.0, (1.0 + 4.0 * pace * pace).sqrt());
            let push = (pace - 1.0) / faster;
            ahead = next.iter().zip(&weights).map(|(new, old)| new + push * (new - old)).collect();
            (weights, pace) = (next, faster);
        }
        let bias = weights.pop().unwrap_or(0.0);
        for weight in &mut weights {
            *weight *= self.scale;
        }
        let shift = crate::meaning::dot(&weights, &self.mean);
        (weights, bias - shift)
    }

    /// The largest eigenvalue of the chosen vectors' products, the number that is always 1 included,
    /// from a few steps of the power method and a little more.
    fn steepest(&self, chosen: &[(usize, bool)]) -> f32 {
        let mut way = vec![1.0 / ((self.width + 1) as f32).sqrt(); self.width + 1];
        let mut size = 0.0_f32;
        for _ in 0..10 {
            let mut next = vec![0.0_f32; self.width + 1];
            for (at, _) in chosen {
                let vector = self.vector(*at);
                let along = crate::meaning::dot(&way[..self.width], vector) + way[self.width];
                next.iter_mut().zip(vector).for_each(|(next, x)| *next += along * x);
                next[self.width] += along;
            }
            size = next.iter().map(|x| x * x).sum::<f32>().sqrt();
            way = next.into_iter().map(|x| x / size.max(1e-6)).collect();
        }
        1.1 * size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty vectors of three numbers, of which the first tells the label.
    fn toy() -> (Vectors, Vec<(usize, bool)>) {
        let label = |at: usize| at.is_multiple_of(3);
        let vector =
            |at: usize| [f32::from(u8::from(label(at))) * 4.0 + 7.0, (at % 5) as f32, -2.0];
        let all = (0..40).flat_map(vector).collect();
        (Vectors::new(3, all), (0..40).map(|at| (at, label(at))).collect())
    }

    #[test]
    fn what_tells_a_label_is_learnt_for_vectors_as_they_were_given() {
        let (vectors, chosen) = toy();
        let (row, bias) = vectors.fit(&chosen);
        let score = |vector: [f32; 3]| {
            bias + row.iter().zip(vector).map(|(weight, x)| weight * x).sum::<f32>()
        };
        assert!(score([11.0, 2.0, -2.0]) > 1.0 && score([7.0, 2.0, -2.0]) < -1.0);
        assert!(row[0] > 4.0 * row[1].abs());
    }

    #[test]
    fn the_slope_is_gone_where_the_search_ends() {
        let (vectors, chosen) = toy();
        let (row, bias) = vectors.fit(&chosen);
        // Back to the vectors as the regression saw them.
        let weights: Vec<f32> = row.iter().map(|weight| weight / vectors.scale).collect();
        let bias = bias + crate::meaning::dot(&row, &vectors.mean);
        let mut slope: Vec<f32> = weights.iter().map(|weight| PENALTY * weight).collect();
        for (at, truth) in &chosen {
            let vector = vectors.vector(*at);
            let score = crate::meaning::dot(&weights, vector) + bias;
            let error = 1.0 / (1.0 + (-score).exp()) - f32::from(u8::from(*truth));
            slope.iter_mut().zip(vector).for_each(|(slope, x)| *slope += error * x);
        }
        assert!(slope.iter().all(|slope| slope.abs() < 0.05), "{slope:?}");
    }
}
