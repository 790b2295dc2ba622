//! Masks in the run's own tables: what a person hides goes from every file of the run, not only from
//! what is shown.
//!
//! All tables are written beside their places first; once they are complete the log says so, and
//! only then do they take their places. Whatever stops the program in between, the next one finishes
//! the work or throws it away: tables never disagree about where a word stands.

use std::fs;
use std::path::{Path, PathBuf};

use super::apply::{self, all_moves};
use super::decisions::Decisions;
use super::key::Key;
use super::log::Moved;
use super::stored::{About, Namer, Run};
use super::{Error, Log};
use crate::coding::CodedResponse;
use crate::schema::Table;
use crate::store::{self, TableWriter, io};
use crate::{decode, encode};

/// The tables that hold words, or positions among words.
const TABLES: [Table; 5] =
    [Table::Responses, Table::Segments, Table::Codings, Table::Measures, Table::Outcomes];
/// Files made from words by other commands, which those commands can make again.
const DERIVED: [&str; 1] = ["evaluation/disagreements.csv"];
/// Under this name the log says that new tables are complete.
const READY: &str = "tables_ready";

fn partial(restricted: &Path, table: Table) -> PathBuf {
    restricted.join(format!("{}.masked", table.file_name()))
}

/// Finishes or throws away what an earlier program left behind. Called before a run is read.
pub fn recover(restricted: &Path) -> Result<(), Error> {
    if !TABLES.iter().any(|table| partial(restricted, *table).exists()) {
        return Ok(());
    }
    let mut log = Log::open(restricted)?;
    let ready = log.fact(READY)?.as_deref() == Some("yes");
    for table in TABLES {
        let from = partial(restricted, table);
        if ready && from.exists() {
            let to = restricted.join(table.file_name());
            fs::rename(&from, &to).map_err(io("rename", &from))?;
        } else if from.exists() {
            fs::remove_file(&from).map_err(io("remove", &from))?;
        }
    }
    Ok(log.set_fact(READY, "no")?)
}

/// Tables in the making.
struct Tables {
    writers: Vec<TableWriter>,
}

impl Tables {
    fn create(about: &About) -> Result<Self, Error> {
        let open = |table: &Table| {
            let schema = table.schema(about.vocabulary.breakdowns());
            TableWriter::create(&partial(&about.restricted, *table), schema, &about.facts)
        };
        Ok(Self { writers: TABLES.iter().map(open).collect::<Result<_, _>>()? })
    }

    fn write(&mut self, rows: &[CodedResponse], about: &About) -> Result<(), Error> {
        let out = encode::encode(rows, &about.vocabulary).map_err(|source| {
            let path = about.restricted.clone();
            store::Error::Arrow { path, source }
        })?;
        let all = [&out.responses, &out.segments, &out.codings, &out.measures, &out.outcomes];
        for (writer, batch) in self.writers.iter_mut().zip(all) {
            writer.write(batch)?;
        }
        Ok(())
    }

    fn finish(self, about: &About, decisions: &mut Decisions) -> Result<(), Error> {
        for writer in self.writers {
            writer.finish()?;
        }
        for name in DERIVED {
            let path = about.restricted.join(name);
            if path.exists() {
                fs::remove_file(&path).map_err(io("remove", &path))?;
            }
        }
        decisions.set_fact(READY, "yes")?;
        recover(&about.restricted)
    }
}

/// A masked text, the key of its decisions and how it differs.
type Alias = (Key, Key, Vec<Moved>);

/// Masks a row as it will stand in the table; gives the alias that it needs from now on.
fn masked(
    row: &mut CodedResponse,
    key: Key,
    moves: &[Moved],
    namer: &Namer,
    decisions: &Decisions,
) -> Option<Alias> {
    let masks = &decisions.state(key).masks;
    if masks.is_empty() {
        return None;
    }
    let before = row.response.text.clone();
    apply::mask(row, masks, moves);
    let now = namer.own(row);
    (before != row.response.text).then(|| {
        let moves = all_moves(&before, &row.response.text, moves);
        (now, key, moves)
    })
}

fn remember(decisions: &mut Decisions, aliases: &[Alias]) -> Result<(), Error> {
    // A text that others gave as it stands keeps its own decisions.
    let new: Vec<Alias> = aliases
        .iter()
        .filter(|(now, ..)| decisions.keys().all(|(key, _)| key != *now))
        .cloned()
        .collect();
    Ok(decisions.add_aliases(&new)?)
}

/// Writes the tables of a run in memory anew, with what is masked now.
pub fn write(run: &Run, decisions: &mut Decisions) -> Result<(), Error> {
    let namer = Namer::new(decisions)?;
    let mut tables = Tables::create(&run.about)?;
    let mut aliases = Vec::new();
    for rows in run.rows.chunks(4096) {
        let mut batch = Vec::with_capacity(rows.len());
        for row in rows {
            let mut coded = row.coded.clone();
            aliases.extend(masked(&mut coded, row.key, &row.moves, &namer, decisions));
            batch.push(coded);
        }
        tables.write(&batch, &run.about)?;
    }
    remember(decisions, &aliases)?;
    tables.finish(&run.about, decisions)
}

/// Masks what is not masked yet in the tables of a run, reading and writing in step.
pub fn bring_up(about: &About, decisions: &mut Decisions) -> Result<(), Error> {
    let namer = Namer::new(decisions)?;
    let mut tables = Tables::create(about)?;
    let (mut aliases, mut failed) = (Vec::new(), None);
    let reader = &*decisions;
    decode::read(&about.restricted, &about.vocabulary, |mut rows| {
        for row in &mut rows {
            let (key, moves) = namer.name(row);
            aliases.extend(masked(row, key, &moves, &namer, reader));
        }
        if failed.is_none() {
            failed = tables.write(&rows, about).err();
        }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    remember(decisions, &aliases)?;
    tables.finish(about, decisions)
}

/// Leaves the rows that `keep` refuses out of a run's tables; gives how many went.
pub fn leave_out(
    about: &About,
    decisions: &mut Decisions,
    keep: impl Fn(&CodedResponse) -> bool,
) -> Result<usize, Error> {
    let mut tables = Tables::create(about)?;
    let (mut gone, mut failed) = (0, None);
    decode::read(&about.restricted, &about.vocabulary, |mut rows| {
        let before = rows.len();
        rows.retain(|row| keep(row));
        gone += before - rows.len();
        if failed.is_none() {
            failed = tables.write(&rows, about).err();
        }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    tables.finish(about, decisions)?;
    Ok(gone)
}
