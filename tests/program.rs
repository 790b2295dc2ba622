//! The program under test: the same entry as `heard` itself.

use std::process::ExitCode;

fn main() -> ExitCode {
    heard::cli::main()
}
