//! A tagger: an encoder with one linear row a tag, which says of every word piece what it is part of.
//!
//! [`TaggerFile`] is it at rest, [`Tagger`] ready to run. What the tags mean and what is done about
//! them belongs to the caller.
//!
//! The file, all numbers little-endian: the eight bytes `HEARDTG1`; length of the header (u32); the
//! header, JSON with the tags and the width; a row of f32 for each tag; a bias for each tag (f32);
//! SHA-256 of everything before; the encoder's own file, which carries its hash.

use safetensors::tensor::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Bert, EncoderError, Precision, Scratch, Token, Tokeniser, Weights, WordCache, unusable,
};

const MAGIC: &[u8; 8] = b"HEARDTG1";
const HASH: usize = 32;
/// Word pieces read at once, the two special ones included. About as many characters as taggers of
/// single sentences are trained on; longer texts are read in windows.
const WINDOW: usize = 128;

#[derive(Serialize, Deserialize)]
struct Header {
    tags: Vec<String>,
    width: usize,
}

/// A tagger at rest.
#[derive(Clone, Debug, PartialEq)]
pub struct TaggerFile {
    encoder: Weights,
    tags: Vec<String>,
    head: Vec<f32>,
    bias: Vec<f32>,
}

impl TaggerFile {
    /// Quantises a token classifier in f32 safetensors; `config` is transformers' config.json with
    /// its `id2label`.
    pub fn from_safetensors(
        safetensors: &[u8],
        config: &str,
        vocabulary: Vec<String>,
    ) -> Result<Self, EncoderError> {
        #[derive(Deserialize)]
        struct Labels {
            id2label: std::collections::HashMap<usize, String>,
        }
        let labels: Labels = serde_json::from_str(config)?;
        let tags = (0..labels.id2label.len())
            .map(|id| labels.id2label.get(&id).cloned())
            .collect::<Option<Vec<String>>>()
            .ok_or_else(|| unusable("its tags are not numbered from 0"))?;
        let encoder = Weights::from_safetensors(safetensors, config, vocabulary)?;
        let tensors = SafeTensors::deserialize(safetensors)?;
        let numbers = |name: &str, count: usize| {
            let view = tensors.tensor(name)?;
            let words = view.data().as_chunks::<4>().0;
            if view.dtype() != Dtype::F32 || words.len() != count {
                return Err(unusable(format!("{name} has another shape")));
            }
            Ok(words.iter().map(|word| f32::from_le_bytes(*word)).collect::<Vec<f32>>())
        };
        let head = numbers("classifier.weight", tags.len() * encoder.config().width)?;
        let bias = numbers("classifier.bias", tags.len())?;
        Ok(Self { encoder, tags, head, bias })
    }

    /// Reads a tagger's file and checks its hashes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EncoderError> {
        let content = bytes.strip_prefix(MAGIC).ok_or(EncoderError::NotAnEncoder)?;
        let (length, content) = content.split_first_chunk::<4>().ok_or(EncoderError::Damaged)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (header, content) = content.split_at_checked(length).ok_or(EncoderError::Damaged)?;
        let Header { tags, width } =
            serde_json::from_slice(header).map_err(|_| EncoderError::Damaged)?;
        let size = width.checked_add(1).and_then(|row| row.checked_mul(tags.len() * 4));
        let (head, content) =
            size.and_then(|size| content.split_at_checked(size)).ok_or(EncoderError::Damaged)?;
        let (hash, encoder) = content.split_at_checked(HASH).ok_or(EncoderError::Damaged)?;
        if Sha256::digest(&bytes[..bytes.len() - content.len()]).as_slice() != hash {
            return Err(EncoderError::Damaged);
        }
        let encoder = Weights::from_bytes(encoder)?;
        if encoder.config().width != width {
            return Err(unusable("its head does not fit its encoder"));
        }
        let words = head.as_chunks::<4>().0;
        let mut head: Vec<f32> = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
        let bias = head.split_off(tags.len() * width);
        Ok(Self { encoder, tags, head, bias })
    }

    /// The tagger as a file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EncoderError> {
        let width = self.encoder.config().width;
        let header = serde_json::to_vec(&Header { tags: self.tags.clone(), width })?;
        let mut bytes = MAGIC.to_vec();
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header);
        bytes.extend(self.head.iter().chain(&self.bias).flat_map(|number| number.to_le_bytes()));
        let hash = Sha256::digest(&bytes);
        bytes.extend(hash);
        bytes.extend(self.encoder.to_bytes()?);
        Ok(bytes)
    }
}

/// A tagger, ready to run; shared by all threads.
#[derive(Debug)]
pub struct Tagger {
    bert: Bert,
    tokeniser: Tokeniser,
    tags: Vec<String>,
    head: Vec<f32>,
    bias: Vec<f32>,
}

/// The buffers of one thread.
#[derive(Debug, Default)]
pub struct TaggerRoom {
    scratch: Scratch,
    cache: WordCache,
}

impl Tagger {
    /// Packs a tagger for this machine.
    pub fn new(file: &TaggerFile, precision: Precision) -> Result<Self, EncoderError> {
        Ok(Self {
            bert: Bert::new(&file.encoder, precision),
            tokeniser: Tokeniser::new(file.encoder.vocabulary())?,
            tags: file.tags.clone(),
            head: file.head.clone(),
            bias: file.bias.clone(),
        })
    }

    /// The tags, in the order of the probabilities.
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// Tags texts: for each, in order, its word pieces with the probability of every tag. What a
    /// text gets does not depend on the others.
    pub fn tag(
        &self,
        room: &mut TaggerRoom,
        texts: &[&str],
        mut each: impl FnMut(usize, Token, &[f32]),
    ) -> Result<(), EncoderError> {
        let pieces: Vec<Vec<Token>> =
            texts.iter().map(|text| self.tokeniser.tokens(&mut room.cache, text)).collect();
        let limit = WINDOW.min(self.bert.positions());
        let (mut places, mut sequences) = (Vec::new(), Vec::new());
        for (text, pieces) in pieces.iter().enumerate().filter(|(_, pieces)| !pieces.is_empty()) {
            for (range, sequence) in self.tokeniser.sequences(&[], pieces, limit) {
                places.push((text, range));
                sequences.push(sequence);
            }
        }
        let sequences: Vec<_> = sequences.iter().collect();
        let mut chances = vec![0.0; self.tags.len()];
        self.bert.encode(&mut room.scratch, &sequences, |at, vectors| {
            let (text, range) = &places[at];
            for (place, token) in range.clone().enumerate() {
                self.chances(vectors.token(place + 1), &mut chances);
                each(*text, pieces[*text][token], &chances);
            }
        })
    }

    /// The softmax over the tags for one vector.
    fn chances(&self, vector: &[f32], chances: &mut [f32]) {
        let rows = self.head.chunks_exact(vector.len()).zip(&self.bias);
        for (chance, (row, bias)) in chances.iter_mut().zip(rows) {
            *chance = bias + row.iter().zip(vector).map(|(x, y)| x * y).sum::<f32>();
        }
        let largest = chances.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0;
        for chance in chances.iter_mut() {
            *chance = (*chance - largest).exp();
            sum += *chance;
        }
        for chance in chances.iter_mut() {
            *chance /= sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiny() -> TaggerFile {
        let encoder = Weights::from_bytes(include_bytes!("../tests/tiny/tiny.enc")).unwrap();
        let width = encoder.config().width;
        let head = (0..3 * width).map(|at| (at as f32 * 0.7).sin()).collect();
        let tags = ["O", "B-X", "I-X"].map(str::to_owned).to_vec();
        TaggerFile { encoder, tags, head, bias: vec![0.1, 0.0, -0.1] }
    }

    fn tagged(tagger: &Tagger, texts: &[&str]) -> Vec<(usize, Token, Vec<f32>)> {
        let mut all = Vec::new();
        let keep = |text: usize, token: Token, chances: &[f32]| {
            all.push((text, token, chances.to_vec()));
        };
        tagger.tag(&mut TaggerRoom::default(), texts, keep).unwrap();
        all
    }

    #[test]
    fn what_is_written_is_read_again_and_a_changed_byte_is_refused() {
        let bytes = tiny().to_bytes().unwrap();
        assert_eq!(TaggerFile::from_bytes(&bytes).unwrap(), tiny());
        for at in [9, 14, 40, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(TaggerFile::from_bytes(&changed).is_err(), "byte {at}");
        }
        for length in [0, 8, 12, 50, bytes.len() - 1] {
            assert!(TaggerFile::from_bytes(&bytes[..length]).is_err(), "length {length}");
        }
    }

    #[test]
    fn every_piece_is_tagged_once_in_order_and_neighbours_do_not_matter() {
        let tagger = Tagger::new(&tiny(), Precision::fastest()).unwrap();
        let long = "one two three, ".repeat(60);
        let texts = ["a b", "", long.as_str(), "c"];
        let together = tagged(&tagger, &texts);
        for (place, text) in texts.iter().enumerate() {
            let alone = tagged(&tagger, &[text]);
            let own: Vec<_> = together.iter().filter(|(of, ..)| *of == place).collect();
            assert_eq!(own.len(), alone.len());
            for (one, other) in own.iter().zip(&alone) {
                assert_eq!((one.1, &one.2), (other.1, &other.2));
                assert!((one.2.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            }
            assert!(alone.windows(2).all(|pair| pair[0].1.end <= pair[1].1.start));
        }
        assert!(tagged(&tagger, &[long.as_str()]).len() > WINDOW);
    }
}
