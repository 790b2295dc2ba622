//! The review page: served to this computer alone, to whoever has the link that the program printed.
//!
//! The address holds a token that is good for one visit; from then on a cookie speaks for the
//! window. A request must name this server as its host, and a form must come from one of its own
//! pages. The pages load nothing from anywhere else, and the headers forbid the browser to try.

mod act;
mod app;
mod explore;
mod pages;
mod themes;
mod view;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};

use super::Error;
pub use app::App;

const SCRIPT: &str = include_str!("assets/review.js");
const STYLE: &str = include_str!("assets/review.css");

/// Nothing may be loaded but from here, no page may frame this one, no form may be sent elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

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
    door: Mutex<Door>,
    port: u16,
}

/// Who may come in.
struct Door {
    /// Good for one visit.
    token: Option<String>,
    /// Value of the cookie.
    session: String,
}

impl Shared {
    fn app(&self) -> MutexGuard<'_, App> {
        self.app.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn door(&self) -> MutexGuard<'_, Door> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cookie(&self) -> String {
        format!("heard-{}", self.port)
    }
}

/// Serves the page until the program is stopped. `ready` is told its address.
pub fn serve(options: &Options, ready: impl FnOnce(&str)) -> Result<(), Error> {
    let app = App::open(options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Error::Serve)?;
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let listener = tokio::net::TcpListener::bind(address).await.map_err(Error::Serve)?;
        let port = listener.local_addr().map_err(Error::Serve)?.port();
        let (token, session) = (random()?, random()?);
        let link = format!("http://127.0.0.1:{port}/?token={token}");
        let door = Mutex::new(Door { token: Some(token), session });
        let shared = Arc::new(Shared { app: Mutex::new(app), door, port });
        tokio::spawn(keep_tables(Arc::clone(&shared)));
        ready(&link);
        axum::serve(listener, routes(shared)).await.map_err(Error::Serve)
    })
}

/// Masks reach the tables and what is published shortly after they were made.
async fn keep_tables(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let shared = Arc::clone(&shared);
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
        .route("/results", get(pages::results))
        .route("/chart/{name}", get(pages::chart))
        .route("/report", post(act::report))
        .route("/agreement", get(pages::agreement))
        .route("/history", get(pages::history))
        .route("/keys", get(pages::keys))
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
        .route("/review.js", get(|| async { asset(SCRIPT, "text/javascript; charset=utf-8") }))
        .route("/review.css", get(|| async { asset(STYLE, "text/css; charset=utf-8") }))
        .fallback(|| async { (StatusCode::NOT_FOUND, "There is no such page.") })
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), guard))
        .with_state(shared)
}

fn asset(text: &'static str, kind: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

fn random() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| super::log::Error::Random)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// Lets in who may come in, and puts the headers on what goes out.
async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut response = match admit(&shared, &request) {
        Admitted::Yes => next.run(request).await,
        Admitted::With(cookie) => {
            let mut response = Redirect::to("/").into_response();
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                response.headers_mut().insert(header::SET_COOKIE, value);
            }
            response
        }
        Admitted::No(why) => (StatusCode::FORBIDDEN, why).into_response(),
    };
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let more = ["cross-origin-opener-policy", "cross-origin-resource-policy"];
    for name in more {
        response.headers_mut().insert(name, HeaderValue::from_static("same-origin"));
    }
    response
}

enum Admitted {
    Yes,
    /// With the cookie for the next visits.
    With(String),
    No(&'static str),
}

fn admit(shared: &Shared, request: &Request<Body>) -> Admitted {
    let headers = request.headers();
    let names = [format!("127.0.0.1:{}", shared.port), format!("localhost:{}", shared.port)];
    let Some(host) = text(headers, &header::HOST).filter(|host| names.iter().any(|n| n == host))
    else {
        return Admitted::No("This page is for this computer only.");
    };
    let own = format!("http://{host}");
    let origin = text(headers, &header::ORIGIN);
    let foreign = origin.is_some_and(|origin| origin != own)
        || (request.method() != Method::GET && origin.is_none());
    let site = headers.get("sec-fetch-site").and_then(|v| v.to_str().ok());
    if foreign || site.is_some_and(|site| site == "cross-site" || site == "same-site") {
        return Admitted::No("Another page asked for this one. Open it by its own link.");
    }
    let mut door = shared.door();
    let cookies = text(headers, &header::COOKIE).unwrap_or_default();
    let mine = format!("{}={}", shared.cookie(), door.session);
    if cookies.split(';').any(|cookie| same(cookie.trim(), &mine)) {
        return Admitted::Yes;
    }
    let given = request.uri().query().unwrap_or_default();
    let given = given.split('&').find_map(|pair| pair.strip_prefix("token="));
    let good = door.token.as_deref().zip(given).is_some_and(|(token, given)| same(token, given));
    if good && request.method() == Method::GET && request.uri().path() == "/" {
        door.token = None;
        return Admitted::With(format!("{mine}; Path=/; HttpOnly; SameSite=Strict"));
    }
    Admitted::No(
        "This page opens with the link that the program printed, once. Start `heard review` again for a new link.",
    )
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Compares without telling by the time taken where two texts differ.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// What a handler gives: a page, or a sentence on what went wrong.
type Answer = Result<Response, Failed>;

/// A request that could not be served.
struct Failed(StatusCode, String);

impl<E: Into<Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, error.into().to_string())
    }
}

impl axum::response::IntoResponse for Failed {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

fn missing() -> Failed {
    Failed(StatusCode::NOT_FOUND, "There is no such answer in this run.".to_owned())
}
