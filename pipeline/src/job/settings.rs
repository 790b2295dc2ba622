//! What people chose for a run, and the `heard.toml` that it becomes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::{IntoResponse as _, Redirect};
use heard_models::Codebook;
use serde_json::{Value, json};

use super::browse;
use super::files::{Fields, Input, field};
use super::{Answer, Job};
use crate::config::RawConfig;
use crate::intake::SourceOverride;

/// Usual name of the folder for the evidence.
const NAME: &str = "heard-out";

/// A choice: what is written in the settings, what people read.
type Choice = (&'static str, &'static str);

const MODELS: [Choice; 3] = [
    ("auto", "The best for so many answers"),
    ("accurate", "Accurate: reads sentences, slower"),
    ("fast", "Fast: words alone, for very many answers"),
];
const PROFILES: [Choice; 3] = [
    ("standard", "Standard: counts of fewer than 5 people are hidden"),
    ("nhs", "NHS: counts of 1 to 7 are hidden, the others rounded to 5"),
    ("none", "None: for your own eyes only"),
];
const MODES: [Choice; 3] = [
    ("standard", "Standard"),
    ("strict", "Strict: the name finder reads every sentence, slower"),
    ("structured", "Numbers and addresses only: names stay"),
];

/// What was chosen; empty where the usual will do.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    codebook: String,
    model: String,
    suppress: String,
    redact: String,
    invited: Option<u64>,
    /// The folder in which that of the run is made.
    place: Option<PathBuf>,
    /// The name of the run's folder.
    name: Option<String>,
    /// Replace a run of that name.
    pub(super) replace: bool,
    /// Columns to break the results down by; none where Heard chooses.
    pub(super) by: Vec<String>,
}

impl Settings {
    /// Takes in what a form says.
    pub(super) fn read(&mut self, fields: &Fields) -> Result<(), String> {
        let known = |given: &str, choices: &[Choice]| {
            choices.iter().find(|c| c.0 == given).map(|c| c.0.to_owned()).unwrap_or_default()
        };
        self.model = known(field(fields, "model"), &MODELS);
        self.suppress = known(field(fields, "suppress"), &PROFILES);
        self.redact = known(field(fields, "redact"), &MODES);
        let book = Codebook::builtin_ids().find(|id| *id == field(fields, "codebook"));
        book.unwrap_or_default().clone_into(&mut self.codebook);
        self.replace = fields.contains_key("replace");
        let invited = field(fields, "invited").replace([',', ' '], "");
        self.invited = if invited.is_empty() {
            None
        } else {
            Some(invited.parse().map_err(|_| "How many were invited is a whole number.")?)
        };
        let name = field(fields, "name");
        let odd = |c: char| c.is_control() || "<>:\"/\\|?*".contains(c);
        if name.is_empty() || name.chars().any(odd) || name.trim_matches('.').is_empty() {
            return Err("Give the folder a name without the signs < > : \" / \\ | ? *".to_owned());
        }
        if field(fields, "suggested") != name {
            self.name = Some(name.to_owned());
        }
        Ok(())
    }

    /// The folder for the evidence: beside the first file that was not copied, unless another was
    /// chosen, under a name that is free.
    pub(super) fn out(&self, inputs: &[Input]) -> PathBuf {
        let beside = inputs.iter().find(|input| !input.copied).and_then(|i| i.path.parent());
        let place = self.place.clone().or_else(|| beside.map(Path::to_owned));
        let place = place.unwrap_or_else(browse::usual);
        if let Some(name) = &self.name {
            return place.join(name);
        }
        let names = std::iter::once(NAME.to_owned()).chain((2..).map(|n| format!("{NAME}-{n}")));
        let mut free = names.map(|name| place.join(name)).filter(|path| !path.exists());
        free.next().unwrap_or_else(|| place.join(NAME))
    }

    /// The settings file. Inputs are named by their whole paths, so that it works from any folder;
    /// with `portable` copies are named as their originals, which may lie beside the settings.
    pub(super) fn to_toml(
        &self,
        inputs: &[Input],
        sources: Vec<SourceOverride>,
        portable: bool,
    ) -> Result<String, String> {
        let path = |input: &Input| {
            if portable && input.copied {
                return Ok(input.name.clone());
            }
            let path = input.path.to_str().map(str::to_owned);
            path.ok_or_else(|| {
                "The name of a file is not written in letters that Heard knows. Rename it."
                    .to_owned()
            })
        };
        let given = |choice: &String, usual: &str| {
            Some(choice.clone()).filter(|choice| !choice.is_empty() && choice != usual)
        };
        let raw = RawConfig {
            input: inputs.iter().map(path).collect::<Result<_, _>>()?,
            out: (!portable).then(|| self.out(inputs)),
            codebook: given(&self.codebook, "home-care").into_iter().collect(),
            model: given(&self.model, "auto").into_iter().collect(),
            suppress: given(&self.suppress, "standard"),
            redact: given(&self.redact, "standard"),
            invited: self.invited,
            by: self.by.clone(),
            source: sources,
            ..RawConfig::default()
        };
        toml::to_string(&raw).map_err(|error| error.to_string())
    }

    /// For the form.
    pub(super) fn view(&self, inputs: &[Input]) -> Value {
        let list = |choices: &[Choice], now: &str| -> Vec<Value> {
            let now = if now.is_empty() { choices[0].0 } else { now };
            let each = choices.iter();
            each.map(|(id, label)| json!({"id": id, "label": label, "on": *id == now})).collect()
        };
        let books: Vec<Value> = Codebook::builtin_ids()
            .filter_map(|id| {
                let book = Codebook::builtin(id).ok()?;
                let chosen = if self.codebook.is_empty() { "home-care" } else { &self.codebook };
                Some(json!({"id": id, "label": book.title, "on": id == chosen}))
            })
            .collect();
        let out = self.out(inputs);
        json!({
            "codebooks": books,
            "models": list(&MODELS, &self.model),
            "profiles": list(&PROFILES, &self.suppress),
            "modes": list(&MODES, &self.redact),
            "invited": self.invited,
            "place": out.parent().map(|p| p.to_string_lossy()),
            "name": out.file_name().map(|n| n.to_string_lossy()),
            "replace": self.replace,
            "taken": browse::is_run(&out),
        })
    }
}

/// Takes another folder for the evidence.
pub(super) async fn place(State(job): State<Arc<Job>>, Form(fields): Form<Fields>) -> Answer {
    let place = PathBuf::from(field(&fields, "dir"));
    if place.is_absolute() && place.is_dir() {
        job.state().settings.place = Some(place);
    }
    Ok(Redirect::to("/job/found#out").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_read_back_from_the_settings_file() {
        let fields: Fields = [
            ("model", "fast"),
            ("suppress", "none"),
            ("codebook", "nhs-qdc"),
            ("redact", "standard"),
            ("invited", "1,200"),
            ("name", "autumn"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let mut settings = Settings { by: vec!["Area".into()], ..Settings::default() };
        settings.read(&fields).unwrap();
        let inputs = [
            Input {
                path: "/data/a \"b\".csv".into(),
                name: "a".into(),
                bytes: None,
                copied: false,
            },
            Input {
                path: "/work/c.csv".into(),
                name: "c.csv".into(),
                bytes: Some(1),
                copied: true,
            },
        ];
        let source = SourceOverride {
            sha256: Some("ab".into()),
            header_rows: Some(vec![2]),
            columns: vec![crate::intake::ColumnOverride { index: 1, ..Default::default() }],
            ..SourceOverride::default()
        };
        let text = settings.to_toml(&inputs, vec![source.clone()], false).unwrap();
        let raw: RawConfig = toml::from_str(&text).unwrap();
        assert_eq!(raw.input, ["/data/a \"b\".csv", "/work/c.csv"]);
        assert_eq!(raw.out, Some(PathBuf::from("/data/autumn")));
        assert_eq!((raw.model, raw.invited), (vec!["fast".to_owned()], Some(1200)));
        assert_eq!((raw.suppress.as_deref(), raw.redact), (Some("none"), None));
        assert_eq!((raw.by, raw.source), (vec!["Area".to_owned()], vec![source]));
        let kept = settings.to_toml(&inputs, Vec::new(), true).unwrap();
        assert!(kept.contains("\"c.csv\"") && !kept.contains("/work/") && !kept.contains("out ="));
        let mut wrong = fields;
        wrong.insert("name".into(), "a/b".into());
        assert!(settings.read(&wrong).is_err());
    }
}
