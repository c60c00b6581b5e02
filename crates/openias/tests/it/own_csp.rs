//! The built-in CSP as an app's backend uses it, and that a plain server trusts it in test mode.

use testkit::http::encode;
use testkit::{Answer, Http, PATIENT, Party, Pkce};

use crate::child::Server;
use crate::installation::{command, free_port, value_of};

/// A client of the built-in CSP's sandbox.
pub(crate) struct CspClient {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) redirect_uri: String,
}

impl CspClient {
    /// An ID token of [`PATIENT`]: the whole code flow and the forms of the inquiry.
    pub(crate) async fn prove(&self, http: &Http) -> String {
        let sandbox = "/authenticate/oidc-sandbox";
        let pkce = Pkce::fresh();
        let query = encode(&[
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid profile email"),
            ("state", "the state"),
            ("nonce", "the nonce"),
            ("code_challenge", &pkce.challenge),
            ("code_challenge_method", "S256"),
            ("login_hint", "patient-7"),
        ]);
        let back = pass_inquiry(http, &format!("{sandbox}/authorize?{query}")).await;
        assert!(back.header("location").starts_with(&self.redirect_uri));
        let code = back.parameter("code").expect("a code");
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &pkce.verifier),
        ];
        let token = http.form(&format!("{sandbox}/token"), &fields).basic(&self.id, &self.secret);
        token.send().await.is(200).json()["id_token"].as_str().expect("an ID token").to_owned()
    }
}

/// The forms of the inquiry that begins at this address, filled in for [`PATIENT`]; the way back to the client.
pub(crate) async fn pass_inquiry(http: &Http, address: &str) -> Answer {
    let sandbox = "/authenticate/oidc-sandbox";
    let page = http.get(address).send().await.is(200);
    let handle = page.hidden("handle");
    let fields = [("handle", handle.as_str()), ("contact", PATIENT)];
    let page = http.form(&format!("{sandbox}/inquiry/person"), &fields).send().await.is(200);
    let handle = page.hidden("handle");
    let fields = [("handle", handle.as_str()), ("code", "123456"), ("pass_verifications", "on")];
    http.form(&format!("{sandbox}/inquiry/confirm"), &fields).send().await.is(303)
}

/// Pushes an ID token of the built-in CSP.
pub(crate) async fn push(party: &Party, id_token: &str) -> Answer {
    let fields = [
        ("scope", "openid profile email"),
        ("response_type", "code"),
        ("idp", "openias_csp"),
        ("idp_id_token", id_token),
    ];
    party.signed(party.http.form("/oauth2/par", &fields)).send().await
}

/// `openias serve` with nothing but an address, and what an operator gives an app.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_server_takes_its_own_sandbox_in_test_mode_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let listen = format!("127.0.0.1:{}", free_port());
    // Nothing leads back to the server from there: it has the keys of its own issuer at hand.
    let base_url = "https://ias.example.org";
    let config = format!("[server]\nlisten = \"{listen}\"\nbase_url = \"{base_url}\"\n");
    std::fs::write(folder.path().join("openias.toml"), config).expect("written");
    let server = Server::start(folder.path()).await;

    let openias = |args: &str| command(folder.path(), &args.split(' ').collect::<Vec<_>>());
    let hcid = "2.999.7204.9.1";
    let org = openias(&format!("org add --config openias.toml --name Sample --hcid {hcid}"));
    let org = org.split(' ').next().expect("an id");
    let http = Http::new(&format!("http://{listen}"));
    let party = |mode: &str| {
        openias(&format!("org enable {org} --mode {mode} --tefca true --byoi true --config openias.toml"));
        let keys = openias(&format!("client add {org} --mode {mode} --config openias.toml"));
        let private_key = model::Secret::new(value_of(&keys, "private key:"));
        Party { http: http.clone(), public_id: value_of(&keys, "public id:"), private_key }
    };
    let redirect_uri = "http://localhost:3000/callback";
    let template = openias(&format!(
        "template add --config openias.toml --name Sample --hcid {hcid} --redirect-uri {redirect_uri}"
    ));
    let client = CspClient {
        id: value_of(&template, "client id:"),
        secret: value_of(&template, "client secret:"),
        redirect_uri: redirect_uri.to_owned(),
    };
    let id_token = client.prove(&http).await;
    push(&party("test"), &id_token).await.is(201);
    push(&party("live"), &id_token).await.is_oauth_error(400, "invalid_request");
    assert_eq!(server.terminate().await, Some(0));
}
