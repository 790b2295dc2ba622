//! The command that times whole jobs, run on a few comments: what it prints is time, and is not looked at.

use std::process::Command;

#[test]
fn every_kind_of_job_is_timed_at_each_size() {
    let table = Command::new(env!("CARGO_BIN_EXE_heard-bench")).args(["growth", "20"]).output();
    let table = table.unwrap();
    let printed = String::from_utf8_lossy(&table.stdout);
    assert!(table.status.success(), "{}", String::from_utf8_lossy(&table.stderr));
    for job in
        ["20, csv, fast", "20, parquet, fast", "20, csv, accurate", "20, csv, fast, misspelt"]
    {
        assert!(printed.contains(job), "{printed}");
    }
}
