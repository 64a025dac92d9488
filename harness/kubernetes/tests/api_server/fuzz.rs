//! Whatever JSON is sent, the store answers with a 2xx or 4xx and stays consistent.

use proptest::prelude::*;
use seatrial_journal::epoch;
use seatrial_kubernetes::store::{Command, DeleteOptions, ListQuery, Part, Patch, Place, Store, WriteOptions};
use seatrial_seed::Seed;
use serde_json::{Map, Value, json};

const KEYS: [&str; 34] = [
    "metadata",
    "spec",
    "status",
    "name",
    "namespace",
    "labels",
    "annotations",
    "finalizers",
    "ownerReferences",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "resourceVersion",
    "uid",
    "template",
    "containers",
    "volumes",
    "claimRef",
    "csi",
    "capacity",
    "storage",
    "conditions",
    "type",
    "phase",
    "versions",
    "names",
    "plural",
    "drivers",
    "taints",
    "$patch",
    "$retainKeys",
    "$setElementOrder/finalizers",
    "$deleteFromPrimitiveList/finalizers",
    "selector",
];

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(&[-1_i64, 0, 1, i64::MAX, i64::MIN][..]).prop_map(Value::from),
        prop::sample::select(&["", "a", "1Gi", "999999999999999999999999999999Ei", "replace", "delete", "v1", "é"][..])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 5, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            4 => prop::collection::vec((prop::sample::select(&KEYS[..]), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())),
        ]
    })
}

/// Something valid to patch.
fn seeded(plural: &str) -> Value {
    let spec = match plural {
        "pods" => json!({"containers": [{"name": "c", "image": "i"}], "nodeName": "n"}),
        "persistentvolumeclaims" => json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}),
        "persistentvolumes" => {
            json!({"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "csi": {"driver": "d", "volumeHandle": "h"}})
        }
        "volumeattachments" => json!({"attacher": "d", "nodeName": "n", "source": {"persistentVolumeName": "v"}}),
        "statefulsets" => json!({"serviceName": "s", "selector": {}, "template": {}}),
        _ => json!({}),
    };
    json!({"metadata": {"name": "seeded"}, "spec": spec, "provisioner": "p", "storageClassName": "c", "revision": 1})
}

fn places(store: &Store) -> Vec<Place> {
    let place = |resource: &seatrial_kubernetes::store::Resource| {
        let namespace = if resource.namespaced { "default" } else { "" };
        Place { resource: resource.name.clone(), version: resource.versions[0].clone(), namespace: namespace.to_owned() }
    };
    store.resources().map(|resource| place(resource)).collect()
}

proptest! {
    #[test]
    fn no_body_breaks_the_store(which in 0_usize..64, body in json_value(), other in json_value(), steps in prop::collection::vec(("(/(metadata|spec|labels|finalizers|0|-|~1)){0,3}", json_value()), 0..3)) {
        let mut store = Store::new(epoch(), &Seed::new(3));
        let places = places(&store);
        let at = places[which % places.len()].clone();
        let name = "seeded".to_owned();
        let _taken = store.apply(epoch(), Command::Create { at: at.clone(), object: seeded(&at.resource.plural), options: WriteOptions::default() });
        let operations: Vec<Value> = steps.iter().enumerate().map(|(index, (path, value))| {
            let operation = ["add", "replace", "remove", "test", "move", "copy"][index % 6];
            json!({"op": operation, "path": path, "from": "/metadata", "value": value})
        }).collect();
        let patch = |patch: Patch, part: Part| Command::Patch { at: at.clone(), name: name.clone(), patch, part, options: WriteOptions::default() };
        let commands = [
            Command::Create { at: at.clone(), object: body.clone(), options: WriteOptions::default() },
            patch(Patch::Merge(body.clone()), Part::Main),
            patch(Patch::Strategic(other.clone()), Part::Main),
            patch(Patch::Json(Value::from(operations)), Part::Main),
            patch(Patch::Strategic(body.clone()), Part::Status),
            patch(Patch::Merge(other.clone()), Part::Scale),
            Command::Update { at: at.clone(), name: name.clone(), object: body.clone(), part: Part::Main, options: WriteOptions::default() },
            Command::Update { at: at.clone(), name: name.clone(), object: other.clone(), part: Part::Finalize, options: WriteOptions::default() },
            Command::Bind { namespace: "default".to_owned(), pod: name.clone(), binding: body.clone() },
            Command::Delete { at: at.clone(), name: name.clone(), options: DeleteOptions { grace_period_seconds: Some(i64::MIN), ..DeleteOptions::default() } },
            Command::Delete { at: at.clone(), name: name.clone(), options: DeleteOptions { grace_period_seconds: Some(i64::MAX), ..DeleteOptions::default() } },
        ];
        for command in commands {
            if let Err(status) = store.apply(epoch(), command) {
                prop_assert!(status.code < 500 || status.message.starts_with("resourceVersion should not be set"), "{status:?}");
            }
        }
        prop_assert!(store.list(&at, &ListQuery::default()).is_ok());
    }
}
