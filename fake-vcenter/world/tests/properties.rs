//! The property collector as clients use it: traversals, inheritance, pages, what is missing, who may read.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use std::time::Duration;

use common::{Client, arguments, list, plain, references, text};
use fake_vcenter_world::{Reply, WorldConfig};
use vsphere_types::{
    DataObject, Method, MoRef, Object, ObjectSpec, PropertyFilterSpec, PropertySpec, RetrieveOptions, RetrieveResult, SelectionSpec,
    TraversalSpec, Value, WaitOptions,
};

fn client() -> Client {
    Client::new(WorldConfig::small("vc-a", 2, 3))
}

fn properties(kind: &str, paths: &[&str]) -> PropertySpec {
    PropertySpec { kind: kind.to_owned(), all: None, path_set: paths.iter().map(|path| (*path).to_owned()).collect() }
}

fn traversal(name: Option<&str>, kind: &str, path: &str, next: Vec<Object>) -> Object {
    let name = name.map(str::to_owned);
    TraversalSpec { name, kind: kind.to_owned(), path: path.to_owned(), skip: Some(false), select_set: next }.into_object()
}

fn from(object: MoRef, skip: bool, prop_set: Vec<PropertySpec>, select_set: Vec<Object>) -> PropertyFilterSpec {
    let object_set = vec![ObjectSpec { obj: object, skip: Some(skip), select_set }];
    PropertyFilterSpec { prop_set, object_set, report_missing_objects_in_results: None }
}

#[test]
fn a_finder_lists_a_folder_and_gets_no_property_twice() {
    let mut client = client();
    let host_folder = MoRef::new("Folder", "group-h4");
    let specs = vec![
        properties("ComputeResource", &["name", "resourcePool"]),
        properties("ClusterComputeResource", &["name", "resourcePool"]),
        properties("Datastore", &["name"]),
    ];
    let spec = from(host_folder, true, specs, vec![traversal(None, "Folder", "childEntity", vec![])]);
    let found = client.retrieve(spec).unwrap();
    assert_eq!(found.len(), 1);
    let names: Vec<&str> = found[0].prop_set.iter().map(|property| property.name.as_str()).collect();
    assert_eq!(names, ["name", "resourcePool"]);
}

#[test]
fn a_recursive_traversal_leads_from_a_vm_to_the_root() {
    let mut client = client();
    let parents = traversal(Some("up"), "ManagedEntity", "parent", vec![SelectionSpec { name: Some("up".to_owned()) }.into_object()]);
    let spec = from(client.vm("worker-1"), false, vec![properties("ManagedEntity", &["name", "parent"])], vec![parents]);
    let found = client.retrieve(spec).unwrap();
    let names: Vec<_> = found.iter().map(|content| content.prop_set[0].val.clone()).collect();
    assert_eq!(names, ["worker-1", "vm", "dc-1", "Datacenters"].map(text));
}

#[test]
fn a_path_that_no_type_has_is_a_fault_and_one_that_is_unset_is_left_out() {
    let mut client = client();
    let vm = client.vm("worker-1");
    for path in ["nonsense", "runtime.nonsense", "name.length", "config.hardware.nonsense"] {
        assert_eq!(client.property(&vm, path).unwrap_err().type_name(), "InvalidProperty", "{path}");
    }
    for path in ["snapshot", "runtime.suspendTime", "config.keyId.keyId", "parentVApp"] {
        assert_eq!(client.property(&vm, path).unwrap(), None, "{path}");
    }
    assert_eq!(client.property(&vm, "guest.ipAddress").unwrap(), Some(text("10.10.0.2")));
}

#[test]
fn a_long_answer_comes_in_pages() {
    let mut client = client();
    let folder = MoRef::new("Folder", "group-v3");
    let spec = from(folder, true, vec![properties("VirtualMachine", &["name"])], vec![traversal(None, "Folder", "childEntity", vec![])]);
    let options = Value::of(RetrieveOptions { max_objects: Some(2) });
    let collector = client.collector();
    let fields = vec![("specSet", list(vec![spec])), ("options", options)];
    let Ok(Some(Value::Object(first))) = client.call(&collector, Method::RetrievePropertiesEx, fields) else { panic!("no answer") };
    let first: RetrieveResult = first.downcast().unwrap();
    assert_eq!(first.objects.len(), 2);
    let token = first.token.unwrap();
    let next = client.call(&collector, Method::ContinueRetrievePropertiesEx, vec![("token", text(&token))]);
    let Ok(Some(Value::Object(last))) = next else { panic!("no answer") };
    let last: RetrieveResult = last.downcast().unwrap();
    assert_eq!((last.objects.len(), last.token), (1, None));
    let again = client.call(&collector, Method::ContinueRetrievePropertiesEx, vec![("token", text(&token))]);
    assert_eq!(again.unwrap_err().type_name(), "InvalidArgument");
}

#[test]
fn who_has_no_session_reads_nothing_but_what_leads_to_one() {
    let mut client = client();
    let manager = MoRef::new("SessionManager", "SessionManager");
    assert!(client.property(&manager, "currentSession").unwrap().is_some());
    client.session = None;
    assert_eq!(client.property(&manager, "currentSession").unwrap(), None);
    let vm = client.vm("worker-1");
    let found = client.retrieve(plain(&vm, &["name"])).unwrap();
    assert_eq!(found[0].prop_set, []);
    assert_eq!(found[0].missing_set[0].fault.fault.type_name, "NotAuthenticated");
    let filter = vec![("spec", Value::of(plain(&vm, &["name"]))), ("partialUpdates", Value::Bool(false))];
    let fault = client.call(&client.collector(), Method::CreateFilter, filter).unwrap_err();
    assert_eq!(fault.type_name(), "NotAuthenticated");
}

#[test]
fn a_version_that_was_never_given_out_is_refused() {
    let mut client = client();
    let collector = client.collector();
    for version in ["1", "nonsense"] {
        let options = Value::of(WaitOptions { max_wait_seconds: Some(0), ..WaitOptions::default() });
        let fault = client.call(&collector, Method::WaitForUpdatesEx, vec![("version", text(version)), ("options", options)]).unwrap_err();
        assert_eq!(fault.type_name(), "InvalidCollectorVersion");
    }
}

#[test]
fn a_filter_over_an_object_that_is_gone_reports_it_or_fails() {
    let mut client = client();
    let gone = MoRef::new("Task", "task-4711");
    let mut spec = plain(&gone, &["info"]);
    let collector = client.collector();
    let create = |spec: &PropertyFilterSpec| vec![("spec", Value::of(spec.clone())), ("partialUpdates", Value::Bool(false))];
    let fault = client.call(&collector, Method::CreateFilter, create(&spec)).unwrap_err();
    assert_eq!(fault.type_name(), "ManagedObjectNotFound");
    spec.report_missing_objects_in_results = Some(true);
    client.call(&collector, Method::CreateFilter, create(&spec)).unwrap();
    let wait = arguments(vec![("version", text(""))]);
    let Ok(Reply::Done(Some(Value::Object(update)))) = client.reply(&collector, Method::WaitForUpdatesEx, &wait, false) else {
        panic!("no update")
    };
    let update: vsphere_types::UpdateSet = update.downcast().unwrap();
    assert_eq!(update.filter_set[0].missing_set[0].obj, gone);
}

#[test]
fn a_list_view_names_what_it_cannot_find_and_belongs_to_its_session() {
    let mut client = client();
    let manager = MoRef::new("ViewManager", "ViewManager");
    let (vm, gone) = (client.vm("worker-1"), MoRef::new("Task", "task-4711"));
    let Ok(Some(Value::Ref(view))) = client.call(&manager, Method::CreateListView, vec![]) else { panic!("no view") };
    let unresolved = client.call(&view, Method::ModifyListView, vec![("add", references(vec![vm.clone(), gone.clone()]))]).unwrap();
    assert_eq!(unresolved, Some(references(vec![gone])));
    assert_eq!(client.property(&view, "view").unwrap(), Some(references(vec![vm])));
    let mine = client.session.take();
    client.login().unwrap();
    assert_eq!(client.call(&view, Method::DestroyView, vec![]).unwrap_err().type_name(), "ManagedObjectNotFound");
    client.session = mine;
    client.call(&view, Method::DestroyView, vec![]).unwrap();
}

#[test]
fn a_session_that_is_ended_takes_its_collectors_along() {
    let mut client = client();
    let collector = client.call(&client.collector(), Method::CreatePropertyCollector, vec![]).unwrap();
    let Some(Value::Ref(collector)) = collector else { panic!("no collector") };
    client.pass(Duration::from_mins(30));
    let fault = client.call(&collector, Method::CheckForUpdates, vec![]).unwrap_err();
    assert_eq!(fault.type_name(), "NotAuthenticated");
    client.session = None;
    client.login().unwrap();
    let fault = client.call(&collector, Method::CheckForUpdates, vec![]).unwrap_err();
    assert_eq!(fault.type_name(), "ManagedObjectNotFound");
}

#[test]
fn virtual_machines_are_found_by_what_names_them() {
    let mut client = client();
    let index = MoRef::new("SearchIndex", "SearchIndex");
    let vm = client.vm("worker-2");
    let uuid = |client: &mut Client, path: &str| match client.property(&vm, path) {
        Ok(Some(Value::Text(uuid))) => uuid,
        other => panic!("{other:?}"),
    };
    let (bios, instance) = (uuid(&mut client, "config.uuid"), uuid(&mut client, "config.instanceUuid"));
    assert!(bios.starts_with("42") && instance.starts_with("50"));
    let by_uuid =
        |uuid: &str, instance: bool| vec![("uuid", text(uuid)), ("vmSearch", Value::Bool(true)), ("instanceUuid", Value::Bool(instance))];
    let found = Some(Value::Ref(vm.clone()));
    assert_eq!(client.call(&index, Method::FindByUuid, by_uuid(&bios.to_uppercase(), false)).unwrap(), found);
    assert_eq!(client.call(&index, Method::FindByUuid, by_uuid(&bios, true)).unwrap(), None);
    assert_eq!(client.call(&index, Method::FindByUuid, by_uuid(&instance, true)).unwrap(), found);
    let address = vec![("ip", text("10.10.0.3")), ("vmSearch", Value::Bool(true))];
    assert_eq!(client.call(&index, Method::FindByIp, address).unwrap(), found);
    let path = vec![("inventoryPath", text("/dc-1/vm/worker-2"))];
    assert_eq!(client.call(&index, Method::FindByInventoryPath, path).unwrap(), found);
    let name = vec![("dnsName", text("worker-2")), ("vmSearch", Value::Bool(true))];
    assert_eq!(client.call(&index, Method::FindAllByDnsName, name).unwrap(), Some(references(vec![vm])));
}
