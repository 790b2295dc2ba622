//! The name finder: which words of a text are part of a name, an address or a number of someone.
//!
//! Rampart, by National Design Studio (CC-BY-4.0, see NOTICE), a BERT of six layers made for English
//! of any kind; `models/encoder/tools/rampart.py` says how its weights became `weights/names.enc`. It
//! reads no capitals, so what it says is one opinion beside lists and context: weighing them belongs
//! to `heard`. It is unpacked at its first use, and its hash is checked then.

use std::ops::Range;
use std::sync::OnceLock;

use crate::packed::{Packed, packed};
use heard_encoder::{EncoderError, Precision, Tagger, TaggerFile, TaggerRoom};

const WEIGHTS: Packed = packed!("names.enc");
/// SHA-256 of the weights, for the records of a run.
pub const SHA256: &str = "37149c62e5e85c370d63343ca9729ad0a04e587bdfc6e4d8288bef95a7d0833c";
/// Name and version of the finder.
pub const ID: &str = "rampart-1.4.0";

static BUILTIN: OnceLock<NameFinder> = OnceLock::new();

/// How likely a word piece is part of something personal.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Chances {
    /// Of a given name or a surname.
    pub person: f32,
    /// Of a street, a house or a flat. Towns, counties and postcodes are not counted.
    pub address: f32,
}

/// The buffers of one thread.
#[derive(Debug, Default)]
pub struct Room(TaggerRoom);

/// The finder, ready to run; shared by all threads.
#[derive(Debug)]
pub struct NameFinder {
    tagger: Tagger,
    person: Vec<usize>,
    address: Vec<usize>,
}

impl NameFinder {
    /// The finder that ships, unpacked at the first call.
    pub fn builtin() -> Result<&'static Self, EncoderError> {
        if let Some(finder) = BUILTIN.get() {
            return Ok(finder);
        }
        let finder = Self::from_bytes(&WEIGHTS.unpack(), Precision::fastest())?;
        Ok(BUILTIN.get_or_init(|| finder))
    }

    fn from_bytes(bytes: &[u8], precision: Precision) -> Result<Self, EncoderError> {
        let tagger = Tagger::new(&TaggerFile::from_bytes(bytes)?, precision)?;
        let tags = |names: &[&str]| -> Vec<usize> {
            let wanted = |tag: &String| names.iter().any(|name| tag.get(2..) == Some(*name));
            tagger.tags().iter().enumerate().filter(|(_, t)| wanted(t)).map(|(i, _)| i).collect()
        };
        let person = tags(&["GIVEN_NAME", "SURNAME"]);
        let address = tags(&["BUILDING_NUMBER", "STREET_NAME", "SECONDARY_ADDRESS"]);
        Ok(Self { tagger, person, address })
    }

    /// Reads texts: for each word piece, in order, the number of its text, its bytes there, and how
    /// likely it is part of what. What a text gets does not depend on the others.
    pub fn read(
        &self,
        room: &mut Room,
        texts: &[&str],
        mut each: impl FnMut(usize, Range<usize>, Chances),
    ) -> Result<(), EncoderError> {
        self.tagger.tag(&mut room.0, texts, |text, token, chances| {
            let sum = |tags: &[usize]| tags.iter().map(|tag| chances[*tag]).sum();
            let found = Chances { person: sum(&self.person), address: sum(&self.address) };
            each(text, token.start as usize..token.end as usize, found);
        })
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use sha2::{Digest, Sha256};

    use super::*;

    #[derive(Deserialize)]
    struct Sentence {
        text: String,
        tags: Vec<usize>,
    }

    #[test]
    fn the_weights_are_those_that_were_packed() {
        assert_eq!(hex::encode(Sha256::digest(WEIGHTS.unpack())), SHA256);
    }

    #[test]
    fn tags_are_those_of_onnxruntime_in_more_than_99_of_100_word_pieces() {
        let sentences: Vec<Sentence> = serde_json::from_str(include_str!("names.json")).unwrap();
        assert_eq!(sentences.len(), 200);
        let texts: Vec<&str> = sentences.iter().map(|s| s.text.as_str()).collect();
        for precision in [Precision::F32, Precision::Int8] {
            let file = TaggerFile::from_bytes(&WEIGHTS.unpack()).unwrap();
            let tagger = Tagger::new(&file, precision).unwrap();
            let mut found: Vec<Vec<usize>> = vec![Vec::new(); sentences.len()];
            let keep = |text: usize, _, chances: &[f32]| {
                let best = (0..chances.len()).max_by(|a, b| chances[*a].total_cmp(&chances[*b]));
                found[text].push(best.unwrap());
            };
            tagger.tag(&mut TaggerRoom::default(), &texts, keep).unwrap();
            let (mut pieces, mut same) = (0, 0);
            for (sentence, found) in sentences.iter().zip(&found) {
                assert_eq!(sentence.tags.len(), found.len(), "word pieces of {}", sentence.text);
                pieces += found.len();
                same += sentence.tags.iter().zip(found).filter(|(one, other)| one == other).count();
            }
            assert!(same * 100 > pieces * 99, "{precision:?}: {same} of {pieces}");
        }
    }
}
