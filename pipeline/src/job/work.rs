//! The private folder for copies of dropped files and for the settings of a run.
//!
//! A browser gives a page the words of a file and never its place, so what is dropped is copied. The
//! copy lies where only this user can read, and goes when Heard stops. A program that was killed
//! cannot tidy up: the next one removes every such folder whose lock nobody holds.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::review::server::door;

/// Names of these folders begin so.
const PREFIX: &str = "heard-work-";
/// Held for as long as the program runs.
const LOCK: &str = "lock";

/// A folder of one program.
pub(super) struct Work {
    dir: PathBuf,
    lock: Mutex<Option<File>>,
}

impl Work {
    /// Makes it, and removes those that were left behind.
    pub(super) fn begin() -> io::Result<Self> {
        let root = std::env::temp_dir();
        tidy(&root);
        let name = door::random().map_err(|error| io::Error::other(error.to_string()))?;
        let dir = root.join(format!("{PREFIX}{name}"));
        create_private(&dir)?;
        let lock = File::create_new(dir.join(LOCK))?;
        lock.try_lock().map_err(io::Error::from)?;
        Ok(Self { dir, lock: Mutex::new(Some(lock)) })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where dropped files are copied to.
    pub(super) fn files(&self) -> PathBuf {
        self.dir.join("files")
    }

    /// A sentence about a file, which calls a copy as its original is called.
    pub(super) fn plainly(&self, said: &str) -> String {
        let files = self.files();
        let root = format!("{}{}", files.display(), std::path::MAIN_SEPARATOR);
        let mut parts = said.split(&root);
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            // The number of the drop comes first.
            let rest = part.split_once(std::path::MAIN_SEPARATOR).map_or(part, |(_, rest)| rest);
            out.push_str(rest);
        }
        out
    }

    /// Removes it with everything in it.
    pub(super) fn end(&self) {
        // Windows removes no file that is open.
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
        let _ = fs::remove_dir_all(&self.dir);
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(unix)]
fn create_private(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(dir)
}

/// On Windows the folder for temporary files is the user's own.
#[cfg(not(unix))]
fn create_private(dir: &Path) -> io::Result<()> {
    fs::create_dir(dir)
}

/// Removes what programs left that are no more. Others' folders cannot be opened, and stay.
fn tidy(root: &Path) {
    let Ok(entries) = fs::read_dir(root) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !ours || !is_folder {
            continue;
        }
        let Ok(lock) = File::open(entry.path().join(LOCK)) else { continue };
        if lock.try_lock().is_ok() {
            drop(lock);
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_program_left_is_removed_and_what_runs_is_not() {
        let root = tempfile::tempdir().unwrap();
        let (left, held) = (root.path().join("heard-work-a"), root.path().join("heard-work-b"));
        for dir in [&left, &held] {
            create_private(dir).unwrap();
            fs::write(dir.join("survey.csv"), "words").unwrap();
        }
        fs::write(left.join(LOCK), "").unwrap();
        let lock = File::create_new(held.join(LOCK)).unwrap();
        lock.try_lock().unwrap();
        tidy(root.path());
        assert!(!left.exists() && held.join("survey.csv").is_file());
    }

    #[test]
    fn a_copy_is_called_as_its_original() {
        let work = Work { dir: "/t/heard-work-a".into(), lock: Mutex::new(None) };
        let file = work.files().join("7").join("letters").join("a.pdf");
        let said = work.plainly(&format!("cannot read {}: it is empty", file.display()));
        assert_eq!(said.replace('\\', "/"), "cannot read letters/a.pdf: it is empty");
        assert_eq!(work.plainly("no file"), "no file");
    }
}
