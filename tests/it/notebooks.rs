//! The notebooks that a run leaves are executed, and the script for R is read, where this machine has
//! what they need; elsewhere the tests say so and pass. `HEARD_PYTHON` names a Python with polars,
//! matplotlib, nbclient and ipykernel; otherwise `python3` is tried.
#![allow(clippy::print_stderr, reason = "a check that could not be made says so")]

use std::process::Command;

use crate::work::{Dir, samples};

const EXECUTE: &str = "
import sys, nbformat, nbclient
for name in sys.argv[2:]:
    book = nbformat.read(sys.argv[1] + '/' + name, 4)
    nbformat.validate(book)
    place = {'metadata': {'path': sys.argv[1]}}
    nbclient.NotebookClient(book, timeout=300, kernel_name='python3', resources=place).execute()
    print(name, sum(len(cell.get('outputs', [])) for cell in book.cells))
";

fn python() -> Option<String> {
    let python = std::env::var("HEARD_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let needs = "import polars, matplotlib, nbclient, nbformat, ipykernel";
    let found = Command::new(&python).args(["-c", needs]).output();
    found.is_ok_and(|out| out.status.success()).then_some(python)
}

#[test]
fn both_notebooks_run_from_top_to_end() {
    let Some(python) = python() else {
        eprintln!(
            "no Python with polars, matplotlib, nbclient and ipykernel: notebooks not executed"
        );
        return;
    };
    let dir = Dir::new();
    for sample in ["thurrock", "bellevie"] {
        let input = samples().join(sample);
        let args = ["run", input.to_str().unwrap(), "--out", sample, "--model", "fast", "--quiet"];
        dir.heard(&args).expect(0);
    }
    let restricted = dir.path("thurrock/restricted");
    let out = Command::new(python)
        .args(["-c", EXECUTE, restricted.to_str().unwrap(), "notebook.ipynb", "compare.ipynb"])
        .env("HEARD_EARLIER_RUN", dir.path("bellevie/restricted"))
        .env("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{said}{}", String::from_utf8_lossy(&out.stderr));
    assert!(said.contains("notebook.ipynb") && said.contains("compare.ipynb"), "{said}");
}

#[test]
fn the_script_for_r_is_r() {
    let dir = Dir::new();
    dir.write("analysis.R", include_str!("../../notebooks-export/analysis.R"));
    let read = "invisible(parse('analysis.R')); ok <- all(sapply(c('arrow', 'dplyr', 'ggplot2'), \
                requireNamespace, quietly = TRUE)); cat(if (ok) 'run' else 'read')";
    let out = Command::new("Rscript").args(["-e", read]).current_dir(dir.root()).output();
    let Ok(out) = out else {
        eprintln!("no R: the script is not read");
        return;
    };
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    if String::from_utf8_lossy(&out.stdout).ends_with("run") {
        let input = samples().join("bellevie");
        dir.heard(&["run", input.to_str().unwrap(), "--model", "fast", "--quiet"]).expect(0);
        let out = Command::new("Rscript")
            .arg("analysis.R")
            .env("HEARD_RUN", dir.path("heard-out/restricted"))
            .current_dir(dir.root())
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        assert!(dir.path("heard-out/restricted/themes-r.png").is_file());
    }
}
