//! A picture as SVG. Letters become outlines, each glyph defined once: an embedded font is ignored by
//! Word, `LibreOffice` and most converters, outlines look the same everywhere. The words stay readable
//! to programs in `data-text`, and to people who listen in the title and description.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ab_glyph::{Font, GlyphId, OutlineCurve, Point};
use plotters::backend::SVGBackend;

use super::Error;
use super::picture::{Line, Picture, SCALE};
use super::text::Face;

impl Picture {
    /// The picture as an SVG document. Its ids are made from its contents, so that several charts can
    /// stand in one page.
    pub fn svg(&self) -> Result<String, Error> {
        let (width, height) = self.pixels()?;
        let mut shapes = String::new();
        let mut letters = Letters::default();
        {
            let mut sheet = SVGBackend::with_string(&mut shapes, (width, height));
            self.paint(&mut sheet, |_, line| {
                letters.set(line);
                Ok(())
            })?;
        }
        // plotters' own <svg> element has no place for a title: keep what is inside it.
        let inside = shapes.split_once(">\n").map_or("", |(_, rest)| rest);
        let inside = inside.trim_end().trim_end_matches("</svg>");

        let (title, description) = (escaped(&self.title), escaped(&self.description));
        let named = format!("{title}\n{description}\n{inside}\n{}", letters.lines);
        let id = format!("chart-{:016x}", xxhash_rust::xxh3::xxh3_64(named.as_bytes()));
        let mut out = String::with_capacity(shapes.len() + letters.lines.len() + 32_768);
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
             role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" width=\"{}\" height=\"{}\" \
             viewBox=\"0 0 {width} {height}\">\n<title id=\"{id}-title\">{title}</title>\n\
             <desc id=\"{id}-desc\">{description}</desc>\n<defs>\n",
            self.width.ceil(),
            self.height.ceil(),
        );
        for ((face, glyph), name) in &letters.names {
            let _ = writeln!(out, "<path id=\"{id}-{name}\" d=\"{}\"/>", outline(*face, *glyph));
        }
        out.push_str("</defs>\n");
        out.push_str(inside);
        out.push_str(&letters.lines.replace("href=\"#", &format!("href=\"#{id}-")));
        out.push_str("</svg>\n");
        Ok(out)
    }
}

/// The lines of text, and the glyphs that they use.
#[derive(Default)]
struct Letters {
    names: BTreeMap<(Face, GlyphId), String>,
    lines: String,
}

impl Letters {
    fn set(&mut self, line: &Line) {
        let scale = line.size * SCALE / line.face.units();
        let (left, base) = (line.x * SCALE, (line.baseline * SCALE).round());
        let (r, g, b) = line.ink;
        let _ = write!(
            self.lines,
            "<g data-text=\"{}\" fill=\"#{r:02X}{g:02X}{b:02X}\" \
             transform=\"translate({left:.1} {base}) scale({scale:.5} -{scale:.5})\">",
            escaped(&line.words),
        );
        for (glyph, place) in line.face.glyphs(&line.words).0 {
            if line.face.font().outline(glyph).is_none_or(|outline| outline.curves.is_empty()) {
                continue;
            }
            let weight = if line.face == Face::Bold { 'b' } else { 'r' };
            let name = format!("{weight}{}", glyph.0);
            let _ = write!(self.lines, "<use xlink:href=\"#{name}\" x=\"{place}\"/>");
            self.names.insert((line.face, glyph), name);
        }
        self.lines.push_str("</g>\n");
    }
}

/// A glyph as path data, in font units, y upwards.
fn outline(face: Face, glyph: GlyphId) -> String {
    let mut data = String::new();
    let mut pen: Option<Point> = None;
    let curves = face.font().outline(glyph).map(|outline| outline.curves).unwrap_or_default();
    for curve in curves {
        let (from, to) = match &curve {
            OutlineCurve::Line(a, b)
            | OutlineCurve::Quad(a, _, b)
            | OutlineCurve::Cubic(a, _, _, b) => (*a, *b),
        };
        if pen != Some(from) {
            let _ = write!(data, "M{} {}", from.x, from.y);
        }
        let _ = match curve {
            OutlineCurve::Line(..) => write!(data, "L{} {}", to.x, to.y),
            OutlineCurve::Quad(_, c, _) => write!(data, "Q{} {} {} {}", c.x, c.y, to.x, to.y),
            OutlineCurve::Cubic(_, c, d, _) => {
                write!(data, "C{} {} {} {} {} {}", c.x, c.y, d.x, d.y, to.x, to.y)
            }
        };
        pen = Some(to);
    }
    data
}

/// Text for XML: special characters escaped, characters that XML forbids left out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(letter),
            '\u{FFFE}' | '\u{FFFF}' => {}
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}
