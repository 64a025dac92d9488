//! How calls to a vCenter are read for the journal: the method and object of a SOAP request, the fault of an answer.
//!
//! Names are found by looking for them in the bytes; only requests of CNS and of the policy service, whose arguments the journal keeps, are decoded.

use fake_vcenter_world::session_label;
use http::{HeaderMap, request, response};
use seatrial_journal::{Answer, Describe, Described, Flow};
use serde_json::json;
use vsphere_codec::soap::decode_request;
use vsphere_types::{
    CnsVolumeAttachDetachSpec, CnsVolumeCreateSpec, CnsVolumeCryptoUpdateSpec, CnsVolumeExtendSpec, CnsVolumeId,
    CnsVolumeMetadataUpdateSpec, DataObject, Method, Object, PbmPlacementCapabilityProfileRequirement, PbmProfileId, Value,
};

use crate::rest;
use crate::session::{key_from_cookies, plain_key};

/// Reads calls to a vCenter.
pub struct Vsphere;

impl Describe for Vsphere {
    fn request(&self, head: &request::Parts, body: &[u8]) -> Described {
        if let Some(described) = rest::describe::request(head, body) {
            return described;
        }
        let text = String::from_utf8_lossy(body);
        let key = key_from_cookies(&head.headers).or_else(|| plain_key(text_of(&text, "vcSessionCookie")?));
        let session = key.map(|key| session_label(&key));
        let Some(method) = method_of(&text) else {
            let method = format!("{} {}", head.method, head.uri.path());
            return Described { method, target: None, flow: Flow::Unary, session, args: serde_json::Value::Null };
        };
        let known = Method::from_wire(method);
        let (target, args) = match method {
            _ if method.starts_with("Cns") => volume_call(body),
            _ if method.starts_with("Pbm") => (None, policy_call(body)),
            "Login" => (None, text_of(&text, "userName").map_or(serde_json::Value::Null, |user| json!({ "user": user }))),
            _ => (None, serde_json::Value::Null),
        };
        Described {
            method: method.to_owned(),
            target: target.or_else(|| text_of(&text, "_this").map(str::to_owned)),
            flow: flow_of(known),
            session,
            args,
        }
    }

    fn brief(&self, head: &request::Parts, body: &[u8]) -> Described {
        let method = str::from_utf8(body).ok().and_then(method_of).filter(|_| !rest::describe::is_rest(head));
        let Some(method) = method else { return self.request(head, body) };
        let flow = flow_of(Method::from_wire(method));
        Described { method: method.to_owned(), target: None, flow, session: None, args: serde_json::Value::Null }
    }

    fn answer(&self, _request: &Described, head: &response::Parts, body: &[u8], _trailers: Option<&HeaderMap>) -> Answer {
        let text = String::from_utf8_lossy(body);
        let error = if head.status.is_success() {
            None
        } else {
            Some(fault_of(&text).or_else(|| rest::describe::error(body)).unwrap_or_else(|| head.status.to_string()))
        };
        let result = match task_of(&text) {
            Some(task) if error.is_none() => json!({ "task": task }),
            _ => serde_json::Value::Null,
        };
        Answer { status: head.status.as_u16(), error, result }
    }
}

fn flow_of(method: Option<Method>) -> Flow {
    if matches!(method, Some(Method::WaitForUpdatesEx | Method::WaitForUpdates)) { Flow::LongPoll } else { Flow::Unary }
}

/// The name of the first element in the body, without its prefix.
fn method_of(text: &str) -> Option<&str> {
    let body = text.find("Body").filter(|place| text[..*place].ends_with(['<', ':']))?;
    let inside = &text[body + text[body..].find('>')? + 1..];
    let name = &inside[inside.find('<')? + 1..];
    let end = name.find(|character: char| character.is_whitespace() || matches!(character, '>' | '/'))?;
    let name = &name[..end];
    let name = name.rsplit_once(':').map_or(name, |(_, name)| name);
    name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_').then_some(name).filter(|name| !name.is_empty())
}

/// The text of the first element of this name.
fn text_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let start = text.match_indices(name).find(|(place, _)| text[..*place].ends_with(['<', ':']))?.0;
    let content = &text[start + text[start..].find('>')? + 1..];
    let content = content[..content.find('<')?].trim();
    (!content.is_empty()).then_some(content)
}

/// The type of the fault in an answer's detail.
fn fault_of(text: &str) -> Option<String> {
    let detail = &text[text.find("<detail")?..];
    let named = &detail[detail.find("xsi:type=\"")? + "xsi:type=\"".len()..];
    let named = &named[..named.find('"')?];
    Some(named.rsplit_once(':').map_or(named, |(_, name)| name).to_owned())
}

/// The task that an answer names.
fn task_of(text: &str) -> Option<&str> {
    let start = text.find("<returnval type=\"Task\"")?;
    text_of(&text[start..], "returnval")
}

/// What a call of CNS is about, and the arguments that matter.
fn volume_call(body: &[u8]) -> (Option<String>, serde_json::Value) {
    let Ok(call) = decode_request(body) else { return (None, serde_json::Value::Null) };
    let arguments = &call.arguments;
    if let Some(spec) = only::<CnsVolumeCreateSpec>(arguments, "createSpecs") {
        let datastores: Vec<&str> = spec.datastores.iter().map(|datastore| datastore.id.as_str()).collect();
        let mut args = json!({ "name": spec.name, "datastores": datastores });
        if let Some(id) = spec.volume_id {
            args["volume"] = id.id.into();
        }
        return (Some(spec.name), args);
    }
    for name in ["attachSpecs", "detachSpecs"] {
        if let Some(CnsVolumeAttachDetachSpec { volume_id, vm, .. }) = only(arguments, name) {
            let args = json!({ "volume": volume_id.id, "vm": vm.id });
            return (Some(volume_id.id), args);
        }
    }
    if let Some(CnsVolumeId { id }) = only(arguments, "volumeIds") {
        let disk = matches!(arguments.get("deleteDisk"), Some(Value::Bool(true)));
        let args = json!({ "volume": id, "deleteDisk": disk });
        return (Some(id), args);
    }
    if let Some(spec) = only::<CnsVolumeExtendSpec>(arguments, "extendSpecs") {
        let args = json!({ "volume": spec.volume_id.id, "capacityMb": spec.capacity_in_mb });
        return (Some(spec.volume_id.id), args);
    }
    if let Some(spec) =
        only::<CnsVolumeCryptoUpdateSpec>(arguments, "updateSpecs").filter(|_| call.method == Ok(Method::CnsUpdateVolumeCrypto))
    {
        let args = json!({ "volume": spec.volume_id.id, "crypto": crypto(spec.disks_crypto.as_ref()) });
        return (Some(spec.volume_id.id), args);
    }
    if let Some(spec) = only::<CnsVolumeMetadataUpdateSpec>(arguments, "updateSpecs") {
        let args = json!({ "volume": spec.volume_id.id });
        return (Some(spec.volume_id.id), args);
    }
    (None, query(arguments))
}

/// The kind of a change of encryption, and the provider that it asks for.
fn crypto(spec: Option<&Object>) -> serde_json::Value {
    let Some(Value::Object(crypto)) = spec.and_then(|spec| spec.get("crypto")) else { return serde_json::Value::Null };
    let key = ["newKeyId", "cryptoKeyId"].iter().find_map(|name| crypto.get(name));
    let provider = match key {
        Some(Value::Object(key)) => match key.get("providerId") {
            Some(Value::Object(provider)) => identity(&Value::Object(provider.clone())),
            _ => None,
        },
        _ => None,
    };
    json!({ "type": crypto.type_name, "provider": provider })
}

/// The profile and the hubs that a call of the policy service is about.
fn policy_call(body: &[u8]) -> serde_json::Value {
    let Ok(call) = decode_request(body) else { return serde_json::Value::Null };
    let mut args = serde_json::Map::new();
    let text = |object: &Object, name: &str| if let Some(Value::Text(text)) = object.get(name) { Some(text.clone()) } else { None };
    let requirement: Option<PbmPlacementCapabilityProfileRequirement> = only(&call.arguments, "placementSubjectRequirement");
    let profile: Option<PbmProfileId> = only(&call.arguments, "profile").or(requirement.map(|requirement| requirement.profile_id));
    if let Some(profile) = profile {
        args.insert("profile".to_owned(), profile.unique_id.into());
    }
    if let Some(Value::Array(hubs)) = call.arguments.get("hubsToSearch") {
        let ids = hubs.items.iter().filter_map(|hub| if let Value::Object(hub) = hub { text(hub, "hubId") } else { None });
        args.insert("hubs".to_owned(), ids.collect::<Vec<_>>().into());
    }
    if args.is_empty() { serde_json::Value::Null } else { args.into() }
}

/// The filter of a query, as far as it is ids and names.
fn query(arguments: &Object) -> serde_json::Value {
    let Some(Value::Object(filter)) = arguments.get("filter") else { return serde_json::Value::Null };
    let items = |name: &str| match filter.get(name) {
        Some(Value::Array(array)) => array.items.iter().filter_map(identity).collect(),
        _ => Vec::new(),
    };
    let mut args = serde_json::Map::new();
    for name in ["volumeIds", "names", "containerClusterIds", "datastores"] {
        let list: Vec<String> = items(name);
        if !list.is_empty() {
            args.insert(name.to_owned(), list.into());
        }
    }
    if args.is_empty() { serde_json::Value::Null } else { args.into() }
}

fn identity(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Ref(reference) => Some(reference.id.clone()),
        Value::Object(object) => match object.get("id") {
            Some(Value::Text(id)) => Some(id.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn only<T: DataObject>(arguments: &Object, name: &str) -> Option<T> {
    match arguments.get(name)? {
        Value::Array(array) => match array.items.as_slice() {
            [Value::Object(object)] => object.downcast().ok(),
            _ => None,
        },
        Value::Object(object) => object.downcast().ok(),
        _ => None,
    }
}
