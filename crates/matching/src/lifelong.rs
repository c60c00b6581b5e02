//! What a person keeps for life.

use model::Demographics;
use model::demographics::iso_date;

use crate::normal::name;

/// Given name, family name and date of birth in normal form: what stays when a person moves or changes phone or
/// e-mail, however it is spelt. Two people can share all three, so this tells people apart and never finds one.
pub fn lifelong(person: &Demographics) -> [String; 3] {
    [name(&person.given_name), name(&person.family_name), iso_date(person.birth_date)]
}

#[cfg(test)]
mod tests {
    use model::synthetic::PATIENTS;

    use super::*;

    #[test]
    fn moving_changes_nothing_and_nobody_is_somebody_else() {
        let camila = PATIENTS[0].demographics();
        let mut moved = camila.clone();
        moved.given_name = format!(" {} ", camila.given_name.to_uppercase());
        moved.address.street = "1 Elsewhere Rd".to_owned();
        (moved.email, moved.phone) = (None, None);
        assert_eq!(lifelong(&moved), lifelong(&camila));
        for other in &PATIENTS[1..] {
            assert_ne!(lifelong(&other.demographics()), lifelong(&camila));
        }
    }
}
