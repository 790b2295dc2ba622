//! A share month by month, with its mean and natural process limits: what the process does by itself,
//! and which months stand out from it.

use super::page::{Align, MARGIN, Page, SMALL, WIDTH, WITHHELD, ticks};
use super::palette::{BLACK, BLUE, GREY, Ink, LINE, ORANGE, PINK, WHITE};
use super::text::{Face, percent, plain};
use super::{Base, Chart, Error, Figure, Frame, Picture};

/// Months in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// What is said around the figures.
    pub frame: Frame,
    /// What is followed, with its unit: "Share of respondents".
    pub measure: String,
    /// The months.
    pub points: Vec<Point>,
    /// Mean, 0 to 100.
    pub centre: f64,
    /// Natural process limits, 0 to 100.
    pub limits: (f64, f64),
    /// Who the shares are of.
    pub base: Base,
}

/// A month.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// `2026-11`.
    pub month: String,
    /// Its share.
    pub figure: Figure,
    /// Whether it stands out.
    pub signal: bool,
}

/// Height of the field.
const FIELD: f64 = 250.0;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const NOTE: &str = "Dashed: natural process limits, 2.66 mean moving ranges from the mean. A ring in \
    orange stands outside them, or is the eighth month or later in a row on one side of the mean.";

impl Chart for Process {
    fn picture(&self) -> Result<Picture, Error> {
        let fits = |value: f64| (0.0..=100.0).contains(&value);
        for (i, point) in self.points.iter().enumerate() {
            point.figure.checked("process", i)?;
        }
        if !(fits(self.centre) && fits(self.limits.0) && fits(self.limits.1)) {
            return Err(Error::OutOfRange { chart: "process", row: 0 });
        }
        let mut page = Page::new(&self.frame, WIDTH);
        if self.points.is_empty() {
            return Ok(page.empty("there are no months.", Some(&self.base)));
        }
        let shares = self.points.iter().filter_map(|p| p.figure.share()).map(|s| s.percent);
        let most = shares.fold(self.limits.1, f64::max).max(1.0);
        let most = (most * 1.08).min(100.0);
        let lines = ticks(most, 5);
        let widths = lines.iter().map(|v| Face::Regular.width(&format!("{}%", plain(*v)), SMALL));
        let left = MARGIN + widths.fold(0.0, f64::max) + 10.0;
        let told = [
            (self.limits.1, format!("Upper limit {}", percent(self.limits.1)), PINK),
            (self.centre, format!("Mean {}", percent(self.centre)), BLACK),
            (self.limits.0, format!("Lower limit {}", percent(self.limits.0)), PINK),
        ];
        let beside = told.iter().map(|(_, words, _)| Face::Bold.width(words, SMALL));
        let right = page.right() - beside.fold(0.0, f64::max) - 12.0;

        page.text(MARGIN, page.y + 8.0, Align::Left, Face::Regular, SMALL, GREY, &self.measure);
        page.y += 30.0;
        let foot = page.y + FIELD;
        let y = |value: f64| foot - FIELD * value / most;
        for value in &lines {
            page.rect(left, y(*value) - 0.4, right - left, 0.8, LINE);
            let words = format!("{}%", plain(*value));
            page.text(left - 8.0, y(*value), Align::Right, Face::Regular, SMALL, GREY, &words);
        }
        dashes(&mut page, left, right, y(self.limits.1));
        dashes(&mut page, left, right, y(self.limits.0));
        page.rect(left, y(self.centre) - 0.9, right - left, 1.8, GREY);
        beside_lines(&mut page, right + 8.0, &told.map(|(at, words, ink)| (y(at), words, ink)));

        let step = (right - left) / self.points.len() as f64;
        let x = |at: usize| left + step * (at as f64 + 0.5);
        let mut before: Option<(f64, f64)> = None;
        for (at, point) in self.points.iter().enumerate() {
            let Some(share) = point.figure.share() else { continue };
            let here = (x(at), y(share.percent));
            if let Some(before) = before {
                page.stroke(before, here, 2.0, BLUE);
            }
            before = Some(here);
        }
        let radius = (step * 0.4).clamp(1.6, 4.6);
        for (at, point) in self.points.iter().enumerate() {
            match point.figure.share() {
                Some(share) => mark(&mut page, x(at), y(share.percent), radius, point.signal),
                None if step > 12.0 => {
                    let middle = foot - 9.0;
                    page.text(x(at), middle, Align::Middle, Face::Regular, SMALL, GREY, "c");
                }
                None => {}
            }
        }
        page.rect(left, foot - 0.6, right - left, 1.2, GREY);
        self.months(&mut page, foot, step, &x);
        page.y = foot + 40.0;
        let withheld = self.points.iter().any(|point| point.figure.share().is_none());
        let notes = if withheld { vec![NOTE, WITHHELD] } else { vec![NOTE] };
        Ok(page.finish(&notes, Some(&self.base)))
    }
}

impl Process {
    /// The months below the field, as far as they fit, with the year where it begins.
    fn months(&self, page: &mut Page<'_>, foot: f64, step: f64, x: &impl Fn(usize) -> f64) {
        let room = 34.0;
        let every = [1, 2, 3, 6, 12].into_iter().find(|n| step * f64::from(*n) >= room);
        let every = every.map_or(self.points.len().max(1), |n| n as usize);
        let mut year = "";
        for (at, point) in self.points.iter().enumerate().step_by(every) {
            let (this, month) = point.month.split_once('-').unwrap_or((&point.month, ""));
            let name = month.parse().ok().and_then(|n: usize| MONTHS.get(n.wrapping_sub(1)));
            let words = name.copied().unwrap_or(month);
            page.text(x(at), foot + 12.0, Align::Middle, Face::Regular, SMALL, GREY, words);
            if this != year {
                year = this;
                page.text(x(at), foot + 27.0, Align::Middle, Face::Regular, SMALL, GREY, this);
            }
        }
    }
}

/// A month's mark: a dot, or a ring where it stands out.
fn mark(page: &mut Page<'_>, x: f64, y: f64, radius: f64, signal: bool) {
    if signal {
        page.disc(x, y, radius + 4.0, ORANGE);
        page.disc(x, y, radius + 1.5, WHITE);
    }
    page.disc(x, y, radius, BLUE);
}

fn dashes(page: &mut Page<'_>, left: f64, right: f64, y: f64) {
    let mut x = left;
    while x < right {
        page.rect(x, y - 0.8, 8.0_f64.min(right - x), 1.6, PINK);
        x += 13.0;
    }
}

/// Words at the right end of lines, moved apart where the lines are close. From above to below.
fn beside_lines(page: &mut Page<'_>, x: f64, lines: &[(f64, String, Ink)]) {
    let mut places: Vec<f64> = lines.iter().map(|(y, ..)| *y).collect();
    for at in 1..places.len() {
        places[at] = places[at].max(places[at - 1] + 16.0);
    }
    // Pushed below the field, they come back up together.
    let below = places.last().copied().unwrap_or_default();
    let least = lines.last().map_or(below, |(y, ..)| y + 6.0);
    for (at, place) in places.iter_mut().enumerate().rev() {
        let above = (lines.len() - 1 - at) as f64 * 16.0;
        *place = place.min(least - above);
    }
    for ((_, words, ink), place) in lines.iter().zip(places) {
        page.text(x, place, Align::Left, Face::Bold, SMALL, *ink, words);
    }
}
