//! Names at the two ends of a letter: the sender above the address, and what stands under "Yours
//! sincerely" or on a last line of its own. A line there is a name as a whole, so surnames that are
//! everyday words count, too.

use super::lexicon::{
    BUILDING, CLOSING, DOES, FUNCTION, GIVEN, IS, KEEP, PLACE, ROLE, SOFT_TITLE, SURNAME, TIME,
    TITLE,
};
use super::persons::Reader;

/// Words of a signature at most.
const LONGEST_SIGNATURE: usize = 4;
/// How far from the end an informal close is looked for.
const INFORMAL_REACH: usize = 28;

/// Marks the senders of letters.
pub(super) fn mark(reader: &Reader, names: &mut [bool]) {
    mark_foot(reader, names);
    mark_head(reader, names);
}

/// "Rosalind Pike" or "B. Rigby" on the first line, an address on the next.
fn mark_head(reader: &Reader, names: &mut [bool]) {
    let Some(end) = (0..LONGEST_SIGNATURE.min(reader.list.len()))
        .find(|&j| reader.gap(j).contains('\n'))
        .filter(|&j| j > 0)
    else {
        return;
    };
    let next = &reader.text[reader.list[end].after..];
    let line = next.trim_start().lines().next().unwrap_or_default();
    let address = line.starts_with(|c: char| c.is_ascii_digit())
        || line.starts_with("[ADDRESS")
        || line.starts_with("Flat ")
        || line.starts_with("The ") && line.len() < 40;
    if address && is_written_out(reader, 0, end) {
        names[..=end].fill(true);
    }
}

/// Whether words that stand alone on a line are a given name or initials and a surname.
fn is_written_out(reader: &Reader, from: usize, to: usize) -> bool {
    let initial = |j: usize| reader.list[j].letters == 1;
    let somebody =
        from < to && (reader.at(from, GIVEN) && !reader.at(from, KEEP | PLACE) || initial(from));
    somebody
        && (from..=to).all(|j| {
            let t = &reader.list[j];
            t.capital
                && !t.has_digit
                && !t.is(TITLE | TIME)
                && (j == from || initial(j) || !t.is(FUNCTION))
                && (j == to || reader.spaced(j) || reader.gap(j).trim() == ".")
        })
        && !initial(to)
}

/// "Kind regards, Denise Adeyemi" at the end, or a last line that is nothing but a name.
fn mark_foot(reader: &Reader, names: &mut [bool]) {
    let count = reader.list.len();
    for i in (0..count.saturating_sub(1)).rev() {
        if !reader.at(i, CLOSING) {
            continue;
        }
        let gap = reader.gap(i);
        let formal = reader.word_is(
            i,
            &["regards", "sincerely", "faithfully", "wishes", "signed", "truly", "respectfully"],
        );
        let (apart, line) = (gap.contains([',', '\n', '.', '-', ':']), gap.contains('\n'));
        if i + INFORMAL_REACH < count && !(formal && line)
            || reader.word_is(i, &["yours", "best"]) && !line
        {
            continue;
        }
        let end = (i + 1..count)
            .find(|&j| j + 1 == count || reader.gap(j).contains(['\n', '(']))
            .unwrap_or(count - 1);
        if !(apart || formal || reader.word_is(i, &["from", "love"])) || end - i > LONGEST_SIGNATURE
        {
            continue;
        }
        if formal && line && is_strange(reader, i + 1, end)
            || line && is_written_out(reader, i + 1, end)
        {
            names[i + 1..=end].fill(true);
        }
        mark_if_name(reader, names, i + 1, end, apart && (formal || line));
    }
    let lines = reader.text.lines().filter(|l| !l.trim().is_empty()).count();
    if lines >= 3 && count > LONGEST_SIGNATURE {
        let from =
            (0..count - 1).rev().find(|&j| reader.gap(j).contains('\n')).map_or(0, |j| j + 1);
        if count - from <= LONGEST_SIGNATURE {
            mark_if_name(reader, names, from, count - 1, false);
        }
    }
}

/// Whether words are two to four with capitals, no office among them and one of them hardly a word.
fn is_strange(reader: &Reader, from: usize, to: usize) -> bool {
    let office = FUNCTION | TITLE | ROLE | KEEP | BUILDING | PLACE | CLOSING;
    from < to
        && (from..=to).all(|j| {
            let t = &reader.list[j];
            t.capital && !t.has_digit && !t.is(office) && (j == to || reader.spaced(j))
        })
        && (from..=to).any(|j| reader.unknown(j) || reader.plain_surname(j))
}

/// Marks the words of a signature, if it can be one.
fn mark_if_name(reader: &Reader, names: &mut [bool], from: usize, to: usize, certain: bool) {
    let words = || from..=to;
    let possible = words().all(|j| {
        let t = &reader.list[j];
        !t.has_digit
            && !t.is(FUNCTION | TITLE | IS | DOES)
            && (t.capital || t.is(GIVEN | SURNAME))
            && (j == to || reader.spaced(j) || reader.gap(j).trim() == ".")
    });
    let listed = |j: usize| reader.at(j, GIVEN) || reader.plain_surname(j);
    let plain = words().any(|j| listed(j) && !reader.at(j, KEEP))
        || (certain && words().all(|j| reader.unknown(j) || reader.list[j].letters == 1));
    if possible && plain {
        for j in words().filter(|&j| !reader.at(j, ROLE | SOFT_TITLE) || listed(j)) {
            names[j] = true;
        }
    }
}
