//! What a document holds beside what was said: headings, and what a recording notes in brackets
//! ("[inaudible]", "(pause)", "[End of recording]"). None of it is a segment; the text keeps it. Where
//! nothing else is left, everything stays, because a lost sentence is worse than a coded heading.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Longer headings may be somebody's words.
const HEADING: usize = 7;

#[allow(clippy::unwrap_used, reason = "a constant pattern, compiled by the tests")]
static NOTED: LazyLock<Regex> = LazyLock::new(|| {
    const WHAT: &str = "(?:(?:long|short|brief|slight|both|all|group|general|loud|some|quiet|everyone|everybody) )*\
        (?:pauses?|silence|laugh(?:s|ter|ing)?|chuckl(?:es|ing)|inaudible|unclear|unintelligible|indistinct|crosstalk|\
        cross talk|overlapping(?: speech| talk)?|coughs?|coughing|sighs?|crying|cries|tearful|nods?|nodding|applause|\
        background noise|noise|phone rings|door ?bell|doorbell rings|interruption|break|music|redacted|name removed)\
        (?:,? [0-9:.]+(?: ?(?:s|secs?|seconds|mins?|minutes))?)?";
    const OF: &str = "(?:(?:the )?(?:audio )?(?:recording|recorder|tape|transcript|transcription|interview|audio|meeting)\
        (?: (?:is|was))? (?:starts?|started|begins?|ends?|ended|stops?|stopped|paused?|resume[sd]?|turned (?:on|off))\
        |(?:start|beginning|end) of (?:the )?(?:audio |interview )?(?:recording|tape|transcript|transcription|interview|audio|side)\
        |transcribed by \\S+)";
    Regex::new(&format!(
        r"(?i)^[\[(<*\s]*(?:[\[(<*]\s*(?:{WHAT}|{OF})(?:\s+[\d:.]+)?\s*[\])>*]+|{OF}\s*$)[\s.,–—-]*"
    ))
    .unwrap()
});

/// The segments without headings and what a recording notes.
pub(super) fn only(text: &str, segments: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let said = |segment: &Range<usize>| {
        let mut start = segment.start;
        while let Some(noted) = NOTED.find(&text[start..segment.end]).filter(|n| !n.is_empty()) {
            start += noted.end();
        }
        let words = &text[start..segment.end];
        let none = !words.contains(char::is_alphanumeric) || is_heading(text, segment);
        (!none).then_some(start..segment.end)
    };
    let kept: Vec<_> = segments.iter().filter_map(said).collect();
    if kept.is_empty() { segments } else { kept }
}

/// "# Times of calls": a line that the document marks as a heading, and that quotes nobody.
fn is_heading(text: &str, segment: &Range<usize>) -> bool {
    let line = text[segment.clone()].lines().next().unwrap_or_default();
    let begins = segment.start == 0 || text[..segment.start].ends_with('\n');
    begins
        && line.starts_with("# ")
        && line.split_whitespace().count() <= HEADING + 1
        && !line.contains(['"', '“', '‘'])
        && !line.trim_end().ends_with(['.', '!', '?'])
}

#[cfg(test)]
mod tests {
    use super::super::{segments_of_letter, segments_of_notes, segments_of_talk};

    #[test]
    fn what_a_recording_notes_is_no_segment() {
        for (talk, said) in [
            (
                "(pause) The girls make me laugh.\n[inaudible]\nMore time.",
                ["The girls make me laugh.", "More time."],
            ),
            (
                "[Recording starts]\nThey rush. (laughs)\nMore time.\n[End of recording]",
                ["They rush.", "More time."],
            ),
            (
                "They rush.\n(Long pause, 5 seconds)\nMore time.\nEnd of recording",
                ["They rush.", "More time."],
            ),
            (
                "[silence] [crosstalk 00:04] They rush.\nMore time.\nRecording ends",
                ["They rush.", "More time."],
            ),
        ] {
            let cut: Vec<_> = segments_of_talk(talk).into_iter().map(|r| &talk[r]).collect();
            assert_eq!(cut, said);
        }
    }

    #[test]
    fn brackets_that_somebody_speaks_in_stay() {
        for text in [
            "(they never stay)",
            "(a pause would be nice)",
            "The recording of visits stopped",
            "[PERSON 1] is kind",
            "(pause)",
            "The end of the interview was rushed.",
        ] {
            let cut: Vec<_> = segments_of_talk(text).into_iter().map(|r| &text[r]).collect();
            assert_eq!(cut, [text]);
        }
    }

    #[test]
    fn a_heading_is_no_segment() {
        let notes = "# Times of calls\nI never know.\n# \"They are smashing\"\n# Carers\nKind.";
        let cut: Vec<_> = segments_of_notes(notes).into_iter().map(|r| &notes[r]).collect();
        assert_eq!(cut, ["I never know.", "# \"They are smashing\"", "Kind."]);
        assert_eq!(segments_of_letter("# Carers").len(), 1);
    }
}
