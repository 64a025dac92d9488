//! REST endpoints: `/rest` in the old style, with answers in `{"value": …}`, and `/api` in the new one, bare.
//!
//! Modelled: sessions and tagging, see [`fake_vcenter_world::VapiCall`]; every other resource is not found, as for a
//! vCenter that does not have it. Whatever a client sends gets an answer with an error body of its style. Not modelled:
//! tokens (`Authorization: SIGN`, `Bearer`), filters in queries, compression.

mod answer;
mod body;
pub mod describe;
mod path;
mod route;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, COOKIE, USER_AGENT};
use axum::http::{HeaderMap, Request, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fake_vcenter_world::{CallContext, VapiCall, VapiError};
use seatrial_journal::EffectMark;

use crate::VCenter;
use crate::session::plain_key;

pub use path::{Resource, Style};

/// Carries the key of a session, as header or as cookie.
const SESSION_HEADER: &str = "vmware-api-session-id";

/// Says that the client wants no cookie.
const HEADER_AUTHENTICATION: &str = "vmware-use-header-authn";

/// The longest request.
const LONGEST_REQUEST: usize = 1024 * 1024;

/// `/rest/…` and `/api/…`.
pub async fn serve(State(vcenter): State<Arc<VCenter>>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let style = Style::of(head.uri.path());
    let Ok(bytes) = to_bytes(body, LONGEST_REQUEST).await else { return answer::status(StatusCode::PAYLOAD_TOO_LARGE) };
    let resource = Resource::parse(&head.uri);
    let credentials = credentials(&head.headers);
    let call = match route::call(&head.method, &resource, &bytes, credentials) {
        Ok(call) => call,
        Err(error) => return answer::error(style, &error),
    };
    let context = CallContext {
        session: session_key(&head.headers),
        user_agent: head.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned),
        ..CallContext::default()
    };
    let now = vcenter.now();
    let outcome = vcenter.with_world(|world| world.vapi(now, &context, &call));
    match outcome {
        Ok(value) => {
            if let Some(mark) = head.extensions.get::<EffectMark>() {
                mark.took_effect();
            }
            let cookie = matches!(call, VapiCall::Login { .. }) && !wants_no_cookie(&head.headers);
            answer::answer(style, &value, cookie)
        }
        Err(error) => answer::error(style, &error),
    }
}

/// The key of the session that a request names.
pub fn session_key(headers: &HeaderMap) -> Option<String> {
    let header = headers.get(SESSION_HEADER).and_then(|value| value.to_str().ok()).and_then(plain_key);
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    header.or_else(|| pairs.find(|(name, _)| *name == SESSION_HEADER).and_then(|(_, value)| plain_key(value)))
}

fn wants_no_cookie(headers: &HeaderMap) -> bool {
    headers.get(HEADER_AUTHENTICATION).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
}

/// User name and password of basic authentication.
fn credentials(headers: &HeaderMap) -> Result<(String, String), VapiError> {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(VapiError::unauthenticated)?;
    let encoded = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic")).map(|(_, encoded)| encoded.trim());
    let decoded = encoded.and_then(|encoded| STANDARD.decode(encoded).ok()).and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = decoded.as_deref().and_then(|text| text.split_once(':'));
    pair.map(|(user, password)| (user.to_owned(), password.to_owned())).ok_or_else(VapiError::wrong_credentials)
}
