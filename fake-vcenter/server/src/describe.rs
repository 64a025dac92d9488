//! How calls to a vCenter are read for the journal: the method and object of a SOAP request, the fault of an answer.
//!
//! Names are found by looking for them in the bytes; only requests of CNS and of the policy service, whose arguments the journal keeps, are decoded.

use fake_vcenter_world::session_label;
use http::{HeaderMap, request, response};
use seatrial_journal::{Answer, Describe, Described, Flow};
use serde_json::json;
use vsphere_codec::soap::decode_request;
use vsphere_types::request::{
    CnsAttachVolume, CnsCreateVolume, CnsDeleteVolume, CnsDetachVolume, CnsExtendVolume, CnsQueryAllVolume, CnsQueryAsync, CnsQueryVolume,
    CnsUpdateVolumeCrypto, CnsUpdateVolumeMetadata, PbmCheckCompatibility, PbmCheckCompatibilityWithSpec, PbmCheckCompliance,
    PbmCheckRequirements, PbmFetchComplianceResult, PbmQueryAssociatedEntity, PbmQueryMatchingHub,
};
use vsphere_types::{
    CnsQueryFilter, CnsVolumeAttachDetachSpec, CnsVolumeCreateSpec, Method, Object, PbmPlacementCapabilityProfileRequirement,
    PbmPlacementHub, PbmProfileId, Request, Value,
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
        let result = match (&error, task_of(&text)) {
            (None, Some(task)) => json!({ "task": task }),
            (None, None) => serde_json::Value::Null,
            (Some(_), _) => told_of(&text)
                .or_else(|| rest::describe::message(body))
                .map_or(serde_json::Value::Null, |message| json!({ "message": message })),
        };
        Answer { status: head.status.as_u16(), error, result }
    }
}

fn flow_of(method: Option<Method>) -> Flow {
    if method.is_some_and(|method| method.info().waits) { Flow::LongPoll } else { Flow::Unary }
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

/// What a fault says of itself.
fn told_of(text: &str) -> Option<String> {
    const ESCAPED: [(&str, &str); 5] = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    let told = text_of(text, "faultstring")?.to_owned();
    Some(ESCAPED.iter().fold(told, |told, (escaped, plain)| told.replace(escaped, plain)))
}

/// The task that an answer names.
fn task_of(text: &str) -> Option<&str> {
    let start = text.find("<returnval type=\"Task\"")?;
    text_of(&text[start..], "returnval")
}

/// What a call of CNS is about, and the arguments that matter.
fn volume_call(body: &[u8]) -> (Option<String>, serde_json::Value) {
    about_volume(body).unwrap_or((None, serde_json::Value::Null))
}

fn about_volume(body: &[u8]) -> Option<(Option<String>, serde_json::Value)> {
    let call = decode_request(body).ok()?;
    let arguments = &call.arguments;
    let (volume, args) = match call.method.ok()? {
        Method::CnsCreateVolume => created(only(read::<CnsCreateVolume>(arguments)?.create_specs)?),
        Method::CnsAttachVolume => placed(only(read::<CnsAttachVolume>(arguments)?.attach_specs)?),
        Method::CnsDetachVolume => placed(only(read::<CnsDetachVolume>(arguments)?.detach_specs)?),
        Method::CnsDeleteVolume => {
            let CnsDeleteVolume { volume_ids, delete_disk } = read(arguments)?;
            let id = only(volume_ids)?.id;
            (id.clone(), json!({ "volume": id, "deleteDisk": delete_disk }))
        }
        Method::CnsExtendVolume => {
            let spec = only(read::<CnsExtendVolume>(arguments)?.extend_specs)?;
            (spec.volume_id.id.clone(), json!({ "volume": spec.volume_id.id, "capacityMb": spec.capacity_in_mb }))
        }
        Method::CnsUpdateVolumeCrypto => {
            let spec = only(read::<CnsUpdateVolumeCrypto>(arguments)?.update_specs)?;
            (spec.volume_id.id.clone(), json!({ "volume": spec.volume_id.id, "crypto": crypto(spec.disks_crypto.as_ref()) }))
        }
        Method::CnsUpdateVolumeMetadata => {
            let id = only(read::<CnsUpdateVolumeMetadata>(arguments)?.update_specs)?.volume_id.id;
            (id.clone(), json!({ "volume": id }))
        }
        Method::CnsQueryVolume => return Some((None, query(&read::<CnsQueryVolume>(arguments)?.filter))),
        Method::CnsQueryAllVolume => return Some((None, query(&read::<CnsQueryAllVolume>(arguments)?.filter))),
        Method::CnsQueryAsync => return Some((None, query(&read::<CnsQueryAsync>(arguments)?.filter))),
        _ => return None,
    };
    Some((Some(volume), args))
}

fn created(spec: CnsVolumeCreateSpec) -> (String, serde_json::Value) {
    let datastores: Vec<&str> = spec.datastores.iter().map(|datastore| datastore.id.as_str()).collect();
    let mut args = json!({ "name": spec.name, "datastores": datastores });
    if let Some(id) = spec.volume_id {
        args["volume"] = id.id.into();
    }
    (spec.name, args)
}

fn placed(spec: CnsVolumeAttachDetachSpec) -> (String, serde_json::Value) {
    let args = json!({ "volume": spec.volume_id.id, "vm": spec.vm.id });
    (spec.volume_id.id, args)
}

/// The kind of a change of encryption, and the provider that it asks for.
fn crypto(spec: Option<&Object>) -> serde_json::Value {
    let Some(Value::Object(crypto)) = spec.and_then(|spec| spec.get("crypto")) else { return serde_json::Value::Null };
    let key = ["newKeyId", "cryptoKeyId"].iter().find_map(|name| crypto.get(name));
    let provider = match key {
        Some(Value::Object(key)) => key.get("providerId").and_then(Value::as_object),
        _ => None,
    };
    let provider = provider.and_then(|provider| provider.get("id")).and_then(Value::as_text);
    json!({ "type": crypto.type_name.as_str(), "provider": provider })
}

/// The profile and the hubs that a call of the policy service is about.
fn policy_call(body: &[u8]) -> serde_json::Value {
    let (profile, hubs) = about_policy(body).unwrap_or_default();
    let mut args = serde_json::Map::new();
    if let Some(profile) = profile {
        args.insert("profile".to_owned(), profile.unique_id.into());
    }
    if !hubs.is_empty() {
        args.insert("hubs".to_owned(), hubs.into_iter().map(|hub| hub.hub_id).collect::<Vec<_>>().into());
    }
    if args.is_empty() { serde_json::Value::Null } else { args.into() }
}

fn about_policy(body: &[u8]) -> Option<(Option<PbmProfileId>, Vec<PbmPlacementHub>)> {
    let call = decode_request(body).ok()?;
    let arguments = &call.arguments;
    Some(match call.method.ok()? {
        Method::PbmCheckRequirements => {
            let request: PbmCheckRequirements = read(arguments)?;
            let requirement = only(request.placement_subject_requirement).map(|requirement| requirement.downcast());
            let requirement: Option<PbmPlacementCapabilityProfileRequirement> = requirement.and_then(Result::ok);
            (requirement.map(|requirement| requirement.profile_id), request.hubs_to_search)
        }
        Method::PbmCheckCompatibility => {
            let PbmCheckCompatibility { hubs_to_search, profile } = read(arguments)?;
            (Some(profile), hubs_to_search)
        }
        Method::PbmQueryMatchingHub => {
            let PbmQueryMatchingHub { hubs_to_search, profile } = read(arguments)?;
            (Some(profile), hubs_to_search)
        }
        Method::PbmCheckCompatibilityWithSpec => (None, read::<PbmCheckCompatibilityWithSpec>(arguments)?.hubs_to_search),
        Method::PbmQueryAssociatedEntity => (Some(read::<PbmQueryAssociatedEntity>(arguments)?.profile), Vec::new()),
        Method::PbmCheckCompliance => (read::<PbmCheckCompliance>(arguments)?.profile, Vec::new()),
        Method::PbmFetchComplianceResult => (read::<PbmFetchComplianceResult>(arguments)?.profile, Vec::new()),
        _ => return None,
    })
}

/// The filter of a query, as far as it is ids and names.
fn query(filter: &Object) -> serde_json::Value {
    let Ok(filter) = filter.downcast::<CnsQueryFilter>() else { return serde_json::Value::Null };
    let mut args = serde_json::Map::new();
    let mut add = |name: &str, list: Vec<String>| {
        if !list.is_empty() {
            args.insert(name.to_owned(), list.into());
        }
    };
    add("volumeIds", filter.volume_ids.into_iter().map(|id| id.id).collect());
    add("names", filter.names);
    add("containerClusterIds", filter.container_cluster_ids);
    add("datastores", filter.datastores.into_iter().map(|datastore| datastore.id).collect());
    if args.is_empty() { serde_json::Value::Null } else { args.into() }
}

fn read<R: Request>(arguments: &Object) -> Option<R> {
    R::from_arguments(arguments).ok()
}

fn only<T>(mut items: Vec<T>) -> Option<T> {
    items.pop().filter(|_| items.is_empty())
}
