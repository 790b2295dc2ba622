//! Someone's own words for each theme: a few good candidates kept while responses go by, then the
//! ones that are published.
//!
//! Only words that their owner lets us quote, that hold nothing for a person to check first, that
//! stand on their own and that the model is sure of. Who spoke is told by role alone, and not even so
//! where few have that role; where the theme's own figure is hidden nobody is quoted. Among those the most typical words win: those that share most
//! with what others said. The choice depends on the responses and nothing else.

use std::collections::BTreeMap;

use heard_models::words::{Polarity, RespondentType, Sentiment, Status};

use super::disclosure::Profile;
use super::evidence::{Evidence, Quote, ThemeRow};
use super::labels::role;
use super::tally::Tally;
use crate::coding::{CodedResponse, Coding, Flag};
use crate::vocabulary::Vocabulary;

/// Candidates kept for each theme and side.
const KEPT: usize = 16;
/// Words in a quote.
const FEWEST_WORDS: usize = 8;
const MOST_WORDS: usize = 45;
/// Words in a suggestion, which is often an order: "Read the care plan."
const FEWEST_WORDS_OF_A_SUGGESTION: usize = 4;
/// Less sure codings are not shown as examples.
const LEAST_CONFIDENCE: f32 = 0.5;
/// Feelings that are less clear than this, of 1, are not shown as praise or criticism.
const LEAST_FEELING: f32 = 0.6;
/// What being typical is worth, in thousandths, against what the words are by themselves.
const TYPICAL: f64 = 400.0;
/// What each earlier quote of the same role costs.
const SAME_ROLE: i32 = 80;
/// Suggestions that are quoted.
const SUGGESTIONS: usize = 10;

/// Praise, complaint, suggestion.
const SIDES: usize = 3;
const SUGGESTION: usize = 2;

/// Candidates for quotes, in bounded memory.
#[derive(Clone, Debug)]
pub struct Quotes {
    /// For each theme of the first codebook: praise, complaint, suggestion. Empty for thin codes.
    kept: Vec<[Vec<Candidate>; SIDES]>,
    thin: Vec<bool>,
}

/// The quotes of a report. No respondent is in one list twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chosen {
    /// Up to one of praise and one of criticism for each theme, the most raised theme first.
    pub quotes: Vec<Quote>,
    /// What people suggested, at most one for each theme.
    pub suggestions: Vec<Quote>,
    /// Criticism of serious matters, by others than those who are quoted on them above.
    pub serious: Vec<Quote>,
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
        Self { kept: vec![Default::default(); thin.len()], thin }
    }

    /// Looks at one answer.
    pub fn add(&mut self, row: &CodedResponse) {
        if !may_be_quoted(row) {
            return;
        }
        for coding in row.codings.iter().filter(|coding| coding.codebook == 0) {
            let theme = usize::from(coding.theme);
            if self.thin.get(theme) != Some(&false) || !is_sure(coding) {
                continue;
            }
            if let Some(side) = side(row, coding)
                && let Some(candidate) = candidate(row, coding, FEWEST_WORDS)
            {
                keep(&mut self.kept[theme][side], candidate);
            }
            if suggests(row, coding)
                && let Some(candidate) = candidate(row, coding, FEWEST_WORDS_OF_A_SUGGESTION)
            {
                keep(&mut self.kept[theme][SUGGESTION], candidate);
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

    /// The quotes of a report on `evidence`: those of `tally`. `serious` are the themes that matter
    /// however few raise them.
    pub fn choose(&self, tally: &Tally, evidence: &Evidence, serious: &[String]) -> Chosen {
        let profile = evidence.profile;
        let mut choice =
            Choice { profile, roles: tally.roles(), used: Vec::new(), spoken: [0; ROLES] };
        let Some(book) = evidence.main() else { return Chosen::default() };
        let mut chosen = Chosen::default();
        let pools = |id: &str| {
            let (_, theme) = tally.vocabulary.find(&book.id, id)?;
            self.kept.get(usize::from(theme))
        };
        for row in &book.themes {
            let Some(kept) = pools(&row.id) else { continue };
            for (side, sentiment) in [Sentiment::Positive, Sentiment::Negative].iter().enumerate() {
                if may_be_shown(row, *sentiment) {
                    chosen.quotes.extend(choice.best(&kept[side], row, *sentiment));
                }
            }
        }
        // The chapters below may quote someone again, but nobody's same words.
        let told: Vec<String> = chosen.quotes.iter().map(|quote| quote.text.clone()).collect();
        choice.start(&told);
        for row in book.themes.iter().filter(|row| serious.contains(&row.id)) {
            let Some(kept) = pools(&row.id) else { continue };
            if may_be_shown(row, Sentiment::Negative) {
                chosen.serious.extend(choice.best(&kept[1], row, Sentiment::Negative));
            }
        }
        let mut told = told;
        told.extend(chosen.serious.iter().map(|quote| quote.text.clone()));
        choice.start(&told);
        for row in book.themes.iter().filter(|row| row.respondents.count().is_some_and(|n| n > 0)) {
            if chosen.suggestions.len() == SUGGESTIONS {
                break;
            }
            let Some(kept) = pools(&row.id) else { continue };
            chosen.suggestions.extend(choice.best(&kept[SUGGESTION], row, Sentiment::Neutral));
        }
        chosen
    }
}

const ROLES: usize = RespondentType::ALL.len();

/// Who has been quoted so far in a chapter.
struct Choice {
    profile: Profile,
    /// How many people there are of each role: it is told where it could be any of enough people.
    roles: [u64; ROLES],
    /// Respondents and words that are quoted already, as hashes.
    used: Vec<u128>,
    spoken: [i32; ROLES],
}

impl Choice {
    /// A new chapter, which does not repeat these words.
    fn start(&mut self, told: &[String]) {
        self.used = told.iter().map(|text| hash(text)).collect();
        self.spoken = [0; ROLES];
    }

    /// The best of the candidates whose respondent has not been quoted; roles in turn where the
    /// quotes are as good.
    fn best(
        &mut self,
        candidates: &[Candidate],
        row: &ThemeRow,
        sentiment: Sentiment,
    ) -> Option<Quote> {
        let typical = typical(candidates);
        let free = candidates.iter().zip(typical).filter(|(candidate, _)| {
            !self.used.contains(&candidate.respondent)
                && !self.used.contains(&hash(&candidate.text))
        });
        let (best, _) = free.min_by_key(|(c, typical)| {
            (SAME_ROLE * self.spoken[c.kind as usize] - c.worth - typical, c.place)
        })?;
        self.used.extend([best.respondent, hash(&best.text)]);
        self.spoken[best.kind as usize] += 1;
        let named = self.roles[best.kind as usize] >= self.profile.least();
        Some(Quote {
            theme: row.id.clone(),
            label: row.label.clone(),
            sentiment,
            text: best.text.clone(),
            role: role(if named { best.kind } else { RespondentType::Unknown }).to_owned(),
        })
    }
}

fn hash(text: &str) -> u128 {
    xxhash_rust::xxh3::xxh3_128(text.as_bytes())
}

/// How near each candidate is to the middle of all: the mean share of its content words that others
/// use too, in thousandths of [`TYPICAL`].
fn typical(candidates: &[Candidate]) -> Vec<i32> {
    let words: Vec<Vec<String>> = candidates.iter().map(|c| content_words(&c.text)).collect();
    let mut held: BTreeMap<&str, usize> = BTreeMap::new();
    for word in words.iter().flatten() {
        *held.entry(word).or_default() += 1;
    }
    let all = candidates.len().max(2) as f64 - 1.0;
    words
        .iter()
        .map(|words| {
            let shared: f64 = words.iter().map(|word| (held[word.as_str()] - 1) as f64 / all).sum();
            (TYPICAL * shared / words.len().max(1) as f64).round() as i32
        })
        .collect()
}

/// The first letters of words that carry meaning, each once.
fn content_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 3)
        .map(|word| word.to_lowercase().chars().take(5).collect())
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Whether a theme's figure for this feeling stands in the report: nobody is quoted from one that is
/// hidden.
fn may_be_shown(row: &ThemeRow, sentiment: Sentiment) -> bool {
    let felt = match sentiment {
        Sentiment::Positive => row.sentiment.positive,
        _ => row.sentiment.negative,
    };
    // Someone who says both stands in neither part, so a shown zero hides nobody.
    row.respondents.count().is_some_and(|n| n > 0) && felt.count().is_some()
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

fn by_a_person(coding: &Coding) -> bool {
    coding.coder.starts_with("person:")
}

fn is_sure(coding: &Coding) -> bool {
    by_a_person(coding) || coding.confidence >= LEAST_CONFIDENCE
}

/// Praise or complaint, where the feeling is clear and not against what was asked: what stands under
/// "what could be better" is no praise.
fn side(row: &CodedResponse, coding: &Coding) -> Option<usize> {
    let clear = by_a_person(coding) || coding.sentiment_score.abs() >= LEAST_FEELING;
    match (coding.sentiment, row.response.question.polarity) {
        (Sentiment::Positive, asked) if clear && asked != Polarity::Improve => Some(0),
        (Sentiment::Negative, asked) if clear && asked != Polarity::Good => Some(1),
        _ => None,
    }
}

/// Whether the words of a coding ask for something, in an answer that was found to suggest.
fn suggests(row: &CodedResponse, coding: &Coding) -> bool {
    if !row.flags.contains(&Flag::Suggestion) || coding.sentiment == Sentiment::Positive {
        return false;
    }
    let range = row.segments.get(usize::from(coding.segment));
    let text = range.and_then(|r| row.response.text.as_str().get(r.clone())).unwrap_or_default();
    let text = text.trim().to_lowercase();
    let asks = [
        "should ",
        "could do with",
        "need to",
        "needs to",
        "please",
        "i'd like",
        "i would like",
        "would help",
        "would be better",
        "i wish",
        "make sure",
        "it would",
        "ought to",
        "how about",
        "i’d like",
        "must be",
        "want ",
    ];
    let orders = [
        "let ",
        "give ",
        "tell ",
        "ring ",
        "send ",
        "train ",
        "pay ",
        "ask ",
        "stop ",
        "keep ",
        "have ",
        "more ",
        "better ",
        "fewer ",
        "put ",
        "get ",
        "make ",
        "read ",
        "answer ",
        "a ",
        "one ",
        "plan ",
        "employ ",
        "sort ",
        "same ",
        "longer ",
        "listen ",
        "someone ",
        "somebody ",
    ];
    asks.iter().any(|cue| text.contains(cue))
        || (row.response.question.polarity == Polarity::Improve
            && orders.iter().any(|cue| text.starts_with(cue)))
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
fn candidate(row: &CodedResponse, coding: &Coding, fewest: usize) -> Option<Candidate> {
    let response = &row.response;
    let whole = response.text.as_str();
    let range = row.segments.get(usize::from(coding.segment))?;
    let segment = whole.get(range.clone())?;
    let starts = whole.get(..range.start)?.trim().is_empty();
    let ends = whole.get(range.end..)?.trim().is_empty();
    let alone = stands_alone(segment, starts, ends, fewest);
    let text = if alone { segment } else { whole }.trim();
    if !alone && !stands_alone(whole, true, true, fewest) {
        return None;
    }
    let (text, edits) = edited(text)?;
    if edits > 2 || !text.chars().any(char::is_lowercase) || is_cut(&text) {
        return None;
    }
    let words = text.split_whitespace().count();
    let others = row.codings.iter().filter(|c| c.codebook == 0 && c.theme != coding.theme);
    let others = others.filter(|c| !alone || c.segment == coding.segment).count();
    let mut worth = (coding.confidence.clamp(0.0, 1.0) * 1000.0) as i32;
    worth += (coding.sentiment_score.abs().clamp(0.0, 1.0) * 300.0) as i32;
    worth += 300 * i32::from(row.flags.contains(&Flag::Quotable));
    worth += 200 * i32::from((12..=32).contains(&words)) + 100 * i32::from(alone);
    worth -= 150 * edits as i32 + 80 * others.min(5) as i32;
    worth -= 250 * i32::from(leans(&text)) + 150 * i32::from(text.ends_with('?'));
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
        respondent: hash(&respondent),
        kind: row.respondent_type.0,
        text,
    })
}

/// The words with placeholders as people write them, `[name]`, and how many there are; None where
/// something was taken out that nobody needs to read about: a number, an address.
fn edited(text: &str) -> Option<(String, usize)> {
    let mut out = String::with_capacity(text.len());
    let mut names: Vec<&str> = Vec::new();
    let mut edits = 0;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let (held, after) = after.split_once(']')?;
        out.push_str(before);
        edits += 1;
        match held.split_once(' ').map_or(held, |(kind, _)| kind) {
            "PERSON" => {
                let known = names.iter().position(|name| *name == held);
                let at = known.unwrap_or(names.len());
                if known.is_none() {
                    names.push(held);
                }
                out.push_str(if at == 0 { "[name]" } else { "[another name]" });
            }
            "PROVIDER" => out.push_str("[care provider]"),
            // Square brackets of the writer's own.
            kind if kind.chars().any(char::is_lowercase) => {
                out.push('[');
                out.push_str(held);
                out.push(']');
            }
            _ => return None,
        }
        rest = after;
    }
    out.push_str(rest);
    Some((out, edits))
}

/// Whether words read as a whole: long enough, beginning like a sentence, not cut off. Words inside
/// a response must also not lean on those before.
fn stands_alone(text: &str, starts: bool, ends: bool, fewest: usize) -> bool {
    let text = text.trim();
    let words = text.split_whitespace().count();
    if !(fewest..=MOST_WORDS).contains(&words) {
        return false;
    }
    let begins = text
        .trim_start_matches(['"', '\'', '\u{201c}', '\u{2018}', '('])
        .starts_with(|c: char| c.is_uppercase() || c.is_numeric() || c == '[');
    let finished = ends || text.ends_with(['.', '!', '?', '\u{2026}', '"', '\u{201d}']);
    let points_elsewhere =
        ["see above", "as above", "other answer", "as i said", "previous answer"];
    let lower = text.to_lowercase();
    begins
        && finished
        && (starts || !leans(text))
        && !points_elsewhere.iter().any(|words| lower.contains(words))
}

/// Whether a quotation was cut in two, or a list ends in its figures.
fn is_cut(text: &str) -> bool {
    let count = |mark: char| text.matches(mark).count();
    let figures = text.trim_end_matches(['.', ' ']).ends_with(|c: char| c.is_ascii_digit());
    count('"') % 2 == 1
        || count('\u{201c}') != count('\u{201d}')
        || (figures && text.contains(':'))
        || text.ends_with(':')
}

/// Whether the first word leans on words before.
fn leans(text: &str) -> bool {
    let first = text.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty());
    [
        "And",
        "But",
        "So",
        "Or",
        "Also",
        "Because",
        "Which",
        "He",
        "She",
        "They",
        "It",
        "This",
        "That",
        "These",
        "Those",
        "Then",
        "However",
        "Same",
        "Their",
        "Her",
        "His",
        "Before",
        "After",
        "Second",
        "Third",
        "Otherwise",
        "Instead",
        "Neither",
        "Another",
        "Either",
        "Yet",
        "Off",
        "Him",
        "Them",
        "There",
        "Anyway",
        "First",
        "Finally",
    ]
    .contains(&first.unwrap_or_default())
}
