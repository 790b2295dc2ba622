//! Telephone numbers in every UK spelling: spaces, brackets, dots, hyphens, +44, 0044, numbers that
//! lost their leading zero in a spreadsheet, and digits written out as words.

use super::found::{Found, digits, pattern, stands_free};
use super::redacted::RedactionKind::Phone;

pattern!(
    NATIONAL,
    r"(?x) (?: (?:\+|00)[\x20.-]?44 [\x20.\-()]{0,3} (?:\(?0\)?[\x20.\-]{0,2})? | \(?0 | [oO]7 )
      (?: [\x20.\-()/\u{a0}]{0,3} [0-9] ){8,10} "
);
pattern!(ABROAD, r"\+[1-9](?:[ .\-()]{0,2}[0-9]){8,13}");
// "0 1 6 3 2, 9 6 0, 4 4 7": read out one by one
pattern!(ONE_BY_ONE, r"\b0(?:[ ,\-–.]{1,2}[0-9]\b){9,10}");
pattern!(BARE, r"\b(?:44[ -]?[1237](?:[ -]?[0-9]){9}(?:\.0)?|7[0-9]{9}(?:\.0)?)\b");
pattern!(
    LOCAL,
    r"(?ix)\b(?:tel|telephone|phone|mobile|mob|landline|ring|call|text|fax|number\s+is|extension|ext)\b
      [^0-9\n]{0,12} ([0-9][0-9\x20.-]{3,12}[0-9]) "
);
pattern!(
    SPELLED,
    r"(?ix)\b(?:(?:double|treble|triple)\s)?(?:zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine)
      (?:[\s,-]+(?:(?:double|treble|triple)\s)?(?:zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine|hundred|thousand)\b){6,}"
);

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    for m in NATIONAL.find_iter(text) {
        let all = digits(m.as_str());
        let national = all.strip_prefix("0044").or(all.strip_prefix("44")).unwrap_or(&all);
        let national = national.strip_prefix('0').unwrap_or(national);
        let begins_well = m.as_str().starts_with(['o', 'O'])
            || national.starts_with(['1', '2', '3', '5', '7', '8', '9']);
        // A scale of answers written out is no number to ring.
        if begins_well && !"1234567890".starts_with(national) && stands_free(text, &m.range()) {
            found.push(Found::new(m.range(), Phone));
        }
    }
    for m in ONE_BY_ONE.find_iter(text) {
        if !"01234567890".starts_with(&digits(m.as_str())) {
            found.push(Found::new(m.range(), Phone));
        }
    }
    if text.contains('+') {
        found.extend(ABROAD.find_iter(text).map(|m| Found::new(m.range(), Phone)));
    }
    found.extend(BARE.find_iter(text).map(|m| Found::new(m.range(), Phone)));
    for m in LOCAL.captures_iter(text).filter_map(|c| c.get(1)) {
        let count = digits(m.as_str()).len();
        let groups = m.as_str().split([' ', '-']).filter(|g| !g.is_empty()).count();
        if (6..=8).contains(&count) && groups <= 2 && !is_date(m.as_str()) {
            found.push(Found::new(m.range(), Phone));
        }
    }
}

/// Numbers written out as words, of at least ten digits: every one of ours holds a nought or a seven.
pub(super) fn find_spelled(text: &str, found: &mut Vec<Found>) {
    for m in SPELLED.find_iter(text) {
        let lower = m.as_str().to_lowercase();
        let mut count = 0;
        let mut next = 1;
        for word in lower.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
            match word {
                "double" => next = 2,
                "treble" | "triple" => next = 3,
                // "nine hundred": two noughts
                "hundred" => count += 2,
                "thousand" => count += 3,
                _ => {
                    count += next;
                    next = 1;
                }
            }
        }
        if (10..=13).contains(&count) {
            found.push(Found::new(m.range(), Phone));
        }
    }
}

/// Whether a number with separators reads as a date, such as 12.03.21.
fn is_date(number: &str) -> bool {
    number.split(['.', '-', ' ']).count() == 3
}
