//! Codings to evidence: mergeable counts, prevalence with intervals, breakdowns, disclosure control.

pub mod disclosure;
pub mod evidence;
pub mod intervals;

pub use disclosure::Profile;
pub use evidence::Evidence;
