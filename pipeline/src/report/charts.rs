//! Which charts a run gets, and what each says: headline, subtitle, source and words for people who
//! cannot see it. Headlines are findings, made from figures that may be shown and from nothing else.
//! How a chart looks is `crate::charts`' business.

use rayon::prelude::*;

use super::comparisons::{by_group, by_type, change};
use super::further;
use super::measured::measure;
use super::words::{list, number, of, percent, spoken};
use super::{Drawn, Error};
use crate::charts::{
    Base, Chart, Figure, Frame, Funnel, Sentiment, SentimentRow, Share, Step, ThemeRow, Themes,
};
use crate::config::ChartChoice;
use crate::tables::evidence::{Cell, Dimension, Evidence, ThemeRow as Theme};

/// A chart that is decided on but not drawn.
pub(super) struct Plan {
    pub(super) stem: String,
    pub(super) frame: Frame,
    pub(super) chart: Box<dyn Chart + Send + Sync>,
}

/// The charts of a run, drawn in parallel, always in the same order: `themes`, `sentiment`,
/// `themes_by_respondent_type`, `response_funnel`, `change_between_waves`, `themes_by_<column>` for each column of a breakdown,
/// `measure_<id>` for each quantity that enough people gave, and those of [`further`]. A chart of
/// which every figure is withheld is not drawn: the report says in words why there is none.
///
/// The report shows five: `themes`, `sentiment`, and the first three of those that answer a question
/// which somebody asked (see [`most_telling`]). Others are drawn where all are asked for.
pub fn draw(evidence: &Evidence, choice: ChartChoice) -> Result<Vec<Drawn>, Error> {
    let mut plans: Vec<Plan> = themes(evidence).into_iter().collect();
    plans.extend(sentiment(evidence));
    plans.extend(by_type(evidence));
    plans.extend(funnel(evidence));
    let breakdowns = evidence.main().map(|book| book.breakdowns.as_slice()).unwrap_or_default();
    plans.extend(
        breakdowns
            .iter()
            .find_map(|b| (b.dimension == Dimension::Wave).then(|| change(evidence, b)).flatten()),
    );
    let columns = breakdowns.iter().filter(|b| matches!(b.dimension, Dimension::Column(_)));
    plans.extend(columns.filter_map(|b| by_group(evidence, b)));
    plans.extend(evidence.measures.iter().filter_map(|row| measure(evidence, row)));
    plans.extend(further::against(evidence));
    plans.extend(further::stance(evidence));
    plans.extend(further::standards(evidence));
    let gap = further::gap(evidence);
    let differ = gap.as_ref().is_some_and(|(_, found)| *found);
    plans.extend(gap.map(|(plan, _)| plan));
    plans.extend(further::pairs(evidence));
    plans.extend(further::months(evidence));
    plans.extend(further::responded(evidence));
    plans.extend(further::weighted(evidence));
    name_apart(&mut plans);
    let stems: Vec<&str> = plans.iter().map(|plan| plan.stem.as_str()).collect();
    let best = most_telling(evidence, &stems, differ);
    let draw = |(at, plan): (usize, Plan)| {
        let in_report = best.contains(&at);
        let wanted = in_report || choice == ChartChoice::All;
        wanted.then(|| plan.draw().map(|drawn| Drawn { in_report, ..drawn }))
    };
    plans.into_par_iter().enumerate().filter_map(draw).collect()
}

/// Charts that the report shows.
const BEST: usize = 5;

/// Which charts fit the data and the question best: themes and sentiment always; then what the user
/// asked about (proposals, standards for quantities, who receives care), what time tells (waves,
/// months), people beside families where a test finds a difference, the first column, who was
/// invited, who speaks, the ranked findings or the first standard, and what goes together.
fn most_telling(evidence: &Evidence, stems: &[&str], differ: bool) -> Vec<usize> {
    let begins = |wanted: &str| stems.iter().position(|stem| stem.starts_with(wanted));
    let is = |wanted: &str| stems.iter().position(|stem| *stem == wanted);
    let column = evidence.main().and_then(|book| {
        let by = book.breakdowns.iter().find(|b| matches!(b.dimension, Dimension::Column(_)))?;
        stems.iter().position(|stem| **stem == format!("themes_{}", by.id).to_lowercase())
    });
    let speaks = evidence.main().and_then(|book| book.breakdown(Dimension::RespondentType));
    let order = [
        is("themes"),
        is("sentiment"),
        is("stance_by_proposal"),
        is("measures_and_standards"),
        is("change_between_waves"),
        begins("months_"),
        is("responded_and_receive_care"),
        is("people_and_families").filter(|_| differ),
        column,
        is("response_funnel").filter(|_| evidence.funnel.invited.is_some()),
        is("themes_by_respondent_type").filter(|_| speaks.is_some()),
        is("standard_bolton").or_else(|| begins("standard_")),
        begins("measure_"),
        is("themes_together"),
        is("response_funnel"),
        is("themes_by_respondent_type"),
    ];
    let mut best: Vec<usize> = Vec::new();
    for at in order.into_iter().flatten() {
        if best.len() < BEST && !best.contains(&at) {
            best.push(at);
        }
    }
    best
}

/// Those of the charts that have these file names.
pub fn draw_some(evidence: &Evidence, stems: &[&str]) -> Result<Vec<Drawn>, Error> {
    let plans = [themes(evidence), sentiment(evidence)];
    let wanted = plans.into_iter().flatten().filter(|plan| stems.contains(&plan.stem.as_str()));
    wanted.map(Plan::draw).collect()
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
            in_report: false,
            regions: (picture.regions.clone(), picture.size()),
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

pub(super) fn frame(
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

pub(super) fn respondents(evidence: &Evidence) -> Base {
    match evidence.funnel.informative {
        Some(n) => Base { n, of: "respondents".to_owned() },
        None => Base { n: 0, of: "respondents whose number may be shown".to_owned() },
    }
}

pub(super) fn figure(cell: &Cell) -> Figure {
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

fn themes(evidence: &Evidence) -> Option<Plan> {
    let rows = raised(evidence);
    let shown: Vec<&Theme> =
        rows.iter().copied().filter(|row| row.respondents.count().is_some()).collect();
    let (headline, alt) = {
        let first = shown.first()?;
        {
            let ties: Vec<String> = shown
                .iter()
                .take_while(|row| row.respondents.count() == first.respondents.count())
                .map(|row| spoken(&row.label))
                .collect();
            let headline = format!("Raised most: {}", firsts(&ties, "themes", &first.respondents));
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
    let labels = rows.iter().map(|row| row.label.as_str());
    let how = if super::asked::unprompted(evidence, labels) {
        "without being asked about it"
    } else {
        "in their own words"
    };
    let subtitle = format!(
        "Respondents who raised each theme {how}, and their share of all who gave an informative answer"
    );
    let frame = frame(evidence, headline, subtitle, &note, alt);
    let rows = rows
        .into_iter()
        .map(|row| ThemeRow { name: row.label.clone(), figure: figure(&row.respondents) })
        .collect();
    let chart = Themes { frame: frame.clone(), rows, base: respondents(evidence) };
    Some(Plan { stem: "themes".to_owned(), frame, chart: Box::new(chart) })
}

/// What stands first, with its figure; several that share the first place are all named, or counted.
pub(super) fn firsts(names: &[String], things: &str, cell: &Cell) -> String {
    match names {
        [one] => format!("{one}, by {}", people(cell)),
        [_, _] | [_, _, _] => format!("{}, each by {}", list(names), people(cell)),
        many => format!("{} {things}, each by {}", number(many.len() as u64), people(cell)),
    }
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

/// Themes that fewer people raised say little about what is praised or criticised most.
const ENOUGH_RAISED: [u64; 2] = [10, 5];

/// The theme of which the largest share of those who raised it felt one way, among themes that enough
/// people raised and of which more felt that way than the other; with that figure.
fn most_felt<'t>(
    rows: &[&'t Theme],
    part: fn(&Theme) -> &Cell,
    other: fn(&Theme) -> &Cell,
) -> Option<(&'t Theme, Cell)> {
    let felt = |row: &Theme| part(row).count() > other(row).count() && other(row).count().is_some();
    let among = |least: u64| {
        let enough = rows.iter().filter(|row| part(row).base().is_some_and(|base| base >= least));
        enough
            .filter(|row| felt(row))
            .copied()
            .reduce(|best, next| if part(next).share() > part(best).share() { next } else { best })
    };
    let best = ENOUGH_RAISED.into_iter().find_map(among)?;
    Some((best, *part(best)))
}

fn sentiment(evidence: &Evidence) -> Option<Plan> {
    let rows = raised(evidence);
    let shows = |row: &&Theme| row.sentiment.parts().iter().any(|(_, cell)| cell.count().is_some());
    if !rows.iter().any(shows) {
        return None;
    }
    let most = |part: fn(&Theme) -> &Cell, other: fn(&Theme) -> &Cell, verb: &str| {
        let (row, cell) = most_felt(&rows, part, other)?;
        let (count, base) = (cell.count()?, cell.base()?);
        let base = number(base);
        let figures = match number(count) {
            all if all == base => format!("all {base} who raised it"),
            count => format!("{count} of the {base} who raised it"),
        };
        Some(format!("{verb} most: {} ({figures})", spoken(&row.label)))
    };
    let found: Vec<String> = [
        most(|row| &row.sentiment.negative, |row| &row.sentiment.positive, "criticised"),
        most(|row| &row.sentiment.positive, |row| &row.sentiment.negative, "praised"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let enough = |row: &&Theme| {
        row.sentiment.parts().iter().any(|(_, cell)| cell.base() >= Some(ENOUGH_RAISED[1]))
    };
    let headline = if !found.is_empty() {
        sentence_case(&found.join("; "))
    } else if rows.iter().any(enough) {
        "No theme drew clearly more praise or more criticism among those that can be shown"
            .to_owned()
    } else {
        "Too few people raised any one theme to say which is praised or criticised most".to_owned()
    };
    let alt = format!(
        "For each of {} themes, bars of how many respondents only criticised it, said both or \
         neither, and only praised it. {headline}.",
        number(rows.len() as u64)
    );
    let subtitle = "Respondents who raised each theme, by what they felt about it";
    let note = if found.is_empty() {
        ""
    } else {
        "\"Most\" is by share of those who raised a theme, among themes that 10 people or more raised (5 \
         where there is none such)."
    };
    let frame = frame(evidence, headline, subtitle, note, alt);
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
    Some(Plan { stem: "sentiment".to_owned(), frame, chart: Box::new(chart) })
}

pub(super) fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
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
            let subject = if evidence.staff { "their work" } else { "their care" };
            format!("{} said something about {subject}", people(&cell))
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
