//! Comments made from a seed: distinct, of realistic lengths, without anyone's words.

use std::path::Path;

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

/// Writes `count` comments as CSV and gives the number of their words.
pub(crate) fn write(path: &Path, count: usize) -> anyhow::Result<usize> {
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(["id", "Area", "What could be better about your care?"])?;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut words = 0;
    for i in 0..count {
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
        // A number that no other comment has, so that no two are alike.
        text.push_str(&format!(", call {}", i + 1));
        words += text.split_whitespace().count();
        let area = ["North", "South", "East", "West"][random.below(4)];
        out.write_record([(i + 1).to_string().as_str(), area, &text])?;
    }
    out.flush()?;
    Ok(words)
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
