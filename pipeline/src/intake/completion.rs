//! Rows of which the survey platform itself says that somebody tried the form out, or that nobody
//! finished it. They stay in, since half an answer is one; `heard check` tells which they are.

use super::header::Label;
use super::row::Row;
use super::wording::normal;

/// What is said of a row that somebody gave to try the form.
pub(super) const TEST: &str = "an answer that somebody gave to try the survey (a preview or test); it stays in, so delete the \
     row where it is nobody's";
/// What is said of a row that was not finished.
pub(super) const UNFINISHED: &str =
    "an answer that was begun and not finished, as the survey says; what there is of it stays in";

/// What a column says of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// How the row came in, in words.
    Status,
    /// The same in Qualtrics, which may have a number instead.
    QualtricsStatus,
    /// By which way the survey reached who answered.
    Channel,
    /// Whether the form was finished.
    Finished,
    /// The day of sending it, blank where it was never sent (`LimeSurvey`).
    Sent,
}

/// The columns of a table that tell it.
#[derive(Debug, Default)]
pub(super) struct Completion(Vec<(usize, Says)>);

impl Completion {
    /// Finds them by their headers.
    pub(super) fn of(labels: &[Label]) -> Self {
        let headers: Vec<String> = labels.iter().map(|label| normal(&label.text)).collect();
        let has = |names: [&str; 2]| headers.iter().any(|header| names.contains(&header.as_str()));
        let qualtrics = has(["recorded date", "recordeddate"]);
        let limesurvey = has(["last page", "lastpage"]);
        let says = |header: &str| match header {
            "status" | "response type" if qualtrics => Some(Says::QualtricsStatus),
            "status" | "response status" | "completion status" | "submission status"
            | "survey status" | "completeness" => Some(Says::Status),
            "distribution channel" | "distributionchannel" => Some(Says::Channel),
            "finished" | "complete" | "completed" | "is complete" | "fully completed"
            | "response complete" | "survey complete" | "survey completed" => Some(Says::Finished),
            "date submitted" | "submitdate" if limesurvey => Some(Says::Sent),
            _ => None,
        };
        let columns = headers.iter().enumerate();
        Self(columns.filter_map(|(at, header)| Some((at, says(header)?))).collect())
    }

    /// What is to be said of this row.
    pub(super) fn of_row(&self, row: &Row) -> impl Iterator<Item = &'static str> {
        let any = |is: fn(Says, &str) -> bool| {
            self.0.iter().any(|(at, says)| is(*says, row.get(*at).trim()))
        };
        let test = any(is_test).then_some(TEST);
        test.into_iter().chain(any(is_unfinished).then_some(UNFINISHED))
    }
}

fn is_test(says: Says, cell: &str) -> bool {
    // Survey Preview, Survey Test, spam in a preview, offline preview.
    const NUMBERS: [&str; 4] = ["1", "2", "9", "17"];
    let begins = |words: &[&str]| {
        words.iter().any(|w| cell.get(..w.len()).is_some_and(|start| start.eq_ignore_ascii_case(w)))
    };
    match says {
        Says::Status => begins(&["survey preview", "survey test", "preview", "test"]),
        Says::QualtricsStatus => {
            begins(&["survey preview", "survey test", "offline survey preview"])
                || NUMBERS.contains(&cell)
        }
        Says::Channel => begins(&["preview", "test"]),
        Says::Finished | Says::Sent => false,
    }
}

fn is_unfinished(says: Says, cell: &str) -> bool {
    const NOT: [&str; 5] = ["false", "no", "n", "0", "not yet"];
    const WORDS: [&str; 12] = [
        "partial",
        "partial response",
        "partially complete",
        "partially completed",
        "incomplete",
        "not complete",
        "not completed",
        "not finished",
        "unfinished",
        "in progress",
        "started",
        "abandoned",
    ];
    let is = |words: &[&str]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    match says {
        Says::Status => is(&WORDS),
        Says::Finished => is(&WORDS) || is(&NOT),
        Says::Sent => cell.is_empty(),
        Says::QualtricsStatus | Says::Channel => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(headers: &[&str], cells: &[&str]) -> Vec<&'static str> {
        let label = |text: &&str| Label { text: (*text).to_owned(), ..Label::default() };
        let labels: Vec<Label> = headers.iter().map(label).collect();
        Completion::of(&labels).of_row(&Row::of(2, cells)).collect()
    }

    #[test]
    fn previews_and_tests_are_told() {
        let qualtrics = ["Response Type", "Recorded Date", "Distribution Channel", "Finished"];
        assert_eq!(said(&qualtrics, &["Survey Preview", "x", "preview", "True"]), [TEST]);
        assert_eq!(said(&qualtrics, &["IP Address", "x", "preview", "True"]), [TEST]);
        assert_eq!(said(&qualtrics, &["1", "x", "email", "1"]), [TEST]);
        assert_eq!(said(&["Status"], &["Test"]), [TEST]);
        assert!(said(&qualtrics, &["IP Address", "x", "anonymous", "True"]).is_empty());
        assert!(said(&qualtrics, &["0", "x", "qr", "1"]).is_empty());
        // Of no platform a number says anything.
        assert!(said(&["Status"], &["1"]).is_empty());
    }

    #[test]
    fn half_finished_answers_are_told() {
        let qualtrics = ["Status", "RecordedDate", "DistributionChannel", "Finished"];
        assert_eq!(said(&qualtrics, &["IP Address", "x", "anonymous", "False"]), [UNFINISHED]);
        assert_eq!(said(&qualtrics, &["0", "x", "anonymous", "0"]), [UNFINISHED]);
        assert_eq!(said(&qualtrics, &["1", "x", "preview", "0"]), [TEST, UNFINISHED]);
        assert_eq!(said(&["Completion Status"], &["Partial"]), [UNFINISHED]);
        assert_eq!(said(&["Completed"], &["No"]), [UNFINISHED]);
        assert_eq!(said(&["Date submitted", "Last page"], &["", "2"]), [UNFINISHED]);
        assert!(said(&["Date submitted"], &[""]).is_empty());
        assert!(said(&["Status", "Completed"], &["Complete", "05/03/2024"]).is_empty());
        assert!(said(&["Status"], &["Closed"]).is_empty());
    }
}
