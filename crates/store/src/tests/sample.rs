//! Things to keep: each made in as few words as a test needs, and kept when it is asked for.

use std::time::Duration;

use model::client::private_key;
use model::id::{
    AccountFoundId, AccountId, ConnectionId, ConsentId, ExportId, InquiryId, LocationId, OrganizationId,
    RequestId, WebhookEndpointId,
};
use model::synthetic::by_email;
use model::{
    ClientPolicy, Credential, Entitlements, Hcid, Mode, Organization, Patient, ProvenIdentity, PublicId,
    Scope, Secret, SecretHash, Timestamp, TokenPolicy, TokenProfile,
};

use crate::{
    AccountFound, AuthenticationTemplate, AuthorizationRequest, AuthorizationType, CspEnvironment,
    NewAuthorization, NewConnection, NewConsent, NewExport, NewInquiry, Store, Tx, WebhookEndpoint,
};

pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);
pub(super) const MINUTE: Duration = Duration::from_mins(1);
/// Stands for a CSP's compact ID token.
pub(super) const ID_TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJwbGFudGVkIjoidmFsdWUifQ.c2lnbmF0dXJl";

pub(super) fn in_a_minute() -> Timestamp {
    NOW.plus(MINUTE)
}

/// A secret that differs for every `number`.
pub(super) fn secret(number: u8) -> Secret {
    Secret::from_random([number; 32])
}

pub(super) fn hash(number: u8) -> SecretHash {
    secret(number).hash()
}

pub(super) fn identity() -> ProvenIdentity {
    ProvenIdentity {
        issuer: "https://csp.example".to_owned(),
        subject: "act_qDoDyLcWjKD5e8R5kCmK9vUtcUpv".to_owned(),
        meant_for: Hcid::parse("2.999.7204.9.1").expect("an HCID"),
        id_token: ID_TOKEN.to_owned(),
        expires_at: NOW.plus(Duration::from_hours(1)),
        proofed_at: NOW,
        email_verified: true,
        demographics: by_email("knixontestemail@epic.com").expect("a synthetic patient").demographics(),
    }
}

/// What a client asks of the authorization server about a proven patient.
pub(super) fn request() -> model::AuthorizationRequest {
    proven_request().with(Patient::Proven(Box::new(identity())))
}

/// The same, as it waits for the patient's consent.
pub(super) fn proven_request() -> model::AuthorizationRequest<Box<ProvenIdentity>> {
    let request = model::AuthorizationRequest {
        redirect_uri: Some("https://app.example/callback".to_owned()),
        state: Some("xyz".to_owned()),
        ..model::AuthorizationRequest::<()>::default()
    };
    request.with(Box::new(identity()))
}

pub(super) fn organization(number: u8) -> Organization {
    Organization {
        id: OrganizationId::from_random([number; 16]),
        name: format!("Organization {number}"),
        logo_uri: Some("/assets/logo.svg".to_owned()),
        website_uri: None,
        privacy_policy_uri: Some("https://example.org/privacy".to_owned()),
        terms_uri: None,
        hcid: Hcid::parse(&format!("2.999.7204.9.{number}")).ok(),
        test: Entitlements { tefca: true, byoi: true },
        live: Entitlements { tefca: true, byoi: false },
    }
}

pub(super) fn credential(organization: &Organization, number: u8) -> Credential {
    Credential {
        public_id: PublicId::from_random(Mode::Test, [number; 45]),
        organization_id: organization.id.clone(),
        private_key: private_key(Mode::Test, [number; 45]).hash(),
        redirect_uris: vec!["https://app.example/callback".to_owned()],
        origins: vec!["https://app.example".to_owned()],
        note: "a note".to_owned(),
        tokens: TokenPolicy { profile: Some(TokenProfile::Tefca3), once: false },
        policy: ClientPolicy { hosted_proofing: true, ..ClientPolicy::default() },
        active: true,
    }
}

/// An organisation and its credential, kept.
pub(super) async fn client(store: &Store, number: u8) -> Credential {
    let organization = organization(number);
    let credential = credential(&organization, number);
    let mut tx = store.write().await.expect("a transaction");
    tx.add_organization(&organization, NOW).await.expect("added");
    tx.add_credential(&credential, NOW).await.expect("added");
    tx.commit().await.expect("committed");
    credential
}

pub(super) fn scope(text: &str) -> Scope {
    Scope::parse(text).expect("a scope")
}

/// A consent given through a credential, kept. It holds for a day.
pub(super) async fn consent(store: &Store, client: &Credential, number: u8) -> ConsentId {
    let id = ConsentId::from_random([number; 16]);
    let mut tx = store.write().await.expect("a transaction");
    tx.add_consent(&NewConsent {
        id: &id,
        organization_id: &client.organization_id,
        public_id: &client.public_id,
        identity: &identity(),
        scope: &scope("openid profile email"),
        resources: &["https://openias.example/v1".to_owned()],
        dpop_jkt: None,
        given_at: NOW,
        expires_at: NOW.plus(24 * 60 * MINUTE),
    })
    .await
    .expect("added");
    tx.commit().await.expect("committed");
    id
}

/// An authorization that waits for its patient for a minute, kept; its handle is `secret(number)`.
pub(super) async fn authorization(store: &Store, client: &Credential, number: u8) -> String {
    let id = RequestId::from_random([number; 16]).to_string();
    let mut tx = store.write().await.expect("a transaction");
    tx.add_authorization(&NewAuthorization {
        id: &id,
        handle: &hash(number),
        public_id: &client.public_id,
        pushed_id: 1,
        request: &proven_request(),
        expires_at: in_a_minute(),
    })
    .await
    .expect("added");
    tx.commit().await.expect("committed");
    id
}

pub(super) fn account_found(consent: &ConsentId, number: u8) -> AccountFound {
    AccountFound {
        id: AccountFoundId::from_random([number; 16]),
        consent_id: consent.clone(),
        tefca_directory_id: format!("urn:oid:2.999.7204.1.{number}"),
        provider: format!("Place {number}"),
        endpoint: "https://place.example/fhir".to_owned(),
        authorization_type: AuthorizationType::Direct,
        remote_patient: "remote-patient-8472".to_owned(),
        connection_id: None,
    }
}

/// A connection made from a fresh account under a consent, kept.
pub(super) async fn connection(
    store: &Store,
    client: &Credential,
    consent: &ConsentId,
    number: u8,
) -> ConnectionId {
    let (id, account) = (ConnectionId::from_random([number; 16]), account_found(consent, number));
    let mut tx = store.write().await.expect("a transaction");
    tx.add_account_found(&account).await.expect("added");
    assert!(tx.connect_account(&account.id, consent, &id).await.expect("asked"));
    add_connection(&mut tx, client, &account, &id).await;
    tx.commit().await.expect("committed");
    id
}

/// Writes the connection of an account.
pub(super) async fn add_connection(
    tx: &mut Tx,
    client: &Credential,
    account: &AccountFound,
    id: &ConnectionId,
) {
    tx.add_connection(&NewConnection {
        id,
        organization_id: &client.organization_id,
        public_id: &client.public_id,
        account,
        external_id: Some("patient-7"),
        request_id: &RequestId::from_random([7; 16]),
        consent_expires_at: NOW.plus(24 * 60 * MINUTE),
        created_at: NOW,
    })
    .await
    .expect("added");
}

/// An export of a connection, begun.
pub(super) async fn export(store: &Store, connection: &ConnectionId, number: u8) -> ExportId {
    let id = ExportId::from_random([number; 16]);
    let mut tx = store.write().await.expect("a transaction");
    let new =
        NewExport { id: &id, connection_id: connection, file: &format!("{number}.jsonl"), created_at: NOW };
    tx.begin_export(&new).await.expect("begun");
    tx.commit().await.expect("committed");
    id
}

/// A record locator run, begun.
pub(super) async fn location(store: &Store, consent: &ConsentId, number: u8) -> LocationId {
    let id = LocationId::from_random([number; 16]);
    let mut tx = store.write().await.expect("a transaction");
    tx.begin_location(&id, consent, NOW).await.expect("begun");
    tx.commit().await.expect("committed");
    id
}

pub(super) fn template(number: u8) -> AuthenticationTemplate {
    AuthenticationTemplate {
        client_id: format!("env_example.atoc_{number}"),
        environment: CspEnvironment::Sandbox,
        name: format!("Template {number}"),
        secret: hash(number),
        redirect_uris: vec!["https://app.example/callback".to_owned()],
        hcid: Hcid::parse("2.999.7204.9.1").expect("an HCID"),
        refresh_days: 90,
        profile: "tefca-2".to_owned(),
        active: true,
    }
}

pub(super) fn authorization_request() -> AuthorizationRequest {
    AuthorizationRequest {
        redirect_uri: "https://app.example/callback".to_owned(),
        scope: "openid".to_owned(),
        state: Some("xyz".to_owned()),
        nonce: Some("nonce".to_owned()),
        code_challenge: Some("challenge".to_owned()),
        login_hint: Some("planted-login-hint".to_owned()),
    }
}

/// An inquiry of a fresh template, kept, open for a minute; its handle is `secret(number)`.
pub(super) async fn inquiry(store: &Store, number: u8) -> InquiryId {
    let id = InquiryId::from_random([number; 30]);
    let template = template(number);
    let mut tx = store.write().await.expect("a transaction");
    tx.add_authentication_template(&template, NOW).await.expect("added");
    tx.add_inquiry(&NewInquiry {
        id: &id,
        handle: &hash(number),
        client_id: &template.client_id,
        owner: &template.hcid,
        request: &authorization_request(),
        created_at: NOW,
        expires_at: in_a_minute(),
    })
    .await
    .expect("added");
    tx.commit().await.expect("committed");
    id
}

/// A fresh account without a reference, kept.
pub(super) async fn account(store: &Store, number: u8) -> AccountId {
    let fresh = AccountId::from_random([number; 28]);
    let mut tx = store.write().await.expect("a transaction");
    let claimed = tx.claim_account(CspEnvironment::Sandbox, None, &["a person"], fresh, NOW).await;
    tx.commit().await.expect("committed");
    claimed.expect("asked").expect("an account")
}

/// An endpoint of an organisation that asked for one event, kept; its secret is `whsec_` and the number.
pub(super) async fn endpoint(
    store: &Store,
    client: &Credential,
    mode: Mode,
    number: u8,
) -> WebhookEndpointId {
    let new = WebhookEndpoint {
        id: WebhookEndpointId::from_random([number; 16]),
        organization_id: client.organization_id.clone(),
        mode,
        url: format!("https://app.example/webhooks/{number}"),
        secret: Secret::new(format!("whsec_{number}")),
        event_types: vec!["patient.connection_success".to_owned()],
        active: true,
    };
    let mut tx = store.write().await.expect("a transaction");
    assert!(tx.add_webhook_endpoint(&new, NOW).await.expect("asked"));
    tx.commit().await.expect("committed");
    new.id
}
