//! A failure explains itself: the reason stands below it in every report, and equal seeds are told equal reasons.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use common::{from_text, specs};
use seatrial_engine::{KeepJournal, RunSpec, Switches, prepare, verdict};
use seatrial_reports::{RunReport, Verdict, Volatile, WhyKind, WhyLine, html, json, junit, markdown, terminal};

const WORLD: &str = "
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 3, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 3}
  drivers: {csi: ours}
";

fn spec(title: &str, world: &str, rest: &str) -> RunSpec {
    let scenario = seatrial_scenario::parse("text", &format!("scenario: {title}{world}{rest}")).unwrap_or_else(|errors| panic!("{errors}"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    prepare(&scenario, &folder, 1).unwrap_or_else(|errors| panic!("{errors}")).remove(0)
}

fn verdict_of(spec: &RunSpec) -> Verdict {
    let outcome = spec.run();
    Verdict { volatile: Volatile::default(), ..verdict(spec, &outcome, "text.yaml") }
}

fn run(title: &str, rest: &str) -> Verdict {
    verdict_of(&spec(title, WORLD, rest))
}

fn report(verdict: &Verdict) -> RunReport {
    RunReport::new("0.0.0", vec![verdict.clone()], Duration::ZERO)
}

/// What is told below the step that failed.
fn why(verdict: &Verdict) -> &[WhyLine] {
    verdict.steps.iter().find(|step| step.message.is_some()).map(|step| step.why.as_slice()).expect("a step failed")
}

const READERS: &str = "
steps:
  - apply: manifests/readers.yaml
  - wait: {deployment/readers: ready, within: 5m}
";

#[test]
fn the_event_of_a_claim_explains_that_a_deployment_is_not_ready_in_every_report() {
    let verdict = run("Three readers share one volume", READERS);
    let told = "choose one of ext3, ext4, xfs";
    let report = report(&verdict);
    let text = terminal(&report, false);
    let flat = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    let page = html(&report, &BTreeMap::new());
    for (format, text) in
        [("terminal", flat), ("json", json(&report)), ("junit", junit(&report)), ("markdown", markdown(&report)), ("html", page)]
    {
        assert!(text.contains(told), "{format} does not say why: {text}");
        assert!(!text.contains("observedGeneration"), "{format} shows the status as JSON: {text}");
    }
    insta::assert_snapshot!("readers", text);
    // What continuous integration shows first is the message of the failure.
    let message = junit(&report).lines().find(|line| line.contains("<failure message=")).unwrap().to_owned();
    assert!(message.contains(told), "{message}");
}

/// CNS fails while volumes are let go of, and the step waits for a world that cannot settle.
const RESTART: &str = "
steps:
  - apply: manifests/three.yaml
  - wait: {statefulset/web: ready, within: 10m}
  - scale: {statefulset/web: 0}
    settle: false
  - sleep: 1s
  - fail: {service: cns, vcenter: vc-a}
  - sleep: 2m
  - heal: {service: cns, vcenter: vc-a}
";

#[test]
fn a_step_that_leaves_an_outage_behind_is_told_to_go_on_at_once() {
    let verdict = run("CNS restarts while volumes are let go of", RESTART);
    let told = why(&verdict);
    assert_eq!((told[0].kind, told[0].who.as_str()), (WhyKind::Outage, "service cns of vc-a"), "{told:#?}");
    assert!(told.iter().any(|line| line.kind == WhyKind::Retry && line.text.contains("503 Service Unavailable")), "{told:#?}");
    let hint = told.last().unwrap();
    assert!(hint.kind == WhyKind::Hint && hint.text.contains("`settle: false` beside `fail`"), "{told:#?}");
    assert!(hint.text.contains("line 15 does"), "{hint}");
    let text = terminal(&report(&verdict), false);
    assert!(text.contains("the world did not settle within 1h"), "{text}");
    assert!(text.lines().filter(|line| !line.contains(" seed ")).all(|line| line.chars().count() <= 80), "{text}");
    let followed = run(
        "CNS restarts while volumes are let go of",
        &RESTART.replace("vcenter: vc-a}\n  - sleep", "vcenter: vc-a}\n    settle: false\n  - sleep"),
    );
    assert!(followed.outcome.is_good(), "what the hint says does not help: {followed:#?}");
}

/// The first line of what is told, as a report shows it.
fn first(verdict: &Verdict) -> String {
    why(verdict).first().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn a_privilege_that_is_lacking_is_named_with_the_task_that_was_refused() {
    let world = WORLD.replace("version: 8.0.3,", "version: 8.0.3, lacks: [Datastore.FileManagement],");
    let verdict = verdict_of(&spec(
        "An account lacks a privilege",
        &world,
        "
steps:
  - apply: manifests/three.yaml
  - wait: {statefulset/web: ready, within: 5m}
",
    ));
    let told = why(&verdict);
    assert!(first(&verdict).contains("the account lacks Datastore.FileManagement on Datastore:"), "{told:#?}");
    assert!(told[0].who.ends_with(" and 2 more"), "{told:#?}");
    assert!(told.iter().any(|line| line.kind == WhyKind::Task && line.text.ends_with(": NoPermission (and 2 like it)")), "{told:#?}");
    assert!(!told.iter().any(|line| line.text.contains("unbound immediate")), "what follows from it says nothing: {told:#?}");
}

#[test]
fn a_class_that_is_not_there_is_named_though_the_pod_was_never_made() {
    let verdict = run(
        "A pod of a set waits for a class",
        "
steps:
  - apply: manifests/no-class.yaml
  - wait: {pod/web-2: running, within: 1m}
  # That a claim's event is looked for lets it name what is not there.
  - expect: {event: ProvisioningFailed, of: persistentvolumeclaim/data-web-0, text: nowhere}
",
    );
    assert!(first(&verdict).contains("\"nowhere\" not found"), "{:#?}", why(&verdict));
}

#[test]
fn a_driver_that_keeps_being_killed_is_told_before_what_it_does_not_do() {
    let verdict = run(
        "The controller is killed at each create",
        "
steps:
  - apply: manifests/three.yaml
    settle: false
  - wait: {statefulset/web: ready, within: 10m}
faults:
  - id: again-and-again
    when: {call: CnsCreateVolume, position: before-sending}
    does: {kill: csi-controller, restart: 1m}
    times: 1000
expect:
  - fired: {again-and-again: at least 1}
",
    );
    let told = why(&verdict);
    assert_eq!((told[0].kind, told[0].who.as_str()), (WhyKind::Restart, "csi-controller"), "{told:#?}");
    assert!(told[0].text.contains("killed by fault again-and-again") && told[0].times > 3, "{told:#?}");
}

#[test]
fn expectations_say_what_they_counted_and_what_a_rule_waited_for() {
    let verdict = run(
        "Counts that are wrong",
        "
steps:
  - apply: manifests/three.yaml
  - wait: {statefulset/web: ready, within: 10m}
faults:
  - id: never
    when: {call: CnsDeleteVolume, from: csi-controller, nth: 2, position: before-sending}
    does: {reset: connection}
  - id: busy
    when: {call: CnsCreateVolume, position: before-sending}
    does: {fault: ResourceInUse, text: busy just now}
expect:
  - fired: {never: 1, busy: 1}
  - calls: {CnsCreateVolume: 3}
",
    );
    let told: Vec<String> = verdict.expectations.iter().flat_map(|expectation| &expectation.why).map(ToString::to_string).collect();
    assert_eq!(
        told[0],
        "hint: never waits for calls of CnsDeleteVolume from csi-controller, from number 2 on; none was sent in the whole run"
    );
    assert!(told[1].starts_with("call, vc-a: CnsCreateVolume for claim default/data-web-"), "{told:#?}");
    assert!(told[1].contains("ResourceInUse: busy just now"), "{told:#?}");
}

/// A driver with a behaviour switched off: the oracle that sees it stands above what follows from it, and says what led to it.
#[test]
fn what_a_broken_driver_did_is_explained_by_what_befell_it() {
    let broken = specs("statefulset/scale-crash", 1).remove(0);
    let mut switches = Switches::default();
    switches.csi.look_before_creating_again = false;
    let verdict = verdict_of(&RunSpec { switches, ..broken });
    let found = verdict.violations.iter().find(|violation| violation.oracle == "one-volume-per-claim").unwrap();
    assert!(found.why.iter().any(|line| line.who == "csi-controller" && line.text.contains("killed by fault")), "{found:#?}");
    let places: Vec<bool> = verdict.violations.iter().map(|violation| violation.symptom).collect();
    assert!(places.is_sorted(), "symptoms stand last: {places:?}");
}

#[test]
fn equal_seeds_are_told_equal_reasons_and_who_keeps_the_journal_too() {
    let spec = spec("Three readers share one volume", WORLD, READERS);
    let kept = RunSpec { keep_journal: KeepJournal::Always, ..spec.clone() };
    assert_eq!(verdict_of(&spec), verdict_of(&spec));
    assert_eq!(verdict_of(&spec), verdict_of(&kept));
}

#[test]
fn a_run_that_passes_has_nothing_to_explain() {
    let text = "
scenario: Nothing happens
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 1, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 1}
  drivers: {csi: ours}
steps:
  - wait: {node/worker-1: ready}
";
    let verdict = verdict_of(&from_text(text, "statefulset", 1).remove(0));
    assert!(verdict.outcome.is_good() && !json(&report(&verdict)).contains("\"why\""), "{verdict:#?}");
}
