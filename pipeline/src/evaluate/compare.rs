//! People beside the model, response by response: every figure, its interval, and what differs.
//!
//! Where several people coded a response, the reference is what most of them said, ties by the
//! first. Themes are those of the whole response. One function computes all figures from the weight
//! of each response; with weights of one it gives the figures, with drawn weights their intervals.

use std::collections::BTreeMap;

use heard_models::examples::{LabelledResponse, roll_up};
use heard_models::words::{RespondentType, Sentiment, Stance, Status};
use serde::Serialize;

use super::Disagreement;
use super::matching::Matched;
use super::stored::Given;
use crate::agreement::{Calibration, Counts, Interval, Matrix, bootstrap, calibration, mean};
use crate::coded;
use crate::vocabulary::CodebookNames;

/// A figure with its interval.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// precision, recall, f1, kappa, accuracy, ...
    pub measure: String,
    /// A theme's id, `themes` for all of them, or what was told: sentiment, status, ...
    pub label: String,
    /// Responses that carry the label in people's codes, or that could be compared.
    pub support: usize,
    /// The figure; None where there is nothing to tell it from.
    pub value: Option<f64>,
    /// Its 95% interval over responses; None where every resample gave the same.
    pub interval: Option<Interval>,
}

/// How often a theme was given.
#[derive(Clone, Debug, Serialize)]
pub struct Label {
    /// Id of the theme.
    pub theme: String,
    /// Its name for people.
    pub label: String,
    /// True for codes that give no reason.
    pub thin: bool,
    /// Responses to which people gave it.
    pub people: usize,
    /// Responses to which the model gave it.
    pub model: usize,
    /// Responses to which both gave it.
    pub both: usize,
}

/// People's labels against the model's, for labels of one kind.
#[derive(Clone, Debug, Serialize)]
pub struct Confusion {
    /// sentiment, status, ...
    pub task: &'static str,
    /// The labels.
    pub labels: Vec<String>,
    /// A row for each label that people gave, a column for each that the model gave.
    pub counts: Vec<Vec<usize>>,
}

/// Labels of which a response has one: (name, number of labels).
const TASKS: [(&str, usize); 6] = [
    ("sentiment", 4),
    ("sentiment_level", 5),
    ("status", 4),
    ("stance", 5),
    ("respondent_type", 8),
    ("theme_sentiment", 4),
];
const LEVEL: usize = 1;
const THEME_SENTIMENT: usize = 5;

/// A response as it is compared.
struct Pair<'a> {
    id: &'a str,
    text: &'a str,
    /// Themes by people, with their feelings and how many of the coders gave them.
    due: BTreeMap<usize, Option<Sentiment>>,
    given: &'a BTreeMap<usize, Given>,
    votes: BTreeMap<usize, usize>,
    coders: usize,
    /// (task, people's label, model's label).
    told: Vec<(usize, usize, usize)>,
    /// Whether people and the model want it read today.
    safeguarding: Option<(bool, bool)>,
}

/// Everything that is compared.
pub(super) struct Study<'a> {
    pairs: Vec<Pair<'a>>,
    book: &'a CodebookNames,
}

fn place<T: PartialEq>(all: &[T], value: &T) -> usize {
    all.iter().position(|v| v == value).unwrap_or_default()
}

impl<'a> Study<'a> {
    pub(super) fn new(
        matched: &'a [Matched<'a>],
        book: &'a CodebookNames,
        neutral_with_mixed: bool,
    ) -> Self {
        let pairs = matched.iter().map(|m| Pair::new(m, neutral_with_mixed)).collect();
        Self { pairs, book }
    }

    /// What the figures are called, in the order of [`measure`](Self::measure).
    fn names(&self) -> Vec<(&'static str, String)> {
        let mut names = Vec::new();
        for theme in &self.book.themes {
            names.extend(["precision", "recall", "f1", "kappa"].map(|m| (m, theme.id.clone())));
        }
        let over = [
            "micro_precision",
            "micro_recall",
            "micro_f1",
            "macro_f1",
            "mean_kappa",
            "exact_match",
        ];
        names.extend(over.map(|m| (m, "themes".to_owned())));
        for (task, _) in TASKS {
            names.extend(["accuracy", "kappa", "weighted_kappa"].map(|m| (m, task.to_owned())));
        }
        names.extend(["precision", "recall", "f1"].map(|m| (m, "safeguarding_review".to_owned())));
        names
    }

    /// Every figure, each response counting by its weight.
    fn measure(&self, weights: &[u32]) -> Vec<f64> {
        let themes = self.book.themes.len();
        let mut counts = vec![Counts::default(); themes];
        let mut tasks: Vec<Matrix> = TASKS.iter().map(|(_, size)| Matrix::new(*size)).collect();
        let (mut safeguarding, mut exact, mut total) = (Counts::default(), 0.0, 0.0);
        for (pair, weight) in self.pairs.iter().zip(weights).filter(|(_, weight)| **weight > 0) {
            let weight = f64::from(*weight);
            total += weight;
            let mut same = true;
            for theme in pair.due.keys() {
                counts[*theme].add(true, pair.given.contains_key(theme), weight);
                same &= pair.given.contains_key(theme) || self.book.themes[*theme].thin;
            }
            for theme in pair.given.keys().filter(|t| !pair.due.contains_key(t)) {
                counts[*theme].add(false, true, weight);
                same &= self.book.themes[*theme].thin;
            }
            exact += if same { weight } else { 0.0 };
            for (task, due, given) in &pair.told {
                tasks[*task].add(*due, *given, weight);
            }
            if let Some((due, given)) = pair.safeguarding {
                safeguarding.add(due, given, weight);
            }
        }
        let mut figures = Vec::new();
        let (mut micro, mut f1s, mut kappas) = (Counts::default(), Vec::new(), Vec::new());
        for (theme, c) in self.book.themes.iter().zip(&counts) {
            let mut matrix = Matrix::new(2);
            matrix.add(1, 1, c.both);
            matrix.add(0, 1, c.given_only);
            matrix.add(1, 0, c.due_only);
            matrix.add(0, 0, total - c.both - c.given_only - c.due_only);
            figures.extend([c.precision(), c.recall(), c.f1(), matrix.kappa()]);
            if !theme.thin {
                micro = micro.plus(*c);
                // Themes that people gave nowhere have no say in the mean.
                if c.support() > 0.0 {
                    f1s.push(c.f1());
                    kappas.push(matrix.kappa());
                }
            }
        }
        figures.extend([micro.precision(), micro.recall(), micro.f1()]);
        figures.extend([mean(f1s.into_iter()), mean(kappas.into_iter()), exact / total]);
        for (task, matrix) in tasks.iter().enumerate() {
            let ordered = if task == LEVEL { matrix.weighted_kappa() } else { f64::NAN };
            figures.extend([matrix.accuracy(), matrix.kappa(), ordered]);
        }
        figures.extend([safeguarding.precision(), safeguarding.recall(), safeguarding.f1()]);
        figures
    }

    /// Every figure that can be told, with its interval.
    pub(super) fn figures(&self) -> Vec<Figure> {
        let values = self.measure(&vec![1; self.pairs.len()]);
        let intervals = bootstrap(self.pairs.len(), |weights| self.measure(weights));
        let themes: BTreeMap<String, usize> =
            self.labels().into_iter().map(|l| (l.theme, l.people)).collect();
        let named = self.names().into_iter().zip(values).zip(intervals);
        named
            .map(|(((measure, label), value), interval)| {
                let support = themes.get(&label).copied().unwrap_or_else(|| self.support(&label));
                let value = value.is_finite().then_some(value);
                // All right or all wrong: drawing the same cases again tells nothing of others.
                let interval = interval.filter(|i| value.is_some() && i.low < i.high);
                Figure { measure: measure.to_owned(), label, support, value, interval }
            })
            // Nothing was asked of people there.
            .filter(|figure| figure.value.is_some() || themes.contains_key(&figure.label))
            .collect()
    }

    /// Cases of a figure that is no theme's.
    fn support(&self, label: &str) -> usize {
        match TASKS.iter().position(|task| task.0 == label) {
            Some(task) => self.pairs.iter().flat_map(|p| &p.told).filter(|t| t.0 == task).count(),
            None if label == "safeguarding_review" => {
                self.pairs.iter().filter(|p| p.safeguarding.is_some_and(|s| s.0)).count()
            }
            None => self.pairs.len(),
        }
    }

    pub(super) fn labels(&self) -> Vec<Label> {
        let count = |has: &dyn Fn(&Pair) -> bool| self.pairs.iter().filter(|p| has(p)).count();
        let themes = self.book.themes.iter().enumerate();
        themes
            .map(|(i, theme)| Label {
                theme: theme.id.clone(),
                label: theme.label.clone(),
                thin: theme.thin,
                people: count(&|p| p.due.contains_key(&i)),
                model: count(&|p| p.given.contains_key(&i)),
                both: count(&|p| p.due.contains_key(&i) && p.given.contains_key(&i)),
            })
            .collect()
    }

    pub(super) fn confusions(&self) -> Vec<Confusion> {
        let words = |task: usize| -> Vec<String> {
            let all = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
            match task {
                0 | THEME_SENTIMENT => all(Sentiment::ALL.iter().map(|s| s.as_str()).collect()),
                LEVEL => (-2..=2).map(|level: i8| level.to_string()).collect(),
                2 => all(Status::ALL.iter().map(|s| s.as_str()).collect()),
                3 => all(Stance::ALL.iter().map(|s| s.as_str()).collect()),
                _ => all(RespondentType::ALL.iter().map(|s| s.as_str()).collect()),
            }
        };
        let tasks = TASKS.iter().enumerate().filter_map(|(task, (name, size))| {
            let mut counts = vec![vec![0; *size]; *size];
            for (_, due, given) in self.pairs.iter().flat_map(|p| &p.told).filter(|t| t.0 == task) {
                counts[*due][*given] += 1;
            }
            let any = counts.iter().flatten().any(|n| *n > 0);
            any.then(|| Confusion { task: name, labels: words(task), counts })
        });
        tasks.collect()
    }

    /// Whether confidences mean what they say: a theme of a response is right where people gave it.
    pub(super) fn calibration(&self) -> Option<Calibration> {
        let codings: Vec<(f64, bool)> = self
            .pairs
            .iter()
            .flat_map(|p| {
                p.given.iter().map(|(t, g)| (f64::from(g.confidence), p.due.contains_key(t)))
            })
            .collect();
        (!codings.is_empty()).then(|| calibration(&codings))
    }

    /// What differs, the worst response first, its themes together. A theme that was missed counts
    /// one, one too many counts its confidence, an opposite feeling counts one half.
    pub(super) fn disagreements(&self) -> Vec<Disagreement> {
        let mut responses: Vec<(f32, Vec<Disagreement>)> = Vec::new();
        for pair in &self.pairs {
            let (mut weight, mut rows) = (0.0, Vec::new());
            let mut themes: Vec<usize> =
                pair.due.keys().chain(pair.given.keys()).copied().collect();
            themes.sort_unstable();
            themes.dedup();
            for theme in themes {
                let (due, given) = (pair.due.get(&theme), pair.given.get(&theme));
                weight += match (due, given) {
                    (Some(_), None) => 1.0,
                    (None, Some(given)) => given.confidence,
                    (Some(Some(due)), Some(given)) if *due != given.sentiment => 0.5,
                    _ => continue,
                };
                rows.push(Disagreement {
                    response_id: pair.id.to_owned(),
                    theme: self.book.themes[theme].id.clone(),
                    people: pair.people(theme),
                    model: given.map_or("not given", |g| g.sentiment.as_str()).to_owned(),
                    confidence: given.map(|g| g.confidence),
                    text: pair.text.to_owned(),
                });
            }
            if !rows.is_empty() {
                responses.push((weight, rows));
            }
        }
        responses.sort_by(|a, b| b.0.total_cmp(&a.0));
        responses.into_iter().flat_map(|r| r.1).collect()
    }
}

impl<'a> Pair<'a> {
    fn new(matched: &'a Matched<'a>, neutral_with_mixed: bool) -> Self {
        let row = matched.row;
        let all: Vec<LabelledResponse> =
            matched.readings.iter().map(|r| r.1.response.clone()).collect();
        let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
        for response in &all {
            for theme in super::people::themes(response) {
                *votes.entry(theme).or_default() += 1;
            }
        }
        let coders = all.len();
        let agreed = coded::agreed(all);
        let mut due: BTreeMap<usize, Option<Sentiment>> = BTreeMap::new();
        for (code, feeling) in agreed.iter().flat_map(|a| &a.segments).flat_map(|s| &s.codes) {
            let there = due.entry(*code).or_default();
            *there = roll_up(there.iter().copied().chain(*feeling));
        }
        // Numbers cannot tell neutral from mixed: there the two are one.
        let plain = |feeling: Sentiment| match feeling {
            Sentiment::Mixed if neutral_with_mixed => Sentiment::Neutral,
            other => other,
        };
        let feeling = |s: Sentiment| place(Sentiment::ALL, &plain(s));
        let readings = || matched.readings.iter().map(|r| &r.1);
        let mut told = Vec::new();
        let sentiment = coded::most(readings().filter_map(|r| r.sentiment))
            .or_else(|| agreed.as_ref().and_then(LabelledResponse::sentiment));
        told.extend(sentiment.map(|s| (0, feeling(s), feeling(row.sentiment))));
        let level = coded::most(readings().filter_map(|r| r.response.level));
        let number = |level: i8| (level + 2).clamp(0, 4) as usize;
        told.extend(level.map(|l| (LEVEL, number(l), number(row.level))));
        if let Some(agreed) = &agreed {
            let status = agreed.status.map(|s| place(Status::ALL, &s));
            told.extend(status.map(|s| (2, s, place(Status::ALL, &row.status))));
            let stance = agreed.stance.map(|s| place(Stance::ALL, &s));
            let own = place(Stance::ALL, &row.stance.unwrap_or(Stance::None));
            told.extend(stance.map(|s| (3, s, own)));
            let who = agreed.respondent.map(|r| place(RespondentType::ALL, &r));
            told.extend(who.map(|w| (4, w, place(RespondentType::ALL, &row.respondent))));
        }
        for (theme, given) in &row.themes {
            if let Some(Some(due)) = due.get(theme) {
                told.push((THEME_SENTIMENT, feeling(*due), feeling(given.sentiment)));
            }
        }
        Self {
            id: &row.id,
            text: &row.text,
            due,
            given: &row.themes,
            votes,
            coders,
            told,
            safeguarding: agreed.and_then(|a| a.safeguarding).map(|s| (s, row.safeguarding)),
        }
    }

    /// What people said of a theme, in words.
    fn people(&self, theme: usize) -> String {
        let votes = self.votes.get(&theme).copied().unwrap_or_default();
        let word = match self.due.get(&theme) {
            None => "not given".to_owned(),
            Some(None) => "given".to_owned(),
            Some(Some(feeling)) => feeling.as_str().to_owned(),
        };
        if self.coders > 1 { format!("{word} ({votes} of {} coders)", self.coders) } else { word }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
