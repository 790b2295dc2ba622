//! The ways in which people introduce a name: titles, "called", "my carer ___", "___, my carer",
//! "Dear ___", "___, 84", speakers of a transcript, initials, and the company of another name.
//! Names at the head and foot of a letter are left to `signatures`. Each rule marks words; `persons` makes names of them.

use super::lexicon::{
    BUILDING, DOES, FUNCTION, GIVEN, IS, KEEP, NAME_FIRST, PLACE, PLAIN_SURNAME, ROLE, SOFT_TITLE,
    SURNAME, THING, TITLE, TOWARDS, WORD,
};
use super::nobody;
use super::persons::Reader;

/// Marks every word that is introduced as a name.
pub(super) fn mark(reader: &Reader, names: &mut [bool]) {
    for i in 0..names.len() {
        mark_initials(reader, i, names);
        let introduced = after_title(reader, i)
            .or_else(|| after_called(reader, i))
            .or_else(|| after_role(reader, i))
            .or_else(|| after_towards(reader, i))
            .or_else(|| after_initial(reader, i));
        if let Some(name) = introduced {
            names[name] = true;
        }
        if before_role(reader, i) || before_age(reader, i) || before_here(reader, i) {
            names[i] = true;
        }
    }
    if reader.text.contains(':') {
        mark_speakers(reader, names);
    }
}

/// "Denise and Blessing": who is named beside a name is a person too.
pub(super) fn mark_company(reader: &Reader, names: &mut [bool]) {
    let links = |i: usize| {
        let gap = reader.gap(i).trim();
        matches!(gap, "&" | "," | "/" | "+")
    };
    // "shaz and trace do the mornings"
    let people_do = |i: usize| {
        reader.done_by(i)
            || reader.spaced(i) && reader.word_is(i + 1, &["do", "are", "were", "have"])
    };
    let could_be = |i: usize| {
        let t = &reader.list[i];
        let listed = t.is(GIVEN) || (t.is(SURNAME) && !t.is(WORD | PLACE));
        let small = !reader.capital(i)
            && (reader.plain_given(i)
                || t.is(GIVEN) && !t.is(KEEP) && (t.is(NAME_FIRST) || people_do(i)));
        (reader.capital(i) || small)
            && !t.is(FUNCTION | ROLE | TITLE)
            && (small || listed && (!t.is(KEEP) || t.is(NAME_FIRST)) || reader.unknown(i) && !small)
            && !reader.names_a_building(i)
            && !nobody::denied(reader, i)
    };
    for _ in 0..2 {
        for i in 0..names.len() {
            let other = if i + 1 < names.len() && links(i) {
                i + 1
            } else if i + 2 < names.len()
                && reader.spaced(i)
                && reader.spaced(i + 1)
                && reader.word_is(i + 1, &["and", "or", "n", "plus"])
            {
                i + 2
            } else {
                continue;
            };
            // A list of things may follow a name after a comma; a listed name may not be missed.
            let certain = other == i + 2
                || matches!(reader.gap(i).trim(), "&" | "+")
                || reader.at(i, GIVEN) && reader.at(other, GIVEN);
            if certain && names[i] && !names[other] && could_be(other) {
                names[other] = true;
            }
            let listed = !reader.list[i].first || reader.at(i, GIVEN);
            if certain && names[other] && !names[i] && could_be(i) && listed {
                names[i] = true;
            }
        }
    }
}

/// A word that could be a name once something introduces it for certain.
fn could_be_called(reader: &Reader, i: usize) -> bool {
    let Some(t) = reader.list.get(i) else { return false };
    let listed = t.is(GIVEN | NAME_FIRST);
    if t.has_digit
        || reader.crossed_out(i)
        || t.is(FUNCTION | TITLE)
        || (t.is(KEEP | ROLE | BUILDING | PLACE) && !listed && !(t.is(SURNAME) && t.is(PLACE)))
    {
        return false;
    }
    if reader.capital(i) {
        return !(t.all_capitals && t.letters < 4 && !t.is(GIVEN | SURNAME)) || t.letters == 1;
    }
    if t.is(WORD) {
        listed && t.is(NAME_FIRST) || reader.plain_given(i)
    } else {
        t.letters > 2 || t.is(GIVEN | SURNAME)
    }
}

/// "Mrs Patel", "Mr and Mrs Jones", "Nurse Grace", "Mrs H".
fn after_title(reader: &Reader, i: usize) -> Option<usize> {
    let t = &reader.list[i];
    if !t.is(TITLE | SOFT_TITLE) || i + 1 >= reader.list.len() {
        return None;
    }
    let near = reader.spaced(i) || matches!(reader.gap(i), ". " | ".");
    if !near || t.end != t.after {
        return None;
    }
    let next = &reader.list[i + 1];
    let written = t.is(TITLE) || reader.spaced(i);
    if written && next.letters == 1 && next.capital && !next.has_digit && !reader.crossed_out(i + 1)
    {
        // "Mr A Khan", but "the Dr I saw".
        let dotted = reader.gap(i + 1).starts_with('.');
        let surname = reader.spaced(i + 1)
            && reader.list.get(i + 2).is_some_and(|s| s.capital && s.letters > 1)
            && !reader.at(i + 2, FUNCTION | DOES | IS);
        // "Mrs A is kind", "I asked Mr I."
        let alone = t.is(TITLE)
            && (reader.done_by(i + 1) && next.of(reader.text) != "I"
                || !reader.spaced(i + 1) && !dotted);
        if dotted && (reader.capital(i + 2) || reader.caseless) || surname || alone {
            return Some(i + 1);
        }
    }
    // "Sr Support Worker"
    if next.is(WORD) && reader.spaced(i + 1) && reader.at(i + 2, ROLE) {
        return None;
    }
    if t.is(TITLE) {
        let named = could_be_called(reader, i + 1)
            || (!reader.capital(i + 1)
                && next.is(SURNAME)
                && !next.is(FUNCTION)
                && next.letters > 2)
            || (reader.capital(i + 1)
                && !next.all_capitals
                && next.is(SURNAME | GIVEN | KEEP | PLACE)
                && !next.is(TITLE | SOFT_TITLE | ROLE | FUNCTION));
        return named.then_some(i + 1);
    }
    let capital = reader.capital(i + 1) && !next.is(FUNCTION | ROLE | TITLE | BUILDING);
    let written_as_name = capital
        && next.letters > 1
        && (!next.all_capitals || next.is(GIVEN | SURNAME))
        && (next.is(GIVEN | NAME_FIRST)
            || (!next.is(PLACE | KEEP) && (next.is(SURNAME) || !next.is(WORD)))
            // "under Sister Blackwood", though there is a Blackwood
            || t.capital && !t.first && next.is(SURNAME) && !next.is(KEEP | WORD));
    let small = !capital
        && next.is(SURNAME)
        && !next.is(WORD | PLACE | KEEP | FUNCTION)
        && next.letters > 3;
    (written_as_name && reader.spaced(i) || small).then_some(i + 1)
}

/// "called Denise", "her name is Denise", "I'm Denise".
fn after_called(reader: &Reader, i: usize) -> Option<usize> {
    let near = |j: usize| {
        j < reader.list.len()
            && (reader.spaced(j)
                || matches!(reader.gap(j).trim(), ":" | "-" | "," | "\"" | "“" | "'" | "‘"))
    };
    if reader.word_is(i, &["called", "named", "nicknamed", "aka"]) && near(i) {
        let thing = (1..=2).any(|n| i >= n && reader.at(i - n, THING) && !reader.at(i - n, ROLE));
        return (!thing && could_be_called(reader, i + 1) && !reader.names_a_building(i + 1))
            .then_some(i + 1);
    }
    // "I will call her Joely", "goes by Dot", "say to call him Mo".
    let object = reader.word_is(i, &["her", "him", "me", "them", "myself", "herself", "himself"])
        && i > 0
        && reader.spaced(i - 1)
        && reader.word_is(i - 1, &["call", "calls", "called", "calling", "named", "nickname"]);
    let by = reader.word_is(i, &["by"])
        && i > 0
        && reader.spaced(i - 1)
        && reader.word_is(i - 1, &["go", "goes", "went", "going"]);
    if object || by {
        let t = reader.list.get(i + 1)?;
        // "calls me Trouble"
        let strange = t.is(WORD) && !t.is(GIVEN | NAME_FIRST) || t.is(KEEP) && !t.is(GIVEN);
        return (near(i) && reader.capital(i + 1) && !strange && could_be_called(reader, i + 1))
            .then_some(i + 1);
    }
    // "The one everybody calls Smudge"
    let all = i > 0 && reader.word_is(i - 1, &["everybody", "everyone", "people", "they", "we"]);
    if all && reader.word_is(i, &["call", "calls"]) && reader.spaced(i) {
        let alone = !reader.capital(i + 2) && !reader.at(i + 1, KEEP | BUILDING | PLACE);
        return (reader.capital(i + 1) && alone && could_be_called(reader, i + 1)).then_some(i + 1);
    }
    if reader.word_is(i, &["name", "names", "known"]) {
        let link =
            reader.spaced(i) && reader.word_is(i + 1, &["is", "was", "are", "were", "as", "of"]);
        let name = if link && near(i + 1) { i + 2 } else { i + 1 };
        let colon = reader.gap(i).trim_start().starts_with(':');
        let introduced = link || colon && reader.word_is(i, &["name", "names"]);
        return (introduced && name < reader.list.len() && could_be_called(reader, name))
            .then_some(name);
    }
    if reader.word_is(i, &["name's", "name’s"]) && reader.spaced(i) {
        return could_be_called(reader, i + 1).then_some(i + 1);
    }
    let me = reader.word_is(i, &["i'm", "i’m", "im"])
        || (reader.word_is(i, &["am"]) && i > 0 && reader.word_is(i - 1, &["i"]));
    let strange = reader.list.get(i + 1).is_some_and(|t| !t.first)
        && reader.unknown(i + 1)
        && reader.gap(i + 1).starts_with([',', '.']);
    // "i am tyrone", though there is a Tyrone
    let small = reader.list.get(i + 1).is_some_and(|t| !t.capital && t.letters > 2)
        && reader.at(i + 1, GIVEN)
        && !reader.at(i + 1, WORD | KEEP | FUNCTION | ROLE | DOES);
    if me && reader.spaced(i) && small {
        return Some(i + 1);
    }
    (me && reader.spaced(i)
        && reader.capital(i + 1)
        && (reader.at(i + 1, GIVEN) && !reader.at(i + 1, KEEP) || strange))
        .then_some(i + 1)
}

/// "J.B. declined lunch", "her initials are K.W."
fn mark_initials(reader: &Reader, i: usize, names: &mut [bool]) {
    const OTHER: [&str; 77] = [
        "ni", "wi", "nvq", "hm", "rn", "sen", "ra", "bbc", "itv", "dwp", "st", "oap", "pip", "aa",
        "esa", "la", "cpn", "mri", "ct", "ecg", "iv", "uti", "tb", "hiv", "dnr", "mp", "wc", "tlc",
        "nb", "od", "bd", "rc", "vip", "ta", "uk", "gp", "ot", "pt", "nhs", "am", "pm", "tv", "dn",
        "id", "eg", "ie", "cqc", "dob", "ok", "pa", "ps", "us", "eu", "hq", "rip", "ms", "me",
        "na", "ne", "se", "nw", "rvi", "rta", "pts", "ltd", "sos", "bp", "ae", "cv", "cd", "dvd",
        "pc", "asap", "np", "ed", "sw", "hr",
    ];
    let letter =
        |j: usize| reader.list.get(j).is_some_and(|t| t.capital && t.letters == 1 && !t.has_digit);
    // "Carer (M.) started at six. M. says that": then she is M. throughout.
    if letter(i) && i > 0 && reader.at(i - 1, ROLE) && reader.gap(i - 1).trim() == "(" {
        let gap = reader.gap(i);
        if gap.starts_with(')') || gap.starts_with(".)") {
            for (j, name) in names.iter_mut().enumerate() {
                let same =
                    letter(j) && reader.list[j].of(reader.text) == reader.list[i].of(reader.text);
                *name |= same && (j == i || reader.gap(j).starts_with('.') || reader.done_by(j));
            }
        }
    }
    let begun = i > 0 && letter(i - 1) && reader.gap(i - 1) == ".";
    if letter(i) && !begun && !reader.caseless {
        let mut last = i;
        while reader.gap(last) == "." && letter(last + 1) {
            last += 1;
        }
        let letters: String = (i..=last).map(|j| reader.list[j].of(reader.text)).collect();
        if (i + 1..=i + 2).contains(&last)
            && reader.gap(last).starts_with('.')
            && !OTHER.contains(&letters.to_lowercase().as_str())
        {
            names[i..=last].fill(true);
        }
    }
    if !reader.word_is(i, &["initials", "initial"]) {
        return;
    }
    let link = reader.spaced(i) && reader.word_is(i + 1, &["are", "is", "were", "was"]);
    let mut j = if link { i + 2 } else { i + 1 };
    let near = matches!(reader.gap(j - 1).trim(), "" | ":" | "-" | "\"");
    while near && reader.list.get(j).is_some_and(|t| t.capital && t.letters <= 3 && !t.has_digit) {
        names[j] = true;
        if !matches!(reader.gap(j), "." | ". " | " ") {
            break;
        }
        j += 1;
    }
}

/// "my carer Joy", "our nurse, Zbigniew", "carer: Denise".
fn after_role(reader: &Reader, i: usize) -> Option<usize> {
    let t = &reader.list[i];
    if !t.is(ROLE) || i + 1 >= reader.list.len() || t.end != t.after {
        return None;
    }
    // "my other carer is jasmine"
    if reader.spaced(i)
        && reader.word_is(i + 1, &["is", "was", "are", "were"])
        && reader.spaced(i + 1)
        && reader.at(i + 2, GIVEN)
        && (reader.plain_given(i + 2) || reader.at(i + 2, NAME_FIRST))
        && !reader.at(i + 2, KEEP | FUNCTION | ROLE | PLACE)
    {
        return Some(i + 2);
    }
    let (spaced, gap) = (reader.spaced(i), reader.gap(i).trim());
    if !spaced && !matches!(gap, "," | "-" | "–" | "(" | ":" | "\"" | "“") {
        return None;
    }
    let next = &reader.list[i + 1];
    // "Mum (Doreen Street)": no street is in brackets behind a person.
    let bracketed = gap == "(" && reader.plain_given(i + 1);
    if next.is(FUNCTION | ROLE | TITLE)
        || next.has_digit
        || (reader.names_a_building(i + 1) && !bracketed)
    {
        return None;
    }
    let named = if reader.capital(i + 1) {
        // "a gentleman, Cuthbert, who", "her sister (Morfydd, 86)"
        let apart = match gap {
            "," => reader.gap(i + 1).starts_with(','),
            "(" => reader.gap(i + 1).starts_with([',', ')']),
            // "Carer: Oluchi" on a line of its own
            ":" => i + 2 == reader.list.len() || reader.gap(i + 1).contains(['\n', ',', ';']),
            _ => false,
        };
        let unlisted = reader.unknown(i + 1) && (spaced || apart);
        (next.is(GIVEN)
            && (spaced || !next.is(KEEP | PLACE) && (!next.is(WORD) || next.is(NAME_FIRST))))
            || reader.plain_surname(i + 1) && !next.all_capitals
            || apart && next.is(NAME_FIRST) && !next.is(KEEP)
            // "the new lass, Summer, has": somebody by what follows.
            || apart && next.is(GIVEN) && reader.at(i + 2, IS | DOES)
            || unlisted
    } else {
        next.is(GIVEN | NAME_FIRST)
            && (reader.plain_given(i + 1) || next.is(NAME_FIRST))
            && spaced
            && reader.done_by(i + 1)
    };
    named.then_some(i + 1)
}

/// "thanks to Will", "with Hope", "Dear Margaret".
fn after_towards(reader: &Reader, i: usize) -> Option<usize> {
    // "PLEASE THANK PRECIOUS FOR", where capitals say nothing
    let for_it = reader.word_is(i, &["thank"]) && reader.word_is(i + 2, &["for", "so", "very"]);
    if for_it && !reader.capital(i + 1) && reader.at(i + 1, NAME_FIRST) && reader.spaced(i) {
        return Some(i + 1);
    }
    if !reader.at(i, TOWARDS) || !reader.spaced(i) || !reader.capital(i + 1) {
        return None;
    }
    let next = &reader.list[i + 1];
    if reader.word_is(i, &["dear", "hi", "hello"]) && reader.list[i].first {
        return (could_be_called(reader, i + 1)
            && !next.is(ROLE | KEEP)
            && (next.is(GIVEN | SURNAME) || !next.is(WORD)))
        .then_some(i + 1);
    }
    let month =
        next.is(KEEP) && next.is(GIVEN) && next.is(NAME_FIRST) && reader.word_is(i, &["with"])
            || next.is(KEEP) && next.is(GIVEN) && reader.word_is(i, &["thank", "thanks"]);
    let personal = reader
        .word_is(i, &["thank", "thanks", "told", "asked", "ask", "tell", "met", "love", "bless"]);
    let weak = next.is(GIVEN) && !next.is(KEEP) && (!next.is(PLACE) || personal) && !next.first;
    ((weak || month) && !reader.names_a_building(i + 1)).then_some(i + 1)
}

/// "J. Smith", "J Patel".
fn after_initial(reader: &Reader, i: usize) -> Option<usize> {
    let t = &reader.list[i];
    if t.letters != 1 || t.has_digit || !t.capital || reader.caseless || !reader.capital(i + 1) {
        return None;
    }
    let next = &reader.list[i + 1];
    let dotted = matches!(reader.gap(i), ". " | ".");
    let surname = next.is(SURNAME) && !next.is(FUNCTION | KEEP);
    let after = reader.gap(i + 1);
    let alone = i + 2 == reader.list.len()
        || after.contains('\n')
        || after.starts_with([',', '(']) && t.first
        || after.starts_with(" -")
        || after.starts_with(" (");
    let article = matches!(t.of(reader.text), "I" | "A") || reader.at(i + 1, WORD);
    if (t.first || !article) && alone && reader.spaced(i) && (surname || reader.unknown(i + 1)) {
        return Some(i + 1);
    }
    let named = if dotted {
        next.letters > 2
            && (surname
                && (!next.is(WORD)
                    || !t.first
                    || next.is(GIVEN | PLAIN_SURNAME)
                    || !matches!(t.of(reader.text), "A" | "B" | "C" | "D"))
                || next.is(PLACE) && !next.is(WORD)
                || reader.unknown(i + 1))
    } else {
        reader.spaced(i)
            && surname
            && !next.is(WORD | PLACE)
            && !matches!(t.of(reader.text), "I" | "A")
            // "R A Hazeldine"
            || reader.spaced(i)
                && (surname || reader.unknown(i + 1))
                && !next.is(WORD)
                && reader.before(i).is_some_and(|b| b.capital && b.letters == 1 && !b.has_digit)
    };
    named.then_some(i + 1)
}

/// "Hope, my carer", "Blessing is my key worker", "Joy from the agency", "Zbig (our carer)".
fn before_role(reader: &Reader, i: usize) -> bool {
    let t = &reader.list[i];
    let could_be = t.is(GIVEN) || reader.plain_surname(i) || (reader.unknown(i) && !t.first);
    if !could_be
        || !reader.capital(i)
        || t.is(FUNCTION | ROLE)
        || t.end != t.after
        || i + 1 >= reader.list.len()
    {
        return false;
    }
    let gap = reader.gap(i).trim();
    let (beside, mut j) = (matches!(gap, "," | "(" | "-" | "–"), i + 1);
    // "Angus Macgillivray (son)", "Catriona Begg (SW)"
    let alone = gap == "(" && reader.gap(j).starts_with(')');
    if alone && (reader.at(j, ROLE) || reader.word_is(j, &["dtr", "dau", "sw", "dn", "nok", "poa"]))
    {
        return true;
    }
    if i + 2 >= reader.list.len() {
        return false;
    }
    if !beside {
        if !reader.spaced(i) {
            return false;
        }
        if reader.word_is(j, &["from"]) && reader.spaced(j) {
            return reader.word_is(j + 1, &["the", "your", "our", "my"])
                && t.is(GIVEN)
                && !t.is(KEEP | PLACE);
        }
        if reader.word_is(j, &["the"]) && t.is(GIVEN) {
            return reader.spaced(j) && reader.at(j + 1, ROLE) && !t.is(KEEP);
        }
        if reader.at(j, IS) || reader.word_is(j, &["who", "who's", "who’s"]) {
            j += 1;
            if reader.at(j, IS) {
                j += 1;
            }
        } else if !reader.word_is(j, &["my", "our"]) {
            return false;
        }
    }
    // "Bill my late husband": beside whom without a comma, only one's own.
    let own = j == i + 1 && !beside && reader.word_is(j, &["my", "our"]) && t.is(GIVEN);
    if own && !t.is(KEEP | PLACE) {
        return (1..=2).any(|n| reader.at(j + n, ROLE) && (0..n).all(|k| reader.spaced(j + k)));
    }
    let whose = reader.word_is(
        j,
        &["my", "our", "his", "her", "the", "your", "their", "a", "mum's", "mums", "dad's", "dads"],
    );
    let human = t.is(GIVEN) || beside;
    whose
        && human
        && (1..=3).any(|n| reader.at(j + n, ROLE) && (0..n).all(|k| reader.spaced(j + k)))
}

/// "Hi, Xanthippe here."
fn before_here(reader: &Reader, i: usize) -> bool {
    // "hi its jade again"
    let small = i > 0
        && reader.word_is(i - 1, &["its", "it's", "it’s"])
        && reader.at(i, GIVEN)
        && !reader.at(i, PLACE | KEEP | FUNCTION | DOES)
        && reader.word_is(i + 1, &["here", "again"]);
    small
        || reader.word_is(i + 1, &["here"])
            && reader.spaced(i)
            && reader.capital(i)
            && (reader.unknown(i) || reader.at(i, GIVEN))
            && !reader.at(i, PLACE | KEEP | FUNCTION)
            && reader.gap(i + 1).starts_with([',', '.', '!', '\n'])
}

/// "Lily, 94, she rings", "Edna (87)", "Frank aged 80".
fn before_age(reader: &Reader, i: usize) -> bool {
    let t = &reader.list[i];
    let could_be = t.is(GIVEN) || reader.plain_surname(i) || reader.unknown(i);
    if !reader.capital(i) || !could_be || t.is(FUNCTION | ROLE | TITLE) || t.end != t.after {
        return false;
    }
    let gap = reader.gap(i).trim();
    let aged = reader.word_is(i + 1, &["aged", "age"]) && reader.spaced(i + 1);
    let number = match (aged, gap) {
        (true, "" | "," | "(") => i + 2,
        (false, "," | "(") => i + 1,
        _ => return false,
    };
    let Some(age) = reader.list.get(number) else { return false };
    let years: Option<u8> = age.of(reader.text).parse().ok();
    let ends = reader.gap(number).starts_with([',', ')', ';', '.', '\n'])
        || number + 1 == reader.list.len() && reader.gap(number).trim().is_empty()
        || reader.word_is(number + 1, &["years", "yrs", "yr", "year", "and"]);
    // "June (12)" may be a day of the month, "Leeds, 12," anything.
    let place = t.is(PLACE | KEEP) && !aged;
    years.is_some_and(|n| (1..=112).contains(&n)) && ends && !place
}

/// "Denise: I came at nine." at the start of a line.
fn mark_speakers(reader: &Reader, names: &mut [bool]) {
    for i in 0..reader.list.len() {
        let before = if i == 0 { "\n" } else { reader.gap(i - 1) };
        if !before.contains('\n') || !reader.list[i].capital {
            continue;
        }
        let Some(end) =
            (i..(i + 3).min(reader.list.len())).find(|&j| reader.gap(j).starts_with(':'))
        else {
            continue;
        };
        let speaks = (i..=end).all(|j| {
            let t = &reader.list[j];
            t.capital
                && !t.has_digit
                && !t.is(FUNCTION | ROLE | KEEP | BUILDING)
                && (t.is(GIVEN | SURNAME) || reader.unknown(j))
        });
        let listed = reader.at(i, GIVEN) || reader.plain_surname(i) || (reader.unknown(i) && i > 0);
        if speaks && listed {
            names[i..=end].fill(true);
        }
    }
}
