//! Dates of birth, told from other dates by the words before them: the date of a visit stays.

use std::ops::Range;

use super::found::{Found, pattern};
use super::hints::{BORN as BORN_WORD, Hints};
use super::redacted::RedactionKind::Dob;

/// What a date of birth follows, for patterns that leave out blanks and cases.
const CUE: &str = r"(?ix) \b(?: born | d\.?\s?o\.?\s?b\b\.? | (?:date|day)\s+of\s+birth | birth\s?-?date | birthday )";

pattern!(
    BORN,
    &[
        CUE,
        r"
      [^0-9\n]{0,24}?
      ( [0-9]{1,2}\s?[/.\-\x20]\s?[0-9]{1,2}\s?[/.\-\x20]\s?(?:[0-9]{4}|[0-9]{2})
      | [0-9]{4}[/.-][0-9]{1,2}[/.-][0-9]{1,2}
      | [0-9]{1,2}(?:st|nd|rd|th)?\s?(?:of\s)?(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?,?(?:\s?(?:in\s)?['’]?(?:[0-9]{4}|[0-9]{2}\b))?
      | (?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\s[0-9]{1,2}(?:st|nd|rd|th)?(?:,?\s[0-9]{4})?
      | (?:19|20)[0-9]{2} | [0-9]{6}(?:[0-9]{2})? )",
    ]
    .concat()
);

// "thirtieth of May nineteen forty-two", as it is dictated
pattern!(
    SPOKEN,
    &[
        CUE,
        r"
      [^0-9]{0,30}?
      \b( (?:the\s)? (?:[a-z]+[\s-])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)
        \s(?:of\s)?(?:january|february|march|april|may|june|july|august|september|october|november|december)
        (?:,?\s(?:in\s)?(?: (?:nineteen|twenty)(?:[\s-](?:hundred|and|oh|o|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|one|two|three|four|five|six|seven|eight|nine)\b)+ | [0-9]{4} ))? )",
    ]
    .concat()
);

// A full date of so long ago is hardly the date of a visit.
pattern!(LONG_AGO, r"\b[0-9]{1,2}[/.-][0-9]{1,2}[/.-]19[0-6][0-9]\b");

// Nor is "9.6.37": years from 28 to 60 lie ahead of every visit written about, or far behind.
pattern!(
    SHORT_YEAR,
    r"\b(?:0?[1-9]|[12][0-9]|3[01])([/.-])(?:0?[1-9]|1[0-2])([/.-])(?:2[89]|[345][0-9]|60)\b"
);
pattern!(ISO_LONG_AGO, r"\b19[0-6][0-9][/.-](?:0[1-9]|1[0-2])[/.-][0-3][0-9]\b");

pub(super) fn find(text: &str, hints: Hints, found: &mut Vec<Found>) {
    if hints.any(BORN_WORD) {
        let dates = BORN.captures_iter(text).filter_map(|c| c.get(1));
        found.extend(dates.map(|m| Found::new(m.range(), Dob)));
        let spoken = SPOKEN.captures_iter(text).filter_map(|c| c.get(1));
        found.extend(spoken.map(|m| Found::new(m.range(), Dob)));
    }
    if hints.digits < 4 {
        return;
    }
    for c in SHORT_YEAR.captures_iter(text) {
        let same = c.get(1).map(|m| m.as_str()) == c.get(2).map(|m| m.as_str());
        if let Some(date) = c.get(0).filter(|m| same && stands_alone(text, &m.range())) {
            found.push(Found::new(date.range(), Dob));
        }
    }
    found.extend(ISO_LONG_AGO.find_iter(text).map(|m| Found::new(m.range(), Dob)));
    found.extend(LONG_AGO.find_iter(text).map(|m| Found::new(m.range(), Dob)));
}

/// Whether a date is no part of a longer number, a price or a telephone number.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let (before, after) = (&text[..range.start], &text[range.end..]);
    let number = |c: char| c.is_ascii_digit();
    let goes_on = after.starts_with(['.', '/', '-', ':']) && after[1..].starts_with(number);
    let begun =
        before.ends_with(['£', '.', '/', '-']) || before.trim_end_matches(' ').ends_with(number);
    !(begun || goes_on)
}
