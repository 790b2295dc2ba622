//! What the room promises, a sentence a test.

use super::{Deidentifier, Options, Redacted, Redaction, RedactionKind, StoredError};

fn room() -> Deidentifier {
    Deidentifier::new(Options {
        providers: vec!["Sunrise Care Ltd".into(), "Mears".into()],
        ..Options::default()
    })
}

fn redact(text: &str) -> String {
    room().label(text).as_str().to_owned()
}

#[test]
fn one_person_has_one_number_in_all_answers_of_a_row() {
    let answers = [
        "Denise Adeyemi is my carer.",
        "Mrs Adeyemi's timekeeping. I told DENISE and Agnieszka so.",
        "denise again, ring 07700 900123",
    ];
    let redacted = room().document(&answers);
    assert_eq!(redacted[0].as_str(), "[PERSON 1] is my carer.");
    assert_eq!(
        redacted[1].as_str(),
        "Mrs [PERSON 1]'s timekeeping. I told [PERSON 1] and [PERSON 2] so."
    );
    assert_eq!(redacted[2].as_str(), "[PERSON 1] again, ring [PHONE 1]");
}

#[test]
fn a_name_known_from_a_later_answer_is_found_in_an_earlier_one() {
    let redacted = room().document(&["Xquenta was late.", "Our carer called Xquenta is kind."]);
    assert_eq!(redacted[0].as_str(), "[PERSON 1] was late.");
}

#[test]
fn a_shortened_verb_after_a_name_stays() {
    assert_eq!(
        redact("Denise'll be here, they've said so."),
        "[PERSON 1]'ll be here, they've said so."
    );
    assert_eq!(redact("I've had Agnieszka’d up to here"), "I've had [PERSON 1]’d up to here");
    assert_eq!(redact("We'd told O'Hara."), "We'd told [PERSON 1].");
}

#[test]
fn what_is_written_as_only_postcodes_are_goes_whatever_its_area() {
    assert_eq!(redact("I live at AN9 9ZZ."), "I live at [POSTCODE 1].");
    assert_eq!(redact("my postcode is an9 9zz"), "my postcode is [POSTCODE 1]");
    assert_eq!(
        redact("She comes at 9 and 9.30, on the B6 bus"),
        "She comes at 9 and 9.30, on the B6 bus"
    );
}

#[test]
fn a_house_without_a_street_goes_with_its_village_and_its_town_stays() {
    assert_eq!(
        redact("The Old Forge, Lower Hexley, Hereford HR4 7PB"),
        "[ADDRESS 1], Hereford [POSTCODE 1]"
    );
    assert_eq!(
        redact("Mary Quux\nThe Old Forge, Lower Hexley\nHereford\nHR4 7PB"),
        "[PERSON 1]\n[ADDRESS 1]\nHereford\n[POSTCODE 1]"
    );
    assert_eq!(
        redact("The Royal Infirmary, Leicester LE1 5WW is where I was"),
        "The Royal Infirmary, Leicester [POSTCODE 1] is where I was"
    );
}

#[test]
fn no_month_speaks() {
    assert_eq!(redact("april said she would come back"), "[PERSON 1] said she would come back");
    for text in [
        "in june she said she would",
        "this april said to be the worst",
        "june came and nobody rang",
    ] {
        assert_eq!(redact(text), text);
    }
}

#[test]
fn numbers_link_nothing_beyond_one_row() {
    assert_eq!(redact("Denise came."), "[PERSON 1] came.");
    assert_eq!(redact("Agnieszka came."), "[PERSON 1] came.");
}

#[test]
fn placeholders_already_there_stay_and_numbering_goes_on_after_them() {
    assert_eq!(redact("[PERSON 4] and Denise"), "[PERSON 4] and [PERSON 5]");
}

#[test]
fn a_listed_provider_has_the_same_letter_everywhere() {
    assert_eq!(
        redact("mears took over from SUNRISE CARE."),
        "[PROVIDER B] took over from [PROVIDER A]."
    );
    assert_eq!(redact("Sunrise Care Ltd"), "[PROVIDER A]");
}

#[test]
fn a_label_holds_no_name() {
    assert_eq!(redact("How was Denise Adeyemi?"), "How was [PERSON 1]?");
    assert_eq!(redact("Denise Adeyemi"), "[PERSON 1]");
    assert_eq!(redact("Preston"), "Preston");
    assert_eq!(redact("Milton Keynes"), "Milton Keynes");
    assert_eq!(redact("May 2024"), "May 2024");
}

#[test]
fn a_span_masked_later_is_merged_and_leads_to_the_original() {
    let original = "Denise fed the lodger, 07700 900123";
    let redacted = room().label("Denise fed the lodger, 07700 900123");
    let at = redacted.as_str().find("the lo").unwrap() as u32;
    let masked = redacted.mask(std::slice::from_ref(&(at..at + 10)), RedactionKind::Person);
    let span = |kind, words: &str| {
        let start = original.find(words).unwrap() as u32;
        Redaction { kind, start, end: start + words.len() as u32 }
    };
    assert_eq!(masked.as_str(), "[PERSON 1] fed [PERSON 2], [PHONE 1]");
    assert_eq!(
        masked.redactions(),
        [
            span(RedactionKind::Person, "Denise"),
            span(RedactionKind::Person, "the lodger"),
            span(RedactionKind::Phone, "07700 900123"),
        ]
    );
}

#[test]
fn masking_into_a_placeholder_takes_all_of_it() {
    let redacted = room().label("Denise Qqzz came");
    let masked = redacted.mask(std::slice::from_ref(&(3..12)), RedactionKind::Person);
    assert!(masked.as_str().starts_with("[PERSON 1]"));
    assert_eq!(masked.redactions().len(), 1);
    assert_eq!(masked.redactions()[0].start, 0);
}

#[test]
fn stored_redactions_must_belong_to_their_text() {
    let person = Redaction { kind: RedactionKind::Person, start: 0, end: 6 };
    assert!(Redacted::from_store("[PERSON 1] came", vec![person]).is_ok());
    let phone = Redaction { kind: RedactionKind::Phone, ..person };
    assert_eq!(
        Redacted::from_store("[PERSON 1] came", vec![phone]),
        Err(StoredError::NoPlaceholder(0))
    );
    assert_eq!(
        Redacted::from_store("[PERSON 1] [PERSON 2]", vec![person, person]),
        Err(StoredError::Order(1))
    );
}

#[test]
fn nothing_of_a_text_is_printed_for_debugging() {
    assert!(!format!("{:?}", room().label("The carers are late")).contains("late"));
}

#[test]
fn a_batch_of_any_size_gives_the_same_result() {
    let rows = ["Will came with Hope.", "Ring 01632 960123, ask for Joy", "We will hope for joy"];
    let alone: Vec<Redacted> = rows.iter().map(|row| room().label(row)).collect();
    let shared = room();
    let together: Vec<Redacted> = rows.iter().map(|row| shared.label(row)).collect();
    assert_eq!(alone, together);
    assert_eq!(together[2].as_str(), rows[2]);
}

#[test]
fn words_of_welsh_stay_and_names_of_wales_go() {
    let room = Deidentifier::new(Options::default());
    for text in [
        "Croeso was warm and the Paned of tea always hot.",
        "Diolch yn fawr, Bore da, Iawn, a Cwtch from Mamgu and Tadcu.",
        "Thank you Cariad. Hiraeth for home.",
        "Mae'r gofalwyr yn garedig iawn.",
        "Dydd Llun, dydd Mawrth, dydd Mercher, dydd Iau, dydd Gwener, dydd Sadwrn a dydd Sul.",
        "Nos Lun, nos Fawrth, nos Fercher, nos Wener a phrynhawn Gwener does neb yn dod.",
        "Ers mis Ionawr, Chwefror, Mawrth, Ebrill; ers mis Mai, Mehefin a Gorffennaf.",
        "Daethon nhw ym mis Awst, Medi, Hydref, Tachwedd a Rhagfyr.",
        "Beth yw'r broblem? Beth sydd yn dda? Mae'n dod i ben.",
    ] {
        assert_eq!(room.label(text).as_str(), text);
    }
    for (text, left) in [
        ("Bronwen comes on Mondays.", "[PERSON 1] comes on Mondays."),
        (
            "Haf is my carer and Eira comes at night.",
            "[PERSON 1] is my carer and [PERSON 2] comes at night.",
        ),
        ("Diolch i Beth am bopeth, ac i Mai.", "Diolch i [PERSON 1] am bopeth, ac i [PERSON 2]."),
        ("Noswaith dda to Gwenllian who is my carer", "Noswaith dda to [PERSON 1] who is my carer"),
    ] {
        assert_eq!(room.label(text).as_str(), left);
    }
}

#[test]
fn ordinary_words_towns_bodies_and_dates_stay() {
    for text in [
        "We will hope for more joy in May.",
        "Bolton, Stoke, Leeds and Thurrock have the same problem.",
        "The NHS, the CQC and the council blame Bluebird Care.",
        "On 4 March 2024 at 10.30 they stayed 9 minutes and charged £21.50.",
        "My mum's carer and the district nurse come on Tuesdays.",
        "",
    ] {
        assert_eq!(redact(text), text);
    }
}

#[test]
fn the_address_block_of_a_letter_goes_line_by_line_and_its_town_stays() {
    let letter = "Orchard End, Hob Lane\nWeatherstone\nStoke-on-Trent\nST6 9ZZ\n12 March 2025\n\n\
        Dear Sir,\nI am the lady in the bungalow.\nYours sincerely\nG. Salt";
    assert_eq!(
        redact(letter),
        "[ADDRESS 1]\n[ADDRESS 2]\nStoke-on-Trent\n[POSTCODE 1]\n12 March 2025\n\n\
        Dear Sir,\nI am the lady in the bungalow.\nYours sincerely\n[PERSON 1]"
    );
}

#[test]
fn ages_brackets_and_nicknames_introduce_names() {
    for (text, redacted) in [
        ("Lee Rothwell, 41, has four calls.", "[PERSON 1], 41, has four calls."),
        ("Mr A Khan (asked not to be named)", "Mr [PERSON 1] (asked not to be named)"),
        ("I've a gentleman, Xuthbert, who rings.", "I've a gentleman, [PERSON 1], who rings."),
        ("They say to call him Mo.", "They say to call him [PERSON 1]."),
        ("Mum (Doreen Street) is tired.", "Mum ([PERSON 1]) is tired."),
        ("You had 9.6.37 off me.", "You had [DOB 1] off me."),
        ("The lady I spoke to on 9.6.24 was kind.", "The lady I spoke to on 9.6.24 was kind."),
        ("In Leeds, 12, and in June, 87 people.", "In Leeds, 12, and in June, 87 people."),
        ("They call me Monday to Friday.", "They call me Monday to Friday."),
        ("Mears Homecare are fine.", "[PROVIDER B] Homecare are fine."),
    ] {
        assert_eq!(self::redact(text), redacted);
    }
}
