//! Makes the weights that tell what a quantity measures (`models/weights/quantities.choice`).
//!
//! `quantities OUT LIST...` learns from the lists and says, for each, how it is read by what was learnt
//! from all the others; then it writes what was learnt from all of them to OUT. `quantities score LIST...`
//! says how lists are read by what ships, with the comments that are read otherwise than written.
#![allow(clippy::print_stdout, reason = "what it did is what a command says")]

use std::path::Path;

use anyhow::Context as _;
use heard::measures::learning::{learn, score};
use heard_models::Tally;
use heard_models::choice::Choice;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (out, files) = args.split_first().context("quantities OUT LIST...")?;
    let read = |file: &String| {
        std::fs::read_to_string(file).with_context(|| format!("{file} cannot be read"))
    };
    let lists = files.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
    let name = |file: &str| Path::new(file).file_stem().unwrap_or_default().display().to_string();
    let say = |name: &str, tally: Tally| {
        println!("{name:<12} precision {:.3}  recall {:.3}", tally.precision(), tally.recall());
    };
    let mut all = Tally::default();
    for (at, list) in lists.iter().enumerate() {
        let (tally, differing) = if out == "score" {
            score(Choice::quantities(), list)
        } else {
            let others = lists.iter().enumerate().filter(|(other, _)| *other != at);
            score(&learn(others.map(|(_, list)| list.as_str())), list)
        };
        say(&name(&files[at]), tally);
        if out == "score" {
            for one in &differing {
                println!("{one}");
            }
        }
        all = all.sum(tally);
    }
    say("all", all);
    if out != "score" {
        let bytes = learn(lists.iter().map(String::as_str)).to_bytes();
        std::fs::write(out, bytes).with_context(|| format!("{out} cannot be written"))?;
    }
    Ok(())
}
