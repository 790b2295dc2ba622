//! Files of letters: several letters in one file, scans that people type, notes of several people,
//! and the names that a file tells outside its words.

use super::*;

fn formats(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/formats").join(name)
}

fn with(path: &Path, options: &Options) -> Intake {
    Intake::open(&[path.to_owned()], options).unwrap()
}

fn settings(intake: &Intake) -> Options {
    let written = to_toml(intake.understanding(), &|s| s.to_owned());
    let settings: Settings = toml::from_str(&written).unwrap();
    Options { sources: settings.source, ..Options::default() }
}

fn names(response: &RawResponse) -> Vec<&str> {
    response.names.iter().map(Identified::reveal).collect()
}

/// A text file with these words, read.
fn written(text: &str) -> RawBatch {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notes.txt");
    fs::write(&path, text).unwrap();
    read(&with(&path, &Options::default()))
}

#[test]
fn a_file_of_many_letters_is_split_as_the_settings_say() {
    let path = formats("bundle.pdf");
    let whole = with(&path, &Options::default());
    let report = describe(whole.understanding(), &|s| s.to_owned());
    assert!(report.contains("3 letters (pages 1-2, 3-4, 5)"), "{report}");
    assert_eq!(read(&whole).responses.len(), 1);
    let split = with(&path, &settings(&whole));
    let all = read(&split);
    assert_eq!((all.rows, split.rows(), all.responses.len()), (3, 3, 3));
    assert!(text(&all.responses[0]).contains("the same two people"));
    assert!(text(&all.responses[1]).contains("fifteen minutes"));
    let days: Vec<bool> = all.responses.iter().map(|r| r.submitted_on.is_some()).collect();
    assert_eq!(days, [true, true, false]);
    // The scanned page belongs to the second letter.
    assert_eq!((all.unprocessed[0].row, all.unprocessed[0].page), (2, Some(4)));
    let who: Vec<_> = all.responses.iter().map(|r| r.respondent_type.map(|w| w.0)).collect();
    assert_eq!(who, [Some(RespondentType::Family), None, Some(RespondentType::Organisation)]);
    assert_eq!(names(&all.responses[0]), ["Dougal Scanhand"]);
    // What was written reads back as the same.
    let same = |s: &str| s.to_owned();
    assert_eq!(to_toml(split.understanding(), &same), to_toml(whole.understanding(), &same));
}

#[test]
fn pages_that_the_settings_leave_out_are_set_aside_and_wrong_pages_are_an_error() {
    let path = formats("bundle.pdf");
    let mut options = settings(&with(&path, &Options::default()));
    options.sources[0].letters = vec!["1-2".into(), "5".into()];
    let all = read(&with(&path, &options));
    let aside: Vec<_> = all.unprocessed.iter().map(|u| (u.row, u.page, u.reason)).collect();
    assert_eq!(aside, [(1, Some(3), "page_left_out"), (1, Some(4), "page_left_out")]);
    assert_eq!((all.rows, all.responses.len()), (2, 2));
    options.sources[0].letters = vec!["3-1".into()];
    let error = Intake::open(&[path], &options).unwrap_err();
    assert!(error.to_string().contains("letters = [\"1-2\", \"3\"]"), "{error}");
}

#[test]
fn scans_are_counted_and_come_back_typed() {
    let dir = tempfile::tempdir().unwrap();
    fs::copy(formats("scans.pdf"), dir.path().join("scans.pdf")).unwrap();
    fs::copy(formats("bundle.pdf"), dir.path().join("bundle.pdf")).unwrap();
    fs::write(dir.path().join("photo.jpg"), "a picture of a letter").unwrap();
    fs::write(dir.path().join("c.txt"), "My carers are kind.").unwrap();
    let folder = [dir.path().to_owned()];
    let intake = Intake::open(&folder, &Options::default()).unwrap();
    let before = read(&intake);
    assert_eq!((before.rows, before.responses.len()), (4, 2));
    let mut options = settings(&intake);
    let scans = options
        .sources
        .iter_mut()
        .find(|s| s.file.contains("scans") || s.letters == ["1-3"])
        .unwrap();
    scans.letters = vec!["1".into(), "2-3".into()];
    let intake = Intake::open(&folder, &options).unwrap();
    assert_eq!(read(&intake).rows, 7);
    let waiting: Vec<(u32, &str)> = intake
        .understanding()
        .iter()
        .flat_map(|u| &u.to_type)
        .map(|t| (t.row, t.pages.as_str()))
        .collect();
    assert_eq!(waiting, [(2, "4"), (1, ""), (1, "1"), (2, "2-3")]);
    // Someone types the picture and the second scan.
    let book = to_type(intake.understanding(), &|s| s.to_owned()).unwrap().unwrap();
    let path = dir.path().join(TO_TYPE);
    fs::write(&path, book).unwrap();
    let sheet = sheets(&path, &options).unwrap().sheets.remove(0);
    let mut again = rust_xlsxwriter::Workbook::new();
    let out = again.add_worksheet();
    for (r, row) in sheet.rows.iter().enumerate() {
        for (c, cell) in row.cells().enumerate() {
            out.write_string(r as u32, c as u16, cell).unwrap();
        }
        if r == 2 || r == 4 {
            out.write_string(r as u32, 3, "12/03/2025").unwrap();
            out.write_string(r as u32, 4, "daughter").unwrap();
            out.write_string(r as u32, 5, "They never ring.").unwrap();
        }
    }
    again.save(&path).unwrap();
    let intake = Intake::open(&folder, &options).unwrap();
    let all = read(&intake);
    assert_eq!((all.rows, all.responses.len()), (7, 6));
    let typed: Vec<_> = all.responses.iter().filter(|r| text(r) == "They never ring.").collect();
    assert_eq!(typed.len(), 2);
    for one in typed {
        assert_eq!(one.submitted_on, dates::parse("2025-03-12", dates::Order::DayFirst));
        assert_eq!(one.respondent_type.unwrap().0, RespondentType::Family);
    }
    assert_eq!(intake.understanding().iter().map(|u| u.to_type.len()).sum::<usize>(), 2);
}

#[test]
fn notes_of_several_people_are_several_rows() {
    let all = written(
        "Interview 1\nName: Zebedee Quux\nDate: 12/03/2025\n\nThey are kind and gentle.\n\n\
         Interview 2\nRelationship: daughter\n\nThey rush in and out.\n",
    );
    assert_eq!((all.rows, all.responses.len()), (2, 2));
    assert_eq!(text(&all.responses[0]), "They are kind and gentle.");
    assert_eq!(names(&all.responses[0]), ["Zebedee Quux"]);
    assert!(all.responses[0].submitted_on.is_some());
    assert_eq!(all.responses[1].respondent_type.unwrap().0, RespondentType::Family);
}

#[test]
fn answers_to_several_questions_are_one_row() {
    let all = written(
        "Q1. What is good about your care?\nThe girls are kind.\n\nQ2. What could be better?\nThe times.\n",
    );
    assert_eq!((all.rows, all.responses.len()), (1, 2));
    let asked: Vec<_> =
        all.responses.iter().map(|r| (r.question.number, r.question.polarity)).collect();
    assert_eq!(asked, [(Some(1), Polarity::Good), (Some(2), Polarity::Improve)]);
}

#[test]
fn people_who_take_turns_in_a_text_are_rows_without_their_labels() {
    let all = written(
        "Interviewer: How is your care?\nZebedee: They are kind.\nInterviewer: And the times?\nZebedee: Late, always.\n",
    );
    assert_eq!((all.rows, all.responses.len()), (1, 1));
    let one = &all.responses[0];
    assert_eq!((text(one), one.channel), ("They are kind.\nLate, always.", Channel::Transcript));
    assert_eq!(names(one), ["Zebedee"]);
}

#[test]
fn names_outside_the_words_travel_beside_them() {
    let all = format("reply.eml");
    assert!(names(&all.responses[0]).iter().any(|n| n.contains("Wilhelmina")));
    assert_eq!(names(&all.responses[0]), names(&all.responses[1]));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.csv");
    fs::write(
        &path,
        "First Name,Last Name,What could be better?\nZebedee,Quux,They are always late\nErmintrude,,More time for a chat\n",
    )
    .unwrap();
    let all = read(&with(&path, &Options::default()));
    assert_eq!(names(&all.responses[0]), ["Zebedee", "Quux", "Zebedee Quux"]);
    assert_eq!(names(&all.responses[1]), ["Ermintrude"]);
    assert!(!format!("{all:?}").contains("Ermintrude"));
}

#[test]
fn check_counts_what_people_say() {
    let dir = tempfile::tempdir().unwrap();
    let campaign = "I am writing to object to the plan to move home care into locality teams. My relative \
        has had the same carer for years and would lose her. Nobody has told us about weekends.";
    fs::write(
        dir.path().join("a.csv"),
        format!(
            "id,What do you think of the plan?\n1,{campaign}\n2,{campaign} I cried.\n3,n/a\n4,Nothing\n\
             5,They never ring when they are late\n6,Mae'r gofalwyr yn hwyr bob dydd ac mae mam yn poeni\n"
        ),
    )
    .unwrap();
    fs::write(dir.path().join("b.txt"), "They NEVER ring when they are late!").unwrap();
    let mut intake = Intake::open(&[dir.path().to_owned()], &Options::default()).unwrap();
    intake.count().unwrap();
    let [table, letter] = intake.understanding() else { panic!("two sources") };
    let counts = table.counts.as_ref().unwrap();
    assert_eq!((counts.answers, counts.blank, counts.says_nothing), (6, 1, 1));
    assert_eq!((counts.same, counts.template), (0, 1));
    assert_eq!(counts.languages, [("cy", 1), ("en", 3)].into());
    assert_eq!(letter.counts.as_ref().unwrap().same, 1);
    let report = describe(intake.understanding(), &|s| s.to_owned());
    for line in [
        "languages: English 3, Welsh 1",
        "In all: 2 sources, 7 rows and documents, 7 people or bodies",
        "1 follows the template of an earlier one",
        "1 has the words of an earlier answer",
    ] {
        assert!(report.contains(line), "{line}\n{report}");
    }
}
