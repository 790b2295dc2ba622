//! Reports on parts: one for each provider, area, ... Their figures are those of the report on
//! everybody ([`crate::report::part`]); only their quotes are looked for anew, in the stored tables, with what
//! people decided laid over them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::coding::CodedResponse;
use crate::decode;
use crate::publish::Stored;
use crate::report::part::{places, project};
use crate::report::{self, Facts, Material, View};
use crate::store::{self, create_folder, write_file};
use crate::tables::evidence::{Breakdown, BreakdownValue, Dimension, Evidence};
use crate::tables::{Quotes, Tally, TallyOptions};

/// Key findings of a part, at most.
const FINDINGS: usize = 6;

/// Why a report on a part could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stored tables could not be read.
    #[error(transparent)]
    Decode(#[from] decode::Error),
    /// A report could not be made.
    #[error(transparent)]
    Report(#[from] report::Error),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// There is no such breakdown.
    #[error(
        "there is no breakdown by `{wanted}` with a group of people that is large enough; there is one by {known}"
    )]
    NoBreakdown {
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: String,
    },
}

/// Writes `<publish>/<breakdown>/<value>.html` and `.docx` for each value that is large enough; gives
/// the names of those that are not.
pub fn write(
    publish: &Path,
    restricted: &Path,
    stored: &Stored<'_>,
    evidence: &Evidence,
    facts: &Facts,
    wanted: &str,
) -> Result<Vec<String>, Error> {
    let by = breakdown(evidence, wanted)?;
    let places = places(by);
    let vocabulary = stored.vocabulary;
    let mut found: Vec<(Tally, Quotes)> = places
        .iter()
        .map(|_| {
            let tally = Tally::new(vocabulary, TallyOptions::default());
            (tally.laying_aside_in(restricted.to_owned()), Quotes::new(vocabulary))
        })
        .collect();
    let by_label: HashMap<&str, usize> =
        places.iter().enumerate().map(|(i, at)| (by.values[*at].label.as_str(), i)).collect();
    (stored.rows)(&mut |row: &CodedResponse| {
        let value = crate::tables::labels::of_row(by.dimension, row);
        if let Some((tally, quotes)) =
            value.and_then(|v| by_label.get(v.as_str())).map(|at| &mut found[*at])
        {
            tally.add(row);
            quotes.add(row);
        }
    })?;
    for (tally, _) in &mut found {
        tally.settle().map_err(store::io("read", restricted))?;
    }
    let folder = publish.join(&by.id);
    create_folder(&folder)?;
    let mut taken = Vec::new();
    for (at, (tally, quotes)) in places.iter().zip(&found) {
        let (own, part) = project(evidence, by, *at);
        let sure = |theme: &str| facts.is_sure(theme, own.draft);
        let findings = own.findings_on(FINDINGS, sure);
        let chosen = quotes.choose(tally, &own, &facts.serious());
        let drawn = report::draw_some(&own, &["themes", "sentiment"])?;
        let material =
            Material { evidence: &own, facts, findings: &findings, chosen: &chosen, drawn: &drawn };
        let view = View::of_part(&material, &part);
        let stem = folder.join(file_name(&by.values[*at], &mut taken));
        let with = |ending: &str| -> PathBuf { stem.with_extension(ending) };
        write_file(&with("html"), report::html(&view)?.as_bytes())?;
        write_file(&with("docx"), &report::docx(&view)?)?;
    }
    let small = (0..by.values.len()).filter(|at| !places.contains(at));
    Ok(small.map(|at| by.values[at].label.clone()).collect())
}

/// The breakdown that a user means by a column's name or a breakdown's id.
fn breakdown<'e>(evidence: &'e Evidence, wanted: &str) -> Result<&'e Breakdown, Error> {
    let all = evidence.main().map(|book| book.breakdowns.as_slice()).unwrap_or_default();
    let of_people = |by: &&Breakdown| {
        matches!(by.dimension, Dimension::Column(_) | Dimension::RespondentType | Dimension::Wave)
    };
    let id = format!("by_{}", crate::vocabulary::slug(wanted));
    let large = |by: &&Breakdown| of_people(by) && !places(by).is_empty();
    all.iter().filter(large).find(|by| by.id == id || by.id == wanted).ok_or_else(|| {
        let known: Vec<String> =
            all.iter().filter(large).map(|by| format!("`{}`", by.id)).collect();
        Error::NoBreakdown {
            wanted: wanted.to_owned(),
            known: if known.is_empty() { "none".to_owned() } else { known.join(", ") },
        }
    })
}

/// A file name without surprises, and no two alike.
fn file_name(value: &BreakdownValue, taken: &mut Vec<String>) -> String {
    let stem = crate::vocabulary::slug(&value.label);
    let stem = if stem.is_empty() { "value".to_owned() } else { stem };
    let name = (1_u32..=u32::MAX)
        .map(|n| if n == 1 { stem.clone() } else { format!("{stem}_{n}") })
        .find(|name| !taken.contains(name))
        .unwrap_or_default();
    taken.push(name.clone());
    name
}
