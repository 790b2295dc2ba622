//! De-identified responses to coded ones: segments, themes, sentiment, flags, outcomes, measures.
//!
//! The one place where a model meets a response, and the one path by which a person's code
//! overrides the model's ([`settle`]). [`Coder::code`] is a pure function on a batch: it knows no file
//! and keeps nothing between calls, so that a notebook or a cluster can call it as `run` does.

mod coder;
#[cfg(all(test, feature = "libtorch"))]
mod parity;

pub use coder::{Coder, Error, Pace, Wanted, open_codebook, open_model};

use std::ops::Range;
use std::sync::Arc;

use heard_models::words::{Direction, Domain, Polarity, RespondentType, Sentiment, Stance, Status};

use crate::response::{Channel, Redacted};

/// A de-identified question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedQuestion {
    /// Its number among the open questions of its source; None where the source has one.
    pub number: Option<u16>,
    /// Its words.
    pub text: Redacted,
    /// What it asks for.
    pub polarity: Polarity,
}

/// One answer after de-identification: the row that a coder sees.
#[derive(Clone, Debug)]
pub struct Response {
    /// Opaque id: `<source>-<row>` and `-<question>` where a source has several.
    pub id: String,
    /// The source, from 1.
    pub source: u32,
    /// Row of the file, or 1 for a document.
    pub row: u32,
    /// How it arrived.
    pub channel: Channel,
    /// What was asked.
    pub question: Arc<AskedQuestion>,
    /// Opaque id of who answered, where the file has ids.
    pub respondent_id: Option<String>,
    /// Who speaks, where a column says so, with confidence 0..1.
    pub respondent_type: Option<(RespondentType, f32)>,
    /// For or against the proposal, where a column beside the words says so.
    pub stance: Option<Stance>,
    /// Days since 1970-01-01.
    pub submitted_on: Option<i32>,
    /// The wave, de-identified.
    pub wave: Option<Arc<str>>,
    /// A score given beside the words.
    pub rating: Option<f64>,
    /// Values of the breakdown columns, de-identified, in the run's order.
    pub by: Vec<Option<Arc<str>>>,
    /// False where the respondent forbade quoting.
    pub may_quote: bool,
    /// The de-identified answer.
    pub text: Redacted,
}

/// One (segment, theme, coder) with what was felt about it and the words that show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Coding {
    /// Index of the segment in its response.
    pub segment: u16,
    /// Index of the codebook in the run.
    pub codebook: u8,
    /// Index of the theme in the codebook: themes first, then thin codes.
    pub theme: u16,
    /// Feeling towards the theme in this segment.
    pub sentiment: Sentiment,
    /// -1 (very negative) to 1 (very positive).
    pub sentiment_score: f32,
    /// Calibrated probability that a person would give this code, 0..1.
    pub confidence: f32,
    /// Who coded: `model:<id>@<version>` or `person:<initials>`.
    pub coder: Arc<str>,
    /// Byte ranges in the de-identified text of the response, in order, not overlapping.
    pub evidence: Vec<Range<usize>>,
    /// The model is less sure of it than the run's threshold: a person reads these first.
    pub review: bool,
}

/// What care let a person gain, keep, risk or lose, in one of ASCOT's domains.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Index of the segment in its response.
    pub segment: u16,
    /// The domain.
    pub domain: Domain,
    /// The direction.
    pub direction: Direction,
    /// Calibrated probability, 0..1.
    pub confidence: f32,
    /// Who coded.
    pub coder: Arc<str>,
    /// Byte ranges in the de-identified text.
    pub evidence: Vec<Range<usize>>,
}

/// A quantity that a respondent reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Index of the segment in its response.
    pub segment: u16,
    /// Name of the measure, as in the schema: `visit_minutes`, `minutes_late`, ...
    pub measure: &'static str,
    /// The value, or the lower end of a range.
    pub value: f64,
    /// The upper end of a range, or of "up to".
    pub upper: Option<f64>,
    /// minutes, hours, days, years, count, gbp.
    pub unit: &'static str,
    /// day, week, month, year, where the quantity is a rate.
    pub per: Option<&'static str>,
    /// Byte range in the de-identified text.
    pub span: Range<usize>,
}

/// A flag on a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// For a person to read the same day.
    SafeguardingReview,
    /// Personal data may remain.
    PiiResidual,
    /// About another service.
    OffTopicService,
    /// Holds an actionable proposal.
    Suggestion,
    /// Self-contained, specific and safe to quote.
    Quotable,
    /// In a language that the models do not read.
    Language,
}

impl Flag {
    /// Every flag, in table order.
    pub const ALL: [Self; 6] = [
        Self::SafeguardingReview,
        Self::PiiResidual,
        Self::OffTopicService,
        Self::Suggestion,
        Self::Quotable,
        Self::Language,
    ];

    /// The spelling used in every table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SafeguardingReview => "safeguarding_review",
            Self::PiiResidual => "pii_residual",
            Self::OffTopicService => "off_topic_service",
            Self::Suggestion => "suggestion",
            Self::Quotable => "quotable",
            Self::Language => "language",
        }
    }

    /// The flag with this spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.as_str() == text)
    }
}

/// A coded answer: everything that the tables, charts and reports are made from.
#[derive(Clone, Debug)]
pub struct CodedResponse {
    /// The de-identified answer.
    pub response: Response,
    /// Who speaks: from a column, else from the words, else unknown; with confidence 0..1.
    pub respondent_type: (RespondentType, f32),
    /// ISO 639-1 code, or `und`.
    pub language: &'static str,
    /// Words in the text.
    pub words: u32,
    /// Id of the first response with the same words to the same question.
    pub duplicate_of: Option<String>,
    /// Id of the first response from the same template, for campaign letters.
    pub campaign: Option<String>,
    /// What the response holds.
    pub status: Status,
    /// Feeling over the response.
    pub sentiment: Sentiment,
    /// -1..1.
    pub sentiment_score: f32,
    /// -2..2.
    pub sentiment_level: i8,
    /// For questions about a proposal.
    pub stance: Option<Stance>,
    /// In the order of [`Flag`].
    pub flags: Vec<Flag>,
    /// Byte ranges of the segments in the text, in order.
    pub segments: Vec<Range<usize>>,
    /// In the order of segment, codebook, theme.
    pub codings: Vec<Coding>,
    /// In the order of segment.
    pub outcomes: Vec<Outcome>,
    /// In the order of segment.
    pub measures: Vec<Measure>,
}

impl From<Response> for CodedResponse {
    /// A response that nobody has coded: it says something, and that is all that is known.
    fn from(response: Response) -> Self {
        Self {
            respondent_type: response.respondent_type.unwrap_or((RespondentType::Unknown, 0.0)),
            language: "und",
            words: 0,
            duplicate_of: None,
            campaign: None,
            status: Status::Unassigned,
            sentiment: Sentiment::Neutral,
            sentiment_score: 0.0,
            sentiment_level: 0,
            stance: None,
            flags: Vec::new(),
            segments: Vec::new(),
            codings: Vec::new(),
            outcomes: Vec::new(),
            measures: Vec::new(),
            response,
        }
    }
}

/// Lets people's codes stand for the model's: where a person has coded a response with a codebook,
/// the model's codes of that codebook go, and the response's sentiment follows from what is left.
pub fn settle(row: &mut CodedResponse) {
    let mut by_people: Vec<u8> =
        row.codings.iter().filter(|c| is_person(&c.coder)).map(|c| c.codebook).collect();
    by_people.sort_unstable();
    by_people.dedup();
    if by_people.is_empty() {
        return;
    }
    row.codings.retain(|c| is_person(&c.coder) || by_people.binary_search(&c.codebook).is_err());
    let codes: Vec<&Coding> = row.codings.iter().filter(|c| c.codebook == by_people[0]).collect();
    if let Some(sentiment) = heard_models::examples::roll_up(codes.iter().map(|c| c.sentiment)) {
        row.sentiment = sentiment;
        let sum: f32 = codes.iter().map(|c| c.sentiment_score).sum();
        row.sentiment_score = sum / codes.len() as f32;
        row.sentiment_level = heard_models::words::level(sentiment, row.sentiment_score);
        row.status = Status::Informative;
    }
}

fn is_person(coder: &str) -> bool {
    coder.starts_with("person:")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coding(coder: &str, theme: u16, sentiment: Sentiment, score: f32) -> Coding {
        Coding {
            segment: 0,
            codebook: 0,
            theme,
            sentiment,
            sentiment_score: score,
            confidence: 0.9,
            coder: coder.into(),
            evidence: Vec::new(),
            review: false,
        }
    }

    fn uncoded() -> CodedResponse {
        CodedResponse::from(Response {
            id: "1-2".to_owned(),
            source: 1,
            row: 2,
            channel: Channel::Survey,
            question: Arc::new(AskedQuestion {
                number: None,
                text: Redacted::default(),
                polarity: Polarity::Neutral,
            }),
            respondent_id: None,
            respondent_type: None,
            stance: None,
            submitted_on: None,
            wave: None,
            rating: None,
            by: Vec::new(),
            may_quote: true,
            text: Redacted::default(),
        })
    }

    #[test]
    fn a_persons_code_replaces_the_models_and_the_sentiment_follows() {
        let mut row = uncoded();
        row.sentiment = Sentiment::Negative;
        row.codings = vec![
            coding("model:home-care-fast@1", 1, Sentiment::Negative, -0.8),
            coding("person:AB", 5, Sentiment::Positive, 1.0),
        ];
        settle(&mut row);
        assert_eq!(row.codings.len(), 1);
        assert_eq!((row.codings[0].theme, row.sentiment), (5, Sentiment::Positive));
    }

    #[test]
    fn the_proposal_that_a_letter_replies_to_tells_its_stance_and_nothing_else() {
        let (books, models) = (["home-care".to_owned()], ["fast".to_owned()]);
        let wanted = Wanted { codebooks: &books, models: &models, ..Wanted::default() };
        let coder = Coder::open(wanted).expect("built in");
        let letter = |question: &str, polarity| {
            let words = |text| Redacted::from_store(text, Vec::new()).unwrap_or_default();
            let question = AskedQuestion { number: None, text: words(question), polarity };
            let text = "I am against this and want things left as they are. The carers come late \
                        in the evening and never ring to tell us.";
            let asked = uncoded().response;
            let (question, text) = (Arc::new(question), words(text));
            let response = Response { channel: Channel::Letter, question, text, ..asked };
            coder.code(vec![response]).expect("coded").remove(0)
        };
        let plain = letter("", Polarity::Neutral);
        let reply = letter("Do you agree with one provider for each area?", Polarity::Proposal);
        assert_eq!((plain.stance, reply.stance), (None, Some(Stance::Oppose)));
        assert!(!plain.codings.is_empty() && plain.codings == reply.codings);
        assert_eq!(plain.sentiment, reply.sentiment);
    }

    #[test]
    fn notes_that_tell_of_him_are_no_relatives_account() {
        let (books, models) = (["home-care".to_owned()], ["fast".to_owned()]);
        let wanted = Wanted { codebooks: &books, models: &models, ..Wanted::default() };
        let coder = Coder::open(wanted).expect("built in");
        let who = |channel, text: &str| {
            let text = Redacted::from_store(text, Vec::new()).unwrap_or_default();
            let response = Response { channel, text, ..uncoded().response };
            coder.code(vec![response]).expect("coded").remove(0).respondent_type.0
        };
        let notes = "He says that the morning carer is worth her weight in gold. The tea call comes at \
                     half past three, which is far too early for him.";
        assert_eq!(who(Channel::Survey, notes), RespondentType::Family);
        assert_eq!(who(Channel::Testimony, notes), RespondentType::Unknown);
        let hers = format!("My mum is 90. {notes}");
        assert_eq!(who(Channel::Testimony, &hers), RespondentType::Family);
    }

    #[test]
    fn without_a_persons_code_nothing_changes() {
        let mut row = uncoded();
        row.codings = vec![coding("model:home-care-fast@1", 1, Sentiment::Negative, -0.8)];
        settle(&mut row);
        assert_eq!(row.codings.len(), 1);
    }
}
