//! The second reading: every source again, as batches of whole rows in input order.

use std::sync::Arc;

use super::documents::Letter;
use super::row::{Next, Row, Rows};
use super::rows::aside;
use super::sources::{Content, Source};
use super::{Error, Kind, Options, documents};
use crate::response::{
    Channel, Identified, Polarity, Question, RawBatch, RawResponse, Unprocessed,
};

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
    /// A letter replies to the proposal of the run, where there is one.
    replied: Arc<Question>,
}

impl<'a> Batches<'a> {
    pub(super) fn new(
        sources: &'a [Source],
        options: &'a Options,
        by: usize,
        proposal: Option<Question>,
    ) -> Self {
        let unasked =
            Question { number: None, text: Identified::default(), polarity: Polarity::Neutral };
        let unasked = Arc::new(unasked);
        Self {
            sources,
            options,
            by,
            at: 0,
            rows: None,
            row: Row::default(),
            replied: proposal.map_or_else(|| Arc::clone(&unasked), Arc::new),
            unasked,
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
                            batch.unprocessed.push(aside(
                                source.number,
                                number,
                                "broken_row",
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

    /// Adds the letters of a file, and what of it was set aside.
    fn document(&self, source: &Source, batch: &mut RawBatch) -> Result<(), Error> {
        let Content::Document { encoding, kept, .. } = &source.content else { return Ok(()) };
        unchanged(source)?;
        let letters = if let Some(kept) = kept {
            Arc::clone(kept)
        } else {
            let asked = documents::Asked {
                path: &source.path,
                kind: source.kind,
                encoding: *encoding,
                sha256: &source.sha256,
            };
            Arc::new(documents::read(asked, self.options)?.letters)
        };
        // What stands in an e-mail and in its attachments was said by one person.
        let email = matches!(source.kind, Kind::Email | Kind::Outlook) && letters.len() > 1;
        let writer = email.then(|| Identified::new(format!("{}-1", source.number)));
        let mut asked: Vec<Arc<Question>> = Vec::new();
        let mut last = 0;
        for letter in letters.iter() {
            // Answers to several questions are one row.
            batch.rows += u64::from(letter.row != last);
            last = letter.row;
            let aside = |page, reason, detail: &str| Unprocessed {
                source: source.number,
                row: letter.row,
                page,
                stage: "intake",
                reason,
                detail: detail.to_owned(),
            };
            let left_out = letter.left_out.iter();
            batch.unprocessed.extend(left_out.map(|page| aside(Some(*page), "page_left_out", "")));
            if let Some((reason, detail)) = &letter.aside {
                batch.unprocessed.push(aside(None, reason, detail));
                continue;
            }
            let pages = letter.blank.iter().map(|page| aside(Some(*page), "scanned_page", ""));
            batch.unprocessed.extend(pages);
            batch.responses.push(RawResponse {
                source: source.number,
                row: letter.row,
                channel: letter.channel,
                question: self.question(letter, &mut asked),
                respondent: writer.clone(),
                respondent_type: letter.who,
                stance: None,
                submitted_on: letter.day,
                wave: None,
                rating: None,
                by: vec![None; self.by],
                may_quote: !letter.unquotable,
                names: letter.names.iter().map(|name| Identified::new(name.as_str())).collect(),
                text: Identified::new(letter.text.clone()),
            });
        }
        Ok(())
    }
}

impl Batches<'_> {
    /// The question of a document, numbered among those of its file.
    fn question(&self, letter: &Letter, asked: &mut Vec<Arc<Question>>) -> Arc<Question> {
        let Some(text) = letter.question.as_deref() else {
            let replies = letter.channel == Channel::Letter;
            return Arc::clone(if replies { &self.replied } else { &self.unasked });
        };
        if let Some(known) = asked.iter().find(|q| q.text.reveal() == text) {
            return Arc::clone(known);
        }
        let number = u16::try_from(asked.len() + 1).ok();
        let question = Question {
            number,
            text: Identified::new(text),
            polarity: super::wording::polarity(text),
        };
        asked.push(Arc::new(question));
        Arc::clone(&asked[asked.len() - 1])
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
