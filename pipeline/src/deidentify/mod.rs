//! Responses to redacted responses: the room that every word passes before a model, a table, a
//! report or a log sees it, and the only one that can make [`Redacted`] text.
//!
//! Structured identifiers are found by patterns (a file each), people by name lists, spelling and
//! the words around ([`persons`]), and by a model that reads the sentence where these leave a word in
//! doubt ([`doubts`]); [`Mode`] says how much of this is done. One call takes all answers of one row or document, so that
//! [PERSON 1] is the same person in all of them and in nothing else. What is found in one pass can
//! make more findable (a surname known now), so passes repeat until nothing new is found: that is
//! also why de-identifying the output again changes nothing. Deciding which texts belong together
//! is left to intake, counting and storing redactions to `run` and `store`.

mod accounts;
mod addresses;
mod batch;
mod dates_of_birth;
mod doubts;
mod emails;
mod found;
mod grammar;
mod habits;
mod hints;
mod introductions;
mod letterheads;
mod lexicon;
mod mode;
mod nhs_numbers;
mod ni_numbers;
mod nobody;
mod numbering;
mod persons;
mod phones;
mod placeholders;
mod postcodes;
mod providers;
mod recall;
mod redacted;
mod residual;
mod signatures;
mod tokens;
mod told;
mod urls;
mod values;
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
pub use mode::Mode;
pub use recall::{Left, Recall};
pub use redacted::{Redacted, Redaction, RedactionKind, StoredError};
pub use residual::{Reason, Remaining};
pub use values::Values;

use doubts::Opinions;
use found::{Found, settle};
use heard_models::names::NameFinder;
use hints::{AT, DOTTED, Hints, LETTER_DIGIT, PLATE, SPOKEN};
use numbering::Numbering;
use persons::{Draft, Reader};
use placeholders::Placeholder;
use providers::Providers;
use tokens::Tokens;
use told::Told;

/// Passes after which nothing new is looked for. Two are usual; each later pass needs a name that
/// only became known in the one before.
const MOST_PASSES: usize = 8;

/// What the user can say about de-identification.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Names of care providers, which become [PROVIDER A], [PROVIDER B], ... in this order.
    pub providers: Vec<String>,
    /// How thoroughly is looked.
    pub mode: Mode,
}

/// The texts of one row or document, and the names that its file tells beside them.
#[derive(Clone, Debug, Default)]
pub struct Document<'a> {
    /// Answers, in order.
    pub texts: Vec<&'a str>,
    /// Whole names.
    pub names: Vec<&'a str>,
}

/// Finds personal data and puts placeholders in its place. Made once, shared by all threads.
#[derive(Clone, Debug)]
pub struct Deidentifier {
    providers: Providers,
    mode: Mode,
    /// How the values of the breakdown columns are written.
    columns: Vec<values::Labels>,
}

/// Whether a word is one of every day and nobody's given name.
pub(crate) fn is_everyday(word: &str) -> bool {
    let marks = lexicon::lexicon().marks(&lexicon::fold(word));
    marks & lexicon::WORD != 0 && marks & lexicon::GIVEN == 0
}

impl Deidentifier {
    /// A de-identifier for one run.
    pub fn new(options: Options) -> Self {
        lexicon::lexicon();
        Self {
            providers: Providers::new(options.providers),
            mode: options.mode,
            columns: Vec::new(),
        }
    }

    /// De-identifies all texts of one row or document, in order: one result for each text.
    /// Placeholders are numbered across them, after any that the texts already hold.
    pub fn document(&self, texts: &[&str]) -> Vec<Redacted> {
        let document = Document { texts: texts.to_vec(), names: Vec::new() };
        self.read_all(&[document], self.mode).pop().unwrap_or_default()
    }

    /// De-identifies several rows or documents, each with people whom the file names outside its
    /// texts: these names go wherever they stand in it.
    pub fn documents(&self, documents: &[Document<'_>]) -> Vec<Vec<Redacted>> {
        self.read_all(documents, self.mode)
    }

    /// Where the name finder must be asked, a document waits until the others have come as far, so
    /// that it reads the sentences of all of them at once, and then begins anew.
    fn read_all(&self, documents: &[Document<'_>], mode: Mode) -> Vec<Vec<Redacted>> {
        let mut opinions = Opinions::default();
        let mut done: Vec<Option<Vec<Redacted>>> =
            documents.iter().map(|document| self.read(document, mode, &mut opinions)).collect();
        while !opinions.complete() {
            opinions.answer(finder());
            for (done, document) in done.iter_mut().zip(documents) {
                if done.is_none() {
                    *done = self.read(document, mode, &mut opinions);
                }
            }
        }
        done.into_iter().flatten().collect()
    }

    /// One document, or None where something in it must be asked about first.
    fn read(
        &self,
        document: &Document<'_>,
        mode: Mode,
        opinions: &mut Opinions,
    ) -> Option<Vec<Redacted>> {
        let told = Told::new(document.names.iter().copied());
        let mut done: Vec<Redacted> =
            document.texts.iter().map(|text| Redacted::untouched(text)).collect();
        let mut numbering: Option<Numbering> = None;
        for _ in 0..MOST_PASSES {
            let found: Vec<Vec<Found>> =
                self.pass(&done, &told, numbering.as_ref(), (mode, opinions))?;
            if found.iter().all(Vec::is_empty) {
                break;
            }
            let numbering = numbering
                .get_or_insert_with(|| Numbering::after(done.iter().map(Redacted::as_str), &told));
            done = done
                .iter()
                .zip(&found)
                .map(|(text, found)| numbering.apply(text, found, &self.providers))
                .collect();
        }
        Some(done)
    }

    /// De-identifies a short string that leaves on its own: a question text, a column name, a value
    /// of a breakdown, the name of a wave, a message.
    ///
    /// Nothing around a name of a sheet or a value of a column says that it is somebody, so one that is
    /// written like a name is read as in strict mode.
    pub fn label(&self, text: &str) -> Redacted {
        let like_a_name = self.mode == Mode::Standard && persons::is_written_like_a_name(text);
        let mode = if like_a_name { Mode::Strict } else { self.mode };
        let document = Document { texts: vec![text], names: Vec::new() };
        let read = self.read_all(&[document], mode).pop();
        read.and_then(|mut texts| texts.pop()).unwrap_or_default()
    }

    /// Whether a short string that nothing surrounds is written like a name and is still whole when
    /// it was de-identified: a place that has a number, too, is better called by that.
    pub fn may_be_somebody(&self, text: &str) -> bool {
        persons::is_written_like_a_name(self.label(text).as_str())
    }

    /// Everything found in the texts as they stand now, sorted and without overlaps. None where the
    /// name finder must read something first.
    fn pass(
        &self,
        texts: &[Redacted],
        told: &Told,
        numbering: Option<&Numbering>,
        (mode, opinions): (Mode, &mut Opinions),
    ) -> Option<Vec<Vec<Found>>> {
        let mut read: Vec<(Vec<Placeholder>, Vec<Found>)> = texts
            .iter()
            .map(|text| {
                let held = placeholders::find(text.as_str());
                let structured = self.structured(text.as_str(), &held);
                (held, structured)
            })
            .collect();
        let people = match mode {
            Mode::Structured if told.is_empty() => vec![Vec::new(); texts.len()],
            Mode::Structured => only_told(texts, told),
            _ => people(texts, &mut read, told, numbering, (mode, opinions))?,
        };
        let all = read.into_iter().zip(people).zip(texts);
        let settled = all.map(|(((held, structured), people), text)| {
            settle(text.as_str(), &held, [structured, people])
        });
        Some(settled.collect())
    }

    /// Identifiers with a form of their own, most certain first.
    fn structured(&self, text: &str, held: &[Placeholder]) -> Vec<Found> {
        let mut found = Vec::new();
        let hints = Hints::of(text);
        emails::find(text, hints, &mut found);
        if hints.any(AT | DOTTED) {
            urls::find(text, &mut found);
        }
        if hints.digits > 0 {
            if hints.digits >= 10 {
                nhs_numbers::find(text, &mut found);
            }
            if hints.digits >= 6 {
                ni_numbers::find(text, &mut found);
            }
            if hints.digits >= 12 {
                accounts::find_cards(text, &mut found);
            }
            dates_of_birth::find(text, hints, &mut found);
            if hints.digits >= 6 {
                phones::find(text, &mut found);
            }
            if hints.digits >= 3 {
                accounts::find(text, hints, &mut found);
            }
            if hints.any(LETTER_DIGIT) {
                postcodes::find(text, &mut found);
            }
            addresses::find(text, hints, &mut found);
            if hints.any(PLATE | LETTER_DIGIT) {
                vehicles::find(text, &mut found);
            }
        } else {
            addresses::find_without_number(text, hints, &mut found);
        }
        if hints.any(SPOKEN) {
            phones::find_spelled(text, &mut found);
        }
        self.providers.find(text, &mut found);
        letterheads::find(text, held, &mut found);
        settle(text, held, [found])
    }
}

/// The people of the texts, by lists, context and the name finder together; None where it must read
/// something first. In strict mode the addresses that the finder sees are added to what was `read`.
fn people(
    texts: &[Redacted],
    read: &mut [(Vec<Placeholder>, Vec<Found>)],
    told: &Told,
    numbering: Option<&Numbering>,
    (mode, opinions): (Mode, &mut Opinions),
) -> Option<Vec<Vec<Found>>> {
    let tokens: Vec<Tokens> = texts.iter().map(|text| Tokens::read(text.as_str())).collect();
    let readers: Vec<Reader> = texts
        .iter()
        .zip(&tokens)
        .map(|(text, tokens)| Reader::new(text.as_str(), tokens))
        .collect();
    let mut drafts: Vec<Draft> = readers
        .iter()
        .zip(read.iter())
        .map(|(reader, (held, structured))| persons::draft(reader, held, structured, told))
        .collect();
    if !doubts::settle(&readers, &mut drafts, mode, opinions) {
        return None;
    }
    if mode == Mode::Strict {
        for ((reader, draft), (_, structured)) in readers.iter().zip(&drafts).zip(read) {
            doubts::add_addresses(reader, draft, opinions, structured);
        }
    }
    let mut people: Vec<Vec<Found>> = readers
        .iter()
        .zip(drafts)
        .map(|(reader, draft)| persons::finish(reader, draft.names))
        .collect();
    if numbering.is_some() || people.iter().any(|found| !found.is_empty()) {
        let mut known = numbering.map(Numbering::known_names).unwrap_or_default();
        for (found, text) in people.iter().zip(texts) {
            known.extend(found.iter().flat_map(|f| numbering::parts(f.of(text.as_str()))));
        }
        for (found, reader) in people.iter_mut().zip(&readers) {
            persons::find_again(reader, &known, found);
        }
    }
    Some(people)
}

/// The whole names that the file tells, and nobody else.
fn only_told(texts: &[Redacted], told: &Told) -> Vec<Vec<Found>> {
    let find = |text: &Redacted| {
        let tokens = Tokens::read(text.as_str());
        let reader = Reader::new(text.as_str(), &tokens);
        let mut names = vec![false; tokens.list.len()];
        told.mark_whole(&reader, &mut names);
        reader.spans(&names)
    };
    texts.iter().map(find).collect()
}

/// The name finder that ships.
fn finder() -> &'static NameFinder {
    #[allow(clippy::expect_used, reason = "fixed bytes, read in every test run")]
    NameFinder::builtin().expect("the built-in name finder is whole")
}
