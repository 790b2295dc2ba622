//! What people speak of that the codebook has no theme for: passages that fit nothing, or of whose
//! codes the model is unsure, put together by words that stand out among them.
//!
//! Passages go by once. A fixed number of them is kept, chosen by a hash of where they stand, so
//! that memory does not grow and the choice does not depend on order or threads. Beside them stands
//! a sample of passages that fit well: a word is telling where it is more frequent in the first than
//! in the second. A person names what is found, from ids under `restricted/`; what is published are
//! counts, and words only where enough people used them.

use std::collections::{BTreeMap, BTreeSet};

use heard_models::words::Status;

use super::disclosure::Profile;
use super::evidence::Unnamed;
use crate::coding::{CodedResponse, Flag};

/// Passages kept of each kind.
const KEPT: usize = 4_000;
/// Things that are told apart, at most.
const MOST: usize = 12;
/// Words told of each.
const TERMS: usize = 6;
/// How many times as frequent a telling word must be as among passages that fit.
const LEAST_LIFT: f64 = 1.5;
/// How many times as frequent a word's fellow must be beside it as elsewhere.
const LEAST_FELLOW: f64 = 3.0;
/// The most telling words that are asked for fellows before one stands alone.
const ASKED: usize = 40;

/// Words that tell nothing by themselves.
const COMMON: &str = "a about after again all also always am an and any are as at back be because \
    been before being but by came can cannot come comes could day days did didn do does doesn doing \
    don done down each even ever every everyone everything few for from get gets getting give go \
    goes going good got had has hasn have haven having he her here him his how i if in into is isn \
    it its just know last let like little long lot made make makes many may me more most much must \
    my need needs never new no none not nothing now of off often ok on one only or other our out over \
    own people person put really said same saw say says see she should since so some someone \
    something still such take takes than that the their them then there these they thing things \
    think this those though time times to today told too two up upon us use used very want wants \
    was wasn way we week weeks well went were what when where which while who whole why will with \
    won would wouldn year years yes yet you your ll ve re im ive another anybody anyone ask asked asking asks cos eight \
    else five four full left nine nobody seven six somebody tell telling tells ten three till told \
    twice until";

/// A passage: what it speaks of, and where it stands.
#[derive(Clone, Debug)]
struct Passage {
    response: String,
    segment: u16,
    respondent: u128,
    terms: BTreeSet<String>,
}

/// Passages by the hash of their place, the smallest kept.
#[derive(Clone, Debug, Default)]
struct Sample(BTreeMap<u64, Passage>);

impl Sample {
    fn wants(&self, place: u64) -> bool {
        self.0.len() < KEPT || self.0.last_key_value().is_some_and(|(last, _)| place < *last)
    }

    fn add(&mut self, place: u64, passage: Passage) {
        self.0.insert(place, passage);
        if self.0.len() > KEPT {
            self.0.pop_last();
        }
    }
}

/// Passages that fit no theme, and some that do, in bounded memory.
#[derive(Clone, Debug, Default)]
pub struct Gaps {
    unfit: Sample,
    fit: Sample,
    /// Words that stood with a capital inside a sentence: names, for all we know.
    capitals: BTreeSet<String>,
}

/// A passage to read: what it belongs to, its response and segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// As in [`Unnamed::number`].
    pub number: u64,
    /// The words that its fellows have in common.
    pub terms: String,
    /// Id of the response.
    pub response: String,
    /// Index of the segment.
    pub segment: u16,
}

impl Gaps {
    /// Looks at one answer.
    pub fn add(&mut self, row: &CodedResponse) {
        let apart = [Flag::SafeguardingReview, Flag::PiiResidual, Flag::OffTopicService];
        let unfit = row.status == Status::Unassigned;
        if row.language != "en"
            || row.duplicate_of.is_some()
            || !(unfit || row.status == Status::Informative)
            || row.flags.iter().any(|flag| apart.contains(flag))
        {
            return;
        }
        for (number, range) in row.segments.iter().enumerate() {
            let number = number as u16;
            let codes = || row.codings.iter().filter(|c| c.codebook == 0 && c.segment == number);
            // Also what stands without a code in an answer that has some elsewhere.
            let sure = !unfit && codes().any(|code| !code.review);
            let sample = if sure { &mut self.fit } else { &mut self.unfit };
            let response = &row.response;
            let place = format!("{}\u{1f}{number}", response.id);
            let place = xxhash_rust::xxh3::xxh3_64(place.as_bytes());
            if !sample.wants(place) {
                continue;
            }
            let Some(text) = response.text.as_str().get(range.clone()) else { continue };
            let respondent = response.respondent_id.as_ref().map_or_else(
                || format!("{}\u{1f}{}", response.source, response.row),
                |id| format!("{}\u{1f}\u{1f}{id}", response.source),
            );
            let respondent = xxhash_rust::xxh3::xxh3_128(respondent.as_bytes());
            let terms = terms(text, &mut self.capitals);
            let response = response.id.clone();
            sample.add(place, Passage { response, segment: number, respondent, terms });
        }
    }

    /// Adds what another part of the run found.
    pub fn merge(&mut self, other: Self) {
        for (mine, theirs) in [(&mut self.unfit, other.unfit), (&mut self.fit, other.fit)] {
            for (place, passage) in theirs.0 {
                if mine.wants(place) {
                    mine.add(place, passage);
                }
            }
        }
        self.capitals.extend(other.capitals);
    }

    /// What was found, the largest first, and every passage of it for a person to read.
    pub fn found(&self, profile: Profile) -> (Vec<Unnamed>, Vec<Example>) {
        let least = profile.least().max(3) as usize;
        let mut left: Vec<&Passage> = self.unfit.0.values().collect();
        let known = respondents_by_term(self.fit.0.values());
        let fit = people(self.fit.0.values()) as f64 + 1.0;
        let all = people(left.iter().copied()) as f64 + 1.0;
        // How telling a word is that so many people used.
        let worth = |term: &str, count: usize| {
            let here = count as f64 / all;
            let there = (known.get(term).map_or(0, BTreeSet::len) as f64 + 1.0) / fit;
            let gain = here / there;
            (count >= least && gain >= LEAST_LIFT && !self.is_name(term))
                .then(|| count as f64 * gain.ln())
        };
        let mut groups: Vec<(Vec<String>, Vec<&Passage>)> = Vec::new();
        while groups.len() < MOST {
            let counts = respondents_by_term(left.iter().copied());
            let mut telling: Vec<(f64, &str)> = counts
                .iter()
                .filter_map(|(term, who)| Some((worth(term, who.len())?, *term)))
                .collect();
            telling.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
            // A word that comes with others is about something; alone it may be any turn of phrase.
            let fellows = |term| fellows(term, &left, &counts, |term| !self.is_name(term), least);
            let mut asked = telling.iter().take(ASKED).map(|(_, term)| (*term, fellows(term)));
            let found = asked.find(|(_, fellows)| !fellows.is_empty());
            let alone = || telling.first().map(|(_, term)| (*term, Vec::new()));
            let Some((term, fellows)) = found.or_else(alone) else { break };
            let terms: Vec<String> =
                std::iter::once(term).chain(fellows).map(str::to_owned).collect();
            let (with, without): (Vec<&Passage>, Vec<&Passage>) =
                left.into_iter().partition(|passage| speaks_of(passage, &terms));
            left = without;
            groups.push((terms, with));
        }
        groups.sort_by_key(|(_, passages)| std::cmp::Reverse(people(passages.iter().copied())));
        if !left.is_empty() {
            groups.push((Vec::new(), left));
        }
        let (mut rows, mut examples) = (Vec::new(), Vec::new());
        for (at, (terms, passages)) in groups.into_iter().enumerate() {
            let number = at as u64 + 1;
            let joined = terms.join(", ");
            examples.extend(passages.iter().map(|passage| Example {
                number,
                terms: joined.clone(),
                response: passage.response.clone(),
                segment: passage.segment,
            }));
            let respondents = profile.sensitive(people(passages.iter().copied()) as u64);
            let passages =
                profile.sensitive(passages.len() as u64).filter(|_| respondents.is_some());
            rows.push(Unnamed { number, terms, respondents, passages });
        }
        (rows, examples)
    }

    fn is_name(&self, term: &str) -> bool {
        term.split(' ').any(|word| self.capitals.contains(word))
    }
}

fn people<'a>(passages: impl Iterator<Item = &'a Passage>) -> usize {
    passages.map(|passage| passage.respondent).collect::<BTreeSet<_>>().len()
}

fn respondents_by_term<'a>(
    passages: impl Iterator<Item = &'a Passage>,
) -> BTreeMap<&'a str, BTreeSet<u128>> {
    let mut all: BTreeMap<&str, BTreeSet<u128>> = BTreeMap::new();
    for passage in passages {
        for term in &passage.terms {
            all.entry(term).or_default().insert(passage.respondent);
        }
    }
    all
}

/// The words that stand beside this one far more often than elsewhere, the most telling first.
fn fellows<'a>(
    term: &str,
    passages: &[&'a Passage],
    counts: &BTreeMap<&'a str, BTreeSet<u128>>,
    may_be_told: impl Fn(&str) -> bool,
    least: usize,
) -> Vec<&'a str> {
    let with = || passages.iter().copied().filter(|passage| passage.terms.contains(term));
    let (inside, all) = (people(with()), people(passages.iter().copied()));
    let outside = all.saturating_sub(inside) as f64 + 1.0;
    let mut found: Vec<(f64, &str)> = respondents_by_term(with())
        .into_iter()
        .filter(|(other, who)| {
            let part = |a: &str, b: &str| a.split(' ').any(|word| word == b);
            let repeats = part(other, term) || part(term, other);
            who.len() >= least && !repeats && may_be_told(other)
        })
        .filter_map(|(other, who)| {
            let elsewhere = counts.get(other).map_or(0, BTreeSet::len).saturating_sub(who.len());
            let here = who.len() as f64 / inside.max(1) as f64;
            let gain = here / ((elsewhere as f64 + 1.0) / outside);
            (gain >= LEAST_FELLOW).then(|| (who.len() as f64 * gain.ln(), other))
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    found.into_iter().map(|(_, other)| other).take(TERMS - 1).collect()
}

/// Whether a passage has the first of the words, or two of its fellows.
fn speaks_of(passage: &Passage, terms: &[String]) -> bool {
    let has = |term: &&String| passage.terms.contains(*term);
    terms.first().is_some_and(|first| has(&first)) || terms.iter().filter(has).nth(1).is_some()
}

/// The words of a passage, and those that stand side by side; no placeholder, number or common word.
fn terms(text: &str, capitals: &mut BTreeSet<String>) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    let mut before: Option<String> = None;
    let mut begins = true;
    // Placeholders are [LIKE 1]: what stands in brackets is nobody's word.
    let mut depth = 0_usize;
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => continue,
            c if c.is_alphabetic() => {
                word.push(c);
                continue;
            }
            _ => {}
        }
        if !word.is_empty() {
            let small = word.to_lowercase();
            let capital = word.starts_with(char::is_uppercase);
            if capital && !begins && word.chars().skip(1).any(char::is_lowercase) {
                capitals.insert(folded(&small).to_owned());
            }
            let common = COMMON.split_whitespace().any(|common| common == small);
            if common || small.chars().count() < 3 {
                before = None;
            } else {
                let term = folded(&small).to_owned();
                if let Some(before) = before.replace(term.clone()) {
                    terms.insert(format!("{before} {term}"));
                }
                terms.insert(term);
            }
            begins = false;
            word.clear();
        }
        if matches!(c, '.' | '!' | '?' | ':' | ';' | ',' | '[' | ']') {
            before = None;
            begins |= matches!(c, '.' | '!' | '?');
        }
    }
    terms
}

/// Several of a thing are the same thing.
fn folded(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(one) if one.len() > 3 && !one.ends_with('s') => one,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_without_names_numbers_and_placeholders() {
        let mut capitals = BTreeSet::new();
        let found =
            terms("The parking permits near [PERSON 1] cost Marjorie 30 pounds.", &mut capitals);
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(
            found,
            [
                "cost",
                "cost marjorie",
                "marjorie",
                "marjorie pound",
                "near",
                "parking",
                "parking permit",
                "permit",
                "permit near",
                "pound"
            ]
        );
        assert!(capitals.contains("marjorie") && !capitals.contains("the"));
    }
}
