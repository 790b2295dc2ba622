//! Heard turns what people say about their care into evidence: files in, a folder of coded,
//! de-identified tables, charts and a report out. Everything happens on the user's own computer.

pub mod accuracy;
pub mod again;
pub mod agreement;
pub mod charts;
pub mod cli;
pub mod coded;
pub mod coding;
pub mod config;
pub mod decode;
pub mod deidentify;
pub mod documents;
pub mod encode;
pub mod evaluate;
pub mod folder;
pub mod intake;
pub mod language;
pub mod ledger;
pub mod licences;
pub mod manifest;
pub mod measures;
pub mod organisation;
pub mod parts;
pub mod plain;
pub mod publish;
pub mod report;
pub mod response;
pub mod run;
pub mod schema;
pub mod segment;
pub mod specification;
pub mod store;
pub mod stream;
pub mod summary;
pub mod tables;
pub mod vocabulary;
