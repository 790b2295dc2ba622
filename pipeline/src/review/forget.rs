//! To forget a person: every answer of theirs, and every trace of it, out of a run.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use arrow::array::Array as _;

use super::stored::{About, Namer};
use super::{Decisions, Error, masked};
use crate::coding::{CodedResponse, Flag};
use crate::decode::{self, TableReader};
use crate::folder;
use crate::schema::Table;
use crate::store::{self, TableWriter, io};
use heard_models::words::Status;

/// What was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Ids of the answers.
    pub answers: Vec<String>,
    /// Rows of the key table, with the place in the original file and the person's own id.
    pub keys: usize,
    /// Entries in the log of decisions.
    pub decisions: usize,
    /// Answers with words that someone else gave too: decisions about these words stay.
    pub shared: usize,
}

/// Removes whoever has this id: the id of an answer, of a respondent, or the one in the file.
pub fn forget(dir: &Path, id: &str) -> Result<Forgotten, Error> {
    let about = About::read(dir)?;
    masked::recover(&about.restricted)?;
    let named: HashSet<String> = by_own_id(&about, id)?;
    // Who it is: rows of the files, and ids of respondents.
    let (mut places, mut people) = (HashSet::new(), HashSet::new());
    decode::read(&about.restricted, &about.vocabulary, |rows| {
        for row in rows {
            let response = &row.response;
            if response.id == id
                || named.contains(&response.id)
                || response.respondent_id.as_deref() == Some(id)
            {
                places.insert((response.source, response.row));
                people.extend(response.respondent_id.clone().map(|p| (response.source, p)));
            }
        }
    })?;
    if places.is_empty() {
        return Err(Error::Refused(format!(
            "nobody in {} has the id {id}. Give the id of an answer (1-17), of a respondent (column respondent_id of restricted/responses.parquet), or the one in the file",
            dir.display()
        )));
    }
    let theirs = |row: &CodedResponse| {
        let response = &row.response;
        places.contains(&(response.source, response.row))
            || response
                .respondent_id
                .as_ref()
                .is_some_and(|p| people.contains(&(response.source, p.clone())))
    };
    let mut decisions = Decisions::open(&about.restricted)?;
    let namer = Namer::new(&decisions)?;
    let (mut mine, mut others) = (HashSet::new(), HashSet::new());
    let mut found = Forgotten::default();
    let mut manifest = folder::read_manifest(dir)?;
    let mut gone_rows = HashSet::new();
    decode::read(&about.restricted, &about.vocabulary, |rows| {
        for row in rows {
            let keys = [namer.name(&row).0, namer.own(&row)];
            if theirs(&row) {
                found.answers.push(row.response.id.clone());
                mine.extend(keys);
                gone_rows.insert((row.response.source, row.response.row));
                let counts = &mut manifest.counts;
                let less = |count: &mut u64, by: usize| *count = count.saturating_sub(by as u64);
                less(&mut counts.answers, 1);
                match row.status {
                    Status::Informative => less(&mut counts.informative, 1),
                    Status::NoContent => less(&mut counts.no_content, 1),
                    Status::RefersElsewhere => less(&mut counts.refers_elsewhere, 1),
                    Status::Unassigned => less(&mut counts.unassigned, 1),
                }
                let has = |flag| usize::from(row.flags.contains(&flag));
                less(&mut counts.safeguarding, has(Flag::SafeguardingReview));
                less(&mut counts.pii_residual, has(Flag::PiiResidual));
                less(&mut counts.other_language, has(Flag::Language));
                less(&mut counts.duplicates, usize::from(row.duplicate_of.is_some()));
                less(&mut counts.segments, row.segments.len());
                less(&mut counts.codings, row.codings.len());
                let unsure = row.codings.iter().filter(|c| c.review).count();
                less(&mut counts.codings_to_review, unsure);
                less(&mut counts.measures, row.measures.len());
                less(&mut counts.outcomes, row.outcomes.len());
                for redaction in row.response.text.redactions() {
                    if let Some(count) = manifest.redactions.get_mut(redaction.kind.as_str()) {
                        *count = count.saturating_sub(1);
                    }
                }
            } else {
                others.extend(keys);
            }
        }
    })?;
    let gone = gone_rows.len() as u64;
    manifest.counts.rows_read = manifest.counts.rows_read.saturating_sub(gone);
    manifest.counts.rows_with_answers = manifest.counts.rows_with_answers.saturating_sub(gone);
    for (source, _) in &gone_rows {
        if let Some(source) = manifest.sources.get_mut(*source as usize - 1) {
            source.rows = source.rows.saturating_sub(1);
        }
    }
    found.shared = mine.intersection(&others).count();
    masked::leave_out(&about, &mut decisions, |row| !theirs(row))?;
    let ids: HashSet<&str> = found.answers.iter().map(String::as_str).collect();
    found.keys = key_rows(&about, &ids)?;
    let mine: Vec<_> = mine.difference(&others).copied().collect();
    found.decisions = decisions.forget(&mine)?;
    folder::write_manifest(dir, &manifest)?;
    let evaluation = about.restricted.join("evaluation");
    if evaluation.exists() {
        fs::remove_dir_all(&evaluation).map_err(io("remove", &evaluation))?;
    }
    crate::again::report(dir, crate::again::Changes::default()).map_err(Box::new)?;
    Ok(found)
}

/// Ids of the answers whose row has this id in its own file.
fn by_own_id(about: &About, id: &str) -> Result<HashSet<String>, Error> {
    let mut named = HashSet::new();
    let mut key = TableReader::open(&about.restricted, Table::Key)?;
    while let Some(batch) = key.next_batch()? {
        let (responses, own) = (batch.strings("response_id")?, batch.strings("id")?);
        for at in (0..batch.rows()).filter(|at| own.is_valid(*at)) {
            if own.value(at).trim() == id.trim() {
                named.insert(responses.value(at).to_owned());
            }
        }
    }
    Ok(named)
}

/// Leaves the rows of these answers out of the key table.
fn key_rows(about: &About, ids: &HashSet<&str>) -> Result<usize, Error> {
    let path = about.restricted.join(Table::Key.file_name());
    let beside = about.restricted.join(format!("{}.partial", Table::Key.file_name()));
    let mut table = TableReader::open(&about.restricted, Table::Key)?;
    let mut writer = TableWriter::create(&beside, Table::Key.schema(&[]), &about.facts)?;
    let mut gone = 0;
    while let Some(batch) = table.next_batch()? {
        let responses = batch.strings("response_id")?;
        let keep: Vec<bool> =
            (0..batch.rows()).map(|at| !ids.contains(responses.value(at))).collect();
        gone += keep.iter().filter(|keep| !**keep).count();
        let kept = batch
            .only(&keep)
            .map_err(|source| store::Error::Arrow { path: path.clone(), source })?;
        writer.write(&kept)?;
    }
    writer.finish()?;
    fs::rename(&beside, &path).map_err(io("rename", &beside))?;
    Ok(gone)
}
