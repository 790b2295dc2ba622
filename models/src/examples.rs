//! Coded responses to learn from: what people said and how people coded it.
//!
//! Readers of coded spreadsheets belong to `heard`; they fill these types. A label that a person
//! did not give is `None`, and the heads that need it learn nothing from that response.

use std::ops::Range;

use crate::words::{Direction, Domain, Polarity, RespondentType, Sentiment, Stance, Status};

/// A coded part of a response.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LabelledSegment {
    /// Byte range in the response's text.
    pub span: Range<usize>,
    /// Codes, as their number in [`Codebook::codes`](crate::Codebook::codes), with sentiment where
    /// it was coded.
    pub codes: Vec<(usize, Option<Sentiment>)>,
    /// An actionable proposal; None where nobody looked for them.
    pub suggestion: Option<bool>,
    /// About another service; None where nobody looked for that.
    pub off_topic: Option<bool>,
    /// Outcomes of which the words speak; None where nobody looked for them.
    pub outcomes: Option<Vec<(Domain, Direction)>>,
}

/// A coded response.
#[derive(Clone, PartialEq, Eq)]
pub struct LabelledResponse {
    /// What it shares with others that were written together: a situation, a file, a person.
    /// Responses of one situation are never in training and in measurement at once.
    pub situation: String,
    /// The words, de-identified.
    pub text: String,
    /// The question; empty where nothing was asked.
    pub question: String,
    /// What the question asks for.
    pub polarity: Polarity,
    /// Its coded segments, in order. What no segment covers was read and carries no code.
    pub segments: Vec<LabelledSegment>,
    /// What the response holds.
    pub status: Option<Status>,
    /// Whether a person must read it today.
    pub safeguarding: Option<bool>,
    /// Who speaks.
    pub respondent: Option<RespondentType>,
    /// Stance towards a proposal.
    pub stance: Option<Stance>,
    /// How people felt on five levels, -2 (very negative) to 2 (very positive).
    pub level: Option<i8>,
}

/// Shows sizes only: words of a response stay out of logs.
impl std::fmt::Debug for LabelledResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LabelledResponse({} bytes, {} segments)", self.text.len(), self.segments.len())
    }
}

impl LabelledResponse {
    /// A response with no label, from the texts of its segments joined by blanks.
    pub fn from_segments<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut text = String::new();
        let mut segments = Vec::new();
        for part in texts {
            if !text.is_empty() {
                text.push(' ');
            }
            let start = text.len();
            text.push_str(part);
            segments.push(LabelledSegment { span: start..text.len(), ..Default::default() });
        }
        Self {
            situation: String::new(),
            text,
            question: String::new(),
            polarity: Polarity::Neutral,
            segments,
            status: None,
            safeguarding: None,
            respondent: None,
            stance: None,
            level: None,
        }
    }

    /// Sentiment over all its codes, else of its level; None where neither was coded. The middle
    /// level says too little: it may be mixed or neutral.
    pub fn sentiment(&self) -> Option<Sentiment> {
        let codes = self.segments.iter().flat_map(|segment| &segment.codes);
        roll_up(codes.filter_map(|code| code.1)).or_else(|| self.level.and_then(of_level))
    }

    /// True if any segment carries the code.
    pub fn carries(&self, code: usize) -> bool {
        self.segments.iter().any(|segment| segment.carries(code))
    }
}

impl LabelledSegment {
    /// True if it carries the code.
    pub fn carries(&self, code: usize) -> bool {
        self.codes.iter().any(|(own, _)| *own == code)
    }
}

/// The sentiment that a level stands for; None in the middle.
pub(crate) fn of_level(level: i8) -> Option<Sentiment> {
    match level.signum() {
        1 => Some(Sentiment::Positive),
        -1 => Some(Sentiment::Negative),
        _ => None,
    }
}

/// Several sentiments as one: praise beside complaint is mixed, either beside neutral is itself.
pub fn roll_up(sentiments: impl IntoIterator<Item = Sentiment>) -> Option<Sentiment> {
    sentiments.into_iter().reduce(|one, other| match (one, other) {
        (one, other) if one == other => one,
        (Sentiment::Neutral, other) | (other, Sentiment::Neutral) => other,
        _ => Sentiment::Mixed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn praise_and_complaint_make_a_mixed_response() {
        use Sentiment::{Mixed, Negative, Neutral, Positive};
        assert_eq!(roll_up([Positive, Neutral, Negative]), Some(Mixed));
        assert_eq!(roll_up([Neutral, Positive]), Some(Positive));
        assert_eq!(roll_up([]), None);
    }

    #[test]
    fn segments_keep_their_place_in_the_joined_text() {
        let response = LabelledResponse::from_segments(["Lovely girls", "but always late"]);
        assert_eq!(&response.text[response.segments[1].span.clone()], "but always late");
    }

    #[test]
    fn printing_a_response_shows_none_of_its_words() {
        let response = LabelledResponse::from_segments(["Lovely girls"]);
        assert!(!format!("{response:?}").contains("Lovely"));
    }
}
