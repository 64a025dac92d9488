//! Edges of what is asked for and not given: what belongs to a try of it, and what is unrest all the same.

use crate::story::Story;
use seatrial_journal::{Border, ChangeKind, Elapsed, Entry, Event, OutageState};
use seatrial_oracle::{Asks, Severity};
use serde_json::{Value, json};

const CONTROLLER: &str = "csi-controller:/csi/csi.sock";

fn claim(phase: &str) -> Value {
    json!({"metadata": {"uid": "u-1"}, "status": {"phase": phase}})
}

/// A world at rest in which a claim waits.
fn at_rest() -> Story {
    let mut story = Story::default();
    story.add("kubernetes", "persistentvolumeclaims/default/wiki", claim("Pending"));
    story.rest("began");
    story
}

/// The provisioner asks, the driver asks vCenter, both in vain, and the claim's user is told.
fn try_in_vain(story: &mut Story) {
    let create = story.call_to(Border::Csi, ("csi-provisioner", CONTROLLER), "CreateVolume", Some("pvc-u-1"));
    let task = story.call(Border::VCenter, "csi-controller", "CnsCreateVolume");
    story.add("vc-a", "Task/task-1", json!({"state": "error"}));
    story.answer(task, None);
    story.answer(create, Some("ResourceExhausted"));
    let told = story.call_to(Border::Kubernetes, ("csi-provisioner", "kubernetes"), "create events", Some("default/wiki.17a"));
    story.change("kubernetes", "events/default/wiki.17a", ChangeKind::Added, json!({"reason": "ProvisioningFailed"}), Some(told));
    story.answer(told, None);
}

#[test]
fn an_ask_that_stays_open_is_a_finding_with_what_can_be_done() {
    let mut story = at_rest();
    for _ in 0..4 {
        try_in_vain(&mut story);
        story.pass(5);
    }
    story.rest("passed");
    let found = story.violations("steady-state");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].severity, Severity::Finding);
    let message = &found[0].message;
    let tries =
        "csi-controller sent CnsCreateVolume to server 4 times, csi-provisioner sent CreateVolume to csi-controller:/csi/csi.sock 4 times";
    assert!(message.starts_with("claim default/wiki is still not given what it asks for") && message.contains(tries), "{message}");
    assert!(message.contains("`wait` for that in the scenario"), "{message}");
}

#[test]
fn an_ask_that_is_tried_without_backing_off_is_a_failure() {
    let mut story = at_rest();
    for _ in 0..20 {
        (0..4).for_each(|_| try_in_vain(&mut story));
        story.pass(1);
    }
    let found = story.violations("steady-state");
    assert_eq!(found.iter().map(|found| found.severity).collect::<Vec<_>>(), [Severity::Failure], "{found:#?}");
    assert!(found[0].message.contains("without backing off") && found[0].message.ends_with("in 20 minutes"), "{}", found[0].message);
}

#[test]
fn what_was_asked_for_and_is_given_only_at_rest_is_told() {
    let mut story = at_rest();
    let bind = story.call_to(Border::Kubernetes, ("pv", "kubernetes"), "patch persistentvolumeclaims/status", Some("default/wiki"));
    story.change(
        "kubernetes",
        "persistentvolumeclaims/default/wiki",
        ChangeKind::Changed,
        json!({"status": {"phase": "Bound"}}),
        Some(bind),
    );
    story.answer(bind, None);
    let told = story.says("steady-state");
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].ends_with("what had been asked for was given only in a world at rest"), "{told:#?}");
}

#[test]
fn what_belongs_to_no_open_ask_is_unrest_as_ever() {
    let mut story = at_rest();
    // The driver by itself, a claim that nobody knows, and one that is to go.
    story.call(Border::VCenter, "csi-controller", "CnsCreateVolume");
    story.call_to(Border::Csi, ("csi-provisioner", CONTROLLER), "CreateVolume", Some("pvc-u-2"));
    story.patch("kubernetes", "persistentvolumeclaims/default/wiki", json!({"metadata": {"deletionTimestamp": "now"}}));
    story.call_to(Border::Csi, ("csi-provisioner", CONTROLLER), "CreateVolume", Some("pvc-u-1"));
    let told = story.says("steady-state");
    assert_eq!(told.iter().filter(|told| told.contains("in a world at rest, in which nobody asked")).count(), 2, "{told:#?}");
    assert!(told.iter().all(|told| !told.contains("is still not given")), "{told:#?}");
}

/// Asks that have been shown these objects of Kubernetes.
fn asks(objects: &[(&str, Value)]) -> Asks {
    let mut asks = Asks::default();
    for (seq, (object, state)) in (1..).zip(objects) {
        let change = seatrial_journal::Change {
            store: "kubernetes".into(),
            revision: seq,
            object: (*object).into(),
            kind: ChangeKind::Added,
            patch: state.clone(),
            cause: None,
        };
        asks.on(&Entry { seq, at: Elapsed(seq), event: Event::Change(change) });
    }
    asks
}

#[test]
fn an_attachment_is_to_be_let_go_when_no_pod_on_its_node_uses_the_volume() {
    let volume = json!({"spec": {"csi": {"volumeHandle": "v-1"}, "claimRef": {"namespace": "default", "name": "data"}}});
    let attachment = json!({"spec": {"nodeName": "worker-1", "source": {"persistentVolumeName": "pvc-1"}}, "status": {"attached": true}});
    let pod = |node: &str| json!({"spec": {"nodeName": node, "volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]}});
    let with = |pod: Value| {
        let objects =
            [("persistentvolumes/pvc-1", volume.clone()), ("volumeattachments/csi-1", attachment.clone()), ("pods/default/db-0", pod)];
        asks(&objects).to_be_let_go()
    };
    assert_eq!(with(pod("worker-1")), Vec::<String>::new());
    assert_eq!(with(pod("worker-2")), ["the attachment of claim default/data to worker-1"]);
}

/// A login at vCenter, refused or not.
fn login(story: &mut Story, process: &str, refused: bool) {
    let login = story.call_to(Border::VCenter, (process, "vc-a"), "Login", None);
    story.answer(login, refused.then_some("InvalidLogin"));
}

/// A claim is asked for in vain, and then for so many minutes nobody speaks of it.
fn silence(before: impl Fn(&mut Story), minutes: u64) -> Vec<String> {
    let mut story = Story::default();
    story.add("kubernetes", "storageclasses/gold", json!({"volumeBindingMode": "Immediate"}));
    let asks = json!({"metadata": {"uid": "u-1"}, "spec": {"storageClassName": "gold"}, "status": {"phase": "Pending"}});
    story.add("kubernetes", "persistentvolumeclaims/default/wiki", asks);
    try_in_vain(&mut story);
    before(&mut story);
    (0..minutes).for_each(|_| story.pass(1));
    story.says("tried-again")
}

#[test]
fn whose_login_was_refused_is_away_until_he_has_waited_that_out() {
    assert_eq!(silence(|_| {}, 8).len(), 1);
    let refused = |story: &mut Story| login(story, "csi-controller", true);
    assert_eq!(silence(refused, 26), Vec::<String>::new());
    assert_eq!(silence(refused, 28).len(), 1, "nobody waits for ever");
    let let_in = |story: &mut Story| {
        refused(story);
        login(story, "csi-controller", false);
    };
    assert_eq!(silence(let_in, 8).len(), 1, "he is there again");
    let anew = |story: &mut Story| {
        refused(story);
        story.started("csi-controller");
    };
    assert_eq!(silence(anew, 8).len(), 1, "another process knows nothing of the refusal");
}

#[test]
fn who_is_let_in_again_at_rest_goes_on_and_nobody_else_does() {
    let mut story = Story::default();
    login(&mut story, "ccm", true);
    story.pass(15);
    story.rest("began");
    login(&mut story, "ccm", false);
    story.call(Border::VCenter, "ccm", "CreateFilter");
    assert_eq!(story.says("steady-state"), Vec::<String>::new());
    login(&mut story, "csi-controller", false);
    story.pass(3);
    login(&mut story, "ccm", false);
    assert_eq!(story.says("steady-state").len(), 2, "{:?}", story.says("steady-state"));
}

/// At rest, a program is told that its session has ended, logs in, and asks again.
fn finds_its_session_ended(story: &mut Story) {
    let query = || ("csi-syncer", "vc-a");
    let told = story.call_to(Border::VCenter, query(), "CnsQueryAllVolume", None);
    story.answer(told, Some("NotAuthenticated"));
    login(story, "csi-syncer", false);
    story.call_to(Border::VCenter, query(), "CnsUpdateVolumeMetadata", None);
}

#[test]
fn a_session_that_an_outage_has_ended_is_found_so_once() {
    let mut story = Story::default();
    login(&mut story, "csi-syncer", false);
    story.pass(1);
    story.outage("sessions of vc-a", OutageState::Began);
    story.outage("sessions of vc-a", OutageState::Ended);
    story.pass(10);
    story.rest("began");
    finds_its_session_ended(&mut story);
    assert_eq!(story.says("steady-state"), Vec::<String>::new());
    story.pass(30);
    finds_its_session_ended(&mut story);
    assert_eq!(story.says("steady-state").len(), 3, "nothing has ended it but he: {:?}", story.says("steady-state"));
}

#[test]
fn who_is_told_that_his_session_has_ended_and_does_not_log_in_is_told_of() {
    let mut story = Story::default();
    login(&mut story, "csi-syncer", false);
    story.pass(1);
    story.outage("sessions of vc-a", OutageState::Began);
    story.outage("sessions of vc-a", OutageState::Ended);
    story.pass(10);
    story.rest("began");
    let mut keep_alive = || {
        let told = story.call_to(Border::VCenter, ("csi-syncer", "vc-a"), "CurrentTime", None);
        story.answer(told, Some("NotAuthenticated"));
        story.pass(10);
        story.says("steady-state").len()
    };
    assert_eq!((keep_alive(), keep_alive()), (0, 1));
}
