//! What people felt about each theme: bars that part to the left (negative) and to the right
//! (positive), with mixed and neutral apart in the middle, all on one scale of counts.

use super::page::{Align, BODY, MARGIN, Names, Page, SMALL, WIDTH, WITHHELD};
use super::palette::{BLACK, BLUE, GREY, Ink, LINE, ORANGE, PALE};
use super::text::{Face, number};
use super::{Base, Chart, Error, Frame, Picture};

/// Sentiment by theme, the theme with most comments first.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentiment {
    /// What is said around the figures.
    pub frame: Frame,
    /// The themes, in any order.
    pub rows: Vec<SentimentRow>,
    /// What is counted.
    pub base: Base,
}

/// A theme and how often it was spoken of in each way. `None`: withheld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentimentRow {
    /// Its name as people read it.
    pub name: String,
    /// Negative.
    pub negative: Option<u64>,
    /// Mixed or neutral.
    pub mixed: Option<u64>,
    /// Positive.
    pub positive: Option<u64>,
}

impl SentimentRow {
    fn counts(&self) -> [Option<u64>; 3] {
        [self.negative, self.mixed, self.positive]
    }
}

const HEADS: [&str; 3] = ["Negative", "Mixed or neutral", "Positive"];
/// The same for programs.
const PARTS: [&str; 3] = ["negative", "between", "positive"];
const INKS: [Ink; 3] = [ORANGE, PALE, BLUE];
/// Between panels.
const GAP: f64 = 22.0;

impl Chart for Sentiment {
    fn picture(&self) -> Result<Picture, Error> {
        let mut page = Page::new(&self.frame, WIDTH);
        if self.rows.is_empty() {
            return Ok(page.empty("no theme was found in these responses.", Some(&self.base)));
        }
        let mut rows: Vec<&SentimentRow> = self.rows.iter().collect();
        let size = |row: &SentimentRow| row.counts().into_iter().flatten().sum::<u64>();
        rows.sort_by(|a, b| size(b).cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));

        let names = Names::new(rows.iter().map(|row| row.name.as_str()), 230.0);
        let left = MARGIN + names.width + 14.0;
        let most = [0, 1, 2].map(|panel| {
            rows.iter().filter_map(|row| row.counts()[panel]).max().unwrap_or(0) as f64
        });
        let beside = [0, 1, 2].map(|panel| {
            rows.iter()
                .map(|row| Face::Regular.width(&label(row.counts()[panel]), BODY) + 6.0)
                .fold(0.0, f64::max)
        });
        let unit = unit(page.right() - left - 2.0 * GAP, most, beside);
        let widths = [0, 1, 2].map(|panel| width(panel, unit, most, beside));

        // Where the bars of each panel stand: on their right end, around their middle, on their left.
        let foot = [
            left + widths[0],
            left + widths[0] + GAP + widths[1] / 2.0,
            left + widths[0] + 2.0 * GAP + widths[1],
        ];
        page.y += 8.0;
        heads(&mut page, foot);
        let (top, bottom) = (page.y, page.y + names.total(28.0));
        for edge in [foot[0] + GAP / 2.0, foot[2] - GAP / 2.0] {
            page.upright(edge, top - 22.0, bottom, LINE);
        }
        for (i, row) in rows.iter().enumerate() {
            let height = names.height(i, 28.0);
            let middle = page.y + height / 2.0;
            names.write(&mut page, i, middle);
            for (panel, count) in row.counts().into_iter().enumerate() {
                let long = count.unwrap_or(0) as f64 * unit;
                let (start, words_at, align) = match panel {
                    0 => (foot[0] - long, foot[0] - long - 6.0, Align::Right),
                    1 if long == 0.0 => (foot[1], foot[1], Align::Middle),
                    1 => (foot[1] - long / 2.0, foot[1] + long / 2.0 + 6.0, Align::Left),
                    _ => (foot[2], foot[2] + long + 6.0, Align::Left),
                };
                bar(&mut page, start, middle, [long, 16.0], panel);
                page.label(words_at, middle, align, &label(count));
                let from = [left, foot[0] + GAP / 2.0, foot[2] - GAP / 2.0][panel];
                let to = [foot[0] + GAP / 2.0, foot[2] - GAP / 2.0, page.right()][panel];
                page.region(&row.name, PARTS[panel], [from, page.y, to - from, height]);
            }
            page.y += height;
        }
        for foot in [foot[0], foot[2]] {
            page.upright(foot, top, bottom, GREY);
        }
        let withheld = rows.iter().any(|row| row.counts().contains(&None));
        let notes: &[&str] = if withheld { &[WITHHELD] } else { &[] };
        Ok(page.finish(notes, Some(&self.base)))
    }
}

/// The names of the panels, which stand for a legend: each by its bars, with its colour.
fn heads(page: &mut Page<'_>, foot: [f64; 3]) {
    let middle = page.y + 6.0;
    for (panel, head) in HEADS.into_iter().enumerate() {
        let wide = Face::Bold.width(head, SMALL) + 16.0;
        let start = match panel {
            0 => foot[0] - wide,
            1 => foot[1] - wide / 2.0,
            _ => foot[2],
        };
        bar(page, start, middle, [11.0, 11.0], panel);
        page.text(start + 16.0, middle, Align::Left, Face::Bold, SMALL, BLACK, head);
    }
    page.y += 22.0;
}

/// A bar, or the swatch of a head. Mixed and neutral are pale with an edge, so that grey prints
/// keep the three apart.
fn bar(page: &mut Page<'_>, start: f64, middle: f64, [long, high]: [f64; 2], panel: usize) {
    if long <= 0.0 {
        return;
    }
    let top = middle - high / 2.0;
    if panel == 1 {
        page.rect(start, top, long, high, GREY);
        if long > 2.0 {
            page.rect(start + 1.0, top + 1.0, long - 2.0, high - 2.0, INKS[1]);
        }
    } else {
        page.rect(start, top, long, high, INKS[panel]);
    }
}

fn label(count: Option<u64>) -> String {
    count.map_or_else(|| "c".to_owned(), number)
}

fn width(panel: usize, unit: f64, most: [f64; 3], beside: [f64; 3]) -> f64 {
    // The middle panel's bars are centred, its labels stand to their right: room on both sides.
    let sides = if panel == 1 { 2.0 } else { 1.0 };
    let head = Face::Bold.width(HEADS[panel], SMALL) + 18.0;
    (most[panel] * unit + sides * beside[panel]).max(head)
}

/// Length of one comment, such that the panels together fill the room.
fn unit(room: f64, most: [f64; 3], beside: [f64; 3]) -> f64 {
    let taken = |unit: f64| (0..3).map(|panel| width(panel, unit, most, beside)).sum::<f64>();
    let (mut low, mut high) = (0.0, room / most.iter().copied().fold(1.0, f64::max));
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if taken(middle) > room { high = middle } else { low = middle }
    }
    low
}
