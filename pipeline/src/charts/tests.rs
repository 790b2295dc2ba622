//! What holds for every chart, whatever it is given: words neither cut nor overlapping, well-formed
//! SVG, the same bytes twice, a plain word where there is nothing to show.

use proptest::prelude::*;

use super::picture::{Line, Mark};
use super::*;

const NAMES: [&str; 6] = [
    "Medicines",
    "Communication with the office when plans change or a worker is late",
    "Joined-up working with nurses/GPs/pharmacists/therapists",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochandthelongestwordever",
    "Cost & charges <over £100>",
    "Visits",
];

fn frame(draft: bool) -> Frame {
    Frame {
        headline: "Late visits were raised by 3 in 5 & \"more\" than <any> other theme of all"
            .into(),
        subtitle: "Share of respondents, home care survey, 2026".into(),
        source_note: "Source: home care survey".into(),
        alt_text: "Bars: <late> visits & others.".into(),
        draft,
    }
}

fn base() -> Base {
    Base { n: 1_234, of: "respondents".into() }
}

fn shown(count: u64, percent: f64) -> Figure {
    let (low, high) = ((percent - 4.0).max(0.0), (percent + 4.0).min(100.0));
    Figure::Shown(Share { count, percent, low, high })
}

/// A figure from two numbers: withheld now and then.
fn figure(i: usize, seed: u64) -> Figure {
    let part = (seed.wrapping_mul(31).wrapping_add(i as u64 * 17)) % 101;
    if part.is_multiple_of(9) { Figure::Withheld } else { shown(seed % 70_000 + part, part as f64) }
}

/// Every chart with so many rows and groups.
#[expect(clippy::too_many_lines, reason = "one of each chart")]
fn charts(rows: usize, groups: usize, seed: u64) -> Vec<Box<dyn Chart>> {
    let name = |i: usize| NAMES[(i + seed as usize % 6) % 6].to_owned();
    let count = |i: usize| figure(i, seed).share().map(|share| share.count);
    let draft = seed.is_multiple_of(2);
    vec![
        Box::new(Themes {
            frame: frame(draft),
            rows: (0..rows).map(|i| ThemeRow { name: name(i), figure: figure(i, seed) }).collect(),
            base: base(),
        }),
        Box::new(Sentiment {
            frame: frame(draft),
            rows: (0..rows)
                .map(|i| SentimentRow {
                    name: name(i),
                    negative: count(i),
                    mixed: count(i + 1),
                    positive: count(i + 2),
                })
                .collect(),
            base: base(),
        }),
        Box::new(ByGroup {
            frame: frame(draft),
            groups: (0..groups).map(|i| Group { name: name(i), n: count(i) }).collect(),
            rows: (0..rows)
                .map(|i| GroupRow {
                    name: name(i),
                    figures: (0..groups).map(|j| figure(i * 7 + j, seed)).collect(),
                    differs: (0..groups).map(|j| (i + j) % 5 == 0).collect(),
                })
                .collect(),
            base: base(),
        }),
        Box::new(Funnel {
            frame: frame(draft),
            steps: (0..rows.min(6))
                .map(|i| Step { name: name(i), short: "those asked".into(), count: seed >> i })
                .collect(),
        }),
        Box::new(Change {
            frame: frame(draft),
            earlier: ("Spring 2025".into(), base()),
            later: ("Spring 2026".into(), base()),
            rows: (0..rows)
                .map(|i| ChangeRow {
                    name: name(i),
                    earlier: figure(i, seed),
                    later: figure(i + 3, seed),
                    verdict: [Verdict::Clear, Verdict::Unclear, Verdict::Untested][i % 3],
                })
                .collect(),
            sides: [Sides::Times, Sides::Groups][seed as usize % 2],
        }),
        Box::new(Histogram {
            frame: frame(draft),
            measure: "Minutes late".into(),
            bins: (0..rows)
                .map(|i| Bin { from: i as f64 * 5.0, to: i as f64 * 5.0 + 5.0, count: count(i) })
                .collect(),
            whole: draft,
            open_above: seed.is_multiple_of(3),
            standard: Some(Standard { value: 15.0, label: "Standard: within 15 minutes".into() }),
            base: base(),
        }),
        Box::new(Agreement {
            frame: frame(draft),
            rows: (0..rows)
                .map(|i| {
                    let share = figure(i, seed).share().copied();
                    let bounds = share.map(|s| (s.low / 100.0, s.high / 100.0));
                    AgreementRow {
                        name: name(i),
                        f1: share.map_or(0.0, |s| s.percent / 100.0),
                        interval: bounds.filter(|_| i % 3 > 0),
                        support: share.map_or(0, |s| s.count),
                    }
                })
                .collect(),
            base: base(),
        }),
        Box::new(Bars {
            frame: frame(draft),
            sections: (0..rows)
                .collect::<Vec<_>>()
                .chunks(groups.max(1))
                .enumerate()
                .map(|(at, part)| BarSection {
                    title: if at % 3 == 1 { String::new() } else { name(at) },
                    about: if draft { "Who gave a number: n = 23".into() } else { String::new() },
                    rows: part
                        .iter()
                        .map(|i| BarRow {
                            name: name(*i),
                            figure: figure(*i, seed),
                            mark: seed.is_multiple_of(3).then_some((i * 13 % 100) as f64),
                        })
                        .collect(),
                })
                .collect(),
            key: draft.then(|| ["Share of replies".into(), "Share of people".into()]),
            notes: vec!["Best fit: a judgement.".into()],
            base: base(),
        }),
        Box::new(Process {
            frame: frame(draft),
            measure: "Share of respondents".into(),
            points: (0..rows)
                .map(|i| Point {
                    month: format!("20{}-{:02}", 24 + i / 12, i % 12 + 1),
                    figure: figure(i, seed),
                    signal: i % 7 == 3,
                })
                .collect(),
            centre: (seed % 101) as f64,
            limits: ((seed % 101) as f64 * 0.9, ((seed % 101) as f64 * 1.1).min(100.0)),
            base: base(),
        }),
    ]
}

fn lines(picture: &Picture) -> Vec<&Line> {
    let text = |mark: &'_ Mark| matches!(mark, Mark::Text(_));
    assert!(picture.marks.iter().any(text));
    picture
        .marks
        .iter()
        .filter_map(|mark| if let Mark::Text(line) = mark { Some(line) } else { None })
        .collect()
}

fn words(picture: &Picture) -> String {
    lines(picture).iter().map(|line| line.words.as_str()).collect::<Vec<_>>().join("\n")
}

/// Left, right, top and bottom of a line's letters.
fn bounds(line: &Line) -> [f64; 4] {
    let right = line.x + line.face.width(&line.words, line.size);
    [line.x, right, line.baseline - 0.73 * line.size, line.baseline + 0.22 * line.size]
}

fn assert_tidy(picture: &Picture) -> Result<(), TestCaseError> {
    let lines: Vec<_> = lines(picture).into_iter().map(|line| (line, bounds(line))).collect();
    for (i, (a, own)) in lines.iter().enumerate() {
        let [left, right, top, bottom] = *own;
        let inside =
            left >= 0.0 && right <= picture.width && top >= 0.0 && bottom <= picture.height;
        prop_assert!(inside, "outside the sheet: {}", a.words);
        for (b, other) in &lines[..i] {
            let apart =
                right <= other[0] || other[1] <= left || bottom <= other[2] || other[3] <= top;
            prop_assert!(apart, "{:?} runs into {:?}", a.words, b.words);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn no_text_is_cut_or_runs_into_another(
        rows in 0_usize..28, groups in 0_usize..9, seed in 0_u64..200_000
    ) {
        for chart in charts(rows, groups, seed) {
            assert_tidy(&chart.picture().unwrap())?;
        }
    }
}

#[test]
fn every_letter_of_a_long_name_is_on_the_chart() {
    for (i, chart) in charts(6, 6, 600).iter().enumerate().filter(|(i, _)| *i != 5 && *i != 8) {
        let found: String = words(&chart.picture().unwrap()).split_whitespace().collect();
        for name in NAMES {
            let name: String = name.split_whitespace().collect();
            assert!(found.contains(&name), "{name} in chart {i}");
        }
    }
}

#[test]
fn the_svg_is_well_formed_and_speaks_to_screen_readers() {
    for chart in charts(5, 3, 41) {
        let svg = chart.svg().unwrap();
        let mut reader = quick_xml::Reader::from_str(&svg);
        reader.config_mut().check_end_names = true;
        let mut ids = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                    for attribute in tag.attributes() {
                        let attribute = attribute.unwrap();
                        if attribute.key.as_ref() == b"id" {
                            ids.push(attribute.value.into_owned());
                        }
                    }
                }
                _ => {}
            }
        }
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all, "an id twice");
        assert!(svg.contains("role=\"img\"") && svg.contains("aria-labelledby=\"chart-"));
        assert!(svg.contains(">Bars: &lt;late&gt; visits &amp; others.</desc>"));
        assert!(svg.contains("&quot;more&quot; than &lt;any&gt; other theme of all</title>"));
        assert!(!svg.contains("<text") && !svg.contains("font-family"), "a font is needed");
    }
}

#[test]
fn the_png_has_the_size_of_the_layout() {
    for chart in charts(5, 3, 42) {
        let (width, height) = chart.picture().unwrap().pixels().unwrap();
        let file = chart.png().unwrap();
        let reader = ::png::Decoder::new(file.as_slice()).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (width, height));
        assert!(width >= 1_800);
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for (a, b) in charts(9, 5, 77).iter().zip(charts(9, 5, 77)) {
        assert_eq!(a.svg().unwrap(), b.svg().unwrap());
        assert_eq!(a.png().unwrap(), b.png().unwrap());
    }
}

#[test]
fn charts_grow_with_their_rows_and_tell_when_they_are_empty() {
    for (i, (short, long)) in charts(4, 3, 40).iter().zip(charts(20, 3, 40)).enumerate() {
        let (short, long) = (short.picture().unwrap(), long.picture().unwrap());
        assert!(long.height > short.height || i == 5 || i == 8);
    }
    for chart in charts(0, 0, 40) {
        assert!(words(&chart.picture().unwrap()).contains("Nothing to show: "));
        assert!(chart.png().is_ok());
    }
}

#[test]
fn source_n_and_draft_stand_at_the_foot() {
    for (i, chart) in charts(5, 3, 40).iter().enumerate() {
        let words = words(&chart.picture().unwrap());
        assert!(words.contains("Source: home care survey"));
        assert!(words.contains("n\u{a0}=\u{a0}1,234 respondents.") || i == 3, "chart {i}");
        assert!(words.ends_with("\nDraft: coded by computer"));
    }
    for chart in charts(5, 3, 41) {
        assert!(!words(&chart.picture().unwrap()).contains("Draft"));
    }
}

#[test]
fn themes_come_largest_first_and_withheld_ones_last_without_a_number() {
    let row = |name: &str, figure| ThemeRow { name: name.into(), figure };
    let rows = vec![
        row("Small", shown(3, 2.5)),
        row("Hidden", Figure::Withheld),
        row("Large", shown(41, 34.2)),
    ];
    let picture = Themes { frame: frame(false), rows, base: base() }.picture().unwrap();
    let words = words(&picture);
    let order: Vec<&str> = words
        .lines()
        .filter(|line| ["Small", "Hidden", "Large", "3 (2%)", "41 (34%)", "c"].contains(line))
        .collect();
    assert_eq!(order, ["Large", "41 (34%)", "Small", "3 (2%)", "Hidden", "c"]);
    assert!(words.contains("c: withheld"));
}

#[test]
fn a_difference_is_only_called_one_where_the_test_says_so() {
    let row = |verdict| ChangeRow {
        name: "Medicines".into(),
        earlier: shown(40, 34.0),
        later: shown(50, 41.0),
        verdict,
    };
    let say = |verdict| {
        let (earlier, later) = (("2025".to_owned(), base()), ("2026".to_owned(), base()));
        let chart = Change {
            frame: frame(false),
            earlier,
            later,
            rows: vec![row(verdict)],
            sides: Sides::Times,
        };
        words(&chart.picture().unwrap())
    };
    assert!(say(Verdict::Clear).contains("34% to 41%\nup 7 points"));
    assert!(say(Verdict::Unclear).contains("34% to 41%\nno clear change"));
    assert!(say(Verdict::Untested).contains("34% to 41%\nnot tested"));
}

#[test]
fn impossible_figures_are_refused_by_row() {
    let bad = Figure::Shown(Share { count: 1, percent: f64::NAN, low: 0.0, high: 1.0 });
    let rows = vec![
        ThemeRow { name: "A".into(), figure: shown(1, 1.0) },
        ThemeRow { name: "B".into(), figure: bad },
    ];
    let error = Themes { frame: frame(false), rows, base: base() }.svg().unwrap_err();
    assert!(matches!(error, Error::OutOfRange { chart: "themes", row: 2 }));

    let group = Group { name: "Families".into(), n: None };
    let row = GroupRow { name: "A".into(), figures: vec![], differs: vec![] };
    let chart = ByGroup { frame: frame(false), groups: vec![group], rows: vec![row], base: base() };
    assert!(matches!(chart.svg().unwrap_err(), Error::Uneven { row: 1, found: 0, expected: 1 }));

    let bin = |from, to| Bin { from, to, count: Some(1) };
    let chart = Histogram {
        frame: frame(false),
        measure: "Minutes".into(),
        bins: vec![bin(0.0, 5.0), bin(6.0, 9.0)],
        whole: false,
        open_above: false,
        standard: None,
        base: base(),
    };
    assert!(matches!(chart.png().unwrap_err(), Error::Bins { row: 2 }));
}

#[test]
fn a_withheld_figure_says_between_what_it_lies() {
    let said = |low, high| Figure::Between(low, high).withheld();
    assert_eq!(said(0.0, 6.9), "<7%");
    assert_eq!(said(4.8, 7.1), "5–7%");
    assert_eq!(said(10.1, 10.3), "about 10%");
    assert_eq!(said(12.2, 54.0), "12%+");
    assert_eq!(Figure::Withheld.withheld(), "c");
}
