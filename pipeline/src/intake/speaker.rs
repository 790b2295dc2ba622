//! Who speaks, from what a column says: the usual wordings of "are you a...?" in our vocabulary.
//!
//! Only columns are read here; who speaks by their own words is decided after de-identification.

use std::sync::LazyLock;

use regex::RegexSet;

use crate::response::RespondentType;

/// Patterns in the order in which they decide, each with what it means and how surely.
const WORDINGS: [(&str, RespondentType, f32); 19] = [
    (
        r"\bon behalf of (an?|the|my) (organisation|organization|group|council|charity|company|business)|^(an? )?organi[sz]ation|\bvoluntary (sector|organisation)|\b(parish|town|county|borough|city) council\b|\bcharity\b|\bcommunity group\b|\bcouncillor\b|\bforum\b",
        RespondentType::Organisation,
        0.9,
    ),
    (
        r"\b(care|service|home ?care|domiciliary) (provider|agency|company)\b|^provider|\bi (own|run|manage) a\b|\bregistered manager\b|\bowner\b",
        RespondentType::Provider,
        0.85,
    ),
    (
        r"\b(unpaid|family|informal|young|volunteer|main|primary|full[- ]time) carer|\b(mum|mom|mam|dad|mother|father|husband|wife|partner|son|daughter|parent|sister|brother|friend|neighbour)s?('s)? ?(and|&|/|,|-|–|\() ?(a |also )?carer\b|\bcarer (and|&) (a )?(husband|wife|son|daughter|partner|parent|mother|father|sister|brother|friend)\b|\bmy (\w+ )?(mum|mom|mam|dad|mother|father|husband|wife|partner|son|daughter|sister|brother|nan|gran)'?s (main |unpaid )?carer$|\bunpaid care\b|\bcare for (a|my|someone|another)|\blook(s|ing)? after (a|my|someone)|\bcaring for (a|my|someone)|\bcarer (of|for) (a|my|someone|an adult)|\bi am a carer for\b",
        RespondentType::UnpaidCarer,
        0.95,
    ),
    (
        r"\b(care|support|home ?care|domiciliary|paid|frontline|front line) (worker|assistant|staff|carer)s?\b|\bpaid (home )?carer\b|\bi work (as|in|for)\b|\bhome carer\b|\bpersonal assistant\b|\bsenior carer\b|\bcare co-?ordinator\b|^(staff|employee|worker|team member|staff member|member of staff)\b",
        RespondentType::CareWorker,
        0.9,
    ),
    (
        r"\b(health|social care|care) (and social care )?professional\b|\bprofessional\b|\bnurse\b|\bsocial worker\b|\bgp\b|\bdoctor\b|\btherapist\b|\bclinician\b|\bpharmacist\b|\bcommissioner\b|\bpractitioner\b",
        RespondentType::Professional,
        0.9,
    ),
    (
        r"\b(on behalf of|for) (a|my|someone|the|another) (relative|family|friend|parent|mother|father|mum|dad|husband|wife|partner|son|daughter|person|patient|client|service user|someone)|\bon behalf of someone\b",
        RespondentType::Family,
        0.8,
    ),
    (
        r"\b(family|relative|relation|friend|next of kin|son|daughter|husband|wife|spouse|partner|parent|mother|father|neighbour|loved one)s?\b.{0,40}\b(receiv\w+|us(es|ing)|gets?|has|have|had|with|of)\b|\b(family|relative|friend)s?\b|\bnext of kin\b",
        RespondentType::Family,
        0.9,
    ),
    (
        r"\b(i|you|we) (personally )?(receive|use|get|have|am receiving|used to receive|have received)\b",
        RespondentType::ServiceUser,
        0.95,
    ),
    (
        r"\b(someone|person|people|individual|adult) (who|that) (receiv|us|get|draw)\w*|\bperson (receiving|using|with care)|\breceiv(es|ing) (home ?)?care\b|\bdraws? on\b",
        RespondentType::ServiceUser,
        0.9,
    ),
    (
        r"\bservice[- _]?users?\b|\bpatients?\b|\bclients?\b|\bcustomers?\b|\bresidents? (of a care|in a care)\b|\btenant\b|\bcare recipient\b|\bthe person (being )?cared for\b",
        RespondentType::ServiceUser,
        0.9,
    ),
    (
        r"^(i am |it is |this is )?(myself|me|self|for myself|the person themselves)\b|\bmy own (care|experience)\b",
        RespondentType::ServiceUser,
        0.75,
    ),
    (
        r"\b(son|daughter|husband|wife|spouse|partner|parent|mother|father|mum|dad|sister|brother|niece|nephew|grand\w+|neighbour)\b",
        RespondentType::Family,
        0.85,
    ),
    (r"^carers?$|\bcarers?\b", RespondentType::UnpaidCarer, 0.6),
    (r"\bstaff\b|\bemployee\b|\bcare work\b|\bcolleague\b", RespondentType::CareWorker, 0.7),
    (r"^service_user$", RespondentType::ServiceUser, 1.0),
    (r"^unpaid_carer$", RespondentType::UnpaidCarer, 1.0),
    (r"^care_worker$", RespondentType::CareWorker, 1.0),
    (r"\bvoluntary\b|\btrust\b|\bassociation\b|\bhealthwatch\b", RespondentType::Organisation, 0.7),
    (r"\bproviders?\b", RespondentType::Provider, 0.7),
];

#[allow(clippy::unwrap_used, reason = "constant patterns, compiled by the tests")]
static PATTERNS: LazyLock<RegexSet> =
    LazyLock::new(|| RegexSet::new(WORDINGS.iter().map(|w| w.0)).unwrap());

/// True for answers to "who are you?" that leave it open.
pub(crate) fn is_left_open(value: &str) -> bool {
    let value = value.trim().to_lowercase();
    let wordings =
        ["individual", "as an individual", "an individual", "member of the public", "other"];
    wordings.contains(&value.as_str())
        || value.starts_with("prefer not")
        || value.starts_with("other ")
        || value.starts_with("other,")
        || value.starts_with("a member of the public")
}

/// Who speaks, and how surely (0..1), by the value of a column. None where it does not say.
pub(crate) fn read(value: &str) -> Option<(RespondentType, f32)> {
    let value = value.trim().to_lowercase().replace('’', "'");
    if value.is_empty() || value.len() > 200 {
        return None;
    }
    let first = PATTERNS.matches(&value).iter().next()?;
    let (_, who, sure) = WORDINGS[first];
    // "I was a nurse for thirty years" tells what somebody no longer is.
    let before = ["i was ", "used to ", "years as "].iter().any(|w| value.contains(w));
    let works = matches!(
        who,
        RespondentType::CareWorker | RespondentType::Professional | RespondentType::Provider
    );
    (!(before && works)).then_some((who, sure))
}

#[cfg(test)]
mod tests {
    use super::*;
    use RespondentType::*;

    #[test]
    fn the_usual_wordings_are_known() {
        for (value, who) in [
            ("I receive home care", ServiceUser),
            ("Someone who receives care", ServiceUser),
            ("Service user", ServiceUser),
            ("Patient", ServiceUser),
            ("I care for a family member or friend", UnpaidCarer),
            ("Unpaid carer", UnpaidCarer),
            ("Family carer", UnpaidCarer),
            ("(daughter and main carer)", UnpaidCarer),
            ("Wife / carer", UnpaidCarer),
            ("I am my husband's carer", UnpaidCarer),
            ("A family member or friend of someone who receives care", Family),
            ("Relative", Family),
            ("Daughter", Family),
            ("Home care worker", CareWorker),
            ("I work as a care assistant", CareWorker),
            ("Care provider", Provider),
            ("Social worker", Professional),
            ("Health or social care professional", Professional),
            ("On behalf of an organisation", Organisation),
            ("Organisation", Organisation),
        ] {
            assert_eq!(read(value).map(|r| r.0), Some(who), "{value}");
        }
        for value in [
            "Individual",
            "Other",
            "Prefer not to say",
            "Member of the public",
            "",
            "I was a nurse for 30 years and now have carers myself",
        ] {
            assert_eq!(read(value), None, "{value}");
        }
    }
}
