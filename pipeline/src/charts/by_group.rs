//! Themes by who spoke, or by any other breakdown: a panel of bars for each of a few groups, a table
//! of shaded cells for many. Every cell prints its percentage; a withheld one says between what it
//! lies, or "c".

use super::page::{Align, BODY, MARGIN, Names, Page, SMALL, WIDTH, WITHHELD};
use super::palette::{BLACK, BLUE, GREY, Ink, LINE, WHITE, tint, words_on};
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
    /// For each group, whether a test found that it differs: such figures are bold and have a star.
    /// Groups beyond its end do not.
    pub differs: Vec<bool>,
}

/// Why some figures are no single number.
const BETWEEN: &str = "<, + and ranges: withheld, so that no one can be recognised from small numbers, \
                       or to keep such a number from being worked out.";

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
        let (columns, bars) = self.columns(WIDTH - MARGIN - left);
        let wide = left + columns.iter().map(|column| column.1).sum::<f64>() + MARGIN;
        let mut page = Page::new(&self.frame, WIDTH.max(wide));
        let columns: Vec<(f64, f64)> =
            columns.iter().map(|(x, width)| (left + x, *width)).collect();

        self.heads(&mut page, &columns, bars);
        let most = self.rows.iter().flat_map(|row| &row.figures).filter_map(Figure::share);
        let most = most.map(|share| share.percent).fold(0.0, f64::max).max(1.0);
        let top = page.y;
        for (i, row) in self.rows.iter().enumerate() {
            let height = names.height(i, 28.0);
            let middle = page.y + (height - GAP) / 2.0;
            names.write(&mut page, i, middle);
            let groups = self.groups.iter().zip(&columns);
            for (at, (figure, (group, (x, width)))) in row.figures.iter().zip(groups).enumerate() {
                let differs = row.differs.get(at) == Some(&true);
                page.region(&row.name, &group.name, [*x, page.y, width - GAP, height]);
                if bars {
                    bar(&mut page, *x, middle, *width, (figure, differs), most);
                } else {
                    cell(&mut page, *x, height - GAP, *width - GAP, (figure, differs), most);
                }
            }
            page.y += height;
        }
        if bars {
            for (x, _) in &columns {
                page.upright(*x, top - 2.0, page.y, GREY);
            }
        }
        let figures = || self.rows.iter().flat_map(|row| &row.figures);
        let mut notes = vec!["Percentages are of each group."];
        if figures().any(|figure| matches!(figure, Figure::Between(..))) {
            notes.push(BETWEEN);
        }
        if figures().any(|figure| *figure == Figure::Withheld) {
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

    /// Places and widths of the columns from the first one's left edge, and whether they are panels
    /// of bars. Columns are alike as far as the longest word of each head allows; the sheet grows if
    /// the words need more than there is.
    fn columns(&self, room: f64) -> (Vec<(f64, f64)>, bool) {
        let least: Vec<f64> = self
            .groups
            .iter()
            .map(|group| {
                let word = Face::Bold.widest_word(&group.name, SMALL).clamp(42.0, 160.0);
                let word = word.max(Face::Regular.width(&size(group), SMALL));
                // Wider where that saves a fourth line.
                let lines = |room: f64| Face::Bold.wrap(&group.name, SMALL, room).len();
                let mut steps = (0..20).map(|step| word + f64::from(step) * 8.0);
                steps.find(|room| lines(room + 0.1) <= 3).unwrap_or(160.0_f64.max(word)) + 10.0
            })
            .collect();
        let alike = (room / least.len() as f64).min(230.0);
        let widest = least.iter().copied().fold(0.0, f64::max);
        let bars = least.len() <= 4 && alike >= PANEL.max(widest);
        let widths: Vec<f64> = if alike >= widest {
            vec![alike; least.len()]
        } else {
            let (mut low, mut high) = (0.0, alike);
            for _ in 0..40 {
                let level = f64::midpoint(low, high);
                let taken: f64 = least.iter().map(|least| least.max(level)).sum();
                if taken > room { high = level } else { low = level }
            }
            least.iter().map(|least| least.max(low)).collect()
        };
        let mut at = 0.0;
        let place = |width: f64| {
            at += width;
            (at - width, width)
        };
        (widths.into_iter().map(place).collect(), bars)
    }

    /// Names and sizes of the groups, standing on the first row.
    fn heads(&self, page: &mut Page<'_>, columns: &[(f64, f64)], bars: bool) {
        const LEAD: f64 = SMALL * 1.26;
        let heads = self.groups.iter().zip(columns);
        let lines: Vec<Vec<String>> = heads
            .map(|(group, (_, width))| Face::Bold.balance(&group.name, SMALL, width - 8.0))
            .collect();
        let tallest = lines.iter().map(Vec::len).max().unwrap_or(0) as f64 * LEAD;
        for ((group, lines), (x, width)) in self.groups.iter().zip(&lines).zip(columns) {
            let middle = x + (width - GAP) / 2.0;
            let (x, align) = if bars { (*x, Align::Left) } else { (middle, Align::Middle) };
            let middle = page.y + tallest - lines.len() as f64 * LEAD / 2.0;
            page.block(x, middle, align, Face::Bold, SMALL, lines);
            let n = size(group);
            page.text(x, page.y + tallest + 9.0, align, Face::Regular, SMALL, GREY, &n);
        }
        page.y += tallest + 24.0;
    }
}

/// "n = 45".
fn size(group: &Group) -> String {
    format!("n\u{a0}=\u{a0}{}", group.n.map_or_else(|| "c".to_owned(), number))
}

/// How a percentage is printed, with a star where it differs by more than chance.
fn printed(share: &super::Share, differs: bool) -> (Face, String) {
    let words = percent(share.percent);
    if differs { (Face::Bold, format!("{words}*")) } else { (Face::Regular, words) }
}

/// A bar from the panel's left edge, with its percentage.
fn bar(
    page: &mut Page<'_>,
    x: f64,
    middle: f64,
    column: f64,
    (figure, differs): (&Figure, bool),
    most: f64,
) {
    let Some(share) = figure.share() else {
        page.text(x + 7.0, middle, Align::Left, Face::Regular, BODY, GREY, &figure.withheld());
        return;
    };
    let long = (column - 56.0) * share.percent / most;
    page.rect(x, middle - 8.0, long, 16.0, BLUE);
    let (face, words) = printed(share, differs);
    page.text(x + long + 6.0, middle, Align::Left, face, BODY, BLACK, &words);
}

/// The ground of a cell, in eight steps: more could not be told apart beside each other.
fn shade(part: f64) -> Ink {
    tint(BLUE, 0.06 + 0.94 * (part * 8.0).round() / 8.0)
}

/// A cell, darker for larger shares.
fn cell(
    page: &mut Page<'_>,
    x: f64,
    height: f64,
    width: f64,
    (figure, differs): (&Figure, bool),
    most: f64,
) {
    let y = page.y;
    // A frame around white, so that a withheld cell is not taken for a small share.
    let (edge, ground, (face, words)) = match figure.share() {
        Some(share) => (0.0, shade(share.percent / most), printed(share, differs)),
        None => (1.0, WHITE, (Face::Regular, figure.withheld())),
    };
    page.rect(x, y, width, height, LINE);
    page.rect(x + edge, y + edge, width - 2.0 * edge, height - 2.0 * edge, ground);
    let (x, middle, ink) = (x + width / 2.0, y + height / 2.0, words_on(ground));
    page.text(x, middle, Align::Middle, face, BODY, ink, &words);
}
