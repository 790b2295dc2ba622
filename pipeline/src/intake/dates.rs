//! Days as people and programs write them.
//!
//! Day first unless a column proves otherwise; ISO, month names and Excel's serial numbers are
//! known. The time of day and its zone are left aside: a response has a day.

/// Which of two numbers is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Order {
    /// 31/12/2024.
    #[default]
    DayFirst,
    /// 12/31/2024.
    MonthFirst,
}

/// What the dates of a column prove about their order.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Proof {
    day_first: u32,
    month_first: u32,
}

impl Proof {
    /// Takes another value of the column.
    pub(crate) fn feed(&mut self, text: &str) {
        if let Parts { numbers: [first, second, _], count: 3, name: None } = parts(text) {
            self.day_first += u32::from(first > 12 && first <= 31 && second <= 12);
            self.month_first += u32::from(second > 12 && second <= 31 && first <= 12);
        }
    }

    /// The order: month first only where that alone is possible.
    pub(crate) fn order(self) -> Order {
        if self.month_first > self.day_first { Order::MonthFirst } else { Order::DayFirst }
    }
}

/// The numbers and the month name at the beginning of a text.
struct Parts {
    numbers: [i64; 3],
    count: usize,
    /// The month, and how many numbers stood before it.
    name: Option<(i64, usize)>,
}

/// Takes a date apart: up to three numbers and a month name, whatever stands between them.
fn parts(text: &str) -> Parts {
    let mut parts = Parts { numbers: [0; 3], count: 0, name: None };
    let mut rest = text.trim_start();
    while !rest.is_empty() && parts.count + usize::from(parts.name.is_some()) < 3 {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if digits > 0 {
            parts.numbers[parts.count] = rest[..digits.min(9)].parse().unwrap_or(0);
            parts.count += 1;
            rest = &rest[digits..];
        } else if letters > 0 {
            let word = rest[..letters].to_ascii_lowercase();
            match month(&word) {
                Some(month) => parts.name = Some((month, parts.count)),
                None if between(&word) => {}
                None => break,
            }
            rest = &rest[letters..];
        } else {
            let Some(ch) = rest.chars().next() else { break };
            if !matches!(ch, ' ' | '/' | '-' | '.' | ',' | '\u{A0}') {
                break;
            }
            rest = &rest[ch.len_utf8()..];
        }
    }
    parts
}

/// Words that may stand within a date.
fn between(word: &str) -> bool {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    matches!(word, "st" | "nd" | "rd" | "th" | "of" | "the" | "day" | "t" | "dated" | "date")
        || (DAYS.iter().any(|d| word.starts_with(d)) && (word.len() <= 4 || word.ends_with("day")))
}

fn month(word: &str) -> Option<i64> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let at = NAMES.iter().position(|n| {
        word.len() >= 3 && (n.starts_with(word) || word == "sept" && *n == "september")
    })?;
    Some(at as i64 + 1)
}

/// The day that a text begins with, in days since 1970-01-01; None where it is no date between
/// 1950 and 2100.
pub(crate) fn parse(text: &str, order: Order) -> Option<i32> {
    let parts = parts(text);
    let [a, b, c] = parts.numbers;
    let (year, month, day) = match (parts.count, parts.name) {
        (2, Some((month, 1))) => (b, month, a),
        (2, Some((month, 0))) if b >= 1000 => (b, month, a),
        (3, None) if !text.contains(['/', '-', '.']) => return None,
        (3, None) if a >= 1000 => (a, b, c),
        (3, None) if b > 12 || (order == Order::MonthFirst && a <= 12) => (c, a, b),
        (3, None) => (c, b, a),
        _ => return None,
    };
    let year = if year < 100 { if year < 70 { 2000 + year } else { 1900 + year } } else { year };
    ((1950..=2100).contains(&year)).then(|| days(year, month, day)).flatten()
}

/// An Excel serial number of the 1900 system as days since 1970-01-01, for 1954 to 2118.
pub(crate) fn serial(text: &str) -> Option<i32> {
    let number: f64 = text.trim().parse().ok()?;
    (20_000.0..80_000.0).contains(&number).then(|| number.floor() as i32 - 25_569)
}

/// Days since 1970-01-01 of a day that exists.
fn days(year: i64, month: i64, day: i64) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, 28 + i64::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let index = usize::try_from(month - 1).ok()?;
    if day < 1 || day > *lengths.get(index)? {
        return None;
    }
    let before: i64 = lengths[..index].iter().sum();
    let years = year - 1;
    let leaps = years / 4 - years / 100 + years / 400;
    Some((years * 365 + leaps + before + day - 1 - 719_162) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_spellings_are_the_same_day() {
        let day = days(2024, 3, 5);
        assert_eq!(day, Some(19_787));
        for text in [
            "2024-03-05",
            "2024-03-05T10:11:12Z",
            "05/03/2024",
            "5/3/24 09:00",
            "05.03.2024",
            "5 March 2024",
            "5th March 2024",
            "Tuesday 5 March 2024",
            "March 5, 2024",
            "05-Mar-24",
            "Tuesday, 5th of March, 2024",
            "2024/03/05 10:11:12 am GMT",
        ] {
            assert_eq!(parse(text, Order::DayFirst), day, "{text}");
        }
        assert_eq!(serial("45356.5"), day);
        assert_eq!(parse("03/05/2024", Order::MonthFirst), day);
    }

    #[test]
    fn what_is_no_day_is_no_date() {
        for text in [
            "",
            "31/02/2024",
            "12",
            "4.5",
            "Good care",
            "May is kind",
            "1 2 3",
            "020 7946 0999",
            "13/13/2024",
        ] {
            assert_eq!(parse(text, Order::DayFirst), None, "{text}");
        }
    }

    #[test]
    fn month_first_needs_proof() {
        let mut proof = Proof::default();
        proof.feed("03/04/2024");
        assert_eq!(proof.order(), Order::DayFirst);
        proof.feed("03/25/2024");
        assert_eq!(proof.order(), Order::MonthFirst);
    }

    #[test]
    fn leap_years_count() {
        assert_eq!(days(1970, 1, 1), Some(0));
        assert_eq!(days(2000, 2, 29), Some(11_016));
        assert_eq!(days(2023, 2, 29), None);
    }
}
