//! A form with a file, guarded like every other (see csrf.rs).

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, FromRequestParts as _, Multipart, Request};
use axum::http::StatusCode;

use super::csrf::{is_from_us, is_token_of};
use super::session::Operator;
use super::stop::Stop;
use crate::App;
use crate::request::{BODY_TIME, FormFault};

/// The file that the operator sent, as multipart/form-data (RFC 7578). The token comes before it.
pub(super) struct Uploaded {
    pub(super) operator: Operator,
    /// Its bytes; none when no file was chosen.
    pub(super) file: Option<Bytes>,
}

impl FromRequest<App> for Uploaded {
    type Rejection = Stop;

    async fn from_request(request: Request, app: &App) -> Result<Self, Stop> {
        if !is_from_us(request.headers(), app.base_url()) {
            return Err(Stop::ForeignForm);
        }
        let (mut parts, body) = request.into_parts();
        let operator = Operator::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        let read = tokio::time::timeout(BODY_TIME, read(request, app, &operator));
        let file = read.await.map_err(|_| FormFault::BrokeOff)??;
        Ok(Self { operator, file })
    }
}

/// The file behind the right token.
async fn read(request: Request, app: &App, operator: &Operator) -> Result<Option<Bytes>, Stop> {
    let mut form = Multipart::from_request(request, app).await.map_err(|_| FormFault::ContentType)?;
    let token = match form.next_field().await? {
        Some(field) if field.name() == Some("csrf") => field.text().await?,
        _ => return Err(Stop::ForeignForm),
    };
    if !is_token_of(&operator.session, &token) {
        return Err(Stop::ForeignForm);
    }
    let Some(field) = form.next_field().await? else { return Ok(None) };
    Ok(Some(field.bytes().await?).filter(|bytes| !bytes.is_empty()))
}

impl From<MultipartError> for Stop {
    fn from(error: MultipartError) -> Self {
        let too_long = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
        Self::Form(if too_long { FormFault::TooLong } else { FormFault::BrokeOff })
    }
}
