//! What an operation costs does not grow with the world: counted in rows of the tables that are looked at, so that no clock and no
//! machine has a say. Followers of all machines and of a task are there, as they are in any cluster.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use common::{Client, arguments, plain, text};
use fake_vcenter_world::{LatencyProfile, Reply, WorldConfig};
use vsphere_types::{
    CnsQueryFilter, CnsVolumeId, DataObject, Method, MoRef, ObjectSpec, PropertyFilterSpec, PropertySpec, TraversalSpec, Value,
    VirtualMachineConfigSpec, WaitOptions,
};

/// Properties of all machines through a view of the whole inventory.
fn all_machines(view: &MoRef) -> PropertyFilterSpec {
    let traversal =
        TraversalSpec { kind: "ContainerView".to_owned(), path: "view".to_owned(), skip: Some(false), ..TraversalSpec::default() };
    PropertyFilterSpec {
        prop_set: vec![PropertySpec {
            kind: "VirtualMachine".to_owned(),
            path_set: vec!["name".to_owned(), "config.hardware.device".to_owned()],
            all: None,
        }],
        object_set: vec![ObjectSpec { obj: view.clone(), skip: Some(true), select_set: vec![traversal.into_object()] }],
        report_missing_objects_in_results: None,
    }
}

fn follow(client: &mut Client, spec: PropertyFilterSpec) {
    let fields = vec![("spec", Value::of(spec)), ("partialUpdates", Value::Bool(false))];
    client.call(&client.collector(), Method::CreateFilter, fields).unwrap();
}

/// A world with so many machines and volumes, followed by a client that has been told of everything.
fn world(machines: usize, volumes: usize) -> (Client, String) {
    let mut config = WorldConfig::small("vc-a", 3, machines);
    config.latency = LatencyProfile::default().scaled(0, 1);
    let mut client = Client::new(config);
    let fields =
        vec![("container", Value::Ref(MoRef::new("Folder", "group-d1"))), ("type", common::texts(&[])), ("recursive", Value::Bool(true))];
    let Some(Value::Ref(view)) = client.call(&MoRef::new("ViewManager", "ViewManager"), Method::CreateContainerView, fields).unwrap()
    else {
        panic!("no view")
    };
    let tasks: Vec<MoRef> = (0..volumes).map(|number| client.create_task(client.spec(&format!("pvc-{number}"), 10))).collect();
    client.pass(std::time::Duration::ZERO);
    assert_eq!(client.world.counts().volumes, tasks.len());
    follow(&mut client, all_machines(&view));
    let mut version = String::new();
    updates(&mut client, &mut version);
    (client, version)
}

/// Asks what is new; how many objects have something to tell.
fn updates(client: &mut Client, version: &mut String) -> usize {
    let options = WaitOptions { max_wait_seconds: Some(0), max_object_updates: None };
    let call = arguments(vec![("version", text(version)), ("options", Value::of(options))]);
    let Reply::Done(answer) = client.reply(&client.collector(), Method::WaitForUpdatesEx, &call, false).unwrap() else {
        panic!("it waits")
    };
    let Some(Value::Object(update)) = answer else { return 0 };
    let update: vsphere_types::UpdateSet = update.downcast().unwrap();
    *version = update.version;
    update.filter_set.iter().map(|filter| filter.object_set.len()).sum()
}

/// Rows that are looked at by each operation, in a world of this size.
fn costs(machines: usize, volumes: usize) -> Vec<(&'static str, u64)> {
    let (mut client, mut version) = world(machines, volumes);
    let machine = client.vm("worker-7");
    let uuid = client.world.vm_named("worker-7").unwrap().bios_uuid;
    let volume = client.create("the-one", 10);
    let mut costs = Vec::new();
    let mut last = client.world.rows_looked_at();
    let mut note = |client: &Client, what| {
        let now = client.world.rows_looked_at();
        costs.push((what, now - last));
        last = now;
    };
    let instant = std::time::Duration::ZERO;

    let spec = client.spec("another", 10);
    note(&client, "preparing");
    client.create_task(spec);
    client.pass(instant);
    note(&client, "create");
    assert_eq!(updates(&mut client, &mut version), 0);
    note(&client, "being told of nothing");
    client.attach_task(&volume, &machine);
    client.pass(instant);
    note(&client, "attach");
    assert_eq!(updates(&mut client, &mut version), 1);
    note(&client, "being told of a disk");
    let filter = CnsQueryFilter { volume_ids: vec![CnsVolumeId { id: volume.clone() }], ..CnsQueryFilter::default() };
    assert_eq!(client.query(filter).volumes.len(), 1);
    note(&client, "query by id");
    client.retrieve(plain(&machine, &["config", "summary", "runtime.host"])).unwrap();
    note(&client, "reading one machine");
    client.detach_task(&volume, &machine);
    client.pass(instant);
    note(&client, "detach");
    client.delete_task(&volume, true);
    client.pass(instant);
    note(&client, "delete");
    let search = vec![("uuid", text(&uuid)), ("vmSearch", Value::Bool(true)), ("instanceUuid", Value::Bool(false))];
    let found = client.call(&MoRef::new("SearchIndex", "SearchIndex"), Method::FindByUuid, search).unwrap();
    assert_eq!(found, Some(Value::Ref(machine.clone())));
    note(&client, "FindByUuid");
    let spec = VirtualMachineConfigSpec { name: Some("renamed".to_owned()), ..VirtualMachineConfigSpec::default() };
    client.call(&machine, Method::ReconfigVmTask, vec![("spec", Value::of(spec))]).unwrap();
    client.pass(instant);
    note(&client, "reconfigure");
    assert_eq!(updates(&mut client, &mut version), 1);
    note(&client, "being told of a name");
    follow(&mut client, plain(&machine, &["name"]));
    note(&client, "following one machine");
    let path = vec![("inventoryPath", text("/dc-1/vm/worker-9"))];
    assert!(client.call(&MoRef::new("SearchIndex", "SearchIndex"), Method::FindByInventoryPath, path).unwrap().is_some());
    note(&client, "FindByInventoryPath");
    client.session = None;
    client.login().unwrap();
    note(&client, "login");
    costs
}

#[test]
fn what_an_operation_costs_does_not_grow_with_the_world() {
    let (small, large) = (costs(20, 20), costs(600, 900));
    // It is the same number of rows, not only a like one.
    assert_eq!(small, large);
    assert!(small.iter().any(|(_, rows)| *rows > 10), "nothing was counted: {small:?}");
}
