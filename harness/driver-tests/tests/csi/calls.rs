//! What each RPC asks of vCenter and of Kubernetes: a reviewed list, so that nobody makes the driver talk more without noticing.

use std::collections::BTreeMap;

use csi_api::v1;
use fake_vcenter_world::{KeyProviderConfig, PolicyConfig};

use crate::setting::vcenter;
use crate::{Behaviours, NODE, Setting, within};

#[test]
fn each_rpc_asks_no_more_than_it_needs() {
    let mut config = vcenter("vc-a", "zone-a");
    config.key_providers =
        vec![KeyProviderConfig { default: true, ..KeyProviderConfig::standard("kp-1") }, KeyProviderConfig::standard("kp-2")];
    config.policies = vec![PolicyConfig::encrypting("gold")];
    let mut machine = crate::setting::machine("worker-1", NODE, "prod");
    machine.encrypted_with = Some("kp-2".into());
    config.inventory.datacenters[0].vms = vec![machine];
    Setting::begin(vec![config], true, |setting| async move {
        setting.start(Behaviours::default()).await;
        let mut lines = Vec::new();
        let mut told = |what: &str| lines.push(format!("{what}: {}", setting.asked()));
        let request =
            v1::CreateVolumeRequest { parameters: BTreeMap::from([("storagepolicyname".into(), "gold".into())]), ..within(&["zone-a"]) };
        let id = setting.create(request.clone()).await.expect("created").volume_id;
        told("first CreateVolume with topology and policy");
        setting.create(v1::CreateVolumeRequest { name: "another".into(), ..request.clone() }).await.expect("created");
        told("next CreateVolume, 8.0.3 without a chosen id");
        setting.create(request).await.expect("created already");
        told("CreateVolume of what is there");
        setting.modify(&id, "seatrial.dev/key-provider", "kp-2").await.expect("modified");
        told("ControllerModifyVolume");
        setting.publish(&id, NODE).await.expect("attached");
        told("ControllerPublishVolume");
        setting.publish(&id, NODE).await.expect("attached already");
        told("ControllerPublishVolume of what is attached");
        setting.unpublish(&id, NODE).await.expect("detached");
        told("ControllerUnpublishVolume");
        setting.delete(&id).await.expect("deleted");
        told("DeleteVolume");
        insta::assert_snapshot!(lines.join("\n"));
    });
}
