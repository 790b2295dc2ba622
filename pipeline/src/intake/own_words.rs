//! What the writer of an e-mail says in it: without the thread they answer, their signature block,
//! and what mail systems add.
//!
//! In doubt words are kept. A message that only passes on another is that other message.

/// How many messages deep a forwarded message is looked for.
const FORWARDS: usize = 4;
/// A signature block has no more lines than this.
const SIGNATURE: usize = 30;

/// A message that is passed on with fewer words than this above it is what was meant.
const REMARK: usize = 20;

/// The writer's own words. `forwarded`: the subject says that the message passes on another, which
/// is then what was meant, with what little stands above it.
pub(super) fn own_words(text: &str, forwarded: bool) -> String {
    let mut text = text.replace("\r\n", "\n").replace(['\r', '\u{A0}'], " ");
    let mut said = String::new();
    for _ in 0..FORWARDS {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let cut = thread(&lines, forwarded);
        let own = tidy(&lines[..cut]);
        if !said.is_empty() && !own.is_empty() {
            said.push_str("\n\n");
        }
        said.push_str(&own);
        let passes_on = match own.split_whitespace().count() {
            0 => forwarded || lines.get(cut).is_some_and(|l| l.to_lowercase().contains("forward")),
            words => forwarded && words < REMARK,
        };
        if !passes_on || cut == lines.len() {
            break;
        }
        text = passed_on(&lines[cut..]);
    }
    said
}

/// The line at which the thread begins; the number of lines where there is none.
fn thread(lines: &[&str], forwarded: bool) -> usize {
    let begins = |i: usize| {
        is_divider(lines[i])
            || is_header_block(&lines[i..])
            || introduces(&lines[i..]).is_some_and(|n| {
                // Answers between quoted lines are the writer's, so nothing is cut before those.
                let next = lines[i + n..].iter().find(|l| !l.trim().is_empty());
                forwarded || !next.is_some_and(|l| l.starts_with('>'))
            })
    };
    (0..lines.len()).find(|i| begins(*i)).unwrap_or(lines.len())
}

/// "-----Original Message-----" and its like.
fn is_divider(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    let inner = lower.trim_matches(['-', '_', ' ', '*']);
    let dashed = lower.starts_with("--") || lower.starts_with("__");
    let words = ["original message", "forwarded message", "original appointment", "forwarded by"];
    dashed && words.iter().any(|w| inner.starts_with(w))
        || lower == "begin forwarded message:"
        || lower == "original message"
}

/// The name of the header that a line gives, as mail programs write it above a message.
fn header(line: &str) -> Option<&'static str> {
    const HEADERS: [&str; 9] =
        ["from", "sent", "date", "to", "cc", "subject", "importance", "attachments", "reply-to"];
    let line = line.trim_start_matches(['>', ' ', '*']);
    let (name, _) = line.split_once(':')?;
    HEADERS.iter().find(|h| name.trim_end_matches('*').eq_ignore_ascii_case(h)).copied()
}

/// "From: ... Sent: ... To: ..." at the start of these lines.
fn is_header_block(lines: &[&str]) -> bool {
    if lines.first().and_then(|l| header(l)) != Some("from") {
        return false;
    }
    let near: Vec<&str> = lines.iter().take(8).filter_map(|l| header(l)).collect();
    let has = |name: &str| near.contains(&name);
    (has("sent") || has("date")) && (has("to") || has("subject"))
}

/// How many lines "On Monday ... wrote:" takes at the start of these.
fn introduces(lines: &[&str]) -> Option<usize> {
    let first = lines.first()?.trim();
    let starts = ["On ", "Ar "].iter().any(|w| first.starts_with(w));
    if !starts {
        return None;
    }
    let mut whole = String::new();
    for (n, line) in lines.iter().take(4).enumerate() {
        whole.push_str(line.trim());
        whole.push(' ');
        let written = whole.trim_end();
        let ends = ["wrote:", "writes:", "ysgrifennodd:"].iter().any(|w| written.ends_with(w));
        if ends || written.contains("ysgrifennodd") && written.ends_with(':') {
            let dated = written.bytes().any(|b| b.is_ascii_digit());
            return (dated && written.len() < 320).then_some(n + 1);
        }
    }
    None
}

/// The message below the beginning of a thread, without its headers and quotation marks.
fn passed_on(lines: &[&str]) -> String {
    let mut at = introduces(lines).unwrap_or(0);
    let heads = |line: &str| line.trim_matches(['>', ' ', '_', '-']).is_empty();
    while at < lines.len() && (is_divider(lines[at]) || heads(lines[at])) {
        at += 1;
    }
    let mut headed = false;
    while at < lines.len() && (header(lines[at]).is_some() || headed && heads(lines[at])) {
        headed = true;
        at += 1;
    }
    let unquoted = lines[at..].iter().map(|l| l.trim_start_matches(['>', ' ']));
    unquoted.collect::<Vec<_>>().join("\n")
}

/// These lines without quotes, signature and additions, wrapped lines joined.
fn tidy(lines: &[&str]) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let ends = matches!(line, "--" | "-- " | "—") && lines.len() - at <= SIGNATURE;
        if ends && kept.iter().any(|l| !l.is_empty()) {
            break;
        }
        let skipped = introduces(&lines[at..])
            .unwrap_or(usize::from(line.starts_with('>') || is_added_line(line) || is_rule(line)));
        if skipped == 0 {
            kept.push(line);
        }
        at += skipped.max(1);
    }
    let paragraphs = kept.split(|l| l.trim().is_empty()).filter(|p| !p.is_empty());
    let own: Vec<String> = paragraphs.filter(|p| !is_added(p)).map(joined).collect();
    own.join("\n\n").trim().to_owned()
}

/// A line of underscores or dashes.
fn is_rule(line: &str) -> bool {
    line.len() >= 5 && line.chars().all(|c| matches!(c, '_' | '-' | '=' | '*'))
}

/// "Sent from my iPhone" and its like.
fn is_added_line(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    lower.len() < 90
        && [
            "sent from my ",
            "get outlook for ",
            "sent from outlook",
            "sent from mail for",
            "sent from yahoo",
        ]
        .iter()
        .any(|w| lower.starts_with(w))
}

/// Disclaimers and warnings that mail systems add.
fn is_added(paragraph: &&[&str]) -> bool {
    let lower = paragraph.join(" ").to_lowercase();
    let has = |words: &[&str]| words.iter().filter(|w| lower.contains(*w)).count();
    let about = has(&["e-mail", "email", "this message", "this communication", "attachment"]) > 0;
    let legal = has(&[
        "confidential",
        "intended recipient",
        "intended solely",
        "intended only",
        "addressee",
        "disclos",
        "virus",
        "delete it",
        "in error",
        "monitored",
    ]);
    let warning = has(&["originated from outside", "external sender", "external email"]) > 0
        || lower.starts_with("caution") && has(&["links", "attachments"]) > 0;
    about && (legal >= 2 || warning)
}

/// A paragraph with the lines joined that a mail program wrapped.
fn joined(paragraph: &[&str]) -> String {
    let width = paragraph.iter().map(|l| l.chars().count()).max().unwrap_or(0);
    let wraps = (60..=82).contains(&width);
    let mut out = String::new();
    let mut last = 0;
    for (i, line) in paragraph.iter().enumerate() {
        let line = line.trim();
        if i > 0 {
            // The next word had no room on the line before.
            let word = line.split(' ').next().map_or(0, |w| w.chars().count());
            let full = wraps && last + 1 + word > width;
            let item = line.starts_with(['-', '*', '•']);
            out.push(if full && !item { ' ' } else { '\n' });
        }
        out.push_str(line);
        last = line.chars().count();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_programs_thread_is_left_out() {
        for thread in [
            "On Tue, 5 Mar 2024 at 10:11, Council <care@example.org> wrote:\n\nPlease tell us.",
            "On 5 March 2024 10:11:12 GMT, \"A very long name of an office\"\n<care@example.org> wrote:\nPlease tell us.",
            "-----Original Message-----\nFrom: Council\nPlease tell us.",
            "From: Council <care@example.org>\nSent: 05 March 2024 10:11\nTo: Me\nSubject: Care\n\nPlease tell us.",
            "*From:* Council\n*Date:* Tuesday\n*Subject:* Care\n\nPlease tell us.",
            "________________________________\nFrom: Council\nSent: 05 March 2024\nTo: Me\n\nPlease tell us.",
            "> Please tell us.\n>> Older",
        ] {
            assert_eq!(own_words(&format!("They are late.\n\n{thread}"), false), "They are late.");
        }
    }

    #[test]
    fn answers_between_quoted_lines_are_kept() {
        let text = "On 5 March 2024, Council wrote:\n> What is good?\nThe carers.\n> What is bad?\nThe times.";
        assert_eq!(own_words(text, false), "The carers.\nThe times.");
    }

    #[test]
    fn signatures_and_additions_are_left_out() {
        let text = "CAUTION: This email originated from outside the council. Do not open attachments or links.\n\n\
            They are late.\n\nSent from my iPhone\n\n\
            This email and any attachments are confidential and intended solely for the addressee.\n\n\
            -- \nA. Writer\nHead of Things";
        assert_eq!(own_words(text, false), "They are late.");
    }

    #[test]
    fn a_message_that_only_passes_on_another_is_that_message() {
        let text = "\n---------- Forwarded message ---------\nFrom: A <a@example.org>\nDate: Tue, 5 Mar 2024\n\
            Subject: Care\nTo: <b@example.org>\n\n\nThey are late.\n\n-- \nA\n";
        assert_eq!(own_words(text, false), "They are late.");
        let text = "Please log this.\nOn 5 March 2024, A wrote:\n\n> They are late.\n";
        assert_eq!(own_words(text, true), "Please log this.\n\nThey are late.");
        assert_eq!(own_words(text, false), "Please log this.");
        // A reply without words is the envelope of what is attached, not the letter it answers.
        assert_eq!(own_words("From: A\nSent: Monday\nTo: B\n\nPlease tell us.", false), "");
    }

    #[test]
    fn words_that_only_look_like_a_thread_are_kept() {
        for text in [
            "On Monday they were late.\nFrom: the start it was bad.",
            "This is confidential: my mum cries when they leave.",
            "On the whole, 2 of 3 are kind.\nThey wrote it down.",
        ] {
            assert_eq!(own_words(text, false), text);
        }
    }

    #[test]
    fn wrapped_lines_are_joined_and_short_ones_are_not() {
        let text = "My mother has carers four times a day and they are very often late, which\nupsets her. \
            Address:\n1 High Street";
        assert_eq!(
            own_words(text, false),
            "My mother has carers four times a day and they are very often late, which upsets her. Address:\n1 High Street"
        );
    }

    proptest! {
        #[test]
        fn any_text_ends(text in "(On [0-9]{0,2} wrote:|>|-- |From: a|Sent: b|To: c|\n|[a-z ]{0,9}){0,60}") {
            let own = own_words(&text, false);
            prop_assert!(own.len() <= text.len());
        }
    }
}
