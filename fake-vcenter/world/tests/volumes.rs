//! What CNS does with volumes, as a client sees it.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use common::{Client, fault_of, list};
use fake_vcenter_world::{Release, Rules, WorldConfig};
use vsphere_types::{
    CnsAsyncQueryResult, CnsBlockBackingDetails, CnsBlockVolumeInfo, CnsCursor, CnsQueryFilter, CnsQueryResult, CnsQuerySelection,
    CnsQueryVolumeInfoResult, CnsVolumeAttachResult, CnsVolumeCreateResult, CnsVolumeCreateSpec, CnsVolumeId,
    CnsVolumeOperationBatchResult, DataObject, Method, MoRef, Object, TaskInfoState, VStorageObject, Value, VirtualDisk,
    VirtualDiskFlatVer2BackingInfo,
};

fn client() -> Client {
    Client::new(WorldConfig::small("vc-a", 2, 2))
}

fn disks(client: &mut Client, vm: &str) -> Vec<VirtualDisk> {
    let vm = client.vm(vm);
    let Ok(Some(Value::Array(devices))) = client.property(&vm, "config.hardware.device") else { panic!("no devices") };
    let is_disk = |device: Value| if let Value::Object(device) = device { device.downcast::<VirtualDisk>().ok() } else { None };
    devices.items.into_iter().filter_map(is_disk).collect()
}

#[test]
fn a_volume_is_in_no_query_until_its_task_has_ended() {
    let mut client = client();
    let spec = client.spec("pvc-1", 1024);
    let task = client.create_task(spec);
    client.pass(Duration::from_millis(100));
    assert_eq!(client.query(CnsQueryFilter::default()).volumes.len(), 0);
    assert_eq!(client.info(&task).state, TaskInfoState::Success);
    let found = client.query(CnsQueryFilter { names: vec!["pvc-1".to_owned()], ..Default::default() });
    assert_eq!((found.volumes.len(), found.cursor.total_records), (1, Some(1)));
}

#[test]
fn a_volume_takes_its_size_from_the_datastore() {
    let mut client = client();
    let before = client.world.datastores()[0].free_bytes;
    let id = client.create("pvc-1", 1024);
    assert_eq!(before - client.world.datastores()[0].free_bytes, 1024 * 1024 * 1024);
    let task = client.delete_task(&id, true);
    assert_eq!(fault_of(&client.result(&task)), None);
    assert_eq!(client.world.datastores()[0].free_bytes, before);
}

#[test]
fn names_may_repeat_and_a_full_datastore_takes_nothing() {
    let mut client = client();
    assert_ne!(client.create("pvc-1", 1024), client.create("pvc-1", 1024));
    let spec = client.spec("huge", 4 * 1024 * 1024);
    let task = client.create_task(spec);
    let result: CnsVolumeCreateResult = client.result(&task).downcast().unwrap();
    assert_eq!(result.fault.map(|fault| fault.fault.type_name), Some("NoDiskSpace".into()));
    assert_eq!(result.placement_results.len(), 1);
}

#[test]
fn attaching_adds_a_disk_that_leads_back_to_the_volume() {
    let mut client = client();
    let id = client.create("pvc-1", 1024);
    let vm = client.vm("worker-1");
    let task = client.attach_task(&id, &vm);
    let result: CnsVolumeAttachResult = client.result(&task).downcast().unwrap();
    let found = disks(&mut client, "worker-1");
    assert_eq!(found.len(), 2);
    let backing: VirtualDiskFlatVer2BackingInfo = found[1].backing.as_ref().map(Object::downcast).unwrap().unwrap();
    assert_eq!(found[1].v_disk_id.as_ref().map(|disk| disk.id.clone()), Some(id.clone()));
    assert_eq!((backing.uuid, found[1].unit_number), (result.disk_uuid.clone(), Some(1)));
    assert!(result.disk_uuid.unwrap().starts_with("6000C29"));
    assert_eq!(client.world.guest_disks("worker-1")[0].volume, id);

    for vm in [client.vm("worker-1"), client.vm("worker-2")] {
        let task = client.attach_task(&id, &vm);
        assert_eq!(fault_of(&client.result(&task)), Some("ResourceInUse".to_owned()));
    }
    let task = client.delete_task(&id, true);
    assert_eq!(fault_of(&client.result(&task)), Some("ResourceInUse".to_owned()));
    let task = client.detach_task(&id, &vm);
    assert_eq!(fault_of(&client.result(&task)), None);
    assert_eq!(disks(&mut client, "worker-1").len(), 1);
    let task = client.detach_task(&id, &vm);
    assert_eq!(fault_of(&client.result(&task)), Some("NotFound".to_owned()));
}

#[test]
fn a_vm_that_is_gone_is_named_by_the_fault() {
    let mut client = client();
    let id = client.create("pvc-1", 1024);
    let vm = client.vm("worker-1");
    let task = client.attach_task(&id, &vm);
    client.result(&task);
    client.world.destroy_vm(client.now, &vm).unwrap();
    let task = client.detach_task(&id, &vm);
    let entry = client.result(&task);
    assert_eq!(fault_of(&entry), Some("ManagedObjectNotFound".to_owned()));
    assert_eq!(client.world.volumes()[0].attached_to, []);
}

#[test]
fn sixty_slots_less_the_boot_disk_are_all_there_is() {
    let mut client = client();
    let vm = client.vm("worker-1");
    for number in 0..59 {
        let id = client.create(&format!("pvc-{number}"), 10);
        let task = client.attach_task(&id, &vm);
        assert_eq!(fault_of(&client.result(&task)), None, "volume {number}");
    }
    let id = client.create("one-too-many", 10);
    let task = client.attach_task(&id, &vm);
    assert_eq!(fault_of(&client.result(&task)), Some("CnsMissingControllerFault".to_owned()));
    let units: Vec<_> = disks(&mut client, "worker-1").iter().map(|disk| (disk.controller_key, disk.unit_number)).collect();
    assert!(units.iter().all(|(_, unit)| *unit != Some(7)));
    assert_eq!(units.iter().collect::<BTreeSet<_>>().len(), 60);
}

#[test]
fn operations_on_one_vm_wait_for_each_other() {
    let mut client = client();
    let ids: Vec<String> = (0..3).map(|number| client.create(&format!("pvc-{number}"), 10)).collect();
    let vm = client.vm("worker-1");
    let tasks: Vec<_> = ids.iter().map(|id| client.attach_task(id, &vm)).collect();
    let ends: Vec<_> = tasks.iter().map(|task| client.info(task).complete_time.unwrap()).collect();
    for pair in ends.windows(2) {
        assert!(pair[1].duration_since(pair[0]).as_secs() >= 1, "an attach takes at least a second of its own");
    }
}

#[test]
fn a_chosen_id_is_refused_before_9_1_and_idempotent_from_then_on() {
    let chosen = "11111111-2222-3333-4444-555555555555".to_owned();
    for (release, fault) in [(Release::V8_0U3, Some("CnsFault".to_owned())), (Release::V9_1, None)] {
        let mut client = Client::new(WorldConfig { release, ..WorldConfig::small("vc-a", 1, 1) });
        for _ in 0..2 {
            let mut spec = client.spec("pvc-1", 10);
            spec.volume_id = Some(CnsVolumeId { id: chosen.clone() });
            let task = client.create_task(spec);
            assert_eq!(fault_of(&client.result(&task)), fault);
        }
        assert_eq!(client.world.volumes().len(), usize::from(fault.is_none()));
    }
}

#[test]
fn a_create_that_finds_its_volume_does_not_take_as_long_as_one_that_makes_it() {
    let task_times = [(Method::CnsCreateVolume, Duration::from_mins(7))].into();
    let mut client = Client::new(WorldConfig { release: Release::V9_1, task_times, ..WorldConfig::small("vc-a", 1, 1) });
    let mut create = |waits: Duration| {
        let mut spec = client.spec("pvc-1", 10);
        spec.volume_id = Some(CnsVolumeId { id: "11111111-2222-3333-4444-555555555555".to_owned() });
        let task = client.create_task(spec);
        client.pass(waits);
        client.info(&task).complete_time.is_some()
    };
    assert!(!create(Duration::from_mins(5)), "it is being made");
    assert!(!create(Duration::from_mins(2)), "it was not there when it was asked for");
    assert!(create(Duration::ZERO));
}

#[test]
fn a_volume_deleted_without_its_disk_can_be_registered_again() {
    let mut client = client();
    let id = client.create("pvc-1", 10);
    let task = client.delete_task(&id, false);
    assert_eq!(fault_of(&client.result(&task)), None);
    assert_eq!(client.query(CnsQueryFilter::default()).volumes.len(), 0);
    for fault in [None, Some("CnsAlreadyRegisteredFault".to_owned())] {
        let mut spec = client.spec("again", 10);
        let backing = CnsBlockBackingDetails { backing_disk_id: Some(id.clone()), ..Default::default() };
        spec.backing_object_details = backing.into_object();
        let task = client.create_task(spec);
        assert_eq!(fault_of(&client.result(&task)), fault);
    }
}

#[test]
fn rules_that_are_switched_off_do_not_hold() {
    let rules = Rules { attach_adds_disk_to_vm: false, volume_names_may_repeat: false, ..Rules::default() };
    let mut client = Client::new(WorldConfig { rules, ..WorldConfig::small("vc-a", 1, 1) });
    let id = client.create("pvc-1", 10);
    assert_eq!(client.create("pvc-1", 10), id);
    let vm = client.vm("worker-1");
    let task = client.attach_task(&id, &vm);
    assert_eq!(fault_of(&client.result(&task)), None);
    assert_eq!((disks(&mut client, "worker-1").len(), client.world.guest_disks("worker-1").len()), (1, 0));
    assert_eq!(client.world.volumes()[0].attached_to, [vm]);
}

#[test]
fn a_task_is_gone_ten_minutes_after_its_end() {
    let mut client = client();
    let id = client.create("pvc-1", 10);
    let task = client.delete_task(&id, true);
    assert_eq!(client.info(&task).state, TaskInfoState::Success);
    client.pass(Duration::from_mins(10));
    let fault = client.property(&task, "info").unwrap_err();
    assert_eq!(fault.type_name(), "ManagedObjectNotFound");
}

#[test]
fn a_restart_loses_tasks_but_not_what_hosts_are_working_on() {
    let mut client = client();
    let running = client.spec("running", 10);
    let running = client.create_task(running);
    client.pass(Duration::from_millis(100));
    let queued = client.spec("queued", 10);
    client.create_task(queued);
    client.world.restart(client.now);
    assert_eq!(client.property(&running, "info").unwrap_err().type_name(), "ManagedObjectNotFound");
    client.session = None;
    client.login().unwrap();
    client.pass(Duration::from_mins(1));
    let names: Vec<String> = client.world.volumes().into_iter().map(|volume| volume.name).collect();
    assert_eq!(names, ["running"]);
}

#[test]
fn a_host_that_is_cut_off_lets_nothing_be_attached_or_detached() {
    let mut client = client();
    let (id, other) = (client.create("pvc-1", 10), client.create("pvc-2", 10));
    let vm = client.vm("worker-1");
    let task = client.attach_task(&id, &vm);
    client.result(&task);
    let host = client.world.vm_named("worker-1").unwrap().host;
    client.world.set_host_connected(client.now, &host, false).unwrap();
    for task in [client.attach_task(&other, &vm), client.detach_task(&id, &vm)] {
        assert_eq!(fault_of(&client.result(&task)), Some("HostNotConnected".to_owned()));
    }
    client.world.set_host_connected(client.now, &host, true).unwrap();
    let task = client.detach_task(&id, &vm);
    assert_eq!(fault_of(&client.result(&task)), None);
}

#[test]
fn the_journal_hears_of_a_volume_from_birth_to_death() {
    let mut client = client();
    client.world.take_changes();
    let id = client.create("pvc-1", 10);
    let vm = client.vm("worker-1");
    let task = client.attach_task(&id, &vm);
    client.result(&task);
    let task = client.detach_task(&id, &vm);
    client.result(&task);
    let task = client.delete_task(&id, true);
    client.result(&task);
    let changes: Vec<String> = client
        .world
        .take_changes()
        .into_iter()
        .filter(|change| change.object.starts_with("Volume/") || change.object.starts_with("VirtualMachine/"))
        .map(|change| format!("{} {:?} {} by {}", change.object, change.kind, change.patch, change.cause.unwrap_or_default()))
        .collect();
    insta::assert_snapshot!(changes.join("\n"));
}

/// The answer of a query method, asked without a selection.
fn answer(client: &mut Client, method: Method, filter: CnsQueryFilter) -> CnsQueryResult {
    let selection = Value::of(CnsQuerySelection::default());
    let answer = client.call(&client.cns(), method, vec![("filter", Value::of(filter)), ("selection", selection)]).unwrap();
    let result = match answer {
        Some(Value::Ref(task)) => {
            let result: CnsAsyncQueryResult = client.result(&task).downcast().unwrap();
            return result.query_result.unwrap();
        }
        Some(Value::Object(result)) => result,
        other => panic!("{method} answered {other:?}"),
    };
    result.downcast().unwrap()
}

#[test]
fn queries_answer_a_thousand_at_once_and_query_all_answers_all() {
    let mut client = client();
    for number in 0..1_003 {
        let spec = client.spec(&format!("pvc-{number}"), 1);
        client.create_task(spec);
    }
    client.pass(Duration::from_secs(60));
    for (method, at_once) in [(Method::CnsQueryVolume, 1_000), (Method::CnsQueryAsync, 1_000), (Method::CnsQueryAllVolume, 1_003)] {
        let result = answer(&mut client, method, CnsQueryFilter::default());
        assert_eq!(
            (result.volumes.len(), result.cursor.offset, result.cursor.total_records),
            (at_once, i64::try_from(at_once).unwrap(), Some(1_003)),
            "{method}"
        );
    }
    for method in [Method::CnsQueryVolume, Method::CnsQueryAsync, Method::CnsQueryAllVolume] {
        let (mut seen, mut cursor) = (BTreeSet::new(), CnsCursor { offset: 0, limit: 300, total_records: None });
        while cursor.total_records != Some(cursor.offset) {
            let page = answer(&mut client, method, CnsQueryFilter { cursor: Some(cursor), ..Default::default() });
            assert!(page.volumes.len() <= 300, "{method}");
            seen.extend(page.volumes.into_iter().map(|volume| volume.volume_id.id));
            cursor = page.cursor;
        }
        assert_eq!(seen.len(), 1_003, "{method}");
    }
}

#[test]
fn an_id_that_is_none_is_refused_at_once_and_one_of_no_disk_by_the_task() {
    let mut client = client();
    let backing = |disk: &str| CnsBlockBackingDetails { backing_disk_id: Some(disk.to_owned()), ..Default::default() }.into_object();
    let spec = CnsVolumeCreateSpec { backing_object_details: backing("my-disk"), ..client.spec("pvc-1", 1024) };
    let refused = client.task(Method::CnsCreateVolume, vec![("createSpecs", list(vec![spec]))]).unwrap_err();
    assert_eq!(refused.message, "A specified parameter was not correct: createSpecs.backingObjectDetails.backingDiskId");
    let spec =
        CnsVolumeCreateSpec { backing_object_details: backing("5f1d2a7e-0000-4000-8000-00000000000a"), ..client.spec("pvc-1", 1024) };
    let task = client.create_task(spec);
    assert_eq!(fault_of(&client.result(&task)), Some("NotFound".to_owned()));
    let datastores = vec![MoRef::new("Datastore", "no-datastore")];
    let spec = CnsVolumeCreateSpec { datastores, ..client.spec("pvc-1", 1024) };
    let refused = client.task(Method::CnsCreateVolume, vec![("createSpecs", list(vec![spec]))]).unwrap_err();
    assert_eq!(refused.type_name(), "ManagedObjectNotFound");
}

#[test]
fn what_lies_below_volumes_is_told_for_each() {
    let mut client = client();
    let id = client.create("pvc-1", 1024);
    let ids = [id.as_str(), "5f1d2a7e-0000-4000-8000-00000000000a"].map(|id| CnsVolumeId { id: id.to_owned() });
    let task = client.task(Method::CnsQueryVolumeInfo, vec![("volumes", list(ids.to_vec()))]).unwrap();
    let Some(Value::Object(result)) = client.info(&task).result else { panic!("no result") };
    let batch: CnsVolumeOperationBatchResult = result.downcast().unwrap();
    let [found, missing] = [0, 1].map(|index| batch.volume_results[index].downcast::<CnsQueryVolumeInfoResult>().unwrap());
    let info: CnsBlockVolumeInfo = found.volume_info.unwrap().downcast().unwrap();
    let disk: VStorageObject = info.v_storage_object.unwrap().downcast().unwrap();
    assert_eq!((disk.config.id.id, disk.config.capacity_in_mb), (id, 1024));
    assert_eq!((missing.volume_info, missing.fault.map(|fault| fault.fault.type_name)), (None, Some("NotFound".into())));
}
