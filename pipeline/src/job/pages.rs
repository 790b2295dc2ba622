//! The frame of the job's pages, the first of them and the last. Templates escape every word.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{Html, IntoResponse as _};
use minijinja::value::Serde;
use minijinja::{Environment, Value as Shown, context};
use serde_json::{Value, json};

use super::{Answer, Job, browse};
use crate::plain::number;
use crate::review::Error;

pub(super) fn templates() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    // The ending of the names turns escaping on.
    environment.add_template("base.html", include_str!("templates/base.html"))?;
    environment.add_template("home.html", include_str!("templates/home.html"))?;
    environment.add_template("browse.html", include_str!("templates/browse.html"))?;
    environment.add_template("found.html", include_str!("templates/found.html"))?;
    environment.add_template("wait.html", include_str!("templates/wait.html"))?;
    environment.add_template("done.html", include_str!("templates/done.html"))?;
    environment.add_template("stopped.html", include_str!("templates/stopped.html"))?;
    Ok(environment)
}

/// A page in its frame; tells what the last press came to, once.
pub(super) fn render(job: &Job, name: &str, title: &str, view: Value) -> Answer {
    let open = job.review().is_some();
    let (notice, found, done) = {
        let mut state = job.state();
        (state.notice.take(), state.found.is_some(), state.done.is_some())
    };
    let page = job.templates.get_template(name).map_err(Error::from)?;
    let text = page
        .render(context! {
            title => title,
            notice => notice,
            found => found,
            done => done,
            open => open,
            view => Shown::from(Serde(view)),
        })
        .map_err(Error::from)?;
    Ok(Html(text).into_response())
}

/// A number of bytes for people.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

pub(super) async fn home(State(job): State<Arc<Job>>) -> Answer {
    let (inputs, coder, place) = {
        let state = job.state();
        let inputs: Vec<Value> = state
            .inputs
            .iter()
            .map(|input| {
                let copied = input.copied;
                let folder = input.path.parent().filter(|_| !copied);
                json!({
                    "name": input.name,
                    "size": input.bytes.map(size),
                    "copied": copied,
                    "folder": folder.map(|f| f.to_string_lossy()),
                })
            })
            .collect();
        let place = state.settings.out(&state.inputs).parent().map(std::path::Path::to_owned);
        (inputs, state.coder.clone(), place)
    };
    let view = json!({
        "count": number(inputs.len() as u64),
        "inputs": inputs,
        "coder": coder,
        "work": job.work.dir().to_string_lossy(),
        "runs": browse::runs(place.as_deref()),
    });
    render(&job, "home.html", "Heard", view)
}

/// Ends the program, after this page.
pub(super) async fn stop(State(job): State<Arc<Job>>) -> Answer {
    let page = render(&job, "stopped.html", "Heard has stopped", json!({}))?;
    let stop = Arc::clone(&job.stop);
    tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        stop.notify_one();
    });
    Ok(page)
}
