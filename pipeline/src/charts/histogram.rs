//! How a measure that people reported is spread (minutes late, length of a visit, workers a week),
//! against the standard that was agreed, where there is one.

use super::page::{Align, MARGIN, Page, SMALL, WIDTH, WITHHELD, ticks};
use super::palette::{BLACK, BLUE, GREY, LINE, PINK, WHITE};
use super::text::{Face, number, plain};
use super::{Base, Chart, Error, Frame, Picture};

/// Counts in bins, from low to high.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// What is said around the figures.
    pub frame: Frame,
    /// What is measured, with its unit: "Minutes late".
    pub measure: String,
    /// The bins: each begins where the one before ends. Which of two holds a value on the edge between
    /// them is for who counts, and for the frame's note to say.
    pub bins: Vec<Bin>,
    /// True where each bin is one whole number ("3 workers"): it is then named by it.
    pub whole: bool,
    /// True where the last bin also holds everything above it.
    pub open_above: bool,
    /// The agreed standard.
    pub standard: Option<Standard>,
    /// Who gave a number.
    pub base: Base,
}

/// A bin of a histogram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// How many; `None` where that is withheld.
    pub count: Option<u64>,
}

/// A line to hold the figures against.
#[derive(Clone, Debug, PartialEq)]
pub struct Standard {
    /// Where it stands on the measure. On whole numbers, "at most 4" stands at 5, between the bars.
    pub value: f64,
    /// What it says: "Standard: within 30 minutes".
    pub label: String,
}

/// Height of the bars' field.
const FIELD: f64 = 240.0;

impl Chart for Histogram {
    fn picture(&self) -> Result<Picture, Error> {
        self.check()?;
        let mut page = Page::new(&self.frame, WIDTH);
        let all_zero = self.bins.iter().all(|bin| bin.count == Some(0));
        let (Some(first), Some(last), false) = (self.bins.first(), self.bins.last(), all_zero)
        else {
            return Ok(page.empty("no one gave a number.", Some(&self.base)));
        };
        let most = self.bins.iter().filter_map(|bin| bin.count).max().unwrap_or(0).max(1);
        let lines: Vec<f64> =
            ticks(most as f64, 5).into_iter().filter(|value| value.fract() == 0.0).collect();
        let counts = lines.iter().map(|value| Face::Regular.width(&plain(*value), SMALL));
        let left = MARGIN + counts.fold(0.0, f64::max) + 8.0;
        let right = page.right() - 14.0;
        // The standard may lie outside the bins.
        let at = self.standard.as_ref().map(|standard| standard.value);
        let low = at.map_or(first.from, |at| at.min(first.from));
        let high = at.map_or(last.to, |at| at.max(last.to));
        let x = |value: f64| left + (right - left) * (value - low) / (high - low);

        page.text(MARGIN, page.y + 8.0, Align::Left, Face::Regular, SMALL, GREY, &self.counted());
        page.y += 26.0;
        let standard_at = page.y + 9.0;
        if self.standard.is_some() {
            page.y += 24.0;
        }
        let foot = page.y + 16.0 + FIELD;
        let y = |count: f64| foot - FIELD * count / most as f64;
        for value in lines {
            page.rect(left, y(value) - 0.4, right - left, 0.8, LINE);
            let words = plain(value);
            page.text(left - 6.0, y(value), Align::Right, Face::Regular, SMALL, GREY, &words);
        }
        let names: Vec<String> =
            self.bins.iter().map(|bin| bin.count.map_or("c".to_owned(), number)).collect();
        let narrowest =
            self.bins.iter().map(|bin| x(bin.to) - x(bin.from)).fold(f64::MAX, f64::min);
        let widest = names.iter().map(|n| Face::Regular.width(n, SMALL)).fold(0.0, f64::max);
        for (bin, name) in self.bins.iter().zip(&names) {
            let (from, to) = (x(bin.from), x(bin.to));
            let tip = y(bin.count.unwrap_or(0) as f64);
            let gap = if self.whole { (to - from) * 0.1 } else { 0.6 };
            page.rect(from + gap, tip, to - from - 2.0 * gap, foot - tip, BLUE);
            if widest + 4.0 <= narrowest {
                let middle = f64::midpoint(from, to);
                let wide = Face::Regular.width(name, SMALL) + 4.0;
                page.rect(middle - wide / 2.0, tip - 17.0, wide, 15.0, WHITE);
                page.text(middle, tip - 9.0, Align::Middle, Face::Regular, SMALL, BLACK, name);
            }
        }
        page.rect(left, foot - 0.6, right - left, 1.2, GREY);
        self.edges(&mut page, foot, &x);
        if let Some(standard) = &self.standard {
            standard.draw(&mut page, x(standard.value), standard_at, foot);
        }
        page.y = foot + 24.0;
        let middle = f64::midpoint(left, right);
        page.text(middle, page.y + 8.0, Align::Middle, Face::Regular, SMALL, GREY, &self.measure);
        page.y += 20.0;
        let withheld = self.bins.iter().any(|bin| bin.count.is_none());
        let notes: &[&str] = if withheld { &[WITHHELD] } else { &[] };
        Ok(page.finish(notes, Some(&self.base)))
    }
}

impl Histogram {
    fn check(&self) -> Result<(), Error> {
        let mut end = None;
        for (i, bin) in self.bins.iter().enumerate() {
            let near = |end: f64| (end - bin.from).abs() <= 1e-9 * end.abs().max(1.0);
            let follows = end.is_none_or(near);
            if !(follows && bin.from.is_finite() && bin.to.is_finite() && bin.from < bin.to) {
                return Err(Error::Bins { row: i + 1 });
            }
            end = Some(bin.to);
        }
        match &self.standard {
            Some(standard) if !standard.value.is_finite() => Err(Error::Bins { row: 0 }),
            _ => Ok(()),
        }
    }

    fn counted(&self) -> String {
        format!("Number of {}", self.base.of)
    }

    /// The values below the field: of every edge, or of every whole number, as far as they fit.
    fn edges(&self, page: &mut Page<'_>, foot: f64, x: &impl Fn(f64) -> f64) {
        let last = self.bins.len().saturating_sub(1);
        let mut marks: Vec<(f64, String)> = Vec::new();
        for (i, bin) in self.bins.iter().enumerate() {
            let open = self.open_above && i == last;
            let name = if open { format!("{}+", plain(bin.from)) } else { plain(bin.from) };
            let centred = self.whole || open;
            let place = if centred { f64::midpoint(bin.from, bin.to) } else { bin.from };
            marks.push((x(place), name));
            if i == last && !open && !self.whole {
                marks.push((x(bin.to), plain(bin.to)));
            }
        }
        let widest = marks.iter().map(|(_, name)| Face::Regular.width(name, SMALL));
        let widest = widest.fold(0.0, f64::max) + 8.0;
        let narrowest = marks.windows(2).map(|two| two[1].0 - two[0].0).fold(f64::MAX, f64::min);
        let every = (widest / narrowest.max(0.1)).ceil().max(1.0) as usize;
        if !self.whole {
            for edge in self.bins.iter().flat_map(|bin| [bin.from, bin.to]) {
                page.upright(x(edge), foot, foot + 4.0, GREY);
            }
        }
        for (place, name) in marks.iter().step_by(every) {
            page.text(*place, foot + 13.0, Align::Middle, Face::Regular, SMALL, GREY, name);
        }
    }
}

impl Standard {
    /// A broken line over the field, with its words above, on the side that has room.
    fn draw(&self, page: &mut Page<'_>, x: f64, words_at: f64, foot: f64) {
        let mut y = words_at + 10.0;
        page.rect(x - 3.0, y, 6.0, foot - y, WHITE);
        while y < foot {
            page.rect(x - 1.0, y, 2.0, 7.0_f64.min(foot - y), PINK);
            y += 11.0;
        }
        let half = Face::Bold.width(&self.label, SMALL) / 2.0;
        let middle = x.clamp(MARGIN + half, (page.right() - half).max(MARGIN + half));
        page.text(middle, words_at, Align::Middle, Face::Bold, SMALL, PINK, &self.label);
    }
}
