//! The binary as kubelet meets it: started by its environment, called over a real unix socket, ended by a signal.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use csi_api::v1::identity_client::IdentityClient;
use csi_api::v1::node_client::NodeClient;
use csi_api::v1::{GetPluginInfoRequest, NodeGetCapabilitiesRequest, NodeGetInfoRequest, ProbeRequest};
use driver_host::os::OperatingSystem;
use driver_host::{GrpcClient, Host, Peer};

/// A directory of its own for each test, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("vsphere-csi-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("there is room");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A process that does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn binary(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vsphere-csi"));
    command.env_clear().envs(variables.iter().copied()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Exit code and standard error of a start that fails.
fn refused(variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = binary(variables).output().expect("it starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[tokio::test]
async fn the_node_plugin_answers_on_its_socket_and_ends_when_told() {
    let scratch = Scratch::new("node");
    let socket = scratch.0.join("csi.sock");
    let endpoint = format!("unix://{}", socket.display());
    let child = binary(&[("X_CSI_MODE", "node"), ("CSI_ENDPOINT", &endpoint), ("NODE_NAME", "worker-1")]).spawn().expect("it starts");
    let mut child = Running(child);
    for _ in 0..100 {
        if socket.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let service = OperatingSystem::default().connect(&Peer::Socket(endpoint)).await.expect("a socket needs no preparation");
    let mut identity = IdentityClient::new(GrpcClient::new(service.clone()));
    let info = identity.get_plugin_info(GetPluginInfoRequest {}).await.expect("it answers").into_inner();
    assert_eq!((info.name.as_str(), info.vendor_version.as_str()), ("csi.vsphere.vmware.com", env!("CARGO_PKG_VERSION")));
    assert_eq!(identity.probe(ProbeRequest {}).await.expect("it answers").into_inner().ready, Some(true));
    let mut node = NodeClient::new(GrpcClient::new(service));
    let offered = node.node_get_capabilities(NodeGetCapabilitiesRequest {}).await.expect("it answers").into_inner();
    assert_eq!(offered.capabilities.len(), 3);
    // This machine may be one of vSphere's or not; it is told either way.
    match node.node_get_info(NodeGetInfoRequest {}).await {
        Ok(info) => assert_eq!(info.into_inner().node_id.len(), 36),
        Err(status) => assert!(!status.message().is_empty()),
    }
    let killed = Command::new("kill").args(["-TERM", &child.0.id().to_string()]).status().expect("there is kill");
    assert!(killed.success());
    assert!(child.0.wait().expect("it ends").success());
}

#[test]
fn what_is_missing_is_named_with_its_remedy() {
    let cases: [&[(&str, &str)]; 5] = [
        &[],
        &[("X_CSI_MODE", "both"), ("CSI_ENDPOINT", "unix:///x")],
        &[("X_CSI_MODE", "node")],
        &[("X_CSI_MODE", "node"), ("CSI_ENDPOINT", "unix:///x")],
        &[("X_CSI_MODE", "controller"), ("CSI_ENDPOINT", "unix:///x"), ("VSPHERE_CSI_CONFIG", "/nowhere/vsphere.conf")],
    ];
    for case in cases {
        let (code, told) = refused(case);
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains("failed to start: ") || told.contains("failed to read"), "{told}");
    }
    let (code, told) = refused(&[("X_CSI_MODE", "node"), ("CSI_ENDPOINT", "tcp://0.0.0.0:1"), ("NODE_NAME", "a")]);
    assert_eq!(code, Some(3), "{told}");
}

#[test]
fn a_controller_without_a_cluster_says_so() {
    let scratch = Scratch::new("controller");
    let config = scratch.0.join("vsphere.conf");
    std::fs::write(&config, "[Global]\ncluster-id = a\nuser = u@d\npassword = p\n[VirtualCenter \"vc.invalid\"]\n").expect("there is room");
    let endpoint = format!("unix://{}", scratch.0.join("csi.sock").display());
    let config = config.display().to_string();
    let (code, told) = refused(&[("X_CSI_MODE", "controller"), ("CSI_ENDPOINT", &endpoint), ("VSPHERE_CSI_CONFIG", &config)]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("set KUBECONFIG"), "{told}");
}
