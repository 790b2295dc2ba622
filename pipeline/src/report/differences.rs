//! Differences between groups of people and over time, in words: which hold after correction for
//! everything that was tested with them, and how much could be tested at all. Nothing is said of what
//! is withheld.

use super::asked::without_contacts;
use super::words::{counted, number, of, percent, spoken};
use crate::tables::difference::{
    ALL_OTHERS_KNOWN, Difference, Differences, EVERYBODY_ELSE, differences,
};
use crate::tables::evidence::{Breakdown, Dimension, Evidence, Finding, Unit};

/// Differences that become key findings, at most.
const MOST_FINDINGS: usize = 4;
/// Differences of a breakdown that are told in words, at most: all of them stand in the tables.
const MOST_TOLD: usize = 10;

/// By what a breakdown is, inside a sentence.
pub(super) fn by_what(by: &Breakdown) -> String {
    match by.dimension {
        Dimension::RespondentType => "who speaks".to_owned(),
        Dimension::Source => "file or sheet, in the order of reading".to_owned(),
        _ if is_question(&by.label) => format!("answer to “{}”", by.label),
        _ => spoken(&by.label),
    }
}

/// "Do you agree with the locality model" names nothing that groups could be by.
fn is_question(label: &str) -> bool {
    const BEGINNINGS: [&str; 14] = [
        "are ", "can ", "could ", "did ", "do ", "does ", "has ", "have ", "how ", "is ",
        "should ", "was ", "will ", "would ",
    ];
    let label = label.to_lowercase();
    BEGINNINGS.iter().any(|beginning| label.starts_with(beginning))
}

/// "the one theme", "the 7 themes".
pub(super) fn the_themes(n: usize) -> String {
    if n == 1 { "the one theme".to_owned() } else { format!("the {} themes", number(n as u64)) }
}

/// "of the 7 themes that can be shown and tested, none differs"; of one, that it does not.
pub(super) fn none_of(tested: usize, does: &str) -> String {
    match (tested, does) {
        (1, "changed") => "the one theme that can be shown and tested did not change".to_owned(),
        (1, _) => "the one theme that can be shown and tested does not differ".to_owned(),
        _ => format!("of {} that can be shown and tested, none {does}", the_themes(tested)),
    }
}

/// "1 theme", "7 themes".
pub(super) fn themes(n: usize) -> String {
    format!("{} {}", number(n as u64), if n == 1 { "theme" } else { "themes" })
}

/// Who is meant by a value of this breakdown.
fn named(by: &Breakdown, label: &str) -> String {
    match (by.dimension, by.unit) {
        _ if label == EVERYBODY_ELSE && by.unit == Unit::Comments => {
            "all other comments".to_owned()
        }
        _ if [EVERYBODY_ELSE, ALL_OTHERS_KNOWN].contains(&label) => label.to_owned(),
        (Dimension::Source, _) => format!("file or sheet {}", label.trim_start_matches('s')),
        (Dimension::Question, _) => format!("“{}”", without_contacts(label)),
        _ => format!("“{label}”"),
    }
}

/// "Punctuality: 15 of 72 (21%) for “Rural”, 8 of 168 (5%) for “Urban”."
fn sentence(by: &Breakdown, difference: &Difference<'_>) -> String {
    let figures = |cell| of(cell).unwrap_or_default();
    format!(
        "{}: {} for {}, {} for {}.",
        difference.row.label,
        figures(&difference.mine),
        named(by, difference.value),
        figures(&difference.other),
        named(by, difference.with)
    )
}

/// "punctuality, 21% for Rural and 5% for Urban": a difference inside a headline.
pub(super) fn in_short(difference: &Difference<'_>) -> String {
    let share = |share: Option<f64>| share.map(percent).unwrap_or_default();
    format!(
        "{}, {} for {} and {} for {}",
        spoken(&difference.row.label),
        share(difference.mine.share()),
        difference.value,
        share(difference.other.share()),
        difference.with
    )
}

/// "Corrected for the 28 comparisons of this breakdown" and what was left out of them.
fn reach(all: &Differences<'_>) -> String {
    match all.left_out {
        0 => String::new(),
        withheld => format!(" Not tested: {} of which figures are withheld.", themes(withheld)),
    }
}

/// Which differences of a breakdown hold: a sentence, and an item for each of them.
pub(super) fn told(by: &Breakdown) -> (String, Vec<String>) {
    let all = differences(by);
    let (by_what, rest) = (by_what(by), reach(&all));
    if all.tested == 0 {
        let known = by.values.iter().filter(|value| value.named || value.merged > 1).count();
        let why = if known < 2 {
            "of enough people only one group is known."
        } else {
            "the groups are so small that figures are withheld."
        };
        return (format!("Nothing can be compared by {by_what}: {why}"), Vec::new());
    }
    let correction = match all.tests {
        1 => "at the 5% level".to_owned(),
        many => format!("at the 5% level for all {} comparisons together", number(many as u64)),
    };
    if all.found.is_empty() {
        let tested = format!(
            "By {by_what}: {} by more than chance would explain (tested {correction}).{rest}",
            none_of(all.tested, "differs")
        );
        return (tested, Vec::new());
    }
    let hold = if all.found.len() == 1 { "one difference holds" } else { "these differences hold" };
    let lead = format!(
        "By {by_what}: of {} that can be shown and tested, {hold} after correction for many themes \
         ({correction}).{rest}",
        the_themes(all.tested)
    );
    let mut items: Vec<String> =
        all.found.iter().take(MOST_TOLD).map(|found| sentence(by, found)).collect();
    let more = all.found.len() - items.len();
    if more > 0 {
        items.push(format!(
            "{} as well: the table breakdowns has them all, in its column differs.",
            counted(more as u64, "smaller difference holds", "smaller differences hold")
        ));
    }
    (lead, items)
}

/// Differences of themes that are sure enough, as key findings: between groups of people and waves,
/// the widest first. What was asked under which question makes its own difference and is none.
pub fn findings(evidence: &Evidence, sure: impl Fn(&str) -> bool) -> Vec<Finding> {
    let breakdowns = evidence.main().map(|book| book.breakdowns.as_slice()).unwrap_or_default();
    let of_people = |by: &&Breakdown| {
        by.unit == Unit::Respondents
            && matches!(
                by.dimension,
                Dimension::Column(_) | Dimension::RespondentType | Dimension::Wave
            )
    };
    let mut found: Vec<(f64, Finding)> = Vec::new();
    for by in breakdowns.iter().filter(of_people) {
        let all = differences(by);
        // Of a theme the widest: where some raise it more, the others raise it less.
        let mut told: Vec<&str> = Vec::new();
        for difference in all.found.iter().filter(|difference| sure(&difference.row.id)) {
            if !told.contains(&difference.row.id.as_str()) {
                told.push(&difference.row.id);
                found.push((difference.apart(), finding(by, difference, all.tests)));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().map(|(_, finding)| finding).take(MOST_FINDINGS).collect()
}

fn finding(by: &Breakdown, difference: &Difference<'_>, tests: usize) -> Finding {
    let (by_what, label) = (by_what(by), &difference.row.label);
    let figures = |cell| of(cell).unwrap_or_default();
    let short = format!(
        "By {by_what}, {} was raised more by some than by others: {} for {} and {} for {}",
        spoken(label),
        difference.mine.share().map(percent).unwrap_or_default(),
        named(by, difference.value),
        difference.other.share().map(percent).unwrap_or_default(),
        named(by, difference.with)
    );
    let sentence = format!(
        "By {by_what}, {} was raised by {} for {} and by {} for {}: a difference larger than \
         chance would explain, after correction for {}.",
        spoken(label),
        figures(&difference.mine),
        named(by, difference.value),
        figures(&difference.other),
        named(by, difference.with),
        if tests == 1 {
            "the one comparison made".to_owned()
        } else {
            format!("the {} comparisons made", number(tests as u64))
        }
    );
    Finding {
        theme: difference.row.id.clone(),
        label: label.clone(),
        sentence,
        short: format!("{short}."),
        differs: true,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::tables::evidence::Cell;

    /// The breakdown by provider, in which theme 0 stands so.
    fn evidence(first: Cell, second: Cell) -> Evidence {
        let mut evidence = fixture::evidence(3, 240);
        for by in &mut evidence.codebooks[0].breakdowns {
            for row in &mut by.rows {
                row.cells.iter_mut().for_each(|cell| cell.raised = Cell::Hidden);
            }
        }
        let count = first.count().zip(second.count()).map_or(0, |(a, b)| a + b);
        let by = &mut evidence.codebooks[0].breakdowns[1];
        assert_eq!(by.id, "by_provider");
        by.rows[0].all = Cell::shown(count, 240);
        by.rows[0].cells[0].raised = first;
        by.rows[0].cells[1].raised = second;
        evidence
    }

    #[test]
    fn a_difference_that_holds_is_told_once_with_both_figures_and_makes_a_finding() {
        let evidence = evidence(Cell::shown(8, 168), Cell::shown(15, 72));
        let by = &evidence.main().unwrap().breakdowns[1];
        let (lead, items) = told(by);
        assert!(lead.contains("of the one theme that can be shown and tested"), "{lead}");
        assert!(lead.contains("Not tested: 2 themes of which figures are withheld"), "{lead}");
        assert_eq!(items.len(), 1);
        assert!(
            items[0].ends_with("15 of 72 (21%) for “Provider B”, 8 of 168 (5%) for “Provider A”.")
        );
        let found = findings(&evidence, |_| true);
        assert_eq!(found.len(), 1);
        assert!(found[0].differs && found[0].sentence.contains("15 of 72 (21%)"));
        assert!(found[0].sentence.ends_with("after correction for the 2 comparisons made."));
        assert!(findings(&evidence, |theme| theme != "theme_0").is_empty());
    }

    #[test]
    fn who_stated_nothing_is_no_group_to_be_compared() {
        let mut evidence = evidence(Cell::shown(8, 168), Cell::shown(15, 72));
        let by = &mut evidence.codebooks[0].breakdowns[1];
        (by.values[1].label, by.values[1].named) = ("Not stated".to_owned(), false);
        let (lead, items) = told(by);
        assert!(lead.ends_with("of enough people only one group is known."), "{lead}");
        assert!(items.is_empty() && findings(&evidence, |_| true).is_empty());
    }

    #[test]
    fn nothing_is_claimed_of_what_was_not_tested() {
        let withheld = evidence(Cell::Hidden, Cell::Hidden);
        let (lead, items) = told(&withheld.main().unwrap().breakdowns[1]);
        assert!(lead.starts_with("Nothing can be compared by provider") && items.is_empty());
        let small = evidence(Cell::shown(5, 168), Cell::shown(5, 72));
        let (lead, _) = told(&small.main().unwrap().breakdowns[1]);
        assert!(lead.contains("the one theme that can be shown and tested does not differ"));
        let alike = evidence(Cell::shown(70, 168), Cell::shown(30, 72));
        let (lead, items) = told(&alike.main().unwrap().breakdowns[1]);
        assert!(lead.contains("the one theme that can be shown and tested does not differ"));
        assert!(items.is_empty());
    }
}
