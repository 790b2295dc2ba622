//! Results on the review page: every place of a chart and every cell of a table leads to the answers
//! behind it, and the lists add up.

use std::collections::BTreeSet;

use crate::review::Page;
use crate::work::Dir;

/// Two areas with enough people to be shown, and both feelings about one theme.
fn survey() -> String {
    let mut text = String::from("id,Area,What could be better about your home care?\n");
    for i in 0..40 {
        let area = if i % 2 == 0 { "North & East" } else { "South" };
        let said = match i % 4 {
            0 | 1 => "The carers are always late and never let us know",
            2 => "They are punctual, always on time, and I am grateful",
            _ => "Every week a different carer comes, I never know who it will be",
        };
        text.push_str(&format!("A{i},{area},\"{said}, on day {i}.\"\n"));
    }
    text
}

/// The addresses of lists on a page, as a browser reads them.
fn lists(page: &str) -> BTreeSet<String> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let links = links.map(|link| link.replace("&amp;", "&").replace("&#x2f;", "/"));
    links.filter(|link| link.starts_with("/explore?")).collect()
}

/// How many answers a list has.
fn count(page: &Page, list: &str) -> usize {
    let text = page.get(list);
    let (_, rest) = text.split_once("<h2 id=\"column-1\">").unwrap();
    let head = rest.split("</h2>").next().unwrap();
    head.rsplit(": ").next().unwrap().parse().unwrap()
}

#[test]
fn every_figure_leads_to_its_answers() {
    let dir = Dir::new();
    dir.write("survey.csv", survey());
    dir.heard(&[
        "run",
        "survey.csv",
        "--model",
        "fast",
        "--suppress",
        "none",
        "--by",
        "Area",
        "--quiet",
    ])
    .expect(0);
    let page = Page::serve(&dir, &["review", "heard-out", "--no-browser"]).enter();
    let results = page.get("/results");
    let places = results.matches("<rect ").count();
    let lists = lists(&results);
    assert!(places > 5 && lists.len() > 10, "{places} places, {} lists", lists.len());
    for list in &lists {
        page.get(list);
    }
    let all = count(&page, "/explore?theme=punctuality");
    assert!(all >= 20, "{all} answers are about punctuality");
    let felt = ["negative", "between", "positive"];
    let felt = felt.map(|s| count(&page, &format!("/explore?theme=punctuality&sentiment={s}")));
    assert_eq!(felt.iter().sum::<usize>(), all, "{felt:?}");
    // A part of the bar leads to those people's answers, and to no one else's.
    let plain = results.replace("&#x2f;", "/").replace("&amp;", "&");
    let cells: Vec<&str> = plain.split("<a href=\"/explore?").skip(1).collect();
    let mut parts = 0;
    for cell in cells.iter().filter(|cell| cell.contains("people=")) {
        let (link, rest) = cell.split_once("\">").unwrap();
        let figure = rest.split('<').next().unwrap();
        let Ok(figure) = figure.parse::<usize>() else { continue };
        let link = format!("/explore?{link}");
        let list = page.get(&link);
        let said = if figure == 1 { "1 person".into() } else { format!("{figure} people") };
        let found = list.contains(&format!("by {said} in all"));
        assert!(found || figure == 0 && count(&page, &link) == 0, "{figure}: {list}");
        parts += usize::from(figure > 0);
    }
    assert!(parts > 1, "{results}");
    let areas: Vec<&String> = lists
        .iter()
        .filter(|l| l.contains("theme=punctuality") && l.contains("group=by_area"))
        .collect();
    assert_eq!(areas.len(), 2, "{lists:?}");
    let by_area: usize = areas.iter().map(|list| count(&page, list)).sum();
    assert_eq!(by_area, all);
    // The cell that was asked for is said, and can be left.
    let cell = page.get("/explore?theme=punctuality&group=by_area&value=North%20%26%20East&q=late");
    assert!(cell.contains("is <b>North &amp; East</b>"), "{cell}");
    // What a person decides moves the figure and the list at once.
    let version = page.get("/read/all/0");
    let (_, version) = version.split_once("name=\"version\" value=\"").unwrap();
    let version = version.split('"').next().unwrap();
    let origin = format!("Origin: http://127.0.0.1:{}", page.port);
    let body = format!("version={version}&do=remove&segment=0&theme=punctuality");
    assert_eq!(page.ask("POST", "/act/all/0", &[&origin], &body).status, 303);
    let left = page.get("/read/all/0");
    let gone = !left.contains("name=\"theme\" value=\"punctuality\"");
    assert_eq!(count(&page, "/explore?theme=punctuality"), all - usize::from(gone));
    assert!(gone, "{left}");
    assert_ne!(page.get("/results"), results);
}
