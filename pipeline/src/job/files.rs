//! Which files are to be read: dropped ones, which are copied while they come in, and those chosen
//! where they lie, which are not.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use http_body_util::BodyExt as _;

use super::{Answer, Desktop, Failed, Job};

/// No survey is as large; a disc may be as small.
const LARGEST: u64 = 8 * 1024 * 1024 * 1024;
/// Letters of a name of a copy.
const LONGEST_NAME: usize = 120;

/// A file or folder to read.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) path: PathBuf,
    /// What people read.
    pub(super) name: String,
    /// Bytes of the copy, or of the file; None for a folder.
    pub(super) bytes: Option<u64>,
    /// Whether it is a copy in the private folder.
    pub(super) copied: bool,
}

/// What is asked for in an address or a form.
pub(super) type Fields = HashMap<String, String>;

pub(super) fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(|value| value.trim()).unwrap_or_default()
}

fn refused(words: impl Into<String>) -> Failed {
    Failed(StatusCode::BAD_REQUEST, words.into())
}

/// A name as a file can have it on every system: what a browser or a disc tells is not trusted.
fn plain_name(given: &str) -> String {
    let odd = |c: char| c.is_control() || "<>:\"/\\|?*".contains(c);
    let name: String = given.chars().map(|c| if odd(c) { '_' } else { c }).collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let (stem, ending) = match name.rfind('.') {
        Some(at) if name.len() - at <= 9 => name.split_at(at),
        _ => (name, ""),
    };
    let mut stem: String = stem.chars().take(LONGEST_NAME).collect();
    let reserved = ["con", "prn", "aux", "nul"].contains(&stem.to_lowercase().as_str())
        || stem.len() == 4
            && (stem.to_lowercase().starts_with("com") || stem.to_lowercase().starts_with("lpt"));
    if stem.is_empty() || reserved {
        stem.insert_str(0, "file ");
    }
    format!("{stem}{ending}")
}

/// Takes in one dropped file, written to the disc as it comes. `name` may say the folders that it
/// lay in; `drop` is the same for all files of one drop.
pub(super) async fn upload(
    State(job): State<Arc<Job>>,
    Query(query): Query<Fields>,
    body: Body,
) -> Answer {
    let parts: Vec<String> = field(&query, "name")
        .split('/')
        .filter(|part| !part.is_empty())
        .take(12)
        .map(plain_name)
        .collect();
    let drop: u64 = field(&query, "drop").parse().unwrap_or_default();
    let Some((name, folders)) = parts.split_last() else {
        return Err(refused("A file without a name cannot be taken."));
    };
    let batch = job.work.files().join(drop.to_string());
    let folder = folders.iter().fold(batch.clone(), |folder, part| folder.join(part));
    fs::create_dir_all(&folder).map_err(|error| not_copied(&error))?;
    let (path, file) = create(&folder, name).map_err(|error| not_copied(&error))?;
    match receive(body, file).await {
        Ok(bytes) => {
            // A folder is one input, so that what cannot be read in it is set aside.
            let input = match folders.first() {
                Some(top) => {
                    Input { path: batch.join(top), name: top.clone(), bytes: None, copied: true }
                }
                None => Input { path, name: name.clone(), bytes: Some(bytes), copied: true },
            };
            job.state().take(input);
            Ok((StatusCode::OK, "kept").into_response())
        }
        Err(error) => {
            let _ = fs::remove_file(&path);
            Err(not_copied(&error))
        }
    }
}

fn not_copied(error: &io::Error) -> Failed {
    refused(format!(
        "The file could not be copied: {error}. Choose it from the list of this computer's folders instead."
    ))
}

/// A new file; where there is one of that name, another name.
fn create(folder: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    for copy in 1..1000 {
        let path =
            if copy == 1 { folder.join(name) } else { folder.join(format!("{copy} {name}")) };
        match File::create_new(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("there are too many files of this name"))
}

/// Writes what comes, a piece at a time.
async fn receive(mut body: Body, mut file: File) -> io::Result<u64> {
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| io::Error::other("it did not come whole"))?;
        let Ok(data) = frame.into_data() else { continue };
        bytes += data.len() as u64;
        if bytes > LARGEST {
            return Err(io::Error::other("it is larger than 8 gigabytes"));
        }
        file = tokio::task::spawn_blocking(move || file.write_all(&data).map(|()| file))
            .await
            .map_err(io::Error::other)??;
    }
    tokio::task::spawn_blocking(move || file.flush()).await.map_err(io::Error::other)??;
    Ok(bytes)
}

impl Desktop {
    /// An input once; what was understood of the others is not known any more.
    fn take(&mut self, input: Input) {
        if !self.inputs.iter().any(|known| known.path == input.path) {
            self.inputs.push(input);
        }
        self.found = None;
    }
}

/// Adds files of a folder of this computer, or the folder itself.
pub(super) async fn add(State(job): State<Arc<Job>>, Form(fields): Form<Fields>) -> Answer {
    let folder = PathBuf::from(field(&fields, "dir"));
    let mut names: Vec<(&String, &String)> =
        fields.iter().filter(|(name, _)| name.starts_with("file-")).collect();
    names.sort();
    let mut paths: Vec<PathBuf> = names.iter().map(|(_, name)| folder.join(name)).collect();
    if field(&fields, "do") == "folder" {
        paths = vec![folder];
    }
    if paths.is_empty() {
        job.state().notice = Some("No file was chosen.".to_owned());
    }
    for path in paths {
        let known = fs::metadata(&path);
        let Ok(known) = known.map_err(|e| e.to_string()) else {
            job.state().notice = Some("A file that was chosen is not there any more.".to_owned());
            continue;
        };
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let bytes = known.is_file().then_some(known.len());
        job.state().take(Input { path, name, bytes, copied: false });
    }
    Ok(Redirect::to("/job").into_response())
}

/// Leaves an input out again; a copy goes at once.
pub(super) async fn remove(State(job): State<Arc<Job>>, Form(fields): Form<Fields>) -> Answer {
    let mut state = job.state();
    let at: usize = field(&fields, "at").parse().unwrap_or(usize::MAX);
    if at < state.inputs.len() {
        let input = state.inputs.remove(at);
        state.found = None;
        forget(&input);
    }
    Ok(Redirect::to("/job").into_response())
}

/// Begins with no files.
pub(super) async fn clear(State(job): State<Arc<Job>>) -> Answer {
    let mut state = job.state();
    state.inputs.drain(..).for_each(|input| forget(&input));
    state.found = None;
    state.done = None;
    Ok(Redirect::to("/job").into_response())
}

/// Removes a copy; the user's own files are never touched.
pub(super) fn forget(input: &Input) {
    if input.copied {
        let _ = if input.bytes.is_some() {
            fs::remove_file(&input.path)
        } else {
            fs::remove_dir_all(&input.path)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_outside_is_a_plain_file_name() {
        assert_eq!(plain_name("survey 2026.csv"), "survey 2026.csv");
        assert_eq!(plain_name("..\\..\\x.csv"), "_.._x.csv");
        assert_eq!(plain_name(".."), "file ");
        assert_eq!(plain_name("CON.csv"), "file CON.csv");
        assert_eq!(plain_name("a\u{0}b:c.xlsx"), "a_b_c.xlsx");
        assert!(plain_name(&"x".repeat(500)).len() <= LONGEST_NAME);
    }
}
