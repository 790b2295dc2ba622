//! Web addresses, handles of social networks and the names by which people log in.

use super::found::{Found, pattern};
use super::redacted::RedactionKind::Url;

pattern!(
    ADDRESS,
    r#"(?ix) \b(?: https?://[^\s<>"]+ | www\s?\.[^\s<>"]+
      | (?:[\p{L}\p{N}-]+\.)+(?:co\.uk|org\.uk|gov\.uk|nhs\.uk|ac\.uk|me\.uk|uk|com|org|net|info|wales|scot)\b (?:/[^\s<>"]*)? )"#
);
pattern!(HANDLE, r"(?:^|[\s(,:])(@[A-Za-z_][A-Za-z0-9_.]{2,})");

// "Username on your portal is mavis_b_1934"
pattern!(
    LOGIN,
    r"(?i)\b(?:user\s?name|user\s?id|log\s?in|login|screen\s?name|handle|skype|instagram|insta|snapchat)\b(?:\s\w+){0,4}?\s?(?::|is|was)?\s?\b([\p{L}\p{N}.-]*(?:_[\p{L}\p{N}.-]+)+|\p{L}+[0-9]{2,})\b"
);

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    if text.as_bytes().windows(2).any(|w| w[0] == b'.' && w[1].is_ascii_alphanumeric())
        || text.contains("://")
        || text.as_bytes().windows(3).any(|w| w.eq_ignore_ascii_case(b"www"))
    {
        for m in ADDRESS.find_iter(text) {
            let length =
                m.as_str().trim_end_matches(['.', ',', ';', ':', ')', '!', '?', '\'']).len();
            found.push(Found::new(m.start()..m.start() + length, Url));
        }
    }
    if text.contains('_') || text.bytes().any(|b| b.is_ascii_digit()) {
        let names = LOGIN.captures_iter(text).filter_map(|c| c.get(1));
        found.extend(names.map(|m| Found::new(m.range(), Url)));
    }
    if text.contains('@') {
        let handles = HANDLE.captures_iter(text).filter_map(|c| c.get(1));
        found.extend(handles.map(|m| Found::new(m.range(), Url)));
    }
}
