//! A run's codes as a workbook and back, for people who work in a spreadsheet: one row a response,
//! themes to choose from lists, everything else locked. What comes back is taken whole or not at all.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use calamine::{Data, Reader as _};
use heard_models::words::Sentiment;
use rust_xlsxwriter::{
    DataValidation, Format, FormatAlign, Formula, ProtectionOptions, Workbook, XlsxError,
};

use super::decision::{Change, Code, Codes};
use super::decisions::{Decisions, Refusal};
use super::key::Key;
use super::log::Desk;
use super::stored::Run;
use super::{Error, apply, place, recode, study};
use crate::coding::{CodedResponse, Flag};
use crate::encode::ScalarOffsets;
use crate::store;
use crate::tables::labels;

/// Themes of one response, at most.
const THEMES: usize = 8;
/// Columns before those of the themes.
pub const FIRST: [&str; BEFORE] =
    ["response_id", "version", "question", "respondent_type", "text", "how", "checked"];
const BEFORE: usize = 7;
const HOW: u16 = 5;
/// The column that says whether somebody read a row.
pub const CHECKED: u16 = 6;
/// What stands in a row that is left blank on purpose.
const ALONE: &str = "Give your own themes: the computer's codes are not shown here";
/// Under "checked": read, and no theme fits.
const NONE: &str = "no theme";
/// An import that leaves so many answers without any theme is asked about.
const MANY: usize = 5;
/// What Excel holds in a cell.
const CELL: usize = 32_000;
const SHEET: &str = "coding";
const FEELINGS: [&str; 4] = ["positive", "negative", "mixed", "neutral"];

fn heads() -> Vec<String> {
    let mut heads: Vec<String> = FIRST.map(str::to_owned).to_vec();
    for n in 1..=THEMES {
        heads.extend([format!("theme {n}"), format!("sentiment {n}")]);
    }
    heads
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err asks for")]
fn written(source: XlsxError) -> Error {
    Error::Refused(format!("the workbook could not be made: {source}"))
}

/// Writes the workbook, with a coder's codes where they have some and the model's elsewhere. Answers
/// of the random sample that the coder has not read hold no codes, so that they are coded blind.
#[expect(clippy::too_many_lines, reason = "one sheet, column by column")]
pub fn export(
    run: &Run,
    decisions: &Decisions,
    who: &str,
    sample: &[Key],
    path: &Path,
) -> Result<usize, Error> {
    let Some(book) = run.about.vocabulary.codebooks().first() else { return Ok(0) };
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold().set_align(FormatAlign::Top);
    let plain = Format::new().set_align(FormatAlign::Top);
    let wrapped = Format::new().set_align(FormatAlign::Top).set_text_wrap();
    let free = Format::new().set_align(FormatAlign::Top).set_unlocked();
    let sheet = workbook.add_worksheet();
    let result = (|| {
        sheet.set_name(SHEET)?;
        for (at, head) in (0_u16..).zip(heads()) {
            sheet.write_string_with_format(0, at, head, &bold)?;
        }
        sheet.set_freeze_panes(1, 1)?;
        sheet.set_column_hidden(1)?;
        for (column, width) in [(0, 12), (2, 24), (3, 18), (4, 70), (HOW, 24), (CHECKED, 10)] {
            sheet.set_column_width(column, width)?;
        }
        for n in 0..THEMES as u16 {
            sheet.set_column_width(BEFORE as u16 + 2 * n, 28)?;
        }
        let mut row = 0;
        for (at, stored) in run.rows.iter().enumerate() {
            if stored.coded.words == 0 || stored.coded.flags.contains(&Flag::Language) {
                continue;
            }
            row += 1;
            let state = decisions.state(stored.key);
            let own = state.codes_of(who);
            let mut coded = stored.coded.clone();
            apply::mask(&mut coded, &state.masks, &stored.moves);
            let blank = is_blank(decisions, sample, stored.key, who);
            let themes = match own {
                Some(codes) => study::by_person(codes, &run.about.vocabulary),
                None if blank => Vec::new(),
                None => study::by_model(&run.rows[at].coded),
            };
            let text = cell_text(&coded);
            sheet.write_string_with_format(row, 0, &coded.response.id, &plain)?;
            sheet.write_string_with_format(row, 1, state.version(who).to_string(), &plain)?;
            let question = coded.response.question.text.as_str();
            sheet.write_string_with_format(row, 2, question, &wrapped)?;
            let role = labels::role(coded.respondent_type.0);
            sheet.write_string_with_format(row, 3, role, &plain)?;
            sheet.write_string_with_format(row, 4, text, &wrapped)?;
            let done = own.is_some_and(|codes| codes.done);
            sheet.write_string_with_format(row, HOW, if blank { ALONE } else { "" }, &wrapped)?;
            sheet.write_string_with_format(row, CHECKED, if done { "yes" } else { "" }, &free)?;
            for n in 0..THEMES {
                let column = (BEFORE + 2 * n) as u16;
                let (theme, felt) = themes.get(n).map_or(("", ""), |(theme, felt)| {
                    (book.themes[usize::from(*theme)].label.as_str(), felt.as_str())
                });
                sheet.write_string_with_format(row, column, theme, &free)?;
                sheet.write_string_with_format(row, column + 1, felt, &free)?;
            }
        }
        let last = row.max(1);
        let of = format!("=codebook!$B$2:$B${}", book.themes.len() + 1);
        let themes = DataValidation::new()
            .allow_list_formula(Formula::new(of))
            .set_error_title("Not a theme")?
            .set_error_message(
                "Choose a theme from the list; the sheet “codebook” explains them.",
            )?;
        let feelings = DataValidation::new().allow_list_strings(&FEELINGS)?;
        let checked = DataValidation::new().allow_list_strings(&["yes", NONE])?;
        sheet.add_data_validation(1, CHECKED, last, CHECKED, &checked)?;
        for n in 0..THEMES as u16 {
            let column = BEFORE as u16 + 2 * n;
            sheet.add_data_validation(1, column, last, column, &themes)?;
            sheet.add_data_validation(1, column + 1, last, column + 1, &feelings)?;
        }
        let mut may = ProtectionOptions::new();
        may.format_columns = true;
        may.format_rows = true;
        may.use_autofilter = true;
        sheet.protect_with_options(&may);
        Ok::<_, XlsxError>(row)
    })();
    let rows = result.map_err(written)?;
    let known = recode::codebook(&run.about, run.about.vocabulary.changes())?;
    let known = known.map(|(known, _)| known);
    let sheet = workbook.add_worksheet();
    (|| {
        sheet.set_name("codebook")?;
        for (at, head) in (0_u16..).zip(["id", "theme", "group", "definition"]) {
            sheet.write_string_with_format(0, at, head, &bold)?;
        }
        for (row, theme) in (1_u32..).zip(&book.themes) {
            sheet.write_string_with_format(row, 0, &theme.id, &plain)?;
            sheet.write_string_with_format(row, 1, &theme.label, &plain)?;
            sheet.write_string_with_format(row, 2, &theme.group, &plain)?;
            let of_theme = || Some(known.as_ref()?.theme(&theme.id)?.definition.clone());
            let of_thin = || {
                let thin = known.as_ref()?.thin.iter().find(|thin| thin.id == theme.id)?;
                Some(thin.definition.clone())
            };
            let definition = of_theme().or_else(of_thin).unwrap_or_default();
            sheet.write_string_with_format(row, 3, definition, &wrapped)?;
        }
        for (column, width) in [(0, 22), (1, 32), (2, 18), (3, 90)] {
            sheet.set_column_width(column, width)?;
        }
        sheet.protect();
        Ok::<_, XlsxError>(())
    })()
    .map_err(written)?;
    instructions(&mut workbook, &bold, &wrapped).map_err(written)?;
    store::write_file(path, &workbook.save_to_buffer().map_err(written)?)?;
    Ok(rows as usize)
}

/// The sheet that says how to fill in the first.
fn instructions(workbook: &mut Workbook, bold: &Format, plain: &Format) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name("how to")?;
    sheet.set_column_width(0, 100)?;
    sheet.write_string_with_format(0, 0, "How to code in this workbook", bold)?;
    let blank = format!(
        "Rows with “{ALONE}” under “how” are empty on purpose: they were drawn by lot, to find out how right the computer is. Give their themes by yourself and put “yes” under “checked”; where no theme fits, put “{NONE}” there."
    );
    let lines = [
        "Each row of the sheet “coding” is an answer. Choose up to eight themes from the lists, each with what is felt about it; the sheet “codebook” says what belongs to each theme.",
        "Where you agree with what stands in a row, put “yes” under “checked”. A row that you leave as it is counts for nothing.",
        blank.as_str(),
        "Bring the workbook back with: heard review FOLDER --import FILE --coder YOUR-INITIALS. Add --dry-run to see first what would change.",
    ];
    for (row, line) in (1_u32..).zip(lines) {
        sheet.write_string_with_format(row, 0, line, plain)?;
    }
    sheet.protect();
    Ok(())
}

/// Whether a row is left blank: the coder is still to code it without seeing the model's codes.
fn is_blank(decisions: &Decisions, sample: &[Key], key: Key, who: &str) -> bool {
    sample.contains(&key) && decisions.state(key).codes_of(who).is_none()
}

/// The words of an answer as a cell holds them.
fn cell_text(coded: &CodedResponse) -> String {
    coded.response.text.as_str().chars().take(CELL).collect()
}

/// Letters and digits alone: what programs do to spaces, quotes and line ends makes no difference.
fn letters(text: &str) -> String {
    text.replace("_x000D_", "").chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows of the workbook.
    pub rows: usize,
    /// Answers whose codes changed.
    pub changed: usize,
    /// Themes that were added, taken away, and given another feeling.
    pub added: usize,
    /// See `added`.
    pub removed: usize,
    /// See `added`.
    pub felt: usize,
    /// Answers that were read and left as they were.
    pub approved: usize,
    /// Answers that had themes and have none any more.
    pub emptied: usize,
}

/// What the workbook says of a response.
struct Line {
    row: usize,
    version: i64,
    /// It was left blank, to be coded without the model's codes.
    blank: bool,
    checked: bool,
    /// “No theme” stands under “checked”.
    none: bool,
    text: String,
    themes: BTreeMap<u16, Sentiment>,
}

/// How far an import goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only says what would change.
    Try,
    /// Writes, but not where many answers would be left without any theme.
    Careful,
    /// Writes.
    Sure,
}

/// Takes a workbook in: all of it, or nothing with every reason.
pub fn import(
    run: &Run,
    decisions: &mut Decisions,
    desk: &Desk,
    path: &Path,
    mode: Mode,
) -> Result<Imported, Error> {
    let ids: HashMap<&str, usize> =
        run.rows.iter().enumerate().map(|(at, r)| (r.coded.response.id.as_str(), at)).collect();
    let mut problems: Vec<String> = Vec::new();
    let lines = read(run, path, &ids, &mut problems)?;
    let mut found = Imported { rows: lines.len(), ..Imported::default() };
    let mut changes: Vec<(Key, Change)> = Vec::new();
    let mut seen: Vec<(Key, i64)> = Vec::new();
    let mut asked: HashMap<Key, (usize, BTreeMap<u16, Sentiment>)> = HashMap::new();
    for (at, line) in lines {
        let stored = &run.rows[at];
        let state = decisions.state(stored.key);
        // What stood in the row tells, not what the page would show by now.
        let blind = line.blank && state.codes_of(&desk.who).is_none();
        problems.extend(wrong(run, decisions, at, &line, blind));
        let before: BTreeMap<u16, Sentiment> = match state.codes_of(&desk.who) {
            Some(codes) => study::by_person(codes, &run.about.vocabulary).into_iter().collect(),
            None if blind => BTreeMap::new(),
            None => study::by_model(&stored.coded).into_iter().collect(),
        };
        let done = state.codes_of(&desk.who).is_some_and(|codes| codes.done);
        let same = before == line.themes;
        if same && (done || !line.checked) {
            continue;
        }
        if let Some((row, themes)) = asked.get(&stored.key) {
            if *themes != line.themes {
                problems.push(format!(
                    "row {}: these very words are also in row {row}, with other themes; give both the same",
                    line.row
                ));
            }
            continue;
        }
        if state.version(&desk.who) > line.version {
            problems.push(format!(
                "row {}: {} decided this answer again after the workbook was made; export it anew with --coder {1}",
                line.row, desk.who
            ));
        }
        for (theme, felt) in &line.themes {
            match before.get(theme) {
                None => found.added += 1,
                Some(was) if was != felt => found.felt += 1,
                Some(_) => {}
            }
        }
        found.emptied += usize::from(line.themes.is_empty() && !before.is_empty());
        found.removed += before.keys().filter(|theme| !line.themes.contains_key(theme)).count();
        if same {
            found.approved += 1;
        } else {
            found.changed += 1;
        }
        let mut codes = codes(run, at, state.codes_of(&desk.who), &line.themes, blind);
        codes.blind &= !decisions.has_seen(&desk.who, stored.key)?;
        changes.push((stored.key, Change::Codes(Some(codes))));
        seen.push((stored.key, line.version));
        asked.insert(stored.key, (line.row, line.themes));
    }
    if !problems.is_empty() {
        let all = problems.len();
        problems.truncate(20);
        if all > problems.len() {
            problems.push(format!("... and {} more", all - problems.len()));
        }
        return Err(Error::Refused(format!(
            "nothing was taken from {}:\n  {}",
            path.display(),
            problems.join("\n  ")
        )));
    }
    if mode == Mode::Try {
        return Ok(found);
    }
    if mode == Mode::Careful && found.emptied >= MANY {
        return Err(Error::Refused(format!(
            "nothing was taken from {}: it would leave {} answers without any of the themes that they have now, add {} themes and remove {}. If this is meant, do it again with --force; --dry-run shows the changes alone",
            path.display(),
            found.emptied,
            found.added,
            found.removed
        )));
    }
    match decisions.decide(desk, &seen, &changes)? {
        Ok(_) | Err(Refusal::Nothing) => Ok(found),
        Err(Refusal::Meanwhile(who, _)) => Err(Error::Refused(format!(
            "nothing was taken from {}: {who} changed an answer at this very moment. Try again",
            path.display()
        ))),
    }
}

/// What a person cannot have meant by a row.
fn wrong(run: &Run, decisions: &Decisions, at: usize, line: &Line, blind: bool) -> Option<String> {
    let stored = &run.rows[at];
    let mut coded = stored.coded.clone();
    apply::mask(&mut coded, &decisions.state(stored.key).masks, &stored.moves);
    let row = line.row;
    if letters(&line.text) != letters(&cell_text(&coded)) {
        return Some(format!(
            "row {row}, column text: these are not the words of {} in this run: the workbook is of another run, or words were hidden since; export it anew",
            coded.response.id
        ));
    }
    if blind && line.checked && !line.none && line.themes.is_empty() {
        return Some(format!(
            "row {row}, column checked: the row was left blank for you to code by yourself, so “yes” would say that no theme fits; give its themes, or put “{NONE}” there if that is so"
        ));
    }
    (line.none && !line.themes.is_empty()).then(|| {
        format!("row {row}, column checked: “{NONE}” stands beside themes; remove one or the other")
    })
}

/// The codes of a response that come to these themes, with what is kept of where they stood.
fn codes(
    run: &Run,
    at: usize,
    own: Option<&Codes>,
    themes: &BTreeMap<u16, Sentiment>,
    blind: bool,
) -> Codes {
    let stored = &run.rows[at];
    let vocabulary = &run.about.vocabulary;
    let offsets = ScalarOffsets::new(stored.coded.response.text.as_str());
    let mut codes = own.cloned().unwrap_or_else(|| {
        let back = |byte: usize, end: bool| place::backward(&stored.moves, offsets.at(byte), end);
        let segments = stored.coded.segments.iter();
        let by_model = stored.coded.codings.iter().filter(|c| c.codebook == 0 && !blind);
        Codes {
            segments: segments.map(|r| (back(r.start, false), back(r.end, true))).collect(),
            codes: by_model
                .map(|c| Code {
                    segment: c.segment,
                    theme: vocabulary.theme(0, c.theme).id.clone(),
                    sentiment: c.sentiment,
                })
                .collect(),
            blind,
            done: true,
        }
    });
    // Whoever was done has seen the model's codes since.
    codes.blind &= !codes.done || own.is_none();
    codes.done = true;
    let book = vocabulary.codebooks().first();
    let number =
        |id: &str| book.and_then(|book| vocabulary.find(&book.id, id)).map(|(_, theme)| theme);
    let before: BTreeMap<u16, Sentiment> =
        study::by_person(&codes, vocabulary).into_iter().collect();
    codes.codes.retain(|c| number(&c.theme).is_some_and(|theme| themes.contains_key(&theme)));
    for (theme, felt) in themes {
        let id = &vocabulary.theme(0, *theme).id;
        match before.get(theme) {
            Some(was) if was == felt => {}
            Some(_) => {
                for code in codes.codes.iter_mut().filter(|c| c.theme == *id) {
                    code.sentiment = *felt;
                }
            }
            None => {
                // A sheet does not say where; the first segment without a code is the likeliest.
                let free = (0..codes.segments.len() as u16)
                    .find(|n| codes.codes.iter().all(|c| c.segment != *n));
                let code = Code { segment: free.unwrap_or(0), theme: id.clone(), sentiment: *felt };
                codes.codes.push(code);
            }
        }
    }
    codes.codes.sort_by_key(|code| code.segment);
    codes
}

/// The rows of the workbook, and whatever is wrong with them.
fn read(
    run: &Run,
    path: &Path,
    ids: &HashMap<&str, usize>,
    problems: &mut Vec<String>,
) -> Result<Vec<(usize, Line)>, Error> {
    let refuse = |why: String| Error::Refused(format!("{}: {why}", path.display()));
    let mut workbook: calamine::Xlsx<_> =
        calamine::open_workbook(path).map_err(|error: calamine::XlsxError| match error {
            calamine::XlsxError::Io(error) => refuse(format!("cannot be read: {error}")),
            _ => refuse("is not a workbook of Excel; save it as .xlsx".to_owned()),
        })?;
    let sheet = workbook
        .worksheet_range(SHEET)
        .map_err(|_| refuse(format!("has no sheet “{SHEET}”; it is not a workbook of Heard's")))?;
    let Some(book) = run.about.vocabulary.codebooks().first() else { return Ok(Vec::new()) };
    let mut rows = sheet.rows();
    let head: Vec<String> =
        rows.next().unwrap_or_default().iter().map(ToString::to_string).collect();
    // What somebody keeps to the right of the columns for themselves is theirs.
    for (at, due) in heads().iter().enumerate() {
        let there = head.get(at).map_or("", |head| head.trim());
        if there != due {
            return Err(refuse(format!(
                "row 1, column {}: “{there}” stands where `heard review --export` wrote “{due}”; put the columns back as they were, or export it anew",
                rust_xlsxwriter::utility::column_number_to_name(at as u16)
            )));
        }
    }
    let mut lines: Vec<(usize, Line)> = Vec::new();
    let mut met: HashMap<usize, usize> = HashMap::new();
    for (row, cells) in (2..).zip(rows) {
        let cell = |at: usize| match cells.get(at) {
            None | Some(Data::Empty) => String::new(),
            Some(data) => data.to_string().trim().to_owned(),
        };
        if (0..heads().len()).all(|at| cell(at).is_empty()) {
            continue;
        }
        let id = cell(0);
        let Some(at) = ids.get(id.as_str()).copied() else {
            problems.push(format!("row {row}, column response_id: “{id}” is not in this run"));
            continue;
        };
        if let Some(first) = met.insert(at, row) {
            problems
                .push(format!("row {row}, column response_id: “{id}” stands in row {first} too"));
            continue;
        }
        let version: i64 = cell(1).parse().unwrap_or(-1);
        if version < 0 {
            problems.push(format!(
                "row {row}, column version: it was changed; export the workbook anew"
            ));
        }
        let said = cell(usize::from(CHECKED)).to_lowercase();
        let none = said == NONE;
        let checked = none
            || match said.as_str() {
                "" | "no" => false,
                "yes" | "y" | "x" | "1" | "true" => true,
                other => {
                    problems.push(format!(
                        "row {row}, column checked: “{other}” is neither yes nor empty"
                    ));
                    false
                }
            };
        let mut themes = BTreeMap::new();
        for n in 0..THEMES {
            let (theme, felt) = (cell(BEFORE + 2 * n), cell(BEFORE + 2 * n + 1));
            let named = |t: &crate::vocabulary::ThemeName| {
                t.id == theme || t.label.to_lowercase() == theme.to_lowercase()
            };
            let number = book.themes.iter().position(named);
            match (number, theme.is_empty(), Sentiment::parse(&felt.to_lowercase())) {
                (_, true, _) if felt.is_empty() => {}
                (_, true, _) => problems.push(format!(
                    "row {row}, column sentiment {}: there is a feeling, but no theme",
                    n + 1
                )),
                (None, ..) => problems.push(format!(
                    "row {row}, column theme {}: “{theme}” is not a theme of {}",
                    n + 1,
                    book.id
                )),
                (_, _, None) => problems.push(format!(
                    "row {row}, column sentiment {}: “{felt}” is not one of {}",
                    n + 1,
                    FEELINGS.join(", ")
                )),
                (Some(number), _, Some(felt)) => {
                    if themes.insert(number as u16, felt).is_some() {
                        problems.push(format!(
                            "row {row}, column theme {}: “{theme}” is given twice",
                            n + 1
                        ));
                    }
                }
            }
        }
        let blank = cell(usize::from(HOW)) == ALONE;
        lines.push((at, Line { row, version, blank, checked, none, text: cell(4), themes }));
    }
    Ok(lines)
}
