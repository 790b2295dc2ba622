//! Files of every format that were cut, flipped, doubled and filled: `heard check` ends with a report
//! or a sentence for each, within ten seconds and a gigabyte, the processes that it starts counted in.
//!
//! All of it is the same each time. The long test is for the program as it is shipped:
//! `HEARD_PROGRAM=.../release/heard cargo test -p heard-tests -- --ignored two_thousand --nocapture`;
//! `HEARD_MUTANTS` says how many of each file, `HEARD_MUTATE` which files alone, and what fails is
//! kept in the folder `HEARD_KEEP`.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt32Array};
use parquet::arrow::ArrowWriter;

use crate::work::{Dir, fixtures};

/// Seconds after which a file hangs.
const PATIENCE: Duration = Duration::from_secs(10);
/// Kilobytes that a file may cost.
const MEMORY: u64 = 1024 * 1024;

const FILES: [&str; 22] = [
    "exports/surveymonkey.csv",
    "exports/qualtrics.csv",
    "exports/excel-unicode.txt",
    "exports/answers.jsonl",
    "exports/answers.json",
    "exports/microsoft-forms.xlsx",
    "exports/two-waves.xlsx",
    "formats/staff-voices.xls",
    "exports/survey.ods",
    "exports/letter.docx",
    "exports/letter.odt",
    "exports/letter.pdf",
    "formats/bundle.pdf",
    "formats/scans.pdf",
    "formats/letter.html",
    "formats/letter.rtf",
    "formats/reply.eml",
    "formats/reply.msg",
    "formats/interview.vtt",
    "formats/interview.srt",
    "notes.md",
    "answers.parquet",
];

const NOTES: &str = "# Interview 1\nName: Zebedee\nDate: 12/03/2025\nQ1. What is good?\nThe girls are kind.\n\
    Q2. What is bad?\nThe times.\n\n# Interview 2\nInterviewer: How is it?\nMrs A: Fine.\n\
    Interviewer: Is it?\nMrs A: No, they are always late.\n";

/// The whole file.
fn whole(from: &str) -> Vec<u8> {
    match from {
        "notes.md" => NOTES.into(),
        "answers.parquet" => parquet(),
        _ => fs::read(fixtures().join(from)).unwrap(),
    }
}

fn parquet() -> Vec<u8> {
    let words = ["They are always late", "Nobody rings me", "The girls are lovely and kind"];
    let ids: ArrayRef = Arc::new(UInt32Array::from_iter_values(0..300));
    let text: ArrayRef =
        Arc::new(StringArray::from_iter_values((0..300).map(|i| format!("{} {i}", words[i % 3]))));
    let batch = RecordBatch::try_from_iter([("id", ids), ("What could be better?", text)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// A sequence of numbers that is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below.max(1)
    }

    /// These bytes with one to four changes.
    fn change(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(8) {
                0 => bytes.truncate(at),
                1 | 2 => (0..8).for_each(|_| {
                    let at = self.below(bytes.len());
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << self.below(8);
                    }
                }),
                3 => {
                    let end = (at + self.below(400)).min(bytes.len());
                    let part = bytes[at..end].repeat(1 + self.below(30));
                    bytes.splice(at..at, part);
                }
                4 => {
                    // A number that is far too large.
                    let digits = bytes.iter().skip(at).position(u8::is_ascii_digit);
                    if let Some(digit) = digits.map(|d| at + d) {
                        bytes.splice(digit..=digit, b"4294967295".iter().copied());
                    }
                }
                5 => {
                    // As many bytes as before, all set or none: a length that claims the most.
                    let end = (at + 1 + self.below(8)).min(bytes.len());
                    let fill = [0x00, 0xFF, 0x7F][self.below(3)];
                    bytes[at..end].fill(fill);
                }
                6 => {
                    let strange = [0, 0xFF, b'{', b'<', b'\\', b'-', 0xFE, b'\n'][self.below(8)];
                    bytes.splice(at..at, std::iter::repeat_n(strange, self.below(50)));
                }
                _ => {
                    let end = (at + self.below(60)).min(bytes.len());
                    bytes.drain(at..end);
                }
            }
        }
    }

    /// A changed copy of a file; of a zip mostly with one part changed.
    fn mutant(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        if !whole.starts_with(b"PK") || self.below(4) == 0 {
            self.change(&mut bytes);
            return bytes;
        }
        let mut zip = zip::ZipArchive::new(Cursor::new(whole)).unwrap();
        let changed = self.below(zip.len());
        let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for i in 0..zip.len() {
            let mut file = zip.by_index(i).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            if i == changed {
                self.change(&mut bytes);
            }
            out.start_file(file.name(), zip::write::SimpleFileOptions::default()).unwrap();
            out.write_all(&bytes).unwrap();
        }
        out.finish().unwrap().into_inner()
    }
}

/// What came of a file.
struct Ended {
    code: Option<i32>,
    said: String,
    took: Duration,
    /// Kilobytes at most, of the program and of what it started; 0 where the system does not tell.
    memory: u64,
}

/// Checks one file and watches.
fn check(program: &Path, dir: &Dir, name: &str) -> Ended {
    let started = Instant::now();
    let mut child = Command::new(program)
        .args(["check", "--no-write", name])
        .current_dir(dir.root())
        .env_remove("RUST_BACKTRACE")
        .stdout(Stdio::null())
        .stderr(fs::File::create(dir.path("said")).unwrap())
        .spawn()
        .unwrap();
    let (mut memory, mut wait) = (0, 1);
    let code = loop {
        memory = memory.max(peak(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if started.elapsed() > PATIENCE * 4 {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(wait));
        wait = (wait + 1).min(10);
    };
    Ended { code, said: dir.text("said"), took: started.elapsed(), memory }
}

/// The most memory that a process had so far, and those that it started.
fn peak(process: u32) -> u64 {
    let read =
        |file: &str| fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    let status = read("status");
    let own = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let own = own.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0);
    let started = read(&format!("task/{process}/children"));
    own + started.split_whitespace().filter_map(|id| id.parse().ok()).map(peak).sum::<u64>()
}

/// What is wrong with an end, if anything.
fn wrong(name: &str, ended: &Ended) -> Option<&'static str> {
    let sentence = ended.code == Some(0)
        || ended.code == Some(2) && ended.said.contains(name) && ended.said.lines().count() == 1;
    if ended.took > PATIENCE {
        Some("took too long")
    } else if ended.memory > MEMORY {
        Some("took too much memory")
    } else if ended.said.contains("panicked") || ended.said.contains("fault of its own") {
        Some("panicked")
    } else {
        (!sentence).then_some("ended without a sentence")
    }
}

/// Checks so many mutants of a file; what went wrong.
fn check_mutants(program: &Path, from: &str, count: usize) -> Vec<String> {
    let dir = Dir::new();
    let (whole, mut chance) = (whole(from), Chance(7));
    let name = from.rsplit('/').next().unwrap();
    let (mut failed, mut read) = (Vec::new(), 0);
    let (mut longest, mut most) = (Duration::ZERO, 0);
    for i in 0..count {
        let mutant = chance.mutant(&whole);
        dir.write(name, &mutant);
        let ended = check(program, &dir, name);
        read += usize::from(ended.code == Some(0));
        longest = longest.max(ended.took);
        most = most.max(ended.memory);
        let Some(what) = wrong(name, &ended) else { continue };
        failed.push(format!(
            "{name} {i} {what}: {:?}, {:.1?}, {} MB: {}",
            ended.code,
            ended.took,
            ended.memory / 1024,
            ended.said
        ));
        if let Some(folder) = std::env::var_os("HEARD_KEEP") {
            fs::write(Path::new(&folder).join(format!("{i}-{name}")), &mutant).unwrap();
        }
    }
    #[allow(clippy::print_stderr, reason = "what the long test is run for")]
    {
        eprintln!(
            "{name:24} {count} files, {read} read, at most {longest:.1?} and {} MB, {} wrong",
            most / 1024,
            failed.len()
        );
    }
    failed
}

/// Checks mutants of every file, two files at a time.
fn check_all(program: &Path, count: usize) {
    let only = std::env::var("HEARD_MUTATE").unwrap_or_default();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut failed = Vec::new();
        while let Some(from) = FILES.get(next.fetch_add(1, Ordering::Relaxed)) {
            if from.contains(&only) {
                failed.extend(check_mutants(program, from, count));
            }
        }
        failed
    };
    let failed: Vec<String> = std::thread::scope(|scope| {
        let workers = [scope.spawn(work), scope.spawn(work)];
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn damaged_files_of_every_format_end_in_a_report_or_a_sentence() {
    check_all(Path::new(env!("CARGO_BIN_EXE_heard-under-test")), 6);
}

#[test]
#[ignore = "takes an hour: 2,000 files of every format"]
fn two_thousand_damaged_files_of_every_format() {
    let number = |text: String| text.parse().unwrap();
    let program = std::env::var_os("HEARD_PROGRAM").map(PathBuf::from);
    let program = program.unwrap_or_else(|| env!("CARGO_BIN_EXE_heard-under-test").into());
    check_all(&program, std::env::var("HEARD_MUTANTS").map_or(2_000, number));
}
