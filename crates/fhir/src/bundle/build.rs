//! Building a searchset. Resources go in as the text they are.

use serde_json::{Value, json};

use crate::matching_operation::MATCH_GRADE_URL;
use crate::resource::quoted;
use crate::{MatchGrade, Resource};

/// One page of search results.
pub struct Searchset<'a> {
    /// How many resources match in all, over all pages.
    pub total: u64,
    /// The absolute URL that was asked for.
    pub self_link: &'a str,
    /// Where the next page is; absent on the last.
    pub next_link: Option<&'a str>,
    /// This page.
    pub entries: Vec<SearchsetEntry<'a>>,
}

/// One entry of a searchset.
pub struct SearchsetEntry<'a> {
    /// The resource.
    pub resource: Resource<'a>,
    /// For `$match`: how alike, from 0 to 1, and how sure.
    pub matched: Option<(f64, MatchGrade)>,
}

impl<'a> SearchsetEntry<'a> {
    /// A plain search result.
    pub fn found(resource: Resource<'a>) -> Self {
        Self { resource, matched: None }
    }

    /// A candidate of a `$match`.
    pub fn candidate(resource: Resource<'a>, score: f64, grade: MatchGrade) -> Self {
        Self { resource, matched: Some((score, grade)) }
    }
}

impl Searchset<'_> {
    /// The Bundle as JSON. `base_url`, without a slash at its end, makes each entry's `fullUrl`.
    pub fn to_json(&self, base_url: &str) -> String {
        let mut bundle = format!(
            r#"{{"resourceType":"Bundle","type":"searchset","total":{},"link":{}"#,
            self.total,
            self.links()
        );
        // FHIR has no empty lists.
        for (at, entry) in self.entries.iter().enumerate() {
            bundle.push_str(if at == 0 { r#","entry":["# } else { "," });
            entry.write(base_url, &mut bundle);
        }
        bundle.push_str(if self.entries.is_empty() { "}" } else { "]}" });
        bundle
    }

    fn links(&self) -> Value {
        let link = |relation: &str, url: &str| json!({"relation": relation, "url": url});
        let mut links = vec![link("self", self.self_link)];
        links.extend(self.next_link.map(|url| link("next", url)));
        Value::Array(links)
    }
}

impl SearchsetEntry<'_> {
    fn write(&self, base_url: &str, bundle: &mut String) {
        bundle.push('{');
        if let Some(reference) = self.resource.reference() {
            bundle.push_str(r#""fullUrl":"#);
            bundle.push_str(&quoted(&format!("{base_url}/{reference}")));
            bundle.push(',');
        }
        bundle.push_str(r#""resource":"#);
        bundle.push_str(self.resource.text());
        bundle.push_str(r#","search":"#);
        let mut search = json!({"mode": "match"});
        if let Some((score, grade)) = self.matched {
            search["score"] = score.clamp(0.0, 1.0).into();
            search["extension"] = json!([{"url": MATCH_GRADE_URL, "valueCode": grade.as_str()}]);
        }
        bundle.push_str(&search.to_string());
        bundle.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bundle;

    #[test]
    fn a_searchset_reads_back() {
        let patient = r#"{"resourceType":"Patient","id":"1","n":1.50}"#;
        let nameless = r#"{"resourceType":"Basic"}"#;
        let built = Searchset {
            total: 9,
            self_link: "https://r.example/fhir/Patient?name=\"x\"",
            next_link: Some("https://r.example/fhir?page=2"),
            entries: vec![
                SearchsetEntry::candidate(
                    Resource::scan(patient).expect("a resource"),
                    0.75,
                    MatchGrade::Certain,
                ),
                SearchsetEntry::found(Resource::scan(nameless).expect("a resource")),
            ],
        }
        .to_json("https://r.example/fhir");
        let bundle = Bundle::read(&built).expect("a bundle");
        assert_eq!(bundle.next_link(), Some("https://r.example/fhir?page=2"));
        let texts: Vec<_> = bundle.resources().map(|resource| resource.text()).collect();
        assert_eq!(texts, [patient, nameless]);
        let tree: Value = serde_json::from_str(&built).expect("JSON");
        assert_eq!(tree["total"], 9);
        assert_eq!(tree["entry"][0]["fullUrl"], "https://r.example/fhir/Patient/1");
        assert_eq!(
            tree["entry"][0]["search"],
            json!({"mode": "match", "score": 0.75, "extension": [{"url": MATCH_GRADE_URL, "valueCode": "certain"}]})
        );
        assert_eq!(
            tree["entry"][1],
            json!({"resource": {"resourceType": "Basic"}, "search": {"mode": "match"}})
        );
    }

    #[test]
    fn no_results_leave_no_list() {
        let built =
            Searchset { total: 0, self_link: "https://r.example", next_link: None, entries: Vec::new() }
                .to_json("");
        assert!(!built.contains("entry"));
        assert_eq!(Bundle::read(&built).expect("a bundle").entries().count(), 0);
    }

    #[test]
    fn a_score_that_is_no_number_does_not_break_the_bundle() {
        let patient = Resource::scan(r#"{"resourceType":"Patient"}"#).expect("a resource");
        let entries = vec![SearchsetEntry::candidate(patient, f64::NAN, MatchGrade::Possible)];
        let built = Searchset { total: 1, self_link: "", next_link: None, entries }.to_json("");
        let tree: Value = serde_json::from_str(&built).expect("JSON");
        assert_eq!(tree["entry"][0]["search"]["score"], Value::Null);
    }
}
