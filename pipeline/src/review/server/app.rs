//! What the page knows: the run, the decisions, what is to be read next, and the index for searching.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use heard_models::Codebook;
use heard_models::words::{Sentiment, Status};
use minijinja::Environment;
use rusqlite::Connection;

use super::Options;
use crate::coding::{CodedResponse, Flag};
use crate::report::Drawn;
use crate::review::decision::{Code, Codes, State};
use crate::review::decisions::Decisions;
use crate::review::key::Key;
use crate::review::log::Desk;
use crate::review::stored::{About, Run};
use crate::review::{Error, SMALL, Study, apply, masked, place, recode, study};

/// An answer with more words, or with so many themes, is read among the long ones.
const LONG_WORDS: u32 = 120;
const MANY_THEMES: usize = 4;
/// Seconds for a response before anyone's pace is known.
const USUAL_PACE: f64 = 40.0;
/// A longer pause between two decisions is a break.
const BREAK: f64 = 600.0;

/// What is to be read, in the order in which it is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Queue {
    Safeguarding,
    Personal,
    Unsure,
    Long,
    Sample,
    Twice,
    Differing,
    Skipped,
    All,
}

impl Queue {
    pub(super) const ALL: [Self; 9] = [
        Self::Safeguarding,
        Self::Personal,
        Self::Unsure,
        Self::Long,
        Self::Sample,
        Self::Twice,
        Self::Differing,
        Self::Skipped,
        Self::All,
    ];

    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Safeguarding => "safeguarding",
            Self::Personal => "personal",
            Self::Unsure => "unsure",
            Self::Long => "long",
            Self::Sample => "sample",
            Self::Twice => "twice",
            Self::Differing => "differing",
            Self::Skipped => "skipped",
            Self::All => "all",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Safeguarding => "May tell of harm",
            Self::Personal => "May still hold personal data",
            Self::Unsure => "Unassigned, or the model is unsure",
            Self::Long => "Long, or with many themes",
            Self::Sample => "Random sample for the accuracy",
            Self::Twice => "For every coder, each alone",
            Self::Differing => "Coders differ",
            Self::Skipped => "Skipped",
            Self::All => "Every answer, in the order of the files",
        }
    }

    pub(super) fn why(self) -> &'static str {
        match self {
            Self::Safeguarding => {
                "Read these the same day. Say for each whether someone must act on it."
            }
            Self::Personal => {
                "Something that names a person may have been missed. Mask it, or say that there is nothing."
            }
            Self::Unsure => {
                "Points that no theme was given, and codes below the run's threshold: here a person mends most."
            }
            Self::Long => "Much is said in these, so there is more to get wrong.",
            Self::Sample => {
                "Drawn by lot before anyone read, by channel. You code these without seeing the model's codes, so that its accuracy can be told honestly."
            }
            Self::Twice => {
                "Drawn by lot, apart from the other sample. Two or more people code these, each without seeing the model's codes or anyone else's; then `heard agree` says how far they agree."
            }
            Self::Differing => "Two people gave different codes. Settle which count.",
            Self::Skipped => "You put these off.",
            Self::All => "From the first to the last.",
        }
    }

    pub(super) fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.id() == id)
    }
}

/// The page's memory.
pub struct App {
    pub(super) run: Run,
    pub(super) decisions: Decisions,
    pub(super) me: String,
    pub(super) desk: Desk,
    pub(super) codebook: Option<Codebook>,
    pub(super) templates: Environment<'static>,
    pub(super) index: Connection,
    pub(super) choices: Vec<super::explore::Choice>,
    /// Rows of the random sample's order, one for each distinct answer.
    drawn: Vec<u32>,
    /// The rows of the sample itself.
    sample: HashSet<u32>,
    /// Rows that every coder is to code alone, in the order in which they were drawn.
    twice: Vec<u32>,
    /// Entries in the list of changes to the codebook that are taken in.
    changes: usize,
    pub(super) target: usize,
    queues: HashMap<Queue, (i64, usize, Arc<Vec<u32>>)>,
    /// A sentence for the next page.
    pub(super) notice: Option<String>,
    /// Charts and figures, and after which decision they were made.
    pub(super) live: Option<(i64, Arc<Live>)>,
    /// Masks that the tables do not hold yet.
    to_write: bool,
    pub(super) writing: Writing,
    /// Whether this page is part of the one for the whole job.
    pub(super) in_job: bool,
}

/// How far masks have got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    Idle,
    Busy,
    Failed,
}

/// The results as they stand.
pub(super) struct Live {
    pub(super) evidence: crate::tables::Evidence,
    pub(super) drawn: Vec<Drawn>,
    pub(super) accuracy: study::Accuracy,
}

impl App {
    /// Reads the run and its decisions.
    pub fn open(options: &Options) -> Result<Self, Error> {
        let restricted = options.dir.join(crate::folder::RESTRICTED);
        // A folder that is no run is told before anything is written into it.
        About::read(&options.dir)?;
        masked::recover(&restricted)?;
        let decisions = Decisions::open(&restricted)?;
        let run = Run::read(&options.dir, &decisions)?;
        let target = crate::review::target(&decisions)?;
        let mut study = Study::new(decisions.secret());
        for row in &run.rows {
            study.add(&row.coded, row.key, decisions.state(row.key), &run.about.vocabulary);
        }
        let drawn = study.order();
        let drawn = drawn.iter().filter_map(|key| run.places.get(key)?.first().copied());
        let drawn: Vec<u32> = drawn.collect();
        let sample = drawn.iter().take(target).copied().collect();
        let twice = crate::review::twice(&run, &decisions)?;
        let twice = twice.iter().filter_map(|key| run.places.get(key)?.first().copied()).collect();
        let changes = recode::entries(&decisions)?;
        let desk = Desk {
            who: options.coder.clone(),
            model: run.about.model(),
            codebook: run.about.codebook(),
        };
        let codebook = recode::codebook(&run.about, &recode::standing(&changes))?;
        let codebook = codebook.map(|(codebook, _)| codebook);
        let to_write = run.rows.iter().any(|row| {
            let masks = &decisions.state(row.key).masks;
            !masks.is_empty() && {
                let mut coded = row.coded.clone();
                apply::mask(&mut coded, masks, &row.moves);
                coded.response.text != row.coded.response.text
            }
        });
        let index = super::explore::index(&run, &decisions)?;
        let choices = super::explore::choices(&run);
        let mut app = Self {
            run,
            decisions,
            me: options.coder.clone(),
            desk,
            codebook,
            templates: super::pages::templates()?,
            index,
            choices,
            drawn,
            sample,
            twice,
            changes: changes.len(),
            target,
            queues: HashMap::new(),
            notice: None,
            live: None,
            to_write,
            writing: Writing::Idle,
            in_job: false,
        };
        // The first page is to be quick.
        for queue in Queue::ALL {
            app.rows_of(queue);
        }
        Ok(app)
    }

    /// The page leads back to that for the whole job.
    pub(crate) fn belongs_to_job(&mut self) {
        self.in_job = true;
    }

    /// Whether few enough answers were given that people read all of them.
    pub(super) fn is_small(&self) -> bool {
        self.drawn.len() < SMALL
    }

    /// Takes in what other windows and people have written.
    pub(super) fn refresh(&mut self) -> Result<(), Error> {
        let before = self.decisions.last();
        if self.decisions.refresh()? {
            let acts = self.decisions.acts().iter().rev();
            let masked: Vec<Key> = acts
                .take_while(|act| act.id > before)
                .flat_map(|act| &act.changes)
                .filter(|(_, _, now)| now.name() == "mask")
                .map(|(key, ..)| *key)
                .collect();
            self.index_again(&masked)?;
        }
        if recode::entries(&self.decisions)?.len() != self.changes {
            self.reopen()?;
        }
        Ok(())
    }

    /// Reads everything anew, after the codebook was changed.
    pub(super) fn reopen(&mut self) -> Result<(), Error> {
        let dir = self.run.about.dir.clone();
        let notice = self.notice.take();
        *self = Self::open(&Options { dir, coder: self.me.clone(), port: 0 })?;
        self.notice = notice;
        Ok(())
    }

    pub(super) fn index_again(&mut self, keys: &[Key]) -> Result<(), Error> {
        for key in keys {
            for at in self.run.places.get(key).cloned().unwrap_or_default() {
                super::explore::index_row(&self.index, &self.run, &self.decisions, at as usize)?;
            }
            self.to_write = true;
        }
        Ok(())
    }

    pub(super) fn set_target(&mut self, target: usize) -> Result<(), Error> {
        self.decisions.set_fact("sample", &target.to_string())?;
        self.target = target;
        self.sample = self.drawn.iter().take(target).copied().collect();
        self.queues.clear();
        self.live = None;
        Ok(())
    }

    /// Brings masks into the tables; gives the folder where the report must be made again.
    pub(super) fn write_tables(&mut self) -> Option<PathBuf> {
        if !std::mem::take(&mut self.to_write) {
            return None;
        }
        self.writing = Writing::Busy;
        if masked::write(&self.run, &mut self.decisions).is_err() {
            self.writing = Writing::Failed;
            return None;
        }
        Some(self.run.about.dir.clone())
    }

    pub(super) fn report_made(&mut self, done: bool) {
        self.writing = if done { Writing::Idle } else { Writing::Failed };
    }

    pub(super) fn state(&self, at: usize) -> &State {
        self.decisions.state(self.run.rows[at].key)
    }

    /// Whether this coder is finished with the codes of a response.
    pub(super) fn is_done(&self, at: usize) -> bool {
        self.state(at).codes_of(&self.me).is_some_and(|codes| codes.done)
    }

    fn is_skipped(&self, at: usize) -> bool {
        self.state(at).own.get(&self.me).is_some_and(|own| own.skipped)
    }

    /// Whether a response is still to be read in a queue.
    pub(super) fn is_open(&self, queue: Queue, at: usize) -> bool {
        let coded = &self.run.rows[at].coded;
        let state = self.state(at);
        if queue == Queue::Skipped {
            return self.is_skipped(at) && !self.is_done(at);
        }
        // That somebody put an answer off does not say that nobody comes to harm.
        match queue {
            Queue::Safeguarding => {
                return coded.flags.contains(&Flag::SafeguardingReview)
                    && state.safeguarding.is_none();
            }
            Queue::Personal => {
                return coded.flags.contains(&Flag::PiiResidual) && state.personal.is_none();
            }
            _ => {}
        }
        if self.is_skipped(at) {
            return false;
        }
        match queue {
            Queue::Differing => state.settled.is_none() && differ(state),
            _ => !self.is_done(at),
        }
    }

    fn belongs(queue: Queue, coded: &CodedResponse, state: &State) -> bool {
        let of_book = || coded.codings.iter().filter(|c| c.codebook == 0);
        match queue {
            Queue::Safeguarding => coded.flags.contains(&Flag::SafeguardingReview),
            Queue::Personal => coded.flags.contains(&Flag::PiiResidual),
            Queue::Unsure => {
                coded.status == Status::Unassigned || of_book().any(|coding| coding.review)
            }
            Queue::Long => {
                let mut themes: Vec<u16> = of_book().map(|c| c.theme).collect();
                themes.sort_unstable();
                themes.dedup();
                coded.words > LONG_WORDS || themes.len() >= MANY_THEMES
            }
            Queue::Differing => differ(state),
            Queue::Sample | Queue::Twice | Queue::Skipped | Queue::All => true,
        }
    }

    /// The rows of a queue, open or not, one for each distinct answer.
    pub(super) fn rows_of(&mut self, queue: Queue) -> Arc<Vec<u32>> {
        // Queues that follow from the run alone are made once.
        let version = match queue {
            Queue::Differing | Queue::Skipped => self.decisions.last(),
            Queue::Unsure | Queue::Long => i64::from(self.decisions.is_blind_begun(None)),
            _ => 0,
        };
        if let Some((made, target, rows)) = self.queues.get(&queue)
            && (*made, *target) == (version, self.target)
        {
            return Arc::clone(rows);
        }
        let rows: Vec<u32> = if queue == Queue::Sample {
            self.drawn.iter().take(self.target).copied().collect()
        } else if queue == Queue::Twice {
            self.twice.clone()
        } else {
            let rows = (0_u32..).zip(&self.run.rows);
            rows.filter(|(at, row)| {
                let first = self.run.places.get(&row.key).and_then(|p| p.first()) == Some(at);
                let state = self.decisions.state(row.key);
                let skipped = || state.own.get(&self.me).is_some_and(|own| own.skipped);
                first
                    && Self::belongs(queue, &row.coded, state)
                    && !(matches!(queue, Queue::Unsure | Queue::Long) && self.is_kept_blind(*at))
                    && (queue != Queue::Skipped || skipped())
            })
            .map(|(at, _)| at)
            .collect()
        };
        let rows = Arc::new(rows);
        self.queues.insert(queue, (version, self.target, Arc::clone(&rows)));
        rows
    }

    /// How many rows of a queue are open, and how many it has.
    pub(super) fn progress(&mut self, queue: Queue) -> (usize, usize) {
        let rows = self.rows_of(queue);
        let is_closed = |at: u32| !self.is_open(queue, at as usize);
        let closed = if matches!(queue, Queue::Skipped | Queue::Differing) {
            rows.iter().filter(|at| is_closed(**at)).count()
        } else {
            // What nobody has decided anything about is open: only the others are looked at.
            let decided = self.decisions.keys();
            let decided = decided.filter_map(|(key, _)| self.run.places.get(&key)?.first());
            let is_in = |at: &u32| match queue {
                Queue::Sample => self.sample.contains(at),
                Queue::Twice => rows.contains(at),
                _ => rows.binary_search(at).is_ok(),
            };
            decided.filter(|at| is_in(at) && is_closed(**at)).count()
        };
        (rows.len() - closed, rows.len())
    }

    /// The next open row after this one, or from the beginning.
    pub(super) fn next(&mut self, queue: Queue, after: Option<usize>) -> Option<usize> {
        let rows = self.rows_of(queue);
        let from = after
            .and_then(|after| rows.iter().position(|at| *at as usize == after))
            .map_or(0, |at| at + 1);
        let (before, rest) = rows.split_at(from.min(rows.len()));
        let all = rest.iter().chain(before).map(|at| *at as usize);
        let mut open = all.filter(|at| Some(*at) != after && self.is_open(queue, *at));
        if queue == Queue::Skipped {
            return open.next();
        }
        // What was put off comes after everything else.
        let open: Vec<usize> = open.collect();
        open.iter().find(|at| !self.is_skipped(**at)).or(open.first()).copied()
    }

    /// The row beside this one, open or not.
    pub(super) fn beside(&mut self, queue: Queue, at: usize, step: i64) -> Option<usize> {
        let rows = self.rows_of(queue);
        let here = rows.iter().position(|row| *row as usize == at)?;
        let there = usize::try_from(here as i64 + step).ok()?;
        rows.get(there).map(|row| *row as usize)
    }

    /// Whether a response is coded without showing what the model or anyone else gave. Who was shown
    /// it once cannot be blind to it any more.
    pub(super) fn is_blind(&self, queue: Queue, at: usize) -> bool {
        if self.is_done(at) {
            return false;
        }
        let is_blind = match self.state(at).codes_of(&self.me) {
            Some(codes) => codes.blind,
            None => matches!(queue, Queue::Sample | Queue::Twice) || self.is_kept_blind(at as u32),
        };
        is_blind && !self.has_seen(at)
    }

    /// Whether this coder was shown the model's codes of a response; where that cannot be told, they
    /// may have been.
    pub(super) fn has_seen(&self, at: usize) -> bool {
        self.decisions.has_seen(&self.me, self.run.rows[at].key).unwrap_or(true)
    }

    /// Keeps in mind what a page shows of the model's codes, wherever these are not hidden.
    pub(super) fn saw(&mut self, rows: &[usize]) -> Result<(), Error> {
        let open = rows.iter().filter(|at| !self.is_hidden(**at));
        let keys: Vec<Key> = open.map(|at| self.run.rows[*at].key).collect();
        Ok(self.decisions.saw(&self.me, &keys)?)
    }

    /// Whether this coder is still to code a response unseen: then no page shows what the model or
    /// anyone else gave it, and no list tells.
    pub(super) fn is_hidden(&self, at: usize) -> bool {
        self.is_blind(Queue::All, at)
    }

    /// Whether a row is of the samples, which no other page may spoil by showing the model's codes. A
    /// small run may be read whole, and then nothing is estimated; but once somebody has begun with
    /// its sample, or another with what every coder codes alone, that is kept from being spoilt, too.
    fn is_kept_blind(&self, at: u32) -> bool {
        let first = self.first(at);
        let is_begun = |but| !self.is_small() || self.decisions.is_blind_begun(but);
        (self.sample.contains(&first) && is_begun(None))
            || (is_begun(Some(&self.me)) && self.twice.contains(&first))
    }

    /// The first row with the same words: they are the same answer.
    fn first(&self, at: u32) -> u32 {
        let key = self.run.rows[at as usize].key;
        self.run.places.get(&key).and_then(|rows| rows.first()).copied().unwrap_or(at)
    }

    /// Whether a list that asks for no codes shows none of an answer: it is of the samples, and this
    /// coder has neither coded it nor seen its codes. Whoever looks for words in a small run, which
    /// may be read whole, may still want to begin with its sample.
    pub(super) fn is_untold(&self, at: usize) -> bool {
        let first = self.first(at as u32);
        let is_of_samples = self.sample.contains(&first) || self.twice.contains(&first);
        is_of_samples && self.is_blind(Queue::Sample, at)
    }

    /// Answers of the sample that people decided with the model's codes in sight, or that this coder
    /// has seen with them.
    pub(super) fn spoilt(&self) -> usize {
        let spoilt = |at: &&u32| {
            let state = self.state(**at as usize);
            state.judging().is_none()
                && (state.counting().is_some() || self.has_seen(**at as usize))
        };
        self.sample.iter().filter(spoilt).count()
    }

    /// Whether a page is for settling what counts, where coders differ.
    pub(super) fn settles(queue: Queue, blind: bool) -> bool {
        queue == Queue::Differing && !blind
    }

    /// The codes that a page is about: those that count where coders differ, elsewhere this coder's
    /// own, else the model's, and none where they are to find their own.
    fn codes(&self, queue: Queue, at: usize, blind: bool) -> Codes {
        let state = self.state(at);
        let settling = Self::settles(queue, blind);
        let settled = state.settled.as_ref().filter(|_| settling);
        let counting = || state.counting().filter(|_| settling).map(|(_, codes)| codes);
        let own = settled.or_else(|| state.codes_of(&self.me)).or_else(counting);
        own.cloned().unwrap_or_else(|| self.models(at, blind))
    }

    /// A response as this coder sees it: masked, with the codes that the page is about.
    pub(super) fn shown(&self, queue: Queue, at: usize, blind: bool) -> (CodedResponse, Codes) {
        let row = &self.run.rows[at];
        let state = self.state(at);
        let mut coded = row.coded.clone();
        let before = coded.response.text.clone();
        apply::mask(&mut coded, &state.masks, &row.moves);
        let moves = apply::all_moves(&before, &coded.response.text, &row.moves);
        apply::flags(&mut coded, state);
        if blind {
            // Marks under the model's words would tell that it gave the same theme.
            coded.codings.retain(|coding| coding.codebook != 0);
        }
        let codes = self.codes(queue, at, blind);
        apply::code(&mut coded, &self.me, &codes, &moves, &self.run.about.vocabulary);
        (coded, codes)
    }

    /// The model's codes as a person would have given them, or its segments alone.
    pub(super) fn models(&self, at: usize, blind: bool) -> Codes {
        let row = &self.run.rows[at];
        let text = row.coded.response.text.as_str();
        let offsets = crate::encode::ScalarOffsets::new(text);
        let back = |byte: usize, end: bool| place::backward(&row.moves, offsets.at(byte), end);
        let segments =
            row.coded.segments.iter().map(|r| (back(r.start, false), back(r.end, true))).collect();
        let vocabulary = &self.run.about.vocabulary;
        let codings = row.coded.codings.iter().filter(|c| c.codebook == 0 && !blind);
        let codes = codings
            .map(|c| Code {
                segment: c.segment,
                theme: vocabulary.theme(0, c.theme).id.clone(),
                sentiment: c.sentiment,
            })
            .collect();
        Codes { segments, codes, blind, done: false }
    }

    /// The themes that stand for a row, with what is felt about each: people's, else the model's.
    pub(super) fn themes(&self, at: usize) -> Vec<(u16, Sentiment)> {
        let row = &self.run.rows[at];
        match self.decisions.state(row.key).counting() {
            Some((_, codes)) => study::by_person(codes, &self.run.about.vocabulary),
            None => study::by_model(&row.coded),
        }
    }

    /// Seconds that this coder takes for a response, by their own decisions.
    pub(super) fn pace(&self) -> (f64, bool) {
        let mut gaps: Vec<f64> = Vec::new();
        let mut last: Option<chrono::DateTime<chrono::Utc>> = None;
        for act in self.decisions.acts().iter().filter(|act| act.who == self.me) {
            let finished = act.changes.iter().any(|(_, _, now)| {
                matches!(now, crate::review::decision::Change::Codes(Some(codes)) if codes.done)
            });
            let Ok(at) = act.at.parse::<chrono::DateTime<chrono::Utc>>() else { continue };
            if finished {
                if let Some(last) = last {
                    let gap = (at - last).num_milliseconds() as f64 / 1000.0;
                    if gap < BREAK {
                        gaps.push(gap);
                    }
                }
                last = Some(at);
            }
        }
        if gaps.len() < 5 {
            return (USUAL_PACE, false);
        }
        gaps.sort_by(f64::total_cmp);
        (gaps[gaps.len() / 2].max(1.0), true)
    }

    /// The results with every decision, drawn again where anything changed.
    pub(super) fn live(&mut self) -> Result<Arc<Live>, Error> {
        let version = self.decisions.last();
        if let Some((made, live)) = &self.live
            && *made == version
        {
            return Ok(Arc::clone(live));
        }
        let vocabulary = &self.run.about.vocabulary;
        let manifest = &self.run.about.manifest;
        let options =
            crate::tables::settings::options(vocabulary, &manifest.standards, &manifest.population);
        let mut tally = crate::tables::Tally::new(vocabulary, options);
        let mut study = Study::new(self.decisions.secret());
        for (at, row) in self.run.rows.iter().enumerate() {
            let state = self.decisions.state(row.key);
            study.add(&row.coded, row.key, state, vocabulary);
            if *state == State::default() {
                tally.add(&row.coded);
            } else {
                tally.add(&self.run.decided(at, &self.decisions));
            }
        }
        let evidence = crate::tables::evidence(
            &tally,
            &crate::tables::Facts {
                invited: manifest.invited,
                profile: crate::tables::Profile::parse(&manifest.suppress).unwrap_or_default(),
                reviewed: false,
                redactions: manifest.redactions.clone(),
                unprocessed: manifest.unprocessed.clone(),
                population: manifest.population.clone(),
            },
        );
        let drawn = crate::report::draw(&evidence, manifest.charts)
            .map_err(|error| Error::Refused(error.to_string()))?;
        let accuracy = study.figures(self.target, vocabulary);
        let live = Arc::new(Live { evidence, drawn, accuracy });
        self.live = Some((version, Arc::clone(&live)));
        Ok(live)
    }
}

/// Whether two coders who are finished gave other themes, or other feelings.
pub(super) fn differ(state: &State) -> bool {
    let said = |codes: &Codes| {
        let mut said: Vec<(String, &str)> =
            codes.codes.iter().map(|c| (c.theme.clone(), c.sentiment.as_str())).collect();
        said.sort_unstable();
        said.dedup();
        said
    };
    let mut coders = state.coders().map(|(_, codes)| said(codes));
    let Some(first) = coders.next() else { return false };
    coders.any(|other| other != first)
}
