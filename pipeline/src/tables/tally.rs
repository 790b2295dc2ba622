//! Counts that grow batch by batch and can be put together from parts.
//!
//! People are counted once however often they speak. Without ids each row is a person: its answers
//! follow each other, so that one open row is all the memory needed. With ids somebody may come
//! again, so that a small record is kept for each ([`super::people`]). Someone who answers in two waves is a respondent
//! in each. What may be shown of these counts is decided in [`super::disclosure`].

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use heard_models::words::{Polarity, RespondentType, Stance, Status};

use super::counts::{Counts, Layout, OUTCOMES, add, mask, part};
use super::evidence::Dimension;
use super::measured::{MeasureKey, Measured, figure};
use super::people::{People, Person, UNKNOWN};
use super::settings::MeasureStandard;
use crate::coding::CodedResponse;
use crate::vocabulary::Vocabulary;

/// What can be set about counting.
#[derive(Clone, Debug, Default)]
pub struct TallyOptions {
    /// Codings with less confidence (0..1) are not counted; 0 counts all.
    pub least_confidence: f32,
    /// What the user holds reported quantities against.
    pub standards: Vec<MeasureStandard>,
    /// The dimensions by which respondents may be weighted.
    pub weighted: Vec<Dimension>,
}

/// Mergeable counts of coded responses.
///
/// [`Tally::add`] takes responses in input order; [`Tally::merge`] puts the tally of a later part of
/// the input behind. A row's answers must not be split between tallies that are merged.
#[derive(Clone, Debug)]
pub struct Tally {
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) layout: Arc<Layout>,
    pub(super) dimensions: Arc<[Dimension]>,
    pub(super) options: TallyOptions,
    sums: Sums,
    people: People,
    open: Option<((u32, u32), Person)>,
}

/// The names that a dimension's values have been met by, in the order of meeting.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    ids: HashMap<Arc<str>, u32>,
    pub(super) names: Vec<Arc<str>>,
}

impl Names {
    fn id(&mut self, name: &str) -> u32 {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let (id, name): (u32, Arc<str>) = (self.names.len() as u32, name.into());
        self.ids.insert(name.clone(), id);
        self.names.push(name);
        id
    }
}

/// All that is added up. Values of dimensions and questions are known by the ids of `names`.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    pub(super) names: Vec<Names>,
    pub(super) values: Vec<Vec<Counts>>,
    pub(super) received: u64,
    pub(super) coded: u64,
    pub(super) respondents: Counts,
    pub(super) comments: Counts,
    /// For each codebook, respondents who raised both of two themes: row-major, first <= second.
    pub(super) pairs: Vec<Vec<u64>>,
    pub(super) status: [u64; 4],
    pub(super) languages: BTreeMap<&'static str, u64>,
    pub(super) flags: [u64; 6],
    pub(super) words: u64,
    pub(super) polarities: Vec<Polarity>,
    pub(super) stances: Vec<[u64; 5]>,
    pub(super) measures: BTreeMap<MeasureKey, Measured>,
    pub(super) outcomes: [u64; OUTCOMES],
    /// For each clause of a standard, what respondents who raised it felt.
    pub(super) clauses: Vec<[u64; 4]>,
    /// Respondents by all their values together, without those that only comments have.
    pub(super) crossed: HashMap<Box<[u32]>, u64>,
    /// The same by the dimensions that may weigh, with everything that was counted.
    pub(super) weighing: HashMap<Box<[u32]>, Counts>,
    /// Places of the dimensions that may weigh.
    pub(super) weighed: Vec<usize>,
    /// Which values occur together: shows which dimensions follow from others.
    pub(super) together: HashSet<Box<[u32]>>,
}

/// The name of the value "not stated".
pub(super) const NOT_STATED: &str = "";

impl Tally {
    /// An empty tally for a run's codebooks and breakdown columns.
    pub fn new(vocabulary: &Vocabulary, options: TallyOptions) -> Self {
        let columns = (0..vocabulary.breakdowns().len()).map(|at| Dimension::Column(at as u16));
        let dimensions: Arc<[Dimension]> = columns
            .chain([
                Dimension::RespondentType,
                Dimension::Wave,
                Dimension::Channel,
                Dimension::Month,
                Dimension::Source,
                Dimension::Polarity,
                Dimension::Question,
            ])
            .collect();
        let layout = Arc::new(Layout::new(vocabulary));
        let weighed = options.weighted.iter();
        let sums = Sums {
            weighed: weighed
                .filter_map(|weighted| dimensions.iter().position(|d| d == weighted))
                .collect(),
            clauses: vec![[0; 4]; layout.clauses],
            names: vec![Names::default(); dimensions.len()],
            values: vec![Vec::new(); dimensions.len()],
            pairs: vocabulary.codebooks().iter().map(|b| vec![0; b.themes.len().pow(2)]).collect(),
            ..Sums::default()
        };
        Self {
            layout,
            vocabulary: Arc::new(vocabulary.clone()),
            dimensions,
            options,
            sums,
            people: People::default(),
            open: None,
        }
    }

    /// Counts one answer. Answers of one row follow each other.
    pub fn add(&mut self, row: &CodedResponse) {
        let person = self.comment(row);
        let response = &row.response;
        if let Some(id) = &response.respondent_id {
            let wave = response.wave.as_deref().unwrap_or(NOT_STATED);
            let key = format!("{}\u{1f}{wave}\u{1f}{id}", response.source);
            let key = xxhash_rust::xxh3::xxh3_128(key.as_bytes());
            self.people.meet(key, person);
            return;
        }
        let key = (response.source, response.row);
        match &mut self.open {
            Some((open, known)) if *open == key => known.join(&person),
            _ => {
                self.close();
                self.open = Some((key, person));
            }
        }
    }

    /// Adds the counts of a later part of the same run.
    pub fn merge(&mut self, mut other: Self) {
        self.close();
        other.close();
        let ids = self.sums.merge(&other.sums);
        for (key, mut person) in other.people.into_memory() {
            for (value, ids) in person.values.iter_mut().zip(&ids) {
                if *value != UNKNOWN {
                    *value = ids[*value as usize];
                }
            }
            self.people.meet(key, person);
        }
    }

    /// Respondents with an informative answer, for each respondent type in table order.
    pub(super) fn roles(&self) -> [u64; RespondentType::ALL.len()] {
        let at = self.dimensions.iter().position(|d| *d == Dimension::RespondentType);
        let sums = self.settled();
        let mut roles = [0; RespondentType::ALL.len()];
        if let Some(at) = at {
            for (name, counts) in sums.names[at].names.iter().zip(&sums.values[at]) {
                let kind = RespondentType::parse(name).unwrap_or(RespondentType::Unknown);
                roles[kind as usize] += counts.base;
            }
        }
        roles
    }

    /// Lets respondents with ids lie on the disk, in this folder, when they become many. Nothing can
    /// be told of such a tally before [`Tally::settle`].
    #[must_use]
    pub fn laying_aside_in(mut self, folder: PathBuf) -> Self {
        self.people.lay_aside_in(folder);
        self
    }

    /// Ends the counting: everybody is heard out.
    ///
    /// # Errors
    /// If respondents that were laid aside cannot be read again.
    pub fn settle(&mut self) -> std::io::Result<()> {
        self.close();
        let Self { people, sums, layout, .. } = self;
        people.leave(|person| sums.person(person, layout))
    }

    /// The sums with everybody in them.
    pub(super) fn settled(&self) -> Sums {
        let mut sums = self.sums.clone();
        for person in self.people.in_memory().chain(self.open.iter().map(|(_, person)| person)) {
            sums.person(person, &self.layout);
        }
        sums
    }

    fn close(&mut self) {
        if let Some((_, person)) = self.open.take() {
            self.sums.person(&person, &self.layout);
        }
    }

    /// Counts what is counted by comment, and returns what the answer says about its person.
    fn comment(&mut self, row: &CodedResponse) -> Person {
        let response = &row.response;
        let informative = row.status == Status::Informative;
        let values = self.values(row);
        let people = values.len() - 2;
        let question = values[people + 1] as usize;
        let sums = &mut self.sums;
        sums.status[row.status as usize] += 1;
        for flag in &row.flags {
            sums.flags[*flag as usize] += 1;
        }
        if sums.polarities.len() <= question {
            sums.polarities.push(response.question.polarity);
            sums.stances.push([0; Stance::ALL.len()]);
        }
        // Who ticked an answer and wrote nothing of use is for or against, too.
        if let Some(stance) = row.stance.filter(|one| informative || *one != Stance::None) {
            sums.stances[question][stance as usize] += 1;
        }
        let mut person = Person { values, informative, ..Person::default() };
        if informative {
            for coding in &row.codings {
                if coding.confidence >= self.options.least_confidence {
                    let book = &self.layout.books[usize::from(coding.codebook)];
                    let slot = book.first as u16 + coding.theme;
                    person.felt.add(slot, mask(coding.sentiment));
                }
            }
            person.coded = !person.felt.is_empty();
            person.feeling = mask(row.sentiment);
            for outcome in &row.outcomes {
                person.outcomes |= 1 << (outcome.domain as u32 * 4 + outcome.direction as u32);
            }
            let felt = person.felt.with_groups(&self.layout);
            sums.comments.count(person.feeling, &felt, &self.layout);
            for (dimension, value) in person.values.iter().enumerate().skip(people) {
                counts(&mut sums.values[dimension], *value).count(
                    person.feeling,
                    &felt,
                    &self.layout,
                );
            }
            *sums.languages.entry(row.language).or_default() += 1;
            sums.words += u64::from(row.words);
            if !sums.together.contains(person.values.as_slice()) {
                sums.together.insert(person.values.clone().into());
            }
        }
        for measure in &row.measures {
            let key = MeasureKey::of(measure);
            sums.measures.entry(key).or_default().add(measure);
            if !person.measures.contains(&key) {
                person.measures.push(key);
            }
            let kept = |standard: &MeasureStandard| standard.kept(figure(measure));
            let mut standards = self.options.standards.iter();
            let standard = standards.find(|standard| standard.is_for(measure.measure, measure.per));
            if standard.is_some_and(|standard| !kept(standard)) && !person.beyond.contains(&key) {
                person.beyond.push(key);
            }
        }
        person.values.truncate(people);
        person
    }

    /// The ids of the answer's values, in the order of the dimensions.
    fn values(&mut self, row: &CodedResponse) -> Vec<u32> {
        let response = &row.response;
        let month = response.submitted_on.and_then(month);
        let kind = (row.respondent_type.0 != RespondentType::Unknown)
            .then(|| row.respondent_type.0.as_str());
        let source = format!("s{}", response.source);
        let mut values = Vec::with_capacity(self.dimensions.len());
        for (names, dimension) in self.sums.names.iter_mut().zip(self.dimensions.iter()) {
            let name = match dimension {
                Dimension::Column(at) => {
                    response.by.get(usize::from(*at)).and_then(Option::as_deref)
                }
                Dimension::RespondentType => kind,
                Dimension::Wave => response.wave.as_deref(),
                Dimension::Channel => Some(response.channel.as_str()),
                Dimension::Month => month.as_deref(),
                Dimension::Source => Some(source.as_str()),
                Dimension::Polarity => Some(response.question.polarity.as_str()),
                Dimension::Question => Some(response.question.text.as_str()),
            };
            values.push(name.map_or(UNKNOWN, |name| names.id(name)));
        }
        values
    }
}

impl Sums {
    /// Counts a person once, where they were heard.
    fn person(&mut self, person: &Person, layout: &Layout) {
        self.received += 1;
        for key in &person.measures {
            self.measures.entry(*key).or_default().respondents += 1;
        }
        for key in &person.beyond {
            self.measures.entry(*key).or_default().beyond += 1;
        }
        if !person.informative {
            return;
        }
        self.coded += u64::from(person.coded);
        let felt = person.felt.with_groups(layout);
        self.respondents.count(person.feeling, &felt, layout);
        let mut values = person.values.clone();
        for (dimension, value) in values.iter_mut().enumerate() {
            if *value == UNKNOWN {
                *value = self.names[dimension].id(NOT_STATED);
            }
            let counts = counts(&mut self.values[dimension], *value);
            counts.count(person.feeling, &felt, layout);
            counts.outcomes(person.outcomes);
        }
        for (clause, mask) in person.felt.clauses(layout).iter() {
            self.clauses[clause][part(mask)] += 1;
        }
        if !self.weighed.is_empty() {
            let cell: Box<[u32]> = self.weighed.iter().map(|at| values[*at]).collect();
            self.weighing.entry(cell).or_default().count(person.feeling, &felt, layout);
        }
        match self.crossed.get_mut(values.as_slice()) {
            Some(count) => *count += 1,
            None => {
                self.crossed.insert(values.into(), 1);
            }
        }
        for (book, pairs) in layout.books.iter().zip(&mut self.pairs) {
            let themes = book.group.len();
            let within = |slot: usize| (book.first..book.first_group).contains(&slot);
            for (first, _) in person.felt.iter().filter(|(slot, _)| within(*slot)) {
                let later = person.felt.iter().filter(|(slot, _)| within(*slot) && *slot >= first);
                for (second, _) in later {
                    pairs[(first - book.first) * themes + second - book.first] += 1;
                }
            }
        }
        for (at, count) in self.outcomes.iter_mut().enumerate() {
            *count += u64::from(person.outcomes >> at & 1);
        }
    }

    /// Adds later sums; for each dimension, the ids here of the ids there.
    fn merge(&mut self, other: &Self) -> Vec<Vec<u32>> {
        let mut ids = Vec::new();
        for (dimension, theirs) in other.names.iter().enumerate() {
            let mine: Vec<u32> =
                theirs.names.iter().map(|name| self.names[dimension].id(name)).collect();
            for (value, theirs) in other.values[dimension].iter().enumerate() {
                counts(&mut self.values[dimension], mine[value]).merge(theirs);
            }
            ids.push(mine);
        }
        if let Some(questions) = ids.last() {
            for (theirs, mine) in questions.iter().enumerate() {
                if self.polarities.len() <= *mine as usize {
                    self.polarities.push(other.polarities[theirs]);
                    self.stances.push([0; Stance::ALL.len()]);
                }
                add(&mut self.stances[*mine as usize], &other.stances[theirs]);
            }
        }
        for row in &other.together {
            let mine = row.iter().zip(&ids).map(|(value, ids)| match *value {
                UNKNOWN => UNKNOWN,
                value => ids[value as usize],
            });
            self.together.insert(mine.collect());
        }
        for (row, count) in &other.crossed {
            let mine = row.iter().zip(&ids).map(|(value, ids)| ids[*value as usize]);
            *self.crossed.entry(mine.collect()).or_default() += count;
        }
        for (cell, counts) in &other.weighing {
            let mine = cell.iter().zip(&self.weighed).map(|(value, at)| ids[*at][*value as usize]);
            self.weighing.entry(mine.collect()).or_default().merge(counts);
        }
        for (mine, theirs) in self.clauses.iter_mut().zip(&other.clauses) {
            add(mine, theirs);
        }
        self.received += other.received;
        self.coded += other.coded;
        self.words += other.words;
        self.respondents.merge(&other.respondents);
        self.comments.merge(&other.comments);
        for (mine, theirs) in self.pairs.iter_mut().flatten().zip(other.pairs.iter().flatten()) {
            *mine += theirs;
        }
        add(&mut self.status, &other.status);
        add(&mut self.flags, &other.flags);
        add(&mut self.outcomes, &other.outcomes);
        for (language, count) in &other.languages {
            *self.languages.entry(language).or_default() += count;
        }
        for (key, measured) in &other.measures {
            self.measures.entry(*key).or_default().merge(measured);
        }
        ids
    }
}

/// The counts of a value, made where it is new.
fn counts(values: &mut Vec<Counts>, value: u32) -> &mut Counts {
    let at = value as usize;
    if values.len() <= at {
        values.resize(at + 1, Counts::default());
    }
    &mut values[at]
}

/// `2026-11` for days since 1970-01-01; None for a day that no calendar has.
fn month(days: i32) -> Option<String> {
    let date = chrono::NaiveDate::from_epoch_days(days)?;
    Some(date.format("%Y-%m").to_string())
}
