//! Street addresses: a number and a street, a flat, a house name with its street, or a street where
//! someone is said to live. Towns stay; the outward half of a postcode goes when it ends an address.

use super::found::{Found, pattern};
use super::lexicon::{FUNCTION, TIME, fold, lexicon};
use super::redacted::RedactionKind::{Address, Postcode};

pub(super) const STREET: &str = "Street|St|Str|Road|Rd|Lane|Ln|Avenue|Ave|Av|Close|Cl|Drive|Dr|Court|Ct|Crescent|Cres|Place|Pl|Gardens|Gdns|Grove|Way|Terrace|Terr|Walk|Square|Sq|Hill|Mews|View|Rise|Green|Parade|Fold|Croft|Brow|Row|House|Towers|Heights|Lodge|Buildings|Villas|Cottages?|Farm|Park|Gate|Bank|Meadows?|Wharf|Quay|Common|Yard|Chase|Vale|Mount|Wynd|Spinney|Copse|Hollow|Fields?|Approach|Drove|Dene|Garth|Leys|Ridge|Reach|Broadway";
/// Street words safe in small letters.
const SMALL_STREET: &str =
    "street|road|rd|lane|avenue|ave|crescent|terrace|gardens|drive|close|grove|court|mews|st";

pattern!(
    NUMBERED,
    &format!(
        r"\b(?:(?i:flat|apartment|apt|unit|room|no\.?|number)\s?[0-9]*[A-Za-z]?,?\s+)?[0-9]{{1,4}}[A-Za-z]?(?:\s?[-/]\s?[0-9]{{1,3}}[A-Za-z]?)?,?\s+((?:(?:St\.?|The|Upper|Lower|Great|Little|Old|New)\s)?(?:[A-Z][\p{{L}}'’.-]*\s){{1,3}})(?:{STREET}|{})\b\.?",
        STREET.to_uppercase()
    )
);
pattern!(
    SMALL,
    &format!(
        r"(?i)\b(?:(?:flat|apartment|apt)\s?[0-9]*[a-z]?,?\s+)?[0-9]{{1,4}}[a-z]?,?\s+((?:[\p{{L}}'’]+\s){{1,2}})(?:{SMALL_STREET})\b"
    )
);
pattern!(
    FLAT,
    &format!(
        r"\b(?i:flat|apartment|apt)\s?[0-9]{{1,4}}[A-Za-z]?\b(?:,?\s+(?:[A-Z][\p{{L}}'’]+\s){{1,3}}(?:{STREET})\b)?"
    )
);
pattern!(
    NAMED,
    &format!(
        r"\b(?:[A-Z][\p{{L}}'’]+\s){{1,3}}?(?:Cottages?|House|Lodge|Farm|Bungalow|Villa|Barn|Grange|Manor|Nook|View),\s+(?:[A-Z][\p{{L}}'’]+\s){{1,3}}?(?:{STREET})\b"
    )
);
pattern!(
    LIVED,
    &format!(
        r"(?i:\b(?:live[sd]?|living|resides?|moved|address(?:\s+is)?|stays)\s*:?\s+(?:(?:alone|here|still|now|there|just)\s+)?(?:on|in|at|to|off|near)?\s*(?:the\s+(?:top|bottom|end|back|foot|corner)\s+of\s+)?)((?:[A-Z][\p{{L}}'’]+\s){{1,3}}(?:{STREET}))\b"
    )
);
pattern!(
    OUTWARD,
    r"^,?\s*(?:[A-Z][\p{L}-]+,?\s+){0,3}([A-Z]{1,2}[0-9][A-Z0-9]?(?:\s?[0-9][A-Z]{2})?)\b"
);

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    let before = found.len();
    for c in NUMBERED.captures_iter(text).chain(SMALL.captures_iter(text)) {
        if let (Some(whole), Some(name)) = (c.get(0), c.get(1))
            && is_street_name(name.as_str())
        {
            found.push(Found::new(whole.range(), Address));
        }
    }
    found.extend(FLAT.find_iter(text).map(|m| Found::new(m.range(), Address)));
    find_without_number(text, found);
    let ends: Vec<usize> = found[before..].iter().map(|f| f.range.end).collect();
    for end in ends {
        if let Some(code) = OUTWARD.captures(&text[end..]).and_then(|c| c.get(1)) {
            found.push(Found::new(end + code.start()..end + code.end(), Postcode));
        }
    }
}

/// Addresses that hold no digit.
pub(super) fn find_without_number(text: &str, found: &mut Vec<Found>) {
    if text.contains(", ") {
        found.extend(NAMED.find_iter(text).map(|m| Found::new(m.range(), Address)));
    }
    if !text.bytes().any(|b| b.is_ascii_uppercase()) || !says_where(text) {
        return;
    }
    for m in LIVED.captures_iter(text).filter_map(|c| c.get(1)) {
        if is_street_name(m.as_str()) {
            found.push(Found::new(m.range(), Address));
        }
    }
}

/// Cheap test for the words before [`LIVED`].
fn says_where(text: &str) -> bool {
    [
        "live", "living", "Live", "Living", "LIVE", "LIVING", "resid", "moved", "ddress",
        "ADDRESS", "stays",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Whether the words before "Lane" can name it: "2 carers in a row" and "10 minutes drive" cannot.
fn is_street_name(words: &str) -> bool {
    const COUNTED: &str = " minute minutes min mins hour hours hrs mile miles metre metres yards day days week weeks month months year years times visits calls carers people staff doors floor bed beds care mg pm am new different other good bad double ";
    words.split_whitespace().all(|word| {
        let folded = fold(word);
        let marks = lexicon().marks(&folded);
        let spelled_as_name = word.starts_with(char::is_uppercase);
        (marks & FUNCTION == 0
            || (spelled_as_name
                && matches!(
                    &*folded,
                    "st" | "the" | "upper" | "lower" | "back" | "first" | "over"
                )))
            && (marks & TIME == 0 || spelled_as_name)
            && !COUNTED.contains(&format!(" {folded} "))
    })
}
