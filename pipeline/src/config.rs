//! What the user asked for: [`RawConfig`] as written in `heard.toml` and on the command line,
//! [`Config`] as meant. Everything is checked here once; nothing inside asks again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use heard_models::backend::{Backend, Device, HAS_LIBTORCH, Precision};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::deidentify::Mode;
use crate::intake;
use crate::measures;
use crate::organisation::{self, Logo, Organisation};
use crate::partitions;
use crate::specification::{self, VisitFigure};
use crate::tables::{MeasureStandard, PopulationRow, Profile};

/// Settings as written. The command line wins over the file.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct RawConfig {
    /// Files and folders to read, relative to the config file.
    pub input: Vec<String>,
    /// Folder for the evidence.
    pub out: Option<PathBuf>,
    /// Columns that hold open text, where the program's own choice is wrong.
    pub text: Vec<String>,
    /// Column that holds the respondent's id.
    pub id: Option<String>,
    /// Column that holds the question, in files with an answer a row.
    pub question: Option<String>,
    /// The proposal that letters reply to, where no table asks about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<String>,
    /// Codebooks: ids such as `home-care`, or TOML files. One may be written without brackets.
    #[serde(deserialize_with = "one_or_more")]
    pub codebook: Vec<String>,
    /// `accurate`, `fast`, `auto`, or model files made by `heard train`.
    #[serde(deserialize_with = "one_or_more")]
    pub model: Vec<String>,
    /// What computes the encoder of accurate models: `rust`, or `libtorch` in a build that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend: Option<String>,
    /// Where libtorch computes: `cpu` or `cuda`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Columns to break the results down by.
    pub by: Vec<String>,
    /// Columns for each of whose values there is a report.
    pub each: Vec<String>,
    /// `month`, `wave`, `respondent_type` or a breakdown column: the tables of rows also as folders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_by: Option<String>,
    /// A CSV file of figures from visit logs, to stand beside what people say.
    pub visit_log: Option<PathBuf>,
    /// How many people were invited to answer.
    pub invited: Option<u64>,
    /// A CSV file with who receives care: column, value, people.
    pub population: Option<PathBuf>,
    /// Reported quantities and what they should be: `minutes_late = { at_most = 30 }`.
    pub standards: BTreeMap<String, RawStandard>,
    /// Charts: `best` (the five that fit best) or `all`.
    pub charts: Option<String>,
    /// Disclosure control: `standard`, `nhs` or `none`.
    pub suppress: Option<String>,
    /// Keep the id column's own values as response ids.
    pub keep_ids: Option<bool>,
    /// A text file with one care provider a line, to become [PROVIDER A], [PROVIDER B], ...
    pub providers: Option<PathBuf>,
    /// How thoroughly personal data is looked for: `standard`, `strict` or `structured`.
    pub redact: Option<String>,
    /// Who publishes the report.
    pub organisation: Organisation,
    /// When a finished run is reported as needing attention.
    pub thresholds: RawThresholds,
    /// Limits on the parsers of office and PDF files.
    pub limits: RawLimits,
    /// Workbook with scans that people typed, as `heard check` writes it.
    pub to_type: Option<PathBuf>,
    /// What `heard check` understood of each source, for the user to correct.
    pub source: Vec<intake::SourceOverride>,
}

/// Breakdowns that need no column.
pub const BREAKDOWNS: [&str; 2] = ["respondent_type", "wave"];

/// Usual confidence below which a person reads a code: rather wrong than right.
pub const REVIEW: f32 = 0.5;

/// A word, or several in brackets.
fn one_or_more<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        One(String),
        More(Vec<String>),
    }
    Ok(match Written::deserialize(from)? {
        Written::One(one) => vec![one],
        Written::More(more) => more,
    })
}

/// What a reported quantity should be, as written.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct RawStandard {
    /// Not more than this.
    pub at_most: Option<f64>,
    /// Not less than this.
    pub at_least: Option<f64>,
    /// A day, week, month or year, for rates.
    pub per: Option<String>,
}

/// Which charts are drawn.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ChartChoice {
    /// The five that fit the data best: those that the report shows.
    #[default]
    Best,
    /// All that the data allow; the report still shows five.
    All,
}

/// Thresholds as written.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct RawThresholds {
    /// Largest share of rows, 0..1, that may be set aside before the run ends with code 1.
    pub unprocessed: Option<f64>,
    /// Largest share of answers, 0..1, flagged as possibly still personal.
    pub residual: Option<f64>,
    /// Codes of which the model is less sure than this, from 0 to 1, are for a person to read.
    pub review: Option<f64>,
}

/// Limits on the parsers of office and PDF files, and on what a run does at once, as written.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct RawLimits {
    /// Seconds that one file may take, and one more for each of its megabytes.
    pub parse_seconds: Option<u64>,
    /// Megabytes of memory that one file may take.
    pub parse_memory_mb: Option<u64>,
    /// Megabytes that a workbook or document may have on the disk.
    pub workbook_max_mb: Option<u64>,
    /// Megabytes that such a file may unpack to.
    pub unpacked_max_mb: Option<u64>,
    /// Megabytes of plain text that are taken as one letter.
    pub text_max_mb: Option<u64>,
    /// Answers after which a run that is stopped can go on with `--resume`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_answers: Option<usize>,
}

impl RawLimits {
    fn check(&self) -> intake::Limits {
        let usual = intake::Limits::default();
        intake::Limits {
            parse_seconds: self.parse_seconds.unwrap_or(usual.parse_seconds).max(1),
            parse_memory_mb: self.parse_memory_mb.unwrap_or(usual.parse_memory_mb).max(64),
            workbook_max_mb: self.workbook_max_mb.unwrap_or(usual.workbook_max_mb).max(1),
            unpacked_max_mb: self.unpacked_max_mb.unwrap_or(usual.unpacked_max_mb).max(1),
            text_max_mb: self.text_max_mb.unwrap_or(usual.text_max_mb).max(1),
            // A partition ends where a batch does.
            batch_rows: usual.batch_rows.min(self.partition_answers.unwrap_or(usize::MAX)).max(1),
        }
    }
}

/// What becomes of an earlier run in the output folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Earlier {
    /// It is left alone, and the new run refused.
    #[default]
    Keep,
    /// Its outputs are replaced, never people's decisions.
    Replace,
    /// If it was stopped, the new run goes on from it; if it is complete, it is left as it is.
    GoOn,
}

/// Settings as meant.
#[derive(Clone, Debug)]
pub struct Config {
    /// Files and folders to read.
    pub inputs: Vec<PathBuf>,
    /// Folder for the evidence.
    pub out: PathBuf,
    /// What intake needs to know.
    pub intake: intake::Options,
    /// Codebooks, ids or files: at least one.
    pub codebooks: Vec<String>,
    /// `accurate`, `fast`, `auto`, or model files; none is `auto`.
    pub models: Vec<String>,
    /// What computes the encoder of accurate models.
    pub backend: Backend,
    /// How many people were invited to answer.
    pub invited: Option<u64>,
    /// Who receives care, as written in the file.
    pub population: Vec<PopulationRow>,
    /// What reported quantities are held against.
    pub standards: Vec<MeasureStandard>,
    /// Which charts are drawn.
    pub charts: ChartChoice,
    /// Disclosure control.
    pub suppress: Profile,
    /// Keep the id column's own values as response ids.
    pub keep_ids: bool,
    /// Care providers to replace by letters.
    pub providers: Vec<String>,
    /// How thoroughly personal data is looked for.
    pub redact: Mode,
    /// Who publishes.
    pub organisation: Organisation,
    /// Their logo.
    pub logo: Option<Logo>,
    /// Columns for each of whose values there is a report.
    pub each: Vec<String>,
    /// What the tables of rows are laid apart by, besides.
    pub partition_by: Option<String>,
    /// Figures from visit logs.
    pub visit_log: Vec<VisitFigure>,
    /// Largest share of rows set aside.
    pub unprocessed_threshold: f64,
    /// Largest share of answers with residual personal data.
    pub residual_threshold: f64,
    /// Codes of which the model is less sure are for a person to read.
    pub review_threshold: f32,
    /// What becomes of an earlier run in the folder.
    pub earlier: Earlier,
    /// Answers of a partition.
    pub partition: usize,
    /// Number of worker threads.
    pub threads: usize,
    /// No progress, no summary.
    pub quiet: bool,
    /// Hash of what can change a result: not threads, output folder or verbosity.
    pub hash: String,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read {}: {source}. Check the path and that you may open the file", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The config file is not what it should be.
    #[error("{}: {message}", path.display())]
    Toml {
        /// Which file.
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
    /// A value is not one of those that are known.
    #[error("`{value}` is not a value for {name}. Use {known}{hint}")]
    Value {
        /// The setting.
        name: &'static str,
        /// What was given.
        value: String,
        /// What may be given.
        known: &'static str,
        /// "; did you mean ...".
        hint: String,
    },
    /// libtorch is asked for in a build without it.
    #[error(
        "this build of Heard has no libtorch. Leave out `--backend libtorch` (the results are the same within rounding), or build Heard with it, on Linux, from its sources: `models/libtorch/setup.sh DIR > DIR.env`, `. DIR.env`, `cargo build --release -p heard --features libtorch`"
    )]
    NoLibtorch,
    /// A GPU is asked for, and a backend that has none.
    #[error(
        "the backend `rust` computes on the processor. For a GPU, use `--backend libtorch --device cuda`"
    )]
    NoDevice,
    /// What was said of the organisation cannot be used.
    #[error(transparent)]
    Organisation(#[from] organisation::Error),
    /// The file of figures cannot be used.
    #[error(transparent)]
    Figures(#[from] specification::Error),
    /// Nothing to read.
    #[error("no input: name a file or a folder, for example `heard run survey.xlsx`")]
    NoInput,
}

/// Reads a config file; a misspelt key is an error with a suggestion.
pub fn read(path: &Path) -> Result<RawConfig, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| Error::Read { path: path.to_owned(), source })?;
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map(|s| 1 + text[..s.start].matches('\n').count());
        let place = line.map(|l| format!("line {l}: ")).unwrap_or_default();
        Error::Toml {
            path: path.to_owned(),
            message: format!("{place}{}{}", error.message(), suggestion(error.message())),
        }
    })
}

/// For "unknown field `x`, expected one of `a`, `b`": the nearest known key, as ". Did you mean ...".
fn suggestion(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    if !message.starts_with("unknown field") {
        return String::new();
    }
    let wrong = quoted.next().unwrap_or_default();
    did_you_mean(wrong, quoted).map(|k| format!(". Did you mean `{k}`?")).unwrap_or_default()
}

/// Who receives care: a CSV file with the columns column, value and people.
pub fn read_population(path: &Path) -> Result<Vec<PopulationRow>, Error> {
    let wrong = |line: usize, problem: &str| Error::Toml {
        path: path.to_owned(),
        message: format!(
            "line {line}: {problem}. A population file has the columns column, value and people, \
             such as: area,North,1200"
        ),
    };
    let text = std::fs::read_to_string(path)
        .map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads: Vec<String> = reader
        .headers()
        .map_err(|_| wrong(1, "it cannot be read"))?
        .iter()
        .map(str::to_lowercase)
        .collect();
    let place = |name: &str| {
        let found = heads.iter().position(|head| head == name);
        found.ok_or_else(|| wrong(1, &format!("there is no column `{name}`")))
    };
    let (column, value, people) = (place("column")?, place("value")?, place("people")?);
    let mut rows = Vec::new();
    for (at, record) in reader.records().enumerate() {
        let line = at + 2;
        let record =
            record.map_err(|_| wrong(line, "it has more or fewer values than the head"))?;
        let cell = |place: usize| record.get(place).unwrap_or_default().to_owned();
        let people = cell(people).replace([',', ' '], "").parse();
        rows.push(PopulationRow {
            column: cell(column),
            value: cell(value),
            people: people.map_err(|_| wrong(line, "people is not a whole number"))?,
        });
    }
    Ok(rows)
}

fn standard(id: &str, written: &RawStandard) -> Result<MeasureStandard, Error> {
    if measures::known(id).is_none() {
        let known: Vec<&str> = measures::names().collect();
        return Err(unknown("[standards]", id, "a measure such as minutes_late", &known));
    }
    let limits = [written.at_most, written.at_least];
    let one =
        limits.iter().flatten().count() == 1 && limits.iter().flatten().all(|l| l.is_finite());
    if !one {
        return Err(Error::Value {
            name: "[standards]",
            value: id.to_owned(),
            known: "either at_most or at_least with a number, such as { at_most = 30 }",
            hint: String::new(),
        });
    }
    if let Some(per) = written.per.as_deref().filter(|per| measures::known_period(per).is_none()) {
        let known: Vec<&str> = measures::periods().collect();
        return Err(unknown("[standards] per", per, "day, week, month or year", &known));
    }
    Ok(MeasureStandard {
        measure: id.to_owned(),
        at_most: written.at_most,
        at_least: written.at_least,
        per: written.per.clone(),
    })
}

/// The care providers of a file with one a line.
pub fn read_providers(path: &Path) -> Result<Vec<String>, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| Error::Read { path: path.to_owned(), source })?;
    Ok(text.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect())
}

/// The candidate nearest to what was typed, if it is near.
pub fn did_you_mean<'a>(typed: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|c| (strsim::jaro_winkler(typed, c), c))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, c)| c)
}

impl RawConfig {
    /// This, with what the other (the command line) says instead.
    #[must_use]
    pub fn overridden_by(mut self, other: Self) -> Self {
        fn list<T>(mine: &mut Vec<T>, theirs: Vec<T>) {
            if !theirs.is_empty() {
                *mine = theirs;
            }
        }
        list(&mut self.input, other.input);
        list(&mut self.text, other.text);
        list(&mut self.by, other.by);
        list(&mut self.each, other.each);
        list(&mut self.source, other.source);
        self.out = other.out.or(self.out);
        self.id = other.id.or(self.id);
        self.question = other.question.or(self.question);
        self.proposal = other.proposal.or(self.proposal);
        list(&mut self.codebook, other.codebook);
        list(&mut self.model, other.model);
        self.backend = other.backend.or(self.backend);
        self.device = other.device.or(self.device);
        self.invited = other.invited.or(self.invited);
        self.population = other.population.or(self.population);
        if !other.standards.is_empty() {
            self.standards = other.standards;
        }
        self.charts = other.charts.or(self.charts);
        self.suppress = other.suppress.or(self.suppress);
        self.keep_ids = other.keep_ids.or(self.keep_ids);
        self.providers = other.providers.or(self.providers);
        self.redact = other.redact.or(self.redact);
        self.partition_by = other.partition_by.or(self.partition_by);
        self.visit_log = other.visit_log.or(self.visit_log);
        self.organisation.style = other.organisation.style.or(self.organisation.style);
        self
    }

    /// Checks every value and fills in the defaults. Relative inputs are relative to `base`.
    pub fn check(mut self, base: &Path, machine: &Machine) -> Result<Config, Error> {
        if self.input.is_empty() {
            return Err(Error::NoInput);
        }
        let hash = self.hash();
        let suppress = match self.suppress.as_deref() {
            None => Profile::default(),
            Some(name) => Profile::parse(name).ok_or_else(|| {
                unknown("suppress", name, "standard, nhs or none", &["standard", "nhs", "none"])
            })?,
        };
        let redact = match self.redact.as_deref() {
            None => Mode::default(),
            Some(name) => Mode::parse(name).ok_or_else(|| {
                let all = ["standard", "strict", "structured"];
                unknown("redact", name, "standard, strict or structured", &all)
            })?,
        };
        let threads = machine
            .threads
            .or_else(|| std::thread::available_parallelism().ok().map(Into::into))
            .unwrap_or(1)
            .clamp(1, 256);
        let backend = backend(self.backend.as_deref(), self.device.as_deref(), threads)?;
        let charts = match self.charts.as_deref() {
            None | Some("best") => ChartChoice::Best,
            Some("all") => ChartChoice::All,
            Some(other) => return Err(unknown("charts", other, "best or all", &["best", "all"])),
        };
        let population = beside(base, self.population.as_deref(), read_population)?;
        let standards = self
            .standards
            .iter()
            .map(|(id, written)| standard(id, written))
            .collect::<Result<_, _>>()?;
        let providers = beside(base, self.providers.as_deref(), read_providers)?;
        let logo = self.organisation.check(base)?;
        let figures = |path: &Path| Ok(specification::read_figures(path)?);
        let visit_log = beside(base, self.visit_log.as_deref(), figures)?;
        // A report or a folder for each value of a column needs the breakdown by it.
        let each = self.each.iter().map(|column| ("--each", column));
        let mut by_for = Vec::new();
        for (option, column) in each.chain(self.partition_by.iter().map(|c| ("--partition-by", c)))
        {
            let own = column != "month" && !BREAKDOWNS.contains(&column.as_str());
            if own && !self.by.contains(column) {
                self.by.push(column.clone());
                by_for.push((option, column.clone()));
            }
        }
        let inputs: Vec<PathBuf> = self.input.iter().map(|i| join(base, i)).collect();
        Ok(Config {
            inputs,
            out: self.out.unwrap_or_else(|| PathBuf::from("heard-out")),
            intake: intake::Options {
                text: self.text,
                id: self.id,
                question: self.question,
                proposal: self.proposal,
                by: self.by,
                by_for,
                sources: self.source,
                to_type: self.to_type.map(|path| base.join(path)),
                typed: Vec::new(),
                limits: self.limits.check(),
                parser: intake::Parser::default(),
            },
            codebooks: if self.codebook.is_empty() {
                vec!["home-care".to_owned()]
            } else {
                self.codebook
            },
            models: self.model,
            backend,
            invited: self.invited,
            population,
            standards,
            charts,
            suppress,
            keep_ids: self.keep_ids.unwrap_or(false),
            providers,
            redact,
            organisation: self.organisation,
            logo,
            each: self.each,
            partition_by: self.partition_by,
            visit_log,
            unprocessed_threshold: share(
                "thresholds.unprocessed",
                self.thresholds.unprocessed,
                0.1,
            )?,
            residual_threshold: share("thresholds.residual", self.thresholds.residual, 0.25)?,
            review_threshold: share("thresholds.review", self.thresholds.review, REVIEW.into())?
                as f32,
            earlier: machine.earlier,
            partition: self.limits.partition_answers.unwrap_or(partitions::ANSWERS).max(1),
            threads,
            quiet: machine.quiet,
            hash,
        })
    }

    /// Hash of what can change a result: everything but the output folder and the inputs' paths.
    fn hash(&self) -> String {
        let meant = Self { out: None, input: Vec::new(), to_type: None, ..self.clone() };
        let text = serde_json::to_string(&meant).unwrap_or_default();
        hex::encode(Sha256::digest(text.as_bytes()))
    }
}

/// How this machine should work: nothing here can change a result.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine {
    /// Worker threads; None for as many as there are cores.
    pub threads: Option<usize>,
    /// No progress, no summary.
    pub quiet: bool,
    /// What becomes of an earlier run in the folder.
    pub earlier: Earlier,
}

/// What a file beside the settings holds; nothing where none is named.
fn beside<T>(
    base: &Path,
    path: Option<&Path>,
    read: impl Fn(&Path) -> Result<Vec<T>, Error>,
) -> Result<Vec<T>, Error> {
    path.map_or_else(|| Ok(Vec::new()), |path| read(&base.join(path)))
}

fn join(base: &Path, input: &str) -> PathBuf {
    if base.as_os_str().is_empty() { PathBuf::from(input) } else { base.join(input) }
}

fn share(name: &'static str, value: Option<f64>, default: f64) -> Result<f64, Error> {
    let value = value.unwrap_or(default);
    if (0.0..=1.0).contains(&value) {
        return Ok(value);
    }
    Err(Error::Value {
        name,
        value: value.to_string(),
        known: "a share between 0 and 1",
        hint: String::new(),
    })
}

/// What computes the encoder, as asked for.
fn backend(name: Option<&str>, device: Option<&str>, threads: usize) -> Result<Backend, Error> {
    let device = match device.unwrap_or("cpu") {
        "cpu" => Device::Cpu,
        "cuda" => Device::Cuda,
        other => return Err(unknown("device", other, "cpu or cuda", &["cpu", "cuda"])),
    };
    match (name.unwrap_or("rust"), device) {
        ("rust", Device::Cpu) => Ok(Backend::Rust(Precision::Int8)),
        ("rust", Device::Cuda) => Err(Error::NoDevice),
        ("libtorch", _) if !HAS_LIBTORCH => Err(Error::NoLibtorch),
        ("libtorch", device) => Ok(Backend::Libtorch { device, threads }),
        (other, _) => Err(unknown("backend", other, "rust or libtorch", &["rust", "libtorch"])),
    }
}

fn unknown(name: &'static str, value: &str, known: &'static str, all: &[&str]) -> Error {
    let hint = did_you_mean(value, all.iter().copied())
        .map(|k| format!("; did you mean `{k}`?"))
        .unwrap_or_default();
    Error::Value { name, value: value.to_owned(), known, hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_gets_a_suggestion() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heard.toml");
        std::fs::write(&path, "invitd = 1200\n").unwrap();
        let message = read(&path).unwrap_err().to_string();
        assert!(
            message.contains("line 1") && message.contains("Did you mean `invited`?"),
            "{message}"
        );
    }

    #[test]
    fn the_hash_leaves_out_where_things_stand() {
        let raw = RawConfig { input: vec!["a.csv".into()], ..RawConfig::default() };
        let there = RawConfig { out: Some("x".into()), input: vec!["b.csv".into()], ..raw.clone() };
        assert_eq!(raw.hash(), there.hash());
        let other = RawConfig { invited: Some(3), ..raw.clone() };
        assert_ne!(raw.hash(), other.hash());
    }

    #[test]
    fn an_unknown_way_to_redact_is_refused_with_the_known_ones() {
        let raw = |redact: &str| RawConfig {
            input: vec!["a".into()],
            redact: Some(redact.into()),
            ..RawConfig::default()
        };
        let check = |raw: RawConfig| raw.check(Path::new(""), &Machine::default());
        assert_eq!(check(raw("strict")).unwrap().redact, Mode::Strict);
        let message = check(raw("strickt")).unwrap_err().to_string();
        assert!(message.contains("did you mean `strict`"), "{message}");
    }

    #[test]
    fn a_backend_is_checked_with_its_device() {
        let check = |name: Option<&str>, device: Option<&str>| backend(name, device, 3);
        assert_eq!(check(None, None).unwrap(), Backend::default());
        assert_eq!(check(Some("rust"), Some("cpu")).unwrap(), Backend::default());
        let gpu = check(None, Some("cuda")).unwrap_err().to_string();
        assert!(gpu.contains("--backend libtorch --device cuda"), "{gpu}");
        let misspelt = check(Some("libtroch"), None).unwrap_err().to_string();
        assert!(misspelt.contains("did you mean `libtorch`"), "{misspelt}");
        let torch = check(Some("libtorch"), Some("cuda"));
        assert_eq!(torch.is_ok(), HAS_LIBTORCH);
        match torch {
            Ok(backend) => {
                assert_eq!(backend, Backend::Libtorch { device: Device::Cuda, threads: 3 });
            }
            Err(error) => assert!(error.to_string().contains("--features libtorch"), "{error}"),
        }
    }

    #[test]
    fn a_setting_that_nobody_uses_leaves_the_hash_as_it_was() {
        let text = serde_json::to_string(&RawConfig::default()).unwrap();
        assert!(!text.contains("backend") && !text.contains("device"), "{text}");
    }

    #[test]
    fn an_unknown_profile_is_refused_with_the_known_ones() {
        let raw = RawConfig {
            input: vec!["a".into()],
            suppress: Some("standrd".into()),
            ..RawConfig::default()
        };
        let message = raw.check(Path::new(""), &Machine::default()).unwrap_err().to_string();
        assert!(message.contains("did you mean `standard`"), "{message}");
    }
}
