//! `/portal/organizations/{organization}`: what an organisation is and may do.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use identity::organizations::{self, Draft, Fault, MAX_LOGO, MAX_NAME, Refusal};
use model::id::OrganizationId;
use model::{Entitlements, Hcid, Organization};

use super::ACTOR;
use super::csrf::Posted;
use super::frame::{Frame, Notice};
use super::session::Operator;
use super::sheet::Sheet;
use super::stop::Stop;
use super::upload::Uploaded;
use crate::App;
use crate::language::Language;
use crate::pages::{self, Asker, Policy};
use crate::request::Fields;

const FIELDS: [&str; 9] = [
    "name",
    "hcid",
    "website_uri",
    "privacy_policy_uri",
    "terms_uri",
    "test_tefca",
    "test_byoi",
    "live_tefca",
    "live_byoi",
];

#[derive(Template)]
#[template(path = "portal/organization.html")]
struct OrganizationTemplate<'a> {
    frame: Frame,
    tab: &'static str,
    organization: &'a Organization,
    /// As patients see it.
    logo: Option<&'a str>,
    sheet: Sheet,
}

/// `GET /portal/organizations/{organization}`
pub(super) async fn get(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
) -> Result<Response, Stop> {
    let organization = find(&app, &id).await?;
    Ok(page(&operator, &organization, sheet_of(&organization)))
}

/// `POST /portal/organizations/{organization}`: saves it.
pub(super) async fn post(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Stop> {
    let Posted { operator, fields } = posted;
    let organization = find(&app, &id).await?;
    let draft = draft_of(&fields);
    let saved =
        organizations::change(&app.identity, &organization.id, &draft, ACTOR, &operator.request_id).await;
    answer(&operator, &organization, Sheet::entered(&fields, &FIELDS), saved)
}

/// `POST /portal/organizations/{organization}/logo`: replaces the logo; without a file, removes it.
pub(super) async fn logo(
    State(app): State<App>,
    Path(id): Path<String>,
    uploaded: Uploaded,
) -> Result<Response, Stop> {
    let Uploaded { operator, file } = uploaded;
    let organization = find(&app, &id).await?;
    let (file, request_id) = (file.as_deref(), &operator.request_id);
    let saved = organizations::set_logo(&app.identity, &organization.id, file, ACTOR, request_id).await;
    answer(&operator, &organization, sheet_of(&organization), saved)
}

/// On to what was saved, or the sheet with its faults.
fn answer(
    operator: &Operator,
    organization: &Organization,
    mut sheet: Sheet,
    saved: Result<Organization, Refusal>,
) -> Result<Response, Stop> {
    match saved {
        Ok(saved) => Ok(operator.done(&path_of(&saved.id), Notice::OrganizationSaved)),
        Err(Refusal::Draft(faults)) => {
            find_faults(&mut sheet, &faults, operator.language);
            Ok(page(operator, organization, sheet))
        }
        Err(Refusal::Unknown) => Err(Stop::NotFound),
        Err(Refusal::Store(error)) => Err(error.into()),
    }
}

/// The organisation of a path.
pub(super) async fn find(app: &App, id: &str) -> Result<Organization, Stop> {
    let id = OrganizationId::parse(id)?;
    app.store().read().await?.organization(&id).await?.ok_or(Stop::NotFound)
}

/// The page of an organisation; its others are below.
pub(super) fn path_of(id: &OrganizationId) -> String {
    format!("/portal/organizations/{id}")
}

/// Puts the faults of a draft beside their fields.
pub(super) fn find_faults(sheet: &mut Sheet, faults: &[Fault], language: Language) {
    for fault in faults {
        let (field, message) = match fault {
            Fault::NameMissing => ("name", language.text("portal-fault-name-missing")),
            Fault::NameTooLong => {
                ("name", language.text_with("portal-fault-name-long", &[("max", &MAX_NAME.to_string())]))
            }
            Fault::NameUnshowable => ("name", language.text("portal-fault-name-unshowable")),
            Fault::Hcid(_) => ("hcid", language.text("portal-fault-hcid")),
            Fault::HcidTaken => ("hcid", language.text("portal-fault-hcid-taken")),
            Fault::Website => ("website_uri", language.text("portal-fault-address")),
            Fault::PrivacyPolicy => ("privacy_policy_uri", language.text("portal-fault-address")),
            Fault::Terms => ("terms_uri", language.text("portal-fault-address")),
            Fault::LogoTooLarge => {
                let most = (MAX_LOGO / 1024).to_string();
                ("logo", language.text_with("portal-fault-logo-large", &[("max", &most)]))
            }
            Fault::LogoNotAnImage => ("logo", language.text("portal-fault-logo")),
        };
        sheet.find_fault(field, &message);
    }
}

fn page(operator: &Operator, organization: &Organization, sheet: Sheet) -> Response {
    let status = sheet.status();
    let frame = operator.frame();
    let logo = Asker::of(organization).logo;
    let template = OrganizationTemplate { frame, tab: "details", organization, logo, sheet };
    pages::page(status, &Policy::default(), &template)
}

fn sheet_of(organization: &Organization) -> Sheet {
    let o = organization;
    let tick = |on: bool| if on { "on" } else { "" };
    Sheet::of([
        ("name", o.name.as_str()),
        ("hcid", o.hcid.as_ref().map(Hcid::oid).unwrap_or_default()),
        ("website_uri", o.website_uri.as_deref().unwrap_or_default()),
        ("privacy_policy_uri", o.privacy_policy_uri.as_deref().unwrap_or_default()),
        ("terms_uri", o.terms_uri.as_deref().unwrap_or_default()),
        ("test_tefca", tick(o.test.tefca)),
        ("test_byoi", tick(o.test.byoi)),
        ("live_tefca", tick(o.live.tefca)),
        ("live_byoi", tick(o.live.byoi)),
    ])
}

fn draft_of(fields: &Fields) -> Draft<'_> {
    let ticked = |name| fields.get(name).is_some();
    Draft {
        name: fields.text("name"),
        hcid: fields.text("hcid"),
        website_uri: fields.text("website_uri"),
        privacy_policy_uri: fields.text("privacy_policy_uri"),
        terms_uri: fields.text("terms_uri"),
        test: Entitlements { tefca: ticked("test_tefca"), byoi: ticked("test_byoi") },
        live: Entitlements { tefca: ticked("live_tefca"), byoi: ticked("live_byoi") },
    }
}
