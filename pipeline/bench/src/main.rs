//! The speed table: comments a second for each stage and the whole job, and peak memory.
//!
//!     cargo run --release -p heard-bench -- [COMMENTS]
//!     cargo run --release -p heard-bench -- growth [COMMENTS...] [accurate]
//!     cargo run --release -p heard-bench -- write FILE COMMENTS [misspelt]
//!
//! The first makes that many distinct comments of about 15 words from a seed (one in twenty holds a
//! name), and times reading, de-identification, coding and the whole job, from CSV to finished
//! evidence, on one thread and on two; what misspelt words cost is timed on comments of which one in
//! five has one. The second times the whole job alone, from CSV and from Parquet, fast and accurate, at
//! each size (1,000 to 10 million): how cost grows. Beyond 100,000 comments the accurate model takes an
//! hour for each two million and is timed only where that word is given. The third writes the comments for other
//! programs. Each whole job runs in a process of its own, so that its peak memory is its own.
#![allow(clippy::print_stdout, reason = "a table is what this program is for")]

mod comments;

use comments::Spelling::{Hasty, Right};

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::Context as _;
use heard::coding::Response;
use heard::config::{Earlier, Machine, RawConfig};
use heard::deidentify::{self, Deidentifier, Document, Identities, Mode};
use heard::intake::{Intake, Options};
use rayon::prelude::*;

/// Under this word the program is `heard`: its parsers run in processes of their own.
const AS_HEARD: &str = "heard";

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|word| word == AS_HEARD) {
        std::process::exit(heard::cli::call(args.into_iter().map(Into::into)).into());
    }
    heard::myself::is_called(vec![std::env::current_exe()?.into(), AS_HEARD.into()]);
    match args.as_slice() {
        [job, input, out, model, threads] if job == "whole-job" => {
            whole_job(Path::new(input), Path::new(out), model, threads.parse()?)
        }
        [word, file, count] if word == "write" => {
            comments::write(Path::new(file), count.parse().context(NUMBER)?, Right).map(drop)
        }
        [word, file, count, misspelt] if word == "write" && misspelt == "misspelt" => {
            comments::write(Path::new(file), count.parse().context(NUMBER)?, Hasty).map(drop)
        }
        [word, counts @ ..] if word == "growth" => {
            let accurate = counts.last().is_some_and(|word| word == "accurate");
            let counts = &counts[..counts.len() - usize::from(accurate)];
            let counts = counts.iter().map(|count| count.parse().context(NUMBER));
            let mut counts = counts.collect::<Result<Vec<_>, _>>()?;
            if counts.is_empty() {
                counts.extend([1_000, 100_000, 1_000_000, 10_000_000]);
            }
            growth(&counts, if accurate { usize::MAX } else { WORTH_READING })
        }
        [] => table(100_000),
        [count] => table(count.parse().context(NUMBER)?),
        _ => anyhow::bail!(
            "usage: heard-bench [COMMENTS] | growth [COMMENTS...] [accurate] | write FILE COMMENTS [misspelt]"
        ),
    }
}

const NUMBER: &str = "COMMENTS must be a number";

/// Up to so many comments the accurate model is timed, too, unasked: it takes minutes.
const WORTH_READING: usize = 100_000;

/// The whole job at each size, with the accurate model up to a number of comments.
fn growth(counts: &[usize], accurate: usize) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let all = std::thread::available_parallelism().map_or(1, Into::into);
    println!("{all} cores");
    heading();
    for count in counts {
        for kind in ["csv", "parquet"] {
            let input = folder.path().join(format!("comments.{kind}"));
            comments::write(&input, *count, Right)?;
            for threads in BTreeSet::from([1, all]) {
                time(&format!("{count}, {kind}, fast"), &input, *count, "fast", threads)?;
            }
            if *count <= accurate && kind == "csv" {
                time(&format!("{count}, {kind}, accurate"), &input, *count, "accurate", all)?;
            }
            std::fs::remove_file(&input)?;
        }
        let input = folder.path().join("comments.csv");
        comments::write(&input, *count, Hasty)?;
        time(&format!("{count}, csv, fast, misspelt"), &input, *count, "fast", all)?;
        std::fs::remove_file(&input)?;
    }
    Ok(())
}

fn heading() {
    println!("{:<34} {:>12} {:>9} {:>9}", "stage", "comments/s", "seconds", "peak MB");
}

/// One whole job in a process of its own.
fn time(name: &str, input: &Path, count: usize, model: &str, threads: usize) -> anyhow::Result<()> {
    let out = input.with_extension("evidence");
    let clock = Instant::now();
    let done = Command::new(std::env::current_exe()?)
        .args(["whole-job".as_ref(), input.as_os_str(), out.as_os_str()])
        .args([model, &threads.to_string()])
        .output()?;
    anyhow::ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let seconds = clock.elapsed().as_secs_f64();
    std::fs::remove_dir_all(&out)?;
    let peak = String::from_utf8_lossy(&done.stdout).trim().to_owned();
    let threads = format!("{threads} thread{}", if threads == 1 { "" } else { "s" });
    line(&format!("{name}, {threads}"), count, seconds, &peak);
    Ok(())
}

/// Prints the table.
fn table(count: usize) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let [csv, hasty] = ["comments.csv", "misspelt.csv"].map(|name| folder.path().join(name));
    let words = comments::write(&csv, count, Right)?;
    comments::write(&hasty, count, Hasty)?;
    println!(
        "{count} comments of {:.1} words, {:.1} MB of CSV, {} cores",
        words as f64 / count as f64,
        std::fs::metadata(&csv)?.len() as f64 / 1e6,
        std::thread::available_parallelism().map_or(1, Into::into)
    );
    heading();
    stages(&csv, &hasty, count)?;
    for threads in [1, 2] {
        time("whole job", &csv, count, "fast", threads)?;
        time("whole job, misspelt", &hasty, count, "fast", threads)?;
    }
    Ok(())
}

/// De-identification alone, in one mode, on one thread and on two. The first sentence that the name
/// finder reads unpacks it, which is not timed.
fn redacting(csv: &Path, mode: Mode, name: &str) -> anyhow::Result<()> {
    let mut texts = Vec::new();
    for row in csv::Reader::from_path(csv)?.records() {
        texts.push(row?[2].to_owned());
    }
    let deidentifier = Deidentifier::new(deidentify::Options { mode, ..Default::default() });
    deidentifier.label("My carer Zquorthy came");
    // The finder on every sentence is some hundred times slower: a share says enough.
    let share = if mode == Mode::Strict { texts.len().min(2000) } else { texts.len() };
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let clock = Instant::now();
        let found: usize = pool.install(|| {
            let found = texts[..share].par_chunks(TOGETHER.min(share / threads)).map(|texts| {
                let documents: Vec<Document<'_>> = texts
                    .iter()
                    .map(|text| Document { texts: vec![text], names: vec![] })
                    .collect();
                let redacted = deidentifier.documents(&documents);
                redacted.iter().flatten().map(|text| text.redactions().len()).sum::<usize>()
            });
            found.sum()
        });
        anyhow::ensure!(found > 0 || mode == Mode::Structured, "nothing was found");
        let name = format!("redacting, {name}, {threads} thread(s)");
        line(&name, share, clock.elapsed().as_secs_f64(), "");
    }
    Ok(())
}

/// Rows that a run de-identifies at once.
const TOGETHER: usize = 4096;
/// Comments that the accurate model is timed on.
const ACCURATE: usize = 4_000;

/// Each stage by itself.
fn stages(csv: &Path, hasty: &Path, count: usize) -> anyhow::Result<()> {
    let clock = Instant::now();
    let intake = Intake::open(&[csv.to_owned()], &Options::default())?;
    let batches: Vec<_> = intake.batches().collect::<Result<_, _>>()?;
    line("reading, 1 thread", count, clock.elapsed().as_secs_f64(), "");

    for mode in Mode::ALL {
        redacting(csv, *mode, mode.as_str())?;
    }
    redacting(hasty, Mode::Standard, "standard, misspelt")?;
    let deidentifier = Deidentifier::new(deidentify::Options::default());
    let mut identities = Identities::new(false, intake.secrets());
    let clock = Instant::now();
    let clean: Vec<_> = batches
        .into_iter()
        .map(|batch| deidentify::deidentify(&deidentifier, identities.number(batch)).responses)
        .collect();
    line("de-identification, 1 thread", count, clock.elapsed().as_secs_f64(), "");

    // The encoder reads in a second what n-grams read in a hundredth of it: fewer do.
    let few: Vec<Response> = clean.iter().flatten().take(ACCURATE.min(count)).cloned().collect();
    coding("fast", &clean.concat())?;
    coding("accurate", &few)
}

/// Segments and codes, on one thread and on two.
fn coding(model: &str, responses: &[Response]) -> anyhow::Result<()> {
    let (books, models) = (["home-care".to_owned()], [model.to_owned()]);
    let coder = heard::coding::Coder::open(heard::coding::Wanted {
        codebooks: &books,
        models: &models,
        review: heard::config::REVIEW,
        ..heard::coding::Wanted::default()
    })?;
    for threads in [1, 2] {
        let share = responses.len().div_ceil(threads).max(1);
        let parts: Vec<Vec<Response>> = responses.chunks(share).map(<[_]>::to_vec).collect();
        let clock = Instant::now();
        std::thread::scope(|scope| {
            for part in parts {
                scope.spawn(|| coder.code(part));
            }
        });
        let name =
            format!("coding, {model}, {threads} thread{}", if threads == 1 { "" } else { "s" });
        line(&name, responses.len(), clock.elapsed().as_secs_f64(), "");
    }
    Ok(())
}

/// One whole job; prints the peak memory of this process in MB.
fn whole_job(input: &Path, out: &Path, model: &str, threads: usize) -> anyhow::Result<()> {
    let raw = RawConfig {
        input: vec![input.to_string_lossy().into_owned()],
        out: Some(out.to_owned()),
        model: vec![model.to_owned()],
        ..RawConfig::default()
    };
    let machine = Machine { threads: Some(threads), quiet: true, earlier: Earlier::Replace };
    heard::run::run(&raw.check(Path::new(""), &machine)?, &heard::run::Silent)?;
    println!("{}", peak_memory().map_or_else(|| "?".to_owned(), |mb| format!("{mb:.0}")));
    Ok(())
}

fn line(name: &str, count: usize, seconds: f64, peak: &str) {
    println!("{name:<34} {:>12.0} {seconds:>9.2} {peak:>9}", count as f64 / seconds);
}

/// Peak resident memory of this process in MB, where the system tells (Linux).
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}
