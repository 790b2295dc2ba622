//! A file of words as its letters: one for most files; for an e-mail its body and each attachment,
//! for a conversation each person who was interviewed, for notes each person and question that they
//! mark, for a file of many letters those whose pages the settings give.
//!
//! What a document has besides words (the day, pages without text, attachments that are no letters)
//! is told with them, so that nothing of a file is lost without a trace.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use super::bundle::{self, Pages};
use super::child::{self, Attached, Line};
use super::encoding::Encoding;
use super::sources::decode;
use super::transcript::Talk;
use super::{Error, Kind, Options, authors, letter, notes, speaker, transcript, typed};
use crate::response::{Channel, RespondentType};

/// Attachments of one e-mail that are opened.
const MAX_ATTACHMENTS: u32 = 64;

/// One letter of a file, or what stands in its place.
#[derive(Debug)]
pub(super) struct Letter {
    /// Its row: 1 for the file itself, further ones for attachments, speakers and other people. Parts
    /// of one row answer different questions.
    pub(super) row: u32,
    /// How it arrived.
    pub(super) channel: Channel,
    /// The day that it bears, in days since 1970-01-01.
    pub(super) day: Option<i32>,
    /// Who speaks, where its form says so.
    pub(super) who: Option<(RespondentType, f32)>,
    /// The question that it answers, where one stands above it.
    pub(super) question: Option<String>,
    /// Names that the file tells outside these words.
    pub(super) names: Vec<String>,
    /// Its form says that it may not be quoted.
    pub(super) unquotable: bool,
    /// Its words; without any where it was set aside.
    pub(super) text: String,
    /// Its pages, where it has some: the first and the last.
    pub(super) pages: Option<Pages>,
    /// Pages without a text layer.
    pub(super) blank: Vec<u32>,
    /// Pages that the settings leave out, behind it.
    pub(super) left_out: Vec<u32>,
    /// Why it was set aside, as a fixed code, and more about it.
    pub(super) aside: Option<(&'static str, String)>,
}

/// The letters of a file, kept where there is room, otherwise to be read again.
pub(super) type Kept = Option<Arc<Vec<Letter>>>;

/// A file of letters, and what reading it needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) path: &'a Path,
    pub(super) kind: Kind,
    pub(super) encoding: Encoding,
    pub(super) sha256: &'a str,
}

/// What was read: the letters, and for paged files the pages of each letter that the file seems to
/// hold.
pub(super) struct Read {
    pub(super) letters: Vec<Letter>,
    pub(super) proposed: Vec<Pages>,
}

/// Reads a document.
pub(super) fn read(asked: Asked<'_>, options: &Options) -> Result<Read, Error> {
    let Asked { path, kind, encoding, sha256 } = asked;
    let ask = |part| child::parse(path, kind, part, &options.limits, &options.parser);
    let mut proposed = Vec::new();
    let mut letters = match kind {
        Kind::Text => {
            let text = plain(path, encoding, options)?;
            people(letter(1, path, vec![(None, text)]))
        }
        Kind::Transcript => speakers(&ask(None)?),
        Kind::Email | Kind::Outlook => email(path, &ask(None)?, ask)?,
        Kind::Other => vec![picture(path)],
        _ => {
            let said = ask(None)?;
            let mut pages = parts(&said);
            for (_, text) in &mut pages {
                *text = super::repair::cell(text).0.into_owned();
            }
            let given = given(path, sha256, options)?;
            let numbered: Vec<(u32, String)> =
                pages.iter().filter_map(|(n, text)| Some(((*n)?, text.clone()))).collect();
            let names = written_names(&said);
            let mut letters = if let Some(ranges) = given {
                let letters = bundle(path, &pages, &ranges);
                proposed = ranges;
                letters
            } else {
                proposed = bundle::propose(&numbered);
                people(letter(1, path, pages))
            };
            for letter in &mut letters {
                letter.names.extend(names.iter().cloned());
            }
            letters
        }
    };
    typed::fill(&mut letters, sha256, &options.typed);
    Ok(Read { letters, proposed })
}

/// The pages of each letter that the settings give for a file.
fn given(path: &Path, sha256: &str, options: &Options) -> Result<Option<Vec<Pages>>, Error> {
    let name = path.to_string_lossy().replace('\\', "/");
    let given = options.sources.iter().find(|s| s.fits(&name, sha256, None));
    let Some(written) = given.map(|g| &g.letters).filter(|l| !l.is_empty()) else {
        return Ok(None);
    };
    bundle::parse(written).map(Some).ok_or_else(|| Error::Letters { path: path.to_owned() })
}

/// The letters of a file of many, by their pages.
fn bundle(path: &Path, pages: &[(Option<u32>, String)], ranges: &[Pages]) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    for (i, range) in ranges.iter().enumerate() {
        let within = |n: &Option<u32>| n.is_some_and(|n| (range.0..=range.1).contains(&n));
        let own: Vec<_> = pages.iter().filter(|(n, _)| within(n)).cloned().collect();
        if !own.is_empty() {
            letters.push(letter(i as u32 + 1, path, own));
        }
    }
    for (number, _) in pages {
        let Some(number) = number.filter(|n| !ranges.iter().any(|r| (r.0..=r.1).contains(n)))
        else {
            continue;
        };
        let before = letters.iter().rposition(|l| l.pages.is_some_and(|p| p.0 < number));
        if let Some(letter) = letters.get_mut(before.unwrap_or(0)) {
            letter.left_out.push(number);
        }
    }
    letters
}

/// A picture of a letter, which people have to type.
fn picture(path: &Path) -> Letter {
    let mut letter = letter(1, path, Vec::new());
    letter.aside = Some(("scanned_image", String::new()));
    letter
}

/// A letter, or the people and answers that it marks.
fn people(whole: Letter) -> Vec<Letter> {
    if whole.aside.is_some() {
        return vec![whole];
    }
    let again = notes::recurring(&whole.text);
    let (said, apart) = authors::apart(&whole.text, &again);
    let people = notes::people(&said, &again);
    let (several, turns) = (people.len() > 1, people.iter().any(|part| part.turn));
    let mut all: Vec<Letter> = Vec::new();
    if let Some(talk) = transcript::of_text(&said).filter(|_| !several || turns) {
        all = speakers_of(talk, 1, &notes::Part::default(), &whole);
    } else {
        for person in people {
            let row = all.last().map_or(1, |letter| letter.row + 1);
            let talk = transcript::of_text(&person.text).filter(|_| several);
            if let Some(talk) = talk.filter(|_| !person.introduction) {
                all.extend(speakers_of(talk, row, &person, &whole));
                continue;
            }
            for part in notes::answers(person, &again) {
                let channel = if several { Channel::Testimony } else { whole.channel };
                all.push(Letter {
                    day: part.day.or(whole.day),
                    who: part.who.or(whole.who.filter(|_| !several)),
                    question: part.question,
                    names: part.names,
                    unquotable: part.unquotable || whole.unquotable && !several,
                    aside: part.introduction.then(|| (INTRODUCTION, String::new())),
                    ..Letter::of(row, channel, part.text)
                });
            }
        }
    }
    if apart > 0 {
        let row = all.last().map_or(1, |letter| letter.row + 1);
        let detail = format!("{apart} parts");
        let aside = Some((AUTHORS, detail));
        all.push(Letter { aside, ..Letter::of(row, whole.channel, String::new()) });
    }
    if all.len() < 2
        && all.iter().all(|letter| letter.question.is_none() && letter.text == whole.text)
    {
        return vec![whole];
    }
    if let Some(first) = all.first_mut() {
        (first.blank, first.pages) = (whole.blank, whole.pages);
    }
    all
}

/// Why what stands before the first person of a document is set aside.
pub(super) const INTRODUCTION: &str = "introduction";
/// Why what the author of notes says under headings of their own is set aside.
pub(super) const AUTHORS: &str = "authors_notes";

/// Those who were interviewed, each a row from this one on.
fn speakers_of(talk: Talk, row: u32, part: &notes::Part, whole: &Letter) -> Vec<Letter> {
    let alone = talk.people.len() == 1;
    let names = [talk.names, part.names.clone()].concat();
    let told = part.who.or(whole.who.filter(|_| part.person == 0)).filter(|_| alone);
    let rows = talk.people.into_iter().zip(row..).map(|(person, row)| Letter {
        names: names.clone(),
        day: part.day.or(whole.day),
        who: who(person.role.as_deref()).or(told),
        unquotable: part.unquotable || whole.unquotable && part.person == 0,
        ..Letter::of(row, Channel::Transcript, person.text)
    });
    rows.collect()
}

impl Letter {
    /// A letter with these words and nothing else known.
    fn of(row: u32, channel: Channel, text: String) -> Self {
        Self {
            row,
            channel,
            day: None,
            who: None,
            question: None,
            names: Vec::new(),
            unquotable: false,
            text,
            pages: None,
            blank: Vec::new(),
            left_out: Vec::new(),
            aside: None,
        }
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
    let mut numbers = parts.iter().filter_map(|p| p.0);
    let pages = numbers.next().map(|first| (first, numbers.next_back().unwrap_or(first)));
    let blank: Vec<u32> =
        parts.iter().filter(|p| p.1.is_empty()).filter_map(|(page, _)| *page).collect();
    let words: Vec<String> = parts.into_iter().map(|p| p.1).filter(|t| !t.is_empty()).collect();
    let text = super::repair::cell(&words.join("\n")).0.into_owned();
    let aside = text.is_empty().then(|| match blank.len() {
        0 => ("no_text", String::new()),
        count => ("scanned_document", format!("{count} pages without a text layer")),
    });
    let channel = letter::channel(&text, path);
    let (day, who) = (letter::day(&text), letter::who(&text));
    let unquotable = letter::forbids_quoting(&text);
    Letter { day, who, unquotable, pages, blank, aside, ..Letter::of(row, channel, text) }
}

/// The people of a conversation, each a row.
fn speakers(said: &[u8]) -> Vec<Letter> {
    let mut letters = Vec::new();
    let (names, mut role) = (written_names(said), None);
    for line in child::lines(said) {
        match line {
            Line::Role { role: told } => role = Some(told),
            Line::Text { text } if !text.trim().is_empty() => {
                let text = super::repair::cell(&text).0.into_owned();
                let row = letters.len() as u32 + 1;
                let (who, names) = (who(role.take().as_deref()), names.clone());
                letters.push(Letter { who, names, ..Letter::of(row, Channel::Transcript, text) });
            }
            _ => {}
        }
    }
    letters
}

/// Who speaks, where a label says it surely.
fn who(role: Option<&str>) -> Option<(RespondentType, f32)> {
    speaker::read(role?).filter(|(_, sure)| *sure >= 0.8)
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
    let names = written_names(said);
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
                one.names = written_names(&said);
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
    // Who wrote and was written to may be named in whatever is attached.
    for letter in &mut letters {
        letter.names.extend(names.iter().cloned());
    }
    // An e-mail without words of its own is the envelope of what is attached.
    if letters.len() > 1 && letters[0].aside.is_some() {
        letters.remove(0);
    }
    Ok(letters)
}

/// The names that the child said the file tells outside its words.
fn written_names(said: &[u8]) -> Vec<String> {
    let names = child::lines(said).filter_map(|line| match line {
        Line::Names { names } => Some(names),
        _ => None,
    });
    names.flatten().collect()
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
