//! How REST calls are read for the journal: `POST cis/tagging/tag-association?~action=list-attached-tags`, in either style.
//!
//! Bodies of tagging hold ids and names only, so they are the arguments; of a login it is the user.

use fake_vcenter_world::session_label;
use http::request;
use seatrial_journal::{Described, Flow};
use serde_json::{Value, json};

use super::path::Resource;
use super::session_key;

/// Whether a request is one of REST.
pub fn is_rest(head: &request::Parts) -> bool {
    let path = head.uri.path();
    path.starts_with("/rest/") || path.starts_with("/api/")
}

/// Opens a session.
const LOGIN: &str = "POST cis/session";

/// Reads a request; nothing when it is none of REST.
pub fn request(head: &request::Parts, body: &[u8]) -> Option<Described> {
    if !is_rest(head) {
        return None;
    }
    let resource = Resource::parse(&head.uri);
    let session = session_key(&head.headers).map(|key| session_label(&key));
    let tagging = resource.path.starts_with("cis/tagging/");
    let method = format!("{} {}", head.method, resource.pattern());
    let args: Value = match super::credentials(&head.headers) {
        _ if tagging => serde_json::from_slice(body).unwrap_or_default(),
        Ok((user, _)) if method == LOGIN => json!({ "user": user }),
        _ => Value::Null,
    };
    let target = resource.id.clone().or_else(|| args.pointer("/object_id/id").and_then(Value::as_str).map(str::to_owned));
    Some(Described { method, target, flow: Flow::Unary, session, args })
}

/// The kind of error in an answer: `not_found`.
pub fn error(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let named = body.get("type").and_then(Value::as_str).and_then(|name| name.rsplit('.').next()).map(str::to_owned);
    named.or_else(|| body.get("error_type").and_then(Value::as_str).map(str::to_lowercase))
}

/// What an error says of itself; nothing when it says nothing.
pub fn message(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let messages = body.pointer("/value/messages").or_else(|| body.get("messages"))?.as_array()?;
    let told: Vec<&str> = messages.iter().filter_map(|message| message.get("default_message")?.as_str()).collect();
    (!told.is_empty()).then(|| told.join("; "))
}
