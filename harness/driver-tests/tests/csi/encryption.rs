//! Encryption: volumes under the right key provider, by whatever way the release has.

use std::collections::BTreeMap;

use csi_api::v1;
use fake_vcenter_world::{KeyProviderConfig, PolicyConfig, Release, WorldConfig};
use tonic::Status;
use vsphere_types::Method;

use crate::setting::alone;
use crate::{Behaviours, Code, NODE, OTHER, Setting, creation, fault};

const SECRET: &str = "seatrial.dev/key-provider";
const RECRYPT: &str = "seatrial.dev/recrypt-before-attach";

/// A vCenter with two key providers, a policy that encrypts, and nodes under `kp-1` and `kp-2`.
fn encrypting(release: Release) -> WorldConfig {
    let mut config = alone();
    config.release = release;
    config.key_providers =
        vec![KeyProviderConfig { default: true, ..KeyProviderConfig::standard("kp-1") }, KeyProviderConfig::standard("kp-2")];
    config.policies = vec![PolicyConfig::encrypting("secret")];
    for (vm, provider) in config.inventory.datacenters[0].vms.iter_mut().zip(["kp-1", "kp-2"]) {
        vm.encrypted_with = Some(provider.to_owned());
    }
    config
}

/// A request for an encrypted volume.
fn secret() -> v1::CreateVolumeRequest {
    v1::CreateVolumeRequest { parameters: BTreeMap::from([("storagepolicyname".to_owned(), "secret".to_owned())]), ..creation() }
}

/// Does `body` with an encrypted volume under `kp-1`.
fn encrypted<F: Future>(release: Release, behaviours: Behaviours, body: impl FnOnce(Setting, String) -> F) -> F::Output {
    Setting::begin(vec![encrypting(release)], false, |setting| async move {
        setting.start(behaviours).await;
        let id = setting.create(secret()).await.expect("created").volume_id;
        assert_eq!(key(&setting, &id), ("kp-1".to_owned(), None));
        body(setting, id).await
    })
}

async fn publish_recrypting(setting: &Setting, id: &str, node: &str) -> Result<(), Status> {
    setting.publish_with(id, node, &[(RECRYPT, "true")]).await.map(drop)
}

/// The provider of a volume's key, and of the key before while a recrypt is not finished.
fn key(setting: &Setting, id: &str) -> (String, Option<String>) {
    let volume = setting.volume(id);
    (volume.key.map(|key| key.provider).unwrap_or_default(), volume.old_key.map(|key| key.provider))
}

fn available(setting: &Setting, provider: &str, available: bool) {
    setting.a().act(|world, now| world.set_key_provider_available(now, provider, available));
}

#[test]
fn each_release_has_its_way_to_recrypt() {
    let mut told = Vec::new();
    for (name, release) in [("7.0.3", Release::V7_0U3), ("8.0.3", Release::V8_0U3), ("9.1.0", Release::V9_1)] {
        for attach in [false, true] {
            told.push(encrypted(release, Behaviours::default(), |setting, id| async move {
                if attach {
                    setting.publish(&id, NODE).await.expect("attached");
                }
                setting.world.forget();
                let outcome = setting.modify(&id, SECRET, "kp-2").await;
                let outcome = outcome.map_err(|error| format!("{:?}: {}", error.code(), error.message()));
                let ways = ["CnsUpdateVolumeCrypto", "UpdateVStorageObjectCrypto_Task", "ReconfigVM_Task"];
                let used: Vec<&str> = ways.into_iter().filter(|way| setting.sent("vc-a", way) > 0).collect();
                assert_eq!(setting.records().await.len(), 1, "a recrypt that has ended leaves no record: this is the create's");
                format!("{name} attached={attach}: {used:?} {:?} {outcome:?}", key(&setting, &id))
            }));
        }
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_cannot_be_changed_is_told_with_the_remedy() {
    encrypted(Release::V8_0U3, Behaviours::default(), |setting, id| async move {
        let mut told = Vec::new();
        let mut tell = |outcome: Result<(), Status>| {
            let status = outcome.expect_err("it cannot be done");
            told.push(format!("{:?}: {}", status.code(), status.message()));
        };
        tell(setting.modify(&id, SECRET, "kp-3").await);
        tell(setting.modify(&id, SECRET, " ").await);
        tell(setting.modify(&id, "iops", "5").await);
        tell(setting.modify("1b4e28ba-2fa1-41d2-883f-0016d3cca427", SECRET, "kp-2").await);
        let clear = setting.create(v1::CreateVolumeRequest { name: "clear".into(), ..creation() }).await.expect("created").volume_id;
        tell(setting.modify(&clear, SECRET, "kp-1").await);
        tell(publish_recrypting(&setting, &clear, NODE).await);
        available(&setting, "kp-2", false);
        tell(setting.modify(&id, SECRET, "kp-2").await);
        tell(publish_recrypting(&setting, &id, OTHER).await);
        assert!(setting.disks("worker-1").is_empty() && setting.disks("worker-2").is_empty(), "nothing was attached");
        insta::assert_snapshot!(told.join("\n"));
    });
}

#[test]
fn a_machine_in_clear_has_no_provider_to_bring_a_volume_under() {
    let mut config = encrypting(Release::V8_0U3);
    config.inventory.datacenters[0].vms[1].encrypted_with = None;
    Setting::begin(vec![config], false, |setting| async move {
        setting.start(Behaviours::default()).await;
        let id = setting.create(secret()).await.expect("created").volume_id;
        let refused = publish_recrypting(&setting, &id, OTHER).await.expect_err("the machine has no key");
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert!(setting.disks("worker-2").is_empty());
        insta::assert_snapshot!(refused.message());
    });
}

#[test]
fn a_volume_is_brought_under_the_provider_of_its_node_before_it_is_attached() {
    encrypted(Release::V8_0U3, Behaviours::default(), |setting, id| async move {
        publish_recrypting(&setting, &id, OTHER).await.expect("attached");
        publish_recrypting(&setting, &id, OTHER).await.expect("attached already");
        assert_eq!((key(&setting, &id), setting.disks("worker-2").len()), (("kp-2".to_owned(), None), 1));
        assert_eq!(setting.sent("vc-a", "UpdateVStorageObjectCrypto_Task"), 1);
    });
    encrypted(Release::V8_0U3, Behaviours { recrypt_before_attach: false, ..Behaviours::default() }, |setting, id| async move {
        publish_recrypting(&setting, &id, OTHER).await.expect("attached");
        assert_eq!(key(&setting, &id), ("kp-1".to_owned(), None), "machine and disk are under two providers");
    });
}

#[test]
fn an_interrupted_recrypt_is_taken_up_again() {
    let careless = Behaviours { retry_interrupted_recrypt: false, ..Behaviours::default() };
    for (behaviours, after) in [(Behaviours::default(), None), (careless, Some("kp-1".to_owned()))] {
        encrypted(Release::V8_0U3, behaviours, |setting, id| async move {
            setting.fails_next(Method::UpdateVStorageObjectCryptoTask, fault("SystemError"));
            setting.modify(&id, SECRET, "kp-2").await.expect_err("it was interrupted");
            assert_eq!(key(&setting, &id), ("kp-2".to_owned(), Some("kp-1".to_owned())), "both keys are needed");
            // Another process, that knows only what was written down.
            setting.start(behaviours).await;
            setting.modify(&id, SECRET, "kp-2").await.expect("done, or taken for done");
            assert_eq!(key(&setting, &id), ("kp-2".to_owned(), after));
        });
    }
}

#[test]
fn a_provider_that_is_down_delays_the_attach_and_nothing_else() {
    encrypted(Release::V9_1, Behaviours::default(), |setting, id| async move {
        available(&setting, "kp-2", false);
        assert_eq!(publish_recrypting(&setting, &id, OTHER).await.expect_err("no key").code(), Code::Unavailable);
        assert_eq!((key(&setting, &id), setting.disks("worker-2").len()), (("kp-1".to_owned(), None), 0));
        available(&setting, "kp-2", true);
        publish_recrypting(&setting, &id, OTHER).await.expect("attached");
        assert_eq!(key(&setting, &id), ("kp-2".to_owned(), None));
    });
}

#[test]
fn a_new_volume_has_its_key_from_the_provider_of_its_class() {
    Setting::begin(vec![encrypting(Release::V8_0U3)], false, |setting| async move {
        setting.start(Behaviours::default()).await;
        let under = |request: v1::CreateVolumeRequest| v1::CreateVolumeRequest {
            mutable_parameters: BTreeMap::from([(SECRET.to_owned(), "kp-2".to_owned())]),
            ..request
        };
        let refused = setting.create(under(creation())).await.expect_err("nothing is encrypted");
        assert_eq!(refused.code(), Code::InvalidArgument);
        insta::assert_snapshot!(refused.message());
        let mut request = under(secret());
        request.parameters.insert(RECRYPT.to_owned(), "true".to_owned());
        let volume = setting.create(request).await.expect("created");
        assert_eq!(volume.volume_context[RECRYPT], "true");
        assert_eq!(key(&setting, &volume.volume_id), ("kp-2".to_owned(), None));
    });
}
