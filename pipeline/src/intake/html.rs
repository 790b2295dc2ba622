//! The child's reader of web pages: the visible words of a letter or testimony saved as HTML, a line
//! a paragraph, list item or table row.
//!
//! `html5gum` tells tags from words as browsers do, without building a tree, so that no nesting is
//! too deep. Nothing is ever fetched: what a page only refers to is not there.

use std::io::Write;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

use super::child::{Line, Stop, Why, say};
use super::encoding;

/// Says the words of a page.
pub(super) fn parse(bytes: &[u8], out: &mut dyn Write) -> Result<(), Stop> {
    let page = decode(bytes).ok_or(Stop::Why(Why::NotWhatItSays))?;
    say(out, &Line::Text { text: text(&page, Whose::Everything) })
}

/// The page as text; None where it is no text at all.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let marked = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    if std::str::from_utf8(bytes).is_err() && !marked {
        if let Some(named) = named_encoding(&bytes[..bytes.len().min(2048)]) {
            return Some(named.decode(bytes).0.into_owned());
        }
        if bytes.split(|b| *b == 0).count() > 1 + bytes.len() / 100 {
            return None;
        }
    }
    Some(encoding::whole(bytes))
}

/// The encoding that the page says it has.
fn named_encoding(head: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (_, name) = head.split_once("charset=")?;
    let name = name.trim_start_matches(['"', '\'', ' ']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'));
    encoding_rs::Encoding::for_label(&name.as_bytes()[..end.unwrap_or(name.len())])
}

/// Whose words are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// All that is visible.
    Everything,
    /// Those of the writer of an e-mail, without what is marked as quoted or as a signature.
    Writer,
}

/// The visible words of a page.
pub(super) fn text(page: &str, whose: Whose) -> String {
    // An element that is hidden and never closed would swallow the rest of the page.
    let (text, closed) = read(page, whose, true);
    if closed { text } else { read(page, whose, false).0 }
}

/// The words, and whether every hidden element was closed.
fn read(page: &str, whose: Whose, hiding: bool) -> (String, bool) {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut words = Words::default();
    // The hidden element, how often it is open, and whether only its attributes hide it.
    let mut hidden: Option<(Vec<u8>, u32, bool)> = None;
    let mut preformatted = 0u32;
    for token in Tokenizer::new_with_emitter(page, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = tag.name.as_slice();
                if let Some((open, depth, _)) = &mut hidden {
                    *depth += u32::from(open == name && !tag.self_closing);
                    continue;
                }
                let by_kind = is_unseen(name);
                let void = is_void(name) || tag.self_closing;
                if !void && (by_kind || hiding && is_hidden(&tag, whose)) {
                    hidden = Some((name.to_vec(), 1, !by_kind));
                    continue;
                }
                preformatted += u32::from(name == b"pre");
                words.breaks(name);
            }
            Token::EndTag(tag) => {
                let name = tag.name.as_slice();
                if let Some((open, depth, _)) = &mut hidden {
                    *depth -= u32::from(open == name);
                    if *depth == 0 {
                        hidden = None;
                        words.breaks(name);
                    }
                    continue;
                }
                preformatted = preformatted.saturating_sub(u32::from(name == b"pre"));
                words.breaks(name);
            }
            Token::String(part) if hidden.is_none() => {
                words.push(&String::from_utf8_lossy(&part), preformatted > 0);
            }
            _ => {}
        }
    }
    let closed = !hidden.is_some_and(|(.., by_attribute)| by_attribute);
    (words.text, closed)
}

/// Elements whose content is never shown as words of the page.
fn is_unseen(name: &[u8]) -> bool {
    matches!(
        name,
        b"script"
            | b"style"
            | b"title"
            | b"template"
            | b"noscript"
            | b"svg"
            | b"math"
            | b"select"
            | b"button"
            | b"iframe"
            | b"object"
            | b"nav"
            | b"xml"
    )
}

fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"area"
            | b"base"
            | b"br"
            | b"col"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"link"
            | b"meta"
            | b"source"
            | b"track"
            | b"wbr"
    )
}

/// True where attributes hide an element or say that someone else wrote it.
fn is_hidden(tag: &StartTag<()>, whose: Whose) -> bool {
    let attribute = |name: &[u8]| {
        let value = tag.attributes.get(name)?;
        Some(String::from_utf8_lossy(value).to_ascii_lowercase().replace(' ', ""))
    };
    let style = attribute(b"style").unwrap_or_default();
    let unseen = style.contains("display:none")
        || style.contains("mso-hide:all")
        || style.contains("visibility:hidden")
        || tag.attributes.contains_key(&b"hidden"[..]);
    if unseen || whose == Whose::Everything {
        return unseen;
    }
    let class = attribute(b"class").unwrap_or_default();
    let id = attribute(b"id").unwrap_or_default();
    tag.name.as_slice() == b"blockquote" && attribute(b"type").as_deref() == Some("cite")
        || ["gmail_signature", "moz-signature", "gmail_quote", "yahoo_quoted", "moz-cite-prefix"]
            .iter()
            .any(|mark| class.contains(mark))
        || id == "signature"
        || id == "ms-outlook-mobile-signature"
}

/// What stands between two words.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

/// Words with the blanks between them made one.
#[derive(Default)]
struct Words {
    text: String,
    gap: Gap,
    /// A line break was met since the last word.
    broken: bool,
}

impl Words {
    /// An element begins or ends here.
    fn breaks(&mut self, name: &[u8]) {
        let gap = match name {
            b"p" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"ul" | b"ol" | b"dl"
            | b"table" | b"blockquote" | b"pre" | b"hr" | b"section" | b"article" => Gap::Paragraph,
            b"br" | b"div" | b"li" | b"tr" | b"dt" | b"dd" | b"address" | b"header" | b"footer"
            | b"main" | b"body" | b"caption" | b"form" | b"fieldset" | b"label" | b"figure"
            | b"figcaption" | b"details" | b"summary" | b"center" | b"aside" => Gap::Line,
            b"td" | b"th" | b"img" => Gap::Space,
            _ => Gap::None,
        };
        // Two line breaks are how many programs write a paragraph.
        let twice = name == b"br" && self.broken;
        self.broken = self.broken || name == b"br";
        self.gap = if twice { Gap::Paragraph } else { self.gap.max(gap) };
    }

    fn push(&mut self, part: &str, preformatted: bool) {
        for ch in part.chars() {
            match ch {
                '\n' if preformatted => self.gap = self.gap.max(Gap::Line),
                '\u{AD}' | '\u{200B}' | '\u{200C}' | '\u{200D}' | '\u{FEFF}' | '\0' => {}
                _ if ch.is_whitespace() || ch == '\u{A0}' => self.gap = self.gap.max(Gap::Space),
                _ => {
                    if !self.text.is_empty() {
                        self.text.push_str(match self.gap {
                            Gap::None => "",
                            Gap::Space => " ",
                            Gap::Line => "\n",
                            Gap::Paragraph => "\n\n",
                        });
                    }
                    (self.gap, self.broken) = (Gap::None, false);
                    self.text.push(ch);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_letter_is_its_visible_words_with_paragraphs() {
        let page = "<!DOCTYPE html><html><head><title>My letter</title><style>p{color:red}</style>\
            <script>var p = '<p>no</p>';</script></head><body><h1>Home&nbsp;care</h1>\
            <p>Mum&rsquo;s carers are <b>ki</b>nd &amp;\n   late.<p>They cost &pound;20.\
            <!-- not this --><ul><li>one</li><li>two<br>and more</ul><div style='display: none'>x</div>\
            <table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table></body></html>";
        assert_eq!(
            text(page, Whose::Everything),
            "Home care\n\nMum’s carers are kind & late.\n\nThey cost £20.\n\none\ntwo\nand more\n\na b\nc"
        );
    }

    #[test]
    fn what_is_never_closed_hides_nothing() {
        assert_eq!(text("<div hidden>One<p>two", Whose::Everything), "One\n\ntwo");
        assert_eq!(text("<p>One <b>two", Whose::Everything), "One two");
        assert_eq!(text("5 < 6 & more", Whose::Everything), "5 < 6 & more");
        assert_eq!(text("One<br><br>two", Whose::Everything), "One\n\ntwo");
    }

    #[test]
    fn quoted_words_of_others_are_left_out_of_an_email_only() {
        let page = "<p>Mine</p><blockquote type=\"cite\"><p>theirs</p><blockquote type=cite>x</blockquote></blockquote>\
            <div class=\"gmail_quote\">On Monday<div>old</div></div><p>Mine too</p>";
        assert_eq!(text(page, Whose::Writer), "Mine\n\nMine too");
        assert!(text(page, Whose::Everything).contains("theirs"));
    }

    #[test]
    fn the_encoding_that_a_page_names_is_believed() {
        let page = b"<meta charset=\"iso-8859-2\"><p>Pan \xA3ukasz</p>";
        assert_eq!(text(&decode(page).unwrap(), Whose::Everything), "Pan Łukasz");
        assert!(decode(&[0u8; 64].map(|_| 0x80u8)).is_some());
        assert!(decode(&[0x80, 0, 0, 0]).is_none());
    }

    proptest! {
        #[test]
        fn any_page_ends_in_words(page in "(<[a-z/!]{0,6}[ a-z=\"']{0,8}>?|[a-z &;<\n]{0,12}){0,40}") {
            let words = text(&page, Whose::Writer);
            prop_assert!(!words.contains("\n\n\n") && words.trim() == words);
        }
    }
}
