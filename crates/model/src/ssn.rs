//! Social security numbers: the one datum that does the most harm when it leaks.

use zeroize::Zeroizing;

/// A social security number or ITIN, or its last four digits. Wiped when dropped; it has no printing
/// `Debug`, is never serialised, and nothing sends it on.
#[derive(Clone, PartialEq, Eq)]
pub struct Ssn(Zeroizing<String>);

impl Ssn {
    /// Reads nine digits, bare or as `123-45-6789`, that can have been given out: areas 000 and 666, group
    /// 00 and serial 0000 never are. Areas from 900 are ITINs and test numbers.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = match text.split('-').collect::<Vec<_>>()[..] {
            [bare] if bare.len() == 9 => bare.to_owned(),
            [area, group, serial] if (area.len(), group.len(), serial.len()) == (3, 2, 4) => {
                [area, group, serial].concat()
            }
            _ => return None,
        };
        let (area, rest) = digits.split_at_checked(3)?;
        let (group, serial) = rest.split_at_checked(2)?;
        let never = matches!(area, "000" | "666") || group == "00" || serial == "0000";
        (are_digits(&digits) && !never).then(|| Self(Zeroizing::new(digits)))
    }

    /// Reads the last four digits alone; 0000 is never given out.
    pub fn from_last_four(text: &str) -> Option<Self> {
        (text.len() == 4 && are_digits(text) && text != "0000").then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The last four digits.
    pub fn last_four(&self) -> &str {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default()
    }
}

impl std::fmt::Debug for Ssn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ssn(..)")
    }
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_one_number() {
        for text in ["123-45-6789", "123456789"] {
            let number = Ssn::parse(text).expect("a number");
            assert_eq!((number.0.as_str(), number.last_four()), ("123456789", "6789"));
        }
        let short = Ssn::from_last_four("6789").expect("four digits");
        assert_eq!((short.0.as_str(), short.last_four()), ("6789", "6789"));
        assert_eq!(format!("{short:?}"), "Ssn(..)");
    }

    #[test]
    fn what_cannot_have_been_given_out_is_no_number() {
        for text in [
            "",
            "12345678",
            "1234567890",
            "123-456-789",
            "1234-5-6789",
            "12a456789",
            "１２３４５６７８９",
            "000-12-3456",
            "666-12-3456",
            "123-00-4567",
            "123-45-0000",
            "123--456789",
        ] {
            assert!(Ssn::parse(text).is_none(), "{text}");
        }
        for text in ["", "678", "67890", "678a", "0000"] {
            assert!(Ssn::from_last_four(text).is_none(), "{text}");
        }
    }
}
