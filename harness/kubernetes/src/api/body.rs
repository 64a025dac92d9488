//! Reading request bodies.

use bytes::{Bytes, BytesMut};
use driver_host::Body;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use serde_json::Value;

use super::protobuf;
use crate::store::{Patch, Status, json_patch, unsupported_patch};

/// The largest body that is read.
pub const LIMIT: usize = 3 << 20;

/// Reads a body to its end.
///
/// # Errors
/// 413 when it is too large, 400 when the connection breaks.
pub async fn collect(mut body: Body) -> Result<Bytes, Status> {
    let mut collected = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Status::bad_request(format!("error reading the body: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        if collected.len() + data.len() > LIMIT {
            return Err(Status::new(413, "RequestEntityTooLarge", format!("Request entity too large: limit is {LIMIT}")));
        }
        collected.extend_from_slice(&data);
    }
    Ok(collected.freeze())
}

/// The media type of a body, without parameters.
pub fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim()
}

/// An object that was sent, in JSON, YAML or protobuf; what was dropped of it goes to the warnings.
///
/// # Errors
/// 415 for another form, 400 for what cannot be read.
pub fn object(headers: &HeaderMap, bytes: &[u8], custom: bool, warnings: &mut Vec<String>) -> Result<Value, Status> {
    match media_type(headers) {
        "" | "application/json" | "*/*" => serde_json::from_slice(bytes)
            .map_err(|error| Status::bad_request(format!("couldn't get version/kind; json parse error: {error}"))),
        "application/yaml" => yaml(bytes).map_err(|error| Status::bad_request(format!("error converting YAML to JSON: {error}"))),
        protobuf::MEDIA_TYPE if !custom => {
            let decoded = protobuf::decode(bytes).map_err(|error| Status::bad_request(error.to_string()))?;
            warnings.extend(decoded.warnings);
            Ok(decoded.object)
        }
        _ => {
            let also = if custom { "" } else { ", application/vnd.kubernetes.protobuf" };
            let text = format!(
                "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml{also}"
            );
            Err(Status::new(415, "UnsupportedMediaType", text))
        }
    }
}

/// A document in YAML, of which JSON is a part.
fn yaml(bytes: &[u8]) -> Result<Value, String> {
    match serde_json::from_slice(bytes) {
        Ok(document) => Ok(document),
        Err(_) => {
            let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
            crate::yaml::document(text).map_err(|error| error.to_string())
        }
    }
}

/// A patch that was sent.
///
/// # Errors
/// 415 for an unknown type, 400 for what cannot be read, 413 for too many operations.
pub fn patch(headers: &HeaderMap, bytes: &[u8], custom: bool) -> Result<Patch, Status> {
    let kind: fn(Value) -> Patch = match media_type(headers) {
        "application/json-patch+json" => Patch::Json,
        "application/merge-patch+json" => Patch::Merge,
        "application/strategic-merge-patch+json" if !custom => Patch::Strategic,
        "application/apply-patch+yaml" | "application/apply-patch+json" => {
            return yaml(bytes).map(Patch::Apply).map_err(|error| Status::bad_request(format!("error decoding YAML: {error}")));
        }
        _ => return Err(unsupported_patch(custom)),
    };
    let document: Value = serde_json::from_slice(bytes).map_err(|error| Status::bad_request(format!("error decoding patch: {error}")))?;
    let operations = document.as_array().map_or(0, Vec::len);
    if operations > json_patch::MOST_OPERATIONS {
        let text = format!("The allowed maximum operations in a JSON patch is {}, got {operations}", json_patch::MOST_OPERATIONS);
        return Err(Status::new(413, "RequestEntityTooLarge", text));
    }
    Ok(kind(document))
}
