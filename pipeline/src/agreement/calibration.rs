//! Whether a confidence means what it says: of codings given with 0.8, eight in ten should be right.

use serde::Serialize;

use super::ratio;

/// Codings whose confidence lay in one tenth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tenth {
    /// Smallest confidence of the tenth.
    pub from: f64,
    /// Largest.
    pub to: f64,
    /// Codings in it.
    pub codings: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// Share of them that were right.
    pub right: f64,
}

/// How far confidences can be trusted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Expected calibration error: the mean distance of confidence and truth over the tenths, by
    /// their number of codings. 0 is best.
    pub error: f64,
    /// The tenths that hold any coding, lowest first.
    pub tenths: Vec<Tenth>,
}

/// Calibration of (confidence 0..1, whether it was right).
pub fn calibration(codings: &[(f64, bool)]) -> Calibration {
    let mut sums = [(0_usize, 0.0, 0.0); 10];
    for (confidence, right) in codings {
        let tenth = ((confidence * 10.0) as usize).min(9);
        sums[tenth].0 += 1;
        sums[tenth].1 += confidence;
        sums[tenth].2 += f64::from(u8::from(*right));
    }
    let tenths: Vec<Tenth> = (sums.iter().enumerate())
        .filter(|(_, (n, _, _))| *n > 0)
        .map(|(i, (n, confidence, right))| Tenth {
            from: i as f64 / 10.0,
            to: (i + 1) as f64 / 10.0,
            codings: *n,
            confidence: confidence / *n as f64,
            right: right / *n as f64,
        })
        .collect();
    let off = |t: &Tenth| (t.confidence - t.right).abs() * t.codings as f64;
    let error = ratio(tenths.iter().map(off).sum(), codings.len() as f64);
    Calibration { error, tenths }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_the_mean_distance() {
        // Two at 0.95, one right: 0.45 off. Two at 0.55, one right: 0.05 off.
        let found = calibration(&[(0.95, true), (0.95, false), (0.55, true), (0.55, false)]);
        assert!((found.error - 0.25).abs() < 1e-12, "{found:?}");
        assert_eq!(found.tenths.len(), 2);
        assert!((found.tenths[1].from - 0.9).abs() < 1e-12);
        assert_eq!(calibration(&[(1.0, true)]).tenths[0].codings, 1);
    }
}
