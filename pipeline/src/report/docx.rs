//! The report as a Word file, for people who will edit it: real heading styles, a contents field,
//! header rows, pictures with alternative texts, and "Draft: coded by computer" on every page.

use docx_rs::{
    AbstractNumbering, AlignmentType, BorderType, Docx, FieldCharType, Footer, Header, Hyperlink,
    HyperlinkType, IndentLevel, InstrText, Level, LevelJc, LevelText, LineSpacing, LineSpacingType,
    NumberFormat, Numbering, NumberingId, PageMargin, PageNum, Paragraph, Pic, Run, RunFonts,
    Shading, SpecialIndentType, Start, Style, StyleType, Table as Grid, TableBorder,
    TableBorderPosition, TableBorders, TableCell, TableCellMargins, TableLayoutType, TableRow,
    WidthType,
};

use super::package::{Finish, pack, readable};
use super::view::{Block, Section, Table, View};
use super::{Drawn, Error};

/// Width of the text on an A4 page, in twentieths of a point.
const TEXT_WIDTH: usize = 9_636;
/// The same and the height that a picture may have, in English Metric Units.
const PICTURE: (f64, f64) = (9_636.0 * 635.0, 7_500_000.0);
const BLUE: &str = "12436D";
const PLUM: &str = "801650";
const SOFT: &str = "3D3D3D";
const PALE: &str = "EEF1F4";
const LINE: &str = "BFC4CA";
/// Id of the logo's picture.
pub(super) const LOGO: &str = "rIdImage_logo";
/// A PNG of one pixel that nobody sees.
const CLEAR: [u8; 68] = [
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 4, 0,
    0, 0, 181, 28, 12, 2, 0, 0, 0, 11, 73, 68, 65, 84, 120, 218, 99, 96, 96, 0, 0, 0, 3, 0, 1, 43,
    9, 77, 132, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];
const BULLETS: usize = 2;
const STEPS: usize = 3;
/// No clock: the same report gives the same bytes.
const NO_DATE: &str = "1980-01-01T00:00:00Z";

/// `report.docx`. The same view gives the same bytes.
pub fn docx(view: &View<'_>) -> Result<Vec<u8>, Error> {
    let mut word = styled(Docx::new(), view)
        .created_at(NO_DATE)
        .updated_at(NO_DATE)
        .page_size(11_906, 16_838)
        .page_margin(PageMargin {
            top: 1_304,
            bottom: 1_304,
            left: 1_135,
            right: 1_135,
            header: 567,
            footer: 567,
            gutter: 0,
        });
    if let Some(draft) = &view.draft {
        let words = Run::new().add_text(draft).bold().color(PLUM).size(18);
        word = word.header(
            Header::new()
                .add_paragraph(Paragraph::new().align(AlignmentType::Right).add_run(words)),
        );
    }
    word = word.footer(Footer::new().add_paragraph(foot(view)));
    let mut alternatives = Vec::new();
    if let Some(logo) = view.picture {
        alternatives.push(view.organisation.clone().unwrap_or_else(|| "Logo".to_owned()));
        let run = Run::new().add_image(of_logo(logo));
        word = word.add_paragraph(Paragraph::new().style("Picture").add_run(run));
    }
    word = word.add_paragraph(paragraph("Title", &view.title));
    if let Some(name) = &view.organisation {
        word = word.add_paragraph(paragraph("Subtitle", name));
    }
    // A page or two need no contents.
    let brief = view.plain || view.sections.len() < 2;
    if !brief {
        word = word.add_paragraph(paragraph("ContentsHeading", "Contents"));
        word = contents(word, view);
    }
    for (at, section) in view.sections.iter().enumerate() {
        word = add_section(word, section, (at, brief), &mut alternatives);
    }
    let author = view.organisation.as_deref().unwrap_or("Heard");
    let drawing = view.picture.filter(|logo| logo.kind == "svg").map(|logo| logo.bytes.as_slice());
    let finish = Finish { title: &view.title, author, alternatives: &alternatives, drawing };
    pack(word.build(), &finish)
}

/// A contents field that already holds its entries, as links: Word adds the numbers of pages when it
/// next works it out.
fn contents(mut word: Docx, view: &View<'_>) -> Docx {
    let last = view.sections.len().saturating_sub(1);
    for (at, section) in view.sections.iter().enumerate() {
        let mut entry = Paragraph::new().style(if section.level == 2 { "TOC1" } else { "TOC2" });
        if at == 0 {
            let field = InstrText::Unsupported("TOC \\o \"1-2\" \\h \\z \\u".to_owned());
            entry = entry
                .add_run(Run::new().add_field_char(FieldCharType::Begin, true))
                .add_run(Run::new().add_instr_text(field))
                .add_run(Run::new().add_field_char(FieldCharType::Separate, false));
        }
        let words = Run::new().add_text(readable(&section.heading)).color(BLUE);
        entry = entry
            .add_hyperlink(Hyperlink::new(bookmark(section), HyperlinkType::Anchor).add_run(words));
        if at == last {
            entry = entry.add_run(Run::new().add_field_char(FieldCharType::End, false));
        }
        word = word.add_paragraph(entry);
    }
    word
}

/// Names of bookmarks hold letters, digits and underscores.
fn bookmark(section: &Section<'_>) -> String {
    format!("_Toc_{}", section.id.replace('-', "_"))
}

fn foot(view: &View<'_>) -> Paragraph {
    let words = match &view.draft {
        Some(draft) => format!("{} | {draft} | Page ", view.title),
        None => format!("{} | Page ", view.title),
    };
    Paragraph::new()
        .add_run(Run::new().add_text(readable(&words)).color(SOFT).size(17))
        .add_page_num(PageNum::new())
}

fn paragraph(style: &str, text: &str) -> Paragraph {
    Paragraph::new().style(style).add_run(Run::new().add_text(readable(text)))
}

fn add_section(
    mut word: Docx,
    section: &Section<'_>,
    (at, brief): (usize, bool),
    alternatives: &mut Vec<String>,
) -> Docx {
    let style = if section.level == 2 { "Heading1" } else { "Heading2" };
    let heading = Paragraph::new()
        .style(style)
        .page_break_before((section.new_page && section.level == 2) || (at == 0 && !brief))
        .add_bookmark_start(at + 1, bookmark(section))
        .add_run(Run::new().add_text(readable(&section.heading)))
        .add_bookmark_end(at + 1);
    word = word.add_paragraph(heading.keep_next(true));
    for block in &section.blocks {
        word = add_block(word, block, alternatives);
    }
    word
}

fn add_block(mut word: Docx, block: &Block<'_>, alternatives: &mut Vec<String>) -> Docx {
    match block {
        Block::Lead { text } => word.add_paragraph(paragraph("Lead", text)),
        Block::Text { text } => word.add_paragraph(paragraph("Normal", text)),
        Block::Note { text } => word.add_paragraph(paragraph("Note", text)),
        Block::Alert { heading, text } => {
            let heading = Run::new().add_text(format!("{heading}. ")).bold().color(PLUM);
            let text = Run::new().add_text(readable(text));
            word.add_paragraph(Paragraph::new().style("Alert").add_run(heading).add_run(text))
        }
        Block::List { items, ordered } => {
            let list = NumberingId::new(if *ordered { STEPS } else { BULLETS });
            for item in items {
                let item = paragraph("ListParagraph", item);
                word = word.add_paragraph(item.numbering(list.clone(), IndentLevel::new(0)));
            }
            word
        }
        Block::Numbers { items } => {
            for item in items {
                let figure = Run::new().add_text(&item.figure).bold().color(BLUE).size(40);
                let label = Run::new().add_text(format!("  {}", readable(&item.label)));
                word = word.add_paragraph(
                    Paragraph::new().style("BigNumber").add_run(figure).add_run(label),
                );
            }
            word
        }
        Block::Table(table) => {
            word = word.add_paragraph(paragraph("Caption", &table.caption).keep_next(true));
            word = word.add_table(grid(table));
            match table.note.as_deref() {
                Some(note) => word.add_paragraph(paragraph("Note", note)),
                // Word puts two tables together that nothing parts.
                None => word.add_paragraph(paragraph("Gap", "")),
            }
        }
        Block::Chart { drawn } => match picture(drawn) {
            Some(picture) => {
                alternatives.push(format!("{}. {}", drawn.title, drawn.alt));
                let run = Run::new().add_image(picture);
                word.add_paragraph(Paragraph::new().style("Picture").add_run(run))
            }
            None => word.add_paragraph(paragraph("Normal", &drawn.alt)),
        },
        Block::Quote { text, role, about, sentiment: _ } => {
            let words = paragraph("Quote", &format!("“{text}”")).keep_next(true);
            let who = paragraph("QuoteSource", &format!("{role}. {about}"));
            word.add_paragraph(words).add_paragraph(who)
        }
        Block::Tenths { filled, label } => {
            let figures = |symbol: &str, number: u8| symbol.repeat(number.into());
            let filled = (*filled).min(10);
            let said = Run::new().add_text(figures("\u{25cf}", filled)).color(BLUE).size(44);
            let others = Run::new().add_text(figures("\u{25cb}", 10 - filled)).color(SOFT).size(44);
            let row = Paragraph::new().style("Normal").add_run(said).add_run(others);
            word.add_paragraph(row.keep_next(true)).add_paragraph(paragraph("Normal", label))
        }
        Block::ToWrite { prompt } => {
            let heading = Run::new().add_text("To be written. ").bold();
            let text = Run::new().add_text(readable(prompt));
            word.add_paragraph(Paragraph::new().style("ToWrite").add_run(heading).add_run(text))
        }
    }
}

/// The logo, at most 5 cm wide and 2 cm high. A vector logo has an empty picture in its place here,
/// beside which [`pack`] sets the drawing itself.
fn of_logo(logo: &crate::organisation::Logo) -> Pic {
    let (width, height) = (f64::from(logo.size.0), f64::from(logo.size.1));
    let scale = (1_800_000.0 / width).min(720_000.0 / height);
    let emu = |units: f64| (units * scale).round() as u32;
    let bytes = if logo.kind == "png" { logo.bytes.clone() } else { CLEAR.to_vec() };
    Pic::new_with_dimensions(bytes, logo.size.0, logo.size.1).id(LOGO).size(emu(width), emu(height))
}

/// The chart at the width of the text, or as high as a page allows; None where it is not a PNG file.
fn picture(drawn: &Drawn) -> Option<Pic> {
    let size = |at: usize| {
        let bytes: [u8; 4] = drawn.png.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes)).filter(|pixels| *pixels > 0)
    };
    let (width, height) = (size(16)?, size(20)?);
    let scale = (PICTURE.0 / f64::from(width)).min(PICTURE.1 / f64::from(height));
    let emu = |pixels: u32| (f64::from(pixels) * scale).round() as u32;
    let id = format!("rIdImage_{}", drawn.file_stem);
    Some(
        Pic::new_with_dimensions(drawn.png.clone(), width, height)
            .id(id)
            .size(emu(width), emu(height)),
    )
}

/// The room of each column, by its longest text; the first, which names the rows, may wrap soonest.
fn widths(table: &Table, columns: usize) -> Vec<usize> {
    let length = |text: &String| text.chars().count();
    let weights: Vec<usize> = (0..columns)
        .map(|at| {
            let cells = table.rows.iter().filter_map(|row| row.get(at)).map(length).max();
            // Heads wrap between words.
            let head = table.head.get(at).map_or(0, |name| {
                name.split_whitespace().map(|word| word.chars().count() + 1).max().unwrap_or(0)
            });
            if table.words || (at > 0 && is_prose(table, at)) {
                return of_words(table, at).max(head) + 3;
            }
            let most = if at == 0 { 28 } else { 22 };
            cells.unwrap_or(0).max(head).clamp(7, most) + 3
        })
        .collect();
    let all: usize = weights.iter().sum();
    weights.iter().map(|weight| TEXT_WIDTH * weight / all).collect()
}

fn is_prose(table: &Table, at: usize) -> bool {
    table.prose.get(at) == Some(&true)
}

/// The room of a column of sentences grows more slowly than they do; what is blank is written on.
fn of_words(table: &Table, at: usize) -> usize {
    let cells: Vec<usize> =
        table.rows.iter().filter_map(|row| row.get(at)).map(|text| text.chars().count()).collect();
    let mean = cells.iter().sum::<usize>() as f64 / cells.len().max(1) as f64;
    if mean < 1.0 { 14 } else { (mean.sqrt() * 4.0).round() as usize }
}

fn grid(table: &Table) -> Grid {
    let columns = table.head.len().max(1);
    let widths = widths(table, columns);
    let cell = |at: usize, text: &str, head: bool| {
        let mut run = Run::new().add_text(readable(text)).size(18);
        if head {
            run = run.bold();
        }
        let mut words = Paragraph::new().style("Cell").add_run(run);
        if at > 0 && !is_prose(table, at) {
            words = words.align(AlignmentType::Right);
        } else if at > 0 && !table.words {
            // Words at the left beside figures at the right would run together.
            words = words.indent(Some(100), None, None, None);
        }
        let mut cell = TableCell::new().add_paragraph(words).width(widths[at], WidthType::Dxa);
        if head {
            cell = cell.shading(Shading::new().fill(PALE));
        }
        cell
    };
    let row = |cells: &[String], head: bool| {
        let cells = cells.iter().take(columns).enumerate();
        TableRow::new(cells.map(|(at, text)| cell(at, text, head)).collect()).cant_split()
    };
    let mut rows = vec![row(&table.head, true)];
    rows.extend(table.rows.iter().map(|cells| row(cells, false)));
    let line =
        |position| TableBorder::new(position).color(LINE).size(4).border_type(BorderType::Single);
    let borders = TableBorders::with_empty()
        .set(line(TableBorderPosition::Top))
        .set(line(TableBorderPosition::Bottom))
        .set(line(TableBorderPosition::InsideH));
    Grid::new(rows)
        .set_grid(widths.clone())
        .width(TEXT_WIDTH, WidthType::Dxa)
        .layout(TableLayoutType::Fixed)
        .margins(TableCellMargins::new().margin(40, 50, 40, 50))
        .set_borders(borders)
}

fn styled(word: Docx, view: &View<'_>) -> Docx {
    let main = view.colour.as_deref().map_or(BLUE, |colour| colour.trim_start_matches('#'));
    let fonts = RunFonts::new().ascii("Arial").hi_ansi("Arial").cs("Arial").east_asia("Arial");
    let spacing = |before, after| LineSpacing::new().before(before).after(after);
    // Contents stay on the first page.
    let tight = |after| spacing(0, after).line(240).line_rule(LineSpacingType::Auto);
    let style = |id: &str, name: &str| Style::new(id, StyleType::Paragraph).name(name);
    let heading = |id: &str, name: &str, size, level| {
        style(id, name)
            .based_on("Normal")
            .next("Normal")
            .q_format(true)
            .size(size)
            .bold()
            .color(main)
            .outline_lvl(level)
            .line_spacing(spacing(320, 120))
    };
    let normal = style("Normal", "Normal")
        .size(if view.plain { 28 } else { 22 })
        .line_spacing(spacing(0, 140).line(276).line_rule(LineSpacingType::Auto));
    let based = |id: &str, name: &str| style(id, name).based_on("Normal");
    let bullet = Level::new(
        0,
        Start::new(1),
        NumberFormat::new("bullet"),
        LevelText::new("•"),
        LevelJc::new("left"),
    )
    .indent(Some(420), Some(SpecialIndentType::Hanging(280)), None, None);
    let step = Level::new(
        0,
        Start::new(1),
        NumberFormat::new("decimal"),
        LevelText::new("%1."),
        LevelJc::new("left"),
    )
    .indent(Some(420), Some(SpecialIndentType::Hanging(420)), None, None);
    word.default_fonts(fonts)
        .default_size(22)
        .add_style(normal)
        .add_style(heading("Heading1", "heading 1", 34, 0))
        .add_style(heading("Heading2", "heading 2", 28, 1))
        .add_style(
            based("Title", "Title").size(56).bold().color(main).line_spacing(spacing(600, 120)),
        )
        .add_style(based("Subtitle", "Subtitle").size(28).color(SOFT))
        .add_style(
            based("ContentsHeading", "Contents Heading")
                .size(28)
                .bold()
                .color(main)
                .line_spacing(spacing(240, 80)),
        )
        .add_style(based("TOC1", "toc 1").size(19).line_spacing(tight(20)))
        .add_style(
            based("TOC2", "toc 2")
                .size(19)
                .indent(Some(280), None, None, None)
                .line_spacing(tight(10)),
        )
        .add_style(based("Lead", "Lead").size(26))
        .add_style(based("Note", "Note").size(18).color(SOFT))
        .add_style(based("Gap", "Gap").size(8).line_spacing(spacing(0, 40).line(160)))
        .add_style(based("Alert", "Alert").indent(Some(200), None, None, None))
        .add_style(based("ListParagraph", "List Paragraph").line_spacing(spacing(0, 80)))
        .add_style(based("BigNumber", "Big Number").line_spacing(spacing(40, 40)))
        .add_style(based("Caption", "caption").bold().size(20).line_spacing(spacing(200, 80)))
        .add_style(based("Picture", "Picture").line_spacing(spacing(120, 200)))
        .add_style(based("Cell", "Table Cell").size(18).line_spacing(spacing(0, 0)))
        .add_style(
            based("Quote", "Quote")
                .italic()
                .indent(Some(300), None, Some(300), None)
                .line_spacing(spacing(100, 20)),
        )
        .add_style(based("QuoteSource", "Quote Source").size(19).color(SOFT).indent(
            Some(300),
            None,
            None,
            None,
        ))
        .add_style(
            based("ToWrite", "To Write")
                .color(SOFT)
                .indent(Some(200), None, None, None)
                .line_spacing(spacing(120, 900)),
        )
        .add_abstract_numbering(AbstractNumbering::new(BULLETS).add_level(bullet))
        .add_numbering(Numbering::new(BULLETS, BULLETS))
        .add_abstract_numbering(AbstractNumbering::new(STEPS).add_level(step))
        .add_numbering(Numbering::new(STEPS, STEPS))
}
