//! What a run may publish, behind the same door: the report to look at, its files to take along.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Path as Asked, State};
use axum::http::header::{self, HeaderValue};
use axum::response::{IntoResponse as _, Response};

use super::{Answer, Failed, Shared};
use crate::folder::PUBLISH;

/// The report is one file with its styles and pictures inside, and no script.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) async fn page(State(shared): State<Arc<Shared>>, Asked(path): Asked<String>) -> Answer {
    let folder = shared.app().run.about.dir.join(PUBLISH);
    file(&folder, &path).ok_or_else(|| {
        Failed(axum::http::StatusCode::NOT_FOUND, "There is no such file in the report.".to_owned())
    })
}

/// A file below a folder; None for what is not there, of another kind, or elsewhere.
fn file(folder: &Path, path: &str) -> Option<Response> {
    let path = PathBuf::from(path);
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let kind = match path.extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "csv" => "text/csv; charset=utf-8",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "parquet" => "application/vnd.apache.parquet",
        _ => return None,
    };
    let whole = folder.join(&path);
    // A link that leads out of the folder is not followed.
    let real = whole.canonicalize().ok()?;
    if !real.starts_with(folder.canonicalize().ok()?) {
        return None;
    }
    let bytes = std::fs::read(&real).ok()?;
    let mut response = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    let to_look_at = kind.starts_with("text/html") || kind.starts_with("image/");
    if !to_look_at {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("publish");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("report.html"), "<p>").unwrap();
        std::fs::write(folder.join("notes.txt"), "no").unwrap();
        std::fs::write(root.path().join("key.csv"), "no").unwrap();
        assert!(file(&folder, "report.html").is_some());
        for other in
            ["../key.csv", "/etc/hosts.csv", "notes.txt", "missing.html", "a/../../key.csv"]
        {
            assert!(file(&folder, other).is_none(), "{other}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.path().join("key.csv"), folder.join("out.csv"))
                .unwrap();
            assert!(file(&folder, "out.csv").is_none());
        }
    }
}
