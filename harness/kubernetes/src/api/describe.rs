//! How calls to the API server are read for the journal.
//!
//! Arguments hold sizes, versions and selectors, never a body: bodies may hold secrets.

use http::{HeaderMap, Method, request, response};
use seatrial_journal::{Answer, Describe, Described, Flow};
use serde_json::{Map, Value};

use super::body::media_type;
use super::protobuf;
use super::query::Query;
use super::route::{Route, Target, route};

/// The border to an API server.
pub struct KubernetesBorder;

/// Members of a query that say what a read is about.
const TOLD: [&str; 9] = [
    "resourceVersion",
    "resourceVersionMatch",
    "labelSelector",
    "fieldSelector",
    "limit",
    "sendInitialEvents",
    "gracePeriodSeconds",
    "propagationPolicy",
    "dryRun",
];

/// The verb of a request, as the journal and causes say it.
pub fn verb(method: &Method, query: &Query) -> &'static str {
    match *method {
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE => "delete",
        _ if query.is_true("watch") => "watch",
        _ => "get",
    }
}

impl Describe for KubernetesBorder {
    fn request(&self, head: &request::Parts, body: &[u8]) -> Described {
        let query = Query::parse(head.uri.query().unwrap_or_default());
        let Route::Resource(target) = route(head.uri.path()) else {
            let method = format!("{} {}", head.method.as_str().to_lowercase(), head.uri.path());
            return Described { method, target: None, flow: Flow::Unary, session: None, args: Value::Null };
        };
        let verb = match (verb(&head.method, &query), &target.name) {
            ("get" | "watch", Some(_)) => "get",
            ("get", None) => "list",
            (verb, _) => verb,
        };
        let flow = if verb == "watch" { Flow::Stream } else { Flow::Unary };
        let sent: Value = match verb {
            "create" | "delete" if media_type(&head.headers) == protobuf::MEDIA_TYPE => {
                protobuf::decode(body).map_or(Value::Null, |decoded| decoded.object)
            }
            "create" | "delete" => serde_json::from_slice(body).unwrap_or(Value::Null),
            _ => Value::Null,
        };
        Described {
            method: format!("{verb} {}", target.resource_text()),
            target: target_text(&target, &sent),
            flow,
            session: None,
            args: arguments(verb, head, &query, &sent, body.len()),
        }
    }

    fn answer(&self, _request: &Described, head: &response::Parts, body: &[u8], _trailers: Option<&HeaderMap>) -> Answer {
        let code = head.status.as_u16();
        let error = (code >= 400).then(|| {
            let status: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
            status["reason"].as_str().map_or_else(|| head.status.to_string(), str::to_owned)
        });
        Answer { status: code, error, result: Value::Null }
    }
}

fn target_text(target: &Target, sent: &Value) -> Option<String> {
    let in_body = |field: &str| sent["metadata"][field].as_str().map(str::to_owned);
    let name = target.name.clone().or_else(|| in_body("name")).or_else(|| in_body("generateName").map(|base| base + "*"));
    match (target.at.namespace.as_str(), name) {
        ("", name) => name,
        (namespace, Some(name)) => Some(format!("{namespace}/{name}")),
        (namespace, None) => Some(namespace.to_owned()),
    }
}

fn arguments(verb: &str, head: &request::Parts, query: &Query, sent: &Value, size: usize) -> Value {
    let mut arguments: Map<String, Value> = Map::new();
    for key in TOLD {
        let value = query.get(key);
        if !value.is_empty() {
            arguments.insert(key.to_owned(), value.into());
        }
    }
    match verb {
        "patch" => {
            let kind = media_type(&head.headers).trim_start_matches("application/");
            arguments.insert("type".to_owned(), kind.trim_end_matches("-patch+json").into());
            arguments.insert("bytes".to_owned(), size.into());
        }
        "create" | "update" => {
            arguments.insert("bytes".to_owned(), size.into());
            if let Some(node) = sent["target"]["name"].as_str() {
                arguments.insert("node".to_owned(), node.into());
            }
        }
        "delete" => {
            for key in ["gracePeriodSeconds", "propagationPolicy", "preconditions"] {
                if !sent[key].is_null() {
                    arguments.insert(key.to_owned(), sent[key].clone());
                }
            }
        }
        _ => {}
    }
    if arguments.is_empty() { Value::Null } else { Value::Object(arguments) }
}
