//! Laws that hold for every text: offsets are exact, a second time changes nothing, neighbours in a
//! batch do not matter, masking by hand keeps the way back to the original.

use proptest::prelude::*;

use super::{Deidentifier, Options, Redacted, RedactionKind};

fn room() -> Deidentifier {
    Deidentifier::new(Options {
        providers: vec!["Bluebird Care".into(), "Mears Ltd".into()],
        ..Options::default()
    })
}

/// Texts with identifiers, placeholders and odd characters in every neighbourhood.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "Denise",
        "denise",
        "DENISE",
        "Mrs Patel",
        "my carer ",
        "Will",
        " came ",
        "Grace",
        " and ",
        "07700 900123",
        "01632 960123",
        "jan@example.org",
        "999 000 0018",
        "BL1 4QR",
        "14 Mill Lane",
        "Hob Lane",
        "\nLongmoor\n",
        "\nDear Sir,\n",
        "\nYours sincerely\n",
        "9.6.37",
        "aged 80",
        ", 87,",
        "Mr A Khan",
        "born 3/4/1941",
        "[PERSON 1]",
        "[PHONE 7]",
        "[PROVIDER A]",
        "[",
        "]",
        "é",
        "😀",
        "ñ",
        "\n",
        " ",
        ", ",
        ". ",
        "'s",
        "Bluebird Care",
        "Mears",
        "Oluwaseun Adeyemi",
        "J. Smith",
        "Regards, ",
        "www.example.org",
        "the ",
        "called ",
        "Xqzt",
        "June",
        "May",
        "Preston",
        "a",
        "0",
        "7",
        ":",
    ]);
    prop_oneof![
        4 => prop::collection::vec(pieces, 0..14).prop_map(|p| p.concat()),
        1 => "\\PC{0,60}",
    ]
}

fn slice(text: &str, start: u32, end: u32) -> String {
    text.chars().skip(start as usize).take((end - start) as usize).collect()
}

/// The original without the redacted spans is the new text without its placeholders.
fn offsets_are_exact(original: &str, redacted: &Redacted) {
    let (mut kept, mut at) = (String::new(), 0);
    for r in redacted.redactions() {
        assert!(at <= r.start && r.start < r.end);
        kept += &slice(original, at, r.start);
        at = r.end;
    }
    kept += &slice(original, at, original.chars().count() as u32);
    let (mut left, mut at) = (String::new(), 0);
    for (r, shown) in redacted.redactions().iter().zip(redacted.placeholders()) {
        left += &slice(redacted.as_str(), at, shown.start);
        let placeholder = slice(redacted.as_str(), shown.start, shown.end);
        assert!(placeholder.starts_with(&format!("[{} ", r.kind)) && placeholder.ends_with(']'));
        at = shown.end;
    }
    left += &slice(redacted.as_str(), at, redacted.as_str().chars().count() as u32);
    assert_eq!(kept, left);
    let back = Redacted::from_store(redacted.as_str(), redacted.redactions().to_vec());
    assert_eq!(back.as_ref(), Ok(redacted));
}

proptest! {
    #[test]
    fn the_offsets_lead_back_to_the_original(texts in prop::collection::vec(text(), 1..4)) {
        let given: Vec<&str> = texts.iter().map(String::as_str).collect();
        for (original, redacted) in given.iter().zip(room().document(&given)) {
            offsets_are_exact(original, &redacted);
        }
    }

    #[test]
    fn what_was_de_identified_stays_as_it_is(texts in prop::collection::vec(text(), 1..4)) {
        let given: Vec<&str> = texts.iter().map(String::as_str).collect();
        let once = room().document(&given);
        let again: Vec<&str> = once.iter().map(Redacted::as_str).collect();
        for (before, after) in once.iter().zip(room().document(&again)) {
            prop_assert_eq!(before.as_str(), after.as_str());
            prop_assert!(after.redactions().is_empty());
        }
    }

    #[test]
    fn masking_by_hand_keeps_the_way_back(
        original in text(),
        ranges in prop::collection::vec((0_u32..60, 1_u32..9), 0..4),
        more in (0_u32..60, 1_u32..9),
    ) {
        let redacted = room().label(&original);
        let ranges: Vec<_> = ranges.into_iter().map(|(start, length)| start..start + length).collect();
        let masked = redacted.mask(&ranges, RedactionKind::Person);
        offsets_are_exact(&original, &masked);
        let twice = masked.mask(std::slice::from_ref(&(more.0..more.0 + more.1)), RedactionKind::Other);
        offsets_are_exact(&original, &twice);
    }
}
