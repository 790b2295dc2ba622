//! Charts beyond themes and groups: positions on proposals, clauses of standards, what goes together,
//! people beside their families, months, who responded beside who receives care. What each says is
//! made from figures that may be shown and from nothing else.

use heard_models::words::Stance;

use super::asked::without_contacts;
use super::charts::{Plan, figure, firsts, frame, respondents};
use super::comparisons::{extent, verdict};
use super::differences::{none_of, the_themes};
use super::words::{list, number, of, percent, spoken};
use crate::charts::{
    BarRow, BarSection, Bars, Base, Change, ChangeRow, Figure, Point, Process as Months, Share,
    Sides, Verdict,
};
use crate::tables::evidence::{
    Cell, Dimension, Evidence, Process, Represented, Signal, StanceRow, StandardEvidence,
};

/// Pairs of themes that are drawn.
const MOST_PAIRS: usize = 15;
/// The words that go with every figure on who responded.
pub(super) const CANNOT_MEND: &str = "No weighting can mend who chose to reply.";

fn bars(evidence: &Evidence, stem: &str, frame: crate::charts::Frame, chart: Bars) -> Plan {
    let base = if chart.base.n == 0 { respondents(evidence) } else { chart.base.clone() };
    let chart = Bars { frame: frame.clone(), base, ..chart };
    Plan { stem: stem.to_owned(), frame, chart: Box::new(chart) }
}

fn nobody() -> Base {
    Base { n: 0, of: String::new() }
}

/// What people read for a position.
pub(super) const fn position(stance: Stance) -> &'static str {
    match stance {
        Stance::Support => "In favour",
        Stance::Oppose => "Against",
        Stance::Conditional => "With conditions",
        Stance::Unclear => "Not clear",
        Stance::None => "No position",
    }
}

pub(super) fn stance(evidence: &Evidence) -> Option<Plan> {
    let rows = &evidence.stance;
    let base = |row: &StanceRow| row.stances.iter().find_map(|(_, cell)| cell.base());
    let largest = rows.iter().rev().max_by_key(|row| base(row))?;
    let order =
        [Stance::Support, Stance::Conditional, Stance::Oppose, Stance::Unclear, Stance::None];
    let sections = rows
        .iter()
        .map(|row| BarSection {
            title: row.question.clone(),
            about: base(row).map_or_else(String::new, |n| format!("{} comments", number(n))),
            rows: order
                .iter()
                .filter_map(|stance| row.stances.iter().find(|(at, _)| at == stance))
                .map(|(stance, cell)| BarRow {
                    name: position(*stance).to_owned(),
                    figure: figure(cell),
                    mark: None,
                })
                .collect(),
        })
        .collect();
    let said = |row: &StanceRow, wanted: Stance| {
        let taken = |(stance, cell): &&(Stance, Cell)| *stance == wanted && cell.count() != Some(0);
        let (_, cell) = row.stances.iter().find(taken)?;
        Some(format!("{} {}", of(cell)?, position(wanted).to_lowercase()))
    };
    let parts = |row: &StanceRow| -> Vec<String> {
        [Stance::Support, Stance::Conditional, Stance::Oppose]
            .into_iter()
            .filter_map(|stance| said(row, stance))
            .collect()
    };
    let told = parts(largest);
    let headline = match (rows.len(), told.is_empty()) {
        (_, true) => "Too few positions on the proposals for figures to be shown".to_owned(),
        (1, false) => format!("On the proposal: {}", list(&told)),
        _ => format!("“{}”: {}", without_contacts(&largest.question), list(&told)),
    };
    let alt: Vec<String> =
        rows.iter().map(|row| format!("{}: {}", row.question, list(&parts(row)))).collect();
    let alt = format!("Bars of positions for each proposal. {}.", alt.join("; "));
    let subtitle = "Comments on each proposal by the position that they take, which is apart from \
        what is felt about care today";
    let frame = frame(evidence, headline, subtitle, "", alt);
    let n = rows.iter().filter_map(base).sum();
    let base = Base { n, of: "comments on proposals".to_owned() };
    let chart = Bars { frame: frame.clone(), sections, key: None, notes: Vec::new(), base };
    Some(bars(evidence, "stance_by_proposal", frame, chart))
}

/// One chart for each standard of the first codebook.
pub(super) fn standards(evidence: &Evidence) -> Vec<Plan> {
    let standards = evidence.main().map(|book| book.standards.as_slice()).unwrap_or_default();
    standards.iter().filter_map(|standard| clauses(evidence, standard)).collect()
}

fn clauses(evidence: &Evidence, standard: &StandardEvidence) -> Option<Plan> {
    let raised: Vec<_> =
        standard.clauses.iter().filter(|clause| clause.respondents.count() != Some(0)).collect();
    let rows: Vec<BarRow> = raised
        .iter()
        .map(|clause| BarRow {
            name: clause.label.clone(),
            figure: figure(&clause.respondents),
            mark: None,
        })
        .collect();
    let first = raised.iter().find(|clause| clause.respondents.count().is_some())?;
    let ties: Vec<String> = raised
        .iter()
        .filter(|clause| clause.respondents.count() == first.respondents.count())
        .map(|clause| clause.label.clone())
        .collect();
    let headline = format!(
        "{}: raised most {} {}",
        standard.title,
        if ties.len() == 1 { "is" } else { "are" },
        firsts(&ties, "clauses", &first.respondents)
    );
    let told: Vec<String> = raised
        .iter()
        .filter_map(|clause| Some(format!("{}, {}", clause.label, of(&clause.respondents)?)))
        .collect();
    let alt = format!("Bars of {} clauses. {}.", number(rows.len() as u64), told.join("; "));
    let subtitle = "Respondents who raised at least one theme that is mapped to each clause, with \
        praise or criticism, and their share of all who gave an informative answer";
    let mut notes = Vec::new();
    if standard.best_fit {
        notes.push("Best fit: which theme belongs to which clause is a judgement.".to_owned());
    }
    let frame = frame(evidence, headline, subtitle, "", alt);
    let sections = vec![BarSection { rows, ..BarSection::default() }];
    let chart = Bars { frame: frame.clone(), sections, key: None, notes, base: nobody() };
    Some(bars(evidence, &format!("standard_{}", standard.id), frame, chart))
}

/// Themes that the same people raise.
pub(super) fn pairs(evidence: &Evidence) -> Option<Plan> {
    let book = evidence.main()?;
    let pairs: Vec<_> = book.pairs.iter().take(MOST_PAIRS).collect();
    let first = pairs.first()?;
    let rows: Vec<BarRow> = pairs
        .iter()
        .map(|pair| BarRow {
            name: format!("{} + {}", pair.first_label, spoken(&pair.second_label)),
            figure: figure(&pair.respondents),
            mark: None,
        })
        .collect();
    let ties: Vec<String> = pairs
        .iter()
        .filter(|pair| pair.respondents.count() == first.respondents.count())
        .map(|pair| format!("{} with {}", spoken(&pair.first_label), spoken(&pair.second_label)))
        .collect();
    let headline =
        format!("Raised together most: {}", firsts(&ties, "pairs of themes", &first.respondents));
    let told: Vec<String> = pairs
        .iter()
        .take(5)
        .filter_map(|pair| {
            let figures = of(&pair.respondents)?;
            Some(format!("{} with {}, {figures}", pair.first_label, spoken(&pair.second_label)))
        })
        .collect();
    let alt = format!(
        "Bars of the {} pairs of themes that most people raised. First: {}.",
        number(rows.len() as u64),
        told.join("; ")
    );
    let note = match book.pairs.len() - rows.len() {
        0 => String::new(),
        more => format!("{} more pairs are in the tables.", number(more as u64)),
    };
    let subtitle = "Respondents who raised both of two themes, and their share of all who gave an \
        informative answer";
    let frame = frame(evidence, headline, subtitle, &note, alt);
    let sections = vec![BarSection { rows, ..BarSection::default() }];
    let chart =
        Bars { frame: frame.clone(), sections, key: None, notes: Vec::new(), base: nobody() };
    Some(bars(evidence, "themes_together", frame, chart))
}

/// People who receive care beside their families; and whether any difference is more than chance.
pub(super) fn gap(evidence: &Evidence) -> Option<(Plan, bool)> {
    let by = evidence.main()?.breakdown(Dimension::RespondentType)?;
    let place = |label: &str| by.values.iter().position(|value| value.label == label);
    let (people, family) =
        (place("People who receive care")?, place("Family members and friends")?);
    let raised: Vec<_> = by
        .rows
        .iter()
        .map(|row| (row, row.cells[people].raised, row.cells[family].raised))
        .filter(|(_, a, b)| a.count() != Some(0) || b.count() != Some(0))
        .collect();
    let shown = |(_, a, b): &&(_, Cell, Cell)| a.count().is_some() && b.count().is_some();
    let rows: Vec<_> = raised.iter().filter(shown).collect();
    if rows.is_empty() {
        return None;
    }
    let mut clear: Vec<(f64, String)> = Vec::new();
    let drawn = rows
        .iter()
        .map(|(row, a, b)| {
            let verdict = verdict(a, b, rows.len());
            if let (Verdict::Clear, Some(one), Some(other)) = (verdict, a.share(), b.share()) {
                let shares = format!("{} and {}", percent(one), percent(other));
                clear.push(((one - other).abs(), format!("{} ({shares})", spoken(&row.label))));
            }
            ChangeRow { name: row.label.clone(), earlier: figure(a), later: figure(b), verdict }
        })
        .collect();
    clear.sort_by(|a, b| b.0.total_cmp(&a.0));
    let headline = if clear.is_empty() {
        super::charts::sentence_case(&format!(
            "{} between people who receive care and families by more than chance would explain",
            none_of(rows.len(), "differs")
        ))
    } else {
        let most: Vec<String> = clear.iter().take(2).map(|(_, words)| words.clone()).collect();
        format!(
            "People who receive care and families differ by more than chance, of {} that can be shown \
             and tested: {}",
            the_themes(rows.len()),
            most.join("; ")
        )
    };
    let note = extent(rows.len(), raised.len() - rows.len());
    let subtitle = "Share of each group who raised each theme; themes of which a figure is withheld \
        are left out";
    let alt = format!(
        "For each of {} themes, its share among people who receive care and among families. {headline}.",
        number(rows.len() as u64)
    );
    let found = !clear.is_empty();
    let frame = frame(evidence, headline, subtitle, &note, alt);
    let side = |at: usize| {
        let base = Base { n: by.values[at].base, of: by.unit.as_str().to_owned() };
        (by.values[at].label.clone(), base)
    };
    let chart = Change {
        frame: frame.clone(),
        earlier: side(people),
        later: side(family),
        rows: drawn,
        sides: Sides::Groups,
    };
    let stem = "people_and_families".to_owned();
    Some((Plan { stem, frame, chart: Box::new(chart) }, found))
}

pub(super) fn months(evidence: &Evidence) -> Vec<Plan> {
    evidence.processes.iter().map(|process| month(evidence, process)).collect()
}

fn month(evidence: &Evidence, process: &Process) -> Plan {
    let named = |signal: Signal| -> Vec<String> {
        let is = |point: &&crate::tables::evidence::ProcessPoint| point.signal == Some(signal);
        process.points.iter().filter(is).map(|point| point.month.clone()).collect()
    };
    let mut found = Vec::new();
    for (signal, words) in [(Signal::Above, "above"), (Signal::Below, "below")] {
        let months = named(signal);
        if !months.is_empty() {
            found.push(format!("{words} its usual range in {}", list(&months)));
        }
    }
    if let Some(last) = named(Signal::Run).last() {
        found.push(format!("eight months or more on one side of the mean, up to {last}"));
    }
    let mean = percent(process.centre);
    let headline = if found.is_empty() {
        format!("{}: no month stands out from a mean of {mean}", process.label)
    } else {
        format!("{}: {}", process.label, found.join("; "))
    };
    let subtitle = format!(
        "Share of respondents of each month, with natural process limits (XmR) from {} to {}",
        percent(process.lower),
        percent(process.upper)
    );
    let alt = format!("A line of {} months. {headline}.", number(process.points.len() as u64));
    let frame = frame(evidence, headline, subtitle, "", alt);
    let points = process.points.iter().map(|point| Point {
        month: point.month.clone(),
        figure: figure(&point.cell),
        signal: point.signal.is_some(),
    });
    let bases = process.points.iter().filter_map(|point| point.cell.base());
    let chart = Months {
        frame: frame.clone(),
        measure: format!("{}: share of respondents", process.label),
        points: points.collect(),
        centre: process.centre * 100.0,
        limits: (process.lower * 100.0, process.upper * 100.0),
        base: Base { n: bases.sum(), of: "respondents in the months shown".to_owned() },
    };
    Plan { stem: format!("months_{}", process.id), frame, chart: Box::new(chart) }
}

pub(super) fn responded(evidence: &Evidence) -> Option<Plan> {
    let all = &evidence.represented;
    if all.is_empty() {
        return None;
    }
    let mut apart: Vec<(f64, String)> = Vec::new();
    let sections = all
        .iter()
        .map(|by| BarSection {
            title: by.label.clone(),
            about: about(by),
            rows: by
                .rows
                .iter()
                .map(|row| {
                    if let Some(share) = row.respondents.share() {
                        let words = format!(
                            "{}, {} of replies and {} of people",
                            row.label,
                            percent(share),
                            percent(row.people_share)
                        );
                        apart.push(((share - row.people_share).abs(), words));
                    }
                    BarRow {
                        name: row.label.clone(),
                        figure: figure(&row.respondents),
                        mark: Some((row.people_share * 100.0).clamp(0.0, 100.0)),
                    }
                })
                .collect(),
        })
        .collect();
    apart.sort_by(|a, b| b.0.total_cmp(&a.0));
    let headline = match apart.first() {
        Some((_, words)) => format!("Farthest from those who receive care: {words}"),
        None => "Who responded beside who receives care".to_owned(),
    };
    let told: Vec<String> = apart.iter().map(|(_, words)| words.clone()).collect();
    let alt = format!("Bars of shares of replies, each with a mark. {}.", told.join("; "));
    let subtitle = "Share of respondents in each group, against the group's share of all who \
        receive care";
    let frame = frame(evidence, headline, subtitle, CANNOT_MEND, alt);
    let key = ["Share of respondents", "Share of people who receive care"].map(str::to_owned);
    let chart =
        Bars { frame: frame.clone(), sections, key: Some(key), notes: Vec::new(), base: nobody() };
    Some(bars(evidence, "responded_and_receive_care", frame, chart))
}

fn about(by: &Represented) -> String {
    let base = by.rows.iter().find_map(|row| row.respondents.base()).unwrap_or_default();
    let base = format!("{} respondents", number(base));
    match by.left_out {
        0 => base,
        some => format!(
            "{base}, without {} whose group is not stated or not among those who receive care",
            number(some)
        ),
    }
}

/// How the numbers that people gave stand to the standards that were set, together.
pub(super) fn against(evidence: &Evidence) -> Option<Plan> {
    let rows: Vec<_> =
        evidence.measures.iter().filter_map(|row| Some((row, row.against.as_ref()?))).collect();
    if rows.is_empty() {
        return None;
    }
    let mut told = Vec::new();
    let sections: Vec<BarSection> = rows
        .iter()
        .map(|(row, against)| {
            let n = against.beyond.base().or(row.respondents);
            if let (Some(count), Some(base)) = (against.beyond.count(), against.beyond.base()) {
                told.push(format!(
                    "{} (standard: {}): {} of the {} who gave a number gave one beyond it",
                    spoken(&row.label),
                    against.standard,
                    number(count),
                    number(base)
                ));
            }
            BarSection {
                title: format!("{}: {}", row.label, against.standard),
                about: n.map_or_else(String::new, |n| {
                    format!("Of the {} who gave a number", number(n))
                }),
                rows: vec![
                    BarRow {
                        name: "Every number within the standard".to_owned(),
                        figure: figure(&against.kept),
                        mark: None,
                    },
                    BarRow {
                        name: "A number beyond it".to_owned(),
                        figure: figure(&against.beyond),
                        mark: None,
                    },
                ],
            }
        })
        .collect();
    let headline = told.first().map_or_else(
        || "Too few people gave a number for figures against the standards to be shown".to_owned(),
        |first| super::charts::sentence_case(first),
    );
    let alt = format!("Bars for each standard. {}.", told.join("; "));
    let subtitle = "Respondents who gave a number in their own words, beside the standard that was \
        set. Not a rate of compliance: people mention what goes wrong more than what goes right";
    let frame = frame(evidence, headline, subtitle, "", alt);
    let n = rows.iter().filter_map(|(_, against)| against.beyond.base()).sum();
    let base = Base { n, of: "respondents with a number, once for each quantity".to_owned() };
    let chart = Bars { frame: frame.clone(), sections, key: None, notes: Vec::new(), base };
    Some(bars(evidence, "measures_and_standards", frame, chart))
}

/// Weighted shares with the unweighted ones as marks.
pub(super) fn weighted(evidence: &Evidence) -> Option<Plan> {
    let weighted = evidence.weighted.as_ref()?;
    let mut moved: Vec<(f64, String)> = Vec::new();
    let rows: Vec<BarRow> = weighted
        .rows
        .iter()
        .filter_map(|row| {
            let (share, low, high) = row.weighted?;
            let plain = row.unweighted.share()?;
            let words =
                format!("{}, {} and {}", spoken(&row.label), percent(share), percent(plain));
            moved.push(((share - plain).abs(), words));
            let count = row.unweighted.count().unwrap_or_default();
            let (percent, low, high) = (share * 100.0, low * 100.0, high * 100.0);
            Some(BarRow {
                name: row.label.clone(),
                figure: Figure::Shown(Share { count, percent, low, high }),
                mark: Some(plain * 100.0),
            })
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    moved.sort_by(|a, b| b.0.total_cmp(&a.0));
    let headline = match moved.first() {
        Some((apart, words)) if *apart >= 0.01 => {
            format!("Weighted and unweighted shares differ most for {words}")
        }
        _ => "Weighting moves no theme by a whole point".to_owned(),
    };
    let subtitle = format!(
        "Respondents who raised each theme, weighted to those who receive care by {}. Design \
         effect {:.2}: {} respondents tell as much as {} unweighted ones",
        list(&weighted.columns.iter().map(|label| spoken(label)).collect::<Vec<_>>()),
        weighted.design_effect,
        number(weighted.respondents),
        number(weighted.effective)
    );
    let told: Vec<String> = moved.iter().map(|(_, words)| words.clone()).collect();
    let alt = format!("Bars of weighted shares, each with a mark. {}.", told.join("; "));
    let frame = frame(evidence, headline, subtitle, CANNOT_MEND, alt);
    let key = ["Weighted share", "Unweighted share"].map(str::to_owned);
    let n = weighted.respondents;
    let chart = Bars {
        frame: frame.clone(),
        sections: vec![BarSection { rows, ..BarSection::default() }],
        key: Some(key),
        notes: vec![
            "Themes of which a figure is withheld in a group have no weighted share.".to_owned(),
        ],
        base: Base { n, of: "respondents with a weight".to_owned() },
    };
    Some(bars(evidence, "weighted", frame, chart))
}
