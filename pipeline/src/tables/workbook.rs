//! `tables.xlsx`: the published tables as people read them, a sheet each.
//!
//! Every cell is a typed value and none is a formula, whatever the data says. A figure that is
//! hidden says so. The creation date is fixed, so that the same evidence gives the same bytes.

use polars::prelude::DataFrame;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::evidence::{Evidence, Quote};
use super::frames::{Table, wide};
use super::write::{Error, Values};

/// What every sheet of a draft says.
const DRAFT: &str = "Draft: coded by computer. People have not yet read a sample.";
/// A cell of a workbook holds no more characters than 32,767.
const MOST_LETTERS: usize = 32_000;
/// Rows above the header.
const HEADER: u32 = 3;

struct Styles {
    title: Format,
    draft: Format,
    header: Format,
    number: Format,
    share: Format,
    decimal: Format,
    hidden: Format,
    wrapped: Format,
}

impl Styles {
    fn new() -> Self {
        let plain = Format::new;
        Self {
            title: plain().set_bold().set_font_size(14),
            draft: plain().set_bold().set_font_color("#801650"),
            header: plain()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_background_color("#E5EAF1")
                .set_border_bottom(FormatBorder::Thin),
            number: plain().set_num_format("#,##0"),
            share: plain().set_num_format("0%"),
            decimal: plain().set_num_format("0.0#"),
            hidden: plain().set_font_color("#6F6F6F").set_align(FormatAlign::Right),
            wrapped: plain().set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

/// The workbook's bytes.
pub(super) fn workbook(
    evidence: &Evidence,
    tables: &[Table],
    quotes: &[Quote],
) -> Result<Vec<u8>, Error> {
    let styles = Styles::new();
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(
        &DocProperties::new().set_title("Tables").set_author("Heard").set_creation_datetime(&made),
    );
    notes(book.add_worksheet(), evidence, &styles)?;
    let mut names: Vec<String> = vec!["Notes".to_owned()];
    for table in tables {
        // The long table of breakdowns is for machines; people get a sheet for each below.
        if table.name == "breakdowns" {
            for by in evidence.codebooks.iter().flat_map(|book| &book.breakdowns) {
                if !by.rows.is_empty() {
                    let title = format!("Themes by: {} ({})", by.label, by.unit.as_str());
                    let name = sheet_name(&format!("By {}", by.label), &mut names);
                    sheet(book.add_worksheet(), evidence, &styles, &name, &title, &wide(by)?)?;
                }
            }
        } else if table.name == "outcomes_by" {
            for by in &evidence.outcomes_by {
                let title = format!("What care let people gain, keep, risk or lose: {}", by.label);
                let name = sheet_name(&format!("Outcomes by {}", by.label), &mut names);
                sheet(book.add_worksheet(), evidence, &styles, &name, &title, &wide(by)?)?;
            }
        } else {
            let name = sheet_name(&super::labels::sentence_case(&table.name), &mut names);
            sheet(book.add_worksheet(), evidence, &styles, &name, &table.title, &table.frame)?;
        }
    }
    if !quotes.is_empty() {
        let name = sheet_name("Quotes", &mut names);
        quotes_sheet(book.add_worksheet(), evidence, &styles, &name, quotes)?;
    }
    Ok(book.save_to_buffer()?)
}

/// A name that Excel takes: at most 31 characters, none of its own signs, no other sheet's.
fn sheet_name(wanted: &str, taken: &mut Vec<String>) -> String {
    let clean: String = wanted
        .chars()
        .map(|c| if c.is_control() || "[]:*?/\\'".contains(c) { ' ' } else { c })
        .take(26)
        .collect();
    let clean = clean.trim();
    let mut name = clean.to_owned();
    let mut number = 2;
    while taken.iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
        name = format!("{clean} {number}");
        number += 1;
    }
    taken.push(name.clone());
    name
}

/// Title and, in a draft, what it is; leaves the header row to the caller.
fn head(
    sheet: &mut Worksheet,
    evidence: &Evidence,
    styles: &Styles,
    name: &str,
    title: &str,
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.write_string_with_format(0, 0, title, &styles.title)?;
    if evidence.draft {
        sheet.write_string_with_format(1, 0, DRAFT, &styles.draft)?;
    }
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

fn notes(sheet: &mut Worksheet, evidence: &Evidence, styles: &Styles) -> Result<(), XlsxError> {
    head(sheet, evidence, styles, "Notes", "How to read these tables")?;
    sheet.set_column_width(0, 110)?;
    for (at, rule) in evidence.rules.iter().enumerate() {
        sheet.write_string_with_format(HEADER + at as u32, 0, rule, &styles.wrapped)?;
    }
    Ok(())
}

fn sheet(
    sheet: &mut Worksheet,
    evidence: &Evidence,
    styles: &Styles,
    name: &str,
    title: &str,
    frame: &DataFrame,
) -> Result<(), Error> {
    head(sheet, evidence, styles, name, title)?;
    sheet.set_freeze_panes(HEADER + 1, 0)?;
    for (at, column) in frame.columns().iter().enumerate() {
        let at = at as u16;
        let title = super::labels::sentence_case(column.name());
        sheet.write_string_with_format(HEADER, at, clipped(&title), &styles.header)?;
        let is_share = ["share", "low", "high", "apart", "apart_from", "apart_to"]
            .iter()
            .any(|end| column.name().ends_with(end));
        let decimal = if is_share { &styles.share } else { &styles.decimal };
        let mut widest = 10;
        for (row, cell) in cells(Values::of(column)?).into_iter().enumerate() {
            let row = HEADER + 1 + row as u32;
            match cell {
                Shown::Words("") => continue,
                Shown::Words(words) => {
                    widest = widest.max(words.chars().count().min(60));
                    sheet.write_string(row, at, clipped(words))?
                }
                Shown::Number(number) => {
                    sheet.write_number_with_format(row, at, number as f64, &styles.number)?
                }
                Shown::Decimal(number) => {
                    sheet.write_number_with_format(row, at, number, decimal)?
                }
                Shown::Hidden => {
                    sheet.write_string_with_format(row, at, "hidden", &styles.hidden)?
                }
            };
        }
        sheet.set_column_width(at, (widest + 2) as f64)?;
    }
    if frame.height() > 0 && frame.width() > 0 {
        let last = (HEADER + frame.height() as u32, frame.width() as u16 - 1);
        sheet.autofilter(HEADER, 0, last.0, last.1)?;
    }
    Ok(())
}

enum Shown<'a> {
    Words(&'a str),
    Number(u64),
    Decimal(f64),
    Hidden,
}

fn cells(values: Values<'_>) -> Vec<Shown<'_>> {
    match values {
        Values::Words(all) => {
            all.into_iter().map(|v| Shown::Words(v.unwrap_or_default())).collect()
        }
        Values::Numbers(all) => {
            all.into_iter().map(|v| v.map_or(Shown::Hidden, Shown::Number)).collect()
        }
        Values::Decimals(all) => {
            all.into_iter().map(|v| v.map_or(Shown::Hidden, Shown::Decimal)).collect()
        }
        Values::Truths(all) => {
            let word = |yes| Shown::Words(if yes { "yes" } else { "no" });
            all.into_iter().map(|v| v.map_or(Shown::Words(""), word)).collect()
        }
    }
}

fn quotes_sheet(
    sheet: &mut Worksheet,
    evidence: &Evidence,
    styles: &Styles,
    name: &str,
    quotes: &[Quote],
) -> Result<(), XlsxError> {
    head(sheet, evidence, styles, name, "In people's own words")?;
    sheet.set_freeze_panes(HEADER + 1, 0)?;
    for (at, (title, width)) in
        [("Theme", 36), ("Sentiment", 12), ("Words", 90), ("Who", 26)].iter().enumerate()
    {
        sheet.write_string_with_format(HEADER, at as u16, *title, &styles.header)?;
        sheet.set_column_width(at as u16, *width)?;
    }
    for (row, quote) in quotes.iter().enumerate() {
        let row = HEADER + 1 + row as u32;
        let values = [&quote.label, quote.sentiment.as_str(), &quote.text, &quote.role];
        for (at, words) in values.into_iter().enumerate() {
            sheet.write_string_with_format(row, at as u16, clipped(words), &styles.wrapped)?;
        }
    }
    Ok(())
}

fn clipped(words: &str) -> &str {
    words.char_indices().nth(MOST_LETTERS).map_or(words, |(end, _)| &words[..end])
}
