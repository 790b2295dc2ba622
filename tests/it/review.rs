//! `heard review`: the page by plain HTTP, decisions that count, masks that go everywhere, two
//! windows, a spreadsheet there and back, agreement, and a person forgotten.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::work::Dir;

/// Answers of which the model is sure, with one to mend, one to mask and one that is hostile.
const SURVEY: &str = "\
id,Who are you?,What could be better about your home care?
A1,Service user,The carers are always late and never let us know.
A2,Service user,They are always late. It is the zorblax that makes it worse.
A3,Family member,They rush in and out and mum has no time to talk.
A4,Family member,\"<script>alert(1)</script> the carers are rude, =1+1\"
A5,Service user,\"Every week a different carer comes, I never know who it will be.\"
A6,Service user,The office never answers the phone.
A7,Family member,The carers are kind and patient with my father.
A8,Service user,I would like the visits to be longer.
";

fn run() -> Dir {
    let dir = Dir::new();
    dir.write("survey.csv", SURVEY);
    dir.heard(&["run", "survey.csv", "--model", "fast", "--suppress", "none", "--quiet"]);
    assert!(dir.path("heard-out/run.json").is_file());
    dir
}

/// The same run in the place of the last.
fn run_again(dir: &Dir) {
    dir.heard(&[
        "run",
        "survey.csv",
        "--model",
        "fast",
        "--suppress",
        "none",
        "--quiet",
        "--force",
    ]);
}

/// An open page of the program.
pub struct Page {
    pub child: Child,
    pub port: u16,
    pub link: String,
    pub cookie: String,
}

/// An answer of the page.
pub struct Got {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Page {
    pub fn open(dir: &Dir, coder: &str) -> Self {
        Self::start(dir, coder).enter()
    }

    /// Uses the link.
    pub fn enter(mut self) -> Self {
        let page = &mut self;
        let link = page.link.clone();
        let got = page.ask("GET", &link, &[], "");
        assert_eq!(got.status, 303, "{}", got.head);
        let cookie = got.head.lines().find_map(|l| l.strip_prefix("set-cookie: ")).unwrap();
        page.cookie = cookie.split(';').next().unwrap().into();
        self
    }

    fn start(dir: &Dir, coder: &str) -> Self {
        Self::serve(dir, &["review", "heard-out", "--no-browser", "--coder", coder])
    }

    /// Starts the program; its user's own folder is that of the test.
    pub fn serve(dir: &Dir, args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_heard-under-test"))
            .args(args)
            .current_dir(dir.root())
            .envs([("HOME", dir.root()), ("USERPROFILE", dir.root()), ("TMPDIR", dir.root())])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let link = loop {
            let line = lines.next().expect("the page did not open").unwrap();
            if let Some(at) = line.find("http://127.0.0.1:") {
                break line[at..].trim().to_owned();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        let address = link.strip_prefix("http://").unwrap();
        let (host, path) = address.split_once('/').unwrap();
        let port = host.rsplit(':').next().unwrap().parse().unwrap();
        Self { child, port, link: format!("/{path}"), cookie: String::new() }
    }

    /// One request with these further lines in its head.
    pub fn ask(&self, method: &str, path: &str, lines: &[&str], body: &str) -> Got {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !lines.iter().any(|l| l.starts_with("Host:")) {
            head.push_str(&format!("Host: 127.0.0.1:{}\r\n", self.port));
        }
        if !self.cookie.is_empty() && !lines.contains(&"Cookie:") {
            head.push_str(&format!("Cookie: {}\r\n", self.cookie));
        }
        for line in lines.iter().filter(|l| **l != "Cookie:") {
            head.push_str(&format!("{line}\r\n"));
        }
        if !body.is_empty() {
            head.push_str(&format!(
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
                body.len()
            ));
        }
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Got { status, head: head.replace("\r\n", "\n"), body: body.to_owned() }
    }

    pub fn get(&self, path: &str) -> String {
        let got = self.ask("GET", path, &[], "");
        assert_eq!(got.status, 200, "{path}: {}", got.body);
        got.body
    }

    /// Presses a button, having seen the page as it is now; gives where it led.
    pub fn press(&self, at: usize, fields: &str) -> String {
        let version = version(&self.get(&format!("/read/all/{at}")));
        self.press_seen(at, version, fields)
    }

    fn press_seen(&self, at: usize, version: u64, fields: &str) -> String {
        self.press_in(&format!("all/{at}"), version, fields)
    }

    /// Presses a button on a page of a list, having seen it as it is now.
    fn press_on(&self, page: &str, fields: &str) -> String {
        let version = version(&self.get(&format!("/read/{page}")));
        self.press_in(page, version, fields)
    }

    fn press_in(&self, page: &str, version: u64, fields: &str) -> String {
        let origin = format!("Origin: http://127.0.0.1:{}", self.port);
        let body = format!("version={version}&{fields}");
        let got = self.ask("POST", &format!("/act/{page}"), &[&origin], &body);
        assert_eq!(got.status, 303, "{}", got.body);
        got.head.lines().find_map(|l| l.strip_prefix("location: ")).unwrap().to_owned()
    }

    /// Ends the program without warning.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn version(page: &str) -> u64 {
    let (_, rest) = page.split_once("name=\"version\" value=\"").unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

/// (segment, theme) of each code that the page shows.
pub fn codes(page: &str) -> Vec<(String, String)> {
    let mut codes: Vec<(String, String)> = page
        .split("name=\"do\" value=\"remove\"")
        .skip(1)
        .map(|form| {
            let value = |name: &str| {
                let (_, rest) = form.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
                rest.split('"').next().unwrap().to_owned()
            };
            (value("segment"), value("theme"))
        })
        .collect();
    codes.sort();
    codes
}

/// Whether any file below a folder holds these bytes, Parquet read as text besides.
fn holds(dir: &Dir, words: &str) -> Vec<String> {
    let words = words.to_lowercase();
    let files = dir.files("heard-out").into_iter();
    // Files may be made anew at this very moment: what is half-made is not looked at.
    let files = files.filter(|name| !name.starts_with("publish.partial"));
    files
        .filter(|name| {
            let bytes = std::fs::read(dir.path(&format!("heard-out/{name}"))).unwrap_or_default();
            if bytes.is_empty() || name.ends_with(".masked") {
                return false;
            }
            let raw = String::from_utf8_lossy(&bytes).to_lowercase().contains(&words);
            let copy = format!("copy/{}", name.rsplit('/').next().unwrap());
            let path = dir.write(&copy, bytes);
            let rows = name.ends_with(".parquet")
                && dir
                    .rows(&copy)
                    .iter()
                    .any(|r| r.values().any(|v| v.to_lowercase().contains(&words)));
            let parts = crate::work::archive_parts(&path);
            raw || rows || parts.iter().any(|p| p.to_lowercase().contains(&words))
        })
        .collect()
}

/// Waits until what was asked for is so.
pub fn until(what: &str, so: impl Fn() -> bool) {
    for _ in 0..600 {
        if so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{what}");
}

#[test]
fn the_page_is_for_its_own_link_on_this_computer() {
    let dir = run();
    let mut page = Page::start(&dir, "AB");
    assert_eq!(page.ask("GET", "/", &[], "").status, 403);
    assert_eq!(page.ask("GET", "/?token=00000000000000000000000000000000", &[], "").status, 403);
    let link = page.link.clone();
    assert_eq!(page.ask("GET", &link, &["Host: example.org"], "").status, 403);
    assert_eq!(page.ask("GET", &link, &["Origin: https://example.org"], "").status, 403);
    let got = page.ask("GET", &link, &[], "");
    assert_eq!(got.status, 303);
    let cookie = got.head.lines().find_map(|l| l.strip_prefix("set-cookie: ")).unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    // The link is good once.
    assert_eq!(page.ask("GET", &link, &[], "").status, 403);
    page.cookie = cookie.split(';').next().unwrap().into();
    let home = page.ask("GET", "/", &[], "");
    assert_eq!(home.status, 200);
    for line in [
        "content-security-policy: default-src 'none'; script-src 'self'",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
    ] {
        assert!(home.head.contains(line), "{}", home.head);
    }
    assert!(!home.body.contains("http://") && !home.body.contains("https://"), "a link outside");
    // With the cookie, but from elsewhere.
    let own = format!("Origin: http://127.0.0.1:{}", page.port);
    let body = "version=0&do=never";
    assert_eq!(page.ask("POST", "/act/all/0", &[], body).status, 403);
    assert_eq!(page.ask("POST", "/act/all/0", &["Origin: http://127.0.0.1:1"], body).status, 403);
    assert_eq!(page.ask("POST", "/act/all/0", &["Origin: null"], body).status, 403);
    let cross = [own.as_str(), "Sec-Fetch-Site: cross-site"];
    assert_eq!(page.ask("POST", "/act/all/0", &cross, body).status, 403);
    assert_eq!(page.ask("GET", "/", &["Host: evil.example"], "").status, 403);
    assert_eq!(page.ask("GET", "/", &["Cookie:"], "").status, 403);
    assert_eq!(page.ask("POST", "/act/all/0", &[&own], body).status, 303);
    // No page but those of this program: every other one says so.
    assert_eq!(page.ask("GET", "/etc/passwd", &[], "").status, 404);
    for path in [
        "/queues",
        "/explore",
        "/results",
        "/codebook",
        "/history",
        "/keys",
        "/review.js",
        "/agreement",
    ] {
        page.get(path);
    }
}

#[test]
fn what_a_person_forbids_to_quote_is_quoted_in_no_report_on_a_part() {
    const SAID: [&str; 12] = [
        "The carers are always late in the morning and nobody lets me know what is going on",
        "They are late every day and I sit in my nightie until gone eleven waiting for a wash",
        "My carer came an hour late again on Sunday and by then the porridge was stone cold",
        "The morning call is meant to be at eight and is never before ten so I miss my tablets",
        "Late again this week and no phone call, I was left waiting in bed until dinner time",
        "The girls are lovely and gentle and they always stop for a proper chat with me",
        "They treat me with kindness and never rush me when I am getting washed and dressed",
        "She is patient and kind with my father and talks to him like a person",
        "A different carer comes every week and I never know who will come through the door",
        "I have had eleven different carers this month and none knew where anything was kept",
        "The office never answers the phone and nobody rings me back as they promised",
        "Nobody at the office rings back, I have left four messages about the rota",
    ];
    let dir = Dir::new();
    let mut survey = "id,Area,What could be better about your home care?\n".to_owned();
    for (area, said) in ["North", "South"].iter().flat_map(|area| SAID.map(|said| (area, said))) {
        let id = survey.lines().count();
        let again = if *area == "South" { " here too" } else { "" };
        survey.push_str(&format!("A{id},{area},\"{said}{again}.\"\n"));
    }
    dir.write("survey.csv", survey);
    let run = ["run", "survey.csv", "--model", "fast", "--suppress", "none", "--by", "Area"];
    dir.heard(&run);
    let each = ["report", "heard-out", "--each", "Area"];
    dir.heard(&each).expect(0);
    let part = |dir: &Dir| dir.text("heard-out/publish/by_area/north.html");
    let before = part(&dir);
    let quoted = |at: &usize| before.contains(SAID[*at]);
    let all: Vec<usize> = (0..SAID.len()).filter(quoted).collect();
    assert!(!all.is_empty(), "a part quotes somebody");
    let page = Page::open(&dir, "AB");
    for at in &all {
        page.press(*at, "do=never");
    }
    drop(page);
    dir.heard(&each).expect(0);
    let after = part(&dir);
    assert!(all.iter().all(|at| !after.contains(SAID[*at])), "{all:?}");
    let none = dir.heard(&["report", "heard-out", "--each", "id"]).expect(2).err();
    assert!(none.contains("large enough; there is one by `by_area`"), "{none}");
}

#[test]
fn what_a_person_decides_counts_in_the_report() {
    let dir = run();
    let page = Page::open(&dir, "AB");
    let first = page.get("/read/all/0");
    assert!(!codes(&first).is_empty(), "the model found nothing: {first}");
    for (segment, theme) in codes(&first) {
        page.press(0, &format!("do=remove&segment={segment}&theme={theme}"));
    }
    let empty = page.get("/read/all/0");
    assert_eq!(codes(&empty), []);
    assert!(page.press(0, "do=add&segment=0&theme=meals_home&sentiment=negative").ends_with("/0"));
    assert_eq!(codes(&page.get("/read/all/0")), [("0".to_owned(), "meals_home".to_owned())]);
    assert!(page.press(0, "do=done").ends_with("/1"));
    // Undo without limit, and again.
    page.press(0, "do=undo");
    assert_eq!(codes(&page.get("/read/all/0")), []);
    page.press(0, "do=undo");
    assert_eq!(codes(&page.get("/read/all/0")).len(), 1);
    for _ in 0..2 {
        page.press(0, "do=redo");
    }
    assert_eq!(codes(&page.get("/read/all/0")), [("0".to_owned(), "meals_home".to_owned())]);
    // A split, a merge and a change.
    let text = page.get("/read/all/1");
    let (_, at) = text.split_once("<select id=\"at-0\" name=\"at\"><option value=\"").unwrap();
    let at = at.split('"').next().unwrap().to_owned();
    let before = text.matches("<li id=\"segment-").count();
    page.press(1, &format!("do=split&segment=0&at={at}"));
    assert_eq!(page.get("/read/all/1").matches("<li id=\"segment-").count(), before + 1);
    page.press(1, "do=merge&segment=0");
    assert_eq!(page.get("/read/all/1").matches("<li id=\"segment-").count(), before);
    page.press(0, "do=change&segment=0&theme=meals_home&to=continuity");
    page.press(0, "do=feeling&segment=0&theme=continuity&sentiment=mixed");
    // What is hostile is shown as text.
    let hostile = page.get("/read/all/3");
    assert!(!hostile.contains("<script>alert"), "{hostile}");
    assert!(hostile.contains("&lt;script&gt;alert"), "{hostile}");
    let results = page.get("/results");
    assert!(results.contains("<img src=\"/chart/"), "{results}");
    assert!(page.get("/history").contains("codes from"));
    page.kill();
    // Nothing was lost by the kill.
    let page = Page::open(&dir, "AB");
    assert_eq!(codes(&page.get("/read/all/0")), [("0".to_owned(), "continuity".to_owned())]);
    drop(page);
    dir.heard(&["report", "heard-out"]).expect(0);
    let report = dir.text("heard-out/publish/report.html");
    assert!(report.contains("People read and decided the codes of 2 answers"), "{report}");
    // The tables keep the model's codes; a run that is made again keeps the decisions.
    run_again(&dir);
    let page = Page::open(&dir, "AB");
    assert_eq!(codes(&page.get("/read/all/0")), [("0".to_owned(), "continuity".to_owned())]);
    drop(page);
    // Answers in another order, one replaced: decisions follow the words.
    let mut lines: Vec<&str> = SURVEY.lines().collect();
    let last = lines.pop().unwrap();
    lines.insert(1, last);
    lines[3] = "A9,Service user,The visits are too short to do anything properly.";
    dir.write("survey.csv", lines.join("\n"));
    run_again(&dir);
    let page = Page::open(&dir, "AB");
    assert_eq!(codes(&page.get("/read/all/1")), [("0".to_owned(), "continuity".to_owned())]);
    assert!(page.get("/").contains("Decisions about 1 answer found no match in this run"));
    let log = dir.heard(&["review", "heard-out", "--audit", "log.csv"]).expect(0);
    assert!(log.out().contains("log.csv"));
    assert!(dir.text("log.csv").lines().count() > 5);
    assert!(!dir.text("log.csv").contains("late"));
}

#[test]
fn a_masked_word_leaves_every_file() {
    let dir = run();
    assert!(!holds(&dir, "zorblax").is_empty(), "the model should have missed this name");
    let page = Page::open(&dir, "AB");
    page.press(1, "do=note&note=ask+Zorblax+about+it");
    page.press(1, "do=mask&words=zorblax&kind=PERSON");
    let shown = page.get("/read/all/1");
    assert!(!shown.to_lowercase().contains("zorblax"), "{shown}");
    assert!(shown.contains("[PERSON 1]"), "{shown}");
    assert!(page.get("/explore?q=zorblax").contains("Answers: 0"));
    until("the word stayed in a file", || {
        let left = holds(&dir, "zorblax");
        let done = left.is_empty();
        done && dir.path("heard-out/publish/report.html").is_file()
    });
    // As long as the page is open it can be taken back.
    page.press(1, "do=undo");
    assert!(page.get("/read/all/1").contains("zorblax"));
    page.press(1, "do=redo");
    until("the word came back", || holds(&dir, "zorblax").is_empty());
    page.press(1, "do=add&segment=0&theme=meals_home&sentiment=negative");
    drop(page);
    // The masked text finds its decisions again.
    let page = Page::open(&dir, "AB");
    let shown = page.get("/read/all/1");
    assert!(codes(&shown).contains(&("0".to_owned(), "meals_home".to_owned())), "{shown}");
    assert!(shown.contains("[PERSON 1]"));
    drop(page);
    // A new run brings the word back from the user's own file, and the report takes it out again.
    run_again(&dir);
    dir.heard(&["report", "heard-out"]).expect(0);
    assert_eq!(holds(&dir, "zorblax"), Vec::<String>::new());
}

#[test]
fn two_windows_do_not_overwrite_each_other() {
    let dir = run();
    let (one, other) = (Page::open(&dir, "AB"), Page::open(&dir, "CD"));
    let seen = version(&other.get("/read/all/0"));
    one.press(0, "do=never");
    other.press_seen(0, seen, "do=quotable");
    let page = other.get("/read/all/0");
    assert!(page.contains("Not saved: AB changed this answer meanwhile"), "{page}");
    // Each has codes of their own, and does not see the other's.
    one.press(1, "do=add&segment=0&theme=meals_home&sentiment=negative");
    assert!(!codes(&other.get("/read/all/1")).iter().any(|(_, t)| t == "meals_home"));
    other.press(1, "do=add&segment=0&theme=continuity&sentiment=negative");
    other.press(2, "do=done");
    one.press(2, "do=done");
    let agree = dir.heard(&["agree", "heard-out", "--json"]).expect(0);
    let found: serde_json::Value = serde_json::from_str(&agree.out()).unwrap();
    assert_eq!(found["both"], 2, "{found}");
    assert_eq!(found["exact"]["value"], 0.5, "{found}");
    assert!(dir.heard(&["agree", "heard-out"]).expect(0).out().contains("Krippendorff's alpha"));
    // What differs is settled.
    let settle = one.get("/read/differing/1");
    assert!(settle.contains("Use the codes of CD"), "{settle}");
    one.press(1, "do=use&who=CD");
    assert!(one.get("/read/differing/1").contains("Settled."));
}

#[test]
fn kills_lose_no_decision_that_the_page_confirmed() {
    let dir = run();
    for round in 0..6_usize {
        let page = Page::open(&dir, "AB");
        page.press(0, &format!("do=note&note=number+{round}"));
        page.press(1, if round % 2 == 0 { "do=never" } else { "do=noquote" });
        page.kill();
        let page = Page::open(&dir, "AB");
        assert!(page.get("/read/all/0").contains(&format!("number {round}")));
        let never =
            page.get("/read/all/1").contains("id=\"never\" data-key=\"w\" aria-pressed=\"true\"");
        assert_eq!(never, round % 2 == 0);
    }
}

#[test]
fn a_workbook_goes_out_and_comes_back() {
    let dir = run();
    dir.heard(&["review", "heard-out", "--export", "coding.xlsx"]).expect(0);
    let parts = crate::work::archive_parts(&dir.path("coding.xlsx")).join("\n");
    assert!(
        parts.contains("always late") && parts.contains("Continuity of care workers"),
        "{parts}"
    );
    let back =
        dir.heard(&["review", "heard-out", "--import", "coding.xlsx", "--coder", "AB"]).expect(0);
    assert!(back.out().contains("8 rows read. Codes of 0 answers changed"), "{}", back.out());
    // Somebody types what is no theme: it is named by row and column, and nothing is taken.
    dir.retype("coding.xlsx", "wrong.xlsx", "Continuity of care workers", "Nonsense");
    let wrong = dir.heard(&["review", "heard-out", "--import", "wrong.xlsx"]).expect(2);
    assert!(wrong.err().contains("row 6, column theme"), "{}", wrong.err());
    assert!(wrong.err().contains("“Nonsense” is not a theme of home-care"), "{}", wrong.err());
    dir.retype("coding.xlsx", "ids.xlsx", "1-2", "9-9");
    let ids = dir.heard(&["review", "heard-out", "--import", "ids.xlsx"]).expect(2);
    assert!(
        ids.err().contains("row 2, column response_id: “9-9” is not in this run"),
        "{}",
        ids.err()
    );
    // Another theme is a decision, and the report uses it.
    dir.retype(
        "coding.xlsx",
        "other.xlsx",
        "Continuity of care workers",
        "Dignity and being seen as a person",
    );
    let args = ["review", "heard-out", "--import", "other.xlsx", "--coder", "AB"];
    let other = dir.heard(&args).expect(0);
    assert!(!other.out().contains("Codes of 0 answers"), "{}", other.out());
    // The workbook is older than these decisions now.
    dir.retype("coding.xlsx", "late.xlsx", "Continuity of care workers", "Punctuality");
    let late =
        dir.heard(&["review", "heard-out", "--import", "late.xlsx", "--coder", "AB"]).expect(2);
    assert!(
        late.err().contains("AB decided this answer again after the workbook was made"),
        "{}",
        late.err()
    );
    dir.heard(&["report", "heard-out"]).expect(0);
    assert!(
        dir.text("heard-out/publish/report.html").contains("People read and decided the codes of")
    );
    let bad = dir.heard(&["review", "heard-out", "--import", "survey.csv"]).expect(2);
    assert!(bad.err().contains("survey.csv"), "{}", bad.err());
}

#[test]
fn a_person_is_forgotten_everywhere() {
    let dir = run();
    let page = Page::open(&dir, "AB");
    page.press(1, "do=add&segment=0&theme=meals_home&sentiment=negative");
    drop(page);
    let gone = dir.heard(&["forget", "heard-out", "A2"]).expect(0);
    assert!(gone.out().contains("Removed 1 answer (1-3)"), "{}", gone.out());
    assert!(gone.out().contains("1 decision of the log"), "{}", gone.out());
    assert_eq!(holds(&dir, "zorblax"), Vec::<String>::new());
    assert_eq!(dir.rows("heard-out/restricted/responses.parquet").len(), 7);
    assert_eq!(dir.rows("heard-out/restricted/key.parquet").len(), 7);
    assert_eq!(dir.json("heard-out/run.json")["counts"]["answers"], 7);
    assert!(dir.heard(&["forget", "heard-out", "A2"]).expect(2).err().contains("nobody"));
}

#[test]
fn typed_words_are_kept_whatever_is_pressed_and_whatever_comes_of_it() {
    let dir = run();
    let (page, other) = (Page::open(&dir, "AB"), Page::open(&dir, "AB"));
    assert!(page.press(0, "do=done&note=ring+her&note_was=").ends_with("/1"));
    assert!(page.get("/read/all/0").contains(">ring her</textarea>"));
    // Undo takes back what was done, not the words.
    page.press(0, "do=undo&note=ring+her+today&note_was=ring+her");
    assert!(page.get("/read/all/0").contains(">ring her today</textarea>"));
    // A decision that is refused keeps them all the same.
    let old = version(&page.get("/read/all/1"));
    other.press(1, "do=never");
    page.press_seen(1, old, "do=quotable&note=two+at+once&note_was=");
    let shown = page.get("/read/all/1");
    assert!(shown.contains("Not saved: AB changed this answer meanwhile"), "{shown}");
    assert!(shown.contains(">two at once</textarea>"), "{shown}");
    // Two notes at once both stand.
    other.press(1, "do=note&note=elsewhere&note_was=two+at+once");
    page.press(1, "do=noquote&note=here&note_was=two+at+once");
    let shown = page.get("/read/all/1");
    assert!(shown.contains(">elsewhere\nhere</textarea>"), "{shown}");
}

#[test]
fn agreement_is_told_from_codes_as_they_were_before_others_were_seen() {
    let dir = run();
    let (one, other) = (Page::open(&dir, "AB"), Page::open(&dir, "CD"));
    for (page, theme) in [(&one, "meals_home"), (&other, "continuity")] {
        for at in 0..3 {
            let place = format!("twice/{at}");
            assert_eq!(codes(&page.get(&format!("/read/{place}"))), []);
            let add = format!("do=add&segment=0&theme={theme}&sentiment=negative");
            page.press_on(&place, &add);
            page.press_on(&place, "do=done");
        }
    }
    let agree = |extra: &[&str]| {
        let args = [&["agree", "heard-out", "--json"][..], extra].concat();
        serde_json::from_str::<serde_json::Value>(&dir.heard(&args).expect(0).out()).unwrap()
    };
    let before = (agree(&[]), agree(&["--blind"]));
    assert_eq!((&before.1["both"], &before.1["exact"]["value"]), (&3.into(), &0.0.into()));
    // To settle by changing what is shown changes nobody's own codes.
    let shown = other.get("/read/differing/0");
    assert!(
        shown.contains("Use the codes of AB") && shown.contains("Settle with these"),
        "{shown}"
    );
    other.press_on("differing/0", "do=change&segment=0&theme=continuity&to=meals_home");
    assert!(!other.press_on("differing/0", "do=done").ends_with("/0"));
    other.press_on("differing/1", "do=remove&segment=0&theme=continuity");
    let empty = other.get("/read/differing/1");
    assert!(empty.contains("Settle without a theme, next"), "{empty}");
    assert!(other.press_on("differing/1", "do=done").ends_with("/2"));
    // Nor does who goes back and changes their own make them agree.
    other.press(2, "do=change&segment=0&theme=continuity&to=meals_home");
    assert_eq!((agree(&[]), agree(&["--blind"])), before);
    assert!(other.get("/results").contains("people decided the codes of 3 answers"));
}

#[test]
fn who_is_still_to_code_unseen_is_told_nothing_of_others_codes() {
    let dir = run();
    let reader = Page::open(&dir, "EF");
    assert!(reader.get("/explore").contains("Punctuality"), "a run to be read whole hides nothing");
    let one = Page::open(&dir, "AB");
    one.press_on("twice/0", "do=add&segment=0&theme=meals_home&sentiment=negative");
    one.press_on("twice/0", "do=done");
    let other = Page::open(&dir, "CD");
    let shown = other.get("/explore");
    assert!(shown.contains("wait for you to code them without seeing anyone"), "{shown}");
    assert!(shown.contains("Answers: 8") && !shown.contains("(negative)"), "{shown}");
    for asked in ["theme=meals_home", "sentiment=negative", "coder=AB", "status=informative"] {
        let list = other.get(&format!("/explore?{asked}"));
        assert!(list.contains(": 0</h2>"), "{asked}: {list}");
    }
    let history = other.get("/history");
    assert!(history.contains("not shown before you have given yours"), "{history}");
    let theirs = "Meals and household tasks";
    assert!(!history.contains(theirs), "{history}");
    assert_eq!(codes(&other.get("/read/all/0")), []);
    // Who has given theirs may see.
    other.press(0, "do=add&segment=0&theme=continuity&sentiment=negative");
    other.press(0, "do=done");
    assert!(other.get("/history").contains(theirs));
    assert!(other.get("/explore?theme=continuity").contains("Open 1-2"));
}

#[test]
fn approving_what_the_model_gave_does_not_prove_it_right() {
    let dir = run();
    let page = Page::open(&dir, "AB");
    page.press(0, "do=done");
    page.press(1, "do=done");
    let results = page.get("/results");
    assert!(results.contains("was coded without seeing the model"), "{results}");
    assert!(page.get("/").contains("Seen with the model's codes: 2 answers."), "start");
    page.press_on("sample/2", "do=add&segment=0&theme=meals_home&sentiment=negative");
    page.press_on("sample/2", "do=done");
    let results = page.get("/results");
    assert!(results.contains("From 1 of the 8 answers of the random sample"), "{results}");
    assert!(results.contains("Beside these, 2 decided with them in sight"), "{results}");
    // From now on the rest of the sample is kept from being spoilt by reading all.
    assert_eq!(codes(&page.get("/read/all/3")), []);
    drop(page);
    dir.heard(&["report", "heard-out"]).expect(0);
    let report = dir.text("heard-out/publish/report.html");
    assert!(report.contains("measured on 1 of the 8 answers of a random sample"), "{report}");
    assert!(report.contains("2 decided with the model"), "{report}");
}

#[test]
fn what_was_looked_at_with_the_models_codes_is_not_coded_unseen_later() {
    let dir = run();
    let page = Page::open(&dir, "AB");
    assert!(page.get("/read/all/3").contains("begin with the random sample"));
    // Going on without a decision does not make it unseen.
    let shown = page.get("/read/sample/3");
    assert!(shown.contains("You have seen the model's codes of this answer"), "{shown}");
    page.press_on("sample/3", "do=done");
    assert!(page.get("/read/sample/2").contains("You do not see the model"));
    page.press_on("sample/2", "do=add&segment=0&theme=meals_home&sentiment=negative");
    page.press_on("sample/2", "do=done");
    let from_one = "From 1 of the 8 answers of the random sample";
    assert!(page.get("/results").contains(from_one), "{}", page.get("/results"));
    // Nor does taking back what was decided, once the page told how sure the model was.
    page.get("/read/sample/2");
    page.press_on("sample/2", "do=undo");
    page.press_on("sample/2", "do=add&segment=0&theme=continuity&sentiment=negative");
    page.press_on("sample/2", "do=done");
    assert!(!page.get("/results").contains(from_one), "{}", page.get("/results"));
    // Who never looked is blind.
    let other = Page::open(&dir, "CD");
    assert!(other.get("/read/sample/3").contains("You do not see the model"));
    drop((page, other));
    // It is kept, and goes with the answer.
    let page = Page::open(&dir, "AB");
    assert!(page.get("/explore").contains("1-2"));
    assert_eq!(codes(&page.get("/read/all/5")), []);
}

#[test]
fn to_look_for_words_in_a_small_run_does_not_spoil_its_sample() {
    let dir = run();
    let page = Page::open(&dir, "AB");
    let list = page.get("/explore?q=late");
    assert!(list.contains("Codes not shown here") && !list.contains("(negative)"), "{list}");
    assert!(page.get("/read/sample/0").contains("You do not see the model"));
    // Whoever asks for a theme is told, and it is kept.
    let list = page.get("/explore?theme=punctuality");
    assert!(list.contains("Open 1-2") && list.contains("(negative)"), "{list}");
    assert!(page.get("/read/sample/0").contains("You have seen the model's codes"));
    assert!(page.get("/explore?q=late").contains("(negative)"));
}

/// What a project says, and how many of its passages are coded.
fn project(dir: &Dir, coder: &str) -> (String, usize) {
    let args = ["review", "heard-out", "--export", "p.qdpx", "--force", "--coder", coder];
    let said = dir.heard(&args).expect(0).out();
    let file = std::fs::File::open(dir.path("p.qdpx")).unwrap();
    let mut text = String::new();
    let mut zip = zip::ZipArchive::new(file).unwrap();
    zip.by_name("project.qde").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text.matches("<TextSource").count(), 8);
    (said, text.matches("<PlainTextSelection").count())
}

#[test]
fn a_project_for_other_software_spoils_no_blind_coding_unnoticed() {
    let dir = run();
    let page = Page::open(&dir, "CD");
    page.press_on("sample/0", "do=add&segment=0&theme=punctuality&sentiment=negative");
    page.press_on("sample/0", "do=done");
    // Somebody has begun with the sample: to AB, who has not, neither the model nor CD tells.
    let (said, coded) = project(&dir, "AB");
    assert!(said.contains("8 answers of the random samples went without codes"), "{said}");
    assert_eq!(coded, 0);
    assert_eq!(project(&dir, "CD").1, 1);
    drop(page);
    let page = Page::open(&dir, "AB");
    assert!(page.get("/read/sample/3").contains("You do not see the model"));
    // Where nobody has, all of them are told, and that is kept.
    let dir = run();
    let (said, coded) = project(&dir, "AB");
    assert!(!said.contains("without codes") && coded > 5, "{said}");
    let page = Page::open(&dir, "AB");
    assert!(page.get("/read/sample/3").contains("You have seen the model's codes"));
    let other = Page::open(&dir, "EF");
    assert!(other.get("/read/sample/3").contains("You do not see the model"));
}

#[test]
fn agreement_before_anybody_has_coded_says_what_to_do() {
    let dir = run();
    let said = dir.heard(&["agree", "heard-out"]).expect(2).err();
    assert!(said.contains("Start with `heard review"), "{said}");
    drop(Page::open(&dir, "AB"));
    let said = dir.heard(&["agree", "heard-out"]).expect(0).out();
    assert!(said.starts_with("Nobody has finished coding an answer yet"), "{said}");
}

#[test]
fn a_change_of_the_themes_that_is_refused_keeps_what_was_typed_and_one_taken_back_is_named() {
    let dir = run();
    let page = Page::open(&dir, "AB");
    let post = |path: &str, body: &str| {
        page.ask("POST", path, &[&format!("Origin: http://127.0.0.1:{}", page.port)], body).body
    };
    let typed = "what=split&theme=punctuality&label=Early+calls&words=+,+&definition=Too+early";
    let refused = post("/themes/preview", typed);
    assert!(refused.contains("Give the words that tell the new theme"), "{refused}");
    assert!(refused.contains("value=\"Early calls\"") && refused.contains("value=\"Too early\""));
    // No other form takes it for its own.
    assert_eq!(refused.matches("<option value=\"punctuality\" selected>").count(), 1);
    post("/themes/apply", "what=hide&theme=continuity&seen=0");
    let list = page.get("/explore?theme=continuity");
    assert!(list.contains("no such theme any more"), "{list}");
    assert!(page.get("/history").contains("1 change to the themes is listed"));
    post("/themes/apply", "what=back&seen=1");
    let now = page.get("/themes");
    assert!(now.contains("Taken back: “Continuity of care workers” is hidden."), "{now}");
}

#[test]
fn what_the_model_did_not_flag_can_be_said_to_tell_of_harm() {
    let dir = run();
    let page = Page::open(&dir, "AB");
    assert!(!page.get("/explore?flag=safeguarding_review").contains("Open 1-8"));
    page.press(6, "do=harm");
    assert!(page.get("/read/all/6").contains("May tell of harm"));
    assert!(page.get("/explore?flag=safeguarding_review").contains("Open 1-8"));
    page.press(6, "do=noharm");
    assert!(!page.get("/explore?flag=safeguarding_review").contains("Open 1-8"));
    assert!(page.press(6, "do=undo").ends_with("/6"));
    let history = page.get("/history");
    assert!(history.contains("Taken back: no harm found"), "{history}");
    page.press(6, "do=redo");
    let history = page.get("/history");
    assert!(history.contains("Done again: no harm found"), "{history}");
    page.press(6, "do=undo");
    page.press(6, "do=add&segment=0&theme=meals_home&sentiment=negative");
    assert!(
        page.get("/history").contains("“Meals and household tasks”"),
        "{}",
        page.get("/history")
    );
}

#[test]
fn a_workbook_with_the_models_codes_is_never_taken_for_blind_coding() {
    let dir = run();
    dir.heard(&["review", "heard-out", "--export", "coding.xlsx", "--coder", "AB"]).expect(0);
    // The sample is begun only after the workbook was made.
    let page = Page::open(&dir, "CD");
    page.press_on("sample/0", "do=done");
    drop(page);
    let import = ["review", "heard-out", "--import", "coding.xlsx", "--coder", "AB"];
    let out = dir.heard(&import).expect(0).out();
    assert!(out.contains("Codes of 0 answers changed") && out.contains("0 approved"), "{out}");
    fill(&dir, "coding.xlsx", "yes.xlsx", "G3", "yes");
    let import = ["review", "heard-out", "--import", "yes.xlsx", "--coder", "EF"];
    assert!(dir.heard(&import).expect(0).out().contains("1 approved"));
    let page = Page::open(&dir, "GH");
    assert!(page.get("/results").contains("From 1 of the 8 answers of the random sample"));
}

#[test]
fn a_list_from_explore_is_read_to_its_end() {
    let dir = run();
    let page = Page::open(&dir, "AB");
    let list = page.get("/explore?q=late");
    assert!(list.contains("<mark class=\"hit\">late</mark>"), "{list}");
    assert!(list.contains("href=\"/read/all/0?q=late\""), "{list}");
    let shown = page.get("/read/all/0?q=late");
    assert!(shown.contains("action=\"/act/all/0?q=late\""), "{shown}");
    assert!(shown.contains("href=\"/read/all/1?q=late\"") && shown.contains("1 of 2"), "{shown}");
    assert_eq!(page.press_on("all/0?q=late", "do=done"), "/read/all/1?q=late");
    assert_eq!(page.press_on("all/1?q=late", "do=done"), "/explore?q=late");
    assert!(page.get("/explore?q=late").contains("the last answer of this list"));
}

#[test]
fn what_may_tell_of_harm_is_counted_until_somebody_has_said() {
    let dir = Dir::new();
    dir.write(
        "survey.csv",
        "What could be better?\nA carer hit my mother and left her on the floor with bruises.\nThe carers are always late.\n",
    );
    dir.heard(&["run", "survey.csv", "--model", "fast", "--suppress", "none", "--quiet"]);
    let page = Page::open(&dir, "AB");
    let of = |page: &Page| page.get("/queues").contains("<b>1</b> of 1 left");
    assert!(of(&page), "{}", page.get("/queues"));
    assert_eq!(page.press_on("safeguarding/0", "do=skip"), "/queues");
    let queues = page.get("/queues");
    assert!(queues.contains("Only what you put off is left in “May tell of harm”: 1"), "{queues}");
    assert!(of(&page), "{}", page.get("/queues"));
    page.press_on("safeguarding/0", "do=noharm");
    assert!(
        !page
            .get("/queues")
            .contains("<b>1</b> of 1 left, about 1 minute.</p>\n</li>\n<li>\n<h2>May still")
    );
    // Who forbade a quote can change their mind.
    page.press(1, "do=never");
    assert!(page.get("/read/all/1").contains("id=\"quotable\" data-key=\"q\""));
}

/// A copy of a workbook in which an empty cell of its first sheet was filled in.
fn fill(dir: &Dir, from: &str, to: &str, cell: &str, words: &str) {
    let mut read = zip::ZipArchive::new(std::fs::File::open(dir.path(from)).unwrap()).unwrap();
    let mut write = zip::ZipWriter::new(std::fs::File::create(dir.path(to)).unwrap());
    for i in 0..read.len() {
        let mut part = read.by_index(i).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if part.name() == "xl/worksheets/sheet1.xml" {
            let text = String::from_utf8(bytes).unwrap();
            let (before, rest) = text.split_once(&format!("<c r=\"{cell}\"")).unwrap();
            let (_, after) = rest.split_once("/>").unwrap();
            let cell = format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{words}</t></is></c>");
            bytes = format!("{before}{cell}{after}").into_bytes();
        }
        write.start_file(part.name(), zip::write::SimpleFileOptions::default()).unwrap();
        write.write_all(&bytes).unwrap();
    }
    write.finish().unwrap();
}

#[test]
fn a_workbook_is_not_overwritten_and_takes_nothing_that_nobody_meant() {
    let dir = run();
    let page = Page::open(&dir, "CD");
    page.press_on("twice/0", "do=add&segment=0&theme=meals_home&sentiment=negative");
    page.press_on("twice/0", "do=done");
    drop(page);
    let export = ["review", "heard-out", "--export", "coding.xlsx", "--coder", "AB"];
    dir.heard(&export).expect(0);
    let refused = dir.heard(&export).expect(2).err();
    assert!(refused.contains("coding.xlsx is there already"), "{refused}");
    dir.heard(&[&export[..], &["--force"]].concat()).expect(0);
    let args = ["review", "heard-out", "--export", "coding.csv"];
    assert!(dir.heard(&args).expect(2).err().contains("Use .xlsx for a workbook"));
    // What is blank on purpose says so, in its row and on a sheet of its own.
    let parts = crate::work::archive_parts(&dir.path("coding.xlsx")).join("\n");
    assert!(parts.contains("Give your own themes") && parts.contains("How to code"), "{parts}");
    let import = |name: &str, more: &[&str]| {
        let args = ["review", "heard-out", "--import", name, "--coder", "AB"];
        dir.heard(&[&args[..], more].concat())
    };
    fill(&dir, "coding.xlsx", "yes.xlsx", "G2", "yes");
    let yes = import("yes.xlsx", &[]).expect(2).err();
    assert!(yes.contains("row 2, column checked: the row was left blank for you"), "{yes}");
    fill(&dir, "coding.xlsx", "none.xlsx", "G2", "no theme");
    let tried = import("none.xlsx", &["--dry-run"]).expect(0).out();
    assert!(tried.contains("1 approved as they were") && tried.contains("Nothing was changed"));
    assert_eq!(import("none.xlsx", &[]).expect(0).out().matches("1 approved").count(), 1);
    // A workbook of another run has other words.
    let said = "The office never answers the phone.";
    dir.retype("coding.xlsx", "foreign.xlsx", said, "Other words.");
    let foreign = import("foreign.xlsx", &[]).expect(2).err();
    assert!(foreign.contains("row 7, column text: these are not the words of 1-7"), "{foreign}");
    dir.retype("coding.xlsx", "renamed.xlsx", "respondent_type", "who");
    let renamed = import("renamed.xlsx", &[]).expect(2).err();
    assert!(renamed.contains("row 1, column D: “who” stands where"), "{renamed}");
    dir.write("words.xlsx", "no workbook");
    assert!(import("words.xlsx", &[]).expect(2).err().contains("is not a workbook of Excel"));
}

#[test]
fn a_folder_that_is_no_run_is_told_and_left_alone() {
    let dir = Dir::new();
    dir.write("notes/a.txt", "nothing");
    let said = dir.heard(&["review", "notes"]).expect(2);
    assert!(said.err().contains("run.json"), "{}", said.err());
    assert_eq!(dir.files("notes"), ["a.txt"]);
    assert!(dir.heard(&["agree", "notes"]).expect(2).err().contains("run.json"));
}
