//! What a scenario leaves unfulfilled on purpose is no unrest, and what is still to come keeps a world from counting as settled.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::path::Path;

use common::from_text;
use seatrial_engine::{RunOutcome, RunSpec, StepResult, Switches, prepare};
use seatrial_oracle::Severity;

/// Claims that no disk can fulfil stay open for ever, and say why.
const OPEN_ASKS: &str = r#"
scenario: A claim for many writers says in its events why it waits
world:
  vcenters:
    - {name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 2, datastores: [vsan-a]}]}
  kubernetes: {nodes: 2}
  drivers: {csi: ours}
steps:
  - apply: manifests/many-writers.yaml
    settle: false
  - sleep: 10m
  - expect: {event: ProvisioningFailed, of: persistentvolumeclaim/wiki-files, text: "one node at a time"}
  - expect: {event: ProvisioningFailed, of: persistentvolumeclaim/raw-many, text: "one node at a time"}
  - expect: {event: ProvisioningFailed, of: persistentvolumeclaim/readers}
  - wait: {persistentvolumeclaim/pod-only: bound, within: 1m}
expect:
  - volumes: {total: 1}
  - writes-at-rest: 0
"#;

fn run(text: &str, seed: u64) -> RunOutcome {
    let scenario = seatrial_scenario::parse("text", text).unwrap_or_else(|errors| panic!("{errors}"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut specs = prepare(&scenario, &folder, seed).unwrap_or_else(|errors| panic!("{errors}"));
    specs.remove(0).run()
}

#[test]
fn claims_that_must_stay_open_fail_nothing_and_are_told() {
    for seed in 1..=3 {
        let outcome = run(OPEN_ASKS, seed);
        assert!(outcome.passed(), "{:#?}", outcome.complaints());
        let told: Vec<&str> = outcome.violations.iter().map(|found| found.message.as_str()).collect();
        for claim in ["raw-many", "readers", "wiki-files"] {
            let about = format!("claim default/{claim} is still not given what it asks for at the end");
            assert!(told.iter().any(|told| told.starts_with(&about)), "{claim}: {told:#?}");
        }
        assert!(outcome.violations.iter().all(|found| found.severity == Severity::Finding && found.oracle == "steady-state"), "{told:#?}");
    }
}

/// The claim is tried again and again meanwhile, in vain; it is given what it asks for when the answer is there.
const HELD_BACK: &str = "
scenario: An answer is held back for longer than tries of an open ask count
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 2, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 1}
  drivers: {csi: ours}
steps:
  - apply: manifests/one.yaml
  - wait: {pod/writer: ready, within: 1m}
expect:
  - fired: {held: 1}
faults:
  - id: held
    when: {call: update cnsvolumeoperationrequests, from: csi-controller, nth: 2, position: after-effect}
    does: {delay: 12m}
";

#[test]
fn a_world_has_not_settled_while_what_a_fault_held_back_may_still_be_of_use() {
    let outcome = from_text(HELD_BACK, "growth", 1).remove(0).run();
    assert!(outcome.passed(), "{:#?}", outcome.complaints());
}

/// Nobody waits for the volume of the set that is gone with its node; it is let go by force six minutes later.
const GONE_NODE: &str = "
scenario: A node goes, with the pod that used a volume there
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 2, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 2}
  drivers: {csi: ours}
steps:
  - cordon: worker-2
  - apply: manifests/db.yaml
  - wait: {statefulset/db: ready, within: 3m}
  - scale: {statefulset/db: 0}
    settle: false
  - fail: {kubelet: worker-1}
    settle: false
  - delete: {object: pod/db-0, force: true}
  - expect: {vcenter: vc-a, volume: data-db-0, attached: none}
  - heal: {kubelet: worker-1}
";

fn gone_node(change: impl FnOnce(&mut Switches)) -> RunOutcome {
    let spec = from_text(GONE_NODE, "node-failure", 1).remove(0);
    let mut switches = Switches::default();
    change(&mut switches);
    RunSpec { switches, ..spec }.run()
}

#[test]
fn a_forced_detach_that_is_due_is_waited_for() {
    let outcome = gone_node(|_| {});
    assert!(outcome.passed(), "{:#?}", outcome.complaints());
    let outcome = gone_node(|switches| switches.kubernetes.force_detach_after_six_minutes = false);
    let failed = outcome.steps.iter().find_map(|step| match &step.result {
        StepResult::Failed(why) => Some(why.as_str()),
        _ => None,
    });
    let why = failed.expect("a detach that never comes is not waited for without end");
    assert!(
        why.contains("attached to worker-1 instead of attached nowhere") && why.contains("VolumeAttachment to worker-1 is attached"),
        "{why}"
    );
}

/// Whatever is asked of the driver kills it.
const RESTLESS: &str = "
scenario: A controller that is killed at each create
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 2, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 1}
  drivers: {csi: ours}
steps:
  - apply: manifests/claim.yaml
faults:
  - id: again-and-again
    when: {call: CreateVolume, position: before-sending}
    does: {kill: csi-controller, restart: 5m}
    times: 1000
expect:
  - fired: {again-and-again: at least 1}
";

#[test]
fn a_world_that_does_not_settle_says_who_keeps_it_from_that() {
    let outcome = from_text(RESTLESS, "bug-reports", 1).remove(0).run();
    let complaints = outcome.complaints();
    let why = complaints.iter().find(|why| why.contains("did not settle within 1h")).expect("it does not settle");
    for word in [
        "restart, csi-controller: it was killed by fault again-and-again",
        "times, last at",
        "claim default/loose: is asked for, not given",
    ] {
        assert!(why.contains(word), "{word}: {why}");
    }
}
