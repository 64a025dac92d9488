//! A client that follows WaitForUpdatesEx always holds what a fresh read would give, whatever happens and whichever
//! answers are lost.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use common::{Client, arguments, place, references, text};
use fake_vcenter_world::{GuestState, KeyProviderConfig, PowerState, Reply, VmConfig, WorldConfig};
use proptest::prelude::*;
use vsphere_types::{
    CryptoSpecShallowRecrypt, DataObject, Method, MoRef, Object, ObjectSpec, ObjectUpdateKind, PropertyFilterSpec, PropertySpec,
    SelectionSpec, TraversalSpec, UpdateSet, Value, VirtualMachineConfigSpec, VirtualMachineDefinedProfileSpec, WaitOptions,
};

const ENCRYPTION_POLICY: &str = "4d5f673c-536f-11e6-beb8-9e71128cae77";

/// One thing that happens.
#[derive(Clone, Debug)]
enum Happening {
    Create(i64),
    Delete(usize, bool),
    Attach(usize, usize),
    Detach(usize, usize),
    Extend(usize),
    Power(usize, bool),
    PowerTask(usize, bool),
    Move(usize, usize),
    Destroy(usize),
    Host(usize, bool),
    Maintain(usize, bool),
    Mount(usize, bool),
    AddHost,
    Accessible(bool),
    Used(u64),
    Fail(usize),
    Recover(usize),
    Provider(bool),
    Tools(usize, bool),
    HideUuid(usize, bool),
    Recrypt(usize),
    Rename(usize, u8),
    MakeVm,
    Rights(usize),
    Login,
    AddToView(usize),
    RemoveFromView(usize),
    Pass(u64),
    /// The follower asks, and may lose the answer.
    Follow(bool),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        3 => (1_i64..5_000).prop_map(Happening::Create),
        2 => (0_usize..6, any::<bool>()).prop_map(|(volume, disk)| Happening::Delete(volume, disk)),
        4 => (0_usize..6, 0_usize..3).prop_map(|(volume, vm)| Happening::Attach(volume, vm)),
        3 => (0_usize..6, 0_usize..3).prop_map(|(volume, vm)| Happening::Detach(volume, vm)),
        1 => (0_usize..6).prop_map(Happening::Extend),
        1 => (0_usize..3, any::<bool>()).prop_map(|(vm, on)| Happening::Power(vm, on)),
        1 => (0_usize..3, any::<bool>()).prop_map(|(vm, on)| Happening::PowerTask(vm, on)),
        1 => (0_usize..3, 0_usize..3).prop_map(|(vm, host)| Happening::Move(vm, host)),
        1 => (0_usize..3).prop_map(Happening::Destroy),
        1 => (0_usize..3, any::<bool>()).prop_map(|(host, up)| Happening::Host(host, up)),
        1 => (0_usize..3, any::<bool>()).prop_map(|(host, enter)| Happening::Maintain(host, enter)),
        1 => (0_usize..3, any::<bool>()).prop_map(|(host, mounted)| Happening::Mount(host, mounted)),
        1 => Just(Happening::AddHost),
        1 => any::<bool>().prop_map(Happening::Accessible),
        1 => (0_u64..100).prop_map(Happening::Used),
        1 => (0_usize..3).prop_map(Happening::Fail),
        1 => (0_usize..3).prop_map(Happening::Recover),
        1 => any::<bool>().prop_map(Happening::Provider),
        1 => (0_usize..3, any::<bool>()).prop_map(|(vm, running)| Happening::Tools(vm, running)),
        1 => (0_usize..3, any::<bool>()).prop_map(|(vm, hidden)| Happening::HideUuid(vm, hidden)),
        2 => (0_usize..3).prop_map(Happening::Recrypt),
        2 => (0_usize..3, any::<u8>()).prop_map(|(vm, name)| Happening::Rename(vm, name)),
        1 => Just(Happening::MakeVm),
        1 => (0_usize..5).prop_map(Happening::Rights),
        1 => Just(Happening::Login),
        2 => (0_usize..30).prop_map(Happening::AddToView),
        2 => (0_usize..30).prop_map(Happening::RemoveFromView),
        6 => (1_u64..400_000).prop_map(Happening::Pass),
        6 => any::<bool>().prop_map(Happening::Follow),
    ]
}

/// What a follower holds: objects, and the values of those paths that are set.
type Held = BTreeMap<MoRef, BTreeMap<String, Value>>;

struct Follower {
    version: String,
    filter: MoRef,
    held: Held,
    limit: Option<i32>,
}

impl Follower {
    /// Asks until nothing is left to tell; a lost answer is not applied, and asked for again.
    fn follow(&mut self, client: &mut Client, mut lose: bool) {
        let collector = client.collector();
        loop {
            let options = WaitOptions { max_wait_seconds: Some(0), max_object_updates: self.limit };
            let call = arguments(vec![("version", text(&self.version)), ("options", Value::of(options))]);
            let Reply::Done(answer) = client.reply(&collector, Method::WaitForUpdatesEx, &call, false).unwrap() else { panic!("it waits") };
            let Some(Value::Object(update)) = answer else { return };
            if std::mem::take(&mut lose) {
                continue;
            }
            self.apply(update.downcast().unwrap());
        }
    }

    fn apply(&mut self, update: UpdateSet) {
        self.version = update.version;
        for object in update.filter_set.into_iter().filter(|set| set.filter == self.filter).flat_map(|set| set.object_set) {
            match object.kind {
                ObjectUpdateKind::Leave => {
                    assert!(self.held.remove(&object.obj).is_some(), "{} left without having entered", object.obj);
                    continue;
                }
                ObjectUpdateKind::Enter => {
                    self.held.insert(object.obj.clone(), BTreeMap::new());
                }
                ObjectUpdateKind::Modify => {}
            }
            let held = self.held.get_mut(&object.obj).expect("only members are modified");
            for missing in object.missing_set {
                held.remove(&missing.path);
            }
            for change in object.change_set {
                match change.val {
                    Some(value) => held.insert(change.name, value),
                    None => held.remove(&change.name),
                };
            }
        }
    }
}

fn fresh(client: &mut Client, spec: &PropertyFilterSpec) -> Held {
    let contents = client.retrieve(spec.clone()).unwrap();
    contents
        .into_iter()
        .map(|content| (content.obj, content.prop_set.into_iter().map(|property| (property.name, property.val)).collect()))
        .collect()
}

fn properties(kind: &str, paths: &[&str]) -> PropertySpec {
    let all = paths.is_empty().then_some(true);
    PropertySpec { kind: kind.to_owned(), all, path_set: paths.iter().map(|path| (*path).to_owned()).collect() }
}

fn traversal(name: &str, kind: &str, path: &str, next: Vec<Object>) -> Object {
    TraversalSpec { name: Some(name.to_owned()), kind: kind.to_owned(), path: path.to_owned(), skip: Some(false), select_set: next }
        .into_object()
}

fn named(name: &str) -> Object {
    SelectionSpec { name: Some(name.to_owned()) }.into_object()
}

fn start(object: MoRef, select_set: Vec<Object>) -> ObjectSpec {
    ObjectSpec { obj: object, skip: Some(false), select_set }
}

/// Filters of the kinds that clients use.
fn specs(list_view: &MoRef, container_view: &MoRef) -> Vec<PropertyFilterSpec> {
    let root = MoRef::new("Folder", "group-d1");
    let everything = vec![
        traversal(
            "folder",
            "Folder",
            "childEntity",
            vec![named("folder"), named("vms"), named("hosts"), named("stores"), named("cluster")],
        ),
        traversal("vms", "Datacenter", "vmFolder", vec![named("folder")]),
        traversal("hosts", "Datacenter", "hostFolder", vec![named("folder")]),
        traversal("stores", "Datacenter", "datastoreFolder", vec![named("folder")]),
        traversal("cluster", "ComputeResource", "host", vec![named("on")]),
        traversal("on", "HostSystem", "vm", vec![]),
    ];
    let view = |view: &MoRef, kind: &str| vec![start(view.clone(), vec![traversal("view", kind, "view", vec![])])];
    let spec = |prop_set, object_set| PropertyFilterSpec { prop_set, object_set, report_missing_objects_in_results: Some(true) };
    vec![
        spec(vec![properties("Task", &["info"])], view(list_view, "ListView")),
        spec(
            vec![properties("Task", &["info.state", "info.completeTime"]), properties("ListView", &["view"])],
            view(list_view, "ListView"),
        ),
        spec(
            vec![
                properties(
                    "VirtualMachine",
                    &[
                        "config.hardware.device",
                        "runtime.host",
                        "runtime.bootTime",
                        "runtime.cryptoState",
                        "config.keyId",
                        "config.changeVersion",
                        "config.files.vmPathName",
                        "config.datastoreUrl",
                        "config.uuid",
                        "summary.config.numVirtualDisks",
                    ],
                ),
                properties("Datastore", &["summary.freeSpace", "info", "vm"]),
                properties("HostSystem", &["vm", "runtime"]),
                properties("ManagedEntity", &["name", "parent"]),
            ],
            vec![start(root.clone(), everything.clone())],
        ),
        spec(
            vec![properties("ManagedEntity", &[]), properties("VirtualMachine", &[]), properties("Datastore", &[])],
            vec![start(root, everything)],
        ),
        spec(vec![properties("VirtualMachine", &["guest", "summary"])], view(container_view, "ContainerView")),
        spec(vec![properties("CryptoManagerKmip", &[])], vec![start(MoRef::new("CryptoManagerKmip", "CryptoManager"), vec![])]),
        spec(vec![properties("TaskManager", &["recentTask"])], vec![start(MoRef::new("TaskManager", "TaskManager"), vec![])]),
    ]
}

struct TestWorld {
    client: Client,
    list_view: MoRef,
    tasks: Vec<MoRef>,
    others: usize,
}

impl TestWorld {
    fn volume(&self, number: usize) -> Option<String> {
        let volumes = self.client.world.volumes();
        volumes.get(number % volumes.len().max(1)).map(|volume| volume.id.clone())
    }

    fn vm(&self, number: usize) -> Option<MoRef> {
        let vms = self.client.world.vms();
        vms.get(number % vms.len().max(1)).map(|vm| vm.vm.clone())
    }

    fn happens(&mut self, happening: &Happening) {
        let now = self.client.now;
        match happening {
            Happening::Create(mb) => {
                let mut spec = self.client.spec("pvc", *mb);
                // Half of the volumes are encrypted.
                let policy = VirtualMachineDefinedProfileSpec { profile_id: ENCRYPTION_POLICY.to_owned(), ..Default::default() };
                spec.profile = (mb % 2 == 0).then(|| policy.into_object()).into_iter().collect();
                let task = self.client.create_task(spec);
                self.tasks.push(task);
            }
            Happening::Delete(volume, disk) => {
                let Some(volume) = self.volume(*volume) else { return };
                let task = self.client.delete_task(&volume, *disk);
                self.tasks.push(task);
            }
            Happening::Attach(volume, vm) | Happening::Detach(volume, vm) => {
                let (Some(volume), Some(vm)) = (self.volume(*volume), self.vm(*vm)) else { return };
                let attach = matches!(happening, Happening::Attach(..));
                let task = if attach { self.client.attach_task(&volume, &vm) } else { self.client.detach_task(&volume, &vm) };
                self.tasks.push(task);
            }
            Happening::Extend(volume) => {
                let Some(volume) = self.volume(*volume) else { return };
                let volume_id = place(&volume, &self.client.cns()).volume_id;
                let spec = vsphere_types::CnsVolumeExtendSpec { volume_id, capacity_in_mb: 6_000 };
                let task = self.client.task(Method::CnsExtendVolume, vec![("extendSpecs", common::list(vec![spec]))]).unwrap();
                self.tasks.push(task);
            }
            other => self.happens_to_inventory(other, now),
        }
    }

    fn happens_to_inventory(&mut self, happening: &Happening, now: jiff::Timestamp) {
        let state = |on: bool| if on { PowerState::PoweredOn } else { PowerState::PoweredOff };
        let hosts = self.client.world.hosts();
        match happening {
            Happening::Power(vm, on) => {
                let Some(vm) = self.vm(*vm) else { return };
                // It may be that its host is down, or its key out of reach.
                drop(self.client.world.set_power(now, &vm, state(*on)));
            }
            Happening::PowerTask(vm, on) => {
                let Some(vm) = self.vm(*vm) else { return };
                let method = if *on { Method::PowerOnVmTask } else { Method::PowerOffVmTask };
                // Who may not see the machine is refused.
                drop(self.client.call(&vm, method, vec![]));
            }
            Happening::Move(vm, host) => {
                let Some(vm) = self.vm(*vm) else { return };
                drop(self.client.world.move_vm(now, &vm, &hosts[host % hosts.len()]));
            }
            Happening::Destroy(vm) => {
                let Some(vm) = self.vm(*vm) else { return };
                self.client.world.destroy_vm(now, &vm).unwrap();
            }
            Happening::Host(host, up) => self.client.world.set_host_connected(now, &hosts[host % hosts.len()], *up).unwrap(),
            // A machine may have nowhere to go, or something on the datastore.
            Happening::Maintain(host, enter) => drop(self.client.world.set_maintenance(now, &hosts[host % hosts.len()], *enter)),
            Happening::Mount(host, mounted) => {
                let datastore = self.client.world.datastores()[0].datastore.clone();
                drop(self.client.world.set_mounted(now, &hosts[host % hosts.len()], &datastore, *mounted));
            }
            Happening::AddHost if hosts.len() < 6 => drop(self.client.world.add_host(now, "prod").unwrap()),
            Happening::AddHost => {}
            Happening::Accessible(accessible) => {
                let datastore = self.client.world.datastores()[0].datastore.clone();
                self.client.world.set_datastore_accessible(now, &datastore, *accessible).unwrap();
            }
            Happening::Fail(host) => self.client.world.fail_host(now, &hosts[host % hosts.len()]).unwrap(),
            Happening::Recover(host) => self.client.world.recover_host(now, &hosts[host % hosts.len()]).unwrap(),
            Happening::Provider(up) => self.client.world.set_key_provider_available(now, "kp-1", *up).unwrap(),
            Happening::Used(gib) => {
                let datastore = self.client.world.datastores()[0].datastore.clone();
                self.client.world.set_used_bytes(now, &datastore, gib << 30).unwrap();
            }
            other => self.happens_to_machines(other, now),
        }
    }

    fn happens_to_machines(&mut self, happening: &Happening, now: jiff::Timestamp) {
        match happening {
            Happening::Tools(vm, running) => {
                let Some(vm) = self.vm(*vm) else { return };
                let told = self.client.world.guest(&vm).unwrap();
                let host_name = running.then(|| "worker".to_owned());
                self.client.world.set_guest(now, &vm, GuestState { tools_running: *running, host_name, ..told }).unwrap();
            }
            Happening::HideUuid(vm, hidden) => {
                let Some(vm) = self.vm(*vm) else { return };
                self.client.world.clear_bios_uuid(now, &vm, *hidden).unwrap();
            }
            Happening::Recrypt(vm) => {
                let Some(vm) = self.vm(*vm) else { return };
                let crypto = CryptoSpecShallowRecrypt::default().into_object();
                let spec = VirtualMachineConfigSpec { crypto: Some(crypto), ..Default::default() };
                drop(self.client.call(&vm, Method::ReconfigVmTask, vec![("spec", Value::of(spec))]));
            }
            Happening::Rename(vm, name) => {
                let Some(vm) = self.vm(*vm) else { return };
                let spec = VirtualMachineConfigSpec { name: Some(format!("renamed-{name}")), ..Default::default() };
                drop(self.client.call(&vm, Method::ReconfigVmTask, vec![("spec", Value::of(spec))]));
            }
            Happening::MakeVm => {
                self.others += 1;
                let name = format!("worker-{}", 10 + self.others);
                drop(self.client.world.create_vm(now, &VmConfig::node(&name, 10), "dc-1"));
            }
            other => self.happens_to_clients(other),
        }
    }

    fn happens_to_clients(&mut self, happening: &Happening) {
        match happening {
            Happening::Rights(which) => {
                let lacks = ["System.Read", "System.View@worker-1", "System.Read@vsan-a", "System.View@prod", ""][*which];
                let lacks: Vec<String> = if lacks.is_empty() { Vec::new() } else { vec![lacks.to_owned()] };
                self.client.world.set_privileges(self.client.now, "administrator@vsphere.local", &lacks).unwrap();
            }
            Happening::Login => {
                let mine = self.client.session.take();
                self.client.login().unwrap();
                self.client.session = mine;
                self.others += 1;
            }
            Happening::AddToView(task) | Happening::RemoveFromView(task) => {
                let Some(task) = self.tasks.get(task % self.tasks.len().max(1)).cloned() else { return };
                let field = if matches!(happening, Happening::AddToView(_)) { "add" } else { "remove" };
                let view = self.list_view.clone();
                self.client.call(&view, Method::ModifyListView, vec![(field, references(vec![task]))]).unwrap();
            }
            Happening::Pass(milliseconds) => self.client.pass(Duration::from_millis(*milliseconds)),
            _ => {}
        }
    }
}

/// Lets a follower with this filter see everything, and compares what it holds with a fresh read each time.
fn follows(happenings: &[Happening], which: usize, limit: Option<i32>, window: usize) -> Result<(), TestCaseError> {
    let mut config = WorldConfig::small("vc-a", 3, 3);
    config.session_idle = Duration::from_hours(24 * 365);
    config.change_window = window;
    config.key_providers = vec![KeyProviderConfig { default: true, ..KeyProviderConfig::standard("kp-1") }];
    for vm in config.inventory.datacenters[0].vms.iter_mut().take(2) {
        vm.encrypted_with = Some("kp-1".to_owned());
    }
    let mut client = Client::new(config);
    let manager = MoRef::new("ViewManager", "ViewManager");
    let Some(Value::Ref(list_view)) = client.call(&manager, Method::CreateListView, vec![]).unwrap() else { panic!("no view") };
    let container = Value::Ref(MoRef::new("Folder", "group-d1"));
    let fields = vec![("container", container), ("type", common::texts(&["VirtualMachine"])), ("recursive", Value::Bool(true))];
    let Some(Value::Ref(container_view)) = client.call(&manager, Method::CreateContainerView, fields).unwrap() else { panic!("no view") };
    let spec = specs(&list_view, &container_view).swap_remove(which);
    let fields = vec![("spec", Value::of(spec.clone())), ("partialUpdates", Value::Bool(false))];
    let collector = client.collector();
    let Some(Value::Ref(filter)) = client.call(&collector, Method::CreateFilter, fields).unwrap() else { panic!("no filter") };
    let mut follower = Follower { version: String::new(), filter, held: Held::new(), limit };
    let mut test_world = TestWorld { client, list_view, tasks: Vec::new(), others: 0 };
    for happening in happenings {
        test_world.happens(happening);
        if let Happening::Follow(lose) = happening {
            follower.follow(&mut test_world.client, *lose);
            prop_assert_eq!(&follower.held, &fresh(&mut test_world.client, &spec));
        }
    }
    follower.follow(&mut test_world.client, true);
    prop_assert_eq!(&follower.held, &fresh(&mut test_world.client, &spec));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_follower_holds_what_a_fresh_read_gives(
        happenings in prop::collection::vec(happening(), 1..60),
        which in 0_usize..7,
        limit in prop::option::of(1_i32..4),
        window in prop_oneof![Just(10_000_usize), 1_usize..40],
    ) {
        follows(&happenings, which, limit, window)?;
    }
}
