//! Evidence as tables: polars frames, one for each published file, in the order of a reader.
//!
//! A null in a column of numbers is a figure that is hidden. What the files look like is left to
//! [`super::write`] and [`super::workbook`].

use heard_models::words::Sentiment;
use polars::prelude::*;

use super::difference::{Compared, compared};
use super::evidence::{
    Breakdown, Cell, CodebookEvidence, Evidence, Named, Signal, Split, ThemeRow,
};

/// A table that is published.
#[derive(Clone, Debug)]
pub struct Table {
    /// The files' name without ending, such as `themes`.
    pub name: String,
    /// What people read above it.
    pub title: String,
    /// The rows.
    pub frame: DataFrame,
}

fn table(name: &str, title: &str, columns: Vec<Column>) -> PolarsResult<Table> {
    let height = columns.first().map_or(0, Column::len);
    let frame = DataFrame::new(height, columns)?;
    Ok(Table { name: name.to_owned(), title: title.to_owned(), frame })
}

fn words<'a>(name: &str, values: impl Iterator<Item = &'a str>) -> Column {
    Column::new(name.into(), values.collect::<Vec<_>>())
}

fn numbers(name: &str, values: impl Iterator<Item = Option<u64>>) -> Column {
    Column::new(name.into(), values.collect::<Vec<_>>())
}

/// Figures without what sums leave behind their sixth decimal; very small ones as they are.
fn decimals(name: &str, values: impl Iterator<Item = Option<f64>>) -> Column {
    let tidy = |v: f64| if v.abs() < 1e-3 { v } else { (v * 1e6).round() / 1e6 };
    Column::new(name.into(), values.map(|value| value.map(tidy)).collect::<Vec<_>>())
}

fn truths(name: &str, values: impl Iterator<Item = Option<bool>>) -> Column {
    Column::new(name.into(), values.collect::<Vec<_>>())
}

/// `<name>`, `<name>_base`, `<name>_share`, `<name>_low`, `<name>_high`.
fn cells(name: &str, cells: &[Cell]) -> [Column; 5] {
    let named = |what: &str| format!("{name}_{what}");
    [
        numbers(name, cells.iter().map(Cell::count)),
        numbers(&named("base"), cells.iter().map(Cell::base)),
        decimals(&named("share"), cells.iter().map(Cell::share)),
        decimals(&named("low"), cells.iter().map(|c| c.interval().map(|(low, _)| low))),
        decimals(&named("high"), cells.iter().map(|c| c.interval().map(|(_, high)| high))),
    ]
}

/// `<prefix>positive`, `<prefix>negative`, `<prefix>mixed`, `<prefix>neutral`: counts.
fn splits(prefix: &str, splits: &[Split]) -> Vec<Column> {
    let part = |(at, sentiment): (usize, &Sentiment)| {
        let name = format!("{prefix}{sentiment}");
        numbers(&name, splits.iter().map(|split| split.parts()[at].1.count()))
    };
    Sentiment::ALL.iter().enumerate().map(part).collect()
}

/// Every table of the evidence that has a row.
pub fn tables(evidence: &Evidence) -> PolarsResult<Vec<Table>> {
    let mut all = vec![funnel(evidence)?, heard(evidence)?, overall(evidence)?];
    all.push(themes(evidence, "themes", "Themes that people raised", |book| &book.themes)?);
    all.push(themes(evidence, "groups", "Groups of themes", |book| &book.groups)?);
    all.push(themes(evidence, "thin_codes", "Praise and complaint without a reason", |book| {
        &book.thin
    })?);
    all.push(breakdowns(evidence)?);
    all.extend([
        pairs(evidence)?,
        standards(evidence)?,
        questions(evidence)?,
        measures(evidence)?,
        against(evidence)?,
        outcomes(evidence)?,
        outcomes_by(evidence)?,
        stance(evidence)?,
        represented(evidence)?,
        weighted(evidence)?,
        processes(evidence)?,
        unnamed(evidence)?,
        other(evidence)?,
    ]);
    all.retain(|table| table.frame.height() > 0);
    Ok(all)
}

fn funnel(evidence: &Evidence) -> PolarsResult<Table> {
    let funnel = &evidence.funnel;
    let mut rows = vec![
        ("Respondents", funnel.received),
        ("Respondents with something to say", funnel.informative),
        ("Respondents whose words were coded", funnel.coded),
        ("Answers", funnel.answers),
    ];
    if funnel.to_type != Some(0) {
        rows.insert(1, ("Of these, scans that wait to be typed", funnel.to_type));
    }
    if let Some(invited) = funnel.invited {
        rows.insert(0, ("Invited", Some(invited)));
    }
    rows.extend(funnel.status.iter().map(|row| (row.label.as_str(), row.number)));
    table(
        "funnel",
        "From those invited to what was coded",
        vec![
            words("what", rows.iter().map(|row| row.0)),
            numbers("number", rows.iter().map(|row| row.1)),
        ],
    )
}

fn heard(evidence: &Evidence) -> PolarsResult<Table> {
    let rows = || evidence.heard.iter().flat_map(|by| by.values.iter().map(move |v| (by, v)));
    table(
        "who_was_heard",
        "Who was heard",
        vec![
            words("by", rows().map(|(by, _)| by.label.as_str())),
            words("value", rows().map(|(_, value)| value.label.as_str())),
            words("unit", rows().map(|(by, _)| by.unit.as_str())),
            numbers("number", rows().map(|(_, value)| Some(value.base))),
            decimals("share", rows().map(|(_, value)| Some(value.share))),
        ],
    )
}

fn overall(evidence: &Evidence) -> PolarsResult<Table> {
    let of = [
        ("respondents", evidence.sentiment.respondents),
        ("comments", evidence.sentiment.comments),
    ];
    let rows: Vec<_> =
        of.iter().flat_map(|(unit, split)| split.parts().map(|part| (*unit, part))).collect();
    let mut columns = vec![
        words("unit", rows.iter().map(|row| row.0)),
        words("sentiment", rows.iter().map(|row| row.1.0.as_str())),
    ];
    columns.extend(cells("number", &rows.iter().map(|row| row.1.1).collect::<Vec<_>>()));
    table("sentiment", "What was felt on the whole", columns)
}

fn themes(
    evidence: &Evidence,
    name: &str,
    title: &str,
    of: impl Fn(&CodebookEvidence) -> &Vec<ThemeRow>,
) -> PolarsResult<Table> {
    let rows: Vec<(&str, &ThemeRow)> = evidence
        .codebooks
        .iter()
        .flat_map(|book| of(book).iter().map(|row| (book.id.as_str(), row)))
        .collect();
    let mut columns = vec![
        words("codebook", rows.iter().map(|row| row.0)),
        words("theme", rows.iter().map(|row| row.1.id.as_str())),
        words("label", rows.iter().map(|row| row.1.label.as_str())),
        words("group", rows.iter().map(|row| row.1.group_label.as_str())),
    ];
    let all = |of: fn(&ThemeRow) -> Cell| rows.iter().map(|row| of(row.1)).collect::<Vec<_>>();
    let felt = |of: fn(&ThemeRow) -> Split| rows.iter().map(|row| of(row.1)).collect::<Vec<_>>();
    columns.extend(cells("respondents", &all(|row| row.respondents)));
    columns.extend(splits("respondents_", &felt(|row| row.sentiment)));
    columns.extend(cells("comments", &all(|row| row.comments)));
    columns.extend(splits("comments_", &felt(|row| row.comment_sentiment)));
    table(name, title, columns)
}

fn breakdowns(evidence: &Evidence) -> PolarsResult<Table> {
    let mut frames = Vec::new();
    for book in &evidence.codebooks {
        for by in &book.breakdowns {
            frames.push(long(&book.id, by)?);
        }
    }
    together("breakdowns", "Themes by the values of each breakdown", frames)
}

/// Frames with the same columns below each other.
fn together(name: &str, title: &str, frames: Vec<DataFrame>) -> PolarsResult<Table> {
    let mut frames = frames.into_iter();
    let mut all = frames.next().unwrap_or_default();
    for frame in frames {
        all.vstack_mut(&frame)?;
    }
    all.rechunk_mut();
    Ok(Table { name: name.to_owned(), title: title.to_owned(), frame: all })
}

/// One row for each theme and value.
fn long(codebook: &str, by: &Breakdown) -> PolarsResult<DataFrame> {
    let rows = || {
        by.rows.iter().flat_map(|row| row.cells.iter().zip(&by.values).map(move |cell| (row, cell)))
    };
    let mut columns = vec![
        words("codebook", rows().map(|_| codebook)),
        words("by", rows().map(|_| by.id.as_str())),
        words("unit", rows().map(|_| by.unit.as_str())),
        words("theme", rows().map(|(row, _)| row.id.as_str())),
        words("label", rows().map(|(row, _)| row.label.as_str())),
        words("value", rows().map(|(_, (_, value))| value.label.as_str())),
    ];
    let raised: Vec<Cell> = rows().map(|(_, (cell, _))| cell.raised).collect();
    let felt: Vec<Split> = rows().map(|(_, (cell, _))| cell.sentiment).collect();
    columns.extend(cells("number", &raised));
    columns.extend(limits("number", by));
    columns.extend(splits("", &felt));
    columns.extend(comparisons(by));
    DataFrame::new(raised.len(), columns)
}

/// Each figure beside the value before it, or beside all others: `compared_with`, `apart` and
/// its interval, and `differs`, which is only true where the test says so.
fn comparisons(by: &Breakdown) -> Vec<Column> {
    let all = compared(by);
    let all = || all.iter().flatten();
    let decimal = |name: &str, of: fn(&Compared<'_>) -> f64| {
        decimals(name, all().map(|found| found.as_ref().map(of)))
    };
    vec![
        words("compared_with", all().map(|found| found.as_ref().map_or("", |found| found.with))),
        decimal("apart", |found| found.apart),
        decimal("apart_from", |found| found.interval.0),
        decimal("apart_to", |found| found.interval.1),
        truths("differs", all().map(|found| found.as_ref().map(|found| found.differs))),
    ]
}

/// The least and the most that a figure can be, hidden or not: `<name>_at_least`, `<name>_at_most`.
fn limits(name: &str, by: &Breakdown) -> [Column; 2] {
    let cells = || by.rows.iter().flat_map(|row| &row.cells);
    let limits =
        || cells().map(|cell| cell.between.or(cell.raised.count().map(|count| (count, count))));
    [
        numbers(&format!("{name}_at_least"), limits().map(|found| found.map(|(least, _)| least))),
        numbers(&format!("{name}_at_most"), limits().map(|found| found.map(|(_, most)| most))),
    ]
}

/// A breakdown as people read it: a row for each theme, a count and a share for each value.
pub fn wide(by: &Breakdown) -> PolarsResult<DataFrame> {
    let themes = || words("theme", by.rows.iter().map(|row| row.id.as_str()));
    let labels = words("Theme", by.rows.iter().map(|row| row.label.as_str()));
    let mut all = DataFrame::new(by.rows.len(), vec![themes(), labels])?;
    for (at, value) in by.values.iter().enumerate() {
        let cell = |row: usize| by.rows[row].cells[at].raised;
        let rows = 0..by.rows.len();
        // Numbered, because two values can read the same once small groups are put together.
        let name = format!("{}. {} (n = {})", at + 1, value.label, value.base);
        let share = format!("{}. share", at + 1);
        let columns = vec![
            themes(),
            numbers(&name, rows.clone().map(|row| cell(row).count())),
            decimals(&share, rows.map(|row| cell(row).share())),
        ];
        let frame = DataFrame::new(by.rows.len(), columns)?;
        all = all.left_join(&frame, ["theme"], ["theme"])?;
    }
    all.drop("theme")
}

fn pairs(evidence: &Evidence) -> PolarsResult<Table> {
    let rows = || evidence.codebooks.iter().flat_map(|b| b.pairs.iter().map(move |p| (b, p)));
    let mut columns = vec![
        words("codebook", rows().map(|(book, _)| book.id.as_str())),
        words("first", rows().map(|(_, pair)| pair.first_label.as_str())),
        words("second", rows().map(|(_, pair)| pair.second_label.as_str())),
    ];
    columns.extend(cells("respondents", &rows().map(|(_, p)| p.respondents).collect::<Vec<_>>()));
    columns.push(decimals("lift", rows().map(|(_, pair)| Some(pair.lift))));
    table("co_occurrence", "Themes raised by the same people", columns)
}

fn questions(evidence: &Evidence) -> PolarsResult<Table> {
    let rows = &evidence.questions;
    let mut columns = vec![
        words("question", rows.iter().map(|row| row.question.as_str())),
        words("polarity", rows.iter().map(|row| row.polarity.as_str())),
        numbers("comments", rows.iter().map(|row| row.comments)),
    ];
    columns.extend(splits("", &rows.iter().map(|row| row.sentiment).collect::<Vec<_>>()));
    table("questions", "What was asked", columns)
}

fn measures(evidence: &Evidence) -> PolarsResult<Table> {
    let rows = &evidence.measures;
    let of = |name: &str, get: fn(&super::evidence::MeasureSummary) -> Option<f64>| {
        decimals(name, rows.iter().map(|row| row.summary.as_ref().and_then(get)))
    };
    table(
        "measures",
        "What people report in numbers: of those who gave a number",
        vec![
            words("measure", rows.iter().map(|row| row.label.as_str())),
            words("unit", rows.iter().map(|row| row.unit.as_str())),
            words("per", rows.iter().map(|row| row.per.as_deref().unwrap_or_default())),
            numbers("respondents", rows.iter().map(|row| row.respondents)),
            numbers("values", rows.iter().map(|row| row.values)),
            of("median", |all| Some(all.median)),
            of("lower_quartile", |all| Some(all.lower_quartile)),
            of("upper_quartile", |all| Some(all.upper_quartile)),
            of("least", |all| all.range.map(|range| range.0)),
            of("most", |all| all.range.map(|range| range.1)),
        ],
    )
}

fn outcomes(evidence: &Evidence) -> PolarsResult<Table> {
    let rows =
        || evidence.outcomes.iter().flat_map(|row| row.directions.iter().map(move |d| (row, d)));
    let mut columns = vec![
        words("domain", rows().map(|(row, _)| row.label.as_str())),
        words("direction", rows().map(|(_, (way, _))| way.as_str())),
    ];
    columns.extend(cells("respondents", &rows().map(|(_, (_, cell))| *cell).collect::<Vec<_>>()));
    table("outcomes", "What care let people gain, keep, risk or lose", columns)
}

fn outcomes_by(evidence: &Evidence) -> PolarsResult<Table> {
    let mut frames = Vec::new();
    for by in &evidence.outcomes_by {
        let rows = || {
            let row = |row| by.values.iter().map(move |value| (row, value));
            by.rows.iter().flat_map(row)
        };
        let mut columns = vec![
            words("by", rows().map(|_| by.id.as_str())),
            words("outcome", rows().map(|(row, _)| row.id.as_str())),
            words("domain", rows().map(|(row, _)| row.group.as_str())),
            words("label", rows().map(|(row, _)| row.label.as_str())),
            words("value", rows().map(|(_, value)| value.label.as_str())),
        ];
        let raised = by.rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.raised));
        columns.extend(cells("respondents", &raised.collect::<Vec<_>>()));
        columns.extend(limits("respondents", by));
        columns.extend(comparisons(by));
        frames.push(DataFrame::new(by.rows.len() * by.values.len(), columns)?);
    }
    together("outcomes_by", "What care let people gain, keep, risk or lose, by group", frames)
}

fn standards(evidence: &Evidence) -> PolarsResult<Table> {
    let rows = || {
        evidence.codebooks.iter().flat_map(|book| {
            let standards = book.standards.iter();
            standards.flat_map(move |standard| {
                let clauses = standard.clauses.iter().enumerate();
                clauses.map(move |(at, clause)| (book, standard, at, clause))
            })
        })
    };
    let themes: Vec<String> = rows().map(|(.., clause)| clause.themes.join("; ")).collect();
    let mut columns = vec![
        words("codebook", rows().map(|(book, ..)| book.id.as_str())),
        words("standard", rows().map(|(_, standard, ..)| standard.id.as_str())),
        words("title", rows().map(|(_, standard, ..)| standard.title.as_str())),
        truths("best_fit", rows().map(|(_, standard, ..)| Some(standard.best_fit))),
        numbers("place", rows().map(|(_, _, at, _)| Some(at as u64 + 1))),
        words("clause", rows().map(|(.., clause)| clause.id.as_str())),
        words("label", rows().map(|(.., clause)| clause.label.as_str())),
        words("themes", themes.iter().map(String::as_str)),
    ];
    let raised: Vec<Cell> = rows().map(|(.., clause)| clause.respondents).collect();
    let felt: Vec<Split> = rows().map(|(.., clause)| clause.sentiment).collect();
    columns.extend(cells("respondents", &raised));
    columns.extend(splits("respondents_", &felt));
    table("standards", "Clauses of standards, raised by who raised a theme mapped to them", columns)
}

fn against(evidence: &Evidence) -> PolarsResult<Table> {
    let rows = || evidence.measures.iter().filter_map(|row| Some((row, row.against.as_ref()?)));
    let mut columns = vec![
        words("measure", rows().map(|(row, _)| row.label.as_str())),
        words("standard", rows().map(|(_, against)| against.standard.as_str())),
    ];
    columns.extend(cells("all_within", &rows().map(|(_, a)| a.kept).collect::<Vec<_>>()));
    columns.extend(cells("any_beyond", &rows().map(|(_, a)| a.beyond).collect::<Vec<_>>()));
    let title = "Numbers that people gave beside your standard: of those who gave a number";
    table("measures_and_standards", title, columns)
}

fn represented(evidence: &Evidence) -> PolarsResult<Table> {
    let rows = || evidence.represented.iter().flat_map(|by| by.rows.iter().map(move |r| (by, r)));
    let mut columns = vec![
        words("by", rows().map(|(by, _)| by.label.as_str())),
        words("value", rows().map(|(_, row)| row.label.as_str())),
    ];
    columns.extend(cells("respondents", &rows().map(|(_, r)| r.respondents).collect::<Vec<_>>()));
    columns.push(numbers("receive_care", rows().map(|(_, row)| Some(row.people))));
    columns.push(decimals("receive_care_share", rows().map(|(_, row)| Some(row.people_share))));
    table("responded_and_receive_care", "Who responded beside who receives care", columns)
}

fn weighted(evidence: &Evidence) -> PolarsResult<Table> {
    let weighted = evidence.weighted.as_ref();
    let rows = || weighted.iter().flat_map(|all| all.rows.iter().map(move |row| (all, row)));
    let columns_of: Vec<String> = rows().map(|(all, _)| all.columns.join("; ")).collect();
    let mut columns = vec![
        words("theme", rows().map(|(_, row)| row.id.as_str())),
        words("label", rows().map(|(_, row)| row.label.as_str())),
    ];
    columns.extend(cells("unweighted", &rows().map(|(_, r)| r.unweighted).collect::<Vec<_>>()));
    columns.extend([
        decimals("weighted_share", rows().map(|(_, row)| row.weighted.map(|all| all.0))),
        decimals("weighted_low", rows().map(|(_, row)| row.weighted.map(|all| all.1))),
        decimals("weighted_high", rows().map(|(_, row)| row.weighted.map(|all| all.2))),
        words("weighted_by", columns_of.iter().map(String::as_str)),
        numbers("weighted_respondents", rows().map(|(all, _)| Some(all.respondents))),
        decimals("design_effect", rows().map(|(all, _)| Some(all.design_effect))),
    ]);
    let title = "Unweighted and weighted shares; weights cannot mend who chose to reply";
    table("weighted", title, columns)
}

fn processes(evidence: &Evidence) -> PolarsResult<Table> {
    let rows = || evidence.processes.iter().flat_map(|p| p.points.iter().map(move |at| (p, at)));
    let mut columns = vec![
        words("process", rows().map(|(process, _)| process.id.as_str())),
        words("label", rows().map(|(process, _)| process.label.as_str())),
        words("month", rows().map(|(_, point)| point.month.as_str())),
    ];
    columns.extend(cells("number", &rows().map(|(_, point)| point.cell).collect::<Vec<_>>()));
    columns.extend([
        decimals("centre_share", rows().map(|(process, _)| Some(process.centre))),
        decimals("limit_low", rows().map(|(process, _)| Some(process.lower))),
        decimals("limit_high", rows().map(|(process, _)| Some(process.upper))),
        words("signal", rows().map(|(_, point)| point.signal.map_or("", Signal::as_str))),
    ]);
    table("months", "Month by month, with natural process limits", columns)
}

fn unnamed(evidence: &Evidence) -> PolarsResult<Table> {
    let rows = &evidence.unnamed;
    let terms: Vec<String> = rows.iter().map(|row| row.terms.join(", ")).collect();
    table(
        "not_in_the_codebook",
        "What people spoke of that the codebook has no theme for",
        vec![
            numbers("number", rows.iter().map(|row| Some(row.number))),
            words("words_in_common", terms.iter().map(String::as_str)),
            numbers("respondents", rows.iter().map(|row| row.respondents)),
            numbers("passages", rows.iter().map(|row| row.passages)),
        ],
    )
}

fn stance(evidence: &Evidence) -> PolarsResult<Table> {
    let rows = || evidence.stance.iter().flat_map(|row| row.stances.iter().map(move |s| (row, s)));
    let mut columns = vec![
        words("question", rows().map(|(row, _)| row.question.as_str())),
        words("stance", rows().map(|(_, (stance, _))| stance.as_str())),
    ];
    columns.extend(cells("comments", &rows().map(|(_, (_, cell))| *cell).collect::<Vec<_>>()));
    table("stance", "For and against each proposal", columns)
}

fn other(evidence: &Evidence) -> PolarsResult<Table> {
    let kinds: [(&str, &[Named]); 4] = [
        ("Language", &evidence.languages),
        ("Flag", &evidence.flags),
        ("Redaction", &evidence.redactions),
        ("Set aside", &evidence.unprocessed),
    ];
    let rows: Vec<_> =
        kinds.iter().flat_map(|(kind, rows)| rows.iter().map(|row| (*kind, row))).collect();
    table(
        "other_counts",
        "Languages, flags, redactions and what was set aside",
        vec![
            words("kind", rows.iter().map(|row| row.0)),
            words("what", rows.iter().map(|row| row.1.label.as_str())),
            numbers("number", rows.iter().map(|row| row.1.number)),
        ],
    )
}
