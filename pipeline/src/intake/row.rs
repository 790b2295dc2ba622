//! One row of a table as text, whatever the file: the shape that every table reader fills.
//!
//! A row keeps all its cells in one buffer that is used again for the next row, so that reading a
//! million rows allocates next to nothing.

use super::Error;

/// A row: its number as a spreadsheet shows it (from 1), and its cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) number: u32,
    text: String,
    ends: Vec<usize>,
}

impl Row {
    /// Empties the row for the next one.
    pub(crate) fn clear(&mut self, number: u32) {
        self.number = number;
        self.text.clear();
        self.ends.clear();
    }

    /// Adds a cell at the right.
    pub(crate) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// Number of cells.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cell at this index from 0, or "" beyond the end.
    pub(crate) fn get(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else { return "" };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..end]
    }

    /// The cells from the left.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|i| self.get(i))
    }

    /// True where no cell holds anything.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.chars().all(char::is_whitespace)
    }

    /// Takes the cells from one string and the end of each cell in it.
    pub(super) fn replace(&mut self, number: u32, text: String, ends: &[usize]) {
        self.number = number;
        self.text = text;
        self.ends.clear();
        self.ends.extend_from_slice(ends);
    }

    /// Gives back the buffer, to be filled again.
    pub(super) fn take_text(&mut self) -> String {
        std::mem::take(&mut self.text)
    }
}

/// What a table reader found next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The row was filled.
    Row,
    /// The row with this number is there but cannot be read.
    Broken(u32),
    /// The table is over.
    End,
}

/// A reader of rows, from the first row of the file or sheet on.
pub(crate) trait Rows {
    /// Fills `row` with the next one. Rows that are wholly blank may be skipped or given.
    fn next(&mut self, row: &mut Row) -> Result<Next, Error>;
}

#[cfg(test)]
impl Row {
    /// A row of these cells.
    pub(crate) fn of(number: u32, cells: &[&str]) -> Self {
        let mut row = Self::default();
        row.clear(number);
        for cell in cells {
            row.push(cell);
        }
        row
    }
}
