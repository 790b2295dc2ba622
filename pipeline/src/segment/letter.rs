//! Where the body of a letter begins and ends: what stands around it is form and says nothing about
//! care. In doubt everything is body, because a lost sentence is worse than a coded address.

use std::ops::Range;

/// Longer lines before a salutation are no letterhead, longer ones after a sign-off no signature.
const SHORT_LINE: usize = 12;
/// A salutation stands among so many lines from the top, a sign-off among so many from the end.
const NEAR: usize = 24;

const SALUTATIONS: &[&str] = &[
    "dear ",
    "to whom it may concern",
    "good morning",
    "good afternoon",
    "good evening",
    "annwyl ",
    "bore da",
    "prynhawn da",
];
/// Greetings that may open a sentence too, and those who are greeted where they do not.
const GREETINGS: &[&str] =
    &["hi", "hello", "hiya", "hey", "helo", "shwmae", "good day", "greetings"];
const GREETED: &[&str] = &[
    "again",
    "all",
    "both",
    "colleagues",
    "council",
    "everybody",
    "everyone",
    "folks",
    "friends",
    "healthwatch",
    "madam",
    "sir",
    "team",
    "there",
    "to",
    "you",
];
const SIGN_OFFS: &[&str] = &[
    "yours sincerely",
    "yours faithfully",
    "yours truly",
    "yours respectfully",
    "yours,",
    "sincerely",
    "kind regards",
    "kindest regards",
    "best regards",
    "warm regards",
    "warmest regards",
    "regards",
    "best wishes",
    "all the best",
    "with best wishes",
    "with kind regards",
    "with thanks",
    "many thanks",
    "yr eiddoch",
    "cofion",
];
/// Words of thanks that begin a closing line, and those that may follow: "Thanks for coming" goes on.
const THANKS: &[&str] = &[
    "thank", "thanks", "many", "with", "thx", "cheers", "diolch", "love", "best", "bye", "yours",
    "x", "xx", "xxx",
];
const AND_THANKS: &[&str] = &[
    "advance",
    "again",
    "all",
    "and",
    "everyone",
    "fawr",
    "for",
    "from",
    "in",
    "iawn",
    "listening",
    "many",
    "much",
    "reading",
    "regards",
    "so",
    "this",
    "time",
    "very",
    "wishes",
    "yn",
    "you",
    "your",
];
/// Below thanks, which may stand anywhere, come no more lines than this, and no sentence.
const BELOW_THANKS: usize = 5;
/// Words of a name and an office.
const NAME: usize = 6;
/// Lines of a subject, and how they begin.
const SUBJECT: usize = 3;
const SUBJECTS: &[&str] = &[
    "re:",
    "re ",
    "re-",
    "re.",
    "ref:",
    "ref ",
    "reference",
    "your ref",
    "our ref",
    "subject",
    "**",
    "# ",
];
/// What stands in the lines below a letter that a firm's paper or an office's program adds.
const FOOTERS: &[&str] = &[
    "registered office",
    "registered charity",
    "charity number",
    "charity no",
    "company number",
    "company no",
    "registered in england",
    "registered in wales",
    "confidential",
    "intended recipient",
    "www.",
    "[url",
    "[email",
    "[phone",
    "[address",
    "[postcode",
];

/// The byte range of the body.
pub(super) fn body(text: &str) -> Range<usize> {
    let lines = lines(text);
    let line = |at: usize| &text[lines[at].clone()];
    let near = NEAR.min(lines.len());
    let salutation = (0..near).find(|at| is_salutation(line(*at)));
    let salutation = salutation.filter(|at| (0..*at).all(|above| is_short(line(above))));
    // What the letter is about stands below the salutation.
    let start = salutation.map_or(0, |at| {
        let subject = (at + 1..lines.len()).take_while(|below| is_subject(line(*below)));
        at + 1 + subject.take(SUBJECT).count()
    });
    let tail = lines.len() - near;
    let ends = |at: &usize| {
        let below = &lines[at + 1..];
        let all = |is: fn(&str) -> bool| below.iter().all(|line| is(&text[line.clone()]));
        opens(line(*at), SIGN_OFFS) && all(is_below)
            || is_thanks(line(*at)) && below.len() <= BELOW_THANKS && all(is_name)
    };
    let sign_off = (tail.max(start)..lines.len()).rev().find(ends);
    // "Thanks" above "Kind regards".
    let sign_off = sign_off.map(|at| {
        let above = (start..at).rev().take_while(|above| is_thanks(line(*above)));
        above.last().unwrap_or(at)
    });
    let from = start.checked_sub(1).map_or(0, |above| lines[above].end);
    let to = sign_off.map_or(text.len(), |at| lines[at].start);
    if text[from..to].trim().is_empty() { 0..text.len() } else { from..to }
}

fn count(line: &str) -> usize {
    line.split_whitespace().count()
}

fn is_short(line: &str) -> bool {
    count(line) <= SHORT_LINE
}

fn opens(line: &str, with: &[&str]) -> bool {
    let start: String = line.trim_start().chars().take(24).collect();
    let start = start.to_lowercase();
    is_short(line) && with.iter().any(|w| start.starts_with(w))
}

/// The words of a line in small letters, without placeholders and what stands between words.
fn words(line: &str) -> impl Iterator<Item = String> {
    let plain = line.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
    let words = plain.flat_map(|part| part.split(|c: char| !c.is_alphanumeric() && c != '\''));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn is_salutation(line: &str) -> bool {
    if opens(line, SALUTATIONS) {
        return true;
    }
    let line = line.trim();
    let whole: Vec<String> = words(line).collect();
    let whole = whole.join(" ");
    let greeted = |greeting: &&str| {
        let rest = whole.strip_prefix(greeting)?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| rest.to_owned())
    };
    let Some(greeted) = GREETINGS.iter().find_map(greeted) else { return false };
    // "Hi Zog," greets somebody whose name stayed; "Hi, they rush" begins to tell.
    let named = line.ends_with(',') && line.matches(',').count() == 1 && count(&greeted) <= 2;
    named || greeted.split_whitespace().all(|word| GREETED.contains(&word))
}

/// "Re: Home care for my mother", "HOME CARE CONSULTATION 2025", a heading.
fn is_subject(line: &str) -> bool {
    let named = opens(line, SUBJECTS);
    let capitals = line.contains(char::is_alphabetic) && !line.contains(char::is_lowercase);
    let sentence = line.trim_end().ends_with(['.', '!', '?', ',', ';']);
    is_short(line) && !sentence && (named || capitals && count(line) > 1)
}

fn is_thanks(line: &str) -> bool {
    let mut words = words(line);
    words.next().is_some_and(|first| THANKS.contains(&first.as_str()))
        && words.all(|word| [THANKS, AND_THANKS].iter().any(|list| list.contains(&word.as_str())))
}

fn is_name(line: &str) -> bool {
    count(line) <= NAME && !line.trim_end().ends_with(['.', '!', '?'])
}

/// A name, an office, an address or what is printed below every letter; a postscript is the writer's.
fn is_below(line: &str) -> bool {
    let lower = line.to_lowercase();
    let printed = FOOTERS.iter().any(|footer| lower.contains(footer));
    printed || is_short(line) && !opens(line, &["ps", "p.s"])
}

/// Lines that hold something, without their ends.
pub(super) fn lines(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            out.push(at..at + line.trim_end_matches(['\n', '\r']).len());
        }
        at += line.len();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::body;

    fn kept(text: &str) -> &str {
        text[body(text)].trim()
    }

    #[test]
    fn address_salutation_and_sign_off_are_form() {
        let letter = "[ADDRESS 1]\n[POSTCODE 1]\n12 March 2025\n\nDear Sir or Madam,\n\nThey come late.\nNobody rings.\n\nYours sincerely,\n[PERSON 1]\n(daughter)\n";
        assert_eq!(kept(letter), "They come late.\nNobody rings.");
    }

    #[test]
    fn a_text_without_form_is_body_throughout() {
        let text = "They come late.\nDear me, what a mess they left in the kitchen again that day, all of it.\nNobody rings.";
        assert_eq!(kept(text), text);
    }

    #[test]
    fn greetings_and_thanks_of_an_email_are_form() {
        for (mail, words) in [
            ("Hi\n\nThey come late.\n\nThanks", "They come late."),
            ("Hello all,\nThey come late.\nThanks again,\n[PERSON 1]", "They come late."),
            (
                "Hi Zog,\nThey come late.\n\nMany thanks\nKind regards\n[PERSON 1]\nClerk",
                "They come late.",
            ),
            (
                "Hi [PERSON 1],\nThey come late.\nThank you so much\n\n[PERSON 2] x",
                "They come late.",
            ),
            (
                "Anytown Carers\n[PHONE 1]\n\nDear Sir\n\nThey come late.\nYours faithfully\n\
                 [PERSON 1]\nAnytown Carers is a registered charity, number 123456, of which the office is in the town hall.",
                "They come late.",
            ),
            ("Annwyl bawb,\nThey come late.\nDiolch yn fawr\nBronwen", "They come late."),
        ] {
            assert_eq!(kept(mail), words, "{mail}");
        }
    }

    #[test]
    fn what_only_begins_like_a_greeting_or_thanks_is_kept() {
        for text in [
            "Hi, my mum waits an hour for her tea.",
            "Hello is all they say\nThen they go.",
            "They come late.\nThanks to the night girls I sleep.",
            "Thank you for the carers\nThey are lovely.",
            "Love the carers\nThey are kind.",
            "High time somebody asked\nThey rush.",
            "Best thing is the girls",
            "They help me wash.\nThank you\nBut they never come on time.",
            "Thank you",
        ] {
            assert_eq!(kept(text), text);
        }
    }

    #[test]
    fn the_subject_of_a_letter_is_form() {
        for subject in [
            "Re: Home care for my mother",
            "RE Home care charges, [PERSON 1]",
            "HOME CARE CONSULTATION 2025",
            "Your ref: [ACCOUNT 1]\nRe: my wife",
            "# Home care for my mother",
        ] {
            let letter =
                format!("Dear Sir,\n{subject}\n\nThey come late.\nYours faithfully\n[PERSON 1]");
            assert_eq!(kept(&letter), "They come late.", "{subject}");
        }
        for words in [
            "Really, they come late.",
            "Home care for my mother is late",
            "WHY DO THEY COME LATE?",
            "Re the carers, they come late and nobody at the office rings to tell us when.",
        ] {
            let letter = format!("Dear Sir,\n{words}\nNobody rings.\nYours faithfully\n[PERSON 1]");
            assert_eq!(kept(&letter), format!("{words}\nNobody rings."));
        }
        assert_eq!(
            kept("Dear Sir,\nRe: Home care for my mother"),
            "Dear Sir,\nRe: Home care for my mother"
        );
    }

    #[test]
    fn a_postscript_is_not_lost() {
        let letter = "Dear all,\nLovely girls.\nRegards\nEdna\nPS they are always late";
        assert!(kept(letter).contains("always late"));
    }
}
