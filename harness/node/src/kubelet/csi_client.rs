//! Calls of CSI node plugins, and what their failures mean.

use std::time::Duration;

use csi_api::v1 as csi;
use csi_api::v1::identity_client::IdentityClient;
use csi_api::v1::node_client::NodeClient;
use driver_host::{GrpcClient, HttpService};
use tonic::{Code, Request, Response, Status};

use crate::host::code_name;

/// How long a plugin may take to say who it is.
const INFO_LIMIT: Duration = Duration::from_secs(1);

/// A plugin's refusal, in the words that events show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rpc error: code = {} desc = {message}", code_name(*.code))]
pub(super) struct CsiError {
    pub code: Code,
    pub message: String,
    /// No answer came: refused, reset.
    pub unanswered: bool,
}

impl CsiError {
    /// Whether the plugin says that nothing is going on. After any other error the volume's state is uncertain.
    pub fn is_final(&self) -> bool {
        !matches!(self.code, Code::Cancelled | Code::DeadlineExceeded | Code::Unavailable | Code::ResourceExhausted | Code::Aborted)
    }
}

impl CsiError {
    /// Whether the plugin will never do what it was asked for.
    pub fn is_infeasible(&self) -> bool {
        matches!(self.code, Code::InvalidArgument | Code::OutOfRange | Code::NotFound)
    }
}

impl From<Status> for CsiError {
    fn from(status: Status) -> Self {
        // What tonic cannot read as an answer it calls unknown and keeps as the source; gRPC in Go says unavailable.
        let source = std::error::Error::source(&status);
        match source {
            Some(broken) if status.code() == Code::Unknown => {
                Self { code: Code::Unavailable, message: format!("connection error: desc = \"{broken}\""), unanswered: true }
            }
            _ => Self { code: status.code(), message: status.message().to_owned(), unanswered: false },
        }
    }
}

/// What a plugin can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Abilities {
    pub stages: bool,
    pub mounts_for_group: bool,
    pub expands: bool,
}

/// The client of one plugin's socket.
#[derive(Clone)]
pub(super) struct CsiClient {
    service: HttpService,
    limit: Duration,
}

impl CsiClient {
    pub fn new(service: HttpService, limit: Duration) -> Self {
        Self { service, limit }
    }

    /// The name by which the plugin calls itself.
    pub async fn plugin_name(&self) -> Result<String, CsiError> {
        let mut client = IdentityClient::new(GrpcClient::new(self.service.clone()));
        let request = limited(csi::GetPluginInfoRequest {}, INFO_LIMIT);
        Ok(bounded(INFO_LIMIT, client.get_plugin_info(request)).await?.name)
    }

    pub async fn info(&self) -> Result<csi::NodeGetInfoResponse, CsiError> {
        bounded(self.limit, self.node().node_get_info(limited(csi::NodeGetInfoRequest {}, self.limit))).await
    }

    /// What the plugin can do; asked before each operation, since a plugin may have been replaced.
    pub async fn abilities(&self) -> Result<Abilities, CsiError> {
        use csi::node_service_capability::{Type, rpc};
        let request = limited(csi::NodeGetCapabilitiesRequest {}, self.limit);
        let answer = bounded(self.limit, self.node().node_get_capabilities(request)).await?;
        let mut abilities = Abilities::default();
        for capability in answer.capabilities {
            let Some(Type::Rpc(rpc)) = capability.r#type else { continue };
            abilities.stages |= rpc.r#type == rpc::Type::StageUnstageVolume as i32;
            abilities.expands |= rpc.r#type == rpc::Type::ExpandVolume as i32;
            abilities.mounts_for_group |= rpc.r#type == rpc::Type::VolumeMountGroup as i32;
        }
        Ok(abilities)
    }

    pub async fn stage(&self, request: csi::NodeStageVolumeRequest) -> Result<(), CsiError> {
        bounded(self.limit, self.node().node_stage_volume(limited(request, self.limit))).await.map(drop)
    }

    pub async fn unstage(&self, request: csi::NodeUnstageVolumeRequest) -> Result<(), CsiError> {
        bounded(self.limit, self.node().node_unstage_volume(limited(request, self.limit))).await.map(drop)
    }

    pub async fn publish(&self, request: csi::NodePublishVolumeRequest) -> Result<(), CsiError> {
        bounded(self.limit, self.node().node_publish_volume(limited(request, self.limit))).await.map(drop)
    }

    pub async fn unpublish(&self, request: csi::NodeUnpublishVolumeRequest) -> Result<(), CsiError> {
        bounded(self.limit, self.node().node_unpublish_volume(limited(request, self.limit))).await.map(drop)
    }

    pub async fn expand(&self, request: csi::NodeExpandVolumeRequest) -> Result<(), CsiError> {
        bounded(self.limit, self.node().node_expand_volume(limited(request, self.limit))).await.map(drop)
    }

    fn node(&self) -> NodeClient<GrpcClient> {
        NodeClient::new(GrpcClient::new(self.service.clone()))
    }
}

/// The request with its deadline, which the wire keeps as a server would.
fn limited<T>(message: T, limit: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(limit);
    request
}

/// Keeps the deadline on our side too, should the wire not.
async fn bounded<T>(limit: Duration, call: impl Future<Output = Result<Response<T>, Status>>) -> Result<T, CsiError> {
    match tokio::time::timeout(limit + Duration::from_millis(1), call).await {
        Ok(answer) => Ok(answer?.into_inner()),
        Err(_) => Err(CsiError { code: Code::DeadlineExceeded, message: "context deadline exceeded".to_owned(), unanswered: true }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_codes_leave_the_state_uncertain() {
        let is_final = |code| CsiError::from(Status::new(code, "x")).is_final();
        let uncertain = [Code::Cancelled, Code::DeadlineExceeded, Code::Unavailable, Code::ResourceExhausted, Code::Aborted];
        assert!(uncertain.into_iter().all(|code| !is_final(code)));
        assert!([Code::Internal, Code::NotFound, Code::Unknown, Code::InvalidArgument].into_iter().all(is_final));
    }

    #[test]
    fn a_broken_wire_counts_as_unavailable() {
        let broken = std::io::Error::other("refused");
        let error = CsiError::from(Status::from_error(Box::new(broken)));
        assert_eq!((error.code, error.unanswered), (Code::Unavailable, true));
        assert_eq!(CsiError::from(Status::internal("disk not found")).to_string(), "rpc error: code = Internal desc = disk not found");
    }
}
