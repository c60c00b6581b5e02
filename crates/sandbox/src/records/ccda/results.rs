//! Laboratory results.

use super::super::chart::Chart;
use super::super::codes::loinc;
use super::super::laboratory::LabResult;
use super::super::observation::{self, digits};
use super::Content;
use super::section::{Section, coded, identified, section, status, template};
use super::xml::Xml;

static FRAME: Section = Section {
    template: ("2.16.840.1.113883.10.20.22.2.3.1", "2015-08-01"),
    code: loinc("30954-2", "Relevant diagnostic tests/laboratory data Narrative"),
    title: "Results",
    columns: &["Test", "Result", "Unit"],
};

pub(super) fn write(xml: &mut Xml, chart: &Chart<'_>, content: &Content<'_>) {
    let row = |result: &LabResult| {
        let measure = result.analyte.measure();
        vec![measure.code.display.to_owned(), digits(result.value, measure.decimals), measure.unit.to_owned()]
    };
    let rows: Vec<Vec<String>> = content.results.iter().map(row).collect();
    section(xml, &FRAME, &rows, |xml| {
        for result in &content.results {
            xml.element("entry", &[("typeCode", "DRIV")], |xml| organizer(xml, chart, result));
        }
    });
}

fn organizer(xml: &mut Xml, chart: &Chart<'_>, result: &LabResult) {
    let measure = result.analyte.measure();
    let id = observation::id(chart, &measure.code, result.at);
    xml.element("organizer", &[("classCode", "BATTERY"), ("moodCode", "EVN")], |xml| {
        template(xml, "2.16.840.1.113883.10.20.22.4.1", "2015-08-01");
        identified(xml, chart, &format!("{id}-1"));
        coded(xml, "code", &measure.code);
        status(xml, "completed");
        xml.element("component", &[], |xml| {
            xml.element("observation", &[("classCode", "OBS"), ("moodCode", "EVN")], |xml| {
                template(xml, "2.16.840.1.113883.10.20.22.4.2", "2015-08-01");
                identified(xml, chart, &id);
                coded(xml, "code", &measure.code);
                status(xml, "completed");
                xml.empty("effectiveTime", &[("value", &result.at.hl7(chart.zone))]);
                let value = digits(result.value, measure.decimals);
                xml.empty("value", &[("xsi:type", "PQ"), ("value", &value), ("unit", measure.unit)]);
            });
        });
    });
}
