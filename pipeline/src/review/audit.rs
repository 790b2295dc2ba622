//! The log of decisions as a table that anyone can read: the audit trail.

use std::path::Path;

use super::decision::Change;
use super::{Decisions, Error, recode};
use crate::store;
use crate::tables::guarded;

/// Writes every entry of the log as CSV.
pub fn write(decisions: &Decisions, path: &Path) -> Result<(), Error> {
    let head =
        ["number", "at", "who", "response", "what", "from", "to", "model", "codebook", "undoes"];
    let mut out = csv::Writer::from_writer(Vec::new());
    let failed =
        |error: csv::Error| Error::Refused(format!("the log could not be written: {error}"));
    out.write_record(head).map_err(failed)?;
    for entry in decisions.entries()? {
        let json = |change: &Change| {
            let value = serde_json::to_value(change).unwrap_or_default();
            value.get("to").map(ToString::to_string).unwrap_or_default()
        };
        // Remarks are words of a person: no spreadsheet may take them for a formula.
        let cells = [
            entry.number.to_string(),
            entry.at.clone(),
            entry.who.clone(),
            entry.key.hex(),
            entry.now.name().to_owned(),
            json(&entry.was),
            json(&entry.now),
            entry.model.clone(),
            entry.codebook.clone(),
            entry.undoes.map(|n| n.to_string()).unwrap_or_default(),
        ];
        out.write_record(cells.iter().map(|cell| guarded(cell))).map_err(failed)?;
    }
    // Changes to the codebook are about no answer.
    for entry in recode::entries(decisions)? {
        let change = entry.change.map_or_else(
            || "\"taken back\"".to_owned(),
            |change| serde_json::to_string(&change).unwrap_or_default(),
        );
        let cells = ["", &entry.at, &entry.who, "", "themes", "", &change, "", "", ""];
        out.write_record(cells.iter().map(|cell| guarded(cell))).map_err(failed)?;
    }
    let bytes = out.into_inner().map_err(|error| Error::Refused(error.to_string()))?;
    Ok(store::write_file(path, &bytes)?)
}
