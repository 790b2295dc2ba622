//! What a run leaves beside its Parquet files for those who ask their own questions: a notebook that
//! opens them with polars and redraws the main charts, one that compares two runs, and a script for R.
//! They are written and tested in `notebooks-export/`.

/// File names under `restricted/` and their bytes: notebooks of nbformat 4 without outputs, and a
/// script. They are the same for every run.
pub const TEMPLATES: [(&str, &[u8]); 3] = [
    ("notebook.ipynb", include_bytes!("../../../notebooks-export/run.ipynb")),
    ("compare.ipynb", include_bytes!("../../../notebooks-export/compare.ipynb")),
    ("analysis.R", include_bytes!("../../../notebooks-export/analysis.R")),
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn check(bytes: &[u8]) {
        let notebook: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        assert_eq!(notebook["nbformat"], 4);
        assert_eq!(notebook["metadata"]["kernelspec"]["language"], "python");
        let cells = notebook["cells"].as_array().unwrap();
        assert!(cells.len() > 5);
        let mut ids = Vec::new();
        for cell in cells {
            ids.push(cell["id"].as_str().unwrap());
            let lines = cell["source"].as_array().unwrap();
            assert!(!lines.is_empty() && lines.iter().all(serde_json::Value::is_string));
            if cell["cell_type"] == "code" {
                assert_eq!(cell["outputs"].as_array().unwrap().len(), 0);
                assert!(cell["execution_count"].is_null());
            } else {
                assert_eq!(cell["cell_type"], "markdown");
            }
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }

    #[test]
    fn the_notebooks_are_valid_and_hold_no_results() {
        let notebooks = TEMPLATES.iter().filter(|(name, _)| name.strip_suffix(".ipynb").is_some());
        assert_eq!(notebooks.map(|(_, bytes)| check(bytes)).count(), 2);
    }

    #[test]
    fn every_template_reads_only_files_that_a_run_writes() {
        for (_, bytes) in TEMPLATES {
            let text = std::str::from_utf8(bytes).unwrap();
            assert!(text.contains(".parquet"));
            for piece in text.split(".parquet").take(text.matches(".parquet").count()) {
                let name = piece.rsplit(['"', '`', '/', ' ', '\\', '(']).next().unwrap();
                let file = format!("{name}.parquet");
                let written =
                    crate::schema::Table::ALL.iter().any(|table| table.file_name() == file);
                assert!(written, "{file} is not written by a run");
            }
        }
    }
}
