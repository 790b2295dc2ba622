//! The crosswalk of a codebook as tables need it: for each standard its clauses, and for each clause
//! the themes that raise it.
//!
//! A codebook says for each theme which clauses come closest; a standard's note often says what its
//! clauses are called. Here the two meet, once, when the vocabulary of a run is made.

use std::collections::BTreeSet;

use heard_models::Codebook;
use heard_models::codebook::Standard;

use crate::vocabulary::{ClauseName, StandardName};

/// Short words for clauses that a codebook's notes have none for: (standard, clause, what people
/// read). The words are ours, after the headings of the documents.
const WORDS: [(&str, &str, &str); 24] = [
    ("nice", "NG21 1.1", "NG21 1.1 person-centred care"),
    ("nice", "NG21 1.1.2", "NG21 1.1.2 keeping independence"),
    ("nice", "NG21 1.1.3", "NG21 1.1.3 respect, courtesy, reliability"),
    ("nice", "NG21 1.1.4", "NG21 1.1.4 same care workers"),
    ("nice", "NG21 1.2", "NG21 1.2 information on care and support"),
    ("nice", "NG21 1.3", "NG21 1.3 planning and reviewing care"),
    ("nice", "NG21 1.4", "NG21 1.4 delivering care (time, visits)"),
    ("nice", "NG21 1.5", "NG21 1.5 health and social care together"),
    ("nice", "NG21 1.6", "NG21 1.6 safety and safeguarding"),
    ("nice", "NG21 1.7", "NG21 1.7 recruiting, training, supporting staff"),
    ("nice", "NG21 for commissioners", "NG21 for commissioners"),
    ("ecc", "1", "Stage 1 time to care, paid travel"),
    ("ecc", "2", "Stage 2 same worker, training, no zero hours"),
    ("ecc", "3", "Stage 3 living wage, sick pay"),
    ("ecc", "1-3 as a whole", "Stages 1 to 3 as a whole"),
    ("care_act", "a", "(a) dignity and respect"),
    ("care_act", "b", "(b) health and emotional wellbeing"),
    ("care_act", "c", "(c) protection from abuse and neglect"),
    ("care_act", "d", "(d) control over day-to-day life"),
    ("care_act", "e", "(e) work, education and recreation"),
    ("care_act", "f", "(f) social and economic wellbeing"),
    ("care_act", "g", "(g) domestic, family and personal relationships"),
    ("care_act", "h", "(h) suitable accommodation"),
    ("care_act", "i", "(i) contribution to society"),
];

/// Standards of other services stand after those that contracts for care at home name.
const LAST: [&str; 1] = ["qdc"];

/// The standards of a codebook that any theme is mapped to.
pub(crate) fn standards(book: &Codebook) -> Vec<StandardName> {
    let standard = |standard: &Standard| {
        let mut clauses: Vec<ClauseName> = Vec::new();
        for (theme, about) in book.themes.iter().enumerate() {
            for given in about.crosswalk.get(&standard.id).into_iter().flatten() {
                let id = plain(given);
                // "(no close match)" is a remark and no clause.
                if id.starts_with('(') {
                    continue;
                }
                let known = clauses.iter_mut().find(|clause| clause.id == id);
                match known {
                    Some(clause) if clause.themes.last() == Some(&(theme as u16)) => {}
                    Some(clause) => clause.themes.push(theme as u16),
                    None => clauses.push(ClauseName {
                        id: id.to_owned(),
                        label: String::new(),
                        themes: vec![theme as u16],
                    }),
                }
            }
        }
        label(standard, &mut clauses);
        StandardName {
            id: standard.id.clone(),
            title: standard.title.clone(),
            best_fit: standard.best_fit,
            clauses,
        }
    };
    let mut all: Vec<StandardName> =
        book.standards.iter().map(standard).filter(|found| !found.clauses.is_empty()).collect();
    all.sort_by_key(|standard| LAST.contains(&standard.id.as_str()));
    all
}

/// A clause without a remark in brackets behind it: `1 (time to talk)` is clause `1`.
fn plain(clause: &str) -> &str {
    match clause.split_once(" (") {
        Some((before, _)) if !before.is_empty() => before,
        _ => clause,
    }
}

/// Gives every clause the words that the standard's note has for it.
fn label(standard: &Standard, clauses: &mut [ClauseName]) {
    let shapes: BTreeSet<String> = clauses.iter().map(|clause| shape(&clause.id)).collect();
    // A name begins after a comma, a semicolon or at the start, with something shaped like a clause.
    let mut names: Vec<(&str, String)> = Vec::new();
    for part in standard.note.split_inclusive([',', ';']) {
        let words = part.trim().trim_end_matches([',', ';', '.']);
        match words.split_once(' ') {
            Some((first, rest)) if shapes.contains(&shape(first)) && first.len() <= 4 => {
                names.push((first, rest.to_owned()));
            }
            _ => {
                if let Some((_, name)) = names.last_mut() {
                    name.push_str(", ");
                    name.push_str(words);
                }
            }
        }
    }
    let stages = standard.title.ends_with(", stages");
    for clause in clauses {
        let ours = WORDS.iter().find(|(of, id, _)| *of == standard.id && *id == clause.id);
        if let Some((_, _, words)) = ours {
            clause.label = (*words).to_owned();
            continue;
        }
        let name = names.iter().find(|(id, _)| *id == clause.id);
        clause.label = match name {
            Some((id, name)) => format!("{id} {name}"),
            None if stages && clause.id.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("Stage {}", clause.id)
            }
            None => clause.id.clone(),
        };
    }
}

/// What a clause looks like: `QS4` as `AA9`.
fn shape(clause: &str) -> String {
    let kind = |c: char| match c {
        c if c.is_ascii_digit() => '9',
        c if c.is_uppercase() => 'A',
        c if c.is_lowercase() => 'a',
        c => c,
    };
    clause.chars().map(kind).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_named_by_the_notes_of_their_standards() {
        let book = Codebook::builtin("home-care").unwrap();
        let found = standards(&book);
        let clause = |standard: &str, clause: &str| {
            let standard = found.iter().find(|s| s.id == standard).unwrap();
            standard.clauses.iter().find(|c| c.id == clause).unwrap().clone()
        };
        assert_eq!(clause("nice", "QS4").label, "QS4 visit length");
        assert_eq!(clause("care_act", "e").label, "(e) work, education and recreation");
        assert_eq!(clause("ecc", "1").label, "Stage 1 time to care, paid travel");
        assert_eq!(clause("nice", "NG21 1.6").label, "NG21 1.6 safety and safeguarding");
        assert_eq!(clause("bolton", "F9").label, "F9 lack of respite");
        assert!(clause("bolton", "F2").label.ends_with("a system poorly managed"));
        // "1 (time to talk)" is stage 1 as well.
        assert!(clause("ecc", "1").themes.len() > 4);
        for (standard, id, _) in WORDS {
            assert_eq!(clause(standard, id).id, id, "{standard}");
        }
        let places = ["nice", "qdc"].map(|id| found.iter().position(|s| s.id == id).unwrap());
        assert!(places[0] < places[1], "the standard of another service stands first");
        let remarks = found.iter().flat_map(|s| &s.clauses).filter(|c| c.id.starts_with('('));
        assert_eq!(remarks.count(), 0);
        let bolton = found.iter().find(|s| s.id == "bolton").unwrap();
        assert_eq!(bolton.clauses.len(), 9);
        assert!(found.iter().any(|s| s.id == "cqc" && s.best_fit));
    }
}
