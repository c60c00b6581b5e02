//! The code that confirms an e-mail address: six characters that nobody mistakes for each other.

use std::time::Duration;

use ambient::Entropy;

/// Neither I, L and O nor 0 and 1.
const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const LENGTH: usize = 6;

/// The code of a test client's patients, to whom no mail is sent.
pub const TEST_CODE: &str = "TEST22";
/// A code lasts this long.
pub const CODE_LIFE: Duration = Duration::from_mins(10);
/// How often a code may be tried: of 31^6, this many guesses are none.
pub const TRIES: u8 = 5;
/// How many codes one patient may ask for.
pub const MOST_CODES: u8 = 5;
/// How many mails go to one address in [`SPAN`], whoever asks for them.
pub const MOST_MAILS: i64 = 10;
/// See [`MOST_MAILS`].
pub const SPAN: Duration = Duration::from_hours(1);

/// A fresh code.
pub(super) fn fresh(entropy: &Entropy) -> String {
    // Of 2^64 values, 31^6 do not divide evenly by less than one in ten thousand million.
    let mut number = u64::from_be_bytes(entropy.bytes());
    let mut code = String::with_capacity(LENGTH);
    for _ in 0..LENGTH {
        let (next, letter) = (number / 31, number % 31);
        code.push(
            usize::try_from(letter).ok().and_then(|at| ALPHABET.get(at)).map_or('A', |b| char::from(*b)),
        );
        number = next;
    }
    code
}

/// A code as it was typed: capitals or not, with spaces or dashes between.
pub(super) fn typed(text: &str) -> String {
    let characters = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(2 * LENGTH);
    characters.flat_map(char::to_uppercase).collect()
}

/// An address that mail can go to, without spaces around it; or nothing. Printable ASCII alone: what looks like
/// another letter is no way to another mailbox.
pub(super) fn address(text: &str) -> Option<&str> {
    let text = text.trim();
    let (mailbox, domain) = text.rsplit_once('@')?;
    let plain = |b: u8| b.is_ascii_graphic() && !b"<>()[]\\,;:\"@".contains(&b);
    let host = domain
        .split('.')
        .all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    let fits = !mailbox.is_empty() && mailbox.len() <= 64 && text.len() <= 254;
    (fits && mailbox.bytes().all(plain) && host && domain.contains('.')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_letters_of_the_alphabet_and_no_two_are_the_same() {
        let entropy = Entropy::seeded(7);
        let codes: std::collections::BTreeSet<_> = (0..500).map(|_| fresh(&entropy)).collect();
        assert_eq!(codes.len(), 500);
        assert!(codes.iter().all(|code| code.len() == LENGTH && code.bytes().all(|b| ALPHABET.contains(&b))));
        let letters: std::collections::BTreeSet<_> = codes.iter().flat_map(|code| code.bytes()).collect();
        assert_eq!(letters.len(), ALPHABET.len(), "some letter never comes");
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for text in ["TEST22", " test22 ", "tes-t22", "T E S T 2 2"] {
            assert_eq!(typed(text), TEST_CODE, "{text}");
        }
    }

    #[test]
    fn only_what_mail_can_go_to_is_an_address() {
        assert_eq!(address(" a.b+c@example.org "), Some("a.b+c@example.org"));
        for text in [
            "",
            "@example.org",
            "a@",
            "a@b",
            "a@b@example.org",
            "a b@example.org",
            "a@example..org",
            "a@.org",
            "a\r\nBcc: x@example.org",
            "<a@example.org>",
            "a,b@example.org",
            "\u{430}@example.org",
            "a@ex\u{e4}.org",
        ] {
            assert_eq!(address(text), None, "{text:?}");
        }
        assert_eq!(address(&format!("{}@example.org", "a".repeat(65))), None);
    }
}
