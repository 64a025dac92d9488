//! Keys, encrypted volumes and machines, and changing their keys, as clients see it.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use std::time::Duration;

use common::{Client, fault_of, list, text};
use fake_vcenter_world::{KeyProviderConfig, KeyProviderKind, KeyRef, PowerState, Release, VolumeFacts, WorldConfig};
use proptest::prelude::*;
use vsphere_types::{
    BaseConfigInfoDiskFileBackingInfo, CnsVolumeCreateResult, CnsVolumeCryptoUpdateSpec, CnsVolumeId, CryptoKeyId, CryptoSpecEncrypt,
    CryptoSpecShallowRecrypt, DataObject, DiskCryptoSpec, Fault, Id, KeyProviderId, Method, MoRef, Object, TaskInfo, VStorageObject, Value,
    VirtualDeviceConfigSpec, VirtualDeviceConfigSpecBackingSpec, VirtualDeviceConfigSpecOperation, VirtualDisk,
    VirtualDiskFlatVer2BackingInfo, VirtualMachineConfigSpec, VirtualMachineDefinedProfileSpec,
};

const ENCRYPTION_POLICY: &str = "4d5f673c-536f-11e6-beb8-9e71128cae77";

/// Three providers, of which `kp-1` is the default; `worker-1` and `worker-2` are encrypted under it, `worker-3` is in clear.
fn config(release: Release) -> WorldConfig {
    let mut config = WorldConfig { release, ..WorldConfig::small("vc-a", 3, 3) };
    config.key_providers = vec![
        KeyProviderConfig { default: true, ..KeyProviderConfig::standard("kp-1") },
        KeyProviderConfig::standard("kp-2"),
        KeyProviderConfig { name: "native".to_owned(), kind: KeyProviderKind::Native, default: false },
    ];
    for vm in config.inventory.datacenters[0].vms.iter_mut().take(2) {
        vm.encrypted_with = Some("kp-1".to_owned());
    }
    config
}

fn client(release: Release) -> Client {
    Client::new(config(release))
}

fn policy() -> Vec<Object> {
    vec![VirtualMachineDefinedProfileSpec { profile_id: ENCRYPTION_POLICY.to_owned(), ..Default::default() }.into_object()]
}

fn create_task(client: &mut Client, name: &str) -> MoRef {
    let mut spec = client.spec(name, 10);
    spec.profile = policy();
    client.create_task(spec)
}

fn create(client: &mut Client, name: &str) -> String {
    let task = create_task(client, name);
    let result: CnsVolumeCreateResult = client.result(&task).downcast().unwrap();
    assert_eq!(result.fault, None);
    result.volume_id.unwrap().id
}

fn volume(client: &Client, id: &str) -> VolumeFacts {
    client.world.volumes().into_iter().find(|volume| volume.id == id).unwrap()
}

fn key(provider: &str, id: &str) -> CryptoKeyId {
    CryptoKeyId { key_id: id.to_owned(), provider_id: Some(KeyProviderId { id: provider.to_owned() }) }
}

fn shallow(provider: &str) -> Object {
    CryptoSpecShallowRecrypt { new_key_id: key(provider, "") }.into_object()
}

fn cns_recrypt(client: &mut Client, id: &str, crypto: Object) -> Result<MoRef, Fault> {
    let disks_crypto = Some(DiskCryptoSpec { crypto, ..DiskCryptoSpec::default() }.into_object());
    let spec = CnsVolumeCryptoUpdateSpec { volume_id: CnsVolumeId { id: id.to_owned() }, disks_crypto, ..Default::default() };
    client.task(Method::CnsUpdateVolumeCrypto, vec![("updateSpecs", list(vec![spec]))])
}

fn disk_recrypt(client: &mut Client, id: &str, crypto: Object) -> Result<MoRef, Fault> {
    let manager = MoRef::new("VcenterVStorageObjectManager", "VStorageObjectManager");
    let datastore = client.world.datastores()[0].datastore.clone();
    let fields = vec![
        ("id", Value::of(Id { id: id.to_owned() })),
        ("datastore", Value::Ref(datastore)),
        ("disksCrypto", Value::of(DiskCryptoSpec { crypto, ..DiskCryptoSpec::default() })),
    ];
    match client.call(&manager, Method::UpdateVStorageObjectCryptoTask, fields)? {
        Some(Value::Ref(task)) => Ok(task),
        other => panic!("no task: {other:?}"),
    }
}

fn disks(client: &mut Client, vm: &MoRef) -> Vec<VirtualDisk> {
    let Ok(Some(Value::Array(devices))) = client.property(vm, "config.hardware.device") else { panic!("no devices") };
    let disk = |device: Value| if let Value::Object(device) = device { device.downcast::<VirtualDisk>().ok() } else { None };
    devices.items.into_iter().filter_map(disk).filter(|disk| disk.v_disk_id.is_some()).collect()
}

/// A reconfiguration of a machine and of all its volumes that gives each the same change.
fn reconfigure(client: &mut Client, vm: &MoRef, machine: Option<Object>, each_disk: &Object) -> TaskInfo {
    let edit = |disk: VirtualDisk| {
        VirtualDeviceConfigSpec {
            operation: Some(VirtualDeviceConfigSpecOperation::Edit),
            device: disk.into_object(),
            backing: Some(VirtualDeviceConfigSpecBackingSpec { crypto: Some(each_disk.clone()), ..Default::default() }),
            ..Default::default()
        }
        .into_object()
    };
    let device_change = disks(client, vm).into_iter().map(edit).collect();
    let spec = VirtualMachineConfigSpec { crypto: machine, device_change, ..VirtualMachineConfigSpec::default() };
    let Ok(Some(Value::Ref(task))) = client.call(vm, Method::ReconfigVmTask, vec![("spec", Value::of(spec))]) else { panic!("no task") };
    client.info(&task)
}

fn backing_key(client: &mut Client, vm: &MoRef) -> Option<CryptoKeyId> {
    let backing = disks(client, vm)[0].backing.clone().unwrap();
    backing.downcast::<VirtualDiskFlatVer2BackingInfo>().unwrap().key_id
}

#[test]
fn a_volume_whose_policy_encrypts_has_a_key_of_its_own_that_clients_see() {
    let mut client = client(Release::V8_0U3);
    let (first, second) = (create(&mut client, "pvc-1"), create(&mut client, "pvc-2"));
    let (key, other) = (volume(&client, &first).key.unwrap(), volume(&client, &second).key.unwrap());
    assert_eq!((key.provider.as_str(), key == other), ("kp-1", false));
    let vm = client.vm("worker-1");
    let task = client.attach_task(&first, &vm);
    assert_eq!(fault_of(&client.result(&task)), None);
    assert_eq!(backing_key(&mut client, &vm), Some(key.shown()));
    let manager = MoRef::new("VcenterVStorageObjectManager", "VStorageObjectManager");
    let datastore = client.world.datastores()[0].datastore.clone();
    let fields = vec![("id", Value::of(Id { id: first })), ("datastore", Value::Ref(datastore))];
    let Ok(Some(Value::Object(disk))) = client.call(&manager, Method::RetrieveVStorageObject, fields) else { panic!("no disk") };
    let backing = disk.downcast::<VStorageObject>().unwrap().config.backing;
    assert_eq!(backing.downcast::<BaseConfigInfoDiskFileBackingInfo>().unwrap().key_id, Some(key.shown()));
    let Ok(Some(Value::Object(machine))) = client.property(&vm, "config.keyId") else { panic!("the machine is encrypted") };
    assert_eq!(machine.downcast::<CryptoKeyId>().unwrap().provider_id, Some(KeyProviderId { id: "kp-1".to_owned() }));
}

#[test]
fn without_a_provider_that_answers_nothing_is_made_in_clear() {
    let mut client = client(Release::V8_0U3);
    client.world.set_key_provider_available(client.now, "kp-1", false).unwrap();
    let task = create_task(&mut client, "pvc-1");
    let refused = told(&client.result(&task));
    client.world.set_key_provider_available(client.now, "kp-1", true).unwrap();
    client.world.set_default_key_provider(client.now, None).unwrap();
    let task = create_task(&mut client, "pvc-1");
    let without_default = told(&client.result(&task));
    assert_eq!(client.world.volumes(), []);
    insta::assert_snapshot!(format!("provider down: {refused}\nno default: {without_default}"));
}

/// What a result says went wrong, with its cause.
fn told(entry: &Object) -> String {
    let Some(Value::Object(localized)) = entry.get("fault") else { return "nothing".to_owned() };
    told_of(localized)
}

fn told_of(localized: &Object) -> String {
    let Some(Value::Object(fault)) = localized.get("fault") else { return "no fault".to_owned() };
    let mut told = fault.type_name.to_string();
    if let Some(Value::Text(message)) = localized.get("localizedMessage") {
        told.push_str(&format!(" {message:?}"));
    }
    if let Some(Value::Array(messages)) = fault.get("faultMessage") {
        for message in &messages.items {
            let Value::Object(message) = message else { continue };
            let Some(Value::Text(key)) = message.get("key") else { continue };
            told.push_str(&format!(" [{key}]"));
        }
    }
    if let Some(Value::Object(cause)) = fault.get("faultCause") {
        told.push_str(&format!("\n    because of {}", told_of(cause)));
    }
    told
}

#[test]
fn an_encrypted_disk_needs_an_encrypted_machine_and_a_key_that_can_be_had() {
    let mut client = client(Release::V8_0U3);
    let id = create(&mut client, "pvc-1");
    let mut lines = Vec::new();
    let (encrypted, clear) = (client.vm("worker-1"), client.vm("worker-3"));
    let task = client.attach_task(&id, &clear);
    lines.push(format!("to a machine in clear: {}", told(&client.result(&task))));
    client.world.set_key_provider_available(client.now, "kp-1", false).unwrap();
    let task = client.attach_task(&id, &encrypted);
    lines.push(format!("provider down: {}", told(&client.result(&task))));
    assert!(volume(&client, &id).attached_to.is_empty());
    let Ok(Some(Value::Text(state))) = client.property(&encrypted, "runtime.cryptoState") else { panic!("it is encrypted") };
    lines.push(format!("the machine meanwhile: {state}"));
    client.world.set_key_provider_available(client.now, "kp-1", true).unwrap();
    let task = client.attach_task(&id, &encrypted);
    assert_eq!(fault_of(&client.result(&task)), None);
    // The host holds the key now, so that the provider is not needed for it any more.
    client.world.set_key_provider_available(client.now, "kp-1", false).unwrap();
    let task = client.detach_task(&id, &encrypted);
    client.result(&task);
    let task = client.attach_task(&id, &encrypted);
    lines.push(format!("key in the host's cache: {}", told(&client.result(&task))));
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn an_old_key_is_not_needed_after_a_recrypt() {
    for attached in [false, true] {
        let mut client = client(Release::V8_0U3);
        let id = create(&mut client, "pvc-1");
        let old = volume(&client, &id).key.unwrap();
        let vm = client.vm("worker-1");
        if attached {
            let task = client.attach_task(&id, &vm);
            client.result(&task);
            assert_eq!(reconfigure(&mut client, &vm, None, &shallow("kp-2")).error, None);
        } else {
            let task = disk_recrypt(&mut client, &id, shallow("kp-2")).unwrap();
            assert_eq!(client.info(&task).error, None);
        }
        let now = volume(&client, &id);
        assert_eq!((now.key.as_ref().unwrap().provider.as_str(), now.old_key), ("kp-2", None));
        client.world.destroy_key(client.now, &old).unwrap();
        let task = if attached { client.detach_task(&id, &vm) } else { client.attach_task(&id, &vm) };
        assert_eq!(fault_of(&client.result(&task)), None);
        let other = client.vm("worker-2");
        let task = if attached { client.attach_task(&id, &other) } else { client.detach_task(&id, &vm) };
        assert_eq!(fault_of(&client.result(&task)), None);
    }
}

/// A recrypt that began while the provider answered and ended while it did not.
fn interrupted(client: &mut Client, id: &str) -> MoRef {
    let task = cns_recrypt(client, id, shallow("kp-2")).unwrap();
    while volume(client, id).old_key.is_none() {
        client.pass(Duration::from_millis(50));
    }
    client.world.set_key_provider_available(client.now, "kp-2", false).unwrap();
    task
}

#[test]
fn a_recrypt_that_fails_half_way_leaves_a_volume_that_opens_with_either_key() {
    let mut client = client(Release::V9_1);
    let id = create(&mut client, "pvc-1");
    let task = interrupted(&mut client, &id);
    let failed = told(&client.result(&task));
    let between = volume(&client, &id);
    let (new, old) = (between.key.unwrap(), between.old_key.unwrap());
    assert_eq!((old.provider.as_str(), new.provider.as_str()), ("kp-1", "kp-2"));
    let vm = client.vm("worker-1");
    for provider in ["kp-1", "kp-2"] {
        for name in ["kp-1", "kp-2"] {
            client.world.set_key_provider_available(client.now, name, name == provider).unwrap();
        }
        let task = client.attach_task(&id, &vm);
        assert_eq!(fault_of(&client.result(&task)), None, "{provider} opens it");
        let task = client.detach_task(&id, &vm);
        client.result(&task);
    }
    let task = cns_recrypt(&mut client, &id, shallow("kp-2")).unwrap();
    assert_eq!(fault_of(&client.result(&task)), None);
    let after = volume(&client, &id);
    assert_eq!((after.key, after.old_key), (Some(new), None), "it ends with the key that it began with");
    client.world.destroy_key(client.now, &old).unwrap();
    let task = client.attach_task(&id, &vm);
    assert_eq!(fault_of(&client.result(&task)), None);
    insta::assert_snapshot!(failed);
}

#[test]
fn each_release_changes_keys_in_its_own_ways() {
    let mut lines = Vec::new();
    for release in [Release::V7_0U3, Release::V8_0U3, Release::V9_1] {
        for attached in [false, true] {
            let mut client = client(release);
            let id = create(&mut client, "pvc-1");
            if attached {
                let vm = client.vm("worker-1");
                let task = client.attach_task(&id, &vm);
                client.result(&task);
            }
            let cns = match cns_recrypt(&mut client, &id, shallow("kp-2")) {
                Ok(task) => told(&client.result(&task)),
                Err(fault) => fault.type_name().to_owned(),
            };
            let disk = match disk_recrypt(&mut client, &id, shallow("kp-2")) {
                Ok(task) => client.info(&task).error.map_or_else(|| "nothing".to_owned(), |error| error.fault.type_name.into()),
                Err(fault) => fault.type_name().to_owned(),
            };
            let place = if attached { "attached" } else { "detached" };
            lines.push(format!("{} {place}: CNS {cns}; first class disk {disk}", release.version()));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_machine_changes_its_kind_of_keys_together_with_its_disks_or_not_at_all() {
    let mut client = client(Release::V8_0U3);
    let id = create(&mut client, "pvc-1");
    let vm = client.vm("worker-1");
    let task = client.attach_task(&id, &vm);
    client.result(&task);
    let refused = reconfigure(&mut client, &vm, Some(shallow("native")), &shallow("kp-2")).error.unwrap();
    assert_eq!(volume(&client, &id).key.unwrap().provider, "kp-1", "nothing of it was done");
    assert_eq!(reconfigure(&mut client, &vm, Some(shallow("native")), &shallow("native")).error, None);
    let machine = client.world.vm_named("worker-1").unwrap();
    assert_eq!((machine.key_provider.as_deref(), volume(&client, &id).key.unwrap().provider.as_str()), (Some("native"), "native"));
    insta::assert_snapshot!(told_of(&refused.into_object()));
}

#[test]
fn encrypting_a_machine_needs_it_switched_off() {
    let mut client = client(Release::V8_0U3);
    let vm = client.vm("worker-3");
    let encrypt = || Some(CryptoSpecEncrypt { crypto_key_id: key("kp-2", "") }.into_object());
    let refused = reconfigure(&mut client, &vm, encrypt(), &shallow("kp-2")).error.unwrap();
    assert_eq!(refused.fault.type_name, "InvalidPowerState");
    client.world.set_power(client.now, &vm, PowerState::PoweredOff).unwrap();
    assert_eq!(reconfigure(&mut client, &vm, encrypt(), &shallow("kp-2")).error, None);
    assert_eq!(client.world.vm_named("worker-3").unwrap().key_provider.as_deref(), Some("kp-2"));
}

#[test]
fn what_a_reconfiguration_does_not_serve_is_refused_by_name() {
    let mut client = client(Release::V8_0U3);
    let vm = client.vm("worker-1");
    let spec = VirtualMachineConfigSpec { num_cpus: Some(8), ..VirtualMachineConfigSpec::default() };
    let refused = client.call(&vm, Method::ReconfigVmTask, vec![("spec", Value::of(spec))]).unwrap_err();
    assert_eq!((refused.type_name(), refused.message.contains("spec.numCPUs")), ("NotSupported", true), "{}", refused.message);
}

#[test]
fn the_state_of_keys_and_providers_can_be_asked_for() {
    let mut client = client(Release::V8_0U3);
    let id = create(&mut client, "pvc-1");
    let KeyRef { provider, id: key_id } = volume(&client, &id).key.unwrap();
    let manager = MoRef::new("CryptoManagerKmip", "CryptoManager");
    let keys = || vec![key(&provider, &key_id), key(&provider, "nonsense"), key("nobody", "1")];
    let mut lines = Vec::new();
    for available in [true, false] {
        client.world.set_key_provider_available(client.now, "kp-1", available).unwrap();
        let fields = vec![("keyIds", list(keys())), ("checkKeyBitMap", Value::Int(3))];
        let Ok(Some(Value::Array(statuses))) = client.call(&manager, Method::QueryCryptoKeyStatus, fields) else { panic!("no answer") };
        for status in statuses.items {
            let Value::Object(status) = status else { panic!("no status") };
            lines.push(format!("{:?} {:?}", status.get("keyAvailable"), status.get("reason")));
        }
    }
    let Ok(Some(Value::Array(providers))) = client.call(&manager, Method::ListKmipServers, vec![]) else { panic!("no providers") };
    assert_eq!(providers.items.len(), 3);
    assert_eq!(client.property(&manager, "enabled").unwrap(), Some(Value::Bool(true)));
    assert_ne!(text(&key_id), text(""));
    insta::assert_snapshot!(lines.join("\n"));
}

/// One thing that happens to an encrypted volume.
#[derive(Clone, Debug)]
enum Disturbance {
    Recrypt(usize),
    Provider(usize, bool),
    Attach(usize),
    Detach(usize),
    Pass(u64),
    Restart,
    FailHost(usize),
    RecoverHost(usize),
}

fn disturbance() -> impl Strategy<Value = Disturbance> {
    prop_oneof![
        4 => (0_usize..2).prop_map(Disturbance::Recrypt),
        3 => (0_usize..2, any::<bool>()).prop_map(|(provider, up)| Disturbance::Provider(provider, up)),
        2 => (0_usize..3).prop_map(Disturbance::Attach),
        2 => (0_usize..3).prop_map(Disturbance::Detach),
        4 => (1_u64..8_000).prop_map(Disturbance::Pass),
        1 => Just(Disturbance::Restart),
        1 => (0_usize..3).prop_map(Disturbance::FailHost),
        1 => (0_usize..3).prop_map(Disturbance::RecoverHost),
    ]
}

const PROVIDERS: [&str; 2] = ["kp-1", "kp-2"];

fn apply(client: &mut Client, id: &str, disturbance: &Disturbance) {
    let now = client.now;
    let vm = |client: &Client, place: usize| client.vm(&format!("worker-{}", place + 1));
    match disturbance {
        Disturbance::Recrypt(provider) => drop(cns_recrypt(client, id, shallow(PROVIDERS[*provider])).unwrap()),
        Disturbance::Provider(provider, up) => client.world.set_key_provider_available(now, PROVIDERS[*provider], *up).unwrap(),
        Disturbance::Attach(place) => drop(client.attach_task(id, &vm(client, *place))),
        Disturbance::Detach(place) => drop(client.detach_task(id, &vm(client, *place))),
        Disturbance::Pass(milliseconds) => client.pass(Duration::from_millis(*milliseconds)),
        Disturbance::Restart => {
            client.world.restart(now);
            client.session = None;
            client.login().unwrap();
        }
        Disturbance::FailHost(place) => client.world.fail_host(now, &client.world.hosts()[*place].clone()).unwrap(),
        Disturbance::RecoverHost(place) => client.world.recover_host(now, &client.world.hosts()[*place].clone()).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_a_volume_stays_encrypted_on_one_machine_at_most_and_a_recrypt_that_is_tried_again_completes(
        disturbances in prop::collection::vec(disturbance(), 1..50),
    ) {
        let mut client = client(Release::V9_1);
        let id = create(&mut client, "pvc-1");
        for disturbance in &disturbances {
            apply(&mut client, &id, disturbance);
            let seen = volume(&client, &id);
            prop_assert!(seen.key.is_some(), "in clear after {:?}", disturbance);
            prop_assert!(seen.attached_to.len() <= 1);
            prop_assert!(!seen.attached_to.contains(&client.vm("worker-3")), "attached to a machine in clear");
        }
        for name in PROVIDERS {
            client.world.set_key_provider_available(client.now, name, true).unwrap();
        }
        for host in client.world.hosts() {
            client.world.recover_host(client.now, &host).unwrap();
        }
        client.pass(Duration::from_mins(5));
        let task = cns_recrypt(&mut client, &id, shallow("kp-2")).unwrap();
        prop_assert_eq!(fault_of(&client.result(&task)), None);
        let healed = volume(&client, &id);
        prop_assert_eq!((healed.key.unwrap().provider, healed.old_key), ("kp-2".to_owned(), None));
    }
}
