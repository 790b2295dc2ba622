//! What a run found, ready to be shown: plain figures after disclosure control.
//!
//! Tables, charts and reports are drawn from these types and from nothing else, so that a figure
//! that was hidden cannot come back by another door. How they are counted is `super::Tally`'s
//! business, what may be shown is [`super::disclosure`]'s. Every share is 0..1; every interval is a
//! 95% Wilson interval; a `None` number is one that disclosure control hides.

use heard_models::words::{Direction, Domain, Polarity, Sentiment, Stance};
use serde::Serialize;

pub use super::disclosure::Profile;

/// A number of people, comments or things; None where disclosure control hides it.
pub type Number = Option<u64>;

/// A count out of a base with its share and interval, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Cell {
    /// May be read. Under profile `nhs` count and base are rounded to 5 and the rest follows them.
    Shown {
        /// How many.
        count: u64,
        /// Out of how many.
        base: u64,
        /// `count / base`, 0..1; 0 where the base is 0.
        share: f64,
        /// Lower end of the 95% interval, 0..1.
        low: f64,
        /// Upper end, 0..1.
        high: f64,
    },
    /// Hidden: too few people, or another hidden figure could be worked out from it.
    Hidden,
}

impl Cell {
    /// A cell that may be read, with its share and interval.
    pub fn shown(count: u64, base: u64) -> Self {
        let (low, high) = super::intervals::wilson(count, base);
        Self::Shown { count, base, share: super::intervals::share(count, base), low, high }
    }

    /// The count; None where hidden.
    pub const fn count(&self) -> Option<u64> {
        match self {
            Self::Shown { count, .. } => Some(*count),
            Self::Hidden => None,
        }
    }

    /// The base; None where hidden.
    pub const fn base(&self) -> Option<u64> {
        match self {
            Self::Shown { base, .. } => Some(*base),
            Self::Hidden => None,
        }
    }

    /// The share, 0..1; None where hidden.
    pub const fn share(&self) -> Option<f64> {
        match self {
            Self::Shown { share, .. } => Some(*share),
            Self::Hidden => None,
        }
    }

    /// The 95% interval, 0..1; None where hidden.
    pub const fn interval(&self) -> Option<(f64, f64)> {
        match self {
            Self::Shown { low, high, .. } => Some((*low, *high)),
            Self::Hidden => None,
        }
    }
}

/// What was felt, each respondent or comment in exactly one part; shares are of those who raised it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Split {
    /// Praise only.
    pub positive: Cell,
    /// Complaint only.
    pub negative: Cell,
    /// Both.
    pub mixed: Cell,
    /// Neither.
    pub neutral: Cell,
}

impl Split {
    /// Nothing may be read.
    pub const HIDDEN: Self = Self {
        positive: Cell::Hidden,
        negative: Cell::Hidden,
        mixed: Cell::Hidden,
        neutral: Cell::Hidden,
    };

    /// The parts in table order: positive, negative, mixed, neutral.
    pub const fn parts(&self) -> [(Sentiment, Cell); 4] {
        [
            (Sentiment::Positive, self.positive),
            (Sentiment::Negative, self.negative),
            (Sentiment::Mixed, self.mixed),
            (Sentiment::Neutral, self.neutral),
        ]
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// People, each once.
    Respondents,
    /// Answers.
    Comments,
}

impl Unit {
    /// `respondents` or `comments`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Respondents => "respondents",
            Self::Comments => "comments",
        }
    }
}

/// How often a theme, a thin code or a group was raised in the whole sample, without being asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThemeRow {
    /// Machine id.
    pub id: String,
    /// What people read.
    pub label: String,
    /// Id of its group; its own id where the row is a group.
    pub group: String,
    /// Label of its group; its own label where the row is a group.
    pub group_label: String,
    /// Respondents who raised it, of those who gave an informative answer.
    pub respondents: Cell,
    /// Comments that raised it, of the informative ones. Never on one axis with respondents.
    pub comments: Cell,
    /// What respondents felt about it; bases are those who raised it.
    pub sentiment: Split,
    /// What comments said about it; bases are those that raised it.
    pub comment_sentiment: Split,
}

/// Two themes raised by the same people. Pairs that are hidden or that nobody raised are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// Id of the theme that stands first in the codebook.
    pub first: String,
    /// Its label.
    pub first_label: String,
    /// Id of the other theme.
    pub second: String,
    /// Its label.
    pub second_label: String,
    /// Respondents who raised both, of those who gave an informative answer.
    pub respondents: Cell,
    /// How many times as often as if the two had nothing to do with each other; from shown figures.
    pub lift: f64,
}

/// What a breakdown is by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Who speaks.
    RespondentType,
    /// A `--by` column, by its place among them.
    Column(u16),
    /// Wave of the survey.
    Wave,
    /// Month of answering, `2026-11`.
    Month,
    /// Survey, testimony, letter, transcript.
    Channel,
    /// Source, `s1`.
    Source,
    /// What the question asks for.
    Polarity,
    /// The question as asked.
    Question,
}

/// One value of a breakdown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BreakdownValue {
    /// What people read: the value, `Not stated` or `Other (small groups)`.
    pub label: String,
    /// Respondents (or comments) with an informative answer; never hidden, small ones are merged.
    pub base: u64,
    /// Its share of all.
    pub share: f64,
    /// How many values were put together; 1 for most.
    pub merged: usize,
    /// Whether it is one value that was stated, so that it can be spoken of: not where none is known,
    /// and not for small ones together.
    pub named: bool,
}

/// A figure that is withheld and may be less than this is one of few, under every profile.
pub const FEW: u64 = 5;

/// A theme among those of one value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BreakdownCell {
    /// Those who raised it.
    pub raised: Cell,
    /// Where they are hidden, the least and the most that they can be by what is shown beside them.
    pub between: Option<(u64, u64)>,
    /// What they felt.
    pub sentiment: Split,
}

impl BreakdownCell {
    /// Whether it says more than that there are few, or none.
    pub fn tells(&self) -> bool {
        self.raised != Cell::Hidden || self.between.is_some_and(|(least, _)| least >= FEW)
    }
}

/// A theme across the values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BreakdownRow {
    /// Machine id of the theme.
    pub id: String,
    /// What people read.
    pub label: String,
    /// Id of its group.
    pub group: String,
    /// The whole sample in this breakdown's unit.
    pub all: Cell,
    /// One for each of [`Breakdown::values`], in their order.
    pub cells: Vec<BreakdownCell>,
}

/// Themes by the values of one breakdown. There is none where fewer than two values are large enough.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Breakdown {
    /// Machine id: `respondent_type`, `by_provider`, `wave`, `question`, ...
    pub id: String,
    /// What people read: `Who speaks`, `Provider`, ...
    pub label: String,
    /// What it is by.
    pub dimension: Dimension,
    /// What is counted.
    pub unit: Unit,
    /// The values, largest base first (waves, months and what lies on a scale in their order), not
    /// stated and small groups last.
    pub values: Vec<BreakdownValue>,
    /// What was felt on the whole, one for each value.
    pub feeling: Vec<Split>,
    /// The themes that anybody raised, in the order of [`CodebookEvidence::themes`]; no thin codes.
    /// A theme whose small figures nothing could protect is left out.
    pub rows: Vec<BreakdownRow>,
}

/// Everything that is counted by theme, for one codebook.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodebookEvidence {
    /// Machine id.
    pub id: String,
    /// What people read.
    pub title: String,
    /// Version.
    pub version: String,
    /// Themes, most raised first (by respondents; ties in codebook order).
    pub themes: Vec<ThemeRow>,
    /// Groups, most raised first.
    pub groups: Vec<ThemeRow>,
    /// Thin codes, apart: praise and complaint without a reason.
    pub thin: Vec<ThemeRow>,
    /// By the `--by` columns, respondent type, wave, question or polarity, channel, month, source;
    /// of two that follow from each other (month and wave) the first only.
    pub breakdowns: Vec<Breakdown>,
    /// Pairs of themes, most frequent first.
    pub pairs: Vec<Pair>,
    /// What the themes say of other people's standards, in the codebook's order.
    pub standards: Vec<StandardEvidence>,
}

/// A standard beside the themes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StandardEvidence {
    /// Machine id: `nice`, `cqc`, ...
    pub id: String,
    /// What people read.
    pub title: String,
    /// True where the match of themes and clauses is a judgement of best fit.
    pub best_fit: bool,
    /// The clauses, the one raised by most people first.
    pub clauses: Vec<ClauseRow>,
}

/// A clause of a standard: raised by who raised at least one theme that is mapped to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClauseRow {
    /// Its own number or name.
    pub id: String,
    /// What people read.
    pub label: String,
    /// Labels of the themes that are mapped to it.
    pub themes: Vec<String>,
    /// Respondents who raised it.
    pub respondents: Cell,
    /// What they felt about those themes together.
    pub sentiment: Split,
}

/// Who responded beside who receives care, by one breakdown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Represented {
    /// Machine id of the breakdown.
    pub id: String,
    /// What people read.
    pub label: String,
    /// Its values.
    pub rows: Vec<RepresentedRow>,
    /// Respondents of values that the population does not know, not stated among them.
    pub left_out: u64,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RepresentedRow {
    /// What people read.
    pub label: String,
    /// Respondents, of those whose value the population knows.
    pub respondents: Cell,
    /// People who receive care.
    pub people: u64,
    /// Their share of all, 0..1.
    pub people_share: f64,
}

/// What the figures would be if respondents were like those who receive care, in the columns that
/// are known and in nothing else.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Weighted {
    /// Labels of the columns.
    pub columns: Vec<String>,
    /// Respondents with a weight.
    pub respondents: u64,
    /// By how much the weights widen every interval's variance (Kish).
    pub design_effect: f64,
    /// As many unweighted respondents would tell as much.
    pub effective: u64,
    /// The least weight, where 1 is usual.
    pub least: f64,
    /// The largest.
    pub most: f64,
    /// The themes, in the order of [`CodebookEvidence::themes`].
    pub rows: Vec<WeightedRow>,
}

/// A theme, unweighted and weighted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeightedRow {
    /// Machine id.
    pub id: String,
    /// What people read.
    pub label: String,
    /// As counted.
    pub unweighted: Cell,
    /// Share to whole points with its 95% interval, 0..1; None where a figure in it is hidden.
    pub weighted: Option<(f64, f64, f64)>,
}

/// A share month by month with its natural process limits (`XmR`).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Process {
    /// Machine id: `criticism` or a theme's.
    pub id: String,
    /// What people read.
    pub label: String,
    /// Mean of the months, 0..1.
    pub centre: f64,
    /// Mean moving range.
    pub moving: f64,
    /// Lower natural process limit.
    pub lower: f64,
    /// Upper natural process limit.
    pub upper: f64,
    /// The months in order.
    pub points: Vec<ProcessPoint>,
}

/// One month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProcessPoint {
    /// `2026-11`.
    pub month: String,
    /// The share.
    pub cell: Cell,
    /// Whether it stands out.
    pub signal: Option<Signal>,
}

/// Why a month stands out from the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Above the upper limit.
    Above,
    /// Below the lower limit.
    Below,
    /// The eighth month or later in a row on one side of the centre.
    Run,
}

impl Signal {
    /// The spelling used in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
            Self::Run => "run",
        }
    }
}

/// Something that people spoke of and the codebook has no theme for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unnamed {
    /// Its number, the largest first.
    pub number: u64,
    /// Words that it has in common and that enough people used.
    pub terms: Vec<String>,
    /// Respondents who spoke of it.
    pub respondents: Number,
    /// Passages.
    pub passages: Number,
}

/// How the numbers that people gave stand to a standard that the user set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Against {
    /// "at most 30 minutes".
    pub standard: String,
    /// The limit itself.
    pub limit: f64,
    /// True where the number may not be more than the limit.
    pub at_most: bool,
    /// Respondents all of whose numbers keep to it, of those who gave one.
    pub kept: Cell,
    /// Respondents with a number that does not.
    pub beyond: Cell,
}

impl CodebookEvidence {
    /// The breakdown by this dimension, if there is one.
    pub fn breakdown(&self, dimension: Dimension) -> Option<&Breakdown> {
        self.breakdowns.iter().find(|b| b.dimension == dimension)
    }
}

/// A plain count of a named thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Machine id.
    pub id: String,
    /// What people read.
    pub label: String,
    /// How many.
    pub number: Number,
}

/// Who was heard by one dimension: those with an informative answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Heard {
    /// Machine id of the dimension.
    pub id: String,
    /// What people read.
    pub label: String,
    /// What it is by.
    pub dimension: Dimension,
    /// What is counted.
    pub unit: Unit,
    /// The values, as in [`Breakdown::values`].
    pub values: Vec<BreakdownValue>,
}

/// From the people who were asked to the words that were coded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Funnel {
    /// People invited, where the user said.
    pub invited: Option<u64>,
    /// Respondents: people with at least one answer, a blank one included, and letters that came in as
    /// scans, which nobody could read yet.
    pub received: Number,
    /// Of these, scans that wait for somebody to type them.
    pub to_type: Number,
    /// Respondents with at least one informative answer: the base of every share of respondents.
    pub informative: Number,
    /// Respondents of these with at least one coding, a thin one included.
    pub coded: Number,
    /// `received / invited`, 0..1.
    pub response_rate: Option<f64>,
    /// Half width of the 95% interval around 50% of those who said something (the base of every
    /// share), with finite population correction, 0..1: chance alone, never who chose to reply. None
    /// where nobody was counted as invited, and for stories that people chose to tell.
    pub margin: Option<f64>,
    /// Testimonies, interviews or transcripts are among what was heard: stories that people chose to
    /// tell, of which no margin can be given.
    pub self_selected: bool,
    /// Answers of every status.
    pub answers: Number,
    /// Answers by status, in table order.
    pub status: Vec<Named>,
    /// Words in all informative answers.
    pub words: Number,
}

/// Feeling over everything that was said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Overall {
    /// By respondent: praise in one answer and complaint in another is mixed.
    pub respondents: Split,
    /// By informative comment.
    pub comments: Split,
}

/// What people report in numbers: always "of those who gave a number", never a compliance rate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeasureRow {
    /// Machine id: `visit_minutes`, `minutes_late`, ...
    pub id: String,
    /// What people read.
    pub label: String,
    /// minutes, hours, days, years, count, gbp.
    pub unit: String,
    /// day, week, month, year, where the quantity is a rate.
    pub per: Option<String>,
    /// Respondents who gave a number.
    pub respondents: Number,
    /// Numbers given.
    pub values: Number,
    /// The figures; None where too few gave a number.
    pub summary: Option<MeasureSummary>,
    /// Beside the user's own standard, where one is set.
    pub against: Option<Against>,
}

/// The spread of a measure, in its unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeasureSummary {
    /// Half gave less, half more.
    pub median: f64,
    /// A quarter gave less.
    pub lower_quartile: f64,
    /// A quarter gave more.
    pub upper_quartile: f64,
    /// Least and most; None where disclosure control hides single values.
    pub range: Option<(f64, f64)>,
    /// How the numbers are spread, for a chart; None where they are too few.
    pub bars: Option<Bars>,
}

/// The numbers given for a measure, in bars.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bars {
    /// From low to high, each beginning where the one before ends.
    pub bars: Vec<Bar>,
    /// Each bar is one whole number, its `from`.
    pub whole: bool,
    /// The last bar also holds everything above it.
    pub open_above: bool,
    /// A number on an edge is in the bar below it, and otherwise in the one above.
    pub closed_above: bool,
}

/// Numbers between two.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// How many numbers; None where that is withheld.
    pub count: Number,
}

/// What care did to one of the ASCOT domains, by respondent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutcomeRow {
    /// The domain.
    pub domain: Domain,
    /// What people read.
    pub label: String,
    /// One for each direction, in table order; a respondent can be in several.
    pub directions: Vec<(Direction, Cell)>,
}

/// Stance on one proposal, by comment. Questions that few answered are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StanceRow {
    /// The question, de-identified.
    pub question: String,
    /// One for each stance, in table order.
    pub stances: Vec<(Stance, Cell)>,
}

/// A question that was asked and how many answered it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuestionRow {
    /// The question, de-identified.
    pub question: String,
    /// What it asks for.
    pub polarity: Polarity,
    /// Informative comments.
    pub comments: Number,
    /// What they felt.
    pub sentiment: Split,
}

/// Someone's own words, de-identified, with who speaks as a role and nothing more.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quote {
    /// Id of the theme that it stands for, in the first codebook.
    pub theme: String,
    /// The theme's label.
    pub label: String,
    /// positive or negative.
    pub sentiment: Sentiment,
    /// The words.
    pub text: String,
    /// `Family member`, `Person who receives care`, `Respondent`, ...
    pub role: String,
}

/// A sentence that the tables support, with the figures in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Id of the theme.
    pub theme: String,
    /// The theme's label.
    pub label: String,
    /// "About a third of people ... (41 of 120; 95% interval 26% to 43%) ..."
    pub sentence: String,
    /// The same without figures that a first page has no room for.
    pub short: String,
    /// Whether it tells of a difference between groups or waves.
    pub differs: bool,
}

/// Everything that may be published about a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// The rules under which figures were hidden or rounded.
    pub profile: Profile,
    /// True until people have read a sample: say "Draft: coded by computer" on every page.
    pub draft: bool,
    /// Whether most of those heard work in care: it is then their work that they speak of.
    pub staff: bool,
    /// From invited to coded.
    pub funnel: Funnel,
    /// Who was heard, by each dimension with at least two values that are large enough.
    pub heard: Vec<Heard>,
    /// Feeling overall.
    pub sentiment: Overall,
    /// One for each codebook of the run; the first feeds the charts.
    pub codebooks: Vec<CodebookEvidence>,
    /// The questions, in the order in which they were first met.
    pub questions: Vec<QuestionRow>,
    /// What people report in numbers; empty rows left out.
    pub measures: Vec<MeasureRow>,
    /// What care did; domains that nobody spoke of left out.
    pub outcomes: Vec<OutcomeRow>,
    /// The same by the run's columns, who speaks and wave: rows are domains in a direction.
    pub outcomes_by: Vec<Breakdown>,
    /// Stance by proposal.
    pub stance: Vec<StanceRow>,
    /// Who responded beside who receives care, where the user said.
    pub represented: Vec<Represented>,
    /// Weighted figures beside the unweighted ones.
    pub weighted: Option<Weighted>,
    /// Month by month, where there are at least 12 months.
    pub processes: Vec<Process>,
    /// What the codebook has no theme for.
    pub unnamed: Vec<Unnamed>,
    /// Languages of the informative comments, most frequent first.
    pub languages: Vec<Named>,
    /// Flags by number of comments.
    pub flags: Vec<Named>,
    /// Redactions by kind.
    pub redactions: Vec<Named>,
    /// Rows, pages and files set aside, by reason.
    pub unprocessed: Vec<Named>,
    /// The rules, in plain sentences: disclosure control, intervals, words for shares.
    pub rules: Vec<String>,
}

impl Evidence {
    /// The run's first codebook; None where the run had none.
    pub fn main(&self) -> Option<&CodebookEvidence> {
        self.codebooks.first()
    }
}
