//! The child's reader of rich text (RTF): the words of the body, a line a paragraph.
//!
//! One pass over the bytes with a stack of group states of limited depth: nothing on the input makes
//! it recurse, and nothing makes its output larger than the input. Pictures, headers and footers,
//! styles, field codes, comments, hidden and deleted text are left out.

use std::collections::BTreeMap;
use std::io::Write;

use encoding_rs::Encoding;

use super::child::{Line, Stop, Why, say};

/// Groups within groups; sound files have a dozen.
const DEPTH: usize = 512;

/// Says the words of a document.
pub(super) fn parse(bytes: &[u8], out: &mut dyn Write) -> Result<(), Stop> {
    let text = text(bytes).ok_or(Stop::Why(Why::NotWhatItSays))?;
    say(out, &Line::Text { text })
}

/// The words of the body; None where this is no RTF, or nested beyond reason.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace())?;
    let bytes = &bytes[start..];
    bytes.starts_with(b"{\\rtf").then_some(())?;
    let mut reader = Reader::new(bytes);
    while reader.step()? {}
    reader.flush();
    Some(tidy(&reader.text))
}

/// Where the characters of a group go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Destination {
    Body,
    Nowhere,
    Fonts,
}

/// What a group inherits and what ends with it.
#[derive(Clone, Copy)]
struct Group {
    destination: Destination,
    hidden: bool,
    encoding: &'static Encoding,
    /// Characters that stand in for each `\u`.
    fallback: usize,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    group: Group,
    stack: Vec<Group>,
    /// True behind `\*`: a destination that is not known may be left out.
    optional: bool,
    default: &'static Encoding,
    font: i32,
    fonts: BTreeMap<i32, &'static Encoding>,
    /// Characters still to be passed over after a `\u`.
    pass: usize,
    /// Bytes in the code page of the group, not decoded yet.
    raw: Vec<u8>,
    /// The first half of a character beyond 16 bits.
    high: Option<u16>,
    text: String,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let encoding = encoding_rs::WINDOWS_1252;
        let destination = Destination::Body;
        Self {
            bytes,
            at: 0,
            group: Group { destination, hidden: false, encoding, fallback: 1 },
            stack: Vec::new(),
            optional: false,
            default: encoding,
            font: 0,
            fonts: BTreeMap::new(),
            pass: 0,
            raw: Vec::new(),
            high: None,
            text: String::new(),
        }
    }

    /// Reads the next sign; false at the end, None where groups are too deep.
    fn step(&mut self) -> Option<bool> {
        let Some(&byte) = self.bytes.get(self.at) else { return Some(false) };
        self.at += 1;
        match byte {
            b'{' => {
                self.flush();
                self.pass = 0;
                if self.stack.len() >= DEPTH {
                    return None;
                }
                self.stack.push(self.group);
            }
            b'}' => {
                self.flush();
                (self.pass, self.optional) = (0, false);
                match self.stack.pop() {
                    Some(group) => self.group = group,
                    None => return Some(false),
                }
                return Some(!self.stack.is_empty());
            }
            b'\\' => self.control(),
            b'\r' | b'\n' | 0 => {}
            _ => self.byte(byte),
        }
        Some(true)
    }

    /// A byte in the code page of the group.
    fn byte(&mut self, byte: u8) {
        if self.pass > 0 {
            self.pass -= 1;
        } else if self.shown() {
            self.raw.push(byte);
        }
    }

    fn shown(&self) -> bool {
        self.group.destination == Destination::Body && !self.group.hidden
    }

    fn push(&mut self, text: &str) {
        self.flush();
        if self.pass > 0 {
            self.pass -= 1;
        } else if self.shown() {
            self.text.push_str(text);
        }
    }

    /// Decodes the bytes that wait.
    fn flush(&mut self) {
        if !self.raw.is_empty() {
            let (text, _) = self.group.encoding.decode_without_bom_handling(&self.raw);
            self.text.push_str(&text);
            self.raw.clear();
        }
    }

    /// What follows a backslash.
    fn control(&mut self) {
        let Some(&byte) = self.bytes.get(self.at) else { return };
        if byte.is_ascii_alphabetic() {
            return self.word();
        }
        self.at += 1;
        match byte {
            b'\'' => {
                let hex = self.bytes.get(self.at..self.at + 2);
                let code = hex.and_then(|h| std::str::from_utf8(h).ok());
                if let Some(code) = code.and_then(|h| u8::from_str_radix(h, 16).ok()) {
                    self.at += 2;
                    self.byte(code);
                }
            }
            b'*' => self.optional = true,
            b'\\' | b'{' | b'}' => self.byte(byte),
            b'~' => self.push(" "),
            b'_' => self.push("-"),
            b'\r' | b'\n' => self.push("\n"),
            _ => {}
        }
    }

    /// A control word with its number.
    fn word(&mut self) {
        let rest = &self.bytes[self.at..];
        let letters = rest.iter().take(32).take_while(|b| b.is_ascii_alphabetic()).count();
        let word = &rest[..letters];
        let minus = usize::from(rest.get(letters) == Some(&b'-'));
        let digits = rest[letters + minus..].iter().take(10).take_while(|b| b.is_ascii_digit());
        let mut length = letters + minus + digits.count();
        let number = std::str::from_utf8(&rest[letters..length]).ok();
        let number: Option<i32> = number.and_then(|n| n.parse().ok());
        length += usize::from(rest.get(length) == Some(&b' '));
        self.at += length;
        let optional = std::mem::take(&mut self.optional);
        match (word, number) {
            (b"u", Some(code)) => self.unicode(code),
            (b"bin", Some(count)) => {
                self.at = self.at.saturating_add(count.max(0) as usize).min(self.bytes.len());
            }
            _ if self.pass > 0 => self.pass -= 1,
            _ if leads_elsewhere(word) || optional && word != b"shpinst" => {
                self.flush();
                self.group.destination = Destination::Nowhere;
            }
            (b"fonttbl", _) => self.group.destination = Destination::Fonts,
            _ => self.meaning(word, number),
        }
    }

    /// The words that say something about characters, or stand for one.
    fn meaning(&mut self, word: &[u8], number: Option<i32>) {
        let on = number != Some(0);
        match word {
            b"par" | b"line" | b"row" | b"sect" | b"page" | b"column" | b"softline" => {
                self.push("\n");
            }
            b"tab" | b"cell" | b"nestcell" | b"emspace" | b"enspace" | b"qmspace" => self.push(" "),
            b"emdash" => self.push("—"),
            b"endash" => self.push("–"),
            b"lquote" => self.push("‘"),
            b"rquote" => self.push("’"),
            b"ldblquote" => self.push("“"),
            b"rdblquote" => self.push("”"),
            b"bullet" => self.push("•"),
            b"uc" => self.group.fallback = number.unwrap_or(1).clamp(0, 16) as usize,
            b"v" | b"deleted" | b"htmlrtf" => {
                self.flush();
                self.group.hidden = on;
            }
            b"plain" => {
                self.flush();
                (self.group.hidden, self.group.encoding) = (false, self.default);
            }
            b"ansicpg" => {
                self.default = number.and_then(code_page).unwrap_or(self.default);
                self.group.encoding = self.default;
            }
            b"mac" => {
                self.default = encoding_rs::MACINTOSH;
                self.group.encoding = self.default;
            }
            b"f" if self.group.destination == Destination::Fonts => self.font = number.unwrap_or(0),
            b"f" => {
                self.flush();
                let font = self.fonts.get(&number.unwrap_or(0));
                self.group.encoding = font.copied().unwrap_or(self.default);
            }
            b"fcharset" if self.group.destination == Destination::Fonts => {
                if let Some(encoding) = number.and_then(character_set) {
                    self.fonts.insert(self.font, encoding);
                }
            }
            _ => {}
        }
    }

    /// A character by its number, as a signed 16-bit integer.
    fn unicode(&mut self, code: i32) {
        let unit = code as u16;
        self.flush();
        self.pass = 0;
        if self.shown() {
            let high = self.high.take();
            match unit {
                0xD800..0xDC00 => self.high = Some(unit),
                0xDC00..0xE000 => {
                    let pair = high.map(|high| char::decode_utf16([high, unit]).next());
                    if let Some(Some(Ok(ch))) = pair {
                        self.text.push(ch);
                    }
                }
                // Symbol fonts live in the private area; a bullet is all that a letter has of them.
                0xF0B7 => self.text.push('•'),
                _ => self.text.extend(char::from_u32(u32::from(unit)).filter(|c| *c != '\0')),
            }
        }
        self.pass = self.group.fallback;
    }
}

/// Groups that begin with these words hold no words of the body.
fn leads_elsewhere(word: &[u8]) -> bool {
    const WORDS: [&[u8]; 34] = [
        b"colortbl",
        b"stylesheet",
        b"info",
        b"pict",
        b"header",
        b"headerl",
        b"headerr",
        b"headerf",
        b"footer",
        b"footerl",
        b"footerr",
        b"footerf",
        b"fldinst",
        b"xe",
        b"tc",
        b"rxe",
        b"bkmkstart",
        b"bkmkend",
        b"nonshppict",
        b"shprslt",
        b"sp",
        b"annotation",
        b"atnid",
        b"atnauthor",
        b"listtable",
        b"listtext",
        b"pntext",
        b"revtbl",
        b"filetbl",
        b"private",
        b"ftnsep",
        b"aftnsep",
        b"objdata",
        b"datafield",
    ];
    WORDS.contains(&word)
}

/// The encoding of a Windows code page.
fn code_page(number: i32) -> Option<&'static Encoding> {
    let label = match number {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        10_000 => "macintosh".to_owned(),
        65_001 => "utf-8".to_owned(),
        _ => format!("windows-{number}"),
    };
    Encoding::for_label(label.as_bytes())
}

/// The encoding of a font's character set.
fn character_set(number: i32) -> Option<&'static Encoding> {
    let page = match number {
        77 => 10_000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        0 | 2 => 1252,
        _ => return None,
    };
    code_page(page)
}

/// Lines without blanks at their ends, no more than one blank line between two.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for line in text.lines() {
        let line = line.split([' ', '\t', '\u{A0}']).filter(|w| !w.is_empty());
        let line = line.collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            blank = true;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if blank { "\n\n" } else { "\n" });
        }
        blank = false;
        out.push_str(&line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(rtf: &str) -> String {
        text(rtf.as_bytes()).unwrap()
    }

    #[test]
    fn a_letter_is_its_words_and_nothing_of_its_form() {
        let rtf = r#"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fcharset238 Arial CE;}}
{\colortbl;\red0\green0\blue0;}{\stylesheet{\s0 Normal;}}{\info{\author Zebedee}{\title Secret}}
{\header \pard Letterhead\par}{\*\generator Riched20;}{\*\unknown{\f0 hidden}}
\pard\f0\fs22 Dear Sir or Madam,\par\par
My mother\rquote s carers are {\b rushed} \'96 \'a320 a visit.\line Two\tab words\par
{\field{\*\fldinst{HYPERLINK "http://example.org"}}{\fldrslt{our page}}}\par
{\f1 \'a3ukasz} is kind \u8364?5 \uc2\u233 \'c3\'a9 {\v hidden}\{ok\}\~end\par
{\pict\wmetafile8 0102030405}{\*\shppict{\pict ffd8}}\bullet  last}"#;
        assert_eq!(
            read(rtf),
            "Dear Sir or Madam,\n\nMy mother’s carers are rushed – £20 a visit.\nTwo words\nour page\n\
             Łukasz is kind €5 é {ok} end\n• last"
        );
    }

    #[test]
    fn characters_beyond_sixteen_bits_and_two_byte_pages_are_read() {
        assert_eq!(read(r"{\rtf1 \u-10179?\u-8694? thanks}"), "😊 thanks");
        assert_eq!(read(r"{\rtf1\ansicpg932 \'82\'a0}"), "あ");
    }

    #[test]
    fn pictures_as_bytes_are_passed_over() {
        assert_eq!(read("{\\rtf1 a{\\pict\\bin4 }}{{}b}"), "ab");
    }

    #[test]
    fn what_is_cut_off_or_too_deep_ends() {
        assert_eq!(read(r"{\rtf1 They are la"), "They are la");
        assert_eq!(read(r"{\rtf1 They\'"), "They");
        assert_eq!(read(r"{\rtf1 They\bin99999999 are"), "They");
        let deep = format!("{{\\rtf1 {}", "{".repeat(100_000));
        assert_eq!(text(deep.as_bytes()), None);
        assert_eq!(text(b"Dear all"), None);
        assert_eq!(text(b""), None);
    }

    proptest! {
        #[test]
        fn any_bytes_end(rest in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut bytes = b"{\\rtf1".to_vec();
            bytes.extend(rest);
            text(&bytes);
        }

        #[test]
        fn any_controls_end(rest in r"(\\(u|uc|f|fcharset|bin|par|'|\*|v|plain|pict|fonttbl)-?[0-9]{0,11} ?|[{}a-z\n]){0,60}") {
            text(format!("{{\\rtf1{rest}").as_bytes());
        }
    }
}
