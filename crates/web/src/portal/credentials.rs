//! `/portal/organizations/{organization}/credentials`: pairs of keys.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use identity::credentials::{self, Draft, Fault, MAX_ADDRESSES, MAX_NOTE, Refusal};
use model::{Credential, Mode, Organization, PublicId, TokenPolicy, TokenProfile};

use super::ACTOR;
use super::csrf::Posted;
use super::frame::{Frame, Notice};
use super::organization::{find, path_of};
use super::secret::{self, Fresh};
use super::session::Operator;
use super::sheet::Sheet;
use super::stop::Stop;
use crate::App;
use crate::language::Language;
use crate::pages::{self, Policy};
use crate::request::Fields;

/// How much of a faulty line a message repeats.
const SHOWN: usize = 80;

#[derive(Template)]
#[template(path = "portal/credentials.html")]
struct CredentialsTemplate<'a> {
    frame: Frame,
    tab: &'static str,
    organization: &'a Organization,
    credentials: &'a [Credential],
    sheet: Sheet,
}

/// `GET …/credentials`
pub(super) async fn get(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
) -> Result<Response, Stop> {
    let organization = find(&app, &id).await?;
    page(&app, &operator, &organization, Sheet::of([("mode", "test")])).await
}

/// `POST …/credentials`: makes one; the answer shows its private key, the only time.
pub(super) async fn post(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Stop> {
    let Posted { operator, fields } = posted;
    let organization = find(&app, &id).await?;
    let mut sheet = Sheet::entered(&fields, &["mode", "origins", "redirect_uris", "note"]);
    let Some(mode) = Mode::parse(fields.text("mode")) else {
        sheet.find_fault("mode", &operator.language.text("portal-fault-mode"));
        return page(&app, &operator, &organization, sheet).await;
    };
    let draft = Draft {
        mode,
        origins: lines(fields.text("origins")),
        redirect_uris: lines(fields.text("redirect_uris")),
        note: fields.text("note"),
        tokens: TokenPolicy::default(),
    };
    match credentials::add(&app.identity, &organization.id, &draft, ACTOR, &operator.request_id).await {
        Ok((credential, key)) => Ok(secret::page(
            &operator,
            &organization,
            &Fresh {
                tab: "credentials",
                stem: "portal-key",
                known: ("portal-public-id", credential.public_id.as_str()),
                secret: ("portal-private-key", &key),
            },
        )),
        Err(Refusal::Draft(faults)) => {
            find_faults(&mut sheet, &faults, operator.language);
            page(&app, &operator, &organization, sheet).await
        }
        Err(Refusal::Store(error)) => Err(error.into()),
    }
}

/// `POST …/credentials/{public_id}`: switches one on or off.
pub(super) async fn switch(
    State(app): State<App>,
    Path((id, public_id)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Stop> {
    let Posted { operator, fields } = posted;
    let organization = find(&app, &id).await?;
    let public_id = PublicId::parse(&public_id)?;
    let active = fields.text("active") == "true";
    let request_id = &operator.request_id;
    if !credentials::switch(&app.identity, &organization.id, &public_id, active, ACTOR, request_id).await? {
        return Err(Stop::NotFound);
    }
    let notice = if active { Notice::CredentialOn } else { Notice::CredentialOff };
    Ok(operator.done(&format!("{}/credentials", path_of(&organization.id)), notice))
}

/// `POST …/credentials/{public_id}/tokens`: changes how its ID tokens are judged.
pub(super) async fn tokens(
    State(app): State<App>,
    Path((id, public_id)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Stop> {
    let Posted { operator, fields } = posted;
    let organization = find(&app, &id).await?;
    let (public_id, tokens) = (PublicId::parse(&public_id)?, tokens_of(&fields));
    let (identity, request_id) = (&app.identity, &operator.request_id);
    if !credentials::judge_tokens_by(identity, &organization.id, &public_id, tokens, ACTOR, request_id)
        .await?
    {
        return Err(Stop::NotFound);
    }
    Ok(operator.done(&format!("{}/credentials", path_of(&organization.id)), Notice::CredentialTokens))
}

/// What a form says about ID tokens: a box that is not ticked sends nothing.
fn tokens_of(fields: &Fields) -> TokenPolicy {
    TokenPolicy {
        profile: TokenProfile::from_name(fields.text("token_profile")),
        once: fields.get("token_once").is_some(),
    }
}

async fn page(
    app: &App,
    operator: &Operator,
    organization: &Organization,
    sheet: Sheet,
) -> Result<Response, Stop> {
    let credentials = app.store().read().await?.credentials_of(&organization.id).await?;
    let (status, frame) = (sheet.status(), operator.frame());
    let template =
        CredentialsTemplate { frame, tab: "credentials", organization, credentials: &credentials, sheet };
    Ok(pages::page(status, &Policy::default(), &template))
}

fn find_faults(sheet: &mut Sheet, faults: &[Fault], language: Language) {
    let most = MAX_ADDRESSES.to_string();
    for fault in faults {
        let (field, message) = match fault {
            Fault::Origin(text) => {
                ("origins", language.text_with("portal-fault-origin", &[("text", &shortened(text))]))
            }
            Fault::LiveOrigin(text) => {
                ("origins", language.text_with("portal-fault-live-origin", &[("text", &shortened(text))]))
            }
            Fault::LiveRedirectUri(text) => (
                "redirect_uris",
                language.text_with("portal-fault-live-redirect-uri", &[("text", &shortened(text))]),
            ),
            Fault::RedirectUri(text) => (
                "redirect_uris",
                language.text_with("portal-fault-redirect-uri", &[("text", &shortened(text))]),
            ),
            Fault::TooManyOrigins => ("origins", language.text_with("portal-fault-many", &[("max", &most)])),
            Fault::TooManyRedirectUris => {
                ("redirect_uris", language.text_with("portal-fault-many", &[("max", &most)]))
            }
            Fault::NoteTooLong => {
                ("note", language.text_with("portal-fault-note-long", &[("max", &MAX_NOTE.to_string())]))
            }
        };
        sheet.find_fault(field, &message);
    }
}

/// The lines of a text field that hold something.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
