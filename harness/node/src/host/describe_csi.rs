//! How CSI calls are read for the journal: the RPC, the volume, the paths; never a secret, and no context or
//! parameter map, since drivers put into them what they like.

use csi_api::v1 as csi;
use http::{HeaderMap, request, response};
use percent_encoding::percent_decode_str;
use prost::Message;
use seatrial_journal::{Answer, Describe, Described, Flow};
use serde_json::{Value, json};

/// Reads gRPC calls of `csi.v1`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DescribeCsi;

impl Describe for DescribeCsi {
    fn request(&self, head: &request::Parts, body: &[u8]) -> Described {
        let method = head.uri.path().rsplit('/').next().unwrap_or_default().to_owned();
        let (target, args) = read_request(&method, message(body));
        Described { method, target: target.filter(|text| !text.is_empty()), flow: Flow::Unary, session: None, args }
    }

    fn answer(&self, request: &Described, head: &response::Parts, body: &[u8], trailers: Option<&HeaderMap>) -> Answer {
        let status = head.status.as_u16();
        let all = |name: &str| head.headers.get(name).or_else(|| trailers?.get(name)).and_then(|value| value.to_str().ok());
        match all("grpc-status") {
            Some("0") => Answer { status, error: None, result: read_response(&request.method, message(body)) },
            Some(code) => {
                let text = all("grpc-message").map(unescape).unwrap_or_default();
                let name = code.parse().map_or("Unknown", |number| code_name(tonic::Code::from_i32(number)));
                Answer { status, error: Some(name.to_owned()), result: json!({ "message": text }) }
            }
            None => Answer { status, error: Some("no grpc-status".to_owned()), result: Value::Null },
        }
    }
}

/// A code's name as Go prints it, which is how events and logs of Kubernetes show it.
pub(crate) fn code_name(code: tonic::Code) -> &'static str {
    match code {
        tonic::Code::Ok => "OK",
        tonic::Code::Cancelled => "Canceled",
        tonic::Code::Unknown => "Unknown",
        tonic::Code::InvalidArgument => "InvalidArgument",
        tonic::Code::DeadlineExceeded => "DeadlineExceeded",
        tonic::Code::NotFound => "NotFound",
        tonic::Code::AlreadyExists => "AlreadyExists",
        tonic::Code::PermissionDenied => "PermissionDenied",
        tonic::Code::ResourceExhausted => "ResourceExhausted",
        tonic::Code::FailedPrecondition => "FailedPrecondition",
        tonic::Code::Aborted => "Aborted",
        tonic::Code::OutOfRange => "OutOfRange",
        tonic::Code::Unimplemented => "Unimplemented",
        tonic::Code::Internal => "Internal",
        tonic::Code::Unavailable => "Unavailable",
        tonic::Code::DataLoss => "DataLoss",
        tonic::Code::Unauthenticated => "Unauthenticated",
    }
}

/// The first message of a gRPC body: after one byte for compression and four for the length.
fn message(body: &[u8]) -> &[u8] {
    body.get(5..).unwrap_or_default()
}

/// A request's target and the arguments that matter.
fn read_request(method: &str, bytes: &[u8]) -> (Option<String>, Value) {
    let read = match method {
        "CreateVolume" | "DeleteVolume" | "ControllerPublishVolume" | "ControllerUnpublishVolume" | "ControllerExpandVolume" => {
            controller_request(method, bytes)
        }
        "NodeStageVolume" | "NodeUnstageVolume" | "NodePublishVolume" | "NodeUnpublishVolume" | "NodeExpandVolume" => {
            node_request(method, bytes)
        }
        "CreateSnapshot" => {
            csi::CreateSnapshotRequest::decode(bytes).map(|request| (request.name, json!({ "sourceVolume": request.source_volume_id })))
        }
        "DeleteSnapshot" => csi::DeleteSnapshotRequest::decode(bytes).map(|request| (request.snapshot_id, Value::Null)),
        "NodeGetVolumeStats" => {
            csi::NodeGetVolumeStatsRequest::decode(bytes).map(|request| (request.volume_id, json!({ "path": request.volume_path })))
        }
        _ => return (None, Value::Null),
    };
    read.map_or((None, Value::Null), |(target, args)| (Some(target), args))
}

fn controller_request(method: &str, bytes: &[u8]) -> Result<(String, Value), prost::DecodeError> {
    Ok(match method {
        "CreateVolume" => {
            let request = csi::CreateVolumeRequest::decode(bytes)?;
            let bytes = request.capacity_range.map(|range| range.required_bytes);
            let segments = |topologies: &[csi::Topology]| Value::from_iter(topologies.iter().map(|one| json!(one.segments)));
            let preferred = request.accessibility_requirements.map(|wanted| segments(&wanted.preferred));
            (request.name, json!({ "capacityBytes": bytes, "preferredTopology": preferred }))
        }
        "DeleteVolume" => (csi::DeleteVolumeRequest::decode(bytes)?.volume_id, Value::Null),
        "ControllerPublishVolume" => {
            let request = csi::ControllerPublishVolumeRequest::decode(bytes)?;
            (request.volume_id, json!({ "nodeId": request.node_id, "readonly": request.readonly }))
        }
        "ControllerUnpublishVolume" => {
            let request = csi::ControllerUnpublishVolumeRequest::decode(bytes)?;
            (request.volume_id, json!({ "nodeId": request.node_id }))
        }
        _ => {
            let request = csi::ControllerExpandVolumeRequest::decode(bytes)?;
            (request.volume_id, json!({ "capacityBytes": request.capacity_range.map(|range| range.required_bytes) }))
        }
    })
}

fn node_request(method: &str, bytes: &[u8]) -> Result<(String, Value), prost::DecodeError> {
    Ok(match method {
        "NodeStageVolume" => {
            let request = csi::NodeStageVolumeRequest::decode(bytes)?;
            (request.volume_id, json!({ "stagingPath": request.staging_target_path, "as": access(request.volume_capability) }))
        }
        "NodeUnstageVolume" => {
            let request = csi::NodeUnstageVolumeRequest::decode(bytes)?;
            (request.volume_id, json!({ "stagingPath": request.staging_target_path }))
        }
        "NodePublishVolume" => {
            let request = csi::NodePublishVolumeRequest::decode(bytes)?;
            let args = json!({ "path": request.target_path, "readonly": request.readonly, "as": access(request.volume_capability) });
            (request.volume_id, args)
        }
        "NodeUnpublishVolume" => {
            let request = csi::NodeUnpublishVolumeRequest::decode(bytes)?;
            (request.volume_id, json!({ "path": request.target_path }))
        }
        _ => {
            let request = csi::NodeExpandVolumeRequest::decode(bytes)?;
            let bytes = request.capacity_range.map(|range| range.required_bytes);
            (request.volume_id, json!({ "path": request.volume_path, "capacityBytes": bytes }))
        }
    })
}

/// `block`, or the filesystem's type; `filesystem` when the driver is to choose.
fn access(capability: Option<csi::VolumeCapability>) -> Option<String> {
    match capability?.access_type? {
        csi::volume_capability::AccessType::Block(_) => Some("block".to_owned()),
        csi::volume_capability::AccessType::Mount(mount) if mount.fs_type.is_empty() => Some("filesystem".to_owned()),
        csi::volume_capability::AccessType::Mount(mount) => Some(mount.fs_type),
    }
}

fn read_response(method: &str, bytes: &[u8]) -> Value {
    match method {
        "CreateVolume" => match csi::CreateVolumeResponse::decode(bytes).ok().and_then(|response| response.volume) {
            Some(volume) => json!({ "volumeId": volume.volume_id, "capacityBytes": volume.capacity_bytes }),
            None => Value::Null,
        },
        "GetPluginInfo" => csi::GetPluginInfoResponse::decode(bytes)
            .map_or(Value::Null, |info| json!({ "name": info.name, "vendorVersion": info.vendor_version })),
        "NodeGetInfo" => csi::NodeGetInfoResponse::decode(bytes).map_or(Value::Null, |info| {
            let topology = info.accessible_topology.map(|topology| topology.segments);
            json!({ "nodeId": info.node_id, "topology": topology })
        }),
        "ControllerGetCapabilities" => {
            let answer = csi::ControllerGetCapabilitiesResponse::decode(bytes).unwrap_or_default();
            answer.capabilities.iter().filter_map(|capability| Some(Value::from(capability_name(capability)?))).collect()
        }
        _ => Value::Null,
    }
}

/// As the specification of CSI names it: `MODIFY_VOLUME`.
fn capability_name(capability: &csi::ControllerServiceCapability) -> Option<&'static str> {
    match capability.r#type.as_ref()? {
        csi::controller_service_capability::Type::Rpc(rpc) => Some(rpc.r#type().as_str_name()),
    }
}

/// Undoes the percent-encoding of `grpc-message`.
fn unescape(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_unescaped() {
        assert_eq!(unescape("disk%20not%20found%3A %zz%"), "disk not found: %zz%");
    }

    #[test]
    fn a_request_is_read_without_its_secrets() {
        let secret = std::collections::BTreeMap::from([("password".to_owned(), "hunter2".to_owned())]);
        let request = csi::NodeStageVolumeRequest {
            volume_id: "v-1".to_owned(),
            staging_target_path: "/stage".to_owned(),
            secrets: secret,
            ..csi::NodeStageVolumeRequest::default()
        };
        let mut body = vec![0; 5];
        body.extend(request.encode_to_vec());
        let (head, ()) = http::Request::post("/csi.v1.Node/NodeStageVolume").body(()).unwrap().into_parts();
        let described = DescribeCsi.request(&head, &body);
        assert_eq!((described.method.as_str(), described.target.as_deref()), ("NodeStageVolume", Some("v-1")));
        assert!(!described.args.to_string().contains("hunter2"));
        assert_eq!(DescribeCsi.request(&head, b"\0\0\0\0\xffgarbage").target, None);
    }

    #[test]
    fn an_error_is_named_by_its_code_wherever_it_stands() {
        let (mut head, ()) = http::Response::new(()).into_parts();
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", "10".parse().unwrap());
        let request = Described { method: "NodeStageVolume".into(), target: None, flow: Flow::Unary, session: None, args: Value::Null };
        assert_eq!(DescribeCsi.answer(&request, &head, b"", Some(&trailers)).error.as_deref(), Some("Aborted"));
        head.headers.insert("grpc-status", "1".parse().unwrap());
        assert_eq!(DescribeCsi.answer(&request, &head, b"", None).error.as_deref(), Some("Canceled"));
    }
}
