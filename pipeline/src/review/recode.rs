//! Changes that people made to the codebook while reviewing: kept with the decisions, laid over a
//! run's codes whenever something is shown or made, and written down for the next run.
//!
//! The tables stay as the model wrote them. A change is never taken out of the list: to take one
//! back is an entry of its own.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use heard_models::Codebook;
use heard_models::examples::roll_up;
use heard_models::recoding::{self, Change};
use heard_models::words::Status;
use serde::{Deserialize, Serialize};

use super::Error;
use super::decisions::Decisions;
use super::stored::About;
use crate::coding::{CodedResponse, Coding, settle};
use crate::folder::{NEXT_CODEBOOK, RUN_CODEBOOK};
use crate::store;
use crate::vocabulary::{CodebookNames, ThemeName, Vocabulary};

/// Under this name the log keeps the list.
const FACT: &str = "codebook_changes";

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// What; None takes back the last change that stands.
    pub change: Option<Change>,
}

/// Every entry, in order.
pub fn entries(decisions: &Decisions) -> Result<Vec<Entry>, Error> {
    parse(decisions.fact(FACT)?.as_deref())
}

fn parse(text: Option<&str>) -> Result<Vec<Entry>, Error> {
    let Some(text) = text else { return Ok(Vec::new()) };
    serde_json::from_str(text).map_err(|_| {
        Error::Refused("the changes to the codebook were written by a later version of Heard; use that version".to_owned())
    })
}

/// The changes that stand.
pub fn standing(entries: &[Entry]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for entry in entries {
        match &entry.change {
            Some(change) => changes.push(change.clone()),
            None => drop(changes.pop()),
        }
    }
    changes
}

/// Adds an entry, if the list is as long as the writer saw it.
pub fn enter(
    decisions: &mut Decisions,
    who: &str,
    seen: usize,
    change: Option<Change>,
) -> Result<(), Error> {
    let meanwhile = || {
        Error::Refused(
            "Not saved: someone changed the themes meanwhile. You see them now as they stand."
                .to_owned(),
        )
    };
    let was = decisions.fact(FACT)?;
    let mut all = parse(was.as_deref())?;
    if all.len() != seen {
        return Err(meanwhile());
    }
    let at = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    all.push(Entry { at, who: who.to_owned(), change });
    let text = serde_json::to_string(&all).unwrap_or_default();
    // Another program may have written since.
    decisions.replace_fact(FACT, was.as_deref(), &text)?.then_some(()).ok_or_else(meanwhile)
}

/// Lays changes over codes.
pub struct Recode {
    old: Vocabulary,
    new: Vocabulary,
}

impl Recode {
    /// The changes of a run whose tables speak this vocabulary.
    pub fn new(vocabulary: &Vocabulary, changes: Vec<Change>) -> Self {
        let mut books = vocabulary.codebooks().to_vec();
        if let Some(book) = books.first_mut() {
            rename(book, &changes);
        }
        let new = Vocabulary::new(books, vocabulary.breakdowns().to_vec());
        Self { old: vocabulary.clone(), new: new.with_changes(changes) }
    }

    /// As the decisions of a run have it.
    pub fn of(vocabulary: &Vocabulary, decisions: &Decisions) -> Result<Self, Error> {
        Ok(Self::new(vocabulary, standing(&entries(decisions)?)))
    }

    /// The names after the changes.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.new
    }

    /// Whether there is no change.
    pub fn is_plain(&self) -> bool {
        self.new.changes().is_empty()
    }

    /// A row of the tables, in the themes after the changes.
    pub fn row(&self, row: &mut CodedResponse) {
        if self.is_plain() {
            return;
        }
        let (text, segments) = (row.response.text.as_str(), &row.segments);
        let mut found: BTreeMap<(u16, u16), Coding> = BTreeMap::new();
        let mut others = Vec::new();
        for mut coding in std::mem::take(&mut row.codings) {
            if coding.codebook != 0 {
                others.push(coding);
                continue;
            }
            let words = segments.get(usize::from(coding.segment)).and_then(|r| text.get(r.clone()));
            let words = words.filter(|_| coding.coder.starts_with("model:"));
            let Some(theme) = self.theme(coding.theme, words) else { continue };
            coding.theme = theme;
            match found.entry((coding.segment, theme)) {
                std::collections::btree_map::Entry::Vacant(free) => drop(free.insert(coding)),
                std::collections::btree_map::Entry::Occupied(mut taken) => {
                    join(taken.get_mut(), coding);
                }
            }
        }
        row.codings = others;
        row.codings.extend(found.into_values());
        row.codings.sort_by_key(|c| (c.segment, c.codebook, c.theme));
        if row.status == Status::Informative && row.codings.iter().all(|c| c.codebook != 0) {
            row.status = Status::Unassigned;
        }
        settle(row);
    }

    /// Where a theme of the tables stands now.
    fn theme(&self, theme: u16, words: Option<&str>) -> Option<u16> {
        let id = &self.old.theme(0, theme).id;
        let now = recoding::resolve(id, self.new.changes(), words)?;
        let book = self.new.codebooks().first()?;
        Some(book.themes.iter().position(|theme| theme.id == now)? as u16)
    }
}

/// Two codings of one segment that became codings of one theme.
fn join(one: &mut Coding, other: Coding) {
    one.sentiment = roll_up([one.sentiment, other.sentiment]).unwrap_or(one.sentiment);
    one.sentiment_score = f32::midpoint(one.sentiment_score, other.sentiment_score);
    one.confidence = one.confidence.max(other.confidence);
    one.review = one.review && other.review;
    one.evidence.extend(other.evidence);
    one.evidence.sort_by_key(|range| (range.start, range.end));
    // Evidence lies in order and apart.
    let mut apart: Vec<std::ops::Range<usize>> = Vec::new();
    for range in std::mem::take(&mut one.evidence) {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    one.evidence = apart;
}

/// The names of a codebook after changes.
fn rename(book: &mut CodebookNames, changes: &[Change]) {
    let before: Vec<String> = book.themes.iter().map(|theme| theme.id.clone()).collect();
    let known = |book: &CodebookNames, id: &str| book.themes.iter().any(|theme| theme.id == id);
    for change in changes {
        match change {
            Change::Rename { theme, label } => {
                for own in book.themes.iter_mut().filter(|own| own.id == *theme) {
                    own.label.clone_from(label);
                }
            }
            Change::Merge { from: gone, .. } | Change::Hide { theme: gone } => {
                book.themes.retain(|theme| theme.id != *gone);
            }
            Change::Split { theme, id, label, .. } if !known(book, id) => {
                if let Some(at) = book.themes.iter().position(|own| own.id == *theme) {
                    let new = ThemeName {
                        id: id.clone(),
                        label: label.clone(),
                        ..book.themes[at].clone()
                    };
                    book.themes.insert(at + 1, new);
                }
            }
            Change::Add { id, label, group, .. } if !known(book, id) => {
                let at = book.themes.iter().position(|theme| theme.thin);
                let (id, label, group) = (id.clone(), label.clone(), group.clone());
                let new = ThemeName { id, label, group, thin: false };
                book.themes.insert(at.unwrap_or(book.themes.len()), new);
            }
            Change::Split { .. } | Change::Add { .. } => {}
        }
    }
    if !changes.is_empty() {
        book.version = recoding::version(&book.version, changes.len());
    }
    let now = |theme: &u16| -> Option<u16> {
        let id = recoding::resolve(before.get(usize::from(*theme))?, changes, None)?;
        Some(book.themes.iter().position(|theme| theme.id == id)? as u16)
    };
    let mut standards = std::mem::take(&mut book.standards);
    for clause in standards.iter_mut().flat_map(|standard| &mut standard.clauses) {
        let mut met = HashSet::new();
        clause.themes = clause.themes.iter().filter_map(now).filter(|t| met.insert(*t)).collect();
        clause.themes.sort_unstable();
    }
    book.standards = standards;
}

/// The run's first codebook in full, with the changes, as TOML; None where only its names are known
/// and nothing was changed.
pub fn codebook(about: &About, changes: &[Change]) -> Result<Option<(Codebook, String)>, Error> {
    let Some(book) = about.original.codebooks().first() else { return Ok(None) };
    let path = about.restricted.join(RUN_CODEBOOK);
    let own = std::fs::read_to_string(&path).ok();
    let shipped = || Codebook::builtin_toml(&book.id).map(str::to_owned);
    let toml = match own.or_else(shipped) {
        Some(toml) => toml,
        None if changes.is_empty() => return Ok(None),
        None => skeleton(book),
    };
    let refuse = |error: heard_models::CodebookError| Error::Refused(error.to_string());
    let parsed = Codebook::parse(&toml, &book.id).map_err(refuse)?;
    // What the file has already been changed by is not done again.
    let new = changes.strip_prefix(parsed.changes.as_slice()).unwrap_or(changes);
    if new.is_empty() {
        return Ok(Some((parsed, toml)));
    }
    let text = recoding::edit(&toml, new, &book.id).map_err(refuse)?;
    Ok(Some((Codebook::parse(&text, &book.id).map_err(refuse)?, text)))
}

/// A codebook of which only names are known.
fn skeleton(book: &CodebookNames) -> String {
    use std::fmt::Write as _;
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut out = format!(
        "id = {}\nversion = {}\ntitle = {}\nlanguage = \"en\"\ndescription = \"Say what it is for.\"\n",
        quoted(&book.id),
        quoted(&book.version),
        quoted(&book.title)
    );
    for (id, label) in &book.groups {
        let _ = write!(out, "[[group]]\nid = {}\nlabel = {}\n", quoted(id), quoted(label));
    }
    for theme in &book.themes {
        let (kind, group) = if theme.thin {
            ("thin", String::new())
        } else {
            ("theme", format!("group = {}\n", quoted(&theme.group)))
        };
        let _ = write!(
            out,
            "[[{kind}]]\nid = {}\nlabel = {}\n{group}definition = \"Say in a sentence what it is about.\"\n",
            quoted(&theme.id),
            quoted(&theme.label)
        );
    }
    out
}

/// Writes the changed codebook for the next run, or removes it where nothing is changed any more.
pub fn write_next(about: &About, changes: &[Change]) -> Result<(), Error> {
    let path = about.restricted.join(NEXT_CODEBOOK);
    if changes.is_empty() {
        if path.exists() {
            std::fs::remove_file(&path).map_err(store::io("remove", &path))?;
        }
        return Ok(());
    }
    if let Some((_, text)) = codebook(about, changes)? {
        store::write_file(&path, text.as_bytes())?;
    }
    Ok(())
}

/// Keeps the file of a codebook that a run was made with, if it was a file.
pub fn keep(restricted: &Path, name: &str) -> Result<(), store::Error> {
    if Codebook::builtin_toml(name).is_none()
        && let Ok(text) = std::fs::read_to_string(name)
    {
        store::write_file(&restricted.join(RUN_CODEBOOK), text.as_bytes())?;
    }
    Ok(())
}

/// What a change would do to a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// Codings that get another theme.
    pub moved: usize,
    /// Codings that are left out.
    pub gone: usize,
    /// Answers that these stand in.
    pub answers: usize,
    /// Answers that have no theme any more.
    pub bare: usize,
}

/// Counts what a change would do to codes as they stand: `rows` with every decision.
pub fn preview(vocabulary: &Vocabulary, change: &Change, rows: &[CodedResponse]) -> Moves {
    let mut moves = Moves::default();
    let changes = std::slice::from_ref(change);
    for row in rows {
        let (mut moved, mut gone, mut left) = (0, 0, 0);
        for coding in row.codings.iter().filter(|coding| coding.codebook == 0) {
            let id = vocabulary.theme(0, coding.theme).id.as_str();
            let range = row.segments.get(usize::from(coding.segment));
            let words = range.and_then(|range| row.response.text.as_str().get(range.clone()));
            let words = words.filter(|_| coding.coder.starts_with("model:"));
            match recoding::resolve(id, changes, words) {
                None => gone += 1,
                Some(now) => {
                    moved += usize::from(now != id);
                    left += 1;
                }
            }
        }
        moves.moved += moved;
        moves.gone += gone;
        moves.answers += usize::from(moved + gone > 0);
        moves.bare += usize::from(gone > 0 && left == 0);
    }
    moves
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn entry(change: Option<Change>) -> Entry {
        Entry { at: String::new(), who: "AB".to_owned(), change }
    }

    #[test]
    fn a_change_that_is_taken_back_stands_no_more_and_stays_written_down() {
        let dir = tempfile::tempdir().unwrap();
        let mut decisions = Decisions::open(dir.path()).unwrap();
        let hide = |theme: &str| Change::Hide { theme: theme.to_owned() };
        enter(&mut decisions, "AB", 0, Some(hide("a"))).unwrap();
        enter(&mut decisions, "AB", 1, Some(hide("b"))).unwrap();
        assert!(enter(&mut decisions, "CD", 1, Some(hide("c"))).is_err());
        enter(&mut decisions, "CD", 2, None).unwrap();
        let all = entries(&decisions).unwrap();
        assert_eq!((all.len(), standing(&all)), (3, vec![hide("a")]));
        assert_eq!(standing(&[entry(None)]), []);
        // Nor does what another program saw before count any more.
        let mut other = Decisions::open(dir.path()).unwrap();
        assert!(!other.replace_fact(FACT, None, "[]").unwrap());
        assert_eq!(entries(&decisions).unwrap().len(), 3);
    }

    #[test]
    fn names_change_and_old_ids_find_their_place() {
        let book = Codebook::builtin("home-care").unwrap();
        let names = CodebookNames::of(&book);
        let vocabulary = Vocabulary::new(vec![names.clone()], Vec::new());
        let merge =
            Change::Merge { from: "missed_visits".to_owned(), into: "punctuality".to_owned() };
        let hide = Change::Hide { theme: "social".to_owned() };
        let recode = Recode::new(&vocabulary, vec![merge, hide]);
        let new = &recode.vocabulary().codebooks()[0];
        assert_eq!(new.themes.len(), names.themes.len() - 2);
        assert_eq!(new.version, format!("{}+2", names.version));
        let find = |id: &str| recode.vocabulary().find("home-care", id);
        assert_eq!(find("missed_visits"), find("punctuality"));
        assert!(find("punctuality").is_some() && find("social").is_none());
        for clause in new.standards.iter().flat_map(|standard| &standard.clauses) {
            assert!(clause.themes.iter().all(|theme| usize::from(*theme) < new.themes.len()));
        }
    }
}
