//! The sections of a report, in the order in which they are read. Each file says what belongs into a
//! few of them; none of them counts anything.

mod closing;
mod further;
mod groups;
mod heard;
mod reported;
mod summary;
mod themes;

use super::view::{Block, View};
use super::{DRAFT, Material};

/// Title of a report that was given none.
const TITLE: &str = "What people told us about their care";

impl<'a> View<'a> {
    /// The report on this material.
    pub fn new(material: &Material<'a>) -> Self {
        let mut sections = vec![summary::section(material), heard::why_and_how(material)];
        sections.push(heard::section(material));
        sections.extend(further::responded(material));
        sections.push(themes::feeling(material));
        sections.push(themes::section(material));
        sections.extend(themes::other_codebooks(material));
        sections.extend(themes::differences(material));
        sections.extend(further::beyond_themes(material));
        sections.extend(groups::sections(material));
        sections.extend(reported::suggestions(material));
        sections.extend(reported::measures(material));
        sections.extend(reported::outcomes(material));
        sections.extend(reported::stance(material));
        sections.extend(further::standards(material));
        sections.extend(further::unnamed(material));
        sections.push(closing::for_a_person(material));
        sections.push(closing::not_processed(material));
        sections.push(closing::method(material));
        sections.extend(closing::to_write());
        let title = material.facts.title.as_deref().map(str::trim).filter(|t| !t.is_empty());
        Self {
            title: title.unwrap_or(TITLE).to_owned(),
            organisation: material.facts.organisation.clone(),
            draft: material.evidence.draft.then(|| DRAFT.to_owned()),
            sections,
        }
    }
}

/// The chart with this file name, as a block.
fn chart<'a>(material: &Material<'a>, stem: &str) -> Option<Block<'a>> {
    let drawn = material.drawn.iter().find(|drawn| drawn.file_stem == stem)?;
    Some(Block::Chart { drawn })
}
