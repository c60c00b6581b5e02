//! The problem list.

use model::demographics::iso_date;

use super::super::chart::Chart;
use super::super::codes::{loinc, snomed};
use super::super::condition::Diagnosis;
use super::Content;
use super::section::{Section, coded, identified, interval, section, status, template, value};
use super::xml::Xml;

static FRAME: Section = Section {
    template: ("2.16.840.1.113883.10.20.22.2.5.1", "2015-08-01"),
    code: loinc("11450-4", "Problem list - Reported"),
    title: "Problems",
    columns: &["Problem", "Status", "Onset", "Resolved"],
};

pub(super) fn write(xml: &mut Xml, chart: &Chart<'_>, content: &Content<'_>) {
    let over = |diagnosis: &Diagnosis| diagnosis.abated.filter(|day| *day <= content.written.date);
    let rows: Vec<Vec<String>> = content
        .diagnoses
        .iter()
        .map(|diagnosis| {
            let resolved = over(diagnosis);
            vec![
                diagnosis.problem.snomed.display.to_owned(),
                if resolved.is_some() { "Resolved" } else { "Active" }.to_owned(),
                iso_date(diagnosis.onset),
                resolved.map(iso_date).unwrap_or_default(),
            ]
        })
        .collect();
    section(xml, &FRAME, &rows, |xml| {
        for diagnosis in &content.diagnoses {
            xml.element("entry", &[("typeCode", "DRIV")], |xml| {
                concern(xml, chart, diagnosis, over(diagnosis));
            });
        }
    });
}

fn concern(xml: &mut Xml, chart: &Chart<'_>, diagnosis: &Diagnosis, resolved: Option<time::Date>) {
    xml.element("act", &[("classCode", "ACT"), ("moodCode", "EVN")], |xml| {
        template(xml, "2.16.840.1.113883.10.20.22.4.3", "2015-08-01");
        identified(xml, chart, &diagnosis.id);
        xml.empty("code", &[("code", "CONC"), ("codeSystem", "2.16.840.1.113883.5.6")]);
        status(xml, if resolved.is_some() { "completed" } else { "active" });
        interval(xml, &[], diagnosis.recorded.date, resolved.map(|day| day.max(diagnosis.recorded.date)));
        xml.element("entryRelationship", &[("typeCode", "SUBJ")], |xml| {
            xml.element("observation", &[("classCode", "OBS"), ("moodCode", "EVN")], |xml| {
                template(xml, "2.16.840.1.113883.10.20.22.4.4", "2015-08-01");
                identified(xml, chart, &format!("{}-1", diagnosis.id));
                let code = snomed("64572001", "Condition");
                let attributes =
                    [("code", code.value), ("displayName", code.display), ("codeSystem", code.system.oid())];
                xml.element("code", &attributes, |xml| {
                    coded(xml, "translation", &loinc("75323-6", "Condition"));
                });
                status(xml, "completed");
                interval(xml, &[], diagnosis.onset, resolved);
                value(xml, &diagnosis.problem.snomed, &[&diagnosis.problem.icd10]);
            });
        });
    });
}
