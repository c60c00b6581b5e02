//! Forms that pages of ours send.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::Response;

use super::{Fields, Form};
use crate::language::Language;
use crate::pages::{self, Problem};

/// A form in the language of the page that it stood on (`lang`). One that cannot be read is answered by a page.
pub(crate) struct PageForm {
    pub(crate) fields: Fields,
    pub(crate) language: Language,
}

impl<S: Send + Sync> FromRequest<S> for PageForm {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(preferred) = Language::from_request_parts(&mut parts, state).await;
        let form = Form::from_request(Request::from_parts(parts, body), state).await;
        let Ok(Form(fields)) = form else { return Err(pages::problem(preferred, Problem::BadRequest, &[])) };
        let language = fields.get("lang").and_then(Language::parse).unwrap_or(preferred);
        Ok(Self { fields, language })
    }
}
