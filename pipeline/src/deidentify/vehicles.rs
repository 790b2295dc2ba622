//! Vehicle registrations: the present form anywhere, older ones and small letters where a vehicle is
//! spoken of, personal ones after the word.

use super::found::{Found, pattern};
use super::lexicon::{fold, lexicon};
use super::redacted::RedactionKind::Other;

pattern!(PRESENT, r"\b[A-Z]{2}[0-9]{2}[ -]?[A-Z]{3}\b");
pattern!(
    SAID,
    r"(?i)\b(?:reg|registration|number\s?plate|plate|vrn)\b(?:\s+(?:number|no|plate|mark))?[\s.:]*(?:(?:is|was)\s+)?\b([A-Z]{2}[0-9]{2} ?[A-Z]{3}|[A-Z][0-9]{1,3} ?[A-Z]{3}|[A-Z]{3} ?[0-9]{1,3}[A-Z]?)\b"
);
pattern!(
    VEHICLE,
    r"(?i)\b(?:cars?|vans?|vehicle|motor|park(?:ed|s|ing)?|driv(?:es?|ing)|drove|reg|plate)\b"
);
pattern!(
    OLDER,
    r"(?i)\b(?:[A-Z]{2}[0-9]{2} ?[A-Z]{3}|(?-i:[A-Z]{2} [0-9]{2} [A-Z]{3})|[A-Z][0-9]{2,3} ?(?-i:[A-Z]{3})|(?-i:[A-Z]{3}) ?[0-9]{2,3}[A-Z]?)\b"
);

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    found.extend(PRESENT.find_iter(text).map(|m| Found::new(m.range(), Other)));
    if VEHICLE.is_match(text) {
        let plates = OLDER.find_iter(text).filter(|m| !begins_with_word(m.as_str()));
        found.extend(plates.map(|m| Found::new(m.range(), Other)));
    }
    let said = SAID.captures_iter(text).filter_map(|c| c.get(1));
    found.extend(said.map(|m| Found::new(m.range(), Other)));
}

/// "NHS 999", "AND 10": a word before a number.
fn begins_with_word(plate: &str) -> bool {
    plate.split_once(' ').is_some_and(|(letters, _)| lexicon().marks(&fold(letters)) != 0)
}
