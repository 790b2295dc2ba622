//! The notices of what ships in the program, for `heard --licences`.

/// The notice, and the licences of the lists and the fonts in full.
pub const TEXT: &str = concat!(
    include_str!("../../NOTICE"),
    "\n\n",
    include_str!("deidentify/names/LICENCE.md"),
    "\n\nLicence of Open Sans\n\n",
    include_str!("charts/fonts/LICENSE-OpenSans.txt")
);
