//! Which of a responder's patients a query means.

use fhir::PatientDemographics;
use model::Demographics;

use crate::compare::{Agreement, Comparison, compare};

/// What a comparison amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Another person.
    No,
    /// Perhaps the person: name and birth date agree, but nothing that others do not share.
    Possible,
    /// The person: name, birth date and an address, phone or e-mail agree.
    Certain,
}

/// Judges one patient on file. Suffixes that differ veto: a father and his son share everything else.
pub fn judge(verified: &Demographics, on_file: &PatientDemographics) -> (Verdict, Comparison) {
    use Agreement::{Different, Same};
    let c = compare(verified, on_file);
    let named = c.given == Same && c.family == Same && c.birth_date == Same && c.suffix != Different;
    let anchored = [c.address, c.phone, c.email].contains(&Same);
    let verdict = match (named, anchored) {
        (true, true) => Verdict::Certain,
        (true, false) => Verdict::Possible,
        (false, _) => Verdict::No,
    };
    (verdict, c)
}
