//! Training: coded responses and a codebook in, a model and an honest account of it out.
//!
//! Documents are the segments as people made them, the responses as a whole, and the codebook's
//! own example phrases. The model is first made once for each fold, to see how it does on
//! situations that it does not know, and then once from everything. Reading coded spreadsheets and
//! writing the model to disk belong to `heard train`.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use crate::codebook::Codebook;
use crate::content::{self, Content};
use crate::examples::{LabelledResponse, roll_up};
use crate::features::{Encoded, Encoder, Input, Ngrams, WordEncoder, list_key};
use crate::folds::{HeldOut, assign, hold_out, input};
use crate::heads::{Head, Heads};
use crate::meaning::Meaning;
use crate::measuring::Events;
use crate::model::{About, Model, Rules};
use crate::report::{Refusal, TrainingReport};
use crate::solver::{Column, Documents, Penalty, fit};
use crate::words::{Polarity, Sentiment, Status};
use crate::{fitting, gender, measuring};

/// Fewest examples from which a label is learnt, and fewest without it.
pub const FEWEST: usize = 8;
/// Fewest responses in which an n-gram must occur, so that a model carries no one's words.
pub const FEWEST_DOCUMENTS: u32 = 3;

/// How much worse a missed alarm is than a false one.
const ALARM: f64 = 4.0;

/// Why nothing could be trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// Too few coded responses for cross-validation.
    #[error("{found} coded responses are too few to train on; code at least {needed}")]
    TooFew {
        /// How many there were.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// A label that cannot be.
    #[error("coded response {number}: {problem}")]
    Label {
        /// Its place among the responses, from 1.
        number: usize,
        /// What is wrong.
        problem: &'static str,
    },
}

/// How to train.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    /// Id of the model, such as `home-care-fast`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Number of folds.
    pub folds: usize,
    /// Which n-grams are taken.
    pub ngrams: Ngrams,
    /// Cost of an error against the size of the weights.
    pub cost: f64,
    /// Largest absolute log-count ratio.
    pub clip: f32,
    /// Whole responses of several segments are documents for the codes, too.
    pub learn_whole: bool,
    /// Share of the whole response's score in a segment's score for a code, 0..1.
    pub whole: f32,
    /// The same for what is felt about it.
    pub whole_feeling: f32,
    /// How much a theme's usual sentiment counts.
    pub leaning: f32,
    /// How much what a theme's own praise and complaint sound like counts.
    pub pole: f32,
    /// How much recall weighs against precision where thresholds are set.
    pub recall: f64,
    /// An informative response without a code gets its best one from this probability on.
    pub floor: f32,
    /// Smallest weight, of -127 to 127, for which a feature is kept.
    pub least: i8,
    /// How responses are split when the model is measured.
    pub split: fn(&str) -> Vec<Range<usize>>,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            id: "fast".into(),
            version: "0.1.0".into(),
            folds: 5,
            ngrams: Ngrams::default(),
            cost: 4.0,
            clip: 4.0,
            learn_whole: true,
            whole: 0.3,
            whole_feeling: 0.5,
            leaning: 0.5,
            pole: 0.7,
            recall: 1.1,
            floor: 0.06,
            least: 8,
            split: crate::clauses::split,
        }
    }
}

/// How far the training is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Steps done.
    pub done: usize,
    /// Steps in all.
    pub steps: usize,
}

/// What a document is.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    /// Of a response, a segment.
    Segment(usize, usize),
    /// A response.
    Whole(usize),
    /// Of a code, with a feeling, an example phrase.
    Phrase(usize, Option<Sentiment>),
}

/// A document's features, and where it comes from.
struct Document {
    source: Source,
    keys: Vec<u32>,
    /// The same segment without its question; no example of its own.
    copy: bool,
}

/// What was learnt from n-grams, with what it takes to say how good it is.
pub(crate) struct Learnt {
    /// The responses that were learnt from.
    pub(crate) responses: Vec<LabelledResponse>,
    /// Everything but the rules.
    pub(crate) about: About,
    pub(crate) heads: Heads,
    /// Every response, scored by heads that did not know it.
    pub(crate) held_out: Vec<HeldOut>,
    /// Those that speak of women or men, with the words swapped.
    pub(crate) swapped: Vec<HeldOut>,
    /// Of each response, itself with the words swapped, if it has any.
    pub(crate) others: Vec<Option<LabelledResponse>>,
    blanks: usize,
    phrases: usize,
    refused: Vec<Refusal>,
}

/// Trains a model and measures it on situations that it does not know.
///
/// The same responses in the same order give the same model, for any number of threads.
pub fn train(
    responses: &[LabelledResponse],
    codebook: &Codebook,
    options: &TrainOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Model, TrainingReport), TrainError> {
    Ok(conclude(learn(responses, codebook, options, progress)?, options, None))
}

/// Whether "Nothing" carries codes: the codebook says so, or those who coded gave it some.
pub(crate) fn nothing_is_coded(responses: &[LabelledResponse], codebook: &Codebook) -> bool {
    /// So many times; one may be a slip.
    const OFTEN: usize = 3;
    let nothing = responses.iter().filter(|response| {
        content::read(&response.text, response.polarity) == Some(Content::Nothing)
    });
    let (coded, bare): (Vec<_>, Vec<_>) = nothing
        .partition(|response| response.segments.iter().any(|segment| !segment.codes.is_empty()));
    codebook.codes_nothing || coded.len() >= OFTEN && coded.len() > bare.len()
}

/// The responses that teach. Where "Nothing" carries codes, an answer that was not given is never
/// read and teaches nothing.
pub(crate) fn answered(
    responses: &[LabelledResponse],
    codes_nothing: bool,
) -> Vec<LabelledResponse> {
    let blank = |response: &&LabelledResponse| {
        codes_nothing && content::read(&response.text, response.polarity) == Some(Content::Blank)
    };
    responses.iter().filter(|response| !blank(response)).cloned().collect()
}

/// Trains the n-grams' heads, for good and once for each fold.
pub(crate) fn learn(
    responses: &[LabelledResponse],
    codebook: &Codebook,
    options: &TrainOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Learnt, TrainError> {
    let codes: Vec<String> = codebook.codes().map(str::to_owned).collect();
    check(responses, codes.len(), options.folds)?;
    let all = responses.len();
    let codes_nothing = nothing_is_coded(responses, codebook);
    let responses = answered(responses, codes_nothing);
    let steps = options.folds + 1;
    progress(Progress { done: 0, steps });
    let encoder = WordEncoder { ngrams: options.ngrams, cues: codebook.cues() };
    let documents = documents(&responses, codebook, &encoder);
    let folds = assign(&responses, options.folds);
    let (mut held_out, mut swapped) = (Vec::with_capacity(responses.len()), Vec::new());
    let others: Vec<Option<LabelledResponse>> = responses.iter().map(gender::swapped).collect();
    for fold in 0..options.folds {
        let known = |document: &Document| match document.source {
            Source::Segment(response, _) | Source::Whole(response) => folds[response] != fold,
            Source::Phrase(..) => true,
        };
        let heads = heads(&responses, &documents, known, codebook, options);
        let chosen = (0..responses.len()).filter(|at| folds[*at] == fold).map(|at| (at, fold));
        held_out.extend(hold_out(
            |at| &responses[at],
            chosen.clone(),
            &encoder,
            &heads,
            options.split,
        ));
        let other = |at: usize| others[at].as_ref().unwrap_or(&responses[at]);
        let chosen = chosen.filter(|(at, _)| others[*at].is_some());
        swapped.extend(hold_out(other, chosen, &encoder, &heads, options.split));
        progress(Progress { done: fold + 1, steps });
    }
    let heads = heads(&responses, &documents, |_| true, codebook, options);
    let about = About {
        id: options.id.clone(),
        version: options.version.clone(),
        codebook: codebook.id.clone(),
        codebook_version: codebook.version.clone(),
        codebook_sha256: codebook.sha256.clone(),
        themes: codebook.themes.len(),
        codes_nothing,
        encoder,
        rules: Rules::default(),
        figures: Vec::new(),
        precisions: Vec::new(),
        codes,
    };
    let phrases = documents.iter().filter(|d| matches!(d.source, Source::Phrase(..))).count();
    let refused = refused(&responses, &documents, codebook);
    let blanks = all - responses.len();
    progress(Progress { done: steps, steps });
    Ok(Learnt { responses, about, heads, held_out, swapped, others, blanks, phrases, refused })
}

impl Learnt {
    /// A response with its words for women and men swapped.
    pub(crate) fn other(&self, response: usize) -> &LabelledResponse {
        self.others[response].as_ref().unwrap_or(&self.responses[response])
    }
}

/// What was joined to the n-grams.
pub(crate) struct Joined {
    pub(crate) meaning: Meaning,
    /// What the n-grams say alone of the responses that the model is measured on.
    pub(crate) alone: Events,
}

/// Fits the rules on held-out scores, measures, and puts the model together.
pub(crate) fn conclude(
    learnt: Learnt,
    options: &TrainOptions,
    joined: Option<Joined>,
) -> (Model, TrainingReport) {
    let Learnt { responses, mut about, heads, held_out, swapped, .. } = learnt;
    // An encoder that learns is measured on what it did not learn.
    let measured = (held_out.len() < responses.len()).then_some(held_out.len());
    let options = &fitting::tune(&responses, &held_out, &about, options);
    about.rules = fitting::fit_rules(&responses, held_out.iter(), &about, options);
    let (mut report, events) = measuring::measure(&responses, &held_out, &swapped, &about, options);
    report.features = heads.keys.len();
    let (meaning, alone) = joined.map(|joined| (joined.meaning, joined.alone)).unzip();
    report.encoder = meaning.is_some();
    report.gain = alone.map(|alone| measuring::gain(&alone, &events));
    report.measured = measured;
    report.blanks = learnt.blanks;
    report.phrases = learnt.phrases;
    report.refused = learnt.refused;
    about.figures = report.figures();
    about.precisions = report.precisions();
    let mut model =
        Model { about, heads, sha256: String::new(), general: None, meaning, learnt: None };
    if let Ok(bytes) = model.to_bytes() {
        model.sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes));
    }
    (model, report)
}

fn check(responses: &[LabelledResponse], codes: usize, folds: usize) -> Result<(), TrainError> {
    let needed = folds.max(FEWEST);
    if responses.len() < needed {
        return Err(TrainError::TooFew { found: responses.len(), needed });
    }
    for (at, response) in responses.iter().enumerate() {
        let fail = |problem| Err(TrainError::Label { number: at + 1, problem });
        for segment in &response.segments {
            if response.text.get(segment.span.clone()).is_none() {
                return fail("a segment is not a part of its text");
            }
            if segment.codes.iter().any(|(code, _)| *code >= codes) {
                return fail("a code is not in the codebook");
            }
        }
    }
    Ok(())
}

/// Encodes every segment, every response and every phrase of the codebook.
fn documents(
    responses: &[LabelledResponse],
    codebook: &Codebook,
    words: &WordEncoder,
) -> Vec<Document> {
    let keys = |input: &Input<'_>| {
        let mut keys: Vec<u32> = Vec::new();
        words.encode(input, &mut Encoded::default(), &mut keys);
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let mut documents = Vec::new();
    for (at, response) in responses.iter().enumerate() {
        let mut previous = None;
        for (number, segment) in response.segments.iter().enumerate() {
            let input = input(response, segment.span.clone(), previous);
            let source = Source::Segment(at, number);
            documents.push(Document { source, keys: keys(&input), copy: false });
            // Letters and many files come without a question: the words must be enough, too.
            if !input.question.is_empty() {
                let blind = Input { question: "", ..input };
                documents.push(Document { source, keys: keys(&blind), copy: true });
            }
            previous = Some(segment.span.clone());
        }
        let input = input(response, 0..response.text.len(), None);
        documents.push(Document { source: Source::Whole(at), keys: keys(&input), copy: false });
    }
    documents.extend(codebook.phrases().map(|(code, sentiment, text)| {
        let input = Input { text, question: "", polarity: Polarity::Neutral, previous: None };
        Document { source: Source::Phrase(code, sentiment), keys: keys(&input), copy: false }
    }));
    documents
}

/// Trains every head on the documents that may be known.
fn heads(
    responses: &[LabelledResponse],
    documents: &[Document],
    known: impl Fn(&Document) -> bool,
    codebook: &Codebook,
    options: &TrainOptions,
) -> Heads {
    let codes = codebook.codes().count();
    let documents: Vec<&Document> = documents.iter().filter(|document| known(document)).collect();
    let mut keys = vocabulary(&documents);
    let lists: Vec<u32> = (0..codes as u16).map(list_key).collect();
    keys.extend(lists.iter().filter(|list| !keys.contains(list)).copied().collect::<Vec<_>>());
    let rows: HashMap<u32, u32> = keys.iter().zip(0..).map(|(key, row)| (*key, row)).collect();
    let mut matrix = Documents::new();
    for document in &documents {
        matrix.push(document.keys.iter().filter_map(|key| rows.get(key).copied()));
    }
    let columns: Vec<Option<Column>> = Head::all(codes)
        .into_par_iter()
        .map(|head| {
            let (chosen, positive): (Vec<u32>, Vec<bool>) = (documents.iter().zip(0..))
                .filter_map(|(document, at)| {
                    truth(head, document.source, responses, options.learn_whole)
                        .map(|yes| (at, yes))
                })
                .unzip();
            let own = |side: bool| {
                let of =
                    |(at, yes): &(&u32, &bool)| **yes == side && !documents[**at as usize].copy;
                chosen.iter().zip(&positive).filter(of).count()
            };
            // Of two sides of a question each needs its examples; where all say the same there is
            // nothing to tell apart.
            if own(true) >= FEWEST && own(false) >= FEWEST {
                // What a person must read is rare, and missing it is worse than a false alarm.
                let rare = if head == Head::Safeguarding { ALARM } else { 1.0 };
                let penalty = Penalty { cost: options.cost, rare, clip: options.clip };
                return Some(fit(&matrix, keys.len(), &chosen, &positive, penalty));
            }
            match head {
                Head::Code(code) if has_cues(codebook, code) => {
                    Some(by_cues(keys.len(), rows[&lists[code]]))
                }
                _ => None,
            }
        })
        .collect();
    Heads::quantise(&keys, &columns, options.least)
}

/// Whether a codebook lists cues for a code.
fn has_cues(codebook: &Codebook, code: usize) -> bool {
    let themes = codebook.themes.iter().map(|theme| theme.cues.is_empty());
    let mut all = themes.chain(codebook.thin.iter().map(|thin| thin.cues.is_empty()));
    all.nth(code) == Some(false)
}

/// A label that nobody coded often enough: given where a cue of its list, in this row, is found.
fn by_cues(features: usize, row: u32) -> Column {
    /// Without a cue the label is unlikely, and with one likely, in texts short and long.
    const BIAS: f32 = -4.0;
    const WEIGHT: f32 = 60.0;
    let mut weights = vec![0.0; features];
    weights[row as usize] = WEIGHT;
    Column { weights, bias: BIAS }
}

/// Keys that occur in enough responses or phrases, the most frequent first: a model at work then
/// finds most of its weights close together.
fn vocabulary(documents: &[&Document]) -> Vec<u32> {
    let mut counts: HashMap<u32, (usize, u32)> = HashMap::new();
    for (at, document) in documents.iter().enumerate() {
        // A response counts once, however many of its segments say the same.
        let owner = match document.source {
            Source::Segment(response, _) | Source::Whole(response) => response,
            Source::Phrase(..) => usize::MAX - at,
        };
        for key in &document.keys {
            let count = counts.entry(*key).or_insert((usize::MAX, 0));
            if count.0 != owner {
                *count = (owner, count.1 + 1);
            }
        }
    }
    let often = counts.into_iter().filter(|(_, (_, count))| *count >= FEWEST_DOCUMENTS);
    let mut keys: Vec<(u32, u32)> = often.map(|(key, (_, count))| (count, key)).collect();
    keys.sort_unstable_by_key(|(count, key)| (std::cmp::Reverse(*count), *key));
    keys.into_iter().map(|(_, key)| key).collect()
}

/// Whether a document carries a head's label; None if it teaches the head nothing. `whole`: a
/// response of several segments teaches codes as a whole, too.
pub(crate) fn truth(
    head: Head,
    source: Source,
    responses: &[LabelledResponse],
    whole: bool,
) -> Option<bool> {
    match source {
        Source::Phrase(code, sentiment) => match head {
            Head::Code(own) => Some(own == code),
            Head::Feeling(feeling) => sentiment.map(|sentiment| sentiment == feeling),
            Head::Pole(own) if own == code => sentiment.and_then(praise),
            _ => None,
        },
        Source::Segment(response, at) => segment_truth(head, &responses[response], at),
        Source::Whole(response) => {
            let response = &responses[response];
            match head {
                Head::Code(code) => {
                    (whole && response.segments.len() > 1).then(|| response.carries(code))
                }
                _ => whole_truth(head, response),
            }
        }
    }
}

/// The truth about a segment, for the heads that look at segments.
pub(crate) fn segment_truth(head: Head, response: &LabelledResponse, at: usize) -> Option<bool> {
    let segment = &response.segments[at];
    match head {
        Head::Code(code) => Some(segment.carries(code)),
        Head::Feeling(feeling) => {
            let own = roll_up(segment.codes.iter().filter_map(|code| code.1));
            let whole = || response.sentiment().filter(|_| response.segments.len() == 1);
            own.or_else(whole).map(|own| own == feeling)
        }
        Head::Pole(code) => {
            let own = segment.codes.iter().find(|(own, _)| *own == code);
            own.and_then(|(_, sentiment)| praise((*sentiment)?))
        }
        Head::Suggestion => segment.suggestion,
        Head::OffTopic => segment.off_topic,
        Head::Domain(domain) => {
            segment.outcomes.as_ref().map(|outcomes| outcomes.iter().any(|own| own.0 == domain))
        }
        Head::Direction(direction) => (segment.outcomes.as_ref())
            .filter(|outcomes| !outcomes.is_empty())
            .map(|outcomes| outcomes.iter().any(|own| own.1 == direction)),
        _ => None,
    }
}

/// True for praise, false for complaint; None for anything between.
fn praise(sentiment: Sentiment) -> Option<bool> {
    match sentiment {
        Sentiment::Positive => Some(true),
        Sentiment::Negative => Some(false),
        Sentiment::Mixed | Sentiment::Neutral => None,
    }
}

/// Whether a response feels at least as good as a level, as far as its labels tell: praise is at
/// least 1 and may be 2.
fn at_least(level: i8, response: &LabelledResponse) -> Option<bool> {
    let (least, most) = match response.level {
        Some(own) => (own, own),
        None => match response.sentiment()? {
            Sentiment::Positive => (1, 2),
            Sentiment::Negative => (-2, -1),
            Sentiment::Mixed | Sentiment::Neutral => (0, 0),
        },
    };
    if least >= level { Some(true) } else { (most < level).then_some(false) }
}

/// The truth about a response, for the heads that look at responses.
pub(crate) fn whole_truth(head: Head, response: &LabelledResponse) -> Option<bool> {
    use crate::words::RespondentType::Unknown;
    match head {
        Head::NoContent => response.status.map(|status| status == Status::NoContent),
        Head::Elsewhere => response.status.map(|status| status == Status::RefersElsewhere),
        Head::Unassigned => response.status.map(|status| status == Status::Unassigned),
        Head::Safeguarding => response.safeguarding,
        Head::Speaker(who) => {
            response.respondent.filter(|own| *own != Unknown).map(|own| own == who)
        }
        Head::Stance(stance) => (response.stance)
            .filter(|_| response.polarity == Polarity::Proposal)
            .map(|own| own == stance),
        Head::Overall(feeling) => response.sentiment().map(|own| own == feeling),
        Head::AtLeast(level) => at_least(level, response),
        _ => None,
    }
}

/// Labels with too few examples, and what was done about them.
fn refused(
    responses: &[LabelledResponse],
    documents: &[Document],
    codebook: &Codebook,
) -> Vec<Refusal> {
    let codes: Vec<String> = codebook.codes().map(str::to_owned).collect();
    // Sentiment and the like are borrowed from the built-in model where they were not coded.
    (0..codes.len()).filter_map(|code| {
        let head = Head::Code(code);
        let count = |phrases: bool| {
            let own = documents.iter().filter(|d| matches!(d.source, Source::Phrase(..)) == phrases);
            own.filter(|document| !document.copy && truth(head, document.source, responses, false) == Some(true)).count()
        };
        let (examples, phrases) = (count(false), count(true));
        (examples < FEWEST).then(|| Refusal {
            label: codes[code].clone(),
            examples,
            reason: if examples + phrases >= FEWEST {
                format!("fewer than {FEWEST} coded examples: coded from the codebook's {phrases} phrases as well, not measured")
            } else if has_cues(codebook, code) {
                format!("fewer than {FEWEST} examples: not trained, given where a cue of the codebook is found, not measured")
            } else {
                format!("fewer than {FEWEST} examples: not trained, never given")
            },
        })
    })
    .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::examples::LabelledSegment;
    use crate::model::{ResponseInput, Scratch};
    use crate::words::RespondentType;

    const SMALL: &str = r#"
id = "small"
version = "1.0.0"
title = "Small"
language = "en"
description = "For tests."
[[group]]
id = "g"
label = "G"
[[theme]]
id = "late"
label = "Late"
group = "g"
definition = "Whether they come when they should."
[[theme]]
id = "kind"
label = "Kind"
group = "g"
definition = "Whether they are kind."
[[theme]]
id = "rare"
label = "Rare"
group = "g"
definition = "Hardly ever said."
"#;

    fn codebook() -> Codebook {
        Codebook::parse(SMALL, "small").expect("small codebook")
    }

    /// Sixty responses of two segments: a complaint about time and praise, or neither.
    pub(crate) fn corpus() -> Vec<LabelledResponse> {
        let late = ["late again today", "never here on time", "came an hour late"];
        let kind = ["but the girls are kind", "though she is so gentle", "but always a kind word"];
        let other = ["the weather was wet", "we had soup", "my cat is grey"];
        (0..60)
            .map(|i| {
                let plain = i % 3 == 2;
                let parts =
                    if plain { [other[i % 2], other[2]] } else { [late[i % 3], kind[i / 3 % 3]] };
                let mut response = LabelledResponse::from_segments(parts);
                response.situation = format!("s{}", i % 10);
                response.status = Some(Status::Informative);
                response.safeguarding = Some(false);
                response.respondent = Some(RespondentType::Family);
                if !plain {
                    response.segments[0].codes = vec![(0, Some(Sentiment::Negative))];
                    response.segments[1].codes = vec![(1, Some(Sentiment::Positive))];
                }
                response
            })
            .collect()
    }

    pub(crate) fn trained() -> (Model, TrainingReport) {
        train(&corpus(), &codebook(), &TrainOptions::default(), &mut |_| {}).expect("trains")
    }

    #[test]
    fn what_can_be_learnt_is_learnt() {
        let (model, report) = trained();
        assert!(report.themes.micro_f1 > 0.9, "{}", report.themes.micro_f1);
        let text = "late again today but she is so kind";
        let input =
            ResponseInput { text, question: "", polarity: Polarity::Neutral, reading: None };
        let coded = model.code(&input, &crate::clauses::split(text), &mut Scratch::default());
        let all: Vec<(usize, Sentiment)> = (coded.segments.iter())
            .flat_map(|segment| segment.themes.iter().map(|code| (code.theme, code.sentiment)))
            .collect();
        assert_eq!(all, [(0, Sentiment::Negative), (1, Sentiment::Positive)]);
        assert_eq!(coded.response.sentiment, Sentiment::Mixed);
        let evidence = coded.segments[0].themes[0].evidence[0].clone();
        assert!(text[evidence].contains("late"));
    }

    #[test]
    fn what_was_not_trained_is_borrowed_and_codes_stay_their_own() {
        let general = std::sync::Arc::new(Model::builtin("home-care").expect("built in"));
        let (own, with) = (trained().0, trained().0.with_general(general));
        let text = "she hit me again, there are bruises up my arm, and she was late";
        let input =
            ResponseInput { text, question: "", polarity: Polarity::Neutral, reading: None };
        let segments = crate::clauses::split(text);
        let alone = own.code(&input, &segments, &mut Scratch::default());
        let helped = with.code(&input, &segments, &mut Scratch::default());
        assert!(!alone.response.safeguarding && helped.response.safeguarding);
        assert_eq!(alone.response.respondent_type, RespondentType::Unknown);
        let codes = |coded: &crate::Coded| -> Vec<usize> {
            coded.segments.iter().flat_map(|s| s.themes.iter().map(|c| c.theme)).collect()
        };
        assert_eq!(codes(&alone), codes(&helped));
    }

    #[test]
    fn a_large_codebook_without_sentiment_borrows_what_hangs_on_no_code() {
        let theme = |at: usize| {
            [
                &format!("[[theme]]\nid = \"t{at}\"\nlabel = \"T{at}\"\n"),
                "group = \"g\"\ndefinition = \"x\"\n",
            ]
            .concat()
        };
        let themes: Vec<String> = (0..40).map(theme).collect();
        let themes = themes.concat();
        let head = SMALL.split("[[theme]]").next().expect("head");
        let codebook = Codebook::parse(&format!("{head}{themes}"), "large").expect("codebook");
        let mut responses = corpus();
        let segments = responses.iter_mut().flat_map(|response| &mut response.segments);
        segments.flat_map(|segment| &mut segment.codes).for_each(|code| code.1 = None);
        let (model, _) =
            train(&responses, &codebook, &TrainOptions::default(), &mut |_| {}).expect("trains");
        let general = std::sync::Arc::new(Model::builtin("home-care").expect("built in"));
        let model = model.with_general(general);
        let text = "late again today";
        let input =
            ResponseInput { text, question: "", polarity: Polarity::Neutral, reading: None };
        let coded = model.code(&input, &crate::clauses::split(text), &mut Scratch::default());
        assert_eq!(coded.segments[0].themes[0].theme, 0);
        assert_eq!(coded.segments[0].themes[0].sentiment, Sentiment::Negative);
    }

    #[test]
    fn a_theme_with_too_few_examples_is_refused_with_the_reason() {
        let (_, report) = trained();
        let rare = report.refused.iter().find(|refusal| refusal.label == "rare").expect("refused");
        assert_eq!(rare.examples, 0);
        assert!(rare.reason.contains("never given"), "{}", rare.reason);
    }

    #[test]
    fn a_theme_that_nobody_coded_is_given_where_one_of_its_cues_is_found() {
        let text =
            SMALL.replace("Hardly ever said.\"", "Hardly ever said.\"\ncues = [\"unicorn*\"]");
        let codebook = Codebook::parse(&text, "small").expect("small codebook");
        let (model, report) =
            train(&corpus(), &codebook, &TrainOptions::default(), &mut |_| {}).expect("trains");
        assert!(report.refused[0].reason.contains("cue"), "{}", report.refused[0].reason);
        let code = |text: &str| {
            let input =
                ResponseInput { text, question: "", polarity: Polarity::Neutral, reading: None };
            let all = std::slice::from_ref(&(0..text.len())).to_vec();
            let coded = model.code(&input, &all, &mut Scratch::default());
            coded.segments[0].themes.iter().map(|code| code.theme).collect::<Vec<_>>()
        };
        assert_eq!(code("two unicorns stood in the hall"), [2]);
        assert!(!code("two horses stood in the hall").contains(&2));
    }

    #[test]
    fn training_twice_gives_the_same_bytes_and_a_file_gives_the_model_back() {
        let (one, two) = (trained().0, trained().0);
        let bytes = one.to_bytes().expect("bytes");
        assert_eq!(bytes, two.to_bytes().expect("bytes"));
        let read = Model::from_bytes(&bytes).expect("reads");
        assert_eq!((read.about, read.sha256), (one.about, one.sha256));
    }

    #[test]
    fn a_damaged_file_is_told() {
        let mut bytes = trained().0.to_bytes().expect("bytes");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        assert!(matches!(Model::from_bytes(&bytes), Err(crate::WeightsError::Damaged)));
        assert!(matches!(Model::from_bytes(b"PK"), Err(crate::WeightsError::NotAModel)));
    }

    #[test]
    fn too_few_responses_and_impossible_labels_are_errors() {
        let few = &corpus()[..4];
        let error =
            train(few, &codebook(), &TrainOptions::default(), &mut |_| {}).expect_err("few");
        assert!(matches!(error, TrainError::TooFew { found: 4, .. }));
        let mut wrong = corpus();
        wrong[2].segments[0].codes.push((9, None));
        let error =
            train(&wrong, &codebook(), &TrainOptions::default(), &mut |_| {}).expect_err("code");
        assert!(matches!(error, TrainError::Label { number: 3, .. }));
    }

    #[test]
    fn the_card_names_every_theme_and_what_was_refused() {
        let page = crate::card(&trained().1, "");
        for part in ["| late |", "| kind |", "`rare` (0 examples)", "## Limits"] {
            assert!(page.contains(part), "{part}");
        }
    }

    #[test]
    fn nothing_carries_codes_where_those_who_coded_gave_it_some() {
        let blank = |answer: &str, codes: &[usize]| LabelledResponse {
            segments: vec![LabelledSegment {
                codes: codes.iter().map(|code| (*code, None)).collect(),
                ..corpus()[0].segments[0].clone()
            }],
            text: answer.into(),
            ..corpus()[0].clone()
        };
        let coded = |codes: [&[usize]; 5]| codes.map(|codes| blank("Nothing.", codes));
        let is_coded = |responses: [LabelledResponse; 5]| nothing_is_coded(&responses, &codebook());
        assert!(is_coded(coded([&[1], &[1], &[1], &[], &[]])));
        assert!(!is_coded(coded([&[1], &[1], &[], &[], &[]])));
        assert!(!is_coded([&[1][..]; 5].map(|codes| blank("The girls are kind.", codes))));
    }
}
