//! The whole job with a mouse: `heard` without arguments serves a page on which people choose files,
//! confirm what was understood of them, run, open the report and go on to reading.
//!
//! Nothing is done here that the command line cannot do: files are looked at by [`crate::intake`],
//! what people confirm becomes a `heard.toml`, and the run is `heard run` in a child process of this
//! binary, so that it can be stopped and a fault in it leaves the page standing. Who may ask is the
//! business of [`crate::review::server::door`]; the pages of an open run are those of `heard review`.

mod browse;
mod files;
mod found;
mod pages;
mod running;
mod settings;
mod task;
mod work;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use minijinja::Environment;
use tokio::sync::Notify;
use tower::ServiceExt as _;

use crate::review::Error;
use crate::review::server::door::{Answer, Failed};
use crate::review::server::{self, App, Options, STYLE, asset, door, missing_page};
use files::Input;
use found::Found;
use running::Done;
use settings::Settings;
use task::Task;
use work::Work;

const SCRIPT: &str = include_str!("assets/job.js");
/// A form about many tables with many columns is still smaller.
const LARGEST_FORM: usize = 16 * 1024 * 1024;

/// What the page knows.
struct Job {
    state: Mutex<Desktop>,
    review: Mutex<Option<Open>>,
    work: Work,
    templates: Environment<'static>,
    stop: Arc<Notify>,
}

/// How far the user has got.
#[derive(Default)]
struct Desktop {
    inputs: Vec<Input>,
    found: Option<Found>,
    settings: Settings,
    task: Option<Arc<Task>>,
    done: Option<Done>,
    coder: Option<String>,
    /// A sentence for the next page.
    notice: Option<String>,
}

/// A run that is open for reading.
struct Open {
    dir: PathBuf,
    pages: Router,
}

impl Job {
    fn state(&self) -> MutexGuard<'_, Desktop> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn review(&self) -> MutexGuard<'_, Option<Open>> {
        self.review.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a run for reading, in place of the one that is open. Must be called within a runtime.
    fn open(&self, dir: &Path) -> Result<(), Error> {
        // One program has a run open once: the old pages end before the new ones begin.
        *self.review() = None;
        let coder = self.state().coder.clone().unwrap_or_else(|| "me".to_owned());
        let mut app = App::open(&Options { dir: dir.to_owned(), coder, port: 0 })?;
        app.belongs_to_job();
        *self.review() = Some(Open { dir: dir.to_owned(), pages: server::open(app) });
        Ok(())
    }

    /// Closes a run whose folder is about to be replaced.
    fn close(&self, dir: &Path) {
        let mut review = self.review();
        if review.as_ref().is_some_and(|open| open.dir == dir) {
            *review = None;
        }
    }
}

/// Serves the page until it is told to stop. `ready` is told its address.
pub fn serve(port: u16, ready: impl FnOnce(&str)) -> Result<(), Error> {
    let stop = Arc::new(Notify::new());
    let job = Arc::new(Job {
        state: Mutex::new(Desktop::default()),
        review: Mutex::new(None),
        work: Work::begin().map_err(Error::Serve)?,
        templates: pages::templates()?,
        stop: Arc::clone(&stop),
    });
    let (kept, ended) = (Arc::clone(&job), Arc::clone(&stop));
    let open = move || {
        tokio::spawn(until_stopped(Arc::clone(&stop)));
        routes(job)
    };
    let served = door::serve(port, "`heard`", ended, open, ready);
    // A run that goes on is not left behind without anyone to see it.
    let task = kept.state().task.take();
    if let Some(task) = task {
        task.stop();
    }
    kept.work.end();
    served
}

/// Ctrl+C, or the system's wish, ends the pages as the button does, so that no copy is left. Who asks
/// twice is not kept waiting.
async fn until_stopped(stop: Arc<Notify>) {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let asked = Arc::new(AtomicBool::new(false));
    let signals = [
        SIGINT,
        SIGTERM,
        #[cfg(unix)]
        signal_hook::consts::SIGHUP,
    ];
    for signal in signals {
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&asked));
        let _ = signal_hook::flag::register(signal, Arc::clone(&asked));
    }
    while !asked.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    stop.notify_one();
}

fn routes(job: Arc<Job>) -> Router {
    Router::new()
        .route("/job", get(pages::home))
        .route("/job/files", post(files::upload))
        .route("/job/add", post(files::add))
        .route("/job/remove", post(files::remove))
        .route("/job/again", post(files::clear))
        .route("/job/look", post(found::look))
        .route("/job/found", get(found::page).post(found::confirm))
        .route("/job/browse", get(browse::page))
        .route("/job/place", post(settings::place))
        .route("/job/wait", get(task::page))
        .route("/job/progress", get(task::progress))
        .route("/job/halt", post(task::halt))
        .route("/job/done", get(running::done))
        .route("/job/open", post(running::open))
        .route("/job/coder", post(running::coder))
        .route("/job/stop", post(pages::stop))
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
        .route("/job.js", get(|| async { asset(SCRIPT, "text/javascript; charset=utf-8") }))
        .route("/review.css", get(|| async { asset(STYLE, "text/css; charset=utf-8") }))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .fallback(review)
        .with_state(job)
}

/// What is not about the job is about the run that is open.
async fn review(State(job): State<Arc<Job>>, request: Request<Body>) -> Response {
    let pages = job.review().as_ref().map(|open| open.pages.clone());
    match pages {
        Some(pages) => pages.oneshot(request).await.into_response(),
        None if ["/", door::BEGIN].contains(&request.uri().path()) => {
            Redirect::to("/job").into_response()
        }
        None => missing_page(),
    }
}
