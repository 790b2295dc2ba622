//! A file of words as its letters: one for most files; for an e-mail its body and each attachment,
//! for a conversation each person who was interviewed.
//!
//! What a document has besides words (the day, pages without text, attachments that are no letters)
//! is told with them, so that nothing of a file is lost without a trace.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::child::{self, Attached, Line};
use super::encoding::Encoding;
use super::sources::decode;
use super::{Error, Kind, Options, letter};
use crate::response::Channel;

/// Attachments of one e-mail that are opened.
const MAX_ATTACHMENTS: u32 = 64;

/// One letter of a file, or what stands in its place.
#[derive(Debug)]
pub(super) struct Letter {
    /// Its row: 1 for the file itself, further ones for attachments or speakers.
    pub(super) row: u32,
    /// How it arrived.
    pub(super) channel: Channel,
    /// The day that it bears, in days since 1970-01-01.
    pub(super) day: Option<i32>,
    /// Its words; without any where it was set aside.
    pub(super) text: String,
    /// Pages without a text layer.
    pub(super) blank: Vec<u32>,
    /// Why it was set aside, as a fixed code, and more about it.
    pub(super) aside: Option<(&'static str, String)>,
}

/// The letters of a file, kept where there is room, otherwise to be read again.
pub(super) type Kept = Option<Arc<Vec<Letter>>>;

/// Reads a document.
pub(super) fn letters(
    path: &Path,
    kind: Kind,
    encoding: Encoding,
    options: &Options,
) -> Result<Vec<Letter>, Error> {
    let ask = |part| child::parse(path, kind, part, &options.limits, &options.parser);
    match kind {
        Kind::Text => {
            let text = plain(path, encoding, options)?;
            Ok(vec![letter(1, path, vec![(None, text)])])
        }
        Kind::Transcript => Ok(speakers(&ask(None)?)),
        Kind::Email | Kind::Outlook => email(path, &ask(None)?, ask),
        _ => Ok(vec![letter(1, path, parts(&ask(None)?))]),
    }
}

/// A plain text, whole.
fn plain(path: &Path, encoding: Encoding, options: &Options) -> Result<String, Error> {
    let limit_mb = options.limits.text_max_mb;
    let mut text = String::new();
    let read = decode(path, encoding)?.take(limit_mb * 1024 * 1024 + 1).read_to_string(&mut text);
    let read = read.map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    if read as u64 > limit_mb * 1024 * 1024 {
        let advice = "a letter or testimony is smaller; if it is a table, save it as .csv";
        return Err(Error::TooLarge { path: path.to_owned(), limit_mb, advice });
    }
    Ok(text)
}

/// The words that the child said, with their pages where there are any.
fn parts(said: &[u8]) -> Vec<(Option<u32>, String)> {
    let words = |line| match line {
        Line::Page { number, text } => Some((Some(number), text)),
        Line::Text { text } => Some((None, text)),
        _ => None,
    };
    child::lines(said).filter_map(words).collect()
}

/// A letter of these pages.
fn letter(row: u32, path: &Path, parts: Vec<(Option<u32>, String)>) -> Letter {
    let blank: Vec<u32> =
        parts.iter().filter(|p| p.1.is_empty()).filter_map(|(page, _)| *page).collect();
    let words: Vec<String> = parts.into_iter().map(|p| p.1).filter(|t| !t.is_empty()).collect();
    let text = super::repair::cell(&words.join("\n")).0.into_owned();
    let aside = text.is_empty().then(|| match blank.len() {
        0 => ("no_text", String::new()),
        count => ("scanned_document", format!("{count} pages without a text layer")),
    });
    let channel = letter::channel(&text, path);
    Letter { row, channel, day: letter::day(&text), text, blank, aside }
}

/// The people of a conversation, each a row.
fn speakers(said: &[u8]) -> Vec<Letter> {
    let mut letters = Vec::new();
    for (_, text) in parts(said).into_iter().filter(|p| !p.1.trim().is_empty()) {
        let text = super::repair::cell(&text).0.into_owned();
        let (row, channel) = (letters.len() as u32 + 1, Channel::Transcript);
        letters.push(Letter { row, channel, day: None, text, blank: Vec::new(), aside: None });
    }
    letters
}

/// The body of an e-mail, and its attachments, each parsed by a child of its own: a bad one is set
/// aside and the others are not lost with it.
fn email(
    path: &Path,
    said: &[u8],
    ask: impl Fn(Option<u32>) -> Result<Vec<u8>, Error>,
) -> Result<Vec<Letter>, Error> {
    let day = written(said);
    let mut body = letter(1, path, parts(said));
    (body.channel, body.day) = (Channel::Letter, day);
    let mut letters = vec![body];
    for line in child::lines(said) {
        let Line::Attachment { number, is } = line else { continue };
        let row = number + 1;
        let reason = match is {
            Attached::Document if number > MAX_ATTACHMENTS => Some("too_many_attachments"),
            Attached::Document => None,
            Attached::Table => Some("attached_table"),
            Attached::Picture => Some("scanned_image"),
            Attached::Other => Some("unsupported_file"),
        };
        let mut one = match reason.map_or_else(|| ask(Some(number)), |_| Ok(Vec::new())) {
            Ok(said) => {
                let mut one = letter(row, path, parts(&said));
                one.day = written(&said).or(one.day);
                one
            }
            // Where the reader itself cannot be started, nothing is wrong with the attachment.
            Err(error) if error.is_about_options() => return Err(error),
            Err(error) => {
                let mut one = letter(row, path, Vec::new());
                one.aside = Some((error.reason(), String::new()));
                one
            }
        };
        if let Some(reason) = reason {
            one.aside = Some((reason, String::new()));
        }
        if let Some((_, detail)) = &mut one.aside {
            let more = if detail.is_empty() { String::new() } else { format!(", {detail}") };
            *detail = format!("attachment {number}{more}");
        }
        one.day = one.day.or(day);
        letters.push(one);
    }
    // An e-mail without words of its own is the envelope of what is attached.
    if letters.len() > 1 && letters[0].aside.is_some() {
        letters.remove(0);
    }
    Ok(letters)
}

/// The day that the child said an e-mail bears.
fn written(said: &[u8]) -> Option<i32> {
    child::lines(said).find_map(|line| match line {
        Line::Day { day } => Some(day),
        _ => None,
    })
}

/// Bytes that a file's letters take in memory.
pub(super) fn size(letters: &[Letter]) -> usize {
    letters.iter().map(|l| l.text.len() + size_of::<Letter>()).sum()
}
