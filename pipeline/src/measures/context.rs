//! What a quantity measures, by all the words around it: the judgement behind the rules.
//!
//! [`super::rules`] know phrases, and people have others. So each quantity is also put to a
//! [`Choice`] that learnt from some thousand comments which measure it is, or none
//! (`data-samples/corpus/quantities`): from the words before and after it, what kinds of thing they
//! speak of, and what the quantities before it were. A rule's word counts for much, and is overruled
//! where everything else speaks against it.

use std::cell::RefCell;
use std::sync::LazyLock;

use heard_models::choice::{Choice, Room};
use xxhash_rust::xxh3::xxh3_64;

use super::quantities::{Plain, Quantity, Unit};
use super::{MEASURES, minutes_of_day};

/// What a quantity can be: one of [`MEASURES`] by its place there, or one of these.
pub(super) type Label = usize;
/// A time of arrival.
pub(super) const CAME: Label = MEASURES.len();
/// The time that was agreed.
pub(super) const DUE: Label = CAME + 1;
/// The time of leaving.
pub(super) const LEFT: Label = CAME + 2;
/// No measure.
pub(super) const NONE: Label = CAME + 3;
const LABELS: usize = NONE + 1;

/// What the word of a rule adds to the log-odds of its measure.
const RULE: f32 = 2.0;
/// How likely a measure must be where no rule names it.
const LIKELY: f32 = 0.68;

/// The label of a measure.
pub(super) fn label(measure: &str) -> Label {
    MEASURES.iter().position(|(known, ..)| *known == measure).unwrap_or(NONE)
}

/// The names of all labels, in order.
pub(super) fn names() -> Vec<&'static str> {
    super::names().chain(["came", "due", "left", "none"]).collect()
}

/// What each quantity of a text is. `claims` are what the rules made of them: a measure, or surely none.
pub(super) fn labels(
    choice: &Choice,
    plain: &Plain,
    words: &Words<'_>,
    claims: &[Option<Label>],
) -> Vec<Label> {
    thread_local! {
        static ROOM: RefCell<(Room, Vec<u32>)> = RefCell::default();
    }
    ROOM.with_borrow_mut(|(room, keys)| {
        let mut out = Vec::with_capacity(claims.len());
        for (at, claim) in claims.iter().enumerate() {
            if *claim == Some(NONE) {
                out.push(NONE);
                continue;
            }
            words.keys(plain, at, &out, keys);
            let scores = choice.score(keys, room);
            out.push(likeliest(scores, &plain.quantities[at], *claim));
        }
        out
    })
}

fn likeliest(scores: &[f32], quantity: &Quantity, claim: Option<Label>) -> Label {
    let odds = |label: Label| match scores.get(label) {
        Some(score) if may_be(label, quantity) => {
            score + if claim == Some(label) { RULE } else { 0.0 }
        }
        _ => f32::NEG_INFINITY,
    };
    let best =
        (0..LABELS).fold(NONE, |best, label| if odds(label) > odds(best) { label } else { best });
    let rest: f32 = (0..LABELS).map(|label| (odds(label) - odds(best)).exp()).sum();
    if claim.is_some() || 1.0 / rest >= LIKELY { best } else { NONE }
}

/// The keys of each quantity of a text whose labels are known, to learn from.
pub(super) fn places(plain: &Plain, labels: &[Label]) -> Vec<(Vec<u32>, usize)> {
    let words = Words::new(plain);
    let place = |at: usize| {
        let mut keys = Vec::new();
        words.keys(plain, at, &labels[..at], &mut keys);
        (keys, labels[at])
    };
    (0..labels.len()).map(place).collect()
}

/// Whether a quantity's unit allows a label.
pub(super) fn may_be(label: Label, quantity: &Quantity) -> bool {
    let units = match label {
        CAME | DUE | LEFT => return minutes_of_day(quantity).is_some(),
        NONE => return true,
        measure => match MEASURES[measure].0 {
            "wait_days" => "D",
            "notice_hours" => "MD",
            "years_receiving" => "DN",
            "hourly_cost" | "weekly_cost" => "GN",
            "care_workers" => "N",
            "missed_visits" | "visits_per_day" | "visits_per_week" => "NF",
            _ => "MN",
        },
    };
    units.contains(quantity.unit.mark())
}

/// The words of a text in plain form.
pub(super) struct Words<'a> {
    all: Vec<Word<'a>>,
    /// Where the mark of each quantity stands.
    marks: Vec<usize>,
}

struct Word<'a> {
    text: &'a str,
    hash: u64,
    /// A bit for each kind of thing that it speaks of.
    kinds: u32,
}

/// What a key tells of. "Mark" is whether the quantity is one of time, money, a bare number and so on.
#[derive(Clone, Copy)]
enum Of {
    Unit,
    Mark,
    Size,
    Range,
    Bound,
    Number,
    /// The words next to it, each with how far off it stands.
    Beside,
    BesideMark,
    TwoBefore,
    TwoAfter,
    Between,
    InSentence,
    InSentenceOfMark,
    InClause,
    /// What the words speak of.
    Kind,
    KindInClause,
    KindNear,
    KindEarlier,
    /// What the quantities before it are.
    FirstQuantity,
    Previous,
    PreviousOfMark,
    Earlier,
    /// The first word of the sentence: "Do you think ...", "Imagine ...", "Why ...".
    Opening,
}

/// Words to either side that may tell of a quantity, so that the time taken grows with the text and no
/// faster.
const FAR: usize = 40;
/// Quantities before one that may tell of it, and between which an agreed time is looked for.
pub(super) const MANY: usize = 8;
/// What stands where the text has begun or ended.
const EDGE: u64 = 0;
/// A feature's place: before or after the quantity.
const BEFORE: u64 = 1;
const AFTER: u64 = 2;

impl<'a> Words<'a> {
    pub(super) fn new(plain: &'a Plain) -> Self {
        let mut marks = vec![0; plain.quantities.len()];
        let words = plain.text.split(' ').filter(|word| !word.is_empty());
        let all = words.enumerate().map(|(at, text)| {
            let hashed = match mark(text) {
                Some(index) => {
                    marks[index] = at;
                    &text[..1]
                }
                None => text,
            };
            let hash = xxh3_64(hashed.as_bytes());
            Word { text, hash, kinds: KINDS.of(hash) }
        });
        let all = all.collect();
        Self { all, marks }
    }

    /// What stands around a quantity, and what those before it are.
    fn keys(&self, plain: &Plain, quantity: usize, before: &[Label], keys: &mut Vec<u32>) {
        keys.clear();
        let said = &plain.quantities[quantity];
        let at = self.marks[quantity];
        let own = self.all[at].hash;
        let mut add = |of: Of, parts: &[u64]| keys.push(mixed(of, parts));
        let power = ((said.value + 1.0).log2() * 1.5) as u64;
        add(Of::Unit, &[said.unit as u64]);
        add(Of::Mark, &[own]);
        add(Of::Size, &[own, power]);
        add(Of::Range, &[u64::from(said.upper.is_some())]);
        add(Of::Bound, &[said.past as u64]);
        if said.unit == Unit::Number {
            add(Of::Number, &[said.value.to_bits()]);
        }
        let hash =
            |at: Option<usize>| at.and_then(|at| self.all.get(at)).map_or(EDGE, |word| word.hash);
        let (back, on) = (|far| hash(at.checked_sub(far)), |far| hash(Some(at + far)));
        for far in 1..=4 {
            for (side, word) in [(BEFORE, back(far)), (AFTER, on(far))] {
                add(Of::Beside, &[side, far as u64, word]);
                add(Of::BesideMark, &[side, far as u64, own, word]);
            }
        }
        add(Of::TwoBefore, &[back(2), back(1)]);
        add(Of::TwoAfter, &[on(1), on(2)]);
        add(Of::Between, &[back(1), own, on(1)]);
        let ends = |word: &Word<'_>| word.text == ".";
        let turns = |word: &Word<'_>| ends(word) || matches!(word.text, "," | "but" | "and");
        let (from, to) = (at.saturating_sub(FAR), self.all.len().min(at + FAR));
        let first = |is: &dyn Fn(&Word<'_>) -> bool| {
            self.all[from..at].iter().rposition(is).map_or(from, |end| from + end + 1)
        };
        let last = |is: &dyn Fn(&Word<'_>) -> bool| {
            self.all[at..to].iter().position(is).map_or(to, |end| at + end)
        };
        let sentence = first(&ends)..last(&ends);
        let clause = first(&turns)..last(&turns);
        for (place, word) in self.all[..sentence.end].iter().enumerate().skip(sentence.start) {
            if place == at {
                continue;
            }
            let side = if place < at { BEFORE } else { AFTER };
            let (in_clause, near) = (clause.contains(&place), place.abs_diff(at) <= 3);
            add(Of::InSentence, &[side, word.hash]);
            add(Of::InSentenceOfMark, &[side, own, word.hash]);
            if in_clause {
                add(Of::InClause, &[side, word.hash]);
            }
            for kind in bits(word.kinds) {
                add(Of::Kind, &[side, own, kind]);
                if in_clause {
                    add(Of::KindInClause, &[side, own, kind]);
                }
                if near {
                    add(Of::KindNear, &[side, own, kind]);
                }
            }
        }
        add(Of::Opening, &[own, hash(Some(sentence.start))]);
        for word in &self.all[sentence.start.saturating_sub(25)..sentence.start] {
            for kind in bits(word.kinds) {
                add(Of::KindEarlier, &[own, kind]);
            }
        }
        match before.last() {
            None => add(Of::FirstQuantity, &[]),
            Some(label) => {
                let apart = self.all[self.marks[before.len() - 1]..at].iter().any(ends);
                add(Of::Previous, &[*label as u64]);
                add(Of::PreviousOfMark, &[*label as u64, own, u64::from(apart)]);
            }
        }
        for label in before.iter().rev().take(MANY).filter(|label| **label != NONE) {
            add(Of::Earlier, &[*label as u64, own]);
        }
    }

    /// The stretch of time that a count is said for, in days: from the words after it, or else before.
    pub(super) fn period(&self, plain: &Plain, quantity: usize) -> Option<f64> {
        const NEAR: usize = 13;
        const LEAD: [&str; 19] = [
            "a", "per", "last", "this", "one", "each", "every", "the", "in", "past", "same",
            "single", "that", "any", "given", "working", "whole", "next", "first",
        ];
        let at = self.marks[quantity];
        let days = |place: usize| {
            let word = self.all[place].text;
            if word == "weekly" {
                return Some(7.0);
            }
            if let Some(index) = mark(word) {
                return word.starts_with('D').then(|| plain.quantities[index].value);
            }
            let led = place > 0 && LEAD.contains(&self.all[place - 1].text);
            let period = super::PERIODS.iter().find(|(period, _)| *period == word && led);
            period.map(|(_, days)| *days)
        };
        let after = (at + 1..self.all.len().min(at + 1 + NEAR)).find_map(days);
        after.or_else(|| {
            let before = (at.saturating_sub(NEAR - 1)..at).rev();
            before.take_while(|place| self.all[*place].text != ".").find_map(days)
        })
    }

    /// For how many weeks a price is said, where the words right after it say.
    pub(super) fn weeks(&self, quantity: usize) -> Option<f64> {
        let at = self.marks[quantity];
        let after = &self.all[at + 1..self.all.len().min(at + 4)];
        after.iter().find_map(|word| match word.text {
            "week" | "weekly" | "pw" | "wk" => Some(1.0),
            "fortnight" | "fortnightly" => Some(2.0),
            "month" | "monthly" | "pcm" | "pm" => Some(52.0 / 12.0),
            "year" | "yearly" | "annum" | "annually" => Some(52.0),
            _ => None,
        })
    }
}

/// The quantity that a word of the plain text is the mark of.
fn mark(word: &str) -> Option<usize> {
    word.starts_with(|first: char| first.is_ascii_uppercase()).then(|| word[1..].parse().ok())?
}

fn bits(mut all: u32) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || {
        let next = (all != 0).then(|| all.trailing_zeros())?;
        all &= all - 1;
        Some(u64::from(next))
    })
}

fn mixed(of: Of, parts: &[u64]) -> u32 {
    let mix = |hash: u64, part: &u64| {
        let hash = (hash ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^ (hash >> 29)
    };
    (parts.iter().fold(mix(0x51_7C_C1_B7_27_22_0A_95, &(of as u64)), mix) >> 16) as u32
}

/// What words speak of. A word may stand in several lists; which lists tell what is learnt.
const LISTS: [&str; 26] = [
    // Visits.
    "visit visits call calls slot slots appointment appointments session sessions sit sitting stay stays stayed",
    // Those who come.
    "carer carers care worker workers girl girls lady ladies lad lads staff helper helpers assistant assistants pa pas someone somebody anyone they she he agency nurse faces face people person strangers stranger woman women",
    // What was agreed.
    "supposed meant booked due down paid pay paying billed bill charged charge allocated allotted plan planned commissioned contracted contract assessed entitled promised scheduled rota should expected agreed invoice invoiced sheet timetabled told package",
    // Coming.
    "come comes came arrive arrives arrived turn turns turned appear appeared show shows showed shown here rolled rolls walked get got gets waltzed",
    // Going.
    "left leave leaves gone go goes went out off door finish finished done away leaving",
    // Too late.
    "late later latest behind overdue delayed delay lateness after past till until",
    // Too early.
    "early earlier before ahead soon sooner",
    // Waiting.
    "wait waits waited waiting took take taken takes before since until ages backlog queue list delay delays later on",
    // Replies.
    "reply replied answer answered call rang ring ringing phoned phone back callback response email letter heard hear rung",
    // Beginnings.
    "start started starting begin began beginning place sorted arranged set up first",
    // Assessments and packages.
    "assess assessed assessment assessments review reviewed reassessment package social worker council occupational therapist ot funding hours discharge reablement",
    // Notice.
    "notice warning warned told tell notification cancelled cancel changed change changes advance handing handed handback ended ending end",
    // Prices.
    "pay pays paid paying cost costs costing charge charged charges charging bill bills billed fee fees rate price contribution contribute contributing invoice priced expensive private",
    // Wages.
    "wage wages earn earns pays salary minimum",
    // Ways between visits.
    "travel travelling drive driving between mileage miles traffic walk journey bus cycle next",
    // Length of time that care has been had.
    "years year had have been since receiving having ago now nearly",
    // Visits that did not happen.
    "missed miss misses nobody nothing turned show shows didn never failed forgot forgotten skipped skip",
    // Wishes and suppositions.
    "would could should might must if unless wish ideally ideal ought like better need needs needed want wants wanted hope hoping hoped imagine suppose prefer maybe perhaps instead extra another longer enough minimum least please ask asked asking request requested propose proposed proposal deserve deserves rather whether suggest had",
    // Not.
    "not no never t nt don didn doesn isn aren wasn weren hasn haven wouldn couldn can without nobody none nothing nowhere neither hardly",
    // Other services and other things.
    "hospital gp doctor doctors surgery ambulance ward dentist chemist pharmacist pharmacy clinic operation knee hip cataract consultant physio school home residential nursing respite day centre club bus taxi shopping window cleaner gardener plumber delivery pension allowance tablets tablet pills dose doses drops eyedrops inhaler puffs cream injection injections meds medication medicine medicines paracetamol insulin exercises stairs wheelchair scan",
    // Family.
    "daughter son husband wife mum dad mother father sister brother nephew niece grandson granddaughter family neighbour neighbours friend friends partner",
    // Ages.
    "age aged old turned birthday born",
    // Work.
    "worked work working job shift shifts paid round rounds clients client",
    // Sameness.
    "different various regular same faces continuity new",
    // Parts of the day.
    "day daily morning lunch dinner tea teatime evening night bed breakfast",
    // Parts of the week.
    "week weekly weekend weekends monday tuesday wednesday thursday friday saturday sunday fortnight",
];

/// The kinds of all words in the lists, by hash: open addressing in a table of a power of two.
struct Kinds(Vec<(u64, u32)>);

static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
    let mut kinds = Kinds(vec![(0, 0); 2048]);
    for (kind, list) in LISTS.iter().enumerate() {
        for word in list.split(' ') {
            let hash = xxh3_64(word.as_bytes());
            let slot = kinds.slot(hash);
            kinds.0[slot] = (hash, kinds.0[slot].1 | 1 << kind);
        }
    }
    kinds
});

impl Kinds {
    fn of(&self, hash: u64) -> u32 {
        self.0[self.slot(hash)].1
    }

    /// Where a word stands, or would.
    fn slot(&self, hash: u64) -> usize {
        let mut slot = hash as usize % self.0.len();
        while self.0[slot].1 != 0 && self.0[slot].0 != hash {
            slot = (slot + 1) % self.0.len();
        }
        slot
    }
}
