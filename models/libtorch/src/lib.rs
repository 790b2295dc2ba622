//! The encoder on libtorch, through rust-bert and tch: a second backend, and fine-tuning.
//!
//! All of it stands behind the cargo feature `libtorch`, which needs libtorch 2.4 (`setup.sh` beside
//! this crate); without the feature this crate is empty, and Heard runs on `heard-encoder` alone.
//! `Backend` encodes on a processor or on a GPU what `heard_encoder::Bert` encodes in pure Rust, from
//! the same weights; `fine_tune` trains an encoder and linear heads together. Which heads there are,
//! what they mean and how their scores are used belongs to `heard-models`.

#[cfg(feature = "libtorch")]
mod backend;
#[cfg(feature = "libtorch")]
mod batch;
#[cfg(feature = "libtorch")]
mod error;
#[cfg(feature = "libtorch")]
mod model;
#[cfg(feature = "libtorch")]
mod optimiser;
#[cfg(feature = "libtorch")]
mod recipe;
#[cfg(feature = "libtorch")]
mod train;
#[cfg(feature = "libtorch")]
mod tuned;

#[cfg(feature = "libtorch")]
pub use {
    backend::Backend,
    error::LibtorchError,
    model::Device,
    recipe::{Progress, Recipe},
    train::{Example, Target, Unit, fine_tune},
    tuned::FineTuned,
};
