//! A chart laid out but not yet in a format: filled rectangles, discs and lines of text, in units of
//! 1/720 of the usual width. Layout is tested here, on the marks; [`Picture::paint`] is the one place
//! that draws them, on any `plotters` backend.

use plotters::backend::DrawingBackend;
use plotters::style::{RGBColor, ShapeStyle};

use super::palette::Ink;
use super::text::Face;
use super::{Error, Frame};

/// Pixels to a unit, in the PNG and in the SVG's inner grid.
pub(super) const SCALE: f64 = 2.5;
/// More pixels than this in one direction is a mistake, not a chart.
const TALLEST: f64 = 30_000.0;

/// A line of text: where its baseline starts, in units.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) x: f64,
    pub(super) baseline: f64,
    pub(super) face: Face,
    pub(super) size: f64,
    pub(super) ink: Ink,
    pub(super) words: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    Rect {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        ink: Ink,
    },
    Disc {
        x: f64,
        y: f64,
        radius: f64,
        ink: Ink,
    },
    /// A straight line between two places.
    Stroke {
        from: (f64, f64),
        to: (f64, f64),
        width: f64,
        ink: Ink,
    },
    Text(Line),
}

/// A place of a chart that stands for a figure, in units from the upper left corner: a page can make
/// it lead to what is behind the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// The name of the row, as people read it.
    pub row: String,
    /// The part of the row: a group, `negative`, `between`, `positive`, or empty for the whole.
    pub part: String,
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// A chart laid out, ready for either format.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) marks: Vec<Mark>,
    /// What stands for a figure; not every chart tells.
    pub regions: Vec<Region>,
}

impl Picture {
    pub(super) fn new(frame: &Frame, width: f64) -> Self {
        Self {
            title: frame.headline.clone(),
            description: frame.alt_text.clone(),
            width,
            height: 0.0,
            marks: Vec::new(),
            regions: Vec::new(),
        }
    }

    /// Width and height in units.
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// Width and height in pixels.
    pub(super) fn pixels(&self) -> Result<(u32, u32), Error> {
        let (width, height) = ((self.width * SCALE).ceil(), (self.height * SCALE).ceil());
        if width > TALLEST || height > TALLEST {
            return Err(Error::TooTall { height: height.max(width) as u64 });
        }
        Ok((width as u32, height as u32))
    }

    /// Draws every mark in order. `write` sets a line of text, because neither backend does it well:
    /// the bitmap places whole pixels only, the SVG leaves the font to luck.
    pub(super) fn paint<B: DrawingBackend>(
        &self,
        backend: &mut B,
        mut write: impl FnMut(&mut B, &Line) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Drawing(error.to_string());
        let pixel = |value: f64| (value * SCALE).round() as i32;
        backend.ensure_prepared().map_err(|e| failed(&e))?;
        for mark in &self.marks {
            match mark {
                Mark::Rect { x, y, width, height, ink } => {
                    let (left, top) = (pixel(*x), pixel(*y));
                    // A thin line keeps the same thickness wherever it falls on the pixel grid.
                    let right = left + pixel(*width).max(1);
                    let bottom = top + pixel(*height).max(1);
                    let colour = RGBColor(ink.0, ink.1, ink.2);
                    backend
                        .draw_rect((left, top), (right, bottom), &colour, true)
                        .map_err(|e| failed(&e))?;
                }
                Mark::Disc { x, y, radius, ink } => {
                    let colour = RGBColor(ink.0, ink.1, ink.2);
                    backend
                        .draw_circle((pixel(*x), pixel(*y)), pixel(*radius) as u32, &colour, true)
                        .map_err(|e| failed(&e))?;
                }
                Mark::Stroke { from, to, width, ink } => {
                    let ends = [*from, *to].map(|(x, y)| (pixel(x), pixel(y)));
                    let colour = RGBColor(ink.0, ink.1, ink.2);
                    let style = ShapeStyle::from(&colour).stroke_width(pixel(*width) as u32);
                    backend.draw_path(ends, &style).map_err(|e| failed(&e))?;
                }
                Mark::Text(line) => write(backend, line)?,
            }
        }
        backend.present().map_err(|e| failed(&e))
    }
}
