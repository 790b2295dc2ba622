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
    let carer = "(?:unpaid |main |primary |full[- ]time |sole |only |family )*carer";
    let often = "(?:now |still |also |mainly |already |just |do |have to |had to |have )*";
    let and = "\\b(?:me|i) and my \\w+ |\\bmy \\w+ and (?:i|me) |\\bwe (?:both |all )?";
    Regex::new(&format!(
        "(?:(?:\\bi {often}|{and})(?:look(?:ed)? after|cared? for)\
         |{am} (?:now |still |also )?(?:looking after|caring for)\
         |\\bgave up (?:my |full[- ]time )?(?:work|job|career) to (?:look after|care for)\
         |(?:{am}|\\bas|\\bbeing) (?:a |an |the )?{carer} (?:for|of|to)) (?:{whose})?{OWN}\\b(?:[^'\\w]|$)\
         |(?:{am}|\\bbeing) (?:{whose})?{OWN}'?s {carer}\\b\
         |\\bas (?:{whose})?{OWN}'?s {carer}(?:[,.]| i\\b|$)"
    ))
    .unwrap()
});

#[allow(clippy::unwrap_used, reason = "a constant pattern, compiled by the tests")]
static PAID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:i|i've|i have) (?:also |still |now )?work(?:ed)? (?:as|in|for)\b|\b(?:my|our) (?:clients?|service users?|shifts?|rotas?|rounds?|wages?|pay|residents?)\b|\bi(?: am|'m) a (?:paid |home |professional )+(?:carer|care worker)\b",
    )
    .unwrap()
});

/// Whether whoever speaks says that care is their work, too.
pub(crate) fn is_paid(text: &str) -> bool {
    PAID.is_match(&text.to_lowercase().replace('\u{2019}', "'"))
}

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
            "I'm mum's main carer",
            "As my mother's primary carer I never know who is coming.",
            "Being my dad's carer is hard when nobody comes",
            "We look after our daughter between us",
            "I gave up work to look after mum",
            "I have cared for my husband for nine years",
            "Me and my sister look after mam",
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
            "My mum's carer is never on time",
            "We look after our clients well",
            "I'm a carer for my clients",
            "As my mum's carers never ring, I do",
            "As mum's carer was late again, I rang",
        ] {
            assert!(!looks_after(text), "{text}");
        }
    }

    #[test]
    fn who_is_paid_may_look_after_their_own_too() {
        assert!(is_paid("I work as a care assistant and I look after my mum."));
        assert!(is_paid("I look after my mum before my shift"));
        assert!(!is_paid("I am my wife's carer, and carers should be paid for their work."));
    }
}
