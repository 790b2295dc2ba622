//! Planted identifiers: nothing of them in any byte that leaves, but in `key.parquet`.

use crate::work::{Dir, Ran, archive_parts, fixtures, samples};

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
