//! The coder of a run: its codebook, its model, and what it makes of a batch.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use heard_models::backend::{Backend, Runner};
use heard_models::codebook::{Codebook, CodebookError};
use heard_models::recoding::resolve;
use heard_models::sentences::{EncoderError, Reader, Reading};
use heard_models::words::{Direction, Polarity, RespondentType, Sentiment, Stance, Status};
use heard_models::{Model, ResponseInput, Scratch, SegmentCodes, WeightsError};

use super::{AskedQuestion, CodedResponse, Coding, Flag, Outcome, Response};
use crate::response::{Channel, Redacted};
use crate::vocabulary::{CodebookNames, ThemeName};
use crate::{language, measures, segment};

/// The names by which the built-in models are asked for: n-grams alone, with the encoder, or
/// whichever suits the size of the job.
const FAST: &str = "fast";
const ACCURATE: &str = "accurate";
const AUTO: &str = "auto";

/// Whether a name asks for the built-in models; any other is a file.
fn is_builtin(name: &str) -> bool {
    [FAST, ACCURATE, AUTO].contains(&name)
}

/// Up to so many rows the accurate models are worth the wait: minutes on an ordinary laptop.
const WORTH_THE_WAIT: u64 = 50_000;
/// Rows of a batch that an encoder reads, unless it wants more at once.
const FEW: usize = 128;
/// Responses that are coded together where no encoder says how many it wants.
const TOGETHER: usize = 64;
/// The codebook whose model lends what does not hang on a codebook.
const GENERAL: &str = "home-care";
/// The built-in codebook whose codes are the outcomes that every model speaks of.
const OUTCOMES: &str = "outcomes";
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
    /// The encoder cannot run, or stopped.
    #[error("the backend `{backend}` fails: {source}")]
    Backend {
        /// Which one.
        backend: Backend,
        /// Why.
        source: EncoderError,
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

impl Error {
    fn other(model: &Model, codebook: &Codebook) -> Self {
        let (id, version, _) = model.codebook();
        Self::OtherCodebook {
            model: model.id().to_owned(),
            trained: format!("{id} {version}"),
            wanted: format!("{} {}", codebook.id, codebook.version),
        }
    }
}

/// Which of the built-in models code, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// N-grams alone, as the user said.
    Fast,
    /// With the encoder, as the user said.
    Accurate,
    /// N-grams alone, because there is much to code.
    FastForSize,
    /// With the encoder, because there is little enough to code.
    AccurateForSize,
    /// A model file that the user brought, fast or accurate; n-grams alone beside it.
    Own,
}

impl Pace {
    /// The pace that the names of models ask for, in a job of so many rows.
    pub fn of(models: &[String], rows: u64) -> Self {
        let asked = |name: &str| models.iter().any(|model| model == name);
        // Someone who brings models of their own has chosen.
        let own = models.iter().any(|name| !is_builtin(name));
        match () {
            () if asked(ACCURATE) => Self::Accurate,
            () if asked(FAST) => Self::Fast,
            () if own && !asked(AUTO) => Self::Own,
            () if rows <= WORTH_THE_WAIT => Self::AccurateForSize,
            () => Self::FastForSize,
        }
    }

    /// Whether the encoder reads.
    pub fn is_accurate(self) -> bool {
        matches!(self, Self::Accurate | Self::AccurateForSize)
    }

    /// Why, in a sentence for people.
    pub fn why(self) -> &'static str {
        match self {
            Self::Fast => "the fast model, as asked; `--model accurate` reads more closely",
            Self::Accurate => "the accurate model, as asked",
            Self::FastForSize => {
                "the fast model, because there is much to read; `--model accurate` takes hours rather than minutes and is surer"
            }
            Self::AccurateForSize => {
                "the accurate model, because there is little enough to read; `--model fast` takes seconds"
            }
            Self::Own => {
                "the model file that was given; what it was not trained for is lent by the fast model"
            }
        }
    }
}

/// The model that ships for a codebook. Where there is no accurate one, the fast one serves.
fn builtin(codebook: &str, pace: Pace) -> Result<Model, Error> {
    let accurate = if pace.is_accurate() { Model::builtin_accurate(codebook) } else { None };
    (accurate.unwrap_or_else(|| Model::builtin(codebook)))
        .map_err(|source| Error::Weights { name: codebook.to_owned(), source })
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

/// A model that `heard train` wrote.
pub fn open_model(path: &Path) -> Result<Model, Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::Read { path: path.into(), source })?;
    Model::from_bytes(&bytes)
        .map_err(|source| Error::Weights { name: path.display().to_string(), source })
}

/// What a coder is to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// Ids or files of codebooks, at least one.
    pub codebooks: &'a [String],
    /// `fast`, `accurate` or `auto` for the built-in models, or files, each of which codes the
    /// codebook that it was trained for.
    pub models: &'a [String],
    /// What computes the encoder of accurate models.
    pub backend: Backend,
    /// Codes with a confidence under this (0..1) are marked for a person to read.
    pub review: f32,
    /// How much there is to code.
    pub rows: u64,
}

/// The codebooks of a run and the models that code them.
#[derive(Debug)]
pub struct Coder {
    /// Reads the response as a whole: status, who speaks, stance, harm, sentiment, outcomes.
    lead: Model,
    books: Vec<Book>,
    /// The encoders of all models, each once.
    encoders: Vec<Runner>,
    backend: Backend,
    /// Codes of which a model is less sure are for a person to read.
    review: f32,
    pace: Pace,
}

/// A codebook and who codes it.
#[derive(Debug)]
struct Book {
    codebook: Codebook,
    by: By,
    name: Arc<str>,
    /// Codes of the model, where the codebook is a changed version of what it codes.
    before: Option<Vec<String>>,
}

/// Where the codes of a codebook come from.
#[derive(Debug)]
enum By {
    /// The leading model.
    Lead,
    /// A model of its own.
    Own(Box<Model>),
    /// What the leading model says of outcomes, as codes.
    Outcomes,
}

impl Coder {
    /// Opens codebooks, models for them, and the models' encoders.
    pub fn open(wanted: Wanted<'_>) -> Result<Self, Error> {
        let Wanted { codebooks, models, backend, review, rows } = wanted;
        let pace = Pace::of(models, rows);
        let general = Arc::new(builtin(GENERAL, pace)?);
        let mut files = Vec::new();
        for name in models.iter().filter(|name| !is_builtin(name)) {
            files.push(open_model(Path::new(name))?);
        }
        let (mut lead, mut books) = (None, Vec::new());
        for name in codebooks {
            let codebook = open_codebook(name)?;
            let same =
                |model: &Model| codebook.codes().eq(model.codes().iter().map(String::as_str));
            let fits = |model: &Model| same(model) || came_from(&codebook, model);
            let own = files.iter().position(same).or_else(|| files.iter().position(fits));
            let model = match own {
                Some(at) => Some(files.remove(at)),
                None if codebook.id == OUTCOMES => None,
                None => match files.iter().find(|model| model.codebook().0 == codebook.id) {
                    Some(model) => return Err(Error::other(model, &codebook)),
                    None => Some(builtin(&codebook.id, pace)?),
                },
            };
            // Rewording a definition does not change what a code means; adding or dropping one does.
            if let Some(model) = model.as_ref().filter(|model| !fits(model)) {
                return Err(Error::other(model, &codebook));
            }
            // What does not hang on the codebook is borrowed where it was not trained.
            // An encoder of its own reads nothing for another model.
            let model = match model {
                Some(model) if model.sentences().is_some_and(|own| !own.is_builtin()) => {
                    Some(model.with_general(Arc::new(builtin(GENERAL, Pace::Fast)?)))
                }
                model => model.map(|model| model.with_general(Arc::clone(&general))),
            };
            let changed = model.as_ref().filter(|model| !same(model));
            let before = changed.map(|model| model.codes().to_vec());
            let signed = |model: &Model| format!("model:{}@{}", model.id(), model.version());
            let (by, signature) = match model {
                None => (By::Outcomes, signed(&general)),
                Some(model) if books.is_empty() => (By::Lead, signed(lead.insert(model))),
                Some(model) => {
                    let signature = signed(&model);
                    (By::Own(Box::new(model)), signature)
                }
            };
            books.push(Book { codebook, by, name: signature.into(), before });
        }
        if let (Some(model), Some(book)) = (files.first(), books.first()) {
            return Err(Error::other(model, &book.codebook));
        }
        let lead = match lead {
            Some(lead) => lead,
            None => builtin(GENERAL, pace)?,
        };
        let mut coder = Self { lead, books, encoders: Vec::new(), backend, review, pace };
        coder.encoders = coder.start().map_err(|source| Error::Backend { backend, source })?;
        Ok(coder)
    }

    /// The encoders of all models, each once, on the backend.
    fn start(&self) -> Result<Vec<Runner>, EncoderError> {
        let mut encoders: Vec<Runner> = Vec::new();
        for encoder in self.models().filter_map(Model::sentences) {
            if encoders.iter().all(|known| known.hash() != encoder.hash()) {
                encoders.push(Runner::new(encoder, self.backend)?);
            }
        }
        Ok(encoders)
    }

    /// What computes the encoder; None where no model has one.
    pub fn backend(&self) -> Option<Backend> {
        (!self.encoders.is_empty()).then_some(self.backend)
    }

    /// Which of the built-in models code, and why.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// The codebooks, in the order of the indices in codings.
    pub fn codebooks(&self) -> impl Iterator<Item = &Codebook> {
        self.books.iter().map(|book| &book.codebook)
    }

    /// The models, each once: the leading one first.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        let own = self.books.iter().filter_map(|book| match &book.by {
            By::Own(model) => Some(&**model),
            By::Lead | By::Outcomes => None,
        });
        std::iter::once(&self.lead).chain(own)
    }

    /// The names that codings' indices stand for.
    pub fn names(&self) -> Vec<CodebookNames> {
        self.codebooks().map(CodebookNames::of).collect()
    }

    /// The most rows that a batch should have: where an encoder reads, fewer, so that every worker has
    /// something to do in a small run, and how far it is can be told.
    pub fn batch_rows(&self) -> usize {
        let together = self.encoders.iter().map(Runner::together).max();
        together.map_or(usize::MAX, |together| together.max(FEW))
    }

    /// Codes a batch of de-identified responses; one row out for each row in, in order.
    pub fn code(&self, batch: Vec<Response>) -> Result<Vec<CodedResponse>, Error> {
        let mut scratch: Vec<Scratch> = self.books.iter().map(|_| Scratch::default()).collect();
        let languages: Vec<&'static str> =
            batch.iter().map(|r| language::detect_language(r.text.as_str())).collect();
        let together = self.encoders.iter().map(Runner::together).max().unwrap_or(TOGETHER);
        let mut reader = Reader::default();
        let mut coded = Vec::with_capacity(batch.len());
        let mut rest = batch.into_iter().zip(languages).peekable();
        while rest.peek().is_some() {
            let some: Vec<(Response, &'static str)> = rest.by_ref().take(together).collect();
            // What no model reads is not read here either.
            let texts: Vec<(&str, &str)> = (some.iter())
                .map(|(response, language)| {
                    if language::is_read(language) {
                        (asked(response).0, response.text.as_str())
                    } else {
                        ("", "")
                    }
                })
                .collect();
            let readings: Vec<Vec<Reading>> = (self.encoders.iter())
                .map(|encoder| encoder.read(&mut reader, &texts))
                .collect::<Result<_, _>>()
                .map_err(|source| Error::Backend { backend: self.backend, source })?;
            for (at, (response, language)) in some.into_iter().enumerate() {
                let read = |model: &Model| {
                    let own = model.sentences()?.hash();
                    let encoder = self.encoders.iter().position(|known| known.hash() == own)?;
                    Some(&readings[encoder][at])
                };
                coded.push(self.code_one(response, language, read, &mut scratch));
            }
        }
        Ok(coded)
    }

    /// `read` gives what a model's encoder read of the response.
    fn code_one<'a>(
        &self,
        response: Response,
        language: &'static str,
        read: impl Fn(&Model) -> Option<&'a Reading>,
        scratch: &mut [Scratch],
    ) -> CodedResponse {
        let text = response.text.as_str();
        let segments = match response.channel {
            Channel::Letter => segment::segments_of_letter(text),
            Channel::Testimony => segment::segments_of_notes(text),
            Channel::Transcript => segment::segments_of_talk(text),
            Channel::Survey => segment::segments(text),
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
        let (question, polarity) = asked(&response);
        let input = ResponseInput { text, question, polarity, reading: read(&self.lead) };
        let mut spare = Scratch::default();
        let room = scratch.first_mut().unwrap_or(&mut spare);
        let mut coded = self.lead.code(&input, &segments, room);
        if polarity != response.question.polarity {
            let AskedQuestion { text: proposal, polarity, .. } = &*response.question;
            let (question, polarity) = (proposal.as_str(), *polarity);
            let reply = ResponseInput { question, polarity, reading: None, ..input };
            coded.response.stance = self.lead.code_response(&reply, room).stance;
        }
        let mut codings = Vec::new();
        for ((number, book), scratch) in (0..).zip(&self.books).zip(scratch) {
            match &book.by {
                By::Lead => book.take(number, &coded.segments, (text, &segments), &mut codings),
                By::Own(model) => {
                    let input = ResponseInput { reading: read(model), ..input };
                    let own = model.code(&input, &segments, scratch);
                    book.take(number, &own.segments, (text, &segments), &mut codings);
                }
                By::Outcomes => book.take_outcomes(number, &coded.segments, &mut codings),
            }
        }
        for coding in &mut codings {
            coding.review = coding.confidence < self.review;
        }
        codings.sort_by_key(|c| (c.segment, c.codebook, c.theme));
        let outcomes = self.outcomes(&coded.segments);
        let said = &coded.response;
        let informative = matches!(said.status, Status::Informative | Status::Unassigned);
        let respondent_type = match response.respondent_type {
            Some(given) => given,
            None if said.respondent_confidence >= RESPONDENT_TYPE_CONFIDENCE
                && !is_notes_of_another(&response, said.respondent_type) =>
            {
                (said.respondent_type, said.respondent_confidence)
            }
            None => (RespondentType::Unknown, 0.0),
        };
        let mut measures =
            if informative { measures::measures(text, &segments) } else { Vec::new() };
        if matches!(respondent_type.0, RespondentType::CareWorker | RespondentType::Provider) {
            measures.retain(|found| !measures::is_of_work(found.measure));
        }
        let words = count_words(&response.text);
        let quotable = response.may_quote
            && said.status == Status::Informative
            && !said.safeguarding
            && QUOTABLE_WORDS.contains(&words)
            && response.text.redactions().len() <= 1
            && codings.iter().any(|c| c.codebook == 0 && self.is_theme(c) && c.confidence >= 0.5);
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
            stance: stance(&response, said.status, said.stance),
            flags: flags.into_iter().filter(|(on, _)| *on).map(|(_, flag)| flag).collect(),
            segments,
            codings,
            outcomes,
            measures,
            ..CodedResponse::from(response)
        }
    }

    /// True for a theme of the first codebook that gives a reason.
    fn is_theme(&self, coding: &Coding) -> bool {
        self.books.first().is_some_and(|b| usize::from(coding.theme) < b.codebook.themes.len())
    }

    fn outcomes(&self, segments: &[SegmentCodes]) -> Vec<Outcome> {
        let coder: Arc<str> = format!("model:{}@{}", self.lead.id(), self.lead.version()).into();
        let all = (0..).zip(segments).flat_map(|(segment, codes)| {
            codes.outcomes.iter().map(move |outcome| (segment, outcome))
        });
        all.map(|(segment, outcome)| Outcome {
            segment,
            domain: outcome.domain,
            direction: outcome.direction,
            confidence: outcome.confidence,
            coder: Arc::clone(&coder),
            evidence: outcome.evidence.clone(),
        })
        .collect()
    }
}

impl Book {
    fn take(
        &self,
        codebook: u8,
        segments: &[SegmentCodes],
        (text, ranges): (&str, &[Range<usize>]),
        codings: &mut Vec<Coding>,
    ) {
        for ((segment, codes), range) in (0..).zip(segments).zip(ranges) {
            let first = codings.len();
            for code in &codes.themes {
                let words = text.get(range.clone()).unwrap_or_default();
                let Some(theme) = self.theme(code.theme, words) else { continue };
                // The surest comes first; what was put together with it says no more.
                if codings[first..].iter().any(|known| known.theme == theme) {
                    continue;
                }
                codings.push(Coding {
                    segment,
                    codebook,
                    theme,
                    sentiment: code.sentiment,
                    sentiment_score: code.sentiment_score,
                    confidence: code.confidence,
                    coder: Arc::clone(&self.name),
                    evidence: code.evidence.clone(),
                    review: false,
                });
            }
        }
    }

    /// The number of a model's code in the codebook; None where it is hidden.
    fn theme(&self, code: usize, words: &str) -> Option<u16> {
        let Some(before) = &self.before else { return Some(code as u16) };
        let now = resolve(before.get(code)?, &self.codebook.changes, Some(words))?;
        Some(self.codebook.codes().position(|code| code == now)? as u16)
    }

    /// Outcomes as codes of the codebook `outcomes`: `<domain>_<direction>`.
    fn take_outcomes(&self, codebook: u8, segments: &[SegmentCodes], codings: &mut Vec<Coding>) {
        for (segment, codes) in (0..).zip(segments) {
            codings.extend(codes.outcomes.iter().filter_map(|outcome| {
                let id = format!("{}_{}", outcome.domain, outcome.direction);
                let (sentiment, score) = match outcome.direction {
                    Direction::Gained | Direction::Kept => (Sentiment::Positive, 1.0),
                    Direction::AtRisk | Direction::Lost => (Sentiment::Negative, -1.0),
                };
                Some(Coding {
                    segment,
                    codebook,
                    theme: self.codebook.codes().position(|code| code == id)? as u16,
                    sentiment,
                    sentiment_score: score,
                    confidence: outcome.confidence,
                    coder: Arc::clone(&self.name),
                    evidence: outcome.evidence.clone(),
                    review: false,
                })
            }));
        }
    }
}

/// Whether a codebook is a changed version of the one that a model codes: every code of the model has
/// its place in it, or is hidden.
fn came_from(codebook: &Codebook, model: &Model) -> bool {
    let now = |code: &String| match resolve(code, &codebook.changes, None) {
        None => true,
        Some(now) => codebook.codes().any(|code| code == now),
    };
    !codebook.changes.is_empty()
        && model.codebook().0 == codebook.id
        && model.codes().iter().all(now)
}

fn given_type(response: &Response) -> (RespondentType, f32) {
    response.respondent_type.unwrap_or((RespondentType::Unknown, 0.0))
}

/// True for notes in which somebody else tells what a person said ("He says that tea comes too early"):
/// "he" is no relative of who wrote that. Words of one's own ("my mum", "we") or a word for a relative
/// make it a relative's account after all.
fn is_notes_of_another(response: &Response, read: RespondentType) -> bool {
    const TELLS: [&str; 46] = [
        "i",
        "i'm",
        "i've",
        "i'd",
        "me",
        "my",
        "mine",
        "we",
        "we've",
        "we're",
        "us",
        "our",
        "mum",
        "mums",
        "mam",
        "mom",
        "dad",
        "mother",
        "father",
        "wife",
        "husband",
        "partner",
        "son",
        "daughter",
        "brother",
        "sister",
        "nan",
        "nana",
        "gran",
        "grandma",
        "grandad",
        "aunt",
        "auntie",
        "uncle",
        "parents",
        "parent",
        "niece",
        "nephew",
        "cousin",
        "granddaughter",
        "grandson",
        "family",
        "relative",
        "carer's",
        "in-law",
        "law",
    ];
    if response.channel != Channel::Testimony || read != RespondentType::Family {
        return false;
    }
    let text = response.text.as_str().to_lowercase().replace('’', "'");
    let words = || text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '-');
    let bare = |word: &str| word.trim_matches('\'').trim_end_matches("'s").to_owned();
    words().any(|word| matches!(word, "he" | "she"))
        && !words().any(|word| TELLS.contains(&word) || TELLS.contains(&bare(word).as_str()))
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
            standards: crate::crosswalk::standards(book),
        }
    }
}

/// What a response answers, and what that asks for. A letter answers nothing: the proposal that it
/// replies to tells its stance, and would otherwise be heard in every line of it.
fn asked(response: &Response) -> (&str, Polarity) {
    let AskedQuestion { number, text, polarity } = &*response.question;
    // Questions that stand in the document itself are numbered.
    if response.channel == Channel::Letter && number.is_none() {
        return ("", Polarity::Neutral);
    }
    (text.as_str(), *polarity)
}

/// For or against a proposal: what people ticked, else what their words say. An answer that says
/// nothing is neither.
fn stance(response: &Response, status: Status, said: Option<Stance>) -> Option<Stance> {
    if response.question.polarity != Polarity::Proposal {
        return None;
    }
    let of_words = said.map(|said| if status == Status::Informative { said } else { Stance::None });
    response.stance.or(of_words)
}
