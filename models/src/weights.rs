//! The file of a model: a header in JSON, the weights, and a hash that is checked when it is read.
//!
//! Layout, all numbers little-endian: the eight bytes `HEARDFM1`; length of the header (u32); the
//! header; number of features and of heads (u32 each); scales and biases of the heads (f32 each);
//! keys of the features (u32 each), the most frequent first; a row of weights (i8, one a head) for each feature; SHA-256 of
//! everything before. No word of any text is in it; the
//! header holds the cues of the codebook.

use sha2::{Digest, Sha256};

use crate::heads::{Head, Heads};
use crate::model::{About, Model};

const MAGIC: &[u8; 8] = b"HEARDFM1";
const HASH: usize = 32;

/// The models that ship with the program, by the id of their codebook.
const BUILTIN: &[(&str, &[u8])] = &[
    ("home-care", include_bytes!("../weights/home-care.fast")),
    ("nhs-qdc", include_bytes!("../weights/nhs-qdc.fast")),
];

/// Why a model file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// It does not begin like a model file.
    #[error("this is no model file of Heard; models are made by `heard train`")]
    NotAModel,
    /// It was cut short or changed.
    #[error(
        "the model file is damaged: its contents do not match its hash; copy it again or train it anew"
    )]
    Damaged,
    /// Its parts contradict each other.
    #[error(
        "the model file cannot be read ({reason}); it may come from another version of Heard: train it anew"
    )]
    Unreadable {
        /// What was found.
        reason: String,
    },
    /// No model is built in for this codebook.
    #[error(
        "there is no built-in model for codebook {codebook}; there is one for: {known}. Make one with `heard train`"
    )]
    Unknown {
        /// The codebook asked for.
        codebook: String,
        /// The codebooks that have one.
        known: String,
    },
}

impl Model {
    /// The model that ships for a codebook.
    pub fn builtin(codebook: &str) -> Result<Self, WeightsError> {
        match BUILTIN.iter().find(|(known, _)| *known == codebook) {
            Some((_, bytes)) => Self::from_bytes(bytes),
            None => Err(WeightsError::Unknown {
                codebook: codebook.to_owned(),
                known: BUILTIN.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// Reads a model file and checks its hash.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        if !bytes.starts_with(MAGIC) {
            return Err(WeightsError::NotAModel);
        }
        let (content, hash) = bytes
            .split_at_checked(bytes.len().saturating_sub(HASH))
            .ok_or(WeightsError::Damaged)?;
        if Sha256::digest(content).as_slice() != hash {
            return Err(WeightsError::Damaged);
        }
        let mut reader = Reader(&content[MAGIC.len()..]);
        let length = reader.number()? as usize;
        let about: About = serde_json::from_slice(reader.take(length)?)
            .map_err(|error| unreadable(error.to_string()))?;
        let (features, heads) = (reader.number()? as usize, reader.number()? as usize);
        let scales = reader.words(heads)?.map(f32::from_le_bytes).collect();
        let biases = reader.words(heads)?.map(f32::from_le_bytes).collect();
        let keys: Vec<u32> = reader.words(features)?.map(u32::from_le_bytes).collect();
        let size = features.checked_mul(heads).ok_or_else(|| unreadable("too large"))?;
        let weights: Vec<i8> = reader.take(size)?.iter().map(|byte| *byte as i8).collect();
        let rules = &about.rules;
        let fits = heads == Head::all(about.codes.len()).len()
            && rules.platt.len() == heads
            && rules.thresholds.len() == heads
            && rules.leaning.0.len() == about.codes.len()
            && about.themes <= about.codes.len()
            && distinct(&keys)
            && reader.0.is_empty();
        if !fits {
            return Err(unreadable("its parts do not fit together"));
        }
        let heads = Heads::new(keys, &weights, scales, biases);
        Ok(Self {
            about,
            heads,
            sha256: crate::hex(&Sha256::digest(bytes)),
            general: None,
            meaning: None,
        })
    }

    /// The model as a file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, WeightsError> {
        let header =
            serde_json::to_vec(&self.about).map_err(|error| unreadable(error.to_string()))?;
        let heads = &self.heads;
        let mut bytes = MAGIC.to_vec();
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header);
        bytes.extend((heads.keys.len() as u32).to_le_bytes());
        bytes.extend((heads.columns as u32).to_le_bytes());
        bytes.extend(heads.scales.iter().flat_map(|scale| scale.to_le_bytes()));
        bytes.extend(heads.biases.iter().flat_map(|bias| bias.to_le_bytes()));
        bytes.extend(heads.keys.iter().flat_map(|key| key.to_le_bytes()));
        let rows = (0..heads.keys.len()).flat_map(|row| heads.row(row));
        bytes.extend(rows.map(|weight| *weight as u8));
        let hash = Sha256::digest(&bytes);
        bytes.extend(hash);
        Ok(bytes)
    }
}

fn distinct(keys: &[u32]) -> bool {
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    sorted.is_sorted_by(|one, other| one < other)
}

fn unreadable(reason: impl Into<String>) -> WeightsError {
    WeightsError::Unreadable { reason: reason.into() }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], WeightsError> {
        let (head, tail) =
            self.0.split_at_checked(length).ok_or_else(|| unreadable("too short"))?;
        self.0 = tail;
        Ok(head)
    }

    fn words(&mut self, count: usize) -> Result<impl Iterator<Item = [u8; 4]> + 'a, WeightsError> {
        let length = count.checked_mul(4).ok_or_else(|| unreadable("too large"))?;
        Ok(self.take(length)?.chunks_exact(4).map(|word| [word[0], word[1], word[2], word[3]]))
    }

    fn number(&mut self) -> Result<u32, WeightsError> {
        self.words(1)?.next().map(u32::from_le_bytes).ok_or_else(|| unreadable("too short"))
    }
}
