//! Who publishes, and how their report should look and speak: name, title, logo, colours, wording.
//! Checked here once, so that a logo that could run something and a colour that cannot be read never
//! reach a page.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// A logo may be so large.
const MOST_BYTES: usize = 512 * 1024;
/// Least contrast of text with white paper (WCAG 2.2, 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;

/// Who publishes the report.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Organisation {
    /// Its name, printed on the report.
    pub name: Option<String>,
    /// Title of the report.
    pub title: Option<String>,
    /// PNG or SVG file, relative to the settings file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<PathBuf>,
    /// Colour of headings, links and figures: `#12436D`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Colour of what must not be missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    /// `report`, or `council` for "We asked, you said, we did".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// What people told about: "their care" unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Why this was done and who asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// When and how people were invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<String>,
    /// Who is missing, and what was done to reach them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// What happens next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Where readers can turn to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// How a report is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Summary, findings, detail, appendix.
    #[default]
    Report,
    /// We asked, you said, we did.
    Council,
}

impl Style {
    /// The style of this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "report" => Some(Self::Report),
            "council" => Some(Self::Council),
            _ => None,
        }
    }
}

/// A picture that may stand on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// `png` or `svg`.
    pub kind: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// Width and height, in its own units.
    pub size: (u32, u32),
}

/// What is wrong with the organisation's settings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The logo could not be read.
    #[error("the logo {} cannot be read: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The logo is not a picture that may stand on a page.
    #[error("the logo {} cannot be used: {why}. Use a PNG, or an SVG without scripts and outside links, of at most 512 KB", path.display())]
    Logo {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: &'static str,
    },
    /// A colour that is none.
    #[error("`{0}` is not a colour. Write it like #12436D")]
    Colour(String),
    /// A colour that cannot be read on white.
    #[error(
        "the colour {colour} has a contrast of {contrast:.1} to 1 with white, and text needs 4.5 to 1. Use a darker one"
    )]
    Contrast {
        /// The colour.
        colour: String,
        /// Its contrast.
        contrast: f64,
    },
    /// A style that is not known.
    #[error("`{0}` is not a style. Use report or council")]
    Style(String),
}

impl Organisation {
    /// Checks colours, style and logo; colours come out in one spelling. Gives the logo's file.
    pub fn check(&mut self, base: &Path) -> Result<Option<Logo>, Error> {
        for colour in [&mut self.colour, &mut self.accent].into_iter().flatten() {
            *colour = readable(colour)?;
        }
        if let Some(style) = &self.style {
            Style::parse(style).ok_or_else(|| Error::Style(style.clone()))?;
        }
        let Some(path) = &self.logo else { return Ok(None) };
        let logo = Logo::read(&base.join(path))?;
        // Its own name from here on: names of files stay out of the manifest.
        self.logo = Some(PathBuf::from(format!("logo.{}", logo.kind)));
        Ok(Some(logo))
    }

    /// How the report is laid out.
    pub fn style(&self) -> Style {
        self.style.as_deref().and_then(Style::parse).unwrap_or_default()
    }
}

impl Logo {
    /// Reads and checks a logo.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let refuse = |why| Error::Logo { path: path.to_owned(), why };
        let read = |source| Error::Read { path: path.to_owned(), source };
        if std::fs::metadata(path).map_err(read)?.len() > MOST_BYTES as u64 {
            return Err(refuse("it is larger than 512 KB"));
        }
        let bytes = std::fs::read(path).map_err(read)?;
        Self::of(bytes).map_err(refuse)
    }

    /// A logo from its bytes.
    pub fn of(bytes: Vec<u8>) -> Result<Self, &'static str> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            let reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info();
            let info = reader.map_err(|_| "it is a damaged PNG")?;
            let size = (info.info().width, info.info().height);
            if size.0.max(size.1) > 6_000 {
                return Err("it is larger than 6,000 pixels");
            }
            return Ok(Self { kind: "png", bytes, size });
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| "it is neither PNG nor SVG")?;
        let size = harmless(text)?;
        Ok(Self { kind: "svg", bytes, size })
    }

    /// For `src`: the whole picture.
    pub fn data(&self) -> String {
        let kind = if self.kind == "png" { "image/png" } else { "image/svg+xml" };
        format!("data:{kind};base64,{}", base64(&self.bytes))
    }
}

/// An SVG that shows and does nothing else; its size.
fn harmless(text: &str) -> Result<(u32, u32), &'static str> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text);
    let mut size = None;
    loop {
        match reader.read_event().map_err(|_| "it is not well-formed XML")? {
            Event::Eof => break,
            Event::DocType(_) => return Err("it has a document type"),
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.local_name().as_ref().to_ascii_lowercase();
                if size.is_none() && name != b"svg" {
                    return Err("it is neither PNG nor SVG");
                }
                let bad: [&[u8]; 7] =
                    [b"script", b"foreignobject", b"iframe", b"image", b"animate", b"set", b"a"];
                if bad.contains(&name.as_slice()) {
                    return Err("it holds a script, a link or another picture");
                }
                let mut found = (None, None, None);
                for attribute in tag.attributes() {
                    let attribute = attribute.map_err(|_| "it is not well-formed XML")?;
                    let key = attribute.key.local_name().as_ref().to_ascii_lowercase();
                    let value = String::from_utf8_lossy(&attribute.value).into_owned();
                    let outside = value.contains("://")
                        && !key.starts_with(b"xmlns")
                        && attribute.key.prefix().is_none_or(|p| p.as_ref() != b"xmlns");
                    let link = key == b"href" && !value.starts_with('#');
                    if key.starts_with(b"on") || link || outside || value.contains("javascript:") {
                        return Err("it holds a script or an outside link");
                    }
                    let number = || value.trim_end_matches("px").trim().parse::<f64>().ok();
                    match key.as_slice() {
                        b"width" => found.0 = number(),
                        b"height" => found.1 = number(),
                        b"viewbox" => found.2 = Some(value),
                        _ => {}
                    }
                }
                if size.is_none() {
                    let boxed: Vec<f64> = found
                        .2
                        .iter()
                        .flat_map(|v| v.split([' ', ',']))
                        .filter_map(|part| part.parse().ok())
                        .collect();
                    let (width, height) = match (boxed.as_slice(), found.0.zip(found.1)) {
                        ([_, _, width, height], _) => (*width, *height),
                        (_, Some(both)) => both,
                        _ => return Err("it has no size"),
                    };
                    if !(1.0..100_000.0).contains(&width) || !(1.0..100_000.0).contains(&height) {
                        return Err("it has no size");
                    }
                    size = Some((width.round() as u32, height.round() as u32));
                }
            }
            Event::CData(_) => return Err("it holds a block of raw text"),
            Event::Text(text) => {
                let text = String::from_utf8_lossy(&text).to_ascii_lowercase();
                if text.contains("@import") || text.contains("url(http") {
                    return Err("it holds an outside link");
                }
            }
            _ => {}
        }
    }
    size.ok_or("it is neither PNG nor SVG")
}

/// `#12436D` from any spelling of it, if text in it can be read on white.
fn readable(colour: &str) -> Result<String, Error> {
    let wrong = || Error::Colour(colour.to_owned());
    let digits = colour.trim().strip_prefix('#').ok_or_else(wrong)?;
    let long: String = match digits.len() {
        3 => digits.chars().flat_map(|c| [c, c]).collect(),
        6 => digits.to_owned(),
        _ => return Err(wrong()),
    };
    let number = u32::from_str_radix(&long, 16).map_err(|_| wrong())?;
    let contrast = contrast_with_white(number);
    if contrast < LEAST_CONTRAST {
        return Err(Error::Contrast { colour: colour.to_owned(), contrast });
    }
    Ok(format!("#{}", long.to_uppercase()))
}

/// Contrast ratio of a colour with white, 1 to 21 (WCAG 2.2).
fn contrast_with_white(colour: u32) -> f64 {
    let part = |shift: u32| {
        let value = f64::from((colour >> shift) & 255) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let light = 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0);
    1.05 / (light + 0.05)
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |i: usize| u32::from(three.get(i).copied().unwrap_or_default());
        let number = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_must_be_readable_on_white() {
        assert_eq!(readable("#12436d").unwrap(), "#12436D");
        assert_eq!(readable("#900").unwrap(), "#990000");
        assert!(
            matches!(readable("#F46A25"), Err(Error::Contrast { contrast, .. }) if contrast < 3.2)
        );
        assert!(matches!(readable("blue"), Err(Error::Colour(_))));
        assert!((contrast_with_white(0x76_76_76) - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_logo_that_could_do_anything_is_refused() {
        let logo = |text: &str| Logo::of(text.as_bytes().to_vec());
        let plain = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 50"><rect width="9" height="9"/></svg>"#;
        assert_eq!(logo(plain).unwrap().size, (200, 50));
        for bad in [
            r#"<svg viewBox="0 0 9 9"><script>alert(1)</script></svg>"#,
            r#"<svg viewBox="0 0 9 9" onload="alert(1)"/>"#,
            r#"<svg viewBox="0 0 9 9"><use href="https://x.example/a"/></svg>"#,
            r#"<svg viewBox="0 0 9 9"><style>@import "x"</style></svg>"#,
            r#"<!DOCTYPE svg [<!ENTITY a "b">]><svg viewBox="0 0 9 9"/>"#,
            r#"<svg viewBox="0 0 9 9"><image href="data:,x"/></svg>"#,
            "<html></html>",
            "<svg/>",
            "GIF89a",
        ] {
            assert!(logo(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn bytes_become_the_letters_of_base64() {
        assert_eq!(base64(b""), "");
        assert_eq!(base64(b"M"), "TQ==");
        assert_eq!(base64(b"Ma"), "TWE=");
        assert_eq!(base64(b"Man"), "TWFu");
        assert_eq!(base64(&[255, 239, 190]), "/+++");
    }
}
