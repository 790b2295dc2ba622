//! Street addresses: a number and a street, a flat, a house name with its street, or a street where
//! someone is said to live. Towns stay; the outward half of a postcode goes when it ends an address.

use super::found::{Found, pattern};
use super::hints::{
    CAPITAL, DIGIT_WORD, Hints, LETTER_DIGIT, LISTED, LIVED as LIVED_WORD, STREET as STREET_WORD,
    UNIT as UNIT_WORD,
};
use super::lexicon::{BUILDING, FUNCTION, GIVEN, PLACE, TIME, TITLE, WORD, fold, lexicon};
use super::redacted::RedactionKind::{Address, Postcode};

pub(super) const STREET: &str = "Street|St|Str|Road|Rd|Lane|Ln|Avenue|Ave|Av|Close|Cl|Drive|Dr|Court|Ct|Crescent|Cres|Place|Pl|Gardens|Gdns|Grove|Way|Terrace|Terr|Walk|Square|Sq|Hill|Mews|View|Rise|Green|Parade|Fold|Croft|Brow|Row|House|Towers|Heights|Lodge|Buildings|Villas|Cottages?|Farm|Park|Gate|Bank|Meadows?|Wharf|Quay|Common|Yard|Chase|Vale|Mount|Wynd|Spinney|Copse|Hollow|Fields?|Approach|Drove|Dene|Garth|Leys|Ridge|Reach|Broadway|Ginnel|Snicket|Alley|Passage|Loan|Loke|Twitten|Chare|Bungalows|Circus|Esplanade|Promenade|Marina";
/// Street words safe in small letters.
const SMALL_STREET: &str = "street|road|rd|lane|avenue|ave|crescent|terrace|gardens|drive|close|grove|court|mews|st|yard|row|croft|fold|parade|ginnel|alley";

pattern!(
    NUMBERED,
    &format!(
        r"\b(?:(?i:flat|apartment|apt|unit|room|no\.?|number)\s?[0-9]*[A-Za-z]?,?\s+|[0-9]{{1,2}}/[0-9]{{1,2}},?\s+)?[0-9]{{1,4}}[A-Za-z]?(?:\s?[-/]\s?[0-9]{{1,3}}[A-Za-z]?)?,?\s+((?:(?:St\.?|The|Upper|Lower|Great|Little|Old|New)\s)?(?:[A-Z][\p{{L}}'’.-]*\s){{1,3}})(?:{STREET}|{})\b\.?",
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
// Welsh streets say what they are before their name: "Heol y Bryn", "Maes Glas".
pattern!(
    WELSH,
    r"\b(?:[0-9]{1,3}[A-Za-z]?,?\s|(?:T[ŷyŷ]|Bryn|Pen|Llys|Plas)(?:-y)?[ -][\p{Lu}][\p{L}'’-]+,\s)?(?:Heol|Ffordd|Stryd|Maes|Rhodfa|Teras)\s(?:(?:y|yr|Y|Yr)\s)?\p{Lu}[\p{L}'’-]+(?:\s\p{Lu}[\p{L}'’-]+)?"
);
// "Flat 3/1, 88 Dumbarton Road", "Upper Flat, 14 Marine Parade", "Room 12, Ashgrove Court".
pattern!(
    UNIT,
    &format!(
        r"\b(?:(?i:upper|lower|top|ground floor|first floor|second floor|basement|garden|middle)\s(?i:flat|maisonette)(?:\s(?:left|right))?|(?i:flat|apartment|apt\.?|unit|room|bungalow|maisonette|studio|plot|pitch|berth|mooring|caravan|chalet|no\.?|number)\s?[0-9]{{1,4}}[A-Za-z]?(?:/[0-9]{{1,2}})?),?\s(?:(?:[0-9]{{1,4}}[A-Za-z]?,?\s)?(?:\p{{Lu}}[\p{{L}}'’.-]*\s){{1,3}}(?:{STREET}|Site|Estate|Caravans)\b,?\s?){{1,3}}"
    )
);
// "Rowan Lea, 5 Kirk Wynd", "Hawthorns, Station Approach": a house, then its street.
pattern!(
    HOUSE,
    &format!(
        r"\b([0-9]{{1,4}}[A-Za-z]?,?\s)?((?:T[Hh][Ee]\s)?\p{{Lu}}[\p{{L}}'’-]+(?:\s\p{{Lu}}[\p{{L}}'’-]+){{0,2}}),\s(?:[0-9]{{1,4}}[A-Za-z]?,?\s)?((?:\p{{Lu}}[\p{{L}}'’.-]*\s){{1,3}})(?:{STREET}|{})\b",
        STREET.to_uppercase()
    )
);
// "on Kittiwake Drive": a street where people live, by its name alone, after a word that says where.
// A Street or a Road is everybody's, until somebody lives there (`LIVED`).
pattern!(
    BY_NAME,
    r"\b(?:on|off|in|at|along|down|up|outside|opposite|near|from|to|of|behind|round)\s((?:\p{Lu}[\p{L}'’-]+\s){1,3}(?:Lane|Avenue|Ave|Close|Drive|Crescent|Cres|Grove|Terrace|Mews|Gardens|Rise|Wynd|Brow|Fold|Croft))\b"
);
pattern!(
    LIVED,
    &format!(
        r"(?i:\b(?:live[sd]?|living|resides?|moved|address(?:\s+is)?|stays)\s*:?\s+(?:(?:alone|here|still|now|there|just)\s+)?(?:on|in|at|to|off|near)?\s*(?:the\s+(?:top|bottom|end|back|foot|corner)\s+of\s+)?)((?:[A-Z][\p{{L}}'’]+\s){{1,3}}(?:{STREET}))\b"
    )
);
// "i live at the old toll house, quillbrook lane"
pattern!(
    LIVED_IN,
    &format!(
        r"(?i)\b(?:live[sd]?|living|moved)\s+(?:in|at|to)\s+((?:the\s+)?(?:[\p{{L}}'’]+\s+){{1,3}}(?:house|cottages?|farm|lodge|barn|mill|villa|bungalow|vicarage|rectory|chapel|granary|forge|grange|manor),?\s+(?:(?:on|in|off)\s+)?(?:[\p{{L}}'’]+\s){{1,2}}(?:{SMALL_STREET}))\b"
    )
);
pattern!(
    OUTWARD,
    r"^,?\s*(?:[A-Z][\p{L}-]+,?\s+){0,3}([A-Z]{1,2}[0-9][A-Z0-9]?(?:\s?[0-9][A-Z]{2})?)\b"
);

// "Glebe Farm, Sallow Road, Much Tarring, Hereford HR2 9QZ": the village between street and postcode.
pattern!(
    VILLAGE,
    r"^,\s((?:\p{Lu}[\p{L}'’-]+\s?){1,3}),\s(?:(?:by|near|nr)\s)?(?:\p{Lu}[\p{L}-]+,?\s){0,3}[A-Z]{1,2}[0-9]"
);

// "The Old Forge, Lower Hexley, Hereford HR4 7PB": a house and its village, with no street.
pattern!(
    COUNTRY,
    r"\b((?:The (?:Old |New )?\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)?|(?:\p{Lu}[\p{L}'’-]+ ){1,3}(?:Cottages?|House|Farm|Lodge|Barn|Villa|Bungalow|Vicarage|Rectory|Forge|Mill|Granary|Grange|Manor|Stables))),\s?((?:\p{Lu}[\p{L}'’-]+(?:,\s?|\s)){0,5})[A-Z]{1,2}[0-9][A-Z0-9]?\s?[0-9][A-Z]{2}\b"
);
/// What an office or a hospital is called, which may have a postcode and is nobody's house.
const OFFICIAL: [&str; 16] = [
    "hospital",
    "infirmary",
    "council",
    "office",
    "offices",
    "centre",
    "center",
    "hall",
    "surgery",
    "library",
    "clinic",
    "hospice",
    "trust",
    "school",
    "church",
    "hub",
];

pub(super) fn find(text: &str, hints: Hints, found: &mut Vec<Found>) {
    let before = found.len();
    if hints.any(LETTER_DIGIT) {
        country(text, found);
    }
    if hints.any(DIGIT_WORD) {
        for c in NUMBERED.captures_iter(text).chain(SMALL.captures_iter(text)) {
            if let (Some(whole), Some(name)) = (c.get(0), c.get(1))
                && is_street_name(name.as_str())
            {
                found.push(Found::new(whole.range(), Address));
            }
        }
    }
    if hints.any(UNIT_WORD) {
        for m in UNIT.find_iter(text) {
            let length = m.as_str().trim_end_matches([' ', ',', '\n', '\t', '\u{a0}']).len();
            found.push(Found::new(m.start()..m.start() + length, Address));
        }
        found.extend(FLAT.find_iter(text).map(|m| Found::new(m.range(), Address)));
    }
    find_without_number(text, hints, found);
    let ends: Vec<usize> = found[before..].iter().map(|f| f.range.end).collect();
    for end in ends {
        let village = VILLAGE.captures(&text[end..]).and_then(|c| c.get(1));
        if let Some(village) = village.filter(|v| !is_town(v.as_str())) {
            found.push(Found::new(end + village.start()..end + village.end(), Address));
        }
        if let Some(code) = OUTWARD.captures(&text[end..]).and_then(|c| c.get(1)) {
            found.push(Found::new(end + code.start()..end + code.end(), Postcode));
        }
    }
}

/// Houses with a postcode and no street, and their villages; towns stay.
fn country(text: &str, found: &mut Vec<Found>) {
    for c in COUNTRY.captures_iter(text) {
        let (Some(house), Some(rest)) = (c.get(1), c.get(2)) else { continue };
        let official =
            house.as_str().split_whitespace().any(|word| OFFICIAL.contains(&fold(word).as_ref()));
        if official || is_town(house.as_str()) {
            continue;
        }
        let village = rest.as_str().split([',', '\n']).next().unwrap_or_default().trim_end();
        let more = rest.as_str().contains([',', '\n']) && !village.is_empty() && !is_town(village);
        let end = if more { rest.start() + village.len() } else { house.end() };
        found.push(Found::new(house.start()..end, Address));
    }
}

/// Addresses that hold no digit.
pub(super) fn find_without_number(text: &str, hints: Hints, found: &mut Vec<Found>) {
    if hints.any(LIVED_WORD) {
        found.extend(
            LIVED_IN
                .captures_iter(text)
                .filter_map(|c| c.get(1))
                .map(|m| Found::new(m.range(), Address)),
        );
    }
    if !hints.any(CAPITAL) {
        return;
    }
    if hints.any(LISTED) {
        for c in HOUSE.captures_iter(text) {
            if let (Some(whole), Some(house), Some(street)) = (c.get(0), c.get(2), c.get(3))
                && is_street_name(street.as_str())
                && is_house_name(
                    text,
                    &house.range(),
                    c.get(1).is_some(),
                    ends_in_postcode(text, whole.end()),
                )
            {
                found.push(Found::new(whole.range(), Address));
            }
        }
        found.extend(NAMED.find_iter(text).map(|m| Found::new(m.range(), Address)));
    }
    if hints.any(STREET_WORD) {
        found.extend(WELSH.find_iter(text).map(|m| Found::new(m.range(), Address)));
        for m in BY_NAME.captures_iter(text).filter_map(|c| c.get(1)) {
            if is_street_name(m.as_str()) && !is_of_many(text, &m.range()) {
                found.push(Found::new(m.range(), Address));
            }
        }
    }
    if !hints.any(LIVED_WORD) {
        return;
    }
    for m in LIVED.captures_iter(text).filter_map(|c| c.get(1)) {
        if is_street_name(m.as_str()) {
            found.push(Found::new(m.range(), Address));
        }
    }
}

/// Whether a postcode follows, perhaps after a town.
fn ends_in_postcode(text: &str, end: usize) -> bool {
    OUTWARD.is_match(&text[end..])
}

/// Whether a list holds the words as a town or county, which stay.
pub(super) fn is_town(words: &str) -> bool {
    let folded = fold(words);
    lexicon().is_nobody(&folded, true) || lexicon().marks(&folded) & PLACE != 0
}

/// Whether words before a comma and a street can name a house: no town, no name of a person, and
/// nothing that begins a sentence by chance. A number before it speaks for a house, and so does "The"
/// after a comma. `in_full`: a postcode follows the street.
fn is_house_name(
    text: &str,
    house: &std::ops::Range<usize>,
    numbered: bool,
    in_full: bool,
) -> bool {
    const CUES: [&str; 12] =
        ["at", "to", "is", "live", "from", "in", ":", "address", "of", "near", "outside", "was"];
    let before = text[..house.start].trim_end();
    let begins = before.is_empty() || text[..house.start].ends_with('\n');
    let last = before.rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
    let words = &text[house.clone()];
    let listed = before.ends_with(',') && words.starts_with("The ");
    let cued = begins
        || numbered
        || listed
        || CUES.contains(&last.to_lowercase().as_str())
        || before.ends_with(':');
    // "Rowan Cottage" is no Rowan, nor is "Bryn Awel" before a street and its postcode.
    let ends = words.split_whitespace().next_back().map(fold).unwrap_or_default();
    let built = lexicon().marks(&ends) & BUILDING != 0;
    let kept = lexicon().is_nobody(&fold(words), true)
        || words.split_whitespace().all(|w| lexicon().marks(&fold(w)) & PLACE != 0)
        || words.split_whitespace().any(|w| {
            let marks = lexicon().marks(&fold(w));
            let somebody = marks & GIVEN != 0 && marks & (WORD | PLACE) == 0;
            marks & (TITLE | TIME) != 0 || somebody && !built && !(in_full && cued)
        });
    cued && !kept
}

/// "the High Street", "Harley Street", "Station Road surgery": many people's street, or no street.
fn is_of_many(text: &str, street: &std::ops::Range<usize>) -> bool {
    const COMMON: [&str; 12] = [
        "high ",
        "main ",
        "the high ",
        "harley ",
        "downing ",
        "coronation ",
        "wall ",
        "sesame ",
        "fleet ",
        "memory ",
        "oxford ",
        "market ",
    ];
    let words = fold(&text[street.clone()]);
    let next = text[street.end..].trim_start();
    let next: String = next.chars().take_while(|c| c.is_alphanumeric()).collect();
    let office =
        lexicon().marks(&fold(&next)) & BUILDING != 0 && text[street.end..].starts_with(' ');
    office || COMMON.iter().any(|name| words.starts_with(name))
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
