//! Respondents of whom more answers may come, wherever in the input.
//!
//! Somebody's answers can lie a million rows apart, so that all who have an id are remembered until
//! the end. Up to a number they are in memory; beyond that they are laid aside on the disk, each time
//! sorted by their keys, and put together again by a merge, so that memory stays the same however many
//! there are. What lies on the disk is a hash of an id and numbers of themes, in a file without a name,
//! which the system removes when the program ends, however it ends.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Lines, Seek as _, Write as _};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::counts::Felt;
use super::measured::MeasureKey;

/// How many respondents are kept in memory, of some 300 bytes each.
const MOST: usize = 100_000;

/// Of a value: not known yet.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// One respondent, as far as heard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Person {
    pub(super) values: Vec<u32>,
    pub(super) informative: bool,
    pub(super) coded: bool,
    pub(super) feeling: u8,
    pub(super) felt: Felt,
    pub(super) outcomes: u32,
    pub(super) measures: Vec<MeasureKey>,
    /// Of these, those of which a number does not keep to the standard.
    pub(super) beyond: Vec<MeasureKey>,
}

impl Person {
    /// Adds a later answer of the same person: who they are is what they said first.
    pub(super) fn join(&mut self, later: &Self) {
        for (mine, theirs) in self.values.iter_mut().zip(&later.values) {
            if *mine == UNKNOWN {
                *mine = *theirs;
            }
        }
        self.informative |= later.informative;
        self.coded |= later.coded;
        self.feeling |= later.feeling;
        self.felt.join(&later.felt);
        self.outcomes |= later.outcomes;
        for (mine, theirs) in
            [(&mut self.measures, &later.measures), (&mut self.beyond, &later.beyond)]
        {
            for key in theirs {
                if !mine.contains(key) {
                    mine.push(*key);
                }
            }
        }
    }
}

/// Respondents by the hash of who they are.
#[derive(Debug, Default)]
pub(super) struct People {
    met: HashMap<u128, Person>,
    /// Where more than [`MOST`] are laid aside; None keeps all in memory.
    aside: Option<PathBuf>,
    /// Laid aside, earliest first; each sorted by key.
    runs: Vec<File>,
}

impl Clone for People {
    /// Only for those who are all in memory: nobody clones the books of a whole run.
    fn clone(&self) -> Self {
        debug_assert!(self.runs.is_empty(), "respondents on the disk cannot be cloned");
        Self { met: self.met.clone(), aside: self.aside.clone(), runs: Vec::new() }
    }
}

impl People {
    /// Lays respondents aside in this folder from now on, when they become many.
    pub(super) fn lay_aside_in(&mut self, folder: PathBuf) {
        self.aside = Some(folder);
    }

    /// Adds what another answer says about somebody. The first answer says who they are.
    pub(super) fn meet(&mut self, key: u128, person: Person) {
        match self.met.entry(key) {
            std::collections::hash_map::Entry::Occupied(mut known) => known.get_mut().join(&person),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(person);
            }
        }
        if self.met.len() >= MOST
            && let Some(folder) = &self.aside
        {
            // Without room on the disk they stay in memory.
            match lay_aside(&self.met, folder) {
                Ok(run) => {
                    self.runs.push(run);
                    self.met.clear();
                }
                Err(_) => self.aside = None,
            }
        }
    }

    /// Those in memory, in no order: all, where none were laid aside.
    pub(super) fn in_memory(&self) -> impl Iterator<Item = &Person> {
        self.met.values()
    }

    /// Those in memory with their keys.
    pub(super) fn into_memory(self) -> impl Iterator<Item = (u128, Person)> {
        self.met.into_iter()
    }

    /// Gives everybody once, whole, and forgets them.
    ///
    /// # Errors
    /// If what was laid aside cannot be read again.
    pub(super) fn leave(&mut self, mut visit: impl FnMut(&Person)) -> io::Result<()> {
        let met: BTreeMap<u128, Person> = std::mem::take(&mut self.met).into_iter().collect();
        let mut runs = Vec::new();
        for file in std::mem::take(&mut self.runs) {
            runs.push(Run::open(file)?);
        }
        let mut met = met.into_iter().peekable();
        loop {
            let keys = runs.iter().filter_map(Run::key).chain(met.peek().map(|(key, _)| *key));
            let Some(next) = keys.min() else { return Ok(()) };
            let mut whole: Option<Person> = None;
            let mut join = |person: Person| match &mut whole {
                Some(whole) => whole.join(&person),
                None => whole = Some(person),
            };
            for run in &mut runs {
                if run.key() == Some(next) {
                    run.take()?.into_iter().for_each(&mut join);
                }
            }
            if let Some((_, person)) = met.next_if(|(key, _)| *key == next) {
                join(person);
            }
            whole.iter().for_each(&mut visit);
        }
    }
}

/// Writes them to a file without a name, sorted by key, one a line.
fn lay_aside(met: &HashMap<u128, Person>, folder: &PathBuf) -> io::Result<File> {
    let mut sorted: Vec<(&u128, &Person)> = met.iter().collect();
    sorted.sort_unstable_by_key(|(key, _)| **key);
    let mut file = BufWriter::with_capacity(256 * 1024, tempfile::tempfile_in(folder)?);
    for (key, person) in sorted {
        serde_json::to_writer(&mut file, &(format!("{key:032x}"), person))?;
        file.write_all(b"\n")?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)
}

/// A file of respondents, read again from its start.
struct Run {
    lines: Lines<BufReader<File>>,
    next: Option<(u128, Person)>,
}

impl Run {
    fn open(mut file: File) -> io::Result<Self> {
        file.rewind()?;
        let lines = BufReader::with_capacity(64 * 1024, file).lines();
        let mut run = Self { lines, next: None };
        run.take()?;
        Ok(run)
    }

    fn key(&self) -> Option<u128> {
        self.next.as_ref().map(|(key, _)| *key)
    }

    /// Gives the next respondent and reads the one behind.
    fn take(&mut self) -> io::Result<Option<Person>> {
        let next = match self.lines.next().transpose()? {
            None => None,
            Some(line) => {
                let (key, person): (String, Person) = serde_json::from_str(&line)?;
                let key = u128::from_str_radix(&key, 16).map_err(io::Error::other)?;
                Some((key, person))
            }
        };
        Ok(std::mem::replace(&mut self.next, next).map(|(_, person)| person))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everybody, as texts in the order in which they leave.
    fn leaving(mut people: People) -> Vec<String> {
        let mut left = Vec::new();
        people.leave(|person| left.push(serde_json::to_string(person).unwrap())).unwrap();
        left.sort();
        left
    }

    #[test]
    fn people_laid_aside_are_the_same_as_people_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let (mut memory, mut aside) = (People::default(), People::default());
        aside.lay_aside_in(folder.path().to_owned());
        // Each of 150,000 is met, and every third again after the first were laid aside.
        for answer in 0..200_000u32 {
            let who = if answer < 150_000 { answer } else { (answer - 150_000) * 3 };
            let mut person = Person {
                values: vec![if answer % 5 == 0 { UNKNOWN } else { answer % 7 }],
                informative: answer % 2 == 0,
                ..Person::default()
            };
            person.felt.add((answer % 26) as u16, 1 << (answer % 4));
            person.measures.push(MeasureKey("minutes_late", "minutes", None));
            let key = xxhash_rust::xxh3::xxh3_128(&who.to_le_bytes());
            memory.meet(key, person.clone());
            aside.meet(key, person);
        }
        assert_eq!(aside.runs.len(), 1);
        assert!(aside.met.len() < MOST);
        assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "a file with a name");
        let memory = leaving(memory);
        assert_eq!(memory.len(), 150_000);
        assert_eq!(memory, leaving(aside));
    }

    #[test]
    fn without_a_place_on_the_disk_people_stay_in_memory() {
        let mut people = People::default();
        people.lay_aside_in(PathBuf::from("/no/such/folder"));
        for who in 0..MOST as u128 + 5 {
            people.meet(who, Person::default());
        }
        assert_eq!(people.in_memory().count(), MOST + 5);
    }
}
