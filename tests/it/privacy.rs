//! Planted identifiers: nothing of them in any byte that leaves, but in `key.parquet`.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::work::{Dir, Ran, archive_parts, fixtures, samples, zip_with};

/// (kind, value) of everything planted in a sample.
fn planted(sample: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(fixtures().join(format!("planted/{sample}.csv"))).unwrap();
    text.lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .map(|(kind, value)| (kind.to_owned(), value.trim_matches('"').replace("\"\"", "\"")))
        .collect()
}

/// Where a value stands as a word of its own, so that "Ann" is not found in "annual".
fn holds(text: &str, value: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(value).any(|(at, _)| {
        !is_word(text[..at].chars().next_back())
            && !is_word(text[at + value.len()..].chars().next())
    })
}

/// All that a run wrote as text: Parquet columns decoded, archives unpacked, the rest as it stands.
fn leaks(dir: &Dir, out: &str, ran: &Ran, planted: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    let mut search = |place: &str, text: &str| {
        for (kind, value) in planted {
            if holds(text, value) {
                found.push(format!("{kind} `{value}` in {place}"));
            }
        }
    };
    search("the log", &ran.err());
    search("the summary", &ran.out());
    for file in dir.files(out) {
        search("a file name", &file);
        if file.ends_with("key.parquet") {
            continue;
        }
        let name = format!("{out}/{file}");
        if file.ends_with(".parquet") {
            for row in dir.rows(&name) {
                for value in row.values() {
                    search(&file, value);
                }
            }
        }
        for part in archive_parts(&dir.path(&name)) {
            search(&file, &part);
        }
        // What is compressed was unpacked above: its bytes hold every three letters by chance.
        if ![".png", ".docx", ".xlsx"].iter().any(|kind| file.ends_with(kind)) {
            search(&file, &dir.text(&name));
        }
    }
    found.sort();
    found.dedup();
    found
}

#[track_caller]
fn nothing_planted_leaves(sample: &str) {
    let planted = planted(sample);
    assert!(planted.len() > 20, "{sample} has {} planted values", planted.len());
    let dir = Dir::new();
    let input = samples().join(sample);
    let ran = dir.heard(&["run", input.to_str().unwrap()]).expect(0);
    let found = leaks(&dir, "heard-out", &ran, &planted);
    assert!(found.is_empty(), "{} leaks: {found:#?}", found.len());
    let ran = dir.heard(&["check", input.to_str().unwrap()]).expect(0);
    let told = leaks(&dir, "heard-out", &ran, &planted);
    assert!(told.is_empty(), "`heard check` tells: {told:#?}");
}

#[test]
fn nothing_planted_in_bolton_leaves() {
    nothing_planted_leaves("bolton");
}

#[test]
fn nothing_planted_in_leeds_leaves() {
    nothing_planted_leaves("leeds");
}

#[test]
fn nothing_planted_in_stoke_leaves() {
    nothing_planted_leaves("stoke");
}

#[test]
fn nothing_planted_in_thurrock_leaves() {
    nothing_planted_leaves("thurrock");
}

#[test]
fn nothing_planted_in_bellevie_leaves() {
    nothing_planted_leaves("bellevie");
}

#[test]
fn names_in_ids_questions_columns_and_breakdown_values_do_not_leave() {
    let dir = Dir::new();
    dir.write(
        "Marjorie Haslam survey.csv",
        "Respondent,Care worker (Denise Okafor's round),Manager,What could Denise Okafor's team do better?\n\
         marjorie.haslam@example.org,West,Denise Okafor,They are always late and nobody rings to tell me\n\
         p.whittle@example.org,East,Tariq Mahmood,Tariq never rings back and my mum Edna worries\n\
         j.rostron@example.org,West,Denise Okafor,Ring me on 07700 900123 when the rota changes please\n\
         k.rostron@example.org,West,Denise Okafor,More time in the mornings so they need not rush\n",
    );
    let ran = dir
        .heard(&["run", "Marjorie Haslam survey.csv", "--by", "Manager", "--suppress", "none"])
        .expect(0);
    let planted: Vec<(String, String)> = [
        "Marjorie",
        "Haslam",
        "Denise",
        "Okafor",
        "Tariq",
        "Mahmood",
        "Edna",
        "marjorie.haslam",
        "07700 900123",
        "whittle",
        "rostron",
    ]
    .iter()
    .map(|v| ("PLANTED".to_owned(), (*v).to_owned()))
    .collect();
    let found = leaks(&dir, "heard-out", &ran, &planted);
    assert!(found.is_empty(), "{found:#?}");
}

const NAMES: [&str; 9] = [
    "Wanjiku",
    "Thistlewood",
    "Gwenllian",
    "Oyelaran",
    "Parminder",
    "Szczepan",
    "Attwater",
    "07700 900311",
    "wanjiku.t@example.org",
];

fn named() -> Vec<(String, String)> {
    NAMES.iter().map(|name| ("PLANTED".to_owned(), (*name).to_owned())).collect()
}

/// A survey with names in its file name, columns, question, ids, breakdown values and answers.
fn survey(dir: &Dir, rows: usize) -> String {
    let mut text = String::from(
        "Email,Team of Gwenllian Oyelaran,What should Wanjiku Thistlewood's team do better?\n",
    );
    let answers = [
        "my carer Wanjiku is always late and Mrs Thistlewood in the office never rings back",
        "Please ring Parminder on 07700 900311 about the hoist and the missed calls",
        "The new lad called Szczepan did not know how to use the slide sheet on Monday",
        "Frederick Attwater my husband needs two carers and they send one every time",
        "They come at all hours and the weekend staff do not read the plan",
    ];
    for row in 0..rows {
        let team = ["Parminder Gill", "North"][row % 2];
        text.push_str(&format!(
            "wanjiku.t@example.org,{team},\"{} visit {row}\"\n",
            answers[row % answers.len()]
        ));
    }
    dir.write("Answers to Mrs Thistlewood.csv", text);
    "Answers to Mrs Thistlewood.csv".to_owned()
}

#[test]
fn names_do_not_leave_by_settings_messages_or_any_way_of_redacting() {
    for mode in ["standard", "strict"] {
        let dir = Dir::new();
        let file = survey(&dir, 40);
        dir.write(
            "heard.toml",
            format!(
                "input = [\"{file}\"]\nby = [\"Team of Gwenllian Oyelaran\"]\nredact = \"{mode}\"\n"
            ),
        );
        let ran = dir.heard(&["run", "heard.toml"]).expect(0);
        let found = leaks(&dir, "heard-out", &ran, &named());
        assert!(found.is_empty(), "{mode}: {found:#?}");
        let list = dir.text("heard-out/restricted/to-check.csv");
        assert!(list.starts_with("response_id,start,end,reason\n"));
        assert_eq!(dir.json("heard-out/run.json")["redact"], mode);
    }
}

#[test]
fn structured_mode_says_that_names_were_not_looked_for() {
    let dir = Dir::new();
    let file = survey(&dir, 10);
    let ran = dir.heard(&["run", &file, "--redact", "structured"]);
    assert!(ran.out().contains("Names were not looked for"), "{}", ran.out());
    let numbers: Vec<_> = named().into_iter().filter(|(_, value)| value.contains("0311")).collect();
    assert!(leaks(&dir, "heard-out", &ran, &numbers).is_empty());
}

#[test]
fn the_end_of_a_run_says_what_was_taken_out_and_what_was_likely_missed() {
    let dir = Dir::new();
    let file = survey(&dir, 200);
    let ran = dir.heard(&["run", &file]);
    assert!(ran.out().contains("Taken out: "), "{}", ran.out());
    assert!(ran.out().contains("Likely missed: about "), "{}", ran.out());
}

/// Every file that a killed run left, but for the input and the key.
fn left_behind(dir: &Dir, input: &str) -> Vec<String> {
    let files = dir.files("").into_iter();
    files.filter(|f| f != input && !f.ends_with("key.parquet")).collect()
}

#[test]
fn a_run_that_is_killed_at_any_stage_leaves_nothing_planted_behind() {
    let mut stages = 0;
    // Where the system keeps temporary files is searched, too.
    for wait in [5, 40, 120, 250, 400, 700, 1100, 1600, 2400, 3600] {
        let dir = Dir::new();
        let input = survey(&dir, 6000);
        std::fs::create_dir(dir.path("tmp")).unwrap();
        let mut run = Command::new(env!("CARGO_BIN_EXE_heard-under-test"))
            .args(["run", &input])
            .current_dir(dir.root())
            .env("TMPDIR", dir.path("tmp"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        let running = run.try_wait().unwrap().is_none();
        run.kill().unwrap();
        run.wait().unwrap();
        let files = left_behind(&dir, &input);
        for file in &files {
            for name in NAMES {
                assert!(!holds(file, name), "{name} in the file name {file}");
            }
            let text = dir.text(file);
            for name in NAMES {
                assert!(!holds(&text, name), "{name} in {file}, killed after {wait} ms");
            }
        }
        stages += usize::from(running && !files.is_empty());
    }
    assert!(stages >= 2, "the runs were killed before or after their work: {stages}");
}

/// A folder with names in everything that has one: folders, files, sheets, headers, values, senders,
/// speakers, owners, settings that were written before.
fn everything_named(dir: &Dir) {
    let survey_file = survey(dir, 30);
    let text = dir.text(&survey_file);
    std::fs::remove_file(dir.path(&survey_file)).unwrap();
    let folder = "Replies for Parminder Gill";
    dir.write(&format!("{folder}/{survey_file}"), text);
    let rounds = std::fs::read(fixtures().join("exports/two-waves.xlsx")).unwrap();
    let rounds = zip_with(&rounds, "xl/workbook.xml", |part| {
        part.replace("Survey 2023", "Gwenllian Oyelaran 2023")
            .replace("Survey 2024", "Szczepan Attwater 2024")
    });
    dir.write(&format!("{folder}/Rounds of Gwenllian Oyelaran.xlsx"), rounds);
    dir.write(
        &format!("{folder}/letter of Frederick Attwater.eml"),
        "From: Wanjiku Thistlewood <wanjiku.t@example.org>\r\nTo: Care team <care@example.org>\r\n\
         Subject: Parminder Gill\r\nDate: Tue, 4 Mar 2025 10:00:00 +0000\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n\
         My mother's carers are never on time and wanjiku has to ring every day.\r\n\
         The evening call is too early for her.\r\n\r\nYours\r\nWanjiku Thistlewood\r\n",
    );
    dir.write(
        &format!("{folder}/talk with Gwenllian.vtt"),
        "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Interviewer>How is the care?\n\n\
         00:00:05.000 --> 00:00:09.000\n<v Gwenllian Oyelaran>They say Gwenllian love we are late again.\n\n\
         00:00:10.000 --> 00:00:14.000\n<v Gwenllian Oyelaran>And oyelaran is spelled wrong on every plan.\n",
    );
    dir.write(&format!("{folder}/Szczepan's scan.jpg"), [0xFF, 0xD8, 0xFF, 0xE0, 0, 16]);
    dir.write(&format!("{folder}/broken of Attwater.xlsx"), "PK\u{3}\u{4} Wanjiku Thistlewood");
    dir.write(&format!("{folder}/broken of Attwater.parquet"), "PAR1 Wanjiku Thistlewood");
}

#[test]
fn nothing_named_anywhere_leaves_by_check_or_by_what_it_writes() {
    let dir = Dir::new();
    everything_named(&dir);
    let folder = "Replies for Parminder Gill";
    for args in [&["check", folder][..], &["check", folder, "--json"]] {
        let ran = dir.heard(args).expect(0);
        for (place, text) in [("out", ran.out()), ("err", ran.err())] {
            for name in NAMES {
                assert!(!holds(&text, name), "{name} in what {args:?} says ({place}):\n{text}");
            }
        }
    }
    let settings = dir.text("heard.toml");
    let typed = archive_parts(&dir.path("to-type.xlsx")).join("\n");
    for name in NAMES {
        assert!(!holds(&settings, name), "{name} in heard.toml:\n{settings}");
        assert!(!holds(&typed, name), "{name} in to-type.xlsx:\n{typed}");
    }
    let ran = dir.heard(&["run", "heard.toml", folder]);
    assert!([0, 1].contains(&ran.code()), "{}", ran.err());
    let found = leaks(&dir, "heard-out", &ran, &named());
    assert!(found.is_empty(), "{found:#?}");
    let models = dir.json("heard-out/run.json")["models"].clone();
    let finder = models.as_array().unwrap().iter().find(|m| m["id"] == "names").unwrap();
    assert_eq!(finder["sha256"].as_str().map(str::len), Some(64));
}

#[test]
fn names_that_columns_and_senders_tell_are_taken_out_of_the_words() {
    let dir = Dir::new();
    // No list holds these, and nothing around them says that they are somebody.
    dir.write(
        "survey.csv",
        "First name,Surname,What could be better?\n\
         Hedge,Copper,the rota that hedge copper gets is never right and zorblatt is no help\n\
         Zorblatt,Vunk,the plan says zorblatt vunk and the book says Vunk but nobody reads either\n\
         Quillan,Ostry,more time please as quillan is slow in the mornings and OSTRY is not\n",
    );
    dir.write(
        "from.eml",
        "From: Brizzle Wumbold <b@example.org>\r\nTo: care@example.org\r\nSubject: care\r\n\r\n\
         The book in the hall says brizzle was washed at nine and wumbold at ten. Neither is so.\r\n",
    );
    dir.heard(&["run", "survey.csv", "from.eml", "--quiet"]).expect(0);
    let rows = dir.rows("heard-out/restricted/responses.parquet");
    let text = |i: usize| rows[i]["text"].clone();
    assert!(text(0).starts_with("the rota that [PERSON 1] gets is never right"), "{}", text(0));
    assert!(text(0).contains("zorblatt"), "the name of another row is nobody's here: {}", text(0));
    assert_eq!(
        text(1),
        "the plan says [PERSON 1] and the book says [PERSON 1] but nobody reads either"
    );
    assert_eq!(
        text(2),
        "more time please as [PERSON 1] is slow in the mornings and [PERSON 1] is not"
    );
    assert_eq!(
        text(3),
        "The book in the hall says [PERSON 1] was washed at nine and [PERSON 1] at ten. Neither is so."
    );
}
