//! Responses to redacted responses. The only room that can make [`Redacted`] text.

/// Text without personal data, and the way back to the words that were there.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Redacted {
    text: String,
}

impl Redacted {
    /// The de-identified text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Text from our own tables, which has been through the door.
    pub fn from_store(text: String) -> Self {
        Self { text }
    }
}
