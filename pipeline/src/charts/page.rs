//! The sheet that every chart is drawn on: headline and subtitle above, notes, source, n and the
//! draft line below, and in between a cursor and the few marks that the charts share.

use super::palette::{BLACK, GREY, Ink, LINE, PALE, WHITE};
use super::picture::{Line, Mark, Picture, Region};
use super::text::{Face, number};
use super::{Base, Frame};

/// Usual width of a chart, in units.
pub(super) const WIDTH: f64 = 720.0;
pub(super) const MARGIN: f64 = 20.0;
/// Sizes of text: body, heads and axes, foot.
pub(super) const BODY: f64 = 13.5;
pub(super) const SMALL: f64 = 12.5;
const FOOT: f64 = 11.5;
/// Height of a line of body text.
pub(super) const LEAD: f64 = 17.0;
/// From the middle of a line to its baseline, by size.
const DROP: f64 = 0.36;

pub(super) const INTERVALS: &str = "Thin lines: 95% intervals. They cover chance alone, not who \
    chose to reply.";
pub(super) const WITHHELD: &str =
    "c: withheld, so that no one can be recognised from small numbers.";

/// Where a text stands on its x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

pub(super) struct Page<'a> {
    frame: &'a Frame,
    pub(super) picture: Picture,
    /// Where the next thing goes.
    pub(super) y: f64,
}

impl<'a> Page<'a> {
    /// A page with its headline and subtitle.
    pub(super) fn new(frame: &'a Frame, width: f64) -> Self {
        let mut page = Self { frame, picture: Picture::new(frame, width), y: MARGIN };
        page.paragraph(&frame.headline, Face::Bold, 20.0, 26.0, BLACK);
        page.y += 2.0;
        page.paragraph(&frame.subtitle, Face::Regular, 14.0, 19.0, GREY);
        page.y += 16.0;
        page
    }

    /// Right edge of what may be drawn on.
    pub(super) fn right(&self) -> f64 {
        self.picture.width - MARGIN
    }

    /// The finished picture: notes, source and n, and the draft line.
    pub(super) fn finish(mut self, notes: &[&str], base: Option<&Base>) -> Picture {
        self.y += 10.0;
        for note in notes {
            self.paragraph(note, Face::Regular, FOOT, 15.5, GREY);
        }
        let mut source = self.frame.source_note.trim().to_owned();
        if let Some(base) = base {
            if !source.is_empty() && !source.ends_with(['.', '!', '?']) {
                source.push('.');
            }
            source = format!("{source} n\u{a0}=\u{a0}{} {}.", number(base.n), base.of);
        }
        self.paragraph(&source, Face::Regular, FOOT, 15.5, GREY);
        if self.frame.draft {
            self.y += 2.0;
            self.paragraph("Draft: coded by computer", Face::Bold, FOOT, 15.5, BLACK);
        }
        self.picture.height = (self.y + MARGIN - 4.0).ceil();
        let (width, height) = (self.picture.width, self.picture.height);
        let ground = Mark::Rect { x: 0.0, y: 0.0, width, height, ink: WHITE };
        self.picture.marks.insert(0, ground);
        self.picture
    }

    /// A page that says that there is nothing to show.
    pub(super) fn empty(mut self, why: &str, base: Option<&Base>) -> Picture {
        let (x, y, width) = (MARGIN, self.y, self.right() - MARGIN);
        self.rect(x, y, width, 72.0, PALE);
        let words = format!("Nothing to show: {why}");
        self.text(x + width / 2.0, y + 36.0, Align::Middle, Face::Bold, BODY, BLACK, &words);
        self.y += 72.0;
        self.finish(&[], base)
    }

    /// Wrapped text from the left margin; moves the cursor below it.
    fn paragraph(&mut self, words: &str, face: Face, size: f64, lead: f64, ink: Ink) {
        for line in face.balance(words, size, self.right() - MARGIN) {
            let middle = self.y + lead / 2.0;
            self.text(MARGIN, middle, Align::Left, face, size, ink, &line);
            self.y += lead;
        }
    }

    /// One line of text around the height `middle`.
    #[allow(clippy::too_many_arguments)] // what a line of text is: place, look and words
    pub(super) fn text(
        &mut self,
        x: f64,
        middle: f64,
        align: Align,
        face: Face,
        size: f64,
        ink: Ink,
        words: &str,
    ) {
        let width = face.width(words, size);
        let x = match align {
            Align::Left => x,
            Align::Middle => x - width / 2.0,
            Align::Right => x - width,
        };
        let baseline = middle + DROP * size;
        let words = words.to_owned();
        self.picture.marks.push(Mark::Text(Line { x, baseline, face, size, ink, words }));
    }

    /// Body text in black: the name of a row, the label of a bar.
    pub(super) fn label(&mut self, x: f64, middle: f64, align: Align, words: &str) {
        self.text(x, middle, align, Face::Regular, BODY, BLACK, words);
    }

    /// A label on a white ground, readable across gridlines.
    pub(super) fn label_over(&mut self, x: f64, middle: f64, words: &str) {
        let width = Face::Regular.width(words, BODY);
        self.rect(x - 3.0, middle - 9.0, width + 6.0, 18.0, WHITE);
        self.label(x, middle, Align::Left, words);
    }

    /// Lines of text around the height `middle`.
    pub(super) fn block(
        &mut self,
        x: f64,
        middle: f64,
        align: Align,
        face: Face,
        size: f64,
        lines: &[String],
    ) {
        let lead = size * 1.26;
        let mut y = middle - lead * (lines.len() as f64 - 1.0) / 2.0;
        for line in lines {
            self.text(x, y, align, face, size, BLACK, line);
            y += lead;
        }
    }

    pub(super) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, ink: Ink) {
        self.picture.marks.push(Mark::Rect { x, y, width, height, ink });
    }

    /// Says that a place stands for a figure.
    pub(super) fn region(&mut self, row: &str, part: &str, [x, y, width, height]: [f64; 4]) {
        let (row, part) = (row.to_owned(), part.to_owned());
        self.picture.regions.push(Region { row, part, x, y, width, height });
    }

    pub(super) fn disc(&mut self, x: f64, y: f64, radius: f64, ink: Ink) {
        self.picture.marks.push(Mark::Disc { x, y, radius, ink });
    }

    /// A straight line between two places.
    pub(super) fn stroke(&mut self, from: (f64, f64), to: (f64, f64), width: f64, ink: Ink) {
        self.picture.marks.push(Mark::Stroke { from, to, width, ink });
    }

    /// A vertical line of the grid.
    pub(super) fn upright(&mut self, x: f64, top: f64, bottom: f64, ink: Ink) {
        self.rect(x - 0.4, top, 0.8, bottom - top, ink);
    }

    /// An interval: a thin line, with end strokes where it is long enough to carry them. Where it
    /// crosses a bar that ends at `bar`, it is cased in white.
    pub(super) fn whisker(&mut self, share: [f64; 2], y: f64, bar: Option<f64>, ink: Ink) {
        let [from, to] = share;
        let cap = if bar.is_some() { 4.0 } else { 2.5 };
        let capped = to - from > 3.0 * cap;
        let inside = bar.map_or(0.0, |edge| edge.min(to) - from);
        if capped && inside > 0.0 {
            self.rect(from - 0.6, y - 1.8, inside + 0.6, 3.6, WHITE);
            self.rect(from - 1.6, y - cap - 1.2, 3.2, 2.0 * cap + 2.4, WHITE);
        }
        self.rect(from, y - 0.6, (to - from).max(1.2), 1.2, ink);
        if capped {
            self.rect(from - 0.6, y - cap, 1.2, 2.0 * cap, ink);
            self.rect(to - 0.6, y - cap, 1.2, 2.0 * cap, ink);
        }
    }

    /// Light vertical gridlines with their values above; the line at zero is darker.
    pub(super) fn scale(&mut self, axis: &Axis, bottom: f64, name: impl Fn(f64) -> String) {
        let top = self.y;
        for value in axis.ticks() {
            let x = axis.x(value);
            let ink = if value == 0.0 { GREY } else { LINE };
            self.upright(x, top, bottom, ink);
            self.text(x, top - 9.0, Align::Middle, Face::Regular, SMALL, GREY, &name(value));
        }
    }
}

/// Names of rows, wrapped into a column that is as narrow as they allow.
pub(super) struct Names {
    lines: Vec<Vec<String>>,
    /// Width of the widest line.
    pub(super) width: f64,
}

impl Names {
    pub(super) fn new<'n>(names: impl Iterator<Item = &'n str>, room: f64) -> Self {
        let lines: Vec<Vec<String>> =
            names.map(|name| Face::Regular.balance(name, BODY, room)).collect();
        let widths = lines.iter().flatten().map(|line| Face::Regular.width(line, BODY));
        Self { width: widths.fold(0.0, f64::max), lines }
    }

    /// Height of a row: its name's, or `least`.
    pub(super) fn height(&self, row: usize, least: f64) -> f64 {
        (self.lines[row].len() as f64 * LEAD + 9.0).max(least)
    }

    /// Heights of all rows together.
    pub(super) fn total(&self, least: f64) -> f64 {
        (0..self.lines.len()).map(|row| self.height(row, least)).sum()
    }

    /// Writes the name of a row, left-aligned in the margin.
    pub(super) fn write(&self, page: &mut Page<'_>, row: usize, middle: f64) {
        page.block(MARGIN, middle, Align::Left, Face::Regular, BODY, &self.lines[row]);
    }
}

/// A horizontal scale from zero, in percent or counts.
pub(super) struct Axis {
    left: f64,
    width: f64,
    most: f64,
}

impl Axis {
    /// From 0 at `left` to `most` at `left + width`.
    pub(super) fn new(left: f64, width: f64, most: f64) -> Self {
        Self { left, width, most: if most > 0.0 { most } else { 1.0 } }
    }

    pub(super) fn x(&self, value: f64) -> f64 {
        self.left + self.width * value / self.most
    }

    /// Round values from 0, at most 7 of them, no closer than their labels allow.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let lines = ((self.width / 48.0) as usize).clamp(1, 6);
        ticks(self.most, lines)
    }
}

/// Round values from 0 up to `most`: at most `lines` beside the zero.
pub(super) fn ticks(most: f64, lines: usize) -> Vec<f64> {
    let mut power = 10f64.powf((most.max(1e-9) / lines as f64).log10().floor());
    let step = loop {
        let fits = |factor: f64| most / (factor * power) < lines as f64 + 1e-9;
        if let Some(factor) = [1.0, 2.0, 5.0].into_iter().find(|factor| fits(*factor)) {
            break factor * power;
        }
        power *= 10.0;
    };
    (0..=lines).map(|i| i as f64 * step).take_while(|value| *value <= most * (1.0 + 1e-9)).collect()
}
