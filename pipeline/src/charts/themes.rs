//! How many people raised each theme: bars by share of respondents, with intervals.

use super::page::{Axis, INTERVALS, MARGIN, Names, Page, WIDTH, WITHHELD};
use super::palette::{BLUE, GREY};
use super::text::{Face, number, percent};
use super::{Base, Chart, Error, Figure, Frame, Picture, page};

/// Themes by share of respondents, largest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Themes {
    /// What is said around the figures.
    pub frame: Frame,
    /// The themes, in any order.
    pub rows: Vec<ThemeRow>,
    /// Who the shares are of.
    pub base: Base,
}

/// A theme and how many raised it.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeRow {
    /// Its name as people read it.
    pub name: String,
    /// Who raised it.
    pub figure: Figure,
}

impl Chart for Themes {
    fn picture(&self) -> Result<Picture, Error> {
        for (i, row) in self.rows.iter().enumerate() {
            row.figure.checked("themes", i)?;
        }
        let mut page = Page::new(&self.frame, WIDTH);
        if self.rows.is_empty() {
            return Ok(page.empty("no theme was found in these responses.", Some(&self.base)));
        }
        let mut rows: Vec<&ThemeRow> = self.rows.iter().collect();
        let size = |row: &ThemeRow| row.figure.share().map_or(-1.0, |share| share.percent);
        rows.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));

        let labels: Vec<String> = rows.iter().map(|row| label(&row.figure)).collect();
        let widest = labels.iter().map(|l| Face::Regular.width(l, page::BODY)).fold(0.0, f64::max);
        let names = Names::new(rows.iter().map(|row| row.name.as_str()), 250.0);
        let left = MARGIN + names.width + 14.0;
        let most = rows.iter().filter_map(|row| row.figure.share()).map(|s| s.high.max(s.percent));
        let axis = Axis::new(left, page.right() - widest - 12.0 - left, most.fold(0.0, f64::max));

        page.y += 18.0;
        let bottom = page.y + names.total(28.0) + 4.0;
        page.scale(&axis, bottom, |value| format!("{}%", super::text::plain(value)));
        page.y += 2.0;
        for (i, (row, label)) in rows.iter().zip(&labels).enumerate() {
            let height = names.height(i, 28.0);
            let middle = page.y + height / 2.0;
            names.write(&mut page, i, middle);
            let mut end = axis.x(0.0) + 4.0;
            if let Some(share) = row.figure.share() {
                let (zero, tip) = (axis.x(0.0), axis.x(share.percent));
                page.rect(zero, middle - 8.0, tip - zero, 16.0, BLUE);
                let (low, high) = (axis.x(share.low), axis.x(share.high));
                page.whisker([low, high], middle, Some(tip), GREY);
                end = high.max(tip);
            }
            page.label_over(end + 8.0, middle, label);
            let (x, y) = (MARGIN, page.y);
            page.region(&row.name, "", [x, y, page.right() - x, height]);
            page.y += height;
        }
        page.y = bottom;
        let withheld = rows.iter().any(|row| row.figure.share().is_none());
        let notes = if withheld { vec![INTERVALS, WITHHELD] } else { vec![INTERVALS] };
        page.upright(axis.x(0.0), bottom - 4.0, bottom, GREY);
        Ok(page.finish(&notes, Some(&self.base)))
    }
}

/// "41 (34%)", or "c".
fn label(figure: &Figure) -> String {
    figure.share().map_or_else(
        || "c".to_owned(),
        |share| format!("{} ({})", number(share.count), percent(share.percent)),
    )
}
