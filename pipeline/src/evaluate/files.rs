//! An evaluation as files: the figures, the disagreements to read, the calibration, and a chart.
//!
//! They hold de-identified text of responses, so they belong under `restricted/`. All are made
//! beside their place and moved there when every one of them is whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float32Array, Float64Array, RecordBatch, StringArray, UInt64Array};

use super::{Disagreement, Error, Evaluation};
use crate::charts::{Agreement, AgreementRow, Base, Chart, Frame};
use crate::plain::plural;
use crate::store::{self, Metadata, io};
use crate::tables::guarded;

/// Writes everything into `folder`, which is made where it is not there; gives the names of the
/// files.
pub fn write(found: &Evaluation, folder: &Path) -> Result<Vec<&'static str>, Error> {
    let work = partial(folder);
    if work.exists() {
        fs::remove_dir_all(&work).map_err(io("remove", &work))?;
    }
    store::create_folder(&work)?;
    let names = fill(found, &work).inspect_err(|_| {
        // Best effort: the error is what the user needs to see.
        let _ = fs::remove_dir_all(&work);
    })?;
    store::create_folder(folder)?;
    for name in &names {
        fs::rename(work.join(name), folder.join(name)).map_err(io("rename", &work.join(name)))?;
    }
    fs::remove_dir_all(&work).map_err(io("remove", &work))?;
    Ok(names)
}

fn partial(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_else(|| "evaluation".as_ref()).to_owned();
    name.push(".partial");
    folder.with_file_name(name)
}

fn fill(found: &Evaluation, work: &Path) -> Result<Vec<&'static str>, Error> {
    let mut facts = Metadata::default();
    facts.set("schema_version", crate::schema::VERSION);
    facts.set("codebook", found.codebook.as_str());
    facts.set("coder", found.model.as_str());
    let table = |name: &str, columns: Vec<(&str, ArrayRef)>| -> Result<(), Error> {
        let path = work.join(name);
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, column)| (name, column, true)),
        )
        .map_err(|source| store::Error::Arrow { path: path.clone(), source })?;
        Ok(store::write_table(&path, &batch, &facts)?)
    };
    table("agreement.parquet", figures(found))?;
    let all = &found.disagreements;
    let words = |of: fn(&Disagreement) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(all.iter().map(of)))
    };
    table(
        "disagreements.parquet",
        vec![
            ("response_id", words(|d| &d.response_id)),
            ("theme", words(|d| &d.theme)),
            ("people", words(|d| &d.people)),
            ("model", words(|d| &d.model)),
            ("confidence", Arc::new(all.iter().map(|d| d.confidence).collect::<Float32Array>())),
            ("text", words(|d| &d.text)),
        ],
    )?;
    store::write_file(&work.join("disagreements.csv"), &csv_bytes(all)?)?;
    let tenths = found.calibration.iter().flat_map(|c| &c.tenths);
    let column = |of: fn(&crate::agreement::Tenth) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(tenths.clone().map(of)))
    };
    let codings = tenths.clone().map(|t| t.codings as u64);
    table(
        "calibration.parquet",
        vec![
            ("from", column(|t| t.from)),
            ("to", column(|t| t.to)),
            ("codings", Arc::new(UInt64Array::from_iter_values(codings))),
            ("confidence", column(|t| t.confidence)),
            ("right", column(|t| t.right)),
        ],
    )?;
    let chart = chart(found);
    store::write_file(&work.join("agreement.svg"), chart.svg()?.as_bytes())?;
    store::write_file(&work.join("agreement.png"), &chart.png()?)?;
    Ok(vec![
        "agreement.parquet",
        "disagreements.parquet",
        "disagreements.csv",
        "calibration.parquet",
        "agreement.svg",
        "agreement.png",
    ])
}

/// A row a figure: measure, label, support, value, low, high.
fn figures(found: &Evaluation) -> Vec<(&'static str, ArrayRef)> {
    type Row = (String, String, usize, Option<f64>, Option<f64>, Option<f64>);
    let mut rows: Vec<Row> = found
        .figures
        .iter()
        .map(|f| {
            let bounds = (f.interval.map(|i| i.low), f.interval.map(|i| i.high));
            (f.measure.clone(), f.label.clone(), f.support, f.value, bounds.0, bounds.1)
        })
        .collect();
    let codings = found.calibration.iter().flat_map(|c| &c.tenths).map(|t| t.codings).sum();
    let error = found.calibration.as_ref().map(|c| c.error);
    rows.extend(
        error.map(|e| ("calibration_error".into(), "themes".into(), codings, Some(e), None, None)),
    );
    for confusion in &found.confusions {
        for (due, counts) in confusion.labels.iter().zip(&confusion.counts) {
            for (given, count) in confusion.labels.iter().zip(counts) {
                let label = format!("{}: {due} > {given}", confusion.task);
                rows.push((
                    "confusion".into(),
                    label,
                    counts.iter().sum(),
                    Some(*count as f64),
                    None,
                    None,
                ));
            }
        }
    }
    if let Some(people) = &found.people {
        let whole = [
            ("alpha", people.alpha),
            ("alpha_with_model", people.alpha_with_model),
            ("people_micro_f1", people.micro_f1),
            ("people_model_micro_f1", people.model_micro_f1),
        ];
        let n = people.responses;
        rows.extend(whole.map(|(m, value)| (m.into(), "themes".into(), n, value, None, None)));
        let each = people.themes.iter();
        rows.extend(
            each.map(|(t, alpha)| ("alpha".into(), t.clone(), n, Some(*alpha), None, None)),
        );
    }
    let words = |of: fn(&Row) -> &String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
    };
    let numbers = |of: fn(&Row) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<Float64Array>())
    };
    vec![
        ("measure", words(|r| &r.0)),
        ("label", words(|r| &r.1)),
        ("support", Arc::new(UInt64Array::from_iter_values(rows.iter().map(|r| r.2 as u64)))),
        ("value", numbers(|r| r.3)),
        ("low", numbers(|r| r.4)),
        ("high", numbers(|r| r.5)),
    ]
}

/// The disagreements for a spreadsheet program, none of whose cells it takes for a formula.
fn csv_bytes(all: &[Disagreement]) -> Result<Vec<u8>, Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["response_id", "theme", "people", "model", "confidence", "text"])?;
    for d in all {
        let confidence = d.confidence.map(|c| format!("{c:.2}")).unwrap_or_default();
        let words = [&d.response_id, &d.theme, &d.people, &d.model].map(|w| guarded(w));
        let [id, theme, people, model] = words;
        out.write_record([id, theme, people, model, confidence, guarded(&d.text)])?;
    }
    Ok(out.into_inner().map_err(|error| csv::Error::from(error.into_error()))?)
}

fn chart(found: &Evaluation) -> Agreement {
    let rows: Vec<AgreementRow> = found
        .labels
        .iter()
        .filter(|label| !label.thin && label.people > 0)
        .filter_map(|label| {
            let f1 = found.figure("f1", &label.theme)?;
            Some(AgreementRow {
                name: label.label.clone(),
                f1: f1.value?,
                interval: f1.interval.map(|i| (i.low, i.high)),
                support: label.people as u64,
            })
        })
        .collect();
    let themes = plural(rows.len() as u64, "theme", "themes");
    let sound = rows.iter().filter(|r| r.f1 >= super::screen::GOOD).count();
    let headline = match found.figure("micro_f1", "themes").and_then(|f| f.value) {
        Some(f1) => format!("Over all themes the program agrees with people at F1 {f1:.2}"),
        None => "People and the program gave no theme".to_owned(),
    };
    let listed: Vec<String> = rows.iter().map(|r| format!("{} {:.2}", r.name, r.f1)).collect();
    let alt_text = format!(
        "{headline}. {sound} of {themes} reach {:.2} or more. F1 of each: {}.",
        super::screen::GOOD,
        listed.join("; ")
    );
    Agreement {
        frame: Frame {
            headline,
            subtitle: format!(
                "F1 of each theme against people's codes, codebook {}",
                found.codebook
            ),
            source_note: format!("Source: people's codes and {}", found.model),
            alt_text,
            draft: false,
        },
        rows,
        base: Base { n: found.compared as u64, of: "responses".to_owned() },
    }
}
