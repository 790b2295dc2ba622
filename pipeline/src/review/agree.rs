//! Agreement between the people who coded a run: Cohen's kappa of two, Krippendorff's alpha of any
//! number, for each theme and over whole sets of themes, with bootstrap intervals over answers.
//!
//! Passonneau, R. (2006) Measuring Agreement on Set-valued Items (MASI).

use std::collections::BTreeMap;

use serde::Serialize;

use super::decision::State;
use super::decisions::Decisions;
use super::study::by_person;
use crate::agreement::{Interval, Matrix, alpha, bootstrap, mean, ratio};
use crate::vocabulary::Vocabulary;

/// A figure with its 95% interval.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figure {
    /// None where there is nothing to tell it from.
    pub value: Option<f64>,
    /// Its interval.
    pub interval: Option<Interval>,
    /// Both in words.
    pub text: String,
}

impl Figure {
    fn new(value: f64, interval: Option<Interval>) -> Self {
        if !value.is_finite() {
            return Self { value: None, interval: None, text: "cannot be told".to_owned() };
        }
        let text = match interval {
            Some(i) => format!("{value:.2} ({:.2} to {:.2})", i.low, i.high),
            None => format!("{value:.2}"),
        };
        Self { value: Some(value), interval, text }
    }
}

/// Agreement on one theme.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Theme {
    /// Machine id.
    pub id: String,
    /// What people read.
    pub label: String,
    /// Answers to which any coder gave it.
    pub any: usize,
    /// Answers to which all gave it.
    pub all: usize,
    /// Krippendorff's alpha, nominal.
    pub alpha: Figure,
    /// Cohen's kappa, where two have coded.
    pub kappa: Figure,
}

/// Agreement between coders.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// Who has coded.
    pub coders: Vec<String>,
    /// Answers coded by two or more.
    pub both: usize,
    /// Of these, by at least two without seeing other codes.
    pub blind: usize,
    /// Whom kappa is of; None unless just two have coded.
    pub kappa_of: Option<String>,
    /// Krippendorff's alpha over sets of themes, with MASI distance.
    pub masi: Figure,
    /// Mean of the themes' alphas.
    pub mean_alpha: Figure,
    /// Share of pairs of coders who gave just the same themes.
    pub exact: Figure,
    /// By theme, those that anybody gave, in the order of the codebook.
    pub themes: Vec<Theme>,
    /// (theme that one gave, theme that another gave where it had not the first, answers).
    pub confusion: Vec<(String, String, usize)>,
}

/// The themes that each coder gave to an answer, by number of the coder.
type Case = Vec<(usize, Vec<u16>)>;

/// Compares everyone who has coded; if wanted, only what was coded without seeing other codes.
pub fn agree(decisions: &Decisions, vocabulary: &Vocabulary, blind_only: bool) -> Agreement {
    let coders = decisions.coders();
    let mut states: Vec<_> = decisions.keys().collect();
    states.sort_by_key(|(key, _)| *key);
    let (mut cases, mut blind): (Vec<Case>, usize) = (Vec::new(), 0);
    for (_, state) in states {
        let case = case(state, &coders, vocabulary, blind_only);
        if case.len() > 1 {
            blind += usize::from(state.unseen().count() > 1);
            cases.push(case);
        }
    }
    let book = vocabulary.codebooks().first();
    let names = book.map(|book| book.themes.as_slice()).unwrap_or_default();
    let used: Vec<u16> = (0..names.len() as u16)
        .filter(|theme| cases.iter().flatten().any(|(_, themes)| themes.contains(theme)))
        .collect();
    let two = coders.len() == 2;
    let figures = |weights: &[u32]| -> Vec<f64> {
        let alphas: Vec<f64> = used.iter().map(|theme| alpha_of(&cases, *theme, weights)).collect();
        let mut all =
            vec![masi(&cases, weights), mean(alphas.iter().copied()), exact(&cases, weights)];
        all.extend(alphas);
        if two {
            all.extend(used.iter().map(|theme| kappa_of(&cases, *theme, weights)));
        }
        all
    };
    let values = figures(&vec![1; cases.len()]);
    let intervals =
        if cases.len() > 1 { bootstrap(cases.len(), figures) } else { vec![None; values.len()] };
    let figure = |at: usize| {
        let value = values.get(at).copied().unwrap_or(f64::NAN);
        Figure::new(value, intervals.get(at).copied().flatten())
    };
    let themes = used
        .iter()
        .enumerate()
        .map(|(at, theme)| {
            let gave = |themes: &[u16]| themes.contains(theme);
            let name = &names[usize::from(*theme)];
            Theme {
                id: name.id.clone(),
                label: name.label.clone(),
                any: cases.iter().filter(|c| c.iter().any(|(_, t)| gave(t))).count(),
                all: cases.iter().filter(|c| c.iter().all(|(_, t)| gave(t))).count(),
                alpha: figure(3 + at),
                kappa: figure(3 + used.len() + at),
            }
        })
        .collect();
    let label = |theme: u16| names[usize::from(theme)].label.clone();
    let confusion =
        confusion(&cases).into_iter().map(|((a, b), n)| (label(a), label(b), n)).collect();
    Agreement {
        both: cases.len(),
        blind,
        kappa_of: two.then(|| coders.join(" and ")),
        masi: figure(0),
        mean_alpha: figure(1),
        exact: figure(2),
        themes,
        confusion,
        coders,
    }
}

fn case(state: &State, coders: &[String], vocabulary: &Vocabulary, blind_only: bool) -> Case {
    // Where somebody coded without seeing others' codes, what they said then is compared: that they
    // changed their mind afterwards, with the others' codes before them, is no agreement.
    let unseen = |who: &str| state.own.get(who)?.unseen.as_ref();
    state
        .coders()
        .filter_map(|(who, codes)| {
            let codes = unseen(who).or((!blind_only).then_some(codes))?;
            let coder = coders.iter().position(|c| c == who)?;
            let themes = by_person(codes, vocabulary).into_iter().map(|(t, _)| t).collect();
            Some((coder, themes))
        })
        .collect()
}

/// Alpha of one theme: given or not.
fn alpha_of(cases: &[Case], theme: u16, weights: &[u32]) -> f64 {
    let labels: Vec<Vec<u8>> = cases
        .iter()
        .map(|case| case.iter().map(|(_, themes)| u8::from(themes.contains(&theme))).collect())
        .collect();
    let drawn = labels.iter().zip(weights);
    alpha(drawn.flat_map(|(l, n)| std::iter::repeat_n(l.as_slice(), *n as usize)))
}

fn kappa_of(cases: &[Case], theme: u16, weights: &[u32]) -> f64 {
    let mut matrix = Matrix::new(2);
    for (case, weight) in cases.iter().zip(weights) {
        if let [(_, one), (_, other)] = case.as_slice() {
            let gave = |themes: &[u16]| usize::from(themes.contains(&theme));
            matrix.add(gave(one), gave(other), f64::from(*weight));
        }
    }
    matrix.kappa()
}

/// Share of pairs of coders with the same set.
fn exact(cases: &[Case], weights: &[u32]) -> f64 {
    let (mut same, mut pairs) = (0.0, 0.0);
    for (case, weight) in cases.iter().zip(weights) {
        for (i, (_, one)) in case.iter().enumerate() {
            for (_, other) in &case[i + 1..] {
                pairs += f64::from(*weight);
                same += if one == other { f64::from(*weight) } else { 0.0 };
            }
        }
    }
    ratio(same, pairs)
}

/// 0 for equal sets, 1 for sets with nothing in common.
fn masi_distance(one: &[u16], other: &[u16]) -> f64 {
    if one == other {
        return 0.0;
    }
    let both = one.iter().filter(|theme| other.contains(theme)).count();
    let either = one.len() + other.len() - both;
    let weight = match both {
        0 => 0.0,
        n if n == one.len() || n == other.len() => 2.0 / 3.0,
        _ => 1.0 / 3.0,
    };
    1.0 - weight * both as f64 / either as f64
}

/// Krippendorff's alpha over sets of themes.
fn masi(cases: &[Case], weights: &[u32]) -> f64 {
    let mut sets: BTreeMap<&[u16], f64> = BTreeMap::new();
    let (mut observed, mut values) = (0.0, 0.0);
    for (case, weight) in cases.iter().zip(weights).filter(|(_, w)| **w > 0) {
        let weight = f64::from(*weight);
        let mut apart = 0.0;
        for (_, one) in case {
            *sets.entry(one).or_default() += weight;
            apart += case.iter().map(|(_, other)| masi_distance(one, other)).sum::<f64>();
        }
        observed += weight * apart / (case.len() - 1) as f64;
        values += weight * case.len() as f64;
    }
    let sets: Vec<_> = sets.into_iter().collect();
    let mut chance = 0.0;
    for (i, (one, n)) in sets.iter().enumerate() {
        for (other, m) in &sets[i + 1..] {
            chance += 2.0 * n * m * masi_distance(one, other);
        }
    }
    if chance > 0.0 { 1.0 - observed * (values - 1.0) / chance } else { f64::NAN }
}

/// Pairs of themes of which one coder gave the first alone and another the second alone.
fn confusion(cases: &[Case]) -> Vec<((u16, u16), usize)> {
    let mut pairs: BTreeMap<(u16, u16), usize> = BTreeMap::new();
    for case in cases {
        for (i, (_, one)) in case.iter().enumerate() {
            for (_, other) in &case[i + 1..] {
                for a in one.iter().filter(|a| !other.contains(a)) {
                    for b in other.iter().filter(|b| !one.contains(b)) {
                        *pairs.entry((*a.min(b), *a.max(b))).or_default() += 1;
                    }
                }
            }
        }
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by_key(|(themes, n)| (std::cmp::Reverse(*n), *themes));
    pairs.truncate(20);
    pairs
}

/// The agreement as a screen of text.
pub fn text(found: &Agreement) -> String {
    if found.coders.is_empty() {
        return "Nobody has finished coding an answer yet. Each person reads the same sample with `heard review DIR --coder INITIALS`; then this says how far they agree.\n".to_owned();
    }
    let mut out = format!(
        "Coders: {}. Coded by two or more: {}, {} of these without seeing other codes.\n",
        found.coders.join(", "),
        crate::plain::plural(found.both as u64, "answer", "answers"),
        found.blind
    );
    if found.both == 0 {
        out.push_str(if found.coders.len() > 1 {
            "There is nothing to compare yet: they have no answer in common. Under “For every coder, each alone” the page has the same answers for each of them.\n"
        } else {
            "There is nothing to compare yet: a second person reads the same sample with `heard review DIR --coder INITIALS`.\n"
        });
        return out;
    }
    out.push_str(&format!(
        "\nOver all themes (95% interval)\n  Krippendorff's alpha, sets of themes (MASI)  {}\n  Krippendorff's alpha, mean over themes       {}\n  Just the same themes                         {}\n\n",
        found.masi.text, found.mean_alpha.text, found.exact.text
    ));
    let width = found.themes.iter().map(|t| t.label.chars().count()).max().unwrap_or(0);
    out.push_str(&format!("{:width$}  any  all  alpha", "Theme"));
    out.push_str(if found.kappa_of.is_some() { "                  kappa\n" } else { "\n" });
    for theme in &found.themes {
        let kappa = if found.kappa_of.is_some() { theme.kappa.text.as_str() } else { "" };
        out.push_str(&format!(
            "{:width$}  {:3}  {:3}  {:23}{kappa}\n",
            theme.label, theme.any, theme.all, theme.alpha.text
        ));
    }
    if !found.confusion.is_empty() {
        out.push_str("\nOne gave the first, another the second in its place:\n");
        for (one, other, n) in &found.confusion {
            out.push_str(&format!("  {n:3}  {one} / {other}\n"));
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn without_a_coder_the_agreement_says_what_to_do() {
        let mut found = Agreement {
            coders: Vec::new(),
            both: 0,
            blind: 0,
            kappa_of: None,
            masi: Figure::default(),
            mean_alpha: Figure::default(),
            exact: Figure::default(),
            themes: Vec::new(),
            confusion: Vec::new(),
        };
        let nobody = text(&found);
        assert!(nobody.starts_with("Nobody has finished coding"), "{nobody}");
        assert!(nobody.contains("--coder INITIALS") && !nobody.contains("Coders: ."), "{nobody}");
        found.coders = vec!["AB".to_owned()];
        assert!(text(&found).contains("a second person reads the same sample"));
    }

    fn cases(pairs: &[(&[u16], &[u16])]) -> Vec<Case> {
        pairs.iter().map(|(a, b)| vec![(0, a.to_vec()), (1, b.to_vec())]).collect()
    }

    #[test]
    fn masi_distances_are_those_of_the_paper() {
        assert!(masi_distance(&[1, 2], &[1, 2]).abs() < 1e-12);
        assert!((masi_distance(&[1], &[1, 2]) - (1.0 - 0.5 * 2.0 / 3.0)).abs() < 1e-12);
        assert!((masi_distance(&[1, 3], &[1, 2]) - (1.0 - 1.0 / 9.0)).abs() < 1e-12);
        assert!((masi_distance(&[], &[1]) - 1.0).abs() < 1e-12);
        assert!(masi_distance(&[], &[]).abs() < 1e-12);
    }

    #[test]
    fn kappa_is_the_one_of_scikit_learn_and_alpha_follows_it() {
        // 20 both, 5 and 10 one of the two, 15 neither.
        let mut pairs: Vec<(&[u16], &[u16])> = vec![(&[0], &[0]); 20];
        pairs.extend(vec![(&[0_u16] as &[u16], &[] as &[u16]); 5]);
        pairs.extend(vec![(&[] as &[u16], &[0_u16] as &[u16]); 10]);
        pairs.extend(vec![(&[] as &[u16], &[] as &[u16]); 15]);
        let cases = cases(&pairs);
        let weights = vec![1; cases.len()];
        assert!((kappa_of(&cases, 0, &weights) - 0.4).abs() < 1e-12);
        // By hand: 30 of 100 ordered pairs differ; 100 values, 55 given and 45 not.
        let expected = 1.0 - 30.0 * 99.0 / (2.0 * 55.0 * 45.0);
        assert!((alpha_of(&cases, 0, &weights) - expected).abs() < 1e-12);
        // With one theme, sets and the theme say the same.
        assert!((masi(&cases, &weights) - expected).abs() < 1e-12);
        assert!((exact(&cases, &weights) - 0.7).abs() < 1e-12);
    }

    /// Sets of three coders with values missing; figures by other people's programs.
    #[derive(serde::Deserialize)]
    struct Reference {
        cases: Vec<Vec<Option<Vec<u16>>>>,
        alpha: Vec<f64>,
        masi: f64,
        kappa: Vec<f64>,
    }

    #[test]
    fn figures_are_those_of_krippendorff_nltk_and_scikit_learn() {
        // krippendorff 0.9.0, nltk 3.10.4 (alpha with the distances of the paper, 2/3 and 1/3) and
        // scikit-learn 1.9.1 (kappa of the first two coders).
        let file: Reference = serde_json::from_str(include_str!("agree-fixture.json")).unwrap();
        let case = |of: &[Option<Vec<u16>>]| -> Case {
            of.iter().enumerate().filter_map(|(who, set)| Some((who, set.clone()?))).collect()
        };
        let more = |case: &Case| case.len() > 1;
        let all: Vec<Case> = file.cases.iter().map(|of| case(of)).filter(more).collect();
        let two: Vec<Case> = file.cases.iter().map(|of| case(&of[..2])).filter(more).collect();
        let (of_all, of_two) = (vec![1; all.len()], vec![1; two.len()]);
        assert!((50..80).contains(&two.len()), "some values are missing");
        for (theme, (alpha, kappa)) in (0_u16..).zip(file.alpha.iter().zip(&file.kappa)) {
            let own = alpha_of(&all, theme, &of_all);
            assert!((own - alpha).abs() < 1e-9, "alpha of {theme}: {own}, not {alpha}");
            let own = kappa_of(&two, theme, &of_two);
            assert!((own - kappa).abs() < 1e-9, "kappa of {theme}: {own}, not {kappa}");
        }
        assert!((masi(&all, &of_all) - file.masi).abs() < 1e-9);
    }

    #[test]
    fn a_theme_in_the_place_of_another_is_told() {
        let cases = cases(&[(&[1, 2], &[1, 3]), (&[3], &[2]), (&[1], &[1, 2])]);
        assert_eq!(confusion(&cases), [((2, 3), 2)]);
    }
}
