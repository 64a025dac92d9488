//! Small journals, and what is told of them.

use std::collections::BTreeSet;

use seatrial_journal::{Answer, Border, Call, CallId, Change, ChangeKind, Elapsed, Entry, Event, Flow, ProcessEvent};
use seatrial_oracle::Routine;
use serde_json::{Value, json};

use super::about::About;
use super::choose::choose;
use super::kin::Kin;
use super::record::Record;
use super::trouble::troubles;

fn journal(events: Vec<Event>) -> Vec<Entry> {
    (1..).zip(events).map(|(seq, event)| Entry { seq, at: Elapsed(seq * 1_000_000), event }).collect()
}

fn change(store: &str, object: &str, kind: ChangeKind, patch: Value) -> Event {
    Event::Change(Change { store: store.to_owned(), revision: 1, object: object.to_owned(), kind, patch, cause: None })
}

fn sent(border: Border, from: &str, to: &str, method: &str, target: &str) -> Event {
    let (from, to, method, target) = (from.to_owned(), to.to_owned(), method.to_owned(), Some(target.to_owned()));
    Event::Sent(Call { border, from, to, method, target, flow: Flow::Unary, session: None, args: Value::Null })
}

fn answered(call: u64, error: Option<&str>, result: Value) -> Event {
    let status = if error.is_some() { 500 } else { 200 };
    Event::Answered { call: CallId(call), answer: Answer { status, error: error.map(str::to_owned), result } }
}

/// What is told of these objects.
fn told(events: Vec<Event>, objects: &[&str], past: bool) -> Vec<String> {
    let entries = journal(events);
    let record = Record::of(&entries, &Routine::default());
    let kin = Kin::of(&record.view, objects.iter().map(|object| (*object).to_owned()));
    let about = About { kin, methods: BTreeSet::new(), past, unsettled: false };
    choose(troubles(&record, &about), "").iter().map(ToString::to_string).collect()
}

fn claim(name: &str, uid: &str) -> Event {
    change(
        "kubernetes",
        &format!("persistentvolumeclaims/default/{name}"),
        ChangeKind::Added,
        json!({"metadata": {"name": name, "uid": uid}}),
    )
}

fn warning(of: &str, number: u64, message: &str) -> Event {
    let involved = json!({"kind": "PersistentVolumeClaim", "namespace": "default", "name": of});
    let event = json!({"type": "Warning", "reason": "ProvisioningFailed", "message": message, "count": number, "involvedObject": involved});
    change("kubernetes", &format!("events/default/{of}.{number}"), ChangeKind::Added, event)
}

#[test]
fn a_task_that_fails_before_its_answer_is_told_with_its_call() {
    let create = || sent(Border::VCenter, "csi-controller", "vc-a.seatrial.test:443", "CnsCreateVolume", "pvc-1-2");
    let ended = json!({"state": "success", "error": "NoDiskSpace", "message": "the datastore is full"});
    let events = vec![
        claim("data", "1-2"),
        create(),
        change("vc-a", "Task/task-7", ChangeKind::Changed, ended),
        answered(2, None, json!({"task": "task-7"})),
    ];
    let line =
        "task, vc-a: CnsCreateVolume for claim default/data from csi-controller: NoDiskSpace: the datastore is full (at 0:00:03.000, #3)";
    assert_eq!(told(events.clone(), &["persistentvolumeclaims/default/data"], false), [line]);
    // The next one succeeds: it is over, and explains only what looks back.
    let ended = change("vc-a", "Task/task-8", ChangeKind::Changed, json!({"state": "success"}));
    let events = [events, vec![create(), answered(5, None, json!({"task": "task-8"})), ended]].concat();
    assert_eq!(told(events.clone(), &["persistentvolumeclaims/default/data"], false), Vec::<String>::new());
    assert_eq!(told(events, &["persistentvolumeclaims/default/data"], true), [line]);
}

#[test]
fn warnings_that_are_equal_but_for_names_are_one_and_have_the_rpcs_words() {
    let events = vec![
        claim("data-0", "1-2"),
        claim("data-1", "3-4"),
        warning("data-0", 2, "rpc error: code = Internal desc = no place for pvc-1-2"),
        warning("data-1", 3, "rpc error: code = Internal desc = no place for pvc-3-4"),
        sent(Border::Csi, "csi-provisioner", "csi-controller:/csi/csi.sock", "CreateVolume", "pvc-1-2"),
        answered(5, Some("Internal"), json!({"message": "no place for pvc-1-2"})),
        warning("elsewhere", 9, "what is said of others is not told"),
    ];
    let objects = ["persistentvolumeclaims/default/data-0", "persistentvolumeclaims/default/data-1"];
    assert_eq!(
        told(events, &objects, false),
        [
            "event, claim default/data-1 and 1 more: ProvisioningFailed: rpc error: code = Internal desc = no place for pvc-3-4 (5 times, last at 0:00:04.000, #4)"
        ]
    );
}

#[test]
fn a_process_that_keeps_ending_is_told_first_with_its_last_words() {
    let life = |incarnation: u32, event: ProcessEvent| Event::Process { name: "csi-controller".to_owned(), incarnation, event };
    let log = |line: &str| Event::Log { process: "csi-controller".to_owned(), line: line.to_owned() };
    let exit = || ProcessEvent::Exited("exited with status 2".to_owned());
    let events = vec![
        claim("data", "1-2"),
        warning("data", 4, "rpc error: code = Unavailable desc = nobody listens there"),
        life(1, ProcessEvent::Started),
        life(1, exit()),
        life(2, ProcessEvent::Started),
        log("reads the configuration"),
        log("no datacenter is named dc-old"),
        log("gives up"),
        life(2, exit()),
    ];
    let told = told(events, &["persistentvolumeclaims/default/data"], false);
    assert_eq!(
        told[0],
        "restart, csi-controller: it ended by itself, and is down: exited with status 2; before that it said: no datacenter is named dc-old | gives up (2 times, last at 0:00:09.000, #9)"
    );
    assert!(told[1].starts_with("event, claim default/data: "), "{told:#?}");
}

#[test]
fn a_set_is_followed_to_its_pods_their_claims_and_their_volumes() {
    let added = |object: &str, state: Value| change("kubernetes", object, ChangeKind::Added, state);
    let pod = |name: &str, ready: &str| {
        let metadata = json!({"name": name, "ownerReferences": [{"kind": "StatefulSet", "name": "web", "uid": "set"}]});
        let spec = json!({"nodeName": "worker-1", "volumes": [{"persistentVolumeClaim": {"claimName": format!("data-{name}")}}]});
        let status = json!({"conditions": [{"type": "Ready", "status": ready}]});
        added(&format!("pods/default/{name}"), json!({"metadata": metadata, "spec": spec, "status": status}))
    };
    let source = json!({"spec": {"nodeName": "worker-2", "source": {"persistentVolumeName": "pv-1"}}});
    let entries = journal(vec![
        added("statefulsets/default/web", json!({"metadata": {"uid": "set"}})),
        pod("web-0", "False"),
        pod("web-1", "True"),
        added("persistentvolumeclaims/default/data-web-0", json!({"spec": {"volumeName": "pv-1"}})),
        added("persistentvolumes/pv-1", json!({"spec": {"csi": {"volumeHandle": "disk-7"}}})),
        added("volumeattachments/csi-1", source),
    ]);
    let record = Record::of(&entries, &Routine::default());
    let kin = Kin::of(&record.view, ["statefulsets/default/web".to_owned()]);
    let distances =
        ["pods/default/web-0", "persistentvolumeclaims/default/data-web-0", "persistentvolumes/pv-1", "volumeattachments/csi-1"];
    assert_eq!(distances.map(|object| kin.distance(object)), [Some(1), Some(2), Some(3), Some(4)]);
    assert_eq!(kin.distance("pods/default/web-1"), None, "what is as it should be explains nothing");
    assert!(kin.knows("disk-7") && kin.is_served_by("kubelet/worker-1") && !kin.knows("disk-8"));
}
