//! The run itself, as `heard run` in a child process, what it came to, and opening a run for reading.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;

use super::files::{Fields, field};
use super::task::{self, Task, begin};
use super::{Answer, Job, browse, pages};
use crate::folder;
use crate::myself;
use crate::review::server::door;
use crate::run::STAGES;

/// A run that is finished.
pub(super) struct Done {
    pub(super) out: PathBuf,
    /// The screen that `heard run` ends with.
    summary: String,
}

/// Runs with what people confirmed.
pub(super) fn run(job: &Arc<Job>) -> Response {
    begin(job, "Running", |job, task| match attempt(job, task) {
        Ok(done) => {
            task.stage(task::LAST);
            if let Err(error) = job.open(&done.out) {
                job.state().notice = Some(error.to_string());
            }
            job.state().done = Some(done);
            "/job/done"
        }
        Err(said) => {
            job.state().notice = Some(said);
            "/job/found"
        }
    })
}

fn attempt(job: &Job, task: &Task) -> Result<Done, String> {
    // What the program will say first; it takes a moment to start.
    task.stage(STAGES[0]);
    let (settings, inputs, sources) = {
        let state = job.state();
        let sources = state.found.as_ref().map(|found| found.sources.clone()).unwrap_or_default();
        (state.settings.clone(), state.inputs.clone(), sources)
    };
    let out = settings.out(&inputs);
    if browse::is_run(&out) && !settings.replace {
        return Err(format!(
            "{} already holds a run. Tick “Replace the run that is there”, or give the folder another name.",
            out.display()
        ));
    }
    let failed = |error: std::io::Error| format!("The run could not be started: {error}.");
    let file = job.work.dir().join("heard.toml");
    let text = settings.to_toml(&inputs, sources.clone(), false)?;
    std::fs::write(&file, text).map_err(failed)?;
    if settings.replace {
        job.close(&out);
    }
    let mut command = myself::command().map_err(failed)?;
    // Whether a run may be replaced is asked above; what a stopped one left is never in the way.
    command.arg("run").arg(&file).args(["--progress", "--force"]);
    let summary = follow(&mut command, task).map_err(|said| {
        if task.is_halted() {
            // Best effort: the next run in this place removes it.
            let _ = std::fs::remove_dir_all(folder::work_of(&out));
        }
        job.work.plainly(&said)
    })?;
    // With these the command line does the same again.
    let kept = settings.to_toml(&inputs, sources, true)?;
    let beside = out.join(folder::RESTRICTED).join("heard.toml");
    crate::store::write_file(&beside, kept.as_bytes()).map_err(|error| error.to_string())?;
    Ok(Done { out, summary })
}

/// Runs the program to its end; gives what it printed last, or its sentence on what went wrong.
fn follow(command: &mut Command, task: &Task) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("The run could not be started: {error}.");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let (out, errors) = (child.stdout.take(), child.stderr.take());
    task.hold(child);
    let errors = std::thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(mut errors) = errors {
            let _ = errors.read_to_end(&mut said);
        }
        String::from_utf8_lossy(&said).into_owned()
    });
    let mut summary: Option<String> = None;
    for line in out.into_iter().flat_map(|out| BufReader::new(out).lines().map_while(Result::ok)) {
        match &mut summary {
            Some(text) => {
                text.push_str(&line);
                text.push('\n');
            }
            None if line == "summary" => summary = Some(String::new()),
            None => task.hear(&line),
        }
    }
    let ended = task.release().map(|mut child| child.wait());
    let said = errors.join().unwrap_or_default();
    let code = ended.and_then(Result::ok).and_then(|status| status.code());
    match (code, summary) {
        (Some(0 | 1), Some(summary)) => Ok(summary.trim().to_owned()),
        _ if task.is_halted() => Err("The run was stopped. Nothing of it was kept.".to_owned()),
        _ => {
            let said = said.lines().rev().find(|line| !line.trim().is_empty());
            let said =
                said.map(|line| line.trim_start_matches("heard: ").replace(" with --out", ""));
            Err(said.unwrap_or_else(|| "The run ended without a word of why.".to_owned()))
        }
    }
}

/// The end of a run for people who use no terminal: without its options, and without what is said in
/// brackets to those who open the tables.
fn for_a_page(summary: &str) -> String {
    let telling = ["--", "`", "flag ", "column ", "status "];
    let mut out = String::new();
    let mut rest = summary;
    while let Some((before, inside)) = rest.split_once(" (") {
        out.push_str(before);
        let (said, after) = inside.split_once(')').unwrap_or((inside, ""));
        // What a setting is called there is no option here.
        let said = said.split_once("--redact ").map_or_else(
            || said.to_owned(),
            |(before, after)| {
                let after = after.split_once(' ').map_or("", |(_, after)| after);
                format!("{before}the run's setting {after}")
            },
        );
        let plain = |part: &&str| {
            !part.ends_with("setting ") && !telling.iter().any(|sign| part.contains(sign))
        };
        let said: Vec<&str> = said.split("; ").filter(plain).collect();
        if !said.is_empty() {
            out.push_str(&format!(" ({})", said.join("; ")));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

pub(super) async fn done(State(job): State<Arc<Job>>) -> Answer {
    let view = {
        let state = job.state();
        let Some(done) = &state.done else { return Ok(Redirect::to("/job").into_response()) };
        json!({"out": done.out.to_string_lossy(), "summary": for_a_page(&done.summary)})
    };
    let open = job.review().is_some();
    let mut view = view;
    view["open"] = open.into();
    pages::render(&job, "done.html", "The run is done", view)
}

/// Opens an earlier run.
pub(super) async fn open(State(job): State<Arc<Job>>, Form(fields): Form<Fields>) -> Answer {
    let dir = PathBuf::from(field(&fields, "dir"));
    Ok(begin(&job, "Opening the run", move |job, _| open_run(job, &dir)))
}

/// Takes the initials of who reads.
pub(super) async fn coder(State(job): State<Arc<Job>>, Form(fields): Form<Fields>) -> Answer {
    let given = field(&fields, "coder");
    let given = if given.is_empty() { Ok(None) } else { crate::cli::initials(given).map(Some) };
    let mut state = job.state();
    match given {
        Ok(coder) => state.coder = coder,
        Err(said) => state.notice = Some(format!("{said}.")),
    }
    Ok(Redirect::to("/job").into_response())
}

fn open_run(job: &Job, dir: &Path) -> &'static str {
    match job.open(dir) {
        Ok(()) => door::BEGIN,
        Err(error) => {
            job.state().notice = Some(error.to_string());
            "/job"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_tells_the_end_of_a_run_without_words_of_the_terminal() {
        let summary = "Coded by: fast 1.0.0 (so many answers; `--model accurate` reads sentences)\n\
            Likely missed: 2 names (on test texts, --redact standard finds 95 of 100)\n\
            Names were not looked for (--redact structured): treat them so\n\
            1. Late 3 of 9 (33%)\n\
            2 answers may tell of harm: read them today (flag safeguarding_review in a table)";
        assert_eq!(
            for_a_page(summary),
            "Coded by: fast 1.0.0 (so many answers)\n\
            Likely missed: 2 names (on test texts, the run's setting finds 95 of 100)\n\
            Names were not looked for: treat them so\n\
            1. Late 3 of 9 (33%)\n\
            2 answers may tell of harm: read them today"
        );
    }
}
