//! The report as a list of sections of blocks, in words and strings: what both the web page and the
//! Word file are set from, so that their numbers and wording cannot differ.

use serde::Serialize;

use super::{Drawn, Facts};

/// A report, ready to be set.
#[derive(Clone, Debug, Serialize)]
pub struct View<'a> {
    /// Title.
    pub title: String,
    /// Who publishes it.
    pub organisation: Option<String>,
    /// What stands on every page until people have read a sample.
    pub draft: Option<String>,
    /// Larger print, no contents: for the people whose words these are.
    pub plain: bool,
    /// `src` of the logo.
    pub logo: Option<String>,
    /// `#12436D`, where the organisation has its own.
    pub colour: Option<String>,
    /// The same of what must not be missed.
    pub accent: Option<String>,
    /// Where readers can turn to.
    pub contact: Option<String>,
    /// The logo itself.
    #[serde(skip)]
    pub picture: Option<&'a crate::organisation::Logo>,
    /// The sections, in order; a section of level 3 belongs to the last one of level 2.
    pub sections: Vec<Section<'a>>,
}

impl<'a> View<'a> {
    /// A document of these sections, as the organisation has it.
    pub(super) fn of(
        facts: &'a Facts,
        title: String,
        draft: bool,
        mut sections: Vec<Section<'a>>,
    ) -> Self {
        for section in &mut sections {
            section.blocks = std::mem::take(&mut section.blocks)
                .into_iter()
                .map(Block::without_empty_table)
                .collect();
        }
        let organisation = &facts.organisation;
        Self {
            title,
            organisation: organisation.name.clone(),
            draft: draft.then(|| super::DRAFT.to_owned()),
            plain: false,
            logo: facts.logo.as_ref().map(crate::organisation::Logo::data),
            colour: organisation.colour.clone(),
            accent: organisation.accent.clone(),
            contact: organisation.contact.clone(),
            picture: facts.logo.as_ref(),
            sections,
        }
    }
}

/// A heading and what stands below it.
#[derive(Clone, Debug, Serialize)]
pub struct Section<'a> {
    /// Unique in the report: the target of links.
    pub id: String,
    /// The heading.
    pub heading: String,
    /// 2 or 3.
    pub level: u8,
    /// Whether it begins a page.
    pub new_page: bool,
    /// What it holds.
    pub blocks: Vec<Block<'a>>,
}

impl<'a> Section<'a> {
    pub(super) fn new(id: &str, heading: impl Into<String>, blocks: Vec<Block<'a>>) -> Self {
        Self { id: id.to_owned(), heading: heading.into(), level: 2, new_page: false, blocks }
    }

    pub(super) fn under(id: String, heading: impl Into<String>, blocks: Vec<Block<'a>>) -> Self {
        Self { id, heading: heading.into(), level: 3, new_page: false, blocks }
    }

    /// The same below another heading.
    pub(super) fn below(mut self) -> Self {
        self.level = 3;
        self.new_page = false;
        self
    }

    pub(super) fn on_new_page(mut self) -> Self {
        self.new_page = true;
        self
    }
}

/// A piece of a section.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block<'a> {
    /// A sentence or more, larger.
    Lead {
        /// The words.
        text: String,
    },
    /// A sentence or more.
    Text {
        /// The words.
        text: String,
    },
    /// A remark in small print.
    Note {
        /// The words.
        text: String,
    },
    /// Something that must not be missed.
    Alert {
        /// What it is.
        heading: String,
        /// The words.
        text: String,
    },
    /// A list.
    List {
        /// The items.
        items: Vec<String>,
        /// Whether they are steps.
        ordered: bool,
    },
    /// Three to four figures with a few words each.
    Numbers {
        /// The figures.
        items: Vec<BigNumber>,
    },
    /// A table.
    Table(Table),
    /// A chart.
    Chart {
        /// The chart.
        drawn: &'a Drawn,
    },
    /// Someone's own words.
    Quote {
        /// The words.
        text: String,
        /// Who speaks, as a role.
        role: String,
        /// "Praise" or "Criticism", and the theme.
        about: String,
        /// positive, negative, mixed or neutral.
        sentiment: String,
    },
    /// So many people of ten, as a row of ten figures.
    Tenths {
        /// How many of ten.
        filled: u8,
        /// "3 in 10 people said ..."
        label: String,
    },
    /// Left for people to write.
    ToWrite {
        /// What belongs here.
        prompt: String,
    },
}

impl Block<'_> {
    /// A table without a row is a heading above nothing: what stands below it is kept as a remark.
    fn without_empty_table(self) -> Self {
        match self {
            Self::Table(table) if table.rows.is_empty() => Self::note(
                table
                    .note
                    .unwrap_or_else(|| format!("{}: there is nothing to show.", table.caption)),
            ),
            other => other,
        }
    }

    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    pub(super) fn note(text: impl Into<String>) -> Self {
        Self::Note { text: text.into() }
    }

    pub(super) fn list(items: Vec<String>) -> Self {
        Self::List { items, ordered: false }
    }

    /// What the organisation said in its settings, or a place to write it.
    pub(super) fn said_or(said: Option<&String>, prompt: &str) -> Self {
        match said.map(|text| text.trim()).filter(|text| !text.is_empty()) {
            Some(text) => Self::text(text),
            None => Self::to_write(prompt),
        }
    }

    pub(super) fn to_write(prompt: impl Into<String>) -> Self {
        Self::ToWrite { prompt: prompt.into() }
    }
}

/// A figure with a few words.
#[derive(Clone, Debug, Serialize)]
pub struct BigNumber {
    /// "120", "34%".
    pub figure: String,
    /// "people said something about their care".
    pub label: String,
}

/// "1,234 of 12,345 (10%)" or "75.8% (69.6% to 81.2%)": what is longer than any figure is words.
const LONGEST_FIGURE: usize = 30;

/// A table: its first column names the rows.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Names of the columns.
    pub head: Vec<String>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
    /// Small print below.
    pub note: Option<String>,
    /// Whether the cells are words rather than figures.
    pub words: bool,
    /// For each column, whether it holds words, which wrap and stand at the left: all do where the
    /// table is of words, and others where a cell is longer than any figure.
    pub prose: Vec<bool>,
    /// Whether it repeats a chart's figures, for those who want them.
    pub folded: bool,
}

impl Table {
    pub(super) fn new(caption: impl Into<String>, head: &[&str], rows: Vec<Vec<String>>) -> Self {
        let head: Vec<String> = head.iter().map(|name| (*name).to_owned()).collect();
        let longest = |at: usize| {
            let cells = rows.iter().filter_map(|row| row.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let prose = (0..head.len()).map(|at| at == 0 || longest(at) > LONGEST_FIGURE).collect();
        let caption = caption.into();
        let mut table =
            Self { caption, head, rows, note: None, words: false, prose, folded: false };
        table.explain_withheld();
        table
    }

    /// Says what "withheld" means, where it stands in a cell.
    fn explain_withheld(&mut self) {
        let withheld = super::words::WITHHELD;
        if self.rows.iter().flatten().any(|cell| cell == withheld) {
            self.note = Some(format!(
                "{withheld}: so few people that they might be recognised, or a figure from which \
                 such a one could be worked out."
            ));
        }
    }

    pub(super) fn of_words(mut self) -> Self {
        self.words = true;
        self.prose = vec![true; self.head.len()];
        self
    }

    pub(super) fn folded(mut self) -> Self {
        self.folded = true;
        self
    }
}
