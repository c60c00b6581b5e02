//! A browser: keeps cookies, follows nothing by itself.

use std::sync::{Mutex, PoisonError};

use crate::http::encode;
use crate::{Answer, Http, Party, Pkce};

/// One browser of one person.
pub struct Browser {
    http: Http,
    /// Names and values, the first kept first, as browsers send them (RFC 6265 section 5.4).
    jar: Mutex<Vec<(String, String)>>,
    framed: bool,
}

impl Browser {
    /// A fresh one.
    pub fn new(party: &Party) -> Self {
        Self { http: party.http.clone(), jar: Mutex::default(), framed: false }
    }

    /// A frame inside another page.
    pub fn frame(party: &Party) -> Self {
        Self { framed: true, ..Self::new(party) }
    }

    /// Opens the authorization endpoint as the widget does, for a code with `pkce`.
    pub async fn authorize(&self, party: &Party, request_uri: &str, pkce: &Pkce) -> Answer {
        let callback = party.widget_callback();
        self.get_with(
            "/v1/oauth2/authorize",
            &[
                ("response_type", "code"),
                ("client_id", &party.public_id),
                ("redirect_uri", &callback),
                ("state", "the state"),
                ("code_challenge", &pkce.challenge),
                ("code_challenge_method", "S256"),
                ("request_uri", request_uri),
            ],
        )
        .await
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.http.get(path)).await
    }

    /// Follows a link of such a site.
    pub async fn get_from(&self, site: &str, path: &str) -> Answer {
        self.send(self.http.get(path).header("sec-fetch-site", site)).await
    }

    /// Opens a page with parameters.
    pub async fn get_with(&self, path: &str, parameters: &[(&str, &str)]) -> Answer {
        self.get(&format!("{path}?{}", encode(parameters))).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.http.form(path, fields)).await
    }

    /// All cookies that it keeps, as it sends them.
    pub fn cookies(&self) -> String {
        let kept = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<_> = kept.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    async fn send(&self, call: crate::http::Call) -> Answer {
        let kept = self.cookies();
        let call = if kept.is_empty() { call } else { call.header("cookie", &kept) };
        let call = if self.framed { call.header("sec-fetch-dest", "iframe") } else { call };
        let answer = call.send().await;
        let mut jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in answer.headers.get_all("set-cookie") {
            let text = cookie.to_str().expect("text");
            assert!(text.starts_with("__Host-") && text.contains("; Path=/;"), "{text}");
            assert!(text.contains("; HttpOnly; Secure; SameSite="), "{text}");
            let (name, value) = text.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            let kept = jar.iter().position(|(known, _)| known == name);
            match kept {
                Some(at) if value.is_empty() => drop(jar.remove(at)),
                Some(at) => value.clone_into(&mut jar[at].1),
                None if value.is_empty() => {}
                None => jar.push((name.to_owned(), value.to_owned())),
            }
        }
        answer
    }
}
