//! Forms and queries of pages: what cannot be read is answered by a page.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::Response;

use super::{Fields, Form, Query};
use crate::language::Language;
use crate::pages::{self, Problem};

/// A form in the language of the page that it stood on (`lang`).
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

/// The query of a page, which may name a language too.
pub(crate) struct PageQuery {
    pub(crate) fields: Fields,
    pub(crate) language: Language,
}

impl<S: Send + Sync> FromRequestParts<S> for PageQuery {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Ok(language) = Language::from_request_parts(parts, state).await;
        match Query::from_request_parts(parts, state).await {
            Ok(Query(fields)) => Ok(Self { fields, language }),
            Err(_) => Err(pages::problem(language, Problem::BadRequest, &[])),
        }
    }
}
