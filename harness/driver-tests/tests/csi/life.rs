//! A volume's life: each call twice, by callers who go away, and about what cannot be given.

use std::collections::BTreeMap;
use std::time::Duration;

use csi_api::v1;
use csi_api::v1::volume_capability::access_mode::Mode;
use csi_api::v1::{CapacityRange, VolumeCapability};

use crate::setting::capability;
use crate::{Behaviours, Code, NODE, OTHER, Setting, creation, pass};

#[test]
fn a_volume_s_life_may_come_twice_at_every_step() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let volume = setting.create(creation()).await.expect("created");
        assert_eq!(setting.create(creation()).await.expect("created already"), volume);
        assert_eq!(volume.capacity_bytes, 1 << 30);
        assert_eq!(volume.volume_context["type"], "vSphere CNS Block Volume");
        let id = volume.volume_id;
        let context = setting.publish(&id, NODE).await.expect("attached");
        assert_eq!(setting.publish(&id, &NODE.to_uppercase()).await.expect("attached already"), context);
        assert_eq!(context["diskUUID"], setting.volume(&id).disk_uuid.to_lowercase().replace('-', ""));
        for _ in 0..2 {
            setting.unpublish(&id, NODE).await.expect("detached");
        }
        for _ in 0..2 {
            setting.delete(&id).await.expect("deleted");
        }
        assert_eq!(setting.sent("vc-a", "CnsCreateVolume"), 1);
        assert!(setting.records().await.is_empty(), "a deleted volume leaves no record");
    });
}

#[test]
fn a_volume_that_another_machine_has_is_not_attached_and_the_other_is_named() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let id = setting.create(creation()).await.expect("created").volume_id;
        setting.publish(&id, OTHER).await.expect("attached");
        let refused = setting.publish(&id, NODE).await.expect_err("it is in use");
        assert_eq!(refused.code(), Code::FailedPrecondition);
        insta::assert_snapshot!(refused.message());
        setting.unpublish(&id, NODE).await.expect("it was never there");
        setting.unpublish(&id, "").await.expect("from wherever it is");
        setting.publish(&id, NODE).await.expect("it is free now");
    });
}

#[test]
fn without_attaching_first_success_is_made_up() {
    Setting::alone(Behaviours { attach_before_answering: false, ..Behaviours::default() }, |setting| async move {
        let id = setting.create(creation()).await.expect("created").volume_id;
        let context = setting.publish(&id, NODE).await.expect("it says so");
        assert_eq!(context["diskUUID"].len(), 32);
        assert!(setting.disks("worker-1").is_empty());
    });
}

/// A caller who waits for a tenth of a second.
async fn impatient(setting: &Setting) {
    assert!(tokio::time::timeout(Duration::from_millis(100), setting.create(creation())).await.is_err());
    pass(30).await;
}

#[test]
fn a_caller_who_goes_away_does_not_stop_the_create() {
    Setting::alone(Behaviours::default(), |setting| async move {
        impatient(&setting).await;
        assert!(setting.records().await[0]["status"]["volumeID"].is_string());
        setting.create(creation()).await.expect("it is there");
        assert_eq!(setting.sent("vc-a", "CnsCreateVolume"), 1);
    });
}

#[test]
fn a_change_ends_with_its_caller_where_that_is_not_guarded_against() {
    Setting::alone(Behaviours { changes_outlive_callers: false, ..Behaviours::default() }, |setting| async move {
        impatient(&setting).await;
        let records = setting.records().await;
        let known = records.first().is_some_and(|record| record["status"]["volumeID"].is_string());
        assert!(!known, "nobody wrote down what became of it: {records:?}");
    });
}

#[test]
fn two_calls_for_one_name_stand_in_line() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let both = futures::future::join(setting.create(creation()), setting.create(creation())).await;
        assert_eq!(both.0.expect("created"), both.1.expect("created already"));
        assert_eq!(setting.sent("vc-a", "CnsCreateVolume"), 1);
    });
}

#[test]
fn what_cannot_be_given_is_refused_with_its_reason() {
    let parameter =
        |key: &str, value: &str| v1::CreateVolumeRequest { parameters: BTreeMap::from([(key.to_owned(), value.to_owned())]), ..creation() };
    let requests = [
        v1::CreateVolumeRequest { name: String::new(), ..creation() },
        v1::CreateVolumeRequest { volume_capabilities: Vec::new(), ..creation() },
        v1::CreateVolumeRequest { volume_capabilities: vec![capability(Mode::MultiNodeMultiWriter)], ..creation() },
        v1::CreateVolumeRequest { volume_capabilities: vec![VolumeCapability::default()], ..creation() },
        v1::CreateVolumeRequest { volume_content_source: Some(v1::VolumeContentSource::default()), ..creation() },
        v1::CreateVolumeRequest { capacity_range: Some(CapacityRange { required_bytes: 2, limit_bytes: 1 }), ..creation() },
        parameter("storagepolicyname", "gold"),
        parameter("StoragePolicyNam", "gold"),
        parameter("fstype", "ntfs"),
        parameter("datastoreurl", "ds:///vmfs/volumes/none/"),
    ];
    Setting::alone(Behaviours::default(), |setting| async move {
        let mut told = Vec::new();
        for request in requests {
            let status = setting.create(request).await.expect_err("it cannot be given");
            told.push(format!("{:?}: {}", status.code(), status.message()));
        }
        insta::assert_snapshot!(told.join("\n"));
    });
}

#[test]
fn ids_that_this_driver_never_gave_are_no_volumes() {
    Setting::alone(Behaviours::default(), |setting| async move {
        setting.delete("file:1").await.expect("there is nothing to delete");
        setting.unpublish("file:1", NODE).await.expect("there is nothing to detach");
        for unknown in ["file:1", "1b4e28ba-2fa1-41d2-883f-0016d3cca427"] {
            assert_eq!(setting.publish(unknown, NODE).await.expect_err("there is none").code(), Code::NotFound);
        }
        let id = setting.create(creation()).await.expect("created").volume_id;
        let nobody = "4216511d-ffff-4455-6677-8899aabbccdd";
        assert_eq!(setting.publish(&id, nobody).await.expect_err("no such node").code(), Code::NotFound);
    });
}
