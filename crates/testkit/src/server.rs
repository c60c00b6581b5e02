//! A whole OpenIAS in the test's own process: store, engines, web, a sandbox network, and real HTTP between
//! them on loopback.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Entropy};
use connect::webhooks;
use connect::worker::Worker;
use csp::templates::{NewTemplate, create};
use egress::{Client, IssuerKeys, KeySource, Mailer, Origin};
use identity::csps::{Csp as TrustedCsp, TrustedCsps, TrustedIssuer};
use identity::registrations::{Proof, Registration, Registrations};
use identity::{credentials, organizations};
use jose::Algorithm;
use model::id::OrganizationId;
use model::{Entitlements, Hcid, Mode, Organization, PublicId, Secret, Timestamp, TokenPolicy};
use sandbox::world::Behaviour;
use sandbox::{Bound, Trust, World};
use store::scratch::PostgresDatabase;
use store::{DatabaseUrl, KeyPurpose, NewSigningKey, Options, Store, WebhookEndpoint};
use tokio::net::TcpListener;
use web::{App, Limits, Parts, TrustedProxies};

use crate::http::Http;
use crate::party::Party;
use crate::{NOW, forge, keys, logs};

/// What a test decides about its server.
pub struct Setup {
    /// A database of its own on PostgreSQL; none for SQLite.
    pub database: Option<PostgresDatabase>,
    /// The network.
    pub world: World,
    /// FHIR base URL of another directory than the network's own.
    pub directory: Option<String>,
    /// The time; by default it stands at [`NOW`] until the test moves it.
    pub clock: Clock,
    /// Randomness; by default replayed from a seed.
    pub entropy: Entropy,
    /// What the organisation may do in live mode.
    pub live: Entitlements,
    /// How much may be asked for; by default there are no limits, because the time stands still.
    pub limits: Limits,
    /// The proxies whose `X-Forwarded-For` is believed; by default none. A test that is one gives itself addresses.
    pub proxies: TrustedProxies,
    /// Origins that may be called beside the server's own and the network's.
    pub private_origins: Vec<String>,
    /// Whether DPoP proofs have to hold a nonce.
    pub dpop_nonces: bool,
    /// How long one place may take to answer a search.
    pub deadline: Duration,
    /// How long a webhook endpoint may take to answer.
    pub webhook_timeout: Duration,
    /// How long a job is a worker's own.
    pub job_lease: Duration,
    /// Whether patients without an ID token can be sent to the CSP, and to one that never answers.
    pub proofing: bool,
    /// What sends mail, if any is sent.
    pub mailer: Option<Mailer>,
    /// What is told at `/metrics`.
    pub metrics: fn() -> String,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            database: None,
            world: World::of(&[Behaviour::Answers]),
            directory: None,
            clock: Clock::manual(NOW),
            entropy: Entropy::seeded(1),
            live: Entitlements::default(),
            limits: Limits::OFF,
            proxies: TrustedProxies::default(),
            private_origins: Vec::new(),
            dpop_nonces: false,
            deadline: Duration::from_secs(10),
            webhook_timeout: Duration::from_secs(10),
            job_lease: Duration::from_mins(2),
            proofing: false,
            mailer: None,
            metrics: || "openias_tests 1\n".to_owned(),
        }
    }
}

/// A running server with one organisation that may use TEFCA and BYOI in test mode.
pub struct TestServer {
    /// Its engines.
    pub app: App,
    /// Runs what the outbox holds when a test says so.
    pub worker: Worker,
    /// Its time.
    pub clock: Clock,
    /// Calls it.
    pub http: Http,
    /// A CSP that it trusts as `persona_csp`, in both modes.
    pub csp: forge::Csp,
    /// The organisation.
    pub organization: Organization,
    /// Where its data is.
    pub folder: tempfile::TempDir,
    _database: Option<PostgresDatabase>,
}

/// A client of the built-in CSP.
#[derive(Clone)]
pub struct CspClient {
    /// `env_….atoc_…`
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// Its one redirect URI.
    pub redirect_uri: String,
}

impl TestServer {
    /// A server with nothing special about it.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    /// A server as a test wants it.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn with(setup: Setup) -> Self {
        logs::keep();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        let csp = forge::Csp::start().await;
        let bound = Bound::bind(setup.world.clone()).await.expect("the network listens");
        let folder = tempfile::tempdir().expect("a folder");
        let app = assemble(&setup, &base_url, &csp, &bound, folder.path()).await;
        bound.serve(&Trust {
            keys: IssuerKeys::new(client(&[base_url.clone(), csp.issuer.clone()])),
            clients: vec![base_url.clone()],
            csp_issuers: vec![csp.issuer.clone(), app.csp.issuer(csp::Environment::Sandbox)],
            clock: setup.clock.clone(),
            entropy: Entropy::system(),
        });
        let organization = organization(&app, 1, setup.live).await;
        let (router, proxies) = (web::router(app.clone()), setup.proxies.clone());
        tokio::spawn(async move {
            web::serve_behind(listener, router, &proxies, std::future::pending()).await;
        });
        Self {
            worker: Worker::new(app.connect.clone())
                .with_keys(app.key_rings().map(Clone::clone).to_vec(), Some(ROTATE_AFTER)),
            http: Http::new(&base_url),
            clock: setup.clock,
            app,
            csp,
            organization,
            folder,
            _database: setup.database,
        }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.app.identity.store
    }

    /// The HCID that ID tokens must be meant for.
    ///
    /// # Panics
    /// Never: the organisation has one.
    pub fn hcid(&self) -> &Hcid {
        self.organization.hcid.as_ref().expect("an HCID")
    }

    /// A good ID token for the organisation.
    pub fn id_token(&self) -> String {
        self.csp.token(self.hcid(), self.clock.now())
    }

    /// Moves the time on.
    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// Runs what is due in the outbox to its end; how many jobs.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn work(&self) -> usize {
        self.worker.run_until_idle().await.expect("the store works")
    }

    /// A fresh credential of the organisation in test mode.
    pub async fn party(&self) -> Party {
        self.party_of(&self.organization.id, Mode::Test).await
    }

    /// A fresh credential of an organisation. Its redirect URI is `https://app.example/authorized`.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn party_of(&self, organization: &OrganizationId, mode: Mode) -> Party {
        let draft = credentials::Draft {
            mode,
            origins: vec!["https://app.example"],
            redirect_uris: vec!["https://app.example/authorized"],
            note: "",
            tokens: TokenPolicy::default(),
        };
        let added = credentials::add(&self.app.identity, organization, &draft, "test", "test").await;
        let (credential, private_key) = added.expect("a credential");
        Party { http: self.http.clone(), public_id: credential.public_id.to_string(), private_key }
    }

    /// Changes how a party's credential speaks OAuth.
    ///
    /// # Panics
    /// When it is not of this server.
    pub async fn set_policy(&self, party: &Party, policy: model::ClientPolicy) {
        let id = model::PublicId::parse(&party.public_id).expect("a public id");
        let mut tx = self.store().write().await.expect("a transaction");
        let credential = tx.credential(&id).await.expect("read").expect("kept");
        assert!(tx.set_credential_policy(&credential.organization_id, &id, &policy).await.expect("set"));
        tx.commit().await.expect("committed");
    }

    /// Changes how the ID tokens of a party of the organisation are judged.
    ///
    /// # Panics
    /// When the store fails, or the party is another organisation's.
    pub async fn judge_tokens_by(&self, party: &Party, tokens: TokenPolicy) {
        let public_id = PublicId::parse(&party.public_id).expect("a public id");
        let (identity, organization) = (&self.app.identity, &self.organization.id);
        let changed =
            credentials::judge_tokens_by(identity, organization, &public_id, tokens, "test", "test").await;
        assert!(changed.expect("changed"), "the party is the organisation's");
    }

    /// Another organisation, with the same rights and the HCID `2.999.7204.9.{number}`.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn another_organization(&self, number: u8) -> Organization {
        organization(&self.app, number, Entitlements::default()).await
    }

    /// Changes what is kept of the organisation.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn change_organization(&self, change: impl FnOnce(&mut Organization)) {
        let mut changed = self.organization.clone();
        change(&mut changed);
        let mut tx = self.store().write().await.expect("a transaction");
        assert!(tx.update_organization(&changed).await.expect("updated"));
        tx.commit().await.expect("committed");
    }

    /// A fresh client of the built-in CSP's sandbox.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn csp_client(&self) -> CspClient {
        let redirect_uri = "https://app.example/callback".to_owned();
        let template = NewTemplate {
            name: "Sample Health App".to_owned(),
            redirect_uris: vec![redirect_uri.clone()],
            hcid: self.hcid().clone(),
            refresh_days: 90,
            form: token::Form::Tefca2,
        };
        let (template, client_secret) =
            create(&self.app.csp, &template, "test", "test").await.expect("a template");
        CspClient { client_id: template.client_id, client_secret, redirect_uri }
    }

    /// Registers a webhook endpoint of the organisation for these events, beside those that always come.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn endpoint(&self, url: &str, events: &[&str]) -> WebhookEndpoint {
        let events: Vec<String> = events.iter().map(|event| (*event).to_owned()).collect();
        let connect = &self.app.connect;
        let added =
            webhooks::add_endpoint(connect, &self.organization.id, Mode::Test, url, &events, "test", "test");
        added.await.expect("an endpoint")
    }

    /// A session of [`crate::PATIENT`] at `party`, whose records have been looked for; the access token and
    /// what the record locator found.
    ///
    /// # Panics
    /// When any of it is refused.
    pub async fn located(&self, party: &Party) -> (String, serde_json::Value) {
        let session = party.session(&self.id_token()).await;
        let task = party.bridge("record_locator", &session).await["task_id"].take();
        self.work().await;
        let task = task.as_str().unwrap_or_default();
        let found = party.bridge(&format!("record_locator/{task}/result"), &session).await;
        (session, found)
    }

    /// Connects everything that was found for [`crate::PATIENT`]; the session and the connections' ids.
    ///
    /// # Panics
    /// When any of it is refused.
    pub async fn connected(&self, party: &Party) -> (String, Vec<String>) {
        let (session, found) = self.located(party).await;
        let accounts: Vec<String> =
            found["discovered_patient_accounts"].as_object().expect("accounts").keys().cloned().collect();
        let connected = party.connect(&session, &accounts).await;
        let successes = connected["successes"].as_object().expect("successes").values();
        let id = |success: &serde_json::Value| {
            success["org_connection_id"].as_str().unwrap_or_default().to_owned()
        };
        (session, successes.map(id).collect())
    }
}

async fn assemble(
    setup: &Setup,
    base_url: &str,
    csp: &forge::Csp,
    bound: &Bound,
    folder: &std::path::Path,
) -> App {
    let database = setup.database.as_ref().map_or(DatabaseUrl::Embedded, PostgresDatabase::url);
    let options = Options { data_dir: folder.to_owned(), database, key_file: None };
    let store = Store::open(&options, setup.entropy.clone()).await.expect("the store opens");
    keep_signing_keys(&store, setup.clock.now()).await;
    let mut origins = bound.origins();
    origins.extend([base_url.to_owned(), csp.issuer.clone(), SILENT_CSP.to_owned()]);
    origins.extend(setup.private_origins.iter().cloned());
    let parts = Parts {
        store,
        client: client(&origins),
        clock: setup.clock.clone(),
        entropy: setup.entropy.clone(),
        csps: trusted_csps(base_url, csp),
        registrations: registrations(setup, csp),
        identity: identity::Settings {
            base_url: base_url.to_owned(),
            consent_life: Duration::from_hours(365 * 24),
            dpop_nonces: setup.dpop_nonces,
        },
        limits: setup.limits,
        proxies: setup.proxies.clone(),
        network: network::Settings {
            directory_url: setup.directory.clone().unwrap_or_else(|| bound.directory_url()),
            client_id: base_url.to_owned(),
            deadline: setup.deadline,
        },
        connect: connect::Settings {
            base_url: base_url.to_owned(),
            export_life: Duration::from_hours(24),
            webhook_retries: RETRIES.into(),
            webhook_timeout: setup.webhook_timeout,
            job_lease: setup.job_lease,
            mailer: setup.mailer.clone(),
        },
        metrics: Arc::new(setup.metrics),
    };
    App::assemble(parts).await.expect("the rooms fit together")
}

/// The waits before each retry of a webhook.
pub const RETRIES: [Duration; 4] =
    [Duration::from_mins(1), Duration::from_mins(15), Duration::from_hours(3), Duration::from_hours(20)];
/// How long a key signs before the worker begins to rotate it.
pub const ROTATE_AFTER: Duration = Duration::from_hours(90 * 24);
/// The issuer of a CSP that never answers, trusted as `silent_csp`: nobody listens on this port.
pub const SILENT_CSP: &str = "http://127.0.0.1:1";

fn trusted_csps(base_url: &str, csp: &forge::Csp) -> TrustedCsps {
    let issuer = |url: String, modes: &[Mode]| TrustedIssuer {
        url,
        modes: modes.to_vec(),
        keys: KeySource::Discovery,
    };
    let trusted = |idp: &str, issuers| TrustedCsp {
        idp: idp.to_owned(),
        name: idp.to_owned(),
        issuers,
        oid: None,
        algorithms: vec![Algorithm::Rs256],
        max_life: Duration::from_hours(2),
        max_proofing_age: None,
        profile: None,
        quirks: Vec::new(),
    };
    let both = [Mode::Test, Mode::Live];
    TrustedCsps::published()
        .with(trusted(
            "persona_csp",
            vec![
                issuer(csp.issuer.clone(), &both),
                issuer(format!("{base_url}/authenticate/oidc-sandbox"), &[Mode::Test]),
            ],
        ))
        .with(trusted("silent_csp", vec![issuer(SILENT_CSP.to_owned(), &both)]))
}

/// Which of [`keys`] proves that we are the client of the CSP, in live mode.
pub const CSP_KEY: usize = 5;
/// Our secret as a client of the CSP, in test mode.
pub const CSP_SECRET: &str = "a secret: with + and %";

fn registrations(setup: &Setup, csp: &forge::Csp) -> Registrations {
    let at = |idp: &str, issuer: &str, mode: Mode| Registration {
        idp: idp.to_owned(),
        mode,
        issuer: issuer.to_owned(),
        client_id: forge::CLIENT_ID.to_owned(),
        proof: match mode {
            Mode::Test => Proof::Secret(Secret::new(CSP_SECRET.to_owned())),
            Mode::Live => Proof::Key(Arc::new(keys::signing_key(CSP_KEY))),
        },
        scope: "openid profile email".to_owned(),
        parameters: vec![("acr_values".to_owned(), "ial2".to_owned())],
        hcid: None,
    };
    let all = [Mode::Test, Mode::Live]
        .into_iter()
        .filter(|_| setup.proofing)
        .flat_map(|mode| [at("persona_csp", &csp.issuer, mode), at("silent_csp", SILENT_CSP, mode)]);
    Registrations { all: all.collect(), sends_mail: setup.mailer.is_some() }
}

/// Puts keys in place that are made already, so that the engines need not make any.
async fn keep_signing_keys(store: &Store, now: Timestamp) {
    let mut tx = store.write().await.expect("a transaction");
    for (number, purpose) in [
        (2, KeyPurpose::Network),
        (3, KeyPurpose::CspSandbox),
        (4, KeyPurpose::CspProduction),
        (5, KeyPurpose::Identity),
    ] {
        let (pkcs8, key) = (keys::pkcs8(number), keys::signing_key(number));
        let new = NewSigningKey { purpose, algorithm: Algorithm::Rs256, kid: key.kid(), pkcs8 };
        assert!(tx.add_signing_key(&new, now).await.expect("kept"));
    }
    tx.commit().await.expect("committed");
}

async fn organization(app: &App, number: u8, live: Entitlements) -> Organization {
    let draft = organizations::Draft {
        name: &format!("Sample Health App {number}"),
        hcid: &format!("2.999.7204.9.{number}"),
        privacy_policy_uri: "https://sample-health-app.example/privacy",
        test: Entitlements { tefca: true, byoi: true },
        live,
        ..organizations::Draft::default()
    };
    organizations::add(&app.identity, &draft, "test", "test").await.expect("an organisation")
}

fn client(origins: &[String]) -> Client {
    let origins = origins.iter().map(|text| Origin::parse(text).expect("an origin"));
    Client::new(origins)
}
