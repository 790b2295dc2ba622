//! Figures to plain sentences, by fixed rules that the report prints.

use super::disclosure::Profile;
use super::evidence::{Evidence, Finding, ThemeRow};
use crate::plain::{number, percent, spoken};

/// Fewer respondents than these support no sentence.
const LEAST_BASE: u64 = 10;

/// Words for a share, 0..1: "almost everyone", "a majority", "about a third", "a few", ...
pub fn words_for(share: f64) -> &'static str {
    match share {
        s if s >= 0.90 => "almost everyone",
        s if s >= 0.70 => "a large majority of people",
        s if s >= 0.55 => "a majority of people",
        s if s >= 0.45 => "about half of people",
        s if s >= 0.37 => "a large minority of people",
        s if s >= 0.29 => "about a third of people",
        s if s >= 0.21 => "about a quarter of people",
        s if s >= 0.10 => "a minority of people",
        _ => "a few people",
    }
}

/// "41 of 120; 95% interval 26% to 43%", for a shown cell.
fn figures(count: u64, base: u64, (low, high): (f64, f64)) -> String {
    let (low, high) = (percent(low * 100.0), percent(high * 100.0));
    let (count, base) = (number(count), number(base));
    format!("{count} of {base}; 95% interval {low} to {high}")
}

/// The sentence for one theme; None where its figures are hidden, nobody raised it, or fewer than
/// ten people were heard.
pub fn finding(row: &ThemeRow) -> Option<Finding> {
    let (count, base) = (row.respondents.count()?, row.respondents.base()?);
    if count == 0 || base < LEAST_BASE {
        return None;
    }
    let share = row.respondents.share()?;
    let words = words_for(share);
    let mut letters = words.chars();
    let words: String = letters.next()?.to_uppercase().chain(letters).collect();
    let figures = figures(count, base, row.respondents.interval()?);
    let (felt, felt_figures) = leaning(row).unwrap_or_default();
    let label = spoken(&row.label);
    Some(Finding {
        theme: row.id.clone(),
        label: row.label.clone(),
        sentence: format!("{words} raised {label} ({figures}){felt}{felt_figures}."),
        short: format!("{words} raised {label}{felt}."),
        differs: false,
    })
}

/// What most of those who raised it felt, where more than half felt the same and the interval
/// agrees, and the figures of it; the figures alone otherwise.
fn leaning(row: &ThemeRow) -> Option<(String, String)> {
    let (positive, negative) = (row.sentiment.positive, row.sentiment.negative);
    let (praise, complaint) = (positive.count()?, negative.count()?);
    let base = positive.base().unwrap_or_default();
    let said = |what: &str, count: u64| {
        (format!(", and most of them {what}"), format!(" ({} of {})", number(count), number(base)))
    };
    let every = |what: &str| (format!(", and all of them {what}"), String::new());
    let most = |interval: Option<(f64, f64)>| interval.is_some_and(|(low, _)| low > 0.5);
    let all = |count: u64| count > 0 && base == count;
    Some(if all(complaint) {
        every("were critical")
    } else if all(praise) {
        every("praised it")
    } else if most(negative.interval()) {
        said("were critical", complaint)
    } else if most(positive.interval()) {
        said("praised it", praise)
    } else {
        let others = base.saturating_sub(praise + complaint);
        let others = if others > 0 {
            format!(", {} both or neither", number(others))
        } else {
            String::new()
        };
        let figures = format!(
            "; of them {} had only praise, {} only criticism{others}",
            number(praise),
            number(complaint)
        );
        (String::new(), figures)
    })
}

impl Evidence {
    /// Sentences for the most raised themes of the first codebook, at most `most`.
    pub fn findings(&self, most: usize) -> Vec<Finding> {
        self.findings_on(most, |_| true)
    }

    /// Sentences for the most raised themes that are sure enough, at most `most`: those whose figures
    /// are not likely to be wrong because the model takes other things for the theme.
    pub fn findings_on(&self, most: usize, sure: impl Fn(&str) -> bool) -> Vec<Finding> {
        let themes = self.main().map(|book| book.themes.as_slice()).unwrap_or_default();
        themes.iter().filter(|row| sure(&row.id)).filter_map(finding).take(most).collect()
    }
}

/// The rules by which the figures were made, in sentences for people.
pub(super) fn rules(profile: Profile, left_out: &[String]) -> Vec<String> {
    let mut rules = vec![match profile {
        Profile::Standard => "In breakdowns, figures of fewer than 5 are hidden, and so are others from which they could be worked out; of these is told between what they lie. Values with fewer than 5 respondents are put together. Figures of the whole sample are shown.",
        Profile::Nhs => "Figures of 1 to 7 are hidden everywhere, and so are others from which they could be worked out (in breakdowns is told between what these lie); all other counts are rounded to the nearest 5, and shares are made from the rounded counts. Values with fewer than 8 respondents are put together.",
        Profile::None => "No figure is hidden or rounded: for use inside one organisation only, not for publication.",
    }.to_owned()];
    rules.extend([
        "A share of respondents is of those with at least one informative answer. A respondent counts once for a theme however often they raise it; someone who answers in two waves is a respondent in each. Where a file has no ids, each row is a respondent.".to_owned(),
        "Themes are what people raised in their own words; nobody was given a list of them. Where a question names one, the report says so. That fewer raised a theme does not mean that fewer care about it.".to_owned(),
        "Intervals are 95% Wilson intervals. They, and any margin of error, which is for those who said something, cover chance alone and not who chose to reply. Testimonies, interviews and transcripts have no margin of error.".to_owned(),
        "A difference between groups or waves is only called one where a test of two proportions (Fisher's exact test where the numbers are small) says so at the 5% level for all comparisons of its breakdown together (Bonferroni). Who stated no value is not among those that a value is compared with, as long as their own figure can be shown. Figures that are withheld were not tested, and nothing is said of them.".to_owned(),
        "Sentiment puts each respondent in one part: praise only, criticism only, both (mixed), or neither.".to_owned(),
        "Words for shares: almost everyone, 90% or more; a large majority, 70% to 89%; a majority, 55% to 69%; about half, 45% to 54%; a large minority, 37% to 44%; about a third, 29% to 36%; about a quarter, 21% to 28%; a minority, 10% to 20%; a few, under 10%. \"Most\" is said only where the whole interval lies above half.".to_owned(),
        "Reported quantities are those of people who gave a number. A range counts by its middle, \"up to\" by its limit. Least and most are left out under the profile nhs.".to_owned(),
        "A respondent with several values of a breakdown counts under the first that they stated. Breakdowns by question count comments.".to_owned(),
    ]);
    if profile != Profile::None {
        rules.push("A theme whose small figures nothing else could protect is left out of that breakdown. Quotes tell who spoke by role alone, and only a role that enough people have.".to_owned());
    }
    if !left_out.is_empty() {
        rules.push(format!(
            "Left out because it follows from, or gives, another breakdown, so that hidden figures could be worked out: {}.",
            left_out.join(", ")
        ));
    }
    rules
}
