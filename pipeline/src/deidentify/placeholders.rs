//! The form of placeholders, `[PERSON 1]` and `[PROVIDER A]`: written here, and recognised in texts
//! that already hold some, so that they are left alone and numbering continues after them.

use std::ops::Range;

use super::redacted::RedactionKind;

/// A placeholder in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placeholder {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    pub(super) kind: RedactionKind,
    /// None where it is lettered.
    pub(super) number: Option<u32>,
}

/// Digits or letters that a placeholder may carry.
const LONGEST_MARK: usize = 6;

/// `[PERSON 3]`.
pub(super) fn numbered(kind: RedactionKind, number: u32) -> String {
    format!("[{kind} {number}]")
}

/// `[PROVIDER A]`, ... `[PROVIDER Z]`, `[PROVIDER AA]`, for an index from 0.
pub(super) fn lettered(kind: RedactionKind, index: usize) -> String {
    let (mut letters, mut rest) = (String::new(), index + 1);
    while rest > 0 {
        letters.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    format!("[{kind} {letters}]")
}

/// Every placeholder of a text, in order.
pub(super) fn find(text: &str) -> Vec<Placeholder> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices('[') {
        let Some(length) = text[start..].find(']') else { break };
        let range = start..start + length + 1;
        let Some((name, mark)) = text[start + 1..start + length].split_once(' ') else { continue };
        let Some(kind) = RedactionKind::from_name(name) else { continue };
        if mark.is_empty() || mark.len() > LONGEST_MARK {
            continue;
        }
        if mark.bytes().all(|b| b.is_ascii_digit()) {
            found.push(Placeholder { range, kind, number: mark.parse().ok() });
        } else if mark.bytes().all(|b| b.is_ascii_uppercase()) {
            found.push(Placeholder { range, kind, number: None });
        }
    }
    found
}

/// Every placeholder of a text with its range in Unicode scalar values.
pub(super) fn find_by_scalars(text: &str) -> Vec<(RedactionKind, Range<u32>)> {
    let (mut byte, mut scalar) = (0, 0);
    find(text)
        .into_iter()
        .map(|p| {
            scalar += text[byte..p.range.start].chars().count() as u32;
            let start = scalar;
            scalar += text[p.range.clone()].chars().count() as u32;
            byte = p.range.end;
            (p.kind, start..scalar)
        })
        .collect()
}
