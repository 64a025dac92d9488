//! Snapshots: each call twice, about what is not there, page by page, and volumes of them.

use std::collections::BTreeSet;

use csi_api::v1::volume_content_source::{SnapshotSource, Type, VolumeSource};
use csi_api::v1::{CapacityRange, CreateVolumeRequest, ListSnapshotsRequest, VolumeContentSource};
use vsphere_types::Method;

use crate::setting::{fault, within};
use crate::{Behaviours, Code, NODE, Setting, creation, pass};

const FIRST: &str = "snapshot-3f2504e0-4f89-41d3-9a0c-0305e82c3301";

fn made_of(snapshot: &str, bytes: i64) -> CreateVolumeRequest {
    let source = Type::Snapshot(SnapshotSource { snapshot_id: snapshot.into() });
    CreateVolumeRequest {
        name: "pvc-7b4e28ba-2fa1-41d2-883f-0016d3cca427".into(),
        capacity_range: Some(CapacityRange { required_bytes: bytes, limit_bytes: 0 }),
        volume_content_source: Some(VolumeContentSource { r#type: Some(source) }),
        ..creation()
    }
}

#[test]
fn a_snapshot_s_life_may_come_twice_at_every_step() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let volume = setting.create(creation()).await.expect("created").volume_id;
        let snapshot = setting.snapshot(&volume, FIRST).await.expect("taken");
        assert_eq!(setting.snapshot(&volume, FIRST).await.expect("taken already"), snapshot);
        assert_eq!((snapshot.size_bytes, snapshot.ready_to_use, snapshot.source_volume_id.as_str()), (1 << 30, true, volume.as_str()));
        assert!(snapshot.snapshot_id.starts_with(&format!("{volume}+")), "{}", snapshot.snapshot_id);
        assert_eq!(setting.sent("vc-a", "CnsCreateSnapshots"), 1);

        let refused = setting.delete(&volume).await.expect_err("it has a snapshot");
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert!(refused.message().contains("cannot be deleted, please delete snapshots before deleting the volume"), "{refused}");
        for _ in 0..2 {
            setting.delete_snapshot(&snapshot.snapshot_id).await.expect("deleted");
        }
        setting.delete(&volume).await.expect("it has none any more");
        assert!(setting.records().await.is_empty(), "what is deleted leaves no record");
    });
}

#[test]
fn a_snapshot_is_one_volume_s_and_a_volume_has_three_at_most() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let volume = setting.create(creation()).await.expect("created").volume_id;
        let other = setting.create(CreateVolumeRequest { name: "other".into(), ..creation() }).await.expect("created").volume_id;
        for name in ["one", "two", "three"] {
            setting.snapshot(&volume, name).await.expect("taken");
        }
        assert_eq!(setting.snapshot(&other, "one").await.expect_err("it is another volume's").code(), Code::AlreadyExists);
        let refused = setting.snapshot(&volume, "four").await.expect_err("there is no room");
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert_eq!(refused.message(), format!("the number of snapshots on the source volume {volume} reaches the configured maximum (3)"));
        setting.snapshot(&volume, "three").await.expect("it is there, though there is no room for another");
    });
}

#[test]
fn what_is_not_there_is_said_as_csi_has_it() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let absent = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
        assert_eq!(setting.snapshot(absent, FIRST).await.expect_err("there is no volume").code(), Code::NotFound);
        assert_eq!(setting.snapshot("", FIRST).await.expect_err("it names none").code(), Code::InvalidArgument);
        assert_eq!(setting.snapshot(absent, "").await.expect_err("it has no name").code(), Code::InvalidArgument);
        for gone in ["not-one-of-ours", &format!("{absent}+{absent}")] {
            setting.delete_snapshot(gone).await.expect("what is gone is deleted");
            let asked = ListSnapshotsRequest { snapshot_id: gone.into(), ..Default::default() };
            assert_eq!(setting.list(asked).await.expect("it is no error").0, BTreeSet::new());
            assert_eq!(setting.create(made_of(gone, 1 << 30)).await.expect_err("it is not there").code(), Code::NotFound);
        }
        let clone = VolumeContentSource { r#type: Some(Type::Volume(VolumeSource { volume_id: absent.into() })) };
        let refused = setting.create(CreateVolumeRequest { volume_content_source: Some(clone), ..creation() }).await.expect_err("a clone");
        assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, "unsupported VolumeContentSource type"));
    });
}

#[test]
fn a_volume_of_a_snapshot_lies_where_that_does_and_is_as_large() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let volume = setting.create(creation()).await.expect("created").volume_id;
        let snapshot = setting.snapshot(&volume, FIRST).await.expect("taken").snapshot_id;
        let refused = setting.create(made_of(&snapshot, 2 << 30)).await.expect_err("it is larger");
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert_eq!(refused.message(), "snapshot size mismatch, requested volume size: 2147483648 but source snapshot size: 1073741824");
        let made = setting.create(made_of(&snapshot, 1 << 30)).await.expect("created");
        assert_eq!(setting.create(made_of(&snapshot, 1 << 30)).await.expect("created already"), made);
        assert_eq!(made.content_source, made_of(&snapshot, 1 << 30).volume_content_source);
        let (of, it) = (setting.volume(&volume), setting.volume(&made.volume_id));
        assert_eq!(it.datastore, of.datastore);
        assert_eq!(it.made_of.map(|made_of| format!("{}+{}", made_of.volume, made_of.snapshot)), Some(snapshot));
    });
}

#[test]
fn a_volume_of_a_snapshot_is_made_in_the_snapshot_s_vcenter() {
    Setting::two(Behaviours::default(), |setting| async move {
        let volume = setting.create(within(&["zone-b"])).await.expect("created").volume_id;
        let snapshot = setting.snapshot(&volume, FIRST).await.expect("taken").snapshot_id;
        let anywhere = CreateVolumeRequest {
            accessibility_requirements: within(&["zone-a", "zone-b"]).accessibility_requirements,
            ..made_of(&snapshot, 1 << 30)
        };
        let made = setting.create(anywhere).await.expect("created");
        assert_eq!(made.accessible_topology[0].segments["topology.kubernetes.io/zone"], "zone-b");
        let elsewhere = CreateVolumeRequest {
            name: "pvc-8b4e28ba-2fa1-41d2-883f-0016d3cca427".into(),
            accessibility_requirements: within(&["zone-a"]).accessibility_requirements,
            ..made_of(&snapshot, 1 << 30)
        };
        assert_eq!(setting.create(elsewhere).await.expect_err("it is not there").code(), Code::ResourceExhausted);
    });
}

#[test]
fn snapshots_are_listed_page_by_page() {
    Setting::two(Behaviours::default(), |setting| async move {
        let mut taken = BTreeSet::new();
        for (name, zone) in [("pvc-a", "zone-a"), ("pvc-b", "zone-b")] {
            let request = CreateVolumeRequest { name: name.into(), ..within(&[zone]) };
            let volume = setting.create(request).await.expect("created").volume_id;
            for place in 0..3 {
                taken.insert(setting.snapshot(&volume, &format!("{name}-{place}")).await.expect("taken").snapshot_id);
            }
        }
        let (mut seen, mut token) = (BTreeSet::new(), String::new());
        for _ in 0..3 {
            let asked = ListSnapshotsRequest { max_entries: 2, starting_token: token, ..Default::default() };
            let (page, next) = setting.list(asked).await.expect("listed");
            assert_eq!(page.len(), 2);
            seen.extend(page);
            token = next;
        }
        assert_eq!((seen, token.as_str()), (taken.clone(), ""));
        let one = taken.first().expect("some").clone();
        let volume = one.split('+').next().expect("a volume").to_owned();
        let of_volume = ListSnapshotsRequest { source_volume_id: volume.clone(), ..Default::default() };
        assert_eq!(setting.list(of_volume).await.expect("listed").0.len(), 3);
        let both = ListSnapshotsRequest { source_volume_id: volume, snapshot_id: one.clone(), ..Default::default() };
        assert_eq!(setting.list(both).await.expect("listed").0, BTreeSet::from([one]));
        let wrong = ListSnapshotsRequest { starting_token: "soon".into(), ..Default::default() };
        assert_eq!(setting.list(wrong).await.expect_err("it is no token").code(), Code::InvalidArgument);
    });
}

#[test]
fn a_snapshot_of_a_volume_in_use_whose_task_fails_is_taken_at_the_next_attempt() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let volume = setting.attached().await;
        setting.fails_next(Method::CnsCreateSnapshots, fault("CnsFault"));
        assert_eq!(setting.snapshot(&volume, FIRST).await.expect_err("the task fails").code(), Code::Internal);
        setting.snapshot(&volume, FIRST).await.expect("taken");
        setting.unpublish(&volume, NODE).await.expect("detached");
    });
}

#[test]
fn a_restart_takes_up_what_was_begun() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let volume = setting.create(creation()).await.expect("created").volume_id;
        setting.snapshot_within(&volume, FIRST, std::time::Duration::from_millis(500)).await.expect_err("it takes longer");
        setting.start(Behaviours::default()).await;
        pass(30).await;
        setting.snapshot(&volume, FIRST).await.expect("it is there");
        let asked = ListSnapshotsRequest { source_volume_id: volume, ..Default::default() };
        assert_eq!(setting.list(asked).await.expect("listed").0.len(), 1);
    });
}
