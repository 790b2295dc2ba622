//! Decisions laid over a coded response: masks first, then people's codes in the place of the
//! model's, then what was decided about quoting and flags. Positions in decisions are those of the
//! text as the run wrote it; positions that come out are those of the text as it is shown.

use std::ops::Range;
use std::sync::Arc;

use heard_models::words::{Sentiment, Status};

use super::decision::{Codes, Finding, Mask, Quoting, State};
use super::log::Moved;
use super::place;
use crate::coding::{CodedResponse, Coding, Flag, settle};
use crate::deidentify::Redacted;
use crate::encode::ScalarOffsets;
use crate::vocabulary::Vocabulary;

/// Byte offset of a position that counts Unicode scalar values.
pub(super) fn byte(text: &str, scalar: u32) -> usize {
    if text.is_ascii() {
        return (scalar as usize).min(text.len());
    }
    text.char_indices().nth(scalar as usize).map_or(text.len(), |(at, _)| at)
}

/// Hides what people marked, wherever a position points into the text. `moves` is how the text at
/// hand differs already from the one that the masks were made on.
pub fn mask(row: &mut CodedResponse, masks: &[Mask], moves: &[Moved]) {
    let mut text = row.response.text.clone();
    let mut kinds: Vec<_> = masks.iter().map(|mask| mask.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let ranges: Vec<Range<u32>> = masks
            .iter()
            .filter(|mask| mask.kind == kind)
            .filter(|mask| {
                // A span that is masked in the table already is a placeholder there.
                !moves.iter().any(|m| m.start <= mask.start && mask.end <= m.end)
            })
            .map(|mask| {
                place::forward(moves, mask.start, false)..place::forward(moves, mask.end, true)
            })
            .map(|range| place::carry(&range, &row.response.text, &text))
            .collect();
        if !ranges.is_empty() {
            text = text.mask(&ranges, kind);
        }
    }
    if text == row.response.text {
        return;
    }
    let old = std::mem::replace(&mut row.response.text, text);
    let (old_text, new_text) = (old.as_str(), row.response.text.as_str());
    let offsets = ScalarOffsets::new(old_text);
    let carry = |range: &mut Range<usize>| {
        let scalars = offsets.at(range.start)..offsets.at(range.end);
        let scalars = place::carry(&scalars, &old, &row.response.text);
        *range = byte(new_text, scalars.start)..byte(new_text, scalars.end);
    };
    row.segments.iter_mut().for_each(carry);
    row.codings.iter_mut().flat_map(|c| &mut c.evidence).for_each(carry);
    row.outcomes.iter_mut().flat_map(|o| &mut o.evidence).for_each(carry);
    row.measures.iter_mut().map(|m| &mut m.span).for_each(carry);
}

/// Puts a person's codes in the place of the model's, in the run's first codebook.
pub fn code(
    row: &mut CodedResponse,
    who: &str,
    codes: &Codes,
    moves: &[Moved],
    vocabulary: &Vocabulary,
) {
    let Some(book) = vocabulary.codebooks().first() else { return };
    let text = row.response.text.as_str();
    let ranges = segments(text, codes, moves);
    let number = |start: usize| {
        let at = ranges.partition_point(|range| range.end <= start);
        at.min(ranges.len().saturating_sub(1)) as u16
    };
    let same = ranges == row.segments;
    let mut kept: Vec<Coding> = Vec::new();
    let mut by_model: Vec<Coding> = Vec::new();
    for mut coding in std::mem::take(&mut row.codings) {
        if !same {
            // Codes of the other codebooks follow the words that they were given for.
            let segment = row.segments.get(usize::from(coding.segment));
            coding.segment = segment.map_or(0, |range| number(range.start));
        }
        if coding.codebook == 0 { by_model.push(coding) } else { kept.push(coding) }
    }
    if !same {
        let follow = |segment: &mut u16| {
            let range = row.segments.get(usize::from(*segment));
            *segment = range.map_or(0, |range| number(range.start));
        };
        row.outcomes.iter_mut().map(|o| &mut o.segment).for_each(follow);
        row.measures.iter_mut().map(|m| &mut m.segment).for_each(follow);
    }
    let person: Arc<str> = format!("person:{who}").into();
    for code in &codes.codes {
        let Some((_, theme)) = vocabulary.find(&book.id, &code.theme) else { continue };
        let Some(range) = ranges.get(usize::from(code.segment)) else { continue };
        // Where people split or joined segments, the model's words are where they always were.
        let within = |words: &Range<usize>| range.start <= words.start && words.end <= range.end;
        let mut models = by_model.iter().filter(|c| c.theme == theme);
        let models = models
            .find(|c| if same { c.segment == code.segment } else { c.evidence.iter().any(within) });
        kept.push(Coding {
            segment: code.segment,
            codebook: 0,
            theme,
            sentiment: code.sentiment,
            sentiment_score: models
                .filter(|c| c.sentiment == code.sentiment)
                .map_or_else(|| score(code.sentiment), |c| c.sentiment_score),
            confidence: 1.0,
            coder: Arc::clone(&person),
            // The words that led the model there, else the whole segment.
            evidence: models.map_or_else(
                || vec![range.clone()],
                |c| c.evidence.iter().filter(|words| same || within(words)).cloned().collect(),
            ),
            review: false,
        });
    }
    kept.sort_by_key(|c| (c.segment, c.codebook, c.theme));
    row.codings = kept;
    row.segments = ranges;
    let any = row.codings.iter().any(|c| c.codebook == 0);
    if !any && row.status == Status::Informative {
        row.status = Status::Unassigned;
    }
}

/// Segments of a person's codes, in bytes of the text as it is shown.
fn segments(text: &str, codes: &Codes, moves: &[Moved]) -> Vec<Range<usize>> {
    let at = |scalar: u32, end: bool| byte(text, place::forward(moves, scalar, end));
    codes.segments.iter().map(|(start, end)| at(*start, false)..at(*end, true)).collect()
}

/// Quoting, and the flags that people looked into.
pub fn flags(row: &mut CodedResponse, state: &State) {
    let mut set = |flag: Flag, on: Option<bool>| match on {
        Some(true) if !row.flags.contains(&flag) => row.flags.push(flag),
        Some(false) => row.flags.retain(|f| *f != flag),
        _ => {}
    };
    let found = |finding: Option<Finding>| finding.map(|f| f == Finding::Confirmed);
    set(Flag::SafeguardingReview, found(state.safeguarding));
    set(Flag::PiiResidual, found(state.personal));
    let harm = row.flags.contains(&Flag::SafeguardingReview);
    let quotable = match state.quote {
        // A person's word does not outweigh the respondent's.
        Some(Quoting::Quotable) => Some(row.response.may_quote && !harm),
        Some(Quoting::Never) => Some(false),
        None => harm.then_some(false),
    };
    let mut set = |flag: Flag, on: Option<bool>| match on {
        Some(true) if !row.flags.contains(&flag) => row.flags.push(flag),
        Some(false) => row.flags.retain(|f| *f != flag),
        _ => {}
    };
    set(Flag::Quotable, quotable);
    row.flags.sort_unstable();
    if state.quote == Some(Quoting::Never) {
        row.response.may_quote = false;
    }
}

/// Everything that was decided, on a row as the run wrote it.
pub fn apply(row: &mut CodedResponse, state: &State, moves: &[Moved], vocabulary: &Vocabulary) {
    let before = row.response.text.clone();
    mask(row, &state.masks, moves);
    if let Some((who, codes)) = state.counting() {
        let moves = all_moves(&before, &row.response.text, moves);
        code(row, who, codes, &moves, vocabulary);
    }
    flags(row, state);
    settle(row);
}

/// How a text differs from the one that decisions were made on: by what was masked in the table
/// already, and by what is masked now.
pub fn all_moves(before: &Redacted, now: &Redacted, moves: &[Moved]) -> Vec<Moved> {
    let new = place::moved(before, now);
    if new.is_empty() {
        return moves.to_vec();
    }
    let mut all: Vec<Moved> = new
        .into_iter()
        .map(|m| Moved {
            start: place::backward(moves, m.start, false),
            end: place::backward(moves, m.end, true),
            length: m.length,
        })
        .collect();
    let old = moves.iter().filter(|m| !all.iter().any(|n| n.start <= m.start && m.end <= n.end));
    let old: Vec<Moved> = old.copied().collect();
    all.extend(old);
    all.sort_by_key(|m| m.start);
    all
}

/// The score of a feeling that a person named.
fn score(sentiment: Sentiment) -> f32 {
    match sentiment {
        Sentiment::Positive => 1.0,
        Sentiment::Negative => -1.0,
        Sentiment::Mixed | Sentiment::Neutral => 0.0,
    }
}
