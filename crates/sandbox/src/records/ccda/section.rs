//! What all sections share: the frame, the table people read, and the small recurring elements.

use model::demographics::iso_date;
use time::Date;

use super::super::chart::Chart;
use super::super::codes::Code;
use super::xml::Xml;

/// The frame of a section.
pub(super) struct Section {
    /// The template and its version.
    pub(super) template: (&'static str, &'static str),
    /// LOINC.
    pub(super) code: Code,
    pub(super) title: &'static str,
    /// The headings of the table.
    pub(super) columns: &'static [&'static str],
}

/// Writes a section: the table of `rows`, then what `entries` writes. Without rows it says that there is
/// no information.
pub(super) fn section(xml: &mut Xml, frame: &Section, rows: &[Vec<String>], entries: impl FnOnce(&mut Xml)) {
    let no_information = [("nullFlavor", "NI")];
    let attributes: &[(&str, &str)] = if rows.is_empty() { &no_information } else { &[] };
    xml.element("component", &[], |xml| {
        xml.element("section", attributes, |xml| {
            template(xml, frame.template.0, frame.template.1);
            coded(xml, "code", &frame.code);
            xml.text("title", &[], frame.title);
            if rows.is_empty() {
                xml.text("text", &[], "No information");
            } else {
                xml.element("text", &[], |xml| table(xml, frame.columns, rows));
                entries(xml);
            }
        });
    });
}

/// A template id with its version.
pub(super) fn template(xml: &mut Xml, root: &str, version: &str) {
    xml.empty("templateId", &[("root", root), ("extension", version)]);
}

/// An id in the site's own namespace.
pub(super) fn identified(xml: &mut Xml, chart: &Chart<'_>, id: &str) {
    xml.empty("id", &[("root", &format!("{}.2", chart.site.hcid.oid())), ("extension", id)]);
}

/// An element that is a code.
pub(super) fn coded(xml: &mut Xml, name: &str, code: &Code) {
    let system = ("codeSystem", code.system.oid());
    xml.empty(name, &[("code", code.value), ("displayName", code.display), system]);
}

/// A `value` of type CD, with the same in other systems beside it.
pub(super) fn value(xml: &mut Xml, code: &Code, translations: &[&Code]) {
    let attributes = [
        ("xsi:type", "CD"),
        ("code", code.value),
        ("displayName", code.display),
        ("codeSystem", code.system.oid()),
    ];
    xml.element("value", &attributes, |xml| {
        for translation in translations {
            coded(xml, "translation", translation);
        }
    });
}

/// The status of an act.
pub(super) fn status(xml: &mut Xml, code: &str) {
    xml.empty("statusCode", &[("code", code)]);
}

/// `effectiveTime` with a beginning and, when it is over, an end.
pub(super) fn interval(xml: &mut Xml, attributes: &[(&str, &str)], low: Date, high: Option<Date>) {
    xml.element("effectiveTime", attributes, |xml| {
        xml.empty("low", &[("value", &day(low))]);
        if let Some(high) = high {
            xml.empty("high", &[("value", &day(high))]);
        }
    });
}

/// `YYYYMMDD`.
pub(super) fn day(date: Date) -> String {
    iso_date(date).replace('-', "")
}

fn table(xml: &mut Xml, columns: &[&str], rows: &[Vec<String>]) {
    xml.element("table", &[], |xml| {
        xml.element("thead", &[], |xml| {
            xml.element("tr", &[], |xml| columns.iter().for_each(|column| xml.text("th", &[], column)));
        });
        xml.element("tbody", &[], |xml| {
            for row in rows {
                xml.element("tr", &[], |xml| row.iter().for_each(|cell| xml.text("td", &[], cell)));
            }
        });
    });
}
