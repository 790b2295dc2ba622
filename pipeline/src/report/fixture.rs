//! Evidence invented for the tests of this room: a number of themes and of people, two waves, two
//! providers, small figures hidden.

use std::collections::BTreeMap;

use heard_models::words::{Direction, Domain, Polarity, Sentiment, Stance};

use super::{Agreement, Facts, Measured};
use crate::manifest::Versioned;
use crate::organisation::Organisation;
use crate::tables::Chosen;
use crate::tables::evidence::{
    Against, Bar, Bars, Breakdown, BreakdownCell, BreakdownRow, BreakdownValue, Cell, ClauseRow,
    CodebookEvidence, Dimension, Evidence, Finding, Funnel, Heard, MeasureRow, MeasureSummary,
    Named, OutcomeRow, Overall, Pair, Profile, QuestionRow, Quote, Split, StanceRow,
    StandardEvidence, ThemeRow, Unit, Unnamed,
};

/// (group, label) of themes as long and as short as they come.
const THEMES: [(&str, &str); 26] = [
    ("respect", "Continuity of care workers and the relationships that grow from it"),
    ("time", "Lateness and unreliable visit times"),
    ("respect", "Kindness, warmth and patience"),
    ("time", "Rushed or short visits"),
    ("voice_planning", "Communication with the office"),
    ("time", "Missed visits"),
    ("workforce", "Training and skills"),
    ("quality", "Personal care and hygiene"),
    ("quality", "Medication"),
    ("respect", "Dignity and privacy"),
    ("voice_planning", "Care planning and review"),
    ("system", "Cost and charges"),
    ("family", "Wellbeing of family and unpaid carers"),
    ("workforce", "Pay, travel time and zero-hours contracts"),
    ("system", "Waiting for care"),
    ("time", "Times that suit the rota"),
    ("quality", "Food and drink"),
    ("quality", "Safety and safeguarding"),
    ("voice_planning", "Complaints and being heard"),
    ("respect", "Language and culture"),
    ("family", "Respite"),
    ("system", "Working together with health services"),
    ("workforce", "Shortage of staff"),
    ("quality", "Keeping independence"),
    ("system", "Choice of provider"),
    ("voice_planning", "Information and advice"),
];

const GROUPS: [(&str, &str); 7] = [
    ("time", "Time and reliability"),
    ("respect", "Relationships and respect"),
    ("quality", "Quality, safety and outcomes"),
    ("voice_planning", "Planning, communication and voice"),
    ("workforce", "Workforce"),
    ("family", "Family and unpaid carers"),
    ("system", "System, money and access"),
];

fn cell(count: u64, base: u64) -> Cell {
    Cell::shown(count.min(base), base)
}

fn small_hidden(count: u64, base: u64) -> Cell {
    if count < 5 { Cell::Hidden } else { cell(count, base) }
}

fn split(base: u64, shape: u64) -> Split {
    let negative = base * (2 + shape % 5) / 10;
    let positive = (base - negative) * (3 + shape % 4) / 8;
    let mixed = (base - negative - positive) / 2;
    let neutral = base - negative - positive - mixed;
    Split {
        positive: cell(positive, base),
        negative: cell(negative, base),
        mixed: cell(mixed, base),
        neutral: cell(neutral, base),
    }
}

fn row(id: &str, label: &str, group: (&str, &str), raised: u64, people: u64) -> ThemeRow {
    ThemeRow {
        id: id.to_owned(),
        label: label.to_owned(),
        group: group.0.to_owned(),
        group_label: group.1.to_owned(),
        respondents: cell(raised, people),
        comments: cell(raised * 13 / 10, people * 2),
        sentiment: split(raised, raised),
        comment_sentiment: split(raised * 13 / 10, raised),
    }
}

fn value(label: &str, base: u64, all: u64) -> BreakdownValue {
    let merged = if label.starts_with("Other") { 3 } else { 1 };
    let named = merged == 1 && !label.starts_with("Not ");
    BreakdownValue { label: label.to_owned(), base, share: base as f64 / all as f64, merged, named }
}

fn breakdown(
    (id, label, dimension): (&str, &str, Dimension),
    parts: &[(&str, u64)],
    themes: &[ThemeRow],
) -> Breakdown {
    let all = parts.iter().map(|(_, base)| base).sum();
    let rows = themes
        .iter()
        .enumerate()
        .map(|(at, theme)| BreakdownRow {
            id: theme.id.clone(),
            label: theme.label.clone(),
            group: theme.group.clone(),
            all: theme.respondents,
            cells: parts
                .iter()
                .enumerate()
                .map(|(place, (_, base))| {
                    let share = theme.respondents.share().unwrap_or_default();
                    let tilt = 0.6 + 0.3 * ((at + place * 2) % 4) as f64;
                    let raised = (share * tilt * *base as f64) as u64;
                    BreakdownCell {
                        raised: small_hidden(raised, *base),
                        between: (raised < 5).then_some((0, 4)),
                        sentiment: split(raised, 3),
                    }
                })
                .collect(),
        })
        .collect();
    Breakdown {
        id: id.to_owned(),
        label: label.to_owned(),
        dimension,
        unit: Unit::Respondents,
        values: parts.iter().map(|(label, base)| value(label, *base, all)).collect(),
        feeling: parts.iter().map(|(_, base)| split(*base, 2)).collect(),
        rows,
    }
}

fn named(id: &str, label: &str, number: Option<u64>) -> Named {
    Named { id: id.to_owned(), label: label.to_owned(), number }
}

/// So many themes raised by so many people.
#[expect(clippy::too_many_lines, reason = "one of everything")]
pub(super) fn evidence(themes: usize, people: u64) -> Evidence {
    let group = |id: &str| *GROUPS.iter().find(|group| group.0 == id).unwrap();
    let rows: Vec<ThemeRow> = THEMES[..themes]
        .iter()
        .enumerate()
        .map(|(at, (id, label))| {
            let raised = people * 34 / (100 + 45 * at as u64);
            row(&format!("theme_{at}"), label, group(id), raised, people)
        })
        .collect();
    let mut groups: Vec<ThemeRow> = GROUPS
        .iter()
        .map(|(id, label)| {
            let sum: u64 =
                rows.iter().filter(|r| r.group == *id).filter_map(|r| r.respondents.count()).sum();
            row(id, label, (id, label), sum * 8 / 10, people)
        })
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.respondents.count()));
    let half = people / 2;
    let kinds = [
        ("People who receive care", half),
        ("Family members and friends", people / 3),
        ("Other (small groups)", people - half - people / 3),
    ];
    let kind = ("respondent_type", "Who speaks", Dimension::RespondentType);
    let waves = ("wave", "Wave", Dimension::Wave);
    let provider = ("by_provider", "Provider", Dimension::Column(0));
    let breakdowns = vec![
        breakdown(kind, &kinds, &rows),
        breakdown(provider, &[("Provider A", half), ("Provider B", people - half)], &rows),
        breakdown(waves, &[("2025", half), ("2026", people - half)], &rows),
    ];
    let heard = breakdowns
        .iter()
        .map(|b| Heard {
            id: b.id.clone(),
            label: b.label.clone(),
            dimension: b.dimension,
            unit: b.unit,
            values: b.values.clone(),
        })
        .collect();
    let book = CodebookEvidence {
        id: "home-care".to_owned(),
        title: "Home care".to_owned(),
        version: "1.0.0".to_owned(),
        pairs: pairs(&rows, people),
        groups,
        thin: vec![row(
            "general_positive",
            "Praise without a reason",
            ("thin", "Thin"),
            people / 6,
            people,
        )],
        breakdowns,
        standards: vec![standard(&rows, people)],
        themes: rows,
    };
    Evidence {
        profile: Profile::Standard,
        draft: true,
        staff: false,
        funnel: funnel(people),
        heard,
        sentiment: Overall { respondents: split(people, 3), comments: split(people * 2, 2) },
        codebooks: vec![book],
        questions: vec![
            question("What is good about your care?", Polarity::Good, people),
            question("What could be better?", Polarity::Improve, people),
        ],
        measures: measures(people),
        outcomes: vec![OutcomeRow {
            domain: Domain::Control,
            label: "Control over daily life".to_owned(),
            directions: Direction::ALL
                .iter()
                .enumerate()
                .map(|(at, d)| (*d, small_hidden(people / (8 + 9 * at as u64), people)))
                .collect(),
        }],
        stance: vec![StanceRow {
            question: "Do you support one provider for each neighbourhood?".to_owned(),
            stances: Stance::ALL
                .iter()
                .enumerate()
                .map(|(at, s)| (*s, small_hidden(people / (3 + 2 * at as u64), people)))
                .collect(),
        }],
        outcomes_by: Vec::new(),
        represented: Vec::new(),
        weighted: None,
        processes: Vec::new(),
        unnamed: vec![Unnamed {
            number: 1,
            terms: vec!["parking".to_owned(), "permit".to_owned()],
            respondents: Some(people / 12),
            passages: Some(people / 11),
        }],
        languages: vec![named("en", "English", Some(people * 2)), named("cy", "Welsh", None)],
        flags: vec![
            named("safeguarding_review", "For a person to read today", None),
            named("suggestion", "Suggestion", Some(people / 4)),
            named("language", "Another language", Some(0)),
        ],
        redactions: vec![named("PERSON", "Names of people", Some(people / 2))],
        unprocessed: vec![named("unreadable_page", "Scanned page without text", Some(2))],
        rules: vec!["In breakdowns, figures of fewer than 5 are hidden.".to_owned()],
    }
}

fn standard(rows: &[ThemeRow], people: u64) -> StandardEvidence {
    let clause = |(at, theme): (usize, &ThemeRow)| ClauseRow {
        id: format!("QS{}", at + 1),
        label: format!("QS{} {}", at + 1, theme.label),
        themes: vec![theme.label.clone()],
        respondents: cell(people / (4 + at as u64), people),
        sentiment: split(people / (4 + at as u64), 2),
    };
    StandardEvidence {
        id: "nice".to_owned(),
        title: "NICE quality standard QS123".to_owned(),
        best_fit: true,
        clauses: rows.iter().enumerate().map(clause).collect(),
    }
}

fn pairs(rows: &[ThemeRow], people: u64) -> Vec<Pair> {
    let [first, second, ..] = rows else { return Vec::new() };
    vec![Pair {
        first: first.id.clone(),
        first_label: first.label.clone(),
        second: second.id.clone(),
        second_label: second.label.clone(),
        respondents: cell(people / 9, people),
        lift: 1.4,
    }]
}

fn funnel(people: u64) -> Funnel {
    let received = people + people / 8;
    let invited = received * 9;
    Funnel {
        invited: Some(invited),
        received: Some(received),
        to_type: Some(0),
        informative: Some(people),
        coded: Some(people - people / 20),
        response_rate: Some(received as f64 / invited as f64),
        margin: crate::tables::intervals::margin(people, invited),
        self_selected: false,
        answers: Some(received * 2),
        status: vec![
            named("informative", "Said something", Some(people * 2)),
            named("no_content", "Blank or nothing", Some(people / 4)),
        ],
        words: Some(people * 31),
    }
}

fn question(question: &str, polarity: Polarity, people: u64) -> QuestionRow {
    let sentiment = split(people, if polarity == Polarity::Good { 0 } else { 4 });
    QuestionRow { question: question.to_owned(), polarity, comments: Some(people), sentiment }
}

fn measures(people: u64) -> Vec<MeasureRow> {
    let many = |share: u64| (people / share).max(1);
    let counts = [Some(many(30)), Some(many(12)), Some(many(8)), None, Some(0), Some(many(40))];
    let total = counts.iter().flatten().sum::<u64>() + 3;
    let bar = |(from, count)| Bar { from, to: from + 10.0, count };
    let bars = Bars {
        bars: [0.0, 10.0, 20.0, 30.0, 40.0, 50.0].into_iter().zip(counts).map(bar).collect(),
        whole: false,
        open_above: true,
        closed_above: true,
    };
    vec![
        MeasureRow {
            id: "minutes_late".to_owned(),
            label: "Lateness".to_owned(),
            unit: "minutes".to_owned(),
            per: None,
            respondents: Some(total),
            values: Some(total),
            summary: Some(MeasureSummary {
                median: 30.0,
                lower_quartile: 15.0,
                upper_quartile: 30.0,
                range: Some((5.0, 90.0)),
                bars: (total > 12).then_some(bars),
            }),
            against: Some(Against {
                standard: "at most 30 minutes".to_owned(),
                limit: 30.0,
                at_most: true,
                kept: cell(total * 2 / 3, total),
                beyond: cell(total - total * 2 / 3, total),
            }),
        },
        MeasureRow {
            id: "care_workers".to_owned(),
            label: "Number of different care workers".to_owned(),
            unit: "count".to_owned(),
            per: Some("week".to_owned()),
            respondents: None,
            values: None,
            summary: None,
            against: None,
        },
    ]
}

/// Quotes, the second of which tries to be more than words.
pub(super) fn quotes() -> Vec<Quote> {
    let said = |theme: &str, sentiment, text: &str, role: &str| Quote {
        theme: theme.to_owned(),
        label: "Continuity of care workers".to_owned(),
        sentiment,
        text: text.to_owned(),
        role: role.to_owned(),
    };
    vec![
        said(
            "theme_0",
            Sentiment::Positive,
            "We have had the same two ladies since spring and Mum lights up when [PERSON 1] comes in.",
            "Family member",
        ),
        said(
            "theme_0",
            Sentiment::Negative,
            "<script>alert(1)</script> eleven different carers in a fortnight & nobody said \"hello\"\u{1}",
            "Person who receives care",
        ),
        said(
            "theme_1",
            Sentiment::Negative,
            "They say eight o'clock and come at half past ten, so I sit in my nightdress all morning.",
            "Person who receives care",
        ),
    ]
}

/// Key findings.
pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    evidence.findings(5)
}

fn draft(theme: &str) -> crate::specification::Draft {
    crate::specification::Draft {
        id: theme.to_owned(),
        plain: "Seeing the same care workers".to_owned(),
        requirement: "The provider gives each person a small, named team.".to_owned(),
        indicator: "Number of different care workers in four weeks.".to_owned(),
        measured_in: "visit log".to_owned(),
        serious: theme == "theme_9",
    }
}

/// People's own words.
pub(super) fn chosen() -> Chosen {
    Chosen { quotes: quotes(), ..Chosen::default() }
}

/// What the report says beside the evidence.
pub(super) fn facts() -> Facts {
    let version = |id: &str| Versioned {
        id: id.to_owned(),
        version: "1.0.0".to_owned(),
        sha256: "0123456789abcdef".repeat(4),
    };
    let definitions = BTreeMap::from([
        (
            "time".to_owned(),
            "When care comes, how long it stays, and whether it comes at all.".to_owned(),
        ),
        (
            "theme_1".to_owned(),
            "Visits that come earlier or later than agreed, and not knowing when.".to_owned(),
        ),
    ]);
    Facts {
        organisation: Organisation {
            name: Some("Healthwatch & Friends of Exampleshire".to_owned()),
            title: Some("Home care in Exampleshire: what people told us".to_owned()),
            ..Organisation::default()
        },
        heard: "0.1.0".to_owned(),
        codebooks: vec![version("home-care")],
        models: vec![version("home-care-fast")],
        kinds: vec!["csv".to_owned(), "docx".to_owned()],
        definitions,
        review: None,
        agreement: vec![Agreement {
            measure: "Themes (micro F1)".to_owned(),
            figure: ".52".to_owned(),
            on: "300 comments kept back from training".to_owned(),
        }],
        precisions: (0..26)
            .map(|at| {
                let right = if at == 1 { 0.72 } else { 0.9 };
                (format!("theme_{at}"), Measured { right, low: right - 0.06, high: right + 0.05 })
            })
            .collect(),
        drafts: ["theme_0", "theme_9"].map(draft).into(),
        clauses: BTreeMap::from([("theme_0".to_owned(), "NICE QS123 statement 3".to_owned())]),
        manifest: vec![("Disclosure profile".to_owned(), "standard".to_owned())],
        ..Facts::default()
    }
}
