//! A driver that lacks what a scenario requires does not run, and nobody failed.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::sync::Arc;

use common::specs;
use seatrial_engine::{Devices, External, Kubernetes, Mode, Processes, RunSpec, Search, Subject, Subjects, Time, verdict};
use seatrial_reports::{CaseOutcome, RunReport};

/// Claims for many writers that nobody says are to be refused.
const FILE_VOLUMES: &str = r#"
scenario: Many write at once
world:
  vcenters:
    - {name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 2, datastores: [vsan-a]}]}
  kubernetes: {nodes: 2}
  drivers: {csi: ours}
steps:
  - apply: manifests/many-writers.yaml
    settle: false
  - sleep: 1m
"#;

#[test]
fn file_volumes_on_real_devices_are_unsupported_and_say_what_is_missing() {
    let specs = |text: &str| {
        let scenario = seatrial_scenario::parse("text", text).unwrap_or_else(|errors| panic!("{errors}"));
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        seatrial_engine::prepare(&scenario, &folder, 1).unwrap_or_else(|errors| panic!("{errors}"))
    };
    let why = |text: &str, devices: Devices| {
        let Mode::Processes(processes) = driver("") else { panic!("drivers are processes") };
        RunSpec { mode: Mode::Processes(Processes { devices, ..processes }), ..specs(text).remove(0) }.unsupported()
    };
    let told = why(FILE_VOLUMES, Devices::Loop).unwrap();
    for word in ["no file volumes: those are NFS", "PersistentVolumeClaim wiki-files (", "which is ReadWriteMany"] {
        assert!(told.contains(word), "{word:?} is not in: {told}");
    }
    assert_eq!(why(FILE_VOLUMES, Devices::Simulated), None);
    // What is to be refused needs no file volume; block devices for many are none.
    let refused =
        ["wiki-files", "readers"].map(|claim| format!("  - expect: {{event: ProvisioningFailed, of: persistentvolumeclaim/{claim}}}\n"));
    assert_eq!(why(&format!("{FILE_VOLUMES}{}", refused.concat()), Devices::Loop), None);
}

/// A driver of somebody's whose descriptor says this, too; its program is never started here.
fn driver(more: &str) -> Mode {
    let folder = tempfile::tempdir().unwrap();
    let descriptor = format!(
        "{{driver: theirs, subject: csi, about: x, {more} processes: [{{process: csi-controller, program: /bin/sh, account: {{namespace: n, name: m}}}}]}}"
    );
    let path = folder.path().join("theirs.yaml");
    std::fs::write(&path, descriptor).unwrap();
    let csi = External::find(Subject::Csi, path.to_str().unwrap(), &Search::default()).unwrap();
    let subjects = Subjects { csi: Some(Arc::new(csi)), ..Subjects::default() };
    Mode::Processes(Processes {
        time: Time::Wall,
        program: "seatrial".into(),
        subjects,
        kubernetes: Kubernetes::Embedded,
        devices: Devices::Simulated,
    })
}

#[test]
fn what_a_driver_does_not_offer_is_unsupported_in_every_case() {
    let mode = driver("offers: [key-provider-class],");
    let mut verdicts = Vec::new();
    for spec in specs("encryption-rekey/move", 1) {
        let spec = RunSpec { mode: mode.clone(), ..spec };
        verdicts.push(verdict(&spec, &spec.run(), "encryption-rekey/move.yaml"));
    }
    let report = RunReport::new("0", verdicts, std::time::Duration::ZERO);
    assert_eq!((report.summary.outcome, report.summary.outcome.exit_code()), (CaseOutcome::Unsupported, 0));
    assert_eq!(report.summary.outcomes[&CaseOutcome::Unsupported], 2);
    let reason = "driver theirs does not offer `recrypt-before-attach`";
    assert!(report.cases.iter().all(|case| case.reason.as_deref() == Some(reason)), "{:?}", report.cases[0].reason);
    let told = seatrial_reports::terminal(&report, false);
    assert!(told.contains("2 unsupported") && told.contains(reason), "{told}");
    assert!(seatrial_reports::junit(&report).contains("skipped=\"2\""));
}

#[test]
fn ours_offers_all_that_scenarios_require() {
    for name in common::all_scenarios() {
        for spec in specs(&name, 1).into_iter().filter(|spec| !spec.scenario.requires.is_empty()) {
            let outcome = spec.run();
            assert!(outcome.unsupported.is_none() && outcome.passed(), "{name}: {:?} {:#?}", outcome.unsupported, outcome.complaints());
        }
    }
}
