//! The NB-SVM of one label: log-count ratios times an L2-regularised logistic regression.
//!
//! Words that are more frequent under a label than elsewhere get a large ratio, and the regression
//! works on features multiplied by it (Wang and Manning, 2012). The regression is solved in its dual
//! by coordinate descent (Yu, Huang and Lin, 2011) in an order fixed by a seed, so that the same
//! examples give the same weights. Which documents carry which label is decided elsewhere.

/// Binary documents: for each, the rows (feature numbers) that it contains, without repeats.
#[derive(Default)]
pub(crate) struct Documents {
    starts: Vec<usize>,
    rows: Vec<u32>,
}

impl Documents {
    pub(crate) fn new() -> Self {
        Self { starts: vec![0], rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, rows: impl IntoIterator<Item = u32>) {
        self.rows.extend(rows);
        self.starts.push(self.rows.len());
    }

    fn rows(&self, document: u32) -> &[u32] {
        let document = document as usize;
        &self.rows[self.starts[document]..self.starts[document + 1]]
    }
}

/// How strongly the weights are held back, and how far a ratio may go.
#[derive(Clone, Copy)]
pub(crate) struct Penalty {
    /// Cost of an error against the size of the weights.
    pub(crate) cost: f64,
    /// How much more an error costs where the document carries the label.
    pub(crate) rare: f64,
    /// Largest absolute log-count ratio.
    pub(crate) clip: f32,
}

/// Weights of one label: one for each feature, and a constant.
pub(crate) struct Column {
    pub(crate) weights: Vec<f32>,
    pub(crate) bias: f32,
}

/// Fits one label on `documents[chosen]`, of which `positive` says whether they carry it.
pub(crate) fn fit(
    documents: &Documents,
    features: usize,
    chosen: &[u32],
    positive: &[bool],
    penalty: Penalty,
) -> Column {
    let ratios = ratios(documents, features, chosen, positive, penalty.clip);
    let (mut weights, bias) = regress(documents, &ratios, chosen, positive, penalty);
    for (weight, ratio) in weights.iter_mut().zip(&ratios) {
        *weight *= f64::from(*ratio);
    }
    Column { weights: weights.into_iter().map(|weight| weight as f32).collect(), bias: bias as f32 }
}

/// Log of how much more often each feature occurs in documents with the label, add-one smoothed.
fn ratios(
    documents: &Documents,
    features: usize,
    chosen: &[u32],
    positive: &[bool],
    clip: f32,
) -> Vec<f32> {
    let mut counts = vec![[1.0_f64; 2]; features];
    for (document, label) in chosen.iter().zip(positive) {
        for row in documents.rows(*document) {
            counts[*row as usize][usize::from(*label)] += 1.0;
        }
    }
    let total = counts.iter().fold([0.0; 2], |sum, count| [sum[0] + count[0], sum[1] + count[1]]);
    let ratio = |count: &[f64; 2]| ((count[1] / total[1]) / (count[0] / total[0])).ln() as f32;
    counts.iter().map(|count| ratio(count).clamp(-clip, clip)).collect()
}

/// Dual coordinate descent for logistic regression; features are ratios over the root of their number.
fn regress(
    documents: &Documents,
    ratios: &[f32],
    chosen: &[u32],
    positive: &[bool],
    penalty: Penalty,
) -> (Vec<f64>, f64) {
    const PASSES: usize = 100;
    const CLOSE: f64 = 0.01;
    let mut weights = vec![0.0_f64; ratios.len()];
    let mut bias = 0.0_f64;
    let ratio = |row: &u32| f64::from(ratios[*row as usize]);
    let lengths: Vec<f64> = (chosen.iter())
        .map(|document| 1.0 / (documents.rows(*document).len().max(1) as f64).sqrt())
        .collect();
    let cost_of = |at: usize| penalty.cost * if positive[at] { penalty.rare } else { 1.0 };
    let start = (0.001 * penalty.cost).min(1e-8);
    let mut duals: Vec<[f64; 2]> =
        (0..chosen.len()).map(|at| [start, cost_of(at) - start]).collect();
    let mut squares = Vec::with_capacity(chosen.len());
    for (at, document) in chosen.iter().enumerate() {
        let sign = if positive[at] { 1.0 } else { -1.0 };
        let mut square = 1.0;
        for row in documents.rows(*document) {
            let value = ratio(row) * lengths[at];
            square += value * value;
            weights[*row as usize] += sign * start * value;
        }
        bias += sign * start;
        squares.push(square);
    }
    let mut order: Vec<usize> = (0..chosen.len()).collect();
    let mut random = Sequence(0x9E37_79B9_7F4A_7C15);
    let mut precision = 1e-2_f64;
    for _ in 0..PASSES {
        random.shuffle(&mut order);
        let (mut worst, mut steps) = (0.0_f64, 0_usize);
        for &at in &order {
            let rows = documents.rows(chosen[at]);
            let sign = if positive[at] { 1.0 } else { -1.0 };
            let dot: f64 = rows.iter().map(|row| ratio(row) * weights[*row as usize]).sum();
            let margin = sign * (dot * lengths[at] + bias);
            let (square, cost) = (squares[at], cost_of(at));
            let dual = duals[at];
            // The better conditioned of the two variables of this document is moved.
            let flip = 0.5 * square * (dual[1] - dual[0]) + margin < 0.0;
            let (own, way) = if flip { (1, -1.0) } else { (0, 1.0) };
            let old = dual[own];
            let mut new = if cost - old < 0.5 * cost { 0.1 * old } else { old };
            let slope = |z: f64| square * (z - old) + way * margin + (z / (cost - z)).ln();
            let mut gradient = slope(new);
            worst = worst.max(gradient.abs());
            let mut moved = false;
            for _ in 0..100 {
                if gradient.abs() < precision {
                    break;
                }
                let step = new - gradient / (square + cost / (cost - new) / new);
                new = if step <= 0.0 { new * 0.1 } else { step };
                gradient = slope(new);
                moved = true;
                steps += 1;
            }
            if moved {
                duals[at][own] = new;
                duals[at][1 - own] = cost - new;
                let change = way * (new - old) * sign;
                bias += change;
                let change = change * lengths[at];
                for row in rows {
                    weights[*row as usize] += change * ratio(row);
                }
            }
        }
        if worst < CLOSE {
            break;
        }
        if steps <= chosen.len() / 10 {
            precision = (0.1 * precision).max(1e-8);
        }
    }
    (weights, bias)
}

/// A fixed sequence of numbers that look random (xorshift).
pub(crate) struct Sequence(pub(crate) u64);

impl Sequence {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }

    fn shuffle(&mut self, order: &mut [usize]) {
        for at in (1..order.len()).rev() {
            order.swap(at, self.below(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PENALTY: Penalty = Penalty { cost: 4.0, rare: 3.0, clip: 4.0 };

    /// Feature 0 marks the label, feature 1 its absence, the others are noise.
    fn toy() -> (Documents, Vec<u32>, Vec<bool>) {
        let mut documents = Documents::new();
        let mut positive = Vec::new();
        for i in 0..60_u32 {
            let label = i % 3 == 0;
            documents.push([u32::from(!label), 2 + i % 5, 7 + i % 4]);
            positive.push(label);
        }
        (documents, (0..60).collect(), positive)
    }

    #[test]
    fn a_feature_that_marks_the_label_gets_the_largest_weight() {
        let (documents, chosen, positive) = toy();
        let column = fit(&documents, 11, &chosen, &positive, PENALTY);
        let largest = column.weights.iter().copied().fold(f32::MIN, f32::max);
        assert!(column.weights[0] > 0.5 && column.weights[0] >= largest);
        assert!(column.weights[1] < 0.0);
    }

    #[test]
    fn the_solution_is_where_the_gradient_of_the_primal_vanishes() {
        let (documents, chosen, mut positive) = toy();
        // A few contradictions, so that the optimum is not at the edge.
        for at in [0, 1, 12, 31] {
            positive[at] = !positive[at];
        }
        let ratios = ratios(&documents, 11, &chosen, &positive, 4.0);
        let (weights, bias) = regress(&documents, &ratios, &chosen, &positive, PENALTY);
        let mut gradient = weights.clone();
        let mut slope = bias;
        for (document, label) in chosen.iter().zip(&positive) {
            let rows = documents.rows(*document);
            let length = 1.0 / (rows.len() as f64).sqrt();
            let value = |row: &u32| f64::from(ratios[*row as usize]) * length;
            let dot: f64 = rows.iter().map(|row| value(row) * weights[*row as usize]).sum();
            let sign = if *label { 1.0 } else { -1.0 };
            let push =
                if *label { 12.0 } else { 4.0 } * -sign / (1.0 + (sign * (dot + bias)).exp());
            for row in rows {
                gradient[*row as usize] += push * value(row);
            }
            slope += push;
        }
        let worst = gradient.iter().chain([&slope]).fold(0.0_f64, |worst, g| worst.max(g.abs()));
        assert!(worst < 0.05, "{worst}");
    }

    #[test]
    fn fitting_twice_gives_the_same_weights() {
        let (documents, chosen, positive) = toy();
        let one = fit(&documents, 11, &chosen, &positive, PENALTY);
        let two = fit(&documents, 11, &chosen, &positive, PENALTY);
        assert_eq!(one.weights, two.weights);
    }
}
