//! Where a table's header is, however many rows it has, and what each column is called.
//!
//! Titles and notes above the header, two or three header rows (`SurveyMonkey`, `SmartSurvey`,
//! Qualtrics), codes above questions, group headings and tables without any header are told apart
//! by how the first rows differ from what stands below them.

use std::collections::HashSet;

use super::dates::{self, Order};
use super::repair;
use super::row::Row;
use super::wording;

/// What a column is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Label {
    /// The question or name, header rows joined.
    pub(crate) text: String,
    /// The answer option that a second header row names, if any.
    pub(crate) option: Option<String>,
    /// The file itself says that this is open text ("Open-Ended Response").
    pub(crate) open_ended: bool,
}

/// The header of a table.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    /// Rows of the file that hold it, from 1; none where the table has no header.
    pub(crate) rows: Vec<u32>,
    /// The last row of the file that is header or stands above it: data comes after.
    pub(crate) ends: u32,
    /// A label for each column.
    pub(crate) labels: Vec<Label>,
}

/// Rows above which the header has to be.
const REACH: usize = 20;

/// Finds the header in the first rows of a table. Blank rows are left out by the caller.
pub(crate) fn find(rows: &[Row]) -> Header {
    let width = table_width(rows);
    let first = first_header_row(rows, width);
    let body = &rows[(first + 1).min(rows.len())..];
    let Some(top) = rows.get(first).filter(|row| !is_data(row, body, width)) else {
        let labels = (1..=width).map(|n| Label { text: format!("Column {n}"), ..Label::default() });
        let ends = first.checked_sub(1).map_or(0, |above| rows[above].number);
        return Header { rows: Vec::new(), ends, labels: labels.collect() };
    };
    let count = header_rows(rows, first, width);
    let mut found = &rows[first..first + count];
    // Codes above the questions ("Ident 1") name nothing: they stand above the header, like a title.
    if let [codes, questions] = found
        && codes_above_questions(codes, questions, &rows[first + 2..], width)
    {
        found = &found[1..];
    }
    let labels = labels(found, width);
    Header {
        rows: found.iter().map(|r| r.number).collect(),
        ends: found.last().unwrap_or(top).number,
        labels,
    }
}

/// A header that the settings file gives.
pub(crate) fn given(rows: &[Row], numbers: &[u32]) -> Header {
    let found: Vec<Row> = rows.iter().filter(|r| numbers.contains(&r.number)).cloned().collect();
    let width = table_width(rows);
    let ends = numbers.iter().copied().max().unwrap_or(0);
    if found.is_empty() {
        let labels = (1..=width).map(|n| Label { text: format!("Column {n}"), ..Label::default() });
        return Header { rows: Vec::new(), ends, labels: labels.collect() };
    }
    Header { rows: found.iter().map(|r| r.number).collect(), ends, labels: labels(&found, width) }
}

fn filled(row: &Row) -> usize {
    row.cells().filter(|c| !c.trim().is_empty()).count()
}

fn row_width(row: &Row) -> usize {
    (0..row.len()).rev().find(|i| !row.get(*i).trim().is_empty()).map_or(0, |i| i + 1)
}

/// Columns of the table: as wide as the first row that is more than a title, and as nearly all rows;
/// one broken row must not widen a table that no other row fills.
fn table_width(rows: &[Row]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(row_width).collect();
    let head = rows.iter().position(|r| filled(r) > 1).map_or(1, |at| widths[at]);
    widths.sort_unstable();
    let usual = widths.get(widths.len().saturating_sub(1) * 19 / 20).copied().unwrap_or(0);
    head.max(usual)
}

/// The first row that is more than a title or a note.
fn first_header_row(rows: &[Row], width: usize) -> usize {
    let reach = rows.len().min(REACH);
    for (i, row) in rows.iter().take(reach).enumerate() {
        let below = rows[i + 1..].iter().take(8).map(filled).max().unwrap_or(0);
        let title = filled(row) == 1 && width > 1 && below > 1;
        let note =
            filled(row) == 2 && width >= 5 && below >= 4 && row.len() > 1 && row_width(row) <= 3;
        // A title in the first cell and a note in the last, over a row of names.
        let named = |cell: &str| {
            let lower = cell.trim().to_lowercase();
            cell.split_whitespace().count() >= 3
                && !lower.ends_with('?')
                && !wording::question(&lower)
                && !wording::asks_for_words(&lower)
        };
        let next = rows.get(i + 1).map_or(0, filled);
        let headed = filled(row) == 2
            && width >= 6
            && next * 10 >= width * 8
            && named(row.get(0))
            && row.get(0).to_uppercase() == row.get(0);
        if !title && !note && !headed {
            return i;
        }
    }
    0
}

/// A cell that is a number, a day or an address rather than a name of a column.
fn typed(cell: &str) -> bool {
    let cell = cell.trim();
    cell.parse::<f64>().is_ok()
        || cell.contains('@') && !cell.contains(' ')
        || cell.len() <= 32 && dates::parse(cell, Order::DayFirst).is_some()
}

/// True where most of the filled cells of this column below are numbers, days or addresses.
fn typed_column(body: &[Row], column: usize) -> bool {
    let (mut all, mut hits) = (0, 0);
    for row in body.iter().take(100) {
        let cell = row.get(column);
        if !wording::missing(cell) {
            all += 1;
            hits += usize::from(typed(cell));
        }
    }
    all > 0 && hits * 5 >= all * 3
}

/// True where the first row is already an answer: the table has no header.
fn is_data(row: &Row, body: &[Row], width: usize) -> bool {
    if body.is_empty() {
        return false;
    }
    let columns: Vec<usize> = (0..width).filter(|c| typed_column(body, *c)).collect();
    let same = columns.iter().filter(|c| typed(row.get(**c))).count();
    if !columns.is_empty() {
        return same * 2 > columns.len();
    }
    if width == 1 {
        let cell = row.get(0).trim().to_lowercase();
        let asks = wording::asks_for_words(&cell) || wording::question(&cell);
        return cell.ends_with('.') || !asks && cell.split_whitespace().count() > 6;
    }
    // No typed column: a header does not repeat among the values below it.
    let repeats = (0..width)
        .filter(|c| !row.get(*c).trim().is_empty() && body.iter().any(|r| r.get(*c) == row.get(*c)))
        .count();
    repeats * 2 > filled(row)
}

/// How many rows the header has, from row `first` on.
fn header_rows(rows: &[Row], first: usize, width: usize) -> usize {
    let top = &rows[first];
    let import =
        rows[first..].iter().take(4).position(|r| r.cells().any(|c| c.contains("ImportId")));
    if let Some(at) = import {
        return at + 1;
    }
    let Some(second) = rows.get(first + 1) else { return 1 };
    let body = &rows[first + 2..];
    if body.is_empty() {
        return 1;
    }
    // What stands there again below is an answer: "Free text" in a table that names the type of each.
    let platform = (0..width).any(|c| {
        is_response_label(second.get(c)) && !body.iter().any(|row| row.get(c) == second.get(c))
    });
    if platform
        || spans(top, second, body, width)
        || codes_above_questions(top, second, body, width)
    {
        return 2;
    }
    if groups_above_header(top, second, body, width) {
        return 1 + header_rows(rows, first + 1, width);
    }
    1
}

/// What platforms write below a question with one field.
fn is_response_label(cell: &str) -> bool {
    let cell = cell.trim();
    cell.eq_ignore_ascii_case("response") || is_open_ended(cell)
}

fn is_open_ended(cell: &str) -> bool {
    let lower = cell.trim().to_lowercase();
    ["open-ended response", "open ended response", "open-ended text", "open text", "free text"]
        .contains(&lower.as_str())
}

/// True where the first row's questions stand over options named in the second, whose own first
/// columns (id, date) are blank although the data below fills them.
fn spans(top: &Row, second: &Row, body: &[Row], width: usize) -> bool {
    let blank = |row: &Row, c: usize| row.get(c).trim().is_empty();
    let usually_filled = |c: usize| {
        let rows = body.iter().take(50);
        let (all, full) = rows.fold((0, 0), |(a, f), r| (a + 1, f + usize::from(!blank(r, c))));
        full * 5 >= all * 4
    };
    let lead = (0..width).any(|c| !blank(top, c) && blank(second, c) && usually_filled(c));
    let spanned = (1..width).any(|c| {
        let under = blank(top, c) || top.get(c) == top.get(c - 1);
        under && !blank(second, c) && !typed(second.get(c))
    });
    lead && spanned
}

/// True where the first row holds codes ("Q1", "Ident 2") and the second the questions.
fn codes_above_questions(top: &Row, second: &Row, body: &[Row], width: usize) -> bool {
    let is_code = |cell: &str| {
        let letters = cell.bytes().take_while(u8::is_ascii_alphabetic).count();
        let rest = cell[letters..].trim_start_matches([' ', '_', '-', '.']);
        (1..=12).contains(&letters)
            && rest.starts_with(|c: char| c.is_ascii_digit())
            && !rest.contains(' ')
    };
    let cells: Vec<&str> = top.cells().map(str::trim).filter(|c| !c.is_empty()).collect();
    let codes = cells.iter().filter(|c| is_code(c)).count();
    let filled_second: Vec<usize> =
        (0..width).filter(|c| !second.get(*c).trim().is_empty()).collect();
    let asks = filled_second.iter().filter(|c| {
        let cell = second.get(**c).trim();
        cell.ends_with('?')
            || wording::question(&cell.to_lowercase())
            || wording::asks_for_words(&cell.to_lowercase())
    });
    let new = filled_second
        .iter()
        .filter(|c| !body.iter().any(|r| r.get(**c) == second.get(**c)))
        .count();
    codes * 5 >= cells.len() * 4
        && asks.count() * 3 >= filled_second.len()
        && new * 5 >= filled_second.len() * 4
        && filled_second.iter().all(|c| !typed(second.get(*c)))
}

/// True where the first row holds a few headings over groups of columns, named in the second.
fn groups_above_header(top: &Row, second: &Row, body: &[Row], width: usize) -> bool {
    let cells: Vec<&str> = second.cells().map(str::trim).filter(|c| !c.is_empty()).collect();
    let distinct: HashSet<&str> = cells.iter().copied().collect();
    filled(top) * 2 <= width
        && cells.len() * 10 >= width * 7
        && distinct.len() * 10 >= cells.len() * 9
        && cells.iter().all(|c| !typed(c))
        && (0..width).all(|c| {
            second.get(c).trim().is_empty() || !body.iter().any(|r| r.get(c) == second.get(c))
        })
}

/// A label for each column, from the rows of the header.
fn labels(rows: &[Row], width: usize) -> Vec<Label> {
    let qualtrics =
        rows.len() > 1 && rows.iter().any(|r| r.cells().any(|c| c.contains("ImportId")));
    let named = |text: String, column: usize| {
        if text.is_empty() { format!("Column {}", column + 1) } else { text }
    };
    if qualtrics {
        return (0..width)
            .map(|c| {
                let text = repair::header(rows[usize::from(rows.len() > 2)].get(c));
                let text = if text.is_empty() { repair::header(rows[0].get(c)) } else { text };
                Label { text: named(text, c), ..Label::default() }
            })
            .collect();
    }
    let [.., top, sub] = rows else {
        let text = |c| rows.first().map_or(String::new(), |row| repair::header(row.get(c)));
        return (0..width).map(|c| Label { text: named(text(c), c), ..Label::default() }).collect();
    };
    let mut over = String::new();
    (0..width)
        .map(|c| {
            let (mine, below) = (repair::header(top.get(c)), repair::header(sub.get(c)));
            if !mine.is_empty() {
                over.clone_from(&mine);
            } else if below.is_empty() {
                return Label { text: named(String::new(), c), ..Label::default() };
            }
            if below.is_empty() || is_response_label(&below) {
                return Label {
                    text: named(over.clone(), c),
                    option: None,
                    open_ended: is_open_ended(&below),
                };
            }
            // A question over its options; a heading over a group of columns is not part of them.
            let lower = over.to_lowercase();
            let asks = lower.ends_with('?')
                || over.split_whitespace().count() >= 5
                || wording::question(&lower);
            let own =
                below.split_whitespace().count() >= 4 && wording::question(&below.to_lowercase());
            if asks && !own {
                Label { text: over.clone(), option: Some(below), open_ended: false }
            } else {
                Label { text: below, option: None, open_ended: false }
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(table: &[&[&str]]) -> Vec<Row> {
        table.iter().enumerate().map(|(i, cells)| Row::of(i as u32 + 1, cells)).collect()
    }

    fn texts(header: &Header) -> Vec<&str> {
        header.labels.iter().map(|l| l.text.as_str()).collect()
    }

    #[test]
    fn a_plain_header_is_the_first_row() {
        let header = find(&rows(&[&["id", "comment"], &["1", "Good care"], &["2", "Late"]]));
        assert_eq!(header.rows, [1]);
        assert_eq!(texts(&header), ["id", "comment"]);
    }

    #[test]
    fn titles_above_the_header_are_passed_over() {
        let header = find(&rows(&[
            &["Home care survey 2024", "", ""],
            &["id", "area", "comment"],
            &["1", "North", "Good care"],
        ]));
        assert_eq!(header.rows, [2]);
    }

    #[test]
    fn a_title_with_a_note_beside_it_is_passed_over() {
        let header = find(&rows(&[
            &["COMPLAINTS AND CONCERNS LOG", "", "", "", "", "Confidential"],
            &["Ref", "Date", "Nature", "Finding", "Closed", "By"],
            &["1", "05/03/2024", "Late calls", "Upheld", "06/03/2024", "AB"],
            &["2", "07/03/2024", "Rude to me", "Upheld", "09/03/2024", "AB"],
        ]));
        assert_eq!(header.rows, [2]);
        assert_eq!(texts(&header)[0], "Ref");
    }

    #[test]
    fn surveymonkey_has_two_header_rows() {
        let header = find(&rows(&[
            &["Respondent ID", "Which do you use?", "", "What could be better?"],
            &["", "Day care", "Home care", "Open-Ended Response"],
            &["118", "Day care", "", "More time"],
            &["119", "", "Home care", "Nothing"],
        ]));
        assert_eq!(header.rows, [1, 2]);
        assert_eq!(header.labels[2].text, "Which do you use?");
        assert_eq!(header.labels[2].option.as_deref(), Some("Home care"));
        assert!(header.labels[3].open_ended);
    }

    #[test]
    fn the_type_of_an_answer_is_no_second_header_row() {
        let header = find(&rows(&[
            &["Ref", "Question", "Answer type", "Response"],
            &["1", "What is good?", "Free text", "My carer"],
            &["1", "How old are you?", "Single choice", "65-74"],
            &["2", "What is good?", "Free text", "The chat"],
        ]));
        assert_eq!(header.rows, [1]);
    }

    #[test]
    fn qualtrics_has_three() {
        let header = find(&rows(&[
            &["StartDate", "ResponseId", "Q1"],
            &["Start Date", "Response ID", "What was good?"],
            &[
                "{\"ImportId\":\"startDate\"}",
                "{\"ImportId\":\"_recordId\"}",
                "{\"ImportId\":\"QID1_TEXT\"}",
            ],
            &["2024-03-05 10:00:00", "R_1a", "My carer"],
        ]));
        assert_eq!(header.rows, [1, 2, 3]);
        assert_eq!(texts(&header), ["Start Date", "Response ID", "What was good?"]);
    }

    #[test]
    fn codes_may_stand_above_the_questions() {
        let header = find(&rows(&[
            &["Ident 1", "Ident 2"],
            &["What is your name?", "Are you responding as an individual?"],
            &["", "Yes"],
            &["", "No"],
        ]));
        assert_eq!((header.rows.as_slice(), header.ends), (&[2][..], 2));
        assert_eq!(header.labels[1].text, "Are you responding as an individual?");
    }

    #[test]
    fn a_table_without_a_header_loses_no_row() {
        let header =
            find(&rows(&[&["1", "05/03/2024", "Good care"], &["2", "06/03/2024", "Late"]]));
        assert!(header.rows.is_empty());
        assert_eq!(header.ends, 0);
        assert_eq!(header.labels.len(), 3);
    }

    #[test]
    fn a_column_of_answers_without_a_header_loses_no_row() {
        let answers = ["They came late and did not say why.", "Good.", "Kind people."];
        assert!(find(&rows(&[&answers[..1], &answers[1..2], &answers[2..]])).rows.is_empty());
        assert_eq!(find(&rows(&[&["Please tell us why"], &answers[1..2]])).rows, [1]);
    }

    #[test]
    fn group_headings_are_not_the_header() {
        let header = find(&rows(&[
            &["About you", "", "Your care", ""],
            &["Ref", "Area", "What was good?", "What could be better?"],
            &["1", "North", "All of it", "Nothing"],
            &["2", "South", "My carer", "Times"],
        ]));
        assert_eq!(header.rows, [1, 2]);
        assert_eq!(texts(&header), ["Ref", "Area", "What was good?", "What could be better?"]);
    }
}
