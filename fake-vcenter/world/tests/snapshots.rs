//! Snapshots of volumes, as a client of CNS sees them.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use std::time::Duration;

use common::{Client, fault_of, list};
use fake_vcenter_world::{Release, WorldConfig};
use vsphere_types::{
    CnsCloneVolumeSource, CnsCursor, CnsSnapshotCreateResult, CnsSnapshotCreateSpec, CnsSnapshotDeleteResult, CnsSnapshotDeleteSpec,
    CnsSnapshotId, CnsSnapshotQueryFilter, CnsSnapshotQueryResult, CnsSnapshotQueryResultEntry, CnsSnapshotQuerySpec,
    CnsSnapshotVolumeSource, CnsVolumeCreateResult, CnsVolumeExtendSpec, CnsVolumeId, DataObject, Fault, Id, LocalizedMethodFault, Method,
    MoRef, Object, TaskInfoState, VStorageObjectSnapshotInfo, Value,
};

fn client() -> Client {
    Client::new(WorldConfig::small("vc-a", 2, 2))
}

fn volume_id(id: &str) -> CnsVolumeId {
    CnsVolumeId { id: id.to_owned() }
}

fn snapshot_id(id: &str) -> CnsSnapshotId {
    CnsSnapshotId { id: id.to_owned() }
}

fn create_task(client: &mut Client, volume: &str, name: &str, chosen: Option<&str>) -> Result<MoRef, Fault> {
    let (volume_id, description) = (volume_id(volume), format!("{name}-{volume}"));
    let spec = CnsSnapshotCreateSpec { volume_id, description, snapshot_id: chosen.map(snapshot_id) };
    client.task(Method::CnsCreateSnapshots, vec![("snapshotSpecs", list(vec![spec]))])
}

fn take(client: &mut Client, volume: &str, name: &str) -> String {
    let task = create_task(client, volume, name, None).unwrap();
    let result: CnsSnapshotCreateResult = client.result(&task).downcast().unwrap();
    assert_eq!(result.fault, None);
    result.snapshot.unwrap().snapshot_id.id
}

fn delete(client: &mut Client, volume: &str, snapshot: &str) -> Object {
    let spec = CnsSnapshotDeleteSpec { volume_id: volume_id(volume), snapshot_id: snapshot_id(snapshot) };
    let task = client.task(Method::CnsDeleteSnapshots, vec![("snapshotDeleteSpecs", list(vec![spec]))]).unwrap();
    client.result(&task)
}

fn extend(client: &mut Client, volume: &str, mb: i64) -> Object {
    let spec = CnsVolumeExtendSpec { volume_id: volume_id(volume), capacity_in_mb: mb };
    let task = client.task(Method::CnsExtendVolume, vec![("extendSpecs", list(vec![spec]))]).unwrap();
    client.result(&task)
}

fn query(client: &mut Client, filter: CnsSnapshotQueryFilter) -> CnsSnapshotQueryResult {
    let task = client.task(Method::CnsQuerySnapshots, vec![("snapshotQueryFilter", Value::of(filter))]).unwrap();
    let Some(Value::Object(result)) = client.info(&task).result else { panic!("no result") };
    result.downcast().unwrap()
}

fn of(volume: &str, snapshot: Option<&str>) -> CnsSnapshotQueryFilter {
    let spec = CnsSnapshotQuerySpec { volume_id: volume_id(volume), snapshot_id: snapshot.map(snapshot_id) };
    CnsSnapshotQueryFilter { snapshot_query_specs: vec![spec], cursor: None }
}

fn ids(entries: &[CnsSnapshotQueryResultEntry]) -> Vec<String> {
    entries.iter().map(|entry| entry.snapshot.as_ref().unwrap().snapshot_id.id.clone()).collect()
}

fn error_of(entry: &CnsSnapshotQueryResultEntry) -> &str {
    assert_eq!(entry.snapshot, None);
    let Some(LocalizedMethodFault { fault, .. }) = &entry.error else { panic!("no error") };
    &fault.type_name
}

#[test]
fn a_snapshot_is_found_until_it_is_deleted() {
    let mut client = client();
    let volume = client.create("pvc-1", 1024);
    let task = create_task(&mut client, &volume, "snapshot-1", None).unwrap();
    client.pass(Duration::from_secs(1));
    let before = query(&mut client, of(&volume, None));
    assert_eq!(before.cursor.total_records, Some(0), "nobody sees it before its task has ended, which takes longer than a query");
    let result: CnsSnapshotCreateResult = client.result(&task).downcast().unwrap();
    let made = result.snapshot.unwrap();
    assert_eq!((made.description, result.volume_id), (Some(format!("snapshot-1-{volume}")), Some(volume_id(&volume))));

    let id = made.snapshot_id.id;
    let second = take(&mut client, &volume, "snapshot-2");
    assert_eq!(ids(&query(&mut client, of(&volume, None)).entries), [id.clone(), second.clone()]);
    assert_eq!(ids(&query(&mut client, of(&volume, Some(&second))).entries), [second]);

    let deleted: CnsSnapshotDeleteResult = delete(&mut client, &volume, &id).downcast().unwrap();
    assert_eq!((deleted.fault, deleted.snapshot_id), (None, Some(snapshot_id(&id))));
    assert_eq!(fault_of(&delete(&mut client, &volume, &id)), Some("NotFound".to_owned()));
    let left = query(&mut client, of(&volume, Some(&id)));
    assert_eq!(error_of(&left.entries[0]), "CnsSnapshotNotFoundFault");
}

#[test]
fn what_is_not_there_is_an_entry_of_the_answer() {
    let mut client = client();
    let volume = client.create("pvc-1", 1024);
    let nothing = query(&mut client, of(&volume, None));
    assert_eq!((nothing.entries.len(), nothing.cursor.offset, nothing.cursor.total_records), (0, 0, Some(0)));
    let gone = query(&mut client, of("00000000-0000-0000-0000-000000000000", None));
    assert_eq!(error_of(&gone.entries[0]), "CnsVolumeNotFoundFault");
    let task = create_task(&mut client, "00000000-0000-0000-0000-000000000000", "snapshot-1", None).unwrap();
    assert_eq!(fault_of(&client.result(&task)), Some("NotFound".to_owned()));
}

#[test]
fn a_volume_with_snapshots_keeps_its_disk_and_its_size() {
    let mut client = client();
    let volume = client.create("pvc-1", 1024);
    let snapshot = take(&mut client, &volume, "snapshot-1");
    let task = client.delete_task(&volume, true);
    assert_eq!(fault_of(&client.result(&task)), Some("ResourceInUse".to_owned()));
    assert_eq!(fault_of(&extend(&mut client, &volume, 2048)), Some("CnsFault".to_owned()));
    let vm = client.vm("worker-1");
    let task = client.attach_task(&volume, &vm);
    assert_eq!(fault_of(&client.result(&task)), None, "snapshots are not in the way of attaching");
    assert_eq!(fault_of(&extend(&mut client, &volume, 2048)), Some("CnsFault".to_owned()));
    assert_eq!(fault_of(&delete(&mut client, &volume, &snapshot)), None, "nor is an attached disk in the way of its snapshots");
    assert_eq!(fault_of(&extend(&mut client, &volume, 2048)), None);
}

#[test]
fn a_host_that_does_not_answer_takes_no_snapshot_of_what_runs_there() {
    let mut client = client();
    let (volume, vm) = (client.create("pvc-1", 1024), client.vm("worker-1"));
    let task = client.attach_task(&volume, &vm);
    client.result(&task);
    let host = client.world.vm_named("worker-1").unwrap().host;
    client.world.set_host_connected(client.now, &host, false).unwrap();
    let task = create_task(&mut client, &volume, "snapshot-1", None).unwrap();
    assert_eq!(fault_of(&client.result(&task)), Some("HostNotConnected".to_owned()));
    assert_eq!(query(&mut client, of(&volume, None)).entries.len(), 0);
}

#[test]
fn the_chain_has_an_end() {
    let mut client = client();
    let volume = client.create("pvc-1", 1024);
    for number in 0..31 {
        take(&mut client, &volume, &format!("snapshot-{number}"));
    }
    let task = create_task(&mut client, &volume, "one-too-many", None).unwrap();
    let result: CnsSnapshotCreateResult = client.result(&task).downcast().unwrap();
    let fault = result.fault.unwrap().fault;
    let Some(Value::Object(cause)) = fault.get("faultCause") else { panic!("no cause") };
    assert_eq!(cause.get("fault").and_then(Value::as_object).unwrap().type_name, "TooManySnapshotLevels");
}

#[test]
fn pages_of_all_snapshots_hold_128_at_most_and_lead_to_the_end() {
    let mut client = client();
    let mut made = Vec::new();
    for number in 0..5 {
        let volume = client.create(&format!("pvc-{number}"), 10);
        made.extend((0..26).map(|snapshot| take(&mut client, &volume, &format!("snapshot-{snapshot}"))));
    }
    for limit in [0, 1_000, 50] {
        let (mut seen, mut cursor) = (Vec::new(), CnsCursor { offset: 0, limit, total_records: None });
        while cursor.total_records != Some(cursor.offset) {
            let page = query(&mut client, CnsSnapshotQueryFilter { snapshot_query_specs: Vec::new(), cursor: Some(cursor) });
            assert!(!page.entries.is_empty() && page.entries.len() <= 128);
            seen.extend(ids(&page.entries));
            cursor = page.cursor;
        }
        assert_eq!(seen, made);
    }
    let first = query(&mut client, CnsSnapshotQueryFilter::default());
    assert_eq!((first.entries.len(), first.cursor.total_records), (128, Some(130)));
}

#[test]
fn two_volumes_in_one_query_are_refused() {
    let mut client = client();
    let volume = client.create("pvc-1", 1024);
    let mut filter = of(&volume, None);
    filter.snapshot_query_specs.extend(of(&volume, None).snapshot_query_specs);
    let task = client.task(Method::CnsQuerySnapshots, vec![("snapshotQueryFilter", Value::of(filter))]).unwrap();
    assert_eq!(client.info(&task).error.map(|error| error.fault.type_name), Some("InvalidArgument".into()));
}

#[test]
fn ids_of_the_callers_choice_came_with_9_1() {
    const CHOSEN: &str = "5f1d2a7e-0000-4000-8000-00000000000a";
    let mut old = client();
    let volume = old.create("pvc-1", 1024);
    let task = create_task(&mut old, &volume, "snapshot-1", Some(CHOSEN)).unwrap();
    let info = old.info(&task);
    // Drivers go back to the call without an id when the task itself fails for this cause.
    let fault = info.error.unwrap().fault;
    let Some(Value::Object(cause)) = fault.get("faultCause") else { panic!("no cause") };
    assert_eq!(
        (info.state, cause.get("fault").and_then(Value::as_object).unwrap().type_name.as_str()),
        (TaskInfoState::Error, "NotSupported")
    );

    let mut new = Client::new(WorldConfig { release: Release::V9_1, ..WorldConfig::small("vc-a", 2, 2) });
    let volume = new.create("pvc-1", 1024);
    for _ in 0..2 {
        let task = create_task(&mut new, &volume, "snapshot-1", Some(CHOSEN)).unwrap();
        let result: CnsSnapshotCreateResult = new.result(&task).downcast().unwrap();
        assert_eq!((result.fault, result.snapshot.unwrap().snapshot_id.id.as_str()), (None, CHOSEN));
    }
    assert_eq!(query(&mut new, of(&volume, None)).entries.len(), 1, "asked for twice, made once");
    let task = create_task(&mut new, &volume, "snapshot-1", Some("snapshot-1")).unwrap();
    assert_eq!(fault_of(&new.result(&task)), Some("InvalidArgument".to_owned()));
}

#[test]
fn the_first_class_disk_has_the_same_snapshots() {
    let mut client = client();
    let volume = client.create("pvc-1", 1024);
    let snapshot = take(&mut client, &volume, "snapshot-1");
    let datastore = Value::Ref(client.world.datastores()[0].datastore.clone());
    let manager = MoRef::new("VcenterVStorageObjectManager", "VStorageObjectManager");
    let fields = vec![("id", Value::of(Id { id: volume.clone() })), ("datastore", datastore)];
    let Some(Value::Object(info)) = client.call(&manager, Method::RetrieveSnapshotInfo, fields).unwrap() else { panic!("no info") };
    let info: VStorageObjectSnapshotInfo = info.downcast().unwrap();
    assert_eq!(info.snapshots[0].id.as_ref().unwrap().id, snapshot);
    assert_eq!(info.snapshots[0].description, format!("snapshot-1-{volume}"));
}

#[test]
fn the_journal_tells_of_snapshots() {
    let mut client = client();
    let volume = client.create("pvc-1", 1024);
    client.world.take_changes();
    let snapshot = take(&mut client, &volume, "snapshot-1");
    delete(&mut client, &volume, &snapshot);
    let changes = client.world.take_changes();
    let told: Vec<String> =
        changes.iter().filter(|change| change.object == format!("Volume/{volume}")).map(|change| change.patch.to_string()).collect();
    let made = format!("{{\"snapshots\":{{\"{snapshot}\":\"snapshot-1-{volume}\"}}}}");
    assert_eq!(told, [made, "{\"snapshots\":null}".to_owned()]);
}

/// Asks for a volume that is made of a snapshot.
fn restore(client: &mut Client, (volume, snapshot): (&str, &str), name: &str, mb: i64) -> Object {
    let source =
        CnsSnapshotVolumeSource { volume_id: Some(volume_id(volume)), snapshot_id: Some(snapshot_id(snapshot)), linked_clone: None };
    let spec = client.spec(name, mb);
    let task = client.create_task(vsphere_types::CnsVolumeCreateSpec { volume_source: Some(source.into_object()), ..spec });
    client.result(&task)
}

#[test]
fn a_volume_is_made_of_a_snapshot_and_does_not_depend_on_it() {
    let mut client = client();
    let volume = client.create("pvc-1", 1024);
    let snapshot = take(&mut client, &volume, "snapshot-1");
    client.world.take_changes();
    let made: CnsVolumeCreateResult = restore(&mut client, (&volume, &snapshot), "pvc-2", 1024).downcast().unwrap();
    assert_eq!(made.fault, None);
    let new = made.volume_id.unwrap().id;
    let told = client.world.take_changes().into_iter().find(|change| change.object == format!("Volume/{new}")).unwrap().patch;
    assert_eq!(told["madeOf"]["snapshot"], snapshot.as_str(), "{told}");
    assert_eq!(told["madeOf"]["volume"], volume.as_str(), "{told}");
    assert_ne!(told["madeOf"]["diskUuid"], told["diskUuid"], "it is a disk of its own");
    assert_eq!(query(&mut client, of(&new, None)).entries.len(), 0, "snapshots are not taken over");
    let of_disk = |id: &str| client.world.volumes().into_iter().find(|known| known.id == id).unwrap();
    let (first, second) = (of_disk(&volume), of_disk(&new));
    assert_eq!((first.datastore, Some(first.disk_uuid)), (second.datastore, second.made_of.map(|source| source.disk_uuid)));

    assert_eq!(fault_of(&delete(&mut client, &volume, &snapshot)), None, "the snapshot may go");
    assert_eq!(fault_of(&extend(&mut client, &new, 2048)), None, "the new volume is no part of a chain");
    let task = client.delete_task(&volume, true);
    assert_eq!(fault_of(&client.result(&task)), None, "and so may its volume");
}

#[test]
fn a_volume_is_not_made_of_what_is_not_there_or_does_not_fit() {
    let mut client = client();
    let (volume, other) = (client.create("pvc-1", 1024), client.create("pvc-2", 1024));
    let snapshot = take(&mut client, &volume, "snapshot-1");
    let gone = "00000000-0000-0000-0000-000000000000";
    for (from, mb, fault) in [
        ((volume.as_str(), gone), 1024, "NotFound"),
        ((gone, snapshot.as_str()), 1024, "NotFound"),
        ((other.as_str(), snapshot.as_str()), 1024, "NotFound"),
        ((volume.as_str(), snapshot.as_str()), 2048, "InvalidArgument"),
    ] {
        assert_eq!(fault_of(&restore(&mut client, from, "pvc-3", mb)), Some(fault.to_owned()), "{from:?} {mb}");
    }
    let source = CnsCloneVolumeSource { volume_id: volume_id(&volume), keep_after_delete_vm: None }.into_object();
    let spec = client.spec("pvc-3", 1024);
    let task = client.create_task(vsphere_types::CnsVolumeCreateSpec { volume_source: Some(source), ..spec });
    assert_eq!(fault_of(&client.result(&task)), Some("CnsFault".to_owned()));
}
