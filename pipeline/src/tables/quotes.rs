//! Someone's own words for each theme: a few good candidates kept while responses go by, then the
//! ones that are published.
//!
//! Only words that their owner lets us quote, that hold nothing for a person to check first, and
//! that stand on their own. Who spoke is told by role alone, and not even so where few have that
//! role or where the role's figure for the theme is hidden. The choice depends on the responses and
//! nothing else.

use heard_models::words::{RespondentType, Sentiment, Status};

use super::disclosure::Profile;
use super::evidence::{Dimension, Evidence, Quote};
use super::labels::{role, roles};
use super::tally::Tally;
use crate::coding::{CodedResponse, Coding, Flag};
use crate::vocabulary::Vocabulary;

/// Candidates kept for each theme and sentiment.
const KEPT: usize = 12;
/// Words in a quote.
const FEWEST_WORDS: usize = 8;
const MOST_WORDS: usize = 45;
/// Less sure codings are not shown as examples.
const LEAST_CONFIDENCE: f32 = 0.5;

/// Candidates for quotes, in bounded memory.
#[derive(Clone, Debug)]
pub struct Quotes {
    /// For each theme of the first codebook: praise, then complaint. Empty for thin codes.
    kept: Vec<[Vec<Candidate>; 2]>,
    thin: Vec<bool>,
}

#[derive(Clone, PartialEq, Eq)]
struct Candidate {
    /// How good an example, in thousandths.
    worth: i32,
    /// Where it stands in the input: source, row, question, segment.
    place: (u32, u32, u16, u16),
    respondent: u128,
    kind: RespondentType,
    text: String,
}

impl std::fmt::Debug for Candidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Candidate({} bytes, worth {})", self.text.len(), self.worth)
    }
}

impl Candidate {
    /// Best first, then in input order.
    fn order(&self) -> impl Ord + use<> {
        (-self.worth, self.place)
    }
}

impl Quotes {
    /// An empty collector for the run's first codebook.
    pub fn new(vocabulary: &Vocabulary) -> Self {
        let themes = vocabulary.codebooks().first().map(|book| book.themes.as_slice());
        let thin: Vec<bool> = themes.unwrap_or_default().iter().map(|theme| theme.thin).collect();
        Self { kept: vec![[Vec::new(), Vec::new()]; thin.len()], thin }
    }

    /// Looks at one answer.
    pub fn add(&mut self, row: &CodedResponse) {
        if !may_be_quoted(row) {
            return;
        }
        for coding in row.codings.iter().filter(|coding| coding.codebook == 0) {
            let side = match coding.sentiment {
                Sentiment::Positive => 0,
                Sentiment::Negative => 1,
                Sentiment::Mixed | Sentiment::Neutral => continue,
            };
            let theme = usize::from(coding.theme);
            if self.thin.get(theme) == Some(&false)
                && coding.confidence >= LEAST_CONFIDENCE
                && let Some(candidate) = candidate(row, coding)
            {
                keep(&mut self.kept[theme][side], candidate);
            }
        }
    }

    /// Adds what another part of the run found.
    pub fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.kept.iter_mut().flatten().zip(other.kept.into_iter().flatten()) {
            for candidate in theirs {
                keep(mine, candidate);
            }
        }
    }

    /// Up to a positive and a negative quote for each theme, most raised theme first; no respondent
    /// twice, and roles in turn where the quotes are as good.
    pub fn choose(&self, tally: &Tally, evidence: &Evidence) -> Vec<Quote> {
        let respondents = tally.roles();
        let Some(book) = evidence.main() else { return Vec::new() };
        let mut used: Vec<u128> = Vec::new();
        let mut spoken = [0; RespondentType::ALL.len()];
        let mut quotes = Vec::new();
        for row in book.themes.iter().filter(|row| row.respondents.count().is_some()) {
            let Some((_, theme)) = tally.vocabulary.find(&book.id, &row.id) else { continue };
            for (side, sentiment) in [Sentiment::Positive, Sentiment::Negative].iter().enumerate() {
                let best = self.kept[usize::from(theme)][side]
                    .iter()
                    .filter(|candidate| !used.contains(&candidate.respondent))
                    .min_by_key(|c| (50 * spoken[c.kind as usize] - c.worth, c.place));
                let Some(best) = best else { continue };
                used.push(best.respondent);
                spoken[best.kind as usize] += 1;
                let named = may_be_named(evidence, &row.id, *sentiment, best.kind)
                    && respondents[best.kind as usize] >= evidence.profile.least();
                quotes.push(Quote {
                    theme: row.id.clone(),
                    label: row.label.clone(),
                    sentiment: *sentiment,
                    text: best.text.clone(),
                    role: role(if named { best.kind } else { RespondentType::Unknown }).to_owned(),
                });
            }
        }
        quotes
    }
}

/// Whether a response may be quoted at all.
fn may_be_quoted(row: &CodedResponse) -> bool {
    let forbidding =
        [Flag::SafeguardingReview, Flag::PiiResidual, Flag::OffTopicService, Flag::Language];
    row.response.may_quote
        && row.status == Status::Informative
        && row.language == "en"
        && row.duplicate_of.is_none()
        && !row.flags.iter().any(|flag| forbidding.contains(flag))
}

/// Whether the role's figure for the theme is one that readers see anyway.
fn may_be_named(
    evidence: &Evidence,
    theme: &str,
    sentiment: Sentiment,
    kind: RespondentType,
) -> bool {
    if evidence.profile == Profile::None {
        return true;
    }
    let by = evidence.main().and_then(|book| book.breakdown(Dimension::RespondentType));
    let Some(by) = by else { return true };
    let value = by.values.iter().position(|value| value.label == roles(kind));
    let row = by.rows.iter().find(|row| row.id == theme);
    value.zip(row).is_some_and(|(value, row)| {
        let felt = row.cells[value].sentiment;
        let cell = if sentiment == Sentiment::Positive { felt.positive } else { felt.negative };
        cell.count().is_some()
    })
}

/// Keeps the best, at most one of each respondent.
fn keep(kept: &mut Vec<Candidate>, candidate: Candidate) {
    if let Some(same) = kept.iter_mut().find(|other| other.respondent == candidate.respondent) {
        if candidate.order() < same.order() {
            *same = candidate;
        }
    } else {
        kept.push(candidate);
    }
    kept.sort_by_cached_key(Candidate::order);
    kept.truncate(KEPT);
}

/// The words of a coding as a quote, if they can stand on their own.
fn candidate(row: &CodedResponse, coding: &Coding) -> Option<Candidate> {
    let response = &row.response;
    let whole = response.text.as_str();
    let range = row.segments.get(usize::from(coding.segment))?;
    let segment = whole.get(range.clone())?;
    let starts = whole.get(..range.start)?.trim().is_empty();
    let ends = whole.get(range.end..)?.trim().is_empty();
    let alone = stands_alone(segment, starts, ends);
    let text = if alone { segment } else { whole }.trim();
    if !alone && !stands_alone(whole, true, true) {
        return None;
    }
    let placeholders = text.matches('[').count();
    if placeholders > 2 || !text.chars().any(char::is_lowercase) {
        return None;
    }
    let words = text.split_whitespace().count();
    let others = row.codings.iter().filter(|c| c.codebook == 0 && c.theme != coding.theme);
    let others = others.filter(|c| !alone || c.segment == coding.segment).count();
    let mut worth = (coding.confidence.clamp(0.0, 1.0) * 1000.0) as i32;
    worth += 300 * i32::from(row.flags.contains(&Flag::Quotable));
    worth += 200 * i32::from((12..=32).contains(&words)) + 100 * i32::from(alone);
    worth -= 150 * placeholders as i32 + 80 * others.min(5) as i32;
    let respondent = response.respondent_id.as_ref().map_or_else(
        || format!("{}\u{1f}{}", response.source, response.row),
        |id| format!("{}\u{1f}\u{1f}{id}", response.source),
    );
    Some(Candidate {
        worth,
        place: (
            response.source,
            response.row,
            response.question.number.unwrap_or_default(),
            coding.segment,
        ),
        respondent: xxhash_rust::xxh3::xxh3_128(respondent.as_bytes()),
        kind: row.respondent_type.0,
        text: text.to_owned(),
    })
}

/// Whether words read as a whole: long enough, beginning like a sentence, not cut off. Words inside
/// a response must also not lean on those before.
fn stands_alone(text: &str, starts: bool, ends: bool) -> bool {
    let text = text.trim();
    let words = text.split_whitespace().count();
    if !(FEWEST_WORDS..=MOST_WORDS).contains(&words) {
        return false;
    }
    let begins = text
        .trim_start_matches(['"', '\'', '\u{201c}', '\u{2018}', '('])
        .starts_with(|c: char| c.is_uppercase() || c.is_numeric() || c == '[');
    let first = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let leans = [
        "And", "But", "So", "Or", "Also", "Because", "Which", "He", "She", "They", "It", "This",
        "That", "These", "Those", "Then", "However", "Same", "Their", "Her", "His",
    ]
    .contains(&first);
    let finished = ends || text.ends_with(['.', '!', '?', '\u{2026}', '"', '\u{201d}']);
    begins && finished && (starts || !leans)
}
