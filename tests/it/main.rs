//! End-to-end tests: each runs the real program in a folder of its own.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests say what failed by failing")]

mod bad_input;
mod commands;
mod evidence;
mod privacy;
mod samples;
mod work;
