//! What people decide, carried on: a model that learns from it, a codebook that changes with it,
//! projects for other software, and the list of what to check that follows it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;

use heard::review::decision::{Change, Code, Codes};
use heard::review::log::Desk;
use heard::review::stored::Run;
use heard::review::{Decisions, corrections};

use crate::review::Page;
use crate::work::Dir;

/// Answers of the project's own corpus about time and the like, as a survey, in two halves.
fn halves(dir: &Dir) -> (usize, usize) {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../data-samples/corpus/home-care.csv");
    let text = std::fs::read_to_string(corpus).unwrap();
    let wanted = ["punctuality", "missed_visits", "visit_length", "continuity", "meals_home"];
    // Rows that need no quotes are enough.
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains('"'))
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|cells| cells.len() == 16 && cells[10] == "0" && cells[4] == "improve")
        .filter(|cells| wanted.iter().any(|theme| cells[12].starts_with(&format!("{theme}:"))))
        .map(|cells| cells[11])
        .collect();
    let (first, second): (Vec<_>, Vec<_>) =
        rows.iter().take(240).enumerate().partition(|(at, _)| at % 2 == 0);
    for (name, half) in [("first.csv", &first), ("second.csv", &second)] {
        let mut file = "What could be better about your home care?\n".to_owned();
        for (_, text) in half {
            file.push_str(&format!("{text}\n"));
        }
        dir.write(name, file);
    }
    (first.len(), second.len())
}

/// The model's codes as a house codes that has one theme for all that is about time.
fn house(theme: &str) -> &str {
    match theme {
        "missed_visits" | "visit_length" => "punctuality",
        other => other,
    }
}

/// Decides every answer of a run; `as_is` approves what the model gave.
fn decide(dir: &Dir, as_is: bool) -> usize {
    let restricted = dir.path("heard-out/restricted");
    let mut decisions = Decisions::open(&restricted).unwrap();
    let run = Run::read(&dir.path("heard-out"), &decisions).unwrap();
    let desk = Desk { who: "AB".into(), model: run.about.model(), codebook: run.about.codebook() };
    let mut changes = Vec::new();
    for row in &run.rows {
        let count = |at: usize| row.coded.response.text.as_str()[..at].chars().count() as u32;
        let mut codes: Vec<Code> = Vec::new();
        for coding in row.coded.codings.iter().filter(|c| c.codebook == 0) {
            let theme = &run.about.vocabulary.theme(0, coding.theme).id;
            let theme = if as_is { theme } else { house(theme) }.to_owned();
            if !codes.iter().any(|c| c.segment == coding.segment && c.theme == theme) {
                codes.push(Code { segment: coding.segment, theme, sentiment: coding.sentiment });
            }
        }
        let segments = row.coded.segments.iter().map(|r| (count(r.start), count(r.end))).collect();
        let codes = Codes { segments, codes, blind: false, done: true };
        changes.push((row.key, Change::Codes(Some(codes))));
    }
    decisions.decide(&desk, &[], &changes).unwrap().unwrap()
}

/// How often each theme was given, and by whom, in a run.
fn themes(dir: &Dir, out: &str) -> (BTreeMap<String, usize>, Vec<String>) {
    let (mut themes, mut coders) = (BTreeMap::new(), Vec::new());
    for row in dir.rows(&format!("{out}/restricted/codings.parquet")) {
        *themes.entry(row["theme"].clone()).or_default() += 1;
        coders.push(row["coder"].clone());
    }
    coders.sort();
    coders.dedup();
    (themes, coders)
}

#[test]
fn a_model_learns_how_a_house_codes_and_codes_so() {
    let dir = Dir::new();
    let (first, second) = halves(&dir);
    assert!(first > 60 && second > 60, "{first} {second}");
    dir.heard(&["run", "first.csv", "--model", "fast", "--quiet"]);
    assert!(dir.heard(&["train", "--from", "heard-out"]).expect(2).err().contains("reviewed"));
    assert!(decide(&dir, false) > 60);
    let learnt = dir.heard(&["train", "--from", "heard-out", "--out", "ours.model"]).expect(0);
    assert!(learnt.out().contains("before  after"), "{}", learnt.out());
    assert!(learnt.out().contains("Wrote ours.model"), "{}", learnt.out());
    dir.heard(&["run", "second.csv", "--model", "fast", "--quiet", "--out", "before"]);
    dir.heard(&["run", "second.csv", "--model", "ours.model", "--quiet", "--out", "after"]);
    let ((before, _), (after, coders)) = (themes(&dir, "before"), themes(&dir, "after"));
    assert_eq!(coders, ["model:home-care-corrected@1.0.0"]);
    let of = |themes: &BTreeMap<String, usize>| -> usize {
        ["missed_visits", "visit_length"].iter().filter_map(|t| themes.get(*t)).sum()
    };
    assert!(of(&before) > 20 && of(&after) * 3 < of(&before), "{before:?} {after:?}");
    assert!(after["punctuality"] > before["punctuality"], "{before:?} {after:?}");
    // What is learnt is the same every time, and learning again begins from the same model.
    let again = ["train", "--from", "heard-out", "--model", "ours.model", "--out", "again.model"];
    dir.heard(&again).expect(0);
    assert_eq!(
        std::fs::read(dir.path("ours.model")).unwrap(),
        std::fs::read(dir.path("again.model")).unwrap()
    );
}

#[test]
fn where_nothing_is_to_be_learnt_the_model_stays() {
    let dir = Dir::new();
    halves(&dir);
    dir.heard(&["run", "first.csv", "--model", "fast", "--quiet"]);
    decide(&dir, true);
    let learnt = dir.heard(&["train", "--from", "heard-out", "--out", "ours.model"]).expect(1);
    assert!(learnt.out().contains("Nothing was written"), "{}", learnt.out());
    assert!(!dir.path("ours.model").exists());
}

#[test]
fn corrections_hold_no_masked_word_and_each_answer_once() {
    let dir = Dir::new();
    halves(&dir);
    dir.heard(&["run", "first.csv", "--model", "fast", "--quiet"]);
    let decided = decide(&dir, true);
    let decisions = Decisions::open(&dir.path("heard-out/restricted")).unwrap();
    let run = Run::read(&dir.path("heard-out"), &decisions).unwrap();
    let model = corrections::base(&run, None).unwrap();
    let all = corrections::corrections(&run, &decisions, model.codes());
    assert!(all.len() <= decided && all.len() > 60, "{} of {decided}", all.len());
    for response in &all {
        for segment in &response.segments {
            assert!(response.text.get(segment.span.clone()).is_some());
        }
    }
}

#[test]
fn a_project_for_other_software_points_into_its_texts() {
    let dir = Dir::new();
    dir.write(
        "survey.csv",
        "id,What could be better?\nA1,\"The carers are always late – café rota, never a call.\nAnd they rush.\"\nA2,The office never answers the phone & I wait.\n",
    );
    dir.heard(&["run", "survey.csv", "--model", "fast", "--suppress", "none", "--quiet"]);
    dir.heard(&["review", "heard-out", "--export", "p.qdpx"]).expect(0);
    let mut zip = zip::ZipArchive::new(File::open(dir.path("p.qdpx")).unwrap()).unwrap();
    let mut texts = BTreeMap::new();
    let mut project = String::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        if let Some(name) = file.name().strip_prefix("sources/") {
            texts.insert(name.to_owned(), text);
        } else {
            assert_eq!(file.name(), "project.qde");
            project = text;
        }
    }
    assert_eq!(texts.len(), 2);
    let value = |tag: &str, name: &str| -> String {
        let from = tag.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
        tag[from..].split('"').next().unwrap().to_owned()
    };
    let defined: Vec<String> =
        project.split("<Code ").skip(1).map(|tag| value(&format!(" {tag}"), "guid")).collect();
    let mut selections = 0;
    for source in project.split("<TextSource").skip(1) {
        let path = value(source, "plainTextPath");
        let text = &texts[path.strip_prefix("internal://").unwrap()];
        let length = text.chars().count();
        for selection in source.split("<PlainTextSelection").skip(1) {
            let position = |name| value(selection, name).parse::<usize>().unwrap();
            let (start, end) = (position("startPosition"), position("endPosition"));
            assert!(start < end && end <= length, "{start}..{end} of {length}");
            let part: String = text.chars().skip(start).take(end - start).collect();
            assert_eq!(part.trim(), part, "a segment begins and ends with a word");
            for target in selection.split("<CodeRef").skip(1) {
                assert!(defined.contains(&value(target, "targetGUID")));
            }
            selections += 1;
        }
    }
    assert!(selections >= 2, "{project}");
    // The codebook goes out and comes back as one of the user's own.
    dir.heard(&["review", "heard-out", "--export", "themes.qdc"]).expect(0);
    dir.heard(&["codebook", "import", "themes.qdc", "back.toml"]).expect(0);
    let checked = dir.heard(&["codebook", "check", "back.toml"]).expect(0);
    assert!(checked.out().contains("28 themes"), "{}", checked.out());
    assert!(
        dir.heard(&["codebook", "import", "survey.csv", "no.toml"])
            .expect(2)
            .err()
            .contains("REFI")
    );
}

#[test]
fn a_changed_codebook_counts_in_the_report_and_in_the_next_run() {
    let dir = Dir::new();
    halves(&dir);
    dir.heard(&["run", "first.csv", "--model", "fast", "--suppress", "none", "--quiet"]);
    let table = std::fs::read(dir.path("heard-out/restricted/codings.parquet")).unwrap();
    let page = Page::open(&dir, "AB");
    let origin = format!("Origin: http://127.0.0.1:{}", page.port);
    let post = |path: &str, body: &str| page.ask("POST", path, &[&origin], body);
    let merge = "what=merge&theme=missed_visits&into=punctuality";
    let seen = post("/themes/preview", merge).body;
    assert!(seen.contains("codings move, in"), "{seen}");
    // Nothing has happened yet.
    assert!(page.get("/codebook").contains("theme-missed_visits"));
    assert_eq!(post("/themes/apply", &format!("{merge}&seen=0")).status, 303);
    let book = page.get("/codebook");
    assert!(!book.contains("theme-missed_visits") && book.contains("+1"), "{book}");
    // Another window that has not seen it changes nothing.
    post("/themes/apply", "what=hide&theme=continuity&seen=0");
    assert!(page.get("/themes").contains("someone changed the themes meanwhile"));
    let split =
        "what=split&theme=continuity&label=Strangers&words=stranger*,+different+face*&definition=";
    assert_eq!(post("/themes/apply", &format!("{split}&seen=1")).status, 303);
    let rename = "what=rename&theme=visit_length&label=Time+to+care&seen=2";
    assert_eq!(post("/themes/apply", rename).status, 303);
    assert_eq!(post("/themes/apply", "what=hide&theme=meals_home&seen=3").status, 303);
    assert_eq!(post("/themes/apply", "what=back&seen=4").status, 303);
    let now = page.get("/themes");
    assert!(now.contains("+3") && now.contains("taken back"), "{now}");
    drop(page);
    dir.heard(&["report", "heard-out"]).expect(0);
    let report = dir.text("heard-out/publish/report.html");
    assert!(report.contains("Time to care") && report.contains("Strangers"));
    let merged = "“Missed and cancelled visits” is put together with “Punctuality”";
    assert_eq!(
        (report.matches("Missed and cancelled visits").count(), report.matches(merged).count()),
        (1, 1),
        "a theme that was put together is named where the changes are told, and nowhere else"
    );
    assert!(report.contains("Whether visits happen at all"), "what a theme covers now is not told");
    assert!(report.contains("“Strangers” is split from “"));
    assert!(!report.contains("different face*"), "what somebody searched for is published");
    assert!(
        report.contains("Food") || report.contains("meal"),
        "a change that was taken back holds"
    );
    // The model's own codes stay as they were.
    assert_eq!(std::fs::read(dir.path("heard-out/restricted/codings.parquet")).unwrap(), table);
    let next = "heard-out/restricted/codebook-next.toml";
    dir.heard(&["codebook", "check", next]).expect(0);
    let args = ["run", "second.csv", "--model", "fast", "--quiet", "--out", "next", "--codebook"];
    dir.heard(&[&args[..], &[next]].concat());
    let (found, _) = themes(&dir, "next");
    assert!(!found.contains_key("missed_visits") && found.contains_key("punctuality"), "{found:?}");
    assert!(dir.path("next/restricted/codebook.toml").is_file());
}

#[test]
fn the_list_of_what_to_check_follows_masks_and_forgetting() {
    let dir = Dir::new();
    dir.write(
        "survey.csv",
        "id,What could be better?\nA1,It is the zorblax that is late and the wibbleby too.\nA2,The wibbleby never answers the phone.\n",
    );
    dir.heard(&["run", "survey.csv", "--model", "fast", "--suppress", "none", "--quiet"]);
    let list = "heard-out/restricted/to-check.csv";
    dir.write(
        list,
        "response_id,start,end,reason\n1-2,10,17,name\n1-2,39,47,name\n1-3,4,12,name\n",
    );
    let page = Page::open(&dir, "AB");
    let origin = format!("Origin: http://127.0.0.1:{}", page.port);
    page.ask("POST", "/act/all/0", &[&origin], "version=0&do=mask&words=zorblax&kind=PERSON");
    crate::review::until("the list was not mended", || {
        let text = std::fs::read_to_string(dir.path(list)).unwrap_or_default();
        text.lines().count() == 3 && text.contains("1-2,42,50,name")
    });
    drop(page);
    dir.heard(&["forget", "heard-out", "1-2"]).expect(0);
    assert_eq!(dir.text(list), "response_id,start,end,reason\n1-3,4,12,name\n");
}

#[test]
fn two_people_code_the_same_answers_without_seeing_each_other() {
    let dir = Dir::new();
    halves(&dir);
    dir.heard(&["run", "first.csv", "--model", "fast", "--suppress", "none", "--quiet"]);
    let code = |coder: &str, theme: &str| {
        let page = Page::open(&dir, coder);
        let origin = format!("Origin: http://127.0.0.1:{}", page.port);
        let mut read = Vec::new();
        for _ in 0..4 {
            let to = page.ask("GET", "/read/twice", &[], "");
            let to = to.head.lines().find_map(|l| l.strip_prefix("location: ")).unwrap().to_owned();
            let shown = page.get(&to);
            assert_eq!(crate::review::codes(&shown), [], "{coder} sees codes: {shown}");
            let act = to.replace("/read/", "/act/");
            let version = crate::review::version(&shown);
            let add =
                format!("version={version}&do=add&segment=0&theme={theme}&sentiment=negative");
            page.ask("POST", &act, &[&origin], &add);
            let version = crate::review::version(&page.get(&to));
            page.ask("POST", &act, &[&origin], &format!("version={version}&do=done"));
            read.push(to);
        }
        read
    };
    // Both are given the same answers in the same order.
    assert_eq!(code("AB", "punctuality"), code("CD", "continuity"));
    let found = dir.heard(&["agree", "heard-out", "--blind", "--json"]).expect(0);
    let found: serde_json::Value = serde_json::from_str(&found.out()).unwrap();
    assert_eq!((&found["both"], &found["blind"]), (&4.into(), &4.into()));
    assert_eq!(found["exact"]["value"], 0.0);
    assert_eq!(found["confusion"][0][2], 4);
}
