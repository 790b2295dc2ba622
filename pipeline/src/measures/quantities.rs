//! Tokens to quantities: amounts, durations, money and times of day, in digits or words.
//!
//! The result is the text in a plain form, where every quantity is one mark: `M` minutes or hours,
//! `D` days or longer, `N` a bare number, `F` so many times, `G` pounds, `C` a time of day, each
//! with its index; everything else is lower-case words, ` ,` and ` .`. The rules read that form.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::tokens::{Kind, Token};

/// What a quantity counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Value in minutes, said in minutes.
    Minute,
    /// Value in minutes, said in hours.
    Hour,
    /// Value in days.
    Day,
    /// Value in days, said in weeks or fortnights.
    Week,
    /// Value in days, said in months of 30.
    Month,
    /// Value in days, said in years of 365.
    Year,
    /// A bare number.
    Number,
    /// So many times.
    Times,
    /// Pounds.
    Pound,
    /// Minutes after midnight; under 720 either half of the day may be meant.
    Clock,
}

impl Unit {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "minute" | "minutes" | "min" | "mins" | "minuets" | "minites" | "mintues" => {
                Self::Minute
            }
            "hour" | "hours" | "hr" | "hrs" => Self::Hour,
            "day" | "days" => Self::Day,
            "week" | "weeks" | "wk" | "wks" | "fortnight" | "fortnights" => Self::Week,
            "month" | "months" | "mth" | "mths" => Self::Month,
            "year" | "years" | "yr" | "yrs" => Self::Year,
            _ => return None,
        })
    }

    fn size(self, word: &str) -> f64 {
        match self {
            Self::Hour => 60.0,
            Self::Week if word.starts_with("fortnight") => 14.0,
            Self::Week => 7.0,
            Self::Month => 30.0,
            Self::Year => 365.0,
            _ => 1.0,
        }
    }

    pub(super) fn mark(self) -> char {
        match self {
            Self::Minute | Self::Hour => 'M',
            Self::Day | Self::Week | Self::Month | Self::Year => 'D',
            Self::Number => 'N',
            Self::Times => 'F',
            Self::Pound => 'G',
            Self::Clock => 'C',
        }
    }
}

/// A quantity in a text.
#[derive(Clone, Debug)]
pub(super) struct Quantity {
    pub(super) value: f64,
    pub(super) upper: Option<f64>,
    pub(super) unit: Unit,
    /// Greater for "more than half an hour" and less for "under ten minutes": the number said is then
    /// the one value that is not meant.
    pub(super) past: Ordering,
    /// Byte range in the text.
    pub(super) span: Range<usize>,
}

/// A text in plain form.
#[derive(Debug, Default)]
pub(super) struct Plain {
    /// Words and marks, each after a space.
    pub(super) text: String,
    /// In the order of their marks' indices.
    pub(super) quantities: Vec<Quantity>,
    /// Start in the plain text and byte range in the text, of each word and mark.
    places: Vec<(usize, Range<usize>)>,
}

impl Plain {
    fn push(&mut self, word: &str, span: Range<usize>) {
        self.text.push(' ');
        self.places.push((self.text.len(), span));
        self.text.push_str(word);
    }

    /// The byte range in the text of a range of the plain text.
    pub(super) fn place(&self, range: Range<usize>) -> Range<usize> {
        let first = self.places.partition_point(|(start, _)| *start < range.start);
        let end = self.places.partition_point(|(start, _)| *start < range.end);
        match (self.places.get(first), self.places.get(end.saturating_sub(1))) {
            (Some((_, a)), Some((_, b))) if first < end => a.start..b.end,
            _ => 0..0,
        }
    }
}

/// The plain form of a text's tokens.
pub(super) fn plain(tokens: &[Token<'_>]) -> Plain {
    let mut out = Plain::default();
    let reader = Reader { tokens };
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        let found = if begins(token) { reader.quantity(at) } else { None };
        if let Some((mut quantity, next)) = found {
            quantity.span = token.span.start..tokens[next - 1].span.end;
            // "missed over three weeks": a stretch of time as much as a bound.
            if token.word == "over" && quantity.unit.mark() == 'D' {
                out.push("over", token.span.clone());
            }
            let mark = format!("{}{}", quantity.unit.mark(), out.quantities.len());
            out.push(&mark, quantity.span.clone());
            out.quantities.push(quantity);
            at = next;
            continue;
        }
        let span = token.span.clone();
        match token.kind {
            Kind::Word if token.word.is_ascii() => out.push(token.word, span),
            Kind::Stop => out.push(".", span),
            Kind::Comma => out.push(",", span),
            Kind::Slash => out.push("/", span),
            // A name may stand as the subject of a sentence.
            Kind::Placeholder => out.push("someone", span),
            _ => {}
        }
        at += 1;
    }
    out
}

/// False for a token with which no quantity can begin: most of them, so that little else is tried.
fn begins(token: &Token<'_>) -> bool {
    let word = token.word;
    match token.kind {
        Kind::Number(_) | Kind::Pound => true,
        Kind::Word => BEGINNINGS.contains(word) || so_many_times(word).is_some(),
        _ => false,
    }
}

/// An amount with its upper end, and the index after it.
type Amount = (f64, Option<f64>, usize);

struct Reader<'a> {
    tokens: &'a [Token<'a>],
}

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).filter(|t| t.kind == Kind::Word).map_or("", |t| t.word)
    }

    fn is(&self, at: usize, kind: Kind) -> bool {
        self.tokens.get(at).is_some_and(|t| t.kind == kind)
    }

    /// The word `back` tokens before `at`.
    fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).map_or("", |i| self.word(i))
    }

    /// `at`, or after the hyphen there.
    fn skip_hyphen(&self, at: usize) -> usize {
        at + usize::from(self.is(at, Kind::Hyphen))
    }

    /// True where the words from `at` are these.
    fn says(&self, at: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(i, w)| self.word(at + i) == *w)
    }

    /// The quantity that starts at `at`, its bounds read, with the index after it.
    fn quantity(&self, at: usize) -> Option<(Quantity, usize)> {
        let (start, bound) = self.bound(at);
        let (mut quantity, mut next) = self.unbounded(start)?;
        let mut most = matches!(bound, Bound::Most | Bound::Under);
        quantity.past = match bound {
            Bound::Over => Ordering::Greater,
            Bound::Under => Ordering::Less,
            Bound::About | Bound::Most => Ordering::Equal,
        };
        // What is said after it: "ten minutes at most", "an hour or so".
        for (words, upper) in AFTER {
            if self.says(next, words) {
                next += words.len();
                most |= *upper;
                break;
            }
        }
        if most && quantity.unit != Unit::Clock {
            quantity.upper = Some(quantity.upper.unwrap_or(quantity.value));
            quantity.value = 0.0;
        }
        Some((quantity, next))
    }

    /// The index after words that bound what follows, and how they do.
    fn bound(&self, at: usize) -> (usize, Bound) {
        // "has gone up to £87", "from two visits up to four": what it is now, and not the most.
        const ROSE: [&str; 10] =
            ["gone", "went", "going", "goes", "risen", "rose", "put", "shot", "crept", "now"];
        let rose = || {
            ROSE.contains(&self.before(at, 1))
                || ["put", "moved", "taken"].contains(&self.before(at, 2))
                || (1..=7).any(|back| self.before(at, back) == "from")
        };
        if self.says(at, &["up", "to"]) && rose() {
            return (at, Bound::About);
        }
        let Some((words, bound)) = BEFORE.iter().find(|(words, _)| self.says(at, words)) else {
            return (at, Bound::About);
        };
        let bound = match bound {
            Bound::Over if self.negated(at) => Bound::Most,
            Bound::Under if matches!(self.before(at, 1), "never" | "not" | "no" | "nothing") => {
                Bound::About
            }
            bound => *bound,
        };
        (at + words.len(), bound)
    }

    /// True where what is said at `at` is said not to be so. "A rare week when nobody is more than
    /// half an hour late" says it twice, which is to say that it is.
    fn negated(&self, at: usize) -> bool {
        let said = |words: &[&str], back: usize| words.contains(&self.before(at, back));
        let Some(first) = (1..=4).find(|back| said(&NOT, *back)) else { return false };
        let here = |back: &usize| {
            at.checked_sub(*back).is_some_and(|i| matches!(self.tokens[i].kind, Kind::Word))
        };
        let joins = |back: usize| said(&["when", "that", "where", "goes", "without"], back);
        let mut joined = joins(first);
        let mut earlier = (first + 1..=first + 8).take_while(here);
        !earlier.any(|back| {
            joined |= joins(back);
            joined && (said(&NOT, back) || said(&["rare", "unusual"], back))
        })
    }

    fn unbounded(&self, at: usize) -> Option<(Quantity, usize)> {
        let make =
            |value, upper, unit| Quantity { value, upper, unit, past: Ordering::Equal, span: 0..0 };
        if let Some((value, upper, next)) = self.money(at) {
            return Some((make(value, upper, Unit::Pound), next));
        }
        if let Some((value, next)) = self.clock(at) {
            return Some((make(value, None, Unit::Clock), next));
        }
        if let Some((value, upper, unit, next)) = self.durations(at) {
            return Some((make(value, upper, unit), next));
        }
        match self.word(at) {
            "once" => return Some((make(1.0, None, Unit::Times), at + 1)),
            "twice" => return Some((make(2.0, None, Unit::Times), at + 1)),
            word => {
                if let Some(times) = so_many_times(word) {
                    return Some((make(times, None, Unit::Times), at + 1));
                }
            }
        }
        let (value, upper, next) = self.amount(at)?;
        // "4x daily"
        if self.word(next) == "x" {
            return Some((make(value, upper, Unit::Times), next + 1));
        }
        // Ordinals, and digits that run on into something else.
        let glued = self.tokens.get(next).is_some_and(|t| t.glued && t.kind == Kind::Word);
        if glued || self.is(next, Kind::Colon) || value > 10_000.0 {
            return None;
        }
        // "one of them", "this one": no count, but for "not one missed", "missed one".
        let one = self.word(at) == "one" && upper.is_none();
        if one
            && !matches!(self.word(next), "missed" | "visit" | "call")
            && !matches!(
                self.before(at, 1),
                "missed" | "about" | "at" | "till" | "until" | "of" | "by"
            )
        {
            return None;
        }
        if matches!(self.word(next), "times" | "occasions" | "separate times") {
            return Some((make(value, upper, Unit::Times), next + 1));
        }
        Some((make(value, upper, Unit::Number), next))
    }

    /// A number in digits or words: "12", "1½", "twenty-five", "a couple of", "half a dozen".
    fn number(&self, at: usize) -> Option<(f64, usize)> {
        if let Some(Kind::Number(value)) = self.tokens.get(at).map(|t| t.kind) {
            return Some(match self.tokens.get(at + 1).map(|t| (t.kind, t.glued)) {
                Some((Kind::Number(part), true)) if part < 1.0 => (value + part, at + 2),
                _ => self.and_a_half(value, at + 1),
            });
        }
        let article = usize::from(matches!(self.word(at), "a" | "the"));
        let held = at + article;
        match self.word(held) {
            "couple" => return Some((2.0, held + 1 + usize::from(self.word(held + 1) == "of"))),
            "dozen" => return Some((12.0, held + 1)),
            "hundred" if article == 1 => {
                let mut value = 100.0;
                let next = self.and_tens(&mut value, held + 1);
                return Some((value, next));
            }
            "half" if self.says(held + 1, &["a", "dozen"]) => return Some((6.0, held + 3)),
            "half" if self.word(held + 1) == "dozen" => return Some((6.0, held + 2)),
            _ => {}
        }
        let (value, mut next) = (word_number(self.word(at))?, at + 1);
        if (20.0..100.0).contains(&value) {
            let unit = self.skip_hyphen(next);
            if let Some(ones) = word_number(self.word(unit)).filter(|n| *n < 10.0) {
                return Some(self.and_a_half(value + ones, unit + 1));
            }
        }
        let mut value = value;
        if value < 10.0 && self.word(next) == "hundred" {
            value *= 100.0;
            next = self.and_tens(&mut value, next + 1);
        }
        Some(self.and_a_half(value, next))
    }

    /// What comes on top of hundreds: "and sixty", "and twenty-five".
    fn and_tens(&self, value: &mut f64, next: usize) -> usize {
        let tens = next + 1;
        let more = word_number(self.word(tens)).filter(|_| self.word(next) == "and");
        let Some(more) = more else { return next };
        *value += more;
        let unit = self.skip_hyphen(tens + 1);
        match word_number(self.word(unit)).filter(|n| more >= 20.0 && *n < 10.0) {
            Some(ones) => {
                *value += ones;
                unit + 1
            }
            None => tens + 1,
        }
    }

    /// "two and a half hours", "six and a quarter", "one and three quarter hours".
    fn and_a_half(&self, value: f64, next: usize) -> (f64, usize) {
        let parts: [(&[&str], f64); 4] = [
            (&["and", "a", "half"], 0.5),
            (&["and", "a", "quarter"], 0.25),
            (&["and", "three", "quarter"], 0.75),
            (&["and", "three", "quarters"], 0.75),
        ];
        for (words, part) in parts {
            let after = next + words.len();
            let ends =
                self.tokens.get(after).is_none_or(|t| matches!(t.kind, Kind::Stop | Kind::Comma));
            if self.says(next, words) && (ends || Unit::of(self.word(after)).is_some()) {
                return (value + part, after);
            }
        }
        (value, next)
    }

    /// A number or a range of two.
    fn amount(&self, at: usize) -> Option<Amount> {
        let between = self.word(at) == "between" || self.word(at) == "from";
        if between {
            let (low, middle) = self.number(at + 1)?;
            let joined =
                matches!((self.word(at), self.word(middle)), (_, "to") | ("between", "and"));
            let (high, next) = self.number(middle + 1).filter(|_| joined)?;
            return (high > low && !self.changed(at + 1)).then_some((low, Some(high), next));
        }
        let (value, mut next) = self.number(at)?;
        let odd = self.skip_hyphen(next);
        if self.word(odd) == "odd" {
            return Some((value, None, odd + 1));
        }
        if self.is(next, Kind::Plus) {
            next += 1;
        }
        let joins = matches!(self.word(next), "to" | "or")
            || self.is(next, Kind::Hyphen)
            || self.is(next, Kind::Slash);
        // "ten, maybe fifteen"
        let maybe = matches!(self.word(next + 1), "maybe" | "perhaps" | "possibly");
        let far = if self.is(next, Kind::Comma) && maybe { 2 } else { 1 };
        if (joins || far == 2)
            && !self.changed(at)
            && let Some((upper, after)) = self.number(next + far)
            && upper > value
            && upper <= value * 10.0
            && !self.is(after, Kind::Slash)
        {
            return Some((value, Some(upper), after));
        }
        Some((value, None, next))
    }

    /// "went from 7 to 14": an old and a new value, no range.
    fn changed(&self, at: usize) -> bool {
        self.before(at, 1) == "from"
            && (2..=6).any(|back| {
                let word = self.before(at, back);
                matches!(
                    word,
                    "cut"
                        | "went"
                        | "gone"
                        | "up"
                        | "down"
                        | "reduced"
                        | "increased"
                        | "raised"
                        | "dropped"
                        | "changed"
                        | "rose"
                        | "risen"
                        | "fell"
                        | "go"
                        | "goes"
                        | "moved"
                )
            })
    }

    /// One duration, or two as a range: "half an hour to an hour".
    fn durations(&self, at: usize) -> Option<(f64, Option<f64>, Unit, usize)> {
        let between = matches!(self.word(at), "between" | "from");
        let start = at + usize::from(between);
        if let Some((value, upper, unit, next)) = self.duration(start) {
            let joined = matches!(self.word(next), "to" | "or")
                || self.is(next, Kind::Hyphen)
                || (between && self.word(next) == "and");
            if joined
                && upper.is_none()
                && !self.changed(start)
                && let Some((high, None, other, after)) = self.duration(next + 1)
                && high > value
                && unit.mark() == other.mark()
            {
                return Some((value, Some(high), unit, after));
            }
            if !between {
                return Some((value, upper, unit, next));
            }
        }
        self.duration(at)
    }

    /// One duration, with a range of numbers where there is one.
    fn duration(&self, at: usize) -> Option<(f64, Option<f64>, Unit, usize)> {
        if let Some((minutes, next)) = self.part_of_hour(at) {
            return Some((minutes, None, Unit::Hour, next));
        }
        let word = self.word(at);
        let (low, high, next) = if word == "zero" && Unit::of(self.word(at + 1)).is_some() {
            (0.0, None, at + 1)
        } else if matches!(word, "a" | "an" | "the") {
            self.article(at)?
        } else if matches!(word, "hour" | "day" | "week" | "fortnight" | "month" | "year") {
            // "the full hour", "came hour late", "whole year waiting", "hour and a half", "month wait"
            let first = at == 0 || matches!(self.tokens[at - 1].kind, Kind::Stop | Kind::Comma);
            let alone = matches!(self.before(at, 1), "full" | "whole" | "good" | "solid")
                || matches!(
                    (word, self.word(at + 1)),
                    ("hour", "late" | "early")
                        | ("week" | "fortnight" | "month" | "year", "wait" | "waiting" | "notice")
                )
                || first && (word == "fortnight" || self.says(at + 1, &["and", "a", "half"]));
            (1.0, None, alone.then_some(at)?)
        } else {
            self.amount(at)?
        };
        let mut named = self.skip_hyphen(next);
        while matches!(
            self.word(named),
            "full" | "whole" | "good" | "solid" | "proper" | "clear" | "long" | "working" | "of"
        ) {
            named += 1;
        }
        let glued = self.tokens.get(named).is_some_and(|t| t.glued);
        let unit = match self.word(named) {
            "m" if glued => Unit::Minute,
            "h" if glued => Unit::Hour,
            word => Unit::of(word)?,
        };
        let size = unit.size(self.word(named));
        let (mut value, mut upper, mut next) = (low * size, high.map(|h| h * size), named + 1);
        if upper.is_none() {
            if let Some((more, after)) = self.and_more(unit, next) {
                value += more * size;
                next = after;
            } else if low <= 1.0 && self.says(next, &["or", "two"]) {
                upper = Some(2.0 * size);
                next += 2;
            }
        }
        Some((value, upper, unit, next))
    }

    /// "an hour", "a week": one, where it is a length of time and no rate ("£22 an hour").
    fn article(&self, at: usize) -> Option<Amount> {
        if let Some((value, next)) = self.number(at) {
            return Some((value, None, next));
        }
        let mut next = at + 1;
        while matches!(
            self.word(next),
            "full" | "whole" | "good" | "solid" | "further" | "proper" | "clear"
        ) {
            next += 1;
        }
        // "a weeks notice"
        let noted = matches!(self.word(next + 1), "notice" | "wait" | "warning");
        let unit =
            Unit::of(self.word(next)).filter(|_| noted || !self.word(next).ends_with('s'))?;
        let before = self.before(at, 1);
        let first = at == 0 || matches!(self.tokens[at - 1].kind, Kind::Stop | Kind::Comma);
        let after_amount = at > 0
            && (matches!(self.tokens[at - 1].kind, Kind::Number(_))
                || word_number(before).is_some()
                || matches!(before, "quid" | "pound" | "pounds" | "times" | "twice" | "once"));
        let is_length = match unit {
            // "from the minute she is dressed"
            Unit::Minute if self.word(at) == "the" => false,
            Unit::Hour if self.word(at) == "the" => {
                !matches!(before, "on" | "past" | "to" | "of" | "by" | "all" | "till")
            }
            Unit::Minute | Unit::Hour => !after_amount && before != "miles",
            _ if self.word(at) == "the" => false,
            // No rate is said so.
            _ if self.says(next + 1, &["and", "a", "half"]) => true,
            _ if first && next > at + 1 => true,
            // "A year she has been having them", "£20 a visit, a week": only the first is a length.
            _ if first => {
                !matches!(self.word(next + 1), "" | "and" | "or" | "for" | "is" | "was")
                    && (at == 0 || self.tokens[at - 1].kind == Kind::Stop || noted)
            }
            _ => {
                matches!(
                    before,
                    "for"
                        | "waited"
                        | "wait"
                        | "waiting"
                        | "took"
                        | "taken"
                        | "takes"
                        | "take"
                        | "after"
                        | "over"
                        | "nearly"
                        | "about"
                        | "almost"
                        | "in"
                        | "within"
                        | "than"
                        | "least"
                        | "given"
                        | "gave"
                        | "gives"
                        | "give"
                        | "with"
                        | "around"
                        | "was"
                        | "been"
                        | "only"
                        | "them"
                        | "just"
                        | "another"
                ) || noted
                    || self.word(next + 1) == "late"
                    || self.says(next + 1, &["in", "advance"])
                    || matches!(self.word(next + 1), "ahead" | "beforehand")
                    || self.says(next + 1, &["to", "get"])
                    || (self.word(next + 1) == "before" && matches!(before, "and" | "be"))
                    || (self.word(next).starts_with("fortnight") && !after_amount)
            }
        };
        is_length.then_some((1.0, None, next))
    }

    /// "half an hour", "three quarters of an hour", in minutes.
    fn part_of_hour(&self, at: usize) -> Option<(f64, usize)> {
        let start = at + usize::from(matches!(self.word(at), "a" | "the"));
        let skip = |i| self.skip_hyphen(i);
        let (minutes, next) = match self.word(start) {
            "half" => (30.0, skip(start + 1)),
            "quarter" | "qtr" => (15.0, skip(start + 1)),
            "three" if matches!(self.word(skip(start + 1)), "quarters" | "quarter") => {
                (45.0, skip(skip(start + 1) + 1))
            }
            _ => match self.fraction(start)? {
                (part, next) if part < 1.0 => (part * 60.0, skip(next)),
                _ => return None,
            },
        };
        let of = next + usize::from(self.word(next) == "of");
        let end = of + usize::from(matches!(self.word(of), "an" | "a" | "the"));
        matches!(self.word(end), "hour" | "hr" | "hours").then_some((minutes, end + 1))
    }

    /// "1/2", "3/4", "½".
    fn fraction(&self, at: usize) -> Option<(f64, usize)> {
        match self.tokens.get(at)?.kind {
            Kind::Number(part) if part < 1.0 => Some((part, at + 1)),
            Kind::Number(top) if self.is(at + 1, Kind::Slash) => {
                match self.tokens.get(at + 2)?.kind {
                    Kind::Number(bottom)
                        if bottom.to_bits() == 2.0_f64.to_bits()
                            || bottom.to_bits() == 4.0_f64.to_bits() =>
                    {
                        Some((top / bottom, at + 3))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What comes on top of an hour or a year: "and a half", "and a quarter", "20", "and ten minutes";
    /// in units of the first.
    fn and_more(&self, unit: Unit, at: usize) -> Option<(f64, usize)> {
        for (words, part) in [
            (&["and", "a", "half"][..], 0.5),
            (&["and", "half"], 0.5),
            (&["and", "a", "quarter"], 0.25),
            (&["and", "three", "quarters"], 0.75),
        ] {
            if self.says(at, words) && Unit::of(self.word(at + words.len())).is_none() {
                return Some((part, at + words.len()));
            }
        }
        if unit != Unit::Hour {
            return None;
        }
        let and = usize::from(self.word(at) == "and");
        let (minutes, next) = self.number(at + and).filter(|(n, _)| *n < 60.0)?;
        if Unit::of(self.word(next)) == Some(Unit::Minute) || (self.word(next) == "m") {
            return Some((minutes / 60.0, next + 1));
        }
        let after = self.word(next);
        let ends = matches!(
            after,
            "" | "late"
                | "early"
                | "and"
                | "before"
                | "after"
                | "but"
                | "with"
                | "the"
                | "i"
                | "they"
                | "she"
                | "he"
                | "it"
                | "we"
                | "in"
                | "on"
        );
        if and == 1 && minutes % 5.0 == 0.0 && ends {
            return Some((minutes / 60.0, next));
        }
        let bare = and == 0 && matches!(self.tokens[at].kind, Kind::Number(_)) && minutes >= 5.0;
        let free = Unit::of(self.word(next)).is_none() && !self.is(next, Kind::Hyphen);
        (bare && free).then_some((minutes / 60.0, next))
    }

    /// "£22.50", "22 quid", "£20-£25", "twenty pounds fifty".
    fn money(&self, at: usize) -> Option<Amount> {
        if self.is(at, Kind::Pound) {
            let (low, next) = self.number(at + 1)?;
            let joined =
                self.word(next) == "to" || self.word(next) == "or" || self.is(next, Kind::Hyphen);
            if joined && !self.changed(at) {
                let second = next + 1 + usize::from(self.is(next + 1, Kind::Pound));
                if let Some((high, after)) = self.number(second).filter(|(high, _)| *high > low) {
                    return Some((low, Some(high), after));
                }
            }
            return Some((low, None, next));
        }
        // "between £22 and £25"
        if matches!(self.word(at), "between" | "from")
            && self.is(at + 1, Kind::Pound)
            && !self.changed(at + 1)
        {
            let (low, middle) = self.number(at + 2)?;
            let second = middle + 1 + usize::from(self.is(middle + 1, Kind::Pound));
            let (high, next) =
                self.number(second).filter(|_| matches!(self.word(middle), "and" | "to"))?;
            return (high > low).then_some((low, Some(high), next));
        }
        let (low, high, next) = self.amount(at)?;
        if !matches!(self.word(next), "quid" | "pound" | "pounds") && !self.is(next, Kind::Pound) {
            return None;
        }
        let pence = self.number(next + 1).filter(|(p, end)| {
            (10.0..100.0).contains(p)
                && high.is_none()
                && !matches!(self.word(*end), "minutes" | "hours")
        });
        Some(match pence {
            Some((pence, after)) => (low + pence / 100.0, None, after),
            None => (low, high, next + 1),
        })
    }

    /// A time of day that can be nothing else, in minutes after midnight.
    fn clock(&self, at: usize) -> Option<(f64, usize)> {
        match self.word(at) {
            "noon" | "midday" => return Some((720.0, at + 1)),
            "half" => {
                let past = at + 1 + usize::from(self.word(at + 1) == "past");
                let (hour, next) = self.hour(past)?;
                return Some(self.half_of_day(hour * 60.0 + 30.0, next));
            }
            _ => {}
        }
        let article = usize::from(self.word(at) == "a");
        let (minutes, next) = match self.word(at + article) {
            "quarter" => (15.0, at + article + 1),
            _ => match self.number(at) {
                Some((n, next)) if [5.0, 10.0, 20.0, 25.0].contains(&n) => (n, next),
                _ => return self.plain_clock(at),
            },
        };
        let sign = match self.word(next) {
            "past" | "after" => 1.0,
            "to" => -1.0,
            _ => return self.plain_clock(at),
        };
        let Some((hour, end)) = self.hour(next + 1) else { return self.plain_clock(at) };
        // "five to ten" is a time where one is expected, else a range.
        let expected = matches!(
            self.before(at, 1),
            "at" | "of"
                | "till"
                | "until"
                | "by"
                | "than"
                | "about"
                | "around"
                | "nearly"
                | "gone"
                | "since"
        );
        if sign < 0.0 && minutes < hour && !expected && article == 0 {
            return None;
        }
        Some(self.half_of_day((hour * 60.0 + sign * minutes).rem_euclid(720.0), end))
    }

    /// "9am", "9.30pm", "9:30", "eleven o'clock".
    fn plain_clock(&self, at: usize) -> Option<(f64, usize)> {
        let (value, mut next) = self.number(at).filter(|(n, _)| *n < 24.0)?;
        let mut minutes = value.floor() * 60.0 + (value.fract() * 100.0).round();
        let mut sure = false;
        if self.is(next, Kind::Colon) {
            let Some(Kind::Number(part)) = self.tokens.get(next + 1).map(|t| t.kind) else {
                return None;
            };
            minutes += part;
            next += 2;
            sure = true;
        }
        sure |= self.pointed(at, next);
        if self.says(next, &["o", "clock"]) {
            return Some((minutes, next + 2));
        }
        if self.word(next) == "oclock" {
            return Some((minutes, next + 1));
        }
        let (told, end) = self.half_of_day(minutes, next);
        (sure || end > next).then_some((told, end))
    }

    /// "10.40": two digits after the point that are minutes of the clock, and nothing after them that
    /// makes them a price or a length of time.
    fn pointed(&self, at: usize, next: usize) -> bool {
        let Some((_, part)) = self.tokens[at].word.split_once('.') else { return false };
        let minutes = part.parse::<u8>().ok().filter(|_| part.len() == 2);
        let priced = self.is(next, Kind::Slash)
            || matches!(
                self.word(next),
                "an" | "a"
                    | "per"
                    | "p"
                    | "ph"
                    | "pw"
                    | "miles"
                    | "each"
                    | "out"
                    | "extra"
                    | "more"
            );
        minutes.is_some_and(|m| m < 60 && m % 5 == 0)
            && !priced
            && Unit::of(self.word(next)).is_none()
    }

    /// An hour of the clock, not followed by a unit.
    fn hour(&self, at: usize) -> Option<(f64, usize)> {
        let (hour, next) = self.number(at)?;
        let is_hour = hour.fract() == 0.0 && (1.0..=12.0).contains(&hour);
        let free = Unit::of(self.word(next)).is_none() && !self.is(next, Kind::Hyphen);
        (is_hour && free).then_some((hour, next))
    }

    /// With "am" or "pm" after it.
    fn half_of_day(&self, minutes: f64, next: usize) -> (f64, usize) {
        match self.word(next) {
            "am" => (minutes.rem_euclid(720.0), next + 1),
            "pm" => (minutes.rem_euclid(720.0) + 720.0, next + 1),
            _ => (minutes, next),
        }
    }
}

/// Words that say that what follows is not so.
const NOT: [&str; 9] =
    ["never", "not", "t", "nt", "rarely", "hardly", "seldom", "nobody", "without"];

/// How words bound a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    /// As much, or about as much, or at least as much.
    About,
    /// As much or less.
    Most,
    /// Less.
    Under,
    /// More.
    Over,
}

/// The words with which a quantity can begin.
static BEGINNINGS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let own = "a an the between from half quarter qtr couple dozen hour day week fortnight month year \
               noon midday zero once twice";
    let numbers = NUMBERS.iter().map(|(word, _)| *word);
    let bounds = BEFORE.iter().map(|(words, _)| words[0]);
    own.split(' ').chain(numbers).chain(bounds).collect()
});

/// Words before a quantity that bound it.
const BEFORE: &[(&[&str], Bound)] = &[
    (&["anything", "up", "to"], Bound::Most),
    (&["up", "to"], Bound::Most),
    (&["as", "much", "as"], Bound::Most),
    (&["as", "many", "as"], Bound::Most),
    (&["no", "more", "than"], Bound::Most),
    (&["never", "more", "than"], Bound::Most),
    (&["not", "more", "than"], Bound::Most),
    (&["rarely", "more", "than"], Bound::Most),
    (&["less", "than"], Bound::Under),
    (&["fewer", "than"], Bound::Under),
    (&["under"], Bound::Under),
    (&["at", "most"], Bound::Most),
    (&["not", "even"], Bound::Most),
    (&["well", "over"], Bound::Over),
    (&["more", "than"], Bound::Over),
    (&["longer", "than"], Bound::Over),
    (&["later", "than"], Bound::About),
    (&["go", "past"], Bound::Over),
    (&["goes", "past"], Bound::Over),
    (&["go", "beyond"], Bound::Over),
    (&["go", "over"], Bound::Over),
    (&["just", "over"], Bound::Over),
    (&["just", "under"], Bound::About),
    (&["way", "over"], Bound::Over),
    (&["in", "excess", "of"], Bound::Over),
    (&["coming", "up", "to"], Bound::About),
    (&["coming", "up", "for"], Bound::About),
    (&["going", "on"], Bound::About),
    (&["the", "best", "part", "of"], Bound::About),
    (&["best", "part", "of"], Bound::About),
    (&["at", "least"], Bound::About),
    (&["getting", "on", "for"], Bound::About),
    (&["upwards", "of"], Bound::About),
    (&["close", "to"], Bound::About),
    (&["as", "little", "as"], Bound::About),
    (&["as", "few", "as"], Bound::About),
    (&["anything"], Bound::About),
    (&["nearly"], Bound::About),
    (&["almost"], Bound::About),
    (&["about"], Bound::About),
    (&["around"], Bound::About),
    (&["roughly"], Bound::About),
    (&["approximately"], Bound::About),
    (&["approx"], Bound::About),
    (&["over"], Bound::Over),
    (&["barely"], Bound::About),
    (&["easily"], Bound::About),
    (&["maybe"], Bound::About),
    (&["nigh", "on"], Bound::About),
];

/// Words after a quantity that bound it; true where it is the most.
const AFTER: &[(&[&str], bool)] = &[
    (&["at", "the", "most"], true),
    (&["at", "most"], true),
    (&["at", "best"], true),
    (&["at", "the", "outside"], true),
    (&["at", "the", "very", "most"], true),
    (&["at", "a", "push"], true),
    (&["tops"], true),
    (&["max"], true),
    (&["maximum"], true),
    (&["or", "less"], true),
    (&["if", "that"], true),
    (&["or", "more"], false),
    (&["or", "so"], false),
    (&["at", "least"], false),
    (&["plus"], false),
    (&["minimum"], false),
];

/// Numbers that are one word.
const NUMBERS: &[(&str, f64)] = &[
    ("nought", 0.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fourty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
];

/// "x4"
fn so_many_times(word: &str) -> Option<f64> {
    word.strip_prefix('x')?.parse::<u8>().ok().map(f64::from)
}

fn word_number(word: &str) -> Option<f64> {
    NUMBERS.iter().find(|(own, _)| *own == word).map(|(_, value)| *value)
}
