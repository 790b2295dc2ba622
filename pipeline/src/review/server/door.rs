//! The door of every page that Heard serves: to this computer alone, to whoever has the link that the
//! program printed.
//!
//! The link holds a token that is good for one visit; from then on a cookie speaks for the window. A
//! request must name this server as its host, and a form must come from one of its own pages. The
//! pages load nothing from anywhere else, and the headers forbid the browser to try. What stands
//! behind the door is the business of whoever opens it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use tokio::sync::Notify;

use crate::review::Error;
use crate::review::log;

/// Nothing may be loaded but from here, no page may frame this one, no form may be sent elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Where a window goes that came in by the link.
pub(crate) const BEGIN: &str = "/begin";

struct Door {
    /// Good for one visit.
    token: Mutex<Option<String>>,
    /// Value of the cookie.
    session: String,
    port: u16,
    /// How the program is started again: "`heard review`".
    again: &'static str,
}

impl Door {
    fn token(&self) -> MutexGuard<'_, Option<String>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Windows of two programs on one computer do not share a cookie.
    fn cookie(&self) -> String {
        format!("heard-{}={}", self.port, self.session)
    }
}

/// Serves pages until `stop` is told, or the program is stopped. `port` 0 is any that is free; `ready`
/// is told the link; `make` is called within the runtime, so that it may start what goes on beside.
pub(crate) fn serve(
    port: u16,
    again: &'static str,
    stop: Arc<Notify>,
    make: impl FnOnce() -> Router,
    ready: impl FnOnce(&str),
) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Error::Serve)?;
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = tokio::net::TcpListener::bind(address).await.map_err(Error::Serve)?;
        let port = listener.local_addr().map_err(Error::Serve)?.port();
        let (token, session) = (random()?, random()?);
        let link = format!("http://127.0.0.1:{port}/?token={token}");
        let door = Arc::new(Door { token: Mutex::new(Some(token)), session, port, again });
        let routes = make().layer(middleware::from_fn_with_state(door, guard));
        ready(&link);
        let ended = async move { stop.notified().await };
        axum::serve(listener, routes).with_graceful_shutdown(ended).await.map_err(Error::Serve)
    })
}

/// 128 random bits, in hexadecimal.
pub(crate) fn random() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| log::Error::Random)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// Lets in who may come in, and puts the headers on what goes out. A page with a policy of its own
/// keeps it.
async fn guard(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let mut response = match admit(&door, &request) {
        Admitted::Yes => next.run(request).await,
        Admitted::With(cookie) => {
            let mut response = Redirect::to(BEGIN).into_response();
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                response.headers_mut().insert(header::SET_COOKIE, value);
            }
            response
        }
        Admitted::No(why) => (StatusCode::FORBIDDEN, why).into_response(),
    };
    let headers = response.headers_mut();
    let policy = HeaderValue::from_static(POLICY);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for name in ["cross-origin-opener-policy", "cross-origin-resource-policy"] {
        headers.insert(name, HeaderValue::from_static("same-origin"));
    }
    response
}

enum Admitted {
    Yes,
    /// With the cookie for the next visits.
    With(String),
    No(String),
}

fn admit(door: &Door, request: &Request<Body>) -> Admitted {
    let headers = request.headers();
    let names = [format!("127.0.0.1:{}", door.port), format!("localhost:{}", door.port)];
    let Some(host) = text(headers, &header::HOST).filter(|host| names.iter().any(|n| n == host))
    else {
        return Admitted::No("This page is for this computer only.".to_owned());
    };
    let own = format!("http://{host}");
    let origin = text(headers, &header::ORIGIN);
    let foreign = origin.is_some_and(|origin| origin != own)
        || (request.method() != Method::GET && origin.is_none());
    let site = headers.get("sec-fetch-site").and_then(|v| v.to_str().ok());
    if foreign || site.is_some_and(|site| site == "cross-site" || site == "same-site") {
        return Admitted::No(
            "Another page asked for this one. Open it by its own link.".to_owned(),
        );
    }
    let cookies = text(headers, &header::COOKIE).unwrap_or_default();
    let mine = door.cookie();
    if cookies.split(';').any(|cookie| same(cookie.trim(), &mine)) {
        return Admitted::Yes;
    }
    let given = request.uri().query().unwrap_or_default();
    let given = given.split('&').find_map(|pair| pair.strip_prefix("token="));
    let mut token = door.token();
    let good = token.as_deref().zip(given).is_some_and(|(token, given)| same(token, given));
    if good && request.method() == Method::GET && request.uri().path() == "/" {
        *token = None;
        return Admitted::With(format!("{mine}; Path=/; HttpOnly; SameSite=Strict"));
    }
    Admitted::No(format!(
        "This page opens with the link that the program printed, once. Start {} again for a new link.",
        door.again
    ))
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
pub(crate) type Answer = Result<Response, Failed>;

/// A request that could not be served.
pub(crate) struct Failed(pub(crate) StatusCode, pub(crate) String);

impl<E: Into<Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, error.into().to_string())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}
