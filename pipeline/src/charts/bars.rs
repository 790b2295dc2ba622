//! Shares as bars, in sections with a title each: positions on proposals, clauses of standards, pairs
//! of themes. A bar may have a mark beside it that it is to be held against.

use super::page::{Align, Axis, BODY, INTERVALS, MARGIN, Names, Page, SMALL, WIDTH, WITHHELD};
use super::palette::{BLACK, BLUE, GREY, ORANGE, WHITE};
use super::text::{Face, number, percent, plain};
use super::{Base, Chart, Error, Figure, Frame, Picture};

/// Bars in sections, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// What is said around the figures.
    pub frame: Frame,
    /// The sections.
    pub sections: Vec<BarSection>,
    /// What the bars and the marks are, where there are marks.
    pub key: Option<[String; 2]>,
    /// Small print below.
    pub notes: Vec<String>,
    /// Who the shares are of.
    pub base: Base,
}

/// Bars that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BarSection {
    /// What stands above them; empty for nothing.
    pub title: String,
    /// What is counted, in small print beneath it; empty for nothing.
    pub about: String,
    /// The bars.
    pub rows: Vec<BarRow>,
}

/// A bar.
#[derive(Clone, Debug, PartialEq)]
pub struct BarRow {
    /// Its name as people read it.
    pub name: String,
    /// How long it is.
    pub figure: Figure,
    /// What to hold it against, 0 to 100.
    pub mark: Option<f64>,
}

/// Height of a row at least.
const ROW: f64 = 26.0;

impl Chart for Bars {
    fn picture(&self) -> Result<Picture, Error> {
        let rows: Vec<&BarRow> = self.sections.iter().flat_map(|section| &section.rows).collect();
        for (i, row) in rows.iter().enumerate() {
            row.figure.checked("bars", i)?;
            if row.mark.is_some_and(|mark| !(0.0..=100.0).contains(&mark)) {
                return Err(Error::OutOfRange { chart: "bars", row: i + 1 });
            }
        }
        let mut page = Page::new(&self.frame, WIDTH);
        if rows.is_empty() {
            return Ok(page.empty("there is nothing to count.", Some(&self.base)));
        }
        let labels: Vec<String> = rows.iter().map(|row| label(row)).collect();
        let widest = labels.iter().map(|l| Face::Regular.width(l, BODY)).fold(0.0, f64::max);
        let names = Names::new(rows.iter().map(|row| row.name.as_str()), 250.0);
        let left = MARGIN + names.width + 14.0;
        let ends = rows.iter().map(|row| {
            let share = row.figure.share().map_or(0.0, |s| s.high.max(s.percent));
            share.max(row.mark.unwrap_or_default())
        });
        let most = ends.fold(0.0, f64::max);
        let axis = Axis::new(left, page.right() - widest - 14.0 - left, most);
        if let Some(key) = &self.key {
            legend(&mut page, key);
        }
        page.y += 18.0;
        let heads: Vec<(Vec<String>, Vec<String>)> = self.sections.iter().map(head).collect();
        let high = |(title, about): &(Vec<String>, Vec<String>)| {
            title.len() as f64 * 19.0 + about.len() as f64 * 16.0
        };
        let apart = |at: usize| if at == 0 { 4.0 } else { 12.0 };
        let taken: f64 = heads.iter().enumerate().map(|(at, head)| apart(at) + high(head)).sum();
        let bottom = page.y + names.total(ROW) + taken + 2.0;
        page.scale(&axis, bottom, |value| format!("{}%", plain(value)));
        let mut at = 0;
        for (place, (section, head)) in self.sections.iter().zip(&heads).enumerate() {
            page.y += apart(place);
            // Titles stand on white, so that gridlines do not cross their words.
            let right = page.right();
            page.rect(MARGIN, page.y, right - MARGIN, high(head), WHITE);
            for line in &head.0 {
                let middle = page.y + 9.5;
                page.text(MARGIN, middle, Align::Left, Face::Bold, BODY, BLACK, line);
                page.y += 19.0;
            }
            for line in &head.1 {
                let middle = page.y + 8.0;
                page.text(MARGIN, middle, Align::Left, Face::Regular, SMALL, GREY, line);
                page.y += 16.0;
            }
            let top = page.y;
            for row in &section.rows {
                let height = names.height(at, ROW);
                let middle = page.y + height / 2.0;
                names.write(&mut page, at, middle);
                bar(&mut page, &axis, middle, row, &labels[at]);
                page.y += height;
                at += 1;
            }
            let bottom = page.y;
            page.upright(axis.x(0.0), top, bottom, GREY);
        }
        page.y = bottom;
        let mut notes = vec![INTERVALS];
        if rows.iter().any(|row| row.figure.share().is_none()) {
            notes.push(WITHHELD);
        }
        notes.extend(self.notes.iter().map(String::as_str));
        Ok(page.finish(&notes, Some(&self.base)))
    }
}

/// The lines above a section: its title and what is counted.
fn head(section: &BarSection) -> (Vec<String>, Vec<String>) {
    let room = WIDTH - 2.0 * MARGIN;
    let title = Face::Bold.balance(&section.title, BODY, room);
    (title, Face::Regular.balance(&section.about, SMALL, room))
}

/// A bar with its interval, its mark and its label.
fn bar(page: &mut Page<'_>, axis: &Axis, middle: f64, row: &BarRow, label: &str) {
    let mut end = axis.x(0.0) + 4.0;
    if let Some(share) = row.figure.share() {
        let (zero, tip) = (axis.x(0.0), axis.x(share.percent));
        page.rect(zero, middle - 7.5, tip - zero, 15.0, BLUE);
        let (low, high) = (axis.x(share.low), axis.x(share.high));
        page.whisker([low, high], middle, Some(tip), GREY);
        end = high.max(tip);
    }
    if let Some(mark) = row.mark {
        let x = axis.x(mark);
        page.rect(x - 3.0, middle - 11.0, 6.0, 22.0, WHITE);
        page.rect(x - 1.75, middle - 11.0, 3.5, 22.0, ORANGE);
        end = end.max(x + 3.0);
    }
    page.label_over(end + 8.0, middle, label);
}

/// What bars and marks are.
fn legend(page: &mut Page<'_>, [bars, marks]: &[String; 2]) {
    let mut x = MARGIN;
    for (words, is_mark) in [(bars, false), (marks, true)] {
        let width = Face::Bold.width(words, SMALL) + 44.0;
        if x > MARGIN && x + width > page.right() {
            x = MARGIN;
            page.y += 18.0;
        }
        let middle = page.y + 8.0;
        if is_mark {
            page.rect(x + 5.0, middle - 8.0, 3.5, 16.0, ORANGE);
        } else {
            page.rect(x, middle - 5.5, 14.0, 11.0, BLUE);
        }
        page.text(x + 20.0, middle, Align::Left, Face::Bold, SMALL, BLACK, words);
        x += width;
    }
    page.y += 26.0;
}

/// "41 (34%)", "34%, against 41%" or "c".
fn label(row: &BarRow) -> String {
    let against = row.mark.map(|mark| format!(", against {}", percent(mark)));
    match (row.figure.share(), against) {
        (None, against) => format!("c{}", against.unwrap_or_default()),
        (Some(share), Some(against)) => format!("{}{against}", percent(share.percent)),
        (Some(share), None) => format!("{} ({})", number(share.count), percent(share.percent)),
    }
}
