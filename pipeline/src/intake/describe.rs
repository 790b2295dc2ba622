//! What `heard check` says: for a person at a terminal, and as JSON for a program.
//!
//! Every string that comes from a file or its name goes through the `label` function of the caller,
//! which de-identifies; nothing else of a file is shown.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Counts;
use super::Kind;
use super::understanding::{Answers, Column, Problem, Role, Understanding};
use crate::plain::{number, plural};
use crate::response::Polarity;

/// The report for a terminal, a paragraph a file or sheet.
pub fn describe(found: &[Understanding], label: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    for one in found {
        describe_one(&mut out, one, label);
        out.push('\n');
    }
    if found.len() > 1 {
        let all = total(found);
        let sources = found.iter().filter(|u| u.source.is_some());
        let files = plural(sources.clone().count() as u64, "source", "sources");
        let rows = plural(sources.map(|u| u.rows).sum(), "row or document", "rows and documents");
        let people = plural(people(found), "person or body", "people or bodies");
        let _ = writeln!(out, "In all: {files}, {rows}, {people}");
        out.push_str(&counts_lines(&all));
    }
    match replies(found) {
        Some(Replies::Asked(asked)) => {
            let _ = writeln!(
                out,
                "  the letters are read as replies to \u{201c}{}\u{201d}; `proposal` in heard.toml says otherwise",
                label(&asked)
            );
        }
        Some(Replies::Unsaid(replies, letters)) => {
            let _ = writeln!(
                out,
                "  {} of {} seem to reply to a proposal: say which, `proposal` in heard.toml, and it is \
                 counted who is for and who against",
                number(replies),
                plural(letters, "letter", "letters")
            );
        }
        None => {}
    }
    out
}

/// What the letters of a run reply to.
pub(super) enum Replies {
    /// What the one table that asks about a proposal asks.
    Asked(String),
    /// Nobody said: how many seem to reply to something, of how many.
    Unsaid(u64, u64),
}

/// What letters reply to, where there are any and a proposal is asked about or seems to be meant.
pub(super) fn replies(found: &[Understanding]) -> Option<Replies> {
    let all = total(found);
    let columns = found.iter().flat_map(|one| one.columns.iter().filter_map(|c| c.asks.as_ref()));
    let rows = found.iter().flat_map(|one| one.answers.iter().map(|a| (&a.question, a.polarity)));
    let asked: std::collections::BTreeSet<&str> = columns
        .map(|(question, polarity)| (question, *polarity))
        .chain(rows)
        .filter(|(_, polarity)| *polarity == Polarity::Proposal)
        .map(|(question, _)| question.reveal())
        .collect();
    match asked.first() {
        Some(one) if asked.len() == 1 && all.letters > 0 => Some(Replies::Asked((*one).to_owned())),
        _ if all.reply_to_a_proposal() => Some(Replies::Unsaid(all.replies, all.letters)),
        _ => None,
    }
}

/// A label on one line, cut to a width that a terminal has room for.
fn short(text: &str, width: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= width {
        return line;
    }
    line.chars().take(width - 1).chain(['…']).collect()
}

fn describe_one(out: &mut String, one: &Understanding, label: &dyn Fn(&str) -> String) {
    let path = one.shown(label);
    let sheet = match (&one.sheet, one.sheet_number) {
        (Some(name), _) => format!(", sheet {}", label(name.reveal())),
        (None, Some(number)) => format!(", sheet number {number}"),
        (None, None) => String::new(),
    };
    let source = one.source.map_or(String::new(), |n| format!("  (s{n})"));
    let _ = writeln!(out, "{path}{sheet}{source}");
    let _ = writeln!(out, "  {}", format_line(one));
    if one.columns.is_empty() {
        document(out, one);
        document_parts(out, one, label);
    } else {
        table(out, one, label);
    }
    if let Some(counts) = one.counts.as_ref().filter(|c| c.answers > 0) {
        out.push_str(&counts_lines(counts));
    }
    for problem in &one.problems {
        let _ = writeln!(out, "  ! {}", in_words::problem(problem));
    }
}

/// The same words for the page on which people confirm what was found.
pub(crate) mod in_words {
    use super::{Answers, Problem, Understanding, document, number, plural};
    pub(crate) use super::{asks, counts_lines, format_line, role_in_words as role};

    /// A problem with its place.
    pub(crate) fn problem(problem: &Problem) -> String {
        let place = match (problem.rows.as_slice(), problem.page) {
            ([row], _) => format!("row {row}: "),
            (rows @ [_, ..], _) => format!("rows {}: ", rows_in_words(rows, problem.count)),
            (_, Some(page)) => format!("page {page}: "),
            _ if problem.count > 1 => format!("{} ", number(problem.count)),
            _ => String::new(),
        };
        format!("{place}{}", problem.what)
    }

    /// "4, 7 and 9", "4, 7, 9 and 310 more": `count` rows, of which these are the first.
    fn rows_in_words(rows: &[u32], count: u64) -> String {
        const SHOWN: usize = 12;
        let fits = count <= SHOWN as u64;
        let shown: Vec<String> = rows.iter().take(SHOWN).map(u32::to_string).collect();
        match shown.split_last() {
            Some((last, first)) if fits => format!("{} and {last}", first.join(", ")),
            _ => format!("{} and {} more", shown.join(", "), number(count - shown.len() as u64)),
        }
    }

    /// How often a question was answered.
    pub(crate) fn answered(answers: &Answers) -> String {
        match (answers.blank, answers.says_nothing) {
            (Some(blank), Some(nothing)) => format!(
                "{} answered, {} blank, {} that say nothing",
                number(answers.rows.saturating_sub(blank)),
                number(blank),
                number(nothing)
            ),
            _ => plural(answers.rows, "row", "rows"),
        }
    }

    /// What a letter or another document is.
    pub(crate) fn facts(one: &Understanding) -> String {
        let mut out = format!("{}; ", format_line(one));
        document(&mut out, one);
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The counts of all sources together.
pub(super) fn total(found: &[Understanding]) -> Counts {
    let mut all = Counts::default();
    for counts in found.iter().filter_map(|u| u.counts.as_ref()) {
        all.add(counts);
    }
    all
}

/// People of all sources; the same person in two sources counts twice, because ids of different
/// files are not comparable.
fn people(found: &[Understanding]) -> u64 {
    let heard = found.iter().filter(|u| u.source.is_some() && u.has_open_text());
    heard.map(|u| u.people).sum()
}

/// The counts over answers, a line for each thing that there is.
pub(crate) fn counts_lines(counts: &Counts) -> String {
    let mut out = String::new();
    let mut line = |count: u64, one: &str, many: &str| {
        if count > 0 {
            let _ = writeln!(out, "  {}", plural(count, one, many));
        }
    };
    line(counts.answers, "answer", "answers");
    line(counts.blank, "of them is blank", "of them are blank");
    line(
        counts.says_nothing,
        "says nothing (\u{201c}none\u{201d})",
        "say nothing (\u{201c}none\u{201d})",
    );
    line(counts.unquotable, "may not be quoted", "may not be quoted");
    line(counts.same, "has the words of an earlier answer", "have the words of an earlier answer");
    line(
        counts.template,
        "follows the template of an earlier one (a campaign?)",
        "follow the template of an earlier one (a campaign?)",
    );
    line(counts.set_aside, "row, page or file is set aside", "rows, pages or files are set aside");
    let list = |of: &std::collections::BTreeMap<&'static str, u64>, name: fn(&str) -> &str| {
        let mut of: Vec<_> = of.iter().collect();
        of.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let of: Vec<String> = of
            .into_iter()
            .map(|(what, count)| format!("{} {}", name(what), number(*count)))
            .collect();
        of.join(", ")
    };
    if counts.languages.keys().any(|code| *code != "en") {
        let _ = writeln!(out, "  languages: {}", list(&counts.languages, language_name));
    }
    if !counts.speakers.is_empty() {
        let _ = writeln!(
            out,
            "  who speaks: {}",
            list(&counts.speakers, |code| code).replace('_', " ")
        );
    }
    out
}

/// A language for people; what is rare is shown by its code.
fn language_name(code: &str) -> &str {
    match code {
        "en" => "English",
        "cy" => "Welsh",
        "pl" => "Polish",
        "ro" => "Romanian",
        "ur" => "Urdu",
        "pa" => "Punjabi",
        "gu" => "Gujarati",
        "bn" => "Bengali",
        "hi" => "Hindi",
        "ar" => "Arabic",
        "fr" => "French",
        "es" => "Spanish",
        "pt" => "Portuguese",
        "it" => "Italian",
        "zh" => "Chinese",
        "und" => "not known",
        other => other,
    }
}

/// The kind of file, how it is written and where its header is.
pub(crate) fn format_line(one: &Understanding) -> String {
    let mut parts = vec![one.kind.name().to_owned()];
    if let Some(encoding) = one.encoding {
        parts.push(encoding.to_owned());
    }
    if let Some(delimiter) = one.delimiter {
        let name = match delimiter {
            ',' => "commas",
            '\t' => "tabs",
            ';' => "semicolons",
            '|' => "bars",
            _ => "another sign",
        };
        parts.push(format!("cells separated by {name}"));
    }
    let rows = &one.header_rows;
    match (one.columns.is_empty(), rows.as_slice()) {
        (true, _) => {}
        (_, [row]) => parts.push(format!("header on row {row}")),
        (_, [first, .., last]) => parts.push(format!("header on rows {first} to {last}")),
        (_, []) if matches!(one.kind, Kind::Delimited | Kind::Workbook) => {
            parts.push("no header".to_owned());
        }
        _ => {}
    }
    parts.join("; ")
}

fn document(out: &mut String, one: &Understanding) {
    let _ = match one.set_aside {
        None if one.kind == Kind::Transcript => {
            let people = plural(one.people, "person", "people");
            writeln!(out, "  {people} interviewed; who asks is left out")
        }
        None if matches!(one.kind, Kind::Email | Kind::Outlook) && one.rows > 1 => {
            let others = plural(one.rows - 1, "attachment", "attachments");
            writeln!(out, "  one {} and {others}", one.channel)
        }
        None if one.rows > 1 || !one.answers.is_empty() => {
            let what = if one.letters.len() > 1 { "letter" } else { "person" };
            let many = if what == "letter" { "letters" } else { "people" };
            writeln!(out, "  {} in one file, as it marks them", plural(one.rows, what, many))
        }
        None => writeln!(out, "  one {} in words that Heard can read", one.channel),
        Some(reason) => writeln!(out, "  set aside: {}", reason_in_words(reason)),
    };
}

/// What a document holds besides one letter.
fn document_parts(out: &mut String, one: &Understanding, label: &dyn Fn(&str) -> String) {
    for answers in one.answers.iter().take(40) {
        answers_line(out, answers, label);
    }
    if one.letters.len() as u64 > one.rows {
        let pages: Vec<String> = one.letters.iter().map(|l| super::bundle::show(*l)).collect();
        let _ = writeln!(
            out,
            "  it seems to hold {} letters (pages {}): heard.toml proposes them, and `heard run heard.toml`\n  \
             reads each for itself; without it they are one",
            one.letters.len(),
            pages.join(", ")
        );
    }
    let waiting = one.to_type.len() as u64;
    if waiting > 0 {
        let letters = plural(waiting, "letter", "letters");
        let _ = writeln!(out, "  {letters} to be typed: see to-type.xlsx");
    }
}

/// A fixed reason as a sentence.
fn reason_in_words(reason: &str) -> &'static str {
    match reason {
        "empty_file" => "the file is empty",
        "unsupported_file" => "Heard does not read this kind of file",
        "scanned_image" => {
            "it is a picture; type its words into to-type.xlsx, which `heard check` writes"
        }
        "scanned_document" => {
            "a scan without words in it; type it into to-type.xlsx, which `heard check` writes"
        }
        "no_text" => "there are no words in it",
        "password_protected" => "it is protected by a password; save it without one",
        "broken_quote" => "a quote in it is never closed; export it again",
        "too_large" => "it is larger than Heard opens",
        "too_slow" => "it took too long to read",
        "no_open_text" => "it holds no open text",
        "beside_the_answers" => "it sums up another sheet, or tells how it is kept",
        "ignored" => "the settings leave it out",
        _ => "it cannot be read",
    }
}

fn table(out: &mut String, one: &Understanding, label: &dyn Fn(&str) -> String) {
    let rows = plural(one.rows, "row", "rows");
    let blank = match one.blank_rows {
        0 => String::new(),
        count => format!(" ({} passed over)", plural(count, "blank row", "blank rows")),
    };
    let people = plural(one.people, "person or body", "people or bodies");
    let _ = writeln!(out, "  {rows} of data{blank}, {people}");
    if let Some(wave) = &one.wave {
        let _ = writeln!(out, "  wave: {}", label(wave.reveal()));
    }
    if one.has_open_text() {
        if let Some(reason @ ("ignored" | "beside_the_answers")) = one.set_aside {
            let _ = writeln!(out, "  set aside: {}", reason_in_words(reason));
        }
        let how = if one.long {
            "an answer a row, the question beside it"
        } else {
            "a column a question"
        };
        let questions = plural(one.answers.len() as u64, "open question", "open questions");
        let _ = writeln!(out, "  {questions} ({how}):");
        for answers in one.answers.iter().take(40) {
            answers_line(out, answers, label);
        }
        if one.answers.len() > 40 {
            let _ = writeln!(out, "    and {} more", one.answers.len() - 40);
        }
    } else {
        let _ = writeln!(
            out,
            "  No open text: no column holds what people wrote in their own words, so there is nothing to\n  \
             code. If one does, name it with --text, or set its role in heard.toml. The columns are:"
        );
    }
    // Columns side by side with the options of one question are told as that question.
    let asked_together =
        |a: &Column, b: &Column| a.option_of.is_some() && a.option_of == b.option_of;
    let questions: Vec<&[Column]> = one.columns.chunk_by(asked_together).collect();
    let width = questions.iter().map(|q| label(header(q)).chars().count()).max().unwrap_or(0);
    let width = width.clamp(6, 56);
    for columns in questions {
        column_line(out, columns, width, label);
    }
}

fn answers_line(out: &mut String, answers: &Answers, label: &dyn Fn(&str) -> String) {
    let question = short(&label(answers.question.reveal()), 76);
    let (asks, counts) = (asks(answers.polarity), in_words::answered(answers));
    let question = if question.is_empty() { "(no question given)".to_owned() } else { question };
    let _ = writeln!(out, "    “{question}”\n      {asks}; {counts}");
}

/// What a question asks for.
pub(crate) fn asks(polarity: Polarity) -> &'static str {
    match polarity {
        Polarity::Good => "asks what is good",
        Polarity::Improve => "asks what could be better",
        Polarity::Proposal => "asks about a proposal",
        Polarity::Neutral => "neutral",
    }
}

/// What columns that are told together are called.
fn header(columns: &[Column]) -> &str {
    match columns {
        [first, _, ..] => first.option_of.as_ref().unwrap_or(&first.header).reveal(),
        _ => columns.first().map_or("", |column| column.header.reveal()),
    }
}

fn column_line(out: &mut String, columns: &[Column], width: usize, label: &dyn Fn(&str) -> String) {
    let [first, others @ ..] = columns else { return };
    let header = short(&label(header(columns)), width);
    let role = role_in_words(first.role);
    let breakdown = if first.breakdown { ", a breakdown" } else { "" };
    let filled: u64 = columns.iter().map(|column| column.filled).sum();
    let (index, filled) = match others.last() {
        None => (first.index.to_string(), format!("{} filled", number(filled))),
        Some(last) => {
            let options = plural(columns.len() as u64, "option", "options");
            (format!("{}-{}", first.index, last.index), format!("{options} in a column each"))
        }
    };
    let _ = writeln!(out, "  {index:>4}  {header:<width$}  {role}{breakdown}; {filled}");
}

pub(crate) fn role_in_words(role: Role) -> &'static str {
    match role {
        Role::OpenText => "OPEN TEXT",
        Role::SingleChoice => "one choice",
        Role::MultipleChoice => "several choices",
        Role::Rating => "score",
        Role::Date => "date",
        Role::Id => "id",
        Role::Question => "the question asked",
        Role::RespondentType => "who speaks",
        Role::Consent => "may it be quoted?",
        Role::Hidden => "keep out of sight?",
        Role::Wave => "wave",
        Role::Name => "personal: name",
        Role::Email => "personal: e-mail",
        Role::Phone => "personal: telephone or number",
        Role::Address => "personal: address",
        Role::Postcode => "personal: postcode",
        Role::Network => "personal: device or network",
        Role::BirthDate => "personal: date of birth",
        Role::Empty => "empty",
        Role::Other => "other",
    }
}

/// What a run without open text found instead, in numbers: for the error.
pub(super) fn no_open_text(found: &[Understanding]) -> String {
    let columns: usize = found.iter().map(|u| u.columns.len()).sum();
    let count = |is: &dyn Fn(Role) -> bool| {
        found.iter().flat_map(|u| &u.columns).filter(|c| is(c.role)).count()
    };
    let aside = found.iter().filter(|u| u.columns.is_empty()).count();
    let mut parts = Vec::new();
    let kinds: [(&dyn Fn(Role) -> bool, &str); 4] = [
        (
            &|r| matches!(r, Role::SingleChoice | Role::MultipleChoice | Role::RespondentType),
            "of choices",
        ),
        (&|r| matches!(r, Role::Rating), "of scores"),
        (&|r| r.is_personal() || r == Role::Id, "of ids and personal details"),
        (&|r| r == Role::Empty, "empty"),
    ];
    for (is, name) in kinds {
        let count = count(is);
        if count > 0 {
            parts.push(format!("{count} {name}"));
        }
    }
    let mut paths: Vec<String> = found.iter().map(|u| u.path.display().to_string()).collect();
    paths.dedup();
    // Three names say enough; more would hide what is to be done.
    let tables = match paths.len() {
        1..=3 => paths.join(", "),
        _ => plural(found.len() as u64, "file or sheet", "files or sheets"),
    };
    let aside = if aside > 0 {
        format!(", {aside} of them could not be read as text")
    } else {
        String::new()
    };
    match columns {
        0 => format!("{tables} read{aside}"),
        _ => format!("{tables} read{aside}; {columns} columns ({})", parts.join(", ")),
    }
}

/// The same as [`describe`], for programs.
pub fn to_json(found: &[Understanding], label: &dyn Fn(&str) -> String) -> Value {
    let one = |u: &Understanding| {
        json!({
            "source": u.source.map(|n| format!("s{n}")),
            "file": u.shown(label),
            "sheet": u.sheet.as_ref().map(|s| label(s.reveal())),
            "sheet_number": u.sheet_number,
            "kind": u.kind.name(),
            "sha256": u.sha256,
            "encoding": u.encoding,
            "delimiter": u.delimiter,
            "channel": u.channel,
            "header_rows": u.header_rows,
            "rows": u.rows,
            "blank_rows": u.blank_rows,
            "people": u.people,
            "long": u.long,
            "wave": u.wave.as_ref().map(|w| label(w.reveal())),
            "open_text": u.has_open_text(),
            "set_aside": u.set_aside,
            "columns": u.columns.iter().map(|c| json!({
                "index": c.index,
                "header": label(c.header.reveal()),
                "role": c.role,
                "option_of": c.option_of.as_ref().map(|question| label(question.reveal())),
                "question": c.asks.as_ref().map(|a| label(a.0.reveal())),
                "polarity": c.asks.as_ref().map(|a| a.1),
                "breakdown": c.breakdown,
                "filled": c.filled,
                "distinct": c.distinct,
            })).collect::<Vec<_>>(),
            "answers": u.counts.as_ref().map(|c| json!({
                "all": c.answers,
                "blank": c.blank,
                "says_nothing": c.says_nothing,
                "may_not_be_quoted": c.unquotable,
                "same_words": c.same,
                "same_template": c.template,
                "set_aside": c.set_aside,
                "languages": c.languages,
                "who_speaks": c.speakers,
            })),
            "questions": u.answers.iter().map(|a| json!({
                "question": label(a.question.reveal()),
                "polarity": a.polarity,
                "rows": a.rows,
                "blank": a.blank,
                "says_nothing": a.says_nothing,
            })).collect::<Vec<_>>(),
            "letters": u.letters.iter().map(|l| super::bundle::show(*l)).collect::<Vec<_>>(),
            "to_type": u.to_type.len(),
            "problems": u.problems.iter().map(|p| json!({
                "row": p.rows.first(), "rows": p.rows, "page": p.page, "count": p.count, "what": p.what,
            })).collect::<Vec<_>>(),
        })
    };
    Value::Array(found.iter().map(one).collect())
}
