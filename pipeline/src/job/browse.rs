//! The folders of this computer, to choose files, a place for the evidence, or an earlier run. Names
//! only: no file is opened here but the manifest of a run.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Query, State};
use serde_json::{Value, json};

use super::files::{Fields, field};
use super::{Answer, Job, pages};
use crate::folder;

/// More entries of a folder are not shown.
const ENTRIES: usize = 2000;
/// Earlier runs that are offered.
const RUNS: usize = 12;

/// What Heard reads, by the ending of its name.
const READABLE: [&str; 28] = [
    "csv", "tsv", "tab", "txt", "md", "json", "jsonl", "ndjson", "parquet", "xlsx", "xlsm", "xlsb",
    "xls", "ods", "docx", "odt", "rtf", "pdf", "html", "htm", "eml", "msg", "vtt", "srt", "png",
    "jpg", "jpeg", "tif",
];

/// Where people keep files: their own folders that exist, and other discs.
pub(super) fn places() -> Vec<(String, PathBuf)> {
    let mut places = Vec::new();
    if let Some(home) = std::env::home_dir().filter(|home| home.is_dir()) {
        for name in ["Desktop", "Documents", "Downloads"] {
            let folder = home.join(name);
            if folder.is_dir() {
                places.push((name.to_owned(), folder));
            }
        }
        places.push(("Home".to_owned(), home));
    }
    if let Ok(here) = std::env::current_dir()
        && !places.iter().any(|(_, known)| *known == here)
    {
        places.push(("Where Heard was started".to_owned(), here));
    }
    if cfg!(windows) {
        let discs = ('A'..='Z').map(|letter| format!("{letter}:\\"));
        places.extend(discs.map(|d| (d.clone(), PathBuf::from(d))).filter(|(_, d)| d.is_dir()));
    } else {
        for mounts in ["/Volumes", "/media", "/mnt"] {
            let mounts = Path::new(mounts);
            if fs::read_dir(mounts).is_ok_and(|mut entries| entries.next().is_some()) {
                places.push((mounts.display().to_string(), mounts.to_owned()));
            }
        }
    }
    places
}

/// Where the evidence goes unless another place is chosen.
pub(super) fn usual() -> PathBuf {
    let places = places();
    let named = |wanted: &str| places.iter().find(|(name, _)| name == wanted);
    let usual = named("Documents").or_else(|| named("Home")).or_else(|| places.first());
    usual.map_or_else(std::env::temp_dir, |(_, place)| place.clone())
}

pub(super) fn is_run(dir: &Path) -> bool {
    dir.join(folder::MANIFEST).is_file() && dir.join(folder::RESTRICTED).is_dir()
}

pub(super) async fn page(State(job): State<Arc<Job>>, Query(query): Query<Fields>) -> Answer {
    let purpose = match field(&query, "for") {
        wanted @ ("run" | "out") => wanted.to_owned(),
        _ => "in".to_owned(),
    };
    let asked = PathBuf::from(field(&query, "dir"));
    let dir = if asked.is_absolute() && asked.is_dir() { asked } else { usual() };
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    let entries = fs::read_dir(&dir);
    let closed = entries.is_err();
    let mut more = false;
    for entry in entries.into_iter().flatten().flatten() {
        let path = entry.path();
        // A name that is no text cannot come back in an address.
        let Some(name) = path.file_name().and_then(|n| n.to_str()).map(str::to_owned) else {
            continue;
        };
        if name.starts_with('.') || name.starts_with('$') || name.starts_with("~$") {
            continue;
        }
        if folders.len() + files.len() >= ENTRIES {
            more = true;
            break;
        }
        // Links are followed, as people expect of a list of folders.
        let Ok(known) = fs::metadata(&path) else { continue };
        let order = name.to_lowercase();
        if known.is_dir() {
            folders.push((
                order,
                json!({"name": name, "dir": path.to_str(), "link": link(&purpose, &path), "run": is_run(&path)}),
            ));
        } else if purpose == "in" && is_readable(&path) {
            files.push((order, json!({"name": name, "size": pages::size(known.len())})));
        }
    }
    let sorted = |mut rows: Vec<(String, Value)>| -> Vec<Value> {
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        rows.into_iter().map(|row| row.1).collect()
    };
    let places: Vec<Value> = places()
        .iter()
        .map(|(name, place)| json!({"name": name, "link": link(&purpose, place), "here": *place == dir}))
        .collect();
    let view = json!({
        "for": purpose,
        "dir": dir.to_string_lossy(),
        "up": dir.parent().map(|up| link(&purpose, up)),
        "places": places,
        "folders": sorted(folders),
        "files": sorted(files),
        "is_run": is_run(&dir),
        "closed": closed,
        "more": more.then_some(ENTRIES),
    });
    let title = match purpose.as_str() {
        "run" => "Open a run",
        "out" => "A place for the evidence",
        _ => "Choose files",
    };
    pages::render(&job, "browse.html", title, view)
}

fn is_readable(path: &Path) -> bool {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    READABLE.contains(&ending.as_str())
}

fn link(purpose: &str, dir: &Path) -> Option<String> {
    Some(format!("/job/browse?for={purpose}&dir={}", crate::plain::for_address(dir.to_str()?)))
}

/// Runs in the places where they mostly are, the newest first.
pub(super) fn runs(beside: Option<&Path>) -> Vec<Value> {
    let mut looked: Vec<PathBuf> = places().into_iter().map(|(_, place)| place).collect();
    looked.extend(beside.map(Path::to_owned));
    let mut found: Vec<(std::time::SystemTime, PathBuf)> = Vec::new();
    for place in looked {
        let entries = fs::read_dir(&place).into_iter().flatten().flatten().take(ENTRIES);
        for dir in entries.map(|entry| entry.path()).chain([place.clone()]) {
            let made = fs::metadata(dir.join(folder::MANIFEST)).and_then(|known| known.modified());
            if let Ok(made) = made
                && is_run(&dir)
                && !found.iter().any(|(_, known)| *known == dir)
            {
                found.push((made, dir));
            }
        }
    }
    found.sort_by(|a, b| b.cmp(a));
    found
        .into_iter()
        .take(RUNS)
        .filter_map(|(_, dir)| {
            let manifest = folder::read_manifest(&dir).ok()?;
            Some(json!({
                "dir": dir.to_str()?,
                "made": manifest.started.get(..16).unwrap_or_default().replace('T', " "),
                "answers": crate::plain::plural(manifest.counts.answers, "answer", "answers"),
                "decided": dir.join(folder::RESTRICTED).join("decisions.sqlite").is_file(),
            }))
        })
        .collect()
}
