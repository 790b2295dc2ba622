//! The file of a model: a header in JSON, the weights, and a hash that is checked when it is read.
//!
//! Layout, all numbers little-endian: the eight bytes `HEARDFM1`; length of the header (u32); the
//! header; number of features and of heads (u32 each); scales and biases of the heads (f32 each);
//! keys of the features (u32 each), the most frequent first; a row of weights (i8, one a head) for each feature; SHA-256 of
//! everything before. No word of any text is in it; the header holds the cues of the codebook.
//!
//! An accurate model is another file, whose n-grams may be those of a model that ships: the eight bytes
//! `HEARDAM1`; SHA-256 of the encoder's file and of the n-grams' (32 bytes each); length of the header
//! (u32); the header; number of heads and numbers in a vector (u32 each); biases, then rows (f32);
//! length of the n-grams' file (u32; 0 where it is the one that ships for the codebook), and that
//! file; the same of the encoder's file; SHA-256 of everything before.

use heard_encoder::Weights;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::heads::{Head, Heads};
use crate::learnt::Learnt;
use crate::meaning::{Blend, Meaning};
use crate::model::{About, Model};
use crate::packed::{Packed, packed};
use crate::sentences::Sentences;

const MAGIC: &[u8; 8] = b"HEARDFM1";
const ACCURATE: &[u8; 8] = b"HEARDAM1";
const CORRECTED: &[u8; 8] = b"HEARDCM2";
const HASH: usize = 32;

/// The models that ship with the program, by the id of their codebook.
const BUILTIN: &[(&str, Packed)] =
    &[("home-care", packed!("home-care.fast")), ("nhs-qdc", packed!("nhs-qdc.fast"))];

/// The accurate models that ship, by the id of their codebook.
const BUILTIN_ACCURATE: &[(&str, &[u8])] = &[
    ("home-care", include_bytes!("../weights/home-care.accurate")),
    ("nhs-qdc", include_bytes!("../weights/nhs-qdc.accurate")),
];

/// Header of an accurate model's file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    about: About,
    blend: Vec<Blend>,
}

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
    /// The codebooks for which a model ships.
    pub fn builtin_codebooks() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(codebook, _)| *codebook)
    }

    /// The model that ships for a codebook.
    pub fn builtin(codebook: &str) -> Result<Self, WeightsError> {
        Self::from_bytes(&builtin_file(codebook)?)
    }

    /// The accurate model that ships for a codebook; None where there is only a fast one.
    pub fn builtin_accurate(codebook: &str) -> Option<Result<Self, WeightsError>> {
        let found = BUILTIN_ACCURATE.iter().find(|(known, _)| *known == codebook);
        found.map(|(_, bytes)| Self::from_bytes(bytes))
    }

    /// Reads a model file, fast or accurate, and checks its hash.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        if bytes.starts_with(ACCURATE) {
            return Self::accurate_from_bytes(bytes);
        }
        if bytes.starts_with(CORRECTED) {
            return Self::corrected_from_bytes(bytes);
        }
        if !bytes.starts_with(MAGIC) {
            return Err(WeightsError::NotAModel);
        }
        let mut reader = Reader(checked(&bytes[MAGIC.len()..], bytes)?);
        let length = reader.number()? as usize;
        let about: About = serde_json::from_slice(reader.take(length)?)
            .map_err(|error| unreadable(error.to_string()))?;
        let (features, heads) = (reader.number()? as usize, reader.number()? as usize);
        let read = reader.heads(features, heads)?;
        let fits = heads == Head::all(about.codes.len()).len()
            && has_rules(&about, heads)
            && about.themes <= about.codes.len()
            && reader.0.is_empty();
        if !fits {
            return Err(unreadable("its parts do not fit together"));
        }
        Ok(Self {
            about,
            heads: read,
            sha256: hex::encode(Sha256::digest(bytes)),
            general: None,
            meaning: None,
            learnt: None,
        })
    }

    fn corrected_from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        let mut reader = Reader(checked(&bytes[CORRECTED.len()..], bytes)?);
        let length = reader.number()? as usize;
        let about: About = serde_json::from_slice(reader.take(length)?)
            .map_err(|error| unreadable(error.to_string()))?;
        let length = reader.number()? as usize;
        let inside = reader.take(length)?;
        if inside.starts_with(CORRECTED) {
            return Err(unreadable("it stands on another of its kind"));
        }
        let base = Self::from_bytes(inside)?;
        let (features, codes) = (reader.number()? as usize, reader.number()? as usize);
        let width = reader.number()? as usize;
        let words = reader.heads(features, codes)?;
        let times = |one: usize, other: usize| {
            one.checked_mul(other).ok_or_else(|| unreadable("too large"))
        };
        let cross = reader.words(times(codes, codes)?)?.map(f32::from_le_bytes).collect();
        let rows: Vec<f32> = reader.words(times(codes, width)?)?.map(f32::from_le_bytes).collect();
        let own = base.meaning.as_ref().map_or(0, |meaning| meaning.sentences.width());
        let fits = base.about.codes == about.codes
            && codes == about.codes.len()
            && width == own
            && has_rules(&about, base.heads.columns)
            && reader.0.is_empty();
        if !fits {
            return Err(unreadable("its parts do not fit together"));
        }
        let sha256 = hex::encode(Sha256::digest(bytes));
        // Features are looked up as the corrected model's were trained.
        let about = About { encoder: base.about.encoder.clone(), ..about };
        let learnt = Some(Learnt { base: base.about, words, cross, rows });
        Ok(Self { about, learnt, sha256, heads: base.heads, general: None, meaning: base.meaning })
    }

    fn corrected_to_bytes(&self, learnt: &Learnt) -> Result<Vec<u8>, WeightsError> {
        let base = self.plain_to_bytes(&learnt.base)?;
        let codes = self.about.codes.len();
        let header =
            serde_json::to_vec(&self.about).map_err(|error| unreadable(error.to_string()))?;
        let words = &learnt.words;
        let mut bytes = CORRECTED.to_vec();
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header);
        bytes.extend((base.len() as u32).to_le_bytes());
        bytes.extend(base);
        bytes.extend((words.keys.len() as u32).to_le_bytes());
        bytes.extend((codes as u32).to_le_bytes());
        bytes.extend(((learnt.rows.len() / codes.max(1)) as u32).to_le_bytes());
        words.write(&mut bytes);
        let numbers = learnt.cross.iter().chain(&learnt.rows);
        bytes.extend(numbers.flat_map(|number| number.to_le_bytes()));
        let hash = Sha256::digest(&bytes);
        bytes.extend(hash);
        Ok(bytes)
    }

    fn accurate_from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        let mut reader = Reader(checked(&bytes[ACCURATE.len()..], bytes)?);
        let (encoder, ngrams) = (reader.take(HASH)?, hex::encode(reader.take(HASH)?));
        let length = reader.number()? as usize;
        let Header { about, blend } = serde_json::from_slice(reader.take(length)?)
            .map_err(|error| unreadable(error.to_string()))?;
        let (heads, width) = (reader.number()? as usize, reader.number()? as usize);
        let size = heads.checked_mul(width).ok_or_else(|| unreadable("too large"))?;
        let biases: Vec<f32> = reader.words(heads)?.map(f32::from_le_bytes).collect();
        let rows: Vec<f32> = reader.words(size)?.map(f32::from_le_bytes).collect();
        let length = reader.number()? as usize;
        let fast = match length {
            0 => Self::builtin(&about.codebook)?,
            _ => Self::from_bytes(reader.take(length)?)?,
        };
        let length = reader.number()? as usize;
        let sentences = match length {
            0 => Sentences::builtin(),
            _ => Weights::from_bytes(reader.take(length)?).and_then(|own| Sentences::new(&own)),
        }
        .map_err(|error| unreadable(error.to_string()))?;
        if sentences.hash() != encoder {
            return Err(unreadable("it was made for another encoder"));
        }
        let fits = fast.sha256 == ngrams
            && fast.meaning.is_none()
            && fast.about.codes == about.codes
            && heads == fast.heads.columns
            && blend.len() == heads
            && width == sentences.width()
            && has_rules(&about, heads)
            && reader.0.is_empty();
        if !fits {
            return Err(unreadable("its parts do not fit together"));
        }
        let meaning = Some(Meaning { sentences, rows, biases, blend });
        let sha256 = hex::encode(Sha256::digest(bytes));
        // Features are looked up as the n-grams were trained.
        let about = About { encoder: fast.about.encoder, ..about };
        Ok(Self { about, heads: fast.heads, sha256, general: None, meaning, learnt: None })
    }

    fn accurate_to_bytes(
        about: &About,
        meaning: &Meaning,
        ngrams: [u8; HASH],
        inside: &[u8],
        encoder: &[u8],
    ) -> Result<Vec<u8>, WeightsError> {
        let header = Header { about: about.clone(), blend: meaning.blend.clone() };
        let header = serde_json::to_vec(&header).map_err(|error| unreadable(error.to_string()))?;
        let mut bytes = ACCURATE.to_vec();
        bytes.extend(meaning.sentences.hash());
        bytes.extend(ngrams);
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header);
        bytes.extend((meaning.biases.len() as u32).to_le_bytes());
        bytes.extend((meaning.sentences.width() as u32).to_le_bytes());
        let numbers = meaning.biases.iter().chain(&meaning.rows);
        bytes.extend(numbers.flat_map(|number| number.to_le_bytes()));
        bytes.extend((inside.len() as u32).to_le_bytes());
        bytes.extend(inside);
        bytes.extend((encoder.len() as u32).to_le_bytes());
        bytes.extend(encoder);
        let hash = Sha256::digest(&bytes);
        bytes.extend(hash);
        Ok(bytes)
    }

    /// An accurate model as a file without its n-grams and its encoder: those that ship.
    pub fn to_bytes_beside_builtin(&self) -> Result<Vec<u8>, WeightsError> {
        self.to_bytes_beside(&builtin_file(&self.about.codebook)?)
    }

    /// The same, where another file of n-grams, with the same weights, is about to ship.
    pub fn to_bytes_beside(&self, fast: &[u8]) -> Result<Vec<u8>, WeightsError> {
        let Some(meaning) = &self.meaning else { return self.to_bytes() };
        Self::accurate_to_bytes(&self.about, meaning, Sha256::digest(fast).into(), &[], &[])
    }

    /// The model as a file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, WeightsError> {
        match &self.learnt {
            None => self.plain_to_bytes(&self.about),
            Some(learnt) => self.corrected_to_bytes(learnt),
        }
    }

    /// The model with this header, as if it had learnt nothing from corrections.
    fn plain_to_bytes(&self, about: &About) -> Result<Vec<u8>, WeightsError> {
        let fast = self.fast_to_bytes(about)?;
        match &self.meaning {
            None => Ok(fast),
            Some(meaning) => {
                let (hash, encoder) = (Sha256::digest(&fast), meaning.sentences.file());
                let encoder = encoder.unwrap_or_default();
                Self::accurate_to_bytes(about, meaning, hash.into(), &fast, encoder)
            }
        }
    }

    fn fast_to_bytes(&self, about: &About) -> Result<Vec<u8>, WeightsError> {
        let header = serde_json::to_vec(about).map_err(|error| unreadable(error.to_string()))?;
        let heads = &self.heads;
        let mut bytes = MAGIC.to_vec();
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header);
        bytes.extend((heads.keys.len() as u32).to_le_bytes());
        bytes.extend((heads.columns as u32).to_le_bytes());
        heads.write(&mut bytes);
        let hash = Sha256::digest(&bytes);
        bytes.extend(hash);
        Ok(bytes)
    }
}

impl Heads {
    /// Adds the weights to a file: scales and biases, keys, then a row for each key.
    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        let numbers = self.scales.iter().chain(&self.biases);
        bytes.extend(numbers.flat_map(|number| number.to_le_bytes()));
        bytes.extend(self.keys.iter().flat_map(|key| key.to_le_bytes()));
        let rows = (0..self.keys.len()).flat_map(|row| self.row(row));
        bytes.extend(rows.map(|weight| *weight as u8));
    }
}

/// The file of the fast model that ships for a codebook.
fn builtin_file(codebook: &str) -> Result<Vec<u8>, WeightsError> {
    let found = BUILTIN.iter().find(|(known, _)| *known == codebook);
    found.map(|(_, packed)| packed.unpack()).ok_or_else(|| WeightsError::Unknown {
        codebook: codebook.to_owned(),
        known: BUILTIN.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", "),
    })
}

/// The rest of a file without the hash at its end, if that is the hash of everything before it.
pub(crate) fn checked<'a>(rest: &'a [u8], file: &[u8]) -> Result<&'a [u8], WeightsError> {
    let end = file.len().saturating_sub(HASH);
    let inside = rest.len().checked_sub(HASH).ok_or(WeightsError::Damaged)?;
    if Sha256::digest(&file[..end]).as_slice() != &file[end..] {
        return Err(WeightsError::Damaged);
    }
    Ok(&rest[..inside])
}

/// Whether a model has its rules for each of so many heads.
fn has_rules(about: &About, heads: usize) -> bool {
    let rules = &about.rules;
    rules.platt.len() == heads
        && rules.thresholds.len() == heads
        && rules.leaning.0.len() == about.codes.len()
}

fn distinct(keys: &[u32]) -> bool {
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    sorted.is_sorted_by(|one, other| one < other)
}

pub(crate) fn unreadable(reason: impl Into<String>) -> WeightsError {
    WeightsError::Unreadable { reason: reason.into() }
}

pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], WeightsError> {
        let (head, tail) =
            self.0.split_at_checked(length).ok_or_else(|| unreadable("too short"))?;
        self.0 = tail;
        Ok(head)
    }

    pub(crate) fn words(
        &mut self,
        count: usize,
    ) -> Result<impl Iterator<Item = [u8; 4]> + 'a, WeightsError> {
        let length = count.checked_mul(4).ok_or_else(|| unreadable("too large"))?;
        Ok(self.take(length)?.chunks_exact(4).map(|word| [word[0], word[1], word[2], word[3]]))
    }

    pub(crate) fn number(&mut self) -> Result<u32, WeightsError> {
        self.words(1)?.next().map(u32::from_le_bytes).ok_or_else(|| unreadable("too short"))
    }

    /// What [`Heads::write`] wrote of so many features.
    pub(crate) fn heads(&mut self, features: usize, heads: usize) -> Result<Heads, WeightsError> {
        let scales = self.words(heads)?.map(f32::from_le_bytes).collect();
        let biases = self.words(heads)?.map(f32::from_le_bytes).collect();
        let keys: Vec<u32> = self.words(features)?.map(u32::from_le_bytes).collect();
        let size = features.checked_mul(heads).ok_or_else(|| unreadable("too large"))?;
        let weights: Vec<i8> = self.take(size)?.iter().map(|byte| *byte as i8).collect();
        if !distinct(&keys) {
            return Err(unreadable("its parts do not fit together"));
        }
        Ok(Heads::new(keys, &weights, scales, biases))
    }
}
