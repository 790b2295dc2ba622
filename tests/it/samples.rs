//! The five situations: each folder runs as it is and has what its README says.

use std::collections::BTreeMap;

use crate::work::{Dir, fixtures, samples};

fn run(sample: &str, more: &[&str]) -> Dir {
    let dir = Dir::new();
    let input = samples().join(sample);
    let mut args = vec!["run", input.to_str().unwrap(), "--quiet"];
    args.extend(more);
    dir.heard(&args).expect(0);
    dir
}

fn count_by(dir: &Dir, column: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in dir.rows("heard-out/restricted/responses.parquet") {
        *counts.entry(row[column].clone()).or_default() += 1;
    }
    counts
}

#[test]
fn bolton_holds_testimonies_of_all_who_are_concerned() {
    let dir = run("bolton", &[]);
    let sources = dir.json("heard-out/run.json")["counts"]["sources"].as_u64().unwrap();
    assert_eq!(sources, 31);
    let channels = count_by(&dir, "channel");
    assert!(channels.keys().any(|c| c == "survey") && channels.keys().any(|c| c == "testimony"));
    // Those who did not consent are counted and never quoted.
    assert_eq!(count_by(&dir, "may_quote")["false"], 14);
    let html = dir.text("heard-out/publish/report.html");
    for row in dir.rows("heard-out/restricted/responses.parquet") {
        if row["may_quote"] == "false" && row["text"].len() > 40 {
            assert!(!html.contains(&row["text"][..40]));
        }
    }
}

#[test]
fn leeds_has_two_waves_of_two_questions() {
    let dir = run("leeds", &["--by", "Which area of the city do you live in?"]);
    assert_eq!(count_by(&dir, "source"), [("s1".into(), 300), ("s2".into(), 300)].into());
    let waves = count_by(&dir, "wave");
    assert_eq!(waves.keys().map(String::as_str).collect::<Vec<_>>(), ["2024", "2025"]);
    let polarity = count_by(&dir, "polarity");
    assert_eq!((polarity["good"], polarity["improve"]), (300, 300));
    assert!(dir.path("heard-out/publish/charts/change_between_waves.svg").is_file());
}

#[test]
fn stoke_counts_its_letters_and_sets_the_scan_aside() {
    let dir = run("stoke", &["--invited", "1200"]);
    let counts = &dir.json("heard-out/run.json")["counts"];
    // 49 letters and 84 replies are answers; one letter is a scan.
    assert_eq!(counts["rows_read"], 134);
    assert_eq!(counts["rows_with_answers"], 133);
    let set_aside = dir.rows("heard-out/restricted/unprocessed.parquet");
    assert_eq!(set_aside.len(), 1);
    assert_eq!(set_aside[0]["reason"], "scanned_document");
    assert_eq!(count_by(&dir, "channel")["letter"], 49);
    let report = dir.text("heard-out/publish/report.html");
    // The scan was received; the margin is of those whom shares are of, not of those who replied.
    assert!(report.contains("Of 1,200 people invited, 134 replied"));
    assert!(report.contains("The margin of error of shares of these 1"));
    // A proposal was put to people: nobody may say that they raised it of themselves.
    assert!(!report.contains("Nobody was asked about these themes"));
}

#[test]
fn thurrock_is_read_in_both_encodings_with_its_breakdowns() {
    let dir = run("thurrock", &["--by", "area type", "--by", "service"]);
    assert_eq!(count_by(&dir, "source"), [("s1".into(), 125), ("s2".into(), 125)].into());
    let areas = count_by(&dir, "by_area_type");
    assert_eq!(areas.keys().map(String::as_str).collect::<Vec<_>>(), ["Rural", "Urban"]);
    let text: String = dir
        .rows("heard-out/restricted/responses.parquet")
        .into_iter()
        .map(|r| r["text"].clone())
        .collect();
    assert!(text.contains('’') && !text.contains('\u{fffd}') && !text.contains("â€"));
}

#[test]
fn bellevie_reads_both_sheets_as_staff_voices() {
    let dir = run("bellevie", &[]);
    assert_eq!(count_by(&dir, "source"), [("s1".into(), 80), ("s2".into(), 80)].into());
    let types = count_by(&dir, "respondent_type");
    assert!(types.get("care_worker").copied().unwrap_or_default() > 100, "{types:?}");
}

#[test]
fn a_workbook_says_the_same_as_xlsx_xls_and_ods() {
    let dir = Dir::new();
    let read = |file: std::path::PathBuf, out: &str| -> Vec<(String, String)> {
        dir.heard(&["run", file.to_str().unwrap(), "--out", out, "--quiet"]).expect(0);
        dir.rows(&format!("{out}/restricted/responses.parquet"))
            .into_iter()
            .map(|row| (row["response_id"].clone(), row["text"].clone()))
            .collect()
    };
    let xlsx = read(samples().join("bellevie/staff-voices.xlsx"), "xlsx");
    assert_eq!(xlsx.len(), 160);
    assert_eq!(read(fixtures().join("formats/staff-voices.xls"), "xls"), xlsx);
    assert_eq!(read(fixtures().join("formats/staff-voices.ods"), "ods"), xlsx);
}
