//! The reader on small sheets: both layouts and numbered columns, several coders, and every error.

use std::path::PathBuf;

use heard_models::words::RespondentType;

use super::*;

const HOME: &str = "home-care";

fn deidentifier() -> Deidentifier {
    Deidentifier::new(crate::deidentify::Options::default())
}

fn write(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn read_text(text: &str, options: Options) -> Result<Coded, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "coded.csv", text);
    let codes = Codes::from(&Codebook::builtin(HOME).unwrap());
    read_all(&path, &codes, &deidentifier(), options)
}

fn train(text: &str) -> Vec<LabelledResponse> {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "coded.csv", text);
    read(&path, &Codebook::builtin(HOME).unwrap(), &deidentifier()).unwrap()
}

/// Ids of the codes of a reading, with their feelings.
fn themes(response: &LabelledResponse) -> Vec<String> {
    let book = Codebook::builtin(HOME).unwrap();
    let ids: Vec<&str> = book.codes().collect();
    let mut all: Vec<String> = response
        .segments
        .iter()
        .flat_map(|s| &s.codes)
        .map(|(code, feeling)| {
            let feeling = feeling.map(|f| format!(":{f}")).unwrap_or_default();
            format!("{}{feeling}", ids[*code])
        })
        .collect();
    all.sort();
    all
}

fn message(text: &str) -> String {
    read_text(text, Options::default()).unwrap_err().to_string()
}

#[test]
fn the_three_layouts_say_the_same() {
    let sheets = [
        "text,themes\n\"Late, and rude\",\"punctuality:negative; Kindness, trust and companionship:negative\"\n",
        "text,themes,sentiment\n\"Late, and rude\",\"punctuality,relationship\",negative\n",
        "Comment,Punctuality,\"KINDNESS trust and  companionship\",safety\n\"Late, and rude\",-,negative,0\n",
        "Comment,theme: Punctuality,relationship,sentiment\n\"Late, and rude\",x,1,negative\n",
        "Comment,Theme 1,Sentiment 1,Theme 2,Sentiment 2\n\"Late, and rude\",Punctuality,neg,relationship,-\n",
        "Comment;Themes\nLate, and rude;punctuality:negative|relationship:-\n",
        "id,text,theme,sentiment\n1,\"Late, and rude\",punctuality,negative\n1,\"Late, and rude\",relationship,negative\n",
    ];
    for sheet in sheets {
        let coded = read_text(sheet, Options::default()).unwrap();
        assert_eq!(coded.readings.len(), 1, "{sheet}");
        let response = &coded.readings[0].response;
        assert_eq!(themes(response), ["punctuality:negative", "relationship:negative"], "{sheet}");
        assert_eq!(response.text, "Late, and rude");
        assert_eq!(response.segments.len(), 1, "{sheet}");
    }
}

#[test]
fn rows_of_one_response_are_its_segments_wherever_they_stand() {
    let coded = read_text(
        "response_id,segment,text,themes\na,0,They come late.,punctuality\nb,0,Fine,\na,1,But kind.,relationship\n",
        Options::default(),
    )
    .unwrap();
    assert_eq!(coded.readings.len(), 2);
    let response = &coded.readings[0].response;
    assert_eq!(response.text, "They come late. But kind.");
    assert_eq!(&response.text[response.segments[1].span.clone()], "But kind.");
    assert_eq!(themes(&coded.readings[1].response), [""; 0]);
}

#[test]
fn a_title_above_the_header_and_a_question_over_the_text_are_understood() {
    let coded = read_text(
        "Coding of March,,\n,,\nNo,What could be better about your care?,Themes\n1,They should come on time for once,punctuality\n2,Nothing that I can think of now,\n",
        Options::default(),
    )
    .unwrap();
    assert_eq!(coded.readings.len(), 2);
    assert_eq!(coded.readings[0].row, 4);
    let response = &coded.readings[0].response;
    assert_eq!(response.polarity, heard_models::words::Polarity::Improve);
    assert_eq!(response.question, "What could be better about your care?");
}

#[test]
fn levels_are_read_on_the_nhs_scale_and_on_a_signed_one() {
    let sheet =
        "text,themes,sentiment\nGood care,relationship,1\nBad care,relationship,5\nSo so,,3\n";
    let coded = read_text(sheet, Options::default()).unwrap();
    assert_eq!(coded.scale, Scale::Nhs);
    let levels: Vec<_> = coded.readings.iter().map(|r| r.response.level).collect();
    assert_eq!(levels, [Some(2), Some(-2), Some(0)]);
    assert_eq!(themes(&coded.readings[0].response), ["relationship:positive"]);
}

#[test]
fn words_without_codes_are_kept_and_codes_without_words_are_counted() {
    let sheet = "text,themes,status\nWe like the garden,,\n,punctuality,\n,,no_content\n";
    let coded = read_text(sheet, Options::default()).unwrap();
    assert_eq!((coded.rows, coded.blank, coded.readings.len()), (3, 2, 3));
    assert_eq!(train(sheet).len(), 2);
}

#[test]
fn several_coders_are_kept_apart_and_training_takes_what_most_said() {
    let sheet = "id,coder,text,themes\n1,Ann,Always late,punctuality:negative\n2,Ann,Kind,relationship\n1,Bo,Always late,punctuality:mixed; safety\n2,Bo,Kind,dignity\n1,Cy,Always late,punctuality:negative; safety\n";
    let coded = read_text(sheet, Options::default()).unwrap();
    assert_eq!((coded.readings.len(), coded.coders.len()), (5, 3));
    let once = train(sheet);
    assert_eq!(once.len(), 2);
    assert_eq!(themes(&once[0]), ["punctuality:negative", "safety"]);
    // One against one: the first coder decides.
    assert_eq!(themes(&once[1]), ["relationship"]);
}

#[test]
fn without_ids_the_second_same_answer_is_another_response() {
    let sheet = "coder,text,themes\nAnn,Nothing,\nAnn,Nothing,relationship\nBo,Nothing,\nBo,Nothing,relationship\n";
    assert_eq!(train(sheet).len(), 2);
    assert_eq!(train("text,themes\nNothing,\nNothing,\n").len(), 2);
}

#[test]
fn texts_are_de_identified_together() {
    let sheet = "id,segment,text,themes\n1,0,My carer Siobhan Murphy is late.,punctuality\n1,1,Siobhan Murphy is kind.,relationship\n";
    let text = &train(sheet)[0].text;
    assert!(!text.contains("Siobhan") && text.matches("[PERSON 1]").count() == 2, "{text}");
}

#[test]
fn errors_name_row_and_column_and_suggest() {
    let wrong = message("text,themes\nAlways late,punctualty\n");
    for part in ["row 2", "column `themes`", "`punctualty`", "did you mean `punctuality`?"] {
        assert!(wrong.contains(part), "{wrong}");
    }
    let wrong = message("text,themes\nAlways late,punctuality:negativ\n");
    assert!(wrong.contains("did you mean `negative`?"), "{wrong}");
    let wrong = message("text,Punctuality,\"Kindnes, trust and companionship\"\nAlways late,1,0\n");
    assert!(wrong.contains("did you mean `Kindness, trust and companionship`?"), "{wrong}");
    let wrong = message("text,thmes\nAlways late,punctuality\n");
    assert!(wrong.contains("did you mean `themes`"), "{wrong}");
    let wrong = message("text,themes,respondent type\nLate,punctuality,relatives\n");
    assert!(wrong.contains("column `respondent type`") && wrong.contains("family"), "{wrong}");
    let wrong = message("text,punctuality,safety\nAlways late,maybe,0\n");
    assert!(wrong.contains("row 2") && wrong.contains("is not a mark"), "{wrong}");
}

#[test]
fn an_error_quotes_little_and_no_name() {
    let wrong = message(
        "text,themes\nx,Siobhan Murphy 07700 900123 never came and nobody rang to say why\n",
    );
    assert!(!wrong.contains("Murphy") && !wrong.contains("rang to say"), "{wrong}");
}

#[test]
fn unknown_themes_can_be_counted_and_left_out() {
    let options = Options { ignore_unknown: true, ..Options::default() };
    let coded =
        read_text("text,themes\nLate,punctuality; Parking\nFull,Parking\n", options).unwrap();
    assert_eq!(coded.unknown, BTreeMap::from([("Parking".to_owned(), 2)]));
    assert_eq!(themes(&coded.readings[0].response), ["punctuality"]);
}

#[test]
fn json_lines_hold_lists() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(
        &folder,
        "coded.jsonl",
        "{\"text\":\"Late\",\"themes\":[\"punctuality\",\"relationship\"]}\n{\"text\":\"Fine\",\"themes\":[]}\n",
    );
    let names = Codes::from(&Codebook::builtin(HOME).unwrap());
    let coded = read_all(&path, &names, &deidentifier(), Options::default()).unwrap();
    assert_eq!(themes(&coded.readings[0].response), ["punctuality", "relationship"]);
    assert_eq!(coded.readings.len(), 2);
}

#[test]
fn rows_that_end_without_codes_are_counted() {
    let sheet = "text,themes\nLate,punctuality\nFine,\nOK,\n";
    assert_eq!(read_text(sheet, Options::default()).unwrap().uncoded_end, 2);
}

#[test]
fn coders_may_have_columns_of_their_own() {
    let sheet = "Comment,Coder 1 themes,Coder 1 sentiment,Themes (coder B)\n\
                 Late again,punctuality,negative,Punctuality;relationship\n\
                 Late again,relationship,negative,\n";
    let coded = read_text(sheet, Options::default()).unwrap();
    assert_eq!((coded.rows, coded.coders.len()), (2, 2));
    let said: Vec<(usize, Vec<String>)> =
        coded.readings.iter().map(|r| (r.coder, themes(&r.response))).collect();
    let of = |coder: usize, codes: &[&str]| {
        (coder, codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(
        said,
        [
            of(0, &["punctuality:negative"]),
            of(0, &["relationship:negative"]),
            of(1, &["punctuality", "relationship"]),
            of(1, &[]),
        ]
    );
    assert_eq!(train(sheet).len(), 2);
    // What was agreed is what counts.
    let agreed = sheet.replace("Coder 1 sentiment", "Agreed themes").replace("negative", "safety");
    assert_eq!(read_text(&agreed, Options::default()).unwrap().coders.len(), 1);
}

#[test]
fn of_a_workbook_of_the_review_only_rows_that_somebody_checked_count() {
    let heads = crate::review::sheet::FIRST.join(",");
    let read = train(&format!(
        "{heads},theme 1,sentiment 1\n\
         1-2,0,,Person who receives care,They are late again and again,,yes,Punctuality,negative\n\
         1-3,0,,Family member,The girls are kind,,,\"Kindness, trust and companionship\",positive\n\
         1-4,0,,Respondent,It is what it is,,no theme,,\n"
    ));
    let seen: Vec<_> = read.iter().map(|one| (themes(one), one.respondent)).collect();
    let late = vec!["punctuality:negative".to_owned()];
    let who = [RespondentType::ServiceUser, RespondentType::Unknown];
    assert_eq!(seen, [(late, Some(who[0])), (Vec::new(), Some(who[1]))]);
}
