//! `heard train`: a model from a spreadsheet that people have coded, or from what people corrected in
//! a run.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use heard_models::accurate::Lesson;
use heard_models::calibrating::calibrate;
use heard_models::correcting::{CorrectionReport, LIKELIER, correct};
use heard_models::sentences::Sentences;
use heard_models::training::Progress;
use heard_models::{
    Codebook, LabelledResponse, Model, TrainError, TrainOptions, TrainingReport, calibration_card,
    card, train,
};

use super::{Outcome, print, say};
use crate::deidentify::{Deidentifier, Options};
use crate::review::stored::{About, Run};
use crate::review::{self, Decisions, Log, corrections, masked};
use crate::{coded, coding, segment, store};

/// Make a model from comments that people have coded, or from corrections in a reviewed run.
///
/// With --from DIR the model that coded the run learns from what people corrected in it, in seconds.
/// Answers that were approved as they are count as well. How much better it gets is measured on
/// answers that are held out in turn. Nothing is written, and the exit code is 1, where what people
/// said is no likelier to the new model, or where its themes are clearly worse (with a hundred
/// answers, over a twentieth more errors; with more, less is enough). The model that coded the run always stays as it is.
///
/// Where themes were merged, split, added or hidden on the review page, learn from the workbook
/// instead: `heard review DIR --export coding.xlsx`, then `heard train --coded coding.xlsx
/// --codebook DIR/restricted/codebook-next.toml`.
///
/// With --calibrate MODEL nothing is learnt from the coded answers but what the model's scores mean:
/// from where on it gives a theme or an alarm, and what its confidence says. It takes some hundred
/// coded answers, as they come in, that the model has not learnt.
///
/// The file is CSV, Excel, `OpenDocument`, JSON Lines or Parquet with a column `text` and a column
/// `themes` (codes of the codebook, separated by semicolons, each with an optional `:positive`,
/// `:negative`, `:mixed` or `:neutral`), or with a column for each theme. With a column `coder`
/// several people's codes become what most of them said. Names are taken out of the texts first, and the model keeps no one's words.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  heard train --from heard-out --out ours.model
  heard run new.csv --model ours.model
  heard train --coded coded.csv --codebook own.toml --out own.model
  heard run new.csv --codebook own.toml --model own.model
  heard train --coded coded.csv --calibrate accurate --out ours.model")]
pub(super) struct Args {
    /// Coded spreadsheets; may be repeated.
    #[arg(long, required_unless_present = "from", value_name = "FILE")]
    coded: Vec<PathBuf>,
    /// A reviewed run: learn from what people corrected in it.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["coded", "codebook", "notes", "accurate"])]
    from: Option<PathBuf>,
    /// Calibrate this model on the coded answers, and train none: fast, accurate or a file.
    #[arg(long, value_name = "fast|accurate|FILE", conflicts_with_all = ["from", "notes", "accurate"])]
    calibrate: Option<String>,
    /// With --calibrate accurate, the fast model that will ship beside it.
    #[arg(long, hide = true, requires = "calibrate", value_name = "FILE")]
    beside: Option<PathBuf>,
    /// With --from, the model to build on: fast, accurate or a file [default: the one that coded the
    /// run].
    #[arg(long, value_name = "fast|accurate|FILE", requires = "from")]
    model: Option<String>,
    /// The codebook that they were coded with: an id or a TOML file.
    #[arg(long, default_value = "home-care", value_name = "ID|FILE")]
    codebook: String,
    /// Where the model goes.
    #[arg(long, default_value = "heard.model", value_name = "FILE")]
    out: PathBuf,
    /// Where to write the model card, a page that says how good the model is (Markdown).
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,
    /// Markdown to put into the card: where the data comes from, its licence, what was tried.
    #[arg(long, value_name = "FILE")]
    notes: Option<PathBuf>,
    /// An accurate model: the built-in encoder reads the sentences, and what it reads is joined to
    /// the words. Surer where examples are few; coding is slower (hundreds of answers a second).
    #[arg(long)]
    accurate: bool,
    /// Id that the model bears in every table [default: the codebook's id and `-fast`, `-accurate`
    /// or `-corrected`; with --calibrate the model's own and `-calibrated`].
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Version that the model bears in every table.
    #[arg(long, default_value = "1.0.0", value_name = "VERSION")]
    version: String,
}

pub(super) fn run(args: Args) -> anyhow::Result<Outcome> {
    if let Some(dir) = &args.from {
        return learn(dir, &args);
    }
    let codebook = coding::open_codebook(&args.codebook)?;
    let deidentifier = Deidentifier::new(Options::default());
    let mut responses = Vec::new();
    for path in &args.coded {
        responses.extend(coded::read(path, &codebook, &deidentifier)?);
    }
    if let Some(base) = &args.calibrate {
        return set_right(base, &codebook, &responses, &args);
    }
    let options = TrainOptions {
        id: args.id.unwrap_or_else(|| {
            format!("{}-{}", codebook.id, if args.accurate { "accurate" } else { "fast" })
        }),
        version: args.version,
        split: segment::segments,
        ..TrainOptions::default()
    };
    let watched = std::io::stderr().is_terminal();
    let mut shown = |progress: Progress| {
        if watched {
            say(&format!("\rTraining: step {} of {} ", progress.done, progress.steps));
        }
    };
    let (model, report) = if args.accurate {
        let lesson = Lesson { responses: &responses, codebook: &codebook, options: &options };
        train_on_encoder(&lesson, &mut shown)?
    } else {
        train(&responses, &codebook, &options, &mut shown)?
    };
    if watched {
        say("\r\x1b[K");
    }
    anyhow::ensure!(
        model.features() > 0 || report.encoder,
        "nothing could be learnt: every theme has too few coded answers, and the codebook has no example phrases. Code more answers (8 of a theme at least), or write phrases into the codebook"
    );
    if !report.refused.is_empty() {
        say(&format!(
            "heard: {} could not be learnt from the coded answers; the page says which and why\n",
            crate::plain::plural(report.refused.len() as u64, "theme", "themes")
        ));
    }
    store::write_file(&args.out, &model.to_bytes()?)?;
    let notes = match &args.notes {
        None => String::new(),
        Some(path) => std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?,
    };
    let page = card(&report, &notes);
    if let Some(path) = &args.card {
        store::write_file(path, page.as_bytes())?;
    }
    let mut out = page;
    let _ = writeln!(out, "\nWrote {}.", args.out.display());
    print(&out)
}

/// Calibrates a model on coded answers.
fn set_right(
    base: &str,
    codebook: &Codebook,
    responses: &[LabelledResponse],
    args: &Args,
) -> anyhow::Result<Outcome> {
    let ships = matches!(base, "fast" | "accurate");
    let base = match base {
        "fast" => Model::builtin(&codebook.id)?,
        "accurate" => Model::builtin_accurate(&codebook.id)
            .with_context(|| format!("no accurate model ships for {}", codebook.id))??,
        file => coding::open_model(Path::new(file))?,
    };
    anyhow::ensure!(
        codebook.codes().eq(base.codes().iter().map(String::as_str)),
        "the model codes {}, and the answers are coded with {}. Name its codebook with --codebook",
        base.codebook().0,
        codebook.id
    );
    let id = args.id.clone().unwrap_or_else(|| format!("{}-calibrated", base.id()));
    let named = (id.as_str(), args.version.as_str());
    let (model, report) = calibrate(base, responses, named, segment::segments)?;
    let bytes = match &args.beside {
        Some(fast) => model.to_bytes_beside(
            &std::fs::read(fast).with_context(|| format!("cannot read {}", fast.display()))?,
        )?,
        // What ships need not be in the file again.
        None if ships => model.to_bytes_beside_builtin()?,
        None => model.to_bytes()?,
    };
    store::write_file(&args.out, &bytes)?;
    let page = calibration_card(&report);
    if let Some(path) = &args.card {
        store::write_file(path, page.as_bytes())?;
    }
    print(&format!("{page}\nWrote {}.\n", args.out.display()))
}

/// Learns from the corrections of a run.
fn learn(dir: &Path, args: &Args) -> anyhow::Result<Outcome> {
    let about = About::read(dir)?;
    anyhow::ensure!(
        Log::exists(&about.restricted),
        "nobody has reviewed {} yet. Start with `heard review {0}`",
        dir.display()
    );
    masked::recover(&about.restricted)?;
    let decisions = Decisions::open(&about.restricted).map_err(review::Error::from)?;
    let run = Run::read(dir, &decisions)?;
    let base = corrections::base(&run, args.model.as_deref())?;
    let responses = corrections::corrections(&run, &decisions, base.codes());
    let id = args.id.clone().unwrap_or_else(|| format!("{}-corrected", base.codebook().0));
    let (model, report) =
        correct(base, &responses, (&id, &args.version), segment::segments).map_err(|error| {
            if let TrainError::TooFew { found, needed } = error {
                return anyhow::anyhow!(
                    "{} that say something {} been corrected or approved in {}; it takes at least {needed} to learn from (answers such as “Nothing” and the same words twice do not count)",
                    crate::plain::plural(found as u64, "answer", "answers"),
                    if found == 1 { "has" } else { "have" },
                    dir.display()
                );
            }
            error.into()
        })?;
    let label = |id: &str| {
        let book = run.about.vocabulary.codebooks().first();
        let theme = book.and_then(|book| book.themes.iter().find(|theme| theme.id == id));
        theme.map_or_else(|| id.to_owned(), |theme| theme.label.clone())
    };
    let mut out = told(&report, label);
    if let Some(path) = &args.card {
        store::write_file(path, format!("# {id} {}\n\n```\n{out}```\n", args.version).as_bytes())?;
    }
    let Some(model) = model else {
        out.push_str(&stays(&report, dir));
        print(&out)?;
        return Ok(Outcome::NeedsAttention);
    };
    store::write_file(&args.out, &model.to_bytes()?)?;
    if report.gain.joined < report.gain.alone {
        out.push_str(
            "\nThe themes of these answers came out a little worse, within chance, although what people said is likelier. The model that coded the run stays as it is; use whichever you trust more.\n",
        );
    }
    let _ = writeln!(out, "\nWrote {0}. `heard run FILE --model {0}` uses it.", args.out.display());
    print(&out)
}

/// Why there is no new model, and what becomes of the corrections.
fn stays(report: &CorrectionReport, dir: &Path) -> String {
    let CorrectionReport { exact, gain, responses, likelier, .. } = report;
    let why = if *likelier <= LIKELIER {
        format!(
            "what people said was likelier to the new one in only {:.0} of 100 resamples of these answers, each held out; it takes more than {:.0}",
            100.0 * likelier,
            100.0 * LIKELIER
        )
    } else if gain.joined < gain.alone {
        "the new one gave worse themes to these answers, each held out".to_owned()
    } else {
        "the new one gave the same themes to these answers, each held out".to_owned()
    };
    format!(
        "\nNothing was written, and the model stays as it is: {why}. It had just the right themes in {} of these {responses} answers before.\n\
         The corrections count all the same: `heard report {dir}` puts them in the place of the model's codes, and a new run of these answers with `--out {dir} --force` finds them again.\n\
         Correct more answers, best those with themes that it gets wrong, and try again.\n",
        exact.0,
        dir = dir.display()
    )
}

/// What was learnt, as a screen of text.
fn told(report: &CorrectionReport, label: impl Fn(&str) -> String) -> String {
    let CorrectionReport { base, responses, gain, likelier, exact, themes, .. } = report;
    let [old, new] = report.sides;
    let mut out = format!(
        "{} on top of {base}.\nEach was held out in turn, with a tenth of them:\n\n",
        crate::plain::plural(
            *responses as u64,
            "corrected or approved answer",
            "corrected or approved answers"
        )
    );
    let _ = writeln!(out, "Themes of an answer                before  after");
    let rows = [
        ("F1, the mean of the next two", gain.alone, gain.joined),
        ("Right, of those given", old.0, new.0),
        ("Found, of those that people gave", old.1, new.1),
        (
            "Answers with just the right themes",
            exact.0 as f64 / *responses as f64,
            exact.1 as f64 / *responses as f64,
        ),
    ];
    for (name, before, after) in rows {
        let _ = writeln!(out, "{name:<34} {before:>6.2} {after:>6.2}");
    }
    let _ = writeln!(
        out,
        "\nF1 changes by {:+.2} (95% interval {:+.2} to {:+.2}). These answers are the ones that people read, not a random part of all.\n\
         What people said is likelier to the new model in {:.0} of 100 resamples of them.\n",
        gain.joined - gain.alone,
        gain.interval.0,
        gain.interval.1,
        100.0 * likelier
    );
    let labels: Vec<String> = themes.iter().map(|theme| label(&theme.theme)).collect();
    let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(5).max(5);
    let _ = writeln!(out, "{:width$}  given by people  F1 before  after", "Theme");
    for (theme, label) in themes.iter().zip(&labels) {
        let (before, after) = (theme.before, theme.after);
        let _ = writeln!(out, "{label:width$}  {:>15}  {before:>9.2}  {after:>5.2}", theme.people);
    }
    out
}

/// Heads on the built-in encoder, as it is.
#[cfg(not(feature = "libtorch"))]
fn train_on_encoder(
    lesson: &Lesson<'_>,
    shown: &mut dyn FnMut(Progress),
) -> anyhow::Result<(Model, TrainingReport)> {
    let sentences = Sentences::builtin()?;
    Ok(heard_models::accurate::train_accurate(lesson, &sentences, shown)?)
}

/// A copy of the built-in encoder learns, too: once without a fifth of the responses, to measure and
/// to join it with the words, and once from all of them.
#[cfg(feature = "libtorch")]
fn train_on_encoder(
    lesson: &Lesson<'_>,
    shown: &mut dyn FnMut(Progress),
) -> anyhow::Result<(Model, TrainingReport)> {
    use heard_models::accurate::{examples, finish, tuned};

    let (start, lessons) = (Sentences::builtin_weights()?, [*lesson]);
    let reader = Sentences::builtin()?;
    let bar = indicatif::ProgressBar::new(0).with_style(indicatif::ProgressStyle::with_template(
        "Fine-tuning {bar:30} {pos} of {len} steps, about {eta} left",
    )?);
    let recipe = heard_libtorch::Recipe::default();
    let tune = |back: bool| {
        let (examples, heads) = examples(&reader, &lessons, back);
        bar.reset();
        let learnt = heard_libtorch::fine_tune(&start, &examples, heads, &recipe, &mut |step| {
            bar.set_length(step.steps as u64);
            bar.set_position(step.step as u64);
        })?;
        let (sentences, mut rows) = tuned(&learnt, &lessons)?;
        anyhow::Ok((sentences, rows.remove(0)))
    };
    let (known, known_rows) = tune(true)?;
    let (all, all_rows) = tune(false)?;
    bar.finish_and_clear();
    Ok(finish(lesson, (&known, known_rows), (&all, all_rows), shown)?)
}
