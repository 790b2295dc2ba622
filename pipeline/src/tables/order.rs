//! The order of values that lie on a scale: age bands, lengths of time, how far people agree. In that
//! order a breakdown shows what rises and falls, which by size it hides. Values of which one lies on no
//! scale stay as they are.

/// Words in the order of their scale.
const SCALES: [&[&str]; 4] = [
    &[
        "strongly agree",
        "agree",
        "tend to agree",
        "neither",
        "neither agree nor disagree",
        "tend to disagree",
        "disagree",
        "strongly disagree",
    ],
    &[
        "very satisfied",
        "satisfied",
        "fairly satisfied",
        "neither",
        "neither satisfied nor dissatisfied",
        "fairly dissatisfied",
        "dissatisfied",
        "very dissatisfied",
    ],
    &["always", "usually", "often", "sometimes", "rarely", "hardly ever", "never"],
    &["excellent", "very good", "good", "fair", "average", "poor", "very poor"],
];
/// Words that put a number below itself ("under 50" stands before "50 to 64"), and above.
const BELOW: [&str; 5] = ["under ", "less than ", "below ", "up to ", "younger than "];
const ABOVE: [&str; 3] = ["over ", "more than ", "older than "];

/// The places of these values on one scale; None where they lie on none.
pub(super) fn places(values: &[&str]) -> Option<Vec<f64>> {
    let values: Vec<String> = values.iter().map(|value| value.trim().to_lowercase()).collect();
    let on = |scale: &&[&str]| -> Option<Vec<f64>> {
        let place = |value: &String| scale.iter().position(|word| word == value);
        values.iter().map(|value| place(value).map(|at| at as f64)).collect()
    };
    let found =
        SCALES.iter().find_map(on).or_else(|| values.iter().map(|v| number(v)).collect())?;
    let mut each = found.clone();
    each.sort_by(f64::total_cmp);
    (found.len() > 1 && each.windows(2).all(|two| two[0] < two[1])).then_some(found)
}

/// The first number of a value, moved by what is said before it.
fn number(value: &str) -> Option<f64> {
    let start = value.find(|c: char| c.is_ascii_digit())?;
    let digits = &value[start..];
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let number: f64 = digits[..end].parse().ok()?;
    let says = |words: &[&str]| words.iter().any(|word| value[..start].ends_with(word));
    Some(number + f64::from(u8::from(says(&ABOVE))) / 2.0 - f64::from(u8::from(says(&BELOW))) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_bands_and_answers_on_a_scale_have_an_order_and_names_have_none() {
        let order = |values: &[&'static str]| -> Option<Vec<&'static str>> {
            let mut placed: Vec<_> = places(values)?.into_iter().zip(values).collect();
            placed.sort_by(|a, b| a.0.total_cmp(&b.0));
            Some(placed.into_iter().map(|(_, value)| *value).collect())
        };
        assert_eq!(
            order(&["50 to 64", "85 and over", "Under 50", "65-84"]),
            Some(vec!["Under 50", "50 to 64", "65-84", "85 and over"])
        );
        assert_eq!(
            order(&["Disagree", "Agree", "Strongly agree"]),
            Some(vec!["Strongly agree", "Agree", "Disagree"])
        );
        assert_eq!(order(&["North", "South"]), None);
        assert_eq!(order(&["Team 7", "Agency"]), None);
    }
}
