//! The child's reader of Outlook messages (MSG): the writer's own words, the day, and what is
//! attached, as in [`email`](super::email).
//!
//! A message is an OLE container: a storage of property streams, and a storage for each attachment,
//! in which another message may stand.

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use cfb::CompoundFile;
use encoding_rs::{Encoding, WINDOWS_1252};

use super::child::{Attached, Line, Stop, Why, say, say_names};
use super::email::{classify, is_forwarded, own_html};
use super::files::Kind;
use super::own_words::own_words;
use super::{html, names, rtf};

/// The largest property that is read.
const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Messages within messages that are opened.
const DEPTH: usize = 4;

/// Says the day and the words of a message, and which attachments it has.
pub(super) fn parse(bytes: &[u8], out: &mut dyn Write) -> Result<(), Stop> {
    let mut message = Message::open(bytes)?;
    let root = PathBuf::from("/");
    if let Some(day) = message.day(&root) {
        say(out, &Line::Day { day })?;
    }
    say_names(out, message.people(&root))?;
    say(out, &Line::Text { text: message.body(&root) })?;
    for (i, part) in message.attached(&root).iter().enumerate() {
        say(out, &Line::Attachment { number: i as u32 + 1, is: part.is })?;
    }
    Ok(())
}

/// The attachment with this number, from 1, and what kind of file it is.
pub(super) fn attachment(bytes: &[u8], number: u32) -> Result<(Kind, Vec<u8>), Stop> {
    let mut message = Message::open(bytes)?;
    let parts = message.attached(Path::new("/"));
    let part = (number as usize).checked_sub(1).and_then(|i| parts.into_iter().nth(i));
    let part = part.ok_or(Stop::Why(Why::NotWhatItSays))?;
    let bytes = match part.kind {
        // A message within has no bytes of its own; its words stand for it.
        Kind::Text if part.nested => message.body(&part.at).into_bytes(),
        _ => message.stream(&part.at, DATA).unwrap_or_default(),
    };
    Ok((part.kind, bytes))
}

const DATA: &str = "__substg1.0_37010102";
const NESTED: &str = "__substg1.0_3701000D";

/// An attachment, and the storage in which it stands.
struct Part {
    at: PathBuf,
    nested: bool,
    kind: Kind,
    is: Attached,
}

struct Message<'a> {
    file: CompoundFile<Cursor<&'a [u8]>>,
}

impl<'a> Message<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Stop> {
        let bad = |_| Stop::Why(Why::NotWhatItSays);
        let file = CompoundFile::open(Cursor::new(bytes)).map_err(bad)?;
        if !file.is_stream("/__properties_version1.0") {
            return Err(Stop::Why(Why::NotWhatItSays));
        }
        Ok(Self { file })
    }

    /// A stream of a storage, whole.
    fn stream(&mut self, at: &Path, name: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let stream = self.file.open_stream(at.join(name)).ok()?;
        stream.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// A string property, in whichever of its two forms it stands.
    fn string(&mut self, at: &Path, tag: &str) -> Option<String> {
        if let Some(wide) = self.stream(at, &format!("__substg1.0_{tag}001F")) {
            return Some(encoding_rs::UTF_16LE.decode_without_bom_handling(&wide).0.into_owned());
        }
        let narrow = self.stream(at, &format!("__substg1.0_{tag}001E"))?;
        Some(self.encoding(at).decode_without_bom_handling(&narrow).0.into_owned())
    }

    /// The value of a property of fixed size.
    fn fixed(&mut self, at: &Path, tag: u32) -> Option<[u8; 8]> {
        let bytes = self.stream(at, "__properties_version1.0")?;
        // Behind a header of 32, 24 or 8 bytes come entries of 16: tag, flags, value.
        let header = if at == Path::new("/") {
            32
        } else if at.ends_with(NESTED) {
            24
        } else {
            8
        };
        let mut entries = bytes.get(header..)?.chunks_exact(16);
        let entry = entries.find(|e| e[..4] == tag.to_le_bytes())?;
        entry[8..].try_into().ok()
    }

    /// The code page of strings that are not Unicode.
    fn encoding(&mut self, at: &Path) -> &'static Encoding {
        let pages = [0x3FFD_0003, 0x3FDE_0003].into_iter().find_map(|tag| self.fixed(at, tag));
        let page = pages.map_or(1252, |v| u32::from_le_bytes([v[0], v[1], v[2], v[3]]));
        let label = if page == 65_001 { "utf-8".to_owned() } else { format!("windows-{page}") };
        Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
    }

    /// The day on which it was sent, or came.
    fn day(&mut self, at: &Path) -> Option<i32> {
        let time = [0x0039_0040, 0x0E06_0040].into_iter().find_map(|tag| self.fixed(at, tag))?;
        // Tenths of microseconds since 1601.
        let days = u64::from_le_bytes(time) / 864_000_000_000;
        i32::try_from(days).ok().map(|d| d - 134_774).filter(|d| (0..50_000).contains(d))
    }

    /// Display names of those who wrote and were written to.
    fn people(&mut self, at: &Path) -> Vec<String> {
        let fields = ["0C1A", "0042", "0E04", "0E03"].map(|tag| self.string(at, tag));
        let fields: Vec<String> = fields.into_iter().flatten().collect();
        names::of_people(fields.iter().flat_map(|names| names.split([';', '\0'])))
    }

    /// The writer's words: the plain text where there is one, otherwise the page or the rich text.
    fn body(&mut self, at: &Path) -> String {
        let forwarded = is_forwarded(&self.string(at, "0037").unwrap_or_default());
        let plain = own_words(&self.string(at, "1000").unwrap_or_default(), forwarded);
        if !plain.is_empty() {
            return plain;
        }
        let page = match self.stream(at, "__substg1.0_10130102") {
            Some(bytes) => html::decode(&bytes),
            None => self.string(at, "1013"),
        };
        let page = page.map(|page| own_html(&page, forwarded)).unwrap_or_default();
        if !page.is_empty() {
            return page;
        }
        let rich = self.stream(at, "__substg1.0_10090102").and_then(|b| unpacked(&b));
        rich.and_then(|b| rtf::text(&b)).map(|text| own_words(&text, forwarded)).unwrap_or_default()
    }

    /// All attachments, those of messages within behind theirs.
    fn attached(&mut self, root: &Path) -> Vec<Part> {
        let (mut found, mut waiting) = (Vec::new(), vec![(root.to_owned(), 0)]);
        while let Some((at, depth)) = waiting.pop() {
            let Ok(entries) = self.file.read_storage(&at) else { continue };
            let mut storages: Vec<PathBuf> = entries
                .filter(|e| e.is_storage() && e.name().starts_with("__attach_version1.0_"))
                .map(|e| at.join(e.name()))
                .collect();
            storages.sort();
            for storage in storages {
                let nested = storage.join(NESTED);
                if self.file.is_storage(&nested) {
                    if depth < DEPTH {
                        waiting.push((nested.clone(), depth + 1));
                    }
                    let (kind, is) = (Kind::Text, Attached::Document);
                    found.push(Part { at: nested, nested: true, kind, is });
                } else if let Some((kind, is)) = self.file_of(&storage) {
                    found.push(Part { at: storage, nested: false, kind, is });
                }
            }
        }
        found
    }

    /// What kind of file an attachment is; None for what belongs to the form of an e-mail.
    fn file_of(&mut self, at: &Path) -> Option<(Kind, Attached)> {
        let name = self.string(at, "3707").or_else(|| self.string(at, "3704")).unwrap_or_default();
        let mime = self.string(at, "370E").unwrap_or_default().to_lowercase();
        let hidden = self.fixed(at, 0x7FFE_000B).is_some_and(|v| v[0] != 0);
        let inline = hidden || self.string(at, "3712").is_some_and(|id| !id.is_empty());
        let bytes = self.stream(at, DATA)?;
        classify(name.trim_end_matches('\0'), &mime, &bytes, inline)
    }
}

/// Rich text as Outlook packs it (MS-OXRTFCP); None where it is no such thing.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    const KNOWN: &[u8; 207] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \
        \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\
        \\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
    let packed = bytes.get(16..)?;
    match &bytes[8..12] {
        b"MELA" => return Some(packed.to_vec()),
        b"LZFu" => {}
        _ => return None,
    }
    let mut window = [b' '; 4096];
    window[..KNOWN.len()].copy_from_slice(KNOWN);
    let (mut write, mut out) = (KNOWN.len(), Vec::new());
    let mut input = packed.iter().copied();
    while let Some(control) = input.next() {
        for bit in 0..8 {
            if control & (1 << bit) == 0 {
                let Some(byte) = input.next() else { return Some(out) };
                out.push(byte);
                window[write] = byte;
                write = (write + 1) % window.len();
                continue;
            }
            let (Some(high), Some(low)) = (input.next(), input.next()) else { return Some(out) };
            let pair = usize::from(high) << 8 | usize::from(low);
            let (offset, length) = (pair >> 4, (pair & 15) + 2);
            if offset == write {
                return Some(out);
            }
            for i in 0..length {
                let byte = window[(offset + i) % window.len()];
                out.push(byte);
                window[write] = byte;
                write = (write + 1) % window.len();
            }
        }
    }
    Some(out)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::child;
    use super::*;

    /// A message with a body, a day, a letter and a message within.
    pub(in super::super) fn message() -> Vec<u8> {
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        let mut write = |path: &str, bytes: &[u8]| {
            file.create_storage_all(Path::new(path).parent().unwrap()).unwrap();
            file.create_stream(path).unwrap().write_all(bytes).unwrap();
        };
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let mut properties = vec![0; 32];
        properties.extend(0x0039_0040u32.to_le_bytes());
        properties.extend(0u32.to_le_bytes());
        properties.extend(((19_787u64 + 134_774) * 864_000_000_000 + 5).to_le_bytes());
        write("/__properties_version1.0", &properties);
        let body = "Mum’s carers are late.\r\n\r\nFrom: Council\r\nSent: 4 March 2024\r\nTo: Zebedee\r\n\r\nPlease reply.";
        write("/__substg1.0_1000001F", &wide(body));
        let first = "/__attach_version1.0_#00000000";
        write(&format!("{first}/__properties_version1.0"), &[0; 8]);
        write(&format!("{first}/__substg1.0_3707001F"), &wide("letter.rtf"));
        write(&format!("{first}/{DATA}"), b"{\\rtf1 They never ring.}");
        let second = format!("/__attach_version1.0_#00000001/{NESTED}");
        write(&format!("{second}/__properties_version1.0"), &[0; 24]);
        write(&format!("{second}/__substg1.0_1000001E"), b"Caf\xE9 staff are kinder.");
        let third = "/__attach_version1.0_#00000002";
        write(&format!("{third}/__substg1.0_3707001F"), &wide("answers.xlsx"));
        write(&format!("{third}/{DATA}"), b"PK\x03\x04");
        file.into_inner().into_inner()
    }

    fn said(bytes: &[u8]) -> Vec<Line> {
        let mut out = Vec::new();
        parse(bytes, &mut out).unwrap();
        child::lines(&out).collect()
    }

    #[test]
    fn a_message_is_its_writers_words_its_day_and_its_attachments() {
        let bytes = message();
        let lines = said(&bytes);
        assert!(matches!(lines[0], Line::Day { day: 19_787 }), "{lines:?}");
        assert!(matches!(&lines[1], Line::Text { text } if text == "Mum’s carers are late."));
        let is = |n: usize| if let Line::Attachment { is, .. } = lines[n] { is } else { panic!() };
        assert_eq!(
            [is(2), is(3), is(4)],
            [Attached::Document, Attached::Document, Attached::Table]
        );
        assert_eq!(attachment(&bytes, 1).unwrap().0, Kind::Rtf);
        let (kind, words) = attachment(&bytes, 2).unwrap();
        assert_eq!((kind, words), (Kind::Text, "Café staff are kinder.".as_bytes().to_vec()));
        assert!(attachment(&bytes, 9).is_err());
    }

    #[test]
    fn packed_rich_text_is_unpacked() {
        let packed = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00rcpg125B2\x0a\xf3 hel\x09\x00 bw\x05\xb0ld}\x0a\x80\x0f\xa0";
        let rich = unpacked(packed).unwrap();
        assert_eq!(rich, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        assert_eq!(rtf::text(&rich).unwrap(), "hello world");
        assert_eq!(unpacked(b"LZFu"), None);
    }

    #[test]
    fn another_container_is_no_message() {
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        file.create_stream("/WordDocument").unwrap().write_all(b"x").unwrap();
        assert!(parse(&file.into_inner().into_inner(), &mut Vec::new()).is_err());
        assert!(parse(b"From: a\n\nb", &mut Vec::new()).is_err());
    }
}
