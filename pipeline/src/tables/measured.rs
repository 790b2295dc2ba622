//! What people report in numbers: each value with how often it was given.
//!
//! Reported quantities are round, so that counting values keeps them all in little memory, and
//! quartiles come out exact however the parts were put together.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::coding::Measure;
use crate::measures;

/// A measure with its unit and rate: (measure, unit, per).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct MeasureKey(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) Option<&'static str>,
);

impl MeasureKey {
    pub(super) const fn of(measure: &Measure) -> Self {
        Self(measure.measure, measure.unit, measure.per)
    }
}

impl<'de> Deserialize<'de> for MeasureKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (measure, unit, per) = <(String, String, Option<String>)>::deserialize(from)?;
        let unknown = || D::Error::custom("no measure of this version");
        let per = per.map(|per| measures::known_period(&per).ok_or_else(unknown)).transpose()?;
        Ok(Self(
            measures::known(&measure).ok_or_else(unknown)?,
            measures::known_unit(&unit).ok_or_else(unknown)?,
            per,
        ))
    }
}

/// The numbers given for one measure.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Measured {
    /// Respondents who gave at least one.
    pub(super) respondents: u64,
    /// Respondents of these with a number that does not keep to the user's own standard.
    pub(super) beyond: u64,
    /// Values in an order that bits can keep, with how often each was given.
    values: BTreeMap<u64, u64>,
}

impl Measured {
    /// Counts a reported quantity: a range by its middle, "up to" by its limit.
    pub(super) fn add(&mut self, measure: &Measure) {
        let value = figure(measure);
        if value.is_finite() {
            *self.values.entry(ordered(value)).or_default() += 1;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.respondents += other.respondents;
        self.beyond += other.beyond;
        for (value, count) in &other.values {
            *self.values.entry(*value).or_default() += count;
        }
    }

    /// (value, how often), ascending.
    pub(super) fn values(&self) -> impl Iterator<Item = (f64, u64)> + '_ {
        self.values.iter().map(|(bits, count)| (value(*bits), *count))
    }

    /// Numbers given.
    pub(super) fn count(&self) -> u64 {
        self.values.values().sum()
    }

    /// The value below which a share of the numbers lie, between neighbours in proportion (the
    /// usual rule of spreadsheets and numpy); None where there is none.
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        let last = self.count().checked_sub(1)?;
        let at = share * last as f64;
        let below = self.nth(at.floor() as u64)?;
        let above = self.nth(at.ceil() as u64)?;
        Some(below + (above - below) * at.fract())
    }

    fn nth(&self, at: u64) -> Option<f64> {
        let mut seen = 0;
        self.values().find_map(|(value, count)| {
            seen += count;
            (seen > at).then_some(value)
        })
    }
}

/// The number that a quantity counts as: a range by its middle, "up to" by its limit.
pub(super) fn figure(measure: &Measure) -> f64 {
    match measure.upper {
        Some(upper) if measure.value == 0.0 => upper,
        Some(upper) => f64::midpoint(measure.value, upper),
        None => measure.value,
    }
}

/// Bits of a number such that their order is the order of numbers.
fn ordered(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn value(ordered: u64) -> f64 {
    f64::from_bits(if ordered >> 63 == 1 { ordered & !(1 << 63) } else { !ordered })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(values: &[(f64, Option<f64>)]) -> Measured {
        let mut all = Measured::default();
        for (value, upper) in values {
            all.add(&Measure {
                segment: 0,
                measure: "minutes_late",
                value: *value,
                upper: *upper,
                unit: "minutes",
                per: None,
                span: 0..0,
            });
        }
        all
    }

    #[test]
    fn quartiles_are_those_of_a_spreadsheet() {
        let all = measured(&[(15.0, None), (30.0, None), (10.0, None), (60.0, None)]);
        assert_eq!(all.quantile(0.5), Some(22.5));
        assert_eq!(all.quantile(0.25), Some(13.75));
        assert_eq!(all.quantile(1.0), Some(60.0));
        assert_eq!(Measured::default().quantile(0.5), None);
    }

    #[test]
    fn ranges_count_by_their_middle_and_limits_by_themselves() {
        let all = measured(&[(10.0, Some(20.0)), (0.0, Some(40.0)), (-2.0, None)]);
        let values: Vec<_> = all.values().collect();
        assert_eq!(values, [(-2.0, 1), (15.0, 1), (40.0, 1)]);
    }
}
