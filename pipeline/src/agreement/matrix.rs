//! A table of two coders' labels against each other: accuracy, Cohen's kappa, and kappa with
//! quadratic weights for labels that have an order.
//!
//! Cohen, J. (1960) and (1968). A kappa says how much of the agreement that chance leaves open was
//! reached: 0 is chance, 1 is full agreement.

use super::ratio;

/// Counts of (one's label, other's label), for labels 0 to `size` - 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    size: usize,
    cells: Vec<f64>,
}

impl Matrix {
    /// An empty table.
    pub fn new(size: usize) -> Self {
        Self { size, cells: vec![0.0; size * size] }
    }

    /// Enters a case; labels beyond the size are a mistake of the caller and are left out.
    pub fn add(&mut self, one: usize, other: usize, weight: f64) {
        if one < self.size && other < self.size {
            self.cells[one * self.size + other] += weight;
        }
    }

    /// Cases with these labels.
    pub fn get(&self, one: usize, other: usize) -> f64 {
        self.cells.get(one * self.size + other).copied().unwrap_or_default()
    }

    /// All cases.
    pub fn total(&self) -> f64 {
        self.cells.iter().sum()
    }

    /// Share of cases with the same label.
    pub fn accuracy(&self) -> f64 {
        ratio((0..self.size).map(|i| self.get(i, i)).sum(), self.total())
    }

    /// Cohen's kappa.
    pub fn kappa(&self) -> f64 {
        self.agreement(|one, other| if one == other { 0.0 } else { 1.0 })
    }

    /// Cohen's kappa where a miss counts by the square of its distance.
    pub fn weighted_kappa(&self) -> f64 {
        self.agreement(|one, other| (one as f64 - other as f64).powi(2))
    }

    /// One less the observed distance over the distance that chance gives.
    fn agreement(&self, distance: impl Fn(usize, usize) -> f64) -> f64 {
        let total = self.total();
        let row = |i| (0..self.size).map(|j| self.get(i, j)).sum::<f64>();
        let column = |j| (0..self.size).map(|i| self.get(i, j)).sum::<f64>();
        let (rows, columns): (Vec<f64>, Vec<f64>) =
            (0..self.size).map(|i| (row(i), column(i))).unzip();
        let (mut seen, mut chance) = (0.0, 0.0);
        for (i, row) in rows.iter().enumerate() {
            for (j, column) in columns.iter().enumerate() {
                seen += distance(i, j) * self.get(i, j);
                chance += distance(i, j) * row * column;
            }
        }
        1.0 - ratio(seen * total, chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(size: usize, rows: &[&[f64]]) -> Matrix {
        let mut matrix = Matrix::new(size);
        for (i, row) in rows.iter().enumerate() {
            for (j, count) in row.iter().enumerate() {
                matrix.add(i, j, *count);
            }
        }
        matrix
    }

    #[test]
    fn kappa_of_the_usual_example_is_two_fifths() {
        // 50 grant proposals read by two readers.
        let readers = matrix(2, &[&[20.0, 5.0], &[10.0, 15.0]]);
        assert!((readers.accuracy() - 0.7).abs() < 1e-12);
        assert!((readers.kappa() - 0.4).abs() < 1e-12);
    }

    #[test]
    fn weighted_kappa_forgives_what_is_near() {
        // By hand: observed 1/4, by chance 5/4.
        let near = matrix(3, &[&[1.0, 1.0, 0.0], &[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0]]);
        assert!((near.weighted_kappa() - 0.8).abs() < 1e-12);
        let far = matrix(3, &[&[1.0, 0.0, 1.0], &[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0]]);
        assert!(far.weighted_kappa() < near.weighted_kappa());
    }

    #[test]
    fn two_labels_give_the_same_kappa_with_and_without_weights() {
        let two = matrix(2, &[&[9.0, 3.0], &[2.0, 6.0]]);
        assert!((two.kappa() - two.weighted_kappa()).abs() < 1e-12);
    }

    #[test]
    fn kappa_of_one_label_alone_is_not_a_number() {
        assert!(matrix(2, &[&[8.0]]).kappa().is_nan());
    }
}
