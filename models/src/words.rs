//! The closed vocabularies that codes are made of: polarity, sentiment, stance, status, who speaks.
//!
//! They live here because a model's labels are made of them; `heard` uses the same types, so that
//! no string is compared twice. Each has one spelling (`as_str`) that is used in every table.

/// Declares an enum with one fixed spelling for each variant, in table order.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The spelling used in every table and file.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value with this spelling, if there is one.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                Self::parse(&text).ok_or_else(|| {
                    $crate::serde::de::Error::unknown_variant(&text, &[$($text),+])
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

vocabulary! {
    /// What a question asks for; it decides what "Nothing" means.
    Polarity {
        /// What was good?
        Good = "good",
        /// What could be better?
        Improve = "improve",
        /// Tell us about your care.
        Neutral = "neutral",
        /// Do you agree with this proposal?
        Proposal = "proposal",
    }
}

vocabulary! {
    /// Feeling towards a theme in a segment, or over a response.
    Sentiment {
        /// Praise.
        Positive = "positive",
        /// Complaint.
        Negative = "negative",
        /// Both.
        Mixed = "mixed",
        /// A plain fact, or a suggestion with no evaluation.
        Neutral = "neutral",
    }
}

vocabulary! {
    /// Support or opposition to a proposal; apart from sentiment.
    Stance {
        /// In favour.
        Support = "support",
        /// Against.
        Oppose = "oppose",
        /// In favour or against under a condition.
        Conditional = "conditional",
        /// Takes a position that cannot be read.
        Unclear = "unclear",
        /// Takes no position.
        None = "none",
    }
}

vocabulary! {
    /// What a response holds.
    Status {
        /// Says something.
        Informative = "informative",
        /// Blank, "n/a", "nothing".
        NoContent = "no_content",
        /// "See above", "see my letter".
        RefersElsewhere = "refers_elsewhere",
        /// A real point that fits no theme: listed for reading.
        Unassigned = "unassigned",
    }
}

vocabulary! {
    /// Who speaks.
    RespondentType {
        /// A person who receives care.
        ServiceUser = "service_user",
        /// A relative or friend.
        Family = "family",
        /// A relative or friend who provides care.
        UnpaidCarer = "unpaid_carer",
        /// A paid care worker.
        CareWorker = "care_worker",
        /// A provider of care, its owners and managers.
        Provider = "provider",
        /// A professional: nurse, social worker, therapist.
        Professional = "professional",
        /// A body: parish council, charity, forum.
        Organisation = "organisation",
        /// Not known.
        Unknown = "unknown",
    }
}

vocabulary! {
    /// The eight domains of ASCOT in which care lets a person gain, keep, risk or lose something.
    Domain {
        /// Control over daily life.
        Control = "control",
        /// Personal cleanliness and comfort.
        Cleanliness = "cleanliness",
        /// Food and drink.
        Food = "food",
        /// Personal safety.
        Safety = "safety",
        /// Social participation.
        Social = "social",
        /// Occupation.
        Occupation = "occupation",
        /// Accommodation: a clean and comfortable home.
        Accommodation = "accommodation",
        /// Dignity.
        Dignity = "dignity",
    }
}

vocabulary! {
    /// What care did to an outcome.
    Direction {
        /// Gained through care.
        Gained = "gained",
        /// Kept through care.
        Kept = "kept",
        /// At risk.
        AtRisk = "at_risk",
        /// Lost.
        Lost = "lost",
    }
}

/// From here on praise and complaint are strong.
const STRONG: f32 = 0.75;

/// Sentiment as a level, -2 (very negative) to 2 (very positive), from its score (-1..1).
pub fn level(sentiment: Sentiment, score: f32) -> i8 {
    let strength = 1 + i8::from(score.abs() >= STRONG);
    match sentiment {
        Sentiment::Positive => strength,
        Sentiment::Negative => -strength,
        Sentiment::Mixed | Sentiment::Neutral => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_reads_back_as_itself() {
        for value in RespondentType::ALL {
            assert_eq!(RespondentType::parse(value.as_str()), Some(*value));
        }
        assert_eq!(Polarity::parse("bad"), None);
    }
}
