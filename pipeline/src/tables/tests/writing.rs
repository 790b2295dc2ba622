//! Files on disk: the same each time, and nothing in them runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::super::{Facts, Profile, evidence, write};
use super::*;
use crate::store::Metadata;

fn people() -> Vec<CodedResponse> {
    (0..90)
        .map(|at| {
            let mut answer = answer(1, at);
            let provider = ["=HYPERLINK(\"http://example.org\")", "@North", "South"];
            answer.response.by = vec![Some(provider[at as usize % 3].into())];
            answer.respondent_type.0 = RespondentType::ALL[at as usize % 4];
            if at % 2 == 0 {
                answer.codings = vec![coding((at % 3) as u16, Sentiment::Negative)];
            }
            answer.measures = vec![late_by(at)];
            answer
        })
        .collect()
}

fn of_kind(name: &str, kind: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == kind)
}

fn write_all(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let facts = Facts { redactions: [("PERSON".into(), 3)].into(), ..facts(Profile::Standard) };
    let found = evidence(&tally(&people()), &facts);
    let names = write(folder, &found, &[], Vec::new(), &Metadata::default()).expect("written");
    assert!(names.iter().any(|name| name == "breakdowns"));
    let mut files = BTreeMap::new();
    for path in [folder.to_owned(), folder.join("tables")] {
        for entry in fs::read_dir(path).expect("a folder").flatten() {
            if entry.path().is_file() {
                let name = entry.file_name().to_string_lossy().into_owned();
                files.insert(name, fs::read(entry.path()).expect("a file"));
            }
        }
    }
    files
}

#[test]
fn the_same_evidence_gives_the_same_bytes() {
    let (one, two) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let (one, two) = (write_all(one.path()), write_all(two.path()));
    assert!(one.contains_key("tables.xlsx") && one.contains_key("themes.parquet"));
    assert_eq!(one, two);
}

#[test]
fn no_value_of_a_csv_file_can_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = write_all(folder.path());
    let mut guarded = 0;
    for (name, bytes) in files.iter().filter(|(name, _)| of_kind(name, "csv")) {
        for record in csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]).records()
        {
            for field in &record.expect("a record") {
                assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r']), "{name}");
                guarded += usize::from(field.starts_with("'="));
            }
        }
    }
    assert!(guarded > 0);
}

#[test]
fn a_workbook_has_notes_first_says_draft_on_every_sheet_and_holds_no_formula() {
    let folder = tempfile::tempdir().expect("a folder");
    write_all(folder.path());
    let mut book: Xlsx<_> = open_workbook(folder.path().join("tables.xlsx")).expect("a workbook");
    let sheets = book.sheet_names();
    assert_eq!(sheets[0], "Notes");
    assert!(sheets.iter().any(|name| name == "By Provider"), "{sheets:?}");
    for sheet in sheets {
        assert!(book.worksheet_formula(&sheet).expect("formulas").is_empty(), "{sheet}");
        let cells = book.worksheet_range(&sheet).expect("cells");
        let draft = cells.get_value((1, 0)).map(ToString::to_string).unwrap_or_default();
        assert!(draft.starts_with("Draft: coded by computer"), "{sheet}");
        if sheet == "Themes" {
            assert!(matches!(cells.get_value((4, 4)), Some(Data::Float(_))));
        }
    }
}

#[test]
fn parquet_and_csv_hold_the_same_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = write_all(folder.path());
    for (name, bytes) in files.iter().filter(|(name, _)| of_kind(name, "parquet")) {
        let path = folder.path().join("tables").join(name);
        let file = fs::File::open(path).expect("a file");
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("parquet");
        let rows: usize =
            reader.build().expect("a reader").map(|batch| batch.expect("a batch").num_rows()).sum();
        let csv = &files[&name.replace(".parquet", ".csv")];
        assert_eq!(rows, csv::Reader::from_reader(&csv[..]).records().count(), "{name}");
        assert!(!bytes.is_empty());
    }
}
