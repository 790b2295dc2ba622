//! Vehicle registrations: the present form anywhere, older and personal ones after the word.

use super::found::{Found, pattern};
use super::redacted::RedactionKind::Other;

pattern!(PRESENT, r"\b[A-Z]{2}[0-9]{2} ?[A-Z]{3}\b");
pattern!(
    SAID,
    r"(?i)\b(?:reg|registration|number\s?plate|plate|vrn)\b(?:\s+(?:number|no|plate|mark))?[\s.:]*(?:(?:is|was)\s+)?\b([A-Z]{2}[0-9]{2} ?[A-Z]{3}|[A-Z][0-9]{1,3} ?[A-Z]{3}|[A-Z]{3} ?[0-9]{1,3}[A-Z]?)\b"
);

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    found.extend(PRESENT.find_iter(text).map(|m| Found::new(m.range(), Other)));
    let said = SAID.captures_iter(text).filter_map(|c| c.get(1));
    found.extend(said.map(|m| Found::new(m.range(), Other)));
}
