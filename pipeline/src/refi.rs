//! REFI-QDA, the exchange format of qualitative software: codebooks out (`.qdc`) and in, and the
//! pieces that a project (`.qdpx`) is made of. What a project holds is for the review room to say.
//!
//! Groups of themes are codes that cannot be used themselves, with the themes below them. Ids are
//! made from names, so that the same codebook has the same ids in every file. Programs that keep codes
//! by name drop the second of a name, and what is coded with it: no two codes have the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use heard_models::Codebook;
use heard_models::words::Sentiment;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use sha2::{Digest as _, Sha256};

use crate::store::io;
use crate::tables::labels;
use crate::vocabulary::CodebookNames;

/// Files beyond this are no codebook.
const LARGEST: u64 = 16 << 20;
/// Codes below codes, at most.
const DEEPEST: usize = 32;

/// Why a codebook of other software cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// It is not one.
    #[error("{} cannot be read as a REFI-QDA codebook: {why}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
}

/// A GUID that follows from a kind and a name.
pub fn guid(kind: &str, name: &str) -> String {
    let hash = Sha256::digest(format!("heard refi-qda\n{kind}\n{name}").as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    // Version 8 (made by other means) and the usual variant.
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// Text as XML holds it: escaped, without the signs that XML has no place for.
pub fn escaped(text: &str) -> String {
    let plain =
        |c: &char| matches!(c, '\t' | '\n') || (*c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    let text: String = text.chars().filter(plain).collect();
    quick_xml::escape::escape(&text).replace('\n', "&#10;")
}

/// The GUID of a theme.
pub fn theme_guid(theme: &str) -> String {
    guid("theme", theme)
}

/// The GUID of the code for a feeling.
pub fn sentiment_guid(sentiment: Sentiment) -> String {
    guid("sentiment", sentiment.as_str())
}

/// Colours of codes, in turn.
const COLOURS: [&str; 8] =
    ["#1F77B4", "#FF7F0E", "#2CA02C", "#D62728", "#9467BD", "#8C564B", "#E377C2", "#17BECF"];

fn code(out: &mut String, name: &str, id: &str, colour: usize, definition: &str) {
    let _ = write!(
        out,
        "<Code guid=\"{id}\" name=\"{}\" isCodable=\"true\" color=\"{}\">",
        escaped(name),
        COLOURS[colour % COLOURS.len()]
    );
    if !definition.is_empty() {
        let _ = write!(out, "<Description>{}</Description>", escaped(definition));
    }
    out.push_str("</Code>\n");
}

/// A name that nothing before it has: `Late`, `Late (2)`.
fn only(name: &str, used: &mut BTreeSet<String>) -> String {
    let (mut own, mut number) = (name.to_owned(), 1);
    while !used.insert(own.clone()) {
        number += 1;
        own = format!("{name} ({number})");
    }
    own
}

/// The element `Codes`: groups, their themes, thin codes, and, if wanted, a code for each feeling.
pub fn codes(book: &CodebookNames, known: Option<&Codebook>, feelings: bool) -> String {
    let definition = |id: &str| -> String {
        let known = known.map(|book| {
            let theme = book.theme(id).map(|theme| theme.definition.clone());
            let thin = || book.thin.iter().find(|thin| thin.id == id).map(|t| t.definition.clone());
            theme.or_else(thin).unwrap_or_default()
        });
        known.unwrap_or_default()
    };
    let (mut groups, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut out = String::from("<Codes>\n");
    let thin = ("thin".to_owned(), "Without a reason".to_owned());
    let mut number = 0;
    for (group, label) in book.groups.iter().chain([&thin]) {
        let own: Vec<_> = book.themes.iter().filter(|theme| theme.group == *group).collect();
        if own.is_empty() {
            continue;
        }
        let _ = writeln!(
            out,
            "<Code guid=\"{}\" name=\"{}\" isCodable=\"false\">",
            guid("group", group),
            escaped(&only(label, &mut groups))
        );
        for theme in own {
            let (name, id) = (only(&theme.label, &mut names), theme_guid(&theme.id));
            code(&mut out, &name, &id, number, &definition(&theme.id));
            number += 1;
        }
        out.push_str("</Code>\n");
    }
    if feelings {
        let id = guid("group", "sentiment of the coding");
        let name = escaped(&only("Sentiment", &mut groups));
        let _ = writeln!(out, "<Code guid=\"{id}\" name=\"{name}\" isCodable=\"false\">");
        for (at, felt) in Sentiment::ALL.iter().enumerate() {
            let name = only(&labels::sentence_case(felt.as_str()), &mut names);
            code(&mut out, &name, &sentiment_guid(*felt), at, "");
        }
        out.push_str("</Code>\n");
    }
    out.push_str("</Codes>\n");
    out
}

/// A codebook as a `.qdc` file.
pub fn codebook(book: &CodebookNames, known: Option<&Codebook>) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<CodeBook xmlns=\"urn:QDA-XML:codebook:1.0\" origin=\"Heard {}\">\n{}</CodeBook>\n",
        env!("CARGO_PKG_VERSION"),
        codes(book, known, false)
    )
}

/// A code of another program's codebook.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    name: String,
    description: String,
    codable: bool,
    depth: usize,
}

/// Reads a `.qdc` file into the TOML of a codebook with this id; also gives the number of themes.
/// What stands above a code that can be used becomes its group.
pub fn import(path: &Path, id: &str) -> Result<(String, usize), Error> {
    let size = std::fs::metadata(path).map_err(io("read", path))?.len();
    let fail = |why: &str| Error::Format { path: path.to_owned(), why: why.to_owned() };
    if size > LARGEST {
        return Err(fail("it is larger than any codebook"));
    }
    let bytes = std::fs::read(path).map_err(io("read", path))?;
    let (text, _, _) = encoding_rs::UTF_8.decode(&bytes);
    let codes = read(&text).map_err(|why| fail(&why))?;
    if !codes.iter().any(|code| code.codable) {
        return Err(fail("it holds no code that can be used"));
    }
    Ok(to_toml(id, &codes))
}

/// Every code of a codebook or project, in order, with how deep it lies.
fn read(text: &str) -> Result<Vec<Found>, String> {
    let mut reader = Reader::from_str(text);
    let mut codes: Vec<Found> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let (mut inside, mut described) = (false, false);
    let start = |tag: &BytesStart<'_>, depth: usize| -> Result<Found, String> {
        let mut found =
            Found { name: String::new(), description: String::new(), codable: true, depth };
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = String::from_utf8_lossy(&attribute.value).into_owned();
            let value = quick_xml::escape::unescape(&value).map_err(|error| error.to_string())?;
            match attribute.key.local_name().as_ref() {
                b"name" => value.trim().clone_into(&mut found.name),
                b"isCodable" => found.codable = !matches!(value.trim(), "false" | "0"),
                _ => {}
            }
        }
        if found.name.is_empty() {
            return Err("a code has no name".to_owned());
        }
        Ok(found)
    };
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                b"Codes" => inside = true,
                b"Code" if inside => {
                    if open.len() >= DEEPEST {
                        return Err("its codes are nested too deeply".to_owned());
                    }
                    codes.push(start(&tag, open.len())?);
                    open.push(codes.len() - 1);
                }
                b"Description" => described = true,
                _ => {}
            },
            Event::Empty(tag) if inside && tag.local_name().as_ref() == b"Code" => {
                codes.push(start(&tag, open.len())?);
            }
            Event::End(tag) => match tag.local_name().as_ref() {
                b"Codes" => inside = false,
                b"Code" => {
                    open.pop();
                }
                b"Description" => described = false,
                _ => {}
            },
            Event::Text(words) if described => {
                let words = words.decode().map_err(|error| error.to_string())?;
                if let Some(code) = open.last().and_then(|at| codes.get_mut(*at)) {
                    code.description.push_str(&words);
                }
            }
            Event::CData(words) if described => {
                let words = words.decode().map_err(|error| error.to_string())?;
                if let Some(code) = open.last().and_then(|at| codes.get_mut(*at)) {
                    code.description.push_str(&words);
                }
            }
            Event::GeneralRef(name) if described => {
                let number = name.resolve_char_ref().map_err(|error| error.to_string())?;
                let name = name.decode().map_err(|error| error.to_string())?;
                let named = || quick_xml::escape::resolve_predefined_entity(&name);
                let sign = number.map_or_else(
                    || named().unwrap_or_default().to_owned(),
                    |sign| sign.to_string(),
                );
                if let Some(code) = open.last().and_then(|at| codes.get_mut(*at)) {
                    code.description.push_str(&sign);
                }
            }
            Event::DocType(_) => return Err("it declares a document type".to_owned()),
            Event::Eof => break,
            _ => {}
        }
    }
    if !open.is_empty() || inside {
        return Err("it ends in the middle of a code".to_owned());
    }
    Ok(codes)
}

/// A codebook in TOML.
fn to_toml(id: &str, codes: &[Found]) -> (String, usize) {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    // What lies above each code, and whether anything lies below it.
    let mut above: Vec<&Found> = Vec::new();
    let mut groups: Vec<(String, String)> = Vec::new();
    let mut group_ids: BTreeMap<String, String> = BTreeMap::new();
    let (mut themes, mut used) = (Vec::new(), BTreeSet::new());
    let mut used_groups = BTreeSet::new();
    for code in codes {
        above.truncate(code.depth);
        if code.codable {
            let path: Vec<&str> = above.iter().map(|code| code.name.as_str()).collect();
            let label = if path.is_empty() { "All themes".to_owned() } else { path.join(" / ") };
            let group = group_ids.entry(label.clone()).or_insert_with(|| {
                let own = unique(&id_of(&label), &mut used_groups);
                groups.push((own.clone(), label));
                own
            });
            let theme = unique(&id_of(&code.name), &mut used);
            themes.push((theme, code, group.clone()));
        }
        above.push(code);
    }
    let mut out = format!(
        "id = {}\nversion = \"1\"\ntitle = {}\nlanguage = \"en\"\ndescription = \"Read from a REFI-QDA codebook. Say what it is for.\"\n",
        quoted(id),
        quoted(id)
    );
    for (group, label) in &groups {
        let _ = write!(out, "\n[[group]]\nid = {}\nlabel = {}\n", quoted(group), quoted(label));
    }
    let count = themes.len();
    for (theme, code, group) in themes {
        let definition = code.description.split_whitespace().collect::<Vec<_>>().join(" ");
        let definition = if definition.is_empty() {
            "Say in a sentence what it is about.".to_owned()
        } else {
            definition
        };
        let _ = write!(
            out,
            "\n[[theme]]\nid = {}\nlabel = {}\ngroup = {}\ndefinition = {}\nexamples_positive = []\nexamples_negative = []\ncues = []\n",
            quoted(&theme),
            quoted(&code.name),
            quoted(&group),
            quoted(&definition)
        );
    }
    (out, count)
}

/// A label as an id: small letters, digits and underscores.
pub fn id_of(label: &str) -> String {
    let spelt: String = label
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let id = spelt.split_whitespace().collect::<Vec<_>>().join("_");
    if id.is_empty() { "theme".to_owned() } else { id }
}

/// An id that no other has, from this one.
pub fn unique(id: &str, used: &mut BTreeSet<String>) -> String {
    let (mut own, mut number) = (id.to_owned(), 1);
    while !used.insert(own.clone()) {
        number += 1;
        own = format!("{id}_{number}");
    }
    own
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_codebook_goes_out_and_comes_back() {
        let book = Codebook::builtin("home-care").unwrap();
        let file = codebook(&CodebookNames::of(&book), Some(&book));
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("home.qdc");
        std::fs::write(&path, &file).unwrap();
        let (toml, themes) = import(&path, "back").unwrap();
        assert_eq!(themes, book.codes().count());
        let back = Codebook::parse(&toml, "back").unwrap();
        for theme in &book.themes {
            let own = back.themes.iter().find(|own| own.label == theme.label).unwrap();
            assert_eq!(
                own.definition,
                theme.definition.split_whitespace().collect::<Vec<_>>().join(" ")
            );
            let label = |book: &Codebook, group: &str| {
                book.groups.iter().find(|g| g.id == *group).unwrap().label.clone()
            };
            assert_eq!(label(&back, &own.group), label(&book, &theme.group));
        }
    }

    #[test]
    fn a_codebook_of_other_software_is_read() {
        let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?><CodeBook xmlns=\"urn:QDA-XML:codebook:1.0\" origin=\"MAXQDA\"><Codes>\
            <Code guid=\"a\" name=\"Time &amp; visits\" isCodable=\"true\"><Description>When &lt;they&gt; come</Description>\
            <Code guid=\"b\" name=\"Late\" isCodable=\"true\"/><Code guid=\"c\" name=\"Late\" isCodable=\"true\"/></Code>\
            <Code guid=\"d\" name=\"Staff\" isCodable=\"false\"><Code guid=\"e\" name=\"Kind\"/></Code></Codes><Sets/></CodeBook>";
        let codes = read(text).unwrap();
        let (toml, themes) = to_toml("other", &codes);
        let book = Codebook::parse(&toml, "other").unwrap();
        assert_eq!(themes, 4);
        let ids: Vec<&str> = book.themes.iter().map(|theme| theme.id.as_str()).collect();
        assert_eq!(ids, ["time_visits", "late", "late_2", "kind"]);
        assert_eq!(book.themes[0].definition, "When <they> come");
        let groups: Vec<&str> = book.groups.iter().map(|group| group.label.as_str()).collect();
        assert_eq!(groups, ["All themes", "Time & visits", "Staff"]);
    }

    #[test]
    fn no_two_codes_of_a_file_have_the_same_name() {
        let theme = |id: &str, label: &str| {
            format!(
                "[[theme]]\nid = \"{id}\"\nlabel = \"{label}\"\ngroup = \"g\"\ndefinition = \"d\"\nexamples_positive = []\nexamples_negative = []\ncues = []\n"
            )
        };
        let text = format!(
            "id = \"own\"\nversion = \"1\"\ntitle = \"Own\"\nlanguage = \"en\"\ndescription = \"d\"\n[[group]]\nid = \"g\"\nlabel = \"Sentiment\"\n{}{}",
            theme("good", "Positive"),
            theme("late", "Late")
        );
        let book = Codebook::parse(&text, "own").unwrap();
        let codes = read(&codes(&CodebookNames::of(&book), Some(&book), true)).unwrap();
        let names: Vec<&str> = codes.iter().map(|code| code.name.as_str()).collect();
        let expected = ["Sentiment", "Positive", "Late", "Sentiment (2)", "Positive (2)"];
        assert_eq!(names[..5], expected);
        let mut used = BTreeSet::new();
        let all = ["Late", "Late", "Late (2)"].map(|name| only(name, &mut used));
        assert_eq!(all, ["Late", "Late (2)", "Late (2) (2)"]);
    }

    #[test]
    fn a_codebook_as_qualcoder_writes_it_is_read() {
        // With a mark of the byte order, categories within categories, and codes below codes.
        let text = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<CodeBook xmlns=\"urn:QDA-XML:codebook:1.0\" xsi:schemaLocation=\"urn:QDA-XML:codebook:1.0 Codebook.xsd\" origin=\"QualCoder\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<Codes>\n\
            <Code guid=\"1\" name=\"Nobody&#x27;s\" isCodable=\"true\" color=\"#F781F3\" />\n\
            <Code guid=\"2\" name=\"Visits\" isCodable=\"false\">\n<Description>About visits</Description>\n\
            <Code guid=\"3\" name=\"Late\" isCodable=\"true\" color=\"#F781F3\">\n<Description>Not &quot;on time&quot;,\nor never</Description>\n\
            <Code guid=\"4\" name=\"Very late\" isCodable=\"true\" color=\"#F781F3\" />\n</Code>\n\
            <Code guid=\"5\" name=\"Staff\" isCodable=\"false\">\n<Code guid=\"6\" name=\"Kind\" isCodable=\"true\" color=\"#F781F3\" />\n</Code>\n</Code>\n</Codes>\n</CodeBook>\n";
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("theirs.qdc");
        std::fs::write(&path, text).unwrap();
        let (toml, themes) = import(&path, "theirs").unwrap();
        let book = Codebook::parse(&toml, "theirs").unwrap();
        let labels: Vec<&str> = book.themes.iter().map(|theme| theme.label.as_str()).collect();
        assert_eq!((themes, labels), (4, vec!["Nobody's", "Late", "Very late", "Kind"]));
        assert_eq!(book.themes[1].definition, "Not \"on time\", or never");
        let groups: Vec<&str> = book.groups.iter().map(|group| group.label.as_str()).collect();
        assert_eq!(groups, ["All themes", "Visits", "Visits / Late", "Visits / Staff"]);
    }

    #[test]
    fn what_is_no_codebook_is_refused() {
        for text in [
            "<CodeBook><Codes><Code name=\"a\">",
            "<CodeBook><Codes><Code guid=\"a\"/></Codes></CodeBook>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><CodeBook/>",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(read("<CodeBook/>").unwrap(), []);
    }

    #[test]
    fn ids_are_guids_and_stay_the_same() {
        let id = guid("theme", "punctuality");
        assert_eq!(id, guid("theme", "punctuality"));
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!((&id[14..15], escaped("a<\u{1}b\"\n")), ("8", "a&lt;b&quot;&#10;".to_owned()));
    }
}
