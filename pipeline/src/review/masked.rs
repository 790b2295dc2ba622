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
use super::to_check::ToCheck;
use super::{Error, Log};
use crate::coding::CodedResponse;
use crate::encode::{self, Encoded};
use crate::folder::TO_CHECK;
use crate::schema::Table;
use crate::store::{self, TableWriter, io};
use crate::{decode, partitioned};

/// Files and folders made from words by other commands, which those commands can make again.
const DERIVED: [&str; 2] = ["evaluation/disagreements.csv", partitioned::FOLDER];
/// Under this name the log says that new tables are complete.
const READY: &str = "tables_ready";

fn partial(restricted: &Path, name: &str) -> PathBuf {
    restricted.join(format!("{name}.masked"))
}

/// The files that change together.
fn names() -> impl Iterator<Item = String> {
    Encoded::TABLES.iter().map(|table| table.file_name().to_owned()).chain([TO_CHECK.to_owned()])
}

/// Finishes or throws away what an earlier program left behind. Called before a run is read.
pub fn recover(restricted: &Path) -> Result<(), Error> {
    if !names().any(|name| partial(restricted, &name).exists()) {
        return Ok(());
    }
    let mut log = Log::open(restricted)?;
    let ready = log.fact(READY)?.as_deref() == Some("yes");
    for name in names() {
        let from = partial(restricted, &name);
        if ready && from.exists() {
            let to = restricted.join(&name);
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
    to_check: Option<ToCheck>,
}

impl Tables {
    fn create(about: &About) -> Result<Self, Error> {
        let open = |table: &Table| {
            let schema = table.schema(about.vocabulary.breakdowns());
            let path = partial(&about.restricted, table.file_name());
            TableWriter::create(&path, schema, &about.facts)
        };
        let to_check = ToCheck::read(&about.restricted)?;
        Ok(Self { writers: Encoded::TABLES.iter().map(open).collect::<Result<_, _>>()?, to_check })
    }

    fn write(&mut self, rows: &[CodedResponse], about: &About) -> Result<(), Error> {
        let out = encode::encode(rows, &about.vocabulary).map_err(|source| {
            let path = about.restricted.clone();
            store::Error::Arrow { path, source }
        })?;
        for (writer, batch) in self.writers.iter_mut().zip(out.all()) {
            writer.write(batch)?;
        }
        Ok(())
    }

    fn finish(self, about: &About, decisions: &mut Decisions) -> Result<(), Error> {
        for writer in self.writers {
            writer.finish()?;
        }
        if let Some(list) = &self.to_check {
            list.write(&partial(&about.restricted, TO_CHECK))?;
        }
        for name in DERIVED {
            let path = about.restricted.join(name);
            if path.is_dir() {
                fs::remove_dir_all(&path).map_err(io("remove", &path))?;
            } else if path.exists() {
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
    to_check: Option<&mut ToCheck>,
) -> Option<Alias> {
    let masks = &decisions.state(key).masks;
    if masks.is_empty() {
        return None;
    }
    let before = row.response.text.clone();
    apply::mask(row, masks, moves);
    let now = namer.own(row);
    (before != row.response.text).then(|| {
        if let Some(list) = to_check {
            list.mask(&row.response.id, &before, &row.response.text);
        }
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
    // Where people changed the codebook, the rows in memory are no longer those of the tables.
    if !run.about.vocabulary.changes().is_empty() {
        return bring_up(&About::read(&run.about.dir)?, decisions);
    }
    let namer = Namer::new(decisions)?;
    let mut tables = Tables::create(&run.about)?;
    let mut aliases = Vec::new();
    for rows in run.rows.chunks(4096) {
        let mut batch = Vec::with_capacity(rows.len());
        for row in rows {
            let mut coded = row.coded.clone();
            let list = tables.to_check.as_mut();
            aliases.extend(masked(&mut coded, row.key, &row.moves, &namer, decisions, list));
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
            let list = tables.to_check.as_mut();
            aliases.extend(masked(row, key, &moves, &namer, reader, list));
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
        rows.retain(|row| {
            let stays = keep(row);
            if !stays {
                gone += 1;
                tables.to_check.iter_mut().for_each(|list| list.forget(&row.response.id));
            }
            stays
        });
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
