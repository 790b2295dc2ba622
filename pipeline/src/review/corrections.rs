//! What people decided as examples to learn from: every answer whose codes somebody finished, as the
//! model reads it, with the codes that count.

use std::collections::HashSet;
use std::path::Path;

use heard_models::words::{Polarity, Sentiment};
use heard_models::{LabelledResponse, LabelledSegment, Model};

use super::decisions::Decisions;
use super::stored::Run;
use super::{Error, study};
use crate::coding::{AskedQuestion, open_model};
use crate::response::Channel;

/// The corrected answers of a run, each once; themes as their numbers in `codes`.
pub fn corrections(run: &Run, decisions: &Decisions, codes: &[String]) -> Vec<LabelledResponse> {
    let vocabulary = &run.about.vocabulary;
    let (mut met, mut corrected) = (HashSet::new(), Vec::new());
    for (at, row) in run.rows.iter().enumerate() {
        let counts = decisions.state(row.key).counting().is_some();
        if !counts || !study::is_eligible(&row.coded) || !met.insert(row.key) {
            continue;
        }
        let decided = run.decided(at, decisions);
        let own = |segment: usize| -> Vec<(usize, Option<Sentiment>)> {
            let codings = decided.codings.iter();
            let own = codings.filter(|c| c.codebook == 0 && usize::from(c.segment) == segment);
            own.filter_map(|c| {
                let id = &vocabulary.theme(0, c.theme).id;
                Some((codes.iter().position(|code| code == id)?, Some(c.sentiment)))
            })
            .collect()
        };
        let segments = decided.segments.iter().enumerate().map(|(number, span)| LabelledSegment {
            span: span.clone(),
            codes: own(number),
            ..LabelledSegment::default()
        });
        let response = &decided.response;
        let (question, polarity) = read_as(response.channel, &response.question);
        let person = response.respondent_id.clone();
        corrected.push(LabelledResponse {
            // Answers of one person are held out together.
            situation: person.unwrap_or_else(|| format!("{}-{}", response.source, response.row)),
            question: question.to_owned(),
            polarity,
            segments: segments.collect(),
            text: response.text.as_str().to_owned(),
            ..LabelledResponse::from_segments([])
        });
    }
    corrected
}

/// What an answer was asked when it was coded. The proposal that a letter replies to tells its stance
/// and nothing else, so that nothing is to be learnt of it, either.
fn read_as(channel: Channel, question: &AskedQuestion) -> (&str, Polarity) {
    if channel == Channel::Letter && question.polarity == Polarity::Proposal {
        return ("", Polarity::Neutral);
    }
    (question.text.as_str(), question.polarity)
}

/// The model to build on: `fast` or `accurate` for one that ships, or a file; without a name the one
/// that coded the run, if it ships.
pub fn base(run: &Run, name: Option<&str>) -> Result<Model, Error> {
    let Some(book) = run.about.vocabulary.codebooks().first() else {
        return Err(Error::Refused("the run has no codebook".to_owned()));
    };
    let fast = || Model::builtin(&book.id).ok();
    let accurate = || Model::builtin_accurate(&book.id).and_then(Result::ok);
    let found = match name {
        Some("fast") => fast(),
        Some("accurate") => accurate(),
        Some(file) => {
            Some(open_model(Path::new(file)).map_err(|error| Error::Refused(error.to_string()))?)
        }
        None => {
            let coded = &run.about.manifest.models;
            let is_it = |model: &Model| coded.iter().any(|known| known.sha256 == model.sha256());
            [fast(), accurate()].into_iter().flatten().find(is_it)
        }
    };
    let Some(model) = found else {
        return Err(Error::Refused(format!(
            "{} was coded with {}. Name the model to build on: --model fast, --model accurate, or the file that the run was made with",
            run.about.dir.display(),
            run.about.model()
        )));
    };
    let known = model.codes().iter().map(String::as_str);
    if !known.eq(book.themes.iter().map(|theme| theme.id.as_str())) {
        return Err(Error::Refused(format!(
            "the model {0} codes other themes than this run has now. Where themes were added, split, merged or hidden, train a model of your own from the workbook: `heard review {1} --export coding.xlsx`, then `heard train --coded coding.xlsx --codebook {1}/restricted/{2}`",
            model.id(),
            run.about.dir.display(),
            crate::folder::NEXT_CODEBOOK
        )));
    }
    Ok(model)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deidentify::Redacted;

    #[test]
    fn a_letter_is_learnt_from_as_it_was_read() {
        let words = "Do you agree with one provider for each area?".to_owned();
        let text = Redacted::from_store(words.as_str(), Vec::new()).unwrap_or_default();
        let asked = AskedQuestion { number: None, text, polarity: Polarity::Proposal };
        assert_eq!(read_as(Channel::Letter, &asked), ("", Polarity::Neutral));
        assert_eq!(read_as(Channel::Survey, &asked), (words.as_str(), Polarity::Proposal));
        let asked = AskedQuestion { polarity: Polarity::Improve, ..asked };
        assert_eq!(read_as(Channel::Letter, &asked), (words.as_str(), Polarity::Improve));
    }
}
