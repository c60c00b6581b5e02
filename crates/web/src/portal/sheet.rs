//! A form as it stands on a page: what was entered, and what is wrong with it.

use std::collections::BTreeMap;

use axum::http::StatusCode;

use crate::request::Fields;

/// Values and faults by field name.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    values: BTreeMap<String, String>,
    faults: BTreeMap<&'static str, String>,
    /// The field that was found faulty first.
    first: Option<&'static str>,
}

impl Sheet {
    /// A form that shows these values.
    pub(super) fn of<'a>(values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { values, ..Self::default() }
    }

    /// A form that keeps what was entered.
    pub(super) fn entered(fields: &Fields, names: &[&str]) -> Self {
        Self::of(names.iter().map(|name| (*name, fields.text(name))))
    }

    /// Puts a fault beside a field; a field can have several.
    pub(super) fn find_fault(&mut self, name: &'static str, message: &str) {
        self.first.get_or_insert(name);
        let fault = self.faults.entry(name).or_default();
        if !fault.is_empty() {
            fault.push(' ');
        }
        fault.push_str(message);
    }

    /// 200, or 422 with faults.
    pub(super) fn status(&self) -> StatusCode {
        if self.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    pub(super) fn value(&self, name: &str) -> &str {
        self.values.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Whether a checkbox is ticked.
    pub(super) fn is_on(&self, name: &str) -> bool {
        !self.value(name).is_empty()
    }

    pub(super) fn fault(&self, name: &str) -> Option<&str> {
        self.faults.get(name).map(String::as_str)
    }

    /// Whether the page shall put the cursor here.
    pub(super) fn has_focus(&self, name: &str) -> bool {
        self.first == Some(name)
    }

    /// The elements that say more about a field: its fault, its hint.
    pub(super) fn described_by(&self, name: &str) -> String {
        let fault = self.fault(name).map(|_| format!("{name}-fault "));
        format!("{}{name}-hint", fault.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_keeps_its_value_and_names_all_its_faults() {
        let mut sheet = Sheet::of([("hcid", "1.2"), ("name", "")]);
        sheet.find_fault("name", "One.");
        sheet.find_fault("hcid", "Two.");
        sheet.find_fault("name", "Three.");
        assert_eq!((sheet.value("hcid"), sheet.value("other")), ("1.2", ""));
        assert_eq!((sheet.fault("name"), sheet.fault("other")), (Some("One. Three."), None));
        assert!(sheet.has_focus("name") && !sheet.has_focus("hcid"));
        assert_eq!(sheet.described_by("name"), "name-fault name-hint");
        assert_eq!(sheet.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
