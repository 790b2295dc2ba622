//! Makes the built-in accurate models: one encoder, fine-tuned on several codebooks at once.
//!
//! `tune START OUT [back] [from=TUNED] [twice=CODEBOOK] [seed=N] [epochs=N] [...] FILE:CODEBOOK...`
//! trains a copy of the encoder START, or of one that was trained before, and writes it with its heads
//! to OUT (f32 safetensors); with `back` a fifth of the situations of each file is left out, and with
//! `twice` a codebook's responses are met twice as often. `finish START HELD ALL DIR FILE:CODEBOOK...` takes one that was trained
//! with `back` and one that was trained on everything, joins them with n-grams, measures on what was
//! left out, and writes `encoder.enc`, and for each codebook `<id>.accurate` and `<id>-accurate.md`.
//! HELD and ALL may be several files, joined by commas: their mean is taken. `version=X` names what is made.
#![allow(clippy::print_stdout, reason = "what it did is what a command says")]

use std::path::Path;

use anyhow::Context as _;
use heard::deidentify::{Deidentifier, Options};
use heard_encoder::Weights;
use heard_libtorch::{FineTuned, Recipe, fine_tune};
use heard_models::accurate::{Lesson, examples, finish, tuned};
use heard_models::sentences::Sentences;
use heard_models::{Codebook, LabelledResponse, TrainOptions, card};

struct Set {
    responses: Vec<LabelledResponse>,
    codebook: Codebook,
    options: TrainOptions,
}

fn sets(args: &[String]) -> anyhow::Result<Vec<Set>> {
    let deidentifier = Deidentifier::new(Options::default());
    (args.iter().filter(|arg| arg.contains(':')))
        .map(|arg| {
            let (file, id) = arg.rsplit_once(':').context("FILE:CODEBOOK")?;
            let codebook = heard::coding::open_codebook(id)?;
            let mut responses = heard::coded::read(Path::new(file), &codebook, &deidentifier)?;
            if option(args, "twice") == Some(id) {
                responses.extend(responses.clone());
            }
            let options = TrainOptions {
                id: format!("{id}-accurate"),
                version: option(args, "version").unwrap_or("1.0.0").to_owned(),
                split: heard::segment::segments,
                ..TrainOptions::default()
            };
            Ok(Set { responses, codebook, options })
        })
        .collect()
}

/// What was written as `name=value`.
fn option<'a>(args: &'a [String], name: &str) -> Option<&'a str> {
    args.iter().find_map(|arg| arg.strip_prefix(name)?.strip_prefix('='))
}

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let usage = "see the head of this file";
    let sets = sets(&args)?;
    let lessons: Vec<Lesson<'_>> = (sets.iter())
        .map(|set| Lesson {
            responses: &set.responses,
            codebook: &set.codebook,
            options: &set.options,
        })
        .collect();
    let path = |at: usize| args.get(at).context(usage);
    let mut start = Weights::from_bytes(&std::fs::read(path(1)?)?)?;
    if let Some(file) = option(&args, "from") {
        start = FineTuned::from_safetensors(&std::fs::read(file)?, &start)?.weights()?;
    }
    match path(0)?.as_str() {
        "tune" => tune(&start, Path::new(path(2)?), &args, &lessons),
        "finish" => {
            let read = |at: usize| -> anyhow::Result<FineTuned> {
                let files = path(at)?.split(',');
                let all = files
                    .map(|file| Ok(FineTuned::from_safetensors(&std::fs::read(file)?, &start)?));
                Ok(FineTuned::average(&all.collect::<anyhow::Result<Vec<_>>>()?)?)
            };
            let (known, mut known_rows) = tuned(&read(2)?, &lessons)?;
            let last = read(3)?;
            let (all, mut all_rows) = tuned(&last, &lessons)?;
            let dir = Path::new(path(4)?);
            std::fs::create_dir_all(dir)?;
            std::fs::write(dir.join("encoder.enc"), last.weights()?.to_bytes()?)?;
            for (at, lesson) in lessons.iter().enumerate() {
                let rows = (std::mem::take(&mut known_rows[at]), std::mem::take(&mut all_rows[at]));
                let (model, report) =
                    finish(lesson, (&known, rows.0), (&all, rows.1), &mut |_| {})?;
                let id = &lesson.codebook.id;
                std::fs::write(
                    dir.join(format!("{id}.accurate")),
                    model.to_bytes_beside_builtin()?,
                )?;
                let notes = format!("models/cards/notes/{id}-accurate.md");
                let page = card(&report, &std::fs::read_to_string(notes).unwrap_or_default());
                std::fs::write(dir.join(format!("{id}-accurate.md")), &page)?;
                println!("{page}");
            }
            Ok(())
        }
        _ => anyhow::bail!(usage),
    }
}

fn tune(
    start: &Weights,
    out: &Path,
    args: &[String],
    lessons: &[Lesson<'_>],
) -> anyhow::Result<()> {
    let mut recipe = Recipe::default();
    for (field, value) in args.iter().filter_map(|arg| arg.split_once('=')) {
        match field {
            "epochs" => recipe.epochs = value.parse()?,
            "seed" => recipe.seed = value.parse()?,
            "batch" => recipe.batch = value.parse()?,
            "encoder_rate" => recipe.encoder_rate = value.parse()?,
            "head_rate" => recipe.head_rate = value.parse()?,
            "layer_decay" => recipe.layer_decay = value.parse()?,
            "dropout" => recipe.dropout = value.parse()?,
            "threads" => recipe.threads = value.parse()?,
            "half" => recipe.half = value.parse()?,
            "from" | "twice" | "version" => {}
            _ => anyhow::bail!("{field} is no field of the recipe"),
        }
    }
    let sentences = Sentences::new(start)?;
    let back = args.iter().any(|arg| arg == "back");
    let (examples, heads) = examples(&sentences, lessons, back);
    let tokens: usize = examples.iter().map(|example| example.sequence.ids.len()).sum();
    println!("{} sequences, {tokens} pieces, {heads} heads, {recipe:?}", examples.len());
    let clock = std::time::Instant::now();
    let tuned = fine_tune(start, &examples, heads, &recipe, &mut |progress| {
        if progress.step.is_multiple_of(50) || progress.step == progress.steps {
            let seconds = clock.elapsed().as_secs();
            let left = seconds * (progress.steps - progress.step) as u64 / progress.step as u64;
            println!(
                "step {} of {}, loss {:.4}, {seconds} s, {left} s left",
                progress.step, progress.steps, progress.loss
            );
        }
    })?;
    std::fs::write(out, tuned.to_safetensors()?)?;
    Ok(())
}
