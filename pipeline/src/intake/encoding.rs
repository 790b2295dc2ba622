//! Which encoding a text file is in, and its bytes as UTF-8.
//!
//! The decision is made on the whole file, not on its beginning: one byte at the end of a long
//! export can prove that it is not UTF-8. [`Evidence`] is fed while the file is hashed;
//! [`Decoded`] then streams the file as UTF-8 without NULs, in constant memory.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, MACINTOSH, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The encodings that exports come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8 { bom: bool },
    /// UTF-8 with some bytes that are not: those are read as Windows-1252, one by one.
    Utf8WithStrays,
    /// Western Windows, as Excel saves CSV.
    Windows1252,
    /// Excel on older Macs.
    Macintosh,
    /// Little-endian UTF-16, Excel's "Unicode text".
    Utf16Le,
    /// Big-endian UTF-16.
    Utf16Be,
}

impl Encoding {
    /// Its name in reports and settings.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 { bom: false } => "utf-8",
            Self::Utf8 { bom: true } => "utf-8-bom",
            Self::Utf8WithStrays => "utf-8-with-stray-bytes",
            Self::Windows1252 => "windows-1252",
            Self::Macintosh => "macintosh",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }

    /// The encoding of this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        [
            Self::Utf8 { bom: false },
            Self::Utf8 { bom: true },
            Self::Utf8WithStrays,
            Self::Windows1252,
            Self::Macintosh,
            Self::Utf16Le,
            Self::Utf16Be,
        ]
        .into_iter()
        .find(|e| e.name() == name)
    }
}

/// What the bytes of a file say about its encoding, gathered chunk by chunk.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    head: Vec<u8>,
    carry: Vec<u8>,
    length: u64,
    multibyte: u64,
    strays: u64,
    nul_even: u64,
    nul_odd: u64,
    mac_apostrophes: u64,
    windows_apostrophes: u64,
    last: [u8; 2],
}

impl Evidence {
    /// Takes the next bytes of the file.
    pub(crate) fn feed(&mut self, chunk: &[u8]) {
        if self.head.len() < 4 {
            self.head.extend(chunk.iter().take(4 - self.head.len()));
        }
        if chunk.contains(&0) {
            for (i, _) in chunk.iter().enumerate().filter(|(_, b)| **b == 0) {
                if (self.length + i as u64).is_multiple_of(2) {
                    self.nul_even += 1;
                } else {
                    self.nul_odd += 1;
                }
            }
        }
        if !chunk.is_ascii() || !self.last.is_ascii() {
            self.apostrophes(chunk);
        } else if let [.., before, last] = chunk {
            self.last = [*before, *last];
        } else if let [last] = chunk {
            self.last = [self.last[1], *last];
        }
        self.length += chunk.len() as u64;
        if self.carry.is_empty() && chunk.is_ascii() {
            return;
        }
        let mut bytes = std::mem::take(&mut self.carry);
        bytes.extend_from_slice(chunk);
        let mut rest = &bytes[..];
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => return self.multibyte += leading_bytes(text.as_bytes()),
                Err(error) => {
                    self.multibyte += leading_bytes(&rest[..error.valid_up_to()]);
                    let Some(bad) = error.error_len() else {
                        self.carry = rest[error.valid_up_to()..].to_vec();
                        return;
                    };
                    self.strays += bad as u64;
                    rest = &rest[error.valid_up_to() + bad..];
                }
            }
        }
    }

    /// Counts bytes that are an apostrophe between letters on a Mac (0xD5) or on Windows (0x92).
    fn apostrophes(&mut self, chunk: &[u8]) {
        for byte in chunk {
            let [before, middle] = self.last;
            if before.is_ascii_lowercase() && byte.is_ascii_lowercase() {
                self.mac_apostrophes += u64::from(middle == 0xD5);
                self.windows_apostrophes += u64::from(middle == 0x92);
            }
            self.last = [middle, *byte];
        }
    }

    /// The encoding that fits all that was fed.
    pub(crate) fn decide(mut self) -> Encoding {
        self.strays += self.carry.len() as u64;
        if self.head.starts_with(&[0xEF, 0xBB, 0xBF]) && self.strays == 0 {
            return Encoding::Utf8 { bom: true };
        }
        if self.head.starts_with(&[0xFF, 0xFE]) {
            return Encoding::Utf16Le;
        }
        if self.head.starts_with(&[0xFE, 0xFF]) {
            return Encoding::Utf16Be;
        }
        // Western text in UTF-16 is a zero in every other byte; a stray NUL is no such thing.
        let half = self.length / 2;
        if half > 0 && self.nul_odd * 2 > half && self.nul_even * 10 < self.nul_odd {
            return Encoding::Utf16Le;
        }
        if half > 0 && self.nul_even * 2 > half && self.nul_odd * 10 < self.nul_even {
            return Encoding::Utf16Be;
        }
        if self.strays == 0 {
            return Encoding::Utf8 { bom: false };
        }
        if self.multibyte > self.strays {
            return Encoding::Utf8WithStrays;
        }
        if self.mac_apostrophes > 0 && self.windows_apostrophes == 0 {
            return Encoding::Macintosh;
        }
        Encoding::Windows1252
    }
}

/// The text of a file that is in memory, in whatever encoding fits it.
pub(crate) fn whole(bytes: &[u8]) -> String {
    let mut evidence = Evidence::default();
    evidence.feed(bytes);
    let mut text = String::new();
    // What is in memory can be read, and what is decoded is UTF-8.
    let _ = Decoded::new(bytes, evidence.decide()).read_to_string(&mut text);
    text
}

/// Number of characters beyond ASCII in valid UTF-8.
fn leading_bytes(bytes: &[u8]) -> u64 {
    if bytes.is_ascii() { 0 } else { bytes.iter().filter(|b| **b >= 0xC0).count() as u64 }
}

/// A text file as UTF-8: byte order mark and NULs taken out, the latter counted.
pub(crate) struct Decoded<R> {
    input: R,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    start: usize,
    end: usize,
    at_start: bool,
    finished: bool,
    /// What was decoded for a reader without room, and how much of it was given.
    spare: Vec<u8>,
    given: usize,
    /// NULs left out so far.
    pub(crate) nuls: u64,
}

const CHUNK: usize = 64 * 1024;

impl<R: Read> Decoded<R> {
    /// Reads `input`, which is in `encoding`.
    pub(crate) fn new(input: R, encoding: Encoding) -> Self {
        let decoder = match encoding {
            Encoding::Utf8 { .. } | Encoding::Utf8WithStrays => None,
            Encoding::Windows1252 => Some(WINDOWS_1252.new_decoder_without_bom_handling()),
            Encoding::Macintosh => Some(MACINTOSH.new_decoder_without_bom_handling()),
            Encoding::Utf16Le => Some(UTF_16LE.new_decoder_with_bom_removal()),
            Encoding::Utf16Be => Some(UTF_16BE.new_decoder_with_bom_removal()),
        };
        let raw = vec![0; CHUNK];
        Self {
            input,
            decoder,
            raw,
            start: 0,
            end: 0,
            at_start: true,
            finished: false,
            spare: Vec::new(),
            given: 0,
            nuls: 0,
        }
    }

    /// Moves what is left to the front and reads on; true at the end of the input.
    fn refill(&mut self) -> io::Result<bool> {
        self.raw.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let read = self.input.read(&mut self.raw[self.end..])?;
        self.end += read;
        if self.at_start && self.end >= 3 {
            self.at_start = false;
            if self.decoder.is_none() && self.raw.starts_with(&[0xEF, 0xBB, 0xBF]) {
                self.start = 3;
            }
        }
        Ok(read == 0)
    }

    /// Copies UTF-8 through; bytes that are not become the Windows-1252 character that they are.
    fn copy(&mut self, out: &mut [u8], last: bool) -> usize {
        let input = &self.raw[self.start..self.end];
        let (mut written, mut taken) = (0, 0);
        loop {
            let room = (out.len() - written).min(input.len() - taken);
            let part = &input[taken..taken + room];
            let (valid, cut) = match std::str::from_utf8(part) {
                Ok(_) => (room, true),
                Err(error) => (error.valid_up_to(), error.error_len().is_none()),
            };
            out[written..written + valid].copy_from_slice(&part[..valid]);
            written += valid;
            taken += valid;
            // The end of the input or of the room; a character cut by either waits for the rest.
            let at_end = last && input.len() - taken < 4 && taken < input.len();
            if cut && !at_end || out.len() - written < 4 {
                break;
            }
            let (ch, _) = WINDOWS_1252.decode_without_bom_handling(&input[taken..=taken]);
            out[written..written + ch.len()].copy_from_slice(ch.as_bytes());
            written += ch.len();
            taken += 1;
        }
        self.start += taken;
        written
    }
}

impl<R: Read> Read for Decoded<R> {
    /// Where `out` has no room for a few characters, they are decoded aside and given bit by bit.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.len() < SPARE && self.given == self.spare.len() {
            let mut spare = std::mem::take(&mut self.spare);
            spare.resize(SPARE, 0);
            let decoded = self.fill(&mut spare);
            spare.truncate(*decoded.as_ref().unwrap_or(&0));
            (self.spare, self.given) = (spare, 0);
            decoded?;
        }
        if self.given < self.spare.len() {
            let taken = (self.spare.len() - self.given).min(out.len());
            out[..taken].copy_from_slice(&self.spare[self.given..self.given + taken]);
            self.given += taken;
            return Ok(taken);
        }
        self.fill(out)
    }
}

/// Room for a few characters.
const SPARE: usize = 64;

impl<R: Read> Decoded<R> {
    /// Decodes into `out`, which has room for a few characters; 0 at the end.
    fn fill(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !self.finished {
            let last =
                if self.end - self.start < 16 || self.at_start { self.refill()? } else { false };
            let written = match &mut self.decoder {
                None => self.copy(out, last),
                Some(decoder) => {
                    let input = &self.raw[self.start..self.end];
                    let (result, taken, written, _) = decoder.decode_to_utf8(input, out, last);
                    self.start += taken;
                    self.finished = last && result == CoderResult::InputEmpty;
                    written
                }
            };
            if self.decoder.is_none() && last && self.start == self.end {
                self.finished = true;
            }
            let kept = self.without_nuls(&mut out[..written]);
            if kept > 0 {
                return Ok(kept);
            }
        }
        Ok(0)
    }
}

impl<R> Decoded<R> {
    /// Closes the gaps that NULs leave; the number of bytes that remain.
    fn without_nuls(&mut self, bytes: &mut [u8]) -> usize {
        if !bytes.contains(&0) {
            return bytes.len();
        }
        let mut kept = 0;
        for i in 0..bytes.len() {
            if bytes[i] == 0 {
                self.nuls += 1;
            } else {
                bytes[kept] = bytes[i];
                kept += 1;
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decide(bytes: &[u8]) -> Encoding {
        let mut evidence = Evidence::default();
        for chunk in bytes.chunks(3) {
            evidence.feed(chunk);
        }
        evidence.decide()
    }

    fn decode(bytes: &[u8]) -> String {
        let mut text = Vec::new();
        let mut decoded = Decoded::new(bytes, decide(bytes));
        let mut out = [0; 64];
        loop {
            let n = decoded.read(&mut out).unwrap();
            if n == 0 {
                return String::from_utf8(text).unwrap();
            }
            text.extend_from_slice(&out[..n]);
        }
    }

    #[test]
    fn each_encoding_is_recognised_and_read() {
        let text = "Mum’s carer was late: £5, café\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decide(&utf16), Encoding::Utf16Le);
        assert_eq!(decode(&utf16), text);
        let utf16be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&utf16be), text);
        let (windows, _, _) = WINDOWS_1252.encode(text);
        assert_eq!(decide(&windows), Encoding::Windows1252);
        assert_eq!(decode(&windows), text);
        let mut bom = vec![0xEF, 0xBB, 0xBF];
        bom.extend(text.as_bytes());
        assert_eq!(decide(&bom), Encoding::Utf8 { bom: true });
        assert_eq!(decode(&bom), text);
    }

    #[test]
    fn one_bad_byte_does_not_spoil_a_utf8_file() {
        let mut bytes = "Don’t – café – £5".as_bytes().to_vec();
        bytes.push(0xA3);
        bytes.extend(b"9 a visit");
        assert_eq!(decide(&bytes), Encoding::Utf8WithStrays);
        assert_eq!(decode(&bytes), "Don’t – café – £5£9 a visit");
    }

    #[test]
    fn nuls_are_left_out() {
        assert_eq!(
            decode(b"a,b\0c\nd,e\nplenty more text here"),
            "a,bc\nd,e\nplenty more text here"
        );
    }

    #[test]
    fn an_old_mac_apostrophe_is_an_apostrophe() {
        assert_eq!(decode(b"I don\xD5t know"), "I don’t know");
    }

    #[test]
    fn readers_without_room_get_every_byte() {
        let text = "Mum’s café, £5. ".repeat(40);
        let (windows, ..) = WINDOWS_1252.encode(&text);
        for bytes in [text.as_bytes(), &windows] {
            for room in 1..9 {
                let (mut decoded, mut read) = (Decoded::new(bytes, decide(bytes)), Vec::new());
                let mut out = vec![0; room];
                while let n @ 1.. = decoded.read(&mut out).unwrap() {
                    read.extend_from_slice(&out[..n]);
                }
                assert_eq!(String::from_utf8(read).unwrap(), text);
            }
            assert_eq!(whole(bytes), text);
        }
    }

    proptest! {
        #[test]
        fn utf8_passes_through_unchanged(text in "[^\0\u{feff}\u{fffe}]{0,300}") {
            prop_assume!(!text.is_empty());
            prop_assert_eq!(decode(text.as_bytes()), text);
        }

        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            decode(&bytes);
        }
    }
}
