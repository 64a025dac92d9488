//! Whatever a world shows has the shape that the type table says: known fields in wire order, none missing that is
//! required, each of its type. And the same seed shows the same.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use common::Client;
use fake_vcenter_world::{DatastoreConfig, DatastoreKind, Release, WorldConfig};
use vsphere_types::{Declared, FieldInfo, Method, MoRef, Object, PropertyFilterSpec, PropertySpec, TypeInfo, Value, is_subtype, type_info};

/// A world with something of everything.
fn logged_in() -> Client {
    let mut config = WorldConfig::small("vc-a", 2, 2);
    let datacenter = &mut config.inventory.datacenters[0];
    for (name, kind) in [("vmfs-a", DatastoreKind::Vmfs), ("nfs-a", DatastoreKind::Nfs)] {
        datacenter.datastores.push(DatastoreConfig { name: name.to_owned(), kind, capacity_gib: 100, used_gib: 10 });
        datacenter.clusters[0].datastores.push(name.to_owned());
    }
    config.release = Release::V9_1;
    let mut client = Client::new(config);
    let id = client.create("pvc-1", 1024);
    let vm = client.vm("worker-1");
    let task = client.attach_task(&id, &vm);
    client.result(&task);
    let task = client.attach_task(&id, &vm);
    client.result(&task);
    client.call(&vm, Method::PowerOnVmTask, vec![]).unwrap();
    client.pass(std::time::Duration::from_secs(30));
    client
}

fn everything(client: &mut Client) -> Vec<MoRef> {
    let view = MoRef::new("ViewManager", "ViewManager");
    let root = MoRef::new("Folder", "group-d1");
    let fields = vec![("container", Value::Ref(root.clone())), ("recursive", Value::Bool(true))];
    let Ok(Some(Value::Ref(view))) = client.call(&view, Method::CreateContainerView, fields) else { panic!("no view") };
    let Ok(Some(Value::Array(found))) = client.property(&view, "view") else { panic!("an empty view") };
    let Ok(Some(Value::Array(tasks))) = client.property(&MoRef::new("TaskManager", "TaskManager"), "recentTask") else {
        panic!("no tasks")
    };
    let singletons = ["ServiceInstance", "SessionManager", "TaskManager"].map(|name| MoRef::new(name, name));
    let references =
        found.items.into_iter().chain(tasks.items).filter_map(|item| if let Value::Ref(object) = item { Some(object) } else { None });
    references.chain([root, view]).chain(singletons).collect()
}

fn all(object: &MoRef) -> PropertyFilterSpec {
    let mut spec = common::plain(object, &[]);
    spec.prop_set = vec![PropertySpec { kind: object.kind.to_string(), all: Some(true), path_set: Vec::new() }];
    spec
}

#[test]
fn every_property_has_the_shape_of_its_type() {
    let mut client = logged_in();
    let mut wrong = Vec::new();
    for object in everything(&mut client) {
        let info = type_info(&object.kind).unwrap();
        let content = client.retrieve(all(&object)).unwrap().pop().unwrap();
        for property in content.prop_set {
            let field = info.field(&property.name).unwrap();
            check_field(&format!("{object} {}", property.name), field, &property.val, &mut wrong);
        }
    }
    let fields = vec![("filter", Value::of(vsphere_types::CnsQueryFilter::default()))];
    let volumes = client.call(&client.cns(), Method::CnsQueryVolume, fields).unwrap().unwrap();
    let Value::Object(volumes) = volumes else { panic!("no result") };
    check_object("CnsQueryVolume", &volumes, &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn check_field(path: &str, field: &FieldInfo, value: &Value, wrong: &mut Vec<String>) {
    match value {
        Value::Array(array) if field.array => {
            if array.item_type != field.declared.item_type() {
                wrong.push(format!("{path} is an array of {}, not of {}", array.item_type, field.declared.item_type()));
            }
            array.items.iter().for_each(|item| check_item(path, field.declared, item, wrong));
        }
        _ if field.array => wrong.push(format!("{path} is no array")),
        single => check_item(path, field.declared, single, wrong),
    }
}

fn check_item(path: &str, declared: Declared, value: &Value, wrong: &mut Vec<String>) {
    let fits = match (declared, value) {
        (Declared::Any, _) => true,
        (Declared::Reference(kind), Value::Ref(reference)) => is_subtype(&reference.kind, kind) && !reference.id.is_empty(),
        (Declared::Enum(name), Value::Enum(member)) => {
            member.type_name == name && type_info(name).is_some_and(|info| info.members.contains(&member.member.as_str()))
        }
        (Declared::Object(name), Value::Object(object)) => is_subtype(&object.type_name, name),
        (declared, value) => declared.item_type() == value.type_name(),
    };
    if !fits {
        wrong.push(format!("{path} should be {declared:?} and is {value:?}"));
    }
    match value {
        Value::Object(object) => check_object(path, object, wrong),
        Value::Array(array) => array.items.iter().for_each(|item| check_item(path, Declared::Any, item, wrong)),
        _ => {}
    }
}

fn check_object(path: &str, object: &Object, wrong: &mut Vec<String>) {
    let Some(info): Option<&TypeInfo> = type_info(&object.type_name) else {
        wrong.push(format!("{path} is of the unknown type {}", object.type_name));
        return;
    };
    let mut rest = info.fields.iter();
    for (name, value) in &object.fields {
        let Some(field) = rest.find(|field| field.name == name) else {
            wrong.push(format!("{path}.{name} is unknown or out of order in {}", info.name));
            return;
        };
        check_field(&format!("{path}.{name}"), field, value, wrong);
    }
    for field in info.fields.iter().filter(|field| !field.optional && object.get(field.name).is_none()) {
        wrong.push(format!("{path} lacks {} of {}", field.name, info.name));
    }
}

#[test]
fn the_same_seed_gives_the_same_changes() {
    let changes = || logged_in().world.take_changes();
    assert_eq!(changes(), changes());
    assert!(changes().len() > 10);
}
