//! Numbers by which an office knows someone: accounts, clients, cases, invoices, cards. A reference
//! needs its word before it ("ref", "account number"); a card or an IBAN speaks for itself.

use super::found::{Found, digits, pattern, stands_free};
use super::redacted::RedactionKind::Account;

pattern!(CARD, r"[0-9](?:[ -]?[0-9]){12,18}");
pattern!(IBAN, r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b");
pattern!(LONG, r"[0-9]{9,}");
pattern!(
    MARKED,
    r"(?ix) \b(?: account|acct|a/c|client|customer|case|invoice|inv|policy|claim|hospital|patient|service\suser
        |membership|complaint|order|booking|payroll|staff|employee|badge|contract|tenancy|rent|ward|unit|council\stax|person|carefirst|system|pension|bank|sort\scode
      )? \s* (?:id|no|num|nos|number|numbers|ref|reference|code|roll|a/c|account|acct|inv|invoice|sort\scode)\b
      [\s.:\#\x2d=()]* (?:(?:is|was|no|number|num|quoted|quoting|ref|reference|of)\b[\s.:\#\x2d=]*)* \#?
      ( [A-Z]{0,6}[/\x20-]?[0-9][A-Z0-9]*(?:[/-][A-Z0-9]+)*(?:\x20[0-9]{2,}[A-Z]?\b)* )"
);
pattern!(
    HASH,
    r"(?i)\b(?:case|client|invoice|account|customer|ref|complaint)\s*(?:#|no\.?)\s*([A-Z0-9][A-Z0-9/-]{2,})"
);
pattern!(CODED, r"\b[A-Z]{2,6}[/-][0-9]{3,}(?:[/-][A-Z0-9]+)*\b");
pattern!(
    SORT_CODE,
    r"\b([0-9]{2}[- ][0-9]{2}[- ][0-9]{2})[ ,]+(?:(?:and\s)?(?:acc(?:oun)?t?|a/c)[a-z .:]*)?([0-9]{8})\b"
);

/// Digits that a reference needs.
const FEWEST_DIGITS: usize = 4;

/// Numbers of cards and international accounts.
pub(super) fn find_cards(text: &str, found: &mut Vec<Found>) {
    let cards =
        CARD.find_iter(text).filter(|m| stands_free(text, &m.range()) && luhn(&digits(m.as_str())));
    found.extend(cards.map(|m| Found::new(m.range(), Account)));
    let ibans = IBAN.find_iter(text).filter(|m| digits(m.as_str()).len() >= 12);
    found.extend(ibans.map(|m| Found::new(m.range(), Account)));
}

/// References with their word before them, and numbers too long to be anything else.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    for c in SORT_CODE.captures_iter(text) {
        found.extend(c.iter().skip(1).flatten().map(|m| Found::new(m.range(), Account)));
    }
    for m in MARKED.captures_iter(text).filter_map(|c| c.get(1)) {
        let count = digits(m.as_str()).len();
        let has_letter = m.as_str().contains(char::is_alphabetic);
        if (count >= FEWEST_DIGITS || (has_letter && count >= 3)) && !is_year(m.as_str()) {
            found.push(Found::new(m.range(), Account));
        }
    }
    for m in HASH.captures_iter(text).filter_map(|c| c.get(1)) {
        if digits(m.as_str()).len() >= 3 {
            found.push(Found::new(m.range(), Account));
        }
    }
    let long = LONG.find_iter(text).chain(CODED.find_iter(text));
    found.extend(
        long.filter(|m| stands_free(text, &m.range())).map(|m| Found::new(m.range(), Account)),
    );
}

fn is_year(number: &str) -> bool {
    number.len() == 4 && (number.starts_with("19") || number.starts_with("20"))
}

/// The check of card numbers.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|b| u32::from(b - b'0'))
        .enumerate()
        .map(|(i, d)| match (i % 2, d * 2) {
            (0, _) => d,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    sum.is_multiple_of(10) && digits.bytes().any(|b| b != b'0')
}
