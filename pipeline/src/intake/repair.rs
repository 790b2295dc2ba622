//! Cells as they were meant: entities decoded, mojibake undone, line ends made one.
//!
//! Exports pass through many programs, and each leaves its mark: `&amp;`, `donâ€™t`, `_x000D_`.
//! What comes out of here is "the original" that offsets of redactions count in.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

/// A cell's text, repaired, and whether mojibake was undone in it.
pub(crate) fn cell(raw: &str) -> (Cow<'_, str>, bool) {
    let trimmed = raw.trim();
    let mut text = Cow::Borrowed(trimmed);
    if trimmed.contains('\r') || trimmed.contains("_x000D_") {
        let lines = trimmed.replace("_x000D_", "").replace("\r\n", "\n").replace('\r', "\n");
        text = Cow::Owned(lines);
    }
    if text.contains('&') && text.contains(';') {
        let decoded = html_escape::decode_html_entities(&text).into_owned();
        if decoded != *text {
            // Twice-escaped text ("&amp;#39;") is as usual as text that was escaped once.
            text = Cow::Owned(html_escape::decode_html_entities(&decoded).into_owned());
        }
    }
    match unmojibake(&text) {
        Some(fixed) => (Cow::Owned(fixed.trim().to_owned()), true),
        None => (text, false),
    }
}

/// The text with runs of UTF-8 that was read as Windows-1252 put right, if there are any.
fn unmojibake(text: &str) -> Option<String> {
    if text.is_ascii() || !text.contains(['Ã', 'Â', 'â', 'ð', 'Å', 'Ä', 'Ë']) {
        return None;
    }
    // A non-breaking space that was read so, and then made an ordinary one.
    let spaced = text.contains("Â ");
    let made_one = if spaced { text.replace("Â ", " ") } else { String::new() };
    let text = if spaced { made_one.as_str() } else { text };
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let mut changed = spaced;
    for ch in text.chars().chain(['\0']) {
        if !ch.is_ascii() {
            run.push(ch);
            continue;
        }
        if !run.is_empty() {
            match misread(&run) {
                Some(fixed) => {
                    changed = true;
                    out.push_str(&fixed);
                }
                None => out.push_str(&run),
            }
            run.clear();
        }
        if ch != '\0' {
            out.push(ch);
        }
    }
    // Some files went through it twice.
    changed.then(|| unmojibake(&out).unwrap_or(out))
}

/// What a run of non-ASCII characters says if its Windows-1252 bytes are taken as UTF-8.
fn misread(run: &str) -> Option<String> {
    let (bytes, _, unmappable) = WINDOWS_1252.encode(run);
    if unmappable || run.chars().count() < 2 {
        return None;
    }
    std::str::from_utf8(&bytes).ok().map(str::to_owned)
}

/// A header: tags, entities and piping tokens taken out, blanks made one.
pub(crate) fn header(raw: &str) -> String {
    let (text, _) = cell(raw);
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find(['<', '[', '{', '$']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(length) = token(tail) {
            // What was piped in is unknown; a tag is nothing.
            out.push(if tail.starts_with('<') { ' ' } else { '…' });
            rest = &tail[length..];
        } else {
            let first = tail.chars().next().map_or(1, char::len_utf8);
            out.push_str(&tail[..first]);
            rest = &tail[first..];
        }
    }
    out.push_str(rest);
    let words: Vec<&str> = out.split_whitespace().collect();
    // "<em>better</em>?"
    words.join(" ").replace(" ?", "?").trim_matches(['\u{FFFD}', '\u{FEFF}', ' ']).to_owned()
}

/// The length of the tag or piping token that the text begins with.
fn token(text: &str) -> Option<usize> {
    let (open, close) = match text.as_bytes() {
        [b'<', b'/' | b'a'..=b'z' | b'A'..=b'Z' | b'!', ..] => ("<", ">"),
        [b'[', ..] => ("[", "]"),
        [b'{', b'{', ..] => ("{{", "}}"),
        [b'$', b'{', ..] => ("${", "}"),
        _ => return None,
    };
    let end = text.find(close)? + close.len();
    let inside = text[open.len()..end - close.len()].to_lowercase();
    // "[please specify]" is part of the question; "[question(123)]" and "[Q3]" are not.
    let piping = ["question(", "contact(", "variable(", "page(", "q(", "invite("];
    let short = inside.strip_prefix('q').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    (open != "[" || short || piping.iter().any(|p| inside.starts_with(p))).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mojibake_and_entities_are_undone() {
        assert_eq!(cell("donâ€™t"), (Cow::Borrowed("don’t"), true));
        assert_eq!(cell("cafÃ© â€“ Â£5").0, "café – £5");
        assert_eq!(
            cell("pleaseÂ ring, Â\u{A0}please"),
            (Cow::Borrowed("please ring, \u{A0}please"), true)
        );
        assert_eq!(cell("Tea &amp; toast, mum&#39;s").0, "Tea & toast, mum's");
        assert_eq!(cell("one\r\ntwo\rthree").0, "one\ntwo\nthree");
    }

    #[test]
    fn sound_text_is_left_alone() {
        for text in
            ["café", "naïve façade", "Â", "I ♥ them", "Siân’s carer", "AT&T; fine", "£5 – “ok”"]
        {
            assert_eq!(cell(text), (Cow::Borrowed(text), false));
        }
    }

    #[test]
    fn headers_lose_tags_and_piping_tokens() {
        assert_eq!(header("<p><strong>What</strong> was&nbsp;good?</p>"), "What was good?");
        assert_eq!(header("What was <em>good</em>?"), "What was good?");
        assert_eq!(header("Why did you say [question(123)]?"), "Why did you say …?");
        assert_eq!(header("Other [please specify]"), "Other [please specify]");
        assert_eq!(header("What could [Q3] do\n better?"), "What could … do better?");
    }
}
