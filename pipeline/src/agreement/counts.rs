//! Precision, recall and F1 of one label, from three counts; adding counts gives the micro figures.

use super::ratio;

/// How often a label was given and due. Weights allow for resampling.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// Given and due.
    pub both: f64,
    /// Given, not due.
    pub given_only: f64,
    /// Due, not given.
    pub due_only: f64,
}

impl Counts {
    /// Enters one case.
    pub fn add(&mut self, due: bool, given: bool, weight: f64) {
        match (due, given) {
            (true, true) => self.both += weight,
            (false, true) => self.given_only += weight,
            (true, false) => self.due_only += weight,
            (false, false) => {}
        }
    }

    /// These and others together: the micro average.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            both: self.both + other.both,
            given_only: self.given_only + other.given_only,
            due_only: self.due_only + other.due_only,
        }
    }

    /// Cases in which it was due.
    pub fn support(&self) -> f64 {
        self.both + self.due_only
    }

    /// Cases in which it was given.
    pub fn given(&self) -> f64 {
        self.both + self.given_only
    }

    /// Share of what was given that was due.
    pub fn precision(&self) -> f64 {
        ratio(self.both, self.given())
    }

    /// Share of what was due that was given.
    pub fn recall(&self) -> f64 {
        ratio(self.both, self.support())
    }

    /// Harmonic mean of the two.
    pub fn f1(&self) -> f64 {
        ratio(2.0 * self.both, self.support() + self.given())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_follow_from_the_counts() {
        let a = Counts { both: 6.0, given_only: 2.0, due_only: 4.0 };
        assert!((a.precision() - 0.75).abs() < 1e-12);
        assert!((a.recall() - 0.6).abs() < 1e-12);
        assert!((a.f1() - 2.0 / 3.0).abs() < 1e-12);
        let micro = a.plus(Counts { both: 0.0, given_only: 1.0, due_only: 1.0 });
        assert!((micro.f1() - 0.6).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_told_is_not_a_number() {
        let never = Counts::default();
        assert!(never.f1().is_nan() && never.precision().is_nan());
        let missed = Counts { due_only: 3.0, ..never };
        assert!(missed.f1().abs() < 1e-12 && missed.precision().is_nan());
    }
}
