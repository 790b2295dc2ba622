//! Pages against WCAG 2.2 AA with axe in headless Chromium, where this machine has both: `HEARD_AXE`
//! names `axe.min.js` of the package axe-core. Elsewhere the test says so and passes. axe needs a
//! script, which the pages forbid, so it reads a copy that allows one.
#![allow(clippy::print_stderr, reason = "a check that could not be made says so")]

use std::process::Command;

use crate::work::{Dir, samples};

const RUN: &str = "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', \
    'wcag22aa', 'best-practice'] }).then(found => { document.title = 'AXE ' + found.passes.length + \
    ' passes, ' + found.violations.length + ' violations: ' + found.violations.map(v => v.id + ' ' + \
    v.nodes.map(n => n.target.join(' ')).join(', ')).join('; '); });";

fn chromium() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
        Command::new(name).arg("--version").output().is_ok_and(|out| out.status.success())
    })
}

/// What axe says of a page: "AXE 41 passes, 0 violations: ".
fn axe(dir: &Dir, browser: &str, script: &str, page: &str) -> String {
    let html = dir.text(page);
    let start = html.find("<meta http-equiv=\"Content-Security-Policy\"").unwrap();
    let end = start + html[start..].find('>').unwrap() + 1;
    let body = html.rfind("</body>").unwrap();
    let copy = format!(
        "{}{}<script>{script}</script><script>{RUN}</script>{}",
        &html[..start],
        &html[end..body],
        &html[body..]
    );
    let copy = dir.write("axe/page.html", copy);
    let profile = dir.path("axe/profile");
    let out = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(["--virtual-time-budget=60000", "--dump-dom"])
        .arg(format!("file://{}", copy.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&out.stdout).into_owned();
    let title = dom.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    title.map(|(title, _)| title.to_owned()).unwrap_or_default()
}

#[test]
fn no_page_breaks_a_rule_of_accessibility() {
    let script =
        std::env::var("HEARD_AXE").ok().and_then(|path| std::fs::read_to_string(path).ok());
    let (Some(script), Some(browser)) = (script, chromium()) else {
        eprintln!("no Chromium, or HEARD_AXE does not name axe.min.js: pages not checked");
        return;
    };
    let dir = Dir::new();
    let input = samples().join("leeds");
    let area = "Which area of the city do you live in?";
    let args = ["run", input.to_str().unwrap(), "--each", area, "--model", "fast", "--quiet"];
    dir.heard(&args).expect(0);
    let mut pages: Vec<String> =
        dir.files("heard-out/publish").into_iter().filter(|name| name.ends_with(".html")).collect();
    assert!(pages.len() > 3, "{pages:?}");
    // One report of a part stands for all.
    pages.sort_by_key(|name| name.contains('/'));
    for page in &pages[..3] {
        let said = axe(&dir, browser, &script, &format!("heard-out/publish/{page}"));
        assert!(said.starts_with("AXE ") && said.contains(" 0 violations"), "{page}: {said}");
    }
}
