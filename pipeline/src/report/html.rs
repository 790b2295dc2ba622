//! The report as one web page: no script, no network, charts and style inside. Every string is
//! escaped by the template engine; the charts, which the program drew itself, are not.

use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use serde::Serialize;

use super::{Error, View};

const PAGE: &str = include_str!("templates/report.html");
const STYLE: &str = include_str!("templates/report.css");

/// A chapter in the contents and the sections that belong to it, as (id, heading).
#[derive(Serialize)]
struct Chapter<'a> {
    id: &'a str,
    heading: &'a str,
    below: Vec<(&'a str, &'a str)>,
}

/// `report.html`. The same view gives the same page.
pub fn html(view: &View<'_>) -> Result<String, Error> {
    let mut environment = Environment::new();
    // The ending of the name turns escaping on.
    environment.add_template("report.html", PAGE)?;
    let page = environment.get_template("report.html")?;
    Ok(page.render(context! {
        report => Value::from(Serde(view)),
        contents => Value::from(Serde(contents(view))),
        css => STYLE,
        colours => colours(view),
    })?)
}

/// The organisation's own colours, which were checked, over those of the style sheet.
fn colours(view: &View<'_>) -> String {
    let set = |name: &str, colour: &Option<String>| {
        colour.as_ref().map(|colour| format!("{name}: {colour};")).unwrap_or_default()
    };
    let own = format!("{}{}", set("--blue", &view.colour), set("--plum", &view.accent));
    if own.is_empty() { own } else { format!(":root {{ {own} }}\n") }
}

fn contents<'a>(view: &'a View<'_>) -> Vec<Chapter<'a>> {
    let mut chapters: Vec<Chapter<'a>> = Vec::new();
    for section in &view.sections {
        let (id, heading) = (section.id.as_str(), section.heading.as_str());
        match chapters.last_mut() {
            Some(chapter) if section.level > 2 => chapter.below.push((id, heading)),
            _ => chapters.push(Chapter { id, heading, below: Vec::new() }),
        }
    }
    chapters
}
