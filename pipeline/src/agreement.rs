//! Agreement between coders, in numbers: precision and recall, kappa, alpha, bootstrap intervals,
//! calibration. Pure functions on counts; what is compared, and what is said about it, belongs to
//! others. A figure that cannot be told (nothing to divide by) is not a number (`f64::NAN`).

mod alpha;
mod bootstrap;
mod calibration;
mod counts;
mod matrix;

pub use alpha::alpha;
pub use bootstrap::{Interval, bootstrap};
pub use calibration::{Calibration, Tenth, calibration};
pub use counts::Counts;
pub use matrix::Matrix;

/// A share, or not a number where there is nothing to share.
pub(crate) fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { f64::NAN }
}

/// The mean of the values that are numbers; not a number where there is none.
pub(crate) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) =
        values.filter(|v| v.is_finite()).fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0));
    ratio(sum, count)
}
