//! What takes longer than a page may: looking at files, a run, opening one. One thing at a time, told
//! as it goes.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::extract::{Form, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;

use super::files::{Fields, field};
use super::{Answer, Job, browse, pages};
use crate::folder;
use crate::plain::plural;
use crate::review::server::door;

/// Something that goes on.
pub(super) struct Task {
    progress: Mutex<Progress>,
    child: Mutex<Option<Child>>,
}

#[derive(Clone)]
struct Progress {
    title: &'static str,
    stage: String,
    /// Rows and documents; 0 where that is not known.
    all: u64,
    done: u64,
    since: Instant,
    halted: bool,
    /// Where to go, once it is over.
    to: Option<&'static str>,
}

/// A run that is finished.
pub(super) struct Done {
    pub(super) out: PathBuf,
    /// The screen that `heard run` ends with.
    summary: String,
}

impl Task {
    fn new(title: &'static str) -> Self {
        let progress = Progress {
            title,
            stage: title.to_owned(),
            all: 0,
            done: 0,
            since: Instant::now(),
            halted: false,
            to: None,
        };
        Self { progress: Mutex::new(progress), child: Mutex::new(None) }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_over(&self) -> bool {
        self.progress().to.is_some()
    }

    /// Ends it early, where it can be ended.
    pub(super) fn stop(&self) {
        self.progress().halted = true;
        if let Some(child) = self.child().as_mut() {
            let _ = child.kill();
        }
    }

    /// Takes in a line that `heard run --progress` writes.
    fn hear(&self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut progress = self.progress();
        match word {
            "stage" => {
                rest.clone_into(&mut progress.stage);
                (progress.all, progress.done, progress.since) = (0, 0, Instant::now());
            }
            "expect" => progress.all = rest.parse().unwrap_or_default(),
            "advance" => progress.done += rest.parse::<u64>().unwrap_or_default(),
            _ => {}
        }
    }
}

impl Progress {
    /// How long it may still take; None before that can be told.
    fn left(&self) -> Option<String> {
        let spent = self.since.elapsed().as_secs_f64();
        if self.done == 0 || self.all <= self.done || spent < 2.0 {
            return None;
        }
        let left = spent * (self.all - self.done) as f64 / self.done as f64;
        Some(if left < 60.0 {
            plural(left.ceil() as u64, "second", "seconds")
        } else {
            plural((left / 60.0).round() as u64, "minute", "minutes")
        })
    }
}

/// Does something beside the pages, which says at its end where to go.
pub(super) fn begin(
    job: &Arc<Job>,
    title: &'static str,
    work: impl FnOnce(&Job, &Task) -> &'static str + Send + 'static,
) -> Response {
    let task = Arc::new(Task::new(title));
    {
        let mut state = job.state();
        if state.task.as_ref().is_some_and(|task| !task.is_over()) {
            state.notice = Some("Something else is going on: wait for it, or stop it.".to_owned());
            return Redirect::to("/job/wait").into_response();
        }
        state.task = Some(Arc::clone(&task));
    }
    let job = Arc::clone(job);
    tokio::task::spawn_blocking(move || {
        // A fault in it must not leave people waiting for ever.
        let to = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&job, &task)));
        let to = to.unwrap_or_else(|_| {
            job.state().notice =
                Some("Heard met a fault of its own and could not go on.".to_owned());
            "/job"
        });
        task.progress().to = Some(to);
    });
    Redirect::to("/job/wait").into_response()
}

/// Runs with what people confirmed.
pub(super) fn run(job: &Arc<Job>) -> Response {
    begin(job, "Running", |job, task| match attempt(job, task) {
        Ok(done) => {
            "Opening the run for reading".clone_into(&mut task.progress().stage);
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
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command.arg("run").arg(&file).arg("--progress");
    if settings.replace {
        command.arg("--force");
    }
    let summary = follow(&mut command, task).map_err(|said| job.work.plainly(&said))?;
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
    {
        let mut slot = task.child();
        // Whoever stopped it before it began meant it.
        if task.progress().halted {
            let _ = child.kill();
        }
        *slot = Some(child);
    }
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
    let ended = task.child().take().map(|mut child| child.wait());
    let said = errors.join().unwrap_or_default();
    let code = ended.and_then(Result::ok).and_then(|status| status.code());
    match (code, summary) {
        (Some(0 | 1), Some(summary)) => Ok(summary.trim().to_owned()),
        _ if task.progress().halted => {
            Err("The run was stopped. Nothing of it was kept.".to_owned())
        }
        _ => {
            let said = said.lines().rev().find(|line| !line.trim().is_empty());
            let said =
                said.map(|line| line.trim_start_matches("heard: ").replace(" with --out", ""));
            Err(said.unwrap_or_else(|| "The run ended without a word of why.".to_owned()))
        }
    }
}

pub(super) async fn page(State(job): State<Arc<Job>>) -> Answer {
    let task = job.state().task.clone();
    let Some(task) = task else { return Ok(Redirect::to("/job").into_response()) };
    let now = task.progress().clone();
    if let Some(to) = now.to {
        return Ok(Redirect::to(to).into_response());
    }
    let can_stop = now.title == "Running";
    let view = json!({"title": now.title, "stage": now.stage, "can_stop": can_stop});
    pages::render(&job, "wait.html", now.title, view)
}

/// For the page that waits.
pub(super) async fn progress(State(job): State<Arc<Job>>) -> Answer {
    let task = job.state().task.clone();
    let Some(now) = task.map(|task| task.progress().clone()) else {
        return Ok(told(&json!({"to": "/job"})));
    };
    let known = now.all > 0;
    Ok(told(&json!({
        "stage": now.stage,
        "all": known.then_some(now.all),
        "done": known.then_some(now.done.min(now.all)),
        "left": now.left(),
        "to": now.to,
    })))
}

fn told(what: &serde_json::Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], what.to_string()).into_response()
}

/// Stops a run.
pub(super) async fn halt(State(job): State<Arc<Job>>) -> Answer {
    let task = job.state().task.clone();
    if let Some(task) = task {
        task.stop();
    }
    Ok(Redirect::to("/job/wait").into_response())
}

pub(super) async fn done(State(job): State<Arc<Job>>) -> Answer {
    let view = {
        let state = job.state();
        let Some(done) = &state.done else { return Ok(Redirect::to("/job").into_response()) };
        json!({"out": done.out.to_string_lossy(), "summary": done.summary})
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
    fn what_a_run_tells_is_heard() {
        let task = Task::new("Running");
        for line in ["stage Reading and coding", "expect 500", "advance 120", "advance 30", "noise"]
        {
            task.hear(line);
        }
        let now = task.progress().clone();
        assert_eq!((now.stage.as_str(), now.all, now.done), ("Reading and coding", 500, 150));
        task.hear("stage Tables, charts and report");
        assert_eq!(task.progress().all, 0);
    }
}
