//! Rows of which the survey platform itself says that somebody tried the form out, or that nobody
//! finished it. They stay in, since half an answer is one; `heard check` tells which they are.

use super::dates::{self, Order};
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
    /// The day of sending it, blank where it was never sent.
    Sent,
    /// How much of the form was filled in, up to 100.
    Share,
}

/// The columns of a table that tell it.
#[derive(Debug, Default)]
pub(super) struct Completion(Vec<(usize, Says)>);

impl Completion {
    /// Finds them by their headers. `head`: the first rows, which tell whether the day of sending is
    /// ever given.
    pub(super) fn of(labels: &[Label], head: &[Row]) -> Self {
        let headers: Vec<String> = labels.iter().map(|label| heading(&label.text)).collect();
        let has = |names: &[&str]| headers.iter().any(|header| names.contains(&header.as_str()));
        let qualtrics = has(&["recorded date", "recordeddate"]);
        let begun = has(&[
            "last page",
            "lastpage",
            "started",
            "start date",
            "start time",
            "date started",
            "startdate",
        ]);
        // Without these the days may be those of the care.
        let platform = has(&[
            "respondent id",
            "response id",
            "collector id",
            "ip address",
            "userid",
            "user id",
            "userno",
        ]);
        let given = |at: usize| head.iter().any(|row| is_day(row.get(at)));
        let whole = |at: usize| head.iter().any(|row| share(row.get(at)) == Some(100.0));
        let says = |at: usize, header: &str| match header {
            "status" | "response type" if qualtrics => Some(Says::QualtricsStatus),
            "status"
            | "response status"
            | "respondent status"
            | "completion status"
            | "submission status"
            | "survey status"
            | "completeness"
            | "complete or partial" => Some(Says::Status),
            "distribution channel" | "distributionchannel" => Some(Says::Channel),
            "progress" | "percent complete" | "percentage complete" if whole(at) => {
                Some(Says::Share)
            }
            "date submitted" | "submitdate" | "submitted" | "submission date"
            | "completion time"
                if begun && given(at) =>
            {
                Some(Says::Sent)
            }
            "completed date" | "date completed" | "completed" | "completion date" | "ended"
            | "end date" | "end time" | "enddate"
                if begun && platform && given(at) =>
            {
                Some(Says::Sent)
            }
            "finished" | "complete" | "completed" | "is complete" | "fully completed"
            | "response complete" | "survey complete" | "survey completed" | "submitted" => {
                Some(Says::Finished)
            }
            _ => None,
        };
        let columns = headers.iter().enumerate();
        Self(columns.filter_map(|(at, header)| Some((at, says(at, header)?))).collect())
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

/// A header without what stands twice in it: `LimeSurvey` joins the code of a column and its name
/// ("submitdate. Date submitted").
fn heading(text: &str) -> String {
    let coded = text.split_once(". ").filter(|(code, name)| {
        !code.contains(' ') && name.split_whitespace().count() <= 3 && !name.contains('?')
    });
    normal(coded.map_or(text, |(_, name)| name))
}

fn is_day(cell: &str) -> bool {
    dates::parse(cell, Order::DayFirst).or_else(|| dates::parse(cell, Order::MonthFirst)).is_some()
        || dates::serial(cell).is_some()
}

/// How much of a whole of a hundred.
fn share(cell: &str) -> Option<f64> {
    cell.trim().trim_end_matches(['%', ' ']).parse().ok()
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
        Says::Finished | Says::Sent | Says::Share => false,
    }
}

fn is_unfinished(says: Says, cell: &str) -> bool {
    const NOT: [&str; 5] = ["false", "no", "n", "0", "not yet"];
    const WORDS: [&str; 17] = [
        "partial",
        "partially answered",
        "partially submitted",
        "terminated",
        "dropped out",
        "draft",
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
        Says::Share => share(cell).is_some_and(|share| (0.0..100.0).contains(&share)),
        Says::QualtricsStatus | Says::Channel => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(headers: &[&str], cells: &[&str]) -> Vec<&'static str> {
        said_among(headers, &[], cells)
    }

    /// `other`: another row of the file.
    fn said_among(headers: &[&str], other: &[&str], cells: &[&str]) -> Vec<&'static str> {
        let label = |text: &&str| Label { text: (*text).to_owned(), ..Label::default() };
        let labels: Vec<Label> = headers.iter().map(label).collect();
        let head = [Row::of(2, other), Row::of(3, cells)];
        Completion::of(&labels, &head).of_row(&head[1]).collect()
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
        assert_eq!(said(&["Respondent status"], &["Partial"]), [UNFINISHED]);
        assert_eq!(said_among(&["Progress"], &["100"], &["62"]), [UNFINISHED]);
        assert!(said_among(&["Progress"], &["5"], &["4"]).is_empty());
        assert_eq!(said(&["Submitted"], &["No"]), [UNFINISHED]);
        assert!(said(&["Progress"], &["100"]).is_empty());
        assert!(said(&["Progress"], &["Slow but sure"]).is_empty());
        assert!(said(&["Status", "Submitted"], &["Complete", ""]).is_empty());
        assert!(said(&["Status", "Completed"], &["Complete", "05/03/2024"]).is_empty());
        assert!(said(&["Status"], &["Closed"]).is_empty());
    }

    #[test]
    fn a_day_of_sending_that_others_have_is_missed() {
        let sent = "2024-03-05 10:00";
        for headers in [
            ["Date submitted", "Last page"],
            ["submitdate. Date submitted", "lastpage. Last page"],
            ["Completion time", "Start time"],
        ] {
            assert_eq!(said_among(&headers, &[sent, "2"], &["", "2"]), [UNFINISHED], "{headers:?}");
            assert!(said_among(&headers, &[sent, "2"], &[sent, "2"]).is_empty(), "{headers:?}");
            // Where nobody's day is given, it tells nothing.
            assert!(said_among(&headers, &["", "2"], &["", "2"]).is_empty(), "{headers:?}");
        }
        let ended = ["UserID", "Started", "Ended"];
        assert_eq!(said_among(&ended, &["1", sent, sent], &["2", sent, ""]), [UNFINISHED]);
        // Care that began and has not ended.
        let care = ["Client", "Start date", "End date"];
        assert!(said_among(&care, &["A", sent, sent], &["B", sent, ""]).is_empty());
        assert!(said_among(&["Date submitted"], &[sent], &[""]).is_empty());
    }
}
