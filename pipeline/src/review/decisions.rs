//! The decisions as they stand: the log, taken in entry by entry, kept in step with other windows
//! and other people who write to the same file.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::decision::{Change, State};
use super::key::{Key, Secret};
use super::log::{Desk, Draft, Entry, Error, Log, Moved};

/// The log and what it comes to.
pub struct Decisions {
    log: Log,
    last: i64,
    states: HashMap<Key, State>,
    /// Acts in order, each with its entries.
    acts: Vec<Act>,
    /// Who has coded without seeing the model's codes.
    blind_by: HashSet<String>,
}

/// What one press of a key wrote.
#[derive(Clone, Debug)]
pub struct Act {
    /// Its number.
    pub id: i64,
    /// When, UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// The act that it takes back.
    pub undoes: Option<i64>,
    /// What was changed.
    pub changes: Vec<(Key, Change, Change)>,
}

/// Why a decision was not written.
#[derive(Debug)]
pub enum Refusal {
    /// Someone else, or the same person in another window, was there first: who and when.
    Meanwhile(String, String),
    /// There is nothing to take back.
    Nothing,
}

/// The default for a response that nobody has decided anything about.
static BLANK: std::sync::LazyLock<State> = std::sync::LazyLock::new(State::default);

impl Decisions {
    /// Opens the decisions of a run, made new where there are none.
    pub fn open(restricted: &Path) -> Result<Self, Error> {
        let log = Log::open(restricted)?;
        let mut decisions = Self {
            log,
            last: 0,
            states: HashMap::new(),
            acts: Vec::new(),
            blind_by: HashSet::new(),
        };
        decisions.refresh()?;
        Ok(decisions)
    }

    /// Takes in what others have written meanwhile; true where there was anything.
    pub fn refresh(&mut self) -> Result<bool, Error> {
        let entries = self.log.since(self.last)?;
        let any = !entries.is_empty();
        self.take(entries);
        Ok(any)
    }

    /// The secret of the keys.
    pub fn secret(&self) -> &Secret {
        self.log.secret()
    }

    /// Number of the last entry: it changes with every decision.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// What was decided about a response.
    pub fn state(&self, key: Key) -> &State {
        self.states.get(&key).unwrap_or(&BLANK)
    }

    /// The responses about which anything was decided.
    pub fn keys(&self) -> impl Iterator<Item = (Key, &State)> {
        self.states.iter().map(|(key, state)| (*key, state))
    }

    /// Whether anybody, or anybody but one, has begun to code without seeing the model's codes.
    pub fn is_blind_begun(&self, but: Option<&str>) -> bool {
        self.blind_by.iter().any(|who| Some(who.as_str()) != but)
    }

    /// Everything that was done, in order.
    pub fn acts(&self) -> &[Act] {
        &self.acts
    }

    /// Everyone who has coded, in alphabetical order.
    pub fn coders(&self) -> Vec<String> {
        let mut coders: Vec<String> = Vec::new();
        for state in self.states.values() {
            for (who, _) in state.coders() {
                if let Err(at) = coders.binary_search_by(|known| known.as_str().cmp(who)) {
                    coders.insert(at, who.to_owned());
                }
            }
        }
        coders
    }

    /// Writes what is new among these changes, if the writer has seen the latest version of every
    /// response that they are about. Gives the number of changes.
    pub fn decide(
        &mut self,
        desk: &Desk,
        seen: &[(Key, i64)],
        changes: &[(Key, Change)],
    ) -> Result<Result<usize, Refusal>, Error> {
        self.refresh()?;
        let (states, acts) = (&self.states, &self.acts);
        let written = self.log.write(desk, self.last, None, |others| {
            let meanwhile = newest(states, acts, others, desk, seen);
            if let Some((who, at)) = meanwhile {
                return Err(Refusal::Meanwhile(who, at));
            }
            Ok(drafts(states, others, &desk.who, changes))
        })?;
        match written {
            Ok(entries) => {
                let before = self.acts.len();
                self.take(entries);
                Ok(Ok(self.acts[before..].last().map_or(0, |act| act.changes.len())))
            }
            Err((refusal, entries)) => {
                self.take(entries);
                Ok(Err(refusal))
            }
        }
    }

    /// Takes back a coder's last act that stands, as a further entry. Gives what was changed.
    pub fn undo(&mut self, desk: &Desk) -> Result<Result<Act, Refusal>, Error> {
        self.refresh()?;
        let (undone, _) = self.taken_back();
        let last =
            self.acts.iter().rev().find(|act| {
                act.who == desk.who && act.undoes.is_none() && !undone.contains(&act.id)
            });
        self.reverse(desk, last.cloned())
    }

    /// Does again what a coder took back last, if they have done nothing else since.
    pub fn redo(&mut self, desk: &Desk) -> Result<Result<Act, Refusal>, Error> {
        self.refresh()?;
        let (_, redone) = self.taken_back();
        let undoings: HashSet<i64> =
            self.acts.iter().filter(|act| act.undoes.is_some()).map(|act| act.id).collect();
        let mine = self.acts.iter().rev().filter(|act| act.who == desk.who);
        let is_redoing = |act: &Act| act.undoes.is_some_and(|of| undoings.contains(&of));
        let last = mine
            .take_while(|act| act.undoes.is_some())
            .find(|act| !is_redoing(act) && !redone.contains(&act.id));
        self.reverse(desk, last.cloned())
    }

    /// The acts that are taken back as things stand, and the undoings that were taken back.
    fn taken_back(&self) -> (HashSet<i64>, HashSet<i64>) {
        let (mut undone, mut redone) = (HashSet::new(), HashSet::new());
        let mut undoes: HashMap<i64, i64> = HashMap::new();
        for act in &self.acts {
            let Some(of) = act.undoes else { continue };
            if let Some(first) = undoes.get(&of) {
                undone.remove(first);
                redone.insert(of);
            } else {
                undone.insert(of);
                undoes.insert(act.id, of);
            }
        }
        (undone, redone)
    }

    fn reverse(&mut self, desk: &Desk, act: Option<Act>) -> Result<Result<Act, Refusal>, Error> {
        let Some(act) = act else { return Ok(Err(Refusal::Nothing)) };
        let states = &self.states;
        let written = self.log.write(desk, self.last, Some(act.id), |others| {
            let mut back = Vec::new();
            for (key, was, now) in &act.changes {
                let mut state = states.get(key).cloned().unwrap_or_default();
                for entry in others.iter().filter(|entry| entry.key == *key) {
                    state.take(entry.number, &entry.who, &entry.now);
                }
                if state.present(&desk.who, now) != *now {
                    return Err(Refusal::Meanwhile(String::new(), String::new()));
                }
                back.push(Draft { key: *key, was: now.clone(), now: was.clone() });
            }
            Ok(back)
        })?;
        match written {
            Ok(entries) => {
                self.take(entries);
                Ok(Ok(act))
            }
            Err((refusal, entries)) => {
                self.take(entries);
                Ok(Err(refusal))
            }
        }
    }

    fn take(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            self.last = self.last.max(entry.number);
            let state = self.states.entry(entry.key).or_default();
            state.take(entry.number, &entry.who, &entry.now);
            if matches!(&entry.now, Change::Codes(Some(codes)) if codes.blind) {
                self.blind_by.insert(entry.who.clone());
            }
            let change = (entry.key, entry.was, entry.now);
            match self.acts.last_mut() {
                Some(act) if act.id == entry.act => act.changes.push(change),
                _ => self.acts.push(Act {
                    id: entry.act,
                    at: entry.at,
                    who: entry.who,
                    undoes: entry.undoes,
                    changes: vec![change],
                }),
            }
        }
    }

    /// Every entry, for the audit trail.
    pub fn entries(&self) -> Result<Vec<Entry>, Error> {
        self.log.since(0)
    }

    /// See [`Log::aliases`].
    pub fn aliases(&self) -> Result<Vec<(Key, Key, Vec<Moved>)>, Error> {
        self.log.aliases()
    }

    /// See [`Log::add_aliases`].
    pub fn add_aliases(&mut self, aliases: &[(Key, Key, Vec<Moved>)]) -> Result<(), Error> {
        self.log.add_aliases(aliases)
    }

    /// See [`Log::fact`].
    pub fn fact(&self, name: &str) -> Result<Option<String>, Error> {
        self.log.fact(name)
    }

    /// See [`Log::set_fact`].
    pub fn set_fact(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.log.set_fact(name, value)
    }

    /// See [`Log::replace_fact`].
    pub fn replace_fact(
        &mut self,
        name: &str,
        was: Option<&str>,
        now: &str,
    ) -> Result<bool, Error> {
        self.log.replace_fact(name, was, now)
    }

    /// See [`Log::has_seen`].
    pub fn has_seen(&self, who: &str, key: Key) -> Result<bool, Error> {
        self.log.has_seen(who, key)
    }

    /// See [`Log::saw`]. What is known already is not written again.
    pub fn saw(&mut self, who: &str, keys: &[Key]) -> Result<(), Error> {
        let mut new = Vec::new();
        for key in keys {
            if !self.log.has_seen(who, *key)? {
                new.push(*key);
            }
        }
        if new.is_empty() { Ok(()) } else { self.log.saw(who, &new) }
    }

    /// See [`Log::scrub_notes`].
    pub fn scrub_notes(
        &mut self,
        keys: &[Key],
        scrub: impl Fn(&str) -> String,
    ) -> Result<(), Error> {
        if self.log.scrub_notes(keys, scrub)? {
            self.states.clear();
            self.acts.clear();
            self.last = 0;
            self.refresh()?;
        }
        Ok(())
    }

    /// Removes every trace of these responses; gives the number of entries that went.
    pub fn forget(&mut self, keys: &[Key]) -> Result<usize, Error> {
        let removed = self.log.forget(keys)?;
        self.states.clear();
        self.acts.clear();
        self.last = 0;
        self.refresh()?;
        Ok(removed)
    }
}

/// Who changed one of the responses after the writer saw it, and when.
fn newest(
    states: &HashMap<Key, State>,
    acts: &[Act],
    others: &[Entry],
    desk: &Desk,
    seen: &[(Key, i64)],
) -> Option<(String, String)> {
    for (key, version) in seen {
        let concerns = |who: &str, change: &Change| who == desk.who || !change.is_own();
        let late = others.iter().find(|e| e.key == *key && concerns(&e.who, &e.now));
        if let Some(entry) = late {
            return Some((entry.who.clone(), entry.at.clone()));
        }
        if states.get(key).map_or(0, |state| state.version(&desk.who)) > *version {
            let last = acts.iter().rev().find(|act| {
                act.changes.iter().any(|(k, _, now)| k == key && concerns(&act.who, now))
            });
            return Some(last.map_or_else(Default::default, |a| (a.who.clone(), a.at.clone())));
        }
    }
    None
}

/// What differs from how things stand.
fn drafts(
    states: &HashMap<Key, State>,
    others: &[Entry],
    who: &str,
    changes: &[(Key, Change)],
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (key, now) in changes {
        let mut state = states.get(key).cloned().unwrap_or_default();
        for entry in others.iter().filter(|entry| entry.key == *key) {
            state.take(entry.number, &entry.who, &entry.now);
        }
        let was = state.present(who, now);
        if was != *now {
            drafts.push(Draft { key: *key, was, now: now.clone() });
        }
    }
    drafts
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::decision::{Codes, Quoting};
    use super::*;

    fn desk(who: &str) -> Desk {
        Desk { who: who.to_owned(), model: "m@1".to_owned(), codebook: "home-care 1".to_owned() }
    }

    fn key(n: u8) -> Key {
        Key([n; 16])
    }

    fn quote(never: bool) -> Change {
        Change::Quote(Some(if never { Quoting::Never } else { Quoting::Quotable }))
    }

    #[test]
    fn two_windows_never_overwrite_each_other_silently() {
        let dir = tempfile::tempdir().unwrap();
        let mut one = Decisions::open(dir.path()).unwrap();
        let mut other = Decisions::open(dir.path()).unwrap();
        let seen = [(key(1), 0)];
        assert!(one.decide(&desk("AB"), &seen, &[(key(1), quote(true))]).unwrap().is_ok());
        let refused = other.decide(&desk("CD"), &seen, &[(key(1), quote(false))]).unwrap();
        assert!(matches!(refused, Err(Refusal::Meanwhile(who, _)) if who == "AB"));
        // Having seen it, the other may.
        let seen = [(key(1), other.state(key(1)).version("CD"))];
        assert!(other.decide(&desk("CD"), &seen, &[(key(1), quote(false))]).unwrap().is_ok());
        one.refresh().unwrap();
        assert_eq!(one.state(key(1)).quote, Some(Quoting::Quotable));
        // Own codes of two people are no conflict.
        let codes = Change::Codes(Some(Codes { done: true, ..Codes::default() }));
        let seen = |d: &Decisions, who: &str| [(key(2), d.state(key(2)).version(who))];
        let (a, b) = (seen(&one, "AB"), seen(&other, "CD"));
        assert!(one.decide(&desk("AB"), &a, &[(key(2), codes.clone())]).unwrap().is_ok());
        assert!(other.decide(&desk("CD"), &b, &[(key(2), codes)]).unwrap().is_ok());
    }

    #[test]
    fn an_undoing_is_an_entry_and_leaves_what_others_changed_since() {
        let dir = tempfile::tempdir().unwrap();
        let mut all = Decisions::open(dir.path()).unwrap();
        let seen = |d: &Decisions| [(key(1), d.state(key(1)).version("AB"))];
        all.decide(&desk("AB"), &[(key(1), 0)], &[(key(1), quote(true))]).unwrap().unwrap();
        let now = seen(&all);
        all.decide(&desk("CD"), &now, &[(key(1), quote(false))]).unwrap().unwrap();
        assert!(matches!(all.undo(&desk("AB")).unwrap(), Err(Refusal::Meanwhile(..))));
        all.undo(&desk("CD")).unwrap().unwrap();
        all.undo(&desk("AB")).unwrap().unwrap();
        assert_eq!(all.state(key(1)).quote, None);
        assert!(matches!(all.undo(&desk("AB")).unwrap(), Err(Refusal::Nothing)));
        assert_eq!(all.entries().unwrap().len(), 4);
        all.redo(&desk("AB")).unwrap().unwrap();
        assert_eq!(all.state(key(1)).quote, Some(Quoting::Never));
        assert!(matches!(all.redo(&desk("AB")).unwrap(), Err(Refusal::Nothing)));
    }

    #[test]
    fn the_log_lets_nothing_be_changed_or_removed() {
        let dir = tempfile::tempdir().unwrap();
        let mut all = Decisions::open(dir.path()).unwrap();
        all.decide(&desk("AB"), &[], &[(key(1), quote(true)), (key(2), quote(true))])
            .unwrap()
            .unwrap();
        let db = rusqlite::Connection::open(dir.path().join(super::super::log::FILE)).unwrap();
        assert!(db.execute("DELETE FROM entry", []).is_err());
        assert!(db.execute("UPDATE entry SET who = 'X'", []).is_err());
        // To forget a person is the one exception, and the lock is on again afterwards.
        assert_eq!(all.forget(&[key(1)]).unwrap(), 1);
        assert!(db.execute("DELETE FROM entry", []).is_err());
        assert_eq!(all.entries().unwrap().len(), 1);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Decide(u8, u8),
        Undo,
        Redo,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0_u8..3, 0_u8..4).prop_map(|(k, v)| Step::Decide(k, v)),
            2 => Just(Step::Undo),
            1 => Just(Step::Redo),
        ]
    }

    fn value(v: u8) -> Change {
        match v {
            0 => Change::Skip(true),
            1 => Change::Skip(false),
            2 => quote(true),
            _ => quote(false),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// Undo and redo do what a stack of states does, and reading the file anew gives the same.
        #[test]
        fn undo_and_redo_are_a_stack(steps in prop::collection::vec(step(), 1..25)) {
            let dir = tempfile::tempdir().unwrap();
            let mut all = Decisions::open(dir.path()).unwrap();
            let shown = |d: &Decisions| -> Vec<_> {
                (0..3).map(|k| {
                    let state = d.state(key(k));
                    (state.quote, state.own.get("AB").is_some_and(|own| own.skipped))
                }).collect()
            };
            let (mut past, mut future) = (vec![shown(&all)], Vec::new());
            for step in steps {
                match step {
                    Step::Decide(k, v) => {
                        let seen = [(key(k), all.state(key(k)).version("AB"))];
                        let changed = all.decide(&desk("AB"), &seen, &[(key(k), value(v))])
                            .unwrap().unwrap();
                        if changed > 0 {
                            past.push(shown(&all));
                            future.clear();
                        }
                    }
                    Step::Undo => {
                        let done = all.undo(&desk("AB")).unwrap().is_ok();
                        prop_assert_eq!(done, past.len() > 1);
                        if done {
                            future.push(past.pop().unwrap());
                        }
                    }
                    Step::Redo => {
                        let done = all.redo(&desk("AB")).unwrap().is_ok();
                        prop_assert_eq!(done, !future.is_empty());
                        if done {
                            past.push(future.pop().unwrap());
                        }
                    }
                }
                prop_assert_eq!(&shown(&all), past.last().unwrap());
            }
            let again = Decisions::open(dir.path()).unwrap();
            prop_assert_eq!(shown(&again), shown(&all));
        }
    }
}
