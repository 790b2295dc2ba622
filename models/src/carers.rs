//! Who looks after someone of their own, where they say so outright: "I look after my dad". A model
//! that learnt from longer answers takes such a line for anybody's.

use std::sync::LazyLock;

use regex::Regex;

/// Family and friends; whoever looks after "my clients" is paid for it.
const OWN: &str = "(?:mum|mam|mom|mammy|mummy|mother|dad|daddy|father|parents?|husband|hubby|wife|missus|partner|\
    other half|son|daughter|child|boy|girl|sister|brother|nan|nana|nain|gran|granny|grandma|grandmother|\
    grandad|grandfather|taid|aunt|auntie|uncle|niece|nephew|cousin|neighbour|friend|relative|family member|\
    mother-in-law|father-in-law|mother in law|father in law)";

#[allow(clippy::unwrap_used, reason = "a constant pattern, compiled by the tests")]
static LOOKS_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    let whose = "(?:my|our|me) (?:own |late |dear |poor |old |elderly |disabled |older |younger |\\d+[- ]year[- ]old )?";
    let am = "\\bi(?: am|'m|m|'ve been| have been)";
    let carer = "(?:unpaid |main |full[- ]time |sole |only |family )*carer";
    Regex::new(&format!(
        "(?:\\bi (?:now |still |also |mainly |already |just |do |have to )?(?:look after|care for)\
         |{am} (?:now |still |also )?(?:looking after|caring for)\
         |{am} (?:a |an |the )?{carer} (?:for|of|to)) (?:{whose})?{OWN}\\b(?:[^'\\w]|$)\
         |{am} {whose}{OWN}'?s {carer}\\b"
    ))
    .unwrap()
});

/// Whether whoever speaks says that they look after someone of their own.
pub(crate) fn looks_after(text: &str) -> bool {
    let text = text.to_lowercase().replace('\u{2019}', "'");
    LOOKS_AFTER.is_match(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_looks_after_their_own_is_a_carer() {
        for text in [
            "I look after my dad",
            "I care for my husband.",
            "I’ve been caring for mum for ten years",
            "I am my wife's carer and nobody rings us.",
            "I'm the main carer for my elderly mother",
            "They come late, and I still look after my 90 year old nan.",
        ] {
            assert!(looks_after(text), "{text}");
        }
    }

    #[test]
    fn nobody_else_is() {
        for text in [
            "They look after my dad",
            "I look after my clients as if they were my mum",
            "I look after my mother's affairs from Swindon.",
            "I care for my health",
            "My daughter looks after me",
            "I care for people in their own homes",
        ] {
            assert!(!looks_after(text), "{text}");
        }
    }
}
