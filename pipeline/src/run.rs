//! The hallway: every stage of a run in order, on one screen. Only this file knows the order.
//!
//! Work happens in a sibling folder, `<out>.partial`, that holds de-identified content (and the key
//! table) only; it is renamed when everything in it is done.

use std::borrow::Cow;
use std::collections::HashSet;
use std::time::Instant;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use heard_models::{Codebook, Model};
use sha2::{Digest as _, Sha256};
use xxhash_rust::xxh3::xxh3_64;

use crate::coding::{self, CodedResponse, Coder, Pace, Wanted};
use crate::config::{self, Config, Earlier};
use crate::decode;
use crate::deidentify::{self, Deidentified, Deidentifier, Identities};
use crate::documents;
use crate::encode::{KeyRow, source_id};
use crate::folder::{self, Folder};
use crate::intake::{self, Intake};
use crate::ledger::{Ledger, rows_of};
use crate::manifest::{self, Manifest};
use crate::nested;
use crate::partitioned;
use crate::partitions::{self, Partitions};
use crate::publish;
use crate::response::{Identified, Unprocessed};
use crate::schema;
use crate::store::{self, Metadata};
use crate::stream;
use crate::summary::Summary;
use crate::tables::{PopulationRow, settings};
use crate::vocabulary::{Vocabulary, breakdowns, slug};

/// Why a run could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An input could not be read.
    #[error(transparent)]
    Intake(#[from] intake::Error),
    /// There is no coder.
    #[error(transparent)]
    Coding(#[from] coding::Error),
    /// The output folder cannot be used.
    #[error(transparent)]
    Folder(#[from] folder::Error),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Tables, charts or the report could not be made.
    #[error(transparent)]
    Publish(#[from] publish::Error),
    /// The tables could not be written, or a run that was stopped cannot go on.
    #[error(transparent)]
    Partitions(#[from] partitions::Error),
    /// The folders for data lakes could not be written.
    #[error(transparent)]
    Partitioned(#[from] partitioned::Error),
    /// What should be a coded table is none.
    #[error(
        "this is no table that Heard coded: {0}. Give the table as `Coder.code` or Spark made it, with all of its columns"
    )]
    NoCodedTable(#[from] ArrowError),
    /// Coded rows hold what this version does not know.
    #[error(transparent)]
    Decode(#[from] decode::Error),
    /// Two rows have one id.
    #[error(
        "two rows of the table have the same response_id. Give each row an id of its own (`id=...`) when it is coded"
    )]
    Twice,
    /// Rows were coded with another model.
    #[error(
        "the table was coded by {was}, and not by {wanted}. Name the codebook and the model that it was coded with"
    )]
    OtherCoder {
        /// Who coded.
        was: String,
        /// Who should have.
        wanted: String,
    },
    /// A column of the population is not one that the run breaks its results down by.
    #[error(
        "the population file speaks of `{0}`, which is no breakdown of this run. Name the column with --by, or write respondent_type or wave"
    )]
    Population(String),
    /// The counts of the manifest do not add up.
    #[error(
        "the counts do not balance: {0}. Nothing was written; this is a fault of Heard's; please report it"
    )]
    Imbalance(String),
}

/// Told how a run gets on; nothing that it does can change a result.
pub trait Progress: Sync {
    /// A stage begins.
    fn stage(&self, name: &'static str);
    /// How many rows and documents there are.
    fn expect(&self, rows: u64);
    /// So much more of it is done.
    fn advance(&self, rows: u64);
}

/// What a run goes through, in order.
pub const STAGES: [&str; 3] =
    ["Opening the files and the model", "Reading and coding", "Tables, charts and report"];

/// Nobody is told.
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &'static str) {}
    fn expect(&self, _: u64) {}
    fn advance(&self, _: u64) {}
}

/// Does the main job: files in, evidence out. None where it was done already, and goes on from there.
pub fn run(config: &Config, progress: &dyn Progress) -> Result<Option<Summary>, Error> {
    let (started, clock) = (manifest::now(), Instant::now());
    // What a stopped run left goes before what stood there when it began.
    let stopped = partitions::any(&folder::work_of(&config.out));
    let goes_on = config.earlier == Earlier::GoOn && !stopped;
    let complete = goes_on.then(|| folder::read_manifest(&config.out).ok()).flatten();
    let folder = match complete {
        Some(_) => None,
        None => Some(Folder::claim(&config.out, config.earlier)?),
    };
    progress.stage(STAGES[0]);
    let open = |rows: u64| {
        Coder::open(Wanted {
            codebooks: &config.codebooks,
            models: &config.models,
            backend: config.backend,
            review: config.review_threshold,
            rows,
        })
    };
    // What cannot be opened is told before anything is read; how much there is may ask for others.
    let mut coder = open(u64::MAX)?;
    let deidentifier = Deidentifier::new(deidentify::Options {
        providers: config.providers.clone(),
        mode: config.redact,
    });
    let intake = Intake::open(&config.inputs, &config.intake)?;
    intake.require_open_text()?;
    let deidentifier = deidentifier.with_values(&intake.values(), Some(intake.key()));
    if Pace::of(&config.models, intake.rows()) != coder.pace() {
        coder = open(intake.rows())?;
    }
    let intake = intake.in_batches_of(coder.batch_rows());
    let vocabulary = Vocabulary::new(coder.names(), breakdown_columns(&intake, &deidentifier));
    let population = population(config, &vocabulary, &deidentifier)?;
    let partition_by = partition_by(config, &vocabulary, &deidentifier)?;
    let task = task(config, &coder, &intake, &population);
    let Some(mut folder) = folder else {
        let same = complete.is_some_and(|manifest| manifest.task == task);
        if same {
            // A kill in the last moment of a run leaves them.
            Partitions::remove(&config.out)?;
        }
        return if same { Ok(None) } else { Err(folder::Error::Other(config.out.clone()).into()) };
    };

    folder.keep_partitions();
    progress.stage(STAGES[1]);
    progress.expect(intake.rows());
    let restricted = folder.restricted();
    let facts = facts(config, &coder);
    let options = settings::options(&vocabulary, &config.standards, &population);
    let mut ledger = Ledger::new(&vocabulary, options, &restricted);
    let (mut partitions, done) =
        Partitions::open(folder.work(), &task, config.partition, &vocabulary, &facts, |rows| {
            ledger.replay(rows);
        })?;
    ledger.go_on(done.books);
    progress.advance(ledger.counts().rows_read);
    let mut identities = Identities::new(config.keep_ids, intake.secrets());
    let places = places(&intake);
    let batches = intake.batches().map(|b| b.map(|b| identities.number(b)).map_err(Error::from));
    stream::ordered(
        config.threads,
        // Ids are given out anew in what is passed over, too.
        batches.skip(done.batches),
        |numbered| {
            let Deidentified { responses, ids, unprocessed, rows } =
                deidentify::deidentify(&deidentifier, numbered);
            (coder.code(responses), ids, unprocessed, rows)
        },
        |(responses, ids, unprocessed, rows)| {
            let mut responses = responses?;
            ledger.add(&mut responses, &unprocessed, rows);
            let key = key(&responses, &ids, &unprocessed, &places);
            partitions.write(&responses, &unprocessed, key, || ledger.books())?;
            progress.advance(rows);
            Ok::<_, Error>(())
        },
    )?;
    partitions.join(&restricted, ledger.books())?;
    let mut manifest = ledger.manifest(config, &coder, sources(&intake));
    (manifest.population, manifest.task) = (population, task);
    manifest.each = config.each.iter().map(|column| breakdown_id(column, &deidentifier)).collect();
    manifest.partition_by = partition_by;
    manifest.started = started;
    conclude(config, progress, clock, Written { folder, vocabulary, ledger, manifest, facts })
        .map(Some)
}

/// Rows that [`crate::frame::TableCoder`] coded, as a run: what needs all of them at once (repeated
/// texts, tables, charts, the report) is made by the code that makes it of files.
///
/// # Errors
/// If a batch is no coded table, or was coded with another model than `config` asks for.
pub fn collect(
    config: &Config,
    mut batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    progress: &dyn Progress,
) -> Result<Summary, Error> {
    let (started, clock) = (manifest::now(), Instant::now());
    let folder = Folder::claim(&config.out, config.earlier)?;
    progress.stage("Collecting");
    let coder = Coder::open(Wanted {
        codebooks: &config.codebooks,
        models: &config.models,
        review: config.review_threshold,
        ..Wanted::default()
    })?;
    let deidentifier = Deidentifier::new(deidentify::Options {
        providers: config.providers.clone(),
        mode: config.redact,
    });
    let first = batches.next().transpose()?;
    let schema = first.as_ref().map(RecordBatch::schema);
    let by = schema.iter().flat_map(|schema| schema.fields()).map(|field| field.name().clone());
    let by: Vec<String> = by.filter(|name| name.starts_with("by_")).collect();
    let vocabulary = Vocabulary::new(coder.names(), by.clone());
    let population = population(config, &vocabulary, &deidentifier)?;
    let partition_by = partition_by(config, &vocabulary, &deidentifier)?;
    let (restricted, facts) = (folder.restricted(), facts(config, &coder));
    let options = settings::options(&vocabulary, &config.standards, &population);
    let mut ledger = Ledger::new(&vocabulary, options, &restricted);
    let (mut partitions, _) =
        Partitions::open(folder.work(), "", config.partition, &vocabulary, &facts, |_| {})?;
    let known: Vec<String> =
        coder.models().map(|model| format!("model:{}@{}", model.id(), model.version())).collect();
    let (mut number, mut seen) = (0, HashSet::new());
    for batch in first.into_iter().map(Ok).chain(batches) {
        let tables = nested::unnest(&batch?, &by)?;
        if let Some(other) = nested::coders(&tables).find(|coder| !known.iter().any(|k| k == coder))
        {
            return Err(Error::OtherCoder { was: other.to_owned(), wanted: known.join(", ") });
        }
        let mut rows = decode::decode(tables, &vocabulary)?;
        // Two rows of one id would be taken for one response.
        let twice = rows.iter().any(|row| !seen.insert(xxh3_64(row.response.id.as_bytes())));
        if twice {
            return Err(Error::Twice);
        }
        for row in &mut rows {
            // Every row is its own, whichever worker numbered it.
            number += 1;
            (row.response.source, row.response.row) = (1, number);
        }
        let count = rows.len() as u64;
        ledger.add(&mut rows, &[], count);
        let key = rows.iter().map(|row| KeyRow {
            response_id: Cow::Borrowed(&row.response.id),
            file: "table",
            sheet: None,
            row: row.response.row,
            id: None,
        });
        partitions.write(&rows, &[], key, || ledger.books())?;
        progress.advance(count);
    }
    partitions.join(&restricted, ledger.books())?;
    let source =
        manifest::Source { id: source_id(1), kind: "table".to_owned(), ..Default::default() };
    let mut manifest = ledger.manifest(config, &coder, vec![source]);
    manifest.population = population;
    manifest.each = config.each.iter().map(|column| breakdown_id(column, &deidentifier)).collect();
    manifest.partition_by = partition_by;
    manifest.started = started;
    conclude(config, progress, clock, Written { folder, vocabulary, ledger, manifest, facts })
}

/// A run of which every row is written.
struct Written {
    folder: Folder,
    vocabulary: Vocabulary,
    ledger: Ledger,
    manifest: Manifest,
    facts: Metadata,
}

/// Tables, charts and report; then the folder takes its place.
fn conclude(
    config: &Config,
    progress: &dyn Progress,
    clock: Instant,
    written: Written,
) -> Result<Summary, Error> {
    let Written { folder, vocabulary, ledger, mut manifest, facts } = written;
    if let Some(imbalance) = manifest.counts.imbalance() {
        return Err(Error::Imbalance(imbalance));
    }
    progress.stage(STAGES[2]);
    let restricted = folder.restricted();
    let to_check = restricted.join(folder::TO_CHECK);
    store::write_file(&to_check, ledger.to_check().as_bytes())?;
    if let Some(name) = config.codebooks.first() {
        crate::review::recode::keep(&restricted, name)?;
    }
    let (tally, quotes, gaps) = ledger.close().map_err(store::io("read", &restricted))?;
    let rows = |visit: &mut dyn FnMut(&CodedResponse)| {
        decode::read(&restricted, &vocabulary, |rows| {
            for mut row in rows {
                coding::settle(&mut row);
                visit(&row);
            }
        })
    };
    let stored = &publish::Stored { vocabulary: &vocabulary, rows: &rows };
    let (tally, quotes, gaps) = (&tally, &quotes, &gaps);
    let counted = publish::Counted { tally, quotes, gaps, review: None, stored };
    if let Some(logo) = &config.logo {
        publish::keep_logo(&restricted, logo)?;
    }
    if let Some(by) = &manifest.partition_by {
        partitioned::write(&restricted, by, &vocabulary, &facts)?;
    }
    let to = publish::Places::of(folder.work(), &restricted).forgiving();
    let evidence = publish::publish(&to, &counted, &manifest, &facts)?;
    manifest.documents = documents::record(folder.work(), &folder::WITH_DOCUMENTS)?;
    let mut summary = Summary::new(&evidence, &manifest, config);
    manifest.attention = summary.attention().to_vec();
    manifest.seconds = clock.elapsed().as_secs_f64();
    let made = |id: &&String| folder.work().join(folder::PUBLISH).join(id).is_dir();
    summary.without_parts(manifest.each.iter().filter(|id| !made(id)));
    summary.kept(&folder.finish(&mut manifest)?);
    Ok(summary)
}

/// The inputs as the manifest tells them.
fn sources(intake: &Intake) -> Vec<manifest::Source> {
    let sources = intake.sources().iter().map(|source| manifest::Source {
        id: source_id(source.number),
        kind: source.kind.name().to_owned(),
        bytes: source.bytes,
        sha256: source.sha256.clone(),
        rows: 0,
    });
    sources.collect()
}

/// Hash of everything that a run is to do; see [`manifest::Manifest::task`].
fn task(config: &Config, coder: &Coder, intake: &Intake, population: &[PopulationRow]) -> String {
    let mut hash = Sha256::new();
    // Every part ends with a byte that no text holds, so that no two lists read alike.
    let mut add = |part: &[u8]| hash.update([part, &[0xff]].concat());
    for part in [env!("CARGO_PKG_VERSION"), schema::VERSION, &config.hash, coder.pace().why()] {
        add(part.as_bytes());
    }
    coder.codebooks().for_each(|book| add(book.sha256.as_bytes()));
    coder.models().for_each(|model| add(model.sha256().as_bytes()));
    coder.backend().iter().for_each(|backend| add(backend.to_string().as_bytes()));
    // What a stopped run has done is counted in batches.
    add(&coder.batch_rows().to_le_bytes());
    add(intake.identity().as_bytes());
    config.providers.iter().for_each(|provider| add(provider.as_bytes()));
    add(serde_json::to_string(&(population, &config.visit_log)).unwrap_or_default().as_bytes());
    config.logo.iter().for_each(|logo| add(&logo.bytes));
    hex::encode(hash.finalize())
}

/// `by_<name>` for each breakdown column, de-identified.
fn breakdown_columns(intake: &Intake, deidentifier: &Deidentifier) -> Vec<String> {
    let label = |name: &Identified| deidentifier.label(name.reveal()).as_str().to_owned();
    breakdowns(intake.breakdowns().iter().map(label))
}

/// Who receives care, in the columns and values that responses have after de-identification.
fn population(
    config: &Config,
    vocabulary: &Vocabulary,
    deidentifier: &Deidentifier,
) -> Result<Vec<PopulationRow>, Error> {
    let rows = config.population.iter().map(|row| {
        let slug = slug(deidentifier.label(&row.column).as_str());
        let column = match slug.as_str() {
            "respondent_type" | "who_speaks" => "respondent_type".to_owned(),
            "wave" => slug.clone(),
            _ => format!("by_{slug}"),
        };
        if column.starts_with("by_") && !vocabulary.breakdowns().contains(&column) {
            return Err(Error::Population(slug));
        }
        let at = vocabulary.breakdowns().iter().position(|known| *known == column);
        let value = deidentifier.value(at.unwrap_or(usize::MAX), &row.value).to_string();
        Ok(PopulationRow { column, value, people: row.people })
    });
    rows.collect()
}

/// What rows are laid apart by, as tables name it.
fn partition_by(
    config: &Config,
    vocabulary: &Vocabulary,
    deidentifier: &Deidentifier,
) -> Result<Option<String>, Error> {
    let by = config.partition_by.as_deref().map(|column| match column {
        "month" => column.to_owned(),
        other => breakdown_id(other, deidentifier),
    });
    by.iter().try_for_each(|by| partitioned::check(by, vocabulary))?;
    Ok(by)
}

/// The breakdown that the user means by a column, or by its own id.
fn breakdown_id(column: &str, deidentifier: &Deidentifier) -> String {
    if config::BREAKDOWNS.contains(&column) {
        return column.to_owned();
    }
    format!("by_{}", slug(deidentifier.label(column).as_str()))
}

/// What every Parquet file of the run says of itself.
fn facts(config: &Config, coder: &Coder) -> Metadata {
    let mut facts = Metadata::default();
    facts.set("schema_version", schema::VERSION);
    facts.set("vocabulary", serde_json::to_string(&coder.names()).unwrap_or_default());
    // Several are separated by blanks, in the run's order.
    let books = |of: fn(&Codebook) -> &str| coder.codebooks().map(of).collect::<Vec<_>>().join(" ");
    facts.set("codebook", books(|book| &book.id));
    facts.set("codebook_version", books(|book| &book.version));
    facts.set("codebook_sha256", books(|book| &book.sha256));
    let models = |of: fn(&Model) -> &str| coder.models().map(of).collect::<Vec<_>>().join(" ");
    facts.set("model", models(Model::id));
    facts.set("model_version", models(Model::version));
    facts.set("model_sha256", models(Model::sha256));
    let figures: Vec<_> = coder.models().next().map(Model::figures).unwrap_or_default().to_vec();
    facts.set("model_figures", serde_json::to_string(&figures).unwrap_or_default());
    let precisions = coder.models().next().map(Model::precisions).unwrap_or_default();
    facts.set("model_precisions", serde_json::to_string(&precisions).unwrap_or_default());
    facts.set("config_sha256", config.hash.as_str());
    facts
}

/// Where a source stands, for `key.parquet`.
struct Place {
    file: String,
    sheet: Option<String>,
}

fn places(intake: &Intake) -> Vec<Place> {
    let place = |source: &intake::Source| Place {
        file: source.path.to_string_lossy().into_owned(),
        sheet: source.sheet.as_ref().map(|s| s.reveal().to_owned()),
    };
    intake.sources().iter().map(place).collect()
}

/// Where each answer came from, and each row that was set aside whole.
fn key<'a>(
    rows: &'a [CodedResponse],
    ids: &'a [Option<Identified>],
    set_aside: &[Unprocessed],
    places: &'a [Place],
) -> impl Iterator<Item = KeyRow<'a>> {
    let at = |source: u32, row: u32, response_id: Cow<'a, str>, id: Option<&'a str>| {
        let place = &places[source as usize - 1];
        KeyRow { response_id, file: &place.file, sheet: place.sheet.as_deref(), row, id }
    };
    let answers = rows.iter().zip(ids).map(move |(row, id)| {
        let response = &row.response;
        let id = id.as_ref().map(Identified::reveal);
        at(response.source, response.row, Cow::Borrowed(&response.id), id)
    });
    let (_, missing) = rows_of(rows, set_aside);
    let others = missing
        .into_iter()
        .map(move |(source, row)| at(source, row, Cow::Owned(format!("{source}-{row}")), None));
    answers.chain(others)
}
