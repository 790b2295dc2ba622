//! Whole UK postcodes. An outward code alone ("BL1") is a district and stays, unless it ends an
//! address, which `addresses` knows, or follows the word "postcode".

use super::found::{Found, pattern};
use super::redacted::RedactionKind::Postcode;

pattern!(WHOLE, r"(?i)\b([A-Z]{1,2})[0-9][A-Z0-9]?[ \u{a0}-]{0,2}[0-9][ABD-HJLNP-UW-Z]{2}\b");
pattern!(
    SAID,
    r"(?i)\bpost\s?code\s*(?:is|:|-)?\s*([A-Z]{1,2}[0-9][A-Z0-9]?(?:[ -]?[0-9][A-Z]{2})?)\b"
);
// "AN9 9ZZ": written as only postcodes are, whatever the letters that begin it.
pattern!(SHAPED, r"^[A-Z]{2}[0-9]{1,2} [0-9][A-Z]{2}$");

/// The letters with which postcodes begin.
const AREAS: &str = " AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG \
    DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW \
    KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S \
    SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV \
    YO ZE ZZ ";

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    for c in WHOLE.captures_iter(text) {
        if let (Some(whole), Some(area)) = (c.get(0), c.get(1))
            && (SHAPED.is_match(whole.as_str())
                || AREAS.contains(&format!(" {} ", area.as_str().to_ascii_uppercase())))
        {
            found.push(Found::new(whole.range(), Postcode));
        }
    }
    if text.contains(['P', 'p']) {
        let said = SAID.captures_iter(text).filter_map(|c| c.get(1));
        found.extend(said.map(|m| Found::new(m.range(), Postcode)));
    }
}
