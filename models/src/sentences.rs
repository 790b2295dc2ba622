//! The encoder at work: questions and texts in, a vector for each word piece out.
//!
//! One [`Sentences`] serves every codebook: a text is read once, with the question that it answers,
//! and every part of it is then the mean of its pieces' vectors. Which codes follow from a vector is
//! for [`meaning`](crate::meaning).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

pub use heard_encoder::EncoderError;
use heard_encoder::{
    Bert, Precision, Scratch, Sequence, Token, Tokeniser, Vectors, Weights, WordCache,
};

use sha2::{Digest, Sha256};

use crate::gender;

/// Most pieces that are read together, those of the question included.
const WINDOW: usize = 128;
/// Most pieces of a question.
const QUESTION: usize = 32;

/// An encoder, ready to read.
pub struct Sentences {
    tokeniser: Tokeniser,
    bert: Bert,
    /// Pieces that are read as another one.
    folded: HashMap<u32, u32>,
    hash: [u8; 32],
    /// Its file, unless it ships with the program.
    file: Option<Vec<u8>>,
}

/// The encoder that ships with the program.
const BUILTIN: &[u8] = include_bytes!("../weights/encoder.enc");

impl std::fmt::Debug for Sentences {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sentences({})", hex::encode(self.hash))
    }
}

/// Buffers of one thread.
#[derive(Debug, Default)]
pub struct Reader {
    scratch: Scratch,
    words: WordCache,
}

/// A text as it was read: its pieces and their vectors. Shows none of its words.
#[derive(Clone, Default)]
pub struct Reading {
    /// First and last byte of each piece, in order.
    places: Vec<Range<u32>>,
    vectors: Vec<f32>,
    width: usize,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reading({} pieces)", self.places.len())
    }
}

impl Reading {
    /// The places of a text's pieces, without their vectors.
    #[cfg(feature = "libtorch")]
    pub(crate) fn unread(tokens: &[Token]) -> Self {
        let places = tokens.iter().map(|token| token.start..token.end).collect();
        Self { places, ..Self::default() }
    }

    /// Numbers of the pieces that begin inside a span of bytes.
    pub(crate) fn pieces(&self, span: &Range<usize>) -> Range<usize> {
        let from = self.places.partition_point(|place| (place.start as usize) < span.start);
        let to = self.places.partition_point(|place| (place.start as usize) < span.end);
        from..to.max(from)
    }

    /// Bytes of a piece.
    pub(crate) fn place(&self, piece: usize) -> Range<usize> {
        self.places[piece].start as usize..self.places[piece].end as usize
    }

    /// The vector of a piece.
    pub(crate) fn vector(&self, piece: usize) -> &[f32] {
        &self.vectors[piece * self.width..][..self.width]
    }

    /// Puts the mean vector of a span into `mean`; zeros where it has no piece.
    pub(crate) fn mean(&self, span: &Range<usize>, mean: &mut Vec<f32>) {
        mean.clear();
        mean.resize(self.width, 0.0);
        let pieces = self.pieces(span);
        let share = 1.0 / pieces.len().max(1) as f32;
        for piece in pieces {
            for (sum, x) in mean.iter_mut().zip(self.vector(piece)) {
                *sum += x;
            }
        }
        for sum in mean.iter_mut() {
            *sum *= share;
        }
    }
}

/// What the encoder is given of one text: its windows, each with the numbers of the pieces in it.
pub(crate) struct Prepared {
    pub(crate) tokens: Vec<Token>,
    pub(crate) windows: Vec<(Range<usize>, Sequence)>,
}

impl Sentences {
    /// Puts an encoder to work.
    pub fn new(weights: &Weights) -> Result<Arc<Self>, EncoderError> {
        let file = weights.to_bytes()?;
        let hash = Sha256::digest(&file).into();
        Self::with(weights, hash, (file != BUILTIN).then_some(file))
    }

    fn with(
        weights: &Weights,
        hash: [u8; 32],
        file: Option<Vec<u8>>,
    ) -> Result<Arc<Self>, EncoderError> {
        let tokeniser = Tokeniser::new(weights.vocabulary())?;
        let bert = Bert::new(weights, Precision::Int8);
        let folded =
            gender::folded(|word| match &*tokeniser.tokens(&mut WordCache::default(), word) {
                [token] => Some(token.id),
                _ => None,
            });
        Ok(Arc::new(Self { tokeniser, bert, folded, hash, file }))
    }

    /// True for the one that ships with the program.
    pub fn is_builtin(&self) -> bool {
        self.file.is_none()
    }

    /// Its file; None for the one that ships with the program.
    pub(crate) fn file(&self) -> Option<&[u8]> {
        self.file.as_deref()
    }

    /// The encoder that ships with the program; it is unpacked once.
    pub fn builtin() -> Result<Arc<Self>, EncoderError> {
        static ONCE: Mutex<Option<Arc<Sentences>>> = Mutex::new(None);
        // Nobody panics while holding it; and if, what it holds is whole.
        let mut once = ONCE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(sentences) = &*once {
            return Ok(Arc::clone(sentences));
        }
        let hash = Sha256::digest(BUILTIN).into();
        let sentences = Self::with(&Self::builtin_weights()?, hash, None)?;
        Ok(Arc::clone(once.insert(sentences)))
    }

    /// The weights of the encoder that ships with the program.
    pub fn builtin_weights() -> Result<Weights, EncoderError> {
        Weights::from_bytes(BUILTIN)
    }

    /// Its weights, unpacked again.
    pub fn weights(&self) -> Result<Weights, EncoderError> {
        Weights::from_bytes(self.file.as_deref().unwrap_or(BUILTIN))
    }

    /// SHA-256 of its file: tells encoders apart.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Numbers in a vector.
    pub(crate) fn width(&self) -> usize {
        self.bert.width()
    }

    /// Cuts a text and its question into pieces and windows. Words for women and men are one.
    pub(crate) fn prepare(&self, words: &mut WordCache, question: &str, text: &str) -> Prepared {
        let mut cut = |text: &str| {
            let mut tokens = self.tokeniser.tokens(words, text);
            for at in 0..tokens.len() {
                let whole =
                    !tokens[at].continues && tokens.get(at + 1).is_none_or(|next| !next.continues);
                if let Some(id) = self.folded.get(&tokens[at].id).filter(|_| whole) {
                    tokens[at].id = *id;
                }
            }
            tokens
        };
        let mut question = cut(question);
        question.truncate(QUESTION);
        let tokens = cut(text);
        let windows = self.tokeniser.sequences(&question, &tokens, WINDOW);
        Prepared { tokens, windows }
    }

    /// Reads texts in pure Rust, each given as question and text. What is read of one does not depend
    /// on the others.
    pub fn read(&self, reader: &mut Reader, texts: &[(&str, &str)]) -> Vec<Reading> {
        let read = self.read_on(reader, texts, |scratch, sequences, each| {
            self.bert.encode(scratch, sequences, each)
        });
        debug_assert!(read.is_ok(), "windows and ids are the encoder's own");
        read.unwrap_or_default()
    }

    /// Reads texts with what encodes sequences.
    pub(crate) fn read_on(
        &self,
        reader: &mut Reader,
        texts: &[(&str, &str)],
        encode: impl FnOnce(
            &mut Scratch,
            &[&Sequence],
            &mut dyn FnMut(usize, Vectors<'_>),
        ) -> Result<(), EncoderError>,
    ) -> Result<Vec<Reading>, EncoderError> {
        let Reader { scratch, words } = reader;
        let prepared: Vec<Prepared> =
            texts.iter().map(|(question, text)| self.prepare(words, question, text)).collect();
        let width = self.width();
        let mut readings: Vec<Reading> = (prepared.iter())
            .map(|text| Reading {
                places: text.tokens.iter().map(|token| token.start..token.end).collect(),
                vectors: vec![0.0; text.tokens.len() * width],
                width,
            })
            .collect();
        let mut all: Vec<(usize, &Range<usize>, &Sequence)> = (prepared.iter().enumerate())
            .flat_map(|(at, text)| text.windows.iter().map(move |(place, own)| (at, place, own)))
            .collect();
        // Of like length together: they fill the encoder's groups best.
        all.sort_by_key(|(_, _, sequence)| sequence.ids.len());
        let sequences: Vec<&Sequence> = all.iter().map(|(_, _, sequence)| *sequence).collect();
        encode(scratch, &sequences, &mut |number, vectors| {
            let (at, place, sequence) = &all[number];
            let own = &vectors.all()[sequence.lead * width..][..place.len() * width];
            readings[*at].vectors[place.start * width..][..own.len()].copy_from_slice(own);
        })?;
        Ok(readings)
    }
}
