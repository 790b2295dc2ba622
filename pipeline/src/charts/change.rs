//! What changed between two waves, or differs between two groups of people: for each theme an open ring (earlier) and a full dot (later), each
//! with its interval, and in words whether the change is more than chance.

use super::page::{Align, Axis, BODY, INTERVALS, MARGIN, Names, Page, SMALL, WIDTH, WITHHELD};
use super::palette::{BLACK, BLUE, GREY, Ink, PINK, WHITE};
use super::text::{Face, percent, plain};
use super::{Base, Chart, Error, Figure, Frame, Picture};

/// Themes in two waves, the largest of the later wave first.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What is said around the figures.
    pub frame: Frame,
    /// Name of the earlier wave and how many are in it.
    pub earlier: (String, Base),
    /// Name of the later wave and how many are in it.
    pub later: (String, Base),
    /// The themes, in any order.
    pub rows: Vec<ChangeRow>,
    /// What the two sides are.
    pub sides: Sides,
}

/// What is set beside each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sides {
    /// Two waves: a share goes up or down.
    #[default]
    Times,
    /// Two groups of people: one share is higher than the other.
    Groups,
}

/// A theme in both waves.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeRow {
    /// Its name as people read it.
    pub name: String,
    /// Its share in the earlier wave.
    pub earlier: Figure,
    /// Its share in the later wave.
    pub later: Figure,
    /// What the test says.
    pub verdict: Verdict,
}

/// Whether a difference is more than chance, by a test made elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The later share is higher or lower by more than chance explains.
    Clear,
    /// Chance may explain it.
    Unclear,
    /// Not tested.
    Untested,
}

const EARLIER: Ink = PINK;
const LATER: Ink = BLUE;
/// Height of a row at least.
const ROW: f64 = 42.0;

impl Chart for Change {
    fn picture(&self) -> Result<Picture, Error> {
        for (i, row) in self.rows.iter().enumerate() {
            row.earlier.checked("change", i)?;
            row.later.checked("change", i)?;
        }
        let mut page = Page::new(&self.frame, WIDTH);
        if self.rows.is_empty() {
            return Ok(page.empty("no theme was found on both sides.", None));
        }
        let mut rows: Vec<&ChangeRow> = self.rows.iter().collect();
        let size = |row: &ChangeRow| row.later.share().map_or(-1.0, |share| share.percent);
        rows.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));

        let words: Vec<[String; 2]> = rows.iter().map(|row| in_words(row, self.sides)).collect();
        let widest = words.iter().flatten().map(|w| Face::Bold.width(w, BODY)).fold(0.0, f64::max);
        let names = Names::new(rows.iter().map(|row| row.name.as_str()), 220.0);
        let left = MARGIN + names.width + 18.0;
        let shares = rows.iter().flat_map(|row| [row.earlier, row.later]);
        let most = shares.filter_map(|f| f.share().map(|s| s.high.max(s.percent)));
        let column = page.right() - widest;
        let axis = Axis::new(left, column - 20.0 - left, most.fold(0.0, f64::max));

        self.key(&mut page);
        page.y += 18.0;
        let bottom = page.y + names.total(ROW) + 4.0;
        page.scale(&axis, bottom, |value| format!("{}%", plain(value)));
        for (i, (row, words)) in rows.iter().zip(&words).enumerate() {
            let height = names.height(i, ROW);
            let middle = page.y + height / 2.0;
            names.write(&mut page, i, middle);
            dumbbell(&mut page, &axis, middle, row);
            let face = if row.verdict == Verdict::Clear { Face::Bold } else { Face::Regular };
            page.text(column, middle - 8.0, Align::Left, Face::Regular, BODY, BLACK, &words[0]);
            page.text(column, middle + 8.0, Align::Left, face, SMALL, BLACK, &words[1]);
            page.y += height;
        }
        page.y = bottom;
        let mut notes = vec![INTERVALS];
        if rows.iter().any(|row| row.earlier.share().is_none() || row.later.share().is_none()) {
            notes.push(WITHHELD);
        }
        let n = |wave: &(String, Base)| {
            format!("{}: n\u{a0}=\u{a0}{} {}.", wave.0, super::text::number(wave.1.n), wave.1.of)
        };
        let bases = format!("{} {}", n(&self.earlier), n(&self.later));
        notes.push(&bases);
        Ok(page.finish(&notes, None))
    }
}

impl Change {
    /// The legend: two marks with the names of the waves.
    fn key(&self, page: &mut Page<'_>) {
        let mut x = MARGIN + 6.0;
        for (wave, later) in [(&self.earlier, false), (&self.later, true)] {
            let words = &wave.0;
            let width = Face::Bold.width(words, SMALL) + 40.0;
            if x > MARGIN + 6.0 && x + width > page.right() {
                x = MARGIN + 6.0;
                page.y += 18.0;
            }
            let middle = page.y + 8.0;
            mark(page, x, middle, later);
            page.text(x + 12.0, middle, Align::Left, Face::Bold, SMALL, BLACK, words);
            x += width;
        }
        page.y += 24.0;
    }
}

/// A wave's mark: a ring for the earlier, a dot for the later, apart in any print.
fn mark(page: &mut Page<'_>, x: f64, y: f64, later: bool) {
    // The dot fits into the ring, so that both show where the waves agree.
    if later {
        page.disc(x, y, 4.6, LATER);
    } else {
        page.disc(x, y, 7.2, EARLIER);
        page.disc(x, y, 5.6, WHITE);
    }
}

/// Both marks on one line, with their intervals above (earlier) and below (later).
fn dumbbell(page: &mut Page<'_>, axis: &Axis, middle: f64, row: &ChangeRow) {
    if let (Some(a), Some(b)) = (row.earlier.share(), row.later.share()) {
        let (from, to) = (axis.x(a.percent.min(b.percent)), axis.x(a.percent.max(b.percent)));
        page.rect(from, middle - 2.0, to - from, 4.0, super::palette::tint(GREY, 0.4));
    }
    for (figure, later) in [(&row.earlier, false), (&row.later, true)] {
        if let Some(share) = figure.share() {
            let y = if later { middle + 10.0 } else { middle - 10.0 };
            let ink = if later { LATER } else { EARLIER };
            page.whisker([axis.x(share.low), axis.x(share.high)], y, None, ink);
        }
    }
    for (figure, later) in [(&row.earlier, false), (&row.later, true)] {
        if let Some(share) = figure.share() {
            mark(page, axis.x(share.percent), middle, later);
        }
    }
}

/// "34% to 41%" and what to make of it.
fn in_words(row: &ChangeRow, sides: Sides) -> [String; 2] {
    let say = |figure: &Figure| figure.share().map_or("c".to_owned(), |s| percent(s.percent));
    let joined = if sides == Sides::Times { "to" } else { "and" };
    let shares = format!("{} {joined} {}", say(&row.earlier), say(&row.later));
    let (Some(a), Some(b)) = (row.earlier.share(), row.later.share()) else {
        return [shares, "not compared".to_owned()];
    };
    let points = b.percent.round() - a.percent.round();
    let by = match plain(points.abs()) {
        one if one == "1" => "1 point".to_owned(),
        more => format!("{more} points"),
    };
    let way = if b.percent > a.percent { "up" } else { "down" };
    let verdict = match row.verdict {
        Verdict::Clear if sides == Sides::Groups => format!("{by} apart"),
        Verdict::Unclear if sides == Sides::Groups => "no clear difference".to_owned(),
        Verdict::Clear if points == 0.0 => format!("{way} slightly"),
        Verdict::Clear => format!("{way} {by}"),
        Verdict::Unclear => "no clear change".to_owned(),
        Verdict::Untested => "not tested".to_owned(),
    };
    [shares, verdict]
}
