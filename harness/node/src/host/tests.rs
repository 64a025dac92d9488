//! A driver's gRPC server and client meet over a wire, and the journal tells of it.

use std::sync::Arc;

use csi_api::v1 as csi;
use csi_api::v1::identity_client::IdentityClient;
use csi_api::v1::identity_server::{Identity, IdentityServer};
use driver_host::{GrpcClient, Host, Peer};
use seatrial_journal::{Event, MemorySink};
use seatrial_wires::virtual_run;
use tonic::{Request, Response, Status};

use super::{ConfigurationFiles, SimulatedHost};

struct Plugin;

#[tonic::async_trait]
impl Identity for Plugin {
    async fn get_plugin_info(&self, _: Request<csi::GetPluginInfoRequest>) -> Result<Response<csi::GetPluginInfoResponse>, Status> {
        Ok(Response::new(csi::GetPluginInfoResponse { name: "csi.example".to_owned(), ..Default::default() }))
    }

    async fn get_plugin_capabilities(
        &self,
        _: Request<csi::GetPluginCapabilitiesRequest>,
    ) -> Result<Response<csi::GetPluginCapabilitiesResponse>, Status> {
        Err(Status::aborted("busy: 1 of 2"))
    }

    async fn probe(&self, _: Request<csi::ProbeRequest>) -> Result<Response<csi::ProbeResponse>, Status> {
        Ok(Response::new(csi::ProbeResponse::default()))
    }
}

#[test]
fn a_served_plugin_is_reached_over_its_socket_and_described() {
    let sink = MemorySink::default();
    let told = sink.clone();
    virtual_run(1, |network| async move {
        network.journal().add_sink(sink);
        let host = SimulatedHost::new(network.process("csi-controller"), None, ConfigurationFiles::default());
        let routes = tonic::service::Routes::new(IdentityServer::new(Plugin));
        host.listen("unix:///csi/csi.sock", routes).await.unwrap();
        assert!(host.machine().product_serial().await.is_err());

        let caller = SimulatedHost::new(network.process("csi-attacher"), None, ConfigurationFiles::default());
        let service = caller.connect(&Peer::Socket("csi-controller:/csi/csi.sock".to_owned())).await.unwrap();
        let mut client = IdentityClient::new(GrpcClient::new(service));
        assert_eq!(client.get_plugin_info(csi::GetPluginInfoRequest {}).await.unwrap().into_inner().name, "csi.example");
        let refused = client.get_plugin_capabilities(csi::GetPluginCapabilitiesRequest {}).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::Aborted);
        assert!(Arc::strong_count(&host) == 1);
    });
    let answers: Vec<_> = told
        .entries()
        .into_iter()
        .filter_map(|entry| match entry.event {
            Event::Answered { answer, .. } => Some((answer.status, answer.error, answer.result.to_string())),
            _ => None,
        })
        .collect();
    let aborted = r#"{"message":"busy: 1 of 2"}"#.to_owned();
    let named = r#"{"name":"csi.example","vendorVersion":""}"#.to_owned();
    assert_eq!(answers, [(200, None, named), (200, Some("Aborted".to_owned()), aborted)]);
}

#[test]
fn a_changed_file_is_read_anew() {
    virtual_run(1, |network| async move {
        let files = ConfigurationFiles::default();
        let host = SimulatedHost::new(network.process("csi-controller"), None, files.clone());
        assert!(host.read_file("/etc/cloud/csi-vsphere.conf".as_ref()).unwrap_err().to_string().contains("/etc/cloud/csi-vsphere.conf"));
        files.write("/etc/cloud/csi-vsphere.conf", "one");
        assert_eq!(host.read_file("/etc/cloud/csi-vsphere.conf".as_ref()).unwrap(), b"one");
        files.write("/etc/cloud/csi-vsphere.conf", "two");
        assert_eq!(host.read_file("/etc/cloud/csi-vsphere.conf".as_ref()).unwrap(), b"two");
    });
}
