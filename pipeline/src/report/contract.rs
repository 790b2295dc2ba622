//! "For the specification": what each theme that people raised may become in a contract. The evidence
//! comes from the tables, the drafts from the codebook's own file, the target from nobody yet.

use polars::prelude::{Column, DataFrame, PolarsResult};

use super::Facts;
use super::words::{count_share, interval, of_or_withheld};
use crate::tables::evidence::{Cell, Evidence, ThemeRow};
use crate::tables::frames::Table;

/// A theme on its way into a contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Id of the theme.
    pub theme: String,
    /// What people read.
    pub label: String,
    /// People who raised it.
    pub raised: Cell,
    /// Of these, people with criticism only.
    pub critical: Cell,
    /// Whether the theme is right often enough for a key finding.
    pub sure: bool,
    /// Draft requirement; empty where the codebook has none.
    pub requirement: String,
    /// Draft indicator.
    pub indicator: String,
    /// visit log, survey or staff return.
    pub measured_in: String,
    /// Clauses of the standards.
    pub clause: String,
    /// What other figures say of it.
    pub figures: Vec<String>,
}

impl Row {
    /// "41 of 120 (34%), 95% interval 26% to 43%; 30 (73%) of them only critical."
    pub fn evidence(&self) -> String {
        let mut text = of_or_withheld(&self.raised);
        if self.raised.count().is_some() {
            text = format!("{text}, 95% interval {}", interval(&self.raised));
        }
        if self.critical.count().is_some() {
            text = format!("{text}; {} of them only critical", count_share(&self.critical));
        }
        if !self.sure {
            text.push_str(". Unsure: read a sample first");
        }
        text.push('.');
        text
    }
}

/// A row for each theme that anybody raised, those with most criticism first.
pub fn rows(evidence: &Evidence, facts: &Facts) -> Vec<Row> {
    let themes = evidence.main().map(|book| book.themes.as_slice()).unwrap_or_default();
    let mut rows: Vec<Row> = themes
        .iter()
        .filter(|theme| theme.respondents.count().is_some_and(|n| n > 0))
        .map(|theme| row(theme, evidence, facts))
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.critical.count(), row.raised.count())));
    rows
}

fn row(theme: &ThemeRow, evidence: &Evidence, facts: &Facts) -> Row {
    let draft = facts.drafts.iter().find(|draft| draft.id == theme.id);
    let is_its = |name: &str| name == theme.id || name.eq_ignore_ascii_case(&theme.label);
    let figures = facts.figures.iter().filter(|figure| is_its(&figure.theme));
    Row {
        theme: theme.id.clone(),
        label: theme.label.clone(),
        raised: theme.respondents,
        critical: theme.sentiment.negative,
        sure: facts.is_sure(&theme.id, evidence.draft),
        requirement: draft.map(|d| d.requirement.clone()).unwrap_or_default(),
        indicator: draft.map(|d| d.indicator.clone()).unwrap_or_default(),
        measured_in: draft.map(|d| d.measured_in.clone()).unwrap_or_default(),
        clause: facts.clauses.get(&theme.id).cloned().unwrap_or_default(),
        figures: figures.map(crate::specification::VisitFigure::said).collect(),
    }
}

/// `specification`: the rows as a published table.
pub fn table(rows: &[Row]) -> PolarsResult<Table> {
    let words = |name: &str, of: &dyn Fn(&Row) -> String| {
        Column::new(name.into(), rows.iter().map(of).collect::<Vec<String>>())
    };
    let numbers = |name: &str, of: &dyn Fn(&Row) -> Option<u64>| {
        Column::new(name.into(), rows.iter().map(of).collect::<Vec<Option<u64>>>())
    };
    let columns = vec![
        words("theme", &|row| row.theme.clone()),
        words("label", &|row| row.label.clone()),
        numbers("respondents", &|row| row.raised.count()),
        numbers("respondents_base", &|row| row.raised.base()),
        numbers("critical", &|row| row.critical.count()),
        words("evidence", &Row::evidence),
        words("visit_log_figures", &|row| row.figures.join("; ")),
        words("draft_requirement", &|row| row.requirement.clone()),
        words("indicator", &|row| row.indicator.clone()),
        words("measured_in", &|row| row.measured_in.clone()),
        words("clause", &|row| row.clause.clone()),
        words("target", &|_| String::new()),
    ];
    Ok(Table {
        name: "specification".to_owned(),
        title: "For the specification: drafts for people to decide on".to_owned(),
        frame: DataFrame::new(rows.len(), columns)?,
    })
}
