//! Answers and errors as JSON, in the two styles.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderValue, Response, StatusCode};
use fake_vcenter_world::{VapiAnswer, VapiError};
use serde_json::{Value, json};
use vsphere_types::MoRef;

use super::path::Style;

/// What a call came to, with a cookie for a session that was opened if one is wanted.
pub fn answer(style: Style, answer: &VapiAnswer, cookie: bool) -> Response<Body> {
    let created = matches!(answer, VapiAnswer::LoggedIn(_) | VapiAnswer::Created(_));
    let mut response = match (style, value(answer)) {
        (Style::Rest, None) => status(StatusCode::OK),
        (Style::Api, None) => status(StatusCode::NO_CONTENT),
        (Style::Rest, Some(value)) => written(StatusCode::OK, &json!({ "value": value })),
        (Style::Api, Some(value)) => written(if created { StatusCode::CREATED } else { StatusCode::OK }, &value),
    };
    if let (VapiAnswer::LoggedIn(key), true) = (answer, cookie) {
        let path = if style == Style::Rest { "/rest" } else { "/api" };
        if let Ok(cookie) = HeaderValue::from_str(&format!("{}={key};Path={path};Secure;HttpOnly", super::SESSION_HEADER)) {
            response.headers_mut().insert(SET_COOKIE, cookie);
        }
    }
    response
}

/// An error.
pub fn error(style: Style, error: &VapiError) -> Response<Body> {
    let messages = json!([message(error)]);
    let body = match style {
        Style::Rest => json!({ "type": format!("com.vmware.vapi.std.errors.{}", error.kind.name()), "value": { "messages": messages } }),
        Style::Api => json!({ "error_type": error.kind.name().to_uppercase(), "messages": messages }),
    };
    written(StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &body)
}

/// An answer without a body.
pub fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn written(code: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn message(error: &VapiError) -> Value {
    json!({ "args": error.args, "default_message": error.message, "id": error.id })
}

fn object(object: &MoRef) -> Value {
    json!({ "id": object.id, "type": object.kind.as_str() })
}

fn objects(objects: &[MoRef]) -> Value {
    objects.iter().map(object).collect()
}

fn value(answer: &VapiAnswer) -> Option<Value> {
    Some(match answer {
        VapiAnswer::Nothing => return None,
        VapiAnswer::LoggedIn(text) | VapiAnswer::Created(text) => json!(text),
        VapiAnswer::Session { user, created, last_accessed } => {
            json!({ "user": user, "created_time": created.to_string(), "last_accessed_time": last_accessed.to_string() })
        }
        VapiAnswer::Ids(ids) => json!(ids),
        VapiAnswer::Category(category) => json!({
            "id": category.id, "name": category.name, "description": category.description, "cardinality": category.cardinality,
            "associable_types": category.associable_types, "used_by": [],
        }),
        VapiAnswer::Tag(tag) => json!({
            "id": tag.id, "category_id": tag.category_id, "name": tag.name, "description": tag.description, "used_by": [],
        }),
        VapiAnswer::Objects(found) => objects(found),
        VapiAnswer::TagsOnObjects(rows) => {
            rows.iter().map(|(holder, tags)| json!({ "object_id": object(holder), "tag_ids": tags })).collect()
        }
        VapiAnswer::ObjectsOnTags(rows) => rows.iter().map(|(tag, found)| json!({ "tag_id": tag, "object_ids": objects(found) })).collect(),
        VapiAnswer::Batch(errors) => {
            json!({ "success": errors.is_empty(), "error_messages": errors.iter().map(message).collect::<Value>() })
        }
    })
}
