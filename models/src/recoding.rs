//! Changes to a codebook, and what they do to codes: a theme renamed, put together with another,
//! split, added or hidden.
//!
//! A changed codebook is a new version with all its changes in it, in order. They are the mapping
//! between the years: every code of the old version has its place in the new one, so that what was
//! counted once can be counted again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::codebook::{Codebook, CodebookError};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Another name for people; the id stays.
    Rename {
        /// Id of the theme.
        theme: String,
        /// Its new name.
        label: String,
    },
    /// Every code of one theme becomes a code of another.
    Merge {
        /// Id of the theme that goes.
        from: String,
        /// Id of the theme that stays.
        into: String,
    },
    /// Codes of a theme in segments with any of these words become codes of a new one.
    Split {
        /// Id of the theme.
        theme: String,
        /// Id of the new theme, in the same group.
        id: String,
        /// Its name.
        label: String,
        /// What it is about.
        definition: String,
        /// Words and phrases; `rush*` is every word that begins so.
        words: Vec<String>,
    },
    /// A new theme; people give it, and models that learn it.
    Add {
        /// Its id.
        id: String,
        /// Its name.
        label: String,
        /// Id of its group.
        group: String,
        /// What it is about.
        definition: String,
        /// Words that speak of it.
        words: Vec<String>,
    },
    /// A theme that is used no more; its codes are left out.
    Hide {
        /// Id of the theme.
        theme: String,
    },
}

/// Where a code of an earlier version stands after all changes; None where it is hidden. Without the
/// words of its segment a split moves nothing: what a person coded stays where they put it.
pub fn resolve<'a>(id: &'a str, changes: &'a [Change], segment: Option<&str>) -> Option<&'a str> {
    let mut now = id;
    for change in changes {
        match change {
            Change::Merge { from, into } if from == now => now = into,
            Change::Hide { theme } if theme == now => return None,
            Change::Split { theme, id, words, .. }
                if theme == now && segment.is_some_and(|text| speaks_of(text, words)) =>
            {
                now = id;
            }
            _ => {}
        }
    }
    Some(now)
}

/// Whether a text has any of these words or phrases, as whole words, whatever their case.
pub fn speaks_of(text: &str, words: &[String]) -> bool {
    let fold = |text: &str| -> Vec<String> {
        let parts = text.split(|c: char| !c.is_alphanumeric() && c != '*');
        parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
    };
    let text = fold(text);
    let is = |word: &str, wanted: &str| match wanted.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == wanted,
    };
    words.iter().any(|phrase| {
        let phrase = fold(phrase);
        !phrase.is_empty()
            && text
                .windows(phrase.len())
                .any(|some| some.iter().zip(&phrase).all(|(word, wanted)| is(word, wanted)))
    })
}

/// The version after so many changes: `1.2.0+3`.
pub fn version(before: &str, changes: usize) -> String {
    let plain = before.split('+').next().unwrap_or(before);
    if changes == 0 { plain.to_owned() } else { format!("{plain}+{changes}") }
}

/// The TOML of a codebook with these changes, and all those that it had. What pointed to a theme that
/// went points to where it went, or is left out.
pub fn edit(toml: &str, changes: &[Change], name: &str) -> Result<String, CodebookError> {
    let format = |reason: String| CodebookError::Format { name: name.to_owned(), reason };
    let mut table: Table = toml::from_str(toml).map_err(|error| format(error.to_string()))?;
    let known = Codebook::parse(toml, name)?;
    let all: Vec<Change> = known.changes.iter().chain(changes).cloned().collect();
    for change in changes {
        apply(&mut table, change);
    }
    let codes: BTreeSet<String> =
        (ids(&table, "theme").into_iter()).chain(ids(&table, "thin")).collect();
    mend(&mut table, &all, &codes);
    table.insert("version".into(), version(&known.version, all.len()).into());
    let value = Value::try_from(&all).map_err(|error| format(error.to_string()))?;
    table.insert("change".into(), value);
    let text = toml::to_string(&table).map_err(|error| format(error.to_string()))?;
    Codebook::parse(&text, name)?;
    Ok(text)
}

fn list<'a>(table: &'a mut Table, key: &str) -> Option<&'a mut Vec<Value>> {
    table.get_mut(key)?.as_array_mut()
}

fn text<'a>(entry: &'a Value, key: &str) -> &'a str {
    entry.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn ids(table: &Table, key: &str) -> Vec<String> {
    let entries = table.get(key).and_then(Value::as_array);
    entries.into_iter().flatten().map(|entry| text(entry, "id").to_owned()).collect()
}

/// A theme of its own, as TOML.
fn theme(id: &str, label: &str, group: &str, definition: &str, words: &[String]) -> Value {
    let mut theme = Table::new();
    for (key, value) in [("id", id), ("label", label), ("group", group), ("definition", definition)]
    {
        theme.insert(key.into(), value.into());
    }
    // A cue is small letters only.
    let words: BTreeSet<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let usable = words.into_iter().filter(|word| crate::cues::problem(word).is_none());
    theme.insert("cues".into(), Value::Array(usable.map(Value::from).collect()));
    Value::Table(theme)
}

fn apply(table: &mut Table, change: &Change) {
    let codes: Vec<String> = ids(table, "theme").into_iter().chain(ids(table, "thin")).collect();
    match change {
        Change::Rename { theme, label } => {
            for key in ["theme", "thin"] {
                for entry in list(table, key).into_iter().flatten() {
                    if text(entry, "id") == theme
                        && let Some(entry) = entry.as_table_mut()
                    {
                        entry.insert("label".into(), label.as_str().into());
                    }
                }
            }
        }
        Change::Merge { from: gone, .. } | Change::Hide { theme: gone } => {
            if let Change::Merge { from, into } = change {
                cover(table, from, into);
            }
            for key in ["theme", "thin"] {
                if let Some(entries) = list(table, key) {
                    entries.retain(|entry| text(entry, "id") != gone);
                }
            }
        }
        Change::Split { id, .. } | Change::Add { id, .. } if codes.contains(id) => {}
        Change::Split { theme: of, id, label, definition, words } => {
            let Some(entries) = list(table, "theme") else { return };
            let Some(at) = entries.iter().position(|entry| text(entry, "id") == of) else { return };
            let group = text(&entries[at], "group").to_owned();
            entries.insert(at + 1, theme(id, label, &group, definition, words));
        }
        Change::Add { id, label, group, definition, words } => {
            let new = theme(id, label, group, definition, words);
            if let Some(entries) = list(table, "theme") {
                entries.push(new);
            }
        }
    }
}

/// What a theme is about once another is put together with it: what both were.
fn cover(table: &mut Table, from: &str, into: &str) {
    let entries = table.get("theme").and_then(Value::as_array);
    let Some(gone) = entries.and_then(|all| all.iter().find(|one| text(one, "id") == from)) else {
        return;
    };
    let gone = gone.clone();
    let themes = list(table, "theme").into_iter().flatten();
    for entry in themes.filter(|entry| text(entry, "id") == into) {
        let definition = both(text(entry, "definition"), text(&gone, "definition"));
        let Some(entry) = entry.as_table_mut() else { continue };
        entry.insert("definition".into(), definition.into());
        for key in ["counts", "excludes", "examples_positive", "examples_negative", "cues"] {
            let Some(more) = gone.get(key).and_then(Value::as_array) else { continue };
            let all = entry.entry(key).or_insert_with(|| Value::Array(Vec::new()));
            let Some(all) = all.as_array_mut() else { continue };
            for one in more {
                if !all.contains(one) {
                    all.push(one.clone());
                }
            }
        }
    }
}

/// Two definitions as one.
pub fn both(one: &str, other: &str) -> String {
    format!("{one} Also: {other}").trim().to_owned()
}

/// Boundaries and rules that pointed to themes that went.
fn mend(table: &mut Table, changes: &[Change], codes: &BTreeSet<String>) {
    let known = |id: &str| -> Option<String> {
        let now = resolve(id, changes, None)?;
        codes.contains(now).then(|| now.to_owned())
    };
    let is_change = |id: &str| {
        changes.iter().any(|change| match change {
            Change::Merge { from, .. } => from == id,
            Change::Hide { theme } => theme == id,
            _ => false,
        })
    };
    for entry in list(table, "theme").into_iter().flatten() {
        let own = text(entry, "id").to_owned();
        let Some(excludes) = entry.get_mut("excludes").and_then(Value::as_array_mut) else {
            continue;
        };
        excludes.retain_mut(|exclusion| {
            let to = text(exclusion, "goes_to").to_owned();
            if !is_change(&to) {
                // What goes to the theme itself, since both were put together, is no exclusion.
                return to != own;
            }
            match (known(&to), exclusion.as_table_mut()) {
                (Some(now), Some(exclusion)) if now != own => {
                    exclusion.insert("goes_to".into(), now.into());
                    true
                }
                _ => false,
            }
        });
    }
    for rule in list(table, "precedence").into_iter().flatten() {
        let Some(themes) = rule.get_mut("themes").and_then(Value::as_array_mut) else { continue };
        let mut met = BTreeSet::new();
        let now: Vec<Value> = themes
            .iter()
            .filter_map(|theme| known(theme.as_str()?))
            .filter(|theme| met.insert(theme.clone()))
            .map(Value::from)
            .collect();
        *themes = now;
    }
    if let Some(rules) = list(table, "precedence") {
        rules.retain(|rule| {
            rule.get("themes").and_then(Value::as_array).is_some_and(|themes| themes.len() > 1)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merge(from: &str, into: &str) -> Change {
        Change::Merge { from: from.into(), into: into.into() }
    }

    fn changes() -> Vec<Change> {
        vec![
            Change::Rename { theme: "punctuality".into(), label: "On time".into() },
            merge("missed_visits", "punctuality"),
            Change::Hide { theme: "social".into() },
            Change::Split {
                theme: "continuity".into(),
                id: "agency_staff".into(),
                label: "Agency staff".into(),
                definition: "Carers from agencies.".into(),
                words: vec!["agency".into(), "temp*".into(), "bank staff".into()],
            },
            Change::Add {
                id: "parking".into(),
                label: "Parking".into(),
                group: "system".into(),
                definition: "Where carers leave their cars.".into(),
                words: vec!["parking".into()],
            },
        ]
    }

    #[test]
    fn every_old_code_has_its_place() {
        let changes = changes();
        let now = |id, text| resolve(id, &changes, text);
        assert_eq!(now("missed_visits", None), Some("punctuality"));
        assert_eq!(now("punctuality", None), Some("punctuality"));
        assert_eq!(now("social", None), None);
        assert_eq!(now("continuity", Some("Always temps, from an AGENCY.")), Some("agency_staff"));
        assert_eq!(now("continuity", Some("bank staff again")), Some("agency_staff"));
        assert_eq!(now("continuity", Some("a different face")), Some("continuity"));
        assert_eq!(now("continuity", None), Some("continuity"));
    }

    #[test]
    fn a_changed_codebook_is_in_order_and_knows_its_changes() {
        let toml = Codebook::builtin_toml("home-care").expect("built in");
        let before = Codebook::parse(toml, "home-care").expect("in order");
        let text = edit(toml, &changes(), "home-care").expect("edited");
        let after = Codebook::parse(&text, "home-care").expect("in order");
        assert_eq!(after.version, format!("{}+5", before.version));
        assert_eq!(after.themes.len(), before.themes.len());
        assert_eq!(after.theme("punctuality").map(|t| t.label.as_str()), Some("On time"));
        assert!(after.theme("missed_visits").is_none() && after.theme("social").is_none());
        // A theme is about what it and the one that came to it were about.
        let [late, missed] =
            ["punctuality", "missed_visits"].map(|id| before.theme(id).expect("a theme"));
        let joined = after.theme("punctuality").expect("a theme");
        assert_eq!(joined.definition, both(&late.definition, &missed.definition));
        assert!(late.counts.iter().chain(&missed.counts).all(|one| joined.counts.contains(one)));
        assert!(joined.excludes.iter().all(|one| one.goes_to != "punctuality"));
        let group = |book: &Codebook, id: &str| book.theme(id).map(|theme| theme.group.clone());
        assert_eq!(group(&after, "agency_staff"), group(&before, "continuity"));
        assert_eq!(after.changes, changes());
        // A further edit keeps what was done before.
        let text = edit(&text, &[merge("parking", "access")], "home-care").expect("edited");
        let last = Codebook::parse(&text, "home-care").expect("in order");
        assert_eq!((last.changes.len(), last.version.ends_with("+6")), (6, true));
        // Making the same change again changes no theme.
        let again = edit(&text, &changes()[3..4], "home-care").expect("edited");
        let again = Codebook::parse(&again, "home-care").expect("in order");
        assert_eq!(again.themes, last.themes);
    }
}
