//! The sections of a report, in the order in which they are read. Each file says what belongs into a
//! few of them; none of them counts anything.

mod appendix;
mod checked;
mod closing;
mod decisions;
mod further;
pub(super) mod groups;
mod heard;
mod reported;
mod summary;
pub(super) mod themes;

use super::Material;
use super::part::Part;
use super::view::{Block, Section, View};
use crate::organisation::Style;

impl<'a> View<'a> {
    /// The report on this material.
    pub fn new(material: &Material<'a>) -> Self {
        let sections = match material.facts.style() {
            Style::Report => report(material),
            Style::Council => council(material),
        };
        Self::of(material.facts, title(material), material.evidence.draft, sections)
    }

    /// The report on one provider, area, ...: what the whole report shows of it and no more.
    pub fn of_part(material: &Material<'a>, part: &Part) -> Self {
        let mut sections = vec![summary::of_part(material, part), summary::findings(material)];
        sections.push(themes::feeling(material));
        sections.push(themes::of_part(material, part));
        sections.extend(groups::sections(material));
        sections.extend(reported::serious(material));
        sections.extend(decisions::recommendations(material));
        sections.push(appendix::of_part(material, part));
        let title = format!("{}: {}", title(material), part.label);
        Self::of(material.facts, title, material.evidence.draft, sections)
    }
}

/// The title that was given, or one for any report.
pub(super) fn title(material: &Material<'_>) -> String {
    let facts = material.facts;
    let given = facts.organisation.title.as_deref().map(str::trim).filter(|t| !t.is_empty());
    given.map_or_else(|| format!("What people told us about {}", facts.subject()), str::to_owned)
}

fn report<'a>(material: &Material<'a>) -> Vec<Section<'a>> {
    let mut sections = vec![summary::section(material), summary::findings(material)];
    sections.push(heard::why_and_how(material));
    sections.push(heard::section(material));
    sections.extend(further::responded(material));
    sections.push(themes::feeling(material));
    sections.extend(what_was_said(material));
    sections.push(closing::for_a_person(material));
    sections.extend(decisions::specification(material));
    sections.extend(decisions::recommendations(material));
    sections.extend(appendix::sections(material));
    sections
}

/// What people raised, in general and in detail.
fn what_was_said<'a>(material: &Material<'a>) -> Vec<Section<'a>> {
    let mut sections = vec![themes::section(material)];
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
    sections.extend(reported::serious(material));
    sections
}

/// "We asked, you said, we did."
fn council<'a>(material: &Material<'a>) -> Vec<Section<'a>> {
    let mut sections = vec![summary::section(material)];
    sections.push(heard::we_asked(material).on_new_page());
    sections.push(heard::why_and_how(material).below());
    sections.push(heard::section(material).below());
    sections.extend(further::responded(material).map(Section::below));
    sections.push(decisions::you_said(material).on_new_page());
    sections.push(summary::findings(material).below());
    sections.push(themes::feeling(material).below());
    sections.extend(what_was_said(material).into_iter().map(Section::below));
    sections.push(closing::for_a_person(material).below());
    sections.push(decisions::we_did(material).on_new_page());
    sections.extend(decisions::specification(material).map(Section::below));
    sections.extend(appendix::sections(material));
    sections
}

/// The chart with this file name, as a block.
fn chart<'a>(material: &Material<'a>, stem: &str) -> Option<Block<'a>> {
    let drawn = material.drawn.iter().find(|drawn| drawn.file_stem == stem)?;
    Some(Block::Chart { drawn })
}
