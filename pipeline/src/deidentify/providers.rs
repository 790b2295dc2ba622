//! Care providers that the user named: the same letter in the whole run, so that they can still be
//! compared when their names are gone.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use super::found::{Found, stands_free};
use super::redacted::RedactionKind::Provider;

/// The user's list.
#[derive(Clone, Debug)]
pub(super) struct Providers {
    /// Each name and its forms without "Ltd", lower case, with its place in the list.
    names: Vec<(String, usize)>,
    finder: Option<AhoCorasick>,
}

impl Providers {
    pub(super) fn new(list: Vec<String>) -> Self {
        let mut names: Vec<(String, usize)> = Vec::new();
        for (index, name) in list.into_iter().enumerate() {
            let whole = name.trim().to_lowercase();
            let mut short = whole.as_str();
            for end in [" limited", " ltd.", " ltd", " plc", " cic", " llp"] {
                short = short.strip_suffix(end).unwrap_or(short).trim_end();
            }
            for form in [whole.as_str(), short] {
                if form.chars().count() > 1 && !names.iter().any(|(n, _)| n == form) {
                    names.push((form.to_owned(), index));
                }
            }
        }
        let finder = AhoCorasickBuilder::new()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(names.iter().map(|(name, _)| name))
            .ok()
            .filter(|_| !names.is_empty());
        Self { names, finder }
    }

    pub(super) fn find(&self, text: &str, found: &mut Vec<Found>) {
        let Some(finder) = &self.finder else { return };
        let matches = finder.find_iter(text).map(|m| m.start()..m.end());
        found.extend(
            matches.filter(|r| stands_free(text, r)).map(|range| Found::new(range, Provider)),
        );
    }

    /// The place in the list of a provider found in a text.
    pub(super) fn index_of(&self, words: &str) -> Option<usize> {
        let words = words.to_lowercase();
        self.names.iter().find(|(name, _)| *name == words).map(|(_, index)| *index)
    }
}
