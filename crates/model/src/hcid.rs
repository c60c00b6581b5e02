//! Home Community Ids: who is who on the network.

use serde::{Deserialize, Serialize};

/// A Home Community Id: an OID, written `urn:oid:2.16.840.1.113883.3.7204.9` (RFC 3061).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Hcid(String);

/// Why text is not an HCID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an HCID is an OID such as 2.16.840.1.113883.3.7204.9, optionally behind urn:oid:")]
pub struct InvalidHcid;

impl Hcid {
    /// Reads a bare OID or its `urn:oid:` form. No leading zeros in an arc, at least two arcs, the first
    /// of them 0, 1 or 2 (X.660); at most 128 characters.
    pub fn parse(text: &str) -> Result<Self, InvalidHcid> {
        let oid = text.strip_prefix("urn:oid:").unwrap_or(text);
        if oid.len() > 128 || !is_oid(oid) {
            return Err(InvalidHcid);
        }
        Ok(Self(format!("urn:oid:{oid}")))
    }

    /// The `urn:oid:` form, as it stands in the `aud` of an ID token.
    pub fn urn(&self) -> &str {
        &self.0
    }

    /// The bare OID.
    pub fn oid(&self) -> &str {
        self.0.strip_prefix("urn:oid:").unwrap_or(&self.0)
    }
}

fn is_oid(text: &str) -> bool {
    let mut arcs = text.split('.');
    let first = arcs.next().is_some_and(|arc| matches!(arc, "0" | "1" | "2"));
    let mut more = 0;
    let rest = arcs.all(|arc| {
        more += 1;
        !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0'))
    });
    first && rest && more >= 1
}

impl TryFrom<String> for Hcid {
    type Error = InvalidHcid;

    fn try_from(text: String) -> Result<Self, InvalidHcid> {
        Self::parse(&text)
    }
}

impl std::fmt::Display for Hcid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_read_as_one() {
        let hcid = Hcid::parse("1.2.3.4.5.6.7.8.9.10").expect("the seed's example");
        assert_eq!(hcid, Hcid::parse("urn:oid:1.2.3.4.5.6.7.8.9.10").expect("the same as a URN"));
        assert_eq!(hcid.urn(), "urn:oid:1.2.3.4.5.6.7.8.9.10");
        assert_eq!(hcid.oid(), "1.2.3.4.5.6.7.8.9.10");
    }

    #[test]
    fn malformed_oids_are_refused() {
        for text in
            ["", "1", "3.1", "1.02", "1..2", "1.2.", ".1.2", "1.2 ", "URN:OID:1.2", "urn:oid:", "1.2.a"]
        {
            assert_eq!(Hcid::parse(text), Err(InvalidHcid), "{text}");
        }
    }
}
