//! `restricted/notebook.ipynb`: a notebook beside the Parquet files that opens them with polars,
//! redraws the main charts and shows how to ask one's own question. It is written and tested in
//! `notebooks-export/`; it ships in the binary and is the same for every run.

/// The notebook's bytes: nbformat 4, without outputs.
pub fn run() -> &'static [u8] {
    include_bytes!("../../../notebooks-export/run.ipynb")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_notebook_is_valid_holds_no_results_and_reads_only_files_that_a_run_writes() {
        let notebook: serde_json::Value = serde_json::from_slice(run()).unwrap();
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
        let text = std::str::from_utf8(run()).unwrap();
        for piece in text.split(".parquet").take(text.matches(".parquet").count()) {
            let name = piece.rsplit(['"', '`', '/', ' ']).next().unwrap();
            let file = format!("{name}.parquet");
            let written = crate::schema::Table::ALL.iter().any(|table| table.file_name() == file);
            assert!(written, "{file} is not written by a run");
        }
    }
}
