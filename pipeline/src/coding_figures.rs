//! How far the coding can be believed: from people's codes of a sample of this run where there are
//! any, otherwise from what the model measured when it was made. The report says which. What people
//! find in a random sample while they review is another matter: `review::study`.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, UInt64Type};
use heard_models::{Figure, Precision};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::report::{Agreement, Measured};
use crate::store::Metadata;
use crate::tables::intervals::wilson;

/// Where `heard evaluate` leaves its figures, below `restricted/`.
const EVALUATION: &str = "evaluation/agreement.parquet";
/// A theme that people gave to fewer answers of a sample is not measured by it.
const LEAST_SUPPORT: u64 = 10;

/// What is known of the coding.
#[derive(Clone, Debug, Default)]
pub struct CodingFigures {
    /// Figures over all.
    pub agreement: Vec<Agreement>,
    /// How often each theme is right.
    pub precisions: BTreeMap<String, Measured>,
    /// Measured on a sample of this run.
    pub own_sample: bool,
}

/// For a run whose tables say `metadata`; `codebook` is the run's first.
pub fn of(restricted: &Path, metadata: &Metadata, codebook: &str) -> CodingFigures {
    sample(&restricted.join(EVALUATION), codebook).unwrap_or_else(|| model(metadata))
}

/// What the model's file and card say.
fn model(metadata: &Metadata) -> CodingFigures {
    let figures: Vec<Figure> = stored(metadata, "model_figures");
    let mut precisions: Vec<Precision> = stored(metadata, "model_precisions");
    if precisions.is_empty() {
        // Runs of earlier versions name their models only; the first coded the first codebook.
        let first = metadata.get("model").and_then(|ids| ids.split(' ').next());
        precisions = first.map(heard_models::precisions_of).unwrap_or_default();
    }
    CodingFigures {
        agreement: figures
            .into_iter()
            .map(|Figure { measure, figure, on }| Agreement { measure, figure, on })
            .collect(),
        precisions: precisions
            .into_iter()
            .map(|found| {
                let (low, high) = wilson(found.right, found.given);
                let right = found.right as f64 / found.given.max(1) as f64;
                (found.theme, Measured { right, low, high })
            })
            .collect(),
        own_sample: false,
    }
}

fn stored<T: serde::de::DeserializeOwned>(metadata: &Metadata, name: &str) -> Vec<T> {
    serde_json::from_str(metadata.get(name).unwrap_or_default()).unwrap_or_default()
}

/// A line of an evaluation.
struct Line {
    measure: String,
    label: String,
    support: u64,
    value: Option<f64>,
    bounds: Option<(f64, f64)>,
}

/// The evaluation of this run, if there is one of its first codebook.
fn sample(path: &Path, codebook: &str) -> Option<CodingFigures> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).ok()?).ok()?;
    let about = builder.metadata().file_metadata().key_value_metadata();
    let about = Metadata::read(about.map(Vec::as_slice).unwrap_or_default());
    if about.get("codebook") != Some(codebook) {
        return None;
    }
    let batches: Vec<RecordBatch> = builder.build().ok()?.collect::<Result<_, _>>().ok()?;
    let lines: Vec<Line> = batches.iter().filter_map(lines).flatten().collect();
    let on = "a sample of these answers, coded by people".to_owned();
    let over = lines.iter().filter(|line| line.label == "themes");
    let name = |measure: &str| match measure {
        "micro_f1" => Some("Themes of an answer: F1"),
        "micro_precision" => Some("Themes of an answer: right when given"),
        "micro_recall" => Some("Themes of an answer: found"),
        "alpha" => Some("Agreement between people (Krippendorff's alpha)"),
        _ => None,
    };
    let agreement: Vec<Agreement> = over
        .filter_map(|line| {
            let bounds = line.bounds.map(|(low, high)| format!(" ({low:.2} to {high:.2})"));
            Some(Agreement {
                measure: name(&line.measure)?.to_owned(),
                figure: format!("{:.2}{}", line.value?, bounds.unwrap_or_default()),
                on: on.clone(),
            })
        })
        .collect();
    let precisions = lines
        .iter()
        .filter(|line| line.measure == "precision" && line.support >= LEAST_SUPPORT)
        .filter_map(|line| {
            let right = line.value?;
            // Resampling says nothing of a small sample that is all right or all wrong.
            let (low, high) = wilson((right * line.support as f64).round() as u64, line.support);
            let (from, to) = line.bounds.unwrap_or((low, high));
            Some((line.label.clone(), Measured { right, low: low.min(from), high: high.max(to) }))
        })
        .collect();
    (!agreement.is_empty()).then_some(CodingFigures { agreement, precisions, own_sample: true })
}

fn lines(batch: &RecordBatch) -> Option<Vec<Line>> {
    let column = |name: &str| batch.column_by_name(name);
    let measures = column("measure")?.as_string_opt::<i32>()?;
    let labels = column("label")?.as_string_opt::<i32>()?;
    let support = column("support")?.as_primitive_opt::<UInt64Type>()?;
    let decimals = |name: &str| column(name)?.as_primitive_opt::<Float64Type>();
    let (values, low, high) = (decimals("value")?, decimals("low")?, decimals("high")?);
    let at = |of: &arrow::array::Float64Array, row: usize| {
        use arrow::array::Array as _;
        of.is_valid(row).then(|| of.value(row))
    };
    let line = |row: usize| Line {
        measure: measures.value(row).to_owned(),
        label: labels.value(row).to_owned(),
        support: support.value(row),
        value: at(values, row),
        bounds: at(low, row).zip(at(high, row)),
    };
    Some((0..batch.num_rows()).map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_model_measured_gets_an_interval() {
        let mut metadata = Metadata::default();
        metadata.set("model_precisions", r#"[{"theme":"a","given":200,"right":160}]"#);
        let found = of(Path::new("nowhere"), &metadata, "own");
        let measured = found.precisions["a"];
        assert!(!found.own_sample && (measured.right - 0.8).abs() < 1e-9);
        assert!((measured.low - 0.739).abs() < 0.001, "{measured:?}");
    }
}
