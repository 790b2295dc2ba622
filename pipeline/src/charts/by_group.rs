//! Themes by who spoke, or by any other breakdown: a panel of bars for each of a few groups, a table
//! of shaded cells for many. Every cell prints its percentage; withheld cells say "c".

use super::page::{Align, BODY, MARGIN, Names, Page, SMALL, WIDTH, WITHHELD};
use super::palette::{BLACK, BLUE, GREY, PALE, tint, words_on};
use super::text::{Face, number, percent};
use super::{Base, Chart, Error, Figure, Frame, Picture};

/// Shares of each group that raised each theme, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub struct ByGroup {
    /// What is said around the figures.
    pub frame: Frame,
    /// The groups: columns.
    pub groups: Vec<Group>,
    /// The themes: rows.
    pub rows: Vec<GroupRow>,
    /// Who the shares are of, all groups together.
    pub base: Base,
}

/// A group of respondents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name as people read it.
    pub name: String,
    /// How many are in it, where that may be shown.
    pub n: Option<u64>,
}

/// A theme and its share in each group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupRow {
    /// Its name as people read it.
    pub name: String,
    /// One figure for each group. Intervals are not drawn here.
    pub figures: Vec<Figure>,
}

/// A panel of bars needs this width; narrower columns become shaded cells.
const PANEL: f64 = 104.0;
/// Between columns.
const GAP: f64 = 3.0;

impl Chart for ByGroup {
    fn picture(&self) -> Result<Picture, Error> {
        self.check()?;
        if self.rows.is_empty() || self.groups.is_empty() {
            let page = Page::new(&self.frame, WIDTH);
            return Ok(page.empty("no theme or no group to compare.", Some(&self.base)));
        }
        let count = self.groups.len() as f64;
        let room = if count > 4.0 { 190.0 } else { 240.0 };
        let names = Names::new(self.rows.iter().map(|row| row.name.as_str()), room);
        let left = MARGIN + names.width + 14.0;
        // No column is narrower than the longest word of its head; the sheet grows if need be.
        let heads = self.groups.iter().flat_map(|group| [group.name.clone(), size(group)]);
        let word = heads.map(|head| Face::Bold.widest_word(&head, SMALL)).fold(44.0, f64::max);
        let least = word.min(160.0) + 6.0;
        let column = ((WIDTH - MARGIN - left) / count).max(least).min(230.0);
        let mut page = Page::new(&self.frame, WIDTH.max(left + column * count + MARGIN));

        self.heads(&mut page, left, column);
        let most = self.rows.iter().flat_map(|row| &row.figures).filter_map(Figure::share);
        let most = most.map(|share| share.percent).fold(0.0, f64::max).max(1.0);
        let bars = column >= PANEL && count <= 4.0;
        let (top, least) = (page.y, if bars { 28.0 } else { 27.0 });
        for (i, row) in self.rows.iter().enumerate() {
            let height = names.height(i, least);
            let middle = page.y + height / 2.0;
            names.write(&mut page, i, middle);
            for (j, figure) in row.figures.iter().enumerate() {
                let x = left + column * j as f64;
                if bars {
                    bar(&mut page, x, height, column, figure, most);
                } else {
                    cell(&mut page, x, height, column, figure, most);
                }
            }
            page.y += height;
        }
        if bars {
            for j in 0..self.groups.len() {
                page.upright(left + column * j as f64, top, page.y, GREY);
            }
        }
        let withheld = self.rows.iter().flat_map(|row| &row.figures).any(|f| f.share().is_none());
        let mut notes = vec!["Percentages are of each group."];
        if withheld {
            notes.push(WITHHELD);
        }
        Ok(page.finish(&notes, Some(&self.base)))
    }
}

impl ByGroup {
    fn check(&self) -> Result<(), Error> {
        for (i, row) in self.rows.iter().enumerate() {
            let (found, expected) = (row.figures.len(), self.groups.len());
            if found != expected {
                return Err(Error::Uneven { row: i + 1, found, expected });
            }
            for figure in &row.figures {
                figure.checked("group", i)?;
            }
        }
        Ok(())
    }

    /// Names and sizes of the groups, standing on the first row.
    fn heads(&self, page: &mut Page<'_>, left: f64, column: f64) {
        let lines: Vec<Vec<String>> = self
            .groups
            .iter()
            .map(|group| Face::Bold.wrap(&group.name, SMALL, column - 6.0))
            .collect();
        let tallest = lines.iter().map(Vec::len).max().unwrap_or(0) as f64 * SMALL * 1.26;
        let panels = column >= PANEL && self.groups.len() <= 4;
        for (j, (group, lines)) in self.groups.iter().zip(&lines).enumerate() {
            let x = left + column * j as f64;
            let (x, align) = if panels {
                (x, Align::Left)
            } else {
                (x + (column - GAP) / 2.0, Align::Middle)
            };
            let own = lines.len() as f64 * SMALL * 1.26;
            let middle = page.y + tallest - own / 2.0;
            page.block(x, middle, align, Face::Bold, SMALL, lines);
            let n = size(group);
            page.text(x, page.y + tallest + 9.0, align, Face::Regular, SMALL, GREY, &n);
        }
        page.y += tallest + 22.0;
    }
}

/// "n = 45".
fn size(group: &Group) -> String {
    format!("n\u{a0}=\u{a0}{}", group.n.map_or_else(|| "c".to_owned(), number))
}

/// A bar from the panel's left edge, with its percentage.
fn bar(page: &mut Page<'_>, x: f64, height: f64, column: f64, figure: &Figure, most: f64) {
    let middle = page.y + height / 2.0;
    let Some(share) = figure.share() else {
        page.text(x + 7.0, middle, Align::Left, Face::Regular, BODY, GREY, "c");
        return;
    };
    let long = (column - 56.0) * share.percent / most;
    page.rect(x, middle - 8.0, long, 16.0, BLUE);
    page.label(x + long + 6.0, middle, Align::Left, &percent(share.percent));
}

/// A cell, darker for larger shares.
fn cell(page: &mut Page<'_>, x: f64, height: f64, column: f64, figure: &Figure, most: f64) {
    let (ground, words) = match figure.share() {
        Some(share) => (tint(BLUE, 0.06 + 0.94 * share.percent / most), percent(share.percent)),
        None => (PALE, "c".to_owned()),
    };
    let (width, y) = (column - GAP, page.y);
    page.rect(x, y, width, height - GAP, ground);
    let ink = if figure.share().is_some() { words_on(ground) } else { BLACK };
    let middle = y + (height - GAP) / 2.0;
    page.text(x + width / 2.0, middle, Align::Middle, Face::Regular, BODY, ink, &words);
}
