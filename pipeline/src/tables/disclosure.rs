//! Disclosure control: which figures may be shown.

use serde::Serialize;

/// The rules under which small figures are hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Cells under 5 in breakdowns are hidden, and what would give them away.
    #[default]
    Standard,
    /// 1 to 7 hidden everywhere, other counts rounded to 5.
    Nhs,
    /// Everything is shown: for use inside one organisation only.
    None,
}

impl Profile {
    /// `standard`, `nhs` or `none`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Nhs => "nhs",
            Self::None => "none",
        }
    }

    /// The profile with this spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Standard, Self::Nhs, Self::None].into_iter().find(|p| p.as_str() == text)
    }
}
