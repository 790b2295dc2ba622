//! Numbers by which an office knows someone: accounts, clients, cases, invoices, cards. A reference
//! needs its word before it ("ref", "account number"); a card or an IBAN speaks for itself.

use super::found::{Found, digits, pattern, stands_free};
use super::hints::{Hints, REFERENCE};
use super::redacted::RedactionKind::Account;

pattern!(CARD, r"[0-9](?:[ -]?[0-9]){12,18}");
pattern!(IBAN, r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b");
pattern!(LONG, r"[0-9]{8,}");
pattern!(
    NAMED,
    r"(?ix) \b(?: a/c | acct? | account | policy | case | claim | client | cust(?:omer)? | invoice | nino
        | ref(?:erence)? | membership | booking | tenancy | patient | service\suser )
      (?: [\s.:\#\x2d(]* (?:no|num|number|id|ref|nr|is|was|code) \b )* [\s.:\#\x2d=(]*
      ( [A-Z]{0,4}[/\x2d]?[0-9][0-9A-Z]*(?:[/\x2d][0-9A-Z]+)*(?:\x20[0-9]{3}\b)* ) \b"
);
pattern!(
    MARKED,
    r"(?ix) \b(?: account|acct|a/c|client|customer|case|invoice|inv|policy|claim|hospital|patient|service\suser
        |membership|complaint|order|booking|payroll|staff|employee|badge|contract|tenancy|rent|ward|unit|council\stax|person|carefirst|system|pension|bank|sort\scode
      )? \s* (?:id|no|num|nos|number|numbers|ref|reference|code|roll|a/c|account|acct|inv|invoice|sort\scode|s/c)\b
      (?:\s(?:on|in)\s(?:\w+\s){1,3}(?:is|was))? [\s.:\#\x2d=()]* (?:(?:is|was|no|number|num|quoted|quoting|ref|reference|of)\b[\s.:\#\x2d=]*)* \#?
      ( (?: (?-i:[A-Z]{2,6})\x20 | [A-Z]{0,12}[/-]? )
        [0-9][A-Z0-9]*(?:[/-][A-Z0-9]+)*(?:\x20(?:[0-9]{2,}[A-Z]?|(?-i:[A-Z]{1,2}))\b)* )"
);
pattern!(
    HASH,
    r"(?i)\b(?:case|client|invoice|account|customer|ref|complaint)\s*(?:#|no\.?)\s*([A-Z0-9][A-Z0-9/-]{2,})"
);
// "633597 0034 1187": nothing that is counted or measured has so many digits.
pattern!(LONGER, r"\b[0-9]{3,6}(?:[ -][0-9]{3,6}){2,5}\b");
// "7G4K2Q0525", "RXH449201", "CRM 1093348"
pattern!(
    MIXED,
    r"\b(?:[A-Z]{2,5}\x20[0-9]{6,10}|[A-Z]{1,4}[0-9]{5,10}[A-Z]?|[0-9]{1,2}(?:[A-Z][0-9]{1,3}){2,5})\b"
);
// "HSC/22/90118", "88-40217", "CL 91-6620", "#40931"
pattern!(
    SLASHED,
    r"\b(?:[A-Z]{2,6}[/-](?:[A-Z0-9]{1,4}[/-])?[0-9]{2,}(?:[/-][A-Z0-9]+)*|[A-Z]{2,4}\x20[0-9]{2,4}[/-][0-9]{3,}|[0-9]{2,4}[/-][0-9]{5,})\b"
);
pattern!(NUMBERED, r"#\s?([0-9]{4,})\b");
pattern!(CODED, r"\b[A-Z]{2,6}[/-][0-9]{3,}(?:[/-][A-Z0-9]+)*\b");
pattern!(
    SORT_CODE,
    r"(?i)\b([0-9]{2}[- ][0-9]{2}[- ][0-9]{2})[ ,;/]+(?:(?:and\s)?(?:acc(?:oun)?t?|a/c)[a-z .:]*)?([0-9]{8})\b"
);

pattern!(
    CARD_END,
    r"(?i)\bcard\s+(?:number\s+)?(?:that\s+|which\s+)?end(?:ing|s|ed)\s+(?:in\s+|with\s+)?([0-9]{4})\b"
);

// A driving licence, a blue badge, a seafarer's book.
pattern!(
    ISSUED,
    r"\b(?:[A-Z9]{5} ?[0-9]{6} ?[A-Z9]{2}[A-Z0-9]{3}(?: ?[0-9]{2})?|[A-Z0-9]{6} ?[0-9] ?[0-9]{4}[XY][0-9]{4}|[B-HJ-Z] [0-9]{6})\b"
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
pub(super) fn find(text: &str, hints: Hints, found: &mut Vec<Found>) {
    if hints.digits >= 14 {
        for c in SORT_CODE.captures_iter(text) {
            found.extend(c.iter().skip(1).flatten().map(|m| Found::new(m.range(), Account)));
        }
    }
    if hints.any(REFERENCE) {
        for m in MARKED.captures_iter(text).filter_map(|c| c.get(1)) {
            // "my number is 01632 960 447 I'll say that again"
            let number = m.as_str().trim_end_matches(" I");
            let count = digits(number).len();
            let has_letter = number.contains(char::is_alphabetic);
            if (count >= FEWEST_DIGITS || (has_letter && count >= 3)) && !is_year(number) {
                found.push(Found::new(m.start()..m.start() + number.len(), Account));
            }
        }
        for m in HASH.captures_iter(text).filter_map(|c| c.get(1)) {
            if digits(m.as_str()).len() >= 3 {
                found.push(Found::new(m.range(), Account));
            }
        }
        for m in NAMED.captures_iter(text).filter_map(|c| c.get(1)) {
            let span_of_years = m.as_str().len() <= 9 && is_year(m.as_str().get(..4).unwrap_or(""));
            if digits(m.as_str()).len() > FEWEST_DIGITS && !span_of_years {
                found.push(Found::new(m.range(), Account));
            }
        }
    }
    if hints.digits < FEWEST_DIGITS {
        return;
    }
    if hints.digits >= 12 {
        let longer = LONGER.find_iter(text).filter(|m| digits(m.as_str()).len() >= 12);
        found.extend(longer.map(|m| Found::new(m.range(), Account)));
    }
    let ends = CARD_END.captures_iter(text).filter_map(|c| c.get(1));
    found.extend(ends.map(|m| Found::new(m.range(), Account)));
    found.extend(ISSUED.find_iter(text).map(|m| Found::new(m.range(), Account)));
    let mixed = MIXED.find_iter(text).filter(|m| digits(m.as_str()).len() >= 5);
    found.extend(mixed.map(|m| Found::new(m.range(), Account)));
    let slashed = SLASHED
        .find_iter(text)
        .filter(|m| digits(m.as_str()).len() >= FEWEST_DIGITS && stands_free(text, &m.range()));
    found.extend(slashed.map(|m| Found::new(m.range(), Account)));
    if text.contains('#') {
        let marked = NUMBERED.captures_iter(text).filter_map(|c| c.get(0));
        found.extend(marked.map(|m| Found::new(m.range(), Account)));
    }
    let long = LONG.find_iter(text).chain(CODED.find_iter(text));
    found.extend(
        long.filter(|m| stands_free(text, &m.range()) && !is_date(m.as_str()))
            .map(|m| Found::new(m.range(), Account)),
    );
}

fn is_year(number: &str) -> bool {
    number.len() == 4 && (number.starts_with("19") || number.starts_with("20"))
}

/// Eight digits that read as a day of our time: 20240312 or 12032024.
fn is_date(number: &str) -> bool {
    let part = |range: std::ops::Range<usize>, most: u32| {
        number.get(range).and_then(|p| p.parse().ok()).is_some_and(|n| (1..=most).contains(&n))
    };
    let year = |at: usize| number.get(at..at + 2) == Some("20");
    number.len() == 8
        && number.bytes().all(|b| b.is_ascii_digit())
        && (year(0) && part(4..6, 12) && part(6..8, 31)
            || year(4) && part(0..2, 31) && part(2..4, 12))
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
