//! `heard` without arguments: the whole job by plain HTTP, as a browser would ask. Files come by upload
//! and by choice, what was found is put right, a run is followed to its end, stopped, or fails with its
//! sentence; nobody else gets in, and what a file says is shown as text.

use std::time::Duration;

use crate::review::Page;
use crate::work::Dir;

const SURVEY: &str = "\
Reference,Area,What could be better about your home care?,<b>Anything else</b>
A1,North,The carers are always late and never let us know.,
A2,North,They rush in and out and mum has no time to talk.,<script>alert(1)</script>
A3,South,\"Every week a different carer comes, I never know who it will be.\",Thank you
A4,South,The office never answers the phone.,
A5,North,The carers are kind and patient with my father.,No
A6,South,I would like the visits to be longer.,
A7,North,The carers are late again and nobody rings.,
A8,South,Nobody tells us who is coming and when.,
";

impl Page {
    /// The page for the whole job, in a home with one folder.
    fn job(dir: &Dir) -> Self {
        std::fs::create_dir_all(dir.path("Documents")).unwrap();
        Self::serve(dir, &["--no-browser"]).enter()
    }

    fn post(&self, path: &str, body: &str) -> crate::review::Got {
        let origin = format!("Origin: http://127.0.0.1:{}", self.port);
        self.ask("POST", path, &[&origin], body)
    }

    /// Presses a button; gives where it led.
    fn led(&self, path: &str, body: &str) -> String {
        let got = self.post(path, body);
        assert_eq!(got.status, 303, "{path}: {}", got.body);
        got.head.lines().find_map(|l| l.strip_prefix("location: ")).unwrap().to_owned()
    }

    /// Waits for what goes on; gives where it led.
    fn waited(&self) -> String {
        for _ in 0..1200 {
            let now: serde_json::Value = serde_json::from_str(&self.get("/job/progress")).unwrap();
            if let Some(to) = now["to"].as_str() {
                return to.to_owned();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("it went on for ever");
    }

    fn upload(&self, name: &str, words: &str) {
        let got = self.post(&format!("/job/files?drop=7&name={name}"), words);
        assert_eq!((got.status, got.body.as_str()), (200, "kept"));
    }
}

fn work_folders(dir: &Dir) -> usize {
    let entries = std::fs::read_dir(dir.root()).unwrap().flatten();
    entries.filter(|e| e.file_name().to_string_lossy().starts_with("heard-work-")).count()
}

#[test]
fn a_dropped_file_becomes_a_report_and_is_forgotten() {
    let dir = Dir::new();
    let mut page = Page::job(&dir);
    assert!(page.get("/job").contains("Drop files or a folder here"));
    assert_eq!(page.ask("GET", "/", &[], "").status, 303, "no run is open yet");
    page.upload("survey%20%3Ci%3E.csv", SURVEY);
    let home = page.get("/job");
    assert!(home.contains("survey _i_.csv") && home.contains("copied"), "{home}");
    assert_eq!(page.led("/job/look", "x="), "/job/wait");
    assert_eq!(page.waited(), "/job/found");
    let found = page.get("/job/found");
    for words in [
        "What could be better about your home care?",
        "8 rows, from 8 people or bodies",
        "8 answered, 0 blank",
        "<option value=\"open_text\" selected>OPEN TEXT",
        "<option value=\"improve\" selected>asks what could be better",
        "name=\"s0-c2-by\" checked",
    ] {
        assert!(found.contains(words), "{words} is not in {found}");
    }
    // Words of answers are not shown, and those of headers as text.
    assert!(!found.contains("rush in and out") && !found.contains("<script>alert"), "{found}");
    assert!(!found.contains("<b>Anything"), "{found}");
    // Put right: the question is neutral, the last column is not read.
    let confirmed = "do=run&model=fast&suppress=none&codebook=home-care&redact=standard&invited=40&\
        name=evidence&suggested=heard-out&s0-channel=survey&s0-head=1&s0-heads=1&s0-c1-role=id&\
        s0-c2-role=single_choice&s0-c2-by=on&s0-c3-role=open_text&s0-c3-asks=neutral&s0-c4-role=other";
    assert_eq!(page.led("/job/found", confirmed), "/job/wait");
    assert_eq!(page.waited(), "/job/done", "{}", page.get("/job/found"));
    let done = page.get("/job/done");
    assert!(done.contains("Heard read 8 answers from 8 rows and documents"), "{done}");
    let settings = dir.text("Documents/evidence/restricted/heard.toml");
    for words in
        ["polarity = \"neutral\"", "model = [\"fast\"]", "invited = 40", "role = \"other\""]
    {
        assert!(settings.contains(words), "{words} is not in {settings}");
    }
    assert!(settings.contains("survey _i_.csv") && !settings.contains("heard-work-"), "{settings}");
    // The report opens behind the same door, with a policy that lets it look as it should.
    let report = page.ask("GET", "/published/report.html", &[], "");
    assert_eq!(report.status, 200);
    assert!(
        report
            .head
            .contains("content-security-policy: default-src 'none'; style-src 'unsafe-inline'")
    );
    assert!(!report.head.contains("script-src"), "{}", report.head);
    for elsewhere in
        ["/published/../run.json", "/published/..%2Frestricted%2Fkey.parquet", "/published/no.html"]
    {
        assert_eq!(page.ask("GET", elsewhere, &[], "").status, 404, "{elsewhere}");
    }
    // And on to reading: so few answers are read one by one.
    let begin = page.ask("GET", "/begin", &[], "");
    assert!(begin.head.contains("location: /read/all"), "{}", begin.head);
    assert!(page.get("/read/all/0").contains("Files and runs"));
    assert_eq!(work_folders(&dir), 1);
    assert_eq!(page.post("/job/stop", "x=").status, 200);
    assert!(page.child.wait().unwrap().success());
    assert_eq!(work_folders(&dir), 0, "the copy stayed");
}

#[test]
fn files_are_chosen_where_they_lie_and_runs_opened_again() {
    let dir = Dir::new();
    let own = dir.write("Documents/autumn/survey.csv", format!("Our survey\n\n{SURVEY}"));
    let page = Page::job(&dir);
    let folder =
        dir.path("Documents/autumn").to_string_lossy().replace('\\', "%5C").replace('/', "%2F");
    let list = page.get(&format!("/job/browse?for=in&dir={folder}"));
    assert!(list.contains("name=\"file-1\" value=\"survey.csv\""), "{list}");
    assert_eq!(page.led("/job/add", &format!("dir={folder}&file-1=survey.csv")), "/job");
    page.led("/job/look", "x=");
    assert_eq!(page.waited(), "/job/found");
    let found = page.get("/job/found");
    assert!(found.contains("header on row 3"), "{found}");
    // Another header, looked at again: the first answer would be the header.
    page.led("/job/found", "do=again&name=heard-out&suggested=heard-out&s0-head=4&s0-heads=1");
    assert_eq!(page.waited(), "/job/found");
    assert!(page.get("/job/found").contains("header on row 4"));
    page.led("/job/found", "do=again&name=heard-out&suggested=heard-out&s0-head=3&s0-heads=1");
    assert_eq!(page.waited(), "/job/found");
    let run = "do=run&model=fast&suppress=none&name=heard-out&suggested=heard-out";
    page.led("/job/found", run);
    assert_eq!(page.waited(), "/job/done");
    assert!(dir.path("Documents/autumn/heard-out/run.json").is_file(), "beside the file");
    assert_eq!(std::fs::read(&own).unwrap().len(), SURVEY.len() + 12, "the file was changed");
    // A decision, then the same folder again: refused with a sentence, done when asked for.
    let version = page.get("/read/all/0");
    let (_, version) = version.split_once("name=\"version\" value=\"").unwrap();
    let version = version.split('"').next().unwrap();
    page.led("/act/all/0", &format!("version={version}&do=note&note=ring+back"));
    let same = "do=run&model=fast&suppress=none&name=heard-out&suggested=x";
    page.led("/job/found", same);
    assert_eq!(page.waited(), "/job/found");
    let refused = page.get("/job/found");
    assert!(refused.contains("already holds a run"), "{refused}");
    page.led("/job/found", &format!("{same}&replace=on"));
    assert_eq!(page.waited(), "/job/done");
    assert!(page.get("/read/all/0").contains("ring back"), "the decision is gone");
    // It is among the earlier runs of a program that begins anew.
    drop(page);
    let page = Page::job(&dir);
    assert!(page.get("/job").contains("Look for one elsewhere"));
    page.led("/job/open", &format!("dir={folder}%2Fheard-out"));
    assert_eq!(page.waited(), "/begin");
    assert!(page.get("/read/all/0").contains("ring back"));
    page.led("/job/open", &format!("dir={folder}"));
    assert_eq!(page.waited(), "/job");
    assert!(page.get("/job").contains("is not a finished run"));
}

#[test]
fn what_cannot_be_done_is_said_and_a_run_can_be_stopped() {
    let dir = Dir::new();
    let page = Page::job(&dir);
    assert_eq!(page.led("/job/look", "x="), "/job");
    assert!(page.get("/job").contains("Choose a file first"));
    page.upload("broken.xlsx", "this is no workbook");
    page.led("/job/look", "x=");
    assert_eq!(page.waited(), "/job");
    let said = page.get("/job");
    assert!(said.contains("broken.xlsx") && said.contains("class=\"bad\""), "{said}");
    assert_eq!(page.led("/job/remove", "at=0"), "/job");
    assert!(!page.get("/job").contains("broken.xlsx"));
    // Enough to be stopped in the middle of it.
    let mut many = String::from("Reference,What could be better about your home care?\n");
    for i in 0..60_000 {
        many.push_str(&format!(
            "B{i},The carers were late on visit {i} and nobody rang us to say so.\n"
        ));
    }
    page.upload("many.csv", &many);
    page.led("/job/look", "x=");
    assert_eq!(page.waited(), "/job/found");
    page.led("/job/found", "do=run&model=fast&name=large&suggested=x");
    let wait = page.get("/job/wait");
    assert!(wait.contains("Stop the run") && wait.contains("<progress"), "{wait}");
    // One thing at a time.
    assert_eq!(page.led("/job/look", "x="), "/job/wait");
    assert_eq!(page.led("/job/halt", "x="), "/job/wait");
    assert_eq!(page.waited(), "/job/found");
    let stopped = page.get("/job/found");
    assert!(stopped.contains("The run was stopped"), "{stopped}");
    assert!(!dir.path("Documents/large").exists());
    // A folder that is no run is not touched.
    dir.write("Documents/taken/holiday.txt", "mine");
    page.led("/job/found", "do=run&model=fast&name=taken&suggested=x&replace=on");
    assert_eq!(page.waited(), "/job/found");
    assert!(page.get("/job/found").contains("not a run of Heard"));
    assert_eq!(dir.text("Documents/taken/holiday.txt"), "mine");
}

#[test]
fn nobody_else_can_choose_files_or_see_folders() {
    let dir = Dir::new();
    let page = Page::job(&dir);
    let own = format!("Origin: http://127.0.0.1:{}", page.port);
    for path in ["/job", "/job/browse?for=in", "/job/progress", "/job.js", "/published/report.html"]
    {
        assert_eq!(page.ask("GET", path, &["Cookie:"], "").status, 403, "{path}");
        assert_eq!(page.ask("GET", path, &["Host: evil.example"], "").status, 403, "{path}");
        assert_eq!(
            page.ask("GET", path, &["Sec-Fetch-Site: cross-site"], "").status,
            403,
            "{path}"
        );
    }
    for path in ["/job/files?drop=1&name=a.csv", "/job/add", "/job/open", "/job/stop", "/job/halt"]
    {
        assert_eq!(page.ask("POST", path, &[], "a=b").status, 403, "{path}");
        assert_eq!(page.ask("POST", path, &["Origin: https://evil.example"], "a=b").status, 403);
        assert_eq!(page.ask("POST", path, &[&own, "Cookie:"], "a=b").status, 403, "{path}");
    }
    assert!(!page.get("/job").contains("a.csv"));
    // A name from outside stays below the private folder.
    page.upload("..%2F..%2Fescaped.csv", SURVEY);
    assert!(!dir.path("escaped.csv").exists() && !dir.path("Documents/escaped.csv").exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let entries = std::fs::read_dir(dir.root()).unwrap().flatten();
        let work = entries.filter(|e| e.file_name().to_string_lossy().starts_with("heard-work-"));
        for folder in work {
            assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }
    }
}
