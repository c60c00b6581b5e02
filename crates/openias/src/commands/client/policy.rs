//! `openias client policy`

use anyhow::Context as _;
use identity::{Identity, credentials};
use model::{
    ClientAuthentication, ClientPolicy, ClientProfile, Credential, IdTokenAlgorithm, Mode, RequestUse,
};

use super::super::{ACTOR, REQUEST, organization};
use super::credential;
use crate::cli::PolicyArgs;
use crate::output::{line, warning};

pub(super) async fn run(identity: &Identity, args: &PolicyArgs) -> anyhow::Result<()> {
    let organization = organization(&identity.store, &args.org).await?;
    let Credential { public_id, policy: before, .. } =
        credential(&identity.store, &organization, &args.public_id).await?;
    let after = changed(before.clone(), args)?;
    if after != before {
        credentials::speak_by(identity, &organization.id, &public_id, &after, ACTOR, REQUEST).await?;
    }
    show(&after);
    let mode = public_id.mode();
    if after.hosted_proofing && !identity.registrations.serve(mode) {
        warning(&format!("no patient of this client can be proven here yet: {}", missing(identity, mode)));
    }
    Ok(())
}

/// What hosted proofing lacks.
fn missing(identity: &Identity, mode: Mode) -> String {
    if identity.registrations.of_mode(mode).next().is_none() {
        return format!("the configuration needs an entry of [[proofing]] for {mode} mode");
    }
    "the configuration needs [mail], to confirm the addresses of real patients".to_owned()
}

fn changed(mut policy: ClientPolicy, args: &PolicyArgs) -> anyhow::Result<ClientPolicy> {
    if let Some(profile) = named(ClientProfile::ALL, ClientProfile::name, args.profile.as_deref()) {
        policy.profile = profile;
    }
    if let Some(file) = &args.jwks {
        let jwks =
            std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        policy.authentication = ClientAuthentication::PrivateKeyJwt(jwks);
    }
    if args.secret {
        policy.authentication = ClientAuthentication::Secret;
    }
    if let Some(used) = named(RequestUse::ALL, RequestUse::name, args.request_use.as_deref()) {
        policy.request_use = used;
    }
    if let Some(algorithm) =
        named(IdTokenAlgorithm::ALL, IdTokenAlgorithm::name, args.id_token_alg.as_deref())
    {
        policy.id_token_algorithm = algorithm;
    }
    if !args.post_logout_uri.is_empty() {
        policy.post_logout_redirect_uris =
            args.post_logout_uri.iter().filter(|uri| !uri.is_empty()).cloned().collect();
    }
    if let Some(uri) = &args.token_exchange {
        policy.token_exchange_uri = Some(uri.clone()).filter(|uri| !uri.is_empty());
    }
    policy.sender_constrained = args.dpop.unwrap_or(policy.sender_constrained);
    policy.client_credentials = args.client_credentials.unwrap_or(policy.client_credentials);
    policy.refresh_retry = args.refresh_retry.unwrap_or(policy.refresh_retry);
    policy.hosted_proofing = args.hosted_proofing.unwrap_or(policy.hosted_proofing);
    policy.consents_itself = args.consents_itself.unwrap_or(policy.consents_itself);
    Ok(policy)
}

fn named<T: Copy, const N: usize>(
    all: [T; N],
    name: impl Fn(T) -> &'static str,
    wanted: Option<&str>,
) -> Option<T> {
    all.into_iter().find(|one| wanted == Some(name(*one)))
}

fn show(policy: &ClientPolicy) {
    let proof = match &policy.authentication {
        ClientAuthentication::Secret => "its private key",
        ClientAuthentication::PrivateKeyJwt(_) => "signed assertions",
    };
    let none = || "none".to_owned();
    let after_sign_out = Some(policy.post_logout_redirect_uris.join(" ")).filter(|uris| !uris.is_empty());
    for (name, value) in [
        ("profile", policy.profile.name().to_owned()),
        ("proves itself by", proof.to_owned()),
        ("request_uri is used by", policy.request_use.name().to_owned()),
        ("ID tokens", policy.id_token_algorithm.name().to_owned()),
        ("DPoP required", policy.sender_constrained.to_string()),
        ("client_credentials", policy.acts_alone().to_string()),
        ("refresh retry", format!("{} s", policy.refresh_retry)),
        ("after sign-out", after_sign_out.unwrap_or_else(none)),
        ("hosted proofing", policy.hosted_proofing.to_string()),
        ("token exchange", policy.token_exchange_uri.clone().unwrap_or_else(none)),
        ("consents itself", policy.consents_itself.to_string()),
    ] {
        line(&format!("{name:<24}{value}"));
    }
}
