//! What a person can decide about a response, as it is written down: small values without any word
//! of the response. Positions count Unicode scalar values in the text as the run de-identified it.

use std::collections::BTreeMap;

use heard_models::words::Sentiment;
use serde::{Deserialize, Serialize};

use crate::deidentify::RedactionKind;

/// A theme that a person gave to a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Number of the segment.
    pub segment: u16,
    /// Id of the theme.
    pub theme: String,
    /// What is felt about it.
    #[serde(with = "feeling")]
    pub sentiment: Sentiment,
}

/// A person's codes of one response. No code at all is a decision, too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes {
    /// Where each segment stands.
    pub segments: Vec<(u32, u32)>,
    /// In the order of segment.
    pub codes: Vec<Code>,
    /// The coder did not see the model's codes, nor another person's, when these were begun.
    #[serde(default)]
    pub blind: bool,
    /// The coder has said that they are finished with it.
    #[serde(default)]
    pub done: bool,
}

impl Codes {
    /// The themes, each once, in alphabetical order.
    pub fn themes(&self) -> Vec<&str> {
        let mut themes: Vec<&str> = self.codes.iter().map(|c| c.theme.as_str()).collect();
        themes.sort_unstable();
        themes.dedup();
        themes
    }
}

/// Whether words may be used as a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quoting {
    /// A good example.
    Quotable,
    /// Never to be shown.
    Never,
}

/// What was found when a flag was looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The flag was right.
    Confirmed,
    /// It was not.
    Cleared,
}

/// A span that de-identification missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mask {
    /// Where it begins.
    pub start: u32,
    /// Where it ends, half-open.
    pub end: u32,
    /// What it is.
    #[serde(with = "kind")]
    pub kind: RedactionKind,
}

/// One side of what is decided about a response, and its new value. `None` is "not decided".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", content = "to", rename_all = "snake_case")]
pub enum Change {
    /// The coder's own codes.
    Codes(Option<Codes>),
    /// The codes on which coders agreed in the end.
    Final(Option<Codes>),
    /// May it be quoted.
    Quote(Option<Quoting>),
    /// Does it tell of harm.
    Safeguarding(Option<Finding>),
    /// Does it still hold personal data.
    Personal(Option<Finding>),
    /// What is masked.
    Mask(Vec<Mask>),
    /// A remark of the coder's, de-identified.
    Note(Option<String>),
    /// The coder will come back to it.
    Skip(bool),
}

impl Change {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Codes(_) => "codes",
            Self::Final(_) => "final",
            Self::Quote(_) => "quote",
            Self::Safeguarding(_) => "safeguarding",
            Self::Personal(_) => "personal",
            Self::Mask(_) => "mask",
            Self::Note(_) => "note",
            Self::Skip(_) => "skip",
        }
    }

    /// True for what each coder decides alone; the rest is one for all.
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Codes(_) | Self::Note(_) | Self::Skip(_))
    }
}

/// What one coder decided about a response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Own {
    /// Codes.
    pub codes: Option<Codes>,
    /// The codes as they stood when this coder was finished and had seen nobody else's, whatever
    /// they changed since.
    pub unseen: Option<Codes>,
    /// A remark.
    pub note: Option<String>,
    /// To be come back to.
    pub skipped: bool,
    /// Number of the last entry in the log.
    pub last: i64,
    /// Number of the last entry about the codes.
    pub coded_at: i64,
}

/// Everything decided about a response so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// By each coder.
    pub own: BTreeMap<String, Own>,
    /// The codes on which coders agreed.
    pub settled: Option<Codes>,
    /// May it be quoted.
    pub quote: Option<Quoting>,
    /// Does it tell of harm.
    pub safeguarding: Option<Finding>,
    /// Does it still hold personal data.
    pub personal: Option<Finding>,
    /// What is masked.
    pub masks: Vec<Mask>,
    /// Number of the last entry in the log on what is one for all.
    pub shared: i64,
}

impl State {
    /// The version that a coder sees: it grows with every change that concerns them.
    pub fn version(&self, who: &str) -> i64 {
        self.own.get(who).map_or(0, |own| own.last).max(self.shared)
    }

    /// A coder's codes.
    pub fn codes_of(&self, who: &str) -> Option<&Codes> {
        self.own.get(who)?.codes.as_ref()
    }

    /// The finished codes of every coder who has some.
    pub fn coders(&self) -> impl Iterator<Item = (&str, &Codes)> {
        let own = self.own.iter();
        own.filter_map(|(who, own)| Some((who.as_str(), own.codes.as_ref().filter(|c| c.done)?)))
    }

    /// The codes that count, and whose they are: those agreed in the end, else what most coders
    /// said of the themes, else the latest.
    pub fn counting(&self) -> Option<(&str, &Codes)> {
        if let Some(settled) = &self.settled {
            return Some(("agreed", settled));
        }
        self.most(&self.coders().collect::<Vec<_>>())
    }

    /// What most of these said of the themes, else the latest.
    fn most<'a>(&self, done: &[(&'a str, &'a Codes)]) -> Option<(&'a str, &'a Codes)> {
        let latest = |who: &str| self.own.get(who).map_or(0, |own| own.coded_at);
        done.iter()
            .max_by_key(|(who, codes)| {
                let same = done.iter().filter(|(_, other)| other.themes() == codes.themes());
                (same.count(), latest(who))
            })
            .copied()
    }

    /// The finished codes of every coder who had seen nobody else's, as they stood then.
    pub fn unseen(&self) -> impl Iterator<Item = (&str, &Codes)> {
        self.own.iter().filter_map(|(who, own)| Some((who.as_str(), own.unseen.as_ref()?)))
    }

    /// The codes by which the model is judged: given without a look at its own.
    pub fn judging(&self) -> Option<&Codes> {
        let settled = self.settled.as_ref().filter(|codes| codes.blind);
        settled.or_else(|| Some(self.most(&self.unseen().collect::<Vec<_>>())?.1))
    }

    /// The present value of what a change would set.
    pub fn present(&self, who: &str, change: &Change) -> Change {
        let own = self.own.get(who);
        match change {
            Change::Codes(_) => Change::Codes(own.and_then(|o| o.codes.clone())),
            Change::Note(_) => Change::Note(own.and_then(|o| o.note.clone())),
            Change::Skip(_) => Change::Skip(own.is_some_and(|o| o.skipped)),
            Change::Final(_) => Change::Final(self.settled.clone()),
            Change::Quote(_) => Change::Quote(self.quote),
            Change::Safeguarding(_) => Change::Safeguarding(self.safeguarding),
            Change::Personal(_) => Change::Personal(self.personal),
            Change::Mask(_) => Change::Mask(self.masks.clone()),
        }
    }

    /// Takes in an entry of the log.
    pub fn take(&mut self, number: i64, who: &str, change: &Change) {
        if change.is_own() {
            let own = self.own.entry(who.to_owned()).or_default();
            own.last = own.last.max(number);
            match change.clone() {
                Change::Codes(codes) => {
                    match &codes {
                        Some(now) if now.blind && now.done => {
                            // What was changed after it was done may follow from what was seen then.
                            own.unseen.get_or_insert_with(|| now.clone());
                        }
                        Some(now) if !now.blind => {}
                        _ => own.unseen = None,
                    }
                    own.codes = codes;
                    own.coded_at = number;
                }
                Change::Note(note) => own.note = note,
                Change::Skip(skipped) => own.skipped = skipped,
                _ => {}
            }
            return;
        }
        self.shared = self.shared.max(number);
        match change.clone() {
            Change::Final(codes) => self.settled = codes,
            Change::Quote(quote) => self.quote = quote,
            Change::Safeguarding(found) => self.safeguarding = found,
            Change::Personal(found) => self.personal = found,
            Change::Mask(masks) => self.masks = masks,
            _ => {}
        }
    }
}

mod feeling {
    use heard_models::words::Sentiment;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
    pub(super) fn serialize<S: Serializer>(it: &Sentiment, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(it.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Sentiment, D::Error> {
        let word = String::deserialize(from)?;
        Sentiment::parse(&word).ok_or_else(|| D::Error::custom("a feeling that is not known"))
    }
}

mod kind {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::deidentify::RedactionKind;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
    pub(super) fn serialize<S: Serializer>(it: &RedactionKind, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(it.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<RedactionKind, D::Error> {
        let word = String::deserialize(from)?;
        RedactionKind::from_name(&word)
            .ok_or_else(|| D::Error::custom("a kind of personal data that is not known"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn codes(themes: &[&str]) -> Codes {
        let code = |theme: &&str| Code {
            segment: 0,
            theme: (*theme).to_owned(),
            sentiment: Sentiment::Negative,
        };
        Codes { codes: themes.iter().map(code).collect(), done: true, ..Codes::default() }
    }

    #[test]
    fn codes_given_unseen_stay_what_they_were_when_their_coder_has_seen_others() {
        let mut state = State::default();
        let unseen = |themes: &[&str]| Codes { blind: true, ..codes(themes) };
        let begun = Codes { done: false, ..unseen(&["a"]) };
        state.take(1, "AB", &Change::Codes(Some(begun.clone())));
        assert_eq!(state.unseen().count(), 0);
        state.take(2, "AB", &Change::Codes(Some(unseen(&["a"]))));
        state.take(3, "AB", &Change::Codes(Some(codes(&["b"]))));
        // Earlier versions let such a change pass for blind.
        state.take(4, "AB", &Change::Codes(Some(unseen(&["c"]))));
        assert_eq!(state.unseen().next().unwrap().1.themes(), ["a"]);
        assert_eq!(state.counting().unwrap().1.themes(), ["c"]);
        assert_eq!(state.judging().unwrap().themes(), ["a"]);
        // To take all of it back is to be unseen again.
        state.take(5, "AB", &Change::Codes(Some(begun)));
        assert_eq!(state.judging(), None);
    }

    #[test]
    fn what_most_coders_said_counts_and_the_latest_among_equals() {
        let mut state = State::default();
        state.take(1, "AB", &Change::Codes(Some(codes(&["a"]))));
        state.take(2, "CD", &Change::Codes(Some(codes(&["b"]))));
        assert_eq!(state.counting().unwrap().0, "CD");
        state.take(3, "EF", &Change::Codes(Some(codes(&["a"]))));
        assert_eq!(state.counting().unwrap().1.themes(), ["a"]);
        state.take(4, "AB", &Change::Final(Some(codes(&["c"]))));
        assert_eq!(state.counting().unwrap().1.themes(), ["c"]);
    }

    #[test]
    fn anothers_codes_leave_a_coders_version_alone() {
        let mut state = State::default();
        state.take(7, "AB", &Change::Codes(Some(codes(&["a"]))));
        assert_eq!((state.version("AB"), state.version("CD")), (7, 0));
        state.take(8, "AB", &Change::Quote(Some(Quoting::Never)));
        assert_eq!((state.version("AB"), state.version("CD")), (8, 8));
    }

    #[test]
    fn a_change_is_read_back_as_it_was_written() {
        let mask = Mask { start: 3, end: 9, kind: RedactionKind::Person };
        for change in [
            Change::Codes(Some(codes(&["a", "b"]))),
            Change::Mask(vec![mask]),
            Change::Quote(Some(Quoting::Never)),
            Change::Skip(true),
            Change::Note(None),
        ] {
            let text = serde_json::to_string(&change).unwrap();
            assert_eq!(serde_json::from_str::<Change>(&text).unwrap(), change, "{text}");
        }
    }
}
