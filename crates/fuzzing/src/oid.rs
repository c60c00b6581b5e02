//! Home Community Ids, which are OIDs.

use model::Hcid;

/// What is read is digits and dots, and reads back as itself in each of its forms.
///
/// # Panics
/// When that does not hold.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(hcid) = Hcid::parse(text) else { return };
    assert_eq!(Hcid::parse(&hcid.to_string()).as_ref(), Ok(&hcid));
    assert_eq!(Hcid::parse(hcid.oid()).as_ref(), Ok(&hcid));
    assert_eq!(hcid.urn(), format!("urn:oid:{}", hcid.oid()));
    assert!(text == hcid.urn() || text == hcid.oid(), "a third spelling");
    assert!(hcid.oid().bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.')));
    assert!(hcid.oid().split('.').all(|arc| !arc.is_empty() && (arc == "0" || !arc.starts_with('0'))));
}
