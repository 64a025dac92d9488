//! The node service on a real disk: a loop device that is formatted, mounted, bound, filled, and given back.
//!
//! It needs root, loop devices and mkfs, and leaves nothing behind:
//! `cargo test -p vsphere-csi --features os --test real_disk -- --ignored`.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use csi_api::v1::node_client::NodeClient;
use csi_api::v1::volume_capability::access_mode::Mode;
use csi_api::v1::volume_capability::{AccessMode, AccessType, BlockVolume, MountVolume};
use csi_api::v1::{self, VolumeCapability};
use driver_host::os::{OperatingSystem, OperatingSystemMachine};
use driver_host::{GrpcClient, Host, Peer};
use vsphere_csi::{Behaviours, NodeOptions, run_node};

const WWN: &str = "6000c29a6e0b3f5c8d1e2f3a4b5c6d7e";
const VOLUME: &str = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("it is installed");
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A loop device as a guest of vSphere sees its disk, in a tree of its own.
struct Guest {
    root: PathBuf,
    device: String,
}

impl Guest {
    fn new() -> Self {
        let root = std::env::temp_dir().join(format!("vsphere-csi-disk-{}", std::process::id()));
        for directory in ["dev/disk/by-id", "sys/class/dmi/id"] {
            std::fs::create_dir_all(root.join(directory)).expect("there is room");
        }
        let image = root.join("image");
        std::fs::File::create(&image).and_then(|file| file.set_len(64 << 20)).expect("there is room");
        let device = run("losetup", &["--find", "--show", &image.display().to_string()]);
        let guest = Self { root, device };
        symlink(&guest.device, guest.root.join("dev/disk/by-id").join(format!("wwn-0x{WWN}"))).expect("it is new");
        symlink("/sys/class/block", guest.root.join("sys/class/block")).expect("it is new");
        let serial = "VMware-42 16 51 1d 22 33 44 55-66 77 88 99 aa bb cc dd\n";
        std::fs::write(guest.root.join("sys/class/dmi/id/product_serial"), serial).expect("there is room");
        guest
    }

    fn path(&self, name: &str) -> String {
        self.root.join(name).display().to_string()
    }

    fn host(&self) -> Arc<OperatingSystem> {
        let machine =
            OperatingSystemMachine { sys: self.root.join("sys"), dev: self.root.join("dev"), ..OperatingSystemMachine::default() };
        Arc::new(OperatingSystem { kubeconfig: None, machine })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        for name in ["target", "raw", "staging"] {
            let _ = Command::new("umount").arg(self.root.join(name)).output();
        }
        let _ = Command::new("losetup").args(["--detach", &self.device]).output();
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

fn capability(access_type: AccessType) -> Option<VolumeCapability> {
    Some(VolumeCapability { access_type: Some(access_type), access_mode: Some(AccessMode { mode: Mode::SingleNodeWriter.into() }) })
}

fn filesystem() -> AccessType {
    AccessType::Mount(MountVolume { fs_type: "ext4".into(), ..MountVolume::default() })
}

/// A client of the node service, and the paths that it is called with.
struct Kubelet<'a> {
    guest: &'a Guest,
    node: NodeClient<GrpcClient>,
}

impl Kubelet<'_> {
    async fn stage(&mut self, access_type: AccessType) {
        let request = v1::NodeStageVolumeRequest {
            volume_id: VOLUME.into(),
            publish_context: BTreeMap::from([("diskUUID".into(), WWN.into())]),
            staging_target_path: self.guest.path("staging"),
            volume_capability: capability(access_type),
            ..Default::default()
        };
        self.node.node_stage_volume(request).await.expect("staged");
    }

    async fn publish(&mut self, access_type: AccessType, target: &str, readonly: bool) {
        let request = v1::NodePublishVolumeRequest {
            volume_id: VOLUME.into(),
            publish_context: BTreeMap::from([("diskUUID".into(), WWN.into())]),
            staging_target_path: self.guest.path("staging"),
            target_path: self.guest.path(target),
            volume_capability: capability(access_type),
            readonly,
            ..Default::default()
        };
        self.node.node_publish_volume(request).await.expect("published");
    }

    async fn unpublish(&mut self, target: &str) {
        let request = v1::NodeUnpublishVolumeRequest { volume_id: VOLUME.into(), target_path: self.guest.path(target) };
        self.node.node_unpublish_volume(request).await.expect("unpublished");
        assert!(!Path::new(&self.guest.path(target)).exists());
    }

    async fn unstage(&mut self) {
        let request = v1::NodeUnstageVolumeRequest { volume_id: VOLUME.into(), staging_target_path: self.guest.path("staging") };
        self.node.node_unstage_volume(request).await.expect("unstaged");
    }

    async fn total(&mut self, target: &str) -> i64 {
        let request =
            v1::NodeGetVolumeStatsRequest { volume_id: VOLUME.into(), volume_path: self.guest.path(target), ..Default::default() };
        self.node.node_get_volume_stats(request).await.expect("mounted").into_inner().usage[0].total
    }
}

#[tokio::test]
#[ignore = "needs root, loop devices and mkfs.ext4"]
async fn a_real_disk_is_formatted_once_and_keeps_its_data() {
    let guest = Guest::new();
    let endpoint = format!("unix://{}", guest.path("csi.sock"));
    let options =
        NodeOptions { node_name: "worker-1".into(), endpoint: endpoint.clone(), behaviours: Behaviours::default(), topology: false };
    run_node(guest.host(), options).await.expect("it starts");
    let service = guest.host().connect(&Peer::Socket(endpoint)).await.expect("a socket needs no preparation");
    let mut kubelet = Kubelet { guest: &guest, node: NodeClient::new(GrpcClient::new(service)) };
    let info = kubelet.node.node_get_info(v1::NodeGetInfoRequest {}).await.expect("it is one of vSphere's").into_inner();
    assert_eq!(info.node_id, "4216511d-2233-4455-6677-8899aabbccdd");
    for round in 0..2 {
        for _ in 0..2 {
            kubelet.stage(filesystem()).await;
            kubelet.publish(filesystem(), "target", false).await;
        }
        let proof = guest.path("target/proof");
        if round == 0 {
            std::fs::write(&proof, "kept").expect("it can be written");
        }
        assert_eq!(std::fs::read_to_string(&proof).expect("it is there"), "kept");
        assert!(kubelet.total("target").await > 0);
        for _ in 0..2 {
            kubelet.unpublish("target").await;
        }
        kubelet.publish(filesystem(), "target", true).await;
        assert!(std::fs::write(&proof, "changed").is_err(), "it is read only");
        kubelet.unpublish("target").await;
        for _ in 0..2 {
            kubelet.unstage().await;
        }
    }
    for _ in 0..2 {
        let raw = || AccessType::Block(BlockVolume {});
        kubelet.stage(raw()).await;
        kubelet.publish(raw(), "raw", false).await;
    }
    assert_eq!(kubelet.total("raw").await, 64 << 20);
    kubelet.unpublish("raw").await;
    kubelet.unstage().await;
}
