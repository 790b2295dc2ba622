//! Any bytes as a file `a.msg`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| heard_fuzz::read("a.msg", bytes));
