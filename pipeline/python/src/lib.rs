//! Heard for Python: tables cross by the Arrow C data interface, without a copy, and the work is done
//! with Python's lock released. What Python code sees is in `heard/`; this is its engine room.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_pyarrow::FromPyArrow as _;
use heard::config::{Config, Earlier, Machine, RawConfig};
use heard::deidentify::{Deidentifier, Mode, Options};
use heard::frame::{self, Columns, Settings, TableCoder};
use heard::run::Silent;
use heard::summary::Summary;
use heard::{cli, config, evaluate, folder, myself, run};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// What goes wrong is a sentence that says what to do.
fn wrong(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// A table from whatever speaks the Arrow C data interface.
fn reader(table: &Bound<'_, PyAny>) -> PyResult<RecordBatchStreamReader> {
    if !table.hasattr("__arrow_c_stream__")? {
        let name = table.get_type().name()?;
        return Err(PyTypeError::new_err(format!(
            "{name} is no table: give a polars, pyarrow or pandas frame, or anything with __arrow_c_stream__"
        )));
    }
    RecordBatchStreamReader::from_pyarrow_bound(table)
}

/// Does the work with Python's lock released. The message of a panic may quote the text that it met: only
/// its place is told, by the hook that the module sets.
fn released<T: Send, E: std::fmt::Display + Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, E> + Send,
) -> PyResult<T> {
    py.detach(|| catch_unwind(AssertUnwindSafe(work)))
        .map_err(|_| PyRuntimeError::new_err("Heard was stopped by a fault of its own; standard error names the place. Please report it"))?
        .map_err(wrong)
}

fn mode(redact: &str) -> PyResult<Mode> {
    Mode::parse(redact).ok_or_else(|| {
        wrong(format!("`{redact}` is not a value for redact. Use standard, strict or structured"))
    })
}

fn threads(threads: Option<usize>) -> usize {
    let all = || std::thread::available_parallelism().map_or(1, Into::into);
    threads.unwrap_or_else(all).clamp(1, 256)
}

/// A table in memory that every Arrow library can take.
#[pyclass(frozen, module = "heard")]
struct Coded {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

#[pymethods]
impl Coded {
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A wish that may be left unheard, by the interface's own rules.
        let _ = requested_schema;
        let batches = self.batches.clone().into_iter().map(Ok::<_, ArrowError>);
        let reader = RecordBatchIterator::new(batches, Arc::clone(&self.schema));
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// Codebooks and models, opened once.
#[pyclass(frozen, module = "heard")]
struct Coder(Arc<TableCoder>);

/// What the columns of a table are, as Python names them.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Named {
    text: Option<String>,
    id: Option<String>,
    respondent: Option<String>,
    question: Option<String>,
    asked: Option<String>,
    date: Option<String>,
    wave: Option<String>,
    rating: Option<String>,
    who: Option<String>,
    may_quote: Option<String>,
    by: Vec<String>,
    secret: Option<String>,
}

/// Names by which a column of comments is usually called.
const USUAL: [&str; 4] = ["text", "comment", "comments", "response"];

impl Named {
    fn table(self, coder: &Coder, schema: Option<&SchemaRef>) -> PyResult<frame::Table> {
        let text = match (self.text, schema) {
            (Some(text), _) => text,
            (None, None) => USUAL[0].to_owned(),
            (None, Some(schema)) => text_of(schema)?,
        };
        let columns = Columns {
            text,
            id: self.id,
            respondent: self.respondent,
            question: self.question,
            date: self.date,
            wave: self.wave,
            rating: self.rating,
            who: self.who,
            may_quote: self.may_quote,
            by: self.by,
        };
        coder.0.table(columns, self.asked.as_deref(), self.secret.as_deref()).map_err(wrong)
    }
}

/// The column of comments, where it was not named.
fn text_of(schema: &SchemaRef) -> PyResult<String> {
    let is_text =
        |of: &DataType| matches!(of, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let texts = schema.fields().iter().filter(|field| is_text(field.data_type()));
    let texts: Vec<&str> = texts.map(|field| field.name().as_str()).collect();
    let usual = USUAL.iter().find(|name| texts.contains(*name)).copied();
    usual.or(if let [only] = texts[..] { Some(only) } else { None }).map(str::to_owned).ok_or_else(
        || {
            wrong(format!(
                "which column holds the comments? Say text=... The table's columns of text are: {}",
                texts.join(", ")
            ))
        },
    )
}

#[pymethods]
impl Coder {
    #[new]
    fn new(
        py: Python<'_>,
        codebooks: Vec<String>,
        models: Vec<String>,
        redact: &str,
        providers: Vec<String>,
        threads_: Option<usize>,
    ) -> PyResult<Self> {
        let redact = mode(redact)?;
        let threads = threads(threads_);
        let settings = Settings { codebooks, models, redact, providers, threads };
        let coder = released(py, || TableCoder::open(settings))?;
        Ok(Self(Arc::new(coder)))
    }

    /// A table, on all threads. A part of a larger one has a number for its `first` row.
    #[pyo3(signature = (table, named, first=None))]
    fn code(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        named: Named,
        first: Option<u32>,
    ) -> PyResult<Coded> {
        let reader = reader(table)?;
        let table = named.table(self, Some(&reader.schema()))?;
        let schema = table.schema();
        let mut batches = Vec::new();
        let keep = |batch| {
            batches.push(batch);
            Ok(())
        };
        released(py, || match first {
            Some(first) => table.code(reader, first, keep),
            None => table.code_whole(reader, keep),
        })?;
        Ok(Coded { schema, batches })
    }

    /// What comes out.
    fn schema(&self, named: Named) -> PyResult<Coded> {
        let schema = named.table(self, None)?.schema();
        Ok(Coded { schema, batches: Vec::new() })
    }
}

/// Texts without personal data, each by itself.
#[pyfunction]
fn deidentify(
    py: Python<'_>,
    texts: Vec<Option<String>>,
    redact: &str,
    providers: Vec<String>,
) -> PyResult<Vec<Option<String>>> {
    let mode = mode(redact)?;
    released(py, || {
        let deidentifier = Deidentifier::new(Options { providers, mode });
        let clean =
            |text: &Option<String>| text.as_deref().map(|t| frame::redacted(&deidentifier, t));
        Ok::<_, Infallible>(texts.iter().map(clean).collect())
    })
}

/// Settings as `heard.toml` has them, in JSON.
fn settings(json: &str, earlier: &str, threads: Option<usize>) -> PyResult<Config> {
    let raw: RawConfig = serde_json::from_str(json).map_err(wrong)?;
    let earlier = match earlier {
        "replace" => Earlier::Replace,
        "go on" => Earlier::GoOn,
        _ => Earlier::Keep,
    };
    let machine = Machine { threads, quiet: true, earlier };
    raw.check(&PathBuf::new(), &machine).map_err(wrong)
}

/// (summary, whether a threshold was passed).
fn told(summary: Option<Summary>) -> (String, bool) {
    summary.map_or_else(
        || ("This run was there already, complete: nothing was left to do.".to_owned(), false),
        |summary| (summary.text(), summary.needs_attention()),
    )
}

#[pyfunction]
fn do_run(
    py: Python<'_>,
    json: &str,
    earlier: &str,
    threads: Option<usize>,
) -> PyResult<(String, bool)> {
    let config = settings(json, earlier, threads)?;
    released(py, || run::run(&config, &Silent)).map(told)
}

#[pyfunction]
fn do_collect(
    py: Python<'_>,
    table: &Bound<'_, PyAny>,
    json: &str,
    earlier: &str,
) -> PyResult<(String, bool)> {
    let reader = reader(table)?;
    let config = settings(json, earlier, None)?;
    released(py, || run::collect(&config, reader, &Silent)).map(|summary| told(Some(summary)))
}

/// Every figure, as JSON.
#[pyfunction]
fn do_evaluate(
    py: Python<'_>,
    dir: PathBuf,
    coded: Vec<PathBuf>,
    codebook: Option<String>,
    ignore_unknown: bool,
    providers: Option<PathBuf>,
) -> PyResult<String> {
    let providers = providers.as_deref().map(config::read_providers).transpose().map_err(wrong)?;
    let options =
        evaluate::Options { codebook, ignore_unknown, providers: providers.unwrap_or_default() };
    let found = released(py, || -> anyhow::Result<_> {
        let found = evaluate::evaluate(&dir, &coded, &options)?;
        evaluate::write(&found, &dir.join(folder::RESTRICTED).join("evaluation"))?;
        Ok(found)
    });
    serde_json::to_string(&found?).map_err(wrong)
}

/// The command line: gives the exit code.
#[pyfunction]
fn call(py: Python<'_>, words: Vec<String>) -> u8 {
    py.detach(|| cli::call(words.into_iter().map(Into::into)))
}

/// Says how this program starts itself again.
#[pyfunction]
fn is_called(words: Vec<String>) {
    myself::is_called(words.into_iter().map(Into::into).collect());
}

#[pymodule]
fn _heard(module: &Bound<'_, PyModule>) -> PyResult<()> {
    cli::silence_panics();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<Coder>()?;
    module.add_class::<Coded>()?;
    module.add_function(wrap_pyfunction!(deidentify, module)?)?;
    module.add_function(wrap_pyfunction!(do_run, module)?)?;
    module.add_function(wrap_pyfunction!(do_collect, module)?)?;
    module.add_function(wrap_pyfunction!(do_evaluate, module)?)?;
    module.add_function(wrap_pyfunction!(call, module)?)?;
    module.add_function(wrap_pyfunction!(is_called, module)?)
}
