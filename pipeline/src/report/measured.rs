//! Charts of the quantities that people gave in their own words.

use super::charts::{Plan, frame};
use super::words::{number, quantity, unit};
use crate::charts::{Base, Bin, Histogram, Standard};
use crate::tables::evidence::{Evidence, MeasureRow};

pub(super) fn measure(evidence: &Evidence, row: &MeasureRow) -> Option<Plan> {
    let summary = row.summary.as_ref()?;
    let total = row.values?;
    let drawn = summary.bars.as_ref()?;
    let shown: u64 = drawn.bars.iter().filter_map(|bar| bar.count).sum();
    let withheld = drawn.bars.iter().any(|bar| bar.count.is_none());
    let per = row.per.as_deref();
    let median = quantity(summary.median, &row.unit, per);
    let against = row.against.as_ref().and_then(|against| {
        let (count, base) = (against.beyond.count()?, against.beyond.base()?);
        Some(format!(
            "{}: of the {} who gave a number, {} gave {} than {}",
            row.label,
            number(base),
            number(count),
            if against.at_most { "more" } else { "less" },
            quantity(against.limit, &row.unit, per)
        ))
    });
    let headline = against.unwrap_or_else(|| {
        format!("{}: half of the numbers given are {median} or less", row.label)
    });
    let quartiles = format!(
        "The middle half lies between {} and {}.",
        quantity(summary.lower_quartile, &row.unit, per),
        quantity(summary.upper_quartile, &row.unit, per)
    );
    let left_out = if withheld {
        let more = number(total.saturating_sub(shown));
        format!(" {more} of the {} numbers are in bars that are withheld.", number(total))
    } else {
        String::new()
    };
    let subtitle = format!(
        "Numbers that people gave in their own words. {quartiles}{left_out} Not a measured rate"
    );
    let note =
        if drawn.closed_above { "Each bar includes the number at its right end." } else { "" };
    let alt = format!("Bars of how often each value was given. {headline}. {quartiles}");
    let frame = frame(evidence, headline, subtitle, note, alt);
    let in_units = unit(&row.unit, per);
    let measure =
        if in_units.is_empty() { row.label.clone() } else { format!("{} ({in_units})", row.label) };
    let chart = Histogram {
        frame: frame.clone(),
        measure,
        bins: drawn.bars.iter().map(|b| Bin { from: b.from, to: b.to, count: b.count }).collect(),
        whole: drawn.whole,
        open_above: drawn.open_above,
        standard: row.against.as_ref().map(|against| Standard {
            // Between the bars of whole numbers: "at most 4" stands where 5 begins.
            value: against.limit + f64::from(u8::from(drawn.whole && against.at_most)),
            label: format!("Standard: {}", against.standard),
        }),
        base: Base { n: total, of: "answers with a number".to_owned() },
    };
    // A quantity may be told by the week and by the month.
    let per = per.filter(|per| !row.id.ends_with(per));
    let per = per.map_or_else(String::new, |per| format!("_a_{per}"));
    Some(Plan { stem: format!("measure_{}{per}", row.id), frame, chart: Box::new(chart) })
}
