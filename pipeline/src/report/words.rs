//! Numbers as people read them: "41 of 120 (34%)", "1,234", "fewer than 5".

pub use crate::plain::{number, spoken};
use crate::tables::Profile;
use crate::tables::evidence::{Cell, FEW, Number};

/// What stands in a table where disclosure control hides a figure.
pub const WITHHELD: &str = "withheld";

/// A share, 0..1, in whole points; never 0% for some or 100% for not quite all.
pub fn percent(share: f64) -> String {
    crate::plain::percent(share * 100.0)
}

/// A quantity without needless decimals: 12, 7.5.
pub fn plain(value: f64) -> String {
    if value.fract().abs() < 1e-9 && (0.0..1e15).contains(&value) {
        return number(value.round() as u64);
    }
    let text = format!("{value:.1}");
    text.trim_end_matches(".0").to_owned()
}

/// "1 person", "1,234 people".
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

/// "fewer than 5": what is said of a small number that stands alone.
pub fn few(profile: Profile) -> String {
    format!("fewer than {}", number(profile.least()))
}

/// A number that stands alone, or "fewer than 5".
pub fn number_or_few(value: Number, profile: Profile) -> String {
    value.map_or_else(|| few(profile), number)
}

/// A number among others that add up, or "withheld".
pub fn number_or_withheld(value: Number) -> String {
    value.map_or_else(|| WITHHELD.to_owned(), number)
}

/// "41 of 120 (34%)"; None where hidden.
pub fn of(cell: &Cell) -> Option<String> {
    let (count, base, share) = (cell.count()?, cell.base()?, cell.share()?);
    Some(format!("{} of {} ({})", number(count), number(base), percent(share)))
}

/// "41 of 120 (34%)", or "withheld".
pub fn of_or_withheld(cell: &Cell) -> String {
    of(cell).unwrap_or_else(|| WITHHELD.to_owned())
}

/// "41 (34%)", or "withheld": where the base stands at the head of the table.
pub fn count_share(cell: &Cell) -> String {
    match (cell.count(), cell.share()) {
        (Some(count), Some(share)) => format!("{} ({})", number(count), percent(share)),
        _ => WITHHELD.to_owned(),
    }
}

/// The count, or "withheld".
pub fn count(cell: &Cell) -> String {
    number_or_withheld(cell.count())
}

/// "fewer than 5", or "8 to 12 (5% to 7%)": what is told of a figure that is withheld, of so many.
pub fn between((least, most): (u64, u64), base: u64) -> String {
    if least < FEW {
        return format!("fewer than {}", number(most + 1));
    }
    let share = |count| percent(crate::tables::intervals::share(count, base));
    let (from, to) = (share(least), share(most));
    let shares = if from == to { from } else { format!("{from} to {to}") };
    format!("{} to {} ({shares})", number(least), number(most))
}

/// "26% to 43%", or "withheld"; with a decimal where whole points would show no width.
pub fn interval(cell: &Cell) -> String {
    let Some((low, high)) = cell.interval() else { return WITHHELD.to_owned() };
    let (from, to) = (percent(low), percent(high));
    if from == to && high > low {
        // Never 0.0% for some or 100.0% for not quite all.
        let (low, high) = ((low * 100.0).max(0.1), (high * 100.0).min(99.9));
        return if high - low >= 0.1 { format!("{low:.1}% to {high:.1}%") } else { from };
    }
    format!("{from} to {to}")
}

/// "a, b and c".
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A unit with its rate: "minutes", "workers a week".
pub fn unit(unit: &str, per: Option<&str>) -> String {
    let name = match unit {
        "gbp" => "pounds",
        "count" => "",
        other => other,
    };
    match (name, per) {
        ("", None) => String::new(),
        ("", Some(per)) => format!("a {per}"),
        (name, None) => name.to_owned(),
        (name, Some(per)) => format!("{name} a {per}"),
    }
}

/// A quantity with its unit: "20 minutes", "£18.50 an hour".
pub fn quantity(value: f64, unit: &str, per: Option<&str>) -> String {
    let rate = per.map_or_else(String::new, |per| {
        format!(" {} {per}", if per.starts_with('h') { "an" } else { "a" })
    });
    match unit {
        "gbp" => format!("£{value:.2}{rate}").replace(".00", ""),
        "count" => format!("{}{rate}", plain(value)),
        other => {
            let one = other.strip_suffix('s').unwrap_or(other);
            let name = if (value - 1.0).abs() < 1e-9 { one } else { other };
            format!("{} {name}{rate}", plain(value))
        }
    }
}

/// Two quantities of one unit: "20 to 30 minutes", "£18 to £20 an hour".
pub fn range(low: f64, high: f64, unit: &str, per: Option<&str>) -> String {
    if (low - high).abs() < 1e-9 {
        return quantity(low, unit, per);
    }
    let first = if unit == "gbp" { quantity(low, unit, None) } else { plain(low) };
    format!("{first} to {}", quantity(high, unit, per))
}

/// Half way between one in twelve and one in ten: less is not told in tenths.
pub const LEAST_TENTH: f64 = 11.0 / 120.0;

/// "About 3 in 10 people", "About 1 in 20 people": the nearest of shares that people can picture, and
/// never a tenth for half of one. None for nobody.
pub fn in_people(share: f64) -> Option<String> {
    const ONE_IN: [u32; 8] = [12, 15, 20, 25, 30, 40, 50, 100];
    if share <= 0.0 {
        return None;
    }
    if share < LEAST_TENTH {
        let off = |n: &u32| (1.0 / f64::from(*n) - share).abs();
        let nearest = ONE_IN.into_iter().min_by(|a, b| off(a).total_cmp(&off(b)))?;
        if nearest == 100 && share < 0.0075 {
            return Some("Fewer than 1 in 100 people".to_owned());
        }
        return Some(format!("About 1 in {nearest} people"));
    }
    Some(match tenths(share) {
        10 => "Nearly all people".to_owned(),
        5 => "About half of people".to_owned(),
        n => format!("About {n} in 10 people"),
    })
}

/// So many people of ten.
pub fn tenths(share: f64) -> u8 {
    (share * 10.0).round().clamp(0.0, 10.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_say_their_unit_once() {
        assert_eq!(range(22.5, 34.0, "minutes", None), "22.5 to 34 minutes");
        assert_eq!(range(18.0, 20.0, "gbp", Some("hour")), "£18 to £20 an hour");
        assert_eq!(range(3.0, 3.0, "count", Some("day")), "3 a day");
    }

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(of(&Cell::shown(41, 120)).as_deref(), Some("41 of 120 (34%)"));
        assert_eq!(of(&Cell::shown(1, 100_000)).as_deref(), Some("1 of 100,000 (<1%)"));
        assert_eq!(interval(&Cell::shown(41, 120)), "26% to 43%");
        assert_eq!(interval(&Cell::shown(34_000, 100_000)), "33.7% to 34.3%");
        assert_eq!(interval(&Cell::shown(0, 100_000)), "0% to <1%");
        assert_eq!(number_or_few(None, Profile::Standard), "fewer than 5");
        assert_eq!(number_or_few(None, Profile::Nhs), "fewer than 8");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }

    #[test]
    fn a_small_share_is_told_as_the_nearest_one_in_so_many() {
        for (share, wanted) in [
            (15.0 / 299.0, "About 1 in 20 people"),
            (0.10, "About 1 in 10 people"),
            (0.08, "About 1 in 12 people"),
            (0.13, "About 1 in 10 people"),
            (0.17, "About 2 in 10 people"),
            (0.49, "About half of people"),
            (0.01, "About 1 in 100 people"),
            (0.002, "Fewer than 1 in 100 people"),
            (0.97, "Nearly all people"),
        ] {
            assert_eq!(in_people(share).unwrap_or_default(), wanted, "{share}");
        }
        assert_eq!(in_people(0.0), None);
    }

    #[test]
    fn hidden_figures_say_so_and_nothing_else() {
        for text in [of_or_withheld(&Cell::Hidden), count(&Cell::Hidden), interval(&Cell::Hidden)] {
            assert_eq!(text, WITHHELD);
        }
    }

    #[test]
    fn of_withheld_figures_is_said_how_few_or_between_what() {
        assert_eq!(between((0, 4), 72), "fewer than 5");
        assert_eq!(between((8, 12), 168), "8 to 12 (5% to 7%)");
        assert_eq!(between((1_010, 1_014), 20_000), "1,010 to 1,014 (5%)");
    }

    #[test]
    fn quantities_carry_their_unit() {
        assert_eq!(quantity(1.0, "minutes", None), "1 minute");
        assert_eq!(quantity(18.5, "gbp", Some("hour")), "£18.50 an hour");
        assert_eq!(quantity(7.5, "hours", Some("week")), "7.5 hours a week");
        assert_eq!(quantity(12.0, "count", Some("week")), "12 a week");
    }
}
