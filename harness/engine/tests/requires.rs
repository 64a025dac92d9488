//! A driver that lacks what a scenario requires does not sail, and nobody failed.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::sync::Arc;

use common::voyages;
use seatrial_engine::{External, Kubernetes, Live, Mode, Search, Subject, Subjects, Voyage, verdict};
use seatrial_reports::{Outcome, RunReport};
use seatrial_wires::Pace;

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
    Mode::Live(Live { program: "seatrial".into(), pace: Pace::times(4), subjects, kubernetes: Kubernetes::Embedded })
}

#[test]
fn what_a_driver_does_not_offer_is_unsupported_in_every_sailing() {
    let mode = driver("offers: [key-provider-class],");
    let mut verdicts = Vec::new();
    for voyage in voyages("encryption-rekey/move", 1) {
        let voyage = Voyage { mode: mode.clone(), ..voyage };
        verdicts.push(verdict(&voyage, &voyage.sail(), "encryption-rekey/move.yaml"));
    }
    let report = RunReport::new("0", verdicts, std::time::Duration::ZERO);
    assert_eq!((report.summary.outcome, report.summary.outcome.exit_code()), (Outcome::Unsupported, 0));
    assert_eq!(report.summary.outcomes[&Outcome::Unsupported], 2);
    let reason = "driver theirs does not offer `recrypt-before-attach`";
    assert!(report.sailings.iter().all(|sailing| sailing.reason.as_deref() == Some(reason)), "{:?}", report.sailings[0].reason);
    let told = seatrial_reports::terminal(&report, false);
    assert!(told.contains("2 unsupported") && told.contains(reason), "{told}");
    assert!(seatrial_reports::junit(&report).contains("skipped=\"2\""));
}

#[test]
fn ours_offers_all_that_scenarios_require() {
    for name in common::all_scenarios() {
        for voyage in voyages(&name, 1).into_iter().filter(|voyage| !voyage.scenario.requires.is_empty()) {
            let outcome = voyage.sail();
            assert!(outcome.unsupported.is_none() && outcome.held(), "{name}: {:?} {:#?}", outcome.unsupported, outcome.complaints());
        }
    }
}
