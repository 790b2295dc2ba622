//! Files in, as people have them: what `heard check` writes is what `heard run` takes, and damaged or
//! hostile files end in a sentence.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::time::{Duration, Instant};

use crate::work::{Dir, fixtures};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).unwrap()
}

#[test]
fn check_in_json_tells_what_was_understood_and_names_nobody() {
    let dir = Dir::new();
    for name in ["surveymonkey.csv", "citizen-space.csv", "qualtrics.csv"] {
        dir.write(&format!("in/{name}"), fixture(&format!("exports/{name}")));
    }
    let shown = dir.heard(&["check", "in", "--json"]).expect(0).out();
    let found: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let found = found.as_array().unwrap();
    let by_file: BTreeMap<&str, &serde_json::Value> =
        found.iter().map(|one| (one["file"].as_str().unwrap(), one)).collect();
    let citizen = by_file["in/citizen-space.csv"];
    assert_eq!(citizen["encoding"], "windows-1252");
    assert_eq!(by_file["in/qualtrics.csv"]["header_rows"].as_array().unwrap().len(), 3);
    let monkey = by_file["in/surveymonkey.csv"];
    assert_eq!(monkey["answers"]["all"], 30);
    assert!(monkey["answers"]["languages"]["en"].as_u64().unwrap() > 10);
    assert!(!dir.path("heard.toml").exists());
    assert!(!shown.contains("Pat Example"), "{shown}");
}

#[test]
fn scans_go_out_to_be_typed_and_come_back() {
    let dir = Dir::new();
    dir.write("letters/bundle.pdf", fixture("formats/bundle.pdf"));
    dir.write("letters/scan.pdf", fixture("exports/scan.pdf"));
    let shown = dir.heard(&["check", "letters"]).expect(0);
    assert!(shown.out().contains("3 letters (pages 1-2, 3-4, 5)"), "{}", shown.out());
    assert!(dir.path("to-type.xlsx").is_file());
    let settings = dir.text("heard.toml");
    assert!(settings.contains("letters = [\"1-2\", \"3-4\", \"5\"]"), "{settings}");
    dir.heard(&["run", "heard.toml", "--quiet"]).expect(1);
    let counts = &dir.json("heard-out/run.json")["counts"];
    assert_eq!((&counts["rows_read"], &counts["rows_with_answers"]), (&4.into(), &3.into()));
    // What is typed into the workbook is read by the next run.
    let typed = type_into(&dir.bytes("to-type.xlsx"));
    dir.write("to-type.xlsx", typed);
    dir.heard(&["run", "heard.toml", "--quiet", "--force"]).expect(0);
    let rows = dir.rows("heard-out/restricted/responses.parquet");
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().any(|row| row["text"].contains("never ring")));
    // Checking again does not write over what was typed.
    dir.heard(&["check", "letters", "--write", "again.toml"]).expect(0);
    assert!(part(&dir.bytes("to-type.xlsx"), "xl/worksheets/sheet1.xml").contains("never ring"));
}

/// The workbook with words in the column for text.
fn type_into(book: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..zip.len() {
        let mut file = zip.by_index(i).unwrap();
        let name = file.name().to_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            let mut text = String::from_utf8(bytes).unwrap();
            for row in 2..4 {
                let start = text.find(&format!("<c r=\"F{row}\"")).unwrap();
                let end = start + text[start..].find("/>").unwrap() + 2;
                let words = "They never ring when they are late.";
                let cell = format!("<c r=\"F{row}\" t=\"inlineStr\"><is><t>{words}</t></is></c>");
                text.replace_range(start..end, &cell);
            }
            bytes = text.into();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn part(book: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_same_words_and_campaign_letters_are_linked_and_counted() {
    let dir = Dir::new();
    let campaign = "I am writing to object to the plan to move home care into locality teams. My relative \
        has had the same carer for years and would lose her. Nobody has told us what happens at weekends.";
    dir.write("a.csv", format!("id,Why do you say that?\n1,{campaign}\n2,{campaign} I cried.\n3,The girls never ring when they are late\n"));
    dir.write("b.txt", "The girls NEVER ring when they are late!");
    dir.heard(&["run", "a.csv", "b.txt", "--quiet"]).expect(0);
    let rows = dir.rows("heard-out/restricted/responses.parquet");
    let of = |id: &str, column: &str| {
        rows.iter().find(|row| row["response_id"] == id).map(|row| row[column].clone()).unwrap()
    };
    assert_eq!((of("1-3", "campaign"), of("2-1", "duplicate_of")), ("1-2".into(), "1-4".into()));
    let counts = &dir.json("heard-out/run.json")["counts"];
    assert_eq!((&counts["campaign"], &counts["duplicates"]), (&1.into(), &1.into()));
    assert_eq!(counts["answers"], 4);
}

/// A zip of these parts.
fn zipped(parts: &[(&str, String)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        out.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(content.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// A PDF of these objects, the first of which is its root.
fn pdf(objects: &[&str]) -> String {
    let mut out = String::from("%PDF-1.4\n");
    let mut starts = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        starts.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", i + 1));
    }
    let table = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for start in starts {
        out.push_str(&format!("{start:010} 00000 n \n"));
    }
    let size = objects.len() + 1;
    out + &format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF")
}

#[test]
fn hostile_files_are_refused_with_a_reason() {
    let word = |body: String| {
        zipped(&[(
            "word/document.xml",
            format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>"),
        )])
    };
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>";
    let form = "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 5 0 R>>>>/Length 5>>\nstream\n/A Do\nendstream";
    let pages = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
    let catalog = "<</Type/Catalog/Pages 2 0 R>>";
    let contents = "<</Length 5>>\nstream\n/A Do\nendstream";
    let rows = "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell office:value-type=\"string\" \
        table:number-columns-repeated=\"16384\"><text:p>late</text:p></table:table-cell></table:table-row>";
    let ods = format!(
        "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"S\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let manifest = "<?xml version=\"1.0\"?><manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    let files: [(&str, Vec<u8>); 6] = [
        ("bomb.docx", word(format!("<w:p><w:t>{}</w:t></w:p>", "a".repeat(700 * 1024 * 1024)))),
        ("loop.pdf", pdf(&[catalog, pages, page, contents, form]).into()),
        ("pages.pdf", pdf(&[catalog, "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"]).into()),
        (
            "billion.ods",
            zipped(&[
                ("mimetype", "application/vnd.oasis.opendocument.spreadsheet".into()),
                ("META-INF/manifest.xml", manifest.into()),
                ("content.xml", ods),
            ]),
        ),
        ("deep.json", vec![b'['; 1_000_000]),
        ("quote.csv", format!("id,comment\n1,\"late\n{}", "x,y\n".repeat(100_000)).into()),
    ];
    for (name, bytes) in files {
        let dir = Dir::new();
        dir.write(name, bytes);
        let started = Instant::now();
        let ran = dir.heard(&["run", name]).expect(2);
        assert!(started.elapsed() < Duration::from_secs(30), "{name}");
        assert!(ran.err().contains(name) && ran.err().lines().count() == 1, "{}", ran.err());
        assert!(!dir.path("heard-out").exists());
    }
    // Deep nesting alone does no harm.
    let dir = Dir::new();
    dir.write("deep.docx", word(format!("{}<w:t>They are late.</w:t>", "<w:p>".repeat(300_000))));
    assert!([0, 2].contains(&dir.heard(&["check", "deep.docx", "--no-write"]).code()));
}
