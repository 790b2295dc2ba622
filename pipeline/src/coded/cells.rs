//! What a cell of a coded spreadsheet may say: a feeling in words, signs or levels, a yes or no, a
//! mark under a theme.

use heard_models::words::Sentiment;

use crate::intake::normal;

/// Letters and digits of a name, lower case, without "and": how names are compared.
pub(super) fn plain(name: &str) -> String {
    let words = normal(name);
    words.split(' ').filter(|word| *word != "and").collect()
}

/// How sentiment is written in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// positive, negative, mixed, neutral.
    Words,
    /// Words with "very positive" and "very negative" among them: five levels.
    Levels,
    /// The NHS coding, 1 (very positive) to 5 (very negative).
    Nhs,
    /// -2 (very negative) to 2 (very positive).
    Signed,
}

impl Scale {
    /// The scale of a sentiment column: numbers with a 0 or a minus among them are signed, others
    /// are the NHS's.
    pub(super) fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut scale = Self::Words;
        for cell in cells {
            match whole(cell) {
                Some(number) if number <= 0 => return Self::Signed,
                Some(_) => scale = Self::Nhs,
                None if scale == Self::Words && words(cell).is_some_and(|w| w.1.abs() == 2) => {
                    scale = Self::Levels;
                }
                None => {}
            }
        }
        scale
    }

    /// True where feelings have five levels.
    pub fn has_levels(self) -> bool {
        self != Self::Words
    }

    /// What a cell may hold, for an error.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Words | Self::Levels => "a sentiment (positive, negative, mixed or neutral)",
            Self::Nhs => "a sentiment from 1 (very positive) to 5 (very negative)",
            Self::Signed => "a sentiment from -2 (very negative) to 2 (very positive)",
        }
    }

    /// The feeling that a cell tells, and its level on scales that have levels.
    pub(super) fn feeling(self, cell: &str) -> Option<(Sentiment, Option<i8>)> {
        if let Some((sentiment, level)) = words(cell) {
            return Some((sentiment, self.has_levels().then_some(level)));
        }
        let number = whole(cell)?;
        let level = match self {
            Self::Nhs if (1..=5).contains(&number) => 3 - number,
            Self::Signed if (-2..=2).contains(&number) => number,
            _ => return None,
        };
        let sentiment = match level {
            1.. => Sentiment::Positive,
            0 => Sentiment::Neutral,
            _ => Sentiment::Negative,
        };
        Some((sentiment, Some(level as i8)))
    }
}

/// A whole number, as spreadsheets write it.
fn whole(cell: &str) -> Option<i64> {
    let number: f64 = cell.trim().replace('\u{2212}', "-").parse().ok()?;
    (number.fract() == 0.0 && number.abs() < 1000.0).then_some(number as i64)
}

/// A feeling in words or signs, and the level that the word has.
pub(super) fn words(cell: &str) -> Option<(Sentiment, i8)> {
    use Sentiment::{Mixed, Negative, Neutral, Positive};
    Some(match cell.trim() {
        "+" => (Positive, 1),
        "++" => (Positive, 2),
        "-" | "\u{2212}" | "\u{2013}" => (Negative, -1),
        "--" => (Negative, -2),
        "+/-" | "±" | "+-" => (Mixed, 0),
        cell => match normal(cell).as_str() {
            "positive" | "pos" => (Positive, 1),
            "very positive" | "strongly positive" => (Positive, 2),
            "negative" | "neg" => (Negative, -1),
            "very negative" | "strongly negative" => (Negative, -2),
            "mixed" | "both" => (Mixed, 0),
            "neutral" | "neither" => (Neutral, 0),
            _ => return None,
        },
    })
}

/// A yes or a no.
pub(super) fn yes(cell: &str) -> Option<bool> {
    match normal(cell).as_str() {
        "yes" | "y" | "1" | "true" | "x" | "t" => Some(true),
        "no" | "n" | "0" | "false" | "f" => Some(false),
        _ if matches!(cell.trim(), "✓" | "✔" | "*") => Some(true),
        _ => None,
    }
}

/// What stands in the column of a theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// The theme is not there.
    Absent,
    /// It is, with its feeling where that is told.
    Present(Option<Sentiment>),
}

/// The mark in a cell; None for anything else. In a file with -1 among its marks 1 is praise.
pub(super) fn mark(cell: &str, signed: bool) -> Option<Mark> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Some(Mark::Absent);
    }
    match (signed, whole(cell)) {
        (true, Some(1)) => return Some(Mark::Present(Some(Sentiment::Positive))),
        (true, Some(-1)) => return Some(Mark::Present(Some(Sentiment::Negative))),
        (_, Some(0)) => return Some(Mark::Absent),
        (_, Some(1)) => return Some(Mark::Present(None)),
        _ => {}
    }
    if let Some((sentiment, _)) = words(cell) {
        return Some(Mark::Present(Some(sentiment)));
    }
    yes(cell).map(|yes| if yes { Mark::Present(None) } else { Mark::Absent })
}

/// True for a cell by which the marks of a file are known to be signed.
pub(super) fn is_minus_one(cell: &str) -> bool {
    whole(cell) == Some(-1)
}

/// True for a themes cell that says that there is none.
pub(super) fn no_theme(cell: &str) -> bool {
    matches!(normal(cell).as_str(), "" | "none" | "no theme" | "no themes" | "n a" | "na" | "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_told_from_its_values() {
        assert_eq!(Scale::of(["1", "5", ""].into_iter()), Scale::Nhs);
        assert_eq!(Scale::of(["1", "2", "-1"].into_iter()), Scale::Signed);
        assert_eq!(Scale::of(["Positive", "Very negative"].into_iter()), Scale::Levels);
        assert_eq!(Scale::of(["positive", "mixed"].into_iter()), Scale::Words);
    }

    #[test]
    fn nhs_levels_are_three_minus_the_number() {
        assert_eq!(Scale::Nhs.feeling("1.0"), Some((Sentiment::Positive, Some(2))));
        assert_eq!(Scale::Nhs.feeling("5"), Some((Sentiment::Negative, Some(-2))));
        assert_eq!(Scale::Nhs.feeling("6"), None);
        assert_eq!(Scale::Signed.feeling("0"), Some((Sentiment::Neutral, Some(0))));
        assert_eq!(Scale::Words.feeling("both"), Some((Sentiment::Mixed, None)));
        assert_eq!(Scale::Words.feeling("1"), None);
    }

    #[test]
    fn a_mark_may_be_a_feeling() {
        assert_eq!(mark("x", false), Some(Mark::Present(None)));
        assert_eq!(mark("No", false), Some(Mark::Absent));
        assert_eq!(mark("-", false), Some(Mark::Present(Some(Sentiment::Negative))));
        assert_eq!(mark("1", true), Some(Mark::Present(Some(Sentiment::Positive))));
        assert_eq!(mark("late again", false), None);
    }

    #[test]
    fn names_are_compared_by_their_letters() {
        assert_eq!(
            plain("Positive experience & gratitude"),
            plain("positive_experience_and_gratitude")
        );
    }
}
