//! What each column holds, decided from its header and the shape of its values, without asking.
//!
//! The order of the questions matters: what is personal or closed is recognised first, so that open
//! text is what is left when it also looks or is asked for like words of one's own.

use super::column::Stats;
use super::header::Label;
use super::speaker;
use super::understanding::Role;
use super::wording;

/// The role of a column.
pub(crate) fn role(label: &Label, stats: &Stats, rows: u64) -> Role {
    let header = plain(&label.text);
    if stats.filled == 0 {
        return Role::Empty;
    }
    if label.option.is_some() {
        return option_role(label, stats);
    }
    by_header(&header, stats, rows)
        .or_else(|| by_shape(stats))
        .unwrap_or_else(|| open_or_closed(&header, label.open_ended, stats))
}

/// A header as the patterns of `wording` expect it.
pub(crate) fn plain(header: &str) -> String {
    header.to_lowercase().replace('’', "'").replace('_', " ").trim().to_owned()
}

/// A column below a question with options: the option itself, a score, or "Other (please specify)".
fn option_role(label: &Label, stats: &Stats) -> Role {
    let option = label.option.as_deref().unwrap_or_default().to_lowercase();
    // One answer under "Comments" is a comment; under "Late" it says that the option was ticked.
    let comment =
        stats.words() >= 3.0 && stats.values.iter().all(|(v, _)| v.to_lowercase() != option);
    let only_itself = stats.distinct() <= 1 && !(comment && wording::asks_for_words(&option));
    if (wording::asks_for_words(&option) || stats.prose() > 0.4 && stats.words() >= 4.0)
        && !only_itself
        || option.contains("please specify")
    {
        return Role::OpenText;
    }
    if let Some(personal) = wording::personal(&option) {
        return personal;
    }
    if stats.numbers() >= 0.9 {
        return if only_itself { Role::MultipleChoice } else { Role::Rating };
    }
    if only_itself {
        return Role::MultipleChoice;
    }
    open_or_closed(&plain(&label.text), false, stats)
}

/// Columns that the header gives away, where the values agree.
fn by_header(header: &str, stats: &Stats, rows: u64) -> Option<Role> {
    let few = !stats.overflows() && stats.distinct() <= 12;
    let says = stats.words() >= 4.0 && stats.prose() >= 0.5;
    if few && wording::hidden(header) && stats.yes_no() >= 0.8 {
        return Some(Role::Hidden);
    }
    if few && wording::consent(header) && !says {
        return Some(Role::Consent);
    }
    // "Completed by" may be answered with a name, or with "Carer".
    let says_who = header.contains(" by") && few && is_speaker(header, stats);
    if says_who && stats.variety() < 0.5 {
        return Some(Role::RespondentType);
    }
    if let Some(personal) = wording::personal(header).filter(|_| !says) {
        return Some(personal);
    }
    // "Complainant" may say who by name, or by "Daughter".
    if wording::somebody(header) && !says && stats.words() <= 4.0 && !is_speaker(header, stats) {
        return Some(Role::Name);
    }
    // "Respondent" may head ids, or say in a few words who speaks.
    if few && stats.variety() < 0.5 && is_speaker(header, stats) {
        return Some(Role::RespondentType);
    }
    if wording::shared_id(header) && stats.words() < 2.0 {
        return Some(closed(stats));
    }
    let id = wording::id_rank(header);
    if id > 0
        && !says
        && stats.dates() < 0.5
        && (id >= 5 || stats.variety() > 0.5)
        && stats.words() < 6.0
    {
        // A number that is the same in every row ("CollectorID") stands for no one.
        let constant = stats.distinct() <= 1 && rows > 2;
        return Some(if constant { Role::Other } else { Role::Id });
    }
    if wording::date(header) && (stats.dates() >= 0.6 || stats.serials() >= 0.8) {
        return Some(Role::Date);
    }
    if wording::wave(header) && stats.distinct() <= 40 && !says {
        return Some(Role::Wave);
    }
    if wording::coding(header) && !(stats.prose() > 0.6 && stats.words() > 8.0) {
        return Some(closed(stats));
    }
    if few && is_speaker(header, stats) {
        return Some(Role::RespondentType);
    }
    let score =
        stats.integers() >= 0.9 && stats.low >= 0.0 && stats.high <= 10.0 && stats.high > 1.0;
    if stats.numbers() >= 0.9
        && wording::rating(header)
        && stats.high <= 100.0
        && stats.low >= -5.0
        && stats.distinct() > 1
        || score
            && wording::question(header)
            && !wording::speaker(header)
            && !header.ends_with("selected choice")
        || wording::rating(header) && stats.marked() >= 0.9 && few && stats.distinct() > 1
    {
        return Some(Role::Rating);
    }
    None
}

/// True where the header asks who speaks, or the values say so whatever the header.
fn is_speaker(header: &str, stats: &Stats) -> bool {
    use crate::response::RespondentType::{Organisation, Provider};
    let (mut known, mut all, mut people) = (0, 0, false);
    let asked = wording::speaker(header);
    for (value, count) in &stats.values {
        all += count;
        let read = speaker::read(value);
        let says = read.is_some() || asked && speaker::is_left_open(value);
        known += if says { *count } else { 0 };
        people |= read.is_some_and(|(who, _)| !matches!(who, Organisation | Provider));
    }
    // A column of trusts or agencies says where care was given, not who speaks.
    // Nor are sentences in which somebody is mentioned.
    if !asked
        && (!people
            || stats.words() > 6.0
            || wording::breakdown_rank(header).is_some_and(|rank| rank <= 2))
    {
        return false;
    }
    all > 0
        && stats.numbers() < 0.5
        && (asked && known * 5 >= all || known * 10 >= all * 7 && stats.distinct() > 1)
}

/// Columns that the values give away, whatever the header.
fn by_shape(stats: &Stats) -> Option<Role> {
    let table = [
        (stats.emails() >= 0.6, Role::Email),
        (stats.networks() >= 0.8, Role::Network),
        (stats.phones() >= 0.6, Role::Phone),
        (stats.postcodes() >= 0.3 && stats.distinct() > 3, Role::Postcode),
        (stats.dates() >= 0.8, Role::Date),
        (stats.numbers() >= 0.9 && stats.variety() > 0.9 && stats.low >= 1000.0, Role::Id),
        (
            stats.numbers() >= 0.9 && stats.distinct() <= 12 && stats.variety() <= 0.5,
            Role::SingleChoice,
        ),
        (stats.numbers() >= 0.9, Role::Other),
    ];
    table.into_iter().find(|(is, _)| *is).map(|(_, role)| role)
}

/// Words of one's own, or one of a few answers.
fn open_or_closed(header: &str, open_ended: bool, stats: &Stats) -> Role {
    if open_ended {
        return Role::OpenText;
    }
    // A list of questions is no list of answers.
    if stats.asks() >= 0.5 || wording::about_questions(header) {
        return closed(stats);
    }
    if is_graded(header, stats) {
        return closed(stats);
    }
    let few = stats.filled < 8;
    let repeats = stats.variety() < if stats.filled < 40 { 0.34 } else { 0.15 };
    let wordy = stats.words() >= 4.0 && stats.prose() >= 0.4;
    // Long answers to choose from ("Agree: I think that...") come again and again.
    let chosen = repeats && stats.distinct() <= 25
        || stats.is_pieced() && stats.variety() < 0.9 && stats.prose() < 0.5
        || stats.is_ticked();
    let told = stats.holds_long() && wording::asks_for_words_or_views(header);
    if chosen && !(few && wordy) && !told {
        return closed(stats);
    }
    let fact = (wording::fact(header) || wording::thing(header) || wording::job(header)) && !wordy;
    let asked = wording::asks_for_words(header) && !fact;
    let specify = header.contains("specify") && header.contains("other");
    let open = told
        || specify && stats.numbers() < 0.5
        || asked
            && (stats.words() >= 1.5 || stats.variety() >= 0.3 && stats.spaced() > 0.0)
            && !single_tokens(stats)
        || wordy && stats.variety() >= 0.15 && stats.sentences() >= 0.2
        || wording::question(header)
            && !fact
            && stats.variety() >= 0.4
            && stats.spaced() >= 0.3
            && stats.words() >= 1.5
            && (stats.filled >= 4 || wordy || wording::good(header) || wording::improve(header));
    if open { Role::OpenText } else { closed(stats) }
}

/// "Strongly agree" where people are asked for a judgement is ticked, however few people answered.
fn is_graded(header: &str, stats: &Stats) -> bool {
    let asked =
        (wording::judges(header) || wording::proposal(header)) && !wording::asks_for_words(header);
    let short = |value: &str| value.split_whitespace().count() <= 4;
    asked
        && stats.distinct() == stats.values.len() as u64
        && stats.values.iter().all(|(v, _)| short(v) && wording::stance(v).is_some())
}

/// True where hardly a value has a second word: codes, not answers.
fn single_tokens(stats: &Stats) -> bool {
    stats.spaced() < 0.05 && stats.filled >= 20
}

/// The kind of closed column.
fn closed(stats: &Stats) -> Role {
    if stats.is_pieced() {
        Role::MultipleChoice
    } else if !stats.overflows()
        && stats.distinct() <= 60
        && (stats.variety() <= 0.5 || stats.distinct() <= 5)
    {
        Role::SingleChoice
    } else {
        Role::Other
    }
}

/// How a response came in, in the words of Qualtrics: no question, whatever its header.
const WAYS_IN: [&str; 9] = [
    "ip address",
    "survey preview",
    "survey test",
    "imported",
    "uploaded survey response",
    "offline survey response",
    "spam",
    "preview",
    "0",
];

/// True where the column can be the question of a table with an answer a row, whose answers stand
/// under the header `beside`.
pub(crate) fn is_question_column(header: &str, stats: &Stats, rows: u64, beside: &str) -> bool {
    let way_in = |(v, _): &(String, u64)| WAYS_IN.contains(&v.to_lowercase().as_str());
    if stats.values.iter().all(way_in) {
        return false;
    }
    if stats.filled * 10 < rows * 9
        || stats.distinct() < 1
        || stats.distinct() > 300
        || stats.overflows()
    {
        return false;
    }
    let repeats = rows < 4 || stats.distinct() * 2 <= rows;
    let asked = stats.values.iter().filter(|(v, _)| v.trim_end().ends_with('?')).count();
    repeats
        && stats.numbers() < 0.5
        && (wording::question_column(header)
            && (!beside.ends_with('?') || header.contains("question"))
            || asked > 0 && asked * 2 >= stats.values.len())
}

/// True where the column makes a breakdown: a few values that come again, in a column that people
/// ask for.
pub(crate) fn is_breakdown(header: &str, role: Role, stats: &Stats) -> bool {
    matches!(role, Role::SingleChoice | Role::Other)
        && wording::breakdown_rank(header).is_some()
        && !wording::judges(header)
        && !stats.overflows()
        && (2..=60).contains(&stats.distinct())
        && (stats.distinct() * 2 <= stats.filled
            || stats.filled < 20 && stats.distinct() < stats.filled)
        && stats.words() <= 8.0
        && stats.numbers() < 0.9
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role_of(header: &str, values: &[&str]) -> Role {
        let mut stats = Stats::default();
        for value in values {
            stats.feed(value);
        }
        role(&Label { text: header.to_owned(), ..Label::default() }, &stats, values.len() as u64)
    }

    #[test]
    fn short_but_varied_answers_to_a_question_are_open_text() {
        let values = [
            "My carer",
            "Kind staff",
            "Always on time",
            "The chat",
            "Nothing",
            "Being listened to",
        ];
        assert_eq!(role_of("What was good?", &values), Role::OpenText);
        assert_eq!(role_of("What matters most to you?", &values), Role::OpenText);
    }

    #[test]
    fn sentences_that_mention_people_do_not_say_who_speaks() {
        let values = [
            "She takes me to my club again so I see my friends every week",
            "The carers are always late and never stay the full half hour",
        ];
        assert_eq!(role_of("How do you find your home care?", &values), Role::OpenText);
        let trusts = ["Anytown Trust", "Elsewhere Trust", "Anytown Trust", "Elsewhere Trust"];
        assert_ne!(role_of("Organisation", &trusts), Role::RespondentType);
    }

    #[test]
    fn names_jobs_and_providers_are_not() {
        let names = ["Ann Example", "Bob Sample", "Cy Test", "Di Trial", "Ed Mock", "Flo Proof"];
        assert_eq!(role_of("What is your name?", &names), Role::Name);
        assert_ne!(role_of("Completed", &names), Role::OpenText);
        let jobs = [
            "Care assistant",
            "Senior carer",
            "Night support worker",
            "Team leader",
            "Cook",
            "Care manager",
        ];
        assert_ne!(role_of("What is your job title?", &jobs), Role::OpenText);
        let firms = [
            "Acorn Home Care",
            "Bright Care Ltd",
            "Cosy Care",
            "Daily Help",
            "Ever Care Group",
            "Fern Care",
        ];
        assert_ne!(role_of("Which provider do you use?", &firms), Role::OpenText);
    }

    #[test]
    fn a_comment_column_that_is_nearly_blank_is_open_text() {
        let mut values = vec![""; 50];
        values.push("They never ring when they are late.");
        assert_eq!(role_of("Any other comments", &values), Role::OpenText);
    }

    #[test]
    fn a_comment_column_of_many_nothings_is_open_text() {
        let mut values = vec!["Nothing"; 45];
        values.extend([
            "None",
            "More time please",
            "Ring us when late",
            "Same carers each week",
            "Pay them more",
        ]);
        values.extend([
            "Weekend visits",
            "n/a",
            "Better rota",
            "Listen to family",
            "Earlier mornings",
        ]);
        assert_eq!(role_of("What could we do better?", &values), Role::OpenText);
    }

    #[test]
    fn choices_are_closed_even_when_they_are_long() {
        let options = [
            "Strongly agree that it should go ahead as planned",
            "Agree but I would like to see some changes first",
            "Disagree because it would make my care worse",
        ];
        let values: Vec<&str> = options.iter().copied().cycle().take(30).collect();
        assert_eq!(role_of("Which is closest to your view?", &values), Role::SingleChoice);
        let lists = [
            "Meals, Washing",
            "Meals",
            "Washing, Company",
            "Meals, Company",
            "Company",
            "Meals, Washing",
        ];
        assert_eq!(role_of("What help do you get?", &lists), Role::MultipleChoice);
    }

    #[test]
    fn a_degree_of_agreement_is_ticked_however_few_gave_it() {
        let degrees =
            ["Strongly agree", "Tend to disagree", "Neither agree nor disagree", "Strongly agree"];
        let asked = "5: To what extent do you agree or disagree with the proposal?";
        assert_eq!(role_of(asked, &degrees), Role::SingleChoice);
        let said = ["No, it costs too much for people like me", "Agree", "I like my carer", "Yes"];
        assert_eq!(role_of(asked, &said), Role::OpenText);
    }

    #[test]
    fn the_rest_of_a_survey_is_recognised() {
        assert_eq!(
            role_of("Timestamp", &["05/03/2024 10:00:01", "06/03/2024 11:00:00"]),
            Role::Date
        );
        assert_eq!(role_of("Completed on", &["45356", "45357"]), Role::Date);
        assert_eq!(role_of("Completion time", &["45356.5", "45357.25"]), Role::Date);
        assert_eq!(role_of("FFT score", &["1", "2", "5", "1"]), Role::Rating);
        assert_eq!(role_of("May we quote you?", &["Yes", "No", "Yes"]), Role::Consent);
        assert_eq!(role_of("hidden", &["0", "1", "0"]), Role::Hidden);
        assert_eq!(
            role_of(
                "Are you...",
                &["A service user", "A family member", "Other", "A family member"]
            ),
            Role::RespondentType
        );
        assert_eq!(role_of("Email", &["a@example.org", "b@example.org"]), Role::Email);
        assert_eq!(role_of("Year", &["2023", "2024"]), Role::Wave);
        assert_eq!(role_of("Contact", &["07700 900123", "07700 900456"]), Role::Phone);
        assert_eq!(role_of("Notes", &["", " ", "n/a"]), Role::Empty);
    }
}
