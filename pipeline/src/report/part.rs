//! One provider, area, ... on its own: what the report on everybody shows of it, as evidence of its
//! own. Nothing is counted again, so that all reports together tell no more than the one: a figure
//! that is hidden there is hidden here, and none from which it could be worked out is added.

use crate::tables::evidence::{
    Breakdown, Cell, CodebookEvidence, Evidence, Funnel, Overall, Split, ThemeRow,
};

/// Fewer people than these make no report.
pub const LEAST_PEOPLE: u64 = 10;

/// What a part is, beside the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// "West".
    pub label: String,
    /// "Area".
    pub by: String,
    /// People heard in it.
    pub people: u64,
    /// People heard in all.
    pub all: u64,
    /// Everybody's figure for each theme.
    pub everybody: Vec<(String, Cell)>,
}

/// Places in a breakdown that can have a report: named values with people enough.
pub fn places(by: &Breakdown) -> Vec<usize> {
    let reports = |at: &usize| by.values[*at].named && by.values[*at].base >= LEAST_PEOPLE;
    (0..by.values.len()).filter(reports).collect()
}

/// The evidence on the value at this place.
pub fn project(evidence: &Evidence, by: &Breakdown, at: usize) -> (Evidence, Part) {
    let value = &by.values[at];
    let mut themes: Vec<ThemeRow> = by
        .rows
        .iter()
        .map(|row| {
            let whole =
                evidence.main().and_then(|book| book.themes.iter().find(|t| t.id == row.id));
            let cell = &row.cells[at];
            ThemeRow {
                id: row.id.clone(),
                label: row.label.clone(),
                group: row.group.clone(),
                group_label: whole.map(|t| t.group_label.clone()).unwrap_or_default(),
                respondents: cell.raised,
                comments: Cell::Hidden,
                sentiment: cell.sentiment,
                comment_sentiment: Split::HIDDEN,
            }
        })
        .collect();
    themes.sort_by_key(|row| std::cmp::Reverse(row.respondents.count()));
    let book = evidence.main().map(|book| CodebookEvidence {
        themes,
        groups: book
            .groups
            .iter()
            .map(|group| ThemeRow {
                respondents: Cell::Hidden,
                comments: Cell::Hidden,
                sentiment: Split::HIDDEN,
                comment_sentiment: Split::HIDDEN,
                ..group.clone()
            })
            .collect(),
        thin: Vec::new(),
        breakdowns: Vec::new(),
        pairs: Vec::new(),
        standards: Vec::new(),
        ..book.clone()
    });
    let own = Evidence {
        profile: evidence.profile,
        draft: evidence.draft,
        staff: evidence.staff,
        funnel: Funnel {
            invited: None,
            received: None,
            to_type: None,
            informative: Some(value.base),
            coded: None,
            response_rate: None,
            margin: None,
            self_selected: evidence.funnel.self_selected,
            answers: None,
            status: Vec::new(),
            words: None,
        },
        heard: Vec::new(),
        sentiment: Overall { respondents: by.feeling[at], comments: Split::HIDDEN },
        codebooks: book.into_iter().collect(),
        questions: Vec::new(),
        measures: Vec::new(),
        outcomes: Vec::new(),
        outcomes_by: Vec::new(),
        processes: Vec::new(),
        represented: Vec::new(),
        weighted: None,
        unnamed: Vec::new(),
        stance: Vec::new(),
        languages: Vec::new(),
        flags: Vec::new(),
        redactions: Vec::new(),
        unprocessed: Vec::new(),
        rules: evidence.rules.clone(),
    };
    let part = Part {
        label: value.label.clone(),
        by: by.label.clone(),
        people: value.base,
        all: by.values.iter().map(|value| value.base).sum(),
        everybody: by.rows.iter().map(|row| (row.id.clone(), row.all)).collect(),
    };
    (own, part)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::fixture;
    use super::*;

    /// Every figure of a part stands in the whole, so that the set of reports is no larger than one.
    #[test]
    fn a_part_shows_only_figures_that_the_whole_shows() {
        let evidence = fixture::evidence(12, 240);
        let book = evidence.main().unwrap();
        let by = book.breakdowns.iter().find(|by| by.id == "by_provider").unwrap();
        assert_eq!(places(by), [0, 1]);
        for at in places(by) {
            let (own, part) = project(&evidence, by, at);
            assert_eq!(part.people, by.values[at].base);
            assert_eq!(own.sentiment.respondents, by.feeling[at]);
            for row in &own.main().unwrap().themes {
                let whole = by.rows.iter().find(|r| r.id == row.id).unwrap();
                assert_eq!(row.respondents, whole.cells[at].raised);
                assert_eq!(row.sentiment, whole.cells[at].sentiment);
                assert_eq!(row.comments, Cell::Hidden);
            }
            assert!(own.main().unwrap().groups.iter().all(|g| g.respondents == Cell::Hidden));
            let rest = (&own.heard, &own.questions, &own.measures, &own.outcomes, &own.flags);
            assert!(rest.0.is_empty() && rest.1.is_empty() && rest.2.is_empty());
            assert!(rest.3.is_empty() && rest.4.is_empty() && own.stance.is_empty());
        }
    }

    #[test]
    fn small_and_mixed_values_have_no_report() {
        let evidence = fixture::evidence(3, 12);
        let book = evidence.main().unwrap();
        let by = book.breakdowns.iter().find(|by| by.id == "respondent_type").unwrap();
        assert!(places(by).is_empty());
    }
}
