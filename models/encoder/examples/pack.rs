//! Packs a BERT from safetensors into an encoder file, and exports one again (developers' command).
//!
//! `cargo run --release -p heard-encoder --example pack -- FOLDER FILE` quantises FOLDER's
//! model.safetensors, config.json and vocab.txt; `-- --tagger FOLDER FILE` does so with its head of
//! tags; `-- --export FILE FOLDER` writes an encoder's, dequantised.
#![allow(clippy::print_stdout, reason = "it says what it wrote")]

use std::path::Path;

use anyhow::Context as _;
use heard_encoder::{TaggerFile, Weights};

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["--export", file, folder] => export(Path::new(file), Path::new(folder)),
        ["--tagger", folder, file] => pack(Path::new(folder), Path::new(file), true),
        [folder, file] => pack(Path::new(folder), Path::new(file), false),
        _ => anyhow::bail!("usage: pack [--tagger] FOLDER FILE, or pack --export FILE FOLDER"),
    }
}

fn pack(folder: &Path, file: &Path, tagger: bool) -> anyhow::Result<()> {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).with_context(|| path.display().to_string())
    };
    let vocabulary = String::from_utf8(read("vocab.txt")?)?;
    let config = String::from_utf8(read("config.json")?)?;
    let vocabulary = vocabulary.lines().map(str::to_owned).collect();
    let tensors = read("model.safetensors")?;
    let bytes = if tagger {
        TaggerFile::from_safetensors(&tensors, &config, vocabulary)?.to_bytes()?
    } else {
        Weights::from_safetensors(&tensors, &config, vocabulary)?.to_bytes()?
    };
    std::fs::write(file, &bytes)?;
    println!("{}: {:.1} MB", file.display(), bytes.len() as f64 / 1e6);
    Ok(())
}

fn export(file: &Path, folder: &Path) -> anyhow::Result<()> {
    let weights = Weights::from_bytes(&std::fs::read(file)?)?;
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("model.safetensors"), weights.to_safetensors()?)?;
    std::fs::write(folder.join("config.json"), weights.config_json()?)?;
    std::fs::write(folder.join("vocab.txt"), weights.vocabulary().join("\n") + "\n")?;
    println!("{}: model.safetensors, config.json, vocab.txt", folder.display());
    Ok(())
}
