//! National Insurance numbers: two letters, six digits, a letter, with or without spaces.

use super::found::{Found, pattern};
use super::redacted::RedactionKind::NiNumber;

pattern!(NUMBER, r"(?i)\b[A-Z]\s?[A-Z][ .-]?(?:[0-9]{2}[ .-]?){3}[A-D]\b");

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    found.extend(NUMBER.find_iter(text).map(|m| Found::new(m.range(), NiNumber)));
}
