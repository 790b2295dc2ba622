//! What the commands print, as a person sees it.

use crate::work::{Dir, samples};

#[test]
fn help_shows_examples_for_each_command() {
    let dir = Dir::new();
    for command in [&["--help"][..], &["run", "--help"], &["check", "--help"], &["train", "--help"]]
    {
        let shown = dir.heard(command).expect(0).out();
        assert!(shown.contains("heard run") || shown.contains("Usage: heard"), "{shown}");
    }
    insta::assert_snapshot!("help", dir.heard(&["--help"]).expect(0).out());
    insta::assert_snapshot!("help_run", dir.heard(&["run", "--help"]).expect(0).out());
}

#[test]
fn the_readme_names_every_command_and_every_option_of_run() {
    let readme = include_str!("../../README.md");
    let dir = Dir::new();
    let help = dir.heard(&["run", "--help"]).expect(0).out();
    let options = help.split_whitespace().filter_map(|w| w.strip_prefix("--"));
    for option in options.map(|o| o.trim_end_matches(|c: char| !c.is_alphanumeric())) {
        assert!(readme.contains(&format!("--{option}")), "--{option} is not in the README");
    }
    for command in
        ["check", "run", "report", "evaluate", "train", "codebook", "completions", "export-encoder"]
    {
        assert!(readme.contains(&format!("heard {command}")), "{command} is not in the README");
    }
}

#[test]
fn the_python_package_has_the_version_of_the_program() {
    let package = include_str!("../../pipeline/python/Cargo.toml");
    let version = format!("\nversion = \"{}\"\n", env!("CARGO_PKG_VERSION"));
    assert!(package.contains(&version), "{version}");
}

#[test]
fn a_wrong_option_ends_with_code_2_and_a_suggestion() {
    let dir = Dir::new();
    let ran = dir.heard(&["run", "x.csv", "--supress", "nhs"]).expect(2);
    assert!(ran.err().contains("--suppress"), "{}", ran.err());
}

#[test]
fn the_home_care_codebook_is_shown_for_people_and_for_programs() {
    let dir = Dir::new();
    let text = dir.heard(&["codebook", "show", "home-care"]).expect(0).out();
    assert!(text.contains("Punctuality (punctuality)"), "{text}");
    let json = dir.heard(&["codebook", "show", "home-care", "--json"]).expect(0).out();
    let themes: serde_json::Value = serde_json::from_str(&json).unwrap();
    let themes = themes.as_array().unwrap();
    assert_eq!(themes.len(), 28);
    assert!(
        themes
            .iter()
            .all(|t| t["id"].is_string() && t["label"].is_string() && t["group"].is_string())
    );
    let list = dir.heard(&["codebook", "list"]).expect(0).out();
    assert!(list.contains("home-care"), "{list}");
}

#[test]
fn check_explains_a_survey_and_its_settings_run() {
    let dir = Dir::new();
    dir.write("thurrock.csv", std::fs::read(samples().join("thurrock/comments-2025.csv")).unwrap());
    let shown = dir.heard(&["check", "thurrock.csv"]).expect(0).out();
    insta::assert_snapshot!("check_thurrock", shown);
    assert!(dir.path("heard.toml").is_file());
    dir.heard(&["run", "heard.toml", "--out", "by-settings", "--quiet"]).expect(0);
    dir.heard(&["run", "thurrock.csv", "--out", "by-default", "--quiet"]).expect(0);
    let rows = |out: &str| dir.rows(&format!("{out}/restricted/responses.parquet"));
    assert_eq!(rows("by-settings"), rows("by-default"));
}

#[test]
fn the_summary_tells_what_matters_first() {
    let dir = Dir::new();
    let input = samples().join("thurrock");
    let shown = dir.heard(&["run", input.to_str().unwrap()]).expect(0).out();
    for part in
        ["Raised most", "5. ", "positive", "negative", "heard-out/publish/report.html", "Draft"]
    {
        assert!(shown.contains(part), "`{part}` is not in:\n{shown}");
    }
}

#[test]
fn a_model_trained_from_a_coded_spreadsheet_codes_a_run() {
    let dir = Dir::new();
    dir.write("own.toml", OWN_CODEBOOK);
    dir.write("coded.csv", day_centre_coded());
    dir.write(
        "day-centre.csv",
        "ref,How was the day centre?\n1,the bus was late again and we waited in the rain\n2,we sang and the tea was lovely as always\n",
    );
    dir.heard(&["train", "--coded", "coded.csv", "--codebook", "own.toml", "--out", "own.model"])
        .expect(0);
    dir.heard(&[
        "run",
        "day-centre.csv",
        "--codebook",
        "own.toml",
        "--model",
        "own.model",
        "--quiet",
    ])
    .expect(0);
    let rows = dir.rows("heard-out/restricted/responses.parquet");
    assert!(rows[0]["themes"].contains("transport"), "{}", rows[0]["themes"]);
    assert_eq!(rows[1]["themes"], "[activities]");
}

#[test]
fn which_model_codes_why_and_what_computes_it_is_told() {
    let dir = Dir::new();
    dir.write("survey.csv", SURVEY);
    let told = |model: &[&str], out: &str| {
        let text = "How do you find your home care?";
        let args = [&["run", "survey.csv", "--text", text, "--out", out][..], model].concat();
        let shown = dir.heard(&args).expect(0).out();
        let manifest = dir.json(&format!("{out}/run.json"));
        let why = manifest["model_choice"].as_str().unwrap().to_owned();
        assert!(shown.contains(&why), "`{why}` is not in:\n{shown}");
        let id = manifest["models"][0]["id"].as_str().unwrap().to_owned();
        assert!(shown.contains(&id), "`{id}` is not in:\n{shown}");
        if let Some(backend) = manifest["backend"].as_str() {
            assert!(shown.contains(&format!("backend {backend}")), "{shown}");
        }
        let rows = dir.rows(&format!("{out}/restricted/responses.parquet"));
        assert!(rows[1]["themes"].contains("punctuality"), "{}", rows[1]["themes"]);
        let coder = dir.rows(&format!("{out}/restricted/codings.parquet"))[0]["coder"].clone();
        assert!(coder.starts_with(&format!("model:{id}@")), "{coder}");
        (id, why, manifest["backend"].as_str().map(str::to_owned))
    };
    let (id, why, backend) = told(&["--model", "fast"], "fast");
    assert_eq!((id.as_str(), backend), ("home-care-fast", None));
    assert!(why.contains("as asked"), "{why}");
    let (id, why, backend) = told(&["--model", "accurate"], "accurate");
    assert_eq!((id.as_str(), backend.as_deref()), ("home-care-accurate", Some("rust")));
    assert!(why.contains("as asked"), "{why}");
    // Nobody said anything: two rows are few enough for the accurate model.
    let (id, why, _) = told(&[], "auto");
    assert_eq!(id, "home-care-accurate");
    assert!(why.contains("little enough"), "{why}");
    let asked = told(&["--model", "auto", "--backend", "rust", "--device", "cpu"], "asked");
    assert_eq!((asked.0.as_str(), asked.2.as_deref()), ("home-care-accurate", Some("rust")));
    let table = "restricted/codings.parquet";
    let coded = |out: &str| dir.rows(&format!("{out}/{table}"));
    assert_eq!(coded("accurate"), coded("auto"));
    assert_ne!(coded("accurate"), coded("fast"));
}

#[test]
fn a_backend_that_is_not_there_ends_with_code_2_and_what_to_do() {
    let dir = Dir::new();
    dir.write("survey.csv", SURVEY);
    let run = ["run", "survey.csv"];
    let gpu = dir.heard(&[&run[..], &["--device", "cuda"]].concat()).expect(2).err();
    assert!(gpu.contains("--backend libtorch --device cuda"), "{gpu}");
    let misspelt = dir.heard(&[&run[..], &["--backend", "libtroch"]].concat()).expect(2).err();
    assert!(misspelt.contains("did you mean `libtorch`"), "{misspelt}");
    if !heard_has_libtorch() {
        dir.write("heard.toml", "input = [\"survey.csv\"]\nbackend = \"libtorch\"\n");
        let missing = dir.heard(&["run", "heard.toml"]).expect(2).err();
        assert!(missing.contains("--features libtorch"), "{missing}");
    }
    assert!(!dir.path("heard-out").exists());
}

/// Whether the program under test was built with libtorch.
fn heard_has_libtorch() -> bool {
    heard::config::RawConfig {
        input: vec!["a".to_owned()],
        backend: Some("libtorch".to_owned()),
        ..heard::config::RawConfig::default()
    }
    .check(std::path::Path::new(""), &heard::config::Machine::default())
    .is_ok()
}

const SURVEY: &str = "id,How do you find your home care?\n\
    1,She is kind and patient with my husband and always has time for a chat\n\
    2,The carers are always late and never stay the full half hour\n";

#[test]
fn an_accurate_model_of_ones_own_codes_a_run_and_gives_its_encoder() {
    let dir = Dir::new();
    dir.write("own.toml", OWN_CODEBOOK);
    dir.write("coded.csv", day_centre_coded());
    dir.write(
        "day-centre.csv",
        "ref,How was the day centre?\n1,the bus was late again and we waited in the rain\n2,we sang and the tea was lovely as always\n",
    );
    let train = ["train", "--coded", "coded.csv", "--codebook", "own.toml", "--accurate"];
    let shown = dir.heard(&[&train[..], &["--out", "own.model"]].concat()).expect(0).out();
    assert!(shown.contains("day-centre-accurate"), "{shown}");
    let run = ["run", "day-centre.csv", "--codebook", "own.toml", "--model", "own.model"];
    dir.heard(&run).expect(0);
    let rows = dir.rows("heard-out/restricted/responses.parquet");
    assert!(rows[0]["themes"].contains("transport"), "{}", rows[0]["themes"]);
    assert_eq!(rows[1]["themes"], "[activities]");
    let manifest = dir.json("heard-out/run.json");
    assert_eq!(manifest["models"][0]["id"], "day-centre-accurate");
    assert_eq!(manifest["backend"], "rust");
    let why = manifest["model_choice"].as_str().unwrap();
    assert!(why.contains("model file that was given"), "{why}");
    dir.heard(&["export-encoder", "encoder", "--model", "own.model"]).expect(0);
    assert!(dir.path("encoder/model.safetensors").is_file());
}

#[test]
fn the_encoder_is_exported_for_other_programs_and_reads_back_the_same() {
    use heard_models::sentences::Sentences;

    let dir = Dir::new();
    dir.heard(&["export-encoder", "encoder"]).expect(0);
    let mut files = dir.files("encoder");
    files.sort();
    assert_eq!(
        files,
        [
            "1_Pooling/config.json",
            "config.json",
            "model.safetensors",
            "modules.json",
            "sentence_bert_config.json",
            "tokenizer_config.json",
            "vocab.txt",
        ]
    );
    let vocabulary: Vec<String> =
        dir.text("encoder/vocab.txt").lines().map(str::to_owned).collect();
    let back = heard_encoder::Weights::from_safetensors(
        &dir.bytes("encoder/model.safetensors"),
        &dir.text("encoder/config.json"),
        vocabulary,
    )
    .unwrap();
    let shipped = Sentences::builtin_weights().unwrap();
    assert_eq!(back.vocabulary(), shipped.vocabulary());
    // Each row's largest value is 127 steps, so that quantising again finds the same values; the
    // steps themselves may differ in their last bit.
    let numbers = |weights: &heard_encoder::Weights| {
        let bytes = weights.to_safetensors().unwrap();
        let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let mut all: Vec<(String, Vec<f32>)> = (tensors.iter())
            .map(|(name, view)| {
                let words = view.data().as_chunks::<4>().0;
                (name.to_owned(), words.iter().map(|word| f32::from_le_bytes(*word)).collect())
            })
            .collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    };
    for ((name, one), (same, other)) in numbers(&back).iter().zip(&numbers(&shipped)) {
        assert_eq!(name, same);
        let near = |(x, y): (&f32, &f32)| (x - y).abs() <= 1e-6 * y.abs().max(1e-3);
        assert!(one.iter().zip(other).all(near), "{name}");
    }
    let fast = dir.heard(&["export-encoder", "other", "--model", "no.model"]).expect(2).err();
    assert!(fast.contains("no.model"), "{fast}");
}

/// Few responses about a day centre, coded with [`OWN_CODEBOOK`].
fn day_centre_coded() -> String {
    let mut coded = String::from("text,themes\n");
    for i in 0..12 {
        coded.push_str(&format!(
            "\"the bus to the centre was late again, day {i}\",\"transport:negative\"\n"
        ));
        coded.push_str(&format!(
            "\"we sang and the tea was hot and sweet, week {i}\",\"activities:positive\"\n"
        ));
    }
    coded
}

#[test]
fn comments_about_the_nhs_are_coded_with_its_own_framework() {
    let dir = Dir::new();
    dir.write(
        "fft.csv",
        "id,What was good?,What could we do better?\n\
         1,The nurses were kind and listened to me,Waited three hours past my appointment\n\
         2,Lovely staff thank you,Nothing\n",
    );
    let shown = dir.heard(&["run", "fft.csv", "--codebook", "nhs-qdc"]).expect(0).out();
    assert!(shown.contains("nhs-qdc"), "{shown}");
    let rows = dir.rows("heard-out/restricted/responses.parquet");
    let themes = |at: usize| rows[at]["themes"].clone();
    assert!(themes(0).contains("staff_manner_personal_attributes"), "{}", themes(0));
    assert!(themes(1).contains("timeliness_of_care"), "{}", themes(1));
    // Nothing to do better is praise, and the framework codes it.
    assert_eq!(rows[3]["status"], "informative");
    assert!(themes(3).contains("positive_experience_gratitude"), "{}", themes(3));
}

#[test]
fn several_codebooks_code_the_same_responses_and_the_first_leads() {
    let dir = Dir::new();
    dir.write(
        "survey.csv",
        "id,How do you find your home care?\n\
         1,She takes me to my club again so I see my friends every week\n\
         2,The carers are always late and never stay the full half hour\n",
    );
    let books = ["--codebook", "home-care", "--codebook", "nhs-qdc", "--codebook", "outcomes"];
    let text = ["run", "survey.csv", "--quiet", "--text", "How do you find your home care?"];
    dir.heard(&[text.as_slice(), books.as_slice()].concat()).expect(0);
    let codings = dir.rows("heard-out/restricted/codings.parquet");
    let used = |id: &str| codings.iter().filter(|coding| coding["codebook"] == id).count();
    assert!(used("home-care") > 0 && used("nhs-qdc") > 0 && used("outcomes") > 0);
    let rows = dir.rows("heard-out/restricted/responses.parquet");
    assert!(rows[1]["themes"].contains("punctuality"), "{}", rows[1]["themes"]);
}

#[test]
fn a_codebook_is_begun_from_the_themes_of_a_coded_spreadsheet() {
    let dir = Dir::new();
    dir.write(
        "coded.csv",
        "text,themes\nthe bus was late,The bus!:negative\nwe sang,Singing & tea:positive\n",
    );
    dir.heard(&["codebook", "new", "own.toml", "--coded", "coded.csv"]).expect(0);
    let shown = dir.heard(&["codebook", "show", "own.toml"]).expect(0).out();
    assert!(shown.contains("Singing & tea (singing_tea)"), "{shown}");
    assert!(shown.contains("The bus! (the_bus)"), "{shown}");
    let again = dir.heard(&["codebook", "new", "own.toml"]).expect(2);
    assert!(again.err().contains("own.toml"), "{}", again.err());
    let printed = dir.heard(&["codebook", "show", "nhs-qdc", "--toml"]).expect(0).out();
    dir.write("nhs.toml", printed);
    dir.heard(&["codebook", "check", "nhs.toml"]).expect(0);
}

pub const OWN_CODEBOOK: &str = r#"
id = "day-centre"
version = "1"
title = "Day centre"
language = "en"
description = "A codebook of one's own."

[[group]]
id = "all"
label = "All"

[[theme]]
id = "transport"
label = "Transport"
group = "all"
definition = "Getting there and back."
positive = "on time"
negative = "late"
examples_positive = ["the minibus comes to the door"]
examples_negative = ["stood waiting for the bus"]

[[theme]]
id = "activities"
label = "Activities"
group = "all"
definition = "What is done there."
positive = "enjoyed"
negative = "nothing to do"
examples_positive = ["we had a good sing song"]
examples_negative = ["sat there with nothing to do"]
"#;

#[test]
fn a_column_that_no_table_has_is_said_of_the_option_that_names_it() {
    let dir = Dir::new();
    dir.write("survey.csv", "id,What could be better?\nA1,The carers are always late.\n");
    for option in ["--by", "--each", "--partition-by"] {
        let said = dir.heard(&["run", "survey.csv", option, "Provider"]).expect(2).err();
        assert!(said.contains(&format!("named \"Provider\" ({option})")), "{said}");
    }
}

#[test]
fn the_program_says_what_it_is_to_people_shells_and_packagers() {
    let dir = Dir::new();
    let version = dir.heard(&["--version"]).expect(0).out();
    for part in ["heard ", "codebook home-care ", "codebook outcomes ", "model home-care-fast "] {
        assert!(version.contains(part), "`{part}` is not in:\n{version}");
    }
    let hashes = version.lines().filter(|line| line.starts_with("model "));
    assert!(hashes.clone().count() >= 4, "{version}");
    assert!(hashes.clone().all(|line| line.rsplit(' ').next().is_some_and(|h| h.len() == 64)));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = dir.heard(&["completions", shell]).expect(0).out();
        assert!(script.contains("evaluate"), "{shell}");
        assert!(!script.contains("parse-file") && !script.contains("packagers"), "{shell}");
    }
    dir.heard(&["man", "pages"]).expect(0);
    for page in ["heard.1", "heard-run.1"] {
        let page = std::fs::read_to_string(dir.path(&format!("pages/{page}"))).unwrap();
        assert!(page.contains("Examples"), "{page}");
    }
}
