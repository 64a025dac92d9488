//! SOAP endpoints: bytes to a call, the call to the world, its outcome to bytes.
//!
//! Whatever a client sends gets an answer: what is no request is a typed InvalidRequest, what is too long is status 413.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, Request, Response, StatusCode};
use fake_vcenter_world::{CallContext, Reply};
use seatrial_journal::EffectMark;
use vsphere_codec::CodecError;
use vsphere_codec::soap::{decode_request, encode_fault, encode_response_to};
use vsphere_types::{Fault, InvalidRequest, ManagedObjectNotFound, Method, MethodNotFound, TypedFault};

use crate::VCenter;
use crate::long_poll::{self, Asked};
use crate::session::{cookie_for, cookie_gone, key_from_cookies, plain_key};

/// The longest request: vCenter takes far less.
const LONGEST_REQUEST: usize = 4 * 1024 * 1024;

/// The namespace of methods that only the endpoint of CNS has.
const CNS_NAMESPACE: &str = "urn:vsan";

/// The namespace of methods that only the endpoint of storage policies has.
const POLICY_NAMESPACE: &str = "urn:pbm";

/// The namespace of methods that only the service of first class disks has.
const DISK_NAMESPACE: &str = "urn:vslm";

/// `/sdk`: vim25. Clients of CNS send its namespace here too, for vim methods.
pub async fn vim(State(vcenter): State<Arc<VCenter>>, request: Request<Body>) -> Response<Body> {
    serve(&vcenter, request, |method| !matches!(method.namespace(), CNS_NAMESPACE | POLICY_NAMESPACE | DISK_NAMESPACE)).await
}

/// `/pbm`: storage policies. The service knows the session by its cookie, which clients put into the SOAP header.
pub async fn pbm(State(vcenter): State<Arc<VCenter>>, request: Request<Body>) -> Response<Body> {
    serve(&vcenter, request, |method| method.namespace() == POLICY_NAMESPACE).await
}

/// `/vslm/sdk`: first class disks, by their ids alone. The session travels as for storage policies.
pub async fn vslm(State(vcenter): State<Arc<VCenter>>, request: Request<Body>) -> Response<Body> {
    serve(&vcenter, request, |method| method.namespace() == DISK_NAMESPACE).await
}

/// `/vsanHealth`: CNS.
pub async fn cns(State(vcenter): State<Arc<VCenter>>, request: Request<Body>) -> Response<Body> {
    serve(&vcenter, request, |method| method.namespace() == CNS_NAMESPACE).await
}

async fn serve(vcenter: &VCenter, request: Request<Body>, is_here: impl Fn(Method) -> bool) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LONGEST_REQUEST).await else { return plain(StatusCode::PAYLOAD_TOO_LARGE) };
    let call = match decode_request(&bytes) {
        Ok(call) => call,
        Err(error) => return faulty(&InvalidRequest::default().fault_with(unreadable(&error))),
    };
    let method = match call.method {
        Ok(method) if is_here(method) => method,
        Ok(_) => return faulty(&ManagedObjectNotFound { obj: call.this, ..ManagedObjectNotFound::default() }.fault()),
        Err(name) => {
            let message = format!("The method '{name}' is not known to this vCenter.");
            return faulty(&MethodNotFound { receiver: call.this, method: name, ..MethodNotFound::default() }.fault_with(message));
        }
    };
    let context = CallContext {
        session: key_from_cookies(&head.headers).or_else(|| plain_key(call.header.session_cookie.as_deref()?)),
        operation_id: call.header.operation_id,
        user_agent: head.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned),
        resumed: false,
    };
    let asked_in = asked_in(&head.headers, call.namespace);
    let asked = Asked { context, this: call.this, method, arguments: call.arguments };
    let outcome = long_poll::call(vcenter, asked).await;
    if let (Ok(_), Some(mark)) = (&outcome, head.extensions.get::<EffectMark>()) {
        mark.took_effect();
    }
    match outcome {
        Ok(Reply::Done(value)) => {
            let cookie = (method == Method::Logout).then(cookie_gone);
            answer(StatusCode::OK, encode_response_to(method, value.as_ref(), &asked_in), cookie)
        }
        Ok(Reply::LoggedIn { session, value }) => {
            answer(StatusCode::OK, encode_response_to(method, value.as_ref(), &asked_in), Some(cookie_for(&session, &head.uri)))
        }
        Ok(Reply::WaitForChange { .. }) => answer(StatusCode::OK, encode_response_to(method, None, &asked_in), None),
        Err(fault) => faulty(&fault),
    }
}

/// The namespace whose types the client knows. Its header says it: govmomi writes methods of vim25 in their own namespace always, and
/// asks in the version of another by `SOAPAction` only.
fn asked_in(headers: &HeaderMap, of_method: String) -> String {
    let action = headers.get("SOAPAction").and_then(|action| action.to_str().ok()).unwrap_or_default();
    let namespace = action.trim_matches('"').split('/').next().unwrap_or_default();
    if namespace.trim_start_matches("urn:") == CNS_NAMESPACE.trim_start_matches("urn:") { CNS_NAMESPACE.to_owned() } else { of_method }
}

/// What is wrong with a request. The policy service has words of its own for a parameter that is not there.
fn unreadable(error: &CodecError) -> String {
    match error {
        CodecError::Missing { element, within, .. } if within.starts_with("Pbm") => {
            format!("Request missing value for required parameter '{element}' to method '{within}'")
        }
        other => format!("The request cannot be read: {other}"),
    }
}

/// A fault as a SOAP answer.
pub fn faulty(fault: &Fault) -> Response<Body> {
    answer(StatusCode::INTERNAL_SERVER_ERROR, encode_fault(fault), None)
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn answer(status: StatusCode, bytes: Vec<u8>, cookie: Option<String>) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("text/xml; charset=utf-8"));
    if let Some(cookie) = cookie.and_then(|cookie| http::HeaderValue::from_str(&cookie).ok()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
