//! Conversations: what the people who were interviewed said, each turn a line, each person a text of
//! their own. Subtitles (VTT, SRT) are read here, in the child; [`of_text`] does the same for letters
//! and notes in which people take turns ("Interviewer: ...").
//!
//! Who asks is left out: the questions are not the respondent's words. So are the labels; the names
//! among them go beside the text, so that de-identification knows which names to look for.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::child::{Line, Stop, Why, say, say_names};
use super::{encoding, names};
use crate::deidentify::is_everyday;

/// Says what each person who was interviewed said.
pub(super) fn parse(bytes: &[u8], out: &mut dyn Write) -> Result<(), Stop> {
    let talk = of_cues(&encoding::whole(bytes)).ok_or(Stop::Why(Why::NotWhatItSays))?;
    say_names(out, talk.names)?;
    for Person { role, text } in talk.people {
        if let Some(role) = role {
            say(out, &Line::Role { role })?;
        }
        say(out, &Line::Text { text })?;
    }
    Ok(())
}

/// Somebody who was interviewed.
#[derive(Debug, PartialEq)]
pub(super) struct Person {
    /// What the label tells besides a name: "Daughter", "Mrs Gill (wife)".
    pub(super) role: Option<String>,
    /// What they said, a turn a line.
    pub(super) text: String,
}

/// A conversation.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Talk {
    /// Those who were interviewed, in the order in which they first speak.
    pub(super) people: Vec<Person>,
    /// The names among the labels, of who asks, too.
    pub(super) names: Vec<String>,
}

/// A file of subtitles; None where there is no cue.
fn of_cues(file: &str) -> Option<Talk> {
    Some(talk(&turns(&cues(file)?)))
}

/// The turns of each person who was interviewed.
fn talk(turns: &[Turn]) -> Talk {
    let asks = interviewer(turns);
    // Where nobody answers, nobody was asked: no words are lost.
    let answered = turns.iter().any(|t| !asks(t.speaker.as_deref()));
    let asks = |speaker: Option<&str>| answered && asks(speaker);
    let mut people: Vec<(Option<&str>, Vec<&str>)> = Vec::new();
    for turn in turns.iter().filter(|t| !asks(t.speaker.as_deref())) {
        let speaker = turn.speaker.as_deref();
        match people.iter_mut().find(|p| p.0 == speaker) {
            Some(known) => known.1.push(&turn.words),
            None => people.push((speaker, vec![&turn.words])),
        }
    }
    let labels = turns.iter().filter_map(|t| t.speaker.as_deref());
    let labels = labels.filter(|label| !is_role(label) && !asks_by_name(label));
    let names = names::of_people(labels.map(before_brackets));
    let person = |(label, turns): (Option<&str>, Vec<&str>)| Person {
        role: label.and_then(role),
        text: turns.join("\n"),
    };
    Talk { people: people.into_iter().map(person).collect(), names }
}

/// A text in which people take turns behind labels: at least two of them twice, or somebody who asks
/// and others who answer; None where it is none. What stands above the first label is the first
/// person's, unless it is a heading.
pub(super) fn of_text(text: &str) -> Option<Talk> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &lines {
        let Some((label, words)) = labelled(line) else { continue };
        if (!words.is_empty() || stamped(line).is_some()) && !is_form(label) {
            *counts.entry(label).or_default() += 1;
        }
    }
    let answers = counts.iter().filter(|(label, _)| could_be_somebody(label) || is_numbered(label));
    let answers: usize = answers.map(|(_, count)| count).sum();
    counts.retain(|_, count| *count >= 2);
    let asked = counts.keys().any(|label| asks_by_name(label)) && answers >= 2;
    if counts.len() < 2 && !asked {
        return None;
    }
    let mut above: Vec<&str> = Vec::new();
    let mut turns: Vec<Turn> = Vec::new();
    for line in lines {
        let known = labelled(line).filter(|l| {
            let once = could_be_somebody(l.0) && (!l.1.is_empty() || stamped(line).is_some());
            counts.contains_key(l.0) || is_role(l.0) || asks_by_name(l.0) || once
        });
        match (known, turns.last_mut()) {
            (Some((label, words)), _) => {
                turns.push(Turn { speaker: Some(label.to_owned()), words: words.to_owned() });
            }
            (None, Some(turn)) => {
                turn.words.push(if turn.words.is_empty() { ' ' } else { '\n' });
                turn.words.push_str(line);
            }
            (None, None) => above.push(line),
        }
    }
    for turn in &mut turns {
        turn.words = turn.words.trim().to_owned();
    }
    turns.retain(|turn| !turn.words.is_empty());
    let mut talk = talk(&turns);
    if above.iter().any(|line| line.split_whitespace().count() > 12 && !tells_of_the_talk(line))
        && let Some(first) = talk.people.first_mut()
    {
        first.text = format!("{}\n{}", above.join("\n"), first.text);
    }
    (!talk.people.is_empty()).then_some(talk)
}

/// "Telephone interview, 3 March 2025. Respondent: woman, 60s. Interviewer: Zebedee Quux."
fn tells_of_the_talk(line: &str) -> bool {
    let lower = line.to_lowercase();
    let word = |wanted: &[&str]| {
        lower.split(|c: char| !c.is_alphabetic()).any(|word| wanted.contains(&word))
    };
    word(&["interview", "focus", "discussion", "conversation", "call"])
        && word(&["interviewer", "interviewed", "respondent", "participant", "facilitator"])
        && !word(&["i", "me", "my", "we", "our", "us"])
}

/// Whether a line begins with the label of somebody who speaks.
pub(super) fn is_turn(line: &str) -> bool {
    labelled(line.trim()).is_some_and(|(label, words)| !words.is_empty() && !is_form(label))
}

/// Labels that are names, though they come but once: "Trevor", "Mrs Clegg". A word of every day
/// ("Honestly") is no label until it comes again.
fn could_be_somebody(label: &str) -> bool {
    let name = before_brackets(label);
    let words = name.split_whitespace().count();
    !is_form(label)
        && !is_role(label)
        && !asks_by_name(label)
        && names::of_person(name).is_some()
        && (words > 1 || !is_everyday(name))
        && words <= 3
}

/// Labels of a form that is filled in, not of people.
fn is_form(label: &str) -> bool {
    const FORM: &[&str] = &[
        "name",
        "age",
        "gender",
        "date",
        "time",
        "area",
        "ward",
        "town",
        "location",
        "address",
        "postcode",
        "provider",
        "agency",
        "role",
        "relationship",
        "note",
        "notes",
        "comment",
        "comments",
        "summary",
        "quote",
        "theme",
        "themes",
        "subject",
        "to",
        "from",
        "cc",
        "sent",
        "tel",
        "phone",
        "email",
        "ref",
        "reference",
        "good",
        "bad",
        "positives",
        "negatives",
        "what is good",
        "what could be better",
        "issues",
        "actions",
        "action",
        "carers",
        "times",
    ];
    FORM.contains(&bare(label).as_str())
}

/// What one person says until another speaks.
#[derive(Debug, PartialEq)]
struct Turn {
    speaker: Option<String>,
    words: String,
}

/// The lines of each cue, without times, numbers, notes and styles; None where there is no cue.
fn cues(file: &str) -> Option<Vec<Vec<&str>>> {
    let lines: Vec<&str> = file.lines().map(str::trim).collect();
    let times: Vec<usize> = (0..lines.len()).filter(|i| is_time(lines[*i])).collect();
    if times.is_empty() && !file.trim_start_matches('\u{FEFF}').starts_with("WEBVTT") {
        return None;
    }
    let mut cues = Vec::with_capacity(times.len());
    for (n, start) in times.iter().enumerate() {
        let mut end = times.get(n + 1).copied().unwrap_or(lines.len());
        // The line right above a time is the number or name of its cue.
        if end < lines.len() && end > start + 1 && !lines[end - 1].is_empty() {
            let number = lines[end - 1].bytes().all(|b| b.is_ascii_digit());
            if number || end < 2 || lines[end - 2].is_empty() {
                end -= 1;
            }
        }
        let mut cue = Vec::new();
        let mut note = false;
        for line in &lines[start + 1..end] {
            let opens = ["NOTE", "STYLE", "REGION"].iter().any(|w| {
                line.strip_prefix(w).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            });
            note = !line.is_empty() && (note || opens);
            if !note && !line.is_empty() {
                cue.push(*line);
            }
        }
        cues.push(cue);
    }
    Some(cues)
}

/// "00:00:01,000 --> 00:00:04,000", with settings behind it or without hours.
fn is_time(line: &str) -> bool {
    let Some((from, to)) = line.split_once("-->") else { return false };
    let clock = |text: &str| {
        let text = text.split_whitespace().next().unwrap_or_default();
        text.contains(':') && text.bytes().all(|b| b.is_ascii_digit() || b":.,".contains(&b))
    };
    clock(from) && clock(to)
}

/// The turns of a conversation.
fn turns(cues: &[Vec<&str>]) -> Vec<Turn> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for label in cues.iter().flatten().filter_map(|line| labelled(line)) {
        *counts.entry(label.0).or_default() += 1;
    }
    // Once, "They said:" is part of the words; again and again it is who speaks.
    let known =
        |label: &str| is_role(label) || asks_by_name(label) || counts.get(label) >= Some(&2);
    // In a talk with labels a name at the head of a cue is one, too: who speaks once is somebody.
    let labels = counts.keys().any(|label| known(label));
    let mut turns: Vec<Turn> = Vec::new();
    let mut speaker: Option<String> = None;
    let mut last = String::new();
    let lines = cues.iter().flat_map(|cue| cue.iter().enumerate());
    for (at, line) in lines {
        let once = |label: &str| labels && at == 0 && could_be_somebody(label);
        // Rolling captions show each line twice.
        let plain = plain_of(line);
        if plain.is_empty() || plain == last && !line.contains("<v") {
            continue;
        }
        last.clone_from(&plain);
        for (voice, words) in voices(line) {
            let said = plain_of(&words);
            let changed = said.starts_with(">>") || said.starts_with("- ");
            let mut words = said.trim_start_matches(['>', '-', ' ']);
            if let Some(voice) = voice {
                speaker = Some(voice);
            } else if let Some((label, rest)) = labelled(words).filter(|l| known(l.0) || once(l.0))
            {
                speaker = Some(label.to_owned());
                words = rest;
            }
            if words.is_empty() {
                continue;
            }
            match turns.last_mut() {
                Some(turn) if turn.speaker == speaker && !changed => {
                    turn.words.push(' ');
                    turn.words.push_str(words);
                }
                _ => turns.push(Turn { speaker: speaker.clone(), words: words.to_owned() }),
            }
        }
    }
    turns
}

/// The pieces of a line that `<v Name>` tags make, with their speakers.
fn voices(line: &str) -> Vec<(Option<String>, String)> {
    let mut pieces = Vec::new();
    let (mut voice, mut rest) = (None, line);
    while let Some((before, tag)) = rest.split_once("<v") {
        let named = tag.starts_with(['.', ' ', '\t']).then(|| tag.split_once('>')).flatten();
        let Some((tag, after)) = named else {
            break;
        };
        if !plain_of(before).is_empty() {
            pieces.push((voice.take(), before.to_owned()));
        }
        // Behind the classes ("<v.loud Name>") comes the name.
        let name = tag.split_once([' ', '\t']).map_or("", |t| t.1);
        let name = plain_of(name).replace(['\n', ':'], " ");
        voice = (!name.is_empty()).then_some(name);
        rest = after;
    }
    pieces.push((voice, rest.to_owned()));
    pieces
}

/// Words without tags and entities, blanks made one.
fn plain_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let close = if tail.starts_with('<') { '>' } else { '}' };
        let tag = tail.starts_with("{\\")
            || tail[1..].starts_with(|c: char| c == '/' || c.is_ascii_alphanumeric());
        if let Some(end) =
            tail.find(close).filter(|_| tag && (close == '>' || tail.starts_with("{\\")))
        {
            rest = &tail[end + 1..];
        } else {
            out.push_str(&tail[..1]);
            rest = &tail[1..];
        }
    }
    out.push_str(rest);
    let decoded = html_escape::decode_html_entities(&out);
    decoded
        .split(|c: char| c.is_whitespace() || c == '\u{A0}')
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[allow(clippy::unwrap_used, reason = "a constant pattern, compiled by the tests")]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// "[00:01:05] P12: Yes."
static TIME_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?[\s–—-]+"));
/// "P12 [00:01:05]: Yes."
static TIME_WITHIN: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^([^:\[(]{1,40}?)\s*[\[(]\d{1,2}:\d{2}(?::\d{2})?[\])]\s*:?\s*(.*)$"));
/// "Zebedee Quux   1:05", with the words below it.
static TIME_ALONE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^([^:\[(]{2,40}?)\s+\d{1,2}:\d{2}(?::\d{2})?$"));

/// "P1 – They are late": a dash behind labels that are no ordinary words.
static DASHED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^((?i:p|r|s|participant|respondent|interviewee|resident|speaker|person|carer|client|service user|family member|patient|member|male|female|m|f)\s?#?\d{1,2}|(?i:int|iv|interviewer|researcher|moderator|facilitator)(?:\s?\d)?)\s*[–—-]\s+(\S.*)$",
    )
});

/// A line of nothing but who speaks and when; "Morning call 8:30" is none.
fn stamped(line: &str) -> Option<Captures<'_>> {
    TIME_ALONE.captures(line).filter(|found| {
        let label = &found[1];
        let name = || label.split_whitespace().any(|word| !is_everyday(word));
        is_role(label) || asks_by_name(label) || could_be_somebody(label) && name()
    })
}

/// The label at the start of a line, and what follows it.
fn labelled(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches(['>', '-', ' ']);
    let line = &line[TIME_BEFORE.find(line).map_or(0, |time| time.end())..];
    let timed = TIME_WITHIN.captures(line).or_else(|| stamped(line));
    let timed = timed.or_else(|| DASHED.captures(line));
    let (label, rest) = match &timed {
        Some(found) => (found.get(1)?.as_str(), found.get(2).map_or("", |rest| rest.as_str())),
        None => line.split_once(':')?,
    };
    let label = label.trim();
    let rest = rest.trim();
    let words: Vec<&str> = label.split_whitespace().collect();
    // "Mrs Gill (daughter)": what stands in brackets is no name.
    let named = before_brackets(label).split_whitespace().all(|w| {
        let first = w.trim_start_matches(['(', '[']).chars().next();
        first.is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
    });
    let letters = label.starts_with(char::is_alphabetic);
    let fits = (1..=4).contains(&words.len()) && label.chars().count() <= 40;
    let role = is_role(label) || asks_by_name(label);
    (fits && letters && (named || role) && !rest.starts_with("//")).then_some((label, rest))
}

fn before_brackets(label: &str) -> &str {
    label.split(['(', '[']).next().unwrap_or_default().trim_end()
}

/// The label in small letters, without its number and what stands in brackets.
fn bare(label: &str) -> String {
    before_brackets(label)
        .to_lowercase()
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ' || c == '#' || c == '.')
        .to_owned()
}

/// "P3", "Speaker 1": labels that stand for one person of several.
fn is_numbered(label: &str) -> bool {
    is_role(label) && label.ends_with(|c: char| c.is_ascii_digit())
}

/// What a label tells of a person besides the name.
fn role(label: &str) -> Option<String> {
    let inside =
        label.split_once(['(', '[']).map(|(_, inside)| inside.trim_end_matches([')', ']']));
    inside.map(str::to_owned).or_else(|| is_role(label).then(|| bare(label)))
}

/// Labels of those who ask.
fn asks_by_name(label: &str) -> bool {
    matches!(
        bare(label).as_str(),
        "interviewer"
            | "int"
            | "i"
            | "iv"
            | "q"
            | "question"
            | "researcher"
            | "moderator"
            | "facilitator"
            | "host"
            | "healthwatch"
    )
}

/// Labels that are no names: "Speaker 1", "P3", "Daughter".
fn is_role(label: &str) -> bool {
    const ROLES: &[&str] = &[
        "speaker",
        "p",
        "r",
        "a",
        "s",
        "m",
        "f",
        "member",
        "participant",
        "respondent",
        "interviewee",
        "answer",
        "resident",
        "client",
        "service user",
        "patient",
        "tenant",
        "carer",
        "care worker",
        "support worker",
        "staff",
        "manager",
        "nurse",
        "family",
        "family member",
        "relative",
        "daughter",
        "son",
        "wife",
        "husband",
        "partner",
        "spouse",
        "mother",
        "father",
        "mum",
        "dad",
        "sister",
        "brother",
        "niece",
        "nephew",
        "granddaughter",
        "grandson",
        "friend",
        "neighbour",
        "person",
        "male",
        "female",
        "man",
        "woman",
        "unknown",
        "unknown speaker",
        "unidentified speaker",
        "user",
    ];
    ROLES.contains(&bare(label).as_str())
}

/// Who of them asks: by their label, otherwise who asks most of the questions.
fn interviewer(turns: &[Turn]) -> impl Fn(Option<&str>) -> bool + use<> {
    let mut asked: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for turn in turns {
        let Some(speaker) = turn.speaker.as_deref() else { continue };
        let counts = asked.entry(speaker).or_default();
        counts.0 += usize::from(turn.words.contains('?'));
        counts.1 += 1;
    }
    let by_name = asked.keys().any(|s| asks_by_name(s));
    let all: usize = asked.values().map(|c| c.0).sum();
    // Most of the questions, most of their own turns, and somebody else to answer.
    let most = asked.iter().find(|(_, (questions, turns))| {
        *questions >= 2 && questions * 2 > all && questions * 2 >= *turns && asked.len() > 1
    });
    let most = most.filter(|_| !by_name).map(|m| (*m.0).to_owned());
    move |speaker| {
        speaker.is_some_and(|s| if by_name { asks_by_name(s) } else { most.as_deref() == Some(s) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(talk: &Talk) -> Vec<&str> {
        talk.people.iter().map(|person| person.text.as_str()).collect()
    }

    #[test]
    fn a_label_that_is_no_name_says_who_speaks() {
        let text = "Interviewer: How is it?\nDaughter: They are kind.\nMrs Quux (wife): Late.\n\
            Interviewer: And now?\nDaughter: Better.\nMrs Quux (wife): Later.\nP2: Fine.\nP2: Yes.";
        let talk = of_text(text).unwrap();
        let roles: Vec<_> = talk.people.iter().map(|person| person.role.as_deref()).collect();
        assert_eq!(roles, [Some("daughter"), Some("wife"), Some("p")]);
    }

    #[test]
    fn a_line_that_tells_of_the_talk_is_nobodys_and_a_story_above_it_is_the_first_persons() {
        let talk = "Q: How is it?\nA: Kind.\nQ: And?\nA: Late.";
        let above = "Telephone interview, 3 March 2025. Respondent: woman, 60s, cares for her husband at \
            home. Interviewer: Ermintrude.";
        assert_eq!(texts(&of_text(&format!("{above}\n{talk}")).unwrap()), ["Kind.\nLate."]);
        let above = "I was interviewed before and the interviewer never rang me back about my mother's \
            care as she said.";
        let told = of_text(&format!("{above}\n{talk}")).unwrap();
        assert_eq!(texts(&told), [format!("{above}\nKind.\nLate.")]);
    }

    #[test]
    fn the_time_of_a_turn_is_no_part_of_it() {
        for text in [
            "[00:00:04] INT: How is it?\n[00:00:09] P12: They are kind.\n[00:01:00] INT: And?\n[00:01:05] P12: Late.",
            "INT (00:04): How is it?\nP12 (00:09): They are kind.\nINT (01:00): And?\nP12 (01:05): Late.",
            "Ermintrude Quux   0:04\nHow is it? Is it good?\nZebedee Quux   0:09\nThey are kind.\n\
             Ermintrude Quux   1:00\nAnd what else?\nZebedee Quux   1:05\nLate.",
        ] {
            assert_eq!(texts(&of_text(text).unwrap()), ["They are kind.\nLate."], "{text}");
        }
        let diary = "Monday 8:30\nLate.\nMorning call 8:10\nKind.\nMonday 9:30\nLate.\nMorning call 9:10\nKind.";
        assert_eq!(of_text(diary), None);
    }

    #[test]
    fn a_dash_may_stand_behind_a_label_that_is_no_word() {
        let text = "INT – What is good?\nP1 – They are late. Well, kind - mostly.\nP2 - Mine is lovely.\n\
            P3 – I agree with P2 - mine is, too.\nINT – And else?\nP1 – Late - always.\nP4 – Nobody rang.";
        assert_eq!(
            texts(&of_text(text).unwrap()),
            [
                "They are late. Well, kind - mostly.\nLate - always.",
                "Mine is lovely.",
                "I agree with P2 - mine is, too.",
                "Nobody rang."
            ]
        );
        // Ordinary words, and answers that nobody else speaks between, are no turns.
        for text in [
            "Mornings - they are late.\nEvenings - fine.\nMornings - late.\nEvenings - fine.",
            "Participant 1 – 84, lives alone\nThey rush.\nParticipant 2 – daughter\nThey are kind.",
            "Q1 - What is good?\nThe girls.\nQ2 - What is bad?\nTimes.",
        ] {
            assert_eq!(of_text(text), None, "{text}");
        }
    }

    #[test]
    fn who_speaks_but_once_in_a_talk_with_times_is_somebody() {
        let text = "Ermintrude Marsh   0:04\nHow is it? Is it good?\nZebedee Desai   0:11\nMostly fine.\n\
            Ermintrude Marsh   0:41\nWhat did they say?\nZebedee Desai   0:50\nNothing.\n\
            Dougal Desai   1:02\nI look after my dad.";
        assert_eq!(
            texts(&of_text(text).unwrap()),
            ["Mostly fine.\nNothing.", "I look after my dad."]
        );
    }

    #[test]
    fn voices_of_vtt_are_people_and_questions_are_left_out() {
        let file = "WEBVTT\nKind: captions\n\nNOTE made by a machine\n\nSTYLE\n::cue{}\n\n1b2c-0\n00:00:01.000 --> 00:00:04.000 align:start\n\
            <v Ruth Interviewer>How is the care?</v>\n\n1b2c-1\n00:00:04.500 --> 00:00:06.000\n<v Zebedee Quux>They are kind &amp; patient</v>\n\n\
            00:07.000 --> 00:09.000\n<v Zebedee Quux>but <i>always</i> late.</v>\n\n00:09.000 --> 00:10.000\n<v Ruth Interviewer>Always? Every day?</v>\n\n\
            NOTE\nnothing\n\n00:10.000 --> 00:12.000\n<v.quiet Zebedee Quux>Every day.\n";
        let talk = of_cues(file).unwrap();
        assert_eq!(texts(&talk), ["They are kind & patient but always late.\nEvery day."]);
        // The label never stands in the text; the names travel beside it.
        assert_eq!(talk.names, ["Zebedee Quux"]);
    }

    #[test]
    fn labels_of_srt_are_people_and_roles_are_no_names() {
        let file = "1\r\n00:00:01,000 --> 00:00:02,000\r\nInterviewer: How is it?\r\n\r\n2\r\n00:00:02,000 --> 00:00:04,000\r\n\
            Speaker 1: They said: wait. Do they care?\r\n\r\n3\r\n00:00:04,000 --> 00:00:05,000\r\nI ask you!\r\n\r\n\
            4\r\n00:00:05,000 --> 00:00:06,000\r\nSpeaker 2: Mine is fine.\r\n";
        assert_eq!(
            texts(&of_cues(file).unwrap()),
            ["They said: wait. Do they care? I ask you!", "Mine is fine."]
        );
    }

    #[test]
    fn who_speaks_once_is_somebody_and_no_words_are_lost() {
        let cue = |n: usize, words: &str| format!("00:0{n}.000 --> 00:0{n}.900\n{words}\n\n");
        let file = |lines: &[&str]| -> String {
            let cues = lines.iter().enumerate().map(|(n, words)| cue(n, words));
            std::iter::once("WEBVTT\n\n".to_owned()).chain(cues).collect()
        };
        let group = file(&[
            "Facilitator: What is good?",
            "Zebedee: They joke with me.",
            "Facilitator: Thank you. And you?",
            "Ermintrude: The tea call is early.",
            "Honestly: far too early.",
            "Dylan: Same faces.",
        ]);
        assert_eq!(
            texts(&of_cues(&group).unwrap()),
            [
                "They joke with me.",
                "The tea call is early. Honestly: far too early.",
                "Same faces."
            ]
        );
        let two = file(&["Interviewer: How are they?", "Mrs Quux: Late but kind", "and funny."]);
        assert_eq!(texts(&of_cues(&two).unwrap()), ["Late but kind and funny."]);
        let alone = file(&["Interviewer: They are late.", "And they rush."]);
        assert_eq!(texts(&of_cues(&alone).unwrap()), ["They are late. And they rush."]);
        let notes = "Facilitator: What is good?\nZebedee: They joke.\nFacilitator: And you?\nErmintrude: They rush.";
        assert_eq!(texts(&of_text(notes).unwrap()), ["They joke.", "They rush."]);
    }

    #[test]
    fn a_talk_without_labels_is_one_persons() {
        let file = "1\n00:00:01,000 --> 00:00:02,000\nThe carers are late.\n2\n00:00:02,000 --> 00:00:03,000\n\
            The carers are late.\nOne thing: they rush.\n\n3\n00:00:03,000 --> 00:00:04,000\n- Why?\n- No idea.\n";
        assert_eq!(
            texts(&of_cues(file).unwrap()),
            ["The carers are late. One thing: they rush.\nWhy?\nNo idea."]
        );
    }

    #[test]
    fn who_asks_least_is_not_taken_for_the_interviewer() {
        let file = "WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: They are late.\n\n00:02.000 --> 00:03.000\nBob: Are they?\n\n\
            00:03.000 --> 00:04.000\nAnn: They are.\n\n00:04.000 --> 00:05.000\nBob: Mine come on time.\n";
        assert_eq!(of_cues(file).unwrap().people.len(), 2);
    }

    #[test]
    fn a_text_with_turns_loses_its_labels_and_its_questions() {
        let text = "Interview of 5 March\n\nInterviewer: How is it?\nZebedee Quux: They are kind.\nBut late.\n\n\
            Interviewer: And the times?\nZebedee Quux: Late: always late.\nErmintrude: I agree with him.\nErmintrude: Every day.";
        let talk = of_text(text).unwrap();
        assert_eq!(
            texts(&talk),
            ["They are kind.\nBut late.\nLate: always late.", "I agree with him.\nEvery day."]
        );
        assert_eq!(talk.names, ["Zebedee Quux", "Ermintrude"]);
        assert_eq!(of_text("Name: Ann\nAge: 80\nThey are kind.\nName: Bob\nAge: 90"), None);
        assert_eq!(of_text("Dear Sir,\nThey said: wait. They said: wait."), None);
    }

    #[test]
    fn a_text_without_times_is_no_transcript() {
        assert_eq!(of_cues("Dear all,\nthey are late --> very"), None);
        assert_eq!(of_cues("WEBVTT\n"), Some(Talk::default()));
    }

    proptest! {
        #[test]
        fn any_file_ends(file in "(00:01.000 --> 00:02.000\n|<v [a-z]{0,4}>?|Ann: |- |\\{|<|&|\n|[a-z?é ]{0,9}){0,60}") {
            of_cues(&file);
            of_text(&file);
        }
    }
}
