//! Krippendorff's alpha for labels without order: any number of coders, not all of whom need have
//! seen every case.
//!
//! Krippendorff, K. (2011) Computing Krippendorff's Alpha-Reliability.

use std::collections::BTreeMap;

/// Alpha over cases, each the labels that its coders gave it. Cases with one label say nothing of
/// agreement and are passed over. Not a number where no two labels differ anywhere.
pub fn alpha<'a>(cases: impl Iterator<Item = &'a [u8]>) -> f64 {
    let mut totals: BTreeMap<u8, f64> = BTreeMap::new();
    let (mut values, mut differing) = (0.0, 0.0);
    for labels in cases.filter(|labels| labels.len() > 1) {
        let coders = labels.len() as f64;
        let mut counts: BTreeMap<u8, f64> = BTreeMap::new();
        for label in labels {
            *counts.entry(*label).or_default() += 1.0;
            *totals.entry(*label).or_default() += 1.0;
        }
        let same: f64 = counts.values().map(|n| n * (n - 1.0)).sum();
        differing += (coders * (coders - 1.0) - same) / (coders - 1.0);
        values += coders;
    }
    let same: f64 = totals.values().map(|n| n * (n - 1.0)).sum();
    let by_chance = values * (values - 1.0) - same;
    if by_chance > 0.0 { 1.0 - differing * (values - 1.0) / by_chance } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Coders' labels (rows; 0 is missing) turned into cases.
    fn cases(coders: &[&[u8]]) -> Vec<Vec<u8>> {
        (0..coders[0].len())
            .map(|i| coders.iter().map(|c| c[i]).filter(|label| *label > 0).collect())
            .collect()
    }

    fn of(coders: &[&[u8]]) -> f64 {
        alpha(cases(coders).iter().map(Vec::as_slice))
    }

    #[test]
    fn krippendorffs_example_with_missing_labels() {
        let published = of(&[
            &[1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
            &[1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
            &[0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
            &[1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
        ]);
        assert!((published - 0.743).abs() < 5e-4, "{published}");
    }

    #[test]
    fn krippendorffs_example_of_two_coders_and_two_labels() {
        let published = of(&[&[1, 2, 1, 1, 1, 1, 1, 1, 2, 1], &[2, 2, 2, 1, 1, 2, 1, 1, 1, 1]]);
        assert!((published - 0.095).abs() < 5e-4, "{published}");
    }

    #[test]
    fn full_agreement_is_one_and_one_label_alone_tells_nothing() {
        assert!((of(&[&[1, 2, 1], &[1, 2, 1]]) - 1.0).abs() < 1e-12);
        assert!(of(&[&[1, 1], &[1, 1]]).is_nan());
    }
}
