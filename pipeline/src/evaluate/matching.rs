//! Which response of the run a coded row is about: by Heard's own id, by the id column's value, by
//! the words, or by the row where the file is the run's input. What finds no response is told.
//!
//! Ids are believed only where the words beside them agree: a coder's own numbering from 1 would
//! otherwise be taken for the survey's.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use super::stored::{Answer, Run};
use crate::coded::{Coded, Reading};

/// Where a coded row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The spreadsheet, from 1 in the order given.
    pub file: usize,
    /// The sheet of a workbook, from 1.
    pub sheet: Option<u32>,
    /// The row.
    pub row: u32,
}

/// How coded responses found those of the run. A response that two people coded counts twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Matches {
    /// By Heard's response id.
    pub by_response_id: usize,
    /// By the value of the file's id column.
    pub by_own_id: usize,
    /// By their words.
    pub by_words: usize,
    /// By their row in the run's own input.
    pub by_row: usize,
    /// Of those found by an id, how many have other words than the response.
    pub other_words: usize,
    /// Spreadsheets, from 1, whose ids were not believed because the words beside them differ.
    pub ids_not_believed: Vec<usize>,
    /// Rows that belong to no response of the run.
    pub unmatched: Vec<Place>,
}

impl Matches {
    /// Coded responses that were found.
    pub fn found(&self) -> usize {
        self.by_response_id + self.by_own_id + self.by_words + self.by_row
    }
}

/// A response of the run and what each coder said of it, in the order of the coders.
pub(super) struct Matched<'a> {
    pub(super) row: &'a Answer,
    /// (coder, numbered over all files; what they said).
    pub(super) readings: Vec<(usize, Reading)>,
}

/// Finds the response of each reading. `hashes` are those of the run's sources, in order.
pub(super) fn find<'a>(
    run: &'a Run,
    files: &[Coded],
    hashes: &[&str],
) -> (Vec<Matched<'a>>, Matches) {
    let index = Index::new(run);
    let mut matches = Matches::default();
    let mut coders: Vec<String> = Vec::new();
    let mut found: BTreeMap<usize, Vec<(usize, Reading)>> = BTreeMap::new();
    for (number, file) in files.iter().enumerate() {
        let seekers: Vec<Seeker> = file.readings.iter().map(Seeker::new).collect();
        let believed = index.believes_ids(&seekers);
        if !believed {
            matches.ids_not_believed.push(number + 1);
        }
        let mut taken: HashSet<(usize, usize)> = HashSet::new();
        let mut at: Vec<Option<usize>> = vec![None; seekers.len()];
        let same_file: Vec<usize> = (0..hashes.len())
            .filter(|i| hashes[*i] == file.sha256 && !file.sha256.is_empty())
            .collect();
        let mut input = (same_file.len() == 1).then(|| same_file[0] as u32 + 1);
        for (i, seeker) in seekers.iter().enumerate().filter(|_| believed) {
            let Some((by, heards)) = index.by_id(seeker) else { continue };
            taken.insert((seeker.reading.coder, by));
            at[i] = Some(by);
            *if heards { &mut matches.by_response_id } else { &mut matches.by_own_id } += 1;
        }
        // Where the file's ids are the run's, a row with another id is about another response, even
        // if somebody else used the same few words.
        let by_ids = !taken.is_empty();
        let open: Vec<usize> = (0..seekers.len())
            .filter(|i| at[*i].is_none() && !(by_ids && seekers[*i].reading.id.is_some()))
            .collect();
        for i in &open {
            let (seeker, coder) = (&seekers[*i], seekers[*i].reading.coder);
            let (by, count) = match input.and_then(|source| index.by_row(seeker, source)) {
                Some(by) => (Some(by), &mut matches.by_row),
                None => (index.by_words(seeker, coder, &taken), &mut matches.by_words),
            };
            *count += usize::from(by.is_some());
            if let Some(by) = by {
                taken.insert((coder, by));
                at[*i] = Some(by);
            }
        }
        // Where the rows of those found by words are the run's own, the file is its input, edited.
        input = input.or_else(|| index.source_of(&seekers, &at));
        for i in open {
            let coder = seekers[i].reading.coder;
            let free = |by: &usize| !taken.contains(&(coder, *by));
            if at[i].is_none()
                && let Some(by) =
                    input.and_then(|source| index.by_row(&seekers[i], source)).filter(free)
            {
                taken.insert((coder, by));
                at[i] = Some(by);
                matches.by_row += 1;
            }
        }
        for (i, reading) in file.readings.iter().enumerate() {
            let Some(by) = at[i] else {
                // Without id and words there was nothing to look for: such rows are counted as blank.
                if reading.id.is_some() || !reading.response.text.is_empty() {
                    let place = Place { file: number + 1, sheet: reading.sheet, row: reading.row };
                    matches.unmatched.push(place);
                }
                continue;
            };
            let row = &run.rows[by];
            let sure = believed && index.by_id(&seekers[i]).is_some();
            if sure && !seekers[i].words.is_empty() && !seekers[i].agrees(&words(&row.text)) {
                matches.other_words += 1;
            }
            let name = &file.coders[reading.coder];
            let named = !name.is_empty() && !name.starts_with('\0');
            let name = if named { name.clone() } else { format!("\0{number}{name}") };
            let coder = coders.iter().position(|c| *c == name).unwrap_or_else(|| {
                coders.push(name);
                coders.len() - 1
            });
            let readings = found.entry(by).or_default();
            match readings.iter_mut().find(|r| r.0 == coder) {
                // A second row of the same coder about the same response: more of its segments.
                Some((_, there)) => {
                    there.response.segments.extend(reading.response.segments.iter().cloned());
                }
                None => readings.push((coder, reading.clone())),
            }
        }
    }
    let cases = found.into_iter().map(|(by, mut readings)| {
        readings.sort_by_key(|r| r.0);
        Matched { row: &run.rows[by], readings }
    });
    (cases.collect(), matches)
}

/// A reading with its words and question as they are compared.
struct Seeker<'a> {
    reading: &'a Reading,
    words: String,
    question: String,
}

impl<'a> Seeker<'a> {
    fn new(reading: &'a Reading) -> Self {
        let (text, question) = (&reading.response.text, &reading.response.question);
        Self { reading, words: words(text), question: words(question) }
    }

    /// True where these words are the response's, or a part of them.
    fn agrees(&self, words: &str) -> bool {
        words == self.words || self.words.len() > 8 && words.contains(&self.words)
    }
}

/// The run's responses by what they may be found by.
struct Index<'a> {
    run: &'a Run,
    by_id: HashMap<&'a str, usize>,
    by_own_id: HashMap<&'a str, Vec<usize>>,
    by_words: HashMap<String, Vec<usize>>,
    by_row: HashMap<(u32, u32), Vec<usize>>,
    questions: Vec<String>,
}

impl<'a> Index<'a> {
    fn new(run: &'a Run) -> Self {
        let mut index = Self {
            run,
            by_id: HashMap::new(),
            by_own_id: HashMap::new(),
            by_words: HashMap::new(),
            by_row: HashMap::new(),
            questions: run.rows.iter().map(|row| words(&row.question)).collect(),
        };
        for (at, row) in run.rows.iter().enumerate() {
            index.by_id.insert(&row.id, at);
            if let Some(own) = &row.own_id {
                index.by_own_id.entry(own.reveal().trim()).or_default().push(at);
            }
            index.by_words.entry(words(&row.text)).or_default().push(at);
            index.by_row.entry((row.source, row.row)).or_default().push(at);
        }
        index
    }

    /// True unless most ids lead to responses with other words.
    fn believes_ids(&self, seekers: &[Seeker]) -> bool {
        let led = seekers.iter().filter(|s| !s.words.is_empty());
        let led = led.filter_map(|s| Some((s, self.by_id(s)?.0)));
        let (all, wrong) = led.fold((0, 0), |(all, wrong), (seeker, at)| {
            let agrees = seeker.agrees(&words(&self.run.rows[at].text));
            (all + 1, wrong + usize::from(!agrees))
        });
        wrong * 2 <= all
    }

    /// By Heard's id (true), or by the id column's value (false).
    fn by_id(&self, seeker: &Seeker) -> Option<(usize, bool)> {
        let id = seeker.reading.id.as_deref()?.trim();
        if let Some(at) = self.by_id.get(id) {
            return Some((*at, true));
        }
        Some((self.only(self.by_own_id.get(id)?, seeker)?, false))
    }

    fn by_row(&self, seeker: &Seeker, source: u32) -> Option<usize> {
        let candidates = self.by_row.get(&(source, seeker.reading.row))?;
        self.only(candidates, seeker)
    }

    /// The one that is meant among several answers of a person or a row: the only one, the one to
    /// this question, or the one with these words.
    fn only(&self, candidates: &[usize], seeker: &Seeker) -> Option<usize> {
        let one = |mut fit: Vec<usize>| if fit.len() == 1 { fit.pop() } else { None };
        let with = |fits: &dyn Fn(usize) -> bool| {
            one(candidates.iter().copied().filter(|at| fits(*at)).collect())
        };
        one(candidates.to_vec())
            .or_else(|| {
                with(&|at| !seeker.question.is_empty() && self.questions[at] == seeker.question)
            })
            .or_else(|| {
                with(&|at| {
                    !seeker.words.is_empty() && words(&self.run.rows[at].text) == seeker.words
                })
            })
    }

    /// The first response with these words, to this question, that the coder has not coded yet.
    fn by_words(
        &self,
        seeker: &Seeker,
        coder: usize,
        taken: &HashSet<(usize, usize)>,
    ) -> Option<usize> {
        if seeker.words.is_empty() {
            return None;
        }
        let candidates = self.by_words.get(&seeker.words)?;
        let free = |at: &&usize| !taken.contains(&(coder, **at));
        let asked = |at: &&usize| {
            let question = &self.questions[**at];
            seeker.question.is_empty() || question.is_empty() || *question == seeker.question
        };
        let first = candidates.iter().filter(free).find(asked);
        // Where the questions are only named differently, words that stand once are enough.
        let alone = || if let [at] = candidates[..] { Some(at) } else { None };
        first.copied().or_else(|| alone().filter(|at| free(&at)))
    }

    /// The source whose rows are those of the file, judged by what was found.
    fn source_of(&self, seekers: &[Seeker], at: &[Option<usize>]) -> Option<u32> {
        const ENOUGH: usize = 5;
        let found: Vec<(&Answer, u32)> = (seekers.iter().zip(at))
            .filter_map(|(seeker, at)| Some((&self.run.rows[(*at)?], seeker.reading.row)))
            .collect();
        let source = found.first()?.0.source;
        let same = found.iter().filter(|(row, n)| row.source == source && row.row == *n).count();
        (found.len() >= ENOUGH && same * 10 >= found.len() * 9).then_some(source)
    }
}

static PLACEHOLDER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\[([A-Z_]+)(?: [0-9A-Z]+)?\]").ok());

/// The letters and digits of a text in lower case. Numbers of placeholders are left out: they
/// depend on what else stood in the row.
fn words(text: &str) -> String {
    let text = match PLACEHOLDER.as_ref() {
        Some(placeholder) => placeholder.replace_all(text, "$1"),
        None => text.into(),
    };
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_case_marks_and_numbers_of_placeholders() {
        assert_eq!(words("[PERSON 2] came LATE."), words("[PERSON 1] came late"));
        assert_ne!(words("[PERSON 1] came late"), words("[PROVIDER A] came late"));
    }
}
