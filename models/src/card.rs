//! The model card: a training report as a page for people.

use std::fmt::Write;

use crate::calibrating::CalibrationReport;
use crate::model::Precision;
use crate::report::{Gain, TaskReport, TrainingReport};

/// Writes a model card in Markdown: data, method, figures for each theme, limits. `notes` is what
/// the figures cannot tell, in Markdown with headings of the second level: where the data comes
/// from and under which licence, what was tried and did not work.
pub fn card(report: &TrainingReport, notes: &str) -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write_card(&mut page, report, notes);
    page
}

/// The card of a model that ships; None of any other.
pub(crate) fn builtin(id: &str) -> Option<&'static str> {
    Some(match id {
        "home-care-accurate" => include_str!("../cards/home-care-accurate.md"),
        "home-care-fast" => include_str!("../cards/home-care-fast.md"),
        "nhs-qdc-accurate" => include_str!("../cards/nhs-qdc-accurate.md"),
        "nhs-qdc-fast" => include_str!("../cards/nhs-qdc-fast.md"),
        _ => return None,
    })
}

/// How often each theme of a model that ships was right; nothing of any other.
pub fn precisions_of(id: &str) -> Vec<Precision> {
    builtin(id).map(precisions).unwrap_or_default()
}

/// How often each theme was right, from the first table of a card: that of the themes.
pub(crate) fn precisions(card: &str) -> Vec<Precision> {
    let rows = card.lines().skip_while(|line| !line.starts_with("| label | support |")).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [label, support, precision, recall, ..] = cells.as_slice() else { return None };
            let support = support.parse().ok()?;
            Precision::of(label, support, precision.parse().ok()?, recall.parse().ok()?)
        })
        .collect()
}

fn write_card(page: &mut String, report: &TrainingReport, notes: &str) -> std::fmt::Result {
    let TrainingReport { model, version, codebook, codebook_version, folds, .. } = report;
    writeln!(page, "# Model card: {model} {version}\n")?;
    writeln!(
        page,
        "Codes short texts about care with the codebook `{codebook}` {codebook_version}. This page is made by the training; every figure on it was measured.\n"
    )?;
    writeln!(page, "## Data\n")?;
    let blanks = match report.blanks {
        0 => String::new(),
        blanks => format!(" ({blanks} answers that were not given left out)"),
    };
    writeln!(
        page,
        "{} coded responses ({} segments) from {} situations{blanks}, and {} example phrases of the codebook. Texts were de-identified before training. The model holds hashed n-grams that occur in at least three responses and no vocabulary of the responses: {} of them, with one weight for each label. Beside them it holds the codebook's lists of cues.\n",
        report.responses, report.segments, report.situations, report.phrases, report.features
    )?;
    if notes.trim().is_empty() {
        writeln!(page, "## Licence\n\nA model trained on your data is yours.\n")?;
    } else {
        writeln!(page, "{}\n", notes.trim())?;
    }
    writeln!(page, "## Method\n")?;
    writeln!(
        page,
        "NB-SVM: word 1- to 3-grams, character 3- to 5-grams inside words, words crossed with what the question asks for and with negation, and the codebook's cues, times their log-count ratio for a label, in an L2-regularised logistic regression for each label. Each theme has a second regression for praise against complaint. The sentiment of a response is told by another small regression, from its words, its happiest and unhappiest segments and its codes together; where people coded five levels, by the median of four cumulative ones. Confidence is Platt-scaled on held-out scores and corrected over all labels together; each label has its own threshold, drawn towards a common one. Weights are whole numbers of 8 bits; scores do not depend on the machine's threads.\n"
    )?;
    if report.encoder {
        writeln!(
            page,
            "Beside the n-grams an encoder (MiniLM: BERT of 6 layers, 384 wide, 8-bit weights) reads each response with its question; each label has a linear regression on the mean of the vectors of a segment's word pieces, and the two scores are added in log-odds with weights fitted for each label on responses that neither had learnt. Words for women and men are read as one. The words shown as evidence are those whose n-grams and vectors gave the score.\n"
        )?;
    }
    writeln!(page, "## How well it does\n")?;
    if let Some(measured) = report.measured {
        writeln!(
            page,
            "Measured on {measured} responses of a fifth of the situations, none of which the encoder that is measured or the n-grams beside it had learnt. The encoder that ships learnt all responses.\n"
        )?;
    }
    match report.measured {
        Some(_) => write!(
            page,
            "Segments as the program finds them, decisions put together for each response. How the two are joined, calibration and thresholds were fitted on all but one of {folds} parts of these responses and judged on that one, in turn, no situation in two parts."
        )?,
        None => write!(
            page,
            "{folds}-fold cross-validation in which no situation is in training and measurement at once; segments as the program finds them, decisions put together for each response; {}calibration and thresholds fitted on the other folds.",
            if report.encoder { "how n-grams and vectors are joined, " } else { "" }
        )?,
    }
    writeln!(
        page,
        " Intervals hold 95% of 500 resamples of situations. The measured texts come from the same corpus as the training texts: expect less on texts from elsewhere.\n"
    )?;
    if let Some(gain) = report.gain {
        let Gain { alone, joined, interval: (low, high), better } = gain;
        writeln!(
            page,
            "What the encoder adds: micro-F1 of themes {joined:.3}, with the n-grams alone {alone:.3} on the same responses; difference {:+.3} [{low:+.3}, {high:+.3}] (paired bootstrap over situations; better in {:.0}% of the resamples).\n",
            joined - alone,
            better * 100.0
        )?;
    }
    for task in [&report.themes, &report.codes].into_iter().chain(&report.tasks) {
        write_task(page, task)?;
    }
    writeln!(page, "{} responses with codes were given none.\n", report.uncoded)?;
    write_groups(page, report)?;
    write_confidence(page, report)?;
    writeln!(page, "\n## Limits\n")?;
    writeln!(
        page,
        "- A draft for people to check, never a decision about a person. Sarcasm, rare themes and long letters are hard.\n- `safeguarding_review` is a help to find what must be read today; that it is absent means nothing.\n- It reads English. Other languages are left uncoded by the program."
    )?;
    for refusal in &report.refused {
        writeln!(
            page,
            "- `{}` ({} examples): {}.",
            refusal.label, refusal.examples, refusal.reason
        )?;
    }
    Ok(())
}

fn write_confidence(page: &mut String, report: &TrainingReport) -> std::fmt::Result {
    writeln!(page, "### Confidence\n")?;
    writeln!(page, "| confidence | codings | mean confidence | right |\n|---|---:|---:|---:|")?;
    for bin in &report.reliability {
        let (from, to) = (bin.from, bin.to);
        writeln!(
            page,
            "| {from:.1}-{to:.1} | {} | {:.2} | {:.2} |",
            bin.codings, bin.confidence, bin.right
        )?;
    }
    Ok(())
}

/// What calibrating a model changed, as a section of its card.
pub fn calibration_card(report: &CalibrationReport) -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write_calibration(&mut page, report);
    page
}

fn write_calibration(page: &mut String, report: &CalibrationReport) -> std::fmt::Result {
    let CalibrationReport { before, after } = report;
    writeln!(page, "## How well it does on answers as they come in\n")?;
    writeln!(
        page,
        "On {} coded answers from {} situations, which {} has not learnt. From where on it gives a theme or an alarm, what its confidence says and how the feelings of an answer are put together was fitted on the answers of some situations and judged on those of the others, in turn. \"Before\" are the rules of its training.\n",
        after.responses, after.situations, after.model
    )?;
    writeln!(page, "| | before | after |\n|---|---:|---:|")?;
    let mut row =
        |name: &str, one: f64, other: f64| writeln!(page, "| {name} | {one:.3} | {other:.3} |");
    let themes = (&before.themes, &after.themes);
    row("themes: micro-F1", themes.0.micro_f1, themes.1.micro_f1)?;
    row("themes: macro-F1", themes.0.macro_f1, themes.1.macro_f1)?;
    row("themes: precision", themes.0.precision, themes.1.precision)?;
    row("themes: recall", themes.0.recall, themes.1.recall)?;
    for (old, new) in before.tasks.iter().zip(&after.tasks) {
        if let (Some(one), Some(other)) = (old.accuracy, new.accuracy) {
            row(&format!("{}: accuracy", new.task), one, other)?;
        } else {
            row(&format!("{}: precision", new.task), old.precision, new.precision)?;
            row(&format!("{}: recall", new.task), old.recall, new.recall)?;
        }
    }
    writeln!(page)?;
    for task in [&after.themes, &after.codes].into_iter().chain(&after.tasks) {
        write_task(page, task)?;
    }
    write_groups(page, after)?;
    write_confidence(page, after)
}

fn write_task(page: &mut String, task: &TaskReport) -> std::fmt::Result {
    let mut name = task.task.clone();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    writeln!(page, "### {name}\n")?;
    let accuracy = task.accuracy.map(|share| format!("accuracy {share:.3}, ")).unwrap_or_default();
    let kappa =
        task.weighted_kappa.map(|kappa| format!("weighted kappa {kappa:.3}, ")).unwrap_or_default();
    writeln!(
        page,
        "{} cases: {accuracy}{kappa}micro-F1 {:.3}{} (precision {:.3}, recall {:.3}), macro-F1 {:.3}.\n",
        task.cases,
        task.micro_f1,
        between(task.interval),
        task.precision,
        task.recall,
        task.macro_f1
    )?;
    writeln!(page, "| label | support | precision | recall | F1 |\n|---|---:|---:|---:|---:|")?;
    for label in &task.labels {
        if label.support == 0 {
            writeln!(page, "| {} | 0 | not measured | | |", label.label)?;
            continue;
        }
        writeln!(
            page,
            "| {} | {} | {:.2} | {:.2} | {:.2}{} |",
            label.label,
            label.support,
            label.precision,
            label.recall,
            label.f1,
            between(label.interval)
        )?;
    }
    writeln!(page)
}

/// An interval in brackets, or nothing.
fn between(interval: Option<(f64, f64)>) -> String {
    interval.map(|(low, high)| format!(" [{low:.2}, {high:.2}]")).unwrap_or_default()
}

fn write_groups(page: &mut String, report: &TrainingReport) -> std::fmt::Result {
    writeln!(page, "### Themes by who speaks and by length\n")?;
    writeln!(page, "| responses | number | precision | recall | F1 |\n|---|---:|---:|---:|---:|")?;
    for group in &report.groups {
        writeln!(
            page,
            "| {} | {} | {:.2} | {:.2} | {:.2} |",
            group.group, group.responses, group.precision, group.recall, group.f1
        )?;
    }
    let swapped = &report.swapped;
    let share = |part: usize| 100.0 * part as f64 / swapped.responses.max(1) as f64;
    writeln!(page, "\n### Women and men\n")?;
    writeln!(
        page,
        "{} responses have words for women or men (she, mother, wife, lad). Each was put to the model a second time with those words in each other's place. The themes changed in {:.1}% of them and the sentiment in {:.1}%. Said of women, the same responses were given {} themes and {} flags for safeguarding; said of men, {} and {}.\n",
        swapped.responses,
        share(swapped.themes_changed),
        share(swapped.sentiment_changed),
        swapped.themes_of_women,
        swapped.alarms_of_women,
        swapped.themes_of_men,
        swapped.alarms_of_men
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_that_ships_tells_how_often_its_themes_are_right() {
        for (id, least) in [
            ("home-care-accurate", 26),
            ("home-care-fast", 26),
            ("nhs-qdc-accurate", 25),
            ("nhs-qdc-fast", 25),
        ] {
            let found = precisions(builtin(id).unwrap_or_default());
            assert!(found.len() >= least, "{id}: {} themes", found.len());
            assert!(found.iter().all(|p| p.right <= p.given && p.given > 0));
        }
        assert!(builtin("somebody-elses").is_none());
    }
}
