//! Numbers as every page, chart and screen prints them.

/// A whole number with commas between thousands: 12,345.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of things: "1 row", "1,200 rows".
pub fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// A percentage in whole points; never 0% for some or 100% for not quite all.
pub fn percent(points: f64) -> String {
    if points > 0.0 && points < 0.5 {
        "<1%".to_owned()
    } else if points > 99.5 && points < 100.0 {
        ">99%".to_owned()
    } else {
        format!("{points:.0}%")
    }
}

/// A label inside a sentence: its first letter small, unless it is an abbreviation or a name such as
/// "Mental Health Act".
pub fn spoken(label: &str) -> String {
    let capital = |letter: Option<char>| letter.is_some_and(char::is_uppercase);
    let mut letters = label.chars();
    let Some(first) = letters.next() else { return String::new() };
    let mut second = label.split_whitespace().nth(1).unwrap_or_default().chars();
    let is_name = capital(second.next()) && second.next().is_some_and(char::is_lowercase);
    if is_name || capital(letters.clone().next()) {
        return label.to_owned();
    }
    first.to_lowercase().chain(letters).collect()
}

/// A text as part of an address.
pub(crate) fn for_address(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// What is said where a Word file that people changed was left as it is.
pub fn kept(name: &str) -> String {
    format!("A Word file was changed by someone and left as it is; the new one is {name}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(plural(1, "row", "rows"), "1 row");
    }

    #[test]
    fn a_label_in_a_sentence_begins_small_unless_it_is_a_name() {
        for (label, inside) in [
            ("Pay, contracts and working conditions", "pay, contracts and working conditions"),
            ("Mental Health Act", "Mental Health Act"),
            ("GP services", "GP services"),
            ("Visits by a GP", "visits by a GP"),
            ("", ""),
        ] {
            assert_eq!(spoken(label), inside);
        }
    }
}
