//! What cannot be read gets a sentence that names the file and says what to do, exit code 2, and
//! nothing half-written.

use crate::work::Dir;

const COMMENTS: &str = "id,What could be better about your care?\n\
    1,They are always late and nobody rings to say so\n\
    2,The carers are kind but they rush in and out in ten minutes\n\
    3,I never know who is coming through the door from one day to the next\n";

/// Runs on one bad file and checks what must hold for all of them.
#[track_caller]
fn refused(dir: &Dir, file: &str, says: &[&str]) {
    let ran = dir.heard(&["run", file]).expect(2);
    let message = ran.err();
    for part in says {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
    assert!(message.contains(file), "the file is not named: {message}");
    assert_eq!(message.lines().count(), 1, "more than a sentence: {message}");
    assert!(!dir.path("heard-out").exists());
    assert!(!dir.path("heard-out.partial").exists());
}

#[test]
fn a_missing_file_is_named() {
    let dir = Dir::new();
    refused(&dir, "nowhere.csv", &[]);
}

#[test]
fn an_empty_file_is_told() {
    let dir = Dir::new();
    dir.write("empty.csv", "");
    refused(&dir, "empty.csv", &["empty"]);
}

#[test]
fn a_docx_that_is_not_one_is_told() {
    let dir = Dir::new();
    dir.write("letter.docx", "Dear Sir, this is plain text under a wrong name.");
    refused(&dir, "letter.docx", &[]);
}

#[test]
fn a_broken_quote_is_told_with_its_row() {
    let dir = Dir::new();
    dir.write("broken.csv", format!("{COMMENTS}4,\"They never come on time and\n5,fine\n"));
    refused(&dir, "broken.csv", &["5", "quot"]);
}

#[test]
fn a_file_without_open_text_is_explained() {
    let dir = Dir::new();
    dir.write("closed.csv", "id,area,score\n1,West,4\n2,East,5\n3,West,3\n4,West,1\n");
    refused(&dir, "closed.csv", &["open text", "heard check"]);
    dir.heard(&["check", "closed.csv"]).expect(0);
}

#[test]
fn a_password_protected_workbook_is_told() {
    let dir = Dir::new();
    let fixture = crate::work::fixtures().join("bad/password.xlsx");
    dir.write("secret.xlsx", std::fs::read(fixture).unwrap());
    refused(&dir, "secret.xlsx", &["password"]);
}

#[test]
fn an_earlier_run_is_not_written_over_unless_forced() {
    let dir = Dir::new();
    dir.write("comments.csv", COMMENTS);
    dir.heard(&["run", "comments.csv"]).expect(0);
    let page = crate::review::Page::serve(&dir, &["review", "heard-out", "--no-browser"]).enter();
    page.press(0, "do=note&note=ring+back");
    drop(page);
    let log = |name: &str| {
        dir.heard(&["review", "heard-out", "--audit", name]).expect(0);
        dir.text(name)
    };
    let before = log("before.csv");
    assert!(before.contains("ring back"), "{before}");
    let ran = dir.heard(&["run", "comments.csv"]).expect(2);
    assert!(ran.err().contains("--force"), "{}", ran.err());
    dir.heard(&["run", "comments.csv", "--force"]).expect(0);
    assert_eq!(log("after.csv"), before);
    // A log that cannot be read is told, and left as it is.
    dir.write("heard-out/restricted/decisions.sqlite", "decisions that people made");
    let ran = dir.heard(&["run", "comments.csv", "--force"]).expect(2);
    assert!(ran.err().contains("decisions.sqlite"), "{}", ran.err());
    assert_eq!(dir.text("heard-out/restricted/decisions.sqlite"), "decisions that people made");
}

#[test]
fn a_folder_that_is_not_a_run_is_never_replaced() {
    let dir = Dir::new();
    dir.write("comments.csv", COMMENTS);
    dir.write("photos/holiday.txt", "not ours");
    let ran = dir.heard(&["run", "comments.csv", "--out", "photos", "--force"]).expect(2);
    assert!(ran.err().contains("photos"), "{}", ran.err());
    assert_eq!(dir.text("photos/holiday.txt"), "not ours");
}

#[test]
fn an_output_folder_that_cannot_be_made_is_told() {
    let dir = Dir::new();
    dir.write("comments.csv", COMMENTS);
    dir.write("file", "a file where a folder should be");
    let ran = dir.heard(&["run", "comments.csv", "--out", "file/evidence"]).expect(2);
    assert!(ran.err().contains("file"), "{}", ran.err());
}

#[test]
fn a_misspelt_setting_gets_a_suggestion() {
    let dir = Dir::new();
    dir.write("comments.csv", COMMENTS);
    dir.write("heard.toml", "input = [\"comments.csv\"]\nsupress = \"nhs\"\n");
    let ran = dir.heard(&["run", "heard.toml"]).expect(2);
    assert!(ran.err().contains("suppress") && ran.err().contains("heard.toml"), "{}", ran.err());
    assert!(!dir.path("heard-out").exists());
}

#[test]
fn a_column_that_is_not_there_gets_a_suggestion() {
    let dir = Dir::new();
    dir.write("comments.csv", COMMENTS);
    let ran = dir.heard(&["run", "comments.csv", "--by", "Provder"]).expect(2);
    assert!(ran.err().contains("Provder"), "{}", ran.err());
}

#[test]
fn a_bad_file_in_a_folder_is_set_aside_and_the_run_goes_on() {
    let dir = Dir::new();
    dir.write("in/comments.csv", COMMENTS);
    dir.write("in/letter.docx", "not a document");
    let ran = dir.heard(&["run", "in"]);
    assert!(ran.code() < 2, "{}", ran.err());
    let set_aside = dir.rows("heard-out/restricted/unprocessed.parquet");
    assert_eq!(set_aside.len(), 1, "{set_aside:?}");
    let counts = &dir.json("heard-out/run.json")["counts"];
    assert_eq!(counts["rows_read"], 4);
    assert_eq!(counts["rows_with_answers"], 3);
    assert_eq!(counts["rows_unprocessed"], 1);
}

#[cfg(unix)]
#[test]
fn a_full_disk_or_unwritable_folder_is_told_and_leaves_nothing() {
    let dir = Dir::new();
    dir.write("comments.csv", COMMENTS);
    // A folder below a device cannot be made, whoever runs the test.
    let ran = dir.heard(&["run", "comments.csv", "--out", "/dev/null/evidence"]).expect(2);
    assert!(ran.err().contains("/dev/null/evidence"), "{}", ran.err());
}

#[test]
fn a_bad_row_is_set_aside_with_its_reason_and_the_counts_balance() {
    let dir = Dir::new();
    dir.write(
        "comments.jsonl",
        "{\"ref\": 1, \"comment\": \"They are always late and nobody rings\"}\n\
         {\"ref\": 2, \"comment\": \"Lovely girls, I trust them\n\
         {\"ref\": 3, \"comment\": \"Never the same face twice in a week\"}\n",
    );
    let ran = dir.heard(&["run", "comments.jsonl"]).expect(1);
    assert!(ran.out().contains("could not be read"), "{}", ran.out());
    let set_aside = dir.rows("heard-out/restricted/unprocessed.parquet");
    assert_eq!((set_aside.len(), set_aside[0]["row"].as_str()), (1, "2"));
    assert!(!set_aside[0]["detail"].contains("Lovely"));
    let counts = &dir.json("heard-out/run.json")["counts"];
    assert_eq!((&counts["rows_read"], &counts["rows_with_answers"]), (&3.into(), &2.into()));
}
