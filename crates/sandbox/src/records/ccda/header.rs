//! The US Realm header: which document this is, about whom, by whom.

use model::demographics::iso_date;
use model::{Address, Gender};

use super::super::chart::Chart;
use super::Content;
use super::section::{identified, template};
use super::xml::Xml;

pub(super) fn write(xml: &mut Xml, chart: &Chart<'_>, content: &Content<'_>) {
    let written = content.written.hl7(chart.zone);
    xml.empty("realmCode", &[("code", "US")]);
    xml.empty("typeId", &[("root", "2.16.840.1.113883.1.3"), ("extension", "POCD_HD000040")]);
    template(xml, "2.16.840.1.113883.10.20.22.1.1", "2015-08-01");
    template(xml, "2.16.840.1.113883.10.20.22.1.2", "2015-08-01");
    identified(xml, chart, content.id);
    xml.empty(
        "code",
        &[
            ("code", "34133-9"),
            ("displayName", "Summarization of Episode Note"),
            ("codeSystem", "2.16.840.1.113883.6.1"),
            ("codeSystemName", "LOINC"),
        ],
    );
    xml.text("title", &[], &format!("{}: Continuity of Care Document", chart.site.name));
    xml.empty("effectiveTime", &[("value", &written)]);
    xml.empty("confidentialityCode", &[("code", "N"), ("codeSystem", "2.16.840.1.113883.5.25")]);
    xml.empty("languageCode", &[("code", "en-US")]);
    record_target(xml, chart);
    author(xml, chart, content, &written);
    xml.element("custodian", &[], |xml| {
        xml.element("assignedCustodian", &[], |xml| {
            xml.element("representedCustodianOrganization", &[], |xml| organization(xml, chart));
        });
    });
    xml.element("documentationOf", &[], |xml| {
        xml.element("serviceEvent", &[("classCode", "PCPR")], |xml| {
            xml.element("effectiveTime", &[], |xml| {
                xml.empty("low", &[("value", &content.visited.hl7(chart.zone))]);
                xml.empty("high", &[("value", &written)]);
            });
        });
    });
}

fn record_target(xml: &mut Xml, chart: &Chart<'_>) {
    let person = &chart.demographics;
    xml.element("recordTarget", &[], |xml| {
        xml.element("patientRole", &[], |xml| {
            identified(xml, chart, &chart.patient_id);
            address(xml, &person.address, "HP");
            match &person.phone {
                Some(phone) => xml.empty("telecom", &[("use", "HP"), ("value", &format!("tel:{phone}"))]),
                None => xml.empty("telecom", &[("nullFlavor", "UNK")]),
            }
            xml.element("patient", &[], |xml| {
                xml.element("name", &[("use", "L")], |xml| {
                    xml.text("given", &[], &person.given_name);
                    if let Some(middle) = &person.middle_name {
                        xml.text("given", &[], middle);
                    }
                    xml.text("family", &[], &person.family_name);
                });
                let (code, display) = match person.gender {
                    Some(Gender::Male) => ("M", "Male"),
                    Some(Gender::Female) => ("F", "Female"),
                    _ => ("UN", "Undifferentiated"),
                };
                let system = ("codeSystem", "2.16.840.1.113883.5.1");
                xml.empty("administrativeGenderCode", &[("code", code), system, ("displayName", display)]);
                xml.empty("birthTime", &[("value", &iso_date(person.birth_date).replace('-', ""))]);
                // Nobody told the sandbox, and it does not guess.
                xml.empty("raceCode", &[("nullFlavor", "UNK")]);
                xml.empty("ethnicGroupCode", &[("nullFlavor", "UNK")]);
            });
        });
    });
}

fn author(xml: &mut Xml, chart: &Chart<'_>, content: &Content<'_>, written: &str) {
    xml.element("author", &[], |xml| {
        xml.empty("time", &[("value", written)]);
        xml.element("assignedAuthor", &[], |xml| {
            match content.author {
                Some(clinician) => {
                    xml.empty("id", &[("root", "2.16.840.1.113883.4.6"), ("extension", &clinician.npi)]);
                }
                None => xml.empty("id", &[("nullFlavor", "UNK")]),
            }
            xml.empty("addr", &[("nullFlavor", "UNK")]);
            xml.empty("telecom", &[("nullFlavor", "UNK")]);
            if let Some(clinician) = content.author {
                xml.element("assignedPerson", &[], |xml| {
                    xml.element("name", &[], |xml| {
                        xml.text("prefix", &[], "Dr.");
                        xml.text("given", &[], clinician.given);
                        xml.text("family", &[], clinician.family);
                    });
                });
            }
            xml.element("representedOrganization", &[], |xml| organization(xml, chart));
        });
    });
}

fn organization(xml: &mut Xml, chart: &Chart<'_>) {
    xml.empty("id", &[("root", chart.site.hcid.oid())]);
    xml.text("name", &[], &chart.site.name);
    xml.empty("telecom", &[("nullFlavor", "UNK")]);
    xml.element("addr", &[("use", "WP")], |xml| {
        xml.text("city", &[], &chart.site.city);
        xml.text("state", &[], &chart.site.state);
        xml.text("country", &[], "US");
    });
}

fn address(xml: &mut Xml, address: &Address, usage: &str) {
    xml.element("addr", &[("use", usage)], |xml| {
        xml.text("streetAddressLine", &[], &address.street);
        xml.text("city", &[], &address.city);
        xml.text("state", &[], &address.state);
        xml.text("postalCode", &[], &address.postal_code);
        xml.text("country", &[], &address.country);
    });
}
