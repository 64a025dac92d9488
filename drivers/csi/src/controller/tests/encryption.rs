//! Encryption: volumes under the right key provider, by whatever way the release has.

use super::*;

const SECRET: &str = "seatrial.dev/key-provider";

/// An encrypted volume under `kp-1`, and nodes under `kp-1` and `kp-2`.
async fn encrypted(version: &'static str, behaviours: Behaviours) -> (TestWorld, Controller, String) {
    let world = TestWorld::new(version, Crash::Never);
    {
        let mut script = world.script();
        let vm = |uuid, name, provider| Machine { provider: Some(provider), ..Machine::new(uuid, name) };
        script.vms = vec![vm(NODE, "worker-1", "kp-1"), vm(OTHER, "worker-2", "kp-2")];
        script.providers = BTreeMap::from([("kp-1", true), ("kp-2", true)]);
    }
    let controller = controller(&[&world], Vec::new(), behaviours);
    let id = create(&controller, creation()).await.expect("created").volume_id;
    world.script().keys.insert(id.clone(), ("kp-1", None));
    (world, controller, id)
}

async fn modify(controller: &Controller, volume_id: &str, key: &str, value: &str) -> Result<(), Status> {
    let mutable_parameters = BTreeMap::from([(key.to_owned(), value.to_owned())]);
    let request = v1::ControllerModifyVolumeRequest { volume_id: volume_id.into(), mutable_parameters, ..Default::default() };
    controller.controller_modify_volume(Request::new(request)).await.map(drop)
}

async fn publish_recrypting(controller: &Controller, volume_id: &str, node_id: &str) -> Result<(), Status> {
    let request = v1::ControllerPublishVolumeRequest {
        volume_id: volume_id.into(),
        node_id: node_id.into(),
        volume_capability: Some(capability(Mode::SingleNodeWriter)),
        volume_context: BTreeMap::from([("seatrial.dev/recrypt-before-attach".into(), "true".into())]),
        ..Default::default()
    };
    controller.controller_publish_volume(Request::new(request)).await.map(drop)
}

fn key(world: &TestWorld, id: &str) -> (&'static str, Option<&'static str>) {
    world.script().keys[id]
}

#[tokio::test(start_paused = true)]
async fn each_release_has_its_way_to_recrypt() {
    let mut told = Vec::new();
    for version in ["7.0.3", "8.0.3", "9.1.0"] {
        for attach in [false, true] {
            let (world, controller, id) = encrypted(version, Behaviours::default()).await;
            if attach {
                publish(&controller, &id, NODE).await.expect("attached");
            }
            world.script().calls.clear();
            let outcome =
                modify(&controller, &id, SECRET, "kp-2").await.map_err(|error| format!("{:?}: {}", error.code(), error.message()));
            let ways = ["CnsUpdateVolumeCrypto", "UpdateVStorageObjectCrypto_Task", "ReconfigVM_Task"];
            let used: Vec<&str> = ways.into_iter().filter(|way| world.script().calls.contains_key(way)).collect();
            told.push(format!("{version} attached={attach}: {used:?} {:?} {outcome:?}", key(&world, &id)));
            assert!(world.script().records.iter().all(|record| record.name == NAME), "a recrypt that has ended leaves no record");
        }
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_changed_is_told_with_the_remedy() {
    let (world, controller, id) = encrypted("8.0.3", Behaviours::default()).await;
    let mut told = Vec::new();
    let mut tell = |outcome: Result<(), Status>| {
        let status = outcome.expect_err("it cannot be done");
        told.push(format!("{:?}: {}", status.code(), status.message()));
    };
    tell(modify(&controller, &id, SECRET, "kp-3").await);
    tell(modify(&controller, &id, SECRET, " ").await);
    tell(modify(&controller, &id, "iops", "5").await);
    tell(modify(&controller, "1b4e28ba-2fa1-41d2-883f-0016d3cca427", SECRET, "kp-2").await);
    world.script().providers.insert("kp-2", false);
    tell(modify(&controller, &id, SECRET, "kp-2").await);
    tell(publish_recrypting(&controller, &id, OTHER).await);
    world.script().vms[1].provider = None;
    tell(publish_recrypting(&controller, &id, OTHER).await);
    world.script().keys.clear();
    tell(modify(&controller, &id, SECRET, "kp-1").await);
    tell(publish_recrypting(&controller, &id, NODE).await);
    assert!(world.script().vms.iter().all(|vm| vm.volumes.is_empty()), "nothing was attached");
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_volume_is_brought_under_the_provider_of_its_node_before_it_is_attached() {
    let (world, controller, id) = encrypted("8.0.3", Behaviours::default()).await;
    publish_recrypting(&controller, &id, OTHER).await.expect("attached");
    publish_recrypting(&controller, &id, OTHER).await.expect("attached already");
    assert_eq!((key(&world, &id), world.script().vms[1].volumes.len()), (("kp-2", None), 1));
    assert_eq!(world.script().calls["UpdateVStorageObjectCrypto_Task"], 1);
    let (world, controller, id) = encrypted("8.0.3", Behaviours { recrypt_before_attach: false, ..Behaviours::default() }).await;
    publish_recrypting(&controller, &id, OTHER).await.expect("attached");
    assert_eq!(key(&world, &id), ("kp-1", None), "machine and disk are under two providers");
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_recrypt_is_taken_up_again() {
    for (behaviours, after) in [
        (Behaviours::default(), ("kp-2", None)),
        (Behaviours { retry_interrupted_recrypt: false, ..Behaviours::default() }, ("kp-2", Some("kp-1"))),
    ] {
        let (world, controller, id) = encrypted("8.0.3", behaviours).await;
        world.script().interrupt_next_recrypt = true;
        let told = modify(&controller, &id, SECRET, "kp-2").await.expect_err("it was interrupted");
        assert_eq!(told.code(), Code::Unavailable);
        assert_eq!(key(&world, &id), ("kp-2", Some("kp-1")), "both keys are needed");
        // Another process, that knows only what was written down.
        let controller = super::controller(&[&world], Vec::new(), behaviours);
        modify(&controller, &id, SECRET, "kp-2").await.expect("done, or taken for done");
        assert_eq!(key(&world, &id), after);
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_down_delays_the_attach_and_nothing_else() {
    let (world, controller, id) = encrypted("9.1.0", Behaviours::default()).await;
    world.script().providers.insert("kp-2", false);
    assert_eq!(publish_recrypting(&controller, &id, OTHER).await.expect_err("no key").code(), Code::Unavailable);
    assert_eq!((key(&world, &id), world.script().vms[1].volumes.len()), (("kp-1", None), 0));
    world.script().providers.insert("kp-2", true);
    publish_recrypting(&controller, &id, OTHER).await.expect("attached");
    assert_eq!(key(&world, &id), ("kp-2", None));
}

#[tokio::test(start_paused = true)]
async fn a_new_volume_has_its_key_from_the_provider_of_its_class() {
    let (world, controller) = started(Behaviours::default());
    world.script().policies = vec![("secret".into(), "policy-1".into(), vec![MoRef::new("Datastore", "datastore-1")])];
    let asked = |parameters: &[(&str, &str)]| v1::CreateVolumeRequest {
        parameters: parameters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        mutable_parameters: BTreeMap::from([(SECRET.to_owned(), "kp-2".to_owned())]),
        ..creation()
    };
    let refused = create(&controller, asked(&[])).await.expect_err("nothing is encrypted");
    assert_eq!(refused.code(), Code::InvalidArgument);
    insta::assert_snapshot!(refused.message());
    let volume = create(&controller, asked(&[("storagepolicyname", "secret"), ("seatrial.dev/recrypt-before-attach", "true")])).await;
    assert_eq!(volume.expect("created").volume_context["seatrial.dev/recrypt-before-attach"], "true");
    assert_eq!(world.script().key_providers, [Some("kp-2".to_owned())]);
}
