//! Finishes a Word file: what `docx-rs` cannot say (alternative texts, header rows, language, title)
//! is added to its parts, which are then packed small and always the same.

use std::fmt::Write as _;
use std::io::{Cursor, Read, Write};

use docx_rs::XMLDocx;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::Error;
use super::docx::LOGO;

/// What is added to the parts.
pub(super) struct Finish<'a> {
    /// Title of the document.
    pub(super) title: &'a str,
    /// Who publishes it.
    pub(super) author: &'a str,
    /// Alternative text of each picture, in their order.
    pub(super) alternatives: &'a [String],
    /// An SVG that stands in place of the logo's picture.
    pub(super) drawing: Option<&'a [u8]>,
}

/// The file's bytes.
pub(super) fn pack(mut parts: XMLDocx, finish: &Finish<'_>) -> Result<Vec<u8>, Error> {
    parts.document = with_header_rows(&with_alternatives(
        &String::from_utf8_lossy(&parts.document),
        finish.alternatives,
    ))
    .into_bytes();
    parts.styles = in_english(&String::from_utf8_lossy(&parts.styles)).into_bytes();
    parts.doc_props.core =
        titled(&String::from_utf8_lossy(&parts.doc_props.core), finish).into_bytes();
    let mut loose = Cursor::new(Vec::new());
    parts.pack(&mut loose)?;
    compress(loose, finish.drawing)
}

/// Each picture gets its own number and its words.
fn with_alternatives(document: &str, alternatives: &[String]) -> String {
    const BARE: &str = "<wp:docPr id=\"1\" name=\"Figure\" />";
    let mut out = String::with_capacity(document.len() + 4096);
    let mut words = alternatives.iter();
    for (at, piece) in document.split(BARE).enumerate() {
        if at > 0 {
            let text = words.next().map_or("", String::as_str);
            let text = escaped(text);
            let _ = write!(out, "<wp:docPr id=\"{at}\" name=\"Figure {at}\" descr=\"{text}\" />");
        }
        out.push_str(piece);
    }
    out
}

/// The first row of each table is its header: repeated on each page, and told to screen readers.
fn with_header_rows(document: &str) -> String {
    let mut tables = document.split("<w:tbl>");
    let mut out = tables.next().unwrap_or_default().to_owned();
    for table in tables {
        out.push_str("<w:tbl>");
        out.push_str(&table.replacen("<w:cantSplit />", "<w:cantSplit /><w:tblHeader />", 1));
    }
    out
}

/// Leaves out the paragraphs' ids, which `docx-rs` counts up from one document to the next. Only
/// comments need them.
fn without_ids(part: &str) -> String {
    const ID: &str = " w14:paraId=\"";
    let mut pieces = part.split(ID);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str(piece.split_once('"').map_or("", |(_, rest)| rest));
    }
    out
}

fn in_english(styles: &str) -> String {
    styles.replacen("<w:rPrDefault><w:rPr>", "<w:rPrDefault><w:rPr><w:lang w:val=\"en-GB\" />", 1)
}

fn titled(core: &str, finish: &Finish<'_>) -> String {
    let end = "</cp:coreProperties>";
    let more = format!(
        "<dc:language>en-GB</dc:language><dc:title>{}</dc:title>{end}",
        escaped(finish.title)
    );
    let author = escaped(finish.author);
    core.replacen(end, &more, 1)
        .replace(">unknown</dc:creator>", &format!(">{author}</dc:creator>"))
        .replace(">unknown</cp:lastModifiedBy>", &format!(">{author}</cp:lastModifiedBy>"))
}

/// For an attribute or text of XML; what XML forbids is left out.
fn escaped(text: &str) -> String {
    html_escape::encode_quoted_attribute(&readable(text)).into_owned()
}

/// Text without the characters that XML forbids.
pub(super) fn readable(text: &str) -> String {
    let bad = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{FFFE}' | '\u{FFFF}')
    };
    text.chars().filter(|c| !bad(*c)).collect()
}

/// A part that knows of the vector logo: its type, its relation, its place beside the picture that
/// programs without vectors show.
fn with_drawing(name: &str, part: String) -> String {
    match name {
        "[Content_Types].xml" => part.replacen(
            "</Types>",
            "<Default Extension=\"svg\" ContentType=\"image/svg+xml\" /></Types>",
            1,
        ),
        "word/_rels/document.xml.rels" => part.replacen(
            "</Relationships>",
            "<Relationship Id=\"rIdDrawing\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image\" Target=\"media/logo.svg\" /></Relationships>",
            1,
        ),
        "word/document.xml" => {
            let bare = format!("<a:blip r:embed=\"{LOGO}\" />");
            let full = format!("<a:blip r:embed=\"{LOGO}\"><a:extLst><a:ext uri=\"{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}\"><asvg:svgBlip xmlns:asvg=\"http://schemas.microsoft.com/office/drawing/2016/SVG/main\" r:embed=\"rIdDrawing\" /></a:ext></a:extLst></a:blip>");
            part.replacen(&bare, &full, 1)
        }
        _ => part,
    }
}

fn compress(loose: Cursor<Vec<u8>>, drawing: Option<&[u8]>) -> Result<Vec<u8>, Error> {
    let mut loose = ZipArchive::new(loose)?;
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..loose.len() {
        let mut part = loose.by_index(at)?;
        if part.is_dir() {
            continue;
        }
        // Pictures are compressed already.
        let picture = part.name().starts_with("word/media/");
        let method = if picture { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default());
        packed.start_file(part.name().to_owned(), options)?;
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes)?;
        if !picture {
            let text = without_ids(&String::from_utf8_lossy(&bytes));
            bytes =
                if drawing.is_some() { with_drawing(part.name(), text) } else { text }.into_bytes();
        }
        packed.write_all(&bytes)?;
    }
    if let Some(drawing) = drawing {
        let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
        packed.start_file("word/media/logo.svg", options)?;
        packed.write_all(drawing)?;
    }
    Ok(packed.finish()?.into_inner())
}
