//! One PDF that holds many letters: the pages of each, as `heard.toml` gives them, and a proposal
//! where it does not yet.
//!
//! A page begins a letter where it has a salutation near its top, or where the page before it ended
//! with a sign-off. `heard check` writes the proposal; `heard run` splits only by what the settings
//! say, because a letter cut in two would be counted as two people.

use super::letter;

/// First and last page of a letter, from 1.
pub(super) type Pages = (u32, u32);

/// The pages as the settings write them: `1-3`, or `4`.
pub(super) fn show((first, last): Pages) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

/// The ranges that the settings give: rising, none within another. None where they are not.
pub(super) fn parse(written: &[String]) -> Option<Vec<Pages>> {
    let mut ranges: Vec<Pages> = Vec::new();
    for range in written {
        let (first, last) = range.split_once(['-', '–']).unwrap_or((range, range));
        let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        if first == 0 || last < first || ranges.last().is_some_and(|r| r.1 >= first) {
            return None;
        }
        ranges.push((first, last));
    }
    Some(ranges)
}

/// The letters that a file of pages seems to hold; one range where nothing tells them apart.
pub(super) fn propose(pages: &[(u32, String)]) -> Vec<Pages> {
    let (Some(first), Some(last)) = (pages.first(), pages.last()) else { return Vec::new() };
    let mut starts = vec![first.0];
    for pair in pages.windows(2) {
        let [(_, before), (number, page)] = pair else { continue };
        let continues = page.starts_with(|c: char| c.is_lowercase());
        let begins = letter::greets(page) || letter::ends(before) && !page.is_empty();
        if begins && !continues && !letter::is_postscript(page) {
            starts.push(*number);
        }
    }
    let ends = starts.iter().skip(1).map(|start| start - 1).chain([last.0]);
    starts.iter().copied().zip(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_begin_with_a_salutation_or_after_a_sign_off() {
        let pages = [
            "1 High Street\n5 March 2024\nDear Sir,\nThey are late.",
            "and they rush.\nYours faithfully\nZebedee Quux",
            "To the council\nDear all,\nMine are kind.\nYours\nErmintrude",
            "",
            "Dear Sir,\nThey are fine.\nKind regards\nDylan",
            "I want to say that they are fine.\nBest wishes\nFlorence",
            "PS They are kind, too.",
        ];
        let pages: Vec<(u32, String)> =
            pages.iter().enumerate().map(|(i, p)| (i as u32 + 1, (*p).to_owned())).collect();
        assert_eq!(propose(&pages), [(1, 2), (3, 4), (5, 5), (6, 7)]);
        assert_eq!(propose(&pages[..2]), [(1, 2)]);
        assert_eq!(propose(&[]), []);
    }

    #[test]
    fn ranges_rise() {
        let parse =
            |ranges: &[&str]| parse(&ranges.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>());
        assert_eq!(parse(&["1-2", "3", "5 - 7"]), Some(vec![(1, 2), (3, 3), (5, 7)]));
        for wrong in [&["2-1"][..], &["0"], &["1-3", "3"], &["x"], &["-2"]] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }
}
