//! What is left to learn where something is known already: a logistic regression that begins from
//! given log-odds and is held back from every step away from them.
//!
//! With a few hundred examples and thousands of features the penalty is the teacher: without it
//! every word of the examples would be believed. The problem is solved in its dual, one example at a
//! time, each exactly; the order is fixed, so that the same examples give the same weights.

/// Features of an example: their numbers, each once, with their values.
pub(crate) type Values = Vec<(u32, f32)>;

/// Weights that make `margins` plus weights times values tell `truths`: the smallest of
/// half the squared weights plus `cost` times the logistic loss.
pub(crate) fn fit(
    examples: &[&Values],
    margins: &[f32],
    truths: &[bool],
    features: usize,
    cost: f64,
) -> Vec<f32> {
    const PASSES: usize = 40;
    const CLOSE: f64 = 1e-3;
    let mut weights = vec![0.0_f64; features];
    let mut duals = vec![0.0_f64; examples.len()];
    let squares: Vec<f64> = (examples.iter())
        .map(|values| values.iter().map(|(_, value)| f64::from(*value).powi(2)).sum())
        .collect();
    for _ in 0..PASSES {
        let mut largest = 0.0_f64;
        for (at, values) in examples.iter().enumerate() {
            let sign = if truths[at] { 1.0 } else { -1.0 };
            let dot: f64 =
                values.iter().map(|(n, value)| f64::from(*value) * weights[*n as usize]).sum();
            let margin = sign * (f64::from(margins[at]) + dot);
            let new = step(duals[at], margin, squares[at], cost);
            let change = new - duals[at];
            if change == 0.0 {
                continue;
            }
            duals[at] = new;
            largest = largest.max(change.abs());
            for (n, value) in *values {
                weights[*n as usize] += change * sign * f64::from(*value);
            }
        }
        if largest < CLOSE * cost {
            break;
        }
    }
    weights.into_iter().map(|weight| weight as f32).collect()
}

/// The one dual value that fits its example as all the others stand: where
/// `new = cost * sigmoid(-(margin + (new - old) * square))`.
fn step(old: f64, margin: f64, square: f64, cost: f64) -> f64 {
    let push = |dual: f64| 1.0 / (1.0 + (margin + (dual - old) * square).exp());
    let (mut low, mut high) = (0.0, cost);
    let mut dual = old;
    for _ in 0..20 {
        let sigmoid = push(dual);
        let off = dual - cost * sigmoid;
        if off.abs() < 1e-9 * cost {
            break;
        }
        if off > 0.0 {
            high = dual;
        } else {
            low = dual;
        }
        let next = dual - off / (1.0 + cost * square * sigmoid * (1.0 - sigmoid));
        // Newton's step where it stays between what is known, else the middle.
        dual = if next > low && next < high { next } else { f64::midpoint(low, high) };
    }
    dual
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feature 0 is in every example, feature 1 in those that carry the label.
    fn toy() -> (Vec<Values>, Vec<bool>) {
        (0..40)
            .map(|i| {
                let truth = i % 4 == 0;
                let own = (truth != (i == 8)).then_some((1, 1.0));
                let noise = (2 + i % 3, 0.5);
                ([(0, 1.0), noise].into_iter().chain(own).collect(), truth)
            })
            .unzip()
    }

    #[test]
    fn the_solution_is_where_the_gradient_vanishes() {
        let (examples, truths) = toy();
        let margins: Vec<f32> = (0..40).map(|i| if i % 5 == 0 { 1.0 } else { -1.0 }).collect();
        let cost = 2.0;
        let weights = fit(&examples.iter().collect::<Vec<_>>(), &margins, &truths, 5, cost);
        let mut gradient: Vec<f64> = weights.iter().map(|w| f64::from(*w)).collect();
        for ((values, margin), truth) in examples.iter().zip(&margins).zip(&truths) {
            let dot: f32 = values.iter().map(|(n, v)| v * weights[*n as usize]).sum();
            let p = 1.0 / (1.0 + (-f64::from(margin + dot)).exp());
            for (n, value) in values {
                gradient[*n as usize] +=
                    cost * (p - f64::from(u8::from(*truth))) * f64::from(*value);
            }
        }
        let worst = gradient.iter().fold(0.0_f64, |worst, g| worst.max(g.abs()));
        assert!(worst < 0.02, "{worst}");
        assert!(weights[1] > 1.0, "{weights:?}");
    }

    #[test]
    fn what_the_margins_tell_already_is_left_alone() {
        let (examples, truths) = toy();
        let margins: Vec<f32> = truths.iter().map(|yes| if *yes { 9.0 } else { -9.0 }).collect();
        let weights = fit(&examples.iter().collect::<Vec<_>>(), &margins, &truths, 5, 1.0);
        assert!(weights.iter().all(|weight| weight.abs() < 0.02), "{weights:?}");
    }
}
