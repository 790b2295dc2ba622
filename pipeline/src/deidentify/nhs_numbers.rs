//! NHS numbers: ten digits, usually 3-3-4, with a check digit modulo 11. Ten digits that fail the
//! check are left to `phones` and `accounts`, unless the text calls them one: people mistype.

use super::found::{Found, digits, pattern, stands_free};
use super::redacted::RedactionKind::NhsNumber;

pattern!(TEN, r"[0-9](?:[ .\u{a0}-]{0,2}[0-9]){9}");

pattern!(
    CALLED,
    r"(?i)\bnhs\b\W{0,3}(?:(?:no|num|number|id|ref|is|was|nr)\b\W{0,3}){0,3}([0-9](?:[ .\u{a0}-]{0,2}[0-9]){9})\b"
);

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    let numbers = TEN
        .find_iter(text)
        .filter(|m| stands_free(text, &m.range()) && passes_check(&digits(m.as_str())));
    found.extend(numbers.map(|m| Found::new(m.range(), NhsNumber)));
    if text.contains(['N', 'n']) {
        let called = CALLED.captures_iter(text).filter_map(|c| c.get(1));
        found.extend(called.map(|m| Found::new(m.range(), NhsNumber)));
    }
}

/// Whether ten digits are an NHS number. None in use begins with 0.
fn passes_check(digits: &str) -> bool {
    let d: Vec<u32> = digits.bytes().map(|b| u32::from(b - b'0')).collect();
    if d.len() != 10 || d[0] == 0 {
        return false;
    }
    let sum: u32 = d[..9].iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    match 11 - sum % 11 {
        11 => d[9] == 0,
        check => check == d[9],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_tells_nhs_numbers_from_other_ten_digits() {
        assert!(passes_check("9434765919"));
        assert!(passes_check("9990000018"));
        assert!(!passes_check("9434765918"));
        assert!(!passes_check("0123456789"));
    }
}
