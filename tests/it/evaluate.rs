//! `heard evaluate`: a run beside what people coded, in every layout and with every kind of trouble.
//!
//! The model is trained here on two themes that no model can confuse, so that the figures are known.

use crate::work::Dir;

const BUS: [&str; 6] = [
    "the bus to the centre was late again, day 41",
    "the bus to the centre was late again, day 42",
    "the bus to the centre was late again, day 43",
    "the bus to the centre was late again, day 44",
    "the bus to the centre was late again, day 45",
    "the bus to the centre was late again, day 46",
];
const SONG: [&str; 6] = [
    "we sang and the tea was hot and sweet, week 51",
    "we sang and the tea was hot and sweet, week 52",
    "we sang and the tea was hot and sweet, week 53",
    "we sang and the tea was hot and sweet, week 54",
    "we sang and the tea was hot and sweet, week 55",
    "we sang and the tea was hot and sweet, week 56",
];

/// A folder with a run of twelve answers, coded by a model for two themes.
fn day_centre() -> Dir {
    let dir = Dir::new();
    dir.write("own.toml", crate::commands::OWN_CODEBOOK);
    let mut training = String::from("text,themes\n");
    for i in 0..12 {
        training.push_str(&format!(
            "\"the bus to the centre was late again, day {i}\",\"transport:negative\"\n\
             \"we sang and the tea was hot and sweet, week {i}\",\"activities:positive\"\n"
        ));
    }
    dir.write("training.csv", training);
    let mut survey = String::from("ref,How was the day centre?\n");
    for (i, text) in BUS.iter().chain(&SONG).enumerate() {
        survey.push_str(&format!("A{},\"{text}\"\n", i + 1));
    }
    dir.write("survey.csv", survey);
    dir.heard(&[
        "train",
        "--coded",
        "training.csv",
        "--codebook",
        "own.toml",
        "--out",
        "own.model",
    ])
    .expect(0);
    dir.heard(&["run", "survey.csv", "--codebook", "own.toml", "--model", "own.model", "--quiet"])
        .expect(0);
    dir
}

/// (id, text, themes by people): the first song is not coded as one, the last bus as both.
fn coded() -> Vec<(String, &'static str, &'static str)> {
    BUS.iter()
        .chain(&SONG)
        .enumerate()
        .map(|(i, text)| {
            let themes = match i {
                5 => "transport:negative; activities:negative",
                6 => "",
                0..5 => "transport:negative",
                _ => "activities:positive",
            };
            (format!("A{}", i + 1), *text, themes)
        })
        .collect()
}

fn one_column(rows: &[(String, &str, &str)]) -> String {
    let mut out = String::from("ref,text,themes\n");
    for (id, text, themes) in rows {
        out.push_str(&format!("{id},\"{text}\",{themes}\n"));
    }
    out
}

fn json(dir: &Dir, files: &[&str]) -> serde_json::Value {
    let mut args = vec!["evaluate", "heard-out", "--json"];
    for file in files {
        args.extend(["--coded", file]);
    }
    serde_json::from_str(&dir.heard(&args).expect(0).out()).unwrap()
}

fn figure(found: &serde_json::Value, measure: &str, label: &str) -> f64 {
    let all = found["figures"].as_array().unwrap();
    let one = all.iter().find(|f| f["measure"] == measure && f["label"] == label);
    one.unwrap_or_else(|| panic!("{measure} of {label}"))["value"].as_f64().unwrap()
}

#[test]
fn a_run_is_compared_with_people_and_the_figures_are_those_of_a_hand_count() {
    let dir = day_centre();
    dir.write("coded.csv", one_column(&coded()));
    let shown = dir.heard(&["evaluate", "heard-out", "--coded", "coded.csv"]).expect(0).out();
    // How sure the model is changes with every model.
    let told = shown.lines().filter(|line| !line.trim_start().starts_with("Confidence"));
    let steady = told.collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!("evaluate", steady);

    // Transport 6 of 6. Activities: people 6, Heard 6, both 5. Together 11 of 12 and 12.
    let found = json(&dir, &["coded.csv"]);
    assert!((figure(&found, "f1", "transport") - 1.0).abs() < 1e-9);
    assert!((figure(&found, "precision", "activities") - 5.0 / 6.0).abs() < 1e-9);
    assert!((figure(&found, "recall", "activities") - 5.0 / 6.0).abs() < 1e-9);
    assert!((figure(&found, "micro_f1", "themes") - 11.0 / 12.0).abs() < 1e-9);
    assert!((figure(&found, "exact_match", "themes") - 10.0 / 12.0).abs() < 1e-9);
    assert_eq!(found["matches"]["by_own_id"], 12);

    let folder = "heard-out/restricted/evaluation";
    assert_eq!(
        dir.files(folder),
        [
            "agreement.parquet",
            "agreement.png",
            "agreement.svg",
            "calibration.parquet",
            "disagreements.csv",
            "disagreements.parquet",
        ]
    );
    let rows = dir.rows(&format!("{folder}/disagreements.parquet"));
    assert_eq!(rows.len(), 2);
    // A theme that was missed is worse than one too many that the model was not sure of.
    let said =
        |row: usize| ["response_id", "theme", "people", "model"].map(|c| rows[row][c].as_str());
    assert_eq!(said(0), ["1-7", "activities", "negative", "not given"]);
    assert_eq!(said(1), ["1-8", "activities", "not given", "positive"]);
    let micro = dir.rows(&format!("{folder}/agreement.parquet"));
    assert!(micro.iter().any(|r| r["measure"] == "micro_f1" && r["low"] < r["value"]));
    assert!(dir.text(&format!("{folder}/agreement.svg")).contains("agrees with people at F1 0.92"));
}

#[test]
fn every_layout_and_every_kind_of_file_gives_the_same_figures() {
    let dir = day_centre();
    let rows = coded();
    dir.write("coded.csv", one_column(&rows));
    let mut hot = String::from("Comment;TRANSPORT;Activities\n");
    let mut numbered = String::from("\u{feff}id,theme 1,sentiment 1,theme 2,sentiment 2\n");
    let mut lines = String::new();
    for (id, text, themes) in &rows {
        let cell = |theme: &str| {
            let part = themes.split("; ").find(|part| part.starts_with(theme));
            part.and_then(|part| part.split_once(':')).map_or("0", |part| part.1)
        };
        hot.push_str(&format!("\"{text}\";{};{}\n", cell("transport"), cell("activities")));
        let mut parts = themes.split("; ").filter(|t| !t.is_empty()).map(|t| t.replace(':', ","));
        let mut next = || parts.next().unwrap_or_else(|| ",".to_owned());
        let (one, two) = (next(), next());
        numbered.push_str(&format!("{id},{one},{two}\n"));
        let list: Vec<&str> = themes.split("; ").filter(|t| !t.is_empty()).collect();
        let record = serde_json::json!({"ref": id, "text": text, "themes": list});
        lines.push_str(&format!("{record}\n"));
    }
    dir.write("one-hot.csv", hot);
    dir.write("numbered.csv", numbered);
    dir.write("coded.jsonl", lines);
    workbook(&dir, "coded.xlsx", &rows);
    let expected = json(&dir, &["coded.csv"]);
    for file in ["one-hot.csv", "numbered.csv", "coded.jsonl", "coded.xlsx"] {
        let found = json(&dir, &[file]);
        for part in ["figures", "labels", "confusions", "calibration"] {
            assert_eq!(found[part], expected[part], "{part} of {file}");
        }
    }
    assert_eq!(json(&dir, &["one-hot.csv"])["matches"]["by_words"], 12);
}

#[test]
fn several_people_are_compared_with_each_other_and_with_heard() {
    let dir = day_centre();
    let rows = coded();
    dir.write("anna.csv", one_column(&rows));
    let other: Vec<(String, &str, &str)> = rows
        .iter()
        .map(|(id, text, themes)| {
            let themes = if id == "A7" { "activities:positive" } else { *themes };
            (id.clone(), *text, themes)
        })
        .collect();
    dir.write("bilal.csv", one_column(&other));
    let found = json(&dir, &["anna.csv", "bilal.csv"]);
    let people = &found["people"];
    assert_eq!((people["coders"].as_u64(), people["responses"].as_u64()), (Some(2), Some(12)));
    // 12 and 13 themes, 12 of them shared.
    assert!((people["micro_f1"].as_f64().unwrap() - 24.0 / 25.0).abs() < 1e-9, "{people}");
    // Heard with the first 22 of 24, with the second 24 of 25.
    let model = f64::midpoint(22.0 / 24.0, 24.0 / 25.0);
    assert!((people["model_micro_f1"].as_f64().unwrap() - model).abs() < 1e-9, "{people}");
    assert!((people["themes"]["transport"].as_f64().unwrap() - 1.0).abs() < 1e-9, "{people}");
    assert_eq!(found["compared"], 12);
    let shown = dir
        .heard(&["evaluate", "heard-out", "--coded", "anna.csv", "--coded", "bilal.csv"])
        .expect(0)
        .out();
    assert!(shown.contains("2 people coded the same 12 responses"), "{shown}");
}

#[test]
fn what_does_not_match_is_told_with_its_row() {
    let dir = day_centre();
    let mut rows = coded();
    rows.push(("Z99".to_owned(), "nobody in this survey wrote these words", "transport:negative"));
    dir.write("coded.csv", one_column(&rows));
    let ran = dir.heard(&["evaluate", "heard-out", "--coded", "coded.csv"]).expect(0);
    let shown = ran.out();
    assert!(shown.contains("1 coded response (coded.csv row 14"), "{shown}");
    assert!(!shown.contains("nobody in this survey") && ran.err().is_empty(), "{shown}");
    assert_eq!(json(&dir, &["coded.csv"])["matches"]["unmatched"][0]["row"], 14);
    // Nothing in common at all is an error.
    dir.write("other.csv", one_column(&rows[12..]));
    let ran = dir.heard(&["evaluate", "heard-out", "--coded", "other.csv"]).expect(2);
    assert!(ran.err().contains("none of the 1 coded rows"), "{}", ran.err());
}

#[test]
fn a_coders_own_numbering_is_not_taken_for_the_surveys() {
    let dir = day_centre();
    let mut rows = coded();
    rows.reverse();
    let mut shuffled = String::from("ref,text,themes\n");
    for (i, (_, text, themes)) in rows.iter().enumerate() {
        shuffled.push_str(&format!("A{},\"{text}\",{themes}\n", i + 1));
    }
    dir.write("shuffled.csv", shuffled);
    let found = json(&dir, &["shuffled.csv"]);
    assert_eq!(found["matches"]["by_words"], 12);
    assert_eq!(found["matches"]["ids_not_believed"][0], 1);
    assert!((figure(&found, "micro_f1", "themes") - 11.0 / 12.0).abs() < 1e-9);
}

#[test]
fn the_runs_own_input_with_codes_beside_it_is_matched_by_row_where_words_were_changed() {
    let dir = day_centre();
    let rows: Vec<_> = coded()
        .into_iter()
        .enumerate()
        .map(|(i, (id, text, themes))| {
            (id, if i == 3 { "somebody tidied these words up" } else { text }, themes)
        })
        .collect();
    dir.write("coded.csv", one_column(&rows).replace("ref,", "line,"));
    let found = json(&dir, &["coded.csv"]);
    assert_eq!(found["matches"]["by_words"], 11);
    assert_eq!(found["matches"]["by_row"], 1);
}

#[test]
fn a_wrong_theme_is_an_error_with_a_suggestion_unless_it_is_to_be_ignored() {
    let dir = day_centre();
    let rows = coded();
    dir.write("coded.csv", one_column(&rows).replacen("transport:", "transprot:", 1));
    let ran = dir.heard(&["evaluate", "heard-out", "--coded", "coded.csv"]).expect(2);
    for part in ["coded.csv", "row 2", "column `themes`", "did you mean `transport`?"] {
        assert!(ran.err().contains(part), "{}", ran.err());
    }
    assert!(!ran.err().contains("rain"), "{}", ran.err());
    let args = ["evaluate", "heard-out", "--coded", "coded.csv", "--ignore-unknown"];
    let shown = dir.heard(&args).expect(0).out();
    assert!(shown.contains("no such theme: transprot (1)"), "{shown}");
    let args = ["evaluate", "heard-out", "--coded", "coded.csv", "--codebook", "day-center"];
    let ran = dir.heard(&args).expect(2);
    assert!(ran.err().contains("did you mean `day-centre`?"), "{}", ran.err());
}

/// A workbook of one sheet, written by the reader's own neighbour: a minimal XLSX.
fn workbook(dir: &Dir, name: &str, rows: &[(String, &str, &str)]) {
    use std::io::Write as _;
    let mut sheet = String::from(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>",
    );
    let header = ("ref".to_owned(), "text", "themes");
    for (i, (id, text, themes)) in std::iter::once(&header).chain(rows).enumerate() {
        sheet.push_str(&format!("<row r=\"{}\">", i + 1));
        for (column, value) in ["A", "B", "C"].iter().zip([id.as_str(), text, themes]) {
            sheet.push_str(&format!(
                "<c r=\"{column}{}\" t=\"inlineStr\"><is><t>{value}</t></is></c>",
                i + 1
            ));
        }
        sheet.push_str("</row>");
    }
    sheet.push_str("</sheetData></worksheet>");
    let parts = [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>",
        ),
        (
            "_rels/.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"Codes\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", sheet.as_str()),
    ];
    let mut zip = zip::ZipWriter::new(std::fs::File::create(dir.path(name)).unwrap());
    for (path, text) in parts {
        zip.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn a_model_is_calibrated_on_answers_as_they_come_in_and_codes_with_that() {
    let dir = Dir::new();
    let coded = concat!(env!("CARGO_MANIFEST_DIR"), "/../data-samples/corpus/everyday-check.csv");
    let train = ["train", "--coded", coded, "--calibrate", "fast", "--out", "ours.model"];
    let said = dir.heard(&[&train[..], &["--version", "7.0.0", "--card", "card.md"]].concat());
    let said = said.expect(0).out();
    assert!(said.contains("| themes: micro-F1 |") && said.contains("Wrote ours.model."), "{said}");
    assert!(said.starts_with(&std::fs::read_to_string(dir.path("card.md")).unwrap()));

    dir.write("in.csv", "What could be better?\nThey are always late\nNobody came on Sunday\n");
    dir.heard(&["run", "in.csv", "--model", "ours.model", "--quiet"]).expect(0);
    let manifest = std::fs::read_to_string(dir.path("heard-out/run.json")).unwrap();
    assert!(manifest.contains("\"7.0.0\""), "{manifest}");

    let few: String = std::fs::read_to_string(coded).unwrap().lines().take(30).fold(
        String::new(),
        |mut file, line| {
            file.push_str(line);
            file.push('\n');
            file
        },
    );
    dir.write("few.csv", few);
    let refused = dir.heard(&["train", "--coded", "few.csv", "--calibrate", "fast"]).expect(2);
    assert!(refused.err().contains("code at least 100"), "{}", refused.err());
    let other = ["train", "--coded", coded, "--codebook", "home-care", "--calibrate", "none.model"];
    assert!(dir.heard(&other).expect(2).err().contains("none.model"));
}
