//! Normal forms: what is left of a value when spelling habits are taken away.

use unicode_normalization::UnicodeNormalization as _;

/// Letters and digits only, without accents, in lower case: `O'Brien-Núñez` is `obriennunez`.
pub(crate) fn name(text: &str) -> String {
    text.nfd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Lower case without blanks around.
pub(crate) fn email(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The first five digits of a ZIP code.
pub(crate) fn zip(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).take(5).collect()
}

/// A street line with the usual words shortened as the Postal Service does, so that `3268 West Johnson
/// Street, Apartment 117` and `3268 W Johnson St Apt 117` are one.
pub(crate) fn street(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| shortened(&name(word))).collect::<Vec<_>>().join(" ")
}

fn shortened(word: &str) -> String {
    let short = match word {
        "street" => "st",
        "avenue" | "av" => "ave",
        "boulevard" => "blvd",
        "road" => "rd",
        "drive" => "dr",
        "lane" => "ln",
        "court" => "ct",
        "place" => "pl",
        "terrace" => "ter",
        "circle" => "cir",
        "highway" => "hwy",
        "apartment" => "apt",
        "suite" => "ste",
        "north" => "n",
        "south" => "s",
        "east" => "e",
        "west" => "w",
        other => other,
    };
    short.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_habits_are_taken_away() {
        assert_eq!(name("O'Brien-Núñez "), name("OBRIEN NUNEZ"));
        assert_eq!(email(" A@B.example "), "a@b.example");
        assert_eq!(zip("75043-1234"), zip("75043"));
        assert_eq!(street("3268 West Johnson Street, Apartment #117"), street("3268 W Johnson St. Apt 117"));
    }

    #[test]
    fn what_differs_stays_different() {
        assert_ne!(name("Lopez"), name("Lopes"));
        assert_ne!(street("117 Main St"), street("1171 Main St"));
    }
}
