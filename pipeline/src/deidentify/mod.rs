//! Responses to redacted responses: the room that every word passes before a model, a table, a
//! report or a log sees it, and the only one that can make [`Redacted`] text.
//!
//! Structured identifiers are found by patterns (a file each), people by name lists, spelling and
//! the words around ([`persons`]). One call takes all answers of one row or document, so that
//! [PERSON 1] is the same person in all of them and in nothing else. What is found in one pass can
//! make more findable (a surname known now), so passes repeat until nothing new is found: that is
//! also why de-identifying the output again changes nothing. Deciding which texts belong together
//! is left to intake, counting and storing redactions to `run` and `store`.

mod accounts;
mod addresses;
mod batch;
mod dates_of_birth;
mod emails;
mod found;
mod grammar;
mod introductions;
mod letterheads;
mod lexicon;
mod nhs_numbers;
mod ni_numbers;
mod numbering;
mod persons;
mod phones;
mod placeholders;
mod postcodes;
mod providers;
mod redacted;
mod residual;
mod signatures;
mod tokens;
mod urls;
mod vehicles;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::print_stderr)]
mod planted;
#[cfg(test)]
mod properties;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod sentences;

pub use batch::{Deidentified, Identities, Numbered, deidentify};
pub use redacted::{Redacted, Redaction, RedactionKind, StoredError};

use found::{Found, settle};
use numbering::Numbering;
use placeholders::Placeholder;
use providers::Providers;
use tokens::Tokens;

/// Passes after which nothing new is looked for. Two are usual; each later pass needs a name that
/// only became known in the one before.
const MOST_PASSES: usize = 8;

/// What the user can say about de-identification.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Names of care providers, which become [PROVIDER A], [PROVIDER B], ... in this order.
    pub providers: Vec<String>,
}

/// Finds personal data and puts placeholders in its place. Made once, shared by all threads.
#[derive(Debug)]
pub struct Deidentifier {
    providers: Providers,
}

impl Deidentifier {
    /// A de-identifier for one run.
    pub fn new(options: Options) -> Self {
        lexicon::lexicon();
        Self { providers: Providers::new(options.providers) }
    }

    /// De-identifies all texts of one row or document, in order: one result for each text.
    /// Placeholders are numbered across them, after any that the texts already hold.
    pub fn document(&self, texts: &[&str]) -> Vec<Redacted> {
        let mut done: Vec<Redacted> = texts.iter().map(|text| Redacted::untouched(text)).collect();
        let mut numbering: Option<Numbering> = None;
        for _ in 0..MOST_PASSES {
            let found: Vec<Vec<Found>> = self.pass(&done, numbering.as_ref());
            if found.iter().all(Vec::is_empty) {
                break;
            }
            let numbering = numbering
                .get_or_insert_with(|| Numbering::after(done.iter().map(Redacted::as_str)));
            done = done
                .iter()
                .zip(&found)
                .map(|(text, found)| numbering.apply(text, found, &self.providers))
                .collect();
        }
        done
    }

    /// De-identifies a short string that leaves on its own: a question text, a column name, a value
    /// of a breakdown, the name of a wave, a message.
    pub fn label(&self, text: &str) -> Redacted {
        self.document(&[text]).pop().unwrap_or_default()
    }

    /// Everything found in the texts as they stand now, sorted and without overlaps.
    fn pass(&self, texts: &[Redacted], numbering: Option<&Numbering>) -> Vec<Vec<Found>> {
        let read: Vec<(Vec<Placeholder>, Vec<Found>, Tokens)> = texts
            .iter()
            .map(|text| {
                let text = text.as_str();
                let held = placeholders::find(text);
                let structured = self.structured(text, &held);
                (held, structured, Tokens::read(text))
            })
            .collect();
        let mut people: Vec<Vec<Found>> = read
            .iter()
            .zip(texts)
            .map(|((held, structured, tokens), text)| {
                persons::find(text.as_str(), tokens, held, structured)
            })
            .collect();
        if numbering.is_some() || people.iter().any(|found| !found.is_empty()) {
            let mut known = numbering.map(Numbering::known_names).unwrap_or_default();
            for (found, text) in people.iter().zip(texts) {
                known.extend(found.iter().flat_map(|f| numbering::parts(f.of(text.as_str()))));
            }
            for ((found, (_, _, tokens)), text) in people.iter_mut().zip(&read).zip(texts) {
                persons::find_again(text.as_str(), tokens, &known, found);
            }
        }
        read.into_iter()
            .zip(people)
            .zip(texts)
            .map(|(((held, structured, _), people), text)| {
                settle(text.as_str(), &held, [structured, people])
            })
            .collect()
    }

    /// Identifiers with a form of their own, most certain first.
    fn structured(&self, text: &str, held: &[Placeholder]) -> Vec<Found> {
        let mut found = Vec::new();
        emails::find(text, &mut found);
        urls::find(text, &mut found);
        if text.bytes().any(|b| b.is_ascii_digit()) {
            nhs_numbers::find(text, &mut found);
            ni_numbers::find(text, &mut found);
            accounts::find_cards(text, &mut found);
            dates_of_birth::find(text, &mut found);
            phones::find(text, &mut found);
            accounts::find(text, &mut found);
            postcodes::find(text, &mut found);
            addresses::find(text, &mut found);
            vehicles::find(text, &mut found);
        } else {
            addresses::find_without_number(text, &mut found);
        }
        phones::find_spelled(text, &mut found);
        self.providers.find(text, &mut found);
        letterheads::find(text, held, &mut found);
        settle(text, held, [found])
    }
}
