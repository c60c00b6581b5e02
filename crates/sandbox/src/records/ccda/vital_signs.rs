//! The vital signs of the visit.

use super::super::chart::Chart;
use super::super::codes::{Code, loinc};
use super::super::observation::{self, digits};
use super::super::story::Vital;
use super::super::vitals::{DIASTOLIC, SIGNS, SYSTOLIC};
use super::Content;
use super::section::{Section, coded, identified, section, status, template};
use super::xml::Xml;

static FRAME: Section = Section {
    template: ("2.16.840.1.113883.10.20.22.2.4.1", "2015-08-01"),
    code: loinc("8716-3", "Vital signs"),
    title: "Vital Signs",
    columns: &["Sign", "Value", "Unit"],
};

pub(super) fn write(xml: &mut Xml, chart: &Chart<'_>, content: &Content<'_>) {
    let pressure = [(&SYSTOLIC, Vital::Systolic, "mm[Hg]"), (&DIASTOLIC, Vital::Diastolic, "mm[Hg]")];
    let others = SIGNS.iter().map(|sign| (&sign.code, sign.vital, sign.unit));
    let signs: Vec<(&Code, String, &str)> = pressure
        .into_iter()
        .chain(others)
        .map(|(code, vital, unit)| {
            let value = chart.story.vital(vital, content.measured, content.feverish);
            (code, digits(value, vital.decimals()), unit)
        })
        .collect();
    let row = |(code, value, unit): &(&Code, String, &str)| {
        vec![code.display.to_owned(), value.clone(), (*unit).to_owned()]
    };
    let rows: Vec<Vec<String>> = signs.iter().map(row).collect();
    let taken = content.measured.hl7(chart.zone);
    section(xml, &FRAME, &rows, |xml| {
        xml.element("entry", &[("typeCode", "DRIV")], |xml| {
            xml.element("organizer", &[("classCode", "CLUSTER"), ("moodCode", "EVN")], |xml| {
                template(xml, "2.16.840.1.113883.10.20.22.4.26", "2015-08-01");
                identified(xml, chart, &format!("{}-vitals", content.id));
                coded(
                    xml,
                    "code",
                    &loinc(
                        "74728-7",
                        "Vital signs, weight, height, head circumference, oxygen saturation and BMI panel",
                    ),
                );
                status(xml, "completed");
                xml.empty("effectiveTime", &[("value", &taken)]);
                for (code, value, unit) in &signs {
                    xml.element("component", &[], |xml| {
                        xml.element("observation", &[("classCode", "OBS"), ("moodCode", "EVN")], |xml| {
                            template(xml, "2.16.840.1.113883.10.20.22.4.27", "2014-06-09");
                            identified(xml, chart, &observation::id(chart, code, content.measured));
                            coded(xml, "code", code);
                            status(xml, "completed");
                            xml.empty("effectiveTime", &[("value", &taken)]);
                            xml.empty("value", &[("xsi:type", "PQ"), ("value", value), ("unit", unit)]);
                        });
                    });
                }
            });
        });
    });
}
