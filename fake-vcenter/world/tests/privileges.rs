//! Accounts that lack privileges: what they are refused, what they do not see, and what they are told about it.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use std::time::Duration;

use common::{Client, fault_of, plain, references, text, texts};
use fake_vcenter_world::{DatastoreConfig, TagTarget, WorldConfig, is_privilege};
use vsphere_types::{
    AuthorizationRole, CnsQueryFilter, CnsVolumeCreateResult, EntityPrivilege, Fault, Method, MoRef, PbmProfileResourceType, Permission,
    Value,
};

const ADMIN: &str = "administrator@vsphere.local";

/// The account of all clients here lacks these.
fn client(lacks: &[&str]) -> Client {
    let mut config = WorldConfig::small("vc-a", 2, 2);
    let datacenter = &mut config.inventory.datacenters[0];
    datacenter.datastores.push(DatastoreConfig::vsan("vsan-b", 4096));
    datacenter.clusters[0].datastores.push("vsan-b".to_owned());
    config.users[0].lacks = lacks.iter().map(|lack| (*lack).to_owned()).collect();
    Client::new(config)
}

fn set(client: &mut Client, lacks: &[&str]) {
    let lacks: Vec<String> = lacks.iter().map(|lack| (*lack).to_owned()).collect();
    client.world.set_privileges(client.now, ADMIN, &lacks).unwrap();
}

fn privilege(fault: &Fault) -> (String, Option<Value>) {
    (fault.type_name().to_owned(), fault.object.get("privilegeId").cloned())
}

#[test]
fn who_may_not_search_volumes_is_told_no_more_than_that() {
    let mut client = client(&["Cns.Searchable"]);
    let filter = Value::of(CnsQueryFilter::default());
    let fault = client.call(&client.cns(), Method::CnsQueryVolume, vec![("filter", filter)]).unwrap_err();
    assert_eq!(fault.message, "NoPermission");
    assert_eq!(privilege(&fault), ("NoPermission".to_owned(), Some(text("Cns.Searchable"))));
    let id = client.create("pvc-1", 1024);
    let task = client.attach_task(&id, &client.vm("worker-1"));
    assert_eq!(fault_of(&client.result(&task)), None);
}

#[test]
fn datastores_without_the_privilege_are_passed_over() {
    let mut client = client(&["Datastore.FileManagement@vsan-b"]);
    let task = client.create_task(client.spec("pvc-1", 1024));
    let result: CnsVolumeCreateResult = client.result(&task).downcast().unwrap();
    assert_eq!(result.fault, None);
    assert_eq!(result.placement_results[1].placement_faults[0].fault.type_name, "CnsMissingPrivilegeFault");
    let id = result.volume_id.unwrap().id;
    set(&mut client, &["Datastore.FileManagement"]);
    let task = client.create_task(client.spec("pvc-2", 1024));
    assert_eq!(fault_of(&client.result(&task)), Some("NoPermission".to_owned()));
    let task = client.delete_task(&id, true);
    assert_eq!(fault_of(&client.result(&task)), Some("NoPermission".to_owned()));
    set(&mut client, &[]);
    let task = client.delete_task(&id, true);
    assert_eq!(fault_of(&client.result(&task)), None);
}

#[test]
fn attaching_and_detaching_need_the_machine() {
    let mut client = client(&["VirtualMachine.Config.AddExistingDisk@worker-1"]);
    let id = client.create("pvc-1", 1024);
    let (first, second) = (client.vm("worker-1"), client.vm("worker-2"));
    let task = client.attach_task(&id, &first);
    assert_eq!(fault_of(&client.result(&task)), Some("NoPermission".to_owned()));
    let task = client.attach_task(&id, &second);
    assert_eq!(fault_of(&client.result(&task)), None);
    set(&mut client, &["VirtualMachine.Config.AddRemoveDevice"]);
    let task = client.detach_task(&id, &second);
    assert_eq!(fault_of(&client.result(&task)), Some("NoPermission".to_owned()));
}

#[test]
fn the_answers_about_privileges_are_true_and_in_the_order_of_the_question() {
    let mut client = client(&["Datastore.FileManagement@vsan-b"]);
    let entities: Vec<MoRef> = client.world.datastores().into_iter().map(|datastore| datastore.datastore).rev().collect();
    let fields = vec![
        ("entities", references(entities.clone())),
        ("userName", text(ADMIN)),
        ("privId", texts(&["Datastore.FileManagement", "System.Read"])),
    ];
    let manager = MoRef::new("AuthorizationManager", "AuthorizationManager");
    let Some(Value::Array(answers)) = client.call(&manager, Method::HasUserPrivilegeOnEntities, fields).unwrap() else {
        panic!("no array")
    };
    let granted: Vec<(MoRef, Vec<bool>)> = answers
        .items
        .into_iter()
        .map(|item| {
            let Value::Object(answer) = item else { panic!("{item:?}") };
            let answer: EntityPrivilege = answer.downcast().unwrap();
            (answer.entity, answer.priv_availability.iter().map(|privilege| privilege.is_granted).collect())
        })
        .collect();
    assert_eq!(granted, [(entities[0].clone(), vec![false, true]), (entities[1].clone(), vec![true, true])]);
}

#[test]
fn roles_and_permissions_show_what_is_left() {
    let mut client = client(&["Cns.Searchable", "System.Read@dc-1"]);
    let manager = MoRef::new("AuthorizationManager", "AuthorizationManager");
    let Ok(Some(Value::Array(roles))) = client.property(&manager, "roleList") else { panic!("no roles") };
    let roles: Vec<AuthorizationRole> = roles
        .items
        .into_iter()
        .map(|role| if let Value::Object(role) = role { role.downcast().unwrap() } else { panic!("{role:?}") })
        .collect();
    let Some(Value::Array(found)) = client.call(&manager, Method::RetrieveAllPermissions, vec![]).unwrap() else { panic!("none") };
    let found: Vec<(String, String)> = found
        .items
        .into_iter()
        .map(|item| {
            let Value::Object(permission) = item else { panic!("{item:?}") };
            let permission: Permission = permission.downcast().unwrap();
            let role = roles.iter().find(|role| role.role_id == permission.role_id).unwrap();
            assert!(!role.privilege.contains(&"Cns.Searchable".to_owned()));
            (permission.entity.unwrap().kind.to_string(), role.name.clone())
        })
        .collect();
    let expected = [("Folder", "role of administrator@vsphere.local"), ("Datacenter", "role of administrator@vsphere.local at dc-1")];
    assert_eq!(found, expected.map(|(kind, role)| (kind.to_owned(), role.to_owned())));
}

#[test]
fn what_may_not_be_read_is_missing_and_what_may_not_be_seen_is_not_there() {
    let mut client = client(&["System.Read@worker-1"]);
    let vm = client.vm("worker-1");
    let content = client.retrieve(plain(&vm, &["name"])).unwrap().remove(0);
    assert!(content.prop_set.is_empty());
    assert_eq!(privilege(&Fault::from(content.missing_set[0].fault.clone())), ("NoPermission".to_owned(), Some(text("System.Read"))));
    set(&mut client, &["System.View@worker-1"]);
    assert!(client.retrieve(plain(&vm, &["name"])).unwrap().is_empty());
    let uuid = client.world.vm_named("worker-1").unwrap().bios_uuid;
    let index = MoRef::new("SearchIndex", "SearchIndex");
    let fields = vec![("uuid", text(&uuid)), ("vmSearch", Value::Bool(true))];
    assert_eq!(client.call(&index, Method::FindByUuid, fields.clone()).unwrap(), None);
    let fault = client.call(&vm, Method::PowerOffVmTask, vec![]).unwrap_err();
    assert_eq!(privilege(&fault), ("NoPermission".to_owned(), Some(text("System.View"))));
    set(&mut client, &[]);
    assert_eq!(client.call(&index, Method::FindByUuid, fields).unwrap(), Some(Value::Ref(vm)));
}

#[test]
fn who_may_not_read_the_root_cannot_follow_the_task_and_leaves_a_volume_behind() {
    let mut client = client(&["System.Read@Datacenters"]);
    let task = client.create_task(client.spec("pvc-1", 1024));
    let content = client.retrieve(plain(&task, &["info"])).unwrap().remove(0);
    assert_eq!(content.missing_set.len(), 1);
    client.pass(Duration::from_secs(60));
    assert_eq!(client.world.volumes().len(), 1);
}

#[test]
fn storage_policies_need_their_privilege_on_the_root() {
    let mut client = client(&["StorageProfile.View"]);
    let manager = MoRef::new("PbmProfileProfileManager", "ProfileManager");
    let kind = Value::of(PbmProfileResourceType { resource_type: "STORAGE".to_owned() });
    let fault = client.call(&manager, Method::PbmQueryProfile, vec![("resourceType", kind)]).unwrap_err();
    assert_eq!(privilege(&fault), ("NoPermission".to_owned(), Some(text("StorageProfile.View"))));
    assert!(is_privilege("StorageProfile.View") && !is_privilege("StorageProfile.Look"));
}

#[test]
fn tags_go_with_their_objects_and_cardinality_holds_for_administrators_too() {
    let mut config = WorldConfig::small("vc-a", 1, 1);
    config.tags.categories = vec![fake_vcenter_world::CategoryConfig::single("k8s-zone")];
    let mut client = Client::new(config);
    let target = TagTarget::Vm("worker-1".to_owned());
    client.world.attach_tag(client.now, "k8s-zone", "zone-a", &target).unwrap();
    let fault = client.world.attach_tag(client.now, "k8s-zone", "zone-b", &target).unwrap_err();
    assert_eq!(fault.message, "Tagging cardinality violation: k8s-zone/zone-b on virtual machine worker-1.");
    let fault = client.world.attach_tag(client.now, "zone", "zone-b", &target).unwrap_err();
    assert_eq!(fault.type_name(), "NotFound");
    let vm = client.vm("worker-1");
    client.world.take_changes();
    client.world.destroy_vm(client.now, &vm).unwrap();
    let gone = client.world.take_changes().into_iter().find(|change| change.object == format!("TagAssociation/{}", vm.id)).unwrap();
    assert_eq!(gone.kind, seatrial_journal::ChangeKind::Removed);
}
