//! csi-sanity against our CSI driver, its programs running live.
//!
//! The node plugin works on a simulated machine, so csi-sanity is told (by its own flag) to ask that machine whether a path
//! is there, by the program that `seatrial up` names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::command::{Up, eventually, told_of};
use super::runs::SMALL;
use crate::Test;

pub const TESTS: &[Test] = &[("csi-sanity passes whatever our capabilities enable, and leaves nothing behind", sanity)];

fn sanity() {
    let journal = tempfile::NamedTempFile::new().unwrap();
    let mut up = Up::start(SMALL, &["--journal", journal.path().to_str().unwrap()]);
    let socket = |name: &str| PathBuf::from(up.variable(name).trim_start_matches("unix://"));
    eventually("the driver listens", || socket("CSI_CONTROLLER").exists() && socket("CSI_NODE_WORKER_1").exists());
    let output = csi_sanity(&up).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
    let summary = told.lines().rfind(|line| line.contains("Passed")).unwrap_or_default();
    eprintln!("csi-sanity: {}", summary.trim());
    assert!(summary.contains("| 0 Failed"), "{summary}");
    assert!(up.interrupt().success());
    assert_eq!(told_of(up.folder.path()), Vec::<u32>::new());
    assert_eq!(volumes_left(journal.path()), BTreeSet::new());
}

/// csi-sanity against the controller and the first node's plugin of a world.
pub fn csi_sanity(up: &Up) -> Command {
    let folder = up.folder.path();
    let mut command = Command::new("csi-sanity");
    command
        .arg("--ginkgo.no-color")
        .arg(format!("--csi.controllerendpoint={}", up.variable("CSI_CONTROLLER")))
        .arg(format!("--csi.endpoint={}", up.variable("CSI_NODE_WORKER_1")))
        .arg(format!("--csi.mountdir={}", folder.join("target").display()))
        .arg(format!("--csi.stagingdir={}", folder.join("staging").display()))
        .arg(format!("--csi.checkpathcmd={}", up.variable("CSI_NODE_WORKER_1_CHECK_PATH")))
        .arg("--csi.testvolumesize=1073741824");
    command
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
