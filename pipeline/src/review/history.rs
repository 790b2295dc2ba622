//! The changes that people made to a codebook, told: each in a sentence, with the names that its themes
//! had when it was made.

use std::collections::HashMap;

use heard_models::recoding::Change;

use crate::vocabulary::Vocabulary;

/// What the themes are called at some moment, by their ids.
#[derive(Clone, Debug)]
pub struct Names(HashMap<String, String>);

impl Names {
    /// Of the first codebook of each; what a later one says counts.
    pub fn of<'a>(vocabularies: impl IntoIterator<Item = &'a Vocabulary>) -> Self {
        let books = vocabularies.into_iter().filter_map(|v| v.codebooks().first());
        let themes = books.flat_map(|book| &book.themes);
        Self(themes.map(|theme| (theme.id.clone(), theme.label.clone())).collect())
    }

    /// Takes in a change.
    fn take(&mut self, change: &Change) {
        match change {
            Change::Rename { theme: id, label }
            | Change::Split { id, label, .. }
            | Change::Add { id, label, .. } => {
                self.0.insert(id.clone(), label.clone());
            }
            Change::Merge { .. } | Change::Hide { .. } => {}
        }
    }

    /// A change that is made to these, in a sentence.
    pub fn describe(&self, change: &Change) -> String {
        let label = |id: &str| self.0.get(id).map_or_else(|| id.to_owned(), Clone::clone);
        match change {
            Change::Rename { theme, label: new } => {
                format!("“{}” is called “{new}”", label(theme))
            }
            Change::Merge { from, into } => {
                format!("“{}” is put together with “{}”", label(from), label(into))
            }
            Change::Split { theme, label: new, words, .. } => {
                let by = if words.is_empty() { "" } else { ": " };
                format!("“{new}” is split from “{}”{by}{}", label(theme), words.join(", "))
            }
            Change::Add { label: new, .. } => format!("“{new}” is added"),
            Change::Hide { theme } => format!("“{}” is hidden", label(theme)),
        }
    }
}

/// Each change in a sentence, with the names that the themes had when it was made; and the last of
/// those that stand.
pub fn sentences(first: &Names, changes: &[Option<&Change>]) -> (Vec<String>, Option<String>) {
    let mut said = Vec::new();
    // What stands, each with the names after it.
    let mut standing: Vec<(String, Names)> = Vec::new();
    for change in changes {
        let Some(change) = change else {
            said.push(match standing.pop() {
                Some((was, _)) => format!("taken back: {was}"),
                None => "nothing was taken back".to_owned(),
            });
            continue;
        };
        let mut now = standing.last().map_or(first, |(_, names)| names).clone();
        let this = now.describe(change);
        now.take(change);
        said.push(this.clone());
        standing.push((this, now));
    }
    (said, standing.pop().map(|(last, _)| last))
}

/// The changes that stand, for publication: without the words that somebody searched for.
pub fn standing(original: &Vocabulary, changes: &[Change]) -> Vec<String> {
    let mut changes = changes.to_vec();
    for change in &mut changes {
        if let Change::Split { words, .. } = change {
            words.clear();
        }
    }
    let all: Vec<Option<&Change>> = changes.iter().map(Some).collect();
    sentences(&Names::of([original]), &all).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_with_the_names_of_its_time() {
        let first = Names(HashMap::from([("late".to_owned(), "Punctuality".to_owned())]));
        let rename = |label: &str| Change::Rename { theme: "late".into(), label: label.into() };
        let (one, two) = (rename("Being late"), rename("Time"));
        let (said, last) = sentences(&first, &[Some(&one), Some(&two), None, Some(&two)]);
        assert_eq!(last.as_ref(), said.last());
        assert_eq!(
            said,
            [
                "“Punctuality” is called “Being late”",
                "“Being late” is called “Time”",
                "taken back: “Being late” is called “Time”",
                "“Being late” is called “Time”",
            ]
        );
    }
}
