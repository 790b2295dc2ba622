//! Themes by the values of the run's dimensions, so that no hidden figure can be worked out.
//!
//! A dimension that follows from another (each month lies in one wave, a source is a channel) would
//! let a reader subtract one table from the other, so that only the first of such is published, the
//! user's own columns before all. Every dimension puts each unit in exactly one value: a respondent
//! in the first that they stated, a comment in its own question.

use std::collections::{BTreeMap, HashMap};

use heard_models::words::{Direction, Domain};
use rayon::prelude::*;

use super::counts::Counts;

use super::disclosure::{Hidden, Parts, Profile, together};
use super::evidence::{
    Breakdown, BreakdownCell, BreakdownRow, BreakdownValue, Cell, Dimension, Heard, Split,
    ThemeRow, Unit,
};
use super::intervals::share;
use super::labels;
use super::order;
use super::overlap::{Counted, Kind, Overlaps, Plans};
use super::tally::{NOT_STATED, Sums, Tally};

/// More values than these are put together; a reader cannot take in more, and questions fewer.
const MOST_VALUES: usize = 100;
const MOST_QUESTIONS: usize = 12;
/// Of more values than these the largest come first, also where they lie on a scale.
const MOST_ORDERED: usize = 10;

/// A dimension that is published: its values after small ones were put together.
pub(super) struct Published {
    pub(super) at: usize,
    pub(super) dimension: Dimension,
    pub(super) unit: Unit,
    pub(super) id: String,
    pub(super) label: String,
    pub(super) values: Vec<BreakdownValue>,
    /// For each value, the ids that were put together in it.
    pub(super) members: Vec<Vec<usize>>,
    /// For each value, what was felt on the whole.
    pub(super) feeling: Vec<Parts>,
    pub(super) feeling_hidden: Vec<Hidden>,
}

/// The dimensions that may be published, and labels of those left out because they follow.
pub(super) fn publishable(
    tally: &Tally,
    sums: &Sums,
    profile: Profile,
) -> (Vec<Published>, Vec<String>) {
    let mut order: Vec<usize> = (0..tally.dimensions.len()).collect();
    order.sort_by_key(|at| rank(tally.dimensions[*at]));
    let (mut taken, mut left_out): (Vec<Published>, Vec<String>) = (Vec::new(), Vec::new());
    for at in order {
        let Some(published) = Published::new(tally, sums, profile, at) else { continue };
        let follows = |other: &Published| {
            follows(sums, &published, other) || follows(sums, other, &published)
        };
        if profile != Profile::None && taken.iter().any(follows) {
            left_out.push(published.label);
        } else {
            taken.push(published);
        }
    }
    (taken, left_out)
}

/// Order of precedence.
const fn rank(dimension: Dimension) -> usize {
    match dimension {
        Dimension::Column(_) => 0,
        Dimension::RespondentType => 1,
        Dimension::Wave => 2,
        Dimension::Question => 3,
        Dimension::Polarity => 4,
        Dimension::Channel => 5,
        Dimension::Month => 6,
        Dimension::Source => 7,
    }
}

impl Published {
    fn new(tally: &Tally, sums: &Sums, profile: Profile, at: usize) -> Option<Self> {
        let dimension = tally.dimensions[at];
        let unit = match dimension {
            Dimension::Polarity | Dimension::Question => Unit::Comments,
            _ => Unit::Respondents,
        };
        let mut met: Vec<(usize, &str, u64)> = sums.values[at]
            .iter()
            .enumerate()
            .filter(|(_, counts)| counts.base > 0)
            .map(|(id, counts)| (id, sums.names[at].names[id].as_ref(), counts.base))
            .collect();
        met.sort_by(|a, b| b.2.cmp(&a.2).then(a.1.cmp(b.1)));
        let bases: Vec<u64> = met.iter().map(|(_, _, base)| *base).collect();
        let groups = together(profile, &bases, MOST_VALUES);
        let most = if dimension == Dimension::Question { MOST_QUESTIONS } else { usize::MAX };
        if groups.len() < 2 || groups.len() > most {
            return None;
        }
        let all: u64 = bases.iter().map(|base| profile.printed(*base)).sum();
        let mut values: Vec<(BreakdownValue, Vec<usize>)> = groups
            .into_iter()
            .map(|group| {
                let base = profile.printed(group.iter().map(|at| bases[*at]).sum());
                let label = match group.as_slice() {
                    [one] => labels::value(dimension, met[*one].1),
                    _ => "Other (small groups)".to_owned(),
                };
                let named = matches!(group.as_slice(), [one] if labels::is_stated(met[*one].1));
                let share = share(base, all);
                let value = BreakdownValue { label, base, share, merged: group.len(), named };
                (value, group.into_iter().map(|at| met[at].0).collect())
            })
            .collect();
        let names = |ids: &Vec<usize>| sums.names[at].names[ids[0]].clone();
        let in_time = matches!(dimension, Dimension::Wave | Dimension::Month);
        values.sort_by_cached_key(|(value, ids)| {
            (value.merged > 1, !value.named, if in_time { names(ids) } else { "".into() })
        });
        let stated = values.partition_point(|(value, _)| value.named);
        let labels: Vec<&str> = values[..stated].iter().map(|(v, _)| v.label.as_str()).collect();
        if let (Dimension::Column(_), true, Some(places)) =
            (dimension, stated <= MOST_ORDERED, order::places(&labels))
        {
            let mut placed: Vec<_> = places.into_iter().zip(values.drain(..stated)).collect();
            placed.sort_by(|a, b| a.0.total_cmp(&b.0));
            values.splice(0..0, placed.into_iter().map(|(_, value)| value));
        }
        let (values, members): (Vec<_>, Vec<Vec<usize>>) = values.into_iter().unzip();
        let (id, label) = labels::dimension(dimension, tally.vocabulary.breakdowns());
        let feeling: Vec<Parts> =
            members.iter().map(|ids| total(ids, |id| sums.values[at][id].feeling)).collect();
        let whole = match unit {
            Unit::Respondents => sums.respondents.feeling,
            Unit::Comments => sums.comments.feeling,
        };
        let bases: Vec<u64> = feeling.iter().map(|parts| parts.iter().sum()).collect();
        let hidden = profile.plan_whole(whole);
        let feeling_hidden = profile.plan_beside(&bases, &feeling, hidden, Kind::Felt, &[])?;
        Some(Self { at, dimension, unit, id, label, values, members, feeling, feeling_hidden })
    }

    /// Who was heard, by this dimension.
    pub(super) fn heard(&self) -> Heard {
        Heard {
            id: self.id.clone(),
            label: self.label.clone(),
            dimension: self.dimension,
            unit: self.unit,
            values: self.values.clone(),
        }
    }

    /// How many are of each value.
    pub(super) fn bases(&self) -> Vec<u64> {
        self.feeling.iter().map(|parts| parts.iter().sum()).collect()
    }

    /// A count by value.
    pub(super) fn by_value(&self, sums: &Sums, of: impl Fn(&Counts) -> Parts) -> Vec<Parts> {
        self.members.iter().map(|ids| total(ids, |id| of(&sums.values[self.at][id]))).collect()
    }

    /// The same breakdown of something else.
    pub(super) fn with_rows(&self, profile: Profile, rows: Vec<BreakdownRow>) -> Breakdown {
        let felt = self.feeling.iter().zip(&self.feeling_hidden);
        Breakdown {
            id: self.id.clone(),
            label: self.label.clone(),
            dimension: self.dimension,
            unit: self.unit,
            values: self.values.clone(),
            feeling: felt.map(|(parts, hidden)| profile.split(*parts, *hidden)).collect(),
            rows,
        }
    }

    /// The figures of one row beside that of the whole, of which is known what is hidden.
    pub(super) fn cells(
        &self,
        profile: Profile,
        all: Cell,
        rows: &[Parts],
        hidden: &[Hidden],
    ) -> Vec<BreakdownCell> {
        let bases = self.bases();
        let counts: Vec<u64> = rows.iter().map(|parts| parts.iter().sum()).collect();
        let raised: Vec<bool> = hidden.iter().map(|hidden| hidden.raised).collect();
        let between = profile.between(all, &bases, &counts, &raised);
        let cell = |(at, between)| BreakdownCell {
            raised: profile.cell(counts[at], bases[at], raised[at]),
            between,
            sentiment: profile.split(rows[at], hidden[at]),
        };
        between.into_iter().enumerate().map(cell).collect()
    }
}

/// What was felt on the whole is protected in all breakdowns of respondents together.
pub(super) fn protect_feeling(
    published: &mut [Published],
    sums: &Sums,
    profile: Profile,
    overlaps: &Overlaps,
) {
    let rows = of_unit(published, Unit::Respondents, |by| by.feeling.clone());
    let whole = profile.plan_whole(sums.respondents.feeling);
    let counted = Counted { whole, rows: &rows, kind: Kind::Felt };
    let plans = overlaps.plans(profile, published, &counted);
    for (by, plan) in published.iter_mut().zip(plans) {
        if by.unit == Unit::Respondents {
            let all = || vec![Hidden { raised: false, parts: [true; 4] }; by.values.len()];
            by.feeling_hidden = plan.unwrap_or_else(all);
        }
    }
}

/// Rows for the breakdowns of one unit, and none for the others.
fn of_unit(
    published: &[Published],
    unit: Unit,
    rows: impl Fn(&Published) -> Vec<Parts>,
) -> Vec<Vec<Parts>> {
    published.iter().map(|by| if by.unit == unit { rows(by) } else { Vec::new() }).collect()
}

/// The themes of one codebook by every breakdown; `slots` are theirs, in the same order.
pub(super) fn themes(
    published: &[Published],
    sums: &Sums,
    profile: Profile,
    overlaps: &Overlaps,
    themes: &[ThemeRow],
    slots: &[usize],
) -> Vec<Breakdown> {
    let theme = |slot: &usize| -> Vec<Option<Vec<BreakdownCell>>> {
        let units = [(Unit::Respondents, &sums.respondents), (Unit::Comments, &sums.comments)];
        let mut cells = vec![None; published.len()];
        for (unit, whole) in units {
            let parts = whole.slot(*slot);
            if parts.iter().sum::<u64>() == 0 {
                continue;
            }
            let rows = of_unit(published, unit, |by| by.by_value(sums, |c| c.slot(*slot)));
            let all = profile.whole_cell(parts.iter().sum(), whole.base);
            let whole = profile.plan_whole(parts);
            let counted = Counted { whole, rows: &rows, kind: Kind::Raised };
            let plans: Plans = overlaps.plans(profile, published, &counted);
            for (at, plan) in plans.into_iter().enumerate() {
                if let Some(plan) = plan {
                    cells[at] = Some(published[at].cells(profile, all, &rows[at], &plan));
                }
            }
        }
        cells
    };
    let mut cells: Vec<_> = slots.par_iter().map(theme).collect();
    let breakdown = |(at, by): (usize, &Published)| {
        let row = |(theme, cells): (&ThemeRow, &mut Vec<Option<Vec<BreakdownCell>>>)| {
            let cells = cells[at].take()?;
            let (id, label) = (theme.id.clone(), theme.label.clone());
            let all = match by.unit {
                Unit::Respondents => theme.respondents,
                Unit::Comments => theme.comments,
            };
            Some(BreakdownRow { id, label, group: theme.group.clone(), all, cells })
        };
        by.with_rows(profile, themes.iter().zip(&mut cells).filter_map(row).collect())
    };
    published.iter().enumerate().map(breakdown).collect()
}

/// What care let people gain, keep, risk or lose, by the run's columns, who speaks and wave.
pub(super) fn outcomes(
    published: &[Published],
    sums: &Sums,
    profile: Profile,
    overlaps: &Overlaps,
) -> Vec<Breakdown> {
    let shown = |by: &Published| {
        let by_people = [Dimension::RespondentType, Dimension::Wave];
        matches!(by.dimension, Dimension::Column(_)) || by_people.contains(&by.dimension)
    };
    let mut rows: Vec<Vec<BreakdownRow>> = vec![Vec::new(); published.len()];
    for (at, count) in sums.outcomes.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (domain, direction) = (Domain::ALL[at / 4], Direction::ALL[at % 4]);
        let by_value = published.iter().map(|by| {
            if shown(by) { by.by_value(sums, |c| [c.outcome(at), 0, 0, 0]) } else { Vec::new() }
        });
        let by_value: Vec<Vec<Parts>> = by_value.collect();
        let whole = profile.plan_whole([*count, 0, 0, 0]);
        let counted = Counted { whole, rows: &by_value, kind: Kind::Plain };
        let plans = overlaps.plans(profile, published, &counted);
        let all = profile.whole_cell(*count, sums.respondents.base);
        for (by, plan) in plans.into_iter().enumerate() {
            let Some(plan) = plan else { continue };
            let mut cells = published[by].cells(profile, all, &by_value[by], &plan);
            for cell in &mut cells {
                cell.sentiment = Split::HIDDEN;
            }
            rows[by].push(BreakdownRow {
                id: format!("{}_{}", domain.as_str(), direction.as_str()),
                label: format!("{}: {}", labels::domain(domain), labels::direction(direction)),
                group: domain.as_str().to_owned(),
                all,
                cells,
            });
        }
    }
    let breakdowns = published.iter().zip(rows).filter(|(_, rows)| !rows.is_empty());
    breakdowns.map(|(by, rows)| by.with_rows(profile, rows)).collect()
}

fn total(ids: &[usize], parts: impl Fn(usize) -> Parts) -> Parts {
    ids.iter().map(|id| parts(*id)).fold([0; 4], |mut sum, parts| {
        super::counts::add(&mut sum, &parts);
        sum
    })
}

/// Whether the value of `coarse` can be told from that of `fine`.
fn follows(sums: &Sums, coarse: &Published, fine: &Published) -> bool {
    let index = |published: &Published| -> HashMap<u32, usize> {
        let members = published.members.iter().enumerate();
        members.flat_map(|(at, ids)| ids.iter().map(move |id| (*id as u32, at))).collect()
    };
    let unstated = |published: &Published| {
        sums.names[published.at].names.iter().position(|name| **name == *NOT_STATED)
    };
    let (coarse_of, fine_of) = (index(coarse), index(fine));
    let (coarse_unstated, fine_unstated) = (unstated(coarse), unstated(fine));
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    for row in &sums.together {
        let id = |at: usize, unstated: Option<usize>| match row[at] {
            u32::MAX => unstated.map(|id| id as u32),
            id => Some(id),
        };
        let (coarse_id, fine_id) = (id(coarse.at, coarse_unstated), id(fine.at, fine_unstated));
        let values = coarse_id
            .and_then(|id| coarse_of.get(&id))
            .zip(fine_id.and_then(|id| fine_of.get(&id)));
        if let Some((coarse, fine)) = values
            && *seen.entry(*fine).or_insert(*coarse) != *coarse
        {
            return false;
        }
    }
    true
}
