//! Values of breakdown columns: "Marlpool", "Sewell Care", "Denise Smith". They are published beside
//! figures, so names in them go; but what stands in a column of places or providers is hardly ever a
//! person, and two values must never become one, or their people would be counted together.
//!
//! Where the whole column can be read first, those that hold a name are numbered. Where it cannot (a
//! stream, a cluster, more values than are kept), they carry a mark that only who has the key can make,
//! the same wherever it is made.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::lexicon::{SOFT_TITLE, TITLE, fold, is_plain_given, lexicon};
use super::{Deidentifier, Document, Mode};

/// The values of a breakdown column as the file has them.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// Its header speaks of areas, providers, services: of no person.
    pub places: bool,
    /// In the order in which they first stand there.
    pub values: Vec<String>,
}

/// How the values of a column are written in what leaves.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    places: bool,
    known: HashMap<String, Arc<str>>,
    /// Of the marks of values that are not known beforehand.
    key: Option<[u8; 32]>,
}

impl Deidentifier {
    /// Makes known the values of the breakdown columns, so that those that hold a name stay apart. Of
    /// others, those that hold a name carry marks, made with the key where there is one.
    #[must_use]
    pub fn with_values(mut self, columns: &[Values], key: Option<[u8; 32]>) -> Self {
        let labels = |column: &Values| Labels { key, ..self.labels(column) };
        self.columns = columns.iter().map(labels).collect();
        self
    }

    /// A value of a breakdown column, de-identified.
    pub fn value(&self, column: usize, value: &str) -> Arc<str> {
        let labels = self.columns.get(column);
        if let Some(known) = labels.and_then(|labels| labels.known.get(value)) {
            return Arc::clone(known);
        }
        let plain = self.one(labels.is_some_and(|labels| labels.places), value);
        match labels.and_then(|labels| labels.key) {
            Some(key) if plain != value => format!("{plain} ({})", mark(key, value)).into(),
            _ => plain.into(),
        }
    }

    fn labels(&self, column: &Values) -> Labels {
        let mut taken: HashSet<String> = HashSet::new();
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut known = HashMap::new();
        for value in &column.values {
            if known.contains_key(value) {
                continue;
            }
            let plain = self.one(column.places, value);
            let mut label = plain.clone();
            // What was written differently and holds nothing personal is its own.
            while plain != *value && taken.contains(&label) {
                let number = numbers.entry(plain.clone()).or_insert(1);
                *number += 1;
                label = if plain.contains("[PERSON 1]") {
                    plain.replace("[PERSON 1]", &format!("[PERSON {number}]"))
                } else {
                    format!("{plain} ({number})")
                };
            }
            taken.insert(label.clone());
            known.insert(value.clone(), label.into());
        }
        Labels { places: column.places, known, key: None }
    }

    fn one(&self, places: bool, value: &str) -> String {
        let label = self.label(value).as_str().to_owned();
        if !places || label == *value || !is_a_bare_place(value) {
            return label;
        }
        let document = Document { texts: vec![value], names: Vec::new() };
        let read = self.read_all(&[document], Mode::Structured).pop();
        let read = read.and_then(|mut texts| texts.pop());
        read.map(|text| text.as_str().to_owned()).unwrap_or_default()
    }
}

/// Twelve characters that tell a value from every other, and not what it is.
fn mark(key: [u8; 32], value: &str) -> String {
    let hash = Sha256::new().chain_update(key).chain_update(value).finalize();
    hex::encode(&hash[..6])
}

/// "Marlpool", "Sewell", "Chell Brow", "Bramwith Care": up to three words of letters, no given name, no
/// title and no initial among them. Anything more ("Team Marjorie", "PA: J Farrall") may name somebody.
fn is_a_bare_place(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    let could_be = |word: &&str| {
        let marks = lexicon().marks(&fold(word));
        let letters = word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | '&'));
        letters
            && word.chars().count() > 1
            && !is_plain_given(marks)
            && marks & (TITLE | SOFT_TITLE) == 0
    };
    (1..=3).contains(&words.len()) && words.iter().all(could_be)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deidentify::Options;

    fn labels(places: bool, values: &[&str]) -> Vec<String> {
        let values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
        let column = Values { places, values: values.clone() };
        let room = Deidentifier::new(Options::default()).with_values(&[column], None);
        values.iter().map(|value| room.value(0, value).to_string()).collect()
    }

    #[test]
    fn places_and_providers_that_sound_like_surnames_stay_apart() {
        let values = ["Marlpool", "Chell Brow", "Bramwith Care", "Ollerthwaite"];
        assert_eq!(labels(true, &values), values);
    }

    #[test]
    fn people_among_them_go_and_are_not_counted_together() {
        let found = labels(true, &["Denise Smith", "North", "Zbigniew Kowalski", "Mrs Patel"]);
        assert_eq!(found, ["[PERSON 1]", "North", "[PERSON 2]", "Mrs [PERSON 1]"]);
        let found = labels(true, &["Team Marjorie, Hexham", "PA: Jeanette Ockwell"]);
        assert!(!found.concat().contains("Marjorie") && !found.concat().contains("Ockwell"));
        let found = labels(false, &["Denise", "Kwame", "Denise"]);
        assert_eq!(found, ["[PERSON 1]", "[PERSON 2]", "[PERSON 1]"]);
    }

    #[test]
    fn telephones_of_providers_go() {
        assert_eq!(labels(true, &["Sewell Care 01632 960123"]), ["Sewell Care [PHONE 1]"]);
    }

    #[test]
    fn values_that_cannot_be_read_beforehand_stay_apart_by_marks_of_the_key() {
        let column = |places| Values { places, values: Vec::new() };
        let room = |key| {
            Deidentifier::new(Options::default())
                .with_values(&[column(true), column(false)], Some([key; 32]))
        };
        let (ours, theirs) = (room(1), room(2));
        assert_eq!(&*ours.value(0, "Marlpool"), "Marlpool");
        let [denise, kwame] = ["Denise Smith", "Kwame Mensah"].map(|name| ours.value(1, name));
        assert!(denise.starts_with("[PERSON 1] (") && denise.len() == "[PERSON 1] ()".len() + 12);
        assert_ne!(denise, kwame);
        assert_eq!(denise, room(1).value(1, "Denise Smith"));
        assert_ne!(denise, theirs.value(1, "Denise Smith"));
        // Where some are known, too, these are numbered and the others carry marks.
        let some = Values { places: false, values: vec!["Denise Smith".to_owned()] };
        let room = Deidentifier::new(Options::default()).with_values(&[some], Some([1; 32]));
        assert_eq!(&*room.value(0, "Denise Smith"), "[PERSON 1]");
        assert_eq!(room.value(0, "Kwame Mensah"), kwame);
    }

    #[test]
    fn a_value_that_was_not_made_known_is_read_alone() {
        let room = Deidentifier::new(Options::default())
            .with_values(&[Values { places: true, values: Vec::new() }], None);
        assert_eq!(&*room.value(0, "Marlpool"), "Marlpool");
        assert_eq!(&*room.value(7, "Denise Smith"), "[PERSON 1]");
    }
}
