//! The output folder of a run: claimed, filled beside its place, renamed when everything is there.
//!
//! An existing folder is replaced only if it is a run of ours and the user said so; the decisions
//! that people made in it are carried over, never replaced.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::config::Earlier;
use crate::documents;
use crate::manifest::Manifest;
use crate::partitions::{self, Partitions};
use crate::store::{self, io};

/// A file in the work folder that is locked while somebody works there.
const LOCK: &str = "lock";
/// What people decided while reviewing a run.
const DECISIONS: [&str; 3] = ["decisions.sqlite", "decisions.sqlite-wal", "decisions.sqlite-shm"];
/// The manifest: a folder that holds one is a finished run.
pub const MANIFEST: &str = "run.json";
/// What may be shared.
pub const PUBLISH: &str = "publish";
/// What stays with the analyst.
pub const RESTRICTED: &str = "restricted";
/// The list, under [`RESTRICTED`], of spans that may still be personal.
pub const TO_CHECK: &str = "to-check.csv";
/// The codebook, under [`RESTRICTED`], that a run was made with, where it was a file.
pub const RUN_CODEBOOK: &str = "codebook.toml";
/// The codebook, under [`RESTRICTED`], as people changed it, for the next run.
pub const NEXT_CODEBOOK: &str = "codebook-next.toml";
/// Papers for information governance: they count what is not published.
pub const GOVERNANCE: &str = "governance";
/// Folders with Word files that people may edit.
pub const WITH_DOCUMENTS: [&str; 2] = [PUBLISH, GOVERNANCE];

/// Why an output folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It holds a run.
    #[error("{} already holds a run. Name another folder with --out, or use --force to replace its outputs (decisions that people made are kept)", .0.display())]
    Exists(PathBuf),
    /// It holds something else.
    #[error("{} holds files that are not a run of Heard, and is left as it is. Name another folder with --out", .0.display())]
    NotARun(PathBuf),
    /// It holds a run, and not the one that should go on.
    #[error("{} holds a finished run of other files, settings or models, or of another version of Heard: there is nothing to go on from. Use --force in place of --resume to replace its outputs (decisions that people made are kept), or name another folder with --out", .0.display())]
    Other(PathBuf),
    /// A run that was stopped left work in it.
    #[error("{} holds what a run that was stopped had done. Add --resume to go on from there, or --force to start anew", .0.display())]
    Stopped(PathBuf),
    /// Another program works in it.
    #[error("another run is working in {}. Wait until it is done, or name another folder with --out", .0.display())]
    Busy(PathBuf),
    /// It is not a run, where one was expected.
    #[error("{} is not a finished run: there is no run.json in it. Name the folder that `heard run` wrote", .0.display())]
    NoRun(PathBuf),
    /// The manifest of a run cannot be read.
    #[error("{} cannot be read: {source}. Run `heard run` again with --force", path.display())]
    Manifest {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The operating system refused.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// An output folder in the making. Dropped unfinished, it leaves nothing behind but partitions that are
/// complete.
#[derive(Debug)]
pub struct Folder {
    out: PathBuf,
    work: PathBuf,
    /// Held while somebody works here.
    lock: Option<File>,
    /// Partitions that are complete outlast an error.
    keeps: bool,
    finished: bool,
}

impl Folder {
    /// Claims a folder for a run.
    pub fn claim(out: &Path, earlier: Earlier) -> Result<Self, Error> {
        let occupied = match fs::read_dir(out) {
            Ok(mut entries) => entries.next().is_some(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            Err(error) => return Err(io("read", out)(error).into()),
        };
        if occupied && !out.join(MANIFEST).is_file() {
            return Err(Error::NotARun(out.to_owned()));
        }
        let work = work_of(out);
        let goes_on = earlier == Earlier::GoOn && partitions::any(&work);
        if occupied && earlier != Earlier::Replace && !goes_on {
            return Err(Error::Exists(out.to_owned()));
        }
        if is_locked(&work) {
            return Err(Error::Busy(work));
        }
        if goes_on {
            // What was made from them is made again.
            for name in [PUBLISH, RESTRICTED, GOVERNANCE] {
                store::remove_folder(&work.join(name))?;
            }
        } else if earlier == Earlier::Keep && partitions::any(&work) {
            return Err(Error::Stopped(work));
        } else if work.exists() {
            // Left by a run that was stopped; a folder of that name which is not ours is not touched.
            let ours = work.join(RESTRICTED).is_dir() || partitions::any(&work) || is_empty(&work);
            if !ours {
                return Err(Error::NotARun(work));
            }
            fs::remove_dir_all(&work).map_err(io("remove", &work))?;
        }
        store::create_folder(&work.join(RESTRICTED))?;
        let path = work.join(LOCK);
        let lock = File::create(&path).map_err(io("create", &path))?;
        if lock.try_lock().is_err() {
            return Err(Error::Busy(work));
        }
        Ok(Self { out: out.to_owned(), work, lock: Some(lock), keeps: false, finished: false })
    }

    /// Says that a run which is stopped can go on from the partitions that are complete.
    pub fn keep_partitions(&mut self) {
        self.keeps = true;
    }

    /// Where the work happens.
    pub fn work(&self) -> &Path {
        &self.work
    }

    /// `restricted/` where the work happens.
    pub fn restricted(&self) -> PathBuf {
        self.work.join(RESTRICTED)
    }

    /// Writes the manifest, carries people's decisions and the Word files that they changed over, and
    /// puts the folder in its place. Gives the names of new Word files that had to take another name.
    pub fn finish(mut self, manifest: &mut Manifest) -> Result<Vec<String>, Error> {
        // Some systems rename no folder in which a file is open.
        self.lock = None;
        let lock = self.work.join(LOCK);
        fs::remove_file(&lock).map_err(io("remove", &lock))?;
        let (out, work) = (&self.out, &self.work);
        let mut moved = Vec::new();
        if out.exists() && out.join(MANIFEST).is_file() {
            // The manifest of an older version may not be readable: then every Word file is kept.
            let before = read_manifest(out).map(|old| old.documents).unwrap_or_default();
            let written = &mut manifest.documents;
            moved = documents::keep_edited(out, &before, work, written, &WITH_DOCUMENTS)?;
        }
        write_manifest(work, manifest)?;
        if out.exists() {
            for name in DECISIONS {
                let old = out.join(RESTRICTED).join(name);
                if old.is_file() {
                    let new = work.join(RESTRICTED).join(name);
                    fs::copy(&old, &new).map_err(io("copy", &old))?;
                }
            }
            let aside = sibling(out, ".replaced");
            fs::rename(out, &aside).map_err(io("rename", out))?;
            if let Err(error) = fs::rename(work, out) {
                // The earlier run goes back to its place.
                let _ = fs::rename(&aside, out);
                return Err(io("rename", work)(error).into());
            }
            fs::remove_dir_all(&aside).map_err(io("remove", &aside))?;
        } else {
            fs::rename(work, out).map_err(io("rename", work))?;
        }
        self.finished = true;
        // Only now: as long as the folder is not in its place, a run can go on from them.
        Partitions::remove(out)?;
        Ok(moved)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left holds de-identified content and the key table only. Hours of work are kept, for
        // a run that goes on from them; whatever is small is not worth a folder that nobody asked for.
        self.lock = None;
        let goes_on = self.keeps && partitions::any(&self.work);
        if !self.finished && !goes_on {
            let _ = fs::remove_dir_all(&self.work);
        }
    }
}

/// The manifest of a finished run.
pub fn read_manifest(out: &Path) -> Result<Manifest, Error> {
    let path = out.join(MANIFEST);
    if !path.is_file() {
        return Err(Error::NoRun(out.to_owned()));
    }
    let text = fs::read_to_string(&path).map_err(io("read", &path))?;
    serde_json::from_str(&text).map_err(|source| Error::Manifest { path, source })
}

/// Writes the manifest into a run's folder.
pub fn write_manifest(out: &Path, manifest: &Manifest) -> Result<(), Error> {
    let path = out.join(MANIFEST);
    let mut text = serde_json::to_string_pretty(manifest)
        .map_err(|source| Error::Manifest { path: path.clone(), source })?;
    text.push('\n');
    Ok(store::write_file(&path, text.as_bytes())?)
}

/// Where a run works until it is done.
pub fn work_of(out: &Path) -> PathBuf {
    sibling(out, ".partial")
}

fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_else(|| "heard-out".as_ref()).to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// True while another program works in a folder.
fn is_locked(work: &Path) -> bool {
    File::open(work.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_err())
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}
