//! Counts to evidence: everything that may be published, in the order in which people read it.

use std::collections::BTreeMap;

use heard_models::words::{Direction, Domain, RespondentType, Stance, Status};

use super::bars::bars;
use super::breakdown::{self, Published, protect_feeling, publishable};
use super::counts::{Book, Counts};
use super::disclosure::{Parts, Profile};
use super::evidence::{
    Against, Cell, ClauseRow, CodebookEvidence, Dimension, Evidence, Funnel, MeasureRow,
    MeasureSummary, Named, Number, OutcomeRow, Overall, Pair, QuestionRow, Split, StanceRow,
    StandardEvidence, ThemeRow,
};
use super::intervals::{margin, share};
use super::measured::{MeasureKey, Measured};
use super::overlap::Overlaps;
use super::settings::PopulationRow;
use super::tally::{Sums, Tally};
use super::{findings, labels, population, process};
use crate::coding::Flag;
use crate::response::{Channel, Unprocessed};
use crate::vocabulary::{ClauseName, CodebookNames, StandardName};

/// What the coded responses do not say themselves.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// People invited to answer, where the user said.
    pub invited: Option<u64>,
    /// Disclosure control.
    pub profile: Profile,
    /// True once people have read a sample of the coding; everything is a draft until then.
    pub reviewed: bool,
    /// Redactions by kind, as in the manifest.
    pub redactions: BTreeMap<String, u64>,
    /// Rows, pages and files set aside, by reason, as in the manifest.
    pub unprocessed: BTreeMap<String, u64>,
    /// Who receives care, where the user said.
    pub population: Vec<PopulationRow>,
}

/// Everything that may be published about these counts.
pub fn evidence(tally: &Tally, facts: &Facts) -> Evidence {
    let sums = tally.settled();
    let profile = facts.profile;
    let (mut published, left_out) = publishable(tally, &sums, profile);
    let overlaps = Overlaps::new(&sums, &published);
    protect_feeling(&mut published, &sums, profile, &overlaps);
    let books = tally.vocabulary.codebooks().iter().enumerate();
    let codebooks: Vec<CodebookEvidence> = books
        .map(|(at, names)| codebook(tally, &sums, profile, &published, &overlaps, at, names))
        .collect();
    let known = population::known(&sums, &published, &facts.population);
    let weighted = codebooks
        .first()
        .and_then(|book| population::weighted(tally, &sums, profile, &known, book));
    // The codebook of the same name has the same figures by every breakdown already.
    let by_codebook = codebooks.iter().any(|book| book.id == "outcomes");
    let outcomes_by = if by_codebook {
        Vec::new()
    } else {
        breakdown::outcomes(&published, &sums, profile, &overlaps)
    };
    Evidence {
        profile,
        draft: !facts.reviewed,
        staff: is_staff(tally),
        funnel: funnel(tally, &sums, facts),
        heard: published.iter().map(Published::heard).collect(),
        sentiment: Overall {
            respondents: whole_split(profile, sums.respondents.feeling),
            comments: whole_split(profile, sums.comments.feeling),
        },
        processes: codebooks.first().map(process::processes).unwrap_or_default(),
        represented: known.iter().map(population::Known::represented).collect(),
        weighted,
        outcomes_by,
        unnamed: Vec::new(),
        codebooks,
        questions: questions(tally, &sums, profile, &published),
        measures: (sums.measures.iter())
            .map(|(key, all)| measure(tally, profile, *key, all))
            .collect(),
        outcomes: outcomes(profile, &sums),
        stance: stance(tally, &sums, profile, &published),
        languages: languages(profile, &sums),
        flags: Flag::ALL
            .iter()
            .map(|flag| Named {
                id: flag.as_str().to_owned(),
                label: labels::sentence_case(flag.as_str()),
                number: profile.sensitive(sums.flags[*flag as usize]),
            })
            .collect(),
        redactions: named(profile, &facts.redactions),
        unprocessed: named(profile, &facts.unprocessed),
        rules: findings::rules(profile, &left_out),
    }
}

fn whole_split(profile: Profile, parts: Parts) -> Split {
    profile.split(parts, profile.plan_whole(parts))
}

fn named(profile: Profile, counts: &BTreeMap<String, u64>) -> Vec<Named> {
    let row = |(id, count): (&String, &u64)| Named {
        id: id.clone(),
        label: labels::sentence_case(&id.to_lowercase()),
        number: profile.whole(*count),
    };
    counts.iter().map(row).collect()
}

/// Whether more than half of those heard work in care.
fn is_staff(tally: &Tally) -> bool {
    let roles = tally.roles();
    let working = [RespondentType::CareWorker, RespondentType::Provider];
    let staff: u64 = working.iter().map(|kind| roles[*kind as usize]).sum();
    staff * 2 > roles.iter().sum()
}

/// Whether anybody's words came as a story that they chose to tell.
fn has_stories(tally: &Tally, sums: &Sums) -> bool {
    let Some(at) = tally.dimensions.iter().position(|d| *d == Dimension::Channel) else {
        return false;
    };
    let stories = [Channel::Testimony, Channel::Transcript].map(Channel::as_str);
    let mut channels = sums.names[at].names.iter().zip(&sums.values[at]);
    channels.any(|(name, counts)| counts.base > 0 && stories.contains(&&**name))
}

fn funnel(tally: &Tally, sums: &Sums, facts: &Facts) -> Funnel {
    let profile = facts.profile;
    let scans = Unprocessed::SCANS.iter().filter_map(|reason| facts.unprocessed.get(*reason));
    let scans: u64 = scans.sum();
    let received = profile.whole(sums.received + scans);
    let informative = profile.whole(sums.respondents.base);
    let invited = facts.invited.filter(|invited| *invited > 0);
    let of_invited =
        |count: Number| count.zip(invited).filter(|(received, invited)| received <= invited);
    let both = of_invited(received);
    let self_selected = has_stories(tally, sums);
    let status = Status::ALL.iter().map(|status| Named {
        id: status.as_str().to_owned(),
        label: labels::sentence_case(status.as_str()),
        number: profile.whole(sums.status[*status as usize]),
    });
    Funnel {
        invited,
        received,
        to_type: profile.whole(scans),
        informative,
        coded: profile.whole(sums.coded),
        response_rate: both.map(|(received, invited)| share(received, invited)),
        margin: of_invited(informative)
            .filter(|_| both.is_some() && !self_selected)
            .and_then(|(heard, invited)| margin(heard, invited)),
        self_selected,
        answers: profile.whole(sums.status.iter().sum()),
        status: status.collect(),
        words: profile.whole(sums.words),
    }
}

fn codebook(
    tally: &Tally,
    sums: &Sums,
    profile: Profile,
    published: &[Published],
    overlaps: &Overlaps,
    at: usize,
    names: &CodebookNames,
) -> CodebookEvidence {
    let book = &tally.layout.books[at];
    let group_label = |id: &str| {
        let group = names.groups.iter().find(|(group, _)| group == id);
        group.map_or_else(|| labels::sentence_case(id), |(_, label)| label.clone())
    };
    let row = |id: &str, label: &str, group: &str, slot: usize| {
        let (respondents, comments) = (&sums.respondents, &sums.comments);
        (
            slot,
            theme_row(
                profile,
                [id, label, group, &group_label(group)],
                respondents,
                comments,
                slot,
            ),
        )
    };
    let (thin, themes): (Vec<_>, Vec<_>) =
        names.themes.iter().enumerate().partition(|(_, theme)| theme.thin);
    let rows = |themes: Vec<(usize, &crate::vocabulary::ThemeName)>| {
        let rows = themes
            .into_iter()
            .map(|(theme, name)| row(&name.id, &name.label, &name.group, book.first + theme));
        ranked(rows.collect())
    };
    let (slots, themes): (Vec<usize>, Vec<ThemeRow>) = rows(themes).into_iter().unzip();
    let groups = names.groups.iter().enumerate();
    let count = |theme: usize| sums.respondents.slot(book.first + theme).iter().sum::<u64>();
    let groups = groups
        .map(|(at, (id, label))| {
            let (slot, mut group) = row(id, label, id, book.first_group + at);
            let members = (0..book.group.len()).filter(|theme| book.group[*theme] == Some(slot));
            let members: Vec<u64> = members.map(count).collect();
            let raised = sums.respondents.slot(slot).iter().sum();
            if profile.group_tells(raised, &members) {
                group.respondents = Cell::Hidden;
                group.sentiment = Split::HIDDEN;
            }
            (slot, group)
        })
        .collect();
    CodebookEvidence {
        id: names.id.clone(),
        title: names.title.clone(),
        version: names.version.clone(),
        pairs: pairs(sums, profile, at, names),
        breakdowns: breakdown::themes(published, sums, profile, overlaps, &themes, &slots),
        standards: standards(sums, profile, book, names),
        groups: ranked(groups).into_iter().map(|(_, row)| row).collect(),
        thin: rows(thin).into_iter().map(|(_, row)| row).collect(),
        themes,
    }
}

/// Each standard's clauses, the one raised by most people first.
fn standards(
    sums: &Sums,
    profile: Profile,
    book: &Book,
    names: &CodebookNames,
) -> Vec<StandardEvidence> {
    let base = sums.respondents.base;
    let standard = |(standard, first): (&StandardName, &usize)| {
        let clause = |(at, clause): (usize, &ClauseName)| {
            let parts = sums.clauses[first + at];
            let themes: Vec<usize> =
                clause.themes.iter().map(|theme| usize::from(*theme)).collect();
            let counts = themes.iter().map(|theme| sums.respondents.slot(book.first + theme));
            let counts: Vec<u64> = counts.map(|parts| parts.iter().sum()).collect();
            let hidden = profile.plan_union(parts, &counts);
            ClauseRow {
                id: clause.id.clone(),
                label: clause.label.clone(),
                themes: themes.iter().map(|theme| names.themes[*theme].label.clone()).collect(),
                respondents: profile.cell(parts.iter().sum(), base, hidden.raised),
                sentiment: profile.split(parts, hidden),
            }
        };
        let mut clauses: Vec<ClauseRow> = standard.clauses.iter().enumerate().map(clause).collect();
        clauses.sort_by_key(|clause| std::cmp::Reverse(clause.respondents.count()));
        StandardEvidence {
            id: standard.id.clone(),
            title: standard.title.clone(),
            best_fit: standard.best_fit,
            clauses,
        }
    };
    names.standards.iter().zip(&book.first_clause).map(standard).collect()
}

/// Most raised first. Under `nhs` ties of printed figures are in codebook order, so that the order
/// tells no more than the figures do.
fn ranked(mut rows: Vec<(usize, ThemeRow)>) -> Vec<(usize, ThemeRow)> {
    rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.respondents.count()));
    rows
}

fn theme_row(
    profile: Profile,
    [id, label, group, group_label]: [&str; 4],
    respondents: &Counts,
    comments: &Counts,
    slot: usize,
) -> ThemeRow {
    let (people, said) = (respondents.slot(slot), comments.slot(slot));
    ThemeRow {
        id: id.to_owned(),
        label: label.to_owned(),
        group: group.to_owned(),
        group_label: group_label.to_owned(),
        respondents: profile.whole_cell(people.iter().sum(), respondents.base),
        comments: profile.whole_cell(said.iter().sum(), comments.base),
        sentiment: whole_split(profile, people),
        comment_sentiment: whole_split(profile, said),
    }
}

fn pairs(sums: &Sums, profile: Profile, book: usize, names: &CodebookNames) -> Vec<Pair> {
    let (themes, base) = (names.themes.len(), sums.respondents.base);
    let counts = &sums.pairs[book];
    let first_slot = |theme: usize| {
        // Pairs are by theme; how often each was raised alone is in the diagonal's place.
        theme * themes + theme
    };
    let mut pairs = Vec::new();
    for first in 0..themes {
        for second in first + 1..themes {
            let count = counts[first * themes + second];
            let (a, b) = (&names.themes[first], &names.themes[second]);
            if a.thin || b.thin || count == 0 || profile.is_small(count) {
                continue;
            }
            let cell = profile.cell(count, base, false);
            let alone =
                [first, second].map(|theme| profile.printed(counts[first_slot(theme)]) as f64);
            let expected = alone[0] * alone[1] / profile.printed(base) as f64;
            pairs.push(Pair {
                first: a.id.clone(),
                first_label: a.label.clone(),
                second: b.id.clone(),
                second_label: b.label.clone(),
                respondents: cell,
                lift: profile.printed(count) as f64 / expected,
            });
        }
    }
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.respondents.count()));
    pairs
}

/// A question with what may be told of it.
struct Asked<'a> {
    id: usize,
    name: &'a str,
    /// Informative comments and what they felt; None where it cannot be told from the others.
    told: Option<(Number, Split)>,
}

/// The questions, in the order in which they were first met.
fn asked<'a>(
    tally: &Tally,
    sums: &'a Sums,
    profile: Profile,
    published: &[Published],
) -> Vec<Asked<'a>> {
    let Some(at) = tally.dimensions.iter().position(|d| *d == Dimension::Question) else {
        return Vec::new();
    };
    let broken = published.iter().find(|p| p.at == at);
    let names = &sums.names[at].names;
    let told = |id: usize| {
        if names.len() == 1 {
            let feeling = sums.comments.feeling;
            return Some((profile.whole(sums.comments.base), whole_split(profile, feeling)));
        }
        let broken = broken?;
        let value = broken.members.iter().position(|ids| ids == &[id])?;
        let split = profile.split(broken.feeling[value], broken.feeling_hidden[value]);
        Some((Some(broken.values[value].base), split))
    };
    names.iter().enumerate().map(|(id, name)| Asked { id, name, told: told(id) }).collect()
}

fn questions(
    tally: &Tally,
    sums: &Sums,
    profile: Profile,
    published: &[Published],
) -> Vec<QuestionRow> {
    let row = |Asked { id, name, told }: Asked<'_>| {
        let (comments, sentiment) = told.unwrap_or((None, Split::HIDDEN));
        QuestionRow {
            question: labels::value(Dimension::Question, name),
            polarity: sums.polarities[id],
            comments,
            sentiment,
        }
    };
    asked(tally, sums, profile, published).into_iter().map(row).collect()
}

fn measure(
    tally: &Tally,
    profile: Profile,
    MeasureKey(id, unit, per): MeasureKey,
    all: &Measured,
) -> MeasureRow {
    let standard = tally.options.standards.iter().find(|standard| standard.is_for(id, per));
    let against = standard.and_then(|standard| {
        let (limit, at_most) = match (standard.at_most, standard.at_least) {
            (Some(most), _) => (most, true),
            (None, least) => (least?, false),
        };
        let parts = [all.respondents - all.beyond, all.beyond, 0, 0];
        let split = profile.split(parts, profile.plan_whole(parts));
        Some(Against {
            standard: labels::limit(limit, at_most, unit, per),
            limit,
            at_most,
            kept: split.positive,
            beyond: split.negative,
        })
    });
    let enough = all.respondents >= profile.least();
    let limit = against.as_ref().map(|against| (against.limit, against.at_most));
    let summary = || {
        // What is printed has no more decimals than mean something.
        let quantile = |share| all.quantile(share).map(|value| (value * 100.0).round() / 100.0);
        let values: Vec<(f64, u64)> = all.values().collect();
        Some(MeasureSummary {
            median: quantile(0.5)?,
            lower_quartile: quantile(0.25)?,
            upper_quartile: quantile(0.75)?,
            range: quantile(0.0).zip(quantile(1.0)).filter(|_| profile != Profile::Nhs),
            bars: bars(&values, (quantile(0.25)?, quantile(0.75)?), limit, profile),
        })
    };
    MeasureRow {
        id: id.to_owned(),
        label: labels::measure(id),
        unit: unit.to_owned(),
        per: per.map(str::to_owned),
        respondents: profile.whole(all.respondents),
        values: profile.whole(all.count()),
        summary: if enough { summary() } else { None },
        against: against.filter(|_| enough),
    }
}

fn outcomes(profile: Profile, sums: &Sums) -> Vec<OutcomeRow> {
    let row = |domain: &Domain| {
        let at = *domain as usize * Direction::ALL.len();
        let counts = &sums.outcomes[at..at + Direction::ALL.len()];
        counts.iter().any(|count| *count > 0).then(|| OutcomeRow {
            domain: *domain,
            label: labels::domain(*domain).to_owned(),
            directions: Direction::ALL
                .iter()
                .zip(counts)
                .map(|(way, count)| (*way, profile.whole_cell(*count, sums.respondents.base)))
                .collect(),
        })
    };
    Domain::ALL.iter().filter_map(row).collect()
}

fn stance(tally: &Tally, sums: &Sums, profile: Profile, published: &[Published]) -> Vec<StanceRow> {
    let row = |Asked { id, name, told }: Asked<'_>| {
        let counts = sums.stances[id];
        let base = counts.iter().sum();
        (base > 0 && base >= profile.least() && told.is_some()).then(|| StanceRow {
            question: labels::value(Dimension::Question, name),
            stances: Stance::ALL
                .iter()
                .zip(counts)
                .map(|(stance, count)| (*stance, profile.whole_cell(count, base)))
                .collect(),
        })
    };
    asked(tally, sums, profile, published).into_iter().filter_map(row).collect()
}

fn languages(profile: Profile, sums: &Sums) -> Vec<Named> {
    let mut all: Vec<(&str, u64)> = sums.languages.iter().map(|(id, n)| (*id, *n)).collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let row = |(id, count): (&str, u64)| Named {
        id: id.to_owned(),
        label: id.to_owned(),
        number: profile.sensitive(count),
    };
    all.into_iter().map(row).collect()
}
