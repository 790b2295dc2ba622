//! What can stop intake, each as a sentence that names the file and says what to do.
//!
//! A bad row or page never ends up here: it becomes an `Unprocessed` row. These errors are about
//! files that were named on the command line, and about options that fit no file. No error holds
//! words of a response or of a header.

use std::path::PathBuf;

/// Why the inputs cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing was named.
    #[error("no input was named: give the files or folders that hold the responses")]
    NoInputs,
    /// The path does not exist.
    #[error("{path}: there is no such file or folder; check the spelling", path = path.display())]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("{path}: cannot be read; check that the file is there, may be opened and is not open in another program", path = path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Zero bytes, or nothing but blanks.
    #[error("{path}: the file is empty; export it again or leave it out", path = path.display())]
    Empty {
        /// The path as given.
        path: PathBuf,
    },
    /// A folder in which nothing looks like a response.
    #[error("{path}: the folder holds no file that Heard reads", path = path.display())]
    EmptyFolder {
        /// The path as given.
        path: PathBuf,
    },
    /// A kind of file that Heard has no reader for.
    #[error("{path}: Heard does not read this kind of file; {advice}", path = path.display())]
    Unsupported {
        /// The path as given.
        path: PathBuf,
        /// What to do instead.
        advice: &'static str,
    },
    /// An encrypted workbook or document.
    #[error("{path}: the file is protected by a password; open it, remove the password, save it and try again", path = path.display())]
    Password {
        /// The path as given.
        path: PathBuf,
    },
    /// The name says one thing, the content another, or it is damaged.
    #[error("{path}: this is no {expected} file that can be read, whatever its name says; open it in the program it came from and save it again", path = path.display())]
    NotWhatItSays {
        /// The path as given.
        path: PathBuf,
        /// The kind that was expected.
        expected: &'static str,
    },
    /// A quote that opens and never closes.
    #[error("{path}: row {row} opens a quote (\") that is never closed, so the rows after it cannot be told apart; close or remove the quote on that row, or export the file again", path = path.display())]
    BrokenQuote {
        /// The path as given.
        path: PathBuf,
        /// The row, counted from 1 as a spreadsheet shows it.
        row: u32,
    },
    /// JSON that does not parse, or that holds no list of records.
    #[error("{path}: {problem}; Heard reads a list of records, or one record a line (JSONL)", path = path.display())]
    Json {
        /// The path as given.
        path: PathBuf,
        /// What is wrong, with its line.
        problem: String,
    },
    /// Larger than the limit of its kind.
    #[error("{path}: larger than Heard opens for this kind of file (limit {limit_mb} MB); {advice}", path = path.display())]
    TooLarge {
        /// The path as given.
        path: PathBuf,
        /// The limit.
        limit_mb: u64,
        /// What to do instead.
        advice: &'static str,
    },
    /// The child process that parses office and PDF files ran out of time.
    #[error("{path}: reading it took longer than {seconds} seconds, which a sound file does not; save it again from the program it came from, or raise parse_seconds", path = path.display())]
    TooSlow {
        /// The path as given.
        path: PathBuf,
        /// The limit.
        seconds: u64,
    },
    /// The child process died or ran out of memory.
    #[error("{path}: the file could not be taken apart (it may be damaged, or need more than {memory_mb} MB); save it again from the program it came from", path = path.display())]
    Crashed {
        /// The path as given.
        path: PathBuf,
        /// The limit.
        memory_mb: u64,
    },
    /// The child process could not be started at all.
    #[error("{path}: the reader of office files could not be started", path = path.display())]
    Parser {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// An option names a column that no table has.
    #[error(
        "no table has a column named \"{name}\" ({option}); `heard check` lists the columns of each file"
    )]
    NoSuchColumn {
        /// The option that names it.
        option: &'static str,
        /// The name as the user typed it.
        name: String,
    },
    /// The settings file describes a column that the table does not have.
    #[error("{path}: the settings describe column {column}, but the table has {width}; run `heard check` again", path = path.display())]
    NoSuchIndex {
        /// The path as given.
        path: PathBuf,
        /// The column of the settings, from 1.
        column: u32,
        /// Columns that the table has.
        width: usize,
    },
    /// The settings give the letters of a file in a way that cannot be.
    #[error("{path}: the settings give its letters wrongly; write the pages of each, rising, such as letters = [\"1-2\", \"3\"]", path = path.display())]
    Letters {
        /// The path as given.
        path: PathBuf,
    },
    /// Nothing that people wrote in their own words.
    #[error(
        "no input holds open text: {what}; run `heard check` to see what each column holds, or name the column with --text"
    )]
    NoOpenText {
        /// The files and what was found in them, in numbers only.
        what: String,
    },
    /// The file changed between the two readings.
    #[error("{path}: the file changed while it was being read; close it in other programs and run again", path = path.display())]
    Changed {
        /// The path as given.
        path: PathBuf,
    },
}

impl Error {
    /// True where the user's options or this installation are at fault, not the file: such an error
    /// stops the run even for a file that only lies in a folder.
    pub(super) fn is_about_options(&self) -> bool {
        matches!(
            self,
            Self::NoSuchIndex { .. }
                | Self::NoSuchColumn { .. }
                | Self::Letters { .. }
                | Self::Parser { .. }
        )
    }

    /// The fixed code under which a file of a folder is set aside with this problem.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "empty_file",
            Self::Unsupported { .. } => "unsupported_file",
            Self::Password { .. } => "password_protected",
            Self::BrokenQuote { .. } => "broken_quote",
            Self::TooLarge { .. } => "too_large",
            Self::TooSlow { .. } => "too_slow",
            _ => "unreadable_file",
        }
    }
}
