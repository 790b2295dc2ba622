//! The run's list of spans that may still be personal, kept in step with what people hide and whom
//! they have forgotten: it points into texts, and texts change.

use std::path::Path;

use super::{Error, place};
use crate::deidentify::Redacted;
use crate::folder::TO_CHECK;
use crate::store::{self, io};

/// A span of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    id: String,
    start: u32,
    end: u32,
    reason: String,
}

/// The list; none where an earlier version wrote the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToCheck {
    head: Vec<String>,
    spans: Vec<Span>,
}

impl ToCheck {
    /// Reads the list of a run; None where there is none.
    pub fn read(restricted: &Path) -> Result<Option<Self>, Error> {
        let path = restricted.join(TO_CHECK);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = std::fs::read(&path).map_err(io("read", &path))?;
        Self::parse(&bytes)
            .map(Some)
            .ok_or_else(|| Error::Refused(format!("{} is not as Heard wrote it", path.display())))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut table = csv::Reader::from_reader(bytes);
        let head = table.headers().ok()?.iter().map(str::to_owned).collect();
        let mut spans = Vec::new();
        for row in table.records() {
            let row = row.ok()?;
            spans.push(Span {
                id: row.get(0)?.to_owned(),
                start: row.get(1)?.parse().ok()?,
                end: row.get(2)?.parse().ok()?,
                reason: row.get(3)?.to_owned(),
            });
        }
        Some(Self { head, spans })
    }

    /// Moves the spans of a response whose text was hidden in part; what is hidden whole needs no
    /// look any more.
    pub fn mask(&mut self, id: &str, before: &Redacted, now: &Redacted) {
        if !self.spans.iter().any(|span| span.id == id) {
            return;
        }
        let hidden = place::moved(before, now);
        self.spans.retain(|span| {
            span.id != id || !hidden.iter().any(|m| m.start <= span.start && span.end <= m.end)
        });
        for span in self.spans.iter_mut().filter(|span| span.id == id) {
            let there = place::carry(&(span.start..span.end), before, now);
            (span.start, span.end) = (there.start, there.end);
        }
    }

    /// Removes the spans of a response.
    pub fn forget(&mut self, id: &str) {
        self.spans.retain(|span| span.id != id);
    }

    /// Writes the list.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let mut out = csv::Writer::from_writer(Vec::new());
        let failed = |error: csv::Error| Error::Refused(format!("cannot write: {error}"));
        out.write_record(&self.head).map_err(failed)?;
        for span in &self.spans {
            let (start, end) = (span.start.to_string(), span.end.to_string());
            out.write_record([&span.id, &start, &end, &span.reason]).map_err(failed)?;
        }
        let bytes = out.into_inner().map_err(|error| Error::Refused(error.to_string()))?;
        Ok(store::write_file(path, &bytes)?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::deidentify::{Deidentifier, Options, RedactionKind};

    #[test]
    fn spans_follow_their_words_and_go_with_them() {
        let list = "response_id,start,end,reason\n1-1,0,7,name\n1-1,16,24,name\n\"1-2\",3,5,name\n";
        let mut list = ToCheck::parse(list.as_bytes()).unwrap();
        let before =
            Deidentifier::new(Options::default()).label("zorblax is late wibbleby is rude");
        let now = before.mask(std::slice::from_ref(&(0..7)), RedactionKind::Person);
        list.mask("1-1", &before, &now);
        assert_eq!(list.spans.len(), 2);
        let span = &list.spans[0];
        let word: String = now.as_str().chars().skip(span.start as usize).take(8).collect();
        assert_eq!((word.as_str(), span.end - span.start), ("wibbleby", 8));
        list.forget("1-1");
        assert_eq!(
            list.spans,
            [Span { id: "1-2".into(), start: 3, end: 5, reason: "name".into() }]
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        list.write(file.path()).unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert_eq!(text, "response_id,start,end,reason\n1-2,3,5,name\n");
    }
}
