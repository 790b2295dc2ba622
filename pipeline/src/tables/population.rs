//! Who responded beside who receives care, and what the themes would be if everybody had replied
//! alike: weights by cells where one column is known, raking where several are.
//!
//! Weights make the sample look like the people who receive care in the columns that are known, and
//! in nothing else: they cannot mend who chose to reply. A weighted figure is a sum of others, so it
//! is only shown where all of those are, and to whole points.

use std::collections::BTreeMap;

use heard_models::words::RespondentType;

use super::breakdown::Published;
use super::counts::Counts;
use super::disclosure::Profile;
use super::evidence::{
    Cell, CodebookEvidence, Dimension, Represented, RepresentedRow, Unit, Weighted, WeightedRow,
};
use super::intervals::{share, wilson_of};
use super::labels;
use super::settings::PopulationRow;
use super::tally::{Sums, Tally};

/// Respondents that raking over several columns needs at least.
const LEAST_RAKED: u64 = 100;
/// Rounds of raking, at most; it usually takes ten.
const ROUNDS: usize = 500;

/// A breakdown of respondents with how many people there are of each of its values.
pub(super) struct Known<'a> {
    by: &'a Published,
    /// For each value, people; None where the population does not know it.
    people: Vec<Option<u64>>,
    /// (label, people) of values that nobody replied from.
    silent: Vec<(String, u64)>,
}

/// The breakdowns that the population speaks of.
pub(super) fn known<'a>(
    sums: &Sums,
    published: &'a [Published],
    population: &[PopulationRow],
) -> Vec<Known<'a>> {
    let respondents = published.iter().filter(|by| by.unit == Unit::Respondents);
    respondents
        .filter_map(|by| {
            let rows: Vec<&PopulationRow> =
                population.iter().filter(|row| row.column == by.id).collect();
            if rows.is_empty() {
                return None;
            }
            let name = |id: usize| labels::value(by.dimension, &sums.names[by.at].names[id]);
            let mut people: Vec<Option<u64>> = vec![None; by.values.len()];
            let mut silent = Vec::new();
            for row in rows {
                let wanted = row_label(by.dimension, &row.value);
                let is = |ids: &Vec<usize>| ids.iter().any(|id| alike(&name(*id), &wanted));
                // Nobody from there replied, or few: either stands with the small groups.
                let other = || by.values.iter().position(|value| value.merged > 1);
                match by.members.iter().position(is).or_else(other) {
                    Some(at) => *people[at].get_or_insert(0) += row.people,
                    None => silent.push((wanted, row.people)),
                }
            }
            let matched = people.iter().flatten().filter(|people| **people > 0).count();
            (matched > 1).then_some(Known { by, people, silent })
        })
        .collect()
}

/// A value as people read it, however it was spelt in the file.
fn row_label(dimension: Dimension, value: &str) -> String {
    if dimension == Dimension::RespondentType {
        let id = value.trim().to_lowercase().replace(' ', "_");
        if let Some(kind) = RespondentType::parse(&id) {
            return labels::roles(kind).to_owned();
        }
    }
    value.trim().to_owned()
}

fn alike(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

impl Known<'_> {
    /// Those who responded beside those who receive care.
    pub(super) fn represented(&self) -> Represented {
        let base = |at: usize| self.by.values[at].base;
        let of = (0..self.people.len()).filter_map(|at| Some((at, self.people[at]?)));
        let of: Vec<(usize, u64)> = of.collect();
        let respondents: u64 = of.iter().map(|(at, _)| base(*at)).sum();
        let people: u64 = of.iter().map(|(_, people)| people).sum::<u64>()
            + self.silent.iter().map(|(_, people)| people).sum::<u64>();
        let row = |label: &str, count: u64, those: u64| RepresentedRow {
            label: label.to_owned(),
            respondents: Cell::shown(count, respondents),
            people: those,
            people_share: share(those, people),
        };
        let mut rows: Vec<RepresentedRow> = of
            .iter()
            .map(|(at, those)| row(&self.by.values[*at].label, base(*at), *those))
            .collect();
        rows.extend(self.silent.iter().map(|(label, those)| row(label, 0, *those)));
        let all: u64 = self.by.values.iter().map(|value| value.base).sum();
        Represented {
            id: self.by.id.clone(),
            label: self.by.label.clone(),
            rows,
            left_out: all - respondents,
        }
    }
}

/// A cell of the joint table: its value in each known breakdown, how many, and their weight each.
struct Joint<'a> {
    values: Vec<usize>,
    size: f64,
    weight: f64,
    counts: Vec<&'a Counts>,
}

/// Weighted figures of the first codebook, where the columns and the profile allow.
pub(super) fn weighted(
    tally: &Tally,
    sums: &Sums,
    profile: Profile,
    known: &[Known<'_>],
    book: &CodebookEvidence,
) -> Option<Weighted> {
    // Under `nhs` a joint table would tell more than the rounded ones.
    if known.is_empty() || (profile == Profile::Nhs && known.len() > 1) {
        return None;
    }
    let places: Option<Vec<usize>> =
        known.iter().map(|known| sums.weighed.iter().position(|at| *at == known.by.at)).collect();
    let places = places?;
    let mut joint: BTreeMap<Vec<usize>, Vec<&Counts>> = BTreeMap::new();
    for (ids, counts) in &sums.weighing {
        let value = |(known, place): (&Known<'_>, &usize)| {
            let id = ids[*place] as usize;
            let at = known.by.members.iter().position(|ids| ids.contains(&id))?;
            known.people[at].filter(|people| *people > 0).map(|_| at)
        };
        let values: Option<Vec<usize>> = known.iter().zip(&places).map(value).collect();
        if let Some(values) = values {
            joint.entry(values).or_default().push(counts);
        }
    }
    let mut cells: Vec<Joint<'_>> = joint
        .into_iter()
        .map(|(values, counts)| {
            let size = counts.iter().map(|c| c.base).sum();
            Joint { values, size: profile.printed(size) as f64, weight: 1.0, counts }
        })
        .collect();
    let respondents: f64 = cells.iter().map(|cell| cell.size).sum();
    if respondents < 1.0 || (known.len() > 1 && respondents < LEAST_RAKED as f64) {
        return None;
    }
    rake(&mut cells, known);
    let sum = |of: fn(&Joint<'_>) -> f64| cells.iter().map(of).sum::<f64>();
    let total = sum(|cell| cell.size * cell.weight);
    let squares = sum(|cell| cell.size * cell.weight * cell.weight);
    let design_effect = respondents * squares / (total * total);
    let effective = respondents / design_effect;
    let weights = cells.iter().map(|cell| cell.weight * respondents / total);
    let (least, most) = weights.fold((f64::MAX, 0.0), |(least, most): (f64, f64), weight| {
        (least.min(weight), most.max(weight))
    });
    let row = |theme: &super::evidence::ThemeRow| {
        let (at, number) = tally.vocabulary.find(&book.id, &theme.id)?;
        let slot = tally.layout.books[usize::from(at)].first + usize::from(number);
        let shown = known.iter().all(|known| all_shown(book, &known.by.id, &theme.id));
        let raised = |cell: &Joint<'_>| {
            let raised = cell.counts.iter().map(|c| c.slot(slot).iter().sum::<u64>()).sum();
            profile.printed(raised) as f64
        };
        let raised: f64 = cells.iter().map(|cell| raised(cell) * cell.weight).sum();
        let points = (100.0 * raised / total).round() / 100.0;
        let weighted = shown.then(|| {
            let (low, high) = wilson_of(points * effective, effective);
            (points, low, high)
        });
        Some(WeightedRow {
            id: theme.id.clone(),
            label: theme.label.clone(),
            unweighted: theme.respondents,
            weighted,
        })
    };
    Some(Weighted {
        columns: known.iter().map(|known| known.by.label.clone()).collect(),
        respondents: respondents as u64,
        design_effect: (design_effect * 100.0).round() / 100.0,
        effective: effective.round() as u64,
        least: (least * 10.0).round() / 10.0,
        most: (most * 10.0).round() / 10.0,
        rows: book.themes.iter().filter_map(row).collect(),
    })
}

/// Whether every figure of a theme in a breakdown may be shown: then a sum of them tells nothing.
fn all_shown(book: &CodebookEvidence, by: &str, theme: &str) -> bool {
    let by = book.breakdowns.iter().find(|found| found.id == by);
    let row = by.and_then(|by| by.rows.iter().find(|row| row.id == theme));
    row.is_some_and(|row| row.cells.iter().all(|cell| cell.raised != Cell::Hidden))
}

/// Turns the weights until every known breakdown has the population's shares; for one breakdown
/// that is done at once.
fn rake(cells: &mut [Joint<'_>], known: &[Known<'_>]) {
    for _ in 0..ROUNDS {
        let mut farthest: f64 = 0.0;
        for (at, known) in known.iter().enumerate() {
            let here: f64 = cells.iter().map(|cell| cell.size * cell.weight).sum();
            let mut of_value = vec![0.0; known.people.len()];
            for cell in cells.iter() {
                of_value[cell.values[at]] += cell.size * cell.weight;
            }
            let met = |value: &usize| of_value[*value] > 0.0;
            let people: u64 =
                (0..of_value.len()).filter(met).filter_map(|value| known.people[value]).sum();
            for cell in cells.iter_mut() {
                let value = cell.values[at];
                let wanted = share(known.people[value].unwrap_or_default(), people) * here;
                let turn = wanted / of_value[value];
                cell.weight *= turn;
                farthest = farthest.max((turn - 1.0).abs());
            }
        }
        if farthest < 1e-9 {
            return;
        }
    }
}
