//! Social history: tobacco use.

use super::super::chart::Chart;
use super::super::codes::loinc;
use super::super::vitals::TOBACCO;
use super::Content;
use super::section::{Section, coded, identified, section, status, template, value};
use super::xml::Xml;

static FRAME: Section = Section {
    template: ("2.16.840.1.113883.10.20.22.2.17", "2015-08-01"),
    code: loinc("29762-2", "Social history Narrative"),
    title: "Social History",
    columns: &["Question", "Answer"],
};

pub(super) fn write(xml: &mut Xml, chart: &Chart<'_>, content: &Content<'_>) {
    let rows = [vec![TOBACCO.display.to_owned(), chart.story.smoking.display.to_owned()]];
    section(xml, &FRAME, &rows, |xml| {
        xml.element("entry", &[("typeCode", "DRIV")], |xml| {
            xml.element("observation", &[("classCode", "OBS"), ("moodCode", "EVN")], |xml| {
                template(xml, "2.16.840.1.113883.10.20.22.4.78", "2014-06-09");
                identified(xml, chart, &format!("{}-tobacco", content.id));
                coded(xml, "code", &TOBACCO);
                status(xml, "completed");
                xml.empty("effectiveTime", &[("value", &content.visited.hl7(chart.zone))]);
                value(xml, chart.story.smoking, &[]);
            });
        });
    });
}
