//! Allergies, medications and immunizations: what went in, or must not.

use model::demographics::iso_date;
use time::Date;

use super::super::chart::Chart;
use super::super::codes::{Code, loinc, snomed};
use super::super::medication::Prescription;
use super::super::story::Allergy;
use super::Content;
use super::section::{Section, coded, day, identified, interval, section, status, template, value};
use super::xml::Xml;

static ALLERGIES: Section = Section {
    template: ("2.16.840.1.113883.10.20.22.2.6.1", "2015-08-01"),
    code: loinc("48765-2", "Allergies and adverse reactions Document"),
    title: "Allergies",
    columns: &["Substance", "Reaction", "Severity"],
};

static MEDICATIONS: Section = Section {
    template: ("2.16.840.1.113883.10.20.22.2.1.1", "2014-06-09"),
    code: loinc("10160-0", "History of Medication use Narrative"),
    title: "Medications",
    columns: &["Medication", "Instructions", "Start", "Status"],
};

static IMMUNIZATIONS: Section = Section {
    template: ("2.16.840.1.113883.10.20.22.2.2.1", "2015-08-01"),
    code: loinc("11369-6", "History of Immunization Narrative"),
    title: "Immunizations",
    columns: &["Vaccine", "Date"],
};

pub(super) fn allergies(xml: &mut Xml, chart: &Chart<'_>) {
    let allergies = &chart.story.allergies;
    let row = |allergy: &Allergy| {
        let allergen = allergy.allergen;
        [allergen.code.display, allergen.reaction.display, allergen.severity].map(str::to_owned).to_vec()
    };
    let rows: Vec<Vec<String>> = allergies.iter().map(row).collect();
    section(xml, &ALLERGIES, &rows, |xml| {
        for allergy in allergies {
            xml.element("entry", &[("typeCode", "DRIV")], |xml| concern(xml, chart, allergy));
        }
    });
}

pub(super) fn medications(xml: &mut Xml, chart: &Chart<'_>, content: &Content<'_>) {
    let row = |prescription: &&Prescription| {
        vec![
            prescription.drug.code.display.to_owned(),
            prescription.drug.sig.to_owned(),
            iso_date(prescription.authored.date),
            if prescription.lasting { "Active" } else { "Completed" }.to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = content.prescriptions.iter().map(row).collect();
    section(xml, &MEDICATIONS, &rows, |xml| {
        for prescription in &content.prescriptions {
            xml.element("entry", &[("typeCode", "DRIV")], |xml| administration(xml, chart, prescription));
        }
    });
}

pub(super) fn immunizations(xml: &mut Xml, chart: &Chart<'_>, content: &Content<'_>) {
    let row = |(date, vaccine): &(Date, &Code)| vec![vaccine.display.to_owned(), iso_date(*date)];
    let rows: Vec<Vec<String>> = content.vaccinations.iter().map(row).collect();
    section(xml, &IMMUNIZATIONS, &rows, |xml| {
        for (date, vaccine) in &content.vaccinations {
            xml.element("entry", &[("typeCode", "DRIV")], |xml| {
                let attributes = [("classCode", "SBADM"), ("moodCode", "EVN"), ("negationInd", "false")];
                xml.element("substanceAdministration", &attributes, |xml| {
                    template(xml, "2.16.840.1.113883.10.20.22.4.52", "2015-08-01");
                    let id = chart.id("Immunization", &format!("{}/{}", vaccine.value, iso_date(*date)));
                    identified(xml, chart, &id);
                    status(xml, "completed");
                    xml.empty("effectiveTime", &[("value", &day(*date))]);
                    product(xml, "2.16.840.1.113883.10.20.22.4.54", vaccine);
                });
            });
        }
    });
}

fn concern(xml: &mut Xml, chart: &Chart<'_>, allergy: &Allergy) {
    let allergen = allergy.allergen;
    let id = chart.id("AllergyIntolerance", allergen.code.value);
    let observed = [("classCode", "OBS"), ("moodCode", "EVN")];
    xml.element("act", &[("classCode", "ACT"), ("moodCode", "EVN")], |xml| {
        template(xml, "2.16.840.1.113883.10.20.22.4.30", "2015-08-01");
        identified(xml, chart, &id);
        xml.empty("code", &[("code", "CONC"), ("codeSystem", "2.16.840.1.113883.5.6")]);
        status(xml, "active");
        interval(xml, &[], allergy.since, None);
        xml.element("entryRelationship", &[("typeCode", "SUBJ")], |xml| {
            xml.element("observation", &observed, |xml| {
                template(xml, "2.16.840.1.113883.10.20.22.4.7", "2014-06-09");
                identified(xml, chart, &format!("{id}-1"));
                xml.empty("code", &[("code", "ASSERTION"), ("codeSystem", "2.16.840.1.113883.5.4")]);
                status(xml, "completed");
                interval(xml, &[], allergy.since, None);
                value(xml, &snomed("419199007", "Allergy to substance"), &[]);
                xml.element("participant", &[("typeCode", "CSM")], |xml| {
                    xml.element("participantRole", &[("classCode", "MANU")], |xml| {
                        xml.element("playingEntity", &[("classCode", "MMAT")], |xml| {
                            coded(xml, "code", &allergen.code);
                        });
                    });
                });
                xml.element("entryRelationship", &[("typeCode", "MFST"), ("inversionInd", "true")], |xml| {
                    xml.element("observation", &observed, |xml| {
                        template(xml, "2.16.840.1.113883.10.20.22.4.9", "2014-06-09");
                        identified(xml, chart, &format!("{id}-2"));
                        xml.empty("code", &[("code", "ASSERTION"), ("codeSystem", "2.16.840.1.113883.5.4")]);
                        status(xml, "completed");
                        value(xml, &allergen.reaction, &[]);
                    });
                });
            });
        });
    });
}

fn administration(xml: &mut Xml, chart: &Chart<'_>, prescription: &Prescription) {
    let drug = prescription.drug;
    xml.element("substanceAdministration", &[("classCode", "SBADM"), ("moodCode", "EVN")], |xml| {
        template(xml, "2.16.840.1.113883.10.20.22.4.16", "2014-06-09");
        identified(xml, chart, &prescription.id);
        xml.text("text", &[], drug.sig);
        status(xml, if prescription.lasting { "active" } else { "completed" });
        interval(xml, &[("xsi:type", "IVL_TS")], prescription.authored.date, None);
        let hours = (24 / drug.per_day.max(1)).to_string();
        let attributes = [("xsi:type", "PIVL_TS"), ("institutionSpecified", "true"), ("operator", "A")];
        xml.element("effectiveTime", &attributes, |xml| {
            xml.empty("period", &[("value", &hours), ("unit", "h")]);
        });
        let (_, unit) = drug.form.unit();
        xml.empty("doseQuantity", &[("value", &drug.form.per_dose().to_string()), ("unit", unit)]);
        product(xml, "2.16.840.1.113883.10.20.22.4.23", &drug.code);
    });
}

fn product(xml: &mut Xml, template_root: &str, code: &Code) {
    xml.element("consumable", &[], |xml| {
        xml.element("manufacturedProduct", &[("classCode", "MANU")], |xml| {
            template(xml, template_root, "2014-06-09");
            xml.element("manufacturedMaterial", &[], |xml| coded(xml, "code", code));
        });
    });
}
