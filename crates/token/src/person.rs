//! The claims about the person, wherever a specification puts them and whatever it calls them.

use jose::json::{Object, Value};

use crate::breach::{Breach, Breaches};
use crate::{Rule, text};

/// A claim's name in OpenID Connect and the SOP, then its other names in the field: the CMS payload
/// specification and what issuers announce.
pub(crate) type Names = &'static [&'static str];

/// Where claims about a person are looked for: in the payload, or in `verified_claims.claims`, the draft
/// envelope of the CMS-aligned networks.
#[derive(Clone, Copy)]
pub(crate) struct Person<'c>(&'c Object<'c>);

impl<'c> Person<'c> {
    pub(crate) fn of(claims: &'c Object<'c>, breaches: &mut Breaches) -> Self {
        let envelope = claims.get("verified_claims").and_then(Value::as_object);
        match envelope.and_then(|envelope| envelope.get("claims")).and_then(Value::as_object) {
            Some(inner) => {
                breaches.add_at(Rule::Alias, "verified_claims");
                Self(inner)
            }
            None => Self(claims),
        }
    }

    /// Every place of a token where claims about its person stand: the payload and each envelope, which identity
    /// assurance (OpenID Connect for Identity Assurance 5.1) also allows several of.
    pub(crate) fn everywhere(claims: &'c Object<'c>) -> Vec<Self> {
        let envelopes = match claims.get("verified_claims") {
            Some(Value::Array(several)) => several.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let inner = envelopes.iter().filter_map(|envelope| envelope.as_object()?.get("claims")?.as_object());
        std::iter::once(claims).chain(inner).map(Self).collect()
    }

    /// A part of the claims, such as an address.
    pub(crate) fn part(object: &'c Object<'c>) -> Self {
        Self(object)
    }

    /// The first of a claim's names that is there and not null.
    pub(crate) fn get(self, names: Names) -> Option<(&'static str, &'c Value<'c>)> {
        self.all(names).next()
    }

    /// All of them.
    pub(crate) fn all(self, names: Names) -> impl Iterator<Item = (&'static str, &'c Value<'c>)> {
        let claims = self.0;
        names
            .iter()
            .filter_map(|name| Some((*name, claims.get(name).filter(|value| **value != Value::Null)?)))
    }

    /// Whether there is a member of that name, whatever it says.
    pub(crate) fn has(self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    /// The claim's text, when there is any: blank counts as absent, and so does `Unknown`, the filler of
    /// the 2.x form. Other breaches are remarked on, and the text is not used.
    pub(crate) fn optional(self, names: Names, breaches: &mut Breaches) -> Option<&'c str> {
        let (name, value) = self.get(names)?;
        let text = breaches.take(text::read(value, canonical(names)))?;
        if text::is_unknown(text) {
            return breaches.refuse(Breach::at(Rule::Filler, canonical(names)));
        }
        if text.trim().is_empty() {
            return None;
        }
        remark_on_alias(name, names, breaches);
        Some(text)
    }

    /// The claim's text; missing is a breach.
    pub(crate) fn required(self, names: Names, breaches: &mut Breaches) -> Option<&'c str> {
        let (name, value) = match self.get(names) {
            Some((_, value)) if text::is_filler(value) => return missing(names, breaches),
            Some(found) => found,
            None => return missing(names, breaches),
        };
        remark_on_alias(name, names, breaches);
        breaches.take(text::read(value, canonical(names)))
    }
}

pub(crate) fn canonical(names: Names) -> &'static str {
    names.first().copied().unwrap_or_default()
}

/// Whether a claim stands for nothing. Where it is the filler that says so, it is remarked on.
pub(crate) fn says_nothing(value: &Value<'_>, names: Names, breaches: &mut Breaches) -> bool {
    if value.as_str().is_some_and(text::is_unknown) {
        breaches.add_at(Rule::Filler, canonical(names));
    }
    text::is_filler(value)
}

pub(crate) fn remark_on_alias(name: &str, names: Names, breaches: &mut Breaches) {
    if name != canonical(names) {
        breaches.add_at(Rule::Alias, canonical(names));
    }
}

fn missing<T>(names: Names, breaches: &mut Breaches) -> Option<T> {
    breaches.refuse(Breach::at(Rule::Missing, canonical(names)))
}
