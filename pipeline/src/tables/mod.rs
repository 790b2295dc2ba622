//! Codings to evidence: mergeable counts, prevalence with intervals, breakdowns, disclosure control.
//!
//! [`Tally`] counts batch by batch; [`evidence()`](assemble::evidence) turns counts into figures that may be
//! published; what they look like on paper is left to `charts` and `report`.

pub mod assemble;
mod bars;
mod breakdown;
mod counts;
pub mod difference;
pub mod disclosure;
pub mod evidence;
pub mod findings;
pub mod frames;
pub mod gaps;
pub mod intervals;
pub mod labels;
mod measured;
mod network;
mod order;
mod overlap;
mod people;
mod population;
mod process;
pub mod quotes;
pub mod settings;
pub mod tally;
#[cfg(test)]
mod tests;
mod workbook;
pub mod write;

pub use assemble::{Facts, evidence};
pub use disclosure::Profile;
pub use evidence::Evidence;
pub use gaps::Gaps;
pub use quotes::{Chosen, Quotes};
pub use settings::{MeasureStandard, PopulationRow};
pub use tally::{Tally, TallyOptions};
pub(crate) use write::guarded;
pub use write::write;
