//! Hosts that fail, HA, power, and the life of virtual machines, as clients see it.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use std::time::Duration;

use common::{Client, fault_of, text};
use fake_vcenter_world::{GuestState, HostConnection, KeyProviderConfig, PowerState, TaskFault, VmConfig, VmFacts, WorldConfig};
use vsphere_types::{Fault, Method, MoRef, NoPermission, TypedFault, Value};

fn config(hosts: usize, ha: bool) -> WorldConfig {
    let mut config = WorldConfig::small("vc-a", hosts, 2);
    config.inventory.datacenters[0].clusters[0].ha = ha;
    config
}

fn worker(client: &Client) -> VmFacts {
    client.world.vm_named("worker-1").unwrap()
}

/// A volume attached to `worker-1`.
fn attached(client: &mut Client) -> String {
    let id = client.create("pvc-1", 10);
    let vm = client.vm("worker-1");
    let task = client.attach_task(&id, &vm);
    assert_eq!(fault_of(&client.result(&task)), None);
    id
}

/// What a client sees of `worker-1` and of the host that it was on.
fn seen(client: &mut Client, host: &MoRef) -> String {
    let vm = client.vm("worker-1");
    let mut told = Vec::new();
    for (object, path) in [
        (host, "runtime.connectionState"),
        (&vm, "runtime.connectionState"),
        (&vm, "runtime.powerState"),
        (&vm, "runtime.host"),
        (&vm, "guest.toolsRunningStatus"),
    ] {
        let value = match client.property(object, path) {
            Ok(Some(Value::Enum(member))) => member.member.to_string(),
            Ok(Some(Value::Text(text))) => text,
            Ok(Some(Value::Ref(reference))) => reference.id,
            other => format!("{other:?}"),
        };
        told.push(value);
    }
    format!("{} runs: {}", told.join(", "), worker(client).running)
}

#[test]
fn ha_restarts_a_machine_elsewhere_with_its_disks_in_their_slots() {
    let mut client = Client::new(config(3, true));
    let id = attached(&mut client);
    let before = worker(&client);
    let disks = client.property(&before.vm, "config.hardware.device").unwrap();
    let mut lines = vec![format!("before: {}", seen(&mut client, &before.host))];
    client.world.fail_host(client.now, &before.host).unwrap();
    lines.push(format!("at once: {}", seen(&mut client, &before.host)));
    client.pass(Duration::from_secs(18));
    lines.push(format!("after 18 s: {}", seen(&mut client, &before.host)));
    client.pass(Duration::from_secs(3 * 60 - 18));
    lines.push(format!("after 3 min: {}", seen(&mut client, &before.host)));
    let after = worker(&client);
    assert_eq!((after.vm, after.bios_uuid, after.boot_id), (before.vm, before.bios_uuid, before.boot_id + 1));
    assert_eq!(client.property(&client.vm("worker-1"), "config.hardware.device").unwrap(), disks);
    assert_eq!(client.world.guest_disks("worker-1").len(), 1);
    client.world.recover_host(client.now, &before.host).unwrap();
    client.pass(Duration::from_mins(5));
    lines.push(format!("host back: {}", seen(&mut client, &before.host)));
    let vm = client.vm("worker-1");
    let task = client.detach_task(&id, &vm);
    assert_eq!(fault_of(&client.result(&task)), None);
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn without_ha_a_machine_stays_where_it_was_and_holds_its_disks_until_the_host_is_back() {
    let mut client = Client::new(config(3, false));
    let id = attached(&mut client);
    let before = worker(&client);
    client.world.fail_host(client.now, &before.host).unwrap();
    client.pass(Duration::from_mins(20));
    let mut lines = vec![format!("after 20 min: {}", seen(&mut client, &before.host))];
    let other = client.vm("worker-2");
    let task = client.attach_task(&id, &other);
    lines.push(format!("attaching elsewhere: {:?}", fault_of(&client.result(&task))));
    let task = client.detach_task(&id, &before.vm);
    lines.push(format!("detaching: {:?}", fault_of(&client.result(&task))));
    client.world.recover_host(client.now, &before.host).unwrap();
    lines.push(format!("host back: {}", seen(&mut client, &before.host)));
    let task = client.detach_task(&id, &before.vm);
    lines.push(format!("detaching: {:?}", fault_of(&client.result(&task))));
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_host_that_is_back_before_anybody_noticed_restarts_its_machines_itself_when_no_other_can() {
    let mut client = Client::new(config(1, true));
    let before = worker(&client);
    client.world.fail_host(client.now, &before.host).unwrap();
    client.pass(Duration::from_mins(10));
    assert!(!worker(&client).running, "there is no other host");
    client.world.recover_host(client.now, &before.host).unwrap();
    client.pass(Duration::from_mins(3));
    let after = worker(&client);
    assert_eq!((after.running, after.host, after.boot_id), (true, before.host, before.boot_id + 1));
}

#[test]
fn ha_waits_for_the_keys_of_an_encrypted_machine() {
    let mut config = config(2, true);
    config.key_providers = vec![KeyProviderConfig { default: true, ..KeyProviderConfig::standard("kp-1") }];
    config.inventory.datacenters[0].vms[0].encrypted_with = Some("kp-1".to_owned());
    let mut client = Client::new(config);
    let before = worker(&client);
    client.world.set_key_provider_available(client.now, "kp-1", false).unwrap();
    client.world.fail_host(client.now, &before.host).unwrap();
    client.pass(Duration::from_mins(30));
    assert!(!worker(&client).running, "its key cannot be had");
    client.world.set_key_provider_available(client.now, "kp-1", true).unwrap();
    client.pass(Duration::from_mins(3));
    assert!(worker(&client).running);
}

#[test]
fn a_machine_made_again_shares_nothing_but_the_name_and_its_disks_outlive_the_first() {
    let mut client = Client::new(config(2, true));
    let id = attached(&mut client);
    let first = worker(&client);
    let twin = VmConfig::node("worker-1", 1);
    assert_eq!(client.world.create_vm(client.now, &twin, "dc-1").unwrap_err().type_name(), "DuplicateName");
    client.world.destroy_vm(client.now, &first.vm).unwrap();
    let task = client.detach_task(&id, &first.vm);
    assert_eq!(fault_of(&client.result(&task)), Some("ManagedObjectNotFound".to_owned()));
    client.world.create_vm(client.now, &twin, "dc-1").unwrap();
    let second = worker(&client);
    assert!(second.running);
    assert_ne!((second.vm.clone(), second.bios_uuid), (first.vm, first.bios_uuid));
    let task = client.attach_task(&id, &second.vm);
    assert_eq!(fault_of(&client.result(&task)), None);
}

fn found(client: &mut Client, method: Method, fields: Vec<(&'static str, Value)>) -> bool {
    let mut all = vec![("vmSearch", Value::Bool(true))];
    all.extend(fields);
    client.call(&MoRef::new("SearchIndex", "SearchIndex"), method, all).unwrap().is_some()
}

#[test]
fn a_guest_that_tools_do_not_tell_of_has_neither_name_nor_addresses() {
    let mut client = Client::new(config(1, true));
    let vm = client.vm("worker-1");
    let told = client.world.guest(&vm).unwrap();
    let address = told.addresses[0].clone();
    assert!(found(&mut client, Method::FindByDnsName, vec![("dnsName", text("worker-1"))]));
    client.world.set_guest(client.now, &vm, GuestState { tools_running: false, ..told.clone() }).unwrap();
    for path in ["guest.hostName", "guest.ipAddress"] {
        assert_eq!(client.property(&vm, path).unwrap(), None, "{path}");
    }
    assert!(!found(&mut client, Method::FindByIp, vec![("ip", text(&address))]));
    client.world.set_guest(client.now, &vm, GuestState { host_name: None, ..told }).unwrap();
    assert_eq!(client.property(&vm, "guest.hostName").unwrap(), None);
    assert_eq!(client.property(&vm, "guest.ipAddress").unwrap(), Some(text(&address)));
}

#[test]
fn a_uuid_that_is_empty_for_a_moment_is_found_by_nobody() {
    let mut client = Client::new(config(1, true));
    let worker = worker(&client);
    client.world.clear_bios_uuid(client.now, &worker.vm, true).unwrap();
    assert_eq!(client.property(&worker.vm, "config.uuid").unwrap(), Some(text("")));
    assert!(!found(&mut client, Method::FindByUuid, vec![("uuid", text(&worker.bios_uuid))]));
    client.world.clear_bios_uuid(client.now, &worker.vm, false).unwrap();
    assert!(found(&mut client, Method::FindByUuid, vec![("uuid", text(&worker.bios_uuid))]));
}

fn outcome(client: &mut Client, vm: &MoRef, method: Method) -> String {
    match client.call(vm, method, vec![]) {
        Ok(Some(Value::Ref(task))) => client.info(&task).error.map_or_else(|| "done".to_owned(), |error| error.fault.type_name.into()),
        Ok(_) => "done at once".to_owned(),
        Err(fault) => fault.type_name().to_owned(),
    }
}

#[test]
fn power_is_judged_by_the_state_and_every_boot_counts() {
    let mut client = Client::new(config(1, true));
    let id = attached(&mut client);
    let vm = client.vm("worker-1");
    let mut lines = Vec::new();
    for method in [
        Method::PowerOnVmTask,
        Method::ResetVmTask,
        Method::UnregisterVm,
        Method::DestroyTask,
        Method::PowerOffVmTask,
        Method::ResetVmTask,
        Method::PowerOnVmTask,
        Method::PowerOffVmTask,
        Method::UnregisterVm,
    ] {
        let came = outcome(&mut client, &vm, method);
        let boots = client.world.vm_named("worker-1").map_or(0, |worker| worker.boot_id);
        lines.push(format!("{method}: {came}, boots {boots}"));
    }
    let volume = client.world.volumes().into_iter().find(|volume| volume.id == id).unwrap();
    assert!(volume.attached_to.is_empty(), "it outlives its machine");
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_host_may_be_disconnected_by_hand_or_not_respond() {
    let mut client = Client::new(config(2, true));
    let host = worker(&client).host;
    let mut lines = Vec::new();
    for connection in [HostConnection::Disconnected, HostConnection::NotResponding, HostConnection::Connected] {
        client.world.set_host_connection(client.now, &host, connection).unwrap();
        client.pass(Duration::from_mins(5));
        lines.push(format!("{connection:?}: {}", seen(&mut client, &host)));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_machine_goes_into_another_cluster_only_with_what_it_has_attached() {
    let mut config = config(1, true);
    let datacenter = &mut config.inventory.datacenters[0];
    datacenter.clusters.push(fake_vcenter_world::ClusterConfig::new("other", 1, &["vsan-b"]));
    datacenter.datastores.push(fake_vcenter_world::DatastoreConfig::vsan("vsan-b", 100));
    let mut client = Client::new(config);
    let vm = client.vm("worker-1");
    let target = client.world.hosts()[1].clone();
    let pool = client.property(&vm, "resourcePool").unwrap();
    let id = {
        let mut spec = client.spec("pvc-1", 10);
        spec.datastores.truncate(1);
        let task = client.create_task(spec);
        client.result(&task);
        client.world.volumes()[0].id.clone()
    };
    client.world.attach_out_of_band(client.now, &id, &vm).unwrap();
    assert_eq!(client.world.move_vm(client.now, &vm, &target).unwrap_err().type_name(), "InvalidDatastore");
    client.world.detach_out_of_band(client.now, &id, &vm).unwrap();
    client.world.move_vm(client.now, &vm, &target).unwrap();
    assert_eq!(client.property(&vm, "runtime.host").unwrap(), Some(Value::Ref(target)));
    assert_ne!(client.property(&vm, "resourcePool").unwrap(), pool);
}

#[test]
fn a_planned_failure_of_a_task_leaves_nothing_or_all_of_its_effect() {
    let mut client = Client::new(config(1, true));
    for after_effect in [false, true] {
        let fault: Fault = NoPermission::default().fault();
        client.world.fail_next_tasks(TaskFault { method: Method::CnsCreateVolume, fault, times: 1, after_effect });
        let before = client.world.volumes().len();
        let spec = client.spec("pvc-1", 10);
        let task = client.create_task(spec);
        assert_eq!(client.info(&task).error.map(|error| error.fault.type_name), Some("NoPermission".into()));
        assert_eq!(client.world.volumes().len() - before, usize::from(after_effect));
    }
    assert_eq!(client.world.planned_task_faults(), 0);
    client.create("pvc-2", 10);
}

#[test]
fn a_session_ends_at_its_absolute_limit_however_busy_it_is() {
    let mut config = config(1, true);
    config.session_absolute = Some(Duration::from_hours(1));
    let mut client = Client::new(config);
    let vm = client.vm("worker-1");
    for _ in 0..11 {
        client.pass(Duration::from_mins(5));
        client.property(&vm, "name").unwrap();
    }
    client.pass(Duration::from_mins(5));
    let missing = client.call(&vm, Method::PowerOffVmTask, vec![]).unwrap_err();
    assert_eq!(missing.type_name(), "NotAuthenticated");
}

#[test]
fn numbers_of_ids_count_on_from_where_they_are_told_to() {
    let first = |first_number| {
        let client = Client::new(WorldConfig { first_number, ..config(1, true) });
        client.vm("worker-1").id
    };
    assert_eq!((first(1), first(1), first(1_000)), ("vm-12".to_owned(), "vm-12".to_owned(), "vm-1011".to_owned()));
}

#[test]
fn the_journal_tells_what_is_so_while_vcenter_does_not_know_yet() {
    let mut client = Client::new(config(2, true));
    attached(&mut client);
    let host = worker(&client).host;
    client.world.take_changes();
    client.world.fail_host(client.now, &host).unwrap();
    client.pass(Duration::from_mins(3));
    client.world.recover_host(client.now, &host).unwrap();
    let changes = client.world.take_changes().into_iter();
    let lines: Vec<String> = changes.map(|change| format!("{} {}", change.object, change.patch)).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_machine_that_is_off_is_off_for_its_guest_too() {
    let mut client = Client::new(config(1, true));
    attached(&mut client);
    let vm = client.vm("worker-1");
    client.world.set_power(client.now, &vm, PowerState::PoweredOff).unwrap();
    assert_eq!(client.world.guest_disks("worker-1").len(), 0);
    assert_eq!(client.world.volumes()[0].attached_to, [vm]);
}

#[test]
fn a_host_for_maintenance_is_emptied_first_and_takes_nothing() {
    let mut client = Client::new(config(2, true));
    attached(&mut client);
    let before = worker(&client);
    let hosts = client.world.hosts();
    let other = hosts.iter().find(|host| **host != before.host).unwrap().clone();
    client.world.set_maintenance(client.now, &before.host, true).unwrap();
    let after = worker(&client);
    assert_eq!((after.host, after.running, after.boot_id), (other.clone(), true, before.boot_id), "it moved and ran on");
    assert_eq!(client.property(&before.host, "runtime.inMaintenanceMode").unwrap(), Some(Value::Bool(true)));
    assert_eq!(client.world.guest_disks("worker-1").len(), 1);
    let vm = client.vm("worker-1");
    assert_eq!(client.world.move_vm(client.now, &vm, &before.host).unwrap_err().type_name(), "InvalidHostState");
    // Nowhere is left for either machine.
    let refused = client.world.set_maintenance(client.now, &other, true).unwrap_err();
    insta::assert_snapshot!(refused.message, @"esx-2.prod.seatrial.test cannot enter maintenance mode: no other host of its cluster takes worker-1.");
    assert_eq!(client.property(&other, "runtime.inMaintenanceMode").unwrap(), Some(Value::Bool(false)));
    client.world.set_maintenance(client.now, &before.host, false).unwrap();
    client.world.move_vm(client.now, &vm, &before.host).unwrap();
}

#[test]
fn a_machine_that_is_off_stays_on_a_host_in_maintenance_and_does_not_start_there() {
    let mut client = Client::new(config(2, true));
    let worker = worker(&client);
    client.world.set_power(client.now, &worker.vm, PowerState::PoweredOff).unwrap();
    client.world.set_maintenance(client.now, &worker.host, true).unwrap();
    assert_eq!(client.world.vm_named("worker-1").unwrap().host, worker.host);
    assert_eq!(outcome(&mut client, &worker.vm, Method::PowerOnVmTask), "InvalidHostState");
    let by_hand = client.world.set_power(client.now, &worker.vm, PowerState::PoweredOn).unwrap_err();
    assert_eq!(by_hand.type_name(), "InvalidHostState", "whoever stands before it is refused as well");
}

#[test]
fn a_datastore_is_unmounted_only_where_nothing_on_it_is_used() {
    let mut config = config(2, true);
    let datacenter = &mut config.inventory.datacenters[0];
    datacenter.clusters[0].datastores.push("vmfs-b".to_owned());
    datacenter.datastores.push(fake_vcenter_world::DatastoreConfig::vsan("vmfs-b", 100));
    let mut client = Client::new(config);
    let host = worker(&client).host;
    let [own, other] = [0, 1].map(|place| client.world.datastores()[place].datastore.clone());
    let seen = |client: &mut Client| client.property(&host, "datastore").unwrap().unwrap();
    let all = seen(&mut client);
    assert_eq!(client.world.set_mounted(client.now, &host, &own, false).unwrap_err().type_name(), "ResourceInUse");
    client.world.set_mounted(client.now, &host, &other, false).unwrap();
    assert_ne!(seen(&mut client), all);
    client.world.set_mounted(client.now, &host, &other, true).unwrap();
    assert_eq!(seen(&mut client), all, "in the same order");
}

#[test]
fn a_new_host_takes_what_ha_owes_a_restart() {
    let mut client = Client::new(config(1, true));
    let before = worker(&client);
    client.world.fail_host(client.now, &before.host).unwrap();
    client.pass(Duration::from_mins(10));
    assert!(!worker(&client).running);
    let host = client.world.add_host(client.now, "prod").unwrap();
    client.pass(Duration::from_mins(3));
    assert_eq!((worker(&client).running, worker(&client).host), (true, host.clone()));
    assert_eq!(client.property(&host, "name").unwrap(), Some(text("esx-2.prod.seatrial.test")));
    assert_eq!(client.world.add_host(client.now, "no-such").unwrap_err().type_name(), "InvalidArgument");
}

#[test]
fn a_machine_whose_files_nobody_reaches_is_inaccessible_and_runs_on() {
    let mut client = Client::new(config(1, true));
    let before = worker(&client);
    let datastore = client.world.datastores()[0].datastore.clone();
    client.world.set_datastore_accessible(client.now, &datastore, false).unwrap();
    let host = before.host.clone();
    assert!(seen(&mut client, &host).starts_with("connected, inaccessible, poweredOn"), "{}", seen(&mut client, &host));
    assert!(worker(&client).running);
    client.world.set_datastore_accessible(client.now, &datastore, true).unwrap();
    assert!(seen(&mut client, &host).starts_with("connected, connected, poweredOn"));
}

#[test]
fn what_cns_works_on_when_it_is_started_anew_has_failed_without_an_effect() {
    let mut config = config(1, true);
    config.task_times = [(Method::CnsCreateVolume, Duration::from_secs(20))].into();
    let mut client = Client::new(config);
    let spec = client.spec("pvc-1", 10);
    let task = client.create_task(spec);
    client.pass(Duration::from_secs(10));
    let host = worker(&client).vm;
    let Ok(Some(Value::Ref(off))) = client.call(&host, Method::PowerOffVmTask, vec![]) else { panic!("it is a task") };
    client.world.fail_tasks_of_cns(client.now);
    let state = |client: &mut Client, task: &MoRef| client.property(task, "info.state").unwrap();
    let failed = state(&mut client, &task);
    client.pass(Duration::from_mins(1));
    assert_eq!(state(&mut client, &task), failed, "it ended once");
    assert_eq!(client.info(&task).error.map(|error| error.fault.type_name), Some("CnsFault".into()));
    assert!(client.world.volumes().is_empty());
    assert!(client.info(&off).error.is_none(), "it is vpxd's");
    // Tasks of that method take just as long as was said.
    let spec = client.spec("pvc-2", 10);
    let task = client.create_task(spec);
    client.pass(Duration::from_secs(19));
    assert!(client.world.volumes().is_empty());
    client.pass(Duration::from_secs(2));
    assert_eq!(client.world.volumes().len(), 1);
    assert!(client.info(&task).error.is_none());
}
