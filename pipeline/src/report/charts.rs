//! Which charts a run gets, and what each says: headline, subtitle, source and words for people who
//! cannot see it. Headlines are findings, made from figures that may be shown and from nothing else.
//! How a chart looks is `crate::charts`' business.

use rayon::prelude::*;

use super::bins::bins;
use super::difference::differs;
use super::words::{list, number, of, percent, quantity, spoken, unit};
use super::{Drawn, Error};
use crate::charts::{
    Base, ByGroup, Change, ChangeRow, Chart, Figure, Frame, Funnel, Group, GroupRow, Histogram,
    Sentiment, SentimentRow, Share, Step, ThemeRow, Themes, Verdict,
};
use crate::tables::evidence::{
    Breakdown, BreakdownRow, Cell, Dimension, Evidence, MeasureRow, ThemeRow as Theme,
};

/// More groups than these do not fit beside each other.
const MOST_GROUPS: usize = 10;
/// Fewer numbers than these make no histogram.
const LEAST_NUMBERS: u64 = 10;
/// What stands for small groups and for no answer among the values of a breakdown.
const NO_WAVE: [&str; 2] = ["Not stated", "Other (small groups)"];

/// A chart that is decided on but not drawn.
struct Plan {
    stem: String,
    frame: Frame,
    chart: Box<dyn Chart + Send + Sync>,
}

/// Every chart of a run, drawn in parallel, always in the same order: `themes`, `sentiment`,
/// `themes_by_respondent_type` (even where there is nothing to show, which they then say),
/// `response_funnel`, `change_between_waves`, `themes_by_<column>` for each column of a breakdown
/// and `measure_<id>` for each quantity that enough people gave.
pub fn draw(evidence: &Evidence) -> Result<Vec<Drawn>, Error> {
    let mut plans = vec![themes(evidence), sentiment(evidence), by_type(evidence)];
    plans.extend(funnel(evidence));
    let breakdowns = evidence.main().map(|book| book.breakdowns.as_slice()).unwrap_or_default();
    plans.extend(
        breakdowns
            .iter()
            .find_map(|b| (b.dimension == Dimension::Wave).then(|| change(evidence, b)).flatten()),
    );
    let columns = breakdowns.iter().filter(|b| matches!(b.dimension, Dimension::Column(_)));
    plans.extend(columns.map(|b| by_group(evidence, b)));
    plans.extend(evidence.measures.iter().filter_map(|row| measure(evidence, row)));
    name_apart(&mut plans);
    plans.into_par_iter().map(Plan::draw).collect()
}

impl Plan {
    fn draw(self) -> Result<Drawn, Error> {
        let failed = |source| Error::Chart { stem: self.stem.clone(), source };
        let picture = self.chart.picture().map_err(failed)?;
        let svg = picture.svg().map_err(failed)?;
        let png = picture.png().map_err(failed)?;
        Ok(Drawn {
            file_stem: self.stem,
            title: self.frame.headline,
            alt: self.frame.alt_text,
            svg,
            png,
        })
    }
}

/// File names without surprises, and no two alike.
fn name_apart(plans: &mut [Plan]) {
    let mut taken: Vec<String> = Vec::new();
    for plan in plans {
        let safe = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let stem: String = plan.stem.chars().map(safe).collect();
        let mut name = stem.clone();
        let mut copy = 2;
        while taken.contains(&name) {
            name = format!("{stem}_{copy}");
            copy += 1;
        }
        taken.push(name.clone());
        plan.stem = name;
    }
}

fn frame(
    evidence: &Evidence,
    headline: String,
    subtitle: impl Into<String>,
    note: &str,
    alt_text: String,
) -> Frame {
    let source = evidence.main().map_or_else(
        || "Source: responses of this run.".to_owned(),
        |book| {
            format!("Source: responses coded with the codebook {} {}.", book.title, book.version)
        },
    );
    let source_note = if note.is_empty() { source } else { format!("{note} {source}") };
    Frame { headline, subtitle: subtitle.into(), source_note, alt_text, draft: evidence.draft }
}

fn respondents(evidence: &Evidence) -> Base {
    match evidence.funnel.informative {
        Some(n) => Base { n, of: "respondents".to_owned() },
        None => Base { n: 0, of: "respondents whose number may be shown".to_owned() },
    }
}

fn figure(cell: &Cell) -> Figure {
    match *cell {
        Cell::Shown { count, share, low, high, .. } => Figure::Shown(Share {
            count,
            percent: share * 100.0,
            low: low * 100.0,
            high: high * 100.0,
        }),
        Cell::Hidden => Figure::Withheld,
    }
}

/// Themes that somebody raised, or that are hidden.
fn raised(evidence: &Evidence) -> Vec<&Theme> {
    let themes = evidence.main().map(|book| book.themes.as_slice()).unwrap_or_default();
    themes.iter().filter(|row| row.respondents.count() != Some(0)).collect()
}

fn themes(evidence: &Evidence) -> Plan {
    let rows = raised(evidence);
    let shown: Vec<&Theme> =
        rows.iter().copied().filter(|row| row.respondents.count().is_some()).collect();
    let (headline, alt) = match shown.first() {
        None if rows.is_empty() => {
            ("No theme was raised".to_owned(), "No theme was raised.".to_owned())
        }
        None => {
            let few = "Too few people raised any theme for a figure to be shown";
            (few.to_owned(), format!("{few}."))
        }
        Some(first) => {
            let most = first.respondents.count();
            let ties: Vec<String> = shown
                .iter()
                .take_while(|row| row.respondents.count() == most)
                .map(|row| spoken(&row.label))
                .collect();
            let figures = of(&first.respondents).unwrap_or_default();
            let headline = match ties.as_slice() {
                [one] => format!("Raised most: {one}, by {}", people(&first.respondents)),
                [_, _] | [_, _, _] => {
                    format!("Raised most: {}, each by {figures}", list(&ties))
                }
                many => {
                    format!(
                        "{} themes are raised most, each by {figures}",
                        number(many.len() as u64)
                    )
                }
            };
            let next: Vec<String> = shown
                .iter()
                .take(3)
                .map(|row| {
                    let figures = of(&row.respondents).unwrap_or_default();
                    format!("{}, {figures}", spoken(&row.label))
                })
                .collect();
            let alt = format!(
                "Bars of the share of respondents who raised each of {} themes. Raised most: {}.",
                number(rows.len() as u64),
                next.join("; "),
            );
            (headline, alt)
        }
    };
    let all = evidence.main().map_or(0, |book| book.themes.len());
    let note = match all - rows.len() {
        0 => String::new(),
        1 => "One theme that nobody raised is not drawn.".to_owned(),
        none => format!("{} themes that nobody raised are not drawn.", number(none as u64)),
    };
    let subtitle = "Respondents who raised each theme without being asked about it, and their \
        share of all who gave an informative answer";
    let frame = frame(evidence, headline, subtitle, &note, alt);
    let rows = rows
        .into_iter()
        .map(|row| ThemeRow { name: row.label.clone(), figure: figure(&row.respondents) })
        .collect();
    let chart = Themes { frame: frame.clone(), rows, base: respondents(evidence) };
    Plan { stem: "themes".to_owned(), frame, chart: Box::new(chart) }
}

/// "41 of 120 people (34%)".
fn people(cell: &Cell) -> String {
    match (cell.count(), cell.base(), cell.share()) {
        (Some(count), Some(base), Some(share)) => {
            format!("{} of {} people ({})", number(count), number(base), percent(share))
        }
        _ => String::new(),
    }
}

fn sentiment(evidence: &Evidence) -> Plan {
    let rows = raised(evidence);
    let most = |part: fn(&Theme) -> &Cell, verb: &str| {
        let best = rows
            .iter()
            .filter_map(|row| Some((part(row).count()?, row)))
            .filter(|(count, _)| *count > 0)
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map(|(count, row)| {
            let base = part(row).base().unwrap_or_default();
            let figures = format!("{} of the {} who raised it", number(count), number(base));
            format!("{verb} most: {} ({figures})", spoken(&row.label))
        })
    };
    let found: Vec<String> = [
        most(|row| &row.sentiment.negative, "criticised"),
        most(|row| &row.sentiment.positive, "praised"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let headline = if found.is_empty() {
        "No theme drew praise or criticism that can be shown".to_owned()
    } else {
        sentence_case(&found.join("; "))
    };
    let alt = format!(
        "For each of {} themes, bars of how many respondents only criticised it, said both or \
         neither, and only praised it. {headline}.",
        number(rows.len() as u64)
    );
    let subtitle = "Respondents who raised each theme, by what they felt about it";
    let frame = frame(evidence, headline, subtitle, "", alt);
    let rows = rows
        .into_iter()
        .map(|row| {
            let split = &row.sentiment;
            let between = split.mixed.count().zip(split.neutral.count());
            SentimentRow {
                name: row.label.clone(),
                negative: split.negative.count(),
                mixed: between.map(|(mixed, neutral)| mixed + neutral),
                positive: split.positive.count(),
            }
        })
        .collect();
    let chart = Sentiment { frame: frame.clone(), rows, base: respondents(evidence) };
    Plan { stem: "sentiment".to_owned(), frame, chart: Box::new(chart) }
}

fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn by_type(evidence: &Evidence) -> Plan {
    let stem = "themes_by_respondent_type".to_owned();
    let breakdown = evidence.main().and_then(|book| book.breakdown(Dimension::RespondentType));
    if let Some(breakdown) = breakdown {
        return Plan { stem, ..by_group(evidence, breakdown) };
    }
    let headline = "Who raised what cannot be compared".to_owned();
    let why = "Fewer than two kinds of respondent are known and large enough to be shown";
    let frame = frame(evidence, headline, why, "", format!("{why}: there is nothing to compare."));
    let (groups, rows) = (Vec::new(), Vec::new());
    let chart = ByGroup { frame: frame.clone(), groups, rows, base: respondents(evidence) };
    Plan { stem, frame, chart: Box::new(chart) }
}

fn by_group(evidence: &Evidence, breakdown: &Breakdown) -> Plan {
    let values = &breakdown.values[..breakdown.values.len().min(MOST_GROUPS)];
    let rows: Vec<&BreakdownRow> =
        breakdown.rows.iter().filter(|row| row.all.count() != Some(0)).collect();
    let who = match breakdown.dimension {
        Dimension::RespondentType => "who speaks".to_owned(),
        _ => spoken(&breakdown.label),
    };
    let firsts = first_by_value(breakdown, &rows, values.len());
    let same = firsts.windows(2).all(|two| two[0].1 == two[1].1);
    let headline = match firsts.as_slice() {
        [] => format!("Themes by {who}: too few people for figures to be shown"),
        [(_, theme), _, ..] if same => {
            format!("Raised most in every group that can be compared: {}", spoken(theme))
        }
        some => {
            let parts: Vec<String> = some
                .iter()
                .take(3)
                .map(|(value, theme)| format!("{value}: {}", spoken(theme)))
                .collect();
            format!("What each group raised most. {}", parts.join("; "))
        }
    };
    let unit = breakdown.unit.as_str();
    let hidden = rows
        .iter()
        .any(|row| row.cells.iter().take(values.len()).any(|cell| cell.raised == Cell::Hidden));
    let mut subtitle = format!("Share of {unit} who raised each theme, by {who}");
    if unit == "comments" {
        subtitle = format!("Share of comments that raised each theme, by {who}");
    }
    if values.len() < breakdown.values.len() {
        let all = number(breakdown.values.len() as u64);
        subtitle.push_str(&format!("; the {MOST_GROUPS} largest of {all} groups"));
    }
    let note = if hidden { "The headline is made from the figures that can be shown." } else { "" };
    let alt = format!(
        "Table of {} themes by {} groups ({who}). {headline}.",
        number(rows.len() as u64),
        number(values.len() as u64)
    );
    let frame = frame(evidence, headline, subtitle, note, alt);
    let groups = values.iter().map(|v| Group { name: v.label.clone(), n: Some(v.base) }).collect();
    let rows = rows
        .into_iter()
        .map(|row| GroupRow {
            name: row.label.clone(),
            figures: row.cells.iter().take(values.len()).map(|c| figure(&c.raised)).collect(),
        })
        .collect();
    let n = breakdown.values.iter().map(|value| value.base).sum();
    let base = Base { n, of: unit.to_owned() };
    let chart = ByGroup { frame: frame.clone(), groups, rows, base };
    Plan { stem: format!("themes_{}", breakdown.id), frame, chart: Box::new(chart) }
}

/// The most raised theme of each value that is one value and has a first among its shown figures.
fn first_by_value<'a>(
    breakdown: &'a Breakdown,
    rows: &[&'a BreakdownRow],
    values: usize,
) -> Vec<(&'a str, &'a str)> {
    let named = breakdown.values.iter().enumerate().take(values).filter(|(_, v)| v.merged == 1);
    named
        .filter_map(|(at, value)| {
            let counts =
                rows.iter().filter_map(|row| Some((row.cells.get(at)?.raised.count()?, row)));
            let most = counts.clone().map(|(count, _)| count).max().filter(|count| *count > 0)?;
            let mut first = counts.filter(|(count, _)| *count == most);
            // Where several share the first place there is none.
            let (_, row) = first.next()?;
            first.next().is_none().then_some((value.label.as_str(), row.label.as_str()))
        })
        .collect()
}

fn funnel(evidence: &Evidence) -> Option<Plan> {
    let funnel = &evidence.funnel;
    let received = funnel.received.filter(|count| *count > 0)?;
    let known = [
        (funnel.invited, "People invited", "those invited"),
        (funnel.received, "People who replied", "those who replied"),
        (funnel.informative, "Gave an informative answer", "those who did"),
        (funnel.coded, "Said something that fits a theme", "those"),
    ];
    let steps: Vec<Step> = known
        .into_iter()
        .filter_map(|(count, name, short)| {
            Some(Step { name: name.to_owned(), short: short.to_owned(), count: count? })
        })
        .collect();
    let headline = match (funnel.invited, funnel.response_rate, funnel.informative) {
        (Some(invited), Some(rate), _) => format!(
            "{} of {} people invited replied ({})",
            number(received),
            number(invited),
            percent(rate)
        ),
        (_, _, Some(informative)) => {
            let cell = Cell::shown(informative, received);
            format!("{} said something about their care", people(&cell))
        }
        _ => format!("{} people replied", number(received)),
    };
    let told: Vec<String> =
        steps.iter().map(|step| format!("{}: {}", step.name, number(step.count))).collect();
    let alt = format!("Bars from first to last step. {}.", told.join("; "));
    let subtitle = "People at each step, from reply to coding";
    let frame = frame(evidence, headline, subtitle, "", alt);
    let chart = Funnel { frame: frame.clone(), steps };
    Some(Plan { stem: "response_funnel".to_owned(), frame, chart: Box::new(chart) })
}

fn change(evidence: &Evidence, breakdown: &Breakdown) -> Option<Plan> {
    let waves: Vec<usize> = (0..breakdown.values.len())
        .filter(|at| {
            let value = &breakdown.values[*at];
            value.merged == 1 && !NO_WAVE.contains(&value.label.as_str())
        })
        .collect();
    let [.., earlier, later] = waves.as_slice() else { return None };
    let rows: Vec<(&BreakdownRow, &Cell, &Cell)> = breakdown
        .rows
        .iter()
        .filter_map(|row| {
            Some((row, &row.cells.get(*earlier)?.raised, &row.cells.get(*later)?.raised))
        })
        .filter(|(_, a, b)| a.count() != Some(0) || b.count() != Some(0))
        .collect();
    let tests = rows.iter().filter(|(_, a, b)| a.count().and(b.count()).is_some()).count();
    let mut clear: Vec<(f64, String)> = Vec::new();
    let drawn = rows
        .iter()
        .map(|(row, a, b)| {
            let verdict = match differs(a, b, tests) {
                Some(true) => Verdict::Clear,
                Some(false) => Verdict::Unclear,
                None => Verdict::Untested,
            };
            if let (Verdict::Clear, Some(from), Some(to)) = (verdict, a.share(), b.share()) {
                let words =
                    format!("{}, from {} to {}", spoken(&row.label), percent(from), percent(to));
                clear.push(((to - from).abs(), words));
            }
            ChangeRow { name: row.label.clone(), earlier: figure(a), later: figure(b), verdict }
        })
        .collect();
    clear.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (from, to) = (&breakdown.values[*earlier], &breakdown.values[*later]);
    let headline = if clear.is_empty() {
        format!("From {} to {} no theme changed by more than chance", from.label, to.label)
    } else {
        let most: Vec<String> = clear.iter().take(2).map(|(_, words)| words.clone()).collect();
        format!("Changed by more than chance: {}", most.join("; "))
    };
    let unit = breakdown.unit.as_str();
    let subtitle =
        format!("Share of {unit} who raised each theme, {} and {}", from.label, to.label);
    let note = format!(
        "Tested as two samples, at the 5% level for all {} themes together.",
        number(tests as u64)
    );
    let alt = format!(
        "For each of {} themes, its share in {} and in {}. {headline}.",
        number(rows.len() as u64),
        from.label,
        to.label
    );
    let frame = frame(evidence, headline, subtitle, &note, alt);
    let wave = |value: &crate::tables::evidence::BreakdownValue| {
        (value.label.clone(), Base { n: value.base, of: unit.to_owned() })
    };
    let (earlier, later) = (wave(from), wave(to));
    let chart = Change { frame: frame.clone(), earlier, later, rows: drawn };
    Some(Plan { stem: "change_between_waves".to_owned(), frame, chart: Box::new(chart) })
}

fn measure(evidence: &Evidence, row: &MeasureRow) -> Option<Plan> {
    let summary = row.summary.as_ref()?;
    let total = row.values?;
    let shown: u64 = summary.values.iter().map(|(_, count)| count).sum();
    if shown < LEAST_NUMBERS || summary.values.len() < 2 {
        return None;
    }
    let drawn = bins(summary, shown == total)?;
    let per = row.per.as_deref();
    let median = quantity(summary.median, &row.unit, per);
    let headline = format!("{}: half of the numbers given are {median} or less", row.label);
    let quartiles = format!(
        "The middle half lies between {} and {}.",
        quantity(summary.lower_quartile, &row.unit, per),
        quantity(summary.upper_quartile, &row.unit, per)
    );
    let subtitle =
        format!("Numbers that people gave in their own words. {quartiles} Not a measured rate");
    let note = if shown == total { "" } else { "Values that too few people gave are left out." };
    let alt = format!("Bars of how often each value was given. {headline}. {quartiles}");
    let frame = frame(evidence, headline, subtitle, note, alt);
    let in_units = unit(&row.unit, per);
    let measure =
        if in_units.is_empty() { row.label.clone() } else { format!("{} ({in_units})", row.label) };
    let chart = Histogram {
        frame: frame.clone(),
        measure,
        bins: drawn.bins,
        whole: drawn.whole,
        open_above: drawn.open_above,
        standard: None,
        base: Base { n: total, of: "numbers given".to_owned() },
    };
    Some(Plan { stem: format!("measure_{}", row.id), frame, chart: Box::new(chart) })
}
