//! What the tests share: bundles of committed scenarios, their calm runs, workers.

#![allow(dead_code, reason = "each test binary uses a part")]

#[path = "../../../engine/tests/common/workers.rs"]
pub mod workers;

use std::path::Path;

use seatrial_engine::{KeepJournal, Mode, RunSpec};
use seatrial_journal::Entry;
use seatrial_search::Bundle;

/// A committed scenario, as files.
pub fn bundle(name: &str) -> Bundle {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios").join(format!("{name}.yaml"));
    let beside = |path: &str| std::fs::read_to_string(file.with_file_name(path));
    let text = std::fs::read_to_string(&file).unwrap();
    let scenario = seatrial_scenario::parse_in(name, &text, &beside).unwrap_or_else(|errors| panic!("{errors}"));
    Bundle::of(&scenario, file.parent().unwrap(), &|path| std::fs::read_to_string(path)).unwrap()
}

/// A scenario's first case, and the journal of its calm run.
pub struct Swept {
    pub bundle: Bundle,
    pub spec: RunSpec,
    pub journal: Vec<Entry>,
}

/// The first case of a committed scenario, run once as it is.
pub fn swept(name: &str) -> Swept {
    let bundle = bundle(name);
    let spec = bundle.prepare(name, 1, &Mode::Virtual).unwrap().remove(0);
    let outcome = RunSpec { keep_journal: KeepJournal::Always, ..spec.clone() }.run();
    assert!(outcome.passed(), "{:#?}", outcome.complaints());
    Swept { bundle, spec, journal: outcome.journal }
}
