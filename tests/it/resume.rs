//! Large runs: one that is stopped and goes on writes what an uninterrupted one writes, to the byte;
//! tables of rows as folders for data lakes hold the same rows.

use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::work::Dir;

/// Comments of three questions, with ids that come again, repeated words, a letter that many sent,
/// blank answers and rows that cannot be read.
fn export(rows: usize) -> String {
    const SAID: [&str; 8] = [
        "They come at all hours and nobody rings when they are late.",
        "The carers are kind and I would be lost without them.",
        "n/a",
        "Mum was left without her tablets twice last week, she is frightened now.",
        "It costs more each year and we get less.",
        "Never the same face twice; I have to explain everything again.",
        "My carer Denise always makes time for a chat and she knows how I like my tea.",
        "Please stop the plan. We were never asked about it by anyone. My father would lose the carer \
         whom he has had for years and he would not cope with that at all.",
    ];
    let mut out = String::from("Id,Area,What was good?,What could be better?,Anything else?\n");
    for row in 0..rows {
        let said = |n: usize| SAID[(row * 7 + n * 3) % SAID.len()];
        let area = ["North", "South", "East"][row % 3];
        let (id, more) = (row % (rows * 2 / 3), row % 11);
        let _ = writeln!(out, "{id},{area},\"{} {more}\",\"{}\",\"{}\"", said(0), said(1), said(2));
        if row % 97 == 0 {
            out.push_str("torn,row\n");
        }
    }
    out
}

const SETTINGS: &str = "input = [\"export.csv\"]\nmodel = \"fast\"\nid = \"Id\"\nby = [\"Area\"]\n\
    text = [\"What was good?\", \"What could be better?\", \"Anything else?\"]\n\
    [limits]\npartition_answers = 300\n";

fn started(dir: &Dir, args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_heard-under-test"))
        .args(args)
        .current_dir(dir.root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Everything that a run wrote but its times.
fn written(dir: &Dir, out: &str) -> Vec<(String, Vec<u8>)> {
    let files = dir.files(out).into_iter().filter(|name| name != "run.json");
    files.map(|name| (name.clone(), dir.bytes(&format!("{out}/{name}")))).collect()
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_as_if_nothing_had_been() {
    let dir = Dir::new();
    dir.write("export.csv", export(4_000));
    dir.write("heard.toml", SETTINGS);
    dir.heard(&["run", "heard.toml", "--out", "whole"]).expect(0);
    let partitions = dir.path("stopped.partial/partitions");
    let complete = || (1..99).take_while(|n| partitions.join(format!("{n:06}")).is_dir()).count();
    let (mut kills, mut gone_on) = (0, 0);
    // Each time a little further, and killed with one more partition complete.
    while kills < 5 {
        let before = complete();
        let mut run = started(&dir, &["run", "heard.toml", "--out", "stopped", "--resume"]);
        let clock = Instant::now();
        while complete() < before + 2 && run.try_wait().unwrap().is_none() {
            assert!(clock.elapsed() < Duration::from_secs(120), "nothing comes of the run");
            std::thread::sleep(Duration::from_millis(2));
        }
        run.kill().unwrap();
        run.wait().unwrap();
        if dir.path("stopped").exists() {
            break;
        }
        kills += 1;
        gone_on += usize::from(before > 0);
    }
    assert!(kills >= 3 && gone_on >= 2, "{kills} kills, {gone_on} of runs that had gone on");
    let other = dir.heard(&["run", "heard.toml", "--out", "stopped"]).expect(2);
    assert!(other.err().contains("--resume"), "{}", other.err());
    dir.heard(&["run", "heard.toml", "--out", "stopped", "--resume", "--threads", "1"]).expect(0);
    assert!(!dir.path("stopped.partial").exists());
    let (whole, stopped) = (written(&dir, "whole"), written(&dir, "stopped"));
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&whole), names(&stopped));
    for ((name, one), (_, other)) in whole.iter().zip(&stopped) {
        assert!(one == other, "{name} differs");
    }
    let counts = |out: &str| dir.json(&format!("{out}/run.json"))["counts"].clone();
    assert_eq!(counts("whole"), counts("stopped"));
    // One that was to replace the run goes on, too; meanwhile nobody else works in its place.
    let forced = &["run", "heard.toml", "--out", "stopped", "--force"];
    let mut run = started(&dir, forced);
    while complete() < 2 && run.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
    let beside = dir.heard(forced).expect(2);
    assert!(beside.err().contains("another run is working"), "{}", beside.err());
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(complete() >= 2, "the run was done before it was stopped");
    dir.heard(&["run", "heard.toml", "--out", "stopped", "--resume"]).expect(0);
    assert!(!dir.path("stopped.partial").exists());
    for ((name, one), (_, other)) in whole.iter().zip(&written(&dir, "stopped")) {
        assert!(one == other, "{name} differs");
    }
}

#[test]
fn a_complete_run_is_recognised_and_another_is_not_taken_for_it() {
    let dir = Dir::new();
    dir.write("export.csv", export(60));
    dir.write("heard.toml", SETTINGS);
    dir.heard(&["run", "heard.toml", "--resume"]).expect(0);
    let made = dir.bytes("heard-out/run.json");
    let again = dir.heard(&["run", "heard.toml", "--resume"]).expect(0);
    assert!(again.out().contains("complete"), "{}", again.out());
    assert_eq!(dir.bytes("heard-out/run.json"), made);
    // One row more is another run.
    dir.write("export.csv", export(61));
    let other = dir.heard(&["run", "heard.toml", "--resume"]).expect(2);
    assert!(other.err().contains("--force"), "{}", other.err());
    assert_eq!(dir.bytes("heard-out/run.json"), made);
}

#[test]
fn folders_for_data_lakes_hold_the_rows_of_the_tables_and_forget_with_them() {
    let dir = Dir::new();
    let mut csv = String::from("Id,Date,Area,What could be better?\n");
    for row in 0..60 {
        let (month, area) = (row % 3 + 1, ["North", "Old / New"][row % 2]);
        let date =
            if row == 7 { String::new() } else { format!("{:02}/{month:02}/2026", row % 28 + 1) };
        let said = "They never ring when they are late and mum sits waiting by the window";
        let _ = writeln!(csv, "u{row},{date},{area},{said} on day {row}");
    }
    dir.write("export.csv", csv);
    let run = |by: &str, out: &str| {
        let rest = ["--model", "fast", "--id", "Id", "--by", "Area", "--out", out];
        dir.heard(&[["run", "export.csv", "--partition-by", by].as_slice(), &rest].concat())
    };
    run("month", "months").expect(0);
    run("Area", "areas").expect(0);
    for (out, name, values) in [
        (
            "months",
            "month",
            ["2026-01", "2026-02", "2026-03", "__HIVE_DEFAULT_PARTITION__"].as_slice(),
        ),
        ("areas", "by_area", &["North", "Old%20%2F%20New"]),
    ] {
        for table in ["responses", "segments", "codings", "measures", "outcomes"] {
            let mut rows = Vec::new();
            for value in values {
                let part =
                    format!("{out}/restricted/partitioned/{table}/{name}={value}/part-0.parquet");
                rows.extend(dir.rows(&part));
            }
            let mut whole = dir.rows(&format!("{out}/restricted/{table}.parquet"));
            whole.sort();
            rows.sort();
            assert_eq!(rows, whole, "{out}: {table}");
        }
        let folders = std::fs::read_dir(dir.path(&format!("{out}/restricted/partitioned/codings")));
        assert_eq!(folders.unwrap().count(), values.len());
    }
    // Who is forgotten is gone from the folders, too.
    dir.heard(&["forget", "months", "u12"]).expect(0);
    let part = "months/restricted/partitioned/responses/month=2026-01/part-0.parquet";
    assert!(dir.rows(part).iter().all(|row| !row["text"].ends_with("day 12")));
    let wrong = run("ward", "wards").expect(2);
    assert!(wrong.err().contains("ward"), "{}", wrong.err());
    let wrong = run("year", "years").expect(2);
    assert!(!dir.path("years").exists(), "{}", wrong.err());
}
