//! Who is signed in to the app: an app's own session, which has nothing to do with OpenIAS.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ambient::Entropy;
use axum::http::HeaderMap;
use axum::http::header::COOKIE;

use super::super::backend::CspTokens;

/// The cookie of the session.
const COOKIE_NAME: &str = "patient";
/// So many sessions are kept; a demo needs no better housekeeping.
const MOST: usize = 1000;

/// A patient of the app.
#[derive(Clone)]
pub(super) struct Patient {
    /// The app's own id of the patient.
    pub(super) external_id: String,
    /// What the CSP issued; none while nobody has proven who they are.
    pub(super) tokens: Option<CspTokens>,
}

/// The sessions, in memory.
#[derive(Default)]
pub(super) struct Patients(Mutex<HashMap<String, Patient>>);

impl Patients {
    /// Begins a session; the cookie that carries it.
    pub(super) fn begin(&self, entropy: &Entropy, patient: Patient) -> String {
        let session = entropy.secret();
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.len() >= MOST {
            sessions.clear();
        }
        sessions.insert(session.expose().to_owned(), patient);
        format!("{COOKIE_NAME}={}; Path=/; HttpOnly; SameSite=Lax", session.expose())
    }

    /// Whose session a request belongs to.
    pub(super) fn of(&self, headers: &HeaderMap) -> Option<Patient> {
        let session = cookie(headers, COOKIE_NAME)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(session).cloned()
    }

    /// The patient whom the app knows by this id.
    pub(super) fn known_as(&self, external_id: &str) -> Option<Patient> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.values().find(|patient| patient.external_id == external_id).cloned()
    }

    /// Keeps the renewed tokens of the patient whom the app knows by this id.
    pub(super) fn renew_as(&self, external_id: &str, tokens: &CspTokens) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for patient in sessions.values_mut().filter(|patient| patient.external_id == external_id) {
            patient.tokens = Some(tokens.clone());
        }
    }

    /// Keeps the renewed tokens of a session.
    pub(super) fn renew(&self, headers: &HeaderMap, tokens: CspTokens) {
        let Some(session) = cookie(headers, COOKIE_NAME) else { return };
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(patient) = sessions.get_mut(session) {
            patient.tokens = Some(tokens);
        }
    }
}

/// A cookie of a request.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get(COOKIE)?.to_str().ok()?;
    all.split("; ").find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}
