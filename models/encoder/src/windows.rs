//! Sequences for the encoder: question and text with their separators, long texts in windows.
//!
//! A text longer than the window is split at word borders into parts of about equal length, so that
//! no token is lost and no part is a tail of two words. Choosing the question belongs to the caller.

use std::ops::Range;

use crate::wordpiece::{Token, Tokeniser};
use crate::{EncoderError, unusable};

/// What the encoder reads: ids of tokens, special ones included, and for each its segment (0 or 1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// Ids in the vocabulary.
    pub ids: Vec<u32>,
    /// 0 for the first segment, 1 for the second.
    pub types: Vec<u8>,
    /// Special and question tokens that stand before the text's own.
    pub lead: usize,
}

impl Sequence {
    /// Fails when it is empty, longer than `positions`, or has an id or a segment that an encoder of
    /// so many words and segments does not know.
    pub fn fits(
        &self,
        positions: usize,
        words: usize,
        segments: usize,
    ) -> Result<(), EncoderError> {
        let length = self.ids.len();
        if length == 0 || length > positions {
            return Err(EncoderError::Sequence { length, limit: positions });
        }
        let known = self.types.len() == length
            && self.ids.iter().all(|id| (*id as usize) < words)
            && self.types.iter().all(|segment| usize::from(*segment) < segments);
        if known { Ok(()) } else { Err(unusable("a sequence comes from another vocabulary")) }
    }
}

impl Tokeniser {
    /// `[CLS] question [SEP] text [SEP]`, or `[CLS] text [SEP]` where there is no question.
    pub fn sequence(&self, question: &[Token], text: &[Token]) -> Sequence {
        let mut ids = Vec::with_capacity(question.len() + text.len() + 3);
        ids.push(self.first);
        if !question.is_empty() {
            ids.extend(question.iter().map(|token| token.id));
            ids.push(self.separator);
        }
        let lead = ids.len();
        ids.extend(text.iter().map(|token| token.id));
        ids.push(self.separator);
        let second = if question.is_empty() { ids.len() } else { lead };
        let types = (0..ids.len()).map(|at| u8::from(at >= second)).collect();
        Sequence { ids, types, lead }
    }

    /// The sequences of a text in windows of `limit` tokens in all (at least 8), each with the place of
    /// its tokens in the text's. At least one, of an empty text too. A question keeps its first tokens,
    /// as many as half a window holds; the text is never cut.
    pub fn sequences(
        &self,
        question: &[Token],
        text: &[Token],
        limit: usize,
    ) -> Vec<(Range<usize>, Sequence)> {
        let limit = limit.max(8);
        let question = &question[..question.len().min(limit / 2)];
        let room = limit - if question.is_empty() { 2 } else { question.len() + 3 };
        let places = windows(text, room);
        places
            .into_iter()
            .map(|place| (place.clone(), self.sequence(question, &text[place])))
            .collect()
    }
}

/// Splits tokens into runs of at most `room` (at least 1), of about equal length, at word borders.
///
/// Joined, the runs are the tokens. A word longer than the room is split inside. One empty run of no
/// tokens.
pub fn windows(tokens: &[Token], room: usize) -> Vec<Range<usize>> {
    let room = room.max(1);
    let mut runs = Vec::new();
    let mut start = 0;
    loop {
        let rest = tokens.len() - start;
        if rest <= room {
            runs.push(start..tokens.len());
            return runs;
        }
        let even = rest.div_ceil(rest.div_ceil(room));
        // The word border at or after an even share, else the last one that fits, else none.
        let border = |at: &usize| !tokens[*at].continues;
        let end = (start + even..=start + room)
            .find(border)
            .or_else(|| (start + 1..start + even).rev().find(border))
            .unwrap_or(start + room);
        runs.push(start..end);
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(continues: &[bool]) -> Vec<Token> {
        let token = |(at, continues): (usize, &bool)| Token {
            id: 4,
            start: at as u32,
            end: at as u32 + 1,
            continues: *continues && at > 0,
        };
        continues.iter().enumerate().map(token).collect()
    }

    #[test]
    fn a_question_is_the_first_segment() {
        let tokeniser = Tokeniser::new(&["[UNK]", "[CLS]", "[SEP]", "x", "y"]).unwrap();
        let pair = tokeniser.sequence(&tokens(&[false]), &tokens(&[false, false]));
        assert_eq!(pair.ids, [1, 4, 2, 4, 4, 2]);
        assert_eq!(pair.types, [0, 0, 0, 1, 1, 1]);
        assert_eq!(pair.lead, 3);
        let single = tokeniser.sequence(&[], &tokens(&[false]));
        assert_eq!((single.ids, single.types), (vec![1, 4, 2], vec![0, 0, 0]));
    }

    #[test]
    fn an_empty_text_is_one_sequence() {
        let tokeniser = Tokeniser::new(&["[UNK]", "[CLS]", "[SEP]", "x", "y"]).unwrap();
        let sequences = tokeniser.sequences(&[], &[], 16);
        assert_eq!(sequences.len(), 1);
        assert_eq!(sequences[0].1.ids, [1, 2]);
    }

    proptest! {
        #[test]
        fn windows_lose_nothing_fit_and_part_words_only_where_a_word_fills_them(
            continues in proptest::collection::vec(any::<bool>(), 0..200), room in 1_usize..40
        ) {
            let tokens = tokens(&continues);
            let runs = windows(&tokens, room);
            prop_assert_eq!(runs[0].start, 0);
            prop_assert_eq!(runs[runs.len() - 1].end, tokens.len());
            for pair in runs.windows(2) {
                prop_assert_eq!(pair[0].end, pair[1].start);
                if tokens[pair[1].start].continues {
                    prop_assert!(tokens[pair[0].start + 1..pair[1].start].iter().all(|token| token.continues));
                    prop_assert_eq!(pair[0].len(), room);
                }
            }
            prop_assert!(runs.iter().all(|run| run.len() <= room && (!run.is_empty() || tokens.is_empty())));
        }

        #[test]
        fn sequences_fit_the_window(question in 0_usize..60, text in 0_usize..300, limit in 8_usize..64) {
            let tokeniser = Tokeniser::new(&["[UNK]", "[CLS]", "[SEP]", "x", "y"]).unwrap();
            let (question, text) = (tokens(&vec![false; question]), tokens(&vec![false; text]));
            for (place, sequence) in tokeniser.sequences(&question, &text, limit) {
                prop_assert!(sequence.ids.len() <= limit);
                prop_assert_eq!(sequence.ids.len() - sequence.lead - 1, place.len());
            }
        }
    }
}
