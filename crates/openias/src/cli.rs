//! The command line.

mod client;

pub(crate) use client::{Client, ClientAction, PolicyArgs};

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

/// Verified identity in, health records out: a self-hosted TEFCA Individual Access Services stack.
#[derive(Parser)]
#[command(name = "openias", version, after_help = "Try it:\n  openias demo\n  openias demo --headless")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the server.
    Serve(Serve),
    /// Run everything on this machine: server, sandbox network, sample app.
    Demo(Demo),
    /// Organisations: who asks for records on a patient's behalf.
    Org(Org),
    /// API credentials of an organisation.
    Client(Client),
    /// Webhook endpoints of an organisation.
    Webhook(Webhook),
    /// Authentication templates: the clients of the built-in CSP.
    Template(Template),
    /// ID tokens: what the rules make of one, and the rules.
    Token(Token),
    /// Trusted credential service providers: list, check, add.
    Csp(Csp),
    /// Signing keys: list, rotate, retire.
    Keys(Keys),
    /// Sign-in to the portal.
    Operator(Operator),
    /// Check the configuration and what it needs.
    Doctor(Doctor),
    /// Print a configuration file with every key, its meaning and its default.
    #[command(after_help = "Example:\n  openias config > openias.toml")]
    Config,
    /// Print what the API answers to, in OpenAPI 3.1.
    #[command(after_help = "Example:\n  openias openapi > openapi.json")]
    Openapi,
}

/// Which configuration to use.
#[derive(Args, Clone)]
pub(crate) struct ConfigArgs {
    /// Configuration file (TOML). Every key but the lists `csps` and `proofing` can also be set in the environment:
    /// `openias config` names the variables, such as OPENIAS_SERVER_LISTEN. Lists are separated by commas.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Args)]
#[command(after_help = "Example:\n  openias serve --config /etc/openias/openias.toml")]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  openias demo\n  openias demo --headless --patient knixontestemail2@epic.com --out records\n  openias demo --port 9000 --data-dir ./demo-data\n  openias demo --app-origin http://localhost:3000"
)]
pub(crate) struct Demo {
    /// Take the whole journey over HTTP, as an integrator's backend would, and end.
    #[arg(long)]
    pub(crate) headless: bool,
    /// E-mail of the synthetic patient that takes the journey.
    #[arg(long, value_name = "EMAIL", default_value = "knixontestemail@epic.com")]
    pub(crate) patient: String,
    /// Folder for records.ndjson and journey.json.
    #[arg(long, value_name = "DIR", default_value = "openias-demo")]
    pub(crate) out: PathBuf,
    /// Port of the server; the sample app takes the next one.
    #[arg(long, value_name = "N", default_value_t = 8480)]
    pub(crate) port: u16,
    /// Keep the data here instead of in a temporary folder, and the keys too: the next demo gives an app at the
    /// same addresses the same ones, from demo-keys.json.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Where an app of your own runs, such as http://localhost:3000: makes an organisation and keys for it,
    /// beside the sample app's.
    #[arg(long, value_name = "URL", conflicts_with = "headless")]
    pub(crate) app_origin: Option<String>,
    /// Where the CSP and the consent page send your app's patients back to [default: /callback at its
    /// origin].
    #[arg(long, value_name = "URL", requires = "app_origin", conflicts_with = "headless")]
    pub(crate) app_callback: Option<String>,
    /// Where your app takes webhooks [default: /webhooks at its origin].
    #[arg(long, value_name = "URL", requires = "app_origin", conflicts_with = "headless")]
    pub(crate) app_webhook: Option<String>,
    /// Show log lines of this filter, such as "info" or "openias=debug".
    #[arg(long, value_name = "FILTER")]
    pub(crate) log: Option<String>,
}

/// Test or live.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ModeArg {
    /// Synthetic patients only.
    Test,
    /// Real patients only.
    Live,
}

impl From<ModeArg> for model::Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Test => Self::Test,
            ModeArg::Live => Self::Live,
        }
    }
}

#[derive(Args)]
pub(crate) struct Org {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(subcommand)]
    pub(crate) action: OrgAction,
}

#[derive(Subcommand)]
pub(crate) enum OrgAction {
    /// List organisations.
    List,
    /// Add an organisation. TEFCA and BYOI start switched off in both modes.
    #[command(
        after_help = "Example:\n  openias org add --name \"Example Health\" --hcid 2.16.840.1.113883.3.9999 --privacy-policy https://example.org/privacy"
    )]
    Add {
        /// The name patients read.
        #[arg(long)]
        name: String,
        /// Its Home Community Id.
        #[arg(long)]
        hcid: Option<String>,
        /// Its privacy policy.
        #[arg(long, value_name = "URL")]
        privacy_policy: Option<String>,
    },
    /// Replace or remove the logo on the consent page.
    #[command(
        after_help = "Examples:\n  openias org logo ORG_ID logo.png\n  openias org logo ORG_ID --remove"
    )]
    Logo {
        /// The organisation's id.
        id: String,
        /// A PNG, JPEG or WebP image of at most 64 KiB.
        #[arg(required_unless_present = "remove")]
        file: Option<PathBuf>,
        /// Remove the logo.
        #[arg(long, conflicts_with = "file")]
        remove: bool,
    },
    /// Switch TEFCA and BYOI on or off for one mode: what is not named stays.
    #[command(
        group = ArgGroup::new("switched").args(["tefca", "byoi"]).required(true).multiple(true),
        after_help = "Examples:\n  openias org enable ORG_ID --mode test --tefca true --byoi true\n  openias org enable ORG_ID --mode live --byoi false"
    )]
    Enable {
        /// The organisation's id.
        id: String,
        /// Which mode.
        #[arg(long)]
        mode: ModeArg,
        /// TEFCA IAS.
        #[arg(long, value_name = "BOOL")]
        tefca: Option<bool>,
        /// Bring Your Own Identity.
        #[arg(long, value_name = "BOOL")]
        byoi: Option<bool>,
    },
}

/// The profile of a credential that has none of its own.
pub(crate) const BY_TOKEN: &str = "by-token";

#[derive(Args)]
pub(crate) struct Webhook {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(subcommand)]
    pub(crate) action: WebhookAction,
}

#[derive(Subcommand)]
pub(crate) enum WebhookAction {
    /// List the endpoints of an organisation.
    List {
        /// The organisation's id.
        org: String,
    },
    /// Register an endpoint. Its secret is shown once.
    #[command(
        after_help = "Example:\n  openias webhook add ORG_ID --mode test --url https://app.example.org/webhooks --event patient.connection_success"
    )]
    Add {
        /// The organisation's id.
        org: String,
        /// Which mode's events it gets.
        #[arg(long)]
        mode: ModeArg,
        /// Where they go.
        #[arg(long)]
        url: String,
        /// An event to opt into; can be repeated. Export events and tests come always.
        #[arg(long = "event", value_name = "TYPE")]
        events: Vec<String>,
    },
    /// Switch an endpoint off: it gets nothing any more, and what was on its way to it is given up in time.
    Disable {
        /// The organisation's id.
        org: String,
        /// The endpoint's id.
        endpoint: String,
    },
    /// Switch an endpoint on again.
    Enable {
        /// The organisation's id.
        org: String,
        /// The endpoint's id.
        endpoint: String,
    },
    /// Put webhook.test into the outbox; a running server delivers it.
    Test {
        /// The organisation's id.
        org: String,
        /// The endpoint's id.
        endpoint: String,
    },
}

#[derive(Args)]
pub(crate) struct Template {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(subcommand)]
    pub(crate) action: TemplateAction,
}

#[derive(Subcommand)]
pub(crate) enum TemplateAction {
    /// List templates.
    List,
    /// Make a template of the sandbox issuer. The client secret is shown once.
    #[command(
        after_help = "Example:\n  openias template add --name \"Example Health\" --hcid 2.16.840.1.113883.3.9999 --redirect-uri https://app.example.org/callback"
    )]
    Add {
        /// The name patients read.
        #[arg(long)]
        name: String,
        /// The IAS provider's Home Community Id, the second audience of every token.
        #[arg(long)]
        hcid: String,
        /// Where codes may be sent; can be repeated.
        #[arg(long, value_name = "URI", required = true)]
        redirect_uri: Vec<String>,
        /// Days from proofing that refresh tokens live, at most 90.
        #[arg(long, default_value_t = 90)]
        refresh_days: u16,
        /// The form of its ID tokens: of the Persona guide, of IAS SOP 3.0, or for readers of both.
        #[arg(long, default_value = "tefca-2", value_parser = token::Form::ALL.map(token::Form::name))]
        form: String,
    },
    /// Switch a template off: its client opens no identity check and gets no token, nor a renewed one.
    Disable {
        /// The client id.
        client_id: String,
    },
    /// Switch a template on again.
    Enable {
        /// The client id.
        client_id: String,
    },
}

#[derive(Args)]
pub(crate) struct Token {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(subcommand)]
    pub(crate) action: TokenAction,
}

#[derive(Subcommand)]
pub(crate) enum TokenAction {
    /// Say everything the rules find about a token. Exit status: 0 accepted, 1 refused, 2 not judged, for whatever
    /// reason: no keys, nothing pasted, a file that cannot be read.
    #[command(
        after_help = "Examples:\n  openias token lint token.txt --audience 2.16.840.1.113883.3.9999\n  pbpaste | openias token lint - --profile tefca-3.0 --offline\n  openias token lint token.txt --jwks keys.json --json"
    )]
    Lint(Lint),
    /// Explain the rules, or one of them, and the other codes by which PAR refuses.
    #[command(after_help = "Examples:\n  openias token rules token.expired\n  openias token rules --json")]
    Rules {
        /// The code of one rule; without it, all.
        code: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Print all as Markdown: docs/reference/token-rules.md.
        #[arg(long, conflicts_with_all = ["code", "json"])]
        markdown: bool,
    },
}

#[derive(Args)]
pub(crate) struct Lint {
    /// A file that holds the token, or - for standard input.
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,
    /// The form to judge by; without it, the CSP's entry or the token says.
    #[arg(long, value_parser = model::TokenProfile::ALL.map(model::TokenProfile::name))]
    pub(crate) profile: Option<String>,
    /// The issuer it should come from, when it is not a trusted CSP.
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// The HCID of the organisation it should be for; without it, its audience is compared with nothing.
    #[arg(long, value_name = "HCID")]
    pub(crate) audience: Option<String>,
    /// A JWK set to check the signature with, instead of fetching the issuer's.
    #[arg(long, value_name = "FILE", conflicts_with = "offline")]
    pub(crate) jwks: Option<PathBuf>,
    /// Fetch nothing; the signature stays open.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Show the values of the claims about the person.
    #[arg(long)]
    pub(crate) reveal: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Csp {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(subcommand)]
    pub(crate) action: CspAction,
}

#[derive(Subcommand)]
pub(crate) enum CspAction {
    /// List the trusted CSPs and what is known of each.
    List,
    /// Fetch an issuer's discovery document and keys, and say what a validator would trip over.
    #[command(after_help = "Example:\n  openias csp check https://api.id.me/oidc")]
    Check {
        /// The issuer, exactly as in its tokens.
        issuer: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add a CSP to the configuration file, after checking the entry.
    #[command(
        after_help = "Example:\n  openias csp --config openias.toml add example_csp --name \"Example\" --test-issuer https://sandbox.csp.example/oidc"
    )]
    Add(Box<CspAdd>),
}

#[derive(Args)]
pub(crate) struct CspAdd {
    /// The idp value that clients send.
    pub(crate) idp: String,
    /// The name a person reads.
    #[arg(long)]
    pub(crate) name: String,
    /// An issuer for live mode; can be repeated.
    #[arg(long = "live-issuer", value_name = "URL", required_unless_present = "test_issuers")]
    pub(crate) live_issuers: Vec<String>,
    /// An issuer for test mode; can be repeated.
    #[arg(long = "test-issuer", value_name = "URL")]
    pub(crate) test_issuers: Vec<String>,
    /// A graded rule that it is known to break; can be repeated.
    #[arg(long = "quirk", value_name = "CODE")]
    pub(crate) quirks: Vec<String>,
    /// Its object identifier.
    #[arg(long)]
    pub(crate) oid: Option<String>,
    /// An algorithm that its tokens may be signed with; can be repeated [default: RS256].
    #[arg(long = "algorithm", value_name = "NAME")]
    pub(crate) algorithms: Vec<String>,
    /// The longest that its tokens may live [default: 2].
    #[arg(long, value_name = "HOURS")]
    pub(crate) max_life_hours: Option<u64>,
    /// How long after proofing its tokens are taken; they must then say when that was [default: for ever].
    #[arg(long, value_name = "DAYS")]
    pub(crate) max_proofing_days: Option<u64>,
    /// The form it writes [default: as the token says].
    #[arg(long, value_parser = model::TokenProfile::ALL.map(model::TokenProfile::name))]
    pub(crate) profile: Option<String>,
    /// Where its keys are fetched, instead of what its discovery document says.
    #[arg(long, value_name = "URL", conflicts_with = "jwks_file")]
    pub(crate) jwks_uri: Option<String>,
    /// Its keys, fetched nowhere; a relative path starts at the folder of the configuration file.
    #[arg(long, value_name = "FILE")]
    pub(crate) jwks_file: Option<PathBuf>,
    /// Replace what is known of this idp.
    #[arg(long)]
    pub(crate) replace: bool,
}

#[derive(Args)]
pub(crate) struct Keys {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(subcommand)]
    pub(crate) action: KeysAction,
}

#[derive(Subcommand)]
pub(crate) enum KeysAction {
    /// List the published keys: what each signs, with which algorithm, where it stands and its times.
    List,
    /// Publish successors, which begin to sign when every verifier can know them. Nothing fails to verify.
    #[command(
        after_help = "Examples:\n  openias keys rotate\n  openias keys rotate --purpose identity --algorithm ES256"
    )]
    Rotate {
        /// Only keys that sign this.
        #[arg(long, value_parser = store::KeyPurpose::ALL.map(store::KeyPurpose::name))]
        purpose: Option<String>,
        /// Only keys of this algorithm.
        #[arg(long, value_parser = ["ES256", "RS256"])]
        algorithm: Option<String>,
    },
    /// End a key that somebody else has. What it signed verifies no more; otherwise, rotate.
    #[command(after_help = "Example:\n  openias keys retire KID --at-once")]
    Retire {
        /// The key's id.
        kid: String,
        /// It is published no more and its successor signs, both at once.
        #[arg(long, required = true)]
        at_once: bool,
    },
}

#[derive(Args)]
pub(crate) struct Operator {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(subcommand)]
    pub(crate) action: OperatorAction,
}

#[derive(Subcommand)]
pub(crate) enum OperatorAction {
    /// Print a fresh sign-in link, which works once and for 15 minutes; earlier ones stop working.
    SignIn,
}

#[derive(Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}
