//! The account of a training: what went in, and how well the model does on what it does not know.
//!
//! Figures only; `measuring` fills them in, `card` writes them down for people.

use serde::{Deserialize, Serialize};

use crate::model::{Figure, Precision};

/// How well one label is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelReport {
    /// The label.
    pub label: String,
    /// Held-out cases that carry it.
    pub support: usize,
    /// Share of the cases it was given to that carry it.
    pub precision: f64,
    /// Share of the cases that carry it that it was given to.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
    /// Its 95% interval, by resampling situations; None where that was not done.
    pub interval: Option<(f64, f64)>,
}

/// How well several labels are told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskReport {
    /// What is told, and of what.
    pub task: String,
    /// Cases measured.
    pub cases: usize,
    /// Share of cases with the right label, where a case has one label.
    pub accuracy: Option<f64>,
    /// Cohen's kappa with quadratic weights, where labels are in order.
    pub weighted_kappa: Option<f64>,
    /// Precision over all decisions.
    pub precision: f64,
    /// Recall over all decisions.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub micro_f1: f64,
    /// Its 95% interval, by resampling situations; None where that was not done.
    pub interval: Option<(f64, f64)>,
    /// Mean of the labels' own F1, of labels with any support.
    pub macro_f1: f64,
    /// Each label.
    pub labels: Vec<LabelReport>,
}

/// Codings whose confidence lay in one range, and how many of them were right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Smallest confidence.
    pub from: f32,
    /// Largest confidence.
    pub to: f32,
    /// Codings in the range.
    pub codings: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// Share of them that were right.
    pub right: f64,
}

/// How well themes are told in some of the responses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupReport {
    /// Which: "`service_user`", "8 to 15 words".
    pub group: String,
    /// How many.
    pub responses: usize,
    /// Precision of themes.
    pub precision: f64,
    /// Recall of themes.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// What becomes of responses that speak of women or men when each word for the one is put in place
/// of that for the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Swapped {
    /// Responses with such words.
    pub responses: usize,
    /// Of these, responses whose themes are not the same afterwards.
    pub themes_changed: usize,
    /// Of these, responses whose sentiment is not the same afterwards.
    pub sentiment_changed: usize,
    /// Themes given when they speak of women more than of men.
    pub themes_of_women: usize,
    /// Themes given to the same when they speak of men more than of women.
    pub themes_of_men: usize,
    /// Flags for safeguarding, of women.
    pub alarms_of_women: usize,
    /// Flags for safeguarding, of men.
    pub alarms_of_men: usize,
}

/// A label with too few examples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The label.
    pub label: String,
    /// How many examples there were.
    pub examples: usize,
    /// Why it was refused and what was done instead.
    pub reason: String,
}

/// An account of a training: what went in, and how well the model does on what it does not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingReport {
    /// Id of the model.
    pub model: String,
    /// Its version.
    pub version: String,
    /// Id of the codebook.
    pub codebook: String,
    /// Its version.
    pub codebook_version: String,
    /// Responses.
    pub responses: usize,
    /// Answers that were not given ("n/a", "did not answer") and were left out.
    pub blanks: usize,
    /// Coded segments.
    pub segments: usize,
    /// Situations, none of which was trained on and measured at once.
    pub situations: usize,
    /// Example phrases of the codebook that were trained on and never measured.
    pub phrases: usize,
    /// Number of folds.
    pub folds: usize,
    /// N-grams with weights.
    pub features: usize,
    /// An encoder's reading is joined to the n-grams.
    pub encoder: bool,
    /// Responses that it was measured on, where the encoder learnt the others; otherwise all.
    pub measured: Option<usize>,
    /// What the encoder's reading adds to the n-grams, where there is one.
    pub gain: Option<Gain>,
    /// Themes of whole responses.
    pub themes: TaskReport,
    /// Themes and thin codes of whole responses.
    pub codes: TaskReport,
    /// Themes by who speaks, then by length.
    pub groups: Vec<GroupReport>,
    /// Themes of texts with women and men in each other's place.
    pub swapped: Swapped,
    /// Informative responses that were given no code.
    pub uncoded: usize,
    /// How far the confidence of a coding can be trusted.
    pub reliability: Vec<Bin>,
    /// Everything else: sentiment, status, safeguarding, who speaks, stance, outcomes, flags.
    pub tasks: Vec<TaskReport>,
    /// Labels with too few examples.
    pub refused: Vec<Refusal>,
}

/// Micro-F1 of themes with and without what was joined to the n-grams, on the same responses.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gain {
    /// Of the n-grams alone.
    pub alone: f64,
    /// Of both together.
    pub joined: f64,
    /// 95% interval of the difference, by a paired bootstrap over situations.
    pub interval: (f64, f64),
    /// Share of the resamples in which both together were better.
    pub better: f64,
}

impl TrainingReport {
    /// How often each theme that was given was right.
    pub(crate) fn precisions(&self) -> Vec<Precision> {
        let labels = self.themes.labels.iter().filter(|label| label.support > 0);
        labels.filter_map(|l| Precision::of(&l.label, l.support, l.precision, l.recall)).collect()
    }

    /// What a reader of a report needs to know of it, in a few lines.
    pub(crate) fn figures(&self) -> Vec<Figure> {
        let on = match self.measured {
            None => format!(
                "{} coded responses, cross-validated so that no situation was learnt and measured at once",
                self.responses
            ),
            Some(measured) => format!(
                "{measured} coded responses from situations that were not learnt (of {})",
                self.responses
            ),
        };
        let line = |measure: &str, figure: String| Figure {
            measure: measure.to_owned(),
            figure,
            on: on.clone(),
        };
        let agreement = |task: &TaskReport| {
            format!(
                "F1 {:.2} (precision {:.2}, recall {:.2})",
                task.micro_f1, task.precision, task.recall
            )
        };
        let mut lines = vec![line("Themes of an answer", agreement(&self.themes))];
        for (task, measure) in [
            ("sentiment of a theme found by both", "Feeling about a theme, four classes"),
            ("sentiment of a response", "Feeling over an answer, four classes"),
        ] {
            let accuracy = self.tasks.iter().find(|t| t.task == task).and_then(|t| t.accuracy);
            lines.extend(accuracy.map(|a| line(measure, format!("{:.0}% right", a * 100.0))));
        }
        let harm =
            self.tasks.iter().flat_map(|t| &t.labels).find(|l| l.label == "safeguarding_review");
        lines.extend(harm.map(|l| {
            line(
                "Answers that may tell of harm",
                format!(
                    "{:.0}% found; {:.0}% of those flagged are right",
                    l.recall * 100.0,
                    l.precision * 100.0
                ),
            )
        }));
        lines
    }
}
