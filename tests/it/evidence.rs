//! What a run writes: every file of the design, with exactly its schema, the same bytes again.

use crate::work::{Dir, rewrite, samples, schema};

fn run_bolton(dir: &Dir, out: &str, more: &[&str]) {
    let input = samples().join("bolton");
    let mut args = vec!["run", input.to_str().unwrap(), "--out", out, "--quiet"];
    args.extend(more);
    dir.heard(&args).expect(0);
}

#[test]
fn a_run_writes_every_file_of_the_design() {
    let dir = Dir::new();
    run_bolton(&dir, "evidence", &[]);
    let files = dir.files("evidence");
    for expected in [
        "publish/report.docx",
        "publish/report.html",
        "publish/tables.xlsx",
        "publish/charts/themes.png",
        "publish/charts/themes.svg",
        "publish/charts/sentiment.svg",
        "publish/charts/themes_by_respondent_type.svg",
        "publish/tables/themes.csv",
        "publish/tables/themes.parquet",
        "restricted/codings.parquet",
        "restricted/key.parquet",
        "restricted/measures.parquet",
        "restricted/notebook.ipynb",
        "restricted/outcomes.parquet",
        "restricted/responses.parquet",
        "restricted/segments.parquet",
        "restricted/unprocessed.parquet",
        "run.json",
    ] {
        assert!(files.iter().any(|f| f == expected), "{expected} is not in {files:#?}");
    }
    assert!(files.iter().all(|f| !f.contains("partial")));
}

#[test]
fn the_tables_have_exactly_the_columns_of_the_design() {
    let dir = Dir::new();
    run_bolton(&dir, "evidence", &["--by", "Area"]);
    let mut shown = String::new();
    for table in heard::schema::Table::ALL {
        let path = dir.path(&format!("evidence/restricted/{}", table.file_name()));
        shown.push_str(&format!("{}\n", table.file_name()));
        for field in schema(&path).fields() {
            let null = if field.is_nullable() { "?" } else { "" };
            shown.push_str(&format!("  {}: {}{null}\n", field.name(), field.data_type()));
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn running_twice_and_with_one_or_two_threads_gives_the_same_bytes() {
    let dir = Dir::new();
    run_bolton(&dir, "one", &["--threads", "1"]);
    run_bolton(&dir, "two", &["--threads", "2"]);
    run_bolton(&dir, "again", &["--threads", "2"]);
    let files = dir.files("one");
    assert_eq!(files, dir.files("two"));
    for file in files.iter().filter(|f| *f != "run.json") {
        let one = dir.bytes(&format!("one/{file}"));
        assert!(one == dir.bytes(&format!("two/{file}")), "{file} differs with two threads");
        assert!(one == dir.bytes(&format!("again/{file}")), "{file} differs the second time");
    }
}

#[test]
fn counts_balance_and_offsets_lead_back_to_the_words() {
    let dir = Dir::new();
    run_bolton(&dir, "evidence", &[]);
    let counts = dir.json("evidence/run.json")["counts"].clone();
    let number = |name: &str| counts[name].as_u64().unwrap();
    assert_eq!(number("rows_read"), number("rows_with_answers") + number("rows_unprocessed"));
    assert_eq!(
        number("answers"),
        number("informative")
            + number("no_content")
            + number("refers_elsewhere")
            + number("unassigned")
    );
    let responses = dir.rows("evidence/restricted/responses.parquet");
    assert_eq!(responses.len() as u64, number("answers"));
    let text_of = |id: &str| {
        responses.iter().find(|r| r["response_id"] == id).map(|r| r["text"].clone()).unwrap()
    };
    let segments = dir.rows("evidence/restricted/segments.parquet");
    assert_eq!(segments.len() as u64, number("segments"));
    for segment in &segments {
        let text: Vec<char> = text_of(&segment["response_id"]).chars().collect();
        let at = |name: &str| segment[name].parse::<usize>().unwrap();
        let words: String = text[at("start")..at("end")].iter().collect();
        assert_eq!(words, segment["text"]);
    }
}

#[test]
fn the_report_can_be_made_again_from_the_tables_alone() {
    let dir = Dir::new();
    run_bolton(&dir, "evidence", &[]);
    let before = dir.bytes("evidence/publish/report.html");
    let tables = dir.bytes("evidence/publish/tables/themes.parquet");
    std::fs::remove_dir_all(dir.path("evidence/publish")).unwrap();
    dir.heard(&["report", "evidence", "--quiet"]).expect(0);
    assert!(dir.bytes("evidence/publish/tables/themes.parquet") == tables);
    assert!(dir.bytes("evidence/publish/report.html") == before, "the report differs");
}

#[test]
fn tables_of_an_earlier_version_are_read_and_those_of_a_later_one_are_refused() {
    let dir = Dir::new();
    run_bolton(&dir, "evidence", &[]);
    let themes = dir.bytes("evidence/publish/tables/themes.csv");
    let restricted = dir.path("evidence/restricted");
    // Version 2 did not know letters of a campaign.
    rewrite(&restricted.join("responses.parquet"), "campaign", "2");
    dir.heard(&["report", "evidence", "--quiet"]).expect(0);
    assert!(dir.bytes("evidence/publish/tables/themes.csv") == themes);
    // Version 1 did not know which codes are to be reviewed.
    rewrite(&restricted.join("codings.parquet"), "review", "1");
    let ran = dir.heard(&["report", "evidence", "--quiet"]).expect(2);
    assert!(
        ran.err().contains("codings.parquet") && ran.err().contains("--force"),
        "{}",
        ran.err()
    );
    rewrite(&restricted.join("responses.parquet"), "", "99");
    let ran = dir.heard(&["report", "evidence", "--quiet"]).expect(2);
    assert!(ran.err().contains("a later version of Heard"), "{}", ran.err());
}
