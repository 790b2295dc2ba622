//! Packs the larger weights, so that the program carries a quarter of their bytes less. The files under
//! `weights/` stay as they are, and so do their hashes.

use std::path::Path;
use std::{env, fs, io};

const PACKED: [&str; 3] = ["home-care.fast", "nhs-qdc.fast", "names.enc"];
/// Beyond it packing takes many times as long and saves little.
const LEVEL: i32 = 12;

fn main() -> io::Result<()> {
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo gives no OUT_DIR"))?;
    for name in PACKED {
        let path = Path::new("weights").join(name);
        println!("cargo:rerun-if-changed={}", path.display());
        let packed = zstd::encode_all(fs::read(&path)?.as_slice(), LEVEL)?;
        fs::write(Path::new(&out).join(format!("{name}.zst")), packed)?;
    }
    println!("cargo:rerun-if-changed=build.rs");
    Ok(())
}
