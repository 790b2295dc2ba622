//! One table: understood in a first reading of all its rows, turned into responses in a second.
//!
//! The first reading finds the header, counts every column and decides which column plays which
//! part; the plan it leaves is small, whatever the size of the file. The second is [`super::rows`].

use std::collections::HashMap;
use std::sync::Arc;

use super::column::Stats;
use super::completion::Completion;
use super::dates::Order;
use super::header::{self, Header, Label};
use super::repair;
use super::roles;
use super::row::{Next, Row, Rows};
use super::settings::SourceOverride;
use super::speaker;
use super::ticks::{self, Tick};
use super::understanding::{Answers, Column, Role, Understanding};
use super::wording;
use super::{Error, Options};
use crate::response::{Identified, Polarity, Question, RespondentType};

/// The plan of a table: which column plays which part.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) header: Header,
    header_row: Option<Row>,
    pub(super) width: usize,
    pub(super) labels: Vec<Label>,
    pub(super) roles: Vec<Role>,
    /// Open-text columns and, in wide tables, the question of each.
    pub(super) open: Vec<(usize, Arc<Question>)>,
    /// In long tables the column of the question, and the questions by its value and the open column.
    pub(super) question: Option<usize>,
    pub(super) asked: HashMap<(String, usize), Arc<Question>>,
    pub(super) id: Option<usize>,
    pub(super) date: Option<(usize, Order)>,
    pub(super) wave: Option<usize>,
    pub(super) rating: Option<usize>,
    pub(super) speakers: Vec<usize>,
    /// Columns that stand for somebody who may speak, where each may be ticked.
    pub(super) ticked: Vec<(usize, (RespondentType, f32))>,
    /// Columns with people's names.
    pub(super) names: Vec<usize>,
    /// Columns that allow (false) or forbid (true) quoting.
    pub(super) consent: Vec<(usize, bool)>,
    /// For each open column the closed one that says for or against the same proposal.
    pub(super) stances: Vec<Option<usize>>,
    /// For each breakdown of the run, the column.
    pub(super) by: Vec<Option<usize>>,
    /// The wave of all rows, from the name of the file or sheet.
    pub(super) wave_name: Option<Identified>,
    /// What joins cells that belong together: the delimiter of the file.
    pub(super) joint: char,
    pub(super) stats: Vec<Stats>,
    /// For each column with an option to tick, the question.
    pub(super) option_of: Vec<Option<Tick>>,
    completion: Completion,
}

/// Rows in which the header is looked for and columns are first seen.
const HEAD: usize = 200;

/// What a row of the file is to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing in it.
    Blank,
    /// Header, or above it, or a repetition of it.
    Header,
    /// More cells than columns, and nothing to join them to.
    Broken,
    /// A total or a note below the table.
    Footer,
    /// Data.
    Data,
}

impl Table {
    /// Reads all rows once. `names` are the columns of formats that have them (JSON, Parquet).
    pub(super) fn understand(
        rows: &mut dyn Rows,
        names: Option<&[String]>,
        given: Option<&SourceOverride>,
        options: &Options,
        found: &mut Understanding,
    ) -> Result<Self, Error> {
        let mut head = Vec::new();
        let mut row = Row::default();
        let mut broken = Vec::new();
        let mut over = false;
        while head.len() < HEAD && !over {
            match rows.next(&mut row)? {
                Next::Row if row.is_blank() => found.blank_rows += 1,
                Next::Row => head.push(row.clone()),
                Next::Broken(number) => broken.push(number),
                Next::End => over = true,
            }
        }
        let header = match (names, given.and_then(|g| g.header_rows.as_deref())) {
            (Some(names), _) => {
                let label = |n: &String| Label { text: repair::header(n), ..Label::default() };
                Header { rows: Vec::new(), ends: 0, labels: names.iter().map(label).collect() }
            }
            (None, Some(numbers)) => header::given(&head, numbers),
            (None, None) => header::find(&head),
        };
        let labels = header.labels.clone();
        let width = labels.len();
        let body: Vec<Row> = head.iter().filter(|r| r.number > header.ends).cloned().collect();
        let completion = Completion::of(&labels, &body);
        let header_row = head.iter().find(|r| header.rows.first() == Some(&r.number)).cloned();
        let mut table = Self {
            header,
            header_row,
            width,
            labels,
            roles: Vec::new(),
            open: Vec::new(),
            question: None,
            asked: HashMap::new(),
            id: None,
            date: None,
            wave: None,
            rating: None,
            speakers: Vec::new(),
            ticked: Vec::new(),
            names: Vec::new(),
            consent: Vec::new(),
            stances: Vec::new(),
            by: Vec::new(),
            wave_name: None,
            joint: found.delimiter.unwrap_or(' '),
            stats: (0..width).map(|_| Stats::default()).collect(),
            option_of: Vec::new(),
            completion,
        };
        let mut too_wide = Vec::new();
        for row in &head {
            table.count(row, &mut too_wide, found);
        }
        while !over {
            match rows.next(&mut row)? {
                Next::Row => table.count(&row, &mut too_wide, found),
                Next::Broken(number) => broken.push(number),
                Next::End => over = true,
            }
        }
        found.rows += broken.len() as u64;
        for number in broken {
            found.problem(Some(number), "a row that cannot be read; it is set aside");
        }
        table.decide(found.rows, given, options, found)?;
        for number in too_wide {
            let joined = "a row with more cells than the header; the last cells are joined";
            let aside = "a row with more cells than the header; it is set aside";
            found.problem(Some(number), if table.last_is_open() { joined } else { aside });
        }
        table.describe(found);
        Ok(table)
    }

    /// Counts a row of the first reading.
    fn count(&mut self, row: &Row, too_wide: &mut Vec<u32>, found: &mut Understanding) {
        match self.place(row) {
            Place::Blank => found.blank_rows += 1,
            Place::Header => {
                if row.number > self.header.ends {
                    found.problem(Some(row.number), "the header again; it is passed over");
                }
            }
            Place::Footer => {
                found.problem(
                    Some(row.number),
                    "a total or a note below the table; it is set aside",
                );
            }
            place => {
                found.rows += 1;
                if place == Place::Broken {
                    too_wide.push(row.number);
                } else {
                    for what in self.completion.of_row(row) {
                        found.problem(Some(row.number), what);
                    }
                }
                for (stats, cell) in self.stats.iter_mut().zip(row.cells()) {
                    stats.feed(cell);
                }
            }
        }
    }

    /// What this row of the file is.
    pub(super) fn place(&self, row: &Row) -> Place {
        if row.is_blank() {
            return Place::Blank;
        }
        if row.number <= self.header.ends {
            return Place::Header;
        }
        if let Some(header) = &self.header_row
            && row.get(0) == header.get(0)
            && row.cells().eq(header.cells())
        {
            return Place::Header;
        }
        if self.is_footer(row) {
            return Place::Footer;
        }
        let extra =
            row.len() > self.width && row.cells().skip(self.width).any(|c| !c.trim().is_empty());
        if extra && !self.last_is_open() { Place::Broken } else { Place::Data }
    }

    /// "Total returns" beside numbers, "Source: paper forms" alone: nobody's answer. Only in tables of
    /// some width, where what says so stands before any answer would.
    fn is_footer(&self, row: &Row) -> bool {
        const NARROWEST: usize = 4;
        let mut cells = row.cells().map(str::trim).filter(|c| !c.is_empty());
        let Some(first) = cells.next().filter(|_| self.width >= NARROWEST) else { return false };
        // Most tables begin with a number, which is no label and need not be looked at.
        let label = |c: &str| {
            c.len() <= 80
                && c.starts_with(char::is_alphabetic)
                && wording::below_the_table(&c.to_lowercase())
        };
        if !label(first) {
            return false;
        }
        let figure = |c: &str| {
            let plain = c.trim_start_matches(['£', '=']).trim_end_matches('%').replace(',', "");
            plain.parse::<f64>().is_ok()
        };
        let others: Vec<&str> = cells.collect();
        others.len() * 2 <= self.width && others.iter().all(|cell| figure(cell) || label(cell))
    }

    /// True where cells beyond the header can only be the rest of the last answer.
    fn last_is_open(&self) -> bool {
        self.roles.last() == Some(&Role::OpenText)
    }

    /// Gives each column its part.
    fn decide(
        &mut self,
        rows: u64,
        given: Option<&SourceOverride>,
        options: &Options,
        found: &mut Understanding,
    ) -> Result<(), Error> {
        self.roles =
            self.labels.iter().zip(&self.stats).map(|(l, s)| roles::role(l, s, rows)).collect();
        self.option_of = ticks::questions(&self.labels, &self.stats, &self.roles, rows);
        for (role, _) in self.roles.iter_mut().zip(&self.option_of).filter(|(_, of)| of.is_some()) {
            *role = Role::MultipleChoice;
        }
        for column in 1..self.width {
            if self.says_who_else(column) {
                self.roles[column] = Role::RespondentType;
            }
        }
        let mut open = (0..self.width).filter(|c| self.roles[*c] == Role::OpenText);
        let beside = match (open.next(), open.next()) {
            (Some(one), None) => self.labels[one].text.trim().to_owned(),
            _ => String::new(),
        };
        let question = (0..self.width).filter(|c| {
            let header = roles::plain(&self.labels[*c].text);
            let free = !self.roles[*c].is_personal() && self.roles[*c] != Role::Consent;
            free && roles::is_question_column(&header, &self.stats[*c], rows, &beside)
        });
        let question =
            question.max_by(|a, b| self.stats[*a].words().total_cmp(&self.stats[*b].words()));
        let open = (0..self.width)
            .filter(|c| self.roles[*c] == Role::OpenText && Some(*c) != question)
            .count();
        if let Some(column) = question.filter(|_| open == 1) {
            self.roles[column] = Role::Question;
        }
        for column in given.iter().flat_map(|g| &g.columns) {
            let at = (column.index as usize).wrapping_sub(1);
            if at >= self.width {
                return Err(Error::NoSuchIndex {
                    path: found.path.clone(),
                    column: column.index,
                    width: self.width,
                });
            }
            if let Some(role) = column.role {
                self.roles[at] = role;
            }
        }
        self.options(options);
        self.parts(options);
        self.questions(given);
        Ok(())
    }

    /// "Other (please specify)" below or beside "Who are you?": no answer about care. Long words stay
    /// open text, since somebody may have told more there than who they are.
    fn says_who_else(&self, column: usize) -> bool {
        const LONG: f64 = 15.0;
        let title = roles::plain(&self.title(column));
        let specifies = title.contains("other")
            && ["specify", "say", "state", "text"].iter().any(|w| title.contains(w))
            || title.ends_with("— other");
        let above = ticks::asks_who(&self.labels[column].text);
        let beside = self.roles[column - 1] == Role::RespondentType;
        self.roles[column] == Role::OpenText
            && specifies
            && (above || beside)
            && self.stats[column].words() < LONG
            && !self.stats[column].holds_long()
    }

    /// Columns that `--text`, `--id` and `--question` name.
    fn options(&mut self, options: &Options) {
        let text: Vec<usize> = options.text.iter().flat_map(|name| self.named(name)).collect();
        if !text.is_empty() {
            for (column, role) in self.roles.iter_mut().enumerate() {
                if text.contains(&column) {
                    *role = Role::OpenText;
                } else if *role == Role::OpenText {
                    *role = Role::Other;
                }
            }
        }
        if let Some(column) = options.id.as_deref().and_then(|name| self.named(name).next()) {
            self.roles[column] = Role::Id;
        }
        if let Some(column) = options.question.as_deref().and_then(|name| self.named(name).next()) {
            for role in self.roles.iter_mut().filter(|r| **r == Role::Question) {
                *role = Role::Other;
            }
            self.roles[column] = Role::Question;
        }
    }

    /// Columns whose header is this name, however it is written.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = usize> {
        let wanted = wording::normal(&repair::header(name));
        (0..self.width).filter(move |c| {
            let label = &self.labels[*c];
            wording::normal(&label.text) == wanted || wording::normal(&self.title(*c)) == wanted
        })
    }

    /// The header of a column in one line.
    pub(super) fn title(&self, column: usize) -> String {
        let label = &self.labels[column];
        match &label.option {
            Some(option) => format!("{} — {option}", label.text.trim_end_matches([':', ' '])),
            None => label.text.clone(),
        }
    }

    /// Picks the one column that plays each part that is played once.
    fn parts(&mut self, options: &Options) {
        let best = |role: Role, rank: &dyn Fn(usize) -> u64| {
            let columns =
                (0..self.width).filter(|c| self.roles[*c] == role && self.stats[*c].filled > 0);
            // The leftmost of equals.
            columns.rev().max_by_key(|c| rank(*c))
        };
        let plain = |c: usize| roles::plain(&self.labels[c].text);
        let chosen = options.id.as_deref().and_then(|name| self.named(name).next());
        self.id = chosen.or_else(|| best(Role::Id, &|c| u64::from(wording::id_rank(&plain(c)))));
        self.date = best(Role::Date, &|c| u64::from(wording::date_rank(&plain(c))))
            .filter(|c| wording::date_rank(&plain(*c)) > 0)
            .map(|c| (c, self.stats[c].order.order()));
        self.rating = best(Role::Rating, &|c| {
            let header = plain(c);
            u64::from(wording::rating(&header))
                + 2 * u64::from(header.contains("overall") || header.contains("fft"))
        });
        let known = |c: &usize| -> u64 {
            let values = self.stats[*c].values.iter();
            values.filter(|v| speaker::read(&v.0).is_some()).map(|v| v.1).sum()
        };
        self.speakers =
            (0..self.width).filter(|c| self.roles[*c] == Role::RespondentType).collect();
        self.speakers.sort_by_key(|c| std::cmp::Reverse(known(c)));
        let ticked = |c: usize| {
            let tick = self.option_of[c].as_ref().filter(|tick| ticks::asks_who(&tick.question))?;
            Some((c, speaker::read(&tick.option)?))
        };
        self.ticked = (0..self.width).filter_map(ticked).collect();
        self.names = (0..self.width).filter(|c| self.roles[*c] == Role::Name).collect();
        self.wave = best(Role::Wave, &|_| 0);
        self.question = best(Role::Question, &|_| 0);
        self.consent = (0..self.width)
            .filter(|c| matches!(self.roles[*c], Role::Consent | Role::Hidden))
            .map(|c| (c, self.roles[c] == Role::Hidden))
            .collect();
    }

    /// The question of each open column, or of each value of the question column.
    fn questions(&mut self, given: Option<&SourceOverride>) {
        let columns: Vec<usize> =
            (0..self.width).filter(|c| self.roles[*c] == Role::OpenText).collect();
        let several = columns.len() > 1;
        for (number, column) in columns.iter().enumerate() {
            let over =
                given.and_then(|g| g.columns.iter().find(|o| o.index as usize == column + 1));
            let text = over.and_then(|o| o.question.clone()).unwrap_or_else(|| self.asks(*column));
            let polarity =
                over.and_then(|o| o.polarity).unwrap_or_else(|| wording::polarity(&text));
            let number = several.then_some(number as u16 + 1);
            let ticked = (polarity == Polarity::Proposal).then(|| self.ticked(*column)).flatten();
            self.stances.push(ticked);
            self.open.push((
                *column,
                Arc::new(Question { number, text: Identified::new(text), polarity }),
            ));
        }
        let Some(question) = self.question else { return };
        let values = self.stats[question].values.clone();
        let many = values.len() * columns.len() > 1;
        for (i, (value, _)) in values.iter().enumerate() {
            for (j, (column, header)) in self.open.iter().enumerate() {
                let mut text = repair::header(value);
                if several {
                    text = format!("{text} — {}", header.text.reveal());
                }
                let over = given.and_then(|g| g.questions.get(i));
                let polarity = over.map_or_else(|| wording::polarity(&text), |q| q.polarity);
                let number = many.then_some((i * columns.len() + j + 1) as u16);
                let asked = Arc::new(Question { number, text: Identified::new(text), polarity });
                self.asked.insert((value.clone(), *column), asked);
            }
        }
    }

    /// The closed column before an open one that asks about a proposal and is answered for or against.
    fn ticked(&self, open: usize) -> Option<usize> {
        let says = |column: &usize| {
            let (mut known, mut all) = (0, 0);
            for (value, count) in &self.stats[*column].values {
                all += count;
                known += if wording::stance(value).is_some() { *count } else { 0 };
            }
            all > 0 && known * 10 >= all * 8
        };
        let closed = |column: &usize| {
            matches!(self.roles[*column], Role::SingleChoice | Role::Other)
                && wording::proposal(&roles::plain(&self.title(*column)))
        };
        (0..open).rev().find(closed).filter(says)
    }

    /// The proposals that are asked about, as the closed question or else the open one puts them.
    pub(super) fn proposals(&self) -> Vec<String> {
        let open = self.open.iter().zip(&self.stances);
        let about = open.filter(|((_, question), _)| question.polarity == Polarity::Proposal);
        let words = |((_, question), ticked): (&(usize, Arc<Question>), &Option<usize>)| {
            ticked.map_or_else(|| question.text.reveal().to_owned(), |column| self.title(column))
        };
        about.map(words).collect()
    }

    /// What an open column of a wide table asks, with the question before it where it leans on that.
    fn asks(&self, column: usize) -> String {
        let title = self.title(column);
        let label = &self.labels[column];
        if label.text == format!("Column {}", column + 1) {
            return label.option.clone().unwrap_or_default();
        }
        let leans = label.option.is_none()
                && wording::leans_on_the_one_before(&roles::plain(&title))
                // "Please tell us what was good" needs no other question to be understood.
                && !matches!(wording::polarity(&title), Polarity::Good | Polarity::Improve)
                // Nor does "Tell us about a time when they went the extra mile".
                && !wording::names_its_matter(&roles::plain(&title));
        let other = |c: &usize| {
            let text = roles::plain(&self.title(*c));
            text.ends_with("other - text") || text.contains("please specify")
        };
        let before = (0..column).rev().find(|c| !other(c)).filter(|_| leans).filter(|b| {
            let closed = matches!(
                self.roles[*b],
                Role::SingleChoice | Role::MultipleChoice | Role::Rating | Role::Other
            );
            closed && wording::question(&roles::plain(&self.labels[*b].text))
        });
        match before {
            Some(before) => {
                let question = self.option_of[before].as_ref();
                let question = question.map_or(&self.labels[before].text, |tick| &tick.question);
                format!("{question} — {title}")
            }
            None => title,
        }
    }

    /// Writes down what was understood.
    fn describe(&self, found: &mut Understanding) {
        found.header_rows.clone_from(&self.header.rows);
        found.long = self.question.is_some() && !self.open.is_empty();
        for column in 0..self.width {
            let stats = &self.stats[column];
            let asks =
                self.open.iter().find(|o| o.0 == column).map(|o| (o.1.text.clone(), o.1.polarity));
            found.columns.push(Column {
                index: column as u32 + 1,
                header: Identified::new(self.title(column)),
                role: self.roles[column],
                option_of: (self.option_of[column].as_ref())
                    .map(|tick| Identified::new(tick.question.as_str())),
                asks: asks.filter(|_| !found.long),
                breakdown: self.is_breakdown(column),
                filled: stats.filled,
                distinct: stats.distinct(),
            });
            if stats.mojibake > 0 {
                let what = "cells whose characters had been garbled (such as \u{201c}donâ€™t\u{201d}); they are repaired";
                found.problem(None, what);
                if let Some(problem) = found.problems.iter_mut().find(|p| p.what == what) {
                    problem.count += stats.mojibake - 1;
                }
            }
        }
        found.people = match self.id {
            Some(id) if !self.stats[id].overflows() => self.stats[id].distinct(),
            _ => found.rows,
        };
        found.answers = self.answers(found.rows);
    }

    /// The values of a breakdown of the run, as its rows give them.
    pub(super) fn values_of(&self, breakdown: usize) -> Vec<String> {
        let column = self.by.get(breakdown).copied().flatten();
        let stats = column.and_then(|column| self.stats.get(column));
        let values = stats.into_iter().flat_map(|stats| &stats.values);
        values.map(|(value, _)| repair::cell(value).0.into_owned()).collect()
    }

    /// True where a column makes a sensible breakdown.
    pub(super) fn is_breakdown(&self, column: usize) -> bool {
        let header = roles::plain(&self.title(column));
        roles::is_breakdown(&header, self.roles[column], &self.stats[column])
    }

    fn answers(&self, rows: u64) -> Vec<Answers> {
        if let Some(question) = self.question.filter(|_| !self.open.is_empty()) {
            let polarity = |value: &str| {
                self.open
                    .first()
                    .and_then(|o| self.asked.get(&(value.to_owned(), o.0)))
                    .map_or(Polarity::Neutral, |q| q.polarity)
            };
            return self.stats[question]
                .values
                .iter()
                .map(|(value, count)| Answers {
                    question: Identified::new(repair::header(value)),
                    polarity: polarity(value),
                    rows: *count,
                    blank: None,
                    says_nothing: None,
                })
                .collect();
        }
        let answers = self.open.iter().map(|(column, question)| Answers {
            question: question.text.clone(),
            polarity: question.polarity,
            rows,
            blank: Some(rows.saturating_sub(self.stats[*column].filled)),
            says_nothing: Some(self.stats[*column].says_nothing),
        });
        answers.collect()
    }
}
