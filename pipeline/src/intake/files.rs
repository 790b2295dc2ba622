//! From what the user named to a list of files: folders opened in order, each file's kind told from
//! its content and its name, its bytes hashed.
//!
//! Lock files, hidden files, readme files and Heard's own output are not responses and are passed
//! over; everything else in a folder is read or set aside, never ignored.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Error;
use super::encoding::{Encoding, Evidence};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Comma-, tab- or otherwise separated text.
    Delimited,
    /// XLSX, XLSM, XLSB, XLS or ODS.
    Workbook,
    /// One JSON document.
    Json,
    /// A JSON record a line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
    /// Plain text or Markdown: one letter or testimony.
    Text,
    /// Word (DOCX) or `OpenDocument` text: one letter or testimony.
    Document,
    /// PDF: one letter or testimony.
    Pdf,
    /// A web page, or a letter saved as one.
    Html,
    /// An e-mail as most programs save it (EML).
    Email,
    /// An e-mail as Outlook saves it (MSG).
    Outlook,
    /// Rich text.
    Rtf,
    /// The subtitles of a recorded conversation (VTT, SRT).
    Transcript,
    /// None of these; set aside where it lies in a folder.
    Other,
}

impl Kind {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delimited => "table (CSV)",
            Self::Workbook => "workbook",
            Self::Json => "JSON",
            Self::JsonLines => "JSON Lines",
            Self::Parquet => "Parquet",
            Self::Text => "text",
            Self::Document => "Word or OpenDocument text",
            Self::Pdf => "PDF",
            Self::Html => "web page",
            Self::Email => "e-mail",
            Self::Outlook => "Outlook message",
            Self::Rtf => "rich text",
            Self::Transcript => "transcript",
            Self::Other => "not read",
        }
    }
}

impl Kind {
    /// True for what holds letters, testimonies or conversations, not rows of a table.
    pub(crate) fn is_document(self) -> bool {
        use Kind::{Document, Email, Html, Outlook, Pdf, Rtf, Text, Transcript};
        matches!(self, Document | Email | Html | Outlook | Pdf | Rtf | Text | Transcript)
    }
}

/// A file to read: the path as the user would recognise it, and whether they named it themselves.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) named: bool,
}

/// The files behind what the user named, folders expanded in the order of their names.
pub(crate) fn expand(inputs: &[PathBuf]) -> Result<Vec<Found>, Error> {
    if inputs.is_empty() {
        return Err(Error::NoInputs);
    }
    let mut found = Vec::new();
    for input in inputs {
        match fs::metadata(input) {
            Ok(meta) if meta.is_dir() => {
                let before = found.len();
                walk(input, 0, &mut found)?;
                if found.len() == before {
                    return Err(Error::EmptyFolder { path: input.clone() });
                }
            }
            Ok(_) => found.push(Found { path: input.clone(), named: true }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::Missing { path: input.clone() });
            }
            Err(source) => return Err(Error::Unreadable { path: input.clone(), source }),
        }
    }
    Ok(found)
}

/// How deep folders are followed; deeper is a loop or an accident.
const DEPTH: usize = 16;

fn walk(folder: &Path, depth: usize, found: &mut Vec<Found>) -> Result<(), Error> {
    let unreadable = |source| Error::Unreadable { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if passed_over(&name) {
            continue;
        }
        if path.is_dir() {
            let ours = path.join("run.json").is_file()
                || name == "heard-out"
                || name.ends_with(".partial");
            if !ours && depth < DEPTH {
                walk(&path, depth + 1, found)?;
            }
        } else {
            found.push(Found { path, named: false });
        }
    }
    Ok(())
}

/// True for names that are never responses.
fn passed_over(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    name.starts_with('.')
        || name.starts_with("~$")
        || name.starts_with("__macosx")
        || matches!(name, "heard.toml" | "thumbs.db" | "desktop.ini" | "data.md" | "to-type.xlsx")
        || matches!(stem, "readme" | "licence" | "license")
}

/// What one reading of all bytes of a file tells.
#[derive(Clone, Debug)]
pub(crate) struct Fingerprint {
    pub(crate) sha256: String,
    /// What only who has the file can know; see [`super::Source::secret`].
    pub(crate) secret: [u8; 32],
    pub(crate) bytes: u64,
    pub(crate) encoding: Encoding,
    pub(crate) kind: Kind,
}

/// Reads a file once: its hash, size, kind and (for text) encoding.
pub(crate) fn fingerprint(path: &Path) -> Result<Fingerprint, Error> {
    let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(unreadable)?;
    let (mut hash, mut evidence) = (Sha256::new(), Evidence::default());
    let (mut bytes, mut blank, mut head) = (0, true, Vec::new());
    let mut chunk = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut chunk).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        let part = &chunk[..read];
        if head.is_empty() {
            head = part[..read.min(8192)].to_vec();
        }
        blank = blank && part.iter().all(|b| b.is_ascii_whitespace() || *b == 0);
        hash.update(part);
        evidence.feed(part);
        bytes += read as u64;
    }
    if blank {
        return Err(Error::Empty { path: path.to_owned() });
    }
    let mut secret = hash.clone();
    secret.update(b"heard: who answered");
    let sha256 = hex::encode(hash.finalize());
    Ok(Fingerprint {
        sha256,
        secret: secret.finalize().into(),
        bytes,
        encoding: evidence.decide(),
        kind: kind(path, &head),
    })
}

/// The kind of a file, from its name and its first bytes. The bytes win where they are sure.
pub(crate) fn kind(path: &Path, head: &[u8]) -> Kind {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if head.starts_with(b"%PDF-") {
        return Kind::Pdf;
    }
    if head.starts_with(b"PAR1") {
        return Kind::Parquet;
    }
    if head.starts_with(b"{\\rtf") {
        return Kind::Rtf;
    }
    let zip = head.starts_with(b"PK\x03\x04");
    let ole = head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]);
    match extension.as_str() {
        "xlsx" | "xlsm" | "xlsb" | "ods" => Kind::Workbook,
        "xls" if zip || ole => Kind::Workbook,
        "docx" | "docm" | "odt" => Kind::Document,
        "pdf" => Kind::Pdf,
        "parquet" => Kind::Parquet,
        "msg" if ole => Kind::Outlook,
        _ if zip || ole => Kind::Other,
        "xls" | "csv" if starts_like_html(head) => Kind::Other,
        // "Excel" exports of web systems are often a CSV under the name .xls.
        "csv" | "tsv" | "tab" | "xls" => Kind::Delimited,
        "json" => Kind::Json,
        "jsonl" | "ndjson" => Kind::JsonLines,
        "vtt" | "srt" => Kind::Transcript,
        "html" | "htm" | "xhtml" => Kind::Html,
        "eml" => Kind::Email,
        "msg" => Kind::Outlook,
        "rtf" => Kind::Rtf,
        "txt" | "md" | "markdown" | "text" | "doc" if starts_like_html(head) => Kind::Html,
        "txt" | "md" | "markdown" | "text" => Kind::Text,
        _ => Kind::Other,
    }
}

/// True where the first bytes are those of a web page.
fn starts_like_html(head: &[u8]) -> bool {
    let head = head.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(head).trim_ascii_start();
    let start = head[..head.len().min(14)].to_ascii_lowercase();
    start.starts_with(b"<!doctype html") || start.starts_with(b"<html")
}

/// True where a file is packed, as workbooks are.
fn is_zip(path: &Path) -> bool {
    let mut head = [0; 4];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head == *b"PK\x03\x04"
}

/// What to do with a file that Heard does not read.
pub(crate) fn advice(path: &Path) -> &'static str {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match extension.as_str() {
        "doc" | "pages" | "wps" => "save it as .docx and try again",
        "numbers" => "export it as .xlsx and try again",
        "xls" | "csv" | "tsv" if is_zip(path) => {
            "it is a workbook under another name: let its name end in .xlsx and try again"
        }
        "xls" | "csv" => {
            "it is a web page under another name: open it in Excel and save it as .xlsx"
        }
        "mbox" | "pst" => "save the messages as .eml or .msg files and name their folder",
        "mp3" | "mp4" | "m4a" | "wav" => "it is a recording: type its words, or give its .vtt file",
        "jpg" | "jpeg" | "png" | "tif" | "tiff" | "heic" | "gif" => {
            "it is a picture: type its words into a .txt or .docx file"
        }
        "zip" | "7z" | "rar" | "gz" => "unpack it and name the folder",
        _ => {
            "it reads CSV, TSV, XLSX, XLS, ODS, JSON, JSONL, Parquet, DOCX, ODT, RTF, PDF, HTML, EML, MSG, \
             VTT, SRT, TXT and MD"
        }
    }
}

/// The reason under which such a file is set aside.
pub(crate) fn reason(path: &Path) -> &'static str {
    if advice(path).starts_with("it is a picture") { "scanned_image" } else { "unsupported_file" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_in_order_without_what_is_no_response() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        };
        for name in [
            "b.txt",
            "a.csv",
            "~$b.docx",
            ".DS_Store",
            "README.md",
            "heard.toml",
            "letters/1.txt",
            "heard-out/run.json",
            "heard-out/responses.csv",
            "old-run/run.json",
            "old-run/x.csv",
        ] {
            write(name);
        }
        let found = expand(&[dir.path().to_owned()]).unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|f| f.path.strip_prefix(dir.path()).unwrap().to_string_lossy().replace('\\', "/"))
            .collect();
        assert_eq!(names, ["a.csv", "b.txt", "letters/1.txt"]);
        assert!(!found[0].named);
    }

    #[test]
    fn a_missing_file_and_an_empty_file_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.csv");
        assert!(matches!(expand(std::slice::from_ref(&path)), Err(Error::Missing { .. })));
        fs::write(&path, " \r\n").unwrap();
        assert!(matches!(fingerprint(&path), Err(Error::Empty { .. })));
    }

    #[test]
    fn content_beats_the_name() {
        assert_eq!(kind(Path::new("a.txt"), b"%PDF-1.7"), Kind::Pdf);
        assert_eq!(kind(Path::new("a.xls"), b"id,comment\n"), Kind::Delimited);
        assert_eq!(kind(Path::new("letter.doc"), &[0xD0, 0xCF, 0x11, 0xE0]), Kind::Other);
    }
}
