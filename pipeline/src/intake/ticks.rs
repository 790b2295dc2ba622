//! Columns that together are one question: platforms write a column for each option that could be
//! ticked ("What help do you get? [Meals]"), and a tick, a yes or the option's own words below it.

use std::collections::HashMap;

use super::column::Stats;
use super::header::Label;
use super::roles;
use super::understanding::Role;
use super::wording::{self, normal};

/// What stands between a question and an option in one header.
const BETWEEN: [&str; 7] = [" - ", " – ", " — ", ": ", " | ", " / ", "? "];

/// What stands below an option, beside its own words: that it was ticked, or that it was not.
const TICKS: [&str; 10] = ["yes", "y", "true", "1", "x", "ticked", "checked", "selected", "✓", "✔"];
const NONE: [&str; 9] =
    ["no", "n", "false", "0", "not ticked", "not checked", "not selected", "unticked", "unchecked"];

/// The question of a column, and the option of it that the column stands for.
#[derive(Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) question: String,
    pub(super) option: String,
}

/// For each column the question whose option it is, if it is one.
pub(super) fn questions(
    labels: &[Label],
    stats: &[Stats],
    roles: &[Role],
    rows: u64,
) -> Vec<Option<Tick>> {
    let mut by_question: HashMap<&str, Vec<usize>> = HashMap::new();
    for (column, label) in labels.iter().enumerate() {
        for (question, option) in readings(label) {
            let may = may_be_ticked(roles[column])
                || roles[column] == Role::RespondentType && asks_who(question);
            if may && is_ticked(&stats[column], option) {
                by_question.entry(question).or_default().push(column);
            }
        }
    }
    // Something that everyone has ticks nothing off: a score of which all gave 1.
    let tells = |column: &usize| {
        stats[*column].filled < rows || stats[*column].values.iter().any(|(v, _)| is(&NONE, v))
    };
    by_question.retain(|_, columns| columns.len() >= 2 && columns.iter().any(tells));
    let of = |(column, label): (usize, &Label)| {
        let known = |q: &str| by_question.get(q).is_some_and(|c| c.contains(&column));
        let (question, option) = readings(label).find(|(question, _)| known(question))?;
        Some(Tick { question: question.to_owned(), option: option.to_owned() })
    };
    labels.iter().enumerate().map(of).collect()
}

/// The ways to read a header as a question and an option, the longest question first.
fn readings(label: &Label) -> impl Iterator<Item = (&str, &str)> {
    let text = uncoded(label.text.trim());
    let bracketed = text.strip_suffix(']').and_then(|text| text.rsplit_once('['));
    let mut joined: Vec<(&str, &str)> = BETWEEN
        .iter()
        .flat_map(|between| {
            let cut = |(at, _)| {
                // A question keeps its mark.
                let mark = usize::from(between.starts_with('?'));
                (&text[..at + mark], &text[at + between.len()..])
            };
            text.match_indices(between).map(cut)
        })
        .collect();
    joined.sort_by_key(|(question, _)| std::cmp::Reverse(question.len()));
    let own = label.option.as_deref().map(|option| (text, option));
    // Of a header with its option below it nothing else is an option.
    let others = bracketed.into_iter().chain(joined).filter(move |_| own.is_none());
    own.into_iter()
        .chain(others)
        .map(|(question, option)| (question.trim(), option.trim()))
        .filter(|(question, option)| !question.is_empty() && !option.is_empty())
}

/// A header without the code that `LimeSurvey` gives each option: "WHO[SQ001]. Who are you? [Son]".
fn uncoded(text: &str) -> &str {
    let code = |code: &str| code.ends_with(']') && code.contains('[') && !code.contains(' ');
    text.split_once(". ").filter(|(before, _)| code(before)).map_or(text, |(_, rest)| rest)
}

/// Whether the options of a question are those who may speak.
pub(super) fn asks_who(question: &str) -> bool {
    let question = roles::plain(question);
    wording::speaker(&question) || wording::asks_who(&question)
}

/// Whether this cell of a column says that its option was ticked.
pub(super) fn says_so(cell: &str, option: &str) -> bool {
    is(&TICKS, cell) || !cell.is_empty() && normal(cell) == normal(option)
}

/// What may not be quoted is read from its column, whatever is ticked there; so is who speaks, but for
/// a column an option.
fn may_be_ticked(role: Role) -> bool {
    !matches!(role, Role::Empty | Role::Consent | Role::Hidden | Role::RespondentType)
}

fn is(words: &[&str], value: &str) -> bool {
    words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// True where nothing stands in the column but ticks, or the words of the option.
fn is_ticked(stats: &Stats, option: &str) -> bool {
    let option = normal(option);
    let all = stats.distinct() == stats.values.len() as u64;
    all && stats
        .values
        .iter()
        .all(|(value, _)| is(&TICKS, value) || is(&NONE, value) || normal(value) == option)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions_of(columns: &[(&str, &[&str])]) -> Vec<Option<String>> {
        let ticks = ticks_of(columns, Role::SingleChoice);
        ticks.into_iter().map(|tick| tick.map(|tick| tick.question)).collect()
    }

    fn ticks_of(columns: &[(&str, &[&str])], role: Role) -> Vec<Option<Tick>> {
        let rows = columns[0].1.len() as u64;
        let label = |(text, _): &(&str, _)| Label { text: (*text).to_owned(), ..Label::default() };
        let labels: Vec<Label> = columns.iter().map(label).collect();
        let count = |(_, values): &(&str, &[&str])| {
            let mut stats = Stats::default();
            values.iter().for_each(|value| stats.feed(value));
            stats
        };
        let stats: Vec<Stats> = columns.iter().map(count).collect();
        questions(&labels, &stats, &vec![role; columns.len()], rows)
    }

    #[test]
    fn options_in_columns_of_their_own_are_one_question() {
        for (one, other, question) in [
            ("Q3[SQ001]", "Q3[SQ002]", "Q3"),
            (
                "What help do you get? [Meals]",
                "What help do you get? [Baths]",
                "What help do you get?",
            ),
            ("Help - paid - Meals", "Help - paid - Baths", "Help - paid"),
            ("Q4. Who helps? Meals", "Q4. Who helps? Baths", "Q4. Who helps?"),
        ] {
            for ticks in [["Yes", "", "Yes"], ["1", "0", "1"], ["Ticked", "", ""]] {
                let found = questions_of(&[
                    (one, &ticks),
                    (other, &["Yes", "Yes", ""]),
                    ("Comments", &["They rush", "", ""]),
                ]);
                assert_eq!(found, [Some(question.to_owned()), Some(question.to_owned()), None]);
            }
        }
        let labelled = questions_of(&[
            ("Help - Hot meals", &["Hot meals", "", ""]),
            ("Help - Baths", &["", "Baths", ""]),
            ("Help - Other", &["My son", "", "The vicar"]),
        ]);
        assert_eq!(labelled, [Some("Help".to_owned()), Some("Help".to_owned()), None]);
    }

    #[test]
    fn who_speaks_may_be_ticked() {
        let columns: [(&str, &[&str]); 2] = [
            ("WHO[SQ001]. Who are you? [Service user]", &["Yes", "No"]),
            ("WHO[SQ002]. Who are you? [Family carer]", &["No", "Yes"]),
        ];
        let ticks = ticks_of(&columns, Role::RespondentType);
        let options: Vec<_> = ticks.iter().flatten().map(|tick| tick.option.as_str()).collect();
        assert_eq!(options, ["Service user", "Family carer"]);
        assert!(asks_who("Q1. Are you...") && asks_who("Are you (tick all that apply)"));
        assert!(!asks_who("Who helps you?") && !asks_who("How are you?"));
        assert!(says_so("1", "Son") && says_so("Son", "Son") && !says_so("0", "Son"));
        let helped: [(&str, &[&str]); 2] =
            [("Who helps? [Son]", &["Yes", "No"]), ("Who helps? [Carer]", &["No", "Yes"])];
        assert_eq!(ticks_of(&helped, Role::RespondentType), [None, None]);
    }

    #[test]
    fn answers_of_another_kind_are_no_ticks() {
        for columns in [
            // Scores, of which everyone gave the lowest.
            [("Rate us: times", ["1", "1", "1"]), ("Rate us: tea", ["1", "1", "1"])],
            [("Rate us: times", ["1", "4", "2"]), ("Rate us: tea", ["5", "1", "1"])],
            [("Care: is it good?", ["Yes", "No", ""]), ("Do you have a carer?", ["Yes", "No", ""])],
        ] {
            let columns = columns.each_ref().map(|(header, values)| (*header, values.as_slice()));
            assert_eq!(questions_of(&columns), [None, None]);
        }
    }
}
