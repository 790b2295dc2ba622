//! The review page: what may be asked of it, and who answers. Who may ask is [`door`]'s business.

mod act;
mod app;
pub(crate) mod door;
mod explore;
mod pages;
mod published;
mod results;
mod themes;
mod view;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use tokio::sync::Notify;

use super::Error;
pub use app::App;
use door::{Answer, Failed};

const SCRIPT: &str = include_str!("assets/review.js");
pub(crate) const STYLE: &str = include_str!("assets/review.css");

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// The run's folder.
    pub dir: PathBuf,
    /// Initials of who decides.
    pub coder: String,
    /// The port; 0 for any that is free.
    pub port: u16,
}

struct Shared {
    app: Mutex<App>,
}

impl Shared {
    fn app(&self) -> MutexGuard<'_, App> {
        self.app.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves the page until the program is stopped. `ready` is told its address.
pub fn serve(options: &Options, ready: impl FnOnce(&str)) -> Result<(), Error> {
    let app = App::open(options)?;
    door::serve(options.port, "`heard review`", Arc::new(Notify::new()), || open(app), ready)
}

/// The pages of an open run; masks are brought into its tables for as long as they are there. Must be
/// called within a runtime.
pub(crate) fn open(app: App) -> Router {
    let shared = Arc::new(Shared { app: Mutex::new(app) });
    tokio::spawn(keep_tables(Arc::downgrade(&shared)));
    routes(shared)
}

/// Masks reach the tables and what is published shortly after they were made.
async fn keep_tables(shared: Weak<Shared>) {
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let Some(shared) = shared.upgrade() else { return };
        let done = tokio::task::spawn_blocking(move || {
            let dir = shared.app().write_tables();
            if let Some(dir) = dir {
                // Without the lock: pages are served meanwhile.
                let made = crate::again::report(&dir, crate::again::Changes::default());
                shared.app().report_made(made.is_ok());
            }
        });
        let _ = done.await;
    }
}

fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(pages::start))
        .route(door::BEGIN, get(pages::begin))
        .route("/published/{*path}", get(published::page))
        .route("/queues", get(pages::queues))
        .route("/read/{queue}", get(pages::read))
        .route("/read/{queue}/{row}", get(pages::response))
        .route("/act/{queue}/{row}", post(act::act))
        .route("/sample", post(act::sample))
        .route("/explore", get(explore::page))
        .route("/codebook", get(pages::codebook))
        .route("/themes", get(themes::page))
        .route("/themes/preview", post(themes::preview))
        .route("/themes/apply", post(themes::apply))
        .route("/results", get(results::page))
        .route("/chart/{name}", get(results::chart))
        .route("/report", post(act::report))
        .route("/agreement", get(pages::agreement))
        .route("/history", get(pages::history))
        .route("/keys", get(pages::keys))
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
        .route("/review.js", get(|| async { asset(SCRIPT, "text/javascript; charset=utf-8") }))
        .route("/review.css", get(|| async { asset(STYLE, "text/css; charset=utf-8") }))
        .fallback(|| async { missing_page() })
        .with_state(shared)
}

/// A page that is not there.
pub(crate) fn missing_page() -> Response {
    let page = "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>No such page</title></head><body><main><h1>There is no such page</h1><p><a href=\"/\">Back to the start</a></p></main></body></html>";
    (StatusCode::NOT_FOUND, Html(page)).into_response()
}

pub(crate) fn asset(text: &'static str, kind: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

fn missing() -> Failed {
    Failed(StatusCode::NOT_FOUND, "There is no such answer in this run.".to_owned())
}

/// The queue that an address names, where the answer that it names is one of the run's.
fn named(app: &App, queue: &str, at: usize) -> Result<app::Queue, Failed> {
    app::Queue::parse(queue).filter(|_| at < app.run.rows.len()).ok_or_else(missing)
}
