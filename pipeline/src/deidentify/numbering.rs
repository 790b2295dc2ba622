//! Which number a placeholder gets: one for each person or identifier within a row or document, the
//! same for a surname, a first name, a possessive or another case of a name seen before.

use std::collections::{HashMap, HashSet};

use super::found::Found;
use super::lexicon::fold;
use super::placeholders;
use super::providers::Providers;
use super::redacted::{Redacted, RedactionKind};
use super::told::{self, Told};

/// The numbers given so far in one row or document.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    highest: HashMap<RedactionKind, u32>,
    identifiers: HashMap<(RedactionKind, String), u32>,
    people: Vec<(Vec<String>, u32)>,
    /// Whole names that the file tells: a part of one alone is that person.
    told: Vec<Vec<String>>,
}

impl Numbering {
    /// Numbering that continues after the placeholders already in the texts.
    pub(super) fn after<'t>(texts: impl Iterator<Item = &'t str>, told: &Told) -> Self {
        let mut numbering = Self { told: told.people().to_vec(), ..Self::default() };
        for placeholder in texts.flat_map(placeholders::find) {
            let highest = numbering.highest.entry(placeholder.kind).or_default();
            *highest = (*highest).max(placeholder.number.unwrap_or(0));
        }
        numbering
    }

    /// The parts of all names numbered so far.
    pub(super) fn known_names(&self) -> HashSet<String> {
        self.people.iter().flat_map(|(parts, _)| parts.iter().cloned()).collect()
    }

    /// Puts placeholders over what was found in a text.
    pub(super) fn apply(
        &mut self,
        text: &Redacted,
        found: &[Found],
        providers: &Providers,
    ) -> Redacted {
        let words = text.as_str();
        let (mut byte, mut scalar) = (0, 0_u32);
        let mut scalars = |to: usize| {
            scalar += words[byte..to].chars().count() as u32;
            byte = to;
            scalar
        };
        let new: Vec<_> = found
            .iter()
            .map(|f| {
                let range = scalars(f.range.start)..scalars(f.range.end);
                (range, f.kind, self.label(f.kind, f.of(words), providers))
            })
            .collect();
        text.replace(&new)
    }

    fn label(&mut self, kind: RedactionKind, words: &str, providers: &Providers) -> String {
        let number = match kind {
            RedactionKind::Provider => {
                if let Some(index) = providers.index_of(words) {
                    return placeholders::lettered(kind, index);
                }
                self.next(kind)
            }
            RedactionKind::Person => self.person(words),
            _ => {
                let same: String = words
                    .chars()
                    .filter(|c| c.is_alphanumeric())
                    .flat_map(char::to_lowercase)
                    .collect();
                if let Some(number) = self.identifiers.get(&(kind, same.clone())) {
                    *number
                } else {
                    let number = self.next(kind);
                    self.identifiers.insert((kind, same), number);
                    number
                }
            }
        };
        placeholders::numbered(kind, number)
    }

    fn person(&mut self, words: &str) -> u32 {
        let mut parts = parts(words);
        if let [part] = parts.as_slice()
            && let Some(whole) = told::whole_of(&self.told, part)
        {
            parts = whole.to_vec();
        }
        let same = |known: &[String]| {
            known == parts
                || (parts.len() == 1 && known.contains(&parts[0]))
                || (known.len() == 1 && parts.contains(&known[0]))
        };
        if let Some((known, number)) = self.people.iter_mut().find(|(known, _)| same(known)) {
            let number = *number;
            if parts.len() > known.len() {
                *known = parts;
            }
            return number;
        }
        let number = self.next(RedactionKind::Person);
        self.people.push((parts, number));
        number
    }

    fn next(&mut self, kind: RedactionKind) -> u32 {
        let highest = self.highest.entry(kind).or_default();
        *highest = highest.saturating_add(1);
        *highest
    }
}

/// A name's parts, folded: "O'Brien-Smith's" is `o'brien`, `smith`.
pub(super) fn parts(name: &str) -> Vec<String> {
    name.split(|c: char| c.is_whitespace() || matches!(c, '-' | '.' | ',' | '‐' | '‑'))
        .map(|part| part.trim_matches(|c: char| !c.is_alphanumeric()))
        .map(|part| part.strip_suffix("'s").or(part.strip_suffix("’s")).unwrap_or(part))
        .filter(|part| !part.is_empty())
        .map(fold)
        .collect()
}
