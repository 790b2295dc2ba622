//! A row of a table as responses: one for each open column, blank ones too.

use std::sync::Arc;

use super::column;
use super::dates;
use super::names;
use super::repair;
use super::row::Row;
use super::speaker;
use super::table::{Place, Table};
use super::ticks;
use super::wording;
use crate::response::{
    Channel, Identified, Polarity, Question, RawBatch, RawResponse, RespondentType, Unprocessed,
};

impl Table {
    /// Adds what this row of the file holds to the batch.
    pub(super) fn read(&self, source: u32, channel: Channel, row: &Row, batch: &mut RawBatch) {
        match self.place(row) {
            Place::Blank | Place::Header => {}
            Place::Broken => {
                batch.rows += 1;
                let detail = "more cells than the header";
                batch.unprocessed.push(aside(source, row.number, "broken_row", detail));
            }
            Place::Footer => {
                batch.rows += 1;
                let detail = "a total or a note below the table";
                batch.unprocessed.push(aside(source, row.number, "below_the_table", detail));
            }
            Place::Data => {
                batch.rows += 1;
                self.responses(source, channel, row, batch);
            }
        }
    }

    fn responses(&self, source: u32, channel: Channel, row: &Row, batch: &mut RawBatch) {
        let of = |column: Option<usize>| {
            column.map(|c| repair::cell(row.get(c)).0).filter(|t| !t.is_empty())
        };
        let identified =
            |column: Option<usize>| of(column).map(|text| Identified::new(text.into_owned()));
        let respondent = identified(self.id);
        let mut stated = self.speakers.iter().filter_map(|column| of(Some(*column)));
        let respondent_type = stated.find_map(|text| speaker::read(&text));
        let respondent_type = respondent_type.or_else(|| self.ticked_speaker(row));
        let submitted_on = self.date.and_then(|(column, order)| {
            let text = row.get(column);
            dates::parse(text, order).or_else(|| dates::serial(text))
        });
        let wave = identified(self.wave).or_else(|| self.wave_name.clone());
        let rating = of(self.rating).and_then(|text| number(&text));
        let by: Vec<Option<Identified>> =
            self.by.iter().map(|column| identified(*column)).collect();
        let names = self.names(row);
        let may_quote = self.consent.iter().all(|(c, hides)| allows(row.get(*c), *hides));
        for (at, (column, question)) in self.open.iter().enumerate() {
            let ticked = self.stances.get(at).copied().flatten();
            let stance = of(ticked).and_then(|text| wording::stance(&text));
            let question = match self.question {
                Some(asked) => self.asked(row.get(asked), *column),
                None => Arc::clone(question),
            };
            batch.responses.push(RawResponse {
                source,
                row: row.number,
                channel,
                question,
                respondent: respondent.clone(),
                respondent_type,
                stance,
                submitted_on,
                wave: wave.clone(),
                rating,
                by: by.clone(),
                may_quote,
                names: Arc::clone(&names),
                text: Identified::new(self.answer(row, *column)),
            });
        }
    }

    /// Who speaks, by what is ticked: the first of several, which is then in doubt.
    fn ticked_speaker(&self, row: &Row) -> Option<(RespondentType, f32)> {
        /// Surer than a guess from the words.
        const SEVERAL: f32 = 0.6;
        let ticked = self.ticked.iter().filter(|(column, _)| {
            let option = self.option_of[*column].as_ref().map_or("", |tick| &tick.option);
            ticks::says_so(row.get(*column).trim(), option)
        });
        let mut ticked = ticked.map(|(_, who)| *who);
        let (who, sure) = ticked.next()?;
        Some((who, if ticked.any(|other| other.0 != who) { SEVERAL } else { sure }))
    }

    /// The names in the name columns of a row: each, and first and last name together.
    fn names(&self, row: &Row) -> Arc<[Identified]> {
        let cells: Vec<_> = self.names.iter().map(|c| repair::cell(row.get(*c)).0).collect();
        let whole = cells.join(" ");
        let one = (cells.len() > 1).then_some(whole.as_str());
        let found = names::of_people(cells.iter().map(|c| &**c).chain(one));
        found.into_iter().map(Identified::new).collect()
    }

    /// The answer in a column; what stands beyond the last column belongs to it.
    fn answer(&self, row: &Row, column: usize) -> String {
        let text = repair::cell(row.get(column)).0.into_owned();
        if column + 1 < self.width || row.len() <= self.width {
            return text;
        }
        let mut whole = row.get(column).to_owned();
        for cell in row.cells().skip(self.width) {
            whole.push(self.joint);
            whole.push_str(cell);
        }
        repair::cell(whole.trim_end_matches(self.joint)).0.into_owned()
    }

    /// The question of a row of a long table. A value beyond those counted is its own question.
    fn asked(&self, value: &str, column: usize) -> Arc<Question> {
        let value = value.trim();
        self.asked.get(&(value.to_owned(), column)).cloned().unwrap_or_else(|| {
            let text = Identified::new(repair::header(value));
            let several = self.open.len() > 1;
            let number = self.open.iter().position(|o| o.0 == column).filter(|_| several);
            Arc::new(Question {
                number: number.map(|at| at as u16 + 1),
                text,
                polarity: Polarity::Neutral,
            })
        })
    }
}

/// A row that is set aside.
pub(super) fn aside(source: u32, row: u32, reason: &'static str, detail: &str) -> Unprocessed {
    Unprocessed { source, row, page: None, stage: "intake", reason, detail: detail.to_owned() }
}

/// The number that a score begins with ("4", "4 - Good").
fn number(text: &str) -> Option<f64> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '-'))
        .unwrap_or(text.len());
    column::number(text[..end].trim_end_matches([',', '.', '-'])).filter(|n| n.is_finite())
}

/// True where the value of a consent column allows quoting. No answer is no consent; no answer in a
/// column that hides is no wish to hide.
pub(super) fn allows(value: &str, hides: bool) -> bool {
    let answer = column::yes(value);
    if hides {
        return answer != Some(true);
    }
    answer.unwrap_or_else(|| {
        let text = value.trim().to_lowercase();
        let named = ["anonym", "publish", "quote", "share"].iter().any(|w| text.contains(w));
        named && !["not ", "do not", "don't", "don’t", "never"].iter().any(|w| text.starts_with(w))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_allows_quoting() {
        assert!(allows("Yes", false) && allows("Publish without my name", false));
        assert!(!allows("No", false) && !allows("", false) && !allows("Do not publish", false));
        assert!(allows("0", true) && allows("NA", true) && !allows("1", true));
    }

    #[test]
    fn a_score_may_be_followed_by_words() {
        assert_eq!(number("4 - Good"), Some(4.0));
        assert_eq!(
            (number("7,5"), number("7.5"), number("8, good")),
            (Some(7.5), Some(7.5), Some(8.0))
        );
        assert_eq!(number("Good"), None);
    }
}
