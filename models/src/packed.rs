//! Weights that ship, as `build.rs` packed them into the program.

/// A packed file.
#[derive(Clone, Copy)]
pub(crate) struct Packed(pub(crate) &'static [u8]);

/// The file of this name under `weights/`.
macro_rules! packed {
    ($name:literal) => {
        $crate::packed::Packed(include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".zst")))
    };
}
pub(crate) use packed;

impl Packed {
    /// The file as it was.
    pub(crate) fn unpack(self) -> Vec<u8> {
        #[allow(clippy::expect_used, reason = "fixed bytes, unpacked in every test run")]
        zstd::decode_all(self.0).expect("what the build packed can be unpacked")
    }
}
