//! The coder of a run: its codebook, its model, and what it makes of a batch.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use heard_models::codebook::{Codebook, CodebookError};
use heard_models::words::{Polarity, RespondentType, Status};
use heard_models::{Model, ResponseInput, Scratch, SegmentCodes, WeightsError};

use super::{CodedResponse, Coding, Flag, Outcome, Response};
use crate::response::{Channel, Redacted};
use crate::vocabulary::{CodebookNames, ThemeName};
use crate::{language, measures, segment};

/// Who speaks is taken from the words only above this share of the model's belief.
const RESPONDENT_TYPE_CONFIDENCE: f32 = 0.6;
/// A quotable response has at least this many words, and no more than the next.
const QUOTABLE_WORDS: Range<u32> = 8..61;

/// Why there is no coder.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read {}: {source}. Check the path; `heard codebook list` shows the built-in codebooks", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The codebook is not in order.
    #[error(transparent)]
    Codebook(#[from] CodebookError),
    /// The model file is not in order.
    #[error("the model `{name}` cannot be used: {source}")]
    Weights {
        /// Which model.
        name: String,
        /// Why.
        source: WeightsError,
    },
    /// The model codes another codebook.
    #[error(
        "the model {model} codes the codebook {trained}, not {wanted} as it stands now. Train it again with `heard train`"
    )]
    OtherCodebook {
        /// The model's id.
        model: String,
        /// Id and version of what it was trained for.
        trained: String,
        /// Id and version of what was asked for.
        wanted: String,
    },
}

/// A built-in codebook by its id, or one from a TOML file.
pub fn open_codebook(id_or_file: &str) -> Result<Codebook, Error> {
    let path = Path::new(id_or_file);
    if Codebook::builtin_ids().any(|id| id == id_or_file) {
        return Ok(Codebook::builtin(id_or_file)?);
    }
    let text = std::fs::read_to_string(path)
        .map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Codebook::parse(&text, &name)?)
}

/// A codebook with the model that codes it.
#[derive(Debug)]
pub struct Coder {
    codebook: Codebook,
    model: Model,
    name: Arc<str>,
    /// Codes from here on are thin.
    themes: usize,
}

impl Coder {
    /// Opens a codebook (id or file) and a model (`fast` or a file) for it.
    pub fn open(codebook: &str, model: &str) -> Result<Self, Error> {
        let codebook = open_codebook(codebook)?;
        let weights = |source| Error::Weights { name: model.to_owned(), source };
        let model = if model == "fast" {
            Model::builtin(&codebook.id).map_err(weights)?
        } else {
            let bytes = std::fs::read(model)
                .map_err(|source| Error::Read { path: model.into(), source })?;
            let own = Model::from_bytes(&bytes).map_err(weights)?;
            // What does not hang on the codebook is borrowed where it was not trained.
            own.with_general(Arc::new(Model::builtin("home-care").map_err(weights)?))
        };
        // Rewording a definition does not change what a code means; adding or dropping a code does.
        if !codebook.codes().eq(model.codes().iter().map(String::as_str)) {
            let (id, version, _) = model.codebook();
            return Err(Error::OtherCodebook {
                model: model.id().to_owned(),
                trained: format!("{id} {version}"),
                wanted: format!("{} {}", codebook.id, codebook.version),
            });
        }
        let name = format!("model:{}@{}", model.id(), model.version()).into();
        let themes = codebook.themes.len();
        Ok(Self { codebook, model, name, themes })
    }

    /// The codebook.
    pub fn codebook(&self) -> &Codebook {
        &self.codebook
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The names that codings' indices stand for.
    pub fn names(&self) -> CodebookNames {
        CodebookNames::of(&self.codebook)
    }

    /// Codes a batch of de-identified responses; one row out for each row in, in order.
    pub fn code(&self, batch: Vec<Response>) -> Vec<CodedResponse> {
        let mut scratch = Scratch::default();
        batch.into_iter().map(|response| self.code_one(response, &mut scratch)).collect()
    }

    fn code_one(&self, response: Response, scratch: &mut Scratch) -> CodedResponse {
        let text = response.text.as_str();
        let language = language::detect_language(text);
        let segments = match response.channel {
            Channel::Letter => segment::segments_of_letter(text),
            Channel::Survey | Channel::Testimony | Channel::Transcript => segment::segments(text),
        };
        if !language::is_read(language) && text.chars().any(char::is_alphabetic) {
            return CodedResponse {
                flags: vec![Flag::Language],
                language,
                words: count_words(&response.text),
                // A real point, as far as anyone can tell, that no theme was given: a person reads it.
                status: Status::Unassigned,
                respondent_type: given_type(&response),
                segments,
                ..CodedResponse::from(response)
            };
        }
        let input = ResponseInput {
            text,
            question: response.question.text.as_str(),
            polarity: response.question.polarity,
        };
        let coded = self.model.code(&input, &segments, scratch);
        let mut codings = Vec::new();
        let mut outcomes = Vec::new();
        for (i, codes) in coded.segments.iter().enumerate() {
            self.take(i as u16, codes, &mut codings, &mut outcomes);
        }
        let said = &coded.response;
        let informative = matches!(said.status, Status::Informative | Status::Unassigned);
        let measures = if informative { measures::measures(text, &segments) } else { Vec::new() };
        let respondent_type = match response.respondent_type {
            Some(given) => given,
            None if said.respondent_confidence >= RESPONDENT_TYPE_CONFIDENCE => {
                (said.respondent_type, said.respondent_confidence)
            }
            None => (RespondentType::Unknown, 0.0),
        };
        let words = count_words(&response.text);
        let quotable = response.may_quote
            && said.status == Status::Informative
            && !said.safeguarding
            && QUOTABLE_WORDS.contains(&words)
            && response.text.redactions().len() <= 1
            && codings.iter().any(|c| usize::from(c.theme) < self.themes && c.confidence >= 0.5);
        let any = |f: fn(&SegmentCodes) -> bool| coded.segments.iter().any(f);
        let flags = [
            (said.safeguarding, Flag::SafeguardingReview),
            (response.text.may_hold_more(), Flag::PiiResidual),
            (any(|s| s.off_topic), Flag::OffTopicService),
            (any(|s| s.suggestion), Flag::Suggestion),
            (quotable, Flag::Quotable),
        ];
        CodedResponse {
            respondent_type,
            language,
            words,
            status: said.status,
            sentiment: said.sentiment,
            sentiment_score: said.sentiment_score,
            sentiment_level: said.sentiment_level,
            stance: said.stance.filter(|_| response.question.polarity == Polarity::Proposal),
            flags: flags.into_iter().filter(|(on, _)| *on).map(|(_, flag)| flag).collect(),
            segments,
            codings,
            outcomes,
            measures,
            ..CodedResponse::from(response)
        }
    }

    fn take(
        &self,
        segment: u16,
        codes: &SegmentCodes,
        codings: &mut Vec<Coding>,
        outcomes: &mut Vec<Outcome>,
    ) {
        let first = codings.len();
        codings.extend(codes.themes.iter().map(|code| Coding {
            segment,
            codebook: 0,
            theme: code.theme as u16,
            sentiment: code.sentiment,
            sentiment_score: code.sentiment_score,
            confidence: code.confidence,
            coder: Arc::clone(&self.name),
            evidence: code.evidence.clone(),
        }));
        codings[first..].sort_by_key(|c| c.theme);
        outcomes.extend(codes.outcomes.iter().map(|outcome| Outcome {
            segment,
            domain: outcome.domain,
            direction: outcome.direction,
            confidence: outcome.confidence,
            coder: Arc::clone(&self.name),
            evidence: outcome.evidence.clone(),
        }));
    }
}

fn given_type(response: &Response) -> (RespondentType, f32) {
    response.respondent_type.unwrap_or((RespondentType::Unknown, 0.0))
}

/// Words of a response; a placeholder such as [PERSON 1] counts as one.
fn count_words(text: &Redacted) -> u32 {
    let words = text.as_str().split_whitespace();
    let words = words.filter(|w| w.chars().any(char::is_alphanumeric)).count();
    words.saturating_sub(text.redactions().len()) as u32
}

impl CodebookNames {
    /// Of a codebook: themes first, then thin codes, as models number them.
    pub fn of(book: &Codebook) -> Self {
        let themes = book.themes.iter().map(|t| ThemeName {
            id: t.id.clone(),
            label: t.label.clone(),
            group: t.group.clone(),
            thin: false,
        });
        let thin = book.thin.iter().map(|t| ThemeName {
            id: t.id.clone(),
            label: t.label.clone(),
            group: "thin".to_owned(),
            thin: true,
        });
        Self {
            id: book.id.clone(),
            title: book.title.clone(),
            version: book.version.clone(),
            groups: book.groups.iter().map(|g| (g.id.clone(), g.label.clone())).collect(),
            themes: themes.chain(thin).collect(),
        }
    }
}
