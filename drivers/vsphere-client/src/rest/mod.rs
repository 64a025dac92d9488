//! REST (`/rest/com/vmware/cis`): a session of its own beside the SOAP one, and answers unwrapped from `{"value": …}`.
//!
//! One session per client, logged in when it is first needed and kept; one that has ended (401) is renewed once. It ends
//! with [`crate::VsphereClient::logout`]. Not modelled: tokens, `/api` with its bare answers.

mod session;

use std::sync::Arc;

use bytes::Bytes;
use driver_host::body_from;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{Method as Verb, Request, StatusCode};
use serde_json::Value;

use crate::calls::Caller;
use crate::{ClientError, VsphereClient};

pub(crate) use session::RestSession;

/// Where all of it lies.
const BASE: &str = "/rest/com/vmware/cis";

/// Carries the session's id.
const SESSION_HEADER: &str = "vmware-api-session-id";

/// Speaks REST to the vCenter of a [`VsphereClient`], and shares its REST session.
#[derive(Clone)]
pub struct RestClient {
    caller: Arc<Caller>,
    session: Arc<RestSession>,
}

impl VsphereClient {
    /// REST to the same vCenter, by the same account.
    pub fn rest(&self) -> RestClient {
        RestClient { caller: Arc::clone(&self.caller), session: Arc::clone(&self.rest) }
    }
}

/// One request, before it has a session.
struct Asked<'a> {
    verb: Verb,
    /// Below [`BASE`].
    path: &'a str,
    body: Option<&'a Value>,
}

impl RestClient {
    /// Reads what lies at `path`, which begins with a slash: `/tagging/category`.
    ///
    /// # Errors
    /// No session, no answer, or vCenter refused.
    pub async fn get(&self, path: &str) -> Result<Value, ClientError> {
        self.ask(&Asked { verb: Verb::GET, path, body: None }).await
    }

    /// Posts `body` to `path`.
    ///
    /// # Errors
    /// No session, no answer, or vCenter refused.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, ClientError> {
        self.ask(&Asked { verb: Verb::POST, path, body: Some(body) }).await
    }

    async fn ask(&self, asked: &Asked<'_>) -> Result<Value, ClientError> {
        let id = self.session.ensure(&self.caller).await?;
        let outcome = send(&self.caller, asked, Some(&id)).await;
        if !outcome.as_ref().err().is_some_and(is_unauthenticated) {
            return outcome;
        }
        self.session.forget(&id).await;
        let id = self.session.ensure(&self.caller).await?;
        send(&self.caller, asked, Some(&id)).await
    }
}

fn is_unauthenticated(error: &ClientError) -> bool {
    matches!(error, ClientError::Rest { status, .. } if *status == StatusCode::UNAUTHORIZED)
}

/// Sends a request once, in a session or with `None` without.
async fn send(caller: &Caller, asked: &Asked<'_>, session: Option<&str>) -> Result<Value, ClientError> {
    let builder = builder(caller, asked);
    let request = match session {
        Some(id) => builder.header(SESSION_HEADER, id),
        None => builder,
    };
    exchange(caller, asked, request).await
}

fn builder(caller: &Caller, asked: &Asked<'_>) -> http::request::Builder {
    Request::builder()
        .method(asked.verb.clone())
        .uri(format!("https://{}{BASE}{}", caller.transport.host, asked.path))
        .header(USER_AGENT, &caller.transport.options.user_agent)
}

async fn exchange(caller: &Caller, asked: &Asked<'_>, request: http::request::Builder) -> Result<Value, ClientError> {
    let operation = format!("{} {BASE}{}", asked.verb, asked.path);
    let request = match asked.body {
        Some(body) => request.header(CONTENT_TYPE, "application/json").body(body_from(body.to_string())),
        None => request.body(driver_host::empty_body()),
    };
    let request = request.map_err(|error| ClientError::Send { operation: operation.clone(), source: error.into() })?;
    let (status, body) = caller.transport.exchange(&operation, request).await?;
    if status.is_success() { value(&operation, &body) } else { Err(refusal(operation, status, &body)) }
}

/// What is inside of `{"value": …}`; nothing for an empty answer.
fn value(operation: &str, body: &Bytes) -> Result<Value, ClientError> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(mut members)) => Ok(members.remove("value").unwrap_or(Value::Null)),
        _ => Err(crate::calls::lacks(operation, "a JSON object with a value")),
    }
}

/// `{"type": "com.vmware.vapi.std.errors.not_found", "value": {"messages": [{"default_message": …}]}}`; a proxy that stands
/// before a service which is down answers anything.
fn refusal(operation: String, status: StatusCode, body: &Bytes) -> ClientError {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let kind = said["type"].as_str().and_then(|name| name.rsplit('.').next()).unwrap_or_default().to_owned();
    let messages = said["value"]["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let texts: Vec<&str> = messages.iter().filter_map(|message| message["default_message"].as_str()).collect();
    if kind.is_empty() && status != StatusCode::UNAUTHORIZED {
        return ClientError::Status { operation, status };
    }
    ClientError::Rest { operation, status, kind, message: texts.join("; ") }
}
