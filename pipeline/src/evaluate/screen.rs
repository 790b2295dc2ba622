//! An evaluation as a person reads it: what was compared, what is good, what must be read, and what
//! the figures mean.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{Evaluation, Figure};
use crate::plain::{number, plural};

/// From here on a theme may be counted as it stands.
pub(super) const GOOD: f64 = 0.75;
/// Below this a theme's figures say little.
const POOR: f64 = 0.5;
/// With fewer examples than this nothing can be said of a theme.
const ENOUGH: usize = 10;
/// Rows that are named one by one.
const NAMED: usize = 8;

/// The screen. `files` are the spreadsheets as the user named them.
pub fn text(found: &Evaluation, dir: &Path, files: &[PathBuf], written: &Path) -> String {
    let mut out = String::new();
    let path = |path: &Path| path.display().to_string().replace('\\', "/");
    let _ = writeln!(
        out,
        "{} of {} in {} compared with people's codes (codebook {}, {}).",
        number(found.compared as u64),
        plural(found.responses as u64, "response", "responses"),
        path(dir),
        found.codebook,
        found.model,
    );
    matching(&mut out, found, files);
    if let Some(f1) = found.figure("micro_f1", "themes") {
        let _ = writeln!(out, "\nThemes agree at F1 {}.", with_interval(f1));
    }
    table(&mut out, found);
    verdicts(&mut out, found);
    others(&mut out, found);
    people(&mut out, found);
    out.push_str(
        "\nWhat the figures mean\n  \
        precision  of the responses that Heard gave a theme, the share that people gave it too\n  \
        recall     of the responses that people gave a theme, the share that Heard found\n  \
        F1         the two in one figure: 1 is full agreement. In brackets its 95% interval: where it\n             \
        would mostly lie with other responses of the same kind\n  \
        kappa      agreement beyond chance: 0 is chance, 1 is full agreement\n",
    );
    let _ = writeln!(
        out,
        "\n{} to read, the worst first: {}/disagreements.csv (it holds text of responses: do not share it)",
        plural(found.disagreements.len() as u64, "disagreement", "disagreements"),
        path(written)
    );
    out
}

fn matching(out: &mut String, found: &Evaluation, files: &[PathBuf]) {
    let m = &found.matches;
    let ways = [
        (m.by_response_id, "by Heard's response id"),
        (m.by_own_id, "by the file's own id"),
        (m.by_words, "by their words"),
        (m.by_row, "by their row"),
    ];
    let ways: Vec<String> = ways
        .iter()
        .filter(|w| w.0 > 0)
        .map(|w| format!("{} {}", number(w.0 as u64), w.1))
        .collect();
    let _ = writeln!(
        out,
        "Coded responses matched: {} ({}).",
        number(m.found() as u64),
        ways.join(", ")
    );
    let name = |file: usize| {
        let path = files.get(file - 1).and_then(|f| f.file_name());
        path.map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    };
    if !m.unmatched.is_empty() {
        let places: Vec<String> = m
            .unmatched
            .iter()
            .take(NAMED)
            .map(|p| {
                let sheet = p.sheet.map(|s| format!("sheet {s} ")).unwrap_or_default();
                format!("{} {sheet}row {}", name(p.file), p.row)
            })
            .collect();
        let more = m.unmatched.len().saturating_sub(NAMED);
        let more =
            if more > 0 { format!(" and {} more", number(more as u64)) } else { String::new() };
        let _ = writeln!(
            out,
            "Not matched and not measured: {} ({}{more}; all of them with --json).",
            plural(m.unmatched.len() as u64, "coded response", "coded responses"),
            places.join(", ")
        );
    }
    for file in &m.ids_not_believed {
        let _ = writeln!(
            out,
            "The ids of {} lead to responses with other words, so they were not used.",
            name(*file)
        );
    }
    if m.other_words > 0 {
        let _ = writeln!(
            out,
            "{} found by id although the words differ.",
            plural(m.other_words as u64, "coded response was", "coded responses were")
        );
    }
    if found.blank > 0 {
        let _ = writeln!(out, "Rows without text: {}.", number(found.blank as u64));
    }
    if found.uncoded_end >= ENOUGH && found.uncoded_end * 10 >= found.rows {
        let _ = writeln!(
            out,
            "The last {} rows hold no code and count as coded without a theme. If nobody has coded them yet, take them out and run this again.",
            number(found.uncoded_end as u64)
        );
    }
    if !found.unknown.is_empty() {
        let themes: Vec<String> = found.unknown.iter().map(|(t, n)| format!("{t} ({n})")).collect();
        let _ = writeln!(
            out,
            "Left out, because the codebook has no such theme: {}.",
            themes.join(", ")
        );
    }
}

fn table(out: &mut String, found: &Evaluation) {
    let shown = |label: &&super::Label| label.people + label.model > 0;
    let wide = found.labels.iter().filter(shown).map(|l| l.label.chars().count()).max();
    let wide = wide.unwrap_or(0).max(24);
    let head = ["people", "Heard", "both", "precision", "recall", "F1", "kappa"];
    let line = |name: &str, c: &[String; 7]| {
        format!(
            "{name:<wide$} {:>7} {:>6} {:>6} {:>10} {:>7}  {:<20} {:>6}",
            c[0], c[1], c[2], c[3], c[4], c[5], c[6]
        )
    };
    let _ = writeln!(out, "\n{}", line("Theme", &head.map(str::to_owned)).trim_end());
    for thin in [false, true] {
        let mut rows: Vec<&super::Label> =
            found.labels.iter().filter(|l| l.thin == thin).filter(shown).collect();
        rows.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.label.cmp(&b.label)));
        if thin && !rows.is_empty() {
            out.push_str("Codes that give no reason (not part of the figures over all themes)\n");
        }
        for row in rows {
            let of = |measure| found.figure(measure, &row.theme);
            let cells = [
                number(row.people as u64),
                number(row.model as u64),
                number(row.both as u64),
                plain(of("precision")),
                plain(of("recall")),
                of("f1").map_or_else(|| "-".to_owned(), with_interval),
                plain(of("kappa")),
            ];
            let _ = writeln!(out, "{}", line(&row.label, &cells));
        }
        if !thin {
            let sum = |of: fn(&super::Label) -> usize| {
                number(found.labels.iter().filter(|l| !l.thin).map(of).sum::<usize>() as u64)
            };
            let of = |measure| found.figure(measure, "themes");
            let over = |m| of(m).map_or_else(|| "-".to_owned(), with_interval);
            let cells = [
                sum(|l| l.people),
                sum(|l| l.model),
                sum(|l| l.both),
                plain(of("micro_precision")),
                plain(of("micro_recall")),
                over("micro_f1"),
                String::new(),
            ];
            let _ = writeln!(out, "{}", line("All themes together", &cells).trim_end());
            let none = String::new;
            let cells =
                [none(), none(), none(), none(), none(), over("macro_f1"), plain(of("mean_kappa"))];
            let _ = writeln!(out, "{}", line("Mean of the themes", &cells));
        }
    }
}

fn verdicts(out: &mut String, found: &Evaluation) {
    let (mut good, mut poor, mut few) = (Vec::new(), Vec::new(), Vec::new());
    for label in found.labels.iter().filter(|l| !l.thin && l.people + l.model > 0) {
        let f1 = found.figure("f1", &label.theme).and_then(|f| f.value).unwrap_or_default();
        if label.people < ENOUGH {
            few.push(label.label.as_str());
        } else if f1 >= GOOD {
            good.push(label.label.as_str());
        } else if f1 < POOR {
            poor.push(label.label.as_str());
        }
    }
    out.push('\n');
    let mut say = |what: String, names: &[&str]| {
        if !names.is_empty() {
            let _ = writeln!(out, "{what}: {}.", names.join("; "));
        }
    };
    say(format!("Good (F1 {GOOD:.2} or more)"), &good);
    say(format!("Read these before you rely on their figures (F1 under {POOR:.2})"), &poor);
    say(format!("Too few examples to say (under {ENOUGH})"), &few);
}

fn others(out: &mut String, found: &Evaluation) {
    let neutral = if found.neutral_with_mixed { ", neutral and mixed as one" } else { "" };
    let tasks = [
        ("theme_sentiment", format!("Feeling about a theme that both found{neutral}")),
        ("sentiment", format!("Feeling over a response{neutral}")),
        ("sentiment_level", "Feeling over a response, five levels".to_owned()),
        ("status", "What a response holds (status)".to_owned()),
        ("stance", "Stance towards a proposal".to_owned()),
        ("respondent_type", "Who speaks".to_owned()),
    ];
    let mut lines = Vec::new();
    if let Some(exact) = found.figure("exact_match", "themes") {
        lines.push(format!("Exactly the same themes: {} of responses", share(exact)));
    }
    for (task, name) in tasks {
        let Some(right) = found.figure("accuracy", task) else { continue };
        let kappa = found.figure("kappa", task).and_then(|f| f.value);
        let kappa = kappa.map(|k| format!(", kappa {k:.2}")).unwrap_or_default();
        let ordered = found.figure("weighted_kappa", task).and_then(|f| f.value);
        let ordered = ordered.map(|k| format!(", weighted kappa {k:.2}")).unwrap_or_default();
        let n = number(right.support as u64);
        lines.push(format!("{name}: {} right{kappa}{ordered} (n = {n})", share(right)));
    }
    if let Some(recall) = found.figure("recall", "safeguarding_review") {
        let precision = found.figure("precision", "safeguarding_review");
        let right = precision.map_or_else(
            || "none was flagged".to_owned(),
            |p| format!("{} of those flagged are right", share(p)),
        );
        let n = number(recall.support as u64);
        lines.push(format!(
            "To be read the same day (safeguarding): {} found, {right} (n = {n})",
            share(recall)
        ));
    }
    if let Some(calibration) = &found.calibration {
        lines.push(format!(
            "Confidence: on average {:.0} points away from the share that is right",
            calibration.error * 100.0
        ));
    }
    if !lines.is_empty() {
        let _ = writeln!(out, "\nBesides themes\n  {}", lines.join("\n  "));
    }
    if let Some(confusion) = found.confusions.iter().find(|c| c.task == "sentiment") {
        out.push_str("\nFeeling over a response: people's down the side, Heard's across\n");
        let _ = write!(out, "  {:<10}", "");
        for label in &confusion.labels {
            let _ = write!(out, "{label:>10}");
        }
        out.push('\n');
        for (label, counts) in confusion.labels.iter().zip(&confusion.counts) {
            let _ = write!(out, "  {label:<10}");
            for count in counts {
                let _ = write!(out, "{:>10}", number(*count as u64));
            }
            out.push('\n');
        }
    }
}

fn people(out: &mut String, found: &Evaluation) {
    let Some(people) = &found.people else { return };
    let two = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |v| format!("{v:.2}"));
    let _ = writeln!(
        out,
        "\n{} coded the same {}\n  Two people agree with each other at F1 {}, Heard with one of them at F1 {}\n  Krippendorff's alpha of the people {}, with Heard as one more coder {}",
        plural(people.coders as u64, "person", "people"),
        plural(people.responses as u64, "response", "responses"),
        two(people.micro_f1),
        two(people.model_micro_f1),
        two(people.alpha),
        two(people.alpha_with_model),
    );
    let mut themes: Vec<(&String, f64)> = people.themes.iter().map(|(t, a)| (t, *a)).collect();
    themes.sort_by(|a, b| a.1.total_cmp(&b.1));
    let low: Vec<String> = themes
        .iter()
        .filter(|(_, alpha)| *alpha < 0.667)
        .take(NAMED)
        .map(|(id, alpha)| {
            let label = found.labels.iter().find(|l| l.theme == **id);
            format!("{} {alpha:.2}", label.map_or(id.as_str(), |l| l.label.as_str()))
        })
        .collect();
    if !low.is_empty() {
        let _ = writeln!(
            out,
            "  People themselves agree too little on (alpha under 0.67): {}",
            low.join("; ")
        );
    }
}

fn plain(figure: Option<&Figure>) -> String {
    figure.and_then(|f| f.value).map_or_else(|| "-".to_owned(), |v| format!("{v:.2}"))
}

/// "0.77 (0.60 to 0.89)".
fn with_interval(figure: &Figure) -> String {
    let Some(value) = figure.value else { return "-".to_owned() };
    match figure.interval {
        Some(i) => format!("{value:.2} ({:.2} to {:.2})", i.low, i.high),
        None => format!("{value:.2}"),
    }
}

/// "85% (80% to 90%)".
fn share(figure: &Figure) -> String {
    let points = |value: f64| format!("{:.0}%", value * 100.0);
    let Some(value) = figure.value else { return "-".to_owned() };
    match figure.interval {
        Some(i) => format!("{} ({} to {})", points(value), points(i.low), points(i.high)),
        None => points(value),
    }
}
