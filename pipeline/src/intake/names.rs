//! Names that a file tells outside its words: labels of speakers, display names of e-mails, owners
//! of documents, name columns. They travel beside each response, so that de-identification takes
//! them out wherever they stand in the words, and are written nowhere.
//!
//! Only what has the form of a person's name is kept: "Engagement team" is nobody.

/// Words that stand in names of offices, programs and roles, not of people.
const NOBODY: &[&str] = &[
    "admin",
    "administrator",
    "advice",
    "agency",
    "anonymous",
    "anon",
    "answer",
    "assistant",
    "association",
    "author",
    "borough",
    "business",
    "care",
    "carer",
    "carers",
    "centre",
    "centrum",
    "charity",
    "city",
    "client",
    "comms",
    "communications",
    "community",
    "company",
    "computer",
    "consultation",
    "consultations",
    "contact",
    "council",
    "county",
    "customer",
    "daughter",
    "department",
    "dept",
    "desk",
    "district",
    "enquiries",
    "engagement",
    "family",
    "father",
    "feedback",
    "forum",
    "group",
    "guest",
    "healthwatch",
    "help",
    "home",
    "hospital",
    "house",
    "hr",
    "husband",
    "info",
    "information",
    "interviewer",
    "it",
    "library",
    "ltd",
    "mailbox",
    "manager",
    "member",
    "microsoft",
    "mother",
    "mum",
    "dad",
    "network",
    "nhs",
    "noreply",
    "office",
    "officer",
    "openpyxl",
    "owner",
    "parish",
    "participant",
    "partnership",
    "pc",
    "person",
    "policy",
    "postmaster",
    "printer",
    "project",
    "provider",
    "reception",
    "reply",
    "research",
    "researcher",
    "resident",
    "respondent",
    "response",
    "responses",
    "scanner",
    "service",
    "services",
    "social",
    "society",
    "son",
    "speaker",
    "staff",
    "staffs",
    "student",
    "support",
    "survey",
    "surveys",
    "system",
    "team",
    "the",
    "town",
    "trust",
    "unit",
    "unknown",
    "user",
    "voice",
    "voluntary",
    "ward",
    "wife",
    "windows",
    "worker",
    "python-docx",
    "libreoffice",
    "word",
    "acrobat",
    "adobe",
    "xerox",
    "canon",
    "hp",
    "google",
    "docs",
    "none",
    "test",
    "yes",
    "no",
];

/// The name as people write it, where it can be one: one to four words of letters, none of which
/// belongs to an office. "Surname, Name" is turned round.
pub(super) fn of_person(raw: &str) -> Option<String> {
    let plain = raw.split(['(', '[', '<', '|', '/']).next()?.trim();
    let plain = plain.trim_matches(['"', '\'', ' ', '.', ',', ':', '-']);
    let turned = match plain.split_once(',') {
        Some((last, first)) if !first.contains(',') => format!("{} {}", first.trim(), last.trim()),
        _ => plain.to_owned(),
    };
    let words: Vec<&str> = turned.split_whitespace().collect();
    let letters = |word: &&str| {
        word.chars().any(char::is_alphabetic)
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.'))
    };
    let capital = words.iter().any(|w| w.starts_with(char::is_uppercase)) || words.len() > 1;
    let nobody = |word: &&str| {
        let word = word.to_lowercase();
        NOBODY.contains(&word.trim_end_matches(['.', '\'']))
    };
    let fits = (1..=4).contains(&words.len()) && words.iter().all(letters) && capital;
    let long = words.iter().any(|w| w.chars().filter(|c| c.is_alphabetic()).count() > 2);
    (fits && long && !words.iter().any(nobody)).then(|| words.join(" "))
}

/// The names among these, each once, in order.
pub(super) fn of_people<'a>(raw: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut names = Vec::new();
    for name in raw.into_iter().filter_map(of_person) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_are_kept_and_names_of_offices_are_not() {
        for (raw, name) in [
            ("Zebedee Quux", Some("Zebedee Quux")),
            ("Quux, Zebedee", Some("Zebedee Quux")),
            ("\"Mrs A. O'Quux-Smith\" <x@example.org>", Some("Mrs A. O'Quux-Smith")),
            ("Zebedee", Some("Zebedee")),
            ("Zebedee (carer)", Some("Zebedee")),
            ("Engagement team", None),
            ("Anytown Council", None),
            ("Microsoft Office User", None),
            ("python-docx", None),
            ("a@example.org", None),
            ("P3", None),
            ("", None),
            ("my carer", None),
        ] {
            assert_eq!(of_person(raw).as_deref(), name, "{raw}");
        }
    }
}
