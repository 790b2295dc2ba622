//! Files of the formats that Heard's own readers take apart, which were cut, flipped, doubled and
//! mixed: each ends in a sentence or in rows, soon. Of zipped formats the parts within are changed,
//! too: a changed zip is mostly none.
//!
//! Workbooks, PDF and Parquet are not here: their libraries allocate what a damaged file claims, which
//! only the limits of the child process bound. The end-to-end tests do them with the real program.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use super::*;

/// A sequence of numbers that is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below.max(1)
    }

    /// These bytes with one to three changes.
    fn change(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len());
            match self.below(6) {
                0 => bytes.truncate(at),
                1 => (0..8).for_each(|_| {
                    let at = self.below(bytes.len());
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << self.below(8);
                    }
                }),
                2 => {
                    let end = (at + self.below(400)).min(bytes.len());
                    let part = bytes[at..end].repeat(1 + self.below(30));
                    bytes.splice(at..at, part);
                }
                3 => {
                    let end = (at + self.below(60)).min(bytes.len());
                    bytes.drain(at..end);
                }
                4 => {
                    // A number that is far too large.
                    let digits = bytes.iter().skip(at).position(u8::is_ascii_digit);
                    if let Some(digit) = digits.map(|d| at + d) {
                        bytes.splice(digit..=digit, b"4294967295".iter().copied());
                    }
                }
                _ => {
                    let strange = [0, 0xFF, b'{', b'<', b'\\', b'-', 0xFE, b'\n'][self.below(8)];
                    bytes.splice(at..at, std::iter::repeat_n(strange, self.below(50)));
                }
            }
        }
    }

    /// A changed copy of a file; of a zip mostly with one part changed.
    fn mutant(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        if whole.starts_with(b"PK") && self.below(4) > 0 {
            return self.rezipped(whole);
        }
        self.change(&mut bytes);
        bytes
    }

    fn rezipped(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(whole)).unwrap();
        let changed = self.below(zip.len());
        let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for i in 0..zip.len() {
            let mut part = zip.by_index(i).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            if i == changed {
                self.change(&mut bytes);
            }
            out.start_file(part.name(), zip::write::SimpleFileOptions::default()).unwrap();
            out.write_all(&bytes).unwrap();
        }
        out.finish().unwrap().into_inner()
    }
}

/// A file of each format, with the name under which it is read.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures");
    let mut files: Vec<(&str, Vec<u8>)> = [
        ("exports/surveymonkey.csv", "a.csv"),
        ("exports/excel-unicode.txt", "a.txt"),
        ("exports/answers.jsonl", "a.jsonl"),
        ("exports/answers.json", "a.json"),
        ("exports/letter.docx", "a.docx"),
        ("exports/letter.odt", "a.odt"),
        ("formats/letter.html", "a.html"),
        ("formats/letter.rtf", "a.rtf"),
        ("formats/reply.eml", "a.eml"),
        ("formats/reply.msg", "a.msg"),
        ("formats/interview.vtt", "a.vtt"),
        ("formats/interview.srt", "a.srt"),
    ]
    .map(|(from, to)| (to, fs::read(tests.join(from)).unwrap()))
    .into();
    let notes = "Interview 1\nName: Zebedee\nDate: 12/03/2025\nQ1. What is good?\nThe girls.\nQ2. What is bad?\nTimes.\n\
        Interview 2\nInterviewer: How is it?\nMrs A: Fine.\nInterviewer: Is it?\nMrs A: No.\n";
    files.push(("a.md", notes.into()));
    files
}

/// Reads so many mutants of a file; how many ended in rows, and the longest time that one took.
fn read_mutants(name: &str, whole: &[u8], count: usize, options: &Options) -> (usize, Duration) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let (mut well, mut longest) = (0, Duration::ZERO);
    for _ in 0..count {
        fs::write(&path, chance.mutant(whole)).unwrap();
        let started = Instant::now();
        match Intake::open(std::slice::from_ref(&path), options) {
            Ok(mut intake) => {
                well += usize::from(intake.count().is_ok());
                describe(intake.understanding(), &|s| s.to_owned());
                to_toml(intake.understanding(), &|s| s.to_owned());
            }
            Err(error) => assert!(error.to_string().contains(name), "{error}"),
        }
        longest = longest.max(started.elapsed());
    }
    (well, longest)
}

#[test]
fn mutated_files_end_in_a_sentence_or_in_rows() {
    for (name, whole) in files() {
        let (well, longest) = read_mutants(name, &whole, 100, &Options::default());
        assert!(longest < Duration::from_secs(10), "{name}: {longest:?}");
        assert!(well > 0, "{name}");
    }
}
