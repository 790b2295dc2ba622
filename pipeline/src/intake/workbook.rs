//! The child's reader of workbooks: every sheet of an XLSX, XLSB, XLS or ODS file as rows of text.
//!
//! Runs in the child process only (see `child`). XLSX is read cell by cell, so that a sheet that
//! claims a billion rows costs no more than the cells it has.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use calamine::{
    Data, DataRef, Dimensions, Ods, Range, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx,
    XlsxError,
};

use super::child::{Line, Stop, Why, is_encrypted_package, say, zip_names};

/// Columns beyond this are not read: no export has them, a damaged file may claim them.
const MAX_COLUMNS: usize = 4096;

/// Says every sheet of the workbook at `path`.
pub(super) fn parse(path: &Path, unpacked_mb: u64, out: &mut dyn Write) -> Result<(), Stop> {
    let mut magic = [0; 4];
    let mut file = File::open(path)?;
    let read = file.read(&mut magic)?;
    let open = || -> Result<BufReader<File>, Stop> { Ok(BufReader::new(File::open(path)?)) };
    if magic[..read] == [0xD0, 0xCF, 0x11, 0xE0] {
        let mut head = Vec::new();
        open()?.take(64 * 1024 * 1024).read_to_end(&mut head)?;
        if is_encrypted_package(&head) {
            return Err(Stop::Why(Why::Password));
        }
        let mut book = Xls::new(open()?).map_err(|e| match e {
            calamine::XlsError::Password => Stop::Why(Why::Password),
            _ => Stop::Why(Why::NotWhatItSays),
        })?;
        return ranges(&mut book, out);
    }
    let names = zip_names(open()?, unpacked_mb)?;
    let has = |name: &str| names.iter().any(|n| n == name);
    if has("xl/workbook.bin") {
        return ranges(&mut Xlsb::new(open()?).map_err(|_| Stop::Why(Why::NotWhatItSays))?, out);
    }
    if has("content.xml") && !has("xl/workbook.xml") {
        let mut book = Ods::new(open()?).map_err(|e| match e {
            calamine::OdsError::Password => Stop::Why(Why::Password),
            _ => Stop::Why(Why::NotWhatItSays),
        })?;
        return ranges(&mut book, out);
    }
    let mut book = Xlsx::new(open()?).map_err(|e| match e {
        XlsxError::Password => Stop::Why(Why::Password),
        _ => Stop::Why(Why::NotWhatItSays),
    })?;
    cells(&mut book, out)
}

/// Names and visibility of the sheets that hold cells.
fn sheets<R: Reader<BufReader<File>>>(book: &R) -> Vec<(String, bool)> {
    book.sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet)
        .map(|s| (s.name.clone(), s.visible != SheetVisible::Visible))
        .collect()
}

/// The cell-by-cell way, for XLSX.
fn cells(book: &mut Xlsx<BufReader<File>>, out: &mut dyn Write) -> Result<(), Stop> {
    let bad = |_: XlsxError| Stop::Why(Why::NotWhatItSays);
    for (name, hidden) in sheets(book) {
        say(out, &Line::Sheet { name: name.clone(), hidden })?;
        // Without them a merged cell is a value in its first row only; the sheet is read all the same.
        let regions = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let mut merged = Merged::new(regions.into_iter());
        let mut reader = book.worksheet_cells_reader(&name).map_err(bad)?;
        let mut row: (u32, Vec<String>) = (0, Vec::new());
        while let Some(cell) = reader.next_cell().map_err(bad)? {
            let (at, column) = cell.get_position();
            if at != row.0 {
                merged.finish(&mut row, out)?;
                row = (at, Vec::new());
            }
            let text = text_ref(cell.get_value());
            let column = column as usize;
            if text.is_empty() || column >= MAX_COLUMNS {
                continue;
            }
            if row.1.len() <= column {
                row.1.resize(column + 1, String::new());
            }
            row.1[column] = text;
        }
        merged.finish(&mut row, out)?;
    }
    Ok(())
}

/// Merged cells that span rows of data: what the first row says holds for the rows below it.
struct Merged {
    regions: Vec<(Dimensions, String)>,
}

/// Cells merged within the first rows are headings, which are not to be repeated.
const HEADING_ROWS: u32 = 5;

impl Merged {
    fn new(regions: impl Iterator<Item = Dimensions>) -> Self {
        let tall = |d: &Dimensions| d.end.0 > d.start.0 && d.start.0 >= HEADING_ROWS.min(2);
        Self { regions: regions.filter(tall).take(10_000).map(|d| (d, String::new())).collect() }
    }

    /// Fills the row's merged cells and says it.
    fn finish(&mut self, row: &mut (u32, Vec<String>), out: &mut dyn Write) -> Result<(), Stop> {
        let (at, cells) = row;
        if cells.iter().all(String::is_empty) {
            return Ok(());
        }
        for (region, value) in &mut self.regions {
            let column = region.start.1 as usize;
            if *at == region.start.0 {
                value.clone_from(cells.get(column).unwrap_or(&String::new()));
            } else if *at > region.start.0 && *at <= region.end.0 && !value.is_empty() {
                if cells.len() <= column {
                    cells.resize(column + 1, String::new());
                }
                cells[column].clone_from(value);
            }
        }
        say(out, &Line::Row { number: *at + 1, cells: std::mem::take(cells) })
    }
}

/// The sheet-at-once way, for the other kinds.
fn ranges<R: Reader<BufReader<File>>>(book: &mut R, out: &mut dyn Write) -> Result<(), Stop> {
    for (name, hidden) in sheets(book) {
        say(out, &Line::Sheet { name: name.clone(), hidden })?;
        let range: Range<Data> =
            book.worksheet_range(&name).map_err(|_| Stop::Why(Why::NotWhatItSays))?;
        let (top, left) = range.start().unwrap_or((0, 0));
        for (i, row) in range.rows().enumerate() {
            let mut cells = vec![String::new(); left as usize];
            cells.extend(row.iter().take(MAX_COLUMNS).map(text));
            let kept = cells.iter().rposition(|c| !c.is_empty()).map_or(0, |at| at + 1);
            cells.truncate(kept);
            if kept > 0 {
                say(out, &Line::Row { number: top + i as u32 + 1, cells })?;
            }
        }
    }
    Ok(())
}

fn text_ref(value: &DataRef<'_>) -> String {
    match value {
        DataRef::SharedString(text) => (*text).to_owned(),
        other => text(&Data::from(other.clone())),
    }
}

/// A cell as text: dates as ISO, whole numbers without a point, errors as nothing.
fn text(value: &Data) -> String {
    match value {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => float(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        Data::DateTime(when) if when.is_datetime() => {
            let (year, month, day, hour, minute, _, _) = when.to_ymd_hms_milli();
            if (hour, minute) == (0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
            }
        }
        Data::DateTime(when) => float(when.as_f64()),
        _ => String::new(),
    }
}

fn float(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{}", number as i64)
    } else {
        format!("{number}")
    }
}
