//! Documents: reports on parts, an organisation's own look, edited Word files that are kept, papers.

use crate::work::{Dir, archive_parts, samples};

const AREA: &str = "Which area of the city do you live in?";
const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><rect width="90" height="30" fill="#005a30"/></svg>"##;

fn leeds(dir: &Dir, more: &[&str]) {
    let input = samples().join("leeds");
    let mut args = vec!["run", input.to_str().unwrap(), "--model", "fast", "--quiet"];
    args.extend(more);
    dir.heard(&args).expect(0);
}

#[test]
fn each_area_has_a_report_that_tells_no_more_than_the_whole() {
    let dir = Dir::new();
    leeds(&dir, &["--each", AREA, "--style", "council"]);
    let files = dir.files("heard-out/publish");
    let parts: Vec<&String> =
        files.iter().filter(|f| f.contains('/') && f.ends_with(".html")).collect();
    assert!(parts.len() >= 6, "{files:#?}");
    assert!(files.iter().any(|f| f == "what-you-told-us.html"));
    let whole = dir.text("heard-out/publish/report.html");
    assert!(whole.contains(">We asked<") && whole.contains(">We did<"));
    // What the breakdown of the whole report hides is in no report on a part.
    let breakdown = dir.text("heard-out/publish/tables/breakdowns.csv");
    let folder = parts[0].split('/').next().unwrap();
    let mut hidden = 0;
    for line in breakdown.lines().filter(|line| line.contains(folder)) {
        let cells: Vec<&str> = line.split(',').collect();
        hidden += usize::from(cells.iter().any(|cell| cell.is_empty()));
    }
    assert!(hidden > 0, "nothing is hidden, so nothing is tested");
    for part in parts {
        let text = dir.text(&format!("heard-out/publish/{part}"));
        assert!(text.contains("all reports together tell no more than one"), "{part}");
        assert!(!text.contains("<h2 id=\"who-we-heard-from-heading\""));
    }
}

#[test]
fn a_word_file_that_someone_changed_is_never_overwritten() {
    let dir = Dir::new();
    let input = samples().join("bellevie");
    let run = ["run", input.to_str().unwrap(), "--model", "fast", "--quiet"];
    dir.heard(&run).expect(0);
    let report = dir.bytes("heard-out/publish/report.docx");
    dir.heard(&["report", "heard-out", "--quiet"]).expect(0);
    assert!(dir.bytes("heard-out/publish/report.docx") == report);
    assert!(!dir.path("heard-out/publish/report-2.docx").exists());
    dir.write("heard-out/publish/report.docx", "our own words");
    dir.write("heard-out/governance/dpia-draft.docx", "signed");
    let said = dir.heard(&["report", "heard-out", "--style", "council"]).expect(0).out();
    assert!(said.contains("publish/report-2.docx") && said.contains("dpia-draft-2.docx"), "{said}");
    assert_eq!(dir.text("heard-out/publish/report.docx"), "our own words");
    assert_eq!(dir.text("heard-out/governance/dpia-draft.docx"), "signed");
    let council = dir.bytes("heard-out/publish/report-2.docx");
    let forced = ["run", input.to_str().unwrap(), "--model", "fast", "--force"];
    let said = dir.heard(&forced).expect(0).out();
    assert!(said.contains("publish/report-2.docx"), "{said}");
    assert_eq!(dir.text("heard-out/publish/report.docx"), "our own words");
    assert!(dir.bytes("heard-out/publish/report-2.docx") != council);
    assert!(!dir.path("heard-out/publish/report-3.docx").exists());
}

#[test]
fn an_organisation_is_checked_and_its_look_lasts() {
    let dir = Dir::new();
    let input = samples().join("bellevie");
    dir.write("own/logo.svg", LOGO);
    let settings = |colour: &str| {
        format!(
            "input = [{:?}]\nmodel = \"fast\"\n[organisation]\nname = \"Exampleshire\"\nlogo = \"logo.svg\"\ncolour = \"{colour}\"\nwhy = \"Staff asked for it.\"\n",
            input.to_str().unwrap()
        )
    };
    dir.write("own/heard.toml", settings("#F46A25"));
    let said = dir.heard(&["run", "own/heard.toml", "--out", "out", "--quiet"]).expect(2).err();
    assert!(said.contains("contrast"), "{said}");
    dir.write("own/heard.toml", settings("#005a30"));
    dir.heard(&["run", "own/heard.toml", "--out", "out", "--quiet"]).expect(0);
    let before = dir.text("out/publish/report.html");
    for wanted in ["#005A30", "data:image", "Staff asked for it.", "Exampleshire"] {
        assert!(before.contains(wanted), "{wanted}");
    }
    assert!(!dir.text("out/run.json").contains("logo.svg\\\\") && !before.contains("own/"));
    // The settings and the logo need not be there later.
    std::fs::remove_dir_all(dir.path("own")).unwrap();
    dir.heard(&["report", "out", "--quiet"]).expect(0);
    assert!(dir.text("out/publish/report.html") == before);
}

#[test]
fn figures_from_visit_logs_stand_in_the_specification_and_its_sheet() {
    let dir = Dir::new();
    let log =
        dir.write("log.csv", "theme,what,figure,period\npunctuality,Within 30 minutes,94%,2026\n");
    leeds(&dir, &["--visit-log", log.to_str().unwrap()]);
    assert!(
        dir.text("heard-out/publish/tables/specification.csv").contains("Within 30 minutes: 94%")
    );
    assert!(dir.text("heard-out/publish/report.html").contains("Within 30 minutes: 94% (2026)"));
    let sheets = archive_parts(&dir.path("heard-out/publish/tables.xlsx")).join("\n");
    assert!(sheets.contains("Within 30 minutes: 94% (2026)"));
    let papers = dir.files("heard-out/governance");
    assert_eq!(papers, ["data-flows.docx", "dpia-draft.docx"]);
}

#[test]
fn a_sample_that_people_coded_is_what_the_report_tells() {
    let dir = Dir::new();
    let input = samples().join("bellevie");
    dir.heard(&["run", input.to_str().unwrap(), "--model", "fast", "--quiet"]).expect(0);
    let of_model = "the model&#x27;s own figures";
    assert!(dir.text("heard-out/publish/report.html").contains(of_model));
    let mut coded = String::from("response_id,themes\n");
    for row in dir.rows("heard-out/restricted/codings.parquet").iter().take(60) {
        coded.push_str(&format!("{},{}\n", row["response_id"], row["theme"]));
    }
    dir.write("coded.csv", coded);
    dir.heard(&["evaluate", "heard-out", "--coded", "coded.csv"]).expect(0);
    dir.heard(&["report", "heard-out", "--quiet"]).expect(0);
    let report = dir.text("heard-out/publish/report.html");
    assert!(report.contains("a sample of these answers, coded by people"));
    assert!(!report.contains(of_model));
}
