//! How many people were asked, answered, said something, and were coded.

use super::page::{Align, Axis, BODY, MARGIN, Names, Page, WIDTH};
use super::palette::{BLUE, GREY, tint};
use super::text::{Face, number, percent};
use super::{Chart, Error, Frame, Picture};

/// The steps from invitation to coding, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// What is said around the figures.
    pub frame: Frame,
    /// The steps; leave out those that are not known.
    pub steps: Vec<Step>,
}

/// A step and how many reached it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is, as people read it: "People invited".
    pub name: String,
    /// The same in a word or two, after "of": "those invited".
    pub short: String,
    /// How many.
    pub count: u64,
}

impl Chart for Funnel {
    fn picture(&self) -> Result<Picture, Error> {
        let mut page = Page::new(&self.frame, WIDTH);
        if self.steps.is_empty() {
            return Ok(page.empty("nothing was counted.", None));
        }
        let labels: Vec<String> = (0..self.steps.len()).map(|i| self.label(i)).collect();
        let names = Names::new(self.steps.iter().map(|step| step.name.as_str()), 220.0);
        let left = MARGIN + names.width + 14.0;
        let most = self.steps.iter().map(|step| step.count).max().unwrap_or(0) as f64;
        // Room for each label at the end of its own bar, so that one long label costs little.
        let room = page.right() - left - 12.0;
        let width = self.steps.iter().zip(&labels).fold(room, |width, (step, label)| {
            let spare = room - Face::Regular.width(label, BODY);
            if step.count == 0 { width } else { width.min(spare * most / step.count as f64) }
        });
        let axis = Axis::new(left, width.max(60.0), most);
        for (i, (step, label)) in self.steps.iter().zip(&labels).enumerate() {
            let height = names.height(i, 42.0);
            let middle = page.y + height / 2.0;
            names.write(&mut page, i, middle);
            let tip = axis.x(step.count as f64);
            // Later steps are darker: what the findings rest on stands out.
            let depth = 0.45 + 0.55 * (i + 1) as f64 / self.steps.len() as f64;
            page.rect(left, middle - 14.0, (tip - left).max(0.8), 28.0, tint(BLUE, depth));
            page.label(tip + 8.0, middle, Align::Left, label);
            page.y += height;
        }
        page.upright(left, page.y - names.total(42.0), page.y, GREY);
        Ok(page.finish(&[], None))
    }
}

impl Funnel {
    /// "134 (11% of those invited)".
    fn label(&self, i: usize) -> String {
        let count = number(self.steps[i].count);
        match i.checked_sub(1).map(|before| &self.steps[before]) {
            Some(before) if before.count > 0 => {
                let share = 100.0 * self.steps[i].count as f64 / before.count as f64;
                format!("{count} ({} of {})", percent(share), before.short)
            }
            _ => count,
        }
    }
}
