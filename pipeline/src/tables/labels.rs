//! Machine ids to words that people read: roles, channels, measures, domains, dimensions.

use heard_models::words::{Direction, Domain, Polarity, RespondentType};

use super::evidence::Dimension;
use super::tally::NOT_STATED;
use crate::response::Channel;

/// Who speaks, of one person: the only attribution of a quote.
pub const fn role(kind: RespondentType) -> &'static str {
    match kind {
        RespondentType::ServiceUser => "Person who receives care",
        RespondentType::Family => "Family member",
        RespondentType::UnpaidCarer => "Unpaid carer",
        RespondentType::CareWorker => "Care worker",
        RespondentType::Provider => "Care provider",
        RespondentType::Professional => "Professional",
        RespondentType::Organisation => "Organisation",
        RespondentType::Unknown => "Respondent",
    }
}

/// Who speaks, of many.
pub const fn roles(kind: RespondentType) -> &'static str {
    match kind {
        RespondentType::ServiceUser => "People who receive care",
        RespondentType::Family => "Family members and friends",
        RespondentType::UnpaidCarer => "Unpaid carers",
        RespondentType::CareWorker => "Care workers",
        RespondentType::Provider => "Care providers",
        RespondentType::Professional => "Professionals",
        RespondentType::Organisation => "Organisations",
        RespondentType::Unknown => "Not known",
    }
}

/// (machine id, label) of a dimension; columns are named by `breakdowns`.
pub(crate) fn dimension(dimension: Dimension, breakdowns: &[String]) -> (String, String) {
    let (id, label) = match dimension {
        Dimension::Column(at) => {
            let id = breakdowns.get(usize::from(at)).map_or("by", String::as_str);
            let words = sentence_case(id.strip_prefix("by_").unwrap_or(id));
            return (id.to_owned(), sentence_case(heading(&words)));
        }
        Dimension::RespondentType => ("respondent_type", "Who speaks"),
        Dimension::Wave => ("wave", "Wave"),
        Dimension::Month => ("month", "Month"),
        Dimension::Channel => ("channel", "How it arrived"),
        Dimension::Source => ("source", "Source"),
        Dimension::Polarity => ("polarity", "What was asked for"),
        Dimension::Question => ("question", "Question"),
    };
    (id.to_owned(), label.to_owned())
}

/// A column's name as a heading: what is left of a question without what makes it one, so that
/// "Who is your main home care provider" reads as "main home care provider". Others stay as they are.
fn heading(words: &str) -> &str {
    const BEFORE: [&str; 15] = [
        "please tell us your ",
        "please select your ",
        "please state your ",
        "what is your ",
        "what s your ",
        "what are your ",
        "who is your ",
        "who s your ",
        "which is your ",
        "where is your ",
        "what is the ",
        "which is the ",
        "who is the ",
        "which ",
        "what ",
    ];
    const AFTER: [&str; 8] = [
        " do you",
        " are you",
        " did you",
        " have you",
        " would you",
        " best ",
        " describes",
        " is your",
    ];
    let lower = words.to_lowercase();
    // Lower case may have other lengths in other scripts; then nothing is cut.
    let begins =
        BEFORE.iter().find(|start| lower.len() == words.len() && lower.starts_with(**start));
    let Some(start) = begins else { return words };
    let (rest, low) = (&words[start.len()..], &lower[start.len()..]);
    let end = AFTER.iter().filter_map(|end| low.find(end)).min().unwrap_or(rest.len());
    let kept = rest.get(..end).unwrap_or(rest).trim();
    // "Which of these describes you" has no noun to stand as a heading.
    if kept.is_empty() || kept.starts_with("of ") { words } else { kept }
}

/// What forms offer for saying nothing, in small letters and without signs.
const NOTHING_SAID: [&str; 28] = [
    "blank",
    "data not available",
    "did not answer",
    "dk",
    "do not know",
    "don t know",
    "dont know",
    "missing",
    "n a",
    "na",
    "no answer",
    "no data",
    "no response",
    "not answered",
    "not applicable",
    "not available",
    "not disclosed",
    "not given",
    "not known",
    "not recorded",
    "not specified",
    "not stated",
    "null",
    "prefer not to answer",
    "prefer not to say",
    "undisclosed",
    "unknown",
    "unspecified",
];

/// Whether a value says something of those who have it.
pub(super) fn is_stated(name: &str) -> bool {
    let name = name.to_lowercase();
    let words: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    !words.is_empty() && !NOTHING_SAID.contains(&words.join(" ").as_str())
}

/// What people read for a value of a dimension.
pub(super) fn value(dimension: Dimension, name: &str) -> String {
    if name == NOT_STATED {
        return match dimension {
            Dimension::Question => "No question",
            Dimension::RespondentType => roles(RespondentType::Unknown),
            _ => "Not stated",
        }
        .to_owned();
    }
    match dimension {
        Dimension::RespondentType => {
            RespondentType::parse(name).map_or(name.to_owned(), |kind| roles(kind).to_owned())
        }
        Dimension::Polarity => match Polarity::parse(name) {
            Some(Polarity::Good) => "What was good".to_owned(),
            Some(Polarity::Improve) => "What could be better".to_owned(),
            Some(Polarity::Neutral) => "Open question".to_owned(),
            Some(Polarity::Proposal) => "A proposal".to_owned(),
            None => name.to_owned(),
        },
        Dimension::Channel => match Channel::parse(name) {
            Some(Channel::Survey) => "Surveys".to_owned(),
            Some(Channel::Testimony) => "Testimonies".to_owned(),
            Some(Channel::Letter) => "Letters".to_owned(),
            Some(Channel::Transcript) => "Transcripts".to_owned(),
            None => name.to_owned(),
        },
        _ => name.to_owned(),
    }
}

/// What people read for the value of an answer in a dimension of people; None of others, and where it
/// is not stated.
pub fn of_row(by: Dimension, row: &crate::coding::CodedResponse) -> Option<String> {
    match by {
        Dimension::Column(at) => Some(row.response.by.get(usize::from(at))?.as_ref()?.to_string()),
        Dimension::Wave => Some(row.response.wave.as_ref()?.to_string()),
        Dimension::RespondentType => Some(roles(row.respondent_type.0).to_owned()),
        _ => None,
    }
}

/// The dimension with this machine id.
pub fn find(id: &str, breakdowns: &[String]) -> Option<Dimension> {
    let columns = (0..breakdowns.len()).map(|at| Dimension::Column(at as u16));
    let others = [
        Dimension::RespondentType,
        Dimension::Wave,
        Dimension::Month,
        Dimension::Channel,
        Dimension::Source,
        Dimension::Polarity,
        Dimension::Question,
    ];
    columns.chain(others).find(|by| dimension(*by, breakdowns).0 == id)
}

/// What people read for the value of an answer in any dimension, also where it is not stated.
pub fn of_any_row(by: Dimension, row: &crate::coding::CodedResponse) -> String {
    let response = &row.response;
    let name = match by {
        Dimension::Column(_) | Dimension::Wave | Dimension::RespondentType => {
            return of_row(by, row).unwrap_or_else(|| value(by, NOT_STATED));
        }
        Dimension::Month => response
            .submitted_on
            .and_then(chrono::NaiveDate::from_epoch_days)
            .map(|day| day.format("%Y-%m").to_string()),
        Dimension::Channel => Some(response.channel.as_str().to_owned()),
        Dimension::Source => Some(format!("s{}", response.source)),
        Dimension::Polarity => Some(response.question.polarity.as_str().to_owned()),
        Dimension::Question => {
            let asked = response.question.text.as_str();
            (!asked.is_empty()).then(|| asked.to_owned())
        }
    };
    value(by, name.as_deref().unwrap_or(NOT_STATED))
}

/// What people read for a measure.
pub(super) fn measure(id: &str) -> String {
    match id {
        "visit_minutes" => "Length of a visit".to_owned(),
        "visit_minutes_expected" => "Length of a visit as agreed or paid for".to_owned(),
        "minutes_late" => "Lateness".to_owned(),
        "minutes_early" => "Earliness".to_owned(),
        "care_workers" => "Number of different care workers".to_owned(),
        "wait_days" => "Time waited".to_owned(),
        "notice_hours" => "Notice given".to_owned(),
        "travel_minutes" => "Travel between visits".to_owned(),
        "years_receiving" => "Years of receiving care".to_owned(),
        other => sentence_case(other),
    }
}

/// "at most 30 minutes", "at most 4 a week".
pub(super) fn limit(limit: f64, at_most: bool, unit: &str, per: Option<&str>) -> String {
    let way = if at_most { "at most" } else { "at least" };
    let unit = match unit {
        "count" => String::new(),
        "gbp" => " pounds".to_owned(),
        other => format!(" {other}"),
    };
    let per = per.map_or_else(String::new, |per| format!(" a {per}"));
    format!("{way} {limit}{unit}{per}")
}

/// What people read for an ASCOT domain.
pub(super) const fn domain(domain: Domain) -> &'static str {
    match domain {
        Domain::Control => "Control over daily life",
        Domain::Cleanliness => "Personal cleanliness and comfort",
        Domain::Food => "Food and drink",
        Domain::Safety => "Personal safety",
        Domain::Social => "Social participation",
        Domain::Occupation => "Occupation",
        Domain::Accommodation => "Accommodation",
        Domain::Dignity => "Dignity",
    }
}

/// What people read for what became of it.
pub(super) const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Gained => "gained",
        Direction::Kept => "kept",
        Direction::AtRisk => "at risk",
        Direction::Lost => "lost",
    }
}

/// `wait_days` to `Wait days`.
pub(crate) fn sentence_case(id: &str) -> String {
    let words = id.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_becomes_a_heading_and_a_heading_stays_one() {
        for (column, wanted) in [
            ("by_who_is_your_main_home_care_provider", "Main home care provider"),
            ("by_which_area_of_the_city_do_you_live", "Area of the city"),
            ("by_what_is_your_age_band", "Age band"),
            ("by_which_of_these_describes_you", "Which of these describes you"),
            ("by_area_type", "Area type"),
            ("by_what", "What"),
        ] {
            let named = [column.to_owned()];
            assert_eq!(dimension(Dimension::Column(0), &named).1, wanted);
        }
    }
}
