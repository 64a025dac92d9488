//! The property that every informer stands on: a watcher that applies events holds what a fresh list shows.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use seatrial_journal::epoch;
use seatrial_kubernetes::store::{Command, DeleteOptions, ListQuery, Part, Patch, Place, Selection, Store, WatchKind, WriteOptions};
use seatrial_seed::Seed;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
enum Step {
    Create {
        namespace: usize,
        name: usize,
        app: usize,
    },
    Label {
        namespace: usize,
        name: usize,
        app: usize,
    },
    Finalizers {
        namespace: usize,
        name: usize,
        held: bool,
    },
    Delete {
        namespace: usize,
        name: usize,
    },
    DeleteAll {
        namespace: usize,
    },
    Forget,
    /// The watcher reads its events.
    Follow,
    Wait {
        seconds: u64,
    },
}

const NAMESPACES: [&str; 2] = ["default", "kube-system"];
const NAMES: [&str; 3] = ["a", "b", "c"];
const APPS: [&str; 3] = ["x", "y", "z"];
const LABELS: [&str; 5] = ["", "app=x", "app!=x", "app in (x,y)", "!app"];
const FIELDS: [&str; 3] = ["", "metadata.name=a", "metadata.name!=a,metadata.namespace=default"];

fn step() -> impl Strategy<Value = Step> {
    let object = || (0..NAMESPACES.len(), 0..NAMES.len());
    prop_oneof![
        4 => (object(), 0..APPS.len()).prop_map(|((namespace, name), app)| Step::Create { namespace, name, app }),
        4 => (object(), 0..APPS.len()).prop_map(|((namespace, name), app)| Step::Label { namespace, name, app }),
        2 => (object(), any::<bool>()).prop_map(|((namespace, name), held)| Step::Finalizers { namespace, name, held }),
        3 => object().prop_map(|(namespace, name)| Step::Delete { namespace, name }),
        1 => (0..NAMESPACES.len()).prop_map(|namespace| Step::DeleteAll { namespace }),
        1 => Just(Step::Forget),
        3 => Just(Step::Follow),
        1 => (0_u64..200).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

fn at(namespace: usize) -> Place {
    Place::new("", "v1", "configmaps", NAMESPACES[namespace])
}

fn command(store: &Store, step: &Step) -> Option<Command> {
    let patch = |namespace: usize, name: usize, patch: Value| {
        Some(Command::Patch {
            at: at(namespace),
            name: NAMES[name].to_owned(),
            patch: Patch::Merge(patch),
            part: Part::Main,
            options: WriteOptions::default(),
        })
    };
    match *step {
        Step::Create { namespace, name, app } => {
            let object = json!({"metadata": {"name": NAMES[name], "labels": {"app": APPS[app]}}});
            Some(Command::Create { at: at(namespace), object, options: WriteOptions::default() })
        }
        Step::Label { namespace, name, app } => patch(namespace, name, json!({"metadata": {"labels": {"app": APPS[app]}}})),
        Step::Finalizers { namespace, name, held } => {
            let finalizers = if held { json!(["example.com/hold"]) } else { Value::Null };
            patch(namespace, name, json!({"metadata": {"finalizers": finalizers}}))
        }
        Step::Delete { namespace, name } => {
            Some(Command::Delete { at: at(namespace), name: NAMES[name].to_owned(), options: DeleteOptions::default() })
        }
        Step::DeleteAll { namespace } => {
            let resource = store.resource(&at(namespace)).unwrap();
            let selection = Selection::parse(&resource, "app=x", "").unwrap();
            Some(Command::DeleteCollection { at: at(namespace), selection, options: DeleteOptions::default() })
        }
        Step::Forget | Step::Follow | Step::Wait { .. } => None,
    }
}

/// A client's cache: objects by name, and the version up to which it knows.
struct Watcher {
    place: Place,
    selection: Selection,
    cache: BTreeMap<String, Value>,
    cursor: u64,
}

fn key(object: &Value) -> String {
    format!("{}/{}", object["metadata"]["namespace"], object["metadata"]["name"])
}

fn fresh(store: &Store, place: &Place, selection: &Selection) -> (BTreeMap<String, Value>, u64) {
    let listed = store.list(place, &ListQuery { selection: selection.clone(), ..ListQuery::default() }).unwrap();
    (listed.items.iter().map(|object| (key(object), object.as_ref().clone())).collect(), listed.revision)
}

impl Watcher {
    fn follow(&mut self, store: &Store) -> Result<(), TestCaseError> {
        let resource = store.resource(&self.place).unwrap();
        match store.events_since(&resource, &self.place.namespace, &self.selection, self.cursor) {
            Ok(events) => {
                for event in events {
                    prop_assert!(event.revision > self.cursor);
                    self.cursor = event.revision;
                    let known = self.cache.contains_key(&key(&event.object));
                    prop_assert_eq!(known, event.kind != WatchKind::Added, "{:?} {}", event.kind, event.object);
                    if event.kind == WatchKind::Deleted {
                        self.cache.remove(&key(&event.object));
                    } else {
                        self.cache.insert(key(&event.object), event.object.as_ref().clone());
                    }
                }
            }
            Err(status) => {
                prop_assert_eq!((status.code, status.reason), (410, "Expired"));
                (self.cache, self.cursor) = fresh(store, &self.place, &self.selection);
            }
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn a_watcher_holds_what_a_fresh_list_shows(
        steps in prop::collection::vec(step(), 0..60),
        labels in prop::sample::select(&LABELS[..]),
        fields in prop::sample::select(&FIELDS[..]),
        everywhere in any::<bool>(),
    ) {
        let mut now = epoch();
        let mut store = Store::new(now, &Seed::new(1));
        let place = if everywhere { Place::new("", "v1", "configmaps", "") } else { at(0) };
        let selection = Selection::parse(&store.resource(&place).unwrap(), labels, fields).unwrap();
        let (cache, cursor) = fresh(&store, &place, &selection);
        let mut watcher = Watcher { place, selection, cache, cursor };
        for step in &steps {
            match step {
                Step::Forget => store.compact(),
                Step::Follow => watcher.follow(&store)?,
                Step::Wait { seconds } => now += Duration::from_secs(*seconds),
                _ => {
                    if let Some(command) = command(&store, step) {
                        let before = store.revision();
                        let refused = store.apply(now, command).is_err();
                        prop_assert!(!refused || store.revision() == before, "a refused command changes nothing");
                    }
                }
            }
        }
        watcher.follow(&store)?;
        let (expected, _) = fresh(&store, &watcher.place, &watcher.selection);
        prop_assert_eq!(watcher.cache, expected);
    }

    #[test]
    fn pages_put_together_are_the_list(steps in prop::collection::vec(step(), 0..40), limit in 1_usize..4, meanwhile in prop::collection::vec(step(), 0..10)) {
        let now = epoch();
        let mut store = Store::new(now, &Seed::new(2));
        let place = Place::new("", "v1", "configmaps", "");
        for command in steps.iter().filter_map(|step| command(&store, step)).collect::<Vec<_>>() {
            let _refused = store.apply(now, command).is_err();
        }
        let (whole, revision) = fresh(&store, &place, &Selection::default());
        let mut pages = BTreeMap::new();
        let mut query = ListQuery { limit, ..ListQuery::default() };
        let mut meanwhile = meanwhile.iter();
        loop {
            let page = store.list(&place, &query).unwrap();
            prop_assert_eq!(page.revision, revision);
            pages.extend(page.items.iter().map(|object| (key(object), object.as_ref().clone())));
            let Some(token) = page.continue_token else { break };
            query.continue_token = token;
            if let Some(command) = meanwhile.next().and_then(|step| command(&store, step)) {
                let _refused = store.apply(now, command).is_err();
            }
        }
        prop_assert_eq!(pages, whole);
    }
}
