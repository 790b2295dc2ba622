//! What a finished run says of each response, and where the response came from.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use heard_models::examples::roll_up;
use heard_models::words::{RespondentType, Sentiment, Stance, Status};

use super::Error;
use crate::coding::{CodedResponse, Flag};
use crate::decode::{self, TableReader};
use crate::response::Identified;
use crate::schema::Table;
use crate::vocabulary::Vocabulary;

/// A theme as the model gave it to a response.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    /// The highest of its segments.
    pub(super) confidence: f32,
    /// Over its segments.
    pub(super) sentiment: Sentiment,
}

/// A response of the run.
pub(super) struct Answer {
    pub(super) id: String,
    pub(super) source: u32,
    pub(super) row: u32,
    pub(super) question: String,
    pub(super) text: String,
    /// The id column's own value.
    pub(super) own_id: Option<Identified>,
    /// By number of the theme.
    pub(super) themes: BTreeMap<usize, Given>,
    pub(super) sentiment: Sentiment,
    pub(super) level: i8,
    pub(super) status: Status,
    pub(super) stance: Option<Stance>,
    pub(super) respondent: RespondentType,
    pub(super) safeguarding: bool,
}

/// A run, as one of its codebooks sees it.
pub(super) struct Run {
    pub(super) rows: Vec<Answer>,
    /// `model:<id>@<version>`.
    pub(super) coder: String,
}

impl Run {
    /// Reads the run's responses with the model's codings of one codebook. Codes of people in the
    /// run are left out: it is the model that is measured.
    pub(super) fn read(
        restricted: &Path,
        vocabulary: &Vocabulary,
        book: u8,
    ) -> Result<Self, Error> {
        let mut own_ids = own_ids(restricted)?;
        let (mut rows, mut coder) = (Vec::new(), None);
        decode::read(restricted, vocabulary, |batch| {
            for coded in batch {
                let own_id = own_ids.remove(&coded.response.id);
                let by_model = |c: &&crate::coding::Coding| {
                    c.codebook == book && c.coder.starts_with("model:")
                };
                if coder.is_none() {
                    coder = coded.codings.iter().find(by_model).map(|c| c.coder.to_string());
                }
                let mut themes: BTreeMap<usize, Given> = BTreeMap::new();
                for coding in coded.codings.iter().filter(by_model) {
                    let (confidence, sentiment) = (coding.confidence, coding.sentiment);
                    let theme = themes
                        .entry(usize::from(coding.theme))
                        .or_insert(Given { confidence, sentiment });
                    theme.confidence = theme.confidence.max(confidence);
                    theme.sentiment = roll_up([theme.sentiment, sentiment]).unwrap_or(sentiment);
                }
                rows.push(answer(coded, own_id, themes));
            }
        })?;
        Ok(Self { rows, coder: coder.unwrap_or_else(|| "model".to_owned()) })
    }
}

fn answer(
    coded: CodedResponse,
    own_id: Option<Identified>,
    themes: BTreeMap<usize, Given>,
) -> Answer {
    let response = coded.response;
    Answer {
        id: response.id,
        source: response.source,
        row: response.row,
        question: response.question.text.as_str().to_owned(),
        text: response.text.as_str().to_owned(),
        own_id,
        themes,
        sentiment: coded.sentiment,
        level: coded.sentiment_level,
        status: coded.status,
        stance: coded.stance,
        respondent: coded.respondent_type.0,
        safeguarding: coded.flags.contains(&Flag::SafeguardingReview),
    }
}

/// The id column's value of each response that has one, from the key table.
fn own_ids(restricted: &Path) -> Result<HashMap<String, Identified>, Error> {
    use arrow::array::Array as _;
    let mut ids = HashMap::new();
    let mut key = TableReader::open(restricted, Table::Key)?;
    while let Some(batch) = key.next_batch()? {
        let (responses, own) = (batch.strings("response_id")?, batch.strings("id")?);
        for at in (0..batch.rows()).filter(|at| own.is_valid(*at)) {
            ids.insert(responses.value(at).to_owned(), Identified::new(own.value(at)));
        }
    }
    Ok(ids)
}
