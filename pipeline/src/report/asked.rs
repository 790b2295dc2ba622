//! What people were asked, against what they raised: that nobody asked about a theme is only said where
//! no question named it and none put a proposal.

use heard_models::words::Polarity;

use super::words::spoken;
use crate::response::LETTERS_ON;
use crate::tables::evidence::{Evidence, QuestionRow};

/// Longer questions are cut here, between words.
const MOST_LETTERS: usize = 140;
/// Words in nearly every question of this kind, which name no theme.
const GENERAL: [&str; 20] = [
    "about", "being", "better", "care", "carer", "carers", "family", "good", "health", "home",
    "people", "person", "quality", "seen", "service", "services", "staff", "work", "worker",
    "workers",
];

/// A question without the bracket that names whom to ask: what is left of it are placeholders.
pub(super) fn without_contacts(question: &str) -> String {
    let kept = match question.rfind(" (") {
        Some(at) if question[at..].contains('[') => &question[..at],
        _ => question,
    };
    kept.trim().to_owned()
}

/// The questions that were asked in words.
pub(super) fn questions(evidence: &Evidence) -> impl Iterator<Item = &QuestionRow> {
    let in_words = |row: &&QuestionRow| !["", "No question"].contains(&row.question.trim());
    evidence.questions.iter().filter(in_words)
}

/// A question in quotation marks, cut where it is long.
fn quoted(row: &QuestionRow) -> String {
    let whole = without_contacts(&row.question);
    if whole.chars().count() <= MOST_LETTERS {
        return format!("“{whole}”");
    }
    let cut: String = whole.chars().take(MOST_LETTERS).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("“{} ...”", &cut[..end])
}

/// The beginnings of words that carry meaning.
fn stems(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 3 && !GENERAL.contains(word))
        .map(|word| word.chars().take(5).collect())
        .collect()
}

/// Whether a question uses words of a theme's name.
fn names(row: &QuestionRow, label: &str) -> bool {
    let asked = stems(&without_contacts(&row.question));
    stems(label).iter().any(|word| asked.contains(word))
}

/// Whether nobody was asked about any of these themes.
pub(super) fn unprompted<'l>(
    evidence: &Evidence,
    mut labels: impl Iterator<Item = &'l str>,
) -> bool {
    let proposed = questions(evidence).any(|row| row.polarity == Polarity::Proposal);
    !proposed && !labels.any(|label| questions(evidence).any(|row| names(row, label)))
}

/// Which of these themes a question asked about, in sentences; that nobody was asked, where that is
/// true.
pub(super) fn told(evidence: &Evidence, labels: &[&str]) -> String {
    if unprompted(evidence, labels.iter().copied()) {
        return "Nobody was asked about these themes: people raised them of their own accord."
            .to_owned();
    }
    let mut said = Vec::new();
    // Nobody asked a letter: the question that it replies to stands for itself.
    for row in questions(evidence).filter(|row| !row.question.starts_with(LETTERS_ON)) {
        let named: Vec<String> =
            labels.iter().filter(|label| names(row, label)).map(|label| spoken(label)).collect();
        let list = named.join("; ");
        match (row.polarity == Polarity::Proposal, named.is_empty()) {
            (true, true) => said.push(format!(
                "The question {} asked what people think of a proposal, so that part of what follows \
                 answers it.",
                quoted(row)
            )),
            (true, false) => said.push(format!(
                "The question {} asked what people think of a proposal, and uses words of this theme: \
                 {list}.",
                quoted(row)
            )),
            (false, false) => said.push(format!(
                "The question {} uses words of this theme: {list}.",
                quoted(row)
            )),
            (false, true) => {}
        }
    }
    said.push("People raised the other themes of their own accord.".to_owned());
    said.join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::fixture;
    use super::*;

    const THEMES: [&str; 2] = ["Commissioning model, market and provider choice", "Punctuality"];

    #[test]
    fn nobody_was_asked_is_said_only_where_no_question_named_it() {
        let mut evidence = fixture::evidence(3, 120);
        assert!(told(&evidence, &THEMES).starts_with("Nobody was asked"));
        evidence.questions[0].question = "What do you think of the provider model?".to_owned();
        let said = told(&evidence, &THEMES);
        assert!(!said.contains("Nobody was asked"), "{said}");
        assert!(
            said.contains("“What do you think of the provider model?” uses words of this theme")
        );
        assert!(said.contains("commissioning model") && !said.contains("punctuality"), "{said}");
    }

    #[test]
    fn a_proposal_is_named_even_where_it_shares_no_word_with_a_theme() {
        let mut evidence = fixture::evidence(3, 120);
        evidence.questions[1].polarity = Polarity::Proposal;
        evidence.questions[1].question =
            "Do you support one firm an area? (Questions: [PERSON 1])".to_owned();
        let said = told(&evidence, &THEMES);
        assert!(
            said.contains("“Do you support one firm an area?” asked what people think"),
            "{said}"
        );
        assert!(!unprompted(&evidence, THEMES.into_iter()));
    }
}
