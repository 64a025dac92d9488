//! csi-sanity against our CSI driver, all of them programs in the world's time.
//!
//! The node plugin works on a simulated machine, so csi-sanity is told (by its own flag) to ask that machine whether a path
//! is there, by the program that `seatrial up` names.

use std::collections::BTreeSet;
use std::path::Path;

use super::command::{said, seatrial, told_of};
use super::runs::SMALL;
use crate::Test;

pub const TESTS: &[Test] = &[("csi-sanity passes whatever our capabilities enable, and leaves nothing behind", sanity)];

fn sanity() {
    let journal = tempfile::NamedTempFile::new().unwrap();
    let told = csi_sanity(&["--journal", journal.path().to_str().unwrap()]);
    let summary = told.lines().rfind(|line| line.contains("Passed")).unwrap_or_default();
    eprintln!("csi-sanity: {}", summary.trim());
    assert!(summary.contains("| 0 Failed"), "{told}");
    assert_eq!(volumes_left(journal.path()), BTreeSet::new());
}

/// Runs csi-sanity, in the world's time, against the controller and the first node's plugin of a world; answers what it printed.
/// Nothing is left of the world.
pub fn csi_sanity(flags: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let world = folder.path().join("world.yaml");
    std::fs::write(&world, SMALL).unwrap();
    let client = "exec csi-sanity --ginkgo.no-color --csi.controllerendpoint=\"$CSI_CONTROLLER\" --csi.endpoint=\"$CSI_NODE_WORKER_1\" \
        --csi.mountdir=/tmp/target --csi.stagingdir=/tmp/staging --csi.checkpathcmd=\"$CSI_NODE_WORKER_1_CHECK_PATH\" \
        --csi.testvolumesize=1073741824";
    let up = ["up", world.to_str().unwrap()];
    let output = seatrial(folder.path(), &[&up, flags, &["--", "sh", "-c", client]].concat()).output().unwrap();
    assert_eq!(told_of(folder.path()), Vec::<u32>::new());
    said(&output)
}

/// Holds what csi-sanity printed against a table of what is known to fail, in lines `SPEC — WHY`: what fails beyond it fails the test, and so does
/// what is in it and passes.
pub fn held_against(told: &str, table: &str) {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let known: BTreeSet<&str> = lines.map(|line| line.split_once(" — ").map_or(line, |(spec, _)| spec)).collect();
    let failed: BTreeSet<&str> = told.lines().filter_map(|line| line.trim().strip_prefix("[FAIL] ")).collect();
    let (new, gone): (Vec<_>, Vec<_>) = (failed.difference(&known).collect(), known.difference(&failed).collect());
    assert!(new.is_empty(), "these fail, and are to be judged: {new:#?} {told}");
    assert!(gone.is_empty(), "these pass, and the table says that they fail: {gone:#?} {told}");
}

/// The volumes that were made and are still there at the journal's end.
fn volumes_left(journal: &Path) -> BTreeSet<String> {
    let mut volumes = BTreeSet::new();
    for line in std::fs::read_to_string(journal).unwrap().lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let object = entry.pointer("/change/object").and_then(|object| object.as_str()).unwrap_or_default();
        match entry.pointer("/change/kind").and_then(|kind| kind.as_str()) {
            Some("added") if object.starts_with("Volume/") => volumes.insert(object.to_owned()),
            Some("removed") => volumes.remove(object),
            _ => false,
        };
    }
    volumes
}
