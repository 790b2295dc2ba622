//! A run as a REFI-QDA project (`.qdpx`), for other qualitative software: each answer a text, each
//! coded segment a selection, each coder a user.
//!
//! Everything comes from the de-identified texts with what people masked. Positions count Unicode
//! scalar values, half-open, as the format has them. Remarks of coders stay at home, and so do all
//! codes of answers that a coder is still to code without seeing anyone's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::Path;

use heard_models::Codebook;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::decision::State;
use super::decisions::Decisions;
use super::key::Key;
use super::stored::{Row, Run};
use super::{Error, apply};
use crate::coding::{CodedResponse, Coding};
use crate::encode::ScalarOffsets;
use crate::refi::{self, escaped, guid};
use crate::store;
use crate::tables::labels;

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Answers.
    pub sources: usize,
    /// Codings of themes.
    pub codings: usize,
    /// Answers without codes, since somebody is still to code them unseen.
    pub blank: usize,
}

/// Whose the texts are, where somebody must be named.
const WRITER: &str = "Heard";

/// The answers of the samples that a coder is still to code unseen: they go out without codes.
pub fn blank(decisions: &Decisions, who: &str, sample: &[Key]) -> Result<Vec<Key>, Error> {
    let mut blank = Vec::new();
    for key in sample {
        let state = decisions.state(*key);
        let is_done = state.codes_of(who).is_some_and(|codes| codes.done);
        if !is_done && state.settled.is_none() && !decisions.has_seen(who, *key)? {
            blank.push(*key);
        }
    }
    Ok(blank)
}

/// Writes the project, without the codes of these answers.
pub fn export(
    run: &Run,
    decisions: &Decisions,
    known: Option<&Codebook>,
    blank: &[Key],
    path: &Path,
) -> Result<Written, Error> {
    let Some(book) = run.about.vocabulary.codebooks().first() else {
        return Ok(Written::default());
    };
    let failed = |error: zip::result::ZipError| {
        Error::Refused(format!("the project could not be made: {error}"))
    };
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // No clock: the same run gives the same bytes.
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    let (mut sources, mut users) = (String::new(), BTreeMap::new());
    let mut written = Written::default();
    for row in run.rows.iter().filter(|row| !row.coded.response.text.as_str().is_empty()) {
        let mut shown = masked(row, decisions);
        let id = guid("source", &shown.response.id);
        // A reader that makes two signs of a line's end into one, or leaves out a mark of the byte
        // order, would move every position.
        let text = shown.response.text.as_str().replace(['\r', '\u{feff}'], " ");
        // In small letters, as the standard names the folder: some look for no other.
        zip.start_file(format!("sources/{id}.txt"), options).map_err(failed)?;
        let write = zip.write_all(text.as_bytes());
        write.map_err(|error| Error::Refused(error.to_string()))?;
        written.sources += 1;
        let state = (!blank.contains(&row.key)).then(|| decisions.state(row.key));
        if state.is_none() {
            shown.codings.clear();
            written.blank += 1;
        }
        written.codings += source(run, row, state, (&shown, &id), &mut users, &mut sources);
    }
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Project xmlns=\"urn:QDA-XML:project:1.0\" name=\"{}\" origin=\"Heard {}\" creationDateTime=\"{}\">\n<Users>\n",
        escaped(&book.title),
        env!("CARGO_PKG_VERSION"),
        when(run)
    );
    // People before models, and both before the writer of the texts: programs open with the first.
    for person in [true, false] {
        for (coder, id) in users.iter().filter(|(coder, _)| coder.starts_with("person:") == person)
        {
            let name = coder.strip_prefix("person:").unwrap_or(coder);
            let _ = writeln!(out, "<User guid=\"{id}\" name=\"{}\"/>", escaped(name));
        }
    }
    let _ = writeln!(out, "<User guid=\"{}\" name=\"{WRITER}\"/>", guid("writer", WRITER));
    let _ = write!(
        out,
        "</Users>\n<CodeBook>\n{}</CodeBook>\n<Variables>\n{}</Variables>\n<Sources>\n{sources}</Sources>\n<Description>{}</Description>\n</Project>\n",
        refi::codes(book, known, true),
        ["Question", "Who speaks", "Channel"]
            .map(|name| format!(
                "<Variable guid=\"{}\" name=\"{name}\" typeOfVariable=\"Text\"/>\n",
                guid("variable", name)
            ))
            .concat(),
        escaped(&format!("De-identified answers, coded with {} {}.", book.id, book.version))
    );
    zip.start_file("project.qde", options).map_err(failed)?;
    zip.write_all(out.as_bytes()).map_err(|error| Error::Refused(error.to_string()))?;
    let bytes = zip.finish().map_err(failed)?.into_inner();
    store::write_file(path, &bytes)?;
    Ok(written)
}

/// When the run was made, for every date that the format asks for.
fn when(run: &Run) -> String {
    let started = &run.about.manifest.started;
    let plain = started.len() == 20 && started.ends_with('Z');
    if plain { started.clone() } else { "2000-01-01T00:00:00Z".to_owned() }
}

/// A response with what people masked, and the model's codes.
fn masked(row: &Row, decisions: &Decisions) -> CodedResponse {
    let mut shown = row.coded.clone();
    apply::mask(&mut shown, &decisions.state(row.key).masks, &row.moves);
    shown
}

/// Adds a source with everyone's codes: people's where anyone coded it, else the model's.
fn source(
    run: &Run,
    row: &Row,
    state: Option<&State>,
    (shown, id): (&CodedResponse, &str),
    users: &mut BTreeMap<String, String>,
    out: &mut String,
) -> usize {
    let moves = apply::all_moves(&row.coded.response.text, &shown.response.text, &row.moves);
    let vocabulary = &run.about.vocabulary;
    let mut versions: Vec<CodedResponse> = Vec::new();
    let settled = state.and_then(|state| Some(("agreed", state.settled.as_ref()?)));
    for (who, codes) in state.iter().flat_map(|state| state.coders()).chain(settled) {
        let mut own = shown.clone();
        own.codings.clear();
        apply::code(&mut own, who, codes, &moves, vocabulary);
        versions.push(own);
    }
    if versions.is_empty() {
        versions.push(shown.clone());
    }
    let at = when(run);
    let response = &shown.response;
    let _ = writeln!(
        out,
        "<TextSource guid=\"{id}\" name=\"{}\" plainTextPath=\"internal://{id}.txt\" creatingUser=\"{}\" creationDateTime=\"{at}\">",
        escaped(&response.id),
        guid("writer", WRITER)
    );
    let mut codings = 0;
    for version in &versions {
        let offsets = ScalarOffsets::new(version.response.text.as_str());
        for (number, range) in version.segments.iter().enumerate() {
            let own = version.codings.iter();
            let own: Vec<&Coding> =
                own.filter(|c| c.codebook == 0 && usize::from(c.segment) == number).collect();
            let Some(first) = own.first() else { continue };
            let user = users
                .entry(first.coder.to_string())
                .or_insert_with(|| guid("user", &first.coder))
                .clone();
            let name = |coding: &Coding| {
                let theme = &vocabulary.theme(0, coding.theme).label;
                format!("{theme}: {}", coding.sentiment.as_str())
            };
            let said: Vec<String> = own.iter().map(|coding| name(coding)).collect();
            let place = format!("{id} {number} {}", first.coder);
            let _ = write!(
                out,
                "<PlainTextSelection guid=\"{}\" name=\"{}\" startPosition=\"{}\" endPosition=\"{}\" creatingUser=\"{user}\" creationDateTime=\"{at}\"><Description>{}</Description>",
                guid("selection", &place),
                escaped(&format!("{} part {}", response.id, number + 1)),
                offsets.at(range.start),
                offsets.at(range.end),
                escaped(&said.join("; "))
            );
            let mut targets: Vec<String> = Vec::new();
            for coding in &own {
                let theme = refi::theme_guid(&vocabulary.theme(0, coding.theme).id);
                for target in [theme, refi::sentiment_guid(coding.sentiment)] {
                    if !targets.contains(&target) {
                        targets.push(target);
                    }
                }
            }
            for target in targets {
                let coding = guid("coding", &format!("{place} {target}"));
                let _ = write!(
                    out,
                    "<Coding guid=\"{coding}\" creatingUser=\"{user}\" creationDateTime=\"{at}\"><CodeRef targetGUID=\"{target}\"/></Coding>"
                );
            }
            out.push_str("</PlainTextSelection>\n");
            codings += own.len();
        }
    }
    let values = [
        ("Question", response.question.text.as_str()),
        ("Who speaks", labels::role(shown.respondent_type.0)),
        ("Channel", response.channel.as_str()),
    ];
    for (variable, value) in values {
        let _ = writeln!(
            out,
            "<VariableValue><VariableRef targetGUID=\"{}\"/><TextValue>{}</TextValue></VariableValue>",
            guid("variable", variable),
            escaped(value)
        );
    }
    out.push_str("</TextSource>\n");
    codings
}
