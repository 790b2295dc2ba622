//! Answers that say nothing, told by rules: blank, "n/a", "did not answer", "nothing", "see above".
//!
//! These are few, fixed and common, so that rules are surer than a model; a model takes the rest.
//! What "nothing" means depends on the question: nothing to improve is praise, nothing good is not.

use crate::words::{Polarity, Sentiment};

/// What a rule found an answer to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Nothing was said, and nothing follows from that.
    Blank,
    /// "Nothing": an answer whose meaning hangs on the question.
    Nothing,
    /// "See above".
    Elsewhere,
}

/// Answers that are no answer, as a whole.
const BLANK: &[&str] = &[
    "n a",
    "na",
    "n.a",
    "not applicable",
    "not relevant",
    "did not answer",
    "no answer",
    "no reply",
    "no response",
    "not answered",
    "no comment",
    "no comments",
    "no further comment",
    "no further comments",
    "no other comments",
    "no additional comments",
    "not sure",
    "unsure",
    "dont know",
    "don't know",
    "do not know",
    "i don't know",
    "i dont know",
    "dk",
    "idk",
    "x",
    "xx",
    "blank",
    "left blank",
    "skip",
    "pass",
    "prefer not to say",
    "rather not say",
    "no opinion",
    "no views",
    "no view",
    "tbc",
    "null",
    "nan",
    "question not answered",
    "refused",
    "declined",
];

/// Words that say "nothing" by themselves.
const NOTHING: &[&str] = &[
    "nothing", "none", "no", "nil", "nowt", "nope", "nah", "nothin", "nothink", "nought", "zero",
    "nada",
];

/// Words that may stand around it without adding anything.
const FILLERS: &[&str] = &[
    "a",
    "absolutely",
    "add",
    "all",
    "am",
    "as",
    "at",
    "aware",
    "be",
    "can",
    "change",
    "cheers",
    "come",
    "comes",
    "comment",
    "comments",
    "concerned",
    "could",
    "currently",
    "different",
    "differently",
    "else",
    "far",
    "from",
    "further",
    "honest",
    "honestly",
    "i",
    "i'm",
    "im",
    "immediately",
    "improve",
    "improving",
    "in",
    "just",
    "literally",
    "me",
    "mention",
    "mind",
    "moment",
    "more",
    "much",
    "my",
    "needs",
    "now",
    "occurs",
    "of",
    "off",
    "offhand",
    "other",
    "particular",
    "particularly",
    "pet",
    "present",
    "really",
    "report",
    "say",
    "so",
    "specific",
    "springs",
    "ta",
    "than",
    "thank",
    "thanks",
    "that",
    "the",
    "thing",
    "think",
    "this",
    "to",
    "very",
    "what",
    "whatsoever",
    "would",
    "yet",
    "you",
    "your",
];

/// Words that together with "anything" say nothing.
const NEGATED: &[&str] =
    &["anything", "any", "can't", "cant", "cannot", "couldn't", "couldnt", "not", "don't", "dont"];

/// Ways of pointing to another answer.
const ELSEWHERE: &[&str] = &[
    "see above",
    "as above",
    "see previous",
    "as previous",
    "see my letter",
    "see letter",
    "see attached",
    "see enclosed",
    "as before",
    "as stated above",
    "as mentioned above",
    "same as above",
    "see below",
    "as already stated",
    "as i said above",
    "refer to my",
    "refer to above",
    "refer to previous",
    "see my previous",
    "see answer",
    "see my answer",
    "see question",
    "see comments",
    "see my comments",
    "see other",
    "see first",
    "see last",
    "see overleaf",
    "over the page",
    "as per my letter",
    "as per previous",
    "answered above",
    "already answered",
    "see q",
    "ditto",
    "see my earlier",
    "see earlier",
    "see separate",
    "as in my letter",
];

/// Words that may stand behind one of these: where to look, whose it is, thanks.
const PLACES: &[&str] = &[
    "a",
    "above",
    "all",
    "already",
    "and",
    "another",
    "answer",
    "answers",
    "as",
    "at",
    "attached",
    "back",
    "before",
    "below",
    "box",
    "card",
    "colleague",
    "colleague's",
    "comment",
    "comments",
    "complaint",
    "covering",
    "dated",
    "daughter's",
    "daughters",
    "document",
    "earlier",
    "email",
    "enclosed",
    "entry",
    "final",
    "first",
    "for",
    "form",
    "from",
    "given",
    "husband's",
    "husbands",
    "i",
    "in",
    "it",
    "item",
    "last",
    "later",
    "letter",
    "letters",
    "made",
    "month",
    "mum's",
    "my",
    "next",
    "no",
    "note",
    "notes",
    "number",
    "of",
    "on",
    "one",
    "only",
    "other",
    "others",
    "our",
    "over",
    "overleaf",
    "page",
    "part",
    "please",
    "point",
    "points",
    "posted",
    "previous",
    "previously",
    "put",
    "q",
    "question",
    "questions",
    "really",
    "reasons",
    "remarks",
    "reply",
    "response",
    "responses",
    "reverse",
    "said",
    "same",
    "section",
    "see",
    "sent",
    "separate",
    "sheet",
    "sheets",
    "side",
    "sister's",
    "sisters",
    "son's",
    "sons",
    "stated",
    "statement",
    "submission",
    "survey",
    "text",
    "thank",
    "thanks",
    "that",
    "the",
    "there",
    "this",
    "time",
    "to",
    "too",
    "wife's",
    "with",
    "written",
    "wrote",
    "year",
    "year's",
    "years",
    "you",
    "your",
    "two",
    "three",
    "four",
    "five",
    "six",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Longest answer, in words, that rules will call empty or pointing elsewhere.
const LONGEST: usize = 12;

/// What rules say of an answer; None where it must be read.
pub(crate) fn read(text: &str, polarity: Polarity) -> Option<Content> {
    let all = text
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '\u{2019}'))
        .filter(|word| !word.is_empty());
    // Most answers are longer, and cost no more than this.
    if all.clone().nth(LONGEST).is_some() {
        return None;
    }
    let words: Vec<String> = all.map(|word| word.to_lowercase().replace('\u{2019}', "'")).collect();
    if words.is_empty() {
        // Pictures and marks such as "!!" or "👍" are answers; dots, dashes and slashes are not.
        let marks = text.chars().all(|c| c.is_whitespace() || "-–—_.,/\\*#~…'\"()[]|".contains(c));
        return marks.then_some(Content::Blank);
    }
    // "-9": what files write where nobody answered.
    if text.trim().parse::<i16>().is_ok_and(|code| (-999..0).contains(&code)) {
        return Some(Content::Blank);
    }
    let whole = words.join(" ");
    if BLANK.contains(&whole.as_str()) {
        return Some(Content::Blank);
    }
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let only = |extra: &[&str]| {
        words.iter().all(|word| {
            let word = word.as_str();
            NOTHING.contains(&word) || FILLERS.contains(&word) || extra.contains(&word)
        })
    };
    // "No" to a proposal is an answer, and so is "none of it".
    if polarity != Polarity::Proposal {
        if has(NOTHING) && only(&[]) {
            return Some(Content::Nothing);
        }
        let anything = words.iter().any(|word| word == "anything");
        if anything && has(&NEGATED[2..]) && only(NEGATED) {
            return Some(Content::Nothing);
        }
    }
    let plain = whole.strip_prefix("please ").unwrap_or(&whole);
    // "See above, they are late" says something too, and is read.
    let place = |word: &str| PLACES.contains(&word) || is_numbered(word);
    let points = ELSEWHERE.iter().any(|phrase| {
        let rest = plain.strip_prefix(phrase).filter(|r| r.is_empty() || r.starts_with(' '));
        rest.is_some_and(|rest| rest.split(' ').filter(|word| !word.is_empty()).all(place))
    });
    points.then_some(Content::Elsewhere)
}

/// "3", "q3", "3rd", "2b".
fn is_numbered(word: &str) -> bool {
    word.len() <= 5 && word.bytes().any(|b| b.is_ascii_digit())
}

/// What an answer without content implies, given what was asked.
pub(crate) fn implied(content: Content, polarity: Polarity) -> Option<Sentiment> {
    match (content, polarity) {
        (Content::Nothing, Polarity::Improve) => Some(Sentiment::Positive),
        (Content::Nothing, Polarity::Good) => Some(Sentiment::Negative),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_say_nothing_are_told() {
        for text in [
            "",
            "  ",
            "-",
            "-9",
            "-99",
            "N/A",
            "n/a.",
            "Did not answer",
            "No comment",
            "don’t know",
            "...",
        ] {
            assert_eq!(read(text, Polarity::Improve), Some(Content::Blank), "{text}");
        }
        for text in [
            "Nothing",
            "nothing really thank you",
            "NOTHING!",
            "None that I can think of",
            "nowt really",
            "No",
            "Can't think of anything",
            "nothing comes to mind",
        ] {
            assert_eq!(read(text, Polarity::Improve), Some(Content::Nothing), "{text}");
        }
        for text in [
            "See above",
            "as above.",
            "See my letter of 3 May",
            "Ditto",
            "Please see answer to Q3, thank you",
        ] {
            assert_eq!(read(text, Polarity::Neutral), Some(Content::Elsewhere), "{text}");
        }
        for text in ["See above they are late", "As before, nobody came", "Same as above, cold tea"]
        {
            assert_eq!(read(text, Polarity::Neutral), None, "{text}");
        }
    }

    #[test]
    fn answers_that_say_something_are_left_alone() {
        for text in [
            "Nothing, they are all lovely",
            "No complaints",
            "Nothing is ever on time",
            "No one came",
            "late",
            "BRILLIANT",
            "None of them stay",
            "👍",
            "!!",
            "Please see that she gets her tablets",
            "no continuity",
            "Nothing good",
            "Not good",
            "No time",
            "Nothing changed",
        ] {
            assert_eq!(read(text, Polarity::Good), None, "{text}");
        }
    }

    #[test]
    fn no_is_an_answer_to_a_proposal() {
        assert_eq!(read("No", Polarity::Proposal), None);
        assert_eq!(read("n/a", Polarity::Proposal), Some(Content::Blank));
    }

    #[test]
    fn the_question_decides_what_nothing_implies() {
        assert_eq!(implied(Content::Nothing, Polarity::Improve), Some(Sentiment::Positive));
        assert_eq!(implied(Content::Nothing, Polarity::Good), Some(Sentiment::Negative));
        assert_eq!(implied(Content::Nothing, Polarity::Neutral), None);
        assert_eq!(implied(Content::Blank, Polarity::Improve), None);
    }
}
