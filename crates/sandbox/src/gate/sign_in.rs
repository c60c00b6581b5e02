//! Patients who sign in at the place itself (IAS response mode 1): the authorization code grant of SMART App
//! Launch, with PKCE.

use std::sync::PoisonError;
use std::time::Duration;

use model::{Challenge, Demographics, Secret, SecretHash, Timestamp};

use super::{Gate, Opened, Shut};

/// A code lives this long.
const CODE_LIFE: Duration = Duration::from_mins(1);
/// A refresh token lives this long.
const REFRESH_LIFE: Duration = Duration::from_hours(24);
/// Where a registered client receives codes, behind its id.
const CALLBACK: &str = "/v1/bridge/callback";

/// What a client asks a patient to sign in for.
pub(crate) struct Asked<'a> {
    pub(crate) response_type: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) redirect_uri: &'a str,
    /// PKCE; none when it is left out or not S256.
    pub(crate) challenge: Option<Challenge>,
}

/// A code that waits for its client.
pub(super) struct Code {
    client: String,
    redirect_uri: String,
    challenge: Option<Challenge>,
    signed: Signed,
}

/// Who signed in.
#[derive(Clone)]
pub(super) struct Signed {
    client: String,
    patient: String,
    person: Demographics,
    expires_at: Timestamp,
}

impl Gate {
    /// Whether a patient may be asked: the client is registered, the code goes to it, PKCE protects it.
    pub(crate) fn may_ask(&self, asked: &Asked<'_>) -> bool {
        self.trust.clients.iter().any(|client| client == asked.client_id)
            && asked.redirect_uri == format!("{}{CALLBACK}", asked.client_id)
            && asked.response_type == "code"
            && asked.challenge.is_some()
    }

    /// A code for the client, now that the patient has signed in.
    pub(crate) fn sign_in(&self, asked: &Asked<'_>, patient: &str, person: Demographics) -> Secret {
        let now = self.trust.clock.now();
        let code = self.trust.entropy.secret();
        let signed = Signed {
            client: asked.client_id.to_owned(),
            patient: patient.to_owned(),
            person,
            expires_at: now.plus(CODE_LIFE),
        };
        let kept = Code {
            client: asked.client_id.to_owned(),
            redirect_uri: asked.redirect_uri.to_owned(),
            challenge: asked.challenge.clone(),
            signed,
        };
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, code| code.signed.expires_at > now);
        codes.insert(code.hash().as_bytes().to_vec(), kept);
        code
    }

    pub(super) fn redeem(
        &self,
        client: &str,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
    ) -> Result<Opened, Shut> {
        let now = self.trust.clock.now();
        let taken = {
            let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
            codes.remove(SecretHash::of(code).as_bytes()).ok_or(Shut::Grant)?
        };
        let fits = taken.client == client
            && taken.redirect_uri == redirect_uri
            && taken.challenge.is_some_and(|challenge| challenge.is_met_by(verifier));
        if !fits || taken.signed.expires_at <= now {
            return Err(Shut::Grant);
        }
        let refresh_token = self.trust.entropy.secret();
        let signed = Signed { expires_at: now.plus(REFRESH_LIFE), ..taken.signed };
        let mut refresh = self.refresh.lock().unwrap_or_else(PoisonError::into_inner);
        refresh.retain(|_, signed| signed.expires_at > now);
        refresh.insert(refresh_token.hash().as_bytes().to_vec(), signed.clone());
        Ok(self.opened(signed, refresh_token))
    }

    pub(super) fn renew(&self, client: &str, refresh_token: &str) -> Result<Opened, Shut> {
        let now = self.trust.clock.now();
        let refresh = self.refresh.lock().unwrap_or_else(PoisonError::into_inner);
        let signed = refresh.get(SecretHash::of(refresh_token).as_bytes()).cloned();
        let signed = signed.filter(|signed| signed.client == client && signed.expires_at > now);
        Ok(self.opened(signed.ok_or(Shut::Grant)?, Secret::new(refresh_token.to_owned())))
    }

    fn opened(&self, signed: Signed, refresh_token: Secret) -> Opened {
        Opened {
            access_token: self.admit(signed.person, true),
            refresh_token: Some(refresh_token),
            patient: Some(signed.patient),
        }
    }
}
