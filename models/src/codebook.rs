//! Codebooks: the versioned sets of themes that people and models code with.
//!
//! A codebook is data, never code. It is written in TOML, read once here and checked into types:
//! inside the program a [`Codebook`] has no unknown key, no theme without a group and no boundary
//! that points nowhere. The training of models and the tables of results belong to others.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::cues::Cues;
use crate::recoding::Change;
use crate::words::Sentiment;

/// The codebooks that ship with the program, by id.
const BUILTIN: &[(&str, &str)] = &[
    ("home-care", include_str!("../codebooks/home-care.toml")),
    ("nhs-qdc", include_str!("../codebooks/nhs-qdc.toml")),
    ("outcomes", include_str!("../codebooks/outcomes.toml")),
];

/// Why a codebook cannot be used. Every message names the codebook and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CodebookError {
    /// The file is not TOML, lacks a key, or holds one that is not known.
    #[error(
        "codebook {name}: {reason}. Correct the file; `heard codebook show home-care --toml` prints one that works"
    )]
    Format {
        /// The name it was given under.
        name: String,
        /// What the TOML reader found, with line and column.
        reason: String,
    },
    /// A theme, group, thin code or rule that does not fit with the rest.
    #[error("codebook {name}, {place}: {problem}")]
    Content {
        /// The name it was given under.
        name: String,
        /// The entry, such as `theme punctuality`.
        place: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// No codebook of this id is built in.
    #[error(
        "there is no built-in codebook {name}; there are: {known}. To use a file, give its path"
    )]
    Unknown {
        /// The id asked for.
        name: String,
        /// The ids that exist.
        known: String,
    },
}

/// A group of themes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Machine id, in every table.
    pub id: String,
    /// Name for people.
    pub label: String,
}

/// A boundary of a theme: what it leaves out, and where that goes instead.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// What is left out.
    pub what: String,
    /// The id of a theme, thin code or flag, or a remark.
    pub goes_to: String,
}

/// A category of meaning.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Machine id, in every table; stable between versions.
    pub id: String,
    /// Name for people.
    pub label: String,
    /// Id of its group.
    pub group: String,
    /// What the theme is about, in a sentence.
    pub definition: String,
    /// What counts towards it.
    #[serde(default)]
    pub counts: Vec<String>,
    /// What does not, and where that goes.
    #[serde(default)]
    pub excludes: Vec<Exclusion>,
    /// What praise sounds like.
    #[serde(default)]
    pub positive: String,
    /// What complaint sounds like.
    #[serde(default)]
    pub negative: String,
    /// Invented phrases of praise. Models learn from them.
    #[serde(default)]
    pub examples_positive: Vec<String>,
    /// Invented phrases of complaint. Models learn from them.
    #[serde(default)]
    pub examples_negative: Vec<String>,
    /// Words and short phrases that speak of it, praise and complaint alike; `rush*` stands for
    /// every word that begins so and `_` for any word. What they are worth is learnt.
    #[serde(default)]
    pub cues: Vec<String>,
    /// Entries of other frameworks that come closest, by the id of the standard.
    #[serde(default)]
    pub crosswalk: BTreeMap<String, Vec<String>>,
}

/// A code for praise or complaint that gives no reason; reported apart from the themes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThinCode {
    /// Machine id, in every table.
    pub id: String,
    /// Name for people.
    pub label: String,
    /// When it is used.
    pub definition: String,
    /// Invented phrases. Models learn from them.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Words and short phrases that speak of it, as a theme's.
    #[serde(default)]
    pub cues: Vec<String>,
}

/// An example phrase: the number of its code, what it feels about it, its words.
pub(crate) type Phrase<'a> = (usize, Option<Sentiment>, &'a str);

fn phrases(
    code: usize,
    sentiment: Option<Sentiment>,
    texts: &[String],
) -> impl Iterator<Item = Phrase<'_>> {
    texts.iter().map(move |text| (code, sentiment, text.as_str()))
}

/// How to decide between themes that are easily confused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Precedence {
    /// Ids of the themes.
    pub themes: Vec<String>,
    /// The rule.
    pub rule: String,
}

/// Another framework that themes are set beside.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// Key in every theme's crosswalk.
    pub id: String,
    /// Its name and version.
    pub title: String,
    /// True where the match is a judgement of best fit; marked wherever it is printed.
    pub best_fit: bool,
    /// What a reader must know about it.
    #[serde(default)]
    pub note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    version: String,
    title: String,
    language: String,
    description: String,
    #[serde(default)]
    codes_nothing: bool,
    #[serde(default)]
    safeguarding_cues: Vec<String>,
    #[serde(default)]
    group: Vec<Group>,
    #[serde(default)]
    theme: Vec<Theme>,
    #[serde(default)]
    thin: Vec<ThinCode>,
    #[serde(default)]
    precedence: Vec<Precedence>,
    #[serde(default)]
    standard: Vec<Standard>,
    #[serde(default)]
    change: Vec<Change>,
}

/// A checked codebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codebook {
    /// Machine id.
    pub id: String,
    /// Version, such as `1.0.0`.
    pub version: String,
    /// Name for people.
    pub title: String,
    /// Language of the texts that it codes, as an ISO 639-1 code.
    pub language: String,
    /// What it is for.
    pub description: String,
    /// True where an answer such as "Nothing" carries codes, as it does in NHS frameworks.
    pub codes_nothing: bool,
    /// Words and short phrases that may speak of harm; as a theme's cues.
    pub safeguarding_cues: Vec<String>,
    /// Groups, in the order of the file.
    pub groups: Vec<Group>,
    /// Themes, in the order of the file.
    pub themes: Vec<Theme>,
    /// Thin codes, in the order of the file.
    pub thin: Vec<ThinCode>,
    /// Rules for hard pairs.
    pub precedence: Vec<Precedence>,
    /// Frameworks of the crosswalk.
    pub standards: Vec<Standard>,
    /// How it came from the version that a model codes, in order; empty in a codebook of its own.
    pub changes: Vec<Change>,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
}

impl Codebook {
    /// Reads and checks a codebook. `name` is what messages call it: an id or a file name.
    pub fn parse(text: &str, name: &str) -> Result<Self, CodebookError> {
        let file: File = toml::from_str(text).map_err(|error| CodebookError::Format {
            name: name.to_owned(),
            reason: error.to_string().trim().to_owned(),
        })?;
        let sha256 = hex::encode(Sha256::digest(text.as_bytes()));
        let codebook = Self {
            id: file.id,
            version: file.version,
            title: file.title,
            language: file.language,
            description: file.description,
            codes_nothing: file.codes_nothing,
            safeguarding_cues: file.safeguarding_cues,
            groups: file.group,
            themes: file.theme,
            thin: file.thin,
            precedence: file.precedence,
            standards: file.standard,
            changes: file.change,
            sha256,
        };
        codebook.check(name)?;
        Ok(codebook)
    }

    /// A codebook that ships with the program.
    pub fn builtin(id: &str) -> Result<Self, CodebookError> {
        match BUILTIN.iter().find(|(known, _)| *known == id) {
            Some((_, text)) => Self::parse(text, id),
            None => Err(CodebookError::Unknown {
                name: id.to_owned(),
                known: Self::builtin_ids().collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// The TOML of a codebook that ships with the program.
    pub fn builtin_toml(id: &str) -> Option<&'static str> {
        BUILTIN.iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
    }

    /// Ids of the codebooks that ship with the program.
    pub fn builtin_ids() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(id, _)| *id)
    }

    /// Ids of every code that a model gives: the themes, then the thin codes.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        let themes = self.themes.iter().map(|theme| theme.id.as_str());
        themes.chain(self.thin.iter().map(|thin| thin.id.as_str()))
    }

    /// The example phrases of every code, by its number, with what they feel about it.
    pub(crate) fn phrases(&self) -> impl Iterator<Item = Phrase<'_>> {
        let themes = self.themes.iter().enumerate().flat_map(|(code, theme)| {
            let good = phrases(code, Some(Sentiment::Positive), &theme.examples_positive);
            good.chain(phrases(code, Some(Sentiment::Negative), &theme.examples_negative))
        });
        let thin = self.thin.iter().zip(self.themes.len()..);
        themes.chain(thin.flat_map(|(thin, code)| phrases(code, None, &thin.examples)))
    }

    /// Every cue: a list for each of [`codes`](Self::codes), then the list for safeguarding. Empty
    /// if the codebook has none.
    pub fn cues(&self) -> Cues {
        let themes = self.themes.iter().map(|theme| theme.cues.clone());
        let thin = self.thin.iter().map(|thin| thin.cues.clone());
        let lists: Vec<Vec<String>> =
            themes.chain(thin).chain([self.safeguarding_cues.clone()]).collect();
        if lists.iter().all(Vec::is_empty) { Cues::default() } else { Cues::from(lists) }
    }

    /// The theme with this id.
    pub fn theme(&self, id: &str) -> Option<&Theme> {
        self.themes.iter().find(|theme| theme.id == id)
    }

    /// The group of a code in tables: a theme's group, or `thin`.
    pub fn group_of(&self, code: &str) -> Option<&str> {
        let thin = || self.thin.iter().any(|thin| thin.id == code).then_some("thin");
        self.theme(code).map(|theme| theme.group.as_str()).or_else(thin)
    }

    fn check(&self, name: &str) -> Result<(), CodebookError> {
        let fail = |place: String, problem: String| {
            Err(CodebookError::Content { name: name.to_owned(), place, problem })
        };
        if self.themes.is_empty() {
            return fail("themes".into(), "there are none; add at least one [[theme]]".into());
        }
        let groups: BTreeSet<&str> = self.groups.iter().map(|group| group.id.as_str()).collect();
        let codes: BTreeSet<&str> = self.codes().collect();
        let standards: BTreeSet<&str> = self.standards.iter().map(|s| s.id.as_str()).collect();
        let ids = (self.groups.iter().map(|group| ("group", group.id.as_str())))
            .chain(self.standards.iter().map(|standard| ("standard", standard.id.as_str())))
            .chain(self.codes().map(|code| ("theme", code)));
        let mut seen = BTreeSet::new();
        for (kind, id) in ids {
            let sort = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if id.is_empty() || !id.chars().all(sort) {
                let how = "an id is made of lower-case letters, digits and _; change it";
                return fail(format!("{kind} {id:?}"), how.into());
            }
            if !seen.insert((kind, id)) {
                return fail(format!("{kind} {id}"), "the id is used twice; rename one".into());
            }
        }
        for theme in &self.themes {
            let place = || format!("theme {}", theme.id);
            if !groups.contains(theme.group.as_str()) {
                let problem = format!(
                    "its group {:?} does not exist; add a [[group]] or correct it",
                    theme.group
                );
                return fail(place(), problem);
            }
            if theme.label.trim().is_empty() || theme.definition.trim().is_empty() {
                return fail(place(), "label or definition is empty; write it".into());
            }
            if let Some(unknown) =
                theme.crosswalk.keys().find(|key| !standards.contains(key.as_str()))
            {
                let problem = format!(
                    "its crosswalk names {unknown:?}, which is no [[standard]]; add it or correct it"
                );
                return fail(place(), problem);
            }
            // One word that looks like an id must be one: a typing error would send readers nowhere.
            let lost = theme.excludes.iter().find(|exclusion| {
                exclusion.goes_to.contains('_')
                    && !exclusion.goes_to.contains(' ')
                    && exclusion.goes_to != "off_topic_service"
                    && !codes.contains(exclusion.goes_to.as_str())
            });
            if let Some(exclusion) = lost {
                let problem = format!(
                    "excludes goes to {:?}, which is no theme; correct it or write a remark",
                    exclusion.goes_to
                );
                return fail(place(), problem);
            }
        }
        let lists = (self.themes.iter().map(|theme| (theme.id.as_str(), &theme.cues)))
            .chain(self.thin.iter().map(|thin| (thin.id.as_str(), &thin.cues)))
            .chain([("safeguarding", &self.safeguarding_cues)]);
        for (id, list) in lists {
            let mut seen = BTreeSet::new();
            for cue in list {
                if let Some(problem) = crate::cues::problem(cue) {
                    return fail(format!("theme {id}"), format!("its cue {cue:?} {problem}"));
                }
                if !seen.insert(cue) {
                    let problem = format!("its cue {cue:?} stands there twice; remove one");
                    return fail(format!("theme {id}"), problem);
                }
            }
        }
        for rule in &self.precedence {
            if let Some(unknown) = rule.themes.iter().find(|id| !codes.contains(id.as_str())) {
                let place = format!("precedence {}", rule.themes.join(" / "));
                return fail(place, format!("{unknown:?} is no theme; correct the id"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
id = "small"
version = "1.0.0"
title = "Small"
language = "en"
description = "For tests."
[[group]]
id = "time"
label = "Time"
[[theme]]
id = "late"
label = "Late"
group = "time"
definition = "Whether they come when they should."
"#;

    #[test]
    fn the_home_care_codebook_is_whole() {
        let codebook = Codebook::builtin("home-care").expect("built in");
        assert_eq!((codebook.groups.len(), codebook.themes.len(), codebook.thin.len()), (7, 26, 2));
        for theme in &codebook.themes {
            assert!(theme.examples_positive.len() >= 5, "{}", theme.id);
            assert!(theme.examples_negative.len() >= 5, "{}", theme.id);
            assert!(!theme.counts.is_empty() && !theme.excludes.is_empty(), "{}", theme.id);
            assert!(theme.crosswalk.contains_key("qdc"), "{}", theme.id);
        }
        let findings: BTreeSet<&str> = (codebook.themes.iter())
            .filter_map(|theme| theme.crosswalk.get("bolton"))
            .flatten()
            .map(String::as_str)
            .collect();
        assert_eq!(
            findings.into_iter().collect::<Vec<_>>().join(" "),
            "F1 F2 F3 F4 F5 F6 F7 F8 F9"
        );
    }

    #[test]
    fn no_example_phrase_stands_under_two_themes() {
        let codebook = Codebook::builtin("home-care").expect("built in");
        let mut seen = BTreeSet::new();
        for theme in &codebook.themes {
            for phrase in theme.examples_positive.iter().chain(&theme.examples_negative) {
                assert!(seen.insert(phrase.to_lowercase()), "{}: {phrase}", theme.id);
            }
        }
    }

    #[test]
    fn a_cue_that_cannot_be_found_is_named_and_a_codebook_needs_none() {
        assert!(Codebook::parse(SMALL, "a").expect("small").cues().is_empty());
        for (cues, part) in [(r#"["late", "a*"]"#, "a*"), (r#"["late", "late"]"#, "twice")] {
            let text = format!("{SMALL}cues = {cues}\n");
            let message = Codebook::parse(&text, "mine.toml").expect_err("cue").to_string();
            assert!(message.contains("theme late") && message.contains(part), "{message}");
        }
    }

    #[test]
    fn the_group_of_a_thin_code_is_thin() {
        let codebook = Codebook::builtin("home-care").expect("built in");
        assert_eq!(codebook.group_of("punctuality"), Some("time"));
        assert_eq!(codebook.group_of("general_positive"), Some("thin"));
        assert_eq!(codebook.group_of("weather"), None);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_the_codebook_and_the_key() {
        let error =
            Codebook::parse(&format!("{SMALL}colour = \"red\"\n"), "mine.toml").expect_err("key");
        let message = error.to_string();
        assert!(message.contains("mine.toml") && message.contains("colour"), "{message}");
    }

    #[test]
    fn a_theme_in_a_group_that_is_not_there_is_named() {
        let text = SMALL.replace("group = \"time\"", "group = \"tmie\"");
        let message = Codebook::parse(&text, "mine.toml").expect_err("group").to_string();
        assert!(message.contains("theme late") && message.contains("tmie"), "{message}");
    }

    #[test]
    fn the_hash_changes_with_the_text() {
        let one = Codebook::parse(SMALL, "a").expect("small");
        let two = Codebook::parse(&SMALL.replace("Late", "Lateness"), "a").expect("small");
        assert_ne!(one.sha256, two.sha256);
        assert_eq!(one.sha256.len(), 64);
    }

    #[test]
    fn a_codebook_that_is_not_built_in_says_which_are() {
        let message = Codebook::builtin("house-care").expect_err("unknown").to_string();
        assert!(message.contains("home-care"), "{message}");
    }
}
