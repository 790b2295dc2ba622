//! A folder for one test, the program run in it, and its tables read back.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;

/// A folder that is gone when the test ends.
pub struct Dir(tempfile::TempDir);

impl Dir {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Runs the program here.
    pub fn heard(&self, args: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_heard-under-test"))
            .args(args)
            .current_dir(self.root())
            .env_remove("RUST_BACKTRACE")
            .output()
            .unwrap();
        Ran(output)
    }

    /// Every file below a folder of this one, sorted, with `/` in the names.
    pub fn files(&self, below: &str) -> Vec<String> {
        let base = self.path(below);
        let mut found = Vec::new();
        let mut folders = vec![base.clone()];
        while let Some(folder) = folders.pop() {
            // A folder may be replaced while it is looked at.
            let Ok(entries) = std::fs::read_dir(folder) else { continue };
            for entry in entries {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&base).unwrap().to_string_lossy().into_owned();
                    found.push(name.replace('\\', "/"));
                }
            }
        }
        found.sort();
        found
    }

    /// Copies a workbook with every cell of these words typed anew, but for its list of themes.
    pub fn retype(&self, from: &str, to: &str, words: &str, by: &str) {
        let mut read = zip::ZipArchive::new(File::open(self.path(from)).unwrap()).unwrap();
        let mut write = zip::ZipWriter::new(File::create(self.path(to)).unwrap());
        for i in 0..read.len() {
            let mut part = read.by_index(i).unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut part, &mut bytes).unwrap();
            if part.name() == "xl/sharedStrings.xml" {
                let (one, other) = (format!(">{words}<"), format!(">{by}<"));
                bytes = String::from_utf8(bytes).unwrap().replace(&one, &other).into_bytes();
            }
            let options = zip::write::SimpleFileOptions::default();
            write.start_file(part.name(), options).unwrap();
            std::io::Write::write_all(&mut write, &bytes).unwrap();
        }
        write.finish().unwrap();
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8_lossy(&self.bytes(name)).into_owned()
    }

    pub fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&self.text(name)).unwrap()
    }

    /// Rows of a Parquet file, each as column -> printed value.
    pub fn rows(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let mut rows = Vec::new();
        for batch in batches(&self.path(name)) {
            let options = FormatOptions::default().with_null("∅");
            let columns: Vec<_> = batch
                .schema()
                .fields()
                .iter()
                .zip(batch.columns())
                .map(|(f, c)| {
                    (f.name().clone(), ArrayFormatter::try_new(c.as_ref(), &options).unwrap())
                })
                .map(|(name, column)| {
                    let values: Vec<String> =
                        (0..batch.num_rows()).map(|i| column.value(i).to_string()).collect();
                    (name, values)
                })
                .collect();
            for i in 0..batch.num_rows() {
                rows.push(
                    columns
                        .iter()
                        .map(|(name, values)| (name.clone(), values[i].clone()))
                        .collect(),
                );
            }
        }
        rows
    }
}

/// The Arrow schema of a Parquet file.
pub fn schema(path: &Path) -> SchemaRef {
    let file = File::open(path).unwrap();
    ParquetRecordBatchReaderBuilder::try_new(file).unwrap().schema().clone()
}

/// The record batches of a Parquet file.
fn batches(path: &Path) -> Vec<RecordBatch> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    builder.build().unwrap().collect::<Result<_, _>>().unwrap()
}

/// Writes a Parquet file again as another version would have: without a column, and with what the
/// metadata says of `schema_version` changed.
pub fn rewrite(path: &Path, without: &str, version: &str) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let facts = builder.metadata().file_metadata().key_value_metadata().unwrap().clone();
    let facts = facts.into_iter().filter(|fact| fact.key != "ARROW:schema").map(|mut fact| {
        if fact.key.ends_with("schema_version") {
            fact.value = Some(version.to_owned());
        }
        fact
    });
    let keep: Vec<usize> = (0..builder.schema().fields().len())
        .filter(|i| builder.schema().field(*i).name() != without)
        .collect();
    let schema = builder.schema().project(&keep).unwrap();
    let properties =
        WriterProperties::builder().set_key_value_metadata(Some(facts.collect())).build();
    let batches = batches(path);
    let out = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(out, schema.into(), Some(properties)).unwrap();
    for batch in batches {
        writer.write(&batch.project(&keep).unwrap()).unwrap();
    }
    writer.close().unwrap();
}

/// A finished call of the program.
pub struct Ran(Output);

impl Ran {
    pub fn code(&self) -> i32 {
        self.0.status.code().unwrap_or(-1)
    }

    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    pub fn err(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    /// Asserts an exit code and shows what was printed if it is another.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "stdout:\n{}\nstderr:\n{}", self.out(), self.err());
        self
    }
}

/// The project's sample data.
pub fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data-samples")
}

/// The tests' own fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A zip with one part of it changed.
pub fn zip_with(whole: &[u8], name: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(Cursor::new(whole)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..zip.len() {
        let mut part = zip.by_index(i).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if part.name() == name {
            bytes = change(&String::from_utf8(bytes).unwrap()).into_bytes();
        }
        out.start_file(part.name(), zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// The parts of a Word or Excel file as text, without mark-up; none for other files.
pub fn archive_parts(path: &Path) -> Vec<String> {
    let is_archive = path.extension().is_some_and(|e| e == "docx" || e == "xlsx");
    if !is_archive {
        return Vec::new();
    }
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut parts = Vec::new();
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).unwrap();
        parts.push(part.name().to_owned());
        // Compressed pictures hold every three letters by chance; their words are in the SVG.
        if part.name().ends_with(".png") {
            continue;
        }
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // Words of one run stand between tags; runs are joined, paragraphs kept apart.
        let mut plain = String::new();
        let mut in_tag = false;
        for c in text.replace("</w:p>", "\n").replace("</si>", "\n").chars() {
            match c {
                '<' => in_tag = true,
                '>' => in_tag = false,
                c if !in_tag => plain.push(c),
                _ => {}
            }
        }
        parts.push(plain);
    }
    parts
}
