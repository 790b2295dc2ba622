//! [`Redacted`]: text that has been through the door, and the way back to where its words stood.
//!
//! Its fields are private and only this room makes one, so a function that takes a `Redacted`
//! cannot be given text as people wrote it. The offset map survives a second redaction: what a
//! person masks later is merged with what was found before, in offsets of the original.

use std::fmt;
use std::ops::Range;

use super::placeholders;

/// What kind of personal data stood where a placeholder stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum RedactionKind {
    Person,
    Phone,
    Email,
    NhsNumber,
    NiNumber,
    Postcode,
    Address,
    /// Date of birth.
    Dob,
    Url,
    /// A number or reference of a bank, a card, a client, a case or an invoice.
    Account,
    /// A care provider of the user's list.
    Provider,
    Other,
}

impl RedactionKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 12] = [
        Self::Person,
        Self::Phone,
        Self::Email,
        Self::NhsNumber,
        Self::NiNumber,
        Self::Postcode,
        Self::Address,
        Self::Dob,
        Self::Url,
        Self::Account,
        Self::Provider,
        Self::Other,
    ];

    /// The name in tables and placeholders: `PERSON`, `NHS_NUMBER`, ...
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "PERSON",
            Self::Phone => "PHONE",
            Self::Email => "EMAIL",
            Self::NhsNumber => "NHS_NUMBER",
            Self::NiNumber => "NI_NUMBER",
            Self::Postcode => "POSTCODE",
            Self::Address => "ADDRESS",
            Self::Dob => "DOB",
            Self::Url => "URL",
            Self::Account => "ACCOUNT",
            Self::Provider => "PROVIDER",
            Self::Other => "OTHER",
        }
    }

    /// The kind of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for RedactionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A span of the original text that was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Redaction {
    /// What it was.
    pub kind: RedactionKind,
    /// Where it began in the original text, in Unicode scalar values.
    pub start: u32,
    /// Where it ended, half-open.
    pub end: u32,
}

/// Stored redactions that do not belong to the text beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// Spans overlap, run backwards or are out of order.
    #[error("redaction {0} overlaps the one before it or ends before it starts")]
    Order(usize),
    /// The text holds no placeholder of that kind where the offsets say.
    #[error("redaction {0} has no placeholder of its kind in the text")]
    NoPlaceholder(usize),
}

/// Text without personal data, and the way back to where the words were.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Redacted {
    text: String,
    redactions: Vec<Redaction>,
    /// Where the placeholder of each redaction stands in `text`, in Unicode scalar values.
    shown: Vec<Range<u32>>,
}

impl Redacted {
    /// The de-identified text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What was replaced, in order, in Unicode scalar values of the original text.
    pub fn redactions(&self) -> &[Redaction] {
        &self.redactions
    }

    /// Where the placeholders of [`redactions`](Self::redactions) stand in [`as_str`](Self::as_str),
    /// one for each, in Unicode scalar values.
    pub fn placeholders(&self) -> &[Range<u32>] {
        &self.shown
    }

    /// Reads back text of our own tables: text that has been through the door, with the redactions
    /// stored beside it. Nothing is looked for. An error if the two do not belong together.
    pub fn from_store(
        text: impl Into<String>,
        redactions: Vec<Redaction>,
    ) -> Result<Self, StoredError> {
        let text = text.into();
        let held = placeholders::find_by_scalars(&text);
        let (mut shown, mut moved, mut last) = (Vec::with_capacity(redactions.len()), 0_i64, 0);
        for (i, r) in redactions.iter().enumerate() {
            if r.start < last || r.end < r.start {
                return Err(StoredError::Order(i));
            }
            last = r.end;
            let start = i64::from(r.start) + moved;
            let at = held
                .iter()
                .find(|(kind, range)| *kind == r.kind && i64::from(range.start) == start)
                .map(|(_, range)| range.clone())
                .ok_or(StoredError::NoPlaceholder(i))?;
            moved = i64::from(at.end) - i64::from(r.end);
            shown.push(at);
        }
        Ok(Self { text, redactions, shown })
    }

    /// Masks more of the text: `ranges` (half-open, Unicode scalar values of the de-identified
    /// text) that a person marked. A range that touches the inside of a placeholder takes all of
    /// it. Equal words get equal numbers, after the highest number that the text holds.
    #[must_use]
    pub fn mask(&self, ranges: &[Range<u32>], kind: RedactionKind) -> Self {
        let chars: Vec<char> = self.text.chars().collect();
        let held = placeholders::find_by_scalars(&self.text);
        let mut whole: Vec<Range<u32>> = Vec::new();
        for range in ranges {
            let end = range.end.min(chars.len() as u32);
            if range.start >= end {
                continue;
            }
            let inside = |h: &&Range<u32>| h.start < end && range.start < h.end;
            let placeholders: Vec<&Range<u32>> =
                held.iter().map(|(_, h)| h).chain(&self.shown).filter(inside).collect();
            let from = placeholders.iter().map(|h| h.start).min().unwrap_or(end).min(range.start);
            let to = placeholders.iter().map(|h| h.end).max().unwrap_or(0).max(end);
            whole.push(from..to);
        }
        whole.sort_by_key(|r| (r.start, r.end));
        let mut merged: Vec<Range<u32>> = Vec::new();
        for range in whole {
            match merged.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        let mut highest = placeholders::find(&self.text)
            .iter()
            .filter(|p| p.kind == kind)
            .filter_map(|p| p.number)
            .max()
            .unwrap_or(0);
        let mut given: Vec<(String, String)> = Vec::new();
        let new: Vec<(Range<u32>, RedactionKind, String)> = merged
            .into_iter()
            .map(|range| {
                let words: String =
                    chars[range.start as usize..range.end as usize].iter().collect();
                let words = words.to_lowercase();
                let swallowed = held
                    .iter()
                    .find(|(k, h)| *k == kind && range.start <= h.start && h.end <= range.end)
                    .map(|(_, h)| chars[h.start as usize..h.end as usize].iter().collect());
                let seen = given.iter().find(|(w, _)| *w == words).map(|(_, label)| label.clone());
                let label: String = swallowed.or(seen).unwrap_or_else(|| {
                    highest = highest.saturating_add(1);
                    placeholders::numbered(kind, highest)
                });
                given.push((words, label.clone()));
                (range, kind, label)
            })
            .collect();
        self.replace(&new)
    }

    /// Text in which nothing has been looked for yet: the start of every de-identification.
    pub(super) fn untouched(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Puts placeholders over spans of the current text (Unicode scalar values, sorted, not
    /// overlapping each other, holding earlier placeholders whole or not at all).
    pub(super) fn replace(&self, new: &[(Range<u32>, RedactionKind, String)]) -> Self {
        let kept = self.redactions.iter().zip(&self.shown).filter(|(_, shown)| {
            !new.iter().any(|(range, ..)| range.start <= shown.start && shown.end <= range.end)
        });
        let mut all: Vec<(Range<u32>, RedactionKind, Option<&str>)> =
            kept.map(|(r, shown)| (shown.clone(), r.kind, None)).collect();
        all.extend(new.iter().map(|(range, kind, label)| (range.clone(), *kind, Some(&**label))));
        all.sort_by_key(|(range, ..)| (range.start, range.end));

        let mut out = Self { text: String::with_capacity(self.text.len()), ..Self::default() };
        let (mut chars, mut read, mut written) = (self.text.chars(), 0_u32, 0_u32);
        for (range, kind, label) in all {
            out.text.extend(chars.by_ref().take((range.start - read) as usize));
            written += range.start - read;
            let length = range.end - range.start;
            let shown_length = if let Some(label) = label {
                chars.by_ref().take(length as usize).for_each(drop);
                out.text.push_str(label);
                label.chars().count() as u32
            } else {
                out.text.extend(chars.by_ref().take(length as usize));
                length
            };
            out.redactions.push(Redaction {
                kind,
                start: self.in_original(range.start),
                end: self.in_original(range.end),
            });
            out.shown.push(written..written + shown_length);
            read = range.end;
            written += shown_length;
        }
        out.text.extend(chars);
        out
    }

    /// The offset in the original of an offset in the text that is not inside a placeholder.
    fn in_original(&self, at: u32) -> u32 {
        match self.shown.partition_point(|shown| shown.end <= at) {
            0 => at,
            n => self.redactions[n - 1].end + (at - self.shown[n - 1].end),
        }
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redacted({} bytes, {} redactions)", self.text.len(), self.redactions.len())
    }
}
