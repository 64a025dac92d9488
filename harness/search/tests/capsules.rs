//! Capsules: what is packed is unpacked, and a replay says what there is to say.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::path::Path;

use common::bundle;
use seatrial_engine::{Mode, RunSpec, Switches};
use seatrial_search::capsule::{Capsule, CapsuleError, Maker};
use seatrial_search::shrink::Suspect;
use seatrial_search::{Bundle, anonymised};

fn maker() -> Maker {
    Maker { seatrial: "0.0.0".to_owned(), commit: None, drivers: Vec::new() }
}

/// A scenario that fails: nobody makes that many volumes.
fn failing() -> Bundle {
    let bundle = bundle("statefulset/remove");
    Bundle { scenario: bundle.scenario.replace("volumes: {total: 0}", "volumes: {total: 7}"), ..bundle }
}

#[test]
fn a_replay_is_the_same_run() {
    let capsule = Capsule::make(&failing(), "remove.yaml", 3, None, &Mode::Virtual, &maker()).unwrap();
    let bytes = capsule.pack().unwrap();
    let unpacked = Capsule::unpack(&bytes).unwrap();
    assert_eq!(unpacked, capsule);
    assert!(capsule.journal.len() > 500 && bytes.len() < 200_000, "{} lines, {} bytes", capsule.journal.len(), bytes.len());
    let replayed = unpacked.replay(&Mode::Virtual).unwrap();
    assert!(replayed.same_reason, "{:#?}", replayed.verdict);
    assert_eq!(replayed.difference, None);
}

#[test]
fn a_run_that_parts_is_told_where() {
    let mut capsule = Capsule::make(&failing(), "remove.yaml", 3, None, &Mode::Virtual, &maker()).unwrap();
    capsule.seed = 4;
    let replayed = capsule.replay(&Mode::Virtual).unwrap();
    assert!(replayed.same_reason);
    assert!(replayed.difference.is_some());
}

#[test]
fn what_is_no_capsule_is_refused() {
    assert!(matches!(Capsule::unpack(b"scenario: not packed"), Err(CapsuleError::Shape(_))));
    let capsule = Capsule::make(&failing(), "remove.yaml", 3, Some("8.0.3"), &Mode::Virtual, &maker()).unwrap();
    assert_eq!(capsule.case, "8.0.3");
    assert!(matches!(Capsule::make(&failing(), "remove.yaml", 3, Some("6.7"), &Mode::Virtual, &maker()), Err(CapsuleError::Case(_))));
}

/// A scenario whose world, and one of whose manifests, lie elsewhere.
const INCLUDING: &str = r#"scenario: Loops and a world of another file
matrix: {times: [1, 2]}
world: {include: "../shared/small.yaml", kubernetes: {nodes: 2}}
steps:
  - repeat:
      times: ${matrix.times}
      steps:
        - for-each:
            node: [worker-1, worker-2]
            steps:
              - cordon: ${each.node}
              - sleep: "${each.round}s"
  - repeat: {times: 1, steps: [{apply: ../shared/class.yaml}]}
"#;

fn shared(path: &Path) -> std::io::Result<String> {
    match path.to_str() {
        Some("area/../shared/small.yaml") => Ok("# One cluster.
vcenters: [{name: vc-a, version: [8.0.3, 9.1.0], clusters: [{name: prod, hosts: 1, datastores: [vsan-a]}]}]
kubernetes: {nodes: 1}
drivers: {csi: ours}
"
        .to_owned()),
        Some("area/../shared/class.yaml") => Ok("apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: vsphere}
provisioner: csi.vsphere.vmware.com
"
        .to_owned()),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    }
}

fn including() -> Bundle {
    let beside = |path: &str| shared(&Path::new("area").join(path));
    let scenario = seatrial_scenario::parse_in("area/including.yaml", INCLUDING, &beside).unwrap();
    Bundle::of(&scenario, Path::new("area"), &|path| shared(path)).unwrap()
}

#[test]
fn a_bundle_carries_the_world_that_its_scenario_includes() {
    let bundle = including();
    let files: Vec<String> = bundle.files("scenario.yaml").into_iter().map(|(name, _)| name).collect();
    assert_eq!(files, ["scenario.yaml", "manifests/class.yaml", "worlds/small.yaml"]);
    assert_eq!(bundle.prepare("scenario.yaml", 1, &Mode::Virtual).unwrap().len(), 4);
    let capsule = Capsule::make(&bundle, "scenario.yaml", 1, Some("8.0.3,times=1"), &Mode::Virtual, &maker()).unwrap();
    assert_eq!(Capsule::unpack(&capsule.pack().unwrap()).unwrap().bundle(), bundle);
    let named = bundle.named("other").unwrap().files("other.yaml").into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(named, ["other.yaml", "manifests/other.yaml", "worlds/other.yaml"]);
}

#[test]
fn a_case_of_a_bundle_has_its_world_and_all_steps_written_out() {
    let bundle = including();
    let specs = bundle.prepare("scenario.yaml", 1, &Mode::Virtual).unwrap();
    let spec = specs.iter().find(|spec| spec.case.name == "9.1.0,times=2").unwrap();
    let case = bundle.of_case(&spec.case).unwrap();
    assert!(case.worlds.is_empty());
    insta::assert_snapshot!(case.scenario, @r"
    scenario: Loops and a world of another file
    world:
      vcenters: [{name: vc-a, version: 9.1.0, clusters: [{name: prod, hosts: 1, datastores: [vsan-a]}]}]
      kubernetes: {nodes: 2}
      drivers: {csi: ours}
    steps:
      - cordon: worker-1
      - sleep: 1s
      - cordon: worker-2
      - sleep: 1s
      - cordon: worker-1
      - sleep: 2s
      - cordon: worker-2
      - sleep: 2s
      - apply: manifests/class.yaml
    ");
    // What a shrinking or a sweep writes is read, and does the same.
    let again = &case.prepare("scenario.yaml", 1, &Mode::Virtual).unwrap()[0];
    let words = |spec: &RunSpec| spec.scenario.steps.iter().map(|step| format!("{}", step.action)).collect::<Vec<_>>();
    assert_eq!(words(again), words(spec));
}

#[test]
fn other_names_fail_for_the_same_reason_and_tell_nothing() {
    let suspect = Suspect::find(&failing(), 3, &Switches::default(), &Mode::Virtual).unwrap();
    let other = anonymised(&suspect.bundle).unwrap();
    assert!(suspect.is(&other), "{}", other.scenario);
    let all: String = other.files("scenario.yaml").into_iter().map(|(name, text)| format!("# {name}\n{text}")).collect();
    for told in ["web", "vsan-a", "prod", "nginx", "data-", "StatefulSet that is removed"] {
        assert!(!all.contains(told), "{told}: {all}");
    }
    assert!(all.contains("csi.vsphere.vmware.com") && all.contains("/claim1"), "{all}");
}
