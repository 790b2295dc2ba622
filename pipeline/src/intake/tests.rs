//! Intake as a whole, on faithful small exports of each platform (`tests/fixtures/exports/`) and,
//! where `HEARD_PUBLIC_DATA` names their folder, on real ones.

use std::fs;
use std::path::{Path, PathBuf};

mod documents;

use super::*;
use crate::response::{Channel, Polarity, RawBatch, RawResponse, RespondentType};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/exports").join(name)
}

fn open(name: &str) -> Intake {
    Intake::open(&[fixture(name)], &Options::default()).unwrap()
}

/// All batches as one.
fn read(intake: &Intake) -> RawBatch {
    let mut all = RawBatch::default();
    for batch in intake.batches() {
        let batch = batch.unwrap();
        all.responses.extend(batch.responses);
        all.unprocessed.extend(batch.unprocessed);
        all.rows += batch.rows;
    }
    all
}

/// Header rows, rows of data, and the role of each column.
fn layout(found: &Understanding) -> String {
    let roles: Vec<&str> = found.columns.iter().map(|c| c.role.as_str()).collect();
    format!("{:?} {} {}", found.header_rows, found.rows, roles.join(" "))
}

fn text(response: &RawResponse) -> &str {
    response.text.reveal()
}

/// The questions with their polarity.
fn questions(found: &Understanding) -> Vec<(&str, Polarity)> {
    found.answers.iter().map(|a| (a.question.reveal(), a.polarity)).collect()
}

#[test]
fn every_platform_is_understood_without_help() {
    let expected = [
        (
            "surveymonkey.csv",
            "[1, 2] 10 id single_choice date date network empty empty empty empty multiple_choice multiple_choice \
             multiple_choice open_text single_choice open_text open_text",
        ),
        (
            "smartsurvey.csv",
            "[1, 2] 9 id other empty empty network id date date single_choice rating rating open_text open_text \
             open_text",
        ),
        (
            "google-forms.csv",
            "[1] 10 date respondent_type multiple_choice open_text open_text consent",
        ),
        (
            "qualtrics.csv",
            "[1, 2, 3] 8 date date single_choice network single_choice single_choice date id empty empty empty \
             single_choice single_choice open_text open_text",
        ),
        (
            "citizen-space.csv",
            "[1] 8 id date name email respondent_type single_choice single_choice open_text consent consent",
        ),
        ("fft-template.csv", "[1] 10 single_choice single_choice date rating open_text open_text"),
        (
            "fft-long.csv",
            "[1] 20 single_choice date rating id question open_text single_choice single_choice id hidden",
        ),
        ("consultation-table.csv", "[2] 6 empty empty respondent_type open_text consent"),
        ("excel-unicode.txt", "[3] 8 id open_text wave"),
        ("old-mac.csv", "[1] 6 id open_text"),
        ("answers.jsonl", "[] 13 id question open_text single_choice"),
        ("answers.json", "[] 10 id single_choice open_text"),
        (
            "microsoft-forms.xlsx",
            "[1] 9 id date date email empty respondent_type multiple_choice open_text open_text",
        ),
        ("two-waves.xlsx", "[3] 9 single_choice id open_text"),
        ("survey.ods", "[1] 8 id open_text"),
        (
            "no-open-text.csv",
            "[1, 2] 12 id single_choice multiple_choice multiple_choice single_choice",
        ),
    ];
    let wrong: Vec<String> = expected
        .iter()
        .filter_map(|(name, expected)| {
            let intake = open(name);
            let found = layout(&intake.understanding()[0]);
            let report = describe(intake.understanding(), &|s| s.to_owned());
            (found != *expected)
                .then(|| format!("{name}\n  is   {found}\n  want {expected}\n{report}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn test_answers_and_half_finished_ones_are_told_with_their_rows_and_stay() {
    let intake = open("qualtrics-previews.csv");
    let found = &intake.understanding()[0];
    let told: Vec<(&[u32], u64)> =
        found.problems.iter().map(|p| (p.rows.as_slice(), p.count)).collect();
    assert_eq!(told, [(&[4, 7][..], 2), (&[6, 7][..], 2)]);
    let report = describe(intake.understanding(), &|s| s.to_owned());
    assert!(report.contains("! rows 4 and 7: an answer that somebody gave to try"), "{report}");
    let settings = to_toml(intake.understanding(), &|s| s.to_owned());
    assert!(settings.contains("# rows 6 and 7: an answer that was begun"), "{settings}");
    let json = to_json(intake.understanding(), &|s| s.to_owned());
    assert_eq!(json[0]["problems"][0]["rows"], serde_json::json!([4, 7]));
    assert_eq!(read(&intake).responses.len(), 5);
}

#[test]
fn letters_that_reply_to_a_proposal_are_told_and_the_setting_for_it_is_proposed() {
    let dir = tempfile::tempdir().unwrap();
    let letters = [
        "Dear Sir, I object to the proposed changes to home care in our street.",
        "Dear Madam, thank you for your letter about the new model. I agree, on the whole.",
        "Dear council, we are not in favour. Leave Mum's carers alone, please.",
        "Dear all, Mum's carers come late every morning and nobody tells us.",
    ];
    for (at, letter) in letters.iter().enumerate() {
        let text = format!("12 March 2025\n\n{letter}\n\nYours faithfully\n");
        std::fs::write(dir.path().join(format!("letter {at}.txt")), text).unwrap();
    }
    let said = || {
        let paths = [dir.path().to_path_buf()];
        let mut intake = Intake::open(&paths, &Options::default()).unwrap();
        intake.count().unwrap();
        let same = |text: &str| text.to_owned();
        let found = intake.understanding();
        (describe(found, &same), to_toml(found, &same))
    };
    let (report, settings) = said();
    assert!(report.contains("3 of 4 letters seem to reply to a proposal"), "{report}");
    assert!(settings.contains("\n# proposal = \"...\"\n"), "{settings}");
    let table = "id,Area,Do you agree with one provider for each area?\n\
                 1,North,\"No, leave our carers as they are, they know us\"\n\
                 2,South,Yes. It would be better for all of us in this street\n\
                 3,South,I do not mind as long as somebody comes on time\n";
    std::fs::write(dir.path().join("replies.csv"), table).unwrap();
    let (report, settings) = said();
    assert!(report.contains("the letters are read as replies to “Do you agree"), "{report}");
    assert!(settings.contains("# Letters are read as replies to \"Do you agree"), "{settings}");
}

#[test]
fn options_in_columns_of_their_own_are_told_as_one_question() {
    let intake = open("limesurvey.csv");
    let found = &intake.understanding()[0];
    let choice = "multiple_choice";
    let roles =
        ["id", "date", "single_choice", choice, choice, choice, choice, choice, "open_text"];
    assert_eq!(found.columns.iter().map(|c| c.role.as_str()).collect::<Vec<_>>(), roles);
    let report = describe(intake.understanding(), &|s| s.to_owned());
    let of = |line: &str| report.lines().any(|l| l.split_whitespace().eq(line.split_whitespace()));
    assert!(
        of("4-6 What help do you get? several choices; 3 options in a column each")
            && of("7-8 How did you hear of us? several choices; 2 options in a column each"),
        "{report}"
    );
    // What was never sent is half-finished.
    assert_eq!(found.problems[0].rows, [4]);
    let json = to_json(intake.understanding(), &|s| s.to_owned());
    assert_eq!(json[0]["columns"][3]["option_of"], "What help do you get?");
}

#[test]
fn the_id_of_what_respondents_share_is_not_theirs() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.csv");
    let rows = "Collector ID,What could be better?\n440011,Ring us when late\n440012,More time please\n440011,Better rota\n";
    fs::write(&path, rows).unwrap();
    let intake = Intake::open(&[path], &Options::default()).unwrap();
    assert_ne!(intake.understanding()[0].columns[0].role, Role::Id);
    assert!(read(&intake).responses.iter().all(|r| r.respondent.is_none()));
}

#[test]
fn rows_read_balance_in_every_fixture() {
    for entry in fs::read_dir(fixture("")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "not-a-letter.docx" {
            continue;
        }
        let intake = open(&name);
        let all = read(&intake);
        let mut rows: Vec<(u32, u32)> = all.responses.iter().map(|r| (r.source, r.row)).collect();
        rows.dedup();
        let aside = all.unprocessed.iter().filter(|u| u.page.is_none()).count();
        assert_eq!(rows.len() + aside, all.rows as usize, "{name}");
        assert_eq!(intake.rows(), all.rows, "{name}");
        let unique: std::collections::BTreeSet<_> =
            all.responses.iter().map(|r| (r.source, r.row, r.question.number)).collect();
        assert_eq!(unique.len(), all.responses.len(), "{name}");
    }
}

#[test]
fn surveymonkey_gives_its_questions_and_answers() {
    let intake = open("surveymonkey.csv");
    let found = &intake.understanding()[0];
    assert_eq!(
        questions(found)[1..],
        [
            ("What is good about your care?", Polarity::Good),
            ("What could be better?", Polarity::Improve)
        ]
    );
    let all = read(&intake);
    assert_eq!(all.responses.len(), 30);
    let first = &all.responses[1];
    assert_eq!((first.row, first.question.number), (3, Some(2)));
    assert_eq!(first.respondent.as_ref().unwrap().reveal(), "118000000");
    assert_eq!(first.submitted_on, dates::parse("2024-03-01", dates::Order::DayFirst));
    assert_eq!(text(first), "My carer always has time for a chat");
    // A blank answer is an answer: its status is decided later.
    assert_eq!(text(&all.responses[10]), "");
}

#[test]
fn a_long_table_takes_the_question_from_its_column() {
    let all = read(&open("fft-long.csv"));
    assert_eq!(all.responses.len(), 20);
    let [first, second] = [&all.responses[0], &all.responses[1]];
    assert_eq!(first.question.text.reveal(), "comment_1");
    assert_eq!(second.question.number, Some(2));
    assert_eq!(first.respondent, second.respondent);
    assert_eq!(first.rating, Some(1.0));
    let unquotable: Vec<u32> =
        all.responses.iter().filter(|r| !r.may_quote).map(|r| r.row).collect();
    assert_eq!(unquotable, [7]);
}

#[test]
fn who_speaks_when_and_whether_they_may_be_quoted_come_from_columns() {
    let intake = open("google-forms.csv");
    let all = read(&intake);
    assert_eq!(all.responses[0].respondent_type.unwrap().0, RespondentType::ServiceUser);
    assert_eq!(all.responses[2].respondent_type.unwrap().0, RespondentType::UnpaidCarer);
    assert_eq!(all.responses[8].respondent_type.unwrap().0, RespondentType::CareWorker);
    assert!(!all.responses[0].may_quote && all.responses[2].may_quote);
    let all = read(&open("citizen-space.csv"));
    assert_eq!(all.responses[1].respondent_type.unwrap().0, RespondentType::Organisation);
    assert_eq!(
        text(&all.responses[0]),
        "We don’t want a stranger each day – £20 a visit is enough"
    );
    assert_eq!(all.responses[0].question.polarity, Polarity::Proposal);
    assert!(
        all.responses[0].question.text.reveal().ends_with("model? — Please explain your answer")
    );
    assert_eq!(
        all.responses.iter().map(|r| r.may_quote).collect::<Vec<_>>()[..3],
        [true, false, true]
    );
}

#[test]
fn excel_serial_days_and_breakdowns_are_read() {
    let intake = open("fft-template.csv");
    let names: Vec<&str> = intake.breakdowns().iter().map(Identified::reveal).collect();
    assert_eq!(names, ["Site", "Ward/Team"].map(|n| n).into_iter().rev().collect::<Vec<_>>());
    let all = read(&intake);
    let first = &all.responses[0];
    assert_eq!(first.submitted_on, dates::parse("2024-03-01", dates::Order::DayFirst));
    let by: Vec<&str> = first.by.iter().flatten().map(Identified::reveal).collect();
    assert_eq!(by, ["Team A", "Riverside"]);
}

#[test]
fn sheets_are_sources_and_their_years_are_waves() {
    let intake = open("two-waves.xlsx");
    assert_eq!(intake.sources().len(), 2);
    let all = read(&intake);
    let waves: Vec<&str> =
        all.responses.iter().map(|r| r.wave.as_ref().unwrap().reveal()).collect();
    assert_eq!((waves[0], waves[17]), ("2023", "2024"));
    assert_eq!((all.responses[9].source, all.responses[9].row), (2, 4));
    // Merged cells: every row of the group has the provider.
    assert!(all.responses.iter().all(|r| r.by[0].is_some()));
    assert_eq!(all.responses[2].by[0].as_ref().unwrap().reveal(), "Acorn Care");
}

#[test]
fn sheets_beside_the_answers_are_no_sources() {
    let intake = open("microsoft-forms.xlsx");
    assert_eq!(intake.sources().len(), 1);
    assert_eq!(intake.understanding().len(), 2);
    assert_eq!(read(&intake).responses.len(), 18);
}

#[test]
fn letters_are_one_response_each() {
    let intake = open("letter.docx");
    let all = read(&intake);
    let letter = &all.responses[0];
    assert_eq!((letter.channel, letter.row), (Channel::Letter, 1));
    assert_eq!(letter.submitted_on, dates::parse("2024-03-05", dates::Order::DayFirst));
    assert!(
        text(letter).contains("rushed & late.\nYours faithfully")
            && !text(letter).contains("Secret")
    );
    let all = read(&open("letter.odt"));
    assert_eq!(text(&all.responses[0]), "Dear all,\nMy sister looks after me & needs a break.");
    let all = read(&open("letter.pdf"));
    assert!(text(&all.responses[0]).contains("two weeks and none of them had time"));
    assert_eq!((all.unprocessed[0].page, all.unprocessed[0].reason), (Some(2), "scanned_page"));
    assert_eq!(all.rows, 1);
}

/// A file of `tests/fixtures/formats/`, read.
fn format(name: &str) -> RawBatch {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/formats").join(name);
    read(&Intake::open(&[path], &Options::default()).unwrap())
}

#[test]
fn web_pages_and_rich_text_are_letters() {
    let march = dates::parse("2025-03-12", dates::Order::DayFirst);
    let all = format("letter.html");
    assert_eq!((all.responses[0].channel, all.responses[0].submitted_on), (Channel::Letter, march));
    assert!(
        text(&all.responses[0])
            .contains("\nNobody rings to say so.\n\nWhat would help:\n\nthe same")
    );
    assert!(!text(&all.responses[0]).contains("not a word"));
    let all = format("letter.rtf");
    assert_eq!((all.responses[0].channel, all.responses[0].submitted_on), (Channel::Letter, march));
    assert!(
        text(&all.responses[0]).contains("We pay £19 a visit.\nThey are good girls.\nThe same two")
    );
    assert!(!text(&all.responses[0]).contains("Strictly private"));
}

#[test]
fn an_email_and_its_attachments_are_letters_of_one_person() {
    let all = format("reply.eml");
    assert_eq!((all.rows, all.responses.len(), all.unprocessed.len()), (3, 2, 1));
    let [mail, letter] = [&all.responses[0], &all.responses[1]];
    assert_eq!(
        text(mail),
        "Dear all,\n\nDad's carers have changed four times since Christmas and he no longer knows who is \
         coming through the door. The ones who come are lovely.\n\nI attach a letter from my sister.\n\nWilhelmina"
    );
    assert!(text(letter).contains("cut short to ten minutes"));
    assert_eq!((mail.row, letter.row, mail.channel), (1, 2, Channel::Letter));
    assert_eq!(mail.respondent, letter.respondent);
    let march = dates::parse("2025-03-12", dates::Order::DayFirst);
    assert_eq!((mail.submitted_on, letter.submitted_on), (march, march));
    let aside = &all.unprocessed[0];
    assert_eq!((aside.row, aside.reason, &*aside.detail), (3, "attached_table", "attachment 2"));
}

#[test]
fn an_outlook_message_is_read_like_any_email() {
    let all = format("reply.msg");
    assert_eq!((all.rows, all.responses.len(), all.unprocessed.len()), (4, 3, 1));
    assert_eq!(text(&all.responses[0]), "Mum’s carers are late.");
    assert_eq!(text(&all.responses[1]), "They never ring.");
    assert_eq!(all.responses[2].submitted_on, Some(19_787));
}

#[test]
fn people_of_a_conversation_are_responses_and_questions_are_not() {
    let all = format("interview.srt");
    let said: Vec<&str> = all.responses.iter().map(text).collect();
    assert_eq!(
        said,
        [
            "The girls are gentle and they always make me a cup of tea.",
            "Mine rush in and out in ten minutes."
        ]
    );
    let all = format("interview.vtt");
    assert_eq!((all.responses.len(), all.responses[0].channel), (1, Channel::Transcript));
    assert!(
        !text(&all.responses[0]).contains('?') && text(&all.responses[0]).contains("Nobody rings")
    );
    // Labels are not in the text; the names among them travel beside it.
    assert!(!text(&all.responses[0]).contains("Quux:"));
    assert!(all.responses[0].names.iter().any(|name| name.reveal().contains("Quux")));
}

#[test]
fn a_broken_letter_is_an_error_that_names_the_file_and_shows_nothing_of_it() {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("a.rtf", "Zebedee wrote this"),
        ("a.eml", "Zebedee wrote this"),
        ("a.msg", "Zebedee wrote this"),
        ("a.vtt", "Zebedee wrote this"),
        ("a.srt", "Zebedee wrote this"),
    ] {
        let path = dir.path().join(name);
        fs::write(&path, content).unwrap();
        let error = Intake::open(&[path], &Options::default()).unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(
            error.to_string().contains(name) && error.to_string().contains("save it again"),
            "{said}"
        );
        assert!(!said.contains("Zebedee"), "{said}");
    }
}

#[test]
fn a_scan_is_set_aside_whole() {
    let intake = open("scan.pdf");
    assert!(matches!(intake.require_open_text(), Err(Error::NoOpenText { .. })));
    let all = read(&intake);
    assert_eq!((all.unprocessed[0].reason, all.rows), ("scanned_document", 1));
}

#[test]
fn a_broken_line_is_set_aside_and_the_rest_goes_on() {
    let all = read(&open("answers.jsonl"));
    assert_eq!((all.responses.len(), all.unprocessed.len(), all.rows), (12, 1, 13));
    assert_eq!((all.unprocessed[0].row, all.unprocessed[0].reason), (13, "broken_row"));
}

#[test]
fn a_file_without_open_text_is_explained() {
    let intake = open("no-open-text.csv");
    let report = describe(intake.understanding(), &|s| s.to_owned());
    assert!(report.contains("No open text") && report.contains("several choices"), "{report}");
    let error = intake.require_open_text().unwrap_err().to_string();
    assert!(error.contains("5 columns") && error.contains("heard check"), "{error}");
}

#[test]
fn a_bad_file_stops_a_run_when_named_and_is_set_aside_in_a_folder() {
    let error = Intake::open(&[fixture("not-a-letter.docx")], &Options::default()).unwrap_err();
    assert!(matches!(error, Error::NotWhatItSays { .. }));
    let dir = tempfile::tempdir().unwrap();
    fs::copy(fixture("not-a-letter.docx"), dir.path().join("a.docx")).unwrap();
    fs::write(dir.path().join("b.csv"), "id,comment\n1,\"Good\n2,Late\n").unwrap();
    fs::write(dir.path().join("c.txt"), "My carers are kind.").unwrap();
    fs::write(dir.path().join("d.jpg"), "picture").unwrap();
    let intake = Intake::open(&[dir.path().to_owned()], &Options::default()).unwrap();
    let all = read(&intake);
    let reasons: Vec<_> = all.unprocessed.iter().map(|u| (u.source, u.reason)).collect();
    assert_eq!(reasons, [(1, "unreadable_file"), (2, "broken_quote"), (4, "scanned_image")]);
    assert_eq!((all.responses[0].source, all.rows), (3, 4));
}

#[test]
fn options_choose_columns_and_a_wrong_name_is_an_error() {
    let options = Options {
        text: vec!["What works well?".into()],
        by: vec!["which best describes you".into()],
        ..Options::default()
    };
    let intake = Intake::open(&[fixture("google-forms.csv")], &options).unwrap();
    let all = read(&intake);
    assert_eq!((all.responses.len(), intake.breakdowns().len()), (10, 1));
    assert!(all.responses[0].by[0].is_some());
    let options = Options { by: vec!["no such".into()], ..Options::default() };
    let error = Intake::open(&[fixture("google-forms.csv")], &options).unwrap_err();
    assert!(matches!(error, Error::NoSuchColumn { option: "--by", .. }));
    let by_for = vec![("--each", "no such".into())];
    let options = Options { by: vec!["no such".into()], by_for, ..Options::default() };
    let error = Intake::open(&[fixture("google-forms.csv")], &options).unwrap_err();
    assert!(matches!(error, Error::NoSuchColumn { option: "--each", .. }));
}

#[derive(serde::Deserialize)]
struct Settings {
    source: Vec<SourceOverride>,
}

#[test]
fn what_check_writes_reads_back_as_the_same_understanding() {
    for name in [
        "surveymonkey.csv",
        "fft-long.csv",
        "microsoft-forms.xlsx",
        "citizen-space.csv",
        "answers.json",
        "old-mac.csv",
    ] {
        let before = open(name);
        let same = |s: &str| s.to_owned();
        let written = to_toml(before.understanding(), &same);
        let settings: Settings = toml::from_str(&written).unwrap();
        let options = Options { sources: settings.source, ..Options::default() };
        let after = Intake::open(&[fixture(name)], &options).unwrap();
        assert_eq!(to_toml(after.understanding(), &same), written, "{name}");
        assert_eq!(read(&after).responses.len(), read(&before).responses.len(), "{name}");
    }
}

#[test]
fn an_edited_setting_is_obeyed() {
    let intake = open("google-forms.csv");
    let written = to_toml(intake.understanding(), &|s| s.to_owned());
    let edited = written.replacen("role = \"open_text\"", "role = \"other\"", 1);
    let edited = edited.replacen("polarity = \"improve\"", "polarity = \"neutral\"", 1);
    let settings: Settings = toml::from_str(&edited).unwrap();
    let options = Options { sources: settings.source, ..Options::default() };
    let all = read(&Intake::open(&[fixture("google-forms.csv")], &options).unwrap());
    assert_eq!(all.responses.len(), 10);
    assert_eq!(all.responses[0].question.polarity, Polarity::Neutral);
}

#[test]
fn every_string_of_a_file_goes_through_the_label() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("Zebedee Quux.csv");
    fs::write(
        &path,
        "id,Zebedee area,What did Zebedee do well?,Zebedee\n1,Zebedee North,He was on time every day,x\n\
         2,Zebedee North,He sat and talked to me,y\n",
    )
    .unwrap();
    let intake = Intake::open(&[path], &Options::default()).unwrap();
    let label = |s: &str| s.replace("Zebedee", "[PERSON 1]");
    let found = intake.understanding();
    for said in
        [describe(found, &label), to_toml(found, &label), to_json(found, &label).to_string()]
    {
        assert!(!said.contains("Zebedee") && said.contains("[PERSON 1]"), "{said}");
    }
    assert!(!format!("{found:?}").contains("Zebedee area"));
}

#[test]
fn batches_hold_whole_rows_whatever_their_size() {
    let whole = read(&open("surveymonkey.csv"));
    for batch_rows in [1, 3, 7] {
        let limits = Limits { batch_rows, ..Limits::default() };
        let options = Options { limits, ..Options::default() };
        let intake = Intake::open(&[fixture("surveymonkey.csv")], &options).unwrap();
        let sizes: Vec<u64> = intake.batches().map(|b| b.unwrap().rows).collect();
        assert!(sizes.iter().rev().skip(1).all(|s| *s == batch_rows as u64), "{sizes:?}");
        let again = read(&intake);
        assert_eq!(format!("{:?}", again.responses), format!("{:?}", whole.responses));
    }
}

#[test]
fn parquet_is_a_table() {
    use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
    use std::sync::Arc;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.parquet");
    let columns: [(&str, ArrayRef); 3] = [
        ("respondent_id", Arc::new(Int64Array::from(vec![11, 12]))),
        ("date", Arc::new(Date32Array::from(vec![Some(19_787), None]))),
        ("comment", Arc::new(StringArray::from(vec![Some("She is never late for me"), None]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(
        fs::File::create(&path).unwrap(),
        batch.schema(),
        None,
    )
    .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let all = read(&Intake::open(&[path], &Options::default()).unwrap());
    assert_eq!((all.responses.len(), all.responses[0].submitted_on), (2, Some(19_787)));
    assert_eq!(
        (text(&all.responses[0]), text(&all.responses[1])),
        ("She is never late for me", "")
    );
}

#[test]
fn a_row_with_too_many_cells_loses_no_words() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.csv");
    let mut table = String::from("id,comment\n1,Kind, gentle and they are never late\n");
    for i in 2..40 {
        table.push_str(&format!("{i},They were here on time on day {i}\n"));
    }
    fs::write(&path, table).unwrap();
    let all = read(&Intake::open(&[path], &Options::default()).unwrap());
    assert_eq!(text(&all.responses[0]), "Kind, gentle and they are never late");
}

/// The real exports, where they are at hand.
#[test]
fn real_exports_are_understood() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/public-data");
    let folder = std::env::var_os("HEARD_PUBLIC_DATA").map_or_else(beside, PathBuf::from);
    if !folder.is_dir() {
        return;
    }
    let one = |name: &str| Intake::open(&[folder.join(name)], &Options::default()).unwrap();
    let intake = one("exports/surveymonkey-two-header-rows.csv");
    let found = &intake.understanding()[0];
    println!("{}", describe(intake.understanding(), &|s| s.to_owned()));
    assert_eq!(
        (found.header_rows.as_slice(), found.rows, found.has_open_text()),
        (&[1, 2][..], 1186, false)
    );
    let intake = one("exports/consultation-biomass-responses.csv");
    let found = &intake.understanding()[0];
    assert_eq!((found.header_rows.as_slice(), found.rows), (&[2][..], 5));
    assert_eq!(found.columns[4].role, Role::Consent);
    assert_eq!(
        one("exports/fft-trust-template.csv").understanding()[0].columns[18].role,
        Role::Hidden
    );
    for name in
        ["exports/consultation-biomass-responses.csv", "exports/consultation-questions.xlsx"]
    {
        let intake = one(name);
        println!("{}", describe(intake.understanding(), &|s| s.to_owned()));
        assert!(intake.require_open_text().is_err(), "{name}");
    }
    for (name, rows) in [
        ("exports/fft-trust-template.csv", 50),
        ("nhs-fft-coded.csv", 6251),
        ("nhs-phase1-coded.csv", 10127),
    ] {
        let intake = one(name);
        println!("{}", describe(intake.understanding(), &|s| s.to_owned()));
        let found = &intake.understanding()[0];
        assert!(found.long, "{name}");
        if name.starts_with("nhs") {
            assert_eq!(found.rows, rows, "{name}");
        }
        assert_eq!(read(&intake).rows, found.rows, "{name}");
    }
}

/// The roles of a table with these bytes, by column.
fn roles_of(table: &str) -> Vec<Role> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.csv");
    fs::write(&path, table).unwrap();
    let intake = Intake::open(&[path], &Options::default()).unwrap();
    intake.understanding()[0].columns.iter().map(|c| c.role).collect()
}

#[test]
fn how_a_response_came_in_is_no_question() {
    let roles = roles_of(
        "Response Type,Response ID,What could be better about your care?\n\
         IP Address,R_1,They never ring when they are late\n\
         IP Address,R_2,More time in the morning please\n\
         Survey Preview,R_3,The same faces would be good\n",
    );
    assert_eq!((roles[0], roles[2]), (Role::SingleChoice, Role::OpenText));
}

#[test]
fn one_comment_below_a_question_with_options_is_a_comment() {
    let roles = roles_of(
        "UserID,Q1. Why?,Q2. Tick all that apply,\n\
         ,Comments,Late,Rushed\n\
         1,They are late every single day,Late,\n\
         2,,,Rushed\n",
    );
    assert_eq!(&roles[1..], [Role::OpenText, Role::MultipleChoice, Role::MultipleChoice]);
}

#[test]
fn few_answers_to_what_was_good_are_open_text() {
    let roles = roles_of("ID,What was good?,Area\r1,Kind girls,North\r2,n/a,South\r3,,North\r");
    assert_eq!(roles[1], Role::OpenText);
}

#[test]
fn somebody_else_who_speaks_says_so_in_a_column_that_is_no_question() {
    let csv = "ID,Collector,Are you...,,,What could be better?\n\
         ,,A service user,A relative,Other (please specify),\n\
         1,9,A service user,,,They are late every single day\n\
         2,9,,,Paid care worker,Ring us when they are late\n\
         3,9,,A relative,,More time in the morning please\n";
    let (_folder, intake) = written("survey.csv", csv);
    let all = read(&intake);
    let who: Vec<_> = all.responses.iter().map(|r| r.respondent_type.map(|(who, _)| who)).collect();
    let said = [RespondentType::ServiceUser, RespondentType::CareWorker, RespondentType::Family];
    assert_eq!(who, said.map(Some));
    // Of what was ticked "other" stays an answer.
    let roles = roles_of(
        "ID,What help do you get?,If other please say,What could be better?\n\
         1,Meals,They also drive me to church on Sundays,Ring us when they are late\n\
         2,Washing,,More time please\n3,Other,She walks my dog round the park each day,Be on time\n",
    );
    assert_eq!(roles[2], Role::OpenText);
}

#[test]
fn a_list_of_comments_without_quotes_is_one_column() {
    let csv = "What could be better?\nGreat, but late\nThe carers are kind\nRude, curt, and gone\n";
    let (_folder, intake) = written("typed.csv", csv);
    let all = read(&intake);
    assert!(all.unprocessed.is_empty());
    let said: Vec<&str> = all.responses.iter().map(text).collect();
    assert_eq!(said, ["Great, but late", "The carers are kind", "Rude, curt, and gone"]);
}

/// An intake of one file of this name with these bytes.
fn written(name: &str, content: &str) -> (tempfile::TempDir, Intake) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    let intake = Intake::open(&[path], &Options::default()).unwrap();
    (folder, intake)
}

#[test]
fn totals_and_notes_below_a_table_are_nobody_and_are_set_aside() {
    let mut csv = "Ref,Area,Score,What could be better?\n".to_owned();
    for n in 1..=9 {
        csv.push_str(&format!("{n},North,4,\"They come late on day {n} and never ring us\"\n"));
    }
    csv.push_str("10,South,1,Total waste of time\n\n");
    csv.push_str(
        "Total returns,10,Average rating,\nAverage rating,,3.7,\nSource: paper forms,,,\n",
    );
    let (_folder, intake) = written("returns.csv", &csv);
    assert_eq!(intake.understanding()[0].rows, 10);
    let all = read(&intake);
    assert_eq!((all.responses.len(), all.rows), (10, 13));
    assert!(all.unprocessed.iter().all(|u| u.reason == "below_the_table"));
    assert_eq!(text(&all.responses[9]), "Total waste of time");
}

#[test]
fn ticked_choices_joined_by_commas_are_no_words_of_ones_own() {
    let mut csv = "ResponseId,Which of these apply to you?,What was good?\n".to_owned();
    let ticks = ["I live alone,I use a wheelchair", "I use a wheelchair", "I live alone"];
    for n in 0..24 {
        csv.push_str(&format!("R{n},\"{}\",\"They are kind on day {n}\"\n", ticks[n % 3]));
    }
    let (_folder, intake) = written("qualtrics.csv", &csv);
    let roles: Vec<&str> =
        intake.understanding()[0].columns.iter().map(|c| c.role.as_str()).collect();
    assert_eq!(roles[1..], ["multiple_choice", "open_text"]);
}

#[test]
fn what_is_said_not_to_be_so_is_no_praise() {
    use super::wording::polarity;
    for asks in [
        "What does not work well, and why?",
        "What are you not satisfied with?",
        "Is there anything you are unhappy with?",
        "What did we get wrong?",
    ] {
        assert_eq!(polarity(asks), Polarity::Improve, "{asks}");
    }
    assert_eq!(polarity("What are you satisfied with?"), Polarity::Good);
    assert_eq!(polarity("What was good, and what was not good?"), Polarity::Neutral);
}

#[test]
fn a_letter_replies_to_the_only_proposal_of_the_run_or_to_that_of_the_settings() {
    let asked = |files: &[&str], proposal: Option<&str>| {
        let files: Vec<PathBuf> = files.iter().map(|name| fixture(name)).collect();
        let options = Options { proposal: proposal.map(str::to_owned), ..Options::default() };
        let all = read(&Intake::open(&files, &options).unwrap());
        let letter = all.responses.iter().find(|r| r.channel == Channel::Letter).unwrap();
        (letter.question.polarity, letter.question.text.reveal().to_owned())
    };
    assert_eq!(asked(&["letter.docx"], None), (Polarity::Neutral, String::new()));
    let (polarity, text) = asked(&["letter.docx", "citizen-space.csv"], None);
    assert!(polarity == Polarity::Proposal && text.ends_with("model?"), "{text}");
    let said = "One provider for each area";
    let told = (Polarity::Proposal, said.to_owned());
    assert_eq!(asked(&["letter.docx"], Some(said)), told);
    assert_eq!(asked(&["letter.docx", "citizen-space.csv"], Some(said)), told);
}
