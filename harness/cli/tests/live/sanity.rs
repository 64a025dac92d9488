//! csi-sanity against our CSI driver, its programs running live.
//!
//! The node plugin works on a simulated machine, so csi-sanity is told (by its own flag) to ask that machine whether a path
//! is there: the script that it calls is this test's program.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use driver_host::Machine;
use seatrial_node::RemoteMachine;

use super::command::{Up, environment, eventually, told_of};
use super::runs::SMALL;
use crate::Test;

pub const TESTS: &[Test] = &[("csi-sanity passes whatever our capabilities enable, and leaves nothing behind", sanity)];

/// The variable by which the script says which machine it means.
const SOCKET: &str = "SEATRIAL_TEST_MACHINE";

/// Answers csi-sanity's question for a path, when that is what this program was started for.
pub fn asked_for_a_path() -> Option<ExitCode> {
    let socket = Some(environment(SOCKET)).filter(|socket| !socket.is_empty())?;
    let path = PathBuf::from(std::env::args().nth(1)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let there = runtime.block_on(RemoteMachine::new(socket).exists(&path)).unwrap();
    println!("{}", if there { "directory" } else { "not_found" });
    Some(ExitCode::SUCCESS)
}

fn script(up: &Up) -> PathBuf {
    let socket = Path::new(up.variable("CSI_NODE_WORKER_1").trim_start_matches("unix://")).with_file_name("machine.sock");
    let path = up.folder.path().join("check-path");
    let program = std::env::current_exe().unwrap();
    std::fs::write(&path, format!("#!/bin/sh\n{SOCKET}={} exec {} \"$1\"\n", socket.display(), program.display())).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn sanity() {
    let journal = tempfile::NamedTempFile::new().unwrap();
    let mut up = Up::start(SMALL, &["--pace", "20", "--journal", journal.path().to_str().unwrap()]);
    let socket = |name: &str| PathBuf::from(up.variable(name).trim_start_matches("unix://"));
    eventually("the driver listens", || socket("CSI_CONTROLLER").exists() && socket("CSI_NODE_WORKER_1").exists());
    let folder = up.folder.path();
    let output = Command::new("csi-sanity")
        .arg("--ginkgo.no-color")
        .arg(format!("--csi.controllerendpoint={}", up.variable("CSI_CONTROLLER")))
        .arg(format!("--csi.endpoint={}", up.variable("CSI_NODE_WORKER_1")))
        .arg(format!("--csi.mountdir={}", folder.join("target").display()))
        .arg(format!("--csi.stagingdir={}", folder.join("staging").display()))
        .arg(format!("--csi.checkpathcmd={}", script(&up).display()))
        .arg("--csi.testvolumesize=1073741824")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
    let summary = told.lines().rfind(|line| line.contains("Passed")).unwrap_or_default();
    eprintln!("csi-sanity: {}", summary.trim());
    assert!(summary.contains("| 0 Failed"), "{summary}");
    assert!(up.interrupt().success());
    assert_eq!(told_of(up.folder.path()), Vec::<u32>::new());
    assert_eq!(volumes_left(journal.path()), BTreeSet::new());
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
