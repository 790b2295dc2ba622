//! What every fuzz target does: the bytes as a file under a name, opened and read to its end as
//! `heard run` does, in this process, so that a panic of a parser is seen.

use std::cell::OnceCell;

use heard::intake::{Intake, Options, Parser};
use tempfile::TempDir;

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

/// Reads `bytes` as a file with this name. It ends in an error or in responses; all else is a fault.
pub fn read(name: &str, bytes: &[u8]) {
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| TempDir::new().expect("a folder for the file"));
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("the file can be written");
        let options = Options { parser: Parser::InProcess, ..Options::default() };
        let Ok(intake) = Intake::open(&[path], &options) else { return };
        let mut rows = 0;
        for batch in intake.batches() {
            let Ok(batch) = batch else { return };
            rows += batch.rows;
        }
        assert_eq!(rows, intake.rows(), "rows read and rows counted differ");
    });
}
