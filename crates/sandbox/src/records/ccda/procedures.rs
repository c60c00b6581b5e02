//! Procedures.

use model::demographics::iso_date;

use super::super::chart::Chart;
use super::super::codes::loinc;
use super::Content;
use super::section::{Section, coded, day, identified, section, status, template};
use super::xml::Xml;

static FRAME: Section = Section {
    template: ("2.16.840.1.113883.10.20.22.2.7.1", "2014-06-09"),
    code: loinc("47519-4", "History of Procedures Document"),
    title: "Procedures",
    columns: &["Procedure", "Date"],
};

pub(super) fn write(xml: &mut Xml, chart: &Chart<'_>, content: &Content<'_>) {
    let rows: Vec<Vec<String>> = content
        .procedures
        .iter()
        .map(|done| vec![done.code.display.to_owned(), iso_date(done.day)])
        .collect();
    section(xml, &FRAME, &rows, |xml| {
        for done in &content.procedures {
            xml.element("entry", &[("typeCode", "DRIV")], |xml| {
                xml.element("procedure", &[("classCode", "PROC"), ("moodCode", "EVN")], |xml| {
                    template(xml, "2.16.840.1.113883.10.20.22.4.14", "2014-06-09");
                    identified(xml, chart, &done.id);
                    coded(xml, "code", done.code);
                    status(xml, "completed");
                    xml.empty("effectiveTime", &[("value", &day(done.day))]);
                });
            });
        }
    });
}
