//! Answers.

use bytes::Bytes;
use driver_host::{Body, body_from};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WARNING};
use http::{Response, StatusCode};
use serde_json::Value;

use crate::store::Status;

/// JSON.
pub fn json(code: u16, body: &Value) -> Response<Body> {
    let bytes = serde_json::to_vec(body).expect("a JSON value can be written");
    written(code, Bytes::from(bytes))
}

/// What is JSON already.
pub fn written(code: u16, json: Bytes) -> Response<Body> {
    with_type(code, "application/json", json)
}

/// JSON that says more about itself.
pub fn json_as(kind: &'static str, body: &Value) -> Response<Body> {
    let bytes = serde_json::to_vec(body).expect("a JSON value can be written");
    with_type(200, kind, Bytes::from(bytes))
}

/// Something else than JSON.
pub fn bytes_as(kind: &'static str, bytes: Vec<u8>) -> Response<Body> {
    with_type(200, kind, Bytes::from(bytes))
}

/// Plain text.
pub fn text(code: u16, body: &'static str) -> Response<Body> {
    with_type(code, "text/plain; charset=utf-8", Bytes::from_static(body.as_bytes()))
}

/// A refusal.
pub fn status(status: &Status) -> Response<Body> {
    let mut response = json(status.code, &status.to_value());
    if let Some(seconds) = status.details["retryAfterSeconds"].as_u64() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// An answer with Warning headers, which `kubectl` prints.
pub fn with_warnings(mut response: Response<Body>, warnings: &[String]) -> Response<Body> {
    for warning in warnings {
        let text = format!("299 - \"{}\"", warning.replace('\\', "\\\\").replace('"', "\\\""));
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(WARNING, value);
        }
    }
    response
}

/// A body that goes on.
pub fn stream(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn with_type(code: u16, kind: &'static str, bytes: Bytes) -> Response<Body> {
    let mut response = Response::new(body_from(bytes));
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    response
}
