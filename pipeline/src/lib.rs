//! Heard turns what people say about their care into evidence: files in, a folder of coded,
//! de-identified tables, charts and a report out. Everything happens on the user's own computer.

pub mod coding;
pub mod deidentify;
pub mod intake;
pub mod language;
pub mod manifest;
pub mod report;
pub mod response;
pub mod schema;
pub mod segment;
pub mod store;
pub mod vocabulary;
