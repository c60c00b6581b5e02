//! Writing XML: every element that is opened is closed, every text escaped.

/// A document that is being written.
pub(super) struct Xml(String);

/// The attributes of one element, in order.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Xml {
    /// A document of one root element.
    pub(super) fn document(
        name: &str,
        attributes: Attributes<'_>,
        content: impl FnOnce(&mut Self),
    ) -> String {
        let mut xml = Self(r#"<?xml version="1.0" encoding="UTF-8"?>"#.to_owned());
        xml.element(name, attributes, content);
        xml.0
    }

    /// An element with what `content` writes in it.
    pub(super) fn element(
        &mut self,
        name: &str,
        attributes: Attributes<'_>,
        content: impl FnOnce(&mut Self),
    ) {
        self.open(name, attributes);
        self.0.push('>');
        content(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// An element with nothing in it.
    pub(super) fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        self.open(name, attributes);
        self.0.push_str("/>");
    }

    /// An element with text in it.
    pub(super) fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.element(name, attributes, |xml| xml.escaped(text));
    }

    fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            self.0.push(' ');
            self.0.push_str(key);
            self.0.push_str("=\"");
            self.escaped(value);
            self.0.push('"');
        }
    }

    /// XML 1.0 has no way to write most control characters: they are left out.
    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\t' | '\n' | '\r' => self.0.push(' '),
                c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
                c => self.0.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped() {
        let xml = Xml::document("a", &[("b", "\"<\u{0}\n")], |xml| xml.text("c", &[], "x & <y>"));
        assert_eq!(
            xml,
            r#"<?xml version="1.0" encoding="UTF-8"?><a b="&quot;&lt; "><c>x &amp; &lt;y&gt;</c></a>"#
        );
    }
}
