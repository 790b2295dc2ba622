//! The name under which a decision is kept: a keyed hash of what was said and what was asked.
//!
//! It does not depend on the row, so decisions find their response again in a later run; and without
//! the secret, which stands in the file of decisions alone, nobody can try out what was said.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// Names a response by its content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub [u8; 16]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.hex())
    }
}

impl Key {
    /// As 32 hexadecimal digits.
    pub fn hex(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }

    /// From bytes of the database.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// The secret of one file of decisions.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// From the file of decisions.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key of a response. Spacing makes no difference.
    pub fn key(&self, text: &str, question: &str) -> Key {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.hash(&[b"response", words(text).as_bytes(), words(question).as_bytes()])
    }

    /// A number that decides which responses are drawn: the same for the same response, and not to
    /// be foreseen.
    pub fn lot(&self, key: Key, purpose: &str) -> u64 {
        let hash = self.hash(&[b"lot", purpose.as_bytes(), &key.0]);
        hash.0.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn hash(&self, parts: &[&[u8]]) -> Key {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut hmac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length");
        for part in parts {
            hmac.update(&(part.len() as u64).to_le_bytes());
            hmac.update(part);
        }
        let hash = hmac.finalize().into_bytes();
        let mut key = [0; 16];
        key.copy_from_slice(&hash[..16]);
        Key(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_words_question_and_secret() {
        let (one, other) = (Secret::new([1; 32]), Secret::new([2; 32]));
        let key = one.key("They never came", "What could be better?");
        assert_eq!(key, one.key(" They  never came\n", "What could be better?"));
        assert_ne!(key, one.key("They never came", "What was good?"));
        assert_ne!(key, one.key("They never came.", "What could be better?"));
        assert_ne!(key, other.key("They never came", "What could be better?"));
        assert_ne!(one.key("a", "b c"), one.key("a b", "c"));
    }
}
