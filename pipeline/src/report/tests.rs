//! What a report promises: the same figures on the page and in Word, nothing hidden told, nothing
//! run, the same bytes twice.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use heard_models::recoding::Change;

use super::fixture::{chosen, evidence, facts, findings};
use super::{Block, Drawn, Facts, Material, View, draw};
use crate::config::ChartChoice;
use crate::tables::evidence::{Breakdown, Cell, Dimension, Evidence, Split};

const HIDDEN: Split = Split {
    positive: Cell::Hidden,
    negative: Cell::Hidden,
    mixed: Cell::Hidden,
    neutral: Cell::Hidden,
};

fn with_view<T>(evidence: &Evidence, then: impl FnOnce(&View<'_>, &[Drawn]) -> T) -> T {
    let drawn = draw(evidence, ChartChoice::All).unwrap();
    with_facts(evidence, &drawn, &facts(), |view| then(view, &drawn))
}

fn with_facts<T>(
    evidence: &Evidence,
    drawn: &[Drawn],
    facts: &Facts,
    then: impl FnOnce(&View<'_>) -> T,
) -> T {
    with_material(evidence, |material| then(&View::new(&Material { facts, drawn, ..material })))
}

/// What a report on this evidence is made from, without charts.
fn with_material<T>(evidence: &Evidence, then: impl FnOnce(Material<'_>) -> T) -> T {
    let (facts, findings, chosen) = (facts(), findings(evidence), chosen());
    then(Material { evidence, facts: &facts, findings: &findings, chosen: &chosen, drawn: &[] })
}

/// The words of the page for the people whose words these are.
fn words_of_plain_page(evidence: &Evidence, findings: bool) -> String {
    with_material(evidence, |material| {
        let findings = if findings { material.findings } else { &[] };
        let view = super::plain(&Material { findings, ..material });
        words_of_page(&super::html(&view).unwrap())
    })
}

fn parts(docx: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut part = archive.by_index(at).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (part.name().to_owned(), bytes)
        })
        .collect()
}

fn document(docx: &[u8]) -> String {
    String::from_utf8(parts(docx).remove("word/document.xml").unwrap()).unwrap()
}

/// Every text that a view holds.
fn strings(value: &serde_json::Value, into: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => into.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings(item, into)),
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                if !matches!(name.as_str(), "svg" | "id" | "kind" | "sentiment" | "file_stem") {
                    strings(field, into);
                }
            }
        }
        _ => {}
    }
}

/// The words that a chart prints and tells.
fn words_of_chart(chart: &Drawn) -> String {
    let texts = regex::Regex::new("data-text=\"([^\"]*)\"").unwrap();
    let printed: Vec<&str> =
        texts.captures_iter(&chart.svg).map(|found| found.get(1).unwrap().as_str()).collect();
    assert!(!printed.is_empty());
    format!("{} {} {}", chart.title, chart.alt, printed.join(" "))
}

fn words_of_page(html: &str) -> String {
    let tags = regex::Regex::new("(?s)<style>.*?</style>|<svg.*?</svg>|<[^>]*>").unwrap();
    html_escape::decode_html_entities(&tags.replace_all(html, " ")).into_owned()
}

#[test]
fn a_chart_of_nothing_is_not_drawn_and_the_report_stands_without_it() {
    let mut empty = evidence(0, 0);
    empty.codebooks.clear();
    let drawn = draw(&empty, ChartChoice::All).unwrap();
    let empty_ones = ["themes", "sentiment", "themes_by_respondent_type"];
    assert!(!drawn.iter().any(|d| empty_ones.contains(&d.file_stem.as_str())));
    assert!(drawn.iter().all(|d| d.svg.starts_with("<svg") && d.png.starts_with(b"\x89PNG")));
    with_view(&empty, |view, _| {
        assert!(super::html(view).unwrap().contains("</html>"));
        assert!(!super::docx(view).unwrap().is_empty());
    });
}

#[test]
fn a_run_with_waves_and_columns_gets_their_charts_and_file_names_are_safe_and_apart() {
    let mut evidence = evidence(5, 1_200);
    let mut twin = evidence.codebooks[0].breakdowns[1].clone();
    twin.dimension = Dimension::Column(1);
    evidence.codebooks[0]
        .breakdowns
        .push(Breakdown { id: "By_Provider".to_owned(), ..twin.clone() });
    evidence.codebooks[0].breakdowns.push(Breakdown { id: "by_../etc".to_owned(), ..twin });
    let stems: Vec<String> =
        draw(&evidence, ChartChoice::All).unwrap().into_iter().map(|d| d.file_stem).collect();
    assert_eq!(
        stems,
        [
            "themes",
            "sentiment",
            "themes_by_respondent_type",
            "response_funnel",
            "change_between_waves",
            "themes_by_provider",
            "themes_by_provider_2",
            "themes_by____etc",
            "measure_minutes_late",
            "measures_and_standards",
            "stance_by_proposal",
            "standard_nice",
            "people_and_families",
            "themes_together",
        ]
    );
}

#[test]
fn headlines_are_findings_made_from_the_figures() {
    let drawn = draw(&evidence(5, 120), ChartChoice::All).unwrap();
    let title = |stem: &str| drawn.iter().find(|d| d.file_stem == stem).unwrap().title.clone();
    assert!(title("themes").ends_with("by 40 of 120 people (33%)"), "{}", title("themes"));
    assert!(title("sentiment").starts_with("Criticised most: "));
    assert_eq!(title("response_funnel"), "135 of 1,215 people invited replied (11%)");
    let change = title("change_between_waves");
    assert!(
        change.contains("that can be shown and tested, none changed from 2025 to 2026"),
        "{change}"
    );
}

#[test]
fn headlines_claim_no_more_than_the_figures_bear() {
    let title = |evidence: &Evidence, stem: &str| {
        let drawn = draw(evidence, ChartChoice::All).unwrap();
        drawn.into_iter().find(|d| d.file_stem == stem).unwrap().title
    };
    let few = title(&evidence(5, 12), "sentiment");
    assert!(few.starts_with("Too few people raised any one theme"), "{few}");
    let mut tied = evidence(5, 1_200);
    let clauses = &mut tied.codebooks[0].standards[0].clauses;
    clauses[1].respondents = clauses[0].respondents;
    let told = title(&tied, "standard_nice");
    assert!(told.contains("raised most are QS1") && told.contains("and QS2"), "{told}");
    assert!(told.contains(", each by 300 of 1,200 people (25%)"), "{told}");
    // Groups whose first themes are not the same, and no difference that is more than chance.
    let mut alike = evidence(2, 1_200);
    let by = &mut alike.codebooks[0].breakdowns[1];
    for (at, row) in by.rows.iter_mut().enumerate() {
        let counts: Vec<u64> =
            by.values.iter().enumerate().map(|(g, v)| v.base / 4 + (at + g) as u64 % 2).collect();
        let all = counts.iter().sum();
        row.all = Cell::shown(all, by.values.iter().map(|value| value.base).sum());
        for ((cell, count), value) in row.cells.iter_mut().zip(counts).zip(&by.values) {
            cell.raised = Cell::shown(count, value.base);
        }
    }
    let told = title(&alike, "themes_by_provider");
    assert!(
        told.starts_with("Of the 2 themes that can be shown and tested, none differs"),
        "{told}"
    );
}

#[test]
fn praised_most_is_only_what_more_people_praise_than_criticise() {
    let mut evidence = evidence(3, 120);
    let felt = |praise: u64, criticism: u64| {
        let base = praise + criticism;
        let cell = |count| Cell::shown(count, base);
        Split {
            positive: cell(praise),
            negative: cell(criticism),
            mixed: cell(0),
            neutral: cell(0),
        }
    };
    for (row, (praise, criticism)) in
        evidence.codebooks[0].themes.iter_mut().zip([(11, 18), (9, 3), (4, 0)])
    {
        row.sentiment = felt(praise, criticism);
    }
    let title = |evidence: &Evidence| {
        let drawn = draw(evidence, ChartChoice::All).unwrap();
        drawn.into_iter().find(|d| d.file_stem == "sentiment").unwrap().title
    };
    let told = title(&evidence);
    assert!(
        told.contains("praised most") && told.contains("(9 of the 12 who raised it)"),
        "{told}"
    );
    assert!(told.contains("(18 of the 29 who raised it)"), "{told}");
    evidence.codebooks[0].themes[1].sentiment = felt(3, 9);
    evidence.codebooks[0].themes[2].sentiment = felt(0, 4);
    assert!(!title(&evidence).contains("raised most") && !title(&evidence).contains("praised"));
}

#[test]
fn a_breakdown_of_which_everything_is_withheld_is_told_in_words_and_not_drawn() {
    let mut evidence = evidence(5, 120);
    for row in &mut evidence.codebooks[0].breakdowns[1].rows {
        row.cells.iter_mut().for_each(|cell| cell.raised = Cell::Hidden);
    }
    with_view(&evidence, |view, drawn| {
        assert!(!drawn.iter().any(|d| d.file_stem == "themes_by_provider"));
        let page = words_of_page(&super::html(view).unwrap());
        assert!(page.contains("Nothing can be compared by provider"));
        assert!(page.contains("There is no chart of it"));
        let empty = |block: &Block<'_>| matches!(block, Block::Table(t) if t.rows.is_empty());
        assert!(!view.sections.iter().flat_map(|s| &s.blocks).any(empty));
    });
}

#[test]
fn what_people_found_in_these_answers_counts_before_the_models_card() {
    use crate::review::study::{Accuracy, Figure, LEAST};
    let figure = |value| Figure { value, interval: None };
    let accuracy = |read, distinct| Accuracy {
        answers: distinct as u64,
        distinct,
        target: 40,
        read,
        blind: read,
        precision: figure(Some(0.08)),
        recall: figure(Some(0.5)),
        f1: figure(Some(0.1)),
        exact: figure(Some(0.1)),
        sentiment: figure(None),
        themes: Vec::new(),
    };
    let with = |read, distinct| {
        let accuracy = Some(accuracy(read, distinct));
        let mut facts = facts();
        facts.review =
            Some(crate::publish::Review { people: read as u64, codebook: Vec::new(), accuracy });
        facts.trust_the_sample();
        facts
    };
    assert!(facts().is_sure("theme_0", true));
    for draft in [true, false] {
        assert!(!with(LEAST, 300).is_sure("theme_0", draft), "the sample says 8%");
        assert!(with(200, 200).is_sure("theme_0", draft), "people read everything");
    }
    let (mut facts, good) =
        (with(LEAST, 300), Some(super::Measured { right: 0.8, low: 0.7, high: 0.9 }));
    facts.over_all = good;
    assert!(
        facts.is_sure("theme_0", true) && !facts.is_sure("theme_1", true),
        "the card still asks"
    );
    assert!(with(LEAST - 1, 300).is_sure("theme_0", true), "too few were read to tell");
}

#[test]
fn a_hidden_figure_is_in_no_headline_and_no_words() {
    let mut evidence = evidence(5, 1_200);
    let book = &mut evidence.codebooks[0];
    // 413 of 1,200 is nowhere else.
    book.themes[0].respondents = Cell::shown(413, 1_200);
    let shown = draw(&evidence, ChartChoice::All).unwrap();
    assert!(shown[0].title.contains("413") && shown[0].alt.contains("413"));
    let book = &mut evidence.codebooks[0];
    book.themes[0].respondents = Cell::Hidden;
    book.themes[0].sentiment = HIDDEN;
    let label = super::words::spoken(&book.themes[0].label);
    with_view(&evidence, |view, drawn| {
        for chart in &drawn[..2] {
            assert!(!chart.title.contains(&label), "{}", chart.title);
            assert!(!words_of_chart(chart).contains("413"));
        }
        let page = words_of_page(&super::html(view).unwrap());
        assert!(!page.contains("413") && page.contains("withheld"));
    });
}

#[test]
fn word_and_page_say_the_same() {
    with_view(&evidence(26, 1_200), |view, _| {
        let page = words_of_page(&super::html(view).unwrap());
        let docx = super::docx(view).unwrap();
        let tags = regex::Regex::new("<[^>]*>").unwrap();
        let document = document(&docx);
        let word =
            html_escape::decode_html_entities(&tags.replace_all(&document, " ")).into_owned();
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let (page, word) = (squeezed(&page), squeezed(&word));
        let mut texts = Vec::new();
        for section in &view.sections {
            texts.push(section.heading.clone());
            for block in &section.blocks {
                if !matches!(block, Block::Chart { .. }) {
                    strings(&serde_json::to_value(block).unwrap(), &mut texts);
                }
            }
        }
        assert!(texts.len() > 300);
        for text in texts {
            let text = squeezed(&super::package::readable(&text));
            assert!(word.contains(&text), "not in Word: {text}");
            assert!(page.contains(&text), "not on the page: {text}");
        }
    });
}

#[test]
fn words_are_shown_as_words_and_the_page_needs_nothing_from_outside() {
    with_view(&evidence(5, 120), |view, _| {
        let page = super::html(view).unwrap();
        assert!(page.contains("&lt;script&gt;alert(1)"));
        assert!(!page.contains("<script"));
        assert!(page.contains("default-src 'none'"));
        let links = regex::Regex::new(r#"(?:href|src)="([^"]*)""#).unwrap();
        for link in links.captures_iter(&page) {
            assert!(link[1].starts_with('#'), "{}", &link[1]);
        }
        assert!(!page.contains("@import") && !page.contains("url("));
        let document = document(&super::docx(view).unwrap());
        assert!(document.contains("&lt;script"));
    });
}

#[test]
fn ids_are_unique_links_lead_somewhere_and_headings_follow_in_order() {
    with_view(&evidence(26, 1_200), |view, _| {
        let page = super::html(view).unwrap();
        let find = |pattern: &str| -> Vec<String> {
            let pattern = regex::Regex::new(pattern).unwrap();
            pattern.captures_iter(&page).map(|found| found[1].to_owned()).collect()
        };
        let mut ids = find(r#"\bid="([^"]*)""#);
        for target in find(r##"href="#([^"]*)""##) {
            assert!(ids.contains(&target), "{target}");
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
        let levels = find("<h([1-6])[ >]");
        assert_eq!(levels[0], "1");
        for two in levels.windows(2) {
            assert!(two[1].parse::<u8>().unwrap() <= two[0].parse::<u8>().unwrap() + 1);
        }
        assert_eq!(find("<(main) ").len(), 1);
        assert_eq!(find("<(caption)>").len(), find("<(table) ").len());
        assert!(page.contains("lang=\"en-GB\""));
    });
}

#[test]
fn a_draft_says_so_on_the_page_in_word_and_on_each_chart_and_a_checked_report_does_not() {
    let mut evidence = evidence(5, 120);
    for draft in [true, false] {
        evidence.draft = draft;
        with_view(&evidence, |view, drawn| {
            assert_eq!(super::html(view).unwrap().contains(super::DRAFT), draft);
            let parts = parts(&super::docx(view).unwrap());
            let said = |kind: &str| {
                parts.iter().any(|(name, bytes)| {
                    name.starts_with(kind) && String::from_utf8_lossy(bytes).contains(super::DRAFT)
                })
            };
            assert_eq!(said("word/header"), draft);
            assert_eq!(said("word/footer"), draft);
            assert!(drawn.iter().all(|d| d.svg.contains(super::DRAFT) == draft));
        });
    }
}

#[test]
fn the_word_file_has_headings_header_rows_and_words_for_each_picture() {
    with_view(&evidence(5, 120), |view, drawn| {
        let docx = super::docx(view).unwrap();
        let document = document(&docx);
        assert_eq!(
            document.matches("<w:tbl>").count(),
            document.matches("<w:tblHeader />").count()
        );
        let pictures = document.matches("<pic:pic ").count();
        assert_eq!(pictures, drawn.len());
        for at in 1..=pictures {
            let numbered = format!("<wp:docPr id=\"{at}\" name=\"Figure {at}\" descr=\"");
            assert_eq!(document.matches(&numbered).count(), 1);
        }
        assert!(!document.contains("descr=\"\""));
        assert!(document.contains("<w:pStyle w:val=\"Heading1\" />"));
        assert!(
            document.contains("TOC \\o &quot;1-2&quot;") || document.contains("TOC \\o \"1-2\"")
        );
        for section in &view.sections {
            let name = format!("\"_Toc_{}\"", section.id.replace('-', "_"));
            assert_eq!(document.matches(&name).count(), 2, "{name}");
        }
        let parts = parts(&docx);
        let styles = String::from_utf8_lossy(&parts["word/styles.xml"]);
        assert!(styles.contains("<w:lang w:val=\"en-GB\" />"));
        let core = String::from_utf8_lossy(&parts["docProps/core.xml"]);
        assert!(core.contains("<dc:title>Home care in Exampleshire"));
        assert!(core.contains("Healthwatch &amp; Friends"));
        for (name, bytes) in &parts {
            let text = String::from_utf8_lossy(bytes);
            assert!(name.starts_with("word/media/") || quick_xml_reads(&text), "{name}");
        }
    });
}

fn quick_xml_reads(text: &str) -> bool {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

#[test]
fn the_same_evidence_gives_the_same_bytes() {
    let evidence = evidence(26, 1_200);
    let make = || {
        with_view(&evidence, |view, drawn| {
            let pictures: Vec<(String, Vec<u8>)> =
                drawn.iter().map(|d| (d.svg.clone(), d.png.clone())).collect();
            (super::html(view).unwrap(), super::docx(view).unwrap(), pictures)
        })
    };
    let (first, second) = (make(), make());
    assert!(first == second);
}

#[test]
fn a_report_without_quotes_findings_or_facts_still_stands() {
    let evidence = evidence(5, 12);
    let drawn = draw(&evidence, ChartChoice::All).unwrap();
    let (facts, chosen) = (Facts::default(), crate::tables::Chosen::default());
    let page = with_material(&evidence, |material| {
        let (facts, findings, chosen, drawn) = (&facts, &[], &chosen, drawn.as_slice());
        let bare = Material { facts, findings, chosen, drawn, ..material };
        super::html(&View::new(&bare)).unwrap()
    });
    assert!(page.contains("There are no key findings"));
    assert!(page.contains("no quote here"));
    assert!(page.contains("What people told us about their care"));
}

#[test]
fn facts_take_no_count_of_people_from_the_manifest() {
    let manifest = crate::manifest::Manifest {
        sources: vec![
            crate::manifest::Source { kind: "docx".to_owned(), rows: 7, ..Default::default() },
            crate::manifest::Source { kind: "csv".to_owned(), rows: 3, ..Default::default() },
            crate::manifest::Source { kind: "docx".to_owned(), rows: 1, ..Default::default() },
        ],
        ..Default::default()
    };
    let facts = Facts::new(&manifest);
    assert_eq!(facts.kinds, ["csv", "docx"]);
}

const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><rect width="120" height="40" fill="#990000"/></svg>"##;

#[test]
fn an_organisation_has_its_logo_and_colours_on_the_page_and_in_word() {
    let evidence = evidence(3, 120);
    let drawn = draw(&evidence, ChartChoice::All).unwrap();
    let mut facts = facts();
    facts.organisation.colour = Some("#990000".to_owned());
    facts.organisation.contact = Some("Telephone 01632 960 000".to_owned());
    facts.organisation.why = Some("The council asked us to.".to_owned());
    facts.logo = Some(crate::organisation::Logo::of(LOGO.as_bytes().to_vec()).unwrap());
    with_facts(&evidence, &drawn, &facts, |view| {
        let page = super::html(view).unwrap();
        assert!(page.contains("<img class=\"logo\" src=\"data:image&#x2f;svg+xml;base64,"));
        assert!(page.contains("alt=\"Healthwatch &amp; Friends of Exampleshire\""));
        assert!(page.contains("--blue: #990000;") && page.contains("01632 960 000"));
        assert!(page.contains("The council asked us to."));
        let parts = parts(&super::docx(view).unwrap());
        assert_eq!(parts["word/media/logo.svg"], LOGO.as_bytes());
        let document = String::from_utf8_lossy(&parts["word/document.xml"]);
        assert_eq!(document.matches("<asvg:svgBlip ").count(), 1);
        assert!(document.contains("descr=\"Healthwatch &amp;"));
        let types = String::from_utf8_lossy(&parts["[Content_Types].xml"]);
        assert!(types.contains("Extension=\"svg\""));
        let relations = String::from_utf8_lossy(&parts["word/_rels/document.xml.rels"]);
        assert!(relations.contains("rIdDrawing"));
        assert!(String::from_utf8_lossy(&parts["word/styles.xml"]).contains("990000"));
        for (name, bytes) in &parts {
            assert!(
                name.starts_with("word/media/") || quick_xml_reads(&String::from_utf8_lossy(bytes))
            );
        }
    });
}

#[test]
fn a_council_report_says_we_asked_you_said_we_did() {
    let evidence = evidence(5, 120);
    let drawn = draw(&evidence, ChartChoice::All).unwrap();
    let mut facts = facts();
    facts.organisation.style = Some("council".to_owned());
    with_facts(&evidence, &drawn, &facts, |view| {
        let chapters: Vec<&str> =
            view.sections.iter().filter(|s| s.level == 2).map(|s| s.heading.as_str()).collect();
        assert_eq!(chapters, ["Summary", "We asked", "You said", "We did", "Appendix"]);
        assert!(super::html(view).unwrap().contains("What could be better?"));
    });
}

#[test]
fn an_unsure_theme_is_no_finding_until_people_have_read_a_sample() {
    let mut evidence = evidence(5, 120);
    let facts = facts();
    let sure = evidence.findings_on(6, |theme| facts.is_sure(theme, true));
    assert!(!sure.is_empty() && sure.iter().all(|finding| finding.theme != "theme_1"));
    let drawn = draw(&evidence, ChartChoice::All).unwrap();
    let section = |evidence: &Evidence| {
        with_facts(evidence, &drawn, &facts, |view| {
            let found = view.sections.iter().find(|s| s.id == "key-findings").unwrap();
            serde_json::to_string(&found.blocks).unwrap()
        })
    };
    assert!(section(&evidence).contains("To be checked before they are repeated"));
    evidence.draft = false;
    assert!(!section(&evidence).contains("To be checked"));
}

#[test]
fn the_report_has_the_chapters_that_people_look_for() {
    with_view(&evidence(26, 1_200), |view, _| {
        let ids: Vec<&str> = view.sections.iter().map(|s| s.id.as_str()).collect();
        let wanted = [
            "summary",
            "key-findings",
            "why-and-how",
            "who-we-heard-from",
            "feeling",
            "themes",
            "in-detail",
            "group-1",
            "suggestions",
            "few-but-serious",
            "specification",
            "recommendations",
            "provider-response",
            "appendix",
            "codebook",
            "accuracy",
            "limits",
            "rules",
            "manifest",
        ];
        let mut rest = ids.iter();
        for id in wanted {
            assert!(rest.any(|found| *found == id), "{id} is not in its place in {ids:?}");
        }
        let numbers = view.sections[0].blocks.iter().find_map(|block| match block {
            Block::Numbers { items } => Some(items.len()),
            _ => None,
        });
        assert_eq!(numbers, Some(3));
    });
}

#[test]
fn figures_stand_beside_what_people_say_and_targets_are_left_to_people() {
    let evidence = evidence(5, 120);
    let mut facts = facts();
    facts.figures = vec![crate::specification::VisitFigure {
        theme: "theme_0".to_owned(),
        what: "Care workers in four weeks".to_owned(),
        figure: "9.4".to_owned(),
        period: "2026".to_owned(),
    }];
    let rows = super::contract::rows(&evidence, &facts);
    let row = rows.iter().find(|row| row.theme == "theme_0").unwrap();
    assert_eq!(row.figures, ["Care workers in four weeks: 9.4 (2026)"]);
    assert!(row.evidence().contains("40 of 120 (33%), 95% interval"));
    let table = super::contract::table(&rows).unwrap();
    let target = table.frame.column("target").unwrap();
    assert!(target.str().unwrap().iter().all(|cell| cell == Some("")));
}

#[test]
fn the_plain_page_speaks_in_short_sentences_without_percentages() {
    with_material(&evidence(5, 120), |material| {
        let view = super::plain(&material);
        let page = super::html(&view).unwrap();
        assert!(page.contains("<body class=\"plain\">") && !page.contains("<nav"));
        assert!(page.contains("aria-label=\"3 of 10 people\""));
        assert!(!words_of_page(&page).contains('%'));
        let mut lengths = Vec::new();
        for block in view.sections.iter().flat_map(|section| &section.blocks) {
            let texts: Vec<String> = match block {
                Block::Text { text } => vec![text.clone()],
                Block::List { items, .. } => items.clone(),
                Block::Tenths { label, .. } => vec![label.clone()],
                _ => continue,
            };
            for text in texts {
                let sentences = text.split_inclusive(['.', '?', ':']);
                lengths.extend(sentences.map(|s| s.split_whitespace().count()).filter(|n| *n > 0));
            }
        }
        let mean = lengths.iter().sum::<usize>() as f64 / lengths.len() as f64;
        assert!(mean <= 9.0 && lengths.iter().all(|n| *n <= 16), "{mean} {lengths:?}");
        assert!(!super::docx(&view).unwrap().is_empty());
    });
}

#[test]
fn the_papers_for_governance_are_filled_in_and_say_what_people_must_add() {
    let manifest = crate::manifest::Manifest {
        counts: crate::manifest::Counts { answers: 210, pii_residual: 3, ..Default::default() },
        ..Default::default()
    };
    let papers = super::governance::papers(&manifest, &facts()).unwrap();
    let names: Vec<&str> = papers.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["data-flows.docx", "dpia-draft.docx"]);
    for (name, bytes) in &papers {
        let document = document(bytes);
        assert!(document.contains("210") && document.contains("To be written"), "{name}");
        assert!(!parts(bytes).keys().any(|part| part.starts_with("word/header")));
    }
}

#[test]
fn a_column_of_words_beside_figures_wraps_at_the_left_on_the_page_and_in_word() {
    with_view(&evidence(5, 120), |view, _| {
        let tables = view.sections.iter().flat_map(|s| &s.blocks).filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        });
        let standard =
            tables.into_iter().find(|t| t.head.iter().any(|h| h == "Themes mapped to it"));
        assert_eq!(standard.unwrap().prose, [true, false, false, true]);
        let page = super::html(view).unwrap();
        assert!(page.contains("<th scope=\"col\" class=\"prose\">Themes mapped to it</th>"));
        let document = document(&super::docx(view).unwrap());
        let label = super::words::spoken(&evidence(5, 120).codebooks[0].themes[0].label);
        let at = document.rfind(&label).unwrap();
        let cell = &document[document[..at].rfind("<w:tc>").unwrap()..at];
        assert!(!cell.contains("w:val=\"right\""), "{cell}");
    });
}

#[test]
fn staff_are_not_told_about_their_care() {
    let mut evidence = evidence(5, 120);
    evidence.staff = true;
    let page = words_of_plain_page(&evidence, true);
    assert!(!page.contains("How you feel") && !page.contains("your care"), "{page}");
    evidence.funnel.invited = None;
    evidence.funnel.response_rate = None;
    let drawn = draw(&evidence, ChartChoice::All).unwrap();
    let funnel = drawn.iter().find(|d| d.file_stem == "response_funnel").unwrap();
    assert!(funnel.title.ends_with("said something about their work"), "{}", funnel.title);
}

#[test]
fn the_plain_page_gives_figures_to_the_most_raised_themes_whichever_are_sure() {
    let evidence = evidence(8, 1_200);
    let page = words_of_plain_page(&evidence, false);
    for theme in &evidence.codebooks[0].themes[1..5] {
        assert!(page.contains(&format!("people talked about this: {}.", theme.label)), "{page}");
    }
}

#[test]
fn a_theme_that_others_came_to_covers_them_and_is_no_surer_than_the_least_sure() {
    let mut facts = facts();
    let low = |facts: &Facts, id: &str| facts.precisions[id].low;
    facts.precisions.get_mut("theme_1").unwrap().low = 0.1;
    facts.definitions = ["theme_0", "theme_1"].map(|id| (id.to_owned(), format!("{id}."))).into();
    let merge = Change::Merge { from: "theme_1".into(), into: "theme_0".into() };
    assert!(low(&facts, "theme_0") > 0.1);
    facts.follow(&[merge]);
    assert!((low(&facts, "theme_0") - 0.1).abs() < 1e-9);
    assert_eq!(facts.definitions["theme_0"], "theme_0. Also: theme_1.");
}
