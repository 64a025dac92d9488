//! A driver that lacks what a scenario requires does not run, and nobody failed.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::sync::Arc;

use common::specs;
use seatrial_engine::{Devices, External, Kubernetes, Mode, Processes, RunSpec, Search, Subject, Subjects, Time, verdict};
use seatrial_reports::{CaseOutcome, RunReport};

/// A driver of somebody's whose descriptor says this, too; its program is never started here.
fn driver(more: &str) -> Mode {
    let folder = tempfile::tempdir().unwrap();
    let descriptor = format!(
        "{{driver: theirs, subject: csi, about: x, {more} processes: [{{process: csi-controller, program: /bin/sh, account: {{namespace: n, name: m}}}}]}}"
    );
    let path = folder.path().join("theirs.yaml");
    std::fs::write(&path, descriptor).unwrap();
    let csi = External::find(Subject::Csi, path.to_str().unwrap(), &Search::default()).unwrap();
    let subjects = Subjects { csi: Some(Arc::new(csi)), ccm: None };
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
