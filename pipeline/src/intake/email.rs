//! The child's reader of e-mails (EML): the writer's own words, the day, and what is attached.
//!
//! Attachments are only numbered here: the parent has each parsed by a child of its own, which finds
//! it again by its number ([`attachment`]). Messages within a message count as attachments, and so
//! do theirs. Nothing of the headers but the day leaves.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::child::{Attached, Line, Stop, Why, say, say_names};
use super::dates::{self, Order};
use super::files::{self, Kind};
use super::html::{self, Whose};
use super::names;
use super::own_words::own_words;

/// Pictures smaller than this that stand in the text are logos and smileys, not letters.
const LOGO_BYTES: usize = 24 * 1024;
/// Attachments beyond this number are not looked at.
const MAX_PARTS: usize = 1024;

/// Says the day and the words of an e-mail, and which attachments it has.
pub(super) fn parse(bytes: &[u8], out: &mut dyn Write) -> Result<(), Stop> {
    let message = read(bytes)?;
    if let Some(day) = day(&message) {
        say(out, &Line::Day { day })?;
    }
    say_names(out, people(&message))?;
    say(out, &Line::Text { text: body(&message) })?;
    for (i, part) in attached(&message).iter().enumerate() {
        say(out, &Line::Attachment { number: i as u32 + 1, is: part.is })?;
    }
    Ok(())
}

/// The attachment with this number, from 1, and what kind of file it is.
pub(super) fn attachment(bytes: &[u8], number: u32) -> Result<(Kind, Vec<u8>), Stop> {
    let message = read(bytes)?;
    let parts = attached(&message);
    let part = (number as usize).checked_sub(1).and_then(|i| parts.get(i));
    let part = part.ok_or(Stop::Why(Why::NotWhatItSays))?;
    Ok((part.kind, part.bytes.to_vec()))
}

fn read(bytes: &[u8]) -> Result<Message<'_>, Stop> {
    let message = MessageParser::default().parse(bytes).ok_or(Stop::Why(Why::NotWhatItSays))?;
    // Any text parses; an e-mail says who wrote it, when, or what it is made of.
    let known = ["From", "Date", "Subject", "To", "MIME-Version", "Content-Type", "Received"];
    if !known.iter().any(|name| message.header(*name).is_some()) {
        return Err(Stop::Why(Why::NotWhatItSays));
    }
    Ok(message)
}

/// Display names of those who wrote and were written to.
fn people(message: &Message<'_>) -> Vec<String> {
    let fields = [message.from(), message.sender(), message.reply_to(), message.to(), message.cc()];
    let all = fields.into_iter().flatten().flat_map(|address| address.iter());
    names::of_people(all.filter_map(|one| one.name()))
}

fn day(message: &Message<'_>) -> Option<i32> {
    let date = message.date()?;
    let written = format!("{:04}-{:02}-{:02}", date.year, date.month, date.day);
    dates::parse(&written, Order::DayFirst)
}

/// The writer's words: the plain text where there is one, otherwise the page.
fn body(message: &Message<'_>) -> String {
    let forwarded = is_forwarded(message.subject().unwrap_or_default());
    let words = |part: &MessagePart<'_>| match &part.body {
        PartType::Text(text) => own_words(text, forwarded),
        PartType::Html(page) => own_html(page, forwarded),
        _ => String::new(),
    };
    let join = |parts: Vec<String>| {
        parts.into_iter().filter(|t| !t.trim().is_empty()).collect::<Vec<_>>().join("\n\n")
    };
    let plain = join(message.text_bodies().map(words).collect());
    if plain.is_empty() { join(message.html_bodies().map(words).collect()) } else { plain }
}

/// True where the subject says that the message passes on another.
pub(super) fn is_forwarded(subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    subject.starts_with("fw:") || subject.starts_with("fwd:")
}

/// The writer's words in a page.
pub(super) fn own_html(page: &str, forwarded: bool) -> String {
    // What is passed on is marked as quoted, too.
    let whose = if forwarded { Whose::Everything } else { Whose::Writer };
    let own = own_words(&html::text(page, whose), forwarded);
    if own.is_empty() { own_words(&html::text(page, Whose::Everything), forwarded) } else { own }
}

/// A part of an e-mail that is no part of its text.
struct Part<'a> {
    kind: Kind,
    is: Attached,
    bytes: Cow<'a, [u8]>,
}

/// All attachments, those of attached messages behind theirs.
fn attached<'a>(message: &'a Message<'a>) -> Vec<Part<'a>> {
    let mut found = Vec::new();
    let mut messages = vec![message];
    while let Some(message) = messages.pop() {
        let mut nested = Vec::new();
        for id in &message.attachments {
            let Some(part) = message.parts.get(*id as usize) else { continue };
            if found.len() >= MAX_PARTS || message.text_body.contains(id) && part.is_text() {
                continue;
            }
            if let PartType::Message(inner) = &part.body {
                let bytes = Cow::Borrowed(inner.raw_message());
                found.push(Part { kind: Kind::Email, is: Attached::Document, bytes });
                nested.push(inner);
            } else if let Some(part) = file(part) {
                found.push(part);
            }
        }
        messages.extend(nested.into_iter().rev());
    }
    found
}

/// A part as a file; None for what belongs to the form of an e-mail: signatures and logos.
fn file<'a>(part: &'a MessagePart<'a>) -> Option<Part<'a>> {
    let mime = part.content_type().map_or(String::new(), |t| {
        format!("{}/{}", t.ctype(), t.subtype().unwrap_or_default()).to_lowercase()
    });
    let name = part.attachment_name().unwrap_or_default();
    let bytes = part.contents();
    let inline = matches!(part.body, PartType::InlineBinary(_)) || part.content_id().is_some();
    let (kind, is) = classify(name, &mime, bytes, inline)?;
    Some(Part { kind, is, bytes: Cow::Borrowed(bytes) })
}

/// What an attachment is, by its name, its declared type and its first bytes; None for what belongs
/// to the form of an e-mail.
pub(super) fn classify(
    name: &str,
    mime: &str,
    bytes: &[u8],
    inline: bool,
) -> Option<(Kind, Attached)> {
    let extension = match mime {
        "text/plain" => "txt",
        "text/html" => "html",
        "application/pdf" => "pdf",
        "application/rtf" | "text/rtf" => "rtf",
        "text/vtt" => "vtt",
        "message/rfc822" => "eml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.oasis.opendocument.text" => "odt",
        _ => "",
    };
    let named = Path::new(name).extension().is_some();
    let name = if named { name.to_owned() } else { format!("attachment.{extension}") };
    let path = Path::new(&name);
    let picture = mime.starts_with("image/") || files::reason(path) == "scanned_image";
    let sealed = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("p7s") || e.eq_ignore_ascii_case("asc"));
    let form = mime.ends_with("signature") || sealed;
    if form || bytes.is_empty() || picture && inline && bytes.len() < LOGO_BYTES {
        return None;
    }
    let kind = files::kind(path, &bytes[..bytes.len().min(8192)]);
    let is = match kind {
        Kind::Delimited | Kind::Workbook | Kind::Json | Kind::JsonLines | Kind::Parquet => {
            Attached::Table
        }
        Kind::Other if picture => Attached::Picture,
        Kind::Other => Attached::Other,
        _ => Attached::Document,
    };
    Some((kind, is))
}

#[cfg(test)]
mod tests {
    use super::super::child;
    use super::*;

    const MESSAGE: &str = "From: Zebedee <z@example.org>\r\nTo: care@example.org\r\nSubject: Care\r\n\
        Date: Tue, 5 Mar 2024 23:30:00 +0000\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
        --b\r\nContent-Type: multipart/alternative; boundary=\"c\"\r\n\r\n\
        --c\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        Mum=E2=80=99s carers are late.\r\n\r\n-- \r\nZebedee\r\n\
        --c\r\nContent-Type: text/html\r\n\r\n<p>Mum's carers are late.</p>\r\n--c--\r\n\
        --b\r\nContent-Type: text/plain; name=\"letter.txt\"\r\nContent-Disposition: attachment; filename=\"letter.txt\"\r\n\r\n\
        They never ring.\r\n\
        --b\r\nContent-Type: text/csv; name=\"a.csv\"\r\nContent-Disposition: attachment; filename=\"a.csv\"\r\n\r\na,b\r\n1,2\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\n\
        From: A <a@example.org>\r\nDate: Mon, 4 Mar 2024 10:00:00 +0000\r\nSubject: x\r\n\r\nI am another letter.\r\n\
        --b--\r\n";

    fn said(bytes: &[u8]) -> Vec<Line> {
        let mut out = Vec::new();
        parse(bytes, &mut out).unwrap();
        child::lines(&out).collect()
    }

    #[test]
    fn an_email_is_its_writers_words_its_day_and_its_attachments() {
        let lines = said(MESSAGE.as_bytes());
        assert!(matches!(lines[0], Line::Day { day: 19_787 }), "{lines:?}");
        // Who wrote is named beside the words.
        assert!(matches!(&lines[1], Line::Names { names } if names.len() == 1), "{lines:?}");
        assert!(matches!(&lines[2], Line::Text { text } if text == "Mum’s carers are late."));
        let attached: Vec<Attached> = lines
            .iter()
            .filter_map(|l| if let Line::Attachment { is, .. } = l { Some(*is) } else { None })
            .collect();
        assert_eq!(attached, [Attached::Document, Attached::Table, Attached::Document]);
    }

    #[test]
    fn an_attachment_is_found_again_by_its_number() {
        let (kind, bytes) = attachment(MESSAGE.as_bytes(), 1).unwrap();
        assert_eq!((kind, bytes.trim_ascii()), (Kind::Text, &b"They never ring."[..]));
        let (kind, bytes) = attachment(MESSAGE.as_bytes(), 3).unwrap();
        assert_eq!(kind, Kind::Email);
        let lines = said(&bytes);
        assert!(matches!(lines[0], Line::Day { day: 19_786 }), "{lines:?}");
        assert!(matches!(&lines[1], Line::Text { text } if text == "I am another letter."));
        assert!(attachment(MESSAGE.as_bytes(), 4).is_err());
        assert!(attachment(MESSAGE.as_bytes(), 0).is_err());
    }

    #[test]
    fn a_page_stands_in_where_there_is_no_plain_text() {
        let message = "From: a@example.org\r\nContent-Type: text/html; charset=windows-1252\r\n\r\n\
            <html><head><style>x</style></head><p>Mum\u{2019}s <b>late</b> calls.</p><div class=gmail_quote>old</div>";
        let lines = said(&encoding_rs::WINDOWS_1252.encode(message).0);
        assert!(
            matches!(&lines[0], Line::Text { text } if text == "Mum’s late calls."),
            "{lines:?}"
        );
    }

    #[test]
    fn any_other_text_is_no_email() {
        for text in ["", "Dear all,\nThey are late.", "\0\0\0"] {
            assert!(parse(text.as_bytes(), &mut Vec::new()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn logos_and_signatures_are_no_attachments() {
        assert_eq!(classify("image001.png", "image/png", b"png", true), None);
        assert_eq!(classify("smime.p7s", "application/pkcs7-signature", b"x", false), None);
        let photo = vec![1; LOGO_BYTES];
        assert_eq!(
            classify("IMG_1.jpg", "image/jpeg", &photo, true),
            Some((Kind::Other, Attached::Picture))
        );
        assert_eq!(classify("", "application/pdf", b"%PDF-1", false).unwrap().0, Kind::Pdf);
    }
}
