//! `openias client`

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{BY_TOKEN, ConfigArgs, ModeArg};

#[derive(Args)]
pub(crate) struct Client {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(subcommand)]
    pub(crate) action: ClientAction,
}

/// What an operator decides about a credential.
#[derive(Args)]
pub(crate) struct PolicyArgs {
    /// The organisation's id.
    pub(crate) org: String,
    /// The public id.
    pub(crate) public_id: String,
    /// The rules its requests keep: of the BYOI guide, or FAPI 2.0.
    #[arg(long, value_parser = model::ClientProfile::ALL.map(model::ClientProfile::name))]
    pub(crate) profile: Option<String>,
    /// It proves itself by assertions signed with a key of this JWK set, not by its private key.
    #[arg(long, value_name = "FILE", conflicts_with = "secret")]
    pub(crate) jwks: Option<PathBuf>,
    /// It proves itself by its private key.
    #[arg(long)]
    pub(crate) secret: bool,
    /// What uses a request_uri up: its first load, or the patient's decision.
    #[arg(long, value_parser = model::RequestUse::ALL.map(model::RequestUse::name))]
    pub(crate) request_use: Option<String>,
    /// What its ID tokens are signed with.
    #[arg(long, value_name = "ALG", value_parser = model::IdTokenAlgorithm::ALL.map(model::IdTokenAlgorithm::name))]
    pub(crate) id_token_alg: Option<String>,
    /// Whether its tokens must be bound to a key of its own.
    #[arg(long, value_name = "BOOL")]
    pub(crate) dpop: Option<bool>,
    /// Whether it may call this API by access tokens of its own. Under FAPI 2.0 it always may.
    #[arg(long, value_name = "BOOL")]
    pub(crate) client_credentials: Option<bool>,
    /// For how long a refresh token brings its unused successor once more; 0 for never.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) refresh_retry: Option<u32>,
    /// Where a signed-out browser may be sent; can be repeated. An empty one takes all away.
    #[arg(long, value_name = "URI")]
    pub(crate) post_logout_uri: Vec<String>,
    /// Whether patients without an ID token may prove who they are here.
    #[arg(long, value_name = "BOOL")]
    pub(crate) hosted_proofing: Option<bool>,
    /// Where a fresh ID token of a patient is to be had by patient_id; empty for nowhere.
    #[arg(long, value_name = "URL")]
    pub(crate) token_exchange: Option<String>,
    /// Whether its synthetic patients are not asked. Test keys only, for automated checks.
    #[arg(long, value_name = "BOOL")]
    pub(crate) consents_itself: Option<bool>,
}

#[derive(Subcommand)]
pub(crate) enum ClientAction {
    /// List the credentials of an organisation.
    List {
        /// The organisation's id.
        org: String,
    },
    /// Make a credential. The private key is shown once.
    #[command(
        after_help = "Example:\n  openias client add ORG_ID --mode test --origin https://app.example.org --redirect-uri https://app.example.org/callback"
    )]
    Add {
        /// The organisation's id.
        org: String,
        /// Which mode the key acts in.
        #[arg(long)]
        mode: ModeArg,
        /// A page that may embed the widget; can be repeated.
        #[arg(long, value_name = "ORIGIN")]
        origin: Vec<String>,
        /// Where codes may be sent; can be repeated.
        #[arg(long, value_name = "URI")]
        redirect_uri: Vec<String>,
        /// A note for yourself.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Show how the ID tokens that a credential pushes are judged, or change it: what is not named stays.
    #[command(
        after_help = "Examples:\n  openias client tokens ORG_ID PUBLIC_ID\n  openias client tokens ORG_ID PUBLIC_ID --profile tefca-3.0 --once\n  openias client tokens ORG_ID PUBLIC_ID --profile by-token --no-once"
    )]
    Tokens {
        /// The organisation's id.
        org: String,
        /// The public id.
        public_id: String,
        /// The form to judge by; by-token leaves it to the CSP's entry and to the token.
        #[arg(long, value_parser = ["tefca-2", "tefca-3.0", "cms-aligned", BY_TOKEN])]
        profile: Option<String>,
        /// Take each token once only.
        #[arg(long, conflicts_with = "no_once")]
        once: bool,
        /// Let its own client push a token again while it is valid.
        #[arg(long)]
        no_once: bool,
    },
    /// Show how a credential speaks OAuth, and change what is named.
    #[command(
        after_help = "Examples:\n  openias client policy ORG_ID PUBLIC_ID\n  openias client policy ORG_ID PUBLIC_ID --profile fapi2 --jwks keys.json --dpop true"
    )]
    Policy(Box<PolicyArgs>),
    /// Switch a credential off. To rotate one, add another, move to it, and switch the old one off.
    Disable {
        /// The organisation's id.
        org: String,
        /// The public id.
        public_id: String,
    },
    /// Switch a credential on again.
    Enable {
        /// The organisation's id.
        org: String,
        /// The public id.
        public_id: String,
    },
}
