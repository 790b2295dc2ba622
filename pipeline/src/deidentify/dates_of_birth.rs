//! Dates of birth, told from other dates by the words before them: the date of a visit stays.

use super::found::{Found, pattern};
use super::redacted::RedactionKind::Dob;

pattern!(
    BORN,
    r"(?ix) \b(?: born | d\.?\s?o\.?\s?b\b\.? | (?:date|day)\s+of\s+birth | birth\s?-?date | birthday )
      [^0-9\n]{0,24}?
      ( [0-9]{1,2}\s?[/.\-\x20]\s?[0-9]{1,2}\s?[/.\-\x20]\s?(?:[0-9]{4}|[0-9]{2})
      | [0-9]{4}[/.-][0-9]{1,2}[/.-][0-9]{1,2}
      | [0-9]{1,2}(?:st|nd|rd|th)?\s?(?:of\s)?(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?,?(?:\s?(?:in\s)?(?:[0-9]{4}|[0-9]{2}\b))?
      | (?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\s[0-9]{1,2}(?:st|nd|rd|th)?(?:,?\s[0-9]{4})?
      | (?:19|20)[0-9]{2} | [0-9]{6}(?:[0-9]{2})? )"
);

// A full date of so long ago is hardly the date of a visit.
pattern!(LONG_AGO, r"\b[0-9]{1,2}[/.-][0-9]{1,2}[/.-]19[0-6][0-9]\b");

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    // "born" and "birth" share "b", "d.o.b" too: no need to look further without one.
    if text.contains(['b', 'B']) {
        let dates = BORN.captures_iter(text).filter_map(|c| c.get(1));
        found.extend(dates.map(|m| Found::new(m.range(), Dob)));
    }
    found.extend(LONG_AGO.find_iter(text).map(|m| Found::new(m.range(), Dob)));
}
