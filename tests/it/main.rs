//! End-to-end tests: each runs the real program in a folder of its own.
#![allow(
    clippy::unwrap_used,
    clippy::case_sensitive_file_extension_comparisons,
    missing_docs,
    unreachable_pub,
    reason = "tests say what failed by failing, and read the names that the program writes"
)]

mod accessibility;
mod bad_input;
mod commands;
mod documents;
mod evaluate;
mod evidence;
mod figures;
mod intake;
mod job;
mod learn;
mod mutated;
mod notebooks;
mod privacy;

mod resume;
mod review;
mod samples;
mod work;
