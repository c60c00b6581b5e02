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
pub const TRIES: i64 = 5;
/// How many codes one patient may ask for.
pub const MOST_CODES: i64 = 5;
/// How many mails go to one address in [`MAILS_SPAN`] for one client's patients: what two of them may ask for.
pub const MOST_MAILS_OF_CLIENT: i64 = 10;
/// How many go there for all clients' patients: no client can use up what goes there for another, and nobody's mailbox
/// is flooded by many.
pub const MOST_MAILS: i64 = 30;
/// See [`MOST_MAILS`].
pub const MAILS_SPAN: Duration = Duration::from_hours(1);
// What is older is forgotten.
const _: () = assert!(MAILS_SPAN.as_secs() <= store::LATE_USE.as_secs());

/// A fresh code.
pub(super) fn fresh(entropy: &Entropy) -> String {
    // Of 2^64 values, 31^6 do not divide evenly by less than one in ten thousand million.
    let mut number = u64::from_be_bytes(entropy.bytes());
    let letters = ALPHABET.len() as u64;
    let mut code = String::with_capacity(LENGTH);
    for _ in 0..LENGTH {
        let (next, letter) = (number / letters, number % letters);
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
}
