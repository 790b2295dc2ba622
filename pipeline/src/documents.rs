//! Word files that people may edit: one that was changed since it was written is never overwritten.
//!
//! `run.json` holds the hash of every Word file that Heard wrote. When a report is made again, a file
//! whose hash is another stays where it is, and the new one gets the next free name beside it:
//! `report-2.docx`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::store::{self, io};

/// Hashes of Word files, by their path in the run's folder with `/`.
pub type Documents = BTreeMap<String, String>;

/// Hashes of all Word files below these folders of `root`.
pub fn record(root: &Path, folders: &[&str]) -> Result<Documents, store::Error> {
    let mut found = Documents::new();
    for name in files(root, folders)? {
        let path = root.join(&name);
        let bytes = fs::read(&path).map_err(io("read", &path))?;
        found.insert(name, hex::encode(Sha256::digest(&bytes)));
    }
    Ok(found)
}

/// Takes Word files that people changed or put there over from `old` to `new`, which replaces it.
/// What was to have their name gets the next free one. Gives the new names of those that moved, and
/// leaves in `written` where each of ours stands now.
pub fn keep_edited(
    old: &Path,
    recorded: &Documents,
    new: &Path,
    written: &mut Documents,
    folders: &[&str],
) -> Result<Vec<String>, store::Error> {
    let mut moved = Vec::new();
    let present = record(old, folders)?;
    let edited: Vec<String> = present
        .into_iter()
        // What this version did not record may be people's work.
        .filter(|(name, hash)| recorded.get(name) != Some(hash) && written.get(name) != Some(hash))
        .map(|(name, _)| name)
        .collect();
    for name in &edited {
        let (from, to) = (old.join(name), new.join(name));
        if to.exists() {
            let free = free_name(new, name, &edited);
            fs::rename(&to, new.join(&free)).map_err(io("rename", &to))?;
            if let Some(hash) = written.remove(name) {
                written.insert(free.clone(), hash);
            }
            moved.push(free);
        }
        if let Some(folder) = to.parent() {
            store::create_folder(folder)?;
        }
        fs::copy(&from, &to).map_err(io("copy", &from))?;
    }
    Ok(moved)
}

/// `publish/report-2.docx` for `publish/report.docx`, or the next that nothing has.
fn free_name(new: &Path, name: &str, taken: &[String]) -> String {
    let stem = name.strip_suffix(".docx").unwrap_or(name);
    (2_u32..=u32::MAX)
        .map(|number| format!("{stem}-{number}.docx"))
        .find(|free| !taken.contains(free) && !new.join(free).exists())
        .unwrap_or_default()
}

/// Word files below some folders of `root`, sorted; the lock files of office programs are not any.
fn files(root: &Path, folders: &[&str]) -> Result<Vec<String>, store::Error> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> =
        folders.iter().map(|f| root.join(f)).filter(|f| f.is_dir()).collect();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(io("read", &folder))? {
            let path = entry.map_err(io("read", &folder))?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("docx"))
                && !path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("~$"))
                && let Ok(name) = path.strip_prefix(root)
            {
                found.push(name.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn what_people_changed_stays_and_the_new_file_gets_the_next_name() {
        let first = folder(&[("publish/report.docx", "ours"), ("publish/b/one.docx", "ours too")]);
        let recorded = record(first.path(), &["publish"]).unwrap();
        assert_eq!(recorded.len(), 2);
        fs::write(first.path().join("publish/report.docx"), "edited").unwrap();
        fs::write(first.path().join("publish/report-2.docx"), "people's own").unwrap();
        fs::write(first.path().join("publish/~$report.docx"), "lock").unwrap();
        let second = folder(&[("publish/report.docx", "new"), ("publish/b/one.docx", "newer")]);
        let mut written = record(second.path(), &["publish"]).unwrap();
        let moved = keep_edited(first.path(), &recorded, second.path(), &mut written, &["publish"])
            .unwrap();
        assert_eq!(moved, ["publish/report-3.docx"]);
        let text = |name: &str| fs::read_to_string(second.path().join(name)).unwrap();
        assert_eq!(text("publish/report.docx"), "edited");
        assert_eq!(text("publish/report-2.docx"), "people's own");
        assert_eq!(text("publish/report-3.docx"), "new");
        assert_eq!(text("publish/b/one.docx"), "newer");
        assert_eq!(
            written.keys().collect::<Vec<_>>(),
            ["publish/b/one.docx", "publish/report-3.docx"]
        );
    }

    #[test]
    fn what_nobody_touched_is_replaced() {
        let first = folder(&[("publish/report.docx", "ours")]);
        let recorded = record(first.path(), &["publish"]).unwrap();
        let second = folder(&[("publish/report.docx", "new")]);
        let mut written = record(second.path(), &["publish"]).unwrap();
        let kept = keep_edited(first.path(), &recorded, second.path(), &mut written, &["publish"])
            .unwrap();
        assert!(kept.is_empty());
        assert_eq!(fs::read_to_string(second.path().join("publish/report.docx")).unwrap(), "new");
    }
}
