//! What takes longer than a page may: looking at files, a run, opening one. One thing at a time, told
//! as it goes.

use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;

use super::{Answer, Job, pages};
use crate::plain::plural;
use crate::run::STAGES;

/// Something that goes on.
pub(super) struct Task {
    progress: Mutex<Progress>,
    child: Mutex<Option<Child>>,
}

/// What the page does once a run has gone through its stages.
pub(super) const LAST: &str = "Opening the run for reading";

#[derive(Clone)]
struct Progress {
    title: &'static str,
    begun: Instant,
    stage: String,
    /// Rows and documents; 0 where that is not known.
    all: u64,
    done: u64,
    since: Instant,
    halted: bool,
    /// Where to go, once it is over.
    to: Option<&'static str>,
}

impl Task {
    fn new(title: &'static str) -> Self {
        let progress = Progress {
            title,
            begun: Instant::now(),
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

    /// What it does now.
    pub(super) fn stage(&self, name: &str) {
        name.clone_into(&mut self.progress().stage);
    }

    /// Takes charge of a program, which ends at once where it is not wanted any more.
    pub(super) fn hold(&self, mut child: Child) {
        let mut slot = self.child();
        // Whoever stopped it before it began meant it.
        if self.is_halted() {
            let _ = child.kill();
        }
        *slot = Some(child);
    }

    /// Gives the program back.
    pub(super) fn release(&self) -> Option<Child> {
        self.child().take()
    }

    pub(super) fn is_halted(&self) -> bool {
        self.progress().halted
    }

    /// Ends it early, where it can be ended.
    pub(super) fn stop(&self) {
        self.progress().halted = true;
        if let Some(child) = self.child().as_mut() {
            let _ = child.kill();
        }
    }

    /// Takes in a line that `heard run --progress` writes.
    pub(super) fn hear(&self, line: &str) {
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
    /// What goes on, and how many steps there are to it.
    fn step(&self) -> String {
        let mut steps = STAGES.iter().chain([&LAST]);
        steps.position(|step| *step == self.stage).map_or_else(
            || self.stage.clone(),
            |at| format!("Step {} of {}: {}", at + 1, STAGES.len() + 1, self.stage),
        )
    }

    /// How long it may still take; None before that can be told.
    fn left(&self) -> Option<String> {
        let spent = self.since.elapsed().as_secs_f64();
        if self.done == 0 || self.all <= self.done || spent < 2.0 {
            return None;
        }
        Some(time(spent * (self.all - self.done) as f64 / self.done as f64))
    }
}

/// A number of seconds for people.
fn time(seconds: f64) -> String {
    if seconds < 60.0 {
        plural(seconds.ceil() as u64, "second", "seconds")
    } else {
        plural((seconds / 60.0).round() as u64, "minute", "minutes")
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

pub(super) async fn page(State(job): State<Arc<Job>>) -> Answer {
    let task = job.state().task.clone();
    let Some(task) = task else { return Ok(Redirect::to("/job").into_response()) };
    let now = task.progress().clone();
    if let Some(to) = now.to {
        return Ok(Redirect::to(to).into_response());
    }
    let can_stop = now.title == "Running";
    let view = json!({"title": now.title, "stage": now.step(), "can_stop": can_stop});
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
        "stage": now.step(),
        "spent": time(now.begun.elapsed().as_secs_f64()),
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
        assert_eq!(
            (now.step().as_str(), now.all, now.done),
            ("Step 2 of 4: Reading and coding", 500, 150)
        );
        task.hear("stage Tables, charts and report");
        assert_eq!(task.progress().all, 0);
    }
}
