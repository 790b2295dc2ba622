//! What a second reading of all answers adds to the report of `heard check`: how many there are, how
//! many are empty or say nothing, their languages, and which repeat others.
//!
//! `heard run` does not need it; there, the same is counted as the answers flow by.

use std::collections::{BTreeMap, HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_64;

use super::{Error, Intake, wording};
use crate::language;
use crate::repeats::{Repeat, Repeats};
use crate::response::{Channel, RawResponse};

/// Counts over the answers of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answers, blank ones too.
    pub answers: u64,
    /// Blank, "n/a" and the like.
    pub blank: u64,
    /// "Nothing", "none", "see above".
    pub says_nothing: u64,
    /// Answers that may not be quoted.
    pub unquotable: u64,
    /// Answers with the same words as an earlier one, of any source.
    pub same: u64,
    /// Answers that follow the template of an earlier one, of any source.
    pub template: u64,
    /// Rows, pages and letters that are set aside.
    pub set_aside: u64,
    /// Letters.
    pub letters: u64,
    /// Letters of these with words of a reply to a proposal.
    pub replies: u64,
    /// Answers that say something, by the code of their language.
    pub languages: BTreeMap<&'static str, u64>,
    /// Rows or letters, by who speaks, where a column or the form of a document says so.
    pub speakers: BTreeMap<&'static str, u64>,
}

impl Counts {
    /// Whether letters seem to reply to a proposal: some, and not the odd one.
    pub fn reply_to_a_proposal(&self) -> bool {
        self.replies >= 3 && self.replies * 4 >= self.letters
    }

    /// The sum of this and other counts.
    pub(super) fn add(&mut self, other: &Self) {
        self.answers += other.answers;
        self.blank += other.blank;
        self.says_nothing += other.says_nothing;
        self.unquotable += other.unquotable;
        self.same += other.same;
        self.template += other.template;
        self.set_aside += other.set_aside;
        self.letters += other.letters;
        self.replies += other.replies;
        for (mine, theirs) in
            [(&mut self.languages, &other.languages), (&mut self.speakers, &other.speakers)]
        {
            for (what, count) in theirs {
                *mine.entry(what).or_default() += count;
            }
        }
    }
}

/// Blank answers, and those that say nothing.
#[derive(Default)]
struct Silent {
    blank: u64,
    says_nothing: u64,
}

impl Intake {
    /// Reads every answer and adds to the understanding what only that can tell.
    pub fn count(&mut self) -> Result<(), Error> {
        let mut counts = vec![Counts::default(); self.sources.len()];
        let mut people: Vec<HashSet<u64>> = vec![HashSet::new(); self.sources.len()];
        let mut silent: HashMap<(u32, u64), Silent> = HashMap::new();
        let mut repeats = Repeats::default();
        let mut last = (0, 0);
        for batch in self.batches() {
            let batch = batch?;
            for aside in &batch.unprocessed {
                counts[aside.source as usize - 1].set_aside += 1;
            }
            for one in &batch.responses {
                let at = one.source as usize - 1;
                let new = last != (one.source, one.row);
                last = (one.source, one.row);
                count(&mut counts[at], one, new);
                if let Some(id) = &one.respondent {
                    people[at].insert(xxh3_64(id.reveal().as_bytes()));
                }
                let text = one.text.reveal();
                let (blank, nothing) = (wording::missing(text), wording::says_nothing(text));
                if blank || nothing {
                    let question = xxh3_64(one.question.text.reveal().as_bytes());
                    let silent = silent.entry((one.source, question)).or_default();
                    silent.blank += u64::from(blank);
                    silent.says_nothing += u64::from(nothing && !blank);
                }
                match repeats.enter(text, || ()) {
                    Some(Repeat::Same(())) => counts[at].same += 1,
                    Some(Repeat::Template(())) => counts[at].template += 1,
                    None => {}
                }
            }
        }
        for found in &mut self.understanding {
            let Some(source) = found.source else { continue };
            let at = source as usize - 1;
            if found.set_aside.is_none() && !people[at].is_empty() {
                found.people = people[at].len() as u64;
            }
            for answers in &mut found.answers {
                let question = xxh3_64(answers.question.reveal().as_bytes());
                let none = Silent::default();
                let silent = silent.get(&(source, question)).unwrap_or(&none);
                answers.blank = Some(silent.blank);
                answers.says_nothing = Some(silent.says_nothing);
            }
            found.counts = Some(std::mem::take(&mut counts[at]));
        }
        Ok(())
    }
}

fn count(counts: &mut Counts, one: &RawResponse, new: bool) {
    let text = one.text.reveal();
    counts.answers += 1;
    counts.unquotable += u64::from(!one.may_quote);
    if one.channel == Channel::Letter {
        counts.letters += 1;
        counts.replies += u64::from(wording::replies(&text.to_lowercase()));
    }
    if new && let Some((who, _)) = one.respondent_type {
        *counts.speakers.entry(who.as_str()).or_default() += 1;
    }
    if wording::missing(text) {
        counts.blank += 1;
    } else if wording::says_nothing(text) {
        counts.says_nothing += 1;
    } else {
        *counts.languages.entry(language::detect_language(text)).or_default() += 1;
    }
}
