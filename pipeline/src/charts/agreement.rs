//! How far a model agrees with people, theme by theme: a point for each F1 with its interval.

use super::page::{self, Axis, MARGIN, Names, Page, WIDTH};
use super::palette::{BLUE, GREY};
use super::text::{Face, number};
use super::{Base, Chart, Error, Frame, Picture};

/// Themes by F1, best first.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// What is said around the figures.
    pub frame: Frame,
    /// The themes, in any order.
    pub rows: Vec<AgreementRow>,
    /// What was compared.
    pub base: Base,
}

/// A theme and how well it is told.
#[derive(Clone, Debug, PartialEq)]
pub struct AgreementRow {
    /// Its name as people read it.
    pub name: String,
    /// F1, 0 to 1.
    pub f1: f64,
    /// Its 95% interval, 0 to 1, where there is one.
    pub interval: Option<(f64, f64)>,
    /// Responses to which people gave it.
    pub support: u64,
}

const NOTE: &str = "F1 is 1 where the program and people give a theme to the same responses, and 0 \
    where they never do. Thin lines: 95% intervals. In brackets: responses to which people gave it.";

impl Chart for Agreement {
    fn picture(&self) -> Result<Picture, Error> {
        for (i, row) in self.rows.iter().enumerate() {
            let fits = |value: f64| (0.0..=1.0).contains(&value);
            let interval =
                row.interval.is_none_or(|(low, high)| fits(low) && fits(high) && low <= high);
            if !fits(row.f1) || !interval {
                return Err(Error::OutOfRange { chart: "agreement", row: i + 1 });
            }
        }
        let mut page = Page::new(&self.frame, WIDTH);
        if self.rows.is_empty() {
            return Ok(page.empty("people gave no theme to these responses.", Some(&self.base)));
        }
        let mut rows: Vec<&AgreementRow> = self.rows.iter().collect();
        rows.sort_by(|a, b| b.f1.total_cmp(&a.f1).then_with(|| a.name.cmp(&b.name)));
        let labels: Vec<String> =
            rows.iter().map(|r| format!("{:.2} ({})", r.f1, number(r.support))).collect();
        let widest = labels.iter().map(|l| Face::Regular.width(l, page::BODY)).fold(0.0, f64::max);
        let names = Names::new(rows.iter().map(|row| row.name.as_str()), 250.0);
        let left = MARGIN + names.width + 14.0;
        let axis = Axis::new(left, page.right() - widest - 20.0 - left, 1.0);
        page.y += 18.0;
        let bottom = page.y + names.total(26.0) + 4.0;
        page.scale(&axis, bottom, |value| format!("{value:.1}"));
        page.y += 2.0;
        for (i, (row, label)) in rows.iter().zip(&labels).enumerate() {
            let height = names.height(i, 26.0);
            let middle = page.y + height / 2.0;
            names.write(&mut page, i, middle);
            if let Some((low, high)) = row.interval {
                page.whisker([axis.x(low), axis.x(high)], middle, None, GREY);
            }
            page.disc(axis.x(row.f1), middle, 5.0, BLUE);
            page.label_over(axis.x(1.0) + 14.0, middle, label);
            page.y += height;
        }
        page.y = bottom;
        Ok(page.finish(&[NOTE], Some(&self.base)))
    }
}
