//! Each call of the node service twice, late, and in the wrong order.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use csi_api::v1::node_server::Node as _;
use csi_api::v1::volume_capability::access_mode::Mode;
use csi_api::v1::volume_capability::{AccessMode, AccessType, BlockVolume, MountVolume};
use csi_api::v1::{self, VolumeCapability};
use tonic::{Code, Request, Status};

use super::doubles::Lab;
use super::*;

const WWN: &str = "6000c29a6e0b3f5c8d1e2f3a4b5c6d7e";
const VOLUME: &str = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
const STAGING: &str = "/staging";
const TARGET: &str = "/pods/one/mount";

fn lab() -> (Lab, Node) {
    let lab = Lab::default();
    lab.open().devices.insert("/dev/sdb".into(), None);
    lab.open().wwns.insert(WWN.into(), "/dev/sdb".into());
    let node = Node::new(Arc::new(lab.clone()), Behaviours::default());
    (lab, node)
}

fn filesystem(fs_type: &str, mode: Mode) -> Option<VolumeCapability> {
    let mount = MountVolume { fs_type: fs_type.into(), ..MountVolume::default() };
    Some(VolumeCapability { access_type: Some(AccessType::Mount(mount)), access_mode: Some(AccessMode { mode: mode.into() }) })
}

fn block() -> Option<VolumeCapability> {
    let access_mode = Some(AccessMode { mode: Mode::SingleNodeWriter.into() });
    Some(VolumeCapability { access_type: Some(AccessType::Block(BlockVolume {})), access_mode })
}

fn context() -> BTreeMap<String, String> {
    // As vCenter writes it: the node takes it all the same.
    BTreeMap::from([("diskUUID".into(), "6000C29A-6E0B-3F5C-8D1E-2F3A4B5C6D7E".into())])
}

async fn stage(node: &Node, volume_capability: Option<VolumeCapability>) -> Result<(), Status> {
    let request = v1::NodeStageVolumeRequest {
        volume_id: VOLUME.into(),
        publish_context: context(),
        staging_target_path: STAGING.into(),
        volume_capability,
        ..Default::default()
    };
    node.node_stage_volume(Request::new(request)).await.map(drop)
}

async fn publish(node: &Node, volume_capability: Option<VolumeCapability>, readonly: bool) -> Result<(), Status> {
    let request = v1::NodePublishVolumeRequest {
        volume_id: VOLUME.into(),
        publish_context: context(),
        staging_target_path: STAGING.into(),
        target_path: TARGET.into(),
        volume_capability,
        readonly,
        ..Default::default()
    };
    node.node_publish_volume(Request::new(request)).await.map(drop)
}

async fn unpublish(node: &Node) -> Result<(), Status> {
    let request = v1::NodeUnpublishVolumeRequest { volume_id: VOLUME.into(), target_path: TARGET.into() };
    node.node_unpublish_volume(Request::new(request)).await.map(drop)
}

async fn unstage(node: &Node) -> Result<(), Status> {
    let request = v1::NodeUnstageVolumeRequest { volume_id: VOLUME.into(), staging_target_path: STAGING.into() };
    node.node_unstage_volume(Request::new(request)).await.map(drop)
}

async fn usage(node: &Node) -> Result<v1::VolumeUsage, Status> {
    let request = v1::NodeGetVolumeStatsRequest { volume_id: VOLUME.into(), volume_path: TARGET.into(), ..Default::default() };
    Ok(node.node_get_volume_stats(Request::new(request)).await?.into_inner().usage[0])
}

#[tokio::test(start_paused = true)]
async fn each_call_may_come_twice() {
    let (lab, node) = lab();
    let ext4 = || filesystem("ext4", Mode::SingleNodeWriter);
    for _ in 0..2 {
        stage(&node, ext4()).await.expect("staged");
    }
    for _ in 0..2 {
        publish(&node, ext4(), false).await.expect("published");
    }
    assert_eq!(lab.counts(), (1, 2));
    assert_eq!(usage(&node).await.map(|usage| (usage.total, usage.used, usage.available)).expect("mounted"), (1000, 600, 300));
    for _ in 0..2 {
        unpublish(&node).await.expect("unpublished");
    }
    for _ in 0..2 {
        unstage(&node).await.expect("unstaged");
    }
    assert!(lab.open().mounts.is_empty());
    assert!(!lab.open().paths.contains(&PathBuf::from(TARGET)));
    assert_eq!(usage(&node).await.expect_err("nothing is mounted").code(), Code::NotFound);
}

#[tokio::test(start_paused = true)]
async fn a_filesystem_that_is_there_is_kept() {
    let (lab, node) = lab();
    lab.open().devices.insert("/dev/sdb".into(), Some("xfs".into()));
    stage(&node, filesystem("", Mode::SingleNodeWriter)).await.expect("staged as it is");
    assert_eq!(lab.counts(), (0, 1));
    assert_eq!(lab.open().mounts[0].fs_type, "xfs");
    unstage(&node).await.expect("unstaged");
    let refused = stage(&node, filesystem("ext4", Mode::SingleNodeWriter)).await.expect_err("it is xfs");
    insta::assert_snapshot!(refused.message());
    assert_eq!(lab.open().formatted, 0);
}

#[tokio::test(start_paused = true)]
async fn without_looking_first_data_is_formatted_away() {
    let (lab, _) = lab();
    let behaviours = Behaviours { format_only_blank_disks: false, ..Behaviours::default() };
    let node = Node::new(Arc::new(lab.clone()), behaviours);
    lab.open().devices.insert("/dev/sdb".into(), Some("ext4".into()));
    stage(&node, filesystem("ext4", Mode::SingleNodeWriter)).await.expect("staged");
    assert_eq!(lab.open().formatted, 1);
}

#[tokio::test(start_paused = true)]
async fn a_disk_may_come_late_but_not_for_ever() {
    let (lab, node) = lab();
    lab.open().wwns.clear();
    let late = lab.clone();
    let appears = async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        late.open().wwns.insert(WWN.into(), "/dev/sdb".into());
    };
    let (staged, ()) = futures::future::join(stage(&node, filesystem("ext4", Mode::SingleNodeWriter)), appears).await;
    staged.expect("it came in time");
    lab.open().wwns.clear();
    let missing = stage(&node, filesystem("ext4", Mode::SingleNodeWriter)).await.expect_err("it never comes");
    insta::assert_snapshot!(missing.message());
}

#[tokio::test(start_paused = true)]
async fn a_blank_disk_cannot_be_read_only() {
    let (lab, node) = lab();
    let reader = || filesystem("ext4", Mode::SingleNodeReaderOnly);
    assert_eq!(stage(&node, reader()).await.expect_err("it is blank").code(), Code::FailedPrecondition);
    lab.open().devices.insert("/dev/sdb".into(), Some("ext4".into()));
    stage(&node, reader()).await.expect("staged");
    publish(&node, reader(), false).await.expect("published");
    assert!(lab.open().mounts.iter().all(|mount| mount.options == ["ro"]));
}

#[tokio::test(start_paused = true)]
async fn a_raw_device_is_bound_without_a_filesystem() {
    let (lab, node) = lab();
    for _ in 0..2 {
        stage(&node, block()).await.expect("staged");
        publish(&node, block(), false).await.expect("published");
    }
    assert_eq!(lab.counts(), (0, 1));
    assert_eq!(usage(&node).await.expect("bound").total, 1 << 30);
    unpublish(&node).await.expect("unpublished");
    unstage(&node).await.expect("unstaged");
    assert!(lab.open().mounts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_not_staged_is_not_published() {
    let (_, node) = lab();
    let refused = publish(&node, filesystem("ext4", Mode::SingleNodeWriter), false).await.expect_err("it is not staged");
    assert_eq!(refused.code(), Code::FailedPrecondition);
}

#[tokio::test(start_paused = true)]
async fn a_bind_that_fails_leaves_no_directory_that_looks_like_a_volume() {
    let (lab, node) = lab();
    stage(&node, filesystem("ext4", Mode::SingleNodeWriter)).await.expect("staged");
    lab.open().refuse_mounts = true;
    publish(&node, filesystem("ext4", Mode::SingleNodeWriter), false).await.expect_err("the kernel refuses");
    assert!(!lab.open().paths.contains(&PathBuf::from(TARGET)));
}

#[tokio::test(start_paused = true)]
async fn a_publish_with_another_readonly_is_told_apart() {
    let (_, node) = lab();
    stage(&node, filesystem("ext4", Mode::SingleNodeWriter)).await.expect("staged");
    publish(&node, filesystem("ext4", Mode::SingleNodeWriter), true).await.expect("published");
    let refused = publish(&node, filesystem("ext4", Mode::SingleNodeWriter), false).await.expect_err("it is read only there");
    assert_eq!(refused.code(), Code::AlreadyExists);
}

#[tokio::test(start_paused = true)]
async fn a_staging_path_that_another_volume_has_is_left_alone() {
    let (lab, node) = lab();
    stage(&node, filesystem("ext4", Mode::SingleNodeWriter)).await.expect("staged");
    lab.open().devices.insert("/dev/sdc".into(), None);
    lab.open().wwns.insert(WWN.into(), "/dev/sdc".into());
    let refused = stage(&node, filesystem("ext4", Mode::SingleNodeWriter)).await.expect_err("the path is taken");
    insta::assert_snapshot!(refused.message());
}

#[tokio::test(start_paused = true)]
async fn requests_that_lack_something_are_refused() {
    let (_, node) = lab();
    let refused = stage(&node, None).await.expect_err("there is no capability");
    assert_eq!(refused.code(), Code::InvalidArgument);
    let many = stage(&node, filesystem("ext4", Mode::MultiNodeMultiWriter)).await.expect_err("it is a block volume");
    assert_eq!(many.code(), Code::InvalidArgument);
    let request = v1::NodeUnpublishVolumeRequest { volume_id: VOLUME.into(), ..Default::default() };
    assert_eq!(node.node_unpublish_volume(Request::new(request)).await.expect_err("no path").code(), Code::InvalidArgument);
}

#[tokio::test(start_paused = true)]
async fn a_node_is_known_by_its_firmware() {
    let (lab, node) = lab();
    lab.open().serial = "VMware-42 16 51 1d 22 33 44 55-66 77 88 99 aa bb cc dd".into();
    let info = node.node_get_info(Request::new(v1::NodeGetInfoRequest {})).await.expect("it is one of vSphere's").into_inner();
    assert_eq!((info.node_id.as_str(), info.max_volumes_per_node), ("4216511d-2233-4455-6677-8899aabbccdd", 59));
    lab.open().serial = "QEMU".into();
    let refused = node.node_get_info(Request::new(v1::NodeGetInfoRequest {})).await.expect_err("it is not one of vSphere's");
    assert_eq!(refused.code(), Code::FailedPrecondition);
}

async fn expand(node: &Node, required_bytes: i64, limit_bytes: i64) -> Result<i64, Status> {
    let request = v1::NodeExpandVolumeRequest {
        volume_id: VOLUME.into(),
        volume_path: TARGET.into(),
        staging_target_path: STAGING.into(),
        capacity_range: Some(v1::CapacityRange { required_bytes, limit_bytes }),
        ..Default::default()
    };
    Ok(node.node_expand_volume(Request::new(request)).await?.into_inner().capacity_bytes)
}

#[tokio::test(start_paused = true)]
async fn a_filesystem_grows_where_it_is_staged_once_the_guest_sees_the_disks_new_size() {
    let (lab, node) = lab();
    let ext4 = || filesystem("ext4", Mode::SingleNodeWriter);
    assert_eq!(expand(&node, 2 << 30, 0).await.expect_err("it is not mounted").code(), Code::NotFound);
    stage(&node, ext4()).await.expect("staged");
    publish(&node, ext4(), true).await.expect("published");
    assert_eq!(expand(&node, 2 << 30, 0).await.expect_err("the disk is as it was").code(), Code::Internal);
    lab.open().grown.insert("/dev/sdb".into(), 3 << 30);
    assert_eq!(expand(&node, 2 << 30, 2 << 30).await.expect_err("it is too large").code(), Code::OutOfRange);
    assert_eq!(lab.open().filesystems_grown.len(), 0);
    for _ in 0..2 {
        assert_eq!(expand(&node, 2 << 30, 0).await.expect("grown"), 3 << 30);
    }
    assert_eq!(lab.open().filesystems_grown, BTreeMap::from([(STAGING.into(), 2)]), "a pod may only read it, the filesystem grows");
    unpublish(&node).await.expect("unpublished");
    unstage(&node).await.expect("unstaged");
    stage(&node, ext4()).await.expect("staged");
    assert_eq!(lab.open().filesystems_grown[&PathBuf::from(STAGING)], 3, "what was grown meanwhile is taken when it is staged");
}

#[tokio::test(start_paused = true)]
async fn a_raw_device_has_only_its_size() {
    let (lab, node) = lab();
    stage(&node, block()).await.expect("staged");
    publish(&node, block(), false).await.expect("published");
    lab.open().grown.insert("/dev/sdb".into(), 2 << 30);
    assert_eq!(expand(&node, 2 << 30, 0).await.expect("grown"), 2 << 30);
    assert_eq!((usage(&node).await.expect("told").total, lab.open().filesystems_grown.len()), (2 << 30, 0));
}
