//! The notices of what ships in the program, for `heard --licences`.

/// The notice, and the licence of the fonts in full.
pub const TEXT: &str = concat!(
    include_str!("../../NOTICE"),
    "\n\nLicence of Open Sans\n\n",
    include_str!("charts/fonts/LICENSE-OpenSans.txt")
);
