//! How the program starts itself again, for a parser or a run in a process of its own: the running
//! binary, or, where an interpreter has it loaded, the words that make that interpreter be it.

use std::ffi::OsString;
use std::io;
use std::process::Command;
use std::sync::OnceLock;

static WORDS: OnceLock<Vec<OsString>> = OnceLock::new();

/// Says by which words the program is called, where it is not a binary of its own. Only the first
/// call counts.
pub fn is_called(words: Vec<OsString>) {
    let _ = WORDS.set(words);
}

/// The beginning of a command that runs this program.
pub(crate) fn command() -> io::Result<Command> {
    let Some([program, words @ ..]) = WORDS.get().map(Vec::as_slice) else {
        return Ok(Command::new(std::env::current_exe()?));
    };
    let mut command = Command::new(program);
    command.args(words);
    Ok(command)
}
