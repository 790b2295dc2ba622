//! Charts of survey evidence, each drawn once from a plain struct to SVG (for pages) and PNG (for
//! print and Word). They follow the UK Government Analysis Function's guidance: a headline that says
//! what was found, a statistical subtitle, horizontal text, direct labels, few light gridlines, and
//! colours that also work in greyscale.
//!
//! A chart lays itself out as a [`Picture`] (rectangles, discs and measured text), which `plotters`
//! then puts on either backend. Fonts are compiled in and letters become outlines in the SVG, so a
//! chart looks the same on every machine. What is drawn was decided elsewhere: disclosure control,
//! intervals and tests belong to `tables`; a withheld figure arrives here as [`Figure::Withheld`].

mod agreement;
mod bars;
mod by_group;
mod change;
mod funnel;
mod histogram;
mod page;
mod palette;
mod picture;
mod png;
mod process;
mod sentiment;
mod svg;
mod text;
mod themes;

pub use agreement::{Agreement, AgreementRow};
pub use bars::{BarRow, BarSection, Bars};
pub use by_group::{ByGroup, Group, GroupRow};
pub use change::{Change, ChangeRow, Sides, Verdict};
pub use funnel::{Funnel, Step};
pub use histogram::{Bin, Histogram, Standard};
pub use picture::{Picture, Region};
pub use process::{Point, Process};
pub use sentiment::{Sentiment, SentimentRow};
pub use themes::{ThemeRow, Themes};

/// Why a chart could not be drawn. Rows are counted from 1, in the order given.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A percentage or bound that is no number, lies outside 0 to 100, or an interval upside down.
    #[error("row {row} of the {chart} chart has a percentage or interval outside 0 to 100")]
    OutOfRange {
        /// The chart.
        chart: &'static str,
        /// The row.
        row: usize,
    },
    /// A row with more or fewer figures than there are groups.
    #[error("row {row} of the chart by group has {found} figures for {expected} groups")]
    Uneven {
        /// The row.
        row: usize,
        /// Figures in that row.
        found: usize,
        /// Groups of the chart.
        expected: usize,
    },
    /// Bins that overlap, leave gaps, have no width or are not numbers.
    #[error("bin {row} of the histogram does not begin where the one before ends, or has no width")]
    Bins {
        /// The bin.
        row: usize,
    },
    /// More rows, or longer texts, than fit on a picture.
    #[error("the chart would be {height} pixels high, more than can be drawn")]
    TooTall {
        /// Pixels it would need.
        height: u64,
    },
    /// The drawing library failed.
    #[error("the chart could not be drawn: {0}")]
    Drawing(String),
    /// The PNG could not be written.
    #[error("the chart could not be written as PNG")]
    Png(#[from] ::png::EncodingError),
}

/// What every chart says around its figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// What was found, as a sentence. Wraps.
    pub headline: String,
    /// What is shown: measure, people, place, time.
    pub subtitle: String,
    /// Where the figures come from, without n, which the chart adds.
    pub source_note: String,
    /// The chart in words, for people who cannot see it.
    pub alt_text: String,
    /// True until people have read a sample: the chart then says "Draft: coded by computer".
    pub draft: bool,
}

/// How many were counted, printed at the foot as "n = 1,234 respondents".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// How many.
    pub n: u64,
    /// Of what, in the plural: "respondents", "comments".
    pub of: String,
}

/// A count with its share and the share's 95% interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Their share, 0 to 100.
    pub percent: f64,
    /// Lower bound of the share, 0 to 100.
    pub low: f64,
    /// Upper bound of the share, 0 to 100.
    pub high: f64,
}

/// A figure as it may be published.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// It may be shown.
    Shown(Share),
    /// Disclosure control withholds it: printed as "c", never as zero.
    Withheld,
    /// It is withheld, and can be told to lie between two shares, 0 to 100: from 0 on, to lie under the
    /// second.
    Between(f64, f64),
}

impl Figure {
    /// The share, where it may be shown.
    pub fn share(&self) -> Option<&Share> {
        match self {
            Self::Shown(share) => Some(share),
            Self::Withheld | Self::Between(..) => None,
        }
    }

    /// How it is printed where it is withheld: "c", "<7%", "5–7%", or "5%+" where it may be much more.
    fn withheld(&self) -> String {
        const MUCH: f64 = 15.0;
        let Self::Between(low, high) = *self else { return "c".to_owned() };
        let (from, to) = (text::percent(low), text::percent(high));
        match low {
            _ if low <= 0.0 => format!("<{}", to.trim_start_matches('<')),
            _ if from == to => format!("about {to}"),
            _ if high - low > MUCH => format!("{from}+"),
            _ => format!("{}–{to}", from.trim_end_matches('%')),
        }
    }

    /// Itself, if its numbers can be drawn.
    fn checked(&self, chart: &'static str, row: usize) -> Result<(), Error> {
        let Self::Shown(share) = self else { return Ok(()) };
        let fits = |value: f64| (0.0..=100.0).contains(&value);
        if fits(share.percent) && fits(share.low) && fits(share.high) && share.low <= share.high {
            Ok(())
        } else {
            Err(Error::OutOfRange { chart, row: row + 1 })
        }
    }
}

/// A chart: it lays itself out once, and comes out as SVG or PNG. The same input gives the same bytes.
pub trait Chart {
    /// The chart laid out, not yet in any format.
    fn picture(&self) -> Result<Picture, Error>;

    /// The chart as an SVG document, text as outlines, with title and description for screen readers.
    fn svg(&self) -> Result<String, Error> {
        self.picture()?.svg()
    }

    /// The chart as a PNG file, 2.5 pixels to the SVG's unit: 1,800 wide, or 270 dots an inch across
    /// the text of an A4 page.
    fn png(&self) -> Result<Vec<u8>, Error> {
        self.picture()?.png()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
