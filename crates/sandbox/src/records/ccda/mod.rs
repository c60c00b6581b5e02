//! A Continuity of Care Document in C-CDA R2.1, as a site exports it after a visit.
//!
//! Small, but with coded entries in every section, so that a converter finds in it what the resources
//! beside it say.

mod header;
mod problems;
mod procedures;
mod results;
mod section;
mod social;
mod substances;
mod vital_signs;
mod xml;

use time::Date;

use super::calendar::Moment;
use super::chart::Chart;
use super::codes::Code;
use super::condition::Diagnosis;
use super::laboratory::LabResult;
use super::medication::Prescription;
use super::practitioner::Clinician;
use super::procedure::Done;

use xml::Xml;

/// What one document tells: what the chart held when it was written.
pub(super) struct Content<'c> {
    /// The id of the document.
    pub(super) id: &'c str,
    pub(super) author: Option<&'c Clinician>,
    /// When the visit began.
    pub(super) visited: Moment,
    /// When vital signs were taken.
    pub(super) measured: Moment,
    pub(super) written: Moment,
    /// Whether the patient had a fever at the visit.
    pub(super) feverish: bool,
    pub(super) diagnoses: Vec<&'c Diagnosis>,
    /// One for each medicine, the latest.
    pub(super) prescriptions: Vec<&'c Prescription>,
    pub(super) vaccinations: Vec<(Date, &'static Code)>,
    pub(super) procedures: Vec<&'c Done>,
    /// The results of the last draw of blood.
    pub(super) results: Vec<LabResult>,
}

/// The document as XML.
pub(super) fn document(chart: &Chart<'_>, content: &Content<'_>) -> String {
    let namespaces = [
        ("xmlns", "urn:hl7-org:v3"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("xmlns:sdtc", "urn:hl7-org:sdtc"),
    ];
    Xml::document("ClinicalDocument", &namespaces, |xml| {
        header::write(xml, chart, content);
        xml.element("component", &[], |xml| {
            xml.element("structuredBody", &[], |xml| {
                substances::allergies(xml, chart);
                substances::medications(xml, chart, content);
                problems::write(xml, chart, content);
                procedures::write(xml, chart, content);
                results::write(xml, chart, content);
                substances::immunizations(xml, chart, content);
                social::write(xml, chart, content);
                vital_signs::write(xml, chart, content);
            });
        });
    })
}
