//! Comments made from a seed: distinct, of realistic lengths, without anyone's words.
//!
//! What makes each one distinct is words and not a number: a long number may be taken out as somebody's
//! phone, and what is left is the same again and again, which is less work than anyone's real file.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

const OPENINGS: &[&str] = &[
    "the carers",
    "my morning carer",
    "our regular girl",
    "the agency",
    "the office",
    "they",
    "mum's carers",
    "the lady who comes at teatime",
    "weekend staff",
    "the new ones",
    "the team",
    "whoever they send",
    "the evening call",
    "dad's care workers",
    "the manager",
];
const DOINGS: &[&str] = &[
    "come late most days",
    "never rush me",
    "are in and out in ten minutes",
    "ring if they are held up",
    "know exactly how I like my tea",
    "leave the kitchen in a mess",
    "always find time for a chat",
    "did not turn up on Sunday",
    "change every single week",
    "help me wash and dress with care",
    "forgot the tablets twice",
    "treat me like a number",
    "keep me in my own home",
    "charge for the full half hour",
    "cannot work the hoist",
    "speak over my head",
    "are kind and patient",
    "do not read the care plan",
    "get me out to the club on a Thursday",
    "work every hour for very little pay",
];
const JOINS: &[&str] =
    &["and", "but", "so", "although", "because", "which means", ". Also", ". Mind you,"];
const ENDINGS: &[&str] = &[
    "we manage",
    "it makes all the difference",
    "I worry all night",
    "nobody tells us anything",
    "I would not be without them",
    "my daughter has to step in",
    "it is not what we pay for",
    "I can stay where I am",
    "the bill makes no sense",
    "there is no one to ring",
    "I feel safe",
    "it used to be better",
    "it has got much better since",
    "something must be done",
];
const NAMES: &[&str] =
    &["Denise", "Mrs Okafor", "Tariq", "Agnieszka", "Mr Lomax", "Blessing", "Siân"];

/// Everyday words, of which no two comments end in the same two.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let words = include_str!("../../src/deidentify/names/everyday.txt").lines();
    let plain = |word: &&str| {
        (4..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    words.filter(plain).step_by(9).collect()
});

/// How well the comments are spelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// Every word is right.
    Right,
    /// One comment in five has a word with a letter too many or too few.
    Hasty,
}

/// One comment in so many has a misspelt word where people type in haste.
const MISSPELT: usize = 5;
/// Rows of a batch of the Parquet file.
const BATCH: usize = 8192;

/// Writes `count` comments, as CSV or as Parquet by the file's name, and gives the number of words.
pub(crate) fn write(path: &Path, count: usize, spelling: Spelling) -> anyhow::Result<usize> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let rows = (1..=count).map(|number| comment(number, spelling, &mut random));
    if path.extension().is_some_and(|extension| extension == "parquet") {
        return parquet(path, rows);
    }
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(COLUMNS)?;
    let mut words = 0;
    for (number, area, text) in rows {
        words += text.split_whitespace().count();
        out.write_record([number.to_string().as_str(), area, &text])?;
    }
    out.flush()?;
    Ok(words)
}

const COLUMNS: [&str; 3] = ["id", "Area", "What could be better about your care?"];

fn parquet(
    path: &Path,
    mut rows: impl Iterator<Item = (usize, &'static str, String)>,
) -> anyhow::Result<usize> {
    let [id, area, text] = COLUMNS.map(|name| Field::new(name, DataType::Utf8, false));
    let schema = Arc::new(Schema::new(vec![id, area, text]));
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let file = std::fs::File::create(path)?;
    let mut out = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))?;
    let mut words = 0;
    loop {
        let batch: Vec<_> = rows.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            out.close()?;
            return Ok(words);
        }
        words += batch.iter().map(|row| row.2.split_whitespace().count()).sum::<usize>();
        let ids = StringArray::from_iter_values(batch.iter().map(|row| row.0.to_string()));
        let areas = StringArray::from_iter_values(batch.iter().map(|row| row.1));
        let texts = StringArray::from_iter_values(batch.iter().map(|row| &row.2));
        let columns: Vec<ArrayRef> = vec![Arc::new(ids), Arc::new(areas), Arc::new(texts)];
        out.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
    }
}

/// The id, the area and the words of a comment.
fn comment(
    number: usize,
    spelling: Spelling,
    random: &mut Random,
) -> (usize, &'static str, String) {
    let mut text = format!("{} {}", random.of(OPENINGS), random.of(DOINGS));
    if random.below(20) == 0 {
        text.push_str(&format!(" when {} is on", random.of(NAMES)));
    }
    if random.below(3) == 0 {
        let more = [random.of(JOINS), random.of(OPENINGS), random.of(DOINGS)];
        text.push_str(&format!(" {}", more.join(" ")));
    }
    if random.below(3) == 0 {
        text.push_str(&format!(" {} {}", random.of(JOINS), random.of(ENDINGS)));
    }
    if spelling == Spelling::Hasty && random.below(MISSPELT) == 0 {
        text = misspelt(&text, random);
    }
    let last = [number % WORDS.len(), number / WORDS.len() % WORDS.len()].map(|at| WORDS[at]);
    text.push_str(&format!(", {}", last.join(" ")));
    (number, ["North", "South", "East", "West"][random.below(4)], text)
}

/// The text with one word typed wrong: a letter too many, or one missing.
fn misspelt(text: &str, random: &mut Random) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let at = random.below(words.len());
    let places: Vec<usize> = words[at].char_indices().map(|(place, _)| place).collect();
    let place = places[random.below(places.len())];
    if places.len() > 3 && random.below(2) == 0 {
        words[at].remove(place);
    } else {
        words[at].insert(place, char::from(b'a' + random.below(26) as u8));
    }
    words.join(" ")
}

/// A small random number generator with a fixed seed (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }

    fn of<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_comments_end_alike_and_none_holds_a_number() {
        let end = |number| {
            let (.., text) = comment(number, Spelling::Right, &mut Random(1));
            assert!(!text.contains(|c: char| c.is_ascii_digit()), "{text}");
            text.rsplit(", ").next().map(str::to_owned)
        };
        let some = (1..10_000_000).step_by(499);
        assert_eq!(some.clone().map(end).collect::<BTreeSet<_>>().len(), some.count());
        assert!(WORDS.len().pow(2) > 10_000_000);
    }
}
