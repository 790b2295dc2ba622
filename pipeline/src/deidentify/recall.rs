//! What was measured on planted texts that were kept back, and what it says of a run: how many names
//! and other identifiers are likely left where so many were found.
//!
//! The figures are data that a test holds against the texts of `data-samples/pii`. They are no better
//! than what all sets by other hands together gave when each was met for the first time; other people's
//! texts are another hand again.

use super::{Mode, RedactionKind};

/// Share of the identifiers kept back that a mode finds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recall {
    /// Of names of people.
    pub names: f64,
    /// Of everything else.
    pub others: f64,
}

/// How many identifiers a run has likely left where they were.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Left {
    /// Names; None in a mode that does not look for them.
    pub names: Option<f64>,
    /// Everything else.
    pub others: f64,
}

impl Mode {
    /// The recall measured on the texts kept back.
    pub fn recall(self) -> Recall {
        match self {
            Self::Structured => Recall { names: 0.0, others: STRUCTURED },
            Self::Standard => Recall { names: STANDARD, others: STRUCTURED },
            Self::Strict => Recall { names: STRICT, others: STRUCTURED },
        }
    }

    /// What is likely left where so many redactions of each kind were made.
    pub fn left<'k>(self, found: impl IntoIterator<Item = (&'k str, u64)>) -> Left {
        let (mut names, mut others) = (0, 0);
        for (kind, count) in found {
            let person = kind == RedactionKind::Person.as_str();
            // A provider is found by the user's own list, whole.
            let listed = kind == RedactionKind::Provider.as_str();
            *(if person { &mut names } else { &mut others }) += if listed { 0 } else { count };
        }
        let recall = self.recall();
        let missed = |found: u64, recall: f64| found as f64 * (1.0 - recall) / recall;
        Left {
            names: (recall.names > 0.0).then(|| missed(names, recall.names)),
            others: missed(others, recall.others),
        }
    }
}

const STRUCTURED: f64 = 0.95;
const STANDARD: f64 = 0.93;
const STRICT: f64 = 0.96;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_follows_from_what_was_found() {
        let left = Mode::Standard.left([("PERSON", 930), ("PHONE", 95), ("PROVIDER", 500)]);
        assert!((left.names.unwrap() - 70.0).abs() < 1.0, "{left:?}");
        assert!((left.others - 5.0).abs() < 0.5, "{left:?}");
        assert_eq!(Mode::Structured.left([("PERSON", 3)]).names, None);
    }
}
