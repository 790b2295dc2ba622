//! Office and PDF files are taken apart in a child process of the same binary, so that a bad file
//! can neither hang nor kill a run. Parquet streams in the parent, after a child has read it through
//! to its end: what a child survives within the limits its parent survives, too.
//!
//! The parent starts `heard parse-file KIND PATH LIMITS...` and reads JSON lines from its output;
//! [`serve`] is that command. Time is limited by the parent, memory by the child itself where the
//! system can (Unix). What a crashing parser prints is thrown away: it may hold words of the file.

use std::ffi::OsString;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wait_timeout::ChildExt;

use super::encoding;
use super::{Error, Kind, Limits, Parser};
use super::{columnar, document, email, html, outlook, pdf, rtf, transcript, workbook};
use crate::myself;

/// The hidden subcommand under which the command line reaches [`serve`].
pub const SUBCOMMAND: &str = "parse-file";

/// One line of what the child says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Line {
    /// The rows that follow belong to this sheet.
    Sheet { name: String, hidden: bool },
    /// A row, numbered from 1, cells from the left.
    Row { number: u32, cells: Vec<String> },
    /// A page of a PDF, from 1; no words where it has no text layer.
    Page { number: u32, text: String },
    /// A whole document, or what one speaker of a transcript says in it.
    Text { text: String },
    /// Who says the text that follows, where a label tells more than a name ("Daughter").
    Role { role: String },
    /// Names of people that the file tells outside its words.
    Names { names: Vec<String> },
    /// The day that an e-mail bears, in days since 1970-01-01.
    Day { day: i32 },
    /// An attachment of an e-mail, numbered from 1.
    Attachment { number: u32, is: Attached },
    /// The file cannot be read, and why.
    Failed { why: Why },
    /// All was said.
    End,
}

/// What an attachment is to Heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Attached {
    /// A letter of its own: to be parsed by a child of its own.
    Document,
    /// A table, which people must name by itself.
    Table,
    /// A picture, perhaps of a letter.
    Picture,
    /// Anything else.
    Other,
}

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Why {
    /// Encrypted.
    Password,
    /// Damaged, or another kind of file.
    NotWhatItSays,
    /// It unpacks to more than the limit.
    TooLarge,
}

/// What a parser can end with before its last line.
#[derive(Debug)]
pub(super) enum Stop {
    /// The file's fault.
    Why(Why),
    /// The parent does not listen any more.
    Output,
}

impl From<io::Error> for Stop {
    fn from(_: io::Error) -> Self {
        Self::Output
    }
}

/// Writes one line.
pub(super) fn say(out: &mut dyn Write, line: &Line) -> Result<(), Stop> {
    serde_json::to_writer(&mut *out, line).map_err(io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

/// Writes the names that a file tells outside its words, if there are any.
pub(super) fn say_names(out: &mut dyn Write, names: Vec<String>) -> Result<(), Stop> {
    if names.is_empty() { Ok(()) } else { say(out, &Line::Names { names }) }
}

/// The child's side: parses one file to standard output. `args` are KIND PATH `UNPACKED_MB`
/// `MEMORY_MB` [ATTACHMENT], as [`parse`] gives them. The exit code is 0 whenever a last line was
/// written.
pub fn serve(args: &[OsString]) -> u8 {
    let (kind, path, unpacked, memory, part) = match args {
        [kind, path, unpacked, memory] => (kind, path, unpacked, memory, None),
        [kind, path, unpacked, memory, part] => (kind, path, unpacked, memory, Some(part)),
        _ => return 2,
    };
    let number = |text: &OsString| text.to_str().and_then(|t| t.parse::<u64>().ok());
    let (Some(unpacked), Some(memory)) = (number(unpacked), number(memory)) else {
        return 2;
    };
    let part = part.map(|part| number(part).unwrap_or_default() as u32);
    #[cfg(unix)]
    {
        let bytes = memory.saturating_mul(1024 * 1024);
        // Best effort: some systems do not let a process limit its address space.
        let _ = rlimit::Resource::AS.set(bytes, bytes);
    }
    let _ = memory;
    let kind = kind.to_str().and_then(|name| PARSED.iter().find(|p| p.1 == name));
    let mut out = BufWriter::with_capacity(256 * 1024, io::stdout().lock());
    let told = match kind {
        Some((kind, ..)) => tell(*kind, Path::new(path), part, unpacked, &mut out),
        None => return 2,
    };
    u8::from(told.is_err() || out.flush().is_err())
}

/// The kinds that need the child, their names on its command line, and what they are to people.
const PARSED: [(Kind, &str, &str); 9] = [
    (Kind::Workbook, "workbook", "Excel or OpenDocument workbook"),
    (Kind::Document, "document", "Word (.docx) or OpenDocument text"),
    (Kind::Pdf, "pdf", "PDF"),
    (Kind::Html, "html", "web page (HTML)"),
    (Kind::Email, "email", "e-mail (.eml)"),
    (Kind::Outlook, "outlook", "Outlook message (.msg)"),
    (Kind::Rtf, "rtf", "rich text (.rtf)"),
    (Kind::Transcript, "transcript", "transcript (.vtt or .srt)"),
    (Kind::Parquet, "parquet", "Parquet"),
];

/// Parses a file, or an attachment of it, and says what is in it, or why not.
fn tell(
    kind: Kind,
    path: &Path,
    part: Option<u32>,
    unpacked_mb: u64,
    out: &mut dyn Write,
) -> Result<(), Stop> {
    let parse = std::panic::AssertUnwindSafe(|| match (kind, part) {
        (Kind::Workbook, _) => workbook::parse(path, unpacked_mb, out),
        (Kind::Parquet, _) => columnar::read_through(path),
        (_, None) => words(kind, &std::fs::read(path)?, unpacked_mb, out),
        (_, Some(number)) => {
            let whole = std::fs::read(path)?;
            let (kind, bytes) = match kind {
                Kind::Outlook => outlook::attachment(&whole, number)?,
                _ => email::attachment(&whole, number)?,
            };
            drop(whole);
            words(kind, &bytes, unpacked_mb, out)
        }
    });
    match std::panic::catch_unwind(parse).unwrap_or(Err(Stop::Why(Why::NotWhatItSays))) {
        Ok(()) => say(out, &Line::End),
        Err(Stop::Why(why)) => say(out, &Line::Failed { why }),
        Err(stop) => Err(stop),
    }
}

/// Says the words of a document.
pub(super) fn words(
    kind: Kind,
    bytes: &[u8],
    unpacked_mb: u64,
    out: &mut dyn Write,
) -> Result<(), Stop> {
    match kind {
        Kind::Pdf => pdf::parse(bytes, out),
        Kind::Html => html::parse(bytes, out),
        Kind::Email => email::parse(bytes, out),
        Kind::Outlook => outlook::parse(bytes, out),
        Kind::Rtf => rtf::parse(bytes, out),
        Kind::Transcript => transcript::parse(bytes, out),
        Kind::Text => say(out, &Line::Text { text: encoding::whole(bytes) }),
        _ => document::parse(bytes, unpacked_mb, out),
    }
}

/// The parent's side: everything the child said about one file, or about the attachment of it with
/// this number, checked to be complete.
pub(super) fn parse(
    path: &Path,
    kind: Kind,
    part: Option<u32>,
    limits: &Limits,
    parser: &Parser,
) -> Result<Vec<u8>, Error> {
    let size = std::fs::metadata(path)
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?
        .len();
    if size > limits.workbook_max_mb * 1024 * 1024 && kind != Kind::Parquet {
        return Err(too_large(path, kind, limits));
    }
    let seconds = limits.parse_seconds.saturating_add(size / (1024 * 1024));
    let (_, name, expected) = PARSED.iter().find(|p| p.0 == kind).unwrap_or(&PARSED[1]);
    let said = match parser {
        Parser::InProcess => {
            let mut said = Vec::new();
            let told = tell(kind, path, part, limits.unpacked_max_mb, &mut said);
            told.map_err(|_| Error::Crashed {
                path: path.to_owned(),
                memory_mb: limits.parse_memory_mb,
            })?;
            said
        }
        Parser::Program(program) => {
            run(Command::new(program), path, (kind, name, part), limits, seconds)?
        }
        Parser::ThisBinary => {
            let program = myself::command()
                .map_err(|source| Error::Parser { path: path.to_owned(), source })?;
            run(program, path, (kind, name, part), limits, seconds)?
        }
    };
    match last_line(&said) {
        Some(Line::End) => Ok(said),
        Some(Line::Failed { why: Why::Password }) => Err(Error::Password { path: path.to_owned() }),
        Some(Line::Failed { why: Why::TooLarge }) => Err(too_large(path, kind, limits)),
        Some(Line::Failed { why: Why::NotWhatItSays }) => {
            Err(Error::NotWhatItSays { path: path.to_owned(), expected })
        }
        _ => Err(Error::Crashed { path: path.to_owned(), memory_mb: limits.parse_memory_mb }),
    }
}

fn too_large(path: &Path, kind: Kind, limits: &Limits) -> Error {
    let advice = match kind {
        Kind::Workbook => "save its data as CSV, which has no limit, or raise workbook_max_mb",
        _ => "take its pictures out and save it again, or raise workbook_max_mb",
    };
    Error::TooLarge { path: path.to_owned(), limit_mb: limits.workbook_max_mb, advice }
}

/// Starts the child and gathers what it says within the limits.
fn run(
    mut program: Command,
    path: &Path,
    (kind, name, part): (Kind, &str, Option<u32>),
    limits: &Limits,
    seconds: u64,
) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::Parser { path: path.to_owned(), source };
    let mut child = program
        .arg(SUBCOMMAND)
        .arg(name)
        .arg(path)
        .arg(limits.unpacked_max_mb.to_string())
        .arg(limits.parse_memory_mb.to_string())
        .args(part.map(|number| number.to_string()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let output = child.stdout.take();
    let cap = limits.unpacked_max_mb.saturating_mul(1024 * 1024);
    let listener = std::thread::spawn(move || {
        let mut said = Vec::new();
        let read = output.map_or(Ok(0), |o| o.take(cap + 1).read_to_end(&mut said));
        read.map(|_| said)
    });
    let status = child.wait_timeout(Duration::from_secs(seconds)).map_err(failed)?;
    if status.is_none() {
        // It may have ended by itself in this very moment; both are the same to us.
        let _ = child.kill();
        let _ = child.wait();
    }
    let said = listener.join().unwrap_or_else(|_| Ok(Vec::new())).map_err(failed)?;
    if said.len() as u64 > cap {
        return Err(too_large(path, kind, limits));
    }
    match status {
        None => Err(Error::TooSlow { path: path.to_owned(), seconds }),
        Some(_) => Ok(said),
    }
}

/// The last line, if it is whole.
fn last_line(said: &[u8]) -> Option<Line> {
    let said = said.strip_suffix(b"\n")?;
    let start = said.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    serde_json::from_slice(&said[start..]).ok()
}

/// The lines of what a child said.
pub(super) fn lines(said: &[u8]) -> impl Iterator<Item = Line> {
    said.split(|b| *b == b'\n').filter_map(|line| serde_json::from_slice(line).ok())
}

/// Checks a zip container before anything opens it: what it claims to unpack to, and that it is one.
pub(super) fn zip_names(file: impl Read + Seek, unpacked_mb: u64) -> Result<Vec<String>, Stop> {
    let bad = |_| Stop::Why(Why::NotWhatItSays);
    let mut zip = zip::ZipArchive::new(file).map_err(bad)?;
    let (mut names, mut total) = (Vec::new(), 0u64);
    for i in 0..zip.len() {
        let entry = zip.by_index_raw(i).map_err(bad)?;
        total = total.saturating_add(entry.size());
        names.push(entry.name().to_owned());
    }
    if total > unpacked_mb * 1024 * 1024 {
        return Err(Stop::Why(Why::TooLarge));
    }
    Ok(names)
}

/// True where an OLE container is an encrypted office file.
pub(super) fn is_encrypted_package(bytes: &[u8]) -> bool {
    let wide: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) && bytes.windows(wide.len()).any(|w| w == wide)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// What becomes of a file whose parser is this shell script.
    fn with_parser(script: &str) -> Result<Vec<u8>, Error> {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("parser");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let file = dir.path().join("a.xlsx");
        std::fs::write(&file, "x").unwrap();
        let limits = Limits { parse_seconds: 1, unpacked_max_mb: 1, ..Limits::default() };
        parse(&file, Kind::Workbook, None, &limits, &Parser::Program(program))
    }

    #[test]
    fn a_parser_that_hangs_is_stopped() {
        assert!(matches!(with_parser("exec sleep 60"), Err(Error::TooSlow { seconds: 1, .. })));
    }

    #[test]
    fn a_parser_that_dies_is_an_error_of_the_file() {
        assert!(matches!(with_parser("kill -9 $$"), Err(Error::Crashed { .. })));
        assert!(matches!(with_parser("echo '{\"Sheet\":'"), Err(Error::Crashed { .. })));
    }

    #[test]
    fn a_parser_that_talks_without_end_is_cut_off() {
        assert!(matches!(
            with_parser("exec yes"),
            Err(Error::TooLarge { .. } | Error::TooSlow { .. })
        ));
    }

    #[test]
    fn a_parser_gets_the_file_and_the_limits() {
        let said =
            with_parser("test \"$1 $2 $4 $5\" = 'parse-file workbook 1 1024' && echo '\"End\"'");
        assert!(said.is_ok());
    }
}
