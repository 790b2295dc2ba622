//! The second reading: every source again, as batches of whole rows in input order.

use std::sync::Arc;

use super::row::{Next, Row, Rows};
use super::rows::broken;
use super::sources::{self, Content, Source};
use super::{Error, Options, letter};
use crate::response::{Identified, Polarity, Question, RawBatch, RawResponse, Unprocessed};

/// An iterator over the batches of a run. After an error it ends.
pub struct Batches<'a> {
    sources: &'a [Source],
    options: &'a Options,
    by: usize,
    at: usize,
    rows: Option<Box<dyn Rows + Send>>,
    row: Row,
    /// Of a document nothing was asked.
    unasked: Arc<Question>,
}

impl<'a> Batches<'a> {
    pub(super) fn new(sources: &'a [Source], options: &'a Options, by: usize) -> Self {
        let unasked =
            Question { number: None, text: Identified::default(), polarity: Polarity::Neutral };
        Self {
            sources,
            options,
            by,
            at: 0,
            rows: None,
            row: Row::default(),
            unasked: Arc::new(unasked),
        }
    }

    /// Fills a batch; true when there is nothing left.
    fn fill(&mut self, batch: &mut RawBatch) -> Result<bool, Error> {
        while (batch.rows as usize) < self.options.limits.batch_rows.max(1) {
            let Some(source) = self.sources.get(self.at) else { return Ok(true) };
            match &source.content {
                Content::Aside(reason, detail) => {
                    batch.rows += 1;
                    batch.unprocessed.push(source.aside(reason, detail));
                    self.at += 1;
                }
                Content::Document { .. } => {
                    self.document(source, batch)?;
                    self.at += 1;
                }
                Content::Table { table, input, channel } => {
                    if self.rows.is_none() {
                        unchanged(source)?;
                        self.rows = Some(input.rows(&source.path, source.kind, self.options)?);
                    }
                    let Some(rows) = &mut self.rows else { continue };
                    match rows.next(&mut self.row)? {
                        Next::Row => table.read(source.number, *channel, &self.row, batch),
                        Next::Broken(number) => {
                            batch.rows += 1;
                            batch.unprocessed.push(broken(
                                source.number,
                                number,
                                "no valid record",
                            ));
                        }
                        Next::End => {
                            self.rows = None;
                            self.at += 1;
                        }
                    }
                }
            }
        }
        Ok(false)
    }

    /// Adds a letter or testimony, and its pages without words.
    fn document(&self, source: &Source, batch: &mut RawBatch) -> Result<(), Error> {
        let Content::Document { channel, encoding, kept } = &source.content else { return Ok(()) };
        unchanged(source)?;
        let pages = sources::pages(&source.path, source.kind, *encoding, kept, self.options)?;
        batch.rows += 1;
        for page in &pages.blank {
            batch.unprocessed.push(Unprocessed {
                source: source.number,
                row: 1,
                page: Some(*page),
                stage: "intake",
                reason: "scanned_page",
                detail: String::new(),
            });
        }
        batch.responses.push(RawResponse {
            source: source.number,
            row: 1,
            channel: *channel,
            question: Arc::clone(&self.unasked),
            respondent: None,
            respondent_type: None,
            submitted_on: letter::day(&pages.text),
            wave: None,
            rating: None,
            by: vec![None; self.by],
            may_quote: true,
            text: Identified::new(pages.text),
        });
        Ok(())
    }
}

/// An error where the file is not the one that was understood.
fn unchanged(source: &Source) -> Result<(), Error> {
    let size = std::fs::metadata(&source.path).map(|m| m.len());
    if size.is_ok_and(|size| size == source.bytes) {
        return Ok(());
    }
    Err(Error::Changed { path: source.path.clone() })
}

impl Iterator for Batches<'_> {
    type Item = Result<RawBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut batch = RawBatch::default();
        match self.fill(&mut batch) {
            Ok(_) if batch.rows == 0 => None,
            Ok(_) => Some(Ok(batch)),
            Err(error) => {
                self.at = self.sources.len();
                self.rows = None;
                Some(Err(error))
            }
        }
    }
}
