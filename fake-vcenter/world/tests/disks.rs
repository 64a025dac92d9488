//! First class disks that are made by hand, and disks that are files only: by vim25's manager, by VSLM, and as CNS sees them.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use std::time::Duration;

use common::{Client, fault_of, list, text};
use fake_vcenter_world::WorldConfig;
use vsphere_types::{
    CnsBlockBackingDetails, CnsQueryFilter, CnsVolumeCreateResult, DataObject, Fault, FileBackedVirtualDiskSpec, Id, Method, MoRef,
    TaskInfoState, VStorageObject, Value, VslmCreateSpec, VslmCreateSpecDiskFileBackingSpec, VslmTaskInfo, VslmTaskInfoState,
    VslmVsoVStorageObjectQueryResult, VslmVsoVStorageObjectQuerySpec,
};

fn client() -> Client {
    Client::new(WorldConfig::small("vc-a", 2, 2))
}

fn manager() -> MoRef {
    MoRef::new("VcenterVStorageObjectManager", "VStorageObjectManager")
}

fn catalogue() -> MoRef {
    MoRef::new("VslmVStorageObjectManager", "VStorageObjectManager")
}

fn datastore(client: &Client) -> MoRef {
    client.world.datastores()[0].datastore.clone()
}

fn spec(client: &Client, name: &str, keep: bool) -> Value {
    let backing = VslmCreateSpecDiskFileBackingSpec { datastore: datastore(client), ..Default::default() };
    Value::of(VslmCreateSpec {
        name: name.to_owned(),
        capacity_in_mb: 1024,
        keep_after_delete_vm: Some(keep),
        backing_spec: backing.into_object(),
        ..VslmCreateSpec::default()
    })
}

fn id(id: &str) -> Value {
    Value::of(Id { id: id.to_owned() })
}

fn object(value: Option<Value>) -> vsphere_types::Object {
    match value {
        Some(Value::Object(object)) => object,
        other => panic!("no object: {other:?}"),
    }
}

/// Makes a disk by vim25's manager; answers its id.
fn make(client: &mut Client, name: &str, keep: bool) -> String {
    let spec = spec(client, name, keep);
    let Some(Value::Ref(task)) = client.call(&manager(), Method::CreateDiskTask, vec![("spec", spec)]).unwrap() else { panic!("no task") };
    let info = client.info(&task);
    assert_eq!(info.state, TaskInfoState::Success, "{:?}", info.error);
    let made: VStorageObject = object(info.result).downcast().unwrap();
    assert_eq!((made.config.name.as_str(), made.config.keep_after_delete_vm), (name, Some(keep)));
    made.config.id.id
}

fn on_datastore(client: &mut Client) -> Vec<String> {
    let datastore = Value::Ref(datastore(client));
    let Some(Value::Array(found)) = client.call(&manager(), Method::ListVStorageObject, vec![("datastore", datastore)]).unwrap() else {
        panic!("no list")
    };
    found.items.into_iter().map(|item| object(Some(item)).downcast::<Id>().unwrap().id).collect()
}

fn in_cns(client: &mut Client) -> Vec<String> {
    client.query(CnsQueryFilter::default()).volumes.into_iter().map(|volume| volume.volume_id.id).collect()
}

/// Has CNS make a volume of a disk that is there; answers the fault, if there is one.
fn register_with_cns(client: &mut Client, backing: CnsBlockBackingDetails) -> Result<String, String> {
    let spec = vsphere_types::CnsVolumeCreateSpec { backing_object_details: backing.into_object(), ..client.spec("static-1", 1) };
    let task = client.create_task(spec);
    let result = client.result(&task);
    match fault_of(&result) {
        Some(fault) => Err(fault),
        None => Ok(result.downcast::<CnsVolumeCreateResult>().unwrap().volume_id.unwrap().id),
    }
}

fn make_file(client: &mut Client, path: &str) -> TaskInfoState {
    let spec = FileBackedVirtualDiskSpec { disk_type: "thin".to_owned(), capacity_kb: 1024 * 1024, ..Default::default() };
    let fields = vec![("name", text(path)), ("spec", Value::of(spec))];
    let disks = MoRef::new("VirtualDiskManager", "virtualDiskManager");
    let Some(Value::Ref(task)) = client.call(&disks, Method::CreateVirtualDiskTask, fields).unwrap() else { panic!("no task") };
    client.info(&task).state
}

fn register(client: &mut Client, place: &str) -> Result<VStorageObject, Fault> {
    let fields = vec![("path", text(place)), ("name", text("found"))];
    client.call(&catalogue(), Method::VslmRegisterDisk, fields).map(|found| object(found).downcast().unwrap())
}

#[test]
fn a_disk_that_is_made_by_hand_is_no_volume_before_it_is_registered() {
    let mut client = client();
    let disk = make(&mut client, "by-hand", true);
    assert_eq!((on_datastore(&mut client), in_cns(&mut client)), (vec![disk.clone()], Vec::new()));
    let vm = client.vm("worker-1");
    let task = client.attach_task(&disk, &vm);
    let refused = client.result(&task);
    assert_eq!(fault_of(&refused).as_deref(), Some("NotFound"));

    let backing = || CnsBlockBackingDetails { backing_disk_id: Some(disk.clone()), ..Default::default() };
    assert_eq!(register_with_cns(&mut client, backing()), Ok(disk.clone()));
    assert_eq!(in_cns(&mut client), std::slice::from_ref(&disk));
    assert_eq!(register_with_cns(&mut client, backing()), Err("CnsAlreadyRegisteredFault".to_owned()));

    // One record: who deletes the disk deletes the volume.
    let Some(Value::Ref(task)) = client.call(&catalogue(), Method::VslmDeleteVStorageObjectTask, vec![("id", id(&disk))]).unwrap() else {
        panic!("no task")
    };
    client.info(&MoRef::new("Task", task.id));
    assert_eq!((on_datastore(&mut client), in_cns(&mut client)), (Vec::new(), Vec::new()));
}

#[test]
fn a_file_becomes_a_disk_of_the_first_class_once() {
    let mut client = client();
    assert_eq!(make_file(&mut client, "[vsan-a] kubevols/old.vmdk"), TaskInfoState::Success);
    assert_eq!(make_file(&mut client, "[vsan-a] kubevols/old.vmdk"), TaskInfoState::Error);
    assert_eq!(on_datastore(&mut client), Vec::<String>::new());
    let address = "https://vc-a/folder/kubevols/old.vmdk?dcPath=dc-1&dsName=vsan-a";
    let found = register(&mut client, address).unwrap();
    assert_eq!((found.config.name.as_str(), found.config.capacity_in_mb), ("found", 1024));
    assert_eq!(on_datastore(&mut client), [found.config.id.id]);
    assert_eq!(register(&mut client, address).unwrap_err().type_name(), "AlreadyExists");
    assert_eq!(register(&mut client, "[vsan-a] kubevols/none.vmdk").unwrap_err().type_name(), "FileNotFound");
    assert_eq!(register(&mut client, "kubevols/old.vmdk").unwrap_err().type_name(), "InvalidArgument");
}

#[test]
fn cns_makes_a_volume_of_a_file_by_its_address() {
    let mut client = client();
    make_file(&mut client, "[vsan-a] kubevols/old.vmdk");
    let address = |file: &str| CnsBlockBackingDetails {
        backing_disk_url_path: Some(format!("https://vc-a/folder/kubevols/{file}?dcPath=dc-1&dsName=vsan-a")),
        ..Default::default()
    };
    let volume = register_with_cns(&mut client, address("old.vmdk")).unwrap();
    assert_eq!((on_datastore(&mut client), in_cns(&mut client)), (vec![volume.clone()], vec![volume]));
    assert_eq!(register_with_cns(&mut client, address("old.vmdk")), Err("CnsAlreadyRegisteredFault".to_owned()));
    assert_eq!(register_with_cns(&mut client, address("none.vmdk")), Err("FileNotFound".to_owned()));
}

#[test]
fn the_catalogue_is_read_page_by_page() {
    let mut client = client();
    let mut made: Vec<String> = (0..5).map(|number| make(&mut client, &format!("disk-{number}"), true)).collect();
    made.sort();
    let query = |field: &str, operator: &str, value: &str| VslmVsoVStorageObjectQuerySpec {
        query_field: field.to_owned(),
        query_operator: operator.to_owned(),
        query_value: vec![value.to_owned()],
    };
    let mut list_page = |queries: Vec<VslmVsoVStorageObjectQuerySpec>| {
        let fields = vec![("query", list(queries)), ("maxResult", Value::Int(2))];
        let page = client.call(&catalogue(), Method::VslmListVStorageObjectForSpec, fields)?;
        let page: VslmVsoVStorageObjectQueryResult = object(page).downcast().unwrap();
        Ok::<_, Fault>((page.id.into_iter().map(|id| id.id).collect::<Vec<_>>(), page.all_records_returned))
    };
    let (mut found, mut whole) = list_page(Vec::new()).unwrap();
    while !whole {
        let (next, last) = list_page(vec![query("id", "greaterThan", found.last().unwrap())]).unwrap();
        found.extend(next);
        whole = last;
    }
    assert_eq!(found, made);
    assert_eq!(list_page(vec![query("name", "endsWith", "-3")]).unwrap().0.len(), 1);
    assert_eq!(list_page(vec![query("capacity", "lessThan", "1024")]).unwrap(), (Vec::new(), true));
    assert_eq!(list_page(vec![query("datastoreMoId", "equals", "nowhere")]).unwrap(), (Vec::new(), true));
    assert_eq!(list_page(vec![query("backingObjectId", "equals", "x")]).unwrap_err().type_name(), "SystemError");
}

#[test]
fn a_task_of_the_catalogue_is_vcenters_under_another_name() {
    let mut client = client();
    let spec = spec(&client, "watched", true);
    let Some(Value::Ref(task)) = client.call(&catalogue(), Method::VslmCreateDiskTask, vec![("spec", spec)]).unwrap() else {
        panic!("no task")
    };
    assert_eq!(task.kind, "VslmTask");
    let mut look = || object(client.call(&task, Method::VslmQueryInfo, vec![]).unwrap()).downcast::<VslmTaskInfo>().unwrap();
    assert_eq!(look().state, VslmTaskInfoState::Queued);
    client.pass(Duration::from_secs(60));
    let mut look = || object(client.call(&task, Method::VslmQueryInfo, vec![]).unwrap()).downcast::<VslmTaskInfo>().unwrap();
    let info = look();
    assert_eq!((info.state, info.description_id.as_str()), (VslmTaskInfoState::Success, "com.vmware.cns.vslm.tasks.createDisk"));
    let result = client.call(&task, Method::VslmQueryTaskResult, vec![]).unwrap();
    assert_eq!(object(result).downcast::<VStorageObject>().unwrap().config.name, "watched");
    let twin = client.info(&MoRef::new("Task", task.id));
    assert_eq!(twin.state, TaskInfoState::Success);
}

#[test]
fn a_disk_that_is_not_kept_goes_with_its_machine() {
    let mut client = client();
    let (kept, lost) = (make(&mut client, "kept", true), make(&mut client, "lost", false));
    let vm = client.vm("worker-2");
    for disk in [&kept, &lost] {
        client.world.attach_out_of_band(client.now, disk, &vm).unwrap();
    }
    for method in [Method::PowerOffVmTask, Method::DestroyTask] {
        let Some(Value::Ref(task)) = client.call(&vm, method, vec![]).unwrap() else { panic!("no task") };
        client.pass(Duration::from_secs(120));
        drop(task);
    }
    assert_eq!(on_datastore(&mut client), [kept]);
}

#[test]
fn a_disk_in_use_and_one_with_snapshots_are_not_deleted() {
    let mut client = client();
    let disk = make(&mut client, "busy", true);
    let delete = |client: &mut Client| {
        let fields = vec![("id", id(&disk)), ("datastore", Value::Ref(datastore(client)))];
        let Some(Value::Ref(task)) = client.call(&manager(), Method::DeleteVStorageObjectTask, fields).unwrap() else { panic!("no task") };
        client.info(&task)
    };
    let vm = client.vm("worker-1");
    client.world.attach_out_of_band(client.now, &disk, &vm).unwrap();
    let refused = delete(&mut client);
    assert_eq!(refused.error.unwrap().fault.type_name, "InvalidState");
    client.world.detach_out_of_band(client.now, &disk, &vm).unwrap();
    let fields = vec![("id", id(&disk)), ("description", text("before"))];
    let Some(Value::Ref(task)) = client.call(&catalogue(), Method::VslmCreateSnapshotTask, fields).unwrap() else { panic!("no task") };
    let taken = client.info(&MoRef::new("Task", task.id));
    let snapshot = object(taken.result).downcast::<Id>().unwrap().id;
    assert_eq!(delete(&mut client).state, TaskInfoState::Error);
    let fields = vec![("id", id(&disk)), ("snapshotId", id(&snapshot))];
    client.call(&catalogue(), Method::VslmDeleteSnapshotTask, fields).unwrap();
    client.pass(Duration::from_secs(60));
    assert_eq!(delete(&mut client).state, TaskInfoState::Success);
}

#[test]
fn names_and_sizes_are_one_record_with_cns() {
    let mut client = client();
    let volume = client.create("pvc-1", 1024);
    client.call(&catalogue(), Method::VslmRenameVStorageObject, vec![("id", id(&volume)), ("name", text("renamed"))]).unwrap();
    let fields = vec![("id", id(&volume)), ("newCapacityInMB", Value::Long(2048))];
    client.call(&catalogue(), Method::VslmExtendDiskTask, fields).unwrap();
    client.pass(Duration::from_secs(60));
    let shown = client.query(CnsQueryFilter::default()).volumes.pop().unwrap();
    assert_eq!(shown.name.as_deref(), Some("renamed"));
    let backing: CnsBlockBackingDetails = shown.backing_object_details.unwrap().downcast().unwrap();
    assert_eq!(backing.capacity_in_mb, Some(2048));
    let empty = client.call(&catalogue(), Method::VslmRenameVStorageObject, vec![("id", id(&volume)), ("name", text(""))]);
    assert_eq!(empty.unwrap_err().type_name(), "InvalidArgument");
}
