//! A trained model at work: a response and its segments in, codes with their reasons out.
//!
//! Everything that is decided about a text is decided here, from scores by [`heads`](crate::heads)
//! and rules that came with the weights. The cross-validation of `training` calls the same
//! decisions, so that what is measured is what people get. Splitting a response into segments,
//! redacting it and storing its codes belong to the caller.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::calibration::{Leaning, Mix, Platt, feeling};
use crate::carers;
use crate::content::{self, Content};
use crate::examples::{of_level, roll_up};
use crate::features::{Encoded, Encoder, Input, WordEncoder};
use crate::heads::{Head, Heads, LEVELS, Scores};
use crate::known::{Hit, Known, Memory};
use crate::learnt::{Learnt, Space};
use crate::meaning::Meaning;
use crate::sentences::{Reader, Reading, Sentences};
use crate::words::{Direction, Domain, Polarity, RespondentType, Sentiment, Stance, Status};

/// Most codes that one segment can carry.
const MOST_CODES: usize = 3;
/// Longest answer, in words, that a head may call empty or pointing elsewhere.
const LONGEST_EMPTY: usize = 15;
/// How sure it is who speaks, where they say so outright.
const SAID_OUTRIGHT: f32 = 0.95;

/// A segment to code by itself: its de-identified words, the question, and the segment before.
pub type SegmentInput<'a> = Input<'a>;

/// A response to code.
#[derive(Clone, Copy, Debug)]
pub struct ResponseInput<'a> {
    /// The words, de-identified.
    pub text: &'a str,
    /// The question; empty where nothing was asked.
    pub question: &'a str,
    /// What the question asks for.
    pub polarity: Polarity,
    /// What the encoder read of question and words ([`Model::sentences`]). An accurate model that is
    /// not given it reads for itself, which takes longer than reading many texts at once.
    pub reading: Option<&'a Reading>,
}

/// A code of a segment.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeCode {
    /// Number of the code in [`Model::codes`].
    pub theme: usize,
    /// Sentiment towards it.
    pub sentiment: Sentiment,
    /// From -1 (negative) to 1 (positive).
    pub sentiment_score: f32,
    /// Calibrated probability that a person would give this code, 0..1.
    pub confidence: f32,
    /// Byte ranges, in the text that was given, of the words that spoke most for it. In order.
    pub evidence: Vec<Range<usize>>,
}

/// An outcome of which a segment speaks.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeCode {
    /// The domain of life.
    pub domain: Domain,
    /// What care did to it.
    pub direction: Direction,
    /// Calibrated probability of the domain, 0..1.
    pub confidence: f32,
    /// Byte ranges, in the text that was given, of the words that spoke most for it. In order.
    pub evidence: Vec<Range<usize>>,
}

/// What was found in a segment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SegmentCodes {
    /// Its codes, the surest first. Thin codes never stand beside a theme.
    pub themes: Vec<ThemeCode>,
    /// It makes an actionable proposal.
    pub suggestion: bool,
    /// It is about another service; it then has no codes.
    pub off_topic: bool,
    /// Outcomes of which it speaks.
    pub outcomes: Vec<OutcomeCode>,
}

/// What was found in a response as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseCodes {
    /// What it holds.
    pub status: Status,
    /// A person must read it today. Errs on the side of saying so.
    pub safeguarding: bool,
    /// Calibrated probability of that, 0..1.
    pub safeguarding_confidence: f32,
    /// Who seems to speak.
    pub respondent_type: RespondentType,
    /// Share of the probability that this type has among all, 0..1.
    pub respondent_confidence: f32,
    /// Stance, for questions about a proposal only.
    pub stance: Option<Stance>,
    /// Sentiment overall: of its codes together, or of its words where there is none.
    pub sentiment: Sentiment,
    /// From -1 (negative) to 1 (positive).
    pub sentiment_score: f32,
    /// From -2 (very negative) to 2 (very positive).
    pub sentiment_level: i8,
}

/// A coded response.
#[derive(Clone, Debug, PartialEq)]
pub struct Coded {
    /// What was found in the response as a whole.
    pub response: ResponseCodes,
    /// What was found in each segment, in the order given.
    pub segments: Vec<SegmentCodes>,
}

/// Space to work in, reused from text to text. One for each thread and model.
#[derive(Default)]
pub struct Scratch {
    encoded: Encoded,
    scores: Scores,
    memory: Memory,
    hits: Vec<Hit>,
    whole: Vec<f32>,
    segments: Vec<f32>,
    parts: Vec<Part>,
    spans: Vec<Range<usize>>,
    words: Vec<f32>,
    mean: Vec<f32>,
    reader: Reader,
    /// For what was learnt from corrections.
    learnt: Space,
    /// For the model that heads are borrowed from.
    lent: Option<Box<Scratch>>,
}

/// Which hits and which words of a scratch belong to one text.
#[derive(Clone, Debug, Default)]
struct Part {
    hits: Range<usize>,
    words: Range<usize>,
    /// How many log-odds a hit's weight is worth, but for the scale of its head.
    length: f32,
}

/// How scores become decisions. Fitted in training and stored with the weights.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    /// Calibration of each head.
    pub(crate) platt: Vec<Platt>,
    /// Smallest probability at which each head speaks.
    pub(crate) thresholds: Vec<f32>,
    /// Probability that a person must read a response, from [`About::alarms`].
    pub(crate) safeguarding: Mix,
    /// Probability of each sentiment of a response, from [`About::moods`]. Empty where sentiment was
    /// not trained.
    pub(crate) overall: Vec<Mix>,
    /// What the confidence of a code means, from the two sides of its probability.
    pub(crate) confidence: Mix,
    /// How each code leans towards each sentiment.
    pub(crate) leaning: Leaning,
    /// How much that counts.
    pub(crate) leaning_weight: f32,
    /// How much each code's own praise and complaint count.
    pub(crate) pole_weight: f32,
    /// Share of the whole response's score in a segment's score for a code, 0..1.
    pub(crate) whole: f32,
    /// The same for what is felt about it.
    #[serde(default)]
    pub(crate) whole_feeling: f32,
    /// An informative response that would have no code gets its best one from this probability on.
    pub(crate) floor: f32,
}

/// What a model is, apart from its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) codebook: String,
    pub(crate) codebook_version: String,
    pub(crate) codebook_sha256: String,
    /// Ids of the codes: themes, then thin codes.
    pub(crate) codes: Vec<String>,
    /// How many of them are themes.
    pub(crate) themes: usize,
    /// Answers such as "Nothing" carry codes.
    #[serde(default)]
    pub(crate) codes_nothing: bool,
    pub(crate) encoder: WordEncoder,
    pub(crate) rules: Rules,
    /// How it did when it was trained.
    #[serde(default)]
    pub(crate) figures: Vec<Figure>,
    /// How often each theme that it gave was right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) precisions: Vec<Precision>,
}

/// One figure of how a model did when it was trained: what a report prints of its accuracy.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Figure {
    /// What is measured: "Themes of an answer".
    pub measure: String,
    /// The figure: "F1 0.60 (precision 0.57, recall 0.63)".
    pub figure: String,
    /// On what: "9,864 coded responses, cross-validated by situation".
    pub on: String,
}

/// How often a theme that a model gave was right, on answers that it had not learnt.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Precision {
    /// The theme.
    pub theme: String,
    /// Answers that it was given to.
    pub given: u64,
    /// Of these, answers that people gave it too.
    pub right: u64,
}

impl Precision {
    /// From the shares that a training measured: support times recall is right, right by precision is
    /// given. None of a theme that was never given.
    pub(crate) fn of(theme: &str, support: usize, precision: f64, recall: f64) -> Option<Self> {
        let right = (support as f64 * recall).round();
        let given = if precision > 0.0 { (right / precision).round() } else { 0.0 };
        (given > 0.0).then(|| Self {
            theme: theme.to_owned(),
            given: given as u64,
            right: right.min(given) as u64,
        })
    }
}

/// Codes of every segment and the status of the response, before sentiment and evidence.
pub(crate) struct Decision {
    pub(crate) status: Status,
    /// For each segment, codes with their probability, the surest first.
    pub(crate) codes: Vec<Vec<(usize, f32)>>,
    pub(crate) off_topic: Vec<bool>,
}

/// The odds of a probability.
fn odds(probability: f32) -> f32 {
    probability / (1.0 - probability).max(1e-6)
}

/// Smallest and largest of some numbers; 0 and 0 of none.
fn range(numbers: impl Iterator<Item = f32>) -> (f32, f32) {
    numbers
        .map(|number| (number, number))
        .reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
        .unwrap_or_default()
}

impl About {
    fn column(&self, head: Head) -> usize {
        head.column(self.codes.len())
    }

    /// Calibrated probability of a head.
    pub(crate) fn probability(&self, head: Head, raw: &[f32]) -> f32 {
        let column = self.column(head);
        self.rules.platt[column].probability(raw[column])
    }

    /// Whether a head's probability passes its threshold.
    pub(crate) fn speaks(&self, head: Head, raw: &[f32]) -> bool {
        self.probability(head, raw) >= self.rules.thresholds[self.column(head)]
    }

    /// Probability of a code in a segment of a response.
    pub(crate) fn code(&self, code: usize, segment: &[f32], whole: &[f32]) -> f32 {
        let share = self.rules.whole;
        let raw = (1.0 - share) * segment[code] + share * whole[code];
        self.rules.platt[code].probability(raw)
    }

    /// What an answer that says nothing is; None for one that may carry codes.
    pub(crate) fn empty(&self, text: &str, polarity: Polarity) -> Option<Content> {
        content::read(text, polarity)
            .filter(|content| !(self.codes_nothing && *content == Content::Nothing))
    }

    /// Probabilities of all codes in a segment of a response.
    fn codes(&self, segment: &[f32], whole: &[f32]) -> Vec<f32> {
        (0..self.codes.len()).map(|code| self.code(code, segment, whole)).collect()
    }

    /// Codes that pass their thresholds in one segment, the surest first. `surest` is how likely each
    /// is where the response speaks of it most: the whole response counts in every segment, and where
    /// another is much likelier to be meant, this one is not.
    fn passing(&self, probabilities: &[f32], surest: &[f32]) -> Vec<(usize, f32)> {
        /// How much less likely, in odds.
        const REACH: f32 = std::f32::consts::E;
        let mut codes: Vec<(usize, f32)> = (probabilities.iter().zip(surest).enumerate())
            .filter(|(code, (p, most))| {
                **p >= self.rules.thresholds[*code] && odds(**p) * REACH >= odds(**most)
            })
            .map(|(code, (p, _))| (code, *p))
            .collect();
        codes.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        // Praise with a reason takes the reason's theme and never a thin code.
        if codes.iter().any(|(code, _)| *code < self.themes) {
            codes.retain(|(code, _)| *code < self.themes);
        }
        codes.truncate(MOST_CODES);
        codes
    }

    /// Decides on a response from the scores of it and its segments. `words` is its length.
    pub(crate) fn decide(&self, words: usize, whole: &[f32], segments: &[&[f32]]) -> Decision {
        let mut decision =
            Decision { status: Status::Informative, codes: Vec::new(), off_topic: Vec::new() };
        let likely: Vec<Vec<f32>> =
            segments.iter().map(|segment| self.codes(segment, whole)).collect();
        let mut surest = vec![0.0_f32; self.codes.len()];
        let mut best = (0.0_f32, 0, 0);
        for (at, (segment, likely)) in segments.iter().zip(&likely).enumerate() {
            let passing = likely.iter().zip(&self.rules.thresholds).filter(|(p, least)| p >= least);
            let first = passing.map(|(p, _)| *p).fold(0.0, f32::max);
            let off_topic = self.speaks(Head::OffTopic, segment)
                && first < self.probability(Head::OffTopic, segment);
            decision.off_topic.push(off_topic);
            for (code, (p, most)) in likely.iter().zip(&mut surest).enumerate() {
                if !off_topic {
                    *most = most.max(*p);
                }
                if *p > best.0 {
                    best = (*p, at, code);
                }
            }
        }
        for (likely, off_topic) in likely.iter().zip(&decision.off_topic) {
            let codes = if *off_topic { Vec::new() } else { self.passing(likely, &surest) };
            decision.codes.push(codes);
        }
        if words <= LONGEST_EMPTY {
            for (head, status) in
                [(Head::NoContent, Status::NoContent), (Head::Elsewhere, Status::RefersElsewhere)]
            {
                let coded = head == Head::NoContent && self.codes_nothing;
                // "See above. I wait an hour for tea" says something that no other answer does.
                let says_more = segments
                    .iter()
                    .zip(&decision.codes)
                    .any(|(segment, codes)| !codes.is_empty() && !self.speaks(head, segment));
                if !coded
                    && !says_more
                    && self.speaks(head, whole)
                    && self.probability(head, whole) > best.0
                {
                    decision.status = status;
                    decision.codes.iter_mut().for_each(Vec::clear);
                    return decision;
                }
            }
        }
        let nothing = self.probability(Head::Unassigned, whole);
        if self.speaks(Head::Unassigned, whole) && nothing > best.0 {
            decision.codes.iter_mut().for_each(Vec::clear);
        } else if decision.codes.iter().all(Vec::is_empty) && !decision.off_topic.contains(&true) {
            let (p, at, code) = best;
            if p >= self.rules.floor && at < segments.len() {
                decision.codes[at].push((code, p));
            }
        }
        if decision.codes.iter().all(Vec::is_empty) {
            decision.status = Status::Unassigned;
        }
        decision
    }

    /// What may tell that a person must read a response: scores of safeguarding in the whole and in
    /// its worst segment, of each code in its likeliest segment, and of complaint.
    pub(crate) fn alarms(&self, whole: &[f32], segments: &[&[f32]]) -> Vec<f32> {
        /// Scores of heads that were not trained are minus infinity.
        const LEAST: f32 = -8.0;
        let most = |column: usize| {
            let parts = segments.iter().map(|segment| segment[column]);
            parts.fold(whole[column], f32::max).max(LEAST)
        };
        let safeguarding = self.column(Head::Safeguarding);
        let complaint = self.column(Head::Feeling(Sentiment::Negative));
        let mut scores = vec![whole[safeguarding].max(LEAST), most(safeguarding), most(complaint)];
        let telling = [
            Head::Domain(Domain::Safety),
            Head::Direction(Direction::AtRisk),
            Head::Direction(Direction::Lost),
            Head::OffTopic,
            Head::Speaker(RespondentType::Professional),
            Head::Speaker(RespondentType::CareWorker),
        ];
        scores.extend(telling.map(|head| most(self.column(head))));
        scores.extend((0..self.codes.len()).map(most));
        scores
    }

    /// Calibrated probability that a person must read a response; 0 where that was not trained.
    pub(crate) fn alarm(&self, whole: &[f32], segments: &[&[f32]]) -> f32 {
        if whole[self.column(Head::Safeguarding)] == f32::NEG_INFINITY {
            return 0.0;
        }
        self.rules.safeguarding.probability(&self.alarms(whole, segments))
    }

    /// Whether a person must read a response.
    pub(crate) fn alarming(&self, probability: f32) -> bool {
        probability > 0.0 && probability >= self.rules.thresholds[self.column(Head::Safeguarding)]
    }

    /// The two sides of a probability on a logarithmic scale.
    pub(crate) fn sides(probability: f32) -> [f32; 2] {
        const EDGE: f32 = 1e-4;
        let p = probability.clamp(EDGE, 1.0 - EDGE);
        [p.ln(), -(1.0 - p).ln()]
    }

    /// Sentiment towards a code in a segment of a response, and its score. A piece of an answer often
    /// tells what it is about and not how it is meant: the whole answer does, and its other segments
    /// do, the more the likelier they speak of the same.
    pub(crate) fn feeling(
        &self,
        code: usize,
        at: usize,
        segments: &[&[f32]],
        whole: &[f32],
    ) -> (Sentiment, f32) {
        /// Share of the segment itself beside all that speak of the code.
        const OWN: f32 = 0.5;
        let share = self.rules.whole_feeling;
        let weights: Vec<f32> =
            segments.iter().map(|segment| odds(self.code(code, segment, whole))).collect();
        let total = weights.iter().sum::<f32>();
        let probability = |head: Head| {
            let column = self.column(head);
            let own = segments[at][column];
            let together = if segments.len() > 1 && total > 0.0 && own.is_finite() {
                let all = weights.iter().zip(segments);
                all.map(|(weight, segment)| weight * segment[column]).sum::<f32>() / total
            } else {
                own
            };
            let here = OWN * own + (1.0 - OWN) * together;
            let raw = (1.0 - share) * here + share * whole[column];
            self.rules.platt[column].probability(raw)
        };
        let probabilities = std::array::from_fn(|s| probability(Head::Feeling(Sentiment::ALL[s])));
        if probabilities.iter().all(|p| *p == 0.0) {
            return (Sentiment::Neutral, 0.0);
        }
        let mut lean = self.rules.leaning.0[code].map(|lean| lean * self.rules.leaning_weight);
        let pole = probability(Head::Pole(code));
        // A head that was not trained has probability 0 and nothing to say.
        if pole > 0.0 {
            let praise = self.rules.pole_weight * (pole / (1.0 - pole).max(1e-4)).ln() / 2.0;
            lean[Sentiment::Positive as usize] += praise;
            lean[Sentiment::Negative as usize] -= praise;
        }
        feeling(probabilities, lean)
    }

    /// How good a response feels, from -2 to 2, with the same as a score from -1 to 1: the median
    /// of the level, and its mean. None where levels were not trained.
    pub(crate) fn level(&self, whole: &[f32]) -> Option<(i8, f32)> {
        let (mut level, mut mean, mut before) = (-2, -2.0, 1.0_f32);
        for at in LEVELS {
            let p = self.probability(Head::AtLeast(at), whole);
            if p == 0.0 {
                return None;
            }
            before = before.min(p);
            level += i8::from(before >= 0.5);
            mean += before;
        }
        Some((level, mean / 2.0))
    }

    /// Codes of a response with what is felt about each: sentiment, score, confidence.
    pub(crate) fn feelings<'a>(
        &'a self,
        decision: &'a Decision,
        segments: &'a [&[f32]],
        whole: &'a [f32],
    ) -> impl Iterator<Item = (Sentiment, f32)> + 'a {
        decision.codes.iter().enumerate().flat_map(move |(at, codes)| {
            codes.iter().map(move |(code, _)| self.feeling(*code, at, segments, whole))
        })
    }

    /// What may tell the sentiment of a response: of its words as a whole, of the happiest and the
    /// unhappiest of its segments, and of its codes together.
    pub(crate) fn moods(
        &self,
        whole: &[f32],
        segments: &[&[f32]],
        codes: impl Iterator<Item = (Sentiment, f32)>,
    ) -> Vec<f32> {
        let odds = |head: Head, raw: &[f32]| {
            let p = self.probability(head, raw).clamp(1e-3, 1.0 - 1e-3);
            (p / (1.0 - p)).ln()
        };
        let mut scores: Vec<f32> =
            Sentiment::ALL.iter().map(|s| odds(Head::Overall(*s), whole)).collect();
        let praise = segments.iter().map(|raw| {
            odds(Head::Feeling(Sentiment::Positive), raw)
                - odds(Head::Feeling(Sentiment::Negative), raw)
        });
        let (worst, best) = range(praise);
        scores.extend([worst, best]);
        let codes: Vec<(Sentiment, f32)> = codes.collect();
        let (worst, best) = range(codes.iter().map(|code| code.1));
        scores.extend([worst, best]);
        let together = roll_up(codes.iter().map(|code| code.0));
        let is = |sentiment: &Sentiment| f32::from(u8::from(together == Some(*sentiment)));
        scores.extend(Sentiment::ALL.iter().map(is));
        scores
    }

    /// Sentiment of a response, and its score.
    pub(crate) fn overall(
        &self,
        whole: &[f32],
        segments: &[&[f32]],
        codes: impl Iterator<Item = (Sentiment, f32)>,
    ) -> (Sentiment, f32) {
        if self.rules.overall.is_empty() {
            return (Sentiment::Neutral, 0.0);
        }
        let scores = self.moods(whole, segments, codes);
        feeling(std::array::from_fn(|s| self.rules.overall[s].probability(&scores)), [0.0; 4])
    }

    /// Who speaks, with the share of the probability.
    pub(crate) fn speaker(&self, whole: &[f32]) -> (RespondentType, f32) {
        /// Below this the words do not tell.
        const TELLING: f32 = 0.35;
        let known = RespondentType::ALL.iter().filter(|who| **who != RespondentType::Unknown);
        let (who, share) = self.most(known.map(|who| (*who, Head::Speaker(*who))), whole);
        if share < TELLING { (RespondentType::Unknown, share) } else { (who, share) }
    }

    /// Stance towards a proposal.
    pub(crate) fn stance(&self, whole: &[f32]) -> Stance {
        let all = Stance::ALL.iter().map(|stance| (*stance, Head::Stance(*stance)));
        let (stance, share) = self.most(all, whole);
        if share > 0.0 { stance } else { Stance::Unclear }
    }

    /// Direction of an outcome, given that a segment speaks of one.
    pub(crate) fn direction(&self, segment: &[f32]) -> Option<Direction> {
        let all = Direction::ALL.iter().map(|way| (*way, Head::Direction(*way)));
        let (direction, share) = self.most(all, segment);
        (share > 0.0).then_some(direction)
    }

    /// The likeliest of several, and its share of their probability; 0 where none was trained.
    fn most<T: Copy>(&self, choices: impl Iterator<Item = (T, Head)>, raw: &[f32]) -> (T, f32) {
        let scored: Vec<(T, f32)> =
            choices.map(|(value, head)| (value, self.probability(head, raw))).collect();
        let total: f32 = scored.iter().map(|(_, p)| p).sum();
        let best =
            scored.iter().fold(scored[0], |best, new| if new.1 > best.1 { *new } else { best });
        (best.0, if total > 0.0 { best.1 / total } else { 0.0 })
    }
}

/// Where a segment stands: its number among the parts of a scratch, and its bytes in the response.
#[derive(Clone)]
struct Place<'a> {
    part: usize,
    span: Range<usize>,
    reading: Option<&'a Reading>,
}

impl Scratch {
    /// Forgets the texts read before.
    fn begin(&mut self) {
        self.hits.clear();
        self.parts.clear();
        self.spans.clear();
        self.learnt.begin();
    }
}

/// A trained model.
#[derive(Debug)]
pub struct Model {
    pub(crate) about: About,
    pub(crate) heads: Heads,
    pub(crate) sha256: String,
    pub(crate) general: Option<General>,
    /// What an accurate model has beside its n-grams.
    pub(crate) meaning: Option<Meaning>,
    /// What it learnt from corrections.
    pub(crate) learnt: Option<Learnt>,
}

/// A model that another one borrows heads from.
#[derive(Debug)]
pub(crate) struct General {
    model: Arc<Model>,
    /// Columns: own, and the other model's.
    columns: Vec<(usize, usize)>,
    safeguarding: bool,
}

impl Model {
    /// Its id, such as `home-care-fast`.
    pub fn id(&self) -> &str {
        &self.about.id
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.about.version
    }

    /// How it did when it was trained.
    pub fn figures(&self) -> &[Figure] {
        &self.about.figures
    }

    /// How often each of its themes was right when it was trained. Models that were trained before
    /// they kept this themselves have it from their card.
    pub fn precisions(&self) -> Vec<Precision> {
        if self.about.precisions.is_empty() {
            return crate::card::precisions_of(&self.about.id);
        }
        self.about.precisions.clone()
    }

    /// SHA-256 of its file, in lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Id, version and SHA-256 of the codebook that it was trained for.
    pub fn codebook(&self) -> (&str, &str, &str) {
        let about = &self.about;
        (&about.codebook, &about.codebook_version, &about.codebook_sha256)
    }

    /// Ids of the codes that it gives: themes, then thin codes.
    pub fn codes(&self) -> &[String] {
        &self.about.codes
    }

    /// How many of [`codes`](Self::codes) are themes.
    pub fn themes(&self) -> usize {
        self.about.themes
    }

    /// Number of n-grams whose weights it knows.
    pub fn features(&self) -> usize {
        self.heads.keys.len()
    }

    /// The encoder that must read a text before this model codes it; None for a fast model.
    pub fn sentences(&self) -> Option<&Arc<Sentences>> {
        let lent = || self.general.as_ref().and_then(|general| general.model.sentences());
        self.meaning.as_ref().map(|meaning| &meaning.sentences).or_else(lent)
    }

    /// Borrows from another model what this one was not trained for: status, safeguarding, who
    /// speaks, stance, sentiment, flags and outcomes, none of which hangs on the codebook. Codes
    /// stay its own. Give it the built-in model after loading one that was trained on few examples;
    /// each text then takes twice the time. A kind of head is borrowed whole or not at all.
    #[must_use]
    pub fn with_general(mut self, model: Arc<Self>) -> Self {
        let (own, other) = (self.about.codes.len(), model.about.codes.len());
        let heads = Head::all(own);
        let kind = std::mem::discriminant::<Head>;
        let lacks = |model: &Self, codes: usize, head: &Head| {
            let mut alike = heads.iter().filter(|one| kind(one) == kind(head));
            alike.all(|one| model.heads.biases[one.column(codes)] == f32::NEG_INFINITY)
        };
        let lent: Vec<Head> = (heads.iter())
            .filter(|head| head.hangs_on_no_codebook())
            .filter(|head| lacks(&self, own, head) && !lacks(&model, other, head))
            .copied()
            .collect();
        // A model that lends nothing is not asked.
        if lent.is_empty() {
            return self;
        }
        let safeguarding = lent.contains(&Head::Safeguarding);
        let columns: Vec<(usize, usize)> =
            lent.iter().map(|head| (head.column(own), head.column(other))).collect();
        for (to, from) in &columns {
            self.about.rules.platt[*to] = model.about.rules.platt[*from];
            self.about.rules.thresholds[*to] = model.about.rules.thresholds[*from];
        }
        if self.about.rules.overall.is_empty() {
            self.about.rules.overall.clone_from(&model.about.rules.overall);
        }
        self.general = Some(General { model, columns, safeguarding });
        self
    }

    /// Codes a response and its segments, given as byte ranges of its text in order.
    ///
    /// An informative response is never left without a code only for being short: its best code
    /// stands if it is likely at all, and otherwise the status is `unassigned`.
    pub fn code(
        &self,
        input: &ResponseInput<'_>,
        segments: &[Range<usize>],
        scratch: &mut Scratch,
    ) -> Coded {
        if let Some(content) = self.about.empty(input.text, input.polarity) {
            let response = Self::empty(content, input.polarity);
            return Coded { response, segments: vec![SegmentCodes::default(); segments.len()] };
        }
        let own = self.own_reading(input, scratch);
        let reading = own.as_ref().or(input.reading);
        scratch.begin();
        let words = self.score_whole(input, reading, scratch);
        let mut all = std::mem::take(&mut scratch.segments);
        all.clear();
        let of = |at: usize| Input {
            text: &input.text[segments[at].clone()],
            question: input.question,
            polarity: input.polarity,
            previous: at.checked_sub(1).map(|before| &input.text[segments[before].clone()]),
        };
        // A response of one segment has been scored already.
        let one = segments.len() == 1 && input.text[segments[0].clone()].len() == input.text.len();
        for (at, span) in segments.iter().enumerate() {
            if !one {
                if at == 0 {
                    scratch.begin();
                }
                self.score(&of(at), reading.map(|reading| (reading, span)), scratch);
            }
            all.extend_from_slice(&scratch.scores.raw);
        }
        let raw: Vec<&[f32]> = all.chunks_exact(self.heads.columns).collect();
        let decision = self.about.decide(words, &scratch.whole, &raw);
        let spoken = matches!(decision.status, Status::Informative | Status::Unassigned);
        let whole = std::mem::take(&mut scratch.whole);
        let coded = (0..segments.len())
            .map(|at| {
                if !spoken {
                    return SegmentCodes::default();
                }
                let place = Place { part: at, span: segments[at].clone(), reading };
                let off_topic = decision.off_topic[at];
                self.segment((&raw, &whole), &decision.codes[at], off_topic, &place, scratch)
            })
            .collect::<Vec<_>>();
        let mut response = self.response(input, &whole, &raw, &decision);
        scratch.whole = whole;
        self.borrow_alarm(input, reading, &mut response, scratch);
        scratch.segments = all;
        response.status = decision.status;
        Coded { response, segments: coded }
    }

    /// The encoder's reading of a text that came without one; None where none is needed.
    fn own_reading(&self, input: &ResponseInput<'_>, scratch: &mut Scratch) -> Option<Reading> {
        let sentences = self.sentences().filter(|_| input.reading.is_none())?;
        sentences.read(&mut scratch.reader, &[(input.question, input.text)]).pop()
    }

    /// Codes one segment by itself: what passes its threshold and nothing else.
    pub fn code_segment(&self, input: &SegmentInput<'_>, scratch: &mut Scratch) -> SegmentCodes {
        let SegmentInput { text, question, polarity, previous } = *input;
        if self.about.empty(text, polarity).is_some() {
            return SegmentCodes::default();
        }
        let whole = ResponseInput { text, question, polarity, reading: None };
        let own = self.own_reading(&whole, scratch);
        let (reading, span) = (own.as_ref(), 0..text.len());
        scratch.begin();
        let input = Input { text, question, polarity, previous };
        self.score(&input, reading.map(|reading| (reading, &span)), scratch);
        let raw = scratch.scores.raw.clone();
        let likely = self.about.codes(&raw, &raw);
        let mut codes = self.about.passing(&likely, &likely);
        let off_topic = self.about.speaks(Head::OffTopic, &raw)
            && codes.first().is_none_or(|(_, p)| *p < self.about.probability(Head::OffTopic, &raw));
        if off_topic {
            codes.clear();
        }
        let place = Place { part: 0, span, reading };
        self.segment((&[&raw], &raw), &codes, off_topic, &place, scratch)
    }

    /// Codes a response as a whole, as if it were one segment.
    pub fn code_response(&self, input: &ResponseInput<'_>, scratch: &mut Scratch) -> ResponseCodes {
        if let Some(content) = self.about.empty(input.text, input.polarity) {
            return Self::empty(content, input.polarity);
        }
        let own = self.own_reading(input, scratch);
        let reading = own.as_ref().or(input.reading);
        scratch.begin();
        let words = self.score_whole(input, reading, scratch);
        let raw = [scratch.whole.as_slice()];
        let decision = self.about.decide(words, &scratch.whole, &raw);
        let mut response = self.response(input, &scratch.whole, &raw, &decision);
        response.status = decision.status;
        self.borrow_alarm(input, reading, &mut response, scratch);
        response
    }

    /// Scores a text; `read` is what the encoder read of the response, and where in it the text is.
    fn score(
        &self,
        input: &Input<'_>,
        read: Option<(&Reading, &Range<usize>)>,
        scratch: &mut Scratch,
    ) {
        self.read(input, read, scratch);
        if let Some(General { model, columns, .. }) = &self.general {
            let lent = scratch.lent.get_or_insert_default();
            lent.begin();
            model.read(input, read, lent);
            for (to, from) in columns {
                scratch.scores.raw[*to] = lent.scores.raw[*from];
            }
        }
    }

    /// Scores a text, and keeps its hits and words for its evidence.
    fn read(
        &self,
        input: &Input<'_>,
        read: Option<(&Reading, &Range<usize>)>,
        scratch: &mut Scratch,
    ) {
        let Scratch { encoded, scores, memory, hits, parts, spans, mean, learnt, .. } = scratch;
        memory.own(self.heads.number);
        let (first, word) = (hits.len(), spans.len());
        let mut known = Known { index: &self.heads.index, memory, hits };
        self.about.encoder.encode(input, encoded, &mut known);
        let length = self.heads.score(&hits[first..], scores);
        if let (Some(meaning), Some((reading, span))) = (&self.meaning, read) {
            meaning.join(reading, span, mean, &mut scores.raw);
        } else {
            mean.clear();
        }
        if let Some(layer) = &self.learnt {
            let mean = (!mean.is_empty()).then_some(mean.as_slice());
            layer.add(&self.about, input, mean, learnt, &mut scores.raw);
        }
        spans.extend((0..encoded.words()).map(|word| encoded.span(word)));
        parts.push(Part { hits: first..hits.len(), words: word..spans.len(), length });
    }

    /// Scores of every head of a text by itself, the encoder's vector of it (empty without one), and
    /// the number of its words.
    pub(crate) fn raw(
        &self,
        input: &Input<'_>,
        read: Option<(&Reading, &Range<usize>)>,
        scratch: &mut Scratch,
    ) -> (Vec<f32>, Vec<f32>, usize) {
        scratch.begin();
        self.score(input, read, scratch);
        (scratch.scores.raw.clone(), scratch.mean.clone(), scratch.encoded.words())
    }

    /// The model without what it learnt from corrections.
    #[must_use]
    pub fn uncorrected(mut self) -> Self {
        if let Some(learnt) = self.learnt.take() {
            self.about = learnt.base;
        }
        self
    }

    /// The model with a layer over it.
    pub(crate) fn corrected(self, about: About, learnt: Learnt) -> Self {
        Self { learnt: Some(learnt), ..self }.with(about)
    }

    /// The model with other rules, version and figures.
    pub(crate) fn with(self, about: About) -> Self {
        let mut model = Self { about, ..self };
        if let Ok(bytes) = model.to_bytes() {
            model.sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes));
        }
        model
    }

    /// Safeguarding by the model that it is borrowed from, which looks at its own codes for it.
    fn borrow_alarm(
        &self,
        input: &ResponseInput<'_>,
        reading: Option<&Reading>,
        response: &mut ResponseCodes,
        scratch: &mut Scratch,
    ) {
        if let Some(General { model, safeguarding: true, .. }) = &self.general {
            let input = ResponseInput { reading, ..*input };
            let lent = model.code_response(&input, scratch.lent.get_or_insert_default());
            response.safeguarding = lent.safeguarding;
            response.safeguarding_confidence = lent.safeguarding_confidence;
        }
    }

    fn score_whole(
        &self,
        input: &ResponseInput<'_>,
        reading: Option<&Reading>,
        scratch: &mut Scratch,
    ) -> usize {
        let ResponseInput { text, question, polarity, .. } = *input;
        let input = Input { text, question, polarity, previous: None };
        let span = 0..text.len();
        self.score(&input, reading.map(|reading| (reading, &span)), scratch);
        scratch.whole.clear();
        scratch.whole.extend_from_slice(&scratch.scores.raw);
        scratch.encoded.words()
    }

    /// Sentiment, outcomes and evidence of a segment that stands at `place`.
    fn segment(
        &self,
        (all, whole): (&[&[f32]], &[f32]),
        codes: &[(usize, f32)],
        off_topic: bool,
        place: &Place<'_>,
        scratch: &mut Scratch,
    ) -> SegmentCodes {
        let raw = all[place.part];
        let themes = (codes.iter())
            .map(|(code, probability)| {
                let confidence =
                    self.about.rules.confidence.probability(&About::sides(*probability));
                let (sentiment, sentiment_score) =
                    self.about.feeling(*code, place.part, all, whole);
                let evidence = self.evidence(*code, place, scratch);
                ThemeCode { theme: *code, sentiment, sentiment_score, confidence, evidence }
            })
            .collect();
        let mut outcomes = Vec::new();
        let domains = Domain::ALL
            .iter()
            .filter(|domain| !off_topic && self.about.speaks(Head::Domain(**domain), raw));
        for domain in domains {
            let Some(direction) = self.about.direction(raw) else { continue };
            let head = Head::Domain(*domain);
            let evidence = self.evidence(head.column(self.about.codes.len()), place, scratch);
            let confidence = self.about.probability(head, raw);
            outcomes.push(OutcomeCode { domain: *domain, direction, confidence, evidence });
        }
        let suggestion = self.about.speaks(Head::Suggestion, raw);
        SegmentCodes { themes, suggestion, off_topic, outcomes }
    }

    /// Byte ranges in the response of the few words that gave a head most of its score.
    fn evidence(
        &self,
        column: usize,
        place: &Place<'_>,
        scratch: &mut Scratch,
    ) -> Vec<Range<usize>> {
        const MOST_WORDS: usize = 5;
        const SHARE_OF_BEST: f32 = 0.4;
        let Scratch { hits, parts, spans, words, learnt, .. } = scratch;
        let part = &parts[place.part];
        let (hits, spans) = (&hits[part.hits.clone()], &spans[part.words.clone()]);
        self.heads.explain(hits, column, part.length, spans.len(), words);
        if let (Some(meaning), Some(reading)) = (&self.meaning, place.reading) {
            for word in words.iter_mut() {
                *word *= meaning.blend[column].ngrams;
            }
            meaning.explain(reading, &place.span, column, spans, words);
        }
        if let Some(layer) = self.learnt.as_ref().filter(|_| column < self.about.codes.len()) {
            layer.explain(&self.about, column, place.part, learnt, words);
        }
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_by(|one, other| words[*other].total_cmp(&words[*one]).then(one.cmp(other)));
        let best = order.first().map_or(0.0, |word| words[*word]);
        let mut chosen: Vec<usize> = (order.into_iter().take(MOST_WORDS))
            .filter(|word| words[*word] > 0.0 && words[*word] >= SHARE_OF_BEST * best)
            .collect();
        chosen.sort_unstable();
        let mut found: Vec<Range<usize>> = Vec::new();
        let mut before = None;
        for word in chosen {
            let (from, to) =
                (place.span.start + spans[word].start, place.span.start + spans[word].end);
            let next_to = before.is_some_and(|before| before + 1 == word);
            match found.last_mut() {
                Some(last) if next_to => last.end = to,
                _ => found.push(from..to),
            }
            before = Some(word);
        }
        found
    }

    fn response(
        &self,
        input: &ResponseInput<'_>,
        whole: &[f32],
        segments: &[&[f32]],
        decision: &Decision,
    ) -> ResponseCodes {
        /// So likely to be somebody who is paid, they speak of someone else beside their work.
        const PAID: f32 = 0.5;
        let alarm = self.about.alarm(whole, segments);
        let likely = self.about.speaker(whole);
        let own = matches!(
            likely.0,
            RespondentType::ServiceUser | RespondentType::Family | RespondentType::Unknown
        );
        let (respondent_type, respondent_confidence) = if carers::looks_after(input.text)
            && (own || likely.1 < PAID || !carers::is_paid(input.text))
        {
            (RespondentType::UnpaidCarer, SAID_OUTRIGHT)
        } else {
            likely
        };
        let asked = input.polarity == Polarity::Proposal;
        let mut response = ResponseCodes {
            safeguarding: self.about.alarming(alarm),
            safeguarding_confidence: alarm,
            respondent_type,
            respondent_confidence,
            stance: asked.then(|| self.about.stance(whole)),
            ..ResponseCodes::silent(Status::Informative)
        };
        let codes = self.about.feelings(decision, segments, whole);
        if let Some((level, score)) = self.about.level(whole) {
            response.rate(level, score, roll_up(codes.map(|code| code.0)));
        } else {
            let (sentiment, score) = self.about.overall(whole, segments, codes);
            response.feel(sentiment, score);
        }
        response
    }

    fn empty(content: Content, polarity: Polarity) -> ResponseCodes {
        /// How much praise or complaint there is in "nothing".
        const IMPLIED: f32 = 0.5;
        let status = match content {
            Content::Blank | Content::Nothing => Status::NoContent,
            Content::Elsewhere => Status::RefersElsewhere,
        };
        let mut response = ResponseCodes::silent(status);
        response.stance = (polarity == Polarity::Proposal).then_some(Stance::None);
        match content::implied(content, polarity) {
            Some(Sentiment::Positive) => response.feel(Sentiment::Positive, IMPLIED),
            Some(Sentiment::Negative) => response.feel(Sentiment::Negative, -IMPLIED),
            _ => {}
        }
        response
    }
}

impl ResponseCodes {
    fn silent(status: Status) -> Self {
        Self {
            status,
            safeguarding: false,
            safeguarding_confidence: 0.0,
            respondent_type: RespondentType::Unknown,
            respondent_confidence: 0.0,
            stance: None,
            sentiment: Sentiment::Neutral,
            sentiment_score: 0.0,
            sentiment_level: 0,
        }
    }

    /// Sets them from a level that was told by itself; `codes` is what its codes say together.
    fn rate(&mut self, level: i8, score: f32, codes: Option<Sentiment>) {
        self.sentiment_level = level;
        self.sentiment = match of_level(level) {
            Some(sentiment) => sentiment,
            None if codes == Some(Sentiment::Mixed) => Sentiment::Mixed,
            None => Sentiment::Neutral,
        };
        self.sentiment_score = match self.sentiment {
            Sentiment::Positive => score.clamp(0.0, 1.0),
            Sentiment::Negative => score.clamp(-1.0, 0.0),
            Sentiment::Mixed | Sentiment::Neutral => score.clamp(-1.0, 1.0),
        };
    }

    /// Sets sentiment, score and level so that they cannot contradict each other.
    fn feel(&mut self, sentiment: Sentiment, score: f32) {
        /// From here on praise and complaint are strong.
        const STRONG: f32 = 0.75;
        self.sentiment = sentiment;
        self.sentiment_score = match sentiment {
            Sentiment::Positive => score.clamp(0.0, 1.0),
            Sentiment::Negative => score.clamp(-1.0, 0.0),
            Sentiment::Mixed | Sentiment::Neutral => score.clamp(-1.0, 1.0),
        };
        let strength = 1 + i8::from(score.abs() >= STRONG);
        self.sentiment_level = match sentiment {
            Sentiment::Positive => strength,
            Sentiment::Negative => -strength,
            Sentiment::Mixed | Sentiment::Neutral => 0,
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn model() -> Model {
        Model::builtin("home-care").expect("built in")
    }

    fn code(model: &Model, text: &str, polarity: Polarity) -> Coded {
        let input = ResponseInput { text, question: "", polarity, reading: None };
        model.code(&input, &crate::clauses::split(text), &mut Scratch::default())
    }

    #[test]
    fn the_built_in_model_is_for_the_built_in_codebook() {
        let (model, codebook) = (model(), crate::Codebook::builtin("home-care").expect("built in"));
        assert!(model.codes().iter().map(String::as_str).eq(codebook.codes()));
        assert_eq!(
            model.codebook(),
            ("home-care", codebook.version.as_str(), codebook.sha256.as_str())
        );
    }

    #[test]
    fn nothing_means_what_the_question_makes_of_it() {
        let model = model();
        let improve = code(&model, "Nothing", Polarity::Improve).response;
        assert_eq!((improve.status, improve.sentiment_level), (Status::NoContent, 1));
        let good = code(&model, "Nothing", Polarity::Good).response;
        assert_eq!((good.status, good.sentiment_level), (Status::NoContent, -1));
    }

    #[test]
    fn a_short_answer_and_one_in_capitals_are_coded() {
        let model = model();
        for text in ["late", "ALWAYS LATE AND NEVER ON TIME"] {
            let coded = code(&model, text, Polarity::Improve);
            let first =
                coded.segments[0].themes.first().map(|code| model.codes()[code.theme].as_str());
            assert_eq!(first, Some("punctuality"), "{text}");
        }
    }

    #[test]
    fn a_stance_is_given_for_proposals_only() {
        let model = model();
        assert_eq!(code(&model, "I agree with this", Polarity::Neutral).response.stance, None);
        assert!(code(&model, "I agree with this", Polarity::Proposal).response.stance.is_some());
    }

    #[test]
    fn a_text_has_the_same_codes_whatever_was_coded_before_it() {
        let model = model();
        let text = "The girls are lovely but you never know what time they'll show.";
        let segments = crate::clauses::split(text);
        let input =
            ResponseInput { text, question: "", polarity: Polarity::Neutral, reading: None };
        let mut scratch = Scratch::default();
        let one = model.code(&input, &segments, &mut scratch);
        let other = ResponseInput { text: "My bill went up again", ..input };
        model.code(&other, std::slice::from_ref(&(0..21)), &mut scratch);
        assert_eq!(one, model.code(&input, &segments, &mut scratch));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn evidence_lies_in_its_segment_in_order_and_confidence_is_a_probability(
            text in "([a-zA-Zé’']{1,9}[ ,.!\n]{1,2}){0,25}",
        ) {
            let model = model();
            let segments = crate::clauses::split(&text);
            let input = ResponseInput { text: &text, question: "", polarity: Polarity::Improve, reading: None };
            let coded = model.code(&input, &segments, &mut Scratch::default());
            prop_assert_eq!(coded.segments.len(), segments.len());
            for (span, segment) in segments.iter().zip(&coded.segments) {
                prop_assert!(segment.themes.len() <= MOST_CODES);
                for code in &segment.themes {
                    prop_assert!((0.0..=1.0).contains(&code.confidence));
                    prop_assert!((-1.0..=1.0).contains(&code.sentiment_score));
                    let mut end = span.start;
                    for part in &code.evidence {
                        prop_assert!(part.start >= end && part.end <= span.end && part.start < part.end);
                        prop_assert!(text.get(part.clone()).is_some());
                        end = part.end;
                    }
                }
            }
        }
    }
}
