//! Devices, mounts, refusals and the journal, one by one.

use std::path::{Path, PathBuf};

use driver_host::{Machine as _, MachineError};
use seatrial_journal::{ChangeKind, Event};

use super::{Bench, bind, mount, unmount};

const DISK: &str = "6000C29a-aaaa-bbbb-cccc-0123456789ab";
const WWN: &str = "6000c29aaaaabbbbcccc0123456789ab";

/// A bench with one formatted disk, staged at `/stage`.
async fn staged() -> Bench {
    let bench = Bench::new();
    bench.slots.attach(DISK);
    bench.disks.make_filesystem(DISK, "ext4", 1 << 30);
    bench.machine.make_directories(Path::new("/stage")).unwrap();
    mount(&bench.machine, "/dev/sdb", "/stage", &[]).await.unwrap();
    bench
}

fn busy(outcome: &Result<(), MachineError>) -> bool {
    matches!(outcome, Err(MachineError::Busy(_)))
}

#[tokio::test]
async fn a_hot_added_disk_is_there_at_once_by_its_wwn() {
    let bench = Bench::new();
    assert_eq!(bench.machine.disk_by_wwn(WWN).await.unwrap(), None);
    bench.slots.attach(DISK);
    assert_eq!(bench.machine.disk_by_wwn(WWN).await.unwrap(), Some(PathBuf::from("/dev/sdb")));
    let link = PathBuf::from(format!("/dev/disk/by-id/wwn-0x{WWN}"));
    assert!(bench.machine.exists(&link).await.unwrap());
    assert_eq!(bench.machine.device_size(&link).await.unwrap(), 1 << 30);
    bench.slots.detach(DISK);
    assert!(!bench.machine.exists(&link).await.unwrap());
}

#[tokio::test]
async fn a_blank_disk_cannot_be_mounted_before_it_is_formatted() {
    let bench = Bench::new();
    bench.slots.attach(DISK);
    bench.machine.make_directories(Path::new("/stage")).unwrap();
    assert!(mount(&bench.machine, "/dev/sdb", "/stage", &[]).await.is_err());
    assert_eq!(bench.machine.filesystem_on(Path::new("/dev/sdb")).await.unwrap(), None);
    bench.machine.make_filesystem(Path::new("/dev/sdb"), "ext4").await.unwrap();
    assert_eq!(bench.machine.filesystem_on(Path::new("/dev/sdb")).await.unwrap(), Some("ext4".to_owned()));
    mount(&bench.machine, "/dev/sdb", "/stage", &[]).await.unwrap();
    assert!(busy(&bench.machine.make_filesystem(Path::new("/dev/sdb"), "ext4").await));
}

#[tokio::test]
async fn a_bind_mount_shows_the_device_and_the_same_files() {
    let bench = staged().await;
    bench.machine.make_directories(Path::new("/pod/mount")).unwrap();
    bind(&bench.machine, "/stage", "/pod/mount", &["ro"]).await.unwrap();
    bench.machine.write_file(Path::new("/stage/proof"), b"kept").unwrap();
    assert_eq!(bench.machine.read_file(Path::new("/pod/mount/proof")).unwrap(), b"kept");
    assert!(bench.machine.write_file(Path::new("/pod/mount/proof"), b"lost").unwrap_err().to_string().contains("read-only"));
    let mounts = bench.machine.mounts().await.unwrap();
    assert_eq!(mounts.len(), 2);
    assert_eq!((mounts[1].device.to_str(), mounts[1].fs_type.as_str()), (Some("/dev/sdb"), "ext4"));
    assert_eq!(mounts[1].options, ["ro"]);
}

#[tokio::test]
async fn files_below_a_mount_are_hidden_until_it_is_gone() {
    let bench = staged().await;
    unmount(&bench.machine, "/stage").await.unwrap();
    bench.machine.write_file(Path::new("/stage/below"), b"root").unwrap();
    mount(&bench.machine, "/dev/sdb", "/stage", &[]).await.unwrap();
    assert!(!bench.machine.has(Path::new("/stage/below")).unwrap());
    unmount(&bench.machine, "/stage").await.unwrap();
    assert_eq!(bench.machine.read_file(Path::new("/stage/below")).unwrap(), b"root");
}

#[tokio::test]
async fn stacked_mounts_come_off_from_the_top() {
    let bench = staged().await;
    bench.machine.make_directories(Path::new("/other")).unwrap();
    bench.machine.write_file(Path::new("/other/name"), b"other").unwrap();
    bind(&bench.machine, "/other", "/stage", &[]).await.unwrap();
    assert_eq!(bench.machine.read_file(Path::new("/stage/name")).unwrap(), b"other");
    unmount(&bench.machine, "/stage").await.unwrap();
    assert!(!bench.machine.has(Path::new("/stage/name")).unwrap());
    unmount(&bench.machine, "/stage").await.unwrap();
    assert!(unmount(&bench.machine, "/stage").await.unwrap_err().to_string().contains("not mounted"));
}

#[tokio::test]
async fn what_is_in_use_is_busy() {
    let bench = staged().await;
    assert!(busy(&mount(&bench.machine, "/dev/sdb", "/stage", &[]).await), "the same filesystem upon itself");
    bench.machine.make_directories(Path::new("/elsewhere")).unwrap();
    assert!(busy(&mount(&bench.machine, "/dev/sdb", "/elsewhere", &["ro"]).await), "one superblock has one mode");
    assert!(busy(&bench.machine.remove(Path::new("/stage")).await), "a mount point stays");
    bench.machine.make_directories(Path::new("/stage/inner")).unwrap();
    bind(&bench.machine, "/elsewhere", "/stage/inner", &[]).await.unwrap();
    assert!(busy(&unmount(&bench.machine, "/stage").await), "it carries a mount");
    unmount(&bench.machine, "/stage/inner").await.unwrap();
    unmount(&bench.machine, "/stage").await.unwrap();
    bench.machine.remove(Path::new("/stage")).await.unwrap();
    bench.machine.remove(Path::new("/stage")).await.unwrap();
}

#[tokio::test]
async fn a_disk_that_goes_from_under_a_mount_fails_every_access_until_unmounted() {
    let bench = staged().await;
    bench.machine.write_file(Path::new("/stage/proof"), b"kept").unwrap();
    bench.slots.detach(DISK);
    assert!(bench.machine.read_file(Path::new("/stage/proof")).unwrap_err().to_string().contains("input/output error"));
    assert!(bench.machine.write_file(Path::new("/stage/proof"), b"x").is_err());
    assert_eq!(bench.machine.mounts().await.unwrap().len(), 1);

    bench.slots.attach(DISK);
    assert_eq!(bench.machine.disk_by_wwn(WWN).await.unwrap(), Some(PathBuf::from("/dev/sdc")), "the dead mount keeps the old name");
    assert!(bench.machine.read_file(Path::new("/stage/proof")).is_err());
    unmount(&bench.machine, "/stage").await.unwrap();
    mount(&bench.machine, "/dev/sdc", "/stage", &[]).await.unwrap();
    assert_eq!(bench.machine.read_file(Path::new("/stage/proof")).unwrap(), b"kept");
}

#[tokio::test]
async fn a_device_can_be_bound_to_a_file_and_written_raw() {
    let bench = Bench::new();
    bench.slots.attach(DISK);
    bench.machine.make_directories(Path::new("/publish")).unwrap();
    assert!(bind(&bench.machine, "/dev/sdb", "/publish", &[]).await.is_err(), "a device does not fit on a directory");
    bench.machine.make_file(Path::new("/publish/device")).await.unwrap();
    bind(&bench.machine, "/dev/sdb", "/publish/device", &[]).await.unwrap();
    bench.machine.write_file(Path::new("/publish/device"), b"raw").unwrap();
    assert_eq!(bench.disks.read_raw(DISK), b"raw");
    assert_eq!(bench.machine.device_size(Path::new("/publish/device")).await.unwrap(), 1 << 30);
    assert_eq!(bench.machine.mounts().await.unwrap()[0].device, PathBuf::from("/dev/sdb"));
}

#[tokio::test]
async fn a_reboot_takes_mounts_and_leaves_data() {
    let bench = staged().await;
    bench.machine.write_file(Path::new("/stage/proof"), b"kept").unwrap();
    bench.machine.write_file(Path::new("/own"), b"own").unwrap();
    bench.machine.reboot();
    assert!(bench.machine.mounts().await.unwrap().is_empty());
    assert_eq!(bench.machine.read_file(Path::new("/own")).unwrap(), b"own");
    mount(&bench.machine, "/dev/sdb", "/stage", &[]).await.unwrap();
    assert_eq!(bench.machine.read_file(Path::new("/stage/proof")).unwrap(), b"kept");
}

#[tokio::test]
async fn two_machines_share_a_disk_and_the_last_writer_wins() {
    let bench = staged().await;
    let (slots, other) = bench.second_machine();
    slots.attach(DISK);
    other.make_directories(Path::new("/stage")).unwrap();
    mount(&other, "/dev/sdb", "/stage", &[]).await.unwrap();
    bench.machine.write_file(Path::new("/stage/proof"), b"first").unwrap();
    other.write_file(Path::new("/stage/proof"), b"last").unwrap();
    assert_eq!(bench.machine.read_file(Path::new("/stage/proof")).unwrap(), b"last");
}

#[tokio::test]
async fn every_mount_and_unmount_is_in_the_journal() {
    let bench = staged().await;
    bench.machine.make_directories(Path::new("/other")).unwrap();
    bind(&bench.machine, "/other", "/stage", &[]).await.unwrap();
    unmount(&bench.machine, "/stage").await.unwrap();
    unmount(&bench.machine, "/stage").await.unwrap();
    let kinds: Vec<(ChangeKind, u64)> = bench
        .sink
        .entries()
        .into_iter()
        .filter_map(|entry| match entry.event {
            Event::Change(change) if change.store == "node/worker-1" && change.object == "Mount//stage" => {
                Some((change.kind, change.revision))
            }
            _ => None,
        })
        .collect();
    assert_eq!(kinds, [(ChangeKind::Added, 1), (ChangeKind::Changed, 2), (ChangeKind::Changed, 3), (ChangeKind::Removed, 4)]);
}

#[tokio::test]
async fn usage_counts_whole_blocks() {
    let bench = staged().await;
    let (total, free, available) = bench.machine.filesystem_usage(Path::new("/stage")).await.unwrap();
    assert!(total == free && available < free && total < 1 << 30);
    bench.machine.write_file(Path::new("/stage/proof"), b"x").unwrap();
    assert_eq!(bench.machine.filesystem_usage(Path::new("/stage")).await.unwrap().1, free - 4096);
    assert!(matches!(bench.machine.filesystem_usage(Path::new("/nowhere")).await, Err(MachineError::NotFound(_))));
}

/// The members that the journal last told of the disk, beside its files.
fn told_of_disk(bench: &Bench, disk: &str) -> serde_json::Value {
    let mut told = serde_json::Value::Null;
    for entry in bench.sink.entries() {
        if let Event::Change(change) = entry.event
            && change.object == format!("Disk/{disk}")
        {
            seatrial_journal::merge_patch(&mut told, &change.patch);
        }
    }
    serde_json::json!([told["mountedOn"], told["tornBy"]])
}

#[tokio::test]
async fn a_filesystem_that_two_machines_write_is_torn_and_the_journal_says_by_whom() {
    let bench = Bench::new();
    let (other_slots, other) = bench.second_machine();
    bench.slots.attach(DISK);
    bench.machine.make_filesystem("/dev/sdb".as_ref(), "ext4").await.unwrap();
    for machine in [&bench.machine, &other] {
        machine.make_directories("/mnt".as_ref()).unwrap();
    }
    mount(&bench.machine, "/dev/sdb", "/mnt", &[]).await.unwrap();
    bench.machine.write_file("/mnt/one".as_ref(), b"1").unwrap();
    assert_eq!(told_of_disk(&bench, DISK), serde_json::json!([["worker-1"], null]));

    // The disk is moved: the first machine still has the mount, and cannot write any more.
    bench.slots.detach(DISK);
    other_slots.attach(DISK);
    mount(&other, "/dev/sdb", "/mnt", &[]).await.unwrap();
    other.write_file("/mnt/two".as_ref(), b"2").unwrap();
    assert_eq!(told_of_disk(&bench, DISK), serde_json::json!([["worker-2"], null]));

    // It is attached to both.
    bench.machine.power_off();
    bench.machine.power_on();
    bench.slots.attach(DISK);
    mount(&bench.machine, "/dev/sdb", "/mnt", &[]).await.unwrap();
    assert_eq!(told_of_disk(&bench, DISK), serde_json::json!([["worker-1", "worker-2"], null]));
    bench.machine.write_file("/mnt/three".as_ref(), b"3").unwrap();
    assert_eq!(told_of_disk(&bench, DISK), serde_json::json!([["worker-1", "worker-2"], ["worker-1", "worker-2"]]));
    other.power_off();
    assert_eq!(told_of_disk(&bench, DISK), serde_json::json!([["worker-1"], ["worker-1", "worker-2"]]));
}
