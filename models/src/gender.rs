//! Words for women and men, put in each other's place.
//!
//! A code should not hang on whether a text speaks of a mother or of a father. Training puts every
//! such text to the model a second time with the words swapped, and the model card says what changed.

use crate::examples::LabelledResponse;

/// Words for women, and for men. The first match in either direction counts.
const PAIRS: &[(&str, &str)] = &[
    ("she", "he"),
    ("she's", "he's"),
    ("she'd", "he'd"),
    ("she'll", "he'll"),
    ("shes", "hes"),
    ("hers", "his"),
    ("herself", "himself"),
    ("mum", "dad"),
    ("mum's", "dad's"),
    ("mums", "dads"),
    ("mam", "dad"),
    ("mother", "father"),
    ("mother's", "father's"),
    ("mother-in-law", "father-in-law"),
    ("wife", "husband"),
    ("wife's", "husband's"),
    ("daughter", "son"),
    ("daughter's", "son's"),
    ("sister", "brother"),
    ("sister's", "brother's"),
    ("nan", "grandad"),
    ("nan's", "grandad's"),
    ("grandma", "grandad"),
    ("gran", "grandad"),
    ("grandmother", "grandfather"),
    ("aunt", "uncle"),
    ("auntie", "uncle"),
    ("niece", "nephew"),
    ("woman", "man"),
    ("women", "men"),
    ("lady", "gentleman"),
    ("ladies", "gentlemen"),
    ("girl", "boy"),
    ("girls", "boys"),
    ("lass", "lad"),
    ("lasses", "lads"),
    ("mrs", "mr"),
    ("widow", "widower"),
];

/// For words that are one piece each, the piece as which each word for a man, or a further word for a
/// woman, is read.
pub(crate) fn folded(piece: impl Fn(&str) -> Option<u32>) -> std::collections::HashMap<u32, u32> {
    let mut folded = std::collections::HashMap::new();
    let others = [("her", "him"), ("her", "his")];
    for (woman, man) in others.iter().chain(PAIRS) {
        let (Some(own), Some(other)) = (piece(woman), piece(man)) else { continue };
        let first = *folded.entry(other).or_insert(own);
        if own != first {
            folded.insert(own, first);
        }
    }
    folded
}

/// The word that takes a word's place; `more` says whether a word follows it directly.
fn other(word: &str, more: bool) -> Option<&'static str> {
    match word {
        // "her bed" and "his bed", "ask her" and "ask him".
        "her" => return Some(if more { "his" } else { "him" }),
        "him" => return Some("her"),
        "his" => return Some(if more { "her" } else { "hers" }),
        _ => {}
    }
    PAIRS.iter().find_map(|(woman, man)| {
        if word == *woman { Some(*man) } else { (word == *man).then_some(*woman) }
    })
}

/// Cuts a text into words and what is between them.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let letter = |c: char| c.is_alphabetic() || matches!(c, '\'' | '\u{2019}' | '-');
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|c| letter(c) != letter(first)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

/// The text with each word for a woman in place of one for a man and the other way round; None
/// where it has neither.
fn swap(text: &str) -> Option<String> {
    let pieces: Vec<&str> = pieces(text).collect();
    let (mut out, mut any) = (String::with_capacity(text.len() + 8), false);
    for (at, piece) in pieces.iter().enumerate() {
        let word = piece.to_lowercase().replace('\u{2019}', "'");
        let more = pieces.get(at + 1).is_some_and(|gap| gap.trim().is_empty())
            && pieces.get(at + 2).is_some_and(|next| !is_small(next));
        match other(&word, more) {
            None => out.push_str(piece),
            Some(new) => {
                any = true;
                push_like(&mut out, new, piece);
            }
        }
    }
    any.then_some(out)
}

/// Words before which "her" stands for a person, not for what she has.
fn is_small(word: &str) -> bool {
    const SMALL: &[&str] = &[
        "a", "an", "the", "in", "on", "at", "to", "and", "or", "but", "with", "for", "up", "out",
        "off", "down", "when", "if", "because", "so", "that", "what", "how", "every", "all", "by",
        "from", "into", "as", "there", "some", "any", "about", "again", "alone",
    ];
    SMALL.contains(&word.to_lowercase().as_str())
}

/// Adds a word in the case of the one whose place it takes.
fn push_like(out: &mut String, new: &str, old: &str) {
    let upper = |c: char| c.is_uppercase();
    let letters = old.chars().filter(|c| c.is_alphabetic());
    if letters.clone().count() > 1 && letters.clone().all(upper) {
        out.push_str(&new.to_uppercase());
    } else if old.starts_with(upper) {
        let mut rest = new.chars();
        out.extend(rest.next().into_iter().flat_map(char::to_uppercase));
        out.push_str(rest.as_str());
    } else {
        out.push_str(new);
    }
}

/// True where a text has more words for women than for men.
pub(crate) fn of_women(text: &str) -> bool {
    let sides = pieces(text).map(|piece| {
        let word = piece.to_lowercase().replace('\u{2019}', "'");
        let (woman, man) = (
            word == "her" || PAIRS.iter().any(|(woman, _)| word == *woman),
            matches!(word.as_str(), "him" | "his") || PAIRS.iter().any(|(_, man)| word == *man),
        );
        i32::from(woman) - i32::from(man)
    });
    sides.sum::<i32>() > 0
}

/// The response with women and men in each other's place and no coded segments; None where it
/// speaks of neither.
pub(crate) fn swapped(response: &LabelledResponse) -> Option<LabelledResponse> {
    let text = swap(&response.text)?;
    Some(LabelledResponse { text, segments: Vec::new(), ..response.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn women_and_men_change_places_in_their_own_case() {
        let swapped = swap("Mum loves her. SHE is in her bed and he's asked him").expect("some");
        assert_eq!(swapped, "Dad loves him. HE is in his bed and she's asked her");
        assert_eq!(swap("They are always late"), None);
    }

    #[test]
    fn a_text_is_of_women_where_they_are_the_most() {
        assert!(of_women("my mother and her dad, she said"));
        assert!(!of_women("his wife, he says"));
        assert!(!of_women("late"));
    }
}
