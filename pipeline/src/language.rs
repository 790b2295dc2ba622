//! Which language a response is written in, so that what the models do not read is set before a
//! person instead of being guessed at.
//!
//! Short and misspelt English is far more usual than another language, so a text counts as English
//! unless there is evidence against it: hardly any English function word, and a detector (or Welsh
//! function words) that is sure of something else.

use std::collections::HashSet;
use std::sync::LazyLock;

use whatlang::{Lang, detect};

/// Codes that `responses.parquet` may hold.
const CODES: &[(&str, Option<Lang>)] = &[
    ("en", Some(Lang::Eng)),
    ("cy", None),
    ("und", None),
    ("pl", Some(Lang::Pol)),
    ("ro", Some(Lang::Ron)),
    ("pt", Some(Lang::Por)),
    ("es", Some(Lang::Spa)),
    ("fr", Some(Lang::Fra)),
    ("de", Some(Lang::Deu)),
    ("it", Some(Lang::Ita)),
    ("tr", Some(Lang::Tur)),
    ("hu", Some(Lang::Hun)),
    ("cs", Some(Lang::Ces)),
    ("sk", Some(Lang::Slk)),
    ("bg", Some(Lang::Bul)),
    ("ru", Some(Lang::Rus)),
    ("uk", Some(Lang::Ukr)),
    ("ar", Some(Lang::Ara)),
    ("ur", Some(Lang::Urd)),
    ("fa", Some(Lang::Pes)),
    ("hi", Some(Lang::Hin)),
    ("pa", Some(Lang::Pan)),
    ("gu", Some(Lang::Guj)),
    ("bn", Some(Lang::Ben)),
    ("ta", Some(Lang::Tam)),
    ("zh", Some(Lang::Cmn)),
    ("el", Some(Lang::Ell)),
    ("nl", Some(Lang::Nld)),
];

static ENGLISH: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    HashSet::from([
        "the", "and", "a", "to", "of", "is", "in", "it", "i", "my", "they", "was", "are", "not",
        "for", "we", "you", "have", "with", "be", "on", "she", "he", "me", "but", "so", "at", "no",
        "very", "all", "that", "care", "carers", "carer", "good", "nothing", "time", "mum", "dad",
        "more", "when", "her", "him", "them", "their", "been", "had", "has", "would", "could",
        "don't", "im",
    ])
});
static WELSH: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    HashSet::from([
        "yn", "y", "yr", "mae", "ac", "ar", "i'r", "o'r", "a'r", "wedi", "gan", "fy", "dim",
        "ddim", "roedd", "gofal", "gyda", "nhw", "eu", "ond", "sy'n", "iawn", "gofalwyr", "mam",
        "bob", "oedd", "diolch", "am", "hwyr", "amser",
    ])
});

/// A two-letter code of [`CODES`], or `und` where nothing can be said. Blank text is `und`.
pub fn detect_language(text: &str) -> &'static str {
    let (mut words, mut english, mut welsh) = (0_usize, 0_usize, 0_usize);
    let mut lower = String::new();
    for word in text.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’') {
        if word.is_empty() {
            continue;
        }
        words += 1;
        lower.clear();
        if word.is_ascii() {
            lower.push_str(word);
            lower.make_ascii_lowercase();
        } else {
            let letters = word.chars().flat_map(char::to_lowercase);
            lower.extend(letters.map(|c| if c == '’' { '\'' } else { c }));
        }
        if ENGLISH.contains(lower.as_str()) {
            english += 1;
        } else if WELSH.contains(lower.as_str()) {
            welsh += 1;
        }
        // Plainly English: the rest of a long text need not be read.
        if words >= 12 && english * 5 >= words {
            return "en";
        }
    }
    if words == 0 {
        return "und";
    }
    if welsh >= 3 && welsh * 4 >= words && welsh > english {
        return "cy";
    }
    if english * 8 >= words {
        return "en";
    }
    let latin = text.chars().filter(|c| c.is_alphabetic()).all(|c| c.is_ascii());
    if latin && words < 6 {
        // "Rushed visits": too short for any detector, and English until shown otherwise.
        return "en";
    }
    match detect(text) {
        Some(info) if info.is_reliable() && info.lang() != Lang::Eng => CODES
            .iter()
            .find(|(_, lang)| *lang == Some(info.lang()))
            .map_or("und", |(code, _)| code),
        Some(info) if info.lang() == Lang::Eng || latin => "en",
        _ => "und",
    }
}

/// The code with this spelling, for reading stored tables.
pub fn known(code: &str) -> Option<&'static str> {
    CODES.iter().map(|(c, _)| *c).find(|c| *c == code)
}

/// True for what the built-in models read.
pub fn is_read(code: &str) -> bool {
    code == "en"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_misspelt_and_shouted_english_is_english() {
        for text in ["Rushed visits", "NEVER ON TIME", "carrers always lait", "n/a", "Lovely girls"]
        {
            assert_eq!(detect_language(text), "en", "{text}");
        }
    }

    #[test]
    fn other_languages_are_told() {
        assert_eq!(detect_language("Mae'r gofalwyr yn hwyr bob dydd ac mae mam yn poeni"), "cy");
        assert_eq!(
            detect_language(
                "Opiekunki są bardzo miłe, ale zawsze się spóźniają i nikt nie dzwoni do mojej mamy"
            ),
            "pl"
        );
        assert_eq!(
            detect_language("دیکھ بھال کرنے والے بہت اچھے ہیں لیکن ہمیشہ دیر سے آتے ہیں"),
            "ur"
        );
    }

    #[test]
    fn a_blank_text_has_no_language() {
        assert_eq!(detect_language(" - "), "und");
    }
}
