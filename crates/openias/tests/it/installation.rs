//! An installation around the binary: its configuration, an organisation made by the command line, and a
//! network, a CSP and a webhook endpoint in the test's own process.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use ambient::{Clock, Entropy};
use egress::{Client, IssuerKeys, Origin};
use model::{Hcid, Secret};
use sandbox::world::Behaviour;
use sandbox::{Bound, Brake, Trust, World};
use store::DatabaseUrl;
use testkit::{Catcher, Http, Party, forge};

use crate::child::{Server, run};

const HCID: &str = "2.999.7204.9.1";

pub(crate) struct Installation {
    folder: tempfile::TempDir,
    base_url: String,
    csp: forge::Csp,
    pub(crate) catcher: Catcher,
    pub(crate) brake: Brake,
}

impl Installation {
    /// With a network of two places that answer, and leases of two seconds, on this database.
    pub(crate) async fn on(database: &DatabaseUrl) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (csp, catcher) = (forge::Csp::start().await, Catcher::start().await);
        let base_url = format!("http://127.0.0.1:{}", free_port());
        let world = World::of(&[Behaviour::Answers, Behaviour::Answers]);
        let brake = world.brake.clone();
        let bound = Bound::bind(world).await.expect("the network listens");
        let mut origins = bound.origins();
        origins.extend([&base_url, &csp.issuer, &catcher.origin].map(String::clone));
        let store = match database {
            DatabaseUrl::Embedded => String::new(),
            DatabaseUrl::Postgres(url) => format!("[store]\ndatabase_url = \"{url}\"\n"),
        };
        let config = format!(
            "{store}[server]\nlisten = \"{}\"\nbase_url = \"{base_url}\"\n\
             [network]\ndirectory_url = \"{}\"\n\
             [webhooks]\nretry_seconds = [1, 1, 1, 1]\n\
             [jobs]\nlease_seconds = 2\n\
             [egress]\nprivate_origins = {origins:?}\n\
             [log]\nfilter = \"debug\"\n\
             [[csps]]\nidp = \"persona_csp\"\nname = \"A CSP\"\ntest_issuers = [\"{}\"]\n",
            base_url.trim_start_matches("http://"),
            bound.directory_url(),
            csp.issuer
        );
        std::fs::write(folder.path().join("openias.toml"), config).expect("written");
        let keys = [&base_url, &csp.issuer].map(|origin| Origin::parse(origin).expect("an origin"));
        bound.serve(&Trust {
            keys: IssuerKeys::new(Client::new(keys)),
            clients: vec![base_url.clone()],
            csp_issuers: vec![csp.issuer.clone()],
            clock: Clock::system(),
            entropy: Entropy::system(),
        });
        Self { folder, base_url, csp, catcher, brake }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn start(&self) -> Server {
        Server::start(self.folder()).await
    }

    /// Starts a second process on the same database, and the way to it. Both say that they are at one address, as
    /// they do behind a proxy.
    pub(crate) async fn start_another(&self) -> (Server, Http) {
        let (port, file) = (free_port(), "another.toml");
        let config = std::fs::read_to_string(self.folder().join("openias.toml")).expect("a configuration");
        let listen = format!("listen = \"{}\"", self.base_url.trim_start_matches("http://"));
        assert!(config.contains(&listen));
        let config = config.replace(&listen, &format!("listen = \"127.0.0.1:{port}\""));
        std::fs::write(self.folder().join(file), config).expect("written");
        (Server::start_with(self.folder(), file).await, Http::new(&format!("http://127.0.0.1:{port}")))
    }

    /// A good ID token of the patient.
    pub(crate) fn id_token(&self) -> String {
        self.csp.token(&Hcid::parse(HCID).expect("an HCID"), Clock::system().now())
    }

    /// Has every ID token of a party's credential count once.
    pub(crate) fn tokens_count_once(&self, party: &Party) {
        let organizations = self.command(&["org", "--config", "openias.toml", "list"]);
        let id = organizations.split(' ').next().expect("an id");
        self.command(&["client", "--config", "openias.toml", "tokens", id, &party.public_id, "--once"]);
    }

    /// Registers an organisation, its keys and its endpoint, as an operator would.
    pub(crate) fn register(&self) -> (Party, Secret) {
        let added =
            self.command(&["org", "--config", "openias.toml", "add", "--name", "Sample", "--hcid", HCID]);
        let id = added.split(' ').next().expect("an id");
        self.command(&[
            "org",
            "--config",
            "openias.toml",
            "enable",
            id,
            "--mode",
            "test",
            "--tefca",
            "true",
            "--byoi",
            "true",
        ]);
        let keys = self.command(&["client", "--config", "openias.toml", "add", id, "--mode", "test"]);
        let url = &self.catcher.url;
        let webhook = self.command(&[
            "webhook",
            "--config",
            "openias.toml",
            "add",
            id,
            "--mode",
            "test",
            "--url",
            url,
            "--event",
            "patient.connection_success",
        ]);
        let party = Party {
            http: Http::new(&self.base_url),
            public_id: value_of(&keys, "public id:"),
            private_key: Secret::new(value_of(&keys, "private key:")),
        };
        (party, Secret::new(value_of(&webhook, "secret:")))
    }

    /// A session whose records have been looked for, and the accounts that were found.
    pub(crate) async fn located(&self, party: &Party) -> (String, Vec<String>) {
        let session = party.session(&self.id_token()).await;
        let task = party.bridge("record_locator", &session).await["task_id"].take();
        let task = task.as_str().expect("a task");
        // The one thing that tells nobody when it ends: it is asked, as the widget asks.
        let mut again = tokio::time::interval(Duration::from_millis(20));
        while party.bridge(&format!("record_locator/{task}"), &session).await["status"] == "pending" {
            again.tick().await;
        }
        let found = party.bridge(&format!("record_locator/{task}/result"), &session).await;
        let accounts = found["discovered_patient_accounts"].as_object().expect("accounts");
        (session, accounts.keys().cloned().collect())
    }

    fn command(&self, args: &[&str]) -> String {
        command(self.folder(), args)
    }
}

/// The output of a command that succeeds.
#[track_caller]
pub(crate) fn command(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// A port that is free, and its neighbour too: below those that the kernel gives out by itself, and given out
/// here once.
pub(crate) fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let first = 10_000 + u16::try_from(std::process::id() % 5_000).expect("it fits");
    let is_free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    loop {
        let port = first + 2 * GIVEN.fetch_add(1, Ordering::Relaxed);
        if is_free(port) && is_free(port + 1) {
            return port;
        }
    }
}

/// The word behind a name in a command's output.
pub(crate) fn value_of(output: &str, name: &str) -> String {
    let line = output.lines().find_map(|line| line.trim().strip_prefix(name)).expect("a line of that name");
    line.split_whitespace().next().expect("a value").to_owned()
}
