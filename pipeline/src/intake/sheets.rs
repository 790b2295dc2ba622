//! The tables of one file as plain rows, with nothing decided about them: for readers that know
//! what they look for, such as that of coded spreadsheets.
//!
//! Every kind of file goes through the reader that intake has for it, so that encodings, separators,
//! limits and the child process for workbooks are the same everywhere.

use std::path::Path;
use std::sync::Arc;

use super::child::{self, Line};
use super::columnar::Columnar;
use super::delimited::{self, Dialect};
use super::files;
use super::json::{Lines, Records};
use super::row::{Next, Row};
use super::sources::{HEAD, Input, decode};
use super::{Error, Kind, Options};

/// A table of a file, whole.
pub(crate) struct Sheet {
    /// Its number in a workbook, from 1; None for files that are one table.
    pub(crate) number: Option<u32>,
    /// Names of the columns, in formats that have them; otherwise they stand in a row.
    pub(crate) columns: Option<Vec<String>>,
    /// Its rows, blank ones left out.
    pub(crate) rows: Vec<Row>,
}

/// A file's tables, and the hash of its bytes.
pub(crate) struct Sheets {
    pub(crate) sha256: String,
    pub(crate) sheets: Vec<Sheet>,
}

/// Reads every table of a file. A row that cannot be read is an error in JSON and left to the reader
/// of the rows elsewhere; letters and PDFs hold no table.
pub(crate) fn sheets(path: &Path, options: &Options) -> Result<Sheets, Error> {
    if !path.exists() {
        return Err(Error::Missing { path: path.to_owned() });
    }
    let print = files::fingerprint(path)?;
    let mut sheets = Vec::new();
    let mut add = |number, columns, input: &Input, kind| -> Result<(), Error> {
        let rows = all(input, path, kind, options)?;
        if !rows.is_empty() {
            sheets.push(Sheet { number, columns, rows });
        }
        Ok(())
    };
    let (input, columns) = match print.kind {
        Kind::Workbook => {
            let said =
                Arc::new(child::parse(path, print.kind, None, &options.limits, &options.parser)?);
            let count =
                child::lines(&said).filter(|line| matches!(line, Line::Sheet { .. })).count();
            for number in 1..=count as u32 {
                let input = Input::Sheet(number, Some(Arc::clone(&said)));
                add(Some(number), None, &input, print.kind)?;
            }
            return Ok(Sheets { sha256: print.sha256, sheets });
        }
        Kind::JsonLines => {
            let keys = Lines::keys(path, print.encoding)?;
            let names = keys.names().to_vec();
            (Input::JsonLines(print.encoding, keys), Some(names))
        }
        Kind::Json => {
            let records = Records::open(path, print.encoding)?;
            let names = records.keys().names().to_vec();
            (Input::Json(print.encoding), Some(names))
        }
        Kind::Parquet => (Input::Parquet, Some(Columnar::open(path)?.names().to_vec())),
        Kind::Delimited | Kind::Text => {
            let (head, whole) = delimited::head(&mut decode(path, print.encoding)?, path, HEAD)?;
            (Input::Delimited(print.encoding, Dialect::detect(&head, whole)), None)
        }
        _ => {
            let advice = "save the coded table as .csv or .xlsx and try again";
            return Err(Error::Unsupported { path: path.to_owned(), advice });
        }
    };
    add(None, columns, &input, print.kind)?;
    Ok(Sheets { sha256: print.sha256, sheets })
}

fn all(input: &Input, path: &Path, kind: Kind, options: &Options) -> Result<Vec<Row>, Error> {
    let mut reader = input.rows(path, kind, options)?;
    let (mut rows, mut row) = (Vec::new(), Row::default());
    loop {
        match reader.next(&mut row)? {
            Next::Row if row.is_blank() => {}
            Next::Row => rows.push(row.clone()),
            // A coded row that were passed over would be missing from the figures.
            Next::Broken(number) => {
                let problem = format!("line {number} is no record");
                return Err(Error::Json { path: path.to_owned(), problem });
            }
            Next::End => return Ok(rows),
        }
    }
}
