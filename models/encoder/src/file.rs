//! The encoder's file: sizes and vocabulary in a header of JSON, tensors, and a hash checked at reading.
//!
//! Layout, all numbers little-endian: the eight bytes `HEARDEN1`; length of the header (u32); the
//! header; the tensors in the order of [`Weights::tensors`] (a matrix as the f32 scales of its rows,
//! then its i8 values row after row; a vector as f32); SHA-256 of everything before.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::weights::{Config, Tensor, Weights};
use crate::{EncoderError, unusable};

const MAGIC: &[u8; 8] = b"HEARDEN1";
const HASH: usize = 32;

#[derive(Serialize, Deserialize)]
struct Header {
    config: Config,
    vocabulary: Vec<String>,
}

impl Weights {
    /// Reads an encoder file and checks its hash.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EncoderError> {
        let content = bytes.strip_prefix(MAGIC).ok_or(EncoderError::NotAnEncoder)?;
        let (_, hash) = bytes
            .split_at_checked(bytes.len().saturating_sub(HASH))
            .filter(|(content, hash)| Sha256::digest(content).as_slice() == *hash)
            .ok_or(EncoderError::Damaged)?;
        let end = content.len().checked_sub(hash.len()).ok_or(EncoderError::Damaged)?;
        let mut reader = Reader(&content[..end]);
        let length = reader.words(1)?.next().map_or(0, u32::from_le_bytes) as usize;
        let Header { config, vocabulary } = serde_json::from_slice(reader.take(length)?)?;
        let mut weights = Self::empty(config, vocabulary)?;
        for (_, tensor) in weights.tensors() {
            match tensor {
                Tensor::Matrix(matrix, rows, columns) => {
                    let size = rows.checked_mul(columns).ok_or_else(|| unusable("too large"))?;
                    matrix.columns = columns;
                    matrix.scales = reader.floats(rows)?;
                    matrix.values = reader.take(size)?.iter().map(|byte| *byte as i8).collect();
                }
                Tensor::Vector(vector, length) => *vector = reader.floats(length)?,
            }
        }
        if reader.0.is_empty() { Ok(weights) } else { Err(unusable("the file is too long")) }
    }

    /// The encoder as a file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EncoderError> {
        let mut weights = self.clone();
        let header = Header { config: self.config.clone(), vocabulary: self.vocabulary.clone() };
        let header = serde_json::to_vec(&header)?;
        let mut bytes = MAGIC.to_vec();
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header);
        for (_, tensor) in weights.tensors() {
            let floats = match &tensor {
                Tensor::Matrix(matrix, ..) => &matrix.scales,
                Tensor::Vector(vector, _) => &**vector,
            };
            bytes.extend(floats.iter().flat_map(|float| float.to_le_bytes()));
            if let Tensor::Matrix(matrix, ..) = tensor {
                bytes.extend(matrix.values.iter().map(|value| *value as u8));
            }
        }
        let hash = Sha256::digest(&bytes);
        bytes.extend(hash);
        Ok(bytes)
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], EncoderError> {
        let (head, tail) =
            self.0.split_at_checked(length).ok_or_else(|| unusable("the file is too short"))?;
        self.0 = tail;
        Ok(head)
    }

    fn words(&mut self, count: usize) -> Result<impl Iterator<Item = [u8; 4]> + 'a, EncoderError> {
        let length = count.checked_mul(4).ok_or_else(|| unusable("too large"))?;
        Ok(self.take(length)?.as_chunks::<4>().0.iter().copied())
    }

    fn floats(&mut self, count: usize) -> Result<Vec<f32>, EncoderError> {
        Ok(self.words(count)?.map(f32::from_le_bytes).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::Matrix;

    fn weights() -> Weights {
        let config = Config {
            vocabulary: 4,
            width: 4,
            layers: 1,
            heads: 2,
            inner: 8,
            positions: 6,
            types: 2,
            epsilon: 1e-12,
            hidden_act: "gelu".to_owned(),
        };
        let vocabulary = ["[UNK]", "[CLS]", "[SEP]", "\""].map(str::to_owned).to_vec();
        let mut weights = Weights::empty(config, vocabulary).unwrap();
        for (at, (_, tensor)) in weights.tensors().into_iter().enumerate() {
            let number = |place: usize| ((at * 7 + place) as f32).sin();
            match tensor {
                Tensor::Matrix(matrix, rows, columns) => {
                    let numbers: Vec<f32> = (0..rows * columns).map(number).collect();
                    *matrix = Matrix::quantise(columns, &numbers);
                }
                Tensor::Vector(vector, length) => *vector = (0..length).map(number).collect(),
            }
        }
        weights
    }

    #[test]
    fn what_is_written_is_read_again() {
        let bytes = weights().to_bytes().unwrap();
        assert_eq!(Weights::from_bytes(&bytes).unwrap(), weights());
    }

    #[test]
    fn a_changed_byte_a_missing_end_and_another_file_are_refused() {
        let bytes = weights().to_bytes().unwrap();
        for at in [8, 20, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(matches!(Weights::from_bytes(&changed), Err(EncoderError::Damaged)));
        }
        for length in [8, 9, 39, bytes.len() - 1] {
            assert!(matches!(Weights::from_bytes(&bytes[..length]), Err(EncoderError::Damaged)));
        }
        assert!(matches!(Weights::from_bytes(b"PK"), Err(EncoderError::NotAnEncoder)));
    }

    #[test]
    fn a_file_whose_parts_do_not_fit_is_refused_though_its_hash_is_right() {
        let mut bytes = weights().to_bytes().unwrap();
        bytes.truncate(bytes.len() - HASH - 4);
        let hash = Sha256::digest(&bytes);
        bytes.extend(hash);
        assert!(matches!(Weights::from_bytes(&bytes), Err(EncoderError::Unusable { .. })));
    }

    #[test]
    fn quantising_errs_by_at_most_half_a_step() {
        let numbers: Vec<f32> = (0..64).map(|at| (at as f32 * 1.7).sin()).collect();
        let matrix = Matrix::quantise(16, &numbers);
        assert_eq!(matrix.rows(), 4);
        for (at, (one, other)) in numbers.iter().zip(matrix.dequantise()).enumerate() {
            assert!((one - other).abs() <= matrix.scales[at / 16] * 0.5001);
        }
        assert_eq!(Matrix::quantise(2, &[0.0, 0.0]).dequantise(), [0.0, 0.0]);
    }
}
