//! Changes to bytes and to tokens, the same for the same seed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A source of changes.
pub struct Mutator(ChaCha8Rng);

/// What parsers stumble over.
const PIECES: [&str; 37] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\u0061",
    "null",
    "true",
    "-0",
    "1e400",
    "1.5",
    "253402300800",
    "18446744073709551616",
    ".",
    "..",
    "=",
    "+",
    "/",
    " ",
    "\r\n",
    "\t",
    "\0",
    "\u{feff}",
    "\u{e9}",
    "\u{1f600}",
    "urn:oid:",
    "0",
    "9999",
    "-02-29",
    "eyJ",
    "[[[[[[[[[[[[[[[[[",
    "AAAAAAAAAAAAAAAA",
];

/// Members that an object of any kind may get besides.
const MEMBERS: [&str; 18] = [
    r#""alg":"none""#,
    r#""alg":"HS256""#,
    r#""kid":"""#,
    r#""typ":null"#,
    r#""cty":"JWT""#,
    r#""crit":["b64"]"#,
    r#""b64":false"#,
    r#""zip":"DEF""#,
    r#""enc":"A256GCM""#,
    r#""jku":"https://attacker.example/jwks""#,
    r#""x5u":"https://attacker.example/x""#,
    r#""jwk":{}"#,
    r#""d":"AQAB""#,
    r#""use":"enc""#,
    r#""iss":"""#,
    r#""exp":1e400"#,
    r#""aud":[]"#,
    r#""a\u0000":"""#,
];

/// The longest that an input grows.
const MAX_BYTES: usize = 20 * 1024;

impl Mutator {
    /// The changes of that seed.
    pub fn seeded(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `bound`, which is at least 1. Slightly biased, which does no harm here.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.0.next_u32() as usize) % bound.max(1)
    }

    /// True once in `times`.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    ///
    /// # Panics
    /// When there are none.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Changes bytes in one to four places.
    pub fn bytes(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            self.change(bytes);
        }
    }

    /// A token made from `token`: with flipped bits, other spellings, segments moved or taken from `donor`, or
    /// other content. Now and then it is the same again.
    pub fn token(&mut self, token: &str, donor: &str) -> String {
        match self.below(8) {
            0 => self.with_bytes(token, |mutator, bytes| mutator.flip(bytes)),
            1 => self.with_bytes(token, Self::bytes),
            2 => self.respelt(token),
            3 => self.rearranged(token, donor),
            4 => self.signed_otherwise(token),
            5 => self.dressed(token),
            _ => self.rewritten(token),
        }
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        let some = at..bytes.len().min(at + self.below(16));
        match self.below(9) {
            0 | 1 => self.flip(bytes),
            2 => drop(bytes.drain(some)),
            3 => bytes.truncate(at),
            4 => {
                let copy = bytes[some].to_vec();
                let to = self.below(bytes.len() + 1);
                drop(bytes.splice(to..to, copy));
            }
            5 => {
                let byte = self.0.next_u32().to_le_bytes()[0];
                drop(bytes.splice(some, [byte]));
            }
            6 => {
                let piece = self.pick(&PIECES);
                drop(bytes.splice(some, piece.bytes()));
            }
            7 => self.add_member(bytes),
            _ => {
                let piece = self.pick(&PIECES);
                drop(bytes.splice(at..at, piece.bytes()));
            }
        }
        bytes.truncate(MAX_BYTES);
    }

    /// Where an object begins, if one does.
    fn add_member(&mut self, bytes: &mut Vec<u8>) {
        let opens: Vec<usize> = (1..=bytes.len()).filter(|at| bytes[at - 1] == b'{').collect();
        if !opens.is_empty() {
            let (at, member) = (self.pick(&opens), self.pick(&MEMBERS));
            drop(bytes.splice(at..at, format!("{member},").bytes()));
        }
    }

    fn flip(&mut self, bytes: &mut [u8]) {
        let (at, bit) = (self.below(bytes.len()), self.below(8));
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << bit;
        }
    }

    fn with_bytes(&mut self, text: &str, change: fn(&mut Self, &mut Vec<u8>)) -> String {
        let mut bytes = text.as_bytes().to_vec();
        change(self, &mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The same or nearly the same content, as lenient decoders read it.
    fn respelt(&mut self, token: &str) -> String {
        let mut segments = split(token);
        let at = self.below(segments.len());
        let segment = &mut segments[at];
        let inside = self.below(segment.len() + 1);
        match self.below(7) {
            0 => segment.push('='),
            1 => segment.push_str("=="),
            2 => *segment = segment.replace('-', "+").replace('_', "/"),
            3 if segment.is_char_boundary(inside) => {
                segment.insert(inside, self.pick(&[' ', '\n', '\r', '\t', '\0', '=', '\u{a0}']));
            }
            4 => drop(segment.pop()),
            5 => segment.push(self.pick(&['A', 'B', 'Q', '_'])),
            _ => {
                // Bits that no byte needs, where the length leaves some.
                segment.pop();
                segment.push(self.pick(&['A', 'B', 'C', 'D', 'g', 'h', 'w', 'x', '9', '_']));
            }
        }
        segments.join(".")
    }

    fn rearranged(&mut self, token: &str, donor: &str) -> String {
        let (mut segments, donor) = (split(token), split(donor));
        let (at, to) = (self.below(segments.len()), self.below(segments.len()));
        match self.below(6) {
            0 => segments.swap(at, to),
            1 => drop(segments.remove(at)),
            2 => segments.insert(to, segments[at].clone()),
            3 => segments[at].clear(),
            4 => segments.extend(["AAAA".to_owned(), "AAAA".to_owned()]),
            _ => segments[at].clone_from(&donor[self.below(donor.len())]),
        }
        segments.join(".")
    }

    fn signed_otherwise(&mut self, token: &str) -> String {
        let mut segments = split(token);
        let Some(last) = segments.last_mut() else { return String::new() };
        let mut signature = URL_SAFE_NO_PAD.decode(&*last).unwrap_or_default();
        match self.below(6) {
            0 => signature.fill(0),
            1 => signature.fill(0xff),
            2 => signature.push(0),
            3 => signature.insert(0, 0),
            4 => signature.truncate(self.below(signature.len() + 1)),
            _ => self.bytes(&mut signature),
        }
        *last = URL_SAFE_NO_PAD.encode(signature);
        segments.join(".")
    }

    /// With something around it.
    fn dressed(&mut self, token: &str) -> String {
        let extra =
            self.pick(&[" ", "\n", "\r\n", "\t", "\0", ".", "=", "\"", "Bearer ", "\u{feff}", "\u{200b}"]);
        if self.one_in(2) { format!("{extra}{token}") } else { format!("{token}{extra}") }
    }

    /// With other bytes in its header or payload.
    fn rewritten(&mut self, token: &str) -> String {
        let mut segments = split(token);
        let at = self.below(segments.len().min(2));
        let mut content = URL_SAFE_NO_PAD.decode(&segments[at]).unwrap_or_default();
        self.bytes(&mut content);
        segments[at] = URL_SAFE_NO_PAD.encode(content);
        segments.join(".")
    }
}

fn split(token: &str) -> Vec<String> {
    token.split('.').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_is_one_sequence() {
        let sequence = |seed| {
            let mut mutator = Mutator::seeded(seed);
            (0..200)
                .map(|_| mutator.token("aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl", "YQ.Yg.Yw"))
                .collect::<Vec<_>>()
        };
        assert_eq!(sequence(1), sequence(1));
        assert_ne!(sequence(1), sequence(2));
    }

    #[test]
    fn anything_can_be_changed() {
        let mut mutator = Mutator::seeded(0);
        for text in ["", ".", "é.é.é", "....."] {
            for _ in 0..2_000 {
                let changed = mutator.token(text, text);
                let mut bytes = changed.into_bytes();
                mutator.bytes(&mut bytes);
                assert!(bytes.len() <= MAX_BYTES);
            }
        }
    }
}
