//! The quantities that people report about home care, from their words.
//!
//! "Supposed to be half an hour but they stay for ten" holds an agreed length and a received one.
//! Numbers are read first ([`quantities`]), then phrases say what each measures ([`rules`]), and all the
//! words around it where no phrase does or where they speak against one ([`context`]); what only might
//! be, what is wished for and what is about another service is no measure. What a standard asks, and
//! how many reached it, is left to the tables.
//!
//! A count over several periods is given per one of them where that divides exactly ("12 faces in a
//! fortnight": 6 a week), else whole, per the next longer period up to a month ("7 in a fortnight" as it
//! is, "11 in three weeks": 11 a month, which understates and never overstates), and beyond that without
//! a period.
//!
//! "More than half an hour" is kept as a [`HAIR`] above half an hour, "under ten minutes" as one below
//! ten, so that neither lies within a standard that the number itself would just keep to.

mod context;
pub mod learning;
mod needed;
mod quantities;
mod rules;
mod tokens;

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use heard_models::choice::Choice;
use regex::{Captures, Regex};

use crate::coding::Measure;
use context::{CAME, DUE, LEFT, Label, MANY, NONE, Words, label};
use needed::Room;
use quantities::{Plain, Quantity, Unit};
use rules::{Doubt, Make, RULES, Rule};

/// Every measure with its unit and, where it is always a rate, its period.
const MEASURES: &[(&str, &str, Option<&str>)] = &[
    ("visit_minutes", "minutes", None),
    ("visit_minutes_expected", "minutes", None),
    ("minutes_late", "minutes", None),
    ("minutes_early", "minutes", None),
    ("care_workers", "count", None),
    ("missed_visits", "count", None),
    ("wait_days", "days", None),
    ("visits_per_day", "count", Some("day")),
    ("visits_per_week", "count", Some("week")),
    ("hours_per_week", "hours", Some("week")),
    ("notice_hours", "hours", None),
    ("hourly_cost", "gbp", None),
    ("weekly_cost", "gbp", Some("week")),
    ("travel_minutes", "minutes", None),
    ("years_receiving", "years", None),
];
const UNITS: &[&str] = &["minutes", "hours", "days", "years", "count", "gbp"];
/// Periods with their days, shortest first.
const PERIODS: &[(&str, f64)] =
    &[("day", 1.0), ("week", 7.0), ("fortnight", 14.0), ("month", 30.0), ("year", 365.0)];

/// By how much a length of time passes the number that "more than" or "under" is said of: too little to
/// be seen in any table.
const HAIR: f64 = 0.001;

/// A veto looks no further than this many bytes of plain text to either side, so that the time
/// taken grows with the text and no faster.
const NEAR: usize = 90;

/// The names of all measures.
pub fn names() -> impl Iterator<Item = &'static str> {
    MEASURES.iter().map(|(name, ..)| *name)
}

/// The names of all periods.
pub fn periods() -> impl Iterator<Item = &'static str> {
    PERIODS.iter().map(|(name, _)| *name)
}

/// The measure with this name, as tables hold it.
pub fn known(name: &str) -> Option<&'static str> {
    names().find(|known| *known == name)
}

/// The unit with this name.
pub fn known_unit(name: &str) -> Option<&'static str> {
    UNITS.iter().copied().find(|known| *known == name)
}

/// The period with this name.
pub fn known_period(name: &str) -> Option<&'static str> {
    periods().find(|known| *known == name)
}

/// The quantities in a de-identified text, in its order; spans are byte ranges of the text, each
/// within the segment that it names. `segments` are in order and do not overlap.
pub fn measures(text: &str, segments: &[Range<usize>]) -> Vec<Measure> {
    measures_with(Choice::quantities(), text, segments)
}

/// The same, with what was learnt from other texts.
fn measures_with(choice: &Choice, text: &str, segments: &[Range<usize>]) -> Vec<Measure> {
    if !may_hold(text) {
        return Vec::new();
    }
    let lower = text.to_ascii_lowercase();
    let plain = quantities::plain(&tokens::tokens(&lower));
    let mut reader = Reader {
        plain: &plain,
        segments,
        claims: vec![None; plain.quantities.len()],
        out: Vec::new(),
        room: Room::default(),
    };
    let ends = plain.text.match_indices(" .").map(|(end, _)| end + 2);
    let ends = ends.chain([plain.text.len()]);
    let mut start = 0;
    for end in ends {
        reader.sentence(start..end);
        start = end;
    }
    reader.judge(choice);
    let mut out: Vec<Measure> = reader.out.into_iter().map(|found| found.measure).collect();
    out.sort_by_key(|m| (m.span.start, m.span.end));
    out
}

/// False for a text that can hold no quantity: no digit and none of the words that state one.
fn may_hold(text: &str) -> bool {
    static STEMS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let stems = [
            "hour",
            "minute",
            "mins",
            "fortnight",
            "notice",
            "missed",
            "twice",
            "times",
            "once",
            "the one",
            "one carer",
            "one regular",
            "one visit",
            "one call",
            "couple",
            "dozen",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten ",
            "eleven",
            "twelve",
            "teen",
            "twent",
            "thirt",
            "fift",
            "hundred",
            "half",
            "quarter",
            "week",
            "month",
            "year",
            "½",
            "¼",
            "¾",
            "ninety",
        ];
        AhoCorasick::builder().ascii_case_insensitive(true).build(stems).ok()
    });
    has_digit(text) || STEMS.as_ref().is_none_or(|stems| stems.is_match(text))
}

/// True where a digit stands outside a placeholder such as [PERSON 1].
fn has_digit(text: &str) -> bool {
    let mut parts = text.split('[');
    let first = parts.next().unwrap_or_default();
    let rest = parts.map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
    std::iter::once(first).chain(rest).any(|part| part.bytes().any(|byte| byte.is_ascii_digit()))
}

struct Reader<'a> {
    plain: &'a Plain,
    segments: &'a [Range<usize>],
    /// What rules made of each quantity: the first one has it. None of the measures where it is surely none.
    claims: Vec<Option<Label>>,
    out: Vec<Found>,
    room: Room,
}

/// A measure, and the one quantity that it is.
struct Found {
    measure: Measure,
    quantity: Option<usize>,
}

/// A match in its sentence, and where in it the quantity stands.
struct Place<'a> {
    sentence: &'a str,
    /// From the first to the last of what states the quantity.
    at: Range<usize>,
}

impl Place<'_> {
    fn before(&self, far: usize) -> &str {
        let start = self.at.start.saturating_sub(far);
        &self.sentence[start..self.at.start]
    }

    fn after(&self) -> &str {
        &self.sentence[self.at.end..self.sentence.len().min(self.at.end + NEAR)]
    }

    fn around(&self) -> &str {
        let end = self.sentence.len().min(self.at.end + NEAR);
        &self.sentence[self.at.start.saturating_sub(NEAR)..end]
    }
}

impl Reader<'_> {
    fn sentence(&mut self, range: Range<usize>) {
        let plain = self.plain;
        let sentence = &plain.text[range.clone()];
        let mut room = std::mem::take(&mut self.room);
        RULES.needed.candidates(sentence, &mut room);
        for index in &room.found {
            let rule = &RULES.rules[*index];
            for found in rule.pattern.captures_iter(sentence) {
                self.apply(rule, &found, sentence, range.start);
            }
        }
        self.room = room;
    }

    fn apply(&mut self, rule: &Rule, found: &Captures<'_>, sentence: &str, offset: usize) {
        let mark = mark(rule, found);
        let whole = found.name("s").or_else(|| found.name("s2")).map(|s| s.range());
        match (rule.make, mark) {
            (Make::Said(measure, number), counted) => {
                if let Some((index, ..)) = counted {
                    self.claims[index] = Some(NONE);
                }
                if let Some(at) = whole {
                    let place = Place { sentence, at };
                    self.said(measure, number, &place, offset, rule.doubt);
                }
            }
            (Make::One(measure), Some((index, at, letter))) if self.claims[index].is_none() => {
                let unit = self.plain.quantities[index].unit;
                let fits = match letter {
                    b'H' => unit == Unit::Hour,
                    b'Y' => matches!(unit, Unit::Year | Unit::Month),
                    _ => true,
                };
                let period = self.period(measure, found, sentence, at.start);
                if fits {
                    let place = Place { sentence, at };
                    self.one(measure, index, &place, whole, offset, rule.doubt, period);
                }
            }
            _ => {}
        }
    }

    /// A number that words without a quantity of their own state; once, where several rules see it.
    fn said(
        &mut self,
        measure: &'static str,
        number: f64,
        place: &Place<'_>,
        offset: usize,
        doubt: Doubt,
    ) {
        if vetoed(measure, place, doubt) {
            return;
        }
        let span = self.plain.place(place.at.start + offset..place.at.end + offset);
        let told = |m: &Measure| m.measure == measure && m.span.start < span.end;
        if self.out.iter().any(|f| told(&f.measure) && span.start < f.measure.span.end) {
            return;
        }
        self.keep(measure, (number, None), None, span, 0..0, None);
    }

    /// The days and the name of the period of a count, from the match or from words before it.
    fn period(
        &self,
        measure: &str,
        found: &Captures<'_>,
        sentence: &str,
        at: usize,
    ) -> Option<f64> {
        if !matches!(measure, "care_workers" | "missed_visits") {
            return None;
        }
        let days = |found: &Captures<'_>| {
            if found.name("w").is_some() {
                return Some(1.0);
            }
            let word = ["p", "p2", "p3"].iter().find_map(|name| found.name(name));
            if let Some(word) = word {
                return PERIODS.iter().find(|(p, _)| *p == word.as_str()).map(|(_, days)| *days);
            }
            let mark =
                found.name("d").or_else(|| found.name("d2"))?.as_str().parse::<usize>().ok()?;
            self.plain.quantities.get(mark).map(|q| q.value)
        };
        days(found).or_else(|| {
            let before = &sentence[at.saturating_sub(NEAR)..at];
            rules::PERIOD_BEFORE.captures_iter(before).last().and_then(|c| days(&c))
        })
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one match, in one place")]
    fn one(
        &mut self,
        measure: &'static str,
        index: usize,
        place: &Place<'_>,
        whole: Option<Range<usize>>,
        offset: usize,
        doubt: Doubt,
        period: Option<f64>,
    ) {
        let quantity = &self.plain.quantities[index];
        let around =
            Place { sentence: place.sentence, at: whole.clone().unwrap_or(place.at.clone()) };
        if vetoed(measure, place, doubt)
            || (around.at != place.at && rules::AFTERWARDS.is_match(around.after()))
        {
            return;
        }
        let Some(mut value) = value(measure, quantity) else { return };
        let own = quantity.span.clone();
        let span =
            whole.map_or(own.clone(), |w| self.plain.place(w.start + offset..w.end + offset));
        let per = match period {
            Some(days) => per(&mut value, days),
            None => None,
        };
        self.claims[index] = Some(label(measure));
        self.keep(measure, value, per, span, own, Some(index));
    }

    /// Puts every quantity to all the words around it: what they speak against goes, and what no rule
    /// knew is told.
    fn judge(&mut self, choice: &Choice) {
        let plain = self.plain;
        if plain.quantities.is_empty() {
            return;
        }
        let words = Words::new(plain);
        let labels = context::labels(choice, plain, &words, &self.claims);
        let held: Vec<bool> =
            labels.iter().zip(&self.claims).map(|(own, claim)| *claim == Some(*own)).collect();
        self.out.retain(|found| found.quantity.is_none_or(|index| held[index]));
        for (index, own) in labels.iter().enumerate().filter(|(index, _)| !held[*index]) {
            if let Some((measure, ..)) = MEASURES.get(*own) {
                self.tell(measure, index, &words);
            }
        }
        for came in (0..labels.len()).filter(|at| labels[*at] == CAME) {
            let near = came.saturating_sub(MANY)..labels.len().min(came + MANY);
            let due = near.clone().filter(|at| labels[*at] == DUE);
            let due = due.min_by_key(|due| due.abs_diff(came));
            let left = (came..near.end).find(|at| labels[*at] == LEFT);
            let quantity = |at: usize| &plain.quantities[at];
            let (other, told) = match (due, left) {
                (Some(due), _) => (due, clock(quantity(came), quantity(due))),
                (None, Some(left)) => (left, stay(quantity(came), quantity(left))),
                (None, None) => continue,
            };
            let Some((measure, minutes)) = told else { continue };
            let (one, other) = (quantity(came).span.clone(), quantity(other).span.clone());
            let span = one.start.min(other.start)..one.end.max(other.end);
            self.keep(measure, (minutes, None), None, span, one, None);
        }
    }

    /// A quantity that is a measure by the words around it.
    fn tell(&mut self, measure: &'static str, index: usize, words: &Words<'_>) {
        let plain = self.plain;
        let said = &plain.quantities[index];
        let found = match measure {
            "weekly_cost" => value(measure, &weekly(said, words.weeks(index).unwrap_or(1.0))),
            _ => value(measure, said),
        };
        let Some(mut value) = found else { return };
        let counted = matches!(measure, "care_workers" | "missed_visits");
        let days = if counted { words.period(plain, index) } else { None };
        let per = days.and_then(|days| per(&mut value, days));
        self.keep(measure, value, per, said.span.clone(), said.span.clone(), Some(index));
    }

    /// Keeps a measure in the segment that holds it: all its words, or else the quantity's own.
    fn keep(
        &mut self,
        measure: &'static str,
        (value, upper): (f64, Option<f64>),
        per: Option<&'static str>,
        span: Range<usize>,
        own: Range<usize>,
        quantity: Option<usize>,
    ) {
        let holder = |start: usize| {
            let after = self.segments.partition_point(|s| s.start <= start);
            let segment = after.checked_sub(1)?;
            (start < self.segments[segment].end).then_some(segment)
        };
        let fits = |span: &Range<usize>| {
            holder(span.start).filter(|s| span.end <= self.segments[*s].end && !span.is_empty())
        };
        let (segment, span) = match (fits(&span), fits(&own), holder(span.start)) {
            (Some(segment), ..) => (segment, span),
            (_, Some(segment), _) => (segment, own),
            (.., Some(segment)) => (segment, span.start..self.segments[segment].end),
            _ => return,
        };
        let Some((_, unit, rate)) = MEASURES.iter().find(|(known, ..)| *known == measure) else {
            return;
        };
        let per = per.or(*rate);
        let measure = Measure { segment: segment as u16, measure, value, upper, unit, per, span };
        self.out.push(Found { measure, quantity });
    }
}

/// Whether such a quantity is one of their work where a care worker tells it: years, hours a week and
/// visits that others receive.
pub fn is_of_work(measure: &str) -> bool {
    ["years_receiving", "hours_per_week", "visits_per_day", "visits_per_week"].contains(&measure)
}

/// The quantity of a match: its index, the place of its mark in the sentence, and the letter by which the
/// pattern asks for it.
fn mark(rule: &Rule, found: &Captures<'_>) -> Option<(usize, Range<usize>, u8)> {
    let mut names = rule.pattern.capture_names().flatten();
    names.find_map(|name| {
        let letter = name.strip_prefix('q')?.as_bytes()[0];
        let group = found.name(name)?;
        // The mark's letter stands before its index.
        let index = group.as_str().parse().ok()?;
        Some((index, group.start() - 1..group.end(), letter))
    })
}

/// True where the words around say that this is no measure.
fn vetoed(measure: &str, place: &Place<'_>, doubt: Doubt) -> bool {
    let full = place.before(NEAR);
    let turned = rules::TURN.find_iter(full).last().map_or(0, |t| t.start());
    let before = &full[turned..];
    let clause = &before[before.rfind(" ,").unwrap_or(0)..];
    let after = place.after();
    if rules::AFTERWARDS.is_match(after) && measure != "travel_minutes"
        // "The last ten minutes" are a part of a visit.
        || (measure.starts_with("visit_m")
            && [" no", " the last", " the first", " the final"].iter().any(|w| clause.trim_end().ends_with(w)))
    {
        return true;
    }
    let doubtful = match doubt {
        Doubt::Wish => rules::WISH.is_match(clause) || rules::SUPPOSED.is_match(before),
        Doubt::Condition => rules::CONDITION.is_match(full),
        Doubt::None => false,
    };
    if doubtful {
        return true;
    }
    if rules::HEARSAY.is_match(full) {
        return true;
    }
    // The last named before the quantity is what it is about.
    let last = |pattern: &Regex, text: &str| pattern.find_iter(text).last().map(|m| m.start());
    let about_care = after.split(" ,").next().unwrap_or(after);
    let named = [" visit", " call"].iter().any(|word| after.starts_with(word));
    match measure {
        "hourly_cost" | "weekly_cost" => {
            rules::WAGE.is_match(full)
                || rules::PAY.is_match(after)
                || clause.trim_end().ends_with(" on")
                || rules::NEGATED.is_match(clause.trim_end())
                || rules::NOT_CARE.is_match(full)
                || rules::NOT_CARE.is_match(about_care)
        }
        "wait_days" => {
            // What was waited for says it; only where nothing does, what stands before.
            let first =
                |pattern: &Regex| pattern.find(about_care).map_or(usize::MAX, |m| m.start());
            let (other, care) = (first(&rules::OTHERS), first(&rules::CARE));
            other < care
                || rules::OTHER_TOOK.is_match(clause.trim_end())
                || care == usize::MAX && last(&rules::OTHERS, clause) > last(&rules::CARE, clause)
        }
        "visits_per_day" => {
            rules::NEGATED.is_match(clause.trim_end())
                || !named
                    && (rules::DOSES.is_match(place.around())
                        || !rules::CARE.is_match(place.around()))
        }
        "hours_per_week" => {
            rules::WORKED.is_match(full)
                || rules::GIVING.is_match(clause.trim_end())
                || rules::GIVEN.is_match(after)
                || last(&rules::OTHERS, full) > last(&rules::CARE, full)
        }
        "years_receiving" => rules::WORKED.is_match(place.around()),
        // "I've told nine people this month": those who hear it do not come.
        "care_workers" => {
            rules::TOGETHER.is_match(clause)
                || rules::TOGETHER.is_match(about_care.split(" for ").next().unwrap_or(about_care))
                || clause.trim_end().ends_with(" told")
                || [" people to ", " clients to "].iter().any(|seen| after.starts_with(seen))
        }
        "missed_visits" => {
            let share = [" in N", " out of N"].iter().any(|of| after.contains(of));
            // Who receives care misses other things.
            let own =
                [" i missed", " i have missed"].iter().any(|own| full.trim_end().ends_with(own));
            share || !named && (own || rules::MISSABLE.is_match(place.around()))
        }
        "notice_hours" => ["take", "took", "takes", "taking", "taken", "pay", "paid"]
            .iter()
            .any(|word| clause.trim_end().ends_with(word)),
        "travel_minutes" if named => true,
        "visit_minutes_expected"
            if [" between ", " travel"].iter().any(|of| after.starts_with(of)) =>
        {
            true
        }
        "visit_minutes" | "visit_minutes_expected" if rules::PAID.is_match(full) => true,
        "minutes_late" if clause.trim_end().ends_with(" not") || after.starts_with(" early") => {
            true
        }
        "minutes_early" => {
            left_early(clause) || last(&rules::OTHERS, full) > last(&rules::CARE, full)
        }
        _ => last(&rules::OTHERS, full) > last(&rules::CARE, full),
    }
}

/// "She leaves ten minutes early" is no early arrival.
fn left_early(clause: &str) -> bool {
    ["left", "leave", "leaves", "leaving", "finish", "finishes", "finished", "off", "gone"]
        .iter()
        .any(|word| clause.split(' ').any(|w| w == *word))
}

/// The value and upper end in the measure's unit; None where the quantity can be no such measure.
fn value(measure: &str, quantity: &Quantity) -> Option<(f64, Option<f64>)> {
    let minutes = matches!(quantity.unit, Unit::Minute | Unit::Hour);
    let (low, high, factor) = match measure {
        "hours_per_week" if quantity.unit == Unit::Number => (1.0, 168.0, 1.0),
        "hours_per_week" => (0.5, 168.0, 1.0 / 60.0),
        "notice_hours" if minutes => (0.0, 2000.0, 1.0 / 60.0),
        "notice_hours" => (1.0, 9000.0, 24.0),
        "wait_days" => (1.0, 3650.0, 1.0),
        "years_receiving" if quantity.unit == Unit::Number => (0.5, 90.0, 1.0),
        "years_receiving" if quantity.unit == Unit::Month => (0.05, 90.0, 1.0 / 360.0),
        "years_receiving" => (0.5, 90.0, 1.0 / 365.0),
        "hourly_cost" => (5.0, 200.0, 1.0),
        "weekly_cost" => (2.0, 5000.0, 1.0),
        "care_workers" => (2.0, 500.0, 1.0),
        "missed_visits" => (1.0, 365.0, 1.0),
        "visits_per_day" => (1.0, 12.0, 1.0),
        "visits_per_week" => (1.0, 84.0, 1.0),
        "visit_minutes" | "visit_minutes_expected" => (1.0, 480.0, 1.0),
        "travel_minutes" => (0.0, 600.0, 1.0),
        _ => (1.0, 1440.0, 1.0),
    };
    let tidy = |v: f64| {
        let scaled = v * factor;
        // 18 months of 30 days are a year and a half.
        (scaled * 1e6).round() / 1e6
    };
    let (mut value, mut upper) = (tidy(quantity.value), quantity.upper.map(tidy));
    if !(low..=high).contains(&upper.unwrap_or(value)) {
        return None;
    }
    let length = ["minutes", "_days", "notice"].iter().any(|part| measure.contains(part));
    match (quantity.past, &mut upper) {
        _ if !length => {}
        (Ordering::Greater, None) => value += HAIR,
        (Ordering::Less, Some(upper)) => *upper -= HAIR,
        _ => {}
    }
    Some((value, upper))
}

/// A price for so many weeks as one for a week, to the penny.
fn weekly(said: &Quantity, weeks: f64) -> Quantity {
    let pence = |v: f64| (v / weeks * 100.0).round() / 100.0;
    Quantity { value: pence(said.value), upper: said.upper.map(pence), ..said.clone() }
}

/// Minutes after midnight of what may be a time of day.
fn minutes_of_day(quantity: &Quantity) -> Option<f64> {
    match quantity.unit {
        Unit::Clock => Some(quantity.value),
        Unit::Number if quantity.upper.is_none() && (1.0..24.0).contains(&quantity.value) => {
            let part = (quantity.value.fract() * 100.0).round();
            (part < 60.0).then_some(quantity.value.floor() * 60.0 + part)
        }
        _ => None,
    }
}

/// How late or early an arrival is against the agreed time, in minutes; on a clock of twelve hours
/// the nearer reading.
fn clock(came: &Quantity, due: &Quantity) -> Option<(&'static str, f64)> {
    let difference = (minutes_of_day(came)? - minutes_of_day(due)?).rem_euclid(720.0);
    if difference == 0.0 {
        None
    } else if difference <= 360.0 {
        Some(("minutes_late", difference))
    } else {
        Some(("minutes_early", 720.0 - difference))
    }
}

/// How long a visit was from its first to its last minute; None where that is no visit.
fn stay(came: &Quantity, left: &Quantity) -> Option<(&'static str, f64)> {
    const LONGEST: f64 = 180.0;
    let (later, minutes) = clock(left, came)?;
    (later == "minutes_late" && minutes <= LONGEST).then_some(("visit_minutes", minutes))
}

/// The period of a count over so many days; divides the count where that leaves whole numbers.
fn per((value, upper): &mut (f64, Option<f64>), days: f64) -> Option<&'static str> {
    let whole = |v: f64| v.fract() == 0.0;
    // Weeks and months are what counts are held against: a fortnight is halved where it can be.
    let usual = PERIODS.iter().rev().filter(|(name, _)| *name != "fortnight");
    for (name, length) in usual {
        let times = days / length;
        if times >= 1.0
            && whole(times)
            && whole(*value / times)
            && upper.is_none_or(|u| whole(u / times))
        {
            *value /= times;
            *upper = upper.map(|u| u / times);
            return Some(name);
        }
    }
    // Up to a month, the next longer period understates a little; beyond, it would mislead.
    PERIODS.iter().find(|(_, length)| (days..=30.0).contains(length)).map(|(name, _)| *name)
}
