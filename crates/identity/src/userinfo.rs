//! The userinfo endpoint (OpenID Connect Core 5.3): what the CSP proved about the patient, by scope.

use model::demographics::iso_date;
use serde_json::{Map, Value};

use crate::Identity;
use crate::session::{Presented, Refusal, standing};
use crate::tokens::id_token::subject;

/// The claims behind an access token that stands.
pub async fn claims(identity: &Identity, presented: &Presented<'_>) -> Result<Map<String, Value>, Refusal> {
    let token = standing(identity, presented).await?;
    let known = &token.consent.identity;
    let person = &known.demographics;
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), subject(&known.into()).into());
    let mut add = |name: &str, value: Option<Value>| {
        claims.extend(value.map(|value| (name.to_owned(), value)));
    };
    if token.scope.contains("profile") {
        let (given, family) = (&person.given_name, &person.family_name);
        add("name", Some(format!("{given} {family}").into()));
        add("given_name", Some(given.as_str().into()));
        add("middle_name", person.middle_name.as_deref().map(Value::from));
        add("family_name", Some(family.as_str().into()));
        add("birthdate", Some(iso_date(person.birth_date).into()));
        add("gender", person.gender.map(|gender| gender.as_str().into()));
    }
    if token.scope.contains("email") {
        add("email", person.email.as_deref().map(Value::from));
        // What the CSP did not say, we do not know.
        add("email_verified", known.email_verified.then_some(Value::Bool(true)));
    }
    Ok(claims)
}
